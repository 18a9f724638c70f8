/* SPDX-License-Identifier: MIT */
/* Several threads of a client make, fill, empty and close multipoint calls at once, wait for what
 * pends, and are told of leaves that leave and calls that end; everything is answered in every
 * legal way. Nothing may be left at the end, and no rule broken. */
#include "scene.h"

enum { LANES = 3, LEAVES = 6 };

/* One thread with one VC. */
struct lane {
    struct client_vc vc;
    struct client_party leaves[LEAVES];
    NDIS_EVENT heard; /* something was told to the client */
    uint64_t random;
    uint32_t rounds;
    LONG sends;        /* of this round */
    volatile LONG bad; /* how often something was not as it must be */
};

static struct lane lanes[LANES];

static uint32_t draw(struct lane *lane, uint32_t count)
{
    lane->random ^= lane->random << 13;
    lane->random ^= lane->random >> 7;
    lane->random ^= lane->random << 17;
    return (uint32_t)(lane->random >> 20) % count;
}

static VOID wake(const char *Callback, PVOID Context)
{
    (void)Callback;
    (void)Context;
    for (uint32_t i = 0; i < LANES; i++)
        NdisSetEvent(&lanes[i].heard);
}

/* Blocks at PASSIVE_LEVEL until the client was told of something as often as this. */
static void wait_until(struct lane *lane, volatile LONG *told, LONG count)
{
    while (InterlockedCompareExchange(told, 0, 0) < count) {
        (void)NdisWaitEvent(&lane->heard, 0);
        NdisResetEvent(&lane->heard);
    }
}

static void check(struct lane *lane, bool good)
{
    if (!good)
        InterlockedIncrement(&lane->bad);
}

/* ---- the call manager's doing ------------------------------------------------------------ */

static VOID leave(PVOID Context)
{
    Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, Context, NULL, 0);
}

static VOID end_call(PVOID Context)
{
    Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, Context, NULL, 0);
}

/* ---- one round --------------------------------------------------------------------------- */

static void add(struct lane *lane, uint32_t index)
{
    (void)ClientAddParty(&lane->vc, &lane->leaves[index]);
    if (draw(lane, 2))
        wait_until(lane, &lane->leaves[index].added, 1);
}

static void drop(struct lane *lane, uint32_t index)
{
    static const enum how hows[] = {FROM_DPC, FROM_WORK, FROM_THREAD};
    struct client_party *leaf = &lane->leaves[index];
    wait_until(lane, &leaf->added, 1);
    if (draw(lane, 3) == 0) {
        AS_CM(DeskRun(&Cm.desk, hows[draw(lane, 3)], leave, leaf->handle));
        wait_until(lane, &leaf->told_drop, 1);
    }
    (void)ClientDropParty(leaf, NULL, 0);
    if (draw(lane, 2))
        wait_until(lane, &leaf->dropped, 1);
}

static void run_round(struct lane *lane)
{
    memset(&lane->vc, 0, sizeof(lane->vc));
    memset(lane->leaves, 0, sizeof(lane->leaves));
    lane->sends = 0;
    check(lane, ClientCreateVc(&lane->vc) == NDIS_STATUS_SUCCESS);
    (void)ClientMakeCall(&lane->vc, &lane->leaves[0]);
    wait_until(lane, &lane->vc.made, 1);
    check(lane, lane->vc.status == NDIS_STATUS_SUCCESS);
    lane->leaves[0].added = 1;
    for (uint32_t i = 1; i < LEAVES; i++) {
        add(lane, i);
        if (draw(lane, 3) == 0) {
            (void)ClientSend(&lane->vc, 0);
            lane->sends++;
        }
    }
    uint32_t stays = draw(lane, LEAVES);
    wait_until(lane, &lane->leaves[stays].added, 1);
    bool told = draw(lane, 2) != 0;
    if (told) {
        for (uint32_t i = 0; i < LEAVES; i++)
            wait_until(lane, &lane->leaves[i].added, 1);
        AS_CM(DeskRun(&Cm.desk, FROM_DPC, end_call, lane->vc.handle));
        wait_until(lane, &lane->vc.told_close, 1);
    }
    for (uint32_t i = 0; i < LEAVES; i++)
        if (i != stays)
            drop(lane, i);
    for (uint32_t i = 0; i < LEAVES; i++)
        if (i != stays)
            wait_until(lane, &lane->leaves[i].dropped, 1);
}

static void finish_round(struct lane *lane)
{
    struct client_party *left = NULL;
    wait_until(lane, &lane->vc.sent, lane->sends);
    for (uint32_t i = 0; i < LEAVES; i++) {
        check(lane, lane->leaves[i].dropped <= 1);
        if (!lane->leaves[i].dropped)
            left = &lane->leaves[i];
    }
    (void)ClientCloseCall(&lane->vc, left, NULL, 0);
    wait_until(lane, &lane->vc.closed, 1);
    check(lane, lane->vc.status == NDIS_STATUS_SUCCESS && left->closed == 1);
    check(lane, ClientDeleteVc(&lane->vc) == NDIS_STATUS_SUCCESS);
}

static VOID run_lane(PVOID Context)
{
    struct lane *lane = Context;
    for (uint32_t i = 0; i < lane->rounds; i++) {
        run_round(lane);
        finish_round(lane);
    }
}

static void storm(struct scene *s, uint32_t rounds)
{
    for (int ask = 0; ask < ASK_SEND; ask++) {
        plan_cm((enum ask)ask, (struct plan){.how = ANY_LEGAL});
        plan_mini((enum ask)ask, (struct plan){.how = ANY_LEGAL});
    }
    plan_mini(ASK_SEND, (struct plan){.how = AT_ONCE});
    for (uint32_t i = 0; i < LANES; i++) {
        memset(&lanes[i], 0, sizeof(lanes[i]));
        NdisInitializeEvent(&lanes[i].heard);
        lanes[i].random = s->kind.seed * 0x9e3779b97f4a7c15u + i + 1;
        lanes[i].rounds = rounds;
    }
    Client.hook = wake;
    for (uint32_t i = 0; i < LANES; i++)
        AS_CLIENT(DeskRun(&Client.desk, FROM_THREAD, run_lane, &lanes[i]));
    scene_settle(s);
    Client.hook = NULL;
    for (uint32_t i = 0; i < LANES; i++)
        assert_int_equal(lanes[i].bad, 0);
    assert_int_equal(Cm.party_count, 0);
    assert_int_equal(Cm.vc_count, 0);
    for (int ask = 0; ask < ASK_SEND; ask++)
        plan_cm((enum ask)ask, (struct plan){.how = AT_ONCE});
}

static void threads_that_make_and_end_calls_at_once_leave_nothing(struct scene *s)
{
    storm(s, s->kind.clock == CONDIS_LIVE ? 20 : 30);
}

static const struct scene_test tests[] = {
    SCENE_TEST(threads_that_make_and_end_calls_at_once_leave_nothing),
};

SCENE_MAIN(tests)
