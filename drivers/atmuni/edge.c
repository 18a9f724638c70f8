/* SPDX-License-Identifier: MIT */
/* The stand-alone edge: signalling goes as net buffer lists over the signalling VC, VCs are
 * activated in the miniport. */
#include "atmuni.h"

#define UNI_SIGNALLING_BYTES_MAX 65535u /* a link carries no longer frame */

#define CM_NDIS(Name) NdisCm##Name
#include "edge_calls.h"

static PATMUNI_ADAPTER AdapterOf(PCM_ADAPTER Manager)
{
    return CONTAINING_RECORD(Manager, ATMUNI_ADAPTER, Manager);
}

static PATMUNI_VC VcOf(PCM_VC Vc)
{
    return CONTAINING_RECORD(Vc, ATMUNI_VC, Vc);
}

static VOID MessageFree(PNET_BUFFER_LIST Nbl)
{
    PMDL Mdl = NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(Nbl));
    PVOID Message = MmGetMdlVirtualAddress(Mdl);
    NdisFreeNetBufferList(Nbl);
    NdisFreeMdl(Mdl);
    NdisFreeMemory(Message, 0, 0);
}

/* Without memory a frame is lost, as on a bad line: SSCOP sends it again. */
VOID AtmuniTransmit(PCM_ADAPTER Manager, ULONG Channel, const UCHAR *Frame, ULONG Length)
{
    PATMUNI_ADAPTER Adapter = AdapterOf(Manager);
    NDIS_HANDLE NdisVcHandle =
        Adapter->Channels[Channel == CM_ILMI_CHANNEL ? ATMUNI_REGISTRATION : ATMUNI_SIGNALLING]
            .NdisVcHandle;
    PNET_BUFFER_LIST Nbl;
    PMDL Mdl;
    UCHAR *Bytes = NdisAllocateMemoryWithTagPriority(Manager->NdisHandle, Length, ATMUNI_TAG,
                                                     NormalPoolPriority);
    if (Bytes == NULL)
        return;
    NdisMoveMemory(Bytes, Frame, Length);
    Mdl = NdisAllocateMdl(Manager->NdisHandle, Bytes, Length);
    if (Mdl == NULL)
        goto FreeBytes;
    Nbl = NdisAllocateNetBufferAndNetBufferList(Adapter->NblPool, 0, 0, Mdl, 0, Length);
    if (Nbl == NULL)
        goto FreeMdl;
    Nbl->SourceHandle = NdisVcHandle;
    NdisCoSendNetBufferLists(NdisVcHandle, Nbl, 0);
    return;
FreeMdl:
    NdisFreeMdl(Mdl);
FreeBytes:
    NdisFreeMemory(Bytes, 0, 0);
}

_Use_decl_annotations_ VOID NTAPI AtmuniCoSendComplete(NDIS_HANDLE ProtocolVcContext,
                                                       PNET_BUFFER_LIST NetBufferLists,
                                                       ULONG SendCompleteFlags)
{
    PNET_BUFFER_LIST Nbl, Next;
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    for (Nbl = NetBufferLists; Nbl != NULL; Nbl = Next) {
        Next = NET_BUFFER_LIST_NEXT_NBL(Nbl);
        NET_BUFFER_LIST_NEXT_NBL(Nbl) = NULL;
        MessageFree(Nbl);
    }
}

/* A message is read where it lies when it is in one piece; else copied. */
static VOID ReceiveMessage(PATMUNI_CHANNEL Channel, PNET_BUFFER Buffer)
{
    PATMUNI_ADAPTER Adapter = Channel->Adapter;
    ULONG Length = NET_BUFFER_DATA_LENGTH(Buffer);
    UCHAR *Copy = NULL;
    const UCHAR *Message;
    if (Length == 0 || Length > UNI_SIGNALLING_BYTES_MAX)
        return;
    Message = NdisGetDataBuffer(Buffer, Length, NULL, 1, 0);
    if (Message == NULL) {
        Copy = NdisAllocateMemoryWithTagPriority(Adapter->Manager.NdisHandle, Length, ATMUNI_TAG,
                                                 NormalPoolPriority);
        if (Copy == NULL)
            return;
        Message = NdisGetDataBuffer(Buffer, Length, Copy, 1, 0);
    }
    if (Message != NULL)
        CmUniReceive(&Adapter->Manager, Channel->Number, Message, Length);
    if (Copy != NULL)
        NdisFreeMemory(Copy, 0, 0);
}

