/* SPDX-License-Identifier: MIT */
/* The changes of a command line: what each of its `--driver NAME=PATH` and
 * `--driver NAME.Setting=VALUE` makes different of the drivers that a scenario names. */
#ifndef CONDIS_TOOL_CHANGES_H
#define CONDIS_TOOL_CHANGES_H

#include <condis/script.h>

#include "options.h"

#define CHANGES_MAX 64

/* The option's row: struct changes is a member of the settings. */
#define CHANGES_ROW(type, member)                                                                  \
    {                                                                                              \
        "--driver", "NAME=PATH",                                                                   \
            "load PATH where the scenario names the driver NAME; NAME.Setting=VALUE: a setting",   \
            OPTION_OWN(type, member, changes_take)                                                 \
    }

/* Zeros are one without a change. */
struct changes {
    struct condis_driver_change list[CHANGES_MAX];
    size_t count;
};

/* Adds one option's value, whose text is copied; context is a struct changes.
 * returns NULL, or what is wrong with it */
const char *changes_take(void *context, const char *value);

void changes_free(struct changes *changes);

#endif
