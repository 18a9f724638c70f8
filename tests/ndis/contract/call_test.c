/* SPDX-License-Identifier: MIT */
/* Outgoing calls: point-to-point and multipoint, how they fail, change and close. */
#include "scene.h"

static UCHAR bye[] = {'b', 'y', 'e'};

static const enum how legal[] = {AT_ONCE, FROM_THREAD, FROM_DPC, FROM_WORK, EARLY, EARLY_ELSEWHERE};

enum { LEGAL = sizeof(legal) / sizeof(legal[0]) };

static void create_vc(struct scene *s)
{
    NDIS_STATUS status;
    memset(s->vc, 0, sizeof(s->vc));
    memset(s->party, 0, sizeof(s->party));
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void delete_vc(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void make(struct scene *s, struct client_party *party, NDIS_STATUS expected)
{
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], party));
    scene_settle(s);
    assert_int_equal(s->vc[0].made, 1);
    assert_int_equal(s->vc[0].status, expected);
}

static void close_call(struct scene *s, struct client_party *party)
{
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], party, NULL, 0));
    scene_settle(s);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
}

/* ---- making ------------------------------------------------------------------------------ */

static void a_point_to_point_call_has_no_party(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        create_vc(s);
        plan_cm(ASK_MAKE_CALL, (struct plan){.how = legal[i]});
        make(s, NULL, NDIS_STATUS_SUCCESS);
        assert_null(last("ProtocolCmMakeCall")->handle);
        assert_null(last("ProtocolClMakeCallComplete")->handle);
        assert_ptr_equal(last("ProtocolClMakeCallComplete")->data, &Client.call);
        assert_int_equal(Cm.party_count, 0);
        close_call(s, NULL);
        assert_null(last("ProtocolCmCloseCall")->handle);
        delete_vc(s);
    }
}

static void a_multipoint_calls_first_party_comes_with_the_call(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        create_vc(s);
        plan_cm(ASK_MAKE_CALL, (struct plan){.how = legal[i]});
        make(s, &s->party[0], NDIS_STATUS_SUCCESS);
        assert_non_null(s->party[0].handle);
        assert_ptr_equal(last("ProtocolCmMakeCall")->handle, s->party[0].handle);
        assert_ptr_equal(last("ProtocolClMakeCallComplete")->handle, s->party[0].handle);
        assert_int_equal(Cm.party_count, 1);
        close_call(s, &s->party[0]);
        assert_int_equal(s->party[0].closed, 1);
        assert_int_equal(Cm.party_count, 0);
        delete_vc(s);
    }
}

static void a_call_that_fails_leaves_neither_party_nor_context(struct scene *s)
{
    NDIS_STATUS status;
    for (uint32_t i = 0; i < LEGAL; i++) {
        create_vc(s);
        plan_cm(ASK_MAKE_CALL, (struct plan){.how = legal[i], .status = NDIS_STATUS_RESOURCES});
        make(s, &s->party[0], NDIS_STATUS_RESOURCES);
        assert_null(last("ProtocolClMakeCallComplete")->handle);
        assert_int_equal(Cm.party_count, 0);
        EXPECT_RULE(s, CL_CLOSE_FAILED_CALL,
                    AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, NULL, NULL, 0)));
        assert_int_equal(status, NDIS_STATUS_FAILURE);
        delete_vc(s);
    }
}

static void a_vc_whose_call_failed_may_carry_another(struct scene *s)
{
    create_vc(s);
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_FAILURE});
    make(s, &s->party[0], NDIS_STATUS_FAILURE);
    s->vc[0].made = 0;
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = AT_ONCE});
    make(s, NULL, NDIS_STATUS_SUCCESS);
    close_call(s, NULL);
    delete_vc(s);
}

