/* SPDX-License-Identifier: MIT */
/* IRQL of the current processor, and the spin locks that raise it. */
#ifndef CONDIS_DDI_KE_IRQL_H
#define CONDIS_DDI_KE_IRQL_H

#include "../ntdef.h"

#define PASSIVE_LEVEL  0
#define LOW_LEVEL      0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define CLOCK_LEVEL    13
#define IPI_LEVEL      14
#define POWER_LEVEL    14
#define PROFILE_LEVEL  15
#define HIGH_LEVEL     15

typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;

typedef struct _KSPIN_LOCK_QUEUE {
    struct _KSPIN_LOCK_QUEUE *volatile Next;
    PKSPIN_LOCK volatile Lock;
} KSPIN_LOCK_QUEUE, *PKSPIN_LOCK_QUEUE;

typedef struct _KLOCK_QUEUE_HANDLE {
    KSPIN_LOCK_QUEUE LockQueue;
    KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

/* Learn: KeGetCurrentIrql. */
KIRQL NTAPI KeGetCurrentIrql(VOID);
/* Learn: KeRaiseIrql. */
VOID NTAPI KeRaiseIrql(_In_ KIRQL NewIrql, _Out_ _IRQL_saves_ PKIRQL OldIrql);
/* Learn: KeRaiseIrqlToDpcLevel. Returns the IRQL before. */
KIRQL NTAPI KeRaiseIrqlToDpcLevel(VOID);
/* Learn: KeLowerIrql. */
VOID NTAPI KeLowerIrql(_In_ _IRQL_restores_ KIRQL NewIrql);

/* Learn: KeInitializeSpinLock. */
VOID NTAPI KeInitializeSpinLock(_Out_ PKSPIN_LOCK SpinLock);
/* Learn: KeAcquireSpinLock. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI KeAcquireSpinLock(_Inout_ _Acquires_lock_(*_Curr_) PKSPIN_LOCK SpinLock,
                             _Out_ _IRQL_saves_ PKIRQL OldIrql);
/* Learn: KeAcquireSpinLockRaiseToDpc. Returns the IRQL before. */
_IRQL_requires_max_(DISPATCH_LEVEL)
KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(_Inout_ _Acquires_lock_(*_Curr_) PKSPIN_LOCK SpinLock);
/* Learn: KeReleaseSpinLock. */
_IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI KeReleaseSpinLock(_Inout_ _Releases_lock_(*_Curr_) PKSPIN_LOCK SpinLock,
                             _In_ _IRQL_restores_ KIRQL NewIrql);
/* Learn: KeAcquireSpinLockAtDpcLevel. */
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID NTAPI KeAcquireSpinLockAtDpcLevel(_Inout_ _Acquires_lock_(*_Curr_) PKSPIN_LOCK SpinLock);
/* Learn: KeReleaseSpinLockFromDpcLevel. */
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID NTAPI KeReleaseSpinLockFromDpcLevel(_Inout_ _Releases_lock_(*_Curr_) PKSPIN_LOCK SpinLock);
/* Learn: KeTryToAcquireSpinLockAtDpcLevel. FALSE: another processor holds it. */
_Must_inspect_result_
_IRQL_requires_min_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(_Inout_ PKSPIN_LOCK SpinLock);
/* Learn: KeTestSpinLock. TRUE: free at this moment. */
BOOLEAN NTAPI KeTestSpinLock(_In_ PKSPIN_LOCK SpinLock);

/* Learn: KeAcquireInStackQueuedSpinLock. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI KeAcquireInStackQueuedSpinLock(_Inout_ PKSPIN_LOCK SpinLock,
                                          _Out_ PKLOCK_QUEUE_HANDLE LockHandle);
/* Learn: KeReleaseInStackQueuedSpinLock. */
_IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI KeReleaseInStackQueuedSpinLock(_In_ PKLOCK_QUEUE_HANDLE LockHandle);
/* Learn: KeAcquireInStackQueuedSpinLockAtDpcLevel. */
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(_Inout_ PKSPIN_LOCK SpinLock,
                                                    _Out_ PKLOCK_QUEUE_HANDLE LockHandle);
/* Learn: KeReleaseInStackQueuedSpinLockFromDpcLevel. */
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(_In_ PKLOCK_QUEUE_HANDLE LockHandle);

#endif
