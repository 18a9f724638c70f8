/* SPDX-License-Identifier: MIT */
/* What both edges of a connection share: address families, SAPs, call parameters, VCs, parties. */
#ifndef CONDIS_DDI_NDIS_CO_H
#define CONDIS_DDI_NDIS_CO_H

#include "ndis_netbuffer.h"
#include "ndis_oid.h"
#include "../qos.h"

typedef ULONG NDIS_AF, *PNDIS_AF;
#define CO_ADDRESS_FAMILY_Q2931      ((NDIS_AF)0x1)
#define CO_ADDRESS_FAMILY_PSCHED     ((NDIS_AF)0x2)
#define CO_ADDRESS_FAMILY_L2TP       ((NDIS_AF)0x3)
#define CO_ADDRESS_FAMILY_IRDA       ((NDIS_AF)0x4)
#define CO_ADDRESS_FAMILY_1394       ((NDIS_AF)0x5)
#define CO_ADDRESS_FAMILY_PPP        ((NDIS_AF)0x6)
#define CO_ADDRESS_FAMILY_INFINIBAND ((NDIS_AF)0x7)
#define CO_ADDRESS_FAMILY_TAPI       ((NDIS_AF)0x800)
#define CO_ADDRESS_FAMILY_TAPI_PROXY ((NDIS_AF)0x801)
#define CO_ADDRESS_FAMILY_PROXY      0x80000000U

/* Learn: CO_ADDRESS_FAMILY. */
typedef struct _CO_ADDRESS_FAMILY {
    NDIS_AF AddressFamily;
    ULONG MajorVersion;
    ULONG MinorVersion;
} CO_ADDRESS_FAMILY, *PCO_ADDRESS_FAMILY;

/* Learn: CO_SAP. SapLength counts the bytes of Sap. */
typedef struct _CO_SAP {
    ULONG SapType;
    ULONG SapLength;
    UCHAR Sap[1];
} CO_SAP, *PCO_SAP;

/* Learn: CO_ADDRESS. */
typedef struct _CO_ADDRESS {
    ULONG AddressSize;
    UCHAR Address[1];
} CO_ADDRESS, *PCO_ADDRESS;

/* Learn: CO_ADDRESS_LIST. */
typedef struct _CO_ADDRESS_LIST {
    ULONG NumberOfAddressesAvailable;
    ULONG NumberOfAddresses;
    CO_ADDRESS AddressList;
} CO_ADDRESS_LIST, *PCO_ADDRESS_LIST;

/* Learn: CO_SPECIFIC_PARAMETERS. Length counts the bytes of Parameters. */
typedef struct _CO_SPECIFIC_PARAMETERS {
    ULONG ParamType;
    ULONG Length;
    UCHAR Parameters[1];
} CO_SPECIFIC_PARAMETERS, *PCO_SPECIFIC_PARAMETERS;

/* Learn: CO_CALL_MANAGER_PARAMETERS. */
typedef struct _CO_CALL_MANAGER_PARAMETERS {
    FLOWSPEC Transmit;
    FLOWSPEC Receive;
    CO_SPECIFIC_PARAMETERS CallMgrSpecific;
} CO_CALL_MANAGER_PARAMETERS, *PCO_CALL_MANAGER_PARAMETERS;

/* Learn: CO_MEDIA_PARAMETERS. */
typedef struct _CO_MEDIA_PARAMETERS {
    ULONG Flags;
    ULONG ReceivePriority;
    ULONG ReceiveSizeHint;
    DECLSPEC_ALIGN(8) CO_SPECIFIC_PARAMETERS MediaSpecific;
} CO_MEDIA_PARAMETERS, *PCO_MEDIA_PARAMETERS;
#define RECEIVE_TIME_INDICATION 0x00000001
#define USE_TIME_STAMPS         0x00000002
#define TRANSMIT_VC             0x00000004
#define RECEIVE_VC              0x00000008
#define INDICATE_ERRED_PACKETS  0x00000010
#define INDICATE_END_OF_TX      0x00000020
#define RESERVE_RESOURCES_VC    0x00000040
#define ROUND_DOWN_FLOW         0x00000080
#define ROUND_UP_FLOW           0x00000100

