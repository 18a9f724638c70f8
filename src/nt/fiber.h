/* SPDX-License-Identifier: MIT */
/* A fiber is one stack and a saved place on it; exactly one fiber of a thread runs, until it
 * switches to another. Stacks are mapped with a guard page, and kept for reuse in a pool. */
#ifndef CONDIS_NT_FIBER_H
#define CONDIS_NT_FIBER_H

#include <stdbool.h>
#include <stddef.h>

/* Ended stacks, ready for the next fiber. Fill with zeros. */
struct fiber_pool {
    void *free;         /* the first of the free stacks, chained through their last word  */
    size_t stack_bytes; /* 0: the default, 256 KiB (more under a sanitizer)               */
};

struct fiber {
    void *place; /* stack pointer while it does not run (or a ucontext)             */
    void *stack; /* lowest usable byte; NULL: the thread's own stack                */
    size_t stack_bytes;
    void (*entry)(void *argument);
    void *argument;
    void *sanitizer; /* what AddressSanitizer keeps for it                              */
    void *racer;     /* what ThreadSanitizer keeps for it                               */
};

/* Make `fiber` stand for the stack that runs now. */
void fiber_adopt(struct fiber *fiber);

/* Prepare a fiber that calls entry(argument) when it is first switched to; entry never returns.
 * Returns false: no memory for a stack. */
bool fiber_create(struct fiber_pool *pool, struct fiber *fiber, void (*entry)(void *argument),
                  void *argument);

/* Save the running fiber in `from` and run `to`. Returns when somebody switches back.
 * last: `from` will never run again */
void fiber_switch(struct fiber *from, struct fiber *to, bool last);

/* Give the stack of a fiber that does not run back to the pool. */
void fiber_destroy(struct fiber_pool *pool, struct fiber *fiber);

/* Unmap the free stacks. */
void fiber_pool_end(struct fiber_pool *pool);

#endif
