/* SPDX-License-Identifier: MIT */
/* C21 to C30: roles and edges: the mistakes. */
#include "acts.h"

/* ---- C21 to C26: whose function it is ---------------------------------------------------- */

static void drop_by(struct scene *s, bool other_edge)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_WORK, .other_edge = other_edge});
    call_drop(s, 1);
    call_end_with(s, 0);
}

/* The client completes its own drop, through this function; NULL: it does not. */
static void drop_completed_by_client(struct scene *s,
                                     VOID(NTAPI *complete)(NDIS_STATUS, NDIS_HANDLE))
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    if (complete)
        AS_CLIENT(complete(NDIS_STATUS_SUCCESS, s->party[1].handle));
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    call_end_with(s, 0);
}

MISTAKE(CM_NOT_A_CALL_MANAGER)
{
    drop_completed_by_client(s, NdisCmDropPartyComplete);
}

ALMOST(CM_NOT_A_CALL_MANAGER)
{
    drop_completed_by_client(s, NULL);
}

MISTAKE(MCM_NOT_A_CALL_MANAGER)
{
    drop_completed_by_client(s, NdisMCmDropPartyComplete);
}

ALMOST(MCM_NOT_A_CALL_MANAGER)
{
    drop_completed_by_client(s, NULL);
}

MISTAKE(CL_NOT_OWNER)
{
    call_begin_with(s, 2);
    AS_CM((void)NdisClDropParty(s->party[1].handle, NULL, 0));
    call_drop(s, 1);
    call_end_with(s, 0);
}

ALMOST(CL_NOT_OWNER)
{
    call_begin_with(s, 2);
    AS_CM(Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, s->party[1].handle, NULL, 0));
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(MCM_USES_NDISCO)
{
    NDIS_STATUS status;
    struct cm_vc *vc = act_listen(s);
    (void)Cm.edge->DeactivateVc;
    AS_CM((void)Cm.edge->DeactivateVc(vc->wire.handle));
    AS_CM(status = NdisCoDeleteVc(vc->wire.handle));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    AS_CM(ActorFree(vc));
    Cm.vc_count--;
    act_deafen(s);
}

ALMOST(MCM_USES_NDISCO)
{
    act_stop(s, act_listen(s)); /* NdisMCmDeleteVc */
}

MISTAKE(MCM_USES_MCO_VC_COMPLETE)
{
    act_create_vc(s);
    (void)act_activate(s);
    AS_MINI(NdisMCoActivateVcComplete(NDIS_STATUS_SUCCESS, s->vc[0].handle, &Client.call));
    (void)act_deactivate(s);
    act_delete_vc(s);
}

ALMOST(MCM_USES_MCO_VC_COMPLETE)
{
    act_create_vc(s);
    (void)act_activate(s);
    (void)act_deactivate(s);
    act_delete_vc(s);
}

MISTAKE(MCO_NOT_OWN_VC)
{
    act_call(s);
    AS_CLIENT(NdisMCoSendNetBufferListsComplete(s->vc[0].handle, NULL, 0));
    act_hang_up(s);
}

ALMOST(MCO_NOT_OWN_VC)
{
    act_call(s);
    AS_CLIENT((void)ClientSend(&s->vc[0], 0)); /* the miniport completes it */
    act_hang_up(s);
}

/* ---- C27: registering an address family -------------------------------------------------- */

static enum moment left_out;

