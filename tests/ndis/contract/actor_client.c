/* SPDX-License-Identifier: MIT */
/* The client: each request with its completion, and a count of everything that it is told. */
#include "actor.h"

struct client Client;

static VOID hook(const char *Callback, PVOID Context)
{
    if (Client.hook)
        Client.hook(Callback, Context);
}

/* ---- AFs and SAPs ------------------------------------------------------------------------ */

static PROTOCOL_CL_OPEN_AF_COMPLETE_EX cl_af_opened;
static VOID NTAPI cl_af_opened(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisAfHandle,
                               NDIS_STATUS Status)
{
    ActorNote((struct note){.callback = "ProtocolClOpenAfCompleteEx",
                            .context = ProtocolAfContext,
                            .handle = NdisAfHandle,
                            .status = Status});
    Client.af_status = Status;
    InterlockedIncrement(&Client.af_opened);
    hook("ProtocolClOpenAfCompleteEx", ProtocolAfContext);
}

static PROTOCOL_CL_CLOSE_AF_COMPLETE cl_af_closed;
static VOID NTAPI cl_af_closed(NDIS_STATUS Status, NDIS_HANDLE ProtocolAfContext)
{
    ActorNote((struct note){
        .callback = "ProtocolClCloseAfComplete", .context = ProtocolAfContext, .status = Status});
    Client.af_status = Status;
    InterlockedIncrement(&Client.af_closed);
    hook("ProtocolClCloseAfComplete", ProtocolAfContext);
}

NDIS_STATUS ClientOpenAf(VOID)
{
    NDIS_STATUS status =
        NdisClOpenAddressFamilyEx(Client.binding, &Client.family, &Client, &Client.af);
    if (status != NDIS_STATUS_PENDING)
        cl_af_opened(&Client, Client.af, status);
    return status;
}

NDIS_STATUS ClientCloseAf(VOID)
{
    NDIS_STATUS status = NdisClCloseAddressFamily(Client.af);
    if (status != NDIS_STATUS_PENDING)
        cl_af_closed(status, &Client);
    return status;
}

static PROTOCOL_CL_REGISTER_SAP_COMPLETE cl_sap_registered;
static VOID NTAPI cl_sap_registered(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext, PCO_SAP Sap,
                                    NDIS_HANDLE NdisSapHandle)
{
    struct client_sap *sap = ProtocolSapContext;
    ActorNote((struct note){.callback = "ProtocolClRegisterSapComplete",
                            .context = sap,
                            .handle = NdisSapHandle,
                            .data = Sap,
                            .status = Status});
    sap->status = Status;
    InterlockedIncrement(&sap->registered);
    hook("ProtocolClRegisterSapComplete", sap);
}

static PROTOCOL_CL_DEREGISTER_SAP_COMPLETE cl_sap_deregistered;
static VOID NTAPI cl_sap_deregistered(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext)
{
    struct client_sap *sap = ProtocolSapContext;
    ActorNote((struct note){
        .callback = "ProtocolClDeregisterSapComplete", .context = sap, .status = Status});
    sap->status = Status;
    InterlockedIncrement(&sap->deregistered);
    hook("ProtocolClDeregisterSapComplete", sap);
}

NDIS_STATUS ClientRegisterSap(struct client_sap *Sap)
{
    NDIS_STATUS status = NdisClRegisterSap(Client.af, Sap, &Sap->address, &Sap->handle);
    if (status != NDIS_STATUS_PENDING)
        cl_sap_registered(status, Sap, &Sap->address, Sap->handle);
    return status;
}

NDIS_STATUS ClientDeregisterSap(struct client_sap *Sap)
{
    NDIS_STATUS status = NdisClDeregisterSap(Sap->handle);
    if (status != NDIS_STATUS_PENDING)
        cl_sap_deregistered(status, Sap);
    return status;
}

static VOID settle(struct ticket *Ticket, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Ticket);
    UNREFERENCED_PARAMETER(Status);
}

