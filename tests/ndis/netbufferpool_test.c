/* SPDX-License-Identifier: MIT */
#include "bare_host.h"

static void a_pool_gives_lists_that_know_it(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE pool = list_pool(false, 0, 0);
    assert_non_null(pool);
    assert_int_equal(nt_owner_count(&b->alice, NT_NBL_POOL, NULL), 1);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(pool, 0, 0);
    assert_ptr_equal(NdisGetPoolFromNetBufferList(nbl), pool);
    assert_null(NET_BUFFER_LIST_FIRST_NB(nbl));
    NdisFreeNetBufferList(nbl);
    NdisFreeNetBufferListPool(pool);
}

static void a_warm_pool_needs_no_allocation(void **state)
{
    (void)state;
    NDIS_HANDLE handle = list_pool(true, 0, 100);
    struct pool_slot *slot =
        (struct pool_slot *)handle_resolve(host_current(), handle, OBJECT_NBL_POOL, NULL);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(handle, 0, 0);
    NdisFreeNetBufferList(nbl);
    uint64_t warm = slot->pool->cache.block_count;
    for (int i = 0; i < 1000; i++)
        NdisFreeNetBufferList(NdisAllocateNetBufferList(handle, 0, 0));
    assert_int_equal(slot->pool->cache.block_count, warm);
    NdisFreeNetBufferListPool(handle);
}

static void bad_parameters_make_no_pool(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE pool;
    EXPECT_RULE(b, ARGUMENT_NULL, pool = NdisAllocateNetBufferListPool(NULL, NULL));
    assert_null(pool);
    EXPECT_RULE(b, ARGUMENT_NULL, pool = NdisAllocateNetBufferPool(NULL, NULL));
    assert_null(pool);
    NET_BUFFER_LIST_POOL_PARAMETERS parameters = {.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, 4}};
    EXPECT_RULE(b, ARGUMENT_HEADER, pool = NdisAllocateNetBufferListPool(NULL, &parameters));
    assert_null(pool);
    EXPECT_RULE(b, ARGUMENT_BAD, pool = list_pool(false, 8, 0));
    assert_null(pool);
    EXPECT_RULE(b, ARGUMENT_BAD, pool = list_pool(false, 0, 100));
    assert_null(pool);
}

static void a_pool_handle_of_the_other_kind_is_told(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE lists = list_pool(false, 0, 0);
    NDIS_HANDLE buffers = buffer_pool(0);
    PVOID got;
    EXPECT_RULE(b, HANDLE_KIND, got = NdisAllocateNetBufferList(buffers, 0, 0));
    assert_null(got);
    EXPECT_RULE(b, HANDLE_KIND, got = NdisAllocateNetBuffer(lists, NULL, 0, 0));
    assert_null(got);
    EXPECT_RULE(b, HANDLE_KIND, NdisFreeNetBufferPool(lists));
    NdisFreeNetBufferListPool(lists);
    EXPECT_RULE(b, HANDLE_STALE, NdisFreeNetBufferListPool(lists));
    EXPECT_RULE(b, HANDLE_NULL, NdisFreeNetBufferListPool(NULL));
    NdisFreeNetBufferPool(buffers);
}

static void a_pool_freed_with_lists_out_is_told_and_lets_them_live(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE pool = list_pool(true, 0, 64);
    PNET_BUFFER_LIST one = NdisAllocateNetBufferList(pool, 0, 0);
    PNET_BUFFER_LIST two = NdisAllocateNetBufferList(pool, 0, 0);
    EXPECT_RULE(b, NBL_POOL_NOT_EMPTY, NdisFreeNetBufferListPool(pool));
    struct rule_break seen;
    assert_true(rules_kept(&b->rules, 0, &seen));
    assert_string_equal(seen.detail, "2 NET_BUFFER_LISTs out; 2 its allocator's");
    PVOID got;
    EXPECT_RULE(b, HANDLE_STALE, got = NdisAllocateNetBufferList(pool, 0, 0));
    assert_null(got);
    memset(MmGetSystemAddressForMdlSafe(two->FirstNetBuffer->MdlChain, NormalPagePriority), 1, 64);
    NdisFreeNetBufferList(one);
    NdisFreeNetBufferList(two);
}

static void what_is_never_freed_goes_with_the_host(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE pool = list_pool(false, 32, 0);
    assert_non_null(NdisAllocateNetBufferList(pool, 0, 0));
    EXPECT_RULE(b, NBL_POOL_NOT_EMPTY, NdisFreeNetBufferListPool(pool));
}

static void a_driver_that_goes_leaves_its_pools_to_the_host(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE empty = list_pool(false, 0, 0);
    NDIS_HANDLE used = list_pool(false, 0, 0);
    assert_non_null(NdisAllocateNetBufferList(used, 0, 0));
    bare_host_become(&b->bob);
    NDIS_HANDLE other = list_pool(false, 0, 0);
    netbuffer_pools_disown(b->host, &b->alice);
    assert_int_equal(nt_owner_count(&b->alice, NT_KINDS, NULL), 0);
    EXPECT_RULE(b, HANDLE_STALE, NdisFreeNetBufferListPool(empty));
    EXPECT_RULE(b, HANDLE_STALE, NdisFreeNetBufferListPool(used));
    NdisFreeNetBufferListPool(other);
}

static void a_pool_above_dispatch_breaks_the_irql_rule(void **state)
{
    struct bare_host *b = *state;
    uint8_t old = exec_set_irql(EXEC_DISPATCH);
    NDIS_HANDLE pool = list_pool(false, 0, 0);
    exec_set_irql(EXEC_DISPATCH + 1);
    EXPECT_RULE(b, Irql_NetBuffer_Function, NdisFreeNetBufferListPool(pool));
    exec_set_irql(old);
}

static void a_foreign_list_has_no_pool(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE pool = list_pool(false, 0, 0);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(pool, 0, 0);
    NET_BUFFER_LIST copy = *nbl;
    NDIS_HANDLE got;
    EXPECT_RULE(b, NBL_NOT_FROM_POOL, got = NdisGetPoolFromNetBufferList(&copy));
    assert_null(got);
    NET_BUFFER foreign = {0};
    EXPECT_RULE(b, NBL_NOT_FROM_POOL, got = NdisGetPoolFromNetBuffer(&foreign));
    assert_null(got);
    NdisFreeNetBufferList(nbl);
    NdisFreeNetBufferListPool(pool);
}

static int begin(void **state)
{
    *state = bare_host_begin(EXEC_SIMULATED);
    return 0;
}

static int end(void **state)
{
    bare_host_end(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pool_gives_lists_that_know_it),
        TEST(a_warm_pool_needs_no_allocation),
        TEST(bad_parameters_make_no_pool),
        TEST(a_pool_handle_of_the_other_kind_is_told),
        TEST(a_pool_freed_with_lists_out_is_told_and_lets_them_live),
        TEST(what_is_never_freed_goes_with_the_host),
        TEST(a_driver_that_goes_leaves_its_pools_to_the_host),
        TEST(a_pool_above_dispatch_breaks_the_irql_rule),
        TEST(a_foreign_list_has_no_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
