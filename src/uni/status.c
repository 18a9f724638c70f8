/* SPDX-License-Identifier: MIT */
/* Status enquiry: what the two ends believe is compared (SIG 5.9). */
#include "uni/inside.h"

#include <assert.h>

void uni_feed_enquiry(struct uni *uni, struct call *call)
{
    const struct reason reason = uni_reason_of(UNI_CAUSE_STATUS_RESPONSE);

    uni_send_status(uni, call, &uni->received, &reason);
}

/* Which of two ends a state belongs to: the one that sent SETUP as seen by the user's numbers. */
enum role { NO_ROLE, OUTGOING, INCOMING };

static enum role role_of_call(unsigned state)
{
    if (state == 1 || state == 3 || state == 4)
        return OUTGOING;
    return state >= 6 && state <= 9 ? INCOMING : NO_ROLE;
}

/* User and network side number a call alike; the two network sides of a trunk number it each as its
 * own half, so there the roles must differ. */
static bool call_states_fit(const struct uni *uni, unsigned ours, unsigned theirs)
{
    const enum role a = role_of_call(ours);
    const enum role b = role_of_call(theirs);

    if (a == NO_ROLE || b == NO_ROLE)
        return true;
    return uni->config.side == UNI_NETWORK && uni->config.peer_is_network ? a != b : a == b;
}

/* Values of SIG 5.2: 1 and 7 belong to who adds, 6 and 4 to who is asked. */
static enum role role_of_party(unsigned value)
{
    if (value == 1 || value == 7)
        return OUTGOING;
    return value == 6 || value == 4 ? INCOMING : NO_ROLE;
}

static enum role role_in(unsigned state)
{
    if (state == P1 || state == P4)
        return OUTGOING;
    return state == P2 || state == P3 ? INCOMING : NO_ROLE;
}

static void compare_party(struct uni *uni, struct call *call)
{
    const struct uni_message *const m = &uni->received;
    const unsigned theirs = m->endpoint_state->state;
    const uint8_t cause = m->cause->value;
    const bool flag_right = (m->endpoint_ref->flag != 0) == call->ours;
    struct party *const party = flag_right ? uni_party_find(uni, call, m->endpoint_ref->id) : NULL;
    struct reason reason = uni_reason_of(UNI_CAUSE_STATE);

    if (!party) {
        if (theirs != 0)
            uni_send_unknown_endpoint(uni, call, UNI_CAUSE_STATE);
        return;
    }
    const enum role role = role_in(party->state);

    if (theirs == 0) {
        uni_party_step(uni, party, STATUS_NULL, NULL, &reason);
    } else if (role != NO_ROLE && role == role_of_party(theirs)) {
        uni_party_step(uni, party, STATUS_BAD, NULL, &reason);
    } else if (cause == UNI_CAUSE_IE_MISSING || cause == UNI_CAUSE_TYPE_UNKNOWN ||
               cause == UNI_CAUSE_IE_UNKNOWN || cause == UNI_CAUSE_IE_CONTENTS) {
        reason = uni_reason_of(UNI_CAUSE_UNSPECIFIED);
        uni_party_step(uni, party, STATUS_DROP, NULL, &reason);
    }
}

static void compare_call(struct uni *uni, struct call *call)
{
    const struct reason reason = uni_reason_of(UNI_CAUSE_STATE);

    if (call_states_fit(uni, call->state, uni->received.call_state->state))
        return;
    uni_call_step(uni, call, CALL_STATUS_BAD, uni_scratch_with(uni, &reason), UNI_CAUSE_STATE);
}

void uni_feed_status(struct uni *uni, struct call *call, const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    const uint64_t needed = UNI_HAS(CALL_STATE) | UNI_HAS(CAUSE);
    const uint32_t handle = call->handle;

    if (verdict->missing || (m->has & needed) != needed) {
        struct reason reason = uni_reason_of(verdict->cause);

        for (unsigned i = 0; i < verdict->diagnostic_count; i++)
            reason.diagnostics[reason.diagnostic_count++] = verdict->diagnostics[i];
        uni_send_status(uni, call, m, &reason);
        return;
    }
    if (m->call_state->state == 0) {
        uni_call_step(uni, call, CALL_STATUS_NULL, NULL, UNI_CAUSE_STATE);
        return;
    }
    if (call->state > 10)
        return;
    const bool answers = m->cause->value == UNI_CAUSE_STATUS_RESPONSE && call->enquiry_out;

    if (answers) {
        uni_timer_stop(&call->enquiry_timer);
        call->enquiry_out = false;
    }
    if (m->has & UNI_HAS(ENDPOINT_REF))
        compare_party(uni, call);
    else
        compare_call(uni, call);
    if (answers && call->handle == handle && call->state <= 10)
        uni_enquiry_next(uni, call);
}

static void enquire(struct uni *uni, struct call *call)
{
    call->enquiry_out = true;
    call->enquiry_try_count = 1;
    uni_timer_start(uni, &call->enquiry_timer, UNI_T322);
    uni_send_call(uni, call, UNI_STATUS_ENQUIRY, NULL);
}

/* One enquiry of a call is out at a time; the others wait in the order of its parties. */
void uni_enquiry_next(struct uni *uni, struct call *call)
{
    if (call->enquiry_out)
        return;
    if (call->audit) {
        call->enquiry_party = true;
        call->audit_id = call->audit->id;
        call->audit = call->audit->next;
        enquire(uni, call);
    } else if (call->audit_self) {
        call->audit_self = false;
        call->enquiry_party = false;
        enquire(uni, call);
    }
}

void uni_audit_call(struct uni *uni, struct call *call)
{
    call->audit = call->state == 10 ? call->first : NULL;
    call->audit_self = call->audit == NULL;
    uni_enquiry_next(uni, call);
}
