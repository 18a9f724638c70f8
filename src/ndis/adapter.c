/* SPDX-License-Identifier: MIT */
#include "ndis/adapter.h"
#include "ndis/bind.h"
#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/leak.h"
#include "ndis/oid_request.h"
#include "ndis/operation_ends.h"
#include "ndis/report.h"
#include "ndis/settings.h"
#include "ndis/world.h"
#include "nt/fault.h"

#include <string.h>

enum {
    PAUSE_FOR_HALT = 0x0001,  /* Learn: NDIS_PAUSE_NDIS_INTERNAL */
    POWER_FROM_THE_MAINS = 0, /* Learn: NdisPowerProfileAcOnLine of NDIS_POWER_PROFILE */
};

/* ---- the object ---- */

struct adapter *adapter_find(struct host *host, const char *name)
{
    exec_lock(&host->lock);
    struct adapter *adapter = host->adapters;
    while (adapter && strcmp(adapter->name, name) != 0)
        adapter = adapter->next;
    exec_unlock(&host->lock);
    return adapter;
}

static struct adapter *new_adapter(struct host *host, struct driver *driver, const char *name,
                                   struct settings *settings)
{
    struct slab *slab = &host->slabs[OBJECT_ADAPTER];
    struct adapter *adapter = (struct adapter *)slab_take(slab, exec_current()->processor);
    if (!adapter)
        return NULL;
    memset((char *)adapter + sizeof(adapter->object), 0,
           sizeof(*adapter) - sizeof(adapter->object));
    adapter->host = host;
    adapter->driver = driver;
    adapter->settings = settings;
    adapter->state = ADAPTER_INITIALIZING;
    adapter->connectionless = !driver->handlers.has_co_miniport;
    snprintf(adapter->name, sizeof(adapter->name), "%s", name);
    wide_from_text(&adapter->unicode_name, adapter->unicode_text, ADAPTER_NAME_BYTES, name);
    exec_waitable_init(&adapter->done, EXEC_EVENT_SYNCHRONIZATION, 0);
    oid_queue_init(adapter);
    slab_publish(&adapter->object);
    adapter->handle = handle_of(host, &adapter->object);
    object_mark(&adapter->object, MARK_CREATED, OP_NONE);
    exec_lock(&host->lock);
    struct adapter **last = &host->adapters;
    while (*last)
        last = &(*last)->next;
    *last = adapter;
    exec_unlock(&host->lock);
    return adapter;
}

static void release(struct adapter *adapter)
{
    struct host *host = adapter->host;
    exec_lock(&host->lock);
    struct adapter **at = &host->adapters;
    while (*at != adapter)
        at = &(*at)->next;
    *at = adapter->next;
    exec_unlock(&host->lock);
    settings_release(adapter->settings);
    adapter->settings = NULL;
    object_mark(&adapter->object, MARK_DEAD, OP_NONE);
    slab_release(&host->slabs[OBJECT_ADAPTER], &adapter->object);
}

static const char *const state_names[ADAPTER_STATE_COUNT] = {
    "initializing", "paused", "restarting", "running", "pausing", "halting",
};

/* The only writer of adapter->state. */
static void set_state(struct adapter *adapter, enum adapter_state state)
{
    struct host *host = adapter->host;
    exec_lock(&host->lock);
    enum adapter_state before = (enum adapter_state)adapter->state;
    adapter->state = (uint8_t)state;
    exec_unlock(&host->lock);
    if (trace_on(host->trace))
        report_state(host, &adapter->object, NULL, NULL, state_names[before], state_names[state],
                     NULL);
}

/* ---- pause and restart ---- */

static void miniport_told(struct host *host, struct operation *op)
{
    struct adapter *adapter = (struct adapter *)operation_object(op);
    operation_end(op);
    exec_signal_set(host->exec->world, &adapter->done);
}

void operation_end_PAUSE(struct host *host, struct operation *op, bool told)
{
    (void)told;
    miniport_told(host, op);
}

void operation_end_RESTART(struct host *host, struct operation *op, bool told)
{
    (void)told;
    miniport_told(host, op);
}

/* Waits for the miniport's final answer to PAUSE or RESTART.
 * returns  what it was; FAILURE when it never came (reported) */
