/* SPDX-License-Identifier: MIT */
/* In: a net buffer list around the frame's own MDL chain; the frame goes back when the list
 * does. */
#include "port_private.h"

static VOID CountLoss(PHUB_PORT Port, PHUB_CHANNEL Channel)
{
    NdisDprAcquireSpinLock(&Port->Lock);
    Channel->Counts.ReceiveNoBuffer++;
    Port->Totals.ReceiveNoBuffer++;
    NdisDprReleaseSpinLock(&Port->Lock);
}

NDIS_STATUS ChannelIndicate(PHUB_CHANNEL Channel, PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame)
{
    PHUB_PORT Port = Channel->Port;
    PNET_BUFFER_LIST Nbl;
    BOOLEAN Wanted;
    Nbl = NdisAllocateNetBufferAndNetBufferList(Port->NblPool, 0, 0, Frame->Mdl, Frame->MdlOffset,
                                                Frame->Length);
    if (Nbl == NULL) {
        CountLoss(Port, Channel);
        return NDIS_STATUS_SUCCESS;
    }
    NdisDprAcquireSpinLock(&Port->Lock);
    Wanted = (Port->Running || Channel->Channel == CONDIS_NIC_CONTROL_CHANNEL) && Channel->Active &&
             !Channel->Leaving;
    if (Wanted) {
        Channel->Counts.ReceiveFrames++;
        Channel->Counts.ReceiveBytes += Frame->Length;
        Channel->ReceivesOut++;
        Port->Totals.ReceiveFrames++;
        Port->Totals.ReceiveBytes += Frame->Length;
        Port->ReceivesOut++;
    }
    NdisDprReleaseSpinLock(&Port->Lock);
    if (!Wanted) {
        NdisFreeNetBufferList(Nbl);
        return NDIS_STATUS_SUCCESS;
    }
    Nbl->SourceHandle = Channel->NdisVcHandle;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
    NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0] = Frame;
    NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[1] = Channel;
    NET_BUFFER_MINIPORT_RESERVED(NET_BUFFER_LIST_FIRST_NB(Nbl))[0] = Member;
    NdisMCoIndicateReceiveNetBufferLists(Channel->NdisVcHandle, Nbl, 1,
                                         NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL);
    return NDIS_STATUS_PENDING;
}

/* Copies the first bytes of a frame. returns FALSE when it is shorter. */
static BOOLEAN FrameHead(PCONDIS_FRAME Frame, UCHAR *Head, ULONG Bytes)
{
    ULONG Skip = Frame->MdlOffset, Piece;
    PMDL Mdl;
    if (Frame->Length < Bytes)
        return FALSE;
    for (Mdl = Frame->Mdl; Bytes > 0; Mdl = Mdl->Next) {
        if (Skip >= MmGetMdlByteCount(Mdl)) {
            Skip -= MmGetMdlByteCount(Mdl);
            continue;
        }
        Piece = MmGetMdlByteCount(Mdl) - Skip;
        if (Piece > Bytes)
            Piece = Bytes;
        NdisMoveMemory(Head, (UCHAR *)MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) + Skip,
                       Piece);
        Head += Piece;
        Bytes -= Piece;
        Skip = 0;
    }
    return TRUE;
}

/* A message comes from the station that it says it comes from, which the medium knows, and is for
 * us. */
static BOOLEAN MessageIsGenuine(PHUB_PORT Port, PCONDIS_FRAME Frame)
{
    UCHAR Head[HUBSIG_HEADER_BYTES];
    struct hubsig_name To, From;
    ULONG Index;
    if (Frame->Length > HUBSIG_MESSAGE_BYTES_MAX || !FrameHead(Frame, Head, sizeof(Head)) ||
        !hubsig_decode_names(Head, sizeof(Head), &To, &From) ||
        !hubsig_name_equal(&To, &Port->Station) ||
        Frame->Source.Length != From.length * sizeof(WCHAR))
        return FALSE;
    for (Index = 0; Index < From.length; Index++)
        if (Frame->Source.Buffer[Index] != (WCHAR)From.text[Index])
            return FALSE;
    return TRUE;
}

NDIS_STATUS NTAPI PortReceive(PVOID NicContext, PCONDIS_NIC_MEMBER Member, PVOID ChannelContext,
                              PCONDIS_FRAME Frame)
{
    PHUB_PORT Port = NicContext;
    if (ChannelContext == NULL && !MessageIsGenuine(Port, Frame)) {
        NdisDprAcquireSpinLock(&Port->Lock);
        Port->Totals.ReceiveErrors++;
        NdisDprReleaseSpinLock(&Port->Lock);
        return NDIS_STATUS_SUCCESS;
    }
    if (ChannelContext == NULL || ChannelContext == Port)
        return Port->Events->Control(Port, Member, Frame);
    return ChannelIndicate(ChannelContext, Member, Frame);
}

VOID PortReturn(PHUB_PORT Port, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    PNET_BUFFER_LIST Nbl, Next;
    UNREFERENCED_PARAMETER(ReturnFlags);
    for (Nbl = NetBufferLists; Nbl != NULL; Nbl = Next) {
        PCONDIS_FRAME Frame = NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0];
        PHUB_CHANNEL Channel = NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[1];
        PCONDIS_NIC_MEMBER Member = NET_BUFFER_MINIPORT_RESERVED(NET_BUFFER_LIST_FIRST_NB(Nbl))[0];
        Next = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        NdisFreeNetBufferList(Nbl);
        CondisNicReturn(Member, Frame);
        NdisAcquireSpinLock(&Port->Lock);
        Channel->ReceivesOut--;
        Port->ReceivesOut--;
        PortUnlockAndSettle(Port, Channel);
    }
}

const UCHAR *PortMessage(PHUB_PORT Port, PCONDIS_FRAME Frame, UCHAR **Copy)
{
    ULONG Skip = Frame->MdlOffset, Left = Frame->Length;
    PMDL Mdl = Frame->Mdl;
    UCHAR *To;
    while (Skip >= MmGetMdlByteCount(Mdl)) {
        Skip -= MmGetMdlByteCount(Mdl);
        Mdl = Mdl->Next;
    }
    if (Left <= MmGetMdlByteCount(Mdl) - Skip)
        return (UCHAR *)MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) + Skip;
    *Copy =
        NdisAllocateMemoryWithTagPriority(Port->Adapter, Left, HUB_PORT_TAG, NormalPoolPriority);
    for (To = *Copy; To != NULL && Left > 0; Mdl = Mdl->Next, Skip = 0) {
        ULONG Bytes = MmGetMdlByteCount(Mdl) - Skip;
        if (Bytes > Left)
            Bytes = Left;
        NdisMoveMemory(To, (UCHAR *)MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) + Skip,
                       Bytes);
        To += Bytes;
        Left -= Bytes;
    }
    return *Copy;
}
