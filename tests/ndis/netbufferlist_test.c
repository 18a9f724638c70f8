/* SPDX-License-Identifier: MIT */
#include "bare_host.h"
#include "ndis/netbuffercontext.h"

#define VC ((NDIS_HANDLE)(uintptr_t)0x9876)

static int some_vc, other_vc; /* stand for VCs: only their addresses count */

struct fixture {
    struct bare_host *b;
    NDIS_HANDLE pool;
    PNET_BUFFER_LIST nbl;
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->b = bare_host_begin(EXEC_SIMULATED);
    f->pool = list_pool(true, 0, 0);
    f->nbl = NdisAllocateNetBufferList(f->pool, 0, 0);
    f->nbl->SourceHandle = VC;
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    bare_host_become(&f->b->alice);
    if (nbl_state(f->nbl) == NBL_STATE_OWNED)
        NdisFreeNetBufferList(f->nbl);
    NdisFreeNetBufferListPool(f->pool);
    bare_host_end(f->b);
    free(f);
    return 0;
}

static struct call a_call(void)
{
    return call_begin("NdisTest", RULE_Irql_SendRcv_Function, LEVEL_UP_TO_DISPATCH);
}

static void a_list_and_its_buffer_come_together(void **state)
{
    struct fixture *f = *state;
    static char data[60];
    PMDL mdl = NdisAllocateMdl(NULL, data, sizeof data);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferAndNetBufferList(f->pool, 0, 0, mdl, 10, 50);
    PNET_BUFFER nb = NET_BUFFER_LIST_FIRST_NB(nbl);
    assert_ptr_equal(nb->MdlChain, mdl);
    assert_int_equal(nb->DataLength, 50);
    assert_int_equal(nb->CurrentMdlOffset, 10);
    assert_int_equal(nbl->ChildRefCount, 0);
    assert_null(nbl->ParentNetBufferList);
    assert_null(nbl->Context);
    NdisFreeNetBufferList(nbl);
    PVOID got;
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                got = NdisAllocateNetBufferAndNetBufferList(f->pool, 0, 0, mdl, 10, 51));
    assert_null(got);
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                got = NdisAllocateNetBufferAndNetBufferList(f->pool, 0, 0, NULL, 1, 0));
    assert_null(got);
    NdisFreeMdl(mdl);
}

static void the_chain_allocator_needs_the_right_pool(void **state)
{
    struct fixture *f = *state;
    PVOID got;
    NDIS_HANDLE bare = list_pool(false, 0, 0);
    NDIS_HANDLE data = list_pool(true, 0, 10);
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                got = NdisAllocateNetBufferAndNetBufferList(bare, 0, 0, NULL, 0, 0));
    assert_null(got);
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                got = NdisAllocateNetBufferAndNetBufferList(data, 0, 0, NULL, 0, 0));
    assert_null(got);
    NdisFreeNetBufferListPool(bare);
    NdisFreeNetBufferListPool(data);
}

static void a_reused_list_is_as_a_new_one(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(f->pool, 0, 0);
    nbl->Next = f->nbl;
    nbl->Status = 77;
    nbl->Flags = nbl->NblFlags = 0xffff;
    nbl->Scratch = nbl->MiniportReserved[1] = nbl->ProtocolReserved[3] = f;
    NET_BUFFER_LIST_INFO(nbl, TcpReceiveBytesTransferred) = f;
    NdisFreeNetBufferList(nbl);
    PNET_BUFFER_LIST again = NdisAllocateNetBufferList(f->pool, 0, 0);
    assert_ptr_equal(again, nbl);
    assert_null(again->Next);
    assert_int_equal(again->Status, NDIS_STATUS_SUCCESS);
    assert_int_equal(again->Flags | again->NblFlags, 0);
    assert_null(again->Scratch);
    assert_null(again->MiniportReserved[1]);
    assert_null(again->ProtocolReserved[3]);
    assert_null(NET_BUFFER_LIST_INFO(again, TcpReceiveBytesTransferred));
    NdisFreeNetBufferList(again);
}

/* ---- context ----------------------------------------------------------------------------- */

