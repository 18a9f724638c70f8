/* SPDX-License-Identifier: MIT */
/* Point-to-point calls through a switch. */
#include "net.h"

static void a_call_reaches_who_has_the_address_and_is_answered(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 3, NULL);
    strcpy(net.users[2].connect_text, "here");
    net_setup(&net, &(struct net_call){.from = 0, .to = 2, .text = "hello"});
    assert_int_equal(net_count(&net, 2, UNI_EVENT_SETUP), 1);
    assert_string_equal(net.users[2].setup_text, "hello");
    assert_int_equal(net_count(&net, 0, UNI_EVENT_PROCEEDING), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 1);
    assert_string_equal(net.users[0].text, "here");
    assert_int_equal(net_count(&net, 2, UNI_EVENT_CONNECT_ACK), 1);
    assert_int_equal(net_count(&net, 1, UNI_EVENT_SETUP), 0);
    net_end(&net);
}

static void frames_of_a_call_flow_both_ways_on_the_vcis_of_each_port(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 2, NULL);
    net_setup(&net, &(struct net_call){.from = 0, .to = 1});
    assert_int_equal(net_reach(&net, 0), 1u << 1);
    assert_int_equal(net_reach(&net, 1), 1u << 0);
    assert_int_equal(switch_forward(net.core, 0, 0, net.users[0].vci)->hops[0].vci,
                     net.users[1].vci);
    assert_null(switch_forward(net.core, 0, 1, net.users[0].vci));
    assert_null(switch_forward(net.core, 0, 0, (uint16_t)(net.users[0].vci + 1)));
    net_release(&net, 0, NULL);
    assert_null(switch_forward(net.core, 0, 0, net.users[0].vci));
    assert_null(switch_forward(net.core, 1, 0, net.users[1].vci));
    net_end(&net);
}

static void the_close_data_of_a_release_reaches_the_other_end(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 2, NULL);
    for (uint32_t who = 0; who < 2; who++) {
        net_setup(&net, &(struct net_call){.from = 0, .to = 1});
        net_release(&net, who, who ? "from the leaf" : "from the root");
        assert_string_equal(net.users[1 - who].text, who ? "from the leaf" : "from the root");
        assert_int_equal(net.users[1 - who].cause, 16);
        assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), who + 1);
        assert_int_equal(net_count(&net, 1, UNI_EVENT_CLEARED), who + 1);
    }
    net_end(&net);
}

static void a_refusal_comes_back_with_its_cause_and_its_data(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 2, NULL);
    net.users[1].answer = NET_REFUSE;
    strcpy(net.users[1].connect_text, "not now");
    net_setup(&net, &(struct net_call){.from = 0, .to = 1});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 0);
    assert_int_equal(net.users[0].cause, 17);
    assert_string_equal(net.users[0].text, "not now");
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 1);
    net_end(&net);
}

static void an_address_that_nobody_has_is_cause_3(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 2, NULL);
    net_setup(&net, &(struct net_call){.from = 0, .to = 9});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_PROCEEDING), 0);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 1);
    assert_int_equal(net.users[0].cause, 3);
    net_end(&net);
}

static void alerting_is_carried_and_a_silent_end_is_given_up(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 3, NULL);
    net.users[1].answer = NET_ALERT;
    net_setup(&net, &(struct net_call){.from = 0, .to = 1});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_ALERTING), 1);
    net_connect(&net, 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 1);
    net_release(&net, 0, NULL);
    net.users[2].answer = NET_SILENT;
    net_setup(&net, &(struct net_call){.from = 0, .to = 2});
    net_pass(&net, 30000);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CLEARED), 2);
    assert_int_equal(net.users[0].cause, 18);
    net_release(&net, 2, NULL); /* nothing told it that the network gave up (SIG 5.5, T303) */
    net_end(&net);
}

static void a_user_may_call_itself(void **state)
{
    (void)state;
    struct net net;
    net_begin(&net, 1, NULL);
    net_setup(&net, &(struct net_call){.from = 0, .to = 0});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_SETUP), 1);
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 1);
    net_end(&net);
}

static void a_port_promises_no_more_cells_than_it_has(void **state)
{
    (void)state;
    struct net net;
    const struct switch_port_options narrow = {.version = UNI_40, .cell_rate = 1000};
    net_begin(&net, 2, NULL);
    uint32_t thin = net_plug(&net, &narrow);
    net_setup(&net, &(struct net_call){.from = 0, .to = thin, .cells = 600});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 1);
    net_setup(&net, &(struct net_call){.from = 1, .to = thin, .cells = 401});
    assert_int_equal(net_count(&net, 1, UNI_EVENT_CONNECT), 0);
    assert_int_equal(net.users[1].cause, 37);
    net_setup(&net, &(struct net_call){.from = 1, .to = thin, .cells = 400});
    assert_int_equal(net_count(&net, 1, UNI_EVENT_CONNECT), 1);
    net_setup(&net, &(struct net_call){.from = 1, .to = thin});
    assert_int_equal(net_count(&net, 1, UNI_EVENT_CONNECT), 2);
    net_end(&net);
}

static void a_port_takes_no_more_calls_than_its_limit(void **state)
{
    (void)state;
    struct net net;
    const struct switch_port_options few = {.version = UNI_40, .call_count_max = 2};
    net_begin(&net, 2, NULL);
    uint32_t busy = net_plug(&net, &few);
    for (uint32_t i = 0; i < 3; i++)
        net_setup(&net, &(struct net_call){.from = 0, .to = busy});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 2);
    assert_int_equal(net.users[0].cause, 47);
    net_end(&net);
}

static void a_uni_31_end_hears_no_data_and_no_alerting(void **state)
{
    (void)state;
    struct net net;
    const struct switch_port_options old = {.version = UNI_31};
    net_begin(&net, 2, NULL);
    uint32_t aged = net_plug(&net, &old);
    net_setup(&net, &(struct net_call){.from = 0, .to = aged, .text = "hello"});
    assert_int_equal(net_count(&net, 0, UNI_EVENT_CONNECT), 1);
    assert_string_equal(net.users[aged].setup_text, "");
    net_release(&net, 0, "bye");
    assert_int_equal(net_count(&net, aged, UNI_EVENT_CLEARED), 1);
    assert_string_equal(net.users[aged].text, "");
    net.users[1].answer = NET_ALERT;
    net_setup(&net, &(struct net_call){.from = aged, .to = 1});
    assert_int_equal(net_count(&net, aged, UNI_EVENT_ALERTING), 0);
    net_connect(&net, 1);
    assert_int_equal(net_count(&net, aged, UNI_EVENT_CONNECT), 1);
    net_end(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_reaches_who_has_the_address_and_is_answered),
        cmocka_unit_test(frames_of_a_call_flow_both_ways_on_the_vcis_of_each_port),
        cmocka_unit_test(the_close_data_of_a_release_reaches_the_other_end),
        cmocka_unit_test(a_refusal_comes_back_with_its_cause_and_its_data),
        cmocka_unit_test(an_address_that_nobody_has_is_cause_3),
        cmocka_unit_test(alerting_is_carried_and_a_silent_end_is_given_up),
        cmocka_unit_test(a_user_may_call_itself),
        cmocka_unit_test(a_port_promises_no_more_cells_than_it_has),
        cmocka_unit_test(a_port_takes_no_more_calls_than_its_limit),
        cmocka_unit_test(a_uni_31_end_hears_no_data_and_no_alerting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
