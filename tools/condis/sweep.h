/* SPDX-License-Identifier: MIT */
/* A sweep runs a scenario again and again, each time in a process of its own, and makes another
 * call path of a driver fail each time, until no run shows a call path that has not failed. */
#ifndef CONDIS_TOOL_SWEEP_H
#define CONDIS_TOOL_SWEEP_H

#include <condis/script.h>
#include <jansson.h>

#include "process/process.h"

#define SWEEP_ID_BYTES 17 /* a call path's id as text */

enum sweep_outcome {
    SWEEP_SURVIVED,
    SWEEP_BROKE,   /* a rule, or a leak */
    SWEEP_HUNG,    /* a request that never ended, or the whole run */
    SWEEP_CRASHED, /* the process died */
    SWEEP_MISSED,  /* the call path was not reached this time: live runs differ */
    SWEEP_OUTCOME_COUNT
};

/* One run. The call path that it is about is the last of `ids`; those before lead there. The first
 * run of a sweep has none: it lists. */
struct sweep_run {
    char (*ids)[SWEEP_ID_BYTES];
    size_t id_count;
    enum sweep_outcome outcome;
    json_t *path; /* what is known of the call path: driver, function, sees, frames */
    char *did;    /* what the driver did, one line */
    struct process process;
    int answer; /* file of its JSON document; -1: not started, or judged */
    int log;    /* file of what else it printed; the same */
    bool ended;
};

struct sweep {
    struct condis_script_options script; /* borrowed; json, out, err and faults are the sweep's */
    struct condis_fault_plan plan;       /* mode is the sweep's */
    uint32_t jobs;
    uint32_t timeout_s; /* of one run, real time */
    bool only_list;     /* the first run, no other */
    void (*progress)(void *context, size_t done, size_t known, size_t finding_count);
    void *context;
    /* filled in: */
    struct sweep_run **runs; /* in the order in which the call paths were seen */
    size_t run_count;
    size_t finding_count;
    json_t *known; /* id -> what is known of a call path */
    char error[512];
};

/* Runs the sweep to its end. returns  false: it could not run, error says why */
bool sweep_run(struct sweep *sweep);

/* What fails in a run, as `condis run --faults` takes it; malloc'ed, NULL: no memory. */
char *sweep_mode(const struct sweep_run *run);

/* Whether a run found something wrong with a driver. */
bool sweep_is_finding(const struct sweep_run *run);

const char *sweep_outcome_name(enum sweep_outcome outcome);

void sweep_free(struct sweep *sweep);

#endif
