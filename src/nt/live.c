/* SPDX-License-Identifier: MIT */
/* The live executive: tasks are threads and time is the system's. */
#define _GNU_SOURCE
#include <assert.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "nt/live_inside.h"

/* ---- time ---- */

static uint64_t clock_read(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * EXEC_SECOND + (uint64_t)time.tv_nsec / 100;
}

static uint64_t live_now(const struct exec_world_inner *world)
{
    return clock_read(CLOCK_MONOTONIC) - world->live_start;
}

static uint64_t live_now_coarse(const struct exec_world_inner *world)
{
    uint64_t now = clock_read(CLOCK_MONOTONIC_COARSE); /* may be a tick behind the start */
    return now > world->live_start ? now - world->live_start : 0;
}

static uint64_t live_system_time(const struct exec_world_inner *world)
{
    (void)world;
    return clock_read(CLOCK_REALTIME) + 116444736000000000ull; /* 1601 to 1970 */
}

/* ---- futexes ---- */

void live_futex_wait(_Atomic uint32_t *word, uint32_t value, uint64_t timeout)
{
    struct timespec time = {.tv_sec = (time_t)(timeout / EXEC_SECOND),
                            .tv_nsec = (long)(timeout % EXEC_SECOND) * 100};
    (void)syscall(SYS_futex, (void *)word, FUTEX_WAIT_PRIVATE, value,
                  timeout == EXEC_FOREVER ? NULL : &time, NULL, 0);
}

void live_futex_wake(_Atomic uint32_t *word, int count)
{
    (void)syscall(SYS_futex, (void *)word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

/* ---- tasks ---- */

static struct exec_task *task_in(void *memory, struct exec_inner *exec, enum exec_task_kind kind,
                                 uint32_t processor)
{
    struct exec_task_inner *task = memory;
    *task = (struct exec_task_inner){.head = {.kind = (uint8_t)kind}};
    task->head.id = atomic_fetch_add(&exec->world->next_task_id, 1);
    task_place(&task->head, exec, processor);
    return &task->head;
}

struct exec_task *live_task_create(struct exec_inner *exec, enum exec_task_kind kind,
                                   uint32_t processor)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 64, sizeof(struct exec_task_inner)))
        return NULL;
    return task_in(memory, exec, kind, processor);
}

void live_task_free(struct exec_task *task)
{
    free(task);
}

/* A thread of the program becomes a task for each call that it makes, so it keeps the memory of its
 * last one until it ends. */
static pthread_key_t attached_key;
static bool attached_key_there;

static void attached_key_make(void)
{
    attached_key_there = pthread_key_create(&attached_key, free) == 0;
}

static void *attached_take(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, attached_key_make);
    void *memory = attached_key_there ? pthread_getspecific(attached_key) : NULL;
    if (memory)
        (void)pthread_setspecific(attached_key, NULL);
    return memory;
}

static struct exec_task *live_attach(struct exec_inner *exec)
{
    void *memory = attached_take();
    return memory ? task_in(memory, exec, EXEC_TASK_HOST, 0)
                  : live_task_create(exec, EXEC_TASK_HOST, 0);
}

static void live_detach(struct exec_task *task)
{
    if (!attached_key_there || pthread_getspecific(attached_key) ||
        pthread_setspecific(attached_key, task))
        live_task_free(task);
}

static bool live_block(struct exec_task *task, uint64_t deadline, const char *function)
{
    (void)function;
    uint64_t timeout = EXEC_FOREVER;
    if (deadline != EXEC_FOREVER) {
        uint64_t now = exec_now(task->exec->world);
        if (now >= deadline)
            return true;
        timeout = deadline - now;
    }
    bool worker = task->kind == EXEC_TASK_WORKER;
    if (worker)
        live_pool_blocks(exec_inner(task->exec));
    live_futex_wait(&task_inner(task)->woken, 0, timeout);
    if (worker)
        live_pool_unblocks(exec_inner(task->exec));
    return true;
}

static void live_wake(struct exec_task *task)
{
    live_futex_wake(&task_inner(task)->woken, 1);
}

static void live_stall(struct exec_task *task, uint64_t duration)
{
    uint64_t end = exec_now(task->exec->world) + duration;
    while (exec_now(task->exec->world) < end)
        cpu_relax();
}

/* ---- the world ---- */

static bool live_world_begin(struct exec_world_inner *world,
                             const struct exec_world_options *options)
{
    (void)options;
    world->live_start = clock_read(CLOCK_MONOTONIC);
    return true;
}

static void live_world_end(struct exec_world_inner *world)
{
    (void)world;
}

static uint32_t live_choose(struct exec_world_inner *world, uint32_t count, const char *what)
{
    (void)world;
    (void)count;
    (void)what;
    return 0;
}

static bool world_busy(struct exec_world_inner *world)
{
    uint64_t done = 0;
    uint64_t queued = 0;
    struct exec_link *execs = &world->execs;
    raw_lock(&world->execs_lock);
    for (struct exec_link *link = execs->next; link != execs; link = link->next)
        done += exec_done(EXEC_CONTAINER(link, struct exec_inner, link));
    for (struct exec_link *link = execs->next; link != execs; link = link->next)
        queued += exec_queued(EXEC_CONTAINER(link, struct exec_inner, link));
    raw_unlock(&world->execs_lock);
    return done != queued;
}

static void nap(uint64_t *nap_100ns)
{
    struct timespec time = {.tv_nsec = (long)*nap_100ns * 100};
    (void)nanosleep(&time, NULL);
    if (*nap_100ns < EXEC_MS)
        *nap_100ns *= 2;
}

static enum exec_idle live_run_until_idle(struct exec_world_inner *world, uint64_t limit)
{
    uint64_t start = live_now(world);
    uint64_t nap_100ns = 200;
    while (world_busy(world)) {
        if (live_now(world) - start >= limit)
            return EXEC_TIME_LIMIT;
        nap(&nap_100ns);
    }
    return EXEC_IDLE;
}

static bool live_exec_begin(struct exec_inner *exec)
{
    if (!live_pool_begin(exec))
        return false;
    if (live_cpus_begin(exec))
        return true;
    live_pool_end(exec);
    return false;
}

static uint32_t live_exec_end(struct exec_inner *exec)
{
    uint64_t give_up = live_now(exec->world) + EXEC_END_LIMIT;
    uint64_t nap_100ns = 200;
    while (exec_busy(exec) && live_now(exec->world) < give_up)
        nap(&nap_100ns);
    uint64_t work_count = atomic_load(&exec->work_queued) - atomic_load(&exec->work_done);
    uint32_t left_count = (uint32_t)work_count + atomic_load(&exec->threads_alive);
    struct exec_task *task = exec_current();
    if (task && task->exec == &exec->head)
        exec_detach();
    if (left_count) /* they may still queue things: everything stays as it is */
        return left_count;
    live_cpus_end(exec);
    live_pool_end(exec);
    return 0;
}

const struct exec_backend exec_live = {
    .world_begin = live_world_begin,
    .world_end = live_world_end,
    .now = live_now,
    .now_coarse = live_now_coarse,
    .system_time = live_system_time,
    .choose = live_choose,
    .run_until_idle = live_run_until_idle,
    .exec_begin = live_exec_begin,
    .exec_end = live_exec_end,
    .attach = live_attach,
    .detach = live_detach,
    .cpu_take = live_cpu_take,
    .cpu_give = live_cpu_give,
    .kick = live_kick,
    .work_push = live_work_push,
    .thread_start = live_thread_start,
    .block = live_block,
    .wake = live_wake,
    .stall = live_stall,
};
