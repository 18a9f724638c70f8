/* SPDX-License-Identifier: MIT */
/* A driver on the hub or on a link, as NDIS sees it: DriverEntry, its adapters, and what NDIS asks
 * of them on the way to their port. It is what miniports and MCMs have in common; each is a row. */
#ifndef HUBDRIVER_H
#define HUBDRIVER_H

#include "hubport.h"

typedef struct _HUB_DRIVER {
    ULONG AdapterBytes; /* of the driver's adapter, which is the MiniportAdapterContext, */
    ULONG PortAt;       /* and where in it its HUB_PORT lies */
    BOOLEAN Link;       /* on a link, not on a hub */
    const HUB_PORT_EVENTS *Events;
    NDIS_MINIPORT_CO_CHARACTERISTICS Co; /* the handlers; the header is filled in */
    /* More handlers than those of Co; may be NULL. */
    NDIS_STATUS (*SetOptions)(NDIS_HANDLE NdisDriverHandle);
    /* The adapter is zeros but for what its port has read of the configuration; may be NULL. */
    NDIS_STATUS (*Begin)(PVOID Adapter, NDIS_HANDLE NdisMiniportHandle);
    /* The port is open; may be NULL. */
    NDIS_STATUS (*Open)(PVOID Adapter, NDIS_HANDLE NdisMiniportHandle);
    /* Before the port is closed, also after Open has failed; may be NULL. */
    VOID (*Close)(PVOID Adapter);
    /* Takes Begin back, when the port is closed; may be NULL. */
    VOID (*End)(PVOID Adapter);
} HUB_DRIVER;

extern const HUB_DRIVER HubDriver; /* the driver's */

#endif
