/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

struct shared {
    LIST_ENTRY list;
    KSPIN_LOCK lock;
    SLIST_HEADER slist;
    volatile LONG added;
    volatile LONG taken;
};

struct entry {
    SLIST_ENTRY slink;
    LIST_ENTRY link;
    volatile LONG seen_count;
};

#define ROUNDS 200

static void push_and_pop(void *context)
{
    struct shared *shared = context;
    struct entry *own = ExAllocatePoolZero(NonPagedPoolCacheAligned, sizeof(*own), TEST_TAG);
    for (int i = 0; i < ROUNDS; i++) {
        (void)InterlockedPushEntrySList(&shared->slist, &own->slink);
        (void)InterlockedIncrement(&shared->added);
        PSLIST_ENTRY popped;
        while (!(popped = InterlockedPopEntrySList(&shared->slist)))
            YieldProcessor();
        own = CONTAINING_RECORD(popped, struct entry, slink);
        (void)InterlockedIncrement(&own->seen_count);
        (void)InterlockedDecrement(&shared->added);
    }
    (void)ExInterlockedInsertTailList(&shared->list, &own->link, &shared->lock);
}

static void sequenced_lists_lose_no_entry(void **state)
{
    struct harness *harness = *state;
    struct shared shared = {.added = 0};
    struct exec_thread *threads[4];
    InitializeListHead(&shared.list);
    KeInitializeSpinLock(&shared.lock);
    InitializeSListHead(&shared.slist);
    for (int i = 0; i < 4; i++)
        threads[i] = exec_thread_create(harness->exec, push_and_pop, &shared);
    for (int i = 0; i < 4; i++) {
        (void)exec_thread_join(threads[i]);
        (void)exec_thread_release(threads[i]);
    }
    assert_int_equal(shared.added, 0);
    assert_int_equal(ExQueryDepthSList(&shared.slist), 0);
    LONG seen_count = 0;
    int entry_count = 0;
    PLIST_ENTRY link;
    while ((link = ExInterlockedRemoveHeadList(&shared.list, &shared.lock)) != NULL) {
        struct entry *entry = CONTAINING_RECORD(link, struct entry, link);
        seen_count += entry->seen_count;
        entry_count++;
        ExFreePool(entry);
    }
    assert_int_equal(entry_count, 4);
    assert_int_equal(seen_count, 4 * ROUNDS);
}

static void interlocked_lists_keep_their_order(void **state)
{
    (void)state;
    LIST_ENTRY head;
    LIST_ENTRY entries[3];
    KSPIN_LOCK lock = 0;
    InitializeListHead(&head);
    assert_null(ExInterlockedInsertTailList(&head, &entries[1], &lock));
    assert_ptr_equal(ExInterlockedInsertTailList(&head, &entries[2], &lock), &entries[1]);
    assert_ptr_equal(ExInterlockedInsertHeadList(&head, &entries[0], &lock), &entries[1]);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &entries[i]);
    assert_null(ExInterlockedRemoveHeadList(&head, &lock));
}

static void a_list_with_a_torn_link_breaks_list_broken(void **state)
{
    struct harness *harness = *state;
    LIST_ENTRY head;
    LIST_ENTRY entry;
    KSPIN_LOCK lock = 0;
    InitializeListHead(&head);
    (void)ExInterlockedInsertTailList(&head, &entry, &lock);
    entry.Blink = &entry;
    rules_expect(&harness->rules, RULE_LIST_BROKEN);
    assert_null(ExInterlockedRemoveHeadList(&head, &lock));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LIST_BROKEN), 1);
}

static void interlocked_operations_return_what_windows_returns(void **state)
{
    (void)state;
    LONG volatile value = 5;
    assert_int_equal(InterlockedIncrement(&value), 6);
    assert_int_equal(InterlockedExchangeAdd(&value, 4), 6);
    assert_int_equal(InterlockedCompareExchange(&value, 1, 10), 10);
    assert_int_equal(value, 1);
    KSPIN_LOCK lock = 0;
    LARGE_INTEGER sum = {.QuadPart = 40};
    LARGE_INTEGER two = {.QuadPart = 2};
    assert_int_equal(ExInterlockedAddLargeInteger(&sum, two, &lock).QuadPart, 40);
    assert_int_equal(sum.QuadPart, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(sequenced_lists_lose_no_entry),
        BOTH(interlocked_lists_keep_their_order),
        BOTH(a_list_with_a_torn_link_breaks_list_broken),
        BOTH(interlocked_operations_return_what_windows_returns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
