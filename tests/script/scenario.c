/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct scenario scenario_run(const char *text, const enum condis_clock *clock, uint64_t seed)
{
    struct scenario scenario = {0};
    size_t bytes;
    char directory[] = "/tmp/condis-test-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/test.lua", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    FILE *out = open_memstream(&scenario.out, &bytes);
    FILE *err = open_memstream(&scenario.err, &bytes);
    FILE *json = open_memstream(&scenario.json, &bytes);
    static const char *const driver_dirs[] = {DRIVER_DIR};
    struct condis_script_options options = {
        .path = path,
        .clock = clock,
        .seed = seed,
        .driver_dirs = driver_dirs,
        .driver_dir_count = 1,
        .out = out,
        .err = err,
        .json = json,
    };
    scenario.verdict = condis_script_run(&options);
    fclose(out);
    fclose(err);
    fclose(json);
    unlink(path);
    rmdir(directory);
    return scenario;
}

void scenario_free(struct scenario *scenario)
{
    free(scenario->out);
    free(scenario->err);
    free(scenario->json);
}

void scenario_expect(const char *text, enum condis_script_verdict verdict, const char *said)
{
    enum condis_clock clock = CONDIS_SIMULATED;
    struct scenario scenario = scenario_run(text, &clock, 1);
    const char *where = verdict == CONDIS_SCRIPT_PASSED ? scenario.out : scenario.err;
    if (scenario.verdict != verdict || !strstr(where, said))
        fail_msg("%s\nended in %d, wanted %d with \"%s\":\n%s%s", text, (int)scenario.verdict,
                 (int)verdict, said, scenario.out, scenario.err);
    scenario_free(&scenario);
}
