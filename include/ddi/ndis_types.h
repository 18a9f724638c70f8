/* SPDX-License-Identifier: MIT */
/* The types everything in NDIS is made of: handles, statuses, the object header. */
#ifndef CONDIS_DDI_NDIS_TYPES_H
#define CONDIS_DDI_NDIS_TYPES_H

#include "../ntddk.h"
#include "ndis_version.h"

typedef PVOID NDIS_HANDLE, *PNDIS_HANDLE;
typedef int NDIS_STATUS, *PNDIS_STATUS;
typedef ULONG NDIS_OID, *PNDIS_OID;
typedef ULONG NDIS_PORT_NUMBER, *PNDIS_PORT_NUMBER;
typedef UNICODE_STRING NDIS_STRING, *PNDIS_STRING;
typedef ANSI_STRING NDIS_ANSI_STRING, *PNDIS_ANSI_STRING;
typedef PHYSICAL_ADDRESS NDIS_PHYSICAL_ADDRESS, *PNDIS_PHYSICAL_ADDRESS;
typedef ULONG NDIS_ERROR_CODE, *PNDIS_ERROR_CODE;
typedef USHORT NET_FRAME_TYPE, *PNET_FRAME_TYPE;

#define NDIS_DEFAULT_PORT_NUMBER     ((NDIS_PORT_NUMBER)0)
#define NDIS_MAX_PHYS_ADDRESS_LENGTH 32
#define NDIS_STRING_CONST(x)                                                                       \
    {                                                                                              \
        sizeof(L##x) - sizeof(WCHAR), sizeof(L##x), (PWCH)L##x                                     \
    }

/* '#pragma NDIS_INIT_FUNCTION(f)' and its like are accepted; as nothing is paged, to no effect. */
#define NDIS_INIT_FUNCTION(f)     alloc_text(INIT, f)
#define NDIS_PAGABLE_FUNCTION(f)  alloc_text(PAGE, f)
#define NDIS_PAGEABLE_FUNCTION(f) alloc_text(PAGE, f)

/* What every versioned structure begins with. Learn: NDIS_OBJECT_HEADER. */
typedef struct _NDIS_OBJECT_HEADER {
    UCHAR Type;
    UCHAR Revision;
    USHORT Size;
} NDIS_OBJECT_HEADER, *PNDIS_OBJECT_HEADER;

#define NDIS_OBJECT_REVISION_1                                       1
#define NDIS_OBJECT_TYPE_DEFAULT                                     0x80
#define NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS                    0x81
#define NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION                          0x83
#define NDIS_OBJECT_TYPE_MINIPORT_INTERRUPT                          0x84
#define NDIS_OBJECT_TYPE_DEVICE_OBJECT_ATTRIBUTES                    0x85
#define NDIS_OBJECT_TYPE_BIND_PARAMETERS                             0x86
#define NDIS_OBJECT_TYPE_OPEN_PARAMETERS                             0x87
#define NDIS_OBJECT_TYPE_RSS_CAPABILITIES                            0x88
#define NDIS_OBJECT_TYPE_RSS_PARAMETERS                              0x89
#define NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS             0x8A
#define NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS               0x8B
#define NDIS_OBJECT_TYPE_FILTER_PARTIAL_CHARACTERISTICS              0x8C
#define NDIS_OBJECT_TYPE_FILTER_ATTRIBUTES                           0x8D
#define NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS                 0x90
#define NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS                 0x91
#define NDIS_OBJECT_TYPE_MINIPORT_PNP_CHARACTERISTICS                0x92
#define NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS             0x95
#define NDIS_OBJECT_TYPE_REQUEST_EX                                  0x96
#define NDIS_OBJECT_TYPE_OID_REQUEST                                 0x96
#define NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS                       0x97
#define NDIS_OBJECT_TYPE_STATUS_INDICATION                           0x98
#define NDIS_OBJECT_TYPE_PORT_CHARACTERISTICS                        0x9C
#define NDIS_OBJECT_TYPE_PORT_STATE                                  0x9D
#define NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES    0x9E
#define NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES         0x9F
#define NDIS_OBJECT_TYPE_RESTART_GENERAL_ATTRIBUTES                  0xA2
#define NDIS_OBJECT_TYPE_PROTOCOL_RESTART_PARAMETERS                 0xA3
#define NDIS_OBJECT_TYPE_MINIPORT_ADD_DEVICE_REGISTRATION_ATTRIBUTES 0xA4
#define NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS           0xA5
#define NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS                 0xA6
#define NDIS_OBJECT_TYPE_OFFLOAD                                     0xA7
#define NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT                        0xA9
#define NDIS_OBJECT_TYPE_DRIVER_WRAPPER_OBJECT                       0xAA
#define NDIS_OBJECT_TYPE_SHARED_MEMORY_PROVIDER_CHARACTERISTICS      0xB0

/* What NdisSetOptionalHandlers takes: any handler table, told apart by Header.Type. */
typedef struct _NDIS_DRIVER_OPTIONAL_HANDLERS {
    NDIS_OBJECT_HEADER Header;
} NDIS_DRIVER_OPTIONAL_HANDLERS, *PNDIS_DRIVER_OPTIONAL_HANDLERS;

/* Learn: SET_OPTIONS (ProtocolSetOptions, MiniportSetOptions). PASSIVE_LEVEL. */
_IRQL_requires_(PASSIVE_LEVEL)
typedef NDIS_STATUS(NTAPI SET_OPTIONS)(_In_ NDIS_HANDLE NdisDriverHandle,
                                       _In_ NDIS_HANDLE DriverContext);
typedef SET_OPTIONS PROTOCOL_SET_OPTIONS, MINIPORT_SET_OPTIONS;
typedef SET_OPTIONS *SET_OPTIONS_HANDLER;

/* Learn: NdisSetOptionalHandlers. */
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisSetOptionalHandlers(_In_ NDIS_HANDLE NdisDriverHandle,
                                          _In_ PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);
/* Learn: NdisGetVersion. Major in the high, minor in the low 16 bits. */
UINT NTAPI NdisGetVersion(VOID);

#endif
