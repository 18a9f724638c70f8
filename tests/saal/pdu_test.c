/* SPDX-License-Identifier: MIT */
#include "saal/pdu.h"

#include "saal/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct saal_pool *pool;

static int pool_begin(void **state)
{
    (void)state;
    pool = saal_pool_create(1U << 20);
    return pool == NULL;
}

static int pool_end(void **state)
{
    (void)state;
    size_t live_count = saal_pool_live_count(pool);
    saal_pool_destroy(pool);
    return live_count != 0;
}

struct sample {
    struct sscop_pdu pdu;
    uint32_t elements[4];
    uint8_t octets[24];
    uint8_t count;
};

/* SIG §2.1, octets that an independent reader decoded. */
static const struct sample samples[] = {
    {{.type = SSCOP_BGN, .n_sq = 1, .n_mr = 128}, {0}, {0, 0, 0, 1, 1, 0, 0, 0x80}, 8},
    {{.type = SSCOP_BGAK, .n_mr = 128}, {0}, {0, 0, 0, 0, 2, 0, 0, 0x80}, 8},
    {{.type = SSCOP_POLL, .n_ps = 1, .n_s = 7}, {0}, {0, 0, 0, 1, 0x0a, 0, 0, 7}, 8},
    {{.type = SSCOP_STAT, .list_count = 2, .n_ps = 1, .n_mr = 128, .n_r = 2},
     {2, 3},
     {0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0x80, 0x0b, 0, 0, 2},
     20},
    {{.type = SSCOP_USTAT, .list_count = 2, .n_mr = 128, .n_r = 2},
     {2, 4},
     {0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 0x80, 0x0c, 0, 0, 2},
     16},
    {{.type = SSCOP_END, .from_sscop = true}, {0}, {0, 0, 0, 0, 0x13, 0, 0, 0}, 8},
    {{.type = SSCOP_ENDAK}, {0}, {0, 0, 0, 0, 4, 0, 0, 0}, 8},
};

static void pdus_are_equal(const struct sscop_pdu *a, const struct sscop_pdu *b)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->n_sq, b->n_sq);
    assert_int_equal(a->from_sscop, b->from_sscop);
    assert_int_equal(a->n_s, b->n_s);
    assert_int_equal(a->n_ps, b->n_ps);
    assert_int_equal(a->n_mr, b->n_mr);
    assert_int_equal(a->n_r, b->n_r);
    assert_int_equal(a->list_count, b->list_count);
    assert_int_equal(a->bytes, b->bytes);
}

static void octets_of_the_reference_are_written_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct sample *sample = &samples[i];
        struct saal_buffer *frame = saal_buffer_get(pool, 64);
        sscop_pdu_write(&sample->pdu, sample->elements, frame);
        assert_int_equal(frame->bytes, sample->count);
        assert_memory_equal(frame->data, sample->octets, sample->count);
        struct sscop_pdu pdu = {0};
        assert_int_equal(sscop_pdu_read(sample->octets, sample->count, &pdu), SSCOP_PDU_GOOD);
        for (uint32_t k = 0; k < pdu.list_count; k++)
            assert_int_equal(sscop_pdu_list_at(&pdu, k), sample->elements[k]);
        pdus_are_equal(&pdu, &sample->pdu);
        saal_buffer_release(frame);
    }
}

static bool carries_data(unsigned type)
{
    return type == SSCOP_BGN || type == SSCOP_BGAK || type == SSCOP_END || type == SSCOP_RS ||
           type == SSCOP_BGREJ || type == SSCOP_SD || type == SSCOP_UD || type == SSCOP_MD;
}

static void every_type_with_every_padding_reads_as_it_was_written(void **state)
{
    (void)state;
    for (unsigned type = 1; type < SSCOP_PDU_TYPE_COUNT; type++) {
        for (uint32_t bytes = 0; bytes < (carries_data(type) ? 9U : 1U); bytes++) {
            struct saal_buffer *frame = saal_buffer_get(pool, 64);
            memset(frame->data, 0xa5, bytes);
            frame->bytes = bytes;
            uint32_t elements[3] = {5, SSCOP_NUMBER_MAX, 0};
            struct sscop_pdu wrote = {.type = (uint8_t)type, .bytes = bytes};
            wrote.n_sq = type == SSCOP_BGN || type == SSCOP_RS || type == SSCOP_ER ? 200 : 0;
            wrote.from_sscop = type == SSCOP_END;
            wrote.n_s = type == SSCOP_SD || type == SSCOP_POLL ? 0xfffffe : 0;
            wrote.n_ps = type == SSCOP_POLL || type == SSCOP_STAT ? 0xabcdef : 0;
            bool has_n_mr = wrote.n_sq != 0 || type == SSCOP_BGAK || type == SSCOP_RSAK ||
                            type == SSCOP_ERAK || type == SSCOP_STAT || type == SSCOP_USTAT;
            wrote.n_mr = has_n_mr ? 0x123456 : 0;
            wrote.n_r = type == SSCOP_STAT || type == SSCOP_USTAT ? 0x654321 : 0;
            wrote.list_count = type == SSCOP_STAT ? 3 : type == SSCOP_USTAT ? 2 : 0;
            uint32_t extra_bytes = sscop_pdu_extra_bytes(&wrote);
            sscop_pdu_write(&wrote, elements, frame);
            assert_int_equal(frame->bytes, bytes + extra_bytes);
            assert_int_equal(frame->bytes % 4, 0);
            struct sscop_pdu read = {0};
            assert_int_equal(sscop_pdu_read(frame->data, frame->bytes, &read), SSCOP_PDU_GOOD);
            assert_int_equal(read.list_count, wrote.list_count);
            for (uint32_t i = 0; i < wrote.list_count; i++)
                assert_int_equal(sscop_pdu_list_at(&read, i), elements[i % 3]);
            assert_true((read.data == frame->data) == (bytes > 0));
            pdus_are_equal(&read, &wrote);
            saal_buffer_release(frame);
        }
    }
}

