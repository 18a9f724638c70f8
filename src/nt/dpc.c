/* SPDX-License-Identifier: MIT */
/* Deferred procedure calls: a KDPC is an exec_dpc whose routine is the driver's. */
#include "nt/windows.h"
#include "nt/exec_inside.h"

_Static_assert(sizeof(struct exec_dpc) == sizeof(KDPC), "lives inside it");
_Static_assert(offsetof(struct exec_dpc, routine) == offsetof(KDPC, DeferredRoutine), "same place");
_Static_assert(offsetof(struct exec_dpc, importance) == offsetof(KDPC, Importance), "same place");

static struct exec_dpc *dpc_of(PRKDPC Dpc)
{
    return (struct exec_dpc *)(void *)Dpc;
}

static bool dpc_usable(PRKDPC Dpc, const char *function)
{
    if (!nt_not_null(Dpc, function, "Dpc"))
        return false;
    if (Dpc->Type == EXEC_CALL_DRIVER && Dpc->DeferredRoutine)
        return true;
    nt_break(RULE_ARGUMENT_BAD, function, "the DPC is not initialised");
    return false;
}

VOID NTAPI KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    if (!nt_not_null(Dpc, "KeInitializeDpc", "Dpc") ||
        !nt_not_null((const void *)(uintptr_t)DeferredRoutine, "KeInitializeDpc",
                     "DeferredRoutine"))
        return;
    struct exec_dpc *dpc = dpc_of(Dpc);
    exec_dpc_init(dpc, NULL, DeferredContext);
    dpc->kind = EXEC_CALL_DRIVER;
    Dpc->DeferredRoutine = DeferredRoutine;
}

BOOLEAN NTAPI KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    return dpc_usable(Dpc, "KeInsertQueueDpc") &&
           exec_dpc_queue(exec_current()->exec, dpc_of(Dpc), SystemArgument1, SystemArgument2);
}

BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC Dpc)
{
    return dpc_usable(Dpc, "KeRemoveQueueDpc") &&
           exec_dpc_remove(exec_current()->exec, dpc_of(Dpc));
}

VOID NTAPI KeFlushQueuedDpcs(VOID)
{
    if (nt_irql_max(PASSIVE_LEVEL, "KeFlushQueuedDpcs"))
        exec_dpc_flush(exec_current()->exec);
}

VOID NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
    if (!dpc_usable(Dpc, "KeSetTargetProcessorDpc"))
        return;
    if (Number < 0 || (uint32_t)Number >= exec_current()->exec->processor_count)
        nt_break(RULE_ARGUMENT_BAD, "KeSetTargetProcessorDpc", "there is no processor %d", Number);
    else
        dpc_of(Dpc)->target = (uint16_t)(Number + 1);
}

VOID NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    if (dpc_usable(Dpc, "KeSetImportanceDpc"))
        dpc_of(Dpc)->importance = (uint8_t)Importance;
}

void nt_dpc_call(const struct exec_dpc *copy, struct exec_dpc *dpc)
{
    uint32_t locks_held = exec_current()->locks_held;
    PKDEFERRED_ROUTINE routine;
    __builtin_memcpy(&routine, &copy->routine, sizeof(routine));
    routine((PRKDPC)(void *)dpc, copy->context, copy->argument1, copy->argument2);
    nt_routine_returned("CustomDpc", DISPATCH_LEVEL, locks_held);
}
