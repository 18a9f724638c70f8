/* SPDX-License-Identifier: MIT */
/* A replay is the command line that runs a scenario again: the last line of every report. It is
 * the one that was typed, with the seed written out and without what changes only the view. */
#ifndef CONDIS_TOOL_REPLAY_H
#define CONDIS_TOOL_REPLAY_H

#include "command.h"

#include <stdbool.h>
#include <stdint.h>

enum { REPLAY_BYTES = 1024 };

/* Two halves, because "--stop-at STEP" goes in between. Empty when it would not fit. */
struct replay {
    char command[REPLAY_BYTES];   /* "condis run drop.lua --sim --seed 7" */
    char arguments[REPLAY_BYTES]; /* "-- ./first.so", or "" */
};

/* Writes the replay of a command line.
 * command    whose options these are
 * arguments  as typed behind the command's name, and understood by options_parse
 * seed       that the run uses; --seed of the line is left out */
void replay_write(struct replay *replay, const struct command *command,
                  const char *const *arguments, size_t argument_count, uint64_t seed);

/* Writes what `condis run` is told for one of the runs that another command makes: the options that
 * both have. What differs from run to run is not in it, nor which clock, which a command may choose
 * by itself: replay_add adds that. */
void replay_write_run(struct replay *replay, const struct command *command,
                      const char *const *arguments, size_t argument_count);

/* Adds an option to a replay that is not empty; value: NULL, it has none. */
void replay_add(struct replay *replay, const char *option, const char *value);
void replay_add_seed(struct replay *replay, uint64_t seed);

#endif
