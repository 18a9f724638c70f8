/* SPDX-License-Identifier: MIT */
/* Objects that are waited for. One lock of the world guards them all: a wait for all of several
 * takes every signal at one moment, and hosts may wait for each other's. */
#include "nt/exec_inside.h"

#include <assert.h>

#include "nt/break.h"

#define WAIT_OBJECTS_MAX 64u

/* One object that one task waits for. */
struct exec_waiter {
    struct exec_link link; /* in object->waiters */
    struct exec_waitable *object;
    struct exec_task_inner *task;
};

void exec_waitable_init(struct exec_waitable *object, enum exec_waitable_kind kind, int32_t signal)
{
    *object = (struct exec_waitable){.kind = (uint8_t)kind, .signal = signal};
    exec_link_init(&object->waiters);
}

void exec_mutex_init(struct exec_mutex *mutex)
{
    exec_waitable_init(&mutex->waitable, EXEC_MUTEX, 1);
    mutex->reserved[0] = NULL;
    mutex->reserved[1] = NULL;
    mutex->owner = NULL;
}

static int32_t signal_of(const struct exec_waitable *object)
{
    return atomic_load_explicit(&object->signal, memory_order_relaxed);
}

static void signal_put(struct exec_waitable *object, int32_t signal)
{
    atomic_store_explicit(&object->signal, signal, memory_order_relaxed);
}

static struct exec_mutex *mutex_of(struct exec_waitable *object)
{
    return EXEC_CONTAINER(object, struct exec_mutex, waitable);
}

static bool is_ready(struct exec_waitable *object, const struct exec_task *task)
{
    if (signal_of(object) > 0)
        return true;
    return object->kind == EXEC_MUTEX && mutex_of(object)->owner == task;
}

/* Take the signal that ended a wait. */
static void consume(struct exec_waitable *object, struct exec_task *task)
{
    switch (object->kind) {
    case EXEC_EVENT_SYNCHRONIZATION:
    case EXEC_TIMER_SYNCHRONIZATION:
        signal_put(object, 0);
        break;
    case EXEC_SEMAPHORE:
        signal_put(object, signal_of(object) - 1);
        break;
    case EXEC_MUTEX:
        signal_put(object, signal_of(object) - 1);
        mutex_of(object)->owner = task;
        break;
    default: /* notification objects and threads stay signalled */
        break;
    }
}

/* Take what the task waits for, if it is all there. */
static bool satisfy(struct exec_task_inner *task)
{
    for (uint32_t i = 0; i < task->waiter_count; i++) {
        bool ready = is_ready(task->waiters[i].object, &task->head);
        if (ready && !task->wait_all) {
            consume(task->waiters[i].object, &task->head);
            task->wait_index = i;
            return true;
        }
        if (!ready && task->wait_all)
            return false;
    }
    if (!task->wait_all)
        return false;
    for (uint32_t i = 0; i < task->waiter_count; i++)
        consume(task->waiters[i].object, &task->head);
    return true;
}

static void unlink_waiters(struct exec_task_inner *task)
{
    for (uint32_t i = 0; i < task->waiter_count; i++)
        exec_list_remove(&task->waiters[i].link);
    task->waiter_count = 0;
}

/* A driver's wait is known to the world while it lasts, for wait_sweep. The lock is held. */
static void driver_wait_begin(struct exec_world_inner *world, struct exec_task_inner *task)
{
    if (!task->head.owner)
        return;
    exec_list_append(&world->driver_waits, &task->driver_wait);
    atomic_fetch_add_explicit(&world->driver_wait_count, 1, memory_order_relaxed);
}

static void driver_wait_end(struct exec_world_inner *world, struct exec_task_inner *task)
{
    if (!task->driver_wait.next || exec_list_empty(&task->driver_wait))
        return;
    exec_list_remove(&task->driver_wait);
    atomic_fetch_sub_explicit(&world->driver_wait_count, 1, memory_order_relaxed);
}

