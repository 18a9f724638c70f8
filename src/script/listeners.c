/* SPDX-License-Identifier: MIT */
#include "script/clients.h"
#include "script/options.h"

#include <stdlib.h>

static void handle_offer(struct script *script, struct event *event)
{
    struct offer *self = (struct offer *)event;
    struct listener_box *listener = self->listener;
    (void)script;
    if (listener->box.gone || listener->stopping || listener->client->box.gone) {
        atomic_fetch_sub(&listener->offer_count, 1);
        if (!listener->client->box.gone)
            condis_call_release(self->call);
        free(self);
        return;
    }
    self->next = NULL;
    *listener->last = self;
    listener->last = &self->next;
    listener->waiting_count++;
    box_wake(&listener->box);
}

static enum condis_answer on_offer(void *context, struct condis_listener *from,
                                   struct condis_call *call)
{
    struct listener_box *listener = context;
    (void)from;
    if (atomic_fetch_add(&listener->offer_count, 1) >= listener->backlog) {
        atomic_fetch_sub(&listener->offer_count, 1);
        return CONDIS_REJECT;
    }
    struct offer *self = malloc(sizeof *self);
    if (!self) {
        atomic_fetch_sub(&listener->offer_count, 1);
        return CONDIS_REJECT;
    }
    *self = (struct offer){.event.handle = handle_offer, .listener = listener, .call = call};
    queue_put(&listener->box.script->queue, &self->event);
    return CONDIS_LATER;
}

static struct condis_call *take_offer(struct listener_box *self)
{
    struct offer *offer = self->first;
    if (!offer)
        return NULL;
    struct condis_call *call = offer->call;
    self->first = offer->next;
    if (!self->first)
        self->last = &self->first;
    self->waiting_count--;
    atomic_fetch_sub(&self->offer_count, 1);
    free(offer);
    return call;
}

void listener_clear(struct listener_box *self)
{
    while (take_offer(self))
        continue;
}

static int listen_finish(lua_State *L, condis_status status, void *subject)
{
    struct listener_box *self = subject;
    if (status == CONDIS_SUCCESS) {
        box_push(L, &self->box);
        return 1;
    }
    self->box.gone = true;
    return script_raise_status(L, "client:listen", status);
}

static int listen_continue(lua_State *L, int unused, lua_KContext context)
{
    struct client_box *client = box_check(L, 1, BOX_CLIENT);
    struct condis_address address;
    struct condis_af *af;
    int yielded;
    (void)unused;
    options_address(L, 2, &address);
    if (!client_need_af(L, client, options_string(L, 3, "adapter"), context, listen_continue, &af,
                        &yielded))
        return yielded;
    uint32_t backlog = options_number(L, 3, "backlog", LISTENER_OFFERS_MAX);
    struct listener_box *self = box_push_new(L, BOX_LISTENER, sizeof *self, &client->box);
    self->client = client;
    self->last = &self->first;
    self->backlog = backlog;
    struct condis_listen_options options = {.on_offer = on_offer, .context = self};
    struct op *op = op_new(L, "client:listen", listen_finish, self, 0);
    return op_wait(L, op,
                   condis_listen_async(af, &address, &options, &self->listener, op_done, op));
}

/* client:listen(address [, options]) */
int listener_new(lua_State *L)
{
    static const char *const known[] = {"adapter", "backlog", NULL};
    struct condis_address address;
    box_check(L, 1, BOX_CLIENT);
    options_address(L, 2, &address);
    options_check(L, 3, "client:listen", known);
    lua_settop(L, 3);
    activity_check_can_wait(L);
    return listen_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 4));
}

/* Makes the next offer a call of the script and pushes it; NULL: there is none. One that its caller
 * gave up meanwhile is let go. */
static struct call_box *push_offer(lua_State *L, struct listener_box *self)
{
    struct condis_call *call;
    while ((call = take_offer(self))) {
        struct condis_call_events events;
        lua_newtable(L);
        struct call_box *box = call_push_new(L, self->client, lua_gettop(L));
        call_events(box, &events);
        if (condis_call_prepare(call, &events, NULL) == CONDIS_SUCCESS) {
            box->call = call;
            return box;
        }
        condis_call_release(call);
        box->box.gone = true;
        lua_pop(L, 2);
    }
    return NULL;
}

