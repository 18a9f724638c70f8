/* SPDX-License-Identifier: MIT */
#include "ndis/blockcache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct item {
    struct block block;
    uint64_t carved;
    uint64_t payload[10];
};

static void carve(void *context, struct block *block)
{
    (void)context;
    ((struct item *)(void *)block)->carved = 0xca5;
}

static void begin(struct block_cache *cache)
{
    block_cache_init(cache, &(struct block_cache_options){.block_bytes = sizeof(struct item),
                                                          .head_bytes = sizeof(struct block),
                                                          .carve = carve});
}

static void blocks_are_distinct_aligned_and_carved(void **state)
{
    (void)state;
    struct block_cache cache;
    begin(&cache);
    enum { COUNT = 2000 };
    static struct item *items[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        items[i] = (struct item *)(void *)block_cache_take(&cache, (uint32_t)i % 3);
        assert_non_null(items[i]);
        assert_int_equal((uintptr_t)items[i] % BLOCK_ALIGNMENT, 0);
        assert_int_equal(items[i]->carved, 0xca5);
        items[i]->payload[9] = i;
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(items[i]->payload[9], i);
    assert_int_equal(block_cache_out_count(&cache), COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_false(block_cache_give(&cache, &items[i]->block, (uint32_t)i % 5));
    assert_int_equal(block_cache_out_count(&cache), 0);
    block_cache_fini(&cache);
}

static void what_one_shard_frees_another_one_gets(void **state)
{
    (void)state;
    struct block_cache cache;
    begin(&cache);
    /* A processor that only takes and one that only gives: the memory must stay bounded. */
    for (int round = 0; round < 10000; round++) {
        struct block *block = block_cache_take(&cache, 0);
        assert_non_null(block);
        block_cache_give(&cache, block, 1);
    }
    assert_in_range(cache.block_count, 1, 3 * BLOCK_SHARD_MAX);
    block_cache_fini(&cache);
}

static void a_closed_cache_tells_of_its_last_block_once(void **state)
{
    (void)state;
    struct block_cache cache;
    begin(&cache);
    struct block *one = block_cache_take(&cache, 0);
    struct block *two = block_cache_take(&cache, 1);
    assert_int_equal(block_cache_close(&cache), 2);
    assert_null(block_cache_take(&cache, 0));
    assert_false(block_cache_give(&cache, one, 3));
    assert_true(block_cache_give(&cache, two, 0));
    block_cache_fini(&cache);
}

static bool count_block(void *context, struct block *block)
{
    (void)block;
    return ++*(int *)context < 5;
}

static void a_visit_ends_when_the_visitor_has_seen_enough(void **state)
{
    (void)state;
    struct block_cache cache;
    begin(&cache);
    block_cache_give(&cache, block_cache_take(&cache, 0), 0);
    int count = 0;
    block_cache_visit(&cache, count_block, &count);
    assert_int_equal(count, 5);
    block_cache_fini(&cache);
}

struct race {
    struct block_cache *cache;
    uint32_t shard;
};

static void *take_and_give(void *argument)
{
    struct race *race = argument;
    struct block *held[100];
    for (int round = 0; round < 300; round++) {
        for (int i = 0; i < 100; i++) {
            held[i] = block_cache_take(race->cache, race->shard);
            if (!held[i])
                return NULL;
            ((struct item *)(void *)held[i])->payload[0] = race->shard;
        }
        for (int i = 0; i < 100; i++) {
            if (((struct item *)(void *)held[i])->payload[0] != race->shard)
                return NULL;
            block_cache_give(race->cache, held[i], race->shard + (uint32_t)i % 2);
        }
    }
    return argument;
}

static void two_threads_never_get_the_same_block(void **state)
{
    (void)state;
    struct block_cache cache;
    begin(&cache);
    struct race races[2] = {{&cache, 0}, {&cache, 1}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &races[i]), 0);
    for (int i = 0; i < 2; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
    assert_int_equal(block_cache_out_count(&cache), 0);
    block_cache_fini(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_distinct_aligned_and_carved),
        cmocka_unit_test(what_one_shard_frees_another_one_gets),
        cmocka_unit_test(a_closed_cache_tells_of_its_last_block_once),
        cmocka_unit_test(a_visit_ends_when_the_visitor_has_seen_enough),
        cmocka_unit_test(two_threads_never_get_the_same_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