static void a_length_that_the_type_does_not_allow_is_found(void **state)
{
    (void)state;
    for (unsigned type = 1; type < SSCOP_PDU_TYPE_COUNT; type++) {
        for (size_t bytes = 0; bytes <= 32; bytes++) {
            uint8_t octets[32] = {0};
            if (bytes >= 4)
                octets[bytes - 4] = (uint8_t)type;
            size_t least = type == SSCOP_STAT                                         ? 12
                           : type == SSCOP_USTAT                                      ? 16
                           : type == SSCOP_SD || type == SSCOP_UD || type == SSCOP_MD ? 4
                                                                                      : 8;
            bool grows = carries_data(type) || type == SSCOP_STAT;
            bool good = bytes % 4 == 0 && bytes >= least && (grows || bytes == least);
            struct sscop_pdu pdu;
            assert_int_equal(sscop_pdu_read(octets, bytes, &pdu),
                             good ? SSCOP_PDU_GOOD : SSCOP_PDU_BAD_LENGTH);
        }
    }
}

static void padding_longer_than_the_data_and_type_zero_are_found(void **state)
{
    (void)state;
    struct sscop_pdu pdu;
    const uint8_t padded[4] = {0xc8, 0, 0, 0};
    assert_int_equal(sscop_pdu_read(padded, 4, &pdu), SSCOP_PDU_BAD_LENGTH);
    const uint8_t padded_bgn[8] = {0, 0, 0, 1, 0x41, 0, 0, 0x80};
    assert_int_equal(sscop_pdu_read(padded_bgn, 8, &pdu), SSCOP_PDU_BAD_LENGTH);
    const uint8_t zero[4] = {0};
    assert_int_equal(sscop_pdu_read(zero, 4, &pdu), SSCOP_PDU_BAD_TYPE);
}

static void reserved_bits_are_not_read(void **state)
{
    (void)state;
    struct sscop_pdu pdu;
    const uint8_t bgn[8] = {0xff, 0xff, 0xff, 1, 0x31, 0, 0, 0x80};
    assert_int_equal(sscop_pdu_read(bgn, 8, &pdu), SSCOP_PDU_GOOD);
    assert_int_equal(pdu.type, SSCOP_BGN);
    assert_int_equal(pdu.n_sq, 1);
    assert_int_equal(pdu.n_mr, 128);
    const uint8_t poll[8] = {0xff, 0, 0, 1, 0x3a, 0, 0, 7};
    assert_int_equal(sscop_pdu_read(poll, 8, &pdu), SSCOP_PDU_GOOD);
    assert_int_equal(pdu.n_ps, 1);
}

static void numbers_are_compared_across_the_wrap(void **state)
{
    (void)state;
    assert_int_equal(number_from(0, SSCOP_NUMBER_MAX), 1);
    assert_int_equal(number_from(SSCOP_NUMBER_MAX, 0), -1);
    assert_int_equal(number_from(5, 0xfffff0), 21);
    assert_int_equal(number_from(7, 7), 0);
    assert_int_equal(number_from(0x7fffff, 0), 0x7fffff);
    assert_int_equal(number_from(0x800000, 0), -0x800000);
    assert_int_equal(number_add(SSCOP_NUMBER_MAX, 2), 1);
    assert_int_equal(number_add(0, -1U), SSCOP_NUMBER_MAX);
}

static void a_pool_keeps_to_its_limit_and_gives_what_came_back(void **state)
{
    (void)state;
    struct saal_pool *small = saal_pool_create(20000);
    struct saal_buffer *taken[512] = {NULL};
    uint32_t count = 0;
    while (count < 512 && (taken[count] = saal_buffer_get(small, 40)) != NULL)
        count++;
    assert_in_range(count, 64, 156);
    assert_int_equal(saal_pool_live_count(small), count);
    saal_buffer_release(taken[--count]);
    taken[count] = saal_buffer_get(small, 40);
    assert_non_null(taken[count++]);
    assert_null(saal_buffer_get(small, SAAL_BUFFER_BYTES_MAX));
    assert_null(saal_buffer_get(small, SAAL_BUFFER_BYTES_MAX + 1));
    size_t growth_count = saal_pool_growth_count(small);
    while (count > 0)
        saal_buffer_release(taken[--count]);
    saal_buffer_release(saal_buffer_get(small, 40));
    assert_int_equal(saal_pool_growth_count(small), growth_count);
    saal_pool_destroy(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_of_the_reference_are_written_and_read),
        cmocka_unit_test(every_type_with_every_padding_reads_as_it_was_written),
        cmocka_unit_test(a_length_that_the_type_does_not_allow_is_found),
        cmocka_unit_test(padding_longer_than_the_data_and_type_zero_are_found),
        cmocka_unit_test(reserved_bits_are_not_read),
        cmocka_unit_test(numbers_are_compared_across_the_wrap),
        cmocka_unit_test(a_pool_keeps_to_its_limit_and_gives_what_came_back),
    };
    return cmocka_run_group_tests(tests, pool_begin, pool_end);
}
