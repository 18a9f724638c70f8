/* SPDX-License-Identifier: MIT */
/* The rig's call manager: an MCM miniport whose network answers at once or from a DPC. */
#include "rig_inside.h"

enum { BRANCH_TAG = 0x68636e42 };

static UCHAR mirror_payload[8192];

/* ---- parties: what is measured ----------------------------------------------------------- */

static void finish(struct branch *branch)
{
    const struct rig_edge *edge = branch->vc->edge;
    if (branch->leaving) {
        edge->drop_complete(NDIS_STATUS_SUCCESS, branch->party);
        ExFreeToNPagedLookasideList(&branch->vc->branches[edge->lists], branch);
    } else {
        edge->add_complete(NDIS_STATUS_SUCCESS, branch->party, branch);
    }
}

void rig_cm_finish_pending(PRKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct rig_vc *vc = context;
    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    for (;;) {
        NdisDprAcquireSpinLock(&vc->pending_lock);
        struct branch *list = vc->pending;
        vc->pending = NULL;
        vc->draining = list != NULL;
        NdisDprReleaseSpinLock(&vc->pending_lock);
        if (!list)
            return;
        for (struct branch *next; list; list = next) {
            next = list->next;
            finish(list);
        }
    }
}

static NDIS_STATUS pend(struct branch *branch)
{
    struct rig_vc *vc = branch->vc;
    NdisAcquireSpinLock(&vc->pending_lock);
    BOOLEAN start = !vc->pending && !vc->draining;
    branch->next = vc->pending;
    vc->pending = branch;
    NdisReleaseSpinLock(&vc->pending_lock);
    if (start)
        KeInsertQueueDpc(&vc->finish_dpc[vc->edge->lists], NULL, NULL);
    return NDIS_STATUS_PENDING;
}

NDIS_STATUS rig_cm_add_party(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                             NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    struct rig_vc *vc = CallMgrVcContext;
    struct branch *branch = ExAllocateFromNPagedLookasideList(&vc->branches[vc->edge->lists]);
    UNREFERENCED_PARAMETER(CallParameters);
    if (!branch)
        return NDIS_STATUS_RESOURCES;
    branch->vc = vc;
    branch->party = NdisPartyHandle;
    branch->leaving = false;
    *CallMgrPartyContext = branch;
    return vc->finish == RIG_INLINE ? NDIS_STATUS_SUCCESS : pend(branch);
}

NDIS_STATUS rig_cm_drop_party(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    struct branch *branch = CallMgrPartyContext;
    struct rig_vc *vc = branch->vc;
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    if (vc->finish == RIG_INLINE) {
        ExFreeToNPagedLookasideList(&vc->branches[vc->edge->lists], branch);
        return NDIS_STATUS_SUCCESS;
    }
    branch->leaving = true;
    return pend(branch);
}

/* ---- data: the wire is a mirror ---------------------------------------------------------- */

void rig_cm_send(NDIS_HANDLE MiniportVcContext, PNET_BUFFER_LIST NetBufferLists, ULONG SendFlags)
{
    struct rig_vc *vc = MiniportVcContext;
    ULONG count = 0;
    UNREFERENCED_PARAMETER(SendFlags);
    for (PNET_BUFFER_LIST nbl = NetBufferLists; nbl; nbl = NET_BUFFER_LIST_NEXT_NBL(nbl)) {
        NET_BUFFER_LIST_STATUS(nbl) = NDIS_STATUS_SUCCESS;
        count++;
    }
    /* As many of the miniport's own lists as came. */
    PNET_BUFFER_LIST first = vc->received;
    PNET_BUFFER_LIST last = first;
    for (ULONG i = 1; i < count; i++)
        last = NET_BUFFER_LIST_NEXT_NBL(last);
    vc->received = NET_BUFFER_LIST_NEXT_NBL(last);
    NET_BUFFER_LIST_NEXT_NBL(last) = NULL;
    vc->edge->send_complete(vc, NetBufferLists);
    vc->edge->indicate(vc, first, count);
}

void rig_cm_return(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists,
                   ULONG ReturnFlags)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ReturnFlags);
    PNET_BUFFER_LIST next;
    for (PNET_BUFFER_LIST nbl = NetBufferLists; nbl; nbl = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(nbl);
        struct rig_vc *vc = nbl->MiniportReserved[0];
        NET_BUFFER_LIST_NEXT_NBL(nbl) = vc->received;
        vc->received = nbl;
    }
}

/* ---- the rest of a call manager ---------------------------------------------------------- */

