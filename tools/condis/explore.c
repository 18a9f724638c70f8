/* SPDX-License-Identifier: MIT */
/* condis explore: one scenario in many orders. */
#define _GNU_SOURCE
#include "changes.h"
#include "command.h"
#include "drivers.h"
#include "failing.h"
#include "replay.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condis/explore.h>

struct settings {
    struct condis_explore_options options;
    enum condis_completion completion;
    struct changes changes;
    struct replay replay;
    struct failing failing;
    bool completion_given;
    bool json;
    bool help;
};

/* Reads a whole number from `least` to `most`. returns false for anything else. */
static bool read_number(const char *value, uint64_t least, uint64_t most, uint64_t *number)
{
    char *end;
    errno = 0;
    unsigned long long read = strtoull(value, &end, 10);
    *number = read;
    return value[0] >= '0' && value[0] <= '9' && !errno && !*end && read >= least && read <= most;
}

static const char *take_driver(void *context, const char *value)
{
    return changes_take(&((struct settings *)context)->changes, value);
}

static const char *take_seed(void *context, const char *value)
{
    struct settings *settings = context;
    return read_number(value, 0, INT64_MAX, &settings->options.script.seed)
               ? NULL
               : "a seed is a number from 0 to 9223372036854775807";
}

static const char *take_seeds(void *context, const char *value)
{
    struct settings *settings = context;
    return read_number(value, 1, INT64_MAX, &settings->options.run_max)
               ? NULL
               : "wants how many runs: a number, 1 or more";
}

static const char *take_minutes(void *context, const char *value)
{
    struct settings *settings = context;
    char *end;
    double minutes = strtod(value, &end);
    if (end == value || *end || !(minutes > 0 && minutes <= 1e6))
        return "wants minutes, more than 0; 0.5 are 30 seconds";
    settings->options.seconds_max = (uint64_t)ceil(minutes * 60);
    return NULL;
}

static const char *take_strategy(void *context, const char *value)
{
    ((struct settings *)context)->options.strategy = value;
    return NULL;
}

static const char *take_jobs(void *context, const char *value)
{
    struct settings *settings = context;
    uint64_t count;
    if (!read_number(value, 1, 256, &count))
        return "wants how many processes: 1 to 256";
    settings->options.job_count = (uint32_t)count;
    return NULL;
}

static const char *take_shard(void *context, const char *value)
{
    struct settings *settings = context;
    char part[16];
    uint64_t shard, count;
    size_t length = strcspn(value, "/");
    bool well = value[length] == '/' && length < sizeof part;
    if (well) {
        memcpy(part, value, length);
        part[length] = 0;
        well = read_number(value + length + 1, 1, 1000000, &count) &&
               read_number(part, 1, count, &shard);
    }
    if (!well)
        return "wants I/N: this is shard I, from 1 to N, of N";
    settings->options.shard = (uint32_t)shard;
    settings->options.shard_count = (uint32_t)count;
    return NULL;
}

static const char *take_findings(void *context, const char *value)
{
    struct settings *settings = context;
    uint64_t count;
    if (!read_number(value, 0, 1000000, &count))
        return "wants after how many different findings to stop; 0: after none";
    settings->options.finding_max = (uint32_t)count;
    return NULL;
}

static const char *take_hang(void *context, const char *value)
{
    struct settings *settings = context;
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end || !(seconds >= 0.01 && seconds <= 86400))
        return "wants seconds of processor time, 0.01 to 86400";
    settings->options.hang_ms = (uint32_t)(seconds * 1000);
    return NULL;
}

static const char *take_state(void *context, const char *value)
{
    if (!*value)
        return "wants a directory";
    ((struct settings *)context)->options.state_dir = value;
    return NULL;
}

static const char *take_resume(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->options.resume = true;
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
    CHANGES_OPTION(take_driver),
    {"--seeds", "N", "how many runs, each with the next seed; 1000 if nothing else ends it",
     take_seeds},
    {"--minutes", "M", "how long, in minutes of real time", take_minutes},
    {"--strategy", "random|pct[:D]|bounded[:P[:S[:A]]]",
     "how orders are made: at random, by D changing priorities, all of P deviations",
     take_strategy},
    {"--jobs", "N", "processes at a time; else one for each processor", take_jobs},
    {"--seed", "N", "the seed of the first run; 1 unless said", take_seed},
    {"--completion", "pending|direct|mixed", "how a request that ends at once is told",
     take_completion},
    {"--faults", "MODE",
     "make calls of drivers fail in every run: random[=PERCENT], drawn from the run's seed; or "
     "another mode of condis run",
     take_faults},
    FAILING_OPTIONS(take_module, take_function, take_exclude, take_depth),
    {"--shard", "I/N", "make only the I-th of N equal parts of the runs", take_shard},
    {"--state", "PATH", "the directory of findings and checkpoint; else a new one, if needed",
     take_state},
    {"--resume", NULL, "go on where the checkpoint in --state stopped; begin if there is none",
     take_resume},
    {"--findings", "N", "stop after N different findings; else go on", take_findings},
    {"--hang", "SECONDS", "processor time after which a run hangs; 10 unless said", take_hang},
    {"--json", NULL, "one JSON document on standard output, the rest on standard error", take_json},
    {"--help", NULL, "this", take_help},
};

static int explore_scenario(const struct settings *settings, const struct option_rest *rest)
{
    struct driver_dirs dirs;
    struct stat facts;
    const char *path = rest->words[0];
    struct condis_explore_options options = settings->options;
    if (stat(path, &facts) != 0)
        return command_refuse("%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return command_refuse("%s: not a regular file", path);
    if (options.resume && !options.state_dir)
        return command_refuse("--resume wants --state PATH, the directory to go on from");
    if (!driver_dirs_find(&dirs))
        return command_refuse("no memory");
    options.script.path = path;
    options.script.arguments = rest->after;
    options.script.argument_count = rest->after_count;
    options.script.completion = settings->completion_given ? &settings->completion : NULL;
    options.script.driver_dirs = (const char *const *)dirs.paths;
    options.script.driver_dir_count = dirs.count;
    options.script.changes = settings->changes.list;
    options.script.change_count = settings->changes.count;
    struct condis_fault_plan faults = failing_plan(&settings->failing);
    options.script.faults = faults.mode ? &faults : NULL;
    options.replay = settings->replay.command;
    options.replay_arguments = settings->replay.arguments;
    options.out = settings->json ? stderr : stdout;
    options.err = stderr;
    options.json = settings->json ? stdout : NULL;
    options.live_screen = isatty(fileno(options.out)) != 0;
    int status = (int)condis_explore(&options);
    driver_dirs_free(&dirs);
    if (fflush(stdout) != 0 || ferror(stdout))
        return command_refuse("standard output: %s", strerror(errno));
    return status;
}

static int explore(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {.options = {.script = {.seed = 1}}};
    struct option_rest rest;
    char error[256];
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
        status = command_refuse("explore: %s; usage: condis explore %s",
                                rest.word_count ? "one scenario only" : "which scenario?",
                                self->arguments);
    } else {
        replay_write_run(&settings.replay, self, arguments, argument_count);
        status = explore_scenario(&settings, &rest);
    }
    changes_free(&settings.changes);
    failing_free(&settings.failing);
    free(words);
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
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = explore,
};
