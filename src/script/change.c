/* SPDX-License-Identifier: MIT */
/* A change is what the command line says about a driver that the scenario names: another one in its
 * place, or a setting. The scenario itself does not see it. */
#include "script/script.h"

#include <stdlib.h>
#include <string.h>

static const struct condis_driver_change *change_of(const struct script *script, size_t number,
                                                    const char *driver)
{
    const struct condis_driver_change *change = &script->options->changes[number];
    return strcmp(change->driver, driver) == 0 ? change : NULL;
}

const char *change_driver(struct script *script, const char *driver)
{
    const char *found = driver;
    for (size_t i = 0; i < script->options->change_count; i++) {
        const struct condis_driver_change *change = change_of(script, i, driver);
        if (!change)
            continue;
        script->change_used[i] = true;
        if (!change->setting)
            found = change->value;
    }
    return found;
}

/* Pushes a copy of the table at the index, or a new one for nothing. */
static void push_copy(lua_State *L, int index)
{
    lua_newtable(L);
    if (!lua_istable(L, index))
        return;
    for (lua_pushnil(L); lua_next(L, index);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
}

void change_settings(lua_State *L, const char *driver, int index)
{
    struct script *script = script_of(L);
    bool copied = false;
    if (lua_gettop(L) < index)
        lua_settop(L, index);
    for (size_t i = 0; i < script->options->change_count; i++) {
        const struct condis_driver_change *change = change_of(script, i, driver);
        if (!change || !change->setting || !(lua_isnil(L, index) || lua_istable(L, index)))
            continue;
        if (!copied) {
            push_copy(L, index);
            lua_replace(L, index);
            copied = true;
        }
        lua_pushstring(L, change->value);
        lua_setfield(L, index, change->setting);
    }
}

/* A misspelt name would otherwise test another driver than its user thinks. */
void change_check_used(struct script *script)
{
    for (size_t i = 0; i < script->options->change_count && !script->error; i++) {
        const struct condis_driver_change *change = &script->options->changes[i];
        char text[512];
        if (script->change_used[i])
            continue;
        snprintf(text, sizeof text,
                 "--driver %s%s%s=%s changed nothing: the scenario loads no driver by the name "
                 "'%s'",
                 change->driver, change->setting ? "." : "", change->setting ? change->setting : "",
                 change->value, change->driver);
        script->error = strdup(text);
        script->unusable = true;
    }
}
