/* SPDX-License-Identifier: MIT */
/* Entering: a driver enters NDIS through a call, NDIS enters a driver through a handler. Both ways
 * have one gate, where the level is checked and the trace hears of it. */
#ifndef CONDIS_NDIS_ENTER_H
#define CONDIS_NDIS_ENTER_H

#include "ndis/driver.h"
#include "ndis/handle.h"

/* What a function's page says of the level it may be called at. */
enum level {
    LEVEL_PASSIVE,
    LEVEL_UP_TO_DISPATCH,
    LEVEL_DISPATCH,
};

/* One call of a driver into NDIS. Lives on the stack of the called function. */
struct call {
    struct host *host;
    struct exec_task *task;
    const char *function; /* Microsoft's name, or the NdisMCm one when that edge was used */
};

/* The level rule of a function's family is broken: reports. Out of line. */
void call_level_broken(struct exec_task *task, const char *function, enum rule_id rule);

/* Begins a call: finds the host, lets the simulated scheduler choose, checks the level.
 * rule     the Irql_..._Function rule of the function's family
 * returns  the call; call_level_ok tells whether a LEVEL_PASSIVE function may go on */
static inline struct call call_begin(const char *function, enum rule_id rule, enum level level)
{
    struct exec_task *task = exec_current();
    assert(task && "NDIS was called from a thread that belongs to no host");
    if (__builtin_expect(task->simulated, 0))
        exec_preempt_simulated(task, function);
    bool ok = level == LEVEL_PASSIVE    ? task->irql == PASSIVE_LEVEL
              : level == LEVEL_DISPATCH ? task->irql == DISPATCH_LEVEL
                                        : task->irql <= DISPATCH_LEVEL;
    if (__builtin_expect(!ok, 0))
        call_level_broken(task, function, rule);
    return (struct call){task->exec->user, task, function};
}

/* The running code is inside this driver (C21 to C26 ask who calls). */
static inline bool call_is_from(const struct call *call, const struct driver *driver)
{
    return call->task->owner == &driver->module->owner;
}

/* Reports that the calling driver broke a rule.
 * about    the handle that the report describes with its history; NULL for none
 * status   what the call answers, also returned, so that callers can `return call_breaks(...)` */
NDIS_STATUS call_breaks(const struct call *call, enum rule_id rule, NDIS_HANDLE about,
                        NDIS_STATUS status, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The rule that the use of a dead object's handle breaks (C31 to C42): who asks, and how the object
 * ended. HANDLE_STALE when the slot has been used again, or nothing of the kind is known. */
enum rule_id call_dead_rule(const struct call *call, NDIS_HANDLE handle);

/* Reports why a handle of a call names nothing. returns NULL */
struct object *call_resolve_failed(const struct call *call, NDIS_HANDLE handle,
                                   enum object_kind kind, const char *parameter);

/* Resolves a handle for a call; reports HANDLE_NULL, HANDLE_GARBAGE, HANDLE_WRONG_KIND,
 * HANDLE_FOREIGN or HANDLE_STALE (C43, C31 to C41) and returns NULL when it names no live object.
 * parameter  the parameter's name in the prototype */
static inline struct object *call_resolve(const struct call *call, NDIS_HANDLE handle,
                                          enum object_kind kind, const char *parameter)
{
    struct object *object = handle_resolve(call->host, handle, kind, NULL);
    return __builtin_expect(object != NULL, 1) ? object
                                               : call_resolve_failed(call, handle, kind, parameter);
}

/* Checks close data (C93): a Buffer exactly when there is a Size; reports CLOSE_DATA_SIZE.
 * returns  false when the call must be refused: nothing has happened */
void close_data_bad(const struct call *call, NDIS_HANDLE about, const void *Buffer, UINT Size);
static inline bool close_data_ok(const struct call *call, NDIS_HANDLE about, const void *Buffer,
                                 UINT Size)
{
    bool ok = (Buffer != NULL) == (Size != 0);
    if (__builtin_expect(!ok, 0))
        close_data_bad(call, about, Buffer, Size);
    return ok;
}

/* One visit of NDIS in a driver's handler. Lives on NDIS's stack.
 *     struct visit visit = visit_begin(driver, "ProtocolCmDropParty");
 *     status = handler(...);
 *     visit_end(&visit); */
struct visit {
    struct exec_task *task;
    struct nt_owner *before;
    const char *handler;
    uint32_t locks_held;
    uint8_t irql;
};

/* The handler returned with a lock that it took (SDV: SpinLockRelease), or at another level than it
 * was entered at (C125): reports the one or the other, and puts the processor right. */
void visit_left_changed(const struct visit *visit);

/* Reports that the visited driver broke a rule by what its handler did or returned. */
NDIS_STATUS visit_breaks(const struct visit *visit, enum rule_id rule, struct object *about,
                         NDIS_STATUS status, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The visited driver is about to be handed a context of its own for the last time, or to the end of
 * what it belongs to: reports the rule when it is memory that was freed already (C71, C108). With
 * the verifier; about: what the context belongs to. */
void visit_context(const struct visit *visit, NDIS_HANDLE context, enum rule_id rule,
                   struct object *about);
static inline void visit_gives(const struct visit *visit, NDIS_HANDLE context, enum rule_id rule,
                               struct object *about)
{
    const struct host *host = visit->task->exec->user;
    if (__builtin_expect(host->verifier, 0) && context)
        visit_context(visit, context, rule, about);
}

/* Somebody looks on: the trace hears, and when the visit begins the simulated scheduler may choose
 * another task first. */
void visit_observed(struct exec_task *task, const char *handler, bool entering);

static inline struct visit visit_begin(const struct driver *driver, const char *handler)
{
    struct exec_task *task = exec_current();
    struct nt_owner *before = task->owner;
    uint32_t locks_held = task->locks_held;
    uint8_t irql = task->irql;
    if (__builtin_expect(task->simulated, 0))
        exec_changes_owner(task);
    task->owner = (struct nt_owner *)(uintptr_t)&driver->module->owner;
    task->visits++;
    if (__builtin_expect(task->observed, 0))
        visit_observed(task, handler, true);
    return (struct visit){task, before, handler, locks_held, irql};
}

static inline void visit_end(const struct visit *visit)
{
    struct exec_task *task = visit->task;
    if (__builtin_expect(task->irql != visit->irql || task->locks_held != visit->locks_held, 0))
        visit_left_changed(visit);
    if (__builtin_expect(task->observed, 0))
        visit_observed(task, visit->handler, false);
    if (__builtin_expect(task->simulated, 0))
        exec_changes_owner(task);
    task->owner = visit->before;
    task->visits--;
    if (__builtin_expect(task->simulated, 0))
        exec_preempt_simulated(task, visit->handler);
}

#endif
