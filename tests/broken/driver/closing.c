/* SPDX-License-Identifier: MIT */
/* C96 to C113 and the levels: mistakes in closing, freeing and telling. */
#include "mistake.h"

/* ---- C99 to C102 ----------------------------------------------------------------------------- */

/* An MCM's clients are unbound before it is halted: it has nobody left to tell. */
#ifdef BROKEN_STAND_ALONE
static NDIS_STATUS NotifyTwice(NDIS_HANDLE Af)
{
    NDIS_STATUS Status = RightEdge.NotifyCloseAf(Af);
    RightEdge.NotifyCloseAf(Af);
    return Status;
}

BREAKS_EDGE(CM_NOTIFY_CLOSE_TWICE, NotifyCloseAf, NotifyTwice);
#endif

/* While the client waits to hear that it is open. */
static NDIS_STATUS NTAPI OpenAfNotifies(NDIS_HANDLE Binding, PCO_ADDRESS_FAMILY Family,
                                        NDIS_HANDLE Af, PNDIS_HANDLE Context)
{
    RightEdge.NotifyCloseAf(Af);
    return CmOpenAf(Binding, Family, Af, Context);
}

BREAKS_HANDLER(CM_NOTIFY_CLOSE_OPENING, CmOpenAfHandler, OpenAfNotifies);

#ifdef BROKEN_STAND_ALONE
/* The adapter goes, and nobody is told. */
static VOID CloseNothing(PCM_ADAPTER Adapter)
{
    UNREFERENCED_PARAMETER(Adapter);
}

BREAKS(CM_NOTIFY_CLOSE_MISSING)
{
    Driver->CloseFamilies = CloseNothing;
}
#endif

/* ---- C72 ------------------------------------------------------------------------------------- */

/* A call is offered over a SAP whose registration the client waits for. */
static VOID OfferThenRegister(NDIS_STATUS Status, NDIS_HANDLE Sap, NDIS_HANDLE Context)
{
    CO_CALL_PARAMETERS Call;
    NdisZeroMemory(&Call, sizeof(Call));
    RightEdge.DispatchIncomingCall(Sap, NULL, &Call);
    RightEdge.RegisterSapComplete(Status, Sap, Context);
}

BREAKS_EDGE(CM_INCOMING_NO_SAP, RegisterSapComplete, OfferThenRegister);

/* ---- C109 to C111: what is freed, and when --------------------------------------------------- */

static NDIS_STATUS NTAPI CloseAfLeaks(NDIS_HANDLE Context)
{
    Broken.NeverFreed = Context;
    return CmCloseAf(Context);
}

BREAKS_HANDLER(CM_AF_CONTEXT_LEAKED, CmCloseAfHandler, CloseAfLeaks);

static NDIS_STATUS NTAPI DeregisterLeaks(NDIS_HANDLE Context)
{
    Broken.NeverFreed = Context;
    return CmDeregisterSap(Context);
}

BREAKS_HANDLER(CM_SAP_CONTEXT_LEAKED, CmDeregisterSapHandler, DeregisterLeaks);

static NDIS_STATUS NTAPI DeleteVcLeaks(NDIS_HANDLE Context)
{
    Broken.NeverFreed = Context;
    return CmDeleteVc(Context);
}

BREAKS_HANDLER(CO_VC_CONTEXT_LEAKED, CmDeleteVcHandler, DeleteVcLeaks);

static NDIS_STATUS NTAPI DropLeaks(NDIS_HANDLE Context, PVOID CloseData, UINT Size)
{
    Broken.NeverFreed = Context;
    return CmDropParty(Context, CloseData, Size);
}

BREAKS_HANDLER(CM_PARTY_CONTEXT_LEAKED, CmDropPartyHandler, DropLeaks);

static NDIS_STATUS NTAPI MakeLeaks(NDIS_HANDLE VcContext, PCO_CALL_PARAMETERS Parameters,
                                   NDIS_HANDLE Party, PNDIS_HANDLE PartyContext)
{
    (VOID) CmAllocate(((PCM_VC)VcContext)->Adapter, 16);
    return CmMakeCall(VcContext, Parameters, Party, PartyContext);
}

BREAKS_HANDLER(LEAK_MEMORY, CmMakeCallHandler, MakeLeaks);

/* The run dies of it, as a machine would. What it broke is known all the same. */
static NDIS_STATUS NTAPI RegisterFreesTwice(NDIS_HANDLE AfContext, PCO_SAP Sap, NDIS_HANDLE NdisSap,
                                            PNDIS_HANDLE Context)
{
    PVOID Memory = CmAllocate(((PCM_AF)AfContext)->Adapter, 16);
    UNREFERENCED_PARAMETER(Sap);
    UNREFERENCED_PARAMETER(NdisSap);
    UNREFERENCED_PARAMETER(Context);
    NdisFreeMemory(Memory, 0, 0);
    NdisFreeMemory(Memory, 0, 0);
    __builtin_trap();
}

BREAKS_HANDLER(POOL_DOUBLE_FREE, CmRegisterSapHandler, RegisterFreesTwice);

static NDIS_STATUS NTAPI DropRaises(NDIS_HANDLE Context, PVOID CloseData, UINT Size)
{
    KIRQL Irql;
    NDIS_STATUS Status = CmDropParty(Context, CloseData, Size);
    KeRaiseIrql((KIRQL)(KeGetCurrentIrql() + 1), &Irql);
    return Status;
}

BREAKS_HANDLER(IRQL_NOT_RESTORED, CmDropPartyHandler, DropRaises);

static NDIS_STATUS NTAPI DropLocks(NDIS_HANDLE Context, PVOID CloseData, UINT Size)
{
    static NDIS_SPIN_LOCK Kept;
    NDIS_STATUS Status = CmDropParty(Context, CloseData, Size);
    NdisAllocateSpinLock(&Kept);
    NdisAcquireSpinLock(&Kept);
    return Status;
}

BREAKS_HANDLER(LOCK_HELD_AT_RETURN, CmDropPartyHandler, DropLocks);

/* ---- the level ------------------------------------------------------------------------------- */

static VOID DropAtDeviceLevel(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL + 1, &Irql);
    RightEdge.DropPartyComplete(Status, Party);
    KeLowerIrql(Irql);
}

#ifdef BROKEN_STAND_ALONE
BREAKS(Irql_CallManager_Function)
#else
BREAKS(Irql_MCM_Function)
#endif
{
    Driver->Edge.DropPartyComplete = DropAtDeviceLevel;
}
