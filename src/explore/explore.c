/* SPDX-License-Identifier: MIT */
/* An exploration from its beginning to its verdict. Runs end in any order and are accounted for in
 * the order of their numbers, so that what is found, and its number, does not depend on how many
 * processes there are. */
#define _GNU_SOURCE
#include "explore/explore.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ndis/spare.h"
#include "rules/store.h"

#define SECOND_NS       PROCESS_SECOND_NS
#define RUNS_DEFAULT    1000u
#define HANG_DEFAULT    10000u
#define SHORTEN_DEFAULT 3000u
#define SAVE_NS         (5 * SECOND_NS)
#define TICK_NS         (SECOND_NS / 10)
#define WAITING_PER_JOB 8u

/* Set by SIGINT and SIGTERM. */
static volatile sig_atomic_t stop_asked;

bool explore_refuse(struct explore *explore, const char *format, ...)
{
    va_list arguments;
    progress_break(explore);
    fflush(explore->out);
    fputs("condis: ", explore->err);
    va_start(arguments, format);
    vfprintf(explore->err, format, arguments);
    va_end(arguments);
    fputc('\n', explore->err);
    fflush(explore->err);
    return false;
}

/* ---- the strategy ---- */

static bool strategy_begin(struct explore *explore)
{
    const char *text = explore->options->strategy ? explore->options->strategy : "random";
    const char *wrong = NULL;
    struct schedule_log log = {.decisions = NULL};
    struct schedule schedule;
    explore->strategy = text;
    explore->is_bounded = !strncmp(text, "bounded", 7);
    explore->is_pct = !strncmp(text, "pct", 3);
    if (explore->is_bounded) {
        wrong = bounded_begin(&explore->bounded, text);
    } else {
        schedule_begin(&schedule, &log);
        wrong = schedule_set_strategy(&schedule, text, 0);
        explore->depth = schedule.pct.depth;
        schedule_end(&schedule);
    }
    if (!explore->is_bounded && !explore->is_pct && strcmp(text, "random") != 0)
        wrong = "it is random, pct[:DEPTH[:POINTS]] or "
                "bounded[:PREEMPTIONS[:SWITCHES[:ANSWERS]]]";
    if (!strcmp(text, "usual"))
        wrong = "every run would be the same one; explore with random, pct or bounded";
    return !wrong || explore_refuse(explore, "--strategy %s: %s", text, wrong);
}

/* PCT draws its change points among as many as the usual run has, unless it was told. */
static void strategy_measured(struct explore *explore, const struct schedule_log *log)
{
    explore->measured_tasks = log->task_count;
    explore->measured_points = log->point_count ? log->point_count : 1;
    if (!explore->is_pct)
        return;
    const char *colon = strchr(explore->strategy, ':');
    colon = colon ? strchr(colon + 1, ':') : NULL;
    if (colon) {
        explore->measured_points = strtoull(colon + 1, NULL, 10);
        return;
    }
    snprintf(explore->strategy_text, sizeof explore->strategy_text, "pct:%u:%" PRIu64,
             explore->depth, explore->measured_points);
    explore->strategy = explore->strategy_text;
}

/* ---- commands ---- */

/* Quotes what a shell would not take as it is. */
static void print_word(FILE *file, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%+=:,./-_";
    if (*word && word[strspn(word, plain)] == 0) {
        fputs(word, file);
        return;
    }
    fputc('\'', file);
    for (; *word; word++) {
        if (*word == '\'')
            fputs("'\\''", file);
        else
            fputc(*word, file);
    }
    fputc('\'', file);
}

const char *explore_faults(const struct explore *explore)
{
    const struct condis_fault_plan *plan = explore->options->script.faults;
    return plan ? plan->mode : NULL;
}

char *explore_command(const struct explore *explore, uint64_t seed, const char *schedule,
                      const char *faults)
{
    const struct condis_explore_options *options = explore->options;
    char *text = NULL;
    size_t bytes;
    FILE *file = open_memstream(&text, &bytes);
    if (!file)
        return NULL;
    fprintf(file, "%s --seed %" PRIu64 " ", options->replay, seed);
    if (faults) {
        fputs("--faults ", file);
        print_word(file, faults);
        fputc(' ', file);
    }
    fputs(schedule ? "--schedule " : "--strategy ", file);
    print_word(file, schedule ? schedule : explore->strategy);
    fclose(file);
    return text;
}