static VOID complete(struct ticket *Ticket, NDIS_STATUS Status)
{
    if (Ticket->ask == ASK_INCOMING_CALL)
        NdisClIncomingCallComplete(Status, Ticket->handle, Ticket->parameters);
    else
        NdisClNotifyCloseAddressFamilyComplete(Ticket->handle, Status);
}

static PROTOCOL_CL_NOTIFY_CLOSE_AF cl_notify_close;
static NDIS_STATUS NTAPI cl_notify_close(NDIS_HANDLE ClientAfContext)
{
    ActorNote((struct note){.callback = "ProtocolClNotifyCloseAf", .context = ClientAfContext});
    NDIS_STATUS status = ActorAt(AT_CLIENT_NOTIFIED, NULL, NDIS_STATUS_SUCCESS);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    return DeskAnswer(DeskTake(&Client.desk, ASK_NOTIFY_CLOSE, NULL, Client.af, NULL, NULL));
}

/* ---- VCs --------------------------------------------------------------------------------- */

NDIS_STATUS ClientCreateVc(struct client_vc *Vc)
{
    Vc->handle = NULL;
    return NdisCoCreateVc(Client.binding, Client.af, Vc, &Vc->handle);
}

NDIS_STATUS ClientDeleteVc(struct client_vc *Vc)
{
    return NdisCoDeleteVc(Vc->handle);
}

static PROTOCOL_CO_CREATE_VC cl_create_vc;
static NDIS_STATUS NTAPI cl_create_vc(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisVcHandle,
                                      PNDIS_HANDLE ProtocolVcContext)
{
    ActorNote((struct note){
        .callback = "ProtocolCoCreateVc", .context = ProtocolAfContext, .handle = NdisVcHandle});
    if (Client.create_vc_status != NDIS_STATUS_SUCCESS)
        return Client.create_vc_status;
    Client.incoming_vc.handle = NdisVcHandle;
    InterlockedIncrement(&Client.incoming_vc_count);
    if (Client.leaks_vc) {
        Client.kept_vc = ActorAllocate(sizeof(struct client_vc));
        ActorKeep(Client.kept_vc);
        *ProtocolVcContext = Client.kept_vc;
        return NDIS_STATUS_SUCCESS;
    }
    *ProtocolVcContext = Client.no_vc_context ? NULL : &Client.incoming_vc;
    return NDIS_STATUS_SUCCESS;
}

static PROTOCOL_CO_DELETE_VC cl_delete_vc;
static NDIS_STATUS NTAPI cl_delete_vc(NDIS_HANDLE ProtocolVcContext)
{
    ActorNote((struct note){.callback = "ProtocolCoDeleteVc", .context = ProtocolVcContext});
    InterlockedDecrement(&Client.incoming_vc_count);
    return NDIS_STATUS_SUCCESS;
}

/* ---- calls ------------------------------------------------------------------------------- */

static PROTOCOL_CL_MAKE_CALL_COMPLETE cl_made;
static VOID NTAPI cl_made(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                          NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters)
{
    struct client_vc *vc = ProtocolVcContext;
    ActorNote((struct note){.callback = "ProtocolClMakeCallComplete",
                            .context = vc,
                            .handle = NdisPartyHandle,
                            .data = CallParameters,
                            .status = Status});
    vc->status = Status;
    InterlockedIncrement(&vc->made);
    hook("ProtocolClMakeCallComplete", vc);
}

NDIS_STATUS ClientMakeCall(struct client_vc *Vc, struct client_party *Party)
{
    if (Party)
        Party->vc = Vc;
    NDIS_STATUS status =
        NdisClMakeCall(Vc->handle, &Client.call, Party, Party ? &Party->handle : NULL);
    if (status != NDIS_STATUS_PENDING)
        cl_made(status, Vc, Party ? Party->handle : NULL, &Client.call);
    return status;
}

