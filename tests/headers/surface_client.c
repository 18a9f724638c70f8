/* SPDX-License-Identifier: MIT */
/* A client: all handlers, all functions of its edge. */
#define NDIS620 1
#include <ndis.h>
#include <atm.h>

static PROTOCOL_SET_OPTIONS SurfaceProtocolSetOptions;
_Use_decl_annotations_ static NDIS_STATUS SurfaceProtocolSetOptions(NDIS_HANDLE NdisDriverHandle,
                                                                    NDIS_HANDLE DriverContext)
{
    UNREFERENCED_PARAMETER(NdisDriverHandle);
    UNREFERENCED_PARAMETER(DriverContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_BIND_ADAPTER_EX SurfaceProtocolBindAdapterEx;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolBindAdapterEx(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext,
                             PNDIS_BIND_PARAMETERS BindParameters)
{
    UNREFERENCED_PARAMETER(ProtocolDriverContext);
    UNREFERENCED_PARAMETER(BindContext);
    UNREFERENCED_PARAMETER(BindParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_UNBIND_ADAPTER_EX SurfaceProtocolUnbindAdapterEx;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolUnbindAdapterEx(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(UnbindContext);
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX SurfaceProtocolOpenAdapterCompleteEx;
_Use_decl_annotations_ static VOID
SurfaceProtocolOpenAdapterCompleteEx(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(Status);
}

static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX SurfaceProtocolCloseAdapterCompleteEx;
_Use_decl_annotations_ static VOID
SurfaceProtocolCloseAdapterCompleteEx(NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
}

static PROTOCOL_NET_PNP_EVENT SurfaceProtocolNetPnpEvent;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolNetPnpEvent(NDIS_HANDLE ProtocolBindingContext,
                           PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetPnPEventNotification);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_UNINSTALL SurfaceProtocolUninstall;
_Use_decl_annotations_ static VOID SurfaceProtocolUninstall(VOID)
{
}

static PROTOCOL_OID_REQUEST_COMPLETE SurfaceProtocolOidRequestComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolOidRequestComplete(NDIS_HANDLE ProtocolBindingContext, PNDIS_OID_REQUEST OidRequest,
                                  NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(OidRequest);
    UNREFERENCED_PARAMETER(Status);
}

static PROTOCOL_STATUS_EX SurfaceProtocolStatusEx;
_Use_decl_annotations_ static VOID SurfaceProtocolStatusEx(NDIS_HANDLE ProtocolBindingContext,
                                                           PNDIS_STATUS_INDICATION StatusIndication)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(StatusIndication);
}

static PROTOCOL_RECEIVE_NET_BUFFER_LISTS SurfaceProtocolReceiveNetBufferLists;
_Use_decl_annotations_ static VOID
SurfaceProtocolReceiveNetBufferLists(NDIS_HANDLE ProtocolBindingContext,
                                     PNET_BUFFER_LIST NetBufferLists, NDIS_PORT_NUMBER PortNumber,
                                     ULONG NumberOfNetBufferLists, ULONG ReceiveFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(PortNumber);
    UNREFERENCED_PARAMETER(NumberOfNetBufferLists);
    UNREFERENCED_PARAMETER(ReceiveFlags);
}

static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE SurfaceProtocolSendNetBufferListsComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolSendNetBufferListsComplete(NDIS_HANDLE ProtocolBindingContext,
                                          PNET_BUFFER_LIST NetBufferList, ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(NetBufferList);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

static PROTOCOL_DIRECT_OID_REQUEST_COMPLETE SurfaceProtocolDirectOidRequestComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolDirectOidRequestComplete(NDIS_HANDLE ProtocolBindingContext,
                                        PNDIS_OID_REQUEST OidRequest, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(OidRequest);
    UNREFERENCED_PARAMETER(Status);
}

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

static PROTOCOL_CL_OPEN_AF_COMPLETE_EX SurfaceProtocolClOpenAfCompleteEx;
_Use_decl_annotations_ static VOID SurfaceProtocolClOpenAfCompleteEx(NDIS_HANDLE ProtocolAfContext,
                                                                     NDIS_HANDLE NdisAfHandle,
                                                                     NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(ProtocolAfContext);
    UNREFERENCED_PARAMETER(NdisAfHandle);
    UNREFERENCED_PARAMETER(Status);
}

static PROTOCOL_CL_CLOSE_AF_COMPLETE SurfaceProtocolClCloseAfComplete;
_Use_decl_annotations_ static VOID SurfaceProtocolClCloseAfComplete(NDIS_STATUS Status,
                                                                    NDIS_HANDLE ProtocolAfContext)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolAfContext);
}

static PROTOCOL_CL_REGISTER_SAP_COMPLETE SurfaceProtocolClRegisterSapComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolClRegisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext,
                                     PCO_SAP Sap, NDIS_HANDLE NdisSapHandle)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolSapContext);
    UNREFERENCED_PARAMETER(Sap);
    UNREFERENCED_PARAMETER(NdisSapHandle);
}

