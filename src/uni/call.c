/* SPDX-License-Identifier: MIT */
#include "uni/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEPT_BYTES_MIN = 320, /* a RELEASE with two causes and user-user data */
    HANDLE_INDEX_BITS = 17,
    KEY_OURS = 1u << 23,
};

bool uni_call_keep(struct call *call, size_t byte_count)
{
    if (byte_count < KEPT_BYTES_MIN)
        byte_count = KEPT_BYTES_MIN;
    if (call->kept_room >= byte_count)
        return true;
    uint8_t *const kept = realloc(call->kept, byte_count);
    if (!kept)
        return false;
    call->kept = kept;
    call->kept_room = (uint32_t)byte_count;
    return true;
}

struct call *uni_call_find(const struct uni *uni, uint32_t reference, bool ours)
{
    return uni_map_find(&uni->calls, reference | (ours ? KEY_OURS : 0));
}

struct call *uni_call_of_handle(const struct uni *uni, uint32_t handle)
{
    struct call *const call =
        uni_pool_at(&uni->call_pool, handle & ((1u << HANDLE_INDEX_BITS) - 1));

    return call && handle != 0 && call->handle == handle ? call : NULL;
}

/* A handle of the same place differs from the last one in its upper bits, and is never zero. */
static uint32_t handle_after(uint32_t last, uint32_t index)
{
    uint32_t turn = (last >> HANDLE_INDEX_BITS) + 1;

    turn &= (1u << (32 - HANDLE_INDEX_BITS)) - 1;
    return (turn ? turn : 1) << HANDLE_INDEX_BITS | index;
}

struct call *uni_call_begin(struct uni *uni, uint32_t reference, bool ours, bool multipoint)
{
    struct call *const call = uni_pool_take(&uni->call_pool);

    if (!call)
        return NULL;
    if (!uni_call_keep(call, KEPT_BYTES_MIN)) {
        uni_pool_give(&uni->call_pool, &call->node);
        return NULL;
    }
    const struct call old = *call;

    *call = (struct call){.node = old.node,
                          .kept = old.kept,
                          .kept_room = old.kept_room,
                          .enquiry_timer.owner = OWNER_ENQUIRY,
                          .timer.owner = OWNER_CALL,
                          .reference = reference,
                          .ours = ours,
                          .multipoint = multipoint};
    call->handle = handle_after(old.last_handle, old.node.index);
    call->node.key = reference | (ours ? KEY_OURS : 0);
    uni_map_put(&uni->calls, &call->node);
    call->prev = uni->last;
    *(uni->last ? &uni->last->next : &uni->first) = call;
    uni->last = call;
    return call;
}

void uni_call_discard(struct uni *uni, struct call *call)
{
    uni_timer_stop(&call->timer);
    uni_timer_stop(&call->enquiry_timer);
    while (call->first)
        uni_party_end(uni, call->first);
    uni_endpoints_free(&call->endpoints);
    *(call->prev ? &call->prev->next : &uni->first) = call->next;
    *(call->next ? &call->next->prev : &uni->last) = call->prev;
    uni_map_remove(&uni->calls, &call->node);
    call->last_handle = call->handle;
    call->handle = 0;
    uni_pool_give(&uni->call_pool, &call->node);
}

void uni_call_check(const struct call *call)
{
    const unsigned state = call->state;

    assert(call->handle != 0);
    assert(state != 0 && state < CALL_STATE_COUNT);
    assert(state != 2 && state != 5);
    assert(call->active_count <= call->live_count);
    assert(state <= 10 || call->first == NULL);
    assert(!call->setup || call->multipoint);
    assert((state == 11 || state == 12) || call->timer.kind != UNI_T308);
    assert(call->enquiry_timer.kind == UNI_NO_TIMER || call->enquiry_out);
}

