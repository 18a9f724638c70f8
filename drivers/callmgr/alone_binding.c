/* SPDX-License-Identifier: MIT */
/* Bindings: open the adapter, learn whose station it is, open the channels of the engine, offer the
 * family. */
#include "alone.h"

VOID AloneDone(PALONE_ADAPTER Adapter, NDIS_STATUS Status)
{
    Adapter->DoneStatus = Status;
    NdisSetEvent(&Adapter->Done);
}

/* Waits when a call pended. Bind and unbind do one thing at a time. */
static NDIS_STATUS Await(PALONE_ADAPTER Adapter, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_PENDING) {
        NdisWaitEvent(&Adapter->Done, 0);
        Status = Adapter->DoneStatus;
    }
    NdisResetEvent(&Adapter->Done);
    return Status;
}

_Use_decl_annotations_ VOID NTAPI AloneOpenAdapterComplete(NDIS_HANDLE ProtocolBindingContext,
                                                           NDIS_STATUS Status)
{
    AloneDone(ProtocolBindingContext, Status);
}

_Use_decl_annotations_ VOID NTAPI AloneCloseAdapterComplete(NDIS_HANDLE ProtocolBindingContext)
{
    AloneDone(ProtocolBindingContext, NDIS_STATUS_SUCCESS);
}

static NDIS_STATUS OpenAdapter(PALONE_ADAPTER Adapter, NDIS_HANDLE Protocol,
                               NDIS_HANDLE BindContext, PNDIS_BIND_PARAMETERS BindParameters)
{
    NDIS_OPEN_PARAMETERS Open;
    NDIS_MEDIUM Medium = NdisMediumAtm;
    UINT Selected = 0;
    NdisZeroMemory(&Open, sizeof(Open));
    Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open.AdapterName = BindParameters->AdapterName;
    Open.MediumArray = &Medium;
    Open.MediumArraySize = 1;
    Open.SelectedMediumIndex = &Selected;
    return Await(Adapter,
                 NdisOpenAdapterEx(Protocol, Adapter, &Open, BindContext, &Adapter->Binding));
}

NDIS_STATUS AloneAsk(PALONE_ADAPTER Adapter, NDIS_OID Oid, PVOID Answer, UINT Length)
{
    NDIS_OID_REQUEST Request;
    NdisZeroMemory(&Request, sizeof(Request));
    Request.Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request.Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request.Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request.RequestType = NdisRequestQueryInformation;
    Request.RequestId = Adapter;
    Request.DATA.QUERY_INFORMATION.Oid = Oid;
    Request.DATA.QUERY_INFORMATION.InformationBuffer = Answer;
    Request.DATA.QUERY_INFORMATION.InformationBufferLength = Length;
    return Await(Adapter, NdisCoOidRequest(Adapter->Binding, NULL, NULL, NULL, &Request));
}

/* The call manager's part, once the station is known. */
static NDIS_STATUS BeginManager(PALONE_ADAPTER Adapter)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Pool;
    struct hubsig_name Name;
    HUB_STATION Station;
    NDIS_STATUS Status = AloneAsk(Adapter, OID_HUB_STATION, &Station, sizeof(Station));
    if (Status == NDIS_STATUS_SUCCESS && !hubsig_name_set(&Name, Station.Name, Station.NameLength))
        Status = NDIS_STATUS_FAILURE;
    if (Status == NDIS_STATUS_SUCCESS)
        Status = CmReadConfiguration(Adapter->Binding, &Adapter->Manager.Config);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Adapter->Manager.Edge = &AloneEdge;
    Adapter->Manager.NdisHandle = Adapter->Binding;
    Adapter->Manager.Port = Station.Port;
    NdisZeroMemory(&Pool, sizeof(Pool));
    Pool.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Pool.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Pool.fAllocateNetBuffer = TRUE;
    Pool.PoolTag = ALONE_TAG;
    Adapter->NblPool = NdisAllocateNetBufferListPool(Adapter->Binding, &Pool);
    if (Adapter->NblPool == NULL)
        return NDIS_STATUS_RESOURCES;
    Status = CmAloneEngine.Begin(Adapter, &Station, &Name);
    Adapter->Begun = Status == NDIS_STATUS_SUCCESS;
    return Status;
}

