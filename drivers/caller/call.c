/* SPDX-License-Identifier: MIT */
/* Calls: made, connected, closed, and every step between that.
 *
 *   our VC                  MAKING --made--> UP --> CLOSING --closed--> CLOSED --> GONE
 *                           MAKING --failed--> CLOSED
 *   the call manager's VC   NONE --> OFFERED --accepted--> UP --> CLOSING --closed--> NONE
 *                           OFFERED --rejected--> NONE */
#include "caller.h"

typedef enum _CALL_STEP_KIND {
    STEP_NONE,
    STEP_ADD,
    STEP_DROP,
    STEP_SEND,
    STEP_CLOSE,
    STEP_DELETE,
} CALL_STEP_KIND;

/* What is done next, decided under the lock and done without it. */
typedef struct _CALL_STEP {
    CALL_STEP_KIND Kind;
    ULONG Leaf;              /* to add */
    PCALLER_PARTY Party;     /* to drop, or the last one */
    PCALLER_MESSAGE Message; /* to send back; NULL: one of the settings */
    PVOID CloseData;
    UINT CloseDataSize;
} CALL_STEP, *PCALL_STEP;

/* ---- life ---- */

PCALLER_CALL CallerCreateCall(PCALLER_FAMILY Family)
{
    PCALLER_CALL Call = CallerAllocate(sizeof(*Call));
    if (Call == NULL)
        return NULL;
    Call->WorkItem = NdisAllocateIoWorkItem(CallerProtocolHandle);
    if (Call->WorkItem == NULL) {
        NdisFreeMemory(Call, 0, 0);
        return NULL;
    }
    Call->Family = Family;
    InitializeListHead(&Call->Parties);
    InitializeListHead(&Call->Leavers);
    InitializeListHead(&Call->Messages);
    return Call;
}

static VOID FreeCall(PCALLER_CALL Call)
{
    CallerFreeMessages(Call);
    NdisFreeIoWorkItem(Call->WorkItem);
    NdisFreeMemory(Call, 0, 0);
}

VOID CallerForgetCall(PCALLER_CALL Call)
{
    PCALLER_FAMILY Family = Call->Family;
    RemoveEntryList(&Call->Link);
    if (!Call->Incoming) {
        Family->CallCount--;
        Family->Calling = FALSE;
    }
    FreeCall(Call);
    CallerMoveFamily(Family);
}

/* ---- the next step ---- */

/* A call that the far end closed is closed here too, even if it was never reported connected. */
static BOOLEAN Stands(PCALLER_CALL Call)
{
    return Call->State == CALL_UP && (Call->Connected || Call->FarEnded);
}

/* Two stay counted while one is dropped: the last party leaves with the call. */
static BOOLEAN MayDrop(PCALLER_CALL Call)
{
    return Call->PartyCount > Call->DropsOut + 1 && Call->Refusals < CALLER_REFUSALS_MAX;
}

static VOID PlanDrop(PCALLER_CALL Call, PCALL_STEP Step)
{
    Step->Kind = STEP_DROP;
    Step->Party = CallerTakeParty(Call);
    Step->CloseData = CallerCloseData(Call, Step->Party->Left, &Step->CloseDataSize);
    Call->DropsOut++;
}

static VOID PlanSend(PCALLER_CALL Call, PCALL_STEP Step)
{
    Step->Kind = STEP_SEND;
    if (!IsListEmpty(&Call->Messages))
        Step->Message = CONTAINING_RECORD(RemoveHeadList(&Call->Messages), CALLER_MESSAGE, Link);
    else
        Call->MessagesLeft--;
    Call->SendsOut++;
}

static VOID PlanClose(PCALLER_CALL Call, PCALL_STEP Step)
{
    Step->Kind = STEP_CLOSE;
    Step->CloseData = CallerCloseData(Call, Call->FarEnded, &Step->CloseDataSize);
    if (Call->PartyCount != 0)
        Step->Party = Call->Last = CallerTakeParty(Call);
    Call->State = CALL_CLOSING;
}

/* The end: sends are back, parties dropped but for one, then the call is closed. */
static VOID PlanEnd(PCALLER_CALL Call, PCALL_STEP Step)
{
    Call->Ending = TRUE;
    if (MayDrop(Call))
        PlanDrop(Call, Step);
    else if (Call->DropsOut == 0)
        PlanClose(Call, Step);
}

