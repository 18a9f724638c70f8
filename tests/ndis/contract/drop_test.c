/* SPDX-License-Identifier: MIT */
/* The drop-party contract, items 1 to 4: what reaches the call manager, how it may answer, and what
 * is left of the party. */
#include "scene.h"

static UCHAR farewell[] = {0x00, 0x7f, 0xff, 'b', 'y', 'e'};

/* ---- 1: what reaches the call manager ---------------------------------------------------- */

/* The call manager's own object of a party: its context, found by the handle it was given. */
static const struct cm_party *cm_party_of(const struct note *note)
{
    return note->context;
}

static void drop_and_check_context(struct scene *s, uint32_t index)
{
    call_drop(s, index);
    const struct note *note = last("ProtocolCmDropParty");
    assert_ptr_equal(note->handle, s->party[index].handle);
}

static void a_drop_reaches_the_call_manager_with_its_context_of_the_party(struct scene *s)
{
    call_begin_with(s, 4);
    drop_and_check_context(s, 2);
    drop_and_check_context(s, 0); /* its context came from make call */
    drop_and_check_context(s, 3);
    assert_int_equal(heard("ProtocolCmDropParty"), 3);
    call_end_with(s, 1);
}

static void a_context_given_with_the_completion_of_add_party_is_the_drops(struct scene *s)
{
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = FROM_DPC, .late_context = TRUE});
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = FROM_WORK, .late_context = TRUE});
    call_begin_with(s, 3);
    drop_and_check_context(s, 0);
    drop_and_check_context(s, 1);
    call_end_with(s, 2);
}

static void close_data_passes_as_it_was_given(struct scene *s)
{
    call_begin_with(s, 2);
    AS_CLIENT((void)ClientDropParty(&s->party[1], farewell, sizeof(farewell)));
    scene_settle(s);
    const struct note *note = last("ProtocolCmDropParty");
    assert_ptr_equal(note->data, farewell); /* lent, not copied */
    assert_int_equal(note->size, sizeof(farewell));
    assert_memory_equal(note->bytes, farewell, sizeof(farewell));
    call_end_with(s, 0);
}

static void no_close_data_is_null_and_0(struct scene *s)
{
    call_begin_with(s, 2);
    call_drop(s, 1);
    assert_null(last("ProtocolCmDropParty")->data);
    assert_int_equal(last("ProtocolCmDropParty")->size, 0);
    call_end_with(s, 0);
}

static void close_data_without_a_size_or_a_size_without_data_is_refused(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    EXPECT_RULE(s, CLOSE_DATA_SIZE,
                AS_CLIENT(status = NdisClDropParty(s->party[1].handle, farewell, 0)));
    assert_int_equal(status, NDIS_STATUS_INVALID_PARAMETER);
    EXPECT_RULE(s, CLOSE_DATA_SIZE,
                AS_CLIENT(status = NdisClDropParty(s->party[1].handle, NULL, 4)));
    assert_int_equal(status, NDIS_STATUS_INVALID_PARAMETER);
    assert_int_equal(heard("ProtocolCmDropParty"), 0);
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void the_client_hears_with_its_own_context_of_the_party(struct scene *s)
{
    call_begin_with(s, 3);
    call_drop(s, 1);
    assert_ptr_equal(last("ProtocolClDropPartyComplete")->context, &s->party[1]);
    assert_int_equal(heard("ProtocolClDropPartyComplete"), 1);
    call_drop(s, 0);
    assert_ptr_equal(last("ProtocolClDropPartyComplete")->context, &s->party[0]);
    call_end_with(s, 2);
}

/* ---- 2: how the call manager may answer -------------------------------------------------- */

/* Every legal way to answer, and whether the requester may see another status than PENDING. */
static void drop_answered(struct scene *s, enum how how, bool may_be_direct)
{
    NDIS_STATUS status;
    call_begin_with(s, 3);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = how});
    AS_CLIENT(status = ClientDropParty(&s->party[1], farewell, sizeof(farewell)));
    bool direct = may_be_direct && s->kind.completion == CONDIS_COMPLETE_DIRECT;
    bool mixed = may_be_direct && s->kind.completion == CONDIS_COMPLETE_MIXED;
    if (!mixed)
        assert_int_equal(status, direct ? NDIS_STATUS_SUCCESS : NDIS_STATUS_PENDING);
    scene_settle(s);
    assert_int_equal(s->party[1].dropped, 1);
    assert_int_equal(s->party[1].status, NDIS_STATUS_SUCCESS);
    assert_int_equal(heard("ProtocolClDropPartyComplete"), 1);
    assert_int_equal(Cm.party_count, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 2);
    call_end_with(s, 0);
}

static void success_at_once_is_returned_or_told_as_the_host_chooses(struct scene *s)
{
    drop_answered(s, AT_ONCE, true);
}

static void a_pended_drop_may_succeed_from_a_system_thread(struct scene *s)
{
    drop_answered(s, FROM_THREAD, false);
}

static void a_pended_drop_may_succeed_from_a_dpc_of_another_processor(struct scene *s)
{
    drop_answered(s, FROM_DPC, false);
}

