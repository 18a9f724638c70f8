/* SPDX-License-Identifier: MIT */
/* Requests of NDIS: answered at once, or pended and completed where the settings say. */
#include "callmgr.h"

VOID CmRequestBegin(PCM_REQUEST Request, CM_REQUEST_KIND Kind, PCM_VC Vc)
{
    Request->Kind = Kind;
    Request->Vc = Vc;
}

static VOID CompleteMakeCall(PCM_VC Vc, NDIS_STATUS Status)
{
    PCM_PARTY Party = Vc->FirstParty;
    NDIS_HANDLE NdisPartyHandle = Vc->MakingParty; /* also where there was no memory for a party */
    PCO_CALL_PARAMETERS Parameters = Vc->ClientParameters;
    if (Status == NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&Vc->Adapter->Lock);
        Vc->Hold++; /* until CmMadeCall is done with it */
        NdisReleaseSpinLock(&Vc->Adapter->Lock);
        Vc->Adapter->Edge->MakeCallComplete(Status, Vc->NdisVcHandle, NdisPartyHandle, Party,
                                            Parameters);
        CmMadeCall(Vc, Status, TRUE);
        return;
    }
    /* The client may delete the VC inside its completion: nothing of it is touched afterwards. */
    PCM_ADAPTER Adapter = Vc->Adapter;
    NDIS_HANDLE NdisVcHandle = Vc->NdisVcHandle;
    Vc->FirstParty = NULL;
    CmMadeCall(Vc, Status, TRUE);
    Adapter->Edge->MakeCallComplete(Status, NdisVcHandle, NdisPartyHandle, NULL, Parameters);
    if (Party != NULL)
        CmPartyFree(Adapter, Party);
}

static VOID CompleteCloseCall(PCM_VC Vc, NDIS_STATUS Status)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    NDIS_HANDLE NdisVcHandle = Vc->NdisVcHandle;
    PCM_PARTY Party = Vc->LastParty;
    BOOLEAN Incoming = Vc->Incoming;
    Vc->LastParty = NULL;
    CmClosedCall(Vc, Status);
    Adapter->Edge->CloseCallComplete(Status, NdisVcHandle, Party ? Party->NdisPartyHandle : NULL);
    if (Status != NDIS_STATUS_SUCCESS)
        return;
    if (Party != NULL)
        CmPartyFree(Adapter, Party);
    if (Incoming) {
        Adapter->Edge->DeleteVc(Vc);
        CmVcFree(Vc);
    }
}

static VOID CompleteAddParty(PCM_PARTY Party, NDIS_STATUS Status)
{
    PCM_VC Vc = Party->Vc;
    PCM_ADAPTER Adapter = Vc->Adapter;
    if (Status == NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&Adapter->Lock);
        Vc->Hold++; /* until CmAddedParty is done with it */
        NdisReleaseSpinLock(&Adapter->Lock);
        Adapter->Edge->AddPartyComplete(Status, Party->NdisPartyHandle, Party,
                                        Party->ClientParameters);
        CmAddedParty(Party);
        return;
    }
    CmLegClear(&Party->Leg, TRUE, Status, NULL, 0, TRUE);
    Adapter->Edge->AddPartyComplete(Status, Party->NdisPartyHandle, NULL, Party->ClientParameters);
    CmPartyFree(Adapter, Party);
}

static VOID CompleteAf(PCM_AF Af, CM_REQUEST_KIND Kind, NDIS_STATUS Status)
{
    const CM_EDGE *Edge = Af->Adapter->Edge;
    NDIS_HANDLE NdisAfHandle = Af->NdisAfHandle;
    if (Kind == CM_OPEN_AF) {
        CmAfOpened(Af);
        Edge->OpenAfComplete(Status, NdisAfHandle, Af); /* the client may close it there */
        return;
    }
    Edge->CloseAfComplete(Status, NdisAfHandle);
    CmAfRequestEnded(Af, Kind, Status);
}

static VOID CompleteSap(PCM_SAP Sap, CM_REQUEST_KIND Kind, NDIS_STATUS Status)
{
    const CM_EDGE *Edge = Sap->Af->Adapter->Edge;
    if (Kind == CM_REGISTER_SAP && Status == NDIS_STATUS_SUCCESS) {
        CmSapTell(Sap); /* the client may deregister it there */
        return;
    }
    if (Kind == CM_REGISTER_SAP)
        Edge->RegisterSapComplete(Status, Sap->NdisSapHandle, Sap);
    else
        Edge->DeregisterSapComplete(Status, Sap->NdisSapHandle);
    CmSapRequestEnded(Sap, Kind, Status);
}

