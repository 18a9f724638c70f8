/* SPDX-License-Identifier: MIT */
/* An offer is a call that came in and has not been answered: ProtocolClIncomingCall until the
 * program accepts or rejects it. */
#ifndef CONDIS_CLIENT_OFFER_H
#define CONDIS_CLIENT_OFFER_H

#include "client/client.h"

PROTOCOL_CL_INCOMING_CALL offer_incoming;
PROTOCOL_CL_CALL_CONNECTED offer_connected;

/* Answers a pended offer, once (C11).
 * status   NDIS_STATUS_SUCCESS accepts; anything else rejects and ends the call
 * done     told when an accepted call is connected or dead
 * returns  CONDIS_PENDING, or NDIS_STATUS_INVALID_STATE: no unanswered offer; done never runs */
condis_status offer_answer(struct condis_call *call, condis_status status, struct client_done done);

#endif
