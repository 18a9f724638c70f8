/* SPDX-License-Identifier: MIT */
/* The miniport: DriverEntry, adapters, and NDIS's calls on their way to the port. */
#include "atmmcm.h"

#define ATMMCM_TAG 'kblL'

static NDIS_HANDLE AtmmcmDriverHandle; /* the only global: what NdisMRegisterMiniportDriver gave */

static MINIPORT_SET_OPTIONS AtmmcmSetOptions;
static MINIPORT_INITIALIZE AtmmcmInitialize;
static MINIPORT_HALT AtmmcmHalt;
static MINIPORT_UNLOAD AtmmcmUnload;
static MINIPORT_PAUSE AtmmcmPause;
static MINIPORT_RESTART AtmmcmRestart;
static MINIPORT_OID_REQUEST AtmmcmOidRequest;
static MINIPORT_CANCEL_OID_REQUEST AtmmcmCancelOidRequest;
static MINIPORT_CANCEL_SEND AtmmcmCancelSend;
static MINIPORT_RETURN_NET_BUFFER_LISTS AtmmcmReturnNetBufferLists;
static MINIPORT_DEVICE_PNP_EVENT_NOTIFY AtmmcmDevicePnPEventNotify;
static MINIPORT_SHUTDOWN AtmmcmShutdown;
static MINIPORT_CO_ACTIVATE_VC AtmmcmCoActivateVc;
static MINIPORT_CO_DEACTIVATE_VC AtmmcmCoDeactivateVc;
static MINIPORT_CO_SEND_NET_BUFFER_LISTS AtmmcmCoSendNetBufferLists;
static MINIPORT_CO_OID_REQUEST AtmmcmCoOidRequest;
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
AtmmcmInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                 PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    CO_ADDRESS_FAMILY Family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
    PATMMCM_ADAPTER Adapter;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    Adapter = NdisAllocateMemoryWithTagPriority(NdisMiniportHandle, sizeof(*Adapter), ATMMCM_TAG,
                                                NormalPoolPriority);
    if (Adapter == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Adapter, sizeof(*Adapter));
    Adapter->Manager.Edge = &AtmmcmEdge;
    Adapter->Manager.NdisHandle = NdisMiniportHandle;
    Adapter->Port.Link = TRUE;
    Adapter->Uni.Transmit = AtmmcmTransmit;
    Status = ReadConfig(NdisMiniportHandle, &Adapter->Manager.Config);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortReadStation(NdisMiniportHandle, &Adapter->Port.Station);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortReadAddresses(&Adapter->Port, NdisMiniportHandle);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSetAttributes(&Adapter->Port, NdisMiniportHandle, Adapter);
    if (Status != NDIS_STATUS_SUCCESS)
        goto FreeAdapter;
    Status = CmUniBegin(&Adapter->Manager, &Adapter->Uni, &Adapter->Port.Station, Adapter->Port.Esi,
                        Adapter->Port.HasAddress ? Adapter->Port.Address : NULL);
    if (Status != NDIS_STATUS_SUCCESS)
        goto FreeAdapter;
    Status = PortOpen(&Adapter->Port, NdisMiniportHandle, &AtmmcmPortEvents);
    if (Status != NDIS_STATUS_SUCCESS)
        goto EndManager;
    Adapter->Manager.Port = Adapter->Port.Number;
    Status = PortSignal(&Adapter->Port, CM_UNI_CHANNEL);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSignal(&Adapter->Port, CM_ILMI_CHANNEL);
    if (Status == NDIS_STATUS_SUCCESS && PortIsConnected(&Adapter->Port))
        CmUniWire(&Adapter->Manager, TRUE); /* else its link says when it comes up */
    if (Status == NDIS_STATUS_SUCCESS)
        Status = NdisMCmRegisterAddressFamilyEx(NdisMiniportHandle, &Family);
    if (Status == NDIS_STATUS_SUCCESS)
        return NDIS_STATUS_SUCCESS;
    CmUniClose(&Adapter->Manager);
    PortClose(&Adapter->Port);
EndManager:
    CmAdapterEnd(&Adapter->Manager);
