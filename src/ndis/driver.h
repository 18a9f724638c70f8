/* SPDX-License-Identifier: MIT */
/* A module is one loaded driver image; a driver is one registration of it with NDIS, as a protocol
 * or as a miniport. A module may register both. */
#ifndef CONDIS_NDIS_DRIVER_H
#define CONDIS_NDIS_DRIVER_H

#include "ndis/object.h"
#include "nt/owner.h"

#include <ndis.h>

struct host;
struct settings;

enum { MODULE_NAME_BYTES = 32 };

struct module {
    struct nt_owner owner; /* what it allocated; who it is in reports */
    struct host *host;
    struct module *next; /* in its host */
    struct driver *drivers;
    struct settings *settings;
    void *image; /* dlopen's handle; NULL when linked in */
    DRIVER_OBJECT object;
    uint16_t index; /* in its host, from 1 */
    bool exclusive; /* linked in and not reentrant */
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

#endif
