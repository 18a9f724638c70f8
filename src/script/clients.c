/* SPDX-License-Identifier: MIT */
#include "script/clients.h"
#include "script/options.h"

#include <stdlib.h>
#include <string.h>

#include <ndis.h>

/* An address family opened, failed to open, or closes. */
struct af_event {
    struct event event;
    struct client_box *client;
    struct condis_af *af;
    condis_status status;
};

static void forget_af(struct client_box *client, const struct condis_af *af)
{
    for (uint32_t i = 0; i < client->af_count; i++) {
        if (client->afs[i] == af) {
            client->afs[i] = client->afs[--client->af_count];
            return;
        }
    }
}

static void handle_af(struct script *script, struct event *event)
{
    struct af_event *self = (struct af_event *)event;
    struct client_box *client = self->client;
    (void)script;
    if (self->status == CONDIS_SUCCESS && client->af_count < CLIENT_AFS_MAX)
        client->afs[client->af_count++] = self->af;
    else if (self->status == NDIS_STATUS_CLOSING)
        forget_af(client, self->af);
    else if (self->status != CONDIS_SUCCESS)
        client->refusal = self->status;
    free(self);
    box_wake(&client->box);
}

static void on_af(void *context, struct condis_af *af, condis_status status)
{
    struct client_box *client = context;
    struct af_event *self = malloc(sizeof *self);
    if (!self) {
        atomic_store(&client->box.script->lost, true);
        return;
    }
    *self =
        (struct af_event){.event.handle = handle_af, .client = client, .af = af, .status = status};
    queue_put(&client->box.script->queue, &self->event);
}

/* What the network knows of a client changed: who waits looks again. */
struct addresses_event {
    struct event event;
    struct client_box *client;
};

static void handle_addresses(struct script *script, struct event *event)
{
    struct addresses_event *self = (struct addresses_event *)event;
    (void)script;
    box_wake(&self->client->box);
    free(self);
}

static void on_addresses(void *context, struct condis_af *af)
{
    struct client_box *client = context;
    struct addresses_event *self = malloc(sizeof *self);
    (void)af;
    if (!self) {
        atomic_store(&client->box.script->lost, true);
        return;
    }
    *self = (struct addresses_event){.event.handle = handle_addresses, .client = client};
    queue_put(&client->box.script->queue, &self->event);
}

int client_open(lua_State *L)
{
    static const char *const known[] = {"families", NULL};
    struct host_box *host = box_check(L, 1, BOX_HOST);
    options_check(L, 2, "host:client", known);
    struct condis_family families[16] = {{0}};
    size_t family_count = 0;
    if (lua_getfield(L, 2, "families") == LUA_TTABLE) {
        family_count = (size_t)luaL_len(L, -1);
        if (family_count > 16)
            return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "families: 16 at most");
        for (size_t i = 0; i < family_count; i++) {
            lua_geti(L, -1, (lua_Integer)i + 1);
            families[i].family = (uint32_t)luaL_checkinteger(L, -1);
            lua_pop(L, 1);
        }
    }
    struct client_box *self = box_push_new(L, BOX_CLIENT, sizeof *self, &host->box);
    struct condis_client_options options = {
        .families = family_count ? families : NULL,
        .family_count = family_count,
        .on_af = on_af,
        .on_addresses = on_addresses,
        .context = self,
    };
    struct condis_error error = {{0}};
    self->host = host;
    if (!condis_client_open(host->host, &options, &self->client, &error)) {
        self->box.gone = true;
        return script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s", error.text);
    }
    host->client = self;
    return 1;
}

static bool is_inside(const struct box *box, const struct box *parent)
{
    while (box && box != parent)
        box = box->parent;
    return box != NULL;
}

void clients_copy_all(struct script *script, bool all)
{
    for (struct box *box = script->boxes; box; box = box->next) {
        if (box->kind == BOX_CALL)
            inbox_copy_all((struct call_box *)box, all);
    }
    if (!all)
        return;
    script_handle_events(script);
    for (struct box *box = script->boxes; box; box = box->next) {
        if (box->kind == BOX_CALL && !((struct call_box *)box)->client->box.gone)
            inbox_copy_lent((struct call_box *)box);
    }
}

/* The library takes back what lies in the inboxes, so they are emptied first; what still comes
 * while it closes is never touched again, by `gone`. */
