/* SPDX-License-Identifier: MIT */
/* The used data space of a net buffer: where it begins (retreat, advance) and what is in it. */
#include "ndis/mdl.h"
#include "ndis/netbuffer.h"
#include "nt/fault.h"

#include <string.h>

/* ---- retreat and advance ------------------------------------------------------------------ */

static bool nb_given(const struct call *call, const struct nb_part *part, const NET_BUFFER *nb)
{
    if (part && atomic_load_explicit(&part->state, memory_order_relaxed) == NB_STATE_OUT)
        return true;
    call_breaks(call, part ? RULE_POOL_USED_AFTER_FREE : RULE_NBL_NOT_FROM_POOL, NULL,
                NDIS_STATUS_FAILURE, "the NET_BUFFER is %s",
                part ? "freed"
                : nb ? "not from a pool"
                     : "NULL");
    return false;
}

/* Makes CurrentMdl agree with DataOffset. */
static void nb_settle(PNET_BUFFER nb)
{
    SIZE_T offset = nb->DataOffset;
    nb->CurrentMdl = nb_seek(nb->MdlChain, &offset);
    nb->CurrentMdlOffset = nb->CurrentMdl ? (ULONG)offset : 0;
}

/* Asks the driver for an MDL of at least `bytes`, as its NetAllocateMdl page says: the size that it
 * really has comes back in the variable. */
static NDIS_STATUS retreat_ask(const struct call *call, ULONG bytes,
                               NET_BUFFER_ALLOCATE_MDL_HANDLER handler, PMDL *out)
{
    ULONG granted = bytes;
    PMDL mdl = handler(&granted);
    if (!mdl)
        return NDIS_STATUS_RESOURCES;
    *out = mdl;
    if (granted >= bytes && mdl->ByteCount >= bytes)
        return NDIS_STATUS_SUCCESS;
    return call_breaks(call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                       "NetAllocateMdl was asked for %u bytes and gave %u in an MDL of %u", bytes,
                       granted, mdl->ByteCount);
}

/* Puts an MDL in front of the chain: what is missing of the delta ends it, back fill begins it. */
static NDIS_STATUS retreat_extend(const struct call *call, struct nb_part *part, ULONG missing,
                                  ULONG back_fill, NET_BUFFER_ALLOCATE_MDL_HANDLER handler,
                                  const void *caller)
{
    PMDL mdl = NULL;
    ULONG bytes = missing + back_fill;
    if (bytes < missing || part->retreat_count == UINT16_MAX)
        return NDIS_STATUS_RESOURCES;
    if (handler) {
        NDIS_STATUS status = retreat_ask(call, bytes, handler, &mdl);
        if (status != NDIS_STATUS_SUCCESS)
            return status;
    } else {
        mdl = mdl_create_with_data(bytes, caller);
        if (!mdl)
            return NDIS_STATUS_RESOURCES;
    }
    mdl->Next = part->nb.MdlChain;
    part->nb.MdlChain = mdl;
    part->nb.DataOffset += mdl->ByteCount;
    part->retreat_count++;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS retreat(const struct call *call, PNET_BUFFER nb, ULONG delta, ULONG back_fill,
                           NET_BUFFER_ALLOCATE_MDL_HANDLER handler, const void *caller)
{
    struct nb_part *part = nb_part_of(nb);
    if (!nb_given(call, part, nb))
        return NDIS_STATUS_FAILURE;
    if (delta > UINT32_MAX - nb->DataLength)
        return call_breaks(call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                           "DataOffsetDelta %u plus DataLength %u do not fit in a ULONG", delta,
                           nb->DataLength);
    if (delta > nb->DataOffset) {
        NDIS_STATUS status =
            retreat_extend(call, part, delta - nb->DataOffset, back_fill, handler, caller);
        if (status != NDIS_STATUS_SUCCESS)
            return status;
    }
    nb->DataOffset -= delta;
    nb->DataLength += delta;
    nb_settle(nb);
    return NDIS_STATUS_SUCCESS;
}

/* Frees the MDLs that retreats put in front and that hold no used data any more. */
static void advance_free(const struct call *call, struct nb_part *part,
                         NET_BUFFER_FREE_MDL_HANDLER handler)
{
    PNET_BUFFER nb = &part->nb;
    while (part->retreat_count > 0 && nb->MdlChain && nb->DataOffset >= nb->MdlChain->ByteCount) {
        PMDL mdl = nb->MdlChain;
        bool ours = mdl_kind(mdl) == MDL_KIND_RETREAT;
        if (!ours && !handler) {
            call_breaks(call, RULE_POOL_WRONG_FREE, NULL, NDIS_STATUS_FAILURE,
                        "NetAllocateMdl made the MDL, but FreeMdlHandler is NULL");
            return;
        }
        nb->DataOffset -= mdl->ByteCount;
        nb->MdlChain = mdl->Next;
        mdl->Next = NULL;
        part->retreat_count--;
        if (ours)
            mdl_destroy(mdl);
        else
            handler(mdl);
    }
}

static void advance(const struct call *call, PNET_BUFFER nb, ULONG delta, bool free_mdl,
                    NET_BUFFER_FREE_MDL_HANDLER handler)
{
    struct nb_part *part = nb_part_of(nb);
    if (!nb_given(call, part, nb))
        return;
    if (delta > nb->DataLength) {
        call_breaks(call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "DataOffsetDelta is %u, but DataLength only %u", delta, nb->DataLength);
        return;
    }
    nb->DataOffset += delta;
    nb->DataLength -= delta;
    if (free_mdl)
        advance_free(call, part, handler);
    nb_settle(nb);
}

/* Learn: NdisRetreatNetBufferDataStart. */
NDIS_STATUS NTAPI NdisRetreatNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta,
                                                ULONG DataBackFill,
                                                NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (nt_fault(FAULT_NdisRetreatNetBufferDataStart))
        return nt_fault_status(FAULT_NdisRetreatNetBufferDataStart);
    return retreat(&call, NetBuffer, DataOffsetDelta, DataBackFill, AllocateMdlHandler,
                   __builtin_return_address(0));
}

