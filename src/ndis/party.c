/* SPDX-License-Identifier: MIT */
#include "ndis/party.h"

#include "ndis/handle.h"
#include "ndis/indication.h"
#include "ndis/report.h"

/* API §8.9, §8.10, and the crossings: what the call manager tells of a party that is being dropped
 * or closed anyway is legal and answered by that drop or close. */
const struct state_cell party_table[PARTY_STATE_COUNT][PARTY_EVENT_COUNT] = {
    [PARTY_ADDING] =
        {
            [PARTY_ADDED] = GO(PARTY_ACTIVE),
            [PARTY_ADD_FAILED] = GO(PARTY_ADDING), /* released */
            [PARTY_CL_DROP] = BREAKS(PARTY_DROP_ADDING, FAILURE),
            [PARTY_DROPPED] = NEVER,
            [PARTY_DROP_FAILED] = NEVER,
            [PARTY_CM_INCOMING_DROP] = BREAKS(CM_INCOMING_DROP_ADDING, FAILURE),
            [PARTY_CL_CLOSE] = BREAKS(CL_CLOSE_NEEDS_PARTY, FAILURE),
            [PARTY_CLOSED] = NEVER,
            [PARTY_CLOSE_FAILED] = NEVER,
            [PARTY_OID] = GO(PARTY_ADDING), /* OID_ATM_PARTY_ALERTING: API §6.4 */
        },
    [PARTY_ACTIVE] =
        {
            [PARTY_ADDED] = NEVER,
            [PARTY_ADD_FAILED] = NEVER,
            [PARTY_CL_DROP] = GO(PARTY_DROPPING),
            [PARTY_DROPPED] = NEVER,
            [PARTY_DROP_FAILED] = NEVER,
            [PARTY_CM_INCOMING_DROP] = GO(PARTY_ACTIVE),
            [PARTY_CL_CLOSE] = GO(PARTY_CLOSING),
            [PARTY_CLOSED] = NEVER,
            [PARTY_CLOSE_FAILED] = NEVER,
            [PARTY_OID] = GO(PARTY_ACTIVE),
        },
    [PARTY_DROPPING] =
        {
            [PARTY_ADDED] = NEVER,
            [PARTY_ADD_FAILED] = NEVER,
            [PARTY_CL_DROP] = BREAKS(PARTY_DROP_TWICE, FAILURE),
            [PARTY_DROPPED] = GO(PARTY_DROPPING),   /* released */
            [PARTY_DROP_FAILED] = GO(PARTY_ACTIVE), /* lives on, its handle too */
            [PARTY_CM_INCOMING_DROP] = GO(PARTY_DROPPING),
            [PARTY_CL_CLOSE] = BREAKS(CL_PARTY_HANDLE_DEAD, FAILURE),
            [PARTY_CLOSED] = NEVER,
            [PARTY_CLOSE_FAILED] = NEVER,
            [PARTY_OID] = GO(PARTY_DROPPING),
        },
    [PARTY_CLOSING] =
        {
            [PARTY_ADDED] = NEVER,
            [PARTY_ADD_FAILED] = NEVER,
            [PARTY_CL_DROP] = BREAKS(CL_DROP_WHILE_CLOSING, FAILURE),
            [PARTY_DROPPED] = NEVER,
            [PARTY_DROP_FAILED] = NEVER,
            [PARTY_CM_INCOMING_DROP] = GO(PARTY_CLOSING),
            [PARTY_CL_CLOSE] = BREAKS(CL_PARTY_HANDLE_CLOSED, FAILURE),
            [PARTY_CLOSED] = GO(PARTY_CLOSING), /* released */
            [PARTY_CLOSE_FAILED] = GO(PARTY_ACTIVE),
            [PARTY_OID] = GO(PARTY_CLOSING),
        },
};

const char *const party_state_names[PARTY_STATE_COUNT] = {
    [PARTY_ADDING] = "adding",
    [PARTY_ACTIVE] = "active",
    [PARTY_DROPPING] = "dropping",
    [PARTY_CLOSING] = "closing",
};

