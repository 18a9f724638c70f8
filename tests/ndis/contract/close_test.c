/* SPDX-License-Identifier: MIT */
/* What a call manager says of a call while its client closes it: what crosses the close is nobody's
 * fault and comes to nothing; what is said by code that began afterwards breaks a rule. */
#include "scene.h"

/* Something that the call manager says of vc[0], by code that began before the close, or waited. */
struct late {
    VOID (*say)(NDIS_HANDLE Vc);
    NDIS_HANDLE vc;
    NDIS_EVENT event;
    volatile LONG begun;
    volatile LONG go;
};

static VOID tell_close(NDIS_HANDLE Vc)
{
    Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, Vc, NULL, 0);
}

static VOID tell_qos(NDIS_HANDLE Vc)
{
    Cm.edge->IncomingQosChange(Vc, &Client.call);
}

/* All that may be said, and the rule that it breaks when it is said too late. */
static const struct saying {
    VOID (*say)(NDIS_HANDLE Vc);
    const char *heard;
    enum rule_id rule;
} sayings[] = {
    {tell_close, "ProtocolClIncomingCloseCall", RULE_CM_INCOMING_CLOSE_CLOSING},
    {tell_qos, "ProtocolClIncomingCallQoSChange", RULE_CM_QOS_CHANGE_NO_CALL},
};
enum { SAYINGS = sizeof(sayings) / sizeof(sayings[0]) };

static const enum how elsewhere[] = {FROM_THREAD, FROM_DPC, FROM_WORK};
enum { ELSEWHERE = sizeof(elsewhere) / sizeof(elsewhere[0]) };

static void until(volatile LONG *flag)
{
    while (!InterlockedCompareExchange(flag, 0, 0))
        KeStallExecutionProcessor(1);
}

static VOID say_late(PVOID Context)
{
    struct late *late = Context;
    InterlockedExchange(&late->begun, 1);
    until(&late->go);
    late->say(late->vc);
}

static VOID wait_and_say(PVOID Context)
{
    struct late *late = Context;
    InterlockedExchange(&late->begun, 1);
    (void)NdisWaitEvent(&late->event, 0);
    late->say(late->vc);
}

static VOID say_now(PVOID Context)
{
    struct late *late = Context;
    late->say(late->vc);
}

static struct late begin(struct scene *s, const struct saying *saying)
{
    memset(s->vc, 0, sizeof(s->vc));
    memset(s->party, 0, sizeof(s->party));
    call_begin_with(s, 1);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    return (struct late){.say = saying->say, .vc = s->vc[0].handle};
}

static void client_closes(struct scene *s)
{
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
}

