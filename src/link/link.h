/* SPDX-License-Identifier: MIT */
/* A link is one wire between two nodes of the network: it carries frames on VCs both ways, in
 * order, and it is up or down. What carries the bytes is a wire (tcp.h, simlink.h); the framing is
 * atmtcp's on every wire.
 *
 * A link belongs to one processor of one exec: everything it does and every callback runs there, at
 * DISPATCH, so that what arrives is received and answered without a change of thread. Frames are
 * sent from any processor, by reference: their memory is the link's until `sent`. Nothing is copied
 * in either direction.
 *
 * Queues: what is sent waits in its sender's memory, so nothing here bounds it. What arrives stays
 * in a bounded number of blocks: when the owner keeps them all, the link stops reading. */
#ifndef CONDIS_LINK_LINK_H
#define CONDIS_LINK_LINK_H

#include <sys/uio.h>

#include "link/atmtcp.h"
#include "link/pcap.h"
#include "nt/exec.h"

struct link;

enum link_result {
    LINK_SENT, /* the wire took all of it */
    LINK_DOWN, /* the link was down, or went down or was closed before */
};

/* One frame to be sent; 32 bytes, part of the sender's own structure. */
struct link_frame {
    struct link_frame *next; /* the link's */
    /* Writes up to `room` (at least 1) pieces of the payload, from its byte skip_bytes on, to out.
     * returns how many, at least 1; never called for an empty payload, nor with skip_bytes at or
     * past the payload's end. The last piece may reach past the end. Called at DISPATCH. */
    uint32_t (*fill)(const struct link_frame *frame, uint32_t skip_bytes, struct iovec *out,
                     uint32_t room);
    uint32_t payload_bytes;
    uint8_t header[ATMTCP_HEADER_BYTES]; /* the link's */
};

/* All run at DISPATCH on the link's processor, with its owner as the task's, never on the stack of
 * a call into the link. They may call every function here. */
struct link_calls {
    /* A frame arrived. view: borrowed until return; atmtcp_view_hold keeps its bytes longer. */
    void (*receive)(void *context, const struct atmtcp_view *view);
    /* A frame is the sender's again. */
    void (*sent)(void *context, struct link_frame *frame, enum link_result result);
    /* The link went up or down. It begins down. reason: when down, why, for logs; borrowed. */
    void (*changed)(void *context, bool up, const char *reason);
    /* The link is gone after link_close, or, when it is not persistent, after it went down. */
    void (*closed)(void *context);
};

struct link_options {
    struct exec *exec;
    uint32_t processor;
    struct nt_owner *owner;         /* the driver that the callbacks run for; NULL: none */
    const struct link_calls *calls; /* borrowed while the link lives */
    void *context;
    uint32_t block_count_max;      /* of received bytes that are kept; 0: 32, each of 128 KiB */
    struct link_capture *capture;  /* held while the link lives; NULL: none */
    enum link_direction direction; /* of what this end sends, for captures */
};

/* Counters since the link was opened; each only grows. */
struct link_statistics {
    uint64_t frames_in;
    uint64_t bytes_in; /* of payload, control text not counted */
    uint64_t frames_out;
    uint64_t bytes_out;
    uint64_t frames_failed; /* ended with LINK_DOWN */
    uint64_t controls_in;   /* frames on 0/0 */
    uint64_t controls_unknown;
    uint64_t reads;        /* times that bytes came */
    uint64_t writes;       /* times that bytes were offered to the wire */
    uint64_t stalls;       /* times that reading stopped because all blocks were kept */
    uint64_t ups;          /* times it went up */
    uint64_t tries_failed; /* to get up */
    uint64_t broken;       /* streams that could not be followed */
};

/* Sends a frame. Always ends in `sent`, never on this call's stack; frames of one sender stay in
 * order.
 * frame  moves to the link; fill and payload_bytes (0..ATMTCP_FRAME_BYTES_MAX, asserted) are set
 * vpi, vci  not both 0; vpi at most 255 (asserted)
 * Any task of the world, IRQL <= DISPATCH. */
void link_send(struct link *link, struct link_frame *frame, uint16_t vpi, uint16_t vci);

/* Says control text ("O", "C") to a Linux peer; without effect while the link is down or busy. */
void link_send_control(struct link *link, const struct atmtcp_control *control);

/* Ends a link: frames that wait end in `sent`, then `closed` runs, and the link is gone. Nothing is
 * received once it returns when called on the link's processor at DISPATCH. Once for each link that
 * `closed` did not end. IRQL <= DISPATCH. */
void link_close(struct link *link);

/* Cuts the connection, as the world could at any time: down, then up again when the other end lets
 * it. IRQL <= DISPATCH. */
void link_cut(struct link *link);

/* Copies the counters; each is exact, together they are of about one moment. Any thread. */
void link_statistics_read(const struct link *link, struct link_statistics *out);

/* Says whether the link is up at this moment. Any thread. */
bool link_is_up(const struct link *link);

#endif
