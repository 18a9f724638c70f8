/* SPDX-License-Identifier: MIT */
/* The addresses of this end that the network knows, and the clients' knowledge of them
 * (OID_CO_ADDRESS_CHANGE, OID_CO_GET_ADDRESSES; API §6.2). */
#include "callmgr.h"

static ULONG Find(PCM_ADAPTER Adapter, const UCHAR *Address)
{
    ULONG Index = 0;
    while (Index < Adapter->AddressCount &&
           !NdisEqualMemory(Adapter->Addresses[Index], Address, CM_HOST_BYTES))
        Index++;
    return Index;
}

static VOID Changed(PCM_ADAPTER Adapter)
{
    PLIST_ENTRY At;
    for (At = Adapter->Afs.Flink; At != &Adapter->Afs; At = At->Flink)
        CONTAINING_RECORD(At, CM_AF, Link)->AddressesOld = TRUE;
    Adapter->AddressesUntold = TRUE;
}

VOID CmAddressAdd(PCM_ADAPTER Adapter, const UCHAR *Address)
{
    if (Adapter->AddressCount == CM_ADDRESSES_MAX || Find(Adapter, Address) < Adapter->AddressCount)
        return;
    NdisMoveMemory(Adapter->Addresses[Adapter->AddressCount++], Address, ATM_ADDRESS_LENGTH);
    Changed(Adapter);
}

/* The others keep their order: the oldest is the one that a client sees first. */
VOID CmAddressRemove(PCM_ADAPTER Adapter, const UCHAR *Address)
{
    ULONG Index = Find(Adapter, Address);
    if (Index == Adapter->AddressCount)
        return;
    Adapter->AddressCount--;
    for (; Index < Adapter->AddressCount; Index++)
        NdisMoveMemory(Adapter->Addresses[Index], Adapter->Addresses[Index + 1],
                       ATM_ADDRESS_LENGTH);
    Changed(Adapter);
}

BOOLEAN CmAddressIsOurs(PCM_ADAPTER Adapter, const UCHAR *Address)
{
    if (NdisEqualMemory(Address, Adapter->Address, CM_HOST_BYTES))
        return TRUE;
    if (Adapter->HasAlias && NdisEqualMemory(Address, Adapter->Alias, CM_HOST_BYTES))
        return TRUE;
    if (Adapter->HasEsi && NdisEqualMemory(Address + CM_HOST_BYTES - sizeof(Adapter->Esi),
                                           Adapter->Esi, sizeof(Adapter->Esi)))
        return TRUE;
    return Find(Adapter, Address) < Adapter->AddressCount;
}

/* With the lock held: takes the family's turn to be told. One that closes is left alone. */
static BOOLEAN TellBegin(PCM_AF Af)
{
    if (!Af->AddressesOld || Af->Telling || Af->Notified)
        return FALSE;
    Af->AddressesOld = FALSE;
    Af->Telling = TRUE;
    return TRUE;
}

/* A close of the family may have waited for it. */
static VOID TellEnd(PCM_AF Af)
{
    PCM_ADAPTER Adapter = Af->Adapter;
    NdisAcquireSpinLock(&Adapter->Lock);
    Af->Telling = FALSE;
    if (Af->AddressesOld)
        Adapter->AddressesUntold = TRUE;
    CmAnswerTimerUpdate(Adapter);
    CmAfUnlockAndSettle(Af);
}

static VOID Tell(PCM_AF Af)
{
    PCM_ADAPTER Adapter = Af->Adapter;
    PNDIS_OID_REQUEST Request = &Af->AddressChange;
    NDIS_STATUS Status;
    NdisZeroMemory(Request, sizeof(*Request));
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = NdisRequestSetInformation;
    Request->DATA.SET_INFORMATION.Oid = OID_CO_ADDRESS_CHANGE;
    Status = Adapter->Edge->AskClient(Adapter, Af->NdisAfHandle, Request);
    if (Status != NDIS_STATUS_PENDING)
        TellEnd(Af);
}

