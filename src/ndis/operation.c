/* SPDX-License-Identifier: MIT */
#include "ndis/operation.h"

#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/mark.h"
#include "ndis/operation_ends.h"
#include "ndis/report.h"
#include "ndis/watch.h"

#include <stdlib.h>

#define SELF    true
#define FINAL   false
#define PASSIVE true
#define ANY     false

const struct operation_row operation_rows[OP_KIND_COUNT] = {
#define OPERATION(kind, noun, slot, asked, handler, finished, told, self_, level)                  \
    [OP_##kind] = {#kind,                                                                          \
                   #asked,                                                                         \
                   #handler,                                                                       \
                   #finished,                                                                      \
                   #told,                                                                          \
                   self_,                                                                          \
                   level,                                                                          \
                   offsetof(struct noun, slot),                                                    \
                   OPERATION_WORK_OFFSET_##level(noun, slot),                                      \
                   OPERATION_END(kind)},
#define OPERATION_WORK_OFFSET_PASSIVE(noun, slot)                                                  \
    (ptrdiff_t) offsetof(struct noun, work) - (ptrdiff_t)offsetof(struct noun, slot)
#define OPERATION_WORK_OFFSET_ANY(noun, slot) 0
#include "ndis/operations.def"
#undef OPERATION
};

static enum operation_kind kind_of(const struct operation *op)
{
    return (enum operation_kind)atomic_load_explicit(&op->kind, memory_order_relaxed);
}

/* Out of line, and only for a task that is observed. */
static __attribute__((noinline)) void emit(struct host *host, const struct operation *op,
                                           enum trace_kind event)
{
    if (!trace_on(host->trace))
        return;
    const struct object *object = operation_object(op);
    const struct operation_row *row = &operation_rows[kind_of(op)];
    bool told = event == TRACE_OPERATION_DELIVERED;
    bool has_status = event != TRACE_OPERATION_CALLED && event != TRACE_OPERATION_PENDED;
    struct trace_event trace = report_event(host, event, object);
    trace.flags = has_status ? TRACE_HAS_STATUS : 0;
    trace.status = (uint32_t)op->status;
    trace.what = row->name;
    trace.to = told ? row->told : row->handler;
    trace.source = "API 2.0";
    trace_emit(host->trace, &trace);
}

static void trace_operation(const struct exec_task *task, struct host *host,
                            const struct operation *op, enum trace_kind event)
{
    if (__builtin_expect(task->observed, 0))
        emit(host, op, event);
}

void operation_begin(struct operation *op, enum operation_kind kind, PVOID parameters)
{
    assert(operation_state(op) == OPERATION_IDLE);
    op->parameters = parameters;
    op->lent_size = 0;
    atomic_store_explicit(&op->digest, 0, memory_order_relaxed);
    op->status = NDIS_STATUS_PENDING;
    atomic_store_explicit(&op->kind, (uint8_t)kind, memory_order_relaxed);
    atomic_store_explicit(&op->answered, 0, memory_order_relaxed);
    atomic_store_explicit(&op->state, OPERATION_CALLING, memory_order_release);
    const struct exec_task *task = exec_current();
    op->begun_100ns = exec_now_coarse(task->exec->world);
    object_mark_at(operation_object(op), MARK_CALLED, (uint8_t)kind, task->owner, op->begun_100ns);
    trace_operation(task, task->exec->user, op, TRACE_OPERATION_CALLED);
}

void operation_abandon(struct operation *op)
{
    assert(operation_state(op) == OPERATION_CALLING);
    operation_end(op);
}

/* Ends one operation and tells its requester, at a level that the requester allows. */
static inline void tell(const struct exec_task *task, struct host *host, struct operation *op)
{
    trace_operation(task, host, op, TRACE_OPERATION_DELIVERED);
    operation_rows[kind_of(op)].end(host, op, true);
}

static void tell_from_work(struct exec_work *work)
{
    struct host *host = host_current();
    struct operation *op = work->context;
    atomic_fetch_sub(&host->untold_count, 1);
    tell(exec_current(), host, op);
}

static bool must_wait_for_passive(const struct operation_row *row, const struct exec_task *task)
{
    return row->passive && task->irql > PASSIVE_LEVEL;
}

/* Has a worker tell the requester (C124). It counts as untold until then. */
static void tell_at_passive(struct host *host, struct operation *op)
{
    struct exec_work *work =
        (struct exec_work *)((char *)op + operation_rows[kind_of(op)].work_offset);
    exec_work_init(work, tell_from_work, op);
    bool queued = exec_work_queue(host->exec, work);
    assert(queued && "an operation is told once");
}

