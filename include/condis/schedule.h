/* SPDX-License-Identifier: MIT */
/* A schedule says who runs when, and which of several legal answers each question gets, in a
 * simulated world. Each point of a run has a usual answer; a schedule is the list of the points
 * that are decided otherwise, and with the scenario and its seed it is the whole run. */
#ifndef CONDIS_SCHEDULE_H
#define CONDIS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include <condis/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Creates a schedule for one world. *out moves to the caller.
 * strategy  how it decides where nothing is planned: "usual" (what is usual), "random" (the walk
 *           that a world has without a schedule), "pct[:DEPTH[:POINTS]]" (random priorities that
 *           change at DEPTH - 1 of POINTS points)
 * seed      of its choices
 * Errors: no such strategy; no memory. */
bool condis_schedule_create(const char *strategy, uint64_t seed, struct condis_schedule **out,
                            struct condis_error *error);

/* Plans what a file says, as condis_schedule_write wrote it; before the world is created.
 * Errors: the file cannot be read, or a line of it is none. */
bool condis_schedule_read(struct condis_schedule *schedule, const char *path,
                          struct condis_error *error);

/* Writes what was decided otherwise than usual in the world that had this schedule, one decision a
 * line; a run that reads it is the same run.
 * Errors: the file cannot be written; there were more than 1,000,000 decisions. */
bool condis_schedule_write(const struct condis_schedule *schedule, const char *path,
                           struct condis_error *error);

/* How many of the planned decisions could not be carried out (so far): their point never came, or
 * the task could not run there. Not zero: it is another run than the one that was written. */
uint64_t condis_schedule_missed(const struct condis_schedule *schedule);

/* Ends it, after its world. NULL: nothing. */
void condis_schedule_destroy(struct condis_schedule *schedule);

#ifdef __cplusplus
}
#endif
#endif
