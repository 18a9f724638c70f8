/* SPDX-License-Identifier: MIT */
#include "client/client.h"

struct waiter {
    LIST_ENTRY link;
    KEVENT event;
};

void wait_list_init(struct wait_list *list)
{
    InitializeListHead(&list->waiters);
}

void wait_list_wake(struct wait_list *list)
{
    for (LIST_ENTRY *at = list->waiters.Flink; at != &list->waiters; at = at->Flink)
        KeSetEvent(&CONTAINING_RECORD(at, struct waiter, link)->event, IO_NO_INCREMENT, FALSE);
}

/* Absolute times are positive: a wait that is woken for nothing does not begin anew. */
static LONGLONG wait_deadline(uint32_t timeout_ms)
{
    LARGE_INTEGER now;
    KeQuerySystemTime(&now);
    return now.QuadPart + (LONGLONG)timeout_ms * 10000;
}

static condis_status wait_once(KEVENT *event, const LONGLONG *deadline)
{
    LARGE_INTEGER timeout;
    if (deadline)
        timeout.QuadPart = *deadline;
    NTSTATUS status =
        KeWaitForSingleObject(event, Executive, KernelMode, FALSE, deadline ? &timeout : NULL);
    if (status == STATUS_SUCCESS)
        return CONDIS_SUCCESS;
    return status == STATUS_TIMEOUT ? CONDIS_TIMEOUT : NDIS_STATUS_REQUEST_ABORTED;
}

condis_status wait_until(struct wait_list *list, NDIS_SPIN_LOCK *lock, bool (*ready)(void *what),
                         void *what, uint32_t timeout_ms)
{
    struct waiter self;
    condis_status status = CONDIS_SUCCESS;
    NdisAcquireSpinLock(lock);
    if (ready(what))
        return CONDIS_SUCCESS;
    NdisReleaseSpinLock(lock);
    if (timeout_ms == 0)
        return CONDIS_TIMEOUT;
    if (KeGetCurrentIrql() != PASSIVE_LEVEL)
        return NDIS_STATUS_INVALID_STATE;
    LONGLONG deadline = timeout_ms == CONDIS_FOREVER ? 0 : wait_deadline(timeout_ms);
    KeInitializeEvent(&self.event, SynchronizationEvent, FALSE);
    NdisAcquireSpinLock(lock);
    InsertTailList(&list->waiters, &self.link);
    while (!ready(what) && status == CONDIS_SUCCESS) {
        NdisReleaseSpinLock(lock);
        status = wait_once(&self.event, timeout_ms == CONDIS_FOREVER ? NULL : &deadline);
        NdisAcquireSpinLock(lock);
    }
    RemoveEntryList(&self.link);
    if (ready(what))
        return CONDIS_SUCCESS;
    NdisReleaseSpinLock(lock);
    return status;
}

struct wait_request {
    KEVENT event;
    LONG refs; /* the waiting thread and the completion */
    condis_status status;
};

struct wait_request *wait_request_begin(condis_status *status)
{
    if (KeGetCurrentIrql() != PASSIVE_LEVEL) {
        *status = NDIS_STATUS_INVALID_STATE;
        return NULL;
    }
    struct wait_request *request = client_allocate(sizeof *request);
    if (!request) {
        *status = NDIS_STATUS_RESOURCES;
        return NULL;
    }
    KeInitializeEvent(&request->event, NotificationEvent, FALSE);
    request->refs = 2;
    return request;
}

static void wait_request_let_go(struct wait_request *request)
{
    if (NdisInterlockedDecrement(&request->refs) == 0)
        client_free(request);
}

void wait_request_done(void *context, condis_status status)
{
    struct wait_request *request = context;
    request->status = status;
    KeSetEvent(&request->event, IO_NO_INCREMENT, FALSE);
    wait_request_let_go(request);
}

condis_status wait_request_end(struct wait_request *request, condis_status started)
{
    if (started != CONDIS_PENDING) {
        client_free(request);
        return started;
    }
    condis_status status = wait_once(&request->event, NULL);
    if (status == CONDIS_SUCCESS)
        status = request->status;
    wait_request_let_go(request);
    return status;
}
