/* SPDX-License-Identifier: MIT */
/* Parties: the leaves of the call that is made. Each leaves it once, whoever wants that. */
#include "caller.h"

PCALLER_PARTY CallerCreateParty(PCALLER_CALL Call)
{
    PCALLER_PARTY Party = CallerAllocate(sizeof(*Party));
    if (Party != NULL)
        Party->Call = Call;
    return Party;
}

/* With the lock held: puts a party that is in the call where it is found to be dropped. */
static VOID Keep(PCALLER_PARTY Party)
{
    Party->Taken = FALSE;
    InsertTailList(Party->Left ? &Party->Call->Leavers : &Party->Call->Parties, &Party->Link);
}

VOID CallerJoinParty(PCALLER_PARTY Party, NDIS_HANDLE NdisPartyHandle)
{
    Party->NdisPartyHandle = NdisPartyHandle;
    Party->Joined = TRUE;
    Party->Call->PartyCount++;
    Keep(Party);
}

PCALLER_PARTY CallerTakeParty(PCALLER_CALL Call)
{
    PLIST_ENTRY From = IsListEmpty(&Call->Leavers) ? &Call->Parties : &Call->Leavers;
    PCALLER_PARTY Party = CONTAINING_RECORD(RemoveHeadList(From), CALLER_PARTY, Link);
    Party->Taken = TRUE;
    return Party;
}

PVOID CallerCloseData(PCALLER_CALL Call, BOOLEAN FarEnded, PUINT Size)
{
    PCALLER_TEXT Text = &Call->Family->Binding->Settings.CloseData;
    *Size = Call->NoData || FarEnded ? 0 : Text->Length;
    return *Size != 0 ? Text->Bytes : NULL;
}

/* ---- adding ---- */

/* The leaf does not join: the call goes on without it. */
static VOID NotAdded(PCALLER_CALL Call, PCALLER_PARTY Party)
{
    if (Party != NULL && Party->Parameters != NULL)
        NdisFreeMemory(Party->Parameters, 0, 0);
    if (Party != NULL)
        NdisFreeMemory(Party, 0, 0);
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Call->AddsOut--;
    CallerMoveCall(Call);
}

VOID CallerAddParty(PCALLER_CALL Call, ULONG Leaf)
{
    const CALLER_SETTINGS *Settings = &Call->Family->Binding->Settings;
    PCALLER_PARTY Party = CallerCreateParty(Call);
    NDIS_STATUS Status;
    if (Party != NULL)
        Party->Parameters = CallerCreateParameters(&Settings->Leaves[Leaf], TRUE);
    if (Party == NULL || Party->Parameters == NULL) {
        NotAdded(Call, Party);
        return;
    }
    Status = NdisClAddParty(Call->NdisVcHandle, Party, Party->Parameters, &Party->NdisPartyHandle);
    if (Status != NDIS_STATUS_PENDING)
        CallerAddPartyComplete(Status, Party, Party->NdisPartyHandle, Party->Parameters);
}

_Use_decl_annotations_ VOID NTAPI CallerAddPartyComplete(NDIS_STATUS Status,
                                                         NDIS_HANDLE ProtocolPartyContext,
                                                         NDIS_HANDLE NdisPartyHandle,
                                                         PCO_CALL_PARAMETERS CallParameters)
{
    PCALLER_PARTY Party = ProtocolPartyContext;
    PCALLER_CALL Call = Party->Call;
    if (Status != NDIS_STATUS_SUCCESS) {
        NotAdded(Call, Party);
        return;
    }
    NdisFreeMemory(CallParameters, 0, 0);
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Party->Parameters = NULL;
    Call->AddsOut--;
    CallerJoinParty(Party, NdisPartyHandle);
    CallerMoveCall(Call);
}

/* ---- dropping ---- */

VOID CallerDropParty(PCALLER_PARTY Party, PVOID CloseData, UINT Size)
{
    NDIS_STATUS Status;
    Party->Told = Size != 0;
    Status = NdisClDropParty(Party->NdisPartyHandle, CloseData, Size);
    if (Status != NDIS_STATUS_PENDING)
        CallerDropPartyComplete(Status, Party);
}

/* A call manager whose network carries no close data refuses it, and the party lives on. */
_Use_decl_annotations_ VOID NTAPI CallerDropPartyComplete(NDIS_STATUS Status,
                                                          NDIS_HANDLE ProtocolPartyContext)
{
    PCALLER_PARTY Party = ProtocolPartyContext;
    PCALLER_CALL Call = Party->Call;
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Call->DropsOut--;
    if (Status == NDIS_STATUS_SUCCESS) {
        Call->PartyCount--;
        NdisFreeMemory(Party, 0, 0);
    } else {
        if (!Party->Told)
            Call->Refusals++;
        Call->NoData = TRUE;
        Keep(Party);
    }
    CallerMoveCall(Call);
}

/* It may come before the driver hears that the party has joined. */
_Use_decl_annotations_ VOID NTAPI CallerIncomingDropParty(NDIS_STATUS DropStatus,
                                                          NDIS_HANDLE ProtocolPartyContext,
                                                          PVOID CloseData, UINT Size)
{
    PCALLER_PARTY Party = ProtocolPartyContext;
    PCALLER_CALL Call = Party->Call;
    UNREFERENCED_PARAMETER(DropStatus);
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Party->Left = TRUE;
    if (Party->Joined && !Party->Taken) {
        RemoveEntryList(&Party->Link);
        Keep(Party);
    }
    CallerMoveCall(Call);
}
