/* SPDX-License-Identifier: MIT */
/* A fault is what a driver sees when a call of its is made to fail. The points ask here; the
 * world's injector (rules/fault.h) decides. */
#ifndef CONDIS_NT_FAULT_H
#define CONDIS_NT_FAULT_H

#include "nt/windows.h"
#include "rules/fault.h"

/* Out of line: asks the injector, traces what it decides. */
bool nt_fault_ask(struct exec_task *task, struct faults *faults, enum fault_point point);

/* Out of line: tells the injector what a driver answered. */
void nt_fault_tell(struct exec_task *task, struct faults *faults, const struct nt_owner *owner,
                   const char *function, NDIS_STATUS status);

/* Say whether this call of the running driver is to fail now: its function then does nothing and
 * returns what nt_fault_status says. A world without an injector, and code that runs for no driver,
 * never fail. One load and one branch when nothing is injected. Any IRQL; a task of a host. */
static inline bool nt_fault(enum fault_point point)
{
    struct exec_task *task = exec_current_task;
    struct faults *faults = atomic_load_explicit(&task->exec->world->faults, memory_order_relaxed);
    return CONDIS_VERIFIER && __builtin_expect(faults != NULL, 0) &&
           nt_fault_ask(task, faults, point);
}

/* What the caller of a failed point gets; NDIS_STATUS_SUCCESS for a point that gives NULL. */
NDIS_STATUS nt_fault_status(enum fault_point point);

/* Tell what a driver returned, or with what it completed: kept as the answer to the failures that
 * it has not answered yet.
 * function  static: the handler that returned or the function that was called */
static inline void nt_fault_answered(const struct nt_owner *owner, const char *function,
                                     NDIS_STATUS status)
{
    struct exec_task *task = exec_current_task;
    struct faults *faults = atomic_load_explicit(&task->exec->world->faults, memory_order_relaxed);
    if (CONDIS_VERIFIER && __builtin_expect(faults != NULL, 0))
        nt_fault_tell(task, faults, owner, function, status);
}

#endif
