/* SPDX-License-Identifier: MIT */
/* A stand-alone call manager: all handlers, all functions of its edge. */
#define NDIS61 1
#include <ndis.h>
#include <atm.h>

static PROTOCOL_CO_STATUS_EX SurfaceProtocolCoStatusEx;
_Use_decl_annotations_ static VOID
SurfaceProtocolCoStatusEx(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                          PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

static PROTOCOL_CO_AF_REGISTER_NOTIFY SurfaceProtocolCoAfRegisterNotify;
_Use_decl_annotations_ static VOID
SurfaceProtocolCoAfRegisterNotify(NDIS_HANDLE ProtocolBindingContext,
                                  PCO_ADDRESS_FAMILY AddressFamily)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(AddressFamily);
}

static PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS SurfaceProtocolCoReceiveNetBufferLists;
_Use_decl_annotations_ static VOID SurfaceProtocolCoReceiveNetBufferLists(
    NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
    PNET_BUFFER_LIST NetBufferLists, ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    UNREFERENCED_PARAMETER(ReceiveFlags);
}

static PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE SurfaceProtocolCoSendNetBufferListsComplete;
_Use_decl_annotations_ static VOID SurfaceProtocolCoSendNetBufferListsComplete(
    NDIS_HANDLE ProtocolVcContext, PNET_BUFFER_LIST NetBufferLists, ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
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

static const NDIS_PROTOCOL_CO_CHARACTERISTICS SurfaceCop = {
    .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
               NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
               NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
    .CoStatusHandlerEx = SurfaceProtocolCoStatusEx,
    .CoAfRegisterNotifyHandler = SurfaceProtocolCoAfRegisterNotify,
    .CoReceiveNetBufferListsHandler = SurfaceProtocolCoReceiveNetBufferLists,
    .CoSendNetBufferListsCompleteHandler = SurfaceProtocolCoSendNetBufferListsComplete,
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
    NDIS_STATUS theNdisStatus;
    PCO_CALL_PARAMETERS thePcoCallParameters;
    PVOID thePvoid;
    UINT theUint;
    PNET_BUFFER_LIST_POOL_PARAMETERS thePnetBufferListPoolParameters;
    USHORT theUshort;
    PMDL thePmdl;
    ULONG theUlong;
    SIZE_T theSizeT;
    PNET_BUFFER_LIST thePnetBufferList;
    PNET_BUFFER_POOL_PARAMETERS thePnetBufferPoolParameters;
    PNET_BUFFER thePnetBuffer;
    NET_BUFFER_ALLOCATE_MDL_HANDLER theNetBufferAllocateMdlHandler;
    BOOLEAN theBoolean;
    NET_BUFFER_FREE_MDL_HANDLER theNetBufferFreeMdlHandler;
    PULONG thePulong;
};

NDIS_STATUS SurfaceCallmgrCalls0(struct arguments a);
NDIS_STATUS SurfaceCallmgrCalls0(struct arguments a)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    Status |= NdisCmRegisterAddressFamilyEx(a.theNdisHandle, a.thePcoAddressFamily);
    Status |= NdisCmNotifyCloseAddressFamily(a.theNdisHandle);
    NdisCmOpenAddressFamilyComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle);
    NdisCmCloseAddressFamilyComplete(a.theNdisStatus, a.theNdisHandle);
    NdisCmRegisterSapComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle);
    NdisCmDeregisterSapComplete(a.theNdisStatus, a.theNdisHandle);
    Status |= NdisCmActivateVc(a.theNdisHandle, a.thePcoCallParameters);
    Status |= NdisCmDeactivateVc(a.theNdisHandle);
    NdisCmMakeCallComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle, a.theNdisHandle,
                           a.thePcoCallParameters);
    NdisCmCloseCallComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle);
    NdisCmAddPartyComplete(a.theNdisStatus, a.theNdisHandle, a.theNdisHandle,
                           a.thePcoCallParameters);
    NdisCmDropPartyComplete(a.theNdisStatus, a.theNdisHandle);
    NdisCmModifyCallQoSComplete(a.theNdisStatus, a.theNdisHandle, a.thePcoCallParameters);
    Status |= NdisCmDispatchIncomingCall(a.theNdisHandle, a.theNdisHandle, a.thePcoCallParameters);
    NdisCmDispatchCallConnected(a.theNdisHandle);
    NdisCmDispatchIncomingCallQoSChange(a.theNdisHandle, a.thePcoCallParameters);
    NdisCmDispatchIncomingCloseCall(a.theNdisStatus, a.theNdisHandle, a.thePvoid, a.theUint);
    NdisCmDispatchIncomingDropParty(a.theNdisStatus, a.theNdisHandle, a.thePvoid, a.theUint);
    Status |=
        NdisAllocateNetBufferListPool(a.theNdisHandle, a.thePnetBufferListPoolParameters) != 0;
    NdisFreeNetBufferListPool(a.theNdisHandle);
    Status |= NdisAllocateNetBufferList(a.theNdisHandle, a.theUshort, a.theUshort) != 0;
    Status |= NdisAllocateNetBufferAndNetBufferList(a.theNdisHandle, a.theUshort, a.theUshort,
                                                    a.thePmdl, a.theUlong, a.theSizeT) != 0;
    NdisFreeNetBufferList(a.thePnetBufferList);
    Status |= NdisAllocateNetBufferPool(a.theNdisHandle, a.thePnetBufferPoolParameters) != 0;
    NdisFreeNetBufferPool(a.theNdisHandle);
    Status |= NdisAllocateNetBuffer(a.theNdisHandle, a.thePmdl, a.theUlong, a.theSizeT) != 0;
    Status |= NdisAllocateNetBufferMdlAndData(a.theNdisHandle) != 0;
    NdisFreeNetBuffer(a.thePnetBuffer);
    Status |=
        NdisAllocateNetBufferListContext(a.thePnetBufferList, a.theUshort, a.theUshort, a.theUlong);
    NdisFreeNetBufferListContext(a.thePnetBufferList, a.theUshort);
    return Status;
}

