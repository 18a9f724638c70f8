/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif

static void every_block_is_aligned_and_accounted_to_its_driver(void **state)
{
    struct harness *harness = *state;
    void *blocks[64];
    uint64_t bytes;
    for (uint32_t i = 0; i < 64; i++) {
        blocks[i] = ExAllocatePoolWithTag(NonPagedPoolNx, i, TEST_TAG);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], 0xff, i);
    }
    assert_int_equal(nt_owner_count(&harness->owner, NT_POOL, &bytes), 64);
    assert_int_equal(bytes, 63 * 64 / 2);
    for (uint32_t i = 0; i < 64; i++)
        ExFreePoolWithTag(blocks[i], TEST_TAG);
    assert_int_equal(nt_owner_count(&harness->owner, NT_POOL, &bytes), 0);
    assert_int_equal(bytes, 0);
}

static void zeroed_and_cache_aligned_blocks_are_what_they_say(void **state)
{
    (void)state;
    static const unsigned char zeros[4096];
    unsigned char *block =
        ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, sizeof(zeros), TEST_TAG);
    assert_int_equal((uintptr_t)block % 64, 0);
    assert_memory_equal(block, zeros, sizeof(zeros));
    ExFreePool(block);
    block = ExAllocatePoolZero(NonPagedPool, 100, TEST_TAG);
    assert_memory_equal(block, zeros, 100);
    ExFreePool(block);
}

static void ndis_memory_is_freed_by_its_three_functions(void **state)
{
    (void)state;
    PVOID block;
    assert_int_equal(NdisAllocateMemoryWithTag(&block, 10, TEST_TAG), NDIS_STATUS_SUCCESS);
    NdisFreeMemory(block, 10, 0);
    block = NdisAllocateMemoryWithTagPriority(NULL, 10, TEST_TAG, NormalPoolPriority);
    NdisFreeMemoryWithTag(block, TEST_TAG);
    block = NdisAllocateMemoryWithTagPriority(NULL, 10, TEST_TAG, NormalPoolPriority);
    NdisFreeMemoryWithTagPriority(NULL, block, TEST_TAG);
}

static void freeing_twice_breaks_pool_double_free(void **state)
{
    struct harness *harness = *state;
    void *block = ExAllocatePoolWithTag(NonPagedPool, 40, TEST_TAG);
    ExFreePool(block);
    rules_expect(&harness->rules, RULE_POOL_DOUBLE_FREE);
    ExFreePool(block);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_DOUBLE_FREE), 1);
}

static void freeing_another_address_breaks_pool_not_allocated(void **state)
{
    struct harness *harness = *state;
    char *block = ExAllocatePoolZero(NonPagedPool, 256, TEST_TAG);
    rules_expect(&harness->rules, RULE_POOL_NOT_ALLOCATED);
    ExFreePool(block + 128);
    ExFreePool(block + 1);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_NOT_ALLOCATED), 2);
    ExFreePool(block);
}

static void the_wrong_tag_and_the_wrong_function_break_their_rules(void **state)
{
    struct harness *harness = *state;
    void *block = ExAllocatePoolWithTag(NonPagedPool, 1, TEST_TAG);
    rules_expect(&harness->rules, RULE_POOL_WRONG_TAG);
    ExFreePoolWithTag(block, TEST_TAG + 1);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_WRONG_TAG), 1);
    block = ExAllocatePoolWithTag(NonPagedPool, 1, TEST_TAG);
    rules_expect(&harness->rules, RULE_POOL_WRONG_FREE);
    NdisFreeMemory(block, 0, 0);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_WRONG_FREE), 1);
}

static void freeing_anothers_block_breaks_pool_wrong_owner(void **state)
{
    struct harness *harness = *state;
    struct nt_owner *other = malloc(sizeof(*other));
    nt_owner_init(other, "other", 1, NULL);
    void *block = ExAllocatePoolWithTag(NonPagedPool, 1, TEST_TAG);
    exec_current()->owner = other;
    rules_expect(&harness->rules, RULE_POOL_WRONG_OWNER);
    ExFreePool(block);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_WRONG_OWNER), 1);
    exec_current()->owner = &harness->owner;
    free(other);
}

