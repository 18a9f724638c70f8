/* SPDX-License-Identifier: MIT */
#include "script/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char error_type[] = "condis.error";

/* Pushes "file:line: " of the innermost function that stands in a script file, or "". */
static void push_where(lua_State *L)
{
    lua_Debug frame;
    for (int level = 0; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frame.source[0] == '@' && frame.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

/* Wants the text on top of the stack; raises. */
static int raise_text(lua_State *L, enum script_fault fault, const char *status)
{
    push_where(L);
    lua_insert(L, -2);
    lua_concat(L, 2);
    lua_createtable(L, 0, 3);
    lua_insert(L, -2);
    lua_setfield(L, -2, "text");
    lua_pushboolean(L, fault == FAULT_SETUP);
    lua_setfield(L, -2, "setup");
    if (status) {
        lua_pushstring(L, status);
        lua_setfield(L, -2, "status");
    }
    luaL_setmetatable(L, error_type);
    return lua_error(L);
}

int script_raise(lua_State *L, enum script_fault fault, condis_status status, const char *format,
                 ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    lua_pushstring(L, text);
    return raise_text(L, fault, status == CONDIS_SUCCESS ? NULL : condis_status_name(status));
}

int script_raise_status(lua_State *L, const char *what, condis_status status)
{
    return script_raise(L, FAULT_RUN, status, "%s: %s", what, condis_status_name(status));
}

/* fail(text [, status]): for what is written in Lua. */
static int fail(lua_State *L)
{
    luaL_checkstring(L, 1);
    const char *status = luaL_optstring(L, 2, NULL);
    lua_pushvalue(L, 1);
    return raise_text(L, FAULT_RUN, status);
}

static int error_to_string(lua_State *L)
{
    lua_getfield(L, 1, "text");
    return 1;
}

void script_errors_open(lua_State *L)
{
    luaL_newmetatable(L, error_type);
    lua_pushcfunction(L, error_to_string);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    lua_register(L, "fail", fail);
}

/* Adds " (called from file:line, ...)": the script's own callers of the line that failed. */
static void add_callers(lua_State *L, luaL_Buffer *text, const char *said)
{
    lua_Debug frame;
    int told = 0;
    for (int level = 0; told < 4 && lua_getstack(L, level, &frame); level++) {
        char where[LUA_IDSIZE + 16];
        lua_getinfo(L, "Sl", &frame);
        if (frame.source[0] != '@' || frame.currentline <= 0)
            continue;
        snprintf(where, sizeof where, "%s:%d", frame.short_src, frame.currentline);
        size_t length = strlen(where);
        if (told == 0 && !strncmp(said, where, length) && said[length] == ':')
            continue;
        luaL_addstring(text, told == 0 ? " (called from " : ", ");
        luaL_addstring(text, where);
        told++;
    }
    if (told > 0)
        luaL_addchar(text, ')');
}

void script_keep_error(struct script *script, lua_State *from)
{
    if (script->error)
        return;
    if (lua_istable(from, -1)) {
        lua_getfield(from, -1, "setup");
        script->unusable = script->unusable || lua_toboolean(from, -1);
        lua_pop(from, 1);
    }
    if (!lua_isstring(from, -1) && luaL_getmetafield(from, -1, "__tostring") == LUA_TNIL)
        lua_pushfstring(from, "an error that is a %s value", luaL_typename(from, -1));
    else if (!lua_isstring(from, -1))
        lua_pop(from, 1);
    const char *said = luaL_tolstring(from, -1, NULL);
    luaL_Buffer text;
    luaL_buffinit(script->lua, &text);
    for (const char *at = said; *at; at++)
        luaL_addchar(&text, *at == '\n' ? ' ' : *at);
    add_callers(from, &text, said);
    luaL_pushresult(&text);
    script->error = strdup(lua_tostring(script->lua, -1));
    lua_pop(script->lua, 1);
    if (from != script->lua)
        lua_pop(from, 1);
}
