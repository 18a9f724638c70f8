/* SPDX-License-Identifier: MIT */
/* The state tables as wholes: every cell is decided, and decided soundly. */
#include "ndis/party.h"
#include "ndis/sap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A table with what is needed to judge it. `internal` events are our own doing (an operation's
 * outcome): only they may be NEVER, and they are never forbidden to a driver. */
struct table {
    const char *name;
    const struct state_cell *cells;
    int state_count;
    int event_count;
    const char *const *state_names;
    const char *const *event_names;
    uint32_t internal; /* bit per event */
};

#define BIT(event) (1u << (event))

static const struct table tables[] = {
    {"AF", af_table[0], AF_STATE_COUNT, AF_EVENT_COUNT, af_state_names, af_event_names,
     BIT(AF_OPENED) | BIT(AF_OPEN_FAILED) | BIT(AF_CLOSE_DONE) | BIT(AF_CLOSE_FAILED)},
    {"SAP", sap_table[0], SAP_STATE_COUNT, SAP_EVENT_COUNT, sap_state_names, sap_event_names,
     BIT(SAP_REGISTERED_OK) | BIT(SAP_REGISTER_FAILED) | BIT(SAP_DEREGISTERED) |
         BIT(SAP_DEREGISTER_FAILED)},
    {"VC activation", vc_activation_table[0], VC_ACTIVATION_COUNT, VC_ACTIVATION_EVENT_COUNT,
     vc_activation_names, vc_activation_event_names,
     BIT(VC_ACTIVATED) | BIT(VC_ACTIVATE_FAILED) | BIT(VC_DEACTIVATED) | BIT(VC_DEACTIVATE_FAILED)},
    {"VC call", vc_call_table[0], CALL_STATE_COUNT, CALL_EVENT_COUNT, vc_call_names,
     vc_call_event_names,
     BIT(CALL_MADE) | BIT(CALL_MAKE_FAILED) | BIT(CALL_OFFER_ACCEPTED) | BIT(CALL_OFFER_REJECTED) |
         BIT(CALL_CLOSED) | BIT(CALL_CLOSE_FAILED)},
    {"party", party_table[0], PARTY_STATE_COUNT, PARTY_EVENT_COUNT, party_state_names,
     party_event_names,
     BIT(PARTY_ADDED) | BIT(PARTY_ADD_FAILED) | BIT(PARTY_DROPPED) | BIT(PARTY_DROP_FAILED) |
         BIT(PARTY_CLOSED) | BIT(PARTY_CLOSE_FAILED)},
};

typedef void cell_check(const struct table *table, int state, int event,
                        const struct state_cell *cell);

static void each_cell(cell_check *check)
{
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
        for (int state = 0; state < tables[t].state_count; state++)
            for (int event = 0; event < tables[t].event_count; event++)
                check(&tables[t], state, event,
                      &tables[t].cells[state * tables[t].event_count + event]);
}

static void expect(bool good, const struct table *table, int state, int event, const char *what)
{
    if (!good)
        fail_msg("%s table: '%s' while %s: %s", table->name, table->event_names[event],
                 table->state_names[state], what);
}

static void check_decided(const struct table *table, int state, int event,
                          const struct state_cell *cell)
{
    expect(cell->action != STATE_UNDECIDED, table, state, event, "nobody decided");
}

static void no_cell_is_undecided(void **state)
{
    (void)state;
    each_cell(check_decided);
}

static void check_rule(const struct table *table, int state, int event,
                       const struct state_cell *cell)
{
    if (cell->action == STATE_REFUSES) {
        expect(cell->status != NDIS_STATUS_SUCCESS && cell->status != NDIS_STATUS_PENDING, table,
               state, event, "a refusal is answered with success");
        expect(cell->rule == RULE_NONE, table, state, event, "a refusal blames nobody");
    }
    if (cell->action != STATE_BREAKS)
        return;
    expect(cell->rule > RULE_NONE && cell->rule < RULE_ID_COUNT, table, state, event, "no rule");
    enum rule_severity severity = rule_info((enum rule_id)cell->rule)->severity;
    expect(severity == SEVERITY_VIOLATION || severity == SEVERITY_WARNING, table, state, event,
           "its rule is never reported");
    expect(cell->status != NDIS_STATUS_PENDING, table, state, event, "answers PENDING");
    expect(severity == SEVERITY_WARNING || cell->status != NDIS_STATUS_SUCCESS, table, state, event,
           "a violation is answered with success");
}

