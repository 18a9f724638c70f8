/* SPDX-License-Identifier: MIT */
#include "ndis/configuration.h"

#include "ndis/handle.h"
#include "ndis/settingtext.h"
#include "ndis/world.h"
#include "nt/fault.h"

#include <stdlib.h>
#include <string.h>

/* ---- life -------------------------------------------------------------------------------- */

/* Opens a handle on settings.
 * path     moves to the configuration; NULL: the root
 * returns  NULL when memory is short, with path still the caller's */
static NDIS_HANDLE configuration_open(const struct call *call, struct settings *settings,
                                      WCHAR *path, USHORT path_bytes, const void *caller)
{
    struct slab *slab = &call->host->slabs[OBJECT_CONFIGURATION];
    struct configuration *c = (struct configuration *)slab_take(slab, call->task->processor);
    if (!c)
        return NULL;
    settings_hold(settings);
    c->settings = settings;
    c->reads = NULL;
    c->path = path;
    c->path_bytes = path_bytes;
    nt_account_open(&c->account, NT_CONFIGURATION, sizeof *c + path_bytes, 0, caller);
    slab_publish(&c->object);
    object_mark(&c->object, MARK_CREATED, 0);
    return handle_of(call->host, &c->object);
}

static void configuration_close(struct host *host, struct configuration *c)
{
    struct settings_value *value = c->reads;
    object_mark(&c->object, MARK_DEAD, 0);
    nt_account_close(&c->account);
    settings_release(c->settings);
    free(c->path);
    while (value) {
        struct settings_value *next = value->next;
        settings_value_free(value);
        value = next;
    }
    slab_release(&host->slabs[OBJECT_CONFIGURATION], &c->object);
}

struct configuration *configuration_of_account(const struct nt_account *account)
{
    return (void *)((char *)(uintptr_t)account - offsetof(struct configuration, account));
}

void configurations_disown(struct host *host, const struct nt_owner *owner)
{
    struct slab *slab = &host->slabs[OBJECT_CONFIGURATION];
    struct configuration *c;
    for (uint32_t i = 0; (c = (struct configuration *)slab_at(slab, i)) != NULL; i++)
        if (object_alive(&c->object) && c->account.owner == owner)
            configuration_close(host, c);
}

/* ---- what the functions share -------------------------------------------------------------- */

/* A use after the close is a rule of its own; other bad handles are everybody's. */
static struct configuration *configuration_resolve(const struct call *call, NDIS_HANDLE handle)
{
    enum handle_fault fault = HANDLE_OK;
    struct object *object = handle_resolve(call->host, handle, OBJECT_CONFIGURATION, &fault);
    if (object)
        return (struct configuration *)object;
    if (fault == HANDLE_STALE)
        call_breaks(call, RULE_CONFIGURATION_CLOSED, handle, NDIS_STATUS_FAILURE,
                    "ConfigurationHandle was closed before");
    else
        call_resolve(call, handle, OBJECT_CONFIGURATION, "ConfigurationHandle");
    return NULL;
}

static UNICODE_STRING configuration_path(const struct configuration *c)
{
    return (UNICODE_STRING){c->path_bytes, c->path_bytes, c->path ? c->path : (PWCH)L""};
}

static bool string_given(const struct call *call, const UNICODE_STRING *string,
                         const char *parameter)
{
    if (string && (string->Buffer || string->Length == 0) && string->Length % sizeof(WCHAR) == 0)
        return true;
    call_breaks(call, string ? RULE_ARGUMENT_BAD : RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE,
                string ? "%s has no Buffer, or an odd Length" : "%s is NULL", parameter);
    return false;
}

static bool pointer_given(const struct call *call, const void *pointer, const char *parameter)
{
    if (pointer)
        return true;
    call_breaks(call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "%s is NULL", parameter);
    return false;
}

/* Begins one of the functions that answer in *Status, which is FAILURE until they know better.
 * returns  NULL when the function has to return at once */
