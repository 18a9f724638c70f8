/* SPDX-License-Identifier: MIT */
/* C96 to C109: closing AFs and SAPs, contexts that are kept: the mistakes. */
#include "acts.h"
#include "rival.h"

/* ---- C96, C97: closing an address family ------------------------------------------------- */

static void close_now(void)
{
    AS_CLIENT((void)NdisClCloseAddressFamily(Client.af));
}

MISTAKE(CL_CLOSE_AF_CALLS)
{
    act_call(s);
    close_now();
    act_hang_up(s);
}

ALMOST(CL_CLOSE_AF_CALLS)
{
    act_call(s);
    act_hang_up(s);
}

MISTAKE(CL_CLOSE_AF_VCS)
{
    act_create_vc(s);
    close_now();
    act_delete_vc(s);
}

ALMOST(CL_CLOSE_AF_VCS)
{
    act_create_vc(s);
    act_delete_vc(s);
}

MISTAKE(CL_CLOSE_AF_SAPS)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    close_now();
    act_deafen(s);
}

static void register_and_deafen(struct scene *s)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    act_deafen(s);
}

ALMOST(CL_CLOSE_AF_SAPS)
{
    register_and_deafen(s);
}

/* The client closes; the call manager pends while something is done. */
static void while_closing(struct scene *s, void (*act)(struct scene *))
{
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    if (act)
        act(s);
    finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
}

static void close_again(struct scene *s)
{
    UNREFERENCED_PARAMETER(s);
    close_now();
}

MISTAKE(CL_CLOSE_AF_TWICE)
{
    while_closing(s, close_again);
}

ALMOST(CL_CLOSE_AF_TWICE)
{
    while_closing(s, NULL);
}

/* ---- C98, C99 ---------------------------------------------------------------------------- */

static void notify_and(struct scene *s, bool answer)
{
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM((void)Cm.edge->NotifyCloseAf(Client.af));
    if (!answer) {
        act_wait_in_unbind(s);
        return;
    }
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
}

/* ---- C100 -------------------------------------------------------------------------------- */

static void deregister_by_hand(struct scene *s, bool twice)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
    if (twice)
        AS_CLIENT((void)NdisClDeregisterSap(s->sap.handle));
    finish_cm(ASK_DEREGISTER_SAP, NDIS_STATUS_SUCCESS);
}

