/* SPDX-License-Identifier: MIT */
/* One call manager: everything but its edge. */
#include "actor.h"

struct cm Cm;

static struct cm_party *new_party(struct cm_vc *Vc, NDIS_HANDLE Handle)
{
    struct cm_party *party = ActorAllocate(sizeof(*party));
    if (party) {
        party->handle = Handle;
        party->vc = Vc;
        InterlockedExchangePointer((PVOID volatile *)&Cm.party, party);
        InterlockedIncrement(&Cm.party_count);
    }
    return party;
}

static VOID free_counted(PVOID Memory, volatile LONG *Count, BOOLEAN Leak)
{
    if (Leak && Memory) {
        ActorKeep(Memory);
        Cm.kept = Memory;
    }
    if (!Memory || Leak)
        return;
    InterlockedDecrement(Count);
    ActorFree(Memory);
}

/* The call manager's own side of an outcome: what a request made goes when it fails, what it ends
 * goes when it succeeds. */
VOID CmDeskSettle(struct ticket *Ticket, NDIS_STATUS Status)
{
    BOOLEAN good = Status == NDIS_STATUS_SUCCESS;
    BOOLEAN leak = Ticket->plan.leak;
    switch (Ticket->ask) {
    case ASK_OPEN_AF:
        if (good)
            Cm.af = Ticket->object;
        else
            free_counted(Ticket->object, &Cm.af_count, leak);
        break;
    case ASK_CLOSE_AF:
        if (good)
            free_counted(Ticket->object, &Cm.af_count, leak);
        break;
    case ASK_REGISTER_SAP:
        if (good)
            Cm.sap = Ticket->object;
        else
            free_counted(Ticket->object, &Cm.sap_count, leak);
        break;
    case ASK_DEREGISTER_SAP:
        if (good)
            free_counted(Ticket->object, &Cm.sap_count, leak);
        break;
    case ASK_MAKE_CALL:
    case ASK_ADD_PARTY:
        if (!good)
            free_counted(Ticket->object, &Cm.party_count, leak);
        break;
    case ASK_CLOSE_CALL:
    case ASK_DROP_PARTY:
        if (good)
            free_counted(Ticket->object, &Cm.party_count, leak);
        break;
    default:
        break;
    }
}

VOID CmDeskComplete(struct ticket *Ticket, NDIS_STATUS Status)
{
    const struct edge *edge = Ticket->plan.other_edge ? Cm.other : Cm.edge;
    NDIS_HANDLE context = Ticket->plan.no_context ? NULL : Ticket->object;
    switch (Ticket->ask) {
    case ASK_OPEN_AF:
        edge->OpenAfComplete(Status, Ticket->handle, context);
        break;
    case ASK_CLOSE_AF:
        edge->CloseAfComplete(Status, Ticket->handle);
        break;
    case ASK_REGISTER_SAP:
        edge->RegisterSapComplete(Status, Ticket->handle, context);
        break;
    case ASK_DEREGISTER_SAP:
        edge->DeregisterSapComplete(Status, Ticket->handle);
        break;
    case ASK_MAKE_CALL:
        edge->MakeCallComplete(Status, Ticket->handle, Ticket->party_handle, context,
                               Ticket->parameters);
        break;
    case ASK_CLOSE_CALL:
        edge->CloseCallComplete(Status, Ticket->handle, Ticket->party_handle);
        break;
    case ASK_ADD_PARTY:
        edge->AddPartyComplete(Status, Ticket->handle, context, Ticket->parameters);
        break;
    case ASK_DROP_PARTY:
        edge->DropPartyComplete(Status, Ticket->handle);
        break;
    case ASK_MODIFY_QOS:
        edge->ModifyQosComplete(Status, Ticket->handle, Ticket->parameters);
        break;
    default:
        break;
    }
}

VOID CmBegin(const struct edge *Edge, const struct edge *Other)
{
    NdisZeroMemory(&Cm, sizeof(Cm));
    DeskInitialize(&Cm.desk, CmDeskSettle, CmDeskComplete);
    Cm.edge = Edge;
    Cm.other = Other;
}

/* The context that a handler gives back at once. */
static NDIS_HANDLE context_of(const struct ticket *Ticket)
{
    const struct plan *plan = &Ticket->plan;
    return plan->no_context || plan->late_context ? NULL : Ticket->object;
}

/* ---- waiting for the miniport ------------------------------------------------------------ */

/* Goes on with a request when the miniport has answered: from its handler, or later. */
static struct ticket *resumed(struct cm_vc *Vc)
{
    struct ticket *ticket = Vc->waiting;
    Vc->waiting = NULL;
    if (ticket && Vc->outcome != NDIS_STATUS_SUCCESS)
        ticket->plan.status = Vc->outcome;
    return ticket;
}

