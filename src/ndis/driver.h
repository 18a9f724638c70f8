/* SPDX-License-Identifier: MIT */
/* A module is one loaded driver image; a driver is one registration of it with NDIS, as a protocol
 * or as a miniport. A module may register both. */
#ifndef CONDIS_NDIS_DRIVER_H
#define CONDIS_NDIS_DRIVER_H

#include "ndis/object.h"
#include "nt/owner.h"

#include <ndis.h>

struct exec_task;
struct host;
struct linked_driver;
struct settings;

enum { MODULE_NAME_BYTES = 32, MODULE_REGISTRY_CHARACTERS = 96, DRIVER_NAME_CHARACTERS = 64 };

struct module {
    struct nt_owner owner; /* what it allocated; who it is in reports */
    struct host *host;
    struct module *next; /* in its host */
    struct driver *drivers;
    struct settings *settings;
    void *image;                  /* dlopen's handle; NULL when linked in */
    struct linked_driver *linked; /* NULL when loaded from a file */
    PDRIVER_INITIALIZE entry;
    struct exec_task *lifecycle_task; /* runs DriverEntry or an unload routine right now */
    uint32_t lifecycle_visits;        /* how deep in visits of that task the routine is */
    DRIVER_OBJECT object;
    UNICODE_STRING registry_path;
    WCHAR registry_text[MODULE_REGISTRY_CHARACTERS];
    uint16_t index; /* in its world, from 1 */
    bool tainted;   /* something of it may still run: its image stays mapped */
    bool excused;   /* objects of its were taken away: what it kept for them is no leak of its */
    char name[MODULE_NAME_BYTES];
};

/* The optional handlers of API §4.2, as given to NdisSetOptionalHandlers; zero where never set. */
struct handlers {
    bool has_co_protocol;
    bool has_client;
    bool has_call_manager;
    bool has_co_miniport;
    NDIS_PROTOCOL_CO_CHARACTERISTICS co_protocol;
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS client;
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS call_manager;
    NDIS_MINIPORT_CO_CHARACTERISTICS co_miniport;
};

enum driver_state {
    DRIVER_REGISTERING, /* inside the SetOptions handler: optional handlers may be set */
    DRIVER_RUNNING,
    DRIVER_DEREGISTERING,
};

struct driver {
    struct object object;
    struct module *module;
    struct driver *next; /* of the same module */
    NDIS_HANDLE handle;
    NDIS_HANDLE context; /* ProtocolDriverContext or MiniportDriverContext */
    uint8_t state;       /* enum driver_state */
    bool is_miniport;
    struct handlers handlers;
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS protocol; /* !is_miniport */
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS miniport; /* is_miniport */
    WCHAR name[DRIVER_NAME_CHARACTERS];            /* protocol.Name's buffer */
};

static inline bool driver_is_client(const struct driver *d)
{
    return d->handlers.has_client;
}

/* A miniport with call-manager handlers: an MCM. */
static inline bool driver_is_mcm(const struct driver *d)
{
    return d->is_miniport && d->handlers.has_call_manager;
}

/* The module that an owner is the account of; NULL for NULL. */
static inline struct module *module_of_owner(const struct nt_owner *owner)
{
    return owner ? owner->user : NULL;
}

/* Takes a driver registration out of its module and ends its handle. Its bindings and adapters are
 * gone. PASSIVE_LEVEL. */
void driver_release(struct host *host, struct driver *driver);

/* Unbinds or halts everything that a driver runs. PASSIVE_LEVEL; no pnp lock held. */
void driver_stop(struct host *host, struct driver *driver);

/* Checks a miniport's and a protocol's handler tables together, once its SetOptions has returned
 * (C28). returns  SUCCESS, or BAD_CHARACTERISTICS after the rule was reported. */
NDIS_STATUS driver_check_handlers(struct host *host, const struct driver *driver);

#endif
