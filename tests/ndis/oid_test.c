/* SPDX-License-Identifier: MIT */
/* OID requests in every direction: to the miniport, to the call manager, to the client. */
#include "crew.h"

#include "ndis/host.h"

enum { SOME_OID = 0x00010107 };

static NDIS_OID_REQUEST request; /* the one that is out in a test */
static char answer[16];

/* Runs something as a driver of the crew, in the callback that it has just had. */
static void (*as_client)(struct crew_protocol *p);

static void run_as_client(struct crew_protocol *p, PCO_ADDRESS_FAMILY family)
{
    (void)family;
    as_client(p);
}

static NDIS_STATUS answer_at_once(NDIS_HANDLE vc, PNDIS_OID_REQUEST r)
{
    assert_null(vc);
    memcpy(r->DATA.QUERY_INFORMATION.InformationBuffer, "fast", 4);
    r->DATA.QUERY_INFORMATION.BytesWritten = 4;
    return NDIS_STATUS_SUCCESS;
}

static void ask_miniport(struct crew_protocol *p)
{
    crew_query(&request, SOME_OID, answer, sizeof(answer));
    NDIS_STATUS status = NdisCoOidRequest(p->binding, NULL, NULL, NULL, &request);
    crew_note("asked-%x", (unsigned)status);
}

static struct crew_world begin_co_oid(NDIS_STATUS (*handler)(NDIS_HANDLE, PNDIS_OID_REQUEST),
                                      const char *rule)
{
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.miniport_co_oid = handler;
    as_client = ask_miniport;
    crew.client_in_notify = run_as_client;
    if (rule)
        crew_expect(&w, rule);
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_settle(&w);
    return w;
}

static void a_miniports_final_answer_is_returned_and_completes_nothing(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(answer_at_once, NULL);
    assert_int_equal(crew_count("asked-0"), 1);
    assert_int_equal(crew_count("client-co-complete-10107-0"), 0);
    assert_memory_equal(answer, "fast", 4);
    crew_end(&w);
}

static NDIS_STATUS complete_early(NDIS_HANDLE vc, PNDIS_OID_REQUEST r)
{
    (void)vc;
    NdisMCoOidRequestComplete(crew.adapter, NULL, r, NDIS_STATUS_NOT_ACCEPTED);
    return NDIS_STATUS_PENDING;
}

static void a_request_may_be_completed_before_it_is_pended(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(complete_early, NULL);
    assert_int_equal(crew_count("asked-103"), 1);
    assert_int_equal(crew_count("client-co-complete-10107-10003"), 1);
    crew_end(&w);
}

static NDIS_STATUS complete_by_the_mcm_name(NDIS_HANDLE vc, PNDIS_OID_REQUEST r)
{
    (void)vc;
    NdisMCmOidRequestComplete(NULL, NULL, NULL, r, NDIS_STATUS_SUCCESS);
    return NDIS_STATUS_PENDING;
}

static void the_other_familys_completion_is_named_and_the_request_ends(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(complete_by_the_mcm_name, "OID_COMPLETE_WRONG_FAMILY");
    assert_int_equal(crew_count("client-co-complete-10107-0"), 1);
    crew_end(&w);
}

static NDIS_STATUS complete_for_no_adapter(NDIS_HANDLE vc, PNDIS_OID_REQUEST r)
{
    (void)vc;
    NdisMCoOidRequestComplete(NULL, NULL, r, NDIS_STATUS_SUCCESS);
    return NDIS_STATUS_PENDING;
}

static void a_completion_with_other_arguments_is_named(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(complete_for_no_adapter, "OID_COMPLETE_ARGUMENTS");
    crew_end(&w);
}

static NDIS_STATUS keep(NDIS_HANDLE vc, PNDIS_OID_REQUEST r)
{
    (void)vc, (void)r;
    return NDIS_STATUS_PENDING;
}

static void complete_twice_in_halt(NDIS_HANDLE adapter)
{
    NdisMCoOidRequestComplete(adapter, NULL, &request, NDIS_STATUS_SUCCESS);
}

