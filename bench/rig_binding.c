/* SPDX-License-Identifier: MIT */
/* How the rig's client comes to its binding and its AF, and its threads. */
#include "rig_inside.h"

static VOID work_until_told(PVOID context)
{
    struct rig_worker *worker = context;
    for (;;) {
        sem_wait(&worker->go);
        if (!worker->work)
            return;
        worker->work(worker->context);
        sem_post(&worker->rig->finished);
    }
}

static VOID open_af_complete(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisAfHandle,
                             NDIS_STATUS Status)
{
    struct rig *rig = ProtocolAfContext;
    if (Status != NDIS_STATUS_SUCCESS)
        rig_fail("open AF: 0x%08X", (unsigned)Status);
    rig->af = NdisAfHandle;
    sem_post(&rig->finished);
}

static VOID af_register_notify(NDIS_HANDLE ProtocolBindingContext, PCO_ADDRESS_FAMILY AddressFamily)
{
    struct rig *rig = ProtocolBindingContext;
    NDIS_HANDLE af = NULL;
    NDIS_STATUS status = NdisClOpenAddressFamilyEx(rig->binding, AddressFamily, rig, &af);
    if (status != NDIS_STATUS_PENDING)
        open_af_complete(rig, af, status);
}

static VOID close_af_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolAfContext)
{
    struct rig *rig = ProtocolAfContext;
    UNREFERENCED_PARAMETER(Status);
    KeSetEvent(&rig->ready, 0, FALSE);
}

static VOID open_adapter_complete(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    struct rig *rig = ProtocolBindingContext;
    if (Status != NDIS_STATUS_SUCCESS)
        rig_fail("open adapter: 0x%08X", (unsigned)Status);
    KeSetEvent(&rig->ready, 0, FALSE);
}

static VOID close_adapter_complete(NDIS_HANDLE ProtocolBindingContext)
{
    struct rig *rig = ProtocolBindingContext;
    KeSetEvent(&rig->ready, 0, FALSE);
}

static NDIS_STATUS bind(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext,
                        PNDIS_BIND_PARAMETERS BindParameters)
{
    struct rig *rig = ProtocolDriverContext;
    NDIS_MEDIUM medium = NdisMediumAtm;
    UINT selected = 0;
    NDIS_OPEN_PARAMETERS open = {
        .Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, NDIS_OPEN_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1},
        .AdapterName = BindParameters->AdapterName,
        .MediumArray = &medium,
        .MediumArraySize = 1,
        .SelectedMediumIndex = &selected,
    };
    NDIS_STATUS status = NdisOpenAdapterEx(rig->protocol, rig, &open, BindContext, &rig->binding);
    if (status == NDIS_STATUS_PENDING)
        KeWaitForSingleObject(&rig->ready, Executive, KernelMode, FALSE, NULL);
    return status == NDIS_STATUS_PENDING ? NDIS_STATUS_SUCCESS : status;
}

static NDIS_STATUS unbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    struct rig *rig = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(UnbindContext);
    if (NdisClCloseAddressFamily(rig->af) == NDIS_STATUS_PENDING)
        KeWaitForSingleObject(&rig->ready, Executive, KernelMode, FALSE, NULL);
    if (NdisCloseAdapterEx(rig->binding) == NDIS_STATUS_PENDING)
        KeWaitForSingleObject(&rig->ready, Executive, KernelMode, FALSE, NULL);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS pnp_event(NDIS_HANDLE ProtocolBindingContext,
                             PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetPnPEventNotification);
    return NDIS_STATUS_SUCCESS;
}

/* ---- what a point-to-multipoint root never hears ----------------------------------------- */

static NDIS_STATUS create_vc(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisVcHandle,
                             PNDIS_HANDLE ProtocolVcContext)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(NdisVcHandle);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS delete_vc(NDIS_HANDLE ProtocolVcContext)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS co_oid(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                          NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static VOID co_oid_complete(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                            NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest,
                            NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Status);
    (void)co_oid(ProtocolAfContext, ProtocolVcContext, ProtocolPartyContext, OidRequest);
}

static VOID register_sap_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext, PCO_SAP Sap,
                                  NDIS_HANDLE NdisSapHandle)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolSapContext);
    UNREFERENCED_PARAMETER(Sap);
    UNREFERENCED_PARAMETER(NdisSapHandle);
}

static VOID deregister_sap_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext)
{
    register_sap_complete(Status, ProtocolSapContext, NULL, NULL);
}

static VOID modify_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                            PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(CallParameters);
    register_sap_complete(Status, ProtocolVcContext, NULL, NULL);
}

static NDIS_STATUS incoming_call(NDIS_HANDLE ProtocolSapContext, NDIS_HANDLE ProtocolVcContext,
                                 PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(ProtocolSapContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static VOID qos_change(NDIS_HANDLE ProtocolVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    modify_complete(NDIS_STATUS_SUCCESS, ProtocolVcContext, CallParameters);
}

static VOID incoming_close(NDIS_STATUS CloseStatus, NDIS_HANDLE ProtocolVcContext, PVOID CloseData,
                           UINT Size)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    rig_fail("the call was closed: 0x%08X", (unsigned)CloseStatus);
}

static VOID call_connected(NDIS_HANDLE ProtocolVcContext)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
}

