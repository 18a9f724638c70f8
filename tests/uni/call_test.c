/* SPDX-License-Identifier: MIT */
/* Calls: SIG 5.4 and 5.5, their timers, and SIG 7 as calls see it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pair.h"

static struct pair pair;
static uint32_t call[2];

#define REQUEST(side, request, elements)                                                           \
    uni_request_call(pair.uni[side], pair.now_ms, call[side], UNI_REQUEST_##request, elements)
#define STATE(side) uni_call_state(pair.uni[side], call[side])

static int begin(void **state)
{
    pair_begin(&pair, UNI_40, false);
    *state = &pair;
    return 0;
}

static int end(void **state)
{
    (void)state;
    pair_end(&pair);
    return 0;
}

/* From left; the right one has heard of it. */
static void make(int side, bool multipoint, bool connection)
{
    assert_int_equal(
        uni_setup(pair.uni[side], pair.now_ms, pair_setup(multipoint, connection), 7, &call[side]),
        UNI_OK);
    pair_pump(&pair);
    if (!pair.lost[side])
        call[!side] = pair_event(&pair, !side, UNI_EVENT_SETUP)->call;
    pair_frame(&pair, side, UNI_SETUP);
}

static void a_user_calls_and_the_network_answers_step_by_step(void **state)
{
    (void)state;
    make(LEFT, true, false);
    assert_int_equal(STATE(LEFT), 1);
    assert_int_equal(STATE(RIGHT), 1);
    assert_int_equal(REQUEST(RIGHT, PROCEEDING, pair_connection()), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(STATE(LEFT), 3);
    assert_int_equal(REQUEST(RIGHT, ALERTING, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(STATE(LEFT), 4);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], 0), 4);
    assert_int_equal(REQUEST(RIGHT, CONNECT, pair_said(0, "welcome")), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(STATE(LEFT), 10);
    assert_int_equal(STATE(RIGHT), 10);
    pair_event(&pair, LEFT, UNI_EVENT_PROCEEDING);
    pair_event(&pair, LEFT, UNI_EVENT_ALERTING);
    assert_memory_equal(pair_event(&pair, LEFT, UNI_EVENT_CONNECT)->data, "welcome", 7);
    assert_true(pair_frame(&pair, RIGHT, UNI_CALL_PROCEEDING)->has_endpoint);
    pair_frame(&pair, RIGHT, UNI_ALERTING);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_CONNECT)->endpoint_flag, 1);
    pair_frame(&pair, LEFT, UNI_CONNECT_ACKNOWLEDGE);
    pair_quiet(&pair);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], 0), 7);
    assert_int_equal(uni_party_state(pair.uni[RIGHT], call[RIGHT], 0), 7);
    assert_true(uni_deadline(pair.uni[LEFT]) == UINT64_MAX);
}

static void the_network_calls_and_is_the_root(void **state)
{
    (void)state;
    make(RIGHT, true, true);
    assert_int_equal(STATE(RIGHT), 6);
    assert_int_equal(STATE(LEFT), 6);
    assert_int_equal(REQUEST(LEFT, PROCEEDING, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(STATE(RIGHT), 9);
    assert_int_equal(REQUEST(LEFT, CONNECT, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(STATE(LEFT), 8);
    assert_int_equal(STATE(RIGHT), 8);
    assert_int_equal(REQUEST(RIGHT, CONNECT_ACK, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(STATE(LEFT), 10);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], 0), 7);
    assert_int_equal(uni_party_state(pair.uni[RIGHT], call[RIGHT], 0), 7);
    uint16_t id;

    assert_int_equal(uni_add_party(pair.uni[RIGHT], 0, call[RIGHT], pair_called(), 1, &id), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 2);
    /* N8 hears nothing of a second CONNECT but that it is wrong; nothing is kept of it. */
    for (unsigned i = 0; i < 100; i++)
        pair_inject(&pair, LEFT, UNI_CONNECT, 1, "54 80 00 03 00 80 00");
    assert_int_equal(uni_counters(pair.uni[RIGHT]).statuses_out, 100);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 2);
}

static void a_party_is_added_while_the_first_one_alerts(void **state)
{
    uint16_t id;

    (void)state;
    make(LEFT, true, true);
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 1, &id),
                     UNI_WRONG_STATE);
    /* Early, and without a called number too: refused without a trace. */
    pair_inject(&pair, LEFT, UNI_ADD_PARTY, 0, "54 80 00 03 00 00 01");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 101);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 1);
    assert_int_equal(REQUEST(RIGHT, ALERTING, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 1, &id), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_party_state(pair.uni[RIGHT], call[RIGHT], id), 2);
    assert_int_equal(REQUEST(RIGHT, CONNECT, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(
        uni_request_party(pair.uni[RIGHT], 0, call[RIGHT], id, UNI_REQUEST_ADD_PARTY_ACK, NULL),
        UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 7);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], 0), 7);
}

