/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "nt/exec_inside.h"
#include "rules/store.h"
#include "nt/sim_inside.h"
#include "nt/pool.h"
#include "nt/signal_stack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

_Thread_local struct exec_task *exec_current_task;

/* ---- world ---- */

struct exec_world *exec_world_create(const struct exec_world_options *options)
{
    assert(options->kind == EXEC_LIVE || options->kind == EXEC_SIMULATED);
    struct exec_world_inner *world = calloc(1, sizeof(*world));
    if (!world)
        return NULL;
    world->head.kind = options->kind;
    world->head.seed = options->seed;
    world->head.rules = options->rules;
    world->head.trace = options->trace;
    world->head.user = options->user;
    world->head.print = options->print;
    world->head.stop = options->stop;
    world->head.stop_at = options->kind == EXEC_SIMULATED && options->stop ? options->stop_at : 0;
    world->backend = options->kind == EXEC_LIVE ? &exec_live : &exec_simulated;
    exec_link_init(&world->execs);
    exec_link_init(&world->driver_waits);
    if (!world->backend->world_begin(world, options)) {
        free(world);
        return NULL;
    }
    return &world->head;
}

void exec_world_destroy(struct exec_world *world)
{
    struct exec_world_inner *inner = world_inner(world);
    assert(exec_list_empty(&inner->execs));
    if (inner->abandoned) /* threads that did not end with their exec may still read it */
        return;
    inner->backend->world_end(inner);
    stack_store_destroy(world->stacks);
    free(inner);
}

uint32_t exec_choose(struct exec_world *world, uint32_t count, const char *what)
{
    assert(count >= 1);
    if (world->kind == EXEC_LIVE || count == 1)
        return 0;
    return world_inner(world)->backend->choose(world_inner(world), count, what);
}

void exec_hold(struct exec_world *world, bool held)
{
    if (world->kind == EXEC_SIMULATED)
        sim_hold(world_inner(world)->sim, held);
}

enum exec_idle exec_run_until_idle(struct exec_world *world, uint64_t limit)
{
    struct exec_task *task = exec_current();
    assert(task && task->kind == EXEC_TASK_HOST);
    assert(task->irql < EXEC_DISPATCH);
    if (task->exec->idle_hook)
        task->exec->idle_hook(task);
    return world_inner(world)->backend->run_until_idle(world_inner(world), limit);
}

uint64_t exec_now(const struct exec_world *world)
{
    return world_inner(world)->backend->now(world_inner(world));
}

uint64_t exec_now_coarse(const struct exec_world *world)
{
    return world_inner(world)->backend->now_coarse(world_inner(world));
}

uint64_t exec_system_time(const struct exec_world *world)
{
    return world_inner(world)->backend->system_time(world_inner(world));
}

/* ---- exec ---- */

static bool cpus_init(struct exec_inner *exec)
{
    uint32_t count = exec->head.processor_count;
    void *cpus = NULL;
    if (posix_memalign(&cpus, 64, count * sizeof(struct exec_cpu)))
        return false;
    memset(cpus, 0, count * sizeof(struct exec_cpu));
    exec->cpus = cpus;
    for (uint32_t i = 0; i < count; i++) {
        struct exec_cpu *cpu = &exec->cpus[i];
        cpu->exec = exec;
        cpu->world = exec->world;
        cpu->number = i;
        cpu->armed = UINT64_MAX;
        exec_link_init(&cpu->dpcs);
        exec_link_init(&cpu->expired);
        wheel_init(&cpu->wheel, exec_now(&exec->world->head));
    }
    return true;
}

static void exec_free(struct exec_inner *exec)
{
    free(exec->cpus);
    free((void *)(uintptr_t)exec->head.name);
    free(exec);
}

struct exec *exec_create(struct exec_world *world, const struct exec_options *options)
{
    uint32_t count = options->processor_count ? options->processor_count : 2;
    assert(count <= EXEC_PROCESSORS);
    struct exec_inner *exec = calloc(1, sizeof(*exec));
    if (!exec)
        return NULL;
    exec->world = world_inner(world);
    exec->head.world = world;
    exec->head.index = options->index;
    exec->head.processor_count = count;
    exec->head.user = options->user;
    exec->head.name = strdup(options->name);
    if (!exec->head.name || !cpus_init(exec) || !exec->world->backend->exec_begin(exec)) {
        exec_free(exec);
        return NULL;
    }
    raw_lock(&exec->world->execs_lock);
    exec_list_append(&exec->world->execs, &exec->link);
    raw_unlock(&exec->world->execs_lock);
    return &exec->head;
}

