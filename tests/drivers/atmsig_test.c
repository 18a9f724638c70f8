/* SPDX-License-Identifier: MIT */
/* The signalling of the call managers of the UNI, end to end through the switch. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "atmnet.h"

static struct net net;
static struct atm_leg first, second;

static int uni_40(void **state)
{
    (void)state;
    net_begin(&net, 4, UNI_40);
    memset(&first, 0, sizeof(first));
    memset(&second, 0, sizeof(second));
    return 0;
}

static int uni_31(void **state)
{
    (void)state;
    net_begin(&net, 4, UNI_31);
    memset(&first, 0, sizeof(first));
    memset(&second, 0, sizeof(second));
    return 0;
}

static int end(void **state)
{
    (void)state;
    net_end(&net);
    return 0;
}

static void request(unsigned at, struct atm_leg *leg, enum hubsig_event what, const char *data)
{
    struct hubsig_message detail = {.data = (const uint8_t *)data,
                                    .data_bytes = data ? (uint32_t)strlen(data) : 0};
    struct hubsig_step step;
    assert_int_equal(
        atmsig_request(net.stations[at].sig, &leg->leg, what, &detail, net.now_ms, &step),
        HUBSIG_OK);
    net_run(&net);
}

static void call(struct atm_leg *leg, unsigned to, bool multipoint)
{
    struct hubsig_message offer;
    struct hubsig_step step;
    net_offer(&net, 0, to, multipoint, &offer);
    assert_int_equal(atmsig_offer(net.stations[0].sig, &leg->leg, &offer, net.now_ms, &step),
                     HUBSIG_OK);
    net_run(&net);
}

static void add(struct atm_leg *leg, unsigned to)
{
    struct hubsig_message offer;
    struct hubsig_step step;
    net_offer(&net, 0, to, true, &offer);
    offer.type = HUBSIG_ADD_PARTY;
    offer.to_ref = first.leg.ref;
    assert_int_equal(atmsig_offer(net.stations[0].sig, &leg->leg, &offer, net.now_ms, &step),
                     HUBSIG_OK);
    net_run(&net);
}

static void expect(unsigned at, const struct atm_leg *leg, enum hubsig_tell tell, uint32_t status,
                   const char *data)
{
    const struct net_tell *last = net_last(&net.stations[at], leg);
    assert_int_equal(last->tell, tell);
    assert_int_equal(last->status, status);
    assert_int_equal(last->data_bytes, data ? strlen(data) : 0);
    if (data)
        assert_memory_equal(last->data, data, strlen(data));
}

static void the_link_comes_up_by_itself(void **state)
{
    (void)state;
    for (unsigned i = 0; i < net.station_count; i++)
        assert_true(atmsig_linked(net.stations[i].sig));
}

static void a_point_to_point_call_is_answered_on_a_channel_of_the_network(void **state)
{
    (void)state;
    call(&first, 1, false);
    assert_int_equal(first.leg.state, LEG_ACTIVE);
    assert_true(net_last(&net.stations[0], &first)->channel >= 32);
    assert_true(net.stations[1].offer.channel >= 32);
    assert_false(net.stations[1].offer.multipoint);
    assert_int_equal(net.stations[1].offer.forward.field[6], 8192);
    assert_memory_equal(net.stations[1].offer.called, net.stations[1].address, 20);
    assert_memory_equal(net.stations[1].offer.calling, net.stations[0].address, 20);
    expect(1, &net.stations[1].offered, HUBSIG_TELL_CONNECTED, 0, NULL);
}

static void close_data_reaches_the_other_end_of_a_call(void **state)
{
    (void)state;
    call(&first, 1, false);
    request(0, &first, REQ_CLEAR, "see you");
    expect(1, &net.stations[1].offered, HUBSIG_TELL_CLEARED, 0, "see you");
    request(1, &net.stations[1].offered, REQ_CLEAR, NULL);
    expect(0, &first, HUBSIG_TELL_DONE, 0, NULL);
    assert_int_equal(first.leg.state, LEG_NULL);
    assert_int_equal(switch_call_count(net.core), 0);
}

static void a_refusal_brings_its_status(void **state)
{
    (void)state;
    net.stations[1].refuses = true;
    call(&first, 1, false);
    expect(0, &first, HUBSIG_TELL_REFUSED, 0xC0010020u, NULL);
    assert_int_equal(first.leg.state, LEG_NULL);
}

static void an_address_that_nobody_has_is_refused(void **state)
{
    (void)state;
    net.stations[3].address[1] = 'z';
    call(&first, 3, false);
    assert_int_equal(net_last(&net.stations[0], &first)->tell, HUBSIG_TELL_REFUSED);
    assert_true(net_last(&net.stations[0], &first)->status & 0x80000000u);
}

static void a_dropped_party_hears_the_close_data_and_the_other_stays(void **state)
{
    (void)state;
    call(&first, 1, true);
    assert_int_equal(first.leg.state, LEG_ACTIVE);
    add(&second, 2);
    assert_int_equal(second.leg.state, LEG_ACTIVE);
    assert_true(net.stations[2].offer.multipoint);
    second.leg.drop = true;
    request(0, &second, REQ_CLEAR, "thank you");
    expect(2, &net.stations[2].offered, HUBSIG_TELL_CLEARED, 0, "thank you");
    request(2, &net.stations[2].offered, REQ_CLEAR, NULL);
    expect(0, &second, HUBSIG_TELL_DONE, 0, NULL);
    assert_int_equal(second.leg.state, LEG_NULL);
    assert_int_equal(first.leg.state, LEG_ACTIVE);
    assert_int_equal(net.stations[1].offered.leg.state, LEG_ACTIVE);
    request(0, &first, REQ_CLEAR, "good night");
    expect(1, &net.stations[1].offered, HUBSIG_TELL_CLEARED, 0, "good night");
}

static void the_first_party_may_go_before_the_second(void **state)
{
    (void)state;
    call(&first, 1, true);
    add(&second, 2);
    first.leg.drop = true;
    request(0, &first, REQ_CLEAR, NULL);
    request(1, &net.stations[1].offered, REQ_CLEAR, NULL);
    expect(0, &first, HUBSIG_TELL_DONE, 0, NULL);
    assert_int_equal(second.leg.state, LEG_ACTIVE);
    request(0, &second, REQ_CLEAR, "the end");
    expect(2, &net.stations[2].offered, HUBSIG_TELL_CLEARED, 0, "the end");
    request(2, &net.stations[2].offered, REQ_CLEAR, NULL);
    expect(0, &second, HUBSIG_TELL_DONE, 0, NULL);
    assert_int_equal(switch_call_count(net.core), 0);
}

static void a_leaf_that_leaves_is_told_to_the_root_with_its_data(void **state)
{
    (void)state;
    call(&first, 1, true);
    add(&second, 2);
    request(2, &net.stations[2].offered, REQ_CLEAR, "i am off");
    expect(0, &second, HUBSIG_TELL_CLEARED, 0, "i am off");
    assert_int_equal(second.leg.state, LEG_FAR_CLEARED);
    request(0, &second, REQ_CLEAR, NULL);
    assert_int_equal(second.leg.state, LEG_NULL);
    assert_int_equal(first.leg.state, LEG_ACTIVE);
}

static void the_last_leaf_that_leaves_ends_the_call(void **state)
{
    (void)state;
    call(&first, 1, true);
    request(1, &net.stations[1].offered, REQ_CLEAR, "last");
    expect(0, &first, HUBSIG_TELL_CLEARED, 0, "last");
    request(0, &first, REQ_CLEAR, NULL);
    assert_int_equal(first.leg.state, LEG_NULL);
    net_run(&net);
    assert_int_equal(switch_call_count(net.core), 0);
}

static void a_party_that_refuses_leaves_the_call_alone(void **state)
{
    (void)state;
    call(&first, 1, true);
    net.stations[2].refuses = true;
    add(&second, 2);
    expect(0, &second, HUBSIG_TELL_REFUSED, 0xC0010020u, NULL);
    assert_int_equal(second.leg.state, LEG_NULL);
    assert_int_equal(first.leg.state, LEG_ACTIVE);
}

static void a_call_that_is_given_up_before_its_answer_is_forgotten(void **state)
{
    (void)state;
    net.stations[1].withholds = true;
    call(&first, 1, false);
    assert_int_equal(first.leg.state, LEG_OFFER_SENT);
    request(0, &first, REQ_ABANDON, NULL);
    assert_int_equal(first.leg.state, LEG_NULL);
    assert_int_equal(net_last(&net.stations[1], &net.stations[1].offered)->tell,
                     HUBSIG_TELL_CLEARED);
    request(1, &net.stations[1].offered, REQ_CLEAR, NULL);
    assert_int_equal(switch_call_count(net.core), 0);
}

static void a_link_that_stays_down_ends_every_call_once(void **state)
{
    (void)state;
    call(&first, 1, true);
    add(&second, 2);
    net.cut = true;
    net_wait(&net, 120000);
    assert_int_equal(net_last(&net.stations[0], &first)->tell, HUBSIG_TELL_CLEARED);
    assert_true(net_last(&net.stations[0], &first)->status & 0x80000000u);
    assert_int_equal(net_last(&net.stations[0], &second)->tell, HUBSIG_TELL_CLEARED);
    assert_false(atmsig_linked(net.stations[0].sig));
    request(0, &second, REQ_CLEAR, NULL);
    request(0, &first, REQ_CLEAR, NULL);
    assert_int_equal(first.leg.state, LEG_NULL);
    assert_int_equal(second.leg.state, LEG_NULL);
}

static unsigned told_of(unsigned at)
{
    return net.stations[at].tell_count;
}

static void a_wire_that_is_back_within_t309_is_no_news_to_anybody(void **state)
{
    (void)state;
    call(&first, 1, true);
    add(&second, 2);
    for (unsigned at = 0; at < 3; at++) {
        unsigned before[3] = {told_of(0), told_of(1), told_of(2)};
        net_sever(&net, at);
        assert_false(atmsig_linked(net.stations[at].sig));
        net_wait(&net, 9999);
        net_restore(&net, at);
        assert_true(atmsig_linked(net.stations[at].sig));
        net_wait(&net, 60000);
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(told_of(i), before[i]);
    }
    assert_int_equal(first.leg.state, LEG_ACTIVE);
    assert_int_equal(second.leg.state, LEG_ACTIVE);
    request(0, &second, REQ_CLEAR, "still here");
    expect(2, &net.stations[2].offered, HUBSIG_TELL_CLEARED, 0, "still here");
}

static void a_wire_that_is_away_for_t309_ends_its_calls_at_both_ends(void **state)
{
    (void)state;
    call(&first, 1, true);
    add(&second, 2);
    net_sever(&net, 2);
    net_wait(&net, 9999);
    assert_int_equal(net.stations[2].offered.leg.state, LEG_ACTIVE);
    net_wait(&net, 1);
    assert_true(net.stations[2].gone);
    assert_int_equal(net_last(&net.stations[2], &net.stations[2].offered)->tell,
                     HUBSIG_TELL_CLEARED);
    assert_int_equal(net_last(&net.stations[0], &second)->tell, HUBSIG_TELL_CLEARED);
    assert_int_equal(first.leg.state, LEG_ACTIVE);
}

static void a_call_that_is_not_answered_ends_with_the_wire(void **state)
{
    (void)state;
    net.stations[1].withholds = true;
    call(&first, 1, false);
    net_sever(&net, 0);
    assert_int_equal(net_last(&net.stations[0], &first)->tell, HUBSIG_TELL_REFUSED);
    assert_true(net.stations[0].gone);
    assert_int_equal(net_last(&net.stations[1], &net.stations[1].offered)->tell,
                     HUBSIG_TELL_CLEARED);
    request(1, &net.stations[1].offered, REQ_CLEAR, NULL);
}

static void a_station_may_be_two_parties_of_a_call(void **state)
{
    struct net_station *leaf = &net.stations[1];
    (void)state;
    call(&first, 1, true);
    add(&second, 1);
    assert_int_equal(second.leg.state, LEG_ACTIVE);
    assert_int_equal(leaf->offer_count, 2);
    assert_int_equal(leaf->offered.leg.state, LEG_ACTIVE);
    assert_int_equal(leaf->second.leg.state, LEG_ACTIVE);
    first.leg.drop = true;
    request(0, &first, REQ_CLEAR, "only you");
    expect(1, &leaf->offered, HUBSIG_TELL_CLEARED, 0, "only you");
    request(1, &leaf->offered, REQ_CLEAR, NULL);
    assert_int_equal(leaf->second.leg.state, LEG_ACTIVE);
    request(1, &leaf->second, REQ_CLEAR, "me too");
    expect(0, &second, HUBSIG_TELL_CLEARED, 0, "me too");
    request(0, &second, REQ_CLEAR, NULL);
    assert_int_equal(switch_call_count(net.core), 0);
}

static void uni_31_carries_no_close_data(void **state)
{
    (void)state;
    call(&first, 1, true);
    add(&second, 2);
    request(2, &net.stations[2].offered, REQ_CLEAR, NULL);
    expect(0, &second, HUBSIG_TELL_CLEARED, 0, NULL);
    request(0, &second, REQ_CLEAR, NULL);
    request(0, &first, REQ_CLEAR, NULL);
    expect(1, &net.stations[1].offered, HUBSIG_TELL_CLEARED, 0, NULL);
}

int main(void)
{
#define OVER(version, name) cmocka_unit_test_setup_teardown(name, version, end)
    const struct CMUnitTest tests[] = {
        OVER(uni_40, the_link_comes_up_by_itself),
        OVER(uni_40, a_point_to_point_call_is_answered_on_a_channel_of_the_network),
        OVER(uni_31, a_point_to_point_call_is_answered_on_a_channel_of_the_network),
        OVER(uni_40, close_data_reaches_the_other_end_of_a_call),
        OVER(uni_40, a_refusal_brings_its_status),
        OVER(uni_31, a_refusal_brings_its_status),
        OVER(uni_40, an_address_that_nobody_has_is_refused),
        OVER(uni_40, a_dropped_party_hears_the_close_data_and_the_other_stays),
        OVER(uni_40, the_first_party_may_go_before_the_second),
        OVER(uni_40, a_leaf_that_leaves_is_told_to_the_root_with_its_data),
        OVER(uni_40, the_last_leaf_that_leaves_ends_the_call),
        OVER(uni_40, a_party_that_refuses_leaves_the_call_alone),
        OVER(uni_40, a_call_that_is_given_up_before_its_answer_is_forgotten),
        OVER(uni_40, a_link_that_stays_down_ends_every_call_once),
        OVER(uni_40, a_wire_that_is_back_within_t309_is_no_news_to_anybody),
        OVER(uni_31, a_wire_that_is_away_for_t309_ends_its_calls_at_both_ends),
        OVER(uni_40, a_wire_that_is_away_for_t309_ends_its_calls_at_both_ends),
        OVER(uni_40, a_call_that_is_not_answered_ends_with_the_wire),
        OVER(uni_40, a_station_may_be_two_parties_of_a_call),
        OVER(uni_31, uni_31_carries_no_close_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
