/* SPDX-License-Identifier: MIT */
/* Optional handlers are the tables that make a protocol a client or a call manager, and a miniport
 * a connection-oriented one (API §4.2, C28). */
#include "ndis/bind.h"
#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/report.h"
#include "nt/fault.h"

#include <stdlib.h>
#include <string.h>

/* A table that NdisSetOptionalHandlers takes. */
struct handler_table {
    const char *name;
    UCHAR type;
    USHORT bytes_min;    /* what the stock size constant of revision 1 says */
    size_t first_offset; /* of the handlers */
    size_t bytes;        /* of the whole structure: all of it is read */
    size_t flag_offset;  /* in struct handlers: the table is set */
    size_t offset;       /* in struct handlers */
    bool for_protocol;
    bool for_miniport;
    bool slots_required; /* every slot; else driver_check_handlers looks at them later */
};

#define HANDLERS_OFFSETS(flag, member)                                                             \
    offsetof(struct handlers, flag), offsetof(struct handlers, member)

static const struct handler_table tables[] = {
    {"NDIS_PROTOCOL_CO_CHARACTERISTICS", NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
     (USHORT)NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
     offsetof(NDIS_PROTOCOL_CO_CHARACTERISTICS, CoAfRegisterNotifyHandler),
     sizeof(NDIS_PROTOCOL_CO_CHARACTERISTICS), HANDLERS_OFFSETS(has_co_protocol, co_protocol), true,
     false, true},
    {"NDIS_CO_CLIENT_OPTIONAL_HANDLERS", NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS,
     (USHORT)NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1,
     offsetof(NDIS_CO_CLIENT_OPTIONAL_HANDLERS, ClCreateVcHandler),
     sizeof(NDIS_CO_CLIENT_OPTIONAL_HANDLERS), HANDLERS_OFFSETS(has_client, client), true, false,
     true},
    /* The stock constant stops one handler short (K6): 136 and 144 are both right, and the last
     * handler is read in either case. */
    {"NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS", NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS,
     (USHORT)NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1,
     offsetof(NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS, CmCreateVcHandler),
     sizeof(NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS),
     HANDLERS_OFFSETS(has_call_manager, call_manager), true, true, true},
    {"NDIS_MINIPORT_CO_CHARACTERISTICS", NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
     (USHORT)NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
     offsetof(NDIS_MINIPORT_CO_CHARACTERISTICS, CoCreateVcHandler),
     sizeof(NDIS_MINIPORT_CO_CHARACTERISTICS), HANDLERS_OFFSETS(has_co_miniport, co_miniport),
     false, true, false},
};

static const struct handler_table *find_table(UCHAR type)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        if (tables[i].type == type)
            return &tables[i];
    return NULL;
}

/* The number of the first empty slot; 0 when all are filled. */
static uint32_t empty_slot(const struct handler_table *table, const void *handlers)
{
    const char *slot = (const char *)handlers + table->first_offset;
    uint32_t count = (uint32_t)((table->bytes - table->first_offset) / sizeof(void *));
    for (uint32_t i = 0; i < count; i++) {
        void *routine;
        memcpy(&routine, slot + i * sizeof(routine), sizeof(routine));
        if (!routine)
            return i + 1;
    }
    return 0;
}

