/* SPDX-License-Identifier: MIT */
/* Out: a frame for each net buffer, by reference; a net buffer list is complete when all its frames
 * came back. */
#include "port_private.h"

static NDIS_STATUS NblStatus(NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_SUCCESS || Status == NDIS_STATUS_INVALID_LENGTH ||
        Status == NDIS_STATUS_SEND_ABORTED || Status == NDIS_STATUS_PAUSED ||
        Status == NDIS_STATUS_RESOURCES)
        return Status;
    return NDIS_STATUS_FAILURE;
}

/* How many frames of a list are out, and one more while they are being sent. */
static ULONG_PTR NblHold(PNET_BUFFER_LIST Nbl, LONG Change)
{
    PVOID *Count = &NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0];
    *Count = (PVOID)((ULONG_PTR)*Count + (ULONG_PTR)(LONG_PTR)Change);
    return (ULONG_PTR)*Count;
}

static VOID NblComplete(PHUB_CHANNEL Channel, PNET_BUFFER_LIST Nbl, BOOLEAN AtDispatch)
{
    NdisMCoSendNetBufferListsComplete(Channel->NdisVcHandle, Nbl,
                                      AtDispatch ? NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL : 0);
}

/* Gives back one hold of a list. The channel counts as busy until the completion has returned, so
 * that it cannot leave under it. */
static VOID NblRelease(PHUB_CHANNEL Channel, PNET_BUFFER_LIST Nbl, NDIS_STATUS Status,
                       BOOLEAN AtDispatch)
{
    PHUB_PORT Port = Channel->Port;
    BOOLEAN Last;
    NdisAcquireSpinLock(&Port->Lock);
    if (Status != NDIS_STATUS_SUCCESS)
        NET_BUFFER_LIST_STATUS(Nbl) = NblStatus(Status);
    Last = NblHold(Nbl, -1) == 0;
    NdisReleaseSpinLock(&Port->Lock);
    if (Last)
        NblComplete(Channel, Nbl, AtDispatch);
    NdisAcquireSpinLock(&Port->Lock);
    Channel->SendsOut--;
    Port->SendsOut--;
    PortUnlockAndSettle(Port, Channel);
}

static VOID CountSend(PHUB_CHANNEL Channel, NDIS_STATUS Status, ULONG Length)
{
    HUB_COUNTS *Both[2] = {&Channel->Counts, &Channel->Port->Totals};
    ULONG Index;
    NdisAcquireSpinLock(&Channel->Port->Lock);
    for (Index = 0; Index < 2; Index++) {
        if (Status == NDIS_STATUS_SUCCESS) {
            Both[Index]->SendFrames++;
            Both[Index]->SendBytes += Length;
        } else {
            Both[Index]->SendErrors++;
        }
    }
    NdisReleaseSpinLock(&Channel->Port->Lock);
}

/* A message on a VC that carries messages says itself where it goes. */
static BOOLEAN FrameAddress(PHUB_FRAME Frame, PHUB_PORT Port, PNET_BUFFER Buffer)
{
    UCHAR Storage[HUBSIG_HEADER_BYTES];
    struct hubsig_name To, From;
    const UCHAR *Header = NdisGetDataBuffer(Buffer, HUBSIG_HEADER_BYTES, Storage, 1, 0);
    if (Header == NULL || !hubsig_decode_names(Header, HUBSIG_HEADER_BYTES, &To, &From) ||
        !hubsig_name_equal(&From, &Port->Station))
        return FALSE;
    FrameSetDestination(Frame, &To);
    return TRUE;
}

static VOID SendBuffer(PHUB_CHANNEL Channel, PNET_BUFFER_LIST Nbl, PNET_BUFFER Buffer,
                       BOOLEAN AtDispatch)
{
    PHUB_PORT Port = Channel->Port;
    PHUB_FRAME Frame = ExAllocateFromNPagedLookasideList(&Port->Frames);
    NDIS_STATUS Status = NDIS_STATUS_RESOURCES;
    if (Frame != NULL) {
        NdisZeroMemory(Frame, sizeof(*Frame));
        Frame->Frame.Channel = Channel->Channel;
        Frame->Frame.Length = NET_BUFFER_DATA_LENGTH(Buffer);
        Frame->Frame.Mdl = NET_BUFFER_CURRENT_MDL(Buffer);
        Frame->Frame.MdlOffset = NET_BUFFER_CURRENT_MDL_OFFSET(Buffer);
        Frame->Channel = Channel;
        Frame->Nbl = Nbl;
        if (Channel->Channel != CONDIS_NIC_CONTROL_CHANNEL || FrameAddress(Frame, Port, Buffer)) {
            CondisNicSend(Port->Nic, &Frame->Frame);
            return;
        }
        Status = NDIS_STATUS_FAILURE;
        ExFreeToNPagedLookasideList(&Port->Frames, Frame);
    }
    CountSend(Channel, Status, 0);
    NblRelease(Channel, Nbl, Status, AtDispatch);
}

