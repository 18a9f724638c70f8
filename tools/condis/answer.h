/* SPDX-License-Identifier: MIT */
/* `condis answer`, in any surroundings. */
#ifndef CONDIS_TOOL_ANSWER_H
#define CONDIS_TOOL_ANSWER_H

#include "session.h"

/* Runs the command. returns its exit status. */
int answer_run(const struct command *self, const struct surroundings *around,
               const char *const *arguments, size_t argument_count);

#endif
