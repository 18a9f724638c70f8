/* SPDX-License-Identifier: MIT */
/* Changes of a point-to-point call's traffic parameters, asked for here or by the other end. */
#include "callmgr.h"

_Use_decl_annotations_ NDIS_STATUS NTAPI CmModifyCallQoS(NDIS_HANDLE CallMgrVcContext,
                                                         PCO_CALL_PARAMETERS CallParameters)
{
    PCM_VC Vc = CallMgrVcContext;
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_message Detail = {0};
    struct hubsig_step Step;
    enum hubsig_result Result;
    if (Adapter->Config.Qos == CM_QOS_NONE || Vc->Multipoint || Vc->ReceiveOnly)
        return NDIS_STATUS_NOT_SUPPORTED; /* Q.2963 changes point-to-point calls only */
    if (!CmFlowsRead(CallParameters, Vc->Incoming ? &Detail.backward : &Detail.forward,
                     Vc->Incoming ? &Detail.forward : &Detail.backward))
        return NDIS_STATUS_INVALID_DATA;
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Vc->Modify.Kind != CM_NO_REQUEST || Vc->Closing) {
        NdisReleaseSpinLock(&Adapter->Lock);
        return NDIS_STATUS_FAILURE;
    }
    Result = Adapter->Signalling->Request(Adapter->Engine, &Vc->Leg.Leg, REQ_MODIFY, &Detail,
                                          CmNowMs(), &Step);
    if (Result == HUBSIG_OK) {
        CmRequestBegin(&Vc->Modify, CM_MODIFY_QOS, Vc);
        Vc->ClientParameters = CallParameters;
        Vc->AskedForward = Detail.forward;
        Vc->AskedBackward = Detail.backward;
    }
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Result != HUBSIG_OK)
        return NDIS_STATUS_FAILURE;
    Adapter->Edge->Send(Adapter, &Step.message);
    return NDIS_STATUS_PENDING;
}

/* With the lock held: puts the asked flows in force and keeps the old ones in their place. */
static VOID FlowsSwap(PCM_VC Vc)
{
    struct hubsig_flow Forward = Vc->Forward, Backward = Vc->Backward;
    Vc->Forward = Vc->AskedForward;
    Vc->Backward = Vc->AskedBackward;
    Vc->AskedForward = Forward;
    Vc->AskedBackward = Backward;
}

static VOID ModifyFinish(PCM_VC Vc, NDIS_STATUS Status)
{
    BOOLEAN Mine;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Mine = Vc->Modify.Kind == CM_MODIFY_QOS && !Vc->ModifyEnding;
    Vc->ModifyEnding = Mine;
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Mine)
        CmRequestFinish(Vc->Adapter, &Vc->Modify, Status);
}

VOID CmModifyAbort(PCM_VC Vc)
{
    if (Vc->Modify.Kind == CM_MODIFY_QOS)
        ModifyFinish(Vc, NDIS_STATUS_FAILURE);
}

VOID CmTellModified(PCM_LEG Leg, const struct hubsig_message *Answer)
{
    PCM_VC Vc = Leg->Vc;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Vc->AskedForward = Answer->forward;
    Vc->AskedBackward = Answer->backward;
    FlowsSwap(Vc);
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    CmVcActivate(Vc, CM_FLOWING, CM_STEP_MODIFY);
}

VOID CmTellModifyRefused(PCM_LEG Leg, NDIS_STATUS Status)
{
    ModifyFinish(Leg->Vc, Status);
}

VOID CmStepModify(PCM_VC Vc, NDIS_STATUS Status)
{
    if (Status != NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&Vc->Adapter->Lock);
        FlowsSwap(Vc); /* the old parameters are in force (C53) */
        NdisReleaseSpinLock(&Vc->Adapter->Lock);
    } else if (Vc->Modify.Kind == CM_MODIFY_QOS) {
        CmFlowsWrite(Vc->ClientParameters, Vc->Incoming ? &Vc->Backward : &Vc->Forward,
                     Vc->Incoming ? &Vc->Forward : &Vc->Backward);
    }
    ModifyFinish(Vc, Status);
}

static VOID ModifyAnswer(PCM_VC Vc, BOOLEAN Yes)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_message Detail = {0};
    struct hubsig_step Step = {0};
    Detail.forward = Vc->Forward;
    Detail.backward = Vc->Backward;
    Detail.status = (ULONG)NDIS_STATUS_INCOMPATABLE_QOS;
    NdisAcquireSpinLock(&Adapter->Lock);
    Adapter->Signalling->Request(
        Adapter->Engine, &Vc->Leg.Leg, Yes ? REQ_MODIFY_YES : REQ_MODIFY_NO, &Detail, CmNowMs(),
        &Step); /* refused when the call is being cleared: then nobody asks */
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Step.send)
        Adapter->Edge->Send(Adapter, &Step.message);
}

VOID CmTellModify(PCM_LEG Leg, const struct hubsig_message *Modify)
{
    PCM_VC Vc = Leg->Vc;
    if (Vc->Adapter->Config.Qos != CM_QOS_ACCEPT || Leg->Party != NULL || Vc->ReceiveOnly ||
        Vc->Level != CM_FLOWING) {
        ModifyAnswer(Vc, FALSE);
        return;
    }
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Vc->AskedForward = Modify->forward;
    Vc->AskedBackward = Modify->backward;
    FlowsSwap(Vc);
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    CmVcActivate(Vc, CM_FLOWING, CM_STEP_MODIFY_OFFER);
}

VOID CmStepModifyOffer(PCM_VC Vc, NDIS_STATUS Status)
{
    struct hubsig_message Flows = {0};
    PCM_PARAMETERS Parameters = NULL;
    BOOLEAN Live;
    Flows.forward = Vc->Incoming ? Vc->Forward : Vc->Backward;
    Flows.backward = Vc->Incoming ? Vc->Backward : Vc->Forward;
    if (Status == NDIS_STATUS_SUCCESS)
        Parameters = CmParametersCreate(Vc->Adapter, &Flows);
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Live = Parameters != NULL && !Vc->Closing;
    if (Live)
        Vc->Hold++;
    else
        FlowsSwap(Vc);
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Live)
        Vc->Adapter->Edge->DispatchIncomingCallQoSChange(Vc->NdisVcHandle, &Parameters->Call);
    ModifyAnswer(Vc, Live);
    if (Parameters != NULL)
        NdisFreeMemory(Parameters, 0, 0);
    if (Live)
        CmUnhold(Vc);
}
