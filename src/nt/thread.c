/* SPDX-License-Identifier: MIT */
/* System threads as drivers see them: handles, which ZwClose ends, and references to thread
 * objects. */
#include <stdlib.h>

#include "nt/fault.h"
#include "nt/waits.h"

#define HANDLE_ALIVE 0x64726874u /* "thrd" */

struct thread_handle {
    struct nt_account account;
    uint32_t alive;
    struct exec_thread *thread;
};

struct thread_start {
    PKSTART_ROUTINE routine;
    PVOID context;
};

/* What the type is does not matter, only that everybody means the same. */
static struct _OBJECT_TYPE {
    char unused;
} thread_type;
static POBJECT_TYPE thread_type_pointer = &thread_type;
POBJECT_TYPE *PsThreadType = &thread_type_pointer;

static void thread_main(void *context)
{
    struct thread_start start = *(struct thread_start *)context;
    free(context);
    start.routine(start.context);
}

NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                                    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
                                    PVOID StartContext)
{
    static const char function[] = "PsCreateSystemThread";
    (void)DesiredAccess;
    (void)ObjectAttributes;
    (void)ProcessHandle;
    if (!nt_not_null(ThreadHandle, function, "ThreadHandle") ||
        !nt_not_null((const void *)(uintptr_t)StartRoutine, function, "StartRoutine"))
        return STATUS_INVALID_PARAMETER;
    if (!nt_irql_max(APC_LEVEL, function))
        return STATUS_INVALID_DEVICE_STATE;
    if (nt_fault(FAULT_PsCreateSystemThread))
        return nt_fault_status(FAULT_PsCreateSystemThread);
    struct thread_handle *handle = calloc(1, sizeof(*handle));
    struct thread_start *start = malloc(sizeof(*start));
    if (!handle || !start)
        goto no_memory;
    *start = (struct thread_start){StartRoutine, StartContext};
    handle->thread = exec_thread_create(exec_current()->exec, thread_main, start);
    if (!handle->thread)
        goto no_memory;
    handle->alive = HANDLE_ALIVE;
    nt_account_open(&handle->account, NT_THREAD, sizeof(*handle), 0, NT_CALLER());
    if (ClientId)
        *ClientId = (CLIENT_ID){.UniqueThread = handle->thread};
    *ThreadHandle = handle;
    return STATUS_SUCCESS;
no_memory:
    free(handle);
    free(start);
    return STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    (void)ExitStatus; /* nobody can ask for it */
    if (!exec_current()->thread) {
        nt_break(RULE_CALL_WRONG_PHASE, "PsTerminateSystemThread",
                 "called by something that is not a system thread");
        return STATUS_INVALID_PARAMETER;
    }
    exec_thread_exit();
}

PETHREAD NTAPI PsGetCurrentThread(VOID)
{
    struct exec_task *task = exec_current();
    return task->thread ? (PETHREAD)(void *)task->thread : (PETHREAD)(void *)task;
}

HANDLE NTAPI PsGetCurrentThreadId(VOID)
{
    /* Windows' ids are multiples of four, none is zero. */
    return (HANDLE)(uintptr_t)(4 * (exec_current()->id + 1ull));
}

KPRIORITY NTAPI KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
    (void)nt_not_null(Thread, "KeSetPriorityThread", "Thread");
    (void)Priority; /* every thread runs at the system's own priority, Windows' 8 */
    return 8;
}

/* ---- handles and references ---- */

static struct thread_handle *handle_of(HANDLE Handle, const char *function)
{
    struct thread_handle *handle = Handle;
    if (!nt_not_null(Handle, function, "Handle"))
        return NULL;
    if (handle->alive == HANDLE_ALIVE)
        return handle;
    nt_break(RULE_ARGUMENT_BAD, function, "this is not a handle");
    return NULL;
}

/* One reference that a driver took, in its account until it gives one back. */
struct reference {
    struct nt_account account;
    PVOID object;
};

