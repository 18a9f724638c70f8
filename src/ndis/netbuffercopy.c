/* SPDX-License-Identifier: MIT */
/* Copying out of net buffers: their data, and what a list says about it. */
#include "ndis/mdl.h"
#include "ndis/netbuffer.h"
#include "nt/fault.h"

#include <string.h>

/* A place in a chain of MDLs. */
struct place {
    PMDL mdl;
    SIZE_T offset;
};

/* Steps over MDLs that are used up. returns  how many bytes follow in this MDL; 0 at the end */
static SIZE_T place_settle(struct place *place)
{
    while (place->mdl && place->offset >= place->mdl->ByteCount) {
        place->offset -= place->mdl->ByteCount;
        place->mdl = place->mdl->Next;
    }
    return place->mdl ? place->mdl->ByteCount - place->offset : 0;
}

static SIZE_T place_copy_out(struct place from, char *to, SIZE_T bytes)
{
    SIZE_T copied = 0;
    while (copied < bytes) {
        SIZE_T run = place_settle(&from);
        if (run == 0)
            break;
        if (run > bytes - copied)
            run = bytes - copied;
        memcpy(to + copied, mdl_address(from.mdl) + from.offset, run);
        from.offset += run;
        copied += run;
    }
    return copied;
}

/* Learn: NdisGetDataBuffer. Data that is contiguous but not where the caller wants it counts as not
 * contiguous: it is copied to Storage. */
PVOID NTAPI NdisGetDataBuffer(PNET_BUFFER NetBuffer, ULONG BytesNeeded, PVOID Storage,
                              UINT AlignMultiple, UINT AlignOffset)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (!NetBuffer) {
        call_breaks(&call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "NetBuffer is NULL");
        return NULL;
    }
    if (AlignMultiple == 0 || (AlignMultiple & (AlignMultiple - 1)) ||
        AlignOffset >= AlignMultiple) {
        call_breaks(&call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "AlignMultiple is %u and AlignOffset %u; a power of two and less than that "
                    "are needed",
                    AlignMultiple, AlignOffset);
        return NULL;
    }
    if (NetBuffer->DataLength < BytesNeeded || !NetBuffer->CurrentMdl ||
        nt_fault(FAULT_NdisGetDataBuffer))
        return NULL;
    struct place place = {NetBuffer->CurrentMdl, NetBuffer->CurrentMdlOffset};
    SIZE_T run = place_settle(&place);
    if (run > 0 && run >= BytesNeeded) {
        char *data = mdl_address(place.mdl) + place.offset;
        if (((uintptr_t)data & (AlignMultiple - 1)) == AlignOffset)
            return data;
    }
    if (!Storage || place_copy_out(place, Storage, BytesNeeded) < BytesNeeded)
        return NULL;
    return Storage;
}

/* Learn: NdisCopyFromNetBufferToNetBuffer. Offsets count from CurrentMdlOffset in CurrentMdl; the
 * members of Destination stay as they are, and its room is its whole chain. */
NDIS_STATUS NTAPI NdisCopyFromNetBufferToNetBuffer(PNET_BUFFER Destination, ULONG DestinationOffset,
                                                   ULONG BytesToCopy, PNET_BUFFER Source,
                                                   ULONG SourceOffset, PULONG BytesCopied)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (!Destination || !Source || !BytesCopied)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "%s is NULL",
                           !Destination ? "Destination"
                           : !Source    ? "Source"
                                        : "BytesCopied");
    struct place from = {Source->CurrentMdl, (SIZE_T)Source->CurrentMdlOffset + SourceOffset};
    struct place to = {Destination->CurrentMdl,
                       (SIZE_T)Destination->CurrentMdlOffset + DestinationOffset};
    SIZE_T left = 0;
    if (Source->DataLength > SourceOffset)
        left = Source->DataLength - SourceOffset;
    if (left > BytesToCopy)
        left = BytesToCopy;
    ULONG copied = 0;
    while (left > 0) {
        SIZE_T run = place_settle(&from);
        SIZE_T room = place_settle(&to);
        if (run > room)
            run = room;
        if (run > left)
            run = left;
        if (run == 0)
            break;
        memmove(mdl_address(to.mdl) + to.offset, mdl_address(from.mdl) + from.offset, run);
        from.offset += run;
        to.offset += run;
        left -= run;
        copied += (ULONG)run;
    }
    *BytesCopied = copied;
    return NDIS_STATUS_SUCCESS;
}

/* ---- what a list says about its data ------------------------------------------------------ */

enum info_path {
    INFO_SEND = 1,
    INFO_RECEIVE = 2,
    INFO_BOTH = INFO_SEND | INFO_RECEIVE,
};

/* Learn: the tables in the Remarks of the two pages; slots that are not named there stay. */
static const uint8_t info_paths[MaxNetBufferListInfo] = {
    [TcpIpChecksumNetBufferListInfo] = INFO_BOTH,
    [IPsecOffloadV1NetBufferListInfo] = INFO_BOTH,
    [TcpLargeSendNetBufferListInfo] = INFO_BOTH, /* TcpReceiveNoPush when received */
    [Ieee8021QNetBufferListInfo] = INFO_BOTH,
    [NetBufferListCancelId] = INFO_SEND,
    [MediaSpecificInformation] = INFO_BOTH,
    [NetBufferListFrameType] = INFO_BOTH, /* NetBufferListProtocolId when sent */
    [NetBufferListHashValue] = INFO_RECEIVE,
    [NetBufferListHashInfo] = INFO_RECEIVE,
#if NDIS_SUPPORT_NDIS61
    [IPsecOffloadV2TunnelNetBufferListInfo] = INFO_BOTH,
    [IPsecOffloadV2HeaderNetBufferListInfo] = INFO_BOTH,
#endif
#if NDIS_SUPPORT_NDIS620
    [NetBufferListFilteringInfo] = INFO_BOTH,
#endif
};

static void info_copy(const struct call *call, PNET_BUFFER_LIST to, const NET_BUFFER_LIST *from,
                      enum info_path path)
{
    if (!nbl_block_of(to) || !nbl_block_of(from)) {
        call_breaks(call, RULE_NBL_NOT_FROM_POOL, NULL, NDIS_STATUS_FAILURE,
                    "%sNetBufferList is not from a pool", nbl_block_of(to) ? "Src" : "Dest");
        return;
    }
    for (size_t i = 0; i < MaxNetBufferListInfo; i++)
        if (info_paths[i] & path)
            to->NetBufferListInfo[i] = from->NetBufferListInfo[i];
}

/* Learn: NdisCopySendNetBufferListInfo. */
VOID NTAPI NdisCopySendNetBufferListInfo(PNET_BUFFER_LIST DestNetBufferList,
                                         PNET_BUFFER_LIST SrcNetBufferList)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    info_copy(&call, DestNetBufferList, SrcNetBufferList, INFO_SEND);
}

/* Learn: NdisCopyReceiveNetBufferListInfo. */
VOID NTAPI NdisCopyReceiveNetBufferListInfo(PNET_BUFFER_LIST DestNetBufferList,
                                            PNET_BUFFER_LIST SrcNetBufferList)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    info_copy(&call, DestNetBufferList, SrcNetBufferList, INFO_RECEIVE);
}
