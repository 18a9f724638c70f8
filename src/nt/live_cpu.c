/* SPDX-License-Identifier: MIT */
/* A live processor: a thread with a libuv loop. What is queued wakes it through one uv_async; one
 * uv_timer stands for all its timers, set to when the wheel must be looked at next. */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <uv.h>

#include "nt/live_inside.h"
#include "nt/signal_stack.h"

#define DRAIN_MAX 256u /* items and DPCs in a row before the loop looks at its sockets again */

struct live_cpu {
    struct exec_cpu *cpu;
    pthread_t thread;
    uv_loop_t loop;
    uv_async_t async;
    uv_timer_t timer;
    _Atomic bool kicked;
    _Atomic bool ending;
    bool draining; /* its own thread's */
    uint64_t timer_set_for;
};

void live_kick(struct exec_cpu *cpu)
{
    struct live_cpu *live = cpu->live;
    if (exec_current() == cpu->task && live->draining)
        return; /* the drain will come to it */
    if (!atomic_exchange(&live->kicked, true))
        (void)uv_async_send(&live->async);
}

static void on_timer(uv_timer_t *timer);

/* Set the uv_timer to the wheel's next moment. */
static void arm(struct live_cpu *live)
{
    struct exec_cpu *cpu = live->cpu;
    raw_lock(&cpu->lock);
    uint64_t next = wheel_next(&cpu->wheel);
    cpu->armed = next;
    raw_unlock(&cpu->lock);
    if (next == live->timer_set_for)
        return;
    live->timer_set_for = next;
    if (next == UINT64_MAX) {
        (void)uv_timer_stop(&live->timer);
        return;
    }
    uint64_t now = exec_now(&cpu->world->head);
    uint64_t delay_ms = next > now ? (next - now + EXEC_MS - 1) / EXEC_MS : 0;
    uv_update_time(&live->loop);
    (void)uv_timer_start(&live->timer, on_timer, delay_ms, 0);
}

static void drain(struct live_cpu *live)
{
    struct exec_cpu *cpu = live->cpu;
    (void)atomic_exchange(&live->kicked, false);
    (void)exec_set_irql(EXEC_DISPATCH);
    cpu->task->irql_floor = EXEC_DISPATCH;
    live->draining = true;
    (void)cpu_advance(cpu, exec_now(&cpu->world->head));
    for (uint32_t i = 0; i < DRAIN_MAX; i++)
        if (!cpu_run_one(cpu))
            break;
    live->draining = false;
    cpu->task->irql_floor = EXEC_PASSIVE;
    (void)exec_set_irql(EXEC_PASSIVE);
    if (cpu_has_work(cpu))
        live_kick(cpu);
    arm(live);
}

static void on_timer(uv_timer_t *timer)
{
    struct live_cpu *live = timer->data;
    live->timer_set_for = UINT64_MAX;
    drain(live);
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void on_async(uv_async_t *async)
{
    struct live_cpu *live = async->data;
    drain(live);
    if (atomic_load(&live->ending))
        uv_walk(&live->loop, close_handle, NULL);
}

static void *cpu_main(void *argument)
{
    struct live_cpu *live = argument;
    exec_current_task = live->cpu->task;
    signal_stack_enter_thread();
    (void)uv_run(&live->loop, UV_RUN_DEFAULT);
    return NULL;
}

static struct live_cpu *cpu_begin(struct exec_cpu *cpu)
{
    struct live_cpu *live = calloc(1, sizeof(*live));
    if (!live)
        return NULL;
    live->cpu = cpu;
    live->timer_set_for = UINT64_MAX;
    cpu->live = live;
    cpu->task = live_task_create(cpu->exec, EXEC_TASK_PROCESSOR, cpu->number);
    if (!cpu->task)
        goto free_live;
    if (uv_loop_init(&live->loop))
        goto free_task;
    if (uv_async_init(&live->loop, &live->async, on_async))
        goto close_loop;
    (void)uv_timer_init(&live->loop, &live->timer); /* cannot fail */
    live->async.data = live;
    live->timer.data = live;
    if (!pthread_create(&live->thread, NULL, cpu_main, live))
        return live;
    uv_walk(&live->loop, close_handle, NULL);
    (void)uv_run(&live->loop, UV_RUN_DEFAULT);
close_loop:
    (void)uv_loop_close(&live->loop);
free_task:
    live_task_free(cpu->task);
free_live:
    cpu->live = NULL;
    free(live);
    return NULL;
}

static void cpu_end(struct exec_cpu *cpu)
{
    struct live_cpu *live = cpu->live;
    atomic_store(&live->ending, true);
    (void)uv_async_send(&live->async);
    (void)pthread_join(live->thread, NULL);
    int busy = uv_loop_close(&live->loop);
    assert(!busy);
    (void)busy;
    live_task_free(cpu->task);
    cpu->live = NULL;
    free(live);
}

bool live_cpus_begin(struct exec_inner *exec)
{
    for (uint32_t i = 0; i < exec->head.processor_count; i++) {
        if (cpu_begin(&exec->cpus[i]))
            continue;
        while (i)
            cpu_end(&exec->cpus[--i]);
        return false;
    }
    return true;
}

void live_cpus_end(struct exec_inner *exec)
{
    for (uint32_t i = 0; i < exec->head.processor_count; i++)
        cpu_end(&exec->cpus[i]);
}

struct uv_loop_s *exec_loop(struct exec *exec, uint32_t processor)
{
    assert(processor < exec->processor_count);
    struct live_cpu *live = exec_inner(exec)->cpus[processor].live;
    return live ? &live->loop : NULL;
}
