/* SPDX-License-Identifier: MIT */
/* A raw lock guards a few lines of the executive itself. It knows no tasks, is no preemption point
 * and breaks no rule; whoever waits gives its time slice away, for there may be more threads than
 * cores. */
#ifndef CONDIS_NT_RAW_LOCK_H
#define CONDIS_NT_RAW_LOCK_H

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

struct raw_lock {
    _Atomic uint32_t taken;
};

/* Tell the core that this is a spin loop. */
static inline void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static inline void raw_lock(struct raw_lock *lock)
{
    unsigned spin_count = 0;
    while (atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire)) {
        while (atomic_load_explicit(&lock->taken, memory_order_relaxed)) {
            if (++spin_count < 64)
                cpu_relax();
            else
                (void)sched_yield();
        }
    }
}

static inline void raw_unlock(struct raw_lock *lock)
{
    atomic_store_explicit(&lock->taken, 0, memory_order_release);
}

#endif
