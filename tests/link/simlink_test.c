/* SPDX-License-Identifier: MIT */
/* Links over a simulated wire: order, delay, batches, back-pressure, cuts, partitions, the end of
 * one side; in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "far.h"
#include "link/simlink.h"

static struct exec_world *world;
static struct exec *host[2];
static struct far far[2];

static void run(void)
{
    assert_int_equal(exec_run_until_idle(world, EXEC_FOREVER), EXEC_IDLE);
}

static void far_open(int i)
{
    struct link_options options = far_options(&far[i], host[i]);
    far[i].link = simlink_open(&options, "wire");
    assert_non_null(far[i].link);
}

static int world_begin(void **state)
{
    (void)state;
    world = exec_world_create(&(struct exec_world_options){.kind = EXEC_SIMULATED, .seed = 5});
    assert_non_null(world);
    memset(far, 0, sizeof(far));
    for (uint32_t i = 0; i < 2; i++) {
        host[i] = exec_create(world, &(struct exec_options){.name = i ? "b" : "a", .index = i});
        assert_non_null(host[i]);
    }
    assert_non_null(exec_attach(host[0], 0));
    return 0;
}

static int world_end(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        if (far[i].link)
            link_close(far[i].link);
    run();
    for (int i = 0; i < 2; i++)
        assert_null(far[i].link);
    simlink_forget_world(world);
    assert_null(world->slots[1]);
    exec_destroy(host[1]);
    exec_detach();
    exec_destroy(host[0]);
    exec_world_destroy(world);
    return 0;
}

static void both_open(const struct simlink_shape *shape)
{
    if (shape)
        assert_true(simlink_set_shape(world, "wire", shape));
    far_open(0);
    far_open(1);
    run();
    assert_int_equal(far[0].ups, 1);
    assert_int_equal(far[1].ups, 1);
}

static void an_end_is_up_when_both_are_there(void **state)
{
    (void)state;
    far_open(0);
    run();
    assert_int_equal(far[0].ups, 0);
    assert_false(link_is_up(far[0].link));
    far_open(1);
    run();
    assert_int_equal(far[0].ups, 1);
    assert_int_equal(far[1].ups, 1);
    struct far third = {.keep = false};
    struct link_options options = far_options(&third, host[0]);
    assert_null(simlink_open(&options, "wire"));
    assert_null(simlink_open(&options, ""));
}

static void frames_of_all_sizes_arrive_in_order_wherever_reads_end(void **state)
{
    (void)state;
    both_open(&(struct simlink_shape){
        .delay_100ns = 3 * EXEC_MS, .jitter_100ns = 9 * EXEC_MS, .split = true});
    far[1].echo = true;
    uint64_t begin = exec_now(world);
    static const uint32_t sizes[] = {0, 1, 7, 8, 9, 48, 4096, 65535, 3, 60000, 60000};
    for (uint16_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        far_send(&far[0], (uint16_t)(100 + i), sizes[i], 1000u + i);
    run();
    assert_int_equal(far[1].received, 11);
    assert_int_equal(far[1].last_vci, 110);
    assert_true(far[1].last_at >= begin + 3 * EXEC_MS);
    assert_int_equal(far[0].sent, 11);
    assert_int_equal(far[0].received, 11);
    assert_int_equal(far[0].last_vci, 111);
    assert_int_equal(far[1].sent, 11);
}

static void many_frames_go_in_one_write(void **state)
{
    (void)state;
    both_open(NULL);
    exec_set_irql(EXEC_DISPATCH); /* keeps the link from running in between */
    for (int i = 0; i < 100; i++)
        far_send(&far[0], 40, 30, 64);
    exec_set_irql(EXEC_PASSIVE);
    run();
    struct link_statistics statistics;
    link_statistics_read(far[0].link, &statistics);
    assert_int_equal(far[1].received, 100);
    assert_int_equal(statistics.frames_out, 100);
    assert_int_equal(statistics.bytes_out, 3000);
    assert_int_equal(statistics.writes, 1);
}

static void a_link_that_is_down_gives_frames_back(void **state)
{
    (void)state;
    far_open(0);
    far_send(&far[0], 40, 10, 10);
    run();
    assert_int_equal(far[0].failed, 1);
    assert_int_equal(far[0].sent, 0);
}

static void kept_frames_stop_the_reader_and_so_the_sender(void **state)
{
    (void)state;
    far[1].keep = true;
    struct link_options options = far_options(&far[1], host[1]);
    options.block_count_max = 2;
    far[1].link = simlink_open(&options, "wire");
    far_open(0);
    run();
    for (int i = 0; i < 100; i++)
        far_send(&far[0], 40, 10000, 5000);
    run();
    struct link_statistics statistics;
    link_statistics_read(far[1].link, &statistics);
    assert_int_equal(statistics.stalls, 1);
    assert_int_equal(far[1].received, 26); /* of 10008 octets in two blocks of 128 KiB */
    assert_true(far[0].sent < 60);
    far[1].keep = false;
    for (unsigned i = 0; i < far[1].kept_count; i++)
        atmtcp_view_release(&far[1].kept[i]);
    run();
    assert_int_equal(far[1].received, 100);
    assert_int_equal(far[0].sent, 100);
}

