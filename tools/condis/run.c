/* SPDX-License-Identifier: MIT */
/* condis run: one scenario, from its file to its exit status. */
#define _GNU_SOURCE
#include "command.h"
#include "changes.h"
#include "checks.h"
#include "drivers.h"
#include "plan.h"
#include "replay.h"
#include "failing.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <condis/script.h>

struct settings {
    struct checks checks; /* first: its options find it here */
    enum condis_clock clock;
    enum condis_completion completion;
    bool clock_given;
    bool completion_given;
    bool seed_given;
    bool json;
    bool help;
    uint64_t seed;
    const char *trace;
    const char *control;
    struct changes changes;
    struct plan plan;
    struct replay replay;
    struct failing failing;
};

static const char *take_clock(struct settings *settings, enum condis_clock clock)
{
    if (settings->clock_given && settings->clock != clock)
        return "it is either --live or --sim";
    settings->clock = clock;
    settings->clock_given = true;
    return NULL;
}

static const char *take_live(void *settings, const char *value)
{
    (void)value;
    return take_clock(settings, CONDIS_LIVE);
}

static const char *take_sim(void *settings, const char *value)
{
    (void)value;
    return take_clock(settings, CONDIS_SIMULATED);
}

static const char *take_seed(void *context, const char *value)
{
    struct settings *settings = context;
    char *end;
    errno = 0;
    unsigned long long seed = strtoull(value, &end, 0);
    if (errno || end == value || *end || value[0] == '-' || seed > INT64_MAX)
        return "a seed is a number from 0 to 9223372036854775807";
    settings->seed = seed;
    settings->seed_given = true;
    return NULL;
}

static const char *take_completion(void *context, const char *value)
{
    static const char *const names[] = {"pending", "direct", "mixed"};
    struct settings *settings = context;
    for (size_t i = 0; i < 3; i++) {
        if (!strcmp(value, names[i])) {
            settings->completion = (enum condis_completion)i;
            settings->completion_given = true;
            return NULL;
        }
    }
    return "it is one of pending, direct, mixed";
}

static const char *take_trace(void *context, const char *value)
{
    struct settings *settings = context;
    if (!*value)
        return "wants a file's name";
    settings->trace = value;
    return NULL;
}

static const char *take_driver(void *context, const char *value)
{
    return changes_take(&((struct settings *)context)->changes, value);
}

static const char *take_strategy(void *context, const char *value)
{
    ((struct settings *)context)->plan.strategy = value;
    return NULL;
}

static const char *take_schedule(void *context, const char *value)
{
    ((struct settings *)context)->plan.replay = value;
    return NULL;
}

static const char *take_record(void *context, const char *value)
{
    ((struct settings *)context)->plan.record = value;
    return NULL;
}

static const char *take_faults(void *context, const char *value)
{
    return failing_mode(&((struct settings *)context)->failing, value);
}

static const char *take_module(void *context, const char *value)
{
    return failing_module(&((struct settings *)context)->failing, value);
}

static const char *take_function(void *context, const char *value)
{
    return failing_function(&((struct settings *)context)->failing, value);
}

static const char *take_exclude(void *context, const char *value)
{
    return failing_exclude(&((struct settings *)context)->failing, value);
}

static const char *take_depth(void *context, const char *value)
{
    return failing_depth(&((struct settings *)context)->failing, value);
}

static const char *take_control(void *context, const char *value)
{
    if (!*value)
        return "wants a path for a socket";
    ((struct settings *)context)->control = value;
    return NULL;
}

static const char *take_json(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->json = true;
    return NULL;
}

static const char *take_help(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->help = true;
    return NULL;
}

