/* SPDX-License-Identifier: MIT */
/* A wire carries a stream of bytes for one link: TCP or simulated. It is up or down, and knows
 * nothing of frames. Private to src/link.
 *
 * Everything here, both ways, runs at DISPATCH on the link's processor. The wire brackets its calls
 * into the link with link_enter and link_leave, which may call the wire's own functions. */
#ifndef CONDIS_LINK_WIRE_H
#define CONDIS_LINK_WIRE_H

#include <sys/types.h>

#include "link/link.h"

struct wire_ops {
    uint64_t try_limit; /* 100 ns that a try may take; 0: no limit, because it costs nothing */
    /* Tries to get up; link_wire_up or link_wire_lost follows, perhaps on this call's stack. */
    void (*connect)(void *wire);
    /* Takes bytes of `count` (>= 1) pieces. returns how many it took: fewer than all, and
     * link_wire_writable follows; -1: the wire is broken. */
    ssize_t (*write)(void *wire, const struct iovec *pieces, uint32_t count);
    /* Bytes are wanted from here on, or not; while they are the wire offers them by
     * link_wire_room and link_wire_filled. */
    void (*want)(void *wire, bool wanted);
    /* Gets down, or gives up trying, at once; nothing is called for it. */
    void (*drop)(void *wire);
    /* Ends the wire, which is down: link_wire_closed follows, perhaps on this call's stack, and the
     * wire's memory is its own to free. */
    void (*close)(void *wire);
};

/* Makes a link that is down; its wire is set by link_begin. persistent: it tries to get up, again
 * and again. returns NULL: no memory. */
struct link *link_create(const struct link_options *options, bool persistent);

/* Gives the link its wire and lets it begin, on its own processor. */
void link_begin(struct link *link, const struct wire_ops *ops, void *wire);

/* Frees a link that never began. */
void link_discard(struct link *link);

struct exec *link_exec(const struct link *link);
uint32_t link_processor(const struct link *link);

void link_enter(struct link *link);
void link_leave(struct link *link); /* the link may be gone after it, when the wire is closed */

void link_wire_up(struct link *link);
void link_wire_lost(struct link *link, const char *reason);
/* Asks where bytes go. returns NULL: none are wanted now; `want` will say when. */
uint8_t *link_wire_room(struct link *link, size_t *room_bytes);
/* Delivers bytes. returns whether more are wanted. */
bool link_wire_filled(struct link *link, size_t byte_count);
void link_wire_writable(struct link *link);
void link_wire_closed(struct link *link);

#endif
