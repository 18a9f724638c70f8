/* SPDX-License-Identifier: MIT */
/* The miniport: DriverEntry, adapters, and NDIS's calls on their way to the port. */
#include "mcm.h"

#define MCM_TAG 'kblL'

static NDIS_HANDLE McmDriverHandle; /* the only global: what NdisMRegisterMiniportDriver gave */

static MINIPORT_SET_OPTIONS McmSetOptions;
static MINIPORT_INITIALIZE McmInitialize;
static MINIPORT_HALT McmHalt;
static MINIPORT_UNLOAD McmUnload;
static MINIPORT_PAUSE McmPause;
static MINIPORT_RESTART McmRestart;
static MINIPORT_OID_REQUEST McmOidRequest;
static MINIPORT_CANCEL_OID_REQUEST McmCancelOidRequest;
static MINIPORT_CANCEL_SEND McmCancelSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS McmReturnNetBufferLists;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY McmDevicePnPEventNotify;
static MINIPORT_SHUTDOWN McmShutdown;
static MINIPORT_CO_ACTIVATE_VC McmCoActivateVc;
static MINIPORT_CO_DEACTIVATE_VC McmCoDeactivateVc;
static MINIPORT_CO_SEND_NET_BUFFER_LISTS McmCoSendNetBufferLists;
static MINIPORT_CO_OID_REQUEST McmCoOidRequest;
DRIVER_INITIALIZE DriverEntry;

static NDIS_STATUS ReadConfig(NDIS_HANDLE NdisMiniportHandle, CM_CONFIG *Config)
{
    NDIS_CONFIGURATION_OBJECT Object;
    NDIS_HANDLE Configuration;
    NDIS_STATUS Status;
    NdisZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = NdisMiniportHandle;
    Status = NdisOpenConfigurationEx(&Object, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    CmReadConfig(Configuration, Config);
    NdisCloseConfiguration(Configuration);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
McmInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
              PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    CO_ADDRESS_FAMILY Family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
    PMCM_ADAPTER Adapter;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    Adapter = NdisAllocateMemoryWithTagPriority(NdisMiniportHandle, CmMcmEngine.AdapterBytes,
                                                MCM_TAG, NormalPoolPriority);
    if (Adapter == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Adapter, CmMcmEngine.AdapterBytes);
    Adapter->Manager.Edge = &McmEdge;
    Adapter->Manager.NdisHandle = NdisMiniportHandle;
    Adapter->Port.Link = CmMcmEngine.Link;
    Status = ReadConfig(NdisMiniportHandle, &Adapter->Manager.Config);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortReadStation(NdisMiniportHandle, &Adapter->Port.Station);
    if (Status == NDIS_STATUS_SUCCESS && CmMcmEngine.Link)
        Status = PortReadAddresses(&Adapter->Port, NdisMiniportHandle);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSetAttributes(&Adapter->Port, NdisMiniportHandle, Adapter);
    if (Status != NDIS_STATUS_SUCCESS)
        goto FreeAdapter;
    Status = CmMcmEngine.Begin(Adapter);
    if (Status != NDIS_STATUS_SUCCESS)
        goto FreeAdapter;
    Status = PortOpen(&Adapter->Port, NdisMiniportHandle, &McmPortEvents);
    if (Status != NDIS_STATUS_SUCCESS)
        goto EndManager;
    Adapter->Manager.Port = Adapter->Port.Number;
    if (CmMcmEngine.Open != NULL)
        Status = CmMcmEngine.Open(Adapter);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = NdisMCmRegisterAddressFamilyEx(NdisMiniportHandle, &Family);
    if (Status == NDIS_STATUS_SUCCESS)
        return NDIS_STATUS_SUCCESS;
    if (CmMcmEngine.Close != NULL)
        CmMcmEngine.Close(Adapter);
    PortClose(&Adapter->Port);
EndManager:
    CmAdapterEnd(&Adapter->Manager);
FreeAdapter:
    NdisFreeMemory(Adapter, 0, 0);
    return Status;
}

_Use_decl_annotations_ static VOID NTAPI McmHalt(NDIS_HANDLE MiniportAdapterContext,
                                                 NDIS_HALT_ACTION HaltAction)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(HaltAction);
    CmAdapterCloseFamilies(&Adapter->Manager);
    if (CmMcmEngine.Close != NULL)
        CmMcmEngine.Close(Adapter);
    PortClose(&Adapter->Port);
    CmAdapterEnd(&Adapter->Manager);
    NdisFreeMemory(Adapter, 0, 0);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
McmPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(PauseParameters);
    return PortPause(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
McmRestart(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(RestartParameters);
    return PortRestart(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI McmOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                              PNDIS_OID_REQUEST OidRequest)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    return PortOidRequest(&Adapter->Port, NULL, OidRequest);
}

_Use_decl_annotations_ static VOID NTAPI McmCancelOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                             PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* every request was answered at once */
    UNREFERENCED_PARAMETER(RequestId);
}

_Use_decl_annotations_ static VOID NTAPI McmCancelSend(NDIS_HANDLE MiniportAdapterContext,
                                                       PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* nothing waits here: the medium has it all */
    UNREFERENCED_PARAMETER(CancelId);
}

_Use_decl_annotations_ static VOID NTAPI McmReturnNetBufferLists(NDIS_HANDLE MiniportAdapterContext,
                                                                 PNET_BUFFER_LIST NetBufferLists,
                                                                 ULONG ReturnFlags)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    PortReturn(&Adapter->Port, NetBufferLists, ReturnFlags);
}

