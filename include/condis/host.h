/* SPDX-License-Identifier: MIT */
/* A world holds simulated computers (hosts) that share one clock; a host runs NDIS drivers.
 *
 * This is the interface of host programs. Drivers never see it: they include <ndis.h>.
 *
 * Threads. In a live world any thread may call these functions; calls on one host are serialised
 * by the caller. In a simulated world all calls come from the thread that created the world: that
 * thread is one of the simulation's own fibers and every call here may run others.
 * IRQL. Callers are at PASSIVE_LEVEL: these functions may wait.
 * Errors. Functions that can fail return false and fill *error, which may be NULL. Nothing is left
 * half done: after a failure the object does not exist. */
#ifndef CONDIS_HOST_H
#define CONDIS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct condis_world;
struct condis_host;
struct condis_driver;
struct condis_adapter;
struct condis_schedule; /* condis/schedule.h */

/* What went wrong, for a person: names the input and the remedy, in one line. */
struct condis_error {
    char text[512];
};

enum condis_clock {
    CONDIS_LIVE,      /* processors are threads; time is real */
    CONDIS_SIMULATED, /* one thread; time is virtual; the seed decides every choice */
};

/* What NDIS does when a provider's handler finishes a request at once (both are legal). */
enum condis_completion {
    CONDIS_COMPLETE_PENDING, /* the requester's completion runs and its call returns PENDING */
    CONDIS_COMPLETE_DIRECT,  /* the status is returned; the requester runs its own completion */
    CONDIS_COMPLETE_MIXED,   /* one or the other, chosen from the seed at each request */
};

enum condis_trace_format {
    CONDIS_TRACE_TEXT,
    CONDIS_TRACE_JSON,
};

/* What happens after a broken rule was printed. */
enum condis_violation_policy {
    CONDIS_VIOLATION_REPORT, /* go on: the call returned a safe status */
    CONDIS_VIOLATION_STOP,   /* abort the process with the report as its last words */
    CONDIS_VIOLATION_DEBUG,  /* raise SIGTRAP on the stack that broke the rule, then go on */
};

/* How closely memory from the pools is watched; docs/verifier.md. */
enum condis_pool {
    CONDIS_POOL_DEFAULT, /* guards with the verifier, else plain */
    CONDIS_POOL_PLAIN,
    CONDIS_POOL_GUARDS,
    CONDIS_POOL_PAGES, /* where a build has none (a sanitizer's): guards, with a line about it */
};

/* One broken rule, as condis_world_options.on_violation sees it. */
struct condis_violation {
    const char *rule;   /* the rule's id, such as "PEND_ONCE" */
    const char *report; /* the whole report, several lines; borrowed until the callback returns */
    bool expected;      /* a condis_world_expect asked for it */
    uint64_t stack;     /* who called: the same number for the same eight frames of drivers and
                           host program, in every process; 0 when nobody is known */
    uint64_t step;      /* simulated: how many steps the world had made; else 0 */
};

struct condis_world_options {
    enum condis_clock clock;
    uint64_t seed; /* decides every choice of a simulated world; printed in reports */
    enum condis_violation_policy policy;
    /* Watch more than the contract of each call: allocation stacks, memory's ends, what is pended
     * too long. docs/verifier.md says what it costs. */
    bool verifier;
    enum condis_pool pool;
    uint32_t pending_ms;    /* with the verifier: how long any other request than an OID may stay
                               pended; 0: for ever. OIDs, sends and data have limits of their own */
    const char *trace_path; /* NULL: no trace; "-": standard output */
    enum condis_trace_format trace_format;
    /* Of a simulated world, and of no other; borrowed until it ends. NULL: the seed's random
     * walk. */
    struct condis_schedule *schedule;
    /* The command line that runs this again, for the last line of every report, and what ends it
     * behind the options, such as "-- ./driver.so": "--stop-at STEP" goes in between. Copied; NULL:
     * the line is left out. */
    const char *replay;
    const char *replay_arguments;
    uint64_t stop_at; /* simulated: at this step say where the world is, raise SIGTRAP; 0: never */
    /* Called for each broken rule, on the thread that broke it, maybe at DISPATCH_LEVEL: it must
     * not wait nor call into condis. NULL: the report is printed to standard error. */
    void (*on_violation)(void *context, const struct condis_violation *violation);
    /* Called for each line a driver prints with DbgPrint, under the same conditions. NULL:
     * standard error. */
    void (*on_print)(void *context, const char *host, const char *line);
    void *context;
};

struct condis_host_options {
    const char *name;         /* 1..31 characters, unique in its world */
    uint32_t processor_count; /* 1..64; 0 means 2 */
    enum condis_completion completion;
};

/* One value of a driver's or an adapter's configuration, read back by NdisReadConfiguration.
 * A value of decimal or 0x digits can be read as an integer, any value as a string. */
struct condis_setting {
    const char *name;
    const char *value;
};

/* Creates a world. *out moves to the caller; condis_world_destroy ends it.
 * Errors: the trace file cannot be written; out of memory; a simulated world already exists on
 * this thread. */
bool condis_world_create(const struct condis_world_options *options, struct condis_world **out,
                         struct condis_error *error);

/* Ends a world and every host still in it. What drivers leaked is reported first. */
void condis_world_destroy(struct condis_world *world);

/* Writes out what is buffered of the trace. The last time after the hosts are gone and before the
 * world is: then the file holds all of it.
 * Errors: the disk did not take everything so far. */
bool condis_world_trace_flush(struct condis_world *world, struct condis_error *error);

