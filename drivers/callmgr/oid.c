/* SPDX-License-Identifier: MIT */
/* What a call manager of the hub answers to its clients' OIDs (API §6.2). */
#include "callmgr.h"

/* The one address of this end, as CO_ADDRESS with an ATM_ADDRESS inside. */
static NDIS_STATUS GetAddresses(PCM_ADAPTER Adapter, PNDIS_OID_REQUEST Request)
{
    const ULONG First = FIELD_OFFSET(CO_ADDRESS_LIST, AddressList);
    const ULONG Bytes = First + FIELD_OFFSET(CO_ADDRESS, Address) + sizeof(ATM_ADDRESS);
    PCO_ADDRESS_LIST List = Request->DATA.QUERY_INFORMATION.InformationBuffer;
    ATM_ADDRESS Address;
    Request->DATA.QUERY_INFORMATION.BytesWritten = 0;
    Request->DATA.QUERY_INFORMATION.BytesNeeded = Bytes;
    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength < Bytes)
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    NdisZeroMemory(&Address, sizeof(Address));
    Address.AddressType = ATM_NSAP;
    Address.NumberOfDigits = ATM_ADDRESS_LENGTH;
    NdisMoveMemory(Address.Address, Adapter->Address, ATM_ADDRESS_LENGTH);
    List->NumberOfAddressesAvailable = 1;
    List->NumberOfAddresses = 1;
    List->AddressList.AddressSize = sizeof(ATM_ADDRESS);
    NdisMoveMemory(List->AddressList.Address, &Address, sizeof(Address));
    Request->DATA.QUERY_INFORMATION.BytesWritten = Bytes;
    return NDIS_STATUS_SUCCESS;
}

/* PVCs, aliases and TAPI are not of this medium: NOT_SUPPORTED says so. */
_Use_decl_annotations_ NDIS_STATUS NTAPI CmOidRequest(NDIS_HANDLE ProtocolAfContext,
                                                      NDIS_HANDLE ProtocolVcContext,
                                                      NDIS_HANDLE ProtocolPartyContext,
                                                      PNDIS_OID_REQUEST OidRequest)
{
    PCM_AF Af = ProtocolAfContext;
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    if (OidRequest->RequestType == NdisRequestQueryInformation &&
        OidRequest->DATA.QUERY_INFORMATION.Oid == OID_CO_GET_ADDRESSES)
        return GetAddresses(Af->Adapter, OidRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

/* This call manager asks its clients nothing, so nothing completes. */
_Use_decl_annotations_ VOID NTAPI CmOidRequestComplete(NDIS_HANDLE ProtocolAfContext,
                                                       NDIS_HANDLE ProtocolVcContext,
                                                       NDIS_HANDLE ProtocolPartyContext,
                                                       PNDIS_OID_REQUEST OidRequest,
                                                       NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    UNREFERENCED_PARAMETER(Status);
}
