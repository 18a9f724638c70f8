/* SPDX-License-Identifier: MIT */
/* Adapters: starting, attributes, pausing, halting, status indications, registered families. */
#include "crew.h"

static struct condis_error error;

static bool start(struct condis_driver *driver, const char *name)
{
    struct condis_adapter *adapter;
    bool good = condis_adapter_start(driver, name, NULL, 0, &adapter, &error);
    assert_int_equal(good, adapter != NULL);
    return good;
}

static void pauses_and_restarts_may_pend(void **state)
{
    (void)state;
    for (int clock = CONDIS_LIVE; clock <= CONDIS_SIMULATED; clock++) {
        struct crew_world w = crew_begin((enum condis_clock)clock, CONDIS_COMPLETE_PENDING);
        crew.pause_pends = true;
        crew.restart_pends = true;
        crew_load(&w, "crew-client");
        crew_start(crew_load(&w, "crew-mcm"), "atm0");
        crew_end(&w);
        assert_true(crew_before("mini-pause", "mini-halt"));
    }
}

static void an_adapter_that_fails_to_initialise_is_not_there(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    struct condis_driver *mcm = crew_load(&w, "crew-mcm");
    crew_load(&w, "crew-client");
    crew.init_status = NDIS_STATUS_NOT_ACCEPTED;
    assert_false(start(mcm, "atm0"));
    assert_non_null(strstr(error.text, "0x00010003"));
    assert_int_equal(crew_count("mini-halt"), 0);
    assert_int_equal(crew_count("client-bind"), 0);
    crew.init_status = NDIS_STATUS_SUCCESS;
    assert_true(start(mcm, "atm0"));
    assert_int_equal(crew_count("client-bind"), 1);
    crew_end(&w);
}

static void a_name_is_used_once_and_only_miniports_have_adapters(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    struct condis_driver *client = crew_load(&w, "crew-client");
    struct condis_driver *mcm = crew_load(&w, "crew-mcm");
    assert_true(start(mcm, "atm0"));
    assert_false(start(mcm, "atm0"));
    assert_non_null(strstr(error.text, "atm0"));
    assert_false(start(client, "atm1"));
    assert_non_null(strstr(error.text, "no miniport"));
    assert_false(start(mcm, ""));
    crew_end(&w);
}

static void an_initialisation_without_attributes_fails(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.no_attributes = true;
    crew_expect(&w, "ATTRIBUTES_ORDER");
    assert_false(start(crew_load(&w, "crew-mini"), "atm0"));
    crew_end(&w);
}

static void set_general_first(NDIS_HANDLE adapter)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    memset(&attributes, 0, sizeof(attributes));
    attributes.GeneralAttributes.Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, 1,
                             NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1};
    assert_int_equal(NdisMSetMiniportAttributes(adapter, &attributes), NDIS_STATUS_FAILURE);
}

static void general_attributes_come_after_the_registration_attributes(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.miniport_in_init = set_general_first;
    crew_expect(&w, "ATTRIBUTES_ORDER");
    crew_start(crew_load(&w, "crew-mini"), "atm0");
    crew_end(&w);
}

/* ---- status ---- */

static void indicate(NDIS_HANDLE adapter)
{
    char buffer[8] = "status";
    NDIS_STATUS_INDICATION status;
    memset(&status, 0, sizeof(status));
    status.Header = (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_STATUS_INDICATION, 1,
                                         NDIS_SIZEOF_STATUS_INDICATION_REVISION_1};
    status.SourceHandle = adapter;
    status.StatusCode = 0x1234;
    status.StatusBuffer = buffer;
    status.StatusBufferSize = sizeof(buffer);
    NdisMCoIndicateStatusEx(adapter, NULL, &status);
}

static void indicate_now(void)
{
    indicate(crew.adapter);
}

static void a_status_reaches_every_binding(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew_load(&w, "crew-client");
    crew_load(&w, "crew-manager");
    crew_start(crew_load(&w, "crew-mini"), "atm0");
    crew_as_miniport(&w, indicate_now);
    assert_int_equal(crew_count("client-status-1234"), 1);
    assert_int_equal(crew_count("manager-status-1234"), 1);
    crew_end(&w);
}

static void a_status_comes_after_the_attributes_and_before_the_halts_end(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.miniport_in_init = indicate;
    crew_expect(&w, "STATUS_BEFORE_ATTRIBUTES");
    struct condis_driver *mini = crew_load(&w, "crew-mini");
    struct condis_adapter *adapter = crew_start(mini, "atm0");
    crew.miniport_in_halt = indicate; /* inside the halt it is allowed */
    condis_adapter_stop(adapter);
    crew_expect(&w, "STATUS_AFTER_HALT");
    crew_as_miniport(&w, indicate_now);
    crew_end(&w);
}

/* ---- families ---- */

static CO_ADDRESS_FAMILY q2931 = {CO_ADDRESS_FAMILY_Q2931, 4, 0};

static void register_late(void)
{
    assert_int_equal(NdisMCmRegisterAddressFamilyEx(crew.adapter, &q2931), NDIS_STATUS_FAILURE);
}

static void an_mcm_registers_families_while_it_initialises(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_expect(&w, "REGISTER_AF_WRONG_PHASE");
    crew_as_miniport(&w, register_late);
    crew_end(&w);
}

static void register_by_the_other_name(NDIS_HANDLE adapter)
{
    assert_int_equal(NdisCmRegisterAddressFamilyEx(adapter, &q2931), NDIS_STATUS_FAILURE);
}

static void an_mcm_that_uses_the_stand_alone_name_is_told_so(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.miniport_in_init = register_by_the_other_name;
    crew_expect(&w, "MCM_USES_NDISMCM");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
}

static void register_before_attributes(NDIS_HANDLE adapter)
{
    assert_int_equal(NdisMCmRegisterAddressFamilyEx(adapter, &q2931), NDIS_STATUS_FAILURE);
}

static void a_family_is_registered_after_the_attributes(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.miniport_in_init = register_before_attributes;
    crew_expect(&w, "ATTRIBUTES_ORDER");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
}

static void register_without_handlers(struct crew_protocol *p, NDIS_HANDLE bind_context)
{
    (void)bind_context;
    assert_int_equal(NdisCmRegisterAddressFamilyEx(p->binding, &q2931), NDIS_STATUS_FAILURE);
}

static void a_client_registers_no_family(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_in_bind = register_without_handlers;
    crew_expect(&w, "REGISTER_AF_NO_HANDLERS");
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mini"), "atm0");
    crew_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_and_restarts_may_pend),
        cmocka_unit_test(an_adapter_that_fails_to_initialise_is_not_there),
        cmocka_unit_test(a_name_is_used_once_and_only_miniports_have_adapters),
        cmocka_unit_test(an_initialisation_without_attributes_fails),
        cmocka_unit_test(general_attributes_come_after_the_registration_attributes),
        cmocka_unit_test(a_status_reaches_every_binding),
        cmocka_unit_test(a_status_comes_after_the_attributes_and_before_the_halts_end),
        cmocka_unit_test(an_mcm_registers_families_while_it_initialises),
        cmocka_unit_test(an_mcm_that_uses_the_stand_alone_name_is_told_so),
        cmocka_unit_test(a_family_is_registered_after_the_attributes),
        cmocka_unit_test(a_client_registers_no_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
