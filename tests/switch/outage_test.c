/* SPDX-License-Identifier: MIT */
/* Wires that are cut: what comes back within T309, and what does not (SIG 5.10). */
#include "net.h"

enum { T309_MS = 10000 };

/* Nobody has heard anything about the end of anything. */
static void assert_all_in(struct net *net)
{
    static const enum uni_event_kind ends[] = {UNI_EVENT_RELEASE, UNI_EVENT_CLEARED,
                                               UNI_EVENT_DROP_PARTY, UNI_EVENT_PARTY_GONE};

    for (uint32_t user = 0; user < net->user_count; user++)
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
            assert_int_equal(net_count(net, user, ends[i]), 0);
    assert_int_equal(net_reach(net, 0), 0x0E);
}

static void any_port_that_comes_back_within_t309_is_in_its_calls_again(void **state)
{
    (void)state;
    for (uint32_t user = 0; user < 4; user++) {
        struct net net;
        struct switch_port_status status;
        net_begin_tree(&net);
        const uint16_t vci = net.users[user].vci;
        net_cut(&net, user);
        assert_true(switch_port_status(net.core, net.users[user].port, &status));
        assert_false(status.wired);
        assert_false(status.link_up);
        net_pass(&net, T309_MS - 1);
        assert_all_in(&net);
        net_mend(&net, user);
        assert_true(switch_port_status(net.core, net.users[user].port, &status));
        assert_true(status.link_up);
        net_pass(&net, 60000);
        assert_all_in(&net);
        assert_int_equal(net.users[user].vci, vci);
        net_add(&net, 0, 2, 2, NULL); /* and what comes next works */
        assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 4);
        net_end(&net);
    }
}

static void a_port_that_flaps_for_longer_than_t309_keeps_its_calls(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    for (int i = 0; i < 20; i++) {
        net_cut(&net, 2);
        net_pass(&net, T309_MS / 2);
        net_mend(&net, 2);
        net_pass(&net, 1);
    }
    assert_all_in(&net);
    net_end(&net);
}

static void a_leaf_that_is_away_for_t309_is_dropped_and_its_port_goes(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net_cut(&net, 2);
    net_pass(&net, T309_MS - 1);
    assert_all_in(&net);
    assert_false(net.users[2].gone);
    net_pass(&net, 1);
    assert_true(net.users[2].gone);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 2);
    assert_int_equal(net.users[0].cause, 27);
    assert_int_equal(net_reach(&net, 0), 0x0A);
    assert_int_equal(net_count(&net, 2, UNI_EVENT_CLEARED), 1); /* it has a T309, too */
    assert_int_equal(net.users[2].cause, 27);
    net_end(&net);
}

static void a_root_that_is_away_for_t309_ends_the_call_of_every_leaf(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net_cut(&net, 0);
    net_pass(&net, T309_MS);
    assert_true(net.users[0].gone);
    net_check_tree_gone(&net);
    net_end(&net);
}

static void t309_is_what_the_port_says(void **state)
{
    (void)state;
    const struct switch_port_options quick = {.version = UNI_40, .t309_ms = 300};
    struct net net;
    net_begin(&net, 2, &quick);
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    net_cut(&net, 1);
    net_pass(&net, 299);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_RELEASE), 0);
    net_pass(&net, 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_RELEASE), 1);
    assert_true(net.users[1].gone);
    net_end(&net);
}

static void a_call_that_is_not_active_yet_ends_with_the_wire(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 3, NULL);
    net.users[1].answer = NET_ALERT;
    net_setup(&net, &(struct net_call){.from = 0, .to = 2, .multipoint = true});
    net_add(&net, 0, 1, 0, NULL);
    net_cut(&net, 1);
    assert_int_equal(net_count(&net, 1, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 1); /* it was alerting */
    assert_int_equal(net.users[0].cause, 27);
    assert_true(net.users[1].gone); /* nobody waits for it */
    assert_int_equal(net_reach(&net, 0), 1u << 2);
    net_end(&net);
}

static void a_port_without_calls_goes_with_its_wire(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 2, NULL);
    net_cut(&net, 1);
    assert_true(net.users[1].gone);
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    assert_int_equal(net.users[0].cause, 3);
    net_end(&net);
}