static void register_by_hand(struct scene *s, bool deregister)
{
    plan_cm(ASK_REGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    if (deregister)
        AS_CLIENT((void)NdisClDeregisterSap(s->sap.handle));
    finish_cm(ASK_REGISTER_SAP, NDIS_STATUS_SUCCESS);
    act_deafen(s);
}

/* ---- C101 -------------------------------------------------------------------------------- */

/* A client has a SAP and another asks for the same. */
static void register_same(struct scene *s, bool refuse)
{
    rival_load(s);
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    if (refuse)
        plan_cm(ASK_REGISTER_SAP,
                (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_INVALID_DATA});
    NDIS_STATUS status = rival_register(s);
    assert_int_equal(status, refuse ? NDIS_STATUS_INVALID_DATA : NDIS_STATUS_SUCCESS);
    act_deafen(s);
    if (!refuse)
        rival_deregister(s);
    rival_unload(s);
}

MISTAKE(CM_SAP_TAKEN)
{
    register_same(s, false);
}

/* And then that one gets it, when the first has let go of it; the first has two of its own. */
ALMOST(CM_SAP_TAKEN)
{
    struct client_sap again = s->sap;
    register_same(s, true);
    plan_cm(ASK_REGISTER_SAP, (struct plan){.how = AT_ONCE});
    rival_load(s);
    assert_int_equal(rival_register(s), NDIS_STATUS_SUCCESS);
    rival_deregister(s);
    rival_unload(s);
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    AS_CLIENT((void)ClientRegisterSap(&again));
    scene_settle(s);
    AS_CLIENT((void)ClientDeregisterSap(&again));
    act_deafen(s);
}

/* ---- C102: notices ----------------------------------------------------------------------- */

static void reopen_by_hand(struct scene *s, bool notify)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    plan_cm(ASK_OPEN_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    if (notify)
        AS_CM((void)Cm.edge->NotifyCloseAf(Client.af));
    finish_cm(ASK_OPEN_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
}

static void notify_times(struct scene *s, int times)
{
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    for (int i = 0; i < times; i++)
        AS_CM((void)Cm.edge->NotifyCloseAf(Client.af));
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
}

MISTAKE(CM_NOTIFY_CLOSE_TWICE)
{
    notify_times(s, 2);
}

ALMOST(CM_NOTIFY_CLOSE_TWICE)
{
    notify_times(s, 1);
}

/* ---- C105 -------------------------------------------------------------------------------- */

static void register_now(struct scene *s)
{
    NDIS_HANDLE handle = NULL;
    AS_CLIENT((void)NdisClRegisterSap(Client.af, s, &s->sap.address, &handle));
}

MISTAKE(REGISTER_SAP_CLOSING)
{
    while_closing(s, register_now);
}

ALMOST(REGISTER_SAP_CLOSING)
{
    register_and_deafen(s);
}

/* ---- C99, C103, C109 --------------------------------------------------------------------- */

/* The client closes its AF while a VC of the call manager's is there, or after it. */
static void close_with_vc(struct scene *s, bool first)
{
    struct cm_vc *vc = act_listen(s);
    act_deafen(s);
    if (first)
        act_drop_vc(s, vc);
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    if (!first)
        act_drop_vc(s, vc);
}

static void reopen(struct scene *s)
{
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
}

/* The client closes its AF while the call manager has a request of it, or it has one of the call
 * manager's. `first`: that is done when the call manager lets the AF go; else the client has opened
 * the AF anew before. */
static void close_with_oid(struct scene *s, enum moment pended_at, bool first)
{
    const NDIS_HANDLE af = Client.af;
    bool of_client = pended_at == AT_CM_OID;
    act_pend_oid(pended_at);
    NDIS_STATUS status = of_client ? act_ask_call_manager(s) : act_ask_client(s);
    assert_int_equal(status, NDIS_STATUS_PENDING);
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = first ? BY_HAND : AT_ONCE});
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    if (!first)
        reopen(s);
    if (!of_client)
        AS_CLIENT(NdisCoOidRequestComplete(af, NULL, NULL, &act_request, NDIS_STATUS_SUCCESS));
    else if (s->kind.mcm)
        AS_CM(NdisMCmOidRequestComplete(af, NULL, NULL, &act_request, NDIS_STATUS_SUCCESS));
    else
        AS_CM(NdisCoOidRequestComplete(af, NULL, NULL, &act_request, NDIS_STATUS_SUCCESS));
    scene_settle(s);
    if (first) {
        finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
        reopen(s);
    }
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = AT_ONCE});
}

static void close_with_each(struct scene *s, bool first)
{
    close_with_oid(s, AT_CM_OID, first);
    close_with_oid(s, AT_CLIENT_OID, first);
    close_with_vc(s, first);
}

/* Drops a party, deregisters a SAP, closes the AF: the call manager keeps the context of one. */
static void end_each(struct scene *s, enum ask ask)
{
    plan_cm(ask, (struct plan){.how = FROM_DPC, .leak = TRUE});
    register_and_deafen(s);
    call_begin_with(s, 2);
    call_drop(s, 1);
    call_end_with(s, 0);
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
}

/* The same, and it frees what it kept in the last moment: when it is unloaded. */
static enum moment unload;

static NDIS_STATUS free_kept(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == unload)
        ActorFree(Cm.kept);
    return Status;
}

static void free_late(struct scene *s)
{
    unload = s->kind.mcm ? AT_MINI_UNLOAD : AT_CM_UNLOAD;
    ActorHook = free_kept;
}

static void end_each_late(struct scene *s, enum ask ask)
{
    end_each(s, ask);
    Cm.af_count = 0;
    free_late(s);
}

MISTAKE(CM_PARTY_CONTEXT_LEAKED)
{
    end_each(s, ASK_DROP_PARTY);
}

ALMOST(CM_PARTY_CONTEXT_LEAKED)
{
    end_each_late(s, ASK_DROP_PARTY);
}

MISTAKE(CM_SAP_CONTEXT_LEAKED)
{
    end_each(s, ASK_DEREGISTER_SAP);
}

ALMOST(CM_SAP_CONTEXT_LEAKED)
{
    end_each_late(s, ASK_DEREGISTER_SAP);
}

MISTAKE(CM_AF_CONTEXT_LEAKED)
{
    end_each(s, ASK_CLOSE_AF);
}

ALMOST(CM_AF_CONTEXT_LEAKED)
{
    end_each_late(s, ASK_CLOSE_AF);
}