static PROTOCOL_CL_CLOSE_CALL_COMPLETE cl_closed;
static VOID NTAPI cl_closed(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                            NDIS_HANDLE ProtocolPartyContext)
{
    struct client_vc *vc = ProtocolVcContext;
    struct client_party *party = ProtocolPartyContext;
    ActorNote((struct note){.callback = "ProtocolClCloseCallComplete",
                            .context = vc,
                            .handle = party,
                            .status = Status});
    vc->status = Status;
    if (party)
        InterlockedIncrement(&party->closed);
    InterlockedIncrement(&vc->closed);
    hook("ProtocolClCloseCallComplete", vc);
}

NDIS_STATUS ClientCloseCall(struct client_vc *Vc, struct client_party *Party, PVOID Data, UINT Size)
{
    NDIS_STATUS status = NdisClCloseCall(Vc->handle, Party ? Party->handle : NULL, Data, Size);
    if (status != NDIS_STATUS_PENDING)
        cl_closed(status, Vc, Party);
    return status;
}

static PROTOCOL_CL_MODIFY_CALL_QOS_COMPLETE cl_modified;
static VOID NTAPI cl_modified(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                              PCO_CALL_PARAMETERS CallParameters)
{
    struct client_vc *vc = ProtocolVcContext;
    ActorNote((struct note){.callback = "ProtocolClModifyCallQoSComplete",
                            .context = vc,
                            .data = CallParameters,
                            .status = Status});
    vc->status = Status;
    InterlockedIncrement(&vc->modified);
}

NDIS_STATUS ClientModifyQos(struct client_vc *Vc)
{
    NDIS_STATUS status = NdisClModifyCallQoS(Vc->handle, &Client.call);
    if (status != NDIS_STATUS_PENDING)
        cl_modified(status, Vc, &Client.call);
    return status;
}

static PROTOCOL_CL_INCOMING_CALL cl_incoming;
static NDIS_STATUS NTAPI cl_incoming(NDIS_HANDLE ProtocolSapContext, NDIS_HANDLE ProtocolVcContext,
                                     PCO_CALL_PARAMETERS CallParameters)
{
    struct client_vc *vc = ProtocolVcContext;
    ActorNote((struct note){.callback = "ProtocolClIncomingCall",
                            .context = ProtocolSapContext,
                            .handle = vc,
                            .data = CallParameters});
    return DeskAnswer(
        DeskTake(&Client.desk, ASK_INCOMING_CALL, vc, vc->handle, NULL, CallParameters));
}

static PROTOCOL_CL_CALL_CONNECTED cl_connected;
static VOID NTAPI cl_connected(NDIS_HANDLE ProtocolVcContext)
{
    struct client_vc *vc = ProtocolVcContext;
    ActorNote((struct note){.callback = "ProtocolClCallConnected", .context = vc});
    InterlockedIncrement(&vc->connected);
    hook("ProtocolClCallConnected", vc);
}

static PROTOCOL_CL_INCOMING_CALL_QOS_CHANGE cl_qos_change;
static VOID NTAPI cl_qos_change(NDIS_HANDLE ProtocolVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    ActorNote((struct note){.callback = "ProtocolClIncomingCallQoSChange",
                            .context = ProtocolVcContext,
                            .data = CallParameters});
}

static PROTOCOL_CL_INCOMING_CLOSE_CALL cl_incoming_close;
static VOID NTAPI cl_incoming_close(NDIS_STATUS CloseStatus, NDIS_HANDLE ProtocolVcContext,
                                    PVOID CloseData, UINT Size)
{
    struct client_vc *vc = ProtocolVcContext;
    ActorNoteData((struct note){.callback = "ProtocolClIncomingCloseCall",
                                .context = vc,
                                .status = CloseStatus},
                  CloseData, Size);
    InterlockedIncrement(&vc->told_close);
    hook("ProtocolClIncomingCloseCall", vc);
}

/* ---- parties ----------------------------------------------------------------------------- */

static PROTOCOL_CL_ADD_PARTY_COMPLETE cl_added;
static VOID NTAPI cl_added(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext,
                           NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters)
{
    struct client_party *party = ProtocolPartyContext;
    ActorNote((struct note){.callback = "ProtocolClAddPartyComplete",
                            .context = party,
                            .handle = NdisPartyHandle,
                            .data = CallParameters,
                            .status = Status});
    party->status = Status;
    InterlockedIncrement(&party->added);
    hook("ProtocolClAddPartyComplete", party);
}

