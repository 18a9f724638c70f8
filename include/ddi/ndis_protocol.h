/* SPDX-License-Identifier: MIT */
/* The protocol driver: registration, binding, and what every protocol is called for. */
#ifndef CONDIS_DDI_NDIS_PROTOCOL_H
#define CONDIS_DDI_NDIS_PROTOCOL_H

#include "ndis_netbuffer.h"
#include "ndis_oid.h"
#include "ndis_pnp.h"

typedef struct _NDIS_RECEIVE_SCALE_CAPABILITIES *PNDIS_RECEIVE_SCALE_CAPABILITIES;
typedef struct _NDIS_PORT *PNDIS_PORT;
typedef struct _NDIS_OFFLOAD *PNDIS_OFFLOAD;
typedef struct _NDIS_TCP_CONNECTION_OFFLOAD *PNDIS_TCP_CONNECTION_OFFLOAD;
typedef struct _NDIS_HD_SPLIT_CURRENT_CONFIG *PNDIS_HD_SPLIT_CURRENT_CONFIG;
typedef struct _NDIS_RECEIVE_FILTER_CAPABILITIES *PNDIS_RECEIVE_FILTER_CAPABILITIES;
typedef struct _NDIS_PM_CAPABILITIES *PNDIS_PM_CAPABILITIES;
typedef struct _NDIS_NIC_SWITCH_CAPABILITIES *PNDIS_NIC_SWITCH_CAPABILITIES;

/* Learn: NDIS_OPEN_PARAMETERS. */
typedef struct _NDIS_OPEN_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    PNDIS_STRING AdapterName;
    PNDIS_MEDIUM MediumArray;
    UINT MediumArraySize;
    PUINT SelectedMediumIndex;
    PNET_FRAME_TYPE FrameTypeArray;
    UINT FrameTypeArraySize;
} NDIS_OPEN_PARAMETERS, *PNDIS_OPEN_PARAMETERS;
#define NDIS_OPEN_PARAMETERS_REVISION_1 1
#define NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1                                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_OPEN_PARAMETERS, FrameTypeArraySize)
/* The header's own spelling (API K6). */
#define NDIS_SIZEOF_OPEN_PARAMETERS_REVSION_1 NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1

/* Learn: NDIS_BIND_PARAMETERS. */
typedef struct _NDIS_BIND_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    PNDIS_STRING ProtocolSection;
    PNDIS_STRING AdapterName;
    PDEVICE_OBJECT PhysicalDeviceObject;
    NDIS_MEDIUM MediaType;
    ULONG MtuSize;
    ULONG64 MaxXmitLinkSpeed;
    ULONG64 XmitLinkSpeed;
    ULONG64 MaxRcvLinkSpeed;
    ULONG64 RcvLinkSpeed;
    NDIS_MEDIA_CONNECT_STATE MediaConnectState;
    NDIS_MEDIA_DUPLEX_STATE MediaDuplexState;
    ULONG LookaheadSize;
    PNDIS_PNP_CAPABILITIES PowerManagementCapabilities;
    ULONG SupportedPacketFilters;
    ULONG MaxMulticastListSize;
    USHORT MacAddressLength;
    UCHAR CurrentMacAddress[NDIS_MAX_PHYS_ADDRESS_LENGTH];
    NDIS_PHYSICAL_MEDIUM PhysicalMediumType;
    PNDIS_RECEIVE_SCALE_CAPABILITIES RcvScaleCapabilities;
    NET_LUID BoundIfNetluid;
    NET_IFINDEX BoundIfIndex;
    NET_LUID LowestIfNetluid;
    NET_IFINDEX LowestIfIndex;
    NET_IF_ACCESS_TYPE AccessType;
    NET_IF_DIRECTION_TYPE DirectionType;
    NET_IF_CONNECTION_TYPE ConnectionType;
    NET_IFTYPE IfType;
    BOOLEAN IfConnectorPresent;
    PNDIS_PORT ActivePorts;
    ULONG DataBackFillSize;
    ULONG ContextBackFillSize;
    ULONG MacOptions;
    NET_IF_COMPARTMENT_ID CompartmentId;
    PNDIS_OFFLOAD DefaultOffloadConfiguration;
    PNDIS_TCP_CONNECTION_OFFLOAD TcpConnectionOffloadCapabilities;
    PNDIS_STRING BoundAdapterName;
#if NDIS_SUPPORT_NDIS61
    PNDIS_HD_SPLIT_CURRENT_CONFIG HDSplitCurrentConfig;
#endif
#if NDIS_SUPPORT_NDIS620
    PNDIS_RECEIVE_FILTER_CAPABILITIES ReceiveFilterCapabilities;
    PNDIS_PM_CAPABILITIES PowerManagementCapabilitiesEx;
    PNDIS_NIC_SWITCH_CAPABILITIES NicSwitchCapabilities;
