/* SPDX-License-Identifier: MIT */
/* The call manager: what it is called for, and the functions of the stand-alone edge. */
#ifndef CONDIS_DDI_NDIS_CM_H
#define CONDIS_DDI_NDIS_CM_H

#include "ndis_co.h"

/* Learn: PROTOCOL_CM_OPEN_AF (ProtocolCmOpenAf). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_OPEN_AF)(_In_ NDIS_HANDLE CallMgrBindingContext,
                                               _In_ PCO_ADDRESS_FAMILY AddressFamily,
                                               _In_ NDIS_HANDLE NdisAfHandle,
                                               _Out_ PNDIS_HANDLE CallMgrAfContext);
typedef PROTOCOL_CM_OPEN_AF *CM_OPEN_AF_HANDLER;
/* Learn: PROTOCOL_CM_CLOSE_AF (ProtocolCmCloseAf). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_CLOSE_AF)(_In_ NDIS_HANDLE CallMgrAfContext);
typedef PROTOCOL_CM_CLOSE_AF *CM_CLOSE_AF_HANDLER;
/* Learn: PROTOCOL_CM_REG_SAP (ProtocolCmRegisterSap). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_REG_SAP)(_In_ NDIS_HANDLE CallMgrAfContext, _In_ PCO_SAP Sap,
                                               _In_ NDIS_HANDLE NdisSapHandle,
                                               _Out_ PNDIS_HANDLE CallMgrSapContext);
typedef PROTOCOL_CM_REG_SAP *CM_REG_SAP_HANDLER;
/* Learn: PROTOCOL_CM_DEREGISTER_SAP (ProtocolCmDeregisterSap). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_DEREGISTER_SAP)(_In_ NDIS_HANDLE CallMgrSapContext);
typedef PROTOCOL_CM_DEREGISTER_SAP *CM_DEREG_SAP_HANDLER;
/* Learn: PROTOCOL_CM_MAKE_CALL (ProtocolCmMakeCall). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_MAKE_CALL)(_In_ NDIS_HANDLE CallMgrVcContext,
                                                 _Inout_ PCO_CALL_PARAMETERS CallParameters,
                                                 _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                                 _Out_opt_ PNDIS_HANDLE CallMgrPartyContext);
typedef PROTOCOL_CM_MAKE_CALL *CM_MAKE_CALL_HANDLER;
/* Learn: PROTOCOL_CM_CLOSE_CALL (ProtocolCmCloseCall). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_CLOSE_CALL)(_In_ NDIS_HANDLE CallMgrVcContext,
                                                  _In_opt_ NDIS_HANDLE CallMgrPartyContext,
                                                  _In_reads_bytes_opt_(Size) PVOID CloseData,
                                                  _In_ UINT Size);
typedef PROTOCOL_CM_CLOSE_CALL *CM_CLOSE_CALL_HANDLER;
/* Learn: PROTOCOL_CM_INCOMING_CALL_COMPLETE (ProtocolCmIncomingCallComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CM_INCOMING_CALL_COMPLETE)(_In_ NDIS_STATUS Status,
                                                       _In_ NDIS_HANDLE CallMgrVcContext,
                                                       _In_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CM_INCOMING_CALL_COMPLETE *CM_INCOMING_CALL_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CM_ADD_PARTY (ProtocolCmAddParty). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_ADD_PARTY)(_In_ NDIS_HANDLE CallMgrVcContext,
                                                 _Inout_ PCO_CALL_PARAMETERS CallParameters,
                                                 _In_ NDIS_HANDLE NdisPartyHandle,
                                                 _Out_ PNDIS_HANDLE CallMgrPartyContext);
typedef PROTOCOL_CM_ADD_PARTY *CM_ADD_PARTY_HANDLER;
/* Learn: PROTOCOL_CM_DROP_PARTY (ProtocolCmDropParty). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_DROP_PARTY)(_In_ NDIS_HANDLE CallMgrPartyContext,
                                                  _In_reads_bytes_opt_(Size) PVOID CloseData,
                                                  _In_ UINT Size);
typedef PROTOCOL_CM_DROP_PARTY *CM_DROP_PARTY_HANDLER;
/* Learn: PROTOCOL_CM_ACTIVATE_VC_COMPLETE (ProtocolCmActivateVcComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CM_ACTIVATE_VC_COMPLETE)(_In_ NDIS_STATUS Status,
                                                     _In_ NDIS_HANDLE CallMgrVcContext,
                                                     _In_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CM_ACTIVATE_VC_COMPLETE *CM_ACTIVATE_VC_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CM_DEACTIVATE_VC_COMPLETE (ProtocolCmDeactivateVcComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CM_DEACTIVATE_VC_COMPLETE)(_In_ NDIS_STATUS Status,
                                                       _In_ NDIS_HANDLE CallMgrVcContext);
typedef PROTOCOL_CM_DEACTIVATE_VC_COMPLETE *CM_DEACTIVATE_VC_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CM_MODIFY_QOS_CALL (ProtocolCmModifyCallQoS). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CM_MODIFY_QOS_CALL)(_In_ NDIS_HANDLE CallMgrVcContext,
                                                       _In_ PCO_CALL_PARAMETERS CallParameters);
typedef PROTOCOL_CM_MODIFY_QOS_CALL *CM_MODIFY_CALL_QOS_HANDLER;
/* Learn: PROTOCOL_CM_NOTIFY_CLOSE_AF_COMPLETE (ProtocolCmNotifyCloseAfComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CM_NOTIFY_CLOSE_AF_COMPLETE)(_In_ NDIS_HANDLE CallMgrAfContext,
                                                         _In_ NDIS_STATUS Status);
typedef PROTOCOL_CM_NOTIFY_CLOSE_AF_COMPLETE *CM_NOTIFY_CLOSE_AF_COMPLETE_HANDLER;

/* Learn: NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS. Every slot is filled. */
typedef struct _NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Reserved;
    CO_CREATE_VC_HANDLER CmCreateVcHandler;
    CO_DELETE_VC_HANDLER CmDeleteVcHandler;
    CM_OPEN_AF_HANDLER CmOpenAfHandler;
    CM_CLOSE_AF_HANDLER CmCloseAfHandler;
    CM_REG_SAP_HANDLER CmRegisterSapHandler;
    CM_DEREG_SAP_HANDLER CmDeregisterSapHandler;
    CM_MAKE_CALL_HANDLER CmMakeCallHandler;
    CM_CLOSE_CALL_HANDLER CmCloseCallHandler;
    CM_INCOMING_CALL_COMPLETE_HANDLER CmIncomingCallCompleteHandler;
    CM_ADD_PARTY_HANDLER CmAddPartyHandler;
    CM_DROP_PARTY_HANDLER CmDropPartyHandler;
    CM_ACTIVATE_VC_COMPLETE_HANDLER CmActivateVcCompleteHandler;
    CM_DEACTIVATE_VC_COMPLETE_HANDLER CmDeactivateVcCompleteHandler;
    CM_MODIFY_CALL_QOS_HANDLER CmModifyCallQoSHandler;
    CO_OID_REQUEST_HANDLER CmOidRequestHandler;
    CO_OID_REQUEST_COMPLETE_HANDLER CmOidRequestCompleteHandler;
    CM_NOTIFY_CLOSE_AF_COMPLETE_HANDLER CmNotifyCloseAfCompleteHandler;
} NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS, *PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS;
#define NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1 1
/* Stops before CmNotifyCloseAfCompleteHandler as on Windows (API K6); NDIS reads that slot too. */
#define NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1                                   \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS, CmOidRequestCompleteHandler)

