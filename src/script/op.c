/* SPDX-License-Identifier: MIT */
#include "script/activity.h"

#include <stdlib.h>

static void op_free(struct op *op)
{
    luaL_unref(op->script->lua, LUA_REGISTRYINDEX, op->anchor);
    *op->self = op->next;
    if (op->next)
        op->next->self = op->self;
    free(op);
}

static void op_handle(struct script *script, struct event *event)
{
    struct op *op = (struct op *)event;
    op->done = true;
    if (!op->abandoned) {
        activity_wake(script, &op->waiters);
        return;
    }
    if (op->finish)
        op->finish(script->lua, op->status, op->subject);
    op_free(op);
}

struct op *op_new(lua_State *L, const char *what, op_finish *finish, void *subject, int lent)
{
    activity_check_can_wait(L);
    struct script *script = script_of(L);
    int anchor = LUA_NOREF;
    if (lent) {
        lua_pushvalue(L, lent);
        anchor = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    struct op *op = calloc(1, sizeof *op);
    if (!op) {
        luaL_unref(L, LUA_REGISTRYINDEX, anchor);
        luaL_error(L, "no memory");
        return NULL;
    }
    op->event.handle = op_handle;
    op->script = script;
    op->what = what;
    op->finish = finish;
    op->subject = subject;
    op->anchor = anchor;
    op->deadline_100ns = script_now_100ns(script) + script->timeout_ms * EXEC_MS;
    op->next = script->ops;
    op->self = &script->ops;
    if (op->next)
        op->next->self = &op->next;
    script->ops = op;
    return op;
}

void op_done(void *context, condis_status status)
{
    struct op *op = context;
    op->status = status;
    queue_put(&op->script->queue, &op->event);
}

static int op_end(lua_State *L, struct op *op)
{
    condis_status status = op->status;
    op_finish *finish = op->finish;
    void *subject = op->subject;
    op_free(op);
    return finish(L, status, subject);
}

static int op_continue(lua_State *L, int status, lua_KContext context)
{
    struct op *op = (struct op *)context;
    struct script *script = op->script;
    (void)status;
    if (op->done)
        return op_end(L, op);
    if (script_now_100ns(script) < op->deadline_100ns)
        return activity_wait(L, &op->waiters, op->deadline_100ns, context, op_continue);
    op->abandoned = true;
    op->finish = NULL;
    script->hung_count++;
    return script_raise(L, FAULT_RUN, CONDIS_TIMEOUT, "%s did not finish within %u ms", op->what,
                        script->timeout_ms);
}

int op_wait(lua_State *L, struct op *op, condis_status started)
{
    if (started != CONDIS_PENDING) {
        op->status = started;
        return op_end(L, op);
    }
    return op_continue(L, LUA_OK, (lua_KContext)op);
}

void op_leave(lua_State *L, struct op *op, condis_status started)
{
    op->abandoned = true;
    if (started == CONDIS_PENDING)
        return;
    op_finish *finish = op->finish;
    void *subject = op->subject;
    op_free(op);
    finish(L, started, subject);
}

void op_free_all(struct script *script)
{
    for (struct op *op = script->ops, *next; op; op = next) {
        next = op->next;
        luaL_unref(script->lua, LUA_REGISTRYINDEX, op->anchor);
        free(op);
    }
    script->ops = NULL;
}
