/* SPDX-License-Identifier: MIT */
#include "ndis/af_inside.h"

#include "ndis/handle.h"
#include "ndis/report.h"
#include "nt/pool.h"

#include <string.h>

/* API §8.2, §8.13, §8.14. */
const struct state_cell af_table[AF_STATE_COUNT][AF_EVENT_COUNT] = {
    [AF_OPENING] =
        {
            [AF_OPENED] = GO(AF_OPEN),
            [AF_OPEN_FAILED] = GO(AF_CLOSED),
            [AF_CL_CLOSE] = BREAKS(CL_AF_NOT_OPEN_YET, FAILURE),
            [AF_CLOSE_DONE] = NEVER,
            [AF_CLOSE_FAILED] = NEVER,
            [AF_CM_NOTIFY] = BREAKS(CM_NOTIFY_CLOSE_OPENING, FAILURE),
            [AF_CL_SAP] = BREAKS(CL_AF_NOT_OPEN_YET, FAILURE),
            [AF_CREATE_VC] = BREAKS(CL_AF_NOT_OPEN_YET, FAILURE),
            [AF_OID] = GO(AF_OPENING),
            [AF_CM_OID] = GO(AF_OPENING), /* OID_CO_ADDRESS_CHANGE may precede the completion */
        },
    [AF_OPEN] =
        {
            [AF_OPENED] = NEVER,
            [AF_OPEN_FAILED] = NEVER,
            [AF_CL_CLOSE] = GO(AF_CLOSING),
            [AF_CLOSE_DONE] = NEVER,
            [AF_CLOSE_FAILED] = NEVER,
            [AF_CM_NOTIFY] = GO(AF_OPEN),
            [AF_CL_SAP] = GO(AF_OPEN),
            [AF_CREATE_VC] = GO(AF_OPEN),
            [AF_OID] = GO(AF_OPEN),
            [AF_CM_OID] = GO(AF_OPEN),
        },
    [AF_CLOSING] =
        {
            [AF_OPENED] = NEVER,
            [AF_OPEN_FAILED] = NEVER,
            [AF_CL_CLOSE] = BREAKS(CL_CLOSE_AF_TWICE, FAILURE),
            [AF_CLOSE_DONE] = GO(AF_CLOSED),
            [AF_CLOSE_FAILED] = GO(AF_OPEN),
            [AF_CM_NOTIFY] = GO(AF_CLOSING), /* crosses the close, which answers it */
            [AF_CL_SAP] = BREAKS(REGISTER_SAP_CLOSING, FAILURE),
            [AF_CREATE_VC] = BREAKS(CL_AF_HANDLE_DEAD, FAILURE),
            [AF_OID] = BREAKS(CL_AF_HANDLE_DEAD, CLOSING),
            [AF_CM_OID] =
                REFUSES(CLOSING), /* crosses the close, which the client may do at any time */
        },
    [AF_CLOSED] =
        {
            [AF_OPENED] = NEVER,
            [AF_OPEN_FAILED] = NEVER,
            [AF_CL_CLOSE] = BREAKS(CL_CLOSE_AF_TWICE, FAILURE),
            [AF_CLOSE_DONE] = NEVER,
            [AF_CLOSE_FAILED] = NEVER,
            [AF_CM_NOTIFY] = BREAKS(CM_AF_HANDLE_DEAD, FAILURE),
            [AF_CL_SAP] = BREAKS(CL_AF_HANDLE_DEAD, FAILURE),
            [AF_CREATE_VC] = BREAKS(CL_AF_HANDLE_DEAD, FAILURE),
            [AF_OID] = BREAKS(CL_AF_HANDLE_DEAD, CLOSING),
            [AF_CM_OID] = BREAKS(CM_AF_HANDLE_DEAD, CLOSING),
        },
};

const char *const af_state_names[AF_STATE_COUNT] = {
    [AF_OPENING] = "opening",
    [AF_OPEN] = "open",
    [AF_CLOSING] = "closing",
    [AF_CLOSED] = "closed",
};

