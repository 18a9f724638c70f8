/* SPDX-License-Identifier: MIT */
/* C1 to C13: pended requests and when they are completed: the mistakes. */
#include "acts.h"

/* ---- C1, C9: every request ends ---------------------------------------------------------- */

/* A request that the call manager pends and forgets. */
static void forget(struct scene *s, enum ask ask)
{
    plan_cm(ask, (struct plan){.how = BY_HAND});
    act_create_vc(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], &s->party[0]));
    scene_settle(s);
    if (ask == ASK_ADD_PARTY)
        AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
    scene_settle(s);
}

MISTAKE(PEND_NEVER_COMPLETED)
{
    forget(s, ASK_ADD_PARTY);
    act_wait_in_unbind(s);
}

ALMOST(PEND_NEVER_COMPLETED)
{
    forget(s, ASK_ADD_PARTY);
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_FAILURE);
    call_end_with(s, 0);
}

MISTAKE(CM_MAKE_CALL_NEVER_COMPLETED)
{
    forget(s, ASK_MAKE_CALL);
    act_wait_in_unbind(s);
}

ALMOST(CM_MAKE_CALL_NEVER_COMPLETED)
{
    forget(s, ASK_MAKE_CALL);
    AS_CM((void)Cm.edge->DeactivateVc(Cm.vc->wire.handle));
    scene_settle(s);
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_FAILURE);
    act_delete_vc(s);
}

/* ---- C2 to C4: a request ends once ------------------------------------------------------- */

static void drop_one(struct scene *s, struct plan plan)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, plan);
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(PEND_NOT_BOTH)
{
    drop_one(s, (struct plan){.how = BOTH_WAYS});
}

ALMOST(PEND_NOT_BOTH)
{
    drop_one(s, (struct plan){.how = EARLY});
}

MISTAKE(PEND_ONCE)
{
    drop_one(s, (struct plan){.how = TWICE});
}

ALMOST(PEND_ONCE)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_WORK, .status = NDIS_STATUS_FAILURE});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_WORK});
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(PEND_FINAL)
{
    drop_one(s, (struct plan){.how = PENDING_FIRST});
}

ALMOST(PEND_FINAL)
{
    drop_one(s, (struct plan){.how = FROM_DPC});
}

/* ---- C5: what cannot fail ---------------------------------------------------------------- */

static void close_af(struct scene *s, NDIS_STATUS status)
{
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = FROM_DPC, .status = status});
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    if (status != NDIS_STATUS_SUCCESS)
        Client.af_closed = 0; /* it is open still */
}

MISTAKE(CM_CLOSE_AF_COMPLETE_SUCCESS)
{
    close_af(s, NDIS_STATUS_FAILURE);
}

ALMOST(CM_CLOSE_AF_COMPLETE_SUCCESS)
{
    close_af(s, NDIS_STATUS_SUCCESS);
}

static void deregister(struct scene *s, enum how how, NDIS_STATUS status)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = how, .status = status});
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
    plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = AT_ONCE});
    if (status != NDIS_STATUS_SUCCESS)
        act_deafen(s);
}

MISTAKE(CM_DEREGISTER_SAP_COMPLETE_SUCCESS)
{
    deregister(s, FROM_DPC, NDIS_STATUS_FAILURE);
}

ALMOST(CM_DEREGISTER_SAP_COMPLETE_SUCCESS)
{
    deregister(s, FROM_DPC, NDIS_STATUS_SUCCESS);
}

/* ---- C6: what cannot pend ---------------------------------------------------------------- */

static void client_answers_create(struct scene *s, NDIS_STATUS status)
{
    struct cm_vc *vc;
    NDIS_STATUS created;
    Client.create_vc_status = status;
    AS_CM(created = CmCreateVc(&vc));
    scene_settle(s);
    assert_int_not_equal(created, NDIS_STATUS_SUCCESS);
}

MISTAKE(CO_CREATE_VC_PENDED)
{
    client_answers_create(s, NDIS_STATUS_PENDING);
}

ALMOST(CO_CREATE_VC_PENDED)
{
    client_answers_create(s, NDIS_STATUS_RESOURCES);
}

MISTAKE(CO_DELETE_VC_PENDED)
{
    act_create_vc(s);
    Cm.delete_vc_status = NDIS_STATUS_PENDING;
    AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
    AS_CM(ActorFree(Cm.vc)); /* later, as it meant to */
}

ALMOST(CO_DELETE_VC_PENDED)
{
    act_create_vc(s);
    Cm.delete_vc_status = NDIS_STATUS_NOT_ACCEPTED;
    AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
    Cm.delete_vc_status = NDIS_STATUS_SUCCESS;
    act_delete_vc(s);
}

