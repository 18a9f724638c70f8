/* SPDX-License-Identifier: MIT */
/* The names of a VC for the world outside: its instance name, and the id that TAPI knows its call
 * by. */
#include "ndis/handle.h"
#include "ndis/vc.h"
#include "nt/fault.h"

#include <stdlib.h>
#include <string.h>

enum { INDEX_DIGITS = 10, NAME_BYTES_MAX = 0xfffe };

/* ---- instance names ---- */

/* Appends a decimal number to a UTF-16 string. returns  the bytes of both. */
static USHORT append_number(WCHAR *name, USHORT base_bytes, uint32_t number)
{
    WCHAR digits[INDEX_DIGITS];
    int count = 0;
    do {
        digits[count++] = (WCHAR)('0' + number % 10);
        number /= 10;
    } while (number);
    size_t at = base_bytes / sizeof(WCHAR);
    while (count > 0)
        name[at++] = digits[--count];
    return (USHORT)(at * sizeof(WCHAR));
}

/* Gives the VC its name, unless it has one. Lives until the VC is deleted. */
static NDIS_STATUS name_vc(struct vc *vc, const NDIS_STRING *base)
{
    if (vc->instance_name)
        return NDIS_STATUS_SUCCESS;
    WCHAR *name = malloc(base->Length + (INDEX_DIGITS + 1) * sizeof(WCHAR));
    if (!name)
        return NDIS_STATUS_RESOURCES;
    memcpy(name, base->Buffer, base->Length);
    vc->instance_name_bytes = append_number(name, base->Length, vc->object.index + 1);
    vc->instance_name = name;
    return NDIS_STATUS_SUCCESS;
}

/* Hands a copy to the caller, who frees it with NdisFreeString. Caller holds vc->lock. */
static NDIS_STATUS copy_name(const struct vc *vc, PNDIS_STRING out, WCHAR *buffer)
{
    memcpy(buffer, vc->instance_name, vc->instance_name_bytes);
    buffer[vc->instance_name_bytes / sizeof(WCHAR)] = 0;
    out->Buffer = buffer;
    out->Length = vc->instance_name_bytes;
    out->MaximumLength = (USHORT)(vc->instance_name_bytes + sizeof(WCHAR));
    return NDIS_STATUS_SUCCESS;
}

/* Names a VC: the base name and an index. A VC that has a name keeps it.
 * NdisVcHandle      the VC
 * BaseInstanceName  borrowed until return
 * VcInstanceName    receives the name; its Buffer moves to the caller, who frees it with
 *                   NdisFreeString after the VC is deleted (C112); may be NULL
 * returns  SUCCESS; RESOURCES; FAILURE
 * IRQL     DISPATCH_LEVEL exactly
 * source   Learn: NdisCoAssignInstanceName; API §2.5, C24 */
NDIS_STATUS NTAPI NdisCoAssignInstanceName(NDIS_HANDLE NdisVcHandle, PNDIS_STRING BaseInstanceName,
                                           PNDIS_STRING VcInstanceName)
{
    struct call call = call_begin(__func__, RULE_Irql_Connection_Function, LEVEL_DISPATCH);
    if (!BaseInstanceName || (BaseInstanceName->Length && !BaseInstanceName->Buffer))
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisVcHandle, NDIS_STATUS_FAILURE,
                           "BaseInstanceName is NULL");
    if (BaseInstanceName->Length > NAME_BYTES_MAX - (INDEX_DIGITS + 1) * sizeof(WCHAR))
        return call_breaks(&call, RULE_ARGUMENT_BAD, NdisVcHandle, NDIS_STATUS_FAILURE,
                           "BaseInstanceName has %u bytes", BaseInstanceName->Length);
    PVOID buffer = NULL;
    size_t bytes_max = NAME_BYTES_MAX + sizeof(WCHAR);
    size_t bytes = BaseInstanceName->Length + (INDEX_DIGITS + 1) * sizeof(WCHAR);
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    if (vc->instance_name)
        bytes = vc->instance_name_bytes + sizeof(WCHAR);
    bool of_mcm = vc_is_integrated(vc) && call_is_from(&call, vc_cm(vc)) &&
                  !call_is_from(&call, af_client(vc->af));
    vc_unlock(vc);
    if (of_mcm)
        return call_breaks(&call, RULE_MCM_USES_NDISCO, NdisVcHandle, NDIS_STATUS_FAILURE,
                           "a miniport call manager names no VC");
    assert(bytes <= bytes_max);
    if (nt_fault(FAULT_NdisCoAssignInstanceName))
        return nt_fault_status(FAULT_NdisCoAssignInstanceName);
    if (VcInstanceName && NdisAllocateMemoryWithTag(&buffer, (UINT)bytes, VC_INSTANCE_NAME_TAG) !=
                              NDIS_STATUS_SUCCESS)
        return NDIS_STATUS_RESOURCES;
    vc = vc_lock(&call, NdisVcHandle);
    NDIS_STATUS status = vc ? name_vc(vc, BaseInstanceName) : NDIS_STATUS_FAILURE;
    if (status == NDIS_STATUS_SUCCESS && buffer && bytes < vc->instance_name_bytes + sizeof(WCHAR))
        status = NDIS_STATUS_FAILURE; /* another processor named it, longer, in between */
    if (status == NDIS_STATUS_SUCCESS && buffer)
        copy_name(vc, VcInstanceName, buffer);
    if (vc)
        vc_unlock(vc);
    if (status != NDIS_STATUS_SUCCESS && buffer)
        NdisFreeMemory(buffer, 0, 0);
    return status;
}

