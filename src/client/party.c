/* SPDX-License-Identifier: MIT */
#include "client/party.h"

#include "client/call.h"
#include "client/close.h"
#include "client/parameters.h"

static void party_move(struct condis_party *party, LIST_ENTRY *to)
{
    RemoveEntryList(&party->link);
    InsertTailList(to, &party->link);
}

struct condis_party *party_create(struct condis_call *call, void *context)
{
    NPAGED_LOOKASIDE_LIST *parties = &call->af->client->parties;
    struct condis_party *party = ExAllocateFromNPagedLookasideList(parties);
    if (!party)
        return NULL;
    NdisZeroMemory(party, sizeof *party);
    party->call = call;
    party->context = context;
    NdisAcquireSpinLock(&call->lock);
    InsertTailList(&call->parties.other, &party->link);
    NdisReleaseSpinLock(&call->lock);
    return party;
}

/* The party is in no list any more. */
static void party_free(struct condis_call *call, struct condis_party *party)
{
    client_free(party->close_data); /* or the parameters of an add that never was */
    ExFreeToNPagedLookasideList(&call->af->client->parties, party);
}

void party_free_list(struct condis_call *call, LIST_ENTRY *list)
{
    while (!IsListEmpty(list))
        party_free(call, CONTAINING_RECORD(RemoveHeadList(list), struct condis_party, link));
}

/* Takes a party that is GONE and given up out of the call. returns it when it is to be freed. */
static struct condis_party *party_reap_locked(struct condis_party *party)
{
    if (party->state != CONDIS_PARTY_GONE || !party->released || party->reaped)
        return NULL;
    party->reaped = true;
    RemoveEntryList(&party->link);
    return party;
}

static void party_gone_locked(struct condis_party *party)
{
    struct condis_call *call = party->call;
    party->state = CONDIS_PARTY_GONE;
    party->handle = NULL;
    party->left_100ns = client_now_100ns(call->af->client);
    party_move(party, &call->parties.other);
    wait_list_wake(&call->waiters);
}

void party_join_locked(struct condis_party *party, NDIS_HANDLE handle, NDIS_STATUS status)
{
    struct condis_call *call = party->call;
    party->status = status;
    if (status != NDIS_STATUS_SUCCESS) {
        party_gone_locked(party);
        party->left_100ns = 0;
        return;
    }
    party->handle = handle;
    party->joined_100ns = client_now_100ns(call->af->client);
    party->state = CONDIS_PARTY_ACTIVE;
    call->party_count++;
    party_move(party, party->left_by_itself ? &call->parties.owed : &call->parties.joined);
}

void party_dropping_locked(struct condis_party *party)
{
    party->state = CONDIS_PARTY_DROPPING;
    party->drop_out = true;
    party->call->drops_out++;
    party_move(party, &party->call->parties.other);
}

static void party_close_locked(struct condis_party *party)
{
    assert(party->call->party_count > 0);
    party->call->party_count--;
    party_gone_locked(party);
}

void party_close_all_locked(struct condis_call *call)
{
    LIST_ENTRY *lists[] = {&call->parties.joined, &call->parties.owed};
    for (size_t i = 0; i < 2; i++)
        while (!IsListEmpty(lists[i]))
            party_close_locked(CONTAINING_RECORD(lists[i]->Flink, struct condis_party, link));
}

void party_last_left_locked(struct condis_call *call)
{
    if (call->close_wanted || call->party_count != 1 || call->drops_out > 0 || call->adds_out > 0 ||
        IsListEmpty(&call->parties.owed))
        return;
    struct condis_party *party =
        CONTAINING_RECORD(call->parties.owed.Flink, struct condis_party, link);
    close_by_party_locked(call, party->status);
}

