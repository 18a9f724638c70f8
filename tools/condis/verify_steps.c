/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "verify.h"
#include "options.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_LIMIT_MS = 600000 }; /* of real time: for whatever hangs in a way nobody else sees */

static const char *const completions[] = {"pending", "direct", "mixed"};

static bool is_for(const struct verify *verify, const struct conformance_case *subject)
{
    return subject->for_client == !strcmp(verify->options.as, "client");
}

bool verify_is_about(const struct verify *verify, const struct conformance_case *subject,
                     const char *word)
{
    uint64_t number;
    if (!is_for(verify, subject))
        return false;
    if (word[0] == 'C' && option_number(word + 1, 1, CASE_OBLIGATION_MAX, &number))
        return subject->obligations[number];
    return !strcmp(word, subject->name);
}

bool verify_wants(const struct verify *verify, const struct conformance_case *subject)
{
    const struct verify_options *options = &verify->options;
    for (size_t i = 0; i < options->only_count; i++)
        if (verify_is_about(verify, subject, options->only[i]))
            return true;
    return options->only_count == 0 && is_for(verify, subject);
}

static bool has_what_it_needs(const struct verify_options *options,
                              const struct conformance_case *subject)
{
    switch (subject->need) {
    case NEEDS_NOTHING:
        return true;
    case NEEDS_PEER:
        return strcmp(options->medium, "none") != 0;
    case NEEDS_LEAF:
        return options->leaf != NULL;
    case NEEDS_ADDRESS:
        return options->address != NULL;
    }
    return false;
}

bool verify_add_subject(const struct verify *verify, struct child *child)
{
    const struct verify_options *options = &verify->options;
    bool good = child_add(child, "--driver") && child_add(child, "subject=%s", options->driver);
    for (size_t i = 0; i < options->setting_count; i++)
        good = good && child_add(child, "--driver") &&
               child_add(child, "subject.%s", options->settings[i]);
    good = good && child_add(child, "--") && child_add(child, "as=%s", options->as) &&
           child_add(child, "medium=%s", options->medium);
    if (options->miniport)
        good = good && child_add(child, "miniport=%s", options->miniport);
    if (options->peer)
        good = good && child_add(child, "peer=%s", options->peer);
    if (options->leaf)
        good = good && child_add(child, "leaf=%s", options->leaf);
    if (options->address)
        good = good && child_add(child, "address=%s", options->address);
    return good;
}

/* ---- the plan ---- */

static struct verify_step *add_step(struct verify *verify, const struct conformance_case *subject,
                                    enum verify_phase phase)
{
    if (verify->step_count == verify->step_room) {
        size_t room = verify->step_room ? 2 * verify->step_room : 64;
        struct verify_step *steps = realloc(verify->steps, room * sizeof *steps);
        if (!steps)
            return NULL;
        verify->steps = steps;
        verify->step_room = room;
    }
    struct verify_step *step = &verify->steps[verify->step_count++];
    *step = (struct verify_step){.subject = subject, .phase = phase, .try_count = 1};
    return step;
}

static bool add_skipped(struct verify *verify, const struct conformance_case *subject)
{
    struct verify_step *step = add_step(verify, subject, PHASE_CASE);
    if (!step || asprintf(&step->what, "needs %s", case_need_text(subject->need)) < 0)
        return false;
    step->outcome = OUTCOME_SKIPPED;
    return true;
}

/* One world. completion: of `completions`; seed 0: live. */
static bool add_case(struct verify *verify, const struct conformance_case *subject,
                     unsigned completion, uint64_t seed)
{
    struct verify_step *step = add_step(verify, subject, PHASE_CASE);
    if (!step)
        return false;
    struct child *child = &step->child;
    bool good = child_add(child, "run") && child_add(child, "%s", subject->path) &&
                child_add(child, "--json") && child_add(child, "--completion") &&
                child_add(child, "%s", completions[completion]);
    if (seed)
        good = good && child_add(child, "--sim") && child_add(child, "--seed") &&
               child_add(child, "%llu", (unsigned long long)seed) &&
               asprintf(&step->about, "simulated, %s, seed %llu", completions[completion],
                        (unsigned long long)seed) >= 0;
    else
        good = good && child_add(child, "--live") &&
               asprintf(&step->about, "live, %s", completions[completion]) >= 0;
    return good && verify_add_subject(verify, child);
}

/* A file's name without its directory and its end: as drivers are called in reports. */
static char *module_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return strndup(name, dot && !strcmp(dot, ".so") ? (size_t)(dot - name) : strlen(name));
}

