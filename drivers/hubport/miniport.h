/* SPDX-License-Identifier: MIT */
/* A connection-oriented miniport: a port under VCs that a stand-alone call manager activates. It is
 * two drivers, hubmini on a hub and atmlink on a link, which differ in their row's Link.
 *
 * On a hub a VC with VPI and VCI 0 carries messages: what is sent on it says itself where it goes
 * (drivers/hubsig/message.h). On a link signalling is a VC's like all else. */
#ifndef MINI_H
#define MINI_H

#include "hubdriver.h"

#define MINI_TAG 'mbuH'

typedef struct _MINI_VC MINI_VC, *PMINI_VC;

typedef struct _MINI_ADAPTER {
    HUB_PORT Port;
    PMINI_VC Signalling; /* the active VC of channel 0; guarded by Port.Lock */
} MINI_ADAPTER, *PMINI_ADAPTER;

struct _MINI_VC {
    HUB_CHANNEL Channel;
    PMINI_ADAPTER Adapter;
    NDIS_HANDLE NdisVcHandle;
};

extern const HUB_PORT_EVENTS MiniPortEvents;

MINIPORT_CO_CREATE_VC MiniCoCreateVc;
MINIPORT_CO_DELETE_VC MiniCoDeleteVc;
MINIPORT_CO_ACTIVATE_VC MiniCoActivateVc;
MINIPORT_CO_DEACTIVATE_VC MiniCoDeactivateVc;
MINIPORT_CO_SEND_NET_BUFFER_LISTS MiniCoSendNetBufferLists;
MINIPORT_CO_OID_REQUEST MiniCoOidRequest;

/* Of the row of both: all but Link. */
#define MINI_DRIVER                                                                                \
    .AdapterBytes = sizeof(MINI_ADAPTER), .PortAt = UFIELD_OFFSET(MINI_ADAPTER, Port),             \
    .Events = &MiniPortEvents,                                                                     \
    .Co = {                                                                                        \
        .CoCreateVcHandler = MiniCoCreateVc,                                                       \
        .CoDeleteVcHandler = MiniCoDeleteVc,                                                       \
        .CoActivateVcHandler = MiniCoActivateVc,                                                   \
        .CoDeactivateVcHandler = MiniCoDeactivateVc,                                               \
        .CoSendNetBufferListsHandler = MiniCoSendNetBufferLists,                                   \
        .CoOidRequestHandler = MiniCoOidRequest,                                                   \
    }

#endif
