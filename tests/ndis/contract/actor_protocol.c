/* SPDX-License-Identifier: MIT */
/* What the client and the stand-alone call manager have in common as protocol drivers, and the
 * driver of the latter. */
#include "actor.h"

NDIS_STATUS ProtocolOpen(NDIS_HANDLE Driver, NDIS_HANDLE Context, NDIS_HANDLE BindContext,
                         PNDIS_BIND_PARAMETERS Parameters, PNDIS_HANDLE Binding)
{
    NDIS_MEDIUM media[] = {NdisMediumAtm};
    UINT selected;
    NDIS_OPEN_PARAMETERS open = {
        .Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, NDIS_OPEN_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1},
        .AdapterName = Parameters->AdapterName,
        .MediumArray = media,
        .MediumArraySize = 1,
        .SelectedMediumIndex = &selected,
    };
    return NdisOpenAdapterEx(Driver, Context, &open, BindContext, Binding);
}

static PROTOCOL_NET_PNP_EVENT pnp_event;
static NDIS_STATUS NTAPI pnp_event(NDIS_HANDLE ProtocolBindingContext,
                                   PNET_PNP_EVENT_NOTIFICATION Event)
{
    if (ProtocolBindingContext != &Client)
        return NDIS_STATUS_SUCCESS;
    return ActorAt(AT_CLIENT_PNP, Event, NDIS_STATUS_SUCCESS);
}

static PROTOCOL_OID_REQUEST_COMPLETE oid_complete;
static VOID NTAPI oid_complete(NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest,
                               NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(OidRequest);
    UNREFERENCED_PARAMETER(Status);
}

static PROTOCOL_RECEIVE_NET_BUFFER_LISTS receive;
static VOID NTAPI receive(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                          NDIS_PORT_NUMBER PortNumber, ULONG NumberOfNetBufferLists,
                          ULONG ReceiveFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    UNREFERENCED_PARAMETER(ReceiveFlags);
}

static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE send_complete;
static VOID NTAPI send_complete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                                ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

VOID ProtocolFillCharacteristics(PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics, PWSTR Name)
{
    NdisZeroMemory(Characteristics, sizeof(*Characteristics));
    Characteristics->Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
                             NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1,
                             NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1};
    Characteristics->MajorNdisVersion = 6;
    Characteristics->MinorNdisVersion = 30;
    NdisInitUnicodeString(&Characteristics->Name, Name);
    Characteristics->NetPnPEventHandler = pnp_event;
    Characteristics->OidRequestCompleteHandler = oid_complete;
    Characteristics->ReceiveNetBufferListsHandler = receive;
    Characteristics->SendNetBufferListsCompleteHandler = send_complete;
}

/* ---- the stand-alone call manager -------------------------------------------------------- */

NDIS_STATUS ActorSetTable(enum moment Moment, NDIS_HANDLE Driver, PVOID Table)
{
    NDIS_STATUS status = ActorAt(Moment, Table, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_PENDING)
        return NDIS_STATUS_SUCCESS;
    return status == NDIS_STATUS_SUCCESS ? NdisSetOptionalHandlers(Driver, Table) : status;
}

NDIS_STATUS CmSetHandlers(NDIS_HANDLE Driver)
{
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS handlers = CmHandlers;
    return ActorSetTable(AT_CM_HANDLERS, Driver, &handlers);
}

static NDIS_STATUS offer_family(VOID)
{
    CO_ADDRESS_FAMILY family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
    return ActorAt(AT_CM_REGISTER, Cm.binding, NdisCmRegisterAddressFamilyEx(Cm.binding, &family));
}

static PROTOCOL_BIND_ADAPTER_EX cm_bind;
static NDIS_STATUS NTAPI cm_bind(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext,
                                 PNDIS_BIND_PARAMETERS BindParameters)
{
    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    Cm.bind_context = BindContext;
    NDIS_STATUS status = ActorAt(AT_CM_BINDING, BindContext, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS)
        status = ProtocolOpen(Cm.driver, &Cm, BindContext, BindParameters, &Cm.binding);
    return ActorAt(AT_CM_BIND, BindContext,
                   status == NDIS_STATUS_SUCCESS ? offer_family() : status);
}

