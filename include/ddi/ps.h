/* SPDX-License-Identifier: MIT */
/* System threads and the handles and references that lead to them. */
#ifndef CONDIS_DDI_PS_H
#define CONDIS_DDI_PS_H

#include "ke_object.h"

typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _KTHREAD *PETHREAD;
typedef struct _EPROCESS *PEPROCESS;

typedef struct _CLIENT_ID {
    HANDLE UniqueProcess;
    HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _OBJECT_HANDLE_INFORMATION {
    ULONG HandleAttributes;
    ACCESS_MASK GrantedAccess;
} OBJECT_HANDLE_INFORMATION, *POBJECT_HANDLE_INFORMATION;

#define DELETE                   0x00010000U
#define READ_CONTROL             0x00020000U
#define SYNCHRONIZE              0x00100000U
#define STANDARD_RIGHTS_REQUIRED 0x000F0000U
#define GENERIC_READ             0x80000000U
#define GENERIC_WRITE            0x40000000U
#define GENERIC_ALL              0x10000000U
#define THREAD_ALL_ACCESS        (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFFU)
#define LOW_PRIORITY             0
#define LOW_REALTIME_PRIORITY    16
#define HIGH_PRIORITY            31

/* Learn: KSTART_ROUTINE (ThreadStart). Runs at PASSIVE_LEVEL. */
typedef VOID(NTAPI KSTART_ROUTINE)(_In_ PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

extern POBJECT_TYPE *PsThreadType;

/* Learn: PsCreateSystemThread. The handle is closed with ZwClose. */
_Must_inspect_result_
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI PsCreateSystemThread(_Out_ PHANDLE ThreadHandle, _In_ ULONG DesiredAccess,
                                    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                    _In_opt_ HANDLE ProcessHandle, _Out_opt_ PCLIENT_ID ClientId,
                                    _In_ PKSTART_ROUTINE StartRoutine, _In_opt_ PVOID StartContext);
/* Learn: PsTerminateSystemThread. Called by the thread itself; returns only on an error. */
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI PsTerminateSystemThread(_In_ NTSTATUS ExitStatus);
/* Learn: PsGetCurrentThread. */
PETHREAD NTAPI PsGetCurrentThread(VOID);
#define KeGetCurrentThread() ((PRKTHREAD)PsGetCurrentThread())
/* Learn: PsGetCurrentThreadId. */
HANDLE NTAPI PsGetCurrentThreadId(VOID);
/* Learn: KeSetPriorityThread. Returns the priority before. */
KPRIORITY NTAPI KeSetPriorityThread(_Inout_ PKTHREAD Thread, _In_ KPRIORITY Priority);

/* Learn: ObReferenceObjectByHandle. */
_Must_inspect_result_
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ObReferenceObjectByHandle(_In_ HANDLE Handle, _In_ ACCESS_MASK DesiredAccess,
                                         _In_opt_ POBJECT_TYPE ObjectType,
                                         _In_ KPROCESSOR_MODE AccessMode, _Out_ PVOID *Object,
                                         _Out_opt_ POBJECT_HANDLE_INFORMATION HandleInformation);
/* Learn: ObReferenceObject. */
_IRQL_requires_max_(DISPATCH_LEVEL)
LONG_PTR NTAPI ObReferenceObject(_In_ PVOID Object);
/* Learn: ObDereferenceObject. */
_IRQL_requires_max_(DISPATCH_LEVEL)
LONG_PTR NTAPI ObDereferenceObject(_In_ PVOID Object);
/* Learn: ZwClose. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ZwClose(_In_ HANDLE Handle);

#endif
