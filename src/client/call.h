/* SPDX-License-Identifier: MIT */
/* A call is one connection, made or taken, from its first request to the last reference.
 *
 *   MAKING --make completes--> CONNECTED --anybody ends it--> CLOSING --close completes--> CLOSED
 *   OFFERED --accepted--> ACCEPTING --connected--> CONNECTED
 *   MAKING fails, OFFERED is rejected, ACCEPTING dies: CLOSED
 *
 * A call has a VC from its creation until CLOSED. References: the program's until it releases the
 * call, the VC's until CLOSED, and those of running library code. */
#ifndef CONDIS_CLIENT_CALL_H
#define CONDIS_CLIENT_CALL_H

#include "client/client.h"

PROTOCOL_CL_MAKE_CALL_COMPLETE call_made;

/* Creates a call with two references, the program's and its VC's, and puts it in its AF's list.
 * returns NULL when there is no memory. */
struct condis_call *call_create(struct condis_af *af, enum condis_call_state state);

/* Sets the limits; NULL and zeros: defaults. */
void call_limit(struct condis_call *call, const struct condis_call_limits *limits);

/* Frees a call that nobody refers to, its parties and close data. */
void call_free(struct condis_call *call);

void call_hold(struct condis_call *call);
void call_let_go(struct condis_call *call);

/* Ends a call that is CLOSED as far as NDIS goes: VC, record, waiters, whoever waited for it, and
 * the VC's reference.
 * status  why; a first reason that is already there stays */
void call_end(struct condis_call *call, condis_status status);

/* Takes the data back from the program; for condis_client_close. In receive.c. */
void call_take_data_back(struct condis_call *call);

#endif
