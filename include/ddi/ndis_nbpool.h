/* SPDX-License-Identifier: MIT */
/* Pools of net buffers and lists, and the functions that allocate, clone, move and read them. */
#ifndef CONDIS_DDI_NDIS_NBPOOL_H
#define CONDIS_DDI_NDIS_NBPOOL_H

#include "ndis_netbuffer.h"

/* Learn: NET_BUFFER_LIST_POOL_PARAMETERS. ContextSize is a multiple of 16. */
typedef struct _NET_BUFFER_LIST_POOL_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    UCHAR ProtocolId;
    BOOLEAN fAllocateNetBuffer;
    USHORT ContextSize;
    ULONG PoolTag;
    ULONG DataSize;
} NET_BUFFER_LIST_POOL_PARAMETERS, *PNET_BUFFER_LIST_POOL_PARAMETERS;
#define NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1 1
#define NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1                                     \
    RTL_SIZEOF_THROUGH_FIELD(NET_BUFFER_LIST_POOL_PARAMETERS, DataSize)

/* Learn: NET_BUFFER_POOL_PARAMETERS. */
typedef struct _NET_BUFFER_POOL_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG PoolTag;
    ULONG DataSize;
} NET_BUFFER_POOL_PARAMETERS, *PNET_BUFFER_POOL_PARAMETERS;
#define NET_BUFFER_POOL_PARAMETERS_REVISION_1 1
#define NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1                                          \
    RTL_SIZEOF_THROUGH_FIELD(NET_BUFFER_POOL_PARAMETERS, DataSize)

