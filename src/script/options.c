/* SPDX-License-Identifier: MIT */
#include "script/options.h"

#include <stdlib.h>
#include <string.h>

static bool is_known(const char *field, const char *const *known)
{
    for (; *known; known++) {
        if (!strcmp(field, *known))
            return true;
    }
    return false;
}

static void push_list(lua_State *L, const char *const *words)
{
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (size_t i = 0; words[i]; i++) {
        if (i > 0)
            luaL_addstring(&text, ", ");
        luaL_addstring(&text, words[i]);
    }
    luaL_pushresult(&text);
}

void options_check(lua_State *L, int index, const char *function, const char *const *known)
{
    if (lua_isnoneornil(L, index)) {
        if (lua_gettop(L) < index)
            lua_settop(L, index);
        lua_newtable(L);
        lua_replace(L, index);
        return;
    }
    if (!lua_istable(L, index))
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s: options are a table, got %s", function,
                     luaL_tolstring(L, index, NULL));
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING && is_known(lua_tostring(L, -1), known))
            continue;
        const char *strange = luaL_tolstring(L, -1, NULL);
        push_list(L, known);
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s: no option is called '%s'; there are: %s",
                     function, strange, lua_tostring(L, -1));
    }
}

bool options_boolean(lua_State *L, int index, const char *field, bool otherwise)
{
    int type = lua_getfield(L, index, field);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s is to be true or false, got %s", field,
                     luaL_tolstring(L, -1, NULL));
    bool value = type == LUA_TNIL ? otherwise : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

uint32_t options_number(lua_State *L, int index, const char *field, uint32_t otherwise)
{
    uint32_t value = otherwise;
    if (lua_getfield(L, index, field) != LUA_TNIL) {
        int whole = 0;
        lua_Integer got = lua_tointegerx(L, -1, &whole);
        if (!whole || got < 0 || got > UINT32_MAX)
            script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                         "%s is to be a whole number from 0 to 4294967295, got %s", field,
                         luaL_tolstring(L, -1, NULL));
        value = (uint32_t)got;
    }
    lua_pop(L, 1);
    return value;
}

const char *options_string(lua_State *L, int index, const char *field)
{
    int type = lua_getfield(L, index, field);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s is to be a string, got %s", field,
                     luaL_tolstring(L, -1, NULL));
    const char *value = lua_tostring(L, -1);
    lua_pop(L, 1);
    return value;
}

int options_word(lua_State *L, int index, const char *field, const char *const *words)
{
    const char *value = options_string(L, index, field);
    if (!value)
        return -1;
    for (int i = 0; words[i]; i++) {
        if (!strcmp(value, words[i]))
            return i;
    }
    push_list(L, words);
    return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s is one of %s, not '%s'", field,
                        lua_tostring(L, -1), value);
}

void options_address(lua_State *L, int index, struct condis_address *out)
{
    struct condis_error error;
    if (lua_type(L, index) != LUA_TSTRING)
        script_raise(
            L, FAULT_RUN, CONDIS_SUCCESS,
            "an address is to be a string such as \"@leaf\" or 40 hexadecimal digits, got %s",
            luaL_tolstring(L, index, NULL));
    if (!condis_address_parse(lua_tostring(L, index), out, &error))
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s", error.text);
}

void options_flow(lua_State *L, int index, const char *field, struct condis_flow *out)
{
    static const char *const known[] = {
        "token_rate_bytes_s", "token_bucket_bytes", "peak_bandwidth_bytes_s",
        "latency_us",         "delay_variation_us", "service_type",
        "sdu_bytes_max",      "policed_bytes_min",  NULL,
    };
    *out = (struct condis_flow){0};
    if (lua_getfield(L, index, field) != LUA_TNIL) {
        int table = lua_gettop(L);
        options_check(L, table, field, known);
        out->token_rate_bytes_s = options_number(L, table, known[0], 0);
        out->token_bucket_bytes = options_number(L, table, known[1], 0);
        out->peak_bandwidth_bytes_s = options_number(L, table, known[2], 0);
        out->latency_us = options_number(L, table, known[3], 0);
        out->delay_variation_us = options_number(L, table, known[4], 0);
        out->service_type = options_number(L, table, known[5], 0);
        out->sdu_bytes_max = options_number(L, table, known[6], 0);
        out->policed_bytes_min = options_number(L, table, known[7], 0);
    }
    lua_pop(L, 1);
}

uint64_t options_ms(lua_State *L, int argument)
{
    lua_Number ms = luaL_optnumber(L, argument, 0);
    if (!(ms >= 0 && ms <= 1e9))
        luaL_argerror(L, argument, "a time in milliseconds, 0 or more, is wanted");
    return (uint64_t)(ms * (lua_Number)EXEC_MS);
}

const char *options_close_data(lua_State *L, int index, size_t *bytes)
{
    *bytes = 0;
    if (lua_isnoneornil(L, index))
        return NULL;
    if (lua_type(L, index) != LUA_TSTRING)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "close data is to be a string, got %s",
                     luaL_tolstring(L, index, NULL));
    const char *data = lua_tolstring(L, index, bytes);
    return *bytes > 0 ? data : NULL;
}

static int compare_settings(const void *left, const void *right)
{
    const struct condis_setting *first = left;
    const struct condis_setting *second = right;
    return strcmp(first->name, second->name);
}

/* Wants name and value on top of the stack, as lua_next leaves them; pops the value. */
static void read_setting(lua_State *L, int texts, size_t number, struct condis_setting *out)
{
    if (lua_type(L, -2) != LUA_TSTRING)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                     "settings are written Name = value; there is one without a name");
    out->name = lua_tostring(L, -2);
    switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
        out->value = lua_toboolean(L, -1) ? "1" : "0";
        lua_pop(L, 1);
        return;
    case LUA_TNUMBER:
        if (!lua_isinteger(L, -1))
            script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "the setting %s is to be a whole number",
                         out->name);
        break;
    case LUA_TSTRING:
        break;
    default:
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                     "the setting %s is to be a string, a number or a boolean, got %s", out->name,
                     luaL_typename(L, -1));
    }
    out->value = lua_tostring(L, -1);
    lua_rawseti(L, texts, (lua_Integer)number);
}

struct condis_setting *options_settings(lua_State *L, int index, size_t *count)
{
    *count = 0;
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return NULL;
    }
    luaL_checktype(L, index, LUA_TTABLE);
    lua_newtable(L);
    int texts = lua_gettop(L);
    size_t number = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        number++;
    struct condis_setting *settings = lua_newuserdatauv(L, (number + 1) * sizeof *settings, 0);
    lua_rawsetp(L, texts, settings);
    for (lua_pushnil(L); lua_next(L, index);) {
        read_setting(L, texts, *count + 1, &settings[*count]);
        (*count)++;
    }
    qsort(settings, *count, sizeof *settings, compare_settings);
    return settings;
}