static void paged_memory_at_dispatch_breaks_pool_at_high_irql(void **state)
{
    struct harness *harness = *state;
    KIRQL old = KeRaiseIrqlToDpcLevel();
    rules_expect(&harness->rules, RULE_POOL_AT_HIGH_IRQL);
    assert_null(ExAllocatePoolWithTag(PagedPool, 1, TEST_TAG));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_AT_HIGH_IRQL), 1);
    void *block = ExAllocatePoolWithTag(NonPagedPool, 1, TEST_TAG);
    assert_non_null(block);
    ExFreePool(block);
    KeLowerIrql(old);
}

#ifndef ASAN /* which stops at such a write itself */
static void writing_behind_a_block_breaks_pool_overrun(void **state)
{
    struct harness *harness = *state;
    volatile char *block = ExAllocatePoolWithTag(NonPagedPool, 24, TEST_TAG);
    volatile size_t behind = 24;
    block[behind] = 0;
    rules_expect(&harness->rules, RULE_POOL_OVERRUN);
    ExFreePool((PVOID)(uintptr_t)block);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_OVERRUN), 1);
}

static void writing_to_a_freed_block_breaks_pool_used_after_free(void **state)
{
    struct harness *harness = *state;
    volatile char *block = ExAllocatePoolWithTag(NonPagedPool, 24, TEST_TAG);
    uintptr_t address = (uintptr_t)block;
    ExFreePool((PVOID)address);
    *(volatile char *)address = 0;
    rules_expect(&harness->rules, RULE_POOL_USED_AFTER_FREE);
    for (int i = 0; i < 64; i++) /* until the block leaves the ring of freed ones */
        ExFreePool(ExAllocatePoolWithTag(NonPagedPool, 24, TEST_TAG));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_USED_AFTER_FREE), 1);
}
#endif

static void note_leak(void *context, const struct nt_account *account)
{
    uint64_t *bytes = context;
    assert_int_equal(account->tag, TEST_TAG);
    assert_int_equal(account->kind, NT_POOL);
    assert_non_null(account->caller);
    *bytes += account->bytes;
}

static void leaks_are_listed_with_their_bytes_tag_and_caller(void **state)
{
    struct harness *harness = *state;
    uint64_t bytes = 0;
    void *blocks[3];
    for (size_t i = 0; i < 3; i++)
        blocks[i] = ExAllocatePoolWithTag(NonPagedPool, 10 * (i + 1), TEST_TAG);
    assert_int_equal(nt_owner_report_leaks(&harness->owner, note_leak, &bytes), 3);
    assert_int_equal(bytes, 60);
    for (size_t i = 0; i < 3; i++)
        ExFreePool(blocks[i]);
}

/* ---- lookaside lists ---- */

static void a_lookaside_list_hands_a_freed_entry_out_again(void **state)
{
    struct harness *harness = *state;
    NPAGED_LOOKASIDE_LIST list;
    ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 100, TEST_TAG, 0);
    assert_int_equal(nt_owner_count(&harness->owner, NT_LOOKASIDE, NULL), 1);
    void *entry = ExAllocateFromNPagedLookasideList(&list);
    assert_non_null(entry);
    memset(entry, 1, 100);
    ExFreeToNPagedLookasideList(&list, entry);
    assert_ptr_equal(ExAllocateFromNPagedLookasideList(&list), entry);
    ExFreeToNPagedLookasideList(&list, entry);
    ExDeleteNPagedLookasideList(&list);
}

static void an_entry_that_is_out_at_deletion_breaks_lookaside_not_empty(void **state)
{
    struct harness *harness = *state;
    LOOKASIDE_LIST_EX list;
    assert_int_equal(
        ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPoolNx, 0, 32, TEST_TAG, 0),
        STATUS_SUCCESS);
    void *entry = ExAllocateFromLookasideListEx(&list);
    rules_expect(&harness->rules, RULE_LOOKASIDE_NOT_EMPTY);
    ExDeleteLookasideListEx(&list);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_LOOKASIDE_NOT_EMPTY), 1);
    ExFreePool(entry);
}

