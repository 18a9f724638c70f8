/* SPDX-License-Identifier: MIT */
#include "ndis/vc.h"

#include "ndis/handle.h"
#include "ndis/indication.h"
#include "ndis/party.h"
#include "ndis/report.h"
#include "nt/fault.h"

#include <stdlib.h>
#include <string.h>

/* Every step of a machine passes here: the trace sees it, forbidden ones change nothing. */
static const struct state_cell *step(struct vc *vc, uint8_t *state, const struct state_cell *cell,
                                     const char *const names[], const char *event, uint8_t back)
{
    assert(cell->action != STATE_UNDECIDED && cell->action != STATE_NEVER);
    if (cell->action != STATE_GO)
        return cell;
    uint8_t next = cell->next == STATE_BACK ? back : cell->next;
    struct host *host = vc->adapter->host;
    if (__builtin_expect(trace_on(host->trace), 0) && next != *state)
        report_state(host, &vc->object, NULL, event, names[*state], names[next], "API 1.3");
    *state = next;
    return cell;
}

const struct state_cell *vc_activation_step(struct vc *vc, enum vc_activation_event event)
{
    const struct state_cell *cell = &vc_activation_table[vc->activation][event];
    return step(vc, &vc->activation, cell, vc_activation_names, vc_activation_event_names[event],
                vc->activation_op.before);
}

const struct state_cell *vc_call_step(struct vc *vc, enum vc_call_event event)
{
    bool was_idle = vc->call == CALL_IDLE;
    const struct state_cell *cell = &vc_call_table[vc->call][event];
    cell = step(vc, &vc->call, cell, vc_call_names, vc_call_event_names[event], vc->call_op.before);
    bool is_idle = vc->call == CALL_IDLE;
    if (was_idle && !is_idle)
        atomic_fetch_add(&vc->af->call_count, 1);
    else if (!was_idle && is_idle)
        atomic_fetch_sub(&vc->af->call_count, 1);
    if (is_idle != was_idle)
        vc->refused_change_count = vc->refused_activation_count = 0;
    return cell;
}

struct vc *vc_lock_failed(const struct call *call, struct vc *vc, NDIS_HANDLE NdisVcHandle)
{
    exec_unlock_named(&vc->lock, call->function);
    (void)call_breaks(call, RULE_VC_HANDLE_DELETED, NdisVcHandle, NDIS_STATUS_FAILURE,
                      "the VC is being deleted");
    return NULL;
}

NDIS_STATUS vc_refuse(const struct call *call, struct vc *vc, NDIS_HANDLE handle,
                      const struct state_cell *cell, const char *state, const char *event)
{
    bool withdrawn =
        vc->withdrawn && vc->call == CALL_IDLE && call_is_from(call, af_client(vc->af));
    vc_unlock(vc);
    if (cell->action == STATE_REFUSES)
        return cell->status;
    enum rule_id rule = withdrawn ? RULE_CL_VC_NOT_OFFERED : (enum rule_id)cell->rule;
    return call_breaks(call, rule, handle, cell->status, "%s while %s", event, state);
}

bool vc_check_cm(const struct call *call, const struct vc *vc, enum edge edge, NDIS_HANDLE about)
{
    if (vc->af)
        return af_check_cm(call, vc->af, edge, about);
    if (edge == EDGE_STAND_ALONE && call_is_from(call, vc->creator_binding->driver))
        return true;
    (void)call_breaks(call,
                      edge == EDGE_STAND_ALONE ? RULE_CM_NOT_A_CALL_MANAGER : RULE_CM_USES_NDISCM,
                      about, NDIS_STATUS_FAILURE, "the signalling VC belongs to %s",
                      vc->creator_binding->driver->module->name);
    return false;
}

/* ---- creating ---------------------------------------------------------------------------- */

static struct vc *vc_new(struct host *host, struct adapter *adapter, struct af *af,
                         enum vc_creator creator, NDIS_HANDLE context)
{
    struct vc *vc = (struct vc *)slab_take(&host->slabs[OBJECT_VC], exec_current()->processor);
    if (!vc)
        return NULL;
    /* One who still holds the handle of the last tenant may be about to lock it. */
    exec_lock_named(&vc->lock, "vc_new");
    memset((char *)vc + offsetof(struct vc, af), 0, sizeof(*vc) - offsetof(struct vc, af));
    vc->adapter = adapter;
    vc->af = af;
    vc->creator = (uint8_t)creator;
    if (creator == VC_BY_CLIENT)
        vc->client_context = context;
    else
        vc->cm_context = context;
    if (creator == VC_BY_MCM)
        vc->miniport_context = context;
    slab_publish(&vc->object);
    object_mark(&vc->object, MARK_CREATED, 0);
    vc_unlock(vc);
    return vc;
}

