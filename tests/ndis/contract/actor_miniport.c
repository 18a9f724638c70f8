/* SPDX-License-Identifier: MIT */
/* Two miniports over the same wire: a connection-oriented one for the stand-alone call manager, and
 * the miniport call manager. */
#include "actor.h"

static MINIPORT_CO_OID_REQUEST co_oid;
static NDIS_STATUS NTAPI co_oid(NDIS_HANDLE MiniportAdapterContext, NDIS_HANDLE MiniportVcContext,
                                PNDIS_OID_REQUEST NdisRequest)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return ActorAt(AT_MINI_CO_OID, NdisRequest, NDIS_STATUS_NOT_SUPPORTED);
}

/* ---- the connection-oriented miniport ---------------------------------------------------- */

static MINIPORT_INITIALIZE mini_initialize;
static NDIS_STATUS NTAPI mini_initialize(NDIS_HANDLE NdisMiniportHandle,
                                         NDIS_HANDLE MiniportDriverContext,
                                         PNDIS_MINIPORT_INIT_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(Parameters);
    Mini.adapter = NdisMiniportHandle;
    NDIS_STATUS status = ActorAt(AT_MINI_INITIALIZE, NdisMiniportHandle, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS)
        status = MiniSetAttributes(NdisMiniportHandle, &Mini);
    return ActorAt(AT_MINI_INITIALIZED, NdisMiniportHandle, status);
}

static MINIPORT_CO_CREATE_VC mini_create_vc;
static NDIS_STATUS NTAPI mini_create_vc(NDIS_HANDLE MiniportAdapterContext,
                                        NDIS_HANDLE NdisVcHandle, PNDIS_HANDLE MiniportVcContext)
{
    ActorNote((struct note){.callback = "MiniportCoCreateVc",
                            .context = MiniportAdapterContext,
                            .handle = NdisVcHandle});
    if (Mini.create_vc_status != NDIS_STATUS_SUCCESS)
        return Mini.create_vc_status;
    struct wire_vc *vc = ActorAllocate(sizeof(*vc));
    vc->handle = NdisVcHandle;
    InterlockedIncrement(&Mini.vc_count);
    NDIS_STATUS status = ActorAt(AT_MINI_CREATE_VC, &vc, NDIS_STATUS_SUCCESS);
    *MiniportVcContext = vc;
    return status;
}

static MINIPORT_CO_DELETE_VC mini_delete_vc;
static NDIS_STATUS NTAPI mini_delete_vc(NDIS_HANDLE MiniportVcContext)
{
    ActorNote((struct note){.callback = "MiniportCoDeleteVc", .context = MiniportVcContext});
    InterlockedDecrement(&Mini.vc_count);
    NDIS_STATUS status = ActorAt(AT_MINI_DELETE_VC, MiniportVcContext, NDIS_STATUS_SUCCESS);
    if (Mini.leaks_vc)
        ActorKeep(Mini.kept = MiniportVcContext);
    else if (status == NDIS_STATUS_SUCCESS && MiniportVcContext)
        ActorFree(MiniportVcContext);
    return status;
}

static MINIPORT_CO_ACTIVATE_VC mini_activate;
static NDIS_STATUS NTAPI mini_activate(NDIS_HANDLE MiniportVcContext,
                                       PCO_CALL_PARAMETERS CallParameters)
{
    struct wire_vc *vc = MiniportVcContext;
    ActorNote(
        (struct note){.callback = "MiniportCoActivateVc", .context = vc, .data = CallParameters});
    (void)ActorAt(AT_MINI_ACTIVATE, vc, NDIS_STATUS_SUCCESS);
    return DeskAnswer(DeskTake(&Mini.desk, ASK_ACTIVATE, vc, vc->handle, NULL, CallParameters));
}

static MINIPORT_CO_DEACTIVATE_VC mini_deactivate;
static NDIS_STATUS NTAPI mini_deactivate(NDIS_HANDLE MiniportVcContext)
{
    struct wire_vc *vc = MiniportVcContext;
    ActorNote((struct note){.callback = "MiniportCoDeactivateVc", .context = vc});
    return DeskAnswer(DeskTake(&Mini.desk, ASK_DEACTIVATE, vc, vc->handle, NULL, NULL));
}

