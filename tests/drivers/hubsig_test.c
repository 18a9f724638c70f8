/* SPDX-License-Identifier: MIT */
/* The engine of the hub's signalling: two or three engines that exchange encoded messages by hand,
 * so that every crossing can be played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "leg.h"

#define ANSWER_MS 1000u

static int allocations_left;

static void *allocate(void *context, size_t bytes)
{
    (void)context;
    if (allocations_left == 0)
        return NULL;
    allocations_left--;
    return malloc(bytes);
}

static void release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

/* One message on its way. */
struct wire {
    uint8_t bytes[512];
    size_t byte_count;
};

struct pair {
    struct hubsig root, leaf;
    struct hubsig_leg root_leg, leaf_leg;
    struct hubsig_step step;
    struct hubsig_message received;
};

static struct hubsig_name name(const char *text)
{
    struct hubsig_name out;
    assert_true(hubsig_name_set(&out, text, strlen(text)));
    return out;
}

static void pair_begin(struct pair *pair)
{
    const struct hubsig_memory memory = {allocate, release, NULL};
    const struct hubsig_name root = name("root"), leaf = name("leaf");
    memset(pair, 0, sizeof(*pair));
    allocations_left = 100;
    hubsig_begin(&pair->root, &root, ANSWER_MS, &memory);
    hubsig_begin(&pair->leaf, &leaf, ANSWER_MS, &memory);
}

static void pair_end(struct pair *pair)
{
    assert_int_equal(hubsig_due_ms(&pair->root), UINT64_MAX);
    assert_int_equal(hubsig_due_ms(&pair->leaf), UINT64_MAX);
    hubsig_end(&pair->root);
    hubsig_end(&pair->leaf);
}

/* Puts what a step sends on the wire; it has to be this message. */
static struct wire sent(const struct hubsig_step *step, enum hubsig_type type)
{
    struct wire wire;
    assert_true(step->send);
    assert_string_equal(hubsig_type_name(step->message.type), hubsig_type_name(type));
    wire.byte_count = hubsig_message_bytes(&step->message);
    assert_true(wire.byte_count <= sizeof(wire.bytes));
    hubsig_encode(&step->message, wire.bytes);
    return wire;
}

static enum hubsig_tell deliver(struct pair *pair, struct hubsig *to, const struct wire *wire)
{
    hubsig_receive(to, wire->bytes, wire->byte_count, 0, &pair->received, &pair->step);
    return pair->step.tell;
}

static struct wire offer_send(struct pair *pair, enum hubsig_type type, uint64_t now_ms)
{
    struct hubsig_message offer = {.type = type,
                                   .to = name("leaf"),
                                   .channel = 0x10020,
                                   .multipoint = type == HUBSIG_ADD_PARTY};
    assert_int_equal(hubsig_offer(&pair->root, &pair->root_leg, &offer, now_ms, &pair->step),
                     HUBSIG_OK);
    return sent(&pair->step, type);
}

static struct wire request(struct pair *pair, bool root, enum hubsig_event event,
                           enum hubsig_type type)
{
    struct hubsig_message detail = {.status = 0};
    assert_int_equal(hubsig_request(root ? &pair->root : &pair->leaf,
                                    root ? &pair->root_leg : &pair->leaf_leg, event, &detail, 0,
                                    &pair->step),
                     HUBSIG_OK);
    return sent(&pair->step, type);
}

static void connect(struct pair *pair, enum hubsig_type type)
{
    struct wire wire = offer_send(pair, type, 0);
    assert_int_equal(deliver(pair, &pair->leaf, &wire), HUBSIG_TELL_OFFER);
    assert_int_equal(hubsig_take_offer(&pair->leaf, &pair->leaf_leg, &pair->received), HUBSIG_OK);
    wire = request(pair, false, REQ_ANSWER,
                   type == HUBSIG_SETUP ? HUBSIG_CONNECT : HUBSIG_ADD_PARTY_ACK);
    assert_int_equal(deliver(pair, &pair->root, &wire), HUBSIG_TELL_ANSWERED);
    wire = request(pair, true, REQ_CONFIRM, HUBSIG_CONNECT_ACK);
    assert_int_equal(deliver(pair, &pair->leaf, &wire), HUBSIG_TELL_CONNECTED);
    assert_int_equal(pair->root_leg.state, LEG_ACTIVE);
    assert_int_equal(pair->leaf_leg.state, LEG_ACTIVE);
}

