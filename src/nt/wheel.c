/* SPDX-License-Identifier: MIT */
#include "nt/wheel.h"

#include <assert.h>

#define SLOT_BITS 6u

void wheel_init(struct wheel *wheel, uint64_t now)
{
    wheel->now = now;
    for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
        wheel->occupied[level] = 0;
        for (unsigned slot = 0; slot < WHEEL_SLOTS; slot++)
            exec_link_init(&wheel->slots[level][slot]);
    }
}

static unsigned slot_of(uint64_t time, unsigned level)
{
    return (unsigned)((time >> (SLOT_BITS * level)) & (WHEEL_SLOTS - 1));
}

void wheel_insert(struct wheel *wheel, struct exec_timer *timer)
{
    assert(timer->due > wheel->now);
    unsigned highest_bit = 63u - (unsigned)__builtin_clzll(timer->due ^ wheel->now);
    unsigned level = highest_bit / SLOT_BITS;
    unsigned slot = slot_of(timer->due, level);
    timer->place = (uint8_t)(1 + level);
    exec_list_append(&wheel->slots[level][slot], &timer->link);
    wheel->occupied[level] |= 1ull << slot;
}

void wheel_remove(struct wheel *wheel, struct exec_timer *timer)
{
    assert(timer->place >= 1 && timer->place <= WHEEL_LEVELS);
    unsigned level = timer->place - 1u;
    unsigned slot = slot_of(timer->due, level);
    exec_list_remove(&timer->link);
    timer->place = 0;
    if (exec_list_empty(&wheel->slots[level][slot]))
        wheel->occupied[level] &= ~(1ull << slot);
}

/* The start of the first occupied slot of the lowest occupied level: lower levels are nearer,
 * because they agree with the wheel's time in more of the high bits. */
static uint64_t first_slot(const struct wheel *wheel, unsigned *level, unsigned *slot)
{
    for (*level = 0; *level < WHEEL_LEVELS; (*level)++) {
        if (!wheel->occupied[*level])
            continue;
        *slot = (unsigned)__builtin_ctzll(wheel->occupied[*level]);
        unsigned above = SLOT_BITS * (*level + 1);
        uint64_t high = above >= 64 ? 0 : wheel->now >> above << above;
        return high | (uint64_t)*slot << (SLOT_BITS * *level);
    }
    return UINT64_MAX;
}

uint64_t wheel_next(const struct wheel *wheel)
{
    unsigned level;
    unsigned slot;
    return first_slot(wheel, &level, &slot);
}

void wheel_advance(struct wheel *wheel, uint64_t now, struct exec_link *expired)
{
    assert(now >= wheel->now);
    for (;;) {
        unsigned level;
        unsigned slot;
        uint64_t start = first_slot(wheel, &level, &slot);
        if (start > now || level == WHEEL_LEVELS)
            break;
        struct exec_link moving;
        exec_link_init(&moving);
        exec_list_splice(&moving, &wheel->slots[level][slot]);
        wheel->occupied[level] &= ~(1ull << slot);
        wheel->now = start;
        for (struct exec_link *link; (link = exec_list_take(&moving)) != NULL;) {
            struct exec_timer *timer = EXEC_CONTAINER(link, struct exec_timer, link);
            if (timer->due > start) {
                wheel_insert(wheel, timer);
            } else {
                timer->place = WHEEL_EXPIRED;
                exec_list_append(expired, &timer->link);
            }
        }
    }
    wheel->now = now;
}
