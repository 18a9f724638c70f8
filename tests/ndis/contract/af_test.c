/* SPDX-License-Identifier: MIT */
/* Address families and SAPs: opened, closed, asked to close, and what crosses that. */
#include "scene.h"

static const enum how legal[] = {AT_ONCE, FROM_THREAD, FROM_DPC, FROM_WORK, EARLY, EARLY_ELSEWHERE};

enum { LEGAL = sizeof(legal) / sizeof(legal[0]) };

static void close_af(struct scene *s)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Client.af_closed, Client.af_opened);
    assert_int_equal(Cm.af_count, 0);
}

static void open_af(struct scene *s)
{
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Client.af_opened, Client.af_closed + 1);
}

/* ---- opening and closing ----------------------------------------------------------------- */

static void an_af_opens_and_closes_however_the_call_manager_answers(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_CLOSE_AF, (struct plan){.how = legal[i]});
        close_af(s);
        plan_cm(ASK_OPEN_AF, (struct plan){.how = legal[i]});
        open_af(s);
        const struct note *note = last("ProtocolClOpenAfCompleteEx");
        assert_ptr_equal(note->context, &Client);
        assert_ptr_equal(note->handle, Client.af);
        assert_ptr_equal(last("ProtocolCmOpenAf")->handle, Client.af);
    }
}

static void the_client_hears_of_its_af_at_passive_level(struct scene *s)
{
    close_af(s);
    static const enum how hows[] = {FROM_DPC, EARLY_ELSEWHERE};
    for (uint32_t i = 0; i < 2; i++) {
        plan_cm(ASK_OPEN_AF, (struct plan){.how = hows[i]}); /* completed at DISPATCH_LEVEL */
        open_af(s);
        assert_int_equal(last("ProtocolClOpenAfCompleteEx")->irql, PASSIVE_LEVEL);
        close_af(s);
    }
}

static void an_af_that_cannot_be_opened_leaves_nothing(struct scene *s)
{
    close_af(s);
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_OPEN_AF, (struct plan){.how = legal[i], .status = NDIS_STATUS_RESOURCES});
        LONG opened = Client.af_opened;
        AS_CLIENT((void)ClientOpenAf());
        scene_settle(s);
        assert_int_equal(Client.af_opened, opened + 1);
        assert_int_equal(Client.af_status, NDIS_STATUS_RESOURCES);
        assert_null(last("ProtocolClOpenAfCompleteEx")->handle);
        assert_int_equal(Cm.af_count, 0);
        Client.af_closed++; /* there is nothing to close */
    }
}

