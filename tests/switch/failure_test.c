/* SPDX-License-Identifier: MIT */
/* What happens to calls when ports go, stop answering, or say nonsense. */
#include "net.h"

static void a_leaf_port_that_goes_takes_its_parties_along_and_no_others(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net_unplug(&net, 2);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 2);
    assert_int_equal(net.users[0].cause, 27);
    assert_int_equal(net_reach(&net, 0), 0x0A);
    assert_int_equal(net_count(&net, 1, UNI_EVENT_RELEASE), 0);
    assert_int_equal(net_count(&net, 3, UNI_EVENT_RELEASE), 0);
    net_add(&net, 0, 2, 2, NULL);
    assert_int_equal(net.users[0].cause, 3); /* its addresses went with it */
    net_end(&net);
}

static void a_root_port_that_goes_releases_every_leaf(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net_unplug(&net, 0);
    net_check_tree_gone(&net);
    net_end(&net);
}

static void a_silent_leaf_port_is_given_up_when_t309_is_over(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net.users[3].plugged = false;
    net_pass(&net, 60000);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 1);
    assert_int_equal(net.users[0].cause, 27);
    assert_int_equal(net_reach(&net, 0), 0x06);
    net_end(&net);
}

static void a_port_that_falls_silent_shortly_keeps_its_parties(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net.users[3].plugged = false;
    net_pass(&net, 4000);
    net.users[3].plugged = true;
    net_pass(&net, 60000);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_DROP_PARTY), 0);
    assert_int_equal(net_count(&net, 3, UNI_EVENT_CLEARED), 0);
    assert_int_equal(net_reach(&net, 0), 0x0E);
    net_end(&net);
}

static void a_port_that_goes_during_setup_is_cause_27(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 2, NULL);
    net.users[1].answer = NET_SILENT;
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    net_unplug(&net, 1);
    assert_int_equal(net.users[0].cause, 27);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 1);
    net_end(&net);
}

static void a_port_number_is_used_again_without_memory_of_the_last(void **state)
{
    (void)state;
    struct net net;
    net_begin_tree(&net);
    net_unplug(&net, 2);
    uint32_t fresh = net_plug(&net, NULL);
    assert_int_equal(net.users[fresh].port, 2);
    net_add(&net, 0, fresh, 0, NULL);
    assert_int_equal(net_count(&net, fresh, UNI_EVENT_SETUP), 1);
    assert_int_equal(net_reach(&net, 0), 0x0E);
    net_end(&net);
}

static void a_tree_of_many_branches_has_one_for_each_port(void **state)
{
    (void)state;
    enum { LEAVES = 20, ALL = (1u << (LEAVES + 1)) - 2 };
    struct net net;
    net_begin(&net, LEAVES + 1, NULL);
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    for (uint32_t leaf = 2; leaf <= LEAVES; leaf++)
        net_add(&net, 0, leaf, 0, NULL);
    for (uint32_t leaf = LEAVES; leaf > 0; leaf--)
        net_add(&net, 0, leaf, 1, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 2 * LEAVES - 1);
    assert_int_equal(net_reach(&net, 0), ALL);
    for (uint32_t leaf = 1; leaf <= LEAVES; leaf++) {
        assert_int_equal(net_count(&net, leaf, UNI_EVENT_SETUP), 1);
        assert_int_equal(net_count(&net, leaf, UNI_EVENT_ADD_PARTY), 1);
    }
    for (uint32_t leaf = 3; leaf <= LEAVES; leaf += 3)
        net_release(&net, leaf, NULL);
    for (uint32_t leaf = 3; leaf <= LEAVES; leaf += 3)
        net_add(&net, 0, leaf, 2, NULL);
    assert_int_equal(net_reach(&net, 0), ALL);
    net_unplug(&net, 5);
    assert_int_equal(net_reach(&net, 0), ALL & ~(1u << 5));
    net_add(&net, 0, 6, 3, NULL);
    assert_int_equal(net_reach(&net, 0), ALL & ~(1u << 5));
    net_end(&net);
}

static void random_octets_on_one_port_do_not_disturb_the_others(void **state)
{
    (void)state;
    struct net net;
    uint64_t random = 88172645463325252u;
    net_begin_tree(&net);
    uint32_t hostile = net_plug(&net, NULL);
    for (int i = 0; i < 20000; i++) {
        uint8_t octets[64];
        for (size_t at = 0; at < sizeof octets; at++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            octets[at] = (uint8_t)random;
        }
        octets[(random >> 8) % 4 * 4 + 3] &= 0x0F;
        switch_feed(net.core, net.now_ms, net.users[hostile].port, octets,
                    (random >> 16) % sizeof octets / 4 * 4);
        net_run(&net);
    }
    assert_int_equal(net_reach(&net, 0), 0x0E);
    net_add(&net, 0, 1, 7, NULL);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ADD_PARTY_ACK), 4);
    net_end(&net);
}

static void random_joins_and_leaves_end_where_they_should(void **state)
{
    (void)state;
    struct net net;
    uint32_t random = 12345;
    uint16_t parties[4][8];
    bool in[4][8] = {{false}};
    net_begin(&net, 5, NULL);
    net_setup(&net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    for (int i = 0; i < 4000; i++) {
        random = random * 1103515245u + 12345u;
        uint32_t leaf = random >> 16 & 3;
        uint32_t which = random >> 20 & 7;
        if (in[leaf][which])
            net_drop(&net, 0, parties[leaf][which], NULL);
        else
            parties[leaf][which] = net_add(&net, 0, 1 + leaf, 1 + which, NULL);
        in[leaf][which] = !in[leaf][which];
        uint32_t expected = 1u << 1;
        for (uint32_t a = 0; a < 4; a++)
            for (uint32_t b = 0; b < 8; b++)
                expected |= in[a][b] ? 2u << a : 0;
        assert_int_equal(net_reach(&net, 0), expected);
    }
    net_end(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leaf_port_that_goes_takes_its_parties_along_and_no_others),
        cmocka_unit_test(a_root_port_that_goes_releases_every_leaf),
        cmocka_unit_test(a_silent_leaf_port_is_given_up_when_t309_is_over),
        cmocka_unit_test(a_port_that_falls_silent_shortly_keeps_its_parties),
        cmocka_unit_test(a_port_that_goes_during_setup_is_cause_27),
        cmocka_unit_test(a_port_number_is_used_again_without_memory_of_the_last),
        cmocka_unit_test(a_tree_of_many_branches_has_one_for_each_port),
        cmocka_unit_test(random_octets_on_one_port_do_not_disturb_the_others),
        cmocka_unit_test(random_joins_and_leaves_end_where_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
