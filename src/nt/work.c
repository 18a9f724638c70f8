/* SPDX-License-Identifier: MIT */
/* Work, delayed work and system threads: what the two halves share. */
#include "nt/exec_inside.h"

#include <assert.h>
#include <stdlib.h>

#include "nt/break.h"

/* The end of the queue, so that `next` of queued work is never NULL. */
static struct exec_work queue_end;

static struct nt_owner *current_owner(void)
{
    struct exec_task *task = exec_current();
    return task ? task->owner : NULL;
}

void exec_work_init(struct exec_work *work, void (*run)(struct exec_work *work), void *context)
{
    *work = (struct exec_work){.owner_kind = (uintptr_t)current_owner(), .context = context};
    work->run = run;
}

bool exec_work_queue(struct exec *exec, struct exec_work *work)
{
    struct exec_inner *inner = exec_inner(exec);
    struct exec_work *unqueued = NULL;
    if (!__atomic_compare_exchange_n(&work->next, &unqueued, &queue_end, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        return false;
    atomic_fetch_add(&inner->work_queued, 1);
    inner->world->backend->work_push(inner, work);
    exec_preempt("queue work");
    return true;
}

void work_append(struct exec_inner *exec, struct exec_work *work)
{
    if (exec->work_last)
        __atomic_store_n(&exec->work_last->next, work, __ATOMIC_RELAXED);
    else
        exec->work_first = work;
    exec->work_last = work;
}

struct exec_work *work_take(struct exec_inner *exec)
{
    struct exec_work *work = exec->work_first;
    if (!work)
        return NULL;
    struct exec_work *next = __atomic_load_n(&work->next, __ATOMIC_RELAXED);
    exec->work_first = next == &queue_end ? NULL : next;
    if (!exec->work_first)
        exec->work_last = NULL;
    return work;
}

void work_run(struct exec_inner *exec, struct exec_work *work)
{
    struct exec_task *task = exec_current();
    bool driver = work->owner_kind & 1;
    struct exec_work copy = *work;
    exec_moment_reached(task);
    /* From here on it may be queued again or freed. */
    __atomic_store_n(&work->next, NULL, __ATOMIC_RELEASE);
    task->owner = (struct nt_owner *)(copy.owner_kind & ~(uintptr_t)1); // NOLINT
    if (driver)
        nt_work_call(&copy);
    else
        copy.run(work);
    if (task->exec->idle_hook)
        task->exec->idle_hook(task);
    exec_changes_owner(task);
    task->owner = NULL;
    atomic_fetch_add(&exec->work_done, 1);
}

/* ---- delayed work ---- */

static void delay_passed(struct exec_timer *timer)
{
    struct exec_delayed_work *delayed = EXEC_CONTAINER(timer, struct exec_delayed_work, timer);
    (void)exec_work_queue(delayed->exec, &delayed->work);
}

void exec_delayed_work_init(struct exec_delayed_work *delayed, void (*run)(struct exec_work *work),
                            void *context)
{
    exec_work_init(&delayed->work, run, context);
    exec_timer_init(&delayed->timer, delay_passed);
    delayed->exec = NULL;
}

bool exec_delayed_work_queue(struct exec *exec, struct exec_delayed_work *delayed, uint64_t delay)
{
    delayed->exec = exec;
    if (exec_timer_is_set(exec, &delayed->timer) ||
        __atomic_load_n(&delayed->work.next, __ATOMIC_ACQUIRE))
        return false;
    (void)exec_timer_set(exec, &delayed->timer, exec_now(exec->world) + delay, 0,
                         EXEC_ANY_PROCESSOR);
    return true;
}

bool exec_delayed_work_cancel(struct exec_delayed_work *delayed)
{
    return delayed->exec && exec_timer_cancel(delayed->exec, &delayed->timer);
}

/* ---- system threads ---- */

struct exec_thread *exec_thread_create(struct exec *exec, void (*run)(void *context), void *context)
{
    struct exec_inner *inner = exec_inner(exec);
    struct exec_thread *thread = calloc(1, sizeof(*thread));
    if (!thread)
        return NULL;
    exec_waitable_init(&thread->ended, EXEC_THREAD, 0);
    thread->reference_count = 2; /* the caller's and the running thread's own */
    thread->exec = inner;
    thread->owner = current_owner();
    thread->run = run;
    thread->context = context;
    atomic_fetch_add(&inner->threads_alive, 1);
    if (!inner->world->backend->thread_start(thread)) {
        atomic_fetch_sub(&inner->threads_alive, 1);
        free(thread);
        return NULL;
    }
    exec_preempt("create thread");
    return thread;
}

uint32_t exec_thread_hold(struct exec_thread *thread)
{
    return atomic_fetch_add(&thread->reference_count, 1) + 1;
}

uint32_t exec_thread_release(struct exec_thread *thread)
{
    uint32_t left_count = atomic_fetch_sub(&thread->reference_count, 1) - 1;
    if (!left_count)
        free(thread);
    return left_count;
}

/* A driver's thread may not take a lock or a raised IRQL with it. */
static void thread_restore(struct exec_task *task)
{
    if (task->locks_held)
        nt_break(RULE_LOCK_HELD_AT_RETURN, "PsTerminateSystemThread", "%u spin locks held",
                 task->locks_held);
    if (task->irql != EXEC_PASSIVE)
        nt_break(RULE_IRQL_NOT_RESTORED, "PsTerminateSystemThread", "at IRQL %u", task->irql);
    task->locks_held = 0;
    (void)exec_set_irql(EXEC_PASSIVE);
}

static void thread_ended(struct exec_thread *thread)
{
    struct exec_task *task = exec_current();
    thread_restore(task);
    if (task->exec->idle_hook)
        task->exec->idle_hook(task);
    exec_changes_owner(task);
    task->owner = NULL;
    task->thread = NULL;
    (void)exec_signal_set(&thread->exec->world->head, &thread->ended);
    struct exec_inner *exec = thread->exec;
    (void)exec_thread_release(thread);
    atomic_fetch_sub(&exec->threads_alive, 1);
}

void thread_run(struct exec_thread *thread)
{
    struct exec_task_inner *task = task_inner(exec_current());
    jmp_buf bottom;
    task->head.owner = thread->owner;
    task->head.thread = thread;
    task->bottom = &bottom;
    exec_moment_reached(&task->head);
    if (!setjmp(bottom))
        thread->run(thread->context);
    thread_ended(thread);
}

_Noreturn void exec_thread_exit(void)
{
    struct exec_task_inner *task = task_inner(exec_current());
    assert(task->head.thread);
    longjmp(*task->bottom, 1);
}

struct exec_waitable *exec_thread_waitable(struct exec_thread *thread)
{
    return &thread->ended;
}

enum exec_wait_result exec_thread_join(struct exec_thread *thread)
{
    return exec_wait_one(&thread->ended, EXEC_FOREVER, "exec_thread_join");
}
