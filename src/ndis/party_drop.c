/* SPDX-License-Identifier: MIT */
/* Dropping a party, the heart: NdisClDropParty to ProtocolClDropPartyComplete, and the leaf that
 * leaves by itself (API §8.9). */
#include "ndis/handle.h"
#include "ndis/indication.h"
#include "ndis/party.h"
#include "ndis/report.h"
#include "ndis/watch.h"

/* ---- by the root ------------------------------------------------------------------------- */

/* Checks that the client may drop the party now and moves it to dropping. Caller holds the lock;
 * released when the answer is no.
 * returns  true, still locked; false after the report: the party lives and its handle too */
static bool may_drop(const struct call *call, struct party *party, NDIS_HANDLE handle)
{
    struct vc *vc = party_vc(party);
    if (!call_is_from(call, af_client(vc->af))) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_NOT_OWNER, handle, NDIS_STATUS_FAILURE,
                          "the party is another driver's");
        return false;
    }
    const struct state_cell *cell = &party_table[party->state][PARTY_CL_DROP];
    const char *state = party_state_names[party->state];
    if (cell->action == STATE_GO) {
        cell = &vc_call_table[vc->call][CALL_CL_DROP_PARTY];
        state = vc_call_names[vc->call];
    }
    if (cell->action == STATE_BREAKS) {
        (void)vc_refuse(call, vc, handle, cell, state, "drop party");
        return false;
    }
    if (vc->active_party_count < 2) {
        uint32_t count = vc->party_count;
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_DROP_LAST_PARTY, handle, NDIS_STATUS_FAILURE,
                          "%u parties on the call, of them this one alone has joined and stays",
                          count);
        return false;
    }
    party_step(party, PARTY_CL_DROP);
    return true;
}

/* NdisClDropParty asks for a leaf's end on a multipoint call that goes on for others.
 * NdisPartyHandle  dead to the caller from the call on; alive again when the drop fails
 * Buffer, Size     close data for the leaf, or NULL and 0; stays until the completion
 * returns          PENDING, then ProtocolClDropPartyComplete; or the final status: SUCCESS;
 *                  FAILURE for the last party (NdisClCloseCall ends that); INVALID_DATA where the
 *                  medium carries no close data, INVALID_PARAMETER for a Buffer without Size
 * IRQL             <= DISPATCH_LEVEL
 * source           Learn: NdisClDropParty */
NDIS_STATUS NTAPI NdisClDropParty(NDIS_HANDLE NdisPartyHandle, PVOID Buffer, UINT Size)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    if (!close_data_ok(&call, NdisPartyHandle, Buffer, Size))
        return NDIS_STATUS_INVALID_PARAMETER;
    struct party *party = party_lock(&call, NdisPartyHandle);
    if (!party)
        return NDIS_STATUS_FAILURE;
    struct vc *vc = party_vc(party);
    if (!may_drop(&call, party, NdisPartyHandle))
        return NDIS_STATUS_FAILURE;
    operation_begin(&party->op, OP_DROP_PARTY, Buffer);
    struct watch watch = watch_data(call.host, Buffer, Size);
    watch_keep(&party->op, &watch);
    const struct driver *cm = af_cm(vc->af);
    NDIS_HANDLE context = party->cm_context;
    vc_unlock(vc);
    NDIS_STATUS status;
    if (Size && operation_fails(call.host, &party->op, FAULT_ProtocolCmDropParty, &status))
        return status;
    struct visit visit = visit_begin(cm, "ProtocolCmDropParty");
    visit_gives(&visit, context, RULE_CONTEXT_FREED_EARLY, &party->object);
    status = af_cm_handlers(vc->af)->CmDropPartyHandler(context, Buffer, Size);
    visit_end(&visit);
    return operation_returned(call.host, &party->op, &cm->module->owner, status);
}

void operation_end_DROP_PARTY(struct host *host, struct operation *op, bool told)
{
    struct party *party = (struct party *)operation_object(op);
    struct vc *vc = party_vc(party);
    (void)host;
    exec_lock_named(&vc->lock, "drop party");
    NDIS_STATUS status = op->status;
    NDIS_HANDLE context = party->client_context;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    operation_end(op);
    /* Success ends the party before the client hears, so that it may close the call from its
     * completion; the client's own context is the client's to free from then on (C108). */
    party_step(party, status == NDIS_STATUS_SUCCESS ? PARTY_DROPPED : PARTY_DROP_FAILED);
    vc_unlock(vc);
    if (!told)
        return;
    struct visit visit = visit_begin(client, "ProtocolClDropPartyComplete");
    visit_gives(&visit, context, RULE_CONTEXT_FREED_EARLY, &party->object);
    handlers->ClDropPartyCompleteHandler(status, context);
    visit_end(&visit);
}

