/* SPDX-License-Identifier: MIT */
/* What is queued to a processor: items, DPCs, timers. The same code for both halves; they differ
 * only in who calls cpu_run_one, and when. */
#include "nt/exec_inside.h"

#include <assert.h>

static struct exec_cpu *cpu_of(struct exec *exec, uint32_t processor)
{
    if (processor == EXEC_ANY_PROCESSOR) {
        struct exec_task *task = exec_current();
        processor = task && task->exec == exec ? task->processor : 0;
    }
    assert(processor < exec->processor_count);
    return &exec_inner(exec)->cpus[processor];
}

static void cpu_kick(struct exec_cpu *cpu)
{
    cpu->world->backend->kick(cpu);
}

/* ---- items ---- */

void exec_post(struct exec *exec, uint32_t processor, struct exec_item *item)
{
    struct exec_cpu *cpu = cpu_of(exec, processor);
    atomic_fetch_add(&cpu->queued, 1);
    struct exec_item *newest = atomic_load_explicit(&cpu->inbox, memory_order_relaxed);
    do
        item->next = newest;
    while (!atomic_compare_exchange_weak_explicit(&cpu->inbox, &newest, item, memory_order_release,
                                                  memory_order_relaxed));
    cpu_kick(cpu);
    exec_preempt("post");
}

static bool run_item(struct exec_cpu *cpu)
{
    if (!cpu->batch) {
        struct exec_item *newest = NULL;
        if (atomic_load_explicit(&cpu->inbox, memory_order_relaxed))
            newest = atomic_exchange_explicit(&cpu->inbox, NULL, memory_order_acquire);
        while (newest) { /* turn it round: oldest first */
            struct exec_item *next = newest->next;
            newest->next = cpu->batch;
            cpu->batch = newest;
            newest = next;
        }
    }
    struct exec_item *item = cpu->batch;
    if (!item)
        return false;
    cpu->batch = item->next;
    exec_current()->owner = NULL;
    item->run(item);
    return true;
}

/* ---- DPCs ---- */

void exec_dpc_init(struct exec_dpc *dpc, void (*run)(struct exec_dpc *dpc), void *context)
{
    struct exec_task *task = exec_current();
    *dpc = (struct exec_dpc){.kind = EXEC_CALL_RUN, .importance = 1, .context = context};
    dpc->run = run;
    dpc->owner = task ? task->owner : NULL;
    exec_link_init(&dpc->link);
}

/* The lock is held, so only readers without it need the atomic. */
static void count_driver(struct exec_cpu *cpu, uint8_t kind, int change)
{
    uint32_t count = atomic_load_explicit(&cpu->driver_count, memory_order_relaxed);
    if (kind == EXEC_CALL_DRIVER)
        atomic_store_explicit(&cpu->driver_count, count + (uint32_t)change, memory_order_relaxed);
}

bool exec_dpc_queue(struct exec *exec, struct exec_dpc *dpc, void *argument1, void *argument2)
{
    struct exec_cpu *cpu = cpu_of(exec, dpc->target ? dpc->target - 1u : EXEC_ANY_PROCESSOR);
    uint32_t idle = 0;
    if (!atomic_compare_exchange_strong(&dpc->queued, &idle, cpu->number + 1)) {
        exec_preempt("queue dpc");
        return false;
    }
    atomic_fetch_add(&cpu->queued, 1);
    raw_lock(&cpu->lock);
    dpc->argument1 = argument1;
    dpc->argument2 = argument2;
    count_driver(cpu, dpc->kind, 1);
    if (dpc->importance == 2)
        exec_list_prepend(&cpu->dpcs, &dpc->link);
    else
        exec_list_append(&cpu->dpcs, &dpc->link);
    raw_unlock(&cpu->lock);
    cpu_kick(cpu);
    exec_preempt("queue dpc");
    return true;
}

static void count_done(struct exec_cpu *cpu)
{
    atomic_store_explicit(&cpu->done_seen, ++cpu->done, memory_order_release);
}

void cpu_dpc_unlink(struct exec_cpu *cpu, struct exec_dpc *dpc)
{
    count_driver(cpu, dpc->kind, -1);
    exec_list_remove(&dpc->link);
    atomic_store(&dpc->queued, 0);
    atomic_fetch_add(&cpu->removed, 1);
}

