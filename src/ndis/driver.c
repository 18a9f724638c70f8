/* SPDX-License-Identifier: MIT */
#include "ndis/driver.h"
#include "ndis/adapter.h"
#include "ndis/bind.h"
#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/report.h"
#include "ndis/world.h"
#include "nt/fault.h"

#include <stdlib.h>
#include <string.h>

/* ---- the object ---- */

static struct driver *new_driver(const struct call *call, struct module *module, bool is_miniport,
                                 NDIS_HANDLE context)
{
    struct slab *slab = &call->host->slabs[OBJECT_DRIVER];
    struct driver *driver = (struct driver *)slab_take(slab, call->task->processor);
    if (!driver)
        return NULL;
    memset((char *)driver + sizeof(driver->object), 0, sizeof(*driver) - sizeof(driver->object));
    driver->module = module;
    driver->is_miniport = is_miniport;
    driver->context = context;
    driver->state = DRIVER_REGISTERING;
    return driver;
}

static void publish(struct host *host, struct driver *driver)
{
    slab_publish(&driver->object);
    driver->handle = handle_of(host, &driver->object);
    object_mark(&driver->object, MARK_CREATED, OP_NONE);
    exec_lock(&host->lock);
    driver->next = driver->module->drivers;
    driver->module->drivers = driver;
    exec_unlock(&host->lock);
}

void driver_release(struct host *host, struct driver *driver)
{
    exec_lock(&host->lock);
    struct driver **at = &driver->module->drivers;
    while (*at && *at != driver)
        at = &(*at)->next;
    if (*at)
        *at = driver->next;
    exec_unlock(&host->lock);
    object_mark(&driver->object, MARK_DEAD, OP_NONE);
    slab_release(&host->slabs[OBJECT_DRIVER], &driver->object);
}

static struct adapter *adapter_of(struct host *host, const struct driver *driver)
{
    struct adapter *adapter = host->adapters;
    while (adapter && adapter->driver != driver)
        adapter = adapter->next;
    return adapter;
}

void driver_stop(struct host *host, struct driver *driver)
{
    struct adapter *adapter;
    if (!driver->is_miniport)
        pnp_unbind(host, driver, NULL, false);
    else
        while ((adapter = adapter_of(host, driver)) != NULL)
            adapter_stop(adapter, false);
}

/* ---- what both registrations check ---- */

struct header_rule {
    UCHAR type;
    USHORT bytes; /* of the oldest revision */
};

static bool header_is_good(const NDIS_OBJECT_HEADER *header, struct header_rule rule)
{
    return header->Type == rule.type && header->Revision >= 1 && header->Size >= rule.bytes;
}

static bool version_is_known(UCHAR major, UCHAR minor)
{
    static const UCHAR minors[] = {0,  1,  20, 30, 40, 50, 51, 52, 60,
                                   70, 80, 81, 82, 83, 84, 85, 86};
    return major == 6 && memchr(minors, minor, sizeof(minors)) != NULL;
}

static NDIS_STATUS bad_header(const struct call *call, const NDIS_OBJECT_HEADER *header,
                              struct header_rule rule)
{
    return call_breaks(call, RULE_DRIVER_CHARACTERISTICS, NULL, NDIS_STATUS_BAD_CHARACTERISTICS,
                       "Header is type 0x%02X revision %u size %u; needed: type 0x%02X, revision 1 "
                       "or later, size %u or more",
                       header->Type, header->Revision, header->Size, rule.type, rule.bytes);
}

static NDIS_STATUS bad_version(const struct call *call, UCHAR major, UCHAR minor)
{
    return call_breaks(call, RULE_DRIVER_CHARACTERISTICS, NULL, NDIS_STATUS_BAD_VERSION,
                       "the NDIS version is %u.%u; 6.0 to 6.86 are known", major, minor);
}

static NDIS_STATUS no_handler(const struct call *call, const char *name)
{
    return call_breaks(call, RULE_DRIVER_CHARACTERISTICS, NULL, NDIS_STATUS_BAD_CHARACTERISTICS,
                       "%s is NULL", name);
}

/* The module that registers; NULL after the rule was reported. */
static struct module *calling_module(const struct call *call, NDIS_STATUS *status)
{
    struct module *module = module_of_owner(call->task->owner);
    *status = NDIS_STATUS_FAILURE;
    if (call->task->irql != PASSIVE_LEVEL)
        return NULL; /* call_begin has reported it */
    if (!module)
        call_breaks(call, RULE_CALL_WRONG_PHASE, NULL, NDIS_STATUS_FAILURE,
                    "no driver is running: call it from DriverEntry");
    return module;
}

