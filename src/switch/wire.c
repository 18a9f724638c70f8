/* SPDX-License-Identifier: MIT */
#include "switch/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <condis/address.h>

enum { QUEUE_BYTES_DEFAULT = 4 << 20, FRAME_COST_BYTES = 256 };

static struct out_frame *out_of(const struct link_frame *frame)
{
    return (struct out_frame *)(uintptr_t)frame;
}

static uint32_t fill_view(const struct link_frame *frame, uint32_t skip_bytes, struct iovec *out,
                          uint32_t room)
{
    const struct atmtcp_view *view = &out_of(frame)->view;
    uint32_t count = 0;

    for (uint32_t i = 0; i < view->piece_count && count < room; i++) {
        uint32_t bytes = view->pieces[i].byte_count;
        if (skip_bytes >= bytes) {
            skip_bytes -= bytes;
            continue;
        }
        out[count].iov_base = (void *)(uintptr_t)(view->pieces[i].bytes + skip_bytes);
        out[count].iov_len = bytes - skip_bytes;
        skip_bytes = 0;
        count++;
    }
    return count;
}

static uint32_t fill_buffer(const struct link_frame *frame, uint32_t skip_bytes, struct iovec *out,
                            uint32_t room)
{
    struct saal_buffer *buffer = out_of(frame)->buffer;

    (void)room;
    out->iov_base = buffer->data + skip_bytes;
    out->iov_len = buffer->bytes - skip_bytes;
    return 1;
}

static uint32_t fill_octets(const struct link_frame *frame, uint32_t skip_bytes, struct iovec *out,
                            uint32_t room)
{
    (void)room;
    out->iov_base = out_of(frame)->octets + skip_bytes;
    out->iov_len = frame->payload_bytes - skip_bytes;
    return 1;
}

static struct out_frame *out_take(struct node *node)
{
    struct out_frame *out = node->spare;

    if (!out)
        return calloc(1, sizeof *out);
    node->spare = out->next;
    out->buffer = NULL;
    out->octets = NULL;
    out->view.piece_count = 0;
    return out;
}

static uint32_t cost_of(const struct out_frame *out)
{
    return out->frame.payload_bytes + FRAME_COST_BYTES;
}

static void on_sent(void *context, struct link_frame *frame, enum link_result result)
{
    struct wire *wire = context;
    struct out_frame *out = out_of(frame);

    if (out->counted) {
        wire->queued_bytes -= cost_of(out);
        wire->full &= wire->queued_bytes != 0;
    }
    (void)result;
    atmtcp_view_release(&out->view);
    saal_buffer_release(out->buffer);
    free(out->octets);
    out->next = wire->node->spare;
    wire->node->spare = out;
}

/* The frame's octets are the engine's, and stay as they are until it is released. */
void wire_send_buffer(struct wire *wire, struct saal_buffer *buffer)
{
    struct out_frame *out = out_take(wire->node);

    if (!out) {
        saal_buffer_release(buffer); /* as if the wire had lost it: SSCOP sends it again */
        return;
    }
    out->buffer = buffer;
    out->counted = false;
    out->frame.fill = fill_buffer;
    out->frame.payload_bytes = buffer->bytes;
    link_send(wire->link, &out->frame, 0, SWITCH_SIGNALLING_VCI);
}

/* Room in the queue of a port. A queue that was full takes nothing until it is empty, so that the
 * frames in it lie close together: a slow port must not keep every block of a fast one in use. */
static struct out_frame *queue_take(struct wire *to, uint32_t cost)
{
    uint32_t most = to->node->options.queue_bytes_max;

    if (!most)
        most = QUEUE_BYTES_DEFAULT;
    if (!to->full && to->up && (cost <= most - to->queued_bytes || to->queued_bytes == 0))
        return out_take(to->node);
    to->full = to->queued_bytes != 0;
    return NULL;
}

static void send_copy(struct slot *slot, struct switch_hop *hop, const struct atmtcp_view *view)
{
    uint32_t cost = view->payload_bytes + FRAME_COST_BYTES;
    struct wire *to = slot->wire;
    struct out_frame *out = to ? queue_take(to, cost) : NULL;

    if (!out) {
        hop->dropped_count++;
        slot->frames_dropped++;
        return;
    }
    hop->frame_count++;
    to->queued_bytes += cost;
    atmtcp_view_hold(view);
    out->view = *view;
    out->counted = true;
    out->frame.fill = fill_view;
    out->frame.payload_bytes = view->payload_bytes;
    link_send(to->link, &out->frame, hop->vpi, hop->vci);
}

static void wire_forward(struct wire *from, const struct atmtcp_view *view)
{
    struct node *node = from->node;
    struct switch_tree *tree = NULL;

    if (!from->slot) {
        from->frames_early++;
        return;
    }
    tree = switch_forward(node->core, from->slot->number, view->vpi, view->vci);
    if (!tree) {
        from->slot->frames_stray++;
        return;
    }
    for (uint32_t i = 0; i < tree->hop_count; i++) {
        struct slot *to = node_slot(node, tree->hops[i].port);
        if (to)
            send_copy(to, &tree->hops[i], view);
    }
}