static void wake(struct exec_world_inner *world, struct exec_task_inner *task)
{
    unlink_waiters(task);
    atomic_store_explicit(&task->woken, 1, memory_order_release);
    world->backend->wake(&task->head);
}

/* Let whoever can go on with this object's signal go on, in the order in which they came. */
static void signal_changed(struct exec_world_inner *world, struct exec_waitable *object)
{
    struct exec_link *link = object->waiters.next;
    while (link != &object->waiters && signal_of(object) > 0) {
        struct exec_waiter *waiter = EXEC_CONTAINER(link, struct exec_waiter, link);
        struct exec_task_inner *task = waiter->task;
        link = link->next;
        if (!satisfy(task))
            continue;
        /* The task may wait for this object twice: go on behind its last waiter here. */
        while (link != &object->waiters &&
               EXEC_CONTAINER(link, struct exec_waiter, link)->task == task)
            link = link->next;
        wake(world, task);
    }
}

static bool waits_inside(const struct exec_task_inner *task, uintptr_t start, uintptr_t end)
{
    for (uint32_t i = 0; i < task->waiter_count; i++)
        if ((uintptr_t)task->waiters[i].object >= start && (uintptr_t)task->waiters[i].object < end)
            return true;
    return false;
}

uint32_t wait_sweep(struct exec_world_inner *world, uintptr_t start, uintptr_t end)
{
    uint32_t count = 0;
    raw_lock(&world->wait_lock);
    struct exec_link *head = &world->driver_waits;
    for (struct exec_link *link = head->next; link != head; link = link->next) {
        struct exec_task_inner *task = EXEC_CONTAINER(link, struct exec_task_inner, driver_wait);
        if (!waits_inside(task, start, end))
            continue;
        task->wait_index = 0;
        wake(world, task);
        count++;
    }
    raw_unlock(&world->wait_lock);
    return count;
}

/* ---- waiting ---- */

static bool may_block(struct exec_task *task, const char *function)
{
    if (task->irql < EXEC_DISPATCH && !task->locks_held)
        return true;
    nt_break(RULE_WAIT_AT_DISPATCH, function, "at IRQL %u with %u spin locks held", task->irql,
             task->locks_held);
    return false;
}

/* Block until woken or the deadline. Returns SIGNALLED when woken. */
static enum exec_wait_result block(struct exec_world_inner *world, struct exec_task_inner *task,
                                   uint64_t deadline, const char *function)
{
    while (!atomic_load_explicit(&task->woken, memory_order_acquire)) {
        if (!world->backend->block(&task->head, deadline, function))
            return EXEC_WAIT_STOPPED;
        if (!atomic_load_explicit(&task->woken, memory_order_acquire) &&
            exec_now(&world->head) >= deadline)
            return EXEC_WAIT_TIMEOUT;
    }
    return EXEC_WAIT_SIGNALLED;
}

static enum exec_wait_result wait_with(struct exec_task_inner *task, struct exec_waiter *waiters,
                                       uint32_t count, uint64_t timeout, const char *function)
{
    struct exec_world_inner *world = world_inner(task->head.exec->world);
    uint64_t now = timeout && timeout != EXEC_FOREVER ? exec_now(&world->head) : 0;
    uint64_t deadline = timeout > EXEC_FOREVER - now ? EXEC_FOREVER : now + timeout;
    raw_lock(&world->wait_lock);
    task->waiters = waiters;
    task->waiter_count = count;
    atomic_store_explicit(&task->woken, 0, memory_order_relaxed);
    bool satisfied = satisfy(task);
    if (!satisfied && timeout) {
        for (uint32_t i = 0; i < count; i++)
            exec_list_append(&waiters[i].object->waiters, &waiters[i].link);
        driver_wait_begin(world, task);
    }
    if (satisfied || !timeout)
        task->waiter_count = 0;
    raw_unlock(&world->wait_lock);
    if (satisfied || !timeout)
        return satisfied ? EXEC_WAIT_SIGNALLED : EXEC_WAIT_TIMEOUT;
    enum exec_wait_result result = block(world, task, deadline, function);
    raw_lock(&world->wait_lock); /* also: the one who woke us has let go of the task */
    driver_wait_end(world, task);
    if (atomic_load_explicit(&task->woken, memory_order_relaxed))
        result = EXEC_WAIT_SIGNALLED;
    else
        unlink_waiters(task);
    raw_unlock(&world->wait_lock);
    return result;
}

