/* SPDX-License-Identifier: MIT */
/* Calls that come in: offered over a SAP, answered, confirmed (API §8.8). */
#include "callmgr.h"

/* With the lock held: the SAP that an offer names; its deregistration waits for the offer from
 * here on. */
static PCM_SAP SapTake(PCM_ADAPTER Adapter, const struct hubsig_message *Offer)
{
    PCM_SAP Sap = CmSapFind(Adapter, Offer->called);
    if (Sap == NULL || !Sap->Registered || Sap->Deregistering)
        return NULL;
    Sap->Offers++;
    return Sap;
}

static VOID SapGive(PCM_ADAPTER Adapter, PCM_SAP Sap)
{
    BOOLEAN Finish;
    NdisAcquireSpinLock(&Adapter->Lock);
    Sap->Offers--;
    Finish = Sap->Offers == 0 && Sap->Deregistering && Sap->Request.Kind == CM_DEREGISTER_SAP;
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Finish)
        CmRequestFinish(Adapter, &Sap->Request, NDIS_STATUS_SUCCESS);
}

static VOID OfferRefuse(PCM_ADAPTER Adapter, const struct hubsig_message *Offer, NDIS_STATUS Status)
{
    struct hubsig_step Step;
    NdisAcquireSpinLock(&Adapter->Lock);
    Adapter->Signalling->RefuseOffer(Adapter->Engine, Offer, (ULONG)Status, CmNowMs(), &Step);
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    Adapter->Edge->Send(Adapter, &Step.message);
}

/* Makes the VC of an offer. NULL: *Status says why not. */
static PCM_VC OfferVc(PCM_ADAPTER Adapter, PCM_SAP Sap, const struct hubsig_message *Offer,
                      NDIS_STATUS *Status)
{
    PCM_VC Vc = CmVcAllocate(Adapter, Sap->Af);
    *Status = NDIS_STATUS_RESOURCES;
    if (Vc == NULL)
        return NULL;
    Vc->Incoming = TRUE;
    Vc->Calling = TRUE;
    Vc->Multipoint = FALSE;
    Vc->ReceiveOnly = Offer->multipoint;
    Vc->Channel = Offer->channel;
    Vc->Forward = Offer->forward;
    Vc->Backward = Offer->backward;
    Vc->Sap = Sap;
    Vc->Parameters = CmParametersCreate(Adapter, Offer);
    if (Vc->Parameters != NULL)
        *Status = Adapter->Edge->CreateVc(Vc, Sap->Af->NdisAfHandle);
    if (*Status == NDIS_STATUS_SUCCESS)
        return Vc;
    CmVcFree(Vc);
    return NULL;
}

VOID CmTellOffer(PCM_ADAPTER Adapter, const struct hubsig_message *Offer)
{
    NDIS_STATUS Status = NDIS_STATUS_INVALID_SAP; /* nobody listens here */
    PCM_SAP Sap;
    PCM_VC Vc = NULL;
    NdisAcquireSpinLock(&Adapter->Lock);
    Sap = SapTake(Adapter, Offer);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Sap != NULL)
        Vc = OfferVc(Adapter, Sap, Offer, &Status);
    if (Vc != NULL) {
        enum hubsig_result Result;
        NdisAcquireSpinLock(&Adapter->Lock);
        Result = Adapter->Signalling->TakeOffer(Adapter->Engine, &Vc->Leg.Leg, Offer, CmNowMs());
        CmAnswerTimerUpdate(Adapter);
        NdisReleaseSpinLock(&Adapter->Lock);
        if (Result == HUBSIG_OK) {
            CmVcActivate(Vc, CM_RESERVED, CM_STEP_OFFER);
            return;
        }
        Status = NDIS_STATUS_RESOURCES;
        Adapter->Edge->DeleteVc(Vc);
        CmVcFree(Vc);
    }
    if (Sap != NULL)
        SapGive(Adapter, Sap);
    OfferRefuse(Adapter, Offer, Status);
}

/* A call may find its SAP between our yes and NDIS: it is offered when that knows. */
static BOOLEAN OfferWaits(PCM_SAP Sap, PCM_VC Vc)
{
    BOOLEAN Waits;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Waits = Sap->Telling;
    if (Waits)
        InsertTailList(&Sap->Waiting, &Vc->SapLink);
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    return Waits;
}

