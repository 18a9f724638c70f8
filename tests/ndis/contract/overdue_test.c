/* SPDX-License-Identifier: MIT */
/* What is pended for too long is told, once, and at the moment that it is; on virtual time. */
#include "scene.h"

#include "ndis/world.h"

static void let_pass(uint64_t ms)
{
    assert_int_equal(exec_sleep(ms * EXEC_MS, "a test"), EXEC_WAIT_TIMEOUT);
}

/* From here to the limit nothing is told, then `rule` once, later nothing more. */
#define TOLD_AFTER(s, id, limit_ms)                                                                \
    do {                                                                                           \
        uint64_t before_ = rules_count((s)->rules);                                                \
        let_pass((limit_ms)-1);                                                                    \
        assert_int_equal(rules_count((s)->rules), before_);                                        \
        EXPECT_RULE(s, id, let_pass(2));                                                           \
        let_pass(10 * (limit_ms));                                                                 \
        assert_int_equal(rules_count((s)->rules), before_ + 1);                                    \
    } while (0)

static void hang_up(struct scene *s)
{
    call_end_with(s, 0);
}

static void a_send_is_completed_within_30_s(struct scene *s)
{
    call_begin_with(s, 1);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    TOLD_AFTER(s, SEND_TOO_LONG, 30000);
    finish_mini(ASK_SEND, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    hang_up(s);
}

static void a_received_list_is_returned_within_22_s(struct scene *s)
{
    PNET_BUFFER_LIST list;
    call_begin_with(s, 1);
    Client.keeps_receives = TRUE;
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    TOLD_AFTER(s, RECEIVE_TOO_LONG, 22000);
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    hang_up(s);
}

static void a_pended_request_ends_within_the_hosts_limit(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    TOLD_AFTER(s, PEND_TOO_LONG, SCENE_PENDING_MS);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    hang_up(s);
}

static void each_of_several_is_told_when_its_own_time_has_come(struct scene *s)
{
    call_begin_with(s, 1);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    let_pass(7000);
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    let_pass(22999);
    EXPECT_RULE(s, SEND_TOO_LONG, let_pass(2));
    let_pass(6997);
    EXPECT_RULE(s, SEND_TOO_LONG, let_pass(2));
    finish_mini(ASK_SEND, NDIS_STATUS_SUCCESS);
    finish_mini(ASK_SEND, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    hang_up(s);
}

static void what_comes_back_in_time_is_not_told(struct scene *s)
{
    uint64_t before;
    call_begin_with(s, 1);
    before = rules_count(s->rules);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    for (uint32_t i = 0; i < 3; i++) {
        AS_CLIENT((void)ClientSend(&s->vc[0], 0));
        let_pass(29998);
        finish_mini(ASK_SEND, NDIS_STATUS_SUCCESS);
        scene_settle(s);
    }
    let_pass(100000);
    assert_int_equal(rules_count(s->rules), before);
    hang_up(s);
}

/* The world is as idle with something pended as without: nothing waits for the limit. */
static void a_pended_request_does_not_keep_the_world_busy(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    uint64_t before = exec_now(s->world->exec);
    assert_int_equal(exec_run_until_idle(s->world->exec, EXEC_FOREVER), EXEC_IDLE);
    assert_int_equal(exec_now(s->world->exec), before);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    hang_up(s);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_send_is_completed_within_30_s),
    SCENE_TEST(a_received_list_is_returned_within_22_s),
    SCENE_TEST(a_pended_request_ends_within_the_hosts_limit),
    SCENE_TEST(each_of_several_is_told_when_its_own_time_has_come),
    SCENE_TEST(what_comes_back_in_time_is_not_told),
    SCENE_TEST(a_pended_request_does_not_keep_the_world_busy),
};

SCENE_MAIN(tests)
