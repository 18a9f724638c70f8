/* SPDX-License-Identifier: MIT */
/* Adding a party: NdisClAddParty to ProtocolClAddPartyComplete (API §8.7). */
#include "ndis/handle.h"
#include "ndis/party.h"
#include "ndis/report.h"
#include "ndis/watch.h"

static bool arguments_ok(const struct call *call, NDIS_HANDLE about, PVOID context,
                         PCO_CALL_PARAMETERS parameters, PNDIS_HANDLE handle)
{
    const char *missing = !context      ? "ProtocolPartyContext"
                          : !parameters ? "CallParameters"
                          : !handle     ? "NdisPartyHandle"
                                        : NULL;
    if (missing)
        (void)call_breaks(call, RULE_ARGUMENT_NULL, about, NDIS_STATUS_INVALID_DATA, "%s is NULL",
                          missing);
    return !missing;
}

/* Checks that the VC takes a party. Caller holds the lock; released when the answer is no.
 * returns  true, still locked; false after the report, *status the answer */
static bool may_add(const struct call *call, struct vc *vc, NDIS_HANDLE handle, NDIS_STATUS *status)
{
    *status = NDIS_STATUS_FAILURE;
    if (!vc->af || !call_is_from(call, af_client(vc->af))) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_NOT_OWNER, handle, *status, "the VC is another driver's");
        return false;
    }
    const struct state_cell *cell = &vc_call_table[vc->call][CALL_CL_ADD_PARTY];
    if (cell->action != STATE_GO) {
        *status = vc_refuse(call, vc, handle, cell, vc_call_names[vc->call], "add party");
        return false;
    }
    if (vc->multipoint)
        return true;
    vc_unlock(vc);
    (void)call_breaks(call, RULE_CL_ADD_NOT_MULTIPOINT, handle, *status,
                      "the call was made without a party context");
    return false;
}

static NDIS_STATUS ask_to_add(const struct call *call, struct vc *vc, struct party *party,
                              PCO_CALL_PARAMETERS parameters, NDIS_HANDLE handle)
{
    const struct driver *cm = af_cm(vc->af);
    NDIS_HANDLE context = NULL;
    NDIS_STATUS status;
    if (operation_fails(call->host, &party->op, FAULT_ProtocolCmAddParty, &status))
        return status;
    struct watch watch = watch_parameters(call->host, parameters);
    watch_keep(&party->op, &watch);
    struct visit visit = visit_begin(cm, "ProtocolCmAddParty");
    status =
        af_cm_handlers(vc->af)->CmAddPartyHandler(vc->cm_context, parameters, handle, &context);
    if (status == NDIS_STATUS_SUCCESS && !context)
        (void)visit_breaks(&visit, RULE_CM_ADD_PARTY_CONTEXT_UNSET, &party->object, status,
                           "*CallMgrPartyContext is still NULL");
    watch_handler(&watch, &visit, RULE_PARAMETERS_CHANGED_FLAG, &party->op);
    visit_end(&visit);
    /* Until operation_returned the party is ours, completed early or not. */
    context_from_handler(&party->cm_context, context, status);
    return operation_returned(call->host, &party->op, &cm->module->owner, status);
}

/* NdisClAddParty asks for one more leaf on a connected multipoint call.
 * ProtocolPartyContext  the client's, for the party's callbacks; not NULL
 * CallParameters        the leaf's address and what else; stay until the completion
 * NdisPartyHandle       receives the party's handle, which is valid from success on
 * returns               PENDING, then ProtocolClAddPartyComplete; or the final status: SUCCESS,
 *                       RESOURCES, FAILURE, what the call manager answered
 * IRQL                  <= DISPATCH_LEVEL
 * source                Learn: NdisClAddParty */