/* ---- results ---- */

static void result_free(struct result *result)
{
    if (!result)
        return;
    free(result->decisions);
    free(result->faults);
    free(result->children);
    free(result);
}

/* returns the numbers of what failed; NULL: no memory */
static uint64_t *faults_copy(const struct area *area)
{
    uint64_t *numbers = malloc((area->fault_count + 1) * sizeof *numbers);
    for (uint32_t i = 0; numbers && i < area->fault_count; i++)
        numbers[i] = area->faults[i].number;
    return numbers;
}

static struct result *result_take(struct explore *explore, const struct slot *slot)
{
    const struct area *area = slot->area;
    const struct schedule_log *log = &area->log;
    struct result *result = calloc(1, sizeof *result);
    if (!result)
        return NULL;
    *result = (struct result){
        .number = slot->run.number,
        .seed = slot->run.seed,
        .failed = area->outcome != OUTCOME_PASSED,
        .virtual_100ns = area->virtual_100ns,
        .real_ns = area->real_ns,
        .processor_ns = slot->process.processor_ns,
        .point_count = log->point_count,
        .task_count = log->task_count,
        .decision_count = log->decision_count,
        .fault_count = area->fault_count,
    };
    snprintf(result->key, sizeof result->key, "%s", area->key);
    snprintf(result->title, sizeof result->title, "%s", area->title);
    uint32_t kept =
        log->decision_count < log->decision_max ? log->decision_count : log->decision_max;
    for (uint32_t i = 0; i < kept; i++) {
        const struct decision *at = &log->decisions[i];
        const uint64_t words[] = {at->number, at->task, at->answer, at->kind};
        result->hash = hash_bytes(result->hash, words, sizeof words);
    }
    if (result->failed && kept == log->decision_count) {
        result->decisions = malloc((kept + 1) * sizeof *result->decisions);
        if (result->decisions && kept)
            memcpy(result->decisions, log->decisions, kept * sizeof *result->decisions);
    }
    if (result->failed && area->fault_count <= EXPLORE_FAULTS_MAX)
        result->faults = faults_copy(area);
    if (explore->is_bounded && !result->failed &&
        !bounded_children(&explore->bounded, (uint32_t)slot->run.number, log, result)) {
        result_free(result);
        return NULL;
    }
    return result;
}
static bool commit_one(struct explore *explore, struct result *result)
{
    explore->committed++;
    explore->run_count++;
    explore->failed_count += result->failed;
    explore->fault_count += result->fault_count;
    explore->faulted_count += result->fault_count > 0;
    explore->virtual_100ns += result->virtual_100ns;
    explore->real_ns += result->real_ns;
    explore->processor_ns += result->processor_ns;
    if (result->point_count > explore->point_max)
        explore->point_max = result->point_count;
    if (result->task_count > explore->task_max)
        explore->task_max = result->task_count;
    hash_set_add(&explore->distinct, result->hash);
    if (!bounded_add(&explore->bounded, result))
        return explore_refuse(explore, "no memory for %" PRIu32 " schedules and more",
                              explore->bounded.count);
    return !result->failed || finding_take(explore, result);
}

/* Accounts for a result, and for those that waited for it. */
static bool commit(struct explore *explore, struct result *result)
{
    if (!result)
        return explore_refuse(explore, "no memory for the result of a run");
    explore->waiting[result->number % explore->waiting_room] = result;
    bool well = true;
    for (;;) {
        struct result **next = &explore->waiting[explore->committed % explore->waiting_room];
        struct result *due = *next;
        if (!due || due->number != explore->committed || !well)
            return well;
        *next = NULL;
        well = commit_one(explore, due);
        result_free(due);
    }
}

/* ---- what runs next ---- */

