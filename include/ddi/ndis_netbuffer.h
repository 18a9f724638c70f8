/* SPDX-License-Identifier: MIT */
/* The net buffer (a frame as an MDL chain) and the list of them, which is sent and received. */
#ifndef CONDIS_DDI_NDIS_NETBUFFER_H
#define CONDIS_DDI_NDIS_NETBUFFER_H

#include "ndis_types.h"

typedef struct _NET_BUFFER NET_BUFFER, *PNET_BUFFER;
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST, *PNET_BUFFER_LIST;
typedef struct _NET_BUFFER_LIST_CONTEXT NET_BUFFER_LIST_CONTEXT, *PNET_BUFFER_LIST_CONTEXT;
typedef struct _NET_BUFFER_SHARED_MEMORY NET_BUFFER_SHARED_MEMORY, *PNET_BUFFER_SHARED_MEMORY;
typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

/* Learn: NET_BUFFER_DATA. CurrentMdl and CurrentMdlOffset address the byte at DataOffset. */
typedef struct _NET_BUFFER_DATA {
    PNET_BUFFER Next;
    PMDL CurrentMdl;
    ULONG CurrentMdlOffset;
    union {
        ULONG DataLength;
        SIZE_T stDataLength;
    };
    PMDL MdlChain;
    ULONG DataOffset;
} NET_BUFFER_DATA, *PNET_BUFFER_DATA;

#define CONDIS_NET_BUFFER_DATA_FIELDS                                                              \
    struct {                                                                                       \
        PNET_BUFFER Next;                                                                          \
        PMDL CurrentMdl;                                                                           \
        ULONG CurrentMdlOffset;                                                                    \
        union {                                                                                    \
            ULONG DataLength;                                                                      \
            SIZE_T stDataLength;                                                                   \
        };                                                                                         \
        PMDL MdlChain;                                                                             \
        ULONG DataOffset;                                                                          \
    }

/* Learn: NET_BUFFER_HEADER. NetBufferData is the same memory as the fields without a name. */
typedef union _NET_BUFFER_HEADER {
    CONDIS_NET_BUFFER_DATA_FIELDS;
    NET_BUFFER_DATA NetBufferData;
    SLIST_HEADER Link;
} NET_BUFFER_HEADER, *PNET_BUFFER_HEADER;

/* Learn: NET_BUFFER. */
struct _NET_BUFFER {
    union {
        CONDIS_NET_BUFFER_DATA_FIELDS;
        SLIST_HEADER Link;
        NET_BUFFER_HEADER NetBufferHeader;
    };
    USHORT ChecksumBias;
    USHORT Reserved;
    NDIS_HANDLE NdisPoolHandle;
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) PVOID NdisReserved[2];
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) PVOID ProtocolReserved[6];
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) PVOID MiniportReserved[4];
    NDIS_PHYSICAL_ADDRESS DataPhysicalAddress;
#if NDIS_SUPPORT_NDIS620
    union {
        PNET_BUFFER_SHARED_MEMORY SharedMemoryInfo;
        PSCATTER_GATHER_LIST ScatterGatherList;
    };
#endif
};

/* Learn: NET_BUFFER_LIST_CONTEXT. The data begins at ContextData + Offset. */
struct _NET_BUFFER_LIST_CONTEXT {
    PNET_BUFFER_LIST_CONTEXT Next;
    USHORT Size;
    USHORT Offset;
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) UCHAR ContextData[];
};

/* Learn: NET_BUFFER_LIST_DATA, NET_BUFFER_LIST_HEADER. */
typedef struct _NET_BUFFER_LIST_DATA {
    PNET_BUFFER_LIST Next;
    PNET_BUFFER FirstNetBuffer;
} NET_BUFFER_LIST_DATA, *PNET_BUFFER_LIST_DATA;

typedef union _NET_BUFFER_LIST_HEADER {
    struct {
        PNET_BUFFER_LIST Next;
        PNET_BUFFER FirstNetBuffer;
    };
    NET_BUFFER_LIST_DATA NetBufferListData;
    SLIST_HEADER Link;
} NET_BUFFER_LIST_HEADER, *PNET_BUFFER_LIST_HEADER;

