/* SPDX-License-Identifier: MIT */
/* Item 6 of the drop-party contract: what crosses a drop, in both orders and at the same time. */
#include "scene.h"

static UCHAR bye[] = {'b', 'y', 'e'};

static void leave(struct scene *s, uint32_t index, PVOID data, UINT size)
{
    AS_CM(Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, s->party[index].handle, data, size));
}

/* ---- a leaf leaves ----------------------------------------------------------------------- */

static void a_leaf_that_leaves_is_told_and_then_dropped_by_the_client(struct scene *s)
{
    call_begin_with(s, 3);
    leave(s, 1, bye, sizeof(bye));
    const struct note *note = last("ProtocolClIncomingDropParty");
    assert_ptr_equal(note->context, &s->party[1]);
    assert_ptr_equal(note->data, bye);
    assert_int_equal(note->size, sizeof(bye));
    assert_int_equal(note->status, NDIS_STATUS_SUCCESS);
    call_drop(s, 1);
    assert_int_equal(s->party[1].told_drop, 1);
    call_drop(s, 2);
    call_end_with(s, 0);
}

static void an_incoming_drop_carries_its_status_and_no_data_is_null_and_0(struct scene *s)
{
    call_begin_with(s, 2);
    AS_CM(Cm.edge->IncomingDropParty(NDIS_STATUS_FAILURE, s->party[1].handle, NULL, 0));
    const struct note *note = last("ProtocolClIncomingDropParty");
    assert_int_equal(note->status, NDIS_STATUS_FAILURE);
    assert_null(note->data);
    assert_int_equal(note->size, 0);
    call_drop(s, 1);
    call_end_with(s, 0);
}

static VOID drop_when_told(const char *Callback, PVOID Context)
{
    if (!strcmp(Callback, "ProtocolClIncomingDropParty"))
        (void)ClientDropParty(Context, NULL, 0);
}

static void a_client_may_drop_the_party_while_it_is_told(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE, FROM_DPC, EARLY, EARLY_ELSEWHERE};
    call_begin_with(s, 5);
    Client.hook = drop_when_told;
    for (uint32_t i = 0; i < 4; i++) {
        plan_cm(ASK_DROP_PARTY, (struct plan){.how = hows[i]});
        leave(s, i + 1, bye, sizeof(bye));
        scene_settle(s);
        assert_int_equal(s->party[i + 1].dropped, 1);
        assert_int_equal(s->party[i + 1].told_drop, 1);
    }
    call_end_with(s, 0);
}

static void a_leaf_leaves_only_once(struct scene *s)
{
    call_begin_with(s, 3);
    leave(s, 1, NULL, 0);
    EXPECT_RULE(s, CM_INCOMING_DROP_TWICE, leave(s, 1, NULL, 0));
    assert_int_equal(s->party[1].told_drop, 1);
    call_drop(s, 1);
    call_drop(s, 2);
    call_end_with(s, 0);
}

static void the_last_leaf_that_leaves_is_an_incoming_close(struct scene *s)
{
    call_begin_with(s, 1);
    EXPECT_RULE(s, CM_INCOMING_DROP_LAST, leave(s, 0, NULL, 0));
    assert_int_equal(s->party[0].told_drop, 0);
    call_end_with(s, 0);
}

static void a_leaf_that_never_joined_cannot_leave(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[2]));
    EXPECT_RULE(s, CM_INCOMING_DROP_ADDING, leave(s, 2, NULL, 0));
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[2].status, NDIS_STATUS_SUCCESS);
    call_drop(s, 2);
    call_drop(s, 1);
    call_end_with(s, 0);
}

/* ---- before the client heard that the party joined --------------------------------------- */

static struct scene *stage;

/* The call manager completes the addition and tells of the leaf's end in one breath, before its
 * handler returns: the client hears the second after the first. */
static VOID join_and_leave(const char *Callback, PVOID Context)
{
    (void)Context;
    if (strcmp(Callback, "ProtocolClAddPartyComplete") != 0)
        return;
    Client.hook = NULL;
    /* Inside the client's callback the indication waits until the callback has returned. */
    AS_CM(
        Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, stage->party[2].handle, bye, sizeof(bye)));
    assert_int_equal(stage->party[2].told_drop, 0);
}

static void a_leaf_may_leave_while_the_client_hears_that_it_joined(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    stage = s;
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[2]));
    Client.hook = join_and_leave;
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(s->party[2].told_drop, 1);
    const struct note *note = last("ProtocolClIncomingDropParty");
    assert_int_equal(note->size, sizeof(bye));
    assert_memory_equal(note->bytes, bye, sizeof(bye));
    assert_true(note > last("ProtocolClAddPartyComplete"));
    call_drop(s, 2);
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void a_party_that_the_client_drops_when_it_hears_of_it_is_not_told_any_more(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    stage = s;
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[2]));
    Client.hook = join_and_leave;
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_SUCCESS);
    AS_CLIENT((void)ClientDropParty(&s->party[2], NULL, 0));
    scene_settle(s);
    assert_true(s->party[2].told_drop <= 1);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(s->party[2].dropped, 1);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 1);
    call_end_with(s, 0);
}