enum exec_wait_result exec_wait(struct exec_waitable *const *objects, uint32_t count, bool all,
                                uint64_t timeout, uint32_t *index, const char *function)
{
    struct exec_task_inner *task = task_inner(exec_current());
    assert(count >= 1 && count <= WAIT_OBJECTS_MAX);
    if (timeout) {
        if (!may_block(&task->head, function))
            return EXEC_WAIT_FORBIDDEN;
        if (task->head.exec->idle_hook)
            task->head.exec->idle_hook(&task->head);
    }
    exec_preempt("wait");
    struct exec_waiter waiters[count];
    for (uint32_t i = 0; i < count; i++) {
        waiters[i] = (struct exec_waiter){.object = objects[i], .task = task};
        exec_link_init(&waiters[i].link);
    }
    task->wait_all = all;
    enum exec_wait_result result = wait_with(task, waiters, count, timeout, function);
    if (index && result == EXEC_WAIT_SIGNALLED)
        *index = task->wait_index;
    exec_moment_reached(&task->head);
    return result;
}

enum exec_wait_result exec_sleep(uint64_t duration, const char *function)
{
    struct exec_waitable never;
    exec_waitable_init(&never, EXEC_EVENT_NOTIFICATION, 0);
    return exec_wait_one(&never, duration ? duration : 1, function);
}

void wait_abandon(struct exec_task_inner *task)
{
    struct exec_world_inner *world = world_inner(task->head.exec->world);
    raw_lock(&world->wait_lock);
    driver_wait_end(world, task);
    unlink_waiters(task);
    raw_unlock(&world->wait_lock);
}

/* ---- signalling ---- */

int32_t exec_signal_set(struct exec_world *world, struct exec_waitable *object)
{
    struct exec_world_inner *inner = world_inner(world);
    raw_lock(&inner->wait_lock);
    int32_t before = signal_of(object);
    signal_put(object, 1);
    signal_changed(inner, object);
    raw_unlock(&inner->wait_lock);
    exec_preempt("signal");
    return before;
}

int32_t exec_signal_clear(struct exec_world *world, struct exec_waitable *object)
{
    struct exec_world_inner *inner = world_inner(world);
    raw_lock(&inner->wait_lock);
    int32_t before = signal_of(object);
    signal_put(object, 0);
    raw_unlock(&inner->wait_lock);
    exec_preempt("clear");
    return before;
}

int32_t exec_semaphore_release(struct exec_world *world, struct exec_waitable *semaphore,
                               int32_t adjustment, int32_t limit)
{
    struct exec_world_inner *inner = world_inner(world);
    raw_lock(&inner->wait_lock);
    int32_t before = signal_of(semaphore);
    bool fits = adjustment > 0 && before <= limit - adjustment;
    if (fits) {
        signal_put(semaphore, before + adjustment);
        signal_changed(inner, semaphore);
    }
    raw_unlock(&inner->wait_lock);
    exec_preempt("release semaphore");
    return fits ? before : -1;
}

int32_t exec_mutex_release(struct exec_world *world, struct exec_mutex *mutex)
{
    struct exec_world_inner *inner = world_inner(world);
    raw_lock(&inner->wait_lock);
    bool mine = mutex->owner == exec_current() && signal_of(&mutex->waitable) <= 0;
    if (mine) {
        signal_put(&mutex->waitable, signal_of(&mutex->waitable) + 1);
        if (signal_of(&mutex->waitable) == 1) {
            mutex->owner = NULL;
            signal_changed(inner, &mutex->waitable);
        }
    }
    raw_unlock(&inner->wait_lock);
    exec_preempt("release mutex");
    return mine ? 0 : -1;
}
