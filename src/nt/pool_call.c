/* SPDX-License-Identifier: MIT */
/* What drivers call for pool memory: ExAllocatePool... and NdisAllocateMemory... */
#include "nt/fault.h"
#include "nt/pool.h"
#include "nt/windows.h"

/* ---- ExAllocatePool... ---- */

static void *allocate_typed(POOL_TYPE type, SIZE_T bytes, ULONG tag, bool zero,
                            const char *function, const void *caller)
{
    return nt_pool_allocate(NT_POOL_EX, bytes, tag, (type & NonPagedPoolCacheAligned) != 0, zero,
                            (type & PagedPool) != 0, function, caller);
}

PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (nt_fault(FAULT_ExAllocatePoolWithTag))
        return NULL;
    return allocate_typed(PoolType, NumberOfBytes, Tag, false, "ExAllocatePoolWithTag",
                          NT_CALLER());
}

PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
                                          EX_POOL_PRIORITY Priority)
{
    (void)Priority;
    if (nt_fault(FAULT_ExAllocatePoolWithTagPriority))
        return NULL;
    return allocate_typed(PoolType, NumberOfBytes, Tag, false, "ExAllocatePoolWithTagPriority",
                          NT_CALLER());
}

PVOID NTAPI ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (nt_fault(FAULT_ExAllocatePoolZero))
        return NULL;
    return allocate_typed(PoolType, NumberOfBytes, Tag, true, "ExAllocatePoolZero", NT_CALLER());
}

PVOID NTAPI ExAllocatePoolUninitialized(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    if (nt_fault(FAULT_ExAllocatePoolUninitialized))
        return NULL;
    return allocate_typed(PoolType, NumberOfBytes, Tag, false, "ExAllocatePoolUninitialized",
                          NT_CALLER());
}

PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    POOL_FLAGS kinds = POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED;
    POOL_FLAGS kind = Flags & kinds;
    if (!kind || (kind & (kind - 1)) || !Tag || !NumberOfBytes) {
        nt_break(RULE_ARGUMENT_BAD, "ExAllocatePool2", "Flags 0x%llx, %zu bytes, tag 0x%x",
                 (unsigned long long)Flags, (size_t)NumberOfBytes, Tag);
        return NULL;
    }
    if (nt_fault(FAULT_ExAllocatePool2))
        return NULL;
    return nt_pool_allocate(NT_POOL_EX, NumberOfBytes, Tag, (Flags & POOL_FLAG_CACHE_ALIGNED) != 0,
                            !(Flags & POOL_FLAG_UNINITIALIZED), kind == POOL_FLAG_PAGED,
                            "ExAllocatePool2", NT_CALLER());
}

VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    nt_pool_free(NT_POOL_EX, P, Tag, "ExFreePoolWithTag");
}

VOID NTAPI ExFreePool(PVOID P)
{
    nt_pool_free(NT_POOL_EX, P, 0, "ExFreePool");
}

/* ---- NdisAllocateMemory... ---- */

NDIS_STATUS NTAPI NdisAllocateMemoryWithTag(PVOID *VirtualAddress, UINT Length, ULONG Tag)
{
    static const char function[] = "NdisAllocateMemoryWithTag";
    if (!nt_not_null(VirtualAddress, function, "VirtualAddress"))
        return NDIS_STATUS_FAILURE;
    *VirtualAddress = NULL;
    if (nt_fault(FAULT_NdisAllocateMemoryWithTag))
        return nt_fault_status(FAULT_NdisAllocateMemoryWithTag);
    *VirtualAddress =
        nt_pool_allocate(NT_POOL_NDIS, Length, Tag, false, false, false, function, NT_CALLER());
    return *VirtualAddress ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE;
}

PVOID NTAPI NdisAllocateMemoryWithTagPriority(NDIS_HANDLE NdisHandle, UINT Length, ULONG Tag,
                                              EX_POOL_PRIORITY Priority)
{
    (void)NdisHandle; /* the account is the running driver's */
    (void)Priority;
    if (nt_fault(FAULT_NdisAllocateMemoryWithTagPriority))
        return NULL;
    return nt_pool_allocate(NT_POOL_NDIS, Length, Tag, false, false, false,
                            "NdisAllocateMemoryWithTagPriority", NT_CALLER());
}

VOID NTAPI NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags)
{
    (void)Length;
    (void)MemoryFlags;
    nt_pool_free(NT_POOL_NDIS, VirtualAddress, 0, "NdisFreeMemory");
}

VOID NTAPI NdisFreeMemoryWithTag(PVOID VirtualAddress, ULONG Tag)
{
    nt_pool_free(NT_POOL_NDIS, VirtualAddress, Tag, "NdisFreeMemoryWithTag");
}

VOID NTAPI NdisFreeMemoryWithTagPriority(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Tag)
{
    (void)NdisHandle;
    nt_pool_free(NT_POOL_NDIS, VirtualAddress, Tag, "NdisFreeMemoryWithTagPriority");
}
