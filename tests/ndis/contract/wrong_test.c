/* SPDX-License-Identifier: MIT */
/* Item 5 of the drop-party contract, for each request: a call manager that does it wrong is told
 * exactly what, and the client does not suffer. */
#include "scene.h"

/* ---- every request once ------------------------------------------------------------------ */

static void open_close(struct scene *s)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Client.af_opened, Client.af_closed + 1);
}

static void register_deregister(struct scene *s)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    assert_int_equal(s->sap.status, NDIS_STATUS_SUCCESS);
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
    assert_int_equal(s->sap.status, NDIS_STATUS_SUCCESS);
}

/* Each request of the call manager once, all with success in the end. */
static void every_request(struct scene *s)
{
    open_close(s);
    register_deregister(s);
    call_begin_with(s, 2);
    AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
    scene_settle(s);
    assert_int_equal(s->vc[0].modified, 1);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
    call_drop(s, 1);
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    assert_int_equal(s->vc[0].closed, 1);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
    NDIS_STATUS status;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Cm.party_count, 0);
    assert_int_equal(Cm.sap_count, 0);
}

static const enum ask asks[] = {
    ASK_OPEN_AF,    ASK_CLOSE_AF,  ASK_REGISTER_SAP, ASK_DEREGISTER_SAP, ASK_MAKE_CALL,
    ASK_CLOSE_CALL, ASK_ADD_PARTY, ASK_DROP_PARTY,   ASK_MODIFY_QOS,
};

enum { ASKS = sizeof(asks) / sizeof(asks[0]) };

/* One request of the nine is answered wrongly: the rule is broken once, nothing else, and every
 * request ends well. */
static void each_answered(struct scene *s, struct plan plan, enum rule_id rule)
{
    for (uint32_t i = 0; i < ASKS; i++) {
        memset(s->vc, 0, sizeof(s->vc));
        memset(s->party, 0, sizeof(s->party));
        ActorForget();
        plan_cm(asks[i], plan);
        struct expectation expectation = expect_begin(s, rule);
        every_request(s);
        expect_end(s, expectation, 1);
        plan_cm(asks[i], (struct plan){.how = AT_ONCE});
    }
}

static void each_legal_way_to_answer_breaks_nothing(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE,   FROM_THREAD, FROM_DPC,
                                    FROM_WORK, EARLY,       EARLY_ELSEWHERE};
    for (uint32_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
        memset(s->vc, 0, sizeof(s->vc));
        memset(s->party, 0, sizeof(s->party));
        for (uint32_t j = 0; j < ASKS; j++)
            plan_cm(asks[j], (struct plan){.how = hows[i], .late_context = hows[i] != AT_ONCE});
        plan_mini(ASK_ACTIVATE, (struct plan){.how = hows[i]});
        plan_mini(ASK_DEACTIVATE, (struct plan){.how = hows[i]});
        every_request(s);
    }
}

static void completing_twice_breaks_pend_once(struct scene *s)
{
    each_answered(s, (struct plan){.how = TWICE}, RULE_PEND_ONCE);
}

static void completing_with_pending_breaks_pend_final(struct scene *s)
{
    each_answered(s, (struct plan){.how = PENDING_FIRST}, RULE_PEND_FINAL);
}

static void completing_and_answering_breaks_pend_not_both(struct scene *s)
{
    each_answered(s, (struct plan){.how = BOTH_WAYS}, RULE_PEND_NOT_BOTH);
}

static void answering_and_completing_later_breaks_pend_not_both(struct scene *s)
{
    each_answered(s, (struct plan){.how = STRAY}, RULE_PEND_NOT_BOTH);
}

static void completing_through_the_other_edges_name_is_told_and_works(struct scene *s)
{
    each_answered(s, (struct plan){.how = FROM_WORK, .other_edge = TRUE},
                  s->kind.mcm ? RULE_MCM_USES_NDISMCM : RULE_CM_USES_NDISCM);
}

/* ---- contexts ---------------------------------------------------------------------------- */

static void a_leaked_context_is_found_when_the_driver_unloads(struct scene *s)
{
    static const enum ask leaks[] = {ASK_CLOSE_AF, ASK_DEREGISTER_SAP, ASK_CLOSE_CALL,
                                     ASK_DROP_PARTY};
    enum ask ask = leaks[s->kind.seed % 4];
    plan_cm(ask, (struct plan){.how = FROM_DPC, .leak = TRUE});
    open_close(s);
    register_deregister(s);
    call_begin_with(s, 2);
    call_drop(s, 1);
    struct plan close = Cm.desk.plans[ASK_CLOSE_CALL];
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    assert_int_equal(close.leak, ask == ASK_CLOSE_CALL);
    NDIS_STATUS status;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Cm.party_count + Cm.sap_count + Cm.af_count, 2); /* the open AF and the leak */
    Cm.af_count = 1;
    expect_at_end(s, ask == ASK_CLOSE_AF         ? RULE_CM_AF_CONTEXT_LEAKED
                     : ask == ASK_DEREGISTER_SAP ? RULE_CM_SAP_CONTEXT_LEAKED
                                                 : RULE_CM_PARTY_CONTEXT_LEAKED);
}