/* Learn: NdisAdvanceNetBufferDataStart. */
VOID NTAPI NdisAdvanceNetBufferDataStart(PNET_BUFFER NetBuffer, ULONG DataOffsetDelta,
                                         BOOLEAN FreeMdl,
                                         NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    advance(&call, NetBuffer, DataOffsetDelta, FreeMdl != FALSE, FreeMdlHandler);
}

static bool nbl_given(const struct call *call, const NET_BUFFER_LIST *nbl)
{
    enum nbl_state state = nbl_state(nbl);
    if (state != NBL_STATE_FREE && state != NBL_STATE_FOREIGN)
        return true;
    call_breaks(call, state == NBL_STATE_FREE ? RULE_POOL_USED_AFTER_FREE : RULE_NBL_NOT_FROM_POOL,
                NULL, NDIS_STATUS_FAILURE, "the NET_BUFFER_LIST is %s", nbl_state_text(state));
    return false;
}

/* Learn: NdisRetreatNetBufferListDataStart. All NET_BUFFERs or none. */
NDIS_STATUS NTAPI NdisRetreatNetBufferListDataStart(
    PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta, ULONG DataBackFill,
    NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler, NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (!nbl_given(&call, NetBufferList))
        return NDIS_STATUS_FAILURE;
    if (nt_fault(FAULT_NdisRetreatNetBufferListDataStart))
        return nt_fault_status(FAULT_NdisRetreatNetBufferListDataStart);
    for (PNET_BUFFER nb = NetBufferList->FirstNetBuffer; nb; nb = nb->Next) {
        NDIS_STATUS status = retreat(&call, nb, DataOffsetDelta, DataBackFill, AllocateMdlHandler,
                                     __builtin_return_address(0));
        if (status == NDIS_STATUS_SUCCESS)
            continue;
        for (PNET_BUFFER undo = NetBufferList->FirstNetBuffer; undo != nb; undo = undo->Next)
            advance(&call, undo, DataOffsetDelta, true, FreeMdlHandler);
        return status;
    }
    return NDIS_STATUS_SUCCESS;
}

/* Learn: NdisAdvanceNetBufferListDataStart. */
VOID NTAPI NdisAdvanceNetBufferListDataStart(PNET_BUFFER_LIST NetBufferList, ULONG DataOffsetDelta,
                                             BOOLEAN FreeMdl,
                                             NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (!nbl_given(&call, NetBufferList))
        return;
    for (PNET_BUFFER nb = NetBufferList->FirstNetBuffer; nb; nb = nb->Next)
        advance(&call, nb, DataOffsetDelta, FreeMdl != FALSE, FreeMdlHandler);
}
