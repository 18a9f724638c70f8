/* SPDX-License-Identifier: MIT */
/* Frames wait in one list through the buffers themselves: an SD is in it once at most, however
 * often its peer asks for it, so the list cannot outgrow the backlog; other PDUs are limited here.
 */
#include "saal/sscop_inside.h"

#include <assert.h>
#include <string.h>

enum { CONTROL_FRAMES_MAX = 4096 };

void sscop_frame_queue(struct sscop *s, struct saal_buffer *frame)
{
    assert(!frame->queued);
    frame->queued = 1;
    frame->next = NULL;
    if (s->out_last)
        s->out_last->next = frame;
    else
        s->out_first = frame;
    s->out_last = frame;
}

static bool frame_is_data(const struct saal_buffer *frame)
{
    return (frame->data[frame->bytes - 4] & 0xf) == SSCOP_SD;
}

struct saal_buffer *sscop_take_frame(struct sscop *s)
{
    struct saal_buffer *frame = s->out_first;
    if (!frame)
        return NULL;
    s->out_first = frame->next;
    if (!s->out_first)
        s->out_last = NULL;
    frame->next = NULL;
    frame->queued = 0;
    if (!frame_is_data(frame))
        s->out_control_count--;
    s->counters.frames_out++;
    return frame;
}

void sscop_frames_clear(struct sscop *s)
{
    for (struct saal_buffer *frame; (frame = sscop_take_frame(s)) != NULL;)
        saal_buffer_release(frame);
}

void sscop_frame_send(struct sscop *s, struct sscop_pdu *pdu, const uint32_t *elements,
                      const struct saal_buffer *uu)
{
    struct saal_buffer *frame = NULL;
    pdu->bytes = uu ? uu->bytes : 0;
    if (s->out_control_count < CONTROL_FRAMES_MAX)
        frame = saal_buffer_get(s->pool, pdu->bytes + (size_t)4 * pdu->list_count);
    if (!frame) {
        s->counters.dropped_no_frame++;
        return;
    }
    if (uu)
        memcpy(frame->data, uu->data, uu->bytes);
    frame->bytes = pdu->bytes;
    sscop_pdu_write(pdu, elements, frame);
    s->out_control_count++;
    sscop_frame_queue(s, frame);
}

enum saal_result sscop_send_unit(struct sscop *s, uint64_t now_ms, struct saal_buffer *sdu,
                                 bool management)
{
    assert(sdu->reference_count == 1 && now_ms >= s->now_ms);
    assert(sdu->bytes <= sdu->capacity_bytes);
    s->now_ms = now_ms;
    if (sdu->bytes > s->options.sdu_bytes_max)
        return SAAL_TOO_LONG;
    struct sscop_pdu pdu = {.type = management ? SSCOP_MD : SSCOP_UD, .bytes = sdu->bytes};
    sscop_pdu_write(&pdu, NULL, sdu);
    if (s->out_control_count >= CONTROL_FRAMES_MAX) {
        s->counters.dropped_no_frame++;
        saal_buffer_release(sdu);
        return SAAL_OK;
    }
    s->out_control_count++;
    sscop_frame_queue(s, sdu);
    return SAAL_OK;
}

/* A new window for the peer. Events of before give no credit in it. */
static void window_open(struct sscop *s)
{
    s->vr_mr = s->options.window_count;
    s->credit_held_count = 0;
    s->epoch++;
}

static void pending_send(struct sscop *s)
{
    struct sscop_pdu pdu = {.type = s->pending, .n_sq = s->vt_sq, .n_mr = s->vr_mr};
    if (s->pending == SSCOP_END)
        pdu.n_sq = 0;
    sscop_frame_send(s, &pdu, NULL, s->uu_pending);
}

/* The PDU that a CC timer repeats. The octets of the request move to the entity. */
static void pending_begin(struct sscop *s, enum sscop_pdu_type type,
                          const struct sscop_input *input)
{
    if (type != SSCOP_END)
        window_open(s);
    s->pending = (uint8_t)type;
    saal_buffer_release(s->uu_pending);
    s->uu_pending = input->uu;
    pending_send(s);
}

/* The answer to BGN, RS or ER; the octets of a response go with each copy of the BGAK. */
static void answer_send(struct sscop *s, enum sscop_pdu_type type, struct saal_buffer *uu)
{
    if (s->state != SSCOP_READY)
        window_open(s);
    if (uu) {
        saal_buffer_release(s->uu_bgak);
        s->uu_bgak = uu;
    }
    struct sscop_pdu pdu = {.type = (uint8_t)type, .n_mr = s->vr_mr};
    sscop_frame_send(s, &pdu, NULL, type == SSCOP_BGAK ? s->uu_bgak : NULL);
}

static void plain_send(struct sscop *s, enum sscop_pdu_type type, bool from_sscop)
{
    struct sscop_pdu pdu = {.type = (uint8_t)type, .from_sscop = from_sscop};
    sscop_frame_send(s, &pdu, NULL, NULL);
}

void sscop_send_column_run(struct sscop *s, enum sscop_send_column column,
                           const struct sscop_input *input)
{
    struct sscop_pdu pdu = {.type = SSCOP_BGREJ};
    switch (column) {
    case SEND_NO_PDU:
        break;
    case SEND_BGN:
        pending_begin(s, SSCOP_BGN, input);
        break;
    case SEND_RS:
        pending_begin(s, SSCOP_RS, input);
        break;
    case SEND_ER:
        pending_begin(s, SSCOP_ER, input);
        break;
    case SEND_END_USER:
        pending_begin(s, SSCOP_END, input);
        break;
    case SEND_AGAIN:
        pending_send(s);
        break;
    case SEND_BGAK_AND_AGAIN:
        pdu = (struct sscop_pdu){.type = SSCOP_BGAK, .n_mr = s->vr_mr};
        sscop_frame_send(s, &pdu, NULL, NULL);
        pending_send(s);
        break;
    case SEND_BGAK:
        answer_send(s, SSCOP_BGAK, input->uu);
        break;
    case SEND_RSAK:
        answer_send(s, SSCOP_RSAK, NULL);
        break;
    case SEND_ERAK:
        answer_send(s, SSCOP_ERAK, NULL);
        break;
    case SEND_BGREJ:
        sscop_frame_send(s, &pdu, NULL, input->uu);
        saal_buffer_release(input->uu);
        break;
    case SEND_END_SSCOP:
        plain_send(s, SSCOP_END, true);
        break;
    case SEND_ENDAK:
        plain_send(s, SSCOP_ENDAK, false);
        break;
    }
}