static void every_forbidden_cell_names_a_rule_that_is_reported(void **state)
{
    (void)state;
    each_cell(check_rule);
}

static void check_next(const struct table *table, int state, int event,
                       const struct state_cell *cell)
{
    if (cell->action == STATE_GO)
        expect(cell->next < table->state_count || cell->next == STATE_BACK, table, state, event,
               "leads to no state");
}

static void every_legal_cell_leads_to_a_state(void **state)
{
    (void)state;
    each_cell(check_next);
}

static void check_internal(const struct table *table, int state, int event,
                           const struct state_cell *cell)
{
    bool internal = (table->internal & BIT(event)) != 0;
    if (cell->action == STATE_NEVER)
        expect(internal, table, state, event, "a driver can cause it, so it cannot be NEVER");
    if (internal)
        expect(cell->action == STATE_GO || cell->action == STATE_NEVER, table, state, event,
               "no driver causes it, so none breaks a rule by it");
}

static void only_what_no_driver_causes_is_marked_as_impossible(void **state)
{
    (void)state;
    each_cell(check_internal);
}

static void every_state_and_event_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (int i = 0; i < tables[t].state_count; i++) {
            assert_non_null(tables[t].state_names[i]);
            for (int j = 0; j < i; j++)
                assert_string_not_equal(tables[t].state_names[i], tables[t].state_names[j]);
        }
        for (int i = 0; i < tables[t].event_count; i++)
            assert_non_null(tables[t].event_names[i]);
    }
}

/* What an operation does to an object: both its ends lead out of the state that it runs in. */
static void a_state_that_an_operation_runs_in_has_both_of_its_ends(void **state)
{
    (void)state;
    assert_int_equal(party_table[PARTY_DROPPING][PARTY_DROPPED].action, STATE_GO);
    assert_int_equal(party_table[PARTY_DROPPING][PARTY_DROP_FAILED].next, PARTY_ACTIVE);
    assert_int_equal(party_table[PARTY_ADDING][PARTY_ADDED].next, PARTY_ACTIVE);
    assert_int_equal(party_table[PARTY_ADDING][PARTY_ADD_FAILED].action, STATE_GO);
    assert_int_equal(party_table[PARTY_CLOSING][PARTY_CLOSED].action, STATE_GO);
    assert_int_equal(party_table[PARTY_CLOSING][PARTY_CLOSE_FAILED].next, PARTY_ACTIVE);
    assert_int_equal(vc_call_table[CALL_CLOSING][CALL_CLOSED].next, CALL_IDLE);
    assert_int_equal(vc_call_table[CALL_CLOSING][CALL_CLOSE_FAILED].next, STATE_BACK);
    assert_int_equal(vc_call_table[CALL_MAKING][CALL_MADE].next, CALL_CONNECTED);
    assert_int_equal(vc_call_table[CALL_MAKING][CALL_MAKE_FAILED].next, CALL_IDLE);
    assert_int_equal(af_table[AF_CLOSING][AF_CLOSE_FAILED].next, AF_OPEN);
    assert_int_equal(sap_table[SAP_DEREGISTERING][SAP_DEREGISTER_FAILED].next, SAP_REGISTERED);
}

/* Every event's column: an event that can never happen in any state has no place in a table. */
static void every_event_is_legal_in_some_state(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
        for (int event = 0; event < tables[t].event_count; event++) {
            bool legal = false;
            for (int s = 0; s < tables[t].state_count; s++)
                legal |= tables[t].cells[s * tables[t].event_count + event].action == STATE_GO;
            if (!legal)
                fail_msg("%s table: '%s' is legal nowhere", tables[t].name,
                         tables[t].event_names[event]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cell_is_undecided),
        cmocka_unit_test(every_forbidden_cell_names_a_rule_that_is_reported),
        cmocka_unit_test(every_legal_cell_leads_to_a_state),
        cmocka_unit_test(only_what_no_driver_causes_is_marked_as_impossible),
        cmocka_unit_test(every_state_and_event_has_a_name_of_its_own),
        cmocka_unit_test(a_state_that_an_operation_runs_in_has_both_of_its_ends),
        cmocka_unit_test(every_event_is_legal_in_some_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