void party_drop_settle(struct condis_party *party, NDIS_STATUS status)
{
    struct condis_call *call = party->call;
    struct client_done done = {0};
    NdisAcquireSpinLock(&call->lock);
    bool draining = party->draining;
    bool keep = draining;
    party->draining = party->drop_out = false;
    call->drops_out--;
    if (status == NDIS_STATUS_SUCCESS) {
        call->party_count--;
        call->refusals = 0;
        party_gone_locked(party);
    } else if (party->left_by_itself) {
        /* A drop of the program crossed the leaf's own: it is tried again without data, and the
         * program hears of that one, unless the call manager never lets the party go. */
        party_move(party, &call->parties.owed);
        keep = ++call->refusals < CLIENT_REFUSALS_MAX;
    } else {
        party->state = CONDIS_PARTY_ACTIVE;
        party->drop_asked = false;
        party_move(party, &call->parties.joined);
        if (draining)
            close_refused_locked(call, status);
    }
    if (!keep) {
        done = party->done;
        party->done = (struct client_done){0};
    }
    struct condis_party *dead = party_reap_locked(party);
    NdisReleaseSpinLock(&call->lock);
    if (dead)
        party_free(call, dead);
    client_tell(done, status);
}

VOID party_dropped(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext)
{
    struct condis_party *party = ProtocolPartyContext;
    struct condis_call *call = party->call;
    call_hold(call);
    party_drop_settle(party, Status);
    close_advance(call);
    call_let_go(call);
}

static condis_status party_drop_start(struct condis_party *party, PVOID data, UINT bytes,
                                      struct client_done done)
{
    struct condis_call *call = party->call;
    condis_status status = CONDIS_PENDING;
    NdisAcquireSpinLock(&call->lock);
    bool wait = false;
    NDIS_HANDLE handle = party->handle;
    if (party->drop_asked || party->state == CONDIS_PARTY_ADDING)
        status = NDIS_STATUS_INVALID_STATE;
    else if (party->state == CONDIS_PARTY_GONE)
        status = party->left_by_itself ? CONDIS_SUCCESS : NDIS_STATUS_INVALID_STATE;
    else if (call->state != CONDIS_CALL_CONNECTED)
        status = NDIS_STATUS_CLOSING;
    else if (party->left_by_itself)
        wait = true; /* the drop that is owed serves the program too */
    else if (call->party_count <= call->drops_out + 1)
        status = NDIS_STATUS_FAILURE; /* the last one: C84 */
    if (status == CONDIS_PENDING) {
        party->drop_asked = true;
        party->done = done;
        call_hold(call);
        if (!wait)
            party_dropping_locked(party);
    } else if (status == CONDIS_SUCCESS) {
        party->drop_asked = true;
    }
    NdisReleaseSpinLock(&call->lock);
    if (status != CONDIS_PENDING)
        return status;
    if (!wait) {
        NDIS_STATUS answer = NdisClDropParty(handle, data, bytes);
        if (answer != NDIS_STATUS_PENDING)
            party_drop_settle(party, answer);
    }
    close_advance(call);
    call_let_go(call);
    return CONDIS_PENDING;
}

