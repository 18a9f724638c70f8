/* SPDX-License-Identifier: MIT */
/* Activating and deactivating a VC: the call manager asks, the miniport does it (API §8.5). In a
 * miniport call manager the two are one driver, so both end at once (API §10, K1). */
#include "ndis/handle.h"
#include "ndis/report.h"
#include "ndis/vc.h"
#include "ndis/watch.h"

/* The VC of an activation call, locked, or NULL after a report. */
static struct vc *lock_for_cm(const struct call *call, enum edge edge, NDIS_HANDLE handle)
{
    struct vc *vc = vc_lock(call, handle);
    if (!vc)
        return NULL;
    vc_unlock(vc); /* a report must not be made under the lock */
    if (!vc_check_cm(call, vc, edge, handle))
        return NULL;
    return vc_lock(call, handle);
}

static NDIS_STATUS ask_miniport_to_activate(const struct call *call, struct vc *vc,
                                            PCO_CALL_PARAMETERS parameters)
{
    const struct driver *miniport = vc->adapter->driver;
    NDIS_STATUS status;
    if (operation_fails(call->host, &vc->activation_op, FAULT_MiniportCoActivateVc, &status))
        return status;
    struct watch watch = watch_parameters(call->host, parameters);
    watch_keep(&vc->activation_op, &watch);
    struct visit visit = visit_begin(miniport, "MiniportCoActivateVc");
    status = miniport->handlers.co_miniport.CoActivateVcHandler(vc->miniport_context, parameters);
    watch_handler(&watch, &visit, RULE_MCO_ACTIVATE_CHANGED, &vc->activation_op);
    visit_end(&visit);
    return operation_returned(call->host, &vc->activation_op, &miniport->module->owner, status);
}

static NDIS_STATUS activate(enum edge edge, const char *function, NDIS_HANDLE NdisVcHandle,
                            PCO_CALL_PARAMETERS CallParameters)
{
    struct call call = edge_begin(edge, function);
    if (!CallParameters)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisVcHandle, NDIS_STATUS_INVALID_DATA,
                           "CallParameters is NULL");
    struct vc *vc = lock_for_cm(&call, edge, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    enum fault_point point =
        edge == EDGE_INTEGRATED ? FAULT_NdisMCmActivateVc : FAULT_NdisCmActivateVc;
    bool may = vc_activation_table[vc->activation][VC_CM_ACTIVATE].action != STATE_BREAKS;
    if (may && nt_fault(point)) {
        vc_unlock(vc);
        return nt_fault_status(point);
    }
    uint8_t before = vc->activation;
    const struct state_cell *cell = vc_activation_step(vc, VC_CM_ACTIVATE);
    if (cell->action == STATE_BREAKS)
        return vc_refuse(&call, vc, NdisVcHandle, cell, vc_activation_names[vc->activation],
                         "activate");
    if (vc_is_integrated(vc)) {
        vc_activation_step(vc, VC_ACTIVATED);
        vc->activation_count++;
        vc_unlock(vc);
        return NDIS_STATUS_SUCCESS;
    }
    vc->activation_op.before = before;
    operation_begin(&vc->activation_op, OP_ACTIVATE_VC, CallParameters);
    bool too_often = vc->refused_activation_count == VC_ATTEMPTS_MAX;
    vc_unlock(vc);
    if (too_often)
        (void)call_breaks(&call, RULE_RENEGOTIATION_UNBOUNDED, NdisVcHandle, NDIS_STATUS_SUCCESS,
                          "%d activations in a row were refused", VC_ATTEMPTS_MAX);
    return ask_miniport_to_activate(&call, vc, CallParameters);
}

void operation_end_ACTIVATE_VC(struct host *host, struct operation *op, bool told)
{
    struct vc *vc = (struct vc *)operation_object(op);
    (void)host;
    exec_lock_named(&vc->lock, "activate");
    NDIS_STATUS status = op->status;
    PCO_CALL_PARAMETERS parameters = op->parameters;
    NDIS_HANDLE context = vc->cm_context;
    operation_end(op);
    vc_activation_step(vc, status == NDIS_STATUS_SUCCESS ? VC_ACTIVATED : VC_ACTIVATE_FAILED);
    vc->refused_activation_count =
        status == NDIS_STATUS_SUCCESS ? 0 : vc->refused_activation_count + 1;
    if (status == NDIS_STATUS_SUCCESS)
        vc->activation_count++;
    const struct driver *cm = vc_cm(vc);
    const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS *handlers = vc_cm_handlers(vc);
    vc_unlock(vc);
    if (!told)
        return;
    struct visit visit = visit_begin(cm, "ProtocolCmActivateVcComplete");
    handlers->CmActivateVcCompleteHandler(status, context, parameters);
    visit_end(&visit);
}

