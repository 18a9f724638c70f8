/* SPDX-License-Identifier: MIT */
/* The atmtcp framing: frames come out the same wherever the stream is split and wherever blocks
 * end, without a copy; what cannot be a header ends the stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/atmtcp.h"

#define BLOCK_BYTES ATMTCP_BLOCK_BYTES_MIN

static unsigned wake_count;

static void on_wake(void *context)
{
    (void)context;
    wake_count++;
}

struct stream {
    uint8_t bytes[4 * BLOCK_BYTES];
    size_t byte_count;
};

static struct stream stream;

/* Payload octet i of a frame on a VC. */
static uint8_t octet(uint16_t vci, uint32_t i)
{
    return (uint8_t)(vci * 7u + i * 13u + (i >> 8));
}

static void stream_add(uint16_t vpi, uint16_t vci, uint32_t payload_bytes)
{
    uint8_t *at = stream.bytes + stream.byte_count;
    atmtcp_header_write(at, vpi, vci, payload_bytes);
    for (uint32_t i = 0; i < payload_bytes; i++)
        at[ATMTCP_HEADER_BYTES + i] = octet(vci, i);
    stream.byte_count += ATMTCP_HEADER_BYTES + payload_bytes;
    assert_true(stream.byte_count <= sizeof(stream.bytes));
}

static void view_is(const struct atmtcp_view *view, uint16_t vci, uint32_t payload_bytes)
{
    static uint8_t copy[ATMTCP_FRAME_BYTES_MAX];
    assert_int_equal(view->vci, vci);
    assert_int_equal(view->payload_bytes, payload_bytes);
    assert_int_equal(atmtcp_view_copy(view, copy, sizeof(copy)), payload_bytes);
    for (uint32_t i = 0; i < payload_bytes; i++)
        if (copy[i] != octet(vci, i))
            fail_msg("octet %u of %u on vci %u", i, payload_bytes, vci);
}

/* Puts as many of `bytes` as fit; returns how many. */
static size_t feed_some(struct atmtcp_reader *reader, const uint8_t *bytes, size_t byte_count)
{
    size_t room = 0;
    bool wakes;
    uint8_t *at = atmtcp_reader_room(reader, &room, &wakes);
    assert_non_null(at);
    assert_true(room > 0);
    size_t now = byte_count < room ? byte_count : room;
    memcpy(at, bytes, now);
    atmtcp_reader_filled(reader, now);
    return now;
}

/* Feeds bytes [from, to) and checks what comes out; *next is the number of the next frame due. */
static void feed_part(struct atmtcp_reader *reader, size_t from, size_t to, uint16_t *next,
                      uint32_t (*size_of)(uint16_t vci))
{
    while (from < to) {
        struct atmtcp_view view;
        from += feed_some(reader, stream.bytes + from, to - from);
        enum atmtcp_result result;
        while ((result = atmtcp_read(reader, &view)) == ATMTCP_FRAME) {
            view_is(&view, *next, size_of(*next));
            (*next)++;
        }
        assert_int_equal(result, ATMTCP_MORE);
    }
}

static uint32_t size_small(uint16_t vci)
{
    return (vci - 32u) * 5 % 17; /* 0, 5, 10, 15, 3, ... */
}

static void frames_come_out_whatever_the_split(void **state)
{
    (void)state;
    stream.byte_count = 0;
    for (uint16_t vci = 32; vci < 42; vci++)
        stream_add(0, vci, size_small(vci));
    struct block_pool *pool = block_pool_create(BLOCK_BYTES, 2, on_wake, NULL);
    for (size_t i = 0; i <= stream.byte_count; i++) {
        for (size_t k = i; k <= stream.byte_count; k++) {
            struct atmtcp_reader reader;
            uint16_t next = 32;
            atmtcp_reader_init(&reader, pool);
            feed_part(&reader, 0, i, &next, size_small);
            feed_part(&reader, i, k, &next, size_small);
            feed_part(&reader, k, stream.byte_count, &next, size_small);
            assert_int_equal(next, 42);
            atmtcp_reader_end(&reader);
        }
    }
    assert_int_equal(block_pool_out_count(pool), 0);
    (void)block_pool_end(pool);
}

