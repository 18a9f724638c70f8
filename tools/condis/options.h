/* SPDX-License-Identifier: MIT */
/* An option is a row of a command's table: "--seed N". Parsing, the help, the manual page and what
 * the shell completes follow the table. */
#ifndef CONDIS_TOOL_OPTIONS_H
#define CONDIS_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How a row's value is read. */
enum option_kind {
    OPTION_KIND_OWN,  /* by the row's own function */
    OPTION_KIND_HELP, /* asks how the command is used; nothing is read behind it */
    OPTION_KIND_FLAG, /* it has none: a bool becomes true */
    OPTION_KIND_OFF,  /* it has none: a bool becomes false */
    OPTION_KIND_TEXT, /* any text but an empty one: a const char *, borrowed */
    OPTION_KIND_NAME, /* one of the words "a|b|c" of `value`: a const char *, borrowed */
    OPTION_KIND_WORD, /* the same: an enum or int, `least` for the first and so on */
    OPTION_KIND_U32,  /* a decimal number from `least` to `most` */
    OPTION_KIND_U64,
};

struct option_row {
    const char *name;  /* "--seed" */
    const char *value; /* "N" as the help shows it; NULL: takes none */
    const char *help;
    enum option_kind kind;
    size_t at;    /* where in the settings the value belongs */
    size_t given; /* where in them a bool says that it was given; 0: nowhere */
    uint64_t least, most;
    const char *of; /* what a number counts, "milliseconds"; NULL: the help says it */
    /* OWN: takes the value (NULL for an option without) into what is `at`. returns NULL, or what is
     * wrong with it. */
    const char *(*take)(void *place, const char *value);
};

/* What follows a row's help: its kind, and the member of the settings, whose type is checked. */
#define OPTION_AT(type, member, wanted)                                                            \
    .at = _Generic(((type *)0)->member, wanted : offsetof(type, member))
#define OPTION_OWN(type, member, function)                                                         \
    .kind = OPTION_KIND_OWN, .at = offsetof(type, member), .take = (function)
#define OPTION_FLAG(type, member) .kind = OPTION_KIND_FLAG, OPTION_AT(type, member, bool)
#define OPTION_OFF(type, member)  .kind = OPTION_KIND_OFF, OPTION_AT(type, member, bool)
#define OPTION_TEXT(type, member) .kind = OPTION_KIND_TEXT, OPTION_AT(type, member, const char *)
#define OPTION_NAME(type, member) .kind = OPTION_KIND_NAME, OPTION_AT(type, member, const char *)
#define OPTION_WORD(type, member, first)                                                           \
    .kind = OPTION_KIND_WORD, .least = (first),                                                    \
    .at = _Generic(((type *)0)->member, unsigned                                                   \
                   : offsetof(type, member), int                                                   \
                   : offsetof(type, member))
#define OPTION_U32(type, member, low, high)                                                        \
    .kind = OPTION_KIND_U32, .least = (low), .most = (high), OPTION_AT(type, member, uint32_t)
#define OPTION_U64(type, member, low, high)                                                        \
    .kind = OPTION_KIND_U64, .least = (low), .most = (high), OPTION_AT(type, member, uint64_t)
/* Behind those: where it is noted that the option was given. */
#define OPTION_GIVEN(type, member) .given = offsetof(type, member)

/* The last row of every table. */
#define HELP_ROW                                                                                   \
    {                                                                                              \
        "--help", NULL, "this", .kind = OPTION_KIND_HELP                                           \
    }
/* That of a command whose output people and programs read. */
#define JSON_ROW(type, member)                                                                     \
    {                                                                                              \
        "--json", NULL, "one JSON document on standard output, the rest on standard error",        \
            OPTION_FLAG(type, member)                                                              \
    }

/* What stood on a command line besides its options. */
struct option_rest {
    const char **words; /* owned: option_rest_free */
    size_t word_count;
    const char *const *after; /* what followed "--"; borrowed */
    size_t after_count;
};

enum option_end { OPTIONS_READ, OPTIONS_HELP, OPTIONS_WRONG };

/* Finds the row of "--name" or "--name=value".
 * value    set to what follows the '=', else to NULL
 * returns  NULL when no row has that name */
const struct option_row *options_find(const struct option_row *rows, size_t row_count,
                                      const char *argument, const char **value);

/* Reads a command line: options anywhere, "--name value" or "--name=value", until "--".
 * rest   filled in any case; the caller ends it with option_rest_free
 * error  one line, filled when something is wrong */
enum option_end options_parse(const struct option_row *rows, size_t row_count, void *settings,
                              const char *const *arguments, size_t argument_count,
                              struct option_rest *rest, char *error, size_t error_bytes);

void option_rest_free(struct option_rest *rest);

/* Reads a decimal number, digits only.
 * returns false: it is none, or not from least to most; *number is as it was */
bool option_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);

void options_help(FILE *out, const struct option_row *rows, size_t row_count);

#endif
