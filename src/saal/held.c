/* SPDX-License-Identifier: MIT */
/* SDUs that came out of order, by number modulo the ring. A bit for each says whether it is there,
 * so that 64 are looked at in one step when a STAT is made. */
#include "saal/sscop_inside.h"

#include <assert.h>
#include <stdlib.h>

bool sscop_held_create(struct sscop *s)
{
    s->rx_count = 64;
    while (s->rx_count < s->options.window_count)
        s->rx_count *= 2;
    s->rx = calloc(s->rx_count, sizeof *s->rx);
    s->rx_bits = calloc(s->rx_count / 64, sizeof *s->rx_bits);
    return s->rx && s->rx_bits;
}

bool sscop_held_has(const struct sscop *s, uint32_t number)
{
    uint32_t index = number & (s->rx_count - 1);
    return (s->rx_bits[index / 64] >> (index % 64) & 1) != 0;
}

void sscop_held_add(struct sscop *s, uint32_t number, const struct saal_event *data)
{
    uint32_t index = number & (s->rx_count - 1);
    assert(!sscop_held_has(s, number));
    s->rx[index] = *data;
    s->rx_bits[index / 64] |= UINT64_C(1) << index % 64;
    s->held_count++;
}

static struct saal_event *held_take(struct sscop *s, uint32_t number)
{
    uint32_t index = number & (s->rx_count - 1);
    assert(sscop_held_has(s, number));
    s->rx_bits[index / 64] &= ~(UINT64_C(1) << index % 64);
    s->held_count--;
    return &s->rx[index];
}

void sscop_held_deliver(struct sscop *s, uint32_t number)
{
    sscop_tell(s, held_take(s, number));
    s->counters.sds_in++;
}

uint32_t sscop_held_find(const struct sscop *s, uint32_t from, uint32_t to, bool present)
{
    uint32_t left = number_add(to, -from);
    while (left > 0) {
        uint32_t index = number_add(to, -left) & (s->rx_count - 1);
        uint64_t word = s->rx_bits[index / 64];
        word = (present ? word : ~word) >> index % 64;
        uint32_t skip = word ? (uint32_t)__builtin_ctzll(word) : 64 - index % 64;
        if (skip >= left)
            return to;
        left -= skip;
        if (word)
            break;
    }
    return number_add(to, -left);
}

void sscop_held_flush(struct sscop *s, bool deliver)
{
    for (uint32_t number = s->vr_r; s->held_count > 0; number = number_add(number, 1)) {
        number = sscop_held_find(s, number, s->vr_h, true);
        struct saal_event *data = held_take(s, number);
        /* The window that these SDUs were in is gone: they give no credit in the next one. */
        data->epoch = (uint8_t)(s->epoch - 1);
        if (deliver) {
            sscop_tell(s, data);
            s->counters.sds_in++;
        } else {
            saal_buffer_release(data->buffer);
        }
    }
}
