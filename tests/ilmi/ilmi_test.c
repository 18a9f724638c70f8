/* SPDX-License-Identifier: MIT */
/* Two ILMI entities, a user's and a network's, joined by a wire that may lose frames, in a time of
 * the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ilmi/ilmi.h"
#include "ilmi/snmp.h"

static const uint8_t prefix[ILMI_PREFIX_BYTES] = {0x47, 0, 5,    0x80, 0xff, 0xe1, 0,
                                                  0,    0, 0xf2, 0x1a, 0x2b, 0x3c};
static const uint8_t esi[ILMI_ESI_BYTES] = {0, 0x20, 0xea, 0, 1, 1};
static const uint8_t local_address[ILMI_ADDRESS_BYTES] = {0x49, 'a'};

#define EVENTS_MAX 32

struct end {
    struct ilmi *ilmi;
    unsigned event_count;
    struct ilmi_event events[EVENTS_MAX];
    unsigned frame_count; /* that it sent */
};

static struct end user, network;
static uint64_t now_ms;
static unsigned lose_one_in; /* 0: none */
static unsigned passed_count;
static bool wire_is_cut;

static void end_make(struct end *end, enum ilmi_side side, uint8_t id, bool any_prefix)
{
    memset(end, 0, sizeof(*end));
    struct ilmi_options options = {
        .side = side, .system_id = {id}, .any_prefix = any_prefix, .address_count_max = 8};
    end->ilmi = ilmi_create(&options);
    assert_non_null(end->ilmi);
}

static int both_begin(void **state)
{
    (void)state;
    now_ms = 1000;
    lose_one_in = passed_count = 0;
    wire_is_cut = false;
    end_make(&user, ILMI_USER, 1, false);
    end_make(&network, ILMI_NETWORK, 2, false);
    assert_true(ilmi_add_prefix(network.ilmi, now_ms, prefix));
    assert_true(ilmi_add_esi(user.ilmi, now_ms, esi, 7));
    return 0;
}

static int both_end(void **state)
{
    (void)state;
    ilmi_destroy(user.ilmi);
    ilmi_destroy(network.ilmi);
    return 0;
}

static void end_events(struct end *end)
{
    while (end->event_count < EVENTS_MAX &&
           ilmi_take_event(end->ilmi, &end->events[end->event_count]))
        end->event_count++;
}

static bool end_flush(struct end *from, struct end *to)
{
    uint8_t frame[ILMI_FRAME_BYTES_MAX];
    size_t bytes = ilmi_take_frame(from->ilmi, frame);
    if (bytes == 0)
        return false;
    from->frame_count++;
    passed_count++;
    if (!wire_is_cut && (lose_one_in == 0 || passed_count % lose_one_in != 0))
        ilmi_feed(to->ilmi, now_ms, frame, bytes);
    end_events(from);
    end_events(to);
    return true;
}

/* Lets everything happen that is due until `until_ms`. */
static void run_until(uint64_t until_ms)
{
    for (;;) {
        while (end_flush(&user, &network) || end_flush(&network, &user))
            ;
        end_events(&user);
        end_events(&network);
        uint64_t due = ilmi_deadline_ms(user.ilmi);
        if (ilmi_deadline_ms(network.ilmi) < due)
            due = ilmi_deadline_ms(network.ilmi);
        if (due > until_ms)
            break;
        now_ms = due;
        ilmi_expire(user.ilmi, now_ms);
        ilmi_expire(network.ilmi, now_ms);
    }
    now_ms = until_ms;
}

static void both_start(void)
{
    ilmi_start(user.ilmi, now_ms);
    ilmi_start(network.ilmi, now_ms);
    run_until(now_ms + 3000);
}

static unsigned count_of(const struct end *end, enum ilmi_event_kind kind)
{
    unsigned count = 0;
    for (unsigned i = 0; i < end->event_count; i++)
        count += end->events[i].kind == kind;
    return count;
}

static void own_address(uint8_t out[ILMI_ADDRESS_BYTES])
{
    memcpy(out, prefix, ILMI_PREFIX_BYTES);
    memcpy(out + ILMI_PREFIX_BYTES, esi, ILMI_ESI_BYTES);
    out[ILMI_ADDRESS_BYTES - 1] = 7;
}

static void an_address_is_registered_from_prefix_and_esi(void **state)
{
    (void)state;
    uint8_t address[ILMI_ADDRESS_BYTES];
    own_address(address);
    both_start();
    assert_int_equal(user.event_count, 3);
    assert_int_equal(user.events[0].kind, ILMI_CONNECTED);
    assert_int_equal(user.events[1].kind, ILMI_PREFIX);
    assert_memory_equal(user.events[1].octets, prefix, ILMI_PREFIX_BYTES);
    assert_int_equal(user.events[2].kind, ILMI_ADDRESS);
    assert_memory_equal(user.events[2].octets, address, ILMI_ADDRESS_BYTES);
    assert_int_equal(network.event_count, 2);
    assert_int_equal(network.events[1].kind, ILMI_ADDRESS);
    assert_memory_equal(network.events[1].octets, address, ILMI_ADDRESS_BYTES);
}