FreeAdapter:
    NdisFreeMemory(Adapter, 0, 0);
    return Status;
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmHalt(NDIS_HANDLE MiniportAdapterContext,
                                                    NDIS_HALT_ACTION HaltAction)
{
    PATMMCM_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(HaltAction);
    CmAdapterCloseFamilies(&Adapter->Manager);
    CmUniClose(&Adapter->Manager);
    PortClose(&Adapter->Port);
    CmAdapterEnd(&Adapter->Manager);
    NdisFreeMemory(Adapter, 0, 0);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
AtmmcmPause(NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    PATMMCM_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(PauseParameters);
    return PortPause(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmmcmRestart(
    NDIS_HANDLE MiniportAdapterContext, PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    PATMMCM_ADAPTER Adapter = MiniportAdapterContext;
    UNREFERENCED_PARAMETER(RestartParameters);
    return PortRestart(&Adapter->Port);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmmcmOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                                 PNDIS_OID_REQUEST OidRequest)
{
    PATMMCM_ADAPTER Adapter = MiniportAdapterContext;
    return PortOidRequest(&Adapter->Port, NULL, OidRequest);
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmCancelOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                                PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* every request was answered at once */
    UNREFERENCED_PARAMETER(RequestId);
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmCancelSend(NDIS_HANDLE MiniportAdapterContext,
                                                          PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext); /* nothing waits here: the medium has it all */
    UNREFERENCED_PARAMETER(CancelId);
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmReturnNetBufferLists(
    NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    PATMMCM_ADAPTER Adapter = MiniportAdapterContext;
    PortReturn(&Adapter->Port, NetBufferLists, ReturnFlags);
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmDevicePnPEventNotify(
    NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetDevicePnPEvent);
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmShutdown(NDIS_HANDLE MiniportAdapterContext,
                                                        NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

/* NDIS never asks an MCM these two: its VCs are its own (API §3.4). */
_Use_decl_annotations_ static NDIS_STATUS NTAPI
AtmmcmCoActivateVc(NDIS_HANDLE MiniportVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmmcmCoDeactivateVc(NDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmCoSendNetBufferLists(NDIS_HANDLE MiniportVcContext,
                                                                    PNET_BUFFER_LIST NetBufferLists,
                                                                    ULONG SendFlags)
{
    PATMMCM_VC Vc = MiniportVcContext;
    ChannelSend(&Vc->Channel, NetBufferLists, SendFlags);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmmcmCoOidRequest(
    NDIS_HANDLE MiniportAdapterContext, NDIS_HANDLE MiniportVcContext, PNDIS_OID_REQUEST OidRequest)
{
    PATMMCM_ADAPTER Adapter = MiniportAdapterContext;
    PATMMCM_VC Vc = MiniportVcContext;
    return PortOidRequest(&Adapter->Port, Vc != NULL ? &Vc->Channel : NULL, OidRequest);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmmcmSetOptions(NDIS_HANDLE NdisDriverHandle,
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
    Co.CoActivateVcHandler = AtmmcmCoActivateVc;
    Co.CoDeactivateVcHandler = AtmmcmCoDeactivateVc;
    Co.CoSendNetBufferListsHandler = AtmmcmCoSendNetBufferLists;
    Co.CoOidRequestHandler = AtmmcmCoOidRequest;
    Status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    AtmmcmFillHandlers(&Handlers);
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Handlers);
}

_Use_decl_annotations_ static VOID NTAPI AtmmcmUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisMDeregisterMiniportDriver(AtmmcmDriverHandle);
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
    Driver.SetOptionsHandler = AtmmcmSetOptions;
    Driver.InitializeHandlerEx = AtmmcmInitialize;
    Driver.HaltHandlerEx = AtmmcmHalt;
    Driver.UnloadHandler = AtmmcmUnload;
    Driver.PauseHandler = AtmmcmPause;
    Driver.RestartHandler = AtmmcmRestart;
    Driver.OidRequestHandler = AtmmcmOidRequest;
    Driver.ReturnNetBufferListsHandler = AtmmcmReturnNetBufferLists;
    Driver.CancelSendHandler = AtmmcmCancelSend;
    Driver.DevicePnPEventNotifyHandler = AtmmcmDevicePnPEventNotify;
    Driver.ShutdownHandlerEx = AtmmcmShutdown;
    Driver.CancelOidRequestHandler = AtmmcmCancelOidRequest;
    return (NTSTATUS)NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &Driver,
                                                 &AtmmcmDriverHandle);
}