static void sizes_must_be_multiples_of_the_alignment(void **state)
{
    struct fixture *f = *state;
    PVOID got;
    EXPECT_RULE(f->b, ARGUMENT_BAD, got = NdisAllocateNetBufferList(f->pool, 8, 0));
    assert_null(got);
    EXPECT_RULE(f->b, ARGUMENT_BAD, got = NdisAllocateNetBufferList(f->pool, 16, 1));
    assert_null(got);
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    EXPECT_RULE(f->b, ARGUMENT_BAD, status = NdisAllocateNetBufferListContext(f->nbl, 17, 0, 0));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

static void context_grows_into_its_back_fill_first(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(f->pool, 32, 16);
    PNET_BUFFER_LIST_CONTEXT first = nbl->Context;
    assert_int_equal(first->Size, 48);
    assert_int_equal(first->Offset, 16);
    memset(NET_BUFFER_LIST_CONTEXT_DATA_START(nbl), 1, 32);
    assert_int_equal(NdisAllocateNetBufferListContext(nbl, 16, 0, 0), NDIS_STATUS_SUCCESS);
    assert_ptr_equal(nbl->Context, first);
    assert_int_equal(first->Offset, 0);
    assert_int_equal(NdisAllocateNetBufferListContext(nbl, 16, 32, 0), NDIS_STATUS_SUCCESS);
    assert_ptr_equal(nbl->Context->Next, first);
    assert_int_equal(nbl->Context->Offset, 32);
    memset(NET_BUFFER_LIST_CONTEXT_DATA_START(nbl), 2, 16);
    NdisFreeNetBufferListContext(nbl, 16);
    assert_ptr_equal(nbl->Context, first);
    NdisFreeNetBufferListContext(nbl, 16);
    assert_int_equal(first->Offset, 16);
    NdisFreeNetBufferList(nbl);
}

static void preallocated_context_is_used(void **state)
{
    struct fixture *f = *state;
    NDIS_HANDLE pool = list_pool(true, 64, 100);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(pool, 32, 0);
    assert_int_equal(nbl->Context->Size, 64);
    assert_int_equal(nbl->Context->Offset, 32);
    memset(NET_BUFFER_LIST_CONTEXT_DATA_START(nbl), 1, 32);
    assert_int_equal((uintptr_t)NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) % 16, 0);
    NdisFreeNetBufferList(nbl);
    nbl = NdisAllocateNetBufferList(pool, 64, 64);
    assert_int_equal(nbl->Context->Size, 128);
    assert_int_equal(nt_owner_count(&f->b->alice, NT_NBL, NULL), 1);
    NdisFreeNetBufferList(nbl);
    NdisFreeNetBufferListPool(pool);
}

static void context_left_behind_is_told_and_freed(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(f->pool, 16, 16);
    assert_int_equal(NdisAllocateNetBufferListContext(nbl, 16, 0, 0), NDIS_STATUS_SUCCESS);
    assert_int_equal(NdisAllocateNetBufferListContext(nbl, 32, 16, 0), NDIS_STATUS_SUCCESS);
    EXPECT_RULE(f->b, NBL_CONTEXT_LEFT, NdisFreeNetBufferList(nbl));
    struct rule_break seen;
    assert_true(rules_kept(&f->b->rules, 0, &seen));
    assert_string_equal(seen.detail, "48 bytes of context are still allocated");
}

static void only_added_context_is_freed(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(f->pool, 16, 0);
    EXPECT_RULE(f->b, ARGUMENT_BAD, NdisFreeNetBufferListContext(nbl, 16));
    EXPECT_RULE(f->b, ARGUMENT_BAD, NdisFreeNetBufferListContext(f->nbl, 16));
    assert_int_equal(NdisAllocateNetBufferListContext(nbl, 16, 0, 0), NDIS_STATUS_SUCCESS);
    EXPECT_RULE(f->b, ARGUMENT_BAD, NdisFreeNetBufferListContext(nbl, 32));
    NdisFreeNetBufferListContext(nbl, 16);
    NdisFreeNetBufferList(nbl);
    EXPECT_RULE(f->b, NBL_FREED_TWICE, NdisFreeNetBufferListContext(nbl, 16));
}

