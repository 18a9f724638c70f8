/* SPDX-License-Identifier: MIT */
/* Puts one mistake into a call manager. The linker sends the right driver's calls of the functions
 * named __wrap_ here (--wrap), so its sources stay as they are. */
#include "hub.h"
#include "mistake.h"

#ifdef BROKEN_STAND_ALONE
#define RealRegisterAf      __real_NdisCmRegisterAddressFamilyEx
#define WrappedRegisterAf   __wrap_NdisCmRegisterAddressFamilyEx
#define RealDeactivateVc    __real_NdisCmDeactivateVc
#define WrappedDeactivateVc __wrap_NdisCmDeactivateVc
#define RightFillHandlers   AloneFillHandlers
#else
#define RealRegisterAf      __real_NdisMCmRegisterAddressFamilyEx
#define WrappedRegisterAf   __wrap_NdisMCmRegisterAddressFamilyEx
#define RealDeactivateVc    __real_NdisMCmDeactivateVc
#define WrappedDeactivateVc __wrap_NdisMCmDeactivateVc
#define RightFillHandlers   McmFillHandlers
#endif

BROKEN_DRIVER Broken;

static const BROKEN_ROW Mistakes[] = {
#ifdef BROKEN_STAND_ALONE
#define EDGE_MCM(Rule)
#define EDGE_ALONE(Rule) {#Rule, Break_##Rule},
#else
#define EDGE_MCM(Rule) {#Rule, Break_##Rule},
#define EDGE_ALONE(Rule)
#endif
#define EDGE_BOTH(Rule)                   {#Rule, Break_##Rule},
#define MISTAKE(Rule, Edges, Cases, Also) EDGE_##Edges(Rule)
#define STORY(Rule, Edges, Cases, Says)   EDGE_##Edges(Rule)
#define NO_MISTAKE(Rule, Reason)
#include "mistakes.def"
};

NDIS_STATUS NTAPI __real_NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);
NDIS_STATUS NTAPI __wrap_NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);
NDIS_STATUS __real_CmHubBegin(PCM_ADAPTER Adapter, struct hubsig *Engine,
                              const struct hubsig_name *Station);
NDIS_STATUS __wrap_CmHubBegin(PCM_ADAPTER Adapter, struct hubsig *Engine,
                              const struct hubsig_name *Station);
NDIS_STATUS NTAPI RealRegisterAf(NDIS_HANDLE NdisHandle, PCO_ADDRESS_FAMILY AddressFamily);
NDIS_STATUS NTAPI WrappedRegisterAf(NDIS_HANDLE NdisHandle, PCO_ADDRESS_FAMILY AddressFamily);

NDIS_STATUS NTAPI RealDeactivateVc(NDIS_HANDLE NdisVcHandle);
NDIS_STATUS NTAPI WrappedDeactivateVc(NDIS_HANDLE NdisVcHandle);
VOID __real_CmAdapterCloseFamilies(PCM_ADAPTER Adapter);
VOID __wrap_CmAdapterCloseFamilies(PCM_ADAPTER Adapter);
VOID NTAPI __real_ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);
VOID NTAPI __wrap_ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);
VOID NTAPI __real_NdisFreeMemory(PVOID Memory, UINT Length, UINT Flags);
VOID NTAPI __wrap_NdisFreeMemory(PVOID Memory, UINT Length, UINT Flags);

NDIS_STATUS RightRegisterAf(NDIS_HANDLE NdisHandle, PCO_ADDRESS_FAMILY AddressFamily)
{
    return RealRegisterAf(NdisHandle, AddressFamily);
}

NDIS_STATUS RightSetHandlers(NDIS_HANDLE NdisHandle, PVOID Handlers)
{
    return __real_NdisSetOptionalHandlers(NdisHandle, Handlers);
}

/* The connection-oriented characteristics come first: they are the time to make the mistake. */
static NDIS_STATUS BeginMistake(NDIS_HANDLE NdisHandle, PVOID Characteristics)
{
    Broken.NdisDriverHandle = NdisHandle;
    NdisMoveMemory(&Broken.Edge, &RightEdge, sizeof(Broken.Edge));
    RightFillHandlers(&Broken.Handlers);
    Broken.RegisterAf = RightRegisterAf;
    Broken.DeactivateVc = RightDeactivateVc;
    Broken.CloseFamilies = RightCloseFamilies;
#ifndef BROKEN_STAND_ALONE
    Broken.Co = Characteristics;
#else
    UNREFERENCED_PARAMETER(Characteristics);
#endif
    return BrokenPick(NdisHandle, Mistakes, sizeof(Mistakes) / sizeof(Mistakes[0]), &Broken);
}

NDIS_STATUS NTAPI __wrap_NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers)
{
    if (OptionalHandlers->Header.Type != NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS) {
        NDIS_STATUS Status = BeginMistake(NdisHandle, OptionalHandlers);
        if (Status != NDIS_STATUS_SUCCESS || Broken.SetNoCharacteristics)
            return Status;
        return RightSetHandlers(NdisHandle, OptionalHandlers);
    }
    return Broken.SetNoHandlers ? NDIS_STATUS_SUCCESS
                                : RightSetHandlers(NdisHandle, &Broken.Handlers);
}

NDIS_STATUS NTAPI RightDeactivateVc(NDIS_HANDLE NdisVcHandle)
{
    return RealDeactivateVc(NdisVcHandle);
}

NDIS_STATUS NTAPI WrappedDeactivateVc(NDIS_HANDLE NdisVcHandle)
{
    return Broken.DeactivateVc(NdisVcHandle);
}

VOID RightCloseFamilies(PCM_ADAPTER Adapter)
{
    __real_CmAdapterCloseFamilies(Adapter);
}

VOID __wrap_CmAdapterCloseFamilies(PCM_ADAPTER Adapter)
{
    Broken.CloseFamilies(Adapter);
}

VOID NTAPI __wrap_NdisFreeMemory(PVOID Memory, UINT Length, UINT Flags)
{
    if (Memory != Broken.NeverFreed)
        __real_NdisFreeMemory(Memory, Length, Flags);
}

NDIS_STATUS __wrap_CmHubBegin(PCM_ADAPTER Adapter, struct hubsig *Engine,
                              const struct hubsig_name *Station)
{
    Adapter->Edge = &Broken.Edge;
    if (Broken.AtOnce)
        Adapter->Config.PendOperations = 0;
    return __real_CmHubBegin(Adapter, Engine, Station);
}

NDIS_STATUS NTAPI WrappedRegisterAf(NDIS_HANDLE NdisHandle, PCO_ADDRESS_FAMILY AddressFamily)
{
    return Broken.RegisterAf(NdisHandle, AddressFamily);
}

VOID NTAPI __wrap_ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    if (Entry != Broken.NeverFreed)
        __real_ExFreeToNPagedLookasideList(Lookaside, Entry);
}
