/* SPDX-License-Identifier: MIT */
/* The receiving side of the data transfer phase: SIG §2.7. */
#include "saal/sscop_inside.h"

/* DEVIATES: Q.2110 splits a list without a limit. Eight octets of POLL would then bring half a
 * megabyte of STAT; what is not listed now is listed after the next POLL. */
enum { STATS_PER_POLL = 16, STAT_ELEMENTS_MAX = 255 };

static enum saal_result recover(struct sscop *s)
{
    sscop_tell_error(s, 'Q', 1);
    return sscop_step(s, EV_RECOVER, &(struct sscop_input){.pdu = NULL});
}

static void ustat_send(struct sscop *s, uint32_t from, uint32_t to)
{
    uint32_t elements[2] = {from, to};
    struct sscop_pdu pdu = {.type = SSCOP_USTAT, .list_count = 2, .n_mr = s->vr_mr, .n_r = s->vr_r};
    sscop_frame_send(s, &pdu, elements, NULL);
}

/* In order: to the user, and with it what waited for it. */
static void deliver(struct sscop *s, const struct saal_event *data)
{
    sscop_tell(s, data);
    s->counters.sds_in++;
    bool was_highest = s->vr_h == s->vr_r;
    s->vr_r = number_add(s->vr_r, 1);
    if (was_highest)
        s->vr_h = s->vr_r;
    for (; s->held_count > 0 && sscop_held_has(s, s->vr_r); s->vr_r = number_add(s->vr_r, 1))
        sscop_held_deliver(s, s->vr_r);
}

/* Above what is expected: kept, and the peer told at once of what seems lost before it. */
static enum saal_result hold(struct sscop *s, uint32_t number, const struct saal_event *data)
{
    int32_t ahead = number_from(number, s->vr_h);
    if (ahead < 0 && sscop_held_has(s, number)) {
        saal_buffer_release(data->buffer);
        return recover(s);
    }
    sscop_held_add(s, number, data);
    if (ahead > 0)
        ustat_send(s, s->vr_h, number);
    if (ahead >= 0)
        s->vr_h = number_add(number, 1);
    return SAAL_OK;
}

enum saal_result sscop_data_sd(struct sscop *s, const struct sscop_input *input)
{
    const struct sscop_pdu *sd = input->pdu;
    /* DEVIATES: one known implementation keeps what was delivered before; here it is dropped. */
    if (number_from(sd->n_s, s->vr_r) < 0) {
        s->counters.repeated++;
        return SAAL_OK;
    }
    if (number_from(sd->n_s, s->vr_mr) >= 0) {
        s->counters.beyond_window++;
        if (number_from(s->vr_h, s->vr_mr) < 0) {
            ustat_send(s, s->vr_h, s->vr_mr);
            s->vr_h = s->vr_mr;
        }
        return SAAL_OK;
    }
    struct saal_event data = {
        .kind = SAAL_AA_DATA_INDICATION,
        .epoch = s->epoch,
        .bytes = sd->bytes,
        .data = sd->data,
        .buffer = saal_buffer_hold(input->frame),
    };
    if (sd->n_s != s->vr_r)
        return hold(s, sd->n_s, &data);
    deliver(s, &data);
    return SAAL_OK;
}

static void stat_send(struct sscop *s, uint32_t poll_number, const uint32_t *elements,
                      uint32_t count)
{
    struct sscop_pdu pdu = {
        .type = SSCOP_STAT,
        .list_count = count,
        .n_ps = poll_number,
        .n_mr = s->vr_mr,
        .n_r = s->vr_r,
    };
    sscop_frame_send(s, &pdu, elements, NULL);
}

/* Gaps and what came between them, from VR(R) up to VR(H), in as many STATs as it takes. An element
 * that ends one STAT begins the next. */
static void stats_send(struct sscop *s, uint32_t poll_number)
{
    uint32_t elements[STAT_ELEMENTS_MAX];
    uint32_t count = 0;
    uint32_t stat_count = 0;
    uint32_t at = s->vr_r;
    bool is_gap = true;
    while (at != s->vr_h) {
        if (count == s->options.stat_count_max - 1) {
            elements[count] = at;
            stat_send(s, poll_number, elements, count + 1);
            if (++stat_count == STATS_PER_POLL)
                return;
            count = 0;
        }
        elements[count++] = at;
        at = sscop_held_find(s, at, s->vr_h, is_gap);
        is_gap = !is_gap;
    }
    if (count > 0)
        elements[count++] = at;
    stat_send(s, poll_number, elements, count);
}

enum saal_result sscop_data_poll(struct sscop *s, const struct sscop_input *input)
{
    const struct sscop_pdu *poll = input->pdu;
    if (number_from(poll->n_s, s->vr_h) < 0)
        return recover(s);
    s->vr_h = number_from(poll->n_s, s->vr_mr) < 0 ? poll->n_s : s->vr_mr;
    stats_send(s, poll->n_ps);
    return SAAL_OK;
}
