/* SPDX-License-Identifier: MIT */
/* The one engine that runs every row of the table: columns from left to right. */
#include "saal/sscop_inside.h"

#include <assert.h>

static void stop_run(struct sscop *s, enum sscop_stop stop)
{
    switch (stop) {
    case STOP_NO_TIMER:
        break;
    case STOP_CC:
        sscop_timer_stop(s, TIMER_CC);
        break;
    case STOP_DATA:
        sscop_timer_stop(s, TIMER_POLL);
        sscop_timer_stop(s, TIMER_KEEP_ALIVE);
        sscop_timer_stop(s, TIMER_NO_RESPONSE);
        sscop_timer_stop(s, TIMER_IDLE);
        break;
    }
}

/* A PDU whose N(MR) counts is one that is taken: its N(SQ) is the one that a copy would bear.
 * DEVIATES: Q.2110 remembers the N(SQ) of what it refuses too. */
static void window_take(struct sscop *s, const struct sscop_pdu *pdu)
{
    s->vt_ms = pdu->n_mr;
    if (pdu->type == SSCOP_BGN || pdu->type == SSCOP_RS || pdu->type == SSCOP_ER) {
        s->vr_sq = pdu->n_sq;
        s->vr_sq_known = true;
    }
}

static void take_run(struct sscop *s, enum sscop_take take, const struct sscop_input *input)
{
    switch (take) {
    case TAKE_NOTHING:
        break;
    case TAKE_SQ:
        s->vt_sq++;
        break;
    case TAKE_MS_AND_HELD:
        sscop_held_flush(s, !s->options.clear_buffers);
        window_take(s, input->pdu);
        break;
    case TAKE_MS:
        window_take(s, input->pdu);
        break;
    }
}

/* Up to two signals; the octets of the PDU go with the last one, whose cause it is. */
static const struct tell {
    uint8_t first; /* or no event */
    uint8_t last;
    uint8_t source; /* of what is a release indication */
} tells[] = {
    [TELL_NOBODY] = {SAAL_NO_EVENT, SAAL_NO_EVENT, 0},
    [TELL_EST_IND] = {SAAL_NO_EVENT, SAAL_AA_ESTABLISH_INDICATION, 0},
    [TELL_EST_CONF] = {SAAL_NO_EVENT, SAAL_AA_ESTABLISH_CONFIRM, 0},
    [TELL_REL_USER] = {SAAL_NO_EVENT, SAAL_AA_RELEASE_INDICATION, SAAL_SOURCE_USER},
    [TELL_REL_SSCOP] = {SAAL_NO_EVENT, SAAL_AA_RELEASE_INDICATION, SAAL_SOURCE_SSCOP},
    [TELL_REL_PEER] = {SAAL_NO_EVENT, SAAL_AA_RELEASE_INDICATION, SAAL_SOURCE_USER},
    [TELL_REL_CONF] = {SAAL_NO_EVENT, SAAL_AA_RELEASE_CONFIRM, 0},
    [TELL_REL_EST] = {SAAL_AA_RELEASE_INDICATION, SAAL_AA_ESTABLISH_INDICATION, SAAL_SOURCE_USER},
    [TELL_REL_CONF_EST] = {SAAL_AA_RELEASE_CONFIRM, SAAL_AA_ESTABLISH_INDICATION, 0},
    [TELL_RESYNC_IND] = {SAAL_NO_EVENT, SAAL_AA_RESYNC_INDICATION, 0},
    [TELL_RESYNC_CONF] = {SAAL_NO_EVENT, SAAL_AA_RESYNC_CONFIRM, 0},
    [TELL_RECOVER_IND] = {SAAL_NO_EVENT, SAAL_AA_RECOVER_INDICATION, 0},
};

static void tell_run(struct sscop *s, enum sscop_tell tell, const struct sscop_input *input)
{
    const struct tell *t = &tells[tell];
    const struct sscop_pdu *pdu = input->pdu;
    if (t->first != SAAL_NO_EVENT)
        sscop_tell(s, &(struct saal_event){.kind = t->first, .source = t->source});
    struct saal_event event = {.kind = t->last};
    if (t->last == SAAL_AA_RELEASE_INDICATION)
        event.source = tell == TELL_REL_PEER && pdu->from_sscop ? SAAL_SOURCE_SSCOP : t->source;
    if (pdu && pdu->type != SSCOP_SD && pdu->bytes > 0) {
        event.data = pdu->data;
        event.bytes = pdu->bytes;
        event.buffer = saal_buffer_hold(input->frame);
    }
    sscop_tell(s, &event);
}

