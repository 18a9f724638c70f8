/* SPDX-License-Identifier: MIT */
#include "saal/sscop_inside.h"

#include <assert.h>

void sscop_timer_start(struct sscop *s, enum sscop_timer timer)
{
    const struct sscop_options *o = &s->options;
    const uint32_t ms[TIMER_COUNT] = {
        [TIMER_CC] = o->cc_ms,
        [TIMER_POLL] = o->poll_ms,
        [TIMER_KEEP_ALIVE] = o->keep_alive_ms,
        [TIMER_NO_RESPONSE] = o->no_response_ms,
        [TIMER_IDLE] = o->idle_ms,
    };
    s->deadline_ms[timer] = s->now_ms + ms[timer];
}

static enum sscop_timer timer_first(const struct sscop *s)
{
    enum sscop_timer first = TIMER_CC;
    for (unsigned timer = TIMER_CC + 1; timer < TIMER_COUNT; timer++)
        if (s->deadline_ms[timer] < s->deadline_ms[first])
            first = timer;
    return first;
}

uint64_t sscop_deadline_ms(const struct sscop *s)
{
    return s->deadline_ms[timer_first(s)];
}

static enum sscop_event timer_event(const struct sscop *s, enum sscop_timer timer)
{
    static const enum sscop_event events[TIMER_COUNT] = {
        [TIMER_CC] = EV_CC_MORE,
        [TIMER_POLL] = EV_EXP_POLL,
        [TIMER_KEEP_ALIVE] = EV_EXP_KEEP_ALIVE,
        [TIMER_NO_RESPONSE] = EV_EXP_NO_RESPONSE,
        [TIMER_IDLE] = EV_EXP_IDLE,
    };
    if (timer == TIMER_CC && s->vt_cc >= s->options.cc_count_max)
        return EV_CC_LAST;
    return events[timer];
}

enum saal_result sscop_expire(struct sscop *s, uint64_t now_ms)
{
    assert(now_ms >= s->now_ms);
    s->now_ms = now_ms;
    for (;;) {
        enum sscop_timer timer = timer_first(s);
        if (s->deadline_ms[timer] > now_ms)
            return SAAL_OK;
        if (!sscop_events_fit(s, EVENTS_PER_STEP))
            return SAAL_FULL;
        sscop_timer_stop(s, timer);
        sscop_step(s, timer_event(s, timer), &(struct sscop_input){.pdu = NULL});
        sscop_check(s);
    }
}

/* POLL or KEEP-ALIVE: the peer is asked again, and more often while anything waits. */
enum saal_result sscop_data_poll_expired(struct sscop *s, const struct sscop_input *input)
{
    (void)input;
    sscop_poll(s);
    sscop_timer_start(s, sscop_backlog_count(s) == 0 ? TIMER_KEEP_ALIVE : TIMER_POLL);
    return SAAL_OK;
}

enum saal_result sscop_data_idle_expired(struct sscop *s, const struct sscop_input *input)
{
    sscop_timer_start(s, TIMER_NO_RESPONSE);
    return sscop_data_poll_expired(s, input);
}
