/* SPDX-License-Identifier: MIT */
#include "nt/fault.h"

#include "nt/owner.h"
#include "trace/trace.h"

static const NDIS_STATUS seen[FAULT_POINT_COUNT] = {
#define FAULT(id, kind, sees, says, source) [FAULT_##id] = (NDIS_STATUS)(uintptr_t)(sees),
#include "rules/fault.def"
};

NDIS_STATUS nt_fault_status(enum fault_point point)
{
    return seen[point];
}

bool nt_fault_ask(struct exec_task *task, struct faults *faults, enum fault_point point)
{
    const struct exec_world *world = task->exec->world;
    if (!task->owner || atomic_load_explicit(&world->stopped, memory_order_relaxed))
        return false;
    struct fault_caller caller = {
        .owner = task->owner,
        .driver = task->owner->name,
        .host = task->exec->name,
        .time_100ns = exec_now(world),
    };
    if (!faults_ask(faults, point, &caller))
        return false;
    if (trace_on(world->trace)) {
        struct trace_event event = {
            .time_100ns = caller.time_100ns,
            .kind = TRACE_FAULT,
            .flags = TRACE_HAS_ARG0,
            .host = (uint16_t)task->exec->index,
            .driver = (uint16_t)task->owner->index,
            .processor = (uint8_t)task->processor,
            .irql = task->irql,
            .what = fault_info(point)->name,
            .arg = {caller.number},
        };
        trace_emit(world->trace, &event);
    }
    return true;
}

void nt_fault_tell(struct exec_task *task, struct faults *faults, const struct nt_owner *owner,
                   const char *function, NDIS_STATUS status)
{
    (void)task;
    if (owner)
        faults_answer(faults, owner, function, (uint32_t)status);
}
