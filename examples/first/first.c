/* SPDX-License-Identifier: MIT */
/* A first call manager: a miniport whose network has room for every call and every party, and loses
 * whatever is sent to it. What every driver of the kind must have besides stands in slots.h. */
#include "slots.h"

struct party {
    NDIS_HANDLE NdisPartyHandle;
};

static NDIS_STATUS AddParty(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                            NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    struct party *Party =
        NdisAllocateMemoryWithTagPriority(Driver, sizeof(*Party), 'tsrf', NormalPoolPriority);
    if (!Party)
        return NDIS_STATUS_RESOURCES;
    Party->NdisPartyHandle = NdisPartyHandle;
    *CallMgrPartyContext = Party;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS DropParty(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    NdisFreeMemory(CallMgrPartyContext, 0, 0);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS MakeCall(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                            NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    NDIS_STATUS Status = NdisMCmActivateVc(Vc, Parameters);
    if (Status != NDIS_STATUS_SUCCESS || !NdisPartyHandle)
        return Status;
    Status = AddParty(Vc, Parameters, NdisPartyHandle, CallMgrPartyContext);
    if (Status != NDIS_STATUS_SUCCESS)
        NdisMCmDeactivateVc(Vc);
    return Status;
}

static NDIS_STATUS CloseCall(NDIS_HANDLE Vc, NDIS_HANDLE CallMgrPartyContext, PVOID CloseData,
                             UINT Size)
{
    if (CallMgrPartyContext)
        DropParty(CallMgrPartyContext, CloseData, Size);
    return NdisMCmDeactivateVc(Vc);
}

static VOID Send(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    for (PNET_BUFFER_LIST List = Lists; List; List = NET_BUFFER_LIST_NEXT_NBL(List))
        NET_BUFFER_LIST_STATUS(List) = NDIS_STATUS_SUCCESS;
    NdisMCoSendNetBufferListsComplete(Vc, Lists, 0);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    Slots.CmMakeCallHandler = MakeCall;
    Slots.CmCloseCallHandler = CloseCall;
    Slots.CmAddPartyHandler = AddParty;
    Slots.CmDropPartyHandler = DropParty;
    return RegisterSlots(DriverObject, RegistryPath, Send);
}
