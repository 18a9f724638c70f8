/* SPDX-License-Identifier: MIT */
#include "nt/windows.h"
#include "nt/sweep.h"

bool nt_irql_max(uint8_t max, const char *function)
{
    uint8_t irql = exec_current()->irql;
    if (irql <= max)
        return true;
    nt_break(RULE_IRQL_TOO_HIGH, function, "called at IRQL %u, at most %u is allowed", irql, max);
    return false;
}

bool nt_not_null(const void *pointer, const char *function, const char *argument)
{
    if (pointer)
        return true;
    nt_break(RULE_ARGUMENT_NULL, function, "%s is NULL", argument);
    return false;
}

void nt_routine_returned(const char *routine, uint8_t irql, uint32_t locks_held)
{
    struct exec_task *task = exec_current();
    if (task->locks_held > locks_held) {
        nt_break(RULE_LOCK_HELD_AT_RETURN, routine, "returned with %u spin locks held",
                 task->locks_held - locks_held);
        task->locks_held = locks_held; /* the lock stays taken; the processor must not */
    }
    if (task->irql == irql)
        return;
    nt_break(RULE_IRQL_NOT_RESTORED, routine, "entered at IRQL %u, returned at %u", irql,
             task->irql);
    (void)exec_set_irql(irql);
}

uint64_t nt_due(const struct exec_world *world, LARGE_INTEGER due_time)
{
    uint64_t now = exec_now(world);
    if (due_time.QuadPart <= 0)
        return now + (0 - (uint64_t)due_time.QuadPart);
    /* System time; what has passed is due at once. */
    uint64_t system_now = exec_system_time(world);
    uint64_t system_due = (uint64_t)due_time.QuadPart;
    return system_due > system_now ? now + (system_due - system_now) : now;
}

uint32_t nt_owner_quiesce(struct exec *exec, struct nt_owner *owner)
{
    struct exec_task *task = exec_current();
    struct nt_owner *before = task->owner;
    task->owner = owner; /* the reports are about this driver */
    uint32_t object_count = nt_timers_stop(exec, owner);
    struct exec_swept swept = exec_sweep_owner(exec, owner);
    uint32_t timer_count = object_count + swept.timer_count;
    if (timer_count)
        nt_break(RULE_TIMER_LEFT_ARMED, "DriverUnload", "%u timers are set", timer_count);
    if (swept.dpc_count)
        nt_break(RULE_DPC_LEFT_QUEUED, "DriverUnload", "%u DPCs are queued", swept.dpc_count);
    task->owner = before;
    return timer_count + swept.dpc_count;
}
