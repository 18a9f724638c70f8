/* SPDX-License-Identifier: MIT */
#include "trace/print.h"
#include "trace/trace.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *status_name(uint32_t status)
{
    return status == 0x103 ? "NDIS_STATUS_PENDING" : NULL;
}

/* Prints one event in a trace of its own; the text moves to the caller. */
static char *print_event(const struct trace_event *event)
{
    char *text = NULL;
    size_t text_bytes = 0;
    struct trace *trace;
    FILE *file = open_memstream(&text, &text_bytes);

    assert_non_null(file);
    struct trace_options options = {.format = TRACE_JSON, .file = file, .status_name = status_name};
    assert_int_equal(trace_open(&options, &trace), 0);
    trace_name_host(trace, 1, "ro\"ot\x01\xFF");
    trace_name_driver(trace, 2, "client");
    trace_emit(trace, event);
    assert_int_equal(trace_close(trace), 0);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void check_event(const struct trace_event *event, const char *line)
{
    char *text = print_event(event);

    assert_string_equal(text, line);
    free(text);
}

static void a_state_change_is_one_object_in_a_fixed_order(void **state)
{
    (void)state;
    check_event(&(struct trace_event){.time_100ns = 120340000,
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
                "{\"time_100ns\":120340000,\"host\":\"ro\\\"ot??\",\"processor\":1,\"irql\":2,"
                "\"driver\":\"client\",\"event\":\"state\","
                "\"object\":{\"kind\":\"vc\",\"index\":3,\"generation\":4},"
                "\"second\":{\"kind\":\"party\",\"index\":1,\"generation\":1},"
                "\"cause\":\"rx ADD PARTY ACK\",\"from\":\"PU1\",\"to\":\"PU7\","
                "\"source\":\"Q.2971 U4\"}\n");
}

static void a_status_has_its_number_and_its_name_when_it_has_one(void **state)
{
    (void)state;
    check_event(&(struct trace_event){.kind = TRACE_OPERATION_RETURNED,
                                      .host = 1,
                                      .flags = TRACE_HAS_STATUS,
                                      .status = 0x103,
                                      .what = "DROP_PARTY"},
                "{\"time_100ns\":0,\"host\":\"ro\\\"ot??\",\"processor\":0,\"irql\":0,"
                "\"driver\":null,\"event\":\"returned\",\"operation\":\"DROP_PARTY\","
                "\"status\":259,\"status_name\":\"NDIS_STATUS_PENDING\"}\n");
    check_event(&(struct trace_event){.kind = TRACE_OPERATION_RETURNED,
                                      .flags = TRACE_HAS_STATUS | TRACE_NO_HOST,
                                      .status = 0xC0000001u},
                "{\"time_100ns\":0,\"event\":\"returned\",\"status\":3221225473}\n");
}

static void a_number_beyond_the_signed_range_becomes_a_string(void **state)
{
    (void)state;
    check_event(&(struct trace_event){.kind = TRACE_OID_REQUEST,
                                      .flags = TRACE_NO_HOST | TRACE_HAS_ARG0 | TRACE_HAS_ARG1,
                                      .arg = {INT64_MAX, UINT64_MAX}},
                "{\"time_100ns\":0,\"event\":\"oid\",\"oid\":9223372036854775807,"
                "\"bytes\":\"18446744073709551615\"}\n");
}

static void every_kind_of_event_prints_json_that_reads_back_with_all_its_fields(void **state)
{
    (void)state;
    for (uint32_t kind = 0; kind < TRACE_KIND_COUNT; kind++) {
        const struct trace_row *row = trace_row(kind);
        size_t field_count = 5 + 1 + 2 + 2 + 1; /* where, event, nouns, status, source */
        field_count += row->what ? 1 : 0;
        field_count += row->from ? 1 : 0;
        field_count += row->to ? 1 : 0;
        field_count += row->arg[0] ? 1 : 0;
        field_count += row->arg[1] ? 1 : 0;
        char *text = print_event(
            &(struct trace_event){.kind = (uint16_t)kind,
                                  .host = 1,
                                  .driver = 2,
                                  .status = 0x103,
                                  .flags = TRACE_HAS_STATUS | TRACE_HAS_ARG0 | TRACE_HAS_ARG1,
                                  .noun = {TRACE_NOUN_VC, 1, 1},
                                  .second = {TRACE_NOUN_PARTY, 1, 1},
                                  .what = "a",
                                  .from = "b",
                                  .to = "c",
                                  .source = "d"});
        json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        if (!object || json_object_size(object) != field_count)
            fail_msg("%s: %zu fields expected in %s", row->word, field_count, text);
        json_decref(object);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_change_is_one_object_in_a_fixed_order),
        cmocka_unit_test(a_status_has_its_number_and_its_name_when_it_has_one),
        cmocka_unit_test(a_number_beyond_the_signed_range_becomes_a_string),
        cmocka_unit_test(every_kind_of_event_prints_json_that_reads_back_with_all_its_fields),
    };
    return cmocka_run_group_tests_name("trace/json", tests, NULL, NULL);
}