void uni_tell_call(struct uni *uni, const struct call *call, enum uni_event_kind kind,
                   uint8_t cause)
{
    const bool named =
        uni->frame && call->multipoint && (uni->received.has & UNI_HAS(ENDPOINT_REF));
    const uint16_t id = named ? uni->received.endpoint_ref->id : call->setup ? call->setup->id : 0;
    const struct party *const party = call->multipoint ? uni_party_find(uni, call, id) : NULL;
    const struct uni_event event = {.kind = kind,
                                    .call = call->handle,
                                    .call_cookie = call->cookie,
                                    .party = id,
                                    .party_cookie = party ? party->cookie : 0,
                                    .cause = cause,
                                    .message = uni->frame ? &uni->received : NULL};

    uni_queue_event(uni, &event);
}

/* A party that SETUP brought goes along with its call. */
static void step_setup_party(struct uni *uni, struct call *call, enum call_event event)
{
    const bool user = uni->config.side == UNI_USER;
    enum party_event party_event;

    switch (event) {
    case CALL_RX_ALERTING:
        party_event = CALL_ALERTING_IN;
        break;
    case CALL_REQ_ALERTING:
        party_event = CALL_ALERTING_OUT;
        break;
    case CALL_RX_CONNECT:
    case CALL_REQ_CONNECT:
        /* N8 waits for the network's CONNECT ACKNOWLEDGE, U8 for the network's. */
        if (user != (event == CALL_RX_CONNECT))
            return;
        party_event = CALL_ANSWERED;
        break;
    case CALL_REQ_CONNECT_ACK:
    case CALL_RX_CONNECT_ACK:
        party_event = CALL_ANSWERED;
        break;
    default:
        return;
    }
    struct party *const party = call->setup;

    if (party_event == CALL_ANSWERED)
        call->setup = NULL;
    uni_party_step(uni, party, party_event, NULL, NULL);
}

static bool is_reception(enum call_event event)
{
    return event >= CALL_RX_SETUP && event <= CALL_RX_RELEASE_COMPLETE;
}

static void stop_timers(struct call *call, uint8_t stop)
{
    if (stop == UNI_NO_TIMER)
        return;
    uni_timer_stop(&call->timer);
    if (stop != STOP_ANY)
        return;
    uni_timer_stop(&call->enquiry_timer);
    call->enquiry_out = false;
    call->audit = NULL;
}

static void start_timer(struct uni *uni, struct call *call, const struct row *row)
{
    if (row->start == UNI_NO_TIMER || (row->start == UNI_T301 && call->multipoint))
        return;
    if (row->start == UNI_T322) {
        uni_timer_start(uni, &call->enquiry_timer, UNI_T322);
        return;
    }
    if (row->send != SEND_AGAIN)
        call->try_count = 1;
    uni_timer_start(uni, &call->timer, (enum uni_timer_kind)row->start);
}

/* The only writer of call->state. */
static void call_set_state(struct call *call, uint8_t state)
{
    if (state == STATE_SAME)
        return;
    call->state = state;
}

static void tell_step(struct uni *uni, struct call *call, enum call_event event, int tell)
{
    const uint8_t *const frame = uni->frame;

    if (tell < 0 || (tell == UNI_EVENT_RELEASE && call->told_release))
        return;
    if (tell == UNI_EVENT_RELEASE)
        call->told_release = true;
    if (!is_reception(event))
        uni->frame = NULL;
    uni_tell_call(uni, call, (enum uni_event_kind)tell, call->cause);
    uni->frame = frame;
}

enum uni_result uni_call_step(struct uni *uni, struct call *call, enum call_event event,
                              struct uni_message *elements, uint8_t cause)
{
    const struct row *const row = &uni_call_table[uni->config.side][call->state][event];

