/* SPDX-License-Identifier: MIT */
/* condis show: asks a running program what is inside it. */
#include "command.h"

#include <stdlib.h>

#include <condis/control.h>

struct settings {
    bool json;
    bool help;
};

static const char *take_json(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->json = true;
    return NULL;
}

static const char *take_help(void *context, const char *value)
{
    (void)value;
    ((struct settings *)context)->help = true;
    return NULL;
}

static const struct option_row rows[] = {
    {"--json", NULL, "one JSON document", take_json},
    {"--help", NULL, "this", take_help},
};

static int ask(const char *path, bool json)
{
    struct condis_error error;
    if (condis_control_ask(path, json, stdout, &error))
        return EXIT_PASSED;
    return command_refuse("show: %s", error.text);
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {0};
    struct option_rest rest;
    char error[256];
    const char **words = calloc(argument_count + 1, sizeof *words);
    int status = EXIT_PASSED;
    if (!words)
        return command_refuse("no memory");
    if (!options_parse(rows, sizeof rows / sizeof rows[0], &settings, arguments, argument_count,
                       words, &rest, error, sizeof error))
        status = command_refuse("%s", error);
    else if (settings.help)
        command_help(self, stdout);
    else if (rest.word_count != 1 || rest.after_count != 0)
        status = command_refuse("show: which control? usage: condis show %s", self->arguments);
    else
        status = ask(rest.words[0], settings.json);
    free(words);
    return status;
}

const struct command command_show = {
    .name = "show",
    .arguments = "PATH [--json]",
    .help = "Asks a running program what is inside it; PATH is what its --control said.",
    .manual =
        "run, call, answer and switch open a control with --control PATH, a unix socket for "
        "their own user.\n\n"
        "Of hosts it shows drivers, adapters, bindings, address families, SAPs, VCs, parties, "
        "requests that are pended with their age and the driver that owes the completion, and "
        "net buffer lists that are out with their holder; of a switch its ports, addresses, "
        "calls and counters. Nothing is stopped for it.\n\n"
        "The exit status is 0, or 2 when nobody answered.",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
