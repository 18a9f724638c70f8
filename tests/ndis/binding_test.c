/* SPDX-License-Identifier: MIT */
/* From loading drivers to telling a client of an address family, on both edges, on both clocks and
 * in all three completion modes. */
#include "crew.h"

struct setting {
    enum condis_clock clock;
    enum condis_completion completion;
};

static const struct setting settings[] = {
    {CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING}, {CONDIS_SIMULATED, CONDIS_COMPLETE_DIRECT},
    {CONDIS_SIMULATED, CONDIS_COMPLETE_MIXED},   {CONDIS_LIVE, CONDIS_COMPLETE_PENDING},
    {CONDIS_LIVE, CONDIS_COMPLETE_DIRECT},       {CONDIS_LIVE, CONDIS_COMPLETE_MIXED},
};

enum { SETTING_COUNT = sizeof(settings) / sizeof(settings[0]) };

static void a_client_hears_of_the_family_of_a_miniport_call_manager(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct crew_world w = crew_begin(settings[i].clock, settings[i].completion);
        crew_load(&w, "crew-client");
        struct condis_driver *mcm = crew_load(&w, "crew-mcm");
        struct condis_adapter *adapter = crew_start(mcm, "atm0");
        assert_int_equal(crew_count("client-bind"), 1);
        assert_int_equal(crew_count("client-notify-1"), 1);
        assert_true(crew_before("mini-init", "mini-restart"));
        assert_true(crew_before("mini-restart", "client-bind"));
        assert_true(crew_before("client-restart", "client-notify-1"));
        condis_adapter_stop(adapter);
        assert_true(crew_before("client-pause", "client-unbind"));
        assert_true(crew_before("client-unbind", "mini-pause"));
        assert_true(crew_before("mini-pause", "mini-halt"));
        crew_end(&w);
        assert_true(crew_before("client-unload", "mini-unload") ||
                    crew_before("mini-unload", "client-unload"));
    }
}

static void a_client_that_binds_later_is_told_as_well(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct crew_world w = crew_begin(settings[i].clock, settings[i].completion);
        crew_start(crew_load(&w, "crew-mcm"), "atm0");
        crew_load(&w, "crew-client");
        assert_int_equal(crew_count("client-notify-1"), 1);
        crew_end(&w);
        assert_true(crew_before("client-unbind", "mini-halt"));
    }
}

static void a_stand_alone_call_managers_family_is_offered_once_its_bind_is_over(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct crew_world w = crew_begin(settings[i].clock, settings[i].completion);
        crew_load(&w, "crew-client");
        crew_load(&w, "crew-manager");
        crew_start(crew_load(&w, "crew-mini"), "atm0");
        assert_int_equal(crew_count("client-notify-1"), 1);
        assert_true(crew_before("manager-restart", "client-notify-1"));
        crew_end(&w);
        assert_true(crew_before("client-unbind", "manager-unbind"));
        assert_true(crew_before("manager-unbind", "mini-halt"));
    }
}

static void an_address_family_opens_in_the_notification_and_closes_in_the_unbind(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct crew_world w = crew_begin(settings[i].clock, settings[i].completion);
        crew.client_opens_af = true;
        crew_load(&w, "crew-client");
        crew_start(crew_load(&w, "crew-mcm"), "atm0");
        assert_int_equal(crew_count("client-af-open"), 1);
        assert_non_null(crew.client.af);
        crew_end(&w);
        assert_int_equal(crew_count("cm-close-af"), 1);
    }
}

static void an_open_is_pended_in_pending_hosts_and_answered_in_direct_ones(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    assert_int_equal(crew_count("client-opened"), 1);
    crew_end(&w);
    assert_int_equal(crew_count("client-closed"), 1);
    w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_DIRECT);
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    assert_int_equal(crew_count("client-opened"), 0);
    crew_end(&w);
    assert_int_equal(crew_count("client-closed"), 0);
}

static void complete_bind(struct crew_protocol *p, NDIS_HANDLE bind_context)
{
    (void)p;
    NdisCompleteBindAdapterEx(bind_context, NDIS_STATUS_SUCCESS);
}

static void a_bind_may_be_completed_before_it_is_pended(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct crew_world w = crew_begin(settings[i].clock, settings[i].completion);
        crew.bind_pends = true;
        crew.client_in_bind = complete_bind;
        crew_load(&w, "crew-client");
        crew_start(crew_load(&w, "crew-mcm"), "atm0");
        assert_int_equal(crew_count("client-notify-1"), 1);
        crew_end(&w);
    }
}

static void complete_bind_twice(struct crew_protocol *p, NDIS_HANDLE bind_context)
{
    complete_bind(p, bind_context);
    complete_bind(p, bind_context);
}

static void completing_a_bind_twice_breaks_a_rule(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.bind_pends = true;
    crew.client_in_bind = complete_bind_twice;
    crew_expect(&w, "BIND_COMPLETE_ONCE");
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
}

static void use_the_dead_unbind_context(struct crew_protocol *p)
{
    NdisCompleteBindAdapterEx(p->bind_context, NDIS_STATUS_SUCCESS);
}

