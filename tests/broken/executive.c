/* SPDX-License-Identifier: MIT */
/* Without a Cn: locks, pool and the objects of the executive: the mistakes. */
#include "acts.h"

#include "ndis/world.h"
#include "nt/exec_inside.h"

#define AS_CLIENT_AT_DISPATCH(statement)                                                           \
    do {                                                                                           \
        KIRQL level_before_ = KeRaiseIrqlToDpcLevel();                                             \
        AS_CLIENT(statement);                                                                      \
        KeLowerIrql(level_before_);                                                                \
    } while (0)

enum { TAG = 0x6b6f7242 }; /* "Brok" */

/* ---- spin locks -------------------------------------------------------------------------- */

static NDIS_SPIN_LOCK lock;

static void use_lock(void)
{
    AS_CLIENT({
        NdisAllocateSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
        NdisReleaseSpinLock(&lock);
        NdisFreeSpinLock(&lock);
    });
}

MISTAKE(LOCK_NOT_OWNER)
{
    AS_CLIENT({
        NdisAllocateSpinLock(&lock);
        NdisReleaseSpinLock(&lock);
        NdisFreeSpinLock(&lock);
    });
}

ALMOST(LOCK_NOT_OWNER)
{
    use_lock();
}

MISTAKE(LOCK_RECURSIVE)
{
    AS_CLIENT({
        NdisAllocateSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
        NdisReleaseSpinLock(&lock);
        NdisFreeSpinLock(&lock);
    });
}

ALMOST(LOCK_RECURSIVE)
{
    use_lock();
    use_lock();
}

MISTAKE(LOCK_WRONG_RELEASE)
{
    AS_CLIENT({
        NdisAllocateSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
        NdisDprReleaseSpinLock(&lock);
        KeLowerIrql(PASSIVE_LEVEL);
        NdisFreeSpinLock(&lock);
    });
}

ALMOST(LOCK_WRONG_RELEASE)
{
    AS_CLIENT_AT_DISPATCH({
        NdisAllocateSpinLock(&lock);
        NdisDprAcquireSpinLock(&lock);
        NdisDprReleaseSpinLock(&lock);
        NdisFreeSpinLock(&lock);
    });
}

/* Two threads take two locks, in two orders or in one. Each waits, when it may, until the other has
 * its first. */
static KSPIN_LOCK pair[2];
static volatile LONG first_taken;

static VOID NTAPI take_both(PVOID First)
{
    KIRQL level;
    KSPIN_LOCK *other = First == &pair[0] ? &pair[1] : &pair[0];
    KeAcquireSpinLock(First, &level);
    InterlockedIncrement(&first_taken);
    for (int i = 0; i < 10000 && InterlockedCompareExchange(&first_taken, 0, 0) < 2; i++)
        KeStallExecutionProcessor(1);
    KeAcquireSpinLockAtDpcLevel(other);
    KeReleaseSpinLockFromDpcLevel(other);
    KeReleaseSpinLock(First, level);
}

static void start_taking(KSPIN_LOCK *first)
{
    HANDLE thread;
    AS_CLIENT({
        NTSTATUS status =
            PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, take_both, first);
        assert_int_equal(status, STATUS_SUCCESS);
        ZwClose(thread);
    });
}

static void take_twice(struct scene *s, KSPIN_LOCK *second)
{
    pair[0] = pair[1] = 0;
    first_taken = second == &pair[0]; /* in one order nobody waits */
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    start_taking(&pair[0]);
    start_taking(second);
    (void)condis_world_run_until_idle(s->world, EXEC_SECOND); /* it may stop */
}

MISTAKE(LOCK_DEADLOCK)
{
    take_twice(s, &pair[1]);
}

ALMOST(LOCK_DEADLOCK)
{
    take_twice(s, &pair[0]);
}

static KSPIN_LOCK kept;