static struct configuration *configuration_begin(const struct call *call, PNDIS_STATUS Status,
                                                 NDIS_HANDLE handle)
{
    if (!pointer_given(call, Status, "Status"))
        return NULL;
    *Status = NDIS_STATUS_FAILURE;
    if (call->task->irql != PASSIVE_LEVEL)
        return NULL; /* reported by call_begin */
    return configuration_resolve(call, handle);
}

/* ---- open and close ------------------------------------------------------------------------ */

/* Learn: NdisOpenConfigurationEx. */
NDIS_STATUS NTAPI NdisOpenConfigurationEx(PNDIS_CONFIGURATION_OBJECT ConfigObject,
                                          PNDIS_HANDLE ConfigurationHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    if (!pointer_given(&call, ConfigurationHandle, "ConfigurationHandle"))
        return NDIS_STATUS_FAILURE;
    *ConfigurationHandle = NULL;
    if (call.task->irql != PASSIVE_LEVEL || !pointer_given(&call, ConfigObject, "ConfigObject"))
        return NDIS_STATUS_FAILURE;
    const NDIS_OBJECT_HEADER *header = &ConfigObject->Header;
    if (header->Type != NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT ||
        header->Revision < NDIS_CONFIGURATION_OBJECT_REVISION_1 ||
        header->Size < NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1)
        return call_breaks(
            &call, RULE_ARGUMENT_HEADER, ConfigObject->NdisHandle, NDIS_STATUS_FAILURE,
            "ConfigObject has type 0x%02x, revision %u, size %u; expected 0x%02x, "
            "%u, %u",
            header->Type, header->Revision, header->Size, NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT,
            NDIS_CONFIGURATION_OBJECT_REVISION_1,
            (unsigned)NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1);
    struct settings *settings = ndis_settings_of(ConfigObject->NdisHandle);
    if (!settings)
        return call_breaks(&call, RULE_HANDLE_KIND, ConfigObject->NdisHandle, NDIS_STATUS_FAILURE,
                           "NdisHandle is no driver, adapter or binding that lives");
    if (nt_fault(FAULT_NdisOpenConfigurationEx))
        return nt_fault_status(FAULT_NdisOpenConfigurationEx);
    *ConfigurationHandle =
        configuration_open(&call, settings, NULL, 0, __builtin_return_address(0));
    return *ConfigurationHandle ? NDIS_STATUS_SUCCESS : NDIS_STATUS_RESOURCES;
}

/* Learn: NdisCloseConfiguration. */
VOID NTAPI NdisCloseConfiguration(NDIS_HANDLE ConfigurationHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    struct configuration *c = configuration_resolve(&call, ConfigurationHandle);
    if (c)
        configuration_close(call.host, c);
}

/* Whether the injector wants the call to fail: *status then says how. */
static bool fails(enum fault_point point, NDIS_STATUS *status)
{
    if (!nt_fault(point))
        return false;
    *status = nt_fault_status(point);
    return true;
}

/* Opens the subkey `name` of what `c` is open on. */
static NDIS_STATUS key_open(const struct call *call, const struct configuration *c,
                            const UNICODE_STRING *name, PNDIS_HANDLE handle, const void *caller)
{
    size_t bytes = (size_t)c->path_bytes + name->Length + sizeof(WCHAR);
    if (bytes > CONFIGURATION_PATH_CHARACTERS * sizeof(WCHAR))
        return NDIS_STATUS_FAILURE;
    WCHAR *path = malloc(bytes);
    if (!path)
        return NDIS_STATUS_RESOURCES;
    if (c->path_bytes > 0)
        memcpy(path, c->path, c->path_bytes);
    memcpy((char *)path + c->path_bytes, name->Buffer, name->Length);
    path[bytes / sizeof(WCHAR) - 1] = '\\';
    *handle = configuration_open(call, c->settings, path, (USHORT)bytes, caller);
    if (*handle)
        return NDIS_STATUS_SUCCESS;
    free(path);
    return NDIS_STATUS_RESOURCES;
}

