/* SPDX-License-Identifier: MIT */
/* The simulated executive's scheduler. At each preemption point a strategy picks who runs next from
 * those who can; time goes on only when nobody can. */
#include "nt/sim_inside.h"

#include <assert.h>
#include <stdlib.h>

#include "nt/break.h"

/* So many points in a row one task may go on while others could, before it is taken to poll for
 * what another one must do first. */
#define BURST_MAX 1000u
/* After so many points without time going on somebody polls for what time brings: a microsecond for
 * each point from there on, as it would take. Looked at now and then only. */
#define POLL_STEPS        20000u
#define POLL_EVERY        16u
#define POLL_100NS        10u
#define STEPS_MAX_DEFAULT 100000000ull
/* 2026-01-01 00:00 UTC in 100 ns since 1601-01-01. */
#define SYSTEM_TIME_DEFAULT 134116992000000000ull
/* For a reader who misses what a run's end usually tells. */
#define NOT_JUDGED "the world stops here, and what comes after is not judged"

/* ---- ready tasks ---- */

bool sim_reserve(struct sim *sim)
{
    if (sim->task_count == sim->capacity) {
        uint32_t capacity = sim->capacity ? 2 * sim->capacity : 16;
        struct sim_task **ready = realloc(sim->ready, capacity * sizeof(struct sim_task *));
        if (!ready)
            return false;
        sim->ready = ready;
        struct exec_task **candidates =
            realloc(sim->candidates, capacity * sizeof(struct exec_task *));
        if (!candidates)
            return false;
        sim->candidates = candidates;
        sim->capacity = capacity;
    }
    sim->task_count++;
    return true;
}

void sim_make_ready(struct sim_task *task)
{
    struct sim *sim = task->sim;
    assert(task->state != SIM_READY && task->state != SIM_DEAD);
    exec_list_remove(&task->link);
    task->state = SIM_READY;
    task->ready_index = sim->ready_count;
    task->ready_stamp = sim->ready_stamp++;
    sim->ready[sim->ready_count++] = task;
}

static void unready(struct sim_task *task, enum sim_state state)
{
    struct sim *sim = task->sim;
    assert(task->state == SIM_READY);
    struct sim_task *last = sim->ready[--sim->ready_count];
    sim->ready[task->ready_index] = last;
    last->ready_index = task->ready_index;
    task->state = state;
}

static void sleepers_insert(struct sim *sim, struct sim_task *task)
{
    struct exec_link *before = sim->sleepers.prev;
    while (before != &sim->sleepers &&
           EXEC_CONTAINER(before, struct sim_task, link)->due > task->due)
        before = before->prev;
    exec_list_prepend(before, &task->link);
}

/* ---- time ---- */

static uint64_t next_event(struct sim *sim)
{
    uint64_t next = UINT64_MAX;
    if (!exec_list_empty(&sim->sleepers))
        next = EXEC_CONTAINER(sim->sleepers.next, struct sim_task, link)->due;
    struct exec_link *execs = &sim->world->execs;
    for (struct exec_link *link = execs->next; link != execs; link = link->next) {
        struct exec_inner *exec = EXEC_CONTAINER(link, struct exec_inner, link);
        for (uint32_t i = 0; i < exec->head.processor_count; i++) {
            uint64_t due = wheel_next(&exec->cpus[i].wheel);
            if (due < next)
                next = due;
        }
    }
    return next;
}

static void time_reach(struct sim *sim, uint64_t now)
{
    if (now > sim->now)
        sim->now = now;
    while (!exec_list_empty(&sim->sleepers)) {
        struct sim_task *task = EXEC_CONTAINER(sim->sleepers.next, struct sim_task, link);
        if (task->due > sim->now)
            break;
        sim_make_ready(task);
    }
    struct exec_link *execs = &sim->world->execs;
    for (struct exec_link *link = execs->next; link != execs; link = link->next) {
        struct exec_inner *exec = EXEC_CONTAINER(link, struct exec_inner, link);
        for (uint32_t i = 0; i < exec->head.processor_count; i++)
            if (cpu_advance(&exec->cpus[i], sim->now))
                sim_kick(&exec->cpus[i]);
    }
    struct exec_world *world = &sim->world->head;
    if (world->watch && sim->now >= world->watch_at)
        world->watch(world);
}

static void time_set(struct sim *sim, uint64_t now)
{
    sim->steps = 0;
    time_reach(sim, now);
}

/* ---- stopping and idling ---- */

static void boot_continue(struct sim *sim, enum exec_idle result)
{
    sim->idle_result = result;
    if (sim->boot.state != SIM_READY)
        sim_make_ready(&sim->boot);
}

