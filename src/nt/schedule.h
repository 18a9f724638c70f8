/* SPDX-License-Identifier: MIT */
/* A schedule is what makes one simulated run differ from the usual one: a list of decisions. It is
 * planned (given before the run), made up by a strategy on the way, or both; what was decided is
 * logged, so that any run can be had again from its log alone. */
#ifndef CONDIS_NT_SCHEDULE_H
#define CONDIS_NT_SCHEDULE_H

#include <stddef.h>
#include <stdio.h>

#include "nt/random.h"
#include "nt/strategy.h"

#define SCHEDULE_DEPTH_MAX  16u
#define SCHEDULE_HOSTS_MAX  16u
#define SCHEDULE_NAME_BYTES 32u

enum decision_kind {
    DECISION_PREEMPTS, /* a task that could go on gave way to another                         */
    DECISION_SWITCHES, /* one that could not (or polled) was followed by another than usual   */
    DECISION_ANSWERS,  /* a question got another answer than the usual one                    */
};

/* One deviation from what is usual. Task and number name its place (see exec_point). */
struct decision {
    uint64_t number;
    uint32_t task;
    uint32_t answer; /* the task that runs, or the answer                                     */
    uint8_t kind;    /* enum decision_kind                                                    */
    uint8_t task_kind, answer_kind; /* enum exec_task_kind of the two; for people             */
    uint8_t task_host, answer_host; /* their hosts' numbers; for people                       */
    uint16_t task_processor, answer_processor;
    const char *what; /* names the point; NULL when it is not known                           */
};

/* A point or question as it was met, for those who enumerate schedules: what else could have been
 * decided there. */
struct schedule_seen {
    uint64_t number;
    uint32_t task;
    uint32_t count;   /* answers to a question; else tasks, which stand in log->ids              */
    uint32_t ids;     /* index of the first; the usual one comes first                           */
    uint8_t kind;     /* of a decision that deviates here                                        */
    uint32_t decided; /* how many decisions were made before it in the run                       */
};

/* What a run did. It lies in memory that its owner gives, which may be shared with the process that
 * watches the run and outlives its crash. */
struct schedule_log {
    struct decision *decisions; /* room for decision_max                                         */
    uint32_t decision_max;
    uint32_t decision_count; /* made; those beyond decision_max are lost                         */
    struct schedule_seen *seen; /* room for seen_max; NULL: not wanted                           */
    uint32_t *ids;              /* room for id_max                                               */
    uint32_t seen_max, seen_count, id_max, id_count;
    uint64_t seen_lost;      /* for which there was no room                                      */
    uint64_t point_count;    /* at which a task was picked, out of several                       */
    uint64_t question_count; /* that were asked                                                  */
    uint64_t missed_count;   /* planned decisions that could not be carried out                  */
    uint32_t planned_met;    /* and those that were                                              */
    uint32_t task_count;     /* tasks that were ever among the candidates: the highest id + 1    */
    char hosts[SCHEDULE_HOSTS_MAX][SCHEDULE_NAME_BYTES]; /* names, by number                     */
};

/* PCT (Burckhardt and others, ASPLOS 2010): tasks have random priorities, the highest runs, and at
 * depth - 1 random points the one that runs becomes the lowest. A bug that needs `depth` ordering
 * constraints is found with a probability of at least 1 / (tasks * points ^ (depth - 1)). */
struct schedule_pct {
    struct nt_random random;
    uint32_t depth;
    uint64_t change_at[SCHEDULE_DEPTH_MAX]; /* in order; depth - 1 of them                       */
    uint32_t changed_count;
    uint64_t step;
    int64_t lowest; /* the priority of who polls next                                            */
    int64_t *priority;
    uint32_t priority_count;
};

struct schedule {
    const struct exec_strategy *strategy; /* decides where nothing is planned                    */
    void *strategy_self;
    struct nt_random random;
    struct schedule_pct pct;
    struct decision *planned; /* by task, then number; owned                                     */
    uint32_t planned_count;
    struct schedule_log *log;
    uint64_t steps_max; /* as in exec_world_options */
};

/* Pass it to exec_world_create with a schedule as strategy_self. */
extern const struct exec_strategy strategy_schedule;

/* The strategy of PCT. self: a schedule_pct. */
extern const struct exec_strategy strategy_pct;

/* Start PCT.
 * depth   1..SCHEDULE_DEPTH_MAX: how many ordering constraints a bug may need
 * points  among how many points the changes are drawn: as many as the scenario has; 1 or more */
void schedule_pct_begin(struct schedule_pct *pct, uint64_t seed, uint32_t depth, uint64_t points);

/* Begin a schedule that plans nothing, with the usual strategy.
 * log  borrowed until schedule_end; its counts are set to zero */
void schedule_begin(struct schedule *schedule, struct schedule_log *log);
void schedule_end(struct schedule *schedule);

/* Choose how it decides where nothing is planned: "usual", "random" or "pct[:DEPTH[:POINTS]]".
 * returns NULL, or what is wrong with the text */
const char *schedule_set_strategy(struct schedule *schedule, const char *text, uint64_t seed);

/* Plan decisions, copied, in place of those before.
 * returns false: no memory */
bool schedule_plan(struct schedule *schedule, const struct decision *decisions, uint32_t count);

/* Write decisions as text, one a line, with a comment that says what they mean.
 * log  names hosts; NULL: no names */
void schedule_print(FILE *file, const struct decision *decisions, uint32_t count,
                    const struct schedule_log *log);

/* Read what schedule_print wrote.
 * decisions  set to memory that is the caller's to free; NULL after an error
 * returns NULL, or what is wrong; *line is set to where, counted from 1 (0: nowhere) */
const char *schedule_read(FILE *file, struct decision **decisions, uint32_t *count, uint32_t *line);

/* Write what one decision means: "task 3 (processor 1 of leaf), at unlock, gives way to ...". */
void schedule_describe(FILE *file, const struct decision *decision, const struct schedule_log *log);

#endif
