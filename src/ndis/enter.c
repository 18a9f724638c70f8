/* SPDX-License-Identifier: MIT */
#include "ndis/enter.h"

#include "ndis/handle.h"
#include "ndis/report.h"

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

void call_level_broken(const struct call *call, enum rule_id rule)
{
    (void)call_breaks(call, rule, NULL, NDIS_STATUS_SUCCESS, "called at IRQL %u", call->task->irql);
}

struct object *call_resolve_failed(const struct call *call, NDIS_HANDLE handle,
                                   enum object_kind kind, const char *parameter)
{
    static const enum rule_id rules[] = {
        [HANDLE_NULL] = RULE_HANDLE_NULL,       [HANDLE_GARBAGE] = RULE_HANDLE_NOT_A_HANDLE,
        [HANDLE_WRONG_KIND] = RULE_HANDLE_KIND, [HANDLE_FOREIGN] = RULE_HANDLE_FOREIGN,
        [HANDLE_STALE] = RULE_HANDLE_STALE,
    };
    enum handle_fault fault = handle_fault_of(call->host, handle, kind);
    (void)call_breaks(call, rules[fault], handle, NDIS_STATUS_FAILURE, "%s should name a live %s",
                      parameter, object_kind_text(kind));
    return NULL;
}

bool close_data_ok(const struct call *call, NDIS_HANDLE about, const void *Buffer, UINT Size)
{
    if ((Buffer != NULL) == (Size != 0))
        return true;
    (void)call_breaks(call, RULE_CLOSE_DATA_SIZE, about, NDIS_STATUS_INVALID_PARAMETER,
                      "Buffer is %s and Size is %u", Buffer ? "not NULL" : "NULL", Size);
    return false;
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

void visit_level_broken(const struct visit *visit)
{
    (void)visit_breaks(visit, RULE_IRQL_NOT_RESTORED, NULL, NDIS_STATUS_SUCCESS,
                       "entered at IRQL %u, returned at IRQL %u", visit->irql, visit->task->irql);
    (void)exec_set_irql(visit->irql);
}

void visit_trace(const struct visit *visit, bool entering)
{
    struct host *host = visit->task->exec->user;
    struct trace_event event = report_event(host, entering ? TRACE_ENTER : TRACE_LEAVE, NULL);
    event.what = visit->handler;
    trace_emit(host->trace, &event);
}
