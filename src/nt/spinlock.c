/* SPDX-License-Identifier: MIT */
/* Spin locks as drivers see them: an exec_lock inside a KSPIN_LOCK, and the IRQL around it. */
#include "nt/windows.h"

_Static_assert(sizeof(struct exec_lock) == sizeof(KSPIN_LOCK), "lives inside it");

/* What NdisFreeSpinLock leaves: an odd number, which is no task's address. */
#define FREED_LOCK ((uintptr_t)0xdead10c5)

static struct exec_lock *lock_of(PKSPIN_LOCK SpinLock)
{
    return (struct exec_lock *)(void *)SpinLock;
}

static bool lock_usable(PKSPIN_LOCK SpinLock, const char *function)
{
    if (!nt_not_null(SpinLock, function, "SpinLock"))
        return false;
    uintptr_t owner = atomic_load_explicit(&lock_of(SpinLock)->owner, memory_order_relaxed);
    if (!(owner & 7)) /* free, or a task, which is aligned */
        return true;
    nt_break(RULE_LOCK_NOT_INITIALIZED, function,
             owner == FREED_LOCK ? "the lock was freed" : "the lock's memory holds something else");
    return false;
}

/* Raise and take. Returns the IRQL before. */
static KIRQL acquire(PKSPIN_LOCK SpinLock, const char *function)
{
    struct exec_task *task = exec_current();
    KIRQL old = task->irql;
    if (old > DISPATCH_LEVEL)
        (void)nt_irql_max(DISPATCH_LEVEL, function);
    else
        (void)exec_set_irql(DISPATCH_LEVEL);
    if (lock_usable(SpinLock, function))
        exec_lock_named(lock_of(SpinLock), function);
    return old;
}

static void release(PKSPIN_LOCK SpinLock, KIRQL NewIrql, const char *function)
{
    struct exec_task *task = exec_current();
    if (!lock_usable(SpinLock, function))
        return;
    bool mine = exec_lock_is_mine(lock_of(SpinLock));
    exec_unlock_named(lock_of(SpinLock), function);
    if (!mine)
        return; /* reported; the IRQL belongs to another path */
    if (NewIrql > task->irql || NewIrql < task->irql_floor) {
        nt_break(RULE_IRQL_BAD_LOWER, function, "to %u, the IRQL is %u", NewIrql, task->irql);
        return;
    }
    if (NewIrql < DISPATCH_LEVEL && task->locks_held) {
        nt_break(RULE_IRQL_BAD_LOWER, function, "to %u with %u more spin locks held", NewIrql,
                 task->locks_held);
        return;
    }
    (void)exec_set_irql(NewIrql);
}

static void at_dispatch(const char *function)
{
    KIRQL irql = exec_current()->irql;
    if (irql < DISPATCH_LEVEL)
        nt_break(RULE_IRQL_TOO_LOW, function, "called at IRQL %u", irql);
    else if (irql > DISPATCH_LEVEL)
        (void)nt_irql_max(DISPATCH_LEVEL, function);
}

static void acquire_raised(PKSPIN_LOCK SpinLock, const char *function)
{
    at_dispatch(function);
    if (lock_usable(SpinLock, function))
        exec_lock_named(lock_of(SpinLock), function);
}

static void release_raised(PKSPIN_LOCK SpinLock, const char *function)
{
    at_dispatch(function);
    if (lock_usable(SpinLock, function))
        exec_unlock_named(lock_of(SpinLock), function);
}

/* ---- Ke ---- */

VOID NTAPI KeInitializeSpinLock(PKSPIN_LOCK SpinLock)
{
    if (nt_not_null(SpinLock, "KeInitializeSpinLock", "SpinLock"))
        atomic_init(&lock_of(SpinLock)->owner, 0);
}

VOID NTAPI KeAcquireSpinLock(PKSPIN_LOCK SpinLock, PKIRQL OldIrql)
{
    KIRQL old = acquire(SpinLock, "KeAcquireSpinLock");
    *OldIrql = old; /* after the lock: OldIrql may be guarded by it */
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    return acquire(SpinLock, "KeAcquireSpinLockRaiseToDpc");
}

VOID NTAPI KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    release(SpinLock, NewIrql, "KeReleaseSpinLock");
}

VOID NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    acquire_raised(SpinLock, "KeAcquireSpinLockAtDpcLevel");
}

