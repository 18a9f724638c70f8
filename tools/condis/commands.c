/* SPDX-License-Identifier: MIT */
/* The table of commands, and what every command does in the same way. */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* Behind "--" stand words of the command's own, too, unless they are for somebody else. */
static bool check_words(const struct command *self, struct option_rest *rest)
{
    for (size_t i = 0; !self->has_arguments && i < rest->after_count; i++)
        rest->words[rest->word_count++] = rest->after[i];
    if (!self->word && rest->word_count > 0)
        command_refuse("%s: '%s' is no option; see condis %s --help", self->name, rest->words[0],
                       self->name);
    else if (self->word && rest->word_count > 1)
        command_refuse("%s: one %s only, and not '%s' too; usage: condis %s %s", self->name,
                       self->word, rest->words[1], self->name, self->arguments);
    else if (self->word && rest->word_count == 0 && !self->word_may_lack)
        command_refuse("%s: which %s? usage: condis %s %s", self->name, self->word, self->name,
                       self->arguments);
    else
        return true;
    return false;
}

bool command_read(const struct command *self, void *settings, const char *const *arguments,
                  size_t argument_count, struct option_rest *rest, int *status)
{
    char error[640];
    switch (options_parse(self->options, self->option_count, settings, arguments, argument_count,
                          rest, error, sizeof error)) {
    case OPTIONS_READ:
        *status = check_words(self, rest) ? EXIT_PASSED : EXIT_USAGE;
        return *status == EXIT_PASSED;
    case OPTIONS_HELP:
        command_help(self, stdout);
        *status = command_end(EXIT_PASSED);
        break;
    case OPTIONS_WRONG:
        *status = command_refuse("%s: %s; see condis %s --help", self->name, error, self->name);
        break;
    }
    return false;
}

int command_end(int status)
{
    errno = 0; /* an earlier write's reason is not known any more */
    if (fflush(stdout) != 0 || ferror(stdout))
        return command_refuse("standard output cannot be written%s%s", errno ? ": " : "",
                              errno ? strerror(errno) : "");
    return status;
}

void command_help(const struct command *command, FILE *out)
{
    fprintf(out, "usage: condis %s %s\n%s\n\n", command->name, command->arguments, command->help);
    options_help(out, command->options, command->option_count);
}