/* Learn: NDIS_NET_BUFFER_LIST_INFO. */
typedef enum _NDIS_NET_BUFFER_LIST_INFO {
    TcpIpChecksumNetBufferListInfo,
    TcpOffloadBytesTransferred = TcpIpChecksumNetBufferListInfo,
    IPsecOffloadV1NetBufferListInfo,
    IPsecOffloadV2NetBufferListInfo = IPsecOffloadV1NetBufferListInfo,
    TcpLargeSendNetBufferListInfo,
    TcpReceiveNoPush = TcpLargeSendNetBufferListInfo,
    ClassificationHandleNetBufferListInfo,
    Ieee8021QNetBufferListInfo,
    NetBufferListCancelId,
    MediaSpecificInformation,
    NetBufferListFrameType,
    NetBufferListProtocolId = NetBufferListFrameType,
    NetBufferListHashValue,
    NetBufferListHashInfo,
    WfpNetBufferListInfo,
#if NDIS_SUPPORT_NDIS61
    IPsecOffloadV2TunnelNetBufferListInfo,
    IPsecOffloadV2HeaderNetBufferListInfo,
#endif
#if NDIS_SUPPORT_NDIS620
    NetBufferListCorrelationId,
    NetBufferListFilteringInfo,
    MediaSpecificInformationEx,
    NblOriginalInterfaceIfIndex,
    NblReAuthWfpFlowContext = NblOriginalInterfaceIfIndex,
    TcpReceiveBytesTransferred,
#endif
    MaxNetBufferListInfo
} NDIS_NET_BUFFER_LIST_INFO,
    *PNDIS_NET_BUFFER_LIST_INFO;

/* Learn: NET_BUFFER_LIST. */
struct _NET_BUFFER_LIST {
    union {
        struct {
            PNET_BUFFER_LIST Next;
            PNET_BUFFER FirstNetBuffer;
        };
        SLIST_HEADER Link;
        NET_BUFFER_LIST_HEADER NetBufferListHeader;
    };
    PNET_BUFFER_LIST_CONTEXT Context;
    PNET_BUFFER_LIST ParentNetBufferList;
    NDIS_HANDLE NdisPoolHandle;
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) PVOID NdisReserved[2];
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) PVOID ProtocolReserved[4];
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) PVOID MiniportReserved[2];
    PVOID Scratch;
    NDIS_HANDLE SourceHandle;
    ULONG NblFlags;
    LONG ChildRefCount;
    ULONG Flags;
    NDIS_STATUS Status;
    PVOID NetBufferListInfo[MaxNetBufferListInfo];
};

#define NET_BUFFER_NEXT_NB(nb)            ((nb)->Next)
#define NET_BUFFER_FIRST_MDL(nb)          ((nb)->MdlChain)
#define NET_BUFFER_DATA_LENGTH(nb)        ((nb)->DataLength)
#define NET_BUFFER_DATA_OFFSET(nb)        ((nb)->DataOffset)
#define NET_BUFFER_CURRENT_MDL(nb)        ((nb)->CurrentMdl)
#define NET_BUFFER_CURRENT_MDL_OFFSET(nb) ((nb)->CurrentMdlOffset)
#define NET_BUFFER_PROTOCOL_RESERVED(nb)  ((nb)->ProtocolReserved)
#define NET_BUFFER_MINIPORT_RESERVED(nb)  ((nb)->MiniportReserved)
#define NET_BUFFER_CHECKSUM_BIAS(nb)      ((nb)->ChecksumBias)
#if NDIS_SUPPORT_NDIS620
#define NET_BUFFER_SHARED_MEM_INFO(nb)     ((nb)->SharedMemoryInfo)
#define NET_BUFFER_SCATTER_GATHER_LIST(nb) ((nb)->ScatterGatherList)
#endif
#define NET_BUFFER_LIST_NEXT_NBL(nbl)          ((nbl)->Next)
#define NET_BUFFER_LIST_FIRST_NB(nbl)          ((nbl)->FirstNetBuffer)
#define NET_BUFFER_LIST_FLAGS(nbl)             ((nbl)->Flags)
#define NET_BUFFER_LIST_NBL_FLAGS(nbl)         ((nbl)->NblFlags)
#define NET_BUFFER_LIST_PROTOCOL_RESERVED(nbl) ((nbl)->ProtocolReserved)
#define NET_BUFFER_LIST_MINIPORT_RESERVED(nbl) ((nbl)->MiniportReserved)
#define NET_BUFFER_LIST_CONTEXT_DATA_START(nbl)                                                    \
    ((PUCHAR)(((nbl)->Context) + 1) + ((nbl)->Context)->Offset)
#define NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl)  (((nbl)->Context)->Size)
#define NET_BUFFER_LIST_INFO(nbl, id)           ((nbl)->NetBufferListInfo[(id)])
#define NET_BUFFER_LIST_STATUS(nbl)             ((nbl)->Status)
#define NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(nbl) NET_BUFFER_LIST_INFO(nbl, NetBufferListCancelId)
#define NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(nbl, id)                                                \
    (NET_BUFFER_LIST_INFO(nbl, NetBufferListCancelId) = (id))

