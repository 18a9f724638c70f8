/* SPDX-License-Identifier: MIT */
/* A command is the first word after `condis`: a row of the table in main.c. */
#ifndef CONDIS_TOOL_COMMAND_H
#define CONDIS_TOOL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "options.h"

enum {
    EXIT_PASSED = 0,
    EXIT_FAILED = 1, /* the scenario failed; somebody did not get everything */
    EXIT_USAGE = 2,  /* it could not run */
};

struct command {
    const char *name;
    const char *arguments; /* "SCENARIO.lua [OPTION...] [-- ARGUMENT...]" */
    const char *help;      /* one sentence */
    const char *manual; /* paragraphs for the manual page, separated by empty lines; may be NULL */
    const char *word;   /* what its one word besides options is: "scenario"; NULL: it has none */
    bool word_may_lack;
    bool has_arguments; /* what stands behind "--" is no word of its own, but somebody else's */
    const struct option_row *options;
    size_t option_count;
    /* returns the exit status; arguments are those behind the command's name. */
    int (*run)(const struct command *self, const char *const *arguments, size_t argument_count);
};

/* Says one line about what is wrong, on standard error. returns EXIT_USAGE. */
int command_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads a command line as the command's table says, answers --help, and counts its words.
 * settings  what the table's rows write to
 * rest      the words; ended by the caller with option_rest_free, whatever is returned
 * status    the exit status when false is returned: there is nothing to run */
bool command_read(const struct command *self, void *settings, const char *const *arguments,
                  size_t argument_count, struct option_rest *rest, int *status);

/* Whether all that was written to standard output is there: what a command ends with.
 * returns status, or EXIT_USAGE after a line about it */
int command_end(int status);

/* Prints how a command is used: its arguments, its sentence, its options. */
void command_help(const struct command *command, FILE *out);

/* Every command, in the order of the help. */
extern const struct command *const commands[];
extern const size_t command_count;

extern const struct command command_answer;
extern const struct command command_call;
extern const struct command command_capture;
extern const struct command command_explore;
extern const struct command command_faults;
extern const struct command command_rules;
extern const struct command command_run;
extern const struct command command_show;
extern const struct command command_switch;
extern const struct command command_verify;

#endif