static void vc_free(struct host *host, struct vc *vc)
{
    indication_free(vc->deferred);
    free(vc->instance_name);
    vc->deferred = NULL;
    vc->instance_name = NULL;
    exec_lock_named(&vc->lock, "vc_free");
    party_free_spares(vc);
    object_mark(&vc->object, MARK_DEAD, 0);
    slab_release(&host->slabs[OBJECT_VC], &vc->object);
    vc_unlock(vc);
}

/* A create or delete callback must not pend (C6): what it answered, made final. */
static NDIS_STATUS not_pended(const struct visit *visit, enum rule_id rule, struct vc *vc,
                              NDIS_STATUS status)
{
    if (status != NDIS_STATUS_PENDING)
        return status;
    return visit_breaks(visit, rule, &vc->object, NDIS_STATUS_FAILURE, "the handler pended");
}

static NDIS_STATUS ask_miniport_to_create(struct vc *vc, NDIS_HANDLE handle)
{
    const struct driver *miniport = vc->adapter->driver;
    NDIS_HANDLE context = NULL;
    struct visit visit = visit_begin(miniport, "MiniportCoCreateVc");
    NDIS_STATUS status =
        miniport->handlers.co_miniport.CoCreateVcHandler(vc->adapter->context, handle, &context);
    visit_end(&visit);
    if (status == NDIS_STATUS_SUCCESS && !context)
        (void)visit_breaks(&visit, RULE_MINIPORT_CREATE_VC_CONTEXT_UNSET, &vc->object, status,
                           "*MiniportVcContext is still NULL");
    vc->miniport_context = context;
    return not_pended(&visit, RULE_MINIPORT_CREATE_VC_PENDED, vc, status);
}

static void ask_miniport_to_delete(struct vc *vc)
{
    const struct driver *miniport = vc->adapter->driver;
    struct visit visit = visit_begin(miniport, "MiniportCoDeleteVc");
    visit_gives(&visit, vc->miniport_context, RULE_CONTEXT_FREED_EARLY, &vc->object);
    NDIS_STATUS status = miniport->handlers.co_miniport.CoDeleteVcHandler(vc->miniport_context);
    visit_end(&visit);
    (void)not_pended(&visit, RULE_MINIPORT_DELETE_VC_PENDED, vc, status);
}

/* The side that did not create the VC: the client for the call managers' VCs, else the call
 * manager. */
struct peer {
    const struct driver *driver;
    NDIS_HANDLE af_context;
    NDIS_HANDLE *vc_context;
    CO_CREATE_VC_HANDLER create;
    CO_DELETE_VC_HANDLER delete;
};

static struct peer peer_of(struct vc *vc)
{
    const struct af *af = vc->af;
    if (vc->creator == VC_BY_CLIENT) {
        const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS *cm = af_cm_handlers(af);
        return (struct peer){af_cm(af), af->cm_context, &vc->cm_context, cm->CmCreateVcHandler,
                             cm->CmDeleteVcHandler};
    }
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *client = af_client_handlers(af);
    return (struct peer){af_client(af), af->client_context, &vc->client_context,
                         client->ClCreateVcHandler, client->ClDeleteVcHandler};
}

static NDIS_STATUS ask_peer_to_create(struct vc *vc, NDIS_HANDLE handle)
{
    struct peer peer = peer_of(vc);
    NDIS_HANDLE context = NULL;
    struct visit visit = visit_begin(peer.driver, "ProtocolCoCreateVc");
    NDIS_STATUS status = peer.create(peer.af_context, handle, &context);
    nt_fault_answered(&peer.driver->module->owner, visit.handler, status);
    visit_end(&visit);
    if (status == NDIS_STATUS_SUCCESS && !context)
        (void)visit_breaks(&visit, RULE_CO_CREATE_VC_CONTEXT_UNSET, &vc->object, status,
                           "*ProtocolVcContext is still NULL");
    *peer.vc_context = context;
    if (vc_is_integrated(vc) && vc->creator == VC_BY_CLIENT)
        vc->miniport_context = context;
    bool pended = status == NDIS_STATUS_PENDING;
    status = not_pended(&visit, RULE_CO_CREATE_VC_PENDED, vc, status);
    if (pended) { /* Learn: PROTOCOL_CO_CREATE_VC: NDIS calls the delete handler */
        visit = visit_begin(peer.driver, "ProtocolCoDeleteVc");
        (void)peer.delete(context);
        visit_end(&visit);
    }
    return status;
}

