/* SPDX-License-Identifier: MIT */
/* The memory descriptor list: a piece of a buffer, chainable. */
#ifndef CONDIS_DDI_MM_MDL_H
#define CONDIS_DDI_MM_MDL_H

#include "ke_object.h"

typedef ULONG_PTR PFN_NUMBER, *PPFN_NUMBER;

typedef struct _MDL {
    struct _MDL *Next;
    CSHORT Size;
    CSHORT MdlFlags;
    struct _EPROCESS *Process;
    PVOID MappedSystemVa;
    PVOID StartVa;
    ULONG ByteCount;
    ULONG ByteOffset;
} MDL, *PMDL;
typedef const MDL *PCMDL;

#define MDL_MAPPED_TO_SYSTEM_VA     0x0001
#define MDL_PAGES_LOCKED            0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004
#define MDL_ALLOCATED_FIXED_SIZE    0x0008
#define MDL_PARTIAL                 0x0010
#define MDL_PARTIAL_HAS_BEEN_MAPPED 0x0020
#define MDL_IO_PAGE_READ            0x0040
#define MDL_WRITE_OPERATION         0x0080
#define MDL_PARENT_MAPPED_SYSTEM_VA 0x0100
#define MDL_FREE_EXTRA_PTES         0x0200
#define MDL_DESCRIBES_AWE           0x0400
#define MDL_IO_SPACE                0x0800
#define MDL_NETWORK_HEADER          0x1000
#define MDL_MAPPING_CAN_FAIL        0x2000
#define MDL_ALLOCATED_MUST_SUCCEED  0x4000

typedef enum _MM_PAGE_PRIORITY {
    LowPagePriority = 0,
    NormalPagePriority = 16,
    HighPagePriority = 32
} MM_PAGE_PRIORITY;
#define MdlMappingNoWrite   0x80000000U
#define MdlMappingNoExecute 0x40000000U

typedef enum _MEMORY_CACHING_TYPE {
    MmNonCached = 0,
    MmCached = 1,
    MmWriteCombined = 2
} MEMORY_CACHING_TYPE;

struct _IRP;

#define PAGE_ALIGN(va)       ((PVOID)((ULONG_PTR)(va) & ~((ULONG_PTR)PAGE_SIZE - 1)))
#define BYTE_OFFSET(va)      ((ULONG)((ULONG_PTR)(va) & (PAGE_SIZE - 1)))
#define BYTES_TO_PAGES(size) ((ULONG)(((size) >> PAGE_SHIFT) + (((size) & (PAGE_SIZE - 1)) != 0)))
#define ROUND_TO_PAGES(size) (((ULONG_PTR)(size) + PAGE_SIZE - 1) & ~((ULONG_PTR)PAGE_SIZE - 1))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(va, size)                                                   \
    ((ULONG)((((ULONG_PTR)BYTE_OFFSET(va)) + (ULONG_PTR)(size) + PAGE_SIZE - 1) >> PAGE_SHIFT))

/* Learn: IoAllocateMdl. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PMDL NTAPI IoAllocateMdl(_In_opt_ PVOID VirtualAddress, _In_ ULONG Length,
                         _In_ BOOLEAN SecondaryBuffer, _In_ BOOLEAN ChargeQuota,
                         _Inout_opt_ struct _IRP *Irp);
/* Learn: IoFreeMdl. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoFreeMdl(_In_ PMDL Mdl);
/* Learn: IoBuildPartialMdl. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoBuildPartialMdl(_In_ PMDL SourceMdl, _Inout_ PMDL TargetMdl, _In_ PVOID VirtualAddress,
                             _In_ ULONG Length);
/* Learn: MmBuildMdlForNonPagedPool. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmBuildMdlForNonPagedPool(_Inout_ PMDL MemoryDescriptorList);
/* Learn: MmSizeOfMdl. */
SIZE_T NTAPI MmSizeOfMdl(_In_opt_ PVOID Base, _In_ SIZE_T Length);
/* Learn: MmMapLockedPagesSpecifyCache. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI MmMapLockedPagesSpecifyCache(_Inout_ PMDL MemoryDescriptorList,
                                         _In_ KPROCESSOR_MODE AccessMode,
                                         _In_ MEMORY_CACHING_TYPE CacheType,
                                         _In_opt_ PVOID RequestedAddress,
                                         _In_ ULONG BugCheckOnFailure, _In_ ULONG Priority);
/* Learn: MmUnmapLockedPages. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI MmUnmapLockedPages(_In_ PVOID BaseAddress, _Inout_ PMDL MemoryDescriptorList);

/* Learn: MmGetMdlByteCount, MmGetMdlByteOffset, MmGetMdlVirtualAddress, MmGetMdlBaseVa. */
#define MmGetMdlByteCount(m)      ((m)->ByteCount)
#define MmGetMdlByteOffset(m)     ((m)->ByteOffset)
#define MmGetMdlBaseVa(m)         ((m)->StartVa)
#define MmGetMdlVirtualAddress(m) ((PVOID)((PCHAR)((m)->StartVa) + (m)->ByteOffset))
#define MmGetMdlPfnArray(m)       ((PPFN_NUMBER)(void *)((m) + 1))

/* Learn: MmInitializeMdl. */
#define MmInitializeMdl(m, va, length)                                                             \
    do {                                                                                           \
        (m)->Next = NULL;                                                                          \
        (m)->Size = (CSHORT)(sizeof(MDL) +                                                         \
                             sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES(va, length));     \
        (m)->MdlFlags = 0;                                                                         \
        (m)->StartVa = PAGE_ALIGN(va);                                                             \
        (m)->ByteOffset = BYTE_OFFSET(va);                                                         \
        (m)->ByteCount = (ULONG)(length);                                                          \
    } while (0)

/* Learn: MmPrepareMdlForReuse. */
#define MmPrepareMdlForReuse(m)                                                                    \
    do {                                                                                           \
        if (((m)->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0)                                    \
            MmUnmapLockedPages((m)->MappedSystemVa, (m));                                          \
    } while (0)

/* Learn: MmGetSystemAddressForMdlSafe. NULL on failure. */
_Must_inspect_result_
FORCEINLINE PVOID MmGetSystemAddressForMdlSafe(_Inout_ PMDL Mdl, _In_ ULONG Priority)
{
    if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        return Mdl->MappedSystemVa;
    return MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, Priority);
}

#endif
