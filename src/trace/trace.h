/* SPDX-License-Identifier: MIT */
/* A trace is the one stream of fixed-size events of a world: printed as text or JSON lines while it
 * runs, and the last few kept in a ring for crash dumps.
 *
 * A trace that is off costs one predictable branch:
 *     if (trace_on(trace))
 *         trace_emit(trace, &(struct trace_event){ .kind = TRACE_STATE, ... });
 * The events are rows of trace.def. This folder names nobody. */
#ifndef CONDIS_TRACE_TRACE_H
#define CONDIS_TRACE_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum trace_kind {
#define EVENT(id, word, what, from, to, arg0, arg1) TRACE_##id,
#define NOUN(id, word)
#include "trace/trace.def"
    TRACE_KIND_COUNT
};

enum trace_noun_kind {
    TRACE_NOUN_NONE,
#define EVENT(id, word, what, from, to, arg0, arg1)
#define NOUN(id, word) TRACE_NOUN_##id,
#include "trace/trace.def"
    TRACE_NOUN_COUNT
};

/* A thing an event is about: "vc 3". Zero-initialised is no noun. */
struct trace_noun {
    uint32_t kind; /* enum trace_noun_kind */
    uint32_t index;
    uint32_t generation; /* printed as "vc 3#2" when above 1, since slots are reused */
};

#define TRACE_HAS_STATUS 0x01u /* status means something */
#define TRACE_HAS_ARG0   0x02u /* arg[0] means something, though it may be 0 */
#define TRACE_HAS_ARG1   0x04u
#define TRACE_NO_HOST    0x08u /* the event belongs to the world, not to a host */

/* One event: 96 bytes. The strings are static storage (function, state and page names): they are
 * kept by pointer in the ring for as long as the trace lives. */
struct trace_event {
    uint64_t time_100ns;
    uint16_t kind;   /* enum trace_kind */
    uint16_t host;   /* named by trace_name_host */
    uint16_t driver; /* named by trace_name_driver; 0 is NDIS itself */
    uint8_t processor;
    uint8_t irql;
    uint32_t flags; /* TRACE_HAS_... */
    uint32_t status;
    struct trace_noun noun;
    struct trace_noun second; /* "party 1" of "vc 3" */
    uint64_t arg[2];          /* what they are is in the row of trace.def */
    const char *what;         /* the function, operation or cause, or NULL */
    const char *from;         /* the state before, or NULL */
    const char *to;           /* the state after, or who hears next, or NULL */
    const char *source;       /* the clause: "API 8.9", "Q.2971 U4", or NULL */
};

_Static_assert(sizeof(struct trace_event) == 96 || sizeof(void *) != 8, "an event is 96 bytes");

enum trace_format {
    TRACE_TEXT, /* one line per event, time first, source last */
    TRACE_JSON, /* one JSON object per line */
    TRACE_QUIET /* no output: the ring alone */
};

struct trace_options {
    enum trace_format format;
    const char *path;    /* file to create, "-" for standard output; or NULL and then: */
    FILE *file;          /* borrowed: flushed, not closed, by trace_close. Unused for TRACE_QUIET */
    uint32_t ring_count; /* events kept; 0 is 256 */
    bool off;            /* start switched off */
    /* Name an NDIS_STATUS, or return NULL (then 0x%08X is printed). NULL: always numbers. */
    const char *(*status_name)(uint32_t status);
};

struct trace; /* starts with struct trace_head; the rest is private */

struct trace_head {
    atomic_bool on;
};

#define TRACE_HOSTS_MAX      1024
#define TRACE_DRIVERS_MAX    1024
#define TRACE_NAME_BYTES     24
#define TRACE_RING_COUNT     256
#define TRACE_RING_COUNT_MAX 1048576

/* Open a trace.
 * options  borrowed until return
 * out      the trace; moves to the caller, who ends it with trace_close
 * returns  0, or an errno number (ENOMEM, EINVAL, or fopen's) with nothing opened */
int trace_open(const struct trace_options *options, struct trace **out);

/* Flush and close; frees the trace. NULL is allowed.
 * returns  0, or the errno number of the first write that failed (the file is then incomplete) */
int trace_close(struct trace *trace);

/* Ask whether events are wanted. NULL is allowed: no. Any thread. */
static inline bool trace_on(const struct trace *trace)
{
    return trace &&
           atomic_load_explicit(&((const struct trace_head *)trace)->on, memory_order_relaxed);
}

/* Switch a trace on or off. Any thread. */
void trace_switch(struct trace *trace, bool on);

/* Give a host or a driver its printed name; copied, cut to TRACE_NAME_BYTES - 1 characters. A later
 * name replaces an earlier one. Numbers at or above the MAX are printed as "host 1024".
 * driver   1 and up; 0 is NDIS and cannot be renamed (asserted) */
void trace_name_host(struct trace *trace, uint16_t host, const char *name);
void trace_name_driver(struct trace *trace, uint16_t driver, const char *name);

/* Emit one event: into the ring, and printed. Thread-safe; events of one thread keep their order.
 * Does nothing when the trace is NULL or off.
 * event    borrowed until return; its strings are static storage */
void trace_emit(struct trace *trace, const struct trace_event *event);

/* Write out what is buffered. NULL is allowed.
 * returns  as trace_close, of what was written so far */
int trace_flush(struct trace *trace);

/* Count the events emitted since trace_open. */
uint64_t trace_count(struct trace *trace);

/* Print the events of the ring as text, oldest first, for a crash dump or a failed assertion. Takes
 * the lock only if it is free, so a thread that died inside the trace does not hang the dump. */
void trace_dump_last(struct trace *trace, FILE *file);

/* Read a kept event.
 * back_count  0 is the newest
 * returns     false when the ring holds fewer */
bool trace_last(struct trace *trace, uint32_t back_count, struct trace_event *out);

/* The words of trace.def: "state", "vc". */
const char *trace_kind_word(enum trace_kind kind);
const char *trace_noun_word(enum trace_noun_kind kind);

#endif
