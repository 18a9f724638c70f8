/* SPDX-License-Identifier: MIT */
#include "ndis/slab.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* An object with a body of its own, as every kind has. */
struct thing {
    struct object object;
    uint64_t body;
};

static int setup(void **state)
{
    struct slab *slab = aligned_alloc(64, sizeof(*slab));
    assert_non_null(slab);
    slab_init(slab, OBJECT_PARTY, sizeof(struct thing));
    *state = slab;
    return 0;
}

static int teardown(void **state)
{
    slab_fini(*state);
    free(*state);
    return 0;
}

static struct object *take_alive(struct slab *slab, uint32_t shard)
{
    struct object *object = slab_take(slab, shard);
    assert_non_null(object);
    slab_publish(object);
    return object;
}

static void an_object_is_dead_until_it_is_published(void **state)
{
    struct object *object = slab_take(*state, 0);
    assert_false(object_alive(object));
    slab_publish(object);
    assert_true(object_alive(object));
    slab_release(*state, object);
    assert_false(object_alive(object));
}

static void each_life_of_a_slot_has_a_generation_of_its_own(void **state)
{
    struct object *first = take_alive(*state, 0);
    uint32_t generation = object_generation(first);
    slab_release(*state, first);
    struct object *second = take_alive(*state, 0);
    assert_ptr_equal(first, second); /* the last one back is the first one out */
    assert_int_equal(object_generation(second), generation + 1);
    slab_release(*state, second);
}

static void an_object_given_back_unpublished_keeps_its_generation(void **state)
{
    struct object *object = slab_take(*state, 3);
    uint32_t generation = object_generation(object);
    slab_untake(*state, object);
    object = slab_take(*state, 3);
    assert_int_equal(object_generation(object), generation);
    slab_untake(*state, object);
}

static void a_slot_whose_generation_is_used_up_is_never_taken_again(void **state)
{
    struct slab *slab = *state;
    struct object *object = slab_take(slab, 0);
    uint32_t index = object->index;
    atomic_store(&object->life, (OBJECT_GENERATION_MAX - 1u) << 1);
    slab_publish(object);
    assert_int_equal(object_generation(object), OBJECT_GENERATION_MAX);
    slab_release(slab, object);
    assert_int_equal(atomic_load(&slab->retired_count), 1);
    for (uint32_t i = 0; i < 500; i++)
        assert_int_not_equal(take_alive(slab, 0)->index, index);
}

static void an_index_finds_its_object_across_chunks_that_double(void **state)
{
    enum { COUNT = 1000 };
    static struct object *objects[COUNT];
    struct slab *slab = *state;
    for (uint32_t i = 0; i < COUNT; i++) {
        objects[i] = take_alive(slab, i % 5);
        ((struct thing *)objects[i])->body = objects[i]->index;
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_ptr_equal(slab_at(slab, objects[i]->index), objects[i]);
        assert_int_equal(((struct thing *)objects[i])->body, objects[i]->index);
    }
    assert_null(slab_at(slab, SLAB_INDEX_MAX));
    assert_null(slab_at(slab, atomic_load(&slab->carved)));
}

static void no_two_taken_objects_are_the_same(void **state)
{
    enum { COUNT = 700 };
    bool seen[2048] = {false};
    for (uint32_t i = 0; i < COUNT; i++) {
        struct object *object = take_alive(*state, i % SLAB_SHARD_COUNT);
        assert_true(object->index < 2048);
        assert_false(seen[object->index]);
        seen[object->index] = true;
    }
}