static bool add_faults(struct verify *verify, const struct conformance_case *subject)
{
    struct verify_step *step = add_step(verify, subject, PHASE_FAULTS);
    char *module = module_name(verify->options.driver);
    if (!step || !module)
        return false;
    struct child *child = &step->child;
    bool good = child_add(child, "faults") && child_add(child, "%s", subject->path) &&
                child_add(child, "--json") && child_add(child, "--jobs") && child_add(child, "1") &&
                child_add(child, "--seed") &&
                child_add(child, "%llu", (unsigned long long)verify->options.seed) &&
                child_add(child, "--module") && child_add(child, "%s", module) &&
                verify_add_subject(verify, child);
    free(module);
    step->about = strdup("each call that can fail, failed once");
    return good && step->about;
}

static bool add_schedules(struct verify *verify, const struct conformance_case *subject)
{
    struct verify_step *step = add_step(verify, subject, PHASE_SCHEDULES);
    if (!step)
        return false;
    struct child *child = &step->child;
    return child_add(child, "explore") && child_add(child, "%s", subject->path) &&
           child_add(child, "--json") && child_add(child, "--jobs") && child_add(child, "1") &&
           child_add(child, "--seed") &&
           child_add(child, "%llu", (unsigned long long)verify->options.seed) &&
           child_add(child, "--seeds") && child_add(child, "%u", verify->options.schedule_count) &&
           child_add(child, "--findings") && child_add(child, "1") &&
           asprintf(&step->about, "%u orders", verify->options.schedule_count) >= 0 &&
           verify_add_subject(verify, child);
}

static bool plan_case(struct verify *verify, const struct conformance_case *subject)
{
    const struct verify_options *options = &verify->options;
    if (!has_what_it_needs(options, subject))
        return add_skipped(verify, subject);
    bool good = true;
    for (unsigned completion = 0; completion < 3; completion++)
        for (uint32_t i = 0; i < options->seed_count; i++)
            good = good && add_case(verify, subject, completion, options->seed + i);
    if (options->live)
        good = good && add_case(verify, subject, 0, 0); /* last: what it shows may not come again */
    if (subject->faults && options->faults)
        good = good && add_faults(verify, subject);
    if (subject->schedules && options->schedule_count)
        good = good && add_schedules(verify, subject);
    return good;
}

bool verify_plan(struct verify *verify)
{
    bool good = true;
    for (size_t i = 0; good && i < verify->suite.count; i++)
        if (verify_wants(verify, &verify->suite.cases[i]))
            good = plan_case(verify, &verify->suite.cases[i]);
    for (size_t i = 0; good && i < verify->step_count; i++) {
        struct verify_step *step = &verify->steps[i];
        step->broken = json_array();
        good = step->broken && (step->outcome == OUTCOME_SKIPPED ||
                                (step->replay = child_command(&step->child)) != NULL);
    }
    return good;
}

/* ---- what came of a step ---- */

static void say(struct verify_step *step, const char *what)
{
    if (!step->what)
        step->what = strndup(what, strcspn(what, "\n"));
}

static void judge_case(struct verify_step *step, const json_t *document)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(document, "broken"), i, row)
    {
        if (json_is_true(json_object_get(row, "expected")))
            continue;
        json_array_append(step->broken, (json_t *)(uintptr_t)row);
        say(step, json_string_value(json_object_get(row, "rule")));
    }
    const char *error = json_string_value(json_object_get(document, "error"));
    if (error)
        say(step, error);
}

/* A sweep's runs and an exploration's findings say the same in other words. */
static void judge_findings(struct verify_step *step, const json_t *document)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(document, "runs"), i, row)
    {
        const char *outcome = json_string_value(json_object_get(row, "outcome"));
        const char *did = json_string_value(json_object_get(row, "did"));
        const char *function = json_string_value(json_object_get(row, "function"));
        const char *replay = json_string_value(json_object_get(row, "replay"));
        char text[512];
        if (!outcome || !strcmp(outcome, "survived") || !strcmp(outcome, "missed") || step->what)
            continue;
        snprintf(text, sizeof text, "%s failed: %s: %s", function ? function : "?", outcome,
                 did ? did : "");
        say(step, text);
        if (replay && *replay) {
            free(step->replay);
            step->replay = strdup(replay);
        }
    }
    json_array_foreach(json_object_get(document, "findings"), i, row)
    {
        const char *title = json_string_value(json_object_get(row, "title"));
        const char *replay = json_string_value(json_object_get(row, "replay"));
        if (title && !step->what) {
            say(step, title);
            if (replay && *replay) {
                free(step->replay);
                step->replay = strdup(replay);
            }
        }
    }
}

static uint64_t tries_of(const json_t *document)
{
    const json_t *runs = json_object_get(document, "runs");
    if (json_is_array(runs))
        return json_array_size(runs);
    json_int_t count =
        json_integer_value(runs); /* 0: the usual run, which is none of them, failed */
    return count > 0 ? (uint64_t)count : 1;
}

