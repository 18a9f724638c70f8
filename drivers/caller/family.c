/* SPDX-License-Identifier: MIT */
/* Families: the call manager's address family is opened when it is offered, and closed when the
 * call manager asks for that or the adapter goes: after the calls, the SAP and the requests on it.
 *
 *   OPENING --opened--> OPEN --Ending, nothing left on it--> CLOSING --closed--> CLOSED
 *   OPENING --failed--> CLOSED */
#include "caller.h"

typedef enum _FAMILY_STEP {
    STEP_NONE,
    STEP_REGISTER,
    STEP_DEREGISTER,
    STEP_ASK,
    STEP_CALL,
    STEP_END_CALL,
    STEP_CLOSE,
    STEP_TELL_CLOSED,
} FAMILY_STEP;

/* With the lock held. */
static PCALLER_CALL FindCallToEnd(PCALLER_FAMILY Family)
{
    PLIST_ENTRY At;
    for (At = Family->Calls.Flink; At != &Family->Calls; At = At->Flink) {
        PCALLER_CALL Call = CONTAINING_RECORD(At, CALLER_CALL, Link);
        if (Call->State != CALL_NONE && !Call->Ending)
            return Call;
    }
    return NULL;
}

static FAMILY_STEP NextEndingStep(PCALLER_FAMILY Family, PCALLER_CALL *Call)
{
    *Call = FindCallToEnd(Family);
    if (*Call != NULL) {
        (*Call)->Ending = TRUE;
        return STEP_END_CALL;
    }
    if (Family->SapState == SAP_REGISTERED) {
        Family->SapState = SAP_DEREGISTERING;
        return STEP_DEREGISTER;
    }
    if (Family->CallCount != 0 || Family->SapState != SAP_NONE || Family->Asking)
        return STEP_NONE;
    Family->State = FAMILY_CLOSING;
    return STEP_CLOSE;
}

/* With the lock held: what is to be done now, and notes that somebody does. */
static FAMILY_STEP NextStep(PCALLER_FAMILY Family, PCALLER_CALL *Call)
{
    if (Family->State == FAMILY_CLOSED && Family->Notified) {
        Family->Notified = FALSE;
        return STEP_TELL_CLOSED;
    }
    if (Family->State != FAMILY_OPEN)
        return STEP_NONE;
    if (Family->AddressesChanged && !Family->Asking) {
        Family->AddressesChanged = FALSE;
        Family->Asking = TRUE;
        return STEP_ASK;
    }
    if (Family->Ending)
        return NextEndingStep(Family, Call);
    if (Family->SapWanted && Family->SapState == SAP_NONE) {
        Family->SapWanted = FALSE;
        Family->SapState = SAP_REGISTERING;
        return STEP_REGISTER;
    }
    if (Family->CallWanted && !Family->Calling) {
        Family->CallWanted = FALSE;
        Family->Calling = TRUE;
        Family->CallCount++;
        return STEP_CALL;
    }
    return STEP_NONE;
}

static VOID Close(PCALLER_FAMILY Family)
{
    NDIS_STATUS Status = NdisClCloseAddressFamily(Family->NdisAfHandle);
    if (Status != NDIS_STATUS_PENDING)
        CallerCloseAfComplete(Status, Family);
}

static VOID TakeStep(PCALLER_FAMILY Family, FAMILY_STEP Step)
{
    switch (Step) {
    case STEP_NONE:
    case STEP_END_CALL:
        break;
    case STEP_REGISTER:
        CallerRegisterSap(Family);
        break;
    case STEP_DEREGISTER:
        CallerDeregisterSap(Family);
        break;
    case STEP_ASK:
        CallerAskAddresses(Family);
        break;
    case STEP_CALL:
        CallerMakeCall(Family);
        break;
    case STEP_CLOSE:
        Close(Family);
        break;
    case STEP_TELL_CLOSED:
        NdisClNotifyCloseAddressFamilyComplete(Family->NdisAfHandle, NDIS_STATUS_SUCCESS);
        break;
    }
}

/* With the lock held. Whoever takes the steps looks again after each, so others only note what has
 * happened. */