#endif
} NDIS_BIND_PARAMETERS, *PNDIS_BIND_PARAMETERS;
#define NDIS_BIND_PARAMETERS_REVISION_1 1
#define NDIS_SIZEOF_BIND_PARAMETERS_REVISION_1                                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_BIND_PARAMETERS, BoundAdapterName)
#if NDIS_SUPPORT_NDIS61
#define NDIS_BIND_PARAMETERS_REVISION_2 2
#define NDIS_SIZEOF_BIND_PARAMETERS_REVISION_2                                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_BIND_PARAMETERS, HDSplitCurrentConfig)
#endif
#if NDIS_SUPPORT_NDIS620
#define NDIS_BIND_PARAMETERS_REVISION_3 3
#define NDIS_SIZEOF_BIND_PARAMETERS_REVISION_3                                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_BIND_PARAMETERS, NicSwitchCapabilities)
#endif

/* Learn: PROTOCOL_BIND_ADAPTER_EX (ProtocolBindAdapterEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_BIND_ADAPTER_EX)(_In_ NDIS_HANDLE ProtocolDriverContext,
                                                    _In_ NDIS_HANDLE BindContext,
                                                    _In_ PNDIS_BIND_PARAMETERS BindParameters);
typedef PROTOCOL_BIND_ADAPTER_EX *BIND_HANDLER_EX;
/* Learn: PROTOCOL_UNBIND_ADAPTER_EX (ProtocolUnbindAdapterEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_UNBIND_ADAPTER_EX)(_In_ NDIS_HANDLE UnbindContext,
                                                      _In_ NDIS_HANDLE ProtocolBindingContext);
typedef PROTOCOL_UNBIND_ADAPTER_EX *UNBIND_HANDLER_EX;
/* Learn: PROTOCOL_OPEN_ADAPTER_COMPLETE_EX (ProtocolOpenAdapterCompleteEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI PROTOCOL_OPEN_ADAPTER_COMPLETE_EX)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                                      _In_ NDIS_STATUS Status);
typedef PROTOCOL_OPEN_ADAPTER_COMPLETE_EX *OPEN_ADAPTER_COMPLETE_HANDLER_EX;
/* Learn: PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX (ProtocolCloseAdapterCompleteEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX)(_In_ NDIS_HANDLE ProtocolBindingContext);
typedef PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX *CLOSE_ADAPTER_COMPLETE_HANDLER_EX;
/* Learn: PROTOCOL_NET_PNP_EVENT (ProtocolNetPnPEvent). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI PROTOCOL_NET_PNP_EVENT)(_In_opt_ NDIS_HANDLE ProtocolBindingContext,
                                                  _In_ PNET_PNP_EVENT_NOTIFICATION
                                                      NetPnPEventNotification);
typedef PROTOCOL_NET_PNP_EVENT *NET_PNP_EVENT_HANDLER;
/* Learn: PROTOCOL_UNINSTALL (ProtocolUninstall). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI PROTOCOL_UNINSTALL)(VOID);
typedef PROTOCOL_UNINSTALL *UNINSTALL_PROTOCOL_HANDLER;
/* Learn: PROTOCOL_OID_REQUEST_COMPLETE (ProtocolOidRequestComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_OID_REQUEST_COMPLETE)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                                  _In_ PNDIS_OID_REQUEST OidRequest,
                                                  _In_ NDIS_STATUS Status);
typedef PROTOCOL_OID_REQUEST_COMPLETE *OID_REQUEST_COMPLETE_HANDLER;
/* Learn: PROTOCOL_STATUS_EX (ProtocolStatusEx). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_STATUS_EX)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                       _In_ PNDIS_STATUS_INDICATION StatusIndication);
typedef PROTOCOL_STATUS_EX *STATUS_HANDLER_EX;
/* Learn: PROTOCOL_RECEIVE_NET_BUFFER_LISTS (ProtocolReceiveNetBufferLists). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_RECEIVE_NET_BUFFER_LISTS)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                                      _In_ PNET_BUFFER_LIST NetBufferLists,
                                                      _In_ NDIS_PORT_NUMBER PortNumber,
                                                      _In_ ULONG NumberOfNetBufferLists,
                                                      _In_ ULONG ReceiveFlags);
typedef PROTOCOL_RECEIVE_NET_BUFFER_LISTS *RECEIVE_NET_BUFFER_LISTS_HANDLER;
/* Learn: PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE (ProtocolSendNetBufferListsComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                                            _In_ PNET_BUFFER_LIST NetBufferList,
                                                            _In_ ULONG SendCompleteFlags);
typedef PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE *SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER;
#if NDIS_SUPPORT_NDIS61
/* Learn: PROTOCOL_DIRECT_OID_REQUEST_COMPLETE (ProtocolDirectOidRequestComplete). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI PROTOCOL_DIRECT_OID_REQUEST_COMPLETE)(_In_ NDIS_HANDLE ProtocolBindingContext,
                                                         _In_ PNDIS_OID_REQUEST OidRequest,
                                                         _In_ NDIS_STATUS Status);
typedef PROTOCOL_DIRECT_OID_REQUEST_COMPLETE *DIRECT_OID_REQUEST_COMPLETE_HANDLER;
#endif

/* Learn: NDIS_PROTOCOL_DRIVER_CHARACTERISTICS. UninstallHandler, StatusHandlerEx and
 * DirectOidRequestCompleteHandler may be NULL. */
