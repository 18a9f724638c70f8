/* SPDX-License-Identifier: MIT */
/* Flow specifications: what a call asks of the network. */
#ifndef CONDIS_QOS_H
#define CONDIS_QOS_H

#include "ntdef.h"

typedef ULONG SERVICETYPE;

#define SERVICETYPE_NOTRAFFIC           0x00000000U
#define SERVICETYPE_BESTEFFORT          0x00000001U
#define SERVICETYPE_CONTROLLEDLOAD      0x00000002U
#define SERVICETYPE_GUARANTEED          0x00000003U
#define SERVICETYPE_NETWORK_UNAVAILABLE 0x00000004U
#define SERVICETYPE_GENERAL_INFORMATION 0x00000005U
#define SERVICETYPE_NOCHANGE            0x00000006U
#define SERVICETYPE_NONCONFORMING       0x00000009U
#define SERVICETYPE_NETWORK_CONTROL     0x0000000AU
#define SERVICETYPE_QUALITATIVE         0x0000000DU
#define SERVICE_BESTEFFORT              0x80010000U
#define SERVICE_CONTROLLEDLOAD          0x80020000U
#define SERVICE_GUARANTEED              0x80040000U
#define SERVICE_QUALITATIVE             0x80200000U
#define SERVICE_NO_TRAFFIC_CONTROL      0x81000000U
#define SERVICE_NO_QOS_SIGNALING        0x40000000U
#define QOS_NOT_SPECIFIED               0xFFFFFFFFU

/* Learn: FLOWSPEC. Rates in bytes/s, sizes in bytes, Latency and DelayVariation in microseconds. */
typedef struct _flowspec {
    ULONG TokenRate;
    ULONG TokenBucketSize;
    ULONG PeakBandwidth;
    ULONG Latency;
    ULONG DelayVariation;
    SERVICETYPE ServiceType;
    ULONG MaxSduSize;
    ULONG MinimumPolicedSize;
} FLOWSPEC, *PFLOWSPEC, *LPFLOWSPEC;

#endif