static VOID miniport_answered(struct cm_vc *Vc, NDIS_STATUS Status, BOOLEAN Active)
{
    Vc->outcome = Status;
    if (Status == NDIS_STATUS_SUCCESS)
        InterlockedExchange(&Vc->active, Active);
    if (InterlockedExchange(&Vc->step, CM_ANSWERED) == CM_LEFT) {
        struct ticket *ticket = resumed(Vc);
        if (ticket)
            DeskAnswerLate(ticket);
    }
}

/* Has the VC activated or deactivated, then answers the request. */
static NDIS_STATUS answer_after(struct ticket *Ticket, struct cm_vc *Vc, BOOLEAN Active)
{
    Vc->waiting = Ticket;
    InterlockedExchange(&Vc->step, CM_ASKING);
    NDIS_STATUS status = Active ? Cm.edge->ActivateVc(Vc->wire.handle, Ticket->parameters)
                                : Cm.edge->DeactivateVc(Vc->wire.handle);
    if (status != NDIS_STATUS_PENDING)
        miniport_answered(Vc, status, Active);
    else if (InterlockedCompareExchange(&Vc->step, CM_LEFT, CM_ASKING) == CM_ASKING)
        return NDIS_STATUS_PENDING;
    return DeskAnswer(resumed(Vc));
}

static PROTOCOL_CM_ACTIVATE_VC_COMPLETE cm_activate_complete;
static VOID NTAPI cm_activate_complete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                       PCO_CALL_PARAMETERS CallParameters)
{
    ActorNote((struct note){.callback = "ProtocolCmActivateVcComplete",
                            .context = CallMgrVcContext,
                            .data = CallParameters,
                            .status = Status});
    miniport_answered(CallMgrVcContext, Status, TRUE);
}

static PROTOCOL_CM_DEACTIVATE_VC_COMPLETE cm_deactivate_complete;
static VOID NTAPI cm_deactivate_complete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext)
{
    ActorNote((struct note){.callback = "ProtocolCmDeactivateVcComplete",
                            .context = CallMgrVcContext,
                            .status = Status});
    miniport_answered(CallMgrVcContext, Status, FALSE);
}

/* ---- AFs and SAPs ------------------------------------------------------------------------ */

static PROTOCOL_CM_OPEN_AF cm_open_af;
static NDIS_STATUS NTAPI cm_open_af(NDIS_HANDLE CallMgrBindingContext,
                                    PCO_ADDRESS_FAMILY AddressFamily, NDIS_HANDLE NdisAfHandle,
                                    PNDIS_HANDLE CallMgrAfContext)
{
    struct cm_af *af = ActorAllocate(sizeof(*af));
    ActorNote((struct note){.callback = "ProtocolCmOpenAf",
                            .context = CallMgrBindingContext,
                            .handle = NdisAfHandle,
                            .data = AddressFamily});
    af->handle = NdisAfHandle;
    InterlockedIncrement(&Cm.af_count);
    struct ticket *ticket = DeskTake(&Cm.desk, ASK_OPEN_AF, af, NdisAfHandle, NULL, NULL);
    *CallMgrAfContext = context_of(ticket);
    return DeskAnswer(ticket);
}

static PROTOCOL_CM_CLOSE_AF cm_close_af;
static NDIS_STATUS NTAPI cm_close_af(NDIS_HANDLE CallMgrAfContext)
{
    struct cm_af *af = CallMgrAfContext ? CallMgrAfContext : Cm.af; /* it gave none */
    ActorNote((struct note){.callback = "ProtocolCmCloseAf", .context = af});
    return DeskAnswer(DeskTake(&Cm.desk, ASK_CLOSE_AF, af, af->handle, NULL, NULL));
}

static PROTOCOL_CM_REG_SAP cm_register_sap;
static NDIS_STATUS NTAPI cm_register_sap(NDIS_HANDLE CallMgrAfContext, PCO_SAP Sap,
                                         NDIS_HANDLE NdisSapHandle, PNDIS_HANDLE CallMgrSapContext)
{
    struct cm_sap *sap = ActorAllocate(sizeof(*sap));
    ActorNote((struct note){.callback = "ProtocolCmRegisterSap",
                            .context = CallMgrAfContext,
                            .handle = NdisSapHandle,
                            .data = Sap});
    sap->handle = NdisSapHandle;
    InterlockedIncrement(&Cm.sap_count);
    struct ticket *ticket = DeskTake(&Cm.desk, ASK_REGISTER_SAP, sap, NdisSapHandle, NULL, Sap);
    *CallMgrSapContext = context_of(ticket);
    return DeskAnswer(ticket);
}

