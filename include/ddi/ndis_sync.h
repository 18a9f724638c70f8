/* SPDX-License-Identifier: MIT */
/* NDIS spin locks, reader-writer locks, events, timers, work items, clocks and processors. */
#ifndef CONDIS_DDI_NDIS_SYNC_H
#define CONDIS_DDI_NDIS_SYNC_H

#include "ndis_types.h"

typedef struct _NDIS_SPIN_LOCK {
    KSPIN_LOCK SpinLock;
    KIRQL OldIrql;
} NDIS_SPIN_LOCK, *PNDIS_SPIN_LOCK;

typedef struct _NDIS_EVENT {
    KEVENT Event;
} NDIS_EVENT, *PNDIS_EVENT;

/* Learn: NdisAllocateSpinLock. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisAllocateSpinLock(_Out_ PNDIS_SPIN_LOCK SpinLock);
/* Learn: NdisFreeSpinLock. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeSpinLock(_In_ PNDIS_SPIN_LOCK SpinLock);
/* Learn: NdisAcquireSpinLock. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisAcquireSpinLock(_Inout_ PNDIS_SPIN_LOCK SpinLock);
/* Learn: NdisReleaseSpinLock. */
_IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI NdisReleaseSpinLock(_Inout_ PNDIS_SPIN_LOCK SpinLock);
/* Learn: NdisDprAcquireSpinLock. */
_IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI NdisDprAcquireSpinLock(_Inout_ PNDIS_SPIN_LOCK SpinLock);
/* Learn: NdisDprReleaseSpinLock. */
_IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI NdisDprReleaseSpinLock(_Inout_ PNDIS_SPIN_LOCK SpinLock);

#if NDIS_SUPPORT_NDIS620
/* A reader-writer lock: opaque to drivers. */
typedef struct _NDIS_RW_LOCK_EX NDIS_RW_LOCK_EX, *PNDIS_RW_LOCK_EX;

typedef struct _LOCK_STATE_EX {
    KIRQL OldIrql;
    UCHAR LockState;
    UCHAR Flags;
} LOCK_STATE_EX, *PLOCK_STATE_EX;
#define NDIS_RWL_AT_DISPATCH_LEVEL 1

/* Learn: NdisAllocateRWLock. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PNDIS_RW_LOCK_EX NTAPI NdisAllocateRWLock(_In_ NDIS_HANDLE NdisHandle);
/* Learn: NdisFreeRWLock. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeRWLock(_In_ PNDIS_RW_LOCK_EX Lock);
/* Learn: NdisAcquireRWLockRead. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisAcquireRWLockRead(_In_ PNDIS_RW_LOCK_EX Lock, _Out_ PLOCK_STATE_EX LockState,
                                 _In_ UCHAR Flags);
/* Learn: NdisAcquireRWLockWrite. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisAcquireRWLockWrite(_In_ PNDIS_RW_LOCK_EX Lock, _Out_ PLOCK_STATE_EX LockState,
                                  _In_ UCHAR Flags);
/* Learn: NdisReleaseRWLock. */
_IRQL_requires_(DISPATCH_LEVEL)
VOID NTAPI NdisReleaseRWLock(_In_ PNDIS_RW_LOCK_EX Lock, _In_ PLOCK_STATE_EX LockState);
#endif

/* Learn: NdisInitializeEvent. */
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI NdisInitializeEvent(_Out_ PNDIS_EVENT Event);
/* Learn: NdisSetEvent. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisSetEvent(_In_ PNDIS_EVENT Event);
/* Learn: NdisResetEvent. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisResetEvent(_In_ PNDIS_EVENT Event);
/* Learn: NdisWaitEvent. MsToWait 0 waits for ever; FALSE: time is up. */
_IRQL_requires_max_(PASSIVE_LEVEL)
BOOLEAN NTAPI NdisWaitEvent(_In_ PNDIS_EVENT Event, _In_ UINT MsToWait);

/* Learn: NDIS_TIMER_FUNCTION (NetTimerCallback). */
_IRQL_requires_(DISPATCH_LEVEL)
typedef VOID(NTAPI NDIS_TIMER_FUNCTION)(_In_ PVOID SystemSpecific1, _In_ PVOID FunctionContext,
                                        _In_ PVOID SystemSpecific2, _In_ PVOID SystemSpecific3);
typedef NDIS_TIMER_FUNCTION *PNDIS_TIMER_FUNCTION;

/* Learn: NDIS_TIMER_CHARACTERISTICS. */
typedef struct _NDIS_TIMER_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG AllocationTag;
    PNDIS_TIMER_FUNCTION TimerFunction;
    PVOID FunctionContext;
} NDIS_TIMER_CHARACTERISTICS, *PNDIS_TIMER_CHARACTERISTICS;
#define NDIS_TIMER_CHARACTERISTICS_REVISION_1 1
#define NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1                                               \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_TIMER_CHARACTERISTICS, FunctionContext)

/* Learn: NdisAllocateTimerObject. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisAllocateTimerObject(_In_ NDIS_HANDLE NdisHandle,
                                          _In_ PNDIS_TIMER_CHARACTERISTICS TimerCharacteristics,
                                          _Out_ PNDIS_HANDLE pTimerObject);
/* Learn: NdisSetTimerObject. DueTime in 100 ns. TRUE: it was set already. */
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI NdisSetTimerObject(_In_ NDIS_HANDLE TimerObject, _In_ LARGE_INTEGER DueTime,
                                 _In_opt_ LONG MillisecondsPeriod, _In_opt_ PVOID FunctionContext);