static NDIS_STATUS notify_close(NDIS_HANDLE ClientAfContext)
{
    UNREFERENCED_PARAMETER(ClientAfContext);
    return NDIS_STATUS_SUCCESS;
}

static VOID co_status(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                      PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

static VOID oid_complete(NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest,
                         NDIS_STATUS Status)
{
    co_oid_complete(ProtocolBindingContext, NULL, NULL, OidRequest, Status);
}

static VOID receive(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                    NDIS_PORT_NUMBER PortNumber, ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    UNREFERENCED_PARAMETER(ReceiveFlags);
}

static VOID send_complete(NDIS_HANDLE ProtocolBindingContext, PNET_BUFFER_LIST NetBufferLists,
                          ULONG SendCompleteFlags)
{
    receive(ProtocolBindingContext, NetBufferLists, 0, 0, SendCompleteFlags);
}

/* ---- the driver -------------------------------------------------------------------------- */

static NDIS_STATUS set_options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
                   NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
        .CoStatusHandlerEx = co_status,
        .CoAfRegisterNotifyHandler = af_register_notify,
        .CoReceiveNetBufferListsHandler = rig_cl_receive,
        .CoSendNetBufferListsCompleteHandler = rig_cl_send_complete,
    };
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS client = {
        .Header = {NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS,
                   NDIS_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1,
                   NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1},
        .ClCreateVcHandler = create_vc,
        .ClDeleteVcHandler = delete_vc,
        .ClOidRequestHandler = co_oid,
        .ClOidRequestCompleteHandler = co_oid_complete,
        .ClOpenAfCompleteHandlerEx = open_af_complete,
        .ClCloseAfCompleteHandler = close_af_complete,
        .ClRegisterSapCompleteHandler = register_sap_complete,
        .ClDeregisterSapCompleteHandler = deregister_sap_complete,
        .ClMakeCallCompleteHandler = rig_cl_make_call_complete,
        .ClModifyCallQoSCompleteHandler = modify_complete,
        .ClCloseCallCompleteHandler = rig_cl_close_call_complete,
        .ClAddPartyCompleteHandler = rig_cl_add_complete,
        .ClDropPartyCompleteHandler = rig_cl_drop_complete,
        .ClIncomingCallHandler = incoming_call,
        .ClIncomingCallQoSChangeHandler = qos_change,
        .ClIncomingCloseCallHandler = incoming_close,
        .ClIncomingDropPartyHandler = incoming_close,
        .ClCallConnectedHandler = call_connected,
        .ClNotifyCloseAfHandler = notify_close,
    };
    UNREFERENCED_PARAMETER(DriverContext);
    NDIS_STATUS status =
        NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&co);
    return status != NDIS_STATUS_SUCCESS
               ? status
               : NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&client);
}

static VOID unload(PDRIVER_OBJECT DriverObject)
{
    struct rig *rig = rig_current;
    UNREFERENCED_PARAMETER(DriverObject);
    for (int i = 0; i < 2; i++) {
        PVOID thread;
        rig->workers[i].work = NULL;
        if (ObReferenceObjectByHandle(rig->workers[i].thread, THREAD_ALL_ACCESS, NULL, KernelMode,
                                      &thread, NULL) != STATUS_SUCCESS)
            rig_fail("no reference to a thread");
        sem_post(&rig->workers[i].go);
        KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(thread);
        ZwClose(rig->workers[i].thread);
    }
    NdisDeregisterProtocolDriver(rig->protocol);
    NdisFreeNetBufferListPool(rig->pool);
}

static void start_worker(struct rig *rig, struct rig_worker *worker)
{
    worker->rig = rig;
    sem_init(&worker->go, 0, 0);
    if (PsCreateSystemThread(&worker->thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, work_until_told,
                             worker) != STATUS_SUCCESS)
        rig_fail("no system thread");
}

NTSTATUS NTAPI rig_client_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    struct rig *rig = rig_current;
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS protocol = {
        .Header = {NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
                   NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1},
        .MajorNdisVersion = 6,
        .MinorNdisVersion = 0,
        .MajorDriverVersion = 1,
        .Name = RTL_CONSTANT_STRING(L"RIG"),
        .SetOptionsHandler = set_options,
        .BindAdapterHandlerEx = bind,
        .UnbindAdapterHandlerEx = unbind,
        .OpenAdapterCompleteHandlerEx = open_adapter_complete,
        .CloseAdapterCompleteHandlerEx = close_adapter_complete,
        .NetPnPEventHandler = pnp_event,
        .OidRequestCompleteHandler = oid_complete,
        .ReceiveNetBufferListsHandler = receive,
        .SendNetBufferListsCompleteHandler = send_complete,
    };
    NET_BUFFER_LIST_POOL_PARAMETERS pool = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
        .fAllocateNetBuffer = TRUE,
        .PoolTag = 0x67697252,
    };
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = unload;
    KeInitializeEvent(&rig->ready, SynchronizationEvent, FALSE);
    rig->pool = NdisAllocateNetBufferListPool(NULL, &pool);
    start_worker(rig, &rig->workers[0]);
    start_worker(rig, &rig->workers[1]);
    return NdisRegisterProtocolDriver(rig, &protocol, &rig->protocol);
}
