/* SPDX-License-Identifier: MIT */
/* NDIS 6.1 sees its own fields and not those of 6.20. */
#define NDIS61 1
#include "layout.h"
#include <ndis.h>

VALUE(NDIS_PROTOCOL_MINOR_VERSION, 1);
VALUE(NDIS_SUPPORT_NDIS61, 1);
VALUE(NDIS_SUPPORT_NDIS620, 0);
SIZE(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, 128);
SIZE(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, 152);
SIZE(NDIS_BIND_PARAMETERS, 256);
SIZE(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, 216);
SIZE(NET_BUFFER_LIST, 256);
VALUE(IPsecOffloadV2HeaderNetBufferListInfo, 12);
VALUE(MaxNetBufferListInfo, 13);

#if defined(NDIS_BIND_PARAMETERS_REVISION_3) ||                                                    \
    defined(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2)
#error "NDIS 6.1 must not see the revisions of 6.20"
#endif

/* Names of later versions are free. */
typedef char LOCK_STATE_EX, NDIS_RW_LOCK_EX;
enum { NetBufferListCorrelationId, TcpReceiveBytesTransferred };
enum { NdisAllocateRWLock, NdisGroupActiveProcessorCount, NdisSetCoalescableTimerObject };
