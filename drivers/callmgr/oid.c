/* SPDX-License-Identifier: MIT */
/* What a call manager answers to its clients' OIDs (API §6.2). */
#include "callmgr.h"

/* PVCs, aliases and TAPI are not of these media: NOT_SUPPORTED says so. */
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
        return CmAddressesGet(Af->Adapter, OidRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}
