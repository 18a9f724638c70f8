/* SPDX-License-Identifier: MIT */
/* VCs: created and undone, activated and deactivated, deleted. */
#include "scene.h"

static const enum how legal[] = {AT_ONCE, FROM_THREAD, FROM_DPC, FROM_WORK, EARLY, EARLY_ELSEWHERE};

enum { LEGAL = sizeof(legal) / sizeof(legal[0]) };

static void create(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void destroy(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Cm.vc_count, 0);
    assert_int_equal(Mini.vc_count, 0);
}

static NDIS_STATUS activate(void)
{
    NDIS_STATUS status;
    AS_CM(status = Cm.edge->ActivateVc(Cm.vc->wire.handle, &Cm.vc->call));
    return status;
}

static NDIS_STATUS deactivate(void)
{
    NDIS_STATUS status;
    AS_CM(status = Cm.edge->DeactivateVc(Cm.vc->wire.handle));
    return status;
}

/* ---- creating ---------------------------------------------------------------------------- */

static void a_vc_is_created_by_all_who_serve_it_and_deleted_the_other_way_round(struct scene *s)
{
    create(s);
    assert_int_equal(Cm.vc_count, 1);
    assert_int_equal(Mini.vc_count,
                     s->kind.mcm ? 0 : 1); /* an MCM is asked once, as call manager */
    assert_ptr_equal(last("ProtocolCoCreateVc(CM)")->handle, s->vc[0].handle);
    if (!s->kind.mcm)
        assert_true(last("MiniportCoCreateVc") < last("ProtocolCoCreateVc(CM)"));
    destroy(s);
    if (!s->kind.mcm)
        assert_true(last("ProtocolCoDeleteVc(CM)") < last("MiniportCoDeleteVc"));
}

static void a_vc_that_the_call_manager_refuses_is_undone_in_the_miniport(struct scene *s)
{
    NDIS_STATUS status;
    Cm.create_vc_status = NDIS_STATUS_RESOURCES;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_RESOURCES);
    assert_null(s->vc[0].handle);
    assert_int_equal(Mini.vc_count, 0);
    assert_int_equal(heard("MiniportCoDeleteVc"), s->kind.mcm ? 0 : 1);
    Cm.create_vc_status = NDIS_STATUS_SUCCESS;
    create(s);
    destroy(s);
}

static void a_vc_that_the_miniport_refuses_never_reaches_the_call_manager(struct scene *s)
{
    NDIS_STATUS status;
    if (s->kind.mcm)
        return;
    Mini.create_vc_status = NDIS_STATUS_RESOURCES;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_RESOURCES);
    assert_null(s->vc[0].handle);
    assert_int_equal(heard("ProtocolCoCreateVc(CM)"), 0);
    assert_int_equal(heard("MiniportCoDeleteVc"), 0);
}

static void a_vc_that_the_client_refuses_is_undone_too(struct scene *s)
{
    NDIS_STATUS status;
    struct cm_vc *vc;
    Client.create_vc_status = NDIS_STATUS_NOT_ACCEPTED;
    AS_CM(status = CmCreateVc(&vc));
    scene_settle(s);
    assert_int_equal(status, NDIS_STATUS_NOT_ACCEPTED);
    assert_int_equal(Mini.vc_count, 0);
    assert_int_equal(Cm.vc_count, 0);
    assert_int_equal(heard("ProtocolCoDeleteVc"), 0);
}

