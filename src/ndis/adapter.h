/* SPDX-License-Identifier: MIT */
/* An adapter is one instance of a miniport driver: what protocols bind to, and where address
 * families are registered. */
#ifndef CONDIS_NDIS_ADAPTER_H
#define CONDIS_NDIS_ADAPTER_H

#include "ndis/driver.h"
#include "ndis/host.h"
#include "ndis/operation.h"

struct binding;
struct oid;

enum { ADAPTER_NAME_BYTES = 64, ADAPTER_AF_COUNT = 16 };

enum adapter_state {
    ADAPTER_INITIALIZING, /* inside MiniportInitializeEx */
    ADAPTER_PAUSED,
    ADAPTER_RESTARTING,
    ADAPTER_RUNNING,
    ADAPTER_PAUSING,
    ADAPTER_HALTING, /* inside MiniportHaltEx */
    ADAPTER_STATE_COUNT
};

/* An address family that a call manager offers on an adapter: keyed by its value (API §1.2). */
struct registered_af {
    CO_ADDRESS_FAMILY family; /* AddressFamily 0: unused row */
    struct binding
        *call_manager; /* the stand-alone call manager's binding; NULL: the adapter's MCM */
    bool notified;     /* clients may be told: the registering bind or init has succeeded */
    bool gone;         /* its call manager unbound: a client that was told may still come (C30) */
};

struct adapter {
    struct object object;
    struct host *host;
    struct driver *driver;
    struct adapter *next; /* in its host */
    NDIS_HANDLE handle;
    NDIS_HANDLE context; /* MiniportAdapterContext, from the registration attributes */
    uint8_t state;       /* enum adapter_state; guarded by host->lock */
    bool has_registration_attributes;
    bool has_general_attributes;
    bool _Atomic removed; /* its miniport has heard that the device was pulled out */
    bool connectionless;  /* NDIS_MINIPORT_ATTRIBUTES_NOT_CO_NDIS */
    NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES general;
    struct registered_af families[ADAPTER_AF_COUNT]; /* guarded by host->lock */
    struct binding *bindings;                        /* guarded by host->lock */
    struct settings *settings;
    struct operation op; /* PAUSE, RESTART */
    struct exec_waitable done;
    struct exec_lock oid_lock; /* MiniportOidRequest is serialised; the Co form is not (API §3.5) */
    struct oid *oid_first;     /* waiting for MiniportOidRequest; guarded by oid_lock */
    struct oid *oid_last;
    struct oid *oid_running; /* the one the miniport has; guarded by oid_lock */
    struct exec_work oid_work;
    UNICODE_STRING unicode_name;
    WCHAR unicode_text[ADAPTER_NAME_BYTES];
    char name[ADAPTER_NAME_BYTES];
};

/* The adapter is a connection-oriented one whose call manager is built in. */
static inline bool adapter_is_mcm(const struct adapter *a)
{
    return driver_is_mcm(a->driver) && !a->connectionless;
}

/* The running adapter of a name; NULL when there is none. */
struct adapter *adapter_find(struct host *host, const char *name);

/* Adds an adapter and runs it: initialise, restart, bind. PASSIVE_LEVEL, no driver as owner.
 * settings  moves to the adapter, also on failure
 * returns   SUCCESS, or what the miniport answered, or RESOURCES: then there is no adapter */
NDIS_STATUS adapter_start(struct host *host, struct driver *driver, const char *name,
                          struct settings *settings, struct adapter **out);

/* Unbinds, pauses, halts and releases the adapter. PASSIVE_LEVEL.
 * surprise  its device was pulled out: the miniport hears of that first, and when it is halted */
void adapter_stop(struct adapter *adapter, bool surprise);

/* Takes the address families of a call manager off the adapter. binding NULL: the MCM's. */
void adapter_forget_families(struct adapter *adapter, const struct binding *call_manager);

/* Lets the families of a bound call manager, or of the initialised MCM (NULL), be offered. */
void adapter_offer_families(struct adapter *adapter, const struct binding *call_manager);

#endif
