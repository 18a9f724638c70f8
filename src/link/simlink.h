/* SPDX-License-Identifier: MIT */
/* A simulated link joins two ends of one world by name: a stream of bytes with a delay, that the
 * world may cut or partition. Its ends are links like those over TCP, with the same framing on top,
 * so what a driver meets here it may meet there. The bytes are copied once, as a socket copies
 * them: a sender has its frame back when the wire took it, whatever the receiver does.
 *
 * The first two who open a name are its ends; when one closes, another may take its place. An end
 * without a peer waits and costs nothing. It runs in live worlds too, inside one process. */
#ifndef CONDIS_LINK_SIMLINK_H
#define CONDIS_LINK_SIMLINK_H

#include "link/link.h"

#define SIMLINK_NAME_CHARACTERS_MAX 63u

struct simlink_shape {
    uint64_t delay_100ns;  /* every byte is at least so long under way                     */
    uint64_t jitter_100ns; /* and up to this longer, drawn with exec_choose; order is kept */
    uint32_t window_bytes; /* under way and unread, before the sender has to wait; 0: 256 KiB */
    bool split;            /* the seed chooses where reads end: simulated worlds           */
};

/* Opens one end. returns the link, moved to the caller; NULL: no memory, the name is empty or too
 * long, or it has two ends already. IRQL <= DISPATCH. */
struct link *simlink_open(const struct link_options *options, const char *name);

/* Sets how a link behaves, now or before it is opened.
 * returns false: no memory, or a bad name. */
bool simlink_set_shape(struct exec_world *world, const char *name,
                       const struct simlink_shape *shape);

/* Cuts a link (both ends go down, what was under way is lost, and they stay down), or mends it.
 * returns as simlink_set_shape. */
bool simlink_set_cut(struct exec_world *world, const char *name, bool cut);

/* Partitions a link (bytes stop, and nobody is told), or mends it (they go on, none lost).
 * returns as simlink_set_shape. */
bool simlink_set_partition(struct exec_world *world, const char *name, bool partitioned);

/* Forgets every simulated link of a world whose ends are all closed; before exec_world_destroy. */
void simlink_forget_world(struct exec_world *world);

#endif
