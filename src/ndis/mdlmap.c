/* SPDX-License-Identifier: MIT */
/* Mapping an MDL: filling in its page numbers and its system address. All memory is mapped here,
 * so what is left to do is to keep the header's words true and the driver's order honest. */
#include "ndis/enter.h"
#include "ndis/mdl.h"
#include "nt/fault.h"

#include <string.h>

enum { MDL_MAPPED_FLAGS = MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL };

static bool mdl_given(const struct call *call, const MDL *mdl, const char *parameter)
{
    if (!mdl) {
        call_breaks(call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "%s is NULL", parameter);
        return false;
    }
    if (mdl_kind(mdl) != MDL_KIND_FREED)
        return true;
    call_breaks(call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE, "%s was freed before", parameter);
    return false;
}

/* Learn: MmBuildMdlForNonPagedPool. */
VOID NTAPI MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
    struct call call = call_begin(__func__, RULE_IRQL_TOO_HIGH, LEVEL_UP_TO_DISPATCH);
    if (!mdl_given(&call, MemoryDescriptorList, "MemoryDescriptorList"))
        return;
    if (MemoryDescriptorList->MdlFlags & (MDL_MAPPED_FLAGS | MDL_PAGES_LOCKED | MDL_PARTIAL)) {
        call_breaks(&call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE,
                    "the MDL is built already (MdlFlags 0x%04x)",
                    (USHORT)MemoryDescriptorList->MdlFlags);
        return;
    }
    if (mdl_page_count(MemoryDescriptorList) > mdl_page_room(MemoryDescriptorList)) {
        call_breaks(&call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE,
                    "the MDL has room for %u page numbers and needs %zu",
                    mdl_page_room(MemoryDescriptorList), mdl_page_count(MemoryDescriptorList));
        return;
    }
    mdl_build(MemoryDescriptorList);
}

/* Learn: MmSizeOfMdl. */
SIZE_T NTAPI MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    size_t pages = ((uintptr_t)Base % PAGE_SIZE + Length + PAGE_SIZE - 1) / PAGE_SIZE;
    return sizeof(MDL) + pages * sizeof(PFN_NUMBER);
}

/* Learn: MmMapLockedPagesSpecifyCache. Never fails for an MDL whose pages are there. */
PVOID NTAPI MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                                         MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
                                         ULONG BugCheckOnFailure, ULONG Priority)
{
    struct call call = call_begin(__func__, RULE_IRQL_TOO_HIGH, LEVEL_UP_TO_DISPATCH);
    (void)CacheType;
    (void)RequestedAddress; /* for user mode only */
    (void)BugCheckOnFailure;
    (void)Priority;
    if (!mdl_given(&call, MemoryDescriptorList, "MemoryDescriptorList"))
        return NULL;
    if (AccessMode != KernelMode) {
        call_breaks(&call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "AccessMode is %d; there is no user mode to map to", (int)AccessMode);
        return NULL;
    }
    PMDL mdl = MemoryDescriptorList;
    if (!(mdl->MdlFlags & (MDL_MAPPED_FLAGS | MDL_PAGES_LOCKED | MDL_PARTIAL))) {
        call_breaks(&call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE,
                    "the MDL describes no pages yet: MmBuildMdlForNonPagedPool comes first");
        return NULL;
    }
    if (mdl->MdlFlags & MDL_MAPPED_FLAGS)
        return mdl->MappedSystemVa;
    if (nt_fault(FAULT_MmMapLockedPagesSpecifyCache))
        return NULL;
    mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
    int partial = mdl->MdlFlags & MDL_PARTIAL ? MDL_PARTIAL_HAS_BEEN_MAPPED : 0;
    mdl->MdlFlags = (CSHORT)(mdl->MdlFlags | MDL_MAPPED_TO_SYSTEM_VA | partial);
    return mdl->MappedSystemVa;
}

/* Learn: MmUnmapLockedPages. */
VOID NTAPI MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
    struct call call = call_begin(__func__, RULE_IRQL_TOO_HIGH, LEVEL_UP_TO_DISPATCH);
    if (!mdl_given(&call, MemoryDescriptorList, "MemoryDescriptorList"))
        return;
    PMDL mdl = MemoryDescriptorList;
    if (!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) || mdl->MappedSystemVa != BaseAddress) {
        call_breaks(&call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE,
                    "the MDL is not mapped at BaseAddress");
        return;
    }
    mdl->MdlFlags =
        (CSHORT)(mdl->MdlFlags & ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED));
    mdl->MappedSystemVa = NULL;
}

/* The range that a partial MDL shall describe lies in its source, and the target has the room. */
static bool partial_fits(const struct call *call, const MDL *source, const MDL *target,
                         size_t offset, size_t length)
{
    if (offset > source->ByteCount || length > source->ByteCount - offset) {
        call_breaks(call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "%zu bytes at offset %zd are not inside the source's %u", length,
                    (ptrdiff_t)offset, source->ByteCount);
        return false;
    }
    uintptr_t first = (uintptr_t)source->StartVa + source->ByteOffset + offset;
    size_t pages = (first % PAGE_SIZE + length + PAGE_SIZE - 1) / PAGE_SIZE;
    if (pages <= mdl_page_room(target))
        return true;
    call_breaks(call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE,
                "the target has room for %u page numbers and needs %zu", mdl_page_room(target),
                pages);
    return false;
}

/* Learn: IoBuildPartialMdl. Length 0 stands for everything up to the source's end. */
VOID NTAPI IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
    struct call call = call_begin(__func__, RULE_IRQL_TOO_HIGH, LEVEL_UP_TO_DISPATCH);
    if (!mdl_given(&call, SourceMdl, "SourceMdl") || !mdl_given(&call, TargetMdl, "TargetMdl"))
        return;
    char *start = MmGetMdlVirtualAddress(SourceMdl);
    size_t offset = (uintptr_t)VirtualAddress - (uintptr_t)start;
    size_t length = Length;
    if (Length == 0 && offset <= SourceMdl->ByteCount)
        length = SourceMdl->ByteCount - offset;
    if (!partial_fits(&call, SourceMdl, TargetMdl, offset, length))
        return;
    TargetMdl->StartVa = PAGE_ALIGN(VirtualAddress);
    TargetMdl->ByteOffset = BYTE_OFFSET(VirtualAddress);
    TargetMdl->ByteCount = (ULONG)length;
    int kept = TargetMdl->MdlFlags & MDL_ALLOCATED_FIXED_SIZE;
    int flags = MDL_PARTIAL | (SourceMdl->MdlFlags & (MDL_IO_SPACE | MDL_NETWORK_HEADER));
    TargetMdl->MappedSystemVa = NULL;
    if (SourceMdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL)
        flags |= MDL_SOURCE_IS_NONPAGED_POOL;
    else if (SourceMdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
        flags |= MDL_PARENT_MAPPED_SYSTEM_VA | MDL_MAPPED_TO_SYSTEM_VA;
    if (SourceMdl->MdlFlags & MDL_MAPPED_FLAGS)
        TargetMdl->MappedSystemVa = (char *)SourceMdl->MappedSystemVa + offset;
    TargetMdl->MdlFlags = (CSHORT)(kept | flags);
    size_t skipped = ((uintptr_t)TargetMdl->StartVa - (uintptr_t)SourceMdl->StartVa) / PAGE_SIZE;
    memcpy(MmGetMdlPfnArray(TargetMdl), MmGetMdlPfnArray(SourceMdl) + skipped,
           mdl_page_count(TargetMdl) * sizeof(PFN_NUMBER));
}
