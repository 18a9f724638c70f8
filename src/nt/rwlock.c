/* SPDX-License-Identifier: MIT */
/* Reader-writer locks of NDIS 6.20. A count of readers under a spin lock; a writer that waits keeps
 * new readers out. Readers of one processor nest (Learn: a reader may acquire again), because a
 * processor at DISPATCH that reads already passes a waiting writer by. */
#include <stdlib.h>

#include "nt/fault.h"
#include "nt/windows.h"

#define RW_ALIVE   0x6b6c7772u /* "rwlk" */
#define RW_READ    1
#define RW_WRITE   2
#define RW_NOTHING 0

struct _NDIS_RW_LOCK_EX {
    struct nt_account account;
    uint32_t alive;
    struct exec_lock lock; /* held all the time by a writer; for a moment by readers */
    _Atomic uint32_t reader_count;
    _Atomic uint32_t reading[EXEC_PROCESSORS]; /* by processor: nested reads */
};

static bool rw_usable(PNDIS_RW_LOCK_EX Lock, const char *function)
{
    if (!nt_not_null(Lock, function, "Lock"))
        return false;
    if (Lock->alive == RW_ALIVE)
        return true;
    nt_break(RULE_LOCK_NOT_INITIALIZED, function, "this is not a reader-writer lock");
    return false;
}

PNDIS_RW_LOCK_EX NTAPI NdisAllocateRWLock(NDIS_HANDLE NdisHandle)
{
    (void)NdisHandle;
    if (!nt_irql_max(DISPATCH_LEVEL, "NdisAllocateRWLock") || nt_fault(FAULT_NdisAllocateRWLock))
        return NULL;
    PNDIS_RW_LOCK_EX lock = calloc(1, sizeof(*lock));
    if (!lock)
        return NULL;
    lock->alive = RW_ALIVE;
    nt_account_open(&lock->account, NT_RW_LOCK, sizeof(*lock), 0, NT_CALLER());
    return lock;
}

VOID NTAPI NdisFreeRWLock(PNDIS_RW_LOCK_EX Lock)
{
    if (!rw_usable(Lock, "NdisFreeRWLock"))
        return;
    if (atomic_load(&Lock->lock.owner) || atomic_load(&Lock->reader_count)) {
        nt_break(RULE_LOCK_FREED_HELD, "NdisFreeRWLock", NULL);
        return;
    }
    nt_account_close(&Lock->account);
    Lock->alive = 0;
    free(Lock);
}

/* Raise as the flags say. Returns false, reported, when the caller may not. */
static void rw_raise(PLOCK_STATE_EX LockState, UCHAR Flags, const char *function)
{
    struct exec_task *task = exec_current();
    *LockState = (LOCK_STATE_EX){.OldIrql = task->irql, .Flags = Flags};
    if (!(Flags & NDIS_RWL_AT_DISPATCH_LEVEL)) {
        if (nt_irql_max(DISPATCH_LEVEL, function))
            (void)exec_set_irql(DISPATCH_LEVEL);
        return;
    }
    if (task->irql < DISPATCH_LEVEL)
        nt_break(RULE_IRQL_TOO_LOW, function, "NDIS_RWL_AT_DISPATCH_LEVEL given at IRQL %u",
                 task->irql);
    (void)exec_set_irql(DISPATCH_LEVEL); /* reads are counted by processor, so nobody may move */
}

VOID NTAPI NdisAcquireRWLockRead(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags)
{
    static const char function[] = "NdisAcquireRWLockRead";
    if (!rw_usable(Lock, function) || !nt_not_null(LockState, function, "LockState"))
        return;
    rw_raise(LockState, Flags, function);
    struct exec_task *task = exec_current();
    if (exec_lock_is_mine(&Lock->lock)) {
        nt_break(RULE_LOCK_RECURSIVE, function, "the caller holds the lock for writing");
        LockState->LockState = RW_NOTHING;
        return;
    }
    if (atomic_load(&Lock->reading[task->processor])) {
        atomic_fetch_add(&Lock->reader_count, 1);
    } else {
        exec_lock_named(&Lock->lock, function);
        atomic_fetch_add(&Lock->reader_count, 1);
        exec_unlock_named(&Lock->lock, function);
    }
    atomic_fetch_add(&Lock->reading[task->processor], 1);
    LockState->LockState = RW_READ;
}

VOID NTAPI NdisAcquireRWLockWrite(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState, UCHAR Flags)
{
    static const char function[] = "NdisAcquireRWLockWrite";
    if (!rw_usable(Lock, function) || !nt_not_null(LockState, function, "LockState"))
        return;
    rw_raise(LockState, Flags, function);
    struct exec_task *task = exec_current();
    if (exec_lock_is_mine(&Lock->lock) || atomic_load(&Lock->reading[task->processor])) {
        nt_break(RULE_LOCK_RECURSIVE, function, "the caller holds the lock already");
        LockState->LockState = RW_NOTHING;
        return;
    }
    exec_lock_named(&Lock->lock, function);
    while (atomic_load_explicit(&Lock->reader_count, memory_order_acquire) &&
           !atomic_load(&task->exec->world->stopped))
        exec_stall(1); /* readers are short, and on other processors */
    LockState->LockState = RW_WRITE;
}

VOID NTAPI NdisReleaseRWLock(PNDIS_RW_LOCK_EX Lock, PLOCK_STATE_EX LockState)
{
    static const char function[] = "NdisReleaseRWLock";
    if (!rw_usable(Lock, function) || !nt_not_null(LockState, function, "LockState"))
        return;
    struct exec_task *task = exec_current();
    if (LockState->LockState == RW_WRITE) {
        exec_unlock_named(&Lock->lock, function);
    } else if (LockState->LockState == RW_READ && atomic_load(&Lock->reading[task->processor])) {
        atomic_fetch_sub(&Lock->reading[task->processor], 1);
        atomic_fetch_sub_explicit(&Lock->reader_count, 1, memory_order_release);
        exec_preempt("release read");
    } else {
        nt_break(RULE_LOCK_NOT_OWNER, function, "LockState is not one of a held lock");
        return;
    }
    LockState->LockState = RW_NOTHING;
    if (task->irql >= LockState->OldIrql)
        (void)exec_set_irql(LockState->OldIrql);
}
