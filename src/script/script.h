/* SPDX-License-Identifier: MIT */
/* A script is one scenario that runs: its Lua state, its world, everything it made, and what it has
 * counted so far. Nothing here outlives it and nothing is global.
 *
 * What a scenario holds on to is a box: a record in C that Lua values point to. A box lives until
 * the script ends, also when the Lua value is long collected and when what it stands for is gone,
 * because callbacks of the runtime carry its address. */
#ifndef CONDIS_SCRIPT_SCRIPT_H
#define CONDIS_SCRIPT_SCRIPT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdatomic.h>

#include <condis/call.h>
#include <condis/script.h>

#include "script/queue.h"

struct faults;
struct json_t;

#define SCRIPT_TIMEOUT_MS 30000u

enum box_kind {
    BOX_HOST,
    BOX_DRIVER,
    BOX_ADAPTER,
    BOX_HUB,
    BOX_SWITCH,
    BOX_LINK,
    BOX_CLIENT,
    BOX_LISTENER,
    BOX_CALL,
    BOX_PARTY,
    BOX_ACTIVITY,
    BOX_EVENT,
    BOX_KIND_COUNT,
};

struct box {
    struct box *next;   /* in script->boxes */
    struct box *parent; /* gone with it; NULL: none */
    struct script *script;
    struct activity *waiters; /* who waits for a change of it */
    enum box_kind kind;
    bool gone; /* stopped, closed or unloaded */
};

struct host_box {
    struct box box;
    struct host_box *next; /* in script->hosts */
    struct condis_host *host;
    struct client_box *client; /* NULL: none open */
    struct switch_box *board;  /* NULL: it is no switch */
    char name[32];
};

struct hub_box {
    struct box box;
    uint64_t delay_100ns;
    uint64_t jitter_100ns;
    char name[64];
};

struct script {
    lua_State *lua;
    const struct condis_script_options *options;
    FILE *out; /* for people */
    FILE *err;
    struct condis_control *control; /* NULL: nobody asked for one */
    struct condis_world *world;     /* NULL until the script needs it */
    struct exec_world *exec_world;  /* NULL until the first host */
    enum condis_clock clock;
    enum condis_completion completion;
    uint32_t timeout_ms; /* of everything that waits */
    bool held;           /* its schedule goes the usual way */
    enum condis_violation_policy policy;
    bool verifier;
    enum condis_pool pool;
    uint32_t pending_ms;
    struct queue queue;
    struct box *boxes;      /* all, newest first */
    struct host_box *hosts; /* that run, newest first */
    struct op *ops;         /* under way */
    struct activity *ready; /* those that can go on, in order */
    struct activity **ready_last;
    struct activity **waiting; /* those that cannot: a heap, waiting.c */
    size_t waiting_count;
    size_t waiting_room;
    size_t activity_count; /* ever */
    uint64_t wait_order_last;
    struct activity *running;
    struct json_t *tables; /* for the JSON document */
    struct json_t *broken; /* names of broken rules; guarded by report_mutex */
    pthread_mutex_t report_mutex;
    uint64_t met_count; /* expectations that came true */
    struct condis_tally tally;
    uint64_t ended_100ns;
    uint64_t steps; /* of a simulated world, when it ended */
    uint32_t progress_step;
    bool progress_open;    /* the cursor stands behind a progress line */
    struct faults *faults; /* NULL: nothing was ever made to fail */
    uint32_t hung_count;   /* requests that did not end in their time */
    atomic_bool lost;  /* memory was short in a callback: something that happened was not told */
    bool *change_used; /* one for each of options->changes */
    bool unusable;     /* it failed before it could run: bad Lua, no such driver */
    char *error;       /* NULL: none; one line */
};

static inline struct script *script_of(lua_State *L)
{
    return *(struct script **)lua_getextraspace(L);
}

/* World time; 0 before there is a world. */
uint64_t script_now_100ns(const struct script *script);

/* The world time at which a wait of the given length, or of the script's usual one, is over.
 * argument  index of an optional number of milliseconds */
uint64_t script_deadline(lua_State *L, int argument);

/* --- Errors: errors.c ------------------------------------------------------------------------- */

/* What an error means for the verdict. */
enum script_fault {
    FAULT_RUN,   /* the scenario failed */
    FAULT_SETUP, /* the scenario could not run */
};

/* Raises an error object whose text begins with the script's own line, whoever noticed it.
 * status  its `status` field, by name; CONDIS_SUCCESS: none */
