/* SPDX-License-Identifier: MIT */
/* An OID request is how a call manager tells the client that this end's addresses have changed, and
 * how the client then asks for them (C106). */
#ifndef CONDIS_CLIENT_OID_H
#define CONDIS_CLIENT_OID_H

#include "client/client.h"

PROTOCOL_CO_OID_REQUEST oid_requested;
PROTOCOL_CO_OID_REQUEST_COMPLETE oid_completed;

/* Asks an open AF's call manager for this end's addresses; condis_af_info shows the first.
 * returns  SUCCESS: it was asked; CLOSING: the AF is not open; RESOURCES */
NDIS_STATUS oid_ask_addresses(struct condis_af *af);

#endif
