/* SPDX-License-Identifier: MIT */
#include "client/send.h"

#include "client/call.h"
#include "client/close.h"

/* NET_BUFFER_LIST.ProtocolReserved is the sender's until the list comes back. */
enum send_reserved {
    SEND_DONE,
    SEND_CONTEXT,
};

void send_free_mdls(PMDL mdl)
{
    while (mdl) {
        PMDL next = NDIS_MDL_LINKAGE(mdl);
        NdisFreeMdl(mdl);
        mdl = next;
    }
}

/* Describes the buffers. returns NULL when there is no memory. */
static PMDL send_describe(struct client_binding *binding, const struct condis_buffer *buffers,
                          size_t buffer_count)
{
    PMDL first = NULL;
    PMDL last = NULL;
    for (size_t i = 0; i < buffer_count; i++) {
        PMDL mdl = NdisAllocateMdl(binding->handle, (PVOID)(ULONG_PTR)buffers[i].at,
                                   (UINT)buffers[i].bytes);
        if (!mdl) {
            send_free_mdls(first);
            return NULL;
        }
        if (last)
            NDIS_MDL_LINKAGE(last) = mdl;
        else
            first = mdl;
        last = mdl;
    }
    return first;
}

static PNET_BUFFER_LIST send_create(struct condis_call *call, const struct condis_buffer *buffers,
                                    size_t buffer_count, SIZE_T bytes)
{
    struct client_binding *binding = call->af->binding;
    PMDL mdl = send_describe(binding, buffers, buffer_count);
    if (!mdl)
        return NULL;
    PNET_BUFFER_LIST list =
        NdisAllocateNetBufferAndNetBufferList(binding->pool, 0, 0, mdl, 0, bytes);
    if (!list)
        send_free_mdls(mdl);
    return list;
}

/* NDIS has one send less: there is room for another. */
static void send_back(struct condis_call *call, bool sent, ULONG bytes)
{
    NdisAcquireSpinLock(&call->lock);
    call->sends_busy--;
    if (sent) {
        call->sent_count++;
        call->sent_bytes += bytes;
    }
    wait_list_wake(&call->waiters);
    NdisReleaseSpinLock(&call->lock);
}

/* The program knows: the close need not wait for it any more. */
static void send_end(struct condis_call *call)
{
    NdisAcquireSpinLock(&call->lock);
    assert(call->sends_out > 0);
    call->sends_out--;
    bool closing = call->close_wanted;
    NdisReleaseSpinLock(&call->lock);
    if (closing)
        close_advance(call);
}

VOID send_completed(NDIS_HANDLE ProtocolVcContext, PNET_BUFFER_LIST NetBufferLists,
                    ULONG SendCompleteFlags)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    PNET_BUFFER_LIST next;
    (void)SendCompleteFlags;
    call_hold(call);
    for (PNET_BUFFER_LIST list = NetBufferLists; list; list = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(list);
        NDIS_STATUS status = NET_BUFFER_LIST_STATUS(list);
        PNET_BUFFER buffer = NET_BUFFER_LIST_FIRST_NB(list);
        ULONG bytes = NET_BUFFER_DATA_LENGTH(buffer);
        struct client_done done = {(condis_done *)list->ProtocolReserved[SEND_DONE],
                                   list->ProtocolReserved[SEND_CONTEXT]};
        PMDL mdl = NET_BUFFER_FIRST_MDL(buffer);
        NdisFreeNetBufferList(list);
        send_free_mdls(mdl);
        send_back(call, status == NDIS_STATUS_SUCCESS, bytes);
        client_tell(done, status);
        send_end(call);
    }
    call_let_go(call);
}

/* returns the bytes of all parts; 0 when they are outside the documented range. */
static SIZE_T send_measure(const struct condis_buffer *buffers, size_t buffer_count)
{
    SIZE_T bytes = 0;
    if (buffer_count == 0 || buffer_count > CLIENT_SEND_PARTS_MAX)
        return 0;
    for (size_t i = 0; i < buffer_count; i++) {
        if (!buffers[i].at || buffers[i].bytes == 0 || buffers[i].bytes > UINT32_MAX)
            return 0;
        bytes += buffers[i].bytes;
    }
    return bytes > UINT32_MAX ? 0 : bytes;
}

static condis_status send_start(struct condis_call *call, const struct condis_buffer *buffers,
                                size_t buffer_count, SIZE_T bytes, struct client_done done)
{
    condis_status status = CONDIS_PENDING;
    NdisAcquireSpinLock(&call->lock);
    if (call->state == CONDIS_CALL_CLOSING || call->state == CONDIS_CALL_CLOSED)
        status = NDIS_STATUS_CLOSING; /* C68 */
    else if (call->state != CONDIS_CALL_CONNECTED)
        status = NDIS_STATUS_INVALID_STATE; /* C81 */
    else if (call->sends_busy >= call->limits.sends_max)
        status = NDIS_STATUS_RESOURCES;
    struct client_vc *vc = call->vc;
    if (status == CONDIS_PENDING) {
        call->sends_out++; /* the VC stays until it is back */
        call->sends_busy++;
        call_hold(call);
    }
    NdisReleaseSpinLock(&call->lock);
    if (status != CONDIS_PENDING)
        return status;
    PNET_BUFFER_LIST list = send_create(call, buffers, buffer_count, bytes);
    if (list) {
        list->SourceHandle = vc->handle; /* C114 */
        list->ProtocolReserved[SEND_DONE] = (PVOID)done.run;
        list->ProtocolReserved[SEND_CONTEXT] = done.context;
        NdisCoSendNetBufferLists(vc->handle, list, 0);
    } else {
        send_back(call, false, 0);
        send_end(call);
        status = NDIS_STATUS_RESOURCES;
    }
    call_let_go(call);
    return status;
}

condis_status condis_send_async(struct condis_call *call, const struct condis_buffer *buffers,
                                size_t buffer_count, condis_done *done, void *context)
{
    struct attach attach;
    SIZE_T bytes = send_measure(buffers, buffer_count);
    if (bytes == 0)
        return NDIS_STATUS_INVALID_PARAMETER;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        send_start(call, buffers, buffer_count, bytes, (struct client_done){done, context});
    attach_leave(&attach);
    return status;
}

static bool send_has_room(void *what)
{
    struct condis_call *call = what;
    return call->sends_busy < call->limits.sends_max || call->state != CONDIS_CALL_CONNECTED;
}

static condis_status send_wait_for_room(struct condis_call *call)
{
    condis_status status =
        wait_until(&call->waiters, &call->lock, send_has_room, call, CONDIS_FOREVER);
    if (status == CONDIS_SUCCESS)
        NdisReleaseSpinLock(&call->lock);
    return status;
}

condis_status condis_send(struct condis_call *call, const void *data, size_t bytes)
{
    struct condis_buffer buffer = {data, bytes};
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    if (!attach_enter(&call->af->client->place, &attach))
        return status;
    status = send_wait_for_room(call);
    struct wait_request *request = status == CONDIS_SUCCESS ? wait_request_begin(&status) : NULL;
    if (request)
        status = wait_request_end(request,
                                  condis_send_async(call, &buffer, 1, wait_request_done, request));
    attach_leave(&attach);
    return status;
}
