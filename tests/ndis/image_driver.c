/* SPDX-License-Identifier: MIT */
/* A driver in a file, in four builds: whole, without an entry (IMAGE_NO_ENTRY), with a function
 * that nobody has (IMAGE_NEEDS), and with an entry that fails (IMAGE_FAILS). */
#define NDIS60 1
#include <ndis.h>

#ifdef IMAGE_NEEDS
VOID NTAPI NdisLevitate(VOID);
#endif

#ifdef IMAGE_NO_ENTRY
int ImageNothing;
#else
DRIVER_INITIALIZE DriverEntry;
#endif

#ifdef IMAGE_FAILS
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_INSUFFICIENT_RESOURCES;
}
#elif !defined(IMAGE_NO_ENTRY)
static int LoadCount; /* this copy's own */

static DRIVER_UNLOAD ImageUnload;

static VOID ImageUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
#ifdef IMAGE_NEEDS
    NdisLevitate();
#endif
    DriverObject->DriverUnload = ImageUnload;
    DbgPrint("load %d\n", ++LoadCount);
    return STATUS_SUCCESS;
}
#endif
