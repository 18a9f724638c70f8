/* SPDX-License-Identifier: MIT */
/* atmmcm is a miniport call manager on a link: the call manager of drivers/callmgr with the UNI
 * under it, on the port of drivers/hubport, joined by NdisMCm... calls. */
#ifndef ATMMCM_H
#define ATMMCM_H

#include "callmgr.h"
#include "hubport.h"
#include "uni.h"

/* The call manager's part comes first: it is the CallMgrBindingContext and the
 * MiniportAdapterContext. */
typedef struct _ATMMCM_ADAPTER {
    CM_ADAPTER Manager;
    CM_UNI Uni;
    HUB_PORT Port;
} ATMMCM_ADAPTER, *PATMMCM_ADAPTER;

typedef struct _ATMMCM_VC {
    CM_VC Vc;
    HUB_CHANNEL Channel;
    NDIS_STATUS ActivateStatus; /* of an activation that is being taken back */
} ATMMCM_VC, *PATMMCM_VC;

extern const CM_EDGE AtmmcmEdge;
extern const HUB_PORT_EVENTS AtmmcmPortEvents;

VOID AtmmcmTransmit(PCM_ADAPTER Manager, ULONG Channel, const UCHAR *Frame, ULONG Length);
VOID AtmmcmFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers);

#endif
