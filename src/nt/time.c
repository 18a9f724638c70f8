/* SPDX-License-Identifier: MIT */
/* Clocks and stalls. */
#include "nt/windows.h"

static const struct exec_world *world(void)
{
    return exec_current()->exec->world;
}

/* One tick of the system clock, as on Windows: 15.625 ms. */
#define TICK_100NS 156250u

VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)exec_system_time(world());
}

VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)exec_system_time(world());
}

VOID NTAPI KeQueryTickCount(PLARGE_INTEGER CurrentCount)
{
    CurrentCount->QuadPart = (LONGLONG)(exec_now(world()) / TICK_100NS);
}

ULONG NTAPI KeQueryTimeIncrement(VOID)
{
    return TICK_100NS;
}

ULONGLONG NTAPI KeQueryInterruptTime(VOID)
{
    return exec_now(world());
}

ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID)
{
    return exec_now(world());
}

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER count = {.QuadPart = (LONGLONG)exec_now(world())};
    if (PerformanceFrequency)
        PerformanceFrequency->QuadPart = (LONGLONG)EXEC_SECOND;
    return count;
}

VOID NTAPI KeStallExecutionProcessor(ULONG MicroSeconds)
{
    exec_stall(MicroSeconds * 10ull);
}

VOID NTAPI NdisGetCurrentSystemTime(PLARGE_INTEGER pSystemTime)
{
    KeQuerySystemTime(pSystemTime);
}

VOID NTAPI NdisGetSystemUpTimeEx(PLARGE_INTEGER pSystemUpTime)
{
    pSystemUpTime->QuadPart = (LONGLONG)(exec_now(world()) / EXEC_MS);
}