/* With the lock held: what is to be done now, and notes that somebody does. */
static VOID Plan(PCALLER_CALL Call, PCALL_STEP Step)
{
    const CALLER_SETTINGS *Settings = &Call->Family->Binding->Settings;
    NdisZeroMemory(Step, sizeof(*Step));
    if (Call->State == CALL_CLOSED && !Call->Incoming) {
        Call->State = CALL_GONE;
        Step->Kind = STEP_DELETE;
    }
    if (!Stands(Call))
        return;
    if (!IsListEmpty(&Call->Leavers) && MayDrop(Call)) {
        PlanDrop(Call, Step);
    } else if (!Call->Ending && Settings->Multipoint && !Call->Incoming &&
               Call->NextLeaf < Settings->LeafCount) {
        Step->Kind = STEP_ADD;
        Step->Leaf = Call->NextLeaf++;
        Call->AddsOut++;
    } else if (!Call->Ending &&
               (!IsListEmpty(&Call->Messages) || (Call->AddsOut == 0 && Call->MessagesLeft != 0))) {
        PlanSend(Call, Step);
    } else if (Call->AddsOut == 0 && Call->SendsOut == 0 && (Call->Ending || !Call->Incoming)) {
        PlanEnd(Call, Step);
    }
}

/* ---- and how it is taken ---- */

static VOID Close(PCALLER_CALL Call, PCALL_STEP Step)
{
    NDIS_STATUS Status = NdisClCloseCall(Call->NdisVcHandle,
                                         Step->Party != NULL ? Step->Party->NdisPartyHandle : NULL,
                                         Step->CloseData, Step->CloseDataSize);
    if (Status != NDIS_STATUS_PENDING)
        CallerCloseCallComplete(Status, Call, Step->Party);
}

static NDIS_IO_WORKITEM DeleteLater;

/* A call manager may complete a close before the VC is deactivated: then it cannot go yet. One that
 * never can stays, and its family with it: NDIS still knows it. */
static VOID Delete(PCALLER_CALL Call)
{
    PCALLER_BINDING Binding = Call->Family->Binding;
    if (NdisCoDeleteVc(Call->NdisVcHandle) == NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&Binding->Lock);
        CallerForgetCall(Call);
    } else if (Call->Deletes < CALLER_DELETES_MAX) {
        NdisQueueIoWorkItem(Call->WorkItem, DeleteLater, Call);
    }
}

_Use_decl_annotations_ static VOID NTAPI DeleteLater(PVOID WorkItemContext,
                                                     NDIS_HANDLE NdisIoWorkItemHandle)
{
    PCALLER_CALL Call = WorkItemContext;
    UNREFERENCED_PARAMETER(NdisIoWorkItemHandle);
    NdisMSleep(CALLER_DELETE_WAIT_US << Call->Deletes++);
    Delete(Call);
}

static VOID TakeStep(PCALLER_CALL Call, PCALL_STEP Step)
{
    switch (Step->Kind) {
    case STEP_NONE:
    case STEP_DELETE: /* when nobody moves the call any more */
        break;
    case STEP_ADD:
        CallerAddParty(Call, Step->Leaf);
        break;
    case STEP_DROP:
        CallerDropParty(Step->Party, Step->CloseData, Step->CloseDataSize);
        break;
    case STEP_SEND:
        CallerSend(Call, Step->Message);
        break;
    case STEP_CLOSE:
        Close(Call, Step);
        break;
    }
}

/* Whoever takes the steps looks again after each, so others only note what has happened; and the
 * call stays until that one is through, whatever becomes of its VC. */
VOID CallerMoveCall(PCALLER_CALL Call)
{
    PCALLER_BINDING Binding = Call->Family->Binding;
    CALL_STEP Step;
    if (Call->Moving) {
        NdisReleaseSpinLock(&Binding->Lock);
        return;
    }
    Call->Moving = TRUE;
    for (Plan(Call, &Step); Step.Kind != STEP_NONE && Step.Kind != STEP_DELETE; Plan(Call, &Step)) {
        NdisReleaseSpinLock(&Binding->Lock);
        TakeStep(Call, &Step);
        NdisAcquireSpinLock(&Binding->Lock);
    }
    Call->Moving = Step.Kind == STEP_DELETE; /* then it is moved no more */
    if (Call->VcGone) {
        CallerForgetCall(Call);
        return;
    }
    NdisReleaseSpinLock(&Binding->Lock);
    if (Step.Kind == STEP_DELETE)
        Delete(Call);
}

/* ---- making ---- */

/* Nothing came of the call, and NDIS never heard of it. */
static VOID GiveUp(PCALLER_FAMILY Family, PCALLER_CALL Call)
{
    if (Call != NULL) {
        if (Call->Last != NULL)
            NdisFreeMemory(Call->Last, 0, 0);
        if (Call->Parameters != NULL)
            NdisFreeMemory(Call->Parameters, 0, 0);
        FreeCall(Call);
    }
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->CallCount--;
    Family->Calling = FALSE;
    CallerMoveFamily(Family);
}

static PCALLER_CALL CreateOutgoing(PCALLER_FAMILY Family)
{
    const CALLER_SETTINGS *Settings = &Family->Binding->Settings;
    PCALLER_CALL Call = CallerCreateCall(Family);
    if (Call == NULL)
        return NULL;
    Call->State = CALL_MAKING;
    Call->NextLeaf = 1;
    Call->MessagesLeft = Settings->MessageCount;
    Call->Parameters = CallerCreateParameters(&Settings->Leaves[0], Settings->Multipoint);
    if (Settings->Multipoint)
        Call->Last = CallerCreateParty(Call);
    return Call;
}

