/* SPDX-License-Identifier: MIT */
/* C46 to C62: the life of a VC: the mistakes. */
#include "acts.h"

/* ---- C46 to C48: deleting ---------------------------------------------------------------- */

MISTAKE(VC_DELETE_NOT_CREATOR)
{
    act_create_vc(s);
    AS_CM((void)Cm.edge->DeleteVc(s->vc[0].handle));
    act_delete_vc(s);
}

ALMOST(VC_DELETE_NOT_CREATOR)
{
    act_stop(s, act_listen(s)); /* a VC of its own */
}

MISTAKE(VC_DELETE_CALL)
{
    act_call(s);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
    act_hang_up(s);
}

ALMOST(VC_DELETE_CALL)
{
    act_call(s);
    act_hang_up(s);
}

MISTAKE(VC_DELETE_ACTIVE)
{
    struct cm_vc *vc = act_listen(s);
    AS_CM((void)Cm.edge->DeleteVc(vc->wire.handle));
    act_stop(s, vc);
}

ALMOST(VC_DELETE_ACTIVE)
{
    act_stop(s, act_listen(s));
}

/* The call manager completes the close while the miniport still deactivates. */
static void delete_while(struct scene *s, bool finished)
{
    act_create_vc(s);
    (void)act_activate(s);
    plan_mini(ASK_DEACTIVATE, (struct plan){.how = BY_HAND});
    (void)act_deactivate(s);
    if (!finished)
        AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
    finish_mini(ASK_DEACTIVATE, NDIS_STATUS_SUCCESS);
    act_delete_vc(s);
}

/* ---- C49 to C53: active in time ---------------------------------------------------------- */

static void indicate(NDIS_HANDLE vc)
{
    AS_MINI((void)WireIndicate(vc, NDIS_RECEIVE_FLAGS_RESOURCES));
}

MISTAKE(VC_DATA_BEFORE_ACTIVE)
{
    act_create_vc(s);
    indicate(s->vc[0].handle);
    act_delete_vc(s);
}

ALMOST(VC_DATA_BEFORE_ACTIVE)
{
    act_create_vc(s);
    (void)act_activate(s);
    indicate(s->vc[0].handle);
    (void)act_deactivate(s);
    act_delete_vc(s);
}

static void make_call(struct scene *s, bool idle)
{
    Cm.idle = idle;
    act_call(s);
    act_hang_up(s);
}

/* A SAP, and a VC of the call manager that was never activated. */
static void offer_inactive(struct scene *s, bool activate_first)
{
    struct cm_vc *vc = NULL;
    NDIS_STATUS status;
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    AS_CM(vc = ActorAllocate(sizeof(*vc)));
    AS_CM(status = Cm.edge->CreateVc(Cm.af->handle, vc, &vc->wire.handle));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    if (activate_first) {
        AS_CM((void)Cm.edge->ActivateVc(vc->wire.handle, &vc->call));
        scene_settle(s);
        vc->active = 1;
    }
    plan_client(ASK_INCOMING_CALL, (struct plan){.how = AT_ONCE, .status = NDIS_STATUS_FAILURE});
    (void)act_offer(s, vc);
    InterlockedIncrement(&Cm.vc_count);
    act_stop(s, vc);
}

static void deactivate_vc(struct scene *s, struct cm_vc *vc)
{
    AS_CM((void)Cm.edge->DeactivateVc(vc->wire.handle));
    scene_settle(s);
    vc->active = 0;
}

static void activate_vc(struct scene *s, struct cm_vc *vc)
{
    AS_CM((void)Cm.edge->ActivateVc(vc->wire.handle, &vc->call));
    scene_settle(s);
    vc->active = 1;
}

/* The answer changed the parameters, so the VC is activated anew before the call stands. */
static void connect_after(struct scene *s, bool again)
{
    struct cm_vc *vc = act_listen(s);
    (void)act_offer(s, vc);
    deactivate_vc(s, vc);
    if (again)
        activate_vc(s, vc);
    AS_CM(Cm.edge->CallConnected(vc->wire.handle));
    if (!again) {
        activate_vc(s, vc);
        AS_CM(Cm.edge->CallConnected(vc->wire.handle));
    }
    act_close_answered(s);
    act_stop(s, vc);
}

static void modify(struct scene *s, bool idle)
{
    act_call(s);
    Cm.idle = idle;
    AS_CLIENT((void)ClientModifyQos(&s->vc[0]));
    scene_settle(s);
    Cm.idle = FALSE;
    act_hang_up(s);
}

static void change_qos(struct scene *s, bool activate_first)
{
    struct cm_vc *vc = act_answered_call(s);
    if (activate_first)
        activate_vc(s, vc);
    AS_CM(Cm.edge->IncomingQosChange(vc->wire.handle, &vc->call));
    act_close_answered(s);
    act_stop(s, vc);
}

/* ---- C54 to C56: inactive in time -------------------------------------------------------- */

