/* SPDX-License-Identifier: MIT */
#include "ndis/sap.h"

#include "ndis/handle.h"
#include "ndis/report.h"
#include "ndis/watch.h"

#include <string.h>

/* API §8.3. A call may be offered over a SAP before its client has heard that it stands (API §2.2,
 * NdisClRegisterSap 3), and while the client takes it back: the offer then crosses that. */
const struct state_cell sap_table[SAP_STATE_COUNT][SAP_EVENT_COUNT] = {
    [SAP_REGISTERING] =
        {
            [SAP_REGISTERED_OK] = GO(SAP_REGISTERED),
            [SAP_REGISTER_FAILED] = GO(SAP_REGISTERING), /* released */
            [SAP_CL_DEREGISTER] = BREAKS(CL_DEREGISTER_SAP_REGISTERING, FAILURE),
            [SAP_DEREGISTERED] = NEVER,
            [SAP_DEREGISTER_FAILED] = NEVER,
            [SAP_CM_OFFER] = GO(SAP_REGISTERING),
        },
    [SAP_REGISTERED] =
        {
            [SAP_REGISTERED_OK] = NEVER,
            [SAP_REGISTER_FAILED] = NEVER,
            [SAP_CL_DEREGISTER] = GO(SAP_DEREGISTERING),
            [SAP_DEREGISTERED] = NEVER,
            [SAP_DEREGISTER_FAILED] = NEVER,
            [SAP_CM_OFFER] = GO(SAP_REGISTERED),
        },
    [SAP_DEREGISTERING] =
        {
            [SAP_REGISTERED_OK] = NEVER,
            [SAP_REGISTER_FAILED] = NEVER,
            [SAP_CL_DEREGISTER] = BREAKS(CL_DEREGISTER_SAP_TWICE, FAILURE),
            [SAP_DEREGISTERED] = GO(SAP_DEREGISTERING), /* released */
            [SAP_DEREGISTER_FAILED] = GO(SAP_REGISTERED),
            [SAP_CM_OFFER] = GO(SAP_DEREGISTERING), /* refused for the client: call_incoming.c */
        },
};

const char *const sap_state_names[SAP_STATE_COUNT] = {
    [SAP_REGISTERING] = "registering",
    [SAP_REGISTERED] = "registered",
    [SAP_DEREGISTERING] = "deregistering",
};

const char *const sap_event_names[SAP_EVENT_COUNT] = {
    [SAP_REGISTERED_OK] = "registered",
    [SAP_REGISTER_FAILED] = "registration failed",
    [SAP_CL_DEREGISTER] = "deregister",
    [SAP_DEREGISTERED] = "deregistered",
    [SAP_DEREGISTER_FAILED] = "deregistration failed",
    [SAP_CM_OFFER] = "incoming call",
};

static void sap_unlock(struct sap *sap)
{
    exec_unlock_named(&sap->lock, "sap_unlock");
}

/* The only writer of sap->state. Caller holds the lock. */
static const struct state_cell *sap_step(struct sap *sap, enum sap_event event)
{
    const struct state_cell *cell = &sap_table[sap->state][event];
    assert(cell->action != STATE_UNDECIDED && cell->action != STATE_NEVER);
    if (cell->action == STATE_GO)
        sap->state = cell->next;
    return cell;
}

static struct sap *sap_new(struct host *host, struct af *af, NDIS_HANDLE context)
{
    struct sap *sap = (struct sap *)slab_take(&host->slabs[OBJECT_SAP], exec_current()->processor);
    if (!sap)
        return NULL;
    exec_lock_named(&sap->lock, "sap_new");
    memset((char *)sap + offsetof(struct sap, af), 0, sizeof(*sap) - offsetof(struct sap, af));
    sap->af = af;
    sap->client_context = context;
    sap->state = SAP_REGISTERING;
    slab_publish(&sap->object);
    object_mark(&sap->object, MARK_CREATED, 0);
    sap_unlock(sap);
    return sap;
}

/* Caller holds the lock, which is released. */
static void sap_release(struct host *host, struct sap *sap)
{
    struct af *af = sap->af;
    object_mark(&sap->object, MARK_DEAD, 0);
    slab_release(&host->slabs[OBJECT_SAP], &sap->object);
    sap_unlock(sap);
    af_let_go(af, &af->sap_count);
}

