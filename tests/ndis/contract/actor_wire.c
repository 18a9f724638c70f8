/* SPDX-License-Identifier: MIT */
/* The miniport's side of a VC's data, and what the two miniports have in common. */
#include "actor.h"

struct mini Mini;

NDIS_HANDLE ActorNewPool(NDIS_HANDLE Handle)
{
    NET_BUFFER_LIST_POOL_PARAMETERS parameters = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
        .ProtocolId = NDIS_PROTOCOL_ID_DEFAULT,
        .fAllocateNetBuffer = TRUE,
        .PoolTag = ACTOR_TAG,
        .DataSize = 64,
    };
    return NdisAllocateNetBufferListPool(Handle, &parameters);
}

PNET_BUFFER_LIST ActorNewList(NDIS_HANDLE Pool)
{
    return NdisAllocateNetBufferList(Pool, 0, 0);
}

/* ---- sends ------------------------------------------------------------------------------- */

static VOID settle(struct ticket *Ticket, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Ticket);
    UNREFERENCED_PARAMETER(Status);
}

static VOID complete(struct ticket *Ticket, NDIS_STATUS Status)
{
    PNET_BUFFER_LIST list;
    switch (Ticket->ask) {
    case ASK_SEND:
        for (list = Ticket->object; list; list = NET_BUFFER_LIST_NEXT_NBL(list))
            NET_BUFFER_LIST_STATUS(list) = Status;
        NdisMCoSendNetBufferListsComplete(Ticket->handle, Ticket->object, 0);
        break;
    case ASK_ACTIVATE:
        NdisMCoActivateVcComplete(Status, Ticket->handle, Ticket->parameters);
        break;
    case ASK_DEACTIVATE:
        NdisMCoDeactivateVcComplete(Status, Ticket->handle);
        break;
    default:
        break;
    }
}

VOID WireBegin(NDIS_HANDLE Handle)
{
    NdisZeroMemory(&Mini, sizeof(Mini));
    DeskInitialize(&Mini.desk, settle, complete);
    Mini.driver = Handle;
}

VOID WireEnd(VOID)
{
    if (Mini.pool)
        NdisFreeNetBufferListPool(Mini.pool);
    Mini.pool = NULL;
}

VOID NTAPI WireSend(NDIS_HANDLE MiniportVcContext, PNET_BUFFER_LIST NetBufferLists, ULONG SendFlags)
{
    struct wire_vc *vc = MiniportVcContext;
    UNREFERENCED_PARAMETER(SendFlags);
    struct ticket *ticket = DeskTake(&Mini.desk, ASK_SEND, NetBufferLists, vc->handle, NULL, NULL);
    if (ticket->plan.how == AT_ONCE)
        DeskFinish(ticket, ticket->plan.status);
    else
        DeskAnswerLate(ticket);
}

VOID WireFinishSends(NDIS_STATUS Status)
{
    struct ticket *ticket;
    while ((ticket = DeskNext(&Mini.desk, ASK_SEND)) != NULL)
        DeskFinish(ticket, Status);
}

/* ---- receives ---------------------------------------------------------------------------- */

PNET_BUFFER_LIST WireIndicate(NDIS_HANDLE Vc, ULONG Flags)
{
    if (!Mini.pool)
        Mini.pool = ActorNewPool(Mini.adapter);
    PNET_BUFFER_LIST list = ActorNewList(Mini.pool);
    list->SourceHandle = Vc;
    NET_BUFFER_LIST_STATUS(list) = NDIS_STATUS_SUCCESS;
    NdisMCoIndicateReceiveNetBufferLists(Vc, list, 1, Flags);
    if (Flags & NDIS_RECEIVE_FLAGS_RESOURCES)
        NdisFreeNetBufferList(list);
    return list;
}

VOID NTAPI WireReturn(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists,
                      ULONG ReturnFlags)
{
    PNET_BUFFER_LIST next;
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ReturnFlags);
    for (PNET_BUFFER_LIST list = NetBufferLists; list; list = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(list);
        NET_BUFFER_LIST_NEXT_NBL(list) = NULL;
        InterlockedIncrement(&Mini.returned_count);
        NdisFreeNetBufferList(list);
    }
}

/* ---- the rest of a miniport -------------------------------------------------------------- */

