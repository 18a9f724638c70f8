/* SPDX-License-Identifier: MIT */
/* hubcm is a stand-alone call manager for adapters on a hub: the call manager of drivers/callmgr
 * over the miniport drivers/hubmini, joined to NDIS by NdisCm... and NdisCo... calls. */
#ifndef HUBCM_H
#define HUBCM_H

#include "callmgr.h"
#include "hub.h"
#include "huboid.h"

#define HUBCM_TAG 'mcuH'

/* Parameters of an activation; they live until it completes. */
typedef struct _HUBCM_ACTIVATION {
    CO_CALL_PARAMETERS Call;
    CO_CALL_MANAGER_PARAMETERS Manager;
    union {
        CO_MEDIA_PARAMETERS Media;
        UCHAR Room[FIELD_OFFSET(CO_MEDIA_PARAMETERS, MediaSpecific.Parameters) +
                   sizeof(ATM_MEDIA_PARAMETERS)];
    } Media;
} HUBCM_ACTIVATION, *PHUBCM_ACTIVATION;

typedef struct _HUBCM_VC {
    CM_VC Vc; /* first */
    HUBCM_ACTIVATION Activation;
} HUBCM_VC, *PHUBCM_VC;

typedef struct _HUBCM_ADAPTER {
    CM_ADAPTER Manager; /* first: the binding context is the CallMgrBindingContext */
    struct hubsig Engine;
    NDIS_HANDLE Binding;
    NDIS_HANDLE NblPool;
    NDIS_HANDLE SignallingVc;
    HUBCM_VC Signalling; /* its context; only its address and its activation are used */
    NDIS_EVENT Done;     /* of what bind and unbind wait for, one thing at a time */
    NDIS_STATUS DoneStatus;
    BOOLEAN Begun;   /* CmAdapterBegin succeeded */
    BOOLEAN Signals; /* the signalling VC is active */
} HUBCM_ADAPTER, *PHUBCM_ADAPTER;

extern const CM_EDGE HubcmEdge;

VOID HubcmFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers);
VOID HubcmFillActivation(PHUBCM_ACTIVATION Activation, ULONG Channel, ULONG MediaFlags);
VOID HubcmDone(PHUBCM_ADAPTER Adapter, NDIS_STATUS Status);

PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS HubcmCoReceive;
PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE HubcmCoSendComplete;
PROTOCOL_BIND_ADAPTER_EX HubcmBindAdapter;
PROTOCOL_UNBIND_ADAPTER_EX HubcmUnbindAdapter;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX HubcmOpenAdapterComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX HubcmCloseAdapterComplete;

#endif