static void sim_stop(struct sim *sim)
{
    atomic_store(&sim->world->head.stopped, true);
    boot_continue(sim, EXEC_STOPPED);
}

/* Nobody can run and no time is set at which somebody could. */
static void sim_stuck(struct sim *sim)
{
    struct sim_task *boot = &sim->boot;
    if (!exec_list_empty(&sim->lock_waiters)) {
        struct sim_task *task = EXEC_CONTAINER(sim->lock_waiters.next, struct sim_task, link);
        struct exec_task *holder = (struct exec_task *)atomic_load(&task->lock->owner); // NOLINT
        nt_break_task(&task->inner.head, RULE_LOCK_DEADLOCK, task->function,
                      "task %u waits for a lock of task %u; nobody can run; " NOT_JUDGED,
                      task->inner.head.id, holder ? holder->id : 0);
        sim_stop(sim);
    } else if (sim->ready_count) {
        nt_break_task(sim->ready[0]->inner.head.cpu->holder, RULE_LOCK_DEADLOCK, "a task",
                      "it keeps its processor and stands still; %u others cannot run; " NOT_JUDGED,
                      sim->ready_count);
        sim_stop(sim);
    } else if (boot->state == SIM_WAITING) {
        nt_break_task(&boot->inner.head, RULE_WAIT_FOREVER, boot->function,
                      "nobody can run and no timer is set");
        boot->stuck = true;
        sim_make_ready(boot);
    } else {
        assert(boot->state == SIM_IDLING);
        boot_continue(sim, EXEC_IDLE);
    }
}

static void sim_advance(struct sim *sim)
{
    uint64_t next = next_event(sim);
    if (sim->boot.state == SIM_IDLING && next != UINT64_MAX && next > sim->idle_deadline) {
        time_set(sim, sim->idle_deadline);
        boot_continue(sim, EXEC_TIME_LIMIT);
    } else if (next != UINT64_MAX) {
        time_set(sim, next);
    } else {
        sim_stuck(sim);
    }
}

enum exec_idle sim_idle(struct sim *sim, struct exec_inner *exec, uint64_t deadline)
{
    assert(sim->running == &sim->boot);
    if (atomic_load(&sim->world->head.stopped))
        return EXEC_STOPPED;
    sim->idle_exec = exec;
    sim->idle_deadline = deadline;
    sim_suspend(&sim->boot, SIM_IDLING, UINT64_MAX, "idle");
    return sim->idle_result;
}

/* ---- who runs next ---- */

/* What is usual does not depend on the order of the list, and starves nobody. */
static uint32_t usual_of(struct sim *sim, uint32_t count, uint32_t from_index)
{
    if (from_index < count && ++sim->burst <= BURST_MAX)
        return from_index;
    sim->burst = 0;
    uint32_t oldest = count;
    for (uint32_t i = 0; i < count; i++)
        if (i != from_index &&
            (oldest == count || sim_task(sim->candidates[i])->ready_stamp <
                                    sim_task(sim->candidates[oldest])->ready_stamp))
            oldest = i;
    if (from_index < count)
        sim_task(sim->candidates[from_index])->ready_stamp = sim->ready_stamp++;
    return oldest;
}

/* Asks the strategy which of the candidates runs. */
static uint32_t sim_ask(struct sim *sim, uint32_t count, uint32_t from_index, const char *what)
{
    if (count == 1)
        return 0;
    const struct exec_task *from = &sim->running->inner.head;
    struct exec_point point = {
        .candidates = sim->candidates,
        .count = count,
        .usual = usual_of(sim, count, from_index),
        .from = from,
        .from_index = from_index,
        .number = from->point_count,
        .what = what,
    };
    if (sim->held)
        return point.usual;
    uint32_t index = sim->strategy->pick(sim->strategy_self, &point);
    assert(index < count);
    return index;
}

/* Time does not stand still for a loop that waits for it: a driver may poll a clock, or a flag that
 * a timer or somebody who stalls will set. */
static void time_creep(struct sim *sim)
{
    time_reach(sim, sim->now + POLL_EVERY * POLL_100NS);
    if (sim->boot.state == SIM_IDLING && sim->now >= sim->idle_deadline)
        boot_continue(sim, EXEC_TIME_LIMIT);
}

