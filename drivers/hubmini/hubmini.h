/* SPDX-License-Identifier: MIT */
/* hubmini is a connection-oriented miniport on a hub: the port of drivers/hubport under VCs that a
 * stand-alone call manager activates. A VC with VPI and VCI 0 carries messages: what is sent on it
 * says itself where it goes (drivers/hubsig/message.h). */
#ifndef HUBMINI_H
#define HUBMINI_H

#include "hubport.h"

#define HUBMINI_TAG 'mbuH'

typedef struct _HUBMINI_VC HUBMINI_VC, *PHUBMINI_VC;

typedef struct _HUBMINI_ADAPTER {
    HUB_PORT Port;
    PHUBMINI_VC Signalling; /* the active VC of channel 0; guarded by Port.Lock */
} HUBMINI_ADAPTER, *PHUBMINI_ADAPTER;

struct _HUBMINI_VC {
    HUB_CHANNEL Channel;
    PHUBMINI_ADAPTER Adapter;
    NDIS_HANDLE NdisVcHandle;
};

extern const HUB_PORT_EVENTS HubminiPortEvents;

MINIPORT_CO_CREATE_VC HubminiCoCreateVc;
MINIPORT_CO_DELETE_VC HubminiCoDeleteVc;
MINIPORT_CO_ACTIVATE_VC HubminiCoActivateVc;
MINIPORT_CO_DEACTIVATE_VC HubminiCoDeactivateVc;
MINIPORT_CO_SEND_NET_BUFFER_LISTS HubminiCoSendNetBufferLists;
MINIPORT_CO_OID_REQUEST HubminiCoOidRequest;

#endif
