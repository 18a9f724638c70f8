/* SPDX-License-Identifier: MIT */
/* A node is a switch on links: one processor of one exec, a wire for each port, registration of
 * addresses by ILMI, and the forwarding of frames.
 *
 * A connection that is lost is not a host that is gone: its port waits for T309 while calls do, and
 * goes to the connection whose peer has the same name by ILMI.
 *
 * Frames are forwarded by reference, one copy for each branch. What waits for a slow port is
 * bounded: when its queue is full, frames for it are dropped and counted until the queue is empty
 * again, and no other port notices.
 *
 * Everything runs at DISPATCH on the node's processor; so must its callers, but for node_new. */
#ifndef CONDIS_SWITCH_NODE_H
#define CONDIS_SWITCH_NODE_H

#include <stdio.h>

#include "link/link.h"
#include "switch/switch.h"

struct json_t;
struct node;
struct wire;

enum { NODE_PREFIX_BYTES = 13 };

struct node_options {
    struct exec *exec;
    uint32_t processor;
    struct switch_port_options port;   /* of each port, but for `trunk` */
    uint32_t queue_bytes_max;          /* of frames that wait for one port; 0: 4 MiB */
    uint8_t prefix[NODE_PREFIX_BYTES]; /* told to hosts by ILMI */
    uint8_t system_id[6];              /* by which peers know this switch, at best one for each
                                        * run; zeros: one that is always the same */
    struct link_capture *capture;      /* held; NULL: none */
    /* Says a line about a port, for people; NULL: nobody listens. */
    void (*log)(void *context, const char *line);
    /* No wire is left after node_close; once, as the last that the node does. NULL: nobody
     * listens. */
    void (*ended)(void *context);
    void *context;
};

/* What differs from port to port. */
struct node_port {
    const char *peer; /* its name for people, copied */
    enum uni_version version;
    bool trunk;
    bool trunk_odd; /* of a trunk: this end hands out the odd VCIs; the other end must not */
};

/* Make a node without wires. returns NULL without memory. */
struct node *node_new(const struct node_options *options);

/* The switch of the node, for its routes and status. */
struct switch_core *node_switch(struct node *node);

/* Give a connected socket a port: the one that waits for its peer, or a new one. socket: moves,
 * also on failure. peer: its name for people, copied. */
void node_accept(struct node *node, int socket, const char *peer, bool trunk);

/* Make a trunk to another switch, which is connected again and again. Before any node_accept, so
 * that its number is known. returns false without memory, or when no port is left */
bool node_trunk(struct node *node, const char *host, uint16_t port);

/* Give one end of the simulated link `name` a port of its own, which stays, up or down, until
 * node_close. returns its number; SWITCH_NO_PORT: no memory, no port is left, or the name is bad or
 * has two ends already */
uint32_t node_join(struct node *node, const char *name, const struct node_port *port);

/* Release every call with a cause, then node_call_count tells what is left. */
void node_release_all(struct node *node, uint8_t cause);

/* Close every wire. When node_wire_count is 0 nothing calls back any more, and node_free may be
 * called. */
void node_close(struct node *node);
uint32_t node_wire_count(const struct node *node);
void node_free(struct node *node);

/* Write ports, addresses, calls and counters, as text or as one line of JSON.
 * returns false: no memory */
bool node_status(const struct node *node, FILE *out, bool json);

/* One port of it; NULL also: there is none. */
struct json_t *node_port_json(const struct node *node, uint32_t port);

/* The same as a JSON object with `ports`, `routes` and `calls`. returns a reference, the caller's;
 * NULL: no memory */
struct json_t *node_status_json(const struct node *node);

#endif
