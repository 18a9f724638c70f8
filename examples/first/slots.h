/* SPDX-License-Identifier: MIT */
/* The slots that every miniport call manager must fill, filled with the least that is right: what
 * has nothing to do succeeds, what is not offered is refused. A driver overwrites those it cares
 * for. */
#ifndef FIRST_SLOTS_H
#define FIRST_SLOTS_H

#include <ndis.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

static NDIS_HANDLE Driver; /* each host that loads the driver has its own */
static W_CO_SEND_NET_BUFFER_LISTS_HANDLER SendHandler;

/* ---- the call manager -------------------------------------------------------------------- */

/* The handles themselves are context enough. */
static NDIS_STATUS SlotCreateVc(NDIS_HANDLE Af, NDIS_HANDLE NdisVcHandle, PNDIS_HANDLE Context)
{
    *Context = NdisVcHandle;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SlotOpenAf(NDIS_HANDLE Adapter, PCO_ADDRESS_FAMILY AddressFamily,
                              NDIS_HANDLE NdisAfHandle, PNDIS_HANDLE Context)
{
    *Context = NdisAfHandle;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SlotDone(NDIS_HANDLE Context)
{
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SlotRegisterSap(NDIS_HANDLE Af, PCO_SAP Sap, NDIS_HANDLE NdisSapHandle,
                                   PNDIS_HANDLE Context)
{
    return NDIS_STATUS_NOT_SUPPORTED; /* nobody can call us */
}

static NDIS_STATUS SlotNoQoS(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    return NDIS_STATUS_NOT_SUPPORTED;
}

static VOID SlotCallDone(NDIS_STATUS Status, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
}

static VOID SlotVcDone(NDIS_STATUS Status, NDIS_HANDLE Vc)
{
}

static VOID SlotAfDone(NDIS_HANDLE Af, NDIS_STATUS Status)
{
}

static NDIS_STATUS SlotCmOid(NDIS_HANDLE Af, NDIS_HANDLE Vc, NDIS_HANDLE Party,
                             PNDIS_OID_REQUEST Request)
{
    return NDIS_STATUS_NOT_SUPPORTED;
}

static VOID SlotCmOidDone(NDIS_HANDLE Af, NDIS_HANDLE Vc, NDIS_HANDLE Party,
                          PNDIS_OID_REQUEST Request, NDIS_STATUS Status)
{
}

static NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Slots = {
    .Header = {NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS,
               NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1,
               NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1},
    .CmCreateVcHandler = SlotCreateVc,
    .CmDeleteVcHandler = SlotDone,
    .CmOpenAfHandler = SlotOpenAf,
    .CmCloseAfHandler = SlotDone,
    .CmRegisterSapHandler = SlotRegisterSap,
    .CmDeregisterSapHandler = SlotDone,
    .CmIncomingCallCompleteHandler = SlotCallDone,
    .CmActivateVcCompleteHandler = SlotCallDone,
    .CmDeactivateVcCompleteHandler = SlotVcDone,
    .CmModifyCallQoSHandler = SlotNoQoS,
    .CmOidRequestHandler = SlotCmOid,
    .CmOidRequestCompleteHandler = SlotCmOidDone,
    .CmNotifyCloseAfCompleteHandler = SlotAfDone,
};

/* ---- the miniport ------------------------------------------------------------------------ */

static volatile BOOLEAN Removed; /* the device was pulled out */

static NDIS_STATUS SlotCoOid(NDIS_HANDLE Adapter, NDIS_HANDLE Vc, PNDIS_OID_REQUEST Request)
{
    return Removed ? NDIS_STATUS_NOT_ACCEPTED : NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS SlotOid(NDIS_HANDLE Adapter, PNDIS_OID_REQUEST Request)
{
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS SlotPause(NDIS_HANDLE Adapter, PNDIS_MINIPORT_PAUSE_PARAMETERS Parameters)
{
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS SlotRestart(NDIS_HANDLE Adapter, PNDIS_MINIPORT_RESTART_PARAMETERS Parameters)
{
    return NDIS_STATUS_SUCCESS;
}

static VOID SlotHalt(NDIS_HANDLE Adapter, NDIS_HALT_ACTION Action)
{
}

static VOID SlotCancel(NDIS_HANDLE Adapter, PVOID Id)
{
}

static VOID SlotReturn(NDIS_HANDLE Adapter, PNET_BUFFER_LIST Lists, ULONG Flags)
{
}

static VOID SlotPnPEvent(NDIS_HANDLE Adapter, PNET_DEVICE_PNP_EVENT Event)
{
    Removed = Event->DevicePnPEvent == NdisDevicePnPEventSurpriseRemoved;
}

static VOID SlotShutdown(NDIS_HANDLE Adapter, NDIS_SHUTDOWN_ACTION Action)
{
}

static VOID SlotUnload(PDRIVER_OBJECT DriverObject)
{
    NdisMDeregisterMiniportDriver(Driver);
}

/* Attributes in their order, then the address family: Learn: Registering and Opening an Address
 * Family. */
static NDIS_STATUS SlotInitialize(NDIS_HANDLE Adapter, NDIS_HANDLE Context,
                                  PNDIS_MINIPORT_INIT_PARAMETERS Parameters)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes = {
        .RegistrationAttributes = {
            .Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
                       NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1,
                       NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1},
            .MiniportAdapterContext = Adapter,
            .InterfaceType = NdisInterfaceInternal,
        }};
    NDIS_STATUS Status = NdisMSetMiniportAttributes(Adapter, &Attributes);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Attributes = (NDIS_MINIPORT_ADAPTER_ATTRIBUTES){
        .GeneralAttributes = {
            .Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
                       NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1,
                       NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1},
            .MediaType = NdisMediumAtm,
            .MtuSize = 65535,
            .MediaConnectState = MediaConnectStateConnected,
        }};
    Status = NdisMSetMiniportAttributes(Adapter, &Attributes);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    CO_ADDRESS_FAMILY Family = {CO_ADDRESS_FAMILY_Q2931, 3, 1};
    return NdisMCmRegisterAddressFamilyEx(Adapter, &Family);
}

static NDIS_STATUS SlotSetOptions(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE Context)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS Miniport = {
        .Header = {NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
                   NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1},
        .CoActivateVcHandler = SlotNoQoS,
        .CoDeactivateVcHandler = SlotDone,
        .CoSendNetBufferListsHandler = SendHandler,
        .CoOidRequestHandler = SlotCoOid,
    };
    NDIS_STATUS Status =
        NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Miniport);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Slots);
    return Status;
}

static NTSTATUS RegisterSlots(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath,
                              W_CO_SEND_NET_BUFFER_LISTS_HANDLER Send)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Miniport = {
        .Header = {NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
                   NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1},
        .MajorNdisVersion = 6,
        .MajorDriverVersion = 1,
        .SetOptionsHandler = SlotSetOptions,
        .InitializeHandlerEx = SlotInitialize,
        .HaltHandlerEx = SlotHalt,
        .UnloadHandler = SlotUnload,
        .PauseHandler = SlotPause,
        .RestartHandler = SlotRestart,
        .OidRequestHandler = SlotOid,
        .ReturnNetBufferListsHandler = SlotReturn,
        .CancelSendHandler = SlotCancel,
        .DevicePnPEventNotifyHandler = SlotPnPEvent,
        .ShutdownHandlerEx = SlotShutdown,
        .CancelOidRequestHandler = SlotCancel,
    };
    SendHandler = Send;
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Miniport, &Driver);
}

#endif
