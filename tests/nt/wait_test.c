/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

static NTSTATUS wait_for(PVOID object, LONGLONG timeout_ms)
{
    LARGE_INTEGER timeout = relative_ms(timeout_ms);
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

/* ---- events ---- */

static void a_notification_event_stays_signalled_until_it_is_reset(void **state)
{
    (void)state;
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    assert_int_equal(wait_for(&event, 0), STATUS_TIMEOUT);
    assert_int_equal(KeSetEvent(&event, 0, FALSE), 0);
    assert_int_equal(wait_for(&event, 0), STATUS_SUCCESS);
    assert_int_equal(wait_for(&event, 0), STATUS_SUCCESS);
    assert_int_equal(KeResetEvent(&event), 1);
    assert_int_equal(wait_for(&event, 1), STATUS_TIMEOUT);
}

static void a_synchronization_event_lets_one_waiter_through(void **state)
{
    (void)state;
    KEVENT event;
    KeInitializeEvent(&event, SynchronizationEvent, TRUE);
    assert_int_equal(wait_for(&event, 0), STATUS_SUCCESS);
    assert_int_equal(wait_for(&event, 0), STATUS_TIMEOUT);
}

static void set_later(void *context)
{
    NdisMSleep(2000);
    NdisSetEvent(context);
}

static void waiting_for_an_ndis_event_ends_when_another_thread_sets_it(void **state)
{
    struct harness *harness = *state;
    NDIS_EVENT event;
    NdisInitializeEvent(&event);
    assert_false(NdisWaitEvent(&event, 1));
    struct exec_thread *thread = exec_thread_create(harness->exec, set_later, &event);
    assert_true(NdisWaitEvent(&event, 0));
    assert_int_equal(exec_thread_join(thread), EXEC_WAIT_SIGNALLED);
    (void)exec_thread_release(thread);
    NdisResetEvent(&event);
    assert_false(NdisWaitEvent(&event, 1));
}

static void an_event_that_was_never_initialised_breaks_its_rule(void **state)
{
    struct harness *harness = *state;
    NDIS_EVENT event = {{{{{0}}, 0, {NULL, NULL}}}};
    rules_expect(&harness->rules, RULE_EVENT_NOT_INITIALIZED);
    NdisSetEvent(&event);
    assert_false(NdisWaitEvent(&event, 10));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_EVENT_NOT_INITIALIZED), 2);
}

/* ---- where one may wait ---- */

static void waiting_at_dispatch_breaks_wait_at_dispatch_and_returns(void **state)
{
    struct harness *harness = *state;
    NDIS_EVENT event;
    NdisInitializeEvent(&event);
    KIRQL old = KeRaiseIrqlToDpcLevel();
    rules_expect(&harness->rules, RULE_WAIT_AT_DISPATCH);
    assert_false(NdisWaitEvent(&event, 0));
    assert_false(
        NT_SUCCESS(KeWaitForSingleObject(&event.Event, Executive, KernelMode, FALSE, NULL)));
    NdisMSleep(10);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_WAIT_AT_DISPATCH), 3);
    KeLowerIrql(old);
}

static void looking_at_dispatch_with_no_timeout_is_allowed(void **state)
{
    (void)state;
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, TRUE);
    KIRQL old = KeRaiseIrqlToDpcLevel();
    assert_int_equal(wait_for(&event, 0), STATUS_SUCCESS);
    KeLowerIrql(old);
}

static void a_wait_that_nothing_can_end_breaks_wait_forever_and_returns(void **state)
{
    struct harness *harness = *state;
    NDIS_EVENT event;
    NdisInitializeEvent(&event);
    rules_expect(&harness->rules, RULE_WAIT_FOREVER);
    assert_false(NdisWaitEvent(&event, 0));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_WAIT_FOREVER), 1);
    NdisSetEvent(&event); /* the world goes on */
    assert_true(NdisWaitEvent(&event, 0));
}

/* ---- several objects ---- */