const char *const af_event_names[AF_EVENT_COUNT] = {
    [AF_OPENED] = "opened",
    [AF_OPEN_FAILED] = "open failed",
    [AF_CL_CLOSE] = "close",
    [AF_CLOSE_DONE] = "closed",
    [AF_CLOSE_FAILED] = "close failed",
    [AF_CM_NOTIFY] = "notify close",
    [AF_CL_SAP] = "register SAP",
    [AF_CREATE_VC] = "create VC",
    [AF_OID] = "OID request",
    [AF_CM_OID] = "OID request",
};

const struct state_cell *af_step(struct af *af, enum af_event event)
{
    const struct state_cell *cell = &af_table[af->state][event];
    assert(cell->action != STATE_UNDECIDED && cell->action != STATE_NEVER);
    if (cell->action != STATE_GO)
        return cell;
    struct host *host = af->adapter->host;
    if (trace_on(host->trace) && af->state != cell->next)
        report_state(host, &af->object, NULL, af_event_names[event], af_state_names[af->state],
                     af_state_names[cell->next], "API 8.13");
    af->state = cell->next;
    return cell;
}

/* ---- who calls, and what hangs on it ----------------------------------------------------- */

bool af_check_cm(const struct call *call, const struct af *af, enum edge edge, NDIS_HANDLE about)
{
    const struct driver *cm = af_cm(af);
    bool integrated = !af->call_manager;
    if (__builtin_expect(!call_is_from(call, cm), 0)) {
        (void)call_breaks(
            call,
            edge == EDGE_INTEGRATED ? RULE_MCM_NOT_A_CALL_MANAGER : RULE_CM_NOT_A_CALL_MANAGER,
            about, NDIS_STATUS_FAILURE, "the call manager of this AF is %s", cm->module->name);
        return false;
    }
    /* On Windows both names reach one export, so the call goes on after the report. */
    if (__builtin_expect(integrated && edge == EDGE_STAND_ALONE, 0))
        (void)call_breaks(call, RULE_MCM_USES_NDISMCM, about, NDIS_STATUS_SUCCESS,
                          "%s is a miniport call manager", cm->module->name);
    else if (__builtin_expect(!integrated && edge == EDGE_INTEGRATED, 0))
        (void)call_breaks(call, RULE_CM_USES_NDISCM, about, NDIS_STATUS_SUCCESS,
                          "%s is a stand-alone call manager", cm->module->name);
    return true;
}

bool af_check_client(const struct call *call, const struct af *af, NDIS_HANDLE about)
{
    if (__builtin_expect(call_is_from(call, af_client(af)), 1))
        return true;
    (void)call_breaks(call, RULE_CL_NOT_OWNER, about, NDIS_STATUS_FAILURE,
                      "the AF was opened by %s", af_client(af)->module->name);
    return false;
}

struct af *af_lock(const struct call *call, struct af *af, NDIS_HANDLE handle)
{
    exec_lock_named(&af->lock, call->function);
    if (handle_still_names(handle, &af->object))
        return af;
    exec_unlock_named(&af->lock, call->function);
    (void)call_breaks(call, call_dead_rule(call, handle), handle, NDIS_STATUS_FAILURE,
                      "the AF closed while the call was made");
    return NULL;
}

void af_unlock(struct af *af)
{
    exec_unlock_named(&af->lock, "af_unlock");
}

NDIS_STATUS af_refuse(const struct call *call, struct af *af, NDIS_HANDLE handle,
                      const struct state_cell *cell, enum af_event event)
{
    const char *state = af_state_names[af->state];
    af_unlock(af);
    return call_breaks(call, (enum rule_id)cell->rule, handle, cell->status, "%s while %s",
                       af_event_names[event], state);
}

