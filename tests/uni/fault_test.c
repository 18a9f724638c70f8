/* SPDX-License-Identifier: MIT */
/* What is out of place: messages that a call or party does not expect, and messages that cross.
 * SIG 5.6 to 5.9, 7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pair.h"

static struct pair pair;
static uint32_t call[2];

#define REQUEST(side, request, elements)                                                           \
    uni_request_call(pair.uni[side], pair.now_ms, call[side], UNI_REQUEST_##request, elements)
#define PARTY(side, id, request, elements)                                                         \
    uni_request_party(pair.uni[side], pair.now_ms, call[side], id, UNI_REQUEST_##request, elements)

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

/* An active multipoint call with a party that nobody has answered. returns its reference. */
static uint16_t begin_pending(void)
{
    uint16_t id;

    pair_call(&pair, true, call);
    assert_int_equal(uni_add_party(pair.uni[LEFT], pair.now_ms, call[LEFT], pair_called(), 5, &id),
                     UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, RIGHT, UNI_EVENT_ADD_PARTY);
    pair_forget(&pair);
    return id;
}

/* A call from left to right, brought to one of its states. */
static void begin_in_state(unsigned wanted)
{
    pair_end(&pair);
    pair_begin(&pair, UNI_40, false);
    assert_int_equal(uni_setup(pair.uni[LEFT], 0, pair_setup(true, true), 7, &call[LEFT]), UNI_OK);
    pair_pump(&pair);
    call[RIGHT] = pair_event(&pair, RIGHT, UNI_EVENT_SETUP)->call;
    if (wanted == 3)
        assert_int_equal(REQUEST(RIGHT, PROCEEDING, NULL), UNI_OK);
    if (wanted == 4)
        assert_int_equal(REQUEST(RIGHT, ALERTING, NULL), UNI_OK);
    if (wanted == 10)
        assert_int_equal(REQUEST(RIGHT, CONNECT, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), wanted);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), wanted);
    pair_forget(&pair);
}

static const unsigned states[] = {1, 3, 4, 10};

static void a_release_complete_ends_a_call_in_any_state(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        for (int side = LEFT; side <= RIGHT; side++) {
            begin_in_state(states[i]);
            pair_inject(&pair, side, UNI_RELEASE_COMPLETE, side == RIGHT, "08 80 00 02 81 A9");
            assert_int_equal(pair_event(&pair, !side, UNI_EVENT_CLEARED)->cause, 41);
            pair_quiet(&pair);
            assert_int_equal(uni_counters(pair.uni[!side]).call_count, 0);
            assert_int_equal(uni_counters(pair.uni[!side]).party_count, 0);
        }
}

static void a_release_is_obeyed_in_any_state(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        for (int side = LEFT; side <= RIGHT; side++) {
            begin_in_state(states[i]);
            pair_inject(&pair, side, UNI_RELEASE, side == RIGHT, "08 80 00 02 81 A9");
            assert_int_equal(pair_event(&pair, !side, UNI_EVENT_RELEASE)->cause, 41);
            assert_int_equal(REQUEST(!side, RELEASE, NULL), UNI_OK);
            pair_pump(&pair);
            pair_event(&pair, !side, UNI_EVENT_CLEARED);
            pair_frame(&pair, !side, UNI_RELEASE_COMPLETE);
        }
}

static void a_setup_of_a_call_that_is_known_is_ignored(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    pair_inject(&pair, LEFT, UNI_SETUP, 0, "54 80 00 03 00 00 00");
    pair_quiet(&pair);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), 10);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).call_count, 1);
}

static void a_message_in_a_wrong_state_is_cause_101(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    pair_inject(&pair, RIGHT, UNI_CALL_PROCEEDING, 1, "54 80 00 03 00 80 00");
    const struct pair_frame *const frame = pair_frame(&pair, LEFT, UNI_STATUS);

    assert_int_equal(frame->cause, 101);
    assert_int_equal(frame->diagnostic, UNI_CALL_PROCEEDING);
    assert_int_equal(frame->call_state, 10);
    pair_quiet(&pair);
}

