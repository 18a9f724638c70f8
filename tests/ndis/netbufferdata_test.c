/* SPDX-License-Identifier: MIT */
#include "bare_host.h"
#include "ndis/mdl.h"

static char memory[200];

struct fixture {
    struct bare_host *b;
    NDIS_HANDLE pool;
    PMDL mdl;
    PNET_BUFFER nb; /* 20 unused, 100 used bytes, 80 behind */
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->b = bare_host_begin(EXEC_SIMULATED);
    f->pool = buffer_pool(0);
    f->mdl = NdisAllocateMdl(NULL, memory, sizeof memory);
    f->nb = NdisAllocateNetBuffer(f->pool, f->mdl, 20, 100);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    NdisFreeNetBuffer(f->nb);
    NdisFreeMdl(f->mdl);
    NdisFreeNetBufferPool(f->pool);
    bare_host_end(f->b);
    free(f);
    return 0;
}

static void expect_place(PNET_BUFFER nb, ULONG offset, ULONG length, PMDL mdl, ULONG mdl_offset)
{
    assert_int_equal(nb->DataOffset, offset);
    assert_int_equal(nb->DataLength, length);
    assert_ptr_equal(nb->CurrentMdl, mdl);
    assert_int_equal(nb->CurrentMdlOffset, mdl_offset);
}

static void a_retreat_uses_unused_space_first(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 20, 50, NULL), NDIS_STATUS_SUCCESS);
    expect_place(f->nb, 0, 120, f->mdl, 0);
    NdisAdvanceNetBufferDataStart(f->nb, 20, TRUE, NULL);
    expect_place(f->nb, 20, 100, f->mdl, 20);
    assert_ptr_equal(f->nb->MdlChain, f->mdl);
}

static void a_longer_retreat_puts_an_mdl_in_front(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 30, 5, NULL), NDIS_STATUS_SUCCESS);
    PMDL front = f->nb->MdlChain;
    assert_ptr_not_equal(front, f->mdl);
    assert_ptr_equal(front->Next, f->mdl);
    assert_int_equal(front->ByteCount, 15);
    expect_place(f->nb, 5, 130, front, 5);
    char storage[130];
    assert_ptr_equal(NdisGetDataBuffer(f->nb, 130, storage, 1, 0), storage);
    memset(mdl_address(front), 9, 15);
    /* Back fill serves the next one. */
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 5, 0, NULL), NDIS_STATUS_SUCCESS);
    assert_ptr_equal(f->nb->MdlChain, front);
    NdisAdvanceNetBufferDataStart(f->nb, 5, TRUE, NULL);
    NdisAdvanceNetBufferDataStart(f->nb, 30, TRUE, NULL);
    expect_place(f->nb, 20, 100, f->mdl, 20);
    assert_ptr_equal(f->nb->MdlChain, f->mdl);
    assert_int_equal(nt_owner_count(&f->b->alice, NT_MDL, NULL), 1);
}

static void an_advance_that_keeps_the_mdl_serves_a_later_retreat(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 60, 0, NULL), NDIS_STATUS_SUCCESS);
    PMDL front = f->nb->MdlChain;
    NdisAdvanceNetBufferDataStart(f->nb, 60, FALSE, NULL);
    assert_ptr_equal(f->nb->MdlChain, front);
    expect_place(f->nb, 60, 100, f->mdl, 20);
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 60, 0, NULL), NDIS_STATUS_SUCCESS);
    assert_ptr_equal(f->nb->MdlChain, front);
    NdisAdvanceNetBufferDataStart(f->nb, 60, TRUE, NULL);
    assert_ptr_equal(f->nb->MdlChain, f->mdl);
}

static void an_advance_over_the_drivers_own_mdls_frees_none_of_them(void **state)
{
    struct fixture *f = *state;
    PMDL second = NdisAllocateMdl(NULL, memory, 10);
    f->mdl->Next = second;
    PNET_BUFFER nb = NdisAllocateNetBuffer(f->pool, f->mdl, 0, 210);
    NdisAdvanceNetBufferDataStart(nb, 205, TRUE, NULL);
    assert_ptr_equal(nb->MdlChain, f->mdl);
    expect_place(nb, 205, 5, second, 5);
    NdisFreeNetBuffer(nb);
    f->mdl->Next = NULL;
    NdisFreeMdl(second);
}

static ULONG extra_bytes;
static bool refuse;
static int allocated, freed;

static PMDL NTAPI GiveMdl(PULONG BufferSize)
{
    if (refuse)
        return NULL;
    allocated++;
    *BufferSize += extra_bytes;
    PMDL mdl = NdisAllocateMdl(NULL, malloc(*BufferSize), *BufferSize);
    return mdl;
}

static VOID NTAPI TakeMdl(PMDL Mdl)
{
    freed++;
    free(mdl_address(Mdl));
    NdisFreeMdl(Mdl);
}