static int offer_wait(lua_State *L, struct listener_box *self, lua_KContext context,
                      lua_KFunction next)
{
    if (self->stopping)
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "listener: it is being stopped");
    if (script_now_100ns(self->box.script) >= (uint64_t)context)
        return script_raise(L, FAULT_RUN, CONDIS_TIMEOUT, "listener: no call came in time");
    return activity_wait(L, &self->box.waiters, (uint64_t)context, context, next);
}

static int offer_continue(lua_State *L, int status, lua_KContext context)
{
    struct listener_box *self = box_check(L, 1, BOX_LISTENER);
    (void)status;
    return push_offer(L, self) ? 1 : offer_wait(L, self, context, offer_continue);
}

/* listener:offer([timeout_ms]) */
static int listener_offer(lua_State *L)
{
    box_check(L, 1, BOX_LISTENER);
    activity_check_can_wait(L);
    return offer_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 2));
}

static int waiting_continue(lua_State *L, int status, lua_KContext context)
{
    struct listener_box *self = box_check(L, 1, BOX_LISTENER);
    (void)status;
    if (self->waiting_count < luaL_optinteger(L, 2, 0))
        return offer_wait(L, self, context, waiting_continue);
    lua_pushinteger(L, self->waiting_count);
    return 1;
}

/* listener:waiting([count [, timeout_ms]]): how many calls wait; back when there are `count` */
static int listener_waiting(lua_State *L)
{
    box_check(L, 1, BOX_LISTENER);
    lua_Integer count = luaL_optinteger(L, 2, 0);
    if (count < 0 || count > UINT32_MAX)
        return luaL_argerror(L, 2, "a number of calls, 0 or more, is wanted");
    if (count > 0)
        activity_check_can_wait(L);
    return waiting_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 3));
}

static int accept_finish(lua_State *L, condis_status status, void *subject)
{
    struct call_box *call = subject;
    if (status != CONDIS_SUCCESS) {
        call->box.gone = true;
        condis_call_release(call->call);
        return script_raise_status(L, "listener:accept", status);
    }
    box_push(L, &call->box);
    return 1;
}

static int accept_continue(lua_State *L, int status, lua_KContext context)
{
    struct listener_box *self = box_check(L, 1, BOX_LISTENER);
    (void)status;
    activity_check_can_wait(L);
    struct call_box *call = push_offer(L, self);
    if (!call)
        return offer_wait(L, self, context, accept_continue);
    struct op *op = op_new(L, "listener:accept", accept_finish, call, 0);
    return op_wait(L, op, condis_call_accept_async(call->call, op_done, op));
}

/* listener:accept([timeout_ms]) */
static int listener_accept(lua_State *L)
{
    box_check(L, 1, BOX_LISTENER);
    return accept_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 2));
}

static int stop_finish(lua_State *L, condis_status status, void *subject)
{
    struct listener_box *self = subject;
    self->box.gone = true;
    if (status != CONDIS_SUCCESS)
        return script_raise_status(L, "listener:stop", status);
    return 0;
}

/* listener:stop(): the offers that nobody took are rejected */
static int listener_stop(lua_State *L)
{
    struct listener_box *self = box_check(L, 1, BOX_LISTENER);
    struct op *op = op_new(L, "listener:stop", stop_finish, self, 0);
    self->stopping = true;
    for (struct condis_call *call = take_offer(self); call; call = take_offer(self))
        condis_call_release(call);
    box_wake(&self->box);
    return op_wait(L, op, condis_listen_stop_async(self->listener, op_done, op));
}

void listeners_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"offer", listener_offer},
        {"accept", listener_accept},
        {"waiting", listener_waiting},
        {"stop", listener_stop},
        {NULL, NULL},
    };
    box_define(L, BOX_LISTENER, methods);
}