static PROTOCOL_CM_DEREGISTER_SAP cm_deregister_sap;
static NDIS_STATUS NTAPI cm_deregister_sap(NDIS_HANDLE CallMgrSapContext)
{
    struct cm_sap *sap = CallMgrSapContext ? CallMgrSapContext : Cm.sap;
    ActorNote((struct note){.callback = "ProtocolCmDeregisterSap", .context = sap});
    return DeskAnswer(DeskTake(&Cm.desk, ASK_DEREGISTER_SAP, sap, sap->handle, NULL, NULL));
}

static PROTOCOL_CM_NOTIFY_CLOSE_AF_COMPLETE cm_notify_complete;
static VOID NTAPI cm_notify_complete(NDIS_HANDLE CallMgrAfContext, NDIS_STATUS Status)
{
    ActorNote((struct note){.callback = "ProtocolCmNotifyCloseAfComplete",
                            .context = CallMgrAfContext,
                            .status = Status});
}

/* ---- VCs --------------------------------------------------------------------------------- */

static PROTOCOL_CO_CREATE_VC cm_create_vc;
static NDIS_STATUS NTAPI cm_create_vc(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisVcHandle,
                                      PNDIS_HANDLE ProtocolVcContext)
{
    ActorNote((struct note){.callback = "ProtocolCoCreateVc(CM)",
                            .context = ProtocolAfContext,
                            .handle = NdisVcHandle});
    if (Cm.create_vc_status != NDIS_STATUS_SUCCESS)
        return Cm.create_vc_status;
    struct cm_vc *vc = ActorAllocate(sizeof(*vc));
    vc->wire.handle = NdisVcHandle;
    InterlockedIncrement(&Cm.vc_count);
    InterlockedExchangePointer((PVOID volatile *)&Cm.vc, vc); /* storms create at once */
    *ProtocolVcContext = vc;
    return NDIS_STATUS_SUCCESS;
}