static void drop_party_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                                NDIS_HANDLE NdisPartyHandle)
{
    struct call call = edge_begin(edge, function);
    struct party *party =
        (struct party *)operation_resolve(&call, NdisPartyHandle, OBJECT_PARTY, "NdisPartyHandle",
                                          offsetof(struct party, op), OP_DROP_PARTY);
    if (!party || !af_check_cm(&call, party_vc(party)->af, edge, NdisPartyHandle))
        return;
    (void)operation_complete(call.host, &party->op, OP_DROP_PARTY, Status, function, NULL, NULL);
}

/* NdisCmDropPartyComplete ends a drop that ProtocolCmDropParty pended.
 * Status   SUCCESS: the handle is dead at the call, the call manager's party is its to free;
 *          anything else but PENDING: the party lives on
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisCmDropPartyComplete */
VOID NTAPI NdisCmDropPartyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle)
{
    drop_party_complete(EDGE_STAND_ALONE, "NdisCmDropPartyComplete", Status, NdisPartyHandle);
}

/* The same for a miniport call manager. source: Learn: NdisMCmDropPartyComplete */
VOID NTAPI NdisMCmDropPartyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle)
{
    drop_party_complete(EDGE_INTEGRATED, "NdisMCmDropPartyComplete", Status, NdisPartyHandle);
}

/* ---- by the leaf ------------------------------------------------------------------------- */

static void tell_of_drop(const struct driver *client,
                         const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers, NDIS_HANDLE context,
                         NDIS_STATUS status, PVOID data, UINT size)
{
    struct visit visit = visit_begin(client, "ProtocolClIncomingDropParty");
    handlers->ClIncomingDropPartyHandler(status, context, data, size);
    visit_end(&visit);
}

void party_joined(struct party *party)
{
    party_step(party, PARTY_ADDED);
    uint32_t waiting = party->deferred ? PARTY_WAITING : 0;
    atomic_store_explicit(&party->telling, object_generation(&party->object) | waiting,
                          memory_order_relaxed);
}

/* Something waited, or the client dropped the party when it heard of it. */
static void tell_what_waited(struct host *host, struct vc *vc, NDIS_HANDLE NdisPartyHandle)
{
    exec_lock_named(&vc->lock, "party told");
    struct party *party = (struct party *)handle_resolve(host, NdisPartyHandle, OBJECT_PARTY, NULL);
    if (!party || party_vc(party) != vc) {
        vc_unlock(vc);
        return;
    }
    atomic_store_explicit(&party->telling, 0, memory_order_relaxed);
    struct indication *waiting = party->deferred;
    party->deferred = NULL;
    bool tell = waiting && party->state == PARTY_ACTIVE;
    if (tell) {
        party->incoming_drop = true;
        vc->told_party_count++;
        object_mark(&party->object, MARK_TOLD, 0);
    }
    NDIS_HANDLE context = party->client_context;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    vc_unlock(vc);
    if (tell)
        tell_of_drop(client, handlers, context, waiting->status, indication_data(waiting),
                     waiting->size);
    indication_free(waiting);
}

void party_told(struct host *host, struct vc *vc, struct party *party, NDIS_HANDLE NdisPartyHandle)
{
    /* The common case needs no lock: the word holds the party's generation, so a slot that has its
     * next tenant by now does not match. */
    uint32_t telling = handle_generation(NdisPartyHandle);
    if (!atomic_compare_exchange_strong(&party->telling, &telling, 0))
        tell_what_waited(host, vc, NdisPartyHandle);
}

/* Has an indication wait for the client to hear of the party. Caller holds the lock.
 * returns  false when the client has heard meanwhile: tell it now */
static bool wait_for_told(struct party *party, NDIS_STATUS status, const void *data, UINT size)
{
    party->deferred = indication_new(status, data, size);
    if (party->state == PARTY_ADDING) /* party_joined will see it */
        return true;
    uint32_t telling = object_generation(&party->object);
    if (atomic_compare_exchange_strong(&party->telling, &telling, telling | PARTY_WAITING))
        return true;
    indication_free(party->deferred);
    party->deferred = NULL;
    return false;
}

