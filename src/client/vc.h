/* SPDX-License-Identifier: MIT */
/* A VC is the virtual connection below a call: created here for a call that is made, by the call
 * manager for one that comes in. */
#ifndef CONDIS_CLIENT_VC_H
#define CONDIS_CLIENT_VC_H

#include "client/client.h"

PROTOCOL_CO_CREATE_VC vc_created;
PROTOCOL_CO_DELETE_VC vc_deleted;

void vc_stale_init(struct condis_client *client);

/* Creates a VC for a call that will be made. *out moves to the caller: vc_end ends it.
 * returns NDIS_STATUS_CLOSING (the AF is not open), NDIS_STATUS_RESOURCES, what the miniport or the
 *         call manager answered. */
NDIS_STATUS vc_create(struct condis_af *af, struct client_vc **out);

/* The call on the VC is over. Deletes the VC when it was created here; one of the call manager's
 * waits for ProtocolCoDeleteVc or the next offer (C45, C46). */
void vc_end(struct client_vc *vc);

#endif