static void a_miniport_that_cannot_activate_fails_the_call(struct scene *s)
{
    if (s->kind.mcm)
        return; /* there the two are one */
    for (uint32_t i = 0; i < LEGAL; i++) {
        create_vc(s);
        plan_mini(ASK_ACTIVATE, (struct plan){.how = legal[i], .status = NDIS_STATUS_RESOURCES});
        make(s, &s->party[0], NDIS_STATUS_RESOURCES);
        assert_int_equal(Cm.party_count, 0);
        delete_vc(s);
    }
}

static void a_call_that_stands_without_an_active_vc_is_told(struct scene *s)
{
    create_vc(s);
    Cm.idle = TRUE;
    EXPECT_RULE(s, CM_MAKE_CALL_NOT_ACTIVE, make(s, NULL, NDIS_STATUS_SUCCESS));
    close_call(s, NULL);
    s->vc[0].made = 0;
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = FROM_DPC});
    EXPECT_RULE(s, CM_MAKE_CALL_NOT_ACTIVE, make(s, NULL, NDIS_STATUS_SUCCESS));
    close_call(s, NULL);
    delete_vc(s);
}

static void a_vc_carries_one_call_at_a_time(struct scene *s)
{
    NDIS_STATUS status;
    create_vc(s);
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    EXPECT_RULE(s, CL_MAKE_CALL_BUSY,
                AS_CLIENT(status = NdisClMakeCall(s->vc[0].handle, &Client.call, NULL, NULL)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(s, CL_CLOSE_MAKING,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, NULL, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, CL_MAKE_CALL_BUSY,
                AS_CLIENT(status = NdisClMakeCall(s->vc[0].handle, &Client.call, NULL, NULL)));
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, CL_MAKE_CALL_CLOSING,
                AS_CLIENT(status = NdisClMakeCall(s->vc[0].handle, &Client.call, NULL, NULL)));
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    delete_vc(s);
}

static void a_multipoint_call_gives_its_party_a_context_and_another_has_none(struct scene *s)
{
    create_vc(s);
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    struct ticket *ticket;
    AS_CM(ticket = DeskNext(&Cm.desk, ASK_MAKE_CALL));
    EXPECT_RULE(s, CM_POINT_CALL_HAS_NO_PARTY,
                AS_CM(Cm.edge->MakeCallComplete(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, &Cm,
                                                &Client.call)));
    AS_CM(ActorFree(ticket));
    assert_int_equal(s->vc[0].made, 1);
    close_call(s, NULL);
    delete_vc(s);
}

/* ---- adding ------------------------------------------------------------------------------ */

static void a_party_joins_however_the_call_manager_answers(struct scene *s)
{
    call_begin_with(s, 1);
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_ADD_PARTY, (struct plan){.how = legal[i]});
        call_add(s, i + 1);
        const struct note *note = last("ProtocolClAddPartyComplete");
        assert_ptr_equal(note->context, &s->party[i + 1]);
        assert_ptr_equal(note->handle, s->party[i + 1].handle);
        assert_ptr_equal(note->data, &Client.call);
        assert_ptr_equal(last("ProtocolCmAddParty")->data, &Client.call);
    }
    for (uint32_t i = 0; i < LEGAL; i++)
        call_drop(s, i + 1);
    call_end_with(s, 0);
}

static void a_party_that_cannot_join_leaves_nothing(struct scene *s)
{
    call_begin_with(s, 1);
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_ADD_PARTY, (struct plan){.how = legal[i], .status = NDIS_STATUS_FAILURE});
        AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
        scene_settle(s);
        assert_int_equal(s->party[1].added, i + 1);
        assert_int_equal(s->party[1].status, NDIS_STATUS_FAILURE);
        assert_null(last("ProtocolClAddPartyComplete")->handle);
        assert_int_equal(Cm.party_count, 1);
    }
    call_end_with(s, 0);
}

