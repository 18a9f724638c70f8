/* SPDX-License-Identifier: MIT */
#include "harness.h"

#include <string.h>

/* ---- items ---- */

struct counted {
    struct exec_item item;
    _Atomic uint32_t ran_count;
    uint32_t order;
    uint32_t processor;
    uint8_t irql;
};

static _Atomic uint32_t order_next;

static void count_item(struct exec_item *item)
{
    struct counted *counted = EXEC_CONTAINER(item, struct counted, item);
    counted->processor = exec_current()->processor;
    counted->irql = exec_current()->irql;
    counted->order = order_next++;
    counted->ran_count++;
}

static void a_posted_item_runs_once_at_dispatch_on_its_processor(void **state)
{
    struct harness *harness = *state;
    struct counted counted = {.item.run = count_item};
    exec_post(harness->exec, 1, &counted.item);
    harness_idle(harness);
    assert_int_equal(counted.ran_count, 1);
    assert_int_equal(counted.processor, 1);
    assert_int_equal(counted.irql, EXEC_DISPATCH);
}

static void items_of_one_task_run_in_the_order_they_were_posted(void **state)
{
    struct harness *harness = *state;
    enum { COUNT = 1000 };
    struct counted *counted = calloc(COUNT, sizeof(*counted));
    order_next = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        counted[i].item.run = count_item;
        exec_post(harness->exec, 0, &counted[i].item);
    }
    harness_idle(harness);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(counted[i].ran_count, 1);
        assert_int_equal(counted[i].order, i);
    }
    free(counted);
}

struct chain {
    struct exec_item item;
    struct exec *exec;
    uint32_t left_count;
};

static void chain_on(struct exec_item *item)
{
    struct chain *chain = EXEC_CONTAINER(item, struct chain, item);
    if (chain->left_count--)
        exec_post(chain->exec, chain->left_count % 2, item);
}

static void idle_waits_for_items_that_post_items(void **state)
{
    struct harness *harness = *state;
    struct chain chain = {{.run = chain_on}, harness->exec, 999};
    exec_post(harness->exec, 0, &chain.item);
    harness_idle(harness);
    assert_int_equal(chain.left_count, UINT32_MAX);
}

/* ---- locks ---- */

struct adders {
    struct exec_lock lock;
    uint64_t sum; /* guarded by lock */
    uint32_t rounds;
};

static void add_thread(void *context)
{
    struct adders *adders = context;
    for (uint32_t i = 0; i < adders->rounds; i++) {
        exec_lock(&adders->lock);
        uint64_t sum = adders->sum;
        exec_preempt("between");
        adders->sum = sum + 1;
        exec_unlock(&adders->lock);
    }
}

static void a_lock_excludes_every_other_task(void **state)
{
    struct harness *harness = *state;
    struct adders adders = {.rounds = 2000};
    struct exec_thread *threads[4];
    for (uint32_t i = 0; i < 4; i++) {
        threads[i] = exec_thread_create(harness->exec, add_thread, &adders);
        assert_non_null(threads[i]);
    }
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(exec_thread_join(threads[i]), EXEC_WAIT_SIGNALLED);
        exec_thread_release(threads[i]);
    }
    assert_int_equal(adders.sum, 8000);
}

static void releasing_a_free_lock_breaks_lock_not_owner(void **state)
{
    struct harness *harness = *state;
    struct exec_lock lock = EXEC_LOCK_FREE;
    rules_expect(&harness->rules, RULE_LOCK_NOT_OWNER);
    exec_unlock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_NOT_OWNER), 1);
    exec_lock(&lock);
    exec_unlock(&lock);
}

static void taking_a_lock_twice_breaks_lock_recursive_and_does_not_hang(void **state)
{
    struct harness *harness = *state;
    struct exec_lock lock = EXEC_LOCK_FREE;
    exec_lock(&lock);
    rules_expect(&harness->rules, RULE_LOCK_RECURSIVE);
    exec_lock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_RECURSIVE), 1);
    exec_unlock(&lock);
    assert_int_equal(exec_current()->locks_held, 0);
}

static struct exec_lock both[2];
static _Atomic uint32_t held_count;

static void take_both(void *context)
{
    uint32_t first = context != NULL;
    exec_lock(&both[first]);
    held_count++;
    for (uint32_t i = 0; i < 10000 && held_count < 2; i++)
        exec_preempt("until both hold one");
    exec_lock(&both[1 - first]);
    exec_unlock(&both[1 - first]);
    exec_unlock(&both[first]);
}

static void two_locks_in_two_orders_break_lock_deadlock_and_stop_the_world(void **state)
{
    struct harness *harness = *state;
    memset(both, 0, sizeof(both));
    held_count = 0;
    struct exec_thread *one = exec_thread_create(harness->exec, take_both, NULL);
    struct exec_thread *other = exec_thread_create(harness->exec, take_both, "other");
    rules_expect(&harness->rules, RULE_LOCK_DEADLOCK);
    assert_int_equal(exec_run_until_idle(harness->world, EXEC_SECOND), EXEC_STOPPED);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_DEADLOCK), 1);
    assert_int_equal(exec_thread_join(one), EXEC_WAIT_STOPPED);
    exec_lock(&both[0]); /* whoever held it will not run again */
    exec_unlock(&both[0]);
    exec_thread_release(one);
    exec_thread_release(other);
    harness->left_count = 2;
}

