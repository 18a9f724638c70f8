/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

#include "nt/random.h"
#include "nt/wheel.h"

/* ---- the wheel ---- */

static void the_wheel_expires_timers_in_order_of_due_time_then_of_setting(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    struct wheel *wheel = malloc(sizeof(*wheel));
    struct exec_timer *timers = calloc(COUNT, sizeof(*timers));
    struct nt_random random;
    struct exec_link expired;
    nt_random_seed(&random, 7);
    wheel_init(wheel, 1000);
    exec_link_init(&expired);
    for (uint32_t i = 0; i < COUNT; i++) {
        exec_timer_init(&timers[i], NULL);
        timers[i].due = 1001 + (nt_random_next(&random) >> (20 + nt_random_below(&random, 40)));
        wheel_insert(wheel, &timers[i]);
    }
    uint64_t before = 0;
    const struct exec_timer *last = NULL;
    uint32_t expired_count = 0;
    for (uint64_t next; (next = wheel_next(wheel)) != UINT64_MAX;) {
        assert_true(next > wheel->now);
        wheel_advance(wheel, next, &expired);
        for (struct exec_link *link; (link = exec_list_take(&expired)) != NULL; expired_count++) {
            const struct exec_timer *timer = EXEC_CONTAINER(link, struct exec_timer, link);
            assert_int_equal(timer->due, wheel->now); /* exact, never early or late */
            assert_true(timer->due >= before);
            if (timer->due == before && last)
                assert_true(timer > last);
            before = timer->due;
            last = timer;
        }
    }
    assert_int_equal(expired_count, COUNT);
    free(timers);
    free(wheel);
}

static void a_timer_taken_out_of_the_wheel_does_not_expire(void **state)
{
    (void)state;
    struct wheel *wheel = malloc(sizeof(*wheel));
    struct exec_timer timers[2];
    struct exec_link expired;
    exec_link_init(&expired);
    wheel_init(wheel, 0);
    for (uint32_t i = 0; i < 2; i++) {
        exec_timer_init(&timers[i], NULL);
        timers[i].due = 5000000;
        wheel_insert(wheel, &timers[i]);
    }
    wheel_remove(wheel, &timers[0]);
    wheel_advance(wheel, UINT64_MAX, &expired);
    assert_ptr_equal(exec_list_take(&expired), &timers[1].link);
    assert_true(exec_list_empty(&expired));
    free(wheel);
}

/* ---- NDIS timer objects ---- */

struct ticks {
    _Atomic uint32_t count;
    KIRQL irql;
    struct nt_owner *owner;
    NDIS_HANDLE timer;
    uint32_t cancel_at;
    KEVENT done;
};

static VOID NTAPI tick(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2,
                       PVOID SystemSpecific3)
{
    struct ticks *ticks = FunctionContext;
    (void)SystemSpecific1;
    (void)SystemSpecific2;
    (void)SystemSpecific3;
    ticks->irql = KeGetCurrentIrql();
    ticks->owner = exec_current()->owner;
    if (++ticks->count == ticks->cancel_at)
        (void)NdisCancelTimerObject(ticks->timer);
    if (ticks->count >= ticks->cancel_at)
        (void)KeSetEvent(&ticks->done, 0, FALSE);
}

static NDIS_HANDLE ticks_create(struct ticks *ticks)
{
    NDIS_TIMER_CHARACTERISTICS characteristics = {
        .Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS, NDIS_TIMER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1},
        .AllocationTag = TEST_TAG,
        .TimerFunction = tick,
        .FunctionContext = ticks};
    KeInitializeEvent(&ticks->done, NotificationEvent, FALSE);
    assert_int_equal(NdisAllocateTimerObject(NULL, &characteristics, &ticks->timer),
                     NDIS_STATUS_SUCCESS);
    return ticks->timer;
}

