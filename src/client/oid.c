/* SPDX-License-Identifier: MIT */
#include "client/oid.h"

#include "client/af.h"

enum { OID_ADDRESSES = 4 };

/* A query for the AF's addresses, with room for a few; the first one is kept. */
struct oid_query {
    NDIS_OID_REQUEST request;
    struct condis_af *af;
    union {
        CO_ADDRESS_LIST list;
        UCHAR room[sizeof(CO_ADDRESS_LIST) +
                   OID_ADDRESSES * (sizeof(CO_ADDRESS) + sizeof(ATM_ADDRESS))];
    };
};

static void oid_keep_address(struct oid_query *query)
{
    struct condis_af *af = query->af;
    const UCHAR *end =
        (const UCHAR *)&query->list + query->request.DATA.QUERY_INFORMATION.BytesWritten;
    const UCHAR *at = (const UCHAR *)&query->list.AddressList.Address;
    ATM_ADDRESS address;
    if (query->list.NumberOfAddresses == 0 || end < at + sizeof address)
        return;
    memcpy(&address, at, sizeof address);
    if (address.AddressType != ATM_NSAP || address.NumberOfDigits != CONDIS_ADDRESS_BYTES)
        return;
    NdisAcquireSpinLock(&af->client->lock);
    memcpy(af->address.octets, address.Address, CONDIS_ADDRESS_BYTES);
    af->has_address = true;
    NdisReleaseSpinLock(&af->client->lock);
}

VOID oid_completed(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                   NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest,
                   NDIS_STATUS Status)
{
    struct oid_query *query = CONTAINING_RECORD(OidRequest, struct oid_query, request);
    struct condis_af *af = query->af;
    (void)ProtocolAfContext;
    (void)ProtocolVcContext;
    (void)ProtocolPartyContext;
    if (Status == NDIS_STATUS_SUCCESS)
        oid_keep_address(query);
    client_free(query);
    client_af_let_go(af, &af->oid_count);
}

void oid_ask_addresses(struct condis_af *af)
{
    if (!client_af_hold(af, &af->oid_count))
        return;
    struct oid_query *query = client_allocate(sizeof *query);
    if (!query) {
        client_af_let_go(af, &af->oid_count);
        return;
    }
    query->af = af;
    query->list.NumberOfAddressesAvailable = OID_ADDRESSES;
    query->request = (NDIS_OID_REQUEST){
        .Header = {NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_1,
                   NDIS_SIZEOF_OID_REQUEST_REVISION_1},
        .RequestType = NdisRequestQueryInformation,
        .DATA.QUERY_INFORMATION = {.Oid = OID_CO_GET_ADDRESSES,
                                   .InformationBuffer = &query->list,
                                   .InformationBufferLength = sizeof query->room},
    };
    NDIS_STATUS status =
        NdisCoOidRequest(af->binding->handle, af->handle, NULL, NULL, &query->request);
    if (status != NDIS_STATUS_PENDING)
        oid_completed(af, NULL, NULL, &query->request, status);
}

NDIS_STATUS oid_requested(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                          NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest)
{
    struct condis_af *af = ProtocolAfContext;
    (void)ProtocolVcContext;
    (void)ProtocolPartyContext;
    if (OidRequest->RequestType != NdisRequestSetInformation ||
        OidRequest->DATA.SET_INFORMATION.Oid != OID_CO_ADDRESS_CHANGE)
        return NDIS_STATUS_NOT_SUPPORTED;
    /* It may come before the client hears that the AF is open: then af_opened asks. */
    NdisAcquireSpinLock(&af->client->lock);
    af->addresses_changed = af->state == AF_OPENING;
    NdisReleaseSpinLock(&af->client->lock);
    oid_ask_addresses(af);
    return NDIS_STATUS_SUCCESS;
}
