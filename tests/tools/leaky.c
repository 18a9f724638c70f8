/* SPDX-License-Identifier: MIT */
/* A driver that leaves a block of memory behind. */
#define NDIS630 1
#include <ndis.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LeakyUnload;

static VOID NTAPI LeakyUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = LeakyUnload;
    if (!ExAllocatePoolWithTag(NonPagedPoolNx, 64, 'ykaL'))
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}
