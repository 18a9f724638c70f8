/* SPDX-License-Identifier: MIT */
/* The hub's own OIDs, in the range that vendors have to themselves: what a stand-alone call manager
 * asks of the miniport below it. */
#ifndef HUBOID_H
#define HUBOID_H

#include <ndis.h>

/* Query, HUB_STATION: who this adapter is on the hub. */
#define OID_HUB_STATION 0xFF0C0001

#define HUB_ESI_BYTES     6
#define HUB_ADDRESS_BYTES 20

typedef struct _HUB_STATION {
    ULONG Port;          /* channels (Port << 16 | 32..65535) are this adapter's to hand out */
    ULONG NameLength;    /* 1..12 */
    CHAR Name[12];       /* zeros behind */
    ULONG AddressLength; /* 20, or 0: it has no other address than its name */
    UCHAR Address[HUB_ADDRESS_BYTES];
} HUB_STATION, *PHUB_STATION;

#endif
