/* SPDX-License-Identifier: MIT */
#include "pick.h"

static BOOLEAN NameIs(const NDIS_STRING *Said, const char *Rule)
{
    ULONG Length = Said->Length / sizeof(WCHAR), Index;
    for (Index = 0; Index < Length && Rule[Index] != 0; Index++)
        if (Said->Buffer[Index] != (WCHAR)Rule[Index])
            return FALSE;
    return Index == Length && Rule[Index] == 0;
}

/* A setting that names no mistake fails the driver: a test must not pass because of a slip of its
 * own. */
static NDIS_STATUS MakeMistake(NDIS_HANDLE Configuration, const BROKEN_ROW *Rows, SIZE_T Count,
                               PBROKEN_DRIVER Driver)
{
    NDIS_STATUS Status;
    PNDIS_CONFIGURATION_PARAMETER Parameter;
    NDIS_STRING Keyword = RTL_CONSTANT_STRING(L"Break");
    SIZE_T Index;
    NdisReadConfiguration(&Status, &Parameter, Configuration, &Keyword, NdisParameterString);
    if (Status != NDIS_STATUS_SUCCESS)
        return NDIS_STATUS_SUCCESS; /* no mistake is asked for */
    for (Index = 0; Index < Count; Index++)
        if (NameIs(&Parameter->ParameterData.StringData, Rows[Index].Rule)) {
            Rows[Index].Make(Driver);
            return NDIS_STATUS_SUCCESS;
        }
    return NDIS_STATUS_INVALID_DATA;
}

NDIS_STATUS BrokenPick(NDIS_HANDLE NdisHandle, const BROKEN_ROW *Rows, SIZE_T Count,
                       PBROKEN_DRIVER Driver)
{
    NDIS_CONFIGURATION_OBJECT Object;
    NDIS_HANDLE Configuration;
    NDIS_STATUS Status;
    NdisZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = NdisHandle;
    Status = NdisOpenConfigurationEx(&Object, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Status = MakeMistake(Configuration, Rows, Count, Driver);
    NdisCloseConfiguration(Configuration);
    return Status;
}