VOID CmAddressesTell(PCM_ADAPTER Adapter)
{
    PLIST_ENTRY At;
    PCM_AF Af;
    do {
        Af = NULL;
        NdisAcquireSpinLock(&Adapter->Lock);
        Adapter->AddressesUntold = FALSE;
        for (At = Adapter->Afs.Flink; At != &Adapter->Afs && Af == NULL; At = At->Flink)
            if (TellBegin(CONTAINING_RECORD(At, CM_AF, Link)))
                Af = CONTAINING_RECORD(At, CM_AF, Link);
        NdisReleaseSpinLock(&Adapter->Lock);
        if (Af != NULL)
            Tell(Af);
    } while (Af != NULL);
}

VOID CmAfOpened(PCM_AF Af)
{
    PCM_ADAPTER Adapter = Af->Adapter;
    if (!Adapter->Signalling->Registers) /* they never change there */
        return;
    NdisAcquireSpinLock(&Adapter->Lock);
    Af->AddressesOld = TRUE;
    Adapter->AddressesUntold = TRUE;
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
}

/* What the client answered does not matter: it asks when it wants to know. What has changed
 * meanwhile is told in a new request. */
_Use_decl_annotations_ VOID NTAPI CmOidRequestComplete(NDIS_HANDLE ProtocolAfContext,
                                                       NDIS_HANDLE ProtocolVcContext,
                                                       NDIS_HANDLE ProtocolPartyContext,
                                                       PNDIS_OID_REQUEST OidRequest,
                                                       NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext); /* not known yet, while the family is being opened */
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(Status);
    TellEnd(CONTAINING_RECORD(OidRequest, CM_AF, AddressChange));
}

/* With the lock held. Each entry is a CO_ADDRESS with an ATM_ADDRESS inside, the next one right
 * behind it. */
static VOID WriteList(PCM_ADAPTER Adapter, UCHAR *Buffer)
{
    const ULONG Entry = FIELD_OFFSET(CO_ADDRESS, Address) + sizeof(ATM_ADDRESS);
    CO_ADDRESS_LIST List;
    CO_ADDRESS Head;
    ATM_ADDRESS Address;
    ULONG Index;
    NdisZeroMemory(&List, sizeof(List));
    NdisZeroMemory(&Head, sizeof(Head));
    NdisZeroMemory(&Address, sizeof(Address));
    List.NumberOfAddressesAvailable = Adapter->AddressCount;
    List.NumberOfAddresses = Adapter->AddressCount;
    NdisMoveMemory(Buffer, &List, FIELD_OFFSET(CO_ADDRESS_LIST, AddressList));
    Buffer += FIELD_OFFSET(CO_ADDRESS_LIST, AddressList);
    Head.AddressSize = sizeof(ATM_ADDRESS);
    Address.AddressType = ATM_NSAP;
    Address.NumberOfDigits = ATM_ADDRESS_LENGTH;
    for (Index = 0; Index < Adapter->AddressCount; Index++, Buffer += Entry) {
        NdisMoveMemory(Address.Address, Adapter->Addresses[Index], ATM_ADDRESS_LENGTH);
        NdisMoveMemory(Buffer, &Head, FIELD_OFFSET(CO_ADDRESS, Address));
        NdisMoveMemory(Buffer + FIELD_OFFSET(CO_ADDRESS, Address), &Address, sizeof(Address));
    }
}

NDIS_STATUS CmAddressesGet(PCM_ADAPTER Adapter, PNDIS_OID_REQUEST Request)
{
    const ULONG Entry = FIELD_OFFSET(CO_ADDRESS, Address) + sizeof(ATM_ADDRESS);
    ULONG Bytes;
    NDIS_STATUS Status = NDIS_STATUS_BUFFER_TOO_SHORT;
    NdisAcquireSpinLock(&Adapter->Lock);
    Bytes = FIELD_OFFSET(CO_ADDRESS_LIST, AddressList) + Adapter->AddressCount * Entry;
    Request->DATA.QUERY_INFORMATION.BytesWritten = 0;
    Request->DATA.QUERY_INFORMATION.BytesNeeded = Bytes;
    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength >= Bytes) {
        WriteList(Adapter, Request->DATA.QUERY_INFORMATION.InformationBuffer);
        Request->DATA.QUERY_INFORMATION.BytesWritten = Bytes;
        Status = NDIS_STATUS_SUCCESS;
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    return Status;
}
