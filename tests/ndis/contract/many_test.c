/* SPDX-License-Identifier: MIT */
/* Ten thousand parties: dropped in random order while data flows, and in one chain of
 * completions. */
#include "scene.h"

enum { PARTIES = 10000, SENDS = 500, STACK_BYTES_MAX = 64 * 1024 };

static struct client_party parties[PARTIES];
static uint32_t order[PARTIES];

static uint32_t party_count; /* of this run */
static uint64_t random_state;

static uint32_t draw(uint32_t count)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state % count);
}

static void shuffle(uint64_t seed)
{
    random_state = seed * 0x9e3779b97f4a7c15u;
    for (uint32_t i = 0; i < party_count; i++)
        order[i] = i;
    for (uint32_t i = party_count - 1; i > 0; i--) {
        uint32_t j = draw(i + 1);
        uint32_t other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
}

/* ---- the call ---------------------------------------------------------------------------- */

static void begin(struct scene *s, uint32_t count)
{
    NDIS_STATUS status;
    party_count = count;
    memset(parties, 0, sizeof(parties));
    shuffle(s->kind.seed);
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], &parties[0]));
    scene_settle(s);
    for (uint32_t i = 1; i < party_count; i++)
        AS_CLIENT((void)ClientAddParty(&s->vc[0], &parties[i]));
    scene_settle(s);
    assert_int_equal(Cm.party_count, party_count);
}

/* Every party but the last of the order was dropped, once; then the call ends with that one. */
static void end(struct scene *s)
{
    NDIS_STATUS status;
    scene_settle(s);
    struct client_party *left = &parties[order[party_count - 1]];
    for (uint32_t i = 0; i < party_count - 1; i++) {
        const struct client_party *party = &parties[order[i]];
        if (party->dropped != 1 || party->status != NDIS_STATUS_SUCCESS)
            fail_msg("party %u was dropped %d times, status 0x%08x", order[i], (int)party->dropped,
                     (unsigned)party->status);
    }
    assert_int_equal(left->dropped, 0);
    assert_int_equal(Cm.party_count, 1);
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], left, NULL, 0));
    scene_settle(s);
    assert_int_equal(left->closed, 1);
    assert_int_equal(Cm.party_count, 0);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

/* ---- while data flows -------------------------------------------------------------------- */

static VOID send_on(PVOID Context)
{
    struct client_vc *vc = Context;
    for (uint32_t i = 0; i < SENDS; i++)
        (void)ClientSend(vc, 0);
}

static void ten_thousand_parties_are_dropped_in_random_order_while_data_flows(struct scene *s)
{
    static const enum how hows[] = {AT_ONCE, FROM_DPC, FROM_WORK, EARLY};
    begin(s, PARTIES);
    plan_mini(ASK_SEND, (struct plan){.how = FROM_DPC});
    AS_CLIENT(DeskRun(&Client.desk, FROM_THREAD, send_on, &s->vc[0]));
    for (uint32_t i = 0; i < party_count - 1; i++) {
        enum how how = draw(200) == 0 ? EARLY_ELSEWHERE : hows[draw(4)];
        plan_cm(ASK_DROP_PARTY, (struct plan){.how = how});
        AS_CLIENT((void)ClientDropParty(&parties[order[i]], NULL, 0));
        if (i % 50 == 0)
            AS_MINI((void)WireIndicate(s->vc[0].handle, 0));
    }
    scene_settle(s);
    assert_int_equal(s->vc[0].sent, SENDS);
    assert_int_equal(s->vc[0].received, PARTIES / 50);
    assert_int_equal(Mini.returned_count, PARTIES / 50);
    end(s);
}

/* ---- in a chain -------------------------------------------------------------------------- */

static uint32_t next_index;
static uintptr_t stack_low;
static uintptr_t stack_high;
static volatile LONG chaining;
static BOOLEAN again;

/* Drops the next party in the completion of the one before. A completion that the client itself
 * runs, because its request was answered for good, only asks the loop below to go on. */
static VOID drop_next(const char *Callback, PVOID Context)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    (void)Context;
    if (strcmp(Callback, "ProtocolClDropPartyComplete") != 0)
        return;
    stack_low = here < stack_low ? here : stack_low;
    stack_high = here > stack_high ? here : stack_high;
    if (chaining) {
        again = TRUE;
        return;
    }
    do {
        if (next_index == party_count - 1)
            return;
        again = FALSE;
        chaining = 1;
        NDIS_STATUS status = ClientDropParty(&parties[order[next_index++]], NULL, 0);
        chaining = 0;
        if (status == NDIS_STATUS_PENDING && !again)
            return;
    } while (again);
}

/* A client that calls NDIS in its completion without any care for its stack: NDIS tells it each
 * outcome only after the callback has returned. */
static VOID drop_next_plainly(const char *Callback, PVOID Context)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    (void)Context;
    if (strcmp(Callback, "ProtocolClDropPartyComplete") != 0)
        return;
    stack_low = here < stack_low ? here : stack_low;
    stack_high = here > stack_high ? here : stack_high;
    if (next_index < party_count - 1)
        (void)ClientDropParty(&parties[order[next_index++]], NULL, 0);
}

static void chain(struct scene *s, enum how how, uint32_t count, VOID (*hook)(const char *, PVOID))
{
    begin(s, count);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = how});
    next_index = 1;
    stack_low = UINTPTR_MAX;
    stack_high = 0;
    Client.hook = hook;
    AS_CLIENT((void)ClientDropParty(&parties[order[0]], NULL, 0));
    scene_settle(s);
    Client.hook = NULL;
    assert_int_equal(next_index, party_count - 1);
    /* One task ran the whole chain: its stack did not grow with it. */
    if (how == AT_ONCE || how == EARLY)
        assert_true(stack_high - stack_low < STACK_BYTES_MAX);
    end(s);
}

static void ten_thousand_drops_in_each_others_completion_need_no_deep_stack(struct scene *s)
{
    /* An early completion may be told from an item of its own when simulated: no one stack. */
    chain(s, s->kind.clock == CONDIS_LIVE && s->kind.mcm ? EARLY : AT_ONCE, PARTIES, drop_next);
}

static void a_chain_of_drops_may_run_through_dpcs(struct scene *s)
{
    chain(s, FROM_DPC, s->kind.clock == CONDIS_LIVE ? PARTIES / 10 : PARTIES, drop_next_plainly);
}

static void ndis_delivers_completions_of_one_task_one_after_another(struct scene *s)
{
    if (s->kind.completion != CONDIS_COMPLETE_PENDING)
        return; /* there the client's own recursion is its own affair */
    chain(s, AT_ONCE, PARTIES, drop_next_plainly);
}

static const struct scene_test tests[] = {
    SCENE_TEST(ten_thousand_parties_are_dropped_in_random_order_while_data_flows),
    SCENE_TEST(ten_thousand_drops_in_each_others_completion_need_no_deep_stack),
    SCENE_TEST(a_chain_of_drops_may_run_through_dpcs),
    SCENE_TEST(ndis_delivers_completions_of_one_task_one_after_another),
};

SCENE_MAIN(tests)
