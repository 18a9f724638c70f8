/* SPDX-License-Identifier: MIT */
/* A schedule as the executive asks it: what is planned comes first, then the strategy; every
 * deviation is logged before it takes effect. */
#include "nt/schedule.h"
#include "nt/exec.h"

#include <stdlib.h>
#include <string.h>

#define POINTS_DEFAULT 1000u
#define DEPTH_DEFAULT  3u

void schedule_begin(struct schedule *schedule, struct schedule_log *log)
{
    *schedule = (struct schedule){
        .strategy = &strategy_usual, .strategy_self = &schedule->random, .log = log};
    log->decision_count = 0;
    log->seen_count = 0;
    log->id_count = 0;
    log->seen_lost = 0;
    log->point_count = 0;
    log->question_count = 0;
    log->missed_count = 0;
    log->planned_met = 0;
    log->task_count = 0;
    memset(log->hosts, 0, sizeof log->hosts);
}

void schedule_end(struct schedule *schedule)
{
    free(schedule->planned);
    free(schedule->pct.priority);
    schedule->planned = NULL;
    schedule->pct.priority = NULL;
}

/* Reads ":NUMBER", or nothing, at *text. */
static bool read_number(const char **text, unsigned long long *number)
{
    if (**text != ':')
        return **text == 0;
    char *end;
    const char *start = *text + 1;
    if (*start < '0' || *start > '9')
        return false;
    *number = strtoull(start, &end, 10);
    *text = end;
    return *end == ':' || *end == 0;
}

const char *schedule_set_strategy(struct schedule *schedule, const char *text, uint64_t seed)
{
    unsigned long long depth = DEPTH_DEFAULT;
    unsigned long long points = POINTS_DEFAULT;
    const char *rest = text + 3;
    nt_random_seed(&schedule->random, seed);
    schedule->strategy_self = &schedule->random;
    if (!strcmp(text, "random")) {
        schedule->strategy = &strategy_random;
        return NULL;
    }
    if (!strcmp(text, "usual")) {
        schedule->strategy = &strategy_usual;
        return NULL;
    }
    if (strncmp(text, "pct", 3) != 0 || (*rest && *rest != ':'))
        return "a strategy is usual, random or pct[:DEPTH[:POINTS]]";
    if (!read_number(&rest, &depth) || !read_number(&rest, &points) || *rest || depth < 1 ||
        depth > SCHEDULE_DEPTH_MAX || points < 1 || points > UINT32_MAX)
        return "of pct[:DEPTH[:POINTS]] the depth is 1 to 16 and the points 1 to 4294967295";
    schedule->strategy = &strategy_pct;
    schedule->strategy_self = &schedule->pct;
    free(schedule->pct.priority);
    schedule_pct_begin(&schedule->pct, seed, (uint32_t)depth, points);
    return NULL;
}

/* ---- what is planned ---- */

static int compare_places(uint32_t task, uint64_t number, const struct decision *other)
{
    if (task != other->task)
        return task < other->task ? -1 : 1;
    return (number > other->number) - (number < other->number);
}

static int compare_decisions(const void *left, const void *right)
{
    const struct decision *one = left;
    return compare_places(one->task, one->number, right);
}

bool schedule_plan(struct schedule *schedule, const struct decision *decisions, uint32_t count)
{
    struct decision *planned = malloc((count + 1) * sizeof(*planned));
    if (!planned)
        return false;
    if (count)
        memcpy(planned, decisions, count * sizeof(*planned));
    qsort(planned, count, sizeof(*planned), compare_decisions);
    free(schedule->planned);
    schedule->planned = planned;
    schedule->planned_count = count;
    return true;
}

