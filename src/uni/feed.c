/* SPDX-License-Identifier: MIT */
/* What arrives: SIG 7 from the top, then to the call. */
#include "uni/inside.h"

#include <assert.h>

static struct reason reason_of_verdict(const struct uni_verdict *verdict)
{
    struct reason reason = uni_reason_of(verdict->cause);

    reason.diagnostic_count = verdict->diagnostic_count;
    for (unsigned i = 0; i < verdict->diagnostic_count; i++)
        reason.diagnostics[i] = verdict->diagnostics[i];
    return reason;
}

static struct reason reason_with(uint8_t cause, uint8_t diagnostic)
{
    struct reason reason = uni_reason_of(cause);

    reason.diagnostics[reason.diagnostic_count++] = diagnostic;
    return reason;
}

/* SIG 7, rows 9 to 13. */
static void feed_unknown_call(struct uni *uni)
{
    const struct uni_message *const m = &uni->received;
    struct reason reason = uni_reason_of(UNI_CAUSE_CALL_REFERENCE);

    switch (m->type) {
    case UNI_RELEASE_COMPLETE:
        uni->counters.frames_ignored++;
        return;
    case UNI_STATUS_ENQUIRY:
        reason = uni_reason_of(UNI_CAUSE_STATUS_RESPONSE);
        uni_send_status_unknown(uni, m, 0, &reason);
        return;
    case UNI_STATUS:
        if ((m->has & UNI_HAS(CALL_STATE)) && m->call_state->state == 0) {
            uni->counters.frames_ignored++;
            return;
        }
        reason = uni_reason_of(UNI_CAUSE_STATE);
        break;
    default:
        break;
    }
    uni_send_release_complete(uni, m->call_ref, !m->call_ref_flag, &reason);
}

static bool setup_refused(struct uni *uni, const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    const struct reason reason = reason_of_verdict(verdict);

    switch (verdict->reaction) {
    case UNI_PROCESS:
    case UNI_PROCESS_REPORT:
        return false;
    case UNI_IGNORE:
        uni->counters.frames_ignored++;
        return true;
    case UNI_IGNORE_REPORT:
        if (!verdict->missing && verdict->by_action) {
            uni_send_status_unknown(uni, m, 0, &reason);
            return true;
        }
        break;
    case UNI_CLEAR:
        break;
    }
    uni_send_release_complete(uni, m->call_ref, 1, &reason);
    return true;
}

static enum uni_result feed_setup(struct uni *uni, const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    const bool multipoint = (m->has & UNI_HAS(BEARER)) && m->bearer->multipoint == 1;
    struct reason reason = uni_reason_of(UNI_CAUSE_RESOURCE);

    if (setup_refused(uni, verdict))
        return UNI_OK;
    if (uni->call_pool.count >= uni->call_pool.limit ||
        (multipoint && uni->party_pool.count >= uni->party_pool.limit)) {
        uni_send_release_complete(uni, m->call_ref, 1, &reason);
        return UNI_OK;
    }
    struct call *const call = uni_call_begin(uni, m->call_ref, false, multipoint);
    if (!call)
        return UNI_NO_MEMORY;
    if (multipoint) {
        call->setup = uni_party_begin(uni, call, m->endpoint_ref->id);
        if (!call->setup) {
            uni_call_discard(uni, call);
            return UNI_NO_MEMORY;
        }
        uni_party_step(uni, call->setup, CALL_SETUP_IN, NULL, NULL);
    }
    if (m->has & UNI_HAS(CONNECTION)) {
        call->has_connection = true;
        call->vpci = m->connection->vpci;
        call->vci = m->connection->vci;
    }
    uni_call_step(uni, call, CALL_RX_SETUP, NULL, 0);
    if (verdict->reaction == UNI_PROCESS_REPORT) {
        reason = reason_of_verdict(verdict);
        uni_send_status(uni, call, m, &reason);
    }
    return UNI_OK;
}

