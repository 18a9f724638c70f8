/* SPDX-License-Identifier: MIT */
/* A trap is the SIGTRAP that hands a broken rule to a debugger, in the frame of the driver that
 * broke it.
 *
 * It comes when the called function returns: the thread then stands at the return address, with the
 * driver's registers and nothing of the runtime below it, so that a debugger (or the core file)
 * shows the driver's function as the innermost one, and steps on from there. For that the return
 * address on the stack is replaced until the function returns. What walks the stack meanwhile puts
 * it back for that long.
 *
 * Where there is no such frame, on processors other than x86-64 and under ThreadSanitizer, which
 * would hold the signals back, SIGTRAP is raised at once, inside the runtime. */
#ifndef CONDIS_RULES_TRAP_H
#define CONDIS_RULES_TRAP_H

#include <stdbool.h>
#include <stddef.h>

/* Raise SIGTRAP: when the running code returns to `address`, else here and now. In a handler of
 * signals that blocks SIGTRAP, now is when the handler returns: where the signal interrupted.
 * address  a return address on this stack, the nearest of those that are equal is meant; NULL, or
 *          one that is not there: now
 * returns  whether it will come later. Any thread or fiber */
bool trap_raise(const void *address);

/* Around a walk of the running stack: put the return addresses back, and take them away again.
 * Costs nothing while no trap is set. */
void trap_lift(void);
void trap_lower(void);

/* Forget what was set on a stack that ends without returning. */
void trap_forget(const void *stack, size_t stack_bytes);

#endif
