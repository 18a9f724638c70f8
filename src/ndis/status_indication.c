/* SPDX-License-Identifier: MIT */
#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/oid.h"
#include "ndis/status_copy.h"
#include "ndis/vc.h"
#include "ndis/report.h"

#include <stdlib.h>
#include <string.h>

/* ---- one protocol hears ---- */

static void tell(struct binding *binding, NDIS_HANDLE vc_context, bool co,
                 NDIS_STATUS_INDICATION *indication)
{
    const struct driver *driver = binding->driver;
    if (co && binding->handlers->has_co_protocol) {
        CO_STATUS_HANDLER_EX handler = binding->handlers->co_protocol.CoStatusHandlerEx;
        if (!handler)
            return;
        struct visit visit = visit_begin(driver, "ProtocolCoStatusEx");
        handler(binding->context, vc_context, indication);
        visit_end(&visit);
    } else if (driver->protocol.StatusHandlerEx) {
        struct visit visit = visit_begin(driver, "ProtocolStatusEx");
        driver->protocol.StatusHandlerEx(binding->context, indication);
        visit_end(&visit);
    }
}

static struct status_copy *copy_of(const NDIS_STATUS_INDICATION *from, NDIS_HANDLE vc_context,
                                   bool co)
{
    struct status_copy *copy = malloc(sizeof(*copy) + from->StatusBufferSize);
    if (!copy)
        return NULL;
    copy->next = NULL;
    copy->vc_context = vc_context;
    copy->co = co;
    copy->indication = *from;
    if (from->StatusBufferSize) {
        memcpy(copy->buffer, from->StatusBuffer, from->StatusBufferSize);
        copy->indication.StatusBuffer = copy->buffer;
    }
    return copy;
}

static void append(struct binding *binding, struct status_copy *copy)
{
    if (binding->status_last)
        binding->status_last->next = copy;
    else
        binding->status_first = copy;
    binding->status_last = copy;
}

/* The next one that waits; NULL ends the turn of the task that tells. */
static struct status_copy *take_copy(struct binding *binding)
{
    exec_lock(&binding->status_lock);
    struct status_copy *copy = binding->status_first;
    if (copy) {
        binding->status_first = copy->next;
        if (!copy->next)
            binding->status_last = NULL;
    } else {
        binding->status_busy = false;
    }
    exec_unlock(&binding->status_lock);
    return copy;
}

void status_copies_free(struct binding *binding)
{
    while (binding->status_first) {
        struct status_copy *copy = binding->status_first;
        binding->status_first = copy->next;
        free(copy);
    }
    binding->status_last = NULL;
}

/* Tells the protocol now, or leaves a copy to the task that is telling it of an earlier one. A copy
 * that finds no memory is lost, as a status may be. The caller holds the binding. */
static void indicate(struct binding *binding, NDIS_HANDLE vc_context, bool co,
                     NDIS_STATUS_INDICATION *indication)
{
    exec_lock(&binding->status_lock);
    bool mine = !binding->status_busy;
    binding->status_busy = true;
    exec_unlock(&binding->status_lock);
    if (!mine) {
        struct status_copy *late = copy_of(indication, vc_context, co);
        if (!late)
            return;
        exec_lock(&binding->status_lock);
        append(binding, late);
        mine = !binding->status_busy;
        binding->status_busy = true;
        exec_unlock(&binding->status_lock);
        if (!mine)
            return;
    } else {
        tell(binding, vc_context, co, indication);
    }
    struct status_copy *copy;
    while ((copy = take_copy(binding)) != NULL) {
        tell(binding, copy->vc_context, copy->co, &copy->indication);
        free(copy);
    }
}

/* ---- a miniport indicates ---- */

/* The adapter that a status comes from; NULL after a rule was reported. */
static struct adapter *indicating_adapter(const struct call *call, NDIS_HANDLE handle,
                                          const NDIS_STATUS_INDICATION *indication)
{
    struct object *slot =
        handle_kind(handle) == OBJECT_ADAPTER ? handle_slot(call->host, handle) : NULL;
    if (slot && !object_alive(slot) && object_generation(slot) == handle_generation(handle)) {
        call_breaks(call, RULE_STATUS_AFTER_HALT, handle, NDIS_STATUS_FAILURE,
                    "MiniportHaltEx has returned");
        return NULL;
    }
    struct adapter *adapter =
        (struct adapter *)call_resolve(call, handle, OBJECT_ADAPTER, "MiniportAdapterHandle");
    if (!adapter)
        return NULL;
    if (!call_is_from(call, adapter->driver)) {
        call_breaks(call, RULE_MCO_NOT_OWN_VC, handle, NDIS_STATUS_FAILURE,
                    "the adapter belongs to driver %s", adapter->driver->module->name);
        return NULL;
    }
    if (!adapter->has_registration_attributes) {
        call_breaks(call, RULE_STATUS_BEFORE_ATTRIBUTES, handle, NDIS_STATUS_FAILURE,
                    "NdisMSetMiniportAttributes was not called yet");
        return NULL;
    }
    if (!indication || (indication->StatusBufferSize && !indication->StatusBuffer)) {
        call_breaks(call, RULE_ARGUMENT_NULL, handle, NDIS_STATUS_FAILURE,
                    "StatusIndication, or its StatusBuffer, is NULL");
        return NULL;
    }
    if (indication->Header.Type != NDIS_OBJECT_TYPE_STATUS_INDICATION) {
        call_breaks(call, RULE_ARGUMENT_HEADER, handle, NDIS_STATUS_FAILURE,
                    "StatusIndication: type 0x%02X", indication->Header.Type);
        return NULL;
    }
    return adapter;
}