static void keep_vc_context(struct scene *s, BOOLEAN by_cm, BOOLEAN by_miniport)
{
    act_create_vc(s);
    Cm.leaks_vc = by_cm;
    Mini.leaks_vc = by_miniport;
    act_delete_vc(s);
}

MISTAKE(CO_VC_CONTEXT_LEAKED)
{
    keep_vc_context(s, TRUE, FALSE);
}

ALMOST(CO_VC_CONTEXT_LEAKED)
{
    keep_vc_context(s, TRUE, FALSE);
    Cm.vc_count = 0;
    free_late(s);
}

static NDIS_STATUS free_kept_by_miniport(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_MINI_UNLOAD)
        ActorFree(Mini.kept);
    return Status;
}

MISTAKE(MINIPORT_VC_CONTEXT_LEAKED)
{
    keep_vc_context(s, FALSE, TRUE);
}

ALMOST(MINIPORT_VC_CONTEXT_LEAKED)
{
    keep_vc_context(s, FALSE, TRUE);
    ActorHook = free_kept_by_miniport;
}

/* ---- C106 -------------------------------------------------------------------------------- */

static NDIS_OID_REQUEST change;

static NDIS_STATUS take_change(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    bool mine = (Moment == AT_CLIENT_OID && What == &change) || Moment == AT_CM_OID;
    return mine ? NDIS_STATUS_SUCCESS : Status;
}

/* The call manager tells the client that its addresses have changed. */
static void tell_change(struct scene *s)
{
    NDIS_STATUS status;
    change = (NDIS_OID_REQUEST){
        .Header = {NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_1,
                   NDIS_SIZEOF_OID_REQUEST_REVISION_1},
        .RequestType = NdisRequestSetInformation,
        .DATA.SET_INFORMATION.Oid = OID_CO_ADDRESS_CHANGE,
    };
    ActorHook = take_change;
    if (s->kind.mcm)
        AS_CM(status = NdisMCmOidRequest(Client.af, NULL, NULL, &change));
    else
        AS_CM(status = NdisCoOidRequest(Cm.binding, Client.af, NULL, NULL, &change));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

MISTAKE(ADDRESS_CHANGE_UNANSWERED)
{
    tell_change(s);
    act_oid = OID_CO_AF_CLOSE; /* another question is no answer */
    (void)act_ask_call_manager(s);
    act_oid = 0;
}

ALMOST(ADDRESS_CHANGE_UNANSWERED)
{
    tell_change(s);
    act_oid = OID_CO_GET_ADDRESSES;
    (void)act_ask_call_manager(s);
    act_oid = 0;
}

const struct broken_row broken_closing[] = {
    ROW(CL_CLOSE_AF_CALLS, BOTH),
    ROW(CL_CLOSE_AF_VCS, BOTH),
    ROW(CL_CLOSE_AF_SAPS, BOTH),
    ROW(CL_CLOSE_AF_TWICE, BOTH),
    NOT_SEEN(CL_CLOSE_AF_BLOCKS),
    NOT_SEEN(CL_NOTIFY_CLOSE_ORDER),
    PLAY(CL_NOTIFY_CLOSE_UNANSWERED, BOTH, notify_and, false),
    PLAY(CM_CLOSE_AF_OPEN_WORK, BOTH, close_with_each, false, .count = 3),
    PLAY(CL_DEREGISTER_SAP_TWICE, BOTH, deregister_by_hand, true),
    PLAY(CL_DEREGISTER_SAP_REGISTERING, BOTH, register_by_hand, true),
    ROW(CM_SAP_TAKEN, BOTH, .verifier_only = true),
    PLAY(CM_NOTIFY_CLOSE_OPENING, BOTH, reopen_by_hand, true),
    ROW(CM_NOTIFY_CLOSE_TWICE, BOTH),
    ROW(REGISTER_SAP_CLOSING, BOTH),
    ROW(ADDRESS_CHANGE_UNANSWERED, BOTH),
    NOT_SEEN(AF_CLOSE_OID_ORDER),
    ROW(CM_PARTY_CONTEXT_LEAKED, BOTH),
    ROW(CM_SAP_CONTEXT_LEAKED, BOTH),
    ROW(CM_AF_CONTEXT_LEAKED, BOTH),
    ROW(CO_VC_CONTEXT_LEAKED, BOTH),
    ROW(MINIPORT_VC_CONTEXT_LEAKED, STAND_ALONE),
    END_OF_TABLE,
};
