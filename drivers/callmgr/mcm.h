/* SPDX-License-Identifier: MIT */
/* The integrated edge: a call manager inside a miniport, on the port of drivers/hubport, joined to
 * NDIS by NdisMCm... calls. It is two drivers, loopback on a hub and atmmcm on a link, which differ
 * in their CmMcmEngine. */
#ifndef CM_MCM_H
#define CM_MCM_H

#include "callmgr.h"
#include "hubdriver.h"

/* The call manager's part comes first: it is the CallMgrBindingContext and the
 * MiniportAdapterContext. The engine follows, in the driver's own adapter, which begins with
 * this. */
typedef struct _MCM_ADAPTER {
    CM_ADAPTER Manager;
    HUB_PORT Port;
} MCM_ADAPTER, *PMCM_ADAPTER;

typedef struct _MCM_VC {
    CM_VC Vc;
    HUB_CHANNEL Channel;
    NDIS_STATUS ActivateStatus; /* of an activation that is being taken back */
} MCM_VC, *PMCM_VC;

/* What the engine is, and how it reaches its medium. */
typedef struct _CM_MCM_ENGINE {
    /* Puts the engine under the adapter, whose Manager.Config and Port.Station are read. */
    NDIS_STATUS (*Begin)(PMCM_ADAPTER Adapter);
    /* The port is open: makes the engine's channels; NULL: it has none but the port's own. */
    NDIS_STATUS (*Open)(PMCM_ADAPTER Adapter);
    /* Before the port is closed, no family being open; may be NULL. */
    VOID (*Close)(PMCM_ADAPTER Adapter);
    VOID (*Send)(PCM_ADAPTER Manager, const struct hubsig_message *Message);
    VOID (*Receive)(PMCM_ADAPTER Adapter, ULONG Channel, const UCHAR *Message, ULONG Length);
    /* A message did not reach its station. */
    VOID(*Undelivered)
    (PMCM_ADAPTER Adapter, const UCHAR *Message, ULONG Length, NDIS_STATUS Status);
    VOID (*LinkChange)(PMCM_ADAPTER Adapter, BOOLEAN Connected); /* may be NULL */
} CM_MCM_ENGINE;

extern const CM_MCM_ENGINE CmMcmEngine; /* the driver's */

extern const CM_EDGE McmEdge;
extern const HUB_PORT_EVENTS McmPortEvents;

VOID McmFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers);

NDIS_STATUS McmSetOptions(NDIS_HANDLE NdisDriverHandle);
NDIS_STATUS McmBegin(PVOID Context, NDIS_HANDLE NdisMiniportHandle);
NDIS_STATUS McmOpen(PVOID Context, NDIS_HANDLE NdisMiniportHandle);
VOID McmClose(PVOID Context);
VOID McmEnd(PVOID Context);

MINIPORT_CO_ACTIVATE_VC McmCoActivateVc;
MINIPORT_CO_DEACTIVATE_VC McmCoDeactivateVc;
MINIPORT_CO_SEND_NET_BUFFER_LISTS McmCoSendNetBufferLists;
MINIPORT_CO_OID_REQUEST McmCoOidRequest;

/* Of the row of an MCM (hubdriver.h): all but AdapterBytes and Link. */
#define MCM_DRIVER                                                                                 \
    .PortAt = UFIELD_OFFSET(MCM_ADAPTER, Port), .Events = &McmPortEvents,                          \
    .SetOptions = McmSetOptions, .Begin = McmBegin, .Open = McmOpen, .Close = McmClose,            \
    .End = McmEnd,                                                                                 \
    .Co = {                                                                                        \
        .CoActivateVcHandler = McmCoActivateVc,                                                    \
        .CoDeactivateVcHandler = McmCoDeactivateVc,                                                \
        .CoSendNetBufferListsHandler = McmCoSendNetBufferLists,                                    \
        .CoOidRequestHandler = McmCoOidRequest,                                                    \
    }

#endif
