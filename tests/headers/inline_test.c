/* SPDX-License-Identifier: MIT */
/* The parts of the headers that are code: lists, interlocked operations, MDL and string macros. */
#define NDIS620 1
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ndis.h>

static unsigned point_count;

VOID NTAPI CondisInterlockedPoint(VOID)
{
    point_count++;
}

static unsigned map_count;

PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL Mdl, KPROCESSOR_MODE AccessMode,
                                         MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
                                         ULONG BugCheckOnFailure, ULONG Priority)
{
    assert_int_equal(AccessMode, KernelMode);
    assert_int_equal(CacheType, MmCached);
    assert_null(RequestedAddress);
    assert_false(BugCheckOnFailure);
    assert_int_equal(Priority, NormalPagePriority);
    map_count++;
    return Mdl->StartVa;
}

struct item {
    ULONG number;
    LIST_ENTRY link;
};

static void a_list_gives_back_its_entries_in_order(void **state)
{
    LIST_ENTRY head;
    struct item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};

    (void)state;
    InitializeListHead(&head);
    assert_true(IsListEmpty(&head));
    InsertTailList(&head, &items[1].link);
    InsertTailList(&head, &items[2].link);
    InsertHeadList(&head, &items[0].link);
    assert_false(RemoveEntryList(&items[1].link));
    assert_int_equal(CONTAINING_RECORD(RemoveHeadList(&head), struct item, link)->number, 1);
    assert_int_equal(CONTAINING_RECORD(RemoveTailList(&head), struct item, link)->number, 3);
    assert_true(IsListEmpty(&head));
}

static void appending_a_list_keeps_both_orders(void **state)
{
    LIST_ENTRY head;
    struct item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};

    (void)state;
    InitializeListHead(&head);
    InsertTailList(&head, &items[0].link);
    InitializeListHead(&items[1].link);
    InsertTailList(&items[1].link, &items[2].link);
    AppendTailList(&head, &items[1].link);
    for (ULONG number = 1; number <= 3; number++)
        assert_int_equal(CONTAINING_RECORD(RemoveHeadList(&head), struct item, link)->number,
                         number);
    assert_true(IsListEmpty(&head));
}

static void a_pushed_entry_pops_first(void **state)
{
    SINGLE_LIST_ENTRY head = {NULL};
    SINGLE_LIST_ENTRY first;
    SINGLE_LIST_ENTRY second;

    (void)state;
    PushEntryList(&head, &first);
    PushEntryList(&head, &second);
    assert_ptr_equal(PopEntryList(&head), &second);
    assert_ptr_equal(PopEntryList(&head), &first);
    assert_null(PopEntryList(&head));
}

static void interlocked_operations_return_what_windows_returns(void **state)
{
    LONG value = 5;
    LONG64 wide = 1;

    (void)state;
    assert_int_equal(InterlockedIncrement(&value), 6);
    assert_int_equal(InterlockedDecrement(&value), 5);
    assert_int_equal(InterlockedExchange(&value, 12), 5);
    assert_int_equal(InterlockedExchangeAdd(&value, 3), 12);
    assert_int_equal(InterlockedAdd(&value, 1), 16);
    assert_int_equal(InterlockedOr(&value, 1), 16);
    assert_int_equal(InterlockedAnd(&value, 1), 17);
    assert_int_equal(InterlockedXor(&value, 3), 1);
    assert_int_equal(InterlockedCompareExchange(&value, 9, 7), 2);
    assert_int_equal(InterlockedCompareExchange(&value, 9, 2), 2);
    assert_int_equal(value, 9);
    assert_int_equal(InterlockedIncrement64(&wide), 2);
    assert_false(InterlockedBitTestAndSet(&value, 1));
    assert_true(InterlockedBitTestAndReset(&value, 1));
    assert_int_equal(value, 9);
}

static void a_bit_number_reaches_over_words(void **state)
{
    LONG words[2] = {0, 0};

    (void)state;
    assert_false(InterlockedBitTestAndSet(words, 33));
    assert_int_equal(words[0], 0);
    assert_int_equal(words[1], 2);
    assert_true(InterlockedBitTestAndReset(words, 33));
    assert_int_equal(words[1], 0);
    assert_false(InterlockedBitTestAndSet(words, 31));
    assert_true(InterlockedBitTestAndSet(words, 31));
}

static void interlocked_pointers_swap_only_on_a_match(void **state)
{
    int one;
    int two;
    PVOID target = &one;

    (void)state;
    assert_ptr_equal(InterlockedCompareExchangePointer(&target, NULL, &two), &one);
    assert_ptr_equal(target, &one);
    assert_ptr_equal(InterlockedCompareExchangePointer(&target, &two, &one), &one);
    assert_ptr_equal(InterlockedExchangePointer(&target, NULL), &two);
    assert_null(target);
}

static void each_interlocked_operation_is_one_preemption_point(void **state)
{
    LONG value = 0;
    PVOID pointer = NULL;
    ULONG counter = 0;

    (void)state;
    point_count = 0;
    InterlockedIncrement(&value);
    assert_int_equal(point_count, 1);
    InterlockedCompareExchangePointer(&pointer, NULL, NULL);
    assert_int_equal(point_count, 2);
    NdisInterlockedAddUlong(&counter, 5, NULL);
    assert_int_equal(point_count, 3);
    InterlockedBitTestAndSet(&value, 3);
    assert_int_equal(point_count, 4);
    assert_int_equal(counter, 5);
}

