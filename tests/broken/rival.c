/* SPDX-License-Identifier: MIT */
#include "rival.h"

struct rival Rival;

/* ---- the driver -------------------------------------------------------------------------- */

static PROTOCOL_CL_OPEN_AF_COMPLETE_EX opened_af;
static VOID NTAPI opened_af(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisAfHandle,
                            NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    Rival.af = Status == NDIS_STATUS_SUCCESS ? NdisAfHandle : NULL;
}

static PROTOCOL_CL_CLOSE_AF_COMPLETE closed_af;
static VOID NTAPI closed_af(NDIS_STATUS Status, NDIS_HANDLE ProtocolAfContext)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    if (Status == NDIS_STATUS_SUCCESS)
        Rival.af = NULL;
}

/* Their contexts may be gone when these come. */
static PROTOCOL_CL_DEREGISTER_SAP_COMPLETE deregistered;
static VOID NTAPI deregistered(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext)
{
    UNREFERENCED_PARAMETER(ProtocolSapContext);
    assert_int_equal(Status, NDIS_STATUS_SUCCESS);
}

static PROTOCOL_CL_CLOSE_CALL_COMPLETE closed_call;
static VOID NTAPI closed_call(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                              NDIS_HANDLE ProtocolPartyContext)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    assert_int_equal(Status, NDIS_STATUS_SUCCESS);
}

static PROTOCOL_BIND_ADAPTER_EX bind;
static NDIS_STATUS NTAPI bind(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext,
                              PNDIS_BIND_PARAMETERS BindParameters)
{
    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    Rival.bind_context = BindContext;
    return ProtocolOpen(Rival.driver, &Rival, BindContext, BindParameters, &Rival.binding);
}

static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX opened;
static VOID NTAPI opened(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    NdisCompleteBindAdapterEx(Rival.bind_context, Status);
}

static PROTOCOL_UNBIND_ADAPTER_EX unbind;
static NDIS_STATUS NTAPI unbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    Rival.unbind_context = UnbindContext;
    return NdisCloseAdapterEx(Rival.binding);
}

static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX closed;
static VOID NTAPI closed(NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    NdisCompleteUnbindAdapterEx(Rival.unbind_context);
}

static PROTOCOL_CO_AF_REGISTER_NOTIFY offered;
static VOID NTAPI offered(NDIS_HANDLE ProtocolBindingContext, PCO_ADDRESS_FAMILY AddressFamily)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    Rival.family = *AddressFamily;
}

static PROTOCOL_CO_STATUS_EX status_ex;
static VOID NTAPI status_ex(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                            PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

static PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS receive;
static VOID NTAPI receive(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                          PNET_BUFFER_LIST NetBufferLists, ULONG NumberOfNetBufferLists,
                          ULONG ReceiveFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    UNREFERENCED_PARAMETER(ReceiveFlags);
    fail_msg("%s", "the rival has no VC");
}

static PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE sent;
static VOID NTAPI sent(NDIS_HANDLE ProtocolVcContext, PNET_BUFFER_LIST NetBufferLists,
                       ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
    fail_msg("%s", "the rival sends nothing");
}

static SET_OPTIONS options;
static NDIS_STATUS NTAPI options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
                   NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
        .CoStatusHandlerEx = status_ex,
        .CoAfRegisterNotifyHandler = offered,
        .CoReceiveNetBufferListsHandler = receive,
        .CoSendNetBufferListsCompleteHandler = sent,
    };
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS client = ClientHandlers;
    UNREFERENCED_PARAMETER(DriverContext);
    client.ClOpenAfCompleteHandlerEx = opened_af;
    client.ClCloseAfCompleteHandler = closed_af;
    client.ClDeregisterSapCompleteHandler = deregistered;
    client.ClCloseCallCompleteHandler = closed_call;
    NDIS_STATUS status = NdisSetOptionalHandlers(NdisDriverHandle, (PVOID)&co);
    if (status == NDIS_STATUS_SUCCESS)
        status = NdisSetOptionalHandlers(NdisDriverHandle, (PVOID)&client);
    return status;
}

static DRIVER_UNLOAD unload;
static VOID NTAPI unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(Rival.driver);
}

static DRIVER_INITIALIZE entry;
static NTSTATUS NTAPI entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static WCHAR name[] = L"ACTORRIVAL";
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS characteristics;
    UNREFERENCED_PARAMETER(RegistryPath);
    ProtocolFillCharacteristics(&characteristics, name);
    characteristics.SetOptionsHandler = options;
    characteristics.BindAdapterHandlerEx = bind;
    characteristics.UnbindAdapterHandlerEx = unbind;
    characteristics.OpenAdapterCompleteHandlerEx = opened;
    characteristics.CloseAdapterCompleteHandlerEx = closed;
    DriverObject->DriverUnload = unload;
    return NdisRegisterProtocolDriver(NULL, &characteristics, &Rival.driver);
}

/* ---- the scene's hand on it -------------------------------------------------------------- */

static struct condis_driver *loaded;

void rival_load(struct scene *s)
{
    NDIS_STATUS status;
    Rival = (struct rival){0};
    assert_true(condis_driver_register("actor-rival", (void *)entry, false));
    loaded = scene_load_one(s, "actor-rival");
    assert_non_null(loaded);
    scene_settle(s);
    AS_RIVAL(status = NdisClOpenAddressFamilyEx(Rival.binding, &Rival.family, &Rival, &Rival.af));
    if (status != NDIS_STATUS_PENDING)
        opened_af(&Rival, Rival.af, status);
    scene_settle(s);
    assert_non_null(Rival.af);
}

void rival_unload(struct scene *s)
{
    NDIS_STATUS status;
    AS_RIVAL(status = NdisClCloseAddressFamily(Rival.af));
    if (status != NDIS_STATUS_PENDING)
        closed_af(status, &Rival);
    scene_settle(s);
    assert_null(Rival.af);
    scene_unload(s, &loaded);
}

NDIS_STATUS rival_register(struct scene *s)
{
    NDIS_STATUS status;
    struct client_sap *sap = &Rival.sap;
    sap->address = s->sap.address;
    AS_RIVAL(status = NdisClRegisterSap(Rival.af, sap, &sap->address, &sap->handle));
    scene_settle(s);
    return status == NDIS_STATUS_PENDING ? sap->status : status;
}

void rival_deregister(struct scene *s)
{
    AS_RIVAL((void)NdisClDeregisterSap(Rival.sap.handle));
    scene_settle(s);
}