VOID CallerMakeCall(PCALLER_FAMILY Family)
{
    PCALLER_BINDING Binding = Family->Binding;
    PCALLER_CALL Call = CreateOutgoing(Family);
    PCALLER_PARTY Party;
    NDIS_STATUS Status;
    if (Call == NULL || Call->Parameters == NULL ||
        (Binding->Settings.Multipoint && Call->Last == NULL) ||
        NdisCoCreateVc(Binding->NdisBindingHandle, Family->NdisAfHandle, Call,
                       &Call->NdisVcHandle) != NDIS_STATUS_SUCCESS) {
        GiveUp(Family, Call);
        return;
    }
    NdisAcquireSpinLock(&Binding->Lock);
    InsertTailList(&Family->Calls, &Call->Link);
    NdisReleaseSpinLock(&Binding->Lock);
    Party = Call->Last;
    Status = NdisClMakeCall(Call->NdisVcHandle, Call->Parameters, Party,
                            Party != NULL ? &Party->NdisPartyHandle : NULL);
    if (Status != NDIS_STATUS_PENDING)
        CallerMakeCallComplete(Status, Call, Party != NULL ? Party->NdisPartyHandle : NULL,
                               Call->Parameters);
}

_Use_decl_annotations_ VOID NTAPI CallerMakeCallComplete(NDIS_STATUS Status,
                                                         NDIS_HANDLE ProtocolVcContext,
                                                         NDIS_HANDLE NdisPartyHandle,
                                                         PCO_CALL_PARAMETERS CallParameters)
{
    PCALLER_CALL Call = ProtocolVcContext;
    PCALLER_PARTY Party = Call->Last;
    NdisFreeMemory(CallParameters, 0, 0);
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Call->Parameters = NULL;
    Call->Last = NULL;
    if (Status == NDIS_STATUS_SUCCESS) {
        Call->State = CALL_UP;
        Call->Connected = TRUE;
        Call->Family->Called = TRUE;
        Call->Family->CallWanted = FALSE;
        if (Party != NULL)
            CallerJoinParty(Party, NdisPartyHandle);
    } else {
        Call->State = CALL_CLOSED;
        if (Party != NULL)
            NdisFreeMemory(Party, 0, 0);
    }
    CallerMoveCall(Call);
}

/* ---- closing ---- */

/* With the lock held: the call manager does not close the call. Once more then, without data; one
 * that never does is not waited for. */
static BOOLEAN CloseAgain(PCALLER_CALL Call)
{
    if (Call->NoData && ++Call->Refusals > CALLER_REFUSALS_MAX)
        return FALSE;
    Call->NoData = TRUE;
    if (Call->Last != NULL)
        InsertHeadList(&Call->Parties, &Call->Last->Link);
    Call->Last = NULL;
    Call->State = CALL_UP;
    return TRUE;
}

_Use_decl_annotations_ VOID NTAPI CallerCloseCallComplete(NDIS_STATUS Status,
                                                          NDIS_HANDLE ProtocolVcContext,
                                                          NDIS_HANDLE ProtocolPartyContext)
{
    PCALLER_CALL Call = ProtocolVcContext;
    PCALLER_FAMILY Family = Call->Family;
    UNREFERENCED_PARAMETER(ProtocolPartyContext); /* Call->Last */
    NdisAcquireSpinLock(&Family->Binding->Lock);
    if (Status != NDIS_STATUS_SUCCESS && CloseAgain(Call)) {
        CallerMoveCall(Call);
        return;
    }
    if (Call->Last != NULL)
        NdisFreeMemory(Call->Last, 0, 0);
    Call->Last = NULL;
    if (Call->Incoming) { /* the VC waits for the next call, or its end */
        Call->State = CALL_NONE;
        Family->CallCount--;
        CallerMoveFamily(Family);
    } else {
        Call->State = CALL_CLOSED;
        CallerMoveCall(Call);
    }
}

_Use_decl_annotations_ VOID NTAPI CallerIncomingCloseCall(NDIS_STATUS CloseStatus,
                                                          NDIS_HANDLE ProtocolVcContext,
                                                          PVOID CloseData, UINT Size)
{
    PCALLER_CALL Call = ProtocolVcContext;
    UNREFERENCED_PARAMETER(CloseStatus);
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Call->Ending = TRUE;
    Call->FarEnded = TRUE;
    CallerMoveCall(Call);
}

/* This driver asks for no other traffic parameters, and takes what the other end asks for. */
_Use_decl_annotations_ VOID NTAPI CallerModifyCallQoSComplete(NDIS_STATUS Status,
                                                              NDIS_HANDLE ProtocolVcContext,
                                                              PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
}

_Use_decl_annotations_ VOID NTAPI CallerIncomingCallQoSChange(NDIS_HANDLE ProtocolVcContext,
                                                              PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
}
