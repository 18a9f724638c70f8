/* SPDX-License-Identifier: MIT */
/* A link from the inside: link.c is its life, link_io.c its frames. Private to both. */
#ifndef CONDIS_LINK_LINK_INSIDE_H
#define CONDIS_LINK_LINK_INSIDE_H

#include "link/wire.h"

enum link_asked {
    LINK_ASKED_BEGIN = 1,
    LINK_ASKED_CLOSE = 2,
    LINK_ASKED_CUT = 4,
};

struct frames {
    struct link_frame *first;
    struct link_frame *last;
};

struct link_counts {
    _Atomic uint64_t frames_in, bytes_in, frames_out, bytes_out, frames_failed, controls_in,
        controls_unknown, reads, writes, stalls, ups, tries_failed, broken;
};

/* The link's own control text, of which one is under way at a time. */
struct link_control {
    struct link_frame frame;
    bool busy; /* under the lock */
    uint8_t text[ATMTCP_CONTROL_TEXT_MAX];
};

/* Everything is the processor's own unless it says otherwise. */
struct link {
    struct exec *exec;      /* fixed */
    uint32_t processor;     /* fixed */
    struct nt_owner *owner; /* fixed */
    struct link_calls calls;
    void *context;
    struct link_capture *capture;
    enum link_direction direction;
    bool persistent;
    const struct wire_ops *ops;
    void *wire;

    struct exec_lock lock; /* guards the next seven */
    struct frames queue;
    struct link_control control;
    uint32_t asked;   /* enum link_asked */
    bool pending;     /* queue or asked have something new */
    bool item_queued; /* the item is in the exec's queue */
    bool inside;      /* link_leave will look at what is pending */
    struct exec_item item;

    struct exec_item wake_item;
    struct exec_timer timer;      /* up in time, or the next try */
    struct nt_owner *outer_owner; /* the task's, before link_enter */
    uint32_t inside_depth;
    _Atomic bool up;      /* read by all */
    _Atomic bool closing; /* read by all */
    bool trying;
    bool blocked;   /* the wire took less than it was offered */
    bool reading;   /* the wire was told that bytes are wanted */
    bool wake_owed; /* no block was free; the wake item comes */
    bool ending;
    bool wire_gone;
    bool ended;
    uint64_t down_since; /* or up, but not for long */
    uint64_t up_since;
    struct frames writing;  /* the first may be partly written */
    uint32_t written_bytes; /* of the first, with its header */
    struct block_pool *pool;
    struct atmtcp_reader reader;
    struct link_counts counts;
};

/* Adds to a counter that only this processor writes. */
static inline void count(_Atomic uint64_t *counter, uint64_t more)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

void frames_append(struct frames *frames, struct link_frame *frame);
/* Moves all of `from` behind those of `frames`. */
void frames_join(struct frames *frames, struct frames *from);

void link_post(struct link *link); /* with the lock held */
void link_lose(struct link *link, const char *reason);
void link_want(struct link *link);     /* tells the wire whether bytes are wanted */
void link_flush(struct link *link);    /* writes what waits */
void link_fail_all(struct link *link); /* ends what waits with LINK_DOWN */

#endif