static void a_request_is_completed_once(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(complete_early, NULL);
    crew.miniport_in_halt = complete_twice_in_halt;
    crew_expect(&w, "OID_COMPLETE_ONCE");
    crew_end(&w);
}

static void a_request_with_a_final_answer_is_not_completed(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(answer_at_once, NULL);
    crew.miniport_in_halt = complete_twice_in_halt;
    crew_expect(&w, "OID_COMPLETE_AFTER_FINAL");
    crew_end(&w);
}

static void a_pended_request_is_left_at_the_close(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(keep, "CLOSE_ADAPTER_OID_OUT");
    crew_expect(&w, "UNBIND_FAILED"); /* the crew passes the refusal on */
    crew_expect(&w, "LEAK_OID_REQUEST");
    crew_end(&w);
}

static void pass(struct crew_world *w, uint64_t ms)
{
    struct host_entry entry;
    assert_true(host_enter(host_private(w->host), &entry));
    assert_int_equal(exec_sleep(ms * EXEC_MS, "a test"), EXEC_WAIT_TIMEOUT);
    host_leave(&entry);
}

static void a_pended_request_is_completed_within_12_s(void **state)
{
    (void)state;
    struct crew_world w = begin_co_oid(keep, NULL);
    crew.miniport_in_halt = NULL;
    pass(&w, 11000); /* the crew settles for some time, too */
    crew_expect(&w, "OID_TOO_LONG");
    pass(&w, 2000);
    assert_int_equal(condis_world_tally(w.world).expected_unmet, 0);
    pass(&w, 100000);
    crew_expect(&w, "CLOSE_ADAPTER_OID_OUT");
    crew_expect(&w, "UNBIND_FAILED");
    crew_expect(&w, "LEAK_OID_REQUEST");
    crew_end(&w);
}

/* ---- plain requests ---- */

static NDIS_OID_REQUEST plain[3];

static void ask_three(struct crew_protocol *p)
{
    KIRQL irql;
    for (NDIS_OID i = 0; i < 3; i++)
        crew_query(&plain[i], SOME_OID + i, answer, sizeof(answer));
    crew_note("one-%x", (unsigned)NdisOidRequest(p->binding, &plain[0]));
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    crew_note("two-%x", (unsigned)NdisOidRequest(p->binding, &plain[1]));
    KeLowerIrql(irql);
    crew_note("three-%x", (unsigned)NdisOidRequest(p->binding, &plain[2]));
}

static NDIS_STATUS hold_first(PNDIS_OID_REQUEST r)
{
    return r == &plain[0] ? NDIS_STATUS_PENDING : NDIS_STATUS_SUCCESS;
}

static void complete_first(void)
{
    NdisMOidRequestComplete(crew.adapter, &plain[0], NDIS_STATUS_SUCCESS);
}

static void plain_requests_reach_the_miniport_one_at_a_time_at_passive_level(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.miniport_oid = hold_first;
    as_client = ask_three;
    crew.client_in_notify = run_as_client;
    crew_load(&w, "crew-client");
    struct condis_driver *mcm = crew_load(&w, "crew-mcm");
    crew_start(mcm, "atm0");
    crew_settle(&w);
    assert_int_equal(crew_count("one-103"), 1);
    assert_int_equal(crew_count("two-103"), 1);
    assert_int_equal(crew_count("three-103"), 1);
    assert_int_equal(crew_count("mini-oid-10107"), 1);
    assert_int_equal(crew_count("mini-oid-10108"), 0);
    crew_as_miniport(&w, complete_first);
    crew_settle(&w);
    assert_true(crew_before("client-oid-complete-10107-0", "client-oid-complete-10108-0"));
    assert_true(crew_before("mini-oid-10108", "mini-oid-10109"));
    assert_int_equal(crew_count("client-oid-complete-10109-0"), 1);
    crew_end(&w);
}

/* ---- over an address family ---- */

static NDIS_STATUS peer_answers(const char *who, PNDIS_OID_REQUEST r)
{
    (void)r;
    crew_note("%s-asked", who);
    return NDIS_STATUS_SUCCESS;
}