static NDIS_STATUS ask_peer_to_delete(struct vc *vc)
{
    struct peer peer = peer_of(vc);
    struct visit visit = visit_begin(peer.driver, "ProtocolCoDeleteVc");
    visit_gives(&visit, *peer.vc_context, RULE_CONTEXT_FREED_EARLY, &vc->object);
    NDIS_STATUS status = peer.delete(*peer.vc_context);
    visit_end(&visit);
    if (status == NDIS_STATUS_PENDING) {
        (void)not_pended(&visit, RULE_CO_DELETE_VC_PENDED, vc, status);
        return NDIS_STATUS_SUCCESS;
    }
    return status;
}

/* Asks everybody who must agree; undoes what was done when somebody does not (API §8.4). */
static NDIS_STATUS ask_to_create(struct vc *vc, NDIS_HANDLE handle)
{
    bool through_miniport = !vc_is_integrated(vc);
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    if (through_miniport)
        status = ask_miniport_to_create(vc, handle);
    if (status != NDIS_STATUS_SUCCESS || !vc->af)
        return status;
    status = ask_peer_to_create(vc, handle);
    if (status != NDIS_STATUS_SUCCESS && through_miniport)
        ask_miniport_to_delete(vc);
    return status;
}

/* What a VC hangs on: its AF, or a signalling VC's binding. */
static void vc_let_go(struct af *af, struct binding *binding, bool deleted)
{
    if (af)
        af_vc_gone(af, binding && binding == af->binding, deleted);
    else
        atomic_fetch_sub(&binding->vc_count, 1);
}

static NDIS_STATUS create(const struct call *call, struct adapter *adapter, struct af *af,
                          struct binding *binding, enum vc_creator creator, NDIS_HANDLE context,
                          PNDIS_HANDLE NdisVcHandle)
{
    struct vc *vc = vc_new(call->host, adapter, af, creator, context);
    if (!vc) {
        vc_let_go(af, binding, false);
        return NDIS_STATUS_RESOURCES;
    }
    vc->creator_binding = binding;
    NDIS_HANDLE handle = handle_of(call->host, &vc->object);
    NDIS_STATUS status = ask_to_create(vc, handle);
    if (status != NDIS_STATUS_SUCCESS) {
        vc_free(call->host, vc);
        vc_let_go(af, binding, false);
        return status;
    }
    *NdisVcHandle = handle;
    return NDIS_STATUS_SUCCESS;
}

static bool out_handle_ok(const struct call *call, PNDIS_HANDLE NdisVcHandle)
{
    if (!NdisVcHandle) {
        (void)call_breaks(call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_INVALID_PARAMETER,
                          "NdisVcHandle is NULL");
        return false;
    }
    if (*NdisVcHandle)
        (void)call_breaks(call, RULE_VC_CREATE_HANDLE_SET, NULL, NDIS_STATUS_SUCCESS,
                          "*NdisVcHandle is not NULL on entry");
    return true;
}

/* A call manager's own VC, for signalling: no AF, only the miniport hears of it (C60). */
static NDIS_STATUS create_signalling(const struct call *call, struct binding *binding,
                                     NDIS_HANDLE context, PNDIS_HANDLE NdisVcHandle)
{
    if (!binding->handlers->has_call_manager)
        return call_breaks(call, RULE_CM_SIGNALLING_VC_AF, binding->handle, NDIS_STATUS_FAILURE,
                           "NdisAfHandle is NULL and the caller is no call manager");
    if (nt_fault(FAULT_NdisCoCreateVc))
        return nt_fault_status(FAULT_NdisCoCreateVc);
    atomic_fetch_add(&binding->vc_count, 1);
    return create(call, binding->adapter, NULL, binding, VC_BY_CM, context, NdisVcHandle);
}

/* NdisCoCreateVc makes a VC: for an outgoing call (client), an incoming one (stand-alone call
 * manager, with the client's AF), or signalling (call manager, NdisAfHandle NULL).
 * ProtocolVcContext  the creator's, kept for its callbacks
 * NdisVcHandle       *NdisVcHandle is NULL on entry; the handle on success
 * returns            SUCCESS; RESOURCES; FAILURE for a bad handle; what the miniport or the other
 *                    side's ProtocolCoCreateVc answered
 * IRQL               <= DISPATCH_LEVEL
 * source             Learn: NdisCoCreateVc */
