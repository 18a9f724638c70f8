/* SPDX-License-Identifier: MIT */
/* condis faults: a scenario with each call path of its drivers made to fail, one by one. */
#define _GNU_SOURCE
#include "changes.h"
#include "command.h"
#include "drivers.h"
#include "failing.h"
#include "replay.h"
#include "sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

struct settings {
    enum condis_clock clock;
    enum condis_completion completion;
    bool completion_given;
    bool json;
    bool help;
    bool list;
    bool only_list;
    uint64_t seed;
    uint32_t jobs;
    uint32_t timeout_s;
    struct changes changes;
    struct failing failing;
};

static const char *take_live(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->clock = CONDIS_LIVE;
    return NULL;
}

static const char *take_sim(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->clock = CONDIS_SIMULATED;
    return NULL;
}

/* Reads a whole number from 0 to max. returns  false: it is none */
static bool whole(const char *value, uint64_t max, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 0);
    *out = number;
    return !errno && end != value && !*end && value[0] != '-' && number <= max;
}

static const char *take_seed(void *context, const char *value)
{
    return whole(value, INT64_MAX, &((struct settings *)context)->seed)
               ? NULL
               : "a seed is a number from 0 to 9223372036854775807";
}

static const char *take_jobs(void *context, const char *value)
{
    uint64_t jobs;
    if (!whole(value, 256, &jobs) || jobs == 0)
        return "it is a number from 1 to 256";
    ((struct settings *)context)->jobs = (uint32_t)jobs;
    return NULL;
}