static void a_call_to_a_port_that_is_away_is_refused_with_27(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    assert_true(route_add(switch_routes(net.core), NULL, 0, net.users[3].port, 0, ROUTE_STATIC));
    net_cut(&net, 2);
    net_add(&net, 0, 2, 5, NULL); /* its address is registered: no way round */
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_REJECT), 1);
    assert_int_equal(net.users[0].cause, 27);
    net_mend(&net, 2);
    net_add(&net, 0, 2, 5, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 4);
    net_end(&net);
}

static void a_static_route_over_a_port_that_is_away_gives_way_to_the_next(void **state)
{
    (void)state;
    const uint8_t prefix[] = {0x39};
    struct net net;
    net_begin_tree(&net);
    struct route_table *routes = switch_routes(net.core);
    assert_true(route_add(routes, prefix, 2, net.users[2].port, 0, ROUTE_STATIC));
    assert_true(route_add(routes, prefix, 2, net.users[3].port, 9, ROUTE_STATIC));
    uint8_t address[ROUTE_ADDRESS_BYTES] = {0x39};
    net_cut(&net, 2);
    net_add_address(&net, 0, address);
    assert_int_equal(net_count(&net, 3, UNI_EVENT_ADD_PARTY), 1);
    net_cut(&net, 3);
    net_add_address(&net, 0, address);
    assert_int_equal(net.users[0].cause, 27);
    net_mend(&net, 2);
    net_add_address(&net, 0, address);
    assert_int_equal(net_count(&net, 2, UNI_EVENT_ADD_PARTY), 2);
    net_mend(&net, 3);
    net_end(&net);
}

static void what_ends_while_a_port_is_away_ends_there_when_it_is_back(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net_cut(&net, 3);
    net_drop(&net, 0, 3, "while you were out");
    net_pass(&net, 1000);
    assert_int_equal(net_reach(&net, 0), 0x06);
    assert_int_equal(net_count(&net, 3, UNI_EVENT_CLEARED), 0);
    net_mend(&net, 3);
    assert_int_equal(net_count(&net, 3, UNI_EVENT_CLEARED), 1);
    assert_string_equal(net.users[3].text, "while you were out");
    net_cut(&net, 1);
    net_release(&net, 1, "I had enough");
    net_pass(&net, 1000);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 0);
    net_mend(&net, 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 1);
    assert_string_equal(net.users[0].text, "I had enough");
    assert_int_equal(net_reach(&net, 0), 0x04);
    net_end(&net);
}

static void what_one_end_lost_in_the_cut_the_audit_finds(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    /* The leaf's RELEASE and the root's DROP PARTY go the way of the wire. */
    net.users[1].plugged = false;
    net_release(&net, 1, NULL);
    net.users[1].plugged = true;
    net_cut(&net, 1);
    assert_int_equal(net_count(&net, 1, UNI_EVENT_CLEARED), 1);
    net_mend(&net, 1);
    net_pass(&net, 5000);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 1);
    assert_int_equal(net.users[0].cause, 101);
    assert_int_equal(net_reach(&net, 0), 0x0C);
    net_end(&net);
}

static void a_tree_over_a_trunk_outlives_a_cut_shorter_than_t309(void **state)
{
    (void)state;
    static struct net near, far;
    net_begin(&near, 2, NULL);
    net_begin(&far, 3, NULL);
    net_join(&near, &far);
    net_setup(&near, &(struct net_call){.from = 0, .to = NET_FAR, .multipoint = true});
    net_add(&near, 0, NET_FAR + 1, 0, NULL);
    net_add(&near, 0, 1, 0, NULL);
    net_cut_trunk(&near);
    net_pass(&near, T309_MS - 1);
    net_mend_trunk(&near);
    net_pass(&near, 60000);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 0);
    net_add(&near, 0, NET_FAR + 2, 0, NULL);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_ADD_PARTY_ACK), 3);
    net_cut_trunk(&near);
    net_pass(&near, T309_MS);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 3);
    assert_int_equal(near.users[0].cause, 27);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(net_count(&far, i, UNI_EVENT_CLEARED), 1);
        assert_int_equal(far.users[i].cause, 27);
    }
    assert_int_equal(net_reach(&near, 0), 1u << 1);
    net_mend_trunk(&near); /* both ends kept the port */
    net_add(&near, 0, NET_FAR + 2, 0, NULL);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_ADD_PARTY_ACK), 4);
    net_end(&near);
    net_end(&far);
}

