/* SPDX-License-Identifier: MIT */
/* A store keeps stacks, each once, so that an object remembers in one word who made it.
 *
 * Walking a stack costs a microsecond; knowing one again costs some ten nanoseconds: a kept stack
 * also says where on the stack its return addresses stood, as distances, and one whose addresses
 * all stand at the same distances again is the same. Where the processor does not keep return
 * addresses on the stack, every stack is walked. */
#ifndef CONDIS_RULES_STORE_H
#define CONDIS_RULES_STORE_H

#include "rules/stack.h"

struct stack_store;

/* Load what stores need (as stack_prepare does) and ask where this thread's stack ends: costly, and
 * a fork of a process that has asked knows it. Repeating it is harmless. */
void stack_store_prepare(void);

/* Make an empty store. returns  NULL: no memory */
struct stack_store *stack_store_create(void);

/* Free a store and every stack in it. NULL is allowed. */
void stack_store_destroy(struct stack_store *store);

/* Keep the stack of the running code. Lock-free; any IRQL, any thread or fiber; allocates when the
 * stack is new.
 * store    NULL: nothing is kept
 * nearest  as for stack_take; required
 * returns  the kept stack, valid until the store is destroyed; the same pointer for the same
 *          stack, unless two threads bring a new one at one moment; NULL when memory is short or
 *          the store holds STACK_STORE_MAX
 */
const struct stack *stack_keep(struct stack_store *store, const void *nearest);

enum { STACK_STORE_MAX = 1 << 16 };

/* Say which stack runs from now on in this thread, from its lowest byte; 0 bytes: the thread's own.
 * Fibers say it at each switch. */
void stack_runs_in(const void *stack, size_t stack_bytes);

/* Whether an address lies right below the running stack: a touch there is a stack that ran over. */
bool stack_overran(uintptr_t address);

/* Whether an address lies on the running stack. In a handler of signals that has a stack of its own
 * the running one is the one that was interrupted. */
bool stack_holds(uintptr_t address);

#endif