static void miniport_answers_create(struct scene *s, NDIS_STATUS status)
{
    NDIS_STATUS created;
    Mini.create_vc_status = status;
    AS_CLIENT(created = ClientCreateVc(&s->vc[0]));
    assert_int_not_equal(created, NDIS_STATUS_SUCCESS);
}

MISTAKE(MINIPORT_CREATE_VC_PENDED)
{
    miniport_answers_create(s, NDIS_STATUS_PENDING);
}

ALMOST(MINIPORT_CREATE_VC_PENDED)
{
    miniport_answers_create(s, NDIS_STATUS_RESOURCES);
}

static NDIS_STATUS pend_deletion(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment != AT_MINI_DELETE_VC)
        return Status;
    ActorFree(What);
    return NDIS_STATUS_PENDING;
}

MISTAKE(MINIPORT_DELETE_VC_PENDED)
{
    act_create_vc(s);
    ActorHook = pend_deletion;
    act_delete_vc(s);
}

ALMOST(MINIPORT_DELETE_VC_PENDED)
{
    act_create_vc(s);
    plan_mini(ASK_DEACTIVATE, (struct plan){.how = FROM_WORK}); /* this one may */
    (void)act_activate(s);
    (void)act_deactivate(s);
    act_delete_vc(s);
}

/* ---- C10 to C13: before the time --------------------------------------------------------- */

static void reopen_by_hand(struct scene *s)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    plan_cm(ASK_OPEN_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
}

MISTAKE(CL_AF_NOT_OPEN_YET)
{
    NDIS_HANDLE handle = NULL;
    reopen_by_hand(s);
    AS_CLIENT((void)NdisCoCreateVc(Client.binding, Client.af, s, &handle));
    finish_cm(ASK_OPEN_AF, NDIS_STATUS_SUCCESS);
}

ALMOST(CL_AF_NOT_OPEN_YET)
{
    reopen_by_hand(s);
    finish_cm(ASK_OPEN_AF, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    act_create_vc(s);
    act_delete_vc(s);
}

static void answer_offer(struct scene *s, const struct cm_vc *vc)
{
    AS_CLIENT(NdisClIncomingCallComplete(NDIS_STATUS_FAILURE, Client.incoming_vc.handle,
                                         (PCO_CALL_PARAMETERS)(ULONG_PTR)&vc->call));
    scene_settle(s);
}

MISTAKE(CL_INCOMING_COMPLETE_UNASKED)
{
    struct cm_vc *vc = act_listen(s);
    answer_offer(s, vc);
    act_stop(s, vc);
}

ALMOST(CL_INCOMING_COMPLETE_UNASKED)
{
    struct cm_vc *vc = act_listen(s);
    plan_client(ASK_INCOMING_CALL, (struct plan){.how = BY_HAND});
    (void)act_offer(s, vc);
    finish_client(ASK_INCOMING_CALL, NDIS_STATUS_FAILURE);
    act_stop(s, vc);
}

static void answer_notice(void)
{
    AS_CLIENT(NdisClNotifyCloseAddressFamilyComplete(Client.af, NDIS_STATUS_SUCCESS));
}

MISTAKE(CL_NOTIFY_CLOSE_UNASKED)
{
    answer_notice();
}

/* The call manager asks; the client closes its AF and answers, in one order or the other. */
ALMOST(CL_NOTIFY_CLOSE_UNASKED)
{
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM((void)Cm.edge->NotifyCloseAf(Client.af));
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
}

MISTAKE(CL_NOTIFY_CLOSE_EARLY)
{
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM((void)Cm.edge->NotifyCloseAf(Client.af));
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
}

ALMOST(CL_NOTIFY_CLOSE_EARLY)
{
    almost_CL_NOTIFY_CLOSE_UNASKED(s);
}

MISTAKE(MCO_ACTIVATE_COMPLETE_UNASKED)
{
    act_create_vc(s);
    AS_MINI(NdisMCoActivateVcComplete(NDIS_STATUS_SUCCESS, s->vc[0].handle, &Client.call));
    act_delete_vc(s);
}

ALMOST(MCO_ACTIVATE_COMPLETE_UNASKED)
{
    act_create_vc(s);
    plan_mini(ASK_ACTIVATE, (struct plan){.how = EARLY});
    (void)act_activate(s);
    (void)act_deactivate(s);
    act_delete_vc(s);
}

MISTAKE(MCO_DEACTIVATE_COMPLETE_UNASKED)
{
    act_create_vc(s);
    (void)act_activate(s);
    AS_MINI(NdisMCoDeactivateVcComplete(NDIS_STATUS_SUCCESS, s->vc[0].handle));
    (void)act_deactivate(s);
    act_delete_vc(s);
}

ALMOST(MCO_DEACTIVATE_COMPLETE_UNASKED)
{
    act_create_vc(s);
    (void)act_activate(s);
    plan_mini(ASK_DEACTIVATE, (struct plan){.how = EARLY});
    (void)act_deactivate(s);
    act_delete_vc(s);
}

/* ---- C1: in time ------------------------------------------------------------------------- */

/* Virtual time passes. */
static void let_pass(struct scene *s, uint64_t seconds)
{
    assert_int_equal(exec_sleep(seconds * EXEC_SECOND, "a row"), EXEC_WAIT_TIMEOUT);
    scene_settle(s);
}

static void pend_add(struct scene *s, uint64_t seconds)
{
    forget(s, ASK_ADD_PARTY);
    let_pass(s, seconds);
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_FAILURE);
    call_end_with(s, 0);
}

