/* SPDX-License-Identifier: MIT */
/* A call case is a scenario of calls over the hub that passes, whichever clock and completion. */
#ifndef CONDIS_TESTS_SCRIPT_CALL_CASES_H
#define CONDIS_TESTS_SCRIPT_CALL_CASES_H

#include <condis/host.h>

/* Runs every case with this clock in the three completion modes; as main returns. */
int call_cases_run(enum condis_clock clock);

#endif
