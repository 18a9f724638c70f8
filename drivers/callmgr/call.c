/* SPDX-License-Identifier: MIT */
/* Calls that a client here makes, and the end of every call. */
#include "callmgr.h"

NDIS_STATUS CmCloseDataCheck(PCM_ADAPTER Adapter, PVOID Data, UINT Length)
{
    if (Length == 0)
        return NDIS_STATUS_SUCCESS;
    if (Data == NULL || !Adapter->Config.CloseData)
        return NDIS_STATUS_INVALID_DATA;
    return Length <= Adapter->CloseBytesMax ? NDIS_STATUS_SUCCESS : Adapter->CloseTooLong;
}

BOOLEAN CmLegClear(PCM_LEG Leg, BOOLEAN Drop, NDIS_STATUS Status, PVOID Data, ULONG Length,
                   BOOLEAN AtOnce)
{
    PCM_ADAPTER Adapter = Leg->Vc->Adapter;
    struct hubsig_message Detail = {0};
    struct hubsig_step Step = {0};
    enum hubsig_event Request = AtOnce || Adapter->Ending ? REQ_ABANDON : REQ_CLEAR;
    BOOLEAN Ended;
    Detail.status = (ULONG)Status;
    Detail.data = Data;
    Detail.data_bytes = Length;
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Leg->Leg.state == LEG_OFFERED)
        Request = REQ_REFUSE;
    Leg->Leg.drop = Drop;
    if (Leg->Leg.state != LEG_NULL)
        Adapter->Signalling->Request(Adapter->Engine, &Leg->Leg, Request, &Detail, CmNowMs(),
                                     &Step);
    Ended = Leg->Leg.state == LEG_NULL;
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Step.send)
        Adapter->Edge->Send(Adapter, &Step.message);
    return Ended;
}

static VOID CallReset(PCM_VC Vc)
{
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Vc->Calling = FALSE;
    Vc->Making = FALSE;
    Vc->Closing = FALSE;
    Vc->CloseTold = FALSE;
    Vc->Multipoint = FALSE;
    Vc->Joined = 0;
    Vc->Living = 0;
    Vc->NextEndpoint = 0;
    if (Vc->Channel != 0 && !Vc->Incoming) {
        CmChannelFree(Vc->Adapter, Vc->Channel);
        Vc->Channel = 0;
    }
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Vc->Late != NULL)
        NdisFreeMemory(Vc->Late, 0, 0);
    Vc->Late = NULL;
}

/* Reserves what a call needs: the channel, and for a multipoint call its first party. */
static NDIS_STATUS MakeCallPrepare(PCM_VC Vc, NDIS_HANDLE NdisPartyHandle)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    if (NdisPartyHandle != NULL) {
        Vc->FirstParty = ExAllocateFromNPagedLookasideList(&Adapter->Parties);
        if (Vc->FirstParty == NULL)
            return NDIS_STATUS_RESOURCES;
        NdisZeroMemory(Vc->FirstParty, sizeof(CM_PARTY));
        Vc->FirstParty->Vc = Vc;
        Vc->FirstParty->Leg.Vc = Vc;
        Vc->FirstParty->Leg.Party = Vc->FirstParty;
        Vc->FirstParty->NdisPartyHandle = NdisPartyHandle;
        Vc->Multipoint = TRUE;
    }
    if (Adapter->Signalling->NetworkChannels)
        return NDIS_STATUS_SUCCESS;
    NdisAcquireSpinLock(&Adapter->Lock);
    Vc->Channel = CmChannelAllocate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    return Vc->Channel != 0 ? NDIS_STATUS_SUCCESS : NDIS_STATUS_VC_NOT_AVAILABLE;
}

