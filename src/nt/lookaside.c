/* SPDX-License-Identifier: MIT */
/* Lookaside lists: blocks of one size, some kept for the next allocation. */
#include <stdlib.h>

#include "nt/fault.h"
#include "nt/pool.h"
#include "nt/windows.h"

/* A driver's structure begins with the same fields in all three kinds of list. */
typedef GENERAL_LOOKASIDE_POOL LIST;

#define DEPTH_DEFAULT 16u
#define DEPTH_MAX     256u
#define DEPTH_STEP    16u         /* so many misses make a list deeper by as much */
#define LIST_ALIVE    0x6b6f6f6cu /* Future[0] of a list that is initialised */

/* The list's own account hangs on its ListEntry. */
static struct nt_account *account_of(LIST *list)
{
    return (struct nt_account *)(void *)list->ListEntry.Flink;
}

static bool is_ex(const LIST *list)
{
    return list->Future[1] != 0;
}

static void list_init(LIST *list, POOL_TYPE type, SIZE_T size, ULONG tag, bool ex,
                      const void *caller)
{
    InitializeSListHead(&list->ListHead);
    list->Depth = DEPTH_DEFAULT;
    list->MaximumDepth = DEPTH_MAX;
    list->TotalAllocates = 0;
    list->AllocateMisses = 0;
    list->TotalFrees = 0;
    list->FreeMisses = 0;
    list->Type = type;
    list->Tag = tag;
    /* A block in the list holds the list's link. */
    list->Size = size < sizeof(SLIST_ENTRY) ? (ULONG)sizeof(SLIST_ENTRY) : (ULONG)size;
    list->LastTotalAllocates = 0;
    list->LastAllocateMisses = 0;
    list->Future[0] = LIST_ALIVE;
    list->Future[1] = ex;
    /* Without memory for the account the list works, and only its leak is not seen. */
    struct nt_account *account = calloc(1, sizeof(*account));
    if (account)
        nt_account_open(account, NT_LOOKASIDE, size, tag, caller);
    list->ListEntry.Flink = (PLIST_ENTRY)(void *)account;
    list->ListEntry.Blink = NULL;
}

static bool list_usable(LIST *list, const char *function)
{
    if (!nt_not_null(list, function, "Lookaside"))
        return false;
    if (list->Future[0] == LIST_ALIVE)
        return nt_irql_max(list->Type & PagedPool ? APC_LEVEL : DISPATCH_LEVEL, function);
    nt_break(RULE_ARGUMENT_BAD, function, "the list is not initialised, or was deleted");
    return false;
}

static bool has_own_free(const LIST *list)
{
    return is_ex(list) ? list->FreeEx != NULL : list->Free != NULL;
}

/* Give a block back to where it came from. */
static void block_free(LIST *list, void *block, const char *function)
{
    if (!has_own_free(list))
        nt_pool_free(NT_POOL_EX, block, list->Tag, function);
    else if (is_ex(list))
        list->FreeEx(block, (struct _LOOKASIDE_LIST_EX *)(void *)list);
    else
        list->Free(block);
}

static void *block_allocate(LIST *list, const char *function, const void *caller)
{
    if (is_ex(list) && list->AllocateEx)
        return list->AllocateEx(list->Type, list->Size, list->Tag,
                                (struct _LOOKASIDE_LIST_EX *)(void *)list);
    if (!is_ex(list) && list->Allocate)
        return list->Allocate(list->Type, list->Size, list->Tag);
    return nt_pool_allocate(NT_POOL_EX, list->Size, list->Tag,
                            (list->Type & NonPagedPoolCacheAligned) != 0, false,
                            (list->Type & PagedPool) != 0, function, caller);
}

/* Windows looks at its lists every second and deepens those that miss often; here the misses do it,
 * so that a driver with many blocks under way stops allocating. */
static void list_missed(LIST *list)
{
    ULONG misses = __atomic_add_fetch(&list->AllocateMisses, 1, __ATOMIC_RELAXED);
    USHORT depth = __atomic_load_n(&list->Depth, __ATOMIC_RELAXED);
    if (misses % DEPTH_STEP == 0 && depth < list->MaximumDepth)
        __atomic_store_n(&list->Depth, (USHORT)(depth + DEPTH_STEP), __ATOMIC_RELAXED);
}

static void *list_allocate(LIST *list, const char *function, const void *caller)
{
    if (!list_usable(list, function) ||
        nt_fault(is_ex(list) ? FAULT_ExAllocateFromLookasideListEx
                             : FAULT_ExAllocateFromNPagedLookasideList))
        return NULL;
    void *block = InterlockedPopEntrySList(&list->ListHead);
    if (block && !has_own_free(list))
        (void)nt_pool_cache(block, false, function, caller);
    if (!block) {
        list_missed(list);
        block = block_allocate(list, function, caller);
    }
    if (block)
        (void)__atomic_fetch_add(&list->TotalAllocates, 1, __ATOMIC_RELAXED);
    return block;
}