static NDIS_STATUS check_table(const struct call *call, const struct driver *driver,
                               NDIS_HANDLE handle, const NDIS_DRIVER_OPTIONAL_HANDLERS *handlers,
                               const struct handler_table *table)
{
    const NDIS_OBJECT_HEADER *header = &handlers->Header;
    if (!table)
        return call_breaks(call, RULE_HANDLERS_HEADER, handle, NDIS_STATUS_FAILURE,
                           "Header.Type 0x%02X names no table of optional handlers", header->Type);
    if (!(driver->is_miniport ? table->for_miniport : table->for_protocol))
        return call_breaks(call, RULE_HANDLERS_HEADER, handle, NDIS_STATUS_FAILURE,
                           "%s is not for a %s driver", table->name,
                           driver->is_miniport ? "miniport" : "protocol");
    if (header->Revision < 1 || header->Size < table->bytes_min)
        return call_breaks(call, RULE_HANDLERS_HEADER, handle, NDIS_STATUS_FAILURE,
                           "%s: revision %u size %u; needed: revision 1, size %u", table->name,
                           header->Revision, header->Size, table->bytes_min);
    uint32_t empty = table->slots_required ? empty_slot(table, handlers) : 0;
    if (empty)
        return call_breaks(call, RULE_HANDLERS_SLOT_NULL, handle, NDIS_STATUS_FAILURE,
                           "%s: handler %u of the required ones is NULL", table->name, empty);
    return NDIS_STATUS_SUCCESS;
}

static void store(struct handlers *handlers, const struct handler_table *table, const void *from)
{
    memcpy((char *)handlers + table->offset, from, table->bytes);
    *(bool *)((char *)handlers + table->flag_offset) = true;
}

static NDIS_STATUS set_on_driver(const struct call *call, NDIS_HANDLE handle,
                                 PNDIS_DRIVER_OPTIONAL_HANDLERS given)
{
    struct driver *driver =
        (struct driver *)call_resolve(call, handle, OBJECT_DRIVER, "NdisDriverHandle");
    if (!driver)
        return NDIS_STATUS_FAILURE;
    if (!call_is_from(call, driver))
        return call_breaks(call, RULE_HANDLE_FOREIGN, handle, NDIS_STATUS_FAILURE,
                           "the registration belongs to driver %s", driver->module->name);
    if (driver->state != DRIVER_REGISTERING)
        return call_breaks(call, RULE_HANDLERS_WRONG_PHASE, handle, NDIS_STATUS_FAILURE,
                           "the driver's set-options callback has returned already");
    const struct handler_table *table = find_table(given->Header.Type);
    NDIS_STATUS status = check_table(call, driver, handle, given, table);
    if (status == NDIS_STATUS_SUCCESS)
        store(&driver->handlers, table, given);
    return status;
}

static NDIS_STATUS set_on_binding(const struct call *call, NDIS_HANDLE handle,
                                  PNDIS_DRIVER_OPTIONAL_HANDLERS given)
{
    struct binding *binding =
        (struct binding *)call_resolve(call, handle, OBJECT_BINDING, "NdisDriverHandle");
    if (!binding)
        return NDIS_STATUS_FAILURE;
    if (!call_is_from(call, binding->driver))
        return call_breaks(call, RULE_HANDLE_FOREIGN, handle, NDIS_STATUS_FAILURE,
                           "the binding belongs to driver %s", binding->driver->module->name);
    exec_lock(&call->host->lock);
    bool in_bind = binding->bind && binding->bind->op.kind == OP_BIND;
    exec_unlock(&call->host->lock);
    if (!in_bind)
        return call_breaks(call, RULE_HANDLERS_WRONG_PHASE, handle, NDIS_STATUS_FAILURE,
                           "no bind runs on the binding");
    const struct handler_table *table = find_table(given->Header.Type);
    NDIS_STATUS status = check_table(call, binding->driver, handle, given, table);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    if (!binding->own_handlers) {
        struct handlers *own = malloc(sizeof(*own));
        if (!own)
            return NDIS_STATUS_RESOURCES;
        *own = *binding->handlers;
        binding->own_handlers = own;
        binding->handlers = own;
    }
    store(binding->own_handlers, table, given);
    return NDIS_STATUS_SUCCESS;
}

/* Sets one table of optional handlers of a driver, or of one binding of a protocol.
 * NdisDriverHandle  a driver's handle inside its SetOptions callback, or a binding's handle while
 *                   that binding binds
 * OptionalHandlers  told apart by Header.Type; borrowed until return; copied
 * returns  SUCCESS; RESOURCES; FAILURE for a wrong handle, phase, header or an empty slot
 * IRQL     PASSIVE_LEVEL
 * source   Learn: NdisSetOptionalHandlers; API §4.2 */
