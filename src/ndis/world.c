/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "ndis/world.h"
#include "ndis/schedule.h"
#include "ndis/overdue.h"
#include "ndis/report.h"
#include "ndis/watch.h"
#include "nt/owner.h"
#include "nt/pages.h"
#include "nt/pool.h"
#include "rules/store.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A simulated world's fibers live on the thread that made it, so there can be one at a time. */
static _Thread_local struct condis_world *simulated_here;

bool error_say(struct condis_error *error, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof(error->text), format, arguments);
        va_end(arguments);
    }
    return false;
}

static const char *status_name(uint32_t status)
{
    return report_status_name((NDIS_STATUS)status);
}

/* An expectation is for one occurrence: the sink's lasts until it is ended. */
static void meet_expectation(struct condis_world *world, const struct rule_break *brk)
{
    uint32_t open = atomic_load(&world->expected[brk->id]);
    if (open == 0)
        return;
    atomic_store(&world->expected[brk->id], open - 1);
    atomic_fetch_add(&world->expected_met_count, 1);
    atomic_fetch_sub(&world->expected_unmet_count, 1);
    rules_expect_end(&world->rules, brk->id);
}

static void tell_host_program(struct condis_world *world, const struct rule_break *brk)
{
    char *report = NULL;
    size_t report_bytes = 0;
    FILE *file = open_memstream(&report, &report_bytes);
    if (file) {
        rules_print(file, brk);
        fclose(file);
    }
    struct condis_violation violation = {
        .rule = rule_info(brk->id)->name,
        .report = report ? report : "(no memory for the report)\n",
        .expected = brk->expected,
        .stack = stack_hash(&brk->stack, STACK_HASH_FRAMES),
        .step = brk->step,
    };
    world->options.on_violation(world->options.context, &violation);
    free(report);
}

static void hear_break(void *context, const struct rule_break *brk)
{
    struct condis_world *world = context;
    if (world->options.on_violation)
        tell_host_program(world, brk);
    else
        rules_print_subscriber(stderr, brk);
    if (brk->expected)
        meet_expectation(world, brk);
}

static void stop_process(void *context, const struct rule_break *brk)
{
    struct condis_world *world = context;
    if (world->options.on_violation)
        rules_print(stderr, brk);
    trace_flush(world->trace);
    fflush(NULL);
    abort();
}

static const enum rules_policy policies[] = {
    [CONDIS_VIOLATION_REPORT] = RULES_REPORT,
    [CONDIS_VIOLATION_STOP] = RULES_STOP,
    [CONDIS_VIOLATION_DEBUG] = RULES_DEBUG,
};

static bool open_trace(struct condis_world *world, struct condis_error *error)
{
    const struct condis_world_options *o = &world->options;
    if (!o->trace_path)
        return true;
    struct trace_options trace = {
        .format = o->trace_format == CONDIS_TRACE_JSON ? TRACE_JSON : TRACE_TEXT,
        .path = o->trace_path,
        .status_name = status_name,
    };
    int failure = trace_open(&trace, &world->trace);
    if (failure)
        return error_say(error, "cannot write the trace to '%s': %s", o->trace_path,
                         strerror(failure));
    return true;
}

static bool start_rules(struct condis_world *world, struct condis_error *error)
{
    const struct condis_world_options *o = &world->options;
    if (!rules_init(&world->rules))
        return error_say(error, "the system gives no mutex for the rules");
    rules_set_run(&world->rules, &(struct rules_run){
                                     .seeded = o->clock == CONDIS_SIMULATED,
                                     .seed = o->seed,
                                     .command = o->replay,
                                     .arguments = o->replay_arguments,
                                 });
    rules_set_policy(&world->rules, policies[o->policy], stop_process, world);
    rules_subscribe(&world->rules, hear_break, world);
    return true;
}

static void hear_print(struct exec *exec, const char *line)
{
    struct condis_world *world = exec->world->user;
    world->options.on_print(world->options.context, exec->name, line);
}

/* Says where the world is, and gives it to a debugger. Without one the process ends here. */
static void stop_here(struct exec_world *exec)
{
    const struct condis_world *world = exec->user;
    const struct exec_task *task = exec_current();
    struct stack stack;
    stack_take(&stack, NULL);
    trace_flush(world->trace);
    fflush(NULL);
    fprintf(stderr, "stopped at step %llu, %llu.%07llu s: processor %u of %s, IRQL %u, in %s\n",
            (unsigned long long)exec->step, (unsigned long long)(exec_now(exec) / EXEC_SECOND),
            (unsigned long long)(exec_now(exec) % EXEC_SECOND), task->processor,
            task->exec ? task->exec->name : "no host", task->irql,
            task->owner ? task->owner->name : "no driver");
    stack_print(stderr, "stack", &stack);
    (void)raise(SIGTRAP);
}

static enum nt_pool_mode pool_mode(const struct condis_world_options *options)
{
    switch (options->pool) {
    case CONDIS_POOL_PLAIN:
        return NT_POOL_PLAIN;
    case CONDIS_POOL_GUARDS:
        return NT_POOL_GUARDS;
    case CONDIS_POOL_PAGES:
        if (pages_begin())
            return NT_POOL_PAGES;
        fputs("condis: no page memory in this build or system: the pool has guards\n", stderr);
        return NT_POOL_GUARDS;
    default:
        return options->verifier ? NT_POOL_GUARDS : NT_POOL_PLAIN;
    }
}

