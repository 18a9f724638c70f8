/* SPDX-License-Identifier: MIT */
/* A link of a scenario is a simulated link that begins at a switch: `station` of `s1` is plugged
 * into the link "s1/station", which the drivers' setting Link names as "sim:s1/station". */
#include "script/options.h"
#include "script/push.h"
#include "script/switches.h"

#include <string.h>

#include <jansson.h>

struct link_box {
    struct box box; /* its parent: the switch's */
    struct switch_box *from;
    struct switch_box *other; /* of a trunk */
    uint32_t port;            /* of `from` */
    uint32_t other_port;      /* of `other` */
    enum uni_version version;
    struct simlink_shape shape;
    char name[SIMLINK_NAME_CHARACTERS_MAX + 1];
};

void links_forget(struct script *script)
{
    if (script->exec_world && script->tally.leaks == 0 && !script->tally.stopped)
        simlink_forget_world(script->exec_world);
}

static bool is_gone(const struct box *box)
{
    while (box && !box->gone)
        box = box->parent;
    return box != NULL;
}

/* Finds a link by the switch where it begins and its name there, or by both switches. */
static struct link_box *find(struct switch_box *from, const struct switch_box *other,
                             const char *station)
{
    char name[SIMLINK_NAME_CHARACTERS_MAX + 1];
    snprintf(name, sizeof name, "%s/%s", from->host->name, station ? station : "");
    for (struct box *box = from->box.script->boxes; box; box = box->next) {
        struct link_box *link = (struct link_box *)box;
        if (box->kind != BOX_LINK || is_gone(box))
            continue;
        if (other ? (link->from == from && link->other == other) ||
                        (link->from == other && link->other == from)
                  : link->from == from && !link->other && !strcmp(link->name, name))
            return link;
    }
    return NULL;
}

static struct switch_box *other_switch(lua_State *L, int to)
{
    return lua_type(L, to) == LUA_TUSERDATA ? box_check(L, to, BOX_SWITCH) : NULL;
}

/* Finds the link from the switch at an index to what stands at `to`; raises when there is none. */
static struct link_box *check_link(lua_State *L, int index, int to)
{
    struct switch_box *self = box_check(L, index, BOX_SWITCH);
    struct switch_box *other = other_switch(L, to);
    const char *station = other ? other->host->name : luaL_checkstring(L, to);
    struct link_box *link = find(self, other, station);
    if (!link)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "switch '%s' has no link to '%s'",
                     self->host->name, station);
    return link;
}

uint32_t switch_port_to(lua_State *L, int index, int to)
{
    struct link_box *link = check_link(L, index, to);
    return link->from == box_check(L, index, BOX_SWITCH) ? link->port : link->other_port;
}

static struct link_box *push_new(lua_State *L, struct switch_box *from, const char *to)
{
    struct link_box *self = box_push_new(L, BOX_LINK, sizeof *self, &from->box);
    self->box.gone = true; /* until it is there */
    self->from = from;
    int length = snprintf(self->name, sizeof self->name, "%s/%s", from->host->name, to);
    if (length < 0 || (size_t)length >= sizeof self->name)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                     "the name of the link '%s/%s' is longer than %u characters", from->host->name,
                     to, SIMLINK_NAME_CHARACTERS_MAX);
    return self;
}

static uint32_t join(struct switch_box *at, struct link_box *link, const struct node_port *port)
{
    struct switch_entry entry;
    switch_enter(at, &entry);
    uint32_t number = node_join(at->node, link->name, port);
    switch_leave(&entry);
    return number;
}

static int raise_no_port(lua_State *L, const struct switch_box *at, const struct link_box *link)
{
    return script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                        "switch '%s' cannot have the link '%s': no port is left, or no memory",
                        at->host->name, link->name);
}

/* switch:plug(station [, {uni}]): link */
int switch_plug(lua_State *L)
{
    static const char *const known[] = {"uni", NULL};
    struct switch_box *self = box_check(L, 1, BOX_SWITCH);
    const char *station = luaL_checkstring(L, 2);
    options_check(L, 3, "switch:plug", known);
    int version = options_word(L, 3, "uni", switch_versions);
    if (!*station)
        return luaL_argerror(L, 2, "the name of a station is wanted");
    if (find(self, NULL, station))
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "switch '%s' has a link to '%s' already",
                            self->host->name, station);
    struct link_box *link = push_new(L, self, station);
    link->version = version >= 0 ? (enum uni_version)version : self->version;
    const struct node_port port = {.peer = station, .version = link->version};
    link->port = join(self, link, &port);
    if (link->port == SWITCH_NO_PORT)
        return raise_no_port(L, self, link);
    link->box.gone = false;
    return 1;
}

