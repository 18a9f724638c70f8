/* SPDX-License-Identifier: MIT */
#include "client/driver.h"

#include "client/af.h"
#include "client/binding.h"
#include "client/call.h"
#include "client/close.h"
#include "client/listener.h"
#include "client/offer.h"
#include "client/oid.h"
#include "client/party.h"
#include "client/qos.h"
#include "client/receive.h"
#include "client/send.h"
#include "client/vc.h"

/* Plain sends and receives do not happen on a connection-oriented binding; the slots must be filled
 * (API §3.1). */
static VOID driver_receive(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                           NDIS_PORT_NUMBER PortNumber, ULONG NumberOfNetBufferLists,
                           ULONG ReceiveFlags)
{
    struct client_binding *binding = ProtocolBindingContext;
    (void)PortNumber;
    (void)NumberOfNetBufferLists;
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(binding->handle, NetBufferLists, 0);
}

static VOID driver_send_complete(NDIS_HANDLE ProtocolBindingContext,
                                 PNET_BUFFER_LIST NetBufferLists, ULONG SendCompleteFlags)
{
    (void)ProtocolBindingContext;
    (void)NetBufferLists;
    (void)SendCompleteFlags;
}

static VOID driver_oid_complete(NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest,
                                NDIS_STATUS Status)
{
    (void)ProtocolBindingContext;
    (void)OidRequest;
    (void)Status;
}

static NDIS_STATUS driver_pnp(NDIS_HANDLE ProtocolBindingContext,
                              PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    (void)ProtocolBindingContext;
    (void)NetPnPEventNotification;
    return NDIS_STATUS_SUCCESS;
}

static VOID driver_status(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                          PNDIS_STATUS_INDICATION StatusIndication)
{
    (void)ProtocolBindingContext;
    (void)ProtocolVcContext;
    (void)StatusIndication;
}

static NDIS_STATUS driver_set_co(NDIS_HANDLE NdisDriverHandle)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
                   NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
        .CoStatusHandlerEx = driver_status,
        .CoAfRegisterNotifyHandler = af_register_notify,
        .CoReceiveNetBufferListsHandler = receive_indicated,
        .CoSendNetBufferListsCompleteHandler = send_completed,
    };
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&co);
}

static NDIS_STATUS driver_set_client(NDIS_HANDLE NdisDriverHandle)
{
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS handlers = {
        .Header = {NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS,
                   NDIS_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1,
                   NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1},
        .ClCreateVcHandler = vc_created,
        .ClDeleteVcHandler = vc_deleted,
        .ClOidRequestHandler = oid_requested,
        .ClOidRequestCompleteHandler = oid_completed,
        .ClOpenAfCompleteHandlerEx = af_opened,
        .ClCloseAfCompleteHandler = af_closed,
        .ClRegisterSapCompleteHandler = listener_registered,
        .ClDeregisterSapCompleteHandler = listener_deregistered,
        .ClMakeCallCompleteHandler = call_made,
        .ClModifyCallQoSCompleteHandler = qos_modified,
        .ClCloseCallCompleteHandler = close_completed,
        .ClAddPartyCompleteHandler = party_added,
        .ClDropPartyCompleteHandler = party_dropped,
        .ClIncomingCallHandler = offer_incoming,
        .ClIncomingCallQoSChangeHandler = qos_changed,
        .ClIncomingCloseCallHandler = close_incoming,
        .ClIncomingDropPartyHandler = party_incoming_drop,
        .ClCallConnectedHandler = offer_connected,
        .ClNotifyCloseAfHandler = af_notify_close,
    };
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&handlers);
}

/* Callbacks may come before NdisRegisterProtocolDriver returns: the handle is kept from here. */
static NDIS_STATUS driver_set_options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    struct condis_client *client = DriverContext;
    client->place.driver = NdisDriverHandle;
    client->copies = client_pool_create(client);
    if (!client->copies)
        return NDIS_STATUS_RESOURCES;
    NDIS_STATUS status = driver_set_co(NdisDriverHandle);
    return status == NDIS_STATUS_SUCCESS ? driver_set_client(NdisDriverHandle) : status;
}

static VOID driver_unload(PDRIVER_OBJECT DriverObject)
{
    void **slot = attach_slot(attach_host());
    struct condis_client *client = *slot;
    (void)DriverObject;
    NdisDeregisterProtocolDriver(client->place.driver);
    *slot = NULL;
    client_destroy(client);
}

static NDIS_STATUS driver_register(struct condis_client *client)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS characteristics = {
        .Header = {NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
                   NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
                   NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2},
        .MajorNdisVersion = 6,
        .MinorNdisVersion = 20,
        .MajorDriverVersion = 1,
        .Name = RTL_CONSTANT_STRING(L"CLIENT"),
        .SetOptionsHandler = driver_set_options,
        .BindAdapterHandlerEx = binding_bind,
        .UnbindAdapterHandlerEx = binding_unbind,
        .OpenAdapterCompleteHandlerEx = binding_opened,
        .CloseAdapterCompleteHandlerEx = binding_closed,
        .NetPnPEventHandler = driver_pnp,
        .OidRequestCompleteHandler = driver_oid_complete,
        .ReceiveNetBufferListsHandler = driver_receive,
        .SendNetBufferListsCompleteHandler = driver_send_complete,
    };
    NDIS_HANDLE handle;
    return NdisRegisterProtocolDriver(client, &characteristics, &handle);
}

NTSTATUS client_driver_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    void **slot = attach_slot(attach_host());
    struct client_start *start = *slot;
    (void)RegistryPath;
    if (start && start->kind != CLIENT_START)
        return NDIS_STATUS_INVALID_STATE; /* a host has one client */
    struct condis_client *client = client_create(start ? start->options : NULL);
    if (!client)
        return NDIS_STATUS_RESOURCES;
    *slot = client;
    DriverObject->DriverUnload = driver_unload;
    NDIS_STATUS status = driver_register(client);
    if (status != NDIS_STATUS_SUCCESS) {
        *slot = NULL;
        client_destroy(client);
    }
    return status;
}
