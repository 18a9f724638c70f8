/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sweep_judge.h"

static bool fail(struct sweep *sweep, const char *what)
{
    snprintf(sweep->error, sizeof sweep->error, "%s: %s", what, strerror(errno));
    return false;
}

/* ---- one run ---- */

char *sweep_mode(const struct sweep_run *run)
{
    if (run->id_count == 0)
        return strdup("what-if");
    char *mode = malloc(sizeof "stack=" + run->id_count * SWEEP_ID_BYTES);
    if (!mode)
        return NULL;
    strcpy(mode, "stack=");
    for (size_t i = 0; i < run->id_count; i++) {
        if (i > 0)
            strcat(mode, ",");
        strcat(mode, run->ids[i]);
    }
    return mode;
}

/* What the process of a run is told. */
struct task {
    const struct sweep *sweep;
    const struct sweep_run *run;
};

/* The process of one run. Its document goes into the one file, all else into the other. */
static void be_run(void *context)
{
    const struct task *task = context;
    struct condis_script_options script = task->sweep->script;
    struct condis_fault_plan plan = task->sweep->plan;
    plan.mode = sweep_mode(task->run);
    script.faults = &plan;
    script.json = fdopen(task->run->answer, "w");
    script.out = script.err = stderr;
    script.live_screen = false;
    script.tells_crash = true;
    if (!plan.mode || !script.json)
        _exit(CONDIS_SCRIPT_UNUSABLE);
    int verdict = (int)condis_script_run(&script);
    fflush(NULL);
    _exit(verdict);
}

static bool start(struct sweep *sweep, struct sweep_run *run)
{
    struct task task = {sweep, run};
    run->log = process_file();
    run->answer = process_file();
    if (run->log < 0 || run->answer < 0)
        return fail(sweep, "no file for a run's output");
    if (!process_fork(&run->process, sweep->timeout_s * PROCESS_SECOND_NS,
                      (struct process_files){run->log, run->log}, be_run, &task))
        return fail(sweep, "no process for a run");
    return true;
}

/* ---- many runs ---- */

struct crew {
    struct sweep_run *at[PROCESS_COUNT_MAX];
    size_t count;
};

/* Waits until a run has ended, and takes it out of the crew. */
static void attend(struct crew *crew)
{
    struct process *list[PROCESS_COUNT_MAX] = {NULL};
    for (size_t i = 0; i < crew->count; i++)
        list[i] = &crew->at[i]->process;
    size_t ended = process_wait(list, crew->count, UINT64_MAX);
    if (ended == crew->count)
        return; /* a signal came */
    crew->at[ended]->ended = true;
    crew->at[ended] = crew->at[--crew->count];
}

static void stop_all(struct crew *crew)
{
    while (crew->count > 0)
        process_kill(&crew->at[--crew->count]->process);
}

/* Adds the run that makes one more call path fail, after those that led there. */
static bool add_run(struct sweep *sweep, const struct sweep_run *led, const char *id)
{
    struct sweep_run **runs =
        realloc(sweep->runs, (sweep->run_count + 1) * sizeof(struct sweep_run *));
    struct sweep_run *run = calloc(1, sizeof *run);
    size_t before = led ? led->id_count : 0;
    size_t count = before + (id != NULL);
    if (runs)
        sweep->runs = runs;
    if (run)
        run->ids = calloc(count + 1, SWEEP_ID_BYTES);
    if (!runs || !run || !run->ids) {
        free(run);
        errno = ENOMEM;
        return fail(sweep, "a sweep");
    }
    for (size_t i = 0; i < before; i++)
        memcpy(run->ids[i], led->ids[i], SWEEP_ID_BYTES);
    if (id)
        snprintf(run->ids[before], SWEEP_ID_BYTES, "%s", id);
    run->id_count = count;
    run->answer = run->log = -1;
    sweep->runs[sweep->run_count++] = run;
    return true;
}

/* Keeps what a run showed of each call path; those that no run showed before get a run. */
static bool take_paths(struct sweep *sweep, const struct sweep_run *run, json_t *document)
{
    size_t i;
    json_t *path;
    json_array_foreach(json_object_get(json_object_get(document, "faults"), "stacks"), i, path)
    {
        const char *id = json_string_value(json_object_get(path, "id"));
        json_t *known = id ? json_object_get(sweep->known, id) : NULL;
        if (known && json_array_size(json_object_get(known, "frames")) == 0)
            json_object_set(known, "frames", json_object_get(path, "frames"));
        if (!id || known)
            continue;
        json_object_set(sweep->known, id, path);
        if (!sweep->only_list && !add_run(sweep, run, id))
            return false;
    }
    return true;
}

/* A long sweep has more runs than a process may have files. */
static void close_files(struct sweep_run *run)
{
    if (run->answer >= 0)
        close(run->answer);
    if (run->log >= 0)
        close(run->log);
    run->answer = run->log = -1;
}

/* Judges the runs that have ended, in their order, so that the same seed gives the same table
 * however many run at once. */
static bool take_ended(struct sweep *sweep, size_t *taken, size_t started)
{
    while (*taken < started && sweep->runs[*taken]->ended) {
        struct sweep_run *run = sweep->runs[*taken];
        size_t bytes;
        char *answer = process_text(run->answer, SIZE_MAX, &bytes);
        json_t *document = json_loadb(answer ? answer : "", bytes, 0, NULL);
        bool good = true;
        if (run->id_count > 0)
            judge_run(sweep, run, document);
        else
            good = judge_first(sweep, run, document);
        good = good && take_paths(sweep, run, document);
        if (good && run->id_count > 0)
            judge_path(sweep, run);
        json_decref(document);
        free(answer);
        close_files(run);
        if (!good)
            return false;
        sweep->finding_count += sweep_is_finding(run);
        ++*taken;
        if (sweep->progress)
            sweep->progress(sweep->context, *taken, sweep->run_count, sweep->finding_count);
    }
    return true;
}

bool sweep_run(struct sweep *sweep)
{
    struct crew crew = {.count = 0};
    size_t started = 0, taken = 0;
    sweep->known = json_object();
    bool good = sweep->known && add_run(sweep, NULL, NULL);
    while (good && taken < sweep->run_count) {
        while (good && started < sweep->run_count && crew.count < sweep->jobs &&
               crew.count < PROCESS_COUNT_MAX) {
            good = start(sweep, sweep->runs[started]);
            if (good)
                crew.at[crew.count++] = sweep->runs[started++];
        }
        if (good && crew.count > 0)
            attend(&crew);
        good = good && take_ended(sweep, &taken, started);
    }
    stop_all(&crew);
    return good;
}

void sweep_free(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->run_count; i++) {
        struct sweep_run *run = sweep->runs[i];
        close_files(run);
        json_decref(run->path);
        free(run->did);
        free(run->ids);
        free(run);
    }
    free(sweep->runs);
    json_decref(sweep->known);
    sweep->runs = NULL;
    sweep->run_count = 0;
    sweep->known = NULL;
}
