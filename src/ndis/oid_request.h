/* SPDX-License-Identifier: MIT */
/* What the files of the OID request share: making one, and the queue of the plain ones. */
#ifndef CONDIS_NDIS_OID_REQUEST_H
#define CONDIS_NDIS_OID_REQUEST_H

#include "ndis/enter.h"
#include "ndis/oid.h"

/* Takes a request object; not alive until oid_publish. returns  NULL: no memory. */
struct oid *oid_take(const struct call *call, PNDIS_OID_REQUEST request);

/* Makes it alive and writes its handle into the requester's structure. */
void oid_publish(struct oid *oid);

/* The handle that a request structure carries; any bits when it was never asked. */
NDIS_HANDLE oid_remembered(const NDIS_OID_REQUEST *request);

/* The object identifier of a request; at the same place for queries, sets and methods. */
NDIS_OID oid_number(const NDIS_OID_REQUEST *request);

/* Checks the request structure of a call (C113). returns  false after a rule was reported. */
bool oid_check_request(const struct call *call, const NDIS_OID_REQUEST *request, NDIS_HANDLE about,
                       NDIS_STATUS *status);

void oid_trace(const struct call *call, const struct oid *oid);

/* Prepares the queue of a new adapter. */
void oid_queue_init(struct adapter *adapter);

/* The adapter's running plain request is over: a worker gives the miniport the next one. */
void oid_queue_next(struct adapter *adapter, const struct oid *ended);

#endif