/* Nothing comes on other VCs than the two to the network: a call's data is its client's. */
_Use_decl_annotations_ VOID NTAPI AtmuniCoReceive(NDIS_HANDLE ProtocolBindingContext,
                                                  NDIS_HANDLE ProtocolVcContext,
                                                  PNET_BUFFER_LIST NetBufferLists,
                                                  ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    PATMUNI_ADAPTER Adapter = ProtocolBindingContext;
    PNET_BUFFER_LIST Nbl;
    PNET_BUFFER Buffer;
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    if (((PATMUNI_VC)ProtocolVcContext)->Vc.Adapter == NULL)
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

static NDIS_STATUS AtmuniAskClient(PCM_ADAPTER Manager, NDIS_HANDLE NdisAfHandle,
                                   PNDIS_OID_REQUEST Request)
{
    return NdisCoOidRequest(AdapterOf(Manager)->Binding, NdisAfHandle, NULL, NULL, Request);
}

static NDIS_STATUS AtmuniCreateVc(PCM_VC Vc, NDIS_HANDLE NdisAfHandle)
{
    Vc->NdisVcHandle = NULL;
    return NdisCoCreateVc(AdapterOf(Vc->Adapter)->Binding, NdisAfHandle, Vc, &Vc->NdisVcHandle);
}

static NDIS_STATUS AtmuniDeleteVc(PCM_VC Vc)
{
    return NdisCoDeleteVc(Vc->NdisVcHandle);
}

VOID AtmuniFillActivation(PATMUNI_ACTIVATION Activation, ULONG Channel, ULONG MediaFlags)
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

static VOID NTAPI AtmuniActivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                           PCO_CALL_PARAMETERS CallParameters)
{
    PATMUNI_VC Vc = CallMgrVcContext;
    UNREFERENCED_PARAMETER(CallParameters);
    if (Vc->Vc.Adapter == NULL) /* the driver's own VCs are nobody's calls */
        AtmuniDone(CONTAINING_RECORD(Vc, ATMUNI_CHANNEL, Vc)->Adapter, Status);
    else
        CmVcActivated(&Vc->Vc, Status);
}

static VOID NTAPI AtmuniDeactivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext)
{
    PATMUNI_VC Vc = CallMgrVcContext;
    if (Vc->Vc.Adapter == NULL)
        AtmuniDone(CONTAINING_RECORD(Vc, ATMUNI_CHANNEL, Vc)->Adapter, Status);
    else
        CmVcDeactivated(&Vc->Vc, Status);
}

/* Reserved: nothing is received. Held: what is received waits. Flowing: it comes. */
static VOID AtmuniActivate(PCM_VC Vc, CM_LEVEL Level)
{
    PATMUNI_VC Atmuni = VcOf(Vc);
    ULONG Flags = Level == CM_FLOWING ? 0 : RESERVE_RESOURCES_VC;
    NDIS_STATUS Status;
    if (Level >= CM_HELD && !Vc->ReceiveOnly)
        Flags |= TRANSMIT_VC;
    if (Level >= CM_HELD && !Vc->Multipoint)
        Flags |= RECEIVE_VC;
    AtmuniFillActivation(&Atmuni->Activation, Vc->Channel, Flags);
    if (Vc->Multipoint || Vc->ReceiveOnly)
        Atmuni->Activation.Call.Flags = MULTIPOINT_VC;
    NdisMoveMemory(&Atmuni->Activation.Manager.Transmit,
                   Vc->Incoming ? &Vc->Backward : &Vc->Forward, sizeof(FLOWSPEC));
    NdisMoveMemory(&Atmuni->Activation.Manager.Receive, Vc->Incoming ? &Vc->Forward : &Vc->Backward,
                   sizeof(FLOWSPEC));
    Status = NdisCmActivateVc(Vc->NdisVcHandle, &Atmuni->Activation.Call);
    if (Status != NDIS_STATUS_PENDING)
        AtmuniActivateVcComplete(Status, Atmuni, &Atmuni->Activation.Call);
}

static VOID AtmuniDeactivate(PCM_VC Vc)
{
    NDIS_STATUS Status = NdisCmDeactivateVc(Vc->NdisVcHandle);
    if (Status != NDIS_STATUS_PENDING)
        AtmuniDeactivateVcComplete(Status, VcOf(Vc));
}

const CM_EDGE AtmuniEdge = {
    .VcBytes = sizeof(ATMUNI_VC),
    .Send = CmUniSend,
    .CreateVc = AtmuniCreateVc,
    .DeleteVc = AtmuniDeleteVc,
    .Activate = AtmuniActivate,
    .Deactivate = AtmuniDeactivate,
    .AskClient = AtmuniAskClient,
    CM_EDGE_CALLS,
};

/* Requests to the adapter are those of bind, which waits for each; those to clients, which have a
 * family, are the call manager's. */
static VOID NTAPI AtmuniOidRequestComplete(NDIS_HANDLE ProtocolAfContext,
                                           NDIS_HANDLE ProtocolVcContext,
                                           NDIS_HANDLE ProtocolPartyContext,
                                           PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    if (OidRequest->RequestId != NULL)
        AtmuniDone(OidRequest->RequestId, Status);
    else
        CmOidRequestComplete(ProtocolAfContext, ProtocolVcContext, ProtocolPartyContext, OidRequest,
                             Status);
}

VOID AtmuniFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers)
{
    CmFillHandlers(Handlers, AtmuniActivateVcComplete, AtmuniDeactivateVcComplete);
    Handlers->CmOidRequestCompleteHandler = AtmuniOidRequestComplete;
}