/* Learn: NET_BUFFER_ALLOCATE_MDL (NetAllocateMdl). Returns NULL on failure. */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef PMDL(NTAPI NET_BUFFER_ALLOCATE_MDL)(_Inout_ PULONG BufferSize);
typedef NET_BUFFER_ALLOCATE_MDL *NET_BUFFER_ALLOCATE_MDL_HANDLER;
/* Learn: NET_BUFFER_FREE_MDL (NetFreeMdl). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI NET_BUFFER_FREE_MDL)(_In_ PMDL Mdl);
typedef NET_BUFFER_FREE_MDL *NET_BUFFER_FREE_MDL_HANDLER;

#define NDIS_CLONE_FLAGS_RESERVED          0x00000001
#define NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS 0x00000002

/* Learn: NdisAllocateNetBufferListPool. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_HANDLE NTAPI NdisAllocateNetBufferListPool(_In_opt_ NDIS_HANDLE NdisHandle,
                                                _In_ PNET_BUFFER_LIST_POOL_PARAMETERS Parameters);
/* Learn: NdisFreeNetBufferListPool. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeNetBufferListPool(_In_ NDIS_HANDLE PoolHandle);
/* Learn: NdisAllocateNetBufferList. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PNET_BUFFER_LIST NTAPI NdisAllocateNetBufferList(_In_ NDIS_HANDLE PoolHandle,
                                                 _In_ USHORT ContextSize,
                                                 _In_ USHORT ContextBackFill);
/* Learn: NdisAllocateNetBufferAndNetBufferList. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PNET_BUFFER_LIST NTAPI NdisAllocateNetBufferAndNetBufferList(
    _In_ NDIS_HANDLE PoolHandle, _In_ USHORT ContextSize, _In_ USHORT ContextBackFill,
    _In_opt_ PMDL MdlChain, _In_ ULONG DataOffset, _In_ SIZE_T DataLength);
/* Learn: NdisFreeNetBufferList. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeNetBufferList(_In_ PNET_BUFFER_LIST NetBufferList);
/* Learn: NdisAllocateNetBufferPool. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_HANDLE NTAPI NdisAllocateNetBufferPool(_In_opt_ NDIS_HANDLE NdisHandle,
                                            _In_ PNET_BUFFER_POOL_PARAMETERS Parameters);
/* Learn: NdisFreeNetBufferPool. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeNetBufferPool(_In_ NDIS_HANDLE PoolHandle);
/* Learn: NdisAllocateNetBuffer. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PNET_BUFFER NTAPI NdisAllocateNetBuffer(_In_ NDIS_HANDLE PoolHandle, _In_opt_ PMDL MdlChain,
                                        _In_ ULONG DataOffset, _In_ SIZE_T DataLength);
/* Learn: NdisAllocateNetBufferMdlAndData. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PNET_BUFFER NTAPI NdisAllocateNetBufferMdlAndData(_In_ NDIS_HANDLE PoolHandle);
/* Learn: NdisFreeNetBuffer. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeNetBuffer(_In_ PNET_BUFFER NetBuffer);
/* Learn: NdisAllocateNetBufferListContext. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisAllocateNetBufferListContext(_In_ PNET_BUFFER_LIST NetBufferList,
                                                   _In_ USHORT ContextSize,
                                                   _In_ USHORT ContextBackFill, _In_ ULONG PoolTag);
/* Learn: NdisFreeNetBufferListContext. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeNetBufferListContext(_In_ PNET_BUFFER_LIST NetBufferList,
                                        _In_ USHORT ContextSize);
/* Learn: NdisAllocateCloneNetBufferList. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PNET_BUFFER_LIST NTAPI NdisAllocateCloneNetBufferList(_In_ PNET_BUFFER_LIST OriginalNetBufferList,
                                                      _In_opt_ NDIS_HANDLE NetBufferListPoolHandle,
                                                      _In_opt_ NDIS_HANDLE NetBufferPoolHandle,
                                                      _In_ ULONG AllocateCloneFlags);
/* Learn: NdisFreeCloneNetBufferList. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeCloneNetBufferList(_In_ PNET_BUFFER_LIST CloneNetBufferList,
                                      _In_ ULONG FreeCloneFlags);
/* Learn: NdisRetreatNetBufferDataStart. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisRetreatNetBufferDataStart(
    _In_ PNET_BUFFER NetBuffer, _In_ ULONG DataOffsetDelta, _In_ ULONG DataBackFill,
    _In_opt_ NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler);
/* Learn: NdisAdvanceNetBufferDataStart. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisAdvanceNetBufferDataStart(_In_ PNET_BUFFER NetBuffer, _In_ ULONG DataOffsetDelta,
                                         _In_ BOOLEAN FreeMdl,
                                         _In_opt_ NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler);
/* Learn: NdisRetreatNetBufferListDataStart. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisRetreatNetBufferListDataStart(
    _In_ PNET_BUFFER_LIST NetBufferList, _In_ ULONG DataOffsetDelta, _In_ ULONG DataBackFill,
    _In_opt_ NET_BUFFER_ALLOCATE_MDL_HANDLER AllocateMdlHandler,
    _In_opt_ NET_BUFFER_FREE_MDL_HANDLER FreeMdlHandler);
/* Learn: NdisAdvanceNetBufferListDataStart. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisAdvanceNetBufferListDataStart(
    _In_ PNET_BUFFER_LIST NetBufferList, _In_ ULONG DataOffsetDelta, _In_ BOOLEAN FreeMdl,
    _In_opt_ NET_BUFFER_FREE_MDL_HANDLER FreeMdlMdlHandler);
/* Learn: NdisGetDataBuffer. NULL: too short, or in pieces and no Storage. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI NdisGetDataBuffer(_In_ PNET_BUFFER NetBuffer, _In_ ULONG BytesNeeded,
                              _Out_writes_bytes_all_opt_(BytesNeeded) PVOID Storage,
                              _In_ UINT AlignMultiple, _In_ UINT AlignOffset);
/* Learn: NdisCopyFromNetBufferToNetBuffer. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCopyFromNetBufferToNetBuffer(_In_ PNET_BUFFER Destination,
                                                   _In_ ULONG DestinationOffset,
                                                   _In_ ULONG BytesToCopy, _In_ PNET_BUFFER Source,
                                                   _In_ ULONG SourceOffset,
                                                   _Out_ PULONG BytesCopied);
/* Learn: NdisCopySendNetBufferListInfo. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCopySendNetBufferListInfo(_In_ PNET_BUFFER_LIST DestNetBufferList,
                                         _In_ PNET_BUFFER_LIST SrcNetBufferList);
/* Learn: NdisCopyReceiveNetBufferListInfo. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCopyReceiveNetBufferListInfo(_In_ PNET_BUFFER_LIST DestNetBufferList,
                                            _In_ PNET_BUFFER_LIST SrcNetBufferList);
/* Learn: NdisQueryNetBufferPhysicalCount. */
_IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI NdisQueryNetBufferPhysicalCount(_In_ PNET_BUFFER NetBuffer);
/* Learn: NdisGetPoolFromNetBufferList. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_HANDLE NTAPI NdisGetPoolFromNetBufferList(_In_ PNET_BUFFER_LIST NetBufferList);
/* Learn: NdisGetPoolFromNetBuffer. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_HANDLE NTAPI NdisGetPoolFromNetBuffer(_In_ PNET_BUFFER NetBuffer);
/* Learn: NdisAllocateMdl. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PMDL NTAPI NdisAllocateMdl(_In_ NDIS_HANDLE NdisHandle,
                           _In_reads_bytes_(Length) PVOID VirtualAddress, _In_ UINT Length);
/* Learn: NdisFreeMdl. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeMdl(_In_ PMDL Mdl);

/* Learn: NdisAdjustMdlLength, NdisQueryMdl, NdisQueryMdlOffset, NdisGetNextMdl. */
#define NdisAdjustMdlLength(Mdl, Length) ((Mdl)->ByteCount = (Length))
#define NdisQueryMdl(Mdl, VirtualAddress, Length, Priority)                                        \
    do {                                                                                           \
        if ((VirtualAddress) != NULL)                                                              \
            *(PVOID *)(VirtualAddress) = MmGetSystemAddressForMdlSafe(Mdl, Priority);              \
        *(Length) = MmGetMdlByteCount(Mdl);                                                        \
    } while (0)
#define NdisQueryMdlOffset(Mdl, Offset, Length)                                                    \
    do {                                                                                           \
        *(Offset) = MmGetMdlByteOffset(Mdl);                                                       \
        *(Length) = MmGetMdlByteCount(Mdl);                                                        \
    } while (0)
#define NdisGetNextMdl(CurrentMdl, NextMdl) (*(NextMdl) = (CurrentMdl)->Next)
#define NDIS_MDL_LINKAGE(Mdl)               ((Mdl)->Next)
#define NDIS_MDL_TO_SPAN_PAGES(Mdl)                                                                \
    (MmGetMdlByteCount(Mdl) == 0                                                                   \
         ? 1                                                                                       \
         : ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), MmGetMdlByteCount(Mdl)))

#endif
