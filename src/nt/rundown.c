/* SPDX-License-Identifier: MIT */
/* Rundown protection: counted use of something that somebody waits to take away. Bit 0 says that
 * the rundown has begun, the rest counts uses in steps of two; once begun, the waiter polls in
 * virtual or real time, for the reference has no room for an object to wait for. */
#include "nt/windows.h"

#define RUNDOWN_BEGUN 1u
#define RUNDOWN_USE   2u

VOID NTAPI ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    __atomic_store_n(&RunRef->Count, 0, __ATOMIC_RELEASE);
}

VOID NTAPI ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    __atomic_store_n(&RunRef->Count, 0, __ATOMIC_RELEASE);
}

BOOLEAN NTAPI ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    exec_preempt("acquire rundown");
    ULONG_PTR count = __atomic_load_n(&RunRef->Count, __ATOMIC_RELAXED);
    do {
        if (count & RUNDOWN_BEGUN)
            return FALSE;
    } while (!__atomic_compare_exchange_n(&RunRef->Count, &count, count + RUNDOWN_USE, 1,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return TRUE;
}

VOID NTAPI ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    ULONG_PTR count = __atomic_load_n(&RunRef->Count, __ATOMIC_RELAXED);
    do {
        if (count < RUNDOWN_USE) {
            nt_break(RULE_LOCK_NOT_OWNER, "ExReleaseRundownProtection", "nobody has acquired it");
            return;
        }
    } while (!__atomic_compare_exchange_n(&RunRef->Count, &count, count - RUNDOWN_USE, 1,
                                          __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    exec_preempt("release rundown");
}

VOID NTAPI ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    static const char function[] = "ExWaitForRundownProtectionRelease";
    if (!nt_irql_max(APC_LEVEL, function))
        return;
    (void)__atomic_fetch_or(&RunRef->Count, RUNDOWN_BEGUN, __ATOMIC_ACQUIRE);
    while (__atomic_load_n(&RunRef->Count, __ATOMIC_ACQUIRE) != RUNDOWN_BEGUN)
        if (exec_sleep(EXEC_MS / 10, function) != EXEC_WAIT_TIMEOUT)
            return;
}

VOID NTAPI ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
    __atomic_store_n(&RunRef->Count, RUNDOWN_BEGUN, __ATOMIC_RELEASE);
}
