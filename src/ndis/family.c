/* SPDX-License-Identifier: MIT */
/* A registered address family is what a call manager offers on an adapter; every client that is
 * bound there hears of it once (API §8.1). */
#include "ndis/af.h"
#include "ndis/bind.h"
#include "ndis/handle.h"
#include "nt/fault.h"

#include <string.h>

/* ---- offering ---- */

static void notify(struct binding *client, const CO_ADDRESS_FAMILY *family)
{
    if (!client->handlers->has_client || !client->handlers->has_co_protocol)
        return;
    CO_ADDRESS_FAMILY copy = *family;
    struct visit visit = visit_begin(client->driver, "ProtocolCoAfRegisterNotify");
    client->handlers->co_protocol.CoAfRegisterNotifyHandler(client->context, &copy);
    visit_end(&visit);
}

void af_offer(struct adapter *adapter, const CO_ADDRESS_FAMILY *family)
{
    struct binding *client = NULL;
    while ((client = binding_next(adapter, client)) != NULL)
        if (!client->bind) /* one that still binds is offered everything at its end */
            notify(client, family);
}

/* Copies a row that clients may hear of. returns  false when there is none. */
static bool offered(struct adapter *adapter, int row, CO_ADDRESS_FAMILY *family)
{
    struct host *host = adapter->host;
    exec_lock(&host->lock);
    bool valid =
        adapter->families[row].family.AddressFamily != 0 && adapter->families[row].notified;
    *family = adapter->families[row].family;
    exec_unlock(&host->lock);
    return valid;
}

void af_offer_all(struct binding *client)
{
    CO_ADDRESS_FAMILY family;
    if (!binding_hold(client))
        return;
    for (int row = 0; row < ADAPTER_AF_COUNT; row++)
        if (offered(client->adapter, row, &family))
            notify(client, &family);
    binding_let_go(client);
}

/* Marks a row of this call manager as told, if it was not. */
static bool take_unoffered(struct adapter *adapter, int row, const struct binding *call_manager,
                           CO_ADDRESS_FAMILY *family)
{
    struct registered_af *r = &adapter->families[row];
    struct host *host = adapter->host;
    exec_lock(&host->lock);
    bool fresh =
        r->family.AddressFamily != 0 && !r->notified && !r->gone && r->call_manager == call_manager;
    if (fresh)
        r->notified = true;
    *family = r->family;
    exec_unlock(&host->lock);
    return fresh;
}

void adapter_offer_families(struct adapter *adapter, const struct binding *call_manager)
{
    CO_ADDRESS_FAMILY family;
    for (int row = 0; row < ADAPTER_AF_COUNT; row++)
        if (take_unoffered(adapter, row, call_manager, &family))
            af_offer(adapter, &family);
}

void adapter_forget_families(struct adapter *adapter, const struct binding *call_manager)
{
    struct host *host = adapter->host;
    exec_lock(&host->lock);
    for (int row = 0; row < ADAPTER_AF_COUNT; row++)
        if (adapter->families[row].call_manager == call_manager) {
            adapter->families[row].gone = true;
            adapter->families[row].call_manager = NULL;
        }
    exec_unlock(&host->lock);
}

/* ---- registering ---- */

/* The rule that a registered row sets against one more registration; NONE when it does not. */
static enum rule_id conflict(const struct registered_af *row, const struct binding *call_manager,
                             const CO_ADDRESS_FAMILY *family)
{
    if (row->family.AddressFamily == 0 || row->gone)
        return RULE_NONE;
    if (row->call_manager == call_manager)
        return memcmp(&row->family, family, sizeof(*family)) ? RULE_NONE : RULE_REGISTER_AF_TWICE;
    return row->family.AddressFamily == family->AddressFamily ? RULE_REGISTER_AF_OTHER_CM
                                                              : RULE_NONE;
}

/* Whether a row suits better than the best so far: the family's own old one, then an unused one,
 * then one whose call manager went. */
static bool is_better(const struct registered_af *row, const struct registered_af *best,
                      const CO_ADDRESS_FAMILY *family)
{
    if (row->family.AddressFamily != 0 && !row->gone)
        return false;
    if (!best || row->family.AddressFamily == family->AddressFamily)
        return true;
    return best->family.AddressFamily != family->AddressFamily && best->gone && !row->gone;
}

