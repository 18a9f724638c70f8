/* SPDX-License-Identifier: MIT */
/* loopback is a miniport call manager whose medium is a hub: the call manager of drivers/callmgr on
 * the port of drivers/hubport, joined by NdisMCm... calls. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include "callmgr.h"
#include "hub.h"
#include "hubport.h"

/* The call manager's part comes first: it is the CallMgrBindingContext and the
 * MiniportAdapterContext. */
typedef struct _LOOPBACK_ADAPTER {
    CM_ADAPTER Manager;
    struct hubsig Engine;
    HUB_PORT Port;
} LOOPBACK_ADAPTER, *PLOOPBACK_ADAPTER;

typedef struct _LOOPBACK_VC {
    CM_VC Vc;
    HUB_CHANNEL Channel;
    NDIS_STATUS ActivateStatus; /* of an activation that is being taken back */
} LOOPBACK_VC, *PLOOPBACK_VC;

extern const CM_EDGE LoopbackEdge;
extern const HUB_PORT_EVENTS LoopbackPortEvents;

VOID LoopbackFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers);

#endif
