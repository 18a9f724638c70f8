/* SPDX-License-Identifier: MIT */
/* A plan is what a command line says about the schedule of a simulated run: the strategy, the file
 * whose decisions are replayed, the file that gets those that were made. */
#ifndef CONDIS_TOOL_PLAN_H
#define CONDIS_TOOL_PLAN_H

#include <condis/schedule.h>

/* Zeros are a run without a plan: the random walk of its seed. */
struct plan {
    const char *strategy;
    const char *replay;
    const char *record;
    struct condis_schedule *schedule; /* NULL: none is needed */
};

/* Makes the schedule, if something asks for one.
 * returns false after a line about what is wrong on standard error */
bool plan_begin(struct plan *plan, uint64_t seed);

/* Writes the record, says when a replay did not fit, and ends the schedule.
 * status  the run's exit status
 * returns it, or another when the record could not be written */
int plan_end(struct plan *plan, int status);

#endif
