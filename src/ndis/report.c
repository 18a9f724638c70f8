/* SPDX-License-Identifier: MIT */
#include "ndis/report.h"

#include "ndis/driver.h"
#include "ndis/handle.h"
#include "ndis/party.h"

#include <condis/call.h>
#include <stdio.h>
#include <string.h>

const char *report_status_name(NDIS_STATUS status)
{
    return condis_status_name(status);
}

struct trace_noun report_noun(const struct object *object)
{
    static const uint8_t noun[OBJECT_KIND_COUNT] = {
        [OBJECT_DRIVER] = TRACE_NOUN_DRIVER,     [OBJECT_ADAPTER] = TRACE_NOUN_ADAPTER,
        [OBJECT_BINDING] = TRACE_NOUN_BINDING,   [OBJECT_AF] = TRACE_NOUN_AF,
        [OBJECT_SAP] = TRACE_NOUN_SAP,           [OBJECT_VC] = TRACE_NOUN_VC,
        [OBJECT_PARTY] = TRACE_NOUN_PARTY,       [OBJECT_OID] = TRACE_NOUN_OID,
        [OBJECT_BIND] = TRACE_NOUN_BINDING,      [OBJECT_CONFIGURATION] = TRACE_NOUN_CONFIGURATION,
        [OBJECT_NBL_POOL] = TRACE_NOUN_NBL_POOL, [OBJECT_NB_POOL] = TRACE_NOUN_NBL_POOL,
    };
    return (struct trace_noun){noun[object->kind], object->index, object_generation(object)};
}

struct trace_event report_event(const struct host *host, enum trace_kind kind,
                                const struct object *object)
{
    const struct exec_task *task = exec_current();
    return (struct trace_event){
        .time_100ns = exec_now(host->exec->world),
        .kind = (uint16_t)kind,
        .host = host->index,
        .driver = (uint16_t)(task->owner ? task->owner->index : 0),
        .processor = (uint8_t)task->processor,
        .irql = task->irql,
        .noun = object ? report_noun(object) : (struct trace_noun){0},
    };
}

void report_state(const struct host *host, const struct object *object, const struct object *second,
                  const char *cause, const char *from, const char *to, const char *source)
{
    struct trace_event event = report_event(host, TRACE_STATE, object);
    if (second)
        event.second = report_noun(second);
    event.what = cause;
    event.from = from;
    event.to = to;
    event.source = source;
    trace_emit(host->trace, &event);
}

void report_object_name(const struct object *object, char *text, size_t text_bytes)
{
    const char *kind = object_kind_text(object->kind);
    if (object->kind == OBJECT_PARTY) {
        const struct party *party = (const struct party *)object;
        if (party->vc) {
            snprintf(text, text_bytes, "party %u of VC %u", object->index, party->vc->object.index);
            return;
        }
    }
    snprintf(text, text_bytes, "%s %u", kind, object->index);
}

static const char *name_in(const struct module *module, uint16_t index)
{
    while (module && module->owner.index != index)
        module = module->next;
    return module ? module->owner.name : NULL;
}

/* A simulated world is one thread, and a lock there is a step: a report must not make one. */
static const char *driver_name(struct host *host, uint16_t index)
{
    bool locks = host->exec->world->kind == EXEC_LIVE;
    if (index == 0)
        return NULL;
    if (locks)
        exec_lock(&host->lock);
    const char *name = name_in(host->modules, index);
    if (!name)
        name = name_in(host->retired, index);
    if (locks)
        exec_unlock(&host->lock);
    return name ? name : "an unloaded driver";
}

/* What is made or released by a request has no mark of its own for that: it is said with the
 * request that came first, or last. */