/* ---- crossings --------------------------------------------------------------------------- */

static void an_incoming_drop_that_crosses_the_clients_drop_is_answered_by_it(struct scene *s)
{
    call_begin_with(s, 3);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], bye, sizeof(bye)));
    leave(s, 1, bye, sizeof(bye));
    assert_int_equal(s->party[1].told_drop, 0);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[1].dropped, 1);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 2);
    call_end_with(s, 0);
}

static VOID leave_now(PVOID Context)
{
    Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, Context, bye, sizeof(bye));
}

/* Both ends at the same time, from two processors: the client may hear or not, the party goes. */
static void cross(struct scene *s, enum how how)
{
    call_begin_with(s, 9);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    for (uint32_t i = 1; i < 9; i++) {
        AS_CM(DeskRun(&Cm.desk, how, leave_now, s->party[i].handle));
        AS_CLIENT((void)ClientDropParty(&s->party[i], NULL, 0));
        scene_settle(s);
        assert_true(s->party[i].told_drop <= 1);
        assert_int_equal(s->party[i].dropped, 0);
        finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
        scene_settle(s);
        assert_int_equal(s->party[i].dropped, 1);
        assert_int_equal(s->party[i].status, NDIS_STATUS_SUCCESS);
    }
    call_end_with(s, 0);
}

static void both_ends_may_drop_at_the_same_time_from_a_dpc(struct scene *s)
{
    cross(s, FROM_DPC);
}

static void both_ends_may_drop_at_the_same_time_from_a_thread(struct scene *s)
{
    cross(s, FROM_THREAD);
}

/* ---- drop and add ------------------------------------------------------------------------ */

static void a_party_cannot_be_dropped_while_it_is_added(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[2]));
    EXPECT_RULE(s, PARTY_DROP_ADDING,
                AS_CLIENT(status = NdisClDropParty(s->party[2].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    assert_int_equal(heard("ProtocolCmDropParty"), 0);
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[2].added, 1);
    call_drop(s, 2);
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void another_party_may_be_dropped_while_one_is_added(struct scene *s)
{
    call_begin_with(s, 3);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[3]));
    call_drop(s, 1);
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_FAILURE);
    assert_int_equal(s->party[3].status, NDIS_STATUS_FAILURE);
    assert_int_equal(Cm.party_count, 2);
    call_drop(s, 2);
    call_end_with(s, 0);
}

static void a_party_that_failed_to_join_has_no_handle(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[2]));
    NDIS_HANDLE handle = s->party[2].handle;
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_RESOURCES);
    assert_null(last("ProtocolClAddPartyComplete")->handle);
    EXPECT_RULE(s, CL_PARTY_NEVER_MADE, AS_CLIENT(status = NdisClDropParty(handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    call_drop(s, 1);
    call_end_with(s, 0);
}

/* ---- drop and close ---------------------------------------------------------------------- */

static void nothing_is_dropped_while_the_call_closes(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 1);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    EXPECT_RULE(s, CL_DROP_WHILE_CLOSING,
                AS_CLIENT(status = NdisClDropParty(s->party[0].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    leave(s, 0, NULL, 0); /* crosses the close, which answers it */
    assert_int_equal(s->party[0].told_drop, 0);
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[0].closed, 1);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void the_call_cannot_close_while_a_party_is_dropped(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    EXPECT_RULE(s, CL_CLOSE_LAST_PARTY,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, s->party[0].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(s, CL_PARTY_HANDLE_DEAD,
                AS_CLIENT(status = NdisClCloseCall(s->vc[0].handle, s->party[1].handle, NULL, 0)));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    call_end_with(s, 0);
}

static VOID close_when_dropped(const char *Callback, PVOID Context)
{
    struct client_party *party = Context;
    if (!strcmp(Callback, "ProtocolClDropPartyComplete"))
        (void)ClientCloseCall(party->vc, &stage->party[0], bye, sizeof(bye));
}

static void the_call_may_close_in_the_completion_of_the_drop_before_the_last(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE, FROM_DPC, EARLY, EARLY_ELSEWHERE, FROM_THREAD};
    NDIS_STATUS status;
    stage = s;
    for (uint32_t i = 0; i < 5; i++) {
        Client.hook = NULL;
        memset(s->party, 0, sizeof(s->party));
        call_begin_with(s, 2);
        plan_cm(ASK_DROP_PARTY, (struct plan){.how = hows[i]});
        Client.hook = close_when_dropped;
        AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
        scene_settle(s);
        assert_int_equal(s->party[1].dropped, 1);
        assert_int_equal(s->party[0].closed, 1);
        assert_ptr_equal(last("ProtocolCmCloseCall")->data, bye);
        AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
        assert_int_equal(status, NDIS_STATUS_SUCCESS);
    }
}

static void a_client_that_is_told_of_the_calls_end_drops_to_one_and_closes(struct scene *s)
{
    call_begin_with(s, 3);
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, s->vc[0].handle, bye, sizeof(bye)));
    assert_int_equal(s->vc[0].told_close, 1);
    call_drop(s, 0);
    call_drop(s, 1);
    call_end_with(s, 2);
}

/* ---- waiting inside a callback ------------------------------------------------------------ */

static NDIS_EVENT second_dropped;
static BOOLEAN second_came;

static VOID drop_the_second_and_wait(const char *Callback, PVOID Context)
{
    if (strcmp(Callback, "ProtocolClDropPartyComplete") != 0)
        return;
    if (Context == &stage->party[2]) {
        NdisSetEvent(&second_dropped);
    } else if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        (void)ClientDropParty(&stage->party[2], NULL, 0);
        second_came = NdisWaitEvent(&second_dropped, 10000);
    } else {
        (void)ClientDropParty(&stage->party[2], NULL, 0);
        second_came = TRUE; /* nobody waits at DISPATCH_LEVEL */
    }
}

/* What it waits for may be told only after this callback has returned, if NDIS took no care. */
static void a_client_may_wait_in_a_completion_for_another_one(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE, FROM_THREAD, FROM_WORK, EARLY, FROM_DPC};
    stage = s;
    call_begin_with(s, 3);
    for (uint32_t i = 0; i < 5; i++) {
        NdisInitializeEvent(&second_dropped);
        second_came = FALSE;
        LONG dropped = s->party[2].dropped;
        plan_cm(ASK_DROP_PARTY, (struct plan){.how = hows[i]});
        Client.hook = drop_the_second_and_wait;
        AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
        scene_settle(s);
        Client.hook = NULL;
        assert_true(second_came);
        assert_int_equal(s->party[2].dropped, dropped + 1);
        call_add(s, 1);
        call_add(s, 2);
    }
    call_drop(s, 1);
    call_drop(s, 2);
    call_end_with(s, 0);
}

