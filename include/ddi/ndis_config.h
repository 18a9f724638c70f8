/* SPDX-License-Identifier: MIT */
/* An adapter's or driver's settings, read by keyword. */
#ifndef CONDIS_DDI_NDIS_CONFIG_H
#define CONDIS_DDI_NDIS_CONFIG_H

#include "ndis_types.h"

/* Learn: NDIS_CONFIGURATION_OBJECT. */
typedef struct _NDIS_CONFIGURATION_OBJECT {
    NDIS_OBJECT_HEADER Header;
    NDIS_HANDLE NdisHandle;
    ULONG Flags;
} NDIS_CONFIGURATION_OBJECT, *PNDIS_CONFIGURATION_OBJECT;
#define NDIS_CONFIGURATION_OBJECT_REVISION_1 1
#define NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1                                                \
    RTL_SIZEOF_THROUGH_FIELD(NDIS_CONFIGURATION_OBJECT, Flags)
#define NDIS_CONFIG_FLAG_FILTER_INSTANCE_CONFIGURATION 0x00000001

typedef enum _NDIS_PARAMETER_TYPE {
    NdisParameterInteger,
    NdisParameterHexInteger,
    NdisParameterString,
    NdisParameterMultiString,
    NdisParameterBinary
} NDIS_PARAMETER_TYPE,
    *PNDIS_PARAMETER_TYPE;

typedef struct _BINARY_DATA {
    USHORT Length;
    PVOID Buffer;
} BINARY_DATA;

/* Learn: NDIS_CONFIGURATION_PARAMETER. Lent by NdisReadConfiguration until the handle is closed. */
typedef struct _NDIS_CONFIGURATION_PARAMETER {
    NDIS_PARAMETER_TYPE ParameterType;
    union {
        ULONG IntegerData;
        NDIS_STRING StringData;
        BINARY_DATA BinaryData;
    } ParameterData;
} NDIS_CONFIGURATION_PARAMETER, *PNDIS_CONFIGURATION_PARAMETER;

/* Learn: NdisOpenConfigurationEx. */
_Must_inspect_result_
_IRQL_requires_(PASSIVE_LEVEL)
NDIS_STATUS NTAPI NdisOpenConfigurationEx(_In_ PNDIS_CONFIGURATION_OBJECT ConfigObject,
                                          _Out_ PNDIS_HANDLE ConfigurationHandle);
/* Learn: NdisCloseConfiguration. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisCloseConfiguration(_In_ NDIS_HANDLE ConfigurationHandle);
/* Learn: NdisReadConfiguration. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisReadConfiguration(_Out_ PNDIS_STATUS Status,
                                 _Out_ PNDIS_CONFIGURATION_PARAMETER *ParameterValue,
                                 _In_ NDIS_HANDLE ConfigurationHandle, _In_ PNDIS_STRING Keyword,
                                 _In_ NDIS_PARAMETER_TYPE ParameterType);
/* Learn: NdisWriteConfiguration. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisWriteConfiguration(_Out_ PNDIS_STATUS Status, _In_ NDIS_HANDLE ConfigurationHandle,
                                  _In_ PNDIS_STRING Keyword,
                                  _In_ PNDIS_CONFIGURATION_PARAMETER ParameterValue);
/* Learn: NdisOpenConfigurationKeyByName. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisOpenConfigurationKeyByName(_Out_ PNDIS_STATUS Status,
                                          _In_ NDIS_HANDLE ConfigurationHandle,
                                          _In_ PNDIS_STRING SubKeyName,
                                          _Out_ PNDIS_HANDLE SubKeyHandle);
/* Learn: NdisOpenConfigurationKeyByIndex. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisOpenConfigurationKeyByIndex(_Out_ PNDIS_STATUS Status,
                                           _In_ NDIS_HANDLE ConfigurationHandle, _In_ ULONG Index,
                                           _Out_ PNDIS_STRING KeyName,
                                           _Out_ PNDIS_HANDLE KeyHandle);
/* Learn: NdisReadNetworkAddress. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NTAPI NdisReadNetworkAddress(_Out_ PNDIS_STATUS Status, _Out_ PVOID *NetworkAddress,
                                  _Out_ PUINT NetworkAddressLength,
                                  _In_ NDIS_HANDLE ConfigurationHandle);

#endif