/* The first report of a broken rule among what was printed, without those that follow from it; all
 * of it when there is none. The caller frees it; NULL: no memory, or nothing. */
static char *first_report(const char *said)
{
    static const char begin[] = "rule broken: ";
    const char *from = strstr(said, begin);
    const char *to = from ? strstr(from + 1, begin) : NULL;
    from = from ? from : said;
    return *from ? strndup(from, to ? (size_t)(to - from) : strlen(from)) : NULL;
}

/* A run that died left no document, but has printed what it broke until then. */
static void judge_said(struct verify_step *step, const char *said)
{
    static const char begin[] = "rule broken: ";
    for (const char *at = said; (at = strstr(at, begin)) != NULL; at++) {
        char rule[64];
        unsigned number = 0;
        int numbered = 0;
        int plain = 0;
        (void)sscanf(at, "rule broken: %63s (C%u, violation)%n", rule, &number, &numbered);
        if (!numbered)
            (void)sscanf(at, "rule broken: %63s (violation)%n", rule, &plain);
        if (numbered || plain)
            json_array_append_new(step->broken, json_pack("{s:s, s:I}", "rule", rule, "obligation",
                                                          (json_int_t)(numbered ? number : 0)));
    }
}

static void judge(struct verify_step *step)
{
    struct child *child = &step->child;
    char *text = child_out(child);
    char *said = child_err(child);
    json_t *document = text ? json_loads(text, 0, NULL) : NULL;
    if (child->process.late)
        say(step, "it did not end");
    else if (child->process.status == -1)
        say(step, strsignal(child->process.signal));
    if (document && step->phase == PHASE_CASE)
        judge_case(step, document);
    else if (document)
        judge_findings(step, document);
    else if (said && step->phase == PHASE_CASE)
        judge_said(step, said);
    if (document)
        step->try_count = tries_of(document);
    if (child->process.status != 0 && said)
        say(step, said);
    step->outcome = child->process.status == 0   ? OUTCOME_PASSED
                    : child->process.status == 2 ? OUTCOME_UNUSABLE
                                                 : OUTCOME_FAILED;
    if (step->outcome != OUTCOME_PASSED && said)
        step->report = first_report(said);
    json_decref(document);
    free(text);
    free(said);
}

/* ---- running them ---- */

static void show_progress(struct verify *verify)
{
    if (!verify->screen || !verify->live_screen)
        return;
    enum { WIDTH = 30 };
    size_t full = verify->done_count * WIDTH / verify->step_count;
    fprintf(verify->screen, "\r[%.*s%*s] %zu of %zu\x1b[K", (int)full,
            "##############################", (int)(WIDTH - full), "", verify->done_count,
            verify->step_count);
    if (verify->done_count == verify->step_count)
        fputs("\r\x1b[K", verify->screen);
    fflush(verify->screen);
}

static struct verify_step *next_waiting(struct verify *verify, size_t *place)
{
    while (*place < verify->step_count) {
        struct verify_step *step = &verify->steps[(*place)++];
        if (step->outcome == OUTCOME_WAITING)
            return step;
        verify->done_count++;
    }
    return NULL;
}

bool verify_run(struct verify *verify)
{
    uint32_t jobs = verify->options.job_count;
    struct verify_step **under_way = calloc(jobs, sizeof *under_way);
    struct child *children = calloc(jobs, sizeof *children);
    bool good = under_way && children;
    size_t place = 0;
    while (good) {
        for (uint32_t i = 0; i < jobs; i++) {
            struct verify_step *step = under_way[i] ? NULL : next_waiting(verify, &place);
            if (!step)
                continue;
            if (!child_start(&step->child, STEP_LIMIT_MS)) {
                good = false;
                break;
            }
            under_way[i] = step;
            children[i] = step->child; /* moved, until it has ended */
            step->child = (struct child){0};
        }
        size_t ended = good ? child_wait(children, jobs) : jobs;
        if (ended == jobs)
            break;
        struct verify_step *step = under_way[ended];
        step->child = children[ended];
        children[ended] = (struct child){0};
        under_way[ended] = NULL;
        judge(step);
        step->took_ns = step->child.process.took_ns;
        verify->took_ms += step->took_ns / (PROCESS_SECOND_NS / 1000);
        verify->done_count++;
        child_free(&step->child);
        show_progress(verify);
    }
    for (uint32_t i = 0; children && i < jobs; i++)
        child_free(&children[i]);
    free(children);
    free(under_way);
    return good;
}

void verify_free(struct verify *verify)
{
    for (size_t i = 0; i < verify->step_count; i++) {
        struct verify_step *step = &verify->steps[i];
        child_free(&step->child);
        free(step->about);
        free(step->replay);
        free(step->what);
        free(step->report);
        json_decref(step->broken);
    }
    free(verify->steps);
    conformance_free(&verify->suite);
}
