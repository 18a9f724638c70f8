/* SPDX-License-Identifier: MIT */
/* Address families and SAPs. */
#include "callmgr.h"

_Use_decl_annotations_ NDIS_STATUS NTAPI CmOpenAf(NDIS_HANDLE CallMgrBindingContext,
                                                  PCO_ADDRESS_FAMILY AddressFamily,
                                                  NDIS_HANDLE NdisAfHandle,
                                                  PNDIS_HANDLE CallMgrAfContext)
{
    PCM_ADAPTER Adapter = CallMgrBindingContext;
    PCM_AF Af;
    if (AddressFamily->AddressFamily != CO_ADDRESS_FAMILY_Q2931)
        return NDIS_STATUS_FAILURE;
    Af = CmAllocate(Adapter, sizeof(*Af));
    if (Af == NULL)
        return NDIS_STATUS_RESOURCES;
    Af->Adapter = Adapter;
    Af->NdisAfHandle = NdisAfHandle;
    NdisAcquireSpinLock(&Adapter->Lock);
    InsertTailList(&Adapter->Afs, &Af->Link);
    Adapter->AfCount++;
    NdisResetEvent(&Adapter->Idle);
    NdisReleaseSpinLock(&Adapter->Lock);
    *CallMgrAfContext = Af;
    CmRequestBegin(&Af->Request, CM_OPEN_AF, NULL);
    return CmRequestAnswer(Adapter, &Af->Request, NDIS_STATUS_SUCCESS);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmCloseAf(NDIS_HANDLE CallMgrAfContext)
{
    PCM_AF Af = CallMgrAfContext;
    PCM_ADAPTER Adapter = Af->Adapter;
    BOOLEAN Busy;
    CmRequestBegin(&Af->Request, CM_CLOSE_AF, NULL);
    NdisAcquireSpinLock(&Adapter->Lock);
    Af->Notified = TRUE; /* the client closes it: nobody needs to be asked, also not in the end */
    Busy = Af->VcCount != 0 || Af->SapCount != 0 || Af->Telling;
    Af->CloseWaits = Busy;
    NdisReleaseSpinLock(&Adapter->Lock);
    /* A VC of an incoming call, which this end deletes after its close has completed, or the client
     * has not answered yet what this end asked. */
    if (Busy)
        return NDIS_STATUS_PENDING;
    return CmRequestAnswer(Adapter, &Af->Request, NDIS_STATUS_SUCCESS);
}

VOID CmAfUnlockAndSettle(PCM_AF Af)
{
    PCM_ADAPTER Adapter = Af->Adapter;
    BOOLEAN Finish = Af->CloseWaits && Af->VcCount == 0 && Af->SapCount == 0 && !Af->Telling;
    if (Finish)
        Af->CloseWaits = FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Finish)
        CmRequestFinish(Adapter, &Af->Request, NDIS_STATUS_SUCCESS);
}

VOID CmAfRequestEnded(PCM_AF Af, CM_REQUEST_KIND Kind, NDIS_STATUS Status)
{
    PCM_ADAPTER Adapter = Af->Adapter;
    UNREFERENCED_PARAMETER(Status);
    if (Kind == CM_OPEN_AF)
        CmAfOpened(Af);
    if (Kind != CM_CLOSE_AF)
        return;
    NdisAcquireSpinLock(&Adapter->Lock);
    RemoveEntryList(&Af->Link);
    NdisFreeMemory(Af, 0, 0);
    if (--Adapter->AfCount == 0 && !Adapter->WorkQueued)
        NdisSetEvent(&Adapter->Idle); /* under the lock, which the waiter takes next */
    NdisReleaseSpinLock(&Adapter->Lock);
}

_Use_decl_annotations_ VOID NTAPI CmNotifyCloseAfComplete(NDIS_HANDLE CallMgrAfContext,
                                                          NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(CallMgrAfContext); /* what counts is the close itself */
    UNREFERENCED_PARAMETER(Status);
}

VOID CmAdapterCloseFamilies(PCM_ADAPTER Adapter)
{
    for (;;) {
        NDIS_HANDLE NdisAfHandle = NULL;
        PLIST_ENTRY At;
        NdisAcquireSpinLock(&Adapter->Lock);
        Adapter->Ending = TRUE;
        for (At = Adapter->Afs.Flink; At != &Adapter->Afs && NdisAfHandle == NULL; At = At->Flink) {
            PCM_AF Af = CONTAINING_RECORD(At, CM_AF, Link);
            if (Af->Notified)
                continue;
            Af->Notified = TRUE;
            NdisAfHandle = Af->NdisAfHandle;
        }
        NdisReleaseSpinLock(&Adapter->Lock);
        if (NdisAfHandle == NULL)
            break;
        Adapter->Edge->NotifyCloseAf(NdisAfHandle);
    }
    NdisWaitEvent(&Adapter->Idle, 0);
    NdisAcquireSpinLock(&Adapter->Lock); /* after the one who set it */
    NdisReleaseSpinLock(&Adapter->Lock);
}