VOID NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    release_raised(SpinLock, "KeReleaseSpinLockFromDpcLevel");
}

BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    at_dispatch("KeTryToAcquireSpinLockAtDpcLevel");
    return lock_usable(SpinLock, "KeTryToAcquireSpinLockAtDpcLevel") &&
           exec_lock_try(lock_of(SpinLock));
}

BOOLEAN NTAPI KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    exec_preempt("test lock");
    return !atomic_load(&lock_of(SpinLock)->owner);
}

/* ---- in-stack queued ---- */

VOID NTAPI KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->LockQueue.Next = NULL;
    LockHandle->LockQueue.Lock = SpinLock;
    LockHandle->OldIrql = acquire(SpinLock, "KeAcquireInStackQueuedSpinLock");
}

VOID NTAPI KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    release(LockHandle->LockQueue.Lock, LockHandle->OldIrql, "KeReleaseInStackQueuedSpinLock");
}

VOID NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
                                                    PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->LockQueue.Next = NULL;
    LockHandle->LockQueue.Lock = SpinLock;
    LockHandle->OldIrql = DISPATCH_LEVEL;
    acquire_raised(SpinLock, "KeAcquireInStackQueuedSpinLockAtDpcLevel");
}

VOID NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    release_raised(LockHandle->LockQueue.Lock, "KeReleaseInStackQueuedSpinLockFromDpcLevel");
}

/* ---- Ndis ---- */

/* OldIrql of a lock taken with the Dpr form: its release must not lower. */
#define TAKEN_RAISED 0xff

VOID NTAPI NdisAllocateSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    if (!nt_not_null(SpinLock, "NdisAllocateSpinLock", "SpinLock"))
        return;
    atomic_init(&lock_of(&SpinLock->SpinLock)->owner, 0);
    SpinLock->OldIrql = 0;
}

VOID NTAPI NdisFreeSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    if (!nt_not_null(SpinLock, "NdisFreeSpinLock", "SpinLock") ||
        !lock_usable(&SpinLock->SpinLock, "NdisFreeSpinLock"))
        return;
    uintptr_t owner = 0;
    if (!atomic_compare_exchange_strong(&lock_of(&SpinLock->SpinLock)->owner, &owner, FREED_LOCK))
        nt_break(RULE_LOCK_FREED_HELD, "NdisFreeSpinLock", NULL);
}

VOID NTAPI NdisAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    if (!nt_not_null(SpinLock, "NdisAcquireSpinLock", "SpinLock"))
        return;
    bool mine = exec_lock_is_mine(lock_of(&SpinLock->SpinLock));
    KIRQL old = acquire(&SpinLock->SpinLock, "NdisAcquireSpinLock");
    if (!mine) /* a second acquire, which was reported, must not lose the first one's IRQL */
        SpinLock->OldIrql = old;
}

VOID NTAPI NdisReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    if (!nt_not_null(SpinLock, "NdisReleaseSpinLock", "SpinLock"))
        return;
    KIRQL old = SpinLock->OldIrql;
    if (old == TAKEN_RAISED && exec_lock_is_mine(lock_of(&SpinLock->SpinLock))) {
        nt_break(RULE_LOCK_WRONG_RELEASE, "NdisReleaseSpinLock",
                 "the lock was taken with NdisDprAcquireSpinLock");
        old = exec_current()->irql;
    }
    release(&SpinLock->SpinLock, old, "NdisReleaseSpinLock");
}

VOID NTAPI NdisDprAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    if (!nt_not_null(SpinLock, "NdisDprAcquireSpinLock", "SpinLock"))
        return;
    bool mine = exec_lock_is_mine(lock_of(&SpinLock->SpinLock));
    acquire_raised(&SpinLock->SpinLock, "NdisDprAcquireSpinLock");
    if (!mine)
        SpinLock->OldIrql = TAKEN_RAISED;
}

VOID NTAPI NdisDprReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
    if (!nt_not_null(SpinLock, "NdisDprReleaseSpinLock", "SpinLock"))
        return;
    if (SpinLock->OldIrql != TAKEN_RAISED && exec_lock_is_mine(lock_of(&SpinLock->SpinLock)))
        nt_break(RULE_LOCK_WRONG_RELEASE, "NdisDprReleaseSpinLock",
                 "the lock was taken with NdisAcquireSpinLock");
    release_raised(&SpinLock->SpinLock, "NdisDprReleaseSpinLock");
}