static bool start_exec(struct condis_world *world, struct condis_error *error)
{
    struct exec_world_options options = {
        .kind = world->options.clock == CONDIS_SIMULATED ? EXEC_SIMULATED : EXEC_LIVE,
        .seed = world->options.seed,
        .strategy = world->options.schedule ? &strategy_schedule : NULL,
        .strategy_self = world->options.schedule ? &world->options.schedule->schedule : NULL,
        .steps_max = world->options.schedule ? world->options.schedule->schedule.steps_max : 0,
        .rules = &world->rules,
        .trace = world->trace,
        .user = world,
        .print = world->options.on_print ? hear_print : NULL,
        .stop_at = world->options.stop_at,
        .stop = stop_here,
    };
    world->exec = exec_world_create(&options);
    if (!world->exec)
        return error_say(error, "no memory for a world");
    if (world->options.verifier)
        world->exec->stacks = stack_store_create(); /* without memory none are kept */
    if (world->options.verifier && world->options.clock == CONDIS_SIMULATED)
        world->exec->ran = watch_ran;
    world->exec->pool = (uint8_t)pool_mode(&world->options);
    return true;
}

bool condis_world_create(const struct condis_world_options *options, struct condis_world **out,
                         struct condis_error *error)
{
    *out = NULL;
    if (options->clock != CONDIS_LIVE && options->clock != CONDIS_SIMULATED)
        return error_say(error, "%d is no clock: use CONDIS_LIVE or CONDIS_SIMULATED",
                         (int)options->clock);
    if (options->verifier && !CONDIS_VERIFIER)
        return error_say(error, "this build has no verifier: make one without CONDIS_VERIFIER=0");
    if ((unsigned)options->policy >= sizeof(policies) / sizeof(policies[0]))
        return error_say(error, "%d is no policy for violations", (int)options->policy);
    if (options->clock == CONDIS_SIMULATED && simulated_here)
        return error_say(error, "this thread has a simulated world already: destroy it first, or "
                                "use another thread");
    if (options->clock == CONDIS_LIVE && options->schedule)
        return error_say(error, "a live world has no schedule: its processors are threads; make it "
                                "a simulated one");
    struct condis_world *world = calloc(1, sizeof(*world));
    if (!world)
        return error_say(error, "no memory for a world");
    world->options = *options;
    if (pthread_mutex_init(&world->mutex, NULL) != 0) {
        error_say(error, "the system gives no mutex");
        goto free_world;
    }
    if (!open_trace(world, error))
        goto end_mutex;
    if (!start_rules(world, error))
        goto close_trace;
    /* Borrowed: not ours after this call. */
    world->options.trace_path = world->options.replay = world->options.replay_arguments = NULL;
    if (!start_exec(world, error))
        goto end_rules;
    overdue_begin_world(world);
    if (options->clock == CONDIS_SIMULATED)
        simulated_here = world;
    *out = world;
    return true;
end_rules:
    rules_fini(&world->rules);
close_trace:
    trace_close(world->trace);
end_mutex:
    pthread_mutex_destroy(&world->mutex);
free_world:
    free(world);
    return false;
}

void ndis_world_set_faults(struct condis_world *world, struct faults *faults)
{
    atomic_store_explicit(&world->exec->faults, faults, memory_order_release);
}

void condis_world_destroy(struct condis_world *world)
{
    if (!world)
        return;
    while (world->hosts)
        condis_host_destroy(host_public(world->hosts));
    if (simulated_here == world)
        simulated_here = NULL;
    pages_forget_stacks();
    exec_world_destroy(world->exec);
    trace_close(world->trace);
    rules_fini(&world->rules);
    pthread_mutex_destroy(&world->mutex);
    free(world);
}

bool condis_world_trace_flush(struct condis_world *world, struct condis_error *error)
{
    int failure = trace_flush(world->trace);
    if (failure)
        return error_say(error, "the trace is not whole: %s", strerror(failure));
    return true;
}

bool condis_world_expect(struct condis_world *world, const char *rule, struct condis_error *error)
{
    enum rule_id id = rule_by_name(rule);
    if (id == RULE_NONE)
        return error_say(error, "no rule is named '%s': see docs/rules.md for the names", rule);
    rules_expect(&world->rules, id);
    atomic_fetch_add(&world->expected[id], 1);
    atomic_fetch_add(&world->expected_unmet_count, 1);
    return true;
}

struct condis_tally condis_world_tally(const struct condis_world *world)
{
    struct condis_world *w = (struct condis_world *)(uintptr_t)world;
    bool stopped = atomic_load(&w->exec->stopped);
    return (struct condis_tally){
        .violations = rules_unexpected_count(&w->rules),
        .expected_met = atomic_load(&w->expected_met_count),
        .expected_unmet = atomic_load(&w->expected_unmet_count),
        .leaks = stopped ? 0 : atomic_load(&w->leak_count),
        .stopped = stopped,
    };
}

uint64_t condis_world_step(const struct condis_world *world)
{
    return world->exec->step;
}

uint64_t condis_world_now_100ns(const struct condis_world *world)
{
    return exec_now(world->exec);
}

bool condis_world_run_until_idle(struct condis_world *world, uint64_t limit_100ns)
{
    struct host_entry entry;
    pthread_mutex_lock(&world->mutex);
    struct host *host = world->hosts;
    pthread_mutex_unlock(&world->mutex);
    if (!host)
        return true;
    if (!host_enter(host, &entry))
        return false;
    enum exec_idle idle = exec_run_until_idle(world->exec, limit_100ns);
    host_leave(&entry);
    return idle == EXEC_IDLE;
}