/* switch:trunk(other): link */
int switch_trunk(lua_State *L)
{
    struct switch_box *self = box_check(L, 1, BOX_SWITCH);
    struct switch_box *other = box_check(L, 2, BOX_SWITCH);
    if (self == other)
        return luaL_argerror(L, 2, "a trunk leads to another switch");
    if (find(self, other, NULL))
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                            "switches '%s' and '%s' have a trunk already", self->host->name,
                            other->host->name);
    struct link_box *link = push_new(L, self, other->host->name);
    link->version = self->version;
    link->other = other;
    struct node_port port = {other->host->name, self->version, true, true};
    link->port = join(self, link, &port);
    if (link->port == SWITCH_NO_PORT)
        return raise_no_port(L, self, link);
    port = (struct node_port){self->host->name, self->version, true, false};
    link->other_port = join(other, link, &port);
    if (link->other_port == SWITCH_NO_PORT)
        return raise_no_port(L, other, link);
    link->box.gone = false;
    return 1;
}

/* switch:link(station or other switch): link */
int switch_link(lua_State *L)
{
    box_push(L, &check_link(L, 1, 2)->box);
    return 1;
}

static int set_shape(lua_State *L, struct link_box *self)
{
    struct switch_entry entry;
    switch_enter(self->from, &entry);
    bool set = simlink_set_shape(self->box.script->exec_world, self->name, &self->shape);
    switch_leave(&entry);
    if (!set)
        return luaL_error(L, "no memory");
    lua_settop(L, 1);
    return 1;
}

/* link:delay(ms [, jitter_ms]): link */
static int delay(lua_State *L)
{
    struct link_box *self = box_check(L, 1, BOX_LINK);
    self->shape.delay_100ns = options_ms(L, 2);
    self->shape.jitter_100ns = options_ms(L, 3);
    return set_shape(L, self);
}

/* link:split([on]): link */
static int split(lua_State *L)
{
    struct link_box *self = box_check(L, 1, BOX_LINK);
    self->shape.split = lua_isnone(L, 2) || lua_toboolean(L, 2);
    return set_shape(L, self);
}

static int set_state(lua_State *L, bool (*set)(struct exec_world *world, const char *name, bool on),
                     bool on)
{
    struct link_box *self = box_check(L, 1, BOX_LINK);
    struct switch_entry entry;
    switch_enter(self->from, &entry);
    bool done = set(self->box.script->exec_world, self->name, on);
    switch_leave(&entry);
    if (!done)
        return luaL_error(L, "no memory");
    lua_settop(L, 1);
    return 1;
}

static int cut(lua_State *L)
{
    return set_state(L, simlink_set_cut, true);
}

static int mend(lua_State *L)
{
    return set_state(L, simlink_set_cut, false);
}

static int partition(lua_State *L)
{
    return set_state(L, simlink_set_partition, true);
}

static int heal(lua_State *L)
{
    return set_state(L, simlink_set_partition, false);
}

/* link:name(): what a driver's setting Link is to be */
static int link_name(lua_State *L)
{
    struct link_box *self = box_check(L, 1, BOX_LINK);
    lua_pushfstring(L, "sim:%s", self->name);
    return 1;
}

static int uni(lua_State *L)
{
    struct link_box *self = box_check(L, 1, BOX_LINK);
    lua_pushstring(L, switch_versions[self->version]);
    return 1;
}

/* link:info(): the port of the switch that it begins at, as in switch:status().ports */
static int info(lua_State *L)
{
    struct link_box *self = box_check(L, 1, BOX_LINK);
    struct switch_entry entry;
    switch_enter(self->from, &entry);
    json_t *status = node_port_json(self->from->node, self->port);
    switch_leave(&entry);
    if (!status)
        return luaL_error(L, "no memory");
    push_json(L, status);
    json_decref(status);
    return 1;
}

void links_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"delay", delay},         {"split", split}, {"cut", cut},        {"mend", mend},
        {"partition", partition}, {"heal", heal},   {"name", link_name}, {"uni", uni},
        {"info", info},           {NULL, NULL},
    };
    box_define(L, BOX_LINK, methods);
}