static const struct option_row rows[] = {
    {"--live", NULL, "real time, processors are threads (default, unless the script says)",
     take_live},
    {"--sim", NULL, "simulated: virtual time, every choice from the seed", take_sim},
    {"--seed", "N", "the seed; without it a new one, which is printed", take_seed},
    {"--completion", "pending|direct|mixed", "how a request that ends at once is told",
     take_completion},
    CHANGES_OPTION(take_driver),
    {"--strategy", "usual|random|pct[:D[:K]]", "simulated: who decides (random, the seed's walk)",
     take_strategy},
    {"--schedule", "FILE", "simulated: replay the decisions of FILE", take_schedule},
    {"--record", "FILE", "simulated: write the decisions that are not the usual ones", take_record},
    CHECKS_OPTIONS,
    {"--faults", "MODE",
     "make calls of drivers fail: systematic, what-if, nth=N,..., from=N, random[=PERCENT], "
     "stack=ID,...",
     take_faults},
    FAILING_OPTIONS(take_module, take_function, take_exclude, take_depth),
    {"--trace", "FILE", "write every event; FILE.json: as JSON lines; -: standard output",
     take_trace},
    {"--control", "PATH", "a socket at which condis show asks what is inside", take_control},
    {"--json", NULL, "one JSON document on standard output, the rest on standard error", take_json},
    {"--help", NULL, "this", take_help},
};

/* Below 2^53, so that every reader of JSON keeps it. */
static uint64_t new_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        seed = (uint64_t)now.tv_nsec * 1000003u + (uint64_t)now.tv_sec;
    }
    return seed & 0xffffffff;
}

static int run_scenario(struct settings *settings, const struct option_rest *rest)
{
    struct driver_dirs dirs;
    struct stat facts;
    const char *path = rest->words[0];
    if (stat(path, &facts) != 0)
        return command_refuse("%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return command_refuse("%s: not a regular file", path);
    if (access(path, R_OK) != 0)
        return command_refuse("%s: %s", path, strerror(errno));
    if (!plan_begin(&settings->plan, settings->seed))
        return EXIT_USAGE;
    if (!driver_dirs_find(&dirs))
        return plan_end(&settings->plan, command_refuse("no memory"));
    struct condis_fault_plan faults = failing_plan(&settings->failing);
    FILE *out = settings->json ? stderr : stdout;
    struct condis_script_options options = {
        .path = path,
        .arguments = rest->after,
        .argument_count = rest->after_count,
        .clock = settings->clock_given ? &settings->clock : NULL,
        .completion = settings->completion_given ? &settings->completion : NULL,
        .seed = settings->seed,
        .schedule = settings->plan.schedule,
        .replay = settings->replay.command,
        .replay_arguments = settings->replay.arguments,
        .control_path = settings->control,
        .trace_path = settings->trace,
        .driver_dirs = (const char *const *)dirs.paths,
        .driver_dir_count = dirs.count,
        .changes = settings->changes.list,
        .change_count = settings->changes.count,
        .faults = faults.mode ? &faults : NULL,
        .out = out,
        .err = stderr,
        .json = settings->json ? stdout : NULL,
        .live_screen = isatty(fileno(out)) != 0,
    };
    checks_apply(&settings->checks, &options);
    int status = plan_end(&settings->plan, (int)condis_script_run(&options));
    driver_dirs_free(&dirs);
    if (fflush(stdout) != 0 || ferror(stdout))
        return command_refuse("standard output: %s", strerror(errno));
    return status;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {0};
    struct option_rest rest;
    char error[384];
    const char **words = calloc(argument_count + 1, sizeof *words);
    if (!words)
        return command_refuse("no memory");
    int status;
    if (!options_parse(self->options, self->option_count, &settings, arguments, argument_count,
                       words, &rest, error, sizeof error)) {
        status = command_refuse("%s", error);
    } else if (settings.help) {
        command_help(self, stdout);
        status = EXIT_PASSED;
    } else if (rest.word_count != 1) {
        status = command_refuse("run: %s; usage: condis run %s",
                                rest.word_count ? "one scenario only" : "which scenario?",
                                self->arguments);
    } else {
        if (!settings.seed_given)
            settings.seed = new_seed();
        replay_write(&settings.replay, self, arguments, argument_count, settings.seed);
        status = run_scenario(&settings, &rest);
    }
    changes_free(&settings.changes);
    failing_free(&settings.failing);
    free(words);
    return status;
}

const struct command command_run = {
    .name = "run",
    .arguments = "SCENARIO.lua [OPTION...] [-- ARGUMENT...]",
    .help = "Runs a scenario, which finds the ARGUMENTs in its table `arg`.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
