/* SPDX-License-Identifier: MIT */
/* Mutexes and semaphores: KMUTEX, FAST_MUTEX, KSEMAPHORE. */
#include "nt/waits.h"

_Static_assert(sizeof(struct exec_mutex) <= sizeof(KMUTEX), "lives inside it");
_Static_assert(offsetof(struct exec_mutex, owner) == offsetof(KMUTEX, OwnerThread), "same place");

static bool object_is(const void *object, uint8_t kind, const char *function)
{
    if (!nt_not_null(object, function, "the object"))
        return false;
    if (((const struct exec_waitable *)object)->kind == kind)
        return true;
    nt_break(RULE_EVENT_NOT_INITIALIZED, function, "the object is not initialised");
    return false;
}

static struct exec_world *world(void)
{
    return exec_current()->exec->world;
}

/* ---- KMUTEX ---- */

VOID NTAPI KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    (void)Level; /* Learn: reserved */
    if (!nt_not_null(Mutex, "KeInitializeMutex", "Mutex"))
        return;
    exec_mutex_init((struct exec_mutex *)(void *)Mutex);
    Mutex->Abandoned = FALSE;
    Mutex->ApcDisable = 1;
}

LONG NTAPI KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
    if (!object_is(Mutex, EXEC_MUTEX, "KeReleaseMutex") ||
        (Wait && !nt_irql_max(APC_LEVEL, "KeReleaseMutex")))
        return 0;
    LONG before = atomic_load(&nt_waitable(Mutex)->signal);
    if (exec_mutex_release(world(), (struct exec_mutex *)(void *)Mutex)) {
        nt_break(RULE_LOCK_NOT_OWNER, "KeReleaseMutex", NULL);
        return before;
    }
    return before;
}

LONG NTAPI KeReadStateMutex(PRKMUTEX Mutex)
{
    return object_is(Mutex, EXEC_MUTEX, "KeReadStateMutex")
               ? atomic_load(&nt_waitable(Mutex)->signal)
               : 0;
}

/* ---- FAST_MUTEX: a synchronisation event that begins signalled ---- */

VOID NTAPI ExInitializeFastMutex(PFAST_MUTEX FastMutex)
{
    if (!nt_not_null(FastMutex, "ExInitializeFastMutex", "FastMutex"))
        return;
    *FastMutex = (FAST_MUTEX){.Count = 1};
    exec_waitable_init(nt_waitable(&FastMutex->Event), EXEC_EVENT_SYNCHRONIZATION, 1);
}

static void fast_mutex_taken(PFAST_MUTEX FastMutex, KIRQL old)
{
    __atomic_store_n(&FastMutex->Owner, exec_current(), __ATOMIC_RELAXED);
    FastMutex->Count = 0;
    FastMutex->OldIrql = old;
}

VOID NTAPI ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    static const char function[] = "ExAcquireFastMutex";
    if (!nt_not_null(FastMutex, function, "FastMutex") || !nt_irql_max(APC_LEVEL, function) ||
        !object_is(&FastMutex->Event, EXEC_EVENT_SYNCHRONIZATION, function))
        return;
    if (__atomic_load_n(&FastMutex->Owner, __ATOMIC_RELAXED) == exec_current()) {
        nt_break(RULE_LOCK_RECURSIVE, function, "a fast mutex");
        return;
    }
    if (exec_wait_one(nt_waitable(&FastMutex->Event), EXEC_FOREVER, function) ==
        EXEC_WAIT_SIGNALLED)
        fast_mutex_taken(FastMutex, exec_set_irql(APC_LEVEL));
}

BOOLEAN NTAPI ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    static const char function[] = "ExTryToAcquireFastMutex";
    if (!nt_not_null(FastMutex, function, "FastMutex") || !nt_irql_max(APC_LEVEL, function) ||
        !object_is(&FastMutex->Event, EXEC_EVENT_SYNCHRONIZATION, function) ||
        exec_wait_one(nt_waitable(&FastMutex->Event), 0, function) != EXEC_WAIT_SIGNALLED)
        return FALSE;
    fast_mutex_taken(FastMutex, exec_set_irql(APC_LEVEL));
    return TRUE;
}

VOID NTAPI ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    if (!nt_not_null(FastMutex, "ExReleaseFastMutex", "FastMutex"))
        return;
    if (__atomic_load_n(&FastMutex->Owner, __ATOMIC_RELAXED) != exec_current()) {
        nt_break(RULE_LOCK_NOT_OWNER, "ExReleaseFastMutex", NULL);
        return;
    }
    KIRQL old = (KIRQL)FastMutex->OldIrql;
    FastMutex->Count = 1;
    __atomic_store_n(&FastMutex->Owner, NULL, __ATOMIC_RELAXED);
    (void)exec_signal_set(world(), nt_waitable(&FastMutex->Event));
    (void)exec_set_irql(old);
}

/* ---- KSEMAPHORE ---- */

VOID NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    if (!nt_not_null(Semaphore, "KeInitializeSemaphore", "Semaphore"))
        return;
    if (Count < 0 || Limit <= 0 || Count > Limit) {
        nt_break(RULE_ARGUMENT_BAD, "KeInitializeSemaphore", "Count is %d, Limit %d", Count, Limit);
        Limit = Limit > 0 ? Limit : 1;
        Count = Count < 0 ? 0 : Limit;
    }
    exec_waitable_init(nt_waitable(Semaphore), EXEC_SEMAPHORE, Count);
    Semaphore->Limit = Limit;
}

LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment,
                              BOOLEAN Wait)
{
    static const char function[] = "KeReleaseSemaphore";
    (void)Increment;
    if (!object_is(Semaphore, EXEC_SEMAPHORE, function) ||
        !nt_irql_max(Wait ? APC_LEVEL : DISPATCH_LEVEL, function))
        return 0;
    LONG before =
        exec_semaphore_release(world(), nt_waitable(Semaphore), Adjustment, Semaphore->Limit);
    if (before >= 0)
        return before;
    nt_break(RULE_ARGUMENT_BAD, function, "adding %d goes over the limit of %d", Adjustment,
             Semaphore->Limit);
    return atomic_load(&nt_waitable(Semaphore)->signal);
}

LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
    return object_is(Semaphore, EXEC_SEMAPHORE, "KeReadStateSemaphore")
               ? atomic_load(&nt_waitable(Semaphore)->signal)
               : 0;
}
