/* SPDX-License-Identifier: MIT */
#include "crew.h"

#include "ndis/host.h"

#include <pthread.h>

struct crew crew;
uint64_t crew_seed = 7;

/* ---- notes ---- */

/* Callbacks of a live world come on several threads. */
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

void crew_note(const char *format, ...)
{
    va_list arguments;
    pthread_mutex_lock(&log_mutex);
    size_t used = strlen(crew.log);
    va_start(arguments, format);
    vsnprintf(crew.log + used, sizeof(crew.log) - used, format, arguments);
    va_end(arguments);
    used = strlen(crew.log);
    snprintf(crew.log + used, sizeof(crew.log) - used, " ");
    pthread_mutex_unlock(&log_mutex);
}

static const char *find_word(const char *from, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = from; (at = strstr(at, word)) != NULL; at++)
        if ((at == crew.log || at[-1] == ' ') && at[length] == ' ')
            return at;
    return NULL;
}

unsigned crew_count(const char *word)
{
    unsigned count = 0;
    pthread_mutex_lock(&log_mutex);
    for (const char *at = crew.log; (at = find_word(at, word)) != NULL; at++)
        count++;
    pthread_mutex_unlock(&log_mutex);
    return count;
}

bool crew_before(const char *first, const char *second)
{
    pthread_mutex_lock(&log_mutex);
    const char *a = find_word(crew.log, first);
    const char *b = find_word(crew.log, second);
    pthread_mutex_unlock(&log_mutex);
    return a && b && a < b;
}

/* ---- the protocols' common part ---- */

static struct crew_protocol *as_protocol(NDIS_HANDLE context)
{
    return context;
}

static const char *name_of(const struct crew_protocol *p)
{
    return p == &crew.client ? "client" : "manager";
}

/* Fills slots that nothing here calls. */
static NDIS_STATUS refuse(void)
{
    return NDIS_STATUS_NOT_SUPPORTED;
}

static void fill_slots(void *first, void *end)
{
    NDIS_STATUS (*routine)(void) = refuse;
    for (char *slot = first; slot < (char *)end; slot += sizeof(routine))
        memcpy(slot, &routine, sizeof(routine));
}

static NDIS_STATUS crew_bind(NDIS_HANDLE driver_context, NDIS_HANDLE bind_context,
                             PNDIS_BIND_PARAMETERS parameters)
{
    struct crew_protocol *p = as_protocol(driver_context);
    NDIS_MEDIUM media[] = {NdisMedium802_3, NdisMediumAtm};
    UINT selected = 99;
    NDIS_OPEN_PARAMETERS open = {
        .Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, NDIS_OPEN_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1},
        .AdapterName = parameters->AdapterName,
        .MediumArray = media,
        .MediumArraySize = 2,
        .SelectedMediumIndex = &selected,
    };
    crew_note("%s-bind", name_of(p));
    p->bind_context = bind_context;
    NdisInitializeEvent(&p->opened);
    NDIS_STATUS status = NdisOpenAdapterEx(p->driver, p, &open, bind_context, &p->binding);
    if (status == NDIS_STATUS_PENDING) {
        crew_note("%s-open-pended", name_of(p));
        NdisWaitEvent(&p->opened, 0);
        status = NDIS_STATUS_SUCCESS;
    }
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(selected, 1);
    if (p == &crew.manager) {
        CO_ADDRESS_FAMILY family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
        status = NdisCmRegisterAddressFamilyEx(p->binding, &family);
        assert_int_equal(status, NDIS_STATUS_SUCCESS);
    }
    if (p == &crew.client && crew.client_in_bind)
        crew.client_in_bind(p, bind_context);
    return p == &crew.client && crew.bind_pends ? NDIS_STATUS_PENDING : status;
}

static VOID crew_opened(NDIS_HANDLE context, NDIS_STATUS status)
{
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    crew_note("%s-opened", name_of(context));
    NdisSetEvent(&as_protocol(context)->opened);
}