/* Gives one outcome to NDIS, unless its call is held: then the hold's end does. */
static VOID CmRequestComplete(PCM_ADAPTER Adapter, PCM_REQUEST Request)
{
    CM_REQUEST_KIND Kind;
    NDIS_STATUS Status;
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Request->Vc != NULL && Request->Vc->Hold > 0) {
        InsertTailList(&Request->Vc->Deferred, &Request->Link);
        NdisReleaseSpinLock(&Adapter->Lock);
        return;
    }
    Kind = Request->Kind;
    Status = Request->Status;
    Request->Kind = CM_NO_REQUEST; /* the client may ask again inside its completion */
    NdisReleaseSpinLock(&Adapter->Lock);
    switch (Kind) {
    case CM_OPEN_AF:
    case CM_CLOSE_AF:
        CompleteAf(CONTAINING_RECORD(Request, CM_AF, Request), Kind, Status);
        break;
    case CM_REGISTER_SAP:
    case CM_DEREGISTER_SAP:
        CompleteSap(CONTAINING_RECORD(Request, CM_SAP, Request), Kind, Status);
        break;
    case CM_MAKE_CALL:
        CompleteMakeCall(CONTAINING_RECORD(Request, CM_VC, Call), Status);
        break;
    case CM_CLOSE_CALL:
        CompleteCloseCall(CONTAINING_RECORD(Request, CM_VC, Call), Status);
        break;
    case CM_ADD_PARTY:
        CompleteAddParty(CONTAINING_RECORD(Request, CM_PARTY, Request), Status);
        break;
    case CM_DROP_PARTY: {
        PCM_PARTY Party = CONTAINING_RECORD(Request, CM_PARTY, Request);
        Adapter->Edge->DropPartyComplete(Status, Party->NdisPartyHandle);
        if (Status == NDIS_STATUS_SUCCESS)
            CmPartyFree(Adapter, Party);
        break;
    }
    case CM_MODIFY_QOS: {
        PCM_VC Vc = CONTAINING_RECORD(Request, CM_VC, Modify);
        Vc->ModifyEnding = FALSE;
        Adapter->Edge->ModifyCallQoSComplete(Status, Vc->NdisVcHandle, Vc->ClientParameters);
        break;
    }
    case CM_NO_REQUEST:
        break;
    }
}

/* What is left to do when a handler returns a final status: NDIS completes nothing then. */
static VOID CmRequestReturned(PCM_ADAPTER Adapter, PCM_REQUEST Request, NDIS_STATUS Status)
{
    CM_REQUEST_KIND Kind = Request->Kind;
    Request->Kind = CM_NO_REQUEST;
    switch (Kind) {
    case CM_OPEN_AF:
    case CM_CLOSE_AF:
        CmAfRequestEnded(CONTAINING_RECORD(Request, CM_AF, Request), Kind, Status);
        break;
    case CM_REGISTER_SAP:
    case CM_DEREGISTER_SAP:
        CmSapRequestEnded(CONTAINING_RECORD(Request, CM_SAP, Request), Kind, Status);
        break;
    case CM_MAKE_CALL:
        CmMadeCall(CONTAINING_RECORD(Request, CM_VC, Call), Status, FALSE);
        break;
    case CM_CLOSE_CALL: {
        PCM_VC Vc = CONTAINING_RECORD(Request, CM_VC, Call);
        PCM_PARTY Party = Vc->LastParty;
        Vc->LastParty = NULL;
        CmClosedCall(Vc, Status);
        if (Status == NDIS_STATUS_SUCCESS && Party != NULL)
            CmPartyFree(Adapter, Party);
        break;
    }
    case CM_ADD_PARTY:
        CmPartyFree(Adapter, CONTAINING_RECORD(Request, CM_PARTY, Request)); /* failed, unsent */
        break;
    case CM_DROP_PARTY:
        if (Status == NDIS_STATUS_SUCCESS)
            CmPartyFree(Adapter, CONTAINING_RECORD(Request, CM_PARTY, Request));
        break;
    case CM_MODIFY_QOS:
    case CM_NO_REQUEST:
        break;
    }
}

static VOID PendTimerSet(PCM_ADAPTER Adapter, ULONGLONG NowMs)
{
    LARGE_INTEGER Due;
    PCM_REQUEST First;
    if (Adapter->PendTimerSet || IsListEmpty(&Adapter->Pended))
        return;
    First = CONTAINING_RECORD(Adapter->Pended.Flink, CM_REQUEST, Link);
    Due.QuadPart = First->DueMs > NowMs ? -(LONGLONG)((First->DueMs - NowMs) * 10000) : -1;
    Adapter->PendTimerSet = TRUE;
    NdisSetTimerObject(Adapter->PendTimer, Due, 0, NULL);
}

static VOID WorkItemQueue(PCM_ADAPTER Adapter)
{
    if (Adapter->WorkQueued || IsListEmpty(&Adapter->Worked))
        return;
    Adapter->WorkQueued = TRUE;
    NdisQueueIoWorkItem(Adapter->WorkItem, CmWorkItem, Adapter);
}