static void an_unknown_type_may_ask_for_a_report(void **state)
{
    const uint8_t bytes[] = {9, 3, 0, 0, 1, 0x6F, 0x92, 0, 0};

    (void)state;
    pair_call(&pair, false, call);
    assert_int_equal(uni_feed(pair.uni[RIGHT], 0, bytes, sizeof(bytes)), UNI_OK);
    pair_pump(&pair);
    const struct pair_frame *const frame = pair_frame(&pair, RIGHT, UNI_STATUS);

    assert_int_equal(frame->cause, 97);
    assert_int_equal(frame->diagnostic, 0x6F);
    pair_quiet(&pair);
}

static void party_messages_on_a_point_to_point_call_are_cause_101(void **state)
{
    (void)state;
    pair_call(&pair, false, call);
    pair_inject(&pair, LEFT, UNI_ADD_PARTY, 0, "54 80 00 03 00 00 05 70 80 00 02 91 31");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 101);
    pair_inject(&pair, LEFT, UNI_DROP_PARTY, 0, "08 80 00 02 81 90 54 80 00 03 00 00 05");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 101);
    pair_quiet(&pair);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 0);
}

static void a_drop_before_the_first_party_is_answered_is_cause_101(void **state)
{
    (void)state;
    begin_in_state(3);
    pair_inject(&pair, RIGHT, UNI_DROP_PARTY, 1, "08 80 00 02 81 90 54 80 00 03 00 80 00");
    assert_int_equal(pair_frame(&pair, LEFT, UNI_STATUS)->cause, 101);
    pair_quiet(&pair);
    assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), 3);
}

static void an_add_party_that_comes_twice_counts_once(void **state)
{
    const uint16_t id = begin_pending();

    (void)state;
    assert_int_equal(id, 1);
    pair_inject(&pair, LEFT, UNI_ADD_PARTY, 0, "54 80 00 03 00 00 01 70 80 00 02 91 31");
    pair_quiet(&pair);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 2);
}

static void a_reject_without_a_cause_counts_as_31(void **state)
{
    (void)state;
    begin_pending();
    pair_inject(&pair, RIGHT, UNI_ADD_PARTY_REJECT, 1, "54 80 00 03 00 80 01");
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT)->cause, 31);
    assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), 10);
}

static void an_acknowledgement_of_no_drop_ends_the_party(void **state)
{
    uint16_t id;

    (void)state;
    pair_call(&pair, true, call);
    id = pair_add(&pair, call);
    pair_forget(&pair);
    pair_inject(&pair, RIGHT, UNI_DROP_PARTY_ACKNOWLEDGE, 1,
                "08 80 00 02 81 D9 54 80 00 03 00 80 01");
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_PARTY_GONE)->cause, 89);
    pair_quiet(&pair);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 0);
}

static void an_answer_that_crosses_a_drop_is_no_fault(void **state)
{
    const uint16_t id = begin_pending();

    (void)state;
    assert_int_equal(PARTY(LEFT, id, DROP_PARTY, NULL), UNI_OK);
    assert_int_equal(PARTY(RIGHT, id, ADD_PARTY_ACK, NULL), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, RIGHT, UNI_EVENT_DROP_PARTY);
    assert_int_equal(PARTY(RIGHT, id, DROP_PARTY_ACK, NULL), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_PARTY_GONE);
    for (int side = LEFT; side <= RIGHT; side++)
        assert_int_equal(uni_counters(pair.uni[side]).statuses_out, 0);
}

static void a_reject_that_crosses_a_drop_confirms_it(void **state)
{
    const uint16_t id = begin_pending();

    (void)state;
    assert_int_equal(PARTY(LEFT, id, DROP_PARTY, NULL), UNI_OK);
    assert_int_equal(PARTY(RIGHT, id, ADD_PARTY_REJECT, pair_said(17, NULL)), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_PARTY_GONE);
    pair_wait(&pair, 10000);
    for (int side = LEFT; side <= RIGHT; side++) {
        assert_int_equal(uni_party_state(pair.uni[side], call[side], id), 0);
        assert_int_equal(uni_call_state(pair.uni[side], call[side]), 10);
        assert_int_equal(uni_counters(pair.uni[side]).statuses_out, 0);
        assert_true(uni_deadline(pair.uni[side]) == UINT64_MAX);
    }
}