static void an_initialised_mdl_describes_its_buffer(void **state)
{
    static UCHAR page[2 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
    struct {
        MDL mdl;
        PFN_NUMBER pages[2];
    } space;
    PMDL mdl = &space.mdl;

    (void)state;
    MmInitializeMdl(mdl, page + PAGE_SIZE - 8, 16);
    assert_int_equal(mdl->Size, sizeof(space));
    assert_ptr_equal(MmGetMdlBaseVa(mdl), page);
    assert_int_equal(MmGetMdlByteOffset(mdl), PAGE_SIZE - 8);
    assert_int_equal(MmGetMdlByteCount(mdl), 16);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), page + PAGE_SIZE - 8);
    assert_int_equal(NDIS_MDL_TO_SPAN_PAGES(mdl), 2);
    assert_ptr_equal(MmGetMdlPfnArray(mdl), space.pages);
}

static void only_an_unmapped_mdl_is_mapped(void **state)
{
    UCHAR byte = 0;
    MDL mdl = {.MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL, .MappedSystemVa = &byte, .ByteCount = 1};
    PVOID address = NULL;
    ULONG length = 0;

    (void)state;
    map_count = 0;
    NdisQueryMdl(&mdl, &address, &length, NormalPagePriority);
    assert_ptr_equal(address, &byte);
    assert_int_equal(length, 1);
    assert_int_equal(map_count, 0);
    mdl.MdlFlags = 0;
    mdl.StartVa = &mdl;
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(&mdl, NormalPagePriority), &mdl);
    assert_int_equal(map_count, 1);
}

static void both_names_of_a_net_buffer_field_are_one_memory(void **state)
{
    NET_BUFFER nb = {.DataOffset = 7};
    NET_BUFFER_LIST nbl = {.FirstNetBuffer = &nb};

    (void)state;
    NET_BUFFER_DATA_LENGTH(&nb) = 40;
    assert_int_equal(nb.NetBufferHeader.NetBufferData.DataLength, 40);
    assert_int_equal(nb.NetBufferHeader.DataOffset, 7);
    assert_ptr_equal(nbl.NetBufferListHeader.NetBufferListData.FirstNetBuffer, &nb);
    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(&nbl, &nb);
    assert_ptr_equal(nbl.NetBufferListInfo[5], &nb);
}

static void a_context_starts_behind_its_offset(void **state)
{
    DECLSPEC_ALIGN(16) UCHAR space[sizeof(NET_BUFFER_LIST_CONTEXT) + 48];
    PNET_BUFFER_LIST_CONTEXT context = (PNET_BUFFER_LIST_CONTEXT)(void *)space;
    NET_BUFFER_LIST nbl = {.Context = context};

    (void)state;
    context->Size = 32;
    context->Offset = 16;
    assert_ptr_equal(NET_BUFFER_LIST_CONTEXT_DATA_START(&nbl), context->ContextData + 16);
    assert_int_equal(NET_BUFFER_LIST_CONTEXT_DATA_SIZE(&nbl), 32);
}

static void comparing_memory_counts_the_equal_bytes(void **state)
{
    (void)state;
    assert_int_equal(RtlCompareMemory("abcd", "abxd", 4), 2);
    assert_int_equal(RtlCompareMemory("abcd", "abcd", 4), 4);
    assert_int_equal(RtlCompareMemory("a", "b", 0), 0);
    assert_true(RtlEqualMemory("abcd", "abcx", 3));
}

static void a_net_luid_holds_its_type_in_the_high_end(void **state)
{
    NET_LUID luid = {.Value = 0x0025000001000000};

    (void)state;
    assert_int_equal(luid.Info.IfType, IF_TYPE_ATM);
    assert_int_equal(luid.Info.NetLuidIndex, 1);
}

static void constant_strings_count_bytes_without_the_terminator(void **state)
{
    NDIS_STRING name = NDIS_STRING_CONST("abc");
    DECLARE_CONST_UNICODE_STRING(other, L"de");

    (void)state;
    assert_int_equal(name.Length, 6);
    assert_int_equal(name.MaximumLength, 8);
    assert_int_equal(other.Length, 4);
    assert_int_equal(RtlUlongByteSwap(0x01020304), 0x04030201);
    assert_int_equal(RtlUshortByteSwap(0x0102), 0x0201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_gives_back_its_entries_in_order),
        cmocka_unit_test(appending_a_list_keeps_both_orders),
        cmocka_unit_test(a_pushed_entry_pops_first),
        cmocka_unit_test(interlocked_operations_return_what_windows_returns),
        cmocka_unit_test(a_bit_number_reaches_over_words),
        cmocka_unit_test(interlocked_pointers_swap_only_on_a_match),
        cmocka_unit_test(each_interlocked_operation_is_one_preemption_point),
        cmocka_unit_test(an_initialised_mdl_describes_its_buffer),
        cmocka_unit_test(only_an_unmapped_mdl_is_mapped),
        cmocka_unit_test(both_names_of_a_net_buffer_field_are_one_memory),
        cmocka_unit_test(a_context_starts_behind_its_offset),
        cmocka_unit_test(comparing_memory_counts_the_equal_bytes),
        cmocka_unit_test(a_net_luid_holds_its_type_in_the_high_end),
        cmocka_unit_test(constant_strings_count_bytes_without_the_terminator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