/* Learn: CO_CALL_PARAMETERS. */
typedef struct _CO_CALL_PARAMETERS {
    ULONG Flags;
    PCO_CALL_MANAGER_PARAMETERS CallMgrParameters;
    PCO_MEDIA_PARAMETERS MediaParameters;
} CO_CALL_PARAMETERS, *PCO_CALL_PARAMETERS;
#define PERMANENT_VC            0x00000001
#define CALL_PARAMETERS_CHANGED 0x00000002
#define QUERY_CALL_PARAMETERS   0x00000004
#define BROADCAST_VC            0x00000008
#define MULTIPOINT_VC           0x00000010

#define ERRED_PACKET_INDICATION            0x00000001
#define CO_SEND_FLAG_SET_DISCARD_ELIBILITY 0x00000001

/* Learn: CO_PVC. */
typedef struct _CO_PVC {
    NDIS_HANDLE NdisAfHandle;
    CO_SPECIFIC_PARAMETERS PvcParameters;
} CO_PVC, *PCO_PVC;

/* Learn: VAR_STRING. Offsets and sizes in bytes from its beginning. */
typedef struct _VAR_STRING {
    ULONG ulTotalSize;
    ULONG ulNeededSize;
    ULONG ulUsedSize;
    ULONG ulStringFormat;
    ULONG ulStringSize;
    ULONG ulStringOffset;
} VAR_STRING, *PVAR_STRING;
#define STRINGFORMAT_ASCII   0x00000001
#define STRINGFORMAT_DBCS    0x00000002
#define STRINGFORMAT_UNICODE 0x00000003
#define STRINGFORMAT_BINARY  0x00000004

/* Learn: PROTOCOL_CO_AF_REGISTER_NOTIFY (ProtocolCoAfRegisterNotify). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI PROTOCOL_CO_AF_REGISTER_NOTIFY)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                                   _In_ PCO_ADDRESS_FAMILY AddressFamily);
typedef PROTOCOL_CO_AF_REGISTER_NOTIFY *CO_AF_REGISTER_NOTIFY_HANDLER;
/* The 7600 header's spelling (API K5). */
typedef PROTOCOL_CO_AF_REGISTER_NOTIFY PROTCOL_CO_AF_REGISTER_NOTIFY;
/* Learn: PROTOCOL_CO_CREATE_VC (ProtocolCoCreateVc). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CO_CREATE_VC)(_In_ NDIS_HANDLE ProtocolAfContext,
                                                 _In_ NDIS_HANDLE NdisVcHandle,
                                                 _Out_ PNDIS_HANDLE ProtocolVcContext);
typedef PROTOCOL_CO_CREATE_VC *CO_CREATE_VC_HANDLER;
/* Learn: PROTOCOL_CO_DELETE_VC (ProtocolCoDeleteVc). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CO_DELETE_VC)(_In_ NDIS_HANDLE ProtocolVcContext);
typedef PROTOCOL_CO_DELETE_VC *CO_DELETE_VC_HANDLER;
/* Learn: PROTOCOL_CO_OID_REQUEST (ProtocolCoOidRequest). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_CO_OID_REQUEST)(_In_ NDIS_HANDLE ProtocolAfContext,
                                                   _In_opt_ NDIS_HANDLE ProtocolVcContext,
                                                   _In_opt_ NDIS_HANDLE ProtocolPartyContext,
                                                   _Inout_ PNDIS_OID_REQUEST OidRequest);
typedef PROTOCOL_CO_OID_REQUEST *CO_OID_REQUEST_HANDLER;
/* Learn: PROTOCOL_CO_OID_REQUEST_COMPLETE (ProtocolCoOidRequestComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CO_OID_REQUEST_COMPLETE)(_In_ NDIS_HANDLE ProtocolAfContext,
                                                     _In_opt_ NDIS_HANDLE ProtocolVcContext,
                                                     _In_opt_ NDIS_HANDLE ProtocolPartyContext,
                                                     _In_ PNDIS_OID_REQUEST OidRequest,
                                                     _In_ NDIS_STATUS Status);
typedef PROTOCOL_CO_OID_REQUEST_COMPLETE *CO_OID_REQUEST_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS (ProtocolCoReceiveNetBufferLists). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                                         _In_ NDIS_HANDLE ProtocolVcContext,
                                                         _In_ PNET_BUFFER_LIST NetBufferLists,
                                                         _In_ ULONG NumberOfNetBufferLists,
                                                         _In_ ULONG ReceiveFlags);
typedef PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS *CO_RECEIVE_NET_BUFFER_LISTS_HANDLER;
/* Learn: PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE (ProtocolCoSendNetBufferListsComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE)(_In_ NDIS_HANDLE ProtocolVcContext,
                                                               _In_ PNET_BUFFER_LIST NetBufferLists,
                                                               _In_ ULONG SendCompleteFlags);
typedef PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE *CO_SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER;
/* Learn: PROTOCOL_CO_STATUS_EX (ProtocolCoStatusEx). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_CO_STATUS_EX)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                          _In_opt_ NDIS_HANDLE ProtocolVcContext,
                                          _In_ PNDIS_STATUS_INDICATION StatusIndication);
typedef PROTOCOL_CO_STATUS_EX *CO_STATUS_HANDLER_EX;

/* Learn: NDIS_PROTOCOL_CO_CHARACTERISTICS (Header.Type CO_PROTOCOL_CHARACTERISTICS). */
typedef struct _NDIS_PROTOCOL_CO_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    CO_STATUS_HANDLER_EX CoStatusHandlerEx;
    CO_AF_REGISTER_NOTIFY_HANDLER CoAfRegisterNotifyHandler;
    CO_RECEIVE_NET_BUFFER_LISTS_HANDLER CoReceiveNetBufferListsHandler;
    CO_SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER CoSendNetBufferListsCompleteHandler;
} NDIS_PROTOCOL_CO_CHARACTERISTICS, *PNDIS_PROTOCOL_CO_CHARACTERISTICS;
#define NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1 1
#define NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1                                         \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_PROTOCOL_CO_CHARACTERISTICS, CoSendNetBufferListsCompleteHandler)

