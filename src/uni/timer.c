/* SPDX-License-Identifier: MIT */
#include "uni/inside.h"

#include <assert.h>

static const struct {
    uint32_t ms[2]; /* by enum uni_side */
    uint8_t tries;
} defaults[UNI_TIMER_COUNT] = {
#define TIMER(name, user_ms, network_ms, tries) [UNI_##name] = {{user_ms, network_ms}, tries},
#include "uni/timer.def"
};

void uni_timers_init(struct uni *uni)
{
    for (unsigned kind = 0; kind < UNI_TIMER_COUNT; kind++) {
        uni->queues[kind].next = uni->queues[kind].prev = &uni->queues[kind];
        if (uni->config.timers_ms[kind] == 0)
            uni->config.timers_ms[kind] = defaults[kind].ms[uni->config.side];
    }
}

uint32_t uni_timer_ms(const struct uni *uni, enum uni_timer_kind kind)
{
    return uni->config.timers_ms[kind];
}

unsigned uni_timer_tries(enum uni_timer_kind kind)
{
    return defaults[kind].tries;
}

void uni_timer_start(struct uni *uni, struct timer *timer, enum uni_timer_kind kind)
{
    struct timer *const head = &uni->queues[kind];

    assert(kind != UNI_NO_TIMER && kind < UNI_TIMER_COUNT);
    uni_timer_stop(timer);
    timer->kind = (uint8_t)kind;
    timer->due_ms = uni->now_ms + uni->config.timers_ms[kind];
    timer->next = head;
    timer->prev = head->prev;
    head->prev->next = timer;
    head->prev = timer;
}

void uni_timer_stop(struct timer *timer)
{
    if (timer->kind == UNI_NO_TIMER)
        return;
    timer->prev->next = timer->next;
    timer->next->prev = timer->prev;
    timer->kind = UNI_NO_TIMER;
}

/* The earliest that is due; of several, the one whose kind stands first in timer.def. */
struct timer *uni_timer_due(struct uni *uni, uint64_t now_ms)
{
    struct timer *found = NULL;

    for (unsigned kind = 1; kind < UNI_TIMER_COUNT; kind++) {
        struct timer *const first = uni->queues[kind].next;

        if (first != &uni->queues[kind] && first->due_ms <= now_ms &&
            (!found || first->due_ms < found->due_ms))
            found = first;
    }
    return found;
}

uint64_t uni_deadline(const struct uni *uni)
{
    uint64_t earliest = UINT64_MAX;

    for (unsigned kind = 1; kind < UNI_TIMER_COUNT; kind++) {
        const struct timer *const first = uni->queues[kind].next;

        if (first != &uni->queues[kind] && first->due_ms < earliest)
            earliest = first->due_ms;
    }
    return earliest;
}