/* The miniport has let everything of the VC go before its deactivation ends (C57). */
static void check_quiet(const struct call *call, const struct vc *vc, NDIS_HANDLE handle)
{
    uint32_t sends = atomic_load(&vc->sends_out);
    uint32_t receives = atomic_load(&vc->receives_out);
    if (sends)
        (void)call_breaks(call, RULE_MCO_DEACTIVATE_SENDS_OUT, handle, NDIS_STATUS_SUCCESS,
                          "%u sent lists are not completed", sends);
    if (receives)
        (void)call_breaks(call, RULE_MCO_DEACTIVATE_RECEIVES_OUT, handle, NDIS_STATUS_SUCCESS,
                          "%u indicated lists are not returned", receives);
}

static NDIS_STATUS ask_miniport_to_deactivate(const struct call *call, struct vc *vc,
                                              NDIS_HANDLE handle)
{
    const struct driver *miniport = vc->adapter->driver;
    struct visit visit = visit_begin(miniport, "MiniportCoDeactivateVc");
    NDIS_STATUS status = miniport->handlers.co_miniport.CoDeactivateVcHandler(vc->miniport_context);
    struct call answer = {call->host, call->task, visit.handler};
    if (status == NDIS_STATUS_SUCCESS)
        check_quiet(&answer, vc, handle); /* still inside the visit: the miniport answers for it */
    visit_end(&visit);
    return operation_returned(call->host, &vc->activation_op, &miniport->module->owner, status);
}

