/* SPDX-License-Identifier: MIT */
/* Point-to-multipoint calls through a switch: leaves that come and go. */
#include "net.h"

static void begin_tree(struct net *net, uint32_t leaf_count)
{
    net_begin(net, leaf_count + 1, NULL);
    net_setup(net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    assert_int_equal(net_count(net, 0, UNI_EVENT_CONNECT), 1);
    for (uint32_t i = 2; i <= leaf_count; i++)
        net_add(net, 0, i, 0, NULL);
    assert_int_equal(net_count(net, 0, UNI_EVENT_ADD_PARTY_ACK), leaf_count - 1);
}

static void each_leaf_gets_one_branch_and_one_copy(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 4);
    assert_int_equal(net_reach(&net, 0), 0x1E);
    for (uint32_t i = 1; i <= 4; i++) {
        assert_int_equal(net_count(&net, i, UNI_EVENT_SETUP), 1);
        assert_int_equal(net_reach(&net, i), 0); /* nothing flows back */
    }
    net_end(&net);
}

static void parties_of_one_port_share_its_branch(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 2);
    for (uint32_t which = 1; which < 6; which++)
        net_add(&net, 0, 2, which, "more");
    assert_int_equal(net_count(&net, 2, UNI_EVENT_SETUP), 1);
    assert_int_equal(net_count(&net, 2, UNI_EVENT_ADD_PARTY), 5);
    assert_string_equal(net.users[2].text, "more");
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 6);
    assert_int_equal(net_reach(&net, 0), 0x06);
    net_end(&net);
}

static void the_answer_of_a_party_brings_its_data_to_the_root(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 3, NULL);
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    strcpy(net.users[2].connect_text, "second");
    net_add(&net, 0, 2, 0, "join us");
    assert_string_equal(net.users[2].setup_text, "join us");
    assert_string_equal(net.users[0].text, "second");
    strcpy(net.users[2].connect_text, "third");
    net_add(&net, 0, 2, 1, NULL);
    assert_string_equal(net.users[0].text, "third");
    net_end(&net);
}

static void a_dropped_leaf_hears_why_and_the_others_notice_nothing(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 4, NULL);
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    uint16_t party = net_add(&net, 0, 2, 0, NULL);
    net_add(&net, 0, 3, 0, NULL);
    net_drop(&net, 0, party, "see you");
    assert_string_equal(net.users[2].text, "see you");
    assert_int_equal(net.users[2].cause, 16);
    assert_int_equal(net_count(&net, 2, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_PARTY_GONE), 1);
    assert_int_equal(net_reach(&net, 0), 0x0A);
    assert_int_equal(net_count(&net, 1, UNI_EVENT_CLEARED), 0);
    assert_int_equal(net_count(&net, 3, UNI_EVENT_CLEARED), 0);
    net_end(&net);
}

static void one_of_several_parties_of_a_port_is_dropped_alone(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 2);
    uint16_t party = net_add(&net, 0, 2, 1, NULL);
    net_drop(&net, 0, party, "you alone");
    assert_int_equal(net_count(&net, 2, UNI_EVENT_DROP_PARTY), 1);
    assert_string_equal(net.users[2].text, "you alone");
    assert_int_equal(net_count(&net, 2, UNI_EVENT_RELEASE), 0);
    assert_int_equal(net_reach(&net, 0), 0x06);
    net_end(&net);
}

static void a_leaf_that_hangs_up_is_dropped_from_the_root_with_its_data(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 3);
    net_release(&net, 2, "I am off");
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 1);
    assert_string_equal(net.users[0].text, "I am off");
    assert_int_equal(net.users[0].cause, 16);
    assert_int_equal(net_reach(&net, 0), 0x0A);
    net_end(&net);
}

static void the_last_leaf_that_hangs_up_releases_the_root(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 2);
    net_release(&net, 1, NULL);
    net_release(&net, 2, "the last");
    assert_int_equal(net_count(&net, 0, UNI_EVENT_RELEASE), 1);
    assert_string_equal(net.users[0].text, "the last");
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 1);
    assert_int_equal(switch_call_count(net.core), 0);
    net_end(&net);
}

static void a_release_of_the_root_clears_every_leaf_with_its_data(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 5);
    net_add(&net, 0, 5, 1, NULL);
    net_release(&net, 0, "good night");
    for (uint32_t i = 1; i <= 5; i++) {
        assert_int_equal(net_count(&net, i, UNI_EVENT_CLEARED), 1);
        assert_string_equal(net.users[i].text, "good night");
    }
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 1);
    assert_int_equal(switch_call_count(net.core), 0);
    net_end(&net);
}

