/* SPDX-License-Identifier: MIT */
/* Calls that come in, and what the other end of a call does: it closes, it changes. */
#include "scene.h"

static UCHAR bye[] = {'b', 'y', 'e'};

static const enum how legal[] = {AT_ONCE, FROM_THREAD, FROM_DPC, FROM_WORK, EARLY, EARLY_ELSEWHERE};

enum { LEGAL = sizeof(legal) / sizeof(legal[0]) };

/* A registered SAP, and an active VC of the call manager. */
static struct cm_vc *listen_and_create(struct scene *s)
{
    struct cm_vc *vc = NULL;
    NDIS_STATUS status;
    if (!s->sap.registered) {
        AS_CLIENT((void)ClientRegisterSap(&s->sap));
        scene_settle(s);
        assert_int_equal(s->sap.status, NDIS_STATUS_SUCCESS);
    }
    AS_CM(status = CmCreateVc(&vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(Client.incoming_vc_count, 1);
    assert_int_equal(vc->active, 1);
    return vc;
}

/* The call manager's end of a call that is over or was rejected. */
static void delete_vc(struct scene *s, struct cm_vc *vc)
{
    NDIS_STATUS status;
    if (vc->active) {
        AS_CM({
            status = Cm.edge->DeactivateVc(vc->wire.handle);
            if (status == NDIS_STATUS_SUCCESS)
                vc->active = 0;
        });
        scene_settle(s);
        assert_int_equal(vc->active, 0);
    }
    AS_CM(status = CmDeleteVc(vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Client.incoming_vc_count, 0);
}

static void stop_listening(struct scene *s)
{
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
    assert_int_equal(s->sap.status, NDIS_STATUS_SUCCESS);
}

/* Offers the call; runs the call manager's own completion when the answer is final.
 * returns  the client's answer */
static NDIS_STATUS offer(struct scene *s, struct cm_vc *vc)
{
    NDIS_STATUS status;
    AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call));
    scene_settle(s);
    if (status != NDIS_STATUS_PENDING)
        return status;
    assert_ptr_equal(last("ProtocolCmIncomingCallComplete")->context, vc);
    assert_ptr_equal(last("ProtocolCmIncomingCallComplete")->data, &vc->call);
    return last("ProtocolCmIncomingCallComplete")->status;
}

static struct cm_vc *connected_call(struct scene *s)
{
    struct cm_vc *vc = listen_and_create(s);
    assert_int_equal(offer(s, vc), NDIS_STATUS_SUCCESS);
    LONG connected = Client.incoming_vc.connected;
    AS_CM(Cm.edge->CallConnected(vc->wire.handle));
    assert_int_equal(Client.incoming_vc.connected, connected + 1);
    return vc;
}

static void client_closes(struct scene *s)
{
    AS_CLIENT((void)ClientCloseCall(&Client.incoming_vc, NULL, NULL, 0));
    scene_settle(s);
    assert_int_equal(Client.incoming_vc.status, NDIS_STATUS_SUCCESS);
}

/* ---- the offer --------------------------------------------------------------------------- */

static void a_call_is_offered_accepted_connected_and_closed(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_client(ASK_INCOMING_CALL, (struct plan){.how = legal[i]});
        struct cm_vc *vc = connected_call(s);
        const struct note *note = last("ProtocolClIncomingCall");
        assert_ptr_equal(note->context, &s->sap);
        assert_ptr_equal(note->handle, &Client.incoming_vc);
        assert_ptr_equal(note->data, &vc->call);
        client_closes(s);
        delete_vc(s, vc);
    }
    stop_listening(s);
}

static void a_call_that_is_rejected_leaves_an_idle_vc(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_client(ASK_INCOMING_CALL,
                    (struct plan){.how = legal[i], .status = NDIS_STATUS_FAILURE});
        struct cm_vc *vc = listen_and_create(s);
        assert_int_equal(offer(s, vc), NDIS_STATUS_FAILURE);
        EXPECT_RULE(s, CM_REJECTED_CONNECTED, AS_CM(Cm.edge->CallConnected(vc->wire.handle)));
        assert_int_equal(Client.incoming_vc.connected, 0);
        delete_vc(s, vc);
    }
    stop_listening(s);
}

