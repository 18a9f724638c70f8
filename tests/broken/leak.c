/* SPDX-License-Identifier: MIT */
/* Without a Cn: leaks, and drivers that come and go: the mistakes. */
#include "acts.h"

/* ---- memory and what is made of it ------------------------------------------------------- */

enum { TAG = 0x6b6f7242 }; /* "Brok" */

/* Each leak: made in the scene, and given back or not. */
static void make_and(PVOID (*make)(void), void (*end)(PVOID))
{
    PVOID thing;
    AS_CLIENT(thing = make());
    assert_non_null(thing);
    if (end)
        AS_CLIENT(end(thing));
}

static PVOID make_memory(void)
{
    return ExAllocatePoolWithTag(NonPagedPool, 64, TAG);
}

static void end_memory(PVOID thing)
{
    ExFreePool(thing);
}

static LOOKASIDE_LIST_EX lookaside;

static PVOID make_lookaside(void)
{
    assert_int_equal(
        ExInitializeLookasideListEx(&lookaside, NULL, NULL, NonPagedPoolNx, 0, 32, TAG, 0),
        STATUS_SUCCESS);
    return &lookaside;
}

static void end_lookaside(PVOID thing)
{
    ExDeleteLookasideListEx(thing);
}

static PVOID make_pool(void)
{
    return ActorNewPool(NULL);
}

static void end_pool(PVOID thing)
{
    NdisFreeNetBufferListPool(thing);
}

static PVOID make_mdl(void)
{
    static UCHAR buffer[64];
    return NdisAllocateMdl(Client.binding, buffer, sizeof(buffer));
}

static void end_mdl(PVOID thing)
{
    NdisFreeMdl(thing);
}

static PVOID make_timer(void)
{
    NDIS_TIMER_CHARACTERISTICS characteristics = {
        .Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS, NDIS_TIMER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1},
        .TimerFunction = act_tick};
    NDIS_HANDLE timer = NULL;
    NDIS_STATUS status = NdisAllocateTimerObject(NULL, &characteristics, &timer);
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    return timer;
}

static void end_timer(PVOID thing)
{
    NdisFreeTimerObject(thing);
}

static PVOID make_item(void)
{
    return NdisAllocateIoWorkItem(NULL);
}

static void end_item(PVOID thing)
{
    NdisFreeIoWorkItem(thing);
}

static PVOID make_rw_lock(void)
{
    return NdisAllocateRWLock(NULL);
}

static void end_rw_lock(PVOID thing)
{
    NdisFreeRWLock(thing);
}

static PVOID make_configuration(void)
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

static void end_configuration(PVOID thing)
{
    NdisCloseConfiguration(thing);
}

static PVOID make_list(void)
{
    return ActorNewList(Client.pool);
}

static void end_list(PVOID thing)
{
    NdisFreeNetBufferList(thing);
}

static NDIS_HANDLE buffer_pool;

static PVOID make_buffer(void)
{
    NET_BUFFER_POOL_PARAMETERS parameters = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1},
        .PoolTag = TAG,
    };
    buffer_pool = NdisAllocateNetBufferPool(NULL, &parameters);
    assert_non_null(buffer_pool);
    return NdisAllocateNetBuffer(buffer_pool, NULL, 0, 0);
}

static void end_buffer(PVOID thing)
{
    NdisFreeNetBuffer(thing);
    NdisFreeNetBufferPool(buffer_pool);
}

MISTAKE(LEAK_MEMORY)
{
    make_and(make_memory, NULL);
}

ALMOST(LEAK_MEMORY)
{
    make_and(make_memory, end_memory);
}

MISTAKE(LEAK_LOOKASIDE)
{
    make_and(make_lookaside, NULL);
}

ALMOST(LEAK_LOOKASIDE)
{
    make_and(make_lookaside, end_lookaside);
}

static NDIS_STATUS keep_pool(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CLIENT_UNLOAD)
        Client.pool = NULL; /* it cannot be freed with a list out */
    return Status;
}

