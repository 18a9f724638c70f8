/* SPDX-License-Identifier: MIT */
/* What is done with faulty messages: the table "IE level" of SIG 7, one test for each line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "uni/cause.h"
#include "uni/message.h"

/* Decode and judge: header and length are added to the elements given as hexadecimal text. */
static struct uni_message decoded;

static struct uni_verdict judge(uint8_t type, enum uni_version version, const char *elements)
{
    static uint8_t bytes[256];
    size_t count = 9;
    unsigned octet;
    int used;

    while (sscanf(elements, " %2x%n", &octet, &used) == 1) {
        bytes[count++] = (uint8_t)octet;
        elements += used;
    }
    const uint8_t header[] = {9, 3, 0, 0, 1, type, 0x80, 0, (uint8_t)(count - 9)};

    memcpy(bytes, header, sizeof(header));
    assert_int_equal(uni_decode(&decoded, bytes, count), UNI_DECODE_OK);
    return uni_check(&decoded, version, UNI_USER_TO_NETWORK);
}

#define CAUSE_IE    "08 80 00 02 80 90 "
#define ENDPOINT_IE "54 80 00 03 00 00 01 "

static void a_missing_mandatory_element_is_reported_with_its_identifier(void **state)
{
    const struct uni_verdict v = judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE);

    (void)state;
    assert_int_equal(v.reaction, UNI_IGNORE_REPORT);
    assert_int_equal(v.cause, UNI_CAUSE_IE_MISSING);
    assert_true(v.missing);
    assert_int_equal(v.diagnostic_count, 1);
    assert_int_equal(v.diagnostics[0], 0x54);
}

static void an_empty_element_counts_as_missing(void **state)
{
    const struct uni_verdict v = judge(UNI_DROP_PARTY, UNI_40, "08 80 00 00" ENDPOINT_IE);

    (void)state;
    assert_int_equal(v.cause, UNI_CAUSE_IE_MISSING);
    assert_int_equal(v.diagnostics[0], 0x08);
}

static void an_unknown_element_is_reported_and_the_rest_processed(void **state)
{
    const struct uni_verdict v =
        judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 80 00 01 AA");

    (void)state;
    assert_int_equal(v.reaction, UNI_PROCESS_REPORT);
    assert_int_equal(v.cause, UNI_CAUSE_IE_UNKNOWN);
    assert_int_equal(v.diagnostics[0], 0x33);
}

static void the_action_indicator_of_an_unknown_element_is_obeyed(void **state)
{
    (void)state;
    assert_int_equal(judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 90 00 01 AA").reaction,
                     UNI_CLEAR);
    assert_int_equal(judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 91 00 01 AA").reaction,
                     UNI_PROCESS);
    assert_int_equal(judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 92 00 01 AA").reaction,
                     UNI_PROCESS_REPORT);
    assert_int_equal(judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 95 00 01 AA").reaction,
                     UNI_IGNORE);
    assert_int_equal(judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 96 00 01 AA").reaction,
                     UNI_IGNORE_REPORT);
    /* Reserved ones are as 010. */
    assert_int_equal(judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 97 00 01 AA").reaction,
                     UNI_PROCESS_REPORT);
    /* Without the flag the indicator means nothing. */
    assert_int_equal(judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "33 85 00 01 AA").reaction,
                     UNI_PROCESS_REPORT);
}

static void the_heaviest_of_several_faults_decides(void **state)
{
    struct uni_verdict v = judge(UNI_DROP_PARTY, UNI_40,
                                 CAUSE_IE ENDPOINT_IE "33 80 00 01 AA 34 96 00 01 AA 35 95 00 00");

    (void)state;
    assert_int_equal(v.reaction, UNI_IGNORE_REPORT);
    assert_int_equal(v.diagnostic_count, 1);
    assert_int_equal(v.diagnostics[0], 0x34);
    /* Missing beats clear. */
    v = judge(UNI_DROP_PARTY, UNI_40, ENDPOINT_IE "33 90 00 01 AA");
    assert_int_equal(v.cause, UNI_CAUSE_IE_MISSING);
}