static void an_offer_that_the_client_pends_waits_for_it(struct scene *s)
{
    NDIS_STATUS status;
    plan_client(ASK_INCOMING_CALL, (struct plan){.how = BY_HAND});
    struct cm_vc *vc = listen_and_create(s);
    AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call));
    assert_int_equal(status, NDIS_STATUS_PENDING);
    scene_settle(s);
    assert_int_equal(heard("ProtocolCmIncomingCallComplete"), 0);
    EXPECT_RULE(s, CM_INCOMING_BUSY,
                AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call)));
    EXPECT_RULE(s, CM_CONNECTED_NOT_ACCEPTED, AS_CM(Cm.edge->CallConnected(vc->wire.handle)));
    finish_client(ASK_INCOMING_CALL, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(heard("ProtocolCmIncomingCallComplete"), 1);
    EXPECT_RULE(s, PEND_ONCE,
                AS_CLIENT(NdisClIncomingCallComplete(NDIS_STATUS_SUCCESS, Client.incoming_vc.handle,
                                                     &vc->call)));
    AS_CM(Cm.edge->CallConnected(vc->wire.handle));
    client_closes(s);
    delete_vc(s, vc);
    stop_listening(s);
}

static void an_answer_to_no_offer_is_told(struct scene *s)
{
    struct cm_vc *vc = listen_and_create(s);
    EXPECT_RULE(s, CL_INCOMING_COMPLETE_UNASKED,
                AS_CLIENT(NdisClIncomingCallComplete(NDIS_STATUS_SUCCESS, Client.incoming_vc.handle,
                                                     &vc->call)));
    EXPECT_RULE(s, CM_CONNECTED_NOT_ACCEPTED, AS_CM(Cm.edge->CallConnected(vc->wire.handle)));
    delete_vc(s, vc);
    stop_listening(s);
}

static void a_call_is_offered_on_the_call_managers_own_active_vc(struct scene *s)
{
    NDIS_STATUS status;
    struct cm_vc *vc = listen_and_create(s);
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, CM_INCOMING_NOT_OWN_VC,
                AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, s->vc[0].handle, &vc->call)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    AS_CM((void)Cm.edge->DeactivateVc(vc->wire.handle));
    scene_settle(s);
    vc->active = 0;
    EXPECT_RULE(s, VC_USED_INACTIVE,
                AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    assert_int_equal(heard("ProtocolClIncomingCall"), 0);
    delete_vc(s, vc);
    stop_listening(s);
}

static void a_call_that_was_connected_is_not_connected_again(struct scene *s)
{
    struct cm_vc *vc = connected_call(s);
    EXPECT_RULE(s, CM_CONNECTED_TWICE, AS_CM(Cm.edge->CallConnected(vc->wire.handle)));
    client_closes(s);
    delete_vc(s, vc);
    stop_listening(s);
}

static void a_client_makes_no_call_on_a_vc_that_it_did_not_create(struct scene *s)
{
    NDIS_STATUS status;
    struct cm_vc *vc = listen_and_create(s);
    EXPECT_RULE(
        s, CL_MAKE_CALL_NOT_CREATOR,
        AS_CLIENT(status = NdisClMakeCall(Client.incoming_vc.handle, &Client.call, NULL, NULL)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    delete_vc(s, vc);
    stop_listening(s);
}

/* ---- the other end closes ---------------------------------------------------------------- */

static void the_other_ends_close_is_told_with_its_data_and_answered_by_a_close(struct scene *s)
{
    struct cm_vc *vc = connected_call(s);
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_FAILURE, vc->wire.handle, bye, sizeof(bye)));
    const struct note *note = last("ProtocolClIncomingCloseCall");
    assert_ptr_equal(note->context, &Client.incoming_vc);
    assert_ptr_equal(note->data, bye);
    assert_int_equal(note->size, sizeof(bye));
    assert_int_equal(note->status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(s, CM_INCOMING_CLOSE_TWICE,
                AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->wire.handle, NULL, 0)));
    client_closes(s);
    EXPECT_RULE(s, CM_INCOMING_CLOSE_NO_CALL,
                AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->wire.handle, NULL, 0)));
    delete_vc(s, vc);
    stop_listening(s);
}

