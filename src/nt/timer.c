/* SPDX-License-Identifier: MIT */
/* Timers: KTIMER, which is waited for and queues a DPC, and NDIS timer objects, which call back. */
#include <stdlib.h>

#include "nt/exec_inside.h"
#include "nt/fault.h"
#include "nt/windows.h"

/* ---- KTIMER ---- */

#define TIMER_OFFSET offsetof(KTIMER, DueTime)

_Static_assert(sizeof(struct exec_timer) == sizeof(KTIMER) - TIMER_OFFSET, "lives inside it");
_Static_assert(offsetof(struct exec_timer, dpc) == offsetof(KTIMER, Dpc) - TIMER_OFFSET,
               "same place");
_Static_assert(sizeof(struct exec_waitable) == sizeof(DISPATCHER_HEADER), "lives inside it");

static struct exec_timer *timer_of(PKTIMER Timer)
{
    return (struct exec_timer *)(void *)&Timer->DueTime;
}

static struct exec_waitable *waitable_of(PKTIMER Timer)
{
    return (struct exec_waitable *)(void *)&Timer->Header;
}

static bool timer_usable(PKTIMER Timer, const char *function)
{
    if (!nt_not_null(Timer, function, "Timer"))
        return false;
    if (Timer->Header.Type == EXEC_TIMER_NOTIFICATION ||
        Timer->Header.Type == EXEC_TIMER_SYNCHRONIZATION)
        return true;
    nt_break(RULE_ARGUMENT_BAD, function, "the timer is not initialised");
    return false;
}

VOID NTAPI KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    if (!nt_not_null(Timer, "KeInitializeTimerEx", "Timer"))
        return;
    exec_waitable_init(
        waitable_of(Timer),
        Type == NotificationTimer ? EXEC_TIMER_NOTIFICATION : EXEC_TIMER_SYNCHRONIZATION, 0);
    exec_timer_init(timer_of(Timer), NULL);
    timer_of(Timer)->kind = EXEC_CALL_DRIVER;
    timer_of(Timer)->dpc = NULL;
}

VOID NTAPI KeInitializeTimer(PKTIMER Timer)
{
    KeInitializeTimerEx(Timer, NotificationTimer);
}

BOOLEAN NTAPI KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    struct exec *exec = exec_current()->exec;
    if (!timer_usable(Timer, "KeSetTimerEx") || !nt_irql_max(DISPATCH_LEVEL, "KeSetTimerEx"))
        return FALSE;
    if (Period < 0) {
        nt_break(RULE_ARGUMENT_BAD, "KeSetTimerEx", "Period is %d", Period);
        Period = 0;
    }
    /* Off the wheel first: its expiry reads the DPC that is about to change. */
    BOOLEAN was_set = exec_timer_cancel(exec, timer_of(Timer));
    (void)exec_signal_clear(exec->world, waitable_of(Timer));
    Timer->Dpc = Dpc;
    (void)exec_timer_set(exec, timer_of(Timer), nt_due(exec->world, DueTime), (uint32_t)Period,
                         EXEC_ANY_PROCESSOR);
    return was_set;
}

BOOLEAN NTAPI KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}

BOOLEAN NTAPI KeCancelTimer(PKTIMER Timer)
{
    return timer_usable(Timer, "KeCancelTimer") && nt_irql_max(DISPATCH_LEVEL, "KeCancelTimer") &&
           exec_timer_cancel(exec_current()->exec, timer_of(Timer));
}

BOOLEAN NTAPI KeReadStateTimer(PKTIMER Timer)
{
    return timer_usable(Timer, "KeReadStateTimer") && atomic_load(&waitable_of(Timer)->signal) != 0;
}

void nt_timer_call(struct exec_timer *timer)
{
    struct exec *exec = exec_current()->exec;
    PKTIMER Timer = (PKTIMER)(void *)((char *)timer - TIMER_OFFSET);
    PKDPC Dpc = Timer->Dpc; /* read first: whoever waits for the timer may free it */
    (void)exec_signal_set(exec->world, waitable_of(Timer));
    if (Dpc)
        (void)KeInsertQueueDpc(Dpc, NULL, NULL);
}

/* ---- NDIS timer objects ---- */

#define TIMER_ALIVE 0x72656d74u /* "tmer" */

struct ndis_timer {
    struct nt_account account;
    struct exec_timer timer;
    uint32_t alive;
    struct nt_owner *owner;
    PNDIS_TIMER_FUNCTION function;
    _Atomic(PVOID) context; /* of the next call; NdisSetTimerObject may replace it */
    PVOID default_context;
};

static void ndis_timer_expired(struct exec_timer *expired)
{
    struct ndis_timer *timer = EXEC_CONTAINER(expired, struct ndis_timer, timer);
    struct exec_task *task = exec_current();
    uint32_t locks_held = task->locks_held;
    task->owner = timer->owner;
    /* Learn, NetTimerCallback: the three SystemSpecific arguments mean nothing to a driver. The
     * function may free the timer. */
    timer->function(NULL, atomic_load(&timer->context), NULL, NULL);
    nt_routine_returned("NetTimerCallback", DISPATCH_LEVEL, locks_held);
}

