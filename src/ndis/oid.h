/* SPDX-License-Identifier: MIT */
/* An OID request is one question or command on its way from a requester to a miniport, a call
 * manager or a client. The requester's NDIS_OID_REQUEST remembers its handle in NdisReserved. */
#ifndef CONDIS_NDIS_OID_H
#define CONDIS_NDIS_OID_H

#include "ndis/party.h"

struct oid {
    struct object object;
    struct host *host;
    struct adapter *adapter;
    struct binding *binding; /* the requester's; NULL: a miniport call manager asks */
    struct af *af;           /* NULL: the miniport is asked */
    struct oid *next;        /* in the adapter's queue */
    PNDIS_OID_REQUEST request;
    const struct driver *requester;
    const struct driver *target;
    NDIS_HANDLE handle;
    NDIS_HANDLE af_handle; /* as asked; the completion passes the same (C20) */
    NDIS_HANDLE vc_handle;
    NDIS_HANDLE party_handle;
    NDIS_HANDLE af_context; /* the requester's, for its completion */
    NDIS_HANDLE vc_context;
    NDIS_HANDLE party_context;
    struct operation op; /* CO_OID, MCO_OID, OID */
    bool after_removal;  /* asked of a miniport whose device was gone already (C129) */
    bool deferred;       /* waited in the adapter's queue: the requester was told PENDING */
};

/* Whom a connection-oriented request concerns, as the call gave it and as resolved. */
struct oid_scope {
    NDIS_HANDLE af_handle;
    NDIS_HANDLE vc_handle;
    NDIS_HANDLE party_handle;
    struct af *af;
    struct vc *vc;
    struct party *party;
};

#endif
