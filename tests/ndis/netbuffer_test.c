/* SPDX-License-Identifier: MIT */
#include "bare_host.h"

static char memory[3000];

struct chain {
    PMDL first, second;
};

/* Two MDLs of 100 and 50 bytes that are not neighbours. */
static struct chain chain_make(void)
{
    struct chain c = {NdisAllocateMdl(NULL, memory, 100), NdisAllocateMdl(NULL, memory + 1000, 50)};
    c.first->Next = c.second;
    for (int i = 0; i < 100; i++)
        memory[i] = (char)i;
    for (int i = 0; i < 50; i++)
        memory[1000 + i] = (char)(100 + i);
    return c;
}

static void chain_free(struct chain c)
{
    NdisFreeMdl(c.first);
    NdisFreeMdl(c.second);
}

static void a_net_buffer_points_into_its_chain(void **state)
{
    (void)state;
    struct chain c = chain_make();
    NDIS_HANDLE pool = buffer_pool(0);
    PNET_BUFFER nb = NdisAllocateNetBuffer(pool, c.first, 120, 30);
    assert_ptr_equal(NET_BUFFER_FIRST_MDL(nb), c.first);
    assert_ptr_equal(NET_BUFFER_CURRENT_MDL(nb), c.second);
    assert_int_equal(NET_BUFFER_CURRENT_MDL_OFFSET(nb), 20);
    assert_int_equal(NET_BUFFER_DATA_OFFSET(nb), 120);
    assert_int_equal(NET_BUFFER_DATA_LENGTH(nb), 30);
    assert_int_equal(nb->stDataLength, 30);
    assert_null(NET_BUFFER_NEXT_NB(nb));
    assert_ptr_equal(NdisGetPoolFromNetBuffer(nb), pool);
    NdisFreeNetBuffer(nb);
    NdisFreeNetBufferPool(pool);
    chain_free(c);
}

static void data_beyond_the_chain_is_refused(void **state)
{
    struct bare_host *b = *state;
    struct chain c = chain_make();
    NDIS_HANDLE pool = buffer_pool(0);
    PNET_BUFFER nb;
    EXPECT_RULE(b, ARGUMENT_BAD, nb = NdisAllocateNetBuffer(pool, c.first, 120, 31));
    assert_null(nb);
    EXPECT_RULE(b, ARGUMENT_BAD, nb = NdisAllocateNetBuffer(pool, c.first, 151, 0));
    assert_null(nb);
    EXPECT_RULE(b, ARGUMENT_BAD, nb = NdisAllocateNetBuffer(pool, NULL, 0, 1));
    assert_null(nb);
    nb = NdisAllocateNetBuffer(pool, c.first, 150, 0);
    assert_non_null(nb);
    NdisFreeNetBuffer(nb);
    NdisFreeNetBufferPool(pool);
    chain_free(c);
}

static void a_pool_with_data_gives_one_unused_buffer(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE pool = buffer_pool(1500);
    PNET_BUFFER nb = NdisAllocateNetBufferMdlAndData(pool);
    assert_int_equal(nb->DataLength, 0);
    assert_int_equal(NdisRetreatNetBufferDataStart(nb, 1500, 0, NULL), NDIS_STATUS_SUCCESS);
    assert_int_equal(nb->DataOffset, 0);
    assert_int_equal(nb->DataLength, 1500);
    char *data = NdisGetDataBuffer(nb, 1500, NULL, 1, 0);
    assert_non_null(data);
    memset(data, 1, 1500);
    EXPECT_RULE(b, POOL_WRONG_FREE, NdisFreeMdl(nb->MdlChain));
    NdisFreeNetBuffer(nb);
    EXPECT_RULE(b, ARGUMENT_BAD, nb = NdisAllocateNetBuffer(pool, NULL, 0, 0));
    assert_null(nb);
    NdisFreeNetBufferPool(pool);
    NDIS_HANDLE plain = buffer_pool(0);
    EXPECT_RULE(b, ARGUMENT_BAD, nb = NdisAllocateNetBufferMdlAndData(plain));
    assert_null(nb);
    NdisFreeNetBufferPool(plain);
}

static void a_net_buffer_is_freed_once_and_alone(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE pool = buffer_pool(0);
    PNET_BUFFER nb = NdisAllocateNetBuffer(pool, NULL, 0, 0);
    NET_BUFFER copy = *nb;
    EXPECT_RULE(b, NBL_NOT_FROM_POOL, NdisFreeNetBuffer(&copy));
    EXPECT_RULE(b, NBL_NOT_FROM_POOL, NdisFreeNetBuffer(NULL));
    NdisFreeNetBuffer(nb);
    EXPECT_RULE(b, NBL_FREED_TWICE, NdisFreeNetBuffer(nb));
    NdisFreeNetBufferPool(pool);
    NDIS_HANDLE lists = list_pool(true, 0, 0);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(lists, 0, 0);
    EXPECT_RULE(b, POOL_WRONG_FREE, NdisFreeNetBuffer(nbl->FirstNetBuffer));
    NdisFreeNetBufferList(nbl);
    NdisFreeNetBufferListPool(lists);
}