static NDIS_STATUS wait_for_miniport(struct adapter *adapter, const char *handler)
{
    if (exec_wait_one(&adapter->done, adapter->host->pnp_wait_100ns, handler) ==
        EXEC_WAIT_SIGNALLED)
        return adapter->op.status;
    report_owner_break(adapter->host, &adapter->driver->module->owner, RULE_PEND_NEVER_COMPLETED,
                       handler, &adapter->object, NDIS_STATUS_PENDING,
                       "no completion came within %u ms",
                       (unsigned)(adapter->host->pnp_wait_100ns / EXEC_MS));
    adapter->driver->module->tainted = true;
    return NDIS_STATUS_FAILURE;
}

static NDIS_STATUS pause_miniport(struct adapter *adapter)
{
    const struct driver *driver = adapter->driver;
    NDIS_MINIPORT_PAUSE_PARAMETERS parameters = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_MINIPORT_PAUSE_PARAMETERS_REVISION_1,
                   sizeof(parameters)},
        .PauseReason = PAUSE_FOR_HALT,
    };
    set_state(adapter, ADAPTER_PAUSING);
    operation_begin(&adapter->op, OP_PAUSE, &parameters);
    struct visit visit = visit_begin(driver, "MiniportPause");
    NDIS_STATUS status = driver->miniport.PauseHandler(adapter->context, &parameters);
    visit_end(&visit);
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_PENDING)
        visit_breaks(&visit, RULE_DRIVER_BAD_STATUS, &adapter->object, status,
                     "a pause cannot fail");
    operation_returned(adapter->host, &adapter->op, &driver->module->owner, status);
    status = wait_for_miniport(adapter, "MiniportPause");
    set_state(adapter, ADAPTER_PAUSED);
    return status;
}

static NDIS_STATUS restart_miniport(struct adapter *adapter)
{
    const struct driver *driver = adapter->driver;
    NDIS_MINIPORT_RESTART_PARAMETERS parameters = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_MINIPORT_RESTART_PARAMETERS_REVISION_1,
                   sizeof(parameters)},
    };
    set_state(adapter, ADAPTER_RESTARTING);
    operation_begin(&adapter->op, OP_RESTART, &parameters);
    struct visit visit = visit_begin(driver, "MiniportRestart");
    NDIS_STATUS status = driver->miniport.RestartHandler(adapter->context, &parameters);
    visit_end(&visit);
    operation_returned(adapter->host, &adapter->op, &driver->module->owner, status);
    status = wait_for_miniport(adapter, "MiniportRestart");
    set_state(adapter, status == NDIS_STATUS_SUCCESS ? ADAPTER_RUNNING : ADAPTER_PAUSED);
    return status;
}

static struct adapter *own_adapter(const struct call *call, NDIS_HANDLE handle)
{
    struct adapter *adapter =
        (struct adapter *)call_resolve(call, handle, OBJECT_ADAPTER, "MiniportAdapterHandle");
    if (adapter && !call_is_from(call, adapter->driver)) {
        call_breaks(call, RULE_HANDLE_FOREIGN, handle, NDIS_STATUS_FAILURE,
                    "the adapter belongs to driver %s", adapter->driver->module->name);
        return NULL;
    }
    return adapter;
}

/* Completes a pended MiniportPause.
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisMPauseComplete */
VOID NTAPI NdisMPauseComplete(NDIS_HANDLE MiniportAdapterHandle)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Miniport_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct adapter *adapter = own_adapter(&call, MiniportAdapterHandle);
    if (adapter)
        operation_complete(call.host, &adapter->op, OP_PAUSE, NDIS_STATUS_SUCCESS, __func__, NULL,
                           NULL);
}

/* Completes a pended MiniportRestart.
 * Status   final: SUCCESS, or why the adapter cannot run
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisMRestartComplete */
VOID NTAPI NdisMRestartComplete(NDIS_HANDLE MiniportAdapterHandle, NDIS_STATUS Status)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Miniport_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct adapter *adapter = own_adapter(&call, MiniportAdapterHandle);
    if (adapter)
        operation_complete(call.host, &adapter->op, OP_RESTART, Status, __func__, NULL, NULL);
}

/* ---- start and stop ---- */