/* The host's queue is a ring through op->next whose head pointer is its last member. */
static void queue_delivery(struct host *host, struct operation *op)
{
    atomic_fetch_add(&host->untold_count, 1);
    raw_lock(&host->untold_lock);
    struct operation *last = host->untold;
    if (last) {
        op->next = last->next;
        last->next = op;
    } else {
        op->next = op;
    }
    host->untold = op;
    raw_unlock(&host->untold_lock);
}

static struct operation *unqueue_delivery(struct host *host)
{
    raw_lock(&host->untold_lock);
    struct operation *last = host->untold;
    struct operation *first = last ? last->next : NULL;
    if (last && first == last)
        host->untold = NULL;
    else if (last)
        last->next = first->next;
    raw_unlock(&host->untold_lock);
    return first;
}

void operation_drain(struct exec_task *task)
{
    struct host *host = task->exec->user;
    struct operation *op;
    while (atomic_load_explicit(&host->untold_count, memory_order_relaxed) != 0 &&
           (op = unqueue_delivery(host)) != NULL) {
        if (must_wait_for_passive(&operation_rows[kind_of(op)], task)) {
            tell_at_passive(host, op);
        } else {
            atomic_fetch_sub(&host->untold_count, 1);
            tell(task, host, op);
        }
    }
}

void operation_settle(struct host *host)
{
    struct exec_task *task = exec_current();
    operation_drain(task);
    /* What a worker tells is at most a few steps away. */
    while (task->irql == PASSIVE_LEVEL && atomic_load(&host->untold_count) != 0 &&
           exec_sleep(EXEC_MS / 10, "operation_settle") == EXEC_WAIT_TIMEOUT)
        operation_drain(task);
}

void operation_settle_one(struct host *host, struct operation *op, enum operation_kind kind)
{
    enum { STEPS_MAX = 10000 }; /* from the queue to the end: a few instructions of another task */
    operation_settle(host);
    for (int i = 0; i < STEPS_MAX && operation_is_untold(op, kind); i++) {
        exec_preempt("operation_settle_one");
        cpu_relax();
    }
}

/* Tells the requester, or queues it behind the delivery that runs on this task already: a chain of
 * requests, each made in the completion of the one before, then needs no more stack than one. */
static void deliver(struct host *host, struct operation *op)
{
    struct exec_task *task = exec_current();
    if (must_wait_for_passive(&operation_rows[kind_of(op)], task)) {
        atomic_fetch_add(&host->untold_count, 1);
        tell_at_passive(host, op);
        return;
    }
    if (task->delivering) {
        queue_delivery(host, op);
        return;
    }
    task->delivering = 1;
    tell(task, host, op);
    if (atomic_load_explicit(&host->untold_count, memory_order_relaxed) != 0)
        operation_drain(task);
    task->delivering = 0;
}

/* A delivery that the simulated scheduler put off until after the requester's call returned. */
struct late_delivery {
    struct exec_item item;
    struct operation *op;
};

static void deliver_late(struct exec_item *item)
{
    struct late_delivery *late = (struct late_delivery *)item;
    struct operation *op = late->op;
    free(late);
    deliver(host_current(), op);
}

/* The provider completed before its handler returned. Both are legal: that the requester hears
 * inside its own call, or after it. A simulated world explores both; a live one takes the first. */
static void deliver_early(struct host *host, struct operation *op)
{
    if (host->exec->world->kind == EXEC_SIMULATED &&
        exec_choose(host->exec->world, 2, "early completion is told late") == 1) {
        struct late_delivery *late = malloc(sizeof(*late));
        if (late) {
            *late = (struct late_delivery){{NULL, deliver_late}, op};
            exec_post(host->exec, EXEC_ANY_PROCESSOR, &late->item);
            return;
        }
    }
    deliver(host, op);
}

static bool completes_directly(const struct host *host, const struct operation_row *row)
{
    if (!row->self || host->completion == CONDIS_COMPLETE_DIRECT)
        return true;
    return host->completion == CONDIS_COMPLETE_MIXED &&
           exec_choose(host->exec->world, 2, "answer directly") == 1;
}

