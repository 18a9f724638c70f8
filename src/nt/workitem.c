/* SPDX-License-Identifier: MIT */
/* Work items of all three kinds: ExQueueWorkItem, IoQueueWorkItem, NdisQueueIoWorkItem. */
#include <stdlib.h>

#include "nt/exec_inside.h"
#include "nt/fault.h"
#include "nt/windows.h"

_Static_assert(sizeof(struct exec_work) == sizeof(WORK_QUEUE_ITEM), "lives inside it");
_Static_assert(offsetof(struct exec_work, routine) == offsetof(WORK_QUEUE_ITEM, WorkerRoutine),
               "same place");
_Static_assert(offsetof(struct exec_work, context) == offsetof(WORK_QUEUE_ITEM, Parameter),
               "same place");

VOID NTAPI ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    struct exec_task *task = exec_current();
    (void)QueueType; /* one pool serves every urgency */
    if (!nt_not_null(WorkItem, "ExQueueWorkItem", "WorkItem") ||
        !nt_irql_max(DISPATCH_LEVEL, "ExQueueWorkItem"))
        return;
    if (!WorkItem->WorkerRoutine) {
        nt_break(RULE_ARGUMENT_NULL, "ExQueueWorkItem", "the item has no routine");
        return;
    }
    struct exec_work *work = (struct exec_work *)(void *)WorkItem;
    if (!__atomic_load_n(&work->next, __ATOMIC_ACQUIRE))
        work->owner_kind = (uintptr_t)task->owner | 1;
    if (!exec_work_queue(task->exec, work))
        nt_break(RULE_WORKITEM_QUEUED_TWICE, "ExQueueWorkItem", NULL);
}

void nt_work_call(struct exec_work *copy)
{
    PWORKER_THREAD_ROUTINE routine;
    __builtin_memcpy(&routine, &copy->routine, sizeof(routine));
    uint32_t locks_held = exec_current()->locks_held;
    routine(copy->context);
    nt_routine_returned("WorkerRoutine", PASSIVE_LEVEL, locks_held);
}

/* ---- allocated work items ---- */

#define ITEM_ALIVE 0x6d657469u /* "item" */

/* Both IO_WORKITEM and NDIS' handle; the routine decides which arguments it gets. */
struct _IO_WORKITEM {
    struct nt_account account;
    struct exec_work work;
    uint32_t alive;
    PDEVICE_OBJECT device;
    PIO_WORKITEM_ROUTINE io_routine;
    NDIS_IO_WORKITEM_ROUTINE ndis_routine;
    PVOID context;
};

static void item_run(struct exec_work *work)
{
    struct _IO_WORKITEM *item = EXEC_CONTAINER(work, struct _IO_WORKITEM, work);
    uint32_t locks_held = exec_current()->locks_held;
    if (item->ndis_routine) /* either routine may free the item */
        item->ndis_routine(item->context, item);
    else
        item->io_routine(item->device, item->context);
    nt_routine_returned("a work item's routine", PASSIVE_LEVEL, locks_held);
}

static struct _IO_WORKITEM *item_create(PDEVICE_OBJECT device, const char *function,
                                        const void *caller)
{
    if (!nt_irql_max(DISPATCH_LEVEL, function))
        return NULL;
    struct _IO_WORKITEM *item = calloc(1, sizeof(*item));
    if (!item)
        return NULL;
    item->alive = ITEM_ALIVE;
    item->device = device;
    exec_work_init(&item->work, item_run, NULL);
    nt_account_open(&item->account, NT_WORK_ITEM, sizeof(*item), 0, caller);
    return item;
}

static bool item_usable(const struct _IO_WORKITEM *item, const char *function)
{
    if (!nt_not_null(item, function, "the work item"))
        return false;
    if (item->alive == ITEM_ALIVE)
        return true;
    nt_break(RULE_ARGUMENT_BAD, function, "this is not a work item");
    return false;
}

static bool item_queued(struct _IO_WORKITEM *item)
{
    return __atomic_load_n(&item->work.next, __ATOMIC_ACQUIRE) != NULL;
}

static void item_queue(struct _IO_WORKITEM *item, const char *function)
{
    if (!exec_work_queue(exec_current()->exec, &item->work))
        nt_break(RULE_WORKITEM_QUEUED_TWICE, function, NULL);
}

static void item_free(struct _IO_WORKITEM *item, const char *function)
{
    if (!item_usable(item, function) || !nt_irql_max(DISPATCH_LEVEL, function))
        return;
    if (item_queued(item)) {
        nt_break(RULE_WORKITEM_FREED_QUEUED, function, NULL);
        return;
    }
    nt_account_close(&item->account);
    item->alive = 0;
    free(item);
}

PIO_WORKITEM NTAPI IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
    if (nt_fault(FAULT_IoAllocateWorkItem))
        return NULL;
    return item_create(DeviceObject, "IoAllocateWorkItem", NT_CALLER());
}

VOID NTAPI IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
                           WORK_QUEUE_TYPE QueueType, PVOID Context)
{
    (void)QueueType;
    if (!item_usable(IoWorkItem, "IoQueueWorkItem") ||
        !nt_irql_max(DISPATCH_LEVEL, "IoQueueWorkItem"))
        return;
    if (item_queued(IoWorkItem)) {
        nt_break(RULE_WORKITEM_QUEUED_TWICE, "IoQueueWorkItem", NULL);
        return;
    }
    IoWorkItem->ndis_routine = NULL;
    IoWorkItem->io_routine = WorkerRoutine;
    IoWorkItem->context = Context;
    item_queue(IoWorkItem, "IoQueueWorkItem");
}

VOID NTAPI IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
    item_free(IoWorkItem, "IoFreeWorkItem");
}

NDIS_HANDLE NTAPI NdisAllocateIoWorkItem(NDIS_HANDLE NdisObjectHandle)
{
    (void)NdisObjectHandle;
    if (nt_fault(FAULT_NdisAllocateIoWorkItem))
        return NULL;
    return item_create(NULL, "NdisAllocateIoWorkItem", NT_CALLER());
}

VOID NTAPI NdisQueueIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle, NDIS_IO_WORKITEM_ROUTINE Routine,
                               PVOID WorkItemContext)
{
    struct _IO_WORKITEM *item = NdisIoWorkItemHandle;
    if (!item_usable(item, "NdisQueueIoWorkItem") ||
        !nt_irql_max(DISPATCH_LEVEL, "NdisQueueIoWorkItem") ||
        !nt_not_null((const void *)(uintptr_t)Routine, "NdisQueueIoWorkItem", "Routine"))
        return;
    if (item_queued(item)) {
        nt_break(RULE_WORKITEM_QUEUED_TWICE, "NdisQueueIoWorkItem", NULL);
        return;
    }
    item->ndis_routine = Routine;
    item->context = WorkItemContext;
    item_queue(item, "NdisQueueIoWorkItem");
}

VOID NTAPI NdisFreeIoWorkItem(NDIS_HANDLE NdisIoWorkItemHandle)
{
    item_free(NdisIoWorkItemHandle, "NdisFreeIoWorkItem");
}