/* The wire takes everything and brings nothing, until SAAL's backlog is full. */
static void break_trunk(struct net *near)
{
    uint32_t which = 1;

    near->trunk_cut = true;
    while (!near->trunk_broken) {
        assert_true(which < 20);
        net_add(near, 0, NET_FAR + 2, which++, NULL);
    }
    near->trunk_cut = false;
}

/* As a node does it when the connection is lost with the port, and there again. */
static void renew_trunk(struct net *near, bool far_noticed)
{
    struct net *far = near->peer;

    assert_int_equal(switch_port_down(near->core, near->now_ms, near->trunk_port), SWITCH_OK);
    if (far_noticed)
        assert_int_equal(switch_port_down(far->core, near->now_ms, far->trunk_port), SWITCH_OK);
    net_run(near);
    assert_int_equal(switch_port_renew(near->core, near->now_ms, near->trunk_port), SWITCH_OK);
    net_run(near);
    assert_int_equal(switch_port_up(near->core, near->now_ms, near->trunk_port), SWITCH_OK);
    if (far_noticed)
        assert_int_equal(switch_port_up(far->core, near->now_ms, far->trunk_port), SWITCH_OK);
    net_run(near);
}

static void a_trunk_whose_signalling_broke_is_begun_anew(bool far_noticed)
{
    static struct net near, far;
    struct sscop_options small;
    struct switch_port_status status;

    sscop_options_default(&small);
    small.backlog_count_max = 4;
    net_begin(&near, 2, NULL);
    net_begin(&far, 3, NULL);
    net_join_by(&near, &far, &small);
    net_setup(&near, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    net_add(&near, 0, NET_FAR, 0, NULL);
    net_add(&near, 0, NET_FAR + 1, 0, NULL);
    break_trunk(&near);
    const uint32_t refused = net_count(&near, 0, UNI_EVENT_ADD_PARTY_REJECT);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 0);
    const uint32_t number = near.trunk_port;
    renew_trunk(&near, far_noticed);
    /* Whoever was behind it is out, those who were asked are not in; the others stay. */
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 2);
    assert_true(net_count(&near, 0, UNI_EVENT_ADD_PARTY_REJECT) > refused);
    assert_int_equal(near.users[0].cause, 27);
    assert_int_equal(net_reach(&near, 0), 1u << 1);
    assert_true(switch_port_status(near.core, number, &status));
    assert_true(status.wired);
    assert_int_equal(status.leg_count, 0);
    /* The far end finds out by comparing calls, and what comes next crosses. */
    net_add(&near, 0, NET_FAR + 2, 0, NULL);
    net_pass(&near, 60000);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_ADD_PARTY_ACK), 3);
    assert_int_equal(net_count(&far, 0, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net_count(&far, 1, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net_reach(&near, 0), 1u << 1 | 1u << number);
    net_end(&near);
    net_end(&far);
}

static void a_trunk_whose_signalling_broke_is_begun_anew_when_it_is_back(void **state)
{
    (void)state;
    a_trunk_whose_signalling_broke_is_begun_anew(true);
}

static void a_trunk_is_begun_anew_although_the_far_end_noticed_nothing(void **state)
{
    (void)state;
    a_trunk_whose_signalling_broke_is_begun_anew(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_port_that_comes_back_within_t309_is_in_its_calls_again),
        cmocka_unit_test(a_port_that_flaps_for_longer_than_t309_keeps_its_calls),
        cmocka_unit_test(a_leaf_that_is_away_for_t309_is_dropped_and_its_port_goes),
        cmocka_unit_test(a_root_that_is_away_for_t309_ends_the_call_of_every_leaf),
        cmocka_unit_test(t309_is_what_the_port_says),
        cmocka_unit_test(a_call_that_is_not_active_yet_ends_with_the_wire),
        cmocka_unit_test(a_port_without_calls_goes_with_its_wire),
        cmocka_unit_test(a_call_to_a_port_that_is_away_is_refused_with_27),
        cmocka_unit_test(a_static_route_over_a_port_that_is_away_gives_way_to_the_next),
        cmocka_unit_test(what_ends_while_a_port_is_away_ends_there_when_it_is_back),
        cmocka_unit_test(what_one_end_lost_in_the_cut_the_audit_finds),
        cmocka_unit_test(a_tree_over_a_trunk_outlives_a_cut_shorter_than_t309),
        cmocka_unit_test(a_trunk_whose_signalling_broke_is_begun_anew_when_it_is_back),
        cmocka_unit_test(a_trunk_is_begun_anew_although_the_far_end_noticed_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