static void trace_status(const struct call *call, const NDIS_STATUS_INDICATION *indication)
{
    if (!trace_on(call->host->trace))
        return;
    struct trace_event event = report_event(call->host, TRACE_STATUS, NULL);
    event.what = call->function;
    event.arg[0] = (uint32_t)indication->StatusCode;
    event.arg[1] = indication->StatusBufferSize;
    trace_emit(call->host->trace, &event);
}

static void indicate_to_all(struct adapter *adapter, bool co, NDIS_STATUS_INDICATION *indication)
{
    struct binding *binding = NULL;
    while ((binding = binding_next(adapter, binding)) != NULL)
        indicate(binding, NULL, co, indication);
}

static void indicate_to_one(struct binding *binding, NDIS_HANDLE vc_context,
                            NDIS_STATUS_INDICATION *indication)
{
    if (!binding || !binding_hold(binding))
        return;
    indicate(binding, vc_context, true, indication);
    binding_let_go(binding);
}

/* The client and the call manager of the VC hear, each with its own context for it. */
static void indicate_to_sharers(const struct call *call, NDIS_HANDLE NdisVcHandle,
                                struct adapter *adapter, NDIS_STATUS_INDICATION *indication)
{
    struct vc *vc = vc_lock(call, NdisVcHandle);
    if (!vc)
        return;
    struct adapter *carrier = vc->adapter;
    struct binding *client = vc->af ? vc->af->binding : NULL;
    struct binding *manager = vc->af ? vc->af->call_manager : vc->creator_binding;
    NDIS_HANDLE client_context = vc->client_context;
    NDIS_HANDLE cm_context = vc->cm_context;
    vc_unlock(vc);
    if (carrier != adapter) {
        call_breaks(call, RULE_MCO_NOT_OWN_VC, NdisVcHandle, NDIS_STATUS_FAILURE,
                    "the VC is on another adapter");
        return;
    }
    indicate_to_one(client, client_context, indication);
    indicate_to_one(manager, cm_context, indication);
}

/* Indicates a status of a connection-oriented adapter, or of one VC, to the protocols concerned.
 * MiniportAdapterHandle  the calling miniport's adapter
 * NdisVcHandle           NULL: every binding hears; else those who share the VC
 * StatusIndication       borrowed until return
 * IRQL     up to DISPATCH_LEVEL
 * effects  ProtocolCoStatusEx, one at a time on each binding; a task that finds a binding busy
 *          leaves a copy to the one that is there
 * source   Learn: NdisMCoIndicateStatusEx; C26, C122 */
VOID NTAPI NdisMCoIndicateStatusEx(NDIS_HANDLE MiniportAdapterHandle, NDIS_HANDLE NdisVcHandle,
                                   PNDIS_STATUS_INDICATION StatusIndication)
{
    struct call call = call_begin(__func__, RULE_Irql_MCO_Function, LEVEL_UP_TO_DISPATCH);
    struct adapter *adapter = indicating_adapter(&call, MiniportAdapterHandle, StatusIndication);
    if (!adapter)
        return;
    trace_status(&call, StatusIndication);
    if (NdisVcHandle)
        indicate_to_sharers(&call, NdisVcHandle, adapter, StatusIndication);
    else
        indicate_to_all(adapter, true, StatusIndication);
}

/* Indicates a status of an adapter to every protocol bound to it.
 * MiniportAdapterHandle  the calling miniport's adapter
 * StatusIndication       borrowed until return
 * IRQL     up to DISPATCH_LEVEL
 * effects  ProtocolStatusEx, one at a time on each binding
 * source   Learn: NdisMIndicateStatusEx */
VOID NTAPI NdisMIndicateStatusEx(NDIS_HANDLE MiniportAdapterHandle,
                                 PNDIS_STATUS_INDICATION StatusIndication)
{
    struct call call =
        call_begin(__func__, RULE_Irql_StatusIndication_Function, LEVEL_UP_TO_DISPATCH);
    struct adapter *adapter = indicating_adapter(&call, MiniportAdapterHandle, StatusIndication);
    if (!adapter)
        return;
    trace_status(&call, StatusIndication);
    indicate_to_all(adapter, false, StatusIndication);
}
