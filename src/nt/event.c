/* SPDX-License-Identifier: MIT */
/* Events: KEVENT and NDIS_EVENT. */
#include "nt/waits.h"

static bool event_usable(PRKEVENT Event, const char *function)
{
    if (!nt_not_null(Event, function, "Event"))
        return false;
    if (Event->Header.Type == EXEC_EVENT_NOTIFICATION ||
        Event->Header.Type == EXEC_EVENT_SYNCHRONIZATION)
        return nt_irql_max(DISPATCH_LEVEL, function);
    nt_break(RULE_EVENT_NOT_INITIALIZED, function, NULL);
    return false;
}

static struct exec_world *world(void)
{
    return exec_current()->exec->world;
}

VOID NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    if (nt_not_null(Event, "KeInitializeEvent", "Event"))
        exec_waitable_init(nt_waitable(Event),
                           Type == NotificationEvent ? EXEC_EVENT_NOTIFICATION
                                                     : EXEC_EVENT_SYNCHRONIZATION,
                           State ? 1 : 0);
}

LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment;
    /* Learn: with Wait the caller's next call is a wait, and that may not be at DISPATCH_LEVEL. */
    if (!event_usable(Event, "KeSetEvent") || (Wait && !nt_irql_max(APC_LEVEL, "KeSetEvent")))
        return 0;
    return exec_signal_set(world(), nt_waitable(Event));
}

LONG NTAPI KeResetEvent(PRKEVENT Event)
{
    return event_usable(Event, "KeResetEvent") ? exec_signal_clear(world(), nt_waitable(Event)) : 0;
}

VOID NTAPI KeClearEvent(PRKEVENT Event)
{
    if (event_usable(Event, "KeClearEvent"))
        (void)exec_signal_clear(world(), nt_waitable(Event));
}

LONG NTAPI KeReadStateEvent(PRKEVENT Event)
{
    if (!event_usable(Event, "KeReadStateEvent"))
        return 0;
    exec_preempt("read event");
    return atomic_load(&nt_waitable(Event)->signal);
}

/* ---- NDIS_EVENT: a notification event that begins unsignalled ---- */

VOID NTAPI NdisInitializeEvent(PNDIS_EVENT Event)
{
    if (nt_not_null(Event, "NdisInitializeEvent", "Event"))
        exec_waitable_init(nt_waitable(&Event->Event), EXEC_EVENT_NOTIFICATION, 0);
}

VOID NTAPI NdisSetEvent(PNDIS_EVENT Event)
{
    if (event_usable(&Event->Event, "NdisSetEvent"))
        (void)exec_signal_set(world(), nt_waitable(&Event->Event));
}

VOID NTAPI NdisResetEvent(PNDIS_EVENT Event)
{
    if (event_usable(&Event->Event, "NdisResetEvent"))
        (void)exec_signal_clear(world(), nt_waitable(&Event->Event));
}

BOOLEAN NTAPI NdisWaitEvent(PNDIS_EVENT Event, UINT MsToWait)
{
    if (!event_usable(&Event->Event, "NdisWaitEvent"))
        return FALSE;
    /* Learn: MsToWait 0 waits until the event is signalled. */
    uint64_t timeout = MsToWait ? MsToWait * EXEC_MS : EXEC_FOREVER;
    return exec_wait_one(nt_waitable(&Event->Event), timeout, "NdisWaitEvent") ==
           EXEC_WAIT_SIGNALLED;
}
