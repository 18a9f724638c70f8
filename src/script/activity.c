/* SPDX-License-Identifier: MIT */
#include "script/activity.h"

#include <stdlib.h>

void activity_check_can_wait(lua_State *L)
{
    struct script *script = script_of(L);
    if (!script->running || script->running->thread != L)
        script_raise(
            L, FAULT_RUN, CONDIS_SUCCESS,
            "this may wait, and only the main chunk and functions given to spawn can wait, "
            "not a coroutine of the script's own");
    if (!lua_isyieldable(L))
        script_raise(
            L, FAULT_RUN, CONDIS_SUCCESS,
            "this may wait, and cannot inside a function that Lua itself calls, such as the "
            "order of table.sort");
    if (!hosts_any(script))
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                     "there is no host, so nothing can happen: make a host first");
}

static void push_ready(struct script *script, struct activity *activity)
{
    activity->next = NULL;
    *script->ready_last = activity;
    script->ready_last = &activity->next;
}

static void leave_list(struct activity *activity)
{
    if (!activity->waits_in)
        return;
    struct activity **at = activity->waits_in;
    while (*at != activity)
        at = &(*at)->next_waiter;
    *at = activity->next_waiter;
    activity->waits_in = NULL;
}

void activity_wake(struct script *script, struct activity **list)
{
    while (*list) {
        struct activity *activity = *list;
        leave_list(activity);
        waiting_remove(script, activity);
        push_ready(script, activity);
    }
}

int activity_wait(lua_State *L, struct activity **list, uint64_t deadline_100ns,
                  lua_KContext context, lua_KFunction next)
{
    activity_check_can_wait(L);
    struct script *script = script_of(L);
    struct activity *activity = script->running;
    activity->deadline_100ns = deadline_100ns;
    activity->waits_in = list;
    if (list) {
        struct activity **last = list;
        while (*last)
            last = &(*last)->next_waiter;
        activity->next_waiter = NULL;
        *last = activity;
    }
    waiting_add(script, activity);
    return lua_yieldk(L, 0, context, next);
}

struct activity *activity_start(lua_State *L, int argument_count)
{
    struct script *script = script_of(L);
    if (!waiting_reserve(script))
        luaL_error(L, "no memory");
    struct activity *activity = box_push_new(L, BOX_ACTIVITY, sizeof *activity, NULL);
    activity->thread = lua_newthread(L);
    activity->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
    activity->outcome = LUA_NOREF;
    activity->argument_count = argument_count;
    lua_insert(L, -argument_count - 2);
    lua_xmove(L, activity->thread, argument_count + 1);
    push_ready(script, activity);
    return activity;
}

/* The results are kept for join; an error is kept too, and fails the scenario unless somebody
 * joins before the end. */
static void keep_outcome(struct activity *activity, int count)
{
    lua_State *thread = activity->thread;
    if (!activity->failed) {
        lua_createtable(thread, count, 1);
        lua_insert(thread, -count - 1);
        for (int i = count; i >= 1; i--)
            lua_seti(thread, -i - 1, i);
        lua_pushinteger(thread, count);
        lua_setfield(thread, -2, "n");
    }
    activity->outcome = luaL_ref(thread, LUA_REGISTRYINDEX);
}

static bool resume(struct script *script, struct activity *activity)
{
    int count = 0;
    script->running = activity;
    int status = lua_resume(activity->thread, script->lua, activity->argument_count, &count);
    script->running = NULL;
    activity->argument_count = 0;
    if (status == LUA_YIELD)
        return true;
    activity->ended = true;
    activity->failed = status != LUA_OK;
    bool joined = activity->box.waiters != NULL;
    if (activity->failed && !joined) {
        script_keep_error(script, activity->thread);
        return false;
    }
    keep_outcome(activity, count);
    luaL_unref(script->lua, LUA_REGISTRYINDEX, activity->anchor);
    activity->anchor = LUA_NOREF;
    box_wake(&activity->box);
    return true;
}

static void wake_overdue(struct script *script)
{
    uint64_t now = script_now_100ns(script);
    for (struct activity *due = waiting_first(script); due && due->deadline_100ns <= now;
         due = waiting_first(script)) {
        leave_list(due);
        waiting_remove(script, due);
        push_ready(script, due);
    }
}