static void a_connect_may_name_another_party_and_the_first_waits_on(void **state)
{
    uint16_t id;

    (void)state;
    make(LEFT, true, true);
    assert_int_equal(REQUEST(RIGHT, ALERTING, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 9, &id), UNI_OK);
    pair_event(&pair, LEFT, UNI_EVENT_ALERTING);
    pair_inject(&pair, RIGHT, UNI_CONNECT, 1, "54 80 00 03 00 80 01");
    const struct pair_event *const event = pair_event(&pair, LEFT, UNI_EVENT_CONNECT);

    assert_int_equal(event->party, 1);
    assert_int_equal(event->party_cookie, 9);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], 1), 7);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], 0), 4);
    pair_wait(&pair, 180000);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT)->party, 0);
}

static void a_connect_with_a_wrong_endpoint_reference_is_answered(void **state)
{
    (void)state;
    make(LEFT, true, true);
    pair_inject(&pair, RIGHT, UNI_CONNECT, 1, "54 80 00 03 00 00 00"); /* flag 0 */
    assert_int_equal(pair_frame(&pair, LEFT, UNI_STATUS)->cause, 100);
    pair_inject(&pair, RIGHT, UNI_CONNECT, 1, "54 80 00 03 00 80 07"); /* unknown */
    assert_int_equal(pair_frame(&pair, LEFT, UNI_DROP_PARTY_ACKNOWLEDGE)->cause, 89);
    pair_inject(&pair, RIGHT, UNI_CONNECT, 1, ""); /* missing */
    const struct pair_frame *const frame = pair_frame(&pair, LEFT, UNI_STATUS);

    assert_int_equal(frame->cause, 96);
    assert_int_equal(frame->diagnostic, 0x54);
    assert_int_equal(STATE(LEFT), 1);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], 0), 1);
}

static void a_refused_call_is_gone_at_both_ends(void **state)
{
    (void)state;
    make(LEFT, true, true);
    assert_int_equal(REQUEST(RIGHT, RELEASE, pair_said(3, "no")), UNI_OK);
    pair_pump(&pair);
    const struct pair_event *const cleared = pair_event(&pair, LEFT, UNI_EVENT_CLEARED);

    assert_int_equal(cleared->cause, 3);
    assert_memory_equal(cleared->data, "no", 2);
    pair_event(&pair, RIGHT, UNI_EVENT_CLEARED);
    pair_frame(&pair, RIGHT, UNI_RELEASE_COMPLETE);
    pair_quiet(&pair);
    assert_int_equal(REQUEST(LEFT, RELEASE, NULL), UNI_NO_SUCH_CALL);
    assert_int_equal(uni_counters(pair.uni[LEFT]).party_count, 0);
}

static void t303_sends_setup_twice_and_gives_up(void **state)
{
    (void)state;
    pair.lost[LEFT] = true;
    make(LEFT, false, true);
    pair_wait(&pair, 4000);
    pair_frame(&pair, LEFT, UNI_SETUP);
    pair_wait(&pair, 4000);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_CLEARED)->cause, 18);
    pair_quiet(&pair);
}

static void t310_releases_a_call_that_goes_no_further(void **state)
{
    (void)state;
    make(LEFT, false, true);
    assert_int_equal(REQUEST(RIGHT, PROCEEDING, NULL), UNI_OK);
    pair_wait(&pair, 30000);
    pair_event(&pair, LEFT, UNI_EVENT_PROCEEDING);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_RELEASE)->cause, 18);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_RELEASE)->cause, 18);
    assert_int_equal(pair_event(&pair, RIGHT, UNI_EVENT_RELEASE)->cause, 18);
}