static void waiting_for_any_takes_one_signal_and_names_it(void **state)
{
    (void)state;
    KEVENT events[3];
    PVOID objects[3] = {&events[0], &events[1], &events[2]};
    for (int i = 0; i < 3; i++)
        KeInitializeEvent(&events[i], SynchronizationEvent, i > 0);
    assert_int_equal(
        KeWaitForMultipleObjects(3, objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL),
        STATUS_WAIT_1);
    assert_int_equal(KeReadStateEvent(&events[1]), 0);
    assert_int_equal(KeReadStateEvent(&events[2]), 1);
}

static void set_both(void *context)
{
    KEVENT *events = context;
    (void)KeSetEvent(&events[0], 0, FALSE);
    NdisMSleep(1000);
    (void)KeSetEvent(&events[1], 0, FALSE);
}

static void waiting_for_all_takes_every_signal_at_once(void **state)
{
    struct harness *harness = *state;
    KEVENT events[2];
    PVOID objects[2] = {&events[0], &events[1]};
    LARGE_INTEGER at_once = {.QuadPart = 0};
    for (int i = 0; i < 2; i++)
        KeInitializeEvent(&events[i], SynchronizationEvent, FALSE);
    (void)KeSetEvent(&events[0], 0, FALSE);
    assert_int_equal(
        KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE, &at_once, NULL),
        STATUS_TIMEOUT);
    assert_int_equal(KeReadStateEvent(&events[0]), 1); /* nothing taken by halves */
    (void)KeResetEvent(&events[0]);
    struct exec_thread *thread = exec_thread_create(harness->exec, set_both, events);
    assert_int_equal(
        KeWaitForMultipleObjects(2, objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL),
        STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&events[0]), 0);
    assert_int_equal(KeReadStateEvent(&events[1]), 0);
    (void)exec_thread_join(thread);
    (void)exec_thread_release(thread);
}

/* ---- semaphores and mutexes ---- */

static void a_semaphore_counts_and_has_a_limit(void **state)
{
    struct harness *harness = *state;
    KSEMAPHORE semaphore;
    KeInitializeSemaphore(&semaphore, 1, 3);
    assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 2, FALSE), 1);
    rules_expect(&harness->rules, RULE_ARGUMENT_BAD);
    (void)KeReleaseSemaphore(&semaphore, 0, 1, FALSE);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_ARGUMENT_BAD), 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(wait_for(&semaphore, 0), STATUS_SUCCESS);
    assert_int_equal(wait_for(&semaphore, 0), STATUS_TIMEOUT);
}

struct counter {
    KMUTEX mutex;
    FAST_MUTEX fast;
    uint64_t count;      /* guarded by mutex */
    uint64_t fast_count; /* guarded by fast */
};

static void count_often(void *context)
{
    struct counter *counter = context;
    for (int i = 0; i < 200; i++) {
        (void)KeWaitForSingleObject(&counter->mutex, Executive, KernelMode, FALSE, NULL);
        (void)KeWaitForSingleObject(&counter->mutex, Executive, KernelMode, FALSE, NULL);
        uint64_t count = counter->count;
        exec_preempt("between");
        counter->count = count + 1;
        (void)KeReleaseMutex(&counter->mutex, FALSE);
        (void)KeReleaseMutex(&counter->mutex, FALSE);
        ExAcquireFastMutex(&counter->fast);
        count = counter->fast_count;
        exec_preempt("between");
        counter->fast_count = count + 1;
        ExReleaseFastMutex(&counter->fast);
    }
}

