/* SPDX-License-Identifier: MIT */
/* Executive helpers: locked lists, sequenced lists, fast mutexes, rundown, work queues. */
#ifndef CONDIS_DDI_EX_WORK_H
#define CONDIS_DDI_EX_WORK_H

#include "interlocked.h"
#include "ke_object.h"

/* Learn: ExInterlockedInsertHeadList. Returns the first entry before, NULL when it was empty. */
PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(_Inout_ PLIST_ENTRY ListHead,
                                              _Inout_ PLIST_ENTRY ListEntry,
                                              _Inout_ PKSPIN_LOCK Lock);
/* Learn: ExInterlockedInsertTailList. Returns the last entry before, NULL when it was empty. */
PLIST_ENTRY NTAPI ExInterlockedInsertTailList(_Inout_ PLIST_ENTRY ListHead,
                                              _Inout_ PLIST_ENTRY ListEntry,
                                              _Inout_ PKSPIN_LOCK Lock);
/* Learn: ExInterlockedRemoveHeadList. NULL when empty. */
PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(_Inout_ PLIST_ENTRY ListHead,
                                              _Inout_ PKSPIN_LOCK Lock);
/* Learn: ExInterlockedPushEntryList. */
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead,
                                                    _Inout_ PSINGLE_LIST_ENTRY ListEntry,
                                                    _Inout_ PKSPIN_LOCK Lock);
/* Learn: ExInterlockedPopEntryList. */
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead,
                                                   _Inout_ PKSPIN_LOCK Lock);
/* Learn: ExInterlockedAddLargeInteger. Returns the value before. */
LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(_Inout_ PLARGE_INTEGER Addend,
                                                 _In_ LARGE_INTEGER Increment,
                                                 _Inout_ PKSPIN_LOCK Lock);

/* Learn: InitializeSListHead. */
VOID NTAPI InitializeSListHead(_Out_ PSLIST_HEADER SListHead);
/* Learn: ExQueryDepthSList. */
USHORT NTAPI ExQueryDepthSList(_In_ PSLIST_HEADER SListHead);
/* Learn: InterlockedPushEntrySList. Returns the first entry before. */
PSLIST_ENTRY NTAPI InterlockedPushEntrySList(_Inout_ PSLIST_HEADER ListHead,
                                             _Inout_ PSLIST_ENTRY ListEntry);
/* Learn: InterlockedPopEntrySList. NULL when empty. */
PSLIST_ENTRY NTAPI InterlockedPopEntrySList(_Inout_ PSLIST_HEADER ListHead);
/* Learn: InterlockedFlushSList. Returns the whole chain. */
PSLIST_ENTRY NTAPI InterlockedFlushSList(_Inout_ PSLIST_HEADER ListHead);
#define ExInitializeSListHead                          InitializeSListHead
#define ExInterlockedPushEntrySList(Head, Entry, Lock) InterlockedPushEntrySList(Head, Entry)
#define ExInterlockedPopEntrySList(Head, Lock)         InterlockedPopEntrySList(Head)
#define ExInterlockedFlushSList(Head)                  InterlockedFlushSList(Head)

typedef struct _FAST_MUTEX {
    LONG Count;
    PVOID Owner;
    ULONG Contention;
    KEVENT Event;
    ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX;

/* Learn: ExInitializeFastMutex. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExInitializeFastMutex(_Out_ PFAST_MUTEX FastMutex);
/* Learn: ExAcquireFastMutex. Raises to APC_LEVEL. */
_IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExAcquireFastMutex(_Inout_ PFAST_MUTEX FastMutex);
/* Learn: ExTryToAcquireFastMutex. */
_Must_inspect_result_
_IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI ExTryToAcquireFastMutex(_Inout_ PFAST_MUTEX FastMutex);
/* Learn: ExReleaseFastMutex. */
_IRQL_requires_(APC_LEVEL)
VOID NTAPI ExReleaseFastMutex(_Inout_ PFAST_MUTEX FastMutex);

typedef struct _EX_RUNDOWN_REF {
    union {
        ULONG_PTR Count;
        PVOID Ptr;
    };
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;

/* Learn: ExInitializeRundownProtection. */
VOID NTAPI ExInitializeRundownProtection(_Out_ PEX_RUNDOWN_REF RunRef);
/* Learn: ExReInitializeRundownProtection. */
VOID NTAPI ExReInitializeRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
/* Learn: ExAcquireRundownProtection. FALSE: rundown has begun. */
_Must_inspect_result_
BOOLEAN NTAPI ExAcquireRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
/* Learn: ExReleaseRundownProtection. */
VOID NTAPI ExReleaseRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
/* Learn: ExWaitForRundownProtectionRelease. */
_IRQL_requires_max_(APC_LEVEL)
VOID NTAPI ExWaitForRundownProtectionRelease(_Inout_ PEX_RUNDOWN_REF RunRef);
/* Learn: ExRundownCompleted. */
VOID NTAPI ExRundownCompleted(_Out_ PEX_RUNDOWN_REF RunRef);

typedef enum _WORK_QUEUE_TYPE {
    CriticalWorkQueue,
    DelayedWorkQueue,
    HyperCriticalWorkQueue,
    MaximumWorkQueue
} WORK_QUEUE_TYPE;

/* Learn: WORKER_THREAD_ROUTINE. Runs at PASSIVE_LEVEL. */
typedef VOID(NTAPI WORKER_THREAD_ROUTINE)(_In_ PVOID Parameter);
typedef WORKER_THREAD_ROUTINE *PWORKER_THREAD_ROUTINE;

typedef struct _WORK_QUEUE_ITEM {
    LIST_ENTRY List;
    PWORKER_THREAD_ROUTINE WorkerRoutine;
    PVOID Parameter;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;

#define ExInitializeWorkItem(Item, Routine, Context)                                               \
    do {                                                                                           \
        (Item)->WorkerRoutine = (Routine);                                                         \
        (Item)->Parameter = (Context);                                                             \
        (Item)->List.Flink = NULL;                                                                 \
    } while (0)

/* Learn: ExQueueWorkItem. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ExQueueWorkItem(_Inout_ PWORK_QUEUE_ITEM WorkItem, _In_ WORK_QUEUE_TYPE QueueType);

#endif