static bool wait_for_events(struct script *script)
{
    struct event *event = queue_take(&script->queue);
    if (!event) {
        const struct activity *due = waiting_first(script);
        uint64_t now = script_now_100ns(script);
        struct condis_host *host = hosts_any(script);
        if (!due || !host) {
            lua_pushliteral(script->lua,
                            "the scenario waits for itself: nothing can end its waits");
            script_keep_error(script, script->lua);
            return false;
        }
        if (due->deadline_100ns > now &&
            !queue_wait(&script->queue, host, due->deadline_100ns - now)) {
            lua_pushliteral(
                script->lua,
                "the simulated world stopped: its drivers wait for each other for ever");
            script_keep_error(script, script->lua);
            return false;
        }
        event = queue_take(&script->queue);
    }
    while (event) {
        struct event *next = event->next;
        event->handle(script, event);
        event = next;
    }
    wake_overdue(script);
    return true;
}

bool activity_run_all(struct script *script)
{
    for (;;) {
        while (script->ready) {
            struct activity *activity = script->ready;
            script->ready = activity->next;
            if (!script->ready)
                script->ready_last = &script->ready;
            if (!resume(script, activity))
                return false;
        }
        if (script->waiting_count == 0)
            return true;
        if (!wait_for_events(script))
            return false;
    }
}

static int spawn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    activity_start(L, lua_gettop(L) - 1);
    return 1;
}

static int join_continue(lua_State *L, int status, lua_KContext context)
{
    struct activity *activity = (struct activity *)context;
    (void)status;
    if (!activity->ended)
        return activity_wait(L, &activity->box.waiters, EXEC_FOREVER, context, join_continue);
    lua_rawgeti(L, LUA_REGISTRYINDEX, activity->outcome);
    if (activity->failed)
        return lua_error(L);
    int table = lua_gettop(L);
    lua_getfield(L, table, "n");
    int count = (int)lua_tointeger(L, -1);
    luaL_checkstack(L, count, "too many results");
    lua_pop(L, 1);
    for (int i = 1; i <= count; i++)
        lua_geti(L, table, i);
    return count;
}

static int join(lua_State *L)
{
    struct activity *activity = box_check(L, 1, BOX_ACTIVITY);
    return join_continue(L, LUA_OK, (lua_KContext)activity);
}

static int sleep_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    uint64_t deadline = (uint64_t)context;
    if (script_now_100ns(script_of(L)) >= deadline)
        return 0;
    return activity_wait(L, NULL, deadline, context, sleep_continue);
}

static int sleep_ms(lua_State *L)
{
    luaL_checknumber(L, 1);
    activity_check_can_wait(L);
    return activity_wait(L, NULL, script_deadline(L, 1), (lua_KContext)script_deadline(L, 1),
                         sleep_continue);
}

/* What one activity tells others. */
struct event_box {
    struct box box;
    bool set;
};

/* event(): event */
static int event(lua_State *L)
{
    box_push_new(L, BOX_EVENT, sizeof(struct event_box), NULL);
    return 1;
}

static int event_set(lua_State *L)
{
    struct event_box *self = box_check(L, 1, BOX_EVENT);
    self->set = true;
    box_wake(&self->box);
    return 0;
}

static int event_clear(lua_State *L)
{
    struct event_box *self = box_check(L, 1, BOX_EVENT);
    self->set = false;
    return 0;
}

/* One that was set and cleared before the waiter had its turn is missed, as events are. */
static int event_continue(lua_State *L, int status, lua_KContext context)
{
    struct event_box *self = box_check(L, 1, BOX_EVENT);
    (void)status;
    if (self->set)
        return 0;
    if (script_now_100ns(self->box.script) >= (uint64_t)context)
        return script_raise(L, FAULT_RUN, CONDIS_TIMEOUT, "event:wait: nobody set it in time");
    return activity_wait(L, &self->box.waiters, (uint64_t)context, context, event_continue);
}

/* event:wait([timeout_ms]) */
static int event_wait(lua_State *L)
{
    box_check(L, 1, BOX_EVENT);
    activity_check_can_wait(L);
    return event_continue(L, LUA_OK, (lua_KContext)script_deadline(L, 2));
}

void activity_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"join", join}, {NULL, NULL}};
    static const luaL_Reg event_methods[] = {
        {"set", event_set}, {"clear", event_clear}, {"wait", event_wait}, {NULL, NULL}};
    box_define(L, BOX_ACTIVITY, methods);
    box_define(L, BOX_EVENT, event_methods);
    lua_register(L, "event", event);
    lua_register(L, "spawn", spawn);
    lua_register(L, "sleep", sleep_ms);
}
