/* SPDX-License-Identifier: MIT */
/* A call that comes in: offered, answered, connected (API §8.8). */
#include "ndis/handle.h"
#include "ndis/report.h"
#include "ndis/sap.h"
#include "ndis/vc.h"
#include "ndis/watch.h"

/* ---- the offer --------------------------------------------------------------------------- */

/* Finds the SAP of an offer (C72).
 * returns  its context, and SUCCESS in *status; else the answer, after the report if a rule
 *          broke */
static NDIS_HANDLE sap_for_offer(const struct call *call, NDIS_HANDLE NdisSapHandle, enum edge edge,
                                 struct af **af, NDIS_STATUS *status)
{
    *status = NDIS_STATUS_FAILURE;
    struct sap *sap = (struct sap *)call_resolve(call, NdisSapHandle, OBJECT_SAP, "NdisSapHandle");
    if (!sap || !af_check_cm(call, sap->af, edge, NdisSapHandle))
        return NULL;
    exec_lock_named(&sap->lock, call->function);
    bool alive = handle_still_names(NdisSapHandle, &sap->object);
    bool leaving = sap->state == SAP_DEREGISTERING;
    /* For its call manager a SAP is registered once it said yes, heard of or not; as long as its
     * handler runs it may be about to. */
    bool coming = sap->state == SAP_REGISTERING && operation_state(&sap->op) == OPERATION_WAITING;
    NDIS_HANDLE context = sap->client_context;
    *af = sap->af;
    exec_unlock_named(&sap->lock, call->function);
    if (!alive || coming)
        *status = call_breaks(call, RULE_CM_INCOMING_NO_SAP, NdisSapHandle, NDIS_STATUS_FAILURE,
                              "the SAP is not registered %s", coming ? "yet" : "any more");
    else if (leaving) /* the client takes the SAP back at this moment: it refuses the call */
        *status = NDIS_STATUS_INVALID_SAP;
    else
        *status = NDIS_STATUS_SUCCESS;
    return context;
}

/* Which rule the VC of an offer breaks, if any. Caller holds the lock. */
static enum rule_id offer_rule(const struct vc *vc, const struct af *af)
{
    if (vc->af != af || vc->creator == VC_BY_CLIENT)
        return RULE_CM_INCOMING_NOT_OWN_VC;
    if (vc_call_table[vc->call][CALL_CM_OFFER].action == STATE_BREAKS)
        return (enum rule_id)vc_call_table[vc->call][CALL_CM_OFFER].rule;
    if (vc_activation_table[vc->activation][VC_CM_OFFERS].action == STATE_BREAKS)
        return (enum rule_id)vc_activation_table[vc->activation][VC_CM_OFFERS].rule;
    return RULE_NONE;
}

static NDIS_STATUS dispatch_incoming_call(enum edge edge, const char *function,
                                          NDIS_HANDLE NdisSapHandle, NDIS_HANDLE NdisVcHandle,
                                          PCO_CALL_PARAMETERS CallParameters)
{
    struct call call = edge_begin(edge, function);
    struct af *af = NULL;
    NDIS_STATUS status;
    if (!CallParameters)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisVcHandle, NDIS_STATUS_INVALID_DATA,
                           "CallParameters is NULL");
    NDIS_HANDLE sap_context = sap_for_offer(&call, NdisSapHandle, edge, &af, &status);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    enum fault_point point = edge == EDGE_INTEGRATED ? FAULT_NdisMCmDispatchIncomingCall
                                                     : FAULT_NdisCmDispatchIncomingCall;
    if (nt_fault(point))
        return nt_fault_status(point);
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    if (operation_is_untold(&vc->call_op, OP_CLOSE_CALL)) { /* the VC is used again: vc.c, delete */
        vc_unlock(vc);
        operation_settle_one(call.host, &vc->call_op, OP_CLOSE_CALL);
        vc = vc_lock(&call, NdisVcHandle);
        if (!vc)
            return NDIS_STATUS_FAILURE;
    }
    enum rule_id rule = offer_rule(vc, af);
    if (rule != RULE_NONE) {
        const char *state = vc_call_names[vc->call];
        const char *activation = vc_activation_names[vc->activation];
        vc_unlock(vc);
        return call_breaks(&call, rule, NdisVcHandle, NDIS_STATUS_FAILURE,
                           "the VC is %s, its call %s", activation, state);
    }
    vc_call_step(vc, CALL_CM_OFFER);
    vc->withdrawn = false;
    vc->multipoint = false;
    vc->activation_known = vc->activation_count;
    operation_begin(&vc->call_op, OP_INCOMING_CALL, CallParameters);
    struct watch watch = watch_parameters(call.host, CallParameters);
    watch_keep(&vc->call_op, &watch);
    NDIS_HANDLE vc_context = vc->client_context;
    vc_unlock(vc);
    const struct driver *client = af_client(af);
    if (operation_fails(call.host, &vc->call_op, FAULT_ProtocolClIncomingCall, &status))
        return status;
    struct visit visit = visit_begin(client, "ProtocolClIncomingCall");
    status = af_client_handlers(af)->ClIncomingCallHandler(sap_context, vc_context, CallParameters);
    watch_handler(&watch, &visit, RULE_PARAMETERS_CHANGED_FLAG, &vc->call_op);
    visit_end(&visit);
    return operation_returned(call.host, &vc->call_op, &client->module->owner, status);
}

