/* SPDX-License-Identifier: MIT */
/* Receiving keeps what came by a call, in order, until the program takes it.
 *
 * Lent data is never copied: it stays in the adapter's NET_BUFFER, whose ProtocolReserved area
 * becomes our note (data.h). While more than limits.receive_max data are with the program, or
 * nobody asks for them, they wait here and are not returned, so the adapter, and through it the
 * sender, runs out of buffers instead of memory. */
#ifndef CONDIS_CLIENT_RECEIVE_H
#define CONDIS_CLIENT_RECEIVE_H

#include "client/client.h"

PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS receive_indicated;

/* Gives on_data what may be given now. The caller has a reference; holds no lock. */
void receive_deliver(struct condis_call *call);

/* Returns everything that the program has not taken. */
void receive_discard(struct condis_call *call);

#endif
