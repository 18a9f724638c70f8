/* SPDX-License-Identifier: MIT */
/* C83 to C95: parties and close data: the mistakes. */
#include "acts.h"

/* ---- C83 to C87: adding and dropping ----------------------------------------------------- */

static void add_now(struct scene *s)
{
    NDIS_HANDLE handle;
    AS_CLIENT((void)NdisClAddParty(s->vc[0].handle, s, &Client.call, &handle));
}

static void add_and_drop(struct scene *s)
{
    call_begin_with(s, 2);
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(CL_ADD_NOT_MULTIPOINT)
{
    act_call(s);
    add_now(s);
    act_hang_up(s);
}

ALMOST(CL_ADD_NOT_MULTIPOINT)
{
    add_and_drop(s);
}

MISTAKE(CL_ADD_NOT_CONNECTED)
{
    act_create_vc(s);
    add_now(s);
    act_delete_vc(s);
}

ALMOST(CL_ADD_NOT_CONNECTED)
{
    add_and_drop(s);
}

MISTAKE(CL_DROP_LAST_PARTY)
{
    call_begin_with(s, 1);
    AS_CLIENT((void)NdisClDropParty(s->party[0].handle, NULL, 0));
    call_end_with(s, 0);
}

ALMOST(CL_DROP_LAST_PARTY)
{
    call_begin_with(s, 2);
    call_drop(s, 0); /* the first one, but not the last */
    call_end_with(s, 1);
}

/* A call that was told of its end, and whose party is dropped while the client closes it. */
static void begin_party_close(struct scene *s)
{
    call_begin_with(s, 1);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
}

static void end_party_close(struct scene *s)
{
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = AT_ONCE});
    act_delete_vc(s);
}

MISTAKE(CL_CLOSE_LAST_PARTY)
{
    call_begin_with(s, 2);
    AS_CLIENT((void)NdisClCloseCall(s->vc[0].handle, s->party[0].handle, NULL, 0));
    call_drop(s, 1);
    call_end_with(s, 0);
}

ALMOST(CL_CLOSE_LAST_PARTY)
{
    add_and_drop(s);
}

MISTAKE(CL_CLOSE_NEEDS_PARTY)
{
    call_begin_with(s, 1);
    AS_CLIENT((void)NdisClCloseCall(s->vc[0].handle, NULL, NULL, 0));
    call_end_with(s, 0);
}

ALMOST(CL_CLOSE_NEEDS_PARTY)
{
    act_call(s);
    act_hang_up(s); /* point-to-point: there NULL is right */
}

static void close_point_call(struct scene *s, bool with_party)
{
    call_begin_with(s, 1);
    AS_CLIENT((void)ClientCreateVc(&s->vc[1]));
    AS_CLIENT((void)ClientMakeCall(&s->vc[1], NULL));
    scene_settle(s);
    if (with_party)
        AS_CLIENT((void)NdisClCloseCall(s->vc[1].handle, s->party[0].handle, NULL, 0));
    AS_CLIENT((void)ClientCloseCall(&s->vc[1], NULL, NULL, 0));
    scene_settle(s);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[1]));
    call_end_with(s, 0);
}

/* ---- C88, C89: leaves that leave --------------------------------------------------------- */

static void leave(struct scene *s, uint32_t index)
{
    AS_CM(Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, s->party[index].handle, NULL, 0));
    scene_settle(s);
}

MISTAKE(CL_INCOMING_DROP_UNANSWERED)
{
    call_begin_with(s, 2);
    leave(s, 1);
    AS_CLIENT((void)NdisClCloseCall(s->vc[0].handle, s->party[0].handle, NULL, 0));
    call_drop(s, 1);
    call_end_with(s, 0);
}

ALMOST(CL_INCOMING_DROP_UNANSWERED)
{
    call_begin_with(s, 2);
    leave(s, 1);
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(CM_INCOMING_DROP_LAST)
{
    call_begin_with(s, 1);
    leave(s, 0);
    call_end_with(s, 0);
}

ALMOST(CM_INCOMING_DROP_LAST)
{
    call_begin_with(s, 1);
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, 0));
    scene_settle(s);
    call_end_with(s, 0);
}

MISTAKE(CM_INCOMING_DROP_TWICE)
{
    call_begin_with(s, 3);
    leave(s, 1);
    leave(s, 1);
    call_drop(s, 1);
    call_drop(s, 2);
    call_end_with(s, 0);
}

ALMOST(CM_INCOMING_DROP_TWICE)
{
    call_begin_with(s, 3);
    leave(s, 1);
    leave(s, 2);
    call_drop(s, 1);
    call_drop(s, 2);
    call_end_with(s, 0);
}