static void an_entry_freed_twice_breaks_pool_double_free(void **state)
{
    struct harness *harness = *state;
    NPAGED_LOOKASIDE_LIST list;
    ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 100, TEST_TAG, 0);
    void *entry = ExAllocateFromNPagedLookasideList(&list);
    ExFreeToNPagedLookasideList(&list, entry);
    rules_expect(&harness->rules, RULE_POOL_DOUBLE_FREE);
    ExFreeToNPagedLookasideList(&list, entry);
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_DOUBLE_FREE), 1);
    ExDeleteNPagedLookasideList(&list);
}

enum { OWN_MANY = 300 };

static uint32_t own_count;     /* entries that there are */
static uint32_t own_allocated; /* that there ever were */

static PVOID NTAPI own_allocate(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    own_count++;
    own_allocated++;
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

static VOID NTAPI own_free(PVOID Buffer)
{
    own_count--;
    ExFreePoolWithTag(Buffer, TEST_TAG);
}

/* Takes and gives back so many entries; returns how many the list allocated for that. */
static uint32_t own_cycle(NPAGED_LOOKASIDE_LIST *list, uint32_t count)
{
    void *entries[OWN_MANY];
    uint32_t allocated = own_allocated;
    for (uint32_t i = 0; i < count; i++)
        entries[i] = ExAllocateFromNPagedLookasideList(list);
    for (uint32_t i = 0; i < count; i++)
        ExFreeToNPagedLookasideList(list, entries[i]);
    return own_allocated - allocated;
}

static void a_lookaside_list_uses_the_drivers_own_functions(void **state)
{
    (void)state;
    NPAGED_LOOKASIDE_LIST list;
    own_count = own_allocated = 0;
    ExInitializeNPagedLookasideList(&list, own_allocate, own_free, 0, 100, TEST_TAG, 0);
    assert_int_equal(own_cycle(&list, OWN_MANY), OWN_MANY);
    assert_true(own_count < OWN_MANY); /* the list keeps at most 256 */
    assert_true(own_count > 0);
    ExDeleteNPagedLookasideList(&list);
    assert_int_equal(own_count, 0);
}

static void a_lookaside_list_that_misses_keeps_more(void **state)
{
    (void)state;
    NPAGED_LOOKASIDE_LIST list;
    own_count = own_allocated = 0;
    ExInitializeNPagedLookasideList(&list, own_allocate, own_free, 0, 100, TEST_TAG, 0);
    uint32_t misses = own_cycle(&list, 200);
    for (int i = 0; i < 20 && misses; i++)
        misses = own_cycle(&list, 200);
    assert_int_equal(misses, 0);
    assert_int_equal(own_count, 200);
    ExDeleteNPagedLookasideList(&list);
    assert_int_equal(own_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(every_block_is_aligned_and_accounted_to_its_driver),
        BOTH(zeroed_and_cache_aligned_blocks_are_what_they_say),
        BOTH(ndis_memory_is_freed_by_its_three_functions),
        BOTH(freeing_twice_breaks_pool_double_free),
        BOTH(freeing_another_address_breaks_pool_not_allocated),
        BOTH(the_wrong_tag_and_the_wrong_function_break_their_rules),
        BOTH(freeing_anothers_block_breaks_pool_wrong_owner),
        BOTH(paged_memory_at_dispatch_breaks_pool_at_high_irql),
#ifndef ASAN
        BOTH(writing_behind_a_block_breaks_pool_overrun),
        BOTH(writing_to_a_freed_block_breaks_pool_used_after_free),
#endif
        BOTH(leaks_are_listed_with_their_bytes_tag_and_caller),
        BOTH(a_lookaside_list_hands_a_freed_entry_out_again),
        BOTH(an_entry_that_is_out_at_deletion_breaks_lookaside_not_empty),
        BOTH(an_entry_freed_twice_breaks_pool_double_free),
        BOTH(a_lookaside_list_uses_the_drivers_own_functions),
        BOTH(a_lookaside_list_that_misses_keeps_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