static NDIS_STATUS crew_unbind(NDIS_HANDLE unbind_context, NDIS_HANDLE context)
{
    struct crew_protocol *p = as_protocol(context);
    crew_note("%s-unbind", name_of(p));
    p->unbind_context = unbind_context;
    if (p == &crew.client && crew.client_in_unbind)
        crew.client_in_unbind(p);
    if (p->af) {
        NdisInitializeEvent(&p->af_changed);
        NDIS_HANDLE af = p->af;
        p->af = NULL;
        if (NdisClCloseAddressFamily(af) == NDIS_STATUS_PENDING)
            NdisWaitEvent(&p->af_changed, 0);
    }
    if (p == &crew.client && crew.client_keeps_open)
        return NDIS_STATUS_SUCCESS;
    p->closing_in_unbind = true;
    return NdisCloseAdapterEx(p->binding);
}

static VOID crew_closed(NDIS_HANDLE context)
{
    struct crew_protocol *p = as_protocol(context);
    crew_note("%s-closed", name_of(p));
    if (p->closing_in_unbind) {
        p->closing_in_unbind = false;
        NdisCompleteUnbindAdapterEx(p->unbind_context);
    }
}

static NDIS_STATUS crew_event(NDIS_HANDLE context, PNET_PNP_EVENT_NOTIFICATION event)
{
    const char *what = event->NetPnPEvent.NetEvent == NetEventPause     ? "pause"
                       : event->NetPnPEvent.NetEvent == NetEventRestart ? "restart"
                                                                        : "event";
    crew_note("%s-%s", name_of(context), what);
    return NDIS_STATUS_SUCCESS;
}

static VOID crew_oid_complete(NDIS_HANDLE context, PNDIS_OID_REQUEST request, NDIS_STATUS status)
{
    crew_note("%s-oid-complete-%x-%x", name_of(context), request->DATA.QUERY_INFORMATION.Oid,
              (unsigned)status);
}

static VOID crew_receive(NDIS_HANDLE context, PNET_BUFFER_LIST lists, NDIS_PORT_NUMBER port,
                         ULONG count, ULONG flags)
{
    (void)context, (void)lists, (void)port, (void)count, (void)flags;
}

static VOID crew_sent(NDIS_HANDLE context, PNET_BUFFER_LIST lists, ULONG flags)
{
    (void)context, (void)lists, (void)flags;
}

static VOID crew_co_status(NDIS_HANDLE context, NDIS_HANDLE vc, PNDIS_STATUS_INDICATION status)
{
    (void)vc;
    crew_note("%s-status-%x", name_of(context), (unsigned)status->StatusCode);
}

static VOID crew_af_notify(NDIS_HANDLE context, PCO_ADDRESS_FAMILY family)
{
    struct crew_protocol *p = as_protocol(context);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    crew_note("%s-notify-%x", name_of(p), family->AddressFamily);
    if (crew.client_in_notify)
        crew.client_in_notify(p, family);
    if (!crew.client_opens_af)
        return;
    NdisInitializeEvent(&p->af_changed);
    NDIS_HANDLE af = NULL;
    NDIS_STATUS status = NdisClOpenAddressFamilyEx(p->binding, family, p, &af);
    if (status == NDIS_STATUS_PENDING)
        NdisWaitEvent(&p->af_changed, 0);
    else
        p->af = af;
    crew_note("client-af-open");
}

/* ---- client ---- */

static NDIS_STATUS client_oid(NDIS_HANDLE af, NDIS_HANDLE vc, NDIS_HANDLE party,
                              PNDIS_OID_REQUEST request)
{
    (void)af, (void)vc, (void)party;
    crew_note("client-oid-%x", request->DATA.QUERY_INFORMATION.Oid);
    return crew.peer_oid ? crew.peer_oid("client", request) : NDIS_STATUS_NOT_SUPPORTED;
}

static VOID client_co_oid_complete(NDIS_HANDLE af, NDIS_HANDLE vc, NDIS_HANDLE party,
                                   PNDIS_OID_REQUEST request, NDIS_STATUS status)
{
    (void)af, (void)vc, (void)party;
    crew_note("client-co-complete-%x-%x", request->DATA.QUERY_INFORMATION.Oid, (unsigned)status);
}

static VOID client_af_opened(NDIS_HANDLE context, NDIS_HANDLE af, NDIS_STATUS status)
{
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    as_protocol(context)->af = af;
    NdisSetEvent(&as_protocol(context)->af_changed);
}