static void a_quiet_link_is_polled_every_five_seconds(void **state)
{
    (void)state;
    both_start();
    unsigned before = user.frame_count;
    run_until(now_ms + 50000);
    assert_int_equal(user.frame_count - before, 20); /* ten polls, ten answers */
    assert_int_equal(user.event_count, 3);
}

static void a_peer_that_falls_silent_is_lost_and_found_again(void **state)
{
    (void)state;
    both_start();
    wire_is_cut = true;
    run_until(now_ms + 15000);
    assert_false(ilmi_is_connected(user.ilmi));
    assert_int_equal(count_of(&user, ILMI_LOST), 1);
    assert_int_equal(count_of(&user, ILMI_ADDRESS_GONE), 1);
    assert_int_equal(count_of(&user, ILMI_PREFIX_GONE), 1);
    assert_int_equal(count_of(&network, ILMI_ADDRESS_GONE), 1);
    assert_int_equal(count_of(&network, ILMI_LOST), 1);
    wire_is_cut = false;
    run_until(now_ms + 5000);
    assert_int_equal(count_of(&user, ILMI_ADDRESS), 2);
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 2);
}

static void registration_survives_a_wire_that_loses_frames(void **state)
{
    (void)state;
    for (unsigned i = 2; i < 9; i++) {
        lose_one_in = i;
        ilmi_start(user.ilmi, now_ms);
        ilmi_start(network.ilmi, now_ms);
        user.event_count = network.event_count = 0;
        run_until(now_ms + 120000);
        lose_one_in = 0;
        run_until(now_ms + 20000);
        unsigned gone = count_of(&user, ILMI_ADDRESS_GONE);
        assert_int_equal(count_of(&user, ILMI_ADDRESS), gone + 1);
        ilmi_stop(user.ilmi, now_ms);
        ilmi_stop(network.ilmi, now_ms);
        end_events(&user);
        end_events(&network);
    }
}

static void a_peer_that_begins_anew_is_registered_with_again(void **state)
{
    (void)state;
    both_start();
    ilmi_destroy(network.ilmi); /* the switch is another process now */
    end_make(&network, ILMI_NETWORK, 2, false);
    assert_true(ilmi_add_prefix(network.ilmi, now_ms, prefix));
    ilmi_start(network.ilmi, now_ms);
    run_until(now_ms + 10000);
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 1);
    assert_int_equal(count_of(&user, ILMI_ADDRESS_GONE), 1);
    assert_int_equal(count_of(&user, ILMI_ADDRESS), 2);
}

static void a_poll_that_came_to_nobody_does_not_hold_the_registration_up(void **state)
{
    (void)state;
    wire_is_cut = true; /* the network's first frames come before the user's VC is open */
    ilmi_start(network.ilmi, now_ms);
    run_until(now_ms + 10);
    wire_is_cut = false;
    ilmi_start(user.ilmi, now_ms);
    run_until(now_ms + 10);
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 1);
    assert_int_equal(count_of(&user, ILMI_ADDRESS), 1);
}

static void a_peer_with_another_name_is_another_peer(void **state)
{
    (void)state;
    both_start();
    wire_is_cut = true; /* its cold start is lost */
    ilmi_destroy(network.ilmi);
    end_make(&network, ILMI_NETWORK, 9, false);
    assert_true(ilmi_add_prefix(network.ilmi, now_ms, prefix));
    ilmi_start(network.ilmi, now_ms);
    run_until(now_ms + 1);
    wire_is_cut = false;
    run_until(now_ms + 20000);
    assert_int_equal(count_of(&user, ILMI_LOST), 1);
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 1);
    assert_int_equal(count_of(&user, ILMI_ADDRESS), 2);
}

static void a_foreign_address_is_refused_unless_any_is_allowed(void **state)
{
    (void)state;
    assert_true(ilmi_add_address(user.ilmi, now_ms, local_address));
    both_start();
    assert_int_equal(count_of(&user, ILMI_ADDRESS_REFUSED), 1);
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 1);
    ilmi_destroy(network.ilmi);
    end_make(&network, ILMI_NETWORK, 2, true);
    ilmi_start(network.ilmi, now_ms);
    run_until(now_ms + 10000);
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 1);
    assert_memory_equal(network.events[1].octets, local_address, ILMI_ADDRESS_BYTES);
}

