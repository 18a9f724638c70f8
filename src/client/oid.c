/* SPDX-License-Identifier: MIT */
#include "client/oid.h"

#include "client/af.h"

/* A query for the AF's addresses. */
struct oid_query {
    NDIS_OID_REQUEST request;
    struct condis_af *af;
    ULONG number; /* in the order of asking */
    union {
        CO_ADDRESS_LIST list;
        UCHAR room[sizeof(CO_ADDRESS_LIST) +
                   CONDIS_AF_ADDRESSES_MAX * (sizeof(CO_ADDRESS) + sizeof(ATM_ADDRESS))];
    };
};

/* Reads the addresses out of a list: each is a CO_ADDRESS of its own length, the next one right
 * behind it. returns how many; others than AESAs are passed over. */
static ULONG oid_read(const struct oid_query *query, struct condis_address *out)
{
    const UCHAR *at = (const UCHAR *)&query->list.AddressList;
    ULONG written = query->request.DATA.QUERY_INFORMATION.BytesWritten; /* so the other end says */
    const UCHAR *end = query->room + (written < sizeof query->room ? written : sizeof query->room);
    ULONG count = 0;
    for (ULONG i = 0; i < query->list.NumberOfAddresses && count < CONDIS_AF_ADDRESSES_MAX; i++) {
        CO_ADDRESS head;
        ATM_ADDRESS address;
        if (end - at < (ptrdiff_t)(FIELD_OFFSET(CO_ADDRESS, Address) + sizeof address))
            break;
        memcpy(&head, at, FIELD_OFFSET(CO_ADDRESS, Address));
        at += FIELD_OFFSET(CO_ADDRESS, Address);
        memcpy(&address, at, sizeof address);
        if (address.AddressType == ATM_NSAP && address.NumberOfDigits == CONDIS_ADDRESS_BYTES)
            memcpy(out[count++].octets, address.Address, CONDIS_ADDRESS_BYTES);
        if (head.AddressSize > (ULONG)(end - at))
            break;
        at += head.AddressSize;
    }
    return count;
}

/* Of two queries under way the one asked later knows more, whichever is answered last. */
static void oid_keep_addresses(struct oid_query *query)
{
    struct condis_af *af = query->af;
    struct condis_client *client = af->client;
    struct condis_address addresses[CONDIS_AF_ADDRESSES_MAX];
    ULONG count = oid_read(query, addresses);
    NdisAcquireSpinLock(&client->lock);
    bool newer = query->number - af->addresses_kept <= MAXLONG;
    bool changed = newer && (count != af->address_count ||
                             memcmp(addresses, af->addresses, count * sizeof *addresses) != 0);
    if (newer)
        af->addresses_kept = query->number;
    if (changed) {
        memcpy(af->addresses, addresses, count * sizeof *addresses);
        af->address_count = count;
        wait_list_wake(&client->waiters);
    }
    NdisReleaseSpinLock(&client->lock);
    if (changed && client->on_addresses)
        client->on_addresses(client->context, af);
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
        oid_keep_addresses(query);
    client_free(query);
    client_af_let_go(af, &af->oid_count);
}

NDIS_STATUS oid_ask_addresses(struct condis_af *af)
{
    if (!client_af_hold(af, &af->oid_count))
        return NDIS_STATUS_CLOSING;
    struct oid_query *query = client_allocate(sizeof *query);
    if (!query) {
        client_af_let_go(af, &af->oid_count);
        return NDIS_STATUS_RESOURCES;
    }
    query->af = af;
    NdisAcquireSpinLock(&af->client->lock);
    query->number = ++af->addresses_asked;
    NdisReleaseSpinLock(&af->client->lock);
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
    return NDIS_STATUS_SUCCESS;
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
    bool opening = af->state == AF_OPENING;
    af->addresses_changed = opening;
    NdisReleaseSpinLock(&af->client->lock);
    return opening ? NDIS_STATUS_SUCCESS : oid_ask_addresses(af);
}
