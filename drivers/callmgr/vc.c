/* SPDX-License-Identifier: MIT */
/* VCs: creation and deletion, and one activation or deactivation at a time (C62). */
#include "callmgr.h"

PCM_VC CmVcAllocate(PCM_ADAPTER Adapter, PCM_AF Af)
{
    PCM_VC Vc = CmAllocate(Adapter, Adapter->Edge->VcBytes);
    if (Vc == NULL)
        return NULL;
    Vc->Adapter = Adapter;
    Vc->Af = Af;
    Vc->Leg.Vc = Vc;
    InitializeListHead(&Vc->Deferred);
    NdisAcquireSpinLock(&Adapter->Lock);
    Af->VcCount++;
    NdisReleaseSpinLock(&Adapter->Lock);
    return Vc;
}

VOID CmVcFree(PCM_VC Vc)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    PCM_AF Af = Vc->Af;
    if (Vc->Parameters != NULL)
        NdisFreeMemory(Vc->Parameters, 0, 0);
    if (Vc->Late != NULL)
        NdisFreeMemory(Vc->Late, 0, 0);
    NdisFreeMemory(Vc, 0, 0);
    NdisAcquireSpinLock(&Adapter->Lock);
    Af->VcCount--;
    CmAfUnlockAndSettle(Af);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmCreateVc(NDIS_HANDLE ProtocolAfContext,
                                                    NDIS_HANDLE NdisVcHandle,
                                                    PNDIS_HANDLE ProtocolVcContext)
{
    PCM_AF Af = ProtocolAfContext;
    PCM_VC Vc = CmVcAllocate(Af->Adapter, Af);
    if (Vc == NULL)
        return NDIS_STATUS_RESOURCES;
    Vc->NdisVcHandle = NdisVcHandle;
    *ProtocolVcContext = Vc;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmDeleteVc(NDIS_HANDLE ProtocolVcContext)
{
    PCM_VC Vc = ProtocolVcContext;
    if (Vc->Calling || Vc->Level != CM_CLOSED)
        return NDIS_STATUS_NOT_ACCEPTED;
    CmVcFree(Vc);
    return NDIS_STATUS_SUCCESS;
}

VOID CmVcActivate(PCM_VC Vc, CM_LEVEL Level, CM_STEP Step)
{
    BOOLEAN Go;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Go = Vc->Step == CM_STEP_NOTHING && !Vc->Deactivating && !(Vc->Closing && Step == CM_STEP_FLOW);
    if (Go) {
        Vc->Step = Step;
        Vc->AskedLevel = Level;
    }
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Go)
        Vc->Adapter->Edge->Activate(Vc, Level);
}

/* What comes would be held back for ever, and its sender with it: the call ends for both. */
static VOID FlowFailed(PCM_VC Vc, NDIS_STATUS Status)
{
    struct hubsig_message Nothing = {0};
    CmLegClear(&Vc->Leg, FALSE, Status, NULL, 0, TRUE);
    CmTellCleared(&Vc->Leg, Status, &Nothing);
}

VOID CmVcActivated(PCM_VC Vc, NDIS_STATUS Status)
{
    CM_STEP Step;
    BOOLEAN Deactivate, Closing;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Step = Vc->Step;
    Vc->Step = CM_STEP_NOTHING;
    if (Status == NDIS_STATUS_SUCCESS)
        Vc->Level = Vc->AskedLevel;
    Closing = Vc->Closing;
    Deactivate = Vc->DeactivateWanted;
    Vc->DeactivateWanted = FALSE;
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Deactivate) {
        CmVcDeactivate(Vc);
        return;
    }
    switch (Step) {
    case CM_STEP_MAKE:
        CmStepMake(Vc, Status);
        break;
    case CM_STEP_OFFER:
        CmStepOffer(Vc, Status);
        break;
    case CM_STEP_ANSWER:
        CmStepAnswer(Vc, Status);
        break;
    case CM_STEP_MODIFY:
        CmStepModify(Vc, Status);
        break;
    case CM_STEP_MODIFY_OFFER:
        CmStepModifyOffer(Vc, Status);
        break;
    case CM_STEP_FLOW:
        if (Status != NDIS_STATUS_SUCCESS && !Closing)
            FlowFailed(Vc, Status);
        break;
    case CM_STEP_NOTHING:
        break;
    }
}

VOID CmVcDeactivate(PCM_VC Vc)
{
    BOOLEAN Go = FALSE, Closed = FALSE;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    if (Vc->Step != CM_STEP_NOTHING) {
        Vc->DeactivateWanted = TRUE; /* the activation under way comes first */
    } else if (Vc->Level == CM_CLOSED) {
        Closed = TRUE;
    } else if (!Vc->Deactivating) {
        Vc->Deactivating = TRUE;
        Go = TRUE;
    }
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Closed)
        CmVcDeactivated(Vc, NDIS_STATUS_SUCCESS);
    else if (Go)
        Vc->Adapter->Edge->Deactivate(Vc);
}

VOID CmVcDeactivated(PCM_VC Vc, NDIS_STATUS Status)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    BOOLEAN InHandler;
    UNREFERENCED_PARAMETER(Status); /* the call is over whatever the miniport thinks of it */
    NdisAcquireSpinLock(&Adapter->Lock);
    Vc->Deactivating = FALSE;
    Vc->Level = CM_CLOSED;
    if (!Vc->Incoming && Vc->Channel != 0) {
        CmChannelFree(Adapter, Vc->Channel);
        Vc->Channel = 0;
    }
    InHandler = Vc->CloseInHandler;
    Vc->CloseInHandler = FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
    if (InHandler)
        return; /* the handler, which is still running, answers */
    if (Vc->Call.Kind == CM_MAKE_CALL) {
        CmRequestFinish(Adapter, &Vc->Call, Vc->EndStatus);
    } else if (Vc->Call.Kind == CM_CLOSE_CALL) {
        CmRequestFinish(Adapter, &Vc->Call, NDIS_STATUS_SUCCESS);
    } else { /* an incoming call that was refused */
        Adapter->Edge->DeleteVc(Vc);
        CmVcFree(Vc);
    }
}

VOID CmVcRelease(PCM_VC Vc)
{
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Vc->Closing = TRUE;
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    CmVcDeactivate(Vc);
}