static void a_call_that_was_accepted_may_end_before_it_is_connected(struct scene *s)
{
    struct cm_vc *vc = listen_and_create(s);
    assert_int_equal(offer(s, vc), NDIS_STATUS_SUCCESS);
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->wire.handle, NULL, 0));
    assert_int_equal(heard("ProtocolClIncomingCloseCall"), 1);
    client_closes(s);
    delete_vc(s, vc);
    stop_listening(s);
}

static void a_close_of_both_ends_is_over_after_the_clients(struct scene *s)
{
    call_begin_with(s, 1);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, CM_INCOMING_CLOSE_CLOSING,
                AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, 0)));
    assert_int_equal(s->vc[0].told_close, 0);
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->vc[0].closed, 1);
    NDIS_STATUS status;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static struct scene *stage;

static VOID end_inside(const char *Callback, PVOID Context)
{
    struct client_vc *vc = Context;
    if (strcmp(Callback, "ProtocolClMakeCallComplete") != 0)
        return;
    Client.hook = NULL;
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->handle, bye, sizeof(bye)));
    stage->sap.status = vc->told_close; /* kept for the test: nothing was told inside */
}

static void an_incoming_close_waits_until_the_client_has_heard_of_the_call(struct scene *s)
{
    NDIS_STATUS status;
    stage = s;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], &s->party[0]));
    scene_settle(s);
    Client.hook = end_inside;
    s->sap.status = 99;
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(s->sap.status, 0);
    assert_int_equal(s->vc[0].told_close, 1);
    const struct note *note = last("ProtocolClIncomingCloseCall");
    assert_true(note > last("ProtocolClMakeCallComplete"));
    assert_int_equal(note->size, sizeof(bye));
    assert_memory_equal(note->bytes, bye, sizeof(bye));
    call_end_with(s, 0);
}

static VOID complete_and_end(PVOID Context)
{
    struct client_vc *vc = Context;
    struct ticket *ticket = DeskNext(&Cm.desk, ASK_MAKE_CALL);
    DeskFinish(ticket, NDIS_STATUS_SUCCESS);
    Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->handle, NULL, 0);
}

static void a_call_may_stand_and_end_in_one_breath_of_the_call_manager(struct scene *s)
{
    static const enum how hows[] = {FROM_THREAD, FROM_DPC, FROM_WORK};
    NDIS_STATUS status;
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    for (uint32_t i = 0; i < 3; i++) {
        memset(s->vc, 0, sizeof(s->vc));
        memset(s->party, 0, sizeof(s->party));
        AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
        assert_int_equal(status, NDIS_STATUS_SUCCESS);
        AS_CLIENT((void)ClientMakeCall(&s->vc[0], &s->party[0]));
        scene_settle(s);
        AS_CM(DeskRun(&Cm.desk, hows[i], complete_and_end, &s->vc[0]));
        scene_settle(s);
        assert_int_equal(s->vc[0].made, 1);
        assert_int_equal(s->vc[0].told_close, 1);
        call_end_with(s, 0);
    }
}

static VOID close_when_told(const char *Callback, PVOID Context)
{
    if (!strcmp(Callback, "ProtocolClIncomingCloseCall"))
        (void)ClientCloseCall(Context, NULL, NULL, 0);
}

static void a_client_may_close_while_it_is_told(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        struct cm_vc *vc = connected_call(s);
        plan_cm(ASK_CLOSE_CALL, (struct plan){.how = legal[i]});
        Client.hook = close_when_told;
        LONG closed = Client.incoming_vc.closed;
        AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->wire.handle, NULL, 0));
        scene_settle(s);
        Client.hook = NULL;
        assert_int_equal(Client.incoming_vc.closed, closed + 1);
        delete_vc(s, vc);
    }
    stop_listening(s);
}

