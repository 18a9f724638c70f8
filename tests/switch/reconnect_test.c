/* SPDX-License-Identifier: MIT */
/* Connections that are lost, with a switch as a process: who comes back, and who does not. */
#include "rig.h"

#include "support/relay.h"

enum { FRAMES = 100, LONG_MS = 120000, SHORT_MS = 2000 };

/* No cut of these tests is longer, however slow the machine; or each is. */
static const struct condis_switch_options patient = {.t309_ms = LONG_MS};
static const struct condis_switch_options impatient = {.t309_ms = SHORT_MS};

static void cut_and_mend(struct rig *rig, struct host *host)
{
    host_cut(host);
    rig_until_said(rig, &rig->child, "; its calls wait");
    host_connect(host, rig->child.port);
    rig_until_said(rig, &rig->child, ", up again");
    rig_until(rig, rig_linked);
}

static void assert_nobody_heard_of_it(const struct rig *rig)
{
    assert_int_equal(rig->hosts[0].dropped, 0);
    for (int i = 0; i < RIG_HOSTS; i++) {
        assert_false(rig->hosts[i].cleared);
        assert_int_equal(rig->hosts[i].cause, 0);
    }
}

static void whoever_connects_again_is_in_the_call_and_frames_flow(void **state)
{
    (void)state;
    static struct rig rig;

    rig_begin(&rig, &patient);
    rig_call(&rig);
    for (uint32_t i = 0; i < RIG_HOSTS; i++) {
        rig_stream(&rig, (i + 1) * FRAMES);
        cut_and_mend(&rig, &rig.hosts[i]);
        assert_nobody_heard_of_it(&rig);
    }
    rig_stream(&rig, (RIG_HOSTS + 1) * FRAMES);
    assert_nobody_heard_of_it(&rig);
    rig_end(&rig);
}

static bool root_lost_one(const struct rig *rig)
{
    return rig->hosts[0].dropped == 1;
}

static bool first_two_cleared(const struct rig *rig)
{
    return rig->hosts[1].cleared && rig->hosts[2].cleared;
}

static void who_stays_away_is_given_up_and_the_others_go_on(void **state)
{
    (void)state;
    static struct rig rig;

    rig_begin(&rig, &impatient);
    rig_call(&rig);
    host_cut(&rig.hosts[3]);
    rig_until(&rig, root_lost_one);
    assert_int_equal(rig.hosts[0].cause, 27);
    rig_until_said(&rig, &rig.child, "given up");
    rig_stream(&rig, FRAMES);
    host_cut(&rig.hosts[0]);
    rig_until(&rig, first_two_cleared);
    assert_int_equal(rig.hosts[1].cause, 27);
    assert_int_equal(rig.hosts[2].cause, 27);
    rig_until_said(&rig, &rig.child, "given up");
    rig_end(&rig);
}

static bool root_has_three_more(const struct rig *rig)
{
    return rig->hosts[0].joined == 3;
}

/* It has another name than before, and the same address. */
static void the_port_of_a_host_that_began_anew_waits_no_longer(void **state)
{
    (void)state;
    static struct rig rig;
    const struct host *leaf = &rig.hosts[2];

    rig_begin(&rig, &patient);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    host_end(&rig.hosts[2]);
    rig_until_said(&rig, &rig.child, "; its calls wait");
    const struct host_options again = {.port = rig.child.port, .id = 42, .letter = 'c'};
    host_begin(&rig.hosts[2], &again);
    rig_until_said(&rig, &rig.child, "given up: its address is at port 4");
    rig_until(&rig, root_lost_one);
    assert_int_equal(rig.hosts[0].cause, 27);
    rig_until(&rig, rig_linked);
    rig.hosts[2].received = rig.sent; /* before it is in */
    rig_add(&rig, leaf);
    rig_until(&rig, root_has_three_more);
    rig_stream(&rig, 2 * FRAMES);
    rig_end(&rig);
}

static void a_connection_whose_end_got_lost_gives_way_to_the_next(void **state)
{
    (void)state;
    static struct rig rig;

    rig_begin(&rig, &patient);
    struct relay *relay = relay_begin(rig.child.port);
    assert_non_null(relay);
    host_cut(&rig.hosts[1]); /* before there is a call */
    rig_until_said(&rig, &rig.child, "down: ");
    host_connect(&rig.hosts[1], relay_port(relay));
    rig_until_said(&rig, &rig.child, ", up");
    rig_until(&rig, rig_registered);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    relay_strand(relay);
    host_cut(&rig.hosts[1]);
    host_connect(&rig.hosts[1], relay_port(relay));
    rig_until_said(&rig, &rig.child, "another connection took its place");
    rig_until_said(&rig, &rig.child, ", up again");
    rig_until(&rig, rig_linked);
    rig_stream(&rig, 2 * FRAMES);
    assert_nobody_heard_of_it(&rig);
    rig_end(&rig);
    relay_end(relay);
}