/* The next occurrence of this rule is expected: it is counted as met, not as a violation.
 * Errors: no rule has this id. */
bool condis_world_expect(struct condis_world *world, const char *rule, struct condis_error *error);

struct condis_tally {
    uint64_t violations;     /* unexpected ones; leaks are among them */
    uint64_t expected_met;   /* expectations that came true */
    uint64_t expected_unmet; /* expectations still open */
    uint64_t leaks;          /* objects that drivers left behind; 0 when it stopped */
    bool stopped; /* a deadlock or a livelock ended the simulated world: that was reported, and what
                     its drivers left undone from there on was not judged */
};

/* The step that a simulated world is at: how often it was decided who runs next. 0 when live. */
uint64_t condis_world_step(const struct condis_world *world);

/* Counts so far. */
struct condis_tally condis_world_tally(const struct condis_world *world);

/* Captures every link (a NIC named "tcp:..." or "sim:...") that is opened from here on to a pcap
 * file of link type SUNATM, which Wireshark reads. An earlier capture of the world ends for them.
 * path  NULL: no capture from here on, and the file of the last one is complete; needed before
 *       condis_world_destroy when there is one, after the hosts with its links are gone
 * Not while an adapter is being started. Frames are copied to the file as they pass.
 * Errors: the file cannot be created; no memory; path NULL: the disk did not take all of it. */
bool condis_world_capture(struct condis_world *world, const char *path, struct condis_error *error);

/* Writes what is inside every host of a world: drivers, adapters, bindings, AFs, SAPs, VCs,
 * parties, what is pended and by whom, net buffer lists that are out; as tables, or as one JSON
 * document.
 * Any thread, whatever the drivers do: nothing is waited for, nothing changes, and a simulated run
 * goes on as without it. The world must not be destroyed meanwhile.
 * returns  false: no memory, or out took not all of it */
bool condis_world_show(struct condis_world *world, FILE *out, bool json);

/* Time since the world began, in units of 100 ns: real in a live world, virtual in a simulated
 * one. */
uint64_t condis_world_now_100ns(const struct condis_world *world);

/* Runs until no task is runnable, no request is queued and no timer is due before limit_100ns from
 * now. returns false when the limit came first. Simulated time passes; live time is waited for. */
bool condis_world_run_until_idle(struct condis_world *world, uint64_t limit_100ns);

/* Creates a host in a world. *out moves to the caller; condis_host_destroy ends it.
 * Errors: name taken, empty or too long; too many processors; more than 1023 hosts; no memory. */
bool condis_host_create(struct condis_world *world, const struct condis_host_options *options,
                        struct condis_host **out, struct condis_error *error);

/* Ends a host as a shutdown does: client protocols are unbound, call managers, then adapters are
 * halted and drivers unloaded. What each driver leaves behind is reported. */
void condis_host_destroy(struct condis_host *host);

const char *condis_host_name(const struct condis_host *host);
struct condis_world *condis_host_world(const struct condis_host *host);

/* Loads a driver and runs its DriverEntry.
 * driver    a path (it holds a '/') of a shared object that exports DriverEntry, or the name given
 *           to condis_driver_register. Each host gets its own copy of a shared object's globals.
 * settings  the driver's configuration; copied
 * Errors: no such file or name; not a shared object; no DriverEntry; a function that the driver
 * needs is missing (named); DriverEntry failed (its status is named). */
bool condis_driver_load(struct condis_host *host, const char *driver,
                        const struct condis_setting *settings, size_t setting_count,
                        struct condis_driver **out, struct condis_error *error);

/* Unbinds or halts what the driver runs, calls its unload routine, reports leaks and forgets it. */
void condis_driver_unload(struct condis_driver *driver);

/* What a driver has registered as with NDIS; one that is several things has several. */
enum condis_driver_role {
    CONDIS_ROLE_MINIPORT = 1,     /* it has adapters */
    CONDIS_ROLE_CALL_MANAGER = 2, /* with MINIPORT: a miniport call manager */
    CONDIS_ROLE_CLIENT = 4,
};

/* Says what a loaded driver is: an OR of enum condis_driver_role, 0 for none of them. */
uint32_t condis_driver_roles(const struct condis_driver *driver);

/* Adds an adapter of a miniport driver: MiniportInitializeEx, restart, then every protocol binds.
 * name  1..63 characters, unique in its host; what ProtocolBindAdapterEx sees as AdapterName
 * Errors: the driver is no miniport; the name is taken; initialisation failed (status named). */
bool condis_adapter_start(struct condis_driver *miniport, const char *name,
                          const struct condis_setting *settings, size_t setting_count,
                          struct condis_adapter **out, struct condis_error *error);

/* Unbinds every protocol from the adapter, pauses and halts it. */
void condis_adapter_stop(struct condis_adapter *adapter);

/* The same for a device that is pulled out: MiniportDevicePnPEventNotify hears of it first
 * (NdisDevicePnPEventSurpriseRemoved), and MiniportHaltEx is told why. */
void condis_adapter_remove(struct condis_adapter *adapter);

/* Registers a driver that is linked into the program, under a name, for condis_driver_load.
 * entry        its DriverEntry
 * reentrant    true when the driver keeps nothing in globals, so that many hosts may share it.
 *              Otherwise a second load while the first lasts is refused: a program has one copy of
 *              its globals. Build it as a shared object to give each host its own.
 * returns false when the name is taken by another entry. */
bool condis_driver_register(const char *name, void *entry, bool reentrant);

/* "0.1.0": the library's version. */
const char *condis_version(void);

#ifdef __cplusplus
}
#endif
#endif