static uint32_t first_size;

static uint32_t size_across(uint16_t vci)
{
    return vci == 32 ? first_size : vci < 40 ? 9 : 100;
}

static void a_frame_may_begin_in_one_block_and_end_in_the_next(void **state)
{
    (void)state;
    struct block_pool *pool = block_pool_create(BLOCK_BYTES, 2, on_wake, NULL);
    for (uint32_t gap = 0; gap < 40; gap++) { /* every place of the block's end in a frame */
        stream.byte_count = 0;
        first_size = ATMTCP_FRAME_BYTES_MAX - gap;
        for (uint16_t vci = 32; vci < 44; vci++)
            stream_add(1, vci, size_across(vci));
        struct atmtcp_reader reader;
        uint16_t next = 32;
        atmtcp_reader_init(&reader, pool);
        size_t end = first_size + ATMTCP_HEADER_BYTES - 1; /* the first frame is not yet whole */
        feed_part(&reader, 0, end, &next, size_across);
        assert_int_equal(next, 32);
        feed_part(&reader, end, stream.byte_count, &next, size_across);
        assert_int_equal(next, 44);
        atmtcp_reader_end(&reader);
    }
    assert_int_equal(block_pool_out_count(pool), 0);
    (void)block_pool_end(pool);
}

static void kept_frames_keep_their_bytes_and_stop_the_reader(void **state)
{
    (void)state;
    struct block_pool *pool = block_pool_create(BLOCK_BYTES, 2, on_wake, NULL);
    struct atmtcp_reader reader;
    struct atmtcp_view kept[2];
    atmtcp_reader_init(&reader, pool);
    stream.byte_count = 0;
    stream_add(0, 50, 60000);
    stream_add(0, 51, 60000);
    size_t at = 0;
    for (unsigned got = 0; got < 2;) {
        at += feed_some(&reader, stream.bytes + at, stream.byte_count - at);
        while (atmtcp_read(&reader, &kept[got]) == ATMTCP_FRAME)
            atmtcp_view_hold(&kept[got++]);
    }
    assert_int_equal(kept[1].piece_count, 2);
    /* both blocks are held; fill the second to its end */
    static uint8_t zeros[BLOCK_BYTES];
    atmtcp_header_write(zeros, 0, 52, ATMTCP_FRAME_BYTES_MAX);
    struct atmtcp_view none;
    bool wakes = false;
    size_t room;
    const uint8_t *from = zeros;
    while (atmtcp_reader_room(&reader, &room, &wakes)) {
        from += feed_some(&reader, from, room);
        assert_int_equal(atmtcp_read(&reader, &none), ATMTCP_MORE);
    }
    assert_true(wakes);
    assert_int_equal(wake_count, 0);
    view_is(&kept[0], 50, 60000);
    view_is(&kept[1], 51, 60000);
    atmtcp_view_release(&kept[0]);
    assert_int_equal(wake_count, 0); /* the second frame begins in the first's block */
    atmtcp_view_release(&kept[1]);
    assert_int_equal(wake_count, 1);
    size_t left = ATMTCP_BLOCK_BYTES_MIN - (size_t)(from - zeros);
    while (left > 0)
        left -= feed_some(&reader, zeros + ATMTCP_HEADER_BYTES, left);
    assert_int_equal(atmtcp_read(&reader, &none), ATMTCP_FRAME);
    assert_int_equal(none.payload_bytes, ATMTCP_FRAME_BYTES_MAX);
    atmtcp_reader_end(&reader);
    assert_int_equal(block_pool_out_count(pool), 0);
    (void)block_pool_end(pool);
}

