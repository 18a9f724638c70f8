/* SPDX-License-Identifier: MIT */
#include "client/close.h"

#include "client/call.h"
#include "client/offer.h"
#include "client/party.h"
#include "client/receive.h"

enum close_step {
    CLOSE_WAIT, /* for something that will call close_advance */
    CLOSE_DROP, /* a party */
    CLOSE_CALL,
    CLOSE_TELL, /* the program, that its close failed */
};

struct close_action {
    enum close_step step;
    struct condis_party *party; /* to drop, or the last one */
    NDIS_HANDLE handle;         /* of that party; NULL: point-to-point */
    struct client_vc *vc;
    PVOID buffer;
    UINT bytes;
    struct client_done done;
    condis_status status;
};

PVOID close_copy(const void *data, UINT *bytes)
{
    if (*bytes > CONDIS_CLOSE_DATA_MAX)
        *bytes = CONDIS_CLOSE_DATA_MAX;
    PVOID copy = *bytes ? client_allocate(*bytes) : NULL;
    if (copy)
        memcpy(copy, data, *bytes);
    else
        *bytes = 0;
    return copy;
}

/* Nobody waits for it, or the program has no say any more. */
static bool close_in_background(const struct condis_call *call)
{
    return call->remote_closed || call->released || call->evicting;
}

static bool close_has_party(const struct condis_call *call)
{
    return !IsListEmpty(&call->parties.owed) || !IsListEmpty(&call->parties.joined);
}

static struct condis_party *close_first_party(struct condis_call *call)
{
    LIST_ENTRY *from =
        IsListEmpty(&call->parties.owed) ? &call->parties.joined : &call->parties.owed;
    return CONTAINING_RECORD(from->Flink, struct condis_party, link);
}

static void close_plan_drop(struct condis_call *call, struct close_action *action)
{
    struct condis_party *party = close_first_party(call);
    action->step = CLOSE_DROP;
    action->party = party;
    action->handle = party->handle;
    if (!party->left_by_itself) {
        action->buffer = call->close_buffer;
        action->bytes = call->close_buffer_bytes;
    }
    party->draining = !party->left_by_itself;
    party_dropping_locked(party);
}

/* Decides the next step and notes that it is taken. The caller holds the lock.
 *
 * A drop may start while at least two parties would stay counted, the one to be dropped among them
 * (C84). The call may be closed when one party is left (C85), or when its call manager has refused
 * drops so often that waiting longer would keep the adapter for ever. */
static struct close_action close_next(struct condis_call *call)
{
    struct close_action action = {.step = CLOSE_WAIT, .vc = call->vc};
    bool stuck = call->refusals >= CLIENT_REFUSALS_MAX;
    bool spare = call->party_count > call->drops_out + 1;
    if (call->state == CONDIS_CALL_CLOSED || call->state == CONDIS_CALL_OFFERED ||
        call->close_called || call->in_make)
        return action;
    if (call->close_failure != CONDIS_SUCCESS) {
        if (call->drops_out > 0)
            return action; /* they read the program's close data */
        action.step = CLOSE_TELL;
        action.status = call->close_failure;
        action.done = call->close_done;
        call->close_failure = CONDIS_SUCCESS;
        call->close_done = (struct client_done){0};
        call->close_buffer = NULL;
        call->close_buffer_bytes = 0;
        call->close_asked = false;
        call->close_wanted = close_in_background(call);
        return action;
    }
    bool settled = call->adds_out == 0 && !call->in_qos;
    bool drop = !IsListEmpty(&call->parties.owed) ||
                (call->close_wanted && settled && !IsListEmpty(&call->parties.joined));
    if (drop && spare && !stuck && call->drops_out < CLIENT_DROPS_AT_ONCE) {
        close_plan_drop(call, &action);
        return action;
    }
    if (!call->close_wanted || !settled || call->drops_out > 0 || call->sends_out > 0)
        return action;
    action.step = CLOSE_CALL;
    call->close_called = true;
    action.buffer = call->remote_closed ? NULL : call->close_buffer;
    action.bytes = call->remote_closed ? 0 : call->close_buffer_bytes;
    if (close_has_party(call)) {
        action.party = call->closing_party = close_first_party(call);
        action.handle = action.party->handle;
    }
    return action;
}

void close_refused_locked(struct condis_call *call, condis_status status)
{
    if (call->close_done.run && !close_in_background(call)) {
        call->close_failure = status;
        return;
    }
    call->refusals++;
    call->close_buffer = NULL;
    call->close_buffer_bytes = 0;
}

/* What follows from the end of NdisClCloseCall, but the next step. */
static void close_settle(struct condis_call *call, NDIS_STATUS status)
{
    NdisAcquireSpinLock(&call->lock);
    bool gone = status == NDIS_STATUS_SUCCESS || call->refusals >= CLIENT_REFUSALS_MAX;
    if (!gone) {
        call->close_called = false;
        call->closing_party = NULL;
        close_refused_locked(call, status);
    }
    NdisReleaseSpinLock(&call->lock);
    if (gone)
        call_end(call, status);
}

