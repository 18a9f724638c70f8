/* SPDX-License-Identifier: MIT */
/* Messages about parties, and what is wrong with them: SIG 5.6 to 5.8. */
#include "uni/inside.h"

#include <assert.h>

#define BIT(state) (1u << (state))

/* Call states in which each may arrive (Q.2971's SDL); 1 to 10 are all of SIG 5.1. */
enum {
    ANY_STATE = BIT(1) | BIT(4) | BIT(6) | BIT(7) | BIT(8) | BIT(9) | BIT(10),
    ACK_STATES = BIT(4) | BIT(7) | BIT(8) | BIT(10),
};

static const struct party_reception {
    uint8_t type;
    uint8_t event;
    uint16_t states[2]; /* by enum uni_side */
    bool to_root;       /* only the side that adds parties may receive it */
    bool cause_needed;
} receptions[] = {
    {UNI_ADD_PARTY, RX_ADD_PARTY, {BIT(7) | BIT(8) | BIT(10), BIT(4) | BIT(10)}, false, false},
    {UNI_PARTY_ALERTING,
     RX_PARTY_ALERTING,
     {BIT(4) | BIT(10), BIT(7) | BIT(8) | BIT(10)},
     true,
     false},
    {UNI_ADD_PARTY_ACKNOWLEDGE, RX_ADD_PARTY_ACK, {BIT(10), BIT(8) | BIT(10)}, true, false},
    {UNI_ADD_PARTY_REJECT,
     RX_ADD_PARTY_REJECT,
     {BIT(4) | BIT(10), BIT(7) | BIT(8) | BIT(10)},
     true,
     true},
    {UNI_DROP_PARTY, RX_DROP_PARTY, {ANY_STATE, ANY_STATE}, false, true},
    {UNI_DROP_PARTY_ACKNOWLEDGE, RX_DROP_PARTY_ACK, {ACK_STATES, ACK_STATES}, false, false},
};

static const struct party_reception *reception_of(uint8_t type)
{
    for (unsigned i = 0; i < sizeof(receptions) / sizeof(receptions[0]); i++)
        if (receptions[i].type == type)
            return &receptions[i];
    return NULL;
}

static struct reason reason_with(uint8_t cause, uint8_t diagnostic)
{
    struct reason reason = uni_reason_of(cause);

    reason.diagnostics[reason.diagnostic_count++] = diagnostic;
    return reason;
}

static struct reason reason_of_verdict(const struct uni_verdict *verdict)
{
    struct reason reason = uni_reason_of(verdict->cause);

    for (unsigned i = 0; i < verdict->diagnostic_count; i++)
        reason.diagnostics[reason.diagnostic_count++] = verdict->diagnostics[i];
    return reason;
}

/* SIG 5.8: the reference is nobody's; say so with its flag turned round. */
void uni_send_unknown_endpoint(struct uni *uni, struct call *call, uint8_t cause)
{
    const struct uni_endpoint_ref *const ref = uni->received.endpoint_ref;
    const struct reason reason = uni_reason_of(cause);
    struct uni_message *const message = uni_scratch_with(uni, &reason);
    struct uni_endpoint_ref *const echoed = UNI_ADD(message, ENDPOINT_REF, endpoint_ref);

    message->type = UNI_DROP_PARTY_ACKNOWLEDGE;
    message->call_ref = call->reference;
    message->call_ref_flag = !call->ours;
    echoed->id = ref->id;
    echoed->flag = !ref->flag;
    uni_send_message(uni, message);
}

/* A party that did not come about: no state of it was ever made. The last-party rule holds. */
static void reject_party(struct uni *uni, struct call *call, const struct reason *reason)
{
    struct uni_message *message;
    struct uni_endpoint_ref *echoed;

    if (call->live_count == 0) {
        uni_call_clear(uni, call, reason, true);
        return;
    }
    message = uni_scratch_with(uni, reason);
    echoed = UNI_ADD(message, ENDPOINT_REF, endpoint_ref);
    message->type = UNI_ADD_PARTY_REJECT;
    message->call_ref = call->reference;
    message->call_ref_flag = !call->ours;
    echoed->id = uni->received.endpoint_ref->id;
    echoed->flag = 1;
    uni_send_message(uni, message);
}

/* SIG 5.8, "missing" and "missing or bad". */
static void feed_without_endpoint(struct uni *uni, struct call *call,
                                  const struct uni_verdict *verdict)
{
    const uint8_t id = uni_ie_id(UNI_IE_ENDPOINT_REF);
    const bool bad = verdict->bad_set & UNI_HAS(ENDPOINT_REF);
    struct reason reason = reason_with(bad ? UNI_CAUSE_IE_CONTENTS : UNI_CAUSE_IE_MISSING, id);

    switch (uni->received.type) {
    case UNI_ADD_PARTY_REJECT:
    case UNI_DROP_PARTY:
    case UNI_DROP_PARTY_ACKNOWLEDGE:
        uni_call_clear(uni, call, &reason, true);
        return;
    default:
        break;
    }
    if (verdict->fault_reaction >= UNI_IGNORE && !bad)
        reason = uni_reason_of(verdict->fault_cause);
    if (verdict->fault_reaction == UNI_CLEAR)
        uni_call_clear(uni, call, &reason, true);
    else if (verdict->fault_reaction != UNI_IGNORE)
        uni_send_status(uni, call, &uni->received, &reason);
}