NDIS_STATUS NTAPI NdisCoCreateVc(NDIS_HANDLE NdisBindingHandle, NDIS_HANDLE NdisAfHandle,
                                 NDIS_HANDLE ProtocolVcContext, PNDIS_HANDLE NdisVcHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Connection_Function, LEVEL_UP_TO_DISPATCH);
    if (!out_handle_ok(&call, NdisVcHandle))
        return NDIS_STATUS_INVALID_PARAMETER;
    struct binding *binding = (struct binding *)call_resolve(&call, NdisBindingHandle,
                                                             OBJECT_BINDING, "NdisBindingHandle");
    if (!binding)
        return NDIS_STATUS_FAILURE;
    if (!call_is_from(&call, binding->driver))
        return call_breaks(&call, RULE_CL_NOT_OWNER, NdisBindingHandle, NDIS_STATUS_FAILURE,
                           "the binding belongs to %s", binding->driver->module->name);
    if (!NdisAfHandle)
        return create_signalling(&call, binding, ProtocolVcContext, NdisVcHandle);
    struct af *af = (struct af *)call_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle");
    if (!af)
        return NDIS_STATUS_FAILURE;
    if (binding != af->binding && binding != af->call_manager)
        return call_breaks(&call, RULE_CL_NOT_OWNER, NdisAfHandle, NDIS_STATUS_FAILURE,
                           "the AF was not opened over this binding");
    if (nt_fault(FAULT_NdisCoCreateVc))
        return nt_fault_status(FAULT_NdisCoCreateVc);
    NDIS_STATUS status;
    bool by_client = binding == af->binding;
    if (!af_vc_comes(&call, af, NdisAfHandle, by_client, &status))
        return status;
    return create(&call, af->adapter, af, binding, by_client ? VC_BY_CLIENT : VC_BY_CM,
                  ProtocolVcContext, NdisVcHandle);
}

/* NdisMCmCreateVc makes a miniport call manager's VC for an incoming call of a client.
 * MiniportVcContext  the MCM's only context of the VC
 * returns            SUCCESS; RESOURCES; FAILURE; what the client's ProtocolCoCreateVc answered
 * IRQL               <= DISPATCH_LEVEL
 * source             Learn: NdisMCmCreateVc */
NDIS_STATUS NTAPI NdisMCmCreateVc(NDIS_HANDLE MiniportAdapterHandle, NDIS_HANDLE NdisAfHandle,
                                  NDIS_HANDLE MiniportVcContext, PNDIS_HANDLE NdisVcHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_MCM_Function, LEVEL_UP_TO_DISPATCH);
    if (!out_handle_ok(&call, NdisVcHandle))
        return NDIS_STATUS_INVALID_PARAMETER;
    struct adapter *adapter = (struct adapter *)call_resolve(
        &call, MiniportAdapterHandle, OBJECT_ADAPTER, "MiniportAdapterHandle");
    if (!adapter)
        return NDIS_STATUS_FAILURE;
    if (!NdisAfHandle)
        return call_breaks(&call, RULE_MCM_SIGNALLING_VC, MiniportAdapterHandle,
                           NDIS_STATUS_FAILURE, "NdisAfHandle is NULL");
    struct af *af = (struct af *)call_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle");
    if (!af)
        return NDIS_STATUS_FAILURE;
    if (!af_check_cm(&call, af, EDGE_INTEGRATED, NdisAfHandle) || af->call_manager)
        return NDIS_STATUS_FAILURE;
    if (nt_fault(FAULT_NdisMCmCreateVc))
        return nt_fault_status(FAULT_NdisMCmCreateVc);
    NDIS_STATUS status;
    if (!af_vc_comes(&call, af, NdisAfHandle, false, &status))
        return status;
    return create(&call, adapter, af, NULL, VC_BY_MCM, MiniportVcContext, NdisVcHandle);
}

/* ---- deleting ---------------------------------------------------------------------------- */

static NDIS_STATUS refuse_active(const struct call *call, struct vc *vc, NDIS_HANDLE handle,
                                 const struct state_cell *cell)
{
    const char *state = vc_activation_names[vc->activation];
    const struct nt_owner *cm = &vc_cm(vc)->module->owner;
    if (vc->creator != VC_BY_CLIENT || cell->rule != RULE_VC_DELETE_ACTIVE)
        return vc_refuse(call, vc, handle, cell, state, "delete");
    /* No client can deactivate: whoever ended its call should have (C55). */
    vc_unlock(vc);
    report_owner_break(call->host, cm, RULE_VC_LEFT_ACTIVE, call->function, &vc->object,
                       cell->status, "the client deletes its VC, which is still %s", state);
    return cell->status;
}

