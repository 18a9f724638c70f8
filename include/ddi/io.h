/* SPDX-License-Identifier: MIT */
/* Driver and device objects, the driver's entry points, and I/O work items. */
#ifndef CONDIS_DDI_IO_H
#define CONDIS_DDI_IO_H

#include "ex_work.h"

#define IRP_MJ_MAXIMUM_FUNCTION      0x1b
#define FILE_DEVICE_NETWORK          0x00000012
#define FILE_DEVICE_PHYSICAL_NETCARD 0x00000017
#define FILE_DEVICE_SECURE_OPEN      0x00000100

struct _DEVICE_OBJECT;
struct _DRIVER_OBJECT;
struct _IRP;
typedef struct _IRP *PIRP;

/* Learn: DRIVER_INITIALIZE (DriverEntry). PASSIVE_LEVEL. */
typedef NTSTATUS(NTAPI DRIVER_INITIALIZE)(_In_ struct _DRIVER_OBJECT *DriverObject,
                                          _In_ PUNICODE_STRING RegistryPath);
typedef DRIVER_INITIALIZE *PDRIVER_INITIALIZE;
/* Learn: DRIVER_UNLOAD. PASSIVE_LEVEL. */
typedef VOID(NTAPI DRIVER_UNLOAD)(_In_ struct _DRIVER_OBJECT *DriverObject);
typedef DRIVER_UNLOAD *PDRIVER_UNLOAD;
/* Learn: DRIVER_DISPATCH. */
typedef NTSTATUS(NTAPI DRIVER_DISPATCH)(_In_ struct _DEVICE_OBJECT *DeviceObject,
                                        _Inout_ struct _IRP *Irp);
typedef DRIVER_DISPATCH *PDRIVER_DISPATCH;
/* Learn: DRIVER_STARTIO. */
typedef VOID(NTAPI DRIVER_STARTIO)(_Inout_ struct _DEVICE_OBJECT *DeviceObject,
                                   _Inout_ struct _IRP *Irp);
typedef DRIVER_STARTIO *PDRIVER_STARTIO;

typedef struct _KDEVICE_QUEUE {
    CSHORT Type;
    CSHORT Size;
    LIST_ENTRY DeviceListHead;
    KSPIN_LOCK Lock;
    BOOLEAN Busy;
} KDEVICE_QUEUE, *PKDEVICE_QUEUE;

typedef struct DECLSPEC_ALIGN(16) _DEVICE_OBJECT {
    CSHORT Type;
    USHORT Size;
    LONG ReferenceCount;
    struct _DRIVER_OBJECT *DriverObject;
    struct _DEVICE_OBJECT *NextDevice;
    struct _DEVICE_OBJECT *AttachedDevice;
    struct _IRP *CurrentIrp;
    PVOID Timer;
    ULONG Flags;
    ULONG Characteristics;
    PVOID Vpb;
    PVOID DeviceExtension;
    ULONG DeviceType;
    CCHAR StackSize;
    union {
        LIST_ENTRY ListEntry;
        ULONG_PTR WaitContextBlock[9];
    } Queue;
    ULONG AlignmentRequirement;
    KDEVICE_QUEUE DeviceQueue;
    KDPC Dpc;
    ULONG ActiveThreadCount;
    PVOID SecurityDescriptor;
    KEVENT DeviceLock;
    USHORT SectorSize;
    USHORT Spare1;
    PVOID DeviceObjectExtension;
    PVOID Reserved;
} DEVICE_OBJECT, *PDEVICE_OBJECT;

typedef struct _DRIVER_EXTENSION {
    struct _DRIVER_OBJECT *DriverObject;
    PVOID AddDevice;
    ULONG Count;
    UNICODE_STRING ServiceKeyName;
} DRIVER_EXTENSION, *PDRIVER_EXTENSION;

typedef struct _DRIVER_OBJECT {
    CSHORT Type;
    CSHORT Size;
    PDEVICE_OBJECT DeviceObject;
    ULONG Flags;
    PVOID DriverStart;
    ULONG DriverSize;
    PVOID DriverSection;
    PDRIVER_EXTENSION DriverExtension;
    UNICODE_STRING DriverName;
    PUNICODE_STRING HardwareDatabase;
    PVOID FastIoDispatch;
    PDRIVER_INITIALIZE DriverInit;
    PDRIVER_STARTIO DriverStartIo;
    PDRIVER_UNLOAD DriverUnload;
    PDRIVER_DISPATCH MajorFunction[IRP_MJ_MAXIMUM_FUNCTION + 1];
} DRIVER_OBJECT, *PDRIVER_OBJECT;

/* What IoAllocateWorkItem gives: opaque to drivers. */
typedef struct _IO_WORKITEM IO_WORKITEM, *PIO_WORKITEM;

/* Learn: IO_WORKITEM_ROUTINE. Runs at PASSIVE_LEVEL. */
typedef VOID(NTAPI IO_WORKITEM_ROUTINE)(_In_ PDEVICE_OBJECT DeviceObject, _In_opt_ PVOID Context);
typedef IO_WORKITEM_ROUTINE *PIO_WORKITEM_ROUTINE;

/* Learn: IoAllocateWorkItem. NULL on failure. */
_Must_inspect_result_
_IRQL_requires_max_(DISPATCH_LEVEL)
PIO_WORKITEM NTAPI IoAllocateWorkItem(_In_ PDEVICE_OBJECT DeviceObject);
/* Learn: IoQueueWorkItem. QueueType is a WORK_QUEUE_TYPE. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoQueueWorkItem(_Inout_ PIO_WORKITEM IoWorkItem, _In_ PIO_WORKITEM_ROUTINE WorkerRoutine,
                           _In_ WORK_QUEUE_TYPE QueueType, _In_opt_ PVOID Context);
/* Learn: IoFreeWorkItem. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoFreeWorkItem(_In_ PIO_WORKITEM IoWorkItem);

#endif
