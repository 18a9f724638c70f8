/* SPDX-License-Identifier: MIT */
/* atmuni is a stand-alone call manager for adapters on a link: the call manager of drivers/callmgr
 * with the UNI under it, over the miniport drivers/atmlink, joined to NDIS by NdisCm... and
 * NdisCo... calls. */
#ifndef ATMUNI_H
#define ATMUNI_H

#include "callmgr.h"
#include "huboid.h"
#include "uni.h"

#define ATMUNI_TAG 'nutA'

typedef struct _ATMUNI_ADAPTER ATMUNI_ADAPTER, *PATMUNI_ADAPTER;

/* Parameters of an activation; they live until it completes. */
typedef struct _ATMUNI_ACTIVATION {
    CO_CALL_PARAMETERS Call;
    CO_CALL_MANAGER_PARAMETERS Manager;
    union {
        CO_MEDIA_PARAMETERS Media;
        UCHAR Room[FIELD_OFFSET(CO_MEDIA_PARAMETERS, MediaSpecific.Parameters) +
                   sizeof(ATM_MEDIA_PARAMETERS)];
    } Media;
} ATMUNI_ACTIVATION, *PATMUNI_ACTIVATION;

typedef struct _ATMUNI_VC {
    CM_VC Vc; /* first */
    ATMUNI_ACTIVATION Activation;
} ATMUNI_VC, *PATMUNI_VC;

/* A VC of the driver's own, to the network: not of any call. */
typedef struct _ATMUNI_CHANNEL {
    ATMUNI_VC Vc; /* first; only its address and its activation are used */
    PATMUNI_ADAPTER Adapter;
    ULONG Number;
    NDIS_HANDLE NdisVcHandle;
    BOOLEAN Active;
} ATMUNI_CHANNEL, *PATMUNI_CHANNEL;

enum { ATMUNI_SIGNALLING, ATMUNI_REGISTRATION, ATMUNI_CHANNELS };

struct _ATMUNI_ADAPTER {
    CM_ADAPTER Manager; /* first: the binding context is the CallMgrBindingContext */
    CM_UNI Uni;
    NDIS_HANDLE Binding;
    NDIS_HANDLE NblPool;
    ATMUNI_CHANNEL Channels[ATMUNI_CHANNELS];
    NDIS_EVENT Done; /* of what bind and unbind wait for, one thing at a time */
    NDIS_STATUS DoneStatus;
    BOOLEAN Begun;   /* CmAdapterBegin succeeded */
    BOOLEAN Signals; /* both channels are active */
};

extern const CM_EDGE AtmuniEdge;

VOID AtmuniFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers);
VOID AtmuniFillActivation(PATMUNI_ACTIVATION Activation, ULONG Channel, ULONG MediaFlags);
VOID AtmuniTransmit(PCM_ADAPTER Manager, ULONG Channel, const UCHAR *Frame, ULONG Length);
VOID AtmuniDone(PATMUNI_ADAPTER Adapter, NDIS_STATUS Status);

PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS AtmuniCoReceive;
PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE AtmuniCoSendComplete;
PROTOCOL_BIND_ADAPTER_EX AtmuniBindAdapter;
PROTOCOL_UNBIND_ADAPTER_EX AtmuniUnbindAdapter;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX AtmuniOpenAdapterComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX AtmuniCloseAdapterComplete;

#endif