static VOID client_af_closed(NDIS_STATUS status, NDIS_HANDLE context)
{
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    crew_note("client-af-closed");
    NdisSetEvent(&as_protocol(context)->af_changed);
}

static NDIS_STATUS set_co_protocol(NDIS_HANDLE driver)
{
    NDIS_PROTOCOL_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS,
                   NDIS_PROTOCOL_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_CO_CHARACTERISTICS_REVISION_1},
        .CoStatusHandlerEx = crew_co_status,
        .CoAfRegisterNotifyHandler = crew_af_notify,
    };
    fill_slots(&co.CoReceiveNetBufferListsHandler, &co + 1);
    return NdisSetOptionalHandlers(driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&co);
}

static NDIS_STATUS client_set_options(NDIS_HANDLE driver, NDIS_HANDLE context)
{
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS handlers = {
        .Header = {NDIS_OBJECT_TYPE_CO_CLIENT_OPTIONAL_HANDLERS,
                   NDIS_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1,
                   NDIS_SIZEOF_CO_CLIENT_OPTIONAL_HANDLERS_REVISION_1},
    };
    as_protocol(context)->driver = driver;
    if (crew.set_options)
        return crew.set_options(driver);
    fill_slots(&handlers.ClCreateVcHandler, &handlers + 1);
    handlers.ClOidRequestHandler = client_oid;
    handlers.ClOidRequestCompleteHandler = client_co_oid_complete;
    handlers.ClOpenAfCompleteHandlerEx = client_af_opened;
    handlers.ClCloseAfCompleteHandler = client_af_closed;
    NDIS_STATUS status = set_co_protocol(driver);
    return status ? status
                  : NdisSetOptionalHandlers(driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&handlers);
}

static NDIS_STATUS register_protocol(struct crew_protocol *p, PCWSTR name,
                                     SET_OPTIONS_HANDLER set_options)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS c = {
        .Header = {NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS,
                   NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1},
        .MajorNdisVersion = 6,
        .MinorNdisVersion = 0,
        .SetOptionsHandler = set_options,
        .BindAdapterHandlerEx = crew_bind,
        .UnbindAdapterHandlerEx = crew_unbind,
        .OpenAdapterCompleteHandlerEx = crew_opened,
        .CloseAdapterCompleteHandlerEx = crew_closed,
        .NetPnPEventHandler = crew_event,
        .OidRequestCompleteHandler = crew_oid_complete,
        .ReceiveNetBufferListsHandler = crew_receive,
        .SendNetBufferListsCompleteHandler = crew_sent,
    };
    USHORT length = 0;
    while (name[length])
        length++;
    c.Name.Buffer = (PWCH)(uintptr_t)name;
    c.Name.Length = (USHORT)(length * sizeof(WCHAR));
    c.Name.MaximumLength = c.Name.Length;
    return NdisRegisterProtocolDriver(p, &c, &p->driver);
}

static VOID client_unload(PDRIVER_OBJECT object)
{
    (void)object;
    crew_note("client-unload");
    NdisDeregisterProtocolDriver(crew.client.driver);
}

static NTSTATUS client_entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    assert_non_null(path->Buffer);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    object->DriverUnload = client_unload;
    if (crew.entry_leaks) {
        static PVOID forgotten; /* by the driver; the leak checker of the compiler need not know */
        assert_int_equal(NdisAllocateMemoryWithTag(&forgotten, 100, 0x6b61654c),
                         NDIS_STATUS_SUCCESS);
    }
    NDIS_STATUS status = register_protocol(&crew.client, L"CREWCLIENT", client_set_options);
    if (status == NDIS_STATUS_SUCCESS && crew.entry_status != NDIS_STATUS_SUCCESS) {
        if (!crew.forgets_deregistration)
            NdisDeregisterProtocolDriver(crew.client.driver);
        return crew.entry_status;
    }
    return status;
}

/* ---- call managers ---- */

