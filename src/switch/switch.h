/* SPDX-License-Identifier: MIT */
/* A switch is the network between ports, as pure state: on each port the network side of one
 * signalling link, between them calls, point-to-point and point-to-multipoint, and a table that
 * says where a frame of a VC goes.
 *
 * It does no I/O, reads no clock and takes no lock: one caller at a time, who tells the time with
 * each call (never going back, asserted). After each call that takes `now_ms`, take frames until
 * there are none, and call switch_advance at switch_deadline. What peers do wrong is answered.
 * Deviations and choices: docs/signalling-switch.md. */
#ifndef CONDIS_SWITCH_SWITCH_H
#define CONDIS_SWITCH_SWITCH_H

#include "saal/buffer.h"
#include "saal/sscop.h"
#include "switch/route.h"
#include "uni/uni.h"

struct switch_core;

enum {
    SWITCH_SIGNALLING_VCI = 5, /* of VPI 0 */
    SWITCH_ILMI_VCI = 16,
    SWITCH_PORTS_MAX = 65536,
};

#define SWITCH_NO_PORT ROUTE_NO_PORT

/* What a port may hold; 0 in a limit: only the switch's own ceilings. */
struct switch_port_options {
    enum uni_version version;
    bool trunk;               /* another switch is at the other end */
    bool trunk_odd;           /* of a trunk: this end hands out the odd VCIs, else the even ones */
    bool stays;               /* its wire comes back by itself: the port waits for it for ever */
    uint32_t t309_ms;         /* how long calls wait for a link that is lost; 0: 10 s (SIG 6) */
    uint32_t call_count_max;  /* calls and branches */
    uint32_t party_count_max; /* of calls that begin here, and of branches that end here */
    uint32_t pending_count_max;        /* parties of one call that are being added from here */
    uint32_t cell_rate;                /* cells a second that can be promised, in each direction */
    const struct sscop_options *sscop; /* copied; NULL: the UNI's */
};

enum switch_result {
    SWITCH_OK,
    SWITCH_NO_MEMORY, /* nothing has changed */
    SWITCH_NO_PORT_LEFT,
    SWITCH_NO_SUCH_PORT,
};

/* Make a switch without ports. returns NULL without memory. */
struct switch_core *switch_new(void);

/* End it, without a word to the peers; switch_release_all says good-bye before. Frames that were
 * taken must have been released (asserted by their pool). */
void switch_free(struct switch_core *core);

/* Add a port, with the lowest number that is free. Its link comes up when the peer, or the first
 * call to it, asks.
 * returns SWITCH_OK, SWITCH_NO_MEMORY, SWITCH_NO_PORT_LEFT */
enum switch_result switch_port_add(struct switch_core *core, uint64_t now_ms,
                                   const struct switch_port_options *options, uint32_t *number);

/* Take a port out, because its wire is gone. Its calls and parties end elsewhere with cause 27; its
 * registered addresses go. returns SWITCH_OK, SWITCH_NO_SUCH_PORT */
enum switch_result switch_port_remove(struct switch_core *core, uint64_t now_ms, uint32_t number);

/* Tell that the wire of a port is gone, and may come back: its signalling link is released at once,
 * with it calls that are not active yet, with cause 27 (SIG 5.10). Active ones keep their VCs and
 * wait for switch_port_up. When T309 is over, or at once when there is none, switch_take_broken
 * has the port, unless it `stays`. Calls to it are refused meanwhile. Frames that were not taken
 * are dropped.
 * returns SWITCH_OK, SWITCH_NO_SUCH_PORT */
enum switch_result switch_port_down(struct switch_core *core, uint64_t now_ms, uint32_t number);

/* Tell that the wire is there again: the link comes up, and both ends compare their calls. Returns
 * as switch_port_down. */
enum switch_result switch_port_up(struct switch_core *core, uint64_t now_ms, uint32_t number);

