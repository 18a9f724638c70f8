/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../tools/condis/stream.h"

static enum stream_kind take(struct stream_reader *reader, enum stream_kind kind, uint64_t place,
                             size_t data_bytes)
{
    uint8_t head[STREAM_HEADER_BYTES];
    size_t skip;
    stream_header_put(head, kind, place);
    enum stream_kind seen = stream_reader_take(reader, head, sizeof head + data_bytes, &skip);
    assert_int_equal(skip, STREAM_HEADER_BYTES);
    return seen;
}

static void a_stream_without_gaps_is_complete_from_its_first_unit_on(void **state)
{
    (void)state;
    struct stream_reader reader = {0};
    char report[STREAM_REPORT_BYTES];
    uint64_t far = 0x0102030405060708u;
    assert_int_equal(take(&reader, STREAM_DATA, far, 10), STREAM_DATA);
    assert_int_equal(take(&reader, STREAM_DATA, far + 10, 5), STREAM_DATA);
    assert_false(stream_reader_complete(&reader));
    assert_int_equal(take(&reader, STREAM_END, far + 15, 0), STREAM_END);
    assert_true(stream_reader_complete(&reader));
    size_t bytes = stream_report(&reader, report);
    assert_string_equal(report, "complete 72623859790382856..72623859790382871");
    assert_true(stream_report_complete(report, bytes));
}

static void a_gap_is_lost_bytes_also_before_the_end(void **state)
{
    (void)state;
    struct stream_reader reader = {0};
    char report[STREAM_REPORT_BYTES];
    take(&reader, STREAM_DATA, 0, 10);
    take(&reader, STREAM_DATA, 14, 6);
    take(&reader, STREAM_END, 25, 0);
    assert_false(stream_reader_complete(&reader));
    size_t bytes = stream_report(&reader, report);
    assert_string_equal(report, "lost 9 of 0..25");
    assert_false(stream_report_complete(report, bytes));
}

static void who_wants_no_more_says_so_unless_something_is_missing(void **state)
{
    (void)state;
    struct stream_reader reader = {0};
    char report[STREAM_REPORT_BYTES];
    assert_int_equal(stream_report(&reader, report), strlen("enough 0..0"));
    assert_string_equal(report, "enough 0..0");
    take(&reader, STREAM_DATA, 10, 10);
    size_t bytes = stream_report(&reader, report);
    assert_string_equal(report, "enough 10..20");
    assert_true(stream_report_enough(report, bytes));
    assert_false(stream_report_complete(report, bytes));
    take(&reader, STREAM_DATA, 21, 10);
    bytes = stream_report(&reader, report);
    assert_string_equal(report, "lost 1 of 10..31");
    assert_false(stream_report_enough(report, bytes));
}

static void units_of_another_format_are_all_data(void **state)
{
    (void)state;
    struct stream_reader reader = {0};
    uint8_t unit[40] = {0xC0, 'D', 'S', '1'};
    size_t skip;
    unit[4] = 3; /* no kind of ours */
    assert_int_equal(stream_reader_take(&reader, unit, sizeof unit, &skip), STREAM_OTHER);
    assert_int_equal(skip, 0);
    assert_int_equal(stream_reader_take(&reader, unit, 3, &skip), STREAM_OTHER);
    assert_int_equal(skip, 0);
    assert_int_equal(reader.next, 43);
    assert_int_equal(reader.lost_bytes, 0);
}

/* Found by fuzz/host: data that end beyond 2^64 made the next place less than the first. */
static void a_place_that_no_file_has_is_of_another_format(void **state)
{
    (void)state;
    struct stream_reader reader = {0};
    uint8_t head[STREAM_HEADER_BYTES];
    size_t skip;
    stream_header_put(head, STREAM_DATA, UINT64_MAX - 2);
    assert_int_equal(stream_reader_take(&reader, head, sizeof head + 5, &skip), STREAM_OTHER);
    assert_int_equal(skip, 0);
    assert_int_equal(reader.first, 0);
    assert_int_equal(reader.next, sizeof head + 5);
    stream_header_put(head, STREAM_DATA, STREAM_PLACE_MAX);
    assert_int_equal(stream_reader_take(&reader, head, sizeof head + 5, &skip), STREAM_DATA);
    assert_true(reader.next > STREAM_PLACE_MAX);
}

static void words_that_only_begin_alike_are_no_report(void **state)
{
    (void)state;
    assert_false(stream_report_complete("complete ", 9));
    assert_false(stream_report_complete("completely", 10));
    assert_false(stream_report_complete(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_without_gaps_is_complete_from_its_first_unit_on),
        cmocka_unit_test(a_gap_is_lost_bytes_also_before_the_end),
        cmocka_unit_test(who_wants_no_more_says_so_unless_something_is_missing),
        cmocka_unit_test(units_of_another_format_are_all_data),
        cmocka_unit_test(a_place_that_no_file_has_is_of_another_format),
        cmocka_unit_test(words_that_only_begin_alike_are_no_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