static PROTOCOL_CO_DELETE_VC cm_delete_vc;
static NDIS_STATUS NTAPI cm_delete_vc(NDIS_HANDLE ProtocolVcContext)
{
    ActorNote((struct note){.callback = "ProtocolCoDeleteVc(CM)", .context = ProtocolVcContext});
    if (Cm.delete_vc_status != NDIS_STATUS_SUCCESS)
        return Cm.delete_vc_status;
    free_counted(ProtocolVcContext, &Cm.vc_count, Cm.leaks_vc);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS CmCreateVc(struct cm_vc **Vc)
{
    struct cm_vc *vc = ActorAllocate(sizeof(*vc));
    NDIS_STATUS status = Cm.edge->CreateVc(Cm.af->handle, vc, &vc->wire.handle);
    if (status != NDIS_STATUS_SUCCESS) {
        ActorFree(vc);
        return status;
    }
    InterlockedIncrement(&Cm.vc_count);
    *Vc = vc;
    status = Cm.edge->ActivateVc(vc->wire.handle, &vc->call);
    if (status != NDIS_STATUS_PENDING)
        miniport_answered(vc, status, TRUE);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS CmDeleteVc(struct cm_vc *Vc)
{
    NDIS_STATUS status = Cm.edge->DeleteVc(Vc->wire.handle);
    if (status == NDIS_STATUS_SUCCESS)
        free_counted(Vc, &Cm.vc_count, FALSE);
    return status;
}

/* ---- calls ------------------------------------------------------------------------------- */

static PROTOCOL_CM_MAKE_CALL cm_make_call;
static NDIS_STATUS NTAPI cm_make_call(NDIS_HANDLE CallMgrVcContext,
                                      PCO_CALL_PARAMETERS CallParameters,
                                      NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    struct cm_vc *vc = CallMgrVcContext;
    struct cm_party *party = NdisPartyHandle ? new_party(vc, NdisPartyHandle) : NULL;
    ActorNote((struct note){.callback = "ProtocolCmMakeCall",
                            .context = vc,
                            .handle = NdisPartyHandle,
                            .data = CallParameters});
    struct ticket *ticket =
        DeskTake(&Cm.desk, ASK_MAKE_CALL, party, vc->wire.handle, NdisPartyHandle, CallParameters);
    if (party)
        *CallMgrPartyContext = context_of(ticket);
    if (ticket->plan.status != NDIS_STATUS_SUCCESS || Cm.idle)
        return DeskAnswer(ticket);
    return answer_after(ticket, vc, TRUE);
}

/* What a medium that carries no close data answers. */
static VOID judge_close_data(struct ticket *Ticket, PVOID Data)
{
    if (Data && Ticket->plan.refuses_data)
        Ticket->plan.status = NDIS_STATUS_INVALID_DATA;
}

static PROTOCOL_CM_CLOSE_CALL cm_close_call;
static NDIS_STATUS NTAPI cm_close_call(NDIS_HANDLE CallMgrVcContext,
                                       NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    struct cm_vc *vc = CallMgrVcContext;
    struct cm_party *party = CallMgrPartyContext;
    ActorNoteData((struct note){.callback = "ProtocolCmCloseCall", .context = vc, .handle = party},
                  CloseData, Size);
    struct ticket *ticket = DeskTake(&Cm.desk, ASK_CLOSE_CALL, party, vc->wire.handle,
                                     party ? party->handle : NULL, NULL);
    judge_close_data(ticket, CloseData);
    if (ticket->plan.status != NDIS_STATUS_SUCCESS || !vc->active || Cm.idle)
        return DeskAnswer(ticket);
    return answer_after(ticket, vc, FALSE);
}

static PROTOCOL_CM_INCOMING_CALL_COMPLETE cm_incoming_complete;
static VOID NTAPI cm_incoming_complete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                       PCO_CALL_PARAMETERS CallParameters)
{
    ActorNote((struct note){.callback = "ProtocolCmIncomingCallComplete",
                            .context = CallMgrVcContext,
                            .data = CallParameters,
                            .status = Status});
}

static PROTOCOL_CM_MODIFY_QOS_CALL cm_modify;
static NDIS_STATUS NTAPI cm_modify(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    struct cm_vc *vc = CallMgrVcContext;
    ActorNote((struct note){
        .callback = "ProtocolCmModifyCallQoS", .context = vc, .data = CallParameters});
    struct ticket *ticket =
        DeskTake(&Cm.desk, ASK_MODIFY_QOS, NULL, vc->wire.handle, NULL, CallParameters);
    if (ticket->plan.status != NDIS_STATUS_SUCCESS || Cm.idle)
        return DeskAnswer(ticket);
    return answer_after(ticket, vc, TRUE);
}

/* ---- parties ----------------------------------------------------------------------------- */

static PROTOCOL_CM_ADD_PARTY cm_add_party;
static NDIS_STATUS NTAPI cm_add_party(NDIS_HANDLE CallMgrVcContext,
                                      PCO_CALL_PARAMETERS CallParameters,
                                      NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    struct cm_party *party = new_party(CallMgrVcContext, NdisPartyHandle);
    ActorNote((struct note){.callback = "ProtocolCmAddParty",
                            .context = CallMgrVcContext,
                            .handle = NdisPartyHandle,
                            .data = CallParameters});
    struct ticket *ticket =
        DeskTake(&Cm.desk, ASK_ADD_PARTY, party, NdisPartyHandle, NULL, CallParameters);
    *CallMgrPartyContext = context_of(ticket);
    return DeskAnswer(ticket);
}

static PROTOCOL_CM_DROP_PARTY cm_drop_party;
static NDIS_STATUS NTAPI cm_drop_party(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    struct cm_party *party = CallMgrPartyContext ? CallMgrPartyContext : Cm.party;
    ActorNoteData(
        (struct note){.callback = "ProtocolCmDropParty", .context = party, .handle = party->handle},
        CloseData, Size);
    struct ticket *ticket = DeskTake(&Cm.desk, ASK_DROP_PARTY, party, party->handle, NULL, NULL);
    judge_close_data(ticket, CloseData);
    return DeskAnswer(ticket);
}

/* ---- OIDs -------------------------------------------------------------------------------- */

static PROTOCOL_CO_OID_REQUEST cm_oid;
static NDIS_STATUS NTAPI cm_oid(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                                NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    return ActorAt(AT_CM_OID, OidRequest, NDIS_STATUS_NOT_SUPPORTED);
}

static PROTOCOL_CO_OID_REQUEST_COMPLETE cm_oid_complete;
static VOID NTAPI cm_oid_complete(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                                  NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest,
                                  NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    ActorNote((struct note){.callback = "ProtocolCoOidRequestComplete",
                            .context = ProtocolAfContext,
                            .status = Status});
}

const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS CmHandlers = {
    .Header = {NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS,
               NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1,
               sizeof(NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS)},
    .CmCreateVcHandler = cm_create_vc,
    .CmDeleteVcHandler = cm_delete_vc,
    .CmOpenAfHandler = cm_open_af,
    .CmCloseAfHandler = cm_close_af,
    .CmRegisterSapHandler = cm_register_sap,
    .CmDeregisterSapHandler = cm_deregister_sap,
    .CmMakeCallHandler = cm_make_call,
    .CmCloseCallHandler = cm_close_call,
    .CmIncomingCallCompleteHandler = cm_incoming_complete,
    .CmAddPartyHandler = cm_add_party,
    .CmDropPartyHandler = cm_drop_party,
    .CmActivateVcCompleteHandler = cm_activate_complete,
    .CmDeactivateVcCompleteHandler = cm_deactivate_complete,
    .CmModifyCallQoSHandler = cm_modify,
    .CmOidRequestHandler = cm_oid,
    .CmOidRequestCompleteHandler = cm_oid_complete,
    .CmNotifyCloseAfCompleteHandler = cm_notify_complete,
};