static void context_of_a_list_that_leaks_goes_with_the_host(void **state)
{
    struct fixture *f = *state;
    NDIS_HANDLE pool = list_pool(false, 0, 0);
    PNET_BUFFER_LIST nbl = NdisAllocateNetBufferList(pool, 16, 0);
    assert_int_equal(NdisAllocateNetBufferListContext(nbl, 16, 0, 0), NDIS_STATUS_SUCCESS);
    netbuffer_pools_disown(f->b->host, &f->b->bob);
    assert_ptr_equal(NdisGetPoolFromNetBufferList(nbl), pool);
    EXPECT_RULE(f->b, NBL_POOL_NOT_EMPTY, NdisFreeNetBufferListPool(pool));
    nbl_contexts_end(&f->b->alice);
    assert_int_equal(nt_owner_count(&f->b->alice, NT_NBL, NULL), 0);
}

/* ---- free -------------------------------------------------------------------------------- */

static void a_list_is_freed_once(void **state)
{
    struct fixture *f = *state;
    NdisFreeNetBufferList(f->nbl);
    EXPECT_RULE(f->b, NBL_FREED_TWICE, NdisFreeNetBufferList(f->nbl));
}

static void a_foreign_list_is_not_freed(void **state)
{
    struct fixture *f = *state;
    NET_BUFFER_LIST copy = *f->nbl;
    EXPECT_RULE(f->b, NBL_NOT_FROM_POOL, NdisFreeNetBufferList(&copy));
    EXPECT_RULE(f->b, NBL_NOT_FROM_POOL, NdisFreeNetBufferList(NULL));
}

static void a_list_that_is_out_is_not_freed(void **state)
{
    struct fixture *f = *state;
    assert_true(nbl_set_state(f->nbl, NBL_STATE_OWNED, NBL_STATE_SENT, &some_vc, &f->b->bob));
    EXPECT_RULE(f->b, NBL_FREED_OUT, NdisFreeNetBufferList(f->nbl));
    struct rule_break seen;
    assert_true(rules_kept(&f->b->rules, 0, &seen));
    assert_string_equal(seen.detail, "the list is out as a send, held by bob");
    assert_int_equal(nbl_state(f->nbl), NBL_STATE_SENT);
    assert_true(nbl_set_state(f->nbl, NBL_STATE_SENT, NBL_STATE_OWNED, NULL, NULL));
}

static void another_drivers_list_is_not_freed(void **state)
{
    struct fixture *f = *state;
    bare_host_become(&f->b->bob);
    EXPECT_RULE(f->b, NBL_FREED_OUT, NdisFreeNetBufferList(f->nbl));
    bare_host_become(&f->b->alice);
    assert_int_equal(nbl_state(f->nbl), NBL_STATE_OWNED);
}

/* ---- who owns it ------------------------------------------------------------------------- */

static void a_state_moves_only_from_the_expected_one(void **state)
{
    struct fixture *f = *state;
    assert_false(nbl_set_state(f->nbl, NBL_STATE_SENT, NBL_STATE_OWNED, NULL, NULL));
    assert_true(nbl_set_state(f->nbl, NBL_STATE_OWNED, NBL_STATE_INDICATED, &some_vc, &f->b->bob));
    assert_ptr_equal(nbl_vc(f->nbl), &some_vc);
    assert_ptr_equal(nbl_holder(f->nbl), &f->b->bob);
    assert_ptr_equal(nbl_allocator(f->nbl), &f->b->alice);
    assert_false(nbl_set_state(f->nbl, NBL_STATE_OWNED, NBL_STATE_SENT, &some_vc, NULL));
    assert_true(nbl_set_state(f->nbl, NBL_STATE_INDICATED, NBL_STATE_OWNED, NULL, NULL));
    assert_ptr_equal(nbl_holder(f->nbl), &f->b->alice);
    assert_null(nbl_vc(f->nbl));
    NET_BUFFER_LIST copy = *f->nbl;
    assert_int_equal(nbl_state(&copy), NBL_STATE_FOREIGN);
    assert_false(nbl_set_state(&copy, NBL_STATE_OWNED, NBL_STATE_SENT, NULL, NULL));
}

