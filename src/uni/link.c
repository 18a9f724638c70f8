/* SPDX-License-Identifier: MIT */
/* The link coordinator, and what the loss of the SAAL means to calls (SIG 5.3, 5.10). */
#include "uni/inside.h"

#include <assert.h>

enum { CU0_RELEASED, CU1_AWAITING_ESTABLISH, CU2_AWAITING_RELEASE, CU3_ESTABLISHED };

static void tell(struct uni *uni, enum uni_event_kind kind)
{
    const struct uni_event event = {.kind = kind};

    uni_queue_event(uni, &event);
}

/* The only writer of link_state. */
static void link_set_state(struct uni *uni, uint8_t state)
{
    if (state == CU0_RELEASED)
        uni_queues_drop_frames(uni);
    uni->link_state = state;
}

/* Somebody has to send; room for one event is reserved. */
void uni_link_needed(struct uni *uni)
{
    if (uni->link_state != CU0_RELEASED)
        return;
    link_set_state(uni, CU1_AWAITING_ESTABLISH);
    if (uni->t309.kind == UNI_NO_TIMER)
        uni_timer_start(uni, &uni->t309, UNI_T309);
    tell(uni, UNI_EVENT_LINK_WANTED);
}

/* Events that the loss of the link may cause: one a call, one a party that is not in. */
static size_t events_of_loss(const struct uni *uni)
{
    return 4 + (size_t)uni->call_pool.count + uni->party_pool.count;
}

static void lose_parties(struct uni *uni, struct call *call)
{
    const struct reason reason = uni_reason_of(UNI_CAUSE_OUT_OF_ORDER);

    for (struct party *party = call->first, *next; party; party = next) {
        next = party->next;
        uni_party_step(uni, party, LINK_LOST, NULL, &reason);
    }
}

/* SIG 5.10: calls that are active outlive the link by T309; others end with it. */
static void link_lost(struct uni *uni)
{
    bool needed = false;

    tell(uni, UNI_EVENT_LINK_DOWN);
    link_set_state(uni, CU0_RELEASED);
    for (struct call *call = uni->first, *next; call; call = next) {
        next = call->next;
        if (call->state == 10) {
            uni_timer_stop(&call->enquiry_timer);
            call->enquiry_out = false;
            call->audit = NULL;
            lose_parties(uni, call);
        }
        if (call->state != 10 || (call->multipoint && call->live_count == 0))
            uni_call_step(uni, call, CALL_LINK_FAILED, NULL, UNI_CAUSE_OUT_OF_ORDER);
        else
            needed = true;
    }
    if (needed)
        uni_link_needed(uni);
}

static void link_up(struct uni *uni, bool confirmed)
{
    const bool was_up = uni->link_state == CU3_ESTABLISHED;

    uni_timer_stop(&uni->t309);
    link_set_state(uni, CU3_ESTABLISHED);
    if (!was_up)
        tell(uni, UNI_EVENT_LINK_UP);
    for (struct call *call = uni->first; call; call = call->next) {
        /* Before the answer an enquiry is due only when the peer established by itself. */
        const bool due = call->state == 10 || (call->state < 10 && !confirmed && was_up);

        if (due)
            uni_audit_call(uni, call);
    }
}

enum uni_result uni_link(struct uni *uni, uint64_t now_ms, enum uni_link_signal signal)
{
    assert(now_ms >= uni->now_ms);
    uni->now_ms = now_ms;
    if (!uni_queues_reserve_short(uni, 64 + (size_t)uni->call_pool.count, events_of_loss(uni)))
        return UNI_NO_MEMORY;
    switch (signal) {
    case UNI_LINK_ESTABLISHED:
        if (uni->link_state == CU0_RELEASED || uni->link_state == CU1_AWAITING_ESTABLISH ||
            uni->link_state == CU3_ESTABLISHED)
            link_up(uni, false);
        break;
    case UNI_LINK_CONFIRMED:
        /* DEVIATES (CU0): T309 was over, and the layer below went on trying: it is up all the
         * same, and the peer counts on it. */
        if (uni->link_state != CU2_AWAITING_RELEASE)
            link_up(uni, true);
        break;
    case UNI_LINK_RELEASED:
        if (uni->link_state == CU1_AWAITING_ESTABLISH && uni->t309.kind != UNI_NO_TIMER) {
            /* T309 goes on: the layer below is asked again until it is over. */
            tell(uni, UNI_EVENT_LINK_WANTED);
        } else if (uni->link_state == CU3_ESTABLISHED) {
            link_lost(uni);
        }
        break;
    case UNI_LINK_RELEASE_CONFIRMED:
        if (uni->link_state == CU2_AWAITING_RELEASE)
            link_set_state(uni, CU0_RELEASED);
        break;
    }
    return UNI_OK;
}

enum uni_result uni_link_want(struct uni *uni, uint64_t now_ms)
{
    assert(now_ms >= uni->now_ms);
    uni->now_ms = now_ms;
    if (!uni_queues_reserve(uni, 1, 1))
        return UNI_NO_MEMORY;
    uni_link_needed(uni);
    return UNI_OK;
}

/* T309: nobody is there. Room for the events is reserved by uni_advance. */
void uni_link_expire(struct uni *uni)
{
    link_set_state(uni, CU0_RELEASED);
    tell(uni, UNI_EVENT_LINK_DOWN);
    uni_calls_end(uni, CALL_LINK_FAILED, UNI_CAUSE_OUT_OF_ORDER);
}
