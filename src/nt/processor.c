/* SPDX-License-Identifier: MIT */
/* The processors of the current host: all of them in group 0, numbered from zero. */
#include "nt/windows.h"

static ULONG processor_count(void)
{
    return exec_current()->exec->processor_count;
}

static bool group_exists(USHORT Group)
{
    return Group == 0 || Group == ALL_PROCESSOR_GROUPS;
}

ULONG NTAPI KeGetCurrentProcessorNumber(VOID)
{
    return exec_current()->processor;
}

ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber)
        *ProcNumber = NdisCurrentGroupAndProcessor();
    return exec_current()->processor;
}

ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (ActiveProcessors)
        *ActiveProcessors = KeQueryActiveProcessors();
    return processor_count();
}

ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return group_exists(GroupNumber) ? processor_count() : 0;
}

ULONG NTAPI KeQueryMaximumProcessorCount(VOID)
{
    return processor_count();
}

ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return group_exists(GroupNumber) ? processor_count() : 0;
}

KAFFINITY NTAPI KeQueryActiveProcessors(VOID)
{
    ULONG count = processor_count();
    return count == 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << count) - 1;
}

CCHAR NTAPI NdisSystemProcessorCount(VOID)
{
    return (CCHAR)processor_count();
}

ULONG NTAPI NdisGroupActiveProcessorCount(USHORT Group)
{
    return group_exists(Group) ? processor_count() : 0;
}

ULONG NTAPI NdisGroupMaxProcessorCount(USHORT Group)
{
    return group_exists(Group) ? processor_count() : 0;
}

KAFFINITY NTAPI NdisGroupActiveProcessorMask(USHORT Group)
{
    return Group == 0 ? KeQueryActiveProcessors() : 0;
}

USHORT NTAPI NdisActiveGroupCount(VOID)
{
    return 1;
}

USHORT NTAPI NdisMaxGroupCount(VOID)
{
    return 1;
}

ULONG NTAPI NdisCurrentProcessorIndex(VOID)
{
    return exec_current()->processor;
}

PROCESSOR_NUMBER NTAPI NdisCurrentGroupAndProcessor(VOID)
{
    return (PROCESSOR_NUMBER){.Number = (UCHAR)exec_current()->processor};
}

ULONG NTAPI NdisProcessorNumberToIndex(PROCESSOR_NUMBER ProcNum)
{
    return ProcNum.Group == 0 && ProcNum.Number < processor_count() ? ProcNum.Number : (ULONG)-1;
}

NDIS_STATUS NTAPI NdisProcessorIndexToNumber(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNum)
{
    if (!nt_not_null(ProcNum, "NdisProcessorIndexToNumber", "ProcNum") ||
        ProcIndex >= processor_count())
        return NDIS_STATUS_INVALID_PARAMETER;
    *ProcNum = (PROCESSOR_NUMBER){.Number = (UCHAR)ProcIndex};
    return NDIS_STATUS_SUCCESS;
}
