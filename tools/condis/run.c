/* SPDX-License-Identifier: MIT */
/* condis run: one scenario, from its file to its exit status. */
#define _GNU_SOURCE
#include "command.h"
#include "plan.h"
#include "scenario.h"

#include <stdint.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <condis/script.h>

struct settings {
    struct scenario scenario; /* first: its rows find it there */
    const char *trace;
    const char *control;
    struct plan plan;
    struct replay replay;
};

static const struct option_row rows[] = {
    SCENARIO_CLOCK_ROWS("real time, processors are threads (default, unless the script says)",
                        "simulated: virtual time, every choice from the seed"),
    SCENARIO_ROWS("the seed; without it a new one, which is printed"),
    {"--strategy", "usual|random|pct[:D[:K]]", "simulated: who decides (random, the seed's walk)",
     OPTION_TEXT(struct settings, plan.strategy)},
    {"--schedule", "FILE", "simulated: replay the decisions of FILE",
     OPTION_TEXT(struct settings, plan.replay)},
    {"--record", "FILE", "simulated: write the decisions that are not the usual ones",
     OPTION_TEXT(struct settings, plan.record)},
    VIOLATION_ROWS(struct settings, scenario.checks),
    {"--faults", "MODE",
     "make calls of drivers fail: systematic, what-if, nth=N,..., from=N, random[=PERCENT], "
     "stack=ID,...",
     OPTION_OWN(struct settings, scenario.failing, failing_mode)},
    {"--trace", "FILE", "write every event; FILE.json: as JSON lines; -: standard output",
     OPTION_TEXT(struct settings, trace)},
    {"--control", "PATH", "a socket at which condis show asks what is inside",
     OPTION_TEXT(struct settings, control)},
    JSON_ROW(struct settings, scenario.json),
    HELP_ROW,
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

static int run_scenario(struct settings *settings)
{
    FILE *out = settings->scenario.json ? stderr : stdout;
    if (!plan_begin(&settings->plan, settings->scenario.seed))
        return EXIT_USAGE;
    struct condis_script_options options = scenario_options(&settings->scenario);
    options.schedule = settings->plan.schedule;
    options.replay = settings->replay.command;
    options.replay_arguments = settings->replay.arguments;
    options.control_path = settings->control;
    options.trace_path = settings->trace;
    options.tells_crash = true;
    options.out = out;
    options.err = stderr;
    options.json = settings->scenario.json ? stdout : NULL;
    options.live_screen = isatty(fileno(out)) != 0;
    return plan_end(&settings->plan, (int)condis_script_run(&options));
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {0};
    int status;
    if (scenario_read(self, &settings, arguments, argument_count, &status)) {
        if (!settings.scenario.seed_given)
            settings.scenario.seed = new_seed();
        replay_write(&settings.replay, self, arguments, argument_count, settings.scenario.seed);
        status = command_end(run_scenario(&settings));
    }
    scenario_free(&settings.scenario);
    return status;
}

const struct command command_run = {
    .name = "run",
    .arguments = "SCENARIO.lua [OPTION...] [-- ARGUMENT...]",
    .help = "Runs a scenario, which finds the ARGUMENTs in its table `arg`.",
    .word = "scenario",
    .has_arguments = true,
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
