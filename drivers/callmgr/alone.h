/* SPDX-License-Identifier: MIT */
/* The stand-alone edge: a call manager that is a protocol driver over a miniport of another driver
 * (drivers/hubport/miniport.h), joined to NDIS by NdisCm... and NdisCo... calls. It is two drivers,
 * hubcm on a hub and atmuni on a link, which differ in their CmAloneEngine. */
#ifndef CM_ALONE_H
#define CM_ALONE_H

#include "callmgr.h"
#include "huboid.h"

#define ALONE_TAG          'nlaC'
#define ALONE_CHANNELS_MAX 2

typedef struct _ALONE_ADAPTER ALONE_ADAPTER, *PALONE_ADAPTER;

/* Parameters of an activation; they live until it completes. */
typedef struct _ALONE_ACTIVATION {
    CO_CALL_PARAMETERS Call;
    CO_CALL_MANAGER_PARAMETERS Manager;
    union {
        CO_MEDIA_PARAMETERS Media;
        UCHAR Room[FIELD_OFFSET(CO_MEDIA_PARAMETERS, MediaSpecific.Parameters) +
                   sizeof(ATM_MEDIA_PARAMETERS)];
    } Media;
} ALONE_ACTIVATION, *PALONE_ACTIVATION;

typedef struct _ALONE_VC {
    CM_VC Vc; /* first */
    ALONE_ACTIVATION Activation;
} ALONE_VC, *PALONE_VC;

/* A VC of the driver's own, to the network or the hub: not of any call. */
typedef struct _ALONE_CHANNEL {
    ALONE_VC Vc; /* first; only its address and its activation are used */
    PALONE_ADAPTER Adapter;
    ULONG Number;
    NDIS_HANDLE NdisVcHandle;
    BOOLEAN Active;
} ALONE_CHANNEL, *PALONE_CHANNEL;

/* The engine follows, in the driver's own adapter, which begins with this. */
struct _ALONE_ADAPTER {
    CM_ADAPTER Manager; /* first: the binding context is the CallMgrBindingContext */
    NDIS_HANDLE Binding;
    NDIS_HANDLE NblPool;
    ALONE_CHANNEL Channels[ALONE_CHANNELS_MAX];
    NDIS_EVENT Done; /* of what bind and unbind wait for, one thing at a time */
    NDIS_STATUS DoneStatus;
    BOOLEAN Begun;         /* CmAdapterBegin succeeded */
    volatile LONG Signals; /* every channel is active; read where the link speaks, interlocked */
};

/* What the engine is, and how it reaches its medium. */
typedef struct _CM_ALONE_ENGINE {
    const WCHAR *Name;  /* of the protocol */
    ULONG AdapterBytes; /* of the driver's adapter */
    ULONG MessageBytesMax;
    ULONG ChannelCount;
    ULONG Channels[ALONE_CHANNELS_MAX]; /* VPI << 16 | VCI */
    /* Puts the engine under the adapter, whose Manager.Config is read. At PASSIVE, in bind. */
    NDIS_STATUS(*Begin)
    (PALONE_ADAPTER Adapter, const HUB_STATION *Station, const struct hubsig_name *Name);
    VOID (*Close)(PALONE_ADAPTER Adapter); /* before the channels close; may be NULL */
    VOID (*Send)(PCM_ADAPTER Manager, const struct hubsig_message *Message);
    VOID (*Receive)(PALONE_ADAPTER Adapter, ULONG Channel, const UCHAR *Message, ULONG Length);
    /* A message came back as a failed send; may be NULL. */
    VOID (*Undelivered)(PALONE_ADAPTER Adapter, const UCHAR *Message, ULONG Length);
    VOID (*LinkChange)(PALONE_ADAPTER Adapter, BOOLEAN Connected); /* may be NULL */
} CM_ALONE_ENGINE;

extern const CM_ALONE_ENGINE CmAloneEngine; /* the driver's */

extern const CM_EDGE AloneEdge;

VOID AloneFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers);
VOID AloneFillActivation(PALONE_ACTIVATION Activation, ULONG Channel, ULONG MediaFlags);
VOID AloneDone(PALONE_ADAPTER Adapter, NDIS_STATUS Status);

/* Asks the adapter below and waits. In bind, at PASSIVE. */
NDIS_STATUS AloneAsk(PALONE_ADAPTER Adapter, NDIS_OID Oid, PVOID Answer, UINT Length);

/* Memory for a message; NULL: there is none. AloneTransmit sends it on a channel and frees it.
 * Without memory a message is lost, as on a bad line: the timers find out. */
UCHAR *AloneMessage(PCM_ADAPTER Manager, ULONG Length);
VOID AloneTransmit(PCM_ADAPTER Manager, ULONG Channel, UCHAR *Message, ULONG Length);

PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS AloneCoReceive;
PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE AloneCoSendComplete;
PROTOCOL_BIND_ADAPTER_EX AloneBindAdapter;
PROTOCOL_UNBIND_ADAPTER_EX AloneUnbindAdapter;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX AloneOpenAdapterComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX AloneCloseAdapterComplete;

#endif