static void a_pended_drop_may_succeed_from_a_work_item(struct scene *s)
{
    drop_answered(s, FROM_WORK, false);
}

static void a_drop_may_be_completed_before_the_handler_returns_pending(struct scene *s)
{
    drop_answered(s, EARLY, false);
}

static void another_processor_may_complete_a_drop_while_its_handler_runs(struct scene *s)
{
    drop_answered(s, EARLY_ELSEWHERE, false);
}

static void a_pended_drop_tells_the_client_only_when_it_completes(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT(status = ClientDropParty(&s->party[1], NULL, 0));
    assert_int_equal(status, NDIS_STATUS_PENDING);
    scene_settle(s);
    assert_int_equal(s->party[1].dropped, 0);
    assert_int_equal(Cm.party_count, 2);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(s->party[1].dropped, 1);
    assert_int_equal(Cm.party_count, 1);
    call_end_with(s, 0);
}

static void drops_may_complete_in_another_order_than_they_were_asked(struct scene *s)
{
    call_begin_with(s, 4);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    for (uint32_t i = 1; i < 4; i++)
        AS_CLIENT((void)ClientDropParty(&s->party[i], NULL, 0));
    struct ticket *first;
    AS_CM(first = DeskNext(&Cm.desk, ASK_DROP_PARTY));
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[2].dropped, 1);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[3].dropped, 1);
    assert_int_equal(s->party[1].dropped, 0);
    AS_CM(DeskFinish(first, NDIS_STATUS_SUCCESS));
    assert_int_equal(s->party[1].dropped, 1);
    call_end_with(s, 0);
}

static void a_drop_may_be_asked_and_completed_at_dispatch_level(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE, EARLY, FROM_DPC, FROM_WORK};
    call_begin_with(s, 5);
    for (uint32_t i = 0; i < 4; i++) {
        KIRQL old;
        plan_cm(ASK_DROP_PARTY, (struct plan){.how = hows[i]});
        AS_CLIENT({
            KeRaiseIrql(DISPATCH_LEVEL, &old);
            (void)ClientDropParty(&s->party[i + 1], NULL, 0);
            KeLowerIrql(old);
        });
        scene_settle(s);
        assert_int_equal(s->party[i + 1].dropped, 1);
        assert_int_equal(last("ProtocolCmDropParty")->irql, DISPATCH_LEVEL);
    }
    call_end_with(s, 0);
}

/* ---- 3: refusals ------------------------------------------------------------------------- */

static void refuse_data(struct scene *s, enum how how)
{
    call_begin_with(s, 2);
    NDIS_HANDLE handle = s->party[1].handle;
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = how, .refuses_data = TRUE});
    AS_CLIENT((void)ClientDropParty(&s->party[1], farewell, sizeof(farewell)));
    scene_settle(s);
    assert_int_equal(s->party[1].dropped, 1);
    assert_int_equal(s->party[1].status, NDIS_STATUS_INVALID_DATA);
    assert_int_equal(Cm.party_count, 2);
    assert_ptr_equal(s->party[1].handle, handle);
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    assert_int_equal(s->party[1].dropped, 2);
    assert_int_equal(s->party[1].status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Cm.party_count, 1);
    assert_ptr_equal(last("ProtocolCmDropParty")->handle, handle);
    call_end_with(s, 0);
}

static void refused_close_data_leaves_the_party_and_a_second_drop_succeeds(struct scene *s)
{
    refuse_data(s, AT_ONCE);
}

static void close_data_may_be_refused_after_pending(struct scene *s)
{
    refuse_data(s, FROM_DPC);
}

static void close_data_may_be_refused_early(struct scene *s)
{
    refuse_data(s, EARLY_ELSEWHERE);
}

