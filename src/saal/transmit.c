/* SPDX-License-Identifier: MIT */
/* The sending side of the data transfer phase: SIG §2.7. A frame is made as soon as it may be sent,
 * so the retransmission queue is the head of the list of frames: what a STAT asks for again is sent
 * before anything new. */
#include "saal/sscop_inside.h"

void sscop_poll(struct sscop *s)
{
    s->vt_ps = number_add(s->vt_ps, 1);
    s->vt_pd = 0;
    struct sscop_pdu pdu = {.type = SSCOP_POLL, .n_ps = s->vt_ps, .n_s = s->vt_s};
    sscop_frame_send(s, &pdu, NULL, NULL);
}

/* From the idle or the transient phase to the active one. */
static void phase_activate(struct sscop *s)
{
    if (sscop_timer_runs(s, TIMER_POLL))
        return;
    if (sscop_timer_runs(s, TIMER_IDLE)) {
        sscop_timer_stop(s, TIMER_IDLE);
        sscop_timer_start(s, TIMER_NO_RESPONSE);
    } else {
        sscop_timer_stop(s, TIMER_KEEP_ALIVE);
    }
    sscop_timer_start(s, TIMER_POLL);
}

static void sd_send(struct sscop *s, struct sscop_slot *slot)
{
    slot->poll_number = s->vt_ps;
    sscop_frame_queue(s, saal_buffer_hold(slot->sdu));
    s->vt_pd++;
    phase_activate(s);
    if (s->vt_pd >= s->options.pd_count_max) {
        sscop_poll(s);
        sscop_timer_start(s, TIMER_POLL);
    }
}

/* The trailer is written once: an SD has the same number however often it is sent. */
static void sd_send_first(struct sscop *s)
{
    struct sscop_slot *slot = sscop_slot(s, s->vt_s);
    struct saal_buffer *sdu = slot->sdu;
    uint32_t pad_bytes = -sdu->bytes & 3;
    uint8_t *at = sdu->data + sdu->bytes;
    for (uint32_t i = 0; i < pad_bytes; i++)
        *at++ = 0;
    sscop_word_write(at, pad_bytes << 30 | (uint32_t)SSCOP_SD << 24 | s->vt_s);
    sdu->bytes += pad_bytes + 4;
    s->vt_s = number_add(s->vt_s, 1);
    s->counters.sds_out++;
    sd_send(s, slot);
}

static bool window_is_open(const struct sscop *s)
{
    return number_from(s->vt_ms, s->vt_s) > 0;
}

void sscop_transmit(struct sscop *s)
{
    for (; s->vt_s != s->vt_q && window_is_open(s); s->window_shut = false)
        sd_send_first(s);
    if (s->vt_s == s->vt_q || s->window_shut)
        return;
    /* Asked once for each time that the window shuts, not once for each SDU that waits. */
    s->window_shut = true;
    phase_activate(s);
    sscop_poll(s);
    sscop_timer_start(s, TIMER_POLL);
}

enum saal_result sscop_data_request(struct sscop *s, const struct sscop_input *input)
{
    enum saal_result result = sscop_backlog_add(s, input->frame);
    if (result == SAAL_OK)
        sscop_transmit(s);
    return result;
}

enum saal_result sscop_data_hold(struct sscop *s, const struct sscop_input *input)
{
    if (s->state == SSCOP_OUT_RECOV && s->options.clear_buffers)
        return SAAL_WRONG_STATE;
    return sscop_backlog_add(s, input->frame);
}

/* Send again what is between two numbers, if it was last sent before the POLL that asked.
 * Returns how many SDs that were. */
static uint32_t send_again(struct sscop *s, uint32_t from, uint32_t to, const uint32_t *poll_number)
{
    uint32_t count = 0;
    for (; from != to; from = number_add(from, 1)) {
        struct sscop_slot *slot = sscop_slot(s, from);
        bool is_news = !poll_number || number_from(*poll_number, slot->poll_number) > 0;
        if (!is_news || slot->sdu->queued)
            continue;
        sd_send(s, slot);
        count++;
    }
    s->counters.sds_again += count;
    return count;
}

