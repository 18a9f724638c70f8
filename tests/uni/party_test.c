/* SPDX-License-Identifier: MIT */
/* Parties: SIG 5.6 to 5.8, each side as the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pair.h"

static struct pair pair;
static uint32_t call[2];

#define REQUEST(side, id, request, elements)                                                       \
    uni_request_party(pair.uni[side], pair.now_ms, call[side], id, UNI_REQUEST_##request, elements)

static int begin(void **state)
{
    pair_begin(&pair, UNI_40, false);
    pair_call(&pair, true, call);
    *state = &pair;
    return 0;
}

static int begin_trunk(void **state)
{
    pair_begin(&pair, UNI_40, true);
    pair_call(&pair, true, call);
    *state = &pair;
    return 0;
}

static int end(void **state)
{
    (void)state;
    pair_end(&pair);
    return 0;
}

static void a_party_is_added_and_dropped_with_data_both_ways(void **state)
{
    uint16_t id;
    struct uni_message *const called = pair_called();

    (void)state;
    UNI_ADD(called, USER_USER, user_user)->octets = (struct uni_view){(const uint8_t *)"PING", 4};
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], called, 42, &id), UNI_OK);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 1);
    pair_pump(&pair);
    assert_memory_equal(pair_event(&pair, RIGHT, UNI_EVENT_ADD_PARTY)->data, "PING", 4);
    assert_int_equal(REQUEST(RIGHT, id, PARTY_ALERTING, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 4);
    assert_int_equal(REQUEST(RIGHT, id, ADD_PARTY_ACK, pair_said(0, "PONG")), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_PARTY_ALERTING);
    const struct pair_event *const ack = pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_ACK);

    assert_memory_equal(ack->data, "PONG", 4);
    assert_int_equal(ack->party_cookie, 42);
    assert_int_equal(REQUEST(LEFT, id, DROP_PARTY, pair_said(16, "BYE!")), UNI_OK);
    pair_pump(&pair);
    const struct pair_event *const drop = pair_event(&pair, RIGHT, UNI_EVENT_DROP_PARTY);

    assert_memory_equal(drop->data, "BYE!", 4);
    assert_int_equal(drop->cause, 16);
    assert_int_equal(REQUEST(RIGHT, id, DROP_PARTY_ACK, pair_said(0, "ok")), UNI_OK);
    pair_pump(&pair);
    assert_memory_equal(pair_event(&pair, LEFT, UNI_EVENT_PARTY_GONE)->data, "ok", 2);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 0);
    assert_int_equal(uni_party_state(pair.uni[RIGHT], call[RIGHT], id), 0);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_ADD_PARTY)->endpoint_flag, 0);
    pair_frame(&pair, LEFT, UNI_DROP_PARTY);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_PARTY_ALERTING)->endpoint_flag, 1);
    pair_frame(&pair, RIGHT, UNI_ADD_PARTY_ACKNOWLEDGE);
    pair_frame(&pair, RIGHT, UNI_DROP_PARTY_ACKNOWLEDGE);
    pair_quiet(&pair);
    assert_int_equal(uni_counters(pair.uni[LEFT]).party_count, 1);
}

static void dropping_the_last_party_is_a_release_that_carries_the_data(void **state)
{
    (void)state;
    assert_int_equal(REQUEST(LEFT, 0, DROP_PARTY, pair_said(16, "last words")), UNI_OK);
    pair_pump(&pair);
    const struct pair_frame *const frame = pair_frame(&pair, LEFT, UNI_RELEASE);

    assert_true(frame->has_data);
    assert_int_equal(frame->cause, 16);
    const struct pair_event *const release = pair_event(&pair, RIGHT, UNI_EVENT_RELEASE);

    assert_memory_equal(release->data, "last words", 10);
    uni_request_call(pair.uni[RIGHT], 0, call[RIGHT], UNI_REQUEST_RELEASE, NULL);
    pair_pump(&pair);
    pair_frame(&pair, RIGHT, UNI_RELEASE_COMPLETE);
    pair_event(&pair, RIGHT, UNI_EVENT_CLEARED);
    pair_event(&pair, LEFT, UNI_EVENT_CLEARED);
    pair_quiet(&pair);
}

static void a_drop_of_the_last_party_by_the_peer_ends_the_call_once(void **state)
{
    (void)state;
    pair_inject(&pair, RIGHT, UNI_DROP_PARTY, 1,
                "08 80 00 02 81 90 54 80 00 03 00 80 00 7E 80 00 03 00 6F 6B");
    const struct pair_event *const release = pair_event(&pair, LEFT, UNI_EVENT_RELEASE);

    assert_memory_equal(release->data, "ok", 2);
    assert_int_equal(release->cause, 16);
    assert_int_equal(uni_request_call(pair.uni[LEFT], 0, call[LEFT], UNI_REQUEST_RELEASE,
                                      pair_said(0, "farewell")),
                     UNI_OK);
    pair_pump(&pair);
    assert_true(pair_frame(&pair, LEFT, UNI_RELEASE)->has_data);
}

static void an_owner_that_says_nothing_is_released_below_t398(void **state)
{
    (void)state;
    pair_inject(&pair, RIGHT, UNI_DROP_PARTY, 1, "08 80 00 02 81 9B 54 80 00 03 00 80 00");
    pair_event(&pair, LEFT, UNI_EVENT_RELEASE);
    pair_wait(&pair, 3500);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_RELEASE)->cause, 27);
    assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), 11);
    assert_int_equal(
        uni_request_call(pair.uni[LEFT], pair.now_ms, call[LEFT], UNI_REQUEST_RELEASE, NULL),
        UNI_OK);
}

static void drops_that_cross_answer_each_other(void **state)
{
    const uint16_t id = pair_add(&pair, call);

    (void)state;
    assert_int_equal(REQUEST(LEFT, id, DROP_PARTY, NULL), UNI_OK);
    assert_int_equal(REQUEST(RIGHT, id, DROP_PARTY, NULL), UNI_OK);
    pair_pump(&pair);
    pair_frame(&pair, LEFT, UNI_DROP_PARTY);
    pair_frame(&pair, RIGHT, UNI_DROP_PARTY);
    pair_event(&pair, LEFT, UNI_EVENT_PARTY_GONE);
    pair_event(&pair, RIGHT, UNI_EVENT_PARTY_GONE);
    pair_quiet(&pair);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 0);
}

static void a_reject_ends_only_its_party(void **state)
{
    uint16_t id;

    (void)state;
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 1, &id), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(REQUEST(RIGHT, id, ADD_PARTY_REJECT, pair_said(17, "busy")), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, RIGHT, UNI_EVENT_ADD_PARTY);
    const struct pair_event *const reject = pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT);

    assert_int_equal(reject->cause, 17);
    assert_memory_equal(reject->data, "busy", 4);
    assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), 10);
}

static void release_takes_all_parties_along_silently(void **state)
{
    (void)state;
    pair_add(&pair, call);
    pair_add(&pair, call);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 3);
    uni_request_call(pair.uni[LEFT], 0, call[LEFT], UNI_REQUEST_RELEASE, NULL);
    pair_pump(&pair);
    pair_event(&pair, RIGHT, UNI_EVENT_RELEASE);
    pair_frame(&pair, LEFT, UNI_RELEASE);
    pair_quiet(&pair);
    assert_int_equal(uni_counters(pair.uni[LEFT]).party_count, 0);
    uni_request_call(pair.uni[RIGHT], 0, call[RIGHT], UNI_REQUEST_RELEASE, NULL);
    pair_pump(&pair);
    assert_int_equal(uni_counters(pair.uni[LEFT]).call_count, 0);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).call_count, 0);
}

static void t399_drops_a_party_that_nobody_answers_and_t398_forgets_it(void **state)
{
    uint16_t id;

    (void)state;
    pair.lost[LEFT] = true;
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 5, &id), UNI_OK);
    pair_wait(&pair, 33999);
    pair_frame(&pair, LEFT, UNI_ADD_PARTY);
    pair_quiet(&pair);
    pair_wait(&pair, 1);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT)->cause, 102);
    const struct pair_frame *const drop = pair_frame(&pair, LEFT, UNI_DROP_PARTY);

    assert_int_equal(drop->cause, 102);
    assert_int_equal(drop->diagnostic, '3');
    pair_wait(&pair, 4000);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_DROP_PARTY_ACKNOWLEDGE)->cause, 102);
    pair_quiet(&pair); /* the owner has heard already */
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 0);
}

