/* SPDX-License-Identifier: MIT */
/* C63 to C82: calls: the mistakes. */
#include "acts.h"

/* ---- C63: making ------------------------------------------------------------------------- */

MISTAKE(CL_MAKE_CALL_NOT_CREATOR)
{
    struct cm_vc *vc = act_listen(s);
    AS_CLIENT((void)NdisClMakeCall(Client.incoming_vc.handle, &Client.call, NULL, NULL));
    act_stop(s, vc);
}

ALMOST(CL_MAKE_CALL_NOT_CREATOR)
{
    act_call(s);
    act_hang_up(s);
}

MISTAKE(CL_MAKE_CALL_BUSY)
{
    act_call(s);
    AS_CLIENT((void)NdisClMakeCall(s->vc[0].handle, &Client.call, NULL, NULL));
    act_hang_up(s);
}

static void call_again(struct scene *s)
{
    act_call(s);
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    act_hang_up(s);
}

ALMOST(CL_MAKE_CALL_BUSY)
{
    call_again(s);
}

/* Begins to close the call on vc[0]; the call manager pends. */
static void begin_close(struct scene *s)
{
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
}

static void end_close(struct scene *s)
{
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = AT_ONCE});
    act_delete_vc(s);
}

MISTAKE(CL_MAKE_CALL_CLOSING)
{
    act_call(s);
    begin_close(s);
    AS_CLIENT((void)NdisClMakeCall(s->vc[0].handle, &Client.call, NULL, NULL));
    end_close(s);
}

ALMOST(CL_MAKE_CALL_CLOSING)
{
    call_again(s);
}

/* ---- C64, C65, C79: parameters ----------------------------------------------------------- */

static CO_CALL_MANAGER_PARAMETERS traffic;

/* Makes a call whose parameters somebody changes while it is pended. */
static void change_while_made(struct scene *s, bool by_client, ULONG flags)
{
    CO_CALL_MANAGER_PARAMETERS other = {.Transmit.PeakBandwidth = 2};
    CO_CALL_PARAMETERS answer = {.Flags = flags, .CallMgrParameters = &other};
    struct ticket *ticket;
    traffic = (CO_CALL_MANAGER_PARAMETERS){.Transmit.PeakBandwidth = 1};
    Client.call.CallMgrParameters = &traffic;
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    act_create_vc(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    if (by_client)
        traffic.Transmit.PeakBandwidth = 3;
    AS_CM(ticket = DeskNext(&Cm.desk, ASK_MAKE_CALL));
    if (flags != MAXULONG)
        ticket->parameters = &answer;
    AS_CM(DeskFinish(ticket, NDIS_STATUS_SUCCESS));
    scene_settle(s);
    act_hang_up(s);
    Client.call.CallMgrParameters = NULL;
}

MISTAKE(CL_PARAMETERS_CHANGED)
{
    change_while_made(s, true, MAXULONG);
}

ALMOST(CL_PARAMETERS_CHANGED)
{
    change_while_made(s, false, MAXULONG);
    traffic.Transmit.PeakBandwidth = 4; /* the call is made: they are free again */
}

MISTAKE(PARAMETERS_CHANGED_FLAG)
{
    change_while_made(s, false, 0);
}

ALMOST(PARAMETERS_CHANGED_FLAG)
{
    change_while_made(s, false, CALL_PARAMETERS_CHANGED);
}

MISTAKE(CL_MODIFY_NO_CALL)
{
    act_create_vc(s);
    AS_CLIENT((void)NdisClModifyCallQoS(s->vc[0].handle, &Client.call));
    act_delete_vc(s);
}

ALMOST(CL_MODIFY_NO_CALL)
{
    act_call(s);
    AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
    scene_settle(s);
    act_hang_up(s);
}

static void modify_by_hand(struct scene *s, bool twice)
{
    act_call(s);
    plan_cm(ASK_MODIFY_QOS, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
    scene_settle(s);
    if (twice)
        AS_CLIENT((void)NdisClModifyCallQoS(s->vc[0].handle, &Client.call));
    finish_cm(ASK_MODIFY_QOS, NDIS_STATUS_SUCCESS);
    act_hang_up(s);
}

/* ---- C66 to C68: closing ----------------------------------------------------------------- */

static void close_now(struct scene *s)
{
    AS_CLIENT((void)NdisClCloseCall(s->vc[0].handle, NULL, NULL, 0));
}

MISTAKE(CL_CLOSE_NO_CALL)
{
    act_create_vc(s);
    close_now(s);
    act_delete_vc(s);
}

ALMOST(CL_CLOSE_NO_CALL)
{
    act_create_vc(s);
    act_delete_vc(s);
}

MISTAKE(CL_CLOSE_TWICE)
{
    act_call(s);
    begin_close(s);
    close_now(s);
    end_close(s);
}

ALMOST(CL_CLOSE_TWICE)
{
    act_call(s);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_FAILURE});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = AT_ONCE});
    act_hang_up(s); /* the first one failed */
}

