/* SPDX-License-Identifier: MIT */
/* C31 to C45: handles: the mistakes. */
#include "acts.h"

/* ---- C31 to C43: dead handles ------------------------------------------------------------ */

static NDIS_HANDLE closed_af(struct scene *s)
{
    NDIS_HANDLE af = Client.af;
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    return af;
}

MISTAKE(CL_AF_HANDLE_DEAD)
{
    NDIS_HANDLE handle = NULL;
    NDIS_HANDLE af = closed_af(s);
    AS_CLIENT((void)NdisCoCreateVc(Client.binding, af, s, &handle));
}

ALMOST(CL_AF_HANDLE_DEAD)
{
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM((void)Cm.edge->NotifyCloseAf(Client.af));
    (void)closed_af(s);
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS); /* the one use that is left */
}

MISTAKE(CM_AF_HANDLE_DEAD)
{
    NDIS_HANDLE af = closed_af(s);
    AS_CM((void)Cm.edge->NotifyCloseAf(af));
}

ALMOST(CM_AF_HANDLE_DEAD)
{
    plan_cm(ASK_CLOSE_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    AS_CM((void)Cm.edge->NotifyCloseAf(Client.af)); /* crosses the close, which ends it */
    finish_cm(ASK_CLOSE_AF, NDIS_STATUS_SUCCESS);
}

static void open_in_vain(struct scene *s)
{
    (void)closed_af(s);
    plan_cm(ASK_OPEN_AF, (struct plan){.how = FROM_THREAD, .status = NDIS_STATUS_RESOURCES});
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    Client.af_closed = Client.af_opened;
}

MISTAKE(CM_AF_HANDLE_OPEN_FAILED)
{
    open_in_vain(s);
    AS_CM((void)Cm.edge->NotifyCloseAf(last("ProtocolCmOpenAf")->handle));
}

ALMOST(CM_AF_HANDLE_OPEN_FAILED)
{
    open_in_vain(s);
}

static NDIS_HANDLE gone_sap(struct scene *s)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    NDIS_HANDLE sap = s->sap.handle;
    act_deafen(s);
    return sap;
}

MISTAKE(CL_SAP_HANDLE_DEAD)
{
    NDIS_HANDLE sap = gone_sap(s);
    AS_CLIENT((void)NdisClDeregisterSap(sap));
}

ALMOST(CL_SAP_HANDLE_DEAD)
{
    (void)gone_sap(s);
    (void)gone_sap(s);
}

MISTAKE(CM_SAP_HANDLE_DEAD)
{
    struct cm_vc *vc = act_listen(s);
    NDIS_HANDLE sap = s->sap.handle;
    act_deafen(s);
    AS_CM((void)Cm.edge->IncomingCall(sap, vc->wire.handle, &vc->call));
    act_drop_vc(s, vc);
}

ALMOST(CM_SAP_HANDLE_DEAD)
{
    NDIS_STATUS status;
    struct cm_vc *vc = act_listen(s);
    plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    AS_CM(status = Cm.edge->IncomingCall(s->sap.handle, vc->wire.handle, &vc->call));
    assert_int_equal(status, NDIS_STATUS_INVALID_SAP); /* it crossed the deregistration */
    finish_cm(ASK_DEREGISTER_SAP, NDIS_STATUS_SUCCESS);
    act_drop_vc(s, vc);
}

/* Drops a party of a call of two, then does something with its handle. */
static void drop_and(struct scene *s, void (*then)(NDIS_HANDLE party))
{
    call_begin_with(s, 2);
    NDIS_HANDLE party = s->party[1].handle;
    call_drop(s, 1);
    then(party);
    call_end_with(s, 0);
}

static void drop_again(NDIS_HANDLE party)
{
    AS_CLIENT((void)NdisClDropParty(party, NULL, 0));
}

static void tell_of_drop(NDIS_HANDLE party)
{
    AS_CM(Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, party, NULL, 0));
}

MISTAKE(CL_PARTY_HANDLE_DEAD)
{
    drop_and(s, drop_again);
}