static PROTOCOL_CL_DEREGISTER_SAP_COMPLETE SurfaceProtocolClDeregisterSapComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolClDeregisterSapComplete(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolSapContext);
}

static PROTOCOL_CL_MAKE_CALL_COMPLETE SurfaceProtocolClMakeCallComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolClMakeCallComplete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                                  NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(NdisPartyHandle);
    UNREFERENCED_PARAMETER(CallParameters);
}

static PROTOCOL_CL_MODIFY_CALL_QOS_COMPLETE SurfaceProtocolClModifyCallQosComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolClModifyCallQosComplete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                                       PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
}

static PROTOCOL_CL_CLOSE_CALL_COMPLETE SurfaceProtocolClCloseCallComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolClCloseCallComplete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                                   NDIS_HANDLE ProtocolPartyContext)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
}

static PROTOCOL_CL_ADD_PARTY_COMPLETE SurfaceProtocolClAddPartyComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolClAddPartyComplete(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext,
                                  NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(NdisPartyHandle);
    UNREFERENCED_PARAMETER(CallParameters);
}

static PROTOCOL_CL_DROP_PARTY_COMPLETE SurfaceProtocolClDropPartyComplete;
_Use_decl_annotations_ static VOID
SurfaceProtocolClDropPartyComplete(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
}

static PROTOCOL_CL_INCOMING_CALL SurfaceProtocolClIncomingCall;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolClIncomingCall(NDIS_HANDLE ProtocolSapContext, NDIS_HANDLE ProtocolVcContext,
                              PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(ProtocolSapContext);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static PROTOCOL_CL_INCOMING_CALL_QOS_CHANGE SurfaceProtocolClIncomingCallQosChange;
_Use_decl_annotations_ static VOID
SurfaceProtocolClIncomingCallQosChange(NDIS_HANDLE ProtocolVcContext,
                                       PCO_CALL_PARAMETERS CallParameters)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CallParameters);
}

static PROTOCOL_CL_INCOMING_CLOSE_CALL SurfaceProtocolClIncomingCloseCall;
_Use_decl_annotations_ static VOID SurfaceProtocolClIncomingCloseCall(NDIS_STATUS CloseStatus,
                                                                      NDIS_HANDLE ProtocolVcContext,
                                                                      PVOID CloseData, UINT Size)
{
    UNREFERENCED_PARAMETER(CloseStatus);
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
}

static PROTOCOL_CL_INCOMING_DROP_PARTY SurfaceProtocolClIncomingDropParty;
_Use_decl_annotations_ static VOID
SurfaceProtocolClIncomingDropParty(NDIS_STATUS DropStatus, NDIS_HANDLE ProtocolPartyContext,
                                   PVOID CloseData, UINT Size)
{
    UNREFERENCED_PARAMETER(DropStatus);
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
}

static PROTOCOL_CL_CALL_CONNECTED SurfaceProtocolClCallConnected;
_Use_decl_annotations_ static VOID SurfaceProtocolClCallConnected(NDIS_HANDLE ProtocolVcContext)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
}

