/* SPDX-License-Identifier: MIT */
/* `condis call`, in any surroundings. */
#ifndef CONDIS_TOOL_CALL_H
#define CONDIS_TOOL_CALL_H

#include "session.h"

/* Runs the command. returns its exit status. */
int call_run(const struct command *self, const struct surroundings *around,
             const char *const *arguments, size_t argument_count);

#endif
