/* SPDX-License-Identifier: MIT */
#include "client/data.h"

#include "client/call.h"
#include "client/receive.h"
#include "client/send.h"

static PNET_BUFFER data_of(const struct condis_data *data)
{
    return (PNET_BUFFER)(ULONG_PTR)data;
}

size_t condis_data_bytes(const struct condis_data *data)
{
    return NET_BUFFER_DATA_LENGTH(data_of(data));
}

/* A span remembers the MDL after it; how much of the datum is left follows from walking there. */
bool condis_data_next(const struct condis_data *data, struct condis_span *span)
{
    PNET_BUFFER buffer = data_of(data);
    SIZE_T left = NET_BUFFER_DATA_LENGTH(buffer);
    ULONG offset = NET_BUFFER_CURRENT_MDL_OFFSET(buffer);
    bool first = span->at == NULL;
    for (PMDL mdl = NET_BUFFER_CURRENT_MDL(buffer); mdl && left > 0; mdl = mdl->Next) {
        SIZE_T bytes = MmGetMdlByteCount(mdl) - offset;
        if (bytes > left)
            bytes = left;
        if (bytes > 0 && (first || mdl == span->next)) {
            PUCHAR at = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
            PMDL next = mdl->Next;
            while (next && MmGetMdlByteCount(next) == 0)
                next = next->Next;
            *span = (struct condis_span){at + offset, bytes, next};
            return true;
        }
        left -= bytes;
        offset = 0;
    }
    span->bytes = 0;
    return false;
}

static size_t data_read(PNET_BUFFER buffer, size_t offset, void *to, size_t bytes)
{
    struct condis_span span = {0};
    size_t copied = 0;
    while (copied < bytes && condis_data_next((const struct condis_data *)buffer, &span)) {
        if (offset >= span.bytes) {
            offset -= span.bytes;
        } else {
            size_t part = span.bytes - offset;
            if (part > bytes - copied)
                part = bytes - copied;
            memcpy((char *)to + copied, (const char *)span.at + offset, part);
            copied += part;
            offset = 0;
        }
        if (!span.next)
            break;
    }
    return copied;
}

size_t condis_data_copy(const struct condis_data *data, size_t offset, void *to, size_t bytes)
{
    return data_read(data_of(data), offset, to, bytes);
}

struct condis_call *condis_data_call(const struct condis_data *data)
{
    return data_note(data_of(data))->call;
}

PNET_BUFFER_LIST data_copy(struct condis_client *client, PNET_BUFFER from)
{
    ULONG bytes = NET_BUFFER_DATA_LENGTH(from);
    PVOID memory = client_allocate(bytes ? bytes : 1);
    if (!memory)
        return NULL;
    data_read(from, 0, memory, bytes);
    PMDL mdl = NdisAllocateMdl(client->place.driver, memory, bytes ? bytes : 1);
    PNET_BUFFER_LIST list =
        mdl ? NdisAllocateNetBufferAndNetBufferList(client->copies, 0, 0, mdl, 0, bytes) : NULL;
    if (list)
        return list;
    send_free_mdls(mdl);
    client_free(memory);
    return NULL;
}

static void data_free_copy(PNET_BUFFER_LIST list)
{
    PMDL mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(list));
    PVOID memory = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    NdisFreeNetBufferList(list);
    NdisFreeMdl(mdl);
    client_free(memory);
}

void data_end(struct client_binding *binding, struct data_note *note)
{
    PNET_BUFFER_LIST list = note->list;
    bool copied = note->copied;
    if (NdisInterlockedDecrement(data_left(list)) != 0)
        return;
    if (copied)
        data_free_copy(list);
    else if (binding) /* gone only when the miniport did not wait for its buffers (C57) */
        NdisReturnNetBufferLists(binding->handle, list, 0);
}

/* Takes a datum out of the call's hands. The caller holds the lock. */
static void data_forget_locked(struct condis_call *call, struct data_note *note)
{
    RemoveEntryList(&note->link);
    if (note->held)
        call->held_count--;
    if (note->copied)
        call->copied_bytes -= NET_BUFFER_DATA_LENGTH(data_buffer(note));
    wait_list_wake(&call->waiters);
}

static void data_release_inside(void *argument)
{
    struct data_note *note = data_note(argument);
    struct condis_call *call = note->call;
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    data_forget_locked(call, note);
    NdisReleaseSpinLock(&call->lock);
    data_end(call->af->binding, note);
    receive_deliver(call);
    call_let_go(call);
}

void condis_data_release(struct condis_data *data)
{
    if (!data)
        return;
    PNET_BUFFER buffer = data_of(data);
    attach_run(&data_note(buffer)->call->af->client->place, data_release_inside, buffer);
}

/* Ends every datum of a list of the call. */
static void data_end_all(struct condis_call *call, LIST_ENTRY *list)
{
    for (;;) {
        struct data_note *note = NULL;
        NdisAcquireSpinLock(&call->lock);
        if (!IsListEmpty(list)) {
            note = CONTAINING_RECORD(list->Flink, struct data_note, link);
            data_forget_locked(call, note);
        }
        NdisReleaseSpinLock(&call->lock);
        if (!note)
            return;
        data_end(call->af->binding, note);
    }
}

void receive_discard(struct condis_call *call)
{
    data_end_all(call, &call->queue);
}

void call_take_data_back(struct condis_call *call)
{
    NdisAcquireSpinLock(&call->lock);
    call->silent = true;
    NdisReleaseSpinLock(&call->lock);
    data_end_all(call, &call->queue);
    data_end_all(call, &call->held);
}
