/* SPDX-License-Identifier: MIT */
/* An entity's life, and what its user and its peer hand to it. */
#include "saal/sscop_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void sscop_options_default(struct sscop_options *options)
{
    *options = (struct sscop_options){
        .cc_ms = 1000,
        .poll_ms = 750,
        .keep_alive_ms = 2000,
        .no_response_ms = 7000,
        .idle_ms = 15000,
        .cc_count_max = 4,
        .pd_count_max = 25,
        .stat_count_max = 67,
        .sdu_bytes_max = 4096,
        .uu_bytes_max = 4096,
        .window_count = 128,
        .backlog_count_max = 65536,
        .clear_buffers = true,
    };
}

static void options_check(const struct sscop_options *o)
{
    assert(o->cc_ms > 0 && o->poll_ms > 0 && o->keep_alive_ms > 0);
    assert(o->no_response_ms > 0 && o->idle_ms > 0);
    assert(o->cc_count_max > 0 && o->pd_count_max > 0);
    assert(o->stat_count_max >= 3 && o->stat_count_max <= 255 && o->stat_count_max % 2 == 1);
    assert(o->sdu_bytes_max <= 65528 && o->uu_bytes_max <= 65524);
    assert(o->window_count >= 1 && o->window_count <= 65536);
    assert(o->backlog_count_max >= 1 && o->backlog_count_max <= 1U << 20);
}

static bool events_create(struct sscop *s)
{
    s->event_count = 64;
    while (s->event_count < s->options.window_count + 8 * EVENTS_PER_STEP)
        s->event_count *= 2;
    s->events = calloc(s->event_count, sizeof *s->events);
    return s->events != NULL;
}

struct sscop *sscop_create(const struct sscop_options *options, struct saal_pool *pool)
{
    options_check(options);
    struct sscop *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->options = *options;
    s->pool = pool;
    s->state = SSCOP_IDLE;
    s->vt_sq = options->first_sq;
    for (unsigned timer = 0; timer < TIMER_COUNT; timer++)
        sscop_timer_stop(s, timer);
    if (!events_create(s) || !sscop_held_create(s) || !sscop_backlog_create(s)) {
        sscop_destroy(s);
        return NULL;
    }
    return s;
}

void sscop_destroy(struct sscop *s)
{
    if (!s)
        return;
    sscop_frames_clear(s);
    sscop_events_clear(s);
    sscop_held_flush(s, false);
    sscop_backlog_clear(s);
    saal_buffer_release(s->uu_pending);
    saal_buffer_release(s->uu_bgak);
    free(s->tx);
    free(s->rx);
    free(s->rx_bits);
    free(s->events);
    free(s);
}

enum sscop_state sscop_state_of(const struct sscop *s)
{
    return s->state;
}

const struct sscop_counters *sscop_counters_of(const struct sscop *s)
{
    return &s->counters;
}

static void time_set(struct sscop *s, uint64_t now_ms)
{
    assert(now_ms >= s->now_ms);
    s->now_ms = now_ms;
}

enum saal_result sscop_request(struct sscop *s, uint64_t now_ms, enum sscop_request request,
                               const uint8_t *uu, uint32_t uu_bytes)
{
    time_set(s, now_ms);
    assert((unsigned)request < SSCOP_REQUEST_COUNT);
    bool has_uu = request != SSCOP_RESYNC_RESPONSE && request != SSCOP_RECOVER_RESPONSE;
    if (sscop_table[s->state][request].kind == ROW_REFUSE)
        return SAAL_WRONG_STATE;
    if (uu_bytes > (has_uu ? s->options.uu_bytes_max : 0))
        return SAAL_TOO_LONG;
    if (!sscop_events_fit(s, EVENTS_PER_STEP))
        return SAAL_FULL;
    struct sscop_input input = {.pdu = NULL};
    if (uu_bytes > 0) {
        input.uu = saal_buffer_get(s->pool, uu_bytes);
        if (!input.uu)
            return SAAL_NO_MEMORY;
        memcpy(input.uu->data, uu, uu_bytes);
        input.uu->bytes = uu_bytes;
    }
    enum saal_result result = sscop_step(s, (enum sscop_event)request, &input);
    sscop_check(s);
    return result;
}

enum saal_result sscop_send(struct sscop *s, uint64_t now_ms, struct saal_buffer *sdu)
{
    time_set(s, now_ms);
    assert(sdu->reference_count == 1);
    assert(sdu->bytes <= sdu->capacity_bytes); /* the tail is for padding and trailer */
    if (sdu->bytes > s->options.sdu_bytes_max)
        return SAAL_TOO_LONG;
    return sscop_step(s, EV_REQ_DATA, &(struct sscop_input){.frame = sdu});
}

enum saal_result sscop_wire_lost(struct sscop *s, uint64_t now_ms)
{
    time_set(s, now_ms);
    if (!sscop_events_fit(s, EVENTS_PER_STEP))
        return SAAL_FULL;
    sscop_step(s, EV_WIRE_LOST, &(struct sscop_input){.pdu = NULL});
    sscop_frames_clear(s);
    sscop_check(s);
    return SAAL_OK;
}