static void an_address_that_is_taken_back_goes_from_the_network(void **state)
{
    (void)state;
    uint8_t address[ILMI_ADDRESS_BYTES];
    own_address(address);
    both_start();
    assert_true(ilmi_remove_address(user.ilmi, now_ms, address));
    assert_false(ilmi_remove_address(user.ilmi, now_ms, address));
    run_until(now_ms + 1000);
    assert_int_equal(count_of(&network, ILMI_ADDRESS_GONE), 1);
    assert_int_equal(count_of(&user, ILMI_ADDRESS_GONE), 1);
    assert_true(ilmi_add_address(user.ilmi, now_ms, address));
    run_until(now_ms + 1000);
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 2);
}

static void tables_have_a_limit(void **state)
{
    (void)state;
    uint8_t address[ILMI_ADDRESS_BYTES];
    own_address(address);
    for (uint8_t i = 0; i < 8; i++) {
        address[18] = (uint8_t)(50 + i);
        assert_true(ilmi_add_address(user.ilmi, now_ms, address));
    }
    address[18] = 99;
    assert_false(ilmi_add_address(user.ilmi, now_ms, address));
    both_start();
    assert_int_equal(count_of(&network, ILMI_ADDRESS), 8);
    assert_int_equal(count_of(&user, ILMI_ADDRESS), 8);
}

/* Asks the network's agent and decodes its answer. */
static struct snmp_message ask(enum snmp_pdu pdu, struct snmp_name name, int64_t number)
{
    static uint8_t frame[ILMI_FRAME_BYTES_MAX];
    struct snmp_message message = {.pdu = pdu, .request_id = 77, .binding_count = 1}, answer;
    message.bindings[0] = (struct snmp_binding){
        .name = name, .type = pdu == SNMP_SET ? SNMP_INTEGER : SNMP_NULL, .number = number};
    while (ilmi_take_frame(network.ilmi, frame))
        ;
    size_t bytes = snmp_encode(&message, frame);
    assert_true(bytes > 0);
    ilmi_feed(network.ilmi, now_ms, frame, bytes);
    bytes = ilmi_take_frame(network.ilmi, frame);
    assert_true(snmp_decode(frame, bytes, &answer));
    assert_int_equal(answer.pdu, SNMP_RESPONSE);
    assert_int_equal(answer.request_id, 77);
    return answer;
}

static void get_next_walks_through_all_objects_in_order(void **state)
{
    (void)state;
    both_start();
    struct snmp_name at = {2, {1, 3}};
    unsigned count = 0;
    for (;; count++) {
        struct snmp_message answer = ask(SNMP_GET_NEXT, at, 0);
        if (answer.error_status) {
            assert_int_equal(answer.error_status, SNMP_NO_SUCH_NAME);
            assert_int_equal(answer.error_index, 1);
            break;
        }
        assert_true(snmp_name_compare(&answer.bindings[0].name, &at) > 0);
        at = answer.bindings[0].name;
        struct snmp_message again = ask(SNMP_GET, at, 0);
        assert_int_equal(again.error_status, SNMP_NO_ERROR);
        assert_int_equal(again.bindings[0].type, answer.bindings[0].type);
    }
    assert_int_equal(count, 13); /* twelve objects and one address */
}

static void what_may_not_be_set_is_told_why(void **state)
{
    (void)state;
    both_start();
    struct snmp_name name = {14, {1, 3, 6, 1, 4, 1, 353, 2, 6, 1, 1, 3, 0, 20}};
    uint8_t address[ILMI_ADDRESS_BYTES];
    own_address(address);
    for (int i = 0; i < 20; i++)
        name.arcs[name.arc_count++] = address[i];
    assert_int_equal(ask(SNMP_SET, name, 3).error_status, SNMP_BAD_VALUE);
    assert_int_equal(ask(SNMP_SET, name, 1).error_status, SNMP_NO_ERROR); /* it is there */
    name.arcs[14] = 0x39;
    assert_int_equal(ask(SNMP_SET, name, 1).error_status, SNMP_BAD_VALUE);
    assert_int_equal(ask(SNMP_SET, name, 2).error_status, SNMP_NO_SUCH_NAME);
    name.arcs[14] = 0x4700;
    assert_int_equal(ask(SNMP_SET, name, 1).error_status, SNMP_NO_SUCH_NAME);
    name.arcs[8] = 7; /* prefixes are for the user side */
    assert_int_equal(ask(SNMP_SET, name, 1).error_status, SNMP_NO_SUCH_NAME);
    assert_int_equal(
        ask(SNMP_SET, (struct snmp_name){9, {1, 3, 6, 1, 2, 1, 1, 1, 0}}, 1).error_status,
        SNMP_NO_SUCH_NAME);
}

