/* SPDX-License-Identifier: MIT */
/* A miniport call manager whose DropParty pends while two work items share the work. BUG says what
 * is wrong with it; the usual order hides every one of them. What each needs is in the name. */
#include "slots.h"

enum {
    NONE,
    ONE_PREEMPTION,   /* between looking at a flag and setting it                            */
    TWO_PREEMPTIONS,  /* one worker must stand still twice around a step of the other        */
    EARLY_COMPLETION, /* only when the party is gone before DropParty has returned           */
    DEADLOCK,         /* two locks, taken in opposite orders                                 */
    CRASH,            /* one worker takes away what the other points at                       */
    SPIN,             /* one worker waits for the other in a loop that calls nobody          */
    FAILURE,          /* ONE_PREEMPTION, where the third allocation has failed               */
    FAILURE_CRASH,    /* in any order: what the third allocation gives is used at once       */
    FAILURE_SILENCE,  /* in any order: nobody hears of it when the third allocation fails    */
};

struct party {
    NDIS_HANDLE NdisPartyHandle;
    NDIS_HANDLE Work[2];
    LONG Users;
    volatile LONG Stage;
    volatile LONG Done;
    volatile LONG *volatile Place;
    KSPIN_LOCK Locks[2];
};

static void Release(struct party *Party)
{
    if (InterlockedDecrement(&Party->Users) != 0)
        return;
    for (int i = 0; i < 2; i++)
        if (Party->Work[i])
            NdisFreeIoWorkItem(Party->Work[i]);
    NdisFreeMemory(Party, 0, 0);
}

/* Somewhere another processor may come in between. */
static void Point(void)
{
    LONG Nothing = 0;
    InterlockedIncrement(&Nothing);
}

static void Complete(struct party *Party)
{
    NdisMCmDropPartyComplete(NDIS_STATUS_SUCCESS, Party->NdisPartyHandle);
}

/* Four allocations that can do without, but the third. */
static BOOLEAN Allocate(void)
{
    BOOLEAN Third = TRUE;
    for (int i = 0; i < 4; i++) {
        volatile LONG *Memory =
            NdisAllocateMemoryWithTagPriority(Driver, 64, 'ycar', NormalPoolPriority);
        if (Memory || (i == 2 && BUG == FAILURE_CRASH))
            *Memory = i;
        if (Memory)
            NdisFreeMemory((PVOID)Memory, 0, 0);
        else if (i == 2)
            Third = FALSE;
    }
    return Third;
}

static void TakeBoth(struct party *Party, int First)
{
    KIRQL Old;
    KeAcquireSpinLock(&Party->Locks[First], &Old);
    KeAcquireSpinLockAtDpcLevel(&Party->Locks[1 - First]);
    KeReleaseSpinLockFromDpcLevel(&Party->Locks[1 - First]);
    KeReleaseSpinLock(&Party->Locks[First], Old);
}

static VOID FirstHalf(PVOID Context, NDIS_HANDLE WorkItem)
{
    struct party *Party = Context;
    if (BUG == ONE_PREEMPTION && !Party->Done) {
        Point();
        Party->Done = 1;
        Complete(Party);
    } else if (BUG == FAILURE) {
        if (!Allocate() && !Party->Done) {
            Point();
            Party->Done = 1;
            Complete(Party);
        }
    } else if (BUG == FAILURE_CRASH || BUG == FAILURE_SILENCE) {
        if (Allocate())
            Complete(Party);
    } else if (BUG == TWO_PREEMPTIONS) {
        Party->Stage = 1;
        Point();
        if (Party->Stage == 2)
            Complete(Party);
    } else if (BUG == DEADLOCK) {
        TakeBoth(Party, 0);
    } else if (BUG == SPIN) {
        Party->Stage = 1;
        Point();
        Party->Stage = 0;
    } else if (BUG == CRASH) {
        volatile LONG *At = &Party->Stage;
        Party->Place = NULL;
        Point();
        Party->Place = At;
    } else if (BUG == EARLY_COMPLETION) {
        InterlockedExchange(&Party->Done, 1);
        Complete(Party);
    } else if (BUG == NONE) {
        (void)Allocate();
        KeStallExecutionProcessor(5);
        InterlockedExchange(&Party->Stage, 3);
    }
    Release(Party);
}

