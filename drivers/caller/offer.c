/* SPDX-License-Identifier: MIT */
/* Calls that come in: the call manager makes a VC, offers a call on it, connects it. */
#include "caller.h"

_Use_decl_annotations_ NDIS_STATUS NTAPI CallerCreateVc(NDIS_HANDLE ProtocolAfContext,
                                                        NDIS_HANDLE NdisVcHandle,
                                                        PNDIS_HANDLE ProtocolVcContext)
{
    PCALLER_FAMILY Family = ProtocolAfContext;
    PCALLER_CALL Call = CallerCreateCall(Family);
    if (Call == NULL)
        return NDIS_STATUS_RESOURCES;
    Call->Incoming = TRUE;
    Call->NdisVcHandle = NdisVcHandle;
    NdisAcquireSpinLock(&Family->Binding->Lock);
    InsertTailList(&Family->Calls, &Call->Link);
    NdisReleaseSpinLock(&Family->Binding->Lock);
    *ProtocolVcContext = Call;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CallerDeleteVc(NDIS_HANDLE ProtocolVcContext)
{
    PCALLER_CALL Call = ProtocolVcContext;
    PCALLER_BINDING Binding = Call->Family->Binding;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    NdisAcquireSpinLock(&Binding->Lock);
    if (Call->State == CALL_NONE && !Call->Moving) {
        CallerForgetCall(Call);
        return Status;
    }
    if (Call->State == CALL_NONE)
        Call->VcGone = TRUE; /* whoever moves the call forgets it */
    else
        Status = NDIS_STATUS_NOT_ACCEPTED;
    NdisReleaseSpinLock(&Binding->Lock);
    return Status;
}

/* With the lock held: what the driver says to an offer. A call that the other end has closed since
 * is accepted, and then closed: so both of its obligations are met. */
static NDIS_STATUS Answer(PCALLER_CALL Call)
{
    PCALLER_BINDING Binding = Call->Family->Binding;
    if (Call->FarEnded)
        return NDIS_STATUS_SUCCESS;
    if (Call->Ending)
        return NDIS_STATUS_CLOSING;
    if (Binding->RejectsLeft == 0)
        return NDIS_STATUS_SUCCESS;
    Binding->RejectsLeft--;
    return NDIS_STATUS_FAILURE;
}

static NDIS_IO_WORKITEM AnswerLater;

/* From the moment that a rejection is told, the VC may go: only the family is there afterwards,
 * because the call counts on it. */
_Use_decl_annotations_ static VOID NTAPI AnswerLater(PVOID WorkItemContext,
                                                     NDIS_HANDLE NdisIoWorkItemHandle)
{
    PCALLER_CALL Call = WorkItemContext;
    PCALLER_FAMILY Family = Call->Family;
    PCO_CALL_PARAMETERS Parameters = Call->Parameters;
    NDIS_HANDLE NdisVcHandle = Call->NdisVcHandle;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(NdisIoWorkItemHandle);
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Status = Answer(Call);
    if (Status != NDIS_STATUS_SUCCESS)
        Call->State = CALL_NONE;
    NdisReleaseSpinLock(&Family->Binding->Lock);
    NdisClIncomingCallComplete(Status, NdisVcHandle, Parameters);
    NdisAcquireSpinLock(&Family->Binding->Lock);
    if (Status == NDIS_STATUS_SUCCESS) {
        Call->State = CALL_UP;
        CallerMoveCall(Call);
    } else {
        Family->CallCount--;
        CallerMoveFamily(Family);
    }
}

/* With the lock held: the VC may have carried a call before. */
static VOID Offered(PCALLER_CALL Call, PCO_CALL_PARAMETERS CallParameters)
{
    Call->State = CALL_OFFERED;
    Call->Parameters = CallParameters;
    Call->Connected = FALSE;
    Call->Ending = Call->Family->Ending;
    Call->FarEnded = FALSE;
    Call->NoData = FALSE;
    Call->Refusals = 0;
    Call->Answers = !(CallParameters->Flags & MULTIPOINT_VC); /* a leaf only listens */
    Call->Family->CallCount++;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CallerIncomingCall(NDIS_HANDLE ProtocolSapContext,
                                                            NDIS_HANDLE ProtocolVcContext,
                                                            PCO_CALL_PARAMETERS CallParameters)
{
    PCALLER_CALL Call = ProtocolVcContext;
    PCALLER_FAMILY Family = Call->Family;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(ProtocolSapContext); /* the family's one */
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Offered(Call, CallParameters);
    if (Family->Binding->Settings.AnswerLater && !Call->Ending) {
        NdisReleaseSpinLock(&Family->Binding->Lock);
        NdisQueueIoWorkItem(Call->WorkItem, AnswerLater, Call);
        return NDIS_STATUS_PENDING;
    }
    Status = Answer(Call);
    if (Status == NDIS_STATUS_SUCCESS) {
        Call->State = CALL_UP;
        NdisReleaseSpinLock(&Family->Binding->Lock);
    } else {
        Call->State = CALL_NONE;
        Family->CallCount--;
        CallerMoveFamily(Family);
    }
    return Status;
}

_Use_decl_annotations_ VOID NTAPI CallerCallConnected(NDIS_HANDLE ProtocolVcContext)
{
    PCALLER_CALL Call = ProtocolVcContext;
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Call->Connected = TRUE;
    CallerMoveCall(Call);
}