static MINIPORT_PAUSE pause;
static NDIS_STATUS NTAPI pause(NDIS_HANDLE MiniportAdapterContext,
                               PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(PauseParameters);
    return ActorAt(AT_MINI_PAUSE, Mini.adapter, NDIS_STATUS_SUCCESS);
}

static MINIPORT_RESTART restart;
static NDIS_STATUS NTAPI restart(NDIS_HANDLE MiniportAdapterContext,
                                 PNDIS_MINIPORT_RESTART_PARAMETERS RestartParameters)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RestartParameters);
    return ActorAt(AT_MINI_RESTART, Mini.adapter, NDIS_STATUS_SUCCESS);
}

static MINIPORT_HALT halt;
static VOID NTAPI halt(NDIS_HANDLE MiniportAdapterContext, NDIS_HALT_ACTION HaltAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(HaltAction);
    (void)ActorAt(AT_MINI_HALT, Mini.adapter, NDIS_STATUS_SUCCESS);
    WireEnd();
}

static MINIPORT_OID_REQUEST oid;
static NDIS_STATUS NTAPI oid(NDIS_HANDLE MiniportAdapterContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    return ActorAt(AT_MINI_OID, OidRequest, NDIS_STATUS_NOT_SUPPORTED);
}

static MINIPORT_CANCEL_SEND cancel_send;
static VOID NTAPI cancel_send(NDIS_HANDLE MiniportAdapterContext, PVOID CancelId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    ActorNote((struct note){.callback = "MiniportCancelSend", .data = CancelId});
    WireFinishSends(NDIS_STATUS_SEND_ABORTED);
}

static MINIPORT_DEVICE_PNP_EVENT_NOTIFY device_event;
static VOID NTAPI device_event(NDIS_HANDLE MiniportAdapterContext, PNET_DEVICE_PNP_EVENT Event)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(Event);
}

static MINIPORT_SHUTDOWN shutdown;
static VOID NTAPI shutdown(NDIS_HANDLE MiniportAdapterContext, NDIS_SHUTDOWN_ACTION ShutdownAction)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(ShutdownAction);
}

static MINIPORT_CANCEL_OID_REQUEST cancel_oid;
static VOID NTAPI cancel_oid(NDIS_HANDLE MiniportAdapterContext, PVOID RequestId)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(RequestId);
}

static MINIPORT_UNLOAD unload;
static VOID NTAPI unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (ActorAt(AT_MINI_UNLOAD, NULL, NDIS_STATUS_SUCCESS) == NDIS_STATUS_SUCCESS)
        NdisMDeregisterMiniportDriver(Mini.driver);
}

VOID MiniFillCharacteristics(PNDIS_MINIPORT_DRIVER_CHARACTERISTICS Characteristics)
{
    NdisZeroMemory(Characteristics, sizeof(*Characteristics));
    Characteristics->Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
                             NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1,
                             NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1};
    Characteristics->MajorNdisVersion = 6;
    Characteristics->MinorNdisVersion = 30;
    Characteristics->HaltHandlerEx = halt;
    Characteristics->UnloadHandler = unload;
    Characteristics->PauseHandler = pause;
    Characteristics->RestartHandler = restart;
    Characteristics->OidRequestHandler = oid;
    Characteristics->ReturnNetBufferListsHandler = WireReturn;
    Characteristics->CancelSendHandler = cancel_send;
    Characteristics->DevicePnPEventNotifyHandler = device_event;
    Characteristics->ShutdownHandlerEx = shutdown;
    Characteristics->CancelOidRequestHandler = cancel_oid;
}

NDIS_STATUS MiniSetAttributes(NDIS_HANDLE Adapter, PVOID Context)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.RegistrationAttributes.Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
                             NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1,
                             NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1};
    attributes.RegistrationAttributes.MiniportAdapterContext = Context;
    NDIS_STATUS status = NdisMSetMiniportAttributes(Adapter, &attributes);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    NdisZeroMemory(&attributes, sizeof(attributes));
    attributes.GeneralAttributes.Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
                             NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1,
                             NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1};
    attributes.GeneralAttributes.MediaType = NdisMediumAtm;
    attributes.GeneralAttributes.MtuSize = 9180;
    return NdisMSetMiniportAttributes(Adapter, &attributes);
}
