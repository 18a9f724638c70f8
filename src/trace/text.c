/* SPDX-License-Identifier: MIT */
#include "trace/print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define TICKS_PER_SECOND 10000000u
#define LINE_BYTES       512 /* a longer line is cut: its strings are names, not data */

/* Columns, counted from 0, at which a field starts when the one before it leaves room. */
#define COLUMN_HOST   14
#define COLUMN_PLACE  23
#define COLUMN_DRIVER 27
#define COLUMN_NOUN   36
#define COLUMN_WORD   58
#define COLUMN_REST   69
#define COLUMN_SOURCE 112

struct line {
    char text[LINE_BYTES];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    size_t room = sizeof(line->text) - line->length;

    va_start(arguments, format);
    int length = vsnprintf(line->text + line->length, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        line->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* One blank at least, so that a long name never runs into the next field. */
static void tab(struct line *line, size_t column)
{
    do
        add(line, " ");
    while (line->length < column && line->length < sizeof(line->text) - 1);
}

static void add_place(struct line *line, const struct trace_event *event)
{
    static const char letter[] = "PAD"; /* passive, APC, dispatch */

    if (event->flags & TRACE_NO_HOST)
        add(line, "-");
    else if (event->irql < sizeof(letter) - 1)
        add(line, "%u%c", event->processor, letter[event->irql]);
    else
        add(line, "%u/%u", event->processor, event->irql);
}

/* A slot's first object needs no generation to be told from others. */
static void add_noun(struct line *line, const struct trace_noun *noun)
{
    if (noun->kind == TRACE_NOUN_NONE)
        return;
    add(line, "%s %" PRIu32, trace_noun_word((enum trace_noun_kind)noun->kind), noun->index);
    if (noun->generation > 1)
        add(line, "#%" PRIu32, noun->generation);
}

static void add_arg(struct line *line, const char *name, uint64_t value)
{
    if (strncmp(name, "x:", 2) == 0)
        add(line, " %s=0x%08" PRIX64, name + 2, value);
    else
        add(line, " %s=%" PRIu64, name, value);
}

static void add_rest(struct line *line, const struct trace_event *event,
                     const struct trace_names *names)
{
    const struct trace_row *row = trace_row(event->kind);
    bool change = row->from && event->from;

    if (change)
        add(line, " %s -> %s", event->from, event->to ? event->to : "?");
    if (row->what && event->what)
        add(line, "%s%s", change ? "  " : " ", event->what);
    if (event->flags & TRACE_HAS_STATUS) {
        if (names->status_name)
            add(line, " %s", names->status_name);
        else
            add(line, " 0x%08" PRIX32, event->status);
    }
    if (row->to && event->to && !change)
        add(line, " -> %s", event->to);
    for (unsigned i = 0; i < 2; i++)
        if (row->arg[i] && (event->flags & (TRACE_HAS_ARG0 << i)))
            add_arg(line, row->arg[i], event->arg[i]);
}

int trace_print_text(FILE *file, const struct trace_event *event, const struct trace_names *names)
{
    struct line line = {.length = 0};

    add(&line, "%5" PRIu64 ".%07" PRIu64, event->time_100ns / TICKS_PER_SECOND,
        event->time_100ns % TICKS_PER_SECOND);
    tab(&line, COLUMN_HOST);
    add(&line, "%s", event->flags & TRACE_NO_HOST ? "-" : names->host);
    tab(&line, COLUMN_PLACE);
    add_place(&line, event);
    tab(&line, COLUMN_DRIVER);
    add(&line, "%s",
        event->flags & TRACE_NO_HOST ? "-"
        : names->driver[0]           ? names->driver
                                     : "NDIS");
    tab(&line, COLUMN_NOUN);
    add_noun(&line, &event->noun);
    if (event->noun.kind != TRACE_NOUN_NONE && event->second.kind != TRACE_NOUN_NONE)
        add(&line, " ");
    add_noun(&line, &event->second);
    tab(&line, COLUMN_WORD);
    add(&line, "%s", trace_row(event->kind)->word);
    tab(&line, COLUMN_REST - 1);
    add_rest(&line, event, names);
    if (event->source) {
        tab(&line, COLUMN_SOURCE);
        add(&line, "[%s]", event->source);
    }
    while (line.length > 0 && line.text[line.length - 1] == ' ')
        line.length--;
    line.text[line.length] = '\n'; /* the place of the NUL, at the latest */
    return fwrite(line.text, 1, line.length + 1, file) == line.length + 1 ? 0 : errno ? errno : EIO;
}