static void add_by_hand(struct scene *s, void (*act)(struct scene *), NDIS_STATUS outcome)
{
    call_begin_with(s, 1);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
    scene_settle(s);
    if (act)
        act(s);
    finish_cm(ASK_ADD_PARTY, outcome);
    if (outcome == NDIS_STATUS_SUCCESS)
        call_drop(s, 1);
    call_end_with(s, 0);
}

static void leave_one(struct scene *s)
{
    leave(s, 1);
}

static void drop_one(struct scene *s)
{
    AS_CLIENT((void)NdisClDropParty(s->party[1].handle, NULL, 0));
}

MISTAKE(CM_INCOMING_DROP_ADDING)
{
    add_by_hand(s, leave_one, NDIS_STATUS_SUCCESS);
}

ALMOST(CM_INCOMING_DROP_ADDING)
{
    add_by_hand(s, NULL, NDIS_STATUS_FAILURE);
}

/* ---- C91, C92: one thing at a time ------------------------------------------------------- */

static void close_with_party_of(struct scene *s, bool other)
{
    call_begin_with(s, 1);
    AS_CLIENT((void)ClientCreateVc(&s->vc[1]));
    AS_CLIENT((void)ClientMakeCall(&s->vc[1], &s->party[1]));
    scene_settle(s);
    if (other)
        AS_CLIENT((void)NdisClCloseCall(s->vc[0].handle, s->party[1].handle, NULL, 0));
    AS_CLIENT((void)ClientCloseCall(&s->vc[1], &s->party[1], NULL, 0));
    scene_settle(s);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[1]));
    call_end_with(s, 0);
}

static void drop_by_hand(struct scene *s, bool twice)
{
    call_begin_with(s, 3);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    if (twice)
        drop_one(s);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 2);
    call_end_with(s, 0);
}

MISTAKE(PARTY_DROP_ADDING)
{
    add_by_hand(s, drop_one, NDIS_STATUS_SUCCESS);
}

ALMOST(PARTY_DROP_ADDING)
{
    add_by_hand(s, NULL, NDIS_STATUS_SUCCESS);
}

MISTAKE(CL_ADD_WHILE_CLOSING)
{
    begin_party_close(s);
    add_now(s);
    end_party_close(s);
}

ALMOST(CL_ADD_WHILE_CLOSING)
{
    add_and_drop(s);
}

MISTAKE(CL_DROP_WHILE_CLOSING)
{
    begin_party_close(s);
    AS_CLIENT((void)NdisClDropParty(s->party[0].handle, NULL, 0));
    end_party_close(s);
}

ALMOST(CL_DROP_WHILE_CLOSING)
{
    add_and_drop(s);
}

/* ---- C93 to C95: close data -------------------------------------------------------------- */

static UCHAR bye[] = {'b', 'y', 'e'};

MISTAKE(CLOSE_DATA_SIZE)
{
    call_begin_with(s, 2);
    AS_CLIENT((void)NdisClDropParty(s->party[1].handle, bye, 0));
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void drop_with_data(struct scene *s, bool change)
{
    bye[0] = 'b';
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], bye, sizeof(bye)));
    scene_settle(s);
    if (change)
        bye[0] = 'd';
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    bye[0] = 'd'; /* now it may */
    call_end_with(s, 0);
}

ALMOST(CLOSE_DATA_SIZE)
{
    drop_with_data(s, false);
}

const struct broken_row broken_party[] = {
    ROW(CL_ADD_NOT_MULTIPOINT, BOTH),
    ROW(CL_ADD_NOT_CONNECTED, BOTH),
    ROW(CL_DROP_LAST_PARTY, BOTH),
    NOT_SEEN(CL_DROP_NOT_CONNECTED),
    ROW(CL_CLOSE_LAST_PARTY, BOTH),
    ROW(CL_CLOSE_NEEDS_PARTY, BOTH),
    PLAY(CL_CLOSE_POINT_PARTY, BOTH, close_point_call, true),
    NOT_SEEN(CL_PARTY_COUNT),
    ROW(CL_INCOMING_DROP_UNANSWERED, BOTH),
    ROW(CM_INCOMING_DROP_LAST, BOTH),
    ROW(CM_INCOMING_DROP_TWICE, BOTH),
    ROW(CM_INCOMING_DROP_ADDING, BOTH),
    NOT_SEEN(CM_CLOSE_MANY_PARTIES),
    PLAY(PARTY_NOT_ON_VC, BOTH, close_with_party_of, true),
    PLAY(PARTY_DROP_TWICE, BOTH, drop_by_hand, true),
    ROW(PARTY_DROP_ADDING, BOTH),
    ROW(CL_ADD_WHILE_CLOSING, BOTH),
    ROW(CL_DROP_WHILE_CLOSING, BOTH),
    ROW(CLOSE_DATA_SIZE, BOTH),
    PLAY(CLOSE_DATA_CHANGED, BOTH, drop_with_data, true, .verifier_only = true),
    NOT_SEEN(CM_CLOSE_DATA_LOST),
    END_OF_TABLE,
};