NDIS_STATUS ClientAddParty(struct client_vc *Vc, struct client_party *Party)
{
    Party->vc = Vc;
    NDIS_STATUS status = NdisClAddParty(Vc->handle, Party, &Client.call, &Party->handle);
    if (status != NDIS_STATUS_PENDING)
        cl_added(status, Party, Party->handle, &Client.call);
    return status;
}

static PROTOCOL_CL_DROP_PARTY_COMPLETE cl_dropped;
static VOID NTAPI cl_dropped(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext)
{
    struct client_party *party = ProtocolPartyContext;
    ActorNote((struct note){
        .callback = "ProtocolClDropPartyComplete", .context = party, .status = Status});
    party->status = Status;
    InterlockedIncrement(&party->dropped);
    hook("ProtocolClDropPartyComplete", party);
}

NDIS_STATUS ClientDropParty(struct client_party *Party, PVOID Data, UINT Size)
{
    NDIS_STATUS status = NdisClDropParty(Party->handle, Data, Size);
    if (status != NDIS_STATUS_PENDING)
        cl_dropped(status, Party);
    return status;
}

static PROTOCOL_CL_INCOMING_DROP_PARTY cl_incoming_drop;
static VOID NTAPI cl_incoming_drop(NDIS_STATUS DropStatus, NDIS_HANDLE ProtocolPartyContext,
                                   PVOID CloseData, UINT Size)
{
    struct client_party *party = ProtocolPartyContext;
    ActorNoteData((struct note){.callback = "ProtocolClIncomingDropParty",
                                .context = party,
                                .status = DropStatus},
                  CloseData, Size);
    InterlockedIncrement(&party->told_drop);
    hook("ProtocolClIncomingDropParty", party);
}

/* ---- OIDs, and all handlers -------------------------------------------------------------- */

static PROTOCOL_CO_OID_REQUEST cl_oid;
static NDIS_STATUS NTAPI cl_oid(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                                NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    return ActorAt(AT_CLIENT_OID, OidRequest, NDIS_STATUS_NOT_SUPPORTED);
}

static PROTOCOL_CO_OID_REQUEST_COMPLETE cl_oid_complete;
static VOID NTAPI cl_oid_complete(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                                  NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest,
                                  NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    ActorNote((struct note){.callback = "ProtocolCoOidRequestComplete",
                            .context = ProtocolAfContext,
                            .status = Status});
}

VOID ClientBegin(VOID)
{
    NdisZeroMemory(&Client, sizeof(Client));
    DeskInitialize(&Client.desk, settle, complete);
}

const NDIS_CO_CLIENT_OPTIONAL_HANDLERS ClientHandlers = {
    .Header = {NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS,
               NDIS_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1,
               NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1},
    .ClCreateVcHandler = cl_create_vc,
    .ClDeleteVcHandler = cl_delete_vc,
    .ClOidRequestHandler = cl_oid,
    .ClOidRequestCompleteHandler = cl_oid_complete,
    .ClOpenAfCompleteHandlerEx = cl_af_opened,
    .ClCloseAfCompleteHandler = cl_af_closed,
    .ClRegisterSapCompleteHandler = cl_sap_registered,
    .ClDeregisterSapCompleteHandler = cl_sap_deregistered,
    .ClMakeCallCompleteHandler = cl_made,
    .ClModifyCallQoSCompleteHandler = cl_modified,
    .ClCloseCallCompleteHandler = cl_closed,
    .ClAddPartyCompleteHandler = cl_added,
    .ClDropPartyCompleteHandler = cl_dropped,
    .ClIncomingCallHandler = cl_incoming,
    .ClIncomingCallQoSChangeHandler = cl_qos_change,
    .ClIncomingCloseCallHandler = cl_incoming_close,
    .ClIncomingDropPartyHandler = cl_incoming_drop,
    .ClCallConnectedHandler = cl_connected,
    .ClNotifyCloseAfHandler = cl_notify_close,
};