static void a_timer_object_calls_its_function_once_at_dispatch(void **state)
{
    struct harness *harness = *state;
    struct ticks ticks = {.cancel_at = 1};
    NDIS_HANDLE timer = ticks_create(&ticks);
    assert_int_equal(nt_owner_count(&harness->owner, NT_TIMER, NULL), 1);
    assert_false(NdisSetTimerObject(timer, relative_ms(5), 0, NULL));
    assert_int_equal(KeWaitForSingleObject(&ticks.done, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ticks.count, 1);
    assert_int_equal(ticks.irql, DISPATCH_LEVEL);
    assert_ptr_equal(ticks.owner, &harness->owner);
    KeFlushQueuedDpcs();
    NdisFreeTimerObject(timer);
}

static void a_periodic_timer_ticks_until_it_is_cancelled(void **state)
{
    (void)state;
    struct ticks ticks = {.cancel_at = 4};
    NDIS_HANDLE timer = ticks_create(&ticks);
    assert_false(NdisSetTimerObject(timer, relative_ms(1), 2, NULL));
    assert_int_equal(KeWaitForSingleObject(&ticks.done, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    NdisMSleep(10000);
    assert_int_equal(ticks.count, 4);
    assert_false(NdisCancelTimerObject(timer));
    NdisFreeTimerObject(timer);
}

static void a_cancelled_timer_does_not_fire(void **state)
{
    struct harness *harness = *state;
    struct ticks ticks = {.cancel_at = 1};
    NDIS_HANDLE timer = ticks_create(&ticks);
    assert_false(NdisSetTimerObject(timer, relative_ms(100000), 0, NULL));
    assert_true(NdisSetTimerObject(timer, relative_ms(200000), 0, NULL));
    assert_true(NdisCancelTimerObject(timer));
    assert_false(NdisCancelTimerObject(timer));
    harness_idle(harness);
    assert_int_equal(ticks.count, 0);
    NdisFreeTimerObject(timer);
}

static void freeing_a_set_timer_breaks_timer_freed_armed(void **state)
{
    struct harness *harness = *state;
    struct ticks ticks = {.cancel_at = 1};
    NDIS_HANDLE timer = ticks_create(&ticks);
    (void)NdisSetTimerObject(timer, relative_ms(100000), 0, NULL);
    rules_expect(&harness->rules, RULE_TIMER_FREED_ARMED);
    NdisFreeTimerObject(timer);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_TIMER_FREED_ARMED), 1);
    harness_idle(harness);
    assert_int_equal(ticks.count, 0);
}

static void a_wrong_header_breaks_argument_header(void **state)
{
    struct harness *harness = *state;
    NDIS_TIMER_CHARACTERISTICS characteristics = {.TimerFunction = tick};
    NDIS_HANDLE timer;
    rules_expect(&harness->rules, RULE_ARGUMENT_HEADER);
    assert_int_equal(NdisAllocateTimerObject(NULL, &characteristics, &timer),
                     NDIS_STATUS_INVALID_PARAMETER);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_ARGUMENT_HEADER), 1);
}

/* ---- KTIMER ---- */

static _Atomic uint32_t dpc_count;

static VOID NTAPI count_dpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                            PVOID SystemArgument2)
{
    (void)Dpc;
    (void)DeferredContext;
    (void)SystemArgument1;
    (void)SystemArgument2;
    dpc_count++;
}

static void a_ktimer_is_signalled_and_queues_its_dpc(void **state)
{
    (void)state;
    KTIMER timer;
    KDPC dpc;
    dpc_count = 0;
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, count_dpc, NULL);
    assert_false(KeSetTimer(&timer, relative_ms(3), &dpc));
    assert_false(KeReadStateTimer(&timer));
    assert_int_equal(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    KeFlushQueuedDpcs();
    assert_int_equal(dpc_count, 1);
    assert_true(KeReadStateTimer(&timer));
    assert_false(KeCancelTimer(&timer));
}

static void simulated_timers_fire_at_their_time_exactly(void **state)
{
    struct harness *harness = *state;
    KTIMER timer;
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    uint64_t start = exec_now(harness->world);
    (void)KeSetTimerEx(&timer, relative_ms(7), 5, NULL);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, NULL),
                         STATUS_SUCCESS);
        assert_int_equal(exec_now(harness->world) - start, (7 + 5 * i) * EXEC_MS);
    }
    assert_true(KeCancelTimer(&timer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIMULATED(the_wheel_expires_timers_in_order_of_due_time_then_of_setting),
        SIMULATED(a_timer_taken_out_of_the_wheel_does_not_expire),
        BOTH(a_timer_object_calls_its_function_once_at_dispatch),
        BOTH(a_periodic_timer_ticks_until_it_is_cancelled),
        BOTH(a_cancelled_timer_does_not_fire),
        BOTH(freeing_a_set_timer_breaks_timer_freed_armed),
        BOTH(a_wrong_header_breaks_argument_header),
        BOTH(a_ktimer_is_signalled_and_queues_its_dpc),
        SIMULATED(simulated_timers_fire_at_their_time_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