static struct sim_task *sim_pick(struct sim *sim, const char *what)
{
    if (sim->steps >= POLL_STEPS && sim->steps % POLL_EVERY == 0)
        time_creep(sim);
    uint32_t count = 0;
    uint32_t from_index = UINT32_MAX;
    for (uint32_t i = 0; i < sim->ready_count; i++) {
        struct exec_task *task = &sim->ready[i]->inner.head;
        if (task->cpu->holder && task->cpu->holder != task)
            continue;
        if (sim->ready[i] == sim->running)
            from_index = count;
        sim->candidates[count++] = task;
    }
    if (!count)
        return NULL;
    sim->world->head.step++;
    if (++sim->steps > sim->steps_max) {
        nt_break_task(sim->candidates[0], RULE_WAIT_FOREVER, what,
                      "%llu steps and no time went on: somebody polls without waiting; " NOT_JUDGED,
                      (unsigned long long)sim->steps_max);
        sim_stop(sim);
        return NULL;
    }
    uint32_t index = sim_ask(sim, count, from_index < count ? from_index : count, what);
    if (index != from_index)
        sim->burst = 0;
    return sim_task(sim->candidates[index]);
}

static struct sim_task *sim_next(struct sim *sim, const char *what)
{
    for (;;) {
        if (atomic_load_explicit(&sim->world->head.stopped, memory_order_relaxed))
            return &sim->boot;
        if (sim->boot.state == SIM_IDLING && sim->idle_exec && !exec_busy(sim->idle_exec)) {
            boot_continue(sim, EXEC_IDLE);
            return &sim->boot;
        }
        struct sim_task *next = sim_pick(sim, what);
        if (next)
            return next;
        if (!atomic_load_explicit(&sim->world->head.stopped, memory_order_relaxed))
            sim_advance(sim);
    }
}

/* The fiber that ended could not free the stack it ran on. */
static void sim_reap(struct sim *sim)
{
    struct sim_task *dead = sim->dead;
    sim->dead = NULL;
    if (dead)
        sim_task_discard(dead);
}

/* On the stack of whoever goes on at this step. */
static void sim_go_on(struct sim *sim)
{
    struct exec_world *world = &sim->world->head;
    if (__builtin_expect(world->stop_at != 0 && world->step >= world->stop_at, 0)) {
        world->stop_at = 0;
        world->stop(world);
    }
}

static void sim_switch(struct sim *sim, const char *what)
{
    struct sim_task *from = sim->running;
    from->inner.head.point_count++;
    struct sim_task *to = sim_next(sim, what);
    if (to != from) {
        if (sim->world->head.ran)
            sim->world->head.ran(&from->inner.head);
        sim->running = to;
        exec_current_task = &to->inner.head;
        fiber_switch(&from->fiber, &to->fiber, from->state == SIM_DEAD);
        sim_reap(sim);
    }
    sim_go_on(sim);
}

void exec_preempt_simulated(struct exec_task *task, const char *what)
{
    struct sim *sim = sim_task(task)->sim;
    assert(sim->running == sim_task(task));
    if (!atomic_load_explicit(&sim->world->head.stopped, memory_order_relaxed))
        sim_switch(sim, what);
}

void sim_suspend(struct sim_task *task, enum sim_state state, uint64_t due, const char *what)
{
    struct sim *sim = task->sim;
    assert(sim->running == task);
    unready(task, state);
    task->due = due;
    if (state == SIM_LOCKED)
        exec_list_append(&sim->lock_waiters, &task->link);
    else if (due != UINT64_MAX)
        sleepers_insert(sim, task);
    sim_switch(sim, what);
}

/* ---- tasks ---- */

static void sim_fiber_main(void *argument)
{
    struct sim_task *task = argument;
    sim_reap(task->sim);
    sim_go_on(task->sim);
    task->main(task);
    assert(task->inner.head.irql == EXEC_PASSIVE);
    unready(task, SIM_DEAD);
    task->sim->dead = task;
    sim_switch(task->sim, "end");
}

struct sim_task *sim_task_create(struct exec_inner *exec, enum exec_task_kind kind,
                                 uint32_t processor, void (*main)(struct sim_task *task),
                                 void *argument)
{
    struct sim *sim = exec->world->sim;
    struct sim_task *task = calloc(1, sizeof(*task));
    if (!task)
        return NULL;
    if (!sim_reserve(sim))
        goto free_task;
    if (!fiber_create(&sim->pool, &task->fiber, sim_fiber_main, task))
        goto unreserve;
    task->sim = sim;
    task->main = main;
    task->argument = argument;
    task->inner.head.kind = (uint8_t)kind;
    task->inner.head.simulated = true;
    task->inner.head.id = exec->world->next_task_id++;
    task_place(&task->inner.head, exec, processor);
    exec_link_init(&task->link);
    exec_list_append(&exec->sim->tasks, &task->exec_link);
    task->state = SIM_PARKED;
    sim_make_ready(task);
    return task;
unreserve:
    sim->task_count--;
free_task:
    free(task);
    return NULL;
}

