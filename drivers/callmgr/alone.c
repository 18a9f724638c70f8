/* SPDX-License-Identifier: MIT */
/* The protocol driver: DriverEntry and the handlers that every protocol has. */
#include "alone.h"

static NDIS_HANDLE AloneProtocolHandle; /* the only global: what NdisRegisterProtocolDriver gave */

static PROTOCOL_SET_OPTIONS AloneSetOptions;
static PROTOCOL_NET_PNP_EVENT AloneNetPnPEvent;
static PROTOCOL_OID_REQUEST_COMPLETE AloneOidRequestComplete;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS AloneReceive;
static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE AloneSendComplete;
static PROTOCOL_CO_STATUS_EX AloneCoStatus;
static PROTOCOL_CO_AF_REGISTER_NOTIFY AloneCoAfRegisterNotify;
static DRIVER_UNLOAD AloneUnload;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_ static NDIS_STATUS NTAPI AloneNetPnPEvent(
    NDIS_HANDLE ProtocolBindingContext, PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetPnPEventNotification);
    return NDIS_STATUS_SUCCESS;
}

/* Connectionless requests, receives and sends: this driver starts none. */
_Use_decl_annotations_ static VOID NTAPI AloneOidRequestComplete(NDIS_HANDLE ProtocolBindingContext,
                                                                 PNDIS_OID_REQUEST OidRequest,
                                                                 NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    AloneDone(OidRequest->RequestId, Status); /* before a family is registered it may come here */
}

_Use_decl_annotations_ static VOID NTAPI AloneReceive(NDIS_HANDLE ProtocolBindingContext,
                                                      PNET_BUFFER_LIST NetBufferLists,
                                                      NDIS_PORT_NUMBER PortNumber,
                                                      ULONG NumberOfNetBufferLists,
                                                      ULONG ReceiveFlags)
{
    PALONE_ADAPTER Adapter = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(Adapter->Binding, NetBufferLists, 0);
}

_Use_decl_annotations_ static VOID NTAPI AloneSendComplete(NDIS_HANDLE ProtocolBindingContext,
                                                           PNET_BUFFER_LIST NetBufferLists,
                                                           ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

_Use_decl_annotations_ static VOID NTAPI AloneCoStatus(NDIS_HANDLE ProtocolBindingContext,
                                                       NDIS_HANDLE ProtocolVcContext,
                                                       PNDIS_STATUS_INDICATION StatusIndication)
{
    PALONE_ADAPTER Adapter = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    if (InterlockedCompareExchange(&Adapter->Signals, 0, 0) == 0 ||
        CmAloneEngine.LinkChange == NULL)
        return; /* the timers of calls find out */
    if (StatusIndication->StatusCode == NDIS_STATUS_MEDIA_CONNECT)
        CmAloneEngine.LinkChange(Adapter, TRUE);
    else if (StatusIndication->StatusCode == NDIS_STATUS_MEDIA_DISCONNECT)
        CmAloneEngine.LinkChange(Adapter, FALSE);
}

/* A call manager is no client of other families (API §3.1). */
_Use_decl_annotations_ static VOID NTAPI AloneCoAfRegisterNotify(NDIS_HANDLE ProtocolBindingContext,
                                                                 PCO_ADDRESS_FAMILY AddressFamily)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(AddressFamily);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI AloneSetOptions(NDIS_HANDLE NdisDriverHandle,
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
    Co.CoStatusHandlerEx = AloneCoStatus;
    Co.CoAfRegisterNotifyHandler = AloneCoAfRegisterNotify;
    Co.CoReceiveNetBufferListsHandler = AloneCoReceive;
    Co.CoSendNetBufferListsCompleteHandler = AloneCoSendComplete;
    Status = NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Co);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    AloneFillHandlers(&Handlers);
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Handlers);
}

_Use_decl_annotations_ static VOID NTAPI AloneUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(AloneProtocolHandle);
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
    NdisInitUnicodeString(&Driver.Name, CmAloneEngine.Name);
    Driver.SetOptionsHandler = AloneSetOptions;
    Driver.BindAdapterHandlerEx = AloneBindAdapter;
    Driver.UnbindAdapterHandlerEx = AloneUnbindAdapter;
    Driver.OpenAdapterCompleteHandlerEx = AloneOpenAdapterComplete;
    Driver.CloseAdapterCompleteHandlerEx = AloneCloseAdapterComplete;
    Driver.NetPnPEventHandler = AloneNetPnPEvent;
    Driver.OidRequestCompleteHandler = AloneOidRequestComplete;
    Driver.ReceiveNetBufferListsHandler = AloneReceive;
    Driver.SendNetBufferListsCompleteHandler = AloneSendComplete;
    DriverObject->DriverUnload = AloneUnload;
    return (NTSTATUS)NdisRegisterProtocolDriver(&AloneProtocolHandle, &Driver,
                                                &AloneProtocolHandle);
}
