/* SPDX-License-Identifier: MIT */
/* Plug-and-play events tell a protocol what happens to the adapter below its binding. */
#include "ndis/bind.h"
#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/report.h"

#include <string.h>

static void set_event(struct binding *binding, struct bind *bind)
{
    struct host *host = binding->adapter->host;
    exec_lock(&host->lock);
    binding->event = bind;
    exec_unlock(&host->lock);
}

static void check_answer(const struct visit *visit, struct bind *bind, NDIS_STATUS status)
{
    if (status == NDIS_STATUS_NOT_SUPPORTED)
        visit_breaks(visit, RULE_DRIVER_BAD_STATUS, &bind->object, status,
                     "an NDIS 6 protocol answers SUCCESS to events that it does not know");
}

/* Waits for the completion of a pended event. returns  false: none came (reported). */
static bool wait_for_event(struct bind *bind)
{
    struct host *host = bind->host;
    exec_wait_one(&bind->done, host->pnp_wait_100ns, "ProtocolNetPnPEvent");
    exec_lock(&host->lock);
    bool came = !operation_running(&bind->op);
    bind->abandoned = !came;
    exec_unlock(&host->lock);
    if (!came) {
        bind->driver->module->tainted = true;
        report_owner_break(host, &bind->driver->module->owner, RULE_PEND_NEVER_COMPLETED,
                           "ProtocolNetPnPEvent", &bind->object, NDIS_STATUS_PENDING,
                           "no completion came within %u ms",
                           (unsigned)(host->pnp_wait_100ns / EXEC_MS));
    }
    return came;
}

NDIS_STATUS bind_tell_event(struct binding *binding, NET_PNP_EVENT_CODE code, void *buffer,
                            ULONG buffer_bytes)
{
    struct driver *driver = binding->driver;
    struct host *host = binding->adapter->host;
    struct bind *bind = bind_take(driver, binding->adapter, NULL);
    if (!bind)
        return NDIS_STATUS_RESOURCES;
    bind->event.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    bind->event.Header.Revision = NET_PNP_EVENT_NOTIFICATION_REVISION_1;
    bind->event.Header.Size = (USHORT)NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_1;
    bind->event.PortNumber = NDIS_DEFAULT_PORT_NUMBER;
    bind->event.NetPnPEvent.NetEvent = code;
    bind->event.NetPnPEvent.Buffer = buffer;
    bind->event.NetPnPEvent.BufferLength = buffer_bytes;
    bind_publish(bind);
    set_event(binding, bind);
    operation_begin(&bind->op, OP_NET_PNP_EVENT, &bind->event);
    struct visit visit = visit_begin(driver, "ProtocolNetPnPEvent");
    NDIS_STATUS status = driver->protocol.NetPnPEventHandler(binding->context, &bind->event);
    visit_end(&visit);
    check_answer(&visit, bind, status);
    operation_returned(host, &bind->op, &driver->module->owner, status);
    bool came = wait_for_event(bind);
    set_event(binding, NULL);
    if (!came)
        return NDIS_STATUS_FAILURE;
    status = bind->status;
    bind_release(bind);
    return status;
}

/* Completes a ProtocolNetPnPEvent that returned PENDING.
 * NdisBindingHandle        the binding that heard of the event
 * NetPnPEventNotification  the pointer that the callback got
 * Status   final
 * IRQL     PASSIVE_LEVEL
 * source   Learn: NdisCompleteNetPnPEvent; API §2.1 */
VOID NTAPI NdisCompleteNetPnPEvent(NDIS_HANDLE NdisBindingHandle,
                                   PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification,
                                   NDIS_STATUS Status)
{
    struct call call = call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_PASSIVE);
    struct binding *binding = binding_resolve(&call, NdisBindingHandle);
    if (!binding)
        return;
    exec_lock(&call.host->lock);
    struct bind *bind = binding->event;
    exec_unlock(&call.host->lock);
    if (!bind) {
        call_breaks(&call, RULE_PEND_UNASKED, NdisBindingHandle, Status,
                    "no event waits for a completion");
        return;
    }
    if (NetPnPEventNotification != &bind->event) {
        call_breaks(&call, RULE_COMPLETE_WRONG_HANDLE, NdisBindingHandle, Status,
                    "NetPnPEventNotification is not the one of the pended event");
        return;
    }
    operation_complete(call.host, &bind->op, OP_NET_PNP_EVENT, Status, __func__, NULL, NULL);
}

/* Passes a miniport's plug-and-play event on to every protocol that is bound above.
 * MiniportAdapterHandle    the calling miniport's adapter
 * NetPnPEventNotification  borrowed until return
 * returns  SUCCESS; the first failure that a protocol answered; RESOURCES
 * IRQL     PASSIVE_LEVEL
 * source   Learn: NdisMNetPnPEvent */
NDIS_STATUS NTAPI NdisMNetPnPEvent(NDIS_HANDLE MiniportAdapterHandle,
                                   PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    struct call call = call_begin(__func__, RULE_Irql_Miniport_Driver_Function, LEVEL_PASSIVE);
    struct adapter *adapter = (struct adapter *)call_resolve(
        &call, MiniportAdapterHandle, OBJECT_ADAPTER, "MiniportAdapterHandle");
    if (!adapter || call.task->irql != PASSIVE_LEVEL)
        return NDIS_STATUS_FAILURE;
    if (!NetPnPEventNotification)
        return call_breaks(&call, RULE_ARGUMENT_NULL, MiniportAdapterHandle, NDIS_STATUS_FAILURE,
                           "NetPnPEventNotification is NULL");
    const NET_PNP_EVENT *event = &NetPnPEventNotification->NetPnPEvent;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    struct binding *binding = NULL;
    while ((binding = binding_next(adapter, binding)) != NULL) {
        NDIS_STATUS answer =
            bind_tell_event(binding, event->NetEvent, event->Buffer, event->BufferLength);
        if (status == NDIS_STATUS_SUCCESS)
            status = answer;
    }
    return status;
}