/* Begin a port that switch_take_broken had anew, with its number and options, and without a wire.
 * Its calls and parties end elsewhere with cause 27; its peer is told by RESTART when there is one.
 * returns SWITCH_OK, SWITCH_NO_MEMORY (the port is as it was, and may be renewed later),
 * SWITCH_NO_SUCH_PORT */
enum switch_result switch_port_renew(struct switch_core *core, uint64_t now_ms, uint32_t number);

/* The addresses and prefixes; changes count for calls that come later. */
struct route_table *switch_routes(struct switch_core *core);

/* Feed one frame that arrived on VPI 0, VCI 5; borrowed. Unknown ports are ignored. */
void switch_feed(struct switch_core *core, uint64_t now_ms, uint32_t number, const uint8_t *octets,
                 size_t bytes);

void switch_advance(struct switch_core *core, uint64_t now_ms);

/* When switch_advance has something to do; UINT64_MAX: never. */
uint64_t switch_deadline(const struct switch_core *core);

/* Take the next frame for VPI 0, VCI 5 of a port, in order for each port.
 * returns the frame, one reference of which moves to the caller; NULL: there is none */
struct saal_buffer *switch_take_frame(struct switch_core *core, uint32_t *number);

/* Whether switch_take_frame may have one. */
bool switch_has_frames(const struct switch_core *core);

/* Take a port whose signalling cannot go on (no memory, a peer that never acknowledges, or a wire
 * that did not come back): its wire is to be cut, if it has one, and switch_port_remove called.
 * returns false when there is none */
bool switch_take_broken(struct switch_core *core, uint32_t *port);

/* Release every call with a cause, because the switch ends. Done when switch_call_count is 0, or
 * time is up: peers whose wire is away are not waited for. */
void switch_release_all(struct switch_core *core, uint64_t now_ms, uint8_t cause);

/* Calls and branches that are not cleared yet, counted on each port they touch. */
uint32_t switch_call_count(const struct switch_core *core);

/* Where frames of one VC go. */
struct switch_hop {
    uint32_t port;
    uint16_t vpi;
    uint16_t vci;
    uint64_t frame_count;   /* the forwarder's counters */
    uint64_t dropped_count; /* its queue was full */
    void *leg;              /* the switch's */
};

struct switch_tree {
    struct switch_hop *hops;
    uint32_t hop_count;
    uint32_t room; /* the switch's */
};

/* Find where a frame goes; constant time. returns NULL when the VC is of no call; valid until the
 * next call that takes `now_ms`. */
struct switch_tree *switch_forward(const struct switch_core *core, uint32_t number, uint16_t vpi,
                                   uint16_t vci);

/* ---- for people ---- */

struct switch_port_status {
    uint32_t port;
    enum uni_version version;
    bool trunk;
    bool link_up;
    bool wired;
    uint32_t leg_count;
    uint32_t party_count;
    uint32_t rate_in; /* cells a second promised */
    uint32_t rate_out;
    uint64_t calls_refused;
    struct uni_counters uni;
};

/* returns false when there is no such port; the first number at or after `port` that is one is
 * found with switch_port_next, SWITCH_NO_PORT: none. */
bool switch_port_status(const struct switch_core *core, uint32_t port,
                        struct switch_port_status *out);
uint32_t switch_port_next(const struct switch_core *core, uint32_t number);

struct switch_call_status {
    uint64_t id;
    bool multipoint;
    bool connected;
    uint32_t root_port;
    uint16_t root_vci;
    uint32_t party_count;
    uint32_t branch_count;
    const struct switch_tree *tree; /* borrowed for the time of `show` */
};

void switch_each_call(const struct switch_core *core,
                      void (*show)(void *context, const struct switch_call_status *call),
                      void *context);

/* Octets of memory that the switch itself holds for each party at most; the two unis beside it have
 * theirs. */
size_t switch_party_bytes(void);

#endif
