/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

#include "nt/exec_inside.h"

struct state {
    KTIMER timer;
    KDPC dpc;
    KEVENT event;
    NTSTATUS status;
};

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

static struct state *state_create(void)
{
    struct state *in_pool = ExAllocatePoolZero(NonPagedPool, sizeof(*in_pool), TEST_TAG);
    assert_non_null(in_pool);
    KeInitializeTimer(&in_pool->timer);
    KeInitializeDpc(&in_pool->dpc, count_dpc, in_pool);
    KeInitializeEvent(&in_pool->event, NotificationEvent, FALSE);
    dpc_count = 0;
    return in_pool;
}

static void freeing_memory_with_a_set_timer_breaks_pool_freed_in_use(void **state)
{
    struct harness *harness = *state;
    struct state *in_pool = state_create();
    (void)KeSetTimer(&in_pool->timer, relative_ms(1000), &in_pool->dpc);
    rules_expect(&harness->rules, RULE_POOL_FREED_IN_USE);
    ExFreePool(in_pool);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_FREED_IN_USE), 1);
    harness_idle(harness);
    assert_int_equal(dpc_count, 0);
}

static void freeing_memory_with_a_queued_dpc_breaks_pool_freed_in_use(void **state)
{
    struct harness *harness = *state;
    struct state *in_pool = state_create();
    rules_expect(&harness->rules, RULE_POOL_FREED_IN_USE);
    KIRQL old = KeRaiseIrqlToDpcLevel(); /* keeps this processor's DPCs in the queue */
    assert_true(KeInsertQueueDpc(&in_pool->dpc, NULL, NULL));
    ExFreePool(in_pool);
    KeLowerIrql(old);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_FREED_IN_USE), 1);
    harness_idle(harness);
    assert_int_equal(dpc_count, 0);
}

static void freeing_memory_whose_timer_was_cancelled_breaks_nothing(void **state)
{
    struct harness *harness = *state;
    struct state *in_pool = state_create();
    (void)KeSetTimer(&in_pool->timer, relative_ms(1000), &in_pool->dpc);
    assert_true(KeCancelTimer(&in_pool->timer));
    ExFreePool(in_pool);
    harness_idle(harness);
    assert_int_equal(dpc_count, 0);
}

static void wait_inside(void *context)
{
    struct state *in_pool = context;
    NTSTATUS status = KeWaitForSingleObject(&in_pool->event, Executive, KernelMode, FALSE, NULL);
    dpc_count += NT_SUCCESS(status) ? 1 : 100;
}

static void freeing_an_event_that_is_waited_for_breaks_event_freed_waited(void **state)
{
    struct harness *harness = *state;
    struct state *in_pool = state_create();
    struct exec_thread *thread = exec_thread_create(harness->exec, wait_inside, in_pool);
    assert_non_null(thread);
    while (!atomic_load(&world_inner(harness->world)->driver_wait_count))
        NdisMSleep(100); /* until it waits */
    rules_expect(&harness->rules, RULE_EVENT_FREED_WAITED);
    ExFreePool(in_pool);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_EVENT_FREED_WAITED), 1);
    assert_int_equal(exec_thread_join(thread), EXEC_WAIT_SIGNALLED); /* no hang */
    (void)exec_thread_release(thread);
    assert_int_equal(dpc_count, 1);
}

static VOID NTAPI never(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2,
                        PVOID SystemSpecific3)
{
    (void)SystemSpecific1;
    (void)FunctionContext;
    (void)SystemSpecific2;
    (void)SystemSpecific3;
    dpc_count++;
}

static void quiescing_a_driver_stops_its_timers_and_dpcs_and_names_them(void **state)
{
    struct harness *harness = *state;
    struct state *in_pool = state_create();
    NDIS_TIMER_CHARACTERISTICS characteristics = {
        .Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS, NDIS_TIMER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1},
        .TimerFunction = never};
    NDIS_HANDLE timer;
    assert_int_equal(NdisAllocateTimerObject(NULL, &characteristics, &timer), NDIS_STATUS_SUCCESS);
    (void)NdisSetTimerObject(timer, relative_ms(1000), 0, NULL);
    (void)KeSetTimer(&in_pool->timer, relative_ms(1000), &in_pool->dpc);
    rules_expect(&harness->rules, RULE_TIMER_LEFT_ARMED);
    assert_int_equal(nt_owner_quiesce(harness->exec, &harness->owner), 2);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_TIMER_LEFT_ARMED), 1);
    assert_int_equal(nt_owner_quiesce(harness->exec, &harness->owner), 0);
    harness_idle(harness);
    assert_int_equal(dpc_count, 0);
    NdisFreeTimerObject(timer);
    ExFreePool(in_pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(freeing_memory_with_a_set_timer_breaks_pool_freed_in_use),
        BOTH(freeing_memory_with_a_queued_dpc_breaks_pool_freed_in_use),
        BOTH(freeing_memory_whose_timer_was_cancelled_breaks_nothing),
        BOTH(freeing_an_event_that_is_waited_for_breaks_event_freed_waited),
        BOTH(quiescing_a_driver_stops_its_timers_and_dpcs_and_names_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
