/* SPDX-License-Identifier: MIT */
#include "ndis/handle.h"

#include "ndis/host.h"
#include "ndis/report.h"

#include <stdio.h>

static bool looks_like_handle(NDIS_HANDLE handle)
{
    enum object_kind kind = handle_kind(handle);
    return (handle_bits(handle) >> 63) == 1 && kind > OBJECT_NONE && kind < OBJECT_KIND_COUNT;
}

enum handle_fault handle_fault_of(const struct host *host, NDIS_HANDLE handle,
                                  enum object_kind kind)
{
    if (!handle)
        return HANDLE_NULL;
    if (!looks_like_handle(handle))
        return HANDLE_GARBAGE;
    if (handle_host(handle) != host->index)
        return HANDLE_FOREIGN;
    return handle_kind(handle) == kind ? HANDLE_STALE : HANDLE_WRONG_KIND;
}

struct object *handle_slot(struct host *host, NDIS_HANDLE handle)
{
    if (!handle || !looks_like_handle(handle) || handle_host(handle) != host->index)
        return NULL;
    return slab_at(&host->slabs[handle_kind(handle)], handle_index(handle));
}

void handle_describe(struct host *host, NDIS_HANDLE handle, char *text, size_t text_bytes)
{
    if (!handle) {
        snprintf(text, text_bytes, "NULL");
        return;
    }
    if (!looks_like_handle(handle)) {
        snprintf(text, text_bytes, "no handle");
        return;
    }
    const char *kind = object_kind_text(handle_kind(handle));
    if (handle_host(handle) != host->index) {
        snprintf(text, text_bytes, "%s %u of host %u", kind, handle_index(handle),
                 handle_host(handle));
        return;
    }
    const struct object *slot = handle_slot(host, handle);
    if (slot && handle_still_names(handle, slot))
        report_object_name(slot, text, text_bytes);
    else if (slot && object_generation(slot) == handle_generation(handle))
        snprintf(text, text_bytes, "%s %u (released)", kind, handle_index(handle));
    else if (slot && object_generation(slot) > handle_generation(handle))
        snprintf(text, text_bytes, "%s %u (released; the slot was used again)", kind,
                 handle_index(handle));
    else
        snprintf(text, text_bytes, "%s %u (never existed)", kind, handle_index(handle));
}
