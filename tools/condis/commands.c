/* SPDX-License-Identifier: MIT */
/* The table of commands, and what every command does in the same way. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>

const struct command *const commands[] = {
    &command_answer,  //
    &command_call,    //
    &command_capture, //
    &command_explore, //
    &command_faults,  //
    &command_rules,   //
    &command_run,     //
    &command_show,    //
    &command_switch,  //
    &command_verify,
};
const size_t command_count = sizeof commands / sizeof commands[0];

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

void command_help(const struct command *command, FILE *out)
{
    fprintf(out, "usage: condis %s %s\n%s\n\n", command->name, command->arguments, command->help);
    options_help(out, command->options, command->option_count);
}
