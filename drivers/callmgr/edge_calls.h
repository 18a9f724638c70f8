/* SPDX-License-Identifier: MIT */
/* The calls into NDIS that both edges have under different names. A driver defines CM_NDIS(name) as
 * NdisCm##name or NdisMCm##name, which may be macros, and includes this once. */
#ifndef CM_EDGE_CALLS_H
#define CM_EDGE_CALLS_H

#include "callmgr.h"

static VOID EdgeOpenAfComplete(NDIS_STATUS Status, NDIS_HANDLE Af, NDIS_HANDLE Context)
{
    CM_NDIS(OpenAddressFamilyComplete)(Status, Af, Context);
}

static VOID EdgeCloseAfComplete(NDIS_STATUS Status, NDIS_HANDLE Af)
{
    CM_NDIS(CloseAddressFamilyComplete)(Status, Af);
}

static VOID EdgeRegisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE Sap, NDIS_HANDLE Context)
{
    CM_NDIS(RegisterSapComplete)(Status, Sap, Context);
}

static VOID EdgeDeregisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE Sap)
{
    CM_NDIS(DeregisterSapComplete)(Status, Sap);
}

static VOID EdgeMakeCallComplete(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party,
                                 NDIS_HANDLE Context, PCO_CALL_PARAMETERS Parameters)
{
    CM_NDIS(MakeCallComplete)(Status, Vc, Party, Context, Parameters);
}

static VOID EdgeCloseCallComplete(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party)
{
    CM_NDIS(CloseCallComplete)(Status, Vc, Party);
}

static VOID EdgeAddPartyComplete(NDIS_STATUS Status, NDIS_HANDLE Party, NDIS_HANDLE Context,
                                 PCO_CALL_PARAMETERS Parameters)
{
    CM_NDIS(AddPartyComplete)(Status, Party, Context, Parameters);
}

static VOID EdgeDropPartyComplete(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    CM_NDIS(DropPartyComplete)(Status, Party);
}

static VOID EdgeModifyCallQoSComplete(NDIS_STATUS Status, NDIS_HANDLE Vc,
                                      PCO_CALL_PARAMETERS Parameters)
{
    CM_NDIS(ModifyCallQoSComplete)(Status, Vc, Parameters);
}

static NDIS_STATUS EdgeDispatchIncomingCall(NDIS_HANDLE Sap, NDIS_HANDLE Vc,
                                            PCO_CALL_PARAMETERS Parameters)
{
    return CM_NDIS(DispatchIncomingCall)(Sap, Vc, Parameters);
}

static VOID EdgeDispatchCallConnected(NDIS_HANDLE Vc)
{
    CM_NDIS(DispatchCallConnected)(Vc);
}

static VOID EdgeDispatchIncomingCallQoSChange(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    CM_NDIS(DispatchIncomingCallQoSChange)(Vc, Parameters);
}

static VOID EdgeDispatchIncomingCloseCall(NDIS_STATUS Status, NDIS_HANDLE Vc, PVOID Data, UINT Size)
{
    CM_NDIS(DispatchIncomingCloseCall)(Status, Vc, Data, Size);
}

static VOID EdgeDispatchIncomingDropParty(NDIS_STATUS Status, NDIS_HANDLE Party, PVOID Data,
                                          UINT Size)
{
    CM_NDIS(DispatchIncomingDropParty)(Status, Party, Data, Size);
}

static NDIS_STATUS EdgeNotifyCloseAf(NDIS_HANDLE Af)
{
    return CM_NDIS(NotifyCloseAddressFamily)(Af);
}

/* For the initialiser of the driver's CM_EDGE. */
#define CM_EDGE_CALLS                                                                              \
    .OpenAfComplete = EdgeOpenAfComplete, .CloseAfComplete = EdgeCloseAfComplete,                  \
    .RegisterSapComplete = EdgeRegisterSapComplete,                                                \
    .DeregisterSapComplete = EdgeDeregisterSapComplete, .MakeCallComplete = EdgeMakeCallComplete,  \
    .CloseCallComplete = EdgeCloseCallComplete, .AddPartyComplete = EdgeAddPartyComplete,          \
    .DropPartyComplete = EdgeDropPartyComplete,                                                    \
    .ModifyCallQoSComplete = EdgeModifyCallQoSComplete,                                            \
    .DispatchIncomingCall = EdgeDispatchIncomingCall,                                              \
    .DispatchCallConnected = EdgeDispatchCallConnected,                                            \
    .DispatchIncomingCallQoSChange = EdgeDispatchIncomingCallQoSChange,                            \
    .DispatchIncomingCloseCall = EdgeDispatchIncomingCloseCall,                                    \
    .DispatchIncomingDropParty = EdgeDispatchIncomingDropParty, .NotifyCloseAf = EdgeNotifyCloseAf

/* Fills the call-manager handlers; ActivateVcComplete and DeactivateVcComplete are the driver's. */
static VOID CmFillHandlers(PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Handlers,
                           CM_ACTIVATE_VC_COMPLETE_HANDLER ActivateVcComplete,
                           CM_DEACTIVATE_VC_COMPLETE_HANDLER DeactivateVcComplete)
{
    NdisZeroMemory(Handlers, sizeof(*Handlers));
    Handlers->Header.Type = NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS;
    Handlers->Header.Revision = NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1;
    Handlers->Header.Size = NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1;
    Handlers->CmCreateVcHandler = CmCreateVc;
    Handlers->CmDeleteVcHandler = CmDeleteVc;
    Handlers->CmOpenAfHandler = CmOpenAf;
    Handlers->CmCloseAfHandler = CmCloseAf;
    Handlers->CmRegisterSapHandler = CmRegisterSap;
    Handlers->CmDeregisterSapHandler = CmDeregisterSap;
    Handlers->CmMakeCallHandler = CmMakeCall;
    Handlers->CmCloseCallHandler = CmCloseCall;
    Handlers->CmIncomingCallCompleteHandler = CmIncomingCallComplete;
    Handlers->CmAddPartyHandler = CmAddParty;
    Handlers->CmDropPartyHandler = CmDropParty;
    Handlers->CmActivateVcCompleteHandler = ActivateVcComplete;
    Handlers->CmDeactivateVcCompleteHandler = DeactivateVcComplete;
    Handlers->CmModifyCallQoSHandler = CmModifyCallQoS;
    Handlers->CmOidRequestHandler = CmOidRequest;
    Handlers->CmOidRequestCompleteHandler = CmOidRequestComplete;
    Handlers->CmNotifyCloseAfCompleteHandler = CmNotifyCloseAfComplete;
}

#endif