void operation_end_INCOMING_CALL(struct host *host, struct operation *op, bool told)
{
    struct vc *vc = (struct vc *)operation_object(op);
    (void)host;
    exec_lock_named(&vc->lock, "incoming call");
    NDIS_STATUS status = op->status;
    PCO_CALL_PARAMETERS parameters = op->parameters;
    NDIS_HANDLE context = vc->cm_context;
    const struct driver *cm = af_cm(vc->af);
    const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS *handlers = af_cm_handlers(vc->af);
    operation_end(op);
    vc_call_step(vc, status == NDIS_STATUS_SUCCESS ? CALL_OFFER_ACCEPTED : CALL_OFFER_REJECTED);
    if (status != NDIS_STATUS_SUCCESS)
        vc->withdrawn = true;
    vc_unlock(vc);
    if (!told)
        return;
    struct visit visit = visit_begin(cm, "ProtocolCmIncomingCallComplete");
    handlers->CmIncomingCallCompleteHandler(status, context, parameters);
    visit_end(&visit);
}

/* NdisClIncomingCallComplete answers an offer that ProtocolClIncomingCall pended.
 * Status          SUCCESS accepts, anything else but PENDING rejects
 * CallParameters  as given, or changed with CALL_PARAMETERS_CHANGED
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisClIncomingCallComplete */
VOID NTAPI NdisClIncomingCallComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                      PCO_CALL_PARAMETERS CallParameters)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct vc *vc = (struct vc *)operation_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle",
                                                   offsetof(struct vc, call_op), OP_INCOMING_CALL);
    if (!vc)
        return;
    if (!vc->af || !call_is_from(&call, af_client(vc->af))) {
        (void)call_breaks(&call, RULE_CL_NOT_OWNER, NdisVcHandle, Status,
                          "the VC is another driver's");
        return;
    }
    (void)operation_complete(call.host, &vc->call_op, OP_INCOMING_CALL, Status, __func__,
                             operation_take_parameters, CallParameters);
}

/* NdisCmDispatchIncomingCall offers a call to the client whose SAP it came for.
 * NdisVcHandle    a VC that the call manager created on that client's AF and activated
 * CallParameters  of the offer; stay until the answer
 * returns         PENDING, then ProtocolCmIncomingCallComplete; or the client's final answer
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisCmDispatchIncomingCall */
NDIS_STATUS NTAPI NdisCmDispatchIncomingCall(NDIS_HANDLE NdisSapHandle, NDIS_HANDLE NdisVcHandle,
                                             PCO_CALL_PARAMETERS CallParameters)
{
    return dispatch_incoming_call(EDGE_STAND_ALONE, "NdisCmDispatchIncomingCall", NdisSapHandle,
                                  NdisVcHandle, CallParameters);
}

/* The same for a miniport call manager. source: Learn: NdisMCmDispatchIncomingCall */
NDIS_STATUS NTAPI NdisMCmDispatchIncomingCall(NDIS_HANDLE NdisSapHandle, NDIS_HANDLE NdisVcHandle,
                                              PCO_CALL_PARAMETERS CallParameters)
{
    return dispatch_incoming_call(EDGE_INTEGRATED, "NdisMCmDispatchIncomingCall", NdisSapHandle,
                                  NdisVcHandle, CallParameters);
}

/* ---- connected --------------------------------------------------------------------------- */

/* Which rule a report of connection breaks, if any. Caller holds the lock. */
static enum rule_id connected_rule(const struct vc *vc)
{
    const struct state_cell *cell = &vc_call_table[vc->call][CALL_CM_CONNECTED];
    if (vc_was_rejected(vc))
        return RULE_CM_REJECTED_CONNECTED;
    if (cell->action == STATE_BREAKS)
        return vc->creator == VC_BY_CLIENT ? RULE_CM_CONNECTED_OUTGOING : (enum rule_id)cell->rule;
    if (vc_activation_table[vc->activation][VC_CM_OFFERS].action == STATE_BREAKS)
        return RULE_CM_CONNECTED_NOT_ACTIVE;
    return RULE_NONE;
}

static void dispatch_call_connected(enum edge edge, const char *function, NDIS_HANDLE NdisVcHandle)
{
    struct call call = edge_begin(edge, function);
    struct vc *vc = (struct vc *)call_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle");
    if (!vc || !vc_check_cm(&call, vc, edge, NdisVcHandle))
        return;
    vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return;
    enum rule_id rule = connected_rule(vc);
    const char *state = vc_call_names[vc->call];
    if (rule != RULE_NONE) {
        vc_unlock(vc);
        (void)call_breaks(&call, rule, NdisVcHandle, NDIS_STATUS_FAILURE, "the call is %s", state);
        return;
    }
    vc_call_step(vc, CALL_CM_CONNECTED);
    NDIS_HANDLE context = vc->client_context;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    vc_unlock(vc);
    struct visit visit = visit_begin(client, "ProtocolClCallConnected");
    handlers->ClCallConnectedHandler(context);
    visit_end(&visit);
}

/* NdisCmDispatchCallConnected tells a client that the call it accepted stands: data may flow.
 * IRQL    <= DISPATCH_LEVEL
 * source  Learn: NdisCmDispatchCallConnected */
VOID NTAPI NdisCmDispatchCallConnected(NDIS_HANDLE NdisVcHandle)
{
    dispatch_call_connected(EDGE_STAND_ALONE, "NdisCmDispatchCallConnected", NdisVcHandle);
}

/* The same for a miniport call manager. source: Learn: NdisMCmDispatchCallConnected */
VOID NTAPI NdisMCmDispatchCallConnected(NDIS_HANDLE NdisVcHandle)
{
    dispatch_call_connected(EDGE_INTEGRATED, "NdisMCmDispatchCallConnected", NdisVcHandle);
}
