/* SPDX-License-Identifier: MIT */
/* The stand-alone edge: signalling goes as net buffer lists over VCs of the driver's own, VCs are
 * activated in the miniport. */
#include "alone.h"

#define CM_NDIS(Name) NdisCm##Name
#include "edge_calls.h"

static PALONE_ADAPTER AdapterOf(PCM_ADAPTER Manager)
{
    return CONTAINING_RECORD(Manager, ALONE_ADAPTER, Manager);
}

static PALONE_VC VcOf(PCM_VC Vc)
{
    return CONTAINING_RECORD(Vc, ALONE_VC, Vc);
}

static VOID MessageFree(PNET_BUFFER_LIST Nbl)
{
    PMDL Mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(Nbl));
    PVOID Message = MmGetMdlVirtualAddress(Mdl);
    NdisFreeNetBufferList(Nbl);
    NdisFreeMdl(Mdl);
    NdisFreeMemory(Message, 0, 0);
}

UCHAR *AloneMessage(PCM_ADAPTER Manager, ULONG Length)
{
    return NdisAllocateMemoryWithTagPriority(Manager->NdisHandle, Length, ALONE_TAG,
                                             NormalPoolPriority);
}

static NDIS_HANDLE ChannelHandle(PALONE_ADAPTER Adapter, ULONG Number)
{
    ULONG Index = 0;
    while (Adapter->Channels[Index].Number != Number)
        Index++;
    return Adapter->Channels[Index].NdisVcHandle;
}

VOID AloneTransmit(PCM_ADAPTER Manager, ULONG Channel, UCHAR *Message, ULONG Length)
{
    PALONE_ADAPTER Adapter = AdapterOf(Manager);
    NDIS_HANDLE NdisVcHandle = ChannelHandle(Adapter, Channel);
    PNET_BUFFER_LIST Nbl;
    PMDL Mdl = NdisAllocateMdl(Manager->NdisHandle, Message, Length);
    if (Mdl == NULL)
        goto FreeMessage;
    Nbl = NdisAllocateNetBufferAndNetBufferList(Adapter->NblPool, 0, 0, Mdl, 0, Length);
    if (Nbl == NULL)
        goto FreeMdl;
    Nbl->SourceHandle = NdisVcHandle;
    NdisCoSendNetBufferLists(NdisVcHandle, Nbl, 0);
    return;
FreeMdl:
    NdisFreeMdl(Mdl);
FreeMessage:
    NdisFreeMemory(Message, 0, 0);
}

_Use_decl_annotations_ VOID NTAPI AloneCoSendComplete(NDIS_HANDLE ProtocolVcContext,
                                                      PNET_BUFFER_LIST NetBufferLists,
                                                      ULONG SendCompleteFlags)
{
    PALONE_CHANNEL Channel = CONTAINING_RECORD(ProtocolVcContext, ALONE_CHANNEL, Vc);
    PNET_BUFFER_LIST Nbl, Next;
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    for (Nbl = NetBufferLists; Nbl != NULL; Nbl = Next) {
        PNET_BUFFER Buffer = NET_BUFFER_LIST_FIRST_NB(Nbl);
        Next = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        if (NET_BUFFER_LIST_STATUS(Nbl) == NDIS_STATUS_FAILURE && CmAloneEngine.Undelivered != NULL)
            CmAloneEngine.Undelivered(Channel->Adapter,
                                      MmGetMdlVirtualAddress(NET_BUFFER_FIRST_MDL(Buffer)),
                                      NET_BUFFER_DATA_LENGTH(Buffer));
        MessageFree(Nbl);
    }
}

static VOID AloneSend(PCM_ADAPTER Manager, const struct hubsig_message *Message)
{
    CmAloneEngine.Send(Manager, Message);
}