static void t397_drops_a_party_that_alerts_for_ever(void **state)
{
    uint16_t id;

    (void)state;
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 5, &id), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(REQUEST(RIGHT, id, PARTY_ALERTING, NULL), UNI_OK);
    pair_pump(&pair);
    pair_forget(&pair);
    pair_wait(&pair, 180000);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT)->cause, 102);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_DROP_PARTY)->cause, 102);
    pair_event(&pair, RIGHT, UNI_EVENT_DROP_PARTY);
}

static void t398_of_an_asked_drop_tells_its_owner(void **state)
{
    const uint16_t id = pair_add(&pair, call);

    (void)state;
    pair.lost[LEFT] = true;
    assert_int_equal(REQUEST(LEFT, id, DROP_PARTY, NULL), UNI_OK);
    pair_wait(&pair, 4000);
    pair_frame(&pair, LEFT, UNI_DROP_PARTY);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_DROP_PARTY_ACKNOWLEDGE)->cause, 102);
    pair_event(&pair, LEFT, UNI_EVENT_PARTY_GONE);
    pair_quiet(&pair);
}

static void faults_of_the_endpoint_reference_are_answered(void **state)
{
    (void)state;
    /* Unknown: DROP PARTY ACK 89, flag turned round. */
    pair_inject(&pair, RIGHT, UNI_PARTY_ALERTING, 1, "54 80 00 03 00 80 09");
    const struct pair_frame *frame = pair_frame(&pair, LEFT, UNI_DROP_PARTY_ACKNOWLEDGE);

    assert_int_equal(frame->cause, 89);
    assert_int_equal(frame->endpoint, 9);
    assert_int_equal(frame->endpoint_flag, 0);
    /* Ignored where an answer could echo for ever. */
    pair_inject(&pair, RIGHT, UNI_ADD_PARTY_REJECT, 1, "54 80 00 03 00 80 09 08 80 00 02 81 90");
    pair_inject(&pair, RIGHT, UNI_DROP_PARTY_ACKNOWLEDGE, 1, "54 80 00 03 00 80 09");
    pair_quiet(&pair);
    /* The wrong flag: contents. */
    pair_inject(&pair, RIGHT, UNI_ADD_PARTY_ACKNOWLEDGE, 1, "54 80 00 03 00 00 00");
    frame = pair_frame(&pair, LEFT, UNI_STATUS);
    assert_int_equal(frame->cause, 100);
    pair_inject(&pair, LEFT, UNI_ADD_PARTY, 0, "54 80 00 03 00 80 05 70 80 00 02 91 31");
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 100);
    /* Missing in what acknowledges a beginning: STATUS 96. */
    pair_inject(&pair, RIGHT, UNI_ADD_PARTY_ACKNOWLEDGE, 1, "");
    frame = pair_frame(&pair, LEFT, UNI_STATUS);
    assert_int_equal(frame->cause, 96);
    assert_int_equal(frame->diagnostic, 0x54);
    /* A party that is in already: STATUS 101 with its state. */
    pair_inject(&pair, LEFT, UNI_ADD_PARTY, 0, "54 80 00 03 00 00 00 70 80 00 02 91 31");
    frame = pair_frame(&pair, RIGHT, UNI_STATUS);
    assert_int_equal(frame->cause, 101);
    assert_int_equal(frame->endpoint_state, 10);
    assert_int_equal(frame->call_state, 10);
    pair_quiet(&pair);
    /* NOTIFY about nobody. */
    pair_inject(&pair, RIGHT, UNI_NOTIFY, 1, "27 80 00 01 01 54 80 00 03 00 80 09");
    assert_int_equal(pair_frame(&pair, LEFT, UNI_DROP_PARTY_ACKNOWLEDGE)->cause, 89);
    pair_inject(&pair, RIGHT, UNI_NOTIFY, 1, "27 80 00 01 01 54 80 00 03 00 80 00");
    pair_event(&pair, LEFT, UNI_EVENT_NOTIFY);
    pair_quiet(&pair);
    /* Missing in what ends: the call ends. */
    pair_inject(&pair, RIGHT, UNI_DROP_PARTY, 1, "08 80 00 02 81 90");
    frame = pair_frame(&pair, LEFT, UNI_RELEASE);
    assert_int_equal(frame->cause, 96);
    assert_int_equal(frame->diagnostic, 0x54);
    pair_event(&pair, LEFT, UNI_EVENT_RELEASE);
}

