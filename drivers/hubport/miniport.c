/* SPDX-License-Identifier: MIT */
/* The miniport: DriverEntry, adapters, and NDIS's calls on their way to the port. */
#include "miniport.h"

static NDIS_HANDLE MiniDriverHandle; /* the only global: what NdisMRegisterMiniportDriver gave */

static MINIPORT_SET_OPTIONS MiniSetOptions;
static MINIPORT_INITIALIZE MiniInitialize;
static MINIPORT_HALT MiniHalt;
static MINIPORT_UNLOAD MiniUnload;
static MINIPORT_PAUSE MiniPause;
static MINIPORT_RESTART MiniRestart;
static MINIPORT_OID_REQUEST MiniOidRequest;
static MINIPORT_CANCEL_OID_REQUEST MiniCancelOidRequest;
static MINIPORT_CANCEL_SEND MiniCancelSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS MiniReturnNetBufferLists;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY MiniDevicePnPEventNotify;
static MINIPORT_SHUTDOWN MiniShutdown;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ static NDIS_STATUS NTAPI
MiniInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
               PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    PMINI_ADAPTER Adapter;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    Adapter = NdisAllocateMemoryWithTagPriority(NdisMiniportHandle, sizeof(*Adapter), MINI_TAG,
                                                NormalPoolPriority);
    if (Adapter == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Adapter, sizeof(*Adapter));
    Adapter->Port.Link = PortOnLink;
    Status = PortReadStation(NdisMiniportHandle, &Adapter->Port.Station);
    if (Status == NDIS_STATUS_SUCCESS && PortOnLink)
        Status = PortReadAddresses(&Adapter->Port, NdisMiniportHandle);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSetAttributes(&Adapter->Port, NdisMiniportHandle, Adapter);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortOpen(&Adapter->Port, NdisMiniportHandle, &MiniPortEvents);
    if (Status != NDIS_STATUS_SUCCESS)
        NdisFreeMemory(Adapter, 0, 0);
    return Status;
}

_Use_decl_annotations_ static VOID NTAPI MiniHalt(NDIS_HANDLE MiniportAdapterContext,
                                                  NDIS_HALT_ACTION HaltAction)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(HaltAction);
    PortClose(&Adapter->Port);
    NdisFreeMemory(Adapter, 0, 0);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
MiniPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(PauseParameters);
    return PortPause(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
MiniRestart(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(RestartParameters);
    return PortRestart(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI MiniOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                               PNDIS_OID_REQUEST OidRequest)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    return PortOidRequest(&Adapter->Port, NULL, OidRequest);
}

_Use_decl_annotations_ static VOID NTAPI MiniCancelOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                              PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* every request was answered at once */
    UNREFERENCED_PARAMETER(RequestId);
}

_Use_decl_annotations_ static VOID NTAPI MiniCancelSend(NDIS_HANDLE MiniportAdapterContext,
                                                        PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* nothing waits here: the medium has it all */
    UNREFERENCED_PARAMETER(CancelId);
}

_Use_decl_annotations_ static VOID NTAPI MiniReturnNetBufferLists(
    NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    PortReturn(&Adapter->Port, NetBufferLists, ReturnFlags);
}

_Use_decl_annotations_ static VOID NTAPI MiniDevicePnPEventNotify(
    NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    PortPnPEvent(&Adapter->Port, NetDevicePnPEvent);
}

_Use_decl_annotations_ static VOID NTAPI MiniShutdown(NDIS_HANDLE MiniportAdapterContext,
                                                      NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI MiniSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                               NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS Co;
    UNREFERENCED_PARAMETER(DriverContext);
    NdisZeroMemory(&Co, sizeof(Co));
    Co.Header.Type = NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS;
    Co.Header.Revision = NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.Header.Size = NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.CoCreateVcHandler = MiniCoCreateVc;
    Co.CoDeleteVcHandler = MiniCoDeleteVc;
    Co.CoActivateVcHandler = MiniCoActivateVc;
    Co.CoDeactivateVcHandler = MiniCoDeactivateVc;
    Co.CoSendNetBufferListsHandler = MiniCoSendNetBufferLists;
    Co.CoOidRequestHandler = MiniCoOidRequest;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
}

_Use_decl_annotations_ static VOID NTAPI MiniUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisMDeregisterMiniportDriver(MiniDriverHandle);
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
    Driver.SetOptionsHandler = MiniSetOptions;
    Driver.InitializeHandlerEx = MiniInitialize;
    Driver.HaltHandlerEx = MiniHalt;
    Driver.UnloadHandler = MiniUnload;
    Driver.PauseHandler = MiniPause;
    Driver.RestartHandler = MiniRestart;
    Driver.OidRequestHandler = MiniOidRequest;
    Driver.ReturnNetBufferListsHandler = MiniReturnNetBufferLists;
    Driver.CancelSendHandler = MiniCancelSend;
    Driver.DevicePnPEventNotifyHandler = MiniDevicePnPEventNotify;
    Driver.ShutdownHandlerEx = MiniShutdown;
    Driver.CancelOidRequestHandler = MiniCancelOidRequest;
    return (NTSTATUS)NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver,
                                                 &MiniDriverHandle);
}