/* Learn: NdisOpenConfigurationKeyByName. */
VOID NTAPI NdisOpenConfigurationKeyByName(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle,
                                          PNDIS_STRING SubKeyName, PNDIS_HANDLE SubKeyHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    struct configuration *c = configuration_begin(&call, Status, ConfigurationHandle);
    if (!c || !string_given(&call, SubKeyName, "SubKeyName") ||
        !pointer_given(&call, SubKeyHandle, "SubKeyHandle") ||
        fails(FAULT_NdisOpenConfigurationKeyByName, Status))
        return;
    UNICODE_STRING path = configuration_path(c);
    if (settings_has_key(c->settings, &path, SubKeyName))
        *Status = key_open(&call, c, SubKeyName, SubKeyHandle, __builtin_return_address(0));
}

/* Learn: NdisOpenConfigurationKeyByIndex. The name goes into the caller's buffer. */
VOID NTAPI NdisOpenConfigurationKeyByIndex(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle,
                                           ULONG Index, PNDIS_STRING KeyName,
                                           PNDIS_HANDLE KeyHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    struct configuration *c = configuration_begin(&call, Status, ConfigurationHandle);
    if (!c || !pointer_given(&call, KeyName, "KeyName") ||
        !pointer_given(&call, KeyHandle, "KeyHandle") ||
        fails(FAULT_NdisOpenConfigurationKeyByIndex, Status))
        return;
    UNICODE_STRING path = configuration_path(c);
    WCHAR buffer[CONFIGURATION_PATH_CHARACTERS];
    UNICODE_STRING name = {0, sizeof buffer, buffer};
    if (settings_key_at(c->settings, &path, Index, &name) != NDIS_STATUS_SUCCESS)
        return;
    if (!KeyName->Buffer || KeyName->MaximumLength < name.Length) {
        call_breaks(&call, RULE_ARGUMENT_BAD, ConfigurationHandle, NDIS_STATUS_FAILURE,
                    "KeyName has room for %u bytes; the name has %u",
                    KeyName->Buffer ? KeyName->MaximumLength : 0, name.Length);
        return;
    }
    *Status = key_open(&call, c, &name, KeyHandle, __builtin_return_address(0));
    if (*Status != NDIS_STATUS_SUCCESS)
        return;
    memcpy(KeyName->Buffer, name.Buffer, name.Length);
    KeyName->Length = name.Length;
}

/* ---- read and write ------------------------------------------------------------------------ */

/* What Windows answers for every key (Learn: NdisReadConfiguration, Keyword).
 * returns  true when the keyword is one of those */