/* Learn: NdisCmRegisterAddressFamilyEx. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisCmRegisterAddressFamilyEx(_In_ NDIS_HANDLE NdisBindingHandle,
                                                _In_ PCO_ADDRESS_FAMILY AddressFamily);
/* Learn: NdisCmNotifyCloseAddressFamily. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisCmNotifyCloseAddressFamily(_In_ NDIS_HANDLE NdisAfHandle);
/* Learn: NdisCmOpenAddressFamilyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmOpenAddressFamilyComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisAfHandle,
                                           _In_ NDIS_HANDLE CallMgrAfContext);
/* Learn: NdisCmCloseAddressFamilyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmCloseAddressFamilyComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisAfHandle);
/* Learn: NdisCmRegisterSapComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmRegisterSapComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisSapHandle,
                                     _In_ NDIS_HANDLE CallMgrSapContext);
/* Learn: NdisCmDeregisterSapComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmDeregisterSapComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisSapHandle);
/* Learn: NdisCmActivateVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCmActivateVc(_In_ NDIS_HANDLE NdisVcHandle,
                                   _Inout_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisCmDeactivateVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCmDeactivateVc(_In_ NDIS_HANDLE NdisVcHandle);
/* Learn: NdisCmMakeCallComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmMakeCallComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                  _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                  _In_opt_ NDIS_HANDLE CallMgrPartyContext,
                                  _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisCmCloseCallComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmCloseCallComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                   _In_opt_ NDIS_HANDLE NdisPartyHandle);
/* Learn: NdisCmAddPartyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmAddPartyComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisPartyHandle,
                                  _In_opt_ NDIS_HANDLE CallMgrPartyContext,
                                  _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisCmDropPartyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmDropPartyComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisPartyHandle);
/* Learn: NdisCmModifyCallQoSComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmModifyCallQoSComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                       _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisCmDispatchIncomingCall. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCmDispatchIncomingCall(_In_ NDIS_HANDLE NdisSapHandle,
                                             _In_ NDIS_HANDLE NdisVcHandle,
                                             _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisCmDispatchCallConnected. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmDispatchCallConnected(_In_ NDIS_HANDLE NdisVcHandle);
/* Learn: NdisCmDispatchIncomingCallQoSChange. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmDispatchIncomingCallQoSChange(_In_ NDIS_HANDLE NdisVcHandle,
                                               _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisCmDispatchIncomingCloseCall. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmDispatchIncomingCloseCall(_In_ NDIS_STATUS CloseStatus,
                                           _In_ NDIS_HANDLE NdisVcHandle,
                                           _In_reads_bytes_opt_(Size) PVOID Buffer, _In_ UINT Size);
/* Learn: NdisCmDispatchIncomingDropParty. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCmDispatchIncomingDropParty(_In_ NDIS_STATUS DropStatus,
                                           _In_ NDIS_HANDLE NdisPartyHandle,
                                           _In_reads_bytes_opt_(Size) PVOID Buffer, _In_ UINT Size);

#endif