MISTAKE(LEAK_NBL)
{
    ActorHook = keep_pool;
    make_and(make_list, NULL);
}

ALMOST(LEAK_NBL)
{
    make_and(make_list, end_list);
}

MISTAKE(LEAK_NET_BUFFER)
{
    make_and(make_buffer, NULL);
}

ALMOST(LEAK_NET_BUFFER)
{
    make_and(make_buffer, end_buffer);
}

MISTAKE(LEAK_NBL_POOL)
{
    make_and(make_pool, NULL);
}

ALMOST(LEAK_NBL_POOL)
{
    make_and(make_pool, end_pool);
}

MISTAKE(LEAK_MDL)
{
    make_and(make_mdl, NULL);
}

ALMOST(LEAK_MDL)
{
    make_and(make_mdl, end_mdl);
}

MISTAKE(LEAK_TIMER)
{
    make_and(make_timer, NULL);
}

ALMOST(LEAK_TIMER)
{
    make_and(make_timer, end_timer);
}

MISTAKE(LEAK_WORKITEM)
{
    make_and(make_item, NULL);
}

ALMOST(LEAK_WORKITEM)
{
    make_and(make_item, end_item);
}

MISTAKE(LEAK_LOCK)
{
    make_and(make_rw_lock, NULL);
}

ALMOST(LEAK_LOCK)
{
    make_and(make_rw_lock, end_rw_lock);
}

MISTAKE(LEAK_CONFIGURATION)
{
    make_and(make_configuration, NULL);
}

ALMOST(LEAK_CONFIGURATION)
{
    make_and(make_configuration, end_configuration);
}

/* ---- what is opened and described -------------------------------------------------------- */

static void close_configuration(bool twice)
{
    AS_CLIENT({
        NDIS_HANDLE configuration = make_configuration();
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

/* ---- drivers ----------------------------------------------------------------------------- */

static NDIS_STATUS fail_entry(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment != AT_CLIENT_ENTERED)
        return Status;
    NdisFreeNetBufferListPool(Client.pool);
    Client.pool = NULL;
    return NDIS_STATUS_RESOURCES;
}

static NDIS_STATUS fail_entry_tidily(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_ENTERED)
        NdisDeregisterProtocolDriver(Client.driver);
    return fail_entry(Moment, What, Status);
}

MISTAKE(DRIVER_ENTRY_FAILED_REGISTERED)
{
    ActorHook = fail_entry;
    scene_load(s);
}

ALMOST(DRIVER_ENTRY_FAILED_REGISTERED)
{
    ActorHook = fail_entry_tidily;
    scene_load(s);
}

static NDIS_STATUS stay_registered(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    return Moment == AT_CLIENT_UNLOAD ? NDIS_STATUS_FAILURE : Status;
}

MISTAKE(DRIVER_UNLOAD_REGISTERED)
{
    ActorHook = stay_registered;
}

ALMOST(DRIVER_UNLOAD_REGISTERED)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    scene_unload(s, &s->client);
}

static NDIS_STATUS deregister_twice(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CLIENT_UNLOAD)
        NdisDeregisterProtocolDriver(Client.driver);
    return Status;
}

MISTAKE(DRIVER_REGISTERED_TWICE)
{
    ActorHook = deregister_twice;
}

ALMOST(DRIVER_REGISTERED_TWICE)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    scene_unload(s, &s->client);
    scene_reload_client(s);
}

static NDIS_STATUS no_unbind(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_CHARACTERISTICS)
        ((PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS)What)->UnbindAdapterHandlerEx = NULL;
    return Status;
}

static NDIS_STATUS no_status_handler(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_CHARACTERISTICS)
        ((PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS)What)->UninstallHandler = NULL; /* optional */
    return Status;
}

MISTAKE(DRIVER_CHARACTERISTICS)
{
    ActorHook = no_unbind;
    scene_load(s);
}