static void add_party_without_a_called_number_is_rejected_and_leaves_nothing(void **state)
{
    (void)state;
    pair_inject(&pair, LEFT, UNI_ADD_PARTY, 0, "54 80 00 03 00 00 05");
    const struct pair_frame *const frame = pair_frame(&pair, RIGHT, UNI_ADD_PARTY_REJECT);

    assert_int_equal(frame->cause, 96);
    assert_int_equal(frame->diagnostic, 0x70);
    assert_int_equal(frame->endpoint_flag, 1);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 1);
}

static void a_drop_without_a_cause_is_obeyed_and_the_fault_acknowledged(void **state)
{
    const uint16_t id = pair_add(&pair, call);

    (void)state;
    assert_int_equal(id, 1);
    pair_inject(&pair, LEFT, UNI_DROP_PARTY, 0, "54 80 00 03 00 00 01");
    assert_int_equal(pair_event(&pair, RIGHT, UNI_EVENT_DROP_PARTY)->cause, 96);
    assert_int_equal(REQUEST(RIGHT, id, DROP_PARTY_ACK, NULL), UNI_OK);
    pair_pump(&pair);
    const struct pair_frame *const frame = pair_frame(&pair, RIGHT, UNI_DROP_PARTY_ACKNOWLEDGE);

    assert_int_equal(frame->cause, 96);
    assert_int_equal(frame->diagnostic, 0x08);
}

