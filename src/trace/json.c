/* SPDX-License-Identifier: MIT */
#include "trace/print.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Every value is put through here: a failure of any is remembered, and the line is given up. */
static void put(json_t *object, const char *key, json_t *value, bool *failed)
{
    if (json_object_set_new_nocheck(object, key, value) != 0)
        *failed = true;
}

static json_t *number(uint64_t value)
{
    char digits[24];

    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    snprintf(digits, sizeof(digits), "%" PRIu64, value);
    return json_string_nocheck(digits);
}

static void put_noun(json_t *object, const char *key, const struct trace_noun *noun, bool *failed)
{
    if (noun->kind == TRACE_NOUN_NONE)
        return;
    json_t *value = json_object();
    put(value, "kind", json_string_nocheck(trace_noun_word((enum trace_noun_kind)noun->kind)),
        failed);
    put(value, "index", number(noun->index), failed);
    put(value, "generation", number(noun->generation), failed);
    put(object, key, value, failed);
}

static void put_where(json_t *object, const struct trace_event *event,
                      const struct trace_names *names, bool *failed)
{
    put(object, "time_100ns", number(event->time_100ns), failed);
    if (event->flags & TRACE_NO_HOST)
        return;
    put(object, "host", json_string_nocheck(names->host), failed);
    put(object, "processor", number(event->processor), failed);
    put(object, "irql", number(event->irql), failed);
    put(object, "driver", names->driver[0] ? json_string_nocheck(names->driver) : json_null(),
        failed);
}

static void put_text(json_t *object, const char *key, const char *text, bool *failed)
{
    if (key && text)
        put(object, key, json_string_nocheck(text), failed);
}

static void put_what(json_t *object, const struct trace_event *event,
                     const struct trace_names *names, bool *failed)
{
    const struct trace_row *row = trace_row(event->kind);

    put(object, "event", json_string_nocheck(row->word), failed);
    put_noun(object, "object", &event->noun, failed);
    put_noun(object, "second", &event->second, failed);
    put_text(object, row->what, event->what, failed);
    put_text(object, row->from, event->from, failed);
    put_text(object, row->to, event->to, failed);
    if (event->flags & TRACE_HAS_STATUS) {
        put(object, "status", number(event->status), failed);
        put_text(object, "status_name", names->status_name, failed);
    }
    for (unsigned i = 0; i < 2; i++) {
        const char *key = row->arg[i];
        if (!key || !(event->flags & (TRACE_HAS_ARG0 << i)))
            continue;
        put(object, strncmp(key, "x:", 2) == 0 ? key + 2 : key, number(event->arg[i]), failed);
    }
    put_text(object, "source", event->source, failed);
}

int trace_print_json(FILE *file, const struct trace_event *event, const struct trace_names *names)
{
    bool failed = false;
    char *line = NULL;
    json_t *object = json_object();

    put_where(object, event, names, &failed);
    put_what(object, event, names, &failed);
    if (!failed)
        line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(object);
    if (!line)
        return ENOMEM;
    bool written = fputs(line, file) != EOF && fputc('\n', file) != EOF;
    int error = written ? 0 : errno ? errno : EIO;
    free(line);
    return error;
}