static void close_while_made(struct scene *s, bool close)
{
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    act_create_vc(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    if (close)
        close_now(s);
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_SUCCESS);
    act_hang_up(s);
}

static void call_in_vain(struct scene *s)
{
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_RESOURCES});
    act_create_vc(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
}

MISTAKE(CL_CLOSE_FAILED_CALL)
{
    call_in_vain(s);
    close_now(s);
    act_delete_vc(s);
}

ALMOST(CL_CLOSE_FAILED_CALL)
{
    call_in_vain(s);
    act_delete_vc(s);
}

static void close_with_send(struct scene *s, bool wait)
{
    act_call(s);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    if (!wait)
        close_now(s);
    AS_MINI(WireFinishSends(NDIS_STATUS_SUCCESS));
    act_hang_up(s);
}

MISTAKE(CL_SEND_AFTER_CLOSE)
{
    act_call(s);
    begin_close(s);
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    end_close(s);
}

ALMOST(CL_SEND_AFTER_CLOSE)
{
    act_call(s);
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    begin_close(s);
    end_close(s);
}

/* ---- C69, C70: the other end closed ------------------------------------------------------ */

static void told_of_close(struct scene *s, NDIS_STATUS status)
{
    act_call(s);
    AS_CM(Cm.edge->IncomingCloseCall(status, s->vc[0].handle, NULL, 0));
    scene_settle(s);
    assert_int_equal(s->vc[0].told_close, 1);
}

MISTAKE(CL_INCOMING_CLOSE_UNANSWERED)
{
    told_of_close(s, NDIS_STATUS_SUCCESS);
    act_wait_in_unbind(s);
}

ALMOST(CL_INCOMING_CLOSE_UNANSWERED)
{
    told_of_close(s, NDIS_STATUS_SUCCESS);
    act_hang_up(s);
}

static void call_after_close(struct scene *s, NDIS_STATUS status)
{
    told_of_close(s, status);
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    if (s->vc[0].status == NDIS_STATUS_SUCCESS)
        act_hang_up(s);
    else
        act_delete_vc(s);
}

MISTAKE(CL_INCOMING_CLOSE_VC_KEPT)
{
    call_after_close(s, NDIS_STATUS_FAILURE);
}

ALMOST(CL_INCOMING_CLOSE_VC_KEPT)
{
    call_after_close(s, NDIS_STATUS_SUCCESS);
}

/* ---- C72 to C75: offering ---------------------------------------------------------------- */

MISTAKE(CM_INCOMING_NOT_OWN_VC)
{
    struct cm_vc *vc = act_listen(s);
    act_create_vc(s);
    AS_CM((void)Cm.edge->IncomingCall(s->sap.handle, s->vc[0].handle, &vc->call));
    act_delete_vc(s);
    act_stop(s, vc);
}

/* Offers, is rejected, and goes. */
static void offer_in_vain(struct scene *s)
{
    plan_client(ASK_INCOMING_CALL, (struct plan){.how = AT_ONCE, .status = NDIS_STATUS_FAILURE});
    struct cm_vc *vc = act_listen(s);
    assert_int_equal(act_offer(s, vc), NDIS_STATUS_FAILURE);
    act_stop(s, vc);
}

ALMOST(CM_INCOMING_NOT_OWN_VC)
{
    offer_in_vain(s);
}

/* A whole call that came in, with something done while it stands. */
static void while_answered(struct scene *s, void (*act)(struct scene *, struct cm_vc *))
{
    struct cm_vc *vc = act_answered_call(s);
    if (act)
        act(s, vc);
    act_close_answered(s);
    act_stop(s, vc);
}

static void offer_again(struct scene *s, struct cm_vc *vc)
{
    (void)act_offer(s, vc);
}

MISTAKE(CM_INCOMING_BUSY)
{
    while_answered(s, offer_again);
}

ALMOST(CM_INCOMING_BUSY)
{
    while_answered(s, NULL);
}

static void connect(struct scene *s, struct cm_vc *vc)
{
    AS_CM(Cm.edge->CallConnected(vc->wire.handle));
    scene_settle(s);
}

static void connect_early(struct scene *s, bool early)
{
    plan_client(ASK_INCOMING_CALL, (struct plan){.how = BY_HAND});
    struct cm_vc *vc = act_listen(s);
    (void)act_offer(s, vc);
    if (early)
        connect(s, vc);
    finish_client(ASK_INCOMING_CALL, NDIS_STATUS_SUCCESS);
    connect(s, vc);
    act_close_answered(s);
    act_stop(s, vc);
}

