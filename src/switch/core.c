/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>

#include "switch/inside.h"

enum { POOL_BYTES_MAX = 256 << 20 };

struct switch_core *switch_new(void)
{
    struct switch_core *core = calloc(1, sizeof *core);

    if (!core)
        return NULL;
    core->pool = saal_pool_create(POOL_BYTES_MAX);
    if (!core->pool) {
        free(core);
        return NULL;
    }
    route_table_init(&core->routes);
    deadlines_init(&core->deadlines);
    things_init(&core->legs, sizeof(struct leg));
    things_init(&core->leaves, sizeof(struct leaf));
    return core;
}

void switch_free(struct switch_core *core)
{
    if (!core)
        return;
    for (uint32_t i = 0; i < core->port_room; i++)
        if (core->ports[i])
            switch_port_remove(core, core->now_ms, i);
    assert(!core->first);
    things_end(&core->legs);
    things_end(&core->leaves);
    route_table_end(&core->routes);
    deadlines_end(&core->deadlines);
    saal_pool_destroy(core->pool);
    free(core->ports);
    free(core);
}

struct route_table *switch_routes(struct switch_core *core)
{
    return &core->routes;
}

void switch_feed(struct switch_core *core, uint64_t now_ms, uint32_t number, const uint8_t *octets,
                 size_t bytes)
{
    struct port *port = port_of(core, number);

    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    if (!port || port->broken || !port->wired)
        return;
    /* Events wait only inside a pump, so FULL cannot be; without memory the wire lost it. */
    saal_feed_octets(port->saal, now_ms, octets, bytes);
    port_touch(core, port);
    switch_pump(core);
}

static void port_expire(struct switch_core *core, struct port *port)
{
    while (saal_expire(port->saal, core->now_ms) == SAAL_FULL && !port->broken)
        port_pump(core, port);
    if (uni_advance(port->uni, core->now_ms) != UNI_OK)
        port_break(core, port);
    if (port->gone_ms <= core->now_ms)
        port_give_up(core, port);
    port_touch(core, port);
}

/* What a pump finds due anew waits for the next call. */
void switch_advance(struct switch_core *core, uint64_t now_ms)
{
    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    while (deadlines_due(&core->deadlines) <= now_ms) {
        struct port *port = (struct port *)(void *)deadlines_first(&core->deadlines);
        port_expire(core, port);
        deadline_set(&core->deadlines, &port->deadline, DEADLINE_NEVER);
    }
    switch_pump(core);
}

uint64_t switch_deadline(const struct switch_core *core)
{
    return deadlines_due(&core->deadlines);
}

struct saal_buffer *switch_take_frame(struct switch_core *core, uint32_t *number)
{
    while (core->out_first) {
        struct port *port = core->out_first;
        struct saal_buffer *frame = saal_take_frame(port->saal);
        if (frame) {
            *number = port->number;
            return frame;
        }
        core->out_first = port->next_out;
        if (!core->out_first)
            core->out_last = NULL;
        port->out = false;
    }
    return NULL;
}

bool switch_has_frames(const struct switch_core *core)
{
    return core->out_first != NULL;
}

bool switch_take_broken(struct switch_core *core, uint32_t *number)
{
    for (uint32_t i = 0; core->broken_count && i < core->port_room; i++) {
        struct port *port = core->ports[i];
        if (!port || !port->broken || port->told_broken)
            continue;
        port->told_broken = true;
        core->broken_count--;
        *number = i;
        return true;
    }
    return false;
}

void switch_release_all(struct switch_core *core, uint64_t now_ms, uint8_t cause)
{
    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    while (core->first)
        tree_end(core, core->first, &(struct ending){NULL, cause}, NULL);
    switch_pump(core);
    /* Who is away cannot be told, and is not waited for. */
    for (uint32_t i = 0; i < core->port_room; i++)
        while (core->ports[i] && !core->ports[i]->wired && core->ports[i]->first)
            leg_close(core, core->ports[i]->first);
}

uint32_t switch_call_count(const struct switch_core *core)
{
    return (uint32_t)core->legs.used_count;
}

struct switch_tree *switch_forward(const struct switch_core *core, uint32_t number, uint16_t vpi,
                                   uint16_t vci)
{
    const struct port *port = port_of(core, number);

    return port && vpi == 0 ? forward_get(&port->forwards, vci) : NULL;
}