static NDIS_STATUS deactivate(enum edge edge, const char *function, NDIS_HANDLE NdisVcHandle)
{
    struct call call = edge_begin(edge, function);
    struct vc *vc = lock_for_cm(&call, edge, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    const struct state_cell *cell = vc_activation_step(vc, VC_CM_DEACTIVATE);
    if (cell->action == STATE_BREAKS)
        return vc_refuse(&call, vc, NdisVcHandle, cell, vc_activation_names[vc->activation],
                         "deactivate");
    if (vc_is_integrated(vc)) {
        vc_activation_step(vc, VC_DEACTIVATED);
        vc_unlock(vc);
        check_quiet(&call, vc, NdisVcHandle);
        return NDIS_STATUS_SUCCESS;
    }
    operation_begin(&vc->activation_op, OP_DEACTIVATE_VC, NULL);
    vc_unlock(vc);
    return ask_miniport_to_deactivate(&call, vc, NdisVcHandle);
}

void operation_end_DEACTIVATE_VC(struct host *host, struct operation *op, bool told)
{
    struct vc *vc = (struct vc *)operation_object(op);
    (void)host;
    exec_lock_named(&vc->lock, "deactivate");
    NDIS_STATUS status = op->status;
    NDIS_HANDLE context = vc->cm_context;
    operation_end(op);
    vc_activation_step(vc, status == NDIS_STATUS_SUCCESS ? VC_DEACTIVATED : VC_DEACTIVATE_FAILED);
    const struct driver *cm = vc_cm(vc);
    const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS *handlers = vc_cm_handlers(vc);
    vc_unlock(vc);
    if (!told)
        return;
    struct visit visit = visit_begin(cm, "ProtocolCmDeactivateVcComplete");
    handlers->CmDeactivateVcCompleteHandler(status, context);
    visit_end(&visit);
}

/* A miniport's completion of either request. */
static struct vc *miniport_completes(const struct call *call, NDIS_HANDLE NdisVcHandle,
                                     enum operation_kind kind)
{
    struct vc *vc = (struct vc *)operation_resolve(call, NdisVcHandle, OBJECT_VC, "NdisVcHandle",
                                                   offsetof(struct vc, activation_op), kind);
    if (!vc)
        return NULL;
    if (!call_is_from(call, vc->adapter->driver)) {
        (void)call_breaks(call, RULE_MCO_NOT_OWN_VC, NdisVcHandle, NDIS_STATUS_FAILURE,
                          "the VC lives on an adapter of %s", vc->adapter->driver->module->name);
        return NULL;
    }
    if (vc_is_integrated(vc)) {
        (void)call_breaks(call, RULE_MCM_USES_MCO_VC_COMPLETE, NdisVcHandle, NDIS_STATUS_FAILURE,
                          "a miniport call manager's activation ends in its own call");
        return NULL;
    }
    return vc;
}

/* NdisCmActivateVc has the miniport set a VC up, or change what it carries. Stand-alone call
 * managers.
 * CallParameters  the media parameters; stay until the completion
 * returns         PENDING, then ProtocolCmActivateVcComplete; or the miniport's final status
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisCmActivateVc */
NDIS_STATUS NTAPI NdisCmActivateVc(NDIS_HANDLE NdisVcHandle, PCO_CALL_PARAMETERS CallParameters)
{
    return activate(EDGE_STAND_ALONE, __func__, NdisVcHandle, CallParameters);
}

/* NdisMCmActivateVc tells NDIS that the miniport call manager has set a client's VC up.
 * returns  SUCCESS, always at once; FAILURE when the VC cannot be activated now
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisMCmActivateVc; API §10, K1 */
NDIS_STATUS NTAPI NdisMCmActivateVc(NDIS_HANDLE NdisVcHandle, PCO_CALL_PARAMETERS CallParameters)
{
    return activate(EDGE_INTEGRATED, __func__, NdisVcHandle, CallParameters);
}

/* NdisCmDeactivateVc has the miniport stop a VC: part of every teardown.
 * returns  PENDING, then ProtocolCmDeactivateVcComplete; or the miniport's final status;
 *          NOT_ACCEPTED for a VC that is not active
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisCmDeactivateVc */
NDIS_STATUS NTAPI NdisCmDeactivateVc(NDIS_HANDLE NdisVcHandle)
{
    return deactivate(EDGE_STAND_ALONE, __func__, NdisVcHandle);
}

/* NdisMCmDeactivateVc tells NDIS that the miniport call manager has stopped a client's VC.
 * returns  SUCCESS; NOT_ACCEPTED for a VC that is not active
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisMCmDeactivateVc; API §10, K1 */
NDIS_STATUS NTAPI NdisMCmDeactivateVc(NDIS_HANDLE NdisVcHandle)
{
    return deactivate(EDGE_INTEGRATED, __func__, NdisVcHandle);
}

/* NdisMCoActivateVcComplete ends an activation that MiniportCoActivateVc pended.
 * CallParameters  the call manager's buffer as it was given
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisMCoActivateVcComplete */
VOID NTAPI NdisMCoActivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                     PCO_CALL_PARAMETERS CallParameters)
{
    struct call call = call_begin(__func__, RULE_Irql_MCO_Function, LEVEL_UP_TO_DISPATCH);
    struct vc *vc = miniport_completes(&call, NdisVcHandle, OP_ACTIVATE_VC);
    if (vc)
        (void)operation_complete(call.host, &vc->activation_op, OP_ACTIVATE_VC, Status, __func__,
                                 operation_take_parameters, CallParameters);
}

/* NdisMCoDeactivateVcComplete ends a deactivation that MiniportCoDeactivateVc pended, when every
 * send is completed and every receive is back.
 * IRQL    <= DISPATCH_LEVEL
 * source  Learn: NdisMCoDeactivateVcComplete */
VOID NTAPI NdisMCoDeactivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_MCO_Function, LEVEL_UP_TO_DISPATCH);
    struct vc *vc = miniport_completes(&call, NdisVcHandle, OP_DEACTIVATE_VC);
    if (!vc)
        return;
    if (Status == NDIS_STATUS_SUCCESS)
        check_quiet(&call, vc, NdisVcHandle);
    (void)operation_complete(call.host, &vc->activation_op, OP_DEACTIVATE_VC, Status, __func__,
                             NULL, NULL);
}
