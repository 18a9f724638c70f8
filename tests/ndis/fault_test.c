/* SPDX-License-Identifier: MIT */
/* What a driver's call gets when it is made to fail: what its row says, and nothing is left of it.
 * What only a whole stack of drivers can call is made to fail by the sweeps of ./check. */
#include "bare_host.h"

#include "nt/fault.h"

/* Fails every call of one function from here on. */
static void only(struct bare_host *b, enum fault_point point, struct faults **faults)
{
    static const uint64_t first = 1;
    const char *name = fault_info(point)->name;
    struct fault_options options = {
        .mode = FAULTS_FROM, .numbers = &first, .number_count = 1, .functions = {&name, 1}};
    if (!*faults)
        *faults = faults_create(&options);
    else
        assert_true(faults_configure(*faults, &options));
    assert_non_null(*faults);
    b->world->faults = *faults;
}

struct fixture {
    struct bare_host *b;
    struct faults *faults;
    NDIS_HANDLE lists;   /* of NET_BUFFER_LISTs without a NET_BUFFER */
    NDIS_HANDLE buffers; /* of NET_BUFFERs without data */
    NDIS_HANDLE data;    /* of NET_BUFFERs with data */
    PNET_BUFFER_LIST nbl;
    PNET_BUFFER nb;
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->b = bare_host_begin(EXEC_SIMULATED);
    f->lists = list_pool(false, 0, 0);
    f->buffers = buffer_pool(0);
    f->data = buffer_pool(64);
    f->nbl = NdisAllocateNetBufferList(f->lists, 0, 0);
    f->nb = NdisAllocateNetBufferMdlAndData(f->data);
    assert_true(f->nbl && f->nb);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    f->b->world->faults = NULL;
    NdisFreeNetBufferList(f->nbl);
    NdisFreeNetBuffer(f->nb);
    NdisFreeNetBufferListPool(f->lists);
    NdisFreeNetBufferPool(f->buffers);
    NdisFreeNetBufferPool(f->data);
    bare_host_end(f->b);
    faults_destroy(f->faults);
    free(f);
    return 0;
}

