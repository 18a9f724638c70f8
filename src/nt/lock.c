/* SPDX-License-Identifier: MIT */
/* The slow half of the spin lock: contended, simulated, or used wrongly. */
#define _GNU_SOURCE
#include <sched.h>

#include "nt/break.h"
#include "nt/exec_inside.h"
#include "nt/lock_inside.h"

/* Stands for a thread that is no task: only the executive's own locks meet one. */
static _Thread_local _Alignas(16) char stranger;

static uintptr_t self_of(const struct exec_task *task)
{
    return task ? (uintptr_t)task : (uintptr_t)&stranger;
}

static bool lock_take(struct exec_lock *lock, uintptr_t self)
{
    uintptr_t free = 0;
    return atomic_compare_exchange_strong_explicit(&lock->owner, &free, self, memory_order_acquire,
                                                   memory_order_relaxed);
}

static void lock_counted(struct exec_task *task)
{
    if (!task)
        return;
    task->locks_held++;
    if (task->simulated)
        task->cpu->holder = task;
}

/* After this long a lock that spins is taken to be a deadlock. Far above what a loaded machine
 * makes of the 25 microseconds that a spin lock may be held. */
#define SPIN_LIMIT (20 * EXEC_SECOND)

static void lock_spin(struct exec_lock *lock, struct exec_task *task, uintptr_t self,
                      const char *function)
{
    uint64_t give_up = 0;
    for (uint32_t spin_count = 1; !lock_take(lock, self); spin_count++) {
        if (spin_count < 100) {
            cpu_relax();
            continue;
        }
        (void)sched_yield(); /* the holder may need this core */
        if (!task || spin_count % 1024)
            continue;
        uint64_t now = exec_now(task->exec->world);
        if (!give_up)
            give_up = now + SPIN_LIMIT;
        if (now >= give_up) {
            nt_break(RULE_LOCK_DEADLOCK, function, "the lock was not released for 20 s");
            atomic_store(&lock->owner, self); /* go on: a hung host tells nobody anything */
            return;
        }
    }
}

void exec_lock_contended(struct exec_lock *lock, struct exec_task *task, const char *function)
{
    uintptr_t self = self_of(task);
    if (atomic_load_explicit(&lock->owner, memory_order_relaxed) == self) {
        nt_break(RULE_LOCK_RECURSIVE, function, "the caller holds the lock already");
        return;
    }
    if (!task || !task->simulated) {
        lock_spin(lock, task, self, function);
    } else {
        exec_preempt_simulated(task, "lock");
        if (!lock_take(lock, self)) {
            sim_lock_wait(task, lock, function);
            atomic_store(&lock->owner, self); /* free now, or the world is stopped */
        }
    }
    lock_counted(task);
}

void exec_unlock_special(struct exec_lock *lock, struct exec_task *task, const char *function)
{
    uintptr_t self = self_of(task);
    uintptr_t owner = atomic_load_explicit(&lock->owner, memory_order_relaxed);
    if (owner != self) {
        nt_break(RULE_LOCK_NOT_OWNER, function,
                 owner ? "another task holds the lock" : "nobody holds the lock");
        return;
    }
    if (task && task->locks_held) /* zero: the lock was left held, which was reported */
        task->locks_held--;
    atomic_store_explicit(&lock->owner, 0, memory_order_release);
    if (task && task->simulated) {
        sim_lock_released(task, lock);
        exec_preempt_simulated(task, "unlock");
    }
}

bool exec_lock_try(struct exec_lock *lock)
{
    struct exec_task *task = exec_current();
    if (task && task->simulated)
        exec_preempt_simulated(task, "try lock");
    if (!lock_take(lock, self_of(task)))
        return false;
    lock_counted(task);
    return true;
}
