/* SPDX-License-Identifier: MIT */
/* Waiting for dispatcher objects and for time. */
#include "nt/waits.h"

_Static_assert(sizeof(struct exec_waitable) == sizeof(DISPATCHER_HEADER), "lives inside it");
_Static_assert(offsetof(struct exec_waitable, waiters) == offsetof(DISPATCHER_HEADER, WaitListHead),
               "same place");

uint64_t nt_timeout(PLARGE_INTEGER timeout)
{
    if (!timeout)
        return EXEC_FOREVER;
    if (!timeout->QuadPart)
        return 0;
    const struct exec_world *world = exec_current()->exec->world;
    return nt_due(world, *timeout) - exec_now(world);
}

static bool object_usable(PVOID Object, const char *function)
{
    if (!nt_not_null(Object, function, "Object"))
        return false;
    uint8_t kind = nt_waitable(Object)->kind;
    if (kind >= EXEC_EVENT_NOTIFICATION && kind <= EXEC_THREAD)
        return true;
    nt_break(RULE_EVENT_NOT_INITIALIZED, function, "the object is not initialised");
    return false;
}

static NTSTATUS status_of(enum exec_wait_result result, uint32_t index)
{
    switch (result) {
    case EXEC_WAIT_SIGNALLED:
        return STATUS_WAIT_0 + (NTSTATUS)index;
    case EXEC_WAIT_TIMEOUT:
        return STATUS_TIMEOUT;
    case EXEC_WAIT_FORBIDDEN:
        return STATUS_INVALID_DEVICE_STATE;
    case EXEC_WAIT_STOPPED:
        break;
    }
    return STATUS_CANCELLED; /* nothing will ever signal it */
}

NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
                                     KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                     PLARGE_INTEGER Timeout)
{
    (void)WaitReason;
    (void)WaitMode;
    (void)Alertable; /* there are no APCs that could alert */
    if (!object_usable(Object, "KeWaitForSingleObject"))
        return STATUS_INVALID_PARAMETER;
    return status_of(
        exec_wait_one(nt_waitable(Object), nt_timeout(Timeout), "KeWaitForSingleObject"), 0);
}

NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
                                        KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                                        BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                        PKWAIT_BLOCK WaitBlockArray)
{
    static const char function[] = "KeWaitForMultipleObjects";
    struct exec_waitable *objects[MAXIMUM_WAIT_OBJECTS];
    (void)WaitReason;
    (void)WaitMode;
    (void)Alertable;
    uint32_t count_max = WaitBlockArray ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS;
    if (!Count || Count > count_max || (WaitType != WaitAll && WaitType != WaitAny)) {
        nt_break(RULE_ARGUMENT_BAD, function, "Count is %u, WaitType %d, WaitBlockArray %s", Count,
                 (int)WaitType, WaitBlockArray ? "given" : "NULL");
        return STATUS_INVALID_PARAMETER;
    }
    for (ULONG i = 0; i < Count; i++) {
        if (!object_usable(Object[i], function))
            return STATUS_INVALID_PARAMETER;
        objects[i] = nt_waitable(Object[i]);
    }
    uint32_t index = 0;
    enum exec_wait_result result =
        exec_wait(objects, Count, WaitType == WaitAll, nt_timeout(Timeout), &index, function);
    return status_of(result, WaitType == WaitAll ? 0 : index);
}

NTSTATUS NTAPI KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                      PLARGE_INTEGER Interval)
{
    (void)WaitMode;
    (void)Alertable;
    if (!nt_not_null(Interval, "KeDelayExecutionThread", "Interval"))
        return STATUS_INVALID_PARAMETER;
    enum exec_wait_result result = exec_sleep(nt_timeout(Interval), "KeDelayExecutionThread");
    return result == EXEC_WAIT_TIMEOUT ? STATUS_SUCCESS : status_of(result, 0);
}

VOID NTAPI NdisMSleep(ULONG MicrosecondsToSleep)
{
    (void)exec_sleep(MicrosecondsToSleep * 10ull, "NdisMSleep");
}
