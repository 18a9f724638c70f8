/* SPDX-License-Identifier: MIT */
/* A miniport call manager that is right as long as it gets what it asks for. What it does when the
 * memory for a leaf's note is refused is MISTAKE: 0 what is right, 1 the leaf's own memory leaks,
 * 2 the note is written anyway, 3 the request is pended and forgotten, 4 the request is completed
 * and answered, too. */
#include "../../examples/first/slots.h"

struct party {
    NDIS_HANDLE NdisPartyHandle;
    ULONG *Note;
};

static volatile ULONG_PTR NoteField; /* volatile: a checker of sources must not see the mistake */

static NDIS_STATUS NoNote(struct party *Party)
{
    if (MISTAKE == 1)
        return NDIS_STATUS_RESOURCES;
    if (MISTAKE == 2)
        *(volatile ULONG *)((ULONG_PTR)Party->Note + NoteField) = 1;
    if (MISTAKE == 4)
        NdisMCmAddPartyComplete(NDIS_STATUS_RESOURCES, Party->NdisPartyHandle, NULL, NULL);
    NdisFreeMemory(Party, 0, 0);
    return MISTAKE == 3 ? NDIS_STATUS_PENDING : NDIS_STATUS_RESOURCES;
}

static NDIS_STATUS AddParty(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                            NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    struct party *Party =
        NdisAllocateMemoryWithTagPriority(Driver, sizeof(*Party), 'srac', NormalPoolPriority);
    if (!Party)
        return NDIS_STATUS_RESOURCES;
    Party->NdisPartyHandle = NdisPartyHandle;
    Party->Note =
        NdisAllocateMemoryWithTagPriority(Driver, sizeof(ULONG), 'srac', NormalPoolPriority);
    if (!Party->Note)
        return NoNote(Party);
    *CallMgrPartyContext = Party;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS DropParty(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    struct party *Party = CallMgrPartyContext;
    NdisFreeMemory(Party->Note, 0, 0);
    NdisFreeMemory(Party, 0, 0);
    return NDIS_STATUS_SUCCESS;
}

/* The first party has no note, so that the mistakes are those of AddParty alone. */
static NDIS_STATUS MakeCall(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                            NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    NDIS_STATUS Status = NdisMCmActivateVc(Vc, Parameters);
    if (Status == NDIS_STATUS_SUCCESS && NdisPartyHandle)
        *CallMgrPartyContext = Driver;
    return Status;
}

static NDIS_STATUS CloseCall(NDIS_HANDLE Vc, NDIS_HANDLE CallMgrPartyContext, PVOID CloseData,
                             UINT Size)
{
    if (CallMgrPartyContext && CallMgrPartyContext != Driver)
        DropParty(CallMgrPartyContext, CloseData, Size);
    return NdisMCmDeactivateVc(Vc);
}

static NDIS_STATUS DropAny(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    return CallMgrPartyContext == Driver ? NDIS_STATUS_SUCCESS
                                         : DropParty(CallMgrPartyContext, CloseData, Size);
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
    Slots.CmDropPartyHandler = DropAny;
    return RegisterSlots(DriverObject, RegistryPath, Send);
}
