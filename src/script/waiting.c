/* SPDX-License-Identifier: MIT */
/* The activities that wait, as a heap: the one that goes on first on top. A scenario may have tens
 * of thousands. */
#include "script/activity.h"

#include <stdlib.h>

enum { ROOM_FIRST = 64 };

/* Of several whose time comes together, the one that waits longest goes first. */
static bool before(const struct activity *one, const struct activity *other)
{
    if (one->deadline_100ns != other->deadline_100ns)
        return one->deadline_100ns < other->deadline_100ns;
    return one->wait_order < other->wait_order;
}

static void put(struct script *script, size_t at, struct activity *activity)
{
    script->waiting[at] = activity;
    activity->waiting_at = at;
}

static void move_up(struct script *script, size_t at, struct activity *activity)
{
    while (at > 0 && before(activity, script->waiting[(at - 1) / 2])) {
        put(script, at, script->waiting[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(script, at, activity);
}

static void move_down(struct script *script, size_t at, struct activity *activity)
{
    for (size_t child = 2 * at + 1; child < script->waiting_count; child = 2 * at + 1) {
        if (child + 1 < script->waiting_count &&
            before(script->waiting[child + 1], script->waiting[child]))
            child++;
        if (!before(script->waiting[child], activity))
            break;
        put(script, at, script->waiting[child]);
        at = child;
    }
    put(script, at, activity);
}

bool waiting_reserve(struct script *script)
{
    if (script->activity_count < script->waiting_room) {
        script->activity_count++;
        return true;
    }
    size_t room = script->waiting_room ? 2 * script->waiting_room : ROOM_FIRST;
    struct activity **waiting = realloc(script->waiting, room * sizeof(struct activity *));
    if (!waiting)
        return false;
    script->waiting = waiting;
    script->waiting_room = room;
    script->activity_count++;
    return true;
}

void waiting_add(struct script *script, struct activity *activity)
{
    activity->wait_order = ++script->wait_order_last;
    move_up(script, script->waiting_count++, activity);
}

void waiting_remove(struct script *script, struct activity *activity)
{
    size_t at = activity->waiting_at;
    struct activity *last = script->waiting[--script->waiting_count];
    if (last == activity)
        return;
    if (at > 0 && before(last, script->waiting[(at - 1) / 2]))
        move_up(script, at, last);
    else
        move_down(script, at, last);
}

struct activity *waiting_first(const struct script *script)
{
    struct activity *first = script->waiting_count > 0 ? script->waiting[0] : NULL;
    return first && first->deadline_100ns != EXEC_FOREVER ? first : NULL;
}
