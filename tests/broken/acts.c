/* SPDX-License-Identifier: MIT */
#include "acts.h"

/* ---- waiting in the unbind --------------------------------------------------------------- */

static NDIS_STATUS wait_in_unbind(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    return Moment == AT_CLIENT_UNBINDING ? NDIS_STATUS_PENDING : Status;
}

void act_wait_in_unbind(struct scene *s)
{
    enum { SOON_MS = 20 };
    ActorHook = wait_in_unbind;
    host_private(s->host)->pnp_wait_100ns = SOON_MS * EXEC_MS;
    Client.af = NULL; /* the scene need not close it */
}

VOID NTAPI act_tick(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2,
                    PVOID SystemSpecific3)
{
    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(FunctionContext);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
}

/* ---- outgoing calls ---------------------------------------------------------------------- */

void act_create_vc(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

static struct {
    VOID (*say)(PVOID);
    PVOID context;
    volatile LONG begun, go;
} crossing;

static void until(volatile LONG *flag)
{
    while (!InterlockedCompareExchange(flag, 0, 0))
        KeStallExecutionProcessor(1);
}

static VOID say_late(PVOID Context)
{
    (void)Context;
    InterlockedExchange(&crossing.begun, 1);
    until(&crossing.go);
    crossing.say(crossing.context);
}

void act_cross(struct scene *s, VOID (*say)(PVOID), PVOID context, void (*first)(struct scene *s))
{
    crossing.say = say;
    crossing.context = context;
    crossing.begun = crossing.go = 0;
    AS_CM(DeskRun(&Cm.desk, FROM_THREAD, say_late, NULL));
    until(&crossing.begun);
    first(s);
    InterlockedExchange(&crossing.go, 1);
    scene_settle(s);
}

void act_delete_vc(struct scene *s)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

void act_call(struct scene *s)
{
    act_create_vc(s);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], NULL));
    scene_settle(s);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
}

void act_hang_up(struct scene *s)
{
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], NULL, NULL, 0));
    scene_settle(s);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
    act_delete_vc(s);
}

NDIS_STATUS act_activate(struct scene *s)
{
    NDIS_STATUS status;
    AS_CM(status = Cm.edge->ActivateVc(Cm.vc->wire.handle, &Cm.vc->call));
    scene_settle(s);
    return status;
}

NDIS_STATUS act_deactivate(struct scene *s)
{
    NDIS_STATUS status;
    AS_CM(status = Cm.edge->DeactivateVc(Cm.vc->wire.handle));
    scene_settle(s);
    return status;
}

/* ---- calls that come in ------------------------------------------------------------------ */

struct cm_vc *act_listen(struct scene *s)
{
    struct cm_vc *vc = NULL;
    NDIS_STATUS status;
    if (s->sap.registered == s->sap.deregistered) {
        AS_CLIENT((void)ClientRegisterSap(&s->sap));
        scene_settle(s);
        assert_int_equal(s->sap.status, NDIS_STATUS_SUCCESS);
    }
    AS_CM(status = CmCreateVc(&vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    assert_int_equal(vc->active, 1);
    return vc;
}

void act_drop_vc(struct scene *s, struct cm_vc *vc)
{
    NDIS_STATUS status;
    if (vc->active) {
        AS_CM({
            status = Cm.edge->DeactivateVc(vc->wire.handle);
            if (status == NDIS_STATUS_SUCCESS)
                vc->active = 0;
        });
        scene_settle(s);
    }
    AS_CM(status = CmDeleteVc(vc));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

void act_deafen(struct scene *s)
{
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
    assert_int_equal(s->sap.status, NDIS_STATUS_SUCCESS);
}

void act_stop(struct scene *s, struct cm_vc *vc)
{
    act_drop_vc(s, vc);
    act_deafen(s);
}

NDIS_STATUS act_offer(struct scene *s, struct cm_vc *vc)
{
    NDIS_STATUS status;
    AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call));
    scene_settle(s);
    if (status == NDIS_STATUS_PENDING && heard("ProtocolCmIncomingCallComplete"))
        status = last("ProtocolCmIncomingCallComplete")->status;
    return status;
}

struct cm_vc *act_answered_call(struct scene *s)
{
    struct cm_vc *vc = act_listen(s);
    assert_int_equal(act_offer(s, vc), NDIS_STATUS_SUCCESS);
    AS_CM(Cm.edge->CallConnected(vc->wire.handle));
    return vc;
}

void act_close_answered(struct scene *s)
{
    AS_CLIENT((void)ClientCloseCall(&Client.incoming_vc, NULL, NULL, 0));
    scene_settle(s);
    assert_int_equal(Client.incoming_vc.status, NDIS_STATUS_SUCCESS);
}

/* ---- OIDs -------------------------------------------------------------------------------- */

NDIS_OID_REQUEST act_request;
NDIS_OID act_oid;
static enum moment pending_at;
static UCHAR answer[64];

static NDIS_STATUS pend_oid(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    return Moment == pending_at && What == &act_request ? NDIS_STATUS_PENDING : Status;
}

void act_pend_oid(enum moment moment)
{
    pending_at = moment;
    ActorHook = pend_oid;
}

void act_fill_oid(PNDIS_OID_REQUEST request, PVOID buffer, ULONG bytes)
{
    enum { SOME_OID = 0x00010101 }; /* OID_GEN_SUPPORTED_LIST */
    memset(request, 0, sizeof(*request));
    request->Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_1,
                             NDIS_SIZEOF_OID_REQUEST_REVISION_1};
    request->RequestType = NdisRequestQueryInformation;
    request->DATA.QUERY_INFORMATION.Oid = act_oid ? act_oid : SOME_OID;
    request->DATA.QUERY_INFORMATION.InformationBuffer = buffer;
    request->DATA.QUERY_INFORMATION.InformationBufferLength = bytes;
}

static NDIS_STATUS ask(struct scene *s, NDIS_HANDLE af)
{
    NDIS_STATUS status;
    act_fill_oid(&act_request, answer, sizeof(answer));
    AS_CLIENT(status = NdisCoOidRequest(Client.binding, af, NULL, NULL, &act_request));
    scene_settle(s);
    return status;
}

NDIS_STATUS act_ask_call_manager(struct scene *s)
{
    return ask(s, Client.af);
}

NDIS_STATUS act_ask_client(struct scene *s)
{
    NDIS_STATUS status;
    act_fill_oid(&act_request, answer, sizeof(answer));
    if (s->kind.mcm)
        AS_CM(status = NdisMCmOidRequest(Client.af, NULL, NULL, &act_request));
    else
        AS_CM(status = NdisCoOidRequest(Cm.binding, Client.af, NULL, NULL, &act_request));
    scene_settle(s);
    return status;
}

NDIS_STATUS act_ask_miniport(struct scene *s)
{
    return ask(s, NULL);
}

void act_answer_as_call_manager(struct scene *s, NDIS_STATUS status)
{
    if (s->kind.mcm)
        AS_CM(NdisMCmOidRequestComplete(Client.af, NULL, NULL, &act_request, status));
    else
        AS_CM(NdisCoOidRequestComplete(Client.af, NULL, NULL, &act_request, status));
    scene_settle(s);
}

void act_answer_as_miniport(struct scene *s, NDIS_STATUS status)
{
    AS_MINI(NdisMCoOidRequestComplete(Mini.adapter, NULL, &act_request, status));
    scene_settle(s);
}
