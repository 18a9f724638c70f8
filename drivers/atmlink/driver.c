/* SPDX-License-Identifier: MIT */
/* The miniport: DriverEntry, adapters, and NDIS's calls on their way to the port. */
#include "atmlink.h"

static NDIS_HANDLE AtmlinkDriverHandle; /* the only global: what NdisMRegisterMiniportDriver gave */

static MINIPORT_SET_OPTIONS AtmlinkSetOptions;
static MINIPORT_INITIALIZE AtmlinkInitialize;
static MINIPORT_HALT AtmlinkHalt;
static MINIPORT_UNLOAD AtmlinkUnload;
static MINIPORT_PAUSE AtmlinkPause;
static MINIPORT_RESTART AtmlinkRestart;
static MINIPORT_OID_REQUEST AtmlinkOidRequest;
static MINIPORT_CANCEL_OID_REQUEST AtmlinkCancelOidRequest;
static MINIPORT_CANCEL_SEND AtmlinkCancelSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS AtmlinkReturnNetBufferLists;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY AtmlinkDevicePnPEventNotify;
static MINIPORT_SHUTDOWN AtmlinkShutdown;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ static NDIS_STATUS NTAPI
AtmlinkInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                  PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    PATMLINK_ADAPTER Adapter;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    Adapter = NdisAllocateMemoryWithTagPriority(NdisMiniportHandle, sizeof(*Adapter), ATMLINK_TAG,
                                                NormalPoolPriority);
    if (Adapter == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Adapter, sizeof(*Adapter));
    Adapter->Port.Link = TRUE;
    Status = PortReadStation(NdisMiniportHandle, &Adapter->Port.Station);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortReadAddresses(&Adapter->Port, NdisMiniportHandle);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSetAttributes(&Adapter->Port, NdisMiniportHandle, Adapter);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortOpen(&Adapter->Port, NdisMiniportHandle, &AtmlinkPortEvents);
    if (Status != NDIS_STATUS_SUCCESS)
        NdisFreeMemory(Adapter, 0, 0);
    return Status;
}

_Use_decl_annotations_ static VOID NTAPI AtmlinkHalt(NDIS_HANDLE MiniportAdapterContext,
                                                     NDIS_HALT_ACTION HaltAction)
{
    PATMLINK_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(HaltAction);
    PortClose(&Adapter->Port);
    NdisFreeMemory(Adapter, 0, 0);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
AtmlinkPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    PATMLINK_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(PauseParameters);
    return PortPause(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmlinkRestart(
    NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    PATMLINK_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(RestartParameters);
    return PortRestart(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
AtmlinkOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    PATMLINK_ADAPTER Adapter = MiniportAdapterContext;
    return PortOidRequest(&Adapter->Port, NULL, OidRequest);
}

_Use_decl_annotations_ static VOID NTAPI AtmlinkCancelOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                                 PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* every request was answered at once */
    UNREFERENCED_PARAMETER(RequestId);
}

_Use_decl_annotations_ static VOID NTAPI AtmlinkCancelSend(NDIS_HANDLE MiniportAdapterContext,
                                                           PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* nothing waits here: the medium has it all */
    UNREFERENCED_PARAMETER(CancelId);
}

_Use_decl_annotations_ static VOID NTAPI AtmlinkReturnNetBufferLists(
    NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    PATMLINK_ADAPTER Adapter = MiniportAdapterContext;
    PortReturn(&Adapter->Port, NetBufferLists, ReturnFlags);
}

_Use_decl_annotations_ static VOID NTAPI AtmlinkDevicePnPEventNotify(
    NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetDevicePnPEvent);
}

_Use_decl_annotations_ static VOID NTAPI AtmlinkShutdown(NDIS_HANDLE MiniportAdapterContext,
                                                         NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmlinkSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                                  NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS Co;
    UNREFERENCED_PARAMETER(DriverContext);
    NdisZeroMemory(&Co, sizeof(Co));
    Co.Header.Type = NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS;
    Co.Header.Revision = NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.Header.Size = NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.CoCreateVcHandler = AtmlinkCoCreateVc;
    Co.CoDeleteVcHandler = AtmlinkCoDeleteVc;
    Co.CoActivateVcHandler = AtmlinkCoActivateVc;
    Co.CoDeactivateVcHandler = AtmlinkCoDeactivateVc;
    Co.CoSendNetBufferListsHandler = AtmlinkCoSendNetBufferLists;
    Co.CoOidRequestHandler = AtmlinkCoOidRequest;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
}

_Use_decl_annotations_ static VOID NTAPI AtmlinkUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisMDeregisterMiniportDriver(AtmlinkDriverHandle);
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
    Driver.SetOptionsHandler = AtmlinkSetOptions;
    Driver.InitializeHandlerEx = AtmlinkInitialize;
    Driver.HaltHandlerEx = AtmlinkHalt;
    Driver.UnloadHandler = AtmlinkUnload;
    Driver.PauseHandler = AtmlinkPause;
    Driver.RestartHandler = AtmlinkRestart;
    Driver.OidRequestHandler = AtmlinkOidRequest;
    Driver.ReturnNetBufferListsHandler = AtmlinkReturnNetBufferLists;
    Driver.CancelSendHandler = AtmlinkCancelSend;
    Driver.DevicePnPEventNotifyHandler = AtmlinkDevicePnPEventNotify;
    Driver.ShutdownHandlerEx = AtmlinkShutdown;
    Driver.CancelOidRequestHandler = AtmlinkCancelOidRequest;
    return (NTSTATUS)NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver,
                                                 &AtmlinkDriverHandle);
}