MISTAKE(CM_CONNECTED_TWICE)
{
    while_answered(s, connect);
}

ALMOST(CM_CONNECTED_TWICE)
{
    while_answered(s, NULL);
}

MISTAKE(CM_CONNECTED_OUTGOING)
{
    act_call(s);
    AS_CM(Cm.edge->CallConnected(s->vc[0].handle));
    act_hang_up(s);
}

ALMOST(CM_CONNECTED_OUTGOING)
{
    act_call(s);
    act_hang_up(s);
}

static void accept_and(struct scene *s, bool answer)
{
    struct cm_vc *vc = act_listen(s);
    assert_int_equal(act_offer(s, vc), NDIS_STATUS_SUCCESS);
    if (!answer) {
        act_wait_in_unbind(s);
        return;
    }
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->wire.handle, NULL, 0));
    scene_settle(s);
    act_close_answered(s);
    act_stop(s, vc);
}

static void reject_and(struct scene *s, void (*act)(struct scene *, struct cm_vc *))
{
    plan_client(ASK_INCOMING_CALL, (struct plan){.how = AT_ONCE, .status = NDIS_STATUS_FAILURE});
    struct cm_vc *vc = act_listen(s);
    (void)act_offer(s, vc);
    act(s, vc);
    act_stop(s, vc);
}

static void tell_of_close(struct scene *s, struct cm_vc *vc)
{
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->wire.handle, NULL, 0));
    scene_settle(s);
}

MISTAKE(CM_REJECTED_CONNECTED)
{
    reject_and(s, connect);
}

ALMOST(CM_REJECTED_CONNECTED)
{
    offer_in_vain(s);
}

MISTAKE(CM_REJECTED_CLOSED)
{
    reject_and(s, tell_of_close);
}

ALMOST(CM_REJECTED_CLOSED)
{
    offer_in_vain(s);
}

/* ---- C76 to C78: telling of the end ------------------------------------------------------ */

MISTAKE(CM_INCOMING_CLOSE_NO_CALL)
{
    act_create_vc(s);
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, 0));
    act_delete_vc(s);
}

ALMOST(CM_INCOMING_CLOSE_NO_CALL)
{
    while_answered(s, tell_of_close);
}

static void tell_twice(struct scene *s, struct cm_vc *vc)
{
    tell_of_close(s, vc);
    tell_of_close(s, vc);
}

MISTAKE(CM_INCOMING_CLOSE_TWICE)
{
    while_answered(s, tell_twice);
}

ALMOST(CM_INCOMING_CLOSE_TWICE)
{
    while_answered(s, tell_of_close);
}

MISTAKE(CM_INCOMING_CLOSE_CLOSING)
{
    act_call(s);
    begin_close(s);
    AS_CM(Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, s->vc[0].handle, NULL, 0));
    end_close(s);
}

static VOID tell_as_decided(PVOID Vc)
{
    Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, Vc, NULL, 0);
}

ALMOST(CM_INCOMING_CLOSE_CLOSING)
{
    act_call(s);
    act_cross(s, tell_as_decided, s->vc[0].handle, begin_close);
    end_close(s);
}

static void delete_when_told(struct scene *s, struct cm_vc *vc)
{
    tell_of_close(s, vc);
    AS_CM((void)Cm.edge->DeactivateVc(vc->wire.handle));
    scene_settle(s);
    vc->active = 0;
    AS_CM((void)Cm.edge->DeleteVc(vc->wire.handle));
}

static void deactivate_when_told(struct scene *s, struct cm_vc *vc)
{
    tell_of_close(s, vc);
    AS_CM((void)Cm.edge->DeactivateVc(vc->wire.handle));
    scene_settle(s);
    vc->active = 0;
}

MISTAKE(CM_INCOMING_CLOSE_VC_GONE)
{
    while_answered(s, delete_when_told);
}

ALMOST(CM_INCOMING_CLOSE_VC_GONE)
{
    while_answered(s, deactivate_when_told);
}

static void change_qos(struct scene *s, struct cm_vc *vc)
{
    AS_CM((void)Cm.edge->ActivateVc(vc->wire.handle, &vc->call));
    scene_settle(s);
    AS_CM(Cm.edge->IncomingQosChange(vc->wire.handle, &vc->call));
}

MISTAKE(CM_QOS_CHANGE_NO_CALL)
{
    struct cm_vc *vc = act_listen(s);
    change_qos(s, vc);
    act_stop(s, vc);
}

ALMOST(CM_QOS_CHANGE_NO_CALL)
{
    while_answered(s, change_qos);
}

