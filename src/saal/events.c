/* SPDX-License-Identifier: MIT */
#include "saal/sscop_inside.h"

#include <assert.h>

bool sscop_events_fit(const struct sscop *s, uint32_t count)
{
    return s->event_count - (s->event_next - s->event_first) >= count;
}

void sscop_tell(struct sscop *s, const struct saal_event *event)
{
    assert(sscop_events_fit(s, 1));
    s->events[s->event_next++ & (s->event_count - 1)] = *event;
}

void sscop_tell_error(struct sscop *s, char error, uint32_t count)
{
    s->counters.maa_errors++;
    sscop_tell(
        s, &(struct saal_event){.kind = SAAL_MAA_ERROR_INDICATION, .error = error, .count = count});
}

void sscop_events_clear(struct sscop *s)
{
    while (s->event_first != s->event_next)
        saal_buffer_release(s->events[s->event_first++ & (s->event_count - 1)].buffer);
}

static void credit_give(struct sscop *s)
{
    if (s->credit_held)
        s->credit_held_count++;
    else
        s->vr_mr = number_add(s->vr_mr, 1);
}

bool sscop_take_event(struct sscop *s, struct saal_event *event)
{
    if (s->event_first == s->event_next)
        return false;
    *event = s->events[s->event_first++ & (s->event_count - 1)];
    bool is_data =
        event->kind == SAAL_AA_DATA_INDICATION || event->kind == SAAL_AAL_DATA_INDICATION;
    if (is_data && event->epoch == s->epoch)
        credit_give(s);
    return true;
}

void sscop_hold_credit(struct sscop *s, bool hold)
{
    s->credit_held = hold;
    if (!hold) {
        s->vr_mr = number_add(s->vr_mr, s->credit_held_count);
        s->credit_held_count = 0;
    }
}

const char *saal_event_name(enum saal_event_kind kind)
{
    static const char *const names[SAAL_EVENT_KIND_COUNT] = {
        [SAAL_NO_EVENT] = "no event",
        [SAAL_AA_ESTABLISH_INDICATION] = "AA-ESTABLISH.indication",
        [SAAL_AA_ESTABLISH_CONFIRM] = "AA-ESTABLISH.confirm",
        [SAAL_AA_RELEASE_INDICATION] = "AA-RELEASE.indication",
        [SAAL_AA_RELEASE_CONFIRM] = "AA-RELEASE.confirm",
        [SAAL_AA_DATA_INDICATION] = "AA-DATA.indication",
        [SAAL_AA_RESYNC_INDICATION] = "AA-RESYNC.indication",
        [SAAL_AA_RESYNC_CONFIRM] = "AA-RESYNC.confirm",
        [SAAL_AA_RECOVER_INDICATION] = "AA-RECOVER.indication",
        [SAAL_AA_UNITDATA_INDICATION] = "AA-UNITDATA.indication",
        [SAAL_MAA_ERROR_INDICATION] = "MAA-ERROR.indication",
        [SAAL_MAA_UNITDATA_INDICATION] = "MAA-UNITDATA.indication",
        [SAAL_AAL_ESTABLISH_INDICATION] = "AAL-ESTABLISH.indication",
        [SAAL_AAL_ESTABLISH_CONFIRM] = "AAL-ESTABLISH.confirm",
        [SAAL_AAL_RELEASE_INDICATION] = "AAL-RELEASE.indication",
        [SAAL_AAL_RELEASE_CONFIRM] = "AAL-RELEASE.confirm",
        [SAAL_AAL_DATA_INDICATION] = "AAL-DATA.indication",
        [SAAL_AAL_UNITDATA_INDICATION] = "AAL-UNITDATA.indication",
    };
    return (unsigned)kind < SAAL_EVENT_KIND_COUNT ? names[kind] : "?";
}
