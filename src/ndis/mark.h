/* SPDX-License-Identifier: MIT */
/* A mark is one event of an object's history, as one word: what happened, who did it and when.
 * In line, because each request of a driver leaves two. */
#ifndef CONDIS_NDIS_MARK_H
#define CONDIS_NDIS_MARK_H

#include "ndis/object.h"
#include "nt/exec.h"
#include "nt/owner.h"

enum {
    MARK_TIME_UNIT = 64, /* 6.4 us */
    MARK_SLOTS_LATEST = OBJECT_MARKS_KEPT - 1,
};

/* What happened, who did it and when, as one word: event 4 bits, operation 6, driver 10, processor
 * 6, time 38. For what is no object but has a history, too. Any IRQL. */
static inline uint64_t object_mark_word(uint8_t mark, uint8_t operation,
                                        const struct nt_owner *owner, uint64_t time_100ns)
{
    uint64_t time = time_100ns / MARK_TIME_UNIT;
    uint64_t driver = owner ? owner->index & 0x3ff : 0;
    return (uint64_t)mark << 60 | (uint64_t)(operation & 0x3f) << 54 | driver << 44 |
           (uint64_t)(exec_current()->processor & 0x3f) << 38 | (time & 0x3fffffffff);
}

/* Like object_mark, done by a given driver (NULL: NDIS) at a time that the caller knows. The first
 * mark stays in slot 0; later ones go round in the others. */
static inline void object_mark_at(struct object *o, enum object_mark mark, uint8_t operation,
                                  const struct nt_owner *owner, uint64_t time_100ns)
{
    uint64_t word = object_mark_word((uint8_t)mark, operation, owner, time_100ns);
    uint16_t written = atomic_load_explicit(&o->marks_written, memory_order_relaxed);
    uint32_t slot = written == 0 ? 0 : 1u + (written - 1u) % MARK_SLOTS_LATEST;
    atomic_store_explicit(&o->marks[slot], word, memory_order_relaxed);
    if (written < UINT16_MAX - MARK_SLOTS_LATEST)
        written++;
    else
        written = (uint16_t)(written - MARK_SLOTS_LATEST + 1); /* stays "many", keeps the slot */
    atomic_store_explicit(&o->marks_written, written, memory_order_relaxed);
}

#endif
