/* SPDX-License-Identifier: MIT */
#include "ndis/enter.h"

#include "ndis/bind.h"
#include "ndis/handle.h"
#include "ndis/party.h"
#include "ndis/report.h"
#include "nt/pool.h"

NDIS_STATUS call_breaks(const struct call *call, enum rule_id rule, NDIS_HANDLE about,
                        NDIS_STATUS status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report_break(call->host, call->task->owner, rule, call->function, NULL, about, status, format,
                 arguments);
    va_end(arguments);
    return status;
}

void call_level_broken(struct exec_task *task, const char *function, enum rule_id rule)
{
    const struct call call = {task->exec->user, task, function};
    (void)call_breaks(&call, rule, NULL, NDIS_STATUS_SUCCESS, "called at IRQL %u", task->irql);
}

/* Whose doing ended a party is in the state that it was released from. The slot may be taken for a
 * new party at this very moment: then a neighbouring rule is told, and the checker of races is told
 * to look away. */
__attribute__((no_sanitize("thread"))) static enum rule_id
dead_party_rule(const struct party *party)
{
    switch (party->state) {
    case PARTY_DROPPING:
        return RULE_CL_PARTY_HANDLE_DEAD;
    case PARTY_CLOSING:
        return RULE_CL_PARTY_HANDLE_CLOSED;
    default: /* its making or adding failed */
        return RULE_CL_PARTY_NEVER_MADE;
    }
}

enum rule_id call_dead_rule(const struct call *call, NDIS_HANDLE handle)
{
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost_count;
    const struct object *slot = handle_slot(call->host, handle);
    if (!slot || object_generation(slot) != handle_generation(handle) || !call->task->owner)
        return RULE_HANDLE_STALE; /* the slot has another tenant by now */
    uint32_t count = object_history(slot, events, &lost_count);
    bool requester = count && events[0].driver == (call->task->owner->index & 0x3ff);
    switch (slot->kind) {
    case OBJECT_BINDING:
        return RULE_BINDING_HANDLE_DEAD;
    case OBJECT_BIND:
        return ((const struct bind *)slot)->op.kind == OP_UNBIND ? RULE_UNBIND_CONTEXT_REUSED
                                                                 : RULE_HANDLE_STALE;
    case OBJECT_AF:
        return requester                                          ? RULE_CL_AF_HANDLE_DEAD
               : ((const struct af *)slot)->op.kind == OP_OPEN_AF ? RULE_CM_AF_HANDLE_OPEN_FAILED
                                                                  : RULE_CM_AF_HANDLE_DEAD;
    case OBJECT_SAP:
        return requester ? RULE_CL_SAP_HANDLE_DEAD : RULE_CM_SAP_HANDLE_DEAD;
    case OBJECT_VC:
        return requester ? RULE_VC_HANDLE_DELETED : RULE_CO_VC_HANDLE_DEAD;
    case OBJECT_PARTY:
        return requester ? dead_party_rule((const struct party *)slot) : RULE_CM_PARTY_HANDLE_DEAD;
    default:
        return RULE_HANDLE_STALE;
    }
}

struct object *call_resolve_failed(const struct call *call, NDIS_HANDLE handle,
                                   enum object_kind kind, const char *parameter)
{
    static const enum rule_id rules[] = {
        [HANDLE_NULL] = RULE_HANDLE_NULL,
        [HANDLE_GARBAGE] = RULE_HANDLE_NOT_A_HANDLE,
        [HANDLE_WRONG_KIND] = RULE_HANDLE_KIND,
        [HANDLE_FOREIGN] = RULE_HANDLE_FOREIGN,
    };
    enum handle_fault fault = handle_fault_of(call->host, handle, kind);
    enum rule_id rule = fault == HANDLE_STALE ? call_dead_rule(call, handle) : rules[fault];
    (void)call_breaks(call, rule, handle, NDIS_STATUS_FAILURE, "%s should name a live %s",
                      parameter, object_kind_text(kind));
    return NULL;
}

void close_data_bad(const struct call *call, NDIS_HANDLE about, const void *Buffer, UINT Size)
{
    (void)call_breaks(call, RULE_CLOSE_DATA_SIZE, about, NDIS_STATUS_INVALID_PARAMETER,
                      "Buffer is %s and Size is %u", Buffer ? "not NULL" : "NULL", Size);
}

NDIS_STATUS visit_breaks(const struct visit *visit, enum rule_id rule, struct object *about,
                         NDIS_STATUS status, const char *format, ...)
{
    struct host *host = visit->task->exec->user;
    va_list arguments;
    va_start(arguments, format);
    report_break(host, visit->task->owner, rule, visit->handler, about, NULL, status, format,
                 arguments);
    va_end(arguments);
    return status;
}

void visit_left_changed(const struct visit *visit)
{
    struct exec_task *task = visit->task;
    if (task->locks_held > visit->locks_held) {
        (void)visit_breaks(visit, RULE_LOCK_HELD_AT_RETURN, NULL, NDIS_STATUS_SUCCESS,
                           "returned with %u spin locks held",
                           task->locks_held - visit->locks_held);
        task->locks_held = visit->locks_held; /* the lock stays taken; the processor must not */
    } else if (task->irql != visit->irql) {
        (void)visit_breaks(visit, RULE_IRQL_NOT_RESTORED, NULL, NDIS_STATUS_SUCCESS,
                           "entered at IRQL %u, returned at IRQL %u", visit->irql, task->irql);
    }
    (void)exec_set_irql(visit->irql);
}

void visit_context(const struct visit *visit, NDIS_HANDLE context, enum rule_id rule,
                   struct object *about)
{
    struct host *host = visit->task->exec->user;
    const struct stack *allocated = NULL;
    if (nt_pool_freed(context, &allocated))
        report_left(host, visit->task->owner, rule, visit->handler, about, allocated,
                    "the context that it is handed was freed already");
}

void visit_observed(struct exec_task *task, const char *handler, bool entering)
{
    struct host *host = task->exec->user;
    if (entering && task->simulated)
        exec_preempt_simulated(task, handler);
    if (!trace_on(host->trace))
        return;
    struct trace_event event = report_event(host, entering ? TRACE_ENTER : TRACE_LEAVE, NULL);
    event.what = handler;
    trace_emit(host->trace, &event);
}
