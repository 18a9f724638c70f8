/* SPDX-License-Identifier: MIT */
#include "script/clients.h"

#include <stdlib.h>

/* The inbox of a call is what came and was not yet received. It copies what comes, up to
 * inbox_bytes, so that a script that does not look is no hindrance; from there on it keeps what the
 * adapter lent, and the sender is held back. */

void inbox_init(struct call_box *self)
{
    self->last = &self->first;
    pthread_mutex_init(&self->lend_mutex, NULL);
}

void inbox_fini(struct call_box *self)
{
    inbox_clear(self);
    pthread_mutex_destroy(&self->lend_mutex);
}

static void datum_free(struct datum *datum)
{
    struct call_box *call = datum->call;
    if (!datum->lent)
        atomic_fetch_sub(&call->copied_bytes, (unsigned)datum->bytes);
    else if (!call->client->box.gone)
        condis_data_release(datum->lent);
    free(datum);
}

static void handle_data(struct script *script, struct event *event)
{
    struct datum *self = (struct datum *)event;
    struct call_box *call = self->call;
    (void)script;
    if (call->closing || call->client->box.gone) {
        datum_free(self);
        return;
    }
    self->next = NULL;
    *call->last = self;
    call->last = &self->next;
    box_wake(&call->box);
}

static struct datum *datum_new(struct call_box *call, size_t bytes, size_t copy_bytes)
{
    struct datum *datum = malloc(sizeof *datum + copy_bytes);
    if (!datum) {
        atomic_store(&call->box.script->lost, true);
        return NULL;
    }
    datum->event.handle = handle_data;
    datum->call = call;
    datum->bytes = bytes;
    datum->lent = NULL;
    return datum;
}

static void on_data_copy(struct call_box *self, struct condis_data *data, size_t bytes)
{
    struct datum *datum = datum_new(self, bytes, bytes);
    if (datum) {
        atomic_fetch_add(&self->copied_bytes, (unsigned)bytes);
        condis_data_copy(data, 0, datum->copy, bytes);
    }
    condis_data_release(data);
    if (datum)
        queue_put(&self->box.script->queue, &datum->event);
}

/* returns false when it may not be kept lent any more. */
static bool on_data_lent(struct call_box *self, struct condis_data *data, size_t bytes)
{
    struct datum *datum = datum_new(self, bytes, 0);
    if (!datum) {
        condis_data_release(data);
        return true;
    }
    datum->lent = data;
    pthread_mutex_lock(&self->lend_mutex);
    bool kept = !self->copy_all;
    if (kept)
        queue_append(&self->box.script->queue, &datum->event);
    pthread_mutex_unlock(&self->lend_mutex);
    if (kept)
        queue_tell(&self->box.script->queue);
    else
        free(datum);
    return kept;
}

void inbox_on_data(void *context, struct condis_call *call, struct condis_data *data)
{
    struct call_box *self = context;
    size_t bytes = condis_data_bytes(data);
    (void)call;
    bool copy = bytes <= self->inbox_bytes_max &&
                atomic_load(&self->copied_bytes) <= self->inbox_bytes_max - bytes;
    if (copy || !on_data_lent(self, data, bytes))
        on_data_copy(self, data, bytes);
}

void inbox_copy_all(struct call_box *self, bool all)
{
    pthread_mutex_lock(&self->lend_mutex);
    self->copy_all = all;
    pthread_mutex_unlock(&self->lend_mutex);
}

void inbox_copy_lent(struct call_box *self)
{
    struct datum *old = self->first;
    self->first = NULL;
    self->last = &self->first;
    for (struct datum *next; old; old = next) {
        next = old->next;
        struct datum *copy = old->lent ? datum_new(self, old->bytes, old->bytes) : old;
        if (copy && copy != old) {
            condis_data_copy(old->lent, 0, copy->copy, copy->bytes);
            atomic_fetch_add(&self->copied_bytes, (unsigned)copy->bytes);
        }
        if (copy != old)
            datum_free(old);
        if (!copy)
            continue;
        copy->next = NULL;
        *self->last = copy;
        self->last = &copy->next;
    }
}

static struct datum *take(struct call_box *self)
{
    struct datum *datum = self->first;
    if (datum) {
        self->first = datum->next;
        if (!self->first)
            self->last = &self->first;
    }
    return datum;
}

void inbox_clear(struct call_box *self)
{
    for (struct datum *datum = take(self); datum; datum = take(self))
        datum_free(datum);
}

static void push_datum(lua_State *L, struct datum *datum)
{
    if (!datum->lent) {
        lua_pushlstring(L, (const char *)datum->copy, datum->bytes);
        return;
    }
    luaL_Buffer text;
    luaL_buffinitsize(L, &text, datum->bytes);
    for (struct condis_span span = {0}; condis_data_next(datum->lent, &span);)
        luaL_addlstring(&text, span.at, span.bytes);
    luaL_pushresult(&text);
}