static const char *take_timeout(void *context, const char *value)
{
    uint64_t seconds;
    if (!whole(value, 86400, &seconds) || seconds == 0)
        return "it is a number of seconds from 1 to 86400";
    ((struct settings *)context)->timeout_s = (uint32_t)seconds;
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

static const char *take_driver(void *context, const char *value)
{
    return changes_take(&((struct settings *)context)->changes, value);
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

static const char *take_what_if(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->only_list = true;
    return NULL;
}

static const char *take_list(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->list = true;
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
    CHANGES_OPTION(take_driver),
    FAILING_OPTIONS(take_module, take_function, take_exclude, take_depth),
    {"--what-if", NULL, "only list the call paths; nothing fails", take_what_if},
    {"--list", NULL, "only list every function and event that can be made to fail", take_list},
    {"--sim", NULL, "simulated, the same runs each time (default)", take_sim},
    {"--live", NULL, "real time: each run may take another way", take_live},
    {"--seed", "N", "the seed of every run (1)", take_seed},
    {"--completion", "pending|direct|mixed", "how a request that ends at once is told",
     take_completion},
    {"--jobs", "N", "how many runs at once (as many as there are processors)", take_jobs},
    {"--timeout", "S", "the longest that one run may take, in seconds (60)", take_timeout},
    {"--json", NULL, "one JSON document on standard output, the rest on standard error", take_json},
    {"--help", NULL, "this", take_help},
};

/* ---- what people read ---- */

struct screen {
    FILE *out;
    bool live;
    size_t quarter;
};

static void show_progress(void *context, size_t done, size_t known, size_t finding_count)
{
    enum { WIDTH = 30 };
    struct screen *screen = context;
    size_t filled = done * WIDTH / known;
    if (screen->live) {
        fprintf(screen->out, "\r[%.*s%.*s] %zu of %zu runs, %zu found ", (int)filled,
                "##############################", (int)(WIDTH - filled),
                "..............................", done, known, finding_count);
    } else if (done == known || done * 4 / known > screen->quarter) {
        screen->quarter = done * 4 / known;
        fprintf(screen->out, "%zu of %zu runs, %zu found\n", done, known, finding_count);
    }
    if (screen->live && done == known)
        fputc('\n', screen->out);
    fflush(screen->out);
}

static const char *field(json_t *path, const char *name)
{
    const char *text = json_string_value(json_object_get(path, name));
    return text ? text : "?";
}

static const char *where(json_t *path)
{
    const char *frame = json_string_value(json_array_get(json_object_get(path, "frames"), 0));
    return frame ? frame : "?";
}

static int widest(const struct sweep *sweep, const char *(*cell)(json_t *), const char *name)
{
    size_t width = strlen(name);
    const char *id;
    json_t *path;
    json_object_foreach(sweep->known, id, path)
    {
        size_t length = strlen(cell(path));
        width = length > width ? length : width;
    }
    return (int)width;
}

static const char *driver(json_t *path)
{
    return field(path, "driver");
}

static const char *function(json_t *path)
{
    return field(path, "function");
}

static const char *sees(json_t *path)
{
    return field(path, "sees");
}

static void print_table(FILE *out, const struct sweep *sweep)
{
    int wide[] = {widest(sweep, driver, "driver"), widest(sweep, function, "function"),
                  widest(sweep, where, "from"), widest(sweep, sees, "came back")};
    fprintf(out, "%-4s  %-*s  %-*s  %-*s  %-*s  %-8s  what the driver did\n", "run", wide[0],
            "driver", wide[1], "function", wide[2], "from", wide[3], "came back", "outcome");
    for (size_t i = 1; i < sweep->run_count; i++) {
        const struct sweep_run *run = sweep->runs[i];
        fprintf(out, "%-4zu  %-*s  %-*s  %-*s  %-*s  %-8s  %s\n", i, wide[0], driver(run->path),
                wide[1], function(run->path), wide[2], where(run->path), wide[3], sees(run->path),
                sweep_outcome_name(run->outcome), run->did ? run->did : "");
    }
}

static void print_paths(FILE *out, const struct sweep *sweep)
{
    int wide[] = {widest(sweep, driver, "driver"), widest(sweep, function, "function"),
                  widest(sweep, where, "from")};
    const char *id;
    json_t *path;
    fprintf(out, "%-16s  %5s  %-*s  %-*s  %-*s  came back\n", "call path", "calls", wide[0],
            "driver", wide[1], "function", wide[2], "from");
    json_object_foreach(sweep->known, id, path)
    {
        fprintf(out, "%s  %5lld  %-*s  %-*s  %-*s  %s\n", id,
                (long long)json_integer_value(json_object_get(path, "seen")), wide[0], driver(path),
                wide[1], function(path), wide[2], where(path), sees(path));
    }
}

/* The one command that has the run again. */
static void replay_run(const struct sweep *sweep, const struct settings *settings,
                       const struct sweep_run *run, struct replay *replay)
{
    static const char *const completions[] = {"pending", "direct", "mixed"};
    enum { WORD_BYTES = 1024 };
    size_t room = 16 + 2 * settings->changes.count + sweep->script.argument_count, count = 0;
    char(*text)[WORD_BYTES] = calloc(room, WORD_BYTES);
    const char **words = calloc(room, sizeof *words);
    *replay = (struct replay){0};
    if (!text || !words)
        goto free_all;
    words[count++] = sweep->script.path;
    words[count++] = settings->clock == CONDIS_LIVE ? "--live" : "--sim";
    if (settings->completion_given) {
        words[count++] = "--completion";
        words[count++] = completions[settings->completion];
    }
    for (size_t i = 0; i < settings->changes.count; i++) {
        const struct condis_driver_change *change = &settings->changes.list[i];
        words[count++] = "--driver";
        snprintf(text[count], WORD_BYTES, "%s%s%s=%s", change->driver, change->setting ? "." : "",
                 change->setting ? change->setting : "", change->value);
        words[count] = text[count];
        count++;
    }
    if (settings->failing.depth) {
        words[count++] = "--depth";
        snprintf(text[count], WORD_BYTES, "%u", settings->failing.depth);
        words[count] = text[count];
        count++;
    }
    words[count++] = "--faults";
    char *mode = sweep_mode(run);
    words[count++] = mode ? mode : "";
    if (sweep->script.argument_count > 0)
        words[count++] = "--";
    for (size_t i = 0; i < sweep->script.argument_count; i++)
        words[count++] = sweep->script.arguments[i];
    replay_write(replay, &command_run, words, count, settings->seed);
    free(mode);
free_all:
    free(words);
    free(text);
}

static void print_replay(FILE *out, const struct replay *replay)
{
    fprintf(out, "  replay       %s%s%s\n",
            replay->command[0] ? replay->command : "(the command is too long)",
            replay->arguments[0] ? " " : "", replay->arguments);
}

static void print_findings(FILE *out, const struct sweep *sweep, const struct settings *settings)
{
    for (size_t i = 1; i < sweep->run_count; i++) {
        const struct sweep_run *run = sweep->runs[i];
        if (!sweep_is_finding(run))
            continue;
        size_t frame;
        json_t *text;
        struct replay replay;
        replay_run(sweep, settings, run, &replay);
        fprintf(out, "\nrun %zu: %s got %s from %s: %s\n", i, driver(run->path), sees(run->path),
                function(run->path), run->did ? run->did : "");
        json_array_foreach(json_object_get(run->path, "frames"), frame, text)
        {
            fprintf(out, "  %s  %s\n", frame == 0 ? "called from" : "           ",
                    json_string_value(text));
        }
        print_replay(out, &replay);
    }
}

static void print_verdict(FILE *out, const struct sweep *sweep)
{
    size_t missed = 0, runs = sweep->run_count - 1;
    for (size_t i = 1; i < sweep->run_count; i++)
        missed += sweep->runs[i]->outcome == SWEEP_MISSED;
    fprintf(out, "%s: %zu call paths failed in turn, %zu survived, %zu found",
            sweep->finding_count ? "failed" : "survived", runs - missed,
            runs - missed - sweep->finding_count, sweep->finding_count);
    if (missed)
        fprintf(out, ", %zu not reached again", missed);
    fputs("; the last runs showed no call path that had not failed\n", out);
}

/* ---- what programs read ---- */

static json_t *json_run(const struct sweep *sweep, const struct settings *settings,
                        const struct sweep_run *run)
{
    struct replay replay;
    char command[2 * REPLAY_BYTES];
    replay_run(sweep, settings, run, &replay);
    snprintf(command, sizeof command, "%s%s%s", replay.command, replay.arguments[0] ? " " : "",
             replay.arguments);
    json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:O?, s:s, s:s, s:s}", "id",
                               run->ids[run->id_count - 1], "driver", driver(run->path), "function",
                               function(run->path), "kind", field(run->path, "kind"), "sees",
                               sees(run->path), "frames", json_object_get(run->path, "frames"),
                               "outcome", sweep_outcome_name(run->outcome), "did",
                               run->did ? run->did : "", "replay", command);
    return object;
}

