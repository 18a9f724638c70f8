/* SPDX-License-Identifier: MIT */
/* Two switches, joined by a trunk: network side to network side. */
#include "net.h"

static struct net near;
static struct net far;

static int join_two(void **state)
{
    (void)state;
    net_begin(&near, 3, NULL);
    net_begin(&far, 3, NULL);
    net_join(&near, &far);
    return 0;
}

static int end_two(void **state)
{
    (void)state;
    net_end(&near);
    net_end(&far);
    return 0;
}

static void a_call_crosses_a_trunk_either_way(void **state)
{
    (void)state;
    net_setup(&near, &(struct net_call){.from = 0, .to = NET_FAR + 1, .text = "over there"});
    assert_int_equal(net_count(&near, 0, UNI_EVENT_CONNECT), 1);
    assert_string_equal(far.users[1].setup_text, "over there");
    net_setup(&far, &(struct net_call){.from = 2, .to = 1});
    assert_int_equal(net_count(&far, 2, UNI_EVENT_CONNECT), 1);
    assert_int_equal(net_count(&near, 1, UNI_EVENT_SETUP), 1);
    net_release(&far, 1, "from afar");
    assert_string_equal(near.users[0].text, "from afar");
    net_release(&far, 2, NULL);
    assert_int_equal(switch_call_count(near.core), 0);
    assert_int_equal(switch_call_count(far.core), 0);
}

static void a_tree_spans_two_switches_with_one_copy_on_the_trunk(void **state)
{
    (void)state;
    net_setup(&near, &(struct net_call){.from = 0, .to = NET_FAR, .multipoint = true});
    net_add(&near, 0, NET_FAR + 1, 0, NULL);
    uint16_t party = net_add(&near, 0, NET_FAR + 2, 0, NULL);
    net_add(&near, 0, 1, 0, NULL);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_ADD_PARTY_ACK), 3);
    assert_int_equal(net_reach(&near, 0), 1u << 1 | 1u << near.trunk_port);
    const struct switch_tree *tree = switch_forward(near.core, 0, 0, near.users[0].vci);
    uint16_t vci = tree->hops[0].port == near.trunk_port ? tree->hops[0].vci : tree->hops[1].vci;
    assert_int_equal(switch_forward(far.core, far.trunk_port, 0, vci)->hop_count, 3);
    net_drop(&near, 0, party, "only you");
    assert_string_equal(far.users[2].text, "only you");
    assert_int_equal(switch_forward(far.core, far.trunk_port, 0, vci)->hop_count, 2);
    net_release(&far, 0, "me too");
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 1);
    assert_string_equal(near.users[0].text, "me too");
    net_release(&far, 1, NULL);
    assert_int_equal(net_reach(&near, 0), 1u << 1);
}

static void a_trunk_that_goes_takes_only_what_crossed_it(void **state)
{
    (void)state;
    net_setup(&near, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    net_add(&near, 0, NET_FAR, 0, NULL);
    net_add(&near, 0, NET_FAR + 1, 0, NULL);
    assert_int_equal(switch_port_remove(near.core, near.now_ms, near.trunk_port), SWITCH_OK);
    assert_int_equal(switch_port_remove(far.core, near.now_ms, far.trunk_port), SWITCH_OK);
    net_run(&near);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 2);
    assert_int_equal(near.users[0].cause, 27);
    assert_int_equal(net_count(&far, 0, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net_count(&far, 1, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net_reach(&near, 0), 1u << 1);
}

/* The last leaf behind the trunk hangs up; the far end's RELEASE is lost and sent again later, so
 * that the ADD PARTY for another leaf there comes to a branch that is being released. */
static void a_party_whose_add_crosses_a_release_on_the_trunk_is_called_anew(void **state)
{
    (void)state;
    net_setup(&near, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    net_add(&near, 0, NET_FAR, 0, NULL);
    far.trunk_cut = true;
    net_release(&far, 0, "bye");
    net_add(&near, 0, NET_FAR + 1, 0, NULL);
    assert_int_equal(net_count(&far, 1, UNI_EVENT_SETUP), 0);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 0);
    far.trunk_cut = false;
    net_pass(&near, 5000);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_DROP_PARTY), 1);
    assert_string_equal(near.users[0].text, "bye");
    assert_int_equal(net_count(&near, 0, UNI_EVENT_ADD_PARTY_REJECT), 0);
    assert_int_equal(net_count(&near, 0, UNI_EVENT_ADD_PARTY_ACK), 2);
    assert_int_equal(net_count(&far, 1, UNI_EVENT_SETUP), 1);
    assert_int_equal(net_reach(&near, 0), 1u << 1 | 1u << near.trunk_port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_crosses_a_trunk_either_way, join_two, end_two),
        cmocka_unit_test_setup_teardown(a_tree_spans_two_switches_with_one_copy_on_the_trunk,
                                        join_two, end_two),
        cmocka_unit_test_setup_teardown(a_trunk_that_goes_takes_only_what_crossed_it, join_two,
                                        end_two),
        cmocka_unit_test_setup_teardown(
            a_party_whose_add_crosses_a_release_on_the_trunk_is_called_anew, join_two, end_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
