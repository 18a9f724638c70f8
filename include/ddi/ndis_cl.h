/* SPDX-License-Identifier: MIT */
/* The client: opens address families, makes and takes calls, adds and drops parties. */
#ifndef CONDIS_DDI_NDIS_CL_H
#define CONDIS_DDI_NDIS_CL_H

#include "ndis_co.h"

/* Learn: PROTOCOL_CL_OPEN_AF_COMPLETE_EX (ProtocolClOpenAfCompleteEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_OPEN_AF_COMPLETE_EX)(_In_ NDIS_HANDLE ProtocolAfContext,
                                                    _In_ NDIS_HANDLE NdisAfHandle,
                                                    _In_ NDIS_STATUS Status);
typedef PROTOCOL_CL_OPEN_AF_COMPLETE_EX *CL_OPEN_AF_COMPLETE_HANDLER_EX;
/* Learn: PROTOCOL_CL_CLOSE_AF_COMPLETE (ProtocolClCloseAfComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_CLOSE_AF_COMPLETE)(_In_ NDIS_STATUS Status,
                                                  _In_ NDIS_HANDLE ProtocolAfContext);
typedef PROTOCOL_CL_CLOSE_AF_COMPLETE *CL_CLOSE_AF_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_REGISTER_SAP_COMPLETE (ProtocolClRegisterSapComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_REGISTER_SAP_COMPLETE)(_In_ NDIS_STATUS Status,
                                                      _In_ NDIS_HANDLE ProtocolSapContext,
                                                      _In_ PCO_SAP Sap,
                                                      _In_ NDIS_HANDLE NdisSapHandle);
typedef PROTOCOL_CL_REGISTER_SAP_COMPLETE *CL_REG_SAP_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_DEREGISTER_SAP_COMPLETE (ProtocolClDeregisterSapComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_DEREGISTER_SAP_COMPLETE)(_In_ NDIS_STATUS Status,
                                                        _In_ NDIS_HANDLE ProtocolSapContext);
typedef PROTOCOL_CL_DEREGISTER_SAP_COMPLETE *CL_DEREG_SAP_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_MAKE_CALL_COMPLETE (ProtocolClMakeCallComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_MAKE_CALL_COMPLETE)(_In_ NDIS_STATUS Status,
                                                   _In_ NDIS_HANDLE ProtocolVcContext,
                                                   _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                                   _In_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CL_MAKE_CALL_COMPLETE *CL_MAKE_CALL_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_MODIFY_CALL_QOS_COMPLETE (ProtocolClModifyCallQoSComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_MODIFY_CALL_QOS_COMPLETE)(_In_ NDIS_STATUS Status,
                                                         _In_ NDIS_HANDLE ProtocolVcContext,
                                                         _In_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CL_MODIFY_CALL_QOS_COMPLETE *CL_MODIFY_CALL_QOS_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_CLOSE_CALL_COMPLETE (ProtocolClCloseCallComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_CLOSE_CALL_COMPLETE)(_In_ NDIS_STATUS Status,
                                                    _In_ NDIS_HANDLE ProtocolVcContext,
                                                    _In_opt_ NDIS_HANDLE ProtocolPartyContext);
typedef PROTOCOL_CL_CLOSE_CALL_COMPLETE *CL_CLOSE_CALL_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_ADD_PARTY_COMPLETE (ProtocolClAddPartyComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_ADD_PARTY_COMPLETE)(_In_ NDIS_STATUS Status,
                                                   _In_ NDIS_HANDLE ProtocolPartyContext,
                                                   _In_ NDIS_HANDLE NdisPartyHandle,
                                                   _In_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CL_ADD_PARTY_COMPLETE *CL_ADD_PARTY_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_DROP_PARTY_COMPLETE (ProtocolClDropPartyComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_DROP_PARTY_COMPLETE)(_In_ NDIS_STATUS Status,
                                                    _In_ NDIS_HANDLE ProtocolPartyContext);
typedef PROTOCOL_CL_DROP_PARTY_COMPLETE *CL_DROP_PARTY_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CL_INCOMING_CALL (ProtocolClIncomingCall). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CL_INCOMING_CALL)(_In_ NDIS_HANDLE ProtocolSapContext,
                                                     _In_ NDIS_HANDLE ProtocolVcContext,
                                                     _Inout_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CL_INCOMING_CALL *CL_INCOMING_CALL_HANDLER;
/* Learn: PROTOCOL_CL_INCOMING_CALL_QOS_CHANGE (ProtocolClIncomingCallQoSChange). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_INCOMING_CALL_QOS_CHANGE)(_In_ NDIS_HANDLE ProtocolVcContext,
                                                         _In_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CL_INCOMING_CALL_QOS_CHANGE *CL_INCOMING_CALL_QOS_CHANGE_HANDLER;
/* Learn: PROTOCOL_CL_INCOMING_CLOSE_CALL (ProtocolClIncomingCloseCall). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_INCOMING_CLOSE_CALL)(_In_ NDIS_STATUS CloseStatus,
                                                    _In_ NDIS_HANDLE ProtocolVcContext,
                                                    _In_reads_bytes_opt_(Size) PVOID CloseData,
                                                    _In_ UINT Size);
typedef PROTOCOL_CL_INCOMING_CLOSE_CALL *CL_INCOMING_CLOSE_CALL_HANDLER;
/* Learn: PROTOCOL_CL_INCOMING_DROP_PARTY (ProtocolClIncomingDropParty). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_INCOMING_DROP_PARTY)(_In_ NDIS_STATUS DropStatus,
                                                    _In_ NDIS_HANDLE ProtocolPartyContext,
                                                    _In_reads_bytes_opt_(Size) PVOID CloseData,
                                                    _In_ UINT Size);
typedef PROTOCOL_CL_INCOMING_DROP_PARTY *CL_INCOMING_DROP_PARTY_HANDLER;
/* Learn: PROTOCOL_CL_CALL_CONNECTED (ProtocolClCallConnected). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CL_CALL_CONNECTED)(_In_ NDIS_HANDLE ProtocolVcContext);
typedef PROTOCOL_CL_CALL_CONNECTED *CL_CALL_CONNECTED_HANDLER;
/* Learn: PROTOCOL_CL_NOTIFY_CLOSE_AF (ProtocolClNotifyCloseAf). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CL_NOTIFY_CLOSE_AF)(_In_ NDIS_HANDLE ClientAfContext);
typedef PROTOCOL_CL_NOTIFY_CLOSE_AF *CL_NOTIFY_CLOSE_AF_HANDLER;

/* Learn: NDIS_CO_CLIENT_OPTIONAL_HANDLERS. Every slot is filled. */
typedef struct _NDIS_CO_CLIENT_OPTIONAL_HANDLERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Reserved;
    CO_CREATE_VC_HANDLER ClCreateVcHandler;
    CO_DELETE_VC_HANDLER ClDeleteVcHandler;
    CO_OID_REQUEST_HANDLER ClOidRequestHandler;
    CO_OID_REQUEST_COMPLETE_HANDLER ClOidRequestCompleteHandler;
    CL_OPEN_AF_COMPLETE_HANDLER_EX ClOpenAfCompleteHandlerEx;
    CL_CLOSE_AF_COMPLETE_HANDLER ClCloseAfCompleteHandler;
    CL_REG_SAP_COMPLETE_HANDLER ClRegisterSapCompleteHandler;
    CL_DEREG_SAP_COMPLETE_HANDLER ClDeregisterSapCompleteHandler;
    CL_MAKE_CALL_COMPLETE_HANDLER ClMakeCallCompleteHandler;
    CL_MODIFY_CALL_QOS_COMPLETE_HANDLER ClModifyCallQoSCompleteHandler;
    CL_CLOSE_CALL_COMPLETE_HANDLER ClCloseCallCompleteHandler;
    CL_ADD_PARTY_COMPLETE_HANDLER ClAddPartyCompleteHandler;
    CL_DROP_PARTY_COMPLETE_HANDLER ClDropPartyCompleteHandler;
    CL_INCOMING_CALL_HANDLER ClIncomingCallHandler;
    CL_INCOMING_CALL_QOS_CHANGE_HANDLER ClIncomingCallQoSChangeHandler;
    CL_INCOMING_CLOSE_CALL_HANDLER ClIncomingCloseCallHandler;
    CL_INCOMING_DROP_PARTY_HANDLER ClIncomingDropPartyHandler;
    CL_CALL_CONNECTED_HANDLER ClCallConnectedHandler;
    CL_NOTIFY_CLOSE_AF_HANDLER ClNotifyCloseAfHandler;
} NDIS_CO_CLIENT_OPTIONAL_HANDLERS, *PNDIS_CO_CLIENT_OPTIONAL_HANDLERS;
#define NDIS_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1 1
#define NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1                                         \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_CO_CLIENT_OPTIONAL_HANDLERS, ClNotifyCloseAfHandler)