static void t310_of_the_network_is_its_own(void **state)
{
    (void)state;
    make(RIGHT, false, true);
    assert_int_equal(REQUEST(LEFT, PROCEEDING, NULL), UNI_OK);
    pair_wait(&pair, 9999);
    pair_event(&pair, RIGHT, UNI_EVENT_PROCEEDING);
    assert_int_equal(STATE(RIGHT), 9);
    pair_wait(&pair, 1);
    assert_int_equal(STATE(RIGHT), 12);
}

static void t301_releases_a_call_that_nobody_takes(void **state)
{
    (void)state;
    make(LEFT, false, true);
    assert_int_equal(REQUEST(RIGHT, ALERTING, NULL), UNI_OK);
    pair_wait(&pair, 180000);
    pair_event(&pair, LEFT, UNI_EVENT_ALERTING);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_RELEASE)->cause, 19);
}

static void t313_releases_a_connect_that_is_not_acknowledged(void **state)
{
    (void)state;
    make(RIGHT, false, true);
    pair.lost[RIGHT] = true;
    assert_int_equal(REQUEST(LEFT, CONNECT, NULL), UNI_OK);
    pair_wait(&pair, 4000);
    pair_frame(&pair, LEFT, UNI_CONNECT);
    const struct pair_frame *const frame = pair_frame(&pair, LEFT, UNI_RELEASE);

    assert_int_equal(frame->cause, 102);
    assert_int_equal(frame->diagnostic, '3');
    pair_event(&pair, LEFT, UNI_EVENT_RELEASE);
}

static void t308_repeats_release_with_a_second_cause_and_then_forgets(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    pair.lost[LEFT] = true;
    assert_int_equal(REQUEST(LEFT, RELEASE, pair_said(16, "bye")), UNI_OK);
    pair_wait(&pair, 30000);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_RELEASE)->cause2, 0);
    const struct pair_frame *const again = pair_frame(&pair, LEFT, UNI_RELEASE);

    assert_int_equal(again->cause, 16);
    assert_int_equal(again->cause2, 102);
    assert_true(again->has_data);
    pair_wait(&pair, 30000);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_CLEARED)->cause, 16);
    pair_quiet(&pair);
}

static void releases_that_cross_answer_each_other(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    assert_int_equal(REQUEST(LEFT, RELEASE, NULL), UNI_OK);
    assert_int_equal(REQUEST(RIGHT, RELEASE, NULL), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_CLEARED);
    pair_event(&pair, RIGHT, UNI_EVENT_CLEARED);
    pair_frame(&pair, LEFT, UNI_RELEASE);
    pair_frame(&pair, RIGHT, UNI_RELEASE);
    pair_quiet(&pair);
}

static void messages_of_unknown_calls_are_answered_by_the_table(void **state)
{
    (void)state;
    pair_inject(&pair, LEFT, UNI_CONNECT, 0, "");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_RELEASE_COMPLETE)->cause, 81);
    pair_inject(&pair, LEFT, UNI_STATUS_ENQUIRY, 0, "");
    const struct pair_frame *frame = pair_frame(&pair, RIGHT, UNI_STATUS);

    assert_int_equal(frame->cause, 30);
    assert_int_equal(frame->call_state, 0);
    pair_inject(&pair, LEFT, UNI_STATUS_ENQUIRY, 0, "54 80 00 03 00 00 01");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->endpoint_state, 0);
    pair_inject(&pair, LEFT, UNI_STATUS, 0, "14 80 00 01 0A 08 80 00 02 80 9E");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_RELEASE_COMPLETE)->cause, 101);
    pair_inject(&pair, LEFT, UNI_STATUS, 0, "14 80 00 01 00 08 80 00 02 80 9E");
    pair_inject(&pair, LEFT, UNI_RELEASE_COMPLETE, 0, "");
    pair_inject(&pair, LEFT, UNI_SETUP, 1, "");
    assert_int_equal(uni_counters(pair.uni[RIGHT]).call_count, 0);
}

static void a_setup_that_lacks_something_is_refused(void **state)
{
    (void)state;
    pair_inject(&pair, LEFT, UNI_SETUP, 0, "70 80 00 02 91 31");
    const struct pair_frame *const frame = pair_frame(&pair, RIGHT, UNI_RELEASE_COMPLETE);

    assert_int_equal(frame->cause, 96);
    assert_int_equal(frame->diagnostic, 0x59);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).call_count, 0);
}

