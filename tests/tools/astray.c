/* SPDX-License-Identifier: MIT */
/* A driver that makes one mistake in the routine of a timer, which a simulated world runs on a
 * fiber. MISTAKE: 0 it frees memory with another tag, 1 it writes behind a block, 2 it reads a
 * freed one, 3 it calls itself without end, 4 it writes through a null pointer. */
#define NDIS630 1
#include <ndis.h>

#define TAG 'tsaA'

struct note {
    ULONG Number;
    UCHAR Text[12];
};

static KTIMER Timer;
static KDPC Dpc;

/* Volatile, and not static: no checker of sources sees a mistake, or one that is left out. */
volatile ULONG Offset = sizeof(struct note);
volatile ULONG_PTR Deep = 1;

#if MISTAKE == 0
static VOID Forget(struct note *Note)
{
    ExFreePoolWithTag(Note, 'rehO');
    Offset = 0;
}
#elif MISTAKE == 1
static VOID Forget(struct note *Note)
{
    ((volatile UCHAR *)Note)[Offset] = 7;
    ExFreePoolWithTag(Note, TAG);
}
#elif MISTAKE == 2
static VOID Forget(struct note *Note)
{
    volatile struct note *Late = Note;
    ExFreePoolWithTag(Note, TAG);
    Offset = Late->Number;
}
#elif MISTAKE == 4
static VOID Forget(struct note *Note)
{
    ExFreePoolWithTag(Note, TAG);
    *(volatile UCHAR *)(Deep - 1) = 7;
}
#else
static ULONG_PTR Dig(ULONG_PTR Depth)
{
    volatile ULONG_PTR Hole[64] = {Depth};
    return Deep ? Dig(Depth + 1) + Hole[Depth % 64] : Hole[0];
}

static VOID Forget(struct note *Note)
{
    Deep = Dig(0);
    ExFreePoolWithTag(Note, TAG);
}
#endif

static KDEFERRED_ROUTINE TimerRoutine;
static VOID NTAPI TimerRoutine(PKDPC Self, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Self);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Forget(Context);
}

static DRIVER_UNLOAD Unload;
static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    KeFlushQueuedDpcs();
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    LARGE_INTEGER Due;
    struct note *Note = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Note), TAG);
    UNREFERENCED_PARAMETER(RegistryPath);
    if (!Note)
        return STATUS_INSUFFICIENT_RESOURCES;
    Note->Number = 42;
    DriverObject->DriverUnload = Unload;
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, TimerRoutine, Note);
    Due.QuadPart = -10000; /* one millisecond */
    KeSetTimer(&Timer, Due, &Dpc);
    return STATUS_SUCCESS;
}