static NDIS_STATUS initialize(struct adapter *adapter)
{
    const struct driver *driver = adapter->driver;
    NDIS_MINIPORT_INIT_PARAMETERS parameters;
    memset(&parameters, 0, sizeof(parameters));
    parameters.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS;
    parameters.Header.Revision = NDIS_MINIPORT_INIT_PARAMETERS_REVISION_1;
    parameters.Header.Size = (USHORT)NDIS_SIZEOF_MINIPORT_INIT_PARAMETERS_REVISION_1;
    parameters.IfIndex = adapter->object.index + 1;
    parameters.NetLuid.Value = adapter->object.index + 1;
    struct visit visit = visit_begin(driver, "MiniportInitializeEx");
    NDIS_STATUS status =
        driver->miniport.InitializeHandlerEx(adapter->handle, driver->context, &parameters);
    nt_fault_answered(&driver->module->owner, visit.handler, status);
    visit_end(&visit);
    if (status == NDIS_STATUS_PENDING)
        return visit_breaks(&visit, RULE_DRIVER_BAD_STATUS, &adapter->object, NDIS_STATUS_FAILURE,
                            "an initialisation cannot pend");
    if (status == NDIS_STATUS_SUCCESS && !adapter->has_registration_attributes)
        return visit_breaks(&visit, RULE_ATTRIBUTES_ORDER, &adapter->object, NDIS_STATUS_FAILURE,
                            "it succeeded without setting the registration attributes");
    return status;
}

static void halt(struct adapter *adapter)
{
    NDIS_HALT_ACTION action =
        adapter->removed ? NdisHaltDeviceSurpriseRemoved : NdisHaltDeviceDisabled;
    const struct driver *driver = adapter->driver;
    set_state(adapter, ADAPTER_HALTING);
    struct visit visit = visit_begin(driver, "MiniportHaltEx");
    driver->miniport.HaltHandlerEx(adapter->context, action);
    visit_end(&visit);
    leak_sweep_adapter(adapter, "MiniportHaltEx");
    adapter_forget_families(adapter, NULL);
}

static void notify(struct adapter *adapter, NDIS_DEVICE_PNP_EVENT what, PVOID buffer, ULONG bytes)
{
    const struct driver *driver = adapter->driver;
    NET_DEVICE_PNP_EVENT event;
    memset(&event, 0, sizeof(event));
    event.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    event.Header.Revision = 1;
    event.Header.Size = sizeof(event);
    event.DevicePnPEvent = what;
    event.InformationBuffer = buffer;
    event.InformationBufferLength = bytes;
    struct visit visit = visit_begin(driver, "MiniportDevicePnPEventNotify");
    driver->miniport.DevicePnPEventNotifyHandler(adapter->context, &event);
    visit_end(&visit);
}

/* MiniportDevicePnPEventNotify hears once where the power comes from, as after every start. */
static void notify_power(struct adapter *adapter)
{
    ULONG profile = POWER_FROM_THE_MAINS;
    notify(adapter, NdisDevicePnPEventPowerProfileChanged, &profile, sizeof(profile));
}

NDIS_STATUS adapter_start(struct host *host, struct driver *driver, const char *name,
                          struct settings *settings, struct adapter **out)
{
    struct adapter *adapter = new_adapter(host, driver, name, settings);
    if (!adapter) {
        settings_release(settings);
        return NDIS_STATUS_RESOURCES;
    }
    pnp_lock(host);
    NDIS_STATUS status = initialize(adapter);
    if (status != NDIS_STATUS_SUCCESS) {
        adapter_forget_families(adapter, NULL);
        pnp_unlock(host);
        release(adapter);
        return status;
    }
    set_state(adapter, ADAPTER_PAUSED);
    notify_power(adapter);
    status = restart_miniport(adapter);
    if (status != NDIS_STATUS_SUCCESS) {
        halt(adapter);
        pnp_unlock(host);
        release(adapter);
        return status;
    }
    adapter_offer_families(adapter, NULL);
    pnp_unlock(host);
    pnp_bind_all(host);
    *out = adapter;
    return NDIS_STATUS_SUCCESS;
}

/* Clients go before call managers, so that these find no AF left to end (API §8.14). */
void adapter_stop(struct adapter *adapter, bool surprise)
{
    struct host *host = adapter->host;
    if (surprise) {
        pnp_lock(host);
        notify(adapter, NdisDevicePnPEventSurpriseRemoved, NULL, 0);
        adapter->removed = true;
        pnp_unlock(host);
    }
    pnp_unbind(host, NULL, adapter, true);
    pnp_unbind(host, NULL, adapter, false);
    pnp_lock(host);
    pause_miniport(adapter);
    halt(adapter);
    pnp_unlock(host);
    release(adapter);
}