MISTAKE(VC_DEACTIVATE_INACTIVE)
{
    act_create_vc(s);
    (void)act_activate(s);
    (void)act_deactivate(s);
    (void)act_deactivate(s);
    act_delete_vc(s);
}

ALMOST(VC_DEACTIVATE_INACTIVE)
{
    act_create_vc(s);
    (void)act_activate(s);
    (void)act_activate(s); /* again, with other parameters: one active period */
    (void)act_deactivate(s);
    act_delete_vc(s);
}

static void deactivate_by_hand(struct scene *s, bool twice)
{
    act_create_vc(s);
    (void)act_activate(s);
    plan_mini(ASK_DEACTIVATE, (struct plan){.how = BY_HAND});
    (void)act_deactivate(s);
    if (twice)
        (void)act_deactivate(s);
    finish_mini(ASK_DEACTIVATE, NDIS_STATUS_SUCCESS);
    act_delete_vc(s);
}

/* A call that fails after its VC was activated. */
static void fail_call(struct scene *s, bool deactivate_first)
{
    NDIS_STATUS status;
    plan_cm(ASK_MAKE_CALL, (struct plan){.how = BY_HAND});
    act_create_vc(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    if (deactivate_first)
        (void)act_deactivate(s);
    finish_cm(ASK_MAKE_CALL, NDIS_STATUS_FAILURE);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    if (deactivate_first) {
        assert_int_equal(status, NDIS_STATUS_SUCCESS);
        return;
    }
    (void)act_deactivate(s);
    act_delete_vc(s);
}

static void offer_again(struct scene *s, bool activate_first)
{
    struct cm_vc *vc = act_listen(s);
    deactivate_vc(s, vc);
    if (activate_first)
        activate_vc(s, vc);
    plan_client(ASK_INCOMING_CALL, (struct plan){.how = AT_ONCE, .status = NDIS_STATUS_FAILURE});
    (void)act_offer(s, vc);
    act_stop(s, vc);
}

/* ---- C57, C58: data and the end ---------------------------------------------------------- */

static void deactivate_with_send(struct scene *s, bool wait)
{
    act_call(s);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    if (wait)
        AS_MINI(WireFinishSends(NDIS_STATUS_SUCCESS));
    AS_CM((void)Cm.edge->DeactivateVc(Cm.vc->wire.handle));
    AS_MINI(WireFinishSends(NDIS_STATUS_SUCCESS));
    Cm.vc->active = 0;
    scene_settle(s);
    act_hang_up(s);
}

static void deactivate_with_receive(struct scene *s, bool wait)
{
    act_call(s);
    Client.keeps_receives = TRUE;
    AS_MINI((void)WireIndicate(s->vc[0].handle, 0));
    if (wait)
        AS_CLIENT(NdisReturnNetBufferLists(Client.binding, Client.kept, 0));
    AS_CM((void)Cm.edge->DeactivateVc(Cm.vc->wire.handle));
    if (!wait)
        AS_CLIENT(NdisReturnNetBufferLists(Client.binding, Client.kept, 0));
    Cm.vc->active = 0;
    scene_settle(s);
    act_hang_up(s);
}

static void indicate_at_end(struct scene *s, bool before)
{
    act_create_vc(s);
    (void)act_activate(s);
    if (before)
        indicate(s->vc[0].handle);
    (void)act_deactivate(s);
    if (!before)
        indicate(s->vc[0].handle);
    act_delete_vc(s);
}

/* A signalling VC of a stand-alone call manager; it is the VC that the acts speak of. */
static struct cm_vc signalling;

static void begin_signalling(struct scene *s)
{
    NDIS_STATUS status;
    signalling = (struct cm_vc){.active = 0};
    AS_CM(status = NdisCoCreateVc(Cm.binding, NULL, &signalling, &signalling.wire.handle));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    Cm.vc = &signalling;
    (void)act_activate(s);
}

static void end_signalling(void)
{
    NDIS_STATUS status;
    AS_CM(status = NdisCoDeleteVc(signalling.wire.handle));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static void send_signal(struct scene *s)
{
    PNET_BUFFER_LIST list;
    NDIS_HANDLE pool;
    AS_CM(pool = ActorNewPool(NULL));
    AS_CM(list = ActorNewList(pool));
    list->SourceHandle = signalling.wire.handle;
    AS_CM(NdisCoSendNetBufferLists(signalling.wire.handle, list, 0));
    scene_settle(s);
    AS_CM(NdisFreeNetBufferList(list));
    AS_CM(NdisFreeNetBufferListPool(pool));
}

MISTAKE(VC_SEND_INACTIVE)
{
    begin_signalling(s);
    (void)act_deactivate(s);
    send_signal(s);
    end_signalling();
}

ALMOST(VC_SEND_INACTIVE)
{
    begin_signalling(s);
    send_signal(s);
    (void)act_deactivate(s);
    end_signalling();
}

/* ---- C59 to C62 -------------------------------------------------------------------------- */

MISTAKE(MCM_SIGNALLING_VC)
{
    NDIS_HANDLE handle = NULL;
    AS_CM((void)NdisMCmCreateVc(Cm.adapter, NULL, s, &handle));
}

ALMOST(MCM_SIGNALLING_VC)
{
    act_stop(s, act_listen(s)); /* a VC for a client */
}

MISTAKE(CM_SIGNALLING_VC_AF)
{
    NDIS_HANDLE handle = NULL;
    AS_CLIENT((void)NdisCoCreateVc(Client.binding, NULL, s, &handle));
}

ALMOST(CM_SIGNALLING_VC_AF)
{
    begin_signalling(s);
    (void)act_deactivate(s);
    end_signalling();
}

static NDIS_STATUS close_with_signalling(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    NDIS_STATUS closed = NDIS_STATUS_FAILURE;
    if (Moment != AT_CM_UNBINDING)
        return Status;
    closed = NdisCloseAdapterEx(Cm.binding); /* too early; then as it should be */
    assert_int_equal(closed, NDIS_STATUS_FAILURE);
    (void)Cm.edge->DeactivateVc(signalling.wire.handle);
    return NdisCoDeleteVc(signalling.wire.handle);
}

MISTAKE(CM_SIGNALLING_VC_LEFT)
{
    begin_signalling(s);
    ActorHook = close_with_signalling;
}

ALMOST(CM_SIGNALLING_VC_LEFT)
{
    begin_signalling(s);
    (void)act_deactivate(s);
    end_signalling();
}

/* The miniport writes another peak rate into what it was given to activate. */
static CO_MEDIA_PARAMETERS media;

static NDIS_STATUS round_flow(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_MINI_ACTIVATE)
        media.ReceiveSizeHint = 64;
    return Status;
}

static void activate_rounded(struct scene *s, ULONG flags)
{
    act_create_vc(s);
    media = (CO_MEDIA_PARAMETERS){.Flags = TRANSMIT_VC | RECEIVE_VC | flags, .ReceiveSizeHint = 48};
    Cm.vc->call.MediaParameters = &media;
    ActorHook = round_flow;
    (void)act_activate(s);
    (void)act_deactivate(s);
    act_delete_vc(s);
}

MISTAKE(MCO_ACTIVATE_CHANGED)
{
    activate_rounded(s, 0);
}

ALMOST(MCO_ACTIVATE_CHANGED)
{
    activate_rounded(s, ROUND_UP_FLOW);
}

static void activate_by_hand(struct scene *s, bool twice)
{
    act_create_vc(s);
    plan_mini(ASK_ACTIVATE, (struct plan){.how = BY_HAND});
    (void)act_activate(s);
    if (twice)
        (void)act_activate(s);
    finish_mini(ASK_ACTIVATE, NDIS_STATUS_SUCCESS);
    (void)act_deactivate(s);
    act_delete_vc(s);
}

const struct broken_row broken_vc[] = {
    ROW(VC_DELETE_NOT_CREATOR, BOTH),
    ROW(VC_DELETE_CALL, BOTH),
    ROW(VC_DELETE_ACTIVE, BOTH),
    PLAY(VC_DELETE_DEACTIVATING, STAND_ALONE, delete_while, false),
    ROW(VC_DATA_BEFORE_ACTIVE, BOTH),
    PLAY(CM_MAKE_CALL_NOT_ACTIVE, BOTH, make_call, true),
    PLAY(CM_INCOMING_NOT_ACTIVE, BOTH, offer_inactive, false),
    PLAY(CM_CONNECTED_NOT_ACTIVE, BOTH, connect_after, false),
    PLAY(CM_MODIFY_NOT_REACTIVATED, BOTH, modify, true),
    PLAY(CM_QOS_CHANGE_NOT_REACTIVATED, BOTH, change_qos, false),
    NOT_SEEN(VC_REACTIVATE_RESTORES),
    ROW(VC_DEACTIVATE_INACTIVE, BOTH),
    PLAY(VC_DEACTIVATE_TWICE, STAND_ALONE, deactivate_by_hand, true),
    PLAY(VC_LEFT_ACTIVE, BOTH, fail_call, false),
    PLAY(VC_USED_INACTIVE, BOTH, offer_again, false),
    PLAY(MCO_DEACTIVATE_SENDS_OUT, BOTH, deactivate_with_send, false),
    PLAY(MCO_DEACTIVATE_RECEIVES_OUT, BOTH, deactivate_with_receive, false),
    PLAY(MCO_RECEIVE_INACTIVE, BOTH, indicate_at_end, false),
    ROW(VC_SEND_INACTIVE, STAND_ALONE),
    ROW(MCM_SIGNALLING_VC, MCM_ONLY),
    ROW(CM_SIGNALLING_VC_LEFT, STAND_ALONE),
    ROW(CM_SIGNALLING_VC_AF, STAND_ALONE),
    ROW(MCO_ACTIVATE_CHANGED, STAND_ALONE, .verifier_only = true),
    PLAY(VC_ACTIVATE_OVERLAP, STAND_ALONE, activate_by_hand, true),
    END_OF_TABLE,
};
