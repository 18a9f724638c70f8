/* SPDX-License-Identifier: MIT */
/* The protocol driver: DriverEntry and the handlers that every protocol has. */
#include "atmuni.h"

static NDIS_HANDLE AtmuniProtocolHandle; /* the only global: what NdisRegisterProtocolDriver gave */

static PROTOCOL_SET_OPTIONS AtmuniSetOptions;
static PROTOCOL_NET_PNP_EVENT AtmuniNetPnPEvent;
static PROTOCOL_OID_REQUEST_COMPLETE AtmuniOidRequestComplete;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS AtmuniReceive;
static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE AtmuniSendComplete;
static PROTOCOL_CO_STATUS_EX AtmuniCoStatus;
static PROTOCOL_CO_AF_REGISTER_NOTIFY AtmuniCoAfRegisterNotify;
static DRIVER_UNLOAD AtmuniUnload;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmuniNetPnPEvent(
    NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetPnPEventNotification);
    return NDIS_STATUS_SUCCESS;
}

/* Connectionless requests, receives and sends: this driver starts none. */
_Use_decl_annotations_ static VOID NTAPI AtmuniOidRequestComplete(
    NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    AtmuniDone(OidRequest->RequestId, Status); /* before a family is registered it may come here */
}

_Use_decl_annotations_ static VOID NTAPI AtmuniReceive(NDIS_HANDLE ProtocolBindingContext,
                                                       PNET_BUFFER_LIST NetBufferLists,
                                                       NDIS_PORT_NUMBER PortNumber,
                                                       ULONG NumberOfNetBufferLists,
                                                       ULONG ReceiveFlags)
{
    PATMUNI_ADAPTER Adapter = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(Adapter->Binding, NetBufferLists, 0);
}

_Use_decl_annotations_ static VOID NTAPI AtmuniSendComplete(NDIS_HANDLE ProtocolBindingContext,
                                                            PNET_BUFFER_LIST NetBufferLists,
                                                            ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

_Use_decl_annotations_ static VOID NTAPI AtmuniCoStatus(NDIS_HANDLE ProtocolBindingContext,
                                                        NDIS_HANDLE ProtocolVcContext,
                                                        PNDIS_STATUS_INDICATION StatusIndication)
{
    PATMUNI_ADAPTER Adapter = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    if (!Adapter->Signals)
        return;
    if (StatusIndication->StatusCode == NDIS_STATUS_MEDIA_CONNECT)
        CmUniWire(&Adapter->Manager, TRUE);
    else if (StatusIndication->StatusCode == NDIS_STATUS_MEDIA_DISCONNECT)
        CmUniWire(&Adapter->Manager, FALSE);
}

/* A call manager is no client of other families (API §3.1). */
_Use_decl_annotations_ static VOID NTAPI
AtmuniCoAfRegisterNotify(NDIS_HANDLE ProtocolBindingContext, PCO_ADDRESS_FAMILY AddressFamily)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(AddressFamily);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AtmuniSetOptions(NDIS_HANDLE NdisDriverHandle,
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
    Co.CoStatusHandlerEx = AtmuniCoStatus;
    Co.CoAfRegisterNotifyHandler = AtmuniCoAfRegisterNotify;
    Co.CoReceiveNetBufferListsHandler = AtmuniCoReceive;
    Co.CoSendNetBufferListsCompleteHandler = AtmuniCoSendComplete;
    Status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    AtmuniFillHandlers(&Handlers);
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Handlers);
}

_Use_decl_annotations_ static VOID NTAPI AtmuniUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(AtmuniProtocolHandle);
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
    NdisInitUnicodeString(&Driver.Name, L"ATMUNI");
    Driver.SetOptionsHandler = AtmuniSetOptions;
    Driver.BindAdapterHandlerEx = AtmuniBindAdapter;
    Driver.UnbindAdapterHandlerEx = AtmuniUnbindAdapter;
    Driver.OpenAdapterCompleteHandlerEx = AtmuniOpenAdapterComplete;
    Driver.CloseAdapterCompleteHandlerEx = AtmuniCloseAdapterComplete;
    Driver.NetPnPEventHandler = AtmuniNetPnPEvent;
    Driver.OidRequestCompleteHandler = AtmuniOidRequestComplete;
    Driver.ReceiveNetBufferListsHandler = AtmuniReceive;
    Driver.SendNetBufferListsCompleteHandler = AtmuniSendComplete;
    DriverObject->DriverUnload = AtmuniUnload;
    return (NTSTATUS)NdisRegisterProtocolDriver(&AtmuniProtocolHandle, &Driver,
                                                &AtmuniProtocolHandle);
}