static void a_send_and_its_completion_are_clean(void **state)
{
    struct fixture *f = *state;
    struct call call = a_call();
    assert_true(nbl_check_send(&call, f->nbl, VC, &some_vc, &f->b->bob));
    assert_int_equal(f->nbl->Status, NDIS_STATUS_PENDING);
    f->nbl->Status = NDIS_STATUS_SUCCESS;
    assert_true(nbl_check_complete(&call, f->nbl, VC, &some_vc));
    assert_int_equal(nbl_state(f->nbl), NBL_STATE_OWNED);
}

static void what_must_not_be_sent_is_told(void **state)
{
    struct fixture *f = *state;
    struct call call = a_call();
    bool sent = true;
    NET_BUFFER_LIST copy = *f->nbl;
    EXPECT_RULE(f->b, NBL_NOT_FROM_POOL, sent = nbl_check_send(&call, &copy, VC, &some_vc, NULL));
    assert_false(sent);
    f->nbl->SourceHandle = NULL;
    EXPECT_RULE(f->b, NBL_SOURCE_HANDLE, sent = nbl_check_send(&call, f->nbl, VC, &some_vc, NULL));
    assert_true(sent);
    assert_ptr_equal(f->nbl->SourceHandle, VC);
    EXPECT_RULE(f->b, NBL_SENT_TWICE, sent = nbl_check_send(&call, f->nbl, VC, &some_vc, NULL));
    assert_false(sent);
    f->nbl->Status = NDIS_STATUS_SUCCESS;
    assert_true(nbl_check_complete(&call, f->nbl, VC, &some_vc));
    NdisFreeNetBufferList(f->nbl);
    EXPECT_RULE(f->b, POOL_USED_AFTER_FREE,
                sent = nbl_check_send(&call, f->nbl, VC, &some_vc, NULL));
    assert_false(sent);
}