static void what_cannot_be_a_header_breaks_the_stream_for_good(void **state)
{
    (void)state;
    static const struct {
        uint8_t header[ATMTCP_HEADER_BYTES];
        enum atmtcp_result result;
    } cases[] = {
        {{0, 0, 0, 5, 0, 1, 0, 0}, ATMTCP_TOO_LONG},
        {{0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff}, ATMTCP_KERNEL_BLOCK},
        {{1, 0, 0, 5, 0, 0, 0, 4}, ATMTCP_BAD_VPI},
        {{'G', 'E', 'T', ' ', '/', ' ', 'H', 'T'}, ATMTCP_TOO_LONG},
    };
    struct block_pool *pool = block_pool_create(BLOCK_BYTES, 2, on_wake, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct atmtcp_reader reader;
        struct atmtcp_view view;
        atmtcp_reader_init(&reader, pool);
        (void)feed_some(&reader, cases[i].header, ATMTCP_HEADER_BYTES - 1);
        assert_int_equal(atmtcp_read(&reader, &view), ATMTCP_MORE);
        (void)feed_some(&reader, cases[i].header + ATMTCP_HEADER_BYTES - 1, 1);
        assert_int_equal(atmtcp_read(&reader, &view), cases[i].result);
        assert_int_equal(atmtcp_read(&reader, &view), cases[i].result);
        assert_non_null(atmtcp_result_name(cases[i].result));
        atmtcp_reader_end(&reader);
    }
    (void)block_pool_end(pool);
}

static struct atmtcp_control parsed(const char *text)
{
    return atmtcp_control_parse((const uint8_t *)text, strlen(text));
}

static void control_text_is_understood_both_ways(void **state)
{
    (void)state;
    struct atmtcp_control open = {ATMTCP_CONTROL_OPEN, 1, 65535}, back;
    uint8_t text[ATMTCP_CONTROL_TEXT_MAX];
    size_t bytes = atmtcp_control_write(text, &open, "ubr,aal5:max_pcr");
    assert_true(bytes > 0);
    assert_memory_equal(text, "O 1.65535 0.1.65535 ubr,aal5:max_pcr", bytes);
    back = atmtcp_control_parse(text, bytes);
    assert_int_equal(back.kind, ATMTCP_CONTROL_OPEN);
    assert_int_equal(back.vpi, 1);
    assert_int_equal(back.vci, 65535);
    struct atmtcp_control close = {ATMTCP_CONTROL_CLOSE, 0, 5};
    bytes = atmtcp_control_write(text, &close, NULL);
    assert_memory_equal(text, "C 0.5", bytes);
    assert_int_equal(atmtcp_control_parse(text, bytes).kind, ATMTCP_CONTROL_CLOSE);
    char qos[2 * ATMTCP_CONTROL_TEXT_MAX];
    memset(qos, 'q', sizeof(qos) - 1);
    qos[sizeof(qos) - 1] = 0;
    assert_int_equal(atmtcp_control_write(text, &open, qos), 0);
}

static void other_control_text_is_unknown(void **state)
{
    (void)state;
    static const char *const texts[] = {"",          "O",
                                        "C",         "C ",
                                        "C 5",       "C 0.",
                                        "C 256.5",   "C 0.65536",
                                        "C 0.5 ",    "c 0.5",
                                        "O 0.5",     "O 0.5 0.0.5",
                                        "O 0.5 0.5", "O 0.5 x.0.5 q",
                                        "X 0.5",     "C 0.5\nC 0.6",
                                        "C -1.5",    "C 0.99999999999999"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(parsed(texts[i]).kind, ATMTCP_CONTROL_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_whatever_the_split),
        cmocka_unit_test(a_frame_may_begin_in_one_block_and_end_in_the_next),
        cmocka_unit_test(kept_frames_keep_their_bytes_and_stop_the_reader),
        cmocka_unit_test(what_cannot_be_a_header_breaks_the_stream_for_good),
        cmocka_unit_test(control_text_is_understood_both_ways),
        cmocka_unit_test(other_control_text_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
