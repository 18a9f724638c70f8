/* SPDX-License-Identifier: MIT */
/* The miniport driver: registration, adapter attributes, and what every miniport is called for. */
#ifndef CONDIS_DDI_NDIS_MINIPORT_H
#define CONDIS_DDI_NDIS_MINIPORT_H

#include "ndis_attributes.h"
#include "ndis_netbuffer.h"
#include "ndis_oid.h"
#include "ndis_pnp.h"

typedef enum _NDIS_HALT_ACTION {
    NdisHaltDeviceDisabled,
    NdisHaltDeviceInstanceDeInitialized,
    NdisHaltDevicePoweredDown,
    NdisHaltDeviceSurpriseRemoved,
    NdisHaltDeviceFailed,
    NdisHaltDeviceInitializationFailed,
    NdisHaltDeviceStopped
} NDIS_HALT_ACTION,
    *PNDIS_HALT_ACTION;

typedef enum _NDIS_SHUTDOWN_ACTION {
    NdisShutdownPowerOff,
    NdisShutdownBugCheck
} NDIS_SHUTDOWN_ACTION,
    *PNDIS_SHUTDOWN_ACTION;

/* Learn: NDIS_MINIPORT_PAUSE_PARAMETERS. */
typedef struct _NDIS_MINIPORT_PAUSE_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    ULONG Flags;
    ULONG PauseReason;
} NDIS_MINIPORT_PAUSE_PARAMETERS, *PNDIS_MINIPORT_PAUSE_PARAMETERS;
#define NDIS_MINIPORT_PAUSE_PARAMETERS_REVISION_1 1
#define NDIS_SIZEOF_MINIPORT_PAUSE_PARAMETERS_REVISION_1                                           \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_MINIPORT_PAUSE_PARAMETERS, PauseReason)

/* Learn: NDIS_MINIPORT_RESTART_PARAMETERS. */
typedef struct _NDIS_MINIPORT_RESTART_PARAMETERS {
    NDIS_OBJECT_HEADER Header;
    PNDIS_RESTART_ATTRIBUTES RestartAttributes;
    ULONG Flags;
} NDIS_MINIPORT_RESTART_PARAMETERS, *PNDIS_MINIPORT_RESTART_PARAMETERS;
#define NDIS_MINIPORT_RESTART_PARAMETERS_REVISION_1 1
#define NDIS_SIZEOF_MINIPORT_RESTART_PARAMETERS_REVISION_1                                         \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_MINIPORT_RESTART_PARAMETERS, Flags)

