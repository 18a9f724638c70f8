/* SPDX-License-Identifier: MIT */
/* condis faults: a scenario with each call path of its drivers made to fail, one by one. */
#define _GNU_SOURCE
#include "command.h"
#include "scenario.h"
#include "sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

struct settings {
    struct scenario scenario; /* first: its rows find it there */
    bool list;
    bool only_list;
    uint32_t jobs;
    uint32_t timeout_s;
    struct replay replay;
};

static const struct option_row rows[] = {
    {"--what-if", NULL, "only list the call paths; nothing fails",
     OPTION_FLAG(struct settings, only_list)},
    {"--list", NULL, "only list every function and event that can be made to fail",
     OPTION_FLAG(struct settings, list)},
    SCENARIO_CLOCK_ROWS("real time: each run may take another way",
                        "simulated, the same runs each time (default)"),
    {"--jobs", "N", "how many runs at once (as many as there are processors)",
     OPTION_U32(struct settings, jobs, 1, 256)},
    {"--timeout", "S", "the longest that one run may take, in seconds (60)",
     OPTION_U32(struct settings, timeout_s, 1, 86400), .of = "seconds"},
    SCENARIO_ROWS("the seed of every run (1)"),
    JSON_ROW(struct settings, scenario.json),
    HELP_ROW,
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
static void replay_run(const struct settings *settings, const struct sweep_run *run,
                       struct replay *replay)
{
    char *mode = sweep_mode(run);
    *replay = settings->replay;
    if (mode)
        replay_add(replay, "--faults", mode);
    free(mode);
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
        replay_run(settings, run, &replay);
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

static json_t *json_run(const struct settings *settings, const struct sweep_run *run)
{
    struct replay replay;
    char command[2 * REPLAY_BYTES];
    replay_run(settings, run, &replay);
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
        json_array_append_new(runs, json_run(settings, sweep->runs[i]));
    json_object_foreach(sweep->known, id, path)
    {
        json_array_append(paths, path);
    }
    json_t *document =
        json_pack("{s:s, s:s, s:I, s:I, s:o, s:o}", "scenario", sweep->script.path, "verdict",
                  settings->only_list    ? "listed"
                  : sweep->finding_count ? "failed"
                                         : "survived",
                  "seed", (json_int_t)settings->scenario.seed, "found",
                  (json_int_t)sweep->finding_count, "paths", paths, "runs", runs);
    bool good = document && json_dumpf(document, stdout, JSON_INDENT(2)) == 0;
    fputc('\n', stdout);
    json_decref(document);
    return good;
}

/* ---- the command ---- */

static int report(const struct sweep *sweep, const struct settings *settings)
{
    FILE *out = settings->scenario.json ? stderr : stdout;
    int status = EXIT_PASSED;
    if (settings->only_list) {
        print_paths(out, sweep);
    } else {
        print_table(out, sweep);
        print_findings(out, sweep, settings);
        print_verdict(out, sweep);
        status = sweep->finding_count ? EXIT_FAILED : EXIT_PASSED;
    }
    if (settings->scenario.json && !write_json(sweep, settings))
        status = command_refuse("standard output cannot be written: %s", strerror(errno));
    return status;
}

static int faults(struct settings *settings)
{
    struct screen screen = {.out = stderr, .live = isatty(STDERR_FILENO) != 0};
    struct condis_script_options script = scenario_options(&settings->scenario);
    struct sweep sweep = {
        .script = script,
        .plan = settings->scenario.faults,
        .jobs = settings->jobs ? settings->jobs : (uint32_t)get_nprocs(),
        .timeout_s = settings->timeout_s,
        .only_list = settings->only_list,
        .progress = show_progress,
        .context = &screen,
    };
    sweep.script.clock = &settings->scenario.clock.clock;
    int status;
    if (!sweep_run(&sweep))
        status = command_refuse("%s", sweep.error);
    else if (json_object_size(sweep.known) == 0 && settings->scenario.failing.excluded.count == 0)
        status = command_refuse("faults: %s: nothing was called that can be made to fail%s",
                                settings->scenario.path,
                                settings->scenario.failing.modules.count
                                    ? "; is --module the name of a driver that it loads?"
                                    : "");
    else
        status = report(&sweep, settings);
    sweep_free(&sweep);
    return status;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {
        .scenario = {.clock = {.clock = CONDIS_SIMULATED}, .seed = 1},
        .timeout_s = 60,
    };
    int status;
    if (scenario_read(self, &settings, arguments, argument_count, &status)) {
        replay_write_run(&settings.replay, self, arguments, argument_count);
        replay_add(&settings.replay,
                   settings.scenario.clock.clock == CONDIS_LIVE ? "--live" : "--sim", NULL);
        replay_add_seed(&settings.replay, settings.scenario.seed);
        if (settings.list)
            condis_fault_points_print(stdout);
        else if (settings.scenario.path)
            status = faults(&settings);
        else
            status =
                command_refuse("faults: which scenario? usage: condis faults %s", self->arguments);
        status = command_end(status);
    }
    scenario_free(&settings.scenario);
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
    .word = "scenario",
    .word_may_lack = true, /* --list wants none */
    .has_arguments = true,
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