static VOID NTAPI keep_lock(PRKDPC Dpc, PVOID Context, PVOID Keep, PVOID Release)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    if (Keep)
        KeAcquireSpinLockAtDpcLevel(&kept);
    if (Release)
        KeReleaseSpinLockFromDpcLevel(&kept);
}

static void run_keeper(struct scene *s, PVOID keep, PVOID release)
{
    KDPC dpc;
    AS_CLIENT({
        KeInitializeDpc(&dpc, keep_lock, NULL);
        (void)KeInsertQueueDpc(&dpc, keep, release);
    });
    scene_settle(s);
}

MISTAKE(LOCK_HELD_AT_RETURN)
{
    kept = 0;
    run_keeper(s, s, NULL);
}

ALMOST(LOCK_HELD_AT_RETURN)
{
    kept = 0;
    run_keeper(s, s, s);
}

MISTAKE(LOCK_FREED_HELD)
{
    AS_CLIENT({
        NdisAllocateSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
        NdisFreeSpinLock(&lock);
        NdisReleaseSpinLock(&lock);
    });
}

ALMOST(LOCK_FREED_HELD)
{
    use_lock();
}

MISTAKE(LOCK_NOT_INITIALIZED)
{
    AS_CLIENT({
        NdisAllocateSpinLock(&lock);
        NdisFreeSpinLock(&lock);
        NdisAcquireSpinLock(&lock);
    });
    KeLowerIrql(PASSIVE_LEVEL);
}

ALMOST(LOCK_NOT_INITIALIZED)
{
    KSPIN_LOCK zero = 0; /* a KSPIN_LOCK that is zero is initialised */
    KIRQL old;
    AS_CLIENT({
        KeAcquireSpinLock(&zero, &old);
        KeReleaseSpinLock(&zero, old);
    });
}

/* ---- pool -------------------------------------------------------------------------------- */

static PVOID allocate(SIZE_T bytes)
{
    return ExAllocatePoolWithTag(NonPagedPool, bytes, TAG);
}

MISTAKE(POOL_DOUBLE_FREE)
{
    AS_CLIENT({
        PVOID block = allocate(40);
        ExFreePool(block);
        ExFreePool(block);
    });
}

ALMOST(POOL_DOUBLE_FREE)
{
    AS_CLIENT({
        ExFreePool(allocate(40));
        ExFreePool(allocate(40));
    });
}

MISTAKE(POOL_NOT_ALLOCATED)
{
    AS_CLIENT({
        PCHAR block = allocate(256);
        ExFreePool(block + 128);
        ExFreePool(block);
    });
}

ALMOST(POOL_NOT_ALLOCATED)
{
    AS_CLIENT(ExFreePool(allocate(256)));
}

MISTAKE(POOL_WRONG_TAG)
{
    AS_CLIENT(ExFreePoolWithTag(allocate(8), TAG + 1));
}

ALMOST(POOL_WRONG_TAG)
{
    AS_CLIENT(ExFreePoolWithTag(allocate(8), TAG));
}

MISTAKE(POOL_WRONG_FREE)
{
    AS_CLIENT(NdisFreeMemory(allocate(8), 0, 0));
}

ALMOST(POOL_WRONG_FREE)
{
    AS_CLIENT(
        NdisFreeMemory(NdisAllocateMemoryWithTagPriority(NULL, 8, TAG, NormalPoolPriority), 0, 0));
}

static void free_by(NDIS_HANDLE driver)
{
    PVOID block;
    AS_CLIENT(block = allocate(8));
    AS(driver, ExFreePool(block));
}

MISTAKE(POOL_WRONG_OWNER)
{
    free_by(Mini.driver);
}

ALMOST(POOL_WRONG_OWNER)
{
    free_by(Client.driver);
}

MISTAKE(POOL_AT_HIGH_IRQL)
{
    AS_CLIENT_AT_DISPATCH(assert_null(ExAllocatePoolWithTag(PagedPool, 8, TAG)));
}

ALMOST(POOL_AT_HIGH_IRQL)
{
    AS_CLIENT_AT_DISPATCH(ExFreePool(allocate(8)));
}

