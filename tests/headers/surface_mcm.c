/* SPDX-License-Identifier: MIT */
/* A miniport call manager: all handlers, all functions of its edge. */
#define NDIS_MINIPORT_DRIVER 1
#define NDIS620_MINIPORT     1
#include <ndis.h>
#include <atm.h>

static MINIPORT_CO_ACTIVATE_VC SurfaceMiniportCoActivateVc;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportCoActivateVc(NDIS_HANDLE MiniportVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_CO_DEACTIVATE_VC SurfaceMiniportCoDeactivateVc;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportCoDeactivateVc(NDIS_HANDLE MiniportVcContext)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static MINIPORT_CO_SEND_NET_BUFFER_LISTS SurfaceMiniportCoSendNetBufferLists;
_Use_decl_annotations_ static VOID
SurfaceMiniportCoSendNetBufferLists(NDIS_HANDLE MiniportVcContext, PNET_BUFFER_LIST NetBufferLists,
                                    ULONG SendFlags)
{
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendFlags);
}

static MINIPORT_CO_OID_REQUEST SurfaceMiniportCoOidRequest;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceMiniportCoOidRequest(NDIS_HANDLE MiniportAdapterContext, NDIS_HANDLE MiniportVcContext,
                            PNDIS_OID_REQUEST NdisRequest)
{
    UNREFERENCED_PARAMETER(MiniportAdapterContext);
    UNREFERENCED_PARAMETER(MiniportVcContext);
    UNREFERENCED_PARAMETER(NdisRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CO_CREATE_VC SurfaceProtocolCoCreateVc;
_Use_decl_annotations_ static NDIS_STATUS SurfaceProtocolCoCreateVc(NDIS_HANDLE ProtocolAfContext,
                                                                    NDIS_HANDLE NdisVcHandle,
                                                                    PNDIS_HANDLE ProtocolVcContext)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(NdisVcHandle);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CO_DELETE_VC SurfaceProtocolCoDeleteVc;
_Use_decl_annotations_ static NDIS_STATUS SurfaceProtocolCoDeleteVc(NDIS_HANDLE ProtocolVcContext)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_OPEN_AF SurfaceProtocolCmOpenAf;
_Use_decl_annotations_ static NDIS_STATUS SurfaceProtocolCmOpenAf(NDIS_HANDLE CallMgrBindingContext,
                                                                  PCO_ADDRESS_FAMILY AddressFamily,
                                                                  NDIS_HANDLE NdisAfHandle,
                                                                  PNDIS_HANDLE CallMgrAfContext)
{
    UNREFERENCED_PARAMETER(CallMgrBindingContext);
    UNREFERENCED_PARAMETER(AddressFamily);
    UNREFERENCED_PARAMETER(NdisAfHandle);
    UNREFERENCED_PARAMETER(CallMgrAfContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_CLOSE_AF SurfaceProtocolCmCloseAf;
_Use_decl_annotations_ static NDIS_STATUS SurfaceProtocolCmCloseAf(NDIS_HANDLE CallMgrAfContext)
{
    UNREFERENCED_PARAMETER(CallMgrAfContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_REG_SAP SurfaceProtocolCmRegSap;
_Use_decl_annotations_ static NDIS_STATUS SurfaceProtocolCmRegSap(NDIS_HANDLE CallMgrAfContext,
                                                                  PCO_SAP Sap,
                                                                  NDIS_HANDLE NdisSapHandle,
                                                                  PNDIS_HANDLE CallMgrSapContext)
{
    UNREFERENCED_PARAMETER(CallMgrAfContext);
    UNREFERENCED_PARAMETER(Sap);
    UNREFERENCED_PARAMETER(NdisSapHandle);
    UNREFERENCED_PARAMETER(CallMgrSapContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_DEREGISTER_SAP SurfaceProtocolCmDeregisterSap;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolCmDeregisterSap(NDIS_HANDLE CallMgrSapContext)
{
    UNREFERENCED_PARAMETER(CallMgrSapContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_MAKE_CALL SurfaceProtocolCmMakeCall;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolCmMakeCall(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                          NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    UNREFERENCED_PARAMETER(NdisPartyHandle);
    UNREFERENCED_PARAMETER(CallMgrPartyContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_CLOSE_CALL SurfaceProtocolCmCloseCall;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolCmCloseCall(NDIS_HANDLE CallMgrVcContext, NDIS_HANDLE CallMgrPartyContext,
                           PVOID CloseData, UINT Size)
{
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallMgrPartyContext);
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_INCOMING_CALL_COMPLETE SurfaceProtocolCmIncomingCallComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolCmIncomingCallComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                      PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
}

static PROTOCOL_CM_ADD_PARTY SurfaceProtocolCmAddParty;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolCmAddParty(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                          NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    UNREFERENCED_PARAMETER(NdisPartyHandle);
    UNREFERENCED_PARAMETER(CallMgrPartyContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_DROP_PARTY SurfaceProtocolCmDropParty;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolCmDropParty(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    UNREFERENCED_PARAMETER(CallMgrPartyContext);
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CM_ACTIVATE_VC_COMPLETE SurfaceProtocolCmActivateVcComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolCmActivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext,
                                    PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
}

static PROTOCOL_CM_DEACTIVATE_VC_COMPLETE SurfaceProtocolCmDeactivateVcComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolCmDeactivateVcComplete(NDIS_STATUS Status, NDIS_HANDLE CallMgrVcContext)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(CallMgrVcContext);
}

static PROTOCOL_CM_MODIFY_QOS_CALL SurfaceProtocolCmModifyQosCall;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolCmModifyQosCall(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(CallMgrVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CO_OID_REQUEST SurfaceProtocolCoOidRequest;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolCoOidRequest(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                            NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CO_OID_REQUEST_COMPLETE SurfaceProtocolCoOidRequestComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolCoOidRequestComplete(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE ProtocolVcContext,
                                    NDIS_HANDLE ProtocolPartyContext, PNDIS_OID_REQUEST OidRequest,
                                    NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(OidRequest);
    UNREFERENCED_PARAMETER(Status);
}

static PROTOCOL_CM_NOTIFY_CLOSE_AF_COMPLETE SurfaceProtocolCmNotifyCloseAfComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolCmNotifyCloseAfComplete(NDIS_HANDLE CallMgrAfContext, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(CallMgrAfContext);
    UNREFERENCED_PARAMETER(Status);
}

static const NDIS_MINIPORT_CO_CHARACTERISTICS SurfaceCom = {
    .Header = {NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
               NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
               NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1},
    .CoActivateVcHandler = SurfaceMiniportCoActivateVc,
    .CoDeactivateVcHandler = SurfaceMiniportCoDeactivateVc,
    .CoSendNetBufferListsHandler = SurfaceMiniportCoSendNetBufferLists,
    .CoOidRequestHandler = SurfaceMiniportCoOidRequest,
};

static const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS SurfaceCm = {
    .Header = {NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS,
               NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1,
               NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1},
    .CmCreateVcHandler = SurfaceProtocolCoCreateVc,
    .CmDeleteVcHandler = SurfaceProtocolCoDeleteVc,
    .CmOpenAfHandler = SurfaceProtocolCmOpenAf,
    .CmCloseAfHandler = SurfaceProtocolCmCloseAf,
    .CmRegisterSapHandler = SurfaceProtocolCmRegSap,
    .CmDeregisterSapHandler = SurfaceProtocolCmDeregisterSap,
    .CmMakeCallHandler = SurfaceProtocolCmMakeCall,
    .CmCloseCallHandler = SurfaceProtocolCmCloseCall,
    .CmIncomingCallCompleteHandler = SurfaceProtocolCmIncomingCallComplete,
    .CmAddPartyHandler = SurfaceProtocolCmAddParty,
    .CmDropPartyHandler = SurfaceProtocolCmDropParty,
    .CmActivateVcCompleteHandler = SurfaceProtocolCmActivateVcComplete,
    .CmDeactivateVcCompleteHandler = SurfaceProtocolCmDeactivateVcComplete,
    .CmModifyCallQoSHandler = SurfaceProtocolCmModifyQosCall,
    .CmOidRequestHandler = SurfaceProtocolCoOidRequest,
    .CmOidRequestCompleteHandler = SurfaceProtocolCoOidRequestComplete,
    .CmNotifyCloseAfCompleteHandler = SurfaceProtocolCmNotifyCloseAfComplete,
};

/* One object of every type an argument can have. */
struct arguments {
    NDIS_HANDLE theNdisHandle;
    PCO_ADDRESS_FAMILY thePcoAddressFamily;
    PNDIS_HANDLE thePndisHandle;
    PCO_CALL_PARAMETERS thePcoCallParameters;
    PNDIS_OID_REQUEST thePndisOidRequest;
    NDIS_STATUS theNdisStatus;
    PVOID thePvoid;
    UINT theUint;
};

NDIS_STATUS SurfaceMcmCalls0(struct arguments a);
NDIS_STATUS SurfaceMcmCalls0(struct arguments a)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    Status |= NdisMCmRegisterAddressFamilyEx(a.theNdisHandle, a.thePcoAddressFamily);
    Status |= NdisMCmCreateVc(a.theNdisHandle, a.theNdisHandle, a.theNdisHandle, a.thePndisHandle);
    Status |= NdisMCmDeleteVc(a.theNdisHandle);
    Status |= NdisMCmActivateVc(a.theNdisHandle, a.thePcoCallParameters);
    Status |= NdisMCmDeactivateVc(a.theNdisHandle);
    Status |=
        NdisMCmOidRequest(a.theNdisHandle, a.theNdisHandle, a.theNdisHandle, a.thePndisOidRequest);
    NdisMCmOpenAddressFamilyComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle);
    NdisMCmCloseAddressFamilyComplete(a.theNdisStatus, a.theNdisHandle);
    NdisMCmRegisterSapComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle);
    NdisMCmDeregisterSapComplete(a.theNdisStatus, a.theNdisHandle);
    NdisMCmMakeCallComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle, a.theNdisHandle,
                            a.thePcoCallParameters);
    NdisMCmCloseCallComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle);
    NdisMCmAddPartyComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle,
                            a.thePcoCallParameters);
    NdisMCmDropPartyComplete(a.theNdisStatus, a.theNdisHandle);
    NdisMCmModifyCallQoSComplete(a.theNdisStatus, a.theNdisHandle, a.thePcoCallParameters);
    Status |= NdisMCmDispatchIncomingCall(a.theNdisHandle, a.theNdisHandle, a.thePcoCallParameters);
    NdisMCmDispatchCallConnected(a.theNdisHandle);
    NdisMCmDispatchIncomingCallQoSChange(a.theNdisHandle, a.thePcoCallParameters);
    NdisMCmDispatchIncomingCloseCall(a.theNdisStatus, a.theNdisHandle, a.thePvoid, a.theUint);
    NdisMCmDispatchIncomingDropParty(a.theNdisStatus, a.theNdisHandle, a.thePvoid, a.theUint);
    Status |= NdisMCmNotifyCloseAddressFamily(a.theNdisHandle);
    NdisMCmOidRequestComplete(a.theNdisHandle, a.theNdisHandle, a.theNdisHandle,
                              a.thePndisOidRequest, a.theNdisStatus);
    return Status;
}

NDIS_STATUS SurfaceMcmTables(NDIS_HANDLE Driver);
NDIS_STATUS SurfaceMcmTables(NDIS_HANDLE Driver)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    NDIS_MINIPORT_CO_CHARACTERISTICS Com = SurfaceCom;
    Status |= NdisSetOptionalHandlers(Driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Com);
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Cm = SurfaceCm;
    Status |= NdisSetOptionalHandlers(Driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Cm);
    return Status;
}