static PROTOCOL_CL_NOTIFY_CLOSE_AF SurfaceProtocolClNotifyCloseAf;
_Use_decl_annotations_ static NDIS_STATUS
SurfaceProtocolClNotifyCloseAf(NDIS_HANDLE ClientAfContext)
{
    UNREFERENCED_PARAMETER(ClientAfContext);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS SurfaceProto = {
    .Header = {NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
               NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2,
               NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2},
    .SetOptionsHandler = SurfaceProtocolSetOptions,
    .BindAdapterHandlerEx = SurfaceProtocolBindAdapterEx,
    .UnbindAdapterHandlerEx = SurfaceProtocolUnbindAdapterEx,
    .OpenAdapterCompleteHandlerEx = SurfaceProtocolOpenAdapterCompleteEx,
    .CloseAdapterCompleteHandlerEx = SurfaceProtocolCloseAdapterCompleteEx,
    .NetPnPEventHandler = SurfaceProtocolNetPnpEvent,
    .UninstallHandler = SurfaceProtocolUninstall,
    .OidRequestCompleteHandler = SurfaceProtocolOidRequestComplete,
    .StatusHandlerEx = SurfaceProtocolStatusEx,
    .ReceiveNetBufferListsHandler = SurfaceProtocolReceiveNetBufferLists,
    .SendNetBufferListsCompleteHandler = SurfaceProtocolSendNetBufferListsComplete,
    .DirectOidRequestCompleteHandler = SurfaceProtocolDirectOidRequestComplete,
};

static const NDIS_PROTOCOL_CO_CHARACTERISTICS SurfaceCop = {
    .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
               NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
               NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
    .CoStatusHandlerEx = SurfaceProtocolCoStatusEx,
    .CoAfRegisterNotifyHandler = SurfaceProtocolCoAfRegisterNotify,
    .CoReceiveNetBufferListsHandler = SurfaceProtocolCoReceiveNetBufferLists,
    .CoSendNetBufferListsCompleteHandler = SurfaceProtocolCoSendNetBufferListsComplete,
};

static const NDIS_CO_CLIENT_OPTIONAL_HANDLERS SurfaceCl = {
    .Header = {NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS,
               NDIS_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1,
               NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1},
    .ClCreateVcHandler = SurfaceProtocolCoCreateVc,
    .ClDeleteVcHandler = SurfaceProtocolCoDeleteVc,
    .ClOidRequestHandler = SurfaceProtocolCoOidRequest,
    .ClOidRequestCompleteHandler = SurfaceProtocolCoOidRequestComplete,
    .ClOpenAfCompleteHandlerEx = SurfaceProtocolClOpenAfCompleteEx,
    .ClCloseAfCompleteHandler = SurfaceProtocolClCloseAfComplete,
    .ClRegisterSapCompleteHandler = SurfaceProtocolClRegisterSapComplete,
    .ClDeregisterSapCompleteHandler = SurfaceProtocolClDeregisterSapComplete,
    .ClMakeCallCompleteHandler = SurfaceProtocolClMakeCallComplete,
    .ClModifyCallQoSCompleteHandler = SurfaceProtocolClModifyCallQosComplete,
    .ClCloseCallCompleteHandler = SurfaceProtocolClCloseCallComplete,
    .ClAddPartyCompleteHandler = SurfaceProtocolClAddPartyComplete,
    .ClDropPartyCompleteHandler = SurfaceProtocolClDropPartyComplete,
    .ClIncomingCallHandler = SurfaceProtocolClIncomingCall,
    .ClIncomingCallQoSChangeHandler = SurfaceProtocolClIncomingCallQosChange,
    .ClIncomingCloseCallHandler = SurfaceProtocolClIncomingCloseCall,
    .ClIncomingDropPartyHandler = SurfaceProtocolClIncomingDropParty,
    .ClCallConnectedHandler = SurfaceProtocolClCallConnected,
    .ClNotifyCloseAfHandler = SurfaceProtocolClNotifyCloseAf,
};

/* One object of every type an argument can have. */
struct arguments {
    NDIS_HANDLE theNdisHandle;
    PCO_ADDRESS_FAMILY thePcoAddressFamily;
    PNDIS_HANDLE thePndisHandle;
    PCO_SAP thePcoSap;
    PCO_CALL_PARAMETERS thePcoCallParameters;
    PVOID thePvoid;
    UINT theUint;
    NDIS_STATUS theNdisStatus;
    UNICODE_STRING theUnicodeString;
    PNET_BUFFER_LIST thePnetBufferList;
    ULONG theUlong;
    PNDIS_OID_REQUEST thePndisOidRequest;
    PNDIS_STRING thePndisString;
    PVAR_STRING thePvarString;
    PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS thePndisProtocolDriverCharacteristics;
    PNDIS_OPEN_PARAMETERS thePndisOpenParameters;
    PNET_PNP_EVENT_NOTIFICATION thePnetPnpEventNotification;
    PNET_BUFFER thePnetBuffer;
};

NDIS_STATUS SurfaceClientCalls0(struct arguments a);
NDIS_STATUS SurfaceClientCalls0(struct arguments a)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    Status |= NdisCloseAdapterEx(a.theNdisHandle);
    Status |= NdisClOpenAddressFamilyEx(a.theNdisHandle, a.thePcoAddressFamily, a.theNdisHandle,
                                        a.thePndisHandle);
    Status |= NdisClCloseAddressFamily(a.theNdisHandle);
    Status |= NdisClRegisterSap(a.theNdisHandle, a.theNdisHandle, a.thePcoSap, a.thePndisHandle);
    Status |= NdisClDeregisterSap(a.theNdisHandle);
    Status |=
        NdisClMakeCall(a.theNdisHandle, a.thePcoCallParameters, a.theNdisHandle, a.thePndisHandle);
    Status |= NdisClCloseCall(a.theNdisHandle, a.theNdisHandle, a.thePvoid, a.theUint);
    Status |= NdisClModifyCallQoS(a.theNdisHandle, a.thePcoCallParameters);
    NdisClIncomingCallComplete(a.theNdisStatus, a.theNdisHandle, a.thePcoCallParameters);
    Status |=
        NdisClAddParty(a.theNdisHandle, a.theNdisHandle, a.thePcoCallParameters, a.thePndisHandle);
    Status |= NdisClDropParty(a.theNdisHandle, a.thePvoid, a.theUint);
    NdisClNotifyCloseAddressFamilyComplete(a.theNdisHandle, a.theNdisStatus);
    Status |= NdisClGetProtocolVcContextFromTapiCallId(a.theUnicodeString, a.thePndisHandle);
    Status |= NdisCoCreateVc(a.theNdisHandle, a.theNdisHandle, a.theNdisHandle, a.thePndisHandle);
    Status |= NdisCoDeleteVc(a.theNdisHandle);
    NdisCoSendNetBufferLists(a.theNdisHandle, a.thePnetBufferList, a.theUlong);
    Status |= NdisCoOidRequest(a.theNdisHandle, a.theNdisHandle, a.theNdisHandle, a.theNdisHandle,
                               a.thePndisOidRequest);
    NdisCoOidRequestComplete(a.theNdisHandle, a.theNdisHandle, a.theNdisHandle,
                             a.thePndisOidRequest, a.theNdisStatus);
    Status |= NdisCoAssignInstanceName(a.theNdisHandle, a.thePndisString, a.thePndisString);
    Status |= NdisCoGetTapiCallId(a.theNdisHandle, a.thePvarString);
    Status |= NdisRegisterProtocolDriver(a.theNdisHandle, a.thePndisProtocolDriverCharacteristics,
                                         a.thePndisHandle);
    NdisDeregisterProtocolDriver(a.theNdisHandle);
    Status |= NdisOpenAdapterEx(a.theNdisHandle, a.theNdisHandle, a.thePndisOpenParameters,
                                a.theNdisHandle, a.thePndisHandle);
    Status |= NdisUnbindAdapter(a.theNdisHandle);
    NdisCompleteBindAdapterEx(a.theNdisHandle, a.theNdisStatus);
    NdisCompleteUnbindAdapterEx(a.theNdisHandle);
    NdisCompleteNetPnPEvent(a.theNdisHandle, a.thePnetPnpEventNotification, a.theNdisStatus);
    Status |= NdisGetDataBuffer(a.thePnetBuffer, a.theUlong, a.thePvoid, a.theUint, a.theUint) != 0;
    NdisReturnNetBufferLists(a.theNdisHandle, a.thePnetBufferList, a.theUlong);
    NdisCancelSendNetBufferLists(a.theNdisHandle, a.thePvoid);
    return Status;
}

NDIS_STATUS SurfaceClientCalls1(struct arguments a);
NDIS_STATUS SurfaceClientCalls1(struct arguments a)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    Status |= NdisOidRequest(a.theNdisHandle, a.thePndisOidRequest);
    NdisCancelOidRequest(a.theNdisHandle, a.thePvoid);
    return Status;
}

NDIS_STATUS SurfaceClientTables(NDIS_HANDLE Driver);
NDIS_STATUS SurfaceClientTables(NDIS_HANDLE Driver)
{
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;

    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics = SurfaceProto;
    Characteristics.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Characteristics.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    Status |= NdisRegisterProtocolDriver(NULL, &Characteristics, &Driver);
    NDIS_PROTOCOL_CO_CHARACTERISTICS Cop = SurfaceCop;
    Status |= NdisSetOptionalHandlers(Driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Cop);
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS Cl = SurfaceCl;
    Status |= NdisSetOptionalHandlers(Driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&Cl);
    return Status;
}