static void a_party_joins_only_a_multipoint_call_that_stands(struct scene *s)
{
    NDIS_STATUS status;
    NDIS_HANDLE handle;
    create_vc(s);
    EXPECT_RULE(s, CL_ADD_NOT_CONNECTED,
                AS_CLIENT(status = NdisClAddParty(s->vc[0].handle, s, &Client.call, &handle)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    make(s, NULL, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, CL_ADD_NOT_MULTIPOINT,
                AS_CLIENT(status = NdisClAddParty(s->vc[0].handle, s, &Client.call, &handle)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, CL_ADD_WHILE_CLOSING,
                AS_CLIENT(status = NdisClAddParty(s->vc[0].handle, s, &Client.call, &handle)));
    assert_int_equal(heard("ProtocolCmAddParty"), 0);
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    delete_vc(s);
}

/* ---- closing ----------------------------------------------------------------------------- */

static void a_call_closes_with_its_close_data_however_it_is_answered(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        create_vc(s);
        make(s, &s->party[0], NDIS_STATUS_SUCCESS);
        plan_cm(ASK_CLOSE_CALL, (struct plan){.how = legal[i]});
        plan_mini(ASK_DEACTIVATE, (struct plan){.how = legal[LEGAL - 1 - i]});
        AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], bye, sizeof(bye)));
        scene_settle(s);
        assert_ptr_equal(last("ProtocolCmCloseCall")->data, bye);
        assert_int_equal(last("ProtocolCmCloseCall")->size, sizeof(bye));
        assert_ptr_equal(last("ProtocolClCloseCallComplete")->handle, &s->party[0]);
        assert_int_equal(s->party[0].closed, 1);
        delete_vc(s);
    }
}

static void a_close_that_is_refused_leaves_the_call_and_its_party(struct scene *s)
{
    create_vc(s);
    make(s, &s->party[0], NDIS_STATUS_SUCCESS);
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_CLOSE_CALL, (struct plan){.how = legal[i], .refuses_data = TRUE});
        AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], bye, sizeof(bye)));
        scene_settle(s);
        assert_int_equal(s->vc[0].status, NDIS_STATUS_INVALID_DATA);
        assert_int_equal(Cm.party_count, 1);
    }
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = AT_ONCE});
    call_add(s, 1); /* the call is as it was */
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void a_call_closes_with_the_party_that_it_has(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    EXPECT_RULE(s, CL_CLOSE_LAST_PARTY,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, s->party[0].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(s, CL_CLOSE_NEEDS_PARTY,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, NULL, NULL, 0)));
    call_drop(s, 0);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[1], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, CL_CLOSE_TWICE,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, s->party[1].handle, NULL, 0)));
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, CL_CLOSE_NO_CALL,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, NULL, NULL, 0)));
    delete_vc(s);
}

static void a_point_to_point_call_closes_without_a_party(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 1);
    AS_CLIENT(status = ClientCreateVc(&s->vc[1]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    AS_CLIENT((void)ClientMakeCall(&s->vc[1], NULL));
    scene_settle(s);
    EXPECT_RULE(s, CL_CLOSE_POINT_PARTY,
                AS_CLIENT(status = NdisClCloseCall(s->vc[1].handle, s->party[0].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    AS_CLIENT((void)ClientCloseCall(&s->vc[1], NULL, NULL, 0));
    scene_settle(s);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[1]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    call_end_with(s, 0);
}

static void a_party_of_another_call_closes_nothing(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 1);
    AS_CLIENT(status = ClientCreateVc(&s->vc[1]));
    AS_CLIENT((void)ClientMakeCall(&s->vc[1], &s->party[1]));
    scene_settle(s);
    EXPECT_RULE(s, PARTY_NOT_ON_VC,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, s->party[1].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    AS_CLIENT((void)ClientCloseCall(&s->vc[1], &s->party[1], NULL, 0));
    scene_settle(s);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[1]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    call_end_with(s, 0);
}

/* ---- changing what it carries ------------------------------------------------------------ */

static void a_client_may_change_the_qos_of_its_call(struct scene *s)
{
    create_vc(s);
    make(s, NULL, NDIS_STATUS_SUCCESS);
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_MODIFY_QOS, (struct plan){.how = legal[i]});
        AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
        scene_settle(s);
        assert_int_equal(s->vc[0].modified, i + 1);
        assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
        assert_ptr_equal(last("ProtocolClModifyCallQoSComplete")->data, &Client.call);
    }
    plan_cm(ASK_MODIFY_QOS, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_RESOURCES});
    AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
    scene_settle(s);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_RESOURCES);
    close_call(s, NULL);
    delete_vc(s);
}