static void a_full_shard_lends_what_it_has_to_one_that_runs_dry(void **state)
{
    enum { COUNT = 6 * SLAB_BATCH };
    struct slab *slab = *state;
    struct object *objects[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        objects[i] = take_alive(slab, 1);
    for (uint32_t i = 0; i < COUNT; i++)
        slab_release(slab, objects[i]);
    uint32_t carved = atomic_load(&slab->carved);
    for (uint32_t i = 0; i < SLAB_BATCH; i++)
        take_alive(slab, 2);
    assert_int_equal(atomic_load(&slab->carved), carved);
}

static void an_object_goes_back_to_the_shard_that_it_came_from(void **state)
{
    struct slab *slab = *state;
    struct object *object = take_alive(slab, 6);
    uint32_t free_before = slab->shards[6].free_count;
    slab_release(slab, object);
    assert_int_equal(slab->shards[6].free_count, free_before + 1);
}

static void a_dead_object_is_readable_until_the_slab_ends(void **state)
{
    struct slab *slab = *state;
    struct thing *thing = (struct thing *)take_alive(slab, 0);
    thing->body = 77;
    slab_release(slab, &thing->object);
    assert_ptr_equal(slab_at(slab, thing->object.index), &thing->object);
    assert_int_equal(thing->body, 77);
}

static void memory_grows_with_the_objects_and_not_before(void **state)
{
    struct slab *slab = *state;
    assert_int_equal(slab_bytes(slab), 0);
    take_alive(slab, 0);
    assert_int_equal(slab_bytes(slab), sizeof(struct thing) << SLAB_FIRST_CHUNK_LOG2);
}

/* What is locked by itself and taken by two processors must not share a line of the cache. */
static void objects_with_a_lock_of_their_own_share_no_line_of_the_cache(void **state)
{
    struct slab *slab = *state;
    slab_init(slab, OBJECT_VC, 2 * SLAB_ALIGNMENT + 8);
    for (uint32_t i = 0; i < 200; i++)
        take_alive(slab, 0);
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal((uintptr_t)slab_at(slab, i) % SLAB_ALIGNMENT, 0);
}

/* ---- threads ----------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 20000, HELD = 16 };

struct worker {
    struct slab *slab;
    uint32_t shard;
    bool good;
};

static void *take_and_release(void *argument)
{
    struct worker *worker = argument;
    struct object *held[HELD] = {NULL};
    worker->good = true;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t slot = i % HELD;
        if (held[slot]) {
            worker->good &= ((struct thing *)held[slot])->body == (uint64_t)(uintptr_t)worker;
            slab_release(worker->slab, held[slot]);
        }
        held[slot] = slab_take(worker->slab, worker->shard);
        if (!held[slot]) {
            worker->good = false;
            return NULL;
        }
        ((struct thing *)held[slot])->body = (uint64_t)(uintptr_t)worker;
        slab_publish(held[slot]);
    }
    for (uint32_t i = 0; i < HELD; i++)
        slab_release(worker->slab, held[i]);
    return NULL;
}

/* Two threads share a shard, two have their own. */
static void threads_never_hold_the_same_object(void **state)
{
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){*state, i < 2 ? 0 : i, false};
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_release, &workers[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (uint32_t i = 0; i < THREADS; i++)
        assert_true(workers[i].good);
    uint32_t alive = 0;
    for (uint32_t i = 0; i < atomic_load(&((struct slab *)*state)->carved); i++)
        alive += object_alive(slab_at(*state, i));
    assert_int_equal(alive, 0);
}

int main(void)
{
#define SLAB_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        SLAB_TEST(an_object_is_dead_until_it_is_published),
        SLAB_TEST(each_life_of_a_slot_has_a_generation_of_its_own),
        SLAB_TEST(an_object_given_back_unpublished_keeps_its_generation),
        SLAB_TEST(a_slot_whose_generation_is_used_up_is_never_taken_again),
        SLAB_TEST(an_index_finds_its_object_across_chunks_that_double),
        SLAB_TEST(no_two_taken_objects_are_the_same),
        SLAB_TEST(a_full_shard_lends_what_it_has_to_one_that_runs_dry),
        SLAB_TEST(an_object_goes_back_to_the_shard_that_it_came_from),
        SLAB_TEST(a_dead_object_is_readable_until_the_slab_ends),
        SLAB_TEST(memory_grows_with_the_objects_and_not_before),
        SLAB_TEST(objects_with_a_lock_of_their_own_share_no_line_of_the_cache),
        SLAB_TEST(threads_never_hold_the_same_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