static void a_leaked_party_context_is_found_when_the_driver_unloads(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE, FROM_THREAD, EARLY, EARLY_ELSEWHERE};
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = hows[s->kind.seed % 4], .leak = TRUE});
    call_drop(s, 1);
    assert_int_equal(Cm.party_count, 2);
    call_end_with(s, 0);
    EXPECT_AT_END(s, CM_PARTY_CONTEXT_LEAKED);
}

/* The contexts of a VC: of who made it, and of the miniport beneath. */
static void a_leaked_vc_context_is_found_when_its_driver_unloads(struct scene *s)
{
    NDIS_STATUS status;
    BOOLEAN by_miniport = !s->kind.mcm && s->kind.seed % 2;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    Mini.leaks_vc = by_miniport;
    Cm.leaks_vc = !by_miniport;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    Cm.vc_count = 0;
    expect_at_end(s, by_miniport ? RULE_MINIPORT_VC_CONTEXT_LEAKED : RULE_CO_VC_CONTEXT_LEAKED);
}

/* A client's, of a VC that the call manager made for a call that comes in. */
static void a_clients_leaked_vc_context_is_found_when_it_unloads(struct scene *s)
{
    struct cm_vc *vc = NULL;
    NDIS_STATUS status;
    Client.leaks_vc = TRUE;
    AS_CM(status = CmCreateVc(&vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    AS_CM((void)Cm.edge->DeactivateVc(vc->wire.handle));
    scene_settle(s);
    AS_CM(status = CmDeleteVc(vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    EXPECT_AT_END(s, CO_VC_CONTEXT_LEAKED);
    if (s->kind.seed % 2)
        return;
    /* Freed while the driver is still there, it was none. */
    AS_CLIENT(ActorFree(Client.kept_vc));
    assert_int_equal(rules_expect_end(s->rules, s->at_end[--s->at_end_count]), 0);
}

static void a_party_context_that_is_freed_twice_is_told(struct scene *s)
{
    call_begin_with(s, 2);
    call_drop(s, 1);
    PVOID context = last("ProtocolCmDropParty")->context;
    EXPECT_RULE(s, POOL_DOUBLE_FREE, AS_CM(ActorFree(context)));
    call_end_with(s, 0);
}

/* ---- completions that nobody waits for --------------------------------------------------- */

static void a_drop_that_was_never_asked_breaks_pend_unasked(struct scene *s)
{
    call_begin_with(s, 2);
    EXPECT_RULE(s, PEND_UNASKED,
                AS_CM(Cm.edge->DropPartyComplete(NDIS_STATUS_SUCCESS, s->party[1].handle)));
    assert_int_equal(s->party[1].dropped, 0);
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void completing_after_the_end_breaks_pend_once_until_the_slot_is_used_again(struct scene *s)
{
    call_begin_with(s, 2);
    NDIS_HANDLE old = s->party[1].handle;
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_WORK});
    call_drop(s, 1);
    EXPECT_RULE(s, PEND_ONCE, AS_CM(Cm.edge->DropPartyComplete(NDIS_STATUS_SUCCESS, old)));
    EXPECT_RULE(s, PEND_ONCE, AS_CM(Cm.edge->DropPartyComplete(NDIS_STATUS_FAILURE, old)));
    for (uint32_t i = 2; i < SCENE_PARTIES; i++) /* some of them gets the slot */
        call_add(s, i);
    call_add(s, 1);
    EXPECT_RULE(s, HANDLE_STALE, AS_CM(Cm.edge->DropPartyComplete(NDIS_STATUS_SUCCESS, old)));
    for (uint32_t i = 1; i < SCENE_PARTIES; i++)
        call_drop(s, i);
    call_end_with(s, 0);
}

static void completing_a_failed_drop_again_breaks_pend_once(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_FAILURE});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, PEND_ONCE,
                AS_CM(Cm.edge->DropPartyComplete(NDIS_STATUS_SUCCESS, s->party[1].handle)));
    assert_int_equal(s->party[1].dropped, 1);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void one_who_is_no_call_manager_completes_nothing(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    EXPECT_RULE(s, CM_NOT_A_CALL_MANAGER,
                AS_CLIENT(NdisCmDropPartyComplete(NDIS_STATUS_SUCCESS, s->party[1].handle)));
    EXPECT_RULE(s, MCM_NOT_A_CALL_MANAGER,
                AS_CLIENT(NdisMCmDropPartyComplete(NDIS_STATUS_SUCCESS, s->party[1].handle)));
    assert_int_equal(s->party[1].dropped, 0);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[1].dropped, 1);
    call_end_with(s, 0);
}

/* ---- at the same time -------------------------------------------------------------------- */

