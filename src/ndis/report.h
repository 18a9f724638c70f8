/* SPDX-License-Identifier: MIT */
/* A report is what a rule's break looks like when NDIS saw it: who called what, on which object,
 * and what had happened to that object before. */
#ifndef CONDIS_NDIS_REPORT_H
#define CONDIS_NDIS_REPORT_H

#include "ndis/host.h"

#include <stdarg.h>

/* Reports that a driver broke a rule. Any IRQL, no lock of ours held.
 * owner     the driver at fault; NULL: NDIS cannot tell
 * function  static text: the function called or the handler that returned
 * about     object of the report; NULL when a handle names none
 * handle    shown when about is NULL or was reused since; may be NULL
 * status    what the call answers or the handler returned */
void report_break(struct host *host, const struct nt_owner *owner, enum rule_id rule,
                  const char *function, struct object *about, NDIS_HANDLE handle,
                  NDIS_STATUS status, const char *format, va_list arguments);

/* The same with the arguments in line. */
void report_owner_break(struct host *host, const struct nt_owner *owner, enum rule_id rule,
                        const char *function, struct object *about, NDIS_STATUS status,
                        const char *format, ...) __attribute__((format(printf, 7, 8)));

/* Reports that a driver left something behind.
 * about      what was left, or what it belonged to; NULL: neither is an object
 * allocated  where it was allocated; NULL: not known */
void report_left(struct host *host, const struct nt_owner *owner, enum rule_id rule,
                 const char *function, struct object *about, const struct stack *allocated,
                 const char *format, ...) __attribute__((format(printf, 7, 8)));

/* The function behind the name of a callback, such as "ProtocolCmDropParty", in one of a driver's
 * registrations. For reports.
 * returns  NULL when it has none or `callback` is none. (handlers.c) */
const void *report_handler(const struct nt_owner *owner, const char *callback);

/* A trace event with what every event has: time, host, processor, level, the running driver and the
 * object (NULL: none). The caller fills the rest in and emits it, only when trace_on. */
struct trace_event report_event(const struct host *host, enum trace_kind kind,
                                const struct object *object);

/* Traces that an object went from one state to another. second: what it belongs to; NULL: nothing.
 * The texts are static. */
void report_state(const struct host *host, const struct object *object, const struct object *second,
                  const char *cause, const char *from, const char *to, const char *source);

/* The object as the trace names it. */
struct trace_noun report_noun(const struct object *object);

/* Writes "party 3 of VC 1", "VC 2" and the like: never an address. */
void report_object_name(const struct object *object, char *text, size_t text_bytes);

/* "NDIS_STATUS_PENDING" and the like; NULL for a value without a name. */
const char *report_status_name(NDIS_STATUS status);

#endif