static void an_unknown_type_obeys_its_action_indicator(void **state)
{
    uint8_t bytes[] = {9, 3, 0, 0, 1, 0x6F, 0x80, 0, 0};

    (void)state;
    pair_call(&pair, false, call);
    uni_feed(pair.uni[RIGHT], 0, bytes, sizeof(bytes));
    pair_pump(&pair);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 97);
    bytes[6] = 0x91;
    uni_feed(pair.uni[RIGHT], 0, bytes, sizeof(bytes));
    pair_pump(&pair);
    bytes[6] = 0x90;
    uni_feed(pair.uni[RIGHT], 0, bytes, sizeof(bytes));
    pair_pump(&pair);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_RELEASE)->cause, 97);
}

static void a_release_without_a_cause_is_obeyed_and_the_fault_confirmed(void **state)
{
    (void)state;
    pair_call(&pair, false, call);
    pair_inject(&pair, LEFT, UNI_RELEASE, 0, "");
    assert_int_equal(pair_event(&pair, RIGHT, UNI_EVENT_RELEASE)->cause, 31);
    assert_int_equal(REQUEST(RIGHT, RELEASE, NULL), UNI_OK);
    pair_pump(&pair);
    const struct pair_frame *const frame = pair_frame(&pair, RIGHT, UNI_RELEASE_COMPLETE);

    assert_int_equal(frame->cause, 96);
    assert_int_equal(frame->diagnostic, 0x08);
}

static void uni_31_neither_sends_nor_takes_what_it_lacks(void **state)
{
    (void)state;
    pair_end(&pair);
    pair_begin(&pair, UNI_31, false);
    make(RIGHT, true, true);
    assert_int_equal(REQUEST(LEFT, ALERTING, NULL), UNI_WRONG_STATE);
    pair_inject(&pair, LEFT, UNI_ALERTING, 1, "54 80 00 03 00 80 00");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 97);
}

static void a_port_that_is_full_refuses_with_the_standards_cause(void **state)
{
    const struct uni_config small = {.side = UNI_NETWORK, .version = UNI_40, .call_count_max = 1};

    (void)state;
    uni_free(pair.uni[RIGHT]);
    pair.uni[RIGHT] = uni_new(&small);
    uni_link(pair.uni[RIGHT], 0, UNI_LINK_ESTABLISHED);
    pair_pump(&pair);
    pair_forget(&pair);
    make(LEFT, false, true);
    assert_int_equal(uni_setup(pair.uni[LEFT], 0, pair_setup(false, true), 1, &call[LEFT]), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_CLEARED)->cause, 47);
    uint32_t third;

    assert_int_equal(uni_setup(pair.uni[RIGHT], 0, pair_setup(false, true), 1, &third), UNI_LIMIT);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(a_user_calls_and_the_network_answers_step_by_step),
        ONE(the_network_calls_and_is_the_root),
        ONE(a_party_is_added_while_the_first_one_alerts),
        ONE(a_connect_may_name_another_party_and_the_first_waits_on),
        ONE(a_connect_with_a_wrong_endpoint_reference_is_answered),
        ONE(a_refused_call_is_gone_at_both_ends),
        ONE(t303_sends_setup_twice_and_gives_up),
        ONE(t310_releases_a_call_that_goes_no_further),
        ONE(t310_of_the_network_is_its_own),
        ONE(t301_releases_a_call_that_nobody_takes),
        ONE(t313_releases_a_connect_that_is_not_acknowledged),
        ONE(t308_repeats_release_with_a_second_cause_and_then_forgets),
        ONE(releases_that_cross_answer_each_other),
        ONE(messages_of_unknown_calls_are_answered_by_the_table),
        ONE(a_setup_that_lacks_something_is_refused),
        ONE(an_unknown_type_obeys_its_action_indicator),
        ONE(a_release_without_a_cause_is_obeyed_and_the_fault_confirmed),
        ONE(uni_31_neither_sends_nor_takes_what_it_lacks),
        ONE(a_port_that_is_full_refuses_with_the_standards_cause),
    };

    return cmocka_run_group_tests_name("uni/call", tests, NULL, NULL);
}