static NDIS_STATUS NTAPI create_vc(NDIS_HANDLE Adapter, NDIS_HANDLE Vc, PNDIS_HANDLE Context)
{
    UNREFERENCED_PARAMETER(Adapter);
    UNREFERENCED_PARAMETER(Vc);
    UNREFERENCED_PARAMETER(Context);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS NTAPI end_vc(NDIS_HANDLE Vc)
{
    UNREFERENCED_PARAMETER(Vc);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS NTAPI activate_vc(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Vc);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static void fill_vc_slots(PNDIS_MINIPORT_CO_CHARACTERISTICS Co)
{
    if (Co->CoCreateVcHandler)
        return;
    Co->CoCreateVcHandler = create_vc;
    Co->CoDeleteVcHandler = end_vc;
    Co->CoActivateVcHandler = activate_vc;
    Co->CoDeactivateVcHandler = end_vc;
}

/* Leaves one table out, and takes no offence when the registration is refused for that. */
static NDIS_STATUS leave_out(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == left_out)
        return NDIS_STATUS_PENDING;
    if (left_out == AT_CM_HANDLERS && Moment == AT_MINI_CO)
        fill_vc_slots(What); /* a miniport that is no call manager needs them */
    return Moment == AT_CM_REGISTER ? NDIS_STATUS_SUCCESS : Status;
}

static void load_without(struct scene *s, enum moment moment)
{
    left_out = moment;
    ActorHook = leave_out;
    scene_load(s);
}

MISTAKE(REGISTER_AF_NO_HANDLERS)
{
    load_without(s, AT_CM_HANDLERS);
}

ALMOST(REGISTER_AF_NO_HANDLERS)
{
    load_without(s, AT_CLIENT_HANDLERS); /* one that calls nobody needs none of these */
}

MISTAKE(REGISTER_AF_NO_CHARACTERISTICS)
{
    load_without(s, s->kind.mcm ? AT_MINI_CO : AT_CM_CO);
}

ALMOST(REGISTER_AF_NO_CHARACTERISTICS)
{
    scene_load(s);
}

static void register_family(struct scene *s, USHORT type, ULONG minor)
{
    CO_ADDRESS_FAMILY family = {type, 4, minor};
    if (s->kind.mcm)
        AS_CM((void)NdisMCmRegisterAddressFamilyEx(Cm.adapter, &family));
    else
        AS_CM((void)NdisCmRegisterAddressFamilyEx(Cm.binding, &family));
}

MISTAKE(REGISTER_AF_WRONG_PHASE)
{
    register_family(s, CO_ADDRESS_FAMILY_PPP, 0);
}

static struct scene *stage;

static NDIS_STATUS register_another(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CM_REGISTER)
        register_family(stage, CO_ADDRESS_FAMILY_PPP, 0);
    return Status;
}

ALMOST(REGISTER_AF_WRONG_PHASE)
{
    stage = s;
    ActorHook = register_another;
    scene_load(s);
    ActorHook = NULL;
}

static NDIS_STATUS register_again(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CM_REGISTER)
        register_family(stage, CO_ADDRESS_FAMILY_Q2931, 0);
    return Status;
}

MISTAKE(REGISTER_AF_TWICE)
{
    stage = s;
    ActorHook = register_again;
    scene_load(s);
}

static NDIS_STATUS register_other_version(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CM_REGISTER)
        register_family(stage, CO_ADDRESS_FAMILY_Q2931, 1);
    return Status;
}

ALMOST(REGISTER_AF_TWICE)
{
    stage = s;
    ActorHook = register_other_version;
    scene_load(s);
}

/* The client offers an address family itself, beside the call manager that is there. */
static CO_ADDRESS_FAMILY second = {CO_ADDRESS_FAMILY_Q2931, 3, 1};

static NDIS_STATUS second_call_manager(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS handlers = CmHandlers;
    if (Moment == AT_CLIENT_OPTIONS)
        return NdisSetOptionalHandlers(What, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&handlers);
    bool bound = Moment == AT_CLIENT_OPENED || Moment == AT_CLIENT_BIND;
    if (bound && Status == NDIS_STATUS_SUCCESS)
        (void)NdisCmRegisterAddressFamilyEx(Client.binding, &second);
    return Status;
}

MISTAKE(REGISTER_AF_OTHER_CM)
{
    second = (CO_ADDRESS_FAMILY){CO_ADDRESS_FAMILY_Q2931, 3, 1};
    ActorHook = second_call_manager;
    scene_load(s);
}

ALMOST(REGISTER_AF_OTHER_CM)
{
    second = (CO_ADDRESS_FAMILY){CO_ADDRESS_FAMILY_PPP, 3, 1};
    ActorHook = second_call_manager;
    scene_load(s);
}

/* ---- C28: optional handlers -------------------------------------------------------------- */

static NDIS_STATUS no_slot(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_HANDLERS)
        ((PNDIS_CO_CLIENT_OPTIONAL_HANDLERS)What)->ClModifyCallQoSCompleteHandler = NULL;
    return Status;
}

MISTAKE(HANDLERS_SLOT_NULL)
{
    ActorHook = no_slot;
    scene_load(s);
}

ALMOST(HANDLERS_SLOT_NULL)
{
    scene_load(s); /* its handler for that is there, though it changes no QoS */
}

static NDIS_STATUS vc_slot(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_MINI_CO)
        ((PNDIS_MINIPORT_CO_CHARACTERISTICS)What)->CoCreateVcHandler = create_vc;
    return Status;
}

MISTAKE(HANDLERS_MCM_VC_SLOT_SET)
{
    ActorHook = vc_slot;
    scene_load(s);
}

ALMOST(HANDLERS_MCM_VC_SLOT_SET)
{
    scene_load(s);
}

