/* SPDX-License-Identifier: MIT */
/* C102 to C105: unbinding, and what is left when the binding goes: the mistakes. */
#include "acts.h"

/* ---- C103: closing the adapter ----------------------------------------------------------- */

static enum left_thing { LEFT_NOTHING, LEFT_AF, LEFT_SAP, LEFT_VC, LEFT_OID, LEFT_SEND } left;
static struct scene *stage;

/* Closes the adapter too early, sees it refused, and then does what it should have done first. */
static NDIS_STATUS close_early(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment != AT_CLIENT_UNBINDING || left == LEFT_NOTHING)
        return Status;
    NDIS_STATUS closed = NdisCloseAdapterEx(Client.binding);
    assert_int_equal(closed, NDIS_STATUS_FAILURE);
    if (left == LEFT_SEND) {
        AS_MINI(WireFinishSends(NDIS_STATUS_SUCCESS));
        (void)ClientCloseCall(&stage->vc[0], NULL, NULL, 0);
    }
    if (left == LEFT_VC || left == LEFT_SEND)
        (void)ClientDeleteVc(&stage->vc[0]);
    if (left == LEFT_SAP)
        (void)ClientDeregisterSap(&stage->sap);
    if (left == LEFT_OID) {
        AS_MINI(NdisMCoOidRequestComplete(Mini.adapter, NULL, &act_request, NDIS_STATUS_SUCCESS));
        return Status;
    }
    (void)ClientCloseAf();
    return Status;
}

static NDIS_STATUS close_early_with_oid(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_MINI_CO_OID)
        return NDIS_STATUS_PENDING;
    return close_early(Moment, What, Status);
}

/* Unbinds while this is left. */
static void unbind_with(struct scene *s, enum left_thing what)
{
    stage = s;
    left = what;
    ActorHook = close_early;
    scene_unload(s, &s->client);
    Client.af_closed = Client.af_opened;
    left = LEFT_NOTHING;
}

static void unbind_in_order(struct scene *s)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    unbind_with(s, LEFT_NOTHING);
}

MISTAKE(CLOSE_ADAPTER_AF_OPEN)
{
    unbind_with(s, LEFT_AF);
}

ALMOST(CLOSE_ADAPTER_AF_OPEN)
{
    unbind_in_order(s);
}

MISTAKE(CLOSE_ADAPTER_SAP_LEFT)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    unbind_with(s, LEFT_SAP);
}

ALMOST(CLOSE_ADAPTER_SAP_LEFT)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    act_deafen(s);
    unbind_in_order(s);
}

MISTAKE(CLOSE_ADAPTER_VC_LEFT)
{
    act_create_vc(s);
    unbind_with(s, LEFT_VC);
}

ALMOST(CLOSE_ADAPTER_VC_LEFT)
{
    act_create_vc(s);
    act_delete_vc(s);
    unbind_in_order(s);
}

MISTAKE(CLOSE_ADAPTER_OID_OUT)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    ActorHook = close_early_with_oid;
    left = LEFT_NOTHING;
    (void)act_ask_miniport(s);
    unbind_with(s, LEFT_OID);
}

ALMOST(CLOSE_ADAPTER_OID_OUT)
{
    ActorHook = close_early_with_oid;
    left = LEFT_NOTHING;
    (void)act_ask_miniport(s);
    act_answer_as_miniport(s, NDIS_STATUS_SUCCESS);
    unbind_in_order(s);
}

static void send_and_keep(struct scene *s)
{
    act_call(s);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
}

MISTAKE(CLOSE_ADAPTER_SENDS_OUT)
{
    send_and_keep(s);
    unbind_with(s, LEFT_SEND);
}

ALMOST(CLOSE_ADAPTER_SENDS_OUT)
{
    send_and_keep(s);
    AS_MINI(WireFinishSends(NDIS_STATUS_SUCCESS));
    act_hang_up(s);
    unbind_in_order(s);
}

