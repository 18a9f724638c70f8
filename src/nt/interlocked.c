/* SPDX-License-Identifier: MIT */
/* Interlocked lists. The interlocked operations themselves are inline in the headers. */
#include "nt/raw_lock.h"
#include "nt/windows.h"

void NTAPI CondisInterlockedPoint(void)
{
    exec_preempt("interlocked");
}

/* ---- lists under a spin lock: at any IRQL that the lock allows ---- */

static KIRQL list_lock(PKSPIN_LOCK Lock, const char *function)
{
    struct exec_task *task = exec_current();
    KIRQL old = task->irql;
    if (old < DISPATCH_LEVEL)
        (void)exec_set_irql(DISPATCH_LEVEL);
    exec_lock_named((struct exec_lock *)(void *)Lock, function);
    return old;
}

static void list_unlock(PKSPIN_LOCK Lock, KIRQL old, const char *function)
{
    exec_unlock_named((struct exec_lock *)(void *)Lock, function);
    (void)exec_set_irql(old);
}

static bool list_whole(const LIST_ENTRY *entry, const char *function)
{
    if (entry->Flink && entry->Blink && entry->Flink->Blink == entry &&
        entry->Blink->Flink == entry)
        return true;
    nt_break(RULE_LIST_BROKEN, function, "the entry's neighbours do not point back at it");
    return false;
}

PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                              PKSPIN_LOCK Lock)
{
    static const char function[] = "ExInterlockedInsertHeadList";
    KIRQL old = list_lock(Lock, function);
    PLIST_ENTRY first = NULL;
    if (list_whole(ListHead, function)) {
        first = ListHead->Flink == ListHead ? NULL : ListHead->Flink;
        InsertHeadList(ListHead, ListEntry);
    }
    list_unlock(Lock, old, function);
    return first;
}

PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                              PKSPIN_LOCK Lock)
{
    static const char function[] = "ExInterlockedInsertTailList";
    KIRQL old = list_lock(Lock, function);
    PLIST_ENTRY last = NULL;
    if (list_whole(ListHead, function)) {
        last = ListHead->Blink == ListHead ? NULL : ListHead->Blink;
        InsertTailList(ListHead, ListEntry);
    }
    list_unlock(Lock, old, function);
    return last;
}

PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    static const char function[] = "ExInterlockedRemoveHeadList";
    KIRQL old = list_lock(Lock, function);
    PLIST_ENTRY first = NULL;
    if (list_whole(ListHead, function) && ListHead->Flink != ListHead &&
        list_whole(ListHead->Flink, function))
        first = RemoveHeadList(ListHead);
    list_unlock(Lock, old, function);
    return first;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
                                                    PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    KIRQL old = list_lock(Lock, "ExInterlockedPushEntryList");
    PSINGLE_LIST_ENTRY first = ListHead->Next;
    PushEntryList(ListHead, ListEntry);
    list_unlock(Lock, old, "ExInterlockedPushEntryList");
    return first;
}

PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    KIRQL old = list_lock(Lock, "ExInterlockedPopEntryList");
    PSINGLE_LIST_ENTRY first = PopEntryList(ListHead);
    list_unlock(Lock, old, "ExInterlockedPopEntryList");
    return first;
}

LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment,
                                                 PKSPIN_LOCK Lock)
{
    KIRQL old = list_lock(Lock, "ExInterlockedAddLargeInteger");
    LARGE_INTEGER before = *Addend;
    Addend->QuadPart = (LONGLONG)((ULONGLONG)Addend->QuadPart + (ULONGLONG)Increment.QuadPart);
    list_unlock(Lock, old, "ExInterlockedAddLargeInteger");
    return before;
}

/* ---- sequenced lists ---- */

/* The guard word in the header is a raw lock: three words change together, and a compare-exchange
 * of sixteen bytes is not on every processor. */
static struct raw_lock *guard_of(PSLIST_HEADER header)
{
    return (struct raw_lock *)(void *)&header->HeaderX64.Guard;
}

VOID NTAPI InitializeSListHead(PSLIST_HEADER SListHead)
{
    if ((uintptr_t)SListHead % 16)
        nt_break(RULE_ARGUMENT_BAD, "InitializeSListHead", "SListHead is not aligned to 16");
    SListHead->Alignment = 0;
    SListHead->Region = 0;
}

USHORT NTAPI ExQueryDepthSList(PSLIST_HEADER SListHead)
{
    return __atomic_load_n(&SListHead->HeaderX64.Depth, __ATOMIC_RELAXED);
}

static void depth_put(PSLIST_HEADER header, USHORT depth)
{
    __atomic_store_n(&header->HeaderX64.Depth, depth, __ATOMIC_RELAXED);
}

PSLIST_ENTRY NTAPI InterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    exec_preempt("interlocked");
    raw_lock(guard_of(ListHead));
    PSLIST_ENTRY first = ListHead->HeaderX64.Next;
    ListEntry->Next = first;
    ListHead->HeaderX64.Next = ListEntry;
    depth_put(ListHead, (USHORT)(ListHead->HeaderX64.Depth + 1));
    ListHead->HeaderX64.Sequence++;
    raw_unlock(guard_of(ListHead));
    return first;
}

PSLIST_ENTRY NTAPI InterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
    exec_preempt("interlocked");
    raw_lock(guard_of(ListHead));
    PSLIST_ENTRY first = ListHead->HeaderX64.Next;
    if (first) {
        ListHead->HeaderX64.Next = first->Next;
        depth_put(ListHead, (USHORT)(ListHead->HeaderX64.Depth - 1));
        ListHead->HeaderX64.Sequence++;
    }
    raw_unlock(guard_of(ListHead));
    return first;
}

PSLIST_ENTRY NTAPI InterlockedFlushSList(PSLIST_HEADER ListHead)
{
    exec_preempt("interlocked");
    raw_lock(guard_of(ListHead));
    PSLIST_ENTRY first = ListHead->HeaderX64.Next;
    ListHead->HeaderX64.Next = NULL;
    depth_put(ListHead, 0);
    ListHead->HeaderX64.Sequence++;
    raw_unlock(guard_of(ListHead));
    return first;
}