MISTAKE(CM_INCOMING_NO_SAP)
{
    struct cm_vc *vc = act_listen(s);
    act_deafen(s);
    plan_cm(ASK_REGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    (void)act_offer(s, vc); /* the call manager has not said yes to the SAP yet */
    finish_cm(ASK_REGISTER_SAP, NDIS_STATUS_SUCCESS);
    plan_cm(ASK_REGISTER_SAP, (struct plan){.how = AT_ONCE});
    act_stop(s, vc);
}

ALMOST(CM_INCOMING_NO_SAP)
{
    offer_in_vain(s);
}

/* ---- C81, C82: data ---------------------------------------------------------------------- */

static void send_while_offered(struct scene *s, bool early)
{
    struct cm_vc *vc = act_listen(s);
    (void)act_offer(s, vc);
    if (early)
        AS_CLIENT((void)ClientSend(&Client.incoming_vc, 0));
    connect(s, vc);
    AS_CLIENT((void)ClientSend(&Client.incoming_vc, 0));
    scene_settle(s);
    act_close_answered(s);
    act_stop(s, vc);
}

MISTAKE(CM_CLOSE_COMPLETE_ACTIVE)
{
    act_call(s);
    Cm.idle = TRUE; /* it closes without deactivating */
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    Cm.idle = FALSE;
    (void)act_deactivate(s);
    act_delete_vc(s);
}

ALMOST(CM_CLOSE_COMPLETE_ACTIVE)
{
    act_call(s);
    act_hang_up(s);
}

static void indicate_at_close(struct scene *s, bool before)
{
    act_call(s);
    if (before)
        AS_MINI((void)WireIndicate(s->vc[0].handle, NDIS_RECEIVE_FLAGS_RESOURCES));
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    if (!before) {
        (void)act_activate(s); /* it may, but nothing moves without a call */
        AS_MINI((void)WireIndicate(s->vc[0].handle, NDIS_RECEIVE_FLAGS_RESOURCES));
        (void)act_deactivate(s);
    }
    act_delete_vc(s);
}

const struct broken_row broken_call[] = {
    ROW(CL_MAKE_CALL_NOT_CREATOR, BOTH),
    ROW(CL_MAKE_CALL_BUSY, BOTH),
    ROW(CL_MAKE_CALL_CLOSING, BOTH),
    ROW(CL_PARAMETERS_CHANGED, BOTH, .verifier_only = true),
    ROW(CL_MODIFY_NO_CALL, BOTH),
    PLAY(CL_MODIFY_TWICE, BOTH, modify_by_hand, true),
    ROW(CL_CLOSE_NO_CALL, BOTH),
    ROW(CL_CLOSE_TWICE, BOTH),
    PLAY(CL_CLOSE_MAKING, BOTH, close_while_made, true),
    ROW(CL_CLOSE_FAILED_CALL, BOTH),
    PLAY(CL_CLOSE_SENDS_BACK, BOTH, close_with_send, false),
    ROW(CL_SEND_AFTER_CLOSE, BOTH),
    ROW(CL_INCOMING_CLOSE_UNANSWERED, BOTH),
    ROW(CL_INCOMING_CLOSE_VC_KEPT, BOTH),
    ROW(CM_INCOMING_NO_SAP, BOTH),
    ROW(CM_INCOMING_NOT_OWN_VC, BOTH),
    ROW(CM_INCOMING_BUSY, BOTH),
    PLAY(CM_CONNECTED_NOT_ACCEPTED, BOTH, connect_early, true),
    ROW(CM_CONNECTED_TWICE, BOTH),
    ROW(CM_CONNECTED_OUTGOING, BOTH),
    PLAY(CM_ACCEPTED_UNANSWERED, BOTH, accept_and, false),
    ROW(CM_REJECTED_CONNECTED, BOTH),
    ROW(CM_REJECTED_CLOSED, BOTH),
    ROW(CM_INCOMING_CLOSE_NO_CALL, BOTH),
    ROW(CM_INCOMING_CLOSE_TWICE, BOTH),
    ROW(CM_INCOMING_CLOSE_CLOSING, BOTH),
    ROW(CM_INCOMING_CLOSE_VC_GONE, BOTH),
    ROW(CM_QOS_CHANGE_NO_CALL, BOTH),
    ROW(PARAMETERS_CHANGED_FLAG, BOTH, .verifier_only = true),
    NOT_SEEN(CL_REJECT_PARAMETERS_USED),
    PLAY(CL_SEND_BEFORE_CONNECTED, BOTH, send_while_offered, true),
    ROW(CM_CLOSE_COMPLETE_ACTIVE, BOTH),
    PLAY(VC_TRANSFER_AFTER_CLOSE, BOTH, indicate_at_close, false),
    END_OF_TABLE,
};