NDIS_STATUS NTAPI NdisClAddParty(NDIS_HANDLE NdisVcHandle, NDIS_HANDLE ProtocolPartyContext,
                                 PCO_CALL_PARAMETERS CallParameters, PNDIS_HANDLE NdisPartyHandle)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    NDIS_STATUS status;
    if (!arguments_ok(&call, NdisVcHandle, ProtocolPartyContext, CallParameters, NdisPartyHandle))
        return NDIS_STATUS_INVALID_DATA;
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    if (!may_add(&call, vc, NdisVcHandle, &status))
        return status;
    struct party *party =
        nt_fault(FAULT_NdisClAddParty) ? NULL : party_new(vc, ProtocolPartyContext);
    if (!party) {
        vc_unlock(vc);
        return NDIS_STATUS_RESOURCES;
    }
    NDIS_HANDLE handle = party_publish(party);
    operation_begin(&party->op, OP_ADD_PARTY, CallParameters);
    vc_unlock(vc);
    *NdisPartyHandle = handle; /* before anybody can say that the party joined */
    status = ask_to_add(&call, vc, party, CallParameters, handle);
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_PENDING)
        *NdisPartyHandle = NULL;
    return status;
}

void operation_end_ADD_PARTY(struct host *host, struct operation *op, bool told)
{
    struct party *party = (struct party *)operation_object(op);
    struct vc *vc = party_vc(party);
    exec_lock_named(&vc->lock, "add party");
    NDIS_STATUS status = op->status;
    bool joined = status == NDIS_STATUS_SUCCESS;
    PCO_CALL_PARAMETERS parameters = op->parameters;
    NDIS_HANDLE context = party->client_context;
    NDIS_HANDLE handle = joined ? handle_of(host, &party->object) : NULL;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    operation_end(op);
    if (joined)
        party_joined(party);
    else
        party_step(party, PARTY_ADD_FAILED);
    vc_unlock(vc);
    if (told) {
        struct visit visit = visit_begin(client, "ProtocolClAddPartyComplete");
        handlers->ClAddPartyCompleteHandler(status, context, handle, parameters);
        visit_end(&visit);
    }
    if (joined)
        party_told(host, vc, party, handle);
}

static void add_party_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                               NDIS_HANDLE NdisPartyHandle, NDIS_HANDLE CallMgrPartyContext,
                               PCO_CALL_PARAMETERS CallParameters)
{
    struct call call = edge_begin(edge, function);
    struct party *party =
        (struct party *)operation_resolve(&call, NdisPartyHandle, OBJECT_PARTY, "NdisPartyHandle",
                                          offsetof(struct party, op), OP_ADD_PARTY);
    if (!party || !af_check_cm(&call, party_vc(party)->af, edge, NdisPartyHandle))
        return;
    if (Status == NDIS_STATUS_SUCCESS && !CallMgrPartyContext)
        (void)call_breaks(&call, RULE_CM_MULTIPOINT_NEEDS_CONTEXT, NdisPartyHandle, Status,
                          "CallMgrPartyContext is NULL");
    struct party_results results = {CallMgrPartyContext, CallParameters};
    (void)operation_complete(call.host, &party->op, OP_ADD_PARTY, Status, function, party_fill,
                             &results);
}

/* NdisCmAddPartyComplete ends an addition that ProtocolCmAddParty pended.
 * CallMgrPartyContext  with SUCCESS: the call manager's context of the party
 * CallParameters       as given, or changed with CALL_PARAMETERS_CHANGED
 * effects              on failure the party handle is dead at the call
 * IRQL                 <= DISPATCH_LEVEL
 * source               Learn: NdisCmAddPartyComplete */
VOID NTAPI NdisCmAddPartyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle,
                                  NDIS_HANDLE CallMgrPartyContext,
                                  PCO_CALL_PARAMETERS CallParameters)
{
    add_party_complete(EDGE_STAND_ALONE, "NdisCmAddPartyComplete", Status, NdisPartyHandle,
                       CallMgrPartyContext, CallParameters);
}

/* The same for a miniport call manager. source: Learn: NdisMCmAddPartyComplete */
VOID NTAPI NdisMCmAddPartyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle,
                                   NDIS_HANDLE CallMgrPartyContext,
                                   PCO_CALL_PARAMETERS CallParameters)
{
    add_party_complete(EDGE_INTEGRATED, "NdisMCmAddPartyComplete", Status, NdisPartyHandle,
                       CallMgrPartyContext, CallParameters);
}
