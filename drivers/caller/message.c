/* SPDX-License-Identifier: MIT */
/* Messages: what the driver sends, and what it receives and sends back. */
#include "caller.h"

#define CALLER_SENDS_MAX 16 /* that are under way, before nothing more is sent back */

static PCALLER_MESSAGE CreateMessage(ULONG Length)
{
    PCALLER_MESSAGE Message = CallerAllocate(FIELD_OFFSET(CALLER_MESSAGE, Bytes) + (SIZE_T)Length);
    if (Message != NULL)
        Message->Length = Length;
    return Message;
}

/* ---- sending ---- */

static PNET_BUFFER_LIST CreateList(PCALLER_CALL Call, PCALLER_MESSAGE Message)
{
    PNET_BUFFER_LIST List;
    PMDL Mdl = NdisAllocateMdl(CallerProtocolHandle, Message->Bytes, Message->Length);
    if (Mdl == NULL)
        return NULL;
    List = NdisAllocateNetBufferAndNetBufferList(Call->Family->Binding->NblPool, 0, 0, Mdl, 0,
                                                 Message->Length);
    if (List == NULL)
        NdisFreeMdl(Mdl);
    else
        List->SourceHandle = Call->NdisVcHandle;
    return List;
}

static VOID Sent(PCALLER_CALL Call, ULONG Count)
{
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Call->SendsOut -= Count;
    CallerMoveCall(Call);
}

static PCALLER_MESSAGE CreateSettingsMessage(PCALLER_CALL Call)
{
    const CALLER_TEXT *Text = &Call->Family->Binding->Settings.Message;
    PCALLER_MESSAGE Message = CreateMessage(Text->Length);
    if (Message != NULL)
        NdisMoveMemory(Message->Bytes, Text->Bytes, Text->Length);
    return Message;
}

VOID CallerSend(PCALLER_CALL Call, PCALLER_MESSAGE Message)
{
    PNET_BUFFER_LIST List = NULL;
    if (Message == NULL)
        Message = CreateSettingsMessage(Call);
    if (Message != NULL)
        List = CreateList(Call, Message);
    if (List != NULL) {
        NdisCoSendNetBufferLists(Call->NdisVcHandle, List, 0);
        return;
    }
    if (Message != NULL)
        NdisFreeMemory(Message, 0, 0);
    Sent(Call, 1);
}

/* returns the next one of the chain */
static PNET_BUFFER_LIST FreeList(PNET_BUFFER_LIST List)
{
    PNET_BUFFER_LIST Next = NET_BUFFER_LIST_NEXT_NBL(List);
    PMDL Mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(List));
    PVOID Bytes = MmGetMdlVirtualAddress(Mdl);
    NET_BUFFER_LIST_NEXT_NBL(List) = NULL;
    NdisFreeNetBufferList(List);
    NdisFreeMdl(Mdl);
    NdisFreeMemory(CONTAINING_RECORD(Bytes, CALLER_MESSAGE, Bytes), 0, 0);
    return Next;
}

_Use_decl_annotations_ VOID NTAPI CallerSendComplete(NDIS_HANDLE ProtocolVcContext,
                                                     PNET_BUFFER_LIST NetBufferLists,
                                                     ULONG SendCompleteFlags)
{
    ULONG Count = 0;
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    while (NetBufferLists != NULL) {
        NetBufferLists = FreeList(NetBufferLists);
        Count++;
    }
    Sent(ProtocolVcContext, Count);
}

VOID CallerFreeMessages(PCALLER_CALL Call)
{
    while (!IsListEmpty(&Call->Messages))
        NdisFreeMemory(CONTAINING_RECORD(RemoveHeadList(&Call->Messages), CALLER_MESSAGE, Link), 0,
                       0);
}

/* ---- receiving ---- */

/* Copies what is to be sent back. Without memory, or with too much under way, it is not. */
static VOID SendBack(PCALLER_CALL Call, PNET_BUFFER Buffer)
{
    ULONG Length = NET_BUFFER_DATA_LENGTH(Buffer);
    PCALLER_MESSAGE Message = Length != 0 ? CreateMessage(Length) : NULL;
    const VOID *Bytes;
    BOOLEAN Wanted;
    if (Message == NULL)
        return;
    Bytes = NdisGetDataBuffer(Buffer, Length, Message->Bytes, 1, 0);
    if (Bytes != NULL && Bytes != Message->Bytes)
        NdisMoveMemory(Message->Bytes, Bytes, Length);
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Wanted = Bytes != NULL && !Call->Ending && Call->SendsOut < CALLER_SENDS_MAX;
    if (Wanted)
        InsertTailList(&Call->Messages, &Message->Link);
    CallerMoveCall(Call);
    if (!Wanted)
        NdisFreeMemory(Message, 0, 0);
}

/* The call stays as long as what it has received is not returned: that comes last. */
_Use_decl_annotations_ VOID NTAPI CallerReceive(NDIS_HANDLE ProtocolBindingContext,
                                                NDIS_HANDLE ProtocolVcContext,
                                                PNET_BUFFER_LIST NetBufferLists,
                                                ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    PCALLER_BINDING Binding = ProtocolBindingContext;
    PCALLER_CALL Call = ProtocolVcContext;
    PNET_BUFFER_LIST List;
    PNET_BUFFER Buffer;
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    for (List = NetBufferLists; List != NULL && Call->Answers;
         List = NET_BUFFER_LIST_NEXT_NBL(List))
        for (Buffer = NET_BUFFER_LIST_FIRST_NB(List); Buffer != NULL;
             Buffer = NET_BUFFER_NEXT_NB(Buffer))
            SendBack(Call, Buffer);
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(Binding->NdisBindingHandle, NetBufferLists,
                                 ReceiveFlags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL
                                     ? NDIS_RETURN_FLAGS_DISPATCH_LEVEL
                                     : 0);
}