static NDIS_STATUS manager_open_af(NDIS_HANDLE context, PCO_ADDRESS_FAMILY family, NDIS_HANDLE af,
                                   PNDIS_HANDLE af_context)
{
    (void)context, (void)family;
    crew_note("cm-open-af");
    crew.cm_af = af;
    *af_context = af;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS manager_close_af(NDIS_HANDLE af_context)
{
    (void)af_context;
    crew_note("cm-close-af");
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS manager_create_vc(NDIS_HANDLE af_context, NDIS_HANDLE vc, PNDIS_HANDLE context)
{
    (void)af_context;
    *context = vc;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS manager_delete_vc(NDIS_HANDLE context)
{
    (void)context;
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS manager_oid(NDIS_HANDLE af, NDIS_HANDLE vc, NDIS_HANDLE party,
                               PNDIS_OID_REQUEST request)
{
    (void)af, (void)vc, (void)party;
    crew_note("cm-oid-%x", request->DATA.QUERY_INFORMATION.Oid);
    return crew.peer_oid ? crew.peer_oid("cm", request) : NDIS_STATUS_NOT_SUPPORTED;
}

static VOID manager_oid_complete(NDIS_HANDLE af, NDIS_HANDLE vc, NDIS_HANDLE party,
                                 PNDIS_OID_REQUEST request, NDIS_STATUS status)
{
    (void)af, (void)vc, (void)party;
    crew_note("cm-co-complete-%x-%x", request->DATA.QUERY_INFORMATION.Oid, (unsigned)status);
}

static NDIS_STATUS set_call_manager(NDIS_HANDLE driver)
{
    NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS handlers = {
        .Header = {NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS,
                   NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1,
                   NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1},
    };
    fill_slots(&handlers.CmCreateVcHandler, &handlers + 1);
    handlers.CmCreateVcHandler = manager_create_vc;
    handlers.CmDeleteVcHandler = manager_delete_vc;
    handlers.CmOpenAfHandler = manager_open_af;
    handlers.CmCloseAfHandler = manager_close_af;
    handlers.CmOidRequestHandler = manager_oid;
    handlers.CmOidRequestCompleteHandler = manager_oid_complete;
    return NdisSetOptionalHandlers(driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&handlers);
}

static NDIS_STATUS manager_set_options(NDIS_HANDLE driver, NDIS_HANDLE context)
{
    as_protocol(context)->driver = driver;
    NDIS_STATUS status = set_co_protocol(driver);
    return status ? status : set_call_manager(driver);
}

static VOID manager_unload(PDRIVER_OBJECT object)
{
    (void)object;
    NdisDeregisterProtocolDriver(crew.manager.driver);
}

static NTSTATUS manager_entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    (void)path;
    object->DriverUnload = manager_unload;
    return register_protocol(&crew.manager, L"CREWMANAGER", manager_set_options);
}

/* ---- miniports ---- */

static NDIS_STATUS miniport_co_oid(NDIS_HANDLE adapter, NDIS_HANDLE vc, PNDIS_OID_REQUEST request)
{
    (void)adapter;
    crew_note("mini-co-oid-%x", request->DATA.QUERY_INFORMATION.Oid);
    return crew.miniport_co_oid ? crew.miniport_co_oid(vc, request) : NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS miniport_oid(NDIS_HANDLE adapter, PNDIS_OID_REQUEST request)
{
    (void)adapter;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    crew_note("mini-oid-%x", request->DATA.QUERY_INFORMATION.Oid);
    return crew.miniport_oid ? crew.miniport_oid(request) : NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS set_co_miniport(NDIS_HANDLE driver, bool is_mcm)
{
    NDIS_MINIPORT_CO_CHARACTERISTICS co = {
        .Header = {NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS,
                   NDIS_MINIPORT_CO_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_CO_CHARACTERISTICS_REVISION_1},
    };
    fill_slots(&co.CoCreateVcHandler, &co + 1);
    co.CoOidRequestHandler = miniport_co_oid;
    if (is_mcm) {
        co.CoCreateVcHandler = NULL;
        co.CoDeleteVcHandler = NULL;
    }
    return NdisSetOptionalHandlers(driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&co);
}

static NDIS_STATUS mini_set_options(NDIS_HANDLE driver, NDIS_HANDLE context)
{
    (void)context;
    return set_co_miniport(driver, false);
}

static NDIS_STATUS mcm_set_options(NDIS_HANDLE driver, NDIS_HANDLE context)
{
    (void)context;
    NDIS_STATUS status = set_co_miniport(driver, true);
    return status ? status : set_call_manager(driver);
}

static NDIS_STATUS set_attributes(NDIS_HANDLE adapter)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    memset(&attributes, 0, sizeof(attributes));
    attributes.RegistrationAttributes.Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES,
                             NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1,
                             NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1};
    attributes.RegistrationAttributes.MiniportAdapterContext = &crew;
    NDIS_STATUS status = NdisMSetMiniportAttributes(adapter, &attributes);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    memset(&attributes, 0, sizeof(attributes));
    attributes.GeneralAttributes.Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
                             NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1,
                             NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1};
    attributes.GeneralAttributes.MediaType = NdisMediumAtm;
    attributes.GeneralAttributes.MtuSize = 9180;
    return NdisMSetMiniportAttributes(adapter, &attributes);
}

static NDIS_STATUS miniport_init(NDIS_HANDLE adapter, NDIS_HANDLE context,
                                 PNDIS_MINIPORT_INIT_PARAMETERS parameters)
{
    (void)parameters;
    crew_note("mini-init");
    crew.adapter = adapter;
    if (crew.miniport_in_init)
        crew.miniport_in_init(adapter);
    if (!crew.no_attributes)
        assert_int_equal(set_attributes(adapter), NDIS_STATUS_SUCCESS);
    if (context && !crew.no_attributes) {
        CO_ADDRESS_FAMILY family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
        assert_int_equal(NdisMCmRegisterAddressFamilyEx(adapter, &family), NDIS_STATUS_SUCCESS);
    }
    return crew.init_status;
}

static VOID miniport_halt(NDIS_HANDLE context, NDIS_HALT_ACTION action)
{
    assert_ptr_equal(context, &crew);
    (void)action;
    crew_note("mini-halt");
    if (crew.miniport_in_halt)
        crew.miniport_in_halt(crew.adapter);
}

static NDIS_STATUS miniport_pause(NDIS_HANDLE context, PNDIS_MINIPORT_PAUSE_PARAMETERS parameters)
{
    (void)context, (void)parameters;
    crew_note("mini-pause");
    if (!crew.pause_pends)
        return NDIS_STATUS_SUCCESS;
    NdisMPauseComplete(crew.adapter);
    return NDIS_STATUS_PENDING;
}

static NDIS_STATUS miniport_restart(NDIS_HANDLE context,
                                    PNDIS_MINIPORT_RESTART_PARAMETERS parameters)
{
    (void)context, (void)parameters;
    crew_note("mini-restart");
    if (!crew.restart_pends)
        return NDIS_STATUS_SUCCESS;
    NdisMRestartComplete(crew.adapter, NDIS_STATUS_SUCCESS);
    return NDIS_STATUS_PENDING;
}

static VOID miniport_return(NDIS_HANDLE context, PNET_BUFFER_LIST lists, ULONG flags)
{
    (void)context, (void)lists, (void)flags;
}

static VOID miniport_cancel(NDIS_HANDLE context, PVOID id)
{
    (void)context, (void)id;
    crew_note("mini-cancel");
}

static VOID miniport_device_event(NDIS_HANDLE context, PNET_DEVICE_PNP_EVENT event)
{
    (void)context, (void)event;
}

static VOID miniport_shutdown(NDIS_HANDLE context, NDIS_SHUTDOWN_ACTION action)
{
    (void)context, (void)action;
}

static VOID miniport_unload(PDRIVER_OBJECT object)
{
    (void)object;
    crew_note("mini-unload");
    NdisMDeregisterMiniportDriver(crew.miniport_driver);
}

static NTSTATUS register_miniport(PDRIVER_OBJECT object, PUNICODE_STRING path, bool is_mcm)
{
    NDIS_MINIPORT_DRIVER_CHARACTERISTICS c = {
        .Header = {NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS,
                   NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1,
                   NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1},
        .MajorNdisVersion = 6,
        .MinorNdisVersion = 0,
        .SetOptionsHandler = is_mcm ? mcm_set_options : mini_set_options,
        .InitializeHandlerEx = miniport_init,
        .HaltHandlerEx = miniport_halt,
        .UnloadHandler = miniport_unload,
        .PauseHandler = miniport_pause,
        .RestartHandler = miniport_restart,
        .OidRequestHandler = miniport_oid,
        .ReturnNetBufferListsHandler = miniport_return,
        .CancelSendHandler = miniport_cancel,
        .DevicePnPEventNotifyHandler = miniport_device_event,
        .ShutdownHandlerEx = miniport_shutdown,
        .CancelOidRequestHandler = miniport_cancel,
    };
    return NdisMRegisterMiniportDriver(object, path, is_mcm ? &crew : NULL, &c,
                                       &crew.miniport_driver);
}

static NTSTATUS mini_entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    return register_miniport(object, path, false);
}

static NTSTATUS mcm_entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    return register_miniport(object, path, true);
}