bool af_hold(const struct call *call, struct af *af, NDIS_HANDLE handle, enum af_event event,
             uint32_t *count, NDIS_STATUS *status)
{
    *status = NDIS_STATUS_FAILURE;
    if (!af_lock(call, af, handle))
        return false;
    const struct state_cell *cell = af_step(af, event);
    if (cell->action == STATE_BREAKS) {
        *status = af_refuse(call, af, handle, cell, event);
        return false;
    }
    if (cell->action == STATE_REFUSES) {
        *status = cell->status;
        af_unlock(af);
        return false;
    }
    (*count)++;
    af_unlock(af);
    return true;
}

void af_let_go(struct af *af, uint32_t *count)
{
    exec_lock_named(&af->lock, "af_let_go");
    assert(*count > 0);
    (*count)--;
    af_unlock(af);
}

bool af_vc_comes(const struct call *call, struct af *af, NDIS_HANDLE handle, bool by_client,
                 NDIS_STATUS *status)
{
    if (!af_hold(call, af, handle, AF_CREATE_VC, &af->vc_count, status))
        return false;
    if (by_client) {
        exec_lock_named(&af->lock, "af_vc_comes");
        af->client_vc_count++;
        af_unlock(af);
    }
    return true;
}

void af_release_if_done(struct host *host, struct af *af)
{
    bool done = af->state == AF_CLOSED && af->vc_count == 0 && af->oid_count == 0 &&
                !operation_running(&af->notify);
    struct binding *client = af->binding;
    struct binding *call_manager = af->call_manager;
    if (done) {
        object_mark(&af->object, MARK_DEAD, 0);
        slab_release(&host->slabs[OBJECT_AF], &af->object);
    }
    af_unlock(af);
    if (!done)
        return;
    atomic_fetch_sub(&client->af_count, 1);
    if (call_manager)
        atomic_fetch_sub(&call_manager->af_count, 1);
}

void af_vc_gone(struct af *af, bool by_client, bool was_leaving)
{
    exec_lock_named(&af->lock, "af_vc_gone");
    af->vc_count--;
    if (was_leaving)
        af->leaving_vc_count--;
    if (by_client)
        af->client_vc_count--;
    af_release_if_done(af->adapter->host, af);
}

void af_oid_gone(struct af *af)
{
    exec_lock_named(&af->lock, "af_oid_gone");
    assert(af->oid_count > 0);
    af->oid_count--;
    af_release_if_done(af->adapter->host, af);
}

void af_vc_leaves(struct af *af, bool leaves)
{
    exec_lock_named(&af->lock, "af_vc_leaves");
    af->leaving_vc_count = leaves ? af->leaving_vc_count + 1 : af->leaving_vc_count - 1;
    af_unlock(af);
}

/* ---- opening ----------------------------------------------------------------------------- */

static struct af *af_new(struct host *host, struct binding *client, const CO_ADDRESS_FAMILY *family,
                         struct binding *call_manager, NDIS_HANDLE context)
{
    struct af *af = (struct af *)slab_take(&host->slabs[OBJECT_AF], exec_current()->processor);
    if (!af)
        return NULL;
    exec_lock_named(&af->lock, "af_new");
    memset((char *)af + offsetof(struct af, adapter), 0,
           sizeof(*af) - offsetof(struct af, adapter));
    af->adapter = client->adapter;
    af->binding = client;
    af->call_manager = call_manager;
    af->client_context = context;
    af->family = *family;
    af->state = AF_OPENING;
    slab_publish(&af->object);
    object_mark(&af->object, MARK_CREATED, 0);
    af_unlock(af);
    return af;
}

/* Finds who offers a family on the client's adapter.
 * returns  SUCCESS; FAILURE when nobody does (any more); *offered tells whether anybody ever did */
