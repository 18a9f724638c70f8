/* SPDX-License-Identifier: MIT */
/* The hub under a call manager: the engine of drivers/hubsig, whose stations have names. */
#ifndef CM_HUB_H
#define CM_HUB_H

#include "callmgr.h"

/* Puts the hub's engine under the adapter and begins it: CmAdapterBegin with Signalling, Engine and
 * Address filled. Engine: the driver's storage, next to the adapter. At PASSIVE. */
NDIS_STATUS CmHubBegin(PCM_ADAPTER Adapter, struct hubsig *Engine,
                       const struct hubsig_name *Station);
/* A message came, or one did not reach its station. At DISPATCH. */
VOID CmReceive(PCM_ADAPTER Adapter, const UCHAR *Message, ULONG Length);
VOID CmUndelivered(PCM_ADAPTER Adapter, const UCHAR *Message, ULONG Length, NDIS_STATUS Status);

#endif