static void the_table_has_no_undecided_cell(void **state)
{
    (void)state;
    for (int s = 0; s < HUBSIG_STATES; s++)
        for (int e = 0; e < HUBSIG_EVENTS; e++) {
            if (leg_table[s][e].kind == LEG_UNDECIDED)
                fail_msg("no row for %s in %s", hubsig_event_name((enum hubsig_event)e),
                         hubsig_state_name((enum hubsig_state)s));
            assert_non_null(leg_table[s][e].source);
            assert_true(leg_table[s][e].source[0] != '\0');
        }
}

static void a_row_that_ends_a_leg_stops_its_timer(void **state)
{
    (void)state;
    for (int s = 0; s < HUBSIG_STATES; s++)
        for (int e = 0; e < HUBSIG_EVENTS; e++) {
            const struct leg_row *row = &leg_table[s][e];
            bool timed = s == LEG_OFFER_SENT || s == LEG_ANSWER_SENT || s == LEG_MODIFY_SENT ||
                         s == LEG_CLEAR_SENT;
            if (row->kind == LEG_ROW && row->next == LEG_NULL && timed)
                assert_int_equal(row->timer, TIMER_STOP);
        }
}

static void a_call_is_made_and_cleared_by_the_root(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    connect(&pair, HUBSIG_SETUP);
    struct wire wire = request(&pair, true, REQ_CLEAR, HUBSIG_RELEASE);
    assert_int_equal(deliver(&pair, &pair.leaf, &wire), HUBSIG_TELL_CLEARED);
    assert_int_equal(pair.step.status, HUBSIG_STATUS_CLEARED);
    wire = sent(&pair.step, HUBSIG_RELEASE_COMPLETE);
    assert_int_equal(deliver(&pair, &pair.root, &wire), HUBSIG_TELL_DONE);
    assert_int_equal(hubsig_request(&pair.leaf, &pair.leaf_leg, REQ_CLEAR, NULL, 0, &pair.step),
                     HUBSIG_OK);
    assert_false(pair.step.send);
    assert_int_equal(pair.step.tell, HUBSIG_TELL_DONE);
    pair_end(&pair);
}

static void close_data_arrives_with_the_drop(void **state)
{
    (void)state;
    struct pair pair;
    static const uint8_t data[] = "bye";
    struct hubsig_message detail = {.data = data, .data_bytes = sizeof(data)};
    pair_begin(&pair);
    connect(&pair, HUBSIG_ADD_PARTY);
    pair.root_leg.drop = true;
    assert_int_equal(hubsig_request(&pair.root, &pair.root_leg, REQ_CLEAR, &detail, 0, &pair.step),
                     HUBSIG_OK);
    struct wire wire = sent(&pair.step, HUBSIG_DROP_PARTY);
    assert_int_equal(deliver(&pair, &pair.leaf, &wire), HUBSIG_TELL_CLEARED);
    assert_int_equal(pair.received.data_bytes, sizeof(data));
    assert_memory_equal(pair.received.data, data, sizeof(data));
    wire = sent(&pair.step, HUBSIG_DROP_PARTY_ACK);
    assert_int_equal(deliver(&pair, &pair.root, &wire), HUBSIG_TELL_DONE);
    hubsig_request(&pair.leaf, &pair.leaf_leg, REQ_CLEAR, NULL, 0, &pair.step);
    pair_end(&pair);
}

static void a_drop_that_crosses_a_hang_up_ends_both(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    connect(&pair, HUBSIG_ADD_PARTY);
    pair.root_leg.drop = true;
    struct wire drop = request(&pair, true, REQ_CLEAR, HUBSIG_DROP_PARTY);
    struct wire hang_up = request(&pair, false, REQ_CLEAR, HUBSIG_RELEASE);
    assert_int_equal(deliver(&pair, &pair.leaf, &drop), HUBSIG_TELL_DONE);
    assert_false(pair.step.send);
    assert_int_equal(deliver(&pair, &pair.root, &hang_up), HUBSIG_TELL_DONE);
    assert_false(pair.step.send);
    pair_end(&pair);
}

static void a_drop_after_the_leaf_went_is_done_at_once(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    connect(&pair, HUBSIG_ADD_PARTY);
    struct wire hang_up = request(&pair, false, REQ_CLEAR, HUBSIG_RELEASE);
    assert_int_equal(deliver(&pair, &pair.root, &hang_up), HUBSIG_TELL_CLEARED);
    struct wire complete = sent(&pair.step, HUBSIG_RELEASE_COMPLETE);
    assert_int_equal(hubsig_request(&pair.root, &pair.root_leg, REQ_CLEAR, NULL, 0, &pair.step),
                     HUBSIG_OK);
    assert_int_equal(pair.step.tell, HUBSIG_TELL_DONE);
    assert_int_equal(deliver(&pair, &pair.leaf, &complete), HUBSIG_TELL_DONE);
    pair_end(&pair);
}

