/* SPDX-License-Identifier: MIT */
#include "bare_host.h"
#include "ndis/mdl.h"

static char memory[3 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

static void an_ndis_mdl_describes_its_buffer(void **state)
{
    struct bare_host *b = *state;
    PMDL mdl = NdisAllocateMdl(NULL, memory + 100, PAGE_SIZE + 10);
    assert_non_null(mdl);
    assert_ptr_equal(mdl->StartVa, memory);
    assert_int_equal(mdl->ByteOffset, 100);
    assert_int_equal(MmGetMdlByteCount(mdl), PAGE_SIZE + 10);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), memory + 100);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), memory + 100);
    assert_null(mdl->Next);
    assert_int_equal(mdl->Size, sizeof(MDL) + 2 * sizeof(PFN_NUMBER));
    assert_int_equal(MmGetMdlPfnArray(mdl)[1], (uintptr_t)memory / PAGE_SIZE + 1);
    assert_int_equal(nt_owner_count(&b->alice, NT_MDL, NULL), 1);
    NdisFreeMdl(mdl);
}

static void a_large_mdl_is_like_a_small_one(void **state)
{
    (void)state;
    PMDL mdl = NdisAllocateMdl(NULL, memory, 200 * PAGE_SIZE); /* only described, never touched */
    assert_non_null(mdl);
    assert_int_equal(MmGetMdlPfnArray(mdl)[199], (uintptr_t)memory / PAGE_SIZE + 199);
    NdisFreeMdl(mdl);
}

static void a_second_free_is_reported(void **state)
{
    struct bare_host *b = *state;
    PMDL mdl = NdisAllocateMdl(NULL, memory, 10);
    NdisFreeMdl(mdl);
    EXPECT_RULE(b, MDL_BAD, NdisFreeMdl(mdl));
    EXPECT_RULE(b, MDL_BAD, IoFreeMdl(mdl));
}

static void a_foreign_mdl_is_not_freed(void **state)
{
    struct bare_host *b = *state;
    PMDL mine = NdisAllocateMdl(NULL, memory, 10);
    MDL copy = *mine;
    EXPECT_RULE(b, MDL_BAD, NdisFreeMdl(&copy));
    EXPECT_RULE(b, ARGUMENT_NULL, NdisFreeMdl(NULL));
    NdisFreeMdl(mine);
}

static void each_allocation_has_its_own_free(void **state)
{
    struct bare_host *b = *state;
    PMDL ndis = NdisAllocateMdl(NULL, memory, 10);
    PMDL io = IoAllocateMdl(memory, 10, FALSE, FALSE, NULL);
    EXPECT_RULE(b, POOL_WRONG_FREE, IoFreeMdl(ndis));
    EXPECT_RULE(b, POOL_WRONG_FREE, NdisFreeMdl(io));
    NdisFreeMdl(ndis);
    IoFreeMdl(io);
}

static void an_mdl_above_dispatch_breaks_the_irql_rule(void **state)
{
    struct bare_host *b = *state;
    uint8_t old = exec_set_irql(EXEC_DISPATCH + 1);
    PMDL mdl = NULL;
    EXPECT_RULE(b, Irql_NetBuffer_Function, mdl = NdisAllocateMdl(NULL, memory, 10));
    exec_set_irql(EXEC_DISPATCH);
    NdisFreeMdl(mdl);
    exec_set_irql(old);
}

static void an_io_mdl_is_mapped_after_it_is_built(void **state)
{
    struct bare_host *b = *state;
    PMDL mdl = IoAllocateMdl(memory + 1, 20, FALSE, FALSE, NULL);
    PVOID address;
    EXPECT_RULE(b, MDL_BAD, address = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority));
    assert_null(address);
    MmBuildMdlForNonPagedPool(mdl);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), memory + 1);
    EXPECT_RULE(b, MDL_BAD, MmBuildMdlForNonPagedPool(mdl));
    IoFreeMdl(mdl);
}

