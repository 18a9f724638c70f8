/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sweep_judge.h"

#define JOBS_MAX 256

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

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

/* The process of one run. Its document goes into the pipe, all else into the log. */
static _Noreturn void be_run(const struct sweep *sweep, const struct sweep_run *run, int out)
{
    const struct rlimit none = {0, 0};
    struct condis_script_options script = sweep->script;
    struct condis_fault_plan plan = sweep->plan;
    (void)setrlimit(RLIMIT_CORE, &none);
    plan.mode = sweep_mode(run);
    script.faults = &plan;
    script.json = fdopen(out, "w");
    script.out = script.err = run->log;
    script.live_screen = false;
    if (!plan.mode || !script.json || dup2(fileno(run->log), STDOUT_FILENO) < 0 ||
        dup2(fileno(run->log), STDERR_FILENO) < 0)
        _exit(CONDIS_SCRIPT_UNUSABLE);
    int verdict = (int)condis_script_run(&script);
    fflush(NULL);
    _exit(verdict);
}

static bool start(struct sweep *sweep, struct sweep_run *run)
{
    int ends[2];
    run->log = tmpfile();
    if (!run->log)
        return fail(sweep, "no temporary file for a run's output");
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fail(sweep, "no pipe to a run");
    fflush(NULL);
    run->pid = fork();
    if (run->pid == 0) {
        close(ends[0]);
        be_run(sweep, run, ends[1]);
    }
    close(ends[1]);
    if (run->pid < 0) {
        close(ends[0]);
        return fail(sweep, "no process for a run");
    }
    run->pipe = ends[0];
    run->deadline = now_s() + sweep->timeout_s;
    return true;
}

/* Reads what is there. returns  false at the end of it */
static bool read_some(struct sweep_run *run)
{
    if (run->answer_room - run->answer_bytes < 65536) {
        size_t room = run->answer_room ? run->answer_room * 2 : 262144;
        char *answer = realloc(run->answer, room);
        if (!answer)
            return false;
        run->answer = answer;
        run->answer_room = room;
    }
    ssize_t got =
        read(run->pipe, run->answer + run->answer_bytes, run->answer_room - run->answer_bytes);
    if (got > 0)
        run->answer_bytes += (size_t)got;
    return got > 0 || (got < 0 && errno == EINTR);
}

static void finish(struct sweep_run *run)
{
    close(run->pipe);
    run->pipe = -1;
    while (waitpid(run->pid, &run->wait_status, 0) < 0 && errno == EINTR)
        ;
}

/* ---- many runs ---- */

struct crew {
    struct sweep_run *at[JOBS_MAX];
    size_t count;
};

/* Waits until something of a run was read, and takes those that ended out of the crew. */
static void attend(struct crew *crew)
{
    struct pollfd polls[JOBS_MAX];
    double wait_s = 3600, now = now_s();
    for (size_t i = 0; i < crew->count; i++) {
        struct sweep_run *run = crew->at[i];
        polls[i] = (struct pollfd){.fd = run->pipe, .events = POLLIN};
        if (run->deadline - now < wait_s)
            wait_s = run->deadline - now;
    }
    (void)poll(polls, crew->count, wait_s > 0 ? (int)(wait_s * 1000) + 1 : 0);
    now = now_s();
    for (size_t i = crew->count; i-- > 0;) {
        struct sweep_run *run = crew->at[i];
        bool goes_on = true;
        if (now >= run->deadline && !run->timed_out) {
            run->timed_out = true;
            kill(run->pid, SIGKILL);
        }
        if (polls[i].revents)
            goes_on = read_some(run);
        if (goes_on)
            continue;
        finish(run);
        crew->at[i] = crew->at[--crew->count];
    }
}

static void stop_all(struct crew *crew)
{
    for (size_t i = 0; i < crew->count; i++) {
        kill(crew->at[i]->pid, SIGKILL);
        finish(crew->at[i]);
    }
    crew->count = 0;
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
    run->pipe = -1;
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

/* Judges the runs that have ended, in their order, so that the same seed gives the same table
 * however many run at once. */
static bool take_ended(struct sweep *sweep, size_t *taken, size_t started)
{
    while (*taken < started && sweep->runs[*taken]->pipe < 0) {
        struct sweep_run *run = sweep->runs[*taken];
        json_t *document = json_loadb(run->answer ? run->answer : "", run->answer_bytes, 0, NULL);
        bool good = true;
        if (run->id_count > 0)
            judge_run(sweep, run, document);
        else
            good = judge_first(sweep, run, document);
        good = good && take_paths(sweep, run, document);
        if (good && run->id_count > 0)
            judge_path(sweep, run);
        json_decref(document);
        free(run->answer);
        run->answer = NULL;
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
               crew.count < JOBS_MAX) {
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
        if (run->log)
            fclose(run->log);
        json_decref(run->path);
        free(run->answer);
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