static void dropping_the_last_party_is_the_end_of_the_call(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 1);
    net_drop(&net, 0, 0, "all over");
    assert_string_equal(net.users[1].text, "all over");
    assert_int_equal(net_count(&net, 1, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 1);
    net_end(&net);
}

static void a_refused_party_is_rejected_with_its_cause_and_the_call_goes_on(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 2);
    uint32_t away = net_plug(&net, NULL);
    net.users[away].answer = NET_REFUSE;
    strcpy(net.users[away].connect_text, "busy");
    net_add(&net, 0, away, 0, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 1);
    assert_int_equal(net.users[0].cause, 17);
    assert_string_equal(net.users[0].text, "busy");
    net.users[2].answer = NET_REFUSE_PARTY;
    net_add(&net, 0, 2, 1, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 2);
    net_add(&net, 0, 20, 0, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 3);
    assert_int_equal(net.users[0].cause, 3);
    assert_int_equal(net_reach(&net, 0), 0x06);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 0);
    net_end(&net);
}

static void parties_wait_for_the_branch_that_is_being_set_up(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 1);
    uint32_t slow = net_plug(&net, NULL);
    net.users[slow].answer = NET_SILENT;
    net_add(&net, 0, slow, 0, NULL);
    net_add(&net, 0, slow, 1, NULL);
    uint16_t dropped = net_add(&net, 0, slow, 2, NULL);
    assert_int_equal(net_count(&net, slow, UNI_EVENT_ADD_PARTY), 0);
    net_drop(&net, 0, dropped, NULL);
    net.users[slow].answer = NET_CONNECT;
    net_connect(&net, slow);
    assert_int_equal(net_count(&net, slow, UNI_EVENT_SETUP), 1);
    assert_int_equal(net_count(&net, slow, UNI_EVENT_ADD_PARTY), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 2);
    net_end(&net);
}

static void a_party_that_waited_gets_a_branch_of_its_own_when_the_first_is_refused(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 1);
    uint32_t slow = net_plug(&net, NULL);
    net.users[slow].answer = NET_SILENT;
    net_add(&net, 0, slow, 0, NULL);
    net_add(&net, 0, slow, 1, NULL);
    net_add(&net, 0, slow, 2, NULL);
    net.users[slow].answer = NET_CONNECT;
    net_release(&net, slow, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 2);
    assert_int_equal(net_count(&net, slow, UNI_EVENT_SETUP), 2);
    assert_int_equal(net_count(&net, slow, UNI_EVENT_ADD_PARTY), 1);
    net_end(&net);
}

static void a_party_may_be_in_before_the_first_that_still_rings(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 3, NULL);
    net.users[1].answer = NET_ALERT;
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ALERTING), 1);
    strcpy(net.users[2].connect_text, "early");
    net_add(&net, 0, 2, 0, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 0);
    net_connect(&net, 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 1);
    assert_string_equal(net.users[0].text, "early");
    assert_int_equal(net_reach(&net, 0), 0x06);
    net_end(&net);
}

static void a_ringing_party_is_told_to_the_root(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 1);
    uint32_t rings = net_plug(&net, NULL);
    net.users[rings].answer = NET_ALERT;
    net_add(&net, 0, rings, 0, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_PARTY_ALERTING), 1);
    net_connect(&net, rings);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 1);
    net_end(&net);
}

static void parties_beyond_the_limits_are_rejected_with_the_causes_for_that(void **state)
{
    (void)state;
    struct net net;
    const struct switch_port_options small = {
        .version = UNI_40, .party_count_max = 3, .pending_count_max = 1};
    net_begin(&net, 2, NULL);
    uint32_t root = net_plug(&net, &small);
    uint32_t slow = net_plug(&net, NULL);
    net_setup(&net, &(struct net_call){.from = root, .to = 0, .multipoint = true});
    net.users[slow].answer = NET_SILENT;
    net_add(&net, root, slow, 0, NULL);
    net_add(&net, root, 1, 0, NULL);
    assert_int_equal(net.users[root].cause, 32); /* too many pending */
    net_connect(&net, slow);
    net_add(&net, root, 1, 0, NULL);
    assert_int_equal(net_count(&net, root, UNI_EVENT_ADD_PARTY_ACK), 2);
    net_add(&net, root, 1, 1, NULL);
    assert_int_equal(net.users[root].cause, 47); /* the fourth of three */
    net_end(&net);
}

