/* SPDX-License-Identifier: MIT */
/* A break here is the short way to report that a driver broke a rule of the executive: who, where
 * and when are taken from the current task. */
#ifndef CONDIS_NT_BREAK_H
#define CONDIS_NT_BREAK_H

#include "nt/exec.h"
#include "rules/rules.h"

/* Report to the current task's world. Does nothing without a current task or sink, and nothing in a
 * stopped world, whose tasks no longer act by themselves.
 * function  the function called (a literal)
 * detail    printf form of what was seen; NULL for none */
void nt_break(enum rule_id rule, const char *function, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a task that is not the current one. */
void nt_break_task(struct exec_task *task, enum rule_id rule, const char *function,
                   const char *detail, ...) __attribute__((format(printf, 4, 5)));

/* The same about memory, with the stacks of its allocation and of its end (NULL: not known).
 * nearest  the code that touched it, when this runs in a signal's handler; NULL: the caller */
void nt_break_memory(enum rule_id rule, const char *function, const void *nearest,
                     const struct stack *allocated, const struct stack *freed, const char *detail,
                     ...) __attribute__((format(printf, 6, 7)));

#endif
