/* SPDX-License-Identifier: MIT */
#include "trace/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *status_name(uint32_t status)
{
    return status == 0 ? "NDIS_STATUS_SUCCESS" : NULL;
}

/* One of each shape of line. */
static const struct trace_event sample[] = {
    {.time_100ns = 0,
     .kind = TRACE_SCENARIO_STEP,
     .flags = TRACE_NO_HOST | TRACE_HAS_ARG0,
     .what = "host",
     .arg = {12}},
    {.time_100ns = 5,
     .kind = TRACE_HANDLE_MADE,
     .host = 1,
     .driver = 2,
     .noun = {TRACE_NOUN_VC, 3, 1},
     .what = "NdisCoCreateVc"},
    {.time_100ns = 120340000,
     .kind = TRACE_STATE,
     .host = 1,
     .driver = 2,
     .processor = 1,
     .irql = 2,
     .noun = {TRACE_NOUN_VC, 3, 4},
     .second = {TRACE_NOUN_PARTY, 1, 1},
     .what = "rx ADD PARTY ACK",
     .from = "PU1",
     .to = "PU7",
     .source = "Q.2971 U4"},
    {.time_100ns = 120340001,
     .kind = TRACE_OPERATION_COMPLETED,
     .host = 7,
     .driver = 9,
     .flags = TRACE_HAS_STATUS,
     .noun = {TRACE_NOUN_OPERATION, 17, 1},
     .what = "ADD_PARTY",
     .to = "ProtocolClAddPartyComplete"},
    {.time_100ns = 120340001,
     .kind = TRACE_OPERATION_RETURNED,
     .host = 1,
     .irql = 5,
     .flags = TRACE_HAS_STATUS,
     .status = 0xC0010015u,
     .what = "DROP_PARTY"},
    {.time_100ns = 123456789012345,
     .kind = TRACE_OID_REQUEST,
     .host = 1,
     .irql = 1,
     .flags = TRACE_HAS_ARG0 | TRACE_HAS_ARG1,
     .what = "NdisCoOidRequest",
     .arg = {0x00010101, 4}},
    {.time_100ns = 123456789012345,
     .kind = TRACE_SEND,
     .host = 1,
     .flags = TRACE_HAS_ARG0,
     .what = "NdisCoSendNetBufferLists",
     .arg = {0, 99}},
};

static const char golden[] =
    "    0.0000000 -        -   -                              step       host line=12\n"
    "    0.0000005 root     0P  client   vc 3                  made       NdisCoCreateVc\n"
    "   12.0340000 root     1D  client   vc 3#4 party 1        state      PU1 -> PU7  "
    "rx ADD PARTY ACK               [Q.2971 U4]\n"
    "   12.0340001 host 7   0P  driver 9 operation 17          completed  ADD_PARTY "
    "NDIS_STATUS_SUCCESS -> ProtocolClAddPartyComplete\n"
    "   12.0340001 root     0/5 NDIS                           returned   DROP_PARTY 0xC0010015\n"
    "12345678.9012345 root  0A  NDIS                           oid        NdisCoOidRequest "
    "oid=0x00010101 bytes=4\n"
    "12345678.9012345 root  0P  NDIS                           send       "
    "NdisCoSendNetBufferLists nbls=0\n";

/* The text moves to the caller. */
static char *print_sample(void)
{
    char *text = NULL;
    size_t text_bytes = 0;
    struct trace *trace;
    FILE *file = open_memstream(&text, &text_bytes);

    assert_non_null(file);
    struct trace_options options = {.format = TRACE_TEXT, .file = file, .status_name = status_name};
    assert_int_equal(trace_open(&options, &trace), 0);
    trace_name_host(trace, 1, "root");
    trace_name_driver(trace, 2, "client");
    for (size_t i = 0; i < sizeof(sample) / sizeof(sample[0]); i++)
        trace_emit(trace, &sample[i]);
    assert_int_equal(trace_close(trace), 0);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void each_event_is_one_line_time_first_and_source_last(void **state)
{
    (void)state;
    char *text = print_sample();
    assert_string_equal(text, golden);
    free(text);
}

static void the_same_events_print_the_same_bytes(void **state)
{
    (void)state;
    char *first = print_sample();
    char *second = print_sample();
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void a_dump_prints_the_last_events_oldest_first(void **state)
{
    char *text = NULL;
    size_t text_bytes = 0;
    struct trace *trace;
    FILE *file = open_memstream(&text, &text_bytes);
    struct trace_options options = {.format = TRACE_QUIET, .ring_count = 2};

    (void)state;
    assert_non_null(file);
    assert_int_equal(trace_open(&options, &trace), 0);
    for (uint64_t i = 1; i <= 3; i++)
        trace_emit(trace, &(struct trace_event){
                              .time_100ns = i, .kind = TRACE_DPC, .driver = 1, .what = "queued"});
    trace_dump_last(trace, file);
    assert_int_equal(trace_close(trace), 0);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(
        text, "    0.0000002 host 0   0P  driver 1                       dpc        queued\n"
              "    0.0000003 host 0   0P  driver 1                       dpc        queued\n");
    free(text);
}

static void a_line_that_is_too_long_is_cut_and_still_ends(void **state)
{
    char long_name[2000];
    char *text = NULL;
    size_t text_bytes = 0;
    struct trace *trace;
    FILE *file = open_memstream(&text, &text_bytes);
    struct trace_options options = {.format = TRACE_TEXT, .file = file};

    (void)state;
    assert_non_null(file);
    memset(long_name, 'x', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    assert_int_equal(trace_open(&options, &trace), 0);
    trace_emit(trace, &(struct trace_event){.kind = TRACE_STATE,
                                            .what = long_name,
                                            .from = long_name,
                                            .source = "never seen"});
    assert_int_equal(trace_close(trace), 0);
    assert_int_equal(fclose(file), 0);
    assert_in_range(text_bytes, 100, 512);
    assert_ptr_equal(strchr(text, '\n'), text + text_bytes - 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_is_one_line_time_first_and_source_last),
        cmocka_unit_test(the_same_events_print_the_same_bytes),
        cmocka_unit_test(a_dump_prints_the_last_events_oldest_first),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_and_still_ends),
    };
    return cmocka_run_group_tests_name("trace/text", tests, NULL, NULL);
}
