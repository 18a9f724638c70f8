/* SPDX-License-Identifier: MIT */
/* The printers turn one event into one line. They hold no state and take no lock. */
#ifndef CONDIS_TRACE_PRINT_H
#define CONDIS_TRACE_PRINT_H

#include "trace/trace.h"

/* The columns of an event's row in trace.def. */
struct trace_row {
    const char *word;
    const char *what;
    const char *from;
    const char *to;
    const char *arg[2]; /* may begin with "x:" */
};

/* The names that an event's numbers stand for, found by the caller; all strings are borrowed. */
struct trace_names {
    const char *host;
    const char *driver;      /* "" is NDIS */
    const char *status_name; /* NULL: print the number */
};

/* Get the row of a kind (asserted to be one). Static storage. */
const struct trace_row *trace_row(uint32_t kind);

/* Print one line of text.
 * returns  0, or an errno number */
int trace_print_text(FILE *file, const struct trace_event *event, const struct trace_names *names);

/* Print one line of JSON. Numbers above 2^63 - 1 become decimal strings.
 * returns  0, or an errno number (ENOMEM among them: then nothing is printed) */
int trace_print_json(FILE *file, const struct trace_event *event, const struct trace_names *names);

#endif
