/* SPDX-License-Identifier: MIT */
/* Registrations: characteristics, names, optional handlers and their phases. */
#include "crew.h"

/* ---- characteristics ---- */

/* What the next load of "driver-test" registers, and what it was answered. */
static NDIS_PROTOCOL_DRIVER_CHARACTERISTICS protocol;
static NDIS_STATUS answered;
static NDIS_HANDLE registered;
static bool registers_twice;

static NDIS_STATUS nothing(void)
{
    return NDIS_STATUS_SUCCESS;
}

static VOID unload(PDRIVER_OBJECT object)
{
    (void)object;
    if (registered)
        NdisDeregisterProtocolDriver(registered);
    registered = NULL;
}

static NTSTATUS entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    NDIS_HANDLE second;
    (void)path;
    object->DriverUnload = unload;
    registered = NULL;
    answered = NdisRegisterProtocolDriver(NULL, &protocol, &registered);
    if (answered != NDIS_STATUS_SUCCESS)
        registered = NULL;
    if (registers_twice)
        answered = NdisRegisterProtocolDriver(NULL, &protocol, &second);
    return STATUS_SUCCESS;
}

static void good_protocol(void)
{
    NDIS_STATUS (*routine)(void) = nothing;
    memset(&protocol, 0, sizeof(protocol));
    protocol.Header = (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS, 1,
                                           NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1};
    protocol.MajorNdisVersion = 6;
    protocol.Name = (UNICODE_STRING)RTL_CONSTANT_STRING(L"TEST");
    for (char *slot = (char *)&protocol.BindAdapterHandlerEx;
         slot <= (char *)&protocol.SendNetBufferListsCompleteHandler; slot += sizeof(routine))
        memcpy(slot, &routine, sizeof(routine));
    registers_twice = false;
}

static NDIS_STATUS register_it(struct crew_world *w, const char *rule)
{
    PDRIVER_INITIALIZE routine = entry;
    void *address;
    memcpy(&address, &routine, sizeof(address));
    assert_true(condis_driver_register("driver-test", address, false));
    if (rule)
        crew_expect(w, rule);
    condis_driver_unload(crew_load(w, "driver-test"));
    return answered;
}

static void characteristics_are_checked_field_by_field(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    good_protocol();
    assert_int_equal(register_it(&w, NULL), NDIS_STATUS_SUCCESS);
    protocol.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    assert_int_equal(register_it(&w, "DRIVER_CHARACTERISTICS"), NDIS_STATUS_BAD_CHARACTERISTICS);
    good_protocol();
    protocol.Header.Size--;
    assert_int_equal(register_it(&w, "DRIVER_CHARACTERISTICS"), NDIS_STATUS_BAD_CHARACTERISTICS);
    good_protocol();
    protocol.MajorNdisVersion = 7;
    assert_int_equal(register_it(&w, "DRIVER_CHARACTERISTICS"), NDIS_STATUS_BAD_VERSION);
    good_protocol();
    protocol.MinorNdisVersion = 2;
    assert_int_equal(register_it(&w, "DRIVER_CHARACTERISTICS"), NDIS_STATUS_BAD_VERSION);
    good_protocol();
    protocol.UnbindAdapterHandlerEx = NULL;
    assert_int_equal(register_it(&w, "DRIVER_CHARACTERISTICS"), NDIS_STATUS_BAD_CHARACTERISTICS);
    good_protocol();
    protocol.Name.Length = 0;
    assert_int_equal(register_it(&w, "DRIVER_CHARACTERISTICS"), NDIS_STATUS_BAD_CHARACTERISTICS);
    good_protocol();
    protocol.UninstallHandler = NULL;
    protocol.StatusHandlerEx = NULL;
    assert_int_equal(register_it(&w, NULL), NDIS_STATUS_SUCCESS);
    crew_end(&w);
}

static void a_protocols_name_is_taken_once_in_a_host(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    good_protocol();
    registers_twice = true;
    assert_int_equal(register_it(&w, "DRIVER_REGISTERED_TWICE"), NDIS_STATUS_FAILURE);
    crew_end(&w);
}

/* ---- optional handlers ---- */

static NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS manager;

static void good_manager(void)
{
    NDIS_STATUS (*routine)(void) = nothing;
    manager.Header = (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_CO_CALL_MANAGER_OPTIONAL_HANDLERS, 1,
                                          NDIS_SIZEOF_CO_CALL_MANAGER_OPTIONAL_HANDLERS_REVISION_1};
    for (char *slot = (char *)&manager.CmCreateVcHandler; slot < (char *)(&manager + 1);
         slot += sizeof(routine))
        memcpy(slot, &routine, sizeof(routine));
}

