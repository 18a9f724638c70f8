/* SPDX-License-Identifier: MIT */
/* Inside a node: wires. A wire is the link of one port, with what waits to be sent on it. */
#ifndef CONDIS_SWITCH_WIRE_H
#define CONDIS_SWITCH_WIRE_H

#include "ilmi/ilmi.h"
#include "switch/node.h"

enum { WIRE_PEER_CHARACTERS = 80 };

struct wire {
    struct node *node;
    struct link *link;
    struct ilmi *ilmi; /* NULL: a trunk */
    uint32_t port;     /* SWITCH_NO_PORT: it has gone */
    uint32_t queued_bytes;
    bool full; /* it was, and has not been empty since */
    bool up;
    bool persistent;
    bool closing;
    uint64_t frames_out;
    uint64_t frames_dropped; /* its queue was full */
    uint64_t frames_stray;   /* came on a VC of no call */
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
    struct wire **wires; /* by port */
    uint32_t wire_room;
    uint32_t wire_count; /* those too whose port has gone */
    struct out_frame *spare;
    struct exec_timer timer;
    uint64_t timer_ms; /* when it is set for; UINT64_MAX: not */
    bool closed;
    uint8_t scratch[ATMTCP_FRAME_BYTES_MAX];
};

extern const struct link_calls wire_calls;

uint64_t node_now_ms(const struct node *node);
struct wire *node_wire(const struct node *node, uint32_t port);
void node_lose_wire(struct node *node, struct wire *wire);
void node_end_wire(struct node *node, struct wire *wire);
void node_settle(struct node *node);
void node_log(struct node *node, const char *format, ...) __attribute__((format(printf, 2, 3)));

void wire_send_buffer(struct wire *wire, struct saal_buffer *buffer);
void wire_forward(struct wire *from, const struct atmtcp_view *view);
void wire_ilmi(struct wire *wire);

#endif
