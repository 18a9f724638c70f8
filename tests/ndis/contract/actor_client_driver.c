/* SPDX-License-Identifier: MIT */
/* The client as a driver: binding, and data. */
#include "actor.h"

/* ---- data -------------------------------------------------------------------------------- */

PNET_BUFFER_LIST ClientSend(struct client_vc *Vc, ULONG Flags)
{
    PNET_BUFFER_LIST list = ActorNewList(Client.pool);
    list->SourceHandle = Vc->handle;
    NdisCoSendNetBufferLists(Vc->handle, list, Flags);
    return list;
}

static PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE cl_sent;
static VOID NTAPI cl_sent(NDIS_HANDLE ProtocolVcContext, PNET_BUFFER_LIST NetBufferLists,
                          ULONG SendCompleteFlags)
{
    struct client_vc *vc = ProtocolVcContext;
    PNET_BUFFER_LIST next;
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    for (PNET_BUFFER_LIST list = NetBufferLists; list; list = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(list);
        NET_BUFFER_LIST_NEXT_NBL(list) = NULL;
        ActorNote((struct note){.callback = "ProtocolCoSendNetBufferListsComplete",
                                .context = vc,
                                .data = list,
                                .status = NET_BUFFER_LIST_STATUS(list)});
        NdisFreeNetBufferList(list);
        InterlockedIncrement(&vc->sent);
    }
}

static PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS cl_receive;
static VOID NTAPI cl_receive(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                             PNET_BUFFER_LIST NetBufferLists, ULONG NumberOfNetBufferLists,
                             ULONG ReceiveFlags)
{
    struct client_vc *vc = ProtocolVcContext;
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    ActorNote((struct note){.callback = "ProtocolCoReceiveNetBufferLists",
                            .context = vc,
                            .data = NetBufferLists,
                            .size = NumberOfNetBufferLists});
    InterlockedExchangeAdd(&vc->received, (LONG)NumberOfNetBufferLists);
    if ((ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) && !Client.returns_lent)
        return;
    if (Client.keeps_receives)
        Client.kept = NetBufferLists;
    else
        NdisReturnNetBufferLists(Client.binding, NetBufferLists, 0);
}

/* ---- binding ----------------------------------------------------------------------------- */

static PROTOCOL_BIND_ADAPTER_EX cl_bind;
static NDIS_STATUS NTAPI cl_bind(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext,
                                 PNDIS_BIND_PARAMETERS BindParameters)
{
    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    Client.bind_context = BindContext;
    NDIS_STATUS status = ActorAt(AT_CLIENT_BINDING, BindContext, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS)
        status = ProtocolOpen(Client.driver, &Client, BindContext, BindParameters, &Client.binding);
    return ActorAt(AT_CLIENT_BIND, BindContext, status);
}

static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX cl_opened;
static VOID NTAPI cl_opened(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    NdisCompleteBindAdapterEx(Client.bind_context,
                              ActorAt(AT_CLIENT_OPENED, Client.binding, Status));
}

static PROTOCOL_UNBIND_ADAPTER_EX cl_unbind;
static NDIS_STATUS NTAPI cl_unbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    Client.unbind_context = UnbindContext;
    NDIS_STATUS status = ActorAt(AT_CLIENT_UNBINDING, UnbindContext, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS && NdisCloseAdapterEx(Client.binding) == NDIS_STATUS_PENDING)
        status = NDIS_STATUS_PENDING;
    return ActorAt(AT_CLIENT_UNBIND, UnbindContext, status);
}

static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX cl_closed_adapter;
static VOID NTAPI cl_closed_adapter(NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    if (ActorAt(AT_CLIENT_CLOSED, NULL, NDIS_STATUS_SUCCESS) == NDIS_STATUS_SUCCESS)
        NdisCompleteUnbindAdapterEx(Client.unbind_context);
}

static PROTOCOL_CO_AF_REGISTER_NOTIFY cl_offered;
static VOID NTAPI cl_offered(NDIS_HANDLE ProtocolBindingContext, PCO_ADDRESS_FAMILY AddressFamily)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    Client.family = *AddressFamily;
    InterlockedIncrement(&Client.offered);
    (void)ActorAt(AT_CLIENT_OFFERED, AddressFamily, NDIS_STATUS_SUCCESS);
}

static PROTOCOL_CO_STATUS_EX cl_status;
static VOID NTAPI cl_status(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                            PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    (void)ActorAt(AT_CLIENT_STATUS, StatusIndication, NDIS_STATUS_SUCCESS);
}

static SET_OPTIONS cl_options;
static NDIS_STATUS NTAPI cl_options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
                   NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
        .CoStatusHandlerEx = cl_status,
        .CoAfRegisterNotifyHandler = cl_offered,
        .CoReceiveNetBufferListsHandler = cl_receive,
        .CoSendNetBufferListsCompleteHandler = cl_sent,
    };
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS client = ClientHandlers;
    UNREFERENCED_PARAMETER(DriverContext);
    Client.driver = NdisDriverHandle;
    NDIS_STATUS status = ActorSetTable(AT_CLIENT_CO, NdisDriverHandle, &co);
    if (status == NDIS_STATUS_SUCCESS)
        status = ActorSetTable(AT_CLIENT_HANDLERS, NdisDriverHandle, &client);
    return ActorAt(AT_CLIENT_OPTIONS, NdisDriverHandle, status);
}

static VOID free_pool(VOID)
{
    if (Client.pool)
        NdisFreeNetBufferListPool(Client.pool);
    Client.pool = NULL;
}

static DRIVER_UNLOAD cl_unload;
static VOID NTAPI cl_unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (ActorAt(AT_CLIENT_UNLOAD, NULL, NDIS_STATUS_SUCCESS) == NDIS_STATUS_SUCCESS)
        NdisDeregisterProtocolDriver(Client.driver);
    free_pool();
}

NTSTATUS NTAPI ActorClientEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static WCHAR name[] = L"ACTORCLIENT";
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS characteristics;
    UNREFERENCED_PARAMETER(RegistryPath);
    ClientBegin();
    ProtocolFillCharacteristics(&characteristics, name);
    characteristics.SetOptionsHandler = cl_options;
    characteristics.BindAdapterHandlerEx = cl_bind;
    characteristics.UnbindAdapterHandlerEx = cl_unbind;
    characteristics.OpenAdapterCompleteHandlerEx = cl_opened;
    characteristics.CloseAdapterCompleteHandlerEx = cl_closed_adapter;
    DriverObject->DriverUnload = cl_unload;
    Client.pool = ActorNewPool(NULL);
    NDIS_STATUS status = ActorAt(AT_CLIENT_CHARACTERISTICS, &characteristics, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS)
        status = NdisRegisterProtocolDriver(NULL, &characteristics, &Client.driver);
    if (status != NDIS_STATUS_SUCCESS)
        free_pool();
    return ActorAt(AT_CLIENT_ENTERED, DriverObject, status);
}
