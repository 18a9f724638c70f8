/* SPDX-License-Identifier: MIT */
/* A wheel holds the set timers of one processor, exact to 100 ns, with no memory of its own: eleven
 * levels of 64 slots, six bits of the due time each. A timer sits in the level of the highest bit
 * in which its due time differs from the wheel's time, so setting and stopping cost the same
 * however many there are, and timers that are due together expire in the order in which they were
 * set. */
#ifndef CONDIS_NT_WHEEL_H
#define CONDIS_NT_WHEEL_H

#include "nt/exec.h"

#define WHEEL_LEVELS  11u
#define WHEEL_SLOTS   64u
#define WHEEL_EXPIRED 255u /* exec_timer.place of one that is in an expired list */

struct wheel {
    uint64_t now;
    uint64_t occupied[WHEEL_LEVELS]; /* a bit for each slot that is not empty */
    struct exec_link slots[WHEEL_LEVELS][WHEEL_SLOTS];
};

/* Start an empty wheel at time `now`. */
void wheel_init(struct wheel *wheel, uint64_t now);

/* Put in a timer that is in no list; due must be later than wheel->now. */
void wheel_insert(struct wheel *wheel, struct exec_timer *timer);

/* Take out a timer that is in this wheel. */
void wheel_remove(struct wheel *wheel, struct exec_timer *timer);

/* A time at or before the earliest due one, and after wheel->now; UINT64_MAX: no timer is set.
 * wheel_advance to it makes the next answer nearer; at most eleven times until it is exact. */
uint64_t wheel_next(const struct wheel *wheel);

/* Move time on to `now` (not backwards) and append what is due to `expired`, earliest first. */
void wheel_advance(struct wheel *wheel, uint64_t now, struct exec_link *expired);

#endif
