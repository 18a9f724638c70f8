/* SPDX-License-Identifier: MIT */
/* An AF is one address family open on one adapter; calls and listeners hang on it, and it closes
 * when the last of them is gone.
 *
 *   OPENING --open completes--> OPEN --notify, unbind--> CLOSING --close completes--> CLOSED
 *      |                                                                                ^
 *      +--open fails--------------------------------------------------------------------+
 *
 * CLOSING goes on when the AF has no VC, no SAP and no OID request any more (C96, C98). The record
 * stays, CLOSED, until the client goes. */
#ifndef CONDIS_CLIENT_AF_H
#define CONDIS_CLIENT_AF_H

#include "client/client.h"

PROTOCOL_CO_AF_REGISTER_NOTIFY af_register_notify;
PROTOCOL_CL_OPEN_AF_COMPLETE_EX af_opened;
PROTOCOL_CL_CLOSE_AF_COMPLETE af_closed;
PROTOCOL_CL_NOTIFY_CLOSE_AF af_notify_close;

/* Begins to close every AF of a binding. */
void af_close_all(struct client_binding *binding);

/* Counts a VC, SAP or OID request (`count` is that member of af) on an open AF.
 * returns false when it is not open. */
bool client_af_hold(struct condis_af *af, ULONG *count);

/* Ends such a count; the last one of a closing AF closes it. */
void client_af_let_go(struct condis_af *af, ULONG *count);

enum af_call_mark {
    AF_CALL_EVICTED,
    AF_CALL_TAKEN_BACK,
};

/* Picks a call that does not have this mark yet, marks it and takes a reference to it. The caller
 * holds client->lock. returns NULL when there is none. */
struct condis_call *af_next_call(struct condis_af *af, enum af_call_mark mark);

#endif