static bool fifth_linked(const struct rig *rig)
{
    return rig->hosts[4].linked;
}

static void nobody_takes_the_place_of_a_host_that_is_there(void **state)
{
    (void)state;
    static struct rig rig;
    struct host *thief = &rig.hosts[4];

    rig_begin(&rig, &patient);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    host_begin(thief, &(struct host_options){.port = rig.child.port, .id = 2, .letter = 'x'});
    rig_until_said(&rig, &rig.child, "bears the name of port 2, which is there");
    rig_until(&rig, fifth_linked);
    rig_stream(&rig, 2 * FRAMES);
    host_cut(thief);
    rig_until_said(&rig, &rig.child, "down: ");
    cut_and_mend(&rig, &rig.hosts[2]); /* the name is its own still */
    rig_stream(&rig, 3 * FRAMES);
    assert_nobody_heard_of_it(&rig);
    rig_end(&rig);
}

static void a_host_without_a_name_has_a_port_and_loses_it_with_its_connection(void **state)
{
    (void)state;
    static struct rig rig;
    struct host *mute = &rig.hosts[4];
    const struct condis_switch_route to_mute = {
        .prefix = {0x49, 1, 'x'}, .digit_count = 6, .port = 4};
    struct condis_switch_options options = patient;

    options.routes = &to_mute;
    options.route_count = 1;
    rig_begin(&rig, &options);
    host_begin(mute, &(struct host_options){rig.child.port, 9, 'x', true});
    rig_until(&rig, fifth_linked); /* after a while: the others have names */
    rig_call(&rig);
    rig_add(&rig, mute);
    rig_until(&rig, root_has_three_more);
    rig_stream(&rig, FRAMES);
    assert_int_equal(mute->received, FRAMES);
    host_cut(mute);
    rig_until(&rig, root_lost_one);
    assert_int_equal(rig.hosts[0].cause, 27);
    rig_end(&rig);
}

static struct relay *trunk_relay;

static uint16_t through_relay(uint16_t port)
{
    trunk_relay = relay_begin(port);
    assert_non_null(trunk_relay);
    return relay_port(trunk_relay);
}

static void a_tree_over_a_trunk_outlives_a_cut(void **state)
{
    (void)state;
    static struct rig rig;

    rig_begin_two(&rig, &patient, through_relay);
    rig_call(&rig);
    for (uint32_t i = 1; i < 4; i++) {
        rig_stream(&rig, i * FRAMES);
        relay_cut(trunk_relay);
        rig_until_said(&rig, &rig.child, "; its calls wait");
        rig_until_said(&rig, &rig.second, "port 0: 127.0.0.1, down: ");
        relay_mend(trunk_relay);
        rig_until_said(&rig, &rig.child, ", up again");
        rig_until_said(&rig, &rig.second, "port 0: 127.0.0.1, up");
        assert_nobody_heard_of_it(&rig);
    }
    rig_stream(&rig, 4 * FRAMES);
    assert_nobody_heard_of_it(&rig);
    rig_end(&rig);
    relay_end(trunk_relay);
}

static bool far_leaves_lost(const struct rig *rig)
{
    return rig->hosts[0].dropped == 2 && rig->hosts[2].cleared && rig->hosts[3].cleared;
}

static void a_trunk_that_stays_away_ends_what_crossed_it_at_both_ends(void **state)
{
    (void)state;
    static struct rig rig;

    rig_begin_two(&rig, &impatient, through_relay);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    relay_cut(trunk_relay);
    rig_until(&rig, far_leaves_lost);
    for (int i = 0; i < RIG_HOSTS; i++)
        assert_int_equal(rig.hosts[i].cause, i == 1 ? 0 : 27);
    assert_false(rig.hosts[1].cleared);
    rig_until_said(&rig, &rig.child, "given up");
    relay_mend(trunk_relay);
    rig_until_said(&rig, &rig.child, "port 0: "); /* the same number, in a new life */
    rig_add(&rig, &rig.hosts[2]);
    rig_until(&rig, root_has_three_more);
    rig_end(&rig);
    relay_end(trunk_relay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_connects_again_is_in_the_call_and_frames_flow),
        cmocka_unit_test(who_stays_away_is_given_up_and_the_others_go_on),
        cmocka_unit_test(the_port_of_a_host_that_began_anew_waits_no_longer),
        cmocka_unit_test(a_connection_whose_end_got_lost_gives_way_to_the_next),
        cmocka_unit_test(nobody_takes_the_place_of_a_host_that_is_there),
        cmocka_unit_test(a_host_without_a_name_has_a_port_and_loses_it_with_its_connection),
        cmocka_unit_test(a_tree_over_a_trunk_outlives_a_cut),
        cmocka_unit_test(a_trunk_that_stays_away_ends_what_crossed_it_at_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