/* A SAP is one address of this end: SAP_TYPE_NSAP, an ATM_SAP with one ATM_ADDRESS. */
static NDIS_STATUS SapRead(PCM_ADAPTER Adapter, PCO_SAP Sap, UCHAR *Octets)
{
    ATM_SAP *AtmSap = (ATM_SAP *)(PVOID)Sap->Sap;
    ATM_ADDRESS Address;
    if (Sap->SapType != SAP_TYPE_NSAP ||
        Sap->SapLength < (ULONG)FIELD_OFFSET(ATM_SAP, Addresses) + sizeof(ATM_ADDRESS))
        return NDIS_STATUS_INVALID_DATA;
    if (AtmSap->NumberOfAddresses != 1)
        return NDIS_STATUS_INVALID_DATA;
    NdisMoveMemory(&Address, AtmSap->Addresses, sizeof(Address));
    if (!Adapter->Signalling->AddressIsGood(Address.Address))
        return NDIS_STATUS_INVALID_DATA;
    NdisMoveMemory(Octets, Address.Address, ATM_ADDRESS_LENGTH);
    return NDIS_STATUS_SUCCESS;
}

PCM_SAP CmSapFind(PCM_ADAPTER Adapter, const UCHAR *Address)
{
    PCM_SAP Sap = Adapter->Saps[Address[CM_HOST_BYTES]];
    while (Sap != NULL && !NdisEqualMemory(Sap->Address, Address, ATM_ADDRESS_LENGTH))
        Sap = Sap->Next;
    return Sap;
}

/* With the lock held. */
static NDIS_STATUS SapInsert(PCM_ADAPTER Adapter, PCM_SAP Sap)
{
    PCM_SAP *First = &Adapter->Saps[Sap->Address[CM_HOST_BYTES]];
    if (!CmAddressIsOurs(Adapter, Sap->Address))
        return NDIS_STATUS_INVALID_ADDRESS; /* another station's: no call for it comes here */
    if (CmSapFind(Adapter, Sap->Address) != NULL)
        return NDIS_STATUS_INVALID_DATA; /* taken (C101) */
    Sap->Next = *First;
    *First = Sap;
    return NDIS_STATUS_SUCCESS;
}

static VOID SapRemove(PCM_ADAPTER Adapter, PCM_SAP Sap)
{
    PCM_SAP *At = &Adapter->Saps[Sap->Address[CM_HOST_BYTES]];
    while (*At != NULL && *At != Sap)
        At = &(*At)->Next;
    if (*At != NULL)
        *At = Sap->Next;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmRegisterSap(NDIS_HANDLE CallMgrAfContext, PCO_SAP Sap,
                                                       NDIS_HANDLE NdisSapHandle,
                                                       PNDIS_HANDLE CallMgrSapContext)
{
    PCM_AF Af = CallMgrAfContext;
    PCM_ADAPTER Adapter = Af->Adapter;
    PCM_SAP New = CmAllocate(Adapter, sizeof(*New));
    NDIS_STATUS Status;
    if (New == NULL)
        return NDIS_STATUS_RESOURCES;
    New->Af = Af;
    New->NdisSapHandle = NdisSapHandle;
    InitializeListHead(&New->Waiting);
    Status = SapRead(Adapter, Sap, New->Address);
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = SapInsert(Adapter, New);
    Af->SapCount++;
    NdisReleaseSpinLock(&Adapter->Lock);
    *CallMgrSapContext = New;
    CmRequestBegin(&New->Request, CM_REGISTER_SAP, NULL);
    return CmRequestAnswer(Adapter, &New->Request, Status);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmDeregisterSap(NDIS_HANDLE CallMgrSapContext)
{
    PCM_SAP Sap = CallMgrSapContext;
    PCM_ADAPTER Adapter = Sap->Af->Adapter;
    BOOLEAN Busy;
    NdisAcquireSpinLock(&Adapter->Lock);
    CmRequestBegin(&Sap->Request, CM_DEREGISTER_SAP, NULL);
    Sap->Deregistering = TRUE;
    SapRemove(Adapter, Sap);
    Busy = Sap->Offers != 0;
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Busy)
        return NDIS_STATUS_PENDING; /* the last offer's end completes it */
    return CmRequestAnswer(Adapter, &Sap->Request, NDIS_STATUS_SUCCESS);
}

VOID CmSapRequestEnded(PCM_SAP Sap, CM_REQUEST_KIND Kind, NDIS_STATUS Status)
{
    PCM_ADAPTER Adapter = Sap->Af->Adapter;
    PCM_AF Af = Sap->Af;
    if (Kind == CM_REGISTER_SAP && Status == NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&Adapter->Lock);
        Sap->Registered = TRUE;
        NdisReleaseSpinLock(&Adapter->Lock);
        return;
    }
    NdisFreeMemory(Sap, 0, 0);
    NdisAcquireSpinLock(&Adapter->Lock);
    Af->SapCount--;
    CmAfUnlockAndSettle(Af);
}