static void a_release_that_crosses_a_drop_wins(void **state)
{
    uint16_t id;

    (void)state;
    pair_call(&pair, true, call);
    id = pair_add(&pair, call);
    pair_forget(&pair);
    assert_int_equal(PARTY(LEFT, id, DROP_PARTY, pair_said(16, "bye")), UNI_OK);
    assert_int_equal(REQUEST(RIGHT, RELEASE, pair_said(41, NULL)), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_RELEASE)->cause, 41);
    assert_int_equal(REQUEST(LEFT, RELEASE, NULL), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_CLEARED);
    pair_event(&pair, RIGHT, UNI_EVENT_CLEARED);
    pair_frame(&pair, LEFT, UNI_DROP_PARTY);
    pair_frame(&pair, LEFT, UNI_RELEASE_COMPLETE);
    pair_frame(&pair, RIGHT, UNI_RELEASE);
    pair_quiet(&pair);
    assert_true(uni_deadline(pair.uni[LEFT]) == UINT64_MAX);
}

static void a_status_is_answered_by_a_status_only_when_it_lacks_something(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    pair_inject(&pair, LEFT, UNI_STATUS, 0, "14 80 00 01 0A 08 80 00 02 81 E5");
    pair_inject(&pair, LEFT, UNI_STATUS, 0,
                "14 80 00 01 0A 08 80 00 02 81 E5 54 80 00 03 00 00 00 55 80 00 01 0A");
    pair_inject(&pair, LEFT, UNI_STATUS, 0, "14 80 00 01 0A 08 80 00 02 81 E5 3F 80 00 01 00");
    assert_int_equal(uni_counters(pair.uni[RIGHT]).statuses_out, 0);
    pair_inject(&pair, LEFT, UNI_STATUS, 0, "08 80 00 02 81 9E");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 96);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), 10);
}

static void a_status_about_a_fault_drops_the_party_that_it_names(void **state)
{
    static const char *const causes[] = {"E0", "E1", "E3", "E4"}; /* 96, 97, 99, 100 */

    (void)state;
    for (unsigned i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        char octets[96];

        pair_end(&pair);
        pair_begin(&pair, UNI_40, false);
        assert_int_equal(begin_pending(), 1);
        snprintf(octets, sizeof(octets),
                 "14 80 00 01 0A 08 80 00 02 81 %s 54 80 00 03 00 80 01 55 80 00 01 06", causes[i]);
        pair_inject(&pair, RIGHT, UNI_STATUS, 1, octets);
        assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT)->cause, 31);
        assert_int_equal(pair_frame(&pair, LEFT, UNI_DROP_PARTY)->cause, 31);
        assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), 10);
    }
}

static void party_states_that_exclude_each_other_drop_the_party(void **state)
{
    (void)state;
    assert_int_equal(begin_pending(), 1);
    pair_inject(&pair, RIGHT, UNI_STATUS, 1, /* both claim to have sent ADD PARTY */
                "14 80 00 01 0A 08 80 00 02 81 9E 54 80 00 03 00 80 01 55 80 00 01 01");
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT)->cause, 101);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_DROP_PARTY)->cause, 101);
    assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), 10);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(a_release_complete_ends_a_call_in_any_state),
        ONE(a_release_is_obeyed_in_any_state),
        ONE(a_setup_of_a_call_that_is_known_is_ignored),
        ONE(a_message_in_a_wrong_state_is_cause_101),
        ONE(an_unknown_type_may_ask_for_a_report),
        ONE(party_messages_on_a_point_to_point_call_are_cause_101),
        ONE(a_drop_before_the_first_party_is_answered_is_cause_101),
        ONE(an_add_party_that_comes_twice_counts_once),
        ONE(a_reject_without_a_cause_counts_as_31),
        ONE(an_acknowledgement_of_no_drop_ends_the_party),
        ONE(an_answer_that_crosses_a_drop_is_no_fault),
        ONE(a_reject_that_crosses_a_drop_confirms_it),
        ONE(a_release_that_crosses_a_drop_wins),
        ONE(a_status_is_answered_by_a_status_only_when_it_lacks_something),
        ONE(a_status_about_a_fault_drops_the_party_that_it_names),
        ONE(party_states_that_exclude_each_other_drop_the_party),
    };

    return cmocka_run_group_tests_name("uni/fault", tests, NULL, NULL);
}
