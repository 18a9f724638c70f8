/* SPDX-License-Identifier: MIT */
/* Two ends and a wire that loses, doubles and reorders, under seeds. The pair asserts on every
 * delivery that it is in order and not the second one. */
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SEED_COUNT = 60, SDU_COUNT = 600 };

/* Both ends send in bursts of random size. */
static void traffic_run(struct pair *pair, uint32_t sdu_count)
{
    for (uint32_t left = sdu_count; left > 0;) {
        uint32_t burst = 1 + pair_random(pair, 60);
        burst = burst < left ? burst : left;
        for (uint32_t i = 0; i < burst; i++) {
            pair_send(pair, 0);
            if (i % 3 == 0)
                pair_send(pair, 1);
        }
        left -= burst;
        pair_run(pair, pair->now_ms + pair_random(pair, 400));
    }
}

static void assert_all_came(const struct pair *pair)
{
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pair->end[i].delivered, pair->end[!i].asked);
        assert_int_equal(pair->end[i].skipped, 0);
        assert_int_equal(pair->end[i].epochs, 0);
        assert_int_equal(pair->end[i].released, 0);
        assert_int_equal(sscop_backlog_count(pair->end[i].sscop), 0);
    }
}

static void on_a_wire_that_loses_everything_comes_once_and_in_order(void **state)
{
    (void)state;
    uint64_t again_count = 0;
    for (uint64_t seed = 1; seed <= SEED_COUNT; seed++) {
        struct pair pair;
        pair_begin(&pair, seed, NULL);
        pair_connect(&pair);
        pair.lost = 20 * (uint32_t)(seed % 6);
        pair.delay_ms = (uint32_t)(seed % 4) * 10;
        traffic_run(&pair, SDU_COUNT);
        pair.lost = 0;
        pair_run(&pair, pair.now_ms + 60000);
        assert_all_came(&pair);
        again_count += sscop_counters_of(pair.end[0].sscop)->sds_again;
        pair_end(&pair);
    }
    assert_true(again_count > 1000);
}

static void losses_around_the_wrap_of_the_numbers_are_made_good(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEED_COUNT; seed++) {
        struct pair pair;
        pair_begin(&pair, seed, NULL);
        pair_connect(&pair);
        pair_run(&pair, pair.now_ms + 5000);
        uint32_t there = SSCOP_NUMBER_MAX - pair_random(&pair, SDU_COUNT / 2);
        uint32_t back = SSCOP_NUMBER_MAX - pair_random(&pair, SDU_COUNT / 6);
        sscop_numbers_set(pair.end[0].sscop, there, back, SSCOP_NUMBER_MAX - 10);
        sscop_numbers_set(pair.end[1].sscop, back, there, SSCOP_NUMBER_MAX - 3);
        pair.lost = 20 * (uint32_t)(seed % 6);
        traffic_run(&pair, SDU_COUNT);
        pair.lost = 0;
        pair_run(&pair, pair.now_ms + 60000);
        assert_all_came(&pair);
        assert_true(pair.end[0].sscop->vt_s < SDU_COUNT);
        assert_true(pair.end[1].sscop->vt_s < SDU_COUNT);
        assert_true(pair.end[0].sscop->vt_ps < SSCOP_NUMBER_MAX - 10);
        pair_end(&pair);
    }
}

/* A VC keeps order. Where one does not, SSCOP finds its peer's numbers impossible and recovers, at
 * the price of SDUs; but what it delivers stays in order and single. */
static void on_a_wire_that_doubles_and_reorders_nothing_comes_twice(void **state)
{
    (void)state;
    uint32_t recovered_count = 0;
    for (uint64_t seed = 1; seed <= SEED_COUNT; seed++) {
        struct pair pair;
        pair_begin(&pair, seed, NULL);
        pair_connect(&pair);
        pair.lost = 10 * (uint32_t)(seed % 4);
        pair.doubled = 10 * (uint32_t)(seed % 3);
        pair.overtaken = 10 * (uint32_t)(seed % 5);
        traffic_run(&pair, SDU_COUNT);
        pair.lost = pair.doubled = pair.overtaken = 0;
        pair_run(&pair, pair.now_ms + 60000);
        uint32_t epochs = pair.end[0].epochs + pair.end[1].epochs;
        recovered_count += epochs;
        if (epochs == 0 && pair.end[0].released == 0)
            assert_all_came(&pair);
        for (int i = 0; i < 2; i++)
            assert_true(pair.end[i].delivered + pair.end[i].skipped <= pair.end[!i].asked);
        if (sscop_state_of(pair.end[0].sscop) == SSCOP_READY) {
            /* Once the wire is good, all that is asked for comes. */
            uint32_t delivered = pair.end[1].delivered;
            for (int i = 0; i < 100; i++)
                assert_int_equal(pair_send(&pair, 0), SAAL_OK);
            pair_run(&pair, pair.now_ms + 10000);
            assert_int_equal(pair.end[1].delivered, delivered + 100);
        }
        pair_end(&pair);
    }
    assert_true(recovered_count > 10);
}

static void connections_come_and_go_on_a_wire_that_loses(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEED_COUNT; seed++) {
        struct pair pair;
        pair_begin(&pair, seed, NULL);
        pair.lost = 150;
        for (int round = 0; round < 20; round++) {
            static const enum sscop_request requests[] = {
                SSCOP_ESTABLISH_REQUEST, SSCOP_RESYNC_REQUEST, SSCOP_RELEASE_REQUEST};
            struct sscop *s = pair.end[pair_random(&pair, 2)].sscop;
            sscop_request(s, pair.now_ms, requests[pair_random(&pair, 3)], NULL, 0);
            for (uint32_t i = pair_random(&pair, 30); i > 0; i--)
                pair_send(&pair, (int)pair_random(&pair, 2));
            pair_run(&pair, pair.now_ms + pair_random(&pair, 3000));
        }
        pair.lost = 0;
        pair_run(&pair, pair.now_ms + 60000);
        for (int i = 0; i < 2; i++)
            assert_true(sscop_state_of(pair.end[i].sscop) == SSCOP_IDLE ||
                        sscop_state_of(pair.end[i].sscop) == SSCOP_READY);
        assert_int_equal(sscop_state_of(pair.end[0].sscop), sscop_state_of(pair.end[1].sscop));
        pair_end(&pair);
    }
}

static void the_same_seed_gives_the_same_run(void **state)
{
    (void)state;
    struct sscop_counters counters[2];
    for (int i = 0; i < 2; i++) {
        struct pair pair;
        pair_begin(&pair, 4411, NULL);
        pair_connect(&pair);
        pair.lost = pair.doubled = pair.overtaken = 30;
        traffic_run(&pair, SDU_COUNT);
        counters[i] = *sscop_counters_of(pair.end[0].sscop);
        pair_end(&pair);
    }
    assert_memory_equal(&counters[0], &counters[1], sizeof counters[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_a_wire_that_loses_everything_comes_once_and_in_order),
        cmocka_unit_test(losses_around_the_wrap_of_the_numbers_are_made_good),
        cmocka_unit_test(on_a_wire_that_doubles_and_reorders_nothing_comes_twice),
        cmocka_unit_test(connections_come_and_go_on_a_wire_that_loses),
        cmocka_unit_test(the_same_seed_gives_the_same_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
