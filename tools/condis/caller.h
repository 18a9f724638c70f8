/* SPDX-License-Identifier: MIT */
/* A caller is one `condis call` at work: its call, its leaves, the file that it sends, and how far
 * it has come. All functions are for the command's own thread. */
#ifndef CONDIS_TOOL_CALLER_H
#define CONDIS_TOOL_CALLER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <condis/call.h>

#include "leaves.h"
#include "session.h"
#include "source.h"

#define CALL_REPORT_MS 10000u /* how long leaves may take to hang up after the end */

enum {
    CALL_LINE_BYTES = 1024,
    CALL_TO_MAX = 64, /* --to may be given so often; each holds any number of addresses */
};

struct call_settings {
    struct session_settings session; /* first: its rows find it there */
    const char *to[CALL_TO_MAX];
    size_t to_count;
    const char *send;
    uint64_t rate_bits_s;
    uint32_t chunk_bytes;
};

enum phase {
    PHASE_DIALLING, /* the first leaf that can be reached makes the call */
    PHASE_ADDING,   /* the others of --to are asked; data wait for them */
    PHASE_SENDING,
    PHASE_REPORTING, /* all was sent: leaves hang up */
    PHASE_OVER,
};

enum ending {
    ENDING_STREAM,  /* all was sent */
    ENDING_USER,    /* `close` */
    ENDING_STOPPED, /* a signal */
    ENDING_LOST,    /* the call ended otherwise */
    ENDING_FILE,    /* the file cannot be read */
};

struct caller {
    struct call_settings settings;
    struct session session;
    struct leaves leaves;
    struct condis_call *call;
    struct source source;
    enum phase phase;
    enum ending ending;
    int in_fd;
    int poke_fd;
    size_t dialled;          /* index of the leaf that is being dialled */
    uint64_t deadline_100ns; /* of the reports */
    uint64_t begun_100ns;
    uint64_t said_100ns;
    char line[CALL_LINE_BYTES];
    size_t line_bytes;
    char words[CALL_LINE_BYTES]; /* of `close` */
};

/* The data sent so far. */
uint64_t caller_sent_bytes(struct caller *caller);

/* The call is over, in this way. */
void caller_over(struct caller *caller, enum ending ending);

/* phases.c: makes the call, adds the leaves, sends the file and waits for the reports, until the
 * phase is PHASE_OVER. */
void caller_turns(struct caller *caller);

/* typed.c: reads what the user typed and does what whole lines say. */
void typed_take(struct caller *caller);

#endif
