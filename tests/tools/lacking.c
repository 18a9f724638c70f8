/* SPDX-License-Identifier: MIT */
/* A driver that needs a function which nobody has. */
#define NDIS630 1
#include <ndis.h>

VOID NdisNoFunctionHasThisName(VOID);

DRIVER_INITIALIZE DriverEntry;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    NdisNoFunctionHasThisName();
    return STATUS_SUCCESS;
}
