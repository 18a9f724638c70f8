/* SPDX-License-Identifier: MIT */
/* The gate of a live processor: the task at DISPATCH has it. Usually free: one exchange in, one
 * out. The processor's own thread goes before tasks that come later, so that code which raises and
 * lowers in a circle cannot keep DPCs from running. */
#include <limits.h>

#include "nt/live_inside.h"

#define GATE_TAKEN  1u
#define GATE_SLEEPS 2u /* somebody sleeps on the gate                                       */
#define GATE_WANTED 4u /* the processor's own thread waits for it                           */

#define GATE_SPINS 100u

/* Try to take it while its value is `gate`; the own thread passes WANTED by. */
static bool gate_try(_Atomic uint32_t *gate, uint32_t value, bool own)
{
    uint32_t hinder = own ? GATE_TAKEN : GATE_TAKEN | GATE_WANTED;
    if (value & hinder)
        return false;
    uint32_t taken = (value | GATE_TAKEN) & (own ? ~GATE_WANTED : ~0u);
    return atomic_compare_exchange_strong_explicit(gate, &value, taken, memory_order_acquire,
                                                   memory_order_relaxed);
}

static void gate_wait(_Atomic uint32_t *gate, bool own)
{
    uint32_t hinder = own ? GATE_TAKEN : GATE_TAKEN | GATE_WANTED;
    uint32_t mark = own ? GATE_SLEEPS | GATE_WANTED : GATE_SLEEPS;
    if (own)
        (void)atomic_fetch_or_explicit(gate, GATE_WANTED, memory_order_relaxed);
    for (uint32_t spin_count = 0;; spin_count++) {
        uint32_t value = atomic_load_explicit(gate, memory_order_relaxed);
        if (gate_try(gate, value, own))
            return;
        if (spin_count < GATE_SPINS) {
            cpu_relax();
        } else if ((value & mark) == mark ||
                   atomic_compare_exchange_strong_explicit(
                       gate, &value, value | mark, memory_order_relaxed, memory_order_relaxed)) {
            if (value & hinder)
                live_futex_wait(gate, value | mark, EXEC_FOREVER);
        }
    }
}

void live_cpu_take(struct exec_task *task)
{
    _Atomic uint32_t *gate = &task->cpu->gate;
    bool own = task->kind == EXEC_TASK_PROCESSOR;
    if (!gate_try(gate, 0, own))
        gate_wait(gate, own);
}

void live_cpu_give(struct exec_task *task)
{
    _Atomic uint32_t *gate = &task->cpu->gate;
    uint32_t before =
        atomic_fetch_and_explicit(gate, ~(GATE_TAKEN | GATE_SLEEPS), memory_order_release);
    if (before & GATE_SLEEPS)
        live_futex_wake(gate, INT_MAX);
}
