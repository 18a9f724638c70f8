/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

static void a_spin_lock_raises_to_dispatch_and_back(void **state)
{
    (void)state;
    KSPIN_LOCK lock;
    KIRQL old = 77;
    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &old);
    assert_int_equal(old, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_false(KeTestSpinLock(&lock));
    KeReleaseSpinLock(&lock, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_true(KeTestSpinLock(&lock));
}

static void an_ndis_lock_keeps_the_old_irql_itself(void **state)
{
    (void)state;
    NDIS_SPIN_LOCK lock;
    NdisAllocateSpinLock(&lock);
    NdisAcquireSpinLock(&lock);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    NdisReleaseSpinLock(&lock);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KIRQL old = KeRaiseIrqlToDpcLevel();
    NdisDprAcquireSpinLock(&lock);
    NdisDprReleaseSpinLock(&lock);
    KeLowerIrql(old);
    NdisFreeSpinLock(&lock);
}

static void locks_nest_and_restore_the_irql_at_the_last_release(void **state)
{
    (void)state;
    KSPIN_LOCK outer = 0;
    KSPIN_LOCK inner = 0;
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;
    KeAcquireSpinLock(&outer, &old);
    KeAcquireInStackQueuedSpinLock(&inner, &handle);
    assert_int_equal(exec_current()->locks_held, 2);
    KeReleaseInStackQueuedSpinLock(&handle);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseSpinLock(&outer, old);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void releasing_a_lock_one_does_not_hold_breaks_lock_not_owner(void **state)
{
    struct harness *harness = *state;
    NDIS_SPIN_LOCK lock;
    NdisAllocateSpinLock(&lock);
    rules_expect(&harness->rules, RULE_LOCK_NOT_OWNER);
    NdisReleaseSpinLock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_NOT_OWNER), 1);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void acquiring_twice_breaks_lock_recursive_and_one_release_frees(void **state)
{
    struct harness *harness = *state;
    NDIS_SPIN_LOCK lock;
    NdisAllocateSpinLock(&lock);
    NdisAcquireSpinLock(&lock);
    rules_expect(&harness->rules, RULE_LOCK_RECURSIVE);
    NdisAcquireSpinLock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_RECURSIVE), 1);
    NdisReleaseSpinLock(&lock);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    NdisFreeSpinLock(&lock);
}

static void the_dpr_form_at_passive_breaks_irql_too_low(void **state)
{
    struct harness *harness = *state;
    NDIS_SPIN_LOCK lock;
    NdisAllocateSpinLock(&lock);
    rules_expect(&harness->rules, RULE_IRQL_TOO_LOW);
    NdisDprAcquireSpinLock(&lock);
    NdisDprReleaseSpinLock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_TOO_LOW), 2);
}

static void mixing_the_forms_breaks_lock_wrong_release(void **state)
{
    struct harness *harness = *state;
    NDIS_SPIN_LOCK lock;
    NdisAllocateSpinLock(&lock);
    rules_expect(&harness->rules, RULE_LOCK_WRONG_RELEASE);
    NdisAcquireSpinLock(&lock);
    NdisDprReleaseSpinLock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_WRONG_RELEASE), 1);
    KeLowerIrql(PASSIVE_LEVEL);
}

static void freeing_a_held_lock_breaks_lock_freed_held(void **state)
{
    struct harness *harness = *state;
    NDIS_SPIN_LOCK lock;
    NdisAllocateSpinLock(&lock);
    NdisAcquireSpinLock(&lock);
    rules_expect(&harness->rules, RULE_LOCK_FREED_HELD);
    NdisFreeSpinLock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_FREED_HELD), 1);
    NdisReleaseSpinLock(&lock);
}

static void a_freed_lock_breaks_lock_not_initialized(void **state)
{
    struct harness *harness = *state;
    NDIS_SPIN_LOCK lock;
    NdisAllocateSpinLock(&lock);
    NdisFreeSpinLock(&lock);
    rules_expect(&harness->rules, RULE_LOCK_NOT_INITIALIZED);
    NdisAcquireSpinLock(&lock);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_NOT_INITIALIZED), 1);
    KeLowerIrql(PASSIVE_LEVEL);
}

