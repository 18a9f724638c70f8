/* SPDX-License-Identifier: MIT */
/* The protocol driver: DriverEntry and the handlers that every protocol has. */
#include "hubcm.h"

static NDIS_HANDLE HubcmProtocolHandle; /* the only global: what NdisRegisterProtocolDriver gave */

static PROTOCOL_SET_OPTIONS HubcmSetOptions;
static PROTOCOL_NET_PNP_EVENT HubcmNetPnPEvent;
static PROTOCOL_OID_REQUEST_COMPLETE HubcmOidRequestComplete;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS HubcmReceive;
static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE HubcmSendComplete;
static PROTOCOL_CO_STATUS_EX HubcmCoStatus;
static PROTOCOL_CO_AF_REGISTER_NOTIFY HubcmCoAfRegisterNotify;
static DRIVER_UNLOAD HubcmUnload;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ static NDIS_STATUS NTAPI HubcmNetPnPEvent(
    NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetPnPEventNotification);
    return NDIS_STATUS_SUCCESS;
}

/* Connectionless requests, receives and sends: this driver starts none. */
_Use_decl_annotations_ static VOID NTAPI HubcmOidRequestComplete(NDIS_HANDLE ProtocolBindingContext,
                                                                 PNDIS_OID_REQUEST OidRequest,
                                                                 NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    HubcmDone(OidRequest->RequestId, Status); /* before a family is registered it may come here */
}

_Use_decl_annotations_ static VOID NTAPI HubcmReceive(NDIS_HANDLE ProtocolBindingContext,
                                                      PNET_BUFFER_LIST NetBufferLists,
                                                      NDIS_PORT_NUMBER PortNumber,
                                                      ULONG NumberOfNetBufferLists,
                                                      ULONG ReceiveFlags)
{
    PHUBCM_ADAPTER Adapter = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(Adapter->Binding, NetBufferLists, 0);
}

_Use_decl_annotations_ static VOID NTAPI HubcmSendComplete(NDIS_HANDLE ProtocolBindingContext,
                                                           PNET_BUFFER_LIST NetBufferLists,
                                                           ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

/* A link that goes down is found out by the timers of the calls on it. */
_Use_decl_annotations_ static VOID NTAPI HubcmCoStatus(NDIS_HANDLE ProtocolBindingContext,
                                                       NDIS_HANDLE ProtocolVcContext,
                                                       PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

/* A call manager is no client of other families (API §3.1). */
_Use_decl_annotations_ static VOID NTAPI HubcmCoAfRegisterNotify(NDIS_HANDLE ProtocolBindingContext,
                                                                 PCO_ADDRESS_FAMILY AddressFamily)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(AddressFamily);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI HubcmSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                                NDIS_HANDLE DriverContext)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS Co;
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(DriverContext);
    NdisZeroMemory(&Co, sizeof(Co));
    Co.Header.Type = NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS;
    Co.Header.Revision = NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1;
    Co.Header.Size = NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1;
    Co.CoStatusHandlerEx = HubcmCoStatus;
    Co.CoAfRegisterNotifyHandler = HubcmCoAfRegisterNotify;
    Co.CoReceiveNetBufferListsHandler = HubcmCoReceive;
    Co.CoSendNetBufferListsCompleteHandler = HubcmCoSendComplete;
    Status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    HubcmFillHandlers(&Handlers);
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Handlers);
}

_Use_decl_annotations_ static VOID NTAPI HubcmUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(HubcmProtocolHandle);
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
    NdisInitUnicodeString(&Driver.Name, L"HUBCM");
    Driver.SetOptionsHandler = HubcmSetOptions;
    Driver.BindAdapterHandlerEx = HubcmBindAdapter;
    Driver.UnbindAdapterHandlerEx = HubcmUnbindAdapter;
    Driver.OpenAdapterCompleteHandlerEx = HubcmOpenAdapterComplete;
    Driver.CloseAdapterCompleteHandlerEx = HubcmCloseAdapterComplete;
    Driver.NetPnPEventHandler = HubcmNetPnPEvent;
    Driver.OidRequestCompleteHandler = HubcmOidRequestComplete;
    Driver.ReceiveNetBufferListsHandler = HubcmReceive;
    Driver.SendNetBufferListsCompleteHandler = HubcmSendComplete;
    DriverObject->DriverUnload = HubcmUnload;
    return (NTSTATUS)NdisRegisterProtocolDriver(&HubcmProtocolHandle, &Driver,
                                                &HubcmProtocolHandle);
}