static VOID SecondHalf(PVOID Context, NDIS_HANDLE WorkItem)
{
    struct party *Party = Context;
    if ((BUG == ONE_PREEMPTION || BUG == FAILURE) && !Party->Done) {
        Point();
        Party->Done = 1;
        Complete(Party);
    } else if (BUG == TWO_PREEMPTIONS) {
        Party->Stage = 2;
        Point();
        Party->Stage = 0;
        Complete(Party);
    } else if (BUG == CRASH) {
        *Party->Place = 4;
        Complete(Party);
    } else if (BUG == DEADLOCK) {
        TakeBoth(Party, 1);
        Complete(Party);
    } else if (BUG == SPIN) {
        while (Party->Stage)
            ;
        Complete(Party);
    } else if (BUG == NONE) {
        while (InterlockedCompareExchange(&Party->Stage, 3, 3) != 3)
            ; /* ugly, and right: the first half takes a few microseconds */
        Complete(Party);
    }
    Release(Party);
}

static NDIS_STATUS AddParty(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                            NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    struct party *Party =
        NdisAllocateMemoryWithTagPriority(Driver, sizeof(*Party), 'ycar', NormalPoolPriority);
    if (!Party)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Party, sizeof(*Party));
    Party->NdisPartyHandle = NdisPartyHandle;
    Party->Users = 1;
    Party->Place = &Party->Stage;
    for (int i = 0; i < 2; i++) {
        Party->Work[i] = NdisAllocateIoWorkItem(Driver);
        KeInitializeSpinLock(&Party->Locks[i]);
    }
    if (!Party->Work[0] || !Party->Work[1]) {
        Release(Party);
        return NDIS_STATUS_RESOURCES;
    }
    *CallMgrPartyContext = Party;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS DropParty(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    struct party *Party = CallMgrPartyContext;
    LONG Early;
    InterlockedExchange(&Party->Users, 3);
    NdisQueueIoWorkItem(Party->Work[0], FirstHalf, Party);
    NdisQueueIoWorkItem(Party->Work[1], SecondHalf, Party);
    Early = InterlockedCompareExchange(&Party->Done, 1, 1);
    Release(Party);
    return BUG == EARLY_COMPLETION && Early ? NDIS_STATUS_SUCCESS : NDIS_STATUS_PENDING;
}

static NDIS_STATUS MakeCall(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                            NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    NDIS_STATUS Status = NdisMCmActivateVc(Vc, Parameters);
    if (Status != NDIS_STATUS_SUCCESS || !NdisPartyHandle)
        return Status;
    Status = AddParty(Vc, Parameters, NdisPartyHandle, CallMgrPartyContext);
    if (Status != NDIS_STATUS_SUCCESS)
        NdisMCmDeactivateVc(Vc);
    return Status;
}

static NDIS_STATUS CloseCall(NDIS_HANDLE Vc, NDIS_HANDLE CallMgrPartyContext, PVOID CloseData,
                             UINT Size)
{
    if (CallMgrPartyContext)
        Release(CallMgrPartyContext);
    return NdisMCmDeactivateVc(Vc);
}

static VOID Send(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    for (PNET_BUFFER_LIST List = Lists; List; List = NET_BUFFER_LIST_NEXT_NBL(List))
        NET_BUFFER_LIST_STATUS(List) = NDIS_STATUS_SUCCESS;
    NdisMCoSendNetBufferListsComplete(Vc, Lists, 0);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    Slots.CmMakeCallHandler = MakeCall;
    Slots.CmCloseCallHandler = CloseCall;
    Slots.CmAddPartyHandler = AddParty;
    Slots.CmDropPartyHandler = DropParty;
    return RegisterSlots(DriverObject, RegistryPath, Send);
}