static void a_freed_net_buffer_comes_back_clean(void **state)
{
    (void)state;
    NDIS_HANDLE pool = buffer_pool(0);
    PNET_BUFFER nb = NdisAllocateNetBuffer(pool, NULL, 0, 0);
    memset(nb->ProtocolReserved, 0xaa, sizeof nb->ProtocolReserved);
    nb->Next = nb;
    NdisFreeNetBuffer(nb);
    PNET_BUFFER again = NdisAllocateNetBuffer(pool, NULL, 0, 0);
    assert_ptr_equal(again, nb);
    assert_null(again->Next);
    assert_null(again->ProtocolReserved[5]);
    NdisFreeNetBuffer(again);
    NdisFreeNetBufferPool(pool);
}

static void pieces_are_counted_by_page(void **state)
{
    struct bare_host *b = *state;
    static char pages[3 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
    NDIS_HANDLE pool = buffer_pool(0);
    PMDL mdl = NdisAllocateMdl(NULL, pages, sizeof pages);
    PNET_BUFFER nb = NdisAllocateNetBuffer(pool, mdl, PAGE_SIZE - 1, 2);
    assert_int_equal(NdisQueryNetBufferPhysicalCount(nb), 2);
    NdisAdvanceNetBufferDataStart(nb, 1, FALSE, NULL);
    assert_int_equal(NdisQueryNetBufferPhysicalCount(nb), 1);
    NdisAdvanceNetBufferDataStart(nb, 1, FALSE, NULL);
    assert_int_equal(NdisQueryNetBufferPhysicalCount(nb), 0);
    EXPECT_RULE(b, ARGUMENT_NULL, NdisQueryNetBufferPhysicalCount(NULL));
    NdisFreeNetBuffer(nb);
    NdisFreeMdl(mdl);
    NdisFreeNetBufferPool(pool);
}

static void contiguous_data_is_lent_and_other_data_copied(void **state)
{
    struct bare_host *b = *state;
    struct chain c = chain_make();
    NDIS_HANDLE pool = buffer_pool(0);
    PNET_BUFFER nb = NdisAllocateNetBuffer(pool, c.first, 90, 40);
    char storage[64];
    assert_ptr_equal(NdisGetDataBuffer(nb, 10, NULL, 1, 0), memory + 90);
    assert_null(NdisGetDataBuffer(nb, 11, NULL, 1, 0));
    assert_ptr_equal(NdisGetDataBuffer(nb, 40, storage, 1, 0), storage);
    for (int i = 0; i < 40; i++)
        assert_int_equal(storage[i], (char)(90 + i));
    assert_null(NdisGetDataBuffer(nb, 41, storage, 1, 0));
    /* The data's own alignment is met, any other is not. */
    UINT offset = (UINT)((uintptr_t)(memory + 90) % 8);
    assert_ptr_equal(NdisGetDataBuffer(nb, 4, NULL, 8, offset), memory + 90);
    assert_null(NdisGetDataBuffer(nb, 4, NULL, 8, (offset + 1) % 8));
    assert_ptr_equal(NdisGetDataBuffer(nb, 4, storage, 8, (offset + 1) % 8), storage);
    PVOID got;
    EXPECT_RULE(b, ARGUMENT_BAD, got = NdisGetDataBuffer(nb, 4, NULL, 3, 0));
    assert_null(got);
    NdisFreeNetBuffer(nb);
    NdisFreeNetBufferPool(pool);
    chain_free(c);
}

static void a_copy_ends_with_the_data_or_with_the_room(void **state)
{
    struct bare_host *b = *state;
    struct chain c = chain_make();
    NDIS_HANDLE pool = buffer_pool(0);
    PMDL target = NdisAllocateMdl(NULL, memory + 2000, 30);
    PNET_BUFFER from = NdisAllocateNetBuffer(pool, c.first, 95, 20);
    PNET_BUFFER to = NdisAllocateNetBuffer(pool, target, 0, 0);
    ULONG copied = 99;
    assert_int_equal(NdisCopyFromNetBufferToNetBuffer(to, 2, 100, from, 1, &copied),
                     NDIS_STATUS_SUCCESS);
    assert_int_equal(copied, 19);
    for (int i = 0; i < 19; i++)
        assert_int_equal(memory[2002 + i], (char)(96 + i));
    assert_int_equal(to->DataLength, 0);
    NdisCopyFromNetBufferToNetBuffer(to, 25, 100, from, 0, &copied);
    assert_int_equal(copied, 5);
    NdisCopyFromNetBufferToNetBuffer(to, 0, 7, from, 0, &copied);
    assert_int_equal(copied, 7);
    NdisCopyFromNetBufferToNetBuffer(to, 0, 7, from, 21, &copied);
    assert_int_equal(copied, 0);
    EXPECT_RULE(b, ARGUMENT_NULL, NdisCopyFromNetBufferToNetBuffer(to, 0, 7, from, 21, NULL));
    NdisFreeNetBuffer(from);
    NdisFreeNetBuffer(to);
    NdisFreeMdl(target);
    NdisFreeNetBufferPool(pool);
    chain_free(c);
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
        TEST(a_net_buffer_points_into_its_chain),
        TEST(data_beyond_the_chain_is_refused),
        TEST(a_pool_with_data_gives_one_unused_buffer),
        TEST(a_net_buffer_is_freed_once_and_alone),
        TEST(a_freed_net_buffer_comes_back_clean),
        TEST(pieces_are_counted_by_page),
        TEST(contiguous_data_is_lent_and_other_data_copied),
        TEST(a_copy_ends_with_the_data_or_with_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
