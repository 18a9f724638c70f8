/* SPDX-License-Identifier: MIT */
/* The integrated edge: signalling goes straight to the NIC, VCs are activated without asking a
 * miniport. */
#include "mcm.h"

#define CM_NDIS(Name) NdisMCm##Name
#include "edge_calls.h"

static PMCM_ADAPTER AdapterOf(PCM_ADAPTER Manager)
{
    return CONTAINING_RECORD(Manager, MCM_ADAPTER, Manager);
}

static PMCM_VC VcOf(PCM_VC Vc)
{
    return CONTAINING_RECORD(Vc, MCM_VC, Vc);
}

static VOID McmSend(PCM_ADAPTER Manager, const struct hubsig_message *Message)
{
    CmMcmEngine.Send(Manager, Message);
}

static NDIS_STATUS McmAskClient(PCM_ADAPTER Manager, NDIS_HANDLE NdisAfHandle,
                                PNDIS_OID_REQUEST Request)
{
    UNREFERENCED_PARAMETER(Manager);
    return NdisMCmOidRequest(NdisAfHandle, NULL, NULL, Request);
}

static NDIS_STATUS McmCreateVc(PCM_VC Vc, NDIS_HANDLE NdisAfHandle)
{
    Vc->NdisVcHandle = NULL;
    return NdisMCmCreateVc(AdapterOf(Vc->Adapter)->Port.Adapter, NdisAfHandle, Vc,
                           &Vc->NdisVcHandle);
}

static NDIS_STATUS McmDeleteVc(PCM_VC Vc)
{
    return NdisMCmDeleteVc(Vc->NdisVcHandle);
}

/* What NDIS is told of a VC: its flows, and where its data goes. */
static NDIS_STATUS TellNdis(PCM_VC Vc)
{
    CO_CALL_PARAMETERS Parameters;
    CO_CALL_MANAGER_PARAMETERS Manager;
    NdisZeroMemory(&Parameters, sizeof(Parameters));
    NdisZeroMemory(&Manager, sizeof(Manager));
    Parameters.CallMgrParameters = &Manager;
    if (Vc->Multipoint || Vc->ReceiveOnly)
        Parameters.Flags = MULTIPOINT_VC;
    NdisMoveMemory(&Manager.Transmit, Vc->Incoming ? &Vc->Backward : &Vc->Forward,
                   sizeof(FLOWSPEC));
    NdisMoveMemory(&Manager.Receive, Vc->Incoming ? &Vc->Forward : &Vc->Backward, sizeof(FLOWSPEC));
    return NdisMCmActivateVc(Vc->NdisVcHandle, &Parameters);
}

static VOID McmActivate(PCM_VC Vc, CM_LEVEL Level)
{
    PHUB_CHANNEL Channel = &VcOf(Vc)->Channel;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    BOOLEAN Open = Channel->Active;
    BOOLEAN Join = Level >= CM_HELD && !Vc->Multipoint && Channel->Member == NULL;
    /* The first time, and for new flows: a change of level alone is no business of NDIS. */
    if (!Open || Vc->Step == CM_STEP_MODIFY || Vc->Step == CM_STEP_MODIFY_OFFER)
        Status = TellNdis(Vc);
    if (Status == NDIS_STATUS_PENDING)
        return; /* McmActivateVcComplete follows; the first level has nothing to join */
    if (Status == NDIS_STATUS_SUCCESS)
        ChannelOpen(Channel, &AdapterOf(Vc->Adapter)->Port, Vc->NdisVcHandle, Vc->Channel,
                    !Vc->ReceiveOnly);
    if (Status == NDIS_STATUS_SUCCESS && Join)
        Status = ChannelJoin(Channel, TRUE);
    if (Status != NDIS_STATUS_SUCCESS && !Open && Channel->Active) {
        /* Joining failed on a VC that NDIS took for active: take that back first. */
        Vc->Level = CM_RESERVED;
        VcOf(Vc)->ActivateStatus = Status;
        ChannelLeave(Channel);
        return;
    }
    if (Status == NDIS_STATUS_SUCCESS && Level == CM_FLOWING)
        ChannelResume(Channel);
    CmVcActivated(Vc, Status);
}

/* NDIS answers an MCM's activation at once (API §10, K1); this keeps the VC right should it not. */
static VOID NTAPI McmActivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                        PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(CallParameters);
    CmVcActivated(CallMgrVcContext, Status);
}

static VOID NTAPI McmDeactivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext)
{
    CmVcDeactivated(CallMgrVcContext, Status);
}

/* Quiesce first (API §2.4, NdisMCmDeactivateVc); McmLeft goes on. */
static VOID McmDeactivate(PCM_VC Vc)
{
    ChannelLeave(&VcOf(Vc)->Channel);
}

static VOID McmLeft(PHUB_CHANNEL Channel)
{
    PMCM_VC Mcm = CONTAINING_RECORD(Channel, MCM_VC, Channel);
    NDIS_STATUS Failed = Mcm->ActivateStatus;
    NDIS_STATUS Status = NdisMCmDeactivateVc(Mcm->Vc.NdisVcHandle);
    Mcm->ActivateStatus = NDIS_STATUS_SUCCESS;
    if (Failed != NDIS_STATUS_SUCCESS) {
        Mcm->Vc.Level = CM_CLOSED;
        CmVcActivated(&Mcm->Vc, Failed);
    } else if (Status != NDIS_STATUS_PENDING) {
        CmVcDeactivated(&Mcm->Vc, Status);
    }
}

const CM_EDGE McmEdge = {
    .VcBytes = sizeof(MCM_VC),
    .Send = McmSend,
    .CreateVc = McmCreateVc,
    .DeleteVc = McmDeleteVc,
    .Activate = McmActivate,
    .Deactivate = McmDeactivate,
    .AskClient = McmAskClient,
    CM_EDGE_CALLS,
};

/* A message is read where it lies when it is in one piece, as our own senders' are; else copied. */
static NDIS_STATUS McmControl(PHUB_PORT Port, PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame)
{
    PMCM_ADAPTER Adapter = CONTAINING_RECORD(Port, MCM_ADAPTER, Port);
    UCHAR *Copy = NULL;
    const UCHAR *Message;
    UNREFERENCED_PARAMETER(Member);
    Message = PortMessage(Port, Frame, &Copy);
    if (Message != NULL)
        CmMcmEngine.Receive(Adapter, Frame->Channel, Message, Frame->Length);
    if (Copy != NULL)
        NdisFreeMemory(Copy, 0, 0);
    return NDIS_STATUS_SUCCESS;
}

static VOID McmUndelivered(PHUB_PORT Port, const UCHAR *Message, ULONG Length, NDIS_STATUS Status)
{
    PMCM_ADAPTER Adapter = CONTAINING_RECORD(Port, MCM_ADAPTER, Port);
    CmMcmEngine.Undelivered(Adapter, Message, Length, Status);
}

static VOID McmLinkChange(PHUB_PORT Port, BOOLEAN Connected)
{
    PMCM_ADAPTER Adapter = CONTAINING_RECORD(Port, MCM_ADAPTER, Port);
    if (CmMcmEngine.LinkChange != NULL)
        CmMcmEngine.LinkChange(Adapter, Connected);
}

const HUB_PORT_EVENTS McmPortEvents = {McmControl, McmUndelivered, McmLeft, McmLinkChange};

VOID McmFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers)
{
    CmFillHandlers(Handlers, McmActivateVcComplete, McmDeactivateVcComplete);
}
