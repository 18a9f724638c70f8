/* SPDX-License-Identifier: MIT */
/* DriverEntry, the tables of handlers, and those that a client has nothing to do in. */
#include "caller.h"

NDIS_HANDLE CallerProtocolHandle;

static PROTOCOL_SET_OPTIONS CallerSetOptions;
static PROTOCOL_NET_PNP_EVENT CallerNetPnPEvent;
static PROTOCOL_OID_REQUEST_COMPLETE CallerNoOidRequestComplete;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS CallerNoReceive;
static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE CallerNoSendComplete;
static PROTOCOL_CO_STATUS_EX CallerStatus;
static DRIVER_UNLOAD CallerUnload;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ static NDIS_STATUS NTAPI CallerNetPnPEvent(
    NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetPnPEventNotification);
    return NDIS_STATUS_SUCCESS;
}

/* Connectionless requests, receives and sends: this driver starts none. */
_Use_decl_annotations_ static VOID NTAPI CallerNoOidRequestComplete(
    NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(OidRequest);
    UNREFERENCED_PARAMETER(Status);
}

_Use_decl_annotations_ static VOID NTAPI CallerNoReceive(NDIS_HANDLE ProtocolBindingContext,
                                                         PNET_BUFFER_LIST NetBufferLists,
                                                         NDIS_PORT_NUMBER PortNumber,
                                                         ULONG NumberOfNetBufferLists,
                                                         ULONG ReceiveFlags)
{
    PCALLER_BINDING Binding = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(Binding->NdisBindingHandle, NetBufferLists, 0);
}

_Use_decl_annotations_ static VOID NTAPI CallerNoSendComplete(NDIS_HANDLE ProtocolBindingContext,
                                                              PNET_BUFFER_LIST NetBufferLists,
                                                              ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

/* What becomes of the link, the call manager tells by the calls. */
_Use_decl_annotations_ static VOID NTAPI CallerStatus(NDIS_HANDLE ProtocolBindingContext,
                                                      NDIS_HANDLE ProtocolVcContext,
                                                      PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

static NDIS_STATUS SetCharacteristics(NDIS_HANDLE NdisDriverHandle)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS Co;
    NdisZeroMemory(&Co, sizeof(Co));
    Co.Header.Type = NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS;
    Co.Header.Revision = NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1;
    Co.Header.Size = NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1;
    Co.CoStatusHandlerEx = CallerStatus;
    Co.CoAfRegisterNotifyHandler = CallerAfRegisterNotify;
    Co.CoReceiveNetBufferListsHandler = CallerReceive;
    Co.CoSendNetBufferListsCompleteHandler = CallerSendComplete;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
}

static NDIS_STATUS SetHandlers(NDIS_HANDLE NdisDriverHandle)
{
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS Cl;
    NdisZeroMemory(&Cl, sizeof(Cl));
    Cl.Header.Type = NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS;
    Cl.Header.Revision = NDIS_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1;
    Cl.Header.Size = NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1;
    Cl.ClCreateVcHandler = CallerCreateVc;
    Cl.ClDeleteVcHandler = CallerDeleteVc;
    Cl.ClOidRequestHandler = CallerOidRequest;
    Cl.ClOidRequestCompleteHandler = CallerOidRequestComplete;
    Cl.ClOpenAfCompleteHandlerEx = CallerOpenAfComplete;
    Cl.ClCloseAfCompleteHandler = CallerCloseAfComplete;
    Cl.ClRegisterSapCompleteHandler = CallerRegisterSapComplete;
    Cl.ClDeregisterSapCompleteHandler = CallerDeregisterSapComplete;
    Cl.ClMakeCallCompleteHandler = CallerMakeCallComplete;
    Cl.ClModifyCallQoSCompleteHandler = CallerModifyCallQoSComplete;
    Cl.ClCloseCallCompleteHandler = CallerCloseCallComplete;
    Cl.ClAddPartyCompleteHandler = CallerAddPartyComplete;
    Cl.ClDropPartyCompleteHandler = CallerDropPartyComplete;
    Cl.ClIncomingCallHandler = CallerIncomingCall;
    Cl.ClIncomingCallQoSChangeHandler = CallerIncomingCallQoSChange;
    Cl.ClIncomingCloseCallHandler = CallerIncomingCloseCall;
    Cl.ClIncomingDropPartyHandler = CallerIncomingDropParty;
    Cl.ClCallConnectedHandler = CallerCallConnected;
    Cl.ClNotifyCloseAfHandler = CallerNotifyCloseAf;
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Cl);
}

/* Adapters are bound as soon as this has returned, perhaps before DriverEntry knows the handle. */
_Use_decl_annotations_ static NDIS_STATUS NTAPI CallerSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                                 NDIS_HANDLE DriverContext)
{
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(DriverContext);
    CallerProtocolHandle = NdisDriverHandle;
    Status = SetCharacteristics(NdisDriverHandle);
    return Status == NDIS_STATUS_SUCCESS ? SetHandlers(NdisDriverHandle) : Status;
}

/* NDIS unbinds every adapter first. */
_Use_decl_annotations_ static VOID NTAPI CallerUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(CallerProtocolHandle);
}

_Use_decl_annotations_ NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject,
                                                  PUNICODE_STRING RegistryPath)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Driver;
    UNREFERENCED_PARAMETER(RegistryPath);
    NdisZeroMemory(&Driver, sizeof(Driver));
    Driver.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Driver.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    Driver.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    Driver.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Driver.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    Driver.MajorDriverVersion = 1;
    NdisInitUnicodeString(&Driver.Name, L"CALLER");
    Driver.SetOptionsHandler = CallerSetOptions;
    Driver.BindAdapterHandlerEx = CallerBindAdapter;
    Driver.UnbindAdapterHandlerEx = CallerUnbindAdapter;
    Driver.OpenAdapterCompleteHandlerEx = CallerOpenAdapterComplete;
    Driver.CloseAdapterCompleteHandlerEx = CallerCloseAdapterComplete;
    Driver.NetPnPEventHandler = CallerNetPnPEvent;
    Driver.OidRequestCompleteHandler = CallerNoOidRequestComplete;
    Driver.ReceiveNetBufferListsHandler = CallerNoReceive;
    Driver.SendNetBufferListsCompleteHandler = CallerNoSendComplete;
    DriverObject->DriverUnload = CallerUnload;
    return (NTSTATUS)NdisRegisterProtocolDriver(NULL, &Driver, &CallerProtocolHandle);
}
