/* SPDX-License-Identifier: MIT */
#include "client/receive.h"

#include "client/call.h"
#include "client/data.h"

/* Data that comes when nobody can want it any more. The caller holds the lock. */
static bool receive_unwanted(const struct condis_call *call)
{
    return call->released || call->close_asked || call->evicting || call->silent;
}

static void receive_note(struct condis_call *call, PNET_BUFFER_LIST list, PNET_BUFFER buffer,
                         bool copied)
{
    *data_note(buffer) = (struct data_note){.call = call, .list = list, .copied = copied};
}

/* Puts the lent buffers of one list in line. returns false when they are unwanted: return the list.
 */
static bool receive_lent(struct condis_call *call, PNET_BUFFER_LIST list)
{
    LONG count = 0;
    for (PNET_BUFFER at = NET_BUFFER_LIST_FIRST_NB(list); at; at = NET_BUFFER_NEXT_NB(at))
        count++;
    *data_left(list) = count;
    NdisAcquireSpinLock(&call->lock);
    bool wanted = count > 0 && !receive_unwanted(call);
    for (PNET_BUFFER at = NET_BUFFER_LIST_FIRST_NB(list); at; at = NET_BUFFER_NEXT_NB(at)) {
        call->received_count++;
        call->received_bytes += NET_BUFFER_DATA_LENGTH(at);
        if (!wanted)
            continue;
        receive_note(call, list, at, false);
        InsertTailList(&call->queue, &data_note(at)->link);
    }
    NdisReleaseSpinLock(&call->lock);
    return wanted;
}

/* The adapter wants its buffer back at once (NDIS_RECEIVE_FLAGS_RESOURCES): a copy goes in line. */
static void receive_copied(struct condis_call *call, PNET_BUFFER from)
{
    ULONG bytes = NET_BUFFER_DATA_LENGTH(from);
    NdisAcquireSpinLock(&call->lock);
    bool wanted = !receive_unwanted(call);
    bool room = call->limits.copied_bytes_max - call->copied_bytes >= bytes;
    if (wanted && room)
        call->copied_bytes += bytes;
    NdisReleaseSpinLock(&call->lock);
    PNET_BUFFER_LIST list = wanted && room ? data_copy(call->af->client, from) : NULL;
    PNET_BUFFER buffer = list ? NET_BUFFER_LIST_FIRST_NB(list) : NULL;
    NdisAcquireSpinLock(&call->lock);
    call->received_count++;
    call->received_bytes += bytes;
    if (list) {
        *data_left(list) = 1;
        receive_note(call, list, buffer, true);
        InsertTailList(&call->queue, &data_note(buffer)->link);
    } else if (wanted) {
        call->lost_count++;
        if (room)
            call->copied_bytes -= bytes;
    }
    NdisReleaseSpinLock(&call->lock);
}

/* Takes the next datum that the program may have. The caller holds the lock. */
static struct data_note *receive_take_locked(struct condis_call *call)
{
    if (IsListEmpty(&call->queue) || call->held_count >= call->limits.receive_max ||
        call->state < CONDIS_CALL_CONNECTED || call->silent)
        return NULL;
    struct data_note *note =
        CONTAINING_RECORD(RemoveHeadList(&call->queue), struct data_note, link);
    InsertTailList(&call->held, &note->link);
    note->held = true;
    call->held_count++;
    return note;
}

/* One at a time: whoever finds `delivering` set leaves the rest to the one who set it. */
void receive_deliver(struct condis_call *call)
{
    NdisAcquireSpinLock(&call->lock);
    if (call->delivering || call->silent) {
        NdisReleaseSpinLock(&call->lock);
        return;
    }
    call->delivering = true;
    struct data_note *note;
    while (call->events.on_data && (note = receive_take_locked(call)) != NULL) {
        struct condis_call_events events = call->events;
        NdisReleaseSpinLock(&call->lock);
        events.on_data(events.context, call, data_public(note));
        NdisAcquireSpinLock(&call->lock);
    }
    call->delivering = false;
    NdisReleaseSpinLock(&call->lock);
}

VOID receive_indicated(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                       PNET_BUFFER_LIST NetBufferLists, ULONG NumberOfNetBufferLists,
                       ULONG ReceiveFlags)
{
    struct client_binding *binding = ProtocolBindingContext;
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    bool lent = !(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES);
    (void)NumberOfNetBufferLists;
    if (!call) {
        if (lent)
            NdisReturnNetBufferLists(binding->handle, NetBufferLists, 0);
        return;
    }
    call_hold(call);
    PNET_BUFFER_LIST next;
    for (PNET_BUFFER_LIST list = NetBufferLists; list; list = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(list);
        if (!lent) {
            for (PNET_BUFFER at = NET_BUFFER_LIST_FIRST_NB(list); at; at = NET_BUFFER_NEXT_NB(at))
                receive_copied(call, at);
            continue;
        }
        NET_BUFFER_LIST_NEXT_NBL(list) = NULL; /* each is returned by itself */
        if (!receive_lent(call, list))
            NdisReturnNetBufferLists(binding->handle, list, 0);
    }
    NdisAcquireSpinLock(&call->lock);
    wait_list_wake(&call->waiters);
    NdisReleaseSpinLock(&call->lock);
    receive_deliver(call);
    call_let_go(call);
}

/* A call that still carries data, or has some left, is waited for; one without hope is not. */
static bool receive_is_ready(void *what)
{
    struct condis_call *call = what;
    return call->state > CONDIS_CALL_CONNECTED || call->silent ||
           (call->state == CONDIS_CALL_CONNECTED && !IsListEmpty(&call->queue));
}

condis_status condis_receive(struct condis_call *call, uint32_t timeout_ms,
                             struct condis_data **out)
{
    struct attach attach;
    *out = NULL;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        wait_until(&call->waiters, &call->lock, receive_is_ready, call, timeout_ms);
    if (status == CONDIS_SUCCESS) {
        struct data_note *note = receive_take_locked(call);
        if (note)
            *out = data_public(note);
        else
            status = IsListEmpty(&call->queue) || call->silent ? NDIS_STATUS_CLOSING
                                                               : NDIS_STATUS_RESOURCES;
        NdisReleaseSpinLock(&call->lock);
    }
    attach_leave(&attach);
    return status;
}

condis_status condis_receive_copy(struct condis_call *call, uint32_t timeout_ms, void *buffer,
                                  size_t buffer_bytes, size_t *received_bytes)
{
    struct condis_data *data;
    *received_bytes = 0;
    condis_status status = condis_receive(call, timeout_ms, &data);
    if (status != CONDIS_SUCCESS)
        return status;
    *received_bytes = condis_data_bytes(data);
    condis_data_copy(data, 0, buffer, buffer_bytes);
    condis_data_release(data);
    return *received_bytes > buffer_bytes ? NDIS_STATUS_BUFFER_OVERFLOW : CONDIS_SUCCESS;
}