/* Learn: NdisCoCreateVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCoCreateVc(_In_ NDIS_HANDLE NdisBindingHandle,
                                 _In_opt_ NDIS_HANDLE NdisAfHandle,
                                 _In_ NDIS_HANDLE ProtocolVcContext,
                                 _Inout_ PNDIS_HANDLE NdisVcHandle);
/* Learn: NdisCoDeleteVc. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCoDeleteVc(_In_ NDIS_HANDLE NdisVcHandle);
/* Learn: NdisCoSendNetBufferLists. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCoSendNetBufferLists(_In_ NDIS_HANDLE NdisVcHandle,
                                    _In_ PNET_BUFFER_LIST NetBufferLists, _In_ ULONG SendFlags);
/* Learn: NdisCoOidRequest. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCoOidRequest(_In_ NDIS_HANDLE NdisBindingHandle,
                                   _In_opt_ NDIS_HANDLE NdisAfHandle,
                                   _In_opt_ NDIS_HANDLE NdisVcHandle,
                                   _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                   _Inout_ PNDIS_OID_REQUEST OidRequest);
/* Learn: NdisCoOidRequestComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCoOidRequestComplete(_In_ NDIS_HANDLE NdisAfHandle,
                                    _In_opt_ NDIS_HANDLE NdisVcHandle,
                                    _In_opt_ NDIS_HANDLE NdisPartyHandle,
                                    _In_ PNDIS_OID_REQUEST OidRequest, _In_ NDIS_STATUS Status);
/* Learn: NdisCoAssignInstanceName. */
_IRQL_requires_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCoAssignInstanceName(_In_ NDIS_HANDLE NdisVcHandle,
                                           _In_ PNDIS_STRING BaseInstanceName,
                                           _Out_opt_ PNDIS_STRING VcInstanceName);
/* Learn: NdisCoGetTapiCallId. */
_IRQL_requires_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisCoGetTapiCallId(_In_ NDIS_HANDLE NdisVcHandle,
                                      _Inout_ PVAR_STRING TapiCallId);

#endif
