/* SPDX-License-Identifier: MIT */
/* Exploring runs one simulated scenario again and again, each time in another order, in processes
 * of their own, until something goes wrong; then it finds the smallest change of the usual order
 * that makes it go wrong, and says how to see it again. */
#ifndef CONDIS_EXPLORE_H
#define CONDIS_EXPLORE_H

#include <condis/script.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How it ended; the command's exit status. */
enum condis_explore_verdict {
    CONDIS_EXPLORE_CLEAN = 0,    /* every run that was made passed */
    CONDIS_EXPLORE_FOUND = 1,    /* there are findings, and each is reported */
    CONDIS_EXPLORE_UNUSABLE = 2, /* it could not begin, or not go on; one line said why */
};

struct condis_explore_options {
    /* What is run. The seed is that of the first run. Always simulated; its schedule, trace, out,
     * err, json, and live_screen are not read. What `faults` makes to fail, fails in every run:
     * what is drawn at random is drawn from the run's seed. */
    struct condis_script_options script;
    /* "random", "pct[:DEPTH]" or "bounded[:PREEMPTIONS[:SWITCHES[:ANSWERS]]]"; NULL: "random" */
    const char *strategy;
    uint64_t run_max;      /* runs of random and pct; 0: no limit */
    uint64_t seconds_max;  /* of real time; 0: no limit. Both 0: 1000 runs; bounded: none */
    uint32_t finding_max;  /* end after so many different findings; 0: no limit */
    uint32_t job_count;    /* processes at a time; 0: one for each processor */
    uint32_t shard;        /* this one, from 1 on, ... */
    uint32_t shard_count;  /* ... of so many; 0: all of it */
    uint32_t hang_ms;      /* of processor time that a run may take; 0: 10000 */
    uint32_t shorten_max;  /* runs for deleting from a finding's lists, and as many again for */
                           /* shorter lists; 0: 3000 */
    const char *state_dir; /* where findings and the checkpoint stand; NULL: a new directory, */
                           /* which is removed when nothing was found */
    bool resume;           /* go on where the checkpoint in state_dir stopped */
    const char *replay;    /* the command that runs the scenario simulated, without a seed; */
    const char *replay_arguments; /* and what ends it, such as "-- ./driver.so"; NULL: nothing */
    FILE *out;                    /* for people; NULL: standard output */
    FILE *err;                    /* errors; NULL: standard error */
    FILE *json;                   /* NULL: none; else one JSON document at the end */
    bool live_screen;             /* out is a terminal: progress rewrites its line */
};

/* Explores a scenario. The process must have one thread, because runs are forks of it; SIGINT and
 * SIGTERM end it early, with its checkpoint written and what was found told.
 * options  borrowed until return */
enum condis_explore_verdict condis_explore(const struct condis_explore_options *options);

#ifdef __cplusplus
}
#endif
#endif
