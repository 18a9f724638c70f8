/* SPDX-License-Identifier: MIT */
/* The connection-oriented miniport: VCs on the wire, data and OIDs per VC. */
#ifndef CONDIS_DDI_NDIS_MCO_H
#define CONDIS_DDI_NDIS_MCO_H

#include "ndis_co.h"

/* Learn: MINIPORT_CO_CREATE_VC (MiniportCoCreateVc). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_CO_CREATE_VC)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                 _In_ NDIS_HANDLE NdisVcHandle,
                                                 _Out_ PNDIS_HANDLE MiniportVcContext);
typedef MINIPORT_CO_CREATE_VC *W_CO_CREATE_VC_HANDLER;
/* Learn: MINIPORT_CO_DELETE_VC (MiniportCoDeleteVc). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_CO_DELETE_VC)(_In_ NDIS_HANDLE MiniportVcContext);
typedef MINIPORT_CO_DELETE_VC *W_CO_DELETE_VC_HANDLER;
/* Learn: MINIPORT_CO_ACTIVATE_VC (MiniportCoActivateVc). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_CO_ACTIVATE_VC)(_In_ NDIS_HANDLE MiniportVcContext,
                                                   _Inout_ PCO_CALL_PARAMETERS CallParameters);
typedef MINIPORT_CO_ACTIVATE_VC *W_CO_ACTIVATE_VC_HANDLER;
/* Learn: MINIPORT_CO_DEACTIVATE_VC (MiniportCoDeactivateVc). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_CO_DEACTIVATE_VC)(_In_ NDIS_HANDLE MiniportVcContext);
typedef MINIPORT_CO_DEACTIVATE_VC *W_CO_DEACTIVATE_VC_HANDLER;
/* Learn: MINIPORT_CO_SEND_NET_BUFFER_LISTS (MiniportCoSendNetBufferLists). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI MINIPORT_CO_SEND_NET_BUFFER_LISTS)(_In_ NDIS_HANDLE MiniportVcContext,
                                                      _In_ PNET_BUFFER_LIST NetBufferLists,
                                                      _In_ ULONG SendFlags);
typedef MINIPORT_CO_SEND_NET_BUFFER_LISTS *W_CO_SEND_NET_BUFFER_LISTS_HANDLER;
/* Learn: MINIPORT_CO_OID_REQUEST (MiniportCoOidRequest). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_CO_OID_REQUEST)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                   _In_opt_ NDIS_HANDLE MiniportVcContext,
                                                   _Inout_ PNDIS_OID_REQUEST NdisRequest);
typedef MINIPORT_CO_OID_REQUEST *W_CO_OID_REQUEST_HANDLER;

/* Learn: NDIS_MINIPORT_CO_CHARACTERISTICS (Header.Type CO_MINIPORT_CHARACTERISTICS). */
typedef struct _NDIS_MINIPORT_CO_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    W_CO_CREATE_VC_HANDLER CoCreateVcHandler;
    W_CO_DELETE_VC_HANDLER CoDeleteVcHandler;
    W_CO_ACTIVATE_VC_HANDLER CoActivateVcHandler;
    W_CO_DEACTIVATE_VC_HANDLER CoDeactivateVcHandler;
    W_CO_SEND_NET_BUFFER_LISTS_HANDLER CoSendNetBufferListsHandler;
    W_CO_OID_REQUEST_HANDLER CoOidRequestHandler;
} NDIS_MINIPORT_CO_CHARACTERISTICS, *PNDIS_MINIPORT_CO_CHARACTERISTICS;
#define NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1 1
#define NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1                                         \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_MINIPORT_CO_CHARACTERISTICS, CoOidRequestHandler)

/* Learn: NdisMCoActivateVcComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCoActivateVcComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle,
                                     _In_ PCO_CALL_PARAMETERS CallParameters);
/* Learn: NdisMCoDeactivateVcComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCoDeactivateVcComplete(_In_ NDIS_STATUS Status, _In_ NDIS_HANDLE NdisVcHandle);
/* Learn: NdisMCoSendNetBufferListsComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCoSendNetBufferListsComplete(_In_ NDIS_HANDLE NdisVcHandle,
                                             _In_ PNET_BUFFER_LIST NetBufferLists,
                                             _In_ ULONG SendCompleteFlags);
/* Learn: NdisMCoIndicateReceiveNetBufferLists. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCoIndicateReceiveNetBufferLists(_In_ NDIS_HANDLE NdisVcHandle,
                                                _In_ PNET_BUFFER_LIST NetBufferLists,
                                                _In_ ULONG NumberOfNetBufferLists,
                                                _In_ ULONG CoReceiveFlags);
/* Learn: NdisMCoIndicateStatusEx. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCoIndicateStatusEx(_In_ NDIS_HANDLE MiniportAdapterHandle,
                                   _In_opt_ NDIS_HANDLE NdisVcHandle,
                                   _In_ PNDIS_STATUS_INDICATION StatusIndication);
/* Learn: NdisMCoOidRequestComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMCoOidRequestComplete(_In_ NDIS_HANDLE MiniportAdapterHandle,
                                     _In_opt_ NDIS_HANDLE NdisMiniportVcHandle,
                                     _In_ PNDIS_OID_REQUEST Request, _In_ NDIS_STATUS Status);

#endif
