/* SPDX-License-Identifier: MIT */
/* A child is this command run once more, in a process of its own, with other arguments: what it
 * does to itself is a result and not an end. */
#ifndef CONDIS_TOOL_CHILD_H
#define CONDIS_TOOL_CHILD_H

#include "process/process.h"

enum { CHILD_WORDS_MAX = 192 };

/* Zeros are one that has not been started. */
struct child {
    char *words[CHILD_WORDS_MAX + 1]; /* the command line behind "condis"; owned */
    size_t word_count;
    struct process process;
    struct process_files files; /* what it wrote; kept until child_free */
    bool has_files;
};

/* Add a word to the command line; printf's arguments.
 * returns false: no memory, or too many words; child_start refuses then too */
bool child_add(struct child *child, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Start it. Its standard input is empty.
 * limit_ms  of real time that it may take; then it is killed
 * returns false: the system gives no process or file */
bool child_start(struct child *child, uint64_t limit_ms);

/* Wait until one of those that run has ended. count: PROCESS_COUNT_MAX at most.
 * returns its index; count: none runs */
size_t child_wait(struct child *children, size_t count);

/* All that it wrote to a stream, terminated; the caller frees it. NULL: no memory. */
char *child_out(const struct child *child);
char *child_err(const struct child *child);

/* What a run said of its crash, in one line: "signal 11 (Segmentation fault) in DropParty at
 * first.c:24".
 * said     what it printed on standard error; NULL: nothing
 * returns  false: it said of none */
bool child_crash(const char *said, char *line, size_t line_bytes);

/* The command line as a person types it: "condis run ...", without --json. The caller frees it.
 * NULL: no memory. */
char *child_command(const struct child *child);

void child_free(struct child *child);

#endif
