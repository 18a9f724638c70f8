/* SPDX-License-Identifier: MIT */
#include "script/clients.h"
#include "script/options.h"

#include <string.h>

static const char *const state_names[] = {
    [CONDIS_CALL_MAKING] = "making",       [CONDIS_CALL_OFFERED] = "offered",
    [CONDIS_CALL_ACCEPTING] = "accepting", [CONDIS_CALL_CONNECTED] = "connected",
    [CONDIS_CALL_CLOSING] = "closing",     [CONDIS_CALL_CLOSED] = "closed",
};

static void handle_closed(struct script *script, struct event *event)
{
    struct call_box *self = (struct call_box *)((char *)event - offsetof(struct call_box, closed));
    (void)script;
    self->remote_closed = true;
    box_wake(&self->box);
}

/* Its parties went with it, and nobody told them. */
static void handle_ended(struct script *script, struct event *event)
{
    struct call_box *self = (struct call_box *)((char *)event - offsetof(struct call_box, ended));
    box_wake(&self->box);
    uint32_t left = self->box_count;
    for (struct box *box = script->boxes; left > 0; box = box->next) {
        if (box->parent != &self->box)
            continue;
        box_wake(box);
        left--;
    }
}

static void on_ended(void *context, struct condis_call *call)
{
    struct call_box *self = context;
    (void)call;
    queue_put(&self->box.script->queue, &self->ended);
}

static void on_closed(void *context, struct condis_call *call, condis_status status,
                      const void *close_data, size_t close_bytes)
{
    struct call_box *self = context;
    (void)call;
    (void)status;
    (void)close_data; /* condis_call_info keeps it */
    (void)close_bytes;
    queue_put(&self->box.script->queue, &self->closed);
}

void call_events(struct call_box *self, struct condis_call_events *out)
{
    *out = (struct condis_call_events){
        .on_data = inbox_on_data,
        .on_party_left = party_on_left,
        .on_closed = on_closed,
        .on_ended = on_ended,
        .context = self,
    };
}

struct call_box *call_push_new(lua_State *L, struct client_box *client, int options)
{
    uint32_t inbox_bytes = options_number(L, options, "inbox_bytes", INBOX_COPIED_BYTES);
    uint32_t posts_max = options_number(L, options, "posts_max", CALL_POSTS_DEFAULT);
    struct call_box *self = box_push_new(L, BOX_CALL, sizeof *self, &client->box);
    self->client = client;
    self->closed.handle = handle_closed;
    self->ended.handle = handle_ended;
    self->inbox_bytes_max = inbox_bytes;
    self->posts_max = posts_max ? posts_max : 1;
    inbox_init(self);
    return self;
}

/* The call is told by its party when it has one: the party's parent is the call. */
static int make_finish(lua_State *L, condis_status status, void *subject)
{
    struct call_box *self = subject;
    if (status != CONDIS_SUCCESS) {
        self->box.gone = true;
        if (self->call)
            condis_call_release(self->call);
        return script_raise_status(L, "client:call", status);
    }
    return 2;
}

static void read_call_options(lua_State *L, struct condis_call_options *out)
{
    *out = (struct condis_call_options){0};
    options_address(L, 2, &out->to);
    out->multipoint = options_boolean(L, 3, "multipoint", false);
    if (lua_getfield(L, 3, "from") != LUA_TNIL) {
        out->has_from = true;
        options_address(L, lua_gettop(L), &out->from);
    }
    lua_pop(L, 1);
    options_flow(L, 3, "transmit", &out->transmit);
    options_flow(L, 3, "receive", &out->receive);
}

