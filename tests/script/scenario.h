/* SPDX-License-Identifier: MIT */
/* A scenario under test: a text that is run, with all it printed. */
#ifndef CONDIS_TESTS_SCRIPT_SCENARIO_H
#define CONDIS_TESTS_SCRIPT_SCENARIO_H

#include <condis/script.h>

struct scenario {
    enum condis_script_verdict verdict;
    char *out;
    char *err;
    char *json;
};

/* Runs the text as the file "test.lua" of a directory of its own. clock: NULL as the text asks. */
struct scenario scenario_run(const char *text, const enum condis_clock *clock, uint64_t seed);
void scenario_free(struct scenario *scenario);

/* Runs the text in a simulated world and wants it to end like this, with `said` in what it printed
 * on standard error (or in its output, when it passes). */
void scenario_expect(const char *text, enum condis_script_verdict verdict, const char *said);

#endif
