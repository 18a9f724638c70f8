/* SPDX-License-Identifier: MIT */
/* Any octets: reading neither crashes nor passes the end; what reads, written again, reads the same
 * way. */
#include "steps.h"

static struct saal_pool *pool;

static void pdus_are_equal(const struct sscop_pdu *a, const struct sscop_pdu *b)
{
    require(a->type == b->type && a->n_sq == b->n_sq && a->from_sscop == b->from_sscop);
    require(a->n_s == b->n_s && a->n_ps == b->n_ps && a->n_mr == b->n_mr && a->n_r == b->n_r);
    require(a->list_count == b->list_count && a->bytes == b->bytes);
    require(a->bytes == 0 || memcmp(a->data, b->data, a->bytes) == 0);
    for (uint32_t i = 0; i < a->list_count; i++)
        require(sscop_pdu_list_at(a, i) == sscop_pdu_list_at(b, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint32_t elements[SAAL_BUFFER_BYTES_MAX / 4];
    if (!pool)
        pool = saal_pool_create(1U << 24);
    /* A copy of just this size, so that the checker sees each step beyond it. */
    uint8_t *octets = malloc(size ? size : 1);
    require(octets != NULL);
    memcpy(octets, data, size);
    struct sscop_pdu pdu;
    if (sscop_pdu_read(octets, size, &pdu) == SSCOP_PDU_GOOD && size <= SAAL_BUFFER_BYTES_MAX) {
        for (uint32_t i = 0; i < pdu.list_count; i++)
            elements[i] = sscop_pdu_list_at(&pdu, i);
        struct saal_buffer *frame =
            saal_buffer_get(pool, pdu.bytes + (pdu.type == SSCOP_STAT ? 4 * pdu.list_count : 0));
        require(frame != NULL);
        if (pdu.bytes > 0)
            memcpy(frame->data, pdu.data, pdu.bytes);
        frame->bytes = pdu.bytes;
        sscop_pdu_write(&pdu, elements, frame);
        struct sscop_pdu again;
        require(sscop_pdu_read(frame->data, frame->bytes, &again) == SSCOP_PDU_GOOD);
        pdus_are_equal(&pdu, &again);
        saal_buffer_release(frame);
    }
    free(octets);
    return 0;
}
