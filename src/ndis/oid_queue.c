/* SPDX-License-Identifier: MIT */
/* Plain OID requests go to MiniportOidRequest one at a time, at PASSIVE_LEVEL (API §3.5): those
 * that find the miniport busy, or come at DISPATCH_LEVEL, wait in the adapter's queue. */
#include "ndis/handle.h"
#include "ndis/oid_request.h"

/* ---- the queue ---- */

/* Makes the request the running one if the miniport is free. returns  true when it is. */
static bool start_now(struct adapter *adapter, struct oid *oid)
{
    exec_lock(&adapter->oid_lock);
    bool start = !adapter->oid_running && !adapter->oid_first;
    if (start)
        adapter->oid_running = oid;
    exec_unlock(&adapter->oid_lock);
    return start;
}

static void queue(struct adapter *adapter, struct oid *oid)
{
    exec_lock(&adapter->oid_lock);
    if (adapter->oid_last)
        adapter->oid_last->next = oid;
    else
        adapter->oid_first = oid;
    adapter->oid_last = oid;
    exec_unlock(&adapter->oid_lock);
}

/* The next one for the miniport, if it is free; it runs from here. */
static struct oid *start_next(struct adapter *adapter)
{
    exec_lock(&adapter->oid_lock);
    struct oid *oid = adapter->oid_running ? NULL : adapter->oid_first;
    if (oid) {
        adapter->oid_first = oid->next;
        if (!oid->next)
            adapter->oid_last = NULL;
        adapter->oid_running = oid;
    }
    exec_unlock(&adapter->oid_lock);
    return oid;
}

static NDIS_STATUS give(struct oid *oid)
{
    const struct driver *driver = oid->target;
    struct visit visit = visit_begin(driver, "MiniportOidRequest");
    NDIS_STATUS status = driver->miniport.OidRequestHandler(oid->adapter->context, oid->request);
    visit_end(&visit);
    return status;
}

static void run_queue(struct exec_work *work)
{
    struct adapter *adapter = work->context;
    struct host *host = adapter->host;
    struct oid *oid;
    exec_current()->owner = NULL;
    while ((oid = start_next(adapter)) != NULL) {
        NDIS_HANDLE handle = oid->handle;
        NDIS_STATUS status = give(oid);
        if (status == NDIS_STATUS_PENDING)
            return; /* its completion starts the next one */
        struct visit visit = {.task = exec_current(), .handler = "MiniportOidRequest"};
        exec_current()->owner = (struct nt_owner *)(uintptr_t)&adapter->driver->module->owner;
        if (handle_still_names(handle, &oid->object) && operation_running(&oid->op))
            operation_complete(host, &oid->op, OP_OID, status, "MiniportOidRequest", NULL, NULL);
        else
            visit_breaks(&visit, RULE_PEND_NOT_BOTH, &oid->object, status,
                         "it called NdisMOidRequestComplete and returned a final status as well");
        exec_current()->owner = NULL;
    }
}

void oid_queue_init(struct adapter *adapter)
{
    exec_work_init(&adapter->oid_work, run_queue, adapter);
}

static void wake_queue(struct adapter *adapter)
{
    exec_lock(&adapter->oid_lock);
    bool waits = adapter->oid_first && !adapter->oid_running;
    exec_unlock(&adapter->oid_lock);
    if (!waits)
        return;
    exec_work_queue(adapter->host->exec, &adapter->oid_work);
}

void oid_queue_next(struct adapter *adapter, const struct oid *ended)
{
    exec_lock(&adapter->oid_lock);
    if (adapter->oid_running == ended)
        adapter->oid_running = NULL;
    exec_unlock(&adapter->oid_lock);
    wake_queue(adapter);
}

/* ---- asking ---- */

/* Sends a connectionless OID request to the miniport.
 * NdisBindingHandle  the caller's binding
 * OidRequest         the caller's until the request is complete
 * returns  PENDING, then ProtocolOidRequestComplete; else the miniport's answer; RESOURCES; FAILURE
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisOidRequest; API §3.5 */
NDIS_STATUS NTAPI NdisOidRequest(NDIS_HANDLE NdisBindingHandle, PNDIS_OID_REQUEST OidRequest)
{
    struct call call = call_begin(__func__, RULE_Irql_OID_Function, LEVEL_UP_TO_DISPATCH);
    NDIS_STATUS status;
    struct binding *binding = binding_resolve(&call, NdisBindingHandle);
    if (!binding || !oid_check_request(&call, OidRequest, NdisBindingHandle, &status))
        return NDIS_STATUS_FAILURE;
    struct oid *oid = nt_fault(FAULT_NdisOidRequest) ? NULL : oid_take(&call, OidRequest);
    if (!oid)
        return NDIS_STATUS_RESOURCES;
    struct adapter *adapter = binding->adapter;
    oid->adapter = adapter;
    oid->binding = binding;
    oid->requester = binding->driver;
    oid->target = adapter->driver;
    atomic_fetch_add(&binding->oid_count, 1);
    oid_publish(oid);
    oid_trace(&call, oid);
    operation_begin(&oid->op, OP_OID, OidRequest);
    if (call.task->irql == PASSIVE_LEVEL && start_now(adapter, oid))
        return operation_returned(call.host, &oid->op, &oid->target->module->owner, give(oid));
    oid->deferred = true;
    status =
        operation_returned(call.host, &oid->op, &oid->target->module->owner, NDIS_STATUS_PENDING);
    queue(adapter, oid);
    wake_queue(adapter);
    return status;
}

/* ---- cancelling ---- */

/* Takes the requests with an id that wait out of the adapter's queue. returns  their list. */
static struct oid *take_waiting(struct adapter *adapter, const struct binding *binding, PVOID id)
{
    struct oid *taken = NULL;
    exec_lock(&adapter->oid_lock);
    struct oid **at = &adapter->oid_first;
    adapter->oid_last = NULL;
    while (*at) {
        struct oid *oid = *at;
        if (oid->binding == binding && oid->request->RequestId == id) {
            *at = oid->next;
            oid->next = taken;
            taken = oid;
        } else {
            adapter->oid_last = oid;
            at = &oid->next;
        }
    }
    exec_unlock(&adapter->oid_lock);
    return taken;
}

/* Cancels the caller's outstanding OID requests that carry an id.
 * RequestId  as in NDIS_OID_REQUEST.RequestId of the requests
 * IRQL     up to DISPATCH_LEVEL
 * effects  requests that wait complete with REQUEST_ABORTED; the miniport is asked about the others
 * source   Learn: NdisCancelOidRequest */
VOID NTAPI NdisCancelOidRequest(NDIS_HANDLE NdisBindingHandle, PVOID RequestId)
{
    struct call call = call_begin(__func__, RULE_Irql_OID_Function, LEVEL_UP_TO_DISPATCH);
    struct binding *binding = binding_resolve(&call, NdisBindingHandle);
    if (!binding)
        return;
    struct adapter *adapter = binding->adapter;
    struct oid *oid = take_waiting(adapter, binding, RequestId);
    while (oid) {
        struct oid *next = oid->next;
        operation_complete(call.host, &oid->op, OP_OID, NDIS_STATUS_REQUEST_ABORTED, __func__, NULL,
                           NULL);
        oid = next;
    }
    if (atomic_load(&binding->oid_count) == 0)
        return;
    struct visit visit = visit_begin(adapter->driver, "MiniportCancelOidRequest");
    adapter->driver->miniport.CancelOidRequestHandler(adapter->context, RequestId);
    visit_end(&visit);
}