ALMOST(DRIVER_CHARACTERISTICS)
{
    ActorHook = no_status_handler;
    scene_load(s);
}

static NDIS_STATUS pend_options(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    return Moment == AT_CLIENT_OPTIONS ? NDIS_STATUS_PENDING : Status;
}

static NDIS_STATUS refuse_options(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    return Moment == AT_CLIENT_OPTIONS ? NDIS_STATUS_RESOURCES : Status;
}

MISTAKE(DRIVER_BAD_STATUS)
{
    ActorHook = pend_options;
    scene_load(s);
}

ALMOST(DRIVER_BAD_STATUS)
{
    ActorHook = refuse_options;
    scene_load(s);
}

static VOID NTAPI end_at_once(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
}

static void start_thread(struct scene *s, bool close)
{
    HANDLE thread;
    AS_CLIENT({
        NTSTATUS status =
            PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, end_at_once, NULL);
        assert_int_equal(status, STATUS_SUCCESS);
        if (close)
            ZwClose(thread);
    });
    scene_settle(s);
}

/* A reference to a thread whose handle is closed. */
static void refer_to_thread(struct scene *s, bool let_go)
{
    HANDLE thread;
    PVOID object;
    AS_CLIENT({
        NTSTATUS status =
            PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, end_at_once, NULL);
        assert_int_equal(status, STATUS_SUCCESS);
        status = ObReferenceObjectByHandle(thread, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                           &object, NULL);
        assert_int_equal(status, STATUS_SUCCESS);
        ZwClose(thread);
    });
    scene_settle(s);
    if (let_go)
        AS_CLIENT((void)ObDereferenceObject(object));
}

static NDIS_STATUS no_unload(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_ENTERED)
        ((PDRIVER_OBJECT)What)->DriverUnload = NULL;
    if (Moment == AT_CLIENT_UNBINDING) { /* it is tidy but for that */
        NdisFreeNetBufferListPool(Client.pool);
        Client.pool = NULL;
    }
    return Status;
}

MISTAKE(DRIVER_UNLOAD_MISSING)
{
    ActorHook = no_unload;
    scene_load(s);
}

ALMOST(DRIVER_UNLOAD_MISSING)
{
    scene_load(s);
}

const struct broken_row broken_leak[] = {
    ROW(LEAK_MEMORY, EITHER),
    ROW(LEAK_LOOKASIDE, EITHER),
    ROW(LEAK_NBL, EITHER),
    ROW(LEAK_NET_BUFFER, EITHER),
    ROW(LEAK_NBL_POOL, EITHER),
    ROW(LEAK_MDL, EITHER),
    ROW(LEAK_TIMER, EITHER),
    ROW(LEAK_WORKITEM, EITHER),
    NOT_SEEN(LEAK_EVENT),
    PLAY(LEAK_THREAD, EITHER, start_thread, false),
    ROW(LEAK_LOCK, EITHER),
    PLAY(LEAK_HANDLE, EITHER, refer_to_thread, false),
    ROW(LEAK_CONFIGURATION, EITHER),
    ROW(CONFIGURATION_CLOSED, EITHER),
    ROW(MDL_BAD, EITHER),
    ROW(DRIVER_ENTRY_FAILED_REGISTERED, EITHER, .stage = STAGE_EMPTY),
    ROW(DRIVER_UNLOAD_MISSING, EITHER, .stage = STAGE_EMPTY),
    ROW(DRIVER_UNLOAD_REGISTERED, EITHER),
    ROW(DRIVER_REGISTERED_TWICE, EITHER),
    ROW(DRIVER_CHARACTERISTICS, EITHER, .stage = STAGE_EMPTY),
    ROW(DRIVER_BAD_STATUS, EITHER, .stage = STAGE_EMPTY),
    NOT_SEEN(DRIVER_RUNS_AFTER_UNLOAD),
    END_OF_TABLE,
};