static int make_continue(lua_State *L, int unused, lua_KContext context)
{
    struct client_box *client = box_check(L, 1, BOX_CLIENT);
    struct condis_call_options options;
    struct condis_af *af;
    int yielded;
    (void)unused;
    if (!client_need_af(L, client, options_string(L, 3, "adapter"), context, make_continue, &af,
                        &yielded))
        return yielded;
    read_call_options(L, &options);
    struct call_box *self = call_push_new(L, client, 3);
    struct party_box *party = NULL;
    if (options.multipoint)
        party = party_push_new(L, self);
    else
        lua_pushnil(L);
    call_events(self, &options.events);
    options.party_context = party;
    struct op *op = op_new(L, "client:call", make_finish, self, 0);
    return op_wait(L, op,
                   condis_call_make_async(af, &options, &self->call, party ? &party->party : NULL,
                                          op_done, op));
}

/* client:call(to [, options]): call [, first party] */
int call_new(lua_State *L)
{
    static const char *const known[] = {"multipoint", "from",        "adapter",   "transmit",
                                        "receive",    "inbox_bytes", "posts_max", NULL};
    struct condis_call_options options;
    box_check(L, 1, BOX_CLIENT);
    options_check(L, 3, "client:call", known);
    read_call_options(L, &options); /* whatever is wrong is said before anything waits */
    lua_settop(L, 3);
    activity_check_can_wait(L);
    return make_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 4));
}

static int plain_finish(lua_State *L, condis_status status, const char *what)
{
    return status == CONDIS_SUCCESS ? 0 : script_raise_status(L, what, status);
}

static int accept_finish(lua_State *L, condis_status status, void *subject)
{
    (void)subject;
    return plain_finish(L, status, "call:accept");
}

static int call_accept(lua_State *L)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    struct op *op = op_new(L, "call:accept", accept_finish, self, 0);
    return op_wait(L, op, condis_call_accept_async(self->call, op_done, op));
}

/* call:reject([status]) */
static int call_reject(lua_State *L)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    const char *name = luaL_optstring(L, 2, "FAILURE");
    condis_status status;
    if (!condis_status_parse(name, &status))
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "no status is called '%s'", name);
    condis_status result = condis_call_reject(self->call, status);
    self->box.gone = result == CONDIS_SUCCESS;
    return plain_finish(L, result, "call:reject");
}

static int close_finish(lua_State *L, condis_status status, void *subject)
{
    struct call_box *self = subject;
    self->closing = status == CONDIS_SUCCESS;
    return plain_finish(L, status, "call:close");
}

/* call:close([data]). What lies in the inbox is given back first, or the close could not end. */
static int call_close(lua_State *L)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    size_t bytes;
    lua_settop(L, 2);
    const char *data = options_close_data(L, 2, &bytes);
    struct op *op = op_new(L, "call:close", close_finish, self, data ? 2 : 0);
    self->closing = true;
    inbox_clear(self);
    box_wake(&self->box);
    return op_wait(L, op, condis_call_close_async(self->call, data, bytes, op_done, op));
}

static int modify_finish(lua_State *L, condis_status status, void *subject)
{
    (void)subject;
    return plain_finish(L, status, "call:modify");
}

/* call:modify{transmit = ..., receive = ...} */
static int call_modify(lua_State *L)
{
    static const char *const known[] = {"transmit", "receive", NULL};
    struct call_box *self = box_check(L, 1, BOX_CALL);
    struct condis_flow transmit;
    struct condis_flow receive;
    options_check(L, 2, "call:modify", known);
    options_flow(L, 2, "transmit", &transmit);
    options_flow(L, 2, "receive", &receive);
    struct op *op = op_new(L, "call:modify", modify_finish, self, 0);
    return op_wait(L, op,
                   condis_call_modify_qos_async(self->call, &transmit, &receive, op_done, op));
}

static void set_number(lua_State *L, const char *field, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, field);
}

static void set_time(lua_State *L, const char *field, uint64_t time_100ns)
{
    if (!time_100ns)
        return;
    lua_pushnumber(L, (lua_Number)time_100ns / (lua_Number)EXEC_MS);
    lua_setfield(L, -2, field);
}

static void set_boolean(lua_State *L, const char *field, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, field);
}