/* ---- call ids ---- */

/* Writes the id by which TAPI knows the call on a VC: 16 hexadecimal digits.
 * NdisVcHandle  the VC
 * TapiCallId    ulTotalSize is the room in all; the text stands behind the structure
 * returns  SUCCESS; BUFFER_TOO_SHORT with ulNeededSize set; INVALID_DATA for a bad handle
 * IRQL     DISPATCH_LEVEL exactly
 * source   Learn: NdisCoGetTapiCallId; API §2.5 */
NDIS_STATUS NTAPI NdisCoGetTapiCallId(NDIS_HANDLE NdisVcHandle, PVAR_STRING TapiCallId)
{
    static const char digits[] = "0123456789abcdef";
    enum { ID_BYTES = 16 };
    struct call call = call_begin(__func__, RULE_Irql_Connection_Function, LEVEL_DISPATCH);
    struct vc *vc = (struct vc *)call_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle");
    if (!vc)
        return NDIS_STATUS_INVALID_DATA;
    if (!TapiCallId)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NdisVcHandle, NDIS_STATUS_INVALID_DATA,
                           "TapiCallId is NULL");
    ULONG needed = (ULONG)sizeof(*TapiCallId) + ID_BYTES;
    TapiCallId->ulNeededSize = needed;
    if (TapiCallId->ulTotalSize < needed)
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    char *text = (char *)(TapiCallId + 1);
    for (int i = 0; i < ID_BYTES; i++)
        text[i] = digits[handle_bits(NdisVcHandle) >> (60 - 4 * i) & 0xf];
    TapiCallId->ulUsedSize = needed;
    TapiCallId->ulStringFormat = STRINGFORMAT_ASCII;
    TapiCallId->ulStringSize = ID_BYTES;
    TapiCallId->ulStringOffset = (ULONG)sizeof(*TapiCallId);
    return NDIS_STATUS_SUCCESS;
}

/* The handle that a call id spells; NULL for any other text. */
static NDIS_HANDLE handle_from_id(const UNICODE_STRING *id)
{
    uint64_t bits = 0;
    if (!id->Buffer || id->Length != 16 * sizeof(WCHAR))
        return NULL;
    for (int i = 0; i < 16; i++) {
        WCHAR c = id->Buffer[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return NULL;
        bits = bits << 4 | (uint64_t)digit;
    }
    return (NDIS_HANDLE)(uintptr_t)bits;
}

/* Finds the client's context of the VC that a TAPI call id names.
 * TapiCallId         the Unicode form of what NdisCoGetTapiCallId gave; by value
 * ProtocolVcContext  receives the calling client's context
 * returns  SUCCESS; FAILURE when the id names no VC of this client
 * IRQL     DISPATCH_LEVEL exactly
 * source   Learn: NdisClGetProtocolVcContextFromTapiCallId; API §2.2 */
NDIS_STATUS NTAPI NdisClGetProtocolVcContextFromTapiCallId(UNICODE_STRING TapiCallId,
                                                           PNDIS_HANDLE ProtocolVcContext)
{
    struct call call = call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_DISPATCH);
    if (!ProtocolVcContext)
        return call_breaks(&call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE,
                           "ProtocolVcContext is NULL");
    NDIS_HANDLE handle = handle_from_id(&TapiCallId);
    struct vc *vc = handle ? (struct vc *)handle_resolve(call.host, handle, OBJECT_VC, NULL) : NULL;
    if (!vc || !vc->af || !call_is_from(&call, af_client(vc->af)))
        return NDIS_STATUS_FAILURE;
    *ProtocolVcContext = vc->client_context;
    return NDIS_STATUS_SUCCESS;
}