static void list_free(LIST *list, void *block, const char *function)
{
    if (!list_usable(list, function) || !nt_not_null(block, function, "Entry"))
        return;
    if (!has_own_free(list) && !nt_pool_cache(block, true, function, NULL))
        return; /* not a block, or one that was freed: reported */
    (void)__atomic_fetch_add(&list->TotalFrees, 1, __ATOMIC_RELAXED);
    if (ExQueryDepthSList(&list->ListHead) < __atomic_load_n(&list->Depth, __ATOMIC_RELAXED)) {
        (void)InterlockedPushEntrySList(&list->ListHead, block);
        return;
    }
    (void)__atomic_fetch_add(&list->FreeMisses, 1, __ATOMIC_RELAXED);
    if (!has_own_free(list))
        (void)nt_pool_cache(block, false, function, NULL);
    block_free(list, block, function);
}

static void list_flush(LIST *list, const char *function)
{
    PSLIST_ENTRY entry = InterlockedFlushSList(&list->ListHead);
    while (entry) {
        PSLIST_ENTRY next = entry->Next;
        if (!has_own_free(list))
            (void)nt_pool_cache(entry, false, function, NULL);
        block_free(list, entry, function);
        entry = next;
    }
}

static void list_delete(LIST *list, const char *function)
{
    if (!list_usable(list, function))
        return;
    ULONG out_count = list->TotalAllocates - list->TotalFrees;
    if (out_count)
        nt_break(RULE_LOOKASIDE_NOT_EMPTY, function, "%u entries are not back", out_count);
    list_flush(list, function);
    struct nt_account *account = account_of(list);
    if (account)
        nt_account_close(account);
    free(account);
    list->ListEntry.Flink = NULL;
    list->Future[0] = 0;
}

/* ---- NPAGED_LOOKASIDE_LIST ---- */

static LIST *npaged(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    _Static_assert(offsetof(GENERAL_LOOKASIDE, Future) == offsetof(LIST, Future), "same fields");
    return (LIST *)(void *)Lookaside;
}

VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
                                           PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
                                           ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    static const char function[] = "ExInitializeNPagedLookasideList";
    (void)Flags;
    (void)Depth; /* Learn: reserved */
    if (!nt_not_null(Lookaside, function, "Lookaside") || !nt_irql_max(DISPATCH_LEVEL, function))
        return;
    list_init(npaged(Lookaside), NonPagedPoolNx, Size, Tag, false, NT_CALLER());
    Lookaside->L.Allocate = Allocate;
    Lookaside->L.Free = Free;
}

VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    list_delete(npaged(Lookaside), "ExDeleteNPagedLookasideList");
}

PVOID NTAPI ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    return list_allocate(npaged(Lookaside), "ExAllocateFromNPagedLookasideList", NT_CALLER());
}

VOID NTAPI ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    list_free(npaged(Lookaside), Entry, "ExFreeToNPagedLookasideList");
}

/* ---- LOOKASIDE_LIST_EX ---- */

static LIST *list_ex(PLOOKASIDE_LIST_EX Lookaside)
{
    return (LIST *)(void *)Lookaside;
}

NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
                                           PALLOCATE_FUNCTION_EX Allocate, PFREE_FUNCTION_EX Free,
                                           POOL_TYPE PoolType, ULONG Flags, SIZE_T Size, ULONG Tag,
                                           USHORT Depth)
{
    static const char function[] = "ExInitializeLookasideListEx";
    (void)Depth; /* Learn: reserved */
    if (!nt_not_null(Lookaside, function, "Lookaside") || !nt_irql_max(DISPATCH_LEVEL, function))
        return STATUS_INVALID_PARAMETER;
    if (Flags &
        ~(EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL | EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE)) {
        nt_break(RULE_ARGUMENT_BAD, function, "Flags is 0x%x", Flags);
        return STATUS_INVALID_PARAMETER;
    }
    if (nt_fault(FAULT_ExInitializeLookasideListEx))
        return nt_fault_status(FAULT_ExInitializeLookasideListEx);
    list_init(list_ex(Lookaside), PoolType, Size, Tag, true, NT_CALLER());
    Lookaside->L.AllocateEx = Allocate;
    Lookaside->L.FreeEx = Free;
    return STATUS_SUCCESS;
}

VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    list_delete(list_ex(Lookaside), "ExDeleteLookasideListEx");
}

VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    if (list_usable(list_ex(Lookaside), "ExFlushLookasideListEx"))
        list_flush(list_ex(Lookaside), "ExFlushLookasideListEx");
}

PVOID NTAPI ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    return list_allocate(list_ex(Lookaside), "ExAllocateFromLookasideListEx", NT_CALLER());
}

VOID NTAPI ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry)
{
    list_free(list_ex(Lookaside), Entry, "ExFreeToLookasideListEx");
}