static void end(struct scene *s, const struct saying *saying)
{
    NDIS_STATUS status;
    assert_int_equal(heard(saying->heard), 0);
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(s->vc[0].closed, 1);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

/* The call manager decides, the client's close is pended, the call manager's word arrives. */
static void what_was_decided_before_the_close_comes_to_nothing(struct scene *s)
{
    for (uint32_t i = 0; i < SAYINGS * ELSEWHERE; i++) {
        const struct saying *saying = &sayings[i % SAYINGS];
        struct late late = begin(s, saying);
        AS_CM(DeskRun(&Cm.desk, elsewhere[i / SAYINGS], say_late, &late));
        until(&late.begun);
        client_closes(s);
        InterlockedExchange(&late.go, 1);
        scene_settle(s);
        end(s, saying);
    }
}

static void what_is_decided_after_the_close_was_pended_breaks_a_rule(struct scene *s)
{
    for (uint32_t i = 0; i < SAYINGS * ELSEWHERE; i++) {
        const struct saying *saying = &sayings[i % SAYINGS];
        struct late late = begin(s, saying);
        client_closes(s);
        struct expectation expectation = expect_begin(s, saying->rule);
        AS_CM(DeskRun(&Cm.desk, elsewhere[i / SAYINGS], say_now, &late));
        expect_end(s, expectation, 1);
        end(s, saying);
    }
}

/* The task that ran ProtocolCmCloseCall knows of it, whenever its own routine began. */
static void the_one_who_pended_the_close_knows_of_it(struct scene *s)
{
    for (uint32_t i = 0; i < SAYINGS; i++) {
        struct late late = begin(s, &sayings[i]);
        client_closes(s);
        struct expectation expectation = expect_begin(s, sayings[i].rule);
        AS_CM(say_now(&late));
        expect_end(s, expectation, 1);
        end(s, &sayings[i]);
    }
}

static void one_who_waited_looks_again(struct scene *s)
{
    for (uint32_t i = 0; i < SAYINGS; i++) {
        struct late late = begin(s, &sayings[i]);
        NdisInitializeEvent(&late.event);
        /* No settling from here on: it would wait for the thread. */
        struct expectation expectation = expect_begin(s, sayings[i].rule);
        AS_CM(DeskRun(&Cm.desk, FROM_THREAD, wait_and_say, &late));
        until(&late.begun);
        client_closes(s);
        NdisSetEvent(&late.event);
        expect_end(s, expectation, 1);
        end(s, &sayings[i]);
    }
}

/* The close fails, so the call stands: the next word is heard, and the next close is judged for
 * itself. */
static void a_close_that_failed_leaves_nothing_behind(struct scene *s)
{
    struct late late = begin(s, &sayings[0]);
    client_closes(s);
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_FAILURE);
    scene_settle(s);
    AS_CM(DeskRun(&Cm.desk, FROM_WORK, say_late, &late));
    until(&late.begun);
    client_closes(s);
    InterlockedExchange(&late.go, 1);
    scene_settle(s);
    assert_int_equal(heard(sayings[0].heard), 0);
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_FAILURE);
    scene_settle(s);
    AS_CM(say_now(&late));
    assert_int_equal(heard(sayings[0].heard), 1);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = AT_ONCE});
    call_end_with(s, 0);
}

/* ---- a callback that takes its time ------------------------------------------------------ */

static volatile LONG inside;   /* the client is in its callback */
static volatile LONG too_soon; /* it was so when it was unloaded */

static VOID take_time(const char *Callback, PVOID Context)
{
    (void)Context;
    if (strcmp(Callback, "ProtocolClCloseCallComplete") != 0)
        return;
    InterlockedExchange(&inside, 1);
    for (uint32_t i = 0; i < 5000; i++)
        (void)InterlockedCompareExchange(&inside, 1, 1); /* where others may run */
    InterlockedExchange(&inside, 0);
}

static NDIS_STATUS note_unload(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    (void)What;
    if (Moment == AT_CLIENT_UNLOAD && InterlockedCompareExchange(&inside, 0, 0))
        InterlockedExchange(&too_soon, 1);
    return Status;
}

/* What they read is freed by the unload routine, and nobody but NDIS knows that they returned. */
static void a_client_is_unloaded_when_its_callbacks_have_returned(struct scene *s)
{
    inside = too_soon = 0;
    call_begin_with(s, 1);
    Client.hook = take_time;
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = FROM_THREAD});
    client_closes(s);
    until(&s->vc[0].closed);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
    AS_CLIENT((void)ClientCloseAf());
    ActorHook = note_unload;
    scene_unload(s, &s->client);
    ActorHook = NULL;
    /* Live, NDIS waits half a second for a thread that may not run at all. */
    if (s->kind.clock == CONDIS_SIMULATED)
        assert_int_equal(too_soon, 0);
}

static const struct scene_test tests[] = {
    SCENE_TEST(what_was_decided_before_the_close_comes_to_nothing),
    SCENE_TEST(what_is_decided_after_the_close_was_pended_breaks_a_rule),
    SCENE_TEST(the_one_who_pended_the_close_knows_of_it),
    SCENE_TEST(one_who_waited_looks_again),
    SCENE_TEST(a_close_that_failed_leaves_nothing_behind),
    SCENE_TEST(a_client_is_unloaded_when_its_callbacks_have_returned),
};

SCENE_MAIN(tests)
