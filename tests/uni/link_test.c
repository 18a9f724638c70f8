/* SPDX-License-Identifier: MIT */
/* The link is lost and comes back, states are compared, VCs restart: SIG 5.3, 5.9 to 5.11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pair.h"

static struct pair pair;
static uint32_t call[2];

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

static void signal_both(enum uni_link_signal signal)
{
    assert_int_equal(uni_link(pair.uni[LEFT], pair.now_ms, signal), UNI_OK);
    assert_int_equal(uni_link(pair.uni[RIGHT], pair.now_ms, signal), UNI_OK);
    pair_pump(&pair);
}

static void an_active_call_outlives_a_short_loss_and_its_parties_are_audited(void **state)
{
    uint16_t pending;

    (void)state;
    pair_call(&pair, true, call);
    const uint16_t id = pair_add(&pair, call);

    assert_int_equal(uni_add_party(pair.uni[LEFT], 0, call[LEFT], pair_called(), 1, &pending),
                     UNI_OK);
    pair_pump(&pair);
    pair_forget(&pair);
    signal_both(UNI_LINK_RELEASED);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_DOWN);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_ADD_PARTY_REJECT)->cause, 27);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_WANTED);
    pair_forget(&pair);
    pair_wait(&pair, 9000);
    signal_both(UNI_LINK_CONFIRMED);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_UP);
    pair_event(&pair, RIGHT, UNI_EVENT_LINK_UP);
    /* One enquiry at a time: the next leaves when the last is answered. */
    assert_int_equal(pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY)->endpoint, 0);
    pair_forget(&pair);
    pair_wait(&pair, 60000);
    pair_quiet(&pair);
    assert_int_equal(uni_call_state(pair.uni[LEFT], call[LEFT]), 10);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 7);
    assert_int_equal(uni_party_state(pair.uni[RIGHT], call[RIGHT], 0), 7);
}

static void t309_ends_what_a_long_loss_left(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    signal_both(UNI_LINK_RELEASED);
    pair_forget(&pair);
    pair_wait(&pair, 9999);
    pair_quiet(&pair);
    pair_wait(&pair, 1);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_DOWN);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_CLEARED)->cause, 27);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).call_count, 0);
}

static void a_link_that_comes_after_t309_is_up_all_the_same(void **state)
{
    (void)state;
    signal_both(UNI_LINK_RELEASED);
    assert_int_equal(uni_link_want(pair.uni[LEFT], pair.now_ms), UNI_OK);
    pair_wait(&pair, 10000);
    pair_forget(&pair);
    signal_both(UNI_LINK_CONFIRMED);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_UP);
    pair_call(&pair, true, call);
}

static void a_call_that_is_not_yet_active_ends_with_the_link(void **state)
{
    (void)state;
    assert_int_equal(uni_setup(pair.uni[LEFT], 0, pair_setup(true, true), 7, &call[LEFT]), UNI_OK);
    pair_pump(&pair);
    pair_forget(&pair);
    signal_both(UNI_LINK_RELEASED);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_DOWN);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_CLEARED)->cause, 27);
}

static void a_call_brings_the_link_up_and_waits_for_it(void **state)
{
    struct uni_frame frame;

    (void)state;
    signal_both(UNI_LINK_RELEASED);
    pair_forget(&pair);
    assert_int_equal(uni_setup(pair.uni[LEFT], 0, pair_setup(false, true), 7, &call[LEFT]), UNI_OK);
    assert_false(uni_take_frame(pair.uni[LEFT], &frame));
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_WANTED);
    uni_link(pair.uni[RIGHT], 0, UNI_LINK_ESTABLISHED);
    uni_link(pair.uni[LEFT], 0, UNI_LINK_CONFIRMED);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_LINK_UP);
    pair_frame(&pair, LEFT, UNI_SETUP);
    pair_event(&pair, RIGHT, UNI_EVENT_LINK_UP);
    pair_event(&pair, RIGHT, UNI_EVENT_SETUP);
    pair_quiet(&pair);
}

static void a_peer_that_forgot_everything_lets_both_ends_converge(void **state)
{
    const struct uni_config config = {.side = UNI_NETWORK, .version = UNI_40};

    (void)state;
    pair_call(&pair, true, call);
    uni_free(pair.uni[RIGHT]);
    pair.uni[RIGHT] = uni_new(&config);
    uni_link(pair.uni[RIGHT], 0, UNI_LINK_ESTABLISHED);
    uni_link(pair.uni[LEFT], 0, UNI_LINK_ESTABLISHED);
    pair_pump(&pair);
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_CLEARED)->cause, 101);
    assert_int_equal(uni_counters(pair.uni[LEFT]).call_count, 0);
}

static void an_audit_finds_a_party_that_the_peer_lacks(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    pair_add(&pair, call);
    const uint16_t id = pair_add(&pair, call);

    pair_inject(&pair, RIGHT, UNI_STATUS, 1,
                "14 80 00 01 0A 08 80 00 02 81 9E 54 80 00 03 00 80 02 55 80 00 01 00");
    assert_int_equal(id, 2);
    pair_event(&pair, LEFT, UNI_EVENT_PARTY_GONE);
    assert_int_equal(uni_party_state(pair.uni[LEFT], call[LEFT], id), 0);
    pair_forget(&pair);
    assert_int_equal(uni_audit(pair.uni[RIGHT], 0, call[RIGHT]), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, RIGHT, UNI_EVENT_PARTY_GONE);
    assert_int_equal(uni_counters(pair.uni[RIGHT]).party_count, 2);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), 10);
}