/* ---- a SAP is one client's (C101) -------------------------------------------------------- */

static uint64_t digest_of(const CO_SAP *address)
{
    uint64_t digest = watch_mix(address->SapType, address->SapLength);
    for (ULONG i = 0; i < address->SapLength; i++)
        digest = watch_mix(digest, address->Sap[i]);
    return digest;
}

/* Whether a SAP of another client stands, on the same family, that was registered earlier. */
static bool holds(struct sap *other, const struct sap *sap)
{
    if (!object_alive(&other->object))
        return false;
    exec_lock_named(&other->lock, "register SAP");
    const struct af *af = other->af;
    bool same = object_alive(&other->object) && other->state == SAP_REGISTERED &&
                other->order < sap->order && other->address_digest == sap->address_digest &&
                af->binding != sap->af->binding && af->adapter == sap->af->adapter &&
                af->call_manager == sap->af->call_manager &&
                memcmp(&af->family, &sap->af->family, sizeof(af->family)) == 0;
    sap_unlock(other);
    return same;
}

/* The call manager has taken a registration that equals, byte by byte, one that another client
 * holds. What equals it by a wildcard is for the call manager to know. With the verifier only: it
 * looks at every SAP. */
static void check_taken(struct host *host, struct sap *sap)
{
    struct slab *slab = &host->slabs[OBJECT_SAP];
    uint32_t carved = atomic_load(&slab->carved);
    for (uint32_t index = 0; index < carved; index++) {
        struct sap *other = (struct sap *)slab_at(slab, index);
        if (other == sap || !holds(other, sap))
            continue;
        report_owner_break(host, &af_cm(sap->af)->module->owner, RULE_CM_SAP_TAKEN,
                           "ProtocolCmRegisterSap", &sap->object, NDIS_STATUS_SUCCESS,
                           "the client %s holds the same SAP, registered earlier",
                           af_client(other->af)->module->name);
        return;
    }
}

static NDIS_STATUS ask_to_register(const struct call *call, struct sap *sap, PCO_SAP address,
                                   NDIS_HANDLE handle)
{
    const struct af *af = sap->af;
    const struct driver *cm = af_cm(af);
    NDIS_HANDLE context = NULL;
    NDIS_STATUS status;
    if (operation_fails(call->host, &sap->op, FAULT_ProtocolCmRegisterSap, &status))
        return status;
    struct visit visit = visit_begin(cm, "ProtocolCmRegisterSap");
    status = af_cm_handlers(af)->CmRegisterSapHandler(af->cm_context, address, handle, &context);
    if (status == NDIS_STATUS_SUCCESS && !context)
        (void)visit_breaks(&visit, RULE_CM_REGISTER_SAP_CONTEXT_UNSET, &sap->object, status,
                           "*CallMgrSapContext is still NULL");
    visit_end(&visit);
    context_from_handler(&sap->cm_context, context, status);
    return operation_returned(call->host, &sap->op, &cm->module->owner, status);
}

/* NdisClRegisterSap asks a call manager to offer the calls for an address to this client.
 * ProtocolSapContext  usable from the call on: calls may come before the completion
 * Sap                 stays until the completion, which hands it back
 * NdisSapHandle       receives the handle, valid from success on
 * returns             PENDING, then ProtocolClRegisterSapComplete; or the final status: SUCCESS,
 *                     RESOURCES, INVALID_DATA (a bad SAP, or another client's), FAILURE
 * IRQL                <= DISPATCH_LEVEL
 * source              Learn: NdisClRegisterSap */
NDIS_STATUS NTAPI NdisClRegisterSap(NDIS_HANDLE NdisAfHandle, NDIS_HANDLE ProtocolSapContext,
                                    PCO_SAP Sap, PNDIS_HANDLE NdisSapHandle)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    if (!Sap || !NdisSapHandle)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisAfHandle, NDIS_STATUS_INVALID_DATA,
                           "%s is NULL", Sap ? "NdisSapHandle" : "Sap");
    struct af *af = (struct af *)call_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle");
    if (!af || !af_check_client(&call, af, NdisAfHandle))
        return NDIS_STATUS_FAILURE;
    NDIS_STATUS status;
    if (!af_hold(&call, af, NdisAfHandle, AF_CL_SAP, &af->sap_count, &status))
        return status;
    struct sap *sap =
        nt_fault(FAULT_NdisClRegisterSap) ? NULL : sap_new(call.host, af, ProtocolSapContext);
    if (!sap) {
        af_let_go(af, &af->sap_count);
        return NDIS_STATUS_RESOURCES;
    }
    NDIS_HANDLE handle = handle_of(call.host, &sap->object);
    sap->address_digest = host_verifies(call.host) ? digest_of(Sap) : 0;
    operation_begin(&sap->op, OP_REGISTER_SAP, Sap);
    *NdisSapHandle = handle;
    status = ask_to_register(&call, sap, Sap, handle);
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_PENDING)
        *NdisSapHandle = NULL;
    return status;
}

