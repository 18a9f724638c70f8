/* SPDX-License-Identifier: MIT */
/* The UNI under a call manager: the engine of drivers/atmsig, whose stations are ATM addresses and
 * whose frames travel on VPI 0, VCI 5; and ILMI, which makes the network know those addresses, on
 * VPI 0, VCI 16. */
#ifndef CM_UNI_H
#define CM_UNI_H

#include "callmgr.h"

#define CM_UNI_CHANNEL  5u
#define CM_ILMI_CHANNEL 16u

struct ilmi;

typedef struct _CM_UNI {
    struct atmsig *Engine;
    struct ilmi *Ilmi;
    PCM_ADAPTER Adapter;
    /* Puts one frame on a channel of the two, copied; frames come one at a time and in order. */
    VOID (*Transmit)(PCM_ADAPTER Adapter, ULONG Channel, const UCHAR *Bytes, ULONG Length);
    BOOLEAN Sending; /* somebody takes frames out, one at a time; guarded by the adapter's lock */
    BOOLEAN Open;    /* frames may be put on the channels */
    BOOLEAN Closed;  /* CmUniClose: never again */
} CM_UNI, *PCM_UNI;

/* Puts the UNI's engine under the adapter and begins it: as CmHubBegin. Uni: zeros but for
 * Transmit; the driver's storage, next to the adapter. Esi: six octets. Address: 20, of one more
 * address of this end; NULL: it has none. At PASSIVE. */
NDIS_STATUS CmUniBegin(PCM_ADAPTER Adapter, PCM_UNI Uni, const struct hubsig_name *Station,
                       const UCHAR *Esi, const UCHAR *Address);
/* The channels' wire came (again), or went; the first time the channels must be open. At <=
 * DISPATCH. */
VOID CmUniWire(PCM_ADAPTER Adapter, BOOLEAN Connected);
/* The channels close, no family being open: nothing is put on them from here on. At PASSIVE. */
VOID CmUniClose(PCM_ADAPTER Adapter);
/* A frame came. At DISPATCH. */
VOID CmUniReceive(PCM_ADAPTER Adapter, ULONG Channel, const UCHAR *Bytes, ULONG Length);
/* The edge's Send: takes out what the engine has to send. */
VOID CmUniSend(PCM_ADAPTER Adapter, const struct hubsig_message *Message);

#endif
