/* SPDX-License-Identifier: MIT */
/* Ports: the signalling link of each, and what happens when one comes, stops or goes. */
#include <assert.h>
#include <stdlib.h>

#include "switch/inside.h"

/* Between the numbers of the first BGN of a port and of the port that took its place, so that a
 * peer does not take the one for a copy of the other. */
enum { RENEW_SQ_STEP = 64 };

enum { RESTART_ALL = 2 }; /* the class of a RESTART that names no VC */

struct port *port_of(const struct switch_core *core, uint32_t number)
{
    return number < core->port_room ? core->ports[number] : NULL;
}

void port_touch(struct switch_core *core, struct port *port)
{
    if (port->dirty)
        return;
    port->dirty = true;
    port->next_dirty = core->dirty;
    core->dirty = port;
}

void port_break(struct switch_core *core, struct port *port)
{
    if (port->broken)
        return;
    port->broken = true;
    core->broken_count++;
}

static bool room_for(struct switch_core *core, uint32_t *number)
{
    for (*number = 0; *number < core->port_room; ++*number)
        if (!core->ports[*number])
            return true;
    uint32_t room = core->port_room ? core->port_room * 2 : 8;
    struct port **ports = realloc(core->ports, room * sizeof(struct port *));
    if (!ports)
        return false;
    for (uint32_t i = core->port_room; i < room; i++)
        ports[i] = NULL;
    core->ports = ports;
    core->port_room = room;
    return true;
}

static void port_free(struct port *port)
{
    uni_free(port->uni);
    saal_destroy(port->saal);
    forward_end(&port->forwards);
    free(port);
}

static struct port *port_new(struct switch_core *core, const struct switch_port_options *options)
{
    const struct uni_config config = {.side = UNI_NETWORK,
                                      .version = options->version,
                                      .peer_is_network = options->trunk,
                                      .location = 1,
                                      .timers_ms = {[UNI_T309] = options->t309_ms}};
    struct port *port = calloc(1, sizeof *port);

    if (!port)
        return NULL;
    sscop_options_default(&port->sscop);
    if (options->sscop)
        port->sscop = *options->sscop;
    port->options = *options;
    port->options.sscop = &port->sscop;
    port->saal = saal_create(&port->sscop, core->pool);
    port->uni = uni_new(&config);
    if (!port->saal || !port->uni) {
        port_free(port);
        return NULL;
    }
    port->gone_ms = DEADLINE_NEVER;
    port->wired = true;
    vci_set_init(&port->vcis, !options->trunk ? VCI_ALL : options->trunk_odd ? VCI_ODD : VCI_EVEN);
    return port;
}

enum switch_result switch_port_add(struct switch_core *core, uint64_t now_ms,
                                   const struct switch_port_options *options, uint32_t *number)
{
    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    if (!room_for(core, number))
        return SWITCH_NO_MEMORY;
    if (*number >= SWITCH_PORTS_MAX)
        return SWITCH_NO_PORT_LEFT;
    if (!deadlines_reserve(&core->deadlines, core->port_count + 1))
        return SWITCH_NO_MEMORY;
    struct port *port = port_new(core, options);
    if (!port)
        return SWITCH_NO_MEMORY;
    port->number = *number;
    core->ports[*number] = port;
    core->port_count++;
    return SWITCH_OK;
}

static void unlist(struct switch_core *core, struct port *port)
{
    for (struct port **at = &core->dirty; *at; at = &(*at)->next_dirty) {
        if (*at == port) {
            *at = port->next_dirty;
            break;
        }
    }
    struct port *before = NULL;
    for (struct port *at = core->out_first; at; before = at, at = at->next_out) {
        if (at != port)
            continue;
        *(before ? &before->next_out : &core->out_first) = port->next_out;
        if (core->out_last == port)
            core->out_last = before;
        break;
    }
}

