/* SPDX-License-Identifier: MIT */
/* A bind request is one thing that NDIS asks of a protocol driver about an adapter: to bind, to
 * unbind, or to hear of a plug-and-play event. Its handle is the driver's context for it. */
#ifndef CONDIS_NDIS_BIND_H
#define CONDIS_NDIS_BIND_H

#include "ndis/binding.h"

struct bind {
    struct object object;
    struct host *host;
    struct driver *driver;
    struct adapter *adapter;
    struct binding *binding; /* what NdisOpenAdapterEx made; NULL: nothing yet */
    NDIS_HANDLE binding_handle;
    NDIS_HANDLE handle;
    struct operation op; /* BIND, UNBIND, NET_PNP_EVENT */
    struct exec_waitable done;
    struct exec_waitable closed; /* the binding it is about has closed */
    NDIS_STATUS status;          /* from the moment done is signalled */
    bool abandoned;              /* nobody waits any more: the completion releases it; host->lock */
    NDIS_BIND_PARAMETERS parameters;
    NET_PNP_EVENT_NOTIFICATION event;
};

/* Takes a bind request; its handle is valid after bind_publish. returns  NULL: no memory. */
struct bind *bind_take(struct driver *driver, struct adapter *adapter, struct binding *binding);
void bind_publish(struct bind *bind);

/* Ends a bind request, or gives back one that was never published. */
void bind_release(struct bind *bind);

/* Asks one protocol to bind to one adapter; a bound one is offered the adapter's AFs, and offers
 * its own. PASSIVE_LEVEL; the caller holds the pnp lock. */
void bind_protocol(struct driver *driver, struct adapter *adapter);

/* Asks a protocol to unbind, and ends whatever it leaves behind. PASSIVE_LEVEL, pnp lock held. */
void bind_undo(struct binding *binding);

/* Has a protocol hear of an event. binding NULL: of all its bindings. PASSIVE_LEVEL.
 * returns  the driver's final answer */
NDIS_STATUS bind_tell_event(struct binding *binding, NET_PNP_EVENT_CODE code, void *buffer,
                            ULONG buffer_bytes);

/* Takes and gives the host's pnp lock. PASSIVE_LEVEL. */
void pnp_lock(struct host *host);
void pnp_unlock(struct host *host);

/* Whether the current task is inside a plug-and-play callback, that is: it holds the pnp lock. */
bool pnp_is_mine(struct host *host);

/* Binds every protocol driver of the host to every adapter that it is not bound to. */
void pnp_bind_all(struct host *host);

/* The same from a worker, for callers that cannot wait. returns  false: no memory. */
bool pnp_bind_all_later(struct host *host);

/* Unbinds all bindings of a driver (NULL: any) on an adapter (NULL: any). clients_only leaves call
 * managers bound. Caller holds no pnp lock. */
void pnp_unbind(struct host *host, const struct driver *driver, const struct adapter *adapter,
                bool clients_only);

#endif
