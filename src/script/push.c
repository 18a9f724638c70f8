/* SPDX-License-Identifier: MIT */
#include "script/push.h"

#include <lauxlib.h>

void push_json(lua_State *L, const json_t *value)
{
    luaL_checkstack(L, 4, "a document of many levels");
    if (json_is_object(value)) {
        lua_newtable(L);
        for (void *at = json_object_iter((json_t *)(uintptr_t)value); at;
             at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
            push_json(L, json_object_iter_value(at));
            lua_setfield(L, -2, json_object_iter_key(at));
        }
    } else if (json_is_array(value)) {
        lua_createtable(L, (int)json_array_size(value), 0);
        for (size_t i = 0; i < json_array_size(value); i++) {
            push_json(L, json_array_get(value, i));
            lua_seti(L, -2, (lua_Integer)i + 1);
        }
    } else if (json_is_integer(value)) {
        lua_pushinteger(L, json_integer_value(value));
    } else if (json_is_real(value)) {
        lua_pushnumber(L, json_real_value(value));
    } else if (json_is_string(value)) {
        lua_pushstring(L, json_string_value(value));
    } else if (json_is_boolean(value)) {
        lua_pushboolean(L, json_is_true(value));
    } else {
        lua_pushnil(L);
    }
}
