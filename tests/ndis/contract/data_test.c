/* SPDX-License-Identifier: MIT */
/* Data on a VC: who owns a list when, what crosses a close, what the flags promise. */
#include "scene.h"

static const enum how legal[] = {AT_ONCE, FROM_THREAD, FROM_DPC, FROM_WORK};

enum { LEGAL = sizeof(legal) / sizeof(legal[0]) };

static void hang_up(struct scene *s)
{
    call_end_with(s, 0);
}

/* ---- sending ----------------------------------------------------------------------------- */

static void a_sent_list_comes_back_with_its_status(struct scene *s)
{
    PNET_BUFFER_LIST list;
    call_begin_with(s, 1);
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_mini(ASK_SEND,
                  (struct plan){.how = legal[i],
                                .status = i % 2 ? NDIS_STATUS_FAILURE : NDIS_STATUS_SUCCESS});
        AS_CLIENT(list = ClientSend(&s->vc[0], 0));
        scene_settle(s);
        const struct note *note = last("ProtocolCoSendNetBufferListsComplete");
        assert_ptr_equal(note->context, &s->vc[0]);
        assert_ptr_equal(note->data, list);
        assert_int_equal(note->status, i % 2 ? NDIS_STATUS_FAILURE : NDIS_STATUS_SUCCESS);
        assert_int_equal(s->vc[0].sent, i + 1);
    }
    hang_up(s);
}

static void a_call_closes_when_its_sends_are_back(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 1);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    EXPECT_RULE(s, CL_CLOSE_SENDS_BACK,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, s->party[0].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    finish_mini(ASK_SEND, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->vc[0].sent, 1);
    hang_up(s);
}

/* A send that is refused comes back at once, with the reason. */
static void refused(struct scene *s, NDIS_STATUS expected)
{
    LONG sent = s->vc[0].sent;
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    scene_settle(s);
    assert_int_equal(s->vc[0].sent, sent + 1);
    assert_int_equal(last("ProtocolCoSendNetBufferListsComplete")->status, expected);
}

static void what_is_sent_before_the_call_stands_comes_back(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, CL_SEND_BEFORE_CONNECTED, refused(s, NDIS_STATUS_FAILURE));
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], &s->party[0]));
    scene_settle(s);
    EXPECT_RULE(s, CL_SEND_BEFORE_CONNECTED, refused(s, NDIS_STATUS_FAILURE));
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    refused(s, NDIS_STATUS_SUCCESS); /* now it is sent */
    hang_up(s);
}

static void what_is_sent_after_the_clients_close_comes_back_and_is_told(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 1);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, CL_SEND_AFTER_CLOSE, refused(s, NDIS_STATUS_CLOSING));
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void what_crosses_the_other_ends_close_comes_back_without_blame(struct scene *s)
{
    call_begin_with(s, 1);
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, 0));
    refused(s, NDIS_STATUS_CLOSING);
    hang_up(s);
}

static void another_drivers_vc_is_nobodys_to_send_on(struct scene *s)
{
    call_begin_with(s, 1);
    if (s->kind.mcm)
        EXPECT_RULE(s, MCM_USES_NDISCO, AS_CM(NdisCoSendNetBufferLists(s->vc[0].handle, NULL, 0)));
    else
        EXPECT_RULE(s, CL_NOT_OWNER, AS_MINI(NdisCoSendNetBufferLists(s->vc[0].handle, NULL, 0)));
    EXPECT_RULE(s, MCO_NOT_OWN_VC,
                AS_CLIENT(NdisMCoSendNetBufferListsComplete(s->vc[0].handle, NULL, 0)));
    EXPECT_RULE(s, MCO_NOT_OWN_VC,
                AS_CLIENT(NdisMCoIndicateReceiveNetBufferLists(s->vc[0].handle, NULL, 0,
                                                               NDIS_RECEIVE_FLAGS_RESOURCES)));
    hang_up(s);
}