void operation_end_REGISTER_SAP(struct host *host, struct operation *op, bool told)
{
    struct sap *sap = (struct sap *)operation_object(op);
    exec_lock_named(&sap->lock, "register SAP");
    NDIS_STATUS status = op->status;
    bool registered = status == NDIS_STATUS_SUCCESS;
    PCO_SAP address = op->parameters;
    NDIS_HANDLE handle = registered ? handle_of(host, &sap->object) : NULL;
    NDIS_HANDLE context = sap->client_context;
    const struct driver *client = af_client(sap->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(sap->af);
    operation_end(op);
    sap_step(sap, registered ? SAP_REGISTERED_OK : SAP_REGISTER_FAILED);
    if (registered) {
        sap->order = atomic_fetch_add(&host->sap_order, 1);
        sap_unlock(sap);
    } else {
        sap_release(host, sap);
    }
    if (registered && host_verifies(host))
        check_taken(host, sap);
    if (!told)
        return;
    struct visit visit = visit_begin(client, "ProtocolClRegisterSapComplete");
    handlers->ClRegisterSapCompleteHandler(status, context, address, handle);
    visit_end(&visit);
}

/* NdisClDeregisterSap takes a SAP back. Calls that came over it go on.
 * NdisSapHandle  dead at the call
 * returns        PENDING, then ProtocolClDeregisterSapComplete; or the final status: SUCCESS,
 *                FAILURE when it is being deregistered already
 * IRQL           <= DISPATCH_LEVEL
 * source         Learn: NdisClDeregisterSap; API §10, K4 */
NDIS_STATUS NTAPI NdisClDeregisterSap(NDIS_HANDLE NdisSapHandle)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct sap *sap = (struct sap *)call_resolve(&call, NdisSapHandle, OBJECT_SAP, "NdisSapHandle");
    if (!sap || !af_check_client(&call, sap->af, NdisSapHandle))
        return NDIS_STATUS_FAILURE;
    exec_lock_named(&sap->lock, __func__);
    const struct state_cell *cell = sap_step(sap, SAP_CL_DEREGISTER);
    if (!handle_still_names(NdisSapHandle, &sap->object) || cell->action == STATE_BREAKS) {
        const char *state = sap_state_names[sap->state];
        enum rule_id rule =
            cell->action == STATE_BREAKS ? (enum rule_id)cell->rule : RULE_CL_DEREGISTER_SAP_TWICE;
        sap_unlock(sap);
        return call_breaks(&call, rule, NdisSapHandle, NDIS_STATUS_FAILURE, "the SAP is %s", state);
    }
    operation_begin(&sap->op, OP_DEREGISTER_SAP, NULL);
    NDIS_HANDLE context = sap->cm_context;
    const struct af *af = sap->af;
    const struct driver *cm = af_cm(af);
    sap_unlock(sap);
    struct visit visit = visit_begin(cm, "ProtocolCmDeregisterSap");
    visit_gives(&visit, context, RULE_CONTEXT_FREED_EARLY, &sap->object);
    NDIS_STATUS status = af_cm_handlers(af)->CmDeregisterSapHandler(context);
    visit_end(&visit);
    return operation_returned(call.host, &sap->op, &cm->module->owner, status);
}

