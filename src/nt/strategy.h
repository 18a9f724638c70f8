/* SPDX-License-Identifier: MIT */
/* A strategy answers for the simulated executive who runs next, and which of several answers a
 * question gets. The seeded random walk is the one that comes with it. */
#ifndef CONDIS_NT_STRATEGY_H
#define CONDIS_NT_STRATEGY_H

#include <stdint.h>

struct exec_task;

/* A row of functions, so that other explorers (PCT, bounded preemption) can be put in the random
 * walk's place. Every answer must follow from `self` and the arguments only. A live world asks
 * nobody. */
struct exec_strategy {
    const char *name;
    /* Pick who runs next: an index below `count` into `candidates`, which is in a stable order.
     * `running` is the task that reached the point, or NULL when it cannot go on; `what` names the
     * point (a literal). */
    uint32_t (*pick)(void *self, struct exec_task *const *candidates, uint32_t count,
                     const struct exec_task *running, const char *what);
    /* Answer a question with `count` answers: a number below `count`. */
    uint32_t (*choose)(void *self, uint32_t count, const char *what);
};

#endif
