/* SPDX-License-Identifier: MIT */
/* Live work runs on a small pool of threads. It grows when workers block, because work may wait for
 * other work. System threads are threads of their own. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#include "nt/live_inside.h"
#include "nt/signal_stack.h"

struct live_pool {
    struct exec_inner *exec;
    pthread_mutex_t mutex; /* guards the exec's work queue and the following */
    pthread_cond_t changed;
    uint32_t worker_count;
    uint32_t idle_count;
    uint32_t blocked_count; /* in a wait inside their work */
    uint32_t waiting_count; /* work that no idle worker was woken for yet */
    bool ending;
};

static void *worker_main(void *argument)
{
    struct exec_task *task = argument;
    struct exec_inner *exec = exec_inner(task->exec);
    struct live_pool *pool = exec->pool;
    exec_current_task = task;
    signal_stack_enter_thread();
    (void)pthread_mutex_lock(&pool->mutex);
    for (;;) {
        struct exec_work *work = work_take(exec);
        if (work) {
            pool->waiting_count--;
            (void)pthread_mutex_unlock(&pool->mutex);
            work_run(exec, work);
            (void)pthread_mutex_lock(&pool->mutex);
            continue;
        }
        if (pool->ending)
            break;
        pool->idle_count++;
        (void)pthread_cond_wait(&pool->changed, &pool->mutex);
        pool->idle_count--;
    }
    exec_current_task = NULL;
    live_task_free(task);
    pool->worker_count--;
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static bool thread_begin(void *(*main)(void *), void *argument)
{
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes))
        return false;
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    bool began = !pthread_create(&thread, &attributes, main, argument);
    (void)pthread_attr_destroy(&attributes);
    return began;
}

#define RUNNING_MIN 2u /* workers that are not blocked */

/* Add a worker; the mutex is held. */
static bool worker_add(struct live_pool *pool)
{
    uint32_t enough = pool->exec->head.processor_count;
    if (enough < RUNNING_MIN)
        enough = RUNNING_MIN;
    if (pool->worker_count == EXEC_WORKERS_MAX ||
        pool->worker_count - pool->blocked_count >= enough)
        return false;
    struct exec_task *task =
        live_task_create(pool->exec, EXEC_TASK_WORKER, processor_in_turn(pool->exec));
    if (!task)
        return false;
    if (!thread_begin(worker_main, task)) {
        live_task_free(task);
        return false;
    }
    pool->worker_count++;
    return true;
}

void live_work_push(struct exec_inner *exec, struct exec_work *work)
{
    struct live_pool *pool = exec->pool;
    (void)pthread_mutex_lock(&pool->mutex);
    work_append(exec, work);
    pool->waiting_count++;
    if (pool->waiting_count <= pool->idle_count)
        (void)pthread_cond_signal(&pool->changed);
    else
        (void)worker_add(pool); /* without one more, a busy worker takes it later */
    (void)pthread_mutex_unlock(&pool->mutex);
}

void live_pool_blocks(struct exec_inner *exec)
{
    struct live_pool *pool = exec->pool;
    (void)pthread_mutex_lock(&pool->mutex);
    pool->blocked_count++;
    if (pool->waiting_count > pool->idle_count)
        (void)worker_add(pool);
    (void)pthread_mutex_unlock(&pool->mutex);
}

void live_pool_unblocks(struct exec_inner *exec)
{
    struct live_pool *pool = exec->pool;
    (void)pthread_mutex_lock(&pool->mutex);
    pool->blocked_count--;
    (void)pthread_mutex_unlock(&pool->mutex);
}

bool live_pool_begin(struct exec_inner *exec)
{
    struct live_pool *pool = calloc(1, sizeof(*pool));
    if (!pool)
        return false;
    pool->exec = exec;
    exec->pool = pool;
    if (pthread_mutex_init(&pool->mutex, NULL))
        goto free_pool;
    if (pthread_cond_init(&pool->changed, NULL))
        goto destroy_mutex;
    (void)pthread_mutex_lock(&pool->mutex);
    bool added = worker_add(pool); /* so that work always has somebody */
    (void)pthread_mutex_unlock(&pool->mutex);
    if (added)
        return true;
    (void)pthread_cond_destroy(&pool->changed);
destroy_mutex:
    (void)pthread_mutex_destroy(&pool->mutex);
free_pool:
    free(pool);
    return false;
}

void live_pool_end(struct exec_inner *exec)
{
    struct live_pool *pool = exec->pool;
    (void)pthread_mutex_lock(&pool->mutex);
    pool->ending = true;
    (void)pthread_cond_broadcast(&pool->changed);
    while (pool->worker_count)
        (void)pthread_cond_wait(&pool->changed, &pool->mutex);
    (void)pthread_mutex_unlock(&pool->mutex);
    (void)pthread_cond_destroy(&pool->changed);
    (void)pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

/* ---- system threads ---- */

static void *thread_main(void *argument)
{
    struct exec_task *task = argument;
    exec_current_task = task;
    signal_stack_enter_thread();
    thread_run(task->thread);
    exec_current_task = NULL;
    live_task_free(task);
    return NULL;
}

bool live_thread_start(struct exec_thread *thread)
{
    struct exec_task *task =
        live_task_create(thread->exec, EXEC_TASK_THREAD, processor_in_turn(thread->exec));
    if (!task)
        return false;
    task->thread = thread;
    if (thread_begin(thread_main, task))
        return true;
    live_task_free(task);
    return false;
}