static void write_at(size_t offset)
{
    AS_CLIENT({
        volatile UCHAR *block = allocate(24);
        volatile size_t at = offset;
        block[at] = 0;
        ExFreePool((PVOID)(ULONG_PTR)block);
    });
}

MISTAKE(POOL_OVERRUN)
{
    write_at(24);
}

ALMOST(POOL_OVERRUN)
{
    write_at(23);
}

static void write_freed(bool late)
{
    enum { RING = 64 }; /* until the block leaves the ring of freed ones */
    AS_CLIENT({
        volatile UCHAR *block = allocate(24);
        ULONG_PTR address = (ULONG_PTR)block;
        if (!late)
            *(volatile UCHAR *)address = 0;
        ExFreePool((PVOID)address);
        if (late)
            *(volatile UCHAR *)address = 0;
        for (int i = 0; i < RING; i++)
            ExFreePool(allocate(24));
    });
}

MISTAKE(POOL_USED_AFTER_FREE)
{
    write_freed(true);
}

ALMOST(POOL_USED_AFTER_FREE)
{
    write_freed(false);
}

struct armed {
    KTIMER timer;
    KDPC dpc;
};

static void free_armed(struct scene *s, bool cancel)
{
    enum { LATER_100NS = -100000000 };
    AS_CLIENT({
        struct armed *armed = allocate(sizeof(*armed));
        LARGE_INTEGER due = {.QuadPart = LATER_100NS};
        KeInitializeTimer(&armed->timer);
        KeInitializeDpc(&armed->dpc, keep_lock, NULL);
        (void)KeSetTimer(&armed->timer, due, &armed->dpc);
        if (cancel)
            (void)KeCancelTimer(&armed->timer);
        ExFreePool(armed);
    });
    scene_settle(s);
}

static void delete_list(bool first)
{
    LOOKASIDE_LIST_EX list;
    AS_CLIENT({
        assert_int_equal(
            ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPoolNx, 0, 32, TAG, 0),
            STATUS_SUCCESS);
        PVOID entry = ExAllocateFromLookasideListEx(&list);
        if (first)
            ExFreeToLookasideListEx(&list, entry);
        ExDeleteLookasideListEx(&list);
        if (!first)
            ExFreePool(entry);
    });
}

MISTAKE(LOOKASIDE_NOT_EMPTY)
{
    delete_list(false);
}

ALMOST(LOOKASIDE_NOT_EMPTY)
{
    delete_list(true);
}

/* ---- timers, work items, DPCs, events ---------------------------------------------------- */

static NDIS_HANDLE set_timer(void)
{
    enum { LATER_100NS = -100000000 };
    NDIS_TIMER_CHARACTERISTICS characteristics = {
        .Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS, NDIS_TIMER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1},
        .TimerFunction = act_tick};
    LARGE_INTEGER due = {.QuadPart = LATER_100NS};
    NDIS_HANDLE timer = NULL;
    NDIS_STATUS status = NdisAllocateTimerObject(NULL, &characteristics, &timer);
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    (void)NdisSetTimerObject(timer, due, 0, NULL);
    return timer;
}

static void free_timer(bool cancel)
{
    AS_CLIENT({
        NDIS_HANDLE timer = set_timer();
        if (cancel)
            (void)NdisCancelTimerObject(timer);
        NdisFreeTimerObject(timer);
    });
}

MISTAKE(TIMER_FREED_ARMED)
{
    free_timer(false);
}

ALMOST(TIMER_FREED_ARMED)
{
    free_timer(true);
}

static struct armed left;

static NDIS_STATUS leave_timer(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    enum { LATER_100NS = -100000000 };
    LARGE_INTEGER due = {.QuadPart = LATER_100NS};
    UNREFERENCED_PARAMETER(What);
    if (Moment != AT_CLIENT_UNLOAD)
        return Status;
    KeInitializeTimer(&left.timer);
    KeInitializeDpc(&left.dpc, keep_lock, NULL);
    (void)KeSetTimer(&left.timer, due, &left.dpc);
    return Status;
}