typedef struct _NDIS_PROTOCOL_DRIVER_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    UCHAR MajorNdisVersion;
    UCHAR MinorNdisVersion;
    UCHAR MajorDriverVersion;
    UCHAR MinorDriverVersion;
    ULONG Flags;
    NDIS_STRING Name;
    SET_OPTIONS_HANDLER SetOptionsHandler;
    BIND_HANDLER_EX BindAdapterHandlerEx;
    UNBIND_HANDLER_EX UnbindAdapterHandlerEx;
    OPEN_ADAPTER_COMPLETE_HANDLER_EX OpenAdapterCompleteHandlerEx;
    CLOSE_ADAPTER_COMPLETE_HANDLER_EX CloseAdapterCompleteHandlerEx;
    NET_PNP_EVENT_HANDLER NetPnPEventHandler;
    UNINSTALL_PROTOCOL_HANDLER UninstallHandler;
    OID_REQUEST_COMPLETE_HANDLER OidRequestCompleteHandler;
    STATUS_HANDLER_EX StatusHandlerEx;
    RECEIVE_NET_BUFFER_LISTS_HANDLER ReceiveNetBufferListsHandler;
    SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER SendNetBufferListsCompleteHandler;
#if NDIS_SUPPORT_NDIS61
    DIRECT_OID_REQUEST_COMPLETE_HANDLER DirectOidRequestCompleteHandler;
#endif
} NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, *PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS;
#define NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1 1
#define NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS,                                 \
                             SendNetBufferListsCompleteHandler)
#if NDIS_SUPPORT_NDIS61
#define NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2 2
#define NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, DirectOidRequestCompleteHandler)
#endif

/* Learn: NdisRegisterProtocolDriver. */
_Must_inspect_result_
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI
NdisRegisterProtocolDriver(_In_opt_ NDIS_HANDLE ProtocolDriverContext,
                           _In_ PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS ProtocolCharacteristics,
                           _Out_ PNDIS_HANDLE NdisProtocolHandle);
/* Learn: NdisDeregisterProtocolDriver. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisDeregisterProtocolDriver(_In_ NDIS_HANDLE NdisProtocolHandle);
/* Learn: NdisOpenAdapterEx. */
_Must_inspect_result_
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisOpenAdapterEx(_In_ NDIS_HANDLE NdisProtocolHandle,
                                    _In_ NDIS_HANDLE ProtocolBindingContext,
                                    _In_ PNDIS_OPEN_PARAMETERS OpenParameters,
                                    _In_ NDIS_HANDLE BindContext,
                                    _Out_ PNDIS_HANDLE NdisBindingHandle);
/* Learn: NdisCloseAdapterEx. */
_Must_inspect_result_
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisCloseAdapterEx(_In_ NDIS_HANDLE NdisBindingHandle);
/* Learn: NdisUnbindAdapter. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NDIS_STATUS NTAPI NdisUnbindAdapter(_In_ NDIS_HANDLE NdisBindingHandle);
/* Learn: NdisCompleteBindAdapterEx. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCompleteBindAdapterEx(_In_ NDIS_HANDLE BindAdapterContext, _In_ NDIS_STATUS Status);
/* Learn: NdisCompleteUnbindAdapterEx. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCompleteUnbindAdapterEx(_In_ NDIS_HANDLE UnbindContext);
/* Learn: NdisCompleteNetPnPEvent. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisCompleteNetPnPEvent(_In_ NDIS_HANDLE NdisBindingHandle,
                                   _In_ PNET_PNP_EVENT_NOTIFICATION NetPnPEventNotification,
                                   _In_ NDIS_STATUS Status);
/* Learn: NdisReEnumerateProtocolBindings. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisReEnumerateProtocolBindings(_In_ NDIS_HANDLE NdisHandle);
/* Learn: NdisReturnNetBufferLists. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisReturnNetBufferLists(_In_ NDIS_HANDLE NdisBindingHandle,
                                    _In_ PNET_BUFFER_LIST NetBufferLists, _In_ ULONG ReturnFlags);
/* Learn: NdisCancelSendNetBufferLists. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisCancelSendNetBufferLists(_In_ NDIS_HANDLE NdisBindingHandle, _In_ PVOID CancelId);

#endif