bool exec_dpc_remove(struct exec *exec, struct exec_dpc *dpc)
{
    bool removed = false;
    uint32_t queued = atomic_load(&dpc->queued);
    if (queued && queued <= exec->processor_count) {
        struct exec_cpu *cpu = &exec_inner(exec)->cpus[queued - 1];
        raw_lock(&cpu->lock);
        /* Claimed but not yet in the list counts as queued after this call. */
        if (atomic_load(&dpc->queued) == queued && !exec_list_empty(&dpc->link)) {
            cpu_dpc_unlink(cpu, dpc);
            removed = true;
        }
        raw_unlock(&cpu->lock);
    }
    exec_preempt("remove dpc");
    return removed;
}

static bool run_dpc(struct exec_cpu *cpu)
{
    raw_lock(&cpu->lock);
    struct exec_link *link = exec_list_take(&cpu->dpcs);
    if (!link) {
        raw_unlock(&cpu->lock);
        return false;
    }
    struct exec_dpc *dpc = EXEC_CONTAINER(link, struct exec_dpc, link);
    struct exec_dpc copy = {.kind = dpc->kind, .context = dpc->context, .owner = dpc->owner};
    copy.routine = dpc->routine;
    copy.argument1 = dpc->argument1;
    copy.argument2 = dpc->argument2;
    count_driver(cpu, copy.kind, -1);
    atomic_store(&dpc->queued, 0); /* from here on it may be queued again or freed */
    raw_unlock(&cpu->lock);
    exec_current()->owner = copy.owner;
    if (copy.kind == EXEC_CALL_DRIVER)
        nt_dpc_call(&copy, dpc);
    else
        copy.run(dpc);
    return true;
}

struct dpc_flush {
    struct exec_dpc dpc;
    struct exec_waitable done;
    struct exec_world *world;
};

static void flushed(struct exec_dpc *dpc)
{
    struct dpc_flush *flush = dpc->context;
    (void)exec_semaphore_release(flush->world, &flush->done, 1, 1);
}

void exec_dpc_flush(struct exec *exec)
{
    /* A DPC at the end of each queue: when it has run, all that were before it have. */
    for (uint32_t i = 0; i < exec->processor_count; i++) {
        struct dpc_flush flush = {.world = exec->world};
        exec_dpc_init(&flush.dpc, flushed, &flush);
        flush.dpc.target = (uint16_t)(i + 1);
        exec_waitable_init(&flush.done, EXEC_SEMAPHORE, 0);
        (void)exec_dpc_queue(exec, &flush.dpc, NULL, NULL);
        if (exec_wait_one(&flush.done, EXEC_FOREVER, "KeFlushQueuedDpcs") != EXEC_WAIT_SIGNALLED)
            (void)exec_dpc_remove(exec, &flush.dpc);
    }
}

/* ---- timers ---- */

void exec_timer_init(struct exec_timer *timer, void (*run)(struct exec_timer *timer))
{
    *timer = (struct exec_timer){.kind = EXEC_CALL_RUN, .processor = EXEC_TIMER_UNPLACED};
    timer->run = run;
    exec_link_init(&timer->link);
}

/* A timer stays with the processor on which it was first set: then its place is guarded by one lock
 * all its life, and nobody needs to ask which. */