/* Wants one call to have failed with what its row says: NULL (0), or the status. */
#define FAILS(f, id, call)                                                                         \
    do {                                                                                           \
        only((f)->b, FAULT_##id, &(f)->faults);                                                    \
        size_t failed = faults_failure_count((f)->faults);                                         \
        uint64_t owned = nt_owner_count(&(f)->b->alice, NT_KINDS, NULL);                           \
        uint32_t got = (uint32_t)(uintptr_t)(call);                                                \
        assert_int_equal(got, (uint32_t)nt_fault_status(FAULT_##id));                              \
        assert_int_equal(faults_failure_count((f)->faults), failed + 1);                           \
        assert_int_equal(nt_owner_count(&(f)->b->alice, NT_KINDS, NULL), owned);                   \
        assert_true(strcmp(fault_info(FAULT_##id)->sees, "NULL") == 0 ? got == 0 : got != 0);      \
    } while (0)

static void memory_is_refused(void **state)
{
    struct fixture *f = *state;
    PVOID memory = f;
    LOOKASIDE_LIST_EX list;
    FAILS(f, ExAllocatePoolWithTag, ExAllocatePoolWithTag(NonPagedPool, 8, 'tset'));
    FAILS(f, ExAllocatePoolWithTagPriority,
          ExAllocatePoolWithTagPriority(NonPagedPool, 8, 'tset', NormalPoolPriority));
    FAILS(f, ExAllocatePoolZero, ExAllocatePoolZero(NonPagedPool, 8, 'tset'));
    FAILS(f, ExAllocatePoolUninitialized, ExAllocatePoolUninitialized(NonPagedPool, 8, 'tset'));
    FAILS(f, ExAllocatePool2, ExAllocatePool2(POOL_FLAG_NON_PAGED, 8, 'tset'));
    FAILS(f, NdisAllocateMemoryWithTag, NdisAllocateMemoryWithTag(&memory, 8, 'tset'));
    assert_null(memory);
    FAILS(f, NdisAllocateMemoryWithTagPriority,
          NdisAllocateMemoryWithTagPriority(NULL, 8, 'tset', NormalPoolPriority));
    FAILS(f, ExInitializeLookasideListEx,
          ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPool, 0, 32, 'tset', 0));
}

static void lookaside_lists_are_empty_and_so_is_the_pool(void **state)
{
    struct fixture *f = *state;
    LOOKASIDE_LIST_EX list;
    NPAGED_LOOKASIDE_LIST old;
    assert_int_equal(ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPool, 0, 32, 'tset', 0),
                     STATUS_SUCCESS);
    ExInitializeNPagedLookasideList(&old, NULL, NULL, 0, 32, 'tset', 0);
    FAILS(f, ExAllocateFromLookasideListEx, ExAllocateFromLookasideListEx(&list));
    FAILS(f, ExAllocateFromNPagedLookasideList, ExAllocateFromNPagedLookasideList(&old));
    ExDeleteLookasideListEx(&list);
    ExDeleteNPagedLookasideList(&old);
}

static void strings_are_not_made(void **state)
{
    struct fixture *f = *state;
    ANSI_STRING narrow = {3, 4, (PCHAR)(uintptr_t) "abc"}, to_narrow = {0};
    UNICODE_STRING wide = {6, 8, (PWCH)(uintptr_t)L"abc"}, to_wide = {0};
    FAILS(f, RtlUnicodeStringToAnsiString, RtlUnicodeStringToAnsiString(&to_narrow, &wide, TRUE));
    FAILS(f, RtlAnsiStringToUnicodeString, RtlAnsiStringToUnicodeString(&to_wide, &narrow, TRUE));
    assert_null(to_narrow.Buffer);
    assert_null(to_wide.Buffer);
    char text[4];
    to_narrow = (ANSI_STRING){0, sizeof text, text}; /* a buffer of the caller's is always there */
    assert_int_equal(RtlUnicodeStringToAnsiString(&to_narrow, &wide, FALSE), STATUS_SUCCESS);
}

static void mdls_are_neither_made_nor_mapped(void **state)
{
    struct fixture *f = *state;
    static char bytes[64];
    FAILS(f, NdisAllocateMdl, NdisAllocateMdl(NULL, bytes, sizeof bytes));
    FAILS(f, IoAllocateMdl, IoAllocateMdl(bytes, sizeof bytes, FALSE, FALSE, NULL));
    f->b->world->faults = NULL;
    PMDL mdl = IoAllocateMdl(bytes, 8, FALSE, FALSE, NULL);
    mdl->MdlFlags |= MDL_PAGES_LOCKED; /* as MmProbeAndLockPages would leave it */
    FAILS(f, MmMapLockedPagesSpecifyCache,
          MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority));
    mdl->MdlFlags = (CSHORT)(mdl->MdlFlags & ~MDL_PAGES_LOCKED);
    IoFreeMdl(mdl);
}

static void net_buffers_and_their_pools_are_refused(void **state)
{
    struct fixture *f = *state;
    FAILS(f, NdisAllocateNetBufferListPool, list_pool(true, 0, 0));
    FAILS(f, NdisAllocateNetBufferPool, buffer_pool(0));
    FAILS(f, NdisAllocateNetBufferList, NdisAllocateNetBufferList(f->lists, 0, 0));
    FAILS(f, NdisAllocateNetBuffer, NdisAllocateNetBuffer(f->buffers, NULL, 0, 0));
    FAILS(f, NdisAllocateNetBufferMdlAndData, NdisAllocateNetBufferMdlAndData(f->data));
    FAILS(f, NdisAllocateCloneNetBufferList,
          NdisAllocateCloneNetBufferList(f->nbl, NULL, NULL, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS));
    FAILS(f, NdisAllocateNetBufferListContext,
          NdisAllocateNetBufferListContext(f->nbl, 16, 0, 'tset'));
    f->b->world->faults = NULL;
    NDIS_HANDLE pool = list_pool(true, 0, 0);
    FAILS(f, NdisAllocateNetBufferAndNetBufferList,
          NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, NULL, 0, 0));
    NdisFreeNetBufferListPool(pool);
}

static void data_space_and_data_are_not_to_be_had(void **state)
{
    struct fixture *f = *state;
    ULONG before = NET_BUFFER_DATA_LENGTH(f->nb);
    FAILS(f, NdisRetreatNetBufferDataStart, NdisRetreatNetBufferDataStart(f->nb, 8, 0, NULL));
    FAILS(f, NdisRetreatNetBufferListDataStart,
          NdisRetreatNetBufferListDataStart(f->nbl, 8, 0, NULL, NULL));
    assert_int_equal(NET_BUFFER_DATA_LENGTH(f->nb), before);
    f->b->world->faults = NULL;
    assert_int_equal(NdisRetreatNetBufferDataStart(f->nb, 8, 0, NULL), NDIS_STATUS_SUCCESS);
    FAILS(f, NdisGetDataBuffer, NdisGetDataBuffer(f->nb, 8, NULL, 1, 0));
    NdisAdvanceNetBufferDataStart(f->nb, 8, TRUE, NULL);
}

static VOID expired(PVOID Specific1, PVOID Context, PVOID Specific2, PVOID Specific3)
{
    (void)Specific1;
    (void)Context;
    (void)Specific2;
    (void)Specific3;
}

static VOID thread(PVOID Context)
{
    (void)Context;
}

static void timers_work_items_locks_and_threads_are_refused(void **state)
{
    struct fixture *f = *state;
    NDIS_HANDLE object = NULL;
    HANDLE handle = NULL;
    NDIS_TIMER_CHARACTERISTICS timer = {
        .Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS, NDIS_TIMER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1},
        .TimerFunction = expired,
    };
    FAILS(f, NdisAllocateTimerObject, NdisAllocateTimerObject(NULL, &timer, &object));
    FAILS(f, NdisAllocateIoWorkItem, NdisAllocateIoWorkItem(NULL));
    FAILS(f, IoAllocateWorkItem, IoAllocateWorkItem(NULL));
    FAILS(f, NdisAllocateRWLock, NdisAllocateRWLock(NULL));
    FAILS(f, PsCreateSystemThread,
          PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, thread, NULL));
    assert_null(object);
    assert_null(handle);
}

static void what_runs_for_no_driver_never_fails(void **state)
{
    struct fixture *f = *state;
    only(f->b, FAULT_ExAllocatePool2, &f->faults);
    bare_host_become(NULL);
    PVOID memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 8, 'tset');
    assert_non_null(memory);
    ExFreePool(memory);
    bare_host_become(&f->b->alice);
    assert_int_equal(faults_asked_count(f->faults), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_is_refused),
        TEST(lookaside_lists_are_empty_and_so_is_the_pool),
        TEST(strings_are_not_made),
        TEST(mdls_are_neither_made_nor_mapped),
        TEST(net_buffers_and_their_pools_are_refused),
        TEST(data_space_and_data_are_not_to_be_had),
        TEST(timers_work_items_locks_and_threads_are_refused),
        TEST(what_runs_for_no_driver_never_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