static NDIS_STATUS cancel_timer(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    Status = leave_timer(Moment, What, Status);
    if (Moment == AT_CLIENT_UNLOAD)
        (void)KeCancelTimer(&left.timer);
    return Status;
}

MISTAKE(TIMER_LEFT_ARMED)
{
    ActorHook = leave_timer;
}

ALMOST(TIMER_LEFT_ARMED)
{
    ActorHook = cancel_timer;
}

/* Another processor is busy at DISPATCH_LEVEL, so that a DPC stays in its queue until the rule is
 * broken; the flush that follows waits for it. */
static struct rules *rules;
static volatile LONG busy;
static volatile ULONG busy_processor;
static KDPC late;

static VOID keep_busy(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    busy_processor = KeGetCurrentProcessorNumber();
    InterlockedExchange(&busy, 1);
    while (InterlockedCompareExchange(&busy, 1, 1) && !rules_count(rules))
        KeStallExecutionProcessor(1);
}

static NDIS_STATUS leave_dpc(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment != AT_CLIENT_UNLOAD)
        return Status;
    NdisDeregisterProtocolDriver(Client.driver);
    AS_MINI(DeskRun(&Mini.desk, FROM_DPC, keep_busy, NULL));
    while (!InterlockedCompareExchange(&busy, 1, 1))
        KeStallExecutionProcessor(1);
    KeInitializeDpc(&late, keep_lock, NULL);
    KeSetTargetProcessorDpc(&late, (CCHAR)busy_processor);
    (void)KeInsertQueueDpc(&late, NULL, NULL);
    return NDIS_STATUS_FAILURE; /* it is deregistered */
}

static NDIS_STATUS remove_dpc(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    Status = leave_dpc(Moment, What, Status);
    if (Moment != AT_CLIENT_UNLOAD)
        return Status;
    (void)KeRemoveQueueDpc(&late);
    InterlockedExchange(&busy, 0);
    return Status;
}

static void unload_busy(struct scene *s, NDIS_STATUS (*hook)(enum moment, PVOID, NDIS_STATUS))
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    rules = s->rules;
    busy = 0;
    ActorHook = hook;
    scene_unload(s, &s->client);
    scene_settle(s);
}

MISTAKE(DPC_LEFT_QUEUED)
{
    unload_busy(s, leave_dpc);
}

ALMOST(DPC_LEFT_QUEUED)
{
    unload_busy(s, remove_dpc);
}

static VOID NTAPI work(PVOID Context, NDIS_HANDLE Item)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Item);
}

/* On one processor nobody takes the item while a driver has it at DISPATCH_LEVEL. */
static void queue_item(struct scene *s, bool twice, bool free_early)
{
    NDIS_HANDLE item;
    AS_CLIENT(item = NdisAllocateIoWorkItem(NULL));
    AS_CLIENT_AT_DISPATCH({
        NdisQueueIoWorkItem(item, work, NULL);
        if (twice)
            NdisQueueIoWorkItem(item, work, NULL);
        if (free_early)
            NdisFreeIoWorkItem(item);
    });
    scene_settle(s);
    AS_CLIENT(NdisFreeIoWorkItem(item));
}

MISTAKE(WORKITEM_FREED_QUEUED)
{
    queue_item(s, false, true);
}

ALMOST(WORKITEM_FREED_QUEUED)
{
    queue_item(s, false, false);
}

MISTAKE(WORKITEM_QUEUED_TWICE)
{
    queue_item(s, true, false);
}

ALMOST(WORKITEM_QUEUED_TWICE)
{
    queue_item(s, false, false);
}

static volatile LONG left_event;

static VOID NTAPI wait_in_memory(PVOID Event)
{
    (void)KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
    InterlockedExchange(&left_event, 1);
}

