/* SPDX-License-Identifier: MIT */
/* condis verify: one driver against the conformance suite. */
#define _GNU_SOURCE
#include "verify.h"
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEEDS = 3, SCHEDULES = 100, SEEDS_MAX = 100000, JOBS_MAX = 256 };

struct settings {
    struct verify verify;
    const char *junit;
    bool tap;
    bool json;
    bool list;
    bool help;
};

static const char *take_word(const char **place, const char *value, const char *const *words,
                             size_t count, const char *wrong)
{
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(value, words[i])) {
            *place = words[i];
            return NULL;
        }
    }
    return wrong;
}

static const char *take_as(void *context, const char *value)
{
    static const char *const words[] = {"mcm", "call-manager", "client"};
    return take_word(&((struct settings *)context)->verify.options.as, value, words, 3,
                     "it is mcm, call-manager or client");
}

static const char *take_medium(void *context, const char *value)
{
    static const char *const words[] = {"hub", "switch", "none"};
    return take_word(&((struct settings *)context)->verify.options.medium, value, words, 3,
                     "it is hub, switch or none");
}

static const char *take_number(uint32_t *place, const char *value, unsigned long least,
                               unsigned long most, const char *wrong)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    if (errno || end == value || *end || value[0] == '-' || number < least || number > most)
        return wrong;
    *place = (uint32_t)number;
    return NULL;
}

static const char *take_seeds(void *context, const char *value)
{
    return take_number(&((struct settings *)context)->verify.options.seed_count, value, 1,
                       SEEDS_MAX, "it is a number from 1 to 100000");
}

static const char *take_schedules(void *context, const char *value)
{
    return take_number(&((struct settings *)context)->verify.options.schedule_count, value, 0,
                       SEEDS_MAX, "it is a number from 0 to 100000");
}

static const char *take_jobs(void *context, const char *value)
{
    return take_number(&((struct settings *)context)->verify.options.job_count, value, 1, JOBS_MAX,
                       "it is a number from 1 to 256");
}

static const char *take_seed(void *context, const char *value)
{
    uint32_t seed;
    const char *wrong = take_number(&seed, value, 1, UINT32_MAX / 2,
                                    "a first seed is a number from 1 to 2147483647");
    if (!wrong)
        ((struct settings *)context)->verify.options.seed = seed;
    return wrong;
}

static const char *take_setting(void *context, const char *value)
{
    struct verify_options *options = &((struct settings *)context)->verify.options;
    const char *equals = strchr(value, '=');
    if (!equals || equals == value)
        return "wants Name=VALUE";
    if (options->setting_count == VERIFY_SETTINGS_MAX)
        return "that is one too many: 64 are the most";
    options->settings[options->setting_count++] = value;
    return NULL;
}

static const char *take_only(void *context, const char *value)
{
    struct verify_options *options = &((struct settings *)context)->verify.options;
    if (options->only_count == VERIFY_ONLY_MAX)
        return "that is one too many: 64 are the most";
    options->only[options->only_count++] = value;
    return NULL;
}

/* Options whose value is kept as it is, and those without a value. */
#define TAKE_TEXT(name, place)                                                                     \
    static const char *name(void *context, const char *value)                                      \
    {                                                                                              \
        if (!*value)                                                                               \
            return "wants a value";                                                                \
        ((struct settings *)context)->place = value;                                               \
        return NULL;                                                                               \
    }
#define TAKE_FLAG(name, place, says)                                                               \
    static const char *name(void *context, const char *value)                                      \
    {                                                                                              \
        (void)value;                                                                               \
        ((struct settings *)context)->place = (says);                                              \
        return NULL;                                                                               \
    }
TAKE_TEXT(take_miniport, verify.options.miniport)
TAKE_TEXT(take_peer, verify.options.peer)
TAKE_TEXT(take_leaf, verify.options.leaf)
TAKE_TEXT(take_address, verify.options.address)
TAKE_TEXT(take_junit, junit)
TAKE_FLAG(take_no_faults, verify.options.faults, false)
TAKE_FLAG(take_no_live, verify.options.live, false)
TAKE_FLAG(take_tap, tap, true)
TAKE_FLAG(take_json, json, true)
TAKE_FLAG(take_list, list, true)
TAKE_FLAG(take_help, help, true)

static const struct option_row rows[] = {
    {"--as", "KIND", "mcm, call-manager or client; else what it registers as", take_as},
    {"--medium", "M", "hub, switch or none; else the first on which its calls are heard",
     take_medium},
    {"--miniport", "NAME", "under a call manager: hubmini, atmlink, or another driver",
     take_miniport},
    {"--peer", "NAME", "the driver at the other end; loopback or atmmcm unless said", take_peer},
    {"--leaf", "@A[,@B]", "addresses that a client calls", take_leaf},
    {"--address", "@A", "an address at which a client takes calls", take_address},
    {"--setting", "Name=VALUE", "a setting of the driver and of its adapters", take_setting},
    {"--only", "C95|CASE", "cases that show this obligation, or this case; may be repeated",
     take_only},
    {"--list", NULL, "only list the cases", take_list},
    {"--seed", "N", "the first seed; 1 unless said", take_seed},
    {"--seeds", "N", "simulated worlds for each case and completion mode; 3 unless said",
     take_seeds},
    {"--schedules", "N", "orders to try of each case that is worth it; 100 unless said",
     take_schedules},
    {"--no-faults", NULL, "no sweeps of faults", take_no_faults},
    {"--no-live", NULL, "simulated worlds only", take_no_live},
    {"--jobs", "N", "processes at a time; else one for each processor", take_jobs},
    {"--tap", NULL, "TAP on standard output instead of the table", take_tap},
    {"--junit", "FILE", "write JUnit XML too", take_junit},
    {"--json", NULL, "one JSON document on standard output instead of the table", take_json},
    {"--help", NULL, "this", take_help},
};