static VOID SendList(PHUB_CHANNEL Channel, PNET_BUFFER_LIST Nbl, BOOLEAN AtDispatch)
{
    PHUB_PORT Port = Channel->Port;
    PNET_BUFFER Buffer, Next;
    LONG Count = 1;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    for (Buffer = NET_BUFFER_LIST_FIRST_NB(Nbl); Buffer; Buffer = NET_BUFFER_NEXT_NB(Buffer))
        Count++;
    NET_BUFFER_LIST_STATUS(Nbl) = NDIS_STATUS_SUCCESS;
    NET_BUFFER_LIST_MINIPORT_RESERVED(Nbl)[0] = NULL;
    NdisAcquireSpinLock(&Port->Lock);
    if (!Port->Running && Channel->Channel != CONDIS_NIC_CONTROL_CHANNEL)
        Status = NDIS_STATUS_PAUSED;
    else if (!Channel->Active || Channel->Leaving || !Channel->Transmit)
        Status = NDIS_STATUS_FAILURE;
    if (Status != NDIS_STATUS_SUCCESS)
        Count = 1;
    NblHold(Nbl, Count);
    Channel->SendsOut += (ULONG64)Count;
    Port->SendsOut += (ULONG64)Count;
    NdisReleaseSpinLock(&Port->Lock);
    if (Status != NDIS_STATUS_SUCCESS) {
        CountSend(Channel, Status, 0);
    } else {
        for (Buffer = NET_BUFFER_LIST_FIRST_NB(Nbl); Buffer; Buffer = Next) {
            Next = NET_BUFFER_NEXT_NB(Buffer);
            SendBuffer(Channel, Nbl, Buffer, AtDispatch);
        }
    }
    NblRelease(Channel, Nbl, Status, AtDispatch);
}

VOID ChannelSend(PHUB_CHANNEL Channel, PNET_BUFFER_LIST NetBufferLists, ULONG SendFlags)
{
    BOOLEAN AtDispatch = (SendFlags & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0;
    PNET_BUFFER_LIST Nbl, Next;
    for (Nbl = NetBufferLists; Nbl != NULL; Nbl = Next) {
        Next = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        SendList(Channel, Nbl, AtDispatch);
    }
}

VOID FrameSetDestination(PHUB_FRAME Frame, const struct hubsig_name *To)
{
    ULONG Index;
    for (Index = 0; Index < To->length; Index++)
        Frame->Destination[Index] = (WCHAR)To->text[Index];
    Frame->Frame.Destination.Buffer = Frame->Destination;
    Frame->Frame.Destination.Length = (USHORT)(To->length * sizeof(WCHAR));
    Frame->Frame.Destination.MaximumLength = Frame->Frame.Destination.Length;
}

static VOID MessageFree(PHUB_PORT Port, PHUB_FRAME Frame)
{
    PVOID Memory = Frame->Message;
    ULONG Length = Frame->Frame.Length;
    NdisFreeMdl(Frame->Frame.Mdl);
    ExFreeToNPagedLookasideList(&Port->Frames, Frame);
    if (Length <= HUB_MESSAGE_BYTES)
        ExFreeToNPagedLookasideList(&Port->Messages, Memory);
    else
        NdisFreeMemory(Memory, 0, 0);
}

/* A frame with room for a message of our own; NULL: no memory. */
static PHUB_FRAME MessageAllocate(PHUB_PORT Port, ULONG Length)
{
    PHUB_FRAME Frame = ExAllocateFromNPagedLookasideList(&Port->Frames);
    if (Frame == NULL)
        return NULL;
    NdisZeroMemory(Frame, sizeof(*Frame));
    Frame->Frame.Length = Length;
    if (Length <= HUB_MESSAGE_BYTES)
        Frame->Message = ExAllocateFromNPagedLookasideList(&Port->Messages);
    else
        Frame->Message = NdisAllocateMemoryWithTagPriority(Port->Adapter, Length, HUB_PORT_TAG,
                                                           NormalPoolPriority);
    if (Frame->Message == NULL)
        goto FreeFrame;
    Frame->Frame.Mdl = NdisAllocateMdl(Port->Adapter, Frame->Message, Length);
    if (Frame->Frame.Mdl != NULL)
        return Frame;
    if (Length <= HUB_MESSAGE_BYTES)
        ExFreeToNPagedLookasideList(&Port->Messages, Frame->Message);
    else
        NdisFreeMemory(Frame->Message, 0, 0);
FreeFrame:
    ExFreeToNPagedLookasideList(&Port->Frames, Frame);
    return NULL;
}

VOID PortSendControl(PHUB_PORT Port, const struct hubsig_message *Message)
{
    PHUB_FRAME Frame = MessageAllocate(Port, (ULONG)hubsig_message_bytes(Message));
    if (Frame == NULL)
        return;
    hubsig_encode(Message, Frame->Message);
    FrameSetDestination(Frame, &Message->to);
    CondisNicSend(Port->Nic, &Frame->Frame);
}

VOID PortSendBytes(PHUB_PORT Port, ULONG Channel, const UCHAR *Bytes, ULONG Length)
{
    PHUB_FRAME Frame = MessageAllocate(Port, Length);
    if (Frame == NULL)
        return;
    NdisMoveMemory(Frame->Message, Bytes, Length);
    Frame->Frame.Channel = Channel;
    CondisNicSend(Port->Nic, &Frame->Frame);
}

VOID NTAPI PortSendComplete(PVOID NicContext, PCONDIS_FRAME NicFrame, NDIS_STATUS Status)
{
    PHUB_PORT Port = NicContext;
    PHUB_FRAME Frame = CONTAINING_RECORD(NicFrame, HUB_FRAME, Frame);
    PHUB_CHANNEL Channel = Frame->Channel;
    PNET_BUFFER_LIST Nbl = Frame->Nbl;
    if (Channel == NULL) {
        if (Status != NDIS_STATUS_SUCCESS)
            Port->Events->Undelivered(Port, Frame->Message, NicFrame->Length, Status);
        MessageFree(Port, Frame);
        return;
    }
    CountSend(Channel, Status, NicFrame->Length);
    ExFreeToNPagedLookasideList(&Port->Frames, Frame);
    NblRelease(Channel, Nbl, Status, TRUE);
}