static NDIS_STATUS find_call_manager(struct host *host, const struct adapter *adapter,
                                     const CO_ADDRESS_FAMILY *family, struct binding **call_manager,
                                     bool *offered)
{
    NDIS_STATUS status = NDIS_STATUS_FAILURE;
    *offered = false;
    exec_lock(&host->lock);
    for (uint32_t i = 0; i < ADAPTER_AF_COUNT; i++) {
        const struct registered_af *row = &adapter->families[i];
        if (memcmp(&row->family, family, sizeof(*family)) != 0 || !row->notified)
            continue;
        *offered = true;
        if (row->gone || (row->call_manager && row->call_manager->state != BINDING_OPEN))
            continue;
        *call_manager = row->call_manager;
        if (row->call_manager)
            atomic_fetch_add(&row->call_manager->af_count, 1);
        status = NDIS_STATUS_SUCCESS;
        break;
    }
    exec_unlock(&host->lock);
    return status;
}

static NDIS_STATUS ask_to_open(const struct call *call, struct af *af, NDIS_HANDLE handle)
{
    const struct driver *cm = af_cm(af);
    NDIS_HANDLE cm_binding = af->call_manager ? af->call_manager->context : af->adapter->context;
    NDIS_HANDLE context = NULL;
    NDIS_STATUS status;
    if (operation_fails(call->host, &af->op, FAULT_ProtocolCmOpenAf, &status))
        return status;
    struct visit visit = visit_begin(cm, "ProtocolCmOpenAf");
    status = af_cm_handlers(af)->CmOpenAfHandler(cm_binding, &af->family, handle, &context);
    if (status == NDIS_STATUS_SUCCESS && !context)
        (void)visit_breaks(&visit, RULE_CM_OPEN_AF_CONTEXT_UNSET, &af->object, status,
                           "*CallMgrAfContext is still NULL");
    visit_end(&visit);
    context_from_handler(&af->cm_context, context, status);
    return operation_returned(call->host, &af->op, &cm->module->owner, status);
}

/* NdisClOpenAddressFamilyEx opens a call manager's address family for a client binding.
 * AddressFamily  as ProtocolCoAfRegisterNotify gave it
 * NdisAfHandle   receives the handle, valid from success on
 * returns        PENDING, then ProtocolClOpenAfCompleteEx at PASSIVE_LEVEL; or the final status:
 *                SUCCESS, RESOURCES, FAILURE (nobody offers it, or somebody's binding is closing)
 * IRQL           PASSIVE_LEVEL
 * source         Learn: NdisClOpenAddressFamilyEx */
NDIS_STATUS NTAPI NdisClOpenAddressFamilyEx(NDIS_HANDLE NdisBindingHandle,
                                            PCO_ADDRESS_FAMILY AddressFamily,
                                            NDIS_HANDLE ClientAfContext, PNDIS_HANDLE NdisAfHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_PASSIVE);
    if (!AddressFamily || !NdisAfHandle)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisBindingHandle, NDIS_STATUS_FAILURE,
                           "%s is NULL", AddressFamily ? "NdisAfHandle" : "AddressFamily");
    struct binding *binding = (struct binding *)call_resolve(&call, NdisBindingHandle,
                                                             OBJECT_BINDING, "NdisBindingHandle");
    if (!binding)
        return NDIS_STATUS_FAILURE;
    if (!call_is_from(&call, binding->driver) || !binding->handlers->has_client)
        return call_breaks(&call, RULE_CL_NOT_OWNER, NdisBindingHandle, NDIS_STATUS_FAILURE,
                           "the binding is not one of this driver as a client");
    if (binding_is_leaving(binding))
        return call_breaks(&call, RULE_OPEN_AF_CLOSING, NdisBindingHandle, NDIS_STATUS_FAILURE,
                           "the binding is closing, or ProtocolUnbindAdapterEx has come for it");
    struct binding *call_manager = NULL;
    bool offered;
    NDIS_STATUS status =
        find_call_manager(call.host, binding->adapter, AddressFamily, &call_manager, &offered);
    if (status != NDIS_STATUS_SUCCESS && !offered)
        return call_breaks(&call, RULE_OPEN_AF_NOT_NOTIFIED, NdisBindingHandle, status,
                           "address family 0x%X was never offered on this adapter",
                           AddressFamily->AddressFamily);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    struct af *af = nt_fault(FAULT_NdisClOpenAddressFamilyEx)
                        ? NULL
                        : af_new(call.host, binding, AddressFamily, call_manager, ClientAfContext);
    if (!af) {
        if (call_manager)
            atomic_fetch_sub(&call_manager->af_count, 1);
        return NDIS_STATUS_RESOURCES;
    }
    atomic_fetch_add(&binding->af_count, 1);
    NDIS_HANDLE handle = handle_of(call.host, &af->object);
    operation_begin(&af->op, OP_OPEN_AF, NULL);
    *NdisAfHandle = handle;
    status = ask_to_open(&call, af, handle);
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_PENDING)
        *NdisAfHandle = NULL;
    return status;
}

