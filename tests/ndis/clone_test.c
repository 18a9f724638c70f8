/* SPDX-License-Identifier: MIT */
#include "bare_host.h"
#include "ndis/mdl.h"

static char memory[300];

struct fixture {
    struct bare_host *b;
    NDIS_HANDLE lists, buffers;
    PMDL first, second;
    PNET_BUFFER more;
    PNET_BUFFER_LIST original; /* two NET_BUFFERs: bytes 90..129 of two MDLs, and 10..19 */
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->b = bare_host_begin(EXEC_SIMULATED);
    f->lists = list_pool(true, 0, 0);
    f->buffers = buffer_pool(0);
    f->first = NdisAllocateMdl(NULL, memory, 100);
    f->second = NdisAllocateMdl(NULL, memory + 200, 100);
    f->first->Next = f->second;
    f->original = NdisAllocateNetBufferAndNetBufferList(f->lists, 0, 0, f->first, 90, 40);
    f->more = NdisAllocateNetBuffer(f->buffers, f->first, 10, 10);
    f->original->FirstNetBuffer->Next = f->more;
    for (size_t i = 0; i < sizeof memory; i++)
        memory[i] = (char)i;
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    NdisFreeNetBufferList(f->original);
    NdisFreeNetBuffer(f->more);
    NdisFreeMdl(f->first);
    NdisFreeMdl(f->second);
    NdisFreeNetBufferListPool(f->lists);
    NdisFreeNetBufferPool(f->buffers);
    bare_host_end(f->b);
    free(f);
    return 0;
}

static void expect_data(PNET_BUFFER nb, const char *expected, ULONG bytes)
{
    char storage[100];
    assert_int_equal(nb->DataLength, bytes);
    char *data = NdisGetDataBuffer(nb, bytes, storage, 1, 0);
    assert_non_null(data);
    assert_memory_equal(data, expected, bytes);
}

static void expect_same_data(PNET_BUFFER_LIST clone)
{
    char expected[40];
    memcpy(expected, memory + 90, 10);
    memcpy(expected + 10, memory + 200, 30);
    expect_data(clone->FirstNetBuffer, expected, 40);
    expect_data(clone->FirstNetBuffer->Next, memory + 10, 10);
    assert_null(clone->FirstNetBuffer->Next->Next);
    assert_null(clone->Context);
}

static void a_clone_has_mdls_of_its_own_over_the_same_data(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(f->original, f->lists, f->buffers, 0);
    assert_non_null(clone);
    expect_same_data(clone);
    PNET_BUFFER nb = clone->FirstNetBuffer;
    assert_ptr_not_equal(nb->MdlChain, f->first);
    assert_int_equal(nb->DataOffset, 0);
    assert_ptr_equal(mdl_address(nb->MdlChain), memory + 90);
    assert_int_equal(nb->MdlChain->ByteCount, 10);
    assert_int_equal(nb->MdlChain->Next->ByteCount, 30);
    assert_null(nb->MdlChain->Next->Next);
    EXPECT_RULE(f->b, POOL_WRONG_FREE, NdisFreeMdl(nb->MdlChain));
    NdisFreeCloneNetBufferList(clone, 0);
}

static void a_clone_can_share_the_mdls(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(f->original, f->lists, f->buffers,
                                                            NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
    expect_same_data(clone);
    assert_ptr_equal(clone->FirstNetBuffer->MdlChain, f->first);
    assert_int_equal(clone->FirstNetBuffer->DataOffset, 90);
    NdisFreeCloneNetBufferList(clone, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
    assert_int_equal(f->first->ByteCount, 100);
}

static void a_clone_can_come_from_pools_of_ndis(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(f->original, NULL, NULL, 0);
    expect_same_data(clone);
    assert_ptr_not_equal(NdisGetPoolFromNetBufferList(clone), f->lists);
    PNET_BUFFER_LIST again = NdisAllocateCloneNetBufferList(clone, NULL, NULL, 0);
    expect_same_data(again);
    assert_ptr_equal(NdisGetPoolFromNetBufferList(clone), NdisGetPoolFromNetBufferList(again));
    NdisFreeCloneNetBufferList(again, 0);
    NdisFreeCloneNetBufferList(clone, 0);
}

static void a_list_without_data_has_a_clone_without_data(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST empty = NdisAllocateNetBufferList(f->lists, 0, 0);
    PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(empty, NULL, NULL, 0);
    assert_int_equal(clone->FirstNetBuffer->DataLength, 0);
    assert_null(clone->FirstNetBuffer->MdlChain);
    NdisFreeCloneNetBufferList(clone, 0);
    empty->FirstNetBuffer = NULL;
    clone = NdisAllocateCloneNetBufferList(empty, f->lists, NULL, 0);
    assert_null(clone->FirstNetBuffer);
    NdisFreeCloneNetBufferList(clone, 0);
    NdisFreeNetBufferList(empty);
}

static void the_original_outlives_its_clones(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(f->original, NULL, NULL, 0);
    EXPECT_RULE(f->b, NBL_FREED_OUT, NdisFreeNetBufferList(f->original));
    NdisFreeCloneNetBufferList(clone, 0);
}

static void a_clone_is_freed_with_its_flags_and_its_function(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(f->original, NULL, NULL, 0);
    EXPECT_RULE(f->b, POOL_WRONG_FREE, NdisFreeNetBufferList(clone));
    EXPECT_RULE(f->b, POOL_WRONG_FREE, NdisFreeCloneNetBufferList(f->original, 0));
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                NdisFreeCloneNetBufferList(clone, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS));
    EXPECT_RULE(f->b, NBL_FREED_TWICE, NdisFreeCloneNetBufferList(clone, 0));
}

static void what_cannot_be_cloned_is_told(void **state)
{
    struct fixture *f = *state;
    PVOID got;
    NET_BUFFER_LIST copy = *f->original;
    EXPECT_RULE(f->b, NBL_NOT_FROM_POOL,
                got = NdisAllocateCloneNetBufferList(&copy, NULL, NULL, 0));
    assert_null(got);
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                got = NdisAllocateCloneNetBufferList(f->original, NULL, NULL, 4));
    assert_null(got);
    EXPECT_RULE(f->b, HANDLE_KIND,
                got = NdisAllocateCloneNetBufferList(f->original, f->buffers, NULL, 0));
    assert_null(got);
    f->more->DataLength = 1000;
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                got = NdisAllocateCloneNetBufferList(f->original, NULL, NULL,
                                                     NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS));
    assert_null(got);
    f->more->DataLength = 10;
    NDIS_HANDLE with_data = buffer_pool(100);
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                got = NdisAllocateCloneNetBufferList(f->original, NULL, with_data, 0));
    assert_null(got);
    NdisFreeNetBufferPool(with_data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_clone_has_mdls_of_its_own_over_the_same_data),
        TEST(a_clone_can_share_the_mdls),
        TEST(a_clone_can_come_from_pools_of_ndis),
        TEST(a_list_without_data_has_a_clone_without_data),
        TEST(the_original_outlives_its_clones),
        TEST(a_clone_is_freed_with_its_flags_and_its_function),
        TEST(what_cannot_be_cloned_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
