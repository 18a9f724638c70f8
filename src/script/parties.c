/* SPDX-License-Identifier: MIT */
#include "script/clients.h"
#include "script/options.h"

static const char *const state_names[] = {
    [CONDIS_PARTY_ADDING] = "adding",
    [CONDIS_PARTY_ACTIVE] = "active",
    [CONDIS_PARTY_DROPPING] = "dropping",
    [CONDIS_PARTY_GONE] = "gone",
};

static void handle_left(struct script *script, struct event *event)
{
    struct party_box *self = (struct party_box *)((char *)event - offsetof(struct party_box, left));
    (void)script;
    self->gone = true;
    box_wake(&self->box);
}

void party_on_left(void *context, struct condis_party *party, condis_status status,
                   const void *close_data, size_t close_bytes)
{
    struct party_box *self = condis_party_context(party);
    (void)context;
    (void)status;
    (void)close_data; /* condis_party_info keeps it */
    (void)close_bytes;
    queue_put(&self->box.script->queue, &self->left);
}

struct party_box *party_push_new(lua_State *L, struct call_box *call)
{
    struct party_box *self = box_push_new(L, BOX_PARTY, sizeof *self, &call->box);
    self->call = call;
    self->left.handle = handle_left;
    call->box_count++;
    return self;
}

static int add_finish(lua_State *L, condis_status status, void *subject)
{
    struct party_box *self = subject;
    if (status != CONDIS_SUCCESS) {
        self->box.gone = true;
        if (self->party)
            condis_party_release(self->party);
        return script_raise_status(L, "call:add", status);
    }
    box_push(L, &self->box);
    return 1;
}

/* call:add(address): party */
int party_add(lua_State *L)
{
    struct call_box *call = box_check(L, 1, BOX_CALL);
    struct condis_address address;
    options_address(L, 2, &address);
    activity_check_can_wait(L);
    struct party_box *self = party_push_new(L, call);
    struct op *op = op_new(L, "call:add", add_finish, self, 0);
    return op_wait(L, op,
                   condis_party_add_async(call->call, &address, self, &self->party, op_done, op));
}

/* call:parties(): those that are not gone, in the order they were asked for */
int call_parties(lua_State *L)
{
    struct call_box *call = box_check(L, 1, BOX_CALL);
    lua_Integer count = 0;
    lua_newtable(L);
    for (struct box *box = call->box.script->boxes; box && box != &call->box; box = box->next) {
        struct party_box *self = (struct party_box *)box;
        struct condis_party_info info;
        if (box->kind != BOX_PARTY || self->call != call || box->gone || !self->party)
            continue;
        condis_party_info(self->party, &info);
        if (info.state == CONDIS_PARTY_GONE)
            continue;
        box_push(L, box);
        lua_seti(L, -2, ++count);
    }
    for (lua_Integer low = 1, high = count; low < high; low++, high--) { /* the newest came first */
        lua_geti(L, -1, low);
        lua_geti(L, -2, high);
        lua_seti(L, -3, low);
        lua_seti(L, -2, high);
    }
    return 1;
}

static int drop_finish(lua_State *L, condis_status status, void *subject)
{
    struct party_box *self = subject;
    if (status != CONDIS_SUCCESS)
        return script_raise_status(L, "party:drop", status);
    self->gone = true;
    box_wake(&self->box);
    return 0;
}

/* party:drop([data]) */
static int party_drop(lua_State *L)
{
    struct party_box *self = box_check(L, 1, BOX_PARTY);
    size_t bytes;
    lua_settop(L, 2);
    const char *data = options_close_data(L, 2, &bytes);
    struct op *op = op_new(L, "party:drop", drop_finish, self, data ? 2 : 0);
    return op_wait(L, op, condis_party_drop_async(self->party, data, bytes, op_done, op));
}

static void set_time(lua_State *L, const char *field, uint64_t time_100ns)
{
    if (!time_100ns)
        return;
    lua_pushnumber(L, (lua_Number)time_100ns / (lua_Number)EXEC_MS);
    lua_setfield(L, -2, field);
}

/* party:info() */
static int party_info(lua_State *L)
{
    struct party_box *self = box_check(L, 1, BOX_PARTY);
    struct condis_party_info info;
    condis_party_info(self->party, &info);
    lua_createtable(L, 0, 6);
    lua_pushstring(L, state_names[info.state]);
    lua_setfield(L, -2, "state");
    lua_pushstring(L, condis_status_name(info.status));
    lua_setfield(L, -2, "status");
    lua_pushboolean(L, info.left_by_itself);
    lua_setfield(L, -2, "left_by_itself");
    set_time(L, "joined_ms", info.joined_100ns);
    set_time(L, "left_ms", info.left_100ns);
    if (info.close_data) {
        lua_pushlstring(L, info.close_data, info.close_bytes);
        lua_setfield(L, -2, "close_data");
    }
    return 1;
}

static int party_state(lua_State *L)
{
    struct party_box *self = box_check(L, 1, BOX_PARTY);
    struct condis_party_info info;
    condis_party_info(self->party, &info);
    lua_pushstring(L, state_names[info.state]);
    return 1;
}

static int wait_gone_continue(lua_State *L, int status, lua_KContext context)
{
    struct party_box *self = box_check(L, 1, BOX_PARTY);
    struct condis_party_info info;
    (void)status;
    condis_party_info(self->party, &info);
    if (self->gone || info.state == CONDIS_PARTY_GONE) {
        lua_pushstring(L, condis_status_name(info.status));
        if (info.close_data)
            lua_pushlstring(L, info.close_data, info.close_bytes);
        else
            lua_pushnil(L);
        return 2;
    }
    if (script_now_100ns(self->box.script) >= (uint64_t)context)
        return script_raise(L, FAULT_RUN, CONDIS_TIMEOUT,
                            "party:wait_gone: the leaf did not leave in time");
    return activity_wait(L, &self->box.waiters, (uint64_t)context, context, wait_gone_continue);
}

/* party:wait_gone([timeout_ms]): status, close data or nil */
static int party_wait_gone(lua_State *L)
{
    box_check(L, 1, BOX_PARTY);
    return wait_gone_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 2));
}

void parties_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"drop", party_drop}, {"wait_gone", party_wait_gone},
        {"info", party_info}, {"state", party_state},
        {NULL, NULL},
    };
    box_define(L, BOX_PARTY, methods);
}