static void data_state_begin(struct sscop *s)
{
    sscop_held_flush(s, false);
    sscop_backlog_restart(s);
    s->vt_ps = 0;
    s->vt_pa = 1;
    s->vt_pd = 0;
    s->vr_r = 0;
    s->vr_h = 0;
    s->credit = true;
    s->window_shut = false;
    sscop_timer_start(s, TIMER_POLL);
    sscop_timer_start(s, TIMER_NO_RESPONSE);
}

static void start_run(struct sscop *s, enum sscop_start start)
{
    switch (start) {
    case START_NO_TIMER:
        break;
    case START_CC:
        s->vt_cc = 1;
        sscop_timer_start(s, TIMER_CC);
        break;
    case START_CC_AGAIN:
        s->vt_cc++;
        sscop_timer_start(s, TIMER_CC);
        break;
    case START_DATA:
        data_state_begin(s);
        break;
    case START_NO_RESPONSE:
        /* DEVIATES: SIG §2.6 starts it in the idle phase too, where nothing is polled and so
         * nothing answers: the connection would end. */
        if (!sscop_timer_runs(s, TIMER_IDLE))
            sscop_timer_start(s, TIMER_NO_RESPONSE);
        break;
    }
}

/* What a state does not keep: SDUs of either direction, and octets to be sent again. A connection
 * that is lost keeps its backlog for sscop_retrieve if buffers are not cleared. */
static void state_settle(struct sscop *s)
{
    bool is_pending = s->state == SSCOP_OUT_CONN || s->state == SSCOP_OUT_DISC ||
                      s->state == SSCOP_OUT_RESYNC || s->state == SSCOP_OUT_RECOV;
    bool is_new = s->state == SSCOP_OUT_CONN || s->state == SSCOP_IN_CONN ||
                  s->state == SSCOP_OUT_RESYNC || s->state == SSCOP_IN_RESYNC;
    if (!is_pending) {
        saal_buffer_release(s->uu_pending);
        s->uu_pending = NULL;
    }
    if (s->state == SSCOP_READY)
        return;
    saal_buffer_release(s->uu_bgak);
    s->uu_bgak = NULL;
    if (s->state != SSCOP_OUT_RECOV)
        sscop_held_flush(s, false);
    if (is_new || s->options.clear_buffers)
        sscop_backlog_clear(s);
}

static void sscop_state_set(struct sscop *s, enum sscop_state next)
{
    if (s->state == next)
        return;
    s->state = (uint8_t)next;
    state_settle(s);
}

enum saal_result sscop_step(struct sscop *s, enum sscop_event event,
                            const struct sscop_input *input)
{
    const struct sscop_row *row = &sscop_table[s->state][event];
    assert(row->kind != ROW_UNDECIDED);
    assert(row->kind != ROW_NEVER);
    if (row->kind == ROW_REFUSE)
        return SAAL_WRONG_STATE;
    if (row->kind == ROW_DATA)
        return row->run(s, input);
    if (row->error)
        sscop_tell_error(s, row->error, 1);
    stop_run(s, row->stop);
    take_run(s, row->take, input);
    sscop_send_column_run(s, row->send, input);
    if (row->tell != TELL_NOBODY)
        tell_run(s, row->tell, input);
    start_run(s, row->start);
    sscop_state_set(s, row->next);
    if (row->start == START_DATA)
        sscop_transmit(s);
    return SAAL_OK;
}

void sscop_check(const struct sscop *s)
{
    bool has_cc = s->state == SSCOP_OUT_CONN || s->state == SSCOP_OUT_DISC ||
                  s->state == SSCOP_OUT_RESYNC || s->state == SSCOP_OUT_RECOV;
    bool polls = sscop_timer_runs(s, TIMER_POLL);
    bool keeps_alive = sscop_timer_runs(s, TIMER_KEEP_ALIVE);
    bool idles = sscop_timer_runs(s, TIMER_IDLE);
    assert(sscop_timer_runs(s, TIMER_CC) == has_cc);
    assert(polls + keeps_alive + idles == (s->state == SSCOP_READY)); /* the three phases */
    assert(sscop_timer_runs(s, TIMER_NO_RESPONSE) == (polls || keeps_alive));
    assert(number_from(s->vt_s, s->vt_a) >= 0 && number_from(s->vt_q, s->vt_s) >= 0);
    assert(s->held_count == 0 || s->state == SSCOP_READY || s->state == SSCOP_OUT_RECOV);
    assert(s->state != SSCOP_READY || number_from(s->vr_h, s->vr_r) >= 0);
    assert(s->state != SSCOP_READY || number_from(s->vr_mr, s->vr_h) >= 0);
}