/* Learn: MINIPORT_INITIALIZE (MiniportInitializeEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_INITIALIZE)(
    _In_ NDIS_HANDLE NdisMiniportHandle, _In_ NDIS_HANDLE MiniportDriverContext,
    _In_ PNDIS_MINIPORT_INIT_PARAMETERS MiniportInitParameters);
typedef MINIPORT_INITIALIZE *MINIPORT_INITIALIZE_HANDLER;
/* Learn: MINIPORT_HALT (MiniportHaltEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI MINIPORT_HALT)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                  _In_ NDIS_HALT_ACTION HaltAction);
typedef MINIPORT_HALT *MINIPORT_HALT_HANDLER;
/* Learn: MINIPORT_UNLOAD (MiniportDriverUnload). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI MINIPORT_UNLOAD)(_In_ PDRIVER_OBJECT DriverObject);
typedef MINIPORT_UNLOAD *MINIPORT_DRIVER_UNLOAD;
/* Learn: MINIPORT_PAUSE (MiniportPause). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_PAUSE)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                          _In_ PNDIS_MINIPORT_PAUSE_PARAMETERS PauseParameters);
typedef MINIPORT_PAUSE *MINIPORT_PAUSE_HANDLER;
/* Learn: MINIPORT_RESTART (MiniportRestart). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_RESTART)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                            _In_ PNDIS_MINIPORT_RESTART_PARAMETERS
                                                RestartParameters);
typedef MINIPORT_RESTART *MINIPORT_RESTART_HANDLER;
/* Learn: MINIPORT_OID_REQUEST (MiniportOidRequest). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_OID_REQUEST)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                _In_ PNDIS_OID_REQUEST OidRequest);
typedef MINIPORT_OID_REQUEST *MINIPORT_OID_REQUEST_HANDLER;
/* Learn: MINIPORT_SEND_NET_BUFFER_LISTS (MiniportSendNetBufferLists). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI MINIPORT_SEND_NET_BUFFER_LISTS)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                   _In_ PNET_BUFFER_LIST NetBufferList,
                                                   _In_ NDIS_PORT_NUMBER PortNumber,
                                                   _In_ ULONG SendFlags);
typedef MINIPORT_SEND_NET_BUFFER_LISTS *MINIPORT_SEND_NET_BUFFER_LISTS_HANDLER;
/* Learn: MINIPORT_RETURN_NET_BUFFER_LISTS (MiniportReturnNetBufferLists). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI MINIPORT_RETURN_NET_BUFFER_LISTS)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                     _In_ PNET_BUFFER_LIST NetBufferLists,
                                                     _In_ ULONG ReturnFlags);
typedef MINIPORT_RETURN_NET_BUFFER_LISTS *MINIPORT_RETURN_NET_BUFFER_LISTS_HANDLER;
/* Learn: MINIPORT_CANCEL_SEND (MiniportCancelSend). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI MINIPORT_CANCEL_SEND)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                         _In_ PVOID CancelId);
typedef MINIPORT_CANCEL_SEND *MINIPORT_CANCEL_SEND_HANDLER;
/* Learn: MINIPORT_CHECK_FOR_HANG (MiniportCheckForHangEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef BOOLEAN(NTAPI MINIPORT_CHECK_FOR_HANG)(_In_ NDIS_HANDLE MiniportAdapterContext);
typedef MINIPORT_CHECK_FOR_HANG *MINIPORT_CHECK_FOR_HANG_HANDLER;
/* Learn: MINIPORT_RESET (MiniportResetEx). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_RESET)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                          _Out_ PBOOLEAN AddressingReset);
typedef MINIPORT_RESET *MINIPORT_RESET_HANDLER;
/* Learn: MINIPORT_DEVICE_PNP_EVENT_NOTIFY (MiniportDevicePnPEventNotify). */
_IRQL_requires_(PASSIVE_LEVEL)
typedef VOID(NTAPI MINIPORT_DEVICE_PNP_EVENT_NOTIFY)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                     _In_ PNET_DEVICE_PNP_EVENT NetDevicePnPEvent);
typedef MINIPORT_DEVICE_PNP_EVENT_NOTIFY *MINIPORT_DEVICE_PNP_EVENT_NOTIFY_HANDLER;
/* Learn: MINIPORT_SHUTDOWN (MiniportShutdownEx). */
typedef VOID(NTAPI MINIPORT_SHUTDOWN)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                      _In_ NDIS_SHUTDOWN_ACTION ShutdownAction);
typedef MINIPORT_SHUTDOWN *MINIPORT_SHUTDOWN_HANDLER;
/* Learn: MINIPORT_CANCEL_OID_REQUEST (MiniportCancelOidRequest). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI MINIPORT_CANCEL_OID_REQUEST)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                _In_ PVOID RequestId);
typedef MINIPORT_CANCEL_OID_REQUEST *MINIPORT_CANCEL_OID_REQUEST_HANDLER;
#if NDIS_SUPPORT_NDIS61
/* Learn: MINIPORT_DIRECT_OID_REQUEST (MiniportDirectOidRequest). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef NDIS_STATUS(NTAPI MINIPORT_DIRECT_OID_REQUEST)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                       _In_ PNDIS_OID_REQUEST OidRequest);
typedef MINIPORT_DIRECT_OID_REQUEST *MINIPORT_DIRECT_OID_REQUEST_HANDLER;
/* Learn: MINIPORT_CANCEL_DIRECT_OID_REQUEST (MiniportCancelDirectOidRequest). */
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID(NTAPI MINIPORT_CANCEL_DIRECT_OID_REQUEST)(_In_ NDIS_HANDLE MiniportAdapterContext,
                                                       _In_ PVOID RequestId);
typedef MINIPORT_CANCEL_DIRECT_OID_REQUEST *MINIPORT_CANCEL_DIRECT_OID_REQUEST_HANDLER;
#endif

