/* SPDX-License-Identifier: MIT */
/* A driver that touches what is not there as soon as it is entered. */
#define NDIS60          1
#define NDIS60_MINIPORT 1
#include <ndis.h>

static volatile ULONG_PTR Nothing; /* volatile: a checker of sources must not see the mistake */

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    *(volatile ULONG *)Nothing = 1;
    return STATUS_SUCCESS;
}
