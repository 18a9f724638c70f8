/* SPDX-License-Identifier: MIT */
/* NDIS memory, strings and event log. */
#ifndef CONDIS_DDI_NDIS_MEMORY_H
#define CONDIS_DDI_NDIS_MEMORY_H

#include "ndis_types.h"

#define NDIS_MEMORY_CONTIGUOUS 0x00000001
#define NDIS_MEMORY_NONCACHED  0x00000002

/* Learn: NdisAllocateMemoryWithTag. NDIS_STATUS_SUCCESS or NDIS_STATUS_FAILURE. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisAllocateMemoryWithTag(_Out_ PVOID *VirtualAddress, _In_ UINT Length,
                                            _In_ ULONG Tag);
/* Learn: NdisAllocateMemoryWithTagPriority. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI NdisAllocateMemoryWithTagPriority(_In_ NDIS_HANDLE NdisHandle, _In_ UINT Length,
                                              _In_ ULONG Tag, _In_ EX_POOL_PRIORITY Priority);
/* Learn: NdisFreeMemory. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeMemory(_In_ PVOID VirtualAddress, _In_ UINT Length, _In_ UINT MemoryFlags);
#if NDIS_SUPPORT_NDIS620
/* Learn: NdisFreeMemoryWithTag. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeMemoryWithTag(_In_ PVOID VirtualAddress, _In_ ULONG Tag);
/* Learn: NdisFreeMemoryWithTagPriority. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeMemoryWithTagPriority(_In_ NDIS_HANDLE NdisHandle, _In_ PVOID VirtualAddress,
                                         _In_ ULONG Tag);
#endif

#define NdisZeroMemory(Destination, Length)         RtlZeroMemory(Destination, Length)
#define NdisMoveMemory(Destination, Source, Length) RtlCopyMemory(Destination, Source, Length)
#define NdisRetrieveUlong(To, From)                 RtlCopyMemory(To, From, sizeof(ULONG))
#define NdisStoreUlong(Destination, Value)                                                         \
    do {                                                                                           \
        ULONG condis_value = (Value);                                                              \
        RtlCopyMemory(Destination, &condis_value, sizeof(ULONG));                                  \
    } while (0)
#define NdisFillMemory(Destination, Length, Fill) RtlFillMemory(Destination, Length, Fill)
#define NdisEqualMemory(Source1, Source2, Length) RtlEqualMemory(Source1, Source2, Length)

/* Learn: NdisInitializeNPagedLookasideList and its like. */
#define NdisInitializeNPagedLookasideList   ExInitializeNPagedLookasideList
#define NdisDeleteNPagedLookasideList       ExDeleteNPagedLookasideList
#define NdisAllocateFromNPagedLookasideList ExAllocateFromNPagedLookasideList
#define NdisFreeToNPagedLookasideList       ExFreeToNPagedLookasideList

/* The buffer is borrowed: it must outlive the string. */
#define NdisInitUnicodeString(DestinationString, SourceString)                                     \
    RtlInitUnicodeString(DestinationString, SourceString)
#define NdisInitAnsiString(DestinationString, SourceString)                                        \
    RtlInitAnsiString(DestinationString, SourceString)
#define NdisEqualString(String1, String2, CaseInsensitive)                                         \
    RtlEqualUnicodeString(String1, String2, CaseInsensitive)
#define NdisEqualUnicodeString(String1, String2, CaseInsensitive)                                  \
    RtlEqualUnicodeString(String1, String2, CaseInsensitive)
#define NdisFreeString(String) NdisFreeMemory((String).Buffer, (String).MaximumLength, 0)
/* Learn: NdisUnicodeStringToAnsiString. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisUnicodeStringToAnsiString(_Inout_ PNDIS_ANSI_STRING DestinationString,
                                                _In_ PNDIS_STRING SourceString);
/* Learn: NdisAnsiStringToUnicodeString. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisAnsiStringToUnicodeString(_Inout_ PNDIS_STRING DestinationString,
                                                _In_ PNDIS_ANSI_STRING SourceString);
/* Learn: NdisInitializeString. Allocates; ends with NdisFreeString. */
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI NdisInitializeString(_Out_ PNDIS_STRING Destination, _In_ PUCHAR Source);

/* Learn: NdisWriteErrorLogEntry. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisWriteErrorLogEntry(_In_ NDIS_HANDLE NdisAdapterHandle,
                                  _In_ NDIS_ERROR_CODE ErrorCode, _In_ ULONG NumberOfErrorValues,
                                  ...);

#endif
