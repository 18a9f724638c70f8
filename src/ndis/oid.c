/* SPDX-License-Identifier: MIT */
/* Asking: how a request for a miniport, a call manager or a client starts. Its end is here, too;
 * the completions that drivers call are in oid_complete.c, the plain requests in oid_queue.c. */
#include "ndis/oid.h"
#include "ndis/handle.h"
#include "ndis/oid_request.h"
#include "ndis/operation_ends.h"
#include "ndis/report.h"
#include "nt/pool.h"

#include <string.h>

enum { OID_NETCARD_TIME = 0x00020210 }; /* OID_GEN_CO_GET_NETCARD_TIME */

/* ---- the object ---- */

/* The requester's structure remembers the handle for its completion: a value, never an address. */
static void remember(const struct oid *oid)
{
    memcpy(oid->request->NdisReserved, &oid->handle, sizeof(oid->handle));
}

NDIS_HANDLE oid_remembered(const NDIS_OID_REQUEST *request)
{
    NDIS_HANDLE handle;
    memcpy(&handle, request->NdisReserved, sizeof(handle));
    return handle;
}

struct oid *oid_take(const struct call *call, PNDIS_OID_REQUEST request)
{
    struct slab *slab = &call->host->slabs[OBJECT_OID];
    struct oid *oid = (struct oid *)slab_take(slab, call->task->processor);
    if (!oid)
        return NULL;
    memset((char *)oid + sizeof(oid->object), 0, sizeof(*oid) - sizeof(oid->object));
    oid->host = call->host;
    oid->request = request;
    return oid;
}

void oid_publish(struct oid *oid)
{
    slab_publish(&oid->object);
    oid->handle = handle_of(oid->host, &oid->object);
    remember(oid);
    object_mark(&oid->object, MARK_CREATED, OP_NONE);
}

NDIS_OID oid_number(const NDIS_OID_REQUEST *request)
{
    return request->DATA.QUERY_INFORMATION.Oid;
}

void oid_trace(const struct call *call, const struct oid *oid)
{
    if (!trace_on(call->host->trace))
        return;
    struct trace_event event = report_event(call->host, TRACE_OID_REQUEST, &oid->object);
    event.what = call->function;
    event.arg[0] = oid_number(oid->request);
    event.arg[1] = oid->request->DATA.QUERY_INFORMATION.InformationBufferLength;
    trace_emit(call->host->trace, &event);
}

bool oid_check_request(const struct call *call, const NDIS_OID_REQUEST *request, NDIS_HANDLE about,
                       NDIS_STATUS *status)
{
    *status = NDIS_STATUS_FAILURE;
    if (!request) {
        call_breaks(call, RULE_ARGUMENT_NULL, about, *status, "OidRequest is NULL");
        return false;
    }
    if (request->Header.Type != NDIS_OBJECT_TYPE_OID_REQUEST || request->Header.Revision < 1 ||
        request->Header.Size < NDIS_SIZEOF_OID_REQUEST_REVISION_1) {
        call_breaks(call, RULE_ARGUMENT_HEADER, about, *status,
                    "OidRequest: type 0x%02X revision %u size %u", request->Header.Type,
                    request->Header.Revision, request->Header.Size);
        return false;
    }
    if (request->DATA.QUERY_INFORMATION.InformationBufferLength &&
        !request->DATA.QUERY_INFORMATION.InformationBuffer) {
        call_breaks(call, RULE_ARGUMENT_NULL, about, *status, "InformationBuffer is NULL");
        return false;
    }
    struct oid *out =
        (struct oid *)handle_resolve(call->host, oid_remembered(request), OBJECT_OID, NULL);
    if (out && out->request == request) {
        call_breaks(call, RULE_ARGUMENT_BAD, about, *status,
                    "this OidRequest is out already: wait for its completion");
        return false;
    }
    return true;
}

