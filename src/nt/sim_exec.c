/* SPDX-License-Identifier: MIT */
/* What the fibers of a simulated exec do: one for each processor, workers as needed, threads. */
#include "nt/sim_inside.h"

#include <assert.h>
#include <stdlib.h>

/* A processor's fiber: one item, DPC or timer at a time, with the processor for itself. */
static void processor_main(struct sim_task *task)
{
    struct exec_cpu *cpu = task->inner.head.cpu;
    for (;;) {
        if (!cpu_has_work(cpu)) {
            sim_suspend(task, SIM_PARKED, UINT64_MAX, "park");
            continue;
        }
        (void)exec_set_irql(EXEC_DISPATCH);
        task->inner.head.irql_floor = EXEC_DISPATCH;
        (void)cpu_run_one(cpu);
        task->inner.head.irql_floor = EXEC_PASSIVE;
        (void)exec_set_irql(EXEC_PASSIVE);
    }
}

void sim_kick(struct exec_cpu *cpu)
{
    struct sim_task *task = sim_task(cpu->task);
    if (task->state == SIM_PARKED)
        sim_make_ready(task);
}

static void worker_main(struct sim_task *task)
{
    struct exec_inner *exec = task->argument;
    for (;;) {
        struct exec_work *work = work_take(exec);
        if (work) {
            /* Each on another processor than the last, because two at DISPATCH on one processor
             * could never meet. */
            uint32_t turn = exec->sim->work_turn++;
            task_place(&task->inner.head, exec, turn % exec->head.processor_count);
            exec_preempt("take work"); /* another task may have this processor for itself */
            work_run(exec, work);
            exec_preempt("work done");
        } else {
            exec_list_append(&exec->sim->parked_workers, &task->link);
            sim_suspend(task, SIM_PARKED, UINT64_MAX, "park");
        }
    }
}

static bool worker_add(struct exec_inner *exec)
{
    if (exec->sim->worker_count == EXEC_WORKERS_MAX)
        return false;
    if (!sim_task_create(exec, EXEC_TASK_WORKER, processor_in_turn(exec), worker_main, exec))
        return false;
    exec->sim->worker_count++;
    return true;
}

void sim_work_push(struct exec_inner *exec, struct exec_work *work)
{
    work_append(exec, work);
    struct exec_link *parked = exec->sim->parked_workers.next;
    if (parked != &exec->sim->parked_workers)
        sim_make_ready(EXEC_CONTAINER(parked, struct sim_task, link));
    else
        (void)worker_add(exec); /* without one more, a busy worker takes it later */
}

static void thread_main(struct sim_task *task)
{
    thread_run(task->argument);
    task->argument = NULL;
}

bool sim_thread_start(struct exec_thread *thread)
{
    return sim_task_create(thread->exec, EXEC_TASK_THREAD, processor_in_turn(thread->exec),
                           thread_main, thread) != NULL;
}

static void discard_tasks(struct exec_inner *exec)
{
    while (!exec_list_empty(&exec->sim->tasks)) {
        struct sim_task *task = EXEC_CONTAINER(exec->sim->tasks.next, struct sim_task, exec_link);
        struct exec_thread *thread = task->inner.head.thread;
        sim_task_discard(task);
        if (thread)
            (void)exec_thread_release(thread); /* the running thread's own reference */
    }
    free(exec->sim);
}

bool sim_exec_begin(struct exec_inner *exec)
{
    exec->sim = calloc(1, sizeof(*exec->sim));
    if (!exec->sim)
        return false;
    exec_link_init(&exec->sim->tasks);
    exec_link_init(&exec->sim->parked_workers);
    for (uint32_t i = 0; i < exec->head.processor_count; i++) {
        struct sim_task *task = sim_task_create(exec, EXEC_TASK_PROCESSOR, i, processor_main, NULL);
        if (!task)
            goto discard;
        exec->cpus[i].task = &task->inner.head;
    }
    if (worker_add(exec)) /* so that work always has somebody */
        return true;
discard:
    discard_tasks(exec);
    return false;
}

static uint32_t left_behind(struct exec_inner *exec)
{
    uint64_t work_count = atomic_load(&exec->work_queued) - atomic_load(&exec->work_done);
    return atomic_load(&exec->threads_alive) + (uint32_t)work_count;
}

uint32_t sim_exec_end(struct exec_inner *exec)
{
    struct sim *sim = exec->world->sim;
    assert(sim->running == &sim->boot);
    bool was_attached = exec_current() != NULL;
    if (!was_attached)
        (void)exec_attach(&exec->head, 0);
    (void)sim_idle(sim, exec, sim->now + EXEC_END_LIMIT);
    uint32_t left_count = left_behind(exec);
    if (!was_attached || exec_current()->exec == &exec->head)
        exec_detach();
    discard_tasks(exec);
    return left_count;
}
