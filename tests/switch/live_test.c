/* SPDX-License-Identifier: MIT */
/* A switch as a process: calls, data, slow leaves, trunks. */
#include "rig.h"

enum { FRAMES = 300, MANY_FRAMES = 6000, QUEUE_BYTES = 1 << 20 };

static const struct condis_switch_options small_queue = {.queue_bytes_max = QUEUE_BYTES};

static void assert_ended_in_order(const struct rig *rig)
{
    for (int i = 0; i < RIG_HOSTS; i++) {
        assert_true(rig->hosts[i].cleared);
        assert_int_equal(rig->hosts[i].cause, 38);
    }
}

static bool all_cleared(const struct rig *rig)
{
    bool all = true;

    for (int i = 0; i < RIG_HOSTS; i++)
        all &= rig->hosts[i].cleared;
    return all;
}

static void a_stream_reaches_every_leaf_and_sigterm_releases_the_call(void **state)
{
    (void)state;
    static struct rig rig;
    static char line[65536];

    rig_begin(&rig, &small_queue);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    assert_int_equal(kill(rig.child.pid, SIGUSR1), 0);
    assert_non_null(fgets(line, sizeof line, rig.child.status));
    assert_non_null(strstr(line, "\"prefix\":\"@d\""));
    assert_non_null(strstr(line, "\"parties\":3"));
    assert_non_null(strstr(line, "\"frames\":300,\"dropped\":0"));
    rig_terminate(&rig);
    rig_until(&rig, all_cleared);
    assert_ended_in_order(&rig);
    rig_end(&rig);
}

/* Counts the branches of a status line that lost frames, and those that lost none. */
static void count_branches(const char *line, int *losing, int *whole)
{
    *losing = *whole = 0;
    for (const char *at = strstr(line, "\"calls\":[{"); at && (at = strstr(at, "\"dropped\":"));
         at += 10)
        ++*(atoi(at + 10) > 0 ? losing : whole);
}

static void a_leaf_that_does_not_read_loses_its_own_frames_and_no_others(void **state)
{
    (void)state;
    static struct rig rig;
    static char line[65536];
    int losing;
    int whole;

    rig_begin(&rig, &small_queue);
    rig_call(&rig);
    rig.hosts[RIG_HOSTS - 1].deaf = true;
    rig_stream(&rig, MANY_FRAMES);
    assert_int_equal(kill(rig.child.pid, SIGUSR1), 0);
    assert_non_null(fgets(line, sizeof line, rig.child.status));
    count_branches(line, &losing, &whole);
    assert_int_equal(losing, 1);
    assert_int_equal(whole, RIG_HOSTS - 2);
    host_cut(&rig.hosts[RIG_HOSTS - 1]);
    rig_end(&rig);
}

static void a_stream_crosses_a_trunk_and_so_does_its_end(void **state)
{
    (void)state;
    static struct rig rig;

    rig_begin_two(&rig, NULL, NULL);
    rig_call(&rig);
    rig_stream(&rig, FRAMES);
    rig_terminate(&rig);
    rig_until(&rig, all_cleared);
    assert_ended_in_order(&rig);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_reaches_every_leaf_and_sigterm_releases_the_call),
        cmocka_unit_test(a_leaf_that_does_not_read_loses_its_own_frames_and_no_others),
        cmocka_unit_test(a_stream_crosses_a_trunk_and_so_does_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