static void the_drivers_own_mdl_functions_are_used(void **state)
{
    struct fixture *f = *state;
    refuse = false;
    allocated = freed = 0;
    extra_bytes = 7;
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 30, 5, GiveMdl), NDIS_STATUS_SUCCESS);
    assert_int_equal(allocated, 1);
    assert_int_equal(f->nb->MdlChain->ByteCount, 22);
    expect_place(f->nb, 12, 130, f->nb->MdlChain, 12);
    NdisAdvanceNetBufferDataStart(f->nb, 30, TRUE, TakeMdl);
    assert_int_equal(freed, 1);
    expect_place(f->nb, 20, 100, f->mdl, 20);
}

static void a_retreat_that_gets_no_memory_changes_nothing(void **state)
{
    struct fixture *f = *state;
    refuse = true;
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 30, 5, GiveMdl), NDIS_STATUS_RESOURCES);
    expect_place(f->nb, 20, 100, f->mdl, 20);
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 30, UINT32_MAX, NULL),
                     NDIS_STATUS_RESOURCES);
    expect_place(f->nb, 20, 100, f->mdl, 20);
}

static void a_mixed_pair_is_told(void **state)
{
    struct fixture *f = *state;
    refuse = false;
    extra_bytes = 0;
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 30, 0, GiveMdl), NDIS_STATUS_SUCCESS);
    EXPECT_RULE(f->b, POOL_WRONG_FREE, NdisAdvanceNetBufferDataStart(f->nb, 30, TRUE, NULL));
    expect_place(f->nb, 30, 100, f->mdl, 20);
    NdisAdvanceNetBufferDataStart(f->nb, 0, TRUE, TakeMdl);
    expect_place(f->nb, 20, 100, f->mdl, 20);
}

static void too_much_is_refused(void **state)
{
    struct fixture *f = *state;
    EXPECT_RULE(f->b, ARGUMENT_BAD, NdisAdvanceNetBufferDataStart(f->nb, 101, FALSE, NULL));
    expect_place(f->nb, 20, 100, f->mdl, 20);
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                status = NdisRetreatNetBufferDataStart(f->nb, UINT32_MAX, 0, NULL));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    NET_BUFFER foreign = *f->nb;
    EXPECT_RULE(f->b, NBL_NOT_FROM_POOL,
                status = NdisRetreatNetBufferDataStart(&foreign, 1, 0, NULL));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

/* Hands out MDLs until there are `left` none. */
static int left;

static PMDL NTAPI GiveSomeMdls(PULONG BufferSize)
{
    return left-- > 0 ? GiveMdl(BufferSize) : NULL;
}

static void a_whole_list_retreats_or_none_of_it(void **state)
{
    struct fixture *f = *state;
    NDIS_HANDLE lists = list_pool(true, 0, 0);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferAndNetBufferList(lists, 0, 0, f->mdl, 10, 100);
    nbl->FirstNetBuffer->Next = f->nb;
    refuse = false;
    extra_bytes = 0;
    allocated = freed = 0;
    left = 1;
    assert_int_equal(NdisRetreatNetBufferListDataStart(nbl, 40, 0, GiveSomeMdls, TakeMdl),
                     NDIS_STATUS_RESOURCES);
    assert_int_equal(allocated, 1);
    assert_int_equal(freed, 1);
    expect_place(nbl->FirstNetBuffer, 10, 100, f->mdl, 10);
    expect_place(f->nb, 20, 100, f->mdl, 20);
    assert_int_equal(NdisRetreatNetBufferListDataStart(nbl, 40, 0, NULL, NULL),
                     NDIS_STATUS_SUCCESS);
    assert_int_equal(f->nb->DataLength, 140);
    NdisAdvanceNetBufferListDataStart(nbl, 40, TRUE, NULL);
    expect_place(nbl->FirstNetBuffer, 10, 100, f->mdl, 10);
    expect_place(f->nb, 20, 100, f->mdl, 20);
    NET_BUFFER_LIST copy = *nbl;
    EXPECT_RULE(f->b, NBL_NOT_FROM_POOL, NdisAdvanceNetBufferListDataStart(&copy, 1, TRUE, NULL));
    NdisFreeNetBufferList(nbl);
    NdisFreeNetBufferListPool(lists);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_retreat_uses_unused_space_first),
        TEST(a_longer_retreat_puts_an_mdl_in_front),
        TEST(an_advance_that_keeps_the_mdl_serves_a_later_retreat),
        TEST(an_advance_over_the_drivers_own_mdls_frees_none_of_them),
        TEST(the_drivers_own_mdl_functions_are_used),
        TEST(a_retreat_that_gets_no_memory_changes_nothing),
        TEST(a_mixed_pair_is_told),
        TEST(too_much_is_refused),
        TEST(a_whole_list_retreats_or_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