MISTAKE(CLOSE_ADAPTER_CONTEXT)
{
    NDIS_STATUS status;
    AS_CLIENT(status = NdisCloseAdapterEx(Client.binding));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

ALMOST(CLOSE_ADAPTER_CONTEXT)
{
    scene_unload(s, &s->client); /* it closes in its unbind */
}

/* ---- C104: the unbind -------------------------------------------------------------------- */

static NDIS_EVENT inside, unbound;
static bool early;

/* A status indication that the client stays in keeps the close of its binding pended. */
static NDIS_STATUS stay_inside(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_STATUS) {
        NdisSetEvent(&inside);
        (void)NdisWaitEvent(&unbound, 0);
    }
    if (Moment == AT_CLIENT_CLOSED && early)
        return NDIS_STATUS_FAILURE; /* it has completed the unbind already */
    if (Moment != AT_CLIENT_UNBIND)
        return Status;
    assert_int_equal(Status, NDIS_STATUS_PENDING);
    if (early)
        NdisCompleteUnbindAdapterEx(What);
    NdisSetEvent(&unbound);
    return Status;
}

static VOID indicate(PVOID Context)
{
    NDIS_STATUS_INDICATION indication = {
        .Header = {NDIS_OBJECT_TYPE_STATUS_INDICATION, NDIS_STATUS_INDICATION_REVISION_1,
                   NDIS_SIZEOF_STATUS_INDICATION_REVISION_1},
        .SourceHandle = Mini.adapter,
        .StatusCode = NDIS_STATUS_MEDIA_SPECIFIC_INDICATION,
    };
    UNREFERENCED_PARAMETER(Context);
    NdisMCoIndicateStatusEx(Mini.adapter, NULL, &indication);
}

static void unbind_while_inside(struct scene *s, bool completes_early)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    early = completes_early;
    ActorHook = stay_inside;
    AS_CLIENT({
        NdisInitializeEvent(&inside);
        NdisInitializeEvent(&unbound);
    });
    AS_MINI(DeskRun(&Mini.desk, FROM_THREAD, indicate, NULL));
    AS_CLIENT((void)NdisWaitEvent(&inside, 0));
    scene_unload(s, &s->client);
    scene_settle(s);
}

static NDIS_STATUS fail_unbind(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    return Moment == AT_CLIENT_UNBIND && Status == NDIS_STATUS_SUCCESS ? NDIS_STATUS_FAILURE
                                                                       : Status;
}

static NDIS_STATUS complete_and_fail(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_UNBIND && Status == NDIS_STATUS_SUCCESS) {
        NdisCompleteUnbindAdapterEx(What);
        return NDIS_STATUS_PENDING;
    }
    return Status;
}

MISTAKE(UNBIND_FAILED)
{
    ActorHook = fail_unbind;
    scene_load(s);
}

ALMOST(UNBIND_FAILED)
{
    ActorHook = complete_and_fail;
    scene_load(s);
}

/* ---- C105 -------------------------------------------------------------------------------- */

static NDIS_STATUS open_in_unbind(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    NDIS_HANDLE af = NULL;
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CLIENT_UNBINDING)
        assert_int_equal(NdisClOpenAddressFamilyEx(Client.binding, &Client.family, &Client, &af),
                         NDIS_STATUS_FAILURE);
    return Status;
}

MISTAKE(OPEN_AF_CLOSING)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    ActorHook = open_in_unbind;
    scene_unload(s, &s->client);
}

ALMOST(OPEN_AF_CLOSING)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    unbind_in_order(s);
}

/* ---- C102: a call manager that goes ------------------------------------------------------ */

static NDIS_STATUS forget_cm_binding(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CM_UNBINDING)
        return NDIS_STATUS_FAILURE;
    return Moment == AT_CM_UNBIND ? NDIS_STATUS_SUCCESS : Status;
}

/* Its unbind ends with the client's AF open. */
static void leave_client(struct scene *s)
{
    ActorHook = forget_cm_binding;
    scene_unload(s, &s->call_manager);
    Client.af_closed = Client.af_opened;
}

static void notify(void)
{
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM((void)Cm.edge->NotifyCloseAf(Client.af));
}

static void notify_and_wait(struct scene *s)
{
    notify();
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
    scene_unload(s, &s->call_manager);
}

MISTAKE(CM_NOTIFY_CLOSE_MISSING)
{
    leave_client(s);
}