condis_status condis_party_drop_async(struct condis_party *party, const void *data, size_t bytes,
                                      condis_done *done, void *context)
{
    struct attach attach;
    if ((data == NULL) != (bytes == 0) || bytes > UINT32_MAX)
        return NDIS_STATUS_INVALID_PARAMETER;
    if (!attach_enter(&party->call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status = party_drop_start(party, (PVOID)(ULONG_PTR)data, (UINT)bytes,
                                            (struct client_done){done, context});
    attach_leave(&attach);
    return status;
}

condis_status condis_party_drop(struct condis_party *party, const void *data, size_t bytes)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    if (!attach_enter(&party->call->af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status = wait_request_end(
            request, condis_party_drop_async(party, data, bytes, wait_request_done, request));
    attach_leave(&attach);
    return status;
}

VOID party_incoming_drop(NDIS_STATUS DropStatus, NDIS_HANDLE ProtocolPartyContext, PVOID CloseData,
                         UINT Size)
{
    struct condis_party *party = ProtocolPartyContext;
    struct condis_call *call = party->call;
    UINT kept = Size;
    PVOID copy = close_copy(CloseData, &kept);
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    bool first = !party->left_by_itself && party->state != CONDIS_PARTY_GONE;
    void (*tell)(void *, struct condis_party *, condis_status, const void *, size_t) = NULL;
    void *context = call->events.context;
    if (first) {
        party->left_by_itself = true;
        party->status = DropStatus;
        if (party->state != CONDIS_PARTY_ADDING) {
            party->close_data = copy;
            party->close_bytes = (USHORT)kept;
            copy = NULL;
        }
        if (party->state == CONDIS_PARTY_ACTIVE) {
            party->state = CONDIS_PARTY_DROPPING;
            party_move(party, &call->parties.owed);
        }
        tell = party->released ? NULL : call->events.on_party_left;
    }
    NdisReleaseSpinLock(&call->lock);
    client_free(copy);
    if (tell)
        tell(context, party, DropStatus, CloseData, Size);
    close_advance(call);
    call_let_go(call);
}

VOID party_added(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext, NDIS_HANDLE NdisPartyHandle,
                 PCO_CALL_PARAMETERS CallParameters)
{
    struct condis_party *party = ProtocolPartyContext;
    struct condis_call *call = party->call;
    (void)CallParameters; /* the flows are the call's; a leaf has none of its own */
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    struct client_done done = party->done;
    PCO_CALL_PARAMETERS parameters = party->parameters;
    party->parameters = NULL;
    party->done = (struct client_done){0};
    call->adds_out--;
    party_join_locked(party, NdisPartyHandle, Status);
    struct condis_party *dead = party_reap_locked(party);
    NdisReleaseSpinLock(&call->lock);
    client_free(parameters);
    if (dead)
        party_free(call, dead);
    client_tell(done, Status);
    close_advance(call);
    call_let_go(call);
}

static condis_status party_add_start(struct condis_call *call, const struct condis_address *to,
                                     void *context_of_party, struct condis_party **out,
                                     struct client_done done)
{
    struct condis_party *party = party_create(call, context_of_party);
    if (!party)
        return NDIS_STATUS_RESOURCES;
    party->parameters = parameters_create(to, call->has_from ? &call->from : NULL, &call->transmit,
                                          &call->receive, MULTIPOINT_VC);
    condis_status status = party->parameters ? CONDIS_PENDING : NDIS_STATUS_RESOURCES;
    NdisAcquireSpinLock(&call->lock);
    if (call->state == CONDIS_CALL_CLOSING)
        status = NDIS_STATUS_CLOSING;
    else if (call->state != CONDIS_CALL_CONNECTED || !call->multipoint)
        status = NDIS_STATUS_INVALID_STATE;
    struct client_vc *vc = call->vc;
    party->done = done;
    if (status == CONDIS_PENDING)
        call->adds_out++; /* the VC stays until it has ended */
    else
        RemoveEntryList(&party->link);
    NdisReleaseSpinLock(&call->lock);
    if (status != CONDIS_PENDING) {
        party_free(call, party);
        return status;
    }
    *out = party;
    NDIS_STATUS answer = NdisClAddParty(vc->handle, party, party->parameters, &party->handle);
    if (answer != NDIS_STATUS_PENDING)
        party_added(answer, party, party->handle, party->parameters);
    return CONDIS_PENDING;
}

condis_status condis_party_add_async(struct condis_call *call, const struct condis_address *to,
                                     void *context_of_party, struct condis_party **out,
                                     condis_done *done, void *context)
{
    struct attach attach;
    *out = NULL;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        party_add_start(call, to, context_of_party, out, (struct client_done){done, context});
    attach_leave(&attach);
    return status;
}

condis_status condis_party_add(struct condis_call *call, const struct condis_address *to,
                               void *context_of_party, struct condis_party **out)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    *out = NULL;
    if (!attach_enter(&call->af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status = wait_request_end(request, condis_party_add_async(call, to, context_of_party, out,
                                                                  wait_request_done, request));
    if (status != CONDIS_SUCCESS && *out) {
        condis_party_release(*out);
        *out = NULL;
    }
    attach_leave(&attach);
    return status;
}

void condis_party_release(struct condis_party *party)
{
    struct attach attach;
    if (!party || !attach_enter(&party->call->af->client->place, &attach))
        return;
    struct condis_call *call = party->call;
    NdisAcquireSpinLock(&call->lock);
    assert(!party->released);
    party->released = true;
    struct condis_party *dead = party_reap_locked(party);
    NdisReleaseSpinLock(&call->lock);
    if (dead)
        party_free(call, dead);
    attach_leave(&attach);
}
