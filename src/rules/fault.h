/* SPDX-License-Identifier: MIT */
/* A fault is a call of a driver, or an event of the network, that is made to fail; an injector
 * decides which ones, counts them, and remembers the stack of each and what the driver did.
 *
 * The points are rows of fault.def: FAULT(NdisClMakeCall, ...) there is FAULT_NdisClMakeCall here.
 * One call path of drivers (rules/stack.h) to one point is a fault_stack. This folder names nobody:
 * the points ask through nt/fault.h. */
#ifndef CONDIS_RULES_FAULT_H
#define CONDIS_RULES_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "rules/stack.h"

enum fault_point {
    FAULT_NONE,
#define FAULT(id, kind, sees, says, source) FAULT_##id,
#include "rules/fault.def"
    FAULT_POINT_COUNT
};

enum fault_kind {
    FAULT_KIND_MEMORY,
    FAULT_KIND_BUFFER,
    FAULT_KIND_OBJECT,
    FAULT_KIND_CONFIGURATION,
    FAULT_KIND_REGISTRATION,
    FAULT_KIND_REQUEST, /* refused by NDIS at the call */
    FAULT_KIND_ANSWER,  /* refused by the other side */
    FAULT_KIND_SEND,
    FAULT_KIND_NETWORK,
    FAULT_KIND_COUNT
};

struct fault_info {
    const char *name; /* "NdisClMakeCall", "frame_lost": the id */
    enum fault_kind kind;
    const char *sees; /* what the caller gets: "NULL" or the name of a status */
    const char *says;
    const char *source;
};

enum fault_mode {
    FAULTS_OFF,        /* nothing fails, nothing is counted */
    FAULTS_WHAT_IF,    /* nothing fails; what could is listed */
    FAULTS_SYSTEMATIC, /* each stack fails the first time it is seen; `numbers` were, long ago */
    FAULTS_STACK,      /* the stacks in `numbers` fail, each the first time it is seen */
    FAULTS_NTH,        /* the calls in `numbers` fail, counted from 1 */
    FAULTS_FROM,       /* every call from the first of `numbers` on fails */
    FAULTS_RANDOM,     /* each call fails with `percent` chances of 100, drawn from the seed */
    FAULT_MODE_COUNT
};

enum {
    FAULTS_PERCENT = 6, /* of FAULTS_RANDOM, unless said */
    FAULTS_DEPTH = 8,   /* frames of drivers that make a stack what it is, unless said */
    FAULTS_NUMBERS_MAX = 65536,
    FAULT_NAME_BYTES = 32,
};

/* Words that name points and drivers. A word is DRIVER, or DRIVER!POINT, or a point's or a kind's
 * name, with '*' for any text; see faults_matches. */
struct fault_words {
    const char *const *words;
    size_t count; /* 0: everything */
};

struct fault_stack;
struct fault_failure;

/* Hears of a call that is about to fail, on the caller's stack; the injector must not be asked. */
typedef void fault_hear_function(void *context, const struct fault_stack *stack,
                                 const struct fault_failure *failure);

struct fault_options {
    enum fault_mode mode;
    uint64_t seed;
    uint32_t percent; /* 0: FAULTS_PERCENT; at most 100 */
    uint32_t depth;   /* 0: FAULTS_DEPTH; at most STACK_FRAMES_MAX */
    const uint64_t *numbers;
    size_t number_count;
    struct fault_words modules;   /* names of drivers */
    struct fault_words functions; /* names of points or of kinds */
    struct fault_words excluded;  /* DRIVER!POINT, or a stack's 16 hexadecimal digits */
    bool brief; /* no stack gets its frames, which take longer to read than many a run */
    fault_hear_function *hear; /* NULL: nobody */
    void *context;             /* of hear */
};

/* Who calls, filled in by the point. */
struct fault_caller {
    const void *owner; /* tells two loads of one driver apart */
    const char *driver;
    const char *host;
    uint64_t time_100ns;
    uint64_t number; /* out: which call this was, from 1; 0: it was not counted */
};

/* One call path to one point. */
struct fault_stack {
    uint64_t id; /* the same in every run of the same binaries; never 0 */
    enum fault_point point;
    char driver[FAULT_NAME_BYTES];
    uint64_t first_number; /* which call it was when it was first seen */
    uint64_t seen_count;
    uint64_t failed_count;
    struct stack stack;
    /* The frames that make it what it is, a line each, the nearest first. Made when it first fails,
     * or could in FAULTS_WHAT_IF, while the driver's image is mapped, unless `brief`; else NULL.
     * The injector's. */
    const char *frames;
};

/* One call that was made to fail. */
struct fault_failure {
    uint64_t number;
    uint64_t time_100ns;
    size_t stack_index;
    const void *owner;
    char host[FAULT_NAME_BYTES];
    const char *answer_function; /* what the driver returned from next; NULL: nothing yet */
    uint32_t answer;             /* and its status */
};

struct faults;

/* Get a point's row. point: FAULT_NONE + 1 .. FAULT_POINT_COUNT - 1 (asserted). Static storage. */
const struct fault_info *fault_info(enum fault_point point);

/* Find a point by its name; FAULT_NONE when there is none. */
enum fault_point fault_by_name(const char *name);

/* Name a kind ("memory") or a mode ("what-if"). Static storage. */
const char *fault_kind_name(enum fault_kind kind);
const char *fault_mode_name(enum fault_mode mode);

/* Find a mode by its name; FAULT_MODE_COUNT when there is none. */
enum fault_mode fault_mode_by_name(const char *name);

/* Read a mode as people write it: "systematic", "nth=3,17", "random=6", "stack=16 digits,...".
 * options  its mode, percent and numbers are set
 * list     set to the numbers, which the caller frees after the options' last use; NULL for none
 * returns  NULL, or one static line: what is wrong with it */
const char *fault_mode_parse(const char *text, struct fault_options *options, uint64_t **list);

/* Describe the nearest `depth` frames of drivers, a line each. returns  malloc'ed, or NULL */
char *fault_frames(const struct stack *stack, uint32_t depth);

/* Make an injector. options: copied. Returns it, ended with faults_destroy; NULL: no memory. */
struct faults *faults_create(const struct fault_options *options);
void faults_destroy(struct faults *faults);

/* Change what fails from here on; what was counted stays.
 * returns  false: no memory, nothing changed */
bool faults_configure(struct faults *faults, const struct fault_options *options);

/* Let nothing fail, and count nothing, until faults_resume. Nests. */
void faults_suspend(struct faults *faults);
void faults_resume(struct faults *faults);

/* Ask whether a call fails. Called by the point, on the caller's stack; any thread, any IRQL.
 * caller   its number is filled in
 * returns  true: the point behaves as its row says */
bool faults_ask(struct faults *faults, enum fault_point point, struct fault_caller *caller);

/* Tell what a driver returned next: the answer to its failures that have none.
 * function static storage */
void faults_answer(struct faults *faults, const void *owner, const char *function, uint32_t status);

/* Counts so far. */
uint64_t faults_asked_count(struct faults *faults);
size_t faults_stack_count(struct faults *faults);
size_t faults_failure_count(struct faults *faults);

/* Read one of them by its index, in the order they were seen; asserted to be there. */
struct fault_stack faults_stack(struct faults *faults, size_t index);
struct fault_failure faults_failure(struct faults *faults, size_t index);

/* Say whether a word names a point in a driver: "loopback!NdisCo*", "NdisCo*", "memory",
 * "loopback". */
bool faults_matches(const char *word, enum fault_point point, const char *driver);

/* Print the table of points as Markdown. */
void faults_table_markdown(FILE *file);

#endif