#define NBL_FLAGS_PROTOCOL_RESERVED          0xFFF00000U
#define NBL_FLAGS_SCRATCH                    0x000F0000U
#define NBL_FLAGS_MINIPORT_RESERVED          0x0000F000U
#define NBL_FLAGS_NDIS_RESERVED              0x00000FFFU
#define NBL_TEST_FLAG(nbl, f)                (((nbl)->Flags & (f)) != 0)
#define NBL_SET_FLAG(nbl, f)                 ((nbl)->Flags |= (f))
#define NBL_CLEAR_FLAG(nbl, f)               ((nbl)->Flags &= ~(f))
#define NBL_SET_PROTOCOL_RSVD_FLAG(nbl, f)   ((nbl)->Flags |= ((f)&NBL_FLAGS_PROTOCOL_RESERVED))
#define NBL_CLEAR_PROTOCOL_RSVD_FLAG(nbl, f) ((nbl)->Flags &= ~((f)&NBL_FLAGS_PROTOCOL_RESERVED))
#define NBL_TEST_PROTOCOL_RSVD_FLAG(nbl, f)                                                        \
    (((nbl)->Flags & ((f)&NBL_FLAGS_PROTOCOL_RESERVED)) != 0)

#define NDIS_NBL_FLAGS_SEND_READ_ONLY     0x00000001
#define NDIS_NBL_FLAGS_RECV_READ_ONLY     0x00000002
#define NDIS_NBL_FLAGS_HD_SPLIT           0x00000100
#define NDIS_NBL_FLAGS_IS_IPV4            0x00000200
#define NDIS_NBL_FLAGS_IS_IPV6            0x00000400
#define NDIS_NBL_FLAGS_IS_TCP             0x00000800
#define NDIS_NBL_FLAGS_IS_UDP             0x00001000
#define NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET 0x00008000

#define NDIS_PROTOCOL_ID_DEFAULT 0x00
#define NDIS_PROTOCOL_ID_TCP_IP  0x02
#define NDIS_PROTOCOL_ID_IPX     0x06
#define NDIS_PROTOCOL_ID_NBF     0x07
#define NDIS_PROTOCOL_ID_MAX     0x0F
#define NDIS_PROTOCOL_ID_MASK    0x0F

/* A dispatch flag states what the caller knows of the IRQL; clear when it does not know. */
#define NDIS_SEND_FLAGS_DISPATCH_LEVEL              0x00000001
#define NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK          0x00000002
#define NDIS_SEND_FLAGS_SINGLE_QUEUE                0x00000004
#define NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL     0x00000001
#define NDIS_SEND_COMPLETE_FLAGS_SINGLE_QUEUE       0x00000002
#define NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL           0x00000001
#define NDIS_RECEIVE_FLAGS_RESOURCES                0x00000002
#define NDIS_RECEIVE_FLAGS_SINGLE_ETHER_TYPE        0x00000100
#define NDIS_RECEIVE_FLAGS_SINGLE_VLAN              0x00000200
#define NDIS_RECEIVE_FLAGS_PERFECT_FILTERED         0x00000400
#define NDIS_RECEIVE_FLAGS_SINGLE_QUEUE             0x00000800
#define NDIS_RECEIVE_FLAGS_SHARED_MEMORY_INFO_VALID 0x00001000
#define NDIS_RECEIVE_FLAGS_MORE_NBLS                0x00002000
#define NDIS_RETURN_FLAGS_DISPATCH_LEVEL            0x00000001
#define NDIS_RETURN_FLAGS_SINGLE_QUEUE              0x00000002
#define NDIS_SET_FLAG(flags, f)                     ((flags) |= (f))
#define NDIS_TEST_FLAG(flags, f)                    (((flags) & (f)) != 0)
#define NDIS_SET_SEND_FLAG(flags, f)                ((flags) |= (f))
#define NDIS_SET_SEND_COMPLETE_FLAG(flags, f)       ((flags) |= (f))
#define NDIS_SET_RETURN_FLAG(flags, f)              ((flags) |= (f))
#define NDIS_TEST_SEND_FLAG(flags, f)               (((flags) & (f)) != 0)
#define NDIS_TEST_SEND_AT_DISPATCH_LEVEL(flags)     (((flags)&NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_SEND_COMPLETE_AT_DISPATCH_LEVEL(flags)                                           \
    (((flags)&NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_RECEIVE_FLAG(flags, f) (((flags) & (f)) != 0)
#define NDIS_TEST_RECEIVE_AT_DISPATCH_LEVEL(flags)                                                 \
    (((flags)&NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_RECEIVE_CANNOT_PEND(flags)      (((flags)&NDIS_RECEIVE_FLAGS_RESOURCES) != 0)
#define NDIS_TEST_RECEIVE_CAN_PEND(flags)         (((flags)&NDIS_RECEIVE_FLAGS_RESOURCES) == 0)
#define NDIS_TEST_RETURN_FLAG(flags, f)           (((flags) & (f)) != 0)
#define NDIS_TEST_RETURN_AT_DISPATCH_LEVEL(flags) (((flags)&NDIS_RETURN_FLAGS_DISPATCH_LEVEL) != 0)

#endif
