/* SPDX-License-Identifier: MIT */
/* Doubly and singly linked lists threaded through the driver's own structures. */
#ifndef CONDIS_DDI_LIST_H
#define CONDIS_DDI_LIST_H

#include "../ntdef.h"

/* Learn: InitializeListHead. */
FORCEINLINE VOID InitializeListHead(_Out_ PLIST_ENTRY ListHead)
{
    ListHead->Flink = ListHead->Blink = ListHead;
}

/* Learn: IsListEmpty. */
_Must_inspect_result_
FORCEINLINE BOOLEAN IsListEmpty(_In_ const LIST_ENTRY *ListHead)
{
    return (BOOLEAN)(ListHead->Flink == ListHead);
}

/* Learn: RemoveEntryList. Returns TRUE when the list is now empty. */
FORCEINLINE BOOLEAN RemoveEntryList(_In_ PLIST_ENTRY Entry)
{
    PLIST_ENTRY Flink = Entry->Flink;
    PLIST_ENTRY Blink = Entry->Blink;

    Blink->Flink = Flink;
    Flink->Blink = Blink;
    return (BOOLEAN)(Flink == Blink);
}

/* Learn: RemoveHeadList. */
FORCEINLINE PLIST_ENTRY RemoveHeadList(_Inout_ PLIST_ENTRY ListHead)
{
    PLIST_ENTRY Entry = ListHead->Flink;

    (VOID) RemoveEntryList(Entry);
    return Entry;
}

/* Learn: RemoveTailList. */
FORCEINLINE PLIST_ENTRY RemoveTailList(_Inout_ PLIST_ENTRY ListHead)
{
    PLIST_ENTRY Entry = ListHead->Blink;

    (VOID) RemoveEntryList(Entry);
    return Entry;
}

/* Learn: InsertTailList. */
FORCEINLINE VOID InsertTailList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PLIST_ENTRY Entry)
{
    PLIST_ENTRY Last = ListHead->Blink;

    Entry->Flink = ListHead;
    Entry->Blink = Last;
    Last->Flink = Entry;
    ListHead->Blink = Entry;
}

/* Learn: InsertHeadList. */
FORCEINLINE VOID InsertHeadList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PLIST_ENTRY Entry)
{
    PLIST_ENTRY First = ListHead->Flink;

    Entry->Flink = First;
    Entry->Blink = ListHead;
    First->Blink = Entry;
    ListHead->Flink = Entry;
}

/* Learn: AppendTailList. ListToAppend is a first element, not a head. */
FORCEINLINE VOID AppendTailList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PLIST_ENTRY ListToAppend)
{
    PLIST_ENTRY ListEnd = ListHead->Blink;
    PLIST_ENTRY AppendEnd = ListToAppend->Blink;

    ListEnd->Flink = ListToAppend;
    ListHead->Blink = AppendEnd;
    AppendEnd->Flink = ListHead;
    ListToAppend->Blink = ListEnd;
}

/* Learn: PushEntryList. */
FORCEINLINE VOID PushEntryList(_Inout_ PSINGLE_LIST_ENTRY Head, _Inout_ PSINGLE_LIST_ENTRY Entry)
{
    Entry->Next = Head->Next;
    Head->Next = Entry;
}

/* Learn: PopEntryList. Returns NULL when the list is empty. */
FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(_Inout_ PSINGLE_LIST_ENTRY Head)
{
    PSINGLE_LIST_ENTRY Entry = Head->Next;

    if (Entry != NULL)
        Head->Next = Entry->Next;
    return Entry;
}

#endif