static void a_driver_may_build_an_mdl_in_its_own_memory(void **state)
{
    (void)state;
    SIZE_T bytes = MmSizeOfMdl(memory + 5, 2 * PAGE_SIZE);
    assert_int_equal(bytes, sizeof(MDL) + 3 * sizeof(PFN_NUMBER));
    PMDL mdl = calloc(1, bytes);
    MmInitializeMdl(mdl, memory + 5, 2 * PAGE_SIZE);
    MmBuildMdlForNonPagedPool(mdl);
    assert_ptr_equal(mdl_address(mdl), memory + 5);
    assert_int_equal(MmGetMdlPfnArray(mdl)[2], (uintptr_t)memory / PAGE_SIZE + 2);
    free(mdl);
}

static void a_partial_mdl_describes_a_part_of_its_source(void **state)
{
    struct bare_host *b = *state;
    PMDL source = NdisAllocateMdl(NULL, memory, sizeof memory);
    PMDL target = IoAllocateMdl(memory, PAGE_SIZE, FALSE, FALSE, NULL);
    IoBuildPartialMdl(source, target, memory + PAGE_SIZE, 50);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(target, NormalPagePriority), memory + PAGE_SIZE);
    assert_int_equal(target->ByteCount, 50);
    assert_int_equal(MmGetMdlPfnArray(target)[0], (uintptr_t)memory / PAGE_SIZE + 1);
    MmPrepareMdlForReuse(target);
    IoBuildPartialMdl(source, target, memory + sizeof memory - 30, 0);
    assert_int_equal(target->ByteCount, 30);
    EXPECT_RULE(b, MDL_BAD, IoBuildPartialMdl(source, target, memory + 1, PAGE_SIZE));
    EXPECT_RULE(b, ARGUMENT_BAD,
                IoBuildPartialMdl(source, target, memory + sizeof memory - 30, 31));
    EXPECT_RULE(b, ARGUMENT_BAD,
                IoBuildPartialMdl(source, target, (PVOID)((uintptr_t)memory - 1), 2));
    IoFreeMdl(target);
    NdisFreeMdl(source);
}

static void a_mapping_is_undone_once(void **state)
{
    struct bare_host *b = *state;
    PMDL source = IoAllocateMdl(memory, 100, FALSE, FALSE, NULL);
    source->MdlFlags |= MDL_PAGES_LOCKED;
    PVOID address = MmGetSystemAddressForMdlSafe(source, NormalPagePriority);
    assert_ptr_equal(address, memory);
    MmUnmapLockedPages(address, source);
    assert_null(source->MappedSystemVa);
    EXPECT_RULE(b, MDL_BAD, MmUnmapLockedPages(address, source));
    IoFreeMdl(source);
}

static void an_mdl_with_an_irp_is_refused(void **state)
{
    struct bare_host *b = *state;
    PMDL mdl = NULL;
    EXPECT_RULE(b, ARGUMENT_BAD, mdl = IoAllocateMdl(memory, 1, FALSE, FALSE, (void *)memory));
    assert_null(mdl);
    EXPECT_RULE(b, ARGUMENT_BAD, mdl = IoAllocateMdl(memory, 1, TRUE, FALSE, NULL));
    assert_null(mdl);
}

static void what_a_driver_left_behind_goes_with_its_host(void **state)
{
    struct bare_host *b = *state;
    assert_non_null(NdisAllocateMdl(NULL, memory, 10));
    assert_non_null(NdisAllocateMdl(NULL, memory, 100 * PAGE_SIZE));
    assert_non_null(IoAllocateMdl(memory, 10, FALSE, FALSE, NULL));
    mdls_end(&b->alice);
    assert_int_equal(nt_owner_count(&b->alice, NT_KINDS, NULL), 0);
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
        TEST(an_ndis_mdl_describes_its_buffer),
        TEST(a_large_mdl_is_like_a_small_one),
        TEST(a_second_free_is_reported),
        TEST(a_foreign_mdl_is_not_freed),
        TEST(each_allocation_has_its_own_free),
        TEST(an_mdl_above_dispatch_breaks_the_irql_rule),
        TEST(an_io_mdl_is_mapped_after_it_is_built),
        TEST(a_driver_may_build_an_mdl_in_its_own_memory),
        TEST(a_partial_mdl_describes_a_part_of_its_source),
        TEST(a_mapping_is_undone_once),
        TEST(an_mdl_with_an_irp_is_refused),
        TEST(what_a_driver_left_behind_goes_with_its_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