/* A request and its buffer are in non-paged memory (C113): it may be answered at DISPATCH_LEVEL. */
static void check_memory(const struct call *call, const NDIS_OID_REQUEST *request,
                         NDIS_HANDLE about)
{
    const void *buffer = request->DATA.QUERY_INFORMATION.InformationBuffer;
    bool whole = nt_pool_is_paged(request, request->Header.Size);
    if (whole || (buffer && nt_pool_is_paged(
                                buffer, request->DATA.QUERY_INFORMATION.InformationBufferLength)))
        (void)call_breaks(call, RULE_OID_BUFFER_PAGED, about, NDIS_STATUS_SUCCESS,
                          "%s is in paged memory", whole ? "OidRequest" : "InformationBuffer");
}

/* ---- the end ---- */

/* The requester's completion callback, by its role. */
static CO_OID_REQUEST_COMPLETE_HANDLER completion_of(const struct oid *oid)
{
    const struct handlers *handlers =
        oid->binding ? oid->binding->handlers : &oid->requester->handlers;
    bool as_manager = oid->af ? oid->binding != oid->af->binding : !handlers->has_client;
    if (as_manager)
        return handlers->has_call_manager ? handlers->call_manager.CmOidRequestCompleteHandler
                                          : NULL;
    return handlers->client.ClOidRequestCompleteHandler;
}

/* Ends the request and lets go of what it held, before the requester hears: it may close them
 * then. */
static struct oid finish(struct oid *oid)
{
    struct oid copy = *oid;
    operation_end(&oid->op);
    object_mark(&oid->object, MARK_DEAD, OP_NONE);
    slab_release(&oid->host->slabs[OBJECT_OID], &oid->object);
    if (copy.af)
        af_oid_gone(copy.af);
    if (copy.binding)
        atomic_fetch_sub(&copy.binding->oid_count, 1);
    return copy;
}

static void end_co(struct operation *op, bool told)
{
    struct oid *oid = (struct oid *)operation_object(op);
    CO_OID_REQUEST_COMPLETE_HANDLER handler = completion_of(oid);
    NDIS_STATUS status = op->status;
    struct oid was = finish(oid);
    if (!told || !handler)
        return;
    struct visit visit = visit_begin(was.requester, "ProtocolCoOidRequestComplete");
    handler(was.af_context, was.vc_context, was.party_context, was.request, status);
    visit_end(&visit);
}

void operation_end_CO_OID(struct host *host, struct operation *op, bool told)
{
    (void)host;
    end_co(op, told);
}

void operation_end_MCO_OID(struct host *host, struct operation *op, bool told)
{
    (void)host;
    end_co(op, told);
}

void operation_end_OID(struct host *host, struct operation *op, bool told)
{
    (void)host;
    struct oid *oid = (struct oid *)operation_object(op);
    NDIS_STATUS status = op->status;
    NDIS_HANDLE context = oid->binding->context;
    struct adapter *adapter = oid->adapter;
    struct oid was = finish(oid);
    oid_queue_next(adapter, oid);
    if (!told)
        return;
    struct visit visit = visit_begin(was.requester, "ProtocolOidRequestComplete");
    was.requester->protocol.OidRequestCompleteHandler(context, was.request, status);
    visit_end(&visit);
}

/* ---- whom it concerns ---- */

static bool foreign(const struct call *call, NDIS_HANDLE handle, const char *parameter)
{
    call_breaks(call, RULE_HANDLE_FOREIGN, handle, NDIS_STATUS_INVALID_DATA,
                "%s does not belong to the address family and binding of the request", parameter);
    return false;
}