/* Ends what is on a port, and takes it out of every list. */
static void port_clear(struct switch_core *core, struct port *port)
{
    const struct ending ending = {NULL, UNI_CAUSE_OUT_OF_ORDER};

    port_break(core, port);
    if (!port->told_broken)
        core->broken_count--;
    while (port->first) {
        struct leg *leg = port->first;
        leg_cleared(core, leg, &ending);
        leg_close(core, leg);
    }
    route_remove_port(&core->routes, port->number);
    unlist(core, port);
    deadline_set(&core->deadlines, &port->deadline, DEADLINE_NEVER);
}

enum switch_result switch_port_remove(struct switch_core *core, uint64_t now_ms, uint32_t number)
{
    struct port *port = port_of(core, number);

    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    if (!port)
        return SWITCH_NO_SUCH_PORT;
    port_clear(core, port);
    core->ports[number] = NULL;
    core->port_count--;
    port_free(port);
    switch_pump(core);
    return SWITCH_OK;
}

enum switch_result switch_port_renew(struct switch_core *core, uint64_t now_ms, uint32_t number)
{
    struct port *port = port_of(core, number);

    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    if (!port)
        return SWITCH_NO_SUCH_PORT;
    port->sscop.first_sq += RENEW_SQ_STEP;
    struct port *fresh = port_new(core, &port->options);
    if (!fresh)
        return SWITCH_NO_MEMORY;
    port_clear(core, port);
    fresh->number = number;
    fresh->wired = false;
    fresh->renewed = true;
    core->ports[number] = fresh;
    port_free(port);
    switch_pump(core);
    return SWITCH_OK;
}

/* Nobody waits for its wire any more: so its addresses lead nowhere. */
void port_give_up(struct switch_core *core, struct port *port)
{
    port->gone_ms = DEADLINE_NEVER;
    route_remove_port(&core->routes, port->number);
    if (!port->options.stays)
        port_break(core, port);
}

/* The wire of a port has gone, and with it the link. Calls that nobody waits for are over now. */
enum switch_result switch_port_down(struct switch_core *core, uint64_t now_ms, uint32_t number)
{
    struct port *port = port_of(core, number);

    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    if (!port)
        return SWITCH_NO_SUCH_PORT;
    if (!port->wired || port->broken)
        return SWITCH_OK;
    port->wired = false;
    while (saal_wire_lost(port->saal, now_ms) == SAAL_FULL && !port->broken)
        port_pump(core, port);
    port_touch(core, port);
    switch_pump(core);
    port->gone_ms = now_ms;
    if (port->leg_count)
        port->gone_ms += uni_timer_ms(port->uni, UNI_T309);
    else
        port_give_up(core, port);
    port_touch(core, port);
    switch_pump(core);
    return SWITCH_OK;
}

enum switch_result switch_port_up(struct switch_core *core, uint64_t now_ms, uint32_t number)
{
    struct port *port = port_of(core, number);

    assert(now_ms >= core->now_ms);
    core->now_ms = now_ms;
    if (!port)
        return SWITCH_NO_SUCH_PORT;
    port->wired = true;
    port->gone_ms = DEADLINE_NEVER;
    if (port->link_wanted && saal_establish(port->saal, now_ms) != SAAL_OK)
        port_break(core, port);
    port->link_wanted = false;
    /* The peer may hold calls and VCs of the port before, whose numbers begin anew: they end there
     * before the first new one comes (SIG 5.11). */
    if (port->renewed && uni_restart(port->uni, now_ms, RESTART_ALL, 0, 0) != UNI_OK)
        port_break(core, port);
    port->renewed = false;
    port_touch(core, port);
    switch_pump(core);
    return SWITCH_OK;
}

