/* SPDX-License-Identifier: MIT */
/* atmlink is a connection-oriented miniport on a link: the port of drivers/hubport under VCs that a
 * stand-alone call manager activates. Every VC is its VPI and VCI, the one for signalling too. */
#ifndef ATMLINK_H
#define ATMLINK_H

#include "hubport.h"

#define ATMLINK_TAG 'kltA'

typedef struct _ATMLINK_ADAPTER {
    HUB_PORT Port;
} ATMLINK_ADAPTER, *PATMLINK_ADAPTER;

typedef struct _ATMLINK_VC {
    HUB_CHANNEL Channel;
    PATMLINK_ADAPTER Adapter;
    NDIS_HANDLE NdisVcHandle;
} ATMLINK_VC, *PATMLINK_VC;

extern const HUB_PORT_EVENTS AtmlinkPortEvents;

MINIPORT_CO_CREATE_VC AtmlinkCoCreateVc;
MINIPORT_CO_DELETE_VC AtmlinkCoDeleteVc;
MINIPORT_CO_ACTIVATE_VC AtmlinkCoActivateVc;
MINIPORT_CO_DEACTIVATE_VC AtmlinkCoDeactivateVc;
MINIPORT_CO_SEND_NET_BUFFER_LISTS AtmlinkCoSendNetBufferLists;
MINIPORT_CO_OID_REQUEST AtmlinkCoOidRequest;

#endif
