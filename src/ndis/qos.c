/* SPDX-License-Identifier: MIT */
/* Changing what a call carries: asked by the client, or told by the other end (API §8.12). */
#include "ndis/handle.h"
#include "ndis/report.h"
#include "ndis/vc.h"
#include "ndis/watch.h"

static struct vc *lock_for_modify(const struct call *call, NDIS_HANDLE NdisVcHandle,
                                  NDIS_STATUS *status)
{
    *status = NDIS_STATUS_FAILURE;
    struct vc *vc = vc_lock(call, NdisVcHandle);
    if (!vc)
        return NULL;
    if (!vc->af || !call_is_from(call, af_client(vc->af))) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_NOT_OWNER, NdisVcHandle, NDIS_STATUS_FAILURE,
                          "the VC is another driver's");
        return NULL;
    }
    const struct state_cell *cell = vc_call_step(vc, CALL_CL_MODIFY);
    if (cell->action != STATE_GO) {
        *status = vc_refuse(call, vc, NdisVcHandle, cell, vc_call_names[vc->call], "modify QoS");
        return NULL;
    }
    if (operation_running(&vc->qos_op)) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_MODIFY_TWICE, NdisVcHandle, NDIS_STATUS_FAILURE,
                          "a change is under way");
        return NULL;
    }
    return vc;
}

/* Whether a change is under way and the VC was not activated anew since the client asked (C52).
 * Judged in one: a change that ends meanwhile must not be blamed for what its end clears. */
static bool lacks_activation(struct vc *vc)
{
    exec_lock_named(&vc->lock, "modify QoS");
    bool lacks = operation_running(&vc->qos_op) && vc->activation_known == vc->activation_count;
    vc_unlock(vc);
    return lacks;
}

/* NdisClModifyCallQoS asks for other traffic parameters of a call.
 * CallParameters  the new ones; stay until the completion
 * returns         PENDING, then ProtocolClModifyCallQoSComplete; or the final status: SUCCESS,
 *                 RESOURCES, INVALID_DATA, FAILURE, what the call manager answered
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisClModifyCallQoS */
NDIS_STATUS NTAPI NdisClModifyCallQoS(NDIS_HANDLE NdisVcHandle, PCO_CALL_PARAMETERS CallParameters)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    if (!CallParameters)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisVcHandle, NDIS_STATUS_INVALID_DATA,
                           "CallParameters is NULL");
    NDIS_STATUS status;
    struct vc *vc = lock_for_modify(&call, NdisVcHandle, &status);
    if (!vc)
        return status;
    if (nt_fault(FAULT_NdisClModifyCallQoS)) {
        vc_unlock(vc);
        return nt_fault_status(FAULT_NdisClModifyCallQoS);
    }
    vc->activation_known = vc->activation_count;
    operation_begin(&vc->qos_op, OP_MODIFY_QOS, CallParameters);
    struct watch watch = watch_parameters(call.host, CallParameters);
    watch_keep(&vc->qos_op, &watch);
    NDIS_HANDLE context = vc->cm_context;
    const struct driver *cm = af_cm(vc->af);
    bool too_often = vc->refused_change_count == VC_ATTEMPTS_MAX;
    vc_unlock(vc);
    if (too_often)
        (void)call_breaks(&call, RULE_RENEGOTIATION_UNBOUNDED, NdisVcHandle, NDIS_STATUS_SUCCESS,
                          "%d changes in a row were refused", VC_ATTEMPTS_MAX);
    if (operation_fails(call.host, &vc->qos_op, FAULT_ProtocolCmModifyCallQoS, &status))
        return status;
    struct visit visit = visit_begin(cm, "ProtocolCmModifyCallQoS");
    status = af_cm_handlers(vc->af)->CmModifyCallQoSHandler(context, CallParameters);
    if (status == NDIS_STATUS_SUCCESS && lacks_activation(vc))
        (void)visit_breaks(&visit, RULE_CM_MODIFY_NOT_REACTIVATED, &vc->object, status,
                           "the handler answered SUCCESS");
    watch_handler(&watch, &visit, RULE_PARAMETERS_CHANGED_FLAG, &vc->qos_op);
    visit_end(&visit);
    return operation_returned(call.host, &vc->qos_op, &cm->module->owner, status);
}

void operation_end_MODIFY_QOS(struct host *host, struct operation *op, bool told)
{
    struct vc *vc = (struct vc *)operation_object(op);
    (void)host;
    exec_lock_named(&vc->lock, "modify QoS");
    NDIS_STATUS status = op->status;
    PCO_CALL_PARAMETERS parameters = op->parameters;
    NDIS_HANDLE context = vc->client_context;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    operation_end(op);
    vc->refused_change_count = status == NDIS_STATUS_SUCCESS ? 0 : vc->refused_change_count + 1;
    vc->activation_known = vc->activation_count;
    vc_unlock(vc);
    if (!told)
        return;
    struct visit visit = visit_begin(client, "ProtocolClModifyCallQoSComplete");
    handlers->ClModifyCallQoSCompleteHandler(status, context, parameters);
    visit_end(&visit);
}