static void nonsense_is_counted_and_changes_nothing(void **state)
{
    (void)state;
    struct ilmi_statistics before;
    both_start();
    ilmi_statistics_read(user.ilmi, &before); /* an answer to a poll that a cold start crossed */
    ilmi_feed(user.ilmi, now_ms, (const uint8_t *)"nonsense", 8);
    struct snmp_message stray = {.pdu = SNMP_RESPONSE, .request_id = 12345};
    uint8_t frame[ILMI_FRAME_BYTES_MAX];
    size_t bytes = snmp_encode(&stray, frame);
    ilmi_feed(user.ilmi, now_ms, frame, bytes);
    struct ilmi_statistics counts;
    ilmi_statistics_read(user.ilmi, &counts);
    assert_int_equal(counts.frames_bad, 1);
    assert_int_equal(counts.answers_stray, before.answers_stray + 1);
    run_until(now_ms + 20000);
    assert_int_equal(user.event_count, 3);
}

#define PAIR_TEST(name) cmocka_unit_test_setup_teardown(name, both_begin, both_end)

static void who_is_there_is_known_when_it_answered_and_no_longer_than_that(void **state)
{
    (void)state;
    struct ilmi_peer peer = {.port_id = 0};
    assert_int_equal(ilmi_peer(network.ilmi, &peer), ILMI_PEER_SILENT);
    both_start();
    run_until(now_ms + 100);
    assert_int_equal(ilmi_peer(network.ilmi, &peer), ILMI_PEER_NAMED);
    assert_int_equal(peer.system_id[0], 1);
    assert_int_equal(peer.port_id, 1);
    assert_int_equal(ilmi_peer(user.ilmi, &peer), ILMI_PEER_NAMED);
    assert_int_equal(peer.system_id[0], 2);
    ilmi_stop(network.ilmi, now_ms);
    ilmi_start(network.ilmi, now_ms);
    assert_int_equal(ilmi_peer(network.ilmi, &peer), ILMI_PEER_SILENT);
}

static void a_peer_that_does_not_say_who_it_is_has_no_name(void **state)
{
    (void)state;
    struct ilmi_peer peer;
    struct snmp_message message;
    uint8_t frame[ILMI_FRAME_BYTES_MAX];
    size_t bytes;
    ilmi_start(network.ilmi, now_ms);
    while ((bytes = ilmi_take_frame(network.ilmi, frame)) > 0) {
        assert_true(snmp_decode(frame, bytes, &message));
        if (message.pdu != SNMP_GET)
            continue;
        message.pdu = SNMP_RESPONSE;
        message.error_status = SNMP_NO_SUCH_NAME;
        message.error_index = 2;
        uint8_t answer[ILMI_FRAME_BYTES_MAX];
        ilmi_feed(network.ilmi, now_ms, answer, snmp_encode(&message, answer));
    }
    assert_int_equal(ilmi_peer(network.ilmi, &peer), ILMI_PEER_NAMELESS);
}

static void a_poll_that_is_asked_for_does_not_wait_for_its_turn(void **state)
{
    (void)state;
    both_start();
    run_until(now_ms + 100);
    unsigned before = network.frame_count;
    run_until(now_ms + 100);
    assert_int_equal(network.frame_count, before);
    ilmi_poll(network.ilmi, now_ms);
    run_until(now_ms + 1);
    assert_int_equal(network.frame_count, before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR_TEST(who_is_there_is_known_when_it_answered_and_no_longer_than_that),
        PAIR_TEST(a_peer_that_does_not_say_who_it_is_has_no_name),
        PAIR_TEST(a_poll_that_is_asked_for_does_not_wait_for_its_turn),
        PAIR_TEST(an_address_is_registered_from_prefix_and_esi),
        PAIR_TEST(a_quiet_link_is_polled_every_five_seconds),
        PAIR_TEST(a_peer_that_falls_silent_is_lost_and_found_again),
        PAIR_TEST(registration_survives_a_wire_that_loses_frames),
        PAIR_TEST(a_peer_that_begins_anew_is_registered_with_again),
        PAIR_TEST(a_poll_that_came_to_nobody_does_not_hold_the_registration_up),
        PAIR_TEST(a_peer_with_another_name_is_another_peer),
        PAIR_TEST(a_foreign_address_is_refused_unless_any_is_allowed),
        PAIR_TEST(an_address_that_is_taken_back_goes_from_the_network),
        PAIR_TEST(tables_have_a_limit),
        PAIR_TEST(get_next_walks_through_all_objects_in_order),
        PAIR_TEST(what_may_not_be_set_is_told_why),
        PAIR_TEST(nonsense_is_counted_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
