/* SPDX-License-Identifier: MIT */
/* An activity is one strand of straight-line text: the main chunk, or a function given to spawn.
 * A call that has to wait yields it; what it waits for wakes it. An op is one request under way
 * whose end an activity waits for. */
#ifndef CONDIS_SCRIPT_ACTIVITY_H
#define CONDIS_SCRIPT_ACTIVITY_H

#include "script/script.h"

struct activity {
    struct box box;
    struct activity *next; /* in the ready list */
    size_t waiting_at;     /* in script->waiting, while it waits */
    uint64_t wait_order;
    struct activity *next_waiter; /* for the same box or op */
    struct activity **waits_in;   /* that list; NULL: for time only */
    lua_State *thread;
    int anchor; /* keeps the thread */
    int argument_count;
    uint64_t deadline_100ns;
    bool ended;
    bool failed;
    int outcome; /* registry: the table of its results, or the error */
};

/* waiting.c. Makes room for one more activity to wait; false: no memory. */
bool waiting_reserve(struct script *script);
void waiting_add(struct script *script, struct activity *activity);
void waiting_remove(struct script *script, struct activity *activity);

/* The waiting activity whose time comes first; NULL: all wait without a limit. */
struct activity *waiting_first(const struct script *script);

/* Makes an activity of the function and arguments on top of the stack, pushes its Lua value in
 * their place and lets it run when its turn comes. */
struct activity *activity_start(lua_State *L, int argument_count);

/* Runs everything until all activities have ended or one has failed; false: failed, error kept. */
bool activity_run_all(struct script *script);

/* Yields the running activity. To be called as a return value, before anything was started that
 * could not be left behind.
 * list      who waits for the same; NULL: wait for time only
 * deadline  world time at which it goes on in any case; EXEC_FOREVER */
int activity_wait(lua_State *L, struct activity **list, uint64_t deadline_100ns,
                  lua_KContext context, lua_KFunction next);

/* Raises an error where an activity could not wait. For requests that must not be started then. */
void activity_check_can_wait(lua_State *L);

/* Lets everybody in a list go on. */
void activity_wake(struct script *script, struct activity **list);

struct op;

/* What a request gives back to the script: values on the stack, their count; may raise.
 * subject  as given to op_new */
typedef int op_finish(lua_State *L, condis_status status, void *subject);

struct op {
    struct event event;
    struct op *next;
    struct op **self; /* where it hangs */
    struct script *script;
    struct activity *waiters;
    const char *what; /* static: "call:add" */
    op_finish *finish;
    void *subject;
    uint64_t deadline_100ns;
    int anchor; /* registry: bytes lent to the request; LUA_NOREF */
    condis_status status;
    bool done;
    bool abandoned; /* nobody waits any more */
};

/* Makes the record of a request that is about to start; raises when it could not be waited for.
 * what      static text, for errors
 * lent      stack index of a string whose bytes are lent until the end; 0: none */
struct op *op_new(lua_State *L, const char *what, op_finish *finish, void *subject, int lent);

/* The `done` of the request; its context is the op. */
void op_done(void *context, condis_status status);

/* Waits for the request and finishes it; to be called as a return value.
 * started  what the _async function returned */
int op_wait(lua_State *L, struct op *op, condis_status started);

/* Lets the request go on without a waiter: finish is called with the status on the script's thread,
 * must not raise and its values are ignored. */
void op_leave(lua_State *L, struct op *op, condis_status started);

/* Frees what never ended; after every client is closed. */
void op_free_all(struct script *script);

#endif
