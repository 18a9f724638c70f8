/* SPDX-License-Identifier: MIT */
/* Inside a node: slots and wires. A slot is a port with what the node knows of it; a wire is one
 * link, with what waits to be sent on it. A wire of TCP lives as long as its connection, the slot
 * longer: it waits for another wire whose peer bears the same name. */
#ifndef CONDIS_SWITCH_WIRE_H
#define CONDIS_SWITCH_WIRE_H

#include "ilmi/ilmi.h"
#include "switch/deadlines.h"
#include "switch/node.h"

enum { WIRE_PEER_CHARACTERS = 80 };

struct slot {
    uint32_t number;   /* of the port */
    struct wire *wire; /* NULL: none now */
    bool trunk;
    bool persistent; /* its wire is its own, and comes back by itself */
    bool broken;     /* its signalling cannot go on */
    bool named;
    struct ilmi_peer name;
    struct link_statistics before; /* of the wires that it had before */
    uint64_t frames_dropped;       /* the queue was full, or there was no wire */
    uint64_t frames_stray;         /* came on a VC of no call */
    char peer[WIRE_PEER_CHARACTERS];
};

enum wire_state {
    WIRE_ASKING,      /* who is at the other end */
    WIRE_CHALLENGING, /* that one is at another wire already, which is asked whether it lives */
    WIRE_PLUGGED,     /* into a slot */
    WIRE_CLOSING,
};

struct wire {
    struct deadline deadline; /* first: node->deadlines */
    struct node *node;
    struct wire *next; /* of the node's */
    struct wire *prev;
    struct link *link;
    struct ilmi *ilmi;
    struct slot *slot; /* when plugged */
    uint64_t decide_ms;
    struct wire *rival; /* when challenging; only compared */
    uint64_t rival_frames_in;
    struct held *held; /* signalling that came too early */
    struct held *held_last;
    uint32_t held_bytes;
    uint32_t queued_bytes;
    uint32_t frames_early; /* of data, before it was plugged */
    uint8_t state;         /* enum wire_state */
    bool full;             /* it was, and has not been empty since */
    bool up;
    bool trunk;
    char peer[WIRE_PEER_CHARACTERS];
};

/* A frame on its way out. */
struct out_frame {
    struct link_frame frame; /* first */
    struct out_frame *next;  /* of the node's spare ones */
    struct atmtcp_view view; /* of data */
    struct saal_buffer *buffer;
    uint8_t *octets;
    bool counted; /* in queued_bytes */
};

struct node {
    struct node_options options;
    struct switch_core *core;
    struct slot **slots; /* by port */
    uint32_t slot_room;
    uint32_t named_count; /* slots that are */
    struct wire *first;
    uint32_t wire_count;
    struct deadlines deadlines; /* of wires */
    struct out_frame *spare;
    struct exec_timer timer;
    uint64_t timer_ms; /* when it is set for; UINT64_MAX: not */
    bool closed;
    uint8_t scratch[ATMTCP_FRAME_BYTES_MAX];
};

/* node.c */
uint64_t node_now_ms(const struct node *node);
void node_settle(struct node *node);
void node_log(struct node *node, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct wire *wire_new(struct node *node, const struct node_port *port, uint32_t port_id);
void wire_end(struct wire *wire);
/* No frame moves on it any more; `closed` of its link ends it. */
void wire_close(struct wire *wire);

/* slot.c */
struct slot *node_slot(const struct node *node, uint32_t port);
struct slot *slot_new(struct node *node, const struct node_port *port, bool persistent);
void slot_drop(struct node *node, struct slot *slot);
void slot_plug(struct slot *slot, struct wire *wire);
/* Counters of all its wires together. */
void slot_statistics(const struct slot *slot, struct link_statistics *out);
void slot_break(struct node *node, struct slot *slot);

/* The slot whose peer bears this name; NULL: none. */
struct slot *slot_named(const struct node *node, bool trunk, const struct ilmi_peer *name);

/* identity.c: which slot a wire belongs to */
void wire_up(struct wire *wire);
void wire_down(struct wire *wire, const char *reason);
/* Something was learned, or time is up. */
void wire_decide(struct wire *wire);
void wire_hold(struct wire *wire, const uint8_t *octets, size_t bytes);
void wire_release_held(struct wire *wire);

/* wire.c */
extern const struct link_calls wire_calls;
void wire_send_buffer(struct wire *wire, struct saal_buffer *buffer);
/* After anything that may have moved its ILMI: takes what that has to say, sets the deadline. */
void wire_ilmi(struct wire *wire);

#endif
