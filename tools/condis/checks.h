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
    bool verifier;
    bool verifier_given;
    enum condis_pool pool;
    bool pool_given;
    uint32_t pending_ms;
    bool pending_given;
    uint64_t stop_at;
};

/* The rows of a command whose settings begin with its struct checks. */
#define CHECKS_OPTIONS                                                                             \
    {"--verifier", "on|off", "watch more than each call's contract (on, unless the script says)",  \
     checks_take_verifier},                                                                        \
        {"--pool", "plain|guards|pages", "how closely pool memory is watched (guards)",            \
         checks_take_pool},                                                                        \
        {"--pending-ms", "MS",                                                                     \
         "with the verifier: how long a request may stay pended; 0: for ever",                     \
         checks_take_pending},                                                                     \
        {"--on-violation", "report|stop|debug",                                                    \
         "after a broken rule go on, abort, or raise SIGTRAP for a debugger", checks_take_policy}, \
    {                                                                                              \
        "--stop-at", "STEP", "simulated: raise SIGTRAP when this step of the run begins",          \
            checks_take_stop_at                                                                    \
    }

/* Take the values of those rows. settings begins with a struct checks. */
const char *checks_take_verifier(void *settings, const char *value);
const char *checks_take_pool(void *settings, const char *value);
const char *checks_take_pending(void *settings, const char *value);
const char *checks_take_policy(void *settings, const char *value);
const char *checks_take_stop_at(void *settings, const char *value);

/* Fills what a scenario's options have of it; checks is borrowed by them. */
void checks_apply(const struct checks *checks, struct condis_script_options *options);

#endif
