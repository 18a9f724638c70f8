/* SPDX-License-Identifier: MIT */
/* C128 to C130: attempts that have a limit, and OID requests of a miniport: the mistakes. */
#include "acts.h"

enum { ATTEMPTS_MAX = 100 }; /* VC_ATTEMPTS_MAX of ndis/vc.h */

/* ---- C128 -------------------------------------------------------------------------------- */

/* The client changes what its call carries, or a stand-alone call manager activates its VC anew. */
static void attempt(struct scene *s, int times, NDIS_STATUS status)
{
    const struct plan plan = {.how = AT_ONCE, .status = status};
    plan_cm(ASK_MODIFY_QOS, plan);
    plan_mini(ASK_ACTIVATE, plan);
    for (int i = 0; i < times; i++) {
        if (s->kind.mcm)
            AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
        else
            AS_CM((void)Cm.edge->ActivateVc(s->vc[0].handle, &Client.call));
        scene_settle(s);
    }
}

MISTAKE(RENEGOTIATION_UNBOUNDED)
{
    act_call(s);
    attempt(s, ATTEMPTS_MAX + 4, NDIS_STATUS_INVALID_DATA);
    act_hang_up(s);
}

ALMOST(RENEGOTIATION_UNBOUNDED)
{
    act_call(s);
    attempt(s, ATTEMPTS_MAX - 1, NDIS_STATUS_INVALID_DATA);
    attempt(s, 1, NDIS_STATUS_SUCCESS);
    attempt(s, ATTEMPTS_MAX, NDIS_STATUS_INVALID_DATA);
    act_hang_up(s);
}

/* ---- C130 -------------------------------------------------------------------------------- */

static NDIS_STATUS pend_time(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    return Moment == AT_MINI_CO_OID ? NDIS_STATUS_PENDING : Status;
}

static void ask_for_time(struct scene *s, bool pend)
{
    if (pend)
        ActorHook = pend_time;
    act_oid = OID_GEN_CO_GET_NETCARD_TIME;
    (void)act_ask_miniport(s);
    act_oid = 0;
    if (pend)
        act_answer_as_miniport(s, NDIS_STATUS_SUCCESS);
}

MISTAKE(NETCARD_TIME_PENDED)
{
    ask_for_time(s, true);
}

ALMOST(NETCARD_TIME_PENDED)
{
    ask_for_time(s, false);
}

const struct broken_row broken_limits[] = {
    ROW(RENEGOTIATION_UNBOUNDED, BOTH),
    NOT_SEEN(OID_CONCURRENT),
    NOT_SEEN(OID_AFTER_REMOVAL),
    ROW(NETCARD_TIME_PENDED, BOTH),
    END_OF_TABLE,
};