/* Runs the driver's SetOptions and checks the tables it set. On failure the driver is gone. */
static NDIS_STATUS set_options(const struct call *call, struct driver *driver,
                               SET_OPTIONS_HANDLER handler, const char *name)
{
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    if (handler) {
        struct visit visit = visit_begin(driver, name);
        status = handler(driver->handle, driver->context);
        visit_end(&visit);
        if (status == NDIS_STATUS_PENDING)
            status = visit_breaks(&visit, RULE_DRIVER_BAD_STATUS, &driver->object,
                                  NDIS_STATUS_FAILURE, "set-options cannot pend");
    }
    if (status == NDIS_STATUS_SUCCESS)
        status = driver_check_handlers(call->host, driver);
    if (status == NDIS_STATUS_SUCCESS)
        driver->state = DRIVER_RUNNING;
    else
        driver_release(call->host, driver);
    return status;
}

/* ---- protocols ---- */

static NDIS_STATUS check_protocol(const struct call *call,
                                  const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *c)
{
    const struct header_rule rule = {
        NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
        (USHORT)NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1,
    };
    if (!header_is_good(&c->Header, rule))
        return bad_header(call, &c->Header, rule);
    if (!version_is_known(c->MajorNdisVersion, c->MinorNdisVersion))
        return bad_version(call, c->MajorNdisVersion, c->MinorNdisVersion);
    if (!c->Name.Buffer || c->Name.Length < sizeof(WCHAR))
        return call_breaks(call, RULE_DRIVER_CHARACTERISTICS, NULL, NDIS_STATUS_BAD_CHARACTERISTICS,
                           "Name is empty");
    if (!c->BindAdapterHandlerEx)
        return no_handler(call, "BindAdapterHandlerEx");
    if (!c->UnbindAdapterHandlerEx)
        return no_handler(call, "UnbindAdapterHandlerEx");
    if (!c->OpenAdapterCompleteHandlerEx)
        return no_handler(call, "OpenAdapterCompleteHandlerEx");
    if (!c->CloseAdapterCompleteHandlerEx)
        return no_handler(call, "CloseAdapterCompleteHandlerEx");
    if (!c->NetPnPEventHandler)
        return no_handler(call, "NetPnPEventHandler");
    if (!c->OidRequestCompleteHandler)
        return no_handler(call, "OidRequestCompleteHandler");
    if (!c->ReceiveNetBufferListsHandler)
        return no_handler(call, "ReceiveNetBufferListsHandler");
    if (!c->SendNetBufferListsCompleteHandler)
        return no_handler(call, "SendNetBufferListsCompleteHandler");
    return NDIS_STATUS_SUCCESS;
}

static bool protocol_name_is_taken(struct host *host, const UNICODE_STRING *name)
{
    bool taken = false;
    exec_lock(&host->lock);
    for (struct module *m = host->modules; m; m = m->next)
        for (struct driver *d = m->drivers; d; d = d->next)
            taken |= !d->is_miniport && wide_equal(&d->protocol.Name, name);
    exec_unlock(&host->lock);
    return taken;
}

/* Older revisions of a structure are shorter: what they lack is zero. */
static void copy_table(void *to, size_t to_bytes, const void *from, size_t from_bytes)
{
    memcpy(to, from, from_bytes < to_bytes ? from_bytes : to_bytes);
}

static void copy_protocol(struct driver *driver, const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *from)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS *c = &driver->protocol;
    copy_table(c, sizeof(*c), from, from->Header.Size);
    if (c->Name.Length > sizeof(driver->name) - sizeof(WCHAR))
        c->Name.Length = sizeof(driver->name) - sizeof(WCHAR);
    memcpy(driver->name, from->Name.Buffer, c->Name.Length);
    c->Name.Buffer = driver->name;
    c->Name.MaximumLength = sizeof(driver->name);
}

/* Registers the calling driver as a protocol and runs its ProtocolSetOptions.
 * ProtocolDriverContext    handed to ProtocolSetOptions and ProtocolBindAdapterEx; may be NULL
 * ProtocolCharacteristics  borrowed until return; copied
 * NdisProtocolHandle       receives the driver's handle before any of its callbacks runs
 * returns  SUCCESS; BAD_CHARACTERISTICS; BAD_VERSION; RESOURCES; FAILURE for a taken name or a
 *          wrong level; else what ProtocolSetOptions answered
 * IRQL     PASSIVE_LEVEL
 * effects  later, and outside DriverEntry from a worker: ProtocolBindAdapterEx for each adapter
 * source   Learn: NdisRegisterProtocolDriver; API §2.1 */