static VOID CmPend(PCM_ADAPTER Adapter, PCM_REQUEST Request)
{
    ULONGLONG NowMs = CmNowMs();
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Adapter->Config.CompleteFrom == CM_FROM_WORK_ITEM &&
        Adapter->Config.PendMilliseconds == 0) {
        InsertTailList(&Adapter->Worked, &Request->Link);
        WorkItemQueue(Adapter);
    } else {
        Request->DueMs = NowMs + Adapter->Config.PendMilliseconds;
        InsertTailList(&Adapter->Pended, &Request->Link); /* all pend equally long: in order */
        PendTimerSet(Adapter, NowMs);
    }
    NdisReleaseSpinLock(&Adapter->Lock);
}

NDIS_STATUS CmRequestAnswer(PCM_ADAPTER Adapter, PCM_REQUEST Request, NDIS_STATUS Status)
{
    BOOLEAN Held;
    NdisAcquireSpinLock(&Adapter->Lock);
    Held = Request->Vc != NULL && Request->Vc->Hold > 0;
    NdisReleaseSpinLock(&Adapter->Lock);
    if (!Adapter->Config.PendOperations && !Held) {
        CmRequestReturned(Adapter, Request, Status);
        return Status;
    }
    return CmRequestPend(Adapter, Request, Status);
}

NDIS_STATUS CmRequestPend(PCM_ADAPTER Adapter, PCM_REQUEST Request, NDIS_STATUS Status)
{
    Request->Status = Status;
    if (Adapter->Config.CompleteEarly)
        CmRequestComplete(Adapter, Request);
    else
        CmPend(Adapter, Request);
    return NDIS_STATUS_PENDING;
}

VOID CmRequestFinish(PCM_ADAPTER Adapter, PCM_REQUEST Request, NDIS_STATUS Status)
{
    Request->Status = Status;
    if (Adapter->Config.CompleteFrom == CM_FROM_HERE && Adapter->Config.PendMilliseconds == 0)
        CmRequestComplete(Adapter, Request);
    else
        CmPend(Adapter, Request);
}

VOID CmUnhold(PCM_VC Vc)
{
    PCM_ADAPTER Adapter = Vc->Adapter;
    LIST_ENTRY Ready;
    InitializeListHead(&Ready);
    NdisAcquireSpinLock(&Adapter->Lock);
    if (--Vc->Hold == 0)
        while (!IsListEmpty(&Vc->Deferred))
            InsertTailList(&Ready, RemoveHeadList(&Vc->Deferred));
    NdisReleaseSpinLock(&Adapter->Lock);
    while (!IsListEmpty(&Ready)) /* the last of them may free the VC */
        CmRequestComplete(Adapter, CONTAINING_RECORD(RemoveHeadList(&Ready), CM_REQUEST, Link));
}

VOID CmPendTimer(PCM_ADAPTER Adapter)
{
    ULONGLONG NowMs = CmNowMs();
    LIST_ENTRY Due, *To = &Due;
    InitializeListHead(&Due);
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Adapter->Config.CompleteFrom == CM_FROM_WORK_ITEM)
        To = &Adapter->Worked;
    Adapter->PendTimerSet = FALSE;
    while (!IsListEmpty(&Adapter->Pended) &&
           CONTAINING_RECORD(Adapter->Pended.Flink, CM_REQUEST, Link)->DueMs <= NowMs)
        InsertTailList(To, RemoveHeadList(&Adapter->Pended));
    PendTimerSet(Adapter, NowMs);
    WorkItemQueue(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    while (!IsListEmpty(&Due))
        CmRequestComplete(Adapter, CONTAINING_RECORD(RemoveHeadList(&Due), CM_REQUEST, Link));
}

VOID NTAPI CmWorkItem(PVOID WorkItemContext, NDIS_HANDLE NdisIoWorkItemHandle)
{
    PCM_ADAPTER Adapter = WorkItemContext;
    LIST_ENTRY Ready;
    UNREFERENCED_PARAMETER(NdisIoWorkItemHandle);
    InitializeListHead(&Ready);
    for (;;) {
        NdisAcquireSpinLock(&Adapter->Lock);
        if (IsListEmpty(&Adapter->Worked))
            break;
        InsertTailList(&Ready, RemoveHeadList(&Adapter->Worked));
        NdisReleaseSpinLock(&Adapter->Lock);
        CmRequestComplete(Adapter, CONTAINING_RECORD(RemoveHeadList(&Ready), CM_REQUEST, Link));
    }
    Adapter->WorkQueued = FALSE;
    if (Adapter->AfCount == 0)
        NdisSetEvent(&Adapter->Idle); /* under the lock, which the waiter takes next */
    NdisReleaseSpinLock(&Adapter->Lock);
}
