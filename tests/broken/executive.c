/* SPDX-License-Identifier: MIT */
/* Without a Cn: locks, pool and the objects of the executive: the mistakes. */
#include "acts.h"

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

MISTAKE(POOL_FREED_IN_USE)
{
    free_armed(s, false);
}

ALMOST(POOL_FREED_IN_USE)
{
    free_armed(s, true);
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

/* ---- what is opened and described -------------------------------------------------------- */

static NDIS_HANDLE open_configuration(void)
{
    NDIS_CONFIGURATION_OBJECT object = {
        .Header = {NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT, NDIS_CONFIGURATION_OBJECT_REVISION_1,
                   NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1},
        .NdisHandle = Client.driver,
    };
    NDIS_HANDLE configuration = NULL;
    NDIS_STATUS status = NdisOpenConfigurationEx(&object, &configuration);
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    return configuration;
}

static void close_configuration(bool twice)
{
    AS_CLIENT({
        NDIS_HANDLE configuration = open_configuration();
        NdisCloseConfiguration(configuration);
        if (twice)
            NdisCloseConfiguration(configuration);
    });
}

MISTAKE(CONFIGURATION_CLOSED)
{
    close_configuration(true);
}

ALMOST(CONFIGURATION_CLOSED)
{
    close_configuration(false);
}

static void free_mdl(bool twice)
{
    static UCHAR buffer[64];
    AS_CLIENT({
        PMDL mdl = NdisAllocateMdl(Client.binding, buffer, sizeof(buffer));
        NdisFreeMdl(mdl);
        if (twice)
            NdisFreeMdl(mdl);
    });
}

MISTAKE(MDL_BAD)
{
    free_mdl(true);
}

ALMOST(MDL_BAD)
{
    free_mdl(false);
}

#define ONE_PROCESSOR "the item stays queued for sure only where its thread does not run"

const struct broken_row broken_executive[] = {
    ROW(LOCK_NOT_OWNER, EITHER),
    ROW(LOCK_RECURSIVE, EITHER),
    MISSING(LOCK_DEADLOCK),
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
    ROW(POOL_FREED_IN_USE, EITHER),
    ROW(LOOKASIDE_NOT_EMPTY, EITHER),
    ROW(TIMER_FREED_ARMED, EITHER),
    ROW(TIMER_LEFT_ARMED, EITHER),
    ROW(WORKITEM_FREED_QUEUED, EITHER, .simulated_only = ONE_PROCESSOR, .processor_count = 1),
    ROW(WORKITEM_QUEUED_TWICE, EITHER, .simulated_only = ONE_PROCESSOR, .processor_count = 1),
    MISSING(DPC_LEFT_QUEUED),
    MISSING(EVENT_FREED_WAITED),
    ROW(EVENT_NOT_INITIALIZED, EITHER),
    ROW(LIST_BROKEN, EITHER),
    ROW(CONFIGURATION_CLOSED, EITHER),
    ROW(MDL_BAD, EITHER),
    END_OF_TABLE,
};