static void free_event(struct scene *s, bool signal)
{
    PKEVENT in_pool;
    left_event = 0;
    AS_CLIENT({
        HANDLE thread;
        in_pool = ExAllocatePoolWithTag(NonPagedPool, sizeof(*in_pool), TAG);
        KeInitializeEvent(in_pool, NotificationEvent, FALSE);
        NTSTATUS status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                               wait_in_memory, in_pool);
        assert_int_equal(status, STATUS_SUCCESS);
        ZwClose(thread);
    });
    while (!atomic_load(&world_inner(s->world->exec)->driver_wait_count))
        NdisMSleep(100); /* until it waits */
    if (signal)
        AS_CLIENT((void)KeSetEvent(in_pool, IO_NO_INCREMENT, FALSE));
    while (signal && !InterlockedCompareExchange(&left_event, 0, 0))
        NdisMSleep(100);
    AS_CLIENT(ExFreePool(in_pool));
    scene_settle(s);
}

static NDIS_EVENT event;

MISTAKE(EVENT_NOT_INITIALIZED)
{
    memset(&event, 0, sizeof(event));
    AS_CLIENT(NdisSetEvent(&event));
}

ALMOST(EVENT_NOT_INITIALIZED)
{
    AS_CLIENT({
        NdisInitializeEvent(&event);
        NdisSetEvent(&event);
    });
}

static void remove_torn(bool torn)
{
    LIST_ENTRY head;
    LIST_ENTRY entry;
    KSPIN_LOCK guard = 0;
    AS_CLIENT({
        InitializeListHead(&head);
        (void)ExInterlockedInsertTailList(&head, &entry, &guard);
        if (torn)
            entry.Blink = &entry;
        (void)ExInterlockedRemoveHeadList(&head, &guard);
    });
}

MISTAKE(LIST_BROKEN)
{
    remove_torn(true);
}

ALMOST(LIST_BROKEN)
{
    remove_torn(false);
}

#define ONE_PROCESSOR "the item stays queued for sure only where its thread does not run"

const struct broken_row broken_executive[] = {
    ROW(LOCK_NOT_OWNER, EITHER),
    ROW(LOCK_RECURSIVE, EITHER),
    ROW(LOCK_DEADLOCK, EITHER, .direct_only = true, .stops = true,
        .simulated_only = "a live host looks for 20 s before it calls a lock dead"),
    ROW(LOCK_WRONG_RELEASE, EITHER),
    ROW(LOCK_HELD_AT_RETURN, EITHER),
    ROW(LOCK_FREED_HELD, EITHER),
    ROW(LOCK_NOT_INITIALIZED, EITHER),
    ROW(POOL_DOUBLE_FREE, EITHER),
    ROW(POOL_NOT_ALLOCATED, EITHER),
    ROW(POOL_WRONG_TAG, EITHER),
    ROW(POOL_WRONG_FREE, EITHER),
    ROW(POOL_WRONG_OWNER, EITHER),
    ROW(POOL_AT_HIGH_IRQL, EITHER),
    ROW(POOL_OVERRUN, EITHER, .not_under_asan = true),
    ROW(POOL_USED_AFTER_FREE, EITHER, .not_under_asan = true),
    PLAY(POOL_FREED_IN_USE, EITHER, free_armed, false),
    ROW(LOOKASIDE_NOT_EMPTY, EITHER),
    ROW(TIMER_FREED_ARMED, EITHER),
    ROW(TIMER_LEFT_ARMED, EITHER),
    ROW(WORKITEM_FREED_QUEUED, EITHER, .simulated_only = ONE_PROCESSOR, .processor_count = 1),
    ROW(WORKITEM_QUEUED_TWICE, EITHER, .simulated_only = ONE_PROCESSOR, .processor_count = 1),
    ROW(DPC_LEFT_QUEUED, EITHER, .direct_only = true),
    PLAY(EVENT_FREED_WAITED, EITHER, free_event, false),
    ROW(EVENT_NOT_INITIALIZED, EITHER),
    ROW(LIST_BROKEN, EITHER),
    END_OF_TABLE,
};
