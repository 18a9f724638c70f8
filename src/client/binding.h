/* SPDX-License-Identifier: MIT */
/* A binding is the client on one adapter: opened when NDIS offers the adapter, closed when every
 * address family on it is closed. */
#ifndef CONDIS_CLIENT_BINDING_H
#define CONDIS_CLIENT_BINDING_H

#include "client/client.h"

PROTOCOL_BIND_ADAPTER_EX binding_bind;
PROTOCOL_UNBIND_ADAPTER_EX binding_unbind;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX binding_opened;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX binding_closed;

/* Frees what the client has of a binding that is closed, was never open, or was taken away. */
void client_binding_free(struct client_binding *binding);

/* Counts an AF on the binding. returns false when it is being unbound. */
bool client_binding_hold(struct client_binding *binding);

/* Ends one AF's count; the last one of an unbinding closes the adapter. The binding may be gone
 * when it returns. */
void client_binding_let_go(struct client_binding *binding);

#endif
