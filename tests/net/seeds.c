/* SPDX-License-Identifier: MIT */
/* Runs one scenario many times, simulated, with a seed each and the completion modes by turns.
 *
 * seeds SCENARIO FIRST COUNT [ARGUMENT...]: stops at the first seed that does not pass, and prints
 * what it printed; the command at the end has it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <condis/script.h>

enum { SAID_EVERY = 1000 };

static const char *const mode_names[] = {"pending", "direct", "mixed"};
static const enum condis_completion modes[] = {CONDIS_COMPLETE_PENDING, CONDIS_COMPLETE_DIRECT,
                                               CONDIS_COMPLETE_MIXED};

static bool run_seed(uint64_t seed, char **argv, int argc)
{
    static const char *const driver_dirs[] = {DRIVER_DIR};
    static const enum condis_clock clock = CONDIS_SIMULATED;
    char *out = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&out, &bytes);
    if (!file)
        return false;
    const struct condis_script_options options = {
        .path = argv[1],
        .arguments = (const char *const *)&argv[4],
        .argument_count = (size_t)argc - 4,
        .clock = &clock,
        .completion = &modes[seed % 3],
        .seed = seed,
        .driver_dirs = driver_dirs,
        .driver_dir_count = 1,
        .out = file,
        .err = file,
    };
    bool passed = condis_script_run(&options) == CONDIS_SCRIPT_PASSED;
    fclose(file);
    if (!passed) {
        printf("%s", out);
        printf("condis run %s --sim --seed %llu --completion %s --", argv[1],
               (unsigned long long)seed, mode_names[seed % 3]);
        for (int i = 4; i < argc; i++)
            printf(" %s", argv[i]);
        printf("\n");
    }
    free(out);
    return passed;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: seeds SCENARIO FIRST COUNT [ARGUMENT...]\n");
        return 2;
    }
    uint64_t first = strtoull(argv[2], NULL, 10);
    uint64_t count = strtoull(argv[3], NULL, 10);
    for (uint64_t seed = first; seed < first + count; seed++) {
        if (!run_seed(seed, argv, argc))
            return 1;
        if ((seed - first + 1) % SAID_EVERY == 0) {
            printf("%llu of %llu\n", (unsigned long long)(seed - first + 1),
                   (unsigned long long)count);
            fflush(stdout);
        }
    }
    printf("%llu seeds passed\n", (unsigned long long)count);
    return 0;
}