static NDIS_STATUS set_manager(NDIS_HANDLE driver)
{
    crew_note("set-%x",
              (unsigned)NdisSetOptionalHandlers(driver, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&manager));
    return NDIS_STATUS_SUCCESS;
}

/* Sets the table from ProtocolSetOptions. returns  whether it was accepted */
static bool accepts(const char *rule)
{
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.set_options = set_manager;
    if (rule)
        crew_expect(&w, rule);
    crew_load(&w, "crew-client");
    bool accepted = crew_count("set-0") == 1;
    assert_int_equal(crew_count("set-c0000001"), accepted ? 0 : 1);
    crew_end(&w);
    return accepted;
}

static void both_sizes_of_the_call_managers_table_are_right(void **state)
{
    (void)state;
    good_manager();
    assert_int_equal(manager.Header.Size, 136);
    assert_true(accepts(NULL));
    manager.Header.Size = 144;
    assert_true(accepts(NULL));
    manager.Header.Size = 128;
    assert_false(accepts("HANDLERS_HEADER"));
}

static void a_table_of_another_kind_is_refused(void **state)
{
    (void)state;
    good_manager();
    manager.Header.Type = NDIS_OBJECT_TYPE_CO_MINIPORT_CHARACTERISTICS;
    assert_false(accepts("HANDLERS_HEADER"));
    manager.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    assert_false(accepts("HANDLERS_HEADER"));
}

static void every_slot_of_a_call_manager_is_filled(void **state)
{
    (void)state;
    good_manager();
    manager.CmDropPartyHandler = NULL;
    assert_false(accepts("HANDLERS_SLOT_NULL"));
    good_manager();
    manager.CmNotifyCloseAfCompleteHandler =
        NULL; /* behind the stock size, and read all the same */
    assert_false(accepts("HANDLERS_SLOT_NULL"));
}

static void set_late(struct crew_protocol *p, PCO_ADDRESS_FAMILY family)
{
    (void)family;
    good_manager();
    set_manager(p->driver);
}

static void handlers_of_a_driver_are_set_in_set_options_only(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_in_notify = set_late;
    crew_expect(&w, "HANDLERS_WRONG_PHASE");
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    assert_int_equal(crew_count("set-c0000001"), 1);
    crew_end(&w);
}

static void set_on_binding(struct crew_protocol *p, NDIS_HANDLE bind_context)
{
    (void)bind_context;
    good_manager();
    set_manager(p->binding);
}

static void set_on_binding_late(struct crew_protocol *p, PCO_ADDRESS_FAMILY family)
{
    (void)family;
    set_manager(p->binding);
}

static void handlers_of_a_binding_are_set_while_it_binds(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_in_bind = set_on_binding;
    crew.client_in_notify = set_on_binding_late;
    crew_expect(&w, "HANDLERS_WRONG_PHASE");
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    assert_int_equal(crew_count("set-0"), 1);
    assert_int_equal(crew_count("set-c0000001"), 1);
    crew_end(&w);
}

/* ---- deregistration ---- */

static void deregister_in_notify(struct crew_protocol *p, PCO_ADDRESS_FAMILY family)
{
    (void)family;
    NdisDeregisterProtocolDriver(p->driver);
}

static void a_protocol_is_not_deregistered_from_its_own_callback(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_in_notify = deregister_in_notify;
    crew_expect(&w, "DEREGISTER_IN_CALLBACK");
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
}

static NDIS_STATUS fail_options(NDIS_HANDLE driver)
{
    (void)driver;
    return NDIS_STATUS_RESOURCES;
}

static void set_options_that_fail_fail_the_registration(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    struct condis_driver *driver;
    struct condis_error error;
    crew.set_options = fail_options;
    assert_false(condis_driver_load(w.host, "crew-client", NULL, 0, &driver, &error));
    assert_non_null(strstr(error.text, "0xC000009A"));
    crew_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characteristics_are_checked_field_by_field),
        cmocka_unit_test(a_protocols_name_is_taken_once_in_a_host),
        cmocka_unit_test(both_sizes_of_the_call_managers_table_are_right),
        cmocka_unit_test(a_table_of_another_kind_is_refused),
        cmocka_unit_test(every_slot_of_a_call_manager_is_filled),
        cmocka_unit_test(handlers_of_a_driver_are_set_in_set_options_only),
        cmocka_unit_test(handlers_of_a_binding_are_set_while_it_binds),
        cmocka_unit_test(a_protocol_is_not_deregistered_from_its_own_callback),
        cmocka_unit_test(set_options_that_fail_fail_the_registration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