const char *const party_event_names[PARTY_EVENT_COUNT] = {
    [PARTY_ADDED] = "added",
    [PARTY_ADD_FAILED] = "add failed",
    [PARTY_CL_DROP] = "drop party",
    [PARTY_DROPPED] = "dropped",
    [PARTY_DROP_FAILED] = "drop failed",
    [PARTY_CM_INCOMING_DROP] = "incoming drop",
    [PARTY_CL_CLOSE] = "close call",
    [PARTY_CLOSED] = "closed",
    [PARTY_CLOSE_FAILED] = "close failed",
    [PARTY_OID] = "OID request",
};

static struct slab *slab_of(const struct vc *vc)
{
    return &vc->adapter->host->slabs[OBJECT_PARTY];
}

/* A VC keeps a few ended parties at hand: its lock is held already when one is added or dropped, so
 * that neither asks the host's slab. */
static struct party *take(struct vc *vc)
{
    struct party *party = vc->spare_parties;
    if (!party)
        return (struct party *)slab_take(slab_of(vc), exec_current()->processor);
    vc->spare_parties = party->next_spare;
    vc->spare_party_count--;
    atomic_store_explicit(&party->object.marks_written, 0, memory_order_relaxed);
    if (__builtin_expect(host_verifies(vc->adapter->host), 0))
        slab_note_stack(slab_of(vc), &party->object, __builtin_return_address(0));
    return party;
}

static void give_back(struct vc *vc, struct party *party)
{
    if (vc->spare_party_count == VC_SPARE_PARTIES_MAX) {
        slab_untake(slab_of(vc), &party->object);
        return;
    }
    party->next_spare = vc->spare_parties;
    vc->spare_parties = party;
    vc->spare_party_count++;
}

void party_free_spares(struct vc *vc)
{
    while (vc->spare_parties) {
        struct party *party = vc->spare_parties;
        vc->spare_parties = party->next_spare;
        slab_untake(slab_of(vc), &party->object);
    }
    vc->spare_party_count = 0;
}

struct party *party_new(struct vc *vc, NDIS_HANDLE ProtocolPartyContext)
{
    struct party *party = take(vc);
    if (!party)
        return NULL;
    atomic_store_explicit(&party->vc, vc, memory_order_relaxed);
    party->client_context = ProtocolPartyContext;
    party->cm_context = NULL;
    party->state = PARTY_ADDING;
    party->incoming_drop = false;
    atomic_store_explicit(&party->telling, 0, memory_order_relaxed);
    party->deferred = NULL;
    atomic_store_explicit(&party->op.state, OPERATION_IDLE, memory_order_relaxed);
    atomic_store_explicit(&party->op.kind, OP_NONE, memory_order_relaxed);
    return party;
}

NDIS_HANDLE party_publish(struct party *party)
{
    struct vc *vc = party_vc(party);
    vc->party_count++;
    slab_publish(&party->object);
    return handle_of(vc->adapter->host, &party->object);
}

void party_discard(struct party *party)
{
    give_back(party_vc(party), party);
}

/* The last mark of a released party is the completion that released it. */
void party_release(struct party *party)
{
    struct vc *vc = party_vc(party);
    if (party->deferred)
        indication_free(party->deferred);
    party->deferred = NULL;
    vc->party_count--;
    if (slab_kill(slab_of(vc), &party->object))
        give_back(vc, party);
}

void party_observed(const struct party *party, enum party_event event, uint8_t next)
{
    struct vc *vc = party_vc(party);
    struct host *host = vc->adapter->host;
    if (trace_on(host->trace))
        report_state(host, &party->object, &vc->object, party_event_names[event],
                     party_state_names[party->state], party_state_names[next], "API 8.9");
}

struct party *party_lock_failed(const struct call *call, struct vc *vc, NDIS_HANDLE NdisPartyHandle)
{
    vc_unlock(vc);
    (void)call_breaks(call, call_dead_rule(call, NdisPartyHandle), NdisPartyHandle,
                      NDIS_STATUS_FAILURE, "the party ended while the call was made");
    return NULL;
}

void party_fill(struct operation *op, void *with)
{
    const struct party_results *results = with;
    struct object *object = operation_object(op);
    struct party *party =
        object->kind == OBJECT_VC ? ((struct vc *)object)->call_party : (struct party *)object;
    if (party)
        context_from_completion(&party->cm_context, results->context);
    if (results->parameters)
        op->parameters = results->parameters;
}
