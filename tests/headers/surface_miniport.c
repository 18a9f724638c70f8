/* SPDX-License-Identifier: MIT */
/* A CO miniport: all handlers, all functions of its edge. */
#define NDIS_MINIPORT_DRIVER 1
#define NDIS630_MINIPORT     1
#include <ndis.h>
#include <atm.h>

static MINIPORT_SET_OPTIONS SurfaceMiniportSetOptions;
_Use_decl_annotations_ static NDIS_STATUS SurfaceMiniportSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                                    NDIS_HANDLE DriverContext)
{
    UNREFERENCED_PARAMETER(NdisDriverHandle);
    UNREFERENCED_PARAMETER(DriverContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_INITIALIZE SurfaceMiniportInitialize;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportInitialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                          PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    UNREFERENCED_PARAMETER(NdisMiniportHandle);
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_HALT SurfaceMiniportHalt;
_Use_decl_annotations_ static VOID SurfaceMiniportHalt(NDIS_HANDLE MiniportAdapterContext,
                                                       NDIS_HALT_ACTION HaltAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(HaltAction);
}

static MINIPORT_UNLOAD SurfaceMiniportUnload;
_Use_decl_annotations_ static VOID SurfaceMiniportUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

static MINIPORT_PAUSE SurfaceMiniportPause;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportPause(NDIS_HANDLE MiniportAdapterContext,
                     PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(PauseParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_RESTART SurfaceMiniportRestart;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportRestart(NDIS_HANDLE MiniportAdapterContext,
                       PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RestartParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_OID_REQUEST SurfaceMiniportOidRequest;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(OidRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_SEND_NET_BUFFER_LISTS SurfaceMiniportSendNetBufferLists;
_Use_decl_annotations_ static VOID
SurfaceMiniportSendNetBufferLists(NDIS_HANDLE MiniportAdapterContext,
                                  PNET_BUFFER_LIST NetBufferList, NDIS_PORT_NUMBER PortNumber,
                                  ULONG SendFlags)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetBufferList);
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(SendFlags);
}

static MINIPORT_RETURN_NET_BUFFER_LISTS SurfaceMiniportReturnNetBufferLists;
_Use_decl_annotations_ static VOID
SurfaceMiniportReturnNetBufferLists(NDIS_HANDLE MiniportAdapterContext,
                                    PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(ReturnFlags);
}

static MINIPORT_CANCEL_SEND SurfaceMiniportCancelSend;
_Use_decl_annotations_ static VOID SurfaceMiniportCancelSend(NDIS_HANDLE MiniportAdapterContext,
                                                             PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(CancelId);
}

static MINIPORT_CHECK_FOR_HANG SurfaceMiniportCheckForHang;
_Use_decl_annotations_ static BOOLEAN
SurfaceMiniportCheckForHang(NDIS_HANDLE MiniportAdapterContext)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    return FALSE;
}

static MINIPORT_RESET SurfaceMiniportReset;
_Use_decl_annotations_ static NDIS_STATUS SurfaceMiniportReset(NDIS_HANDLE MiniportAdapterContext,
                                                               PBOOLEAN AddressingReset)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(AddressingReset);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_DEVICE_PNP_EVENT_NOTIFY SurfaceMiniportDevicePnpEventNotify;
_Use_decl_annotations_ static VOID
SurfaceMiniportDevicePnpEventNotify(NDIS_HANDLE MiniportAdapterContext,
                                    PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NetDevicePnPEvent);
}

static MINIPORT_SHUTDOWN SurfaceMiniportShutdown;
_Use_decl_annotations_ static VOID SurfaceMiniportShutdown(NDIS_HANDLE MiniportAdapterContext,
                                                           NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

static MINIPORT_CANCEL_OID_REQUEST SurfaceMiniportCancelOidRequest;
_Use_decl_annotations_ static VOID
SurfaceMiniportCancelOidRequest(NDIS_HANDLE MiniportAdapterContext, PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RequestId);
}

static MINIPORT_DIRECT_OID_REQUEST SurfaceMiniportDirectOidRequest;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportDirectOidRequest(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(OidRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_CANCEL_DIRECT_OID_REQUEST SurfaceMiniportCancelDirectOidRequest;
_Use_decl_annotations_ static VOID
SurfaceMiniportCancelDirectOidRequest(NDIS_HANDLE MiniportAdapterContext, PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RequestId);
}

static MINIPORT_CO_CREATE_VC SurfaceMiniportCoCreateVc;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportCoCreateVc(NDIS_HANDLE MiniportAdapterContext, NDIS_HANDLE NdisVcHandle,
                          PNDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(NdisVcHandle);
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_CO_DELETE_VC SurfaceMiniportCoDeleteVc;
_Use_decl_annotations_ static NDIS_STATUS SurfaceMiniportCoDeleteVc(NDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_CO_ACTIVATE_VC SurfaceMiniportCoActivateVc;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportCoActivateVc(NDIS_HANDLE MiniportVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_CO_DEACTIVATE_VC SurfaceMiniportCoDeactivateVc;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportCoDeactivateVc(NDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_CO_SEND_NET_BUFFER_LISTS SurfaceMiniportCoSendNetBufferLists;
_Use_decl_annotations_ static VOID
SurfaceMiniportCoSendNetBufferLists(NDIS_HANDLE MiniportVcContext, PNET_BUFFER_LIST NetBufferLists,
                                    ULONG SendFlags)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendFlags);
}

static MINIPORT_CO_OID_REQUEST SurfaceMiniportCoOidRequest;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportCoOidRequest(NDIS_HANDLE MiniportAdapterContext, NDIS_HANDLE MiniportVcContext,
                            PNDIS_OID_REQUEST NdisRequest)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(NdisRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static const NDIS_MINIPORT_DRIVER_CHARACTERISTICS SurfaceMini = {
    .Header = {NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
               NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2,
               NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2},
    .SetOptionsHandler = SurfaceMiniportSetOptions,
    .InitializeHandlerEx = SurfaceMiniportInitialize,
    .HaltHandlerEx = SurfaceMiniportHalt,
    .UnloadHandler = SurfaceMiniportUnload,
    .PauseHandler = SurfaceMiniportPause,
    .RestartHandler = SurfaceMiniportRestart,
    .OidRequestHandler = SurfaceMiniportOidRequest,
    .SendNetBufferListsHandler = SurfaceMiniportSendNetBufferLists,
    .ReturnNetBufferListsHandler = SurfaceMiniportReturnNetBufferLists,
    .CancelSendHandler = SurfaceMiniportCancelSend,
    .CheckForHangHandlerEx = SurfaceMiniportCheckForHang,
    .ResetHandlerEx = SurfaceMiniportReset,
    .DevicePnPEventNotifyHandler = SurfaceMiniportDevicePnpEventNotify,
    .ShutdownHandlerEx = SurfaceMiniportShutdown,
    .CancelOidRequestHandler = SurfaceMiniportCancelOidRequest,
    .DirectOidRequestHandler = SurfaceMiniportDirectOidRequest,
    .CancelDirectOidRequestHandler = SurfaceMiniportCancelDirectOidRequest,
};

static const NDIS_MINIPORT_CO_CHARACTERISTICS SurfaceCom = {
    .Header = {NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
               NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
               NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1},
    .CoCreateVcHandler = SurfaceMiniportCoCreateVc,
    .CoDeleteVcHandler = SurfaceMiniportCoDeleteVc,
    .CoActivateVcHandler = SurfaceMiniportCoActivateVc,
    .CoDeactivateVcHandler = SurfaceMiniportCoDeactivateVc,
    .CoSendNetBufferListsHandler = SurfaceMiniportCoSendNetBufferLists,
    .CoOidRequestHandler = SurfaceMiniportCoOidRequest,
};

/* One object of every type an argument can have. */
struct arguments {
    NDIS_STATUS theNdisStatus;
    NDIS_HANDLE theNdisHandle;
    PCO_CALL_PARAMETERS thePcoCallParameters;
    PNET_BUFFER_LIST thePnetBufferList;
    ULONG theUlong;
    PNDIS_STATUS_INDICATION thePndisStatusIndication;
    PNDIS_OID_REQUEST thePndisOidRequest;
    PDRIVER_OBJECT thePdriverObject;
    PUNICODE_STRING thePunicodeString;
    PNDIS_MINIPORT_DRIVER_CHARACTERISTICS thePndisMiniportDriverCharacteristics;
    PNDIS_HANDLE thePndisHandle;
    PNDIS_MINIPORT_ADAPTER_ATTRIBUTES thePndisMiniportAdapterAttributes;
};

NDIS_STATUS SurfaceMiniportCalls0(struct arguments a);
NDIS_STATUS SurfaceMiniportCalls0(struct arguments a)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    NdisMCoActivateVcComplete(a.theNdisStatus, a.theNdisHandle, a.thePcoCallParameters);
    NdisMCoDeactivateVcComplete(a.theNdisStatus, a.theNdisHandle);
    NdisMCoSendNetBufferListsComplete(a.theNdisHandle, a.thePnetBufferList, a.theUlong);
    NdisMCoIndicateReceiveNetBufferLists(a.theNdisHandle, a.thePnetBufferList, a.theUlong,
                                         a.theUlong);
    NdisMCoIndicateStatusEx(a.theNdisHandle, a.theNdisHandle, a.thePndisStatusIndication);
    NdisMCoOidRequestComplete(a.theNdisHandle, a.theNdisHandle, a.thePndisOidRequest,
                              a.theNdisStatus);
    Status |=
        NdisMRegisterMiniportDriver(a.thePdriverObject, a.thePunicodeString, a.theNdisHandle,
                                    a.thePndisMiniportDriverCharacteristics, a.thePndisHandle);
    NdisMDeregisterMiniportDriver(a.theNdisHandle);
    Status |= NdisMSetMiniportAttributes(a.theNdisHandle, a.thePndisMiniportAdapterAttributes);
    NdisMPauseComplete(a.theNdisHandle);
    NdisMRestartComplete(a.theNdisHandle, a.theNdisStatus);
    NdisMIndicateStatusEx(a.theNdisHandle, a.thePndisStatusIndication);
    return Status;
}

NDIS_STATUS SurfaceMiniportTables(NDIS_HANDLE Driver);
NDIS_STATUS SurfaceMiniportTables(NDIS_HANDLE Driver)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    NDIS_MINIPORT_DRIVER_CHARACTERISTICS Characteristics = SurfaceMini;
    Characteristics.MajorNdisVersion = NDIS_MINIPORT_MAJOR_VERSION;
    Characteristics.MinorNdisVersion = NDIS_MINIPORT_MINOR_VERSION;
    Status |= NdisMRegisterMiniportDriver(NULL, NULL, NULL, &Characteristics, &Driver);
    NDIS_MINIPORT_CO_CHARACTERISTICS Com = SurfaceCom;
    Status |= NdisSetOptionalHandlers(Driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Com);
    return Status;
}