static void a_bad_completion_is_told(void **state)
{
    struct fixture *f = *state;
    struct call call = a_call();
    bool good = true;
    assert_true(nbl_check_send(&call, f->nbl, VC, &some_vc, &f->b->bob));
    EXPECT_RULE(f->b, SEND_COMPLETE_WRONG_VC,
                good = nbl_check_complete(&call, f->nbl, VC, &other_vc));
    assert_false(good);
    EXPECT_RULE(f->b, SEND_COMPLETE_NO_STATUS,
                good = nbl_check_complete(&call, f->nbl, VC, &some_vc));
    assert_true(good);
    assert_int_equal(f->nbl->Status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(f->b, SEND_COMPLETE_TWICE, good = nbl_check_complete(&call, f->nbl, VC, &some_vc));
    assert_false(good);
    assert_true(nbl_check_indicate(&call, f->nbl, VC, &some_vc, false, &f->b->bob));
    EXPECT_RULE(f->b, SEND_COMPLETE_UNSENT, good = nbl_check_complete(&call, f->nbl, VC, &some_vc));
    assert_false(good);
    assert_true(nbl_check_return(&call, f->nbl));
}

static void a_changed_chain_is_told_and_put_back(void **state)
{
    struct fixture *f = *state;
    struct call call = a_call();
    bool good = false;
    PNET_BUFFER first = f->nbl->FirstNetBuffer;
    assert_true(nbl_check_send(&call, f->nbl, VC, &some_vc, &f->b->bob));
    f->nbl->Status = NDIS_STATUS_SUCCESS;
    f->nbl->FirstNetBuffer = NULL;
    EXPECT_RULE(f->b, SEND_COMPLETE_CHAIN, good = nbl_check_complete(&call, f->nbl, VC, &some_vc));
    assert_true(good);
    assert_ptr_equal(f->nbl->FirstNetBuffer, first);
}

static void a_receive_and_its_return_are_clean(void **state)
{
    struct fixture *f = *state;
    struct call call = a_call();
    assert_true(nbl_check_indicate(&call, f->nbl, VC, &some_vc, false, &f->b->bob));
    bare_host_become(&f->b->bob);
    assert_true(nbl_check_return(&call, f->nbl));
    assert_int_equal(nbl_state(f->nbl), NBL_STATE_OWNED);
}

static void a_bad_return_is_told(void **state)
{
    struct fixture *f = *state;
    struct call call = a_call();
    bool good = true;
    assert_true(nbl_check_indicate(&call, f->nbl, VC, &some_vc, true, &f->b->bob));
    bare_host_become(&f->b->bob);
    EXPECT_RULE(f->b, RETURN_RESOURCES, good = nbl_check_return(&call, f->nbl));
    assert_false(good);
    assert_true(nbl_set_state(f->nbl, NBL_STATE_LENT, NBL_STATE_OWNED, NULL, NULL));
    EXPECT_RULE(f->b, RETURN_TWICE, good = nbl_check_return(&call, f->nbl));
    assert_false(good);
    bare_host_become(&f->b->alice);
    EXPECT_RULE(f->b, RETURN_UNRECEIVED, good = nbl_check_return(&call, f->nbl));
    NET_BUFFER_LIST copy = *f->nbl;
    EXPECT_RULE(f->b, RETURN_UNRECEIVED, good = nbl_check_return(&call, &copy));
}

static void a_list_that_is_out_is_not_indicated(void **state)
{
    struct fixture *f = *state;
    struct call call = a_call();
    bool good = true;
    assert_true(nbl_check_indicate(&call, f->nbl, VC, &some_vc, false, &f->b->bob));
    EXPECT_RULE(f->b, RECEIVE_STILL_OUT,
                good = nbl_check_indicate(&call, f->nbl, VC, &some_vc, false, &f->b->bob));
    assert_false(good);
    assert_true(nbl_check_return(&call, f->nbl));
}

/* ---- what a list says --------------------------------------------------------------------- */

static void info_is_copied_by_direction(void **state)
{
    struct fixture *f = *state;
    PNET_BUFFER_LIST from = f->nbl;
    PNET_BUFFER_LIST to = NdisAllocateNetBufferList(f->pool, 0, 0);
    for (int i = 0; i < MaxNetBufferListInfo; i++)
        NET_BUFFER_LIST_INFO(from, i) = (PVOID)(uintptr_t)(i + 1);
    NdisCopySendNetBufferListInfo(to, from);
    assert_ptr_equal(NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(to),
                     NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(from));
    assert_ptr_equal(NET_BUFFER_LIST_INFO(to, MediaSpecificInformation),
                     NET_BUFFER_LIST_INFO(from, MediaSpecificInformation));
    assert_null(NET_BUFFER_LIST_INFO(to, NetBufferListHashValue));
    NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(to, NULL);
    NdisCopyReceiveNetBufferListInfo(to, from);
    assert_null(NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(to));
    assert_non_null(NET_BUFFER_LIST_INFO(to, NetBufferListHashValue));
    assert_null(NET_BUFFER_LIST_INFO(to, WfpNetBufferListInfo));
    NET_BUFFER_LIST copy = *to;
    EXPECT_RULE(f->b, NBL_NOT_FROM_POOL, NdisCopySendNetBufferListInfo(&copy, from));
    NdisFreeNetBufferList(to);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_and_its_buffer_come_together),
        TEST(the_chain_allocator_needs_the_right_pool),
        TEST(a_reused_list_is_as_a_new_one),
        TEST(sizes_must_be_multiples_of_the_alignment),
        TEST(context_grows_into_its_back_fill_first),
        TEST(preallocated_context_is_used),
        TEST(context_left_behind_is_told_and_freed),
        TEST(only_added_context_is_freed),
        TEST(context_of_a_list_that_leaks_goes_with_the_host),
        TEST(a_list_is_freed_once),
        TEST(a_foreign_list_is_not_freed),
        TEST(a_list_that_is_out_is_not_freed),
        TEST(another_drivers_list_is_not_freed),
        TEST(a_state_moves_only_from_the_expected_one),
        TEST(a_send_and_its_completion_are_clean),
        TEST(what_must_not_be_sent_is_told),
        TEST(a_bad_completion_is_told),
        TEST(a_changed_chain_is_told_and_put_back),
        TEST(a_receive_and_its_return_are_clean),
        TEST(a_bad_return_is_told),
        TEST(a_list_that_is_out_is_not_indicated),
        TEST(info_is_copied_by_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