/* Enters a family into its adapter's table, unless the type is taken.
 * returns  the rule it breaks, or NONE with *status SUCCESS or RESOURCES */
static enum rule_id enter_family(struct adapter *adapter, const struct binding *call_manager,
                                 const CO_ADDRESS_FAMILY *family, NDIS_STATUS *status)
{
    struct host *host = adapter->host;
    enum rule_id rule = RULE_NONE;
    struct registered_af *best = NULL;
    exec_lock(&host->lock);
    for (int i = 0; i < ADAPTER_AF_COUNT && rule == RULE_NONE; i++) {
        struct registered_af *row = &adapter->families[i];
        rule = conflict(row, call_manager, family);
        if (is_better(row, best, family))
            best = row;
    }
    *status = best ? NDIS_STATUS_SUCCESS : NDIS_STATUS_RESOURCES;
    if (rule == RULE_NONE && best)
        *best = (struct registered_af){.family = *family,
                                       .call_manager = (struct binding *)(uintptr_t)call_manager};
    exec_unlock(&host->lock);
    return rule;
}

static NDIS_STATUS register_family(const struct call *call, struct adapter *adapter,
                                   const struct binding *call_manager, NDIS_HANDLE handle,
                                   const CO_ADDRESS_FAMILY *family)
{
    NDIS_STATUS status;
    if (!family)
        return call_breaks(call, RULE_ARGUMENT_NULL, handle, NDIS_STATUS_FAILURE,
                           "AddressFamily is NULL");
    if (family->AddressFamily == 0)
        return call_breaks(call, RULE_ARGUMENT_BAD, handle, NDIS_STATUS_FAILURE,
                           "AddressFamily->AddressFamily is 0");
    enum rule_id rule = enter_family(adapter, call_manager, family, &status);
    if (rule != RULE_NONE)
        return call_breaks(call, rule, handle, NDIS_STATUS_FAILURE,
                           "address family 0x%X version %u.%u", family->AddressFamily,
                           family->MajorVersion, family->MinorVersion);
    return status;
}

/* The driver that calls is a miniport's module and passes an adapter: it meant the NdisMCm name. */
static bool is_own_adapter(const struct call *call, NDIS_HANDLE handle)
{
    if (handle_kind(handle) != OBJECT_ADAPTER)
        return false;
    struct adapter *adapter =
        (struct adapter *)handle_resolve(call->host, handle, OBJECT_ADAPTER, NULL);
    return adapter && call_is_from(call, adapter->driver);
}

/* Offers an address family of a stand-alone call manager on the adapter of a binding.
 * NdisBindingHandle  the call manager's own binding, while it binds
 * AddressFamily      borrowed until return; copied
 * returns  SUCCESS; RESOURCES; FAILURE: missing handler tables, wrong phase, a family that is
 *          registered there, an adapter that is not connection-oriented
 * IRQL     PASSIVE_LEVEL
 * effects  ProtocolCoAfRegisterNotify of each client bound there, once the bind has succeeded
 * source   Learn: NdisCmRegisterAddressFamilyEx; C21, C27, C29 */
