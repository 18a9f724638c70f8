/* SPDX-License-Identifier: MIT */
/* A source is the thread that reads a file and sends it as a stream on a call. */
#ifndef CONDIS_TOOL_SOURCE_H
#define CONDIS_TOOL_SOURCE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <condis/call.h>

#include "stream.h"

enum {
    SOURCE_SLOT_COUNT = 32,      /* units under way at once */
    SOURCE_CHUNK_DEFAULT = 8192, /* bytes of data in a unit */
    SOURCE_CHUNK_MAX = 65535 - STREAM_HEADER_BYTES,
};

enum source_state {
    SOURCE_IDLE,
    SOURCE_SENDING,
    SOURCE_SENT,    /* all of the file, and the end, were handed over and came back */
    SOURCE_STOPPED, /* source_stop, or the call is closing */
    SOURCE_FAILED,  /* see error and status */
};

struct source_slot {
    struct source *source;
    struct source_slot *next_free;
    uint8_t *unit;
};

struct source {
    int fd;
    uint32_t chunk_bytes;
    uint64_t rate_bits_s; /* 0: no limit */
    int poke_fd;          /* an eventfd, written to when the state changes */
    struct condis_call *call;
    int stop_fd;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards free_slots, free_count, status, away */
    pthread_cond_t slot_freed;
    struct source_slot *free_slots;
    uint32_t free_count;
    condis_status status; /* the first failure of a send */
    bool away;            /* the link was, for the last send that came back: no failure, see .c */
    int error;            /* errno of a failed read; 0: none. Read it when the state is final */
    _Atomic uint64_t sent_bytes;
    _Atomic bool end_sent; /* the end was handed over, or is being: leaves may know it */
    _Atomic int state;     /* enum source_state */
    struct source_slot slots[SOURCE_SLOT_COUNT];
};

/* Begins to send on a call that is connected. fd, chunk_bytes (1..SOURCE_CHUNK_MAX), rate_bits_s,
 * poke_fd and call are set, the rest is zero.
 * returns false without memory, descriptors or a thread; then nothing is left open. */
bool source_begin(struct source *source);

/* Asks it to stop reading. */
void source_stop(struct source *source);

/* Waits until the thread and every send have ended, and frees what it had. The call may be closing
 * or closed, not released. Nothing when it never began. */
void source_end(struct source *source);

#endif