void client_close(struct client_box *self)
{
    struct script *script = self->box.script;
    clients_copy_all(script, true);
    for (struct box *box = script->boxes; box; box = box->next) {
        if (box->kind == BOX_CALL && is_inside(box, &self->box)) {
            ((struct call_box *)box)->closing = true;
            inbox_clear((struct call_box *)box);
            box_wake(box);
        }
    }
    script_handle_events(script);
    self->box.gone = true;
    self->host->client = NULL;
    condis_client_close(self->client);
    clients_copy_all(script, false);
}

static int client_close_lua(lua_State *L)
{
    client_close(box_check(L, 1, BOX_CLIENT));
    return 0;
}

struct condis_af *client_find_af(const struct client_box *self, const char *adapter)
{
    for (uint32_t i = 0; i < self->af_count; i++) {
        struct condis_af_info info;
        condis_af_info(self->afs[i], &info);
        if (info.open && (!adapter || !strcmp(info.adapter, adapter)))
            return self->afs[i];
    }
    return NULL;
}

bool client_need_af(lua_State *L, struct client_box *self, const char *adapter,
                    lua_KContext context, lua_KFunction next, struct condis_af **out, int *yielded)
{
    const char *where = adapter ? adapter : "any adapter";
    *out = client_find_af(self, adapter);
    if (*out)
        return true;
    if (self->refusal != CONDIS_SUCCESS)
        *yielded = script_raise(L, FAULT_RUN, self->refusal,
                                "host '%s': no address family opened on %s: %s", self->host->name,
                                where, condis_status_name(self->refusal));
    else if (script_now_100ns(self->box.script) >= (uint64_t)context)
        *yielded = script_raise(L, FAULT_RUN, CONDIS_TIMEOUT,
                                "host '%s': no call manager offered an address family on %s",
                                self->host->name, where);
    else
        *yielded = activity_wait(L, &self->box.waiters, (uint64_t)context, context, next);
    return false;
}

static int ready_continue(lua_State *L, int status, lua_KContext context)
{
    struct client_box *self = box_check(L, 1, BOX_CLIENT);
    struct condis_af *af;
    struct condis_af_info info;
    int yielded;
    (void)status;
    if (!client_need_af(L, self, luaL_optstring(L, 2, NULL), context, ready_continue, &af,
                        &yielded))
        return yielded;
    condis_af_info(af, &info);
    lua_pushstring(L, info.adapter);
    if (!info.has_address)
        return 1;
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    lua_pushstring(L, condis_address_format(&info.address, text));
    return 2;
}

/* client:ready([adapter]): adapter, own address */
static int client_ready(lua_State *L)
{
    activity_check_can_wait(L);
    lua_settop(L, 2);
    return ready_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 3));
}

/* Finds an address that the network knows; want NULL: the first one. */
static bool find_address(const struct client_box *self, const struct condis_address *want,
                         struct condis_address *out)
{
    for (uint32_t i = 0; i < self->af_count; i++) {
        struct condis_address known[CONDIS_AF_ADDRESSES_MAX];
        size_t count = condis_af_addresses(self->afs[i], known, CONDIS_AF_ADDRESSES_MAX);
        for (size_t k = 0; k < count; k++) {
            if (want && memcmp(known[k].octets, want->octets, CONDIS_ADDRESS_BYTES - 1) != 0)
                continue;
            *out = want ? *want : known[k];
            return true;
        }
    }
    return false;
}

static int registered_continue(lua_State *L, int status, lua_KContext context)
{
    struct client_box *self = box_check(L, 1, BOX_CLIENT);
    struct condis_address want, found;
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    bool any = lua_isnil(L, 2);
    (void)status;
    if (!any)
        options_address(L, 2, &want);
    if (find_address(self, any ? NULL : &want, &found)) {
        lua_pushstring(L, condis_address_format(&found, text));
        return 1;
    }
    if (script_now_100ns(self->box.script) >= (uint64_t)context)
        return script_raise(L, FAULT_RUN, CONDIS_TIMEOUT, "host '%s': the network does not know %s",
                            self->host->name, any ? "it" : condis_address_format(&want, text));
    return activity_wait(L, &self->box.waiters, (uint64_t)context, context, registered_continue);
}

/* client:registered([address [, timeout_ms]]): the address */
static int client_registered(lua_State *L)
{
    activity_check_can_wait(L);
    lua_settop(L, 3);
    return registered_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 3));
}

void clients_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"ready", client_ready}, {"registered", client_registered}, {"listen", listener_new},
        {"call", call_new},      {"close", client_close_lua},       {NULL, NULL},
    };
    box_define(L, BOX_CLIENT, methods);
    listeners_open(L);
}