/* A live clock is coarse: what the handler answers at once happened when it was asked. */
static void mark_answer(struct host *host, struct operation *op, const struct nt_owner *provider,
                        NDIS_STATUS status)
{
    const struct exec_world *world = host->exec->world;
    enum object_mark mark = status == NDIS_STATUS_PENDING   ? MARK_PENDED
                            : status == NDIS_STATUS_SUCCESS ? MARK_COMPLETED
                                                            : MARK_FAILED;
    uint64_t now_100ns = world->kind == EXEC_LIVE ? op->begun_100ns : exec_now(world);
    object_mark_at(operation_object(op), mark, (uint8_t)kind_of(op), provider, now_100ns);
}

/* Waits out the few instructions of a completion that runs on another processor right now. */
static enum operation_state settled_state(struct operation *op)
{
    enum operation_state state;
    while ((state = operation_state(op)) == OPERATION_FILLING)
        cpu_relax();
    return state;
}

static NDIS_STATUS handler_pended(struct host *host, struct operation *op,
                                  const struct nt_owner *provider)
{
    uint8_t calling = OPERATION_CALLING;
    if (operation_state(op) == OPERATION_CALLING) {
        mark_answer(host, op, provider, NDIS_STATUS_PENDING);
        trace_operation(exec_current(), host, op, TRACE_OPERATION_PENDED);
    }
    if (atomic_compare_exchange_strong(&op->state, &calling, OPERATION_WAITING))
        return NDIS_STATUS_PENDING; /* op is the provider's from here: it may be gone already */
    enum operation_state state = settled_state(op);
    assert(state == OPERATION_EARLY);
    atomic_store_explicit(&op->state, OPERATION_COMPLETED, memory_order_release);
    deliver_early(host, op);
    return NDIS_STATUS_PENDING;
}

NDIS_STATUS operation_returned(struct host *host, struct operation *op,
                               const struct nt_owner *provider, NDIS_STATUS status)
{
    if (status == NDIS_STATUS_PENDING)
        return handler_pended(host, op, provider);
    const struct operation_row *row = &operation_rows[kind_of(op)];
    nt_fault_answered(provider, row->handler, status);
    if (op->digest)
        watch_forget(op);
    uint8_t calling = OPERATION_CALLING;
    if (!atomic_compare_exchange_strong(&op->state, &calling, OPERATION_COMPLETED)) {
        enum operation_state state = settled_state(op);
        assert(state == OPERATION_EARLY);
        report_owner_break(host, provider, RULE_PEND_NOT_BOTH, row->handler, operation_object(op),
                           status,
                           "the handler completed the request and returned a final status as well");
        atomic_store_explicit(&op->state, OPERATION_COMPLETED, memory_order_release);
        deliver_early(host, op);
        return NDIS_STATUS_PENDING;
    }
    op->status = status;
    atomic_store_explicit(&op->answered, 1, memory_order_relaxed);
    mark_answer(host, op, provider, status);
    trace_operation(exec_current(), host, op, TRACE_OPERATION_RETURNED);
    if (completes_directly(host, row)) {
        row->end(host, op, false);
        return status;
    }
    deliver(host, op);
    return NDIS_STATUS_PENDING;
}

bool operation_failed(struct host *host, struct operation *op, enum fault_point point,
                      NDIS_STATUS *status)
{
    *status = operation_returned(host, op, NULL, nt_fault_status(point));
    return true;
}

/* Learn has a page of its own for some completions that nothing waits for. */
static enum rule_id unasked_rule(enum operation_kind kind)
{
    static const uint16_t rules[OP_KIND_COUNT] = {
        [OP_INCOMING_CALL] = RULE_CL_INCOMING_COMPLETE_UNASKED,
        [OP_NOTIFY_CLOSE_AF] = RULE_CL_NOTIFY_CLOSE_UNASKED,
        [OP_ACTIVATE_VC] = RULE_MCO_ACTIVATE_COMPLETE_UNASKED,
        [OP_DEACTIVATE_VC] = RULE_MCO_DEACTIVATE_COMPLETE_UNASKED,
        [OP_BIND] = RULE_BIND_COMPLETE_UNASKED,
        [OP_UNBIND] = RULE_UNBIND_COMPLETE_UNASKED,
    };
    return rules[kind] ? (enum rule_id)rules[kind] : RULE_PEND_UNASKED;
}

