/* SPDX-License-Identifier: MIT */
#include "switch/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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
    wire->frames_out += result == LINK_SENT;
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

static void send_copy(struct wire *to, struct switch_hop *hop, const struct atmtcp_view *view)
{
    uint32_t most = to->node->options.queue_bytes_max;
    uint32_t cost = view->payload_bytes + FRAME_COST_BYTES;
    struct out_frame *out = NULL;

    if (!most)
        most = QUEUE_BYTES_DEFAULT;
    /* A queue that was full takes nothing until it is empty, so that the frames in it lie close
     * together: a slow port must not keep every block of a fast one in use. */
    if (!to->full && to->up && (cost <= most - to->queued_bytes || to->queued_bytes == 0))
        out = out_take(to->node);
    else
        to->full = to->queued_bytes != 0;
    if (!out) {
        hop->dropped_count++;
        to->frames_dropped++;
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

void wire_forward(struct wire *from, const struct atmtcp_view *view)
{
    struct node *node = from->node;
    struct switch_tree *tree = switch_forward(node->core, from->port, view->vpi, view->vci);

    if (!tree) {
        from->frames_stray++;
        return;
    }
    for (uint32_t i = 0; i < tree->hop_count; i++) {
        struct wire *to = node_wire(node, tree->hops[i].port);
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

/* Takes what ILMI has to say. */
void wire_ilmi(struct wire *wire)
{
    struct route_table *routes = switch_routes(wire->node->core);
    uint8_t frame[ILMI_FRAME_BYTES_MAX];
    struct ilmi_event event;
    size_t bytes;

    while (ilmi_take_event(wire->ilmi, &event)) {
        if (wire->port == SWITCH_NO_PORT)
            continue;
        if (event.kind == ILMI_ADDRESS)
            route_add(routes, event.octets, ROUTE_HOST_DIGITS, wire->port, 0, ROUTE_REGISTERED);
        else if (event.kind == ILMI_ADDRESS_GONE)
            route_remove(routes, event.octets, ROUTE_HOST_DIGITS, wire->port, ROUTE_REGISTERED);
        else if (event.kind == ILMI_LOST)
            route_remove_port(routes, wire->port);
    }
    while ((bytes = ilmi_take_frame(wire->ilmi, frame)) > 0)
        send_octets(wire, frame, bytes);
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

    if (wire->port == SWITCH_NO_PORT)
        return;
    if (view->vpi != 0 || (view->vci != SWITCH_SIGNALLING_VCI && view->vci != SWITCH_ILMI_VCI)) {
        wire_forward(wire, view);
        return;
    }
    if (view->vci == SWITCH_SIGNALLING_VCI)
        switch_feed(node->core, node_now_ms(node), wire->port, octets_of(node, view),
                    view->payload_bytes);
    else if (wire->ilmi)
        ilmi_feed(wire->ilmi, node_now_ms(node), octets_of(node, view), view->payload_bytes);
    node_settle(node);
}

static void on_changed(void *context, bool up, const char *reason)
{
    struct wire *wire = context;
    struct node *node = wire->node;

    wire->up = up;
    if (wire->port != SWITCH_NO_PORT)
        node_log(node, "port %u: %s, %s%s%s", wire->port, wire->peer, up ? "up" : "down",
                 reason ? ": " : "", reason ? reason : "");
    if (wire->ilmi && up)
        ilmi_start(wire->ilmi, node_now_ms(node));
    else if (wire->ilmi)
        ilmi_stop(wire->ilmi, node_now_ms(node));
    /* A trunk comes back: SAAL and T309 decide what becomes of its calls. */
    if (!up && !wire->persistent)
        node_lose_wire(node, wire);
    node_settle(node);
}

static void on_closed(void *context)
{
    struct wire *wire = context;

    node_end_wire(wire->node, wire);
}

const struct link_calls wire_calls = {
    .receive = on_receive,
    .sent = on_sent,
    .changed = on_changed,
    .closed = on_closed,
};