static int list_cases(const struct verify *verify)
{
    for (size_t i = 0; i < verify->suite.count; i++) {
        const struct conformance_case *subject = &verify->suite.cases[i];
        char obligations[CASE_OBLIGATION_MAX * 5];
        case_obligations(subject, obligations, sizeof obligations);
        printf("%s (%s)\n    %s\n    %s%s%s%s%s\n", subject->name,
               subject->for_client ? "client" : "call manager", subject->says, obligations,
               subject->need ? "; needs " : "", subject->need ? case_need_text(subject->need) : "",
               subject->faults ? "; faults" : "", subject->schedules ? "; orders" : "");
    }
    return EXIT_PASSED;
}

static int check_only(const struct verify *verify)
{
    for (size_t i = 0; i < verify->suite.count; i++)
        if (verify_wants(verify, &verify->suite.cases[i]))
            return EXIT_PASSED;
    return command_refuse("verify: no case for a %s is called so, or shows this obligation; "
                          "condis verify --list has them all",
                          verify->options.as);
}

static int write_junit(const struct settings *settings)
{
    FILE *out = fopen(settings->junit, "we");
    bool good = out && verify_print_junit(&settings->verify, out);
    if (out && fclose(out) != 0)
        good = false;
    return good ? EXIT_PASSED : command_refuse("%s: %s", settings->junit, strerror(errno));
}

static int report(const struct settings *settings)
{
    const struct verify *verify = &settings->verify;
    int status = verify_failed(verify) ? EXIT_FAILED : EXIT_PASSED;
    if (settings->json) {
        json_t *document = verify_json(verify);
        if (!document || json_dumpf(document, stdout, JSON_INDENT(2)) != 0)
            status = command_refuse("verify: no memory");
        fputc('\n', stdout);
        json_decref(document);
    } else if (settings->tap) {
        verify_print_tap(verify, stdout);
    } else {
        verify_print(verify, stdout);
    }
    if (settings->junit && write_junit(settings) != EXIT_PASSED)
        status = EXIT_USAGE;
    if (fflush(stdout) != 0 || ferror(stdout))
        status = command_refuse("standard output: %s", strerror(errno));
    return status;
}

static int verify_all(struct settings *settings)
{
    struct verify *verify = &settings->verify;
    int status = verify_probe(verify);
    if (status == 0)
        status = check_only(verify);
    if (status != 0)
        return status;
    if (!verify_plan(verify))
        return command_refuse("verify: no memory");
    if (!verify_run(verify))
        return command_refuse("verify: no process could be started: %s", strerror(errno));
    return report(settings);
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct settings settings = {
        .verify = {.options = {.seed_count = SEEDS,
                               .schedule_count = SCHEDULES,
                               .faults = true,
                               .live = true,
                               .seed = 1,
                               .job_count = processors > 0 ? (uint32_t)processors : 1},
                   .screen = stderr,
                   .live_screen = isatty(STDERR_FILENO) != 0},
    };
    struct option_rest rest;
    char error[512];
    const char **words = calloc(argument_count + 1, sizeof *words);
    int status = EXIT_PASSED;
    if (!words)
        return command_refuse("no memory");
    if (!options_parse(rows, sizeof rows / sizeof rows[0], &settings, arguments, argument_count,
                       words, &rest, error, sizeof error)) {
        status = command_refuse("%s", error);
    } else if (settings.help) {
        command_help(self, stdout);
    } else if (!conformance_find(&settings.verify.suite, error, sizeof error)) {
        status = command_refuse("%s", error);
    } else if (settings.list) {
        status = list_cases(&settings.verify);
    } else if (rest.word_count != 1 || rest.after_count != 0) {
        status = command_refuse("verify: %s; usage: condis verify %s",
                                rest.word_count > 1 ? "one driver only" : "which driver?",
                                self->arguments);
    } else {
        settings.verify.options.driver = rest.words[0];
        status = verify_all(&settings);
    }
    verify_free(&settings.verify);
    free(words);
    return status;
}

const struct command command_verify = {
    .name = "verify",
    .arguments = "DRIVER [OPTION...]",
    .help = "Tries a call manager, a miniport call manager or a client with every case of the "
            "conformance suite.",
    .manual = "DRIVER is a path, or the name of a driver that comes with condis. Each case is run "
              "live and in simulated worlds, in every completion mode; those that are worth it "
              "with each call failed once that can fail (condis faults), and in many orders "
              "(condis explore).\n\n"
              "The exit status is 0 when every case passed, 1 when one failed, 2 when it could not "
              "run.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