static void a_link_may_close_while_it_is_stalled_and_frames_are_kept(void **state)
{
    (void)state;
    far[1].keep = true;
    struct link_options options = far_options(&far[1], host[1]);
    options.block_count_max = 2;
    far[1].link = simlink_open(&options, "wire");
    far_open(0);
    run();
    for (int i = 0; i < 100; i++)
        far_send(&far[0], 40, 10000, 5000);
    run();
    link_close(far[1].link);
    run();
    assert_int_equal(far[1].closed, 1);
    assert_int_equal(far[0].downs, 1);
    assert_int_equal(far[0].sent + far[0].failed, 100);
    static uint8_t copy[10000];
    for (unsigned i = 0; i < far[1].kept_count; i++) {
        assert_int_equal(atmtcp_view_copy(&far[1].kept[i], copy, sizeof(copy)), 10000);
        assert_int_equal(copy[9999], far_octet(40, 9999));
        atmtcp_view_release(&far[1].kept[i]);
    }
}

static void a_cut_is_told_to_both_and_mended_later(void **state)
{
    (void)state;
    both_open(&(struct simlink_shape){.delay_100ns = 5 * EXEC_MS});
    far_send(&far[0], 40, 10, 10);
    assert_int_equal(exec_run_until_idle(world, EXEC_MS), EXEC_TIME_LIMIT);
    assert_true(simlink_set_cut(world, "wire", true));
    run();
    assert_int_equal(far[0].downs, 1);
    assert_int_equal(far[1].downs, 1);
    assert_int_equal(far[1].received, 0);
    far_send(&far[0], 40, 10, 10);
    run();
    assert_int_equal(far[0].failed, 1);
    assert_true(simlink_set_cut(world, "wire", false));
    run();
    assert_int_equal(far[0].ups, 2);
    assert_int_equal(far[1].ups, 2);
    far_send(&far[0], 41, 10, 10);
    run();
    assert_int_equal(far[1].received, 1);
    assert_int_equal(far[1].last_vci, 41);
}

static void a_partition_is_told_to_nobody_and_loses_nothing(void **state)
{
    (void)state;
    both_open(NULL);
    assert_true(simlink_set_partition(world, "wire", true));
    for (uint16_t i = 0; i < 100; i++)
        far_send(&far[0], (uint16_t)(40 + i), 10000, 10000);
    run();
    assert_int_equal(far[1].received, 0);
    assert_int_equal(far[0].downs, 0);
    assert_true(far[0].sent > 0);
    assert_true(far[0].sent < 30); /* the window is full */
    assert_true(simlink_set_partition(world, "wire", false));
    run();
    assert_int_equal(far[1].received, 100);
    assert_int_equal(far[0].sent, 100);
}

static void an_end_that_closes_lets_its_last_words_arrive(void **state)
{
    (void)state;
    both_open(&(struct simlink_shape){.delay_100ns = 5 * EXEC_MS});
    far_send(&far[0], 40, 10, 10);
    assert_int_equal(exec_run_until_idle(world, EXEC_MS), EXEC_TIME_LIMIT);
    assert_int_equal(far[0].sent, 1);
    link_close(far[0].link);
    run();
    assert_int_equal(far[0].closed, 1);
    assert_int_equal(far[1].received, 1);
    assert_int_equal(far[1].downs, 1);
    far_open(0); /* another takes its place */
    run();
    assert_int_equal(far[1].ups, 2);
    assert_int_equal(far[0].ups, 2);
}

static void a_link_that_its_owner_cuts_comes_again(void **state)
{
    (void)state;
    both_open(NULL);
    link_cut(far[0].link);
    run();
    assert_int_equal(far[0].ups, 2);
    assert_int_equal(far[1].ups, 2);
}

static unsigned failed_before;

static void on_item(struct exec_item *item)
{
    (void)item;
    failed_before = far[0].failed;
}

static void who_sends_anew_from_each_end_leaves_others_their_turn(void **state)
{
    (void)state;
    far_open(0); /* it stays down, so each frame ends at once */
    run();
    far[0].again_count = 10000;
    struct exec_item item = {.run = on_item};
    exec_set_irql(EXEC_DISPATCH);
    far_send(&far[0], 32, 10, 10);
    exec_post(host[0], 0, &item); /* behind the link's own */
    exec_set_irql(EXEC_PASSIVE);
    run();
    assert_int_equal(far[0].failed, 10001);
    assert_true(failed_before > 0);
    assert_true(failed_before < 1000);
}

static void control_text_is_counted_and_not_delivered(void **state)
{
    (void)state;
    both_open(NULL);
    link_send_control(far[0].link, &(struct atmtcp_control){ATMTCP_CONTROL_OPEN, 0, 100});
    run();
    link_send_control(far[0].link, &(struct atmtcp_control){ATMTCP_CONTROL_CLOSE, 0, 100});
    run();
    struct link_statistics statistics;
    link_statistics_read(far[1].link, &statistics);
    assert_int_equal(statistics.controls_in, 2);
    assert_int_equal(statistics.controls_unknown, 0);
    assert_int_equal(statistics.frames_in, 0);
    assert_int_equal(far[1].received, 0);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(an_end_is_up_when_both_are_there),
        WORLD_TEST(frames_of_all_sizes_arrive_in_order_wherever_reads_end),
        WORLD_TEST(many_frames_go_in_one_write),
        WORLD_TEST(a_link_that_is_down_gives_frames_back),
        WORLD_TEST(kept_frames_stop_the_reader_and_so_the_sender),
        WORLD_TEST(a_link_may_close_while_it_is_stalled_and_frames_are_kept),
        WORLD_TEST(a_cut_is_told_to_both_and_mended_later),
        WORLD_TEST(a_partition_is_told_to_nobody_and_loses_nothing),
        WORLD_TEST(an_end_that_closes_lets_its_last_words_arrive),
        WORLD_TEST(a_link_that_its_owner_cuts_comes_again),
        WORLD_TEST(who_sends_anew_from_each_end_leaves_others_their_turn),
        WORLD_TEST(control_text_is_counted_and_not_delivered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
