/* SPDX-License-Identifier: MIT */
#include "trace/print.h"

#include <assert.h>

static const struct trace_row row[TRACE_KIND_COUNT] = {
#define NOUN(id, word)
#define EVENT(id, word, what, from, to, arg0, arg1)                                                \
    [TRACE_##id] = {word, what, from, to, {arg0, arg1}},
#include "trace/trace.def"
};

static const char *const noun_word[TRACE_NOUN_COUNT] = {
    [TRACE_NOUN_NONE] = "",
#define NOUN(id, word) [TRACE_NOUN_##id] = word,
#define EVENT(id, word, what, from, to, arg0, arg1)
#include "trace/trace.def"
};

const struct trace_row *trace_row(uint32_t kind)
{
    assert(kind < TRACE_KIND_COUNT);
    return &row[kind];
}

const char *trace_kind_word(enum trace_kind kind)
{
    return trace_row((uint32_t)kind)->word;
}

const char *trace_noun_word(enum trace_noun_kind kind)
{
    assert((uint32_t)kind < TRACE_NOUN_COUNT);
    return noun_word[kind];
}