NDIS_STATUS NTAPI NdisCmRegisterAddressFamilyEx(NDIS_HANDLE NdisBindingHandle,
                                                PCO_ADDRESS_FAMILY AddressFamily)
{
    struct call call = call_begin(__func__, RULE_Irql_CallManager_Function, LEVEL_PASSIVE);
    if (is_own_adapter(&call, NdisBindingHandle))
        return call_breaks(&call, RULE_MCM_USES_NDISMCM, NdisBindingHandle, NDIS_STATUS_FAILURE,
                           "the handle is the miniport's adapter");
    struct binding *binding = binding_resolve(&call, NdisBindingHandle);
    if (!binding || call.task->irql != PASSIVE_LEVEL)
        return NDIS_STATUS_FAILURE;
    if (!binding->handlers->has_call_manager)
        return call_breaks(&call, RULE_REGISTER_AF_NO_HANDLERS, NdisBindingHandle,
                           NDIS_STATUS_FAILURE, "the driver has set no call-manager handlers");
    if (!binding->handlers->has_co_protocol)
        return call_breaks(&call, RULE_REGISTER_AF_NO_CHARACTERISTICS, NdisBindingHandle,
                           NDIS_STATUS_FAILURE, "NDIS_PROTOCOL_CO_CHARACTERISTICS is not set");
    exec_lock(&call.host->lock);
    bool in_bind =
        binding->bind && binding->bind->op.kind == OP_BIND && binding->state == BINDING_OPEN;
    exec_unlock(&call.host->lock);
    if (!in_bind)
        return call_breaks(&call, RULE_REGISTER_AF_WRONG_PHASE, NdisBindingHandle,
                           NDIS_STATUS_FAILURE, "no bind runs on the open binding");
    if (binding->adapter->connectionless)
        return NDIS_STATUS_FAILURE;
    if (nt_fault(FAULT_NdisCmRegisterAddressFamilyEx))
        return nt_fault_status(FAULT_NdisCmRegisterAddressFamilyEx);
    return register_family(&call, binding->adapter, binding, NdisBindingHandle, AddressFamily);
}

/* Offers an address family of a miniport call manager on its adapter.
 * MiniportAdapterHandle  the adapter that is being initialised
 * AddressFamily          borrowed until return; copied
 * returns  SUCCESS; RESOURCES; FAILURE: missing handler tables, wrong phase, a family that is
 *          registered there, an adapter that is not connection-oriented
 * IRQL     PASSIVE_LEVEL
 * effects  ProtocolCoAfRegisterNotify of each client that binds
 * source   Learn: NdisMCmRegisterAddressFamilyEx; C22, C27, C29 */
NDIS_STATUS NTAPI NdisMCmRegisterAddressFamilyEx(NDIS_HANDLE MiniportAdapterHandle,
                                                 PCO_ADDRESS_FAMILY AddressFamily)
{
    struct call call = call_begin(__func__, RULE_Irql_MCM_Function, LEVEL_PASSIVE);
    NDIS_HANDLE handle = MiniportAdapterHandle;
    if (handle_kind(handle) == OBJECT_BINDING)
        return call_breaks(&call, RULE_CM_USES_NDISCM, handle, NDIS_STATUS_FAILURE,
                           "the handle is a protocol's binding");
    struct adapter *adapter =
        (struct adapter *)call_resolve(&call, handle, OBJECT_ADAPTER, "MiniportAdapterHandle");
    if (!adapter || call.task->irql != PASSIVE_LEVEL)
        return NDIS_STATUS_FAILURE;
    if (!call_is_from(&call, adapter->driver))
        return call_breaks(&call, RULE_MCM_NOT_A_CALL_MANAGER, handle, NDIS_STATUS_FAILURE,
                           "the adapter belongs to driver %s", adapter->driver->module->name);
    if (!adapter->driver->handlers.has_call_manager)
        return call_breaks(&call, RULE_REGISTER_AF_NO_HANDLERS, handle, NDIS_STATUS_FAILURE,
                           "the driver has set no call-manager handlers");
    if (!adapter->driver->handlers.has_co_miniport)
        return call_breaks(&call, RULE_REGISTER_AF_NO_CHARACTERISTICS, handle, NDIS_STATUS_FAILURE,
                           "NDIS_MINIPORT_CO_CHARACTERISTICS is not set");
    if (adapter->state != ADAPTER_INITIALIZING)
        return call_breaks(&call, RULE_REGISTER_AF_WRONG_PHASE, handle, NDIS_STATUS_FAILURE,
                           "MiniportInitializeEx has returned");
    if (!adapter->has_registration_attributes)
        return call_breaks(&call, RULE_ATTRIBUTES_ORDER, handle, NDIS_STATUS_FAILURE,
                           "the adapter's attributes are not set yet");
    if (adapter->connectionless)
        return NDIS_STATUS_FAILURE;
    if (nt_fault(FAULT_NdisMCmRegisterAddressFamilyEx))
        return nt_fault_status(FAULT_NdisMCmRegisterAddressFamilyEx);
    return register_family(&call, adapter, NULL, handle, AddressFamily);
}