/* ---- the world ---- */

static void hear_violation(void *context, const struct condis_violation *violation)
{
    (void)context;
    crew.last_rule = violation->rule;
    if (!violation->expected)
        fputs(violation->report, stderr);
}

static void register_entry(const char *name, PDRIVER_INITIALIZE entry)
{
    void *address;
    memcpy(&address, &entry, sizeof(address));
    assert_true(condis_driver_register(name, address, false));
}

struct crew_world crew_begin(enum condis_clock clock, enum condis_completion completion)
{
    struct crew_world w;
    struct condis_error error;
    register_entry("crew-client", client_entry);
    register_entry("crew-manager", manager_entry);
    register_entry("crew-mini", mini_entry);
    register_entry("crew-mcm", mcm_entry);
    memset(&crew, 0, sizeof(crew));
    struct condis_world_options options = {
        .clock = clock, .seed = crew_seed, .verifier = true, .on_violation = hear_violation};
    if (!condis_world_create(&options, &w.world, &error))
        fail_msg("%s", error.text);
    struct condis_host_options host = {.name = "crew", .completion = completion};
    if (!condis_host_create(w.world, &host, &w.host, &error))
        fail_msg("%s", error.text);
    return w;
}

struct condis_tally crew_finish(struct crew_world *w)
{
    if (w->host)
        condis_host_destroy(w->host);
    struct condis_tally tally = condis_world_tally(w->world);
    condis_world_destroy(w->world);
    return tally;
}

