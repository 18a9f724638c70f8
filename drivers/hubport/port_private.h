/* SPDX-License-Identifier: MIT */
/* What the files of hubport share. */
#ifndef HUBPORT_PRIVATE_H
#define HUBPORT_PRIVATE_H

#include "hubport.h"

#define HUB_MESSAGE_BYTES 512 /* messages up to this long come from a lookaside list */

typedef struct _HUB_FRAME {
    CONDIS_FRAME Frame;
    PHUB_CHANNEL Channel; /* NULL: a message of PortSendControl */
    PNET_BUFFER_LIST Nbl;
    UCHAR *Message;
    WCHAR Destination[HUBSIG_NAME_BYTES];
} HUB_FRAME, *PHUB_FRAME;

VOID FrameSetDestination(PHUB_FRAME Frame, const struct hubsig_name *To);

/* With the lock held, which it releases: does what waits for the last send or receive, namely a
 * channel that leaves (Channel may be NULL) and a port that pauses. */
VOID PortUnlockAndSettle(PHUB_PORT Port, PHUB_CHANNEL Channel);

VOID NTAPI PortSendComplete(PVOID NicContext, PCONDIS_FRAME NicFrame, NDIS_STATUS Status);
NDIS_STATUS NTAPI PortReceive(PVOID NicContext, PCONDIS_NIC_MEMBER Member, PVOID ChannelContext,
                              PCONDIS_FRAME Frame);
VOID NTAPI PortLeaveComplete(PVOID NicContext, PVOID ChannelContext);
VOID NTAPI PortLinkChange(PVOID NicContext, BOOLEAN Connected);

#endif