static void lowering_upwards_and_raising_downwards_break_their_rules(void **state)
{
    struct harness *harness = *state;
    KIRQL old;
    rules_expect(&harness->rules, RULE_IRQL_BAD_LOWER);
    KeLowerIrql(DISPATCH_LEVEL);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_BAD_LOWER), 1);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    rules_expect(&harness->rules, RULE_IRQL_BAD_RAISE);
    KIRQL unused;
    KeRaiseIrql(APC_LEVEL, &unused);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_BAD_RAISE), 1);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old);
}

static void lowering_with_a_lock_held_breaks_irql_bad_lower(void **state)
{
    struct harness *harness = *state;
    KSPIN_LOCK lock = 0;
    KIRQL old;
    KeAcquireSpinLock(&lock, &old);
    rules_expect(&harness->rules, RULE_IRQL_BAD_LOWER);
    KeLowerIrql(PASSIVE_LEVEL);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_BAD_LOWER), 1);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeReleaseSpinLock(&lock, old);
}

/* ---- reader-writer locks ---- */

struct shared {
    PNDIS_RW_LOCK_EX lock;
    uint64_t pair[2]; /* guarded by lock: always equal */
    _Atomic uint32_t torn_count;
};

static void write_often(void *context)
{
    struct shared *shared = context;
    for (uint32_t i = 0; i < 300; i++) {
        LOCK_STATE_EX lock_state;
        NdisAcquireRWLockWrite(shared->lock, &lock_state, 0);
        shared->pair[0]++;
        exec_preempt("between");
        shared->pair[1]++;
        NdisReleaseRWLock(shared->lock, &lock_state);
    }
}

static void read_often(void *context)
{
    struct shared *shared = context;
    for (uint32_t i = 0; i < 300; i++) {
        LOCK_STATE_EX outer;
        LOCK_STATE_EX inner;
        NdisAcquireRWLockRead(shared->lock, &outer, 0);
        NdisAcquireRWLockRead(shared->lock, &inner, NDIS_RWL_AT_DISPATCH_LEVEL);
        uint64_t first = shared->pair[0];
        exec_preempt("between");
        if (shared->pair[1] != first)
            shared->torn_count++;
        NdisReleaseRWLock(shared->lock, &inner);
        NdisReleaseRWLock(shared->lock, &outer);
    }
}

static void readers_of_a_rw_lock_never_see_half_a_write(void **state)
{
    struct harness *harness = *state;
    struct shared shared = {.lock = NdisAllocateRWLock(NULL)};
    assert_non_null(shared.lock);
    struct exec_thread *threads[4];
    for (uint32_t i = 0; i < 4; i++)
        threads[i] = exec_thread_create(harness->exec, i < 2 ? write_often : read_often, &shared);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(exec_thread_join(threads[i]), EXEC_WAIT_SIGNALLED);
        (void)exec_thread_release(threads[i]);
    }
    assert_int_equal(shared.torn_count, 0);
    assert_int_equal(shared.pair[1], 600);
    NdisFreeRWLock(shared.lock);
}

static void releasing_a_rw_lock_twice_breaks_lock_not_owner(void **state)
{
    struct harness *harness = *state;
    PNDIS_RW_LOCK_EX lock = NdisAllocateRWLock(NULL);
    LOCK_STATE_EX lock_state;
    NdisAcquireRWLockRead(lock, &lock_state, 0);
    NdisReleaseRWLock(lock, &lock_state);
    rules_expect(&harness->rules, RULE_LOCK_NOT_OWNER);
    NdisReleaseRWLock(lock, &lock_state);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_NOT_OWNER), 1);
    NdisFreeRWLock(lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_spin_lock_raises_to_dispatch_and_back),
        BOTH(an_ndis_lock_keeps_the_old_irql_itself),
        BOTH(locks_nest_and_restore_the_irql_at_the_last_release),
        BOTH(releasing_a_lock_one_does_not_hold_breaks_lock_not_owner),
        BOTH(acquiring_twice_breaks_lock_recursive_and_one_release_frees),
        BOTH(the_dpr_form_at_passive_breaks_irql_too_low),
        BOTH(mixing_the_forms_breaks_lock_wrong_release),
        BOTH(freeing_a_held_lock_breaks_lock_freed_held),
        BOTH(a_freed_lock_breaks_lock_not_initialized),
        BOTH(lowering_upwards_and_raising_downwards_break_their_rules),
        BOTH(lowering_with_a_lock_held_breaks_irql_bad_lower),
        BOTH(readers_of_a_rw_lock_never_see_half_a_write),
        BOTH(releasing_a_rw_lock_twice_breaks_lock_not_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