static SET_OPTIONS mini_options;
static NDIS_STATUS NTAPI mini_options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
                   NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1},
        .CoCreateVcHandler = mini_create_vc,
        .CoDeleteVcHandler = mini_delete_vc,
        .CoActivateVcHandler = mini_activate,
        .CoDeactivateVcHandler = mini_deactivate,
        .CoSendNetBufferListsHandler = WireSend,
        .CoOidRequestHandler = co_oid,
    };
    UNREFERENCED_PARAMETER(DriverContext);
    Mini.driver = NdisDriverHandle;
    NDIS_STATUS status = ActorSetTable(AT_MINI_CO, NdisDriverHandle, &co);
    return ActorAt(AT_MINI_OPTIONS, NdisDriverHandle, status);
}

NTSTATUS NTAPI ActorMiniEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS characteristics;
    MiniFillCharacteristics(&characteristics);
    characteristics.SetOptionsHandler = mini_options;
    characteristics.InitializeHandlerEx = mini_initialize;
    WireBegin(NULL);
    NDIS_STATUS status = ActorAt(AT_MINI_CHARACTERISTICS, &characteristics, NDIS_STATUS_SUCCESS);
    return status == NDIS_STATUS_SUCCESS
               ? NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &characteristics,
                                             &Mini.driver)
               : status;
}

/* ---- the miniport call manager ----------------------------------------------------------- */

static MINIPORT_INITIALIZE mcm_initialize;
static NDIS_STATUS NTAPI mcm_initialize(NDIS_HANDLE NdisMiniportHandle,
                                        NDIS_HANDLE MiniportDriverContext,
                                        PNDIS_MINIPORT_INIT_PARAMETERS Parameters)
{
    CO_ADDRESS_FAMILY family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
    UNREFERENCED_PARAMETER(MiniportDriverContext);
    UNREFERENCED_PARAMETER(Parameters);
    Mini.adapter = NdisMiniportHandle;
    Cm.adapter = NdisMiniportHandle;
    NDIS_STATUS status = ActorAt(AT_MINI_INITIALIZE, NdisMiniportHandle, NDIS_STATUS_SUCCESS);
    if (status == NDIS_STATUS_SUCCESS)
        status = MiniSetAttributes(NdisMiniportHandle, &Cm);
    if (status == NDIS_STATUS_SUCCESS)
        status = ActorAt(AT_CM_REGISTER, NdisMiniportHandle,
                         NdisMCmRegisterAddressFamilyEx(NdisMiniportHandle, &family));
    return ActorAt(AT_MINI_INITIALIZED, NdisMiniportHandle, status);
}

static SET_OPTIONS mcm_options;
static NDIS_STATUS NTAPI mcm_options(NDIS_HANDLE NdisDriverHandle, NDIS_HANDLE DriverContext)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
                   NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1},
        .CoSendNetBufferListsHandler = WireSend,
        .CoOidRequestHandler = co_oid,
    };
    UNREFERENCED_PARAMETER(DriverContext);
    Cm.driver = Mini.driver = NdisDriverHandle;
    NDIS_STATUS status = ActorSetTable(AT_MINI_CO, NdisDriverHandle, &co);
    if (status == NDIS_STATUS_SUCCESS)
        status = CmSetHandlers(NdisDriverHandle);
    return ActorAt(AT_MINI_OPTIONS, NdisDriverHandle, status);
}

NTSTATUS NTAPI ActorMcmEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS characteristics;
    MiniFillCharacteristics(&characteristics);
    characteristics.SetOptionsHandler = mcm_options;
    characteristics.InitializeHandlerEx = mcm_initialize;
    WireBegin(NULL);
    CmBegin(&EdgeMcm, &EdgeStandAlone);
    NDIS_STATUS status = ActorAt(AT_MINI_CHARACTERISTICS, &characteristics, NDIS_STATUS_SUCCESS);
    return status == NDIS_STATUS_SUCCESS
               ? NdisMRegisterMiniportDriver(DriverObject, RegistryPath, NULL, &characteristics,
                                             &Mini.driver)
               : status;
}
