/* SPDX-License-Identifier: MIT */
/* Deadlines say which of many things is due next: setting one costs the logarithm of their number,
 * and asking for the first nothing, however many there are. */
#ifndef CONDIS_SWITCH_DEADLINES_H
#define CONDIS_SWITCH_DEADLINES_H

#include <stdbool.h>
#include <stdint.h>

#define DEADLINE_NEVER UINT64_MAX

/* Part of the thing it belongs to; zeros before its first use. */
struct deadline {
    uint64_t due_ms;
    uint32_t place; /* in the heap, from 1; 0: not due at all */
};

struct deadlines {
    struct deadline **heap; /* no entry is due before the one at half its place */
    uint32_t count;
    uint32_t room;
};

void deadlines_init(struct deadlines *deadlines);
void deadlines_end(struct deadlines *deadlines);

/* Make sure that deadline_set succeeds for so many things. returns false without memory. */
bool deadlines_reserve(struct deadlines *deadlines, uint32_t count);

/* Set when a thing is due; DEADLINE_NEVER takes it out, as must be done before it goes. */
void deadline_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t due_ms);

/* The one that is due first; NULL: none is. */
static inline struct deadline *deadlines_first(const struct deadlines *deadlines)
{
    return deadlines->count ? deadlines->heap[1] : 0;
}

static inline uint64_t deadlines_due(const struct deadlines *deadlines)
{
    return deadlines->count ? deadlines->heap[1]->due_ms : DEADLINE_NEVER;
}

#endif
