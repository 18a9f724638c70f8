/* SPDX-License-Identifier: MIT */
/*
 * The miniport call manager: the functions of the integrated edge.
 *
 * On Windows the completing names are macros over the NdisCm functions. Here each is a function, so
 * that the runtime knows the edge, and is defined to itself, so that #ifdef still finds it.
 */
#ifndef CONDIS_DDI_NDIS_MCM_H
#define CONDIS_DDI_NDIS_MCM_H

#include "ndis_cm.h"

/* Learn: NdisMCmRegisterAddressFamilyEx. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisMCmRegisterAddressFamilyEx(_In_ NDIS_HANDLE MiniportAdapterHandle,
                                                 _In_ PCO_ADDRESS_FAMILY AddressFamily);
/* Learn: NdisMCmCreateVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisMCmCreateVc(_In_ NDIS_HANDLE MiniportAdapterHandle,
                                  _In_ NDIS_HANDLE NdisAfHandle, _In_ NDIS_HANDLE MiniportVcContext,
                                  _Inout_ PNDIS_HANDLE NdisVcHandle);
/* Learn: NdisMCmDeleteVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisMCmDeleteVc(_In_ NDIS_HANDLE NdisVcHandle);
/* Learn: NdisMCmActivateVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisMCmActivateVc(_In_ NDIS_HANDLE NdisVcHandle,
                                    _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisMCmDeactivateVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisMCmDeactivateVc(_In_ NDIS_HANDLE NdisVcHandle);
/* Learn: NdisMCmOidRequest. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisMCmOidRequest(_In_ NDIS_HANDLE NdisAfHandle,
                                    _In_opt_ NDIS_HANDLE NdisVcHandle,
                                    _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                    _Inout_ PNDIS_OID_REQUEST NdisRequest);

/* Learn: NdisMCmNotifyCloseAddressFamily. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisMCmNotifyCloseAddressFamily(_In_ NDIS_HANDLE NdisAfHandle);
/* Learn: NdisMCmOpenAddressFamilyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmOpenAddressFamilyComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisAfHandle,
                                            _In_ NDIS_HANDLE CallMgrAfContext);
/* Learn: NdisMCmCloseAddressFamilyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmCloseAddressFamilyComplete(_In_ NDIS_STATUS Status,
                                             _In_ NDIS_HANDLE NdisAfHandle);
/* Learn: NdisMCmRegisterSapComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmRegisterSapComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisSapHandle,
                                      _In_ NDIS_HANDLE CallMgrSapContext);
/* Learn: NdisMCmDeregisterSapComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmDeregisterSapComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisSapHandle);
/* Learn: NdisMCmMakeCallComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmMakeCallComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                   _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                   _In_opt_ NDIS_HANDLE CallMgrPartyContext,
                                   _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisMCmCloseCallComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmCloseCallComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                    _In_opt_ NDIS_HANDLE NdisPartyHandle);
/* Learn: NdisMCmAddPartyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmAddPartyComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisPartyHandle,
                                   _In_opt_ NDIS_HANDLE CallMgrPartyContext,
                                   _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisMCmDropPartyComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmDropPartyComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisPartyHandle);
/* Learn: NdisMCmModifyCallQoSComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmModifyCallQoSComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                        _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisMCmDispatchIncomingCall. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisMCmDispatchIncomingCall(_In_ NDIS_HANDLE NdisSapHandle,
                                              _In_ NDIS_HANDLE NdisVcHandle,
                                              _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisMCmDispatchCallConnected. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmDispatchCallConnected(_In_ NDIS_HANDLE NdisVcHandle);
/* Learn: NdisMCmDispatchIncomingCallQoSChange. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmDispatchIncomingCallQoSChange(_In_ NDIS_HANDLE NdisVcHandle,
                                                _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisMCmDispatchIncomingCloseCall. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmDispatchIncomingCloseCall(_In_ NDIS_STATUS CloseStatus,
                                            _In_ NDIS_HANDLE NdisVcHandle,
                                            _In_reads_bytes_opt_(Size) PVOID Buffer,
                                            _In_ UINT Size);
/* Learn: NdisMCmDispatchIncomingDropParty. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmDispatchIncomingDropParty(_In_ NDIS_STATUS DropStatus,
                                            _In_ NDIS_HANDLE NdisPartyHandle,
                                            _In_reads_bytes_opt_(Size) PVOID Buffer,
                                            _In_ UINT Size);
/* Learn: NdisMCmOidRequestComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCmOidRequestComplete(_In_ NDIS_HANDLE NdisAfHandle,
                                     _In_opt_ NDIS_HANDLE NdisVcHandle,
                                     _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                     _In_ PNDIS_OID_REQUEST OidRequest, _In_ NDIS_STATUS Status);

#define NdisMCmNotifyCloseAddressFamily(_AH_) NdisMCmNotifyCloseAddressFamily(_AH_)
#define NdisMCmOpenAddressFamilyComplete(_S_, _H_, _C_)                                            \
    NdisMCmOpenAddressFamilyComplete(_S_, _H_, _C_)
#define NdisMCmCloseAddressFamilyComplete(_S_, _H_) NdisMCmCloseAddressFamilyComplete(_S_, _H_)
#define NdisMCmRegisterSapComplete(_S_, _H_, _C_)   NdisMCmRegisterSapComplete(_S_, _H_, _C_)
#define NdisMCmDeregisterSapComplete(_S_, _H_)      NdisMCmDeregisterSapComplete(_S_, _H_)
#define NdisMCmMakeCallComplete(_S_, _VH_, _PH_, _CC_, _CP_)                                       \
    NdisMCmMakeCallComplete(_S_, _VH_, _PH_, _CC_, _CP_)
#define NdisMCmCloseCallComplete(_S_, _VH_, _PH_)     NdisMCmCloseCallComplete(_S_, _VH_, _PH_)
#define NdisMCmAddPartyComplete(_S_, _H_, _C_, _P_)   NdisMCmAddPartyComplete(_S_, _H_, _C_, _P_)
#define NdisMCmDropPartyComplete(_S_, _H_)            NdisMCmDropPartyComplete(_S_, _H_)
#define NdisMCmModifyCallQoSComplete(_S_, _H_, _P_)   NdisMCmModifyCallQoSComplete(_S_, _H_, _P_)
#define NdisMCmDispatchIncomingCall(_SH_, _VH_, _CP_) NdisMCmDispatchIncomingCall(_SH_, _VH_, _CP_)
#define NdisMCmDispatchCallConnected(_H_)             NdisMCmDispatchCallConnected(_H_)
#define NdisMCmDispatchIncomingCallQoSChange(_H_, _P_)                                             \
    NdisMCmDispatchIncomingCallQoSChange(_H_, _P_)
#define NdisMCmDispatchIncomingCloseCall(_S_, _H_, _B_, _Z_)                                       \
    NdisMCmDispatchIncomingCloseCall(_S_, _H_, _B_, _Z_)
#define NdisMCmDispatchIncomingDropParty(_S_, _H_, _B_, _Z_)                                       \
    NdisMCmDispatchIncomingDropParty(_S_, _H_, _B_, _Z_)
#define NdisMCmOidRequestComplete(_AH_, _VH_, _PH_, _R_, _S_)                                      \
    NdisMCmOidRequestComplete(_AH_, _VH_, _PH_, _R_, _S_)

#endif