static void feed_new_party(struct uni *uni, struct call *call, const struct uni_verdict *verdict)
{
    struct uni_message *const m = &uni->received;
    struct reason reason = reason_of_verdict(verdict);

    if (verdict->missing || (verdict->reaction == UNI_IGNORE_REPORT && !verdict->by_action)) {
        reject_party(uni, call, &reason);
        return;
    }
    if (verdict->reaction == UNI_CLEAR) {
        uni_call_clear(uni, call, &reason, true);
        return;
    }
    if (verdict->reaction == UNI_IGNORE_REPORT)
        uni_send_status(uni, call, m, &reason);
    if (verdict->reaction >= UNI_IGNORE)
        return;
    struct party *const party = uni_party_begin(uni, call, m->endpoint_ref->id);

    if (!party) {
        const struct reason full = uni_reason_of(UNI_CAUSE_RESOURCE);
        reject_party(uni, call, &full);
        return;
    }
    uni_party_step(uni, party, RX_ADD_PARTY, NULL, NULL);
    if (verdict->reaction == UNI_PROCESS_REPORT)
        uni_send_status(uni, call, m, &reason);
}

/* SIG 5.8, "unknown reference". */
static void feed_unknown_party(struct uni *uni, struct call *call,
                               const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    struct reason reason;

    switch (m->type) {
    case UNI_ADD_PARTY_REJECT:
    case UNI_DROP_PARTY_ACKNOWLEDGE:
        uni->counters.frames_ignored++;
        return;
    case UNI_ADD_PARTY:
        if (call->ours) {
            reason = reason_with(UNI_CAUSE_STATE, m->type);
            uni_send_status(uni, call, m, &reason);
        } else {
            feed_new_party(uni, call, verdict);
        }
        return;
    default:
        uni_send_unknown_endpoint(uni, call, UNI_CAUSE_ENDPOINT_REFERENCE);
    }
}

/* The cause that the owner hears, and what an acknowledgement says of the message (SIG 7). */
static uint8_t cause_heard(const struct uni_message *m, const struct uni_verdict *verdict,
                           struct party *party)
{
    const bool bad = verdict->bad_set & UNI_HAS(CAUSE);

    if (m->has & UNI_HAS(CAUSE))
        return m->cause->value;
    if (m->type != UNI_DROP_PARTY)
        return m->type == UNI_ADD_PARTY_REJECT ? UNI_CAUSE_UNSPECIFIED : UNI_CAUSE_NORMAL;
    party->answer_cause = bad ? UNI_CAUSE_IE_CONTENTS : UNI_CAUSE_IE_MISSING;
    return party->answer_cause;
}

static void feed_known_party(struct uni *uni, struct call *call, struct party *party,
                             const struct party_reception *reception,
                             const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    const uint32_t handle = call->handle;
    const uint64_t excused = UNI_HAS(CAUSE);
    const bool only_cause = ((verdict->missing_set | verdict->bad_set) & ~excused) == 0 &&
                            (verdict->missing_set | verdict->bad_set) != 0 && !verdict->by_action;
    struct reason reason = reason_of_verdict(verdict);

    if (!only_cause || !reception->cause_needed) {
        if (verdict->reaction == UNI_CLEAR) {
            uni_call_clear(uni, call, &reason, true);
            return;
        }
        if (verdict->reaction == UNI_IGNORE_REPORT)
            uni_send_status(uni, call, m, &reason);
        if (verdict->reaction >= UNI_IGNORE)
            return;
    }
    const struct reason heard = uni_reason_of(cause_heard(m, verdict, party));

    if (uni_party_step(uni, party, (enum party_event)reception->event, NULL, &heard) != UNI_OK) {
        reason = reason_with(UNI_CAUSE_STATE, m->type);
        uni_send_status(uni, call, m, &reason);
        return;
    }
    if (verdict->reaction == UNI_PROCESS_REPORT && call->handle == handle)
        uni_send_status(uni, call, m, &reason);
}

void uni_feed_party_message(struct uni *uni, struct call *call, const struct uni_verdict *verdict)
{
    struct uni_message *const m = &uni->received;
    const struct party_reception *const reception = reception_of(m->type);
    struct reason reason = reason_with(UNI_CAUSE_STATE, m->type);

    assert(reception);
    if (call->state > 10 && (m->type == UNI_DROP_PARTY || m->type == UNI_DROP_PARTY_ACKNOWLEDGE)) {
        uni->counters.frames_ignored++;
        return;
    }
    if (!call->multipoint || call->state > 10 ||
        !(reception->states[uni->config.side] & BIT(call->state)) ||
        (reception->to_root && !call->ours)) {
        uni_send_status(uni, call, m, &reason);
        return;
    }
    if (!(m->has & UNI_HAS(ENDPOINT_REF))) {
        feed_without_endpoint(uni, call, verdict);
        return;
    }
    const bool flag_right = (m->endpoint_ref->flag != 0) == call->ours;

    if (!flag_right && (m->type == UNI_ADD_PARTY || reception->to_root) &&
        m->type != UNI_ADD_PARTY_REJECT) {
        reason = reason_with(UNI_CAUSE_IE_CONTENTS, uni_ie_id(UNI_IE_ENDPOINT_REF));
        m->has &= ~UNI_HAS(ENDPOINT_REF); /* bad contents are not echoed */
        uni_send_status(uni, call, m, &reason);
        return;
    }
    struct party *const party = flag_right ? uni_party_find(uni, call, m->endpoint_ref->id) : NULL;

    if (party)
        feed_known_party(uni, call, party, reception, verdict);
    else
        feed_unknown_party(uni, call, verdict);
}
