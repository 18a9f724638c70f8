/* SPDX-License-Identifier: MIT */
/* The functions of a NIC as drivers know them: each goes to the medium that the port is on. */
#include <condis/nic.h>

#include "link/hub.h"
#include "link/linknic.h"
#include "link/nic.h"
#include "ndis/host.h"
#include "nt/fault.h"

static const struct nic_ops *nic_ops(PCONDIS_NIC nic)
{
    return ((const struct nic_head *)(const void *)nic)->ops;
}

static const struct nic_ops *member_ops(PCONDIS_NIC_MEMBER member)
{
    return ((const struct nic_head *)(const void *)member)->ops;
}

NDIS_STATUS NTAPI CondisNicOpen(NDIS_HANDLE MiniportAdapterHandle, PCUNICODE_STRING MediumName,
                                PCUNICODE_STRING StationName,
                                const CONDIS_NIC_CHARACTERISTICS *Characteristics, PVOID NicContext,
                                PCONDIS_NIC *Nic)
{
    struct exec *exec = ndis_adapter_exec(MiniportAdapterHandle);
    if (!exec)
        return NDIS_STATUS_ADAPTER_NOT_FOUND;
    if (nt_fault(FAULT_CondisNicOpen))
        return nt_fault_status(FAULT_CondisNicOpen);
    if (linknic_is_name(MediumName))
        return linknic_open(exec, MediumName, Characteristics, NicContext, Nic);
    return hub_open(exec, MediumName, StationName, Characteristics, NicContext, Nic);
}

VOID NTAPI CondisNicClose(PCONDIS_NIC Nic)
{
    nic_ops(Nic)->close(Nic);
}

ULONG NTAPI CondisNicPort(PCONDIS_NIC Nic)
{
    return nic_ops(Nic)->port(Nic);
}

VOID NTAPI CondisNicSend(PCONDIS_NIC Nic, PCONDIS_FRAME Frame)
{
    if (nt_fault(FAULT_link_cut))
        nic_ops(Nic)->cut(Nic);
    if (nt_fault(FAULT_frame_failed))
        nic_ops(Nic)->finish(Nic, Frame, nt_fault_status(FAULT_frame_failed));
    else if (nt_fault(FAULT_frame_lost))
        nic_ops(Nic)->finish(Nic, Frame, nt_fault_status(FAULT_frame_lost));
    else
        nic_ops(Nic)->send(Nic, Frame);
}

NDIS_STATUS NTAPI CondisNicJoin(PCONDIS_NIC Nic, ULONG Channel, PVOID ChannelContext, BOOLEAN Held,
                                PCONDIS_NIC_MEMBER *Member)
{
    if (nt_fault(FAULT_CondisNicJoin))
        return nt_fault_status(FAULT_CondisNicJoin);
    return nic_ops(Nic)->join(Nic, Channel, ChannelContext, Held, Member);
}

VOID NTAPI CondisNicResume(PCONDIS_NIC_MEMBER Member)
{
    member_ops(Member)->resume(Member);
}

VOID NTAPI CondisNicLeave(PCONDIS_NIC_MEMBER Member)
{
    member_ops(Member)->leave(Member);
}

VOID NTAPI CondisNicReturn(PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame)
{
    member_ops(Member)->give_back(Member, Frame);
}

NDIS_STATUS NTAPI CondisNicStatistics(PCONDIS_NIC Nic, PCONDIS_NIC_STATISTICS Statistics)
{
    return nic_ops(Nic)->statistics(Nic, Statistics);
}