static void send_octets(struct wire *wire, const uint8_t *octets, size_t bytes)
{
    struct out_frame *out = out_take(wire->node);

    if (!out)
        return; /* ILMI asks again */
    out->octets = malloc(bytes);
    if (!out->octets) {
        out->next = wire->node->spare;
        wire->node->spare = out;
        return;
    }
    memcpy(out->octets, octets, bytes);
    out->counted = false;
    out->frame.fill = fill_octets;
    out->frame.payload_bytes = (uint32_t)bytes;
    link_send(wire->link, &out->frame, 0, SWITCH_ILMI_VCI);
}

/* A slot that has a name can wait for its peer. A name that is another slot's already is not
 * this one's. */
static void take_name(struct wire *wire)
{
    struct slot *slot = wire->slot;
    struct ilmi_peer name;

    if (slot->persistent || ilmi_peer(wire->ilmi, &name) != ILMI_PEER_NAMED)
        return;
    struct slot *other = slot_named(wire->node, wire->trunk, &name);
    if (other && other != slot)
        return;
    wire->node->named_count += !slot->named;
    slot->named = true;
    slot->name = name;
}

static bool is_away(void *context, uint32_t port)
{
    const struct slot *slot = node_slot(context, port);

    return slot && !slot->wire;
}

/* An address that is registered anew is not where it was: who had it began anew, and does not come
 * back to the port that waits. */
static void take_address(struct wire *wire, const uint8_t *address)
{
    struct node *node = wire->node;
    struct route_table *routes = switch_routes(node->core);
    const struct route *route = route_best(routes, address, is_away, node);

    if (route && route->kind == ROUTE_REGISTERED) {
        struct slot *away = node_slot(node, route->port);
        node_log(node, "port %u: %s, given up: its address is at port %u", away->number, away->peer,
                 wire->slot->number);
        slot_drop(node, away);
    }
    struct condis_address registered;
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    memcpy(registered.octets, address, sizeof registered.octets);
    condis_address_format(&registered, text);
    if (route_add(routes, address, ROUTE_HOST_DIGITS, wire->slot->number, 0, ROUTE_REGISTERED))
        node_log(node, "port %u: %s is here", wire->slot->number, text);
}

/* What goes because the wire does stays in the table while the port waits for it. */
static void take_events(struct wire *wire)
{
    struct route_table *routes = switch_routes(wire->node->core);
    struct ilmi_event event;

    while (ilmi_take_event(wire->ilmi, &event)) {
        if (!wire->up)
            continue;
        if (event.kind == ILMI_ADDRESS)
            take_address(wire, event.octets);
        else if (event.kind == ILMI_ADDRESS_GONE)
            route_remove(routes, event.octets, ROUTE_HOST_DIGITS, wire->slot->number,
                         ROUTE_REGISTERED);
        else if (event.kind == ILMI_LOST)
            route_remove_port(routes, wire->slot->number);
    }
    take_name(wire);
}

void wire_ilmi(struct wire *wire)
{
    uint8_t frame[ILMI_FRAME_BYTES_MAX];
    uint64_t due_ms;
    size_t bytes;

    wire_decide(wire);
    if (wire->slot)
        take_events(wire);
    while ((bytes = ilmi_take_frame(wire->ilmi, frame)) > 0)
        send_octets(wire, frame, bytes);
    due_ms = ilmi_deadline_ms(wire->ilmi);
    if (wire->state <= WIRE_CHALLENGING && wire->decide_ms < due_ms)
        due_ms = wire->decide_ms;
    deadline_set(&wire->node->deadlines, &wire->deadline, wire->up ? due_ms : DEADLINE_NEVER);
}

/* Octets in one piece: mostly they are. */
static const uint8_t *octets_of(struct node *node, const struct atmtcp_view *view)
{
    if (view->piece_count == 1)
        return view->pieces[0].bytes;
    atmtcp_view_copy(view, node->scratch, sizeof node->scratch);
    return node->scratch;
}

static void on_receive(void *context, const struct atmtcp_view *view)
{
    struct wire *wire = context;
    struct node *node = wire->node;
    const bool reserved =
        view->vpi == 0 && (view->vci == SWITCH_SIGNALLING_VCI || view->vci == SWITCH_ILMI_VCI);

    if (wire->state == WIRE_CLOSING)
        return;
    if (!reserved) {
        wire_forward(wire, view);
        return;
    }
    const uint8_t *octets = octets_of(node, view);
    if (view->vci == SWITCH_ILMI_VCI) {
        ilmi_feed(wire->ilmi, node_now_ms(node), octets, view->payload_bytes);
        wire_ilmi(wire);
    } else if (wire->slot) {
        switch_feed(node->core, node_now_ms(node), wire->slot->number, octets, view->payload_bytes);
    } else {
        wire_hold(wire, octets, view->payload_bytes);
    }
    node_settle(node);
}

static void on_changed(void *context, bool up, const char *reason)
{
    struct wire *wire = context;

    if (wire->state == WIRE_CLOSING)
        return;
    if (up)
        wire_up(wire);
    else
        wire_down(wire, reason ? reason : "no reason given");
    node_settle(wire->node);
}

static void on_closed(void *context)
{
    wire_end(context);
}

const struct link_calls wire_calls = {
    .receive = on_receive,
    .sent = on_sent,
    .changed = on_changed,
    .closed = on_closed,
};