static VOID end_it(PVOID Context)
{
    Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, Context, NULL, 0);
}

/* The client closes at the moment when the other end does: it hears of the other end's close or
 * not, and either is right. A close that came first must not be told after its own began. */
static void both_ends_may_close_at_the_same_time(struct scene *s)
{
    NDIS_STATUS status;
    for (uint32_t i = 0; i < 8; i++) {
        memset(s->vc, 0, sizeof(s->vc));
        memset(s->party, 0, sizeof(s->party));
        call_begin_with(s, 1);
        plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
        rules_expect(s->rules, RULE_CM_INCOMING_CLOSE_CLOSING);
        AS_CM(DeskRun(&Cm.desk, FROM_DPC, end_it, s->vc[0].handle));
        AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
        scene_settle(s);
        /* Only a call manager that was asked to close before is to blame. */
        uint64_t blamed = rules_expect_end(s->rules, RULE_CM_INCOMING_CLOSE_CLOSING);
        s->expected_count += blamed;
        assert_true(s->vc[0].told_close + (LONG)blamed <= 1);
        finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
        scene_settle(s);
        assert_int_equal(s->vc[0].closed, 1);
        AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
        assert_int_equal(status, NDIS_STATUS_SUCCESS);
    }
}

/* ---- the other end changes --------------------------------------------------------------- */

static void a_change_of_qos_by_the_other_end_is_told(struct scene *s)
{
    struct cm_vc *vc = connected_call(s);
    EXPECT_RULE(s, CM_QOS_CHANGE_NOT_REACTIVATED,
                AS_CM(Cm.edge->IncomingQosChange(vc->wire.handle, &vc->call)));
    AS_CM((void)Cm.edge->ActivateVc(vc->wire.handle, &vc->call));
    scene_settle(s);
    AS_CM(Cm.edge->IncomingQosChange(vc->wire.handle, &vc->call));
    assert_int_equal(heard("ProtocolClIncomingCallQoSChange"), 2);
    assert_ptr_equal(last("ProtocolClIncomingCallQoSChange")->context, &Client.incoming_vc);
    assert_ptr_equal(last("ProtocolClIncomingCallQoSChange")->data, &vc->call);
    client_closes(s);
    EXPECT_RULE(s, CM_QOS_CHANGE_NO_CALL,
                AS_CM(Cm.edge->IncomingQosChange(vc->wire.handle, &vc->call)));
    delete_vc(s, vc);
    stop_listening(s);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_call_is_offered_accepted_connected_and_closed),
    SCENE_TEST(a_call_that_is_rejected_leaves_an_idle_vc),
    SCENE_TEST(an_offer_that_the_client_pends_waits_for_it),
    SCENE_TEST(an_answer_to_no_offer_is_told),
    SCENE_TEST(a_call_is_offered_on_the_call_managers_own_active_vc),
    SCENE_TEST(a_call_that_was_connected_is_not_connected_again),
    SCENE_TEST(a_client_makes_no_call_on_a_vc_that_it_did_not_create),
    SCENE_TEST(the_other_ends_close_is_told_with_its_data_and_answered_by_a_close),
    SCENE_TEST(a_call_that_was_accepted_may_end_before_it_is_connected),
    SCENE_TEST(a_close_of_both_ends_is_over_after_the_clients),
    SCENE_TEST(an_incoming_close_waits_until_the_client_has_heard_of_the_call),
    SCENE_TEST(a_call_may_stand_and_end_in_one_breath_of_the_call_manager),
    SCENE_TEST(a_client_may_close_while_it_is_told),
    SCENE_TEST(both_ends_may_close_at_the_same_time),
    SCENE_TEST(a_change_of_qos_by_the_other_end_is_told),
};

SCENE_MAIN(tests)
