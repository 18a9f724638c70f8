/* SPDX-License-Identifier: MIT */
/* Attributes are what a miniport says of its adapter while it initialises: first whose it is, then
 * what it can do (C123). */
#include "ndis/enter.h"
#include "ndis/adapter.h"
#include "nt/fault.h"

#include <string.h>

static NDIS_STATUS bad_header(const struct call *call, NDIS_HANDLE handle,
                              const NDIS_OBJECT_HEADER *header)
{
    return call_breaks(call, RULE_ARGUMENT_HEADER, handle, NDIS_STATUS_BAD_VERSION,
                       "MiniportAttributes: type 0x%02X revision %u size %u", header->Type,
                       header->Revision, header->Size);
}

static NDIS_STATUS set_registration(const struct call *call, struct adapter *adapter,
                                    NDIS_HANDLE handle,
                                    const NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES *given)
{
    if (given->Header.Revision < 1 ||
        given->Header.Size < NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1)
        return bad_header(call, handle, &given->Header);
    if (adapter->has_registration_attributes)
        return call_breaks(call, RULE_ATTRIBUTES_ORDER, handle, NDIS_STATUS_FAILURE,
                           "the registration attributes are set already");
    adapter->context = given->MiniportAdapterContext;
    if (given->AttributeFlags & NDIS_MINIPORT_ATTRIBUTES_NOT_CO_NDIS)
        adapter->connectionless = true;
    adapter->has_registration_attributes = true;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS set_general(const struct call *call, struct adapter *adapter, NDIS_HANDLE handle,
                               const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *given)
{
    size_t bytes = given->Header.Size;
    if (given->Header.Revision < 1 ||
        bytes < NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1)
        return bad_header(call, handle, &given->Header);
    if (given->MacAddressLength > sizeof(given->CurrentMacAddress))
        return call_breaks(call, RULE_ARGUMENT_BAD, handle, NDIS_STATUS_FAILURE,
                           "MacAddressLength is %u", given->MacAddressLength);
    memset(&adapter->general, 0, sizeof(adapter->general));
    memcpy(&adapter->general, given,
           bytes < sizeof(adapter->general) ? bytes : sizeof(adapter->general));
    adapter->has_general_attributes = true;
    return NDIS_STATUS_SUCCESS;
}

/* Sets one group of the attributes of an adapter that is being initialised.
 * NdisMiniportHandle  as MiniportInitializeEx got it
 * MiniportAttributes  told apart by Header.Type; borrowed until return; copied, but for the lists
 *                     that it points to
 * returns  SUCCESS; BAD_VERSION for a header; FAILURE for a wrong order or phase; NOT_SUPPORTED for
 *          groups that concern no connection-oriented adapter
 * IRQL     PASSIVE_LEVEL, inside MiniportInitializeEx
 * source   Learn: NdisMSetMiniportAttributes; C123 */
NDIS_STATUS NTAPI NdisMSetMiniportAttributes(NDIS_HANDLE NdisMiniportHandle,
                                             PNDIS_MINIPORT_ADAPTER_ATTRIBUTES MiniportAttributes)
{
    struct call call = call_begin(__func__, RULE_Irql_Miniport_Driver_Function, LEVEL_PASSIVE);
    struct adapter *adapter = (struct adapter *)call_resolve(&call, NdisMiniportHandle,
                                                             OBJECT_ADAPTER, "NdisMiniportHandle");
    if (!adapter || call.task->irql != PASSIVE_LEVEL)
        return NDIS_STATUS_FAILURE;
    if (!call_is_from(&call, adapter->driver))
        return call_breaks(&call, RULE_HANDLE_FOREIGN, NdisMiniportHandle, NDIS_STATUS_FAILURE,
                           "the adapter belongs to driver %s", adapter->driver->module->name);
    if (!MiniportAttributes)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisMiniportHandle, NDIS_STATUS_FAILURE,
                           "MiniportAttributes is NULL");
    if (adapter->state != ADAPTER_INITIALIZING)
        return call_breaks(&call, RULE_CALL_WRONG_PHASE, NdisMiniportHandle, NDIS_STATUS_FAILURE,
                           "MiniportInitializeEx has returned");
    if (nt_fault(FAULT_NdisMSetMiniportAttributes))
        return nt_fault_status(FAULT_NdisMSetMiniportAttributes);
    const NDIS_OBJECT_HEADER *header = &MiniportAttributes->RegistrationAttributes.Header;
    if (header->Type == NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES)
        return set_registration(&call, adapter, NdisMiniportHandle,
                                &MiniportAttributes->RegistrationAttributes);
    if (!adapter->has_registration_attributes)
        return call_breaks(&call, RULE_ATTRIBUTES_ORDER, NdisMiniportHandle, NDIS_STATUS_FAILURE,
                           "the registration attributes are not set yet");
    if (header->Type == NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES)
        return set_general(&call, adapter, NdisMiniportHandle,
                           &MiniportAttributes->GeneralAttributes);
    if (!adapter->has_general_attributes)
        return call_breaks(&call, RULE_ATTRIBUTES_ORDER, NdisMiniportHandle, NDIS_STATUS_FAILURE,
                           "the general attributes are not set yet");
    return NDIS_STATUS_NOT_SUPPORTED;
}