static void completing_a_bind_that_is_long_over_breaks_a_rule(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_in_unbind = use_the_dead_unbind_context;
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_expect(&w, "BIND_COMPLETE_UNASKED");
    crew_end(&w);
}

static void open_in_notify(struct crew_protocol *p, PCO_ADDRESS_FAMILY family)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"atm0");
    NDIS_MEDIUM medium = NdisMediumAtm;
    UINT selected;
    NDIS_HANDLE binding = NULL;
    NDIS_OPEN_PARAMETERS open = {
        .Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, NDIS_OPEN_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1},
        .AdapterName = &name,
        .MediumArray = &medium,
        .MediumArraySize = 1,
        .SelectedMediumIndex = &selected,
    };
    (void)family;
    assert_int_equal(NdisOpenAdapterEx(p->driver, p, &open, p->bind_context, &binding),
                     NDIS_STATUS_FAILURE);
}

static void opening_outside_a_bind_is_refused(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_in_notify = open_in_notify;
    crew_expect(&w, "OPEN_ADAPTER_CONTEXT");
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
}

static void unbind_in_notify(struct crew_protocol *p, PCO_ADDRESS_FAMILY family)
{
    (void)family;
    assert_int_equal(NdisUnbindAdapter(p->binding), NDIS_STATUS_SUCCESS);
}

static void a_protocol_may_ask_to_be_unbound(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct crew_world w = crew_begin(settings[i].clock, settings[i].completion);
        crew.client_in_notify = unbind_in_notify;
        crew_load(&w, "crew-client");
        crew_start(crew_load(&w, "crew-mcm"), "atm0");
        crew_settle(&w);
        assert_int_equal(crew_count("client-unbind"), 1);
        crew_end(&w);
        assert_int_equal(crew_count("client-unbind"), 1);
    }
}

static void use_after_close(struct crew_protocol *p)
{
    crew.client_keeps_open = true;
    NDIS_STATUS status = NdisCloseAdapterEx(p->binding);
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    assert_int_equal(NdisCloseAdapterEx(p->binding), NDIS_STATUS_FAILURE);
}

static void a_binding_handle_is_dead_from_its_close_on(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_DIRECT);
    crew.client_in_unbind = use_after_close;
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_expect(&w, "BINDING_HANDLE_DEAD");
    crew_end(&w);
}

static void close_and_claim_success(struct crew_protocol *p)
{
    crew.client_keeps_open = true;
    assert_int_equal(NdisCloseAdapterEx(p->binding), NDIS_STATUS_PENDING);
}

/* Whether the close still pends when the unbind returns is up to the schedule. */
static void an_unbind_that_succeeds_while_its_close_pends_is_early(void **state)
{
    (void)state;
    uint64_t early_count = 0;
    for (crew_seed = 1; crew_seed <= 16; crew_seed++) {
        struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
        crew.client_in_unbind = close_and_claim_success;
        crew_load(&w, "crew-client");
        crew_start(crew_load(&w, "crew-mcm"), "atm0");
        crew_expect(&w, "UNBIND_EARLY");
        struct condis_tally tally = crew_finish(&w);
        assert_int_equal(tally.violations, 0);
        assert_int_equal(crew_count("client-closed"), 1);
        early_count += tally.expected_met;
    }
    crew_seed = 7;
    assert_true(early_count > 0);
}

static void an_unbind_that_leaves_the_adapter_open_leaks_the_binding(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_keeps_open = true;
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_expect(&w, "LEAK_BINDING");
    crew_end(&w);
}

static void close_with_the_af_open(struct crew_protocol *p)
{
    if (p->af)
        assert_int_equal(NdisCloseAdapterEx(p->binding), NDIS_STATUS_FAILURE);
}

static void closing_the_adapter_with_an_address_family_open_is_refused(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_opens_af = true;
    crew.client_in_unbind = close_with_the_af_open;
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_expect(&w, "CLOSE_ADAPTER_AF_OPEN");
    crew_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_hears_of_the_family_of_a_miniport_call_manager),
        cmocka_unit_test(a_client_that_binds_later_is_told_as_well),
        cmocka_unit_test(a_stand_alone_call_managers_family_is_offered_once_its_bind_is_over),
        cmocka_unit_test(an_address_family_opens_in_the_notification_and_closes_in_the_unbind),
        cmocka_unit_test(an_open_is_pended_in_pending_hosts_and_answered_in_direct_ones),
        cmocka_unit_test(a_bind_may_be_completed_before_it_is_pended),
        cmocka_unit_test(completing_a_bind_twice_breaks_a_rule),
        cmocka_unit_test(completing_a_bind_that_is_long_over_breaks_a_rule),
        cmocka_unit_test(opening_outside_a_bind_is_refused),
        cmocka_unit_test(a_protocol_may_ask_to_be_unbound),
        cmocka_unit_test(a_binding_handle_is_dead_from_its_close_on),
        cmocka_unit_test(an_unbind_that_succeeds_while_its_close_pends_is_early),
        cmocka_unit_test(an_unbind_that_leaves_the_adapter_open_leaks_the_binding),
        cmocka_unit_test(closing_the_adapter_with_an_address_family_open_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