uint64_t explore_run_limit(const struct explore *explore)
{
    const struct condis_explore_options *options = explore->options;
    uint64_t limit = options->run_max;
    if (!limit && !options->seconds_max && !explore->is_bounded)
        limit = RUNS_DEFAULT;
    uint64_t shards = options->shard_count;
    /* Of the numbers 0 to limit - 1, every shards-th is this shard's. */
    if (!limit || explore->is_bounded)
        return limit;
    return limit / shards + (limit % shards >= options->shard);
}

/* Fills in the next run.
 * returns false: there is none, at least until more results are in */
static bool run_next(struct explore *explore, struct run *run)
{
    const struct condis_explore_options *options = explore->options;
    uint64_t limit = explore_run_limit(explore);
    uint64_t number = explore->next;
    if (explore->stop || (limit && number >= limit) ||
        number >= explore->committed + explore->waiting_room)
        return false;
    *run = (struct run){
        .number = number, .seed = options->script.seed, .faults = explore_faults(explore)};
    if (explore->is_bounded) {
        if (number >= explore->bounded.count)
            return false;
        run->strategy = "usual";
        run->plan = explore->bounded.plan;
        run->plan_count = bounded_plan(&explore->bounded, (uint32_t)number, explore->bounded.plan);
        run->observe = true;
    } else {
        run->strategy = explore->strategy;
        run->seed += number * options->shard_count + options->shard - 1;
    }
    explore->next++;
    return true;
}

static bool start_runs(struct explore *explore)
{
    for (uint32_t i = 0; i < explore->slot_count; i++) {
        struct slot *slot = &explore->slots[i];
        struct run run;
        if (slot->process.pid)
            continue;
        if (!run_next(explore, &run))
            return true;
        if (!state_note(explore, slot, &run))
            return false;
        if (!slot_start(slot, explore->options, &run, NULL))
            return explore_refuse(explore, "the system gives no process for a run");
    }
    return true;
}

static bool any_runs(const struct explore *explore)
{
    for (uint32_t i = 0; i < explore->slot_count; i++)
        if (explore->slots[i].process.pid)
            return true;
    return false;
}

static bool explore_loop(struct explore *explore)
{
    const struct condis_explore_options *options = explore->options;
    for (;;) {
        uint64_t now = process_now_ns();
        uint64_t used = explore->used_ns + (now - explore->start_ns);
        explore->was_stopped = stop_asked;
        if (stop_asked || (options->seconds_max && used >= options->seconds_max * SECOND_NS))
            explore->stop = true;
        if (!start_runs(explore))
            return false;
        if (!any_runs(explore))
            return true;
        struct slot *ended = slot_wait(explore->slots, explore->slot_count, now + TICK_NS);
        if (ended && !commit(explore, result_take(explore, ended)))
            return false;
        if (process_now_ns() - explore->saved_ns > SAVE_NS && !state_save(explore))
            return false;
        progress_show(explore, false);
    }
}

/* ---- begin and end ---- */

/* The usual run comes first: it says whether the scenario can run at all, and how large it is, so
 * nothing fails in it. A bounded exploration begins from it, so there the seed's faults do. */
static bool measure(struct explore *explore)
{
    const struct condis_explore_options *options = explore->options;
    struct run run = {
        .seed = options->script.seed, .strategy = "usual", .observe = explore->is_bounded};
    if (explore_faults(explore))
        run.faults = explore->is_bounded ? explore_faults(explore) : "off";
    if (!state_note(explore, &explore->probe, &run) ||
        !slot_run(&explore->probe, options, &run, NULL))
        return explore_refuse(explore, "the system gives no process for a run");
    const struct area *area = explore->probe.area;
    if (area->outcome == OUTCOME_UNUSABLE) {
        char *text = slot_text(&explore->probe);
        fputs(text ? text : "", explore->err);
        free(text);
        return false;
    }
    strategy_measured(explore, &area->log);
    for (uint32_t i = 0; i < area->image_count; i++)
        image_preload(area->images[i].path, area->images[i].count);
    if (explore->next > 0)
        return true; /* a checkpoint has it */
    bool counted = explore->is_bounded && options->shard == 1;
    struct result *result = result_take(explore, &explore->probe);
    if (!result)
        return explore_refuse(explore, "no memory for the result of a run");
    explore->next = explore->is_bounded;
    bool well = true;
    if (explore->is_bounded) {
        bounded_keep_shard(result, options->shard, options->shard_count);
        well = commit_one(explore, result);
        explore->run_count = counted;
    } else if (result->failed) {
        well = finding_take(explore, result);
    }
    result_free(result);
    return well;
}