/* ---- two drops of one party -------------------------------------------------------------- */

static void a_party_is_dropped_once(struct scene *s)
{
    NDIS_STATUS status;
    call_begin_with(s, 3);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    EXPECT_RULE(s, PARTY_DROP_TWICE,
                AS_CLIENT(status = NdisClDropParty(s->party[1].handle, bye, sizeof(bye))));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    assert_int_equal(heard("ProtocolCmDropParty"), 1);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[1].dropped, 1);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 2);
    call_end_with(s, 0);
}

static volatile LONG accepted;

static VOID drop_it(PVOID Context)
{
    if (NdisClDropParty(Context, NULL, 0) == NDIS_STATUS_PENDING)
        InterlockedIncrement(&accepted);
}

static void of_two_drops_at_the_same_time_one_is_refused(struct scene *s)
{
    call_begin_with(s, 6);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    for (uint32_t i = 1; i < 6; i++) {
        accepted = 0;
        struct expectation expectation = expect_begin(s, RULE_PARTY_DROP_TWICE);
        AS_CLIENT(DeskRun(&Client.desk, FROM_DPC, drop_it, s->party[i].handle));
        AS_CLIENT(drop_it(s->party[i].handle));
        expect_end(s, expectation, 1);
        assert_int_equal(accepted, 1);
        assert_int_equal(heard("ProtocolCmDropParty"), i);
        finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
        assert_int_equal(s->party[i].dropped, 1);
    }
    call_end_with(s, 0);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_leaf_that_leaves_is_told_and_then_dropped_by_the_client),
    SCENE_TEST(an_incoming_drop_carries_its_status_and_no_data_is_null_and_0),
    SCENE_TEST(a_client_may_drop_the_party_while_it_is_told),
    SCENE_TEST(a_leaf_leaves_only_once),
    SCENE_TEST(the_last_leaf_that_leaves_is_an_incoming_close),
    SCENE_TEST(a_leaf_that_never_joined_cannot_leave),
    SCENE_TEST(a_leaf_may_leave_while_the_client_hears_that_it_joined),
    SCENE_TEST(a_party_that_the_client_drops_when_it_hears_of_it_is_not_told_any_more),
    SCENE_TEST(an_incoming_drop_that_crosses_the_clients_drop_is_answered_by_it),
    SCENE_TEST(both_ends_may_drop_at_the_same_time_from_a_dpc),
    SCENE_TEST(both_ends_may_drop_at_the_same_time_from_a_thread),
    SCENE_TEST(a_party_cannot_be_dropped_while_it_is_added),
    SCENE_TEST(another_party_may_be_dropped_while_one_is_added),
    SCENE_TEST(a_party_that_failed_to_join_has_no_handle),
    SCENE_TEST(nothing_is_dropped_while_the_call_closes),
    SCENE_TEST(the_call_cannot_close_while_a_party_is_dropped),
    SCENE_TEST(the_call_may_close_in_the_completion_of_the_drop_before_the_last),
    SCENE_TEST(a_client_that_is_told_of_the_calls_end_drops_to_one_and_closes),
    SCENE_TEST(a_client_may_wait_in_a_completion_for_another_one),
    SCENE_TEST(a_party_is_dropped_once),
    SCENE_TEST(of_two_drops_at_the_same_time_one_is_refused),
};

SCENE_MAIN(tests)