/* Resolves VC and party, and checks that the three belong together. */
static bool resolve_scope(const struct call *call, struct oid_scope *scope)
{
    if (scope->party_handle && !scope->af_handle) {
        call_breaks(call, RULE_ARGUMENT_BAD, scope->party_handle, NDIS_STATUS_INVALID_DATA,
                    "a party is given without its address family");
        return false;
    }
    if (scope->af_handle) {
        scope->af = (struct af *)call_resolve(call, scope->af_handle, OBJECT_AF, "NdisAfHandle");
        if (!scope->af)
            return false;
    }
    if (scope->vc_handle) {
        scope->vc = (struct vc *)call_resolve(call, scope->vc_handle, OBJECT_VC, "NdisVcHandle");
        if (!scope->vc)
            return false;
        if (scope->af && scope->vc->af != scope->af)
            return foreign(call, scope->vc_handle, "NdisVcHandle");
    }
    if (scope->party_handle) {
        scope->party = (struct party *)call_resolve(call, scope->party_handle, OBJECT_PARTY,
                                                    "NdisPartyHandle");
        if (!scope->party)
            return false;
        if (scope->party->vc->af != scope->af || (scope->vc && scope->party->vc != scope->vc))
            return foreign(call, scope->party_handle, "NdisPartyHandle");
    }
    return true;
}

/* Whether the party may be asked about: one that is added or going cannot (party_table). */
static bool party_allows(const struct call *call, const struct oid_scope *scope)
{
    if (!scope->party)
        return true;
    struct vc *vc = scope->party->vc;
    exec_lock(&vc->lock);
    const struct state_cell *cell = party_step(scope->party, PARTY_OID);
    exec_unlock(&vc->lock);
    if (cell->action != STATE_BREAKS)
        return true;
    call_breaks(call, (enum rule_id)cell->rule, scope->party_handle, cell->status,
                "the party is not active");
    return false;
}

static struct oid *new_co_oid(const struct call *call, const struct oid_scope *scope,
                              PNDIS_OID_REQUEST request)
{
    struct oid *oid = oid_take(call, request);
    if (!oid)
        return NULL;
    oid->af = scope->af;
    oid->af_handle = scope->af_handle;
    oid->vc_handle = scope->vc_handle;
    oid->party_handle = scope->party_handle;
    return oid;
}

static void fill_requester(struct oid *oid, const struct oid_scope *scope, bool as_manager)
{
    if (scope->af)
        oid->af_context = as_manager ? scope->af->cm_context : scope->af->client_context;
    if (scope->vc)
        oid->vc_context = as_manager ? scope->vc->cm_context : scope->vc->client_context;
    if (scope->party)
        oid->party_context = as_manager ? scope->party->cm_context : scope->party->client_context;
}

/* ---- asking the miniport ---- */

static NDIS_STATUS answered(struct oid *oid, const struct visit *visit, NDIS_STATUS status)
{
    if (status == NDIS_STATUS_PENDING && oid_number(oid->request) == OID_NETCARD_TIME)
        visit_breaks(visit, RULE_NETCARD_TIME_PENDED, &oid->object, status,
                     "OID_GEN_CO_GET_NETCARD_TIME was pended");
    if (oid->after_removal && status != NDIS_STATUS_PENDING && status != NDIS_STATUS_NOT_ACCEPTED)
        visit_breaks(visit, RULE_OID_AFTER_REMOVAL, &oid->object, status,
                     "the device was removed before the request was made");
    return operation_returned(oid->host, &oid->op, &oid->target->module->owner, status);
}

static NDIS_STATUS ask_miniport(const struct call *call, struct binding *binding,
                                const struct oid_scope *scope, PNDIS_OID_REQUEST request)
{
    struct adapter *adapter = binding->adapter;
    if (adapter->connectionless)
        return NDIS_STATUS_NOT_SUPPORTED;
    if (scope->vc && scope->vc->adapter != adapter) {
        foreign(call, scope->vc_handle, "NdisVcHandle");
        return NDIS_STATUS_FAILURE;
    }
    struct oid *oid = nt_fault(FAULT_NdisCoOidRequest) ? NULL : new_co_oid(call, scope, request);
    if (!oid)
        return NDIS_STATUS_RESOURCES;
    oid->adapter = adapter;
    oid->binding = binding;
    oid->requester = binding->driver;
    oid->target = adapter->driver;
    oid->after_removal = adapter->removed;
    fill_requester(oid, scope, !binding->handlers->has_client);
    atomic_fetch_add(&binding->oid_count, 1);
    oid_publish(oid);
    oid_trace(call, oid);
    NDIS_HANDLE vc_context = scope->vc ? scope->vc->miniport_context : NULL;
    operation_begin(&oid->op, OP_MCO_OID, request);
    NDIS_STATUS status;
    if (operation_fails(call->host, &oid->op, FAULT_MiniportCoOidRequest, &status))
        return status;
    struct visit visit = visit_begin(adapter->driver, "MiniportCoOidRequest");
    status = adapter->driver->handlers.co_miniport.CoOidRequestHandler(adapter->context, vc_context,
                                                                       request);
    visit_end(&visit);
    return answered(oid, &visit, status);
}

