/* SPDX-License-Identifier: MIT */
/* A binding joins one protocol driver to one adapter: what NdisOpenAdapterEx makes. */
#ifndef CONDIS_NDIS_BINDING_H
#define CONDIS_NDIS_BINDING_H

#include "ndis/adapter.h"

enum binding_state {
    BINDING_OPENING,
    BINDING_OPEN,
    BINDING_CLOSING, /* NdisCloseAdapterEx was called: the handle is dead to the driver (C41) */
    BINDING_STATE_COUNT
};

struct bind;
struct call;
struct status_copy;

struct binding {
    struct object object;
    struct adapter *adapter;
    struct driver *driver;
    struct binding *next; /* of the adapter; guarded by host->lock */
    NDIS_HANDLE handle;
    NDIS_HANDLE context;             /* ProtocolBindingContext */
    const struct handlers *handlers; /* the driver's, or own_handlers once set on the binding */
    struct handlers *own_handlers;
    uint8_t state; /* enum binding_state; guarded by host->lock */
    bool refused;  /* the injector wants the open to fail */
    bool blamed;   /* it was to be closed too early: what is left is its driver's doing */
    bool excused;  /* what is left on it is a neglect that was told: neglect.h */
    bool paused;   /* until the bind is over: no sends (API §2.1, NdisOpenAdapterEx 4) */
    /* What still hangs on it: NdisCloseAdapterEx refuses while any is not zero (C103). */
    _Atomic uint32_t af_count;
    _Atomic uint32_t vc_count; /* signalling VCs of a call manager (AF NULL) */
    _Atomic uint32_t oid_count;
    /* One for the open itself and one for each status indication or request that is inside the
     * driver now: the close completes when the last one lets go. */
    _Atomic uint32_t users;
    struct bind *bind;   /* the bind or unbind that runs; NULL: none. Guarded by host->lock */
    struct bind *unbind; /* set aside when it opened, so that an unbind needs no memory */
    struct bind *event;  /* the plug-and-play event that runs; NULL: none. Guarded by host->lock */
    struct operation op; /* OPEN_ADAPTER, CLOSE_ADAPTER */
    struct exec_work work;
    struct exec_lock status_lock;     /* ProtocolCoStatusEx is serialised per binding (API §3.1) */
    struct status_copy *status_first; /* guarded by status_lock */
    struct status_copy *status_last;
    bool status_busy; /* a task is telling the driver; guarded by status_lock */
};

/* Whether its driver may begin nothing more on it: it closes, or the unbind runs. */
bool binding_is_leaving(struct binding *binding);

/* Takes part in an open binding, so that its close waits.
 * returns  false when the binding is closing */
bool binding_hold(struct binding *binding);

/* Ends binding_hold. The last one completes a close that waits. Up to DISPATCH_LEVEL. */
void binding_let_go(struct binding *binding);

/* The open binding behind `current` (NULL: the first) in its adapter's list, held; lets current go.
 * Nothing is allocated and no lock stays taken, so a loop may enter drivers. NULL: the end. */
struct binding *binding_next(struct adapter *adapter, struct binding *current);

/* Makes a binding for NdisOpenAdapterEx: opening, its handle valid. returns  NULL: no memory. */
struct binding *binding_new(struct bind *bind, NDIS_HANDLE ProtocolBindingContext);

/* Takes a binding out of its adapter and ends its handle, whatever state it is in. */
void binding_release(struct binding *binding);

/* Resolves a binding handle for a call of the driver it was given to.
 * returns  NULL after the rule was reported: a dead handle (C41), or another driver's */
struct binding *binding_resolve(const struct call *call, NDIS_HANDLE NdisBindingHandle);

#endif