static void take_saal_event(struct switch_core *core, struct port *port,
                            const struct saal_event *event)
{
    enum uni_result result = UNI_OK;

    switch (event->kind) {
    case SAAL_AAL_ESTABLISH_INDICATION:
        result = uni_link(port->uni, core->now_ms, UNI_LINK_ESTABLISHED);
        break;
    case SAAL_AAL_ESTABLISH_CONFIRM:
        result = uni_link(port->uni, core->now_ms, UNI_LINK_CONFIRMED);
        break;
    case SAAL_AAL_RELEASE_INDICATION:
        result = uni_link(port->uni, core->now_ms, UNI_LINK_RELEASED);
        break;
    case SAAL_AAL_RELEASE_CONFIRM:
        result = uni_link(port->uni, core->now_ms, UNI_LINK_RELEASE_CONFIRMED);
        break;
    case SAAL_AAL_DATA_INDICATION:
        result = uni_feed(port->uni, core->now_ms, event->data, event->bytes);
        break;
    default:
        break;
    }
    if (result != UNI_OK)
        port_break(core, port);
}

static void take_uni_event(struct switch_core *core, struct port *port,
                           const struct uni_event *event)
{
    enum saal_result result = SAAL_OK;

    switch (event->kind) {
    case UNI_EVENT_SETUP:
        tree_open(core, port, event);
        break;
    case UNI_EVENT_LINK_WANTED:
        port->link_wanted = !port->wired;
        /* One that the peer has begun anew meanwhile is told next; to ask would resynchronise it,
         * and what it brings first would be lost. */
        if (port->wired && saal_state(port->saal) != SSCF_ESTABLISHED)
            result = saal_establish(port->saal, core->now_ms);
        break;
    case UNI_EVENT_LINK_UP:
        port->link_up = true;
        break;
    case UNI_EVENT_LINK_DOWN:
        port->link_up = port->link_wanted = false;
        break;
    case UNI_EVENT_RESTART:
        uni_restart_done(port->uni, core->now_ms); /* the calls there end with CLEARED */
        break;
    default:
        leg_event(core, port, event);
    }
    if (result == SAAL_NO_MEMORY || result == SAAL_FULL)
        port_break(core, port);
}

static void pump_uni(struct switch_core *core, struct port *port)
{
    struct uni_event event;
    struct uni_frame frame;

    while (!port->broken && uni_take_event(port->uni, &event))
        take_uni_event(core, port, &event);
    while (!port->broken && uni_take_frame(port->uni, &frame)) {
        enum saal_result result =
            saal_send_octets(port->saal, core->now_ms, frame.bytes, (uint32_t)frame.byte_count);
        /* Not established: lost, as Q.2130 has it; the timers of signalling see to the rest. */
        if (result == SAAL_NO_MEMORY || result == SAAL_FULL)
            port_break(core, port);
    }
}

static void list_out(struct switch_core *core, struct port *port)
{
    if (port->out)
        return;
    port->out = true;
    port->next_out = NULL;
    *(core->out_last ? &core->out_last->next_out : &core->out_first) = port;
    core->out_last = port;
}

static uint64_t port_due(const struct port *port)
{
    uint64_t due_ms = saal_deadline_ms(port->saal);
    uint64_t uni_ms = uni_deadline(port->uni);

    if (port->broken)
        return DEADLINE_NEVER;
    if (uni_ms < due_ms)
        due_ms = uni_ms;
    return port->gone_ms < due_ms ? port->gone_ms : due_ms;
}

/* Brings one port to rest: what SAAL tells goes to the uni, what the uni tells to the calls, and
 * what it sends to SAAL. */
void port_pump(struct switch_core *core, struct port *port)
{
    struct saal_event event;

    pump_uni(core, port);
    while (!port->broken && saal_take_event(port->saal, &event)) {
        take_saal_event(core, port, &event);
        saal_buffer_release(event.buffer);
        pump_uni(core, port);
    }
    deadline_set(&core->deadlines, &port->deadline, port_due(port));
    list_out(core, port);
}

void switch_pump(struct switch_core *core)
{
    while (core->dirty) {
        struct port *port = core->dirty;
        core->dirty = port->next_dirty;
        port->dirty = false;
        port_pump(core, port);
    }
}