/* A message is read where it lies when it is in one piece; else copied. */
static VOID ReceiveMessage(PALONE_CHANNEL Channel, PNET_BUFFER Buffer)
{
    PALONE_ADAPTER Adapter = Channel->Adapter;
    ULONG Length = NET_BUFFER_DATA_LENGTH(Buffer);
    UCHAR *Copy = NULL;
    const UCHAR *Message;
    if (Length == 0 || Length > CmAloneEngine.MessageBytesMax)
        return;
    Message = NdisGetDataBuffer(Buffer, Length, NULL, 1, 0);
    if (Message == NULL) {
        Copy = NdisAllocateMemoryWithTagPriority(Adapter->Manager.NdisHandle, Length, ALONE_TAG,
                                                 NormalPoolPriority);
        if (Copy == NULL)
            return;
        Message = NdisGetDataBuffer(Buffer, Length, Copy, 1, 0);
    }
    if (Message != NULL)
        CmAloneEngine.Receive(Adapter, Channel->Number, Message, Length);
    if (Copy != NULL)
        NdisFreeMemory(Copy, 0, 0);
}

/* Nothing comes on other VCs than the driver's own: a call's data is its client's. */
_Use_decl_annotations_ VOID NTAPI AloneCoReceive(NDIS_HANDLE ProtocolBindingContext,
                                                 NDIS_HANDLE ProtocolVcContext,
                                                 PNET_BUFFER_LIST NetBufferLists,
                                                 ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    PALONE_ADAPTER Adapter = ProtocolBindingContext;
    PNET_BUFFER_LIST Nbl;
    PNET_BUFFER Buffer;
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    if (((PALONE_VC)ProtocolVcContext)->Vc.Adapter == NULL)
        for (Nbl = NetBufferLists; Nbl != NULL; Nbl = NET_BUFFER_LIST_NEXT_NBL(Nbl))
            for (Buffer = NET_BUFFER_LIST_FIRST_NB(Nbl); Buffer != NULL;
                 Buffer = NET_BUFFER_NEXT_NB(Buffer))
                ReceiveMessage(ProtocolVcContext, Buffer);
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(Adapter->Binding, NetBufferLists,
                                 ReceiveFlags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL
                                     ? NDIS_RETURN_FLAGS_DISPATCH_LEVEL
                                     : 0);
}

static NDIS_STATUS AloneAskClient(PCM_ADAPTER Manager, NDIS_HANDLE NdisAfHandle,
                                  PNDIS_OID_REQUEST Request)
{
    return NdisCoOidRequest(AdapterOf(Manager)->Binding, NdisAfHandle, NULL, NULL, Request);
}

static NDIS_STATUS AloneCreateVc(PCM_VC Vc, NDIS_HANDLE NdisAfHandle)
{
    Vc->NdisVcHandle = NULL;
    return NdisCoCreateVc(AdapterOf(Vc->Adapter)->Binding, NdisAfHandle, Vc, &Vc->NdisVcHandle);
}

static NDIS_STATUS AloneDeleteVc(PCM_VC Vc)
{
    return NdisCoDeleteVc(Vc->NdisVcHandle);
}

VOID AloneFillActivation(PALONE_ACTIVATION Activation, ULONG Channel, ULONG MediaFlags)
{
    ATM_MEDIA_PARAMETERS Atm;
    NdisZeroMemory(Activation, sizeof(*Activation));
    NdisZeroMemory(&Atm, sizeof(Atm));
    Atm.ConnectionId.Vpi = Channel >> 16;
    Atm.ConnectionId.Vci = Channel & 0xffff;
    Atm.AALType = AAL_TYPE_AAL5;
    Activation->Call.CallMgrParameters = &Activation->Manager;
    Activation->Call.MediaParameters = &Activation->Media.Media;
    Activation->Media.Media.Flags = MediaFlags;
    Activation->Media.Media.MediaSpecific.ParamType = ATM_MEDIA_SPECIFIC;
    Activation->Media.Media.MediaSpecific.Length = sizeof(Atm);
    NdisMoveMemory(Activation->Media.Room +
                       FIELD_OFFSET(CO_MEDIA_PARAMETERS, MediaSpecific.Parameters),
                   &Atm, sizeof(Atm));
}