/* Learn: NdisClOpenAddressFamilyEx. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisClOpenAddressFamilyEx(_In_ NDIS_HANDLE NdisBindingHandle,
                                            _In_ PCO_ADDRESS_FAMILY AddressFamily,
                                            _In_ NDIS_HANDLE ClientAfContext,
                                            _Out_ PNDIS_HANDLE NdisAfHandle);
/* Learn: NdisClCloseAddressFamily. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClCloseAddressFamily(_In_ NDIS_HANDLE NdisAfHandle);
/* Learn: NdisClRegisterSap. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClRegisterSap(_In_ NDIS_HANDLE NdisAfHandle,
                                    _In_ NDIS_HANDLE ProtocolSapContext, _In_ PCO_SAP Sap,
                                    _Out_ PNDIS_HANDLE NdisSapHandle);
/* Learn: NdisClDeregisterSap. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClDeregisterSap(_In_ NDIS_HANDLE NdisSapHandle);
/* Learn: NdisClMakeCall. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClMakeCall(_In_ NDIS_HANDLE NdisVcHandle,
                                 _Inout_ PCO_CALL_PARAMETERS CallParameters,
                                 _In_opt_ NDIS_HANDLE ProtocolPartyContext,
                                 _Out_opt_ PNDIS_HANDLE NdisPartyHandle);
/* Learn: NdisClCloseCall. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClCloseCall(_In_ NDIS_HANDLE NdisVcHandle,
                                  _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                  _In_reads_bytes_opt_(Size) PVOID Buffer, _In_ UINT Size);
/* Learn: NdisClModifyCallQoS. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClModifyCallQoS(_In_ NDIS_HANDLE NdisVcHandle,
                                      _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisClIncomingCallComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisClIncomingCallComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                      _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisClAddParty. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClAddParty(_In_ NDIS_HANDLE NdisVcHandle,
                                 _In_ NDIS_HANDLE ProtocolPartyContext,
                                 _Inout_ PCO_CALL_PARAMETERS CallParameters,
                                 _Out_ PNDIS_HANDLE NdisPartyHandle);
/* Learn: NdisClDropParty. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClDropParty(_In_ NDIS_HANDLE NdisPartyHandle,
                                  _In_reads_bytes_opt_(Size) PVOID Buffer, _In_ UINT Size);
/* Learn: NdisClNotifyCloseAddressFamilyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisClNotifyCloseAddressFamilyComplete(_In_ NDIS_HANDLE NdisAfHandle,
                                                  _In_ NDIS_STATUS Status);
/* Learn: NdisClGetProtocolVcContextFromTapiCallId. */
_IRQL_requires_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisClGetProtocolVcContextFromTapiCallId(_In_ UNICODE_STRING TapiCallId,
                                                           _Out_ PNDIS_HANDLE ProtocolVcContext);

#endif
