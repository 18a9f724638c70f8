/* SPDX-License-Identifier: MIT */
/* How a run of a sweep is judged by what its process left: a document, a status, a log. */
#ifndef CONDIS_TOOL_SWEEP_JUDGE_H
#define CONDIS_TOOL_SWEEP_JUDGE_H

#include "sweep.h"

/* Judges the run in which nothing fails: it must pass, else nothing can be said of the others.
 * document  NULL: it left none
 * returns   false, the sweep's error says why */
bool judge_first(struct sweep *sweep, const struct sweep_run *run, json_t *document);

/* Fills in the outcome of a run and what the driver did. document: NULL: it left none. */
void judge_run(const struct sweep *sweep, struct sweep_run *run, json_t *document);

/* Fills in what is known of the run's call path. */
void judge_path(const struct sweep *sweep, struct sweep_run *run);

#endif
