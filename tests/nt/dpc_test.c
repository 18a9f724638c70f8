/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

struct seen {
    KDPC dpc;
    _Atomic uint32_t ran_count;
    KIRQL irql;
    ULONG processor;
    struct nt_owner *owner;
    PVOID argument1;
    PVOID argument2;
};

static VOID NTAPI note(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                       PVOID SystemArgument2)
{
    struct seen *seen = DeferredContext;
    assert_ptr_equal(Dpc, &seen->dpc);
    seen->irql = KeGetCurrentIrql();
    seen->processor = KeGetCurrentProcessorNumber();
    seen->owner = exec_current()->owner;
    seen->argument1 = SystemArgument1;
    seen->argument2 = SystemArgument2;
    seen->ran_count++;
}

static void a_dpc_runs_at_dispatch_on_its_target_for_its_driver(void **state)
{
    struct harness *harness = *state;
    struct seen seen = {.ran_count = 0};
    KeInitializeDpc(&seen.dpc, note, &seen);
    KeSetTargetProcessorDpc(&seen.dpc, 1);
    assert_true(KeInsertQueueDpc(&seen.dpc, &seen, harness));
    harness_idle(harness);
    assert_int_equal(seen.ran_count, 1);
    assert_int_equal(seen.irql, DISPATCH_LEVEL);
    assert_int_equal(seen.processor, 1);
    assert_ptr_equal(seen.owner, &harness->owner);
    assert_ptr_equal(seen.argument1, &seen);
    assert_ptr_equal(seen.argument2, harness);
}

static void a_queued_dpc_is_not_queued_again(void **state)
{
    struct harness *harness = *state;
    struct seen seen = {.ran_count = 0};
    KeInitializeDpc(&seen.dpc, note, &seen);
    KIRQL old = KeRaiseIrqlToDpcLevel(); /* keeps the processor from running it */
    assert_true(KeInsertQueueDpc(&seen.dpc, NULL, NULL));
    assert_false(KeInsertQueueDpc(&seen.dpc, NULL, NULL));
    KeLowerIrql(old);
    harness_idle(harness);
    assert_int_equal(seen.ran_count, 1);
}

static void a_removed_dpc_does_not_run(void **state)
{
    struct harness *harness = *state;
    struct seen seen = {.ran_count = 0};
    KeInitializeDpc(&seen.dpc, note, &seen);
    KIRQL old = KeRaiseIrqlToDpcLevel();
    assert_true(KeInsertQueueDpc(&seen.dpc, NULL, NULL));
    assert_true(KeRemoveQueueDpc(&seen.dpc));
    assert_false(KeRemoveQueueDpc(&seen.dpc));
    KeLowerIrql(old);
    harness_idle(harness);
    assert_int_equal(seen.ran_count, 0);
}

static void flushing_waits_for_every_dpc_queued_before(void **state)
{
    (void)state;
    struct seen seen[2] = {{.ran_count = 0}};
    for (int i = 0; i < 2; i++) {
        KeInitializeDpc(&seen[i].dpc, note, &seen[i]);
        KeSetTargetProcessorDpc(&seen[i].dpc, (CCHAR)i);
        assert_true(KeInsertQueueDpc(&seen[i].dpc, NULL, NULL));
    }
    KeFlushQueuedDpcs();
    assert_int_equal(seen[0].ran_count, 1);
    assert_int_equal(seen[1].ran_count, 1);
}

static VOID NTAPI keep_raised(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                              PVOID SystemArgument2)
{
    (void)Dpc;
    (void)SystemArgument1;
    (void)SystemArgument2;
    KIRQL old;
    KeRaiseIrql(HIGH_LEVEL, &old);
    KeAcquireSpinLockAtDpcLevel(DeferredContext);
    KeReleaseSpinLockFromDpcLevel(DeferredContext);
}

static void a_dpc_that_stays_raised_breaks_irql_not_restored(void **state)
{
    struct harness *harness = *state;
    KSPIN_LOCK lock = 0;
    KDPC dpc;
    KeInitializeDpc(&dpc, keep_raised, &lock);
    rules_expect(&harness->rules, RULE_IRQL_NOT_RESTORED);
    rules_expect(&harness->rules, RULE_IRQL_TOO_HIGH);
    assert_true(KeInsertQueueDpc(&dpc, NULL, NULL));
    harness_idle(harness);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_NOT_RESTORED), 1);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_TOO_HIGH), 2);
}

static VOID NTAPI lower_below(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                              PVOID SystemArgument2)
{
    (void)Dpc;
    (void)DeferredContext;
    (void)SystemArgument1;
    (void)SystemArgument2;
    KeLowerIrql(PASSIVE_LEVEL);
}

static void a_dpc_that_lowers_breaks_irql_bad_lower(void **state)
{
    struct harness *harness = *state;
    KDPC dpc;
    KeInitializeDpc(&dpc, lower_below, NULL);
    rules_expect(&harness->rules, RULE_IRQL_BAD_LOWER);
    assert_true(KeInsertQueueDpc(&dpc, NULL, NULL));
    harness_idle(harness);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_BAD_LOWER), 1);
}

static VOID NTAPI keep_lock(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                            PVOID SystemArgument2)
{
    (void)Dpc;
    (void)SystemArgument2;
    if (!SystemArgument1)
        KeAcquireSpinLockAtDpcLevel(DeferredContext);
    else
        KeReleaseSpinLockFromDpcLevel(DeferredContext);
}

static void a_dpc_that_keeps_a_lock_breaks_lock_held_at_return(void **state)
{
    struct harness *harness = *state;
    KSPIN_LOCK lock = 0;
    KDPC dpc;
    KeInitializeDpc(&dpc, keep_lock, &lock);
    rules_expect(&harness->rules, RULE_LOCK_HELD_AT_RETURN);
    assert_true(KeInsertQueueDpc(&dpc, NULL, NULL));
    harness_idle(harness);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_HELD_AT_RETURN), 1);
    NdisMSleep(10); /* the processor is not kept with it */
    assert_true(KeInsertQueueDpc(&dpc, &dpc, NULL));
    harness_idle(harness);
    assert_true(KeTestSpinLock(&lock));
}

static void an_uninitialised_dpc_breaks_argument_bad(void **state)
{
    struct harness *harness = *state;
    KDPC dpc = {.DpcData = NULL};
    rules_expect(&harness->rules, RULE_ARGUMENT_BAD);
    assert_false(KeInsertQueueDpc(&dpc, NULL, NULL));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_ARGUMENT_BAD), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_dpc_runs_at_dispatch_on_its_target_for_its_driver),
        BOTH(a_queued_dpc_is_not_queued_again),
        BOTH(a_removed_dpc_does_not_run),
        BOTH(flushing_waits_for_every_dpc_queued_before),
        BOTH(a_dpc_that_stays_raised_breaks_irql_not_restored),
        BOTH(a_dpc_that_lowers_breaks_irql_bad_lower),
        BOTH(a_dpc_that_keeps_a_lock_breaks_lock_held_at_return),
        BOTH(an_uninitialised_dpc_breaks_argument_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