static bool ndis_timer_usable(struct ndis_timer *timer, const char *function)
{
    if (!nt_not_null(timer, function, "TimerObject"))
        return false;
    if (timer->alive == TIMER_ALIVE)
        return nt_irql_max(DISPATCH_LEVEL, function);
    nt_break(RULE_ARGUMENT_BAD, function, "this is not a timer object");
    return false;
}

static bool characteristics_good(PNDIS_TIMER_CHARACTERISTICS given)
{
    if (given->Header.Type != NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS ||
        given->Header.Revision < NDIS_TIMER_CHARACTERISTICS_REVISION_1 ||
        given->Header.Size < NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1) {
        nt_break(RULE_ARGUMENT_HEADER, "NdisAllocateTimerObject", "type 0x%02x revision %u size %u",
                 given->Header.Type, given->Header.Revision, given->Header.Size);
        return false;
    }
    return nt_not_null((const void *)(uintptr_t)given->TimerFunction, "NdisAllocateTimerObject",
                       "TimerFunction");
}

uint32_t nt_timers_stop(struct exec *exec, struct nt_owner *owner)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < NT_SHARDS; i++) {
        struct exec_link *head = &owner->shards[i].live[NT_TIMER];
        for (struct exec_link *link = head->next; link != head; link = link->next) {
            struct ndis_timer *timer = EXEC_CONTAINER(link, struct ndis_timer, account.link);
            count += exec_timer_cancel(exec, &timer->timer);
        }
    }
    return count;
}

NDIS_STATUS NTAPI NdisAllocateTimerObject(NDIS_HANDLE NdisHandle,
                                          PNDIS_TIMER_CHARACTERISTICS TimerCharacteristics,
                                          PNDIS_HANDLE pTimerObject)
{
    (void)NdisHandle;
    if (!nt_not_null(TimerCharacteristics, "NdisAllocateTimerObject", "TimerCharacteristics") ||
        !nt_not_null(pTimerObject, "NdisAllocateTimerObject", "pTimerObject") ||
        !nt_irql_max(DISPATCH_LEVEL, "NdisAllocateTimerObject"))
        return NDIS_STATUS_FAILURE;
    if (!characteristics_good(TimerCharacteristics))
        return NDIS_STATUS_INVALID_PARAMETER;
    if (nt_fault(FAULT_NdisAllocateTimerObject))
        return nt_fault_status(FAULT_NdisAllocateTimerObject);
    struct ndis_timer *timer = calloc(1, sizeof(*timer));
    if (!timer)
        return NDIS_STATUS_RESOURCES;
    timer->alive = TIMER_ALIVE;
    timer->owner = exec_current()->owner;
    timer->function = TimerCharacteristics->TimerFunction;
    timer->default_context = TimerCharacteristics->FunctionContext;
    timer->context = timer->default_context;
    exec_timer_init(&timer->timer, ndis_timer_expired);
    nt_account_open(&timer->account, NT_TIMER, sizeof(*timer), TimerCharacteristics->AllocationTag,
                    NT_CALLER());
    *pTimerObject = timer;
    return NDIS_STATUS_SUCCESS;
}

BOOLEAN NTAPI NdisSetTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime,
                                 LONG MillisecondsPeriod, PVOID FunctionContext)
{
    struct ndis_timer *timer = TimerObject;
    struct exec *exec = exec_current()->exec;
    if (!ndis_timer_usable(timer, "NdisSetTimerObject"))
        return FALSE;
    if (MillisecondsPeriod < 0) {
        nt_break(RULE_ARGUMENT_BAD, "NdisSetTimerObject", "MillisecondsPeriod is %d",
                 MillisecondsPeriod);
        MillisecondsPeriod = 0;
    }
    /* Learn: a NULL FunctionContext stands for the one in the characteristics. */
    atomic_store(&timer->context, FunctionContext ? FunctionContext : timer->default_context);
    return exec_timer_set(exec, &timer->timer, nt_due(exec->world, DueTime),
                          (uint32_t)MillisecondsPeriod, EXEC_ANY_PROCESSOR);
}

BOOLEAN NTAPI NdisSetCoalescableTimerObject(NDIS_HANDLE TimerObject, LARGE_INTEGER DueTime,
                                            LONG MillisecondsPeriod, PVOID FunctionContext,
                                            ULONG Tolerance)
{
    (void)Tolerance; /* a tolerance of nothing is within every tolerance */
    return NdisSetTimerObject(TimerObject, DueTime, MillisecondsPeriod, FunctionContext);
}

BOOLEAN NTAPI NdisCancelTimerObject(NDIS_HANDLE TimerObject)
{
    struct ndis_timer *timer = TimerObject;
    return ndis_timer_usable(timer, "NdisCancelTimerObject") &&
           exec_timer_cancel(exec_current()->exec, &timer->timer);
}

VOID NTAPI NdisFreeTimerObject(NDIS_HANDLE TimerObject)
{
    struct ndis_timer *timer = TimerObject;
    if (!ndis_timer_usable(timer, "NdisFreeTimerObject"))
        return;
    if (exec_timer_cancel(exec_current()->exec, &timer->timer))
        nt_break(RULE_TIMER_FREED_ARMED, "NdisFreeTimerObject", "the timer was set");
    else if (exec_timer_is_running(exec_current()->exec, &timer->timer))
        nt_break(RULE_TIMER_FREED_ARMED, "NdisFreeTimerObject", "the timer's function is running");
    nt_account_close(&timer->account);
    timer->alive = 0;
    free(timer);
}