static void t322_repeats_the_enquiry_and_then_releases(void **state)
{
    (void)state;
    pair_call(&pair, false, call);
    pair.lost[LEFT] = true;
    assert_int_equal(uni_audit(pair.uni[LEFT], 0, call[LEFT]), UNI_OK);
    pair_wait(&pair, 8000);
    pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY);
    pair_frame(&pair, LEFT, UNI_STATUS_ENQUIRY);
    const struct pair_frame *const release = pair_frame(&pair, LEFT, UNI_RELEASE);

    assert_int_equal(release->cause, 102);
    assert_int_equal(release->diagnostic, '3');
    assert_int_equal(pair_event(&pair, LEFT, UNI_EVENT_RELEASE)->cause, 102);
}

static void call_states_that_exclude_each_other_release_the_call(void **state)
{
    (void)state;
    assert_int_equal(uni_setup(pair.uni[LEFT], 0, pair_setup(false, true), 7, &call[LEFT]), UNI_OK);
    pair_pump(&pair);
    pair_forget(&pair);
    pair_inject(&pair, RIGHT, UNI_STATUS, 1, "14 80 00 01 01 08 80 00 02 81 9E");
    pair_quiet(&pair);
    pair_inject(&pair, RIGHT, UNI_STATUS, 1, "14 80 00 01 06 08 80 00 02 81 9E");
    assert_int_equal(pair_frame(&pair, LEFT, UNI_RELEASE)->cause, 101);
}

static void a_restart_clears_both_ends_and_is_acknowledged(void **state)
{
    (void)state;
    pair_call(&pair, true, call);
    assert_int_equal(uni_restart(pair.uni[LEFT], 0, 2, 0, 0), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_CLEARED);
    pair_event(&pair, RIGHT, UNI_EVENT_CLEARED);
    pair_event(&pair, RIGHT, UNI_EVENT_RESTART);
    assert_int_equal(uni_restart(pair.uni[LEFT], 0, 2, 0, 0), UNI_WRONG_STATE);
    assert_int_equal(uni_restart_done(pair.uni[RIGHT], 0), UNI_OK);
    pair_pump(&pair);
    pair_event(&pair, LEFT, UNI_EVENT_RESTART_DONE);
    pair_frame(&pair, LEFT, UNI_RESTART);
    pair_frame(&pair, RIGHT, UNI_RESTART_ACKNOWLEDGE);
    pair_quiet(&pair);
    assert_int_equal(uni_restart_done(pair.uni[RIGHT], 0), UNI_WRONG_STATE);
}

static void a_restart_of_one_vc_leaves_the_others(void **state)
{
    (void)state;
    pair_call(&pair, false, call);
    assert_int_equal(uni_restart(pair.uni[LEFT], 0, 0, 0, 99), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), 10);
    assert_int_equal(uni_restart_done(pair.uni[RIGHT], 0), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_restart(pair.uni[LEFT], 0, 0, 0, 32), UNI_OK);
    pair_pump(&pair);
    assert_int_equal(uni_call_state(pair.uni[RIGHT], call[RIGHT]), 0);
}

static void t316_repeats_the_restart_and_t317_gives_up_waiting(void **state)
{
    (void)state;
    assert_int_equal(uni_restart(pair.uni[LEFT], 0, 2, 0, 0), UNI_OK);
    pair_wait(&pair, 90000);
    pair_event(&pair, RIGHT, UNI_EVENT_RESTART);
    pair_event(&pair, RIGHT, UNI_EVENT_RESTART_FAILED);
    pair_wait(&pair, 30000);
    pair_frame(&pair, LEFT, UNI_RESTART);
    pair_frame(&pair, LEFT, UNI_RESTART);
    pair_wait(&pair, 120000);
    pair_event(&pair, LEFT, UNI_EVENT_RESTART_FAILED);
}

static void the_global_reference_takes_only_restarts(void **state)
{
    const uint8_t connect[] = {9, 3, 0, 0, 0, UNI_CONNECT, 0x80, 0, 0};
    const uint8_t ack[] = {9,    3,    0x80, 0, 0,   UNI_RESTART_ACKNOWLEDGE, 0x80, 0, 5,
                           0x79, 0x80, 0,    1, 0x82};

    (void)state;
    uni_feed(pair.uni[RIGHT], 0, connect, sizeof(connect));
    pair_pump(&pair);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 81);
    uni_feed(pair.uni[RIGHT], 0, ack, sizeof(ack));
    pair_pump(&pair);
    assert_int_equal(pair_frame(&pair, RIGHT, UNI_STATUS)->cause, 101);
}

#define ONE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ONE(an_active_call_outlives_a_short_loss_and_its_parties_are_audited),
        ONE(t309_ends_what_a_long_loss_left),
        ONE(a_link_that_comes_after_t309_is_up_all_the_same),
        ONE(a_call_that_is_not_yet_active_ends_with_the_link),
        ONE(a_call_brings_the_link_up_and_waits_for_it),
        ONE(a_peer_that_forgot_everything_lets_both_ends_converge),
        ONE(an_audit_finds_a_party_that_the_peer_lacks),
        ONE(t322_repeats_the_enquiry_and_then_releases),
        ONE(call_states_that_exclude_each_other_release_the_call),
        ONE(a_restart_clears_both_ends_and_is_acknowledged),
        ONE(a_restart_of_one_vc_leaves_the_others),
        ONE(t316_repeats_the_restart_and_t317_gives_up_waiting),
        ONE(the_global_reference_takes_only_restarts),
    };

    return cmocka_run_group_tests_name("uni/link", tests, NULL, NULL);
}
