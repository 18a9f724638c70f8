/* SPDX-License-Identifier: MIT */
/* Clocks and processors of the host. Times are in 100 ns unless said otherwise. */
#ifndef CONDIS_DDI_KE_TIME_H
#define CONDIS_DDI_KE_TIME_H

#include "ke_irql.h"

#define ALL_PROCESSOR_GROUPS 0xffff

typedef struct _PROCESSOR_NUMBER {
    USHORT Group;
    UCHAR Number;
    UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef struct _GROUP_AFFINITY {
    KAFFINITY Mask;
    USHORT Group;
    USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;

/* Learn: KeQuerySystemTime. Since 1601-01-01. */
VOID NTAPI KeQuerySystemTime(_Out_ PLARGE_INTEGER CurrentTime);
/* Learn: KeQuerySystemTimePrecise. */
VOID NTAPI KeQuerySystemTimePrecise(_Out_ PLARGE_INTEGER CurrentTime);
/* Learn: KeQueryTickCount. In ticks of KeQueryTimeIncrement. */
VOID NTAPI KeQueryTickCount(_Out_ PLARGE_INTEGER CurrentCount);
/* Learn: KeQueryTimeIncrement. 100 ns units per tick. */
ULONG NTAPI KeQueryTimeIncrement(VOID);
/* Learn: KeQueryInterruptTime. Since the host started. */
ULONGLONG NTAPI KeQueryInterruptTime(VOID);
/* Learn: KeQueryUnbiasedInterruptTime. */
ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID);
/* Learn: KeQueryPerformanceCounter. PerformanceFrequency in counts per second. */
LARGE_INTEGER NTAPI KeQueryPerformanceCounter(_Out_opt_ PLARGE_INTEGER PerformanceFrequency);
/* Learn: KeStallExecutionProcessor. */
VOID NTAPI KeStallExecutionProcessor(_In_ ULONG MicroSeconds);

/* Learn: KeGetCurrentProcessorNumber. */
ULONG NTAPI KeGetCurrentProcessorNumber(VOID);
/* Learn: KeGetCurrentProcessorNumberEx. */
ULONG NTAPI KeGetCurrentProcessorNumberEx(_Out_opt_ PPROCESSOR_NUMBER ProcNumber);
/* Learn: KeQueryActiveProcessorCount. */
ULONG NTAPI KeQueryActiveProcessorCount(_Out_opt_ PKAFFINITY ActiveProcessors);
/* Learn: KeQueryActiveProcessorCountEx. */
ULONG NTAPI KeQueryActiveProcessorCountEx(_In_ USHORT GroupNumber);
/* Learn: KeQueryMaximumProcessorCount. */
ULONG NTAPI KeQueryMaximumProcessorCount(VOID);
/* Learn: KeQueryMaximumProcessorCountEx. */
ULONG NTAPI KeQueryMaximumProcessorCountEx(_In_ USHORT GroupNumber);
/* Learn: KeQueryActiveProcessors. */
KAFFINITY NTAPI KeQueryActiveProcessors(VOID);

#endif