    if (row->kind == ROW_IGNORE)
        return UNI_OK;
    if (row->kind == ROW_PEER || row->kind == ROW_REFUSE)
        return UNI_WRONG_STATE;
    assert(row->kind == ROW_DO);
    if (cause != 0)
        call->cause = cause;
    stop_timers(call, row->stop);
    start_timer(uni, call, row);
    if (row->send != 0)
        uni_send_call(uni, call, row->send, elements);
    call_set_state(call, row->next);
    if (call->setup)
        step_setup_party(uni, call, event);
    tell_step(uni, call, event, row->tell);
    if (row->next == 11 || row->next == 12) {
        call->setup = NULL;
        while (call->first)
            uni_party_end(uni, call->first);
    }
    if (row->next == 0) {
        call->setup = NULL;
        tell_step(uni, call, event, UNI_EVENT_CLEARED);
        uni_call_discard(uni, call);
    } else {
        uni_call_check(call);
    }
    return UNI_OK;
}

/* We end a call that neither its owner nor the peer asked to end. */
void uni_call_clear(struct uni *uni, struct call *call, const struct reason *reason, bool tell)
{
    if (call->state > 10)
        return;
    call->cause = reason->cause;
    if (tell)
        tell_step(uni, call, CALL_CLEAR, UNI_EVENT_RELEASE);
    uni_call_step(uni, call, CALL_CLEAR, uni_scratch_with(uni, reason), reason->cause);
}

/* SIG 5.7, 9.2: the peer took the last party. RELEASE waits for the owner's data, but not long. */
void uni_call_last_party_gone(struct uni *uni, struct call *call, uint8_t cause)
{
    if (call->told_release || call->state > 10)
        return;
    call->cause = cause;
    call->told_release = true;
    uni_tell_call(uni, call, UNI_EVENT_RELEASE, cause);
    uni_timer_start(uni, &call->timer, UNI_GUARD);
}

void uni_call_expire(struct uni *uni, struct call *call, enum uni_timer_kind kind)
{
    struct reason reason;
    bool last;

    switch (kind) {
    case UNI_T301:
        reason = uni_reason_of(UNI_CAUSE_NO_ANSWER);
        uni_call_step(uni, call, CALL_EXP_T301, uni_scratch_with(uni, &reason), reason.cause);
        break;
    case UNI_T303:
        last = call->try_count++ >= uni_timer_tries(UNI_T303);
        uni_call_step(uni, call, last ? CALL_EXP_T303_LAST : CALL_EXP_T303_FIRST, NULL,
                      last ? UNI_CAUSE_NO_USER_RESPONDING : 0);
        break;
    case UNI_T308:
        last = call->try_count++ >= uni_timer_tries(UNI_T308);
        uni_call_step(uni, call, last ? CALL_EXP_T308_LAST : CALL_EXP_T308_FIRST, NULL, 0);
        break;
    case UNI_T310:
        reason = uni_reason_of(UNI_CAUSE_NO_USER_RESPONDING);
        uni_call_step(uni, call, CALL_EXP_T310, uni_scratch_with(uni, &reason), reason.cause);
        break;
    case UNI_T313:
        reason = uni_reason_timer("313");
        uni_call_step(uni, call, CALL_EXP_T313, uni_scratch_with(uni, &reason), reason.cause);
        break;
    case UNI_T322:
        last = call->enquiry_try_count++ >= uni_timer_tries(UNI_T322);
        reason = uni_reason_timer("322");
        uni_call_step(uni, call, last ? CALL_EXP_T322_LAST : CALL_EXP_T322_FIRST,
                      last ? uni_scratch_with(uni, &reason) : NULL, last ? reason.cause : 0);
        break;
    default:
        assert(kind == UNI_GUARD);
        reason = uni_reason_of(call->cause);
        if (call->cause == UNI_CAUSE_IE_MISSING || call->cause == UNI_CAUSE_IE_CONTENTS)
            reason.diagnostics[reason.diagnostic_count++] = 0x08;
        uni_call_step(uni, call, CALL_EXP_GUARD, uni_scratch_with(uni, &reason), reason.cause);
    }
}

/* The same for all calls: the link is gone, or restarted. Room for their events is reserved. */
void uni_calls_end(struct uni *uni, enum call_event event, uint8_t cause)
{
    for (struct call *call = uni->first, *next; call; call = next) {
        next = call->next;
        uni_call_step(uni, call, event, NULL, cause);
    }
}
