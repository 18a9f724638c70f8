/* SPDX-License-Identifier: MIT */
/* NDIS 6.0 sees neither the fields of 6.1 nor those of 6.20. NDIS60 comes from the command line. */
#include "layout.h"
#include <ndis.h>

VALUE(NDIS_PROTOCOL_MAJOR_VERSION, 6);
VALUE(NDIS_PROTOCOL_MINOR_VERSION, 0);
VALUE(NDIS_SUPPORT_NDIS6, 1);
VALUE(NDIS_SUPPORT_NDIS61, 0);
VALUE(NDIS_SUPPORT_NDIS620, 0);
SIZE(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, 120);
SIZE(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, 136);
SIZE(NDIS_BIND_PARAMETERS, 248);
SIZE(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, 216);
SIZE(NET_BUFFER, 176);
SIZE(NET_BUFFER_LIST, 240);
VALUE(MaxNetBufferListInfo, 11);

#if defined(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2) ||                                    \
    defined(NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2) ||                                    \
    defined(NDIS_BIND_PARAMETERS_REVISION_2) ||                                                    \
    defined(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2)
#error "NDIS 6.0 must not see later revisions"
#endif

/* Names of later versions are free. */
typedef char PROTOCOL_DIRECT_OID_REQUEST_COMPLETE, MINIPORT_DIRECT_OID_REQUEST;
typedef char LOCK_STATE_EX, NDIS_RW_LOCK_EX;
enum { IPsecOffloadV2TunnelNetBufferListInfo, NetBufferListCorrelationId };
enum { NdisAllocateRWLock, NdisGroupActiveProcessorCount, NdisSetCoalescableTimerObject };
