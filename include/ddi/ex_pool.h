/* SPDX-License-Identifier: MIT */
/* Pool memory and lookaside lists. */
#ifndef CONDIS_DDI_EX_POOL_H
#define CONDIS_DDI_EX_POOL_H

#include "ke_irql.h"

typedef enum _POOL_TYPE {
    NonPagedPool = 0,
    NonPagedPoolExecute = 0,
    PagedPool = 1,
    NonPagedPoolMustSucceed = 2,
    NonPagedPoolCacheAligned = 4,
    PagedPoolCacheAligned = 5,
    NonPagedPoolNx = 512,
    NonPagedPoolNxCacheAligned = 516
} POOL_TYPE;

typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_UNINITIALIZED     0x0000000000000002ULL
#define POOL_FLAG_SESSION           0x0000000000000004ULL
#define POOL_FLAG_CACHE_ALIGNED     0x0000000000000008ULL
#define POOL_FLAG_RAISE_ON_FAILURE  0x0000000000000020ULL
#define POOL_FLAG_NON_PAGED         0x0000000000000040ULL
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ULL
#define POOL_FLAG_PAGED             0x0000000000000100ULL

#define POOL_NX_ALLOCATION               512
#define POOL_RAISE_IF_ALLOCATION_FAILURE 16
#define POOL_COLD_ALLOCATION             256

typedef enum _EX_POOL_PRIORITY {
    LowPoolPriority,
    LowPoolPrioritySpecialPoolOverrun = 8,
    LowPoolPrioritySpecialPoolUnderrun = 9,
    NormalPoolPriority = 16,
    NormalPoolPrioritySpecialPoolOverrun = 24,
    NormalPoolPrioritySpecialPoolUnderrun = 25,
    HighPoolPriority = 32,
    HighPoolPrioritySpecialPoolOverrun = 40,
    HighPoolPrioritySpecialPoolUnderrun = 41
} EX_POOL_PRIORITY;

/* Learn: ExAllocatePoolWithTag. Contents are not initialised; NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI ExAllocatePoolWithTag(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes,
                                  _In_ ULONG Tag);
/* Learn: ExAllocatePool. */
#define ExAllocatePool(PoolType, NumberOfBytes)                                                    \
    ExAllocatePoolWithTag(PoolType, NumberOfBytes, 'enoN')