/* Which rule an incoming drop breaks, if any. Caller holds the lock. */
static enum rule_id incoming_drop_rule(const struct party *party)
{
    const struct vc *vc = party_vc(party);
    const struct state_cell *cell = &party_table[party->state][PARTY_CM_INCOMING_DROP];
    if (cell->action == STATE_BREAKS && !party_is_settled_untold(party))
        return (enum rule_id)cell->rule;
    if (party->incoming_drop || party->deferred)
        return RULE_CM_INCOMING_DROP_TWICE;
    /* A party that the client drops or closes itself is crossed by this: any count is right. */
    if (party->state <= PARTY_ACTIVE && vc->party_count < 2)
        return RULE_CM_INCOMING_DROP_LAST;
    return RULE_NONE;
}

static void dispatch_incoming_drop(enum edge edge, const char *function, NDIS_STATUS DropStatus,
                                   NDIS_HANDLE NdisPartyHandle, PVOID Buffer, UINT Size)
{
    struct call call = edge_begin(edge, function);
    if (!close_data_ok(&call, NdisPartyHandle, Buffer, Size))
        return;
    struct party *party =
        (struct party *)call_resolve(&call, NdisPartyHandle, OBJECT_PARTY, "NdisPartyHandle");
    if (!party || !af_check_cm(&call, party_vc(party)->af, edge, NdisPartyHandle))
        return;
    party = party_lock(&call, NdisPartyHandle);
    if (!party)
        return;
    struct vc *vc = party_vc(party);
    enum rule_id rule = incoming_drop_rule(party);
    const char *state = party_state_names[party->state];
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    NDIS_HANDLE context = party->client_context;
    bool untold = party->state == PARTY_ADDING ||
                  atomic_load_explicit(&party->telling, memory_order_relaxed) != 0;
    bool waits = rule == RULE_NONE && untold && wait_for_told(party, DropStatus, Buffer, Size);
    bool tell = false;
    if (rule == RULE_NONE && !waits && party->state == PARTY_ACTIVE) {
        party->incoming_drop = true;
        vc->told_party_count++;
        object_mark(&party->object, MARK_TOLD, 0);
        tell = true;
    }
    vc_unlock(vc);
    if (rule != RULE_NONE)
        (void)call_breaks(&call, rule, NdisPartyHandle, DropStatus, "the party is %s", state);
    if (!tell)
        return;
    struct watch watch = watch_data(call.host, Buffer, Size);
    tell_of_drop(client, handlers, context, DropStatus, Buffer, Size);
    if (watch_changed(&watch))
        (void)call_breaks(&call, RULE_CLOSE_DATA_CHANGED, NdisPartyHandle, DropStatus,
                          "the close data changed while the client was told");
}

/* NdisCmDispatchIncomingDropParty tells the root that a leaf left, or was lost.
 * DropStatus    why
 * Buffer, Size  the leaf's close data, or NULL and 0; valid until the function returns
 * effects       ProtocolClIncomingDropParty, which leads to one NdisClDropParty; nothing when the
 *               client drops the party at this moment: that drop is the answer
 * IRQL          <= DISPATCH_LEVEL
 * source        Learn: NdisCmDispatchIncomingDropParty */
VOID NTAPI NdisCmDispatchIncomingDropParty(NDIS_STATUS DropStatus, NDIS_HANDLE NdisPartyHandle,
                                           PVOID Buffer, UINT Size)
{
    dispatch_incoming_drop(EDGE_STAND_ALONE, "NdisCmDispatchIncomingDropParty", DropStatus,
                           NdisPartyHandle, Buffer, Size);
}

/* The same for a miniport call manager. source: Learn: NdisMCmDispatchIncomingDropParty */
VOID NTAPI NdisMCmDispatchIncomingDropParty(NDIS_STATUS DropStatus, NDIS_HANDLE NdisPartyHandle,
                                            PVOID Buffer, UINT Size)
{
    dispatch_incoming_drop(EDGE_INTEGRATED, "NdisMCmDispatchIncomingDropParty", DropStatus,
                           NdisPartyHandle, Buffer, Size);
}