static void a_leaf_adds_nobody(void **state)
{
    uint16_t id;

    (void)state;
    assert_int_equal(uni_add_party(pair.uni[RIGHT], 0, call[RIGHT], pair_called(), 5, &id),
                     UNI_WRONG_STATE);
    pair_inject(&pair, RIGHT, UNI_ADD_PARTY, 1, "54 80 00 03 00 80 05 70 80 00 02 91 31");
    assert_int_equal(pair_frame(&pair, LEFT, UNI_STATUS)->cause, 101);
}

static void endpoint_references_are_32768_and_are_found_again(void **state)
{
    uint16_t id = 0;

    (void)state;
    for (unsigned i = 1; i < UNI_ENDPOINTS_MAX; i++) {
        struct uni_frame frame;

        assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), i, &id),
                         UNI_OK);
        assert_int_equal(id, i);
        while (uni_take_frame(pair.uni[LEFT], &frame))
            ;
    }
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 1, &id),
                     UNI_LIMIT);
    pair_inject(&pair, RIGHT, UNI_ADD_PARTY_REJECT, 1, "54 80 00 03 00 84 D2 08 80 00 02 81 91");
    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 1, &id), UNI_OK);
    assert_int_equal(id, 0x4D2);
}

static void the_limits_of_user_user_data_are_told(void **state)
{
    char data[200];
    uint16_t id;

    (void)state;
    id = pair_add(&pair, call);
    memset(data, 'x', sizeof(data));
    data[128] = 0;
    assert_int_equal(REQUEST(LEFT, id, DROP_PARTY, pair_said(16, data)), UNI_TOO_LONG);
    data[127] = 0;
    assert_int_equal(REQUEST(LEFT, id, DROP_PARTY, pair_said(16, data)), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(pair_event(&pair, RIGHT, UNI_EVENT_DROP_PARTY)->data_bytes, 127);
    pair_end(&pair);
    pair_begin(&pair, UNI_31, false);
    pair_call(&pair, true, call);
    id = pair_add(&pair, call);
    assert_int_equal(REQUEST(LEFT, id, DROP_PARTY, pair_said(16, "x")), UNI_NO_USER_USER);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 7);
    assert_int_equal(REQUEST(LEFT, id, DROP_PARTY, pair_said(16, NULL)), UNI_OK);
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, begin, end),                                             \
        cmocka_unit_test_setup_teardown(test, begin_trunk, end)
#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_party_is_added_and_dropped_with_data_both_ways),
        ONE(dropping_the_last_party_is_a_release_that_carries_the_data),
        ONE(a_drop_of_the_last_party_by_the_peer_ends_the_call_once),
        ONE(an_owner_that_says_nothing_is_released_below_t398),
        BOTH(drops_that_cross_answer_each_other),
        BOTH(a_reject_ends_only_its_party),
        BOTH(release_takes_all_parties_along_silently),
        ONE(t399_drops_a_party_that_nobody_answers_and_t398_forgets_it),
        BOTH(t397_drops_a_party_that_alerts_for_ever),
        BOTH(t398_of_an_asked_drop_tells_its_owner),
        BOTH(faults_of_the_endpoint_reference_are_answered),
        BOTH(add_party_without_a_called_number_is_rejected_and_leaves_nothing),
        BOTH(a_drop_without_a_cause_is_obeyed_and_the_fault_acknowledged),
        BOTH(a_leaf_adds_nobody),
        ONE(endpoint_references_are_32768_and_are_found_again),
        ONE(the_limits_of_user_user_data_are_told),
    };

    return cmocka_run_group_tests_name("uni/party", tests, NULL, NULL);
}