static void set_flow(lua_State *L, const char *field, const struct condis_flow *flow)
{
    lua_createtable(L, 0, 8);
    set_number(L, "token_rate_bytes_s", flow->token_rate_bytes_s);
    set_number(L, "token_bucket_bytes", flow->token_bucket_bytes);
    set_number(L, "peak_bandwidth_bytes_s", flow->peak_bandwidth_bytes_s);
    set_number(L, "latency_us", flow->latency_us);
    set_number(L, "delay_variation_us", flow->delay_variation_us);
    set_number(L, "service_type", flow->service_type);
    set_number(L, "sdu_bytes_max", flow->sdu_bytes_max);
    set_number(L, "policed_bytes_min", flow->policed_bytes_min);
    lua_setfield(L, -2, field);
}

static void set_address(lua_State *L, const char *field, const struct condis_address *address)
{
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    lua_pushstring(L, condis_address_format(address, text));
    lua_setfield(L, -2, field);
}

/* call:info() */
static int call_info(lua_State *L)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    struct condis_call_info info;
    condis_call_info(self->call, &info);
    lua_createtable(L, 0, 20);
    lua_pushstring(L, state_names[info.state]);
    lua_setfield(L, -2, "state");
    lua_pushstring(L, condis_status_name(info.status));
    lua_setfield(L, -2, "status");
    set_boolean(L, "multipoint", info.multipoint);
    set_boolean(L, "incoming", info.incoming);
    set_boolean(L, "closed_by_remote", info.closed_by_remote);
    set_address(L, "to", &info.to);
    if (info.has_from)
        set_address(L, "from", &info.from);
    set_flow(L, "transmit", &info.transmit);
    set_flow(L, "receive", &info.receive);
    set_time(L, "connected_ms", info.connected_100ns);
    set_time(L, "closed_ms", info.closed_100ns);
    set_number(L, "party_count", info.party_count);
    set_number(L, "sent_bytes", info.sent_bytes);
    set_number(L, "sent_count", info.sent_count);
    set_number(L, "received_bytes", info.received_bytes);
    set_number(L, "received_count", info.received_count);
    set_number(L, "lost_count", info.lost_count);
    if (info.close_data) {
        lua_pushlstring(L, info.close_data, info.close_bytes);
        lua_setfield(L, -2, "close_data");
    }
    return 1;
}

static int call_state(lua_State *L)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    struct condis_call_info info;
    condis_call_info(self->call, &info);
    lua_pushstring(L, state_names[info.state]);
    return 1;
}

/* Waits for the other end's close, not for the program's own. */
static int wait_closed_continue(lua_State *L, int status, lua_KContext context)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    struct condis_call_info info;
    (void)status;
    condis_call_info(self->call, &info);
    if (self->remote_closed || info.state == CONDIS_CALL_CLOSED) {
        lua_pushstring(L, condis_status_name(info.status));
        if (info.close_data)
            lua_pushlstring(L, info.close_data, info.close_bytes);
        else
            lua_pushnil(L);
        return 2;
    }
    if (script_now_100ns(self->box.script) >= (uint64_t)context)
        return script_raise(L, FAULT_RUN, CONDIS_TIMEOUT,
                            "call:wait_closed: the other end did not close in time");
    return activity_wait(L, &self->box.waiters, (uint64_t)context, context, wait_closed_continue);
}

/* call:wait_closed([timeout_ms]): status, close data or nil */
static int call_wait_closed(lua_State *L)
{
    box_check(L, 1, BOX_CALL);
    return wait_closed_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 2));
}

void calls_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"accept", call_accept},   {"reject", call_reject},   {"add", party_add},
        {"parties", call_parties}, {"send", call_send},       {"post", call_post},
        {"flush", call_flush},     {"receive", call_receive}, {"received", call_received},
        {"modify", call_modify},   {"close", call_close},     {"wait_closed", call_wait_closed},
        {"info", call_info},       {"state", call_state},     {NULL, NULL},
    };
    box_define(L, BOX_CALL, methods);
}