ALMOST(CL_PARTY_HANDLE_DEAD)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_FAILURE});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = AT_ONCE});
    call_drop(s, 1); /* the first one failed: the handle lives */
    call_end_with(s, 0);
}

MISTAKE(CM_PARTY_HANDLE_DEAD)
{
    drop_and(s, tell_of_drop);
}

ALMOST(CM_PARTY_HANDLE_DEAD)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    tell_of_drop(s->party[1].handle); /* crosses the drop */
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    call_end_with(s, 0);
}

MISTAKE(CL_PARTY_HANDLE_CLOSED)
{
    call_begin_with(s, 1);
    NDIS_HANDLE party = s->party[0].handle;
    call_end_with(s, 0);
    AS_CLIENT((void)NdisClDropParty(party, NULL, 0));
}

ALMOST(CL_PARTY_HANDLE_CLOSED)
{
    call_begin_with(s, 1);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = FROM_DPC, .status = NDIS_STATUS_FAILURE});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[0], NULL, 0));
    scene_settle(s);
    call_end_with(s, 0); /* the first close failed: the handle lives */
}

static NDIS_HANDLE add_in_vain(struct scene *s)
{
    call_begin_with(s, 1);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
    NDIS_HANDLE party = s->party[1].handle;
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_RESOURCES);
    return party;
}

MISTAKE(CL_PARTY_NEVER_MADE)
{
    NDIS_HANDLE party = add_in_vain(s);
    AS_CLIENT((void)NdisClDropParty(party, NULL, 0));
    call_end_with(s, 0);
}

ALMOST(CL_PARTY_NEVER_MADE)
{
    (void)add_in_vain(s);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = AT_ONCE});
    call_add(s, 1);
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(VC_HANDLE_DELETED)
{
    act_create_vc(s);
    act_delete_vc(s);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
}

ALMOST(VC_HANDLE_DELETED)
{
    act_create_vc(s);
    act_delete_vc(s);
    act_create_vc(s);
    act_delete_vc(s);
}

MISTAKE(CO_VC_HANDLE_DEAD)
{
    NDIS_HANDLE vc;
    act_create_vc(s);
    vc = s->vc[0].handle;
    act_delete_vc(s);
    AS_CM((void)Cm.edge->DeactivateVc(vc));
}

ALMOST(CO_VC_HANDLE_DEAD)
{
    act_create_vc(s);
    Cm.delete_vc_status = NDIS_STATUS_NOT_ACCEPTED; /* it needs the VC for a while */
    AS_CLIENT((void)ClientDeleteVc(&s->vc[0]));
    (void)act_activate(s);
    (void)act_deactivate(s);
    Cm.delete_vc_status = NDIS_STATUS_SUCCESS;
    act_delete_vc(s);
}

static NDIS_STATUS close_again(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    NDIS_STATUS status = NDIS_STATUS_FAILURE;
    if (Moment == AT_CLIENT_UNLOAD)
        status = NdisCloseAdapterEx(Client.binding);
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    return Status;
}

MISTAKE(BINDING_HANDLE_DEAD)
{
    ActorHook = close_again;
}

ALMOST(BINDING_HANDLE_DEAD)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    scene_unload(s, &s->client);
    scene_reload_client(s);
}

/* Drops a party and adds others until its slot is in use again. */
static NDIS_HANDLE used_again(struct scene *s)
{
    call_begin_with(s, 2);
    NDIS_HANDLE party = s->party[1].handle;
    call_drop(s, 1);
    for (uint32_t i = 1; i < SCENE_PARTIES; i++)
        call_add(s, i);
    return party;
}

static void end_all(struct scene *s)
{
    for (uint32_t i = 1; i < SCENE_PARTIES; i++)
        call_drop(s, i);
    call_end_with(s, 0);
}

MISTAKE(HANDLE_STALE)
{
    NDIS_HANDLE party = used_again(s);
    AS_CLIENT((void)NdisClDropParty(party, NULL, 0));
    end_all(s);
}

