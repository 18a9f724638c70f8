/* SPDX-License-Identifier: MIT */
#include "client/parameters.h"

#include "../ndis/bare_host.h"

/* A peer's parameters: aligned memory that a test may spoil. */
struct peer {
    CO_CALL_PARAMETERS call;
    CO_CALL_MANAGER_PARAMETERS manager;
    UCHAR room[sizeof(Q2931_CALLMGR_PARAMETERS)];
};

static const struct condis_address ann = {{0x49, 3, 'a', 'n', 'n'}};
static const struct condis_address bob = {{0x49, 3, 'b', 'o', 'b'}};

static Q2931_CALLMGR_PARAMETERS *peer_q2931(struct peer *peer)
{
    return (void *)peer->manager.CallMgrSpecific.Parameters;
}

static void peer_fill(struct peer *peer)
{
    *peer = (struct peer){.call.CallMgrParameters = &peer->manager};
    peer->manager.CallMgrSpecific.ParamType = CALLMGR_SPECIFIC_Q2931;
    peer->manager.CallMgrSpecific.Length = sizeof(Q2931_CALLMGR_PARAMETERS);
    peer_q2931(peer)->CalledParty.NumberOfDigits = CONDIS_ADDRESS_BYTES;
    memcpy(peer_q2931(peer)->CalledParty.Address, ann.octets, CONDIS_ADDRESS_BYTES);
}

static void what_is_told_is_read_back(void **state)
{
    const struct condis_flow transmit = {1, 2, 3, 4, 5, SERVICETYPE_GUARANTEED, 7, 8};
    const struct condis_flow receive = {.sdu_bytes_max = 1500};
    struct condis_flow sent;
    struct condis_flow received;
    struct condis_address to;
    struct condis_address from;
    struct bare_host *host = bare_host_begin(EXEC_SIMULATED);
    (void)state;
    PCO_CALL_PARAMETERS parameters =
        parameters_create(&ann, &bob, &transmit, &receive, MULTIPOINT_VC);
    assert_non_null(parameters);
    assert_int_equal(parameters->Flags, MULTIPOINT_VC);
    parameters_flows(parameters, &sent, &received);
    assert_memory_equal(&sent, &transmit, sizeof sent);
    assert_int_equal(received.sdu_bytes_max, 1500);
    assert_int_equal(received.token_rate_bytes_s, 0);
    assert_int_equal(received.service_type, SERVICETYPE_BESTEFFORT);
    assert_int_equal(parameters->CallMgrParameters->Receive.TokenRate, QOS_NOT_SPECIFIED);
    assert_true(parameters_called(parameters, &to));
    assert_true(parameters_calling(parameters, &from));
    assert_memory_equal(&to, &ann, sizeof to);
    assert_memory_equal(&from, &bob, sizeof from);
    client_free(parameters);
    bare_host_end(host);
}

static void an_address_that_was_not_told_is_not_invented(void **state)
{
    const struct condis_flow flow = {0};
    struct condis_address from = bob;
    struct bare_host *host = bare_host_begin(EXEC_SIMULATED);
    (void)state;
    PCO_CALL_PARAMETERS parameters = parameters_create(&ann, NULL, &flow, &flow, 0);
    assert_non_null(parameters);
    assert_false(parameters_calling(parameters, &from));
    assert_memory_equal(&from, &bob, sizeof from);
    client_free(parameters);
    bare_host_end(host);
}

static void what_a_peer_left_out_or_spoiled_is_not_read(void **state)
{
    struct peer peer;
    struct condis_address to;
    struct condis_flow flow = {.latency_us = 9};
    (void)state;
    peer_fill(&peer);
    assert_true(parameters_called(&peer.call, &to));
    peer.manager.CallMgrSpecific.Length = FIELD_OFFSET(Q2931_CALLMGR_PARAMETERS, InfoElements) - 1;
    assert_false(parameters_called(&peer.call, &to));
    peer_fill(&peer);
    peer.manager.CallMgrSpecific.ParamType++;
    assert_false(parameters_called(&peer.call, &to));
    peer_fill(&peer);
    peer_q2931(&peer)->CalledParty.AddressType = ATM_E164;
    assert_false(parameters_called(&peer.call, &to));
    peer_fill(&peer);
    peer_q2931(&peer)->CalledParty.NumberOfDigits = CONDIS_ADDRESS_BYTES + 1;
    assert_false(parameters_called(&peer.call, &to));
    peer.call.CallMgrParameters = NULL;
    assert_false(parameters_called(&peer.call, &to));
    parameters_flows(&peer.call, &flow, &flow);
    parameters_flows(NULL, &flow, &flow);
    assert_int_equal(flow.latency_us, 9);
}

static void a_sap_holds_one_address_and_any_higher_layer(void **state)
{
    struct bare_host *host = bare_host_begin(EXEC_SIMULATED);
    (void)state;
    PCO_SAP sap = parameters_sap(&ann);
    assert_non_null(sap);
    assert_int_equal(sap->SapType, SAP_TYPE_NSAP);
    assert_int_equal(sap->SapLength, FIELD_OFFSET(ATM_SAP, Addresses) + sizeof(ATM_ADDRESS));
    const ATM_SAP *atm = (const void *)sap->Sap;
    const ATM_ADDRESS *address = (const void *)atm->Addresses;
    assert_int_equal(atm->NumberOfAddresses, 1);
    assert_int_equal(atm->Blli.Layer2Protocol, SAP_FIELD_ANY);
    assert_int_equal(atm->Blli.Layer3Protocol, SAP_FIELD_ANY);
    assert_int_equal(atm->Bhli.HighLayerInfoType, SAP_FIELD_ANY);
    assert_int_equal(address->AddressType, ATM_NSAP);
    assert_int_equal(address->NumberOfDigits, CONDIS_ADDRESS_BYTES);
    assert_memory_equal(address->Address, ann.octets, CONDIS_ADDRESS_BYTES);
    client_free(sap);
    bare_host_end(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_is_read_back),
        cmocka_unit_test(an_address_that_was_not_told_is_not_invented),
        cmocka_unit_test(what_a_peer_left_out_or_spoiled_is_not_read),
        cmocka_unit_test(a_sap_holds_one_address_and_any_higher_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
