/* SPDX-License-Identifier: MIT */
/* The miniport's part of an MCM: what drivers/hubport asks of it, and the VCs' handlers. */
#include "mcm.h"

NDIS_STATUS McmBegin(PVOID Context, NDIS_HANDLE NdisMiniportHandle)
{
    PMCM_ADAPTER Adapter = Context;
    NDIS_STATUS Status = CmReadConfiguration(NdisMiniportHandle, &Adapter->Manager.Config);
    Adapter->Manager.Edge = &McmEdge;
    Adapter->Manager.NdisHandle = NdisMiniportHandle;
    return Status == NDIS_STATUS_SUCCESS ? CmMcmEngine.Begin(Adapter) : Status;
}

NDIS_STATUS McmOpen(PVOID Context, NDIS_HANDLE NdisMiniportHandle)
{
    CO_ADDRESS_FAMILY Family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
    PMCM_ADAPTER Adapter = Context;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    Adapter->Manager.Port = Adapter->Port.Number;
    if (CmMcmEngine.Open != NULL)
        Status = CmMcmEngine.Open(Adapter);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = NdisMCmRegisterAddressFamilyEx(NdisMiniportHandle, &Family);
    return Status;
}

VOID McmClose(PVOID Context)
{
    PMCM_ADAPTER Adapter = Context;
    CmAdapterCloseFamilies(&Adapter->Manager);
    if (CmMcmEngine.Close != NULL)
        CmMcmEngine.Close(Adapter);
}

VOID McmEnd(PVOID Context)
{
    PMCM_ADAPTER Adapter = Context;
    CmAdapterEnd(&Adapter->Manager);
}

/* NDIS never asks an MCM these two: its VCs are its own (API §3.4). */
_Use_decl_annotations_ NDIS_STATUS NTAPI McmCoActivateVc(NDIS_HANDLE MiniportVcContext,
                                                         PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI McmCoDeactivateVc(NDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_ VOID NTAPI McmCoSendNetBufferLists(NDIS_HANDLE MiniportVcContext,
                                                          PNET_BUFFER_LIST NetBufferLists,
                                                          ULONG SendFlags)
{
    PMCM_VC Vc = MiniportVcContext;
    ChannelSend(&Vc->Channel, NetBufferLists, SendFlags);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI McmCoOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                         NDIS_HANDLE MiniportVcContext,
                                                         PNDIS_OID_REQUEST OidRequest)
{
    PMCM_ADAPTER Adapter = MiniportAdapterContext;
    PMCM_VC Vc = MiniportVcContext;
    return PortOidRequest(&Adapter->Port, Vc != NULL ? &Vc->Channel : NULL, OidRequest);
}

NDIS_STATUS McmSetOptions(NDIS_HANDLE NdisDriverHandle)
{
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers;
    McmFillHandlers(&Handlers);
    return NdisSetOptionalHandlers(NdisDriverHandle, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Handlers);
}
