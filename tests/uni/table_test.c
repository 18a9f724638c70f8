/* SPDX-License-Identifier: MIT */
/* The tables of calls and parties decide every event in every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "uni/inside.h"

static void every_event_of_a_party_is_decided_in_every_state(void **state)
{
    (void)state;
    for (unsigned s = 0; s < PARTY_STATE_COUNT; s++)
        for (unsigned e = 0; e < PARTY_EVENT_COUNT; e++)
            if (uni_party_table[s][e].kind == UNDECIDED)
                fail_msg("party state %u, event %u", s, e);
}

static void every_event_of_a_call_is_decided_in_every_state(void **state)
{
    (void)state;
    for (unsigned side = 0; side < 2; side++)
        for (unsigned s = 1; s < CALL_STATE_COUNT; s++)
            for (unsigned e = 0; e < CALL_EVENT_COUNT; e++)
                if (s != 2 && s != 5 && uni_call_table[side][s][e].kind == UNDECIDED)
                    fail_msg("side %u, call state %u, event %u", side, s, e);
    for (unsigned side = 0; side < 2; side++) {
        assert_int_equal(uni_call_table[side][0][CALL_REQ_SETUP].kind, ROW_DO);
        assert_int_equal(uni_call_table[side][0][CALL_RX_SETUP].kind, ROW_DO);
    }
}

static void a_row_that_does_something_says_where_that_is_written(void **state)
{
    (void)state;
    for (unsigned s = 0; s < PARTY_STATE_COUNT; s++)
        for (unsigned e = 0; e < PARTY_EVENT_COUNT; e++)
            if (uni_party_table[s][e].kind == ROW_DO)
                assert_non_null(uni_party_table[s][e].source);
    for (unsigned side = 0; side < 2; side++)
        for (unsigned s = 0; s < CALL_STATE_COUNT; s++)
            for (unsigned e = 0; e < CALL_EVENT_COUNT; e++)
                if (uni_call_table[side][s][e].kind == ROW_DO)
                    assert_non_null(uni_call_table[side][s][e].source);
}

static void a_party_that_leaves_a_waiting_state_stops_its_timer(void **state)
{
    static const uint8_t timers[PARTY_STATE_COUNT] = {
        [P1] = UNI_T399, [P4] = UNI_T397, [P5] = UNI_T398};

    (void)state;
    for (unsigned s = 0; s < PARTY_STATE_COUNT; s++)
        for (unsigned e = 0; e < PARTY_EVENT_COUNT; e++) {
            const struct row *const row = &uni_party_table[s][e];

            if (row->kind != ROW_DO)
                continue;
            if (row->next != s)
                assert_int_equal(row->stop, timers[s]);
            if (row->next == P4 || row->next == P5)
                assert_int_equal(row->start, timers[row->next]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_of_a_party_is_decided_in_every_state),
        cmocka_unit_test(every_event_of_a_call_is_decided_in_every_state),
        cmocka_unit_test(a_row_that_does_something_says_where_that_is_written),
        cmocka_unit_test(a_party_that_leaves_a_waiting_state_stops_its_timer),
    };

    return cmocka_run_group_tests_name("uni/table", tests, NULL, NULL);
}
