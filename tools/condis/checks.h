/* SPDX-License-Identifier: MIT */
/* The checks of a command line: how closely drivers are watched, and what follows when one breaks a
 * rule. The same options stand in the table of every command that runs scenarios. */
#ifndef CONDIS_TOOL_CHECKS_H
#define CONDIS_TOOL_CHECKS_H

#include <condis/script.h>

#include "options.h"

/* Zeros: nothing was said. */
struct checks {
    enum condis_violation_policy policy;
    bool policy_given;
    int verifier; /* 0: off, 1: on */
    bool verifier_given;
    bool watched; /* the same as the run's options want it: checks_apply's */
    enum condis_pool pool;
    bool pool_given;
    uint32_t pending_ms;
    bool pending_given;
    uint64_t stop_at; /* 0: nowhere */
};

/* The rows, for the table of every command that runs scenarios: struct checks is a member of its
 * settings. */
#define CHECKS_ROWS(type, member)                                                                  \
    {"--verifier", "off|on", "watch more than each call's contract (on, unless the script says)",  \
     OPTION_WORD(type, member.verifier, 0), OPTION_GIVEN(type, member.verifier_given)},            \
        {"--pool", "plain|guards|pages", "how closely pool memory is watched (guards)",            \
         OPTION_WORD(type, member.pool, CONDIS_POOL_PLAIN),                                        \
         OPTION_GIVEN(type, member.pool_given)},                                                   \
    {                                                                                              \
        "--pending-ms", "MS",                                                                      \
            "with the verifier: how long a request may stay pended; 0: for ever",                  \
            OPTION_U32(type, member.pending_ms, 0, UINT32_MAX),                                    \
            .of = "milliseconds", OPTION_GIVEN(type, member.pending_given)                         \
    }

/* Those of a command that makes one run, which can be looked at where it goes wrong. */
#define VIOLATION_ROWS(type, member)                                                               \
    {"--on-violation", "report|stop|debug",                                                        \
     "after a broken rule go on, abort, or raise SIGTRAP for a debugger",                          \
     OPTION_WORD(type, member.policy, CONDIS_VIOLATION_REPORT),                                    \
     OPTION_GIVEN(type, member.policy_given)},                                                     \
    {                                                                                              \
        "--stop-at", "STEP", "simulated: raise SIGTRAP when this step of the run begins",          \
            OPTION_U64(type, member.stop_at, 1, UINT64_MAX)                                        \
    }

/* Fills what a scenario's options have of it; checks is borrowed by them. */
void checks_apply(struct checks *checks, struct condis_script_options *options);

#endif
