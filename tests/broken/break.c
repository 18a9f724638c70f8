/* SPDX-License-Identifier: MIT */
/* A call manager that makes one mistake: hubcm or loopback as they are, with some of what they call
 * and of what they are called by changed on the way. brokencm.so and brokenmcm.so are built from
 * the sources of those and from this file, which the linker puts between (--wrap). Without the
 * setting Break they keep every rule; with Break=RULE they break that one in the course of ordinary
 * calls.
 *
 * A mistake is a name in enum mistake and the line that makes it. */
#include <ndis.h>

#define RULES(RULE)                                                                                \
    RULE(PEND_ONCE)                                                                                \
    RULE(PEND_FINAL)                                                                               \
    RULE(HANDLE_NULL)                                                                              \
    RULE(HANDLE_KIND)                                                                              \
    RULE(CM_MULTIPOINT_NEEDS_CONTEXT)                                                              \
    RULE(CM_POINT_CALL_HAS_NO_PARTY)                                                               \
    RULE(CM_CONNECTED_TWICE)                                                                       \
    RULE(CO_DELETE_VC_PENDED)                                                                      \
    RULE(VC_CREATE_HANDLE_SET)                                                                     \
    RULE(PARAMETERS_CHANGED_FLAG)                                                                  \
    RULE(IRQL_NOT_RESTORED)                                                                        \
    RULE(LEAK_MEMORY)                                                                              \
    RULE(POOL_DOUBLE_FREE)                                                                         \
    RULE(OTHER_EDGE)

enum mistake {
    NO_MISTAKE,
#define RULE(name) name,
    RULES(RULE)
#undef RULE
};

static enum mistake mistake;

/* ---- which mistake ----------------------------------------------------------------------- */

static BOOLEAN is_named(const NDIS_STRING *Text, const char *Name)
{
    USHORT length = Text->Length / (USHORT)sizeof(WCHAR);
    USHORT i = 0;
    while (i < length && Name[i] != 0 && Text->Buffer[i] == (WCHAR)Name[i])
        i++;
    return i == length && Name[i] == 0;
}

/* MCM_USES_NDISMCM and CM_USES_NDISCM are one mistake, on two edges. */
#ifdef BREAK_MCM
#define OTHER_EDGE_NAME "MCM_USES_NDISMCM"
#else
#define OTHER_EDGE_NAME "CM_USES_NDISCM"
#endif

static enum mistake mistake_named(const NDIS_STRING *Text)
{
    static const char *const names[] = {
#define RULE(name) [name] = #name,
        RULES(RULE)
#undef RULE
    };
    if (is_named(Text, OTHER_EDGE_NAME))
        return OTHER_EDGE;
    for (UINT i = 1; i < sizeof(names) / sizeof(names[0]); i++)
        if (is_named(Text, names[i]))
            return (enum mistake)i;
    return NO_MISTAKE;
}

static VOID read_mistake(NDIS_HANDLE DriverHandle)
{
    NDIS_CONFIGURATION_OBJECT object = {
        .Header = {NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT, NDIS_CONFIGURATION_OBJECT_REVISION_1,
                   NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1},
        .NdisHandle = DriverHandle,
    };
    static NDIS_STRING keyword = NDIS_STRING_CONST("Break");
    PNDIS_CONFIGURATION_PARAMETER parameter = NULL;
    NDIS_HANDLE configuration;
    NDIS_STATUS status = NdisOpenConfigurationEx(&object, &configuration);
    if (status != NDIS_STATUS_SUCCESS)
        return;
    NdisReadConfiguration(&status, &parameter, configuration, &keyword, NdisParameterString);
    if (status == NDIS_STATUS_SUCCESS)
        mistake = mistake_named(&parameter->ParameterData.StringData);
    NdisCloseConfiguration(configuration);
}

/* ---- what it calls ----------------------------------------------------------------------- */