VOID CmSapTell(PCM_SAP Sap)
{
    PCM_ADAPTER Adapter = Sap->Af->Adapter;
    NdisAcquireSpinLock(&Adapter->Lock);
    Sap->Registered = TRUE;
    Sap->Telling = TRUE;
    Sap->Offers++; /* a deregistration waits, so the SAP stays */
    NdisReleaseSpinLock(&Adapter->Lock);
    Adapter->Edge->RegisterSapComplete(NDIS_STATUS_SUCCESS, Sap->NdisSapHandle, Sap);
    NdisAcquireSpinLock(&Adapter->Lock);
    Sap->Telling = FALSE;
    while (!IsListEmpty(&Sap->Waiting)) {
        PCM_VC Vc = CONTAINING_RECORD(RemoveHeadList(&Sap->Waiting), CM_VC, SapLink);
        NdisReleaseSpinLock(&Adapter->Lock);
        CmStepOffer(Vc, NDIS_STATUS_SUCCESS);
        NdisAcquireSpinLock(&Adapter->Lock);
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    SapGive(Adapter, Sap);
}

VOID CmStepOffer(PCM_VC Vc, NDIS_STATUS Status)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    PCO_CALL_PARAMETERS Parameters = &Vc->Parameters->Call;
    PCM_SAP Sap = Vc->Sap;
    if (Status == NDIS_STATUS_SUCCESS && OfferWaits(Sap, Vc))
        return;
    if (Status == NDIS_STATUS_SUCCESS)
        Status =
            Adapter->Edge->DispatchIncomingCall(Sap->NdisSapHandle, Vc->NdisVcHandle, Parameters);
    if (Status != NDIS_STATUS_PENDING) /* else the VC may be gone already */
        CmIncomingCallComplete(Status, Vc, Parameters);
    SapGive(Adapter, Sap);
}

_Use_decl_annotations_ VOID NTAPI CmIncomingCallComplete(NDIS_STATUS Status,
                                                         NDIS_HANDLE CallMgrVcContext,
                                                         PCO_CALL_PARAMETERS CallParameters)
{
    PCM_VC Vc = CallMgrVcContext;
    if (Status != NDIS_STATUS_SUCCESS) {
        CmLegClear(&Vc->Leg, FALSE, Status, NULL, 0, TRUE);
        CmVcRelease(Vc);
        return;
    }
    if (CallParameters != NULL && (CallParameters->Flags & CALL_PARAMETERS_CHANGED))
        CmFlowsRead(CallParameters, &Vc->Backward, &Vc->Forward);
    CmVcActivate(Vc, CM_HELD, CM_STEP_ANSWER);
}

VOID CmStepAnswer(PCM_VC Vc, NDIS_STATUS Status)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_message Detail = {0};
    struct hubsig_step Step = {0};
    PCM_LATE Late;
    if (Status != NDIS_STATUS_SUCCESS)
        CmLegClear(&Vc->Leg, FALSE, Status, NULL, 0, TRUE);
    Detail.forward = Vc->Forward;
    Detail.backward = Vc->Backward;
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Status == NDIS_STATUS_SUCCESS &&
        Adapter->Signalling->Request(Adapter->Engine, &Vc->Leg.Leg, REQ_ANSWER, &Detail, CmNowMs(),
                                     &Step) != HUBSIG_OK)
        Status = NDIS_STATUS_FAILURE; /* the other end is gone */
    Vc->Tellable = TRUE;
    Late = Vc->Late;
    Vc->Late = NULL;
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Step.send)
        Adapter->Edge->Send(Adapter, &Step.message);
    if (Late != NULL) {
        CmTellLate(&Vc->Leg, Late);
    } else if (Status != NDIS_STATUS_SUCCESS) {
        struct hubsig_message Nothing = {0};
        CmTellCleared(&Vc->Leg, Status, &Nothing);
    }
}

VOID CmTellConnected(PCM_LEG Leg)
{
    PCM_VC Vc = Leg->Vc;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Vc->Hold++; /* a close inside the callback finishes afterwards */
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    Vc->Adapter->Edge->DispatchCallConnected(Vc->NdisVcHandle);
    CmVcActivate(Vc, CM_FLOWING, CM_STEP_FLOW);
    CmUnhold(Vc);
}
