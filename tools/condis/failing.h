/* SPDX-License-Identifier: MIT */
/* What a command line says about calls that are made to fail: which ones, of which drivers, and
 * which not. */
#ifndef CONDIS_TOOL_FAILING_H
#define CONDIS_TOOL_FAILING_H

#include <condis/script.h>

#include "options.h"

struct failing_words {
    char **words;
    size_t count;
};

/* Zeros are a command line that says nothing. */
struct failing {
    const char *mode; /* NULL: nothing fails */
    uint32_t depth;
    struct failing_words modules;
    struct failing_words functions;
    struct failing_words excluded;
};

/* The rows that choose calls, for the table of every command that makes some fail: struct failing
 * is a member of its settings. */
#define FAILING_ROWS(type, member)                                                                 \
    {"--module", "DRIVER", "only calls of this driver fail; may be repeated",                      \
     OPTION_OWN(type, member, failing_module)},                                                    \
        {"--function", "NAME",                                                                     \
         "only this function, event or kind fails (condis faults --list); may be repeated",        \
         OPTION_OWN(type, member, failing_function)},                                              \
        {"--exclude", "FILE",                                                                      \
         "what does not fail: a line each, DRIVER!FUNCTION or a call path's "                      \
         "id; # begins a comment",                                                                 \
         OPTION_OWN(type, member, failing_exclude)},                                               \
    {                                                                                              \
        "--depth", "N", "how many frames of drivers tell call paths apart, 1 to 24 (8)",           \
            OPTION_U32(type, member.depth, 1, 24)                                                  \
    }

/* Take one option's value into the context, a struct failing; the text is copied (a mode is
 * borrowed). Each returns NULL, or what is wrong with it. */
const char *failing_mode(void *context, const char *value);
const char *failing_module(void *context, const char *value);
const char *failing_function(void *context, const char *value);
const char *failing_exclude(void *context, const char *path);

/* Describes it for a run. returns  the plan, which borrows from failing */
struct condis_fault_plan failing_plan(const struct failing *failing);

void failing_free(struct failing *failing);

#endif
