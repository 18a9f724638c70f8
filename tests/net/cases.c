/* SPDX-License-Identifier: MIT */
/* Runs each case of a scenario as a test of its own: a function `case.a_sentence`, in a world of
 * its own, in the three completion modes, with a seed for each.
 *
 * cases SCENARIO live|simulated SEEDS DRIVER UNI: SEEDS times three runs of each case. With
 * CASES_ONLY in the environment, those whose name has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <condis/script.h>

enum { CASES_MAX = 128, NAME_CHARACTERS = 100 };

static struct {
    const char *path;
    enum condis_clock clock;
    uint64_t seed_count; /* of each completion mode */
    const char *driver;
    const char *uni;
    char names[CASES_MAX][NAME_CHARACTERS];
    size_t name_count;
} cases;

static void run_once(const char *name, enum condis_completion completion, uint64_t seed)
{
    static const char *const driver_dirs[] = {DRIVER_DIR};
    const char *const arguments[] = {cases.driver, cases.uni, name};
    char *out = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&out, &bytes);
    assert_non_null(file);
    const struct condis_script_options options = {
        .path = cases.path,
        .arguments = arguments,
        .argument_count = 3,
        .clock = &cases.clock,
        .completion = &completion,
        .seed = seed,
        .driver_dirs = driver_dirs,
        .driver_dir_count = 1,
        .out = file,
        .err = file,
    };
    enum condis_script_verdict verdict = condis_script_run(&options);
    fclose(file);
    if (verdict != CONDIS_SCRIPT_PASSED)
        fail_msg("%s over %s, UNI %s:\n%s", name, cases.driver, cases.uni, out);
    free(out);
}

static void run_case(void **state)
{
    static const enum condis_completion completions[] = {
        CONDIS_COMPLETE_PENDING, CONDIS_COMPLETE_DIRECT, CONDIS_COMPLETE_MIXED};
    for (uint64_t seed = 1; seed <= 3 * cases.seed_count; seed++)
        run_once(*state, completions[seed % 3], seed);
}

static bool read_names(void)
{
    const char *only = getenv("CASES_ONLY");
    char line[256];
    FILE *file = fopen(cases.path, "r");
    if (!file)
        return false;
    while (cases.name_count < CASES_MAX && fgets(line, sizeof line, file)) {
        char *name = cases.names[cases.name_count];
        if (sscanf(line, "function case.%99[a-z0-9_]()", name) == 1 &&
            (!only || strstr(name, only)))
            cases.name_count++;
    }
    fclose(file);
    return cases.name_count > 0;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[CASES_MAX];
    if (argc != 6)
        return 2;
    cases.path = argv[1];
    cases.clock = strcmp(argv[2], "live") == 0 ? CONDIS_LIVE : CONDIS_SIMULATED;
    cases.seed_count = strtoul(argv[3], NULL, 10);
    cases.driver = argv[4];
    cases.uni = argv[5];
    if (!read_names()) {
        fprintf(stderr, "%s: no function is called case.NAME\n", cases.path);
        return 2;
    }
    for (size_t i = 0; i < cases.name_count; i++)
        tests[i] = (struct CMUnitTest){
            .name = cases.names[i], .test_func = run_case, .initial_state = cases.names[i]};
    return _cmocka_run_group_tests("net", tests, cases.name_count, NULL, NULL);
}
