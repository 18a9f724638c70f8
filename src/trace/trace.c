/* SPDX-License-Identifier: MIT */
#include "trace/trace.h"
#include "trace/print.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct trace {
    struct trace_head head;
    enum trace_format format;
    FILE *file; /* NULL for TRACE_QUIET */
    bool file_owned;
    int error; /* the first write that failed */
    const char *(*status_name)(uint32_t status);
    pthread_mutex_t mutex; /* guards all that follows, error and the file's order */
    uint64_t event_count;
    uint32_t ring_count;
    struct trace_event *ring; /* event n is at n % ring_count */
    char host[TRACE_HOSTS_MAX][TRACE_NAME_BYTES];
    char driver[TRACE_DRIVERS_MAX][TRACE_NAME_BYTES];
};

_Static_assert(offsetof(struct trace, head) == 0, "trace_on reads the head through the trace");

/* Room for "driver 65535", a name that nobody gave. */
struct spare_names {
    char host[TRACE_NAME_BYTES];
    char driver[TRACE_NAME_BYTES];
};

static void lock(struct trace *trace)
{
    int error = pthread_mutex_lock(&trace->mutex);
    assert(error == 0);
    (void)error;
}

static void unlock(struct trace *trace)
{
    int error = pthread_mutex_unlock(&trace->mutex);
    assert(error == 0);
    (void)error;
}

/* Opened last of all, so that a failure leaves no file behind. */
static int open_file(struct trace *trace, const struct trace_options *options)
{
    if (options->format == TRACE_QUIET)
        return 0;
    if (!options->path) {
        trace->file = options->file;
        return options->file ? 0 : EINVAL;
    }
    if (strcmp(options->path, "-") == 0) {
        trace->file = stdout;
        return 0;
    }
    trace->file = fopen(options->path, "w");
    trace->file_owned = true;
    return trace->file ? 0 : errno;
}

int trace_open(const struct trace_options *options, struct trace **out)
{
    uint32_t ring_count = options->ring_count ? options->ring_count : TRACE_RING_COUNT;
    int error = ENOMEM;

    if (options->format > TRACE_QUIET || ring_count > TRACE_RING_COUNT_MAX)
        return EINVAL;
    struct trace *trace = calloc(1, sizeof(*trace));
    if (!trace)
        return ENOMEM;
    trace->format = options->format;
    trace->status_name = options->status_name;
    trace->ring_count = ring_count;
    trace->ring = calloc(ring_count, sizeof(*trace->ring));
    if (!trace->ring)
        goto free_trace;
    error = pthread_mutex_init(&trace->mutex, NULL);
    if (error)
        goto free_ring;
    error = open_file(trace, options);
    if (error)
        goto destroy_mutex;
    atomic_init(&trace->head.on, !options->off);
    *out = trace;
    return 0;
destroy_mutex:
    pthread_mutex_destroy(&trace->mutex);
free_ring:
    free(trace->ring);
free_trace:
    free(trace);
    return error;
}

int trace_close(struct trace *trace)
{
    if (!trace)
        return 0;
    int error = trace->error;
    if (trace->file) {
        int failed = trace->file_owned ? fclose(trace->file) : fflush(trace->file);
        if (failed && !error)
            error = errno;
    }
    pthread_mutex_destroy(&trace->mutex);
    free(trace->ring);
    free(trace);
    return error;
}

void trace_switch(struct trace *trace, bool on)
{
    atomic_store_explicit(&trace->head.on, on, memory_order_relaxed);
}

/* ASCII without control characters: what follows is valid in a line of text and in JSON. */
static void set_name(struct trace *trace, char *to, const char *name)
{
    lock(trace);
    snprintf(to, TRACE_NAME_BYTES, "%s", name);
    for (char *c = to; *c; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7E)
            *c = '?';
    unlock(trace);
}

void trace_name_host(struct trace *trace, uint16_t host, const char *name)
{
    if (trace && host < TRACE_HOSTS_MAX)
        set_name(trace, trace->host[host], name);
}

void trace_name_driver(struct trace *trace, uint16_t driver, const char *name)
{
    assert(driver > 0);
    if (trace && driver < TRACE_DRIVERS_MAX)
        set_name(trace, trace->driver[driver], name);
}

static struct trace_names find_names(const struct trace *trace, const struct trace_event *event,
                                     struct spare_names *spare)
{
    struct trace_names names = {.host = spare->host, .driver = spare->driver};

    if (event->host < TRACE_HOSTS_MAX && trace->host[event->host][0])
        names.host = trace->host[event->host];
    else
        snprintf(spare->host, sizeof(spare->host), "host %u", event->host);
    if (event->driver == 0)
        names.driver = "";
    else if (event->driver < TRACE_DRIVERS_MAX && trace->driver[event->driver][0])
        names.driver = trace->driver[event->driver];
    else
        snprintf(spare->driver, sizeof(spare->driver), "driver %u", event->driver);
    if ((event->flags & TRACE_HAS_STATUS) && trace->status_name)
        names.status_name = trace->status_name(event->status);
    return names;
}

static int print_event(const struct trace *trace, FILE *file, enum trace_format format,
                       const struct trace_event *event)
{
    struct spare_names spare;
    struct trace_names names = find_names(trace, event, &spare);

    errno = 0;
    return format == TRACE_JSON ? trace_print_json(file, event, &names)
                                : trace_print_text(file, event, &names);
}

void trace_emit(struct trace *trace, const struct trace_event *event)
{
    if (!trace_on(trace))
        return;
    assert(event->kind < TRACE_KIND_COUNT);
    assert(event->noun.kind < TRACE_NOUN_COUNT);
    assert(event->second.kind < TRACE_NOUN_COUNT);
    lock(trace);
    trace->ring[trace->event_count % trace->ring_count] = *event;
    trace->event_count++;
    if (trace->file) {
        int error = print_event(trace, trace->file, trace->format, event);
        if (error && !trace->error)
            trace->error = error;
    }
    unlock(trace);
}

int trace_flush(struct trace *trace)
{
    if (!trace || !trace->file)
        return 0;
    lock(trace);
    if (fflush(trace->file) != 0 && !trace->error)
        trace->error = errno;
    int error = trace->error;
    unlock(trace);
    return error;
}

uint64_t trace_count(struct trace *trace)
{
    uint64_t count;

    lock(trace);
    count = trace->event_count;
    unlock(trace);
    return count;
}

/* Locked. The number of events that the ring still holds. */
static uint64_t kept_count(const struct trace *trace)
{
    return trace->event_count < trace->ring_count ? trace->event_count : trace->ring_count;
}

void trace_dump_last(struct trace *trace, FILE *file)
{
    if (!trace)
        return;
    bool locked = pthread_mutex_trylock(&trace->mutex) == 0;
    for (uint64_t n = trace->event_count - kept_count(trace); n < trace->event_count; n++)
        (void)print_event(trace, file, TRACE_TEXT, &trace->ring[n % trace->ring_count]);
    fflush(file);
    if (locked)
        unlock(trace);
}

bool trace_last(struct trace *trace, uint32_t back_count, struct trace_event *out)
{
    bool kept;

    lock(trace);
    kept = back_count < kept_count(trace);
    if (kept)
        *out = trace->ring[(trace->event_count - 1 - back_count) % trace->ring_count];
    unlock(trace);
    return kept;
}