static void one_change_at_a_time_and_only_of_a_call_that_stands(struct scene *s)
{
    NDIS_STATUS status;
    create_vc(s);
    EXPECT_RULE(s, CL_MODIFY_NO_CALL,
                AS_CLIENT(status = NdisClModifyCallQoS(s->vc[0].handle, &Client.call)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    make(s, NULL, NDIS_STATUS_SUCCESS);
    plan_cm(ASK_MODIFY_QOS, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
    scene_settle(s);
    EXPECT_RULE(s, CL_MODIFY_TWICE,
                AS_CLIENT(status = NdisClModifyCallQoS(s->vc[0].handle, &Client.call)));
    finish_cm(ASK_MODIFY_QOS, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->vc[0].modified, 1);
    close_call(s, NULL);
    delete_vc(s);
}

static void a_change_that_did_not_activate_the_vc_anew_is_told(struct scene *s)
{
    create_vc(s);
    make(s, NULL, NDIS_STATUS_SUCCESS);
    Cm.idle = TRUE;
    /* An activation of before the client asked does not count. */
    AS_CM((void)Cm.edge->ActivateVc(Cm.vc->wire.handle, &Client.call));
    scene_settle(s);
    EXPECT_RULE(s, CM_MODIFY_NOT_REACTIVATED, AS_CLIENT((void)ClientModifyQos(&s->vc[0])));
    plan_cm(ASK_MODIFY_QOS, (struct plan){.how = FROM_DPC});
    EXPECT_RULE(s, CM_MODIFY_NOT_REACTIVATED, AS_CLIENT((void)ClientModifyQos(&s->vc[0])));
    Cm.idle = FALSE;
    close_call(s, NULL);
    delete_vc(s);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_point_to_point_call_has_no_party),
    SCENE_TEST(a_multipoint_calls_first_party_comes_with_the_call),
    SCENE_TEST(a_call_that_fails_leaves_neither_party_nor_context),
    SCENE_TEST(a_vc_whose_call_failed_may_carry_another),
    SCENE_TEST(a_miniport_that_cannot_activate_fails_the_call),
    SCENE_TEST(a_call_that_stands_without_an_active_vc_is_told),
    SCENE_TEST(a_vc_carries_one_call_at_a_time),
    SCENE_TEST(a_multipoint_call_gives_its_party_a_context_and_another_has_none),
    SCENE_TEST(a_party_joins_however_the_call_manager_answers),
    SCENE_TEST(a_party_that_cannot_join_leaves_nothing),
    SCENE_TEST(a_party_joins_only_a_multipoint_call_that_stands),
    SCENE_TEST(a_call_closes_with_its_close_data_however_it_is_answered),
    SCENE_TEST(a_close_that_is_refused_leaves_the_call_and_its_party),
    SCENE_TEST(a_call_closes_with_the_party_that_it_has),
    SCENE_TEST(a_point_to_point_call_closes_without_a_party),
    SCENE_TEST(a_party_of_another_call_closes_nothing),
    SCENE_TEST(a_client_may_change_the_qos_of_its_call),
    SCENE_TEST(one_change_at_a_time_and_only_of_a_call_that_stands),
    SCENE_TEST(a_change_that_did_not_activate_the_vc_anew_is_told),
};

SCENE_MAIN(tests)