static void a_family_that_nobody_offers_cannot_be_opened(struct scene *s)
{
    NDIS_STATUS status;
    NDIS_HANDLE handle;
    CO_ADDRESS_FAMILY other = {CO_ADDRESS_FAMILY_PPP, 1, 0};
    EXPECT_RULE(
        s, OPEN_AF_NOT_NOTIFIED,
        AS_CLIENT(status = NdisClOpenAddressFamilyEx(Client.binding, &other, &Client, &handle)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

static void an_af_that_still_opens_can_do_nothing(struct scene *s)
{
    NDIS_STATUS status;
    NDIS_HANDLE handle = NULL;
    close_af(s);
    plan_cm(ASK_OPEN_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    EXPECT_RULE(s, CL_AF_NOT_OPEN_YET, AS_CLIENT(status = NdisClCloseAddressFamily(Client.af)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(s, CL_AF_NOT_OPEN_YET,
                AS_CLIENT(status = NdisCoCreateVc(Client.binding, Client.af, s, &handle)));
    EXPECT_RULE(s, CL_AF_NOT_OPEN_YET,
                AS_CLIENT(status = NdisClRegisterSap(Client.af, s, &s->sap.address, &handle)));
    EXPECT_RULE(s, CM_NOTIFY_CLOSE_OPENING, AS_CM(status = Cm.edge->NotifyCloseAf(Client.af)));
    finish_cm(ASK_OPEN_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
}

static void an_af_closes_only_without_calls_vcs_and_saps(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    EXPECT_RULE(s, CL_CLOSE_AF_SAPS, AS_CLIENT(status = NdisClCloseAddressFamily(Client.af)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
    call_begin_with(s, 1);
    EXPECT_RULE(s, CL_CLOSE_AF_CALLS, AS_CLIENT(status = NdisClCloseAddressFamily(Client.af)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, CL_CLOSE_AF_VCS, AS_CLIENT(status = NdisClCloseAddressFamily(Client.af)));
    assert_int_equal(heard("ProtocolCmCloseAf"), 0);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void an_af_closes_once(struct scene *s)
{
    NDIS_STATUS status;
    NDIS_HANDLE handle = NULL;
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    EXPECT_RULE(s, CL_CLOSE_AF_TWICE, AS_CLIENT(status = NdisClCloseAddressFamily(Client.af)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(s, CL_AF_HANDLE_DEAD,
                AS_CLIENT(status = NdisCoCreateVc(Client.binding, Client.af, s, &handle)));
    EXPECT_RULE(s, REGISTER_SAP_CLOSING,
                AS_CLIENT(status = NdisClRegisterSap(Client.af, s, &s->sap.address, &handle)));
    finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(Client.af_closed, 1);
    EXPECT_RULE(s, CL_AF_HANDLE_DEAD, AS_CLIENT(status = NdisClCloseAddressFamily(Client.af)));
}

static void a_pended_close_that_fails_is_told_and_the_af_lives(struct scene *s)
{
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_FAILURE});
    EXPECT_RULE(s, CM_CLOSE_AF_COMPLETE_SUCCESS, AS_CLIENT((void)ClientCloseAf()));
    assert_int_equal(Client.af_status, NDIS_STATUS_FAILURE);
    Client.af_closed = 0;
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = AT_ONCE});
    close_af(s);
}

static void an_af_without_a_context_is_told(struct scene *s)
{
    close_af(s);
    plan_cm(ASK_OPEN_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    struct ticket *ticket;
    AS_CM(ticket = DeskNext(&Cm.desk, ASK_OPEN_AF));
    ticket->plan.no_context = TRUE; /* the handler gave it: the completion lacks it */
    EXPECT_RULE(s, CM_OPEN_AF_NEEDS_CONTEXT, AS_CM(DeskFinish(ticket, NDIS_STATUS_SUCCESS)));
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
}

/* ---- the call manager asks to close ------------------------------------------------------ */

static void a_client_that_is_asked_closes_and_answers(struct scene *s)
{
    NDIS_STATUS status;
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM(status = Cm.edge->NotifyCloseAf(Client.af));
    assert_int_equal(status, NDIS_STATUS_PENDING);
    assert_ptr_equal(last("ProtocolClNotifyCloseAf")->context, &Client);
    EXPECT_RULE(s, CM_NOTIFY_CLOSE_TWICE, AS_CM(status = Cm.edge->NotifyCloseAf(Client.af)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    PVOID context = Cm.af;
    close_af(s);
    assert_int_equal(heard("ProtocolCmNotifyCloseAfComplete"), 0);
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_ptr_equal(last("ProtocolCmNotifyCloseAfComplete")->context, context);
    assert_int_equal(last("ProtocolCmNotifyCloseAfComplete")->status, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, PEND_ONCE,
                AS_CLIENT(NdisClNotifyCloseAddressFamilyComplete(Client.af, NDIS_STATUS_SUCCESS)));
}

static void a_client_may_answer_for_good_when_it_is_asked(struct scene *s)
{
    NDIS_STATUS status;
    AS_CM(status = Cm.edge->NotifyCloseAf(Client.af));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(heard("ProtocolCmNotifyCloseAfComplete"), 0);
    close_af(s);
}

static void a_client_answers_after_its_close_and_only_when_it_was_asked(struct scene *s)
{
    NDIS_STATUS status;
    EXPECT_RULE(s, CL_NOTIFY_CLOSE_UNASKED,
                AS_CLIENT(NdisClNotifyCloseAddressFamilyComplete(Client.af, NDIS_STATUS_SUCCESS)));
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM(status = Cm.edge->NotifyCloseAf(Client.af));
    assert_int_equal(status, NDIS_STATUS_PENDING);
    EXPECT_RULE(s, CL_NOTIFY_CLOSE_EARLY, finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS));
    assert_int_equal(heard("ProtocolCmNotifyCloseAfComplete"), 1);
    close_af(s);
}

static void a_request_to_close_that_crosses_the_close_ends_with_it(struct scene *s)
{
    NDIS_STATUS status;
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    AS_CM(status = Cm.edge->NotifyCloseAf(Client.af));
    assert_int_equal(status, NDIS_STATUS_PENDING);
    assert_int_equal(heard("ProtocolClNotifyCloseAf"), 0);
    finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(heard("ProtocolCmNotifyCloseAfComplete"), 1);
    assert_int_equal(Client.af_closed, 1);
}

static VOID ask_to_close(PVOID Context)
{
    NDIS_STATUS status = Cm.edge->NotifyCloseAf(Context);
    ActorNote((struct note){.callback = "NotifyCloseAf", .status = status});
}

static void both_may_close_an_af_at_the_same_time(struct scene *s)
{
    for (uint32_t i = 0; i < 8; i++) {
        ActorForget();
        plan_cm(ASK_CLOSE_AF, (struct plan){.how = BY_HAND});
        plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
        AS_CM(DeskRun(&Cm.desk, FROM_THREAD, ask_to_close, Client.af));
        AS_CLIENT((void)ClientCloseAf());
        scene_settle(s);
        finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
        scene_settle(s);
        if (heard("ProtocolClNotifyCloseAf"))
            finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
        scene_settle(s);
        assert_int_equal(last("NotifyCloseAf")->status, NDIS_STATUS_PENDING);
        assert_int_equal(heard("ProtocolCmNotifyCloseAfComplete"), 1);
        assert_int_equal(Cm.af_count, 0);
        open_af(s);
    }
}

/* ---- SAPs -------------------------------------------------------------------------------- */

static void a_sap_is_registered_and_taken_back_however_it_is_answered(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_REGISTER_SAP,
                (struct plan){.how = legal[i], .late_context = legal[i] == FROM_DPC});
        plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = legal[i]});
        AS_CLIENT((void)ClientRegisterSap(&s->sap));
        scene_settle(s);
        assert_int_equal(s->sap.registered, i + 1);
        const struct note *note = last("ProtocolClRegisterSapComplete");
        assert_ptr_equal(note->context, &s->sap);
        assert_ptr_equal(note->data, &s->sap.address);
        assert_ptr_equal(note->handle, s->sap.handle);
        assert_int_equal(Cm.sap_count, 1);
        AS_CLIENT((void)ClientDeregisterSap(&s->sap));
        scene_settle(s);
        assert_int_equal(s->sap.deregistered, i + 1);
        assert_int_equal(s->sap.status, NDIS_STATUS_SUCCESS);
        assert_int_equal(Cm.sap_count, 0);
    }
}

static void a_sap_that_is_refused_leaves_nothing(struct scene *s)
{
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_REGISTER_SAP,
                (struct plan){.how = legal[i], .status = NDIS_STATUS_INVALID_DATA});
        AS_CLIENT((void)ClientRegisterSap(&s->sap));
        scene_settle(s);
        assert_int_equal(s->sap.registered, i + 1);
        assert_int_equal(s->sap.status, NDIS_STATUS_INVALID_DATA);
        assert_null(last("ProtocolClRegisterSapComplete")->handle);
        assert_int_equal(Cm.sap_count, 0);
    }
}

static void a_sap_is_taken_back_once_and_only_when_it_stands(struct scene *s)
{
    NDIS_STATUS status;
    plan_cm(ASK_REGISTER_SAP, (struct plan){.how = BY_HAND});
    plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    EXPECT_RULE(s, CL_DEREGISTER_SAP_REGISTERING,
                AS_CLIENT(status = NdisClDeregisterSap(s->sap.handle)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    finish_cm(ASK_REGISTER_SAP, NDIS_STATUS_SUCCESS);
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    EXPECT_RULE(s, CL_DEREGISTER_SAP_TWICE, AS_CLIENT(status = NdisClDeregisterSap(s->sap.handle)));
    finish_cm(ASK_DEREGISTER_SAP, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->sap.deregistered, 1);
    EXPECT_RULE(s, CL_SAP_HANDLE_DEAD, AS_CLIENT(status = NdisClDeregisterSap(s->sap.handle)));
}

static void an_offer_over_a_sap_that_is_taken_back_is_refused_for_the_client(struct scene *s)
{
    NDIS_STATUS status;
    struct cm_vc *vc;
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    AS_CM(status = CmCreateVc(&vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call));
    assert_int_equal(status, NDIS_STATUS_INVALID_SAP);
    finish_cm(ASK_DEREGISTER_SAP, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, CM_SAP_HANDLE_DEAD,
                AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    assert_int_equal(heard("ProtocolClIncomingCall"), 0);
    AS_CM((void)Cm.edge->DeactivateVc(vc->wire.handle));
    scene_settle(s);
    AS_CM(status = CmDeleteVc(vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

/* ---- requests that cross the close ------------------------------------------------------- */

static NDIS_OID_REQUEST request;

static void fill_request(void)
{
    static UCHAR answer[64];
    enum { SUPPORTED_LIST = 0x00010101 }; /* OID_GEN_SUPPORTED_LIST */
    request = (NDIS_OID_REQUEST){
        .Header = {NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_1,
                   NDIS_SIZEOF_OID_REQUEST_REVISION_1},
        .RequestType = NdisRequestQueryInformation,
    };
    request.DATA.QUERY_INFORMATION.Oid = SUPPORTED_LIST;
    request.DATA.QUERY_INFORMATION.InformationBuffer = answer;
    request.DATA.QUERY_INFORMATION.InformationBufferLength = sizeof(answer);
}

static NDIS_STATUS ask_client(struct scene *s, NDIS_HANDLE af)
{
    NDIS_STATUS status;
    fill_request();
    if (s->kind.mcm)
        AS_CM(status = NdisMCmOidRequest(af, NULL, NULL, &request));
    else
        AS_CM(status = NdisCoOidRequest(Cm.binding, af, NULL, NULL, &request));
    return status;
}

/* Pends the request at the client, and counts how often it came there. */
static uint32_t asked;

static NDIS_STATUS pend_request(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment != AT_CLIENT_OID || What != &request)
        return Status;
    asked++;
    return NDIS_STATUS_PENDING;
}

static void a_call_managers_request_that_crosses_the_clients_close_is_refused(struct scene *s)
{
    NDIS_HANDLE af = Client.af;
    NDIS_STATUS status;
    asked = 0;
    ActorHook = pend_request;
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseAf());
    assert_int_equal(ask_client(s, af), NDIS_STATUS_CLOSING); /* it cannot know: nobody's fault */
    fill_request();
    EXPECT_RULE(s, CL_AF_HANDLE_DEAD,
                AS_CLIENT(status = NdisCoOidRequest(Client.binding, af, NULL, NULL, &request)));
    assert_int_equal(status, NDIS_STATUS_CLOSING); /* it does */
    finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(Client.af_closed, Client.af_opened);
    EXPECT_RULE(s, CM_AF_HANDLE_DEAD, status = ask_client(s, af));
    assert_int_equal(status, NDIS_STATUS_FAILURE); /* it has said yes to the close */
    assert_int_equal(asked, 0);
    ActorHook = NULL;
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = AT_ONCE});
}

/* The other order: the client closes while it is asked, and answers after that. Its call manager
 * pends the close as long as its request is out (C99). */
static void a_request_that_is_out_when_the_client_closes_is_answered_yet(struct scene *s)
{
    NDIS_HANDLE af = Client.af;
    asked = 0;
    ActorHook = pend_request;
    assert_int_equal(ask_client(s, af), NDIS_STATUS_PENDING);
    scene_settle(s);
    assert_int_equal(asked, 1);
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    AS_CLIENT(NdisCoOidRequestComplete(af, NULL, NULL, &request, NDIS_STATUS_FAILURE));
    scene_settle(s);
    const struct note *note = last("ProtocolCoOidRequestComplete");
    assert_ptr_equal(note->context, Cm.af);
    assert_int_equal(note->status, NDIS_STATUS_FAILURE);
    assert_int_equal(Client.af_closed + 1, Client.af_opened);
    finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(Client.af_closed, Client.af_opened);
    ActorHook = NULL;
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = AT_ONCE});
}

static const struct scene_test tests[] = {
    SCENE_TEST(an_af_opens_and_closes_however_the_call_manager_answers),
    SCENE_TEST(the_client_hears_of_its_af_at_passive_level),
    SCENE_TEST(an_af_that_cannot_be_opened_leaves_nothing),
    SCENE_TEST(a_family_that_nobody_offers_cannot_be_opened),
    SCENE_TEST(an_af_that_still_opens_can_do_nothing),
    SCENE_TEST(an_af_closes_only_without_calls_vcs_and_saps),
    SCENE_TEST(an_af_closes_once),
    SCENE_TEST(a_pended_close_that_fails_is_told_and_the_af_lives),
    SCENE_TEST(an_af_without_a_context_is_told),
    SCENE_TEST(a_client_that_is_asked_closes_and_answers),
    SCENE_TEST(a_client_may_answer_for_good_when_it_is_asked),
    SCENE_TEST(a_client_answers_after_its_close_and_only_when_it_was_asked),
    SCENE_TEST(a_request_to_close_that_crosses_the_close_ends_with_it),
    SCENE_TEST(both_may_close_an_af_at_the_same_time),
    SCENE_TEST(a_sap_is_registered_and_taken_back_however_it_is_answered),
    SCENE_TEST(a_call_managers_request_that_crosses_the_clients_close_is_refused),
    SCENE_TEST(a_request_that_is_out_when_the_client_closes_is_answered_yet),
    SCENE_TEST(a_sap_that_is_refused_leaves_nothing),
    SCENE_TEST(a_sap_is_taken_back_once_and_only_when_it_stands),
    SCENE_TEST(an_offer_over_a_sap_that_is_taken_back_is_refused_for_the_client),
};

SCENE_MAIN(tests)
