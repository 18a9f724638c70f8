/* SPDX-License-Identifier: MIT */
#include "script/activity.h"

#include <stdlib.h>

static const char *const names[BOX_KIND_COUNT] = {
    [BOX_HOST] = "host",     [BOX_DRIVER] = "driver",     [BOX_ADAPTER] = "adapter",
    [BOX_HUB] = "hub",       [BOX_SWITCH] = "switch",     [BOX_LINK] = "link",
    [BOX_CLIENT] = "client", [BOX_LISTENER] = "listener", [BOX_CALL] = "call",
    [BOX_PARTY] = "party",   [BOX_ACTIVITY] = "activity", [BOX_EVENT] = "event",
};

static const char *const metatables[BOX_KIND_COUNT] = {
    [BOX_HOST] = "condis.host",         [BOX_DRIVER] = "condis.driver",
    [BOX_ADAPTER] = "condis.adapter",   [BOX_HUB] = "condis.hub",
    [BOX_SWITCH] = "condis.switch",     [BOX_LINK] = "condis.link",
    [BOX_CLIENT] = "condis.client",     [BOX_LISTENER] = "condis.listener",
    [BOX_CALL] = "condis.call",         [BOX_PARTY] = "condis.party",
    [BOX_ACTIVITY] = "condis.activity", [BOX_EVENT] = "condis.event",
};

static const char values_key[] = "condis.values"; /* registry: box -> its Lua value, weak */

const char *box_kind_name(enum box_kind kind)
{
    return names[kind];
}

static void push_values(lua_State *L)
{
    if (lua_getfield(L, LUA_REGISTRYINDEX, values_key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, values_key);
}

void box_push(lua_State *L, struct box *box)
{
    push_values(L);
    if (lua_rawgetp(L, -1, box) == LUA_TNIL) {
        lua_pop(L, 1);
        *(struct box **)lua_newuserdatauv(L, sizeof box, 0) = box;
        luaL_setmetatable(L, metatables[box->kind]);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, -3, box);
    }
    lua_remove(L, -2);
}

void *box_push_new(lua_State *L, enum box_kind kind, size_t bytes, struct box *parent)
{
    struct script *script = script_of(L);
    struct box *box = calloc(1, bytes);
    if (!box) {
        luaL_error(L, "no memory");
        return NULL;
    }
    box->kind = kind;
    box->script = script;
    box->parent = parent;
    box->next = script->boxes;
    script->boxes = box;
    box_push(L, box);
    return box;
}

void *box_check_any(lua_State *L, int index, enum box_kind kind)
{
    struct box **value = luaL_testudata(L, index, metatables[kind]);
    if (value)
        return *value;
    const char *got = lua_isnone(L, index) ? "nothing" : luaL_tolstring(L, index, NULL);
    if (index == 1)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                     "a %s is wanted before the colon, got %s (a method is called as %s:method())",
                     names[kind], got, names[kind]);
    script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "argument %d is to be a %s, got %s", index - 1,
                 names[kind], got);
    return NULL;
}

void *box_check(lua_State *L, int index, enum box_kind kind)
{
    struct box *box = box_check_any(L, index, kind);
    for (const struct box *at = box; at; at = at->parent) {
        if (at->gone && at == box)
            script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                         "this %s is gone: the script ended it before", names[kind]);
        if (at->gone)
            script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "this %s is gone: its %s was ended before",
                         names[kind], names[at->kind]);
    }
    return box;
}

/* Without addresses, which would differ from run to run. */
static int to_string(lua_State *L)
{
    const struct box *const *value = lua_touserdata(L, 1);
    lua_pushstring(L, names[(*value)->kind]);
    return 1;
}

void box_define(lua_State *L, enum box_kind kind, const luaL_Reg *methods)
{
    luaL_newmetatable(L, metatables[kind]);
    lua_pushcfunction(L, to_string);
    lua_setfield(L, -2, "__tostring");
    lua_pushstring(L, names[kind]);
    lua_setfield(L, -2, "__name");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

void box_wake(struct box *box)
{
    activity_wake(box->script, &box->waiters);
}