static bool write_json(const struct sweep *sweep, const struct settings *settings)
{
    json_t *runs = json_array(), *paths = json_array();
    const char *id;
    json_t *path;
    for (size_t i = 1; i < sweep->run_count; i++)
        json_array_append_new(runs, json_run(sweep, settings, sweep->runs[i]));
    json_object_foreach(sweep->known, id, path)
    {
        json_array_append(paths, path);
    }
    json_t *document =
        json_pack("{s:s, s:s, s:I, s:I, s:o, s:o}", "scenario", sweep->script.path, "verdict",
                  settings->only_list    ? "listed"
                  : sweep->finding_count ? "failed"
                                         : "survived",
                  "seed", (json_int_t)settings->seed, "found", (json_int_t)sweep->finding_count,
                  "paths", paths, "runs", runs);
    bool good = document && json_dumpf(document, stdout, JSON_INDENT(2)) == 0;
    fputc('\n', stdout);
    json_decref(document);
    return good;
}

/* ---- the command ---- */

static int sweep_all(const struct settings *settings, const struct option_rest *rest,
                     const struct driver_dirs *dirs)
{
    FILE *out = settings->json ? stderr : stdout;
    struct screen screen = {.out = stderr, .live = isatty(STDERR_FILENO) != 0};
    struct sweep sweep = {
        .script =
            {
                .path = rest->words[0],
                .arguments = rest->after,
                .argument_count = rest->after_count,
                .clock = &settings->clock,
                .completion = settings->completion_given ? &settings->completion : NULL,
                .seed = settings->seed,
                .driver_dirs = (const char *const *)dirs->paths,
                .driver_dir_count = dirs->count,
                .changes = settings->changes.list,
                .change_count = settings->changes.count,
            },
        .plan = failing_plan(&settings->failing),
        .jobs = settings->jobs ? settings->jobs : (uint32_t)get_nprocs(),
        .timeout_s = settings->timeout_s,
        .only_list = settings->only_list,
        .progress = show_progress,
        .context = &screen,
    };
    int status = EXIT_PASSED;
    if (!sweep_run(&sweep)) {
        status = command_refuse("%s", sweep.error);
    } else {
        if (settings->only_list) {
            print_paths(out, &sweep);
        } else {
            print_table(out, &sweep);
            print_findings(out, &sweep, settings);
            print_verdict(out, &sweep);
            status = sweep.finding_count ? EXIT_FAILED : EXIT_PASSED;
        }
        if (settings->json && !write_json(&sweep, settings))
            status = command_refuse("standard output: %s", strerror(errno));
    }
    sweep_free(&sweep);
    return status;
}

