/* SPDX-License-Identifier: MIT */
/* condis explore: one scenario in many orders. */
#define _GNU_SOURCE
#include "command.h"
#include "scenario.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <condis/explore.h>

struct settings {
    struct scenario scenario; /* first: its rows find it there */
    struct condis_explore_options options;
    struct replay replay;
};

/* Reads a number of so many from least to most, which need not be whole. */
static bool read_amount(const char *value, double least, double most, double *amount)
{
    char *end;
    double read = strtod(value, &end);
    if (end == value || *end || !(read >= least && read <= most))
        return false;
    *amount = read;
    return true;
}

static const char *take_minutes(void *seconds_max, const char *value)
{
    double minutes;
    if (!read_amount(value, 1e-3, 1e6, &minutes))
        return "wants minutes, from 0.001 to 1000000; 0.5 are 30 seconds";
    *(uint64_t *)seconds_max = (uint64_t)ceil(minutes * 60);
    return NULL;
}

static const char *take_hang(void *hang_ms, const char *value)
{
    double seconds;
    if (!read_amount(value, 0.01, 86400, &seconds))
        return "wants seconds of processor time, 0.01 to 86400";
    *(uint32_t *)hang_ms = (uint32_t)(seconds * 1000);
    return NULL;
}

static const char *take_shard(void *context, const char *value)
{
    struct condis_explore_options *options = context;
    char part[16];
    uint64_t shard, count;
    size_t length = strcspn(value, "/");
    bool well = value[length] == '/' && length < sizeof part;
    if (well) {
        memcpy(part, value, length);
        part[length] = 0;
        well = option_number(value + length + 1, 1, 1000000, &count) &&
               option_number(part, 1, count, &shard);
    }
    if (!well)
        return "wants I/N: this is shard I, from 1 to N, of N";
    options->shard = (uint32_t)shard;
    options->shard_count = (uint32_t)count;
    return NULL;
}

static const struct option_row rows[] = {
    {"--seeds", "N", "how many runs, each with the next seed; 1000 if nothing else ends it",
     OPTION_U64(struct settings, options.run_max, 1, INT64_MAX)},
    {"--minutes", "M", "how long, in minutes of real time",
     OPTION_OWN(struct settings, options.seconds_max, take_minutes)},
    {"--strategy", "random|pct[:D]|bounded[:P[:S[:A]]]",
     "how orders are made: at random, by D changing priorities, all of P deviations",
     OPTION_TEXT(struct settings, options.strategy)},
    {"--jobs", "N", "processes at a time; else one for each processor",
     OPTION_U32(struct settings, options.job_count, 1, 256)},
    {"--faults", "MODE",
     "make calls of drivers fail in every run: random[=PERCENT], drawn from the run's seed; or "
     "another mode of condis run",
     OPTION_OWN(struct settings, scenario.failing, failing_mode)},
    {"--shard", "I/N", "make only the I-th of N equal parts of the runs",
     OPTION_OWN(struct settings, options, take_shard)},
    {"--state", "PATH", "the directory of findings and checkpoint; else a new one, if needed",
     OPTION_TEXT(struct settings, options.state_dir)},
    {"--resume", NULL, "go on where the checkpoint in --state stopped; begin if there is none",
     OPTION_FLAG(struct settings, options.resume)},
    {"--findings", "N", "stop after N different findings; else go on",
     OPTION_U32(struct settings, options.finding_max, 0, 1000000)},
    {"--shorten", "N", "runs that shortening a finding may take, twice; 3000 unless said",
     OPTION_U32(struct settings, options.shorten_max, 1, 1000000)},
    {"--hang", "SECONDS", "processor time after which a run hangs; 10 unless said",
     OPTION_OWN(struct settings, options.hang_ms, take_hang)},
    SCENARIO_ROWS("the seed of the first run; 1 unless said"),
    JSON_ROW(struct settings, scenario.json),
    HELP_ROW,
};

static int explore_scenario(struct settings *settings)
{
    struct condis_explore_options options = settings->options;
    if (options.resume && !options.state_dir)
        return command_refuse("explore: --resume wants --state PATH, the directory to go on from");
    options.script = scenario_options(&settings->scenario);
    options.replay = settings->replay.command;
    options.replay_arguments = settings->replay.arguments;
    options.out = settings->scenario.json ? stderr : stdout;
    options.err = stderr;
    options.json = settings->scenario.json ? stdout : NULL;
    options.live_screen = isatty(fileno(options.out)) != 0;
    return (int)condis_explore(&options);
}

static int explore(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {.scenario = {.seed = 1}};
    int status;
    if (scenario_read(self, &settings, arguments, argument_count, &status)) {
        replay_write_run(&settings.replay, self, arguments, argument_count);
        replay_add(&settings.replay, "--sim", NULL);
        status = command_end(explore_scenario(&settings));
    }
    scenario_free(&settings.scenario);
    return status;
}

const struct command command_explore = {
    .name = "explore",
    .arguments = "SCENARIO.lua [OPTION...] [-- ARGUMENT...]",
    .help = "Runs a scenario simulated in many orders, and makes small what goes wrong.",
    .manual =
        "Every run is a process of its own, so that a crash is a finding and not the end. The "
        "run's seed and schedule are in the state directory before it starts. A finding is told "
        "once, however many runs have it: by its rule and place, its signal and place, or the text "
        "of "
        "the failed expectation. Its schedule is shortened until no decision can be missed, and "
        "replayed three times; the report ends in the command that replays it.\n\n"
        "With --faults, calls of drivers fail too. A call of the scenario that fails of it is no "
        "finding; a broken rule, a leak, a crash, a request without an end is. What fails is "
        "shortened with the schedule, and the command that replays it names the calls that are "
        "left.\n\n"
        "random walks at random. pct:D gives tasks priorities that change D - 1 times, which finds "
        "a bug that needs D steps in order with a probability that is printed. bounded:P:S:A makes "
        "every run with at most P preemptions (2 unless said), S other switches and A unusual "
        "answers (none unless said), and says what that leaves out.\n\n"
        "Exit status: 0 when nothing was found, 1 when something was, 2 when it could not run.",
    .word = "scenario",
    .has_arguments = true,
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = explore,
};