#if NDIS_SUPPORT_NDIS620
/* Learn: NdisSetCoalescableTimerObject. Tolerance in milliseconds. */
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI NdisSetCoalescableTimerObject(_In_ NDIS_HANDLE TimerObject,
                                            _In_ LARGE_INTEGER DueTime,
                                            _In_opt_ LONG MillisecondsPeriod,
                                            _In_opt_ PVOID FunctionContext,
                                            _In_opt_ ULONG Tolerance);
#endif
/* Learn: NdisCancelTimerObject. TRUE: it was set. */
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI NdisCancelTimerObject(_In_ NDIS_HANDLE TimerObject);
/* Learn: NdisFreeTimerObject. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeTimerObject(_In_ NDIS_HANDLE TimerObject);

/* Learn: NDIS_IO_WORKITEM. */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI NDIS_IO_WORKITEM)(_In_opt_ PVOID WorkItemContext,
                                     _In_ NDIS_HANDLE NdisIoWorkItemHandle);
typedef NDIS_IO_WORKITEM *NDIS_IO_WORKITEM_ROUTINE;
typedef NDIS_IO_WORKITEM NDIS_IO_WORKITEM_FUNCTION;

/* Learn: NdisAllocateIoWorkItem. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_HANDLE NTAPI NdisAllocateIoWorkItem(_In_ NDIS_HANDLE NdisObjectHandle);
/* Learn: NdisQueueIoWorkItem. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisQueueIoWorkItem(_In_ NDIS_HANDLE NdisIoWorkItemHandle,
                               _In_ NDIS_IO_WORKITEM_ROUTINE Routine,
                               _In_opt_ PVOID WorkItemContext);
/* Learn: NdisFreeIoWorkItem. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisFreeIoWorkItem(_In_ NDIS_HANDLE NdisIoWorkItemHandle);

/* Learn: NdisMSleep. */
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI NdisMSleep(_In_ ULONG MicrosecondsToSleep);
/* Learn: NdisGetCurrentSystemTime. 100 ns since 1601-01-01. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisGetCurrentSystemTime(_Out_ PLARGE_INTEGER pSystemTime);
/* Learn: NdisGetSystemUpTimeEx. Milliseconds. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisGetSystemUpTimeEx(_Out_ PLARGE_INTEGER pSystemUpTime);
#define NdisStallExecution(MicrosecondsToStall) KeStallExecutionProcessor(MicrosecondsToStall)

/* Learn: NdisSystemProcessorCount. */
_IRQL_requires_max_(DISPATCH_LEVEL)
CCHAR NTAPI NdisSystemProcessorCount(VOID);
#if NDIS_SUPPORT_NDIS620
/* Learn: NdisGroupActiveProcessorCount. Group may be ALL_PROCESSOR_GROUPS. */
_IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI NdisGroupActiveProcessorCount(_In_ USHORT Group);
/* Learn: NdisGroupMaxProcessorCount. */
_IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI NdisGroupMaxProcessorCount(_In_ USHORT Group);
/* Learn: NdisGroupActiveProcessorMask. */
_IRQL_requires_max_(DISPATCH_LEVEL)
KAFFINITY NTAPI NdisGroupActiveProcessorMask(_In_ USHORT Group);
/* Learn: NdisActiveGroupCount. */
_IRQL_requires_max_(DISPATCH_LEVEL)
USHORT NTAPI NdisActiveGroupCount(VOID);
/* Learn: NdisMaxGroupCount. */
_IRQL_requires_max_(DISPATCH_LEVEL)
USHORT NTAPI NdisMaxGroupCount(VOID);
/* Learn: NdisCurrentProcessorIndex. */
_IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI NdisCurrentProcessorIndex(VOID);
/* Learn: NdisCurrentGroupAndProcessor. */
_IRQL_requires_max_(DISPATCH_LEVEL)
PROCESSOR_NUMBER NTAPI NdisCurrentGroupAndProcessor(VOID);
/* Learn: NdisProcessorNumberToIndex. (ULONG)-1: no such processor. */
_IRQL_requires_max_(DISPATCH_LEVEL)
ULONG NTAPI NdisProcessorNumberToIndex(_In_ PROCESSOR_NUMBER ProcNum);
/* Learn: NdisProcessorIndexToNumber. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisProcessorIndexToNumber(_In_ ULONG ProcIndex, _Out_ PPROCESSOR_NUMBER ProcNum);
#endif

/* Learn: NdisInterlockedIncrement and its like. */
#define NdisInterlockedIncrement(Addend) InterlockedIncrement(Addend)
#define NdisInterlockedDecrement(Addend) InterlockedDecrement(Addend)
#define NdisInterlockedAddUlong(Addend, Increment, SpinLock)                                       \
    ((VOID)InterlockedExchangeAdd((LONG volatile *)(Addend), (LONG)(Increment)))
#define NdisInterlockedAddLargeStatistic(Addend, Increment)                                        \
    ((VOID)InterlockedExchangeAdd64((LONG64 volatile *)(void *)(Addend),                           \
                                    (LONG64)(ULONG)(Increment)))
#define NdisInterlockedInsertHeadList(Head, Entry, Lock)                                           \
    ExInterlockedInsertHeadList(Head, Entry, &(Lock)->SpinLock)
#define NdisInterlockedInsertTailList(Head, Entry, Lock)                                           \
    ExInterlockedInsertTailList(Head, Entry, &(Lock)->SpinLock)
#define NdisInterlockedRemoveHeadList(Head, Lock)                                                  \
    ExInterlockedRemoveHeadList(Head, &(Lock)->SpinLock)
#define NdisInterlockedPushEntryList(Head, Entry, Lock)                                            \
    ExInterlockedPushEntryList(Head, Entry, &(Lock)->SpinLock)
#define NdisInterlockedPopEntryList(Head, Lock) ExInterlockedPopEntryList(Head, &(Lock)->SpinLock)

#endif