static void ask_over_the_af(struct crew_protocol *p)
{
    crew_query(&request, SOME_OID, answer, sizeof(answer));
    crew_note("asked-%x", (unsigned)NdisCoOidRequest(p->binding, p->af, NULL, NULL, &request));
}

static void a_client_asks_its_call_manager_over_the_address_family(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_opens_af = true;
    crew.peer_oid = peer_answers;
    crew.client_in_unbind = ask_over_the_af;
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
    assert_int_equal(crew_count("cm-asked"), 1);
    assert_int_equal(crew_count("asked-0"), 1);
}

static void ask_the_client(void)
{
    crew_query(&request, SOME_OID, answer, sizeof(answer));
    crew_note("mcm-asked-%x", (unsigned)NdisMCmOidRequest(crew.cm_af, NULL, NULL, &request));
}

static NDIS_STATUS client_completes_early(const char *who, PNDIS_OID_REQUEST r)
{
    assert_string_equal(who, "client");
    NdisCoOidRequestComplete(crew.client.af, NULL, NULL, r, NDIS_STATUS_SUCCESS);
    return NDIS_STATUS_PENDING;
}

static void a_miniport_call_manager_asks_its_client(void **state)
{
    (void)state;
    for (int clock = CONDIS_LIVE; clock <= CONDIS_SIMULATED; clock++) {
        struct crew_world w = crew_begin((enum condis_clock)clock, CONDIS_COMPLETE_PENDING);
        crew.client_opens_af = true;
        crew.peer_oid = client_completes_early;
        crew_load(&w, "crew-client");
        crew_start(crew_load(&w, "crew-mcm"), "atm0");
        crew_as_miniport(&w, ask_the_client);
        crew_settle(&w);
        assert_int_equal(crew_count("client-oid-10107"), 1);
        assert_int_equal(crew_count("mcm-asked-103"), 1);
        assert_int_equal(crew_count("cm-co-complete-10107-0"), 1);
        crew_end(&w);
    }
}

static void ask_by_the_protocols_name(void)
{
    crew_query(&request, SOME_OID, answer, sizeof(answer));
    assert_int_equal(NdisCoOidRequest(crew.adapter, crew.cm_af, NULL, NULL, &request),
                     NDIS_STATUS_FAILURE);
}

static void a_miniport_call_manager_that_uses_the_protocols_name_is_told_so(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.client_opens_af = true;
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_expect(&w, "MCM_USES_NDISCO");
    crew_as_miniport(&w, ask_by_the_protocols_name);
    crew_end(&w);
}

static void ask_about_a_party_alone(struct crew_protocol *p)
{
    crew_query(&request, SOME_OID, answer, sizeof(answer));
    assert_int_equal(NdisCoOidRequest(p->binding, NULL, NULL, p->binding, &request),
                     NDIS_STATUS_FAILURE);
}

static void a_party_without_its_address_family_is_refused(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    as_client = ask_about_a_party_alone;
    crew.client_in_notify = run_as_client;
    crew_expect(&w, "ARGUMENT_BAD");
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_miniports_final_answer_is_returned_and_completes_nothing),
        cmocka_unit_test(a_request_may_be_completed_before_it_is_pended),
        cmocka_unit_test(the_other_familys_completion_is_named_and_the_request_ends),
        cmocka_unit_test(a_completion_with_other_arguments_is_named),
        cmocka_unit_test(a_request_is_completed_once),
        cmocka_unit_test(a_request_with_a_final_answer_is_not_completed),
        cmocka_unit_test(a_pended_request_is_left_at_the_close),
        cmocka_unit_test(a_pended_request_is_completed_within_12_s),
        cmocka_unit_test(plain_requests_reach_the_miniport_one_at_a_time_at_passive_level),
        cmocka_unit_test(a_client_asks_its_call_manager_over_the_address_family),
        cmocka_unit_test(a_miniport_call_manager_asks_its_client),
        cmocka_unit_test(a_miniport_call_manager_that_uses_the_protocols_name_is_told_so),
        cmocka_unit_test(a_party_without_its_address_family_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
