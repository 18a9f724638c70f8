/* SPDX-License-Identifier: MIT */
#include "script/clients.h"
#include "script/options.h"
#include "script/switches.h"

#include <string.h>
#include <unistd.h>

#include "ndis/host.h"

struct driver_box {
    struct box box;
    struct condis_driver *driver;
    char name[256]; /* as the scenario writes it */
};

struct adapter_box {
    struct box box;
    struct condis_adapter *adapter;
};

/* One that began later may depend on those before it, so the newest goes first. */
struct condis_host *hosts_any(struct script *script)
{
    return script->hosts ? script->hosts->host : NULL;
}

bool hosts_enter(struct script *script, struct host_entry *entry)
{
    struct condis_host *host = hosts_any(script);
    return host && host_enter(host_private(host), entry);
}

struct host_box *host_push_new(lua_State *L, const char *name, uint32_t processors, int options)
{
    static const char *const completions[] = {"pending", "direct", "mixed", NULL};
    struct script *script = script_of(L);
    int completion = options ? options_word(L, options, "completion", completions) : -1;
    struct condis_host_options host = {
        .name = name,
        .processor_count = processors,
        .completion = completion >= 0 ? (enum condis_completion)completion : script->completion,
    };
    struct condis_error error = {{0}};
    world_need(L);
    struct host_box *self = box_push_new(L, BOX_HOST, sizeof *self, NULL);
    self->box.gone = true; /* until it is there */
    if (!condis_host_create(script->world, &host, &self->host, &error))
        script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s", error.text);
    self->box.gone = false;
    self->next = script->hosts;
    script->hosts = self;
    snprintf(self->name, sizeof self->name, "%s", name);
    if (!script->exec_world) {
        script->exec_world = ndis_host_exec(self->host)->world;
        script->queue.world = script->exec_world;
        exec_hold(script->exec_world, script->held);
        hubs_apply(script);
    }
    return self;
}

static int host(lua_State *L)
{
    static const char *const known[] = {"processors", "completion", NULL};
    const char *name = luaL_checkstring(L, 1);
    options_check(L, 2, "host", known);
    host_push_new(L, name, options_number(L, 2, "processors", 0), 2);
    return 1;
}

/* Pushes the path of a driver that is given by name, or the name itself where no file has it: then
 * it may be one that is linked in. */
static const char *push_driver_path(lua_State *L, const char *name)
{
    const struct condis_script_options *options = script_of(L)->options;
    if (strchr(name, '/'))
        return lua_pushstring(L, name);
    for (size_t i = 0; i < options->driver_dir_count; i++) {
        const char *const dir = options->driver_dirs[i];
        const char *path = lua_pushfstring(L, "%s/%s.so", dir, name);
        if (access(path, R_OK) == 0)
            return path;
        path = lua_pushfstring(L, "%s/%s/%s.so", dir, name, name);
        if (access(path, R_OK) == 0)
            return path;
        lua_pop(L, 2);
    }
    return lua_pushstring(L, name);
}

static int raise_not_found(lua_State *L, const char *name)
{
    const struct condis_script_options *options = script_of(L)->options;
    luaL_Buffer dirs;
    luaL_buffinit(L, &dirs);
    for (size_t i = 0; i < options->driver_dir_count; i++) {
        luaL_addstring(&dirs, i > 0 ? ", " : " in ");
        luaL_addstring(&dirs, options->driver_dirs[i]);
    }
    luaL_pushresult(&dirs);
    return script_raise(
        L, FAULT_SETUP, CONDIS_SUCCESS,
        "no driver is called '%s': there is no %s.so%s, and none is linked in under "
        "this name (CONDIS_DRIVER_PATH adds directories)",
        name, name, lua_tostring(L, -1));
}

static int host_load(lua_State *L)
{
    struct host_box *self = box_check(L, 1, BOX_HOST);
    const char *name = luaL_checkstring(L, 2);
    size_t count;
    change_settings(L, name, 3);
    struct condis_setting *settings = options_settings(L, 3, &count);
    const char *given = change_driver(self->box.script, name);
    const char *path = push_driver_path(L, given);
    struct condis_error error = {{0}};
    struct driver_box *driver = box_push_new(L, BOX_DRIVER, sizeof *driver, &self->box);
    snprintf(driver->name, sizeof driver->name, "%s", name);
    if (!condis_driver_load(self->host, path, settings, count, &driver->driver, &error)) {
        driver->box.gone = true;
        if (!strchr(path, '/'))
            return raise_not_found(L, given);
        return script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s", error.text);
    }
    return 1;
}

