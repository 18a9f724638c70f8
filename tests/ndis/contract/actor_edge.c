/* SPDX-License-Identifier: MIT */
/* The two edges of the call manager, name for name. */
#include "actor.h"

static NDIS_STATUS stand_alone_create_vc(NDIS_HANDLE Af, struct cm_vc *Vc, PNDIS_HANDLE Handle)
{
    return NdisCoCreateVc(Cm.binding, Af, Vc, Handle);
}

static NDIS_STATUS mcm_create_vc(NDIS_HANDLE Af, struct cm_vc *Vc, PNDIS_HANDLE Handle)
{
    return NdisMCmCreateVc(Cm.adapter, Af, Vc, Handle);
}

const struct edge EdgeStandAlone = {
    .name = "stand-alone",
    .CreateVc = stand_alone_create_vc,
    .DeleteVc = NdisCoDeleteVc,
    .ActivateVc = NdisCmActivateVc,
    .DeactivateVc = NdisCmDeactivateVc,
    .OpenAfComplete = NdisCmOpenAddressFamilyComplete,
    .CloseAfComplete = NdisCmCloseAddressFamilyComplete,
    .RegisterSapComplete = NdisCmRegisterSapComplete,
    .DeregisterSapComplete = NdisCmDeregisterSapComplete,
    .MakeCallComplete = NdisCmMakeCallComplete,
    .CloseCallComplete = NdisCmCloseCallComplete,
    .AddPartyComplete = NdisCmAddPartyComplete,
    .DropPartyComplete = NdisCmDropPartyComplete,
    .ModifyQosComplete = NdisCmModifyCallQoSComplete,
    .IncomingCall = NdisCmDispatchIncomingCall,
    .CallConnected = NdisCmDispatchCallConnected,
    .IncomingQosChange = NdisCmDispatchIncomingCallQoSChange,
    .IncomingCloseCall = NdisCmDispatchIncomingCloseCall,
    .IncomingDropParty = NdisCmDispatchIncomingDropParty,
    .NotifyCloseAf = NdisCmNotifyCloseAddressFamily,
};

const struct edge EdgeMcm = {
    .name = "MCM",
    .CreateVc = mcm_create_vc,
    .DeleteVc = NdisMCmDeleteVc,
    .ActivateVc = NdisMCmActivateVc,
    .DeactivateVc = NdisMCmDeactivateVc,
    .OpenAfComplete = NdisMCmOpenAddressFamilyComplete,
    .CloseAfComplete = NdisMCmCloseAddressFamilyComplete,
    .RegisterSapComplete = NdisMCmRegisterSapComplete,
    .DeregisterSapComplete = NdisMCmDeregisterSapComplete,
    .MakeCallComplete = NdisMCmMakeCallComplete,
    .CloseCallComplete = NdisMCmCloseCallComplete,
    .AddPartyComplete = NdisMCmAddPartyComplete,
    .DropPartyComplete = NdisMCmDropPartyComplete,
    .ModifyQosComplete = NdisMCmModifyCallQoSComplete,
    .IncomingCall = NdisMCmDispatchIncomingCall,
    .CallConnected = NdisMCmDispatchCallConnected,
    .IncomingQosChange = NdisMCmDispatchIncomingCallQoSChange,
    .IncomingCloseCall = NdisMCmDispatchIncomingCloseCall,
    .IncomingDropParty = NdisMCmDispatchIncomingDropParty,
    .NotifyCloseAf = NdisMCmNotifyCloseAddressFamily,
};
