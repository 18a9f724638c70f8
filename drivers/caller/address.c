/* SPDX-License-Identifier: MIT */
/* The addresses of this end: the call manager tells that they have changed, and is asked for them.
 * A call that failed before there were any is made again. */
#include "caller.h"

_Use_decl_annotations_ NDIS_STATUS NTAPI CallerOidRequest(NDIS_HANDLE ProtocolAfContext,
                                                          NDIS_HANDLE ProtocolVcContext,
                                                          NDIS_HANDLE ProtocolPartyContext,
                                                          PNDIS_OID_REQUEST OidRequest)
{
    PCALLER_FAMILY Family = ProtocolAfContext;
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    if (OidRequest->RequestType != NdisRequestSetInformation ||
        OidRequest->DATA.SET_INFORMATION.Oid != OID_CO_ADDRESS_CHANGE)
        return NDIS_STATUS_NOT_SUPPORTED;
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->AddressesChanged = TRUE;
    CallerMoveFamily(Family); /* asks when the family is open, which the driver may not know yet */
    return NDIS_STATUS_SUCCESS;
}

VOID CallerAskAddresses(PCALLER_FAMILY Family)
{
    PNDIS_OID_REQUEST Request = &Family->Request;
    NDIS_STATUS Status;
    NdisZeroMemory(Request, sizeof(*Request));
    Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Request->RequestType = NdisRequestQueryInformation;
    Request->DATA.QUERY_INFORMATION.Oid = OID_CO_GET_ADDRESSES;
    Request->DATA.QUERY_INFORMATION.InformationBuffer = &Family->Addresses;
    Request->DATA.QUERY_INFORMATION.InformationBufferLength = sizeof(Family->Addresses);
    Status = NdisCoOidRequest(Family->Binding->NdisBindingHandle, Family->NdisAfHandle, NULL, NULL,
                              Request);
    if (Status != NDIS_STATUS_PENDING)
        CallerOidRequestComplete(Family, NULL, NULL, Request, Status);
}

_Use_decl_annotations_ VOID NTAPI CallerOidRequestComplete(NDIS_HANDLE ProtocolAfContext,
                                                           NDIS_HANDLE ProtocolVcContext,
                                                           NDIS_HANDLE ProtocolPartyContext,
                                                           PNDIS_OID_REQUEST OidRequest,
                                                           NDIS_STATUS Status)
{
    PCALLER_FAMILY Family = ProtocolAfContext;
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->Asking = FALSE;
    if (Status == NDIS_STATUS_SUCCESS && Family->Addresses.List.NumberOfAddresses != 0 &&
        Family->Binding->Settings.LeafCount != 0)
        Family->CallWanted = !Family->Called;
    CallerMoveFamily(Family);
}