void close_advance(struct condis_call *call)
{
    for (;;) {
        NDIS_STATUS status;
        NdisAcquireSpinLock(&call->lock);
        party_last_left_locked(call);
        struct close_action action = close_next(call);
        NdisReleaseSpinLock(&call->lock);
        switch (action.step) {
        case CLOSE_WAIT:
            close_tell(call);
            return;
        case CLOSE_DROP:
            status = NdisClDropParty(action.handle, action.buffer, action.bytes);
            if (status != NDIS_STATUS_PENDING)
                party_drop_settle(action.party, status);
            break;
        case CLOSE_CALL:
            close_tell(call);
            status = NdisClCloseCall(action.vc->handle, action.handle, action.buffer, action.bytes);
            if (status != NDIS_STATUS_PENDING)
                close_settle(call, status);
            break;
        case CLOSE_TELL:
            client_tell(action.done, action.status);
            break;
        }
    }
}

VOID close_completed(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                     NDIS_HANDLE ProtocolPartyContext)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    (void)ProtocolPartyContext;
    call_hold(call);
    close_settle(call, Status);
    close_advance(call);
    call_let_go(call);
}

/* No more of anything but closing. The caller holds the lock. */
static void close_begin_locked(struct condis_call *call)
{
    if (call->state == CONDIS_CALL_CLOSED)
        return;
    call->close_wanted = true;
    if (call->state != CONDIS_CALL_OFFERED)
        call->state = CONDIS_CALL_CLOSING;
    wait_list_wake(&call->waiters);
}

void close_wish(struct condis_call *call)
{
    NdisAcquireSpinLock(&call->lock);
    close_begin_locked(call);
    NdisReleaseSpinLock(&call->lock);
    close_advance(call);
}

void close_evict(struct condis_call *call)
{
    NdisAcquireSpinLock(&call->lock);
    call->evicting = true;
    NdisReleaseSpinLock(&call->lock);
    offer_answer(call, NDIS_STATUS_CLOSING, (struct client_done){0});
    NdisAcquireSpinLock(&call->lock);
    if (call->status == CONDIS_SUCCESS && call->state != CONDIS_CALL_CLOSED)
        call->status = NDIS_STATUS_CLOSING;
    NdisReleaseSpinLock(&call->lock);
    close_wish(call);
}

void close_by_party_locked(struct condis_call *call, condis_status status)
{
    call->remote_closed = true;
    if (call->status == CONDIS_SUCCESS)
        call->status = status;
    call->tell_closed = !call->close_asked && !call->released;
    close_begin_locked(call);
}

void close_tell(struct condis_call *call)
{
    NdisAcquireSpinLock(&call->lock);
    struct condis_call_events events = call->events;
    bool tell = call->tell_closed && events.on_closed;
    condis_status status = call->status;
    const void *data = call->close_data;
    UINT bytes = call->close_bytes;
    call->tell_closed = false;
    NdisReleaseSpinLock(&call->lock);
    if (tell)
        events.on_closed(events.context, call, status, data, bytes);
}

VOID close_incoming(NDIS_STATUS CloseStatus, NDIS_HANDLE ProtocolVcContext, PVOID CloseData,
                    UINT Size)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    PVOID copy = close_copy(CloseData, &Size);
    if (!call) { /* the offer was rejected: there is nothing left to close (C75) */
        client_free(copy);
        return;
    }
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    bool first = !call->remote_closed && call->state != CONDIS_CALL_CLOSED;
    if (first) {
        call->close_data = copy;
        call->close_bytes = Size;
        if (call->incoming)
            call->in_make = false; /* it will never be connected (C74) */
        close_by_party_locked(call, CloseStatus);
    }
    NdisReleaseSpinLock(&call->lock);
    if (!first)
        client_free(copy);
    offer_answer(call, NDIS_STATUS_SUCCESS, (struct client_done){0});
    close_advance(call);
    call_let_go(call);
}

condis_status condis_call_close_async(struct condis_call *call, const void *data, size_t bytes,
                                      condis_done *done, void *context)
{
    struct attach attach;
    if ((data == NULL) != (bytes == 0) || bytes > UINT32_MAX)
        return NDIS_STATUS_INVALID_PARAMETER;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status = CONDIS_PENDING;
    NdisAcquireSpinLock(&call->lock);
    if (call->close_asked || call->state == CONDIS_CALL_OFFERED)
        status = NDIS_STATUS_INVALID_STATE;
    else if (call->state == CONDIS_CALL_CLOSED)
        status = CONDIS_SUCCESS;
    call->close_asked = call->close_asked || call->state != CONDIS_CALL_OFFERED;
    if (status == CONDIS_PENDING) {
        call->close_done = (struct client_done){done, context};
        call->close_buffer = (PVOID)(ULONG_PTR)data;
        call->close_buffer_bytes = (UINT)bytes;
        call->refusals = 0;
        close_begin_locked(call);
        call_hold(call);
    }
    NdisReleaseSpinLock(&call->lock);
    if (status == CONDIS_PENDING) {
        receive_discard(call);
        close_advance(call);
        call_let_go(call);
    }
    attach_leave(&attach);
    return status;
}

condis_status condis_call_close(struct condis_call *call, const void *data, size_t bytes)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    if (!attach_enter(&call->af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status = wait_request_end(
            request, condis_call_close_async(call, data, bytes, wait_request_done, request));
    attach_leave(&attach);
    return status;
}
