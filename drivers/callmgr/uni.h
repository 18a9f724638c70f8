/* SPDX-License-Identifier: MIT */
/* The UNI under a call manager: the engine of drivers/atmsig, whose stations are ATM addresses and
 * whose frames travel on VPI 0, VCI 5. */
#ifndef CM_UNI_H
#define CM_UNI_H

#include "callmgr.h"

#define CM_UNI_CHANNEL 5u

typedef struct _CM_UNI {
    struct atmsig *Engine;
    /* Puts one frame on the signalling channel, copied; frames come one at a time and in order. */
    VOID (*Transmit)(PCM_ADAPTER Adapter, const UCHAR *Bytes, ULONG Length);
    BOOLEAN Sending; /* somebody takes frames out, one at a time; guarded by the adapter's lock */
    BOOLEAN Open;    /* frames may be put on the channel */
} CM_UNI, *PCM_UNI;

/* Puts the UNI's engine under the adapter and begins it: as CmHubBegin. Uni: zeros but for
 * Transmit; the driver's storage, next to the adapter. At PASSIVE. */
NDIS_STATUS CmUniBegin(PCM_ADAPTER Adapter, PCM_UNI Uni, const struct hubsig_name *Station);
/* The signalling channel opens, or its wire came (again). At <= DISPATCH. */
VOID CmUniWire(PCM_ADAPTER Adapter);
/* The signalling channel closes, no family being open: nothing is put on it from here on. At
 * PASSIVE. */
VOID CmUniClose(PCM_ADAPTER Adapter);
/* A frame came. At DISPATCH. */
VOID CmUniReceive(PCM_ADAPTER Adapter, const UCHAR *Bytes, ULONG Length);
/* The edge's Send: takes out what the engine has to send. */
VOID CmUniSend(PCM_ADAPTER Adapter, const struct hubsig_message *Message);

#endif