void crew_end(struct crew_world *w)
{
    struct condis_tally tally = crew_finish(w);
    assert_int_equal(tally.violations, 0);
    assert_int_equal(tally.expected_unmet, 0);
}

struct condis_driver *crew_load(struct crew_world *w, const char *name)
{
    struct condis_driver *driver;
    struct condis_error error;
    if (!condis_driver_load(w->host, name, NULL, 0, &driver, &error))
        fail_msg("%s", error.text);
    return driver;
}

struct condis_adapter *crew_start(struct condis_driver *miniport, const char *name)
{
    struct condis_adapter *adapter;
    struct condis_error error;
    if (!condis_adapter_start(miniport, name, NULL, 0, &adapter, &error))
        fail_msg("%s", error.text);
    return adapter;
}

void crew_expect(struct crew_world *w, const char *rule)
{
    struct condis_error error;
    if (!condis_world_expect(w->world, rule, &error))
        fail_msg("%s", error.text);
}

void crew_settle(struct crew_world *w)
{
    assert_true(condis_world_run_until_idle(w->world, 50000000));
}

void crew_as_miniport(struct crew_world *w, void (*body)(void))
{
    struct host_entry entry;
    assert_true(host_enter(host_private(w->host), &entry));
    struct nt_owner *before = ndis_driver_enter(crew.miniport_driver);
    body();
    ndis_driver_leave(before);
    host_leave(&entry);
}

void crew_query(NDIS_OID_REQUEST *request, NDIS_OID oid, void *buffer, UINT bytes)
{
    memset(request, 0, sizeof(*request));
    request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    request->RequestType = NdisRequestQueryInformation;
    request->DATA.QUERY_INFORMATION.Oid = oid;
    request->DATA.QUERY_INFORMATION.InformationBuffer = buffer;
    request->DATA.QUERY_INFORMATION.InformationBufferLength = bytes;
}
