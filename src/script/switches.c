/* SPDX-License-Identifier: MIT */
#include "script/switches.h"
#include "script/options.h"
#include "script/push.h"

#include <jansson.h>
#include <string.h>

#include <condis/switch.h>

const char *const switch_versions[] = {"3.1", "4.0", NULL};

void switch_enter(struct switch_box *self, struct switch_entry *entry)
{
    bool entered = host_enter(host_private(self->host->host), &entry->host);
    assert(entered && "no memory to enter a switch");
    (void)entered;
    entry->irql = exec_set_irql(EXEC_DISPATCH);
}

void switch_leave(const struct switch_entry *entry)
{
    exec_set_irql(entry->irql);
    host_leave(&entry->host);
}

static void on_ended(void *context)
{
    struct switch_box *self = context;
    exec_signal_set(ndis_host_exec(self->host->host)->world, &self->ended);
}

/* A world that was stopped moves nothing any more: what the node holds stays with it. */
void switch_close(struct switch_box *self)
{
    struct switch_entry entry;
    self->box.gone = true;
    self->host->board = NULL;
    switch_enter(self, &entry);
    node_close(self->node);
    exec_set_irql(entry.irql);
    enum exec_wait_result result = exec_wait_one(&self->ended, EXEC_FOREVER, "a switch's end");
    exec_set_irql(EXEC_DISPATCH);
    if (result == EXEC_WAIT_SIGNALLED)
        node_free(self->node);
    self->node = NULL;
    switch_leave(&entry);
}

/* switch(name [, options]): switch */
static int switch_new_lua(lua_State *L)
{
    static const char *const known[] = {"uni",       "calls",       "parties", "pending",
                                        "cell_rate", "queue_bytes", NULL};
    luaL_checkstring(L, 1);
    options_check(L, 2, "switch", known);
    int version = options_word(L, 2, "uni", switch_versions);
    struct node_options options = {
        .port = {.version = version >= 0 ? (enum uni_version)version : UNI_40,
                 .call_count_max = options_number(L, 2, "calls", 0),
                 .party_count_max = options_number(L, 2, "parties", 0),
                 .pending_count_max = options_number(L, 2, "pending", 0),
                 .cell_rate = options_number(L, 2, "cell_rate", 0)},
        .queue_bytes_max = options_number(L, 2, "queue_bytes", 0),
        .prefix = {0x47, 0x00, 0x05, 0x80, 0xFF, 0xE1},
        .ended = on_ended,
    };
    struct host_box *host = host_push_new(L, lua_tostring(L, 1), 1, 0);
    struct switch_box *self = box_push_new(L, BOX_SWITCH, sizeof *self, &host->box);
    exec_waitable_init(&self->ended, EXEC_EVENT_NOTIFICATION, 0);
    self->host = host;
    self->version = options.port.version;
    options.exec = ndis_host_exec(host->host);
    options.context = self;
    self->node = node_new(&options);
    if (!self->node) {
        self->box.gone = true;
        return luaL_error(L, "no memory");
    }
    host->board = self;
    return 1;
}

static int switch_name(lua_State *L)
{
    struct switch_box *self = box_check_any(L, 1, BOX_SWITCH);
    lua_pushstring(L, self->host->name);
    return 1;
}

/* switch:stop() */
static int switch_stop(lua_State *L)
{
    struct switch_box *self = box_check(L, 1, BOX_SWITCH);
    host_end(self->host);
    return 0;
}

/* switch:route(prefix, to [, metric]): switch */
static int switch_route(lua_State *L)
{
    struct switch_box *self = box_check(L, 1, BOX_SWITCH);
    const char *text = luaL_checkstring(L, 2);
    uint32_t port = switch_port_to(L, 1, 3);
    lua_Integer metric = luaL_optinteger(L, 4, 0);
    struct condis_switch_route route = {.digit_count = 0};
    struct switch_entry entry;
    if (!condis_switch_prefix_parse(text, &route))
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                            "switch:route: a prefix is @name, up to 40 hexadecimal digits, or * "
                            "for all, not '%s'",
                            text);
    if (metric < 0 || metric > UINT32_MAX)
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                            "switch:route: a metric is a whole number from 0 to 4294967295");
    switch_enter(self, &entry);
    bool added = route_add(switch_routes(node_switch(self->node)), route.prefix, route.digit_count,
                           port, (uint32_t)metric, ROUTE_STATIC);
    switch_leave(&entry);
    if (!added)
        return luaL_error(L, "no memory");
    lua_settop(L, 1);
    return 1;
}

/* switch:release([cause]): every call is released, with Q.850's cause, 38 unless said */
static int switch_release(lua_State *L)
{
    struct switch_box *self = box_check(L, 1, BOX_SWITCH);
    lua_Integer cause = luaL_optinteger(L, 2, 38);
    struct switch_entry entry;
    if (cause < 1 || cause > 127)
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                            "switch:release: a cause is a number from 1 to 127");
    switch_enter(self, &entry);
    node_release_all(self->node, (uint8_t)cause);
    switch_leave(&entry);
    lua_settop(L, 1);
    return 1;
}

/* switch:status(): what `condis switch --status --json` writes, as a table */
static int switch_status(lua_State *L)
{
    struct switch_box *self = box_check(L, 1, BOX_SWITCH);
    struct switch_entry entry;
    switch_enter(self, &entry);
    json_t *status = node_status_json(self->node);
    switch_leave(&entry);
    if (!status)
        return luaL_error(L, "no memory");
    push_json(L, status);
    json_decref(status);
    return 1;
}

/* The versions of a switch's ports are its options. */
static int switch_uni(lua_State *L)
{
    struct switch_box *self = box_check(L, 1, BOX_SWITCH);
    lua_pushstring(L, switch_versions[self->version]);
    return 1;
}

void switches_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"name", switch_name},     {"uni", switch_uni},
        {"plug", switch_plug},     {"trunk", switch_trunk},
        {"link", switch_link},     {"route", switch_route},
        {"status", switch_status}, {"release", switch_release},
        {"stop", switch_stop},     {NULL, NULL},
    };
    box_define(L, BOX_SWITCH, methods);
    lua_register(L, "switch", switch_new_lua);
    links_open(L);
}