static void the_last_party_cannot_be_dropped_but_closed(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    call_drop(s, 0);
    uint32_t asked = heard("ProtocolCmDropParty");
    EXPECT_RULE(s, CL_DROP_LAST_PARTY,
                AS_CLIENT(status = NdisClDropParty(s->party[1].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    assert_int_equal(heard("ProtocolCmDropParty"), asked);
    call_end_with(s, 1);
}

static void of_two_parties_that_drop_at_a_time_the_second_is_the_last(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[0], NULL, 0));
    EXPECT_RULE(s, CL_DROP_LAST_PARTY,
                AS_CLIENT(status = NdisClDropParty(s->party[1].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[0].dropped, 1);
    call_end_with(s, 1);
}

static void a_call_manager_may_refuse_a_drop_and_the_party_lives(struct scene *s)
{
    call_begin_with(s, 2);
    static const enum how hows[] = {AT_ONCE, FROM_THREAD, FROM_DPC, EARLY, EARLY_ELSEWHERE};
    for (uint32_t i = 0; i < 5; i++) {
        plan_cm(ASK_DROP_PARTY, (struct plan){.how = hows[i], .status = NDIS_STATUS_FAILURE});
        AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
        scene_settle(s);
        assert_int_equal(s->party[1].dropped, i + 1);
        assert_int_equal(s->party[1].status, NDIS_STATUS_FAILURE);
        assert_int_equal(Cm.party_count, 2);
    }
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 1);
    call_end_with(s, 0);
}

/* ---- 4: what is left of the party -------------------------------------------------------- */

static void the_handle_is_dead_after_the_drop(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 3);
    call_drop(s, 1);
    EXPECT_RULE(s, CL_PARTY_HANDLE_DEAD,
                AS_CLIENT(status = NdisClDropParty(s->party[1].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    call_drop(s, 2);
    call_end_with(s, 0);
}

static struct scene *hook_scene;
static NDIS_STATUS hook_status;

static VOID drop_again(const char *Callback, PVOID Context)
{
    struct client_party *party = Context;
    if (strcmp(Callback, "ProtocolClDropPartyComplete") != 0)
        return;
    Client.hook = NULL;
    rules_expect(hook_scene->rules, RULE_CL_PARTY_HANDLE_DEAD);
    hook_status = NdisClDropParty(party->handle, NULL, 0);
    hook_scene->expected_count += rules_expect_end(hook_scene->rules, RULE_CL_PARTY_HANDLE_DEAD);
}

static void the_handle_is_dead_already_when_the_client_hears(struct scene *s)
{
    call_begin_with(s, 3);
    hook_scene = s;
    hook_status = NDIS_STATUS_SUCCESS;
    Client.hook = drop_again;
    call_drop(s, 1);
    assert_int_equal(hook_status, NDIS_STATUS_FAILURE);
    assert_int_equal(s->expected_count, 1);
    call_drop(s, 2);
    call_end_with(s, 0);
}

static void a_slot_that_is_used_again_never_answers_to_the_old_handle(struct scene *s)
{
    NDIS_HANDLE old[20];
    call_begin_with(s, 2);
    for (uint32_t i = 0; i < 20; i++) {
        NDIS_STATUS status;
        old[i] = s->party[1].handle;
        call_drop(s, 1);
        call_add(s, 1);
        for (uint32_t j = 0; j <= i; j++)
            assert_ptr_not_equal(s->party[1].handle, old[j]);
        EXPECT_RULE(s, HANDLE_STALE, AS_CLIENT(status = NdisClDropParty(old[i], NULL, 0)));
        assert_int_equal(status, NDIS_STATUS_FAILURE);
    }
    assert_int_equal(heard("ProtocolCmDropParty"), 20);
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void nothing_of_the_party_goes_before_the_completion(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    const struct cm_party *party = cm_party_of(last("ProtocolCmDropParty"));
    assert_ptr_equal(party->handle, s->party[1].handle);
    for (uint32_t i = 2; i < 8; i++) { /* its slot is not free: these get others */
        call_add(s, i);
        assert_ptr_not_equal(s->party[i].handle, s->party[1].handle);
    }
    /* The call manager may still name it: the leaf's own leaving crosses the drop. */
    AS_CM(Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, party->handle, NULL, 0));
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(s->party[1].told_drop, 0);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    for (uint32_t i = 2; i < 8; i++)
        call_drop(s, i);
    call_end_with(s, 0);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_drop_reaches_the_call_manager_with_its_context_of_the_party),
    SCENE_TEST(a_context_given_with_the_completion_of_add_party_is_the_drops),
    SCENE_TEST(close_data_passes_as_it_was_given),
    SCENE_TEST(no_close_data_is_null_and_0),
    SCENE_TEST(close_data_without_a_size_or_a_size_without_data_is_refused),
    SCENE_TEST(the_client_hears_with_its_own_context_of_the_party),
    SCENE_TEST(success_at_once_is_returned_or_told_as_the_host_chooses),
    SCENE_TEST(a_pended_drop_may_succeed_from_a_system_thread),
    SCENE_TEST(a_pended_drop_may_succeed_from_a_dpc_of_another_processor),
    SCENE_TEST(a_pended_drop_may_succeed_from_a_work_item),
    SCENE_TEST(a_drop_may_be_completed_before_the_handler_returns_pending),
    SCENE_TEST(another_processor_may_complete_a_drop_while_its_handler_runs),
    SCENE_TEST(a_pended_drop_tells_the_client_only_when_it_completes),
    SCENE_TEST(drops_may_complete_in_another_order_than_they_were_asked),
    SCENE_TEST(a_drop_may_be_asked_and_completed_at_dispatch_level),
    SCENE_TEST(refused_close_data_leaves_the_party_and_a_second_drop_succeeds),
    SCENE_TEST(close_data_may_be_refused_after_pending),
    SCENE_TEST(close_data_may_be_refused_early),
    SCENE_TEST(the_last_party_cannot_be_dropped_but_closed),
    SCENE_TEST(of_two_parties_that_drop_at_a_time_the_second_is_the_last),
    SCENE_TEST(a_call_manager_may_refuse_a_drop_and_the_party_lives),
    SCENE_TEST(the_handle_is_dead_after_the_drop),
    SCENE_TEST(the_handle_is_dead_already_when_the_client_hears),
    SCENE_TEST(a_slot_that_is_used_again_never_answers_to_the_old_handle),
    SCENE_TEST(nothing_of_the_party_goes_before_the_completion),
};

SCENE_MAIN(tests)
