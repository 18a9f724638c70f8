/* SPDX-License-Identifier: MIT */
/* The backlog: SDUs from the user, sent and not acknowledged, then those that wait for a window.
 * The number of an SDU finds its slot, so nothing here depends on how many there are. */
#include "saal/sscop_inside.h"

#include <stdlib.h>
#include <string.h>

enum { TX_COUNT_FIRST = 64 };

bool sscop_backlog_create(struct sscop *s)
{
    s->tx_count = TX_COUNT_FIRST;
    s->tx = calloc(s->tx_count, sizeof *s->tx);
    return s->tx != NULL;
}

uint32_t sscop_backlog_count(const struct sscop *s)
{
    return number_add(s->vt_q, -s->vt_a);
}

static bool backlog_grow(struct sscop *s)
{
    uint32_t wide_count = s->tx_count * 2;
    struct sscop_slot *wide = calloc(wide_count, sizeof *wide);
    if (!wide)
        return false;
    uint32_t count = sscop_backlog_count(s);
    for (uint32_t i = 0; i < count; i++)
        wide[i] = *sscop_slot(s, number_add(s->vt_a, i));
    free(s->tx);
    s->tx = wide;
    s->tx_count = wide_count;
    s->tx_shift = -s->vt_a;
    return true;
}

enum saal_result sscop_backlog_add(struct sscop *s, struct saal_buffer *sdu)
{
    uint32_t count = sscop_backlog_count(s);
    if (count >= s->options.backlog_count_max)
        return SAAL_FULL;
    if (count == s->tx_count && !backlog_grow(s))
        return SAAL_NO_MEMORY;
    sscop_slot(s, s->vt_q)->sdu = sdu;
    s->vt_q = number_add(s->vt_q, 1);
    return SAAL_OK;
}

void sscop_backlog_acknowledge(struct sscop *s, uint32_t number)
{
    for (; s->vt_a != number; s->vt_a = number_add(s->vt_a, 1)) {
        struct sscop_slot *slot = sscop_slot(s, s->vt_a);
        saal_buffer_release(slot->sdu);
        slot->sdu = NULL;
    }
}

void sscop_backlog_clear(struct sscop *s)
{
    sscop_backlog_acknowledge(s, s->vt_q);
    s->vt_s = s->vt_a;
}

void sscop_backlog_restart(struct sscop *s)
{
    sscop_backlog_acknowledge(s, s->vt_s);
    s->tx_shift += s->vt_a;
    s->vt_q = number_add(s->vt_q, -s->vt_a);
    s->vt_a = 0;
    s->vt_s = 0;
}

/* An SDU that was sent has become its PDU: the user gets what came before padding and trailer. If
 * the frame may still be on its way, that is a copy. */
static struct saal_buffer *sdu_restore(struct sscop *s, struct saal_buffer *sent)
{
    uint32_t bytes = sent->bytes - 4 - (sent->data[sent->bytes - 4] >> 6);
    struct saal_buffer *sdu = sent;
    if (sent->reference_count > 1) {
        sdu = saal_buffer_get(s->pool, bytes);
        if (!sdu)
            return NULL;
        memcpy(sdu->data, sent->data, bytes);
        saal_buffer_release(sent);
    }
    sdu->bytes = bytes;
    return sdu;
}

struct saal_buffer *sscop_retrieve(struct sscop *s)
{
    if (s->state == SSCOP_READY || sscop_backlog_count(s) == 0)
        return NULL;
    struct sscop_slot *slot = sscop_slot(s, s->vt_a);
    struct saal_buffer *sdu = slot->sdu;
    bool was_sent = s->vt_a != s->vt_s;
    if (was_sent)
        sdu = sdu_restore(s, sdu);
    if (!sdu)
        return NULL;
    slot->sdu = NULL;
    s->vt_a = number_add(s->vt_a, 1);
    if (!was_sent)
        s->vt_s = s->vt_a;
    return sdu;
}