NDIS_STATUS NTAPI NdisRegisterProtocolDriver(
    NDIS_HANDLE ProtocolDriverContext,
    PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS ProtocolCharacteristics, PNDIS_HANDLE NdisProtocolHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_PASSIVE);
    NDIS_STATUS status;
    struct module *module = calling_module(&call, &status);
    if (!module)
        return status;
    if (!ProtocolCharacteristics || !NdisProtocolHandle)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_BAD_CHARACTERISTICS,
                           "ProtocolCharacteristics or NdisProtocolHandle is NULL");
    status = check_protocol(&call, ProtocolCharacteristics);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    if (protocol_name_is_taken(call.host, &ProtocolCharacteristics->Name))
        return call_breaks(&call, RULE_DRIVER_REGISTERED_TWICE, NULL, NDIS_STATUS_FAILURE,
                           "a protocol of this name is registered in the host");
    if (nt_fault(FAULT_NdisRegisterProtocolDriver))
        return nt_fault_status(FAULT_NdisRegisterProtocolDriver);
    struct driver *driver = new_driver(&call, module, false, ProtocolDriverContext);
    if (!driver)
        return NDIS_STATUS_RESOURCES;
    copy_protocol(driver, ProtocolCharacteristics);
    publish(call.host, driver);
    *NdisProtocolHandle = driver->handle;
    status = set_options(&call, driver, driver->protocol.SetOptionsHandler, "ProtocolSetOptions");
    /* Inside DriverEntry the loader binds, once the entry has succeeded. */
    if (status == NDIS_STATUS_SUCCESS && !module->lifecycle_task &&
        !pnp_bind_all_later(call.host)) {
        driver_release(call.host, driver);
        return NDIS_STATUS_RESOURCES;
    }
    return status;
}

/* Resolves a driver handle that its own driver gives back; NULL after the rule was reported. */
static struct driver *own_driver(const struct call *call, NDIS_HANDLE handle, const char *parameter,
                                 bool is_miniport)
{
    struct object *slot = handle_slot(call->host, handle);
    if (slot && handle_kind(handle) == OBJECT_DRIVER && !object_alive(slot)) {
        call_breaks(call, RULE_DRIVER_REGISTERED_TWICE, handle, NDIS_STATUS_FAILURE,
                    "the driver is deregistered already");
        return NULL;
    }
    struct driver *driver = (struct driver *)call_resolve(call, handle, OBJECT_DRIVER, parameter);
    if (!driver)
        return NULL;
    if (!call_is_from(call, driver)) {
        call_breaks(call, RULE_HANDLE_FOREIGN, handle, NDIS_STATUS_FAILURE,
                    "the registration belongs to driver %s", driver->module->name);
        return NULL;
    }
    if (driver->is_miniport != is_miniport) {
        call_breaks(call, RULE_HANDLE_KIND, handle, NDIS_STATUS_FAILURE,
                    "the handle is that of a %s driver", is_miniport ? "protocol" : "miniport");
        return NULL;
    }
    return driver;
}

/* Whether the calling code is inside a handler that NDIS called: not DriverEntry, an unload routine
 * or a thread of the driver's own. */
static bool in_callback(const struct call *call, const struct module *module)
{
    uint32_t own = module->lifecycle_task == call->task ? module->lifecycle_visits : 0;
    return call->task->visits > own;
}

/* Ends a protocol's registration: unbinds it from every adapter first, and waits for that.
 * NdisProtocolHandle  from NdisRegisterProtocolDriver; dead from here
 * IRQL     PASSIVE_LEVEL; never inside a callback of NDIS, which would wait for itself (C126)
 * source   Learn: NdisDeregisterProtocolDriver; API §2.1 */
VOID NTAPI NdisDeregisterProtocolDriver(NDIS_HANDLE NdisProtocolHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_PASSIVE);
    struct driver *driver = own_driver(&call, NdisProtocolHandle, "NdisProtocolHandle", false);
    if (!driver || call.task->irql != PASSIVE_LEVEL)
        return;
    if (in_callback(&call, driver->module)) {
        call_breaks(&call, RULE_DEREGISTER_IN_CALLBACK, NdisProtocolHandle, NDIS_STATUS_FAILURE,
                    "a callback of the driver runs on this thread: nothing was deregistered");
        return;
    }
    struct nt_owner *owner = call.task->owner;
    call.task->owner = NULL;
    driver->state = DRIVER_DEREGISTERING;
    pnp_unbind(call.host, driver, NULL, false);
    driver_release(call.host, driver);
    call.task->owner = owner;
}

/* Tells which NDIS this is. 6.20: the newest one whose structures are all known here.
 * returns  the major version in the high, the minor in the low 16 bits
 * IRQL     any
 * source   Learn: NdisGetVersion */
UINT NTAPI NdisGetVersion(VOID)
{
    return 6u << 16 | 20u;
}

/* ---- miniports ---- */

