/* SPDX-License-Identifier: MIT */
/* The same on a live host, where a timer looks: what is pended for too long is told, once. To the
 * millisecond it is in the simulated worlds of overdue_test.c. */
#include "scene.h"

#include "ndis/world.h"

enum { LIMIT_MS = 20, LOOK_MS = 5 };

static struct scene *scene;

/* A busy machine may let other requests wait as long, too: they may be told. */
static int begin(void **state)
{
    const struct scene_kind kind = {
        .clock = CONDIS_LIVE, .seed = 1, .mcm = *(bool *)*state, .pending_ms = LIMIT_MS};
    ActorHook = NULL;
    scene = scene_create(&kind);
    rules_expect(scene->rules, RULE_PEND_TOO_LONG);
    scene_load(scene);
    scene_open(scene);
    call_begin_with(scene, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    scene_abandon(scene);
    return 0;
}

static void a_live_host_tells_what_is_pended_for_too_long(void **state)
{
    struct scene *s = scene;
    (void)state;
    uint64_t before = rules_count(s->rules);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
    while (rules_count(s->rules) == before)
        (void)exec_sleep(LOOK_MS * EXEC_MS, "a test");
    uint64_t told = rules_count(s->rules);
    for (int i = 0; i < 2 * LIMIT_MS / LOOK_MS; i++)
        (void)exec_sleep(LOOK_MS * EXEC_MS, "a test");
    assert_int_equal(rules_count(s->rules), told); /* not with each look */
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_FAILURE);
    scene_settle(s);
    assert_int_equal(s->party[1].status, NDIS_STATUS_FAILURE);
    call_end_with(s, 0);
    s->expected_count = rules_expect_end(s->rules, RULE_PEND_TOO_LONG);
    scene_end(s);
}

int main(void)
{
    static bool alone, mcm = true;
    const struct CMUnitTest tests[] = {
        {"a live host tells what is pended for too long (stand-alone)",
         a_live_host_tells_what_is_pended_for_too_long, begin, end, &alone},
        {"a live host tells what is pended for too long (MCM)",
         a_live_host_tells_what_is_pended_for_too_long, begin, end, &mcm},
    };
    return cmocka_run_group_tests_name("ndis/contract/overdue_live", tests, NULL, NULL);
}