int script_raise(lua_State *L, enum script_fault fault, condis_status status, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* Raises the error of a request that ended in `status`. */
int script_raise_status(lua_State *L, const char *what, condis_status status);

/* Registers the error object; once for each state. */
void script_errors_open(lua_State *L);

/* Turns the error value on top of `from`, whose stack still stands, into one line, kept as the
 * script's error if it is the first. */
void script_keep_error(struct script *script, lua_State *from);

/* --- Boxes: box.c ----------------------------------------------------------------------------- */

/* Makes a box of `bytes`, filled with zeros behind its head, and pushes the Lua value for it. */
void *box_push_new(lua_State *L, enum box_kind kind, size_t bytes, struct box *parent);

/* Pushes the Lua value of a box again. */
void box_push(lua_State *L, struct box *box);

/* Returns the box at a stack index; raises a clear error for anything else, and for what is
 * gone. */
void *box_check(lua_State *L, int index, enum box_kind kind);

/* The same, but what is gone may still be asked about itself. */
void *box_check_any(lua_State *L, int index, enum box_kind kind);

/* Makes the metatable of a kind, with these methods. */
void box_define(lua_State *L, enum box_kind kind, const luaL_Reg *methods);

const char *box_kind_name(enum box_kind kind);

/* Wakes who waits for a box. */
void box_wake(struct box *box);

/* --- What each file adds to the scenario's names ---------------------------------------------- */

void world_open(lua_State *L);    /* world.c: world, now, clock */
void hosts_open(lua_State *L);    /* hosts.c: host, and hosts, drivers, adapters */
void hubs_open(lua_State *L);     /* hubs.c: hub */
void switches_open(lua_State *L); /* switches.c: switch, and switches */
void links_open(lua_State *L);    /* links.c: links of switches */
void clients_open(lua_State *L);  /* clients.c: clients and listeners */
void calls_open(lua_State *L);    /* calls.c: calls */
void parties_open(lua_State *L);  /* parties.c: parties */
void activity_open(lua_State *L); /* activity.c: spawn, sleep */
void digest_open(lua_State *L);   /* digest.c: sha256 */
void reader_open(lua_State *L);   /* reader.c: file */
void output_open(lua_State *L);   /* output.c: print, progress, report */
bool prelude_open(lua_State *L);  /* prelude.c: what is written in Lua; false: error on the stack */

/* --- What the command line changes: change.c -------------------------------------------------- */

/* The driver that is loaded where the scenario names this one: itself, or another's path or
 * name. */
const char *change_driver(struct script *script, const char *driver);

/* Puts the command line's settings of a driver over the table of settings at the index, or in place
 * of nothing there. The scenario's own table stays as it is. */
void change_settings(lua_State *L, const char *driver, int index);

/* Makes it the script's error when something on the command line changed nothing. */
void change_check_used(struct script *script);

/* --- What is made to fail: faults.c ----------------------------------------------------------- */

void faults_open(lua_State *L);

/* Makes the injector that the command line asks for; false: the script's error says why not. */
bool faults_begin(struct script *script);

/* Whether a call was made to fail. */
bool faults_were_injected(const struct script *script);

/* Prints which calls failed and what the drivers did, or what could fail. */
void faults_print(struct script *script);

/* The same for the JSON document; NULL: nothing to tell. */
struct json_t *faults_json(struct script *script);

/* Makes the world if there is none; raises an error when it cannot. */
void world_need(lua_State *L);

/* Gives the hubs that were shaped before there was a host their shape. */
void hubs_apply(struct script *script);

/* Ends the hubs; after every host. */
void hubs_forget(struct script *script);

/* Ends the simulated links of switches; after every host. */
void links_forget(struct script *script);

/* Makes a host, and the world if there is none, and pushes its Lua value; raises an error when it
 * cannot.
 * processors  0: 2
 * options     index of a checked table with `completion`; 0: the script's */
struct host_box *host_push_new(lua_State *L, const char *name, uint32_t processors, int options);

/* Ends a host, with what it has: a client, a switch. */
void host_end(struct host_box *self);

/* A host that still runs; NULL: none. */
struct condis_host *hosts_any(struct script *script);

/* Makes the script's thread a task of some host, for what takes locks that tasks of the world have
 * too: in a simulated world nobody else could let them go. Between the two nothing raises.
 * returns false when no host runs: then there is nobody to wait for. */
struct host_entry;
bool hosts_enter(struct script *script, struct host_entry *entry);

/* Handles what is queued now. */
void script_handle_events(struct script *script);

/* Closes every client and ends every host, as the end of the script. */
void hosts_stop_all(struct script *script);

/* Writes the verdict, for people and as JSON. */
void output_verdict(struct script *script, enum condis_script_verdict verdict);

/* Ends a progress line, so that other text starts on its own. */
void output_break(struct script *script);

#endif