/* Timers that a driver left behind must not be reached through a wheel that is gone. */
static void cpu_forget_timers(struct exec_cpu *cpu)
{
    cpu_advance(cpu, UINT64_MAX);
    for (struct exec_link *link; (link = exec_list_take(&cpu->expired)) != NULL;)
        EXEC_CONTAINER(link, struct exec_timer, link)->place = 0;
}

uint32_t exec_destroy(struct exec *exec)
{
    struct exec_inner *inner = exec_inner(exec);
    uint32_t left_count = inner->world->backend->exec_end(inner);
    raw_lock(&inner->world->execs_lock);
    exec_list_remove(&inner->link);
    raw_unlock(&inner->world->execs_lock);
    /* Threads that did not end may still read it: then it stays, which is the lesser harm. */
    if (left_count && exec->world->kind == EXEC_LIVE) {
        inner->world->abandoned = true;
        return left_count;
    }
    for (uint32_t i = 0; i < exec->processor_count; i++)
        cpu_forget_timers(&inner->cpus[i]);
    for (uint32_t i = 0; i < exec->processor_count; i++)
        nt_pool_forget(&inner->cpus[i]);
    exec_free(inner);
    return left_count;
}

void exec_set_idle_hook(struct exec *exec, void (*hook)(struct exec_task *task))
{
    exec->idle_hook = hook;
}

uint64_t exec_done(struct exec_inner *exec)
{
    uint64_t done = atomic_load(&exec->work_done);
    for (uint32_t i = 0; i < exec->head.processor_count; i++)
        done += atomic_load(&exec->cpus[i].done_seen) + atomic_load(&exec->cpus[i].removed);
    return done;
}

uint64_t exec_queued(struct exec_inner *exec)
{
    uint64_t queued = atomic_load(&exec->work_queued);
    for (uint32_t i = 0; i < exec->head.processor_count; i++)
        queued += atomic_load(&exec->cpus[i].queued);
    return queued;
}

bool exec_busy(struct exec_inner *exec)
{
    uint64_t done = exec_done(exec);
    return done != exec_queued(exec) || atomic_load(&exec->threads_alive);
}

/* ---- task ---- */

void task_place(struct exec_task *task, struct exec_inner *exec, uint32_t processor)
{
    task->exec = &exec->head;
    task->processor = (uint16_t)processor;
    task->cpu = &exec->cpus[processor];
    task->observed = task->simulated || exec->world->head.trace;
}

uint32_t processor_in_turn(struct exec_inner *exec)
{
    return atomic_fetch_add(&exec->next_processor, 1) % exec->head.processor_count;
}

struct exec_task *exec_attach(struct exec *exec, uint32_t processor)
{
    signal_stack_enter_thread();
    struct exec_inner *inner = exec_inner(exec);
    assert(!exec_current());
    struct exec_task *task = inner->world->backend->attach(inner);
    if (!task)
        return NULL;
    if (processor == EXEC_ANY_PROCESSOR)
        processor = processor_in_turn(inner);
    assert(processor < exec->processor_count);
    task->kind = EXEC_TASK_HOST;
    task_place(task, inner, processor);
    exec_moment_reached(task);
    exec_current_task = task;
    exec_preempt("attach"); /* another task may have this processor for itself */
    return task;
}

void exec_detach(void)
{
    struct exec_task *task = exec_current();
    assert(task && task->kind == EXEC_TASK_HOST);
    assert(task->irql < EXEC_DISPATCH);
    assert(!task->locks_held || atomic_load(&task->exec->world->stopped));
    const struct exec_backend *backend = task_backend(task);
    exec_current_task = NULL;
    backend->detach(task);
}

struct exec *exec_switch(struct exec *exec)
{
    struct exec_task *task = exec_current();
    assert(task->irql < EXEC_DISPATCH);
    assert(exec->world == task->exec->world);
    struct exec *before = task->exec;
    task_place(task, exec_inner(exec), task->processor % exec->processor_count);
    exec_preempt("switch"); /* as in exec_attach */
    return before;
}

void exec_cpu_take(struct exec_task *task)
{
    task_backend(task)->cpu_take(task);
}

void exec_cpu_give(struct exec_task *task)
{
    task_backend(task)->cpu_give(task);
}

void exec_stall(uint64_t duration)
{
    struct exec_task *task = exec_current();
    task_backend(task)->stall(task, duration);
}