static void an_offer_without_an_answer_is_refused_in_time_and_a_late_answer_is_told(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    struct wire wire = offer_send(&pair, HUBSIG_SETUP, 5);
    assert_int_equal(deliver(&pair, &pair.leaf, &wire), HUBSIG_TELL_OFFER);
    hubsig_take_offer(&pair.leaf, &pair.leaf_leg, &pair.received);
    assert_int_equal(hubsig_due_ms(&pair.root), 5 + ANSWER_MS);
    assert_false(hubsig_expire(&pair.root, 4 + ANSWER_MS, &pair.step));
    assert_true(hubsig_expire(&pair.root, 5 + ANSWER_MS, &pair.step));
    assert_int_equal(pair.step.tell, HUBSIG_TELL_REFUSED);
    assert_int_equal(pair.step.status, HUBSIG_STATUS_SILENT);
    wire = request(&pair, false, REQ_ANSWER, HUBSIG_CONNECT);
    assert_int_equal(deliver(&pair, &pair.root, &wire), HUBSIG_TELL_NOTHING);
    wire = sent(&pair.step, HUBSIG_RELEASE_COMPLETE);
    assert_int_equal(deliver(&pair, &pair.leaf, &wire), HUBSIG_TELL_CLEARED);
    assert_int_equal(pair.step.status, HUBSIG_STATUS_LOST);
    hubsig_request(&pair.leaf, &pair.leaf_leg, REQ_CLEAR, NULL, 0, &pair.step);
    pair_end(&pair);
}

static void a_clearing_without_an_answer_ends_in_time(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    connect(&pair, HUBSIG_SETUP);
    request(&pair, true, REQ_CLEAR, HUBSIG_RELEASE);
    assert_true(hubsig_expire(&pair.root, ANSWER_MS, &pair.step));
    assert_int_equal(pair.step.tell, HUBSIG_TELL_DONE);
    hubsig_request(&pair.leaf, &pair.leaf_leg, REQ_ABANDON, NULL, 0, &pair.step);
    struct wire wire = sent(&pair.step, HUBSIG_RELEASE);
    assert_int_equal(deliver(&pair, &pair.root, &wire), HUBSIG_TELL_NOTHING);
    sent(&pair.step, HUBSIG_RELEASE_COMPLETE);
    pair_end(&pair);
}

static void a_refused_offer_tells_why_and_never_success(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    struct wire wire = offer_send(&pair, HUBSIG_ADD_PARTY, 0);
    assert_int_equal(deliver(&pair, &pair.leaf, &wire), HUBSIG_TELL_OFFER);
    hubsig_refuse_offer(&pair.leaf, &pair.received, 0, &pair.step);
    wire = sent(&pair.step, HUBSIG_ADD_PARTY_REJECT);
    wire.bytes[48] = wire.bytes[49] = wire.bytes[50] = wire.bytes[51] = 0;
    assert_int_equal(deliver(&pair, &pair.root, &wire), HUBSIG_TELL_REFUSED);
    assert_int_equal(pair.step.status, HUBSIG_STATUS_FAILURE);
    pair_end(&pair);
}

static void two_modifications_that_cross_are_both_refused(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    connect(&pair, HUBSIG_SETUP);
    struct wire from_root = request(&pair, true, REQ_MODIFY, HUBSIG_MODIFY);
    struct wire from_leaf = request(&pair, false, REQ_MODIFY, HUBSIG_MODIFY);
    deliver(&pair, &pair.leaf, &from_root);
    struct wire reject_root = sent(&pair.step, HUBSIG_MODIFY_REJECT);
    deliver(&pair, &pair.root, &from_leaf);
    struct wire reject_leaf = sent(&pair.step, HUBSIG_MODIFY_REJECT);
    assert_int_equal(deliver(&pair, &pair.root, &reject_root), HUBSIG_TELL_MODIFY_REFUSED);
    assert_int_equal(deliver(&pair, &pair.leaf, &reject_leaf), HUBSIG_TELL_MODIFY_REFUSED);
    hubsig_request(&pair.root, &pair.root_leg, REQ_ABANDON, NULL, 0, &pair.step);
    hubsig_request(&pair.leaf, &pair.leaf_leg, REQ_ABANDON, NULL, 0, &pair.step);
    pair_end(&pair);
}

