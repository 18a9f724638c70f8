/* SPDX-License-Identifier: MIT */
/* A process is one that this program has started and watches: it may take so long and no longer,
 * what it writes is kept in files in memory, and it is taken in when it has ended. */
#ifndef CONDIS_PROCESS_PROCESS_H
#define CONDIS_PROCESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_SECOND_NS 1000000000ull

enum { PROCESS_COUNT_MAX = 256 }; /* watched at once */

/* Zeros are one that was not started. Everything but `pid` says how the last run ended. */
struct process {
    pid_t pid;    /* 0: it does not run */
    int death_fd; /* while it runs: readable when it has ended */
    uint64_t started_ns;
    uint64_t deadline_ns;  /* monotonic; then it is killed */
    uint64_t took_ns;      /* of real time */
    uint64_t processor_ns; /* its own, user's and system's, from its fork to its burial */
    int status;            /* its exit status; -1: it died by `signal` */
    int signal;
    bool late; /* it was killed at its deadline */
};

/* Where a process writes; -1: where this one does. Borrowed, not closed. */
struct process_files {
    int out, err;
};

/* Nanoseconds of the monotonic clock. */
uint64_t process_now_ns(void);

/* Makes an empty file in memory for a process to write to. returns its descriptor, which the caller
 * closes; -1: errno says why */
int process_file(void);

/* Empties such a file for the next process. returns false: it cannot be */
bool process_file_empty(int file);

/* Reads what was written to a file, from its beginning and terminated; the caller frees it.
 * most   bytes at most
 * bytes  how many were read; NULL: nobody asks
 * returns NULL: no memory */
char *process_text(int file, size_t most, size_t *bytes);

/* Forks a process that calls run(context) and then ends with status 0; run may end it otherwise.
 * Its standard input is ours; it leaves no core, and dies when this process does.
 * limit_ns  of real time
 * returns false: the system gives no process; errno says why */
bool process_fork(struct process *process, uint64_t limit_ns, struct process_files files,
                  void (*run)(void *context), void *context);

/* Starts this program once more with other arguments; its standard input is empty.
 * line  argv, with a NULL at its end
 * returns as process_fork; one that cannot become the program ends with status 127 */
bool process_again(struct process *process, uint64_t limit_ns, struct process_files files,
                   char *const *line);

/* Waits until one of those that run has ended, and takes it in; kills who is past his deadline.
 * list      PROCESS_COUNT_MAX at most; those that do not run are passed over
 * until_ns  monotonic: no longer than that
 * returns its index; count: none runs, the time came, or a signal */
size_t process_wait(struct process *const *list, size_t count, uint64_t until_ns);

/* Kills one, if it runs, and takes it in. */
void process_kill(struct process *process);

#endif