static const struct decision *planned_at(const struct schedule *schedule, uint32_t task,
                                         uint64_t number)
{
    uint32_t from = 0;
    uint32_t to = schedule->planned_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = compare_places(task, number, &schedule->planned[middle]);
        if (order == 0)
            return &schedule->planned[middle];
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

/* ---- what is logged ---- */

static void log_decision(struct schedule_log *log, const struct decision *decision)
{
    if (log->decision_count < log->decision_max)
        log->decisions[log->decision_count] = *decision;
    log->decision_count++;
}

static struct schedule_seen *log_seen(struct schedule_log *log, uint32_t id_count)
{
    if (!log->seen)
        return NULL;
    if (log->seen_count == log->seen_max || id_count > log->id_max - log->id_count) {
        log->seen_lost++;
        return NULL;
    }
    struct schedule_seen *seen = &log->seen[log->seen_count++];
    seen->ids = log->id_count;
    seen->decided = log->decision_count;
    log->id_count += id_count;
    return seen;
}

static uint8_t host_of(struct schedule_log *log, const struct exec_task *task)
{
    uint32_t host = task->exec ? task->exec->index : 0;
    if (host >= SCHEDULE_HOSTS_MAX || !task->exec)
        return SCHEDULE_HOSTS_MAX;
    char *name = log->hosts[host];
    if (!*name)
        for (uint32_t i = 0; i + 1 < SCHEDULE_NAME_BYTES && task->exec->name[i]; i++)
            name[i] = task->exec->name[i];
    return (uint8_t)host;
}

static void note_point(struct schedule_log *log, const struct exec_point *point, uint8_t kind)
{
    log->point_count++;
    for (uint32_t i = 0; i < point->count; i++)
        if (point->candidates[i]->id >= log->task_count)
            log->task_count = point->candidates[i]->id + 1;
    struct schedule_seen *seen = log_seen(log, point->count);
    if (!seen)
        return;
    seen->number = point->number;
    seen->task = point->from->id;
    seen->count = point->count;
    seen->kind = kind;
    uint32_t *ids = log->ids + seen->ids;
    *ids++ = point->candidates[point->usual]->id;
    for (uint32_t i = 0; i < point->count; i++)
        if (i != point->usual)
            *ids++ = point->candidates[i]->id;
}

/* ---- as the executive asks ---- */

static uint32_t index_of(const struct exec_point *point, uint32_t id)
{
    uint32_t index = 0;
    while (index < point->count && point->candidates[index]->id != id)
        index++;
    return index;
}

static uint32_t schedule_pick(void *self, const struct exec_point *point)
{
    struct schedule *schedule = self;
    struct schedule_log *log = schedule->log;
    bool goes_on = point->from_index < point->count;
    uint8_t kind =
        goes_on && point->usual == point->from_index ? DECISION_PREEMPTS : DECISION_SWITCHES;
    const struct decision *planned = planned_at(schedule, point->from->id, point->number);
    uint32_t index = point->count;
    note_point(log, point, kind);
    if (planned && planned->kind != DECISION_ANSWERS)
        index = index_of(point, planned->answer);
    if (index < point->count)
        log->planned_met++;
    else if (planned)
        log->missed_count++;
    if (index == point->count)
        index = schedule->strategy->pick(schedule->strategy_self, point);
    if (index == point->usual)
        return index;
    const struct exec_task *to = point->candidates[index];
    const struct exec_task *from = point->from;
    struct decision decision = {
        .number = point->number,
        .task = from->id,
        .answer = to->id,
        .kind = kind,
        .task_kind = from->kind,
        .answer_kind = to->kind,
        .task_host = host_of(log, from),
        .answer_host = host_of(log, to),
        .task_processor = from->processor,
        .answer_processor = to->processor,
        .what = point->what,
    };
    log_decision(log, &decision);
    return index;
}

static uint32_t schedule_choose(void *self, const struct exec_question *question)
{
    struct schedule *schedule = self;
    struct schedule_log *log = schedule->log;
    const struct decision *planned = planned_at(schedule, question->from, question->number);
    log->question_count++;
    struct schedule_seen *seen = log_seen(log, 0);
    if (seen) {
        seen->number = question->number;
        seen->task = question->from;
        seen->count = question->count;
        seen->kind = DECISION_ANSWERS;
    }
    uint32_t answer = question->count;
    if (planned && planned->kind == DECISION_ANSWERS)
        answer = planned->answer;
    if (answer < question->count)
        log->planned_met++;
    else if (planned)
        log->missed_count++;
    if (answer >= question->count)
        answer = schedule->strategy->choose(schedule->strategy_self, question);
    if (answer == 0)
        return 0;
    struct decision decision = {
        .number = question->number,
        .task = question->from,
        .answer = answer,
        .kind = DECISION_ANSWERS,
        .task_kind = UINT8_MAX,
        .answer_kind = UINT8_MAX,
        .task_host = SCHEDULE_HOSTS_MAX,
        .answer_host = SCHEDULE_HOSTS_MAX,
        .what = question->what,
    };
    log_decision(log, &decision);
    return answer;
}

const struct exec_strategy strategy_schedule = {"schedule", schedule_pick, schedule_choose};