NDIS_STATUS SurfaceCallmgrCalls1(struct arguments a);
NDIS_STATUS SurfaceCallmgrCalls1(struct arguments a)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    Status |= NdisAllocateCloneNetBufferList(a.thePnetBufferList, a.theNdisHandle, a.theNdisHandle,
                                             a.theUlong) != 0;
    NdisFreeCloneNetBufferList(a.thePnetBufferList, a.theUlong);
    Status |= NdisRetreatNetBufferDataStart(a.thePnetBuffer, a.theUlong, a.theUlong,
                                            a.theNetBufferAllocateMdlHandler);
    NdisAdvanceNetBufferDataStart(a.thePnetBuffer, a.theUlong, a.theBoolean,
                                  a.theNetBufferFreeMdlHandler);
    Status |= NdisRetreatNetBufferListDataStart(a.thePnetBufferList, a.theUlong, a.theUlong,
                                                a.theNetBufferAllocateMdlHandler,
                                                a.theNetBufferFreeMdlHandler);
    NdisAdvanceNetBufferListDataStart(a.thePnetBufferList, a.theUlong, a.theBoolean,
                                      a.theNetBufferFreeMdlHandler);
    Status |= NdisCopyFromNetBufferToNetBuffer(a.thePnetBuffer, a.theUlong, a.theUlong,
                                               a.thePnetBuffer, a.theUlong, a.thePulong);
    NdisCopySendNetBufferListInfo(a.thePnetBufferList, a.thePnetBufferList);
    NdisCopyReceiveNetBufferListInfo(a.thePnetBufferList, a.thePnetBufferList);
    Status |= NdisQueryNetBufferPhysicalCount(a.thePnetBuffer) != 0;
    Status |= NdisGetPoolFromNetBufferList(a.thePnetBufferList) != 0;
    Status |= NdisGetPoolFromNetBuffer(a.thePnetBuffer) != 0;
    Status |= NdisAllocateMdl(a.theNdisHandle, a.thePvoid, a.theUint) != 0;
    NdisFreeMdl(a.thePmdl);
    return Status;
}

NDIS_STATUS SurfaceCallmgrTables(NDIS_HANDLE Driver);
NDIS_STATUS SurfaceCallmgrTables(NDIS_HANDLE Driver)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    NDIS_PROTOCOL_CO_CHARACTERISTICS Cop = SurfaceCop;
    Status |= NdisSetOptionalHandlers(Driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Cop);
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS Cm = SurfaceCm;
    Status |= NdisSetOptionalHandlers(Driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Cm);
    return Status;
}
