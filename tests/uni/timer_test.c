/* SPDX-License-Identifier: MIT */
/* Timers of SIG 6 where the tests of calls, parties and the link do not see them: those of the
 * network side, the retries, and that an answer stops each. */
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

/* From the network to the user. */
static void offer(bool multipoint)
{
    assert_int_equal(
        uni_setup(pair.uni[RIGHT], pair.now_ms, pair_setup(multipoint, true), 7, &call[RIGHT]),
        UNI_OK);
    pair_pump(&pair);
    pair_frame(&pair, RIGHT, UNI_SETUP);
    if (!pair.lost[RIGHT])
        call[LEFT] = pair_event(&pair, LEFT, UNI_EVENT_SETUP)->call;
}

static void offer_and_connect(void)
{
    offer(true);
    assert_int_equal(REQUEST(LEFT, CONNECT, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(REQUEST(RIGHT, CONNECT_ACK, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), 10);
    pair_forget(&pair);
}

static void t303_of_the_network_sends_setup_twice_and_clears_with_18(void **state)
{
    (void)state;
    pair.lost[RIGHT] = true;
    offer(true);
    pair_wait(&pair, 3999);
    pair_quiet(&pair);
    pair_wait(&pair, 1);
    pair_frame(&pair, RIGHT, UNI_SETUP);
    pair_wait(&pair, 4000);
    assert_int_equal(pair_event(&pair, RIGHT, UNI_EVENT_CLEARED)->cause, 18);
    pair_quiet(&pair);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 0);
}

static void a_setup_that_is_repeated_reaches_its_end_once(void **state)
{
    (void)state;
    pair.lost[RIGHT] = true;
    offer(true);
    pair.lost[RIGHT] = false;
    pair_wait(&pair, 4000);
    call[LEFT] = pair_event(&pair, LEFT, UNI_EVENT_SETUP)->call;
    assert_int_equal(REQUEST(LEFT, CONNECT, NULL), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, RIGHT, UNI_EVENT_CONNECT);
    pair_forget(&pair);
    assert_int_equal(REQUEST(RIGHT, CONNECT_ACK, NULL), UNI_OK);
    pair_wait(&pair, 60000);
    pair_event(&pair, LEFT, UNI_EVENT_CONNECT_ACK);
    pair_frame(&pair, RIGHT, UNI_CONNECT_ACKNOWLEDGE);
    pair_quiet(&pair);
}

static void t310_of_the_network_releases_with_18(void **state)
{
    (void)state;
    offer(false);
    assert_int_equal(REQUEST(LEFT, PROCEEDING, NULL), UNI_OK);
    pair_wait(&pair, 10000);
    pair_event(&pair, RIGHT, UNI_EVENT_PROCEEDING);
    assert_int_equal(pair_event(&pair, RIGHT, UNI_EVENT_RELEASE)->cause, 18);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_RELEASE)->cause, 18);
}

static void t301_of_the_network_releases_with_19(void **state)
{
    (void)state;
    offer(false);
    assert_int_equal(REQUEST(LEFT, ALERTING, NULL), UNI_OK);
    pair_wait(&pair, 179999);
    pair_event(&pair, RIGHT, UNI_EVENT_ALERTING);
    pair_frame(&pair, LEFT, UNI_ALERTING);
    pair_quiet(&pair);
    pair_wait(&pair, 1);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_RELEASE)->cause, 19);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_RELEASE)->cause, 19);
}

static void t308_of_the_network_repeats_release_and_then_forgets(void **state)
{
    (void)state;
    offer_and_connect();
    pair.lost[RIGHT] = true;
    assert_int_equal(REQUEST(RIGHT, RELEASE, pair_said(16, NULL)), UNI_OK);
    pair_wait(&pair, 30000);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_RELEASE)->cause2, 0);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_RELEASE)->cause2, 102);
    pair_quiet(&pair);
    pair_wait(&pair, 30000);
    pair_event(&pair, RIGHT, UNI_EVENT_CLEARED);
    pair_quiet(&pair);
}

static void a_release_that_is_repeated_is_confirmed(void **state)
{
    (void)state;
    offer_and_connect();
    pair.lost[RIGHT] = true;
    assert_int_equal(REQUEST(RIGHT, RELEASE, NULL), UNI_OK);
    pair_pump(&pair);
    pair.lost[RIGHT] = false;
    pair_wait(&pair, 30000);
    pair_event(&pair, LEFT, UNI_EVENT_RELEASE);
    assert_int_equal(REQUEST(LEFT, RELEASE, NULL), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, RIGHT, UNI_EVENT_CLEARED);
    pair_event(&pair, LEFT, UNI_EVENT_CLEARED);
    pair_frame(&pair, LEFT, UNI_RELEASE_COMPLETE);
}

