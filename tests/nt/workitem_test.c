/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

struct job {
    _Atomic uint32_t ran_count;
    KIRQL irql;
    struct nt_owner *owner;
    NDIS_HANDLE handle;
    PIO_WORKITEM item;
    WORK_QUEUE_ITEM ex_item;
    KEVENT go;
};

static void note(struct job *job)
{
    job->irql = KeGetCurrentIrql();
    job->owner = exec_current()->owner;
    job->ran_count++;
}

static VOID NTAPI ndis_routine(PVOID WorkItemContext, NDIS_HANDLE NdisIoWorkItemHandle)
{
    struct job *job = WorkItemContext;
    assert_ptr_equal(NdisIoWorkItemHandle, job->handle);
    note(job);
    NdisFreeIoWorkItem(NdisIoWorkItemHandle); /* Learn: allowed in the routine */
}

static void an_ndis_work_item_runs_at_passive_and_may_free_itself(void **state)
{
    struct harness *harness = *state;
    struct job job = {.handle = NdisAllocateIoWorkItem(NULL)};
    assert_non_null(job.handle);
    assert_int_equal(nt_owner_count(&harness->owner, NT_WORK_ITEM, NULL), 1);
    KIRQL old = KeRaiseIrqlToDpcLevel();
    NdisQueueIoWorkItem(job.handle, ndis_routine, &job);
    KeLowerIrql(old);
    harness_idle(harness);
    assert_int_equal(job.ran_count, 1);
    assert_int_equal(job.irql, PASSIVE_LEVEL);
    assert_ptr_equal(job.owner, &harness->owner);
}

static VOID NTAPI io_routine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    struct job *job = Context;
    assert_ptr_equal(DeviceObject, &job->go); /* any address: it is handed through */
    note(job);
    (void)KeWaitForSingleObject(&job->go, Executive, KernelMode, FALSE, NULL);
}

static void an_io_work_item_hands_its_device_and_context_through(void **state)
{
    struct harness *harness = *state;
    struct job job = {.ran_count = 0};
    KeInitializeEvent(&job.go, NotificationEvent, TRUE);
    job.item = IoAllocateWorkItem((PDEVICE_OBJECT)(void *)&job.go);
    IoQueueWorkItem(job.item, io_routine, DelayedWorkQueue, &job);
    harness_idle(harness);
    assert_int_equal(job.ran_count, 1);
    IoFreeWorkItem(job.item);
}

static VOID NTAPI ex_routine(PVOID Parameter)
{
    note(Parameter);
}

static void an_ex_work_item_runs_once_for_each_time_it_is_queued(void **state)
{
    struct harness *harness = *state;
    struct job job = {.ran_count = 0};
    ExInitializeWorkItem(&job.ex_item, ex_routine, &job);
    for (uint32_t i = 1; i <= 3; i++) {
        ExQueueWorkItem(&job.ex_item, DelayedWorkQueue);
        harness_idle(harness);
        assert_int_equal(job.ran_count, i);
    }
    assert_ptr_equal(job.owner, &harness->owner);
}

/* Simulated only: nobody else runs on the one processor of an exec while a task has it at DISPATCH,
 * so the item surely is in the queue still. */
static void queueing_or_freeing_a_queued_item_breaks_its_rule(void **state)
{
    struct harness *harness = *state;
    struct job job = {.ran_count = 0};
    struct exec_options options = {.name = "single", .index = 1, .processor_count = 1};
    struct exec *single = exec_create(harness->world, &options);
    struct exec *before = exec_switch(single);
    KeInitializeEvent(&job.go, NotificationEvent, TRUE);
    job.item = IoAllocateWorkItem((PDEVICE_OBJECT)(void *)&job.go);
    rules_expect(&harness->rules, RULE_WORKITEM_QUEUED_TWICE);
    rules_expect(&harness->rules, RULE_WORKITEM_FREED_QUEUED);
    KIRQL old = KeRaiseIrqlToDpcLevel();
    IoQueueWorkItem(job.item, io_routine, DelayedWorkQueue, &job);
    IoQueueWorkItem(job.item, io_routine, DelayedWorkQueue, &job);
    IoFreeWorkItem(job.item);
    KeLowerIrql(old);
    harness_idle(harness);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_WORKITEM_QUEUED_TWICE), 1);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_WORKITEM_FREED_QUEUED), 1);
    assert_int_equal(job.ran_count, 1);
    IoFreeWorkItem(job.item);
    (void)exec_switch(before);
    assert_int_equal(exec_destroy(single), 0);
}

struct pair {
    struct exec_work waits;
    struct exec_work sets;
    KEVENT event;
    _Atomic uint32_t done_count;
};

static void wait_for_other(struct exec_work *work)
{
    struct pair *pair = work->context;
    (void)KeWaitForSingleObject(&pair->event, Executive, KernelMode, FALSE, NULL);
    pair->done_count++;
}

static void set_other(struct exec_work *work)
{
    struct pair *pair = work->context;
    (void)KeSetEvent(&pair->event, 0, FALSE);
    pair->done_count++;
}

static void work_may_wait_for_work_that_is_queued_behind_it(void **state)
{
    struct harness *harness = *state;
    struct pair pairs[16];
    for (int i = 0; i < 16; i++) {
        pairs[i].done_count = 0;
        KeInitializeEvent(&pairs[i].event, NotificationEvent, FALSE);
        exec_work_init(&pairs[i].waits, wait_for_other, &pairs[i]);
        exec_work_init(&pairs[i].sets, set_other, &pairs[i]);
        assert_true(exec_work_queue(harness->exec, &pairs[i].waits));
    }
    for (int i = 0; i < 16; i++)
        assert_true(exec_work_queue(harness->exec, &pairs[i].sets));
    harness_idle(harness);
    for (int i = 0; i < 16; i++)
        assert_int_equal(pairs[i].done_count, 2);
}

static void count_work(struct exec_work *work)
{
    struct job *job = work->context;
    note(job);
    (void)KeSetEvent(&job->go, 0, FALSE);
}

static void delayed_work_runs_after_its_delay_or_not_when_cancelled(void **state)
{
    struct harness *harness = *state;
    struct job job = {.ran_count = 0};
    struct exec_delayed_work delayed;
    KeInitializeEvent(&job.go, NotificationEvent, FALSE);
    exec_delayed_work_init(&delayed, count_work, &job);
    assert_true(exec_delayed_work_queue(harness->exec, &delayed, 100 * EXEC_SECOND));
    assert_false(exec_delayed_work_queue(harness->exec, &delayed, EXEC_MS));
    assert_true(exec_delayed_work_cancel(&delayed));
    assert_false(exec_delayed_work_cancel(&delayed));
    uint64_t start = exec_now(harness->world);
    assert_true(exec_delayed_work_queue(harness->exec, &delayed, 2 * EXEC_MS));
    (void)KeWaitForSingleObject(&job.go, Executive, KernelMode, FALSE, NULL);
    assert_true(exec_now(harness->world) - start >= 2 * EXEC_MS);
    harness_idle(harness);
    assert_int_equal(job.ran_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(an_ndis_work_item_runs_at_passive_and_may_free_itself),
        BOTH(an_io_work_item_hands_its_device_and_context_through),
        BOTH(an_ex_work_item_runs_once_for_each_time_it_is_queued),
        SIMULATED(queueing_or_freeing_a_queued_item_breaks_its_rule),
        BOTH(work_may_wait_for_work_that_is_queued_behind_it),
        BOTH(delayed_work_runs_after_its_delay_or_not_when_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