ALMOST(HANDLE_STALE)
{
    (void)used_again(s);
    end_all(s);
}

static void drop_handle(struct scene *s, NDIS_HANDLE handle)
{
    call_begin_with(s, 2);
    AS_CLIENT((void)NdisClDropParty(handle, NULL, 0));
    call_drop(s, 1);
    call_end_with(s, 0);
}

static void drop_as_it_should(struct scene *s)
{
    call_begin_with(s, 2);
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(HANDLE_KIND)
{
    drop_handle(s, Client.af);
}

ALMOST(HANDLE_KIND)
{
    drop_as_it_should(s);
}

MISTAKE(HANDLE_NOT_A_HANDLE)
{
    drop_handle(s, &s->party[1]);
}

ALMOST(HANDLE_NOT_A_HANDLE)
{
    drop_as_it_should(s);
}

MISTAKE(HANDLE_NULL)
{
    drop_handle(s, NULL);
}

ALMOST(HANDLE_NULL)
{
    act_call(s);
    act_hang_up(s); /* where NULL says that there is no party */
}

MISTAKE(HANDLE_FOREIGN)
{
    NDIS_STATUS status;
    AS_CM(status = NdisCloseAdapterEx(Client.binding));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

ALMOST(HANDLE_FOREIGN)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    scene_unload(s, &s->client); /* it closes its own */
}

/* ---- C44, C45: VC handles ---------------------------------------------------------------- */

static void create_into(struct scene *s, NDIS_HANDLE handle)
{
    AS_CLIENT((void)NdisCoCreateVc(Client.binding, Client.af, &s->vc[0], &handle));
    s->vc[0].handle = handle;
    act_delete_vc(s);
}

MISTAKE(VC_CREATE_HANDLE_SET)
{
    create_into(s, s);
}

ALMOST(VC_CREATE_HANDLE_SET)
{
    create_into(s, NULL);
}

MISTAKE(CL_VC_NOT_OFFERED)
{
    struct cm_vc *vc = act_answered_call(s);
    act_close_answered(s);
    AS_CLIENT((void)NdisClModifyCallQoS(Client.incoming_vc.handle, &Client.call));
    act_stop(s, vc);
}

ALMOST(CL_VC_NOT_OFFERED)
{
    struct cm_vc *vc = act_answered_call(s);
    act_close_answered(s);
    AS_CM((void)Cm.edge->ActivateVc(vc->wire.handle, &vc->call)); /* the VC is used again */
    scene_settle(s);
    vc->active = 1;
    (void)act_offer(s, vc);
    AS_CM(Cm.edge->CallConnected(vc->wire.handle));
    act_close_answered(s);
    act_stop(s, vc);
}

const struct broken_row broken_handle[] = {
    ROW(CL_AF_HANDLE_DEAD, BOTH),
    ROW(CM_AF_HANDLE_DEAD, BOTH),
    ROW(CM_AF_HANDLE_OPEN_FAILED, BOTH),
    ROW(CL_SAP_HANDLE_DEAD, BOTH),
    ROW(CM_SAP_HANDLE_DEAD, BOTH),
    ROW(CL_PARTY_HANDLE_DEAD, BOTH),
    ROW(CL_PARTY_HANDLE_CLOSED, BOTH),
    ROW(CM_PARTY_HANDLE_DEAD, BOTH),
    ROW(VC_HANDLE_DELETED, BOTH),
    ROW(CO_VC_HANDLE_DEAD, BOTH),
    ROW(BINDING_HANDLE_DEAD, EITHER),
    ROW(CL_PARTY_NEVER_MADE, BOTH),
    ROW(HANDLE_STALE, EITHER),
    ROW(HANDLE_KIND, EITHER),
    ROW(HANDLE_FOREIGN, EITHER),
    ROW(HANDLE_NOT_A_HANDLE, EITHER),
    ROW(HANDLE_NULL, EITHER),
    ROW(VC_CREATE_HANDLE_SET, BOTH),
    ROW(CL_VC_NOT_OFFERED, BOTH),
    END_OF_TABLE,
};
