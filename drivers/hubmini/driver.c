/* SPDX-License-Identifier: MIT */
/* The miniport: DriverEntry, adapters, and NDIS's calls on their way to the port. */
#include "hubmini.h"

static NDIS_HANDLE HubminiDriverHandle; /* the only global: what NdisMRegisterMiniportDriver gave */

static MINIPORT_SET_OPTIONS HubminiSetOptions;
static MINIPORT_INITIALIZE HubminiInitialize;
static MINIPORT_HALT HubminiHalt;
static MINIPORT_UNLOAD HubminiUnload;
static MINIPORT_PAUSE HubminiPause;
static MINIPORT_RESTART HubminiRestart;
static MINIPORT_OID_REQUEST HubminiOidRequest;
static MINIPORT_CANCEL_OID_REQUEST HubminiCancelOidRequest;
static MINIPORT_CANCEL_SEND HubminiCancelSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS HubminiReturnNetBufferLists;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY HubminiDevicePnPEventNotify;
static MINIPORT_SHUTDOWN HubminiShutdown;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ static NDIS_STATUS NTAPI
HubminiInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                  PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    PHUBMINI_ADAPTER Adapter;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    Adapter = NdisAllocateMemoryWithTagPriority(NdisMiniportHandle, sizeof(*Adapter), HUBMINI_TAG,
                                                NormalPoolPriority);
    if (Adapter == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Adapter, sizeof(*Adapter));
    Status = PortReadStation(NdisMiniportHandle, &Adapter->Port.Station);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSetAttributes(&Adapter->Port, NdisMiniportHandle, Adapter);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortOpen(&Adapter->Port, NdisMiniportHandle, &HubminiPortEvents);
    if (Status != NDIS_STATUS_SUCCESS)
        NdisFreeMemory(Adapter, 0, 0);
    return Status;
}

_Use_decl_annotations_ static VOID NTAPI HubminiHalt(NDIS_HANDLE MiniportAdapterContext,
                                                     NDIS_HALT_ACTION HaltAction)
{
    PHUBMINI_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(HaltAction);
    PortClose(&Adapter->Port);
    NdisFreeMemory(Adapter, 0, 0);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
HubminiPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    PHUBMINI_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(PauseParameters);
    return PortPause(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI HubminiRestart(
    NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    PHUBMINI_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(RestartParameters);
    return PortRestart(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
HubminiOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    PHUBMINI_ADAPTER Adapter = MiniportAdapterContext;
    return PortOidRequest(&Adapter->Port, NULL, OidRequest);
}

_Use_decl_annotations_ static VOID NTAPI HubminiCancelOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                                 PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* every request was answered at once */
    UNREFERENCED_PARAMETER(RequestId);
}

_Use_decl_annotations_ static VOID NTAPI HubminiCancelSend(NDIS_HANDLE MiniportAdapterContext,
                                                           PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* nothing waits here: the medium has it all */
    UNREFERENCED_PARAMETER(CancelId);
}

_Use_decl_annotations_ static VOID NTAPI HubminiReturnNetBufferLists(
    NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    PHUBMINI_ADAPTER Adapter = MiniportAdapterContext;
    PortReturn(&Adapter->Port, NetBufferLists, ReturnFlags);
}

_Use_decl_annotations_ static VOID NTAPI HubminiDevicePnPEventNotify(
    NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetDevicePnPEvent);
}

_Use_decl_annotations_ static VOID NTAPI HubminiShutdown(NDIS_HANDLE MiniportAdapterContext,
                                                         NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI HubminiSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                                  NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS Co;
    UNREFERENCED_PARAMETER(DriverContext);
    NdisZeroMemory(&Co, sizeof(Co));
    Co.Header.Type = NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS;
    Co.Header.Revision = NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.Header.Size = NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.CoCreateVcHandler = HubminiCoCreateVc;
    Co.CoDeleteVcHandler = HubminiCoDeleteVc;
    Co.CoActivateVcHandler = HubminiCoActivateVc;
    Co.CoDeactivateVcHandler = HubminiCoDeactivateVc;
    Co.CoSendNetBufferListsHandler = HubminiCoSendNetBufferLists;
    Co.CoOidRequestHandler = HubminiCoOidRequest;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
}

_Use_decl_annotations_ static VOID NTAPI HubminiUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisMDeregisterMiniportDriver(HubminiDriverHandle);
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
    Driver.SetOptionsHandler = HubminiSetOptions;
    Driver.InitializeHandlerEx = HubminiInitialize;
    Driver.HaltHandlerEx = HubminiHalt;
    Driver.UnloadHandler = HubminiUnload;
    Driver.PauseHandler = HubminiPause;
    Driver.RestartHandler = HubminiRestart;
    Driver.OidRequestHandler = HubminiOidRequest;
    Driver.ReturnNetBufferListsHandler = HubminiReturnNetBufferLists;
    Driver.CancelSendHandler = HubminiCancelSend;
    Driver.DevicePnPEventNotifyHandler = HubminiDevicePnPEventNotify;
    Driver.ShutdownHandlerEx = HubminiShutdown;
    Driver.CancelOidRequestHandler = HubminiCancelOidRequest;
    return (NTSTATUS)NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver,
                                                 &HubminiDriverHandle);
}