static W_CO_OID_REQUEST_HANDLER miniports_own;

/* The two have other parameters; who mixes them up casts. */
static NDIS_STATUS same_oid(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_MINI_CO)
        miniports_own = ((PNDIS_MINIPORT_CO_CHARACTERISTICS)What)->CoOidRequestHandler;
    if (Moment == AT_CM_HANDLERS)
        memcpy(&((PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS)What)->CmOidRequestHandler,
               &miniports_own, sizeof(miniports_own));
    return Status;
}

MISTAKE(HANDLERS_CM_OID_SAME)
{
    ActorHook = same_oid;
    scene_load(s);
}

ALMOST(HANDLERS_CM_OID_SAME)
{
    scene_load(s);
}

static NDIS_STATUS wrong_header(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_HANDLERS)
        ((PNDIS_CO_CLIENT_OPTIONAL_HANDLERS)What)->Header.Size = sizeof(NDIS_OBJECT_HEADER);
    return Status;
}

MISTAKE(HANDLERS_HEADER)
{
    ActorHook = wrong_header;
    scene_load(s);
}

ALMOST(HANDLERS_HEADER)
{
    scene_load(s);
}

MISTAKE(HANDLERS_WRONG_PHASE)
{
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS handlers = ClientHandlers;
    AS_CLIENT(
        (void)NdisSetOptionalHandlers(Client.driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&handlers));
}

static NDIS_STATUS handlers_of_binding(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS handlers = ClientHandlers;
    UNREFERENCED_PARAMETER(What);
    bool bound = Moment == AT_CLIENT_OPENED || Moment == AT_CLIENT_BIND;
    if (bound && Status == NDIS_STATUS_SUCCESS)
        return NdisSetOptionalHandlers(Client.binding, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&handlers);
    return Status;
}

ALMOST(HANDLERS_WRONG_PHASE)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    scene_unload(s, &s->client);
    ActorHook = handlers_of_binding;
    scene_reload_client(s);
}

/* ---- C30: opening what was offered ------------------------------------------------------- */

static void open_with(struct scene *s, ULONG minor)
{
    NDIS_STATUS status;
    CO_ADDRESS_FAMILY family = Client.family;
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    Client.family.MinorVersion += minor;
    AS_CLIENT(status =
                  NdisClOpenAddressFamilyEx(Client.binding, &Client.family, &Client, &Client.af));
    scene_settle(s);
    if (status == NDIS_STATUS_SUCCESS)
        Client.af_opened++;
    Client.family = family;
}

MISTAKE(OPEN_AF_NOT_NOTIFIED)
{
    open_with(s, 1);
}

ALMOST(OPEN_AF_NOT_NOTIFIED)
{
    open_with(s, 0);
}

const struct broken_row broken_edge[] = {
    PLAY(MCM_USES_NDISMCM, MCM_ONLY, drop_by, true),
    ROW(CM_NOT_A_CALL_MANAGER, BOTH),
    PLAY(CM_USES_NDISCM, STAND_ALONE, drop_by, true),
    ROW(MCM_NOT_A_CALL_MANAGER, BOTH),
    ROW(CL_NOT_OWNER, BOTH),
    ROW(MCM_USES_NDISCO, MCM_ONLY),
    ROW(MCM_USES_MCO_VC_COMPLETE, MCM_ONLY),
    ROW(MCO_NOT_OWN_VC, BOTH),
    ROW(REGISTER_AF_NO_HANDLERS, BOTH, .stage = STAGE_EMPTY),
    ROW(REGISTER_AF_NO_CHARACTERISTICS, BOTH, .stage = STAGE_EMPTY),
    ROW(REGISTER_AF_WRONG_PHASE, BOTH, .almost_stage = STAGE_EMPTY),
    ROW(HANDLERS_SLOT_NULL, EITHER, .stage = STAGE_EMPTY),
    ROW(HANDLERS_MCM_VC_SLOT_SET, MCM_ONLY, .stage = STAGE_EMPTY),
    ROW(HANDLERS_CM_OID_SAME, MCM_ONLY, .stage = STAGE_EMPTY),
    ROW(HANDLERS_HEADER, EITHER, .stage = STAGE_EMPTY),
    ROW(HANDLERS_WRONG_PHASE, EITHER),
    ROW(REGISTER_AF_TWICE, BOTH, .stage = STAGE_EMPTY),
    ROW(REGISTER_AF_OTHER_CM, BOTH, .stage = STAGE_EMPTY),
    ROW(OPEN_AF_NOT_NOTIFIED, EITHER),
    END_OF_TABLE,
};