/* What came before the close stands in the queue before it, so an empty inbox of a closed call
 * stays empty. */
static int receive_continue(lua_State *L, int status, lua_KContext context)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    (void)status;
    if (self->first) {
        push_datum(L, self->first);
        datum_free(take(self));
        return 1;
    }
    if (self->remote_closed || self->closing) {
        lua_pushnil(L);
        return 1;
    }
    if (script_now_100ns(self->box.script) >= (uint64_t)context)
        return script_raise(L, FAULT_RUN, CONDIS_TIMEOUT, "call:receive: nothing came in time");
    return activity_wait(L, &self->box.waiters, (uint64_t)context, context, receive_continue);
}

/* call:receive([timeout_ms]): string, or nil after the call was closed */
int call_receive(lua_State *L)
{
    box_check(L, 1, BOX_CALL);
    return receive_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 2));
}

/* What a `for` calls with the call and the datum before. */
static int received_next(lua_State *L)
{
    lua_settop(L, 1);
    return call_receive(L);
}

/* for text in call:received() do */
int call_received(lua_State *L)
{
    box_check(L, 1, BOX_CALL);
    lua_pushcfunction(L, received_next);
    lua_pushvalue(L, 1);
    return 2;
}

/* Reads what is to be sent; borrowed as long as it stays on the stack. */
static struct condis_buffer check_payload(lua_State *L, const char *function)
{
    struct condis_buffer buffer;
    if (lua_type(L, 2) != LUA_TSTRING)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s: a string is to be sent, got %s", function,
                     luaL_tolstring(L, 2, NULL));
    buffer.at = lua_tolstring(L, 2, &buffer.bytes);
    if (buffer.bytes == 0)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s: the string is empty", function);
    return buffer;
}

static int send_finish(lua_State *L, condis_status status, void *subject)
{
    (void)subject;
    return status == CONDIS_SUCCESS ? 0 : script_raise_status(L, "call:send", status);
}

/* call:send(text): back when every receiver has it */
int call_send(lua_State *L)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    struct condis_buffer buffer = check_payload(L, "call:send");
    struct op *op = op_new(L, "call:send", send_finish, self, 2);
    return op_wait(L, op, condis_send_async(self->call, &buffer, 1, op_done, op));
}

static int post_finish(lua_State *L, condis_status status, void *subject)
{
    struct call_box *self = subject;
    (void)L;
    self->post_count--;
    if (status != CONDIS_SUCCESS && self->post_status == CONDIS_SUCCESS)
        self->post_status = status;
    box_wake(&self->box);
    return 0;
}

/* Waits until fewer than `room` posts are under way.
 * returns true when that is so, or false with *yielded what the caller returns. */
static bool posts_below(lua_State *L, struct call_box *self, uint32_t room, lua_KContext context,
                        lua_KFunction next, int *yielded)
{
    condis_status status = self->post_status;
    self->post_status = CONDIS_SUCCESS;
    if (status != CONDIS_SUCCESS)
        *yielded = script_raise_status(L, "call:post", status);
    else if (self->post_count < room)
        return true;
    else if (script_now_100ns(self->box.script) >= (uint64_t)context)
        *yielded = script_raise(L, FAULT_RUN, CONDIS_TIMEOUT,
                                "call: what was posted did not reach every receiver in time");
    else
        *yielded = activity_wait(L, &self->box.waiters, (uint64_t)context, context, next);
    return false;
}

static int post_continue(lua_State *L, int status, lua_KContext context)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    int yielded;
    (void)status;
    if (!posts_below(L, self, self->posts_max, context, post_continue, &yielded))
        return yielded;
    struct condis_buffer buffer = check_payload(L, "call:post");
    struct op *op = op_new(L, "call:post", post_finish, self, 2);
    self->post_count++;
    op_leave(L, op, condis_send_async(self->call, &buffer, 1, op_done, op));
    return 0;
}

/* call:post(text): back at once while fewer than posts_max are under way */
int call_post(lua_State *L)
{
    box_check(L, 1, BOX_CALL);
    check_payload(L, "call:post");
    return post_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 3));
}

static int flush_continue(lua_State *L, int status, lua_KContext context)
{
    struct call_box *self = box_check(L, 1, BOX_CALL);
    int yielded;
    (void)status;
    return posts_below(L, self, 1, context, flush_continue, &yielded) ? 0 : yielded;
}

/* call:flush([timeout_ms]): back when every receiver has all that was posted */
int call_flush(lua_State *L)
{
    box_check(L, 1, BOX_CALL);
    return flush_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 2));
}