static VOID NTAPI AloneActivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                          PCO_CALL_PARAMETERS CallParameters)
{
    PALONE_VC Vc = CallMgrVcContext;
    UNREFERENCED_PARAMETER(CallParameters);
    if (Vc->Vc.Adapter == NULL) /* the driver's own VCs are nobody's calls */
        AloneDone(CONTAINING_RECORD(Vc, ALONE_CHANNEL, Vc)->Adapter, Status);
    else
        CmVcActivated(&Vc->Vc, Status);
}

static VOID NTAPI AloneDeactivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext)
{
    PALONE_VC Vc = CallMgrVcContext;
    if (Vc->Vc.Adapter == NULL)
        AloneDone(CONTAINING_RECORD(Vc, ALONE_CHANNEL, Vc)->Adapter, Status);
    else
        CmVcDeactivated(&Vc->Vc, Status);
}

/* Reserved: nothing is received. Held: what is received waits. Flowing: it comes. */
static VOID AloneActivate(PCM_VC Vc, CM_LEVEL Level)
{
    PALONE_VC Alone = VcOf(Vc);
    ULONG Flags = Level == CM_FLOWING ? 0 : RESERVE_RESOURCES_VC;
    NDIS_STATUS Status;
    if (Level >= CM_HELD && !Vc->ReceiveOnly)
        Flags |= TRANSMIT_VC;
    if (Level >= CM_HELD && !Vc->Multipoint)
        Flags |= RECEIVE_VC;
    AloneFillActivation(&Alone->Activation, Vc->Channel, Flags);
    if (Vc->Multipoint || Vc->ReceiveOnly)
        Alone->Activation.Call.Flags = MULTIPOINT_VC;
    NdisMoveMemory(&Alone->Activation.Manager.Transmit, Vc->Incoming ? &Vc->Backward : &Vc->Forward,
                   sizeof(FLOWSPEC));
    NdisMoveMemory(&Alone->Activation.Manager.Receive, Vc->Incoming ? &Vc->Forward : &Vc->Backward,
                   sizeof(FLOWSPEC));
    Status = NdisCmActivateVc(Vc->NdisVcHandle, &Alone->Activation.Call);
    if (Status != NDIS_STATUS_PENDING)
        AloneActivateVcComplete(Status, Alone, &Alone->Activation.Call);
}

static VOID AloneDeactivate(PCM_VC Vc)
{
    NDIS_STATUS Status = NdisCmDeactivateVc(Vc->NdisVcHandle);
    if (Status != NDIS_STATUS_PENDING)
        AloneDeactivateVcComplete(Status, VcOf(Vc));
}

const CM_EDGE AloneEdge = {
    .VcBytes = sizeof(ALONE_VC),
    .Send = AloneSend,
    .CreateVc = AloneCreateVc,
    .DeleteVc = AloneDeleteVc,
    .Activate = AloneActivate,
    .Deactivate = AloneDeactivate,
    .AskClient = AloneAskClient,
    CM_EDGE_CALLS,
};

/* Requests to the adapter are those of bind, which waits for each; those to clients, which have a
 * family, are the call manager's. */
static VOID NTAPI AloneOidRequestComplete(NDIS_HANDLE ProtocolAfContext,
                                          NDIS_HANDLE ProtocolVcContext,
                                          NDIS_HANDLE ProtocolPartyContext,
                                          PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    if (OidRequest->RequestId != NULL)
        AloneDone(OidRequest->RequestId, Status);
    else
        CmOidRequestComplete(ProtocolAfContext, ProtocolVcContext, ProtocolPartyContext, OidRequest,
                             Status);
}

VOID AloneFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers)
{
    CmFillHandlers(Handlers, AloneActivateVcComplete, AloneDeactivateVcComplete);
    Handlers->CmOidRequestCompleteHandler = AloneOidRequestComplete;
}