/* The linker gives every call of NAME to __wrap_NAME, and calls __real_NAME the true one. */
#ifdef BREAK_MCM
#define WRAP(name)  __wrap_NdisMCm##name
#define REAL(name)  __real_NdisMCm##name
#define OTHER(name) NdisCm##name
#else
#define WRAP(name)  __wrap_NdisCm##name
#define REAL(name)  __real_NdisCm##name
#define OTHER(name) NdisMCm##name
#endif

#undef NdisMCmAddPartyComplete
#undef NdisMCmDropPartyComplete
#undef NdisMCmMakeCallComplete
#undef NdisMCmDispatchCallConnected

VOID NTAPI REAL(AddPartyComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE, PCO_CALL_PARAMETERS);
VOID NTAPI WRAP(AddPartyComplete)(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle,
                                  NDIS_HANDLE CallMgrPartyContext,
                                  PCO_CALL_PARAMETERS CallParameters);
VOID NTAPI WRAP(AddPartyComplete)(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle,
                                  NDIS_HANDLE CallMgrPartyContext,
                                  PCO_CALL_PARAMETERS CallParameters)
{
    NDIS_HANDLE context = CallMgrPartyContext;
    if (mistake == CM_MULTIPOINT_NEEDS_CONTEXT)
        context = NULL;
    REAL(AddPartyComplete)(Status, NdisPartyHandle, context, CallParameters);
}

VOID NTAPI REAL(DropPartyComplete)(NDIS_STATUS, NDIS_HANDLE);
VOID NTAPI WRAP(DropPartyComplete)(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle);
VOID NTAPI WRAP(DropPartyComplete)(NDIS_STATUS Status, NDIS_HANDLE NdisPartyHandle)
{
    if (mistake == PEND_FINAL)
        REAL(DropPartyComplete)(NDIS_STATUS_PENDING, NdisPartyHandle);
    if (mistake == HANDLE_NULL)
        REAL(DropPartyComplete)(Status, NULL);
    if (mistake == OTHER_EDGE)
        OTHER(DropPartyComplete)(Status, NdisPartyHandle);
    else
        REAL(DropPartyComplete)(Status, NdisPartyHandle);
    if (mistake == PEND_ONCE)
        REAL(DropPartyComplete)(Status, NdisPartyHandle);
}

VOID NTAPI REAL(MakeCallComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE, NDIS_HANDLE,
                                  PCO_CALL_PARAMETERS);
VOID NTAPI WRAP(MakeCallComplete)(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                  NDIS_HANDLE NdisPartyHandle, NDIS_HANDLE CallMgrPartyContext,
                                  PCO_CALL_PARAMETERS CallParameters);
VOID NTAPI WRAP(MakeCallComplete)(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                  NDIS_HANDLE NdisPartyHandle, NDIS_HANDLE CallMgrPartyContext,
                                  PCO_CALL_PARAMETERS CallParameters)
{
    NDIS_HANDLE context = CallMgrPartyContext;
    if (mistake == CM_POINT_CALL_HAS_NO_PARTY && NdisPartyHandle == NULL)
        context = &mistake;
    if (mistake == HANDLE_KIND && NdisPartyHandle != NULL)
        REAL(MakeCallComplete)(Status, NdisPartyHandle, NdisVcHandle, context, CallParameters);
    REAL(MakeCallComplete)(Status, NdisVcHandle, NdisPartyHandle, context, CallParameters);
}

VOID NTAPI REAL(DispatchCallConnected)(NDIS_HANDLE);
VOID NTAPI WRAP(DispatchCallConnected)(NDIS_HANDLE NdisVcHandle);
VOID NTAPI WRAP(DispatchCallConnected)(NDIS_HANDLE NdisVcHandle)
{
    if (mistake == CM_CONNECTED_TWICE)
        REAL(DispatchCallConnected)(NdisVcHandle);
    REAL(DispatchCallConnected)(NdisVcHandle);
}

#ifdef BREAK_MCM
#define CREATE_VC(prefix) prefix##NdisMCmCreateVc
#else
#define CREATE_VC(prefix) prefix##NdisCoCreateVc
#endif

