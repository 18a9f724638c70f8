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

/* ---- C129 -------------------------------------------------------------------------------- */

/* How MiniportCoOidRequest answers a client whose device is gone: once at once, once later. */
static NDIS_STATUS at_once, later;
static BOOLEAN pends;

static NDIS_STATUS ask_when_gone(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_MINI_CO_OID)
        return pends ? NDIS_STATUS_PENDING : at_once;
    if (Moment != AT_CLIENT_UNBINDING)
        return Status;
    act_fill_oid(&act_request, NULL, 0);
    pends = FALSE;
    (void)NdisCoOidRequest(Client.binding, NULL, NULL, NULL, &act_request);
    pends = TRUE;
    (void)NdisCoOidRequest(Client.binding, NULL, NULL, NULL, &act_request);
    AS_MINI(NdisMCoOidRequestComplete(Mini.adapter, NULL, &act_request, later));
    return Status;
}

static void pull_out(struct scene *s, NDIS_STATUS first, NDIS_STATUS second)
{
    at_once = first;
    later = second;
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    ActorHook = ask_when_gone;
    scene_remove(s);
}

MISTAKE(OID_AFTER_REMOVAL)
{
    pull_out(s, NDIS_STATUS_NOT_SUPPORTED, NDIS_STATUS_SUCCESS);
}

ALMOST(OID_AFTER_REMOVAL)
{
    pull_out(s, NDIS_STATUS_NOT_ACCEPTED, NDIS_STATUS_NOT_ACCEPTED);
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

const struct broken_row broken_limits[] = {
    ROW(RENEGOTIATION_UNBOUNDED, BOTH),
    NOT_SEEN(OID_CONCURRENT),
    ROW(OID_AFTER_REMOVAL, BOTH, .count = 2),
    PLAY(NETCARD_TIME_PENDED, BOTH, ask_for_time, true),
    END_OF_TABLE,
};
