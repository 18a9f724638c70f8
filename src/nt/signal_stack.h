/* SPDX-License-Identifier: MIT */
/* A signal's stack is where a handler runs that must also run when the stack of its thread, or of
 * the fiber that it runs, is used up or nearly so: a crash is told there, and a touch of guarded
 * memory. Handlers ask for it with SA_ONSTACK. */
#ifndef CONDIS_NT_SIGNAL_STACK_H
#define CONDIS_NT_SIGNAL_STACK_H

/* From now on every thread that runs drivers gets one; the calling thread at once. Repeating it is
 * harmless. */
void signal_stacks_begin(void);

/* Give the calling thread its own, once. It goes with the thread. Nothing while nobody has begun,
 * or when the thread has one: a sanitizer's, or the host program's. */
void signal_stack_enter_thread(void);

#endif