static void modify_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                            NDIS_HANDLE NdisVcHandle, PCO_CALL_PARAMETERS CallParameters)
{
    struct call call = edge_begin(edge, function);
    struct vc *vc = (struct vc *)operation_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle",
                                                   offsetof(struct vc, qos_op), OP_MODIFY_QOS);
    if (!vc || !vc_check_cm(&call, vc, edge, NdisVcHandle))
        return;
    if (Status == NDIS_STATUS_SUCCESS && lacks_activation(vc))
        (void)call_breaks(&call, RULE_CM_MODIFY_NOT_REACTIVATED, NdisVcHandle, Status,
                          "the VC was not activated since the client asked");
    (void)operation_complete(call.host, &vc->qos_op, OP_MODIFY_QOS, Status, function,
                             operation_take_parameters, CallParameters);
}

/* NdisCmModifyCallQoSComplete ends a change that ProtocolCmModifyCallQoS pended.
 * effects  SUCCESS: only after the VC was activated with the new parameters
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisCmModifyCallQoSComplete */
VOID NTAPI NdisCmModifyCallQoSComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                       PCO_CALL_PARAMETERS CallParameters)
{
    modify_complete(EDGE_STAND_ALONE, "NdisCmModifyCallQoSComplete", Status, NdisVcHandle,
                    CallParameters);
}

/* The same for a miniport call manager. source: Learn: NdisMCmModifyCallQoSComplete */
VOID NTAPI NdisMCmModifyCallQoSComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                        PCO_CALL_PARAMETERS CallParameters)
{
    modify_complete(EDGE_INTEGRATED, "NdisMCmModifyCallQoSComplete", Status, NdisVcHandle,
                    CallParameters);
}

static void dispatch_qos_change(enum edge edge, const char *function, NDIS_HANDLE NdisVcHandle,
                                PCO_CALL_PARAMETERS CallParameters)
{
    struct call call = edge_begin(edge, function);
    uint64_t since = call.task->since;
    /* The client may have to hear first, on this task, that its call stands. */
    operation_drain(call.task);
    struct vc *vc = (struct vc *)call_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle");
    if (!vc || !vc_check_cm(&call, vc, edge, NdisVcHandle))
        return;
    vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return;
    if (vc_close_crosses(vc, since)) {
        vc_unlock(vc);
        return;
    }
    const struct state_cell *cell = vc_call_step(vc, CALL_CM_QOS_CHANGE);
    if (cell->action == STATE_BREAKS) {
        (void)vc_refuse(&call, vc, NdisVcHandle, cell, vc_call_names[vc->call],
                        "incoming QoS change");
        return;
    }
    bool activated = vc->activation_known != vc->activation_count;
    vc->activation_known = vc->activation_count;
    NDIS_HANDLE context = vc->client_context;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    vc_unlock(vc);
    if (!activated)
        (void)call_breaks(&call, RULE_CM_QOS_CHANGE_NOT_REACTIVATED, NdisVcHandle,
                          NDIS_STATUS_SUCCESS, "the VC was not activated with the new parameters");
    struct visit visit = visit_begin(client, "ProtocolClIncomingCallQoSChange");
    handlers->ClIncomingCallQoSChangeHandler(context, CallParameters);
    visit_end(&visit);
}

/* NdisCmDispatchIncomingCallQoSChange tells a client that the other end changed the call's traffic
 * parameters; the VC is activated with them already.
 * effects ProtocolClIncomingCallQoSChange; nothing when the client closes the call at this moment
 * IRQL    <= DISPATCH_LEVEL
 * source  Learn: NdisCmDispatchIncomingCallQoSChange */
VOID NTAPI NdisCmDispatchIncomingCallQoSChange(NDIS_HANDLE NdisVcHandle,
                                               PCO_CALL_PARAMETERS CallParameters)
{
    dispatch_qos_change(EDGE_STAND_ALONE, "NdisCmDispatchIncomingCallQoSChange", NdisVcHandle,
                        CallParameters);
}

/* The same for a miniport call manager. source: Learn: NdisMCmDispatchIncomingCallQoSChange */
VOID NTAPI NdisMCmDispatchIncomingCallQoSChange(NDIS_HANDLE NdisVcHandle,
                                                PCO_CALL_PARAMETERS CallParameters)
{
    dispatch_qos_change(EDGE_INTEGRATED, "NdisMCmDispatchIncomingCallQoSChange", NdisVcHandle,
                        CallParameters);
}