static void bad_contents_of_a_mandatory_element_are_cause_100(void **state)
{
    const struct uni_verdict v = judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE "54 80 00 03 07 00 01");

    (void)state;
    assert_int_equal(v.reaction, UNI_IGNORE_REPORT);
    assert_int_equal(v.cause, UNI_CAUSE_IE_CONTENTS);
    assert_true(v.bad_set == UNI_HAS(ENDPOINT_REF));
    assert_false(v.missing);
}

static void bad_contents_of_what_the_far_end_reads_are_cause_43(void **state)
{
    const char elements[] = "70 80 00 02 91 31" ENDPOINT_IE "58 80 00 02 05 99";
    const struct uni_verdict v = judge(UNI_ADD_PARTY, UNI_40, elements);

    (void)state;
    assert_int_equal(v.reaction, UNI_PROCESS_REPORT);
    assert_int_equal(v.cause, UNI_CAUSE_ACCESS_INFORMATION);
    assert_int_equal(v.diagnostics[0], 0x58);
    assert_false(decoded.has & UNI_HAS(AAL_PARAMETERS));
}

static void user_user_is_unknown_to_uni_31(void **state)
{
    struct uni_verdict v = judge(UNI_DROP_PARTY, UNI_31, CAUSE_IE ENDPOINT_IE "7E 80 00 02 00 41");

    (void)state;
    assert_int_equal(v.reaction, UNI_PROCESS_REPORT);
    assert_int_equal(v.cause, UNI_CAUSE_IE_UNKNOWN);
    assert_int_equal(v.diagnostics[0], 0x7E);
    assert_false(decoded.has & UNI_HAS(USER_USER));
    v = judge(UNI_DROP_PARTY, UNI_31, CAUSE_IE ENDPOINT_IE "7E 91 00 02 00 41");
    assert_int_equal(v.reaction, UNI_PROCESS);
    assert_false(uni_type_known(UNI_PARTY_ALERTING, UNI_31));
    assert_true(uni_type_known(UNI_PARTY_ALERTING, UNI_40));
}

static void an_element_past_the_end_has_bad_contents(void **state)
{
    const struct uni_verdict v =
        judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE ENDPOINT_IE "7E 80 00 09 00 41");

    (void)state;
    assert_int_equal(v.reaction, UNI_PROCESS_REPORT);
    assert_int_equal(v.cause, UNI_CAUSE_ACCESS_INFORMATION);
}

static void a_repeated_element_counts_once(void **state)
{
    (void)state;
    judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE "08 80 00 02 80 9F" ENDPOINT_IE "54 80 00 03 00 00 02");
    assert_int_equal(decoded.count[UNI_IE_CAUSE], 1);
    assert_int_equal(decoded.cause->value, 16);
    assert_int_equal(decoded.endpoint_ref->id, 1);
    judge(UNI_RELEASE, UNI_40, CAUSE_IE "08 80 00 02 80 9F");
    assert_int_equal(decoded.count[UNI_IE_CAUSE], 2);
}

static void conditions_between_elements_are_checked(void **state)
{
    const char setup[] = "59 80 00 09 84 00 00 01 85 00 00 00 BE 5E 80 00 02 90 81"
                         "70 80 00 02 91 31 ";
    char text[256];
    struct uni_verdict v = judge(UNI_SETUP, UNI_40, setup);

    (void)state;
    assert_int_equal(v.cause, UNI_CAUSE_IE_MISSING);
    assert_true(v.missing_set == (UNI_HAS(QOS) | UNI_HAS(ENDPOINT_REF)));
    snprintf(text, sizeof(text), "%s 5C E0 00 02 00 00 54 80 00 03 00 80 00", setup);
    v = judge(UNI_SETUP, UNI_40, text);
    assert_int_equal(v.cause, UNI_CAUSE_IE_CONTENTS);
    snprintf(text, sizeof(text), "%s 5C E0 00 02 00 00 54 80 00 03 00 00 00", setup);
    assert_int_equal(judge(UNI_SETUP, UNI_40, text).reaction, UNI_PROCESS);
    v = judge(UNI_RESTART, UNI_40, "79 80 00 01 80");
    assert_true(v.missing_set == UNI_HAS(CONNECTION));
    v = judge(UNI_RESTART, UNI_40, "79 80 00 01 82 5A 80 00 05 88 00 00 00 20");
    assert_int_equal(v.cause, UNI_CAUSE_IE_UNKNOWN);
    v = judge(UNI_STATUS, UNI_40, CAUSE_IE "14 80 00 01 0A" ENDPOINT_IE);
    assert_true(v.missing_set == UNI_HAS(ENDPOINT_STATE));
}