static bool slots_begin(struct explore *explore)
{
    explore->waiting_room = WAITING_PER_JOB * explore->slot_count;
    explore->waiting = calloc(explore->waiting_room, sizeof(struct result *));
    explore->slots = calloc(explore->slot_count, sizeof *explore->slots);
    bool well = explore->waiting && explore->slots && slot_begin(&explore->probe);
    for (uint32_t i = 0; i < explore->slot_count && well; i++)
        well = slot_begin(&explore->slots[i]);
    return well || explore_refuse(explore, "no memory for %u processes", explore->slot_count);
}

static void explore_end(struct explore *explore)
{
    for (uint32_t i = 0; explore->slots && i < explore->slot_count; i++)
        if (explore->slots[i].area)
            slot_end(&explore->slots[i]);
    if (explore->probe.area)
        slot_end(&explore->probe);
    for (uint32_t i = 0; explore->waiting && i < explore->waiting_room; i++)
        result_free(explore->waiting[i]);
    free(explore->waiting);
    free(explore->slots);
    if (explore->dir)
        state_end(explore);
    findings_free(explore);
    hash_set_free(&explore->distinct);
    bounded_end(&explore->bounded);
}

static void ask_stop(int signal)
{
    (void)signal;
    stop_asked = 1;
}

static bool explore_all(struct explore *explore)
{
    if (!strategy_begin(explore) || !slots_begin(explore) || !state_begin(explore) ||
        !measure(explore) || !explore_loop(explore) || !state_save(explore))
        return false;
    progress_show(explore, true);
    summary_print(explore);
    if (explore->options->json)
        summary_json(explore);
    return true;
}

static void fill_defaults(struct condis_explore_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!options->job_count)
        options->job_count = processors > 0 ? (uint32_t)processors : 1;
    if (options->job_count > EXPLORE_JOBS_MAX)
        options->job_count = EXPLORE_JOBS_MAX;
    if (!options->hang_ms)
        options->hang_ms = HANG_DEFAULT;
    if (!options->shorten_max)
        options->shorten_max = SHORTEN_DEFAULT;
    if (!options->shard_count) {
        options->shard_count = 1;
        options->shard = 1;
    }
    if (!options->replay)
        options->replay = "condis run SCENARIO --sim";
}

enum condis_explore_verdict condis_explore(const struct condis_explore_options *options)
{
    struct condis_explore_options filled = *options;
    fill_defaults(&filled);
    struct explore *explore = calloc(1, sizeof *explore);
    if (!explore)
        return CONDIS_EXPLORE_UNUSABLE;
    *explore = (struct explore){
        .options = &filled,
        .out = filled.out ? filled.out : stdout,
        .err = filled.err ? filled.err : stderr,
        .slot_count = filled.job_count,
        .start_ns = process_now_ns(),
        .lock_fd = -1,
    };
    explore->saved_ns = explore->start_ns;
    stack_store_prepare(); /* once, for all the runs */
    explore->replay_tail = filled.replay_arguments ? filled.replay_arguments : "";
    explore->replay_gap = *explore->replay_tail ? " " : "";
    struct sigaction stop = {.sa_handler = ask_stop};
    struct sigaction interrupt, terminate;
    stop_asked = 0;
    sigaction(SIGINT, &stop, &interrupt);
    sigaction(SIGTERM, &stop, &terminate);
    enum condis_explore_verdict verdict = CONDIS_EXPLORE_UNUSABLE;
    if (explore_all(explore))
        verdict = explore->finding_count ? CONDIS_EXPLORE_FOUND : CONDIS_EXPLORE_CLEAN;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGTERM, &terminate, NULL);
    explore_end(explore);
    free(explore);
    return verdict;
}
