/* SPDX-License-Identifier: MIT */
/* The one function of a NIC that needs to know what an adapter is; the others are in hub.c. */
#include <condis/nic.h>

#include "link/hub.h"
#include "ndis/host.h"

NDIS_STATUS NTAPI CondisNicOpen(NDIS_HANDLE MiniportAdapterHandle, PCUNICODE_STRING MediumName,
                                PCUNICODE_STRING StationName,
                                const CONDIS_NIC_CHARACTERISTICS *Characteristics, PVOID NicContext,
                                PCONDIS_NIC *Nic)
{
    struct exec *exec = ndis_adapter_exec(MiniportAdapterHandle);
    if (!exec)
        return NDIS_STATUS_ADAPTER_NOT_FOUND;
    return hub_open(exec, MediumName, StationName, Characteristics, NicContext, Nic);
}