static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX cm_opened;
static VOID NTAPI cm_opened(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    NdisCompleteBindAdapterEx(Cm.bind_context,
                              Status == NDIS_STATUS_SUCCESS ? offer_family() : Status);
}

static PROTOCOL_UNBIND_ADAPTER_EX cm_unbind;
static NDIS_STATUS NTAPI cm_unbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    Cm.unbind_context = UnbindContext;
    NDIS_STATUS status = ActorAt(AT_CM_UNBINDING, UnbindContext, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS && NdisCloseAdapterEx(Cm.binding) == NDIS_STATUS_PENDING)
        status = NDIS_STATUS_PENDING;
    return ActorAt(AT_CM_UNBIND, UnbindContext, status);
}

static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX cm_closed;
static VOID NTAPI cm_closed(NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    NdisCompleteUnbindAdapterEx(Cm.unbind_context);
}

static PROTOCOL_CO_STATUS_EX cm_status;
static VOID NTAPI cm_status(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                            PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

static PROTOCOL_CO_AF_REGISTER_NOTIFY cm_af_offered;
static VOID NTAPI cm_af_offered(NDIS_HANDLE ProtocolBindingContext,
                                PCO_ADDRESS_FAMILY AddressFamily)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(AddressFamily);
}

static PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS cm_receive;
static VOID NTAPI cm_receive(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                             PNET_BUFFER_LIST NetBufferLists, ULONG NumberOfNetBufferLists,
                             ULONG ReceiveFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    ActorNote((struct note){.callback = "ProtocolCoReceiveNetBufferLists(CM)",
                            .context = ProtocolVcContext,
                            .data = NetBufferLists});
    if (!(ReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES))
        NdisReturnNetBufferLists(Cm.binding, NetBufferLists, 0);
}

static PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE cm_sent;
static VOID NTAPI cm_sent(NDIS_HANDLE ProtocolVcContext, PNET_BUFFER_LIST NetBufferLists,
                          ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    ActorNote((struct note){.callback = "ProtocolCoSendNetBufferListsComplete(CM)",
                            .context = ProtocolVcContext,
                            .data = NetBufferLists});
}

static SET_OPTIONS cm_options;
static NDIS_STATUS NTAPI cm_options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
                   NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
        .CoStatusHandlerEx = cm_status,
        .CoAfRegisterNotifyHandler = cm_af_offered,
        .CoReceiveNetBufferListsHandler = cm_receive,
        .CoSendNetBufferListsCompleteHandler = cm_sent,
    };
    UNREFERENCED_PARAMETER(DriverContext);
    Cm.driver = NdisDriverHandle;
    NDIS_STATUS status = ActorSetTable(AT_CM_CO, NdisDriverHandle, &co);
    if (status == NDIS_STATUS_SUCCESS)
        status = CmSetHandlers(NdisDriverHandle);
    return ActorAt(AT_CM_OPTIONS, NdisDriverHandle, status);
}

static DRIVER_UNLOAD cm_unload;
static VOID NTAPI cm_unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (ActorAt(AT_CM_UNLOAD, NULL, NDIS_STATUS_SUCCESS) == NDIS_STATUS_SUCCESS)
        NdisDeregisterProtocolDriver(Cm.driver);
}

NTSTATUS NTAPI ActorCallMgrEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static WCHAR name[] = L"ACTORCM";
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS characteristics;
    UNREFERENCED_PARAMETER(RegistryPath);
    CmBegin(&EdgeStandAlone, &EdgeMcm);
    ProtocolFillCharacteristics(&characteristics, name);
    characteristics.SetOptionsHandler = cm_options;
    characteristics.BindAdapterHandlerEx = cm_bind;
    characteristics.UnbindAdapterHandlerEx = cm_unbind;
    characteristics.OpenAdapterCompleteHandlerEx = cm_opened;
    characteristics.CloseAdapterCompleteHandlerEx = cm_closed;
    DriverObject->DriverUnload = cm_unload;
    NDIS_STATUS status = ActorAt(AT_CM_CHARACTERISTICS, &characteristics, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS)
        status = NdisRegisterProtocolDriver(NULL, &characteristics, &Cm.driver);
    return ActorAt(AT_CM_ENTERED, NULL, status);
}
