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

struct wire *node_wire(const struct node *node, uint32_t port)
{
    return port < node->wire_room ? node->wires[port] : NULL;
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
    uint64_t due_ms = switch_deadline(node->core);

    for (uint32_t i = 0; i < node->wire_room; i++) {
        const struct wire *wire = node->wires[i];
        uint64_t ilmi_ms = wire && wire->ilmi ? ilmi_deadline_ms(wire->ilmi) : UINT64_MAX;
        due_ms = ilmi_ms < due_ms ? ilmi_ms : due_ms;
    }
    return due_ms;
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

    while ((frame = switch_take_frame(node->core, &port))) {
        struct wire *wire = node_wire(node, port);
        if (wire && wire->up)
            wire_send_buffer(wire, frame);
        else
            saal_buffer_release(frame);
    }
    while (switch_take_broken(node->core, &port)) {
        struct wire *wire = node_wire(node, port);
        node_log(node, "port %u: its signalling cannot go on", port);
        if (wire)
            link_cut(wire->link);
    }
    for (uint32_t i = 0; i < node->wire_room; i++)
        if (node->wires[i] && node->wires[i]->ilmi)
            wire_ilmi(node->wires[i]);
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
    for (uint32_t i = 0; i < node->wire_room; i++) {
        struct wire *wire = node->wires[i];
        if (wire && wire->ilmi && ilmi_deadline_ms(wire->ilmi) <= now_ms)
            ilmi_expire(wire->ilmi, now_ms);
    }
    node_settle(node);
}

struct node *node_new(const struct node_options *options)
{
    struct node *node = calloc(1, sizeof *node);

    if (!node)
        return NULL;
    node->options = *options;
    node->timer_ms = UINT64_MAX;
    node->core = switch_new();
    if (!node->core) {
        free(node);
        return NULL;
    }
    if (options->capture)
        link_capture_hold(options->capture);
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
    free(node->wires);
    free(node);
}

struct switch_core *node_switch(struct node *node)
{
    return node->core;
}

static bool wires_reserve(struct node *node, uint32_t port)
{
    uint32_t room = node->wire_room ? node->wire_room : 8;

    while (room <= port)
        room *= 2;
    if (room == node->wire_room)
        return true;
    struct wire **wires = realloc(node->wires, room * sizeof(struct wire *));
    if (!wires)
        return false;
    memset(wires + node->wire_room, 0, (room - node->wire_room) * sizeof(struct wire *));
    node->wires = wires;
    node->wire_room = room;
    return true;
}

static struct ilmi *network_ilmi(struct node *node, enum uni_version version)
{
    const struct ilmi_options options = {
        .side = ILMI_NETWORK,
        .uni_version = version == UNI_31 ? 3 : 4,
        .system_id = {0x02, 'c', 'o', 'n', 'd', 'i'},
        .address_count_max = 4096,
        .any_prefix = true,
    };
    struct ilmi *ilmi = ilmi_create(&options);

    if (ilmi)
        ilmi_add_prefix(ilmi, node_now_ms(node), node->options.prefix);
    return ilmi;
}

/* persistent: the wire comes back by itself after it went down */
static struct wire *wire_new(struct node *node, const struct node_port *port, bool persistent)
{
    struct switch_port_options options = node->options.port;
    struct wire *wire = calloc(1, sizeof *wire);

    if (!wire)
        return NULL;
    wire->node = node;
    wire->persistent = persistent;
    snprintf(wire->peer, sizeof wire->peer, "%s", port->peer);
    if (!port->trunk) {
        wire->ilmi = network_ilmi(node, port->version);
        if (!wire->ilmi)
            goto free_wire;
    }
    options.version = port->version;
    options.trunk = port->trunk;
    options.trunk_odd = port->trunk_odd;
    if (switch_port_add(node->core, node_now_ms(node), &options, &wire->port) != SWITCH_OK)
        goto free_ilmi;
    if (!wires_reserve(node, wire->port))
        goto remove_port;
    node->wires[wire->port] = wire;
    node->wire_count++;
    return wire;
remove_port:
    switch_port_remove(node->core, node_now_ms(node), wire->port);
free_ilmi:
    if (wire->ilmi)
        ilmi_destroy(wire->ilmi);
free_wire:
    free(wire);
    return NULL;
}

/* The port goes at once; the wire when its link has said that it is closed. */
void node_lose_wire(struct node *node, struct wire *wire)
{
    uint32_t port = wire->port;

    if (port == SWITCH_NO_PORT)
        return;
    wire->port = SWITCH_NO_PORT;
    node->wires[port] = NULL;
    switch_port_remove(node->core, node_now_ms(node), port);
}

/* The owner may free the node as soon as it knows. */
static void tell_ended(struct node *node)
{
    if (node->closed && node->wire_count == 0 && node->options.ended)
        node->options.ended(node->options.context);
}

void node_end_wire(struct node *node, struct wire *wire)
{
    node_lose_wire(node, wire);
    if (wire->ilmi)
        ilmi_destroy(wire->ilmi);
    free(wire);
    node->wire_count--;
    node_settle(node);
    tell_ended(node);
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
    struct wire *wire = node->closed ? NULL : wire_new(node, &port, false);

    if (!wire) {
        node_log(node, "%s: refused, no port is left for it", peer);
        close(socket);
        return;
    }
    const struct link_options options = link_options_of(node, wire);
    wire->link = tcp_adopt(&options, socket);
    if (!wire->link)
        node_end_wire(node, wire);
}

bool node_trunk(struct node *node, const char *host, uint16_t port)
{
    /* Who connects takes the odd half. */
    const struct node_port end = {host, node->options.port.version, true, true};
    struct wire *wire = wire_new(node, &end, true);

    if (!wire)
        return false;
    const struct link_options options = link_options_of(node, wire);
    wire->link = tcp_connect(&options, host, port);
    if (!wire->link)
        node_end_wire(node, wire);
    return wire->link != NULL;
}

uint32_t node_join(struct node *node, const char *name, const struct node_port *port)
{
    struct wire *wire = node->closed ? NULL : wire_new(node, port, true);

    if (!wire)
        return SWITCH_NO_PORT;
    const struct link_options options = link_options_of(node, wire);
    const uint32_t number = wire->port;
    wire->link = simlink_open(&options, name);
    if (wire->link)
        return number;
    node_end_wire(node, wire);
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
    for (uint32_t i = 0; i < node->wire_room; i++) {
        struct wire *wire = node->wires[i];
        if (!wire || wire->closing)
            continue;
        wire->closing = true;
        node_lose_wire(node, wire);
        link_close(wire->link);
    }
    set_timer(node);
    tell_ended(node);
}

uint32_t node_wire_count(const struct node *node)
{
    return node->wire_count;
}
