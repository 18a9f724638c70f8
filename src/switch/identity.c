/* SPDX-License-Identifier: MIT */
/* Identity: a wire that comes is asked by ILMI who is at its other end, and plugged into the slot
 * that waits for that one, or into a new one.
 *
 * Nobody waits when no slot has a name that could come back. Who does not say who he is gets a slot
 * of his own when the time is up. A name that is at another wire still is either one whose old
 * connection is gone without our having noticed, or one that two bear; so the old wire is asked
 * whether somebody is there. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "switch/wire.h"

enum {
    IDENTITY_WAIT_MS = 2000, /* two polls of ILMI, and less than T309 */
    HELD_BYTES_MAX = 65536,
    HELD_COST_BYTES = 64,
};

struct held {
    struct held *next;
    size_t bytes;
    uint8_t octets[];
};

/* Signalling waits here while nobody knows whose it is; what is too much is lost, as on a bad
 * line. */
void wire_hold(struct wire *wire, const uint8_t *octets, size_t bytes)
{
    uint32_t cost = (uint32_t)bytes + HELD_COST_BYTES;

    if (wire->held_bytes + cost > HELD_BYTES_MAX)
        return;
    struct held *held = malloc(sizeof *held + bytes);
    if (!held)
        return;
    held->next = NULL;
    held->bytes = bytes;
    memcpy(held->octets, octets, bytes);
    *(wire->held ? &wire->held_last->next : &wire->held) = held;
    wire->held_last = held;
    wire->held_bytes += cost;
}

/* Feeds what was held when the wire is plugged; else drops it. */
void wire_release_held(struct wire *wire)
{
    struct node *node = wire->node;

    while (wire->held) {
        struct held *held = wire->held;
        wire->held = held->next;
        if (wire->slot)
            switch_feed(node->core, node_now_ms(node), wire->slot->number, held->octets,
                        held->bytes);
        free(held);
    }
    wire->held_bytes = 0;
}

static void plug(struct wire *wire, struct slot *slot, const char *what)
{
    struct node *node = wire->node;

    slot_plug(slot, wire);
    node_log(node, "port %u: %s, %s", slot->number, wire->peer, what);
    switch_port_up(node->core, node_now_ms(node), slot->number);
    wire_release_held(wire);
    wire_ilmi(wire);
}

static void plug_new(struct wire *wire)
{
    struct node *node = wire->node;
    const struct node_port port = {wire->peer, node->options.port.version, wire->trunk, false};
    struct slot *slot = slot_new(node, &port, false);

    if (slot) {
        plug(wire, slot, "up");
        return;
    }
    node_log(node, "%s: refused, no port is left for it", wire->peer);
    wire_close(wire);
}

/* What it registers begins anew; what it does not register again is not there any more. */
static void plug_back(struct wire *wire, struct slot *slot)
{
    route_remove_port(switch_routes(wire->node->core), slot->number);
    plug(wire, slot, "up again");
}

static uint64_t frames_in(const struct wire *wire)
{
    struct link_statistics link;

    link_statistics_read(wire->link, &link);
    return link.frames_in;
}

static void challenge(struct wire *wire, struct wire *rival)
{
    uint64_t now_ms = node_now_ms(wire->node);

    wire->state = WIRE_CHALLENGING;
    wire->decide_ms = now_ms + IDENTITY_WAIT_MS;
    wire->rival = rival;
    wire->rival_frames_in = frames_in(rival);
    ilmi_poll(rival->ilmi, now_ms);
    wire_ilmi(rival);
}

/* The challenge is over: whoever said nothing has gone. */
static void challenge_end(struct wire *wire, struct slot *slot)
{
    struct wire *rival = slot->wire;
    bool lives = rival != wire->rival || frames_in(rival) != wire->rival_frames_in;

    if (lives) {
        node_log(wire->node, "%s: bears the name of port %u, which is there", wire->peer,
                 slot->number);
        plug_new(wire);
        return;
    }
    wire_down(rival, "another connection took its place");
    wire_close(rival);
    wire_decide(wire);
}

void wire_decide(struct wire *wire)
{
    struct node *node = wire->node;
    const bool late = wire->decide_ms <= node_now_ms(node);
    struct ilmi_peer name;
    enum ilmi_peer_kind kind = ilmi_peer(wire->ilmi, &name);

    if (wire->state > WIRE_CHALLENGING || !wire->up || node->closed)
        return;
    if (kind == ILMI_PEER_SILENT && node->named_count && !late)
        return;
    struct slot *slot = kind == ILMI_PEER_NAMED ? slot_named(node, wire->trunk, &name) : NULL;
    if (!slot)
        plug_new(wire);
    else if (!slot->wire)
        plug_back(wire, slot);
    else if (wire->state == WIRE_ASKING)
        challenge(wire, slot->wire);
    else if (late)
        challenge_end(wire, slot);
}

void wire_up(struct wire *wire)
{
    struct node *node = wire->node;
    struct slot *slot = wire->slot;
    uint64_t now_ms = node_now_ms(node);

    wire->up = true;
    ilmi_start(wire->ilmi, now_ms);
    if (slot) {
        node_log(node, "port %u: %s, up", slot->number, slot->peer);
        if (slot->broken)
            slot->broken = switch_port_renew(node->core, now_ms, slot->number) != SWITCH_OK;
        route_remove_port(switch_routes(node->core), slot->number);
        switch_port_up(node->core, now_ms, slot->number);
    } else {
        wire->decide_ms = now_ms + IDENTITY_WAIT_MS;
        wire_decide(wire);
    }
    wire_ilmi(wire);
}

/* Those who asked for the slot know more now. */
static void decide_all(struct node *node)
{
    for (struct wire *wire = node->first, *next; wire; wire = next) {
        next = wire->next;
        if (wire->state == WIRE_CHALLENGING)
            wire_decide(wire);
    }
}

/* The slot of a wire that is gone waits for another, if its port has calls that do, and somebody
 * could come of whom we would know that it is his. */
static void unplug(struct wire *wire, const char *reason)
{
    struct node *node = wire->node;
    struct slot *slot = wire->slot;
    struct switch_port_status status;

    slot_statistics(slot, &slot->before);
    wire->slot = NULL;
    slot->wire = NULL;
    switch_port_down(node->core, node_now_ms(node), slot->number);
    bool waits = slot->named && !slot->broken &&
                 switch_port_status(node->core, slot->number, &status) && status.leg_count > 0;
    node_log(node, "port %u: %s, down: %s%s", slot->number, wire->peer, reason,
             waits ? "; its calls wait" : "");
    if (!waits)
        slot_drop(node, slot);
}

void wire_down(struct wire *wire, const char *reason)
{
    struct node *node = wire->node;
    struct slot *slot = wire->slot;

    wire->up = false;
    ilmi_stop(wire->ilmi, node_now_ms(node));
    if (slot && slot->persistent) {
        node_log(node, "port %u: %s, down: %s", slot->number, slot->peer, reason);
        switch_port_down(node->core, node_now_ms(node), slot->number);
        wire_ilmi(wire);
        return;
    }
    if (slot)
        unplug(wire, reason);
    wire->state = WIRE_CLOSING; /* its link closes itself */
    wire_release_held(wire);
    wire_ilmi(wire);
    decide_all(node);
}
