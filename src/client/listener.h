/* SPDX-License-Identifier: MIT */
/* A listener is a SAP that the program registered.
 *
 * Two may end it, the program and the closing of its AF, in any order: the SAP is deregistered once
 * (C100), and the record goes when it is both gone for NDIS and stopped by the program, or with the
 * client. */
#ifndef CONDIS_CLIENT_LISTENER_H
#define CONDIS_CLIENT_LISTENER_H

#include "client/client.h"

PROTOCOL_CL_REGISTER_SAP_COMPLETE listener_registered;
PROTOCOL_CL_DEREGISTER_SAP_COMPLETE listener_deregistered;

void listener_hold(struct condis_listener *listener);
void listener_let_go(struct condis_listener *listener);

/* Frees a listener at the end of its client. */
void listener_free(struct condis_listener *listener);

/* Picks a listener of a closing AF that is not being stopped, with a reference. The caller holds
 * client->lock. */
struct condis_listener *listener_next_to_stop(struct condis_af *af);

/* Deregisters it for the closing AF; ends that reference. */
void listener_evict(struct condis_listener *listener);

#endif
