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
};

static const char *take_setting(void *context, const char *value)
{
    struct verify_options *options = context;
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
    struct verify_options *options = context;
    if (options->only_count == VERIFY_ONLY_MAX)
        return "that is one too many: 64 are the most";
    options->only[options->only_count++] = value;
    return NULL;
}

static const struct option_row rows[] = {
    {"--as", "mcm|call-manager|client", "what it is; else what it registers as",
     OPTION_NAME(struct settings, verify.options.as)},
    {"--medium", "hub|switch|none", "what it is on; else the first on which its calls are heard",
     OPTION_NAME(struct settings, verify.options.medium)},
    {"--miniport", "NAME", "under a call manager: hubmini, atmlink, or another driver",
     OPTION_TEXT(struct settings, verify.options.miniport)},
    {"--peer", "NAME", "the driver at the other end; loopback or atmmcm unless said",
     OPTION_TEXT(struct settings, verify.options.peer)},
    {"--leaf", "@A[,@B]", "addresses that a client calls",
     OPTION_TEXT(struct settings, verify.options.leaf)},
    {"--address", "@A", "an address at which a client takes calls",
     OPTION_TEXT(struct settings, verify.options.address)},
    {"--setting", "Name=VALUE", "a setting of the driver and of its adapters",
     OPTION_OWN(struct settings, verify.options, take_setting)},
    {"--only", "C95|CASE", "cases that show this obligation, or this case; may be repeated",
     OPTION_OWN(struct settings, verify.options, take_only)},
    {"--list", NULL, "only list the cases", OPTION_FLAG(struct settings, list)},
    {"--seed", "N", "the first seed; 1 unless said",
     OPTION_U64(struct settings, verify.options.seed, 1, UINT32_MAX / 2)},
    {"--seeds", "N", "simulated worlds for each case and completion mode; 3 unless said",
     OPTION_U32(struct settings, verify.options.seed_count, 1, SEEDS_MAX)},
    {"--schedules", "N", "orders to try of each case that is worth it; 100 unless said",
     OPTION_U32(struct settings, verify.options.schedule_count, 0, SEEDS_MAX)},
    {"--no-faults", NULL, "no sweeps of faults",
     OPTION_OFF(struct settings, verify.options.faults)},
    {"--no-live", NULL, "simulated worlds only", OPTION_OFF(struct settings, verify.options.live)},
    {"--jobs", "N", "processes at a time; else one for each processor",
     OPTION_U32(struct settings, verify.options.job_count, 1, JOBS_MAX)},
    {"--tap", NULL, "TAP on standard output instead of the table",
     OPTION_FLAG(struct settings, tap)},
    {"--junit", "FILE", "write JUnit XML too", OPTION_TEXT(struct settings, junit)},
    {"--json", NULL, "one JSON document on standard output instead of the table",
     OPTION_FLAG(struct settings, json)},
    HELP_ROW,
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

/* Each --only has to be about something: a word that is misspelt would try less in silence. */
static int check_only(const struct verify *verify)
{
    for (size_t k = 0; k < verify->options.only_count; k++) {
        size_t i = 0;
        while (i < verify->suite.count &&
               !verify_is_about(verify, &verify->suite.cases[i], verify->options.only[k]))
            i++;
        if (i == verify->suite.count)
            return command_refuse("verify: --only %s: no case for %s is called so, or shows this "
                                  "obligation; condis verify --list has them all",
                                  verify->options.only[k], verify->options.as);
    }
    return EXIT_PASSED;
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
    int status = verify_status(verify);
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
    return command_end(status);
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

static int verify_or_list(const struct command *self, struct settings *settings, const char *driver)
{
    char error[512];
    if (!conformance_find(&settings->verify.suite, error, sizeof error))
        return command_refuse("%s", error);
    if (settings->list)
        return command_end(list_cases(&settings->verify));
    if (!driver)
        return command_refuse("verify: which driver? usage: condis verify %s", self->arguments);
    settings->verify.options.driver = driver;
    return verify_all(settings);
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
    int status;
    if (command_read(self, &settings, arguments, argument_count, &rest, &status))
        status = verify_or_list(self, &settings, rest.words[0]);
    verify_free(&settings.verify);
    option_rest_free(&rest);
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
    .word = "driver",
    .word_may_lack = true, /* --list wants none */
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
