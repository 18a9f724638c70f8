/* SPDX-License-Identifier: MIT */
/* C14 to C20: what completions name, and the contexts that come with them: the mistakes. */
#include "acts.h"

/* ---- C14: binds and unbinds -------------------------------------------------------------- */

/* Completes the bind or unbind inside its callback, however NDIS answered: so that it is the
 * completion that counts. */
static NDIS_STATUS complete_inside(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_PENDING)
        return Status; /* cl_opened and cl_closed_adapter complete it */
    if (Moment == AT_CLIENT_BIND)
        NdisCompleteBindAdapterEx(What, Status);
    else if (Moment == AT_CLIENT_UNBIND)
        NdisCompleteUnbindAdapterEx(What);
    else
        return Status;
    return NDIS_STATUS_PENDING;
}

static NDIS_STATUS bind_twice(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_OFFERED)
        NdisCompleteBindAdapterEx(Client.bind_context, NDIS_STATUS_SUCCESS);
    return complete_inside(Moment, What, Status);
}

static void load_with(struct scene *s, NDIS_STATUS (*hook)(enum moment, PVOID, NDIS_STATUS))
{
    ActorHook = hook;
    scene_load(s);
}

MISTAKE(BIND_COMPLETE_ONCE)
{
    load_with(s, bind_twice);
}

ALMOST(BIND_COMPLETE_ONCE)
{
    load_with(s, complete_inside);
}

static NDIS_STATUS bind_completed_in_unbind(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_UNBINDING)
        NdisCompleteBindAdapterEx(What, NDIS_STATUS_SUCCESS);
    return Status;
}

MISTAKE(BIND_COMPLETE_UNASKED)
{
    load_with(s, bind_completed_in_unbind);
}

ALMOST(BIND_COMPLETE_UNASKED)
{
    load_with(s, complete_inside);
}

static NDIS_STATUS unbind_completed_in_bind(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_BINDING)
        NdisCompleteUnbindAdapterEx(What);
    return Status;
}

MISTAKE(UNBIND_COMPLETE_UNASKED)
{
    load_with(s, unbind_completed_in_bind);
}

ALMOST(UNBIND_COMPLETE_UNASKED)
{
    load_with(s, complete_inside);
}

static NDIS_STATUS unbind_twice(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_UNLOAD)
        NdisCompleteUnbindAdapterEx(Client.unbind_context);
    return complete_inside(Moment, What, Status);
}

MISTAKE(UNBIND_COMPLETE_ONCE)
{
    load_with(s, unbind_twice);
}

ALMOST(UNBIND_COMPLETE_ONCE)
{
    load_with(s, complete_inside);
}

static NDIS_STATUS reuse_unbind_context(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_UNLOAD)
        NdisCompleteBindAdapterEx(Client.unbind_context, NDIS_STATUS_SUCCESS);
    return complete_inside(Moment, What, Status);
}

MISTAKE(UNBIND_CONTEXT_REUSED)
{
    load_with(s, reuse_unbind_context);
}

ALMOST(UNBIND_CONTEXT_REUSED)
{
    load_with(s, complete_inside);
}

/* ---- C15: of whom and on what ------------------------------------------------------------ */

MISTAKE(PEND_UNASKED)
{
    call_begin_with(s, 2);
    AS_CM(Cm.edge->DropPartyComplete(NDIS_STATUS_SUCCESS, s->party[1].handle));
    call_drop(s, 1);
    call_end_with(s, 0);
}

ALMOST(PEND_UNASKED)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    call_end_with(s, 0);
}

/* Two multipoint calls; the first one's close is completed with a party of one of them. */
static void close_with(struct scene *s, bool right)
{
    call_begin_with(s, 1);
    AS_CLIENT((void)ClientCreateVc(&s->vc[1]));
    AS_CLIENT((void)ClientMakeCall(&s->vc[1], &s->party[1]));
    scene_settle(s);
    struct ticket *ticket;
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    AS_CM(ticket = DeskNext(&Cm.desk, ASK_CLOSE_CALL));
    if (!right)
        ticket->party_handle = s->party[1].handle;
    AS_CM(DeskFinish(ticket, NDIS_STATUS_SUCCESS));
    act_delete_vc(s);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = AT_ONCE});
    AS_CLIENT((void)ClientCloseCall(&s->vc[1], &s->party[1], NULL, 0));
    scene_settle(s);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[1]));
}

MISTAKE(COMPLETE_FOREIGN)
{
    act_pend_oid(AT_CM_OID);
    (void)act_ask_call_manager(s);
    AS_CLIENT(NdisCoOidRequestComplete(Client.af, NULL, NULL, &act_request, NDIS_STATUS_SUCCESS));
    act_answer_as_call_manager(s, NDIS_STATUS_SUCCESS);
}

ALMOST(COMPLETE_FOREIGN)
{
    act_pend_oid(AT_CM_OID);
    (void)act_ask_call_manager(s);
    act_answer_as_call_manager(s, NDIS_STATUS_SUCCESS);
}

/* ---- C16 to C18: contexts ---------------------------------------------------------------- */

