/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "changes.h"

#include <stdlib.h>
#include <string.h>

/* The text is one piece that is cut at the '.' and the '='; `driver` is its beginning. A name with
 * a '/' is a path, and its dots are its own. */
const char *changes_take(void *context, const char *value)
{
    struct changes *changes = context;
    const char *equals = strchr(value, '=');
    if (!equals || equals == value)
        return "wants NAME=PATH or NAME.Setting=VALUE, with the name that the scenario uses";
    size_t name_length = (size_t)(equals - value);
    const char *dot =
        memchr(value, '/', name_length) ? NULL : (const char *)memchr(value, '.', name_length);
    if (dot == value || (dot && dot + 1 == equals))
        return "wants NAME.Setting=VALUE, with a name on both sides of the dot";
    if (!dot && !equals[1])
        return "wants a path, or the name of another driver, after the '='";
    if (changes->count == CHANGES_MAX)
        return "that is one change too many: 64 are the most";
    char *text = strdup(value);
    if (!text)
        return "no memory";
    text[name_length] = 0;
    if (dot)
        text[dot - value] = 0;
    changes->list[changes->count++] = (struct condis_driver_change){
        .driver = text,
        .setting = dot ? text + (dot - value) + 1 : NULL,
        .value = text + name_length + 1,
    };
    return NULL;
}

void changes_free(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        free((void *)(uintptr_t)changes->list[i].driver);
    changes->count = 0;
}
