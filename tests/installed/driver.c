/* SPDX-License-Identifier: MIT */
/* The smallest driver: built from the installed headers, it says a line and stays. */
#include <ndis.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD InstalledUnload;

static VOID InstalledUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = InstalledUnload;
    DbgPrint("the installed driver is here\n");
    return STATUS_SUCCESS;
}