static void event_text(const struct object_event *e, bool first, bool released, char *text,
                       size_t text_bytes)
{
    bool of_operation = e->operation > OP_NONE && e->operation < OP_KIND_COUNT;
    const char *operation = of_operation ? operation_rows[e->operation].name : "";
    const char *created = e->mark == MARK_CREATED || !first ? "" : "created, ";
    const char *dead = released && e->mark != MARK_DEAD ? ", released" : "";
    if (e->mark == MARK_CREATED && of_operation)
        snprintf(text, text_bytes, "created, %s requested%s", operation, dead);
    else
        snprintf(text, text_bytes, "%s%s%s%s%s", created, operation, of_operation ? " " : "",
                 object_mark_text(e->mark), dead);
}

static void add_history(struct host *host, struct rule_break *brk, const struct object *object)
{
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost_count;
    uint32_t count = object_history(object, events, &lost_count);
    bool alive = object_alive(object);
    for (uint32_t i = 0; i < count; i++) {
        char text[RULE_EVENT_BYTES];
        const struct object_event *e = &events[i];
        event_text(e, i == 0, !alive && i + 1 == count, text, sizeof(text));
        rule_break_history(brk, e->time_100ns, e->processor, driver_name(host, e->driver), text);
    }
    brk->history_lost_count = (uint16_t)(brk->history_lost_count + lost_count);
}

static void report(struct host *host, const struct nt_owner *owner, enum rule_id rule,
                   const char *function, struct object *about, NDIS_HANDLE handle,
                   NDIS_STATUS status, const struct stack *allocated, const char *format,
                   va_list arguments)
{
    const struct exec_task *task = exec_current();
    struct rule_break brk;
    char text[RULE_DETAIL_BYTES];
    /* What is left undone in a world that a deadlock stopped follows from the deadlock. */
    if (atomic_load_explicit(&host->exec->world->stopped, memory_order_relaxed))
        return;
    rule_break_begin(&brk, rule, function);
    rule_break_driver(&brk, owner ? owner->name : "the host program", host->name);
    brk.processor = task->processor;
    brk.irql = task->irql;
    brk.time_100ns = exec_now(host->exec->world);
    brk.step = host->exec->world->step;
    brk.handler = report_handler(owner, function);
    brk.code = owner ? owner->code : NULL;
    rule_break_status(&brk, (uint32_t)status, report_status_name(status));
    vsnprintf(text, sizeof(text), format, arguments);
    rule_break_detail(&brk, "%s", text);
    if (!about && handle)
        about = handle_slot(host, handle);
    if (handle)
        handle_describe(host, handle, text, RULE_OBJECT_BYTES);
    else if (about)
        report_object_name(about, text, RULE_OBJECT_BYTES);
    if (handle || about)
        rule_break_object(&brk, "%s", text);
    if (about && (!handle || object_generation(about) == handle_generation(handle)))
        add_history(host, &brk, about);
    rule_break_backtrace(&brk);
    if (allocated)
        brk.allocated = *allocated;
    if (trace_on(host->trace)) {
        struct trace_event event = report_event(host, TRACE_RULE_BROKEN, about);
        event.driver = (uint16_t)(owner ? owner->index : 0);
        event.flags = TRACE_HAS_STATUS;
        event.status = (uint32_t)status;
        event.what = rule_info(rule)->name;
        event.to = function;
        trace_emit(host->trace, &event);
    }
    rules_report(host->rules, &brk);
}

void report_break(struct host *host, const struct nt_owner *owner, enum rule_id rule,
                  const char *function, struct object *about, NDIS_HANDLE handle,
                  NDIS_STATUS status, const char *format, va_list arguments)
{
    report(host, owner, rule, function, about, handle, status, NULL, format, arguments);
}

void report_left(struct host *host, const struct nt_owner *owner, enum rule_id rule,
                 const char *function, struct object *about, const struct stack *allocated,
                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(host, owner, rule, function, about, NULL, NDIS_STATUS_SUCCESS, allocated, format,
           arguments);
    va_end(arguments);
}

void report_owner_break(struct host *host, const struct nt_owner *owner, enum rule_id rule,
                        const char *function, struct object *about, NDIS_STATUS status,
                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report_break(host, owner, rule, function, about, NULL, status, format, arguments);
    va_end(arguments);
}