static int driver_adapter(lua_State *L)
{
    struct driver_box *self = box_check(L, 1, BOX_DRIVER);
    const char *name = luaL_checkstring(L, 2);
    size_t count;
    change_settings(L, self->name, 3);
    struct condis_setting *settings = options_settings(L, 3, &count);
    struct condis_error error = {{0}};
    struct adapter_box *adapter = box_push_new(L, BOX_ADAPTER, sizeof *adapter, &self->box);
    if (!condis_adapter_start(self->driver, name, settings, count, &adapter->adapter, &error)) {
        adapter->box.gone = true;
        return script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s", error.text);
    }
    return 1;
}

static int driver_unload(lua_State *L)
{
    struct driver_box *self = box_check(L, 1, BOX_DRIVER);
    self->box.gone = true;
    clients_copy_all(self->box.script, true);
    condis_driver_unload(self->driver);
    clients_copy_all(self->box.script, false);
    return 0;
}

/* -> "mcm", "call-manager", "client", "miniport" or "none": the first that it is; then "client"
 * when it is one besides. */
static int driver_role(lua_State *L)
{
    struct driver_box *self = box_check(L, 1, BOX_DRIVER);
    uint32_t roles = condis_driver_roles(self->driver);
    uint32_t manages = roles & CONDIS_ROLE_CALL_MANAGER;
    lua_pushstring(L, manages && roles & CONDIS_ROLE_MINIPORT ? "mcm"
                      : manages                               ? "call-manager"
                      : roles & CONDIS_ROLE_CLIENT            ? "client"
                      : roles & CONDIS_ROLE_MINIPORT          ? "miniport"
                                                              : "none");
    if (!manages || !(roles & CONDIS_ROLE_CLIENT))
        return 1;
    lua_pushliteral(L, "client");
    return 2;
}

static int end_adapter(lua_State *L, void (*end)(struct condis_adapter *adapter))
{
    struct adapter_box *self = box_check(L, 1, BOX_ADAPTER);
    self->box.gone = true;
    clients_copy_all(self->box.script, true);
    end(self->adapter);
    clients_copy_all(self->box.script, false);
    return 0;
}

static int adapter_stop(lua_State *L)
{
    return end_adapter(L, condis_adapter_stop);
}

static int adapter_remove(lua_State *L)
{
    return end_adapter(L, condis_adapter_remove);
}

void host_end(struct host_box *self)
{
    if (self->client)
        client_close(self->client);
    if (self->board)
        switch_close(self->board);
    struct host_box **at = &self->box.script->hosts;
    while (*at != self)
        at = &(*at)->next;
    *at = self->next;
    self->box.gone = true;
    clients_copy_all(self->box.script, true);
    condis_host_destroy(self->host);
    clients_copy_all(self->box.script, false);
}

static int host_stop(lua_State *L)
{
    host_end(box_check(L, 1, BOX_HOST));
    return 0;
}

static int host_name(lua_State *L)
{
    struct host_box *self = box_check_any(L, 1, BOX_HOST);
    lua_pushstring(L, self->name);
    return 1;
}

void hosts_stop_all(struct script *script)
{
    for (struct box *box = script->boxes; box; box = box->next) {
        if (box->kind == BOX_HOST && !box->gone && ((struct host_box *)box)->client)
            client_close(((struct host_box *)box)->client);
    }
    for (struct box *box = script->boxes; box; box = box->next) {
        if (box->kind == BOX_HOST && !box->gone)
            host_end((struct host_box *)box);
    }
}

void hosts_open(lua_State *L)
{
    static const luaL_Reg host_methods[] = {
        {"load", host_load}, {"client", client_open}, {"name", host_name}, {"stop", host_stop},
        {NULL, NULL},
    };
    static const luaL_Reg driver_methods[] = {
        {"adapter", driver_adapter},
        {"role", driver_role},
        {"unload", driver_unload},
        {NULL, NULL},
    };
    static const luaL_Reg adapter_methods[] = {
        {"stop", adapter_stop}, {"remove", adapter_remove}, {NULL, NULL}};
    box_define(L, BOX_HOST, host_methods);
    box_define(L, BOX_DRIVER, driver_methods);
    box_define(L, BOX_ADAPTER, adapter_methods);
    lua_register(L, "host", host);
}