static NDIS_STATUS MakeCallSend(PCM_VC Vc, PCM_LEG Leg, struct hubsig_message *Offer)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_step Step;
    enum hubsig_result Result;
    Offer->type = HUBSIG_SETUP;
    Offer->multipoint = Vc->Multipoint;
    Offer->channel = Vc->Channel;
    Offer->endpoint = 0;
    Vc->NextEndpoint = 1;
    Vc->Forward = Offer->forward;
    Vc->Backward = Offer->backward;
    NdisZeroMemory(&Leg->Atm, sizeof(Leg->Atm)); /* the larger of the two */
    NdisAcquireSpinLock(&Adapter->Lock);
    Result = Adapter->Signalling->Offer(Adapter->Engine, &Leg->Leg, Offer, CmNowMs(), &Step);
    Vc->CallReference = Leg->Leg.ref;
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Result != HUBSIG_OK)
        return Result == HUBSIG_REFUSED ? NDIS_STATUS_INVALID_DATA : NDIS_STATUS_RESOURCES;
    Adapter->Edge->Send(Adapter, &Step.message);
    return NDIS_STATUS_PENDING;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmMakeCall(NDIS_HANDLE CallMgrVcContext,
                                                    PCO_CALL_PARAMETERS CallParameters,
                                                    NDIS_HANDLE NdisPartyHandle,
                                                    PNDIS_HANDLE CallMgrPartyContext)
{
    PCM_VC Vc = CallMgrVcContext;
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_message Offer = {0};
    NDIS_STATUS Status;
    if (CallMgrPartyContext != NULL)
        *CallMgrPartyContext = NULL;
    if (Vc->Incoming || Vc->Calling)
        return NDIS_STATUS_CALL_ACTIVE;
    if (CallParameters->Flags & PERMANENT_VC)
        return NDIS_STATUS_NOT_SUPPORTED;
    CmRequestBegin(&Vc->Call, CM_MAKE_CALL, Vc);
    Vc->Calling = TRUE;
    Vc->Making = TRUE;
    Vc->ClientParameters = CallParameters;
    Vc->MakingParty = NdisPartyHandle;
    Status = CmParametersRead(Adapter, CallParameters, &Offer);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = MakeCallPrepare(Vc, NdisPartyHandle);
    if (Status == NDIS_STATUS_SUCCESS && CallMgrPartyContext != NULL)
        *CallMgrPartyContext = Vc->FirstParty;
    if (Status == NDIS_STATUS_SUCCESS)
        Status = MakeCallSend(Vc, Vc->FirstParty ? &Vc->FirstParty->Leg : &Vc->Leg, &Offer);
    if (Status == NDIS_STATUS_PENDING)
        return Status;
    return CmRequestAnswer(Adapter, &Vc->Call, Status);
}

VOID CmTellAnswered(PCM_LEG Leg, const struct hubsig_message *Answer)
{
    PCM_VC Vc = Leg->Vc;
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_step Step;
    enum hubsig_result Result;
    if (!Leg->Leg.added) {
        if (Adapter->Signalling->NetworkChannels)
            Vc->Channel = Answer->channel;
        if (!Vc->Multipoint) {
            Vc->Forward = Answer->forward;
            Vc->Backward = Answer->backward;
        }
        CmVcActivate(Vc, CM_HELD, CM_STEP_MAKE);
        return;
    }
    NdisAcquireSpinLock(&Adapter->Lock);
    Result = Adapter->Signalling->Request(Adapter->Engine, &Leg->Leg, REQ_CONFIRM, NULL, CmNowMs(),
                                          &Step);
    if (Result == HUBSIG_OK) {
        Leg->Party->Joined = TRUE;
        Vc->Joined++;
        Vc->Living++;
    }
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Result == HUBSIG_OK)
        Adapter->Edge->Send(Adapter, &Step.message);
    CmRequestFinish(Adapter, &Leg->Party->Request,
                    Result == HUBSIG_OK ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE);
}

VOID CmTellRefused(PCM_LEG Leg, NDIS_STATUS Status)
{
    PCM_VC Vc = Leg->Vc;
    if (Leg->Leg.added) {
        CmRequestFinish(Vc->Adapter, &Leg->Party->Request, Status);
        return;
    }
    Vc->EndStatus = Status;
    CmVcRelease(Vc);
}

/* The VC is active on this side: confirm, or undo everything. */
VOID CmStepMake(PCM_VC Vc, NDIS_STATUS Status)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    PCM_LEG Leg = Vc->FirstParty ? &Vc->FirstParty->Leg : &Vc->Leg;
    struct hubsig_step Step = {0};
    BOOLEAN Confirmed = FALSE;
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Status == NDIS_STATUS_SUCCESS)
        Confirmed = Adapter->Signalling->Request(Adapter->Engine, &Leg->Leg, REQ_CONFIRM, NULL,
                                                 CmNowMs(), &Step) == HUBSIG_OK;
    if (Confirmed && Vc->FirstParty != NULL) {
        Vc->FirstParty->Joined = TRUE;
        Vc->Joined = 1;
        Vc->Living = 1;
    }
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Confirmed) {
        Adapter->Edge->Send(Adapter, &Step.message);
        if (!Vc->Multipoint)
            CmFlowsWrite(Vc->ClientParameters, &Vc->Forward, &Vc->Backward);
        CmRequestFinish(Adapter, &Vc->Call, NDIS_STATUS_SUCCESS);
        return;
    }
    if (Status == NDIS_STATUS_SUCCESS) /* the leaf went before it was confirmed */
        Status = Vc->Late != NULL && Vc->Late->Status != NDIS_STATUS_SUCCESS ? Vc->Late->Status
                                                                             : NDIS_STATUS_FAILURE;
    CmLegClear(Leg, FALSE, Status, NULL, 0, TRUE);
    Vc->EndStatus = Status;
    CmVcRelease(Vc);
}