/* The call manager told its client of the other end's close and takes the VC away (C77). */
static const struct state_cell vc_gone = BREAKS(CM_INCOMING_CLOSE_VC_GONE, NOT_ACCEPTED);

/* Checks that a VC may go and closes it to everybody else. Caller holds the lock, which is
 * released when the answer is no.
 * returns  SUCCESS, still locked; or the status after the rule was reported */
static NDIS_STATUS begin_delete(const struct call *call, struct vc *vc, NDIS_HANDLE handle)
{
    /* The call manager completed the close and goes on; the client may not have heard yet. */
    bool unheard = vc->close_answered;
    const struct state_cell *cell = unheard ? NULL : vc_call_step(vc, CALL_DELETE);
    if (cell && cell->action != STATE_GO) {
        bool told = vc->call == CALL_TOLD && vc->creator != VC_BY_CLIENT;
        return vc_refuse(call, vc, handle, told ? &vc_gone : cell, vc_call_names[vc->call],
                         "delete");
    }
    cell = vc_activation_step(vc, VC_CREATOR_DELETE);
    if (cell->action == STATE_BREAKS)
        return refuse_active(call, vc, handle, cell);
    vc->deleting = true;
    vc->delete_wanted = unheard;
    return NDIS_STATUS_SUCCESS;
}

/* Asks the others and takes the VC away. */
static NDIS_STATUS finish_delete(struct host *host, struct vc *vc)
{
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    struct af *af = vc->af;
    struct binding *binding = vc->creator_binding;
    if (af)
        status = ask_peer_to_delete(vc);
    if (status != NDIS_STATUS_SUCCESS) {
        af_vc_leaves(af, false);
        exec_lock_named(&vc->lock, "delete VC");
        vc->deleting = false;
        vc_unlock(vc);
        return status;
    }
    if (!vc_is_integrated(vc))
        ask_miniport_to_delete(vc);
    vc_free(host, vc);
    vc_let_go(af, binding, true);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS delete_vc(const struct call *call, struct vc *vc, NDIS_HANDLE handle)
{
    NDIS_STATUS status = begin_delete(call, vc, handle);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    bool later = vc->delete_wanted;
    struct af *af = vc->af;
    if (af)
        af_vc_leaves(af, true);
    vc_unlock(vc);
    return later ? NDIS_STATUS_SUCCESS : finish_delete(call->host, vc);
}

void vc_delete_after_close(struct host *host, struct vc *vc)
{
    (void)finish_delete(host, vc);
}

/* NdisCoDeleteVc ends a VC: by its creator, idle and not active.
 * returns  SUCCESS, the handle is dead; NOT_ACCEPTED while active or in a call; CLOSING while a
 *          deactivation or close is pended; what the other side's ProtocolCoDeleteVc refused with
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisCoDeleteVc */
NDIS_STATUS NTAPI NdisCoDeleteVc(NDIS_HANDLE NdisVcHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Connection_Function, LEVEL_UP_TO_DISPATCH);
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    if (vc->creator == VC_BY_MCM && call_is_from(&call, vc->adapter->driver)) {
        /* Only the name is wrong: the VC goes as it should. */
        (void)call_breaks(&call, RULE_MCM_USES_NDISCO, NdisVcHandle, NDIS_STATUS_SUCCESS,
                          "a miniport call manager deletes with NdisMCmDeleteVc");
    } else if (!vc->creator_binding || !call_is_from(&call, vc->creator_binding->driver)) {
        vc_unlock(vc);
        return call_breaks(&call, RULE_VC_DELETE_NOT_CREATOR, NdisVcHandle, NDIS_STATUS_FAILURE,
                           "the caller did not create the VC");
    }
    return delete_vc(&call, vc, NdisVcHandle);
}

/* NdisMCmDeleteVc ends a VC that the miniport call manager created.
 * returns  SUCCESS; NOT_ACCEPTED while active or in a call
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisMCmDeleteVc */
NDIS_STATUS NTAPI NdisMCmDeleteVc(NDIS_HANDLE NdisVcHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_MCM_Function, LEVEL_UP_TO_DISPATCH);
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    bool is_mine = vc->creator == VC_BY_MCM && call_is_from(&call, vc->adapter->driver);
    if (!is_mine) {
        vc_unlock(vc);
        return call_breaks(&call, RULE_VC_DELETE_NOT_CREATOR, NdisVcHandle, NDIS_STATUS_FAILURE,
                           "the caller did not create the VC with NdisMCmCreateVc");
    }
    return delete_vc(&call, vc, NdisVcHandle);
}
