/* SPDX-License-Identifier: MIT */
/* Who is told to have changed what a pended request lends: in a simulated world the one who did. */
#include "scene.h"

static CO_CALL_MANAGER_PARAMETERS traffic;

/* A call is asked for, whose parameters can change; its completion waits for finish_cm. */
static void ask_for_call(struct scene *s)
{
    traffic = (CO_CALL_MANAGER_PARAMETERS){.Transmit.PeakBandwidth = 1};
    Client.call.CallMgrParameters = &traffic;
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCreateVc(&s->vc[0]));
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
}

static void end_call(struct scene *s)
{
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
    Client.call.CallMgrParameters = NULL;
}

static VOID change(PVOID Unused)
{
    UNREFERENCED_PARAMETER(Unused);
    traffic.Transmit.PeakBandwidth++;
}

/* A driver changes the parameters on another task, or right here, and then they are completed. */
static void changed_by(struct scene *s, struct desk *desk, enum rule_id rule, enum how how)
{
    NDIS_HANDLE driver = desk == &Cm.desk ? Cm.driver : Client.driver;
    ask_for_call(s);
    struct expectation expectation = expect_begin(s, rule);
    if (how == AT_ONCE)
        AS(driver, change(NULL));
    else
        AS(driver, DeskRun(desk, how, change, NULL));
    scene_settle(s);
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_SUCCESS);
    expect_end(s, expectation, 1);
    end_call(s);
}

static void a_client_that_writes_is_named(struct scene *s)
{
    changed_by(s, &Client.desk, RULE_CL_PARAMETERS_CHANGED, AT_ONCE);
    changed_by(s, &Client.desk, RULE_CL_PARAMETERS_CHANGED, FROM_DPC);
    changed_by(s, &Client.desk, RULE_CL_PARAMETERS_CHANGED, FROM_WORK);
    changed_by(s, &Client.desk, RULE_CL_PARAMETERS_CHANGED, FROM_THREAD);
}

static void a_call_manager_that_writes_is_named(struct scene *s)
{
    changed_by(s, &Cm.desk, RULE_PARAMETERS_CHANGED_FLAG, AT_ONCE);
    changed_by(s, &Cm.desk, RULE_PARAMETERS_CHANGED_FLAG, FROM_DPC);
    changed_by(s, &Cm.desk, RULE_PARAMETERS_CHANGED_FLAG, FROM_WORK);
    changed_by(s, &Cm.desk, RULE_PARAMETERS_CHANGED_FLAG, FROM_THREAD);
}

static void the_last_who_wrote_is_named(struct scene *s)
{
    ask_for_call(s);
    EXPECT_RULE(s, PARAMETERS_CHANGED_FLAG, {
        AS_CLIENT(change(NULL));
        AS_CM(change(NULL));
        finish_cm(ASK_MAKE_CALL, NDIS_STATUS_SUCCESS);
    });
    end_call(s);
}

static void what_was_put_back_is_no_change(struct scene *s)
{
    ask_for_call(s);
    AS_CM(traffic.Transmit.PeakBandwidth++);
    AS_CLIENT(traffic.Transmit.PeakBandwidth--);
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_SUCCESS);
    end_call(s);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_client_that_writes_is_named),
    SCENE_TEST(a_call_manager_that_writes_is_named),
    SCENE_TEST(the_last_who_wrote_is_named),
    SCENE_TEST(what_was_put_back_is_no_change),
};
SCENE_MAIN(tests)
