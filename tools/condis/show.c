/* SPDX-License-Identifier: MIT */
/* condis show: asks a running program what is inside it. */
#include "command.h"

#include <condis/control.h>

struct settings {
    bool json;
};

static const struct option_row rows[] = {
    {"--json", NULL, "one JSON document", OPTION_FLAG(struct settings, json)},
    HELP_ROW,
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
    int status;
    if (command_read(self, &settings, arguments, argument_count, &rest, &status))
        status = command_end(ask(rest.words[0], settings.json));
    option_rest_free(&rest);
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
    .word = "control",
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