static void t399_of_the_network_is_shorter_and_has_cause_18(void **state)
{
    uint16_t id;

    (void)state;
    offer_and_connect();
    pair.lost[RIGHT] = true;
    assert_int_equal(
        uni_add_party(pair.uni[RIGHT], pair.now_ms, call[RIGHT], pair_called(), 5, &id), UNI_OK);
    pair_wait(&pair, 13999);
    pair_frame(&pair, RIGHT, UNI_ADD_PARTY);
    pair_quiet(&pair);
    pair_wait(&pair, 1);
    assert_int_equal(pair_event(&pair, RIGHT, UNI_EVENT_ADD_PARTY_REJECT)->cause, 18);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_DROP_PARTY)->cause, 18);
    pair_wait(&pair, 4000);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_DROP_PARTY_ACKNOWLEDGE)->cause, 102);
    assert_int_equal(uni_party_state(pair.uni[RIGHT], call[RIGHT], id), 0);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), 10);
}

static void t322_of_a_partys_enquiry_repeats_it_and_then_releases(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    pair_add(&pair, call);
    pair_forget(&pair);
    pair.lost[LEFT] = true;
    assert_int_equal(uni_audit(pair.uni[LEFT], pair.now_ms, call[LEFT]), UNI_OK);
    pair_wait(&pair, 4000);
    assert_true(pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY)->has_endpoint);
    assert_true(pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY)->has_endpoint);
    pair_wait(&pair, 4000);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_RELEASE)->cause, 102);
    pair_event(&pair, LEFT, UNI_EVENT_RELEASE);
}

static void an_enquiry_that_is_repeated_is_answered_and_the_next_follows(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    pair_add(&pair, call);
    pair_forget(&pair);
    pair.lost[LEFT] = true;
    assert_int_equal(uni_audit(pair.uni[LEFT], pair.now_ms, call[LEFT]), UNI_OK);
    pair_pump(&pair);
    pair.lost[LEFT] = false;
    pair_wait(&pair, 60000);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY)->endpoint, 0);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY)->endpoint, 0);
    assert_int_equal(pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY)->endpoint, 1);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 30);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 30);
    pair_quiet(&pair);
    assert_true(uni_deadline(pair.uni[LEFT]) == UINT64_MAX);
}

static void a_restart_that_is_repeated_is_acknowledged_and_t317_stops(void **state)
{
    (void)state;
    pair.lost[LEFT] = true;
    assert_int_equal(uni_restart(pair.uni[LEFT], pair.now_ms, 2, 0, 0), UNI_OK);
    pair_pump(&pair);
    pair.lost[LEFT] = false;
    pair_wait(&pair, 120000);
    pair_event(&pair, RIGHT, UNI_EVENT_RESTART);
    assert_int_equal(uni_restart_done(pair.uni[RIGHT], pair.now_ms), UNI_OK);
    pair_wait(&pair, 400000);
    pair_event(&pair, LEFT, UNI_EVENT_RESTART_DONE);
    pair_frame(&pair, LEFT, UNI_RESTART);
    pair_frame(&pair, LEFT, UNI_RESTART);
    pair_frame(&pair, RIGHT, UNI_RESTART_ACKNOWLEDGE);
    pair_quiet(&pair);
}

static void no_timer_outlives_what_it_waited_for(void **state)
{
    (void)state;
    offer_and_connect();
    for (int side = LEFT; side <= RIGHT; side++)
        assert_true(uni_deadline(pair.uni[side]) == UINT64_MAX);
    assert_int_equal(REQUEST(RIGHT, RELEASE, NULL), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(REQUEST(LEFT, RELEASE, NULL), UNI_OK);
    pair_pump(&pair);
    for (int side = LEFT; side <= RIGHT; side++)
        assert_true(uni_deadline(pair.uni[side]) == UINT64_MAX);
}

static void a_timer_takes_the_time_that_its_owner_says(void **state)
{
    const struct uni_config quick = {
        .side = UNI_USER, .version = UNI_40, .timers_ms = {[UNI_T303] = 100}};

    (void)state;
    uni_free(pair.uni[LEFT]);
    pair.uni[LEFT] = uni_new(&quick);
    uni_link(pair.uni[LEFT], 0, UNI_LINK_ESTABLISHED);
    pair_forget(&pair);
    pair.lost[LEFT] = true;
    assert_int_equal(uni_setup(pair.uni[LEFT], 0, pair_setup(false, true), 7, &call[LEFT]), UNI_OK);
    pair_wait(&pair, 200);
    pair_frame(&pair, LEFT, UNI_SETUP);
    pair_frame(&pair, LEFT, UNI_SETUP);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_UP);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_CLEARED)->cause, 18);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(t303_of_the_network_sends_setup_twice_and_clears_with_18),
        ONE(a_setup_that_is_repeated_reaches_its_end_once),
        ONE(t310_of_the_network_releases_with_18),
        ONE(t301_of_the_network_releases_with_19),
        ONE(t308_of_the_network_repeats_release_and_then_forgets),
        ONE(a_release_that_is_repeated_is_confirmed),
        ONE(t399_of_the_network_is_shorter_and_has_cause_18),
        ONE(t322_of_a_partys_enquiry_repeats_it_and_then_releases),
        ONE(an_enquiry_that_is_repeated_is_answered_and_the_next_follows),
        ONE(a_restart_that_is_repeated_is_acknowledged_and_t317_stops),
        ONE(no_timer_outlives_what_it_waited_for),
        ONE(a_timer_takes_the_time_that_its_owner_says),
    };

    return cmocka_run_group_tests_name("uni/timer", tests, NULL, NULL);
}
