/* SPDX-License-Identifier: MIT */
/* DriverEntry, adapters, and NDIS's calls on their way to the port, for every driver of hubport. */
#include "hubdriver.h"

#define HUB_DRIVER_TAG 'dbuH'

static NDIS_HANDLE HubDriverHandle; /* the only global: what NdisMRegisterMiniportDriver gave */

static MINIPORT_SET_OPTIONS HubSetOptions;
static MINIPORT_INITIALIZE HubInitialize;
static MINIPORT_HALT HubHalt;
static MINIPORT_UNLOAD HubUnload;
static MINIPORT_PAUSE HubPause;
static MINIPORT_RESTART HubRestart;
static MINIPORT_OID_REQUEST HubOidRequest;
static MINIPORT_CANCEL_OID_REQUEST HubCancelOidRequest;
static MINIPORT_CANCEL_SEND HubCancelSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS HubReturnNetBufferLists;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY HubDevicePnPEventNotify;
static MINIPORT_SHUTDOWN HubShutdown;
DRIVER_INITIALIZE DriverEntry;

static PHUB_PORT PortOf(NDIS_HANDLE MiniportAdapterContext)
{
    return (PHUB_PORT)((PUCHAR)MiniportAdapterContext + HubDriver.PortAt);
}

/* What stands behind the port's opening, with everything before it done. */
static NDIS_STATUS OpenAdapter(PVOID Adapter, NDIS_HANDLE NdisMiniportHandle)
{
    PHUB_PORT Port = PortOf(Adapter);
    NDIS_STATUS Status = PortOpen(Port, NdisMiniportHandle, HubDriver.Events);
    if (Status != NDIS_STATUS_SUCCESS || HubDriver.Open == NULL)
        return Status;
    Status = HubDriver.Open(Adapter, NdisMiniportHandle);
    if (Status == NDIS_STATUS_SUCCESS)
        return NDIS_STATUS_SUCCESS;
    if (HubDriver.Close != NULL)
        HubDriver.Close(Adapter);
    PortClose(Port);
    return Status;
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
HubInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
              PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    PVOID Adapter;
    PHUB_PORT Port;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    Adapter = NdisAllocateMemoryWithTagPriority(NdisMiniportHandle, HubDriver.AdapterBytes,
                                                HUB_DRIVER_TAG, NormalPoolPriority);
    if (Adapter == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Adapter, HubDriver.AdapterBytes);
    Port = PortOf(Adapter);
    Port->Link = HubDriver.Link;
    Status = PortReadStation(NdisMiniportHandle, &Port->Station);
    if (Status == NDIS_STATUS_SUCCESS && HubDriver.Link)
        Status = PortReadAddresses(Port, NdisMiniportHandle);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSetAttributes(Port, NdisMiniportHandle, Adapter);
    if (Status == NDIS_STATUS_SUCCESS && HubDriver.Begin != NULL)
        Status = HubDriver.Begin(Adapter, NdisMiniportHandle);
    if (Status != NDIS_STATUS_SUCCESS)
        goto FreeAdapter;
    Status = OpenAdapter(Adapter, NdisMiniportHandle);
    if (Status == NDIS_STATUS_SUCCESS)
        return NDIS_STATUS_SUCCESS;
    if (HubDriver.End != NULL)
        HubDriver.End(Adapter);
FreeAdapter:
    NdisFreeMemory(Adapter, 0, 0);
    return Status;
}

_Use_decl_annotations_ static VOID NTAPI HubHalt(NDIS_HANDLE MiniportAdapterContext,
                                                 NDIS_HALT_ACTION HaltAction)
{
    UNREFERENCED_PARAMETER(HaltAction);
    if (HubDriver.Close != NULL)
        HubDriver.Close(MiniportAdapterContext);
    PortClose(PortOf(MiniportAdapterContext));
    if (HubDriver.End != NULL)
        HubDriver.End(MiniportAdapterContext);
    NdisFreeMemory(MiniportAdapterContext, 0, 0);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
HubPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    UNREFERENCED_PARAMETER(PauseParameters);
    return PortPause(PortOf(MiniportAdapterContext));
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
HubRestart(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    UNREFERENCED_PARAMETER(RestartParameters);
    return PortRestart(PortOf(MiniportAdapterContext));
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI HubOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                              PNDIS_OID_REQUEST OidRequest)
{
    return PortOidRequest(PortOf(MiniportAdapterContext), NULL, OidRequest);
}

_Use_decl_annotations_ static VOID NTAPI HubCancelOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                             PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* every request was answered at once */
    UNREFERENCED_PARAMETER(RequestId);
}

_Use_decl_annotations_ static VOID NTAPI HubCancelSend(NDIS_HANDLE MiniportAdapterContext,
                                                       PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* nothing waits here: the medium has it all */
    UNREFERENCED_PARAMETER(CancelId);
}

_Use_decl_annotations_ static VOID NTAPI HubReturnNetBufferLists(NDIS_HANDLE MiniportAdapterContext,
                                                                 PNET_BUFFER_LIST NetBufferLists,
                                                                 ULONG ReturnFlags)
{
    PortReturn(PortOf(MiniportAdapterContext), NetBufferLists, ReturnFlags);
}

_Use_decl_annotations_ static VOID NTAPI
HubDevicePnPEventNotify(NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    PortPnPEvent(PortOf(MiniportAdapterContext), NetDevicePnPEvent);
}

_Use_decl_annotations_ static VOID NTAPI HubShutdown(NDIS_HANDLE MiniportAdapterContext,
                                                     NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI HubSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                              NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS Co = HubDriver.Co;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(DriverContext);
    Co.Header.Type = NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS;
    Co.Header.Revision = NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.Header.Size = NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
    if (Status != NDIS_STATUS_SUCCESS || HubDriver.SetOptions == NULL)
        return Status;
    return HubDriver.SetOptions(NdisDriverHandle);
}

_Use_decl_annotations_ static VOID NTAPI HubUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisMDeregisterMiniportDriver(HubDriverHandle);
}

_Use_decl_annotations_ NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject,
                                                  PUNICODE_STRING RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Driver;
    NdisZeroMemory(&Driver, sizeof(Driver));
    Driver.Header.Type = NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS;
    Driver.Header.Revision = NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    Driver.Header.Size = NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1;
    Driver.MajorNdisVersion = NDIS_MINIPORT_MAJOR_VERSION;
    Driver.MinorNdisVersion = NDIS_MINIPORT_MINOR_VERSION;
    Driver.MajorDriverVersion = 1;
    Driver.SetOptionsHandler = HubSetOptions;
    Driver.InitializeHandlerEx = HubInitialize;
    Driver.HaltHandlerEx = HubHalt;
    Driver.UnloadHandler = HubUnload;
    Driver.PauseHandler = HubPause;
    Driver.RestartHandler = HubRestart;
    Driver.OidRequestHandler = HubOidRequest;
    Driver.ReturnNetBufferListsHandler = HubReturnNetBufferLists;
    Driver.CancelSendHandler = HubCancelSend;
    Driver.DevicePnPEventNotifyHandler = HubDevicePnPEventNotify;
    Driver.ShutdownHandlerEx = HubShutdown;
    Driver.CancelOidRequestHandler = HubCancelOidRequest;
    return (NTSTATUS)NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver,
                                                 &HubDriverHandle);
}