/* SIG 3.3, the C! rules; 5.8 for CONNECT. True when the message is to be processed. */
static bool answer_ok(struct uni *uni, struct call *call, enum call_event event)
{
    struct uni_message *const m = &uni->received;
    const bool answers =
        event == CALL_RX_CALL_PROCEEDING || event == CALL_RX_ALERTING || event == CALL_RX_CONNECT;
    const bool first = call->state == (uni->config.side == UNI_USER ? 1 : 6);
    struct reason reason = uni_reason_of(UNI_CAUSE_IE_MISSING);

    if (event == CALL_RX_NOTIFY && call->multipoint && (m->has & UNI_HAS(ENDPOINT_REF)) &&
        ((m->endpoint_ref->flag != 0) != call->ours ||
         !uni_party_find(uni, call, m->endpoint_ref->id))) {
        uni_send_unknown_endpoint(uni, call, UNI_CAUSE_ENDPOINT_REFERENCE);
        return false;
    }
    if (!answers)
        return true;
    if (!call->has_connection && !(m->has & UNI_HAS(CONNECTION)))
        reason.diagnostics[reason.diagnostic_count++] = uni_ie_id(UNI_IE_CONNECTION);
    if (call->setup && first && !(m->has & UNI_HAS(ENDPOINT_REF)))
        reason.diagnostics[reason.diagnostic_count++] = uni_ie_id(UNI_IE_ENDPOINT_REF);
    if (reason.diagnostic_count > 0) {
        uni_send_status(uni, call, m, &reason);
        return false;
    }
    if (!call->setup || !(m->has & UNI_HAS(ENDPOINT_REF)))
        return true;
    if (!m->endpoint_ref->flag) {
        reason = reason_with(UNI_CAUSE_IE_CONTENTS, uni_ie_id(UNI_IE_ENDPOINT_REF));
        m->has &= ~UNI_HAS(ENDPOINT_REF); /* bad contents are not echoed */
        uni_send_status(uni, call, m, &reason);
        return false;
    }
    struct party *const party = uni_party_find(uni, call, m->endpoint_ref->id);

    if (!party) {
        uni_send_unknown_endpoint(uni, call, UNI_CAUSE_ENDPOINT_REFERENCE);
        return false;
    }
    if (party != call->setup) {
        /* Another party answered first; the one of SETUP waits on like any other. */
        if (call->setup->state == P1)
            uni_timer_start(uni, &call->setup->timer, UNI_T399);
        if (party->state == P1 || party->state == P4)
            call->setup = party;
    }
    return true;
}

static void feed_call_message(struct uni *uni, struct call *call, enum call_event event,
                              const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    const struct row *const row = &uni_call_table[uni->config.side][call->state][event];
    const uint32_t handle = call->handle;
    struct reason reason = reason_of_verdict(verdict);

    if (row->kind == ROW_PEER || row->kind == ROW_REFUSE) {
        reason = reason_with(UNI_CAUSE_STATE, m->type);
        uni_send_status(uni, call, m, &reason);
        return;
    }
    if (verdict->reaction == UNI_CLEAR) {
        uni_call_clear(uni, call, &reason, true);
        return;
    }
    if (verdict->reaction == UNI_IGNORE_REPORT)
        uni_send_status(uni, call, m, &reason);
    if (verdict->reaction == UNI_IGNORE_REPORT || verdict->reaction == UNI_IGNORE ||
        !answer_ok(uni, call, event))
        return;
    if (m->has & UNI_HAS(CONNECTION)) {
        call->has_connection = true;
        call->vpci = m->connection->vpci;
        call->vci = m->connection->vci;
    }
    uni_call_step(uni, call, event, NULL, 0);
    if (verdict->reaction == UNI_PROCESS_REPORT && call->handle == handle)
        uni_send_status(uni, call, m, &reason);
}

/* SIG 7: RELEASE and RELEASE COMPLETE act whatever is wrong with them. */
static void feed_release(struct uni *uni, struct call *call, const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    const uint8_t cause = m->has & UNI_HAS(CAUSE) ? m->cause->value : UNI_CAUSE_UNSPECIFIED;

    call->answer_cause = verdict->cause;
    call->answer_diagnostic = verdict->diagnostic_count ? verdict->diagnostics[0] : 0x08;
    uni_call_step(uni, call, m->type == UNI_RELEASE ? CALL_RX_RELEASE : CALL_RX_RELEASE_COMPLETE,
                  NULL, cause);
}

