/* SPDX-License-Identifier: MIT */
#include "nt/break.h"

#include <stdarg.h>
#include <stdio.h>

#include "nt/owner.h"

/* What a break about memory knows besides; NULL: not known. */
struct memory {
    const void *nearest;
    const struct stack *allocated;
    const struct stack *freed;
};

static void report(struct exec_task *task, enum rule_id rule, const char *function,
                   const struct memory *memory, const char *detail, va_list arguments)
{
    struct exec_world *world = task->exec->world;
    if (!world->rules || atomic_load_explicit(&world->stopped, memory_order_relaxed))
        return;
    struct rule_break brk;
    rule_break_begin(&brk, rule, function);
    rule_break_driver(&brk, task->owner ? task->owner->name : NULL, task->exec->name);
    brk.code = task->owner ? task->owner->code : NULL;
    brk.processor = task->processor;
    brk.irql = task->irql;
    brk.time_100ns = exec_now(world);
    brk.step = world->step;
    if (detail)
        (void)vsnprintf(brk.detail, sizeof(brk.detail), detail, arguments);
    if (memory->nearest)
        stack_take_interrupted(&brk.stack, memory->nearest);
    else
        rule_break_backtrace(&brk);
    if (memory->allocated)
        brk.allocated = *memory->allocated;
    if (memory->freed)
        brk.freed = *memory->freed;
    rules_report(world->rules, &brk);
}

void nt_break(enum rule_id rule, const char *function, const char *detail, ...)
{
    struct exec_task *task = exec_current();
    if (!task || !task->exec)
        return;
    va_list arguments;
    va_start(arguments, detail);
    report(task, rule, function, &(struct memory){NULL, NULL, NULL}, detail, arguments);
    va_end(arguments);
}

void nt_break_task(struct exec_task *task, enum rule_id rule, const char *function,
                   const char *detail, ...)
{
    va_list arguments;
    va_start(arguments, detail);
    report(task, rule, function, &(struct memory){NULL, NULL, NULL}, detail, arguments);
    va_end(arguments);
}

void nt_break_memory(enum rule_id rule, const char *function, const void *nearest,
                     const struct stack *allocated, const struct stack *freed, const char *detail,
                     ...)
{
    struct exec_task *task = exec_current();
    if (!task || !task->exec)
        return;
    va_list arguments;
    va_start(arguments, detail);
    report(task, rule, function, &(struct memory){nearest, allocated, freed}, detail, arguments);
    va_end(arguments);
}
