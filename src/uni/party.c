/* SPDX-License-Identifier: MIT */
#include "uni/inside.h"

#include <assert.h>

static uint32_t key_of(const struct call *call, uint16_t id)
{
    return call->node.index << 15 | id;
}

struct party *uni_party_find(const struct uni *uni, const struct call *call, uint16_t id)
{
    return uni_map_find(&uni->parties, key_of(call, id));
}

struct party *uni_party_begin(struct uni *uni, struct call *call, uint16_t id)
{
    struct party *const party = uni_pool_take(&uni->party_pool);

    if (!party)
        return NULL;
    *party = (struct party){.node.index = party->node.index,
                            .node.key = key_of(call, id),
                            .call = call,
                            .prev = call->last,
                            .timer.owner = OWNER_PARTY,
                            .id = id};
    *(call->last ? &call->last->next : &call->first) = party;
    call->last = party;
    uni_map_put(&uni->parties, &party->node);
    if (call->ours)
        uni_endpoints_take(&call->endpoints, id);
    return party;
}

static bool is_live(unsigned state)
{
    return (state >= P1 && state <= P4) || state == P7;
}

/* The only writer of party->state; the call counts its parties here (SIG 5.7). */
static void party_set_state(struct party *party, uint8_t state)
{
    struct call *const call = party->call;

    call->live_count -= is_live(party->state);
    call->active_count -= party->state == P7;
    party->state = state;
    call->live_count += is_live(state);
    call->active_count += state == P7;
}

void uni_party_end(struct uni *uni, struct party *party)
{
    struct call *const call = party->call;

    uni_timer_stop(&party->timer);
    party_set_state(party, P0);
    if (call->setup == party)
        call->setup = NULL;
    if (call->audit == party)
        call->audit = party->next;
    *(party->prev ? &party->prev->next : &call->first) = party->next;
    *(party->next ? &party->next->prev : &call->last) = party->prev;
    uni_map_remove(&uni->parties, &party->node);
    if (call->ours)
        uni_endpoints_give(&call->endpoints, party->id);
    uni_pool_give(&uni->party_pool, &party->node);
}

/* What holds in each state. A party of SETUP has no T399: T303 and T310 of its call cover it. */
void uni_party_check(const struct party *party)
{
    const unsigned timer = party->timer.kind;

    assert(party->state != P0 && party->state < PARTY_STATE_COUNT);
    assert(party->state == P1 || timer != UNI_T399);
    assert((party->state == P4) == (timer == UNI_T397));
    assert((party->state == P5) == (timer == UNI_T398));
    assert(party->call->multipoint);
}

static void tell_party(struct uni *uni, struct party *party, enum party_event event, int tell,
                       uint8_t cause)
{
    const bool reception = event >= RX_ADD_PARTY && event <= RX_DROP_PARTY_ACK;

    if (tell < 0 || party->told_gone)
        return;
    party->told_gone = tell == UNI_EVENT_ADD_PARTY_REJECT || tell == UNI_EVENT_PARTY_GONE;
    const struct uni_event told = {.kind = (enum uni_event_kind)tell,
                                   .call = party->call->handle,
                                   .call_cookie = party->call->cookie,
                                   .party = party->id,
                                   .party_cookie = party->cookie,
                                   .cause = cause,
                                   .message = reception && uni->frame ? &uni->received : NULL};

    uni_queue_event(uni, &told);
}

static bool ends_a_party(uint8_t type)
{
    return type == UNI_DROP_PARTY || type == UNI_DROP_PARTY_ACKNOWLEDGE ||
           type == UNI_ADD_PARTY_REJECT;
}

/* SIG 5.7: with no live party left, RELEASE takes the place of what would have been sent, with its
 * cause and its user-user data. */
static void release_instead(struct uni *uni, struct call *call, struct uni_message *elements,
                            const struct reason *reason, bool asked)
{
    if (!asked) {
        uni_call_clear(uni, call, reason, true);
        return;
    }
    const uint8_t cause = elements && (elements->has & UNI_HAS(CAUSE)) ? elements->cause->value
                          : call->told_release && call->cause          ? call->cause
                                                                       : UNI_CAUSE_NORMAL;

    uni_call_step(uni, call, CALL_CLEAR, elements, cause);
}

enum uni_result uni_party_step(struct uni *uni, struct party *party, enum party_event event,
                               struct uni_message *elements, const struct reason *reason)
{
    const struct row *const row = &uni_party_table[party->state][event];
    struct call *const call = party->call;
    const uint8_t cause = reason ? reason->cause : 0;

    if (row->kind == ROW_IGNORE)
        return UNI_OK;
    if (row->kind == ROW_PEER || row->kind == ROW_REFUSE)
        return UNI_WRONG_STATE;
    assert(row->kind == ROW_DO);
    if (row->stop != UNI_NO_TIMER)
        uni_timer_stop(&party->timer);
    if (row->start != UNI_NO_TIMER)
        uni_timer_start(uni, &party->timer, (enum uni_timer_kind)row->start);
    party_set_state(party, row->next);

    const bool none_left = call->live_count == 0 && call->state <= 10 && row->next != P7;
    const bool asked = event <= REQ_CONFIRM;

    /* The last one that the peer drops is told as the end of the call, and once. */
    if (!(none_left && event == RX_DROP_PARTY))
        tell_party(uni, party, event, row->tell, cause);
    if (none_left && ends_a_party(row->send)) {
        release_instead(uni, call, elements, reason, asked);
        return UNI_OK;
    }
    if (row->send != 0)
        uni_send_party(uni, party, row->send,
                       elements || !reason ? elements : uni_scratch_with(uni, reason));
    if (row->next == P0)
        uni_party_end(uni, party);
    else
        uni_party_check(party);
    if (none_left && event != LINK_LOST)
        uni_call_last_party_gone(uni, call, cause ? cause : UNI_CAUSE_UNSPECIFIED);
    return UNI_OK;
}

void uni_party_expire(struct uni *uni, struct party *party, enum uni_timer_kind kind)
{
    struct reason reason;

    switch (kind) {
    case UNI_T397:
        reason = uni_reason_timer("397");
        uni_party_step(uni, party, EXP_T397, NULL, &reason);
        break;
    case UNI_T398:
        reason = uni_reason_timer("398");
        uni_party_step(uni, party, EXP_T398, NULL, &reason);
        break;
    default:
        assert(kind == UNI_T399);
        reason = uni->config.side == UNI_USER ? uni_reason_timer("399")
                                              : uni_reason_of(UNI_CAUSE_NO_USER_RESPONDING);
        uni_party_step(uni, party, EXP_T399, NULL, &reason);
    }
}
