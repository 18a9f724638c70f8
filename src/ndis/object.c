/* SPDX-License-Identifier: MIT */
#include "ndis/object.h"

#include "ndis/host.h"
#include "ndis/mark.h"

const char *object_kind_text(enum object_kind kind)
{
    static const char *const text[OBJECT_KIND_COUNT] = {[OBJECT_NONE] = "nothing",
#define KIND(name, text_) [OBJECT_##name] = text_,
                                                        OBJECT_KINDS(KIND)
#undef KIND
    };
    return (unsigned)kind < OBJECT_KIND_COUNT ? text[kind] : "nothing";
}

const char *object_mark_text(enum object_mark mark)
{
    static const char *const text[MARK_COUNT] = {
#define MARK(name, text_) [MARK_##name] = text_,
        OBJECT_MARKS(MARK)
#undef MARK
    };
    assert((unsigned)mark < MARK_COUNT);
    return text[mark];
}

void object_mark(struct object *o, enum object_mark mark, uint8_t operation)
{
    const struct exec_task *task = exec_current();
    object_mark_at(o, mark, operation, task->owner, exec_now_coarse(task->exec->world));
}

struct object_event object_mark_read(uint64_t word)
{
    return (struct object_event){
        .time_100ns = (word & 0x3fffffffff) * MARK_TIME_UNIT,
        .driver = (uint16_t)((word >> 44) & 0x3ff),
        .processor = (uint8_t)((word >> 38) & 0x3f),
        .mark = (uint8_t)(word >> 60),
        .operation = (uint8_t)((word >> 54) & 0x3f),
    };
}

uint32_t object_history(const struct object *o, struct object_event events[OBJECT_MARKS_KEPT],
                        uint32_t *lost_count)
{
    uint32_t written = atomic_load_explicit(&o->marks_written, memory_order_relaxed);
    uint32_t count = written < OBJECT_MARKS_KEPT ? written : (uint32_t)OBJECT_MARKS_KEPT;
    *lost_count = written - count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t nth = i == 0 ? 0 : written - count + i;
        uint32_t slot = nth == 0 ? 0 : 1u + (nth - 1u) % MARK_SLOTS_LATEST;
        events[i] = object_mark_read(atomic_load_explicit(&o->marks[slot], memory_order_relaxed));
    }
    return count;
}
