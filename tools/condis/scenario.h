/* SPDX-License-Identifier: MIT */
/* A scenario on a command line: the file, and what `condis run`, `faults` and `explore` are all
 * told about how it runs. Their options are the same rows. */
#ifndef CONDIS_TOOL_SCENARIO_H
#define CONDIS_TOOL_SCENARIO_H

#include <condis/script.h>

#include "changes.h"
#include "checks.h"
#include "command.h"
#include "drivers.h"
#include "failing.h"
#include "replay.h"

/* --live or --sim. */
struct clock_choice {
    enum condis_clock clock;
    bool given;
};

/* First member of each such command's own settings; zeros, but for what the command has otherwise
 * when nothing is said. */
struct scenario {
    uint64_t seed;
    bool seed_given;
    struct clock_choice clock;
    enum condis_completion completion;
    bool completion_given;
    struct changes changes;
    struct checks checks;
    struct failing failing;
    bool json;
    /* filled by scenario_read: */
    const char *path;
    struct option_rest rest;
    struct driver_dirs dirs;
    struct condis_fault_plan faults;
};

/* The rows that all of them have. */
#define SCENARIO_ROWS(seed_says)                                                                   \
    CHANGES_ROW(struct scenario, changes),                                                         \
        {"--seed", "N", seed_says, OPTION_U64(struct scenario, seed, 0, INT64_MAX),                \
         OPTION_GIVEN(struct scenario, seed_given)},                                               \
        {"--completion", "pending|direct|mixed", "how a request that ends at once is told",        \
         OPTION_WORD(struct scenario, completion, CONDIS_COMPLETE_PENDING),                        \
         OPTION_GIVEN(struct scenario, completion_given)},                                         \
        CHECKS_ROWS(struct scenario, checks), FAILING_ROWS(struct scenario, failing)

/* Those of the commands that can run it either way. */
#define SCENARIO_CLOCK_ROWS(live_says, sim_says)                                                   \
    {"--live", NULL, live_says, OPTION_OWN(struct scenario, clock, scenario_take_live)},           \
    {                                                                                              \
        "--sim", NULL, sim_says, OPTION_OWN(struct scenario, clock, scenario_take_sim)             \
    }

const char *scenario_take_live(void *clock, const char *value);
const char *scenario_take_sim(void *clock, const char *value);

/* Reads the command line, looks at the scenario's file, and finds the directories of drivers.
 * settings   begins with a struct scenario
 * status     the exit status when false is returned: there is nothing to run
 * The caller ends it with scenario_free, whatever is returned. */
bool scenario_read(const struct command *self, void *settings, const char *const *arguments,
                   size_t argument_count, int *status);

/* What the library is told about it: everything but who reads what it says, its schedule and its
 * trace. The scenario is borrowed. */
struct condis_script_options scenario_options(struct scenario *scenario);

void scenario_free(struct scenario *scenario);

#endif
