/* SPDX-License-Identifier: MIT */
#include "script/options.h"

#include <string.h>

#include "link/hub.h"
#include "ndis/host.h"

static void apply(struct hub_box *hub)
{
    struct script *script = hub->box.script;
    struct hub_shape shape = {.delay_100ns = hub->delay_100ns, .jitter_100ns = hub->jitter_100ns};
    struct host_entry entry;
    if (!script->exec_world)
        return;
    bool entered = hosts_enter(script, &entry);
    bool set = hub_set_shape(script->exec_world, hub->name, &shape);
    if (entered)
        host_leave(&entry);
    if (!set)
        script_raise(script->lua, FAULT_RUN, CONDIS_SUCCESS, "hub '%s': no memory", hub->name);
}

void hubs_apply(struct script *script)
{
    for (struct box *box = script->boxes; box; box = box->next) {
        struct hub_box *hub = (struct hub_box *)box;
        if (box->kind == BOX_HUB && (hub->delay_100ns || hub->jitter_100ns))
            apply(hub);
    }
}

/* A driver that leaked, or whose world stopped, may have left a port, which still needs its hub. */
void hubs_forget(struct script *script)
{
    if (script->exec_world && script->tally.leaks == 0 && !script->tally.stopped)
        hub_forget_world(script->exec_world);
}

static int hub(lua_State *L)
{
    size_t length;
    const char *name = luaL_checklstring(L, 1, &length);
    if (length == 0 || length > 63 || strlen(name) != length)
        return luaL_argerror(L, 1, "a hub's name has 1 to 63 characters");
    struct hub_box *self = box_push_new(L, BOX_HUB, sizeof *self, NULL);
    memcpy(self->name, name, length);
    return 1;
}

static int hub_delay(lua_State *L)
{
    struct hub_box *self = box_check(L, 1, BOX_HUB);
    self->delay_100ns = options_ms(L, 2);
    self->jitter_100ns = options_ms(L, 3);
    apply(self);
    lua_settop(L, 1);
    return 1;
}

static int set_cut(lua_State *L, bool cut)
{
    struct hub_box *self = box_check(L, 1, BOX_HUB);
    const char *station = luaL_checkstring(L, 2);
    struct script *script = script_of(L);
    struct host_entry entry;
    bool entered = hosts_enter(script, &entry);
    bool done = script->exec_world && hub_set_cut(script->exec_world, self->name, station, cut);
    if (entered)
        host_leave(&entry);
    if (!done)
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "hub '%s' has no station '%s'",
                            self->name, station);
    lua_settop(L, 1);
    return 1;
}

static int hub_cut(lua_State *L)
{
    return set_cut(L, true);
}

static int hub_mend(lua_State *L)
{
    return set_cut(L, false);
}

void hubs_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"delay", hub_delay},
        {"cut", hub_cut},
        {"mend", hub_mend},
        {NULL, NULL},
    };
    box_define(L, BOX_HUB, methods);
    lua_register(L, "hub", hub);
}