/* SIG 7, rows 14 and 15. */
static void feed_unknown_type(struct uni *uni, struct call *call)
{
    const struct uni_message *const m = &uni->received;
    const struct reason reason = reason_with(UNI_CAUSE_TYPE_UNKNOWN, m->type);
    const unsigned action = m->head & UNI_HEAD_FLAG ? m->head & 3u : 2u;

    if (action == 0)
        uni_call_clear(uni, call, &reason, true);
    else if (action == 1)
        uni->counters.frames_ignored++;
    else
        uni_send_status(uni, call, m, &reason);
}

static void feed_call(struct uni *uni, struct call *call, const struct uni_verdict *verdict)
{
    switch (uni->received.type) {
    case UNI_SETUP:
        uni->counters.frames_ignored++;
        break;
    case UNI_CALL_PROCEEDING:
        feed_call_message(uni, call, CALL_RX_CALL_PROCEEDING, verdict);
        break;
    case UNI_ALERTING:
        feed_call_message(uni, call, CALL_RX_ALERTING, verdict);
        break;
    case UNI_CONNECT:
        feed_call_message(uni, call, CALL_RX_CONNECT, verdict);
        break;
    case UNI_CONNECT_ACKNOWLEDGE:
        feed_call_message(uni, call, CALL_RX_CONNECT_ACK, verdict);
        break;
    case UNI_NOTIFY:
        feed_call_message(uni, call, CALL_RX_NOTIFY, verdict);
        break;
    case UNI_RELEASE:
    case UNI_RELEASE_COMPLETE:
        feed_release(uni, call, verdict);
        break;
    case UNI_STATUS:
        uni_feed_status(uni, call, verdict);
        break;
    case UNI_STATUS_ENQUIRY:
        uni_feed_enquiry(uni, call);
        break;
    default:
        uni_feed_party_message(uni, call, verdict);
    }
}

static enum uni_result feed_decoded(struct uni *uni)
{
    struct uni_message *const m = &uni->received;
    const bool known_type =
        uni_type_ours(uni, m->type) && m->type != UNI_RESTART && m->type != UNI_RESTART_ACKNOWLEDGE;

    if (m->call_ref == UNI_CALL_REF_DUMMY) {
        uni->counters.frames_ignored++;
        return UNI_OK;
    }
    const struct uni_verdict verdict = uni_check(m, uni->config.version, uni_direction_in(uni));

    if (m->call_ref == UNI_CALL_REF_GLOBAL)
        return uni_feed_global(uni, &verdict);
    struct call *const call = uni_call_find(uni, m->call_ref, m->call_ref_flag);

    if (call && !known_type) {
        feed_unknown_type(uni, call);
    } else if (call) {
        feed_call(uni, call, &verdict);
    } else if (m->type == UNI_SETUP) {
        if (!m->call_ref_flag)
            return feed_setup(uni, &verdict);
        uni->counters.frames_ignored++;
    } else {
        feed_unknown_call(uni);
    }
    return UNI_OK;
}

enum uni_result uni_feed(struct uni *uni, uint64_t now_ms, const uint8_t *frame, size_t frame_bytes)
{
    assert(now_ms >= uni->now_ms);
    uni->now_ms = now_ms;
    /* A frame of a link that is not up is late: what it speaks of has ended. */
    if (uni->link_state != 3 || frame_bytes > UNI_FRAME_BYTES_MAX ||
        uni_decode(&uni->received, frame, frame_bytes) != UNI_DECODE_OK) {
        uni->counters.frames_in++;
        uni->counters.frames_ignored++;
        return UNI_OK;
    }
    uni->frame_bytes = frame_bytes;
    const bool room = uni_queues_reserve(uni, 4, 4);

    uni->frame = frame;
    const enum uni_result result = room ? feed_decoded(uni) : UNI_NO_MEMORY;

    uni->frame = NULL;
    uni->frame_bytes = 0;
    if (result == UNI_OK)
        uni->counters.frames_in++;
    return result;
}