/* BGN, RS and ER are retransmissions if they bear the number of the last one that was taken. */
static enum sscop_event pdu_event(const struct sscop *s, const struct sscop_pdu *pdu)
{
    static const uint8_t events[SSCOP_PDU_TYPE_COUNT] = {
        [SSCOP_BGN] = EV_BGN_NEW, [SSCOP_BGAK] = EV_BGAK, [SSCOP_END] = EV_END,
        [SSCOP_ENDAK] = EV_ENDAK, [SSCOP_RS] = EV_RS_NEW, [SSCOP_RSAK] = EV_RSAK,
        [SSCOP_BGREJ] = EV_BGREJ, [SSCOP_SD] = EV_SD,     [SSCOP_ER] = EV_ER_NEW,
        [SSCOP_POLL] = EV_POLL,   [SSCOP_STAT] = EV_STAT, [SSCOP_USTAT] = EV_USTAT,
        [SSCOP_ERAK] = EV_ERAK,
    };
    bool is_again = s->vr_sq_known && pdu->n_sq == s->vr_sq;
    if (pdu->type == SSCOP_BGN && is_again && s->state != SSCOP_IDLE)
        return EV_BGN_DUP;
    if (pdu->type == SSCOP_RS && is_again)
        return EV_RS_DUP;
    if (pdu->type == SSCOP_ER && is_again)
        return EV_ER_DUP;
    return events[pdu->type];
}

static void unit_deliver(struct sscop *s, const struct sscop_pdu *pdu, struct saal_buffer *frame)
{
    struct saal_event event = {
        .kind = pdu->type == SSCOP_UD ? SAAL_AA_UNITDATA_INDICATION : SAAL_MAA_UNITDATA_INDICATION,
        .bytes = pdu->bytes,
        .data = pdu->data,
        .buffer = saal_buffer_hold(frame),
    };
    sscop_tell(s, &event);
}

static bool length_is_good(const struct sscop *s, const struct sscop_pdu *pdu)
{
    bool is_sdu = pdu->type == SSCOP_SD || pdu->type == SSCOP_UD || pdu->type == SSCOP_MD;
    return pdu->bytes <= (is_sdu ? s->options.sdu_bytes_max : s->options.uu_bytes_max);
}

enum saal_result sscop_feed(struct sscop *s, uint64_t now_ms, struct saal_buffer *frame)
{
    time_set(s, now_ms);
    /* All that was held may become deliverable at once. */
    if (!sscop_events_fit(s, EVENTS_PER_STEP + s->held_count)) {
        s->counters.dropped_full++;
        return SAAL_FULL;
    }
    s->counters.frames_in++;
    struct sscop_pdu pdu;
    if (sscop_pdu_read(frame->data, frame->bytes, &pdu) != SSCOP_PDU_GOOD ||
        !length_is_good(s, &pdu)) {
        s->counters.malformed++;
        sscop_tell_error(s, 'U', 1);
        return SAAL_OK;
    }
    if (pdu.type == SSCOP_UD || pdu.type == SSCOP_MD) {
        unit_deliver(s, &pdu, frame);
        return SAAL_OK;
    }
    sscop_step(s, pdu_event(s, &pdu), &(struct sscop_input){.pdu = &pdu, .frame = frame});
    sscop_check(s);
    return SAAL_OK;
}

enum saal_result sscop_feed_octets(struct sscop *s, uint64_t now_ms, const uint8_t *octets,
                                   size_t bytes)
{
    time_set(s, now_ms);
    if (bytes > SAAL_BUFFER_BYTES_MAX) {
        if (!sscop_events_fit(s, EVENTS_PER_STEP))
            return SAAL_FULL;
        s->counters.frames_in++;
        s->counters.malformed++;
        sscop_tell_error(s, 'U', 1);
        return SAAL_OK;
    }
    struct saal_buffer *frame = saal_buffer_get(s->pool, bytes);
    if (!frame)
        return SAAL_NO_MEMORY;
    if (bytes > 0)
        memcpy(frame->data, octets, bytes);
    frame->bytes = (uint32_t)bytes;
    enum saal_result result = sscop_feed(s, now_ms, frame);
    saal_buffer_release(frame);
    return result;
}

void sscop_numbers_set(struct sscop *s, uint32_t send, uint32_t receive, uint32_t poll_sent)
{
    assert(s->state == SSCOP_READY && sscop_backlog_count(s) == 0 && s->held_count == 0);
    s->vt_ms = number_add(send, s->vt_ms - s->vt_s);
    s->vt_s = s->vt_a = s->vt_q = send & SSCOP_NUMBER_MAX;
    s->vr_mr = number_add(receive, s->vr_mr - s->vr_r);
    s->vr_r = s->vr_h = receive & SSCOP_NUMBER_MAX;
    s->vt_ps = s->vt_pa = poll_sent & SSCOP_NUMBER_MAX;
}