static void reopen_by_hand(struct scene *s)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    plan_cm(ASK_OPEN_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
}

/* Completes what waits with success, with the actor's context or without. */
static void finish_with_context(struct scene *s, enum ask ask, BOOLEAN with)
{
    struct ticket *ticket;
    scene_settle(s);
    AS_CM(ticket = DeskNext(&Cm.desk, ask));
    ticket->plan.no_context = !with; /* the handler gave it already */
    AS_CM(DeskFinish(ticket, NDIS_STATUS_SUCCESS));
    scene_settle(s);
}

static void add_with_context(struct scene *s, bool with)
{
    call_begin_with(s, 1);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
    finish_with_context(s, ASK_ADD_PARTY, with);
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void point_call(struct scene *s, PVOID context)
{
    struct ticket *ticket;
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    act_create_vc(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    AS_CM(ticket = DeskNext(&Cm.desk, ASK_MAKE_CALL));
    AS_CM(Cm.edge->MakeCallComplete(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, context,
                                    &Client.call));
    AS_CM(ActorFree(ticket));
    act_hang_up(s);
}

MISTAKE(CM_POINT_CALL_HAS_NO_PARTY)
{
    point_call(s, &Cm);
}

ALMOST(CM_POINT_CALL_HAS_NO_PARTY)
{
    point_call(s, NULL);
}

MISTAKE(CM_OPEN_AF_NEEDS_CONTEXT)
{
    reopen_by_hand(s);
    finish_with_context(s, ASK_OPEN_AF, FALSE);
}

ALMOST(CM_OPEN_AF_NEEDS_CONTEXT)
{
    reopen_by_hand(s);
    finish_with_context(s, ASK_OPEN_AF, TRUE);
}

static void register_with_context(struct scene *s, bool with)
{
    plan_cm(ASK_REGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    finish_with_context(s, ASK_REGISTER_SAP, with);
    act_deafen(s);
}

static void reopen(struct scene *s, struct plan plan)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    plan_cm(ASK_OPEN_AF, plan);
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
}

MISTAKE(CM_OPEN_AF_CONTEXT_UNSET)
{
    reopen(s, (struct plan){.how = AT_ONCE, .no_context = TRUE});
}

ALMOST(CM_OPEN_AF_CONTEXT_UNSET)
{
    reopen(s, (struct plan){.how = FROM_THREAD, .late_context = TRUE});
}

static void register_as(struct scene *s, struct plan plan)
{
    plan_cm(ASK_REGISTER_SAP, plan);
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    act_deafen(s);
}

MISTAKE(CM_REGISTER_SAP_CONTEXT_UNSET)
{
    register_as(s, (struct plan){.how = AT_ONCE, .no_context = TRUE});
}

ALMOST(CM_REGISTER_SAP_CONTEXT_UNSET)
{
    register_as(s, (struct plan){.how = FROM_THREAD, .late_context = TRUE});
}

static void add_as(struct scene *s, struct plan plan)
{
    call_begin_with(s, 1);
    plan_cm(ASK_ADD_PARTY, plan);
    call_add(s, 1);
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(CM_ADD_PARTY_CONTEXT_UNSET)
{
    add_as(s, (struct plan){.how = AT_ONCE, .no_context = TRUE});
}

ALMOST(CM_ADD_PARTY_CONTEXT_UNSET)
{
    add_as(s, (struct plan){.how = FROM_DPC, .late_context = TRUE});
}

MISTAKE(CM_MAKE_CALL_CONTEXT_UNSET)
{
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = AT_ONCE, .no_context = TRUE});
    call_begin_with(s, 1);
    call_end_with(s, 0);
    AS_CM(ActorFree(Cm.party)); /* its close came without the context */
}

ALMOST(CM_MAKE_CALL_CONTEXT_UNSET)
{
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = FROM_WORK, .late_context = TRUE});
    call_begin_with(s, 1);
    call_end_with(s, 0);
}

static void create_incoming(struct scene *s, bool no_context)
{
    Client.no_vc_context = no_context;
    struct cm_vc *vc = act_listen(s);
    act_stop(s, vc);
}

static NDIS_STATUS forget_context(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_MINI_CREATE_VC) {
        ActorFree(*(struct wire_vc **)What);
        *(struct wire_vc **)What = NULL;
    }
    return Status;
}

static NDIS_STATUS refuse_without_context(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment != AT_MINI_CREATE_VC)
        return Status;
    InterlockedDecrement(&Mini.vc_count);
    (void)forget_context(Moment, What, Status);
    return NDIS_STATUS_RESOURCES;
}

MISTAKE(MINIPORT_CREATE_VC_CONTEXT_UNSET)
{
    ActorHook = forget_context;
    act_create_vc(s);
    act_delete_vc(s);
}

ALMOST(MINIPORT_CREATE_VC_CONTEXT_UNSET)
{
    NDIS_STATUS status;
    ActorHook = refuse_without_context;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_RESOURCES);
}

/* ---- C19, C20: OID requests -------------------------------------------------------------- */