/* Learn: ExAllocatePoolWithTagPriority. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI ExAllocatePoolWithTagPriority(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes,
                                          _In_ ULONG Tag, _In_ EX_POOL_PRIORITY Priority);
/* Learn: ExAllocatePoolZero. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI ExAllocatePoolZero(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
/* Learn: ExAllocatePoolUninitialized. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI ExAllocatePoolUninitialized(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes,
                                        _In_ ULONG Tag);
/* Learn: ExAllocatePool2. Zeroed unless POOL_FLAG_UNINITIALIZED. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI ExAllocatePool2(_In_ POOL_FLAGS Flags, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
/* Learn: ExFreePoolWithTag. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExFreePoolWithTag(_In_ PVOID P, _In_ ULONG Tag);
/* Learn: ExFreePool. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExFreePool(_In_ PVOID P);

struct _LOOKASIDE_LIST_EX;
typedef PVOID(NTAPI ALLOCATE_FUNCTION)(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes,
                                       _In_ ULONG Tag);
typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;
typedef VOID(NTAPI FREE_FUNCTION)(_In_ PVOID Buffer);
typedef FREE_FUNCTION *PFREE_FUNCTION;
typedef PVOID(NTAPI ALLOCATE_FUNCTION_EX)(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes,
                                          _In_ ULONG Tag,
                                          _Inout_ struct _LOOKASIDE_LIST_EX *Lookaside);
typedef ALLOCATE_FUNCTION_EX *PALLOCATE_FUNCTION_EX;
typedef VOID(NTAPI FREE_FUNCTION_EX)(_In_ PVOID Buffer,
                                     _Inout_ struct _LOOKASIDE_LIST_EX *Lookaside);
typedef FREE_FUNCTION_EX *PFREE_FUNCTION_EX;

#define CONDIS_LOOKASIDE_FIELDS                                                                    \
    union {                                                                                        \
        SLIST_HEADER ListHead;                                                                     \
        SINGLE_LIST_ENTRY SingleListHead;                                                          \
    };                                                                                             \
    USHORT Depth;                                                                                  \
    USHORT MaximumDepth;                                                                           \
    ULONG TotalAllocates;                                                                          \
    ULONG AllocateMisses;                                                                          \
    ULONG TotalFrees;                                                                              \
    ULONG FreeMisses;                                                                              \
    POOL_TYPE Type;                                                                                \
    ULONG Tag;                                                                                     \
    ULONG Size;                                                                                    \
    union {                                                                                        \
        PALLOCATE_FUNCTION_EX AllocateEx;                                                          \
        PALLOCATE_FUNCTION Allocate;                                                               \
    };                                                                                             \
    union {                                                                                        \
        PFREE_FUNCTION_EX FreeEx;                                                                  \
        PFREE_FUNCTION Free;                                                                       \
    };                                                                                             \
    LIST_ENTRY ListEntry;                                                                          \
    ULONG LastTotalAllocates;                                                                      \
    ULONG LastAllocateMisses;                                                                      \
    ULONG Future[2];

typedef struct DECLSPEC_CACHEALIGN _GENERAL_LOOKASIDE {
    CONDIS_LOOKASIDE_FIELDS
} GENERAL_LOOKASIDE, *PGENERAL_LOOKASIDE;

typedef struct _GENERAL_LOOKASIDE_POOL {
    CONDIS_LOOKASIDE_FIELDS
} GENERAL_LOOKASIDE_POOL, *PGENERAL_LOOKASIDE_POOL;

typedef struct _NPAGED_LOOKASIDE_LIST {
    GENERAL_LOOKASIDE L;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;

typedef struct _PAGED_LOOKASIDE_LIST {
    GENERAL_LOOKASIDE L;
} PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

typedef struct _LOOKASIDE_LIST_EX {
    GENERAL_LOOKASIDE_POOL L;
} LOOKASIDE_LIST_EX, *PLOOKASIDE_LIST_EX;

#define EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL 0x00000001UL
#define EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE 0x00000002UL

/* Learn: ExInitializeNPagedLookasideList. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExInitializeNPagedLookasideList(_Out_ PNPAGED_LOOKASIDE_LIST Lookaside,
                                           _In_opt_ PALLOCATE_FUNCTION Allocate,
                                           _In_opt_ PFREE_FUNCTION Free, _In_ ULONG Flags,
                                           _In_ SIZE_T Size, _In_ ULONG Tag, _In_ USHORT Depth);
/* Learn: ExDeleteNPagedLookasideList. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExDeleteNPagedLookasideList(_Inout_ PNPAGED_LOOKASIDE_LIST Lookaside);
/* Learn: ExAllocateFromNPagedLookasideList. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI ExAllocateFromNPagedLookasideList(_Inout_ PNPAGED_LOOKASIDE_LIST Lookaside);
/* Learn: ExFreeToNPagedLookasideList. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExFreeToNPagedLookasideList(_Inout_ PNPAGED_LOOKASIDE_LIST Lookaside, _In_ PVOID Entry);
/* Learn: ExInitializeLookasideListEx. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI ExInitializeLookasideListEx(_Out_ PLOOKASIDE_LIST_EX Lookaside,
                                           _In_opt_ PALLOCATE_FUNCTION_EX Allocate,
                                           _In_opt_ PFREE_FUNCTION_EX Free, _In_ POOL_TYPE PoolType,
                                           _In_ ULONG Flags, _In_ SIZE_T Size, _In_ ULONG Tag,
                                           _In_ USHORT Depth);
/* Learn: ExDeleteLookasideListEx. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExDeleteLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside);
/* Learn: ExFlushLookasideListEx. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExFlushLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside);
/* Learn: ExAllocateFromLookasideListEx. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI ExAllocateFromLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside);
/* Learn: ExFreeToLookasideListEx. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExFreeToLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside, _In_ PVOID Entry);

#endif