static struct exec_cpu *timer_cpu(struct exec *exec, struct exec_timer *timer, uint32_t processor)
{
    uint16_t placed = __atomic_load_n(&timer->processor, __ATOMIC_RELAXED);
    if (placed == EXEC_TIMER_UNPLACED && processor != EXEC_TIMER_UNPLACED) {
        uint16_t chosen = (uint16_t)cpu_of(exec, processor)->number;
        if (__atomic_compare_exchange_n(&timer->processor, &placed, chosen, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            placed = chosen;
    }
    return placed < exec->processor_count ? &exec_inner(exec)->cpus[placed] : NULL;
}

void cpu_timer_unlink(struct exec_cpu *cpu, struct exec_timer *timer)
{
    if (timer->place)
        count_driver(cpu, timer->kind, -1);
    if (timer->place == WHEEL_EXPIRED) {
        exec_list_remove(&timer->link);
        timer->place = 0;
    } else if (timer->place) {
        wheel_remove(&cpu->wheel, timer);
    }
}

/* Returns whether the processor must look at its timers earlier than it would. */
static bool timer_link(struct exec_cpu *cpu, struct exec_timer *timer)
{
    count_driver(cpu, timer->kind, 1);
    if (timer->due <= cpu->wheel.now) {
        timer->place = WHEEL_EXPIRED;
        exec_list_append(&cpu->expired, &timer->link);
        return true;
    }
    wheel_insert(&cpu->wheel, timer);
    return timer->due < cpu->armed;
}

bool exec_timer_set(struct exec *exec, struct exec_timer *timer, uint64_t due, uint32_t period_ms,
                    uint32_t processor)
{
    struct exec_cpu *cpu = timer_cpu(exec, timer, processor);
    assert(cpu);
    raw_lock(&cpu->lock);
    bool was_set = timer->place != 0;
    cpu_timer_unlink(cpu, timer);
    timer->due = due;
    timer->period_ms = period_ms;
    bool kick = timer_link(cpu, timer);
    raw_unlock(&cpu->lock);
    if (kick)
        cpu_kick(cpu);
    exec_preempt("set timer");
    return was_set;
}

bool exec_timer_cancel(struct exec *exec, struct exec_timer *timer)
{
    bool was_set = false;
    struct exec_cpu *cpu = timer_cpu(exec, timer, EXEC_TIMER_UNPLACED);
    if (cpu) {
        raw_lock(&cpu->lock);
        was_set = timer->place != 0;
        cpu_timer_unlink(cpu, timer);
        raw_unlock(&cpu->lock);
    }
    exec_preempt("cancel timer");
    return was_set;
}

bool exec_timer_is_set(struct exec *exec, struct exec_timer *timer)
{
    struct exec_cpu *cpu = timer_cpu(exec, timer, EXEC_TIMER_UNPLACED);
    if (!cpu)
        return false;
    raw_lock(&cpu->lock);
    bool is_set = timer->place != 0;
    raw_unlock(&cpu->lock);
    return is_set;
}

bool exec_timer_is_running(struct exec *exec, struct exec_timer *timer)
{
    struct exec_cpu *cpu = timer_cpu(exec, timer, EXEC_TIMER_UNPLACED);
    return cpu && exec_current() != cpu->task && atomic_load(&cpu->running_timer) == timer;
}

void exec_timer_flush(struct exec *exec, struct exec_timer *timer)
{
    struct exec_cpu *cpu = timer_cpu(exec, timer, EXEC_TIMER_UNPLACED);
    while (cpu && atomic_load(&cpu->running_timer) == timer &&
           exec_sleep(1, "exec_timer_flush") == EXEC_WAIT_TIMEOUT)
        continue;
}

bool cpu_advance(struct exec_cpu *cpu, uint64_t now)
{
    raw_lock(&cpu->lock);
    if (now > cpu->wheel.now)
        wheel_advance(&cpu->wheel, now, &cpu->expired);
    bool some = !exec_list_empty(&cpu->expired);
    raw_unlock(&cpu->lock);
    return some;
}

static void timer_repeat(struct exec_cpu *cpu, struct exec_timer *timer)
{
    uint64_t period = timer->period_ms * EXEC_MS;
    timer->due += period;
    if (timer->due <= cpu->wheel.now) /* more than a period late: no burst to catch up */
        timer->due = cpu->wheel.now + period;
    (void)timer_link(cpu, timer);
}

static bool run_timer(struct exec_cpu *cpu)
{
    raw_lock(&cpu->lock);
    struct exec_link *link = exec_list_take(&cpu->expired);
    if (!link) {
        raw_unlock(&cpu->lock);
        return false;
    }
    struct exec_timer *timer = EXEC_CONTAINER(link, struct exec_timer, link);
    timer->place = 0;
    count_driver(cpu, timer->kind, -1);
    atomic_store(&cpu->running_timer, timer);
    if (timer->period_ms)
        timer_repeat(cpu, timer);
    bool driver = timer->kind == EXEC_CALL_DRIVER;
    void (*run)(struct exec_timer *) = driver ? nt_timer_call : timer->run;
    raw_unlock(&cpu->lock);
    exec_current()->owner = NULL;
    run(timer);
    atomic_store(&cpu->running_timer, NULL);
    return true;
}

/* ---- running ---- */

bool cpu_has_work(struct exec_cpu *cpu)
{
    if (cpu->batch || atomic_load(&cpu->inbox))
        return true;
    raw_lock(&cpu->lock);
    bool some = !exec_list_empty(&cpu->dpcs) || !exec_list_empty(&cpu->expired);
    raw_unlock(&cpu->lock);
    return some;
}

/* One kind after the other, so that none can starve another by queueing itself for ever. */
bool cpu_run_one(struct exec_cpu *cpu)
{
    struct exec_task *task = exec_current();
    for (uint32_t tries = 0; tries < 3; tries++) {
        uint32_t kind = cpu->turn;
        cpu->turn = kind == 2 ? 0 : kind + 1;
        exec_moment_reached(task);
        bool ran = kind == 0 ? run_item(cpu) : kind == 1 ? run_dpc(cpu) : run_timer(cpu);
        if (!ran)
            continue;
        exec_changes_owner(task);
        task->owner = NULL;
        if (kind != 2)
            count_done(cpu);
        return true;
    }
    return false;
}