static void
idling_with_a_lock_held_breaks_lock_deadlock_when_others_need_the_processor(void **state)
{
    struct harness *harness = *state;
    struct counted counted = {.item.run = count_item};
    struct exec_lock lock = EXEC_LOCK_FREE;
    exec_lock(&lock);
    exec_post(harness->exec, 0, &counted.item);
    rules_expect(&harness->rules, RULE_LOCK_DEADLOCK);
    assert_int_equal(exec_run_until_idle(harness->world, EXEC_SECOND), EXEC_STOPPED);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_DEADLOCK), 1);
    assert_int_equal(counted.ran_count, 0);
}

static void poll_for_ever(void *context)
{
    (void)context;
    for (;;)
        exec_preempt("poll");
}

static void polling_without_waiting_stops_the_world(void **state)
{
    struct harness *harness = *state;
    exec_detach();
    assert_int_equal(exec_destroy(harness->exec), 0);
    exec_world_destroy(harness->world);
    rules_fini(&harness->rules);
    harness->steps_max = 10000;
    harness_begin(harness);
    struct exec_thread *thread = exec_thread_create(harness->exec, poll_for_ever, NULL);
    rules_expect(&harness->rules, RULE_WAIT_FOREVER);
    assert_int_equal(exec_run_until_idle(harness->world, EXEC_SECOND), EXEC_STOPPED);
    (void)rules_expect_end(&harness->rules, RULE_WAIT_FOREVER);
    exec_thread_release(thread);
    harness->left_count = 1;
}

/* ---- IRQL ---- */

static _Atomic uint32_t at_dispatch_count[2];
static _Atomic uint32_t overlap_count;

static void raise_often(void *context)
{
    (void)context;
    uint16_t processor = exec_current()->processor;
    for (uint32_t i = 0; i < 1000; i++) {
        (void)exec_set_irql(EXEC_DISPATCH);
        if (at_dispatch_count[processor]++)
            overlap_count++;
        exec_preempt("raised");
        at_dispatch_count[processor]--;
        (void)exec_set_irql(EXEC_PASSIVE);
    }
}

static void only_one_task_is_at_dispatch_on_a_processor(void **state)
{
    struct harness *harness = *state;
    overlap_count = 0;
    struct exec_thread *threads[4];
    for (uint32_t i = 0; i < 4; i++)
        threads[i] = exec_thread_create(harness->exec, raise_often, NULL);
    for (uint32_t i = 0; i < 4; i++) {
        (void)exec_thread_join(threads[i]);
        exec_thread_release(threads[i]);
    }
    assert_int_equal(overlap_count, 0);
}

static void an_item_waits_until_the_processor_is_lowered(void **state)
{
    struct harness *harness = *state;
    struct counted counted = {.item.run = count_item};
    (void)exec_set_irql(EXEC_DISPATCH);
    exec_post(harness->exec, 0, &counted.item);
    exec_stall(EXEC_MS);
    assert_int_equal(counted.ran_count, 0);
    (void)exec_set_irql(EXEC_PASSIVE);
    harness_idle(harness);
    assert_int_equal(counted.ran_count, 1);
}

/* ---- hosts ---- */

static void one_task_acts_for_two_hosts(void **state)
{
    struct harness *harness = *state;
    struct exec_options options = {.name = "other", .index = 1, .processor_count = 1};
    struct exec *other = exec_create(harness->world, &options);
    assert_non_null(other);
    assert_ptr_equal(exec_switch(other), harness->exec);
    assert_ptr_equal(exec_current()->exec, other);
    struct counted counted = {.item.run = count_item};
    exec_post(other, EXEC_ANY_PROCESSOR, &counted.item);
    harness_idle(harness);
    assert_int_equal(counted.ran_count, 1);
    assert_ptr_equal(exec_switch(harness->exec), other);
    assert_int_equal(exec_destroy(other), 0);
}

static uint32_t hook_count;

static void hook(struct exec_task *task)
{
    assert_ptr_equal(task, exec_current());
    hook_count++;
}

static void the_idle_hook_runs_before_a_task_blocks(void **state)
{
    struct harness *harness = *state;
    hook_count = 0;
    exec_set_idle_hook(harness->exec, hook);
    assert_int_equal(exec_sleep(EXEC_MS, "test"), EXEC_WAIT_TIMEOUT);
    assert_int_equal(hook_count, 1);
    exec_set_idle_hook(harness->exec, NULL);
}

static void virtual_time_passes_without_real_time(void **state)
{
    struct harness *harness = *state;
    uint64_t start = exec_now(harness->world);
    assert_int_equal(exec_sleep(3600 * 24 * 365 * EXEC_SECOND, "test"), EXEC_WAIT_TIMEOUT);
    assert_int_equal(exec_now(harness->world) - start, 3600 * 24 * 365 * EXEC_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_posted_item_runs_once_at_dispatch_on_its_processor),
        BOTH(items_of_one_task_run_in_the_order_they_were_posted),
        BOTH(idle_waits_for_items_that_post_items),
        BOTH(a_lock_excludes_every_other_task),
        BOTH(releasing_a_free_lock_breaks_lock_not_owner),
        BOTH(taking_a_lock_twice_breaks_lock_recursive_and_does_not_hang),
        SIMULATED(two_locks_in_two_orders_break_lock_deadlock_and_stop_the_world),
        SIMULATED(idling_with_a_lock_held_breaks_lock_deadlock_when_others_need_the_processor),
        SIMULATED(polling_without_waiting_stops_the_world),
        BOTH(only_one_task_is_at_dispatch_on_a_processor),
        BOTH(an_item_waits_until_the_processor_is_lowered),
        BOTH(one_task_acts_for_two_hosts),
        BOTH(the_idle_hook_runs_before_a_task_blocks),
        SIMULATED(virtual_time_passes_without_real_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