/* What a STAT and a USTAT both end with. */
static void credit_report(struct sscop *s, uint32_t again_count)
{
    if (again_count > 0)
        sscop_tell_error(s, 'V', again_count);
    if (s->credit != window_is_open(s)) {
        s->credit = !s->credit;
        sscop_tell_error(s, s->credit ? 'X' : 'W', 1);
    }
}

/* The list goes up from N(R) to VT(S) at most; one element alone would be no gap. */
static bool list_is_good(const struct sscop *s, const struct sscop_pdu *stat)
{
    if (stat->list_count == 1)
        return false;
    uint32_t before = number_add(stat->n_r, -1U);
    for (uint32_t i = 0; i < stat->list_count; i++) {
        uint32_t element = sscop_pdu_list_at(stat, i);
        if (number_from(element, before) <= 0 || number_from(s->vt_s, element) < 0)
            return false;
        before = element;
    }
    return true;
}

static enum saal_result recover(struct sscop *s, char error)
{
    sscop_tell_error(s, error, 1);
    return sscop_step(s, EV_RECOVER, &(struct sscop_input){.pdu = NULL});
}

/* DEVIATES: an SD that a list shows as received stays in the backlog until N(R) passes it. So every
 * gap can be filled, also one that an earlier STAT showed as received, and no STAT walks over what
 * was received. Q.2110 lets go of such SDs when buffers are cleared, and then finds error S. */
enum saal_result sscop_data_stat(struct sscop *s, const struct sscop_input *input)
{
    const struct sscop_pdu *stat = input->pdu;
    if (number_from(stat->n_ps, s->vt_pa) < 0 || number_from(s->vt_ps, stat->n_ps) < 0)
        return recover(s, 'R');
    if (number_from(stat->n_r, s->vt_a) < 0 || number_from(s->vt_s, stat->n_r) < 0 ||
        !list_is_good(s, stat))
        return recover(s, 'S');
    sscop_backlog_acknowledge(s, stat->n_r);
    s->vt_pa = stat->n_ps;
    s->vt_ms = stat->n_mr;
    uint32_t again_count = 0;
    for (uint32_t i = 0; i + 1 < stat->list_count; i += 2)
        again_count +=
            send_again(s, sscop_pdu_list_at(stat, i), sscop_pdu_list_at(stat, i + 1), &stat->n_ps);
    credit_report(s, again_count);
    if (sscop_timer_runs(s, TIMER_POLL)) {
        sscop_timer_start(s, TIMER_NO_RESPONSE);
    } else if (!sscop_timer_runs(s, TIMER_IDLE)) {
        sscop_timer_stop(s, TIMER_KEEP_ALIVE);
        sscop_timer_stop(s, TIMER_NO_RESPONSE);
        sscop_timer_start(s, TIMER_IDLE);
    }
    sscop_transmit(s);
    return SAAL_OK;
}

enum saal_result sscop_data_ustat(struct sscop *s, const struct sscop_input *input)
{
    const struct sscop_pdu *ustat = input->pdu;
    uint32_t from = sscop_pdu_list_at(ustat, 0);
    uint32_t to = sscop_pdu_list_at(ustat, 1);
    /* Each by its distance from VT(A): two numbers of the peer's may be half the circle apart. */
    uint32_t sent_count = number_add(s->vt_s, -s->vt_a);
    if (number_add(ustat->n_r, -s->vt_a) >= sent_count ||
        number_add(from, -s->vt_a) >= number_add(to, -s->vt_a) ||
        number_add(to, -s->vt_a) >= sent_count)
        return recover(s, 'T');
    sscop_backlog_acknowledge(s, ustat->n_r);
    s->vt_ms = ustat->n_mr;
    if (number_from(from, ustat->n_r) < 0)
        from = ustat->n_r;
    uint32_t again_count = 0;
    if (number_from(to, from) > 0)
        again_count = send_again(s, from, to, NULL);
    credit_report(s, again_count);
    sscop_transmit(s);
    return SAAL_OK;
}