static void mutexes_exclude_and_a_kmutex_is_recursive(void **state)
{
    struct harness *harness = *state;
    struct counter counter = {.count = 0};
    KeInitializeMutex(&counter.mutex, 0);
    ExInitializeFastMutex(&counter.fast);
    struct exec_thread *threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = exec_thread_create(harness->exec, count_often, &counter);
    for (int i = 0; i < 3; i++) {
        (void)exec_thread_join(threads[i]);
        (void)exec_thread_release(threads[i]);
    }
    assert_int_equal(counter.count, 600);
    assert_int_equal(counter.fast_count, 600);
    assert_int_equal(KeReadStateMutex(&counter.mutex), 1);
    assert_true(ExTryToAcquireFastMutex(&counter.fast));
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&counter.fast);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void releasing_a_mutex_one_does_not_own_breaks_lock_not_owner(void **state)
{
    struct harness *harness = *state;
    KMUTEX mutex;
    KeInitializeMutex(&mutex, 0);
    rules_expect(&harness->rules, RULE_LOCK_NOT_OWNER);
    (void)KeReleaseMutex(&mutex, FALSE);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOCK_NOT_OWNER), 1);
}

/* ---- rundown ---- */

static void release_later(void *context)
{
    NdisMSleep(1000);
    ExReleaseRundownProtection(context);
}

static void rundown_waits_for_users_and_keeps_new_ones_out(void **state)
{
    struct harness *harness = *state;
    EX_RUNDOWN_REF reference;
    ExInitializeRundownProtection(&reference);
    assert_true(ExAcquireRundownProtection(&reference));
    struct exec_thread *thread = exec_thread_create(harness->exec, release_later, &reference);
    ExWaitForRundownProtectionRelease(&reference);
    assert_false(ExAcquireRundownProtection(&reference));
    (void)exec_thread_join(thread);
    (void)exec_thread_release(thread);
}

/* ---- threads ---- */

struct started {
    HANDLE id;
    KIRQL irql;
    bool after_terminate;
};

static VOID NTAPI start(PVOID StartContext)
{
    struct started *started = StartContext;
    started->id = PsGetCurrentThreadId();
    started->irql = KeGetCurrentIrql();
    (void)PsTerminateSystemThread(STATUS_SUCCESS);
    started->after_terminate = true;
}

static void a_system_thread_ends_where_it_terminates_itself(void **state)
{
    struct harness *harness = *state;
    struct started started = {.irql = 99};
    HANDLE handle;
    PVOID object;
    assert_int_equal(
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, start, &started),
        STATUS_SUCCESS);
    assert_int_equal(nt_owner_count(&harness->owner, NT_THREAD, NULL), 1);
    assert_int_equal(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                               &object, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
    assert_int_equal(KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    (void)ObDereferenceObject(object);
    assert_int_equal(started.irql, PASSIVE_LEVEL);
    assert_non_null(started.id);
    assert_false(started.after_terminate);
}

static void terminating_what_is_no_system_thread_breaks_call_wrong_phase(void **state)
{
    struct harness *harness = *state;
    rules_expect(&harness->rules, RULE_CALL_WRONG_PHASE);
    assert_int_equal(PsTerminateSystemThread(STATUS_SUCCESS), STATUS_INVALID_PARAMETER);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_CALL_WRONG_PHASE), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_notification_event_stays_signalled_until_it_is_reset),
        BOTH(a_synchronization_event_lets_one_waiter_through),
        BOTH(waiting_for_an_ndis_event_ends_when_another_thread_sets_it),
        BOTH(an_event_that_was_never_initialised_breaks_its_rule),
        BOTH(waiting_at_dispatch_breaks_wait_at_dispatch_and_returns),
        BOTH(looking_at_dispatch_with_no_timeout_is_allowed),
        SIMULATED(a_wait_that_nothing_can_end_breaks_wait_forever_and_returns),
        BOTH(waiting_for_any_takes_one_signal_and_names_it),
        BOTH(waiting_for_all_takes_every_signal_at_once),
        BOTH(a_semaphore_counts_and_has_a_limit),
        BOTH(mutexes_exclude_and_a_kmutex_is_recursive),
        BOTH(releasing_a_mutex_one_does_not_own_breaks_lock_not_owner),
        BOTH(rundown_waits_for_users_and_keeps_new_ones_out),
        BOTH(a_system_thread_ends_where_it_terminates_itself),
        BOTH(terminating_what_is_no_system_thread_breaks_call_wrong_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