MISTAKE(PEND_TOO_LONG)
{
    pend_add(s, SCENE_PENDING_MS / 1000 + 1);
}

ALMOST(PEND_TOO_LONG)
{
    pend_add(s, SCENE_PENDING_MS / 1000 - 1);
}

static void pend_oid(struct scene *s, uint64_t seconds)
{
    act_pend_oid(AT_MINI_CO_OID);
    (void)act_ask_miniport(s);
    let_pass(s, seconds);
    act_answer_as_miniport(s, NDIS_STATUS_FAILURE);
}

MISTAKE(OID_TOO_LONG)
{
    pend_oid(s, 13);
}

ALMOST(OID_TOO_LONG)
{
    pend_oid(s, 11);
}

static void keep_send(struct scene *s, uint64_t seconds)
{
    act_call(s);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    let_pass(s, seconds);
    AS_MINI(WireFinishSends(NDIS_STATUS_FAILURE));
    act_hang_up(s);
}

MISTAKE(SEND_TOO_LONG)
{
    keep_send(s, 31);
}

ALMOST(SEND_TOO_LONG)
{
    keep_send(s, 29);
}

static void keep_received(struct scene *s, uint64_t seconds)
{
    PNET_BUFFER_LIST list;
    act_call(s);
    Client.keeps_receives = TRUE;
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    let_pass(s, seconds);
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    act_hang_up(s);
}

MISTAKE(RECEIVE_TOO_LONG)
{
    keep_received(s, 23);
}

ALMOST(RECEIVE_TOO_LONG)
{
    keep_received(s, 21);
}

const struct broken_row broken_completion[] = {
    ROW(PEND_NEVER_COMPLETED, BOTH),
    ROW(PEND_TOO_LONG, BOTH, .simulated_only = "the limit of the scene is 20 s"),
    ROW(OID_TOO_LONG, BOTH, .simulated_only = "it takes 12 s"),
    ROW(SEND_TOO_LONG, BOTH, .simulated_only = "it takes 30 s"),
    ROW(RECEIVE_TOO_LONG, BOTH, .simulated_only = "it takes 22 s"),
    ROW(PEND_NOT_BOTH, BOTH),
    ROW(PEND_ONCE, BOTH),
    ROW(PEND_FINAL, BOTH),
    ROW(CM_CLOSE_AF_COMPLETE_SUCCESS, BOTH),
    ROW(CM_DEREGISTER_SAP_COMPLETE_SUCCESS, BOTH),
    ROW(CO_CREATE_VC_PENDED, BOTH),
    ROW(CO_DELETE_VC_PENDED, BOTH),
    ROW(MINIPORT_CREATE_VC_PENDED, STAND_ALONE),
    ROW(MINIPORT_DELETE_VC_PENDED, STAND_ALONE),
    NOT_SEEN(SELF_COMPLETION),
    NOT_SEEN(NDIS_COMPLETES_ONCE),
    ROW(CM_MAKE_CALL_NEVER_COMPLETED, BOTH),
    ROW(CL_AF_NOT_OPEN_YET, BOTH),
    ROW(CL_INCOMING_COMPLETE_UNASKED, BOTH),
    ROW(CL_NOTIFY_CLOSE_UNASKED, BOTH),
    ROW(CL_NOTIFY_CLOSE_EARLY, BOTH),
    ROW(MCO_ACTIVATE_COMPLETE_UNASKED, STAND_ALONE),
    ROW(MCO_DEACTIVATE_COMPLETE_UNASKED, STAND_ALONE),
    END_OF_TABLE,
};
