/* SPDX-License-Identifier: MIT */
/* Restart: the VCs of a class are idle again at both ends, whatever they were (SIG 5.11). */
#include "uni/inside.h"

#include <assert.h>

enum { REST_NULL = 0, REST_REQUEST = 0x3D, REST_RESTART = 0x3E };

static uint8_t restart_state(const struct uni *uni)
{
    return uni->restarting ? REST_REQUEST : uni->restart_to_ack ? REST_RESTART : REST_NULL;
}

static bool call_matches(const struct call *call, uint8_t class, uint16_t vpci, uint16_t vci)
{
    if (class == 2)
        return true;
    return call->has_connection && call->vpci == vpci && (class == 1 || call->vci == vci);
}

static void end_matching(struct uni *uni, uint8_t class, uint16_t vpci, uint16_t vci)
{
    for (struct call *call = uni->first, *next; call; call = next) {
        next = call->next;
        if (call_matches(call, class, vpci, vci))
            uni_call_step(uni, call, CALL_RESTARTED, NULL, UNI_CAUSE_TEMPORARY_FAILURE);
    }
}

static void send_restart(struct uni *uni, uint8_t type, uint8_t class, uint16_t vpci, uint16_t vci)
{
    struct uni_message *const message = uni_scratch_with(uni, NULL);

    message->type = type;
    message->call_ref = UNI_CALL_REF_GLOBAL;
    message->call_ref_flag = type == UNI_RESTART_ACKNOWLEDGE;
    UNI_ADD(message, RESTART_CLASS, restart_class)->class = class & 3;
    if (class != 2) {
        struct uni_connection *const connection = UNI_ADD(message, CONNECTION, connection);

        connection->association = 1;
        connection->vpci = vpci;
        connection->vci = vci;
    }
    uni_send_message(uni, message);
}

static void tell(struct uni *uni, enum uni_event_kind kind, bool with_message)
{
    const struct uni_event event = {.kind = kind,
                                    .message = with_message && uni->frame ? &uni->received : NULL};

    uni_queue_event(uni, &event);
}

static enum uni_result feed_restart(struct uni *uni)
{
    const struct uni_message *const m = &uni->received;
    const bool named = m->has & UNI_HAS(CONNECTION);
    const size_t frame_bytes = uni->frame_bytes;

    uni->frame_bytes = 0;
    const bool room = uni_queues_reserve_short(uni, 1, uni->call_pool.count + 64);

    uni->frame_bytes = frame_bytes;
    if (!room)
        return UNI_NO_MEMORY;
    uni->restart_to_ack = true;
    uni->answer_class = m->restart_class->class;
    uni->answer_vpci = named ? m->connection->vpci : 0;
    uni->answer_vci = named ? m->connection->vci : 0;
    end_matching(uni, uni->answer_class, uni->answer_vpci, uni->answer_vci);
    uni_timer_start(uni, &uni->answer_timer, UNI_T317);
    tell(uni, UNI_EVENT_RESTART, true);
    return UNI_OK;
}

static bool answer_fits(const struct uni *uni)
{
    const struct uni_message *const m = &uni->received;

    if (m->restart_class->class != uni->restart_class)
        return false;
    if (uni->restart_class == 2)
        return true;
    return (m->has & UNI_HAS(CONNECTION)) && m->connection->vpci == uni->restart_vpci &&
           (uni->restart_class == 1 || m->connection->vci == uni->restart_vci);
}

/* SIG 7 row 5, and the "wrong" rows of SIG 5.11. */
enum uni_result uni_feed_global(struct uni *uni, const struct uni_verdict *verdict)
{
    const struct uni_message *const m = &uni->received;
    const bool ack = m->type == UNI_RESTART_ACKNOWLEDGE;
    struct reason reason = uni_reason_of(UNI_CAUSE_CALL_REFERENCE);

    if (m->type == UNI_STATUS)
        return UNI_OK;
    if ((m->type == UNI_RESTART && !m->call_ref_flag) || (ack && m->call_ref_flag)) {
        reason = uni_reason_of(verdict->cause);
        for (unsigned i = 0; i < verdict->diagnostic_count; i++)
            reason.diagnostics[reason.diagnostic_count++] = verdict->diagnostics[i];
        if (verdict->reaction == UNI_IGNORE)
            return UNI_OK;
        if (verdict->reaction == UNI_PROCESS || verdict->reaction == UNI_PROCESS_REPORT) {
            if (verdict->reaction == UNI_PROCESS_REPORT)
                uni_send_status_unknown(uni, m, restart_state(uni), &reason);
            if (!ack && !uni->restart_to_ack)
                return feed_restart(uni);
            if (ack && uni->restarting && answer_fits(uni)) {
                uni->restarting = false;
                uni_timer_stop(&uni->restart_timer);
                tell(uni, UNI_EVENT_RESTART_DONE, true);
                return UNI_OK;
            }
            reason = uni_reason_of(UNI_CAUSE_STATE);
        }
    }
    uni_send_status_unknown(uni, m, restart_state(uni), &reason);
    return UNI_OK;
}

enum uni_result uni_restart(struct uni *uni, uint64_t now_ms, uint8_t restart_class, uint16_t vpci,
                            uint16_t vci)
{
    assert(now_ms >= uni->now_ms);
    assert(restart_class <= 2);
    uni->now_ms = now_ms;
    if (uni->restarting)
        return UNI_WRONG_STATE;
    if (!uni_queues_reserve(uni, 1, 2) ||
        !uni_queues_reserve_short(uni, 64, uni->call_pool.count + 2))
        return UNI_NO_MEMORY;
    uni->restarting = true;
    uni->restart_try_count = 1;
    uni->restart_class = restart_class;
    uni->restart_vpci = vpci;
    uni->restart_vci = vci;
    uni_link_needed(uni);
    end_matching(uni, restart_class, vpci, vci);
    uni_timer_start(uni, &uni->restart_timer, UNI_T316);
    send_restart(uni, UNI_RESTART, restart_class, vpci, vci);
    return UNI_OK;
}

enum uni_result uni_restart_done(struct uni *uni, uint64_t now_ms)
{
    assert(now_ms >= uni->now_ms);
    uni->now_ms = now_ms;
    if (!uni->restart_to_ack)
        return UNI_WRONG_STATE;
    if (!uni_queues_reserve(uni, 1, 1))
        return UNI_NO_MEMORY;
    uni->restart_to_ack = false;
    uni_timer_stop(&uni->answer_timer);
    send_restart(uni, UNI_RESTART_ACKNOWLEDGE, uni->answer_class, uni->answer_vpci,
                 uni->answer_vci);
    return UNI_OK;
}

void uni_restart_expire(struct uni *uni, enum uni_timer_kind kind)
{
    if (kind == UNI_T317) {
        uni->restart_to_ack = false;
        tell(uni, UNI_EVENT_RESTART_FAILED, false);
        return;
    }
    assert(kind == UNI_T316);
    if (uni->restart_try_count++ < uni_timer_tries(UNI_T316)) {
        uni_timer_start(uni, &uni->restart_timer, UNI_T316);
        send_restart(uni, UNI_RESTART, uni->restart_class, uni->restart_vpci, uni->restart_vci);
        return;
    }
    uni->restarting = false;
    tell(uni, UNI_EVENT_RESTART_FAILED, false);
}
