/* SPDX-License-Identifier: MIT */
/* A rule is one documented obligation of a driver; a break is one time that a driver did not keep
 * it; the sink counts, keeps and hands on the breaks of one world.
 *
 * The rules are rows of rules.def. RULE(PEND_ONCE, ...) there is RULE_PEND_ONCE here. This folder
 * names nobody: whoever sees a break fills a struct rule_break and gives it to the world's sink. */
#ifndef CONDIS_RULES_RULES_H
#define CONDIS_RULES_RULES_H

#include "rules/stack.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum rule_id {
    RULE_NONE, /* no rule is broken: a state table's cell that allows the event */
#define RULE(id, cn, function, severity, says, remedy, source) RULE_##id,
#include "rules/rules.def"
    RULE_ID_COUNT
};

enum rule_severity {
    SEVERITY_NOTE,     /* held by NDIS itself or unseen while running; fails nothing  */
    SEVERITY_WARNING,  /* the sources disagree or it is only likely; fails nothing    */
    SEVERITY_VIOLATION /* the contract is broken; an unexpected one fails the run     */
};

struct rule_info {
    const char *name;     /* "PEND_ONCE": the id without its prefix */
    uint16_t obligation;  /* n of Cn, 1 to 130; 0 for a rule of the executive or of SDV */
    const char *function; /* whom it binds, e.g. "NdisClDropParty" or "every Ndis*Complete" */
    enum rule_severity severity;
    const char *says;   /* what the contract says, one line */
    const char *remedy; /* what the driver's author does about it, one line */
    const char *source; /* the title of the page or rule it is taken from */
};

/* What breaks a rule: example.def. */
struct rule_example {
    const char *mistake; /* what a driver does wrong, one line; NULL when unseen */
    const char *almost;  /* what comes close and is right; NULL when unseen */
    const char *unseen;  /* why no check at run time can see it; NULL for all but notes */
};

#define RULE_OBLIGATION_MAX   130
#define RULE_NAME_BYTES       32 /* driver and host names, cut to fit, NUL included */
#define RULE_OBJECT_BYTES     64
#define RULE_EVENT_BYTES      56
#define RULE_DETAIL_BYTES     201
#define RULE_REPLAY_BYTES     1024
#define RULE_HISTORY_MAX      12
#define RULES_KEPT_MAX        32
#define RULES_SUBSCRIBERS_MAX 8

/* One line of the life of the object that the break is about. */
struct rule_history {
    uint64_t time_100ns;
    char event[RULE_EVENT_BYTES]; /* "drop party pended", "completed NDIS_STATUS_FAILURE" */
    char driver[RULE_NAME_BYTES]; /* who did it; "" is NDIS */
    uint16_t processor;
};

/* One break of one rule. Start from rule_break_begin; every text is a copy, so a break outlives the
 * driver that it names. Borrowed pointers are to static storage. */
struct rule_break {
    enum rule_id id;
    const char *function; /* static: the function called, or the callback that returned */
    char driver[RULE_NAME_BYTES];
    char host[RULE_NAME_BYTES];
    uint16_t processor;
    uint8_t irql;
    bool has_status;
    uint32_t status;         /* the NDIS_STATUS passed or returned, when has_status */
    const char *status_name; /* static, or NULL: printed as 0x%08X */
    uint64_t time_100ns;
    char object[RULE_OBJECT_BYTES]; /* "party 3 of vc 1"; "" when no object is concerned */
    char detail[RULE_DETAIL_BYTES]; /* at most 200 characters of what was seen; "" for none */
    uint16_t history_count;
    uint16_t history_lost_count;                   /* older lines that did not fit */
    struct rule_history history[RULE_HISTORY_MAX]; /* oldest first */
    const void *handler;    /* the driver's callback whose return broke the rule; NULL: it called */
    const void *code;       /* any address in the driver's image; NULL: not known */
    struct stack stack;     /* who called; printed as function, file and line, never as pointer */
    struct stack allocated; /* of what the break is about; count 0: not known */
    struct stack freed;     /* likewise */
    uint64_t step;          /* simulated: how many steps the world had made; 0: live */
    bool seeded;            /* filled in by the sink from rules_set_run, as are the next three */
    uint64_t seed;
    char replay[RULE_REPLAY_BYTES]; /* the command that replays the run to this step, or "" */
    bool expected;                  /* filled in by the sink: rules_expect was in force */
};

enum rules_policy {
    RULES_REPORT, /* count, tell the subscribers, go on (the default) */
    RULES_STOP,   /* the same, then call the stop callback for an unexpected violation */
    RULES_DEBUG   /* the same, then raise SIGTRAP where the rule was broken (trap.h), and go on */
};

/* Hear of one break. Runs on the reporting thread with the sink locked, so calls never overlap: it
 * may query the sink; it must not report, subscribe, wait or switch tasks. brk is borrowed. */
typedef void rules_subscriber(void *context, const struct rule_break *brk);

/* Stop the world after an unexpected violation. Runs on the reporting thread, sink unlocked. */
typedef void rules_stopper(void *context, const struct rule_break *brk);

/* Which run this is, for the last lines of every report. */
struct rules_run {
    bool seeded; /* false for a live run: no seed is printed */
    uint64_t seed;
    const char *command;   /* the command line that replays the run; NULL: none */
    const char *arguments; /* what ends that line, behind the options of ours: "-- ./a.so"; NULL */
};

/* The sink. Embed it in the world; its fields are private to rules.c. About 100 kilobytes, so that
 * reporting never allocates. */
