/* SPDX-License-Identifier: MIT */
/* Dispatcher objects (event, semaphore, mutex, timer), waits, and deferred procedure calls. */
#ifndef CONDIS_DDI_KE_OBJECT_H
#define CONDIS_DDI_KE_OBJECT_H

#include "ke_irql.h"

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _WAIT_TYPE { WaitAll, WaitAny, WaitNotification, WaitDequeue } WAIT_TYPE;
typedef enum _MODE { KernelMode, UserMode, MaximumMode } MODE;
typedef enum _KDPC_IMPORTANCE {
    LowImportance,
    MediumImportance,
    HighImportance,
    MediumHighImportance
} KDPC_IMPORTANCE;
typedef enum _KWAIT_REASON {
    Executive,
    FreePage,
    PageIn,
    PoolAllocation,
    DelayExecution,
    Suspended,
    UserRequest
} KWAIT_REASON;

typedef LONG KPRIORITY;
typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD;

/* What every object one can wait for begins with. Type holds one of the executive's own values. */
typedef struct _DISPATCHER_HEADER {
    union {
        struct {
            UCHAR Type;
            UCHAR Signalling;
            UCHAR Size;
            UCHAR Inserted;
        };
        volatile LONG Lock;
    };
    LONG SignalState;
    LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER, *PDISPATCHER_HEADER;

typedef struct _KEVENT {
    DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KSEMAPHORE {
    DISPATCHER_HEADER Header;
    LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

typedef struct _KMUTANT {
    DISPATCHER_HEADER Header;
    LIST_ENTRY MutantListEntry;
    PKTHREAD OwnerThread;
    BOOLEAN Abandoned;
    UCHAR ApcDisable;
} KMUTANT, *PKMUTANT, *PRKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;

struct _KDPC;
/* Learn: KDEFERRED_ROUTINE (CustomDpc, CustomTimerDpc). Runs at DISPATCH_LEVEL. */
typedef VOID(NTAPI KDEFERRED_ROUTINE)(_In_ struct _KDPC *Dpc, _In_opt_ PVOID DeferredContext,
                                      _In_opt_ PVOID SystemArgument1,
                                      _In_opt_ PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

typedef struct _KDPC {
    union {
        ULONG TargetInfoAsUlong;
        struct {
            UCHAR Type;
            UCHAR Importance;
            volatile USHORT Number;
        };
    };
    SINGLE_LIST_ENTRY DpcListEntry;
    KAFFINITY ProcessorHistory;
    PKDEFERRED_ROUTINE DeferredRoutine;
    PVOID DeferredContext;
    PVOID SystemArgument1;
    PVOID SystemArgument2;
    PVOID DpcData;
} KDPC, *PKDPC, *PRKDPC;

typedef struct _KTIMER {
    DISPATCHER_HEADER Header;
    ULARGE_INTEGER DueTime;
    LIST_ENTRY TimerListEntry;
    PKDPC Dpc;
    USHORT Processor;
    USHORT TimerType;
    ULONG Period;
} KTIMER, *PKTIMER, *PRKTIMER;

typedef struct _KWAIT_BLOCK {
    LIST_ENTRY WaitListEntry;
    UCHAR WaitType;
    volatile UCHAR BlockState;
    USHORT WaitKey;
    PKTHREAD Thread;
    PVOID Object;
    PVOID SparePtr;
} KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;

#define THREAD_WAIT_OBJECTS  3
#define MAXIMUM_WAIT_OBJECTS 64
#define IO_NO_INCREMENT      0
#define IO_NETWORK_INCREMENT 2
#define EVENT_INCREMENT      1
#define SEMAPHORE_INCREMENT  1

/* Learn: KeInitializeEvent. */
VOID NTAPI KeInitializeEvent(_Out_ PRKEVENT Event, _In_ EVENT_TYPE Type, _In_ BOOLEAN State);
/* Learn: KeSetEvent. Returns the signal state before. PASSIVE_LEVEL when Wait is TRUE. */
_IRQL_requires_max_(DISPATCH_LEVEL)
LONG NTAPI KeSetEvent(_Inout_ PRKEVENT Event, _In_ KPRIORITY Increment, _In_ BOOLEAN Wait);
/* Learn: KeClearEvent. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI KeClearEvent(_Inout_ PRKEVENT Event);
/* Learn: KeResetEvent. Returns the signal state before. */
_IRQL_requires_max_(DISPATCH_LEVEL)
LONG NTAPI KeResetEvent(_Inout_ PRKEVENT Event);
/* Learn: KeReadStateEvent. */
_IRQL_requires_max_(DISPATCH_LEVEL)
LONG NTAPI KeReadStateEvent(_In_ PRKEVENT Event);

/* Learn: KeInitializeSemaphore. */
VOID NTAPI KeInitializeSemaphore(_Out_ PRKSEMAPHORE Semaphore, _In_ LONG Count, _In_ LONG Limit);
/* Learn: KeReleaseSemaphore. Returns the count before. */
_IRQL_requires_max_(DISPATCH_LEVEL)
LONG NTAPI KeReleaseSemaphore(_Inout_ PRKSEMAPHORE Semaphore, _In_ KPRIORITY Increment,
                              _In_ LONG Adjustment, _In_ BOOLEAN Wait);
/* Learn: KeReadStateSemaphore. */
LONG NTAPI KeReadStateSemaphore(_In_ PRKSEMAPHORE Semaphore);

/* Learn: KeInitializeMutex. */
VOID NTAPI KeInitializeMutex(_Out_ PRKMUTEX Mutex, _In_ ULONG Level);
/* Learn: KeReleaseMutex. Returns zero when the mutex became free. */
_IRQL_requires_max_(DISPATCH_LEVEL)
LONG NTAPI KeReleaseMutex(_Inout_ PRKMUTEX Mutex, _In_ BOOLEAN Wait);
/* Learn: KeReadStateMutex. */
LONG NTAPI KeReadStateMutex(_In_ PRKMUTEX Mutex);

/* Learn: KeWaitForSingleObject. Timeout in 100 ns, negative: relative; 0 at DISPATCH_LEVEL. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI KeWaitForSingleObject(_In_ PVOID Object, _In_ KWAIT_REASON WaitReason,
                                     _In_ KPROCESSOR_MODE WaitMode, _In_ BOOLEAN Alertable,
                                     _In_opt_ PLARGE_INTEGER Timeout);
#define KeWaitForMutexObject KeWaitForSingleObject
/* Learn: KeWaitForMultipleObjects. WaitBlockArray is needed above THREAD_WAIT_OBJECTS. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI KeWaitForMultipleObjects(_In_ ULONG Count, _In_reads_(Count) PVOID Object[],
                                        _In_ WAIT_TYPE WaitType, _In_ KWAIT_REASON WaitReason,
                                        _In_ KPROCESSOR_MODE WaitMode, _In_ BOOLEAN Alertable,
                                        _In_opt_ PLARGE_INTEGER Timeout,
                                        _Out_opt_ PKWAIT_BLOCK WaitBlockArray);
/* Learn: KeDelayExecutionThread. */
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI KeDelayExecutionThread(_In_ KPROCESSOR_MODE WaitMode, _In_ BOOLEAN Alertable,
                                      _In_ PLARGE_INTEGER Interval);

/* Learn: KeInitializeDpc. */
VOID NTAPI KeInitializeDpc(_Out_ PRKDPC Dpc, _In_ PKDEFERRED_ROUTINE DeferredRoutine,
                           _In_opt_ PVOID DeferredContext);
/* Learn: KeInsertQueueDpc. FALSE: it was queued already. */
BOOLEAN NTAPI KeInsertQueueDpc(_Inout_ PRKDPC Dpc, _In_opt_ PVOID SystemArgument1,
                               _In_opt_ PVOID SystemArgument2);
/* Learn: KeRemoveQueueDpc. FALSE: it was not queued. */
BOOLEAN NTAPI KeRemoveQueueDpc(_Inout_ PRKDPC Dpc);
/* Learn: KeFlushQueuedDpcs. */
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI KeFlushQueuedDpcs(VOID);
/* Learn: KeSetTargetProcessorDpc. */
VOID NTAPI KeSetTargetProcessorDpc(_Inout_ PRKDPC Dpc, _In_ CCHAR Number);
/* Learn: KeSetImportanceDpc. */
VOID NTAPI KeSetImportanceDpc(_Inout_ PRKDPC Dpc, _In_ KDPC_IMPORTANCE Importance);

/* Learn: KeInitializeTimer. */
VOID NTAPI KeInitializeTimer(_Out_ PKTIMER Timer);
/* Learn: KeInitializeTimerEx. */
VOID NTAPI KeInitializeTimerEx(_Out_ PKTIMER Timer, _In_ TIMER_TYPE Type);
/* Learn: KeSetTimer. DueTime in 100 ns, negative is relative. TRUE: it was set already. */
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeSetTimer(_Inout_ PKTIMER Timer, _In_ LARGE_INTEGER DueTime, _In_opt_ PKDPC Dpc);
/* Learn: KeSetTimerEx. Period in milliseconds, 0 for a one-shot timer. */
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeSetTimerEx(_Inout_ PKTIMER Timer, _In_ LARGE_INTEGER DueTime, _In_ LONG Period,
                           _In_opt_ PKDPC Dpc);
/* Learn: KeCancelTimer. TRUE: it was set. */
_IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI KeCancelTimer(_Inout_ PKTIMER Timer);
/* Learn: KeReadStateTimer. */
BOOLEAN NTAPI KeReadStateTimer(_In_ PKTIMER Timer);

#endif
