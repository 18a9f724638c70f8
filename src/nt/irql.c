/* SPDX-License-Identifier: MIT */
/* IRQL of the current processor. */
#include "nt/windows.h"

KIRQL NTAPI KeGetCurrentIrql(VOID)
{
    return exec_current()->irql;
}

VOID NTAPI KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql)
{
    struct exec_task *task = exec_current();
    *OldIrql = task->irql;
    if (NewIrql < task->irql || NewIrql > HIGH_LEVEL)
        nt_break(RULE_IRQL_BAD_RAISE, "KeRaiseIrql", "from %u to %u", task->irql, NewIrql);
    else
        (void)exec_set_irql(NewIrql);
}

KIRQL NTAPI KeRaiseIrqlToDpcLevel(VOID)
{
    KIRQL old = exec_current()->irql;
    if (old > DISPATCH_LEVEL)
        nt_break(RULE_IRQL_BAD_RAISE, "KeRaiseIrqlToDpcLevel", "from %u to 2", old);
    else
        (void)exec_set_irql(DISPATCH_LEVEL);
    return old;
}

VOID NTAPI KeLowerIrql(KIRQL NewIrql)
{
    struct exec_task *task = exec_current();
    if (NewIrql > task->irql) {
        nt_break(RULE_IRQL_BAD_LOWER, "KeLowerIrql", "from %u up to %u", task->irql, NewIrql);
    } else if (NewIrql < task->irql_floor) {
        nt_break(RULE_IRQL_BAD_LOWER, "KeLowerIrql", "to %u inside a routine entered at %u",
                 NewIrql, task->irql_floor);
    } else if (task->locks_held && NewIrql < DISPATCH_LEVEL) {
        nt_break(RULE_IRQL_BAD_LOWER, "KeLowerIrql", "to %u with %u spin locks held", NewIrql,
                 task->locks_held);
    } else {
        (void)exec_set_irql(NewIrql);
    }
}