static bool predefined(const UNICODE_STRING *keyword, ULONG *value)
{
    static const struct {
        const WCHAR *name;
        ULONG value;
    } rows[] = {
        {L"Environment", 1},          /* NdisEnvironmentWindowsNt */
        {L"ProcessorType", 4},        /* NdisProcessorAmd64 */
        {L"NdisVersion", 0x00060014}, /* 6.20 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = 0;
        while (rows[i].name[length])
            length++;
        UNICODE_STRING name = {(USHORT)(length * sizeof(WCHAR)), (USHORT)(length * sizeof(WCHAR)),
                               (PWCH)(uintptr_t)rows[i].name};
        if (wide_equal(&name, keyword)) {
            *value = rows[i].value;
            return true;
        }
    }
    return false;
}

static NDIS_STATUS read_predefined(ULONG integer, struct settings_value **out)
{
    struct setting_raw raw = {.kind = SETTING_INTEGER, .integer = integer};
    return setting_text_read(&raw, NdisParameterInteger, out);
}

/* Learn: NdisReadConfiguration. */
VOID NTAPI NdisReadConfiguration(PNDIS_STATUS Status, PNDIS_CONFIGURATION_PARAMETER *ParameterValue,
                                 NDIS_HANDLE ConfigurationHandle, PNDIS_STRING Keyword,
                                 NDIS_PARAMETER_TYPE ParameterType)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    struct configuration *c = configuration_begin(&call, Status, ConfigurationHandle);
    if (!c || !pointer_given(&call, ParameterValue, "ParameterValue") ||
        !string_given(&call, Keyword, "Keyword"))
        return;
    *ParameterValue = NULL;
    if ((unsigned)ParameterType > NdisParameterBinary) {
        call_breaks(&call, RULE_ARGUMENT_BAD, ConfigurationHandle, NDIS_STATUS_FAILURE,
                    "ParameterType is %d", (int)ParameterType);
        return;
    }
    if (fails(FAULT_NdisReadConfiguration, Status))
        return;
    UNICODE_STRING path = configuration_path(c);
    struct settings_value *value = NULL;
    ULONG integer;
    *Status = predefined(Keyword, &integer)
                  ? read_predefined(integer, &value)
                  : settings_read(c->settings, &path, Keyword, ParameterType, &value);
    if (*Status != NDIS_STATUS_SUCCESS)
        return;
    value->next = c->reads;
    c->reads = value;
    *ParameterValue = &value->parameter;
}

/* Learn: NdisWriteConfiguration. Lasts as long as the settings: as the driver or the adapter. */
VOID NTAPI NdisWriteConfiguration(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle,
                                  PNDIS_STRING Keyword,
                                  PNDIS_CONFIGURATION_PARAMETER ParameterValue)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    struct configuration *c = configuration_begin(&call, Status, ConfigurationHandle);
    if (!c || !pointer_given(&call, ParameterValue, "ParameterValue") ||
        !string_given(&call, Keyword, "Keyword"))
        return;
    if ((ParameterValue->ParameterType == NdisParameterString ||
         ParameterValue->ParameterType == NdisParameterMultiString) &&
        !string_given(&call, &ParameterValue->ParameterData.StringData, "StringData"))
        return;
    if (ParameterValue->ParameterType == NdisParameterBinary &&
        ParameterValue->ParameterData.BinaryData.Length > 0 &&
        !pointer_given(&call, ParameterValue->ParameterData.BinaryData.Buffer, "BinaryData.Buffer"))
        return;
    if (fails(FAULT_NdisWriteConfiguration, Status))
        return;
    UNICODE_STRING path = configuration_path(c);
    *Status = settings_write(c->settings, &path, Keyword, ParameterValue);
}

/* Learn: NdisReadNetworkAddress. The bytes live until the close, like any value that was read. */
VOID NTAPI NdisReadNetworkAddress(PNDIS_STATUS Status, PVOID *NetworkAddress,
                                  PUINT NetworkAddressLength, NDIS_HANDLE ConfigurationHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    struct configuration *c = configuration_begin(&call, Status, ConfigurationHandle);
    if (!c || !pointer_given(&call, NetworkAddress, "NetworkAddress") ||
        !pointer_given(&call, NetworkAddressLength, "NetworkAddressLength"))
        return;
    static const WCHAR keyword[] = L"NetworkAddress";
    UNICODE_STRING name = {sizeof keyword - sizeof(WCHAR), sizeof keyword,
                           (PWCH)(uintptr_t)keyword};
    UNICODE_STRING path = configuration_path(c);
    struct settings_value *value = NULL;
    *NetworkAddress = NULL;
    *NetworkAddressLength = 0;
    if (fails(FAULT_NdisReadNetworkAddress, Status))
        return;
    *Status = settings_read(c->settings, &path, &name, NdisParameterBinary, &value);
    if (*Status != NDIS_STATUS_SUCCESS)
        return;
    value->next = c->reads;
    c->reads = value;
    *NetworkAddress = value->parameter.ParameterData.BinaryData.Buffer;
    *NetworkAddressLength = value->parameter.ParameterData.BinaryData.Length;
}