NDIS_STATUS NTAPI CREATE_VC(__real_)(NDIS_HANDLE, NDIS_HANDLE, NDIS_HANDLE, PNDIS_HANDLE);
NDIS_STATUS NTAPI CREATE_VC(__wrap_)(NDIS_HANDLE Owner, NDIS_HANDLE NdisAfHandle,
                                     NDIS_HANDLE VcContext, PNDIS_HANDLE NdisVcHandle);
NDIS_STATUS NTAPI CREATE_VC(__wrap_)(NDIS_HANDLE Owner, NDIS_HANDLE NdisAfHandle,
                                     NDIS_HANDLE VcContext, PNDIS_HANDLE NdisVcHandle)
{
    if (mistake == VC_CREATE_HANDLE_SET)
        *NdisVcHandle = &mistake;
    return CREATE_VC(__real_)(Owner, NdisAfHandle, VcContext, NdisVcHandle);
}

VOID NTAPI __real_NdisFreeMemory(PVOID, UINT, UINT);
VOID NTAPI __wrap_NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags);
VOID NTAPI __wrap_NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags)
{
    __real_NdisFreeMemory(VirtualAddress, Length, MemoryFlags);
    if (mistake == POOL_DOUBLE_FREE)
        __real_NdisFreeMemory(VirtualAddress, Length, MemoryFlags);
}

/* ---- what calls it ----------------------------------------------------------------------- */

static NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS own;
static PVOID volatile lost; /* the last of what is never freed */

static PROTOCOL_CM_MAKE_CALL make_call;
static NDIS_STATUS NTAPI make_call(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                                   NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    enum { LOST_BYTES = 32, LOST_TAG = 0x74736f4c }; /* "Lost" */
    if (mistake == LEAK_MEMORY)
        lost = NdisAllocateMemoryWithTagPriority(NULL, LOST_BYTES, LOST_TAG, NormalPoolPriority);
    if (mistake == PARAMETERS_CHANGED_FLAG && CallParameters->CallMgrParameters != NULL)
        CallParameters->CallMgrParameters->Receive.PeakBandwidth++;
    return own.CmMakeCallHandler(CallMgrVcContext, CallParameters, NdisPartyHandle,
                                 CallMgrPartyContext);
}

static PROTOCOL_CM_DROP_PARTY drop_party;
static NDIS_STATUS NTAPI drop_party(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    KIRQL old;
    NDIS_STATUS status = own.CmDropPartyHandler(CallMgrPartyContext, CloseData, Size);
    if (mistake == IRQL_NOT_RESTORED)
        KeRaiseIrql((KIRQL)(KeGetCurrentIrql() + 1), &old);
    return status;
}

static PROTOCOL_CO_DELETE_VC delete_vc;
static NDIS_STATUS NTAPI delete_vc(NDIS_HANDLE ProtocolVcContext)
{
    NDIS_STATUS status = own.CmDeleteVcHandler(ProtocolVcContext);
    return mistake == CO_DELETE_VC_PENDED ? NDIS_STATUS_PENDING : status;
}

NDIS_STATUS NTAPI __real_NdisSetOptionalHandlers(NDIS_HANDLE, PNDIS_DRIVER_OPTIONAL_HANDLERS);
NDIS_STATUS NTAPI __wrap_NdisSetOptionalHandlers(NDIS_HANDLE NdisDriverHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);
NDIS_STATUS NTAPI __wrap_NdisSetOptionalHandlers(NDIS_HANDLE NdisDriverHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers)
{
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS changed;
    if (OptionalHandlers->Header.Type != NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS)
        return __real_NdisSetOptionalHandlers(NdisDriverHandle, OptionalHandlers);
    read_mistake(NdisDriverHandle);
    NdisMoveMemory(&own, OptionalHandlers, sizeof(own));
    changed = own;
    changed.CmMakeCallHandler = make_call;
    changed.CmDropPartyHandler = drop_party;
    changed.CmDeleteVcHandler = delete_vc;
    return __real_NdisSetOptionalHandlers(NdisDriverHandle,
                                          (PNDIS_DRIVER_OPTIONAL_HANDLERS)&changed);
}