void operation_not_running(struct host *host, const struct operation *op, enum operation_kind kind,
                           const char *function)
{
    bool answered = atomic_load_explicit(&op->answered, memory_order_relaxed) != 0;
    bool of_oid = kind == OP_CO_OID || kind == OP_MCO_OID || kind == OP_OID;
    enum rule_id both = of_oid ? RULE_OID_COMPLETE_AFTER_FINAL : RULE_PEND_NOT_BOTH;
    enum rule_id twice = of_oid ? RULE_OID_COMPLETE_ONCE : RULE_PEND_ONCE;
    enum rule_id rule = kind_of(op) != kind ? unasked_rule(kind) : answered ? both : twice;
    struct object *object =
        (struct object *)((char *)(uintptr_t)op - operation_rows[kind].object_offset);
    report_owner_break(host, exec_current()->owner, rule, function, object, NDIS_STATUS_FAILURE,
                       "no %s waits for a completion here", operation_rows[kind].name);
}

/* Claims the operation for completing.
 * returns  the state it was claimed from, or OPERATION_IDLE when it cannot be completed */
static enum operation_state claim(struct operation *op, enum operation_kind kind)
{
    uint8_t from = OPERATION_WAITING;
    if (kind_of(op) != kind)
        return OPERATION_IDLE;
    if (atomic_compare_exchange_strong(&op->state, &from, OPERATION_FILLING))
        return OPERATION_WAITING;
    from = OPERATION_CALLING;
    if (atomic_compare_exchange_strong(&op->state, &from, OPERATION_FILLING))
        return OPERATION_CALLING;
    /* The handler may have returned PENDING between the two attempts. */
    from = OPERATION_WAITING;
    if (atomic_compare_exchange_strong(&op->state, &from, OPERATION_FILLING))
        return OPERATION_WAITING;
    return OPERATION_IDLE;
}

bool operation_complete(struct host *host, struct operation *op, enum operation_kind kind,
                        NDIS_STATUS status, const char *function,
                        void (*before)(struct operation *op, void *with), void *with)
{
    if (status == NDIS_STATUS_PENDING) {
        report_owner_break(host, exec_current()->owner, RULE_PEND_FINAL, function,
                           operation_object(op), status, "the request stays pended");
        return false;
    }
    enum operation_state from = claim(op, kind);
    if (from == OPERATION_IDLE) {
        operation_not_running(host, op, kind, function);
        return false;
    }
    op->status = status;
    nt_fault_answered(exec_current()->owner, function, status);
    struct watch_verdict verdict = {RULE_NONE, NULL, false};
    const void *lent = op->parameters;
    if (CONDIS_VERIFIER && op->digest && from == OPERATION_WAITING)
        verdict = watch_lent(op);
    if (before)
        before(op, with);
    if (CONDIS_VERIFIER && op->digest && op->parameters != lent && verdict.rule == RULE_NONE)
        verdict = watch_given(op);
    if (op->digest)
        watch_forget(op);
    object_mark(operation_object(op), status == NDIS_STATUS_SUCCESS ? MARK_COMPLETED : MARK_FAILED,
                (uint8_t)kind);
    trace_operation(exec_current(), host, op, TRACE_OPERATION_COMPLETED);
    if (from == OPERATION_CALLING) {
        atomic_store_explicit(&op->state, OPERATION_EARLY, memory_order_release);
        watch_report(host, &verdict, function, NULL); /* op is the handler's thread's by now */
        return true;
    }
    atomic_store_explicit(&op->state, OPERATION_COMPLETED, memory_order_release);
    watch_report(host, &verdict, function, operation_object(op));
    deliver(host, op);
    return true;
}

void operation_take_parameters(struct operation *op, void *parameters)
{
    if (parameters)
        op->parameters = parameters;
}

struct object *operation_resolve(const struct call *call, NDIS_HANDLE handle,
                                 enum object_kind object_kind, const char *parameter,
                                 size_t op_offset, enum operation_kind kind)
{
    struct object *object = handle_resolve(call->host, handle, object_kind, NULL);
    if (object)
        return object;
    struct object *slot = handle_slot(call->host, handle);
    if (slot && handle_kind(handle) == object_kind && !object_alive(slot) &&
        object_generation(slot) == handle_generation(handle)) {
        struct operation *op = (struct operation *)((char *)slot + op_offset);
        if (kind_of(op) == kind) {
            operation_not_running(call->host, op, kind, call->function);
            return NULL;
        }
    }
    return call_resolve(call, handle, object_kind, parameter);
}

bool operation_pended(const struct object *object, const struct operation *op,
                      struct object_event *pended)
{
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost_count;
    uint32_t count = object_history(object, events, &lost_count);
    while (count-- > 0) {
        *pended = events[count];
        if (pended->mark == MARK_PENDED && pended->operation == op->kind)
            return true;
    }
    return false;
}