NDIS_STATUS NTAPI NdisSetOptionalHandlers(NDIS_HANDLE NdisDriverHandle,
                                          PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    if (call.task->irql != PASSIVE_LEVEL)
        return NDIS_STATUS_FAILURE;
    if (!OptionalHandlers)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisDriverHandle, NDIS_STATUS_FAILURE,
                           "OptionalHandlers is NULL");
    if (nt_fault(FAULT_NdisSetOptionalHandlers))
        return nt_fault_status(FAULT_NdisSetOptionalHandlers);
    if (handle_kind(NdisDriverHandle) == OBJECT_BINDING)
        return set_on_binding(&call, NdisDriverHandle, OptionalHandlers);
    return set_on_driver(&call, NdisDriverHandle, OptionalHandlers);
}

/* ---- tables that depend on each other ---- */

static NDIS_STATUS miniport_slot_null(struct host *host, const struct driver *driver,
                                      const char *slot)
{
    report_owner_break(host, &driver->module->owner, RULE_HANDLERS_SLOT_NULL,
                       "NdisSetOptionalHandlers", (struct object *)(uintptr_t)&driver->object,
                       NDIS_STATUS_BAD_CHARACTERISTICS,
                       "NDIS_MINIPORT_CO_CHARACTERISTICS: %s is NULL", slot);
    return NDIS_STATUS_BAD_CHARACTERISTICS;
}

static void check_mcm(struct host *host, const struct driver *driver)
{
    const NDIS_MINIPORT_CO_CHARACTERISTICS *co = &driver->handlers.co_miniport;
    struct object *object = (struct object *)(uintptr_t)&driver->object;
    if (co->CoCreateVcHandler || co->CoDeleteVcHandler)
        report_owner_break(host, &driver->module->owner, RULE_HANDLERS_MCM_VC_SLOT_SET,
                           "NdisSetOptionalHandlers", object, NDIS_STATUS_SUCCESS,
                           "they are never called in a miniport call manager");
    if (co->CoOidRequestHandler &&
        (void (*)(void))co->CoOidRequestHandler ==
            (void (*)(void))driver->handlers.call_manager.CmOidRequestHandler)
        report_owner_break(host, &driver->module->owner, RULE_HANDLERS_CM_OID_SAME,
                           "NdisSetOptionalHandlers", object, NDIS_STATUS_SUCCESS,
                           "CmOidRequestHandler and CoOidRequestHandler are one function");
}

NDIS_STATUS driver_check_handlers(struct host *host, const struct driver *driver)
{
    const NDIS_MINIPORT_CO_CHARACTERISTICS *co = &driver->handlers.co_miniport;
    if (!driver->is_miniport || !driver->handlers.has_co_miniport)
        return NDIS_STATUS_SUCCESS;
    if (!co->CoSendNetBufferListsHandler)
        return miniport_slot_null(host, driver, "CoSendNetBufferListsHandler");
    if (!co->CoOidRequestHandler)
        return miniport_slot_null(host, driver, "CoOidRequestHandler");
    if (driver_is_mcm(driver)) {
        check_mcm(host, driver);
        return NDIS_STATUS_SUCCESS;
    }
    if (!co->CoCreateVcHandler)
        return miniport_slot_null(host, driver, "CoCreateVcHandler");
    if (!co->CoDeleteVcHandler)
        return miniport_slot_null(host, driver, "CoDeleteVcHandler");
    if (!co->CoActivateVcHandler)
        return miniport_slot_null(host, driver, "CoActivateVcHandler");
    if (!co->CoDeactivateVcHandler)
        return miniport_slot_null(host, driver, "CoDeactivateVcHandler");
    return NDIS_STATUS_SUCCESS;
}
