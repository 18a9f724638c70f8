/* SPDX-License-Identifier: MIT */
/* A verification tries one driver with every case of the conformance suite: each case in several
 * worlds, some under a sweep of faults, some in many orders. Every try is a step: a process. */
#ifndef CONDIS_TOOL_VERIFY_H
#define CONDIS_TOOL_VERIFY_H

#include "child.h"
#include "conformance.h"

#include <jansson.h>

enum { VERIFY_SETTINGS_MAX = 64, VERIFY_ONLY_MAX = 64 };

enum verify_phase { PHASE_CASE, PHASE_FAULTS, PHASE_SCHEDULES, PHASE_COUNT };

enum verify_outcome {
    OUTCOME_WAITING, /* not run yet */
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,  /* the case needs what there is not */
    OUTCOME_UNUSABLE, /* it could not run */
    OUTCOME_COUNT
};

/* One process. */
struct verify_step {
    const struct conformance_case *subject;
    enum verify_phase phase;
    struct child child;
    char *about;  /* "simulated, pending, seed 3" */
    char *replay; /* the command that does it again */
    enum verify_outcome outcome;
    char *what;         /* the first thing that went wrong, one line; NULL: nothing did */
    json_t *broken;     /* rules broken though nobody expected it: [{rule, obligation}] */
    char *report;       /* what it printed about that; NULL: nothing */
    uint64_t try_count; /* runs that it made: 1, a sweep's or an exploration's */
    uint64_t took_ns;   /* of real time, whatever ran beside it */
};

struct verify_options {
    const char *driver; /* as `--driver subject=` takes it */
    const char *as;     /* "mcm", "call-manager", "client"; NULL: what it registers as */
    const char *medium; /* "hub", "switch", "none"; NULL: the first on which a call is heard */
    const char *miniport;
    const char *peer;
    const char *leaf;
    const char *address;
    const char *settings[VERIFY_SETTINGS_MAX]; /* "Name=VALUE", of the driver */
    size_t setting_count;
    const char *only[VERIFY_ONLY_MAX];
    size_t only_count;
    uint32_t seed_count;     /* simulated worlds for each completion mode */
    uint32_t schedule_count; /* runs of an exploration; 0: none */
    bool faults;
    bool live;
    uint32_t job_count;
    uint64_t seed;
};

struct verify {
    struct verify_options options;
    struct conformance suite;
    struct verify_step *steps;
    size_t step_count;
    size_t step_room;
    size_t done_count;
    uint64_t took_ms;
    FILE *screen; /* where progress is shown; NULL: nowhere */
    bool live_screen;
};

/* ---- verify_probe.c: what the driver is, and where it is heard */

/* Fill in options.as and options.medium where they are not given.
 * returns 0, or the exit status after one line said what is wrong */
int verify_probe(struct verify *verify);

/* ---- verify_steps.c: what is tried, and how it went */

/* Whether a case is for this driver and shows the obligation, or has the name, that is `word`. */
bool verify_is_about(const struct verify *verify, const struct conformance_case *subject,
                     const char *word);

/* Whether a case is for this driver and was asked for. */
bool verify_wants(const struct verify *verify, const struct conformance_case *subject);

/* Add the words that say which driver is tried, and how: after them follows nothing. */
bool verify_add_subject(const struct verify *verify, struct child *child);

bool verify_plan(struct verify *verify); /* false: no memory */
bool verify_run(struct verify *verify);  /* false: the system gives no process */
void verify_free(struct verify *verify);

/* ---- verify_report.c: the outcome for people and for programs */

/* What all steps of a case came to: the worst. steps: how many, without those skipped. */
enum verify_outcome verify_outcome_of(const struct verify *verify,
                                      const struct conformance_case *subject,
                                      enum verify_phase phase, uint64_t *try_count);
/* The exit status: 0; 1 when a case failed; 2 when none did, but one could not run, or all were
 * skipped. */
int verify_status(const struct verify *verify);

void verify_print(const struct verify *verify, FILE *out);
void verify_print_tap(const struct verify *verify, FILE *out);
bool verify_print_junit(const struct verify *verify, FILE *out);
json_t *verify_json(const struct verify *verify);

#endif
