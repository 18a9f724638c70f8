/* SPDX-License-Identifier: MIT */
#include "bare_host.h"
#include "ndis/mdl.h"

#include <errno.h>

/* Everything here that is not an MDL's or a context's comes from posix_memalign, so this one stands
 * before the C library's and fails one call of the test's choice. */
static int fail_at; /* 0: none; n: the n-th call from now */
static bool failed;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): libc's begin with __ */
int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    if (fail_at > 0 && --fail_at == 0) {
        failed = true;
        return ENOMEM;
    }
    *out = aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    return *out ? 0 : ENOMEM;
}

static void begin_failing(int nth)
{
    fail_at = nth;
    failed = false;
}

static void a_pool_and_its_first_list_survive_each_failure(void **state)
{
    (void)state;
    for (int nth = 1;; nth++) {
        struct bare_host *b = bare_host_begin(EXEC_SIMULATED);
        begin_failing(nth);
        NDIS_HANDLE pool = list_pool(true, 16, 2000);
        PNET_BUFFER_LIST nbl = pool ? NdisAllocateNetBufferList(pool, 16, 0) : NULL;
        fail_at = 0;
        assert_true(failed == (nbl == NULL));
        if (nbl)
            NdisFreeNetBufferList(nbl);
        if (pool)
            NdisFreeNetBufferListPool(pool);
        bare_host_end(b);
        if (failed)
            continue;
        assert_in_range(nth, 3, 20); /* the pool and its chunk have failed before */
        break;
    }
}

static void a_clone_survives_each_failure(void **state)
{
    static char data[100];
    (void)state;
    for (int nth = 1;; nth++) {
        struct bare_host *b = bare_host_begin(EXEC_SIMULATED);
        NDIS_HANDLE pool = list_pool(true, 0, 0);
        NDIS_HANDLE buffers = buffer_pool(0);
        PMDL mdl = NdisAllocateMdl(NULL, data, sizeof data);
        PNET_BUFFER_LIST original =
            NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, mdl, 0, sizeof data);
        PNET_BUFFER more = NdisAllocateNetBuffer(buffers, mdl, 10, 20);
        original->FirstNetBuffer->Next = more;
        begin_failing(nth);
        PNET_BUFFER_LIST clone = NdisAllocateCloneNetBufferList(original, NULL, NULL, 0);
        fail_at = 0;
        assert_true(failed == (clone == NULL));
        assert_int_equal(nt_owner_count(&b->alice, NT_MDL, NULL), clone ? 3 : 1);
        if (clone)
            NdisFreeCloneNetBufferList(clone, 0);
        NdisFreeNetBufferList(original);
        NdisFreeNetBuffer(more);
        NdisFreeMdl(mdl);
        NdisFreeNetBufferPool(buffers);
        NdisFreeNetBufferListPool(pool);
        bare_host_end(b);
        if (failed)
            continue;
        assert_in_range(nth, 5, 20); /* two pools with a chunk each have failed before */
        break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_and_its_first_list_survive_each_failure),
        cmocka_unit_test(a_clone_survives_each_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
