/* SPDX-License-Identifier: MIT */
/* The hub's own OIDs, in the range that vendors have to themselves: what a stand-alone call manager
 * asks of the miniport below it. */
#ifndef HUBOID_H
#define HUBOID_H

#include <ndis.h>

/* Query, HUB_STATION: who this adapter is on the hub. */
#define OID_HUB_STATION 0xFF0C0001

typedef struct _HUB_STATION {
    ULONG Port;       /* channels (Port << 16 | 32..65535) are this adapter's to hand out */
    ULONG NameLength; /* 1..12 */
    CHAR Name[12];    /* zeros behind */
} HUB_STATION, *PHUB_STATION;

#endif