static NDIS_STATUS create_vc(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisVcHandle,
                             PNDIS_HANDLE ProtocolVcContext)
{
    /* Both drivers keep what they know of a VC in one struct, so that the floor can reach it
     * too. */
    struct rig_vc *vc = ((struct rig *)ProtocolAfContext)->creating;
    vc->handle = NdisVcHandle;
    NdisAllocateSpinLock(&vc->pending_lock);
    ExInitializeNPagedLookasideList(&vc->branches[0], NULL, NULL, 0, sizeof(struct branch),
                                    BRANCH_TAG, 0);
    KeInitializeDpc(&vc->finish_dpc[0], rig_cm_finish_pending, vc);
    *ProtocolVcContext = vc;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS delete_vc(NDIS_HANDLE ProtocolVcContext)
{
    struct rig_vc *vc = ProtocolVcContext;
    NdisFreeSpinLock(&vc->pending_lock);
    ExDeleteNPagedLookasideList(&vc->branches[0]);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS open_af(NDIS_HANDLE CallMgrBindingContext, PCO_ADDRESS_FAMILY AddressFamily,
                           NDIS_HANDLE NdisAfHandle, PNDIS_HANDLE CallMgrAfContext)
{
    UNREFERENCED_PARAMETER(AddressFamily);
    UNREFERENCED_PARAMETER(NdisAfHandle);
    *CallMgrAfContext = CallMgrBindingContext;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS close_af(NDIS_HANDLE CallMgrAfContext)
{
    UNREFERENCED_PARAMETER(CallMgrAfContext);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS register_sap(NDIS_HANDLE CallMgrAfContext, PCO_SAP Sap,
                                NDIS_HANDLE NdisSapHandle, PNDIS_HANDLE CallMgrSapContext)
{
    UNREFERENCED_PARAMETER(CallMgrAfContext);
    UNREFERENCED_PARAMETER(Sap);
    UNREFERENCED_PARAMETER(NdisSapHandle);
    UNREFERENCED_PARAMETER(CallMgrSapContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS deregister_sap(NDIS_HANDLE CallMgrSapContext)
{
    UNREFERENCED_PARAMETER(CallMgrSapContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS make_call(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                             NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    struct rig_vc *vc = CallMgrVcContext;
    vc->finish = RIG_INLINE;
    vc->mirror = NdisAllocateMdl(vc->rig->miniport_adapter, mirror_payload, sizeof(mirror_payload));
    if (!vc->mirror)
        return NDIS_STATUS_RESOURCES;
    vc->received = rig_lists(vc, vc->rig->receive_pool, vc->mirror, RIG_CHAIN_MAX);
    NDIS_STATUS status = NdisMCmActivateVc(vc->handle, CallParameters);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    return rig_cm_add_party(vc, CallParameters, NdisPartyHandle, CallMgrPartyContext);
}

static NDIS_STATUS close_call(NDIS_HANDLE CallMgrVcContext, NDIS_HANDLE CallMgrPartyContext,
                              PVOID CloseData, UINT Size)
{
    struct rig_vc *vc = CallMgrVcContext;
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    ExFreeToNPagedLookasideList(&vc->branches[vc->edge->lists], CallMgrPartyContext);
    rig_free_lists(vc->received);
    NdisFreeMdl(vc->mirror);
    return NdisMCmDeactivateVc(vc->handle);
}

static VOID incoming_call_complete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                   PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
}

static VOID activate_complete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                              PCO_CALL_PARAMETERS CallParameters)
{
    incoming_call_complete(Status, CallMgrVcContext, CallParameters);
}

static VOID deactivate_complete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext)
{
    incoming_call_complete(Status, CallMgrVcContext, NULL);
}

static NDIS_STATUS modify_qos(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS cm_oid(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                          NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static VOID cm_oid_complete(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                            NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest,
                            NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Status);
    (void)cm_oid(ProtocolAfContext, ProtocolVcContext, ProtocolPartyContext, OidRequest);
}

static VOID notify_close_complete(NDIS_HANDLE CallMgrAfContext, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(CallMgrAfContext);
    UNREFERENCED_PARAMETER(Status);
}

static NDIS_STATUS co_activate(NDIS_HANDLE MiniportVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    return modify_qos(MiniportVcContext, CallParameters);
}

static NDIS_STATUS co_deactivate(NDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS co_oid(NDIS_HANDLE MiniportAdapterContext, NDIS_HANDLE MiniportVcContext,
                          PNDIS_OID_REQUEST NdisRequest)
{
    return cm_oid(MiniportAdapterContext, MiniportVcContext, NULL, NdisRequest);
}

static NDIS_STATUS set_options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
                   NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1},
        .CoActivateVcHandler = co_activate,
        .CoDeactivateVcHandler = co_deactivate,
        .CoSendNetBufferListsHandler = rig_cm_send,
        .CoOidRequestHandler = co_oid,
    };
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS cm = {
        .Header = {NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS,
                   NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1,
                   NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1},
        .CmCreateVcHandler = create_vc,
        .CmDeleteVcHandler = delete_vc,
        .CmOpenAfHandler = open_af,
        .CmCloseAfHandler = close_af,
        .CmRegisterSapHandler = register_sap,
        .CmDeregisterSapHandler = deregister_sap,
        .CmMakeCallHandler = make_call,
        .CmCloseCallHandler = close_call,
        .CmIncomingCallCompleteHandler = incoming_call_complete,
        .CmAddPartyHandler = rig_cm_add_party,
        .CmDropPartyHandler = rig_cm_drop_party,
        .CmActivateVcCompleteHandler = activate_complete,
        .CmDeactivateVcCompleteHandler = deactivate_complete,
        .CmModifyCallQoSHandler = modify_qos,
        .CmOidRequestHandler = cm_oid,
        .CmOidRequestCompleteHandler = cm_oid_complete,
        .CmNotifyCloseAfCompleteHandler = notify_close_complete,
    };
    UNREFERENCED_PARAMETER(DriverContext);
    NDIS_STATUS status =
        NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&co);
    return status != NDIS_STATUS_SUCCESS
               ? status
               : NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&cm);
}

static NDIS_STATUS initialize(NDIS_HANDLE NdisMiniportHandle, NDIS_HANDLE MiniportDriverContext,
                              PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters)
{
    struct rig *rig = MiniportDriverContext;
    UNREFERENCED_PARAMETER(MiniportInitParameters);
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    RtlZeroMemory(&attributes, sizeof(attributes));
    attributes.RegistrationAttributes = (NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES){
        .Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
                   NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1},
        .MiniportAdapterContext = rig,
        .InterfaceType = NdisInterfaceInternal,
    };
    NDIS_STATUS status = NdisMSetMiniportAttributes(NdisMiniportHandle, &attributes);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    RtlZeroMemory(&attributes, sizeof(attributes));
    attributes.GeneralAttributes = (NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES){
        .Header = {NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
                   NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1},
        .MediaType = NdisMediumAtm,
        .MtuSize = 65535,
        .MediaConnectState = MediaConnectStateConnected,
        .MediaDuplexState = MediaDuplexStateFull,
    };
    status = NdisMSetMiniportAttributes(NdisMiniportHandle, &attributes);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    rig->miniport_adapter = NdisMiniportHandle;
    CO_ADDRESS_FAMILY family = {CO_ADDRESS_FAMILY_Q2931, 3, 1};
    return NdisMCmRegisterAddressFamilyEx(NdisMiniportHandle, &family);
}

static VOID halt(NDIS_HANDLE MiniportAdapterContext, NDIS_HALT_ACTION HaltAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(HaltAction);
}

static NDIS_STATUS pause_miniport(NDIS_HANDLE MiniportAdapterContext,
                                  PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(PauseParameters);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS restart_miniport(NDIS_HANDLE MiniportAdapterContext,
                                    PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RestartParameters);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS oid(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    return cm_oid(MiniportAdapterContext, NULL, NULL, OidRequest);
}

static VOID cancel(NDIS_HANDLE MiniportAdapterContext, PVOID Id)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(Id);
}

static VOID pnp_event(NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT NetDevicePnPEvent)
{
    cancel(MiniportAdapterContext, NetDevicePnPEvent);
}

static VOID shut_down(NDIS_HANDLE MiniportAdapterContext, NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(ShutdownAction);
    cancel(MiniportAdapterContext, NULL);
}

static VOID unload(PDRIVER_OBJECT DriverObject)
{
    struct rig *rig = rig_current;
    UNREFERENCED_PARAMETER(DriverObject);
    NdisFreeNetBufferListPool(rig->receive_pool);
    NdisMDeregisterMiniportDriver(rig->miniport);
}

NTSTATUS NTAPI rig_mcm_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    struct rig *rig = rig_current;
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS miniport = {
        .Header = {NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
                   NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1},
        .MajorNdisVersion = 6,
        .MinorNdisVersion = 0,
        .MajorDriverVersion = 1,
        .SetOptionsHandler = set_options,
        .InitializeHandlerEx = initialize,
        .HaltHandlerEx = halt,
        .UnloadHandler = unload,
        .PauseHandler = pause_miniport,
        .RestartHandler = restart_miniport,
        .OidRequestHandler = oid,
        .ReturnNetBufferListsHandler = rig_cm_return,
        .CancelSendHandler = cancel,
        .DevicePnPEventNotifyHandler = pnp_event,
        .ShutdownHandlerEx = shut_down,
        .CancelOidRequestHandler = cancel,
    };
    NET_BUFFER_LIST_POOL_PARAMETERS pool = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
        .fAllocateNetBuffer = TRUE,
        .PoolTag = BRANCH_TAG,
    };
    rig->receive_pool = NdisAllocateNetBufferListPool(NULL, &pool);
    return NdisMRegisterMiniportDriver(DriverObject, RegistryPath, rig, &miniport, &rig->miniport);
}
