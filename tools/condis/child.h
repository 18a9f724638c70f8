/* SPDX-License-Identifier: MIT */
/* A child is this command run once more, in a process of its own, with other arguments: what it
 * does to itself is a result and not an end. */
#ifndef CONDIS_TOOL_CHILD_H
#define CONDIS_TOOL_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { CHILD_WORDS_MAX = 192 };

/* Zeros are one that has not been started. */
struct child {
    char *words[CHILD_WORDS_MAX + 1]; /* the command line behind "condis"; owned */
    size_t word_count;
    pid_t pid; /* 0: it does not run */
    FILE *out; /* what it wrote; kept until child_free */
    FILE *err;
    uint64_t started_ms;
    uint64_t took_ms;
    int status; /* exit status; -1: it died by `signal` */
    int signal;
    bool late; /* it was killed, because it took longer than it may */
    bool ended;
};

/* Add a word to the command line; printf's arguments.
 * returns false: no memory, or too many words; child_start refuses then too */
bool child_add(struct child *child, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Start it. Its standard input is empty. returns false: the system gives no process or file */
bool child_start(struct child *child);

/* Wait until one of those that run has ended, or took longer than limit_ms of real time, which ends
 * it. returns its index; count: none runs */
size_t child_wait(struct child *children, size_t count, uint64_t limit_ms);

/* All that it wrote to a stream, terminated; the caller frees it. NULL: no memory. */
char *child_text(FILE *stream);

/* The command line as a person types it: "condis run ...". The caller frees it. NULL: no memory. */
char *child_command(const struct child *child);

void child_free(struct child *child);

#endif
