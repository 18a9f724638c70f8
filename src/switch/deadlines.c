/* SPDX-License-Identifier: MIT */
#include "switch/deadlines.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };

void deadlines_init(struct deadlines *deadlines)
{
    *deadlines = (struct deadlines){0};
}

void deadlines_end(struct deadlines *deadlines)
{
    assert(deadlines->count == 0);
    free(deadlines->heap);
}

bool deadlines_reserve(struct deadlines *deadlines, uint32_t count)
{
    uint32_t room = deadlines->room ? deadlines->room : FIRST_ROOM;

    while (room <= count) /* places count from 1 */
        room *= 2;
    if (room == deadlines->room)
        return true;
    struct deadline **heap = realloc(deadlines->heap, room * sizeof(struct deadline *));
    if (!heap)
        return false;
    deadlines->heap = heap;
    deadlines->room = room;
    return true;
}

static void put(struct deadlines *deadlines, struct deadline *deadline, uint32_t place)
{
    deadlines->heap[place] = deadline;
    deadline->place = place;
}

static void rise(struct deadlines *deadlines, struct deadline *deadline, uint32_t place)
{
    for (; place > 1 && deadlines->heap[place / 2]->due_ms > deadline->due_ms; place /= 2)
        put(deadlines, deadlines->heap[place / 2], place);
    put(deadlines, deadline, place);
}

static void sink(struct deadlines *deadlines, struct deadline *deadline, uint32_t place)
{
    for (uint32_t below; (below = place * 2) <= deadlines->count; place = below) {
        struct deadline **heap = deadlines->heap;
        if (below < deadlines->count && heap[below + 1]->due_ms < heap[below]->due_ms)
            below++;
        if (heap[below]->due_ms >= deadline->due_ms)
            break;
        put(deadlines, heap[below], place);
    }
    put(deadlines, deadline, place);
}

static void move(struct deadlines *deadlines, struct deadline *deadline, uint32_t place)
{
    if (place > 1 && deadlines->heap[place / 2]->due_ms > deadline->due_ms)
        rise(deadlines, deadline, place);
    else
        sink(deadlines, deadline, place);
}

static void take_out(struct deadlines *deadlines, struct deadline *deadline)
{
    uint32_t place = deadline->place;
    struct deadline *last = deadlines->heap[deadlines->count--];

    deadline->place = 0;
    if (last != deadline)
        move(deadlines, last, place);
}

void deadline_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t due_ms)
{
    uint32_t place = deadline->place;

    deadline->due_ms = due_ms;
    if (due_ms == DEADLINE_NEVER) {
        if (place)
            take_out(deadlines, deadline);
        return;
    }
    if (!place) {
        place = ++deadlines->count;
        assert(place < deadlines->room);
    }
    move(deadlines, deadline, place);
}
