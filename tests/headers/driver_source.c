/* SPDX-License-Identifier: MIT */
/* What Windows driver sources do that a Linux compiler might not like: none of it may warn. */
#define NDIS630 1
#include <Ndis.h>
#include <Atm.h>
#include <ntstrsafe.h>

#pragma warning(disable : 4201)

#define LEAF_TAG 'faeL'

typedef __declspec(align(16)) struct _LEAF {
    LIST_ENTRY Link;
    IN OUT OPTIONAL NDIS_HANDLE NdisPartyHandle;
    volatile LONG References;
} LEAF, *PLEAF;

static FORCEINLINE VOID LeafReference(PLEAF Leaf)
{
    InterlockedIncrement(&Leaf->References);
}

FORCEINLINE BOOLEAN LeafRelease(PLEAF Leaf)
{
    return InterlockedDecrement(&Leaf->References) == 0;
}

static __forceinline VOID LeafUnlink(PLEAF Leaf)
{
    RemoveEntryList(&Leaf->Link);
}

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LeafUnload;
static PROTOCOL_CM_DROP_PARTY LeafCmDropParty;

#pragma NDIS_INIT_FUNCTION(DriverEntry)
#pragma NDIS_PAGEABLE_FUNCTION(LeafUnload)
#ifdef ALLOC_PRAGMA
#error "ALLOC_PRAGMA promises paging"
#endif
#pragma alloc_text(PAGE, LeafUnload)

_Use_decl_annotations_ static VOID LeafUnload(PDRIVER_OBJECT DriverObject)
{
    PAGED_CODE();
    UNREFERENCED_PARAMETER(DriverObject);
}

_Use_decl_annotations_ static NDIS_STATUS LeafCmDropParty(NDIS_HANDLE CallMgrPartyContext,
                                                          PVOID CloseData, UINT Size)
{
    PLEAF Leaf = (PLEAF)CallMgrPartyContext;

    if (CloseData != NULL && Size != 0)
        return NDIS_STATUS_INVALID_DATA;
    LeafUnlink(Leaf);
    if (LeafRelease(Leaf))
        NdisFreeMemory(Leaf, 0, 0);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject,
                                            PUNICODE_STRING RegistryPath)
{
    static const GUID LeafGuid = {0x1, 0x2, 0x3, {4, 5, 6, 7, 8, 9, 10, 11}};
    static const GUID OtherGuid = {0x2, 0x2, 0x3, {4, 5, 6, 7, 8, 9, 10, 11}};
    NDIS_STRING Name = NDIS_STRING_CONST("LEAF");
    DECLARE_CONST_UNICODE_STRING(Other, L"leaf");
    WCHAR Text[16];
    PLEAF Leaf = NULL;
    PROTOCOL_CM_DROP_PARTY *Drop = LeafCmDropParty;

    UNREFERENCED_PARAMETER(RegistryPath);
    ASSERT(Drop == LeafCmDropParty);
    if (IsEqualGUID(&LeafGuid, &OtherGuid))
        return STATUS_REVISION_MISMATCH;
    KdPrint(("%wZ %wZ\n", RegistryPath, &Name));
    DriverObject->DriverUnload = LeafUnload;
    if (!NT_SUCCESS(RtlStringCchPrintfW(Text, ARRAYSIZE(Text), L"%u", 5u)))
        return STATUS_UNSUCCESSFUL;
    if (!NdisEqualString(&Name, &Other, TRUE))
        return STATUS_NOT_FOUND;
    if (NdisAllocateMemoryWithTag((PVOID *)&Leaf, sizeof(*Leaf), LEAF_TAG) != NDIS_STATUS_SUCCESS)
        return STATUS_INSUFFICIENT_RESOURCES;
    NdisZeroMemory(Leaf, sizeof(*Leaf));
    InitializeListHead(&Leaf->Link);
    LeafReference(Leaf);
    return Drop(CONTAINING_RECORD(&Leaf->Link, LEAF, Link), NULL, 0);
}