VOID CmMadeCall(PCM_VC Vc, NDIS_STATUS Status, BOOLEAN Told)
{
    PCM_PARTY Party = Vc->FirstParty;
    PCM_LATE Late;
    Vc->FirstParty = NULL;
    if (Status != NDIS_STATUS_SUCCESS) {
        CallReset(Vc);
        if (!Told && Party != NULL)
            CmPartyFree(Vc->Adapter, Party);
        return;
    }
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Late = Vc->Late;
    Vc->Late = NULL;
    Vc->Making = FALSE;
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Late != NULL)
        CmTellLate(Party ? &Party->Leg : &Vc->Leg, Late);
    else if (!Vc->Multipoint)
        CmVcActivate(Vc, CM_FLOWING, CM_STEP_FLOW);
    CmUnhold(Vc);
}

/* Checks a close and takes the leg that it ends. */
static NDIS_STATUS CloseCallBegin(PCM_VC Vc, PCM_PARTY Party, PVOID CloseData, UINT Size)
{
    NDIS_STATUS Status = CmCloseDataCheck(Vc->Adapter, CloseData, Size);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    if (!Vc->Calling || Vc->Closing || (Party != NULL) != Vc->Multipoint)
        Status = NDIS_STATUS_FAILURE;
    else if (Vc->Multipoint && (Vc->Joined != 1 || Party->Dropping))
        Status = NDIS_STATUS_FAILURE; /* more than one party is left (C90) */
    else
        Vc->Closing = TRUE;
    Vc->CloseInHandler = Status == NDIS_STATUS_SUCCESS;
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    return Status;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmCloseCall(NDIS_HANDLE CallMgrVcContext,
                                                     NDIS_HANDLE CallMgrPartyContext,
                                                     PVOID CloseData, UINT Size)
{
    PCM_VC Vc = CallMgrVcContext;
    PCM_PARTY Party = CallMgrPartyContext;
    PCM_ADAPTER Adapter = Vc->Adapter;
    BOOLEAN Ended;
    NDIS_STATUS Status = CloseCallBegin(Vc, Party, CloseData, Size);
    Vc->LastParty = Party; /* a refusal names it too (C15) */
    CmRequestBegin(&Vc->Call, CM_CLOSE_CALL, Vc);
    if (Status != NDIS_STATUS_SUCCESS)
        return CmRequestAnswer(Adapter, &Vc->Call, Status);
    CmModifyAbort(Vc);
    if (CmLegClear(Party ? &Party->Leg : &Vc->Leg, FALSE, NDIS_STATUS_SUCCESS, CloseData, Size,
                   !Adapter->Config.PendOperations))
        CmVcDeactivate(Vc);
    NdisAcquireSpinLock(&Adapter->Lock);
    Ended = !Vc->CloseInHandler;
    Vc->CloseInHandler = FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
    if (!Ended)
        return NDIS_STATUS_PENDING;
    if (Vc->Incoming) /* a VC of ours is deleted after its close: that is told, not returned */
        return CmRequestPend(Adapter, &Vc->Call, NDIS_STATUS_SUCCESS);
    return CmRequestAnswer(Adapter, &Vc->Call, NDIS_STATUS_SUCCESS);
}

VOID CmClosedCall(PCM_VC Vc, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_SUCCESS)
        CallReset(Vc);
}

VOID CmTellDone(PCM_LEG Leg)
{
    if (Leg->Party != NULL && Leg->Party->Request.Kind == CM_DROP_PARTY)
        CmRequestFinish(Leg->Vc->Adapter, &Leg->Party->Request, NDIS_STATUS_SUCCESS);
    else
        CmVcDeactivate(Leg->Vc);
}