static void a_handler_that_pends_a_creation_is_told_and_undone(struct scene *s)
{
    NDIS_STATUS status;
    Client.create_vc_status = NDIS_STATUS_PENDING;
    struct cm_vc *vc;
    EXPECT_RULE(s, CO_CREATE_VC_PENDED, AS_CM(status = CmCreateVc(&vc)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    assert_int_equal(heard("ProtocolCoDeleteVc"), 1);
    Client.incoming_vc_count = 0;
    if (s->kind.mcm)
        return;
    Mini.create_vc_status = NDIS_STATUS_PENDING;
    EXPECT_RULE(s, MINIPORT_CREATE_VC_PENDED, AS_CLIENT(status = ClientCreateVc(&s->vc[0])));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

static void a_handle_that_is_set_before_the_creation_is_told(struct scene *s)
{
    NDIS_STATUS status;
    NDIS_HANDLE handle = s;
    EXPECT_RULE(s, VC_CREATE_HANDLE_SET,
                AS_CLIENT(status = NdisCoCreateVc(Client.binding, Client.af, &s->vc[0], &handle)));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    s->vc[0].handle = handle;
    destroy(s);
}

static void a_stand_alone_call_manager_has_signalling_vcs_and_an_mcm_has_none(struct scene *s)
{
    NDIS_STATUS status;
    NDIS_HANDLE handle = NULL;
    if (s->kind.mcm) {
        EXPECT_RULE(s, MCM_SIGNALLING_VC,
                    AS_CM(status = NdisMCmCreateVc(Cm.adapter, NULL, s, &handle)));
        assert_int_equal(status, NDIS_STATUS_FAILURE);
        return;
    }
    EXPECT_RULE(s, CM_SIGNALLING_VC_AF,
                AS_CLIENT(status = NdisCoCreateVc(Client.binding, NULL, s, &handle)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    struct cm_vc vc = {0};
    AS_CM(status = NdisCoCreateVc(Cm.binding, NULL, &vc, &vc.wire.handle));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(heard("ProtocolCoCreateVc"), 0); /* no client hears of it */
    Cm.vc = &vc;
    (void)activate();
    scene_settle(s);
    AS_MINI((void)WireIndicate(vc.wire.handle, 0));
    assert_ptr_equal(last("ProtocolCoReceiveNetBufferLists(CM)")->context, &vc);
    (void)deactivate();
    scene_settle(s);
    AS_CM(status = NdisCoDeleteVc(vc.wire.handle));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

/* ---- activating -------------------------------------------------------------------------- */

static void a_vc_is_activated_and_deactivated_however_the_miniport_answers(struct scene *s)
{
    create(s);
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_mini(ASK_ACTIVATE, (struct plan){.how = legal[i]});
        plan_mini(ASK_DEACTIVATE, (struct plan){.how = legal[i]});
        NDIS_STATUS status = activate();
        scene_settle(s);
        if (status == NDIS_STATUS_PENDING)
            assert_ptr_equal(last("ProtocolCmActivateVcComplete")->data, &Cm.vc->call);
        else
            assert_int_equal(status, NDIS_STATUS_SUCCESS);
        if (s->kind.mcm) /* its own two calls: never pended */
            assert_int_equal(status, NDIS_STATUS_SUCCESS);
        status = deactivate();
        scene_settle(s);
        assert_true(status == NDIS_STATUS_SUCCESS || !s->kind.mcm);
    }
    destroy(s);
}

static void activations_do_not_overlap(struct scene *s)
{
    if (s->kind.mcm)
        return;
    NDIS_STATUS status;
    create(s);
    plan_mini(ASK_ACTIVATE, (struct plan){.how = BY_HAND});
    plan_mini(ASK_DEACTIVATE, (struct plan){.how = BY_HAND});
    assert_int_equal(activate(), NDIS_STATUS_PENDING);
    EXPECT_RULE(s, VC_ACTIVATE_OVERLAP, status = activate());
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(s, VC_ACTIVATE_OVERLAP, status = deactivate());
    EXPECT_RULE(s, VC_LEFT_ACTIVE, AS_CLIENT(status = ClientDeleteVc(&s->vc[0])));
    assert_int_equal(status, NDIS_STATUS_NOT_ACCEPTED);
    finish_mini(ASK_ACTIVATE, NDIS_STATUS_SUCCESS);
    assert_int_equal(activate(), NDIS_STATUS_PENDING); /* with other parameters */
    EXPECT_RULE(s, VC_ACTIVATE_OVERLAP, status = activate());
    finish_mini(ASK_ACTIVATE, NDIS_STATUS_FAILURE); /* the old ones stay in force */
    assert_int_equal(deactivate(), NDIS_STATUS_PENDING);
    EXPECT_RULE(s, VC_DEACTIVATE_TWICE, status = deactivate());
    assert_int_equal(status, NDIS_STATUS_NOT_ACCEPTED);
    EXPECT_RULE(s, VC_DELETE_DEACTIVATING, AS_CLIENT(status = ClientDeleteVc(&s->vc[0])));
    assert_int_equal(status, NDIS_STATUS_CLOSING);
    finish_mini(ASK_DEACTIVATE, NDIS_STATUS_SUCCESS);
    destroy(s);
}

static void an_activation_that_fails_leaves_the_vc_as_it_was(struct scene *s)
{
    if (s->kind.mcm)
        return;
    static const enum how hows[] = {AT_ONCE, FROM_DPC, EARLY};
    for (uint32_t i = 0; i < 3; i++) {
        struct plan failure = {.how = hows[i], .status = NDIS_STATUS_RESOURCES};
        create(s);
        plan_mini(ASK_ACTIVATE, failure);
        (void)activate();
        EXPECT_RULE(s, VC_DATA_BEFORE_ACTIVE, AS_MINI((void)WireIndicate(s->vc[0].handle, 0)));
        plan_mini(ASK_ACTIVATE, (struct plan){.how = AT_ONCE});
        (void)activate();
        scene_settle(s);
        (void)deactivate();
        scene_settle(s);
        plan_mini(ASK_ACTIVATE, failure);
        (void)activate();
        EXPECT_RULE(s, MCO_RECEIVE_INACTIVE, AS_MINI((void)WireIndicate(s->vc[0].handle, 0)));
        destroy(s);
    }
}

static void a_vc_that_is_not_active_cannot_be_deactivated(struct scene *s)
{
    NDIS_STATUS status;
    create(s);
    EXPECT_RULE(s, VC_DEACTIVATE_INACTIVE, status = deactivate());
    assert_int_equal(status, NDIS_STATUS_NOT_ACCEPTED);
    (void)activate();
    scene_settle(s);
    (void)deactivate();
    scene_settle(s);
    EXPECT_RULE(s, VC_DEACTIVATE_INACTIVE, status = deactivate());
    destroy(s);
}

static void a_miniport_that_completes_twice_or_unasked_is_told(struct scene *s)
{
    create(s);
    NDIS_HANDLE vc = s->vc[0].handle;
    if (s->kind.mcm) {
        EXPECT_RULE(s, MCM_USES_MCO_VC_COMPLETE,
                    AS_MINI(NdisMCoActivateVcComplete(NDIS_STATUS_SUCCESS, vc, &Client.call)));
        destroy(s);
        return;
    }
    EXPECT_RULE(s, MCO_ACTIVATE_COMPLETE_UNASKED,
                AS_MINI(NdisMCoActivateVcComplete(NDIS_STATUS_SUCCESS, vc, &Client.call)));
    EXPECT_RULE(s, MCO_DEACTIVATE_COMPLETE_UNASKED,
                AS_MINI(NdisMCoDeactivateVcComplete(NDIS_STATUS_SUCCESS, vc)));
    plan_mini(ASK_ACTIVATE, (struct plan){.how = TWICE});
    plan_mini(ASK_DEACTIVATE, (struct plan){.how = BOTH_WAYS});
    EXPECT_RULE(s, PEND_ONCE, (void)activate());
    EXPECT_RULE(s, PEND_NOT_BOTH, (void)deactivate());
    plan_mini(ASK_ACTIVATE, (struct plan){.how = PENDING_FIRST});
    plan_mini(ASK_DEACTIVATE, (struct plan){.how = STRAY});
    EXPECT_RULE(s, PEND_FINAL, (void)activate());
    EXPECT_RULE(s, PEND_NOT_BOTH, (void)deactivate());
    EXPECT_RULE(s, MCO_NOT_OWN_VC, AS_CM(NdisMCoDeactivateVcComplete(NDIS_STATUS_SUCCESS, vc)));
    destroy(s);
}

/* ---- deleting ---------------------------------------------------------------------------- */

static void an_active_vc_or_one_with_a_call_cannot_be_deleted(struct scene *s)
{
    NDIS_STATUS status;
    create(s);
    (void)activate();
    scene_settle(s);
    EXPECT_RULE(s, VC_LEFT_ACTIVE, AS_CLIENT(status = ClientDeleteVc(&s->vc[0])));
    assert_int_equal(status, NDIS_STATUS_NOT_ACCEPTED);
    (void)deactivate();
    scene_settle(s);
    destroy(s);
    call_begin_with(s, 1);
    EXPECT_RULE(s, VC_DELETE_CALL, AS_CLIENT(status = ClientDeleteVc(&s->vc[0])));
    assert_int_equal(status, NDIS_STATUS_NOT_ACCEPTED);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, VC_DELETE_CALL, AS_CLIENT(status = ClientDeleteVc(&s->vc[0])));
    assert_int_equal(status, NDIS_STATUS_CLOSING);
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    destroy(s);
}

static void a_vc_is_deleted_by_its_creator(struct scene *s)
{
    NDIS_STATUS status;
    create(s);
    EXPECT_RULE(s, VC_DELETE_NOT_CREATOR, AS_CM(status = Cm.edge->DeleteVc(s->vc[0].handle)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    destroy(s);
    EXPECT_RULE(s, VC_HANDLE_DELETED, AS_CLIENT(status = ClientDeleteVc(&s->vc[0])));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

static void a_vc_whose_deletion_the_peer_refuses_lives_on(struct scene *s)
{
    NDIS_STATUS status;
    create(s);
    Cm.delete_vc_status = NDIS_STATUS_NOT_ACCEPTED;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_NOT_ACCEPTED);
    assert_int_equal(heard("MiniportCoDeleteVc"), 0);
    Cm.delete_vc_status = NDIS_STATUS_SUCCESS;
    destroy(s);
}

static void a_vcs_slot_that_is_used_again_never_answers_to_the_old_handle(struct scene *s)
{
    NDIS_STATUS status;
    NDIS_HANDLE old[8];
    for (uint32_t i = 0; i < 8; i++) {
        create(s);
        old[i] = s->vc[0].handle;
        destroy(s);
    }
    create(s);
    for (uint32_t i = 0; i < 8; i++) {
        EXPECT_RULE(s, HANDLE_STALE, AS_CLIENT(status = NdisCoDeleteVc(old[i])));
        assert_int_equal(status, NDIS_STATUS_FAILURE);
    }
    destroy(s);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_vc_is_created_by_all_who_serve_it_and_deleted_the_other_way_round),
    SCENE_TEST(a_vc_that_the_call_manager_refuses_is_undone_in_the_miniport),
    SCENE_TEST(a_vc_that_the_miniport_refuses_never_reaches_the_call_manager),
    SCENE_TEST(a_vc_that_the_client_refuses_is_undone_too),
    SCENE_TEST(a_handler_that_pends_a_creation_is_told_and_undone),
    SCENE_TEST(a_handle_that_is_set_before_the_creation_is_told),
    SCENE_TEST(a_stand_alone_call_manager_has_signalling_vcs_and_an_mcm_has_none),
    SCENE_TEST(a_vc_is_activated_and_deactivated_however_the_miniport_answers),
    SCENE_TEST(activations_do_not_overlap),
    SCENE_TEST(an_activation_that_fails_leaves_the_vc_as_it_was),
    SCENE_TEST(a_vc_that_is_not_active_cannot_be_deactivated),
    SCENE_TEST(a_miniport_that_completes_twice_or_unasked_is_told),
    SCENE_TEST(an_active_vc_or_one_with_a_call_cannot_be_deleted),
    SCENE_TEST(a_vc_is_deleted_by_its_creator),
    SCENE_TEST(a_vc_whose_deletion_the_peer_refuses_lives_on),
    SCENE_TEST(a_vcs_slot_that_is_used_again_never_answers_to_the_old_handle),
};

SCENE_MAIN(tests)
