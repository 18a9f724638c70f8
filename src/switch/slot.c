/* SPDX-License-Identifier: MIT */
/* Slots: a port of the switch, with or without a wire. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "switch/wire.h"

struct slot *node_slot(const struct node *node, uint32_t port)
{
    return port < node->slot_room ? node->slots[port] : NULL;
}

struct slot *slot_named(const struct node *node, bool trunk, const struct ilmi_peer *name)
{
    for (uint32_t i = 0; node->named_count && i < node->slot_room; i++) {
        struct slot *slot = node->slots[i];
        if (slot && slot->named && slot->trunk == trunk && !slot->persistent &&
            memcmp(slot->name.system_id, name->system_id, sizeof name->system_id) == 0 &&
            slot->name.port_id == name->port_id)
            return slot;
    }
    return NULL;
}

static bool slots_reserve(struct node *node, uint32_t port)
{
    uint32_t room = node->slot_room ? node->slot_room : 8;

    while (room <= port)
        room *= 2;
    if (room == node->slot_room)
        return true;
    struct slot **slots = realloc(node->slots, room * sizeof(struct slot *));
    if (!slots)
        return false;
    memset(slots + node->slot_room, 0, (room - node->slot_room) * sizeof(struct slot *));
    node->slots = slots;
    node->slot_room = room;
    return true;
}

/* A persistent slot begins without a wire that is up. */
struct slot *slot_new(struct node *node, const struct node_port *port, bool persistent)
{
    struct switch_port_options options = node->options.port;
    struct slot *slot = calloc(1, sizeof *slot);

    if (!slot)
        return NULL;
    slot->trunk = port->trunk;
    slot->persistent = persistent;
    snprintf(slot->peer, sizeof slot->peer, "%s", port->peer);
    options.version = port->version;
    options.trunk = port->trunk;
    options.trunk_odd = port->trunk_odd;
    options.stays = persistent;
    if (switch_port_add(node->core, node_now_ms(node), &options, &slot->number) != SWITCH_OK)
        goto free_slot;
    if (!slots_reserve(node, slot->number))
        goto remove_port;
    if (persistent)
        switch_port_down(node->core, node_now_ms(node), slot->number);
    node->slots[slot->number] = slot;
    return slot;
remove_port:
    switch_port_remove(node->core, node_now_ms(node), slot->number);
free_slot:
    free(slot);
    return NULL;
}

/* The port goes; its wire, if it has one, is nobody's. */
void slot_drop(struct node *node, struct slot *slot)
{
    if (slot->wire)
        slot->wire->slot = NULL;
    node->named_count -= slot->named;
    node->slots[slot->number] = NULL;
    switch_port_remove(node->core, node_now_ms(node), slot->number);
    free(slot);
}

void slot_plug(struct slot *slot, struct wire *wire)
{
    assert(!slot->wire);
    slot->wire = wire;
    slot->frames_stray += wire->frames_early;
    wire->slot = slot;
    wire->state = WIRE_PLUGGED;
    snprintf(slot->peer, sizeof slot->peer, "%s", wire->peer);
}

void slot_statistics(const struct slot *slot, struct link_statistics *out)
{
    struct link_statistics link = {0};

    if (slot->wire)
        link_statistics_read(slot->wire->link, &link);
    out->frames_in = slot->before.frames_in + link.frames_in;
    out->frames_out = slot->before.frames_out + link.frames_out;
    out->bytes_in = slot->before.bytes_in + link.bytes_in;
    out->bytes_out = slot->before.bytes_out + link.bytes_out;
}

/* Its signalling cannot go on, or its wire did not come back. */
void slot_break(struct node *node, struct slot *slot)
{
    if (!slot->wire) {
        node_log(node, "port %u: %s, given up", slot->number, slot->peer);
        slot_drop(node, slot);
        return;
    }
    node_log(node, "port %u: its signalling cannot go on", slot->number);
    /* What stays begins anew at once, so that its calls end elsewhere even if nobody comes back;
     * without memory it does when it is up again. */
    bool anew = slot->persistent &&
                switch_port_renew(node->core, node_now_ms(node), slot->number) == SWITCH_OK;
    slot->broken = !anew;
    if (slot->wire->up)
        link_cut(slot->wire->link); /* wire_down and wire_up see to the rest */
}