struct rules {
    pthread_mutex_t mutex; /* recursive */
    enum rules_policy policy;
    rules_stopper *stop;
    void *stop_context;
    struct {
        rules_subscriber *tell;
        void *context;
    } subscriber[RULES_SUBSCRIBERS_MAX];
    bool seeded;
    bool telling;
    uint64_t seed;
    char command[RULE_REPLAY_BYTES];
    char arguments[RULE_REPLAY_BYTES];
    uint64_t count[RULE_ID_COUNT];
    uint64_t unexpected[RULE_ID_COUNT];
    uint64_t expected_seen[RULE_ID_COUNT]; /* since the last rules_expect of that rule */
    uint16_t expect_depth[RULE_ID_COUNT];  /* how many rules_expect are in force */
    bool unmet[RULE_ID_COUNT];             /* an expectation ended without its break */
    uint32_t kept_count;
    struct rule_break kept[RULES_KEPT_MAX];
};

/* Get a rule's row.
 * id       RULE_NONE + 1 .. RULE_ID_COUNT - 1 (asserted)
 * returns  static storage */
const struct rule_info *rule_info(enum rule_id id);

/* Get a rule's example. The same id and storage. */
const struct rule_example *rule_example(enum rule_id id);

/* Find a rule by its name, with or without "RULE_" before it, case sensitive.
 * returns  the id, or RULE_NONE when no rule has that name */
enum rule_id rule_by_name(const char *name);

/* Name a severity: "note", "warning" or "violation". Static storage. */
const char *rule_severity_name(enum rule_severity severity);

/* Start a sink: nothing counted, policy RULES_REPORT, no subscriber, no seed.
 * rules    caller's storage; any content
 * returns  true, or false when the system gives no mutex (then nothing is left to end) */
bool rules_init(struct rules *rules);

/* End a sink. No other thread may use it any more. */
void rules_fini(struct rules *rules);

/* Say which run this is. The texts are copied and cut to fit; NULL for nothing to say. */
void rules_set_run(struct rules *rules, const struct rules_run *run);

/* Choose what follows a report.
 * stop     called for RULES_STOP; may be NULL for the others */
void rules_set_policy(struct rules *rules, enum rules_policy policy, rules_stopper *stop,
                      void *context);

/* Add one who hears of every break, expected ones included (brk->expected tells).
 * returns  true, or false when RULES_SUBSCRIBERS_MAX are there already */
bool rules_subscribe(struct rules *rules, rules_subscriber *tell, void *context);

/* Take a subscriber away again; the pair must be as it was given. After return it is not called. */
void rules_unsubscribe(struct rules *rules, rules_subscriber *tell, void *context);

/* Report one break: count it, keep it when it is among the first RULES_KEPT_MAX, tell the
 * subscribers, stop if the policy says so. Thread-safe; allocates nothing; never fails.
 * brk      borrowed until return */
void rules_report(struct rules *rules, const struct rule_break *brk);

/* Expect a rule to be broken: from now until rules_expect_end its breaks, one or more, are counted
 * but not unexpected, and never stop the world. Expectations of one rule nest and share one count,
 * which starts with the outermost. */
void rules_expect(struct rules *rules, enum rule_id id);

/* End the innermost expectation of a rule.
 * returns  how often it was broken since the outermost rules_expect of it; 0 leaves
 *          rules_expected_met false. Without a rules_expect in force: asserted */
uint64_t rules_expect_end(struct rules *rules, enum rule_id id);

/* Ask whether every rule ever expected was broken while it was expected.
 * missing  set to the first rule that was not, else to RULE_NONE; may be NULL */
bool rules_expected_met(struct rules *rules, enum rule_id *missing);

/* Count breaks of all severities, expected or not: of all rules, or of one. */
uint64_t rules_count(struct rules *rules);
uint64_t rules_count_of(struct rules *rules, enum rule_id id);

/* Count the violations that nobody expected: the number that fails a run. */
uint64_t rules_unexpected_count(struct rules *rules);

/* Read a kept break, the oldest at index 0.
 * out      filled in when true is returned
 * returns  false when index is beyond the kept ones */
bool rules_kept(struct rules *rules, uint32_t index, struct rule_break *out);

/* Begin a break: everything empty but the rule and the function.
 * function static storage, borrowed for good */
void rule_break_begin(struct rule_break *brk, enum rule_id id, const char *function);

/* Fill in names and texts, cut to fit; a NULL text is "". */
void rule_break_driver(struct rule_break *brk, const char *driver, const char *host);
void rule_break_object(struct rule_break *brk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rule_break_detail(struct rule_break *brk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rule_break_detail_v(struct rule_break *brk, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Fill in the status that was passed or returned.
 * name     static storage or NULL */
void rule_break_status(struct rule_break *brk, uint32_t status, const char *name);

/* Add a history line; lines come oldest first. Beyond RULE_HISTORY_MAX the first line (who made the
 * object) is kept and the second oldest goes.
 * driver   who did it; NULL or "" is NDIS */
void rule_break_history(struct rule_break *brk, uint64_t time_100ns, uint16_t processor,
                        const char *driver, const char *event);

/* Record who called the runtime, on this stack, the nearest first. */
void rule_break_backtrace(struct rule_break *brk);

/* Print one report: rule and remedy; the call; the object's history; the driver's stack with files
 * and lines (place.h); seed, step and the command that replays it. The same break gives the same
 * bytes: no pointer is printed. Not with signals' or malloc's locks held: it allocates. */
void rules_print(FILE *file, const struct rule_break *brk);

/* A subscriber that prints every unexpected break. context is the FILE. */
void rules_print_subscriber(void *context, const struct rule_break *brk);

/* Print how often each rule was broken, in table order; one line "no rule was broken" for none. */
void rules_print_summary(FILE *file, struct rules *rules);

/* Print the whole rule table as Markdown, sorted by obligation. */
void rules_table_markdown(FILE *file);

#endif
