/* SPDX-License-Identifier: MIT */
/* Bindings: an adapter is opened when NDIS asks for it, and closed when its families are. */
#include "caller.h"

PVOID CallerAllocate(SIZE_T Bytes)
{
    PVOID Memory = NdisAllocateMemoryWithTagPriority(CallerProtocolHandle, (UINT)Bytes, CALLER_TAG,
                                                     NormalPoolPriority);
    if (Memory != NULL)
        NdisZeroMemory(Memory, Bytes);
    return Memory;
}

/* ---- opening and closing: both may pend, and bind and unbind wait ---- */

static VOID Done(PCALLER_BINDING Binding, NDIS_STATUS Status)
{
    Binding->DoneStatus = Status;
    NdisSetEvent(&Binding->Done);
}

static NDIS_STATUS Await(PCALLER_BINDING Binding, NDIS_STATUS Status)
{
    if (Status == NDIS_STATUS_PENDING) {
        NdisWaitEvent(&Binding->Done, 0);
        Status = Binding->DoneStatus;
    }
    NdisResetEvent(&Binding->Done);
    return Status;
}

_Use_decl_annotations_ VOID NTAPI CallerOpenAdapterComplete(NDIS_HANDLE ProtocolBindingContext,
                                                            NDIS_STATUS Status)
{
    Done(ProtocolBindingContext, Status);
}

_Use_decl_annotations_ VOID NTAPI CallerCloseAdapterComplete(NDIS_HANDLE ProtocolBindingContext)
{
    Done(ProtocolBindingContext, NDIS_STATUS_SUCCESS);
}

static NDIS_STATUS OpenAdapter(PCALLER_BINDING Binding, NDIS_HANDLE BindContext,
                               PNDIS_STRING AdapterName)
{
    NDIS_OPEN_PARAMETERS Open;
    NDIS_MEDIUM Medium = NdisMediumAtm;
    UINT Selected = 0;
    NdisZeroMemory(&Open, sizeof(Open));
    Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open.AdapterName = AdapterName;
    Open.MediumArray = &Medium;
    Open.MediumArraySize = 1;
    Open.SelectedMediumIndex = &Selected;
    return Await(Binding, NdisOpenAdapterEx(CallerProtocolHandle, Binding, &Open, BindContext,
                                            &Binding->NdisBindingHandle));
}

static VOID CloseAdapter(PCALLER_BINDING Binding)
{
    Await(Binding, NdisCloseAdapterEx(Binding->NdisBindingHandle));
}

/* ---- binding ---- */

static NDIS_HANDLE CreateNblPool(VOID)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Pool;
    NdisZeroMemory(&Pool, sizeof(Pool));
    Pool.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Pool.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Pool.fAllocateNetBuffer = TRUE;
    Pool.PoolTag = CALLER_TAG;
    return NdisAllocateNetBufferListPool(CallerProtocolHandle, &Pool);
}

static PCALLER_BINDING CreateBinding(VOID)
{
    PCALLER_BINDING Binding = CallerAllocate(sizeof(*Binding));
    if (Binding == NULL)
        return NULL;
    Binding->NblPool = CreateNblPool();
    if (Binding->NblPool == NULL) {
        NdisFreeMemory(Binding, 0, 0);
        return NULL;
    }
    NdisAllocateSpinLock(&Binding->Lock);
    NdisInitializeEvent(&Binding->Done);
    NdisInitializeEvent(&Binding->Empty);
    InitializeListHead(&Binding->Families);
    return Binding;
}

static VOID FreeBinding(PCALLER_BINDING Binding)
{
    NdisFreeSpinLock(&Binding->Lock);
    NdisFreeNetBufferListPool(Binding->NblPool);
    NdisFreeMemory(Binding, 0, 0);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CallerBindAdapter(NDIS_HANDLE ProtocolDriverContext,
                                                           NDIS_HANDLE BindContext,
                                                           PNDIS_BIND_PARAMETERS BindParameters)
{
    PCALLER_BINDING Binding;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    if (BindParameters->MediaType != NdisMediumAtm)
        return NDIS_STATUS_UNSUPPORTED_MEDIA;
    Binding = CreateBinding();
    if (Binding == NULL)
        return NDIS_STATUS_RESOURCES;
    Status = OpenAdapter(Binding, BindContext, BindParameters->AdapterName);
    if (Status == NDIS_STATUS_SUCCESS) {
        Status = CallerReadSettings(Binding->NdisBindingHandle, &Binding->Settings);
        if (Status == NDIS_STATUS_SUCCESS) {
            Binding->RejectsLeft = Binding->Settings.RejectCount;
            return NDIS_STATUS_SUCCESS;
        }
        CloseAdapter(Binding);
    }
    FreeBinding(Binding);
    return Status;
}

/* Tells every family to end, and waits until all have. */
static VOID EndFamilies(PCALLER_BINDING Binding)
{
    PLIST_ENTRY At;
    PCALLER_FAMILY Family;
    BOOLEAN Empty;
    NdisAcquireSpinLock(&Binding->Lock);
    Binding->Unbinding = TRUE;
    do {
        Family = NULL;
        for (At = Binding->Families.Flink; At != &Binding->Families && Family == NULL;
             At = At->Flink)
            if (!CONTAINING_RECORD(At, CALLER_FAMILY, Link)->Ending)
                Family = CONTAINING_RECORD(At, CALLER_FAMILY, Link);
        if (Family != NULL) {
            Family->Ending = TRUE;
            CallerMoveFamily(Family);
            NdisAcquireSpinLock(&Binding->Lock);
        }
    } while (Family != NULL);
    Empty = IsListEmpty(&Binding->Families);
    NdisReleaseSpinLock(&Binding->Lock);
    if (!Empty)
        NdisWaitEvent(&Binding->Empty, 0);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CallerUnbindAdapter(NDIS_HANDLE UnbindContext,
                                                             NDIS_HANDLE ProtocolBindingContext)
{
    PCALLER_BINDING Binding = ProtocolBindingContext;
    UNREFERENCED_PARAMETER(UnbindContext);
    EndFamilies(Binding);
    CloseAdapter(Binding);
    FreeBinding(Binding);
    return NDIS_STATUS_SUCCESS;
}