ALMOST(CM_NOTIFY_CLOSE_MISSING)
{
    notify_and_wait(s);
}

MISTAKE(CM_NOTIFY_CLOSE_PENDING)
{
    struct ticket *ticket;
    notify();
    leave_client(s);
    AS_CLIENT({
        ticket = DeskNext(&Client.desk, ASK_NOTIFY_CLOSE);
        ActorFree(ticket);
    });
}

ALMOST(CM_NOTIFY_CLOSE_PENDING)
{
    notify_and_wait(s);
}

/* ---- what is left on a binding ----------------------------------------------------------- */

/* An unbind that leaves the adapter open. */
static NDIS_STATUS forget_binding(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CLIENT_UNBINDING)
        return NDIS_STATUS_FAILURE;
    return Moment == AT_CLIENT_UNBIND ? NDIS_STATUS_SUCCESS : Status;
}

MISTAKE(LEAK_BINDING)
{
    ActorHook = forget_binding;
    scene_load(s);
}

ALMOST(LEAK_BINDING)
{
    scene_load(s);
}

MISTAKE(LEAK_AF)
{
    ActorHook = forget_binding;
    Client.af_closed = Client.af_opened; /* the scene is not to close it */
}

static void end_in_order(struct scene *s)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    scene_unload(s, &s->client);
}

ALMOST(LEAK_AF)
{
    end_in_order(s);
}

MISTAKE(LEAK_SAP)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    mistake_LEAK_AF(s);
}

ALMOST(LEAK_SAP)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    act_deafen(s);
    end_in_order(s);
}

MISTAKE(LEAK_VC)
{
    act_create_vc(s);
    mistake_LEAK_AF(s);
}

ALMOST(LEAK_VC)
{
    act_create_vc(s);
    act_delete_vc(s);
    end_in_order(s);
}

MISTAKE(LEAK_PARTY)
{
    call_begin_with(s, 1);
    mistake_LEAK_AF(s);
}

ALMOST(LEAK_PARTY)
{
    call_begin_with(s, 1);
    call_end_with(s, 0);
    end_in_order(s);
}

/* The miniport pends the request; the client does not wait for it. */
static NDIS_STATUS forget_with_oid(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_MINI_CO_OID && What == &act_request)
        return NDIS_STATUS_PENDING;
    return forget_binding(Moment, What, Status);
}

MISTAKE(LEAK_OID_REQUEST)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    ActorHook = forget_with_oid;
    (void)act_ask_miniport(s);
    scene_unload(s, &s->client);
}

ALMOST(LEAK_OID_REQUEST)
{
    act_pend_oid(AT_MINI_CO_OID);
    (void)act_ask_miniport(s);
    act_answer_as_miniport(s, NDIS_STATUS_SUCCESS);
    end_in_order(s);
}

const struct broken_row broken_unbind[] = {
    ROW(CM_NOTIFY_CLOSE_MISSING, STAND_ALONE),
    ROW(CM_NOTIFY_CLOSE_PENDING, STAND_ALONE),
    ROW(CLOSE_ADAPTER_AF_OPEN, BOTH),
    ROW(CLOSE_ADAPTER_SAP_LEFT, BOTH),
    ROW(CLOSE_ADAPTER_VC_LEFT, BOTH),
    ROW(CLOSE_ADAPTER_OID_OUT, BOTH),
    ROW(CLOSE_ADAPTER_SENDS_OUT, BOTH, .direct_only = true),
    ROW(CLOSE_ADAPTER_CONTEXT, EITHER, .stage = STAGE_LOADED, .direct_only = true),
    PLAY(UNBIND_EARLY, EITHER, unbind_while_inside, true),
    ROW(UNBIND_FAILED, EITHER, .stage = STAGE_EMPTY, .direct_only = true),
    ROW(OPEN_AF_CLOSING, BOTH),
    ROW(LEAK_OID_REQUEST, EITHER),
    ROW(LEAK_AF, BOTH),
    ROW(LEAK_SAP, BOTH),
    ROW(LEAK_VC, BOTH),
    ROW(LEAK_PARTY, BOTH),
    ROW(LEAK_BINDING, EITHER, .stage = STAGE_EMPTY),
    END_OF_TABLE,
};