static VOID complete_drop(PVOID Context)
{
    Cm.edge->DropPartyComplete(NDIS_STATUS_SUCCESS, Context);
}

static void of_two_completions_at_the_same_time_one_counts(struct scene *s)
{
    call_begin_with(s, 9);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    for (uint32_t i = 1; i < 9; i++) {
        struct ticket *ticket;
        NDIS_HANDLE handle = s->party[i].handle;
        AS_CLIENT((void)ClientDropParty(&s->party[i], NULL, 0));
        scene_settle(s);
        AS_CM(ticket = DeskNext(&Cm.desk, ASK_DROP_PARTY));
        struct expectation expectation = expect_begin(s, RULE_PEND_ONCE);
        AS_CM(DeskRun(&Cm.desk, FROM_DPC, complete_drop, handle));
        AS_CM(complete_drop(handle));
        expect_end(s, expectation, 1);
        assert_int_equal(s->party[i].dropped, 1);
        assert_int_equal(heard("ProtocolClDropPartyComplete"), i);
        AS_CM(CmDeskSettle(ticket, NDIS_STATUS_SUCCESS));
        AS_CM(ActorFree(ticket));
    }
    call_end_with(s, 0);
}

enum { OLD_USES = 50 };

static VOID use_old_handle(PVOID Context)
{
    for (uint32_t i = 0; i < OLD_USES; i++)
        (void)NdisClDropParty(Context, NULL, 0);
}

static void an_old_handle_is_stale_at_every_moment_of_its_slots_new_life(struct scene *s)
{
    call_begin_with(s, 2);
    NDIS_HANDLE old = s->party[1].handle;
    call_drop(s, 1);
    struct expectation expectation = expect_begin(s, RULE_HANDLE_STALE);
    rules_expect(s->rules, RULE_CL_PARTY_HANDLE_DEAD); /* while the slot has no later tenant */
    AS_CLIENT(DeskRun(&Client.desk, FROM_THREAD, use_old_handle, old));
    for (uint32_t i = 0; i < OLD_USES; i++) {
        AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
        AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    }
    scene_settle(s);
    uint64_t before = rules_expect_end(s->rules, RULE_CL_PARTY_HANDLE_DEAD);
    s->expected_count += before;
    expectation.all_before += before;
    expect_end(s, expectation, OLD_USES - before);
    assert_int_equal(s->party[1].dropped, OLD_USES + 1);
    assert_int_equal(Cm.party_count, 1);
    call_end_with(s, 0);
}

/* ---- the dispatch functions' edges ------------------------------------------------------- */

static void dispatching_through_the_other_edges_name_is_told_and_works(struct scene *s)
{
    enum rule_id rule = s->kind.mcm ? RULE_MCM_USES_NDISMCM : RULE_CM_USES_NDISCM;
    call_begin_with(s, 2);
    struct expectation expectation = expect_begin(s, rule);
    AS_CM(Cm.other->IncomingDropParty(NDIS_STATUS_SUCCESS, s->party[1].handle, NULL, 0));
    expect_end(s, expectation, 1);
    assert_int_equal(s->party[1].told_drop, 1);
    call_drop(s, 1);
    expectation = expect_begin(s, rule);
    AS_CM(Cm.other->IncomingCloseCall(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, 0));
    expect_end(s, expectation, 1);
    assert_int_equal(s->vc[0].told_close, 1);
    call_end_with(s, 0);
}

static const struct scene_test tests[] = {
    SCENE_TEST(each_legal_way_to_answer_breaks_nothing),
    SCENE_TEST(completing_twice_breaks_pend_once),
    SCENE_TEST(completing_with_pending_breaks_pend_final),
    SCENE_TEST(completing_and_answering_breaks_pend_not_both),
    SCENE_TEST(answering_and_completing_later_breaks_pend_not_both),
    SCENE_TEST(completing_through_the_other_edges_name_is_told_and_works),
    SCENE_TEST(a_leaked_context_is_found_when_the_driver_unloads),
    SCENE_TEST(a_leaked_party_context_is_found_when_the_driver_unloads),
    SCENE_TEST(a_leaked_vc_context_is_found_when_its_driver_unloads),
    SCENE_TEST(a_clients_leaked_vc_context_is_found_when_it_unloads),
    SCENE_TEST(a_party_context_that_is_freed_twice_is_told),
    SCENE_TEST(a_drop_that_was_never_asked_breaks_pend_unasked),
    SCENE_TEST(completing_after_the_end_breaks_pend_once_until_the_slot_is_used_again),
    SCENE_TEST(completing_a_failed_drop_again_breaks_pend_once),
    SCENE_TEST(one_who_is_no_call_manager_completes_nothing),
    SCENE_TEST(of_two_completions_at_the_same_time_one_counts),
    SCENE_TEST(an_old_handle_is_stale_at_every_moment_of_its_slots_new_life),
    SCENE_TEST(dispatching_through_the_other_edges_name_is_told_and_works),
};

SCENE_MAIN(tests)
