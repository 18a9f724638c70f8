/* SPDX-License-Identifier: MIT */
/* A strategy answers for the simulated executive who runs next, and which of several answers a
 * question gets. The executive says what is usual; whatever a strategy answers instead is a
 * deviation, and a schedule is the list of them (schedule.h). */
#ifndef CONDIS_NT_STRATEGY_H
#define CONDIS_NT_STRATEGY_H

#include <stdbool.h>
#include <stdint.h>

struct exec_task;
struct nt_random;

/* A point at which more than one task can run. Tasks are numbered as they are created, and each
 * counts the points that it reaches, so that (from, number) names the same point in another run
 * that differs somewhere else. */
struct exec_point {
    struct exec_task *const *candidates; /* who can run, in a stable order                   */
    uint32_t count;                      /* 2 or more                                        */
    uint32_t usual; /* index of who runs when nobody has another wish: the one that reached the
                       point goes on; when it cannot, or has gone on for too long while others
                       could run (it polls), the one that is ready for the longest           */
    const struct exec_task *from; /* the task that reached the point                  */
    uint32_t from_index; /* its index in candidates; `count`: it cannot go on                */
    uint64_t number;     /* of this among from's points                                      */
    const char *what;    /* names the point; a literal                                       */
};

/* A question with more than one answer. The usual answer is 0. */
struct exec_question {
    uint32_t count;  /* 2 or more                                                            */
    uint32_t from;   /* the id of the task that asks                                         */
    uint64_t number; /* of this among from's points                                          */
    const char *what;
};

/* A row of functions. Every answer must follow from `self` and the arguments only. Nobody is asked
 * in a live world, nor while the schedule is held (exec_hold). */
struct exec_strategy {
    const char *name;
    /* Pick who runs next: an index below point->count. */
    uint32_t (*pick)(void *self, const struct exec_point *point);
    /* Answer a question: a number below question->count. */
    uint32_t (*choose)(void *self, const struct exec_question *question);
};

/* The seeded random walk, which every world has that was given nothing else. self: its stream. */
extern const struct exec_strategy strategy_random;

/* What is usual, always. self: anything. */
extern const struct exec_strategy strategy_usual;

#endif
