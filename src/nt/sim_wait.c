/* SPDX-License-Identifier: MIT */
/* How a simulated task stands still and goes on: spin locks, its processor, waits, stalls. */
#include "nt/lock_inside.h"
#include "nt/sim_inside.h"

#include <assert.h>

/* ---- locks ---- */

void sim_lock_wait(struct exec_task *task, struct exec_lock *lock, const char *function)
{
    struct sim_task *self = sim_task(task);
    self->lock = lock;
    self->function = function;
    while (atomic_load(&lock->owner) && !atomic_load(&task->exec->world->stopped))
        sim_suspend(self, SIM_LOCKED, UINT64_MAX, "lock taken");
    self->lock = NULL;
}

void sim_lock_released(struct exec_task *task, struct exec_lock *lock)
{
    struct sim *sim = sim_task(task)->sim;
    struct exec_link *link = sim->lock_waiters.next;
    while (link != &sim->lock_waiters) {
        struct sim_task *waiter = EXEC_CONTAINER(link, struct sim_task, link);
        link = link->next;
        if (waiter->lock == lock)
            sim_make_ready(waiter);
    }
    if (!task->locks_held && task->irql < EXEC_DISPATCH)
        task->cpu->holder = NULL;
}

void sim_cpu_take(struct exec_task *task)
{
    struct exec_task *holder = task->cpu->holder;
    assert(!holder || holder == task || atomic_load(&task->exec->world->stopped));
    task->cpu->holder = task;
}

void sim_cpu_give(struct exec_task *task)
{
    if (!task->locks_held)
        task->cpu->holder = NULL;
    exec_preempt_simulated(task, "lower irql");
}

/* ---- waits ---- */

bool sim_block(struct exec_task *task, uint64_t deadline, const char *function)
{
    struct sim_task *self = sim_task(task);
    if (atomic_load(&task->exec->world->stopped))
        return false;
    self->function = function;
    sim_suspend(self, SIM_WAITING, deadline, "block");
    bool stuck = self->stuck;
    self->stuck = false;
    return !stuck && !atomic_load(&task->exec->world->stopped);
}

void sim_wake(struct exec_task *task)
{
    if (sim_task(task)->state == SIM_WAITING)
        sim_make_ready(sim_task(task));
}

void sim_stall(struct exec_task *task, uint64_t duration)
{
    struct sim_task *self = sim_task(task);
    if (duration && !atomic_load(&task->exec->world->stopped))
        sim_suspend(self, SIM_STALLED, self->sim->now + duration, "stall");
}
