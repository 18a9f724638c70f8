/* SPDX-License-Identifier: MIT */
#include "switch/node.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "link/simlink.h"
#include "link/tcp.h"
#include "switch/wire.h"

enum { BLOCKS_MAX = 1024 }; /* of 128 KiB, made when they are needed: see send_copy */

uint64_t node_now_ms(const struct node *node)
{
    return exec_now(node->options.exec->world) / EXEC_MS;
}

void node_log(struct node *node, const char *format, ...)
{
    char line[512];
    va_list arguments;

    if (!node->options.log)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    node->options.log(node->options.context, line);
}

static uint64_t node_deadline(const struct node *node)
{
    uint64_t switch_ms = switch_deadline(node->core);
    uint64_t wires_ms = deadlines_due(&node->deadlines);

    return switch_ms < wires_ms ? switch_ms : wires_ms;
}

static void set_timer(struct node *node)
{
    uint64_t due_ms = node->closed ? UINT64_MAX : node_deadline(node);

    if (due_ms == node->timer_ms)
        return;
    node->timer_ms = due_ms;
    if (due_ms == UINT64_MAX)
        exec_timer_cancel(node->options.exec, &node->timer);
    else
        exec_timer_set(node->options.exec, &node->timer, due_ms * EXEC_MS, 0,
                       node->options.processor);
}

/* After anything that may have moved the switch: frames go out, broken ports are cut, and the timer
 * is set. */
void node_settle(struct node *node)
{
    struct saal_buffer *frame;
    uint32_t port;

    do {
        while ((frame = switch_take_frame(node->core, &port))) {
            const struct slot *slot = node_slot(node, port);
            if (slot && slot->wire && slot->wire->up)
                wire_send_buffer(slot->wire, frame);
            else
                saal_buffer_release(frame);
        }
        while (switch_take_broken(node->core, &port)) {
            struct slot *slot = node_slot(node, port);
            if (slot)
                slot_break(node, slot);
        }
    } while (switch_has_frames(node->core));
    set_timer(node);
}

static void on_timer(struct exec_timer *timer)
{
    struct node *node = (struct node *)(void *)((char *)timer - offsetof(struct node, timer));
    uint64_t now_ms = node_now_ms(node);

    node->timer_ms = UINT64_MAX;
    if (node->closed)
        return;
    switch_advance(node->core, now_ms);
    while (deadlines_due(&node->deadlines) <= now_ms) {
        struct wire *wire = (struct wire *)(void *)deadlines_first(&node->deadlines);
        ilmi_expire(wire->ilmi, now_ms);
        wire_ilmi(wire);
    }
    node_settle(node);
}

struct node *node_new(const struct node_options *options)
{
    static const uint8_t no_id[sizeof options->system_id];
    static const uint8_t default_id[sizeof options->system_id] = {0x02, 'c', 'o', 'n', 'd', 'i'};
    struct node *node = calloc(1, sizeof *node);

    if (!node)
        return NULL;
    node->options = *options;
    if (memcmp(options->system_id, no_id, sizeof no_id) == 0)
        memcpy(node->options.system_id, default_id, sizeof default_id);
    node->timer_ms = UINT64_MAX;
    node->core = switch_new();
    if (!node->core) {
        free(node);
        return NULL;
    }
    if (options->capture)
        link_capture_hold(options->capture);
    deadlines_init(&node->deadlines);
    exec_timer_init(&node->timer, on_timer);
    return node;
}

void node_free(struct node *node)
{
    assert(node->wire_count == 0);
    exec_timer_cancel(node->options.exec, &node->timer);
    switch_free(node->core);
    while (node->spare) {
        struct out_frame *out = node->spare;
        node->spare = out->next;
        free(out);
    }
    link_capture_release(node->options.capture);
    deadlines_end(&node->deadlines);
    free(node->slots);
    free(node);
}

struct switch_core *node_switch(struct node *node)
{
    return node->core;
}

/* Hosts get a prefix, and register addresses under it or any other; a switch is asked for nothing
 * but its name. */
static struct ilmi *network_ilmi(struct node *node, const struct node_port *port, uint32_t port_id)
{
    struct ilmi_options options = {
        .side = ILMI_NETWORK,
        .uni_version = port->version == UNI_31 ? 3 : 4,
        .port_id = port_id,
        .address_count_max = port->trunk ? 1 : 4096,
        .any_prefix = !port->trunk,
    };

    memcpy(options.system_id, node->options.system_id, sizeof options.system_id);
    struct ilmi *ilmi = ilmi_create(&options);
    if (ilmi && !port->trunk)
        ilmi_add_prefix(ilmi, node_now_ms(node), node->options.prefix);
    return ilmi;
}

/* port_id: which of this switch's it is, to its peer. */
struct wire *wire_new(struct node *node, const struct node_port *port, uint32_t port_id)
{
    struct wire *wire = calloc(1, sizeof *wire);