_Use_decl_annotations_ static VOID NTAPI
McmDevicePnPEventNotify(NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    PortPnPEvent(&Adapter->Port, NetDevicePnPEvent);
}

_Use_decl_annotations_ static VOID NTAPI McmShutdown(NDIS_HANDLE MiniportAdapterContext,
                                                     NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

/* NDIS never asks an MCM these two: its VCs are its own (API §3.4). */
_Use_decl_annotations_ static NDIS_STATUS NTAPI McmCoActivateVc(NDIS_HANDLE MiniportVcContext,
                                                                PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI McmCoDeactivateVc(NDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_ static VOID NTAPI McmCoSendNetBufferLists(NDIS_HANDLE MiniportVcContext,
                                                                 PNET_BUFFER_LIST NetBufferLists,
                                                                 ULONG SendFlags)
{
    PMCM_VC Vc = MiniportVcContext;
    ChannelSend(&Vc->Channel, NetBufferLists, SendFlags);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI McmCoOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                                NDIS_HANDLE MiniportVcContext,
                                                                PNDIS_OID_REQUEST OidRequest)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    PMCM_VC Vc = MiniportVcContext;
    return PortOidRequest(&Adapter->Port, Vc != NULL ? &Vc->Channel : NULL, OidRequest);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI McmSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                              NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS Co;
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(DriverContext);
    NdisZeroMemory(&Co, sizeof(Co));
    Co.Header.Type = NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS;
    Co.Header.Revision = NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.Header.Size = NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1;
    Co.CoActivateVcHandler = McmCoActivateVc;
    Co.CoDeactivateVcHandler = McmCoDeactivateVc;
    Co.CoSendNetBufferListsHandler = McmCoSendNetBufferLists;
    Co.CoOidRequestHandler = McmCoOidRequest;
    Status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    McmFillHandlers(&Handlers);
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Handlers);
}

_Use_decl_annotations_ static VOID NTAPI McmUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisMDeregisterMiniportDriver(McmDriverHandle);
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
    Driver.SetOptionsHandler = McmSetOptions;
    Driver.InitializeHandlerEx = McmInitialize;
    Driver.HaltHandlerEx = McmHalt;
    Driver.UnloadHandler = McmUnload;
    Driver.PauseHandler = McmPause;
    Driver.RestartHandler = McmRestart;
    Driver.OidRequestHandler = McmOidRequest;
    Driver.ReturnNetBufferListsHandler = McmReturnNetBufferLists;
    Driver.CancelSendHandler = McmCancelSend;
    Driver.DevicePnPEventNotifyHandler = McmDevicePnPEventNotify;
    Driver.ShutdownHandlerEx = McmShutdown;
    Driver.CancelOidRequestHandler = McmCancelOidRequest;
    return (NTSTATUS)NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver,
                                                 &McmDriverHandle);
}