static void a_message_from_another_station_does_not_reach_a_leg(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    connect(&pair, HUBSIG_SETUP);
    struct hubsig_message forged = {.type = HUBSIG_RELEASE,
                                    .to = name("root"),
                                    .from = name("other"),
                                    .to_ref = pair.root_leg.ref,
                                    .from_ref = pair.root_leg.peer_ref};
    pair.step = (struct hubsig_step){.send = true, .message = forged};
    struct wire wire = sent(&pair.step, HUBSIG_RELEASE);
    assert_int_equal(deliver(&pair, &pair.root, &wire), HUBSIG_TELL_NOTHING);
    assert_int_equal(pair.root_leg.state, LEG_ACTIVE);
    assert_int_equal(pair.root.unknown_count, 1);
    hubsig_request(&pair.root, &pair.root_leg, REQ_ABANDON, NULL, 0, &pair.step);
    hubsig_request(&pair.leaf, &pair.leaf_leg, REQ_ABANDON, NULL, 0, &pair.step);
    pair_end(&pair);
}

static void an_offer_that_reached_nobody_is_refused_with_the_status_of_the_medium(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    struct wire wire = offer_send(&pair, HUBSIG_SETUP, 0);
    hubsig_undelivered(&pair.root, wire.bytes, wire.byte_count, 0xC0010029u, 0, &pair.received,
                       &pair.step);
    assert_int_equal(pair.step.tell, HUBSIG_TELL_REFUSED);
    assert_int_equal(pair.step.status, 0xC0010029u);
    pair_end(&pair);
}

static void without_memory_an_offer_changes_nothing(void **state)
{
    (void)state;
    struct pair pair;
    struct hubsig_message offer = {.type = HUBSIG_SETUP, .to = name("leaf"), .channel = 1};
    pair_begin(&pair);
    allocations_left = 0;
    assert_int_equal(hubsig_offer(&pair.root, &pair.root_leg, &offer, 0, &pair.step),
                     HUBSIG_NO_MEMORY);
    assert_false(pair.step.send);
    assert_int_equal(pair.root_leg.state, LEG_NULL);
    pair_end(&pair);
}

static void a_reference_is_not_given_again_while_others_rest(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair);
    offer_send(&pair, HUBSIG_SETUP, 0);
    uint32_t first = pair.root_leg.ref;
    hubsig_request(&pair.root, &pair.root_leg, REQ_ABANDON, NULL, 0, &pair.step);
    offer_send(&pair, HUBSIG_SETUP, 0);
    assert_int_not_equal(pair.root_leg.ref & 0xffffff, first & 0xffffff);
    hubsig_request(&pair.root, &pair.root_leg, REQ_ABANDON, NULL, 0, &pair.step);
    pair_end(&pair);
}

static void an_engine_ends_though_a_leg_waits_for_its_answer(void **state)
{
    struct pair pair;
    (void)state;
    pair_begin(&pair);
    struct hubsig_message offer = {.to = pair.leaf.name};
    assert_int_equal(hubsig_offer(&pair.root, &pair.root_leg, &offer, 0, &pair.step), HUBSIG_OK);
    assert_int_not_equal(hubsig_due_ms(&pair.root), UINT64_MAX);
    hubsig_end(&pair.root);
    hubsig_end(&pair.leaf);
    assert_int_equal(hubsig_due_ms(&pair.root), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_no_undecided_cell),
        cmocka_unit_test(a_row_that_ends_a_leg_stops_its_timer),
        cmocka_unit_test(a_call_is_made_and_cleared_by_the_root),
        cmocka_unit_test(close_data_arrives_with_the_drop),
        cmocka_unit_test(a_drop_that_crosses_a_hang_up_ends_both),
        cmocka_unit_test(a_drop_after_the_leaf_went_is_done_at_once),
        cmocka_unit_test(an_offer_without_an_answer_is_refused_in_time_and_a_late_answer_is_told),
        cmocka_unit_test(a_clearing_without_an_answer_ends_in_time),
        cmocka_unit_test(a_refused_offer_tells_why_and_never_success),
        cmocka_unit_test(two_modifications_that_cross_are_both_refused),
        cmocka_unit_test(a_message_from_another_station_does_not_reach_a_leg),
        cmocka_unit_test(an_offer_that_reached_nobody_is_refused_with_the_status_of_the_medium),
        cmocka_unit_test(without_memory_an_offer_changes_nothing),
        cmocka_unit_test(a_reference_is_not_given_again_while_others_rest),
        cmocka_unit_test(an_engine_ends_though_a_leg_waits_for_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