static void a_cancelled_send_is_the_miniports_to_give_back(struct scene *s)
{
    call_begin_with(s, 1);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    AS_CLIENT(NdisCancelSendNetBufferLists(Client.binding, s));
    assert_ptr_equal(last("MiniportCancelSend")->data, s);
    assert_int_equal(s->vc[0].sent, 1);
    assert_int_equal(last("ProtocolCoSendNetBufferListsComplete")->status,
                     NDIS_STATUS_SEND_ABORTED);
    hang_up(s);
}

/* ---- receiving --------------------------------------------------------------------------- */

static void a_received_list_is_the_clients_until_it_returns_it(struct scene *s)
{
    PNET_BUFFER_LIST list;
    call_begin_with(s, 1);
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    assert_ptr_equal(last("ProtocolCoReceiveNetBufferLists")->context, &s->vc[0]);
    assert_ptr_equal(last("ProtocolCoReceiveNetBufferLists")->data, list);
    assert_int_equal(last("ProtocolCoReceiveNetBufferLists")->size, 1);
    assert_int_equal(Mini.returned_count, 1);
    Client.keeps_receives = TRUE;
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    assert_ptr_equal(Client.kept, list);
    assert_int_equal(Mini.returned_count, 1);
    EXPECT_RULE(s, RECEIVE_STILL_OUT,
                AS_MINI(NdisMCoIndicateReceiveNetBufferLists(s->vc[0].handle, list, 1,
                                                             NDIS_RECEIVE_FLAGS_RESOURCES)));
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    assert_int_equal(Mini.returned_count, 2);
    hang_up(s);
}

static void a_list_that_was_lent_is_the_miniports_when_the_handler_returns(struct scene *s)
{
    PNET_BUFFER_LIST list;
    call_begin_with(s, 1);
    AS_MINI(list = WireIndicate(s->vc[0].handle, NDIS_RECEIVE_FLAGS_RESOURCES));
    assert_ptr_equal(last("ProtocolCoReceiveNetBufferLists")->data, list);
    assert_int_equal(s->vc[0].received, 1);
    assert_int_equal(Mini.returned_count, 0);
    hang_up(s);
}

static void a_list_names_the_vc_that_it_goes_on(struct scene *s)
{
    PNET_BUFFER_LIST list;
    call_begin_with(s, 1);
    AS_CLIENT({
        list = ActorNewList(Client.pool);
        list->SourceHandle = Client.af;
    });
    EXPECT_RULE(s, NBL_SOURCE_HANDLE,
                AS_CLIENT(NdisCoSendNetBufferLists(s->vc[0].handle, list, 0)));
    assert_int_equal(s->vc[0].sent, 1); /* it went, put right */
    hang_up(s);
}

static void a_wrong_count_of_lists_is_told(struct scene *s)
{
    call_begin_with(s, 1);
    AS_MINI((void)WireIndicate(s->vc[0].handle, NDIS_RECEIVE_FLAGS_RESOURCES));
    PNET_BUFFER_LIST list;
    AS_MINI({
        list = ActorNewList(Mini.pool);
        list->SourceHandle = s->vc[0].handle;
    });
    EXPECT_RULE(s, RECEIVE_COUNT,
                AS_MINI(NdisMCoIndicateReceiveNetBufferLists(s->vc[0].handle, list, 3,
                                                             NDIS_RECEIVE_FLAGS_RESOURCES)));
    AS_MINI(NdisFreeNetBufferList(list));
    assert_int_equal(s->vc[0].received, 2);
    hang_up(s);
}