    if (!wire)
        return NULL;
    wire->node = node;
    wire->trunk = port->trunk;
    wire->decide_ms = DEADLINE_NEVER;
    snprintf(wire->peer, sizeof wire->peer, "%s", port->peer);
    wire->ilmi = network_ilmi(node, port, port_id);
    if (!wire->ilmi || !deadlines_reserve(&node->deadlines, node->wire_count + 1)) {
        if (wire->ilmi)
            ilmi_destroy(wire->ilmi);
        free(wire);
        return NULL;
    }
    wire->next = node->first;
    if (node->first)
        node->first->prev = wire;
    node->first = wire;
    node->wire_count++;
    return wire;
}

/* The owner may free the node as soon as it knows. */
static void tell_ended(struct node *node)
{
    if (node->closed && node->wire_count == 0 && node->options.ended)
        node->options.ended(node->options.context);
}

/* Its link is gone. */
void wire_end(struct wire *wire)
{
    struct node *node = wire->node;

    if (wire->slot)
        slot_drop(node, wire->slot);
    wire_release_held(wire);
    deadline_set(&node->deadlines, &wire->deadline, DEADLINE_NEVER);
    ilmi_destroy(wire->ilmi);
    *(wire->prev ? &wire->prev->next : &node->first) = wire->next;
    if (wire->next)
        wire->next->prev = wire->prev;
    for (struct wire *other = node->first; other; other = other->next)
        if (other->rival == wire)
            other->rival = NULL;
    node->wire_count--;
    free(wire);
    node_settle(node);
    tell_ended(node);
}

void wire_close(struct wire *wire)
{
    wire->state = WIRE_CLOSING;
    wire->up = false;
    ilmi_stop(wire->ilmi, node_now_ms(wire->node));
    wire_release_held(wire);
    deadline_set(&wire->node->deadlines, &wire->deadline, DEADLINE_NEVER);
    link_close(wire->link);
}

static struct link_options link_options_of(struct node *node, struct wire *wire)
{
    return (struct link_options){.exec = node->options.exec,
                                 .processor = node->options.processor,
                                 .calls = &wire_calls,
                                 .context = wire,
                                 .block_count_max = BLOCKS_MAX,
                                 .capture = node->options.capture,
                                 .direction = LINK_NETWORK_TO_USER};
}

void node_accept(struct node *node, int socket, const char *peer, bool trunk)
{
    const struct node_port port = {peer, node->options.port.version, trunk, false};
    struct wire *wire = node->closed ? NULL : wire_new(node, &port, 1);

    if (!wire) {
        node_log(node, "%s: refused, no memory is left for it", peer);
        close(socket);
        return;
    }
    const struct link_options options = link_options_of(node, wire);
    wire->link = tcp_adopt(&options, socket);
    if (!wire->link)
        wire_end(wire);
}

/* A wire with a slot of its own, whose link comes back by itself. NULL: no memory, or no port. */
static struct wire *wire_with_slot(struct node *node, const struct node_port *port)
{
    struct slot *slot = node->closed ? NULL : slot_new(node, port, true);

    if (!slot)
        return NULL;
    struct wire *wire = wire_new(node, port, slot->number + 1);
    if (wire)
        slot_plug(slot, wire);
    else
        slot_drop(node, slot);
    return wire;
}

bool node_trunk(struct node *node, const char *host, uint16_t port)
{
    /* Who connects takes the odd half. */
    const struct node_port end = {host, node->options.port.version, true, true};
    struct wire *wire = wire_with_slot(node, &end);

    if (!wire)
        return false;
    const struct link_options options = link_options_of(node, wire);
    wire->link = tcp_connect(&options, host, port);
    if (wire->link)
        return true;
    wire_end(wire);
    return false;
}

uint32_t node_join(struct node *node, const char *name, const struct node_port *port)
{
    struct wire *wire = wire_with_slot(node, port);

    if (!wire)
        return SWITCH_NO_PORT;
    const struct link_options options = link_options_of(node, wire);
    wire->link = simlink_open(&options, name);
    if (wire->link)
        return wire->slot->number;
    wire_end(wire);
    return SWITCH_NO_PORT;
}

void node_release_all(struct node *node, uint8_t cause)
{
    switch_release_all(node->core, node_now_ms(node), cause);
    node_settle(node);
}

void node_close(struct node *node)
{
    node->closed = true;
    for (uint32_t i = 0; i < node->slot_room; i++)
        if (node->slots[i])
            slot_drop(node, node->slots[i]);
    for (struct wire *wire = node->first; wire; wire = wire->next)
        if (wire->state != WIRE_CLOSING)
            wire_close(wire);
    set_timer(node);
    tell_ended(node);
}

uint32_t node_wire_count(const struct node *node)
{
    return node->wire_count;
}