void operation_end_OPEN_AF(struct host *host, struct operation *op, bool told)
{
    struct af *af = (struct af *)operation_object(op);
    exec_lock_named(&af->lock, "open AF");
    NDIS_STATUS status = op->status;
    bool opened = status == NDIS_STATUS_SUCCESS;
    NDIS_HANDLE handle = opened ? handle_of(host, &af->object) : NULL;
    NDIS_HANDLE context = af->client_context;
    const struct driver *client = af_client(af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(af);
    operation_end(op);
    af_step(af, opened ? AF_OPENED : AF_OPEN_FAILED);
    af_release_if_done(host, af);
    if (!told)
        return;
    struct visit visit = visit_begin(client, "ProtocolClOpenAfCompleteEx");
    handlers->ClOpenAfCompleteHandlerEx(context, handle, status);
    visit_end(&visit);
}

static void fill_context(struct operation *op, void *with)
{
    struct af *af = (struct af *)operation_object(op);
    context_from_completion(&af->cm_context, with);
}

static void open_af_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                             NDIS_HANDLE NdisAfHandle, NDIS_HANDLE CallMgrAfContext)
{
    struct call call = edge_begin(edge, function);
    struct af *af = (struct af *)operation_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle",
                                                   offsetof(struct af, op), OP_OPEN_AF);
    if (!af || !af_check_cm(&call, af, edge, NdisAfHandle))
        return;
    if (Status == NDIS_STATUS_SUCCESS && !CallMgrAfContext)
        (void)call_breaks(&call, RULE_CM_OPEN_AF_NEEDS_CONTEXT, NdisAfHandle, Status,
                          "CallMgrAfContext is NULL");
    bool failed = Status != NDIS_STATUS_SUCCESS && Status != NDIS_STATUS_PENDING;
    if (failed && CallMgrAfContext && call.host->verifier && nt_pool_is_alive(CallMgrAfContext))
        (void)call_breaks(&call, RULE_CM_OPEN_AF_FAILED_CONTEXT, NdisAfHandle, Status,
                          "CallMgrAfContext is memory that is still allocated");
    (void)operation_complete(call.host, &af->op, OP_OPEN_AF, Status, function, fill_context,
                             CallMgrAfContext);
}

/* NdisCmOpenAddressFamilyComplete ends an opening that ProtocolCmOpenAf pended.
 * CallMgrAfContext  with SUCCESS: the call manager's context; ignored on failure
 * IRQL              <= DISPATCH_LEVEL; the client is told at PASSIVE_LEVEL all the same (C124)
 * source            Learn: NdisCmOpenAddressFamilyComplete */
VOID NTAPI NdisCmOpenAddressFamilyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisAfHandle,
                                           NDIS_HANDLE CallMgrAfContext)
{
    open_af_complete(EDGE_STAND_ALONE, "NdisCmOpenAddressFamilyComplete", Status, NdisAfHandle,
                     CallMgrAfContext);
}

/* The same for a miniport call manager. source: Learn: NdisMCmOpenAddressFamilyComplete */
VOID NTAPI NdisMCmOpenAddressFamilyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisAfHandle,
                                            NDIS_HANDLE CallMgrAfContext)
{
    open_af_complete(EDGE_INTEGRATED, "NdisMCmOpenAddressFamilyComplete", Status, NdisAfHandle,
                     CallMgrAfContext);
}