/* The user's RELEASE is on its way while the switch sends it an ADD PARTY for another address. */
static void release_crosses_add(struct net *net, uint32_t which)
{
    struct net_user *user = &net->users[which];

    assert_int_equal(
        uni_request_call(user->uni, net->now_ms, user->call, UNI_REQUEST_RELEASE, NULL), UNI_OK);
    net_add(net, 0, which, 1, "once more");
    assert_int_equal(net_count(net, which, UNI_EVENT_ADD_PARTY), 0); /* it never heard of it */
}

static void a_party_whose_add_crosses_the_release_of_its_branch_is_called_anew(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 2);
    release_crosses_add(&net, 2);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 1); /* who hung up */
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 0);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 2);
    assert_int_equal(net_count(&net, 2, UNI_EVENT_SETUP), 2);
    assert_string_equal(net.users[2].setup_text, "once more");
    assert_int_equal(net_reach(&net, 0), 0x06);
    net_end(&net);
}

/* The one leaf of the call hangs up: the call goes on with the one that is being added. */
static void a_call_outlives_its_last_leaf_when_another_is_on_its_way(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 1);
    release_crosses_add(&net, 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_RELEASE), 0);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 0);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 1);
    assert_int_equal(net_count(&net, 1, UNI_EVENT_SETUP), 2);
    assert_int_equal(net_reach(&net, 0), 0x02);
    net_end(&net);
}

/* It is asked for again, and says no for itself. */
static void a_party_that_is_called_anew_may_refuse(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 2);
    net.users[2].answer = NET_REFUSE;
    release_crosses_add(&net, 2);
    assert_int_equal(net_count(&net, 2, UNI_EVENT_SETUP), 2);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 1);
    assert_int_equal(net.users[0].cause, 17);
    assert_int_equal(net_reach(&net, 0), 0x02);
    net_end(&net);
}

/* A port that is gone refused nobody either, but there is nothing to ask. */
static void a_party_whose_port_goes_meanwhile_is_rejected_with_27(void **state)
{
    (void)state;
    struct net net;
    begin_tree(&net, 2);
    net.users[2].answer = NET_SILENT;
    net_add(&net, 0, 2, 1, NULL);
    assert_int_equal(net_count(&net, 2, UNI_EVENT_ADD_PARTY), 1);
    net_unplug(&net, 2);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 1);
    assert_int_equal(net.users[0].cause, 27);
    net_end(&net);
}

static void thousands_of_parties_fit_on_one_call(void **state)
{
    (void)state;
    enum { PARTIES = 2000 };
    struct net net;
    begin_tree(&net, 3);
    for (uint32_t i = 1; i < PARTIES; i++)
        net_add(&net, 0, 1 + i % 3, i, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), PARTIES - 1 + 2);
    for (uint16_t i = 0; i < PARTIES - 1; i += 3)
        net_drop(&net, 0, i, NULL);
    assert_int_equal(net_reach(&net, 0), 0x0E);
    assert_true(switch_party_bytes() <= 512);
    net_end(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_leaf_gets_one_branch_and_one_copy),
        cmocka_unit_test(parties_of_one_port_share_its_branch),
        cmocka_unit_test(the_answer_of_a_party_brings_its_data_to_the_root),
        cmocka_unit_test(a_dropped_leaf_hears_why_and_the_others_notice_nothing),
        cmocka_unit_test(one_of_several_parties_of_a_port_is_dropped_alone),
        cmocka_unit_test(a_leaf_that_hangs_up_is_dropped_from_the_root_with_its_data),
        cmocka_unit_test(the_last_leaf_that_hangs_up_releases_the_root),
        cmocka_unit_test(a_release_of_the_root_clears_every_leaf_with_its_data),
        cmocka_unit_test(dropping_the_last_party_is_the_end_of_the_call),
        cmocka_unit_test(a_refused_party_is_rejected_with_its_cause_and_the_call_goes_on),
        cmocka_unit_test(parties_wait_for_the_branch_that_is_being_set_up),
        cmocka_unit_test(a_party_that_waited_gets_a_branch_of_its_own_when_the_first_is_refused),
        cmocka_unit_test(a_party_may_be_in_before_the_first_that_still_rings),
        cmocka_unit_test(a_ringing_party_is_told_to_the_root),
        cmocka_unit_test(parties_beyond_the_limits_are_rejected_with_the_causes_for_that),
        cmocka_unit_test(a_party_whose_add_crosses_the_release_of_its_branch_is_called_anew),
        cmocka_unit_test(a_call_outlives_its_last_leaf_when_another_is_on_its_way),
        cmocka_unit_test(a_party_that_is_called_anew_may_refuse),
        cmocka_unit_test(a_party_whose_port_goes_meanwhile_is_rejected_with_27),
        cmocka_unit_test(thousands_of_parties_fit_on_one_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
