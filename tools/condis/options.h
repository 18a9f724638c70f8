/* SPDX-License-Identifier: MIT */
/* An option is a row of a command's table: "--seed N". Parsing, and the help, follow the table. */
#ifndef CONDIS_TOOL_OPTIONS_H
#define CONDIS_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option_row {
    const char *name;  /* "--seed" */
    const char *value; /* "N" as the help shows it; NULL: takes none */
    const char *help;
    /* Takes the value (NULL for an option without). returns NULL, or what is wrong with it. */
    const char *(*take)(void *settings, const char *value);
};

/* What stood on a command line besides its options. */
struct option_rest {
    const char *const *words; /* the first words_count of the given array, reordered by us */
    size_t word_count;
    const char *const *after; /* what followed "--" */
    size_t after_count;
};

/* Finds the row of "--name" or "--name=value".
 * value    set to what follows the '=', else to NULL
 * returns  NULL when no row has that name */
const struct option_row *options_find(const struct option_row *rows, size_t row_count,
                                      const char *argument, const char **value);

/* Reads a command line: options anywhere, "--name value" or "--name=value", until "--".
 * words  argument_count + 1 places for option_rest.words
 * error  filled when false is returned: one line */
bool options_parse(const struct option_row *rows, size_t row_count, void *settings,
                   const char *const *arguments, size_t argument_count, const char **words,
                   struct option_rest *rest, char *error, size_t error_bytes);

void options_help(FILE *out, const struct option_row *rows, size_t row_count);

#endif