static NDIS_STATUS check_miniport(const struct call *call,
                                  const NDIS_MINIPORT_DRIVER_CHARACTERISTICS *c)
{
    const struct header_rule rule = {
        NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
        (USHORT)NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1,
    };
    if (!header_is_good(&c->Header, rule))
        return bad_header(call, &c->Header, rule);
    if (!version_is_known(c->MajorNdisVersion, c->MinorNdisVersion))
        return bad_version(call, c->MajorNdisVersion, c->MinorNdisVersion);
    if (!c->InitializeHandlerEx)
        return no_handler(call, "InitializeHandlerEx");
    if (!c->HaltHandlerEx)
        return no_handler(call, "HaltHandlerEx");
    if (!c->UnloadHandler)
        return no_handler(call, "UnloadHandler");
    if (!c->PauseHandler)
        return no_handler(call, "PauseHandler");
    if (!c->RestartHandler)
        return no_handler(call, "RestartHandler");
    if (!c->OidRequestHandler)
        return no_handler(call, "OidRequestHandler");
    if (!c->ReturnNetBufferListsHandler)
        return no_handler(call, "ReturnNetBufferListsHandler");
    if (!c->CancelSendHandler)
        return no_handler(call, "CancelSendHandler");
    if (!c->DevicePnPEventNotifyHandler)
        return no_handler(call, "DevicePnPEventNotifyHandler");
    if (!c->ShutdownHandlerEx)
        return no_handler(call, "ShutdownHandlerEx");
    if (!c->CancelOidRequestHandler)
        return no_handler(call, "CancelOidRequestHandler");
    return NDIS_STATUS_SUCCESS;
}

/* Registers the calling driver as a miniport and runs its MiniportSetOptions.
 * DriverObject, RegistryPath            as DriverEntry got them
 * MiniportDriverContext                 handed to MiniportSetOptions and MiniportInitializeEx
 * MiniportDriverCharacteristics         borrowed until return; copied
 * NdisMiniportDriverHandle              receives the driver's handle
 * returns  SUCCESS; BAD_CHARACTERISTICS; BAD_VERSION; RESOURCES; FAILURE; or what
 *          MiniportSetOptions answered
 * IRQL     PASSIVE_LEVEL, in DriverEntry
 * source   Learn: NdisMRegisterMiniportDriver; API §2.1 */
NDIS_STATUS NTAPI NdisMRegisterMiniportDriver(
    PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath, NDIS_HANDLE MiniportDriverContext,
    PNDIS_MINIPORT_DRIVER_CHARACTERISTICS MiniportDriverCharacteristics,
    PNDIS_HANDLE NdisMiniportDriverHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miniport_Driver_Function, LEVEL_PASSIVE);
    NDIS_STATUS status;
    struct module *module = calling_module(&call, &status);
    if (!module)
        return status;
    if (!MiniportDriverCharacteristics || !NdisMiniportDriverHandle || !RegistryPath)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_BAD_CHARACTERISTICS,
                           "a pointer that is not optional is NULL");
    if (DriverObject != &module->object)
        return call_breaks(&call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                           "DriverObject is not the one that DriverEntry got");
    status = check_miniport(&call, MiniportDriverCharacteristics);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    if (nt_fault(FAULT_NdisMRegisterMiniportDriver))
        return nt_fault_status(FAULT_NdisMRegisterMiniportDriver);
    struct driver *driver = new_driver(&call, module, true, MiniportDriverContext);
    if (!driver)
        return NDIS_STATUS_RESOURCES;
    copy_table(&driver->miniport, sizeof(driver->miniport), MiniportDriverCharacteristics,
               MiniportDriverCharacteristics->Header.Size);
    publish(call.host, driver);
    *NdisMiniportDriverHandle = driver->handle;
    return set_options(&call, driver, driver->miniport.SetOptionsHandler, "MiniportSetOptions");
}

/* Ends a miniport's registration; adapters that still run are halted first.
 * NdisMiniportDriverHandle  from NdisMRegisterMiniportDriver; dead from here
 * IRQL     PASSIVE_LEVEL, in MiniportDriverUnload or a DriverEntry that fails
 * source   Learn: NdisMDeregisterMiniportDriver; API §2.1 */
VOID NTAPI NdisMDeregisterMiniportDriver(NDIS_HANDLE NdisMiniportDriverHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miniport_Driver_Function, LEVEL_PASSIVE);
    struct driver *driver =
        own_driver(&call, NdisMiniportDriverHandle, "NdisMiniportDriverHandle", true);
    if (!driver || call.task->irql != PASSIVE_LEVEL)
        return;
    if (in_callback(&call, driver->module)) {
        call_breaks(&call, RULE_CALL_WRONG_PHASE, NdisMiniportDriverHandle, NDIS_STATUS_FAILURE,
                    "a callback of the driver runs on this thread: nothing was deregistered");
        return;
    }
    struct nt_owner *owner = call.task->owner;
    call.task->owner = NULL;
    driver->state = DRIVER_DEREGISTERING;
    driver_stop(call.host, driver);
    driver_release(call.host, driver);
    call.task->owner = owner;
}
