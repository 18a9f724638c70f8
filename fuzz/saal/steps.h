/* SPDX-License-Identifier: MIT */
/* A program of steps is what the targets with two ends read from their input: an octet says the
 * step (low four bits) and the end (bit 4); what follows depends on the step. */
#ifndef CONDIS_FUZZ_SAAL_STEPS_H
#define CONDIS_FUZZ_SAAL_STEPS_H

#include "saal/sscop_inside.h"

#include <stdlib.h>
#include <string.h>

enum step {
    STEP_REQUEST,     /* 1 octet: which */
    STEP_SEND,        /* 1 octet: length */
    STEP_MOVE_ONE,    /* a frame to the other end */
    STEP_MOVE_ALL,    /* all of both ends, until there are none */
    STEP_LOSE,        /* a frame */
    STEP_FEED,        /* 1 octet: length, then so many octets of a frame */
    STEP_FEED_NEAR,   /* 6 octets: a PDU whose numbers are near those that the end has */
    STEP_TIME,        /* 1 octet: 100 ms each */
    STEP_TAKE_EVENTS, /* all */
    STEP_HOLD_CREDIT, /* 1 octet: bit 0 */
    STEP_RETRIEVE,    /* one SDU */
    STEP_SEND_UNIT,   /* 1 octet: length */
    STEP_BURST,       /* 1 octet: so many SDUs of 4 octets */
    STEP_COUNT,
};

struct steps {
    const uint8_t *at;
    size_t left;
};

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

static inline uint8_t steps_octet(struct steps *steps)
{
    if (steps->left == 0)
        return 0;
    steps->left--;
    return *steps->at++;
}

/* The octets of a step; fewer if the input ends. */
static inline const uint8_t *steps_octets(struct steps *steps, size_t *bytes)
{
    const uint8_t *octets = steps->at;
    if (*bytes > steps->left)
        *bytes = steps->left;
    steps->at += *bytes;
    steps->left -= *bytes;
    return octets;
}

static inline struct saal_buffer *steps_sdu(struct steps *steps, struct saal_pool *pool)
{
    size_t bytes = steps_octet(steps);
    struct saal_buffer *sdu = saal_buffer_get(pool, bytes);
    if (sdu) {
        memset(sdu->data, 0x5a, bytes);
        sdu->bytes = (uint32_t)bytes;
    }
    return sdu;
}

/* A PDU that an end may well take: each octet moves a number a little from where the end stands. */
static inline struct saal_buffer *steps_near_pdu(struct steps *steps, struct saal_pool *pool,
                                                 const struct sscop *s)
{
    uint8_t octet[6];
    for (size_t i = 0; i < sizeof octet; i++)
        octet[i] = steps_octet(steps);
    int8_t delta[4];
    memcpy(delta, octet + 1, sizeof delta);
    struct sscop_pdu pdu = {.type = octet[0] % 15 + 1};
    uint32_t elements[6];
    pdu.n_sq = (uint8_t)(s->vr_sq + delta[0] % 2);
    pdu.from_sscop = (octet[0] & 0x80) != 0;
    pdu.n_s = number_add(s->vr_r, (uint32_t)delta[0]);
    if (pdu.type == SSCOP_POLL)
        pdu.n_s = number_add(s->vr_h, (uint32_t)delta[0]);
    pdu.n_ps = number_add(s->vt_ps, (uint32_t)delta[1]);
    pdu.n_mr = number_add(s->vt_s, (uint32_t)delta[2] * 4);
    pdu.n_r = number_add(s->vt_a, (uint32_t)delta[3]);
    pdu.list_count = pdu.type == SSCOP_USTAT ? 2 : pdu.type == SSCOP_STAT ? octet[5] % 7 : 0;
    for (uint32_t i = 0; i < pdu.list_count; i++)
        elements[i] = number_add(pdu.n_r, i * (octet[5] / 7U % 8 + 1));
    struct saal_buffer *frame = saal_buffer_get(pool, 64);
    if (frame)
        sscop_pdu_write(&pdu, elements, frame);
    return frame;
}

#endif