/* The channel's VC is this driver's own: created with no family (C60). */
static NDIS_STATUS OpenChannel(PALONE_ADAPTER Adapter, PALONE_CHANNEL Channel, ULONG Number)
{
    NDIS_STATUS Status;
    Channel->Adapter = Adapter;
    Channel->Number = Number;
    Status = NdisCoCreateVc(Adapter->Binding, NULL, &Channel->Vc, &Channel->NdisVcHandle);
    if (Status != NDIS_STATUS_SUCCESS) {
        Channel->NdisVcHandle = NULL;
        return Status;
    }
    AloneFillActivation(&Channel->Vc.Activation, Number, TRANSMIT_VC | RECEIVE_VC);
    Status = Await(Adapter, NdisCmActivateVc(Channel->NdisVcHandle, &Channel->Vc.Activation.Call));
    Channel->Active = Status == NDIS_STATUS_SUCCESS;
    return Status;
}

static VOID CloseChannel(PALONE_ADAPTER Adapter, PALONE_CHANNEL Channel)
{
    if (Channel->Active)
        Await(Adapter, NdisCmDeactivateVc(Channel->NdisVcHandle));
    if (Channel->NdisVcHandle != NULL)
        NdisCoDeleteVc(Channel->NdisVcHandle);
}

static NDIS_STATUS BeginSignalling(PALONE_ADAPTER Adapter)
{
    ULONG State = NdisMediaStateDisconnected, Index;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    for (Index = 0; Index < CmAloneEngine.ChannelCount && Status == NDIS_STATUS_SUCCESS; Index++)
        Status = OpenChannel(Adapter, &Adapter->Channels[Index], CmAloneEngine.Channels[Index]);
    InterlockedExchange(&Adapter->Signals, Status == NDIS_STATUS_SUCCESS);
    if (Status != NDIS_STATUS_SUCCESS || CmAloneEngine.LinkChange == NULL)
        return Status;
    /* A link that is down says when it comes up; one that came up before said it to nobody. */
    Status = AloneAsk(Adapter, OID_GEN_CO_MEDIA_CONNECT_STATUS, &State, sizeof(State));
    if (Status == NDIS_STATUS_SUCCESS && State == NdisMediaStateConnected)
        CmAloneEngine.LinkChange(Adapter, TRUE);
    return Status;
}

/* Undoes as much as there is. */
static VOID CloseAdapter(PALONE_ADAPTER Adapter)
{
    ULONG Index;
    if (Adapter->Signals && CmAloneEngine.Close != NULL)
        CmAloneEngine.Close(Adapter);
    for (Index = 0; Index < CmAloneEngine.ChannelCount; Index++)
        CloseChannel(Adapter, &Adapter->Channels[Index]);
    if (Adapter->Begun)
        CmAdapterEnd(&Adapter->Manager);
    if (Adapter->NblPool != NULL)
        NdisFreeNetBufferListPool(Adapter->NblPool);
    Await(Adapter, NdisCloseAdapterEx(Adapter->Binding));
    NdisFreeMemory(Adapter, 0, 0);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI AloneBindAdapter(NDIS_HANDLE ProtocolDriverContext,
                                                          NDIS_HANDLE BindContext,
                                                          PNDIS_BIND_PARAMETERS BindParameters)
{
    CO_ADDRESS_FAMILY Family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
    NDIS_HANDLE Protocol = *(PNDIS_HANDLE)ProtocolDriverContext;
    PALONE_ADAPTER Adapter;
    NDIS_STATUS Status;
    if (BindParameters->MediaType != NdisMediumAtm)
        return NDIS_STATUS_UNSUPPORTED_MEDIA;
    Adapter = NdisAllocateMemoryWithTagPriority(Protocol, CmAloneEngine.AdapterBytes, ALONE_TAG,
                                                NormalPoolPriority);
    if (Adapter == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Adapter, CmAloneEngine.AdapterBytes);
    NdisInitializeEvent(&Adapter->Done);
    Status = OpenAdapter(Adapter, Protocol, BindContext, BindParameters);
    if (Status != NDIS_STATUS_SUCCESS) {
        NdisFreeMemory(Adapter, 0, 0);
        return Status;
    }
    Status = BeginManager(Adapter);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = BeginSignalling(Adapter);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = NdisCmRegisterAddressFamilyEx(Adapter->Binding, &Family);
    if (Status != NDIS_STATUS_SUCCESS)
        CloseAdapter(Adapter);
    return Status;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI AloneUnbindAdapter(NDIS_HANDLE UnbindContext,
                                                            NDIS_HANDLE ProtocolBindingContext)
{
    PALONE_ADAPTER Adapter = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(UnbindContext);
    CmAdapterCloseFamilies(&Adapter->Manager);
    CloseAdapter(Adapter);
    return NDIS_STATUS_SUCCESS;
}
