/* SPDX-License-Identifier: MIT */
/* condis: the command. Its first word chooses a row of the table. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <condis/host.h>

static const struct command *const commands[] = {
    &command_run,
    &command_switch,
};
static const size_t command_count = sizeof commands / sizeof commands[0];

int command_refuse(const char *format, ...)
{
    va_list arguments;
    fputs("condis: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static int help(void)
{
    printf("condis runs connection-oriented NDIS drivers in user space.\n\n");
    for (size_t i = 0; i < command_count; i++) {
        printf("usage: condis %s %s\n", commands[i]->name, commands[i]->arguments);
        printf("%s\n\n", commands[i]->help);
        options_help(stdout, commands[i]->options, commands[i]->option_count);
    }
    printf("\n  --help, --version\n\n"
           "exit status: 0 passed, 1 the scenario failed, 2 it could not run\n");
    return EXIT_PASSED;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return command_refuse("no command; there is `condis run SCENARIO.lua`; see condis --help");
    const char *word = argv[1];
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
        return help();
    if (!strcmp(word, "--version")) {
        printf("condis %s\n", condis_version());
        return EXIT_PASSED;
    }
    for (size_t i = 0; i < command_count; i++) {
        if (!strcmp(word, commands[i]->name))
            return commands[i]->run(commands[i], (const char *const *)argv + 2, (size_t)argc - 2);
    }
    return command_refuse("no command is called '%s'; see condis --help", word);
}