_Static_assert(offsetof(struct reference, account) == 0, "an account leads to its reference");
_Static_assert(offsetof(struct thread_handle, account) == 0, "an account leads to its handle");

/* Without memory it is not accounted: a reference cannot fail. */
static void account_reference(PVOID object, const void *caller)
{
    struct reference *reference = malloc(sizeof(*reference));
    if (!reference)
        return;
    reference->object = object;
    nt_account_open(&reference->account, NT_REFERENCE, sizeof(*reference), 0, caller);
    if (!reference->account.owner)
        free(reference);
}

static bool refers_to(const void *object, const struct nt_account *account)
{
    return ((const struct reference *)(const void *)account)->object == object;
}

NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                         POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                         PVOID *Object,
                                         POBJECT_HANDLE_INFORMATION HandleInformation)
{
    static const char function[] = "ObReferenceObjectByHandle";
    (void)AccessMode;
    if (!nt_irql_max(PASSIVE_LEVEL, function) || !nt_not_null(Object, function, "Object"))
        return STATUS_INVALID_PARAMETER;
    *Object = NULL;
    struct thread_handle *handle = handle_of(Handle, function);
    if (!handle)
        return STATUS_INVALID_HANDLE;
    if (ObjectType && ObjectType != *PsThreadType)
        return STATUS_OBJECT_TYPE_MISMATCH;
    exec_thread_hold(handle->thread);
    *Object = handle->thread;
    account_reference(handle->thread, NT_CALLER());
    if (HandleInformation)
        *HandleInformation = (OBJECT_HANDLE_INFORMATION){.GrantedAccess = DesiredAccess};
    return STATUS_SUCCESS;
}

static bool object_usable(PVOID Object, const char *function)
{
    if (!nt_not_null(Object, function, "Object"))
        return false;
    if (nt_waitable(Object)->kind == EXEC_THREAD)
        return true;
    nt_break(RULE_ARGUMENT_BAD, function, "this is not an object");
    return false;
}

LONG_PTR NTAPI ObReferenceObject(PVOID Object)
{
    if (!object_usable(Object, "ObReferenceObject"))
        return 0;
    account_reference(Object, NT_CALLER());
    return (LONG_PTR)exec_thread_hold(Object);
}

LONG_PTR NTAPI ObDereferenceObject(PVOID Object)
{
    if (!object_usable(Object, "ObDereferenceObject"))
        return 0;
    free(nt_account_take(NT_REFERENCE, refers_to, Object)); /* NULL: another driver's */
    return (LONG_PTR)exec_thread_release(Object);
}

NTSTATUS NTAPI ZwClose(HANDLE Handle)
{
    struct thread_handle *handle = handle_of(Handle, "ZwClose");
    if (!handle)
        return STATUS_INVALID_HANDLE;
    (void)nt_irql_max(PASSIVE_LEVEL, "ZwClose");
    nt_account_close(&handle->account);
    handle->alive = 0;
    (void)exec_thread_release(handle->thread);
    free(handle);
    return STATUS_SUCCESS;
}

/* Both begin with their account. */
static void end_accounts(struct exec_link *head,
                         struct exec_thread *(*thread_of)(struct nt_account *))
{
    while (!exec_list_empty(head)) {
        struct nt_account *account = EXEC_CONTAINER(head->next, struct nt_account, link);
        nt_account_close(account);
        (void)exec_thread_release(thread_of(account));
        free(account);
    }
}

static struct exec_thread *thread_of_handle(struct nt_account *account)
{
    return ((struct thread_handle *)(void *)account)->thread;
}

static struct exec_thread *thread_of_reference(struct nt_account *account)
{
    return ((struct reference *)(void *)account)->object;
}

void nt_threads_end(struct nt_owner *owner)
{
    for (unsigned i = 0; i < NT_SHARDS; i++) {
        end_accounts(&owner->shards[i].live[NT_THREAD], thread_of_handle);
        end_accounts(&owner->shards[i].live[NT_REFERENCE], thread_of_reference);
    }
}