/* ---- asking over an address family ---- */

/* A client that is told of an address change asks for the addresses (C106): inside the request, or
 * later. One that has no means just now says so by its answer. */
static void address_change_told(struct af *af, NDIS_STATUS status)
{
    bool cannot = status == NDIS_STATUS_RESOURCES || status == NDIS_STATUS_CLOSING;
    uint8_t telling = ADDRESS_CHANGE_TELLING;
    atomic_compare_exchange_strong(&af->address_change, &telling,
                                   cannot ? ADDRESS_CHANGE_NONE : ADDRESS_CHANGE_TOLD);
}

/* Asks the other end of an AF: its call manager, or (as_manager) its client. */
static NDIS_STATUS ask_peer(const struct call *call, struct binding *binding, bool as_manager,
                            const struct oid_scope *scope, PNDIS_OID_REQUEST request)
{
    struct af *af = scope->af;
    NDIS_STATUS status;
    if (!party_allows(call, scope))
        return NDIS_STATUS_FAILURE;
    bool changes = as_manager && oid_number(request) == OID_CO_ADDRESS_CHANGE &&
                   request->RequestType == NdisRequestSetInformation;
    if (!as_manager && oid_number(request) == OID_CO_GET_ADDRESSES)
        atomic_store(&af->address_change, ADDRESS_CHANGE_NONE); /* whatever comes of it */
    struct oid *oid = nt_fault(binding ? FAULT_NdisCoOidRequest : FAULT_NdisMCmOidRequest)
                          ? NULL
                          : new_co_oid(call, scope, request);
    if (!oid)
        return NDIS_STATUS_RESOURCES;
    if (!af_hold(call, af, scope->af_handle, as_manager ? AF_CM_OID : AF_OID, &af->oid_count,
                 &status)) {
        slab_untake(&call->host->slabs[OBJECT_OID], &oid->object);
        return status;
    }
    oid->adapter = af->adapter;
    oid->binding = binding;
    oid->requester = as_manager ? af_cm(af) : af_client(af);
    oid->target = as_manager ? af_client(af) : af_cm(af);
    fill_requester(oid, scope, as_manager);
    if (binding)
        atomic_fetch_add(&binding->oid_count, 1);
    oid_publish(oid);
    oid_trace(call, oid);
    struct oid theirs = {0};
    fill_requester(&theirs, scope, !as_manager);
    CO_OID_REQUEST_HANDLER handler = as_manager ? af_client_handlers(af)->ClOidRequestHandler
                                                : af_cm_handlers(af)->CmOidRequestHandler;
    operation_begin(&oid->op, OP_CO_OID, request);
    if (operation_fails(call->host, &oid->op, FAULT_ProtocolCoOidRequest, &status))
        return status;
    if (changes)
        atomic_store(&af->address_change, ADDRESS_CHANGE_TELLING);
    struct visit visit = visit_begin(oid->target, "ProtocolCoOidRequest");
    status = handler(theirs.af_context, theirs.vc_context, theirs.party_context, request);
    if (changes)
        address_change_told(af, status);
    visit_end(&visit);
    return answered(oid, &visit, status);
}