static int faults(const struct settings *settings, const struct option_rest *rest)
{
    struct driver_dirs dirs;
    if (access(rest->words[0], R_OK) != 0)
        return command_refuse("%s: %s", rest->words[0], strerror(errno));
    if (!driver_dirs_find(&dirs))
        return command_refuse("no memory");
    int status = sweep_all(settings, rest, &dirs);
    driver_dirs_free(&dirs);
    return status;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {.clock = CONDIS_SIMULATED, .seed = 1, .timeout_s = 60};
    struct option_rest rest;
    char error[384];
    const char **words = calloc(argument_count + 1, sizeof *words);
    if (!words)
        return command_refuse("no memory");
    int status = EXIT_PASSED;
    if (!options_parse(self->options, self->option_count, &settings, arguments, argument_count,
                       words, &rest, error, sizeof error))
        status = command_refuse("%s", error);
    else if (settings.help)
        command_help(self, stdout);
    else if (settings.list)
        condis_fault_points_print(stdout);
    else if (rest.word_count != 1)
        status = command_refuse("faults: %s; usage: condis faults %s",
                                rest.word_count ? "one scenario only" : "which scenario?",
                                self->arguments);
    else
        status = faults(&settings, &rest);
    changes_free(&settings.changes);
    failing_free(&settings.failing);
    free(words);
    return status;
}

const struct command command_faults = {
    .name = "faults",
    .arguments = "SCENARIO.lua [OPTION...] [-- ARGUMENT...]",
    .help = "Runs a scenario again and again, and makes each call of its drivers that can fail, "
            "and each event of the network, fail once for each way that leads to it.",
    .manual =
        "Each run is a process of its own: a crash is a finding, not the end. The first run "
        "lists the call paths; every other one makes one of them fail; a run that shows a "
        "new one adds a run, in which those before it fail too. The sweep ends when no run "
        "shows a new one.\n\n"
        "A run survives when no rule is broken, nothing leaks and every request ends, whether "
        "or not the scenario's own calls succeed. Each finding comes with the one command "
        "that has it again.\n\n"
        "The status is 0 when every run survived, 1 when something was found, 2 when the "
        "sweep could not run.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