static void another_codeset_is_unknown(void **state)
{
    (void)state;
    judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE "61 80 00 01 85" ENDPOINT_IE ENDPOINT_IE);
    assert_int_equal(decoded.endpoint_ref->id, 1);
    assert_int_equal(decoded.fault_count, 1);
    judge(UNI_DROP_PARTY, UNI_40, CAUSE_IE "60 80 00 01 85" ENDPOINT_IE ENDPOINT_IE);
    assert_int_equal(decoded.fault_count, 2);
    assert_false(decoded.has & UNI_HAS(ENDPOINT_REF));
}

static void statuses_and_causes_translate_both_ways(void **state)
{
    (void)state;
    assert_int_equal(uni_status_of_cause(27), 0xC0010024);
    assert_int_equal(uni_status_of_cause(16), 0);
    assert_int_equal(uni_status_of_cause(47), 0xC000009A);
    assert_int_equal(uni_status_of_cause(92), uni_status_of_cause(32));
    assert_int_equal(uni_status_of_cause(102), 0xC0000001);
    assert_int_equal(uni_status_of_cause(200), 0xC0000001);
    assert_int_equal(uni_cause_of_status(0xC0010028, UNI_31), 78);
    assert_int_equal(uni_cause_of_status(0xC0010028, UNI_40), 93);
    assert_int_equal(uni_cause_of_status(0x00010003, UNI_40), 21);
    assert_int_equal(uni_cause_of_status(0x12345678, UNI_40), 31);
    assert_int_equal(uni_cause_of_too_many_pending(UNI_31), 92);
    assert_string_equal(uni_cause_name(27), "destination out of order");
    assert_string_equal(uni_cause_name(5), "unknown");
    /* What has a cause of its own comes back as the same status. */
    static const uint32_t statuses[] = {0xC0010020, 0xC0010022, 0xC0010024, 0xC0010025,
                                        0xC0010026, 0xC0010027, 0xC0010028, 0xC0010029,
                                        0xC000009A, 0x00010003, 0xC0010015, 0};

    for (unsigned i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        for (int version = UNI_31; version <= UNI_40; version++)
            assert_int_equal(
                uni_status_of_cause(uni_cause_of_status(statuses[i], (enum uni_version)version)),
                statuses[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_mandatory_element_is_reported_with_its_identifier),
        cmocka_unit_test(an_empty_element_counts_as_missing),
        cmocka_unit_test(an_unknown_element_is_reported_and_the_rest_processed),
        cmocka_unit_test(the_action_indicator_of_an_unknown_element_is_obeyed),
        cmocka_unit_test(the_heaviest_of_several_faults_decides),
        cmocka_unit_test(bad_contents_of_a_mandatory_element_are_cause_100),
        cmocka_unit_test(bad_contents_of_what_the_far_end_reads_are_cause_43),
        cmocka_unit_test(user_user_is_unknown_to_uni_31),
        cmocka_unit_test(an_element_past_the_end_has_bad_contents),
        cmocka_unit_test(a_repeated_element_counts_once),
        cmocka_unit_test(conditions_between_elements_are_checked),
        cmocka_unit_test(another_codeset_is_unknown),
        cmocka_unit_test(statuses_and_causes_translate_both_ways),
    };

    return cmocka_run_group_tests_name("uni/check", tests, NULL, NULL);
}