void operation_end_DEREGISTER_SAP(struct host *host, struct operation *op, bool told)
{
    struct sap *sap = (struct sap *)operation_object(op);
    exec_lock_named(&sap->lock, "deregister SAP");
    NDIS_STATUS status = op->status;
    bool gone = status == NDIS_STATUS_SUCCESS;
    NDIS_HANDLE context = sap->client_context;
    const struct driver *client = af_client(sap->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(sap->af);
    operation_end(op);
    sap_step(sap, gone ? SAP_DEREGISTERED : SAP_DEREGISTER_FAILED);
    if (gone)
        sap_release(host, sap);
    else
        sap_unlock(sap);
    if (!told)
        return;
    struct visit visit = visit_begin(client, "ProtocolClDeregisterSapComplete");
    visit_gives(&visit, context, RULE_CONTEXT_FREED_EARLY, &sap->object);
    handlers->ClDeregisterSapCompleteHandler(status, context);
    visit_end(&visit);
}

static void fill_context(struct operation *op, void *with)
{
    struct sap *sap = (struct sap *)operation_object(op);
    context_from_completion(&sap->cm_context, with);
}

static struct sap *sap_completing(const struct call *call, enum edge edge, NDIS_HANDLE handle,
                                  enum operation_kind kind)
{
    struct sap *sap = (struct sap *)operation_resolve(call, handle, OBJECT_SAP, "NdisSapHandle",
                                                      offsetof(struct sap, op), kind);
    return sap && af_check_cm(call, sap->af, edge, handle) ? sap : NULL;
}

static void register_sap_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                                  NDIS_HANDLE NdisSapHandle, NDIS_HANDLE CallMgrSapContext)
{
    struct call call = edge_begin(edge, function);
    struct sap *sap = sap_completing(&call, edge, NdisSapHandle, OP_REGISTER_SAP);
    if (!sap)
        return;
    if (Status == NDIS_STATUS_SUCCESS && !CallMgrSapContext)
        (void)call_breaks(&call, RULE_CM_REGISTER_SAP_NEEDS_CONTEXT, NdisSapHandle, Status,
                          "CallMgrSapContext is NULL");
    (void)operation_complete(call.host, &sap->op, OP_REGISTER_SAP, Status, function, fill_context,
                             CallMgrSapContext);
}

static void deregister_sap_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                                    NDIS_HANDLE NdisSapHandle)
{
    struct call call = edge_begin(edge, function);
    struct sap *sap = sap_completing(&call, edge, NdisSapHandle, OP_DEREGISTER_SAP);
    if (!sap)
        return;
    if (Status != NDIS_STATUS_SUCCESS && Status != NDIS_STATUS_PENDING)
        (void)call_breaks(&call, RULE_CM_DEREGISTER_SAP_COMPLETE_SUCCESS, NdisSapHandle, Status,
                          "a pended deregistration cannot fail");
    (void)operation_complete(call.host, &sap->op, OP_DEREGISTER_SAP, Status, function, NULL, NULL);
}

/* NdisCmRegisterSapComplete ends a registration that ProtocolCmRegisterSap pended.
 * CallMgrSapContext  with SUCCESS: the call manager's context; ignored on failure
 * effects            failure: the handle is dead at the call
 * IRQL               <= DISPATCH_LEVEL
 * source             Learn: NdisCmRegisterSapComplete */
VOID NTAPI NdisCmRegisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE NdisSapHandle,
                                     NDIS_HANDLE CallMgrSapContext)
{
    register_sap_complete(EDGE_STAND_ALONE, "NdisCmRegisterSapComplete", Status, NdisSapHandle,
                          CallMgrSapContext);
}

/* The same for a miniport call manager. source: Learn: NdisMCmRegisterSapComplete */
VOID NTAPI NdisMCmRegisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE NdisSapHandle,
                                      NDIS_HANDLE CallMgrSapContext)
{
    register_sap_complete(EDGE_INTEGRATED, "NdisMCmRegisterSapComplete", Status, NdisSapHandle,
                          CallMgrSapContext);
}

/* NdisCmDeregisterSapComplete ends a deregistration that ProtocolCmDeregisterSap pended.
 * Status   SUCCESS, nothing else; the handle is dead on return
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisCmDeregisterSapComplete */
VOID NTAPI NdisCmDeregisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE NdisSapHandle)
{
    deregister_sap_complete(EDGE_STAND_ALONE, "NdisCmDeregisterSapComplete", Status, NdisSapHandle);
}

/* The same for a miniport call manager. source: Learn: NdisMCmDeregisterSapComplete */
VOID NTAPI NdisMCmDeregisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE NdisSapHandle)
{
    deregister_sap_complete(EDGE_INTEGRATED, "NdisMCmDeregisterSapComplete", Status, NdisSapHandle);
}