/* Learn: NDIS_MINIPORT_DRIVER_CHARACTERISTICS. */
typedef struct _NDIS_MINIPORT_DRIVER_CHARACTERISTICS {
    NDIS_OBJECT_HEADER Header;
    UCHAR MajorNdisVersion;
    UCHAR MinorNdisVersion;
    UCHAR MajorDriverVersion;
    UCHAR MinorDriverVersion;
    ULONG Flags;
    SET_OPTIONS_HANDLER SetOptionsHandler;
    MINIPORT_INITIALIZE_HANDLER InitializeHandlerEx;
    MINIPORT_HALT_HANDLER HaltHandlerEx;
    MINIPORT_DRIVER_UNLOAD UnloadHandler;
    MINIPORT_PAUSE_HANDLER PauseHandler;
    MINIPORT_RESTART_HANDLER RestartHandler;
    MINIPORT_OID_REQUEST_HANDLER OidRequestHandler;
    MINIPORT_SEND_NET_BUFFER_LISTS_HANDLER SendNetBufferListsHandler;
    MINIPORT_RETURN_NET_BUFFER_LISTS_HANDLER ReturnNetBufferListsHandler;
    MINIPORT_CANCEL_SEND_HANDLER CancelSendHandler;
    MINIPORT_CHECK_FOR_HANG_HANDLER CheckForHangHandlerEx;
    MINIPORT_RESET_HANDLER ResetHandlerEx;
    MINIPORT_DEVICE_PNP_EVENT_NOTIFY_HANDLER DevicePnPEventNotifyHandler;
    MINIPORT_SHUTDOWN_HANDLER ShutdownHandlerEx;
    MINIPORT_CANCEL_OID_REQUEST_HANDLER CancelOidRequestHandler;
#if NDIS_SUPPORT_NDIS61
    MINIPORT_DIRECT_OID_REQUEST_HANDLER DirectOidRequestHandler;
    MINIPORT_CANCEL_DIRECT_OID_REQUEST_HANDLER CancelDirectOidRequestHandler;
#endif
} NDIS_MINIPORT_DRIVER_CHARACTERISTICS, *PNDIS_MINIPORT_DRIVER_CHARACTERISTICS;
#define NDIS_INTERMEDIATE_DRIVER                        0x00000001
#define NDIS_WDM_DRIVER                                 0x00000002
#define NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1 1
#define NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, CancelOidRequestHandler)
#if NDIS_SUPPORT_NDIS61
#define NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2 2
#define NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2                                     \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, CancelDirectOidRequestHandler)
#endif

/* Learn: NdisMRegisterMiniportDriver. */
_Must_inspect_result_
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisMRegisterMiniportDriver(
    _In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath,
    _In_opt_ NDIS_HANDLE MiniportDriverContext,
    _In_ PNDIS_MINIPORT_DRIVER_CHARACTERISTICS MiniportDriverCharacteristics,
    _Out_ PNDIS_HANDLE NdisMiniportDriverHandle);
/* Learn: NdisMDeregisterMiniportDriver. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisMDeregisterMiniportDriver(_In_ NDIS_HANDLE NdisMiniportDriverHandle);
/* Learn: NdisMSetMiniportAttributes. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisMSetMiniportAttributes(
    _In_ NDIS_HANDLE NdisMiniportHandle, _In_ PNDIS_MINIPORT_ADAPTER_ATTRIBUTES MiniportAttributes);
/* Learn: NdisMNetPnPEvent. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisMNetPnPEvent(_In_ NDIS_HANDLE MiniportAdapterHandle,
                                   _In_ PNET_PNP_EVENT_NOTIFICATION NetPnPEvent);
/* Learn: NdisMPauseComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMPauseComplete(_In_ NDIS_HANDLE MiniportAdapterHandle);
/* Learn: NdisMRestartComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMRestartComplete(_In_ NDIS_HANDLE MiniportAdapterHandle, _In_ NDIS_STATUS Status);
/* Learn: NdisMOidRequestComplete. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMOidRequestComplete(_In_ NDIS_HANDLE MiniportAdapterHandle,
                                   _In_ PNDIS_OID_REQUEST OidRequest, _In_ NDIS_STATUS Status);
/* Learn: NdisMIndicateStatusEx. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NdisMIndicateStatusEx(_In_ NDIS_HANDLE MiniportAdapterHandle,
                                 _In_ PNDIS_STATUS_INDICATION StatusIndication);

#endif