MISTAKE(OID_COMPLETE_ONCE)
{
    act_pend_oid(AT_CM_OID);
    (void)act_ask_call_manager(s);
    act_answer_as_call_manager(s, NDIS_STATUS_SUCCESS);
    act_answer_as_call_manager(s, NDIS_STATUS_SUCCESS);
}

ALMOST(OID_COMPLETE_ONCE)
{
    act_pend_oid(AT_CM_OID);
    for (int i = 0; i < 2; i++) { /* the same memory, asked with twice */
        (void)act_ask_call_manager(s);
        act_answer_as_call_manager(s, NDIS_STATUS_FAILURE);
    }
}

MISTAKE(OID_COMPLETE_WRONG_FAMILY)
{
    act_pend_oid(AT_CM_OID);
    (void)act_ask_call_manager(s);
    if (s->kind.mcm)
        AS_CM(NdisCoOidRequestComplete(Client.af, NULL, NULL, &act_request, NDIS_STATUS_SUCCESS));
    else
        AS_CM(NdisMCmOidRequestComplete(Client.af, NULL, NULL, &act_request, NDIS_STATUS_SUCCESS));
}

ALMOST(OID_COMPLETE_WRONG_FAMILY)
{
    act_pend_oid(AT_MINI_CO_OID); /* an MCM has both callbacks, each with its own completion */
    (void)act_ask_miniport(s);
    act_answer_as_miniport(s, NDIS_STATUS_SUCCESS);
    act_pend_oid(AT_CM_OID);
    (void)act_ask_call_manager(s);
    act_answer_as_call_manager(s, NDIS_STATUS_SUCCESS);
}

MISTAKE(OID_COMPLETE_ARGUMENTS)
{
    act_create_vc(s);
    act_pend_oid(AT_MINI_CO_OID);
    (void)act_ask_miniport(s); /* of the whole adapter */
    AS_MINI(NdisMCoOidRequestComplete(Mini.adapter, s->vc[0].handle, &act_request,
                                      NDIS_STATUS_SUCCESS));
    act_delete_vc(s);
}

ALMOST(OID_COMPLETE_ARGUMENTS)
{
    act_create_vc(s);
    act_pend_oid(AT_MINI_CO_OID);
    (void)act_ask_miniport(s);
    act_answer_as_miniport(s, NDIS_STATUS_SUCCESS);
    act_delete_vc(s);
}

static NDIS_STATUS answer_for_good(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    return Moment == AT_MINI_CO_OID ? NDIS_STATUS_SUCCESS : Status;
}

MISTAKE(OID_COMPLETE_AFTER_FINAL)
{
    ActorHook = answer_for_good;
    (void)act_ask_miniport(s);
    act_answer_as_miniport(s, NDIS_STATUS_SUCCESS);
}

ALMOST(OID_COMPLETE_AFTER_FINAL)
{
    ActorHook = answer_for_good;
    (void)act_ask_miniport(s);
    act_pend_oid(AT_MINI_CO_OID);
    (void)act_ask_miniport(s);
    act_answer_as_miniport(s, NDIS_STATUS_SUCCESS);
}

const struct broken_row broken_context[] = {
    ROW(BIND_COMPLETE_ONCE, EITHER, .stage = STAGE_EMPTY),
    ROW(BIND_COMPLETE_UNASKED, EITHER, .stage = STAGE_EMPTY),
    ROW(UNBIND_COMPLETE_ONCE, EITHER, .stage = STAGE_EMPTY),
    ROW(UNBIND_COMPLETE_UNASKED, EITHER, .stage = STAGE_EMPTY),
    ROW(UNBIND_CONTEXT_REUSED, EITHER, .stage = STAGE_EMPTY),
    ROW(PEND_UNASKED, BOTH),
    PLAY(COMPLETE_WRONG_HANDLE, BOTH, close_with, false),
    ROW(COMPLETE_FOREIGN, BOTH),
    PLAY(CM_MULTIPOINT_NEEDS_CONTEXT, BOTH, add_with_context, false),
    ROW(CM_POINT_CALL_HAS_NO_PARTY, BOTH),
    ROW(CM_OPEN_AF_NEEDS_CONTEXT, BOTH),
    PLAY(CM_REGISTER_SAP_NEEDS_CONTEXT, BOTH, register_with_context, false),
    ROW(CM_OPEN_AF_CONTEXT_UNSET, BOTH),
    ROW(CM_REGISTER_SAP_CONTEXT_UNSET, BOTH),
    ROW(CM_ADD_PARTY_CONTEXT_UNSET, BOTH),
    ROW(CM_MAKE_CALL_CONTEXT_UNSET, BOTH),
    PLAY(CO_CREATE_VC_CONTEXT_UNSET, BOTH, create_incoming, true),
    ROW(MINIPORT_CREATE_VC_CONTEXT_UNSET, STAND_ALONE),
    ROW(OID_COMPLETE_ONCE, BOTH),
    ROW(OID_COMPLETE_WRONG_FAMILY, BOTH),
    ROW(OID_COMPLETE_ARGUMENTS, BOTH),
    ROW(OID_COMPLETE_AFTER_FINAL, BOTH),
    END_OF_TABLE,
};