/* An MCM has no binding: what it passes for one shows that it meant NdisMCmOidRequest (C24). */
static bool is_mcm_call(const struct call *call, NDIS_HANDLE binding, const struct oid_scope *scope)
{
    struct adapter *adapter =
        handle_kind(binding) == OBJECT_ADAPTER
            ? (struct adapter *)handle_resolve(call->host, binding, OBJECT_ADAPTER, NULL)
            : NULL;
    if (adapter)
        return call_is_from(call, adapter->driver);
    struct af *af = (struct af *)handle_resolve(call->host, scope->af_handle, OBJECT_AF, NULL);
    return af && !af->call_manager && call_is_from(call, af_cm(af)) &&
           !call_is_from(call, af_client(af));
}

/* Sends an OID request to the miniport (AF NULL), or to the other end of an address family.
 * NdisBindingHandle  the caller's binding
 * NdisAfHandle, NdisVcHandle, NdisPartyHandle  what it is about; each may be NULL
 * OidRequest         the caller's until the request is complete
 * returns  PENDING, then ProtocolCoOidRequestComplete; else the answer, or RESOURCES, or FAILURE
 *          for a broken rule
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisCoOidRequest; API §2.5, §8.16, C24, C113 */
NDIS_STATUS NTAPI NdisCoOidRequest(NDIS_HANDLE NdisBindingHandle, NDIS_HANDLE NdisAfHandle,
                                   NDIS_HANDLE NdisVcHandle, NDIS_HANDLE NdisPartyHandle,
                                   PNDIS_OID_REQUEST OidRequest)
{
    struct call call = call_begin(__func__, RULE_Irql_Connection_Function, LEVEL_UP_TO_DISPATCH);
    struct oid_scope scope = {NdisAfHandle, NdisVcHandle, NdisPartyHandle, NULL, NULL, NULL};
    NDIS_STATUS status;
    if (is_mcm_call(&call, NdisBindingHandle, &scope))
        return call_breaks(&call, RULE_MCM_USES_NDISCO, NdisBindingHandle, NDIS_STATUS_FAILURE,
                           "a miniport call manager calls NdisMCmOidRequest");
    struct binding *binding = binding_resolve(&call, NdisBindingHandle);
    if (!binding || !oid_check_request(&call, OidRequest, NdisBindingHandle, &status) ||
        !resolve_scope(&call, &scope))
        return NDIS_STATUS_FAILURE;
    check_memory(&call, OidRequest, NdisBindingHandle);
    if (!scope.af)
        return ask_miniport(&call, binding, &scope, OidRequest);
    if (scope.af->binding != binding && scope.af->call_manager != binding) {
        foreign(&call, NdisAfHandle, "NdisAfHandle");
        return NDIS_STATUS_FAILURE;
    }
    return ask_peer(&call, binding, scope.af->binding != binding, &scope, OidRequest);
}

/* Sends an OID request of a miniport call manager to the client of an address family.
 * NdisAfHandle       the AF; NdisVcHandle, NdisPartyHandle: what it is about, or NULL
 * NdisRequest        the caller's until the request is complete
 * returns  as NdisCoOidRequest
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisMCmOidRequest; API §2.4, C22 */
NDIS_STATUS NTAPI NdisMCmOidRequest(NDIS_HANDLE NdisAfHandle, NDIS_HANDLE NdisVcHandle,
                                    NDIS_HANDLE NdisPartyHandle, PNDIS_OID_REQUEST NdisRequest)
{
    struct call call = call_begin(__func__, RULE_Irql_MCM_Function, LEVEL_UP_TO_DISPATCH);
    struct oid_scope scope = {NdisAfHandle, NdisVcHandle, NdisPartyHandle, NULL, NULL, NULL};
    NDIS_STATUS status;
    if (!NdisAfHandle)
        return call_breaks(&call, RULE_HANDLE_NULL, NULL, NDIS_STATUS_FAILURE,
                           "NdisAfHandle is NULL");
    if (!oid_check_request(&call, NdisRequest, NdisAfHandle, &status) ||
        !resolve_scope(&call, &scope) ||
        !af_check_cm(&call, scope.af, EDGE_INTEGRATED, NdisAfHandle))
        return NDIS_STATUS_FAILURE;
    check_memory(&call, NdisRequest, NdisAfHandle);
    return ask_peer(&call, NULL, true, &scope, NdisRequest);
}