static VOID TakeSteps(PCALLER_FAMILY Family)
{
    PCALLER_BINDING Binding = Family->Binding;
    PCALLER_CALL Call;
    FAMILY_STEP Step;
    Family->Moving = TRUE;
    while ((Step = NextStep(Family, &Call)) != STEP_NONE) {
        if (Step == STEP_END_CALL) {
            CallerMoveCall(Call); /* releases the lock: until then the call is there */
        } else {
            NdisReleaseSpinLock(&Binding->Lock);
            TakeStep(Family, Step);
        }
        NdisAcquireSpinLock(&Binding->Lock);
    }
    Family->Moving = FALSE;
}

VOID CallerMoveFamily(PCALLER_FAMILY Family)
{
    PCALLER_BINDING Binding = Family->Binding;
    BOOLEAN Gone = FALSE, Last = FALSE;
    if (!Family->Moving) {
        TakeSteps(Family);
        Gone = Family->State == FAMILY_CLOSED && IsListEmpty(&Family->Calls);
    }
    if (Gone) {
        RemoveEntryList(&Family->Link);
        Last = Binding->Unbinding && IsListEmpty(&Binding->Families);
    }
    NdisReleaseSpinLock(&Binding->Lock);
    if (Gone)
        NdisFreeMemory(Family, 0, 0);
    if (Last)
        NdisSetEvent(&Binding->Empty);
}

/* ---- what the call manager and NDIS say ---- */

static PCALLER_FAMILY CreateFamily(PCALLER_BINDING Binding)
{
    PCALLER_FAMILY Family = CallerAllocate(sizeof(*Family));
    BOOLEAN Unbinding;
    if (Family == NULL)
        return NULL;
    Family->Binding = Binding;
    Family->CallWanted = Binding->Settings.LeafCount != 0;
    Family->SapWanted = Binding->Settings.Listens;
    InitializeListHead(&Family->Calls);
    NdisAcquireSpinLock(&Binding->Lock);
    Unbinding = Binding->Unbinding;
    if (!Unbinding)
        InsertTailList(&Binding->Families, &Family->Link);
    NdisReleaseSpinLock(&Binding->Lock);
    if (!Unbinding)
        return Family;
    NdisFreeMemory(Family, 0, 0);
    return NULL;
}

_Use_decl_annotations_ VOID NTAPI CallerAfRegisterNotify(NDIS_HANDLE ProtocolBindingContext,
                                                         PCO_ADDRESS_FAMILY AddressFamily)
{
    PCALLER_BINDING Binding = ProtocolBindingContext;
    PCALLER_FAMILY Family;
    NDIS_STATUS Status;
    if (AddressFamily->AddressFamily != CO_ADDRESS_FAMILY_Q2931)
        return;
    Family = CreateFamily(Binding);
    if (Family == NULL)
        return;
    Status = NdisClOpenAddressFamilyEx(Binding->NdisBindingHandle, AddressFamily, Family,
                                       &Family->NdisAfHandle);
    if (Status != NDIS_STATUS_PENDING)
        CallerOpenAfComplete(Family, Family->NdisAfHandle, Status);
}

_Use_decl_annotations_ VOID NTAPI CallerOpenAfComplete(NDIS_HANDLE ProtocolAfContext,
                                                       NDIS_HANDLE NdisAfHandle, NDIS_STATUS Status)
{
    PCALLER_FAMILY Family = ProtocolAfContext;
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->NdisAfHandle = NdisAfHandle;
    Family->State = Status == NDIS_STATUS_SUCCESS ? FAMILY_OPEN : FAMILY_CLOSED;
    CallerMoveFamily(Family);
}

/* A close that fails leaves nothing that could be tried: all that was on the family is gone. */
_Use_decl_annotations_ VOID NTAPI CallerCloseAfComplete(NDIS_STATUS Status,
                                                        NDIS_HANDLE ProtocolAfContext)
{
    PCALLER_FAMILY Family = ProtocolAfContext;
    UNREFERENCED_PARAMETER(Status);
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->State = FAMILY_CLOSED;
    CallerMoveFamily(Family);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CallerNotifyCloseAf(NDIS_HANDLE ClientAfContext)
{
    PCALLER_FAMILY Family = ClientAfContext;
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->Notified = TRUE;
    Family->Ending = TRUE;
    CallerMoveFamily(Family);
    return NDIS_STATUS_PENDING; /* STEP_TELL_CLOSED completes it */
}
