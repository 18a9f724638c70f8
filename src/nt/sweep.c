/* SPDX-License-Identifier: MIT */
#include "nt/sweep.h"

#include "nt/exec_inside.h"

/* What is looked for: things in memory, or things of an owner. */
struct target {
    uintptr_t start;
    uintptr_t end;
    const struct nt_owner *owner;
};

static bool is_inside(const struct target *target, const void *address)
{
    return (uintptr_t)address >= target->start && (uintptr_t)address < target->end;
}

static bool is_dpc_hit(const struct target *target, const struct exec_dpc *dpc)
{
    if (dpc->kind != EXEC_CALL_DRIVER)
        return false;
    return target->owner ? dpc->owner == target->owner : is_inside(target, dpc);
}

static bool is_timer_hit(const struct target *target, const struct exec_timer *timer)
{
    if (timer->kind != EXEC_CALL_DRIVER)
        return false;
    const struct exec_dpc *dpc = timer->dpc;
    if (target->owner)
        return dpc && dpc->owner == target->owner;
    return is_inside(target, timer) || is_inside(target, dpc);
}

static uint32_t sweep_dpcs(struct exec_cpu *cpu, const struct target *target)
{
    uint32_t count = 0;
    struct exec_link *next;
    for (struct exec_link *link = cpu->dpcs.next; link != &cpu->dpcs; link = next) {
        struct exec_dpc *dpc = EXEC_CONTAINER(link, struct exec_dpc, link);
        next = link->next;
        if (!is_dpc_hit(target, dpc))
            continue;
        cpu_dpc_unlink(cpu, dpc);
        count++;
    }
    return count;
}

static uint32_t sweep_list(struct exec_cpu *cpu, struct exec_link *list,
                           const struct target *target)
{
    uint32_t count = 0;
    struct exec_link *next;
    for (struct exec_link *link = list->next; link != list; link = next) {
        struct exec_timer *timer = EXEC_CONTAINER(link, struct exec_timer, link);
        next = link->next;
        if (!is_timer_hit(target, timer))
            continue;
        cpu_timer_unlink(cpu, timer);
        count++;
    }
    return count;
}

static uint32_t sweep_timers(struct exec_cpu *cpu, const struct target *target)
{
    uint32_t count = sweep_list(cpu, &cpu->expired, target);
    for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
        for (uint64_t left = cpu->wheel.occupied[level]; left; left &= left - 1) {
            unsigned slot = (unsigned)__builtin_ctzll(left);
            count += sweep_list(cpu, &cpu->wheel.slots[level][slot], target);
        }
    }
    return count;
}

static struct exec_swept sweep(struct exec_inner *exec, const struct target *target)
{
    struct exec_swept swept = {0};
    for (uint32_t i = 0; i < exec->head.processor_count; i++) {
        struct exec_cpu *cpu = &exec->cpus[i];
        if (!atomic_load_explicit(&cpu->driver_count, memory_order_relaxed))
            continue;
        raw_lock(&cpu->lock);
        swept.dpc_count += sweep_dpcs(cpu, target);
        swept.timer_count += sweep_timers(cpu, target);
        raw_unlock(&cpu->lock);
    }
    return swept;
}

struct exec_swept exec_sweep_memory(struct exec *exec, const void *start, size_t bytes)
{
    struct target target = {.start = (uintptr_t)start, .end = (uintptr_t)start + bytes};
    struct exec_swept swept = sweep(exec_inner(exec), &target);
    struct exec_world_inner *world = world_inner(exec->world);
    if (atomic_load_explicit(&world->driver_wait_count, memory_order_relaxed))
        swept.waiter_count = wait_sweep(world, target.start, target.end);
    return swept;
}

struct exec_swept exec_sweep_owner(struct exec *exec, const struct nt_owner *owner)
{
    struct target target = {.owner = owner};
    return sweep(exec_inner(exec), &target);
}