void sim_task_discard(struct sim_task *task)
{
    struct sim *sim = task->sim;
    assert(task != sim->running);
    if (task->state == SIM_READY)
        unready(task, SIM_DEAD);
    exec_list_remove(&task->link);
    exec_list_remove(&task->exec_link);
    if (task->inner.head.cpu->holder == &task->inner.head)
        task->inner.head.cpu->holder = NULL;
    wait_abandon(&task->inner);
    fiber_destroy(&sim->pool, &task->fiber);
    sim->task_count--;
    free(task);
}

/* ---- the world ---- */

static bool sim_world_begin(struct exec_world_inner *world,
                            const struct exec_world_options *options)
{
    struct sim *sim = calloc(1, sizeof(*sim));
    if (!sim)
        return false;
    sim->world = world;
    if (!sim_reserve(sim)) {
        free(sim->ready);
        free(sim);
        return false;
    }
    world->sim = sim;
    exec_link_init(&sim->sleepers);
    exec_link_init(&sim->lock_waiters);
    sim->system_time_start = options->system_time ? options->system_time : SYSTEM_TIME_DEFAULT;
    sim->steps_max = options->steps_max ? options->steps_max : STEPS_MAX_DEFAULT;
    nt_random_seed(&sim->random, options->seed);
    sim->strategy = options->strategy ? options->strategy : &strategy_random;
    sim->strategy_self = options->strategy ? options->strategy_self : &sim->random;
    struct sim_task *boot = &sim->boot;
    fiber_adopt(&boot->fiber);
    boot->sim = sim;
    boot->inner.head.kind = EXEC_TASK_HOST;
    boot->inner.head.simulated = true;
    boot->inner.head.id = world->next_task_id++;
    exec_link_init(&boot->link);
    exec_link_init(&boot->exec_link);
    boot->state = SIM_PARKED;
    sim_make_ready(boot);
    sim->running = boot;
    return true;
}

static void sim_world_end(struct exec_world_inner *world)
{
    struct sim *sim = world->sim;
    assert(!sim->boot_attached);
    assert(sim->task_count == 1);
    fiber_pool_end(&sim->pool);
    free(sim->ready);
    free(sim->candidates);
    free(sim);
}

static uint64_t sim_now(const struct exec_world_inner *world)
{
    return world->sim->now;
}

static uint64_t sim_system_time(const struct exec_world_inner *world)
{
    return world->sim->system_time_start + world->sim->now;
}

static uint32_t sim_choose(struct exec_world_inner *world, uint32_t count, const char *what)
{
    struct sim *sim = world->sim;
    struct exec_task *from = &sim->running->inner.head;
    struct exec_question question = {
        .count = count, .from = from->id, .number = ++from->point_count, .what = what};
    if (sim->held)
        return 0;
    uint32_t choice = sim->strategy->choose(sim->strategy_self, &question);
    assert(choice < count);
    return choice;
}

static enum exec_idle sim_run_until_idle(struct exec_world_inner *world, uint64_t limit)
{
    uint64_t now = world->sim->now;
    return sim_idle(world->sim, NULL, limit > UINT64_MAX - now ? UINT64_MAX : now + limit);
}

static struct exec_task *sim_attach(struct exec_inner *exec)
{
    struct sim *sim = exec->world->sim;
    assert(!sim->boot_attached);
    sim->boot_attached = true;
    return &sim->boot.inner.head;
}

static void sim_detach(struct exec_task *task)
{
    sim_task(task)->sim->boot_attached = false;
    task->exec = NULL;
    task->cpu = NULL;
    task->owner = NULL;
}

const struct exec_backend exec_simulated = {
    .world_begin = sim_world_begin,
    .world_end = sim_world_end,
    .now = sim_now,
    .now_coarse = sim_now,
    .system_time = sim_system_time,
    .choose = sim_choose,
    .run_until_idle = sim_run_until_idle,
    .exec_begin = sim_exec_begin,
    .exec_end = sim_exec_end,
    .attach = sim_attach,
    .detach = sim_detach,
    .cpu_take = sim_cpu_take,
    .cpu_give = sim_cpu_give,
    .kick = sim_kick,
    .work_push = sim_work_push,
    .thread_start = sim_thread_start,
    .block = sim_block,
    .wake = sim_wake,
    .stall = sim_stall,
};