static void nothing_is_received_on_a_vc_that_is_not_active(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, VC_DATA_BEFORE_ACTIVE, AS_MINI((void)WireIndicate(s->vc[0].handle, 0)));
    assert_int_equal(s->vc[0].received, 0);
    assert_int_equal(Mini.returned_count, 1); /* its list went straight back */
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], &s->party[0]));
    scene_settle(s);
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, MCO_RECEIVE_INACTIVE, AS_MINI((void)WireIndicate(s->vc[0].handle, 0)));
    assert_int_equal(s->vc[0].received, 0);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void a_vc_is_quiet_before_its_deactivation_ends(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE, FROM_DPC, EARLY};
    for (LONG i = 0; i < 3; i++) {
        PNET_BUFFER_LIST list;
        NDIS_STATUS status;
        memset(s->vc, 0, sizeof(s->vc));
        memset(s->party, 0, sizeof(s->party));
        call_begin_with(s, 1);
        plan_mini(ASK_DEACTIVATE, (struct plan){.how = hows[i]});
        Client.keeps_receives = TRUE;
        AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
        EXPECT_RULE(s, MCO_DEACTIVATE_RECEIVES_OUT,
                    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0)));
        AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
        assert_int_equal(Mini.returned_count, i + 1);
        AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
        assert_int_equal(status, NDIS_STATUS_SUCCESS);
    }
}

/* ---- levels ------------------------------------------------------------------------------ */

static void a_flag_that_promises_dispatch_level_is_checked(struct scene *s)
{
    KIRQL old;
    PNET_BUFFER_LIST list;
    call_begin_with(s, 1);
    EXPECT_RULE(s, DISPATCH_FLAG_WRONG,
                AS_CLIENT((void)ClientSend(&s->vc[0], NDIS_SEND_FLAGS_DISPATCH_LEVEL)));
    EXPECT_RULE(s, DISPATCH_FLAG_WRONG,
                AS_MINI((void)WireIndicate(s->vc[0].handle, NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL)));
    Client.keeps_receives = TRUE;
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    EXPECT_RULE(s, DISPATCH_FLAG_WRONG,
                AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list,
                                                   NDIS_RETURN_FLAGS_DISPATCH_LEVEL)));
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    AS_CLIENT((void)ClientSend(&s->vc[0], NDIS_SEND_FLAGS_DISPATCH_LEVEL));
    KeLowerIrql(old);
    scene_settle(s);
    assert_int_equal(s->vc[0].sent, 2);
    hang_up(s);
}

static VOID return_higher(const char *Callback, PVOID Context)
{
    KIRQL old;
    (void)Context;
    if (!strcmp(Callback, "ProtocolClDropPartyComplete"))
        KeRaiseIrql((KIRQL)(KeGetCurrentIrql() + DISPATCH_LEVEL), &old);
}

static void a_callback_that_returns_at_another_level_is_told_and_put_right(struct scene *s)
{
    call_begin_with(s, 2);
    Client.hook = return_higher;
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_THREAD});
    EXPECT_RULE(s, IRQL_NOT_RESTORED, AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0)));
    Client.hook = NULL;
    assert_int_equal(s->party[1].dropped, 1);
    hang_up(s);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_sent_list_comes_back_with_its_status),
    SCENE_TEST(a_call_closes_when_its_sends_are_back),
    SCENE_TEST(what_is_sent_before_the_call_stands_comes_back),
    SCENE_TEST(what_is_sent_after_the_clients_close_comes_back_and_is_told),
    SCENE_TEST(what_crosses_the_other_ends_close_comes_back_without_blame),
    SCENE_TEST(another_drivers_vc_is_nobodys_to_send_on),
    SCENE_TEST(a_cancelled_send_is_the_miniports_to_give_back),
    SCENE_TEST(a_received_list_is_the_clients_until_it_returns_it),
    SCENE_TEST(a_list_that_was_lent_is_the_miniports_when_the_handler_returns),
    SCENE_TEST(a_list_names_the_vc_that_it_goes_on),
    SCENE_TEST(a_wrong_count_of_lists_is_told),
    SCENE_TEST(nothing_is_received_on_a_vc_that_is_not_active),
    SCENE_TEST(a_vc_is_quiet_before_its_deactivation_ends),
    SCENE_TEST(a_flag_that_promises_dispatch_level_is_checked),
    SCENE_TEST(a_callback_that_returns_at_another_level_is_told_and_put_right),
};

SCENE_MAIN(tests)
