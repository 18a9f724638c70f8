/* SPDX-License-Identifier: MIT */
/* Calls between real hosts over the hub, through the library only. Every test runs in simulated and
 * live worlds, over an MCM and over a stand-alone call manager, in the three completion modes. */
#include "support/clock.h"
#include "support/world.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEARD_BYTES = 4096 };

/* What one leaf heard. */
struct ear {
    struct condis_call *call; /* accepted; the test's to release */
    bool keep;                /* data stays with the test */
    struct condis_data *kept;
    _Atomic uint32_t offered_count;
    _Atomic uint32_t connected_count;
    _Atomic uint32_t closed_count;
    _Atomic size_t bytes;
    unsigned char heard[HEARD_BYTES];
};

struct variant {
    struct world_options options;
    struct condis_setting timing;
    char name[160];
};

static struct world *begin_with(void **state, uint32_t leaf_count, const char *close_data)
{
    struct variant *variant = *state;
    const struct condis_setting settings[] = {
        {"CloseData", close_data}, variant->timing, {NULL, NULL}};
    struct world_options options = variant->options;
    options.leaf_count = leaf_count;
    options.settings = settings;
    return world_begin(&options);
}

static struct world *begin(void **state, uint32_t leaf_count)
{
    return begin_with(state, leaf_count, "1");
}

static void ear_on_data(void *context, struct condis_call *call, struct condis_data *data)
{
    struct ear *ear = context;
    (void)call;
    size_t room = HEARD_BYTES - ear->bytes;
    ear->bytes += condis_data_copy(data, 0, ear->heard + ear->bytes, room);
    if (ear->keep && !ear->kept)
        ear->kept = data;
    else
        condis_data_release(data);
}

static void ear_on_connected(void *context, struct condis_call *call)
{
    struct ear *ear = context;
    (void)call;
    ear->connected_count++;
}

static void ear_on_closed(void *context, struct condis_call *call, condis_status status,
                          const void *data, size_t bytes)
{
    struct ear *ear = context;
    (void)call, (void)status, (void)data, (void)bytes;
    ear->closed_count++;
}

static struct condis_call_events ear_events(struct ear *ear)
{
    return (struct condis_call_events){.on_data = ear_on_data,
                                       .on_connected = ear_on_connected,
                                       .on_closed = ear_on_closed,
                                       .context = ear};
}

static enum condis_answer ear_accept(void *context, struct condis_listener *listener,
                                     struct condis_call *call)
{
    struct ear *ear = context;
    struct condis_call_events events = ear_events(ear);
    (void)listener;
    ear->offered_count++;
    ear->call = call;
    if (condis_call_prepare(call, &events, NULL) != CONDIS_SUCCESS)
        return CONDIS_REJECT;
    return CONDIS_ACCEPT;
}

static enum condis_answer ear_reject(void *context, struct condis_listener *listener,
                                     struct condis_call *call)
{
    struct ear *ear = context;
    (void)listener, (void)call;
    ear->offered_count++;
    return CONDIS_REJECT;
}

/* Every leaf of the world accepts what comes. */
static void listen_all(struct world *world, struct ear *ears)
{
    for (uint32_t i = 0; i < world->options.leaf_count; i++) {
        struct condis_listen_options options = {.on_offer = ear_accept, .context = &ears[i]};
        world_listen(&world->leaves[i], &options);
    }
}

/* A multipoint call to the first `count` leaves. */
static struct condis_call *call_leaves(struct world *world, uint32_t count,
                                       const struct condis_call_events *events,
                                       struct condis_party **parties)
{
    struct condis_call_options options = {.to = world->leaves[0].address, .multipoint = true};
    struct condis_call *call;
    if (events)
        options.events = *events;
    expect_status(condis_call_make(world->root.af, &options, &call, &parties[0]), CONDIS_SUCCESS);
    for (uint32_t i = 1; i < count; i++)
        expect_status(condis_party_add(call, &world->leaves[i].address, NULL, &parties[i]),
                      CONDIS_SUCCESS);
    return call;
}

static void send_text(struct world *world, struct condis_call *call, const char *text)
{
    struct asked asked = {0};
    struct condis_buffer buffer = {text, strlen(text)};
    expect_status(condis_send_async(call, &buffer, 1, asked_done, &asked), CONDIS_PENDING);
    expect_status(asked_wait(world, &asked), CONDIS_SUCCESS);
}

static void check_heard(const struct ear *ear, const char *text)
{
    assert_int_equal(ear->bytes, strlen(text));
    assert_memory_equal(ear->heard, text, strlen(text));
}

static struct condis_party_info party_info(struct condis_party *party)
{
    struct condis_party_info info;
    condis_party_info(party, &info);
    return info;
}

static struct condis_call_info call_info(struct condis_call *call)
{
    struct condis_call_info info;
    condis_call_info(call, &info);
    return info;
}

static void check_close_data(const void *data, size_t bytes, const char *text)
{
    assert_int_equal(bytes, strlen(text));
    assert_memory_equal(data, text, bytes);
}

static void a_call_between_two_carries_data_both_ways(void **state)
{
    struct world *world = begin(state, 1);
    struct ear leaf = {0};
    struct ear root = {0};
    struct condis_call_options options = {.to = world->leaves[0].address};
    struct condis_call *call;
    options.events = ear_events(&root);
    listen_all(world, &leaf);
    expect_status(condis_call_make(world->root.af, &options, &call, NULL), CONDIS_SUCCESS);
    world_settle(world);
    assert_int_equal(leaf.connected_count, 1);
    assert_int_equal(call_info(call).state, CONDIS_CALL_CONNECTED);
    struct condis_call_info taken = call_info(leaf.call);
    assert_memory_equal(&taken.to, &world->leaves[0].address, sizeof taken.to);
    send_text(world, call, "from the root");
    send_text(world, leaf.call, "from the leaf");
    check_heard(&leaf, "from the root");
    check_heard(&root, "from the leaf");
    assert_int_equal(call_info(call).sent_bytes, 13);
    assert_int_equal(call_info(call).received_count, 1);
    expect_status(condis_call_close(call, "bye", 3), CONDIS_SUCCESS);
    expect_status(condis_call_closed_wait(leaf.call, 10000), CONDIS_SUCCESS);
    assert_int_equal(leaf.closed_count, 1);
    assert_int_equal(root.closed_count, 0);
    struct condis_call_info info = call_info(leaf.call);
    assert_int_equal(info.state, CONDIS_CALL_CLOSED);
    assert_true(info.closed_by_remote);
    check_close_data(info.close_data, info.close_bytes, "bye");
    condis_call_release(call);
    condis_call_release(leaf.call);
    world_end(world);
}

static void a_multipoint_call_copies_data_to_every_leaf(void **state)
{
    struct world *world = begin(state, 3);
    struct ear ears[3] = {0};
    struct condis_party *parties[3];
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 2, NULL, parties);
    world_settle(world);
    send_text(world, call, "one ");
    expect_status(condis_party_add(call, &world->leaves[2].address, &ears[2], &parties[2]),
                  CONDIS_SUCCESS);
    assert_ptr_equal(condis_party_context(parties[2]), &ears[2]);
    world_settle(world);
    send_text(world, call, "two");
    check_heard(&ears[0], "one two");
    check_heard(&ears[1], "one two");
    check_heard(&ears[2], "two");
    assert_int_equal(call_info(call).party_count, 3);
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    for (size_t i = 0; i < 3; i++) {
        expect_status(condis_call_closed_wait(ears[i].call, 10000), CONDIS_SUCCESS);
        assert_int_equal(ears[i].closed_count, 1);
        assert_int_equal(party_info(parties[i]).state, CONDIS_PARTY_GONE);
        condis_call_release(ears[i].call);
    }
    condis_call_release(call);
    world_end(world);
}

static void a_dropped_leaf_gets_the_close_data_and_the_others_stay(void **state)
{
    struct world *world = begin(state, 3);
    struct ear ears[3] = {0};
    struct condis_party *parties[3];
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 3, NULL, parties);
    world_settle(world);
    expect_status(condis_party_drop(parties[1], "enough", 6), CONDIS_SUCCESS);
    expect_status(condis_party_drop(parties[1], NULL, 0), (condis_status)0xC0000184);
    expect_status(condis_call_closed_wait(ears[1].call, 10000), CONDIS_SUCCESS);
    struct condis_call_info info = call_info(ears[1].call);
    assert_int_equal(ears[1].closed_count, 1);
    check_close_data(info.close_data, info.close_bytes, "enough");
    assert_int_equal(party_info(parties[1]).state, CONDIS_PARTY_GONE);
    assert_false(party_info(parties[1]).left_by_itself);
    send_text(world, call, "still here");
    check_heard(&ears[0], "still here");
    check_heard(&ears[1], "");
    check_heard(&ears[2], "still here");
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    condis_call_release(call);
    world_end(world);
}

struct leaving {
    _Atomic uint32_t count;
    struct condis_party *_Atomic party;
    char data[32];
    size_t bytes;
};

static void leaving_on_party_left(void *context, struct condis_party *party, condis_status status,
                                  const void *data, size_t bytes)
{
    struct leaving *leaving = context;
    (void)status;
    leaving->party = party;
    leaving->bytes = bytes < sizeof leaving->data ? bytes : sizeof leaving->data;
    if (bytes)
        memcpy(leaving->data, data, leaving->bytes);
    leaving->count++;
}

static void a_leaf_that_hangs_up_is_dropped_by_the_client(void **state)
{
    struct world *world = begin(state, 2);
    struct ear ears[2] = {0};
    struct condis_party *parties[2];
    struct leaving leaving = {0};
    struct condis_call_events events = {.on_party_left = leaving_on_party_left,
                                        .context = &leaving};
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 2, &events, parties);
    world_settle(world);
    expect_status(condis_call_close(ears[0].call, "had enough", 10), CONDIS_SUCCESS);
    expect_status(condis_party_gone_wait(parties[0], 10000), CONDIS_SUCCESS);
    assert_int_equal(leaving.count, 1);
    assert_ptr_equal(leaving.party, parties[0]);
    check_close_data(leaving.data, leaving.bytes, "had enough");
    struct condis_party_info info = party_info(parties[0]);
    assert_true(info.left_by_itself);
    check_close_data(info.close_data, info.close_bytes, "had enough");
    assert_int_equal(call_info(call).party_count, 1);
    expect_status(condis_party_drop(parties[0], NULL, 0), CONDIS_SUCCESS);
    send_text(world, call, "you are alone");
    check_heard(&ears[1], "you are alone");
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    condis_call_release(call);
    world_end(world);
}

static void the_last_leaf_that_hangs_up_ends_the_call(void **state)
{
    struct world *world = begin(state, 1);
    struct ear leaf = {0};
    struct ear root = {0};
    struct condis_party *parties[1];
    struct condis_call_events events = ear_events(&root);
    listen_all(world, &leaf);
    struct condis_call *call = call_leaves(world, 1, &events, parties);
    world_settle(world);
    expect_status(condis_call_close(leaf.call, "last", 4), CONDIS_SUCCESS);
    expect_status(condis_call_closed_wait(call, 10000), CONDIS_SUCCESS);
    assert_int_equal(root.closed_count, 1);
    struct condis_call_info info = call_info(call);
    assert_true(info.closed_by_remote);
    check_close_data(info.close_data, info.close_bytes, "last");
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    condis_call_release(call);
    world_end(world);
}

static void the_last_party_is_closed_not_dropped(void **state)
{
    struct world *world = begin(state, 2);
    struct ear ears[2] = {0};
    struct condis_party *parties[2];
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 2, NULL, parties);
    expect_status(condis_party_drop(parties[0], NULL, 0), CONDIS_SUCCESS);
    expect_status(condis_party_drop(parties[1], NULL, 0), (condis_status)0xC0000001);
    assert_int_equal(party_info(parties[1]).state, CONDIS_PARTY_ACTIVE);
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    assert_int_equal(party_info(parties[1]).state, CONDIS_PARTY_GONE);
    condis_call_release(call);
    world_end(world);
}

static void close_data_that_the_medium_cannot_carry_leaves_the_party_alive(void **state)
{
    struct world *world = begin_with(state, 2, "0");
    struct ear ears[2] = {0};
    struct condis_party *parties[2];
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 2, NULL, parties);
    world_settle(world);
    expect_status(condis_party_drop(parties[0], "x", 1), (condis_status)0xC0010015);
    assert_int_equal(party_info(parties[0]).state, CONDIS_PARTY_ACTIVE);
    send_text(world, call, "both");
    check_heard(&ears[0], "both");
    expect_status(condis_party_drop(parties[0], NULL, 0), CONDIS_SUCCESS);
    expect_status(condis_call_close(call, "x", 1), (condis_status)0xC0010015);
    assert_int_equal(call_info(call).state, CONDIS_CALL_CLOSING);
    assert_int_equal(party_info(parties[1]).state, CONDIS_PARTY_ACTIVE);
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    condis_call_release(call);
    world_end(world);
}

static void a_call_that_nobody_takes_fails_and_leaves_nothing(void **state)
{
    struct world *world = begin(state, 2);
    struct ear ear = {0};
    struct condis_call *call;
    struct condis_party *party;
    struct condis_call_options options = {.to = world->leaves[0].address, .multipoint = true};
    assert_int_not_equal(condis_call_make(world->root.af, &options, &call, &party), CONDIS_SUCCESS);
    assert_null(call);
    assert_null(party);
    struct condis_listen_options listen = {.on_offer = ear_reject, .context = &ear};
    world_listen(&world->leaves[1], &listen);
    options.to = world->leaves[1].address;
    assert_int_not_equal(condis_call_make(world->root.af, &options, &call, &party), CONDIS_SUCCESS);
    assert_int_equal(ear.offered_count, 1);
    assert_null(call);
    world_end(world);
}

static void a_party_that_cannot_be_added_leaves_the_call_as_it_was(void **state)
{
    struct world *world = begin(state, 2);
    struct ear ears[2] = {0};
    struct condis_party *parties[2];
    struct condis_listen_options options = {.on_offer = ear_accept, .context = &ears[0]};
    world_listen(&world->leaves[0], &options);
    struct condis_call *call = call_leaves(world, 1, NULL, parties);
    assert_int_not_equal(condis_party_add(call, &world->leaves[1].address, NULL, &parties[1]),
                         CONDIS_SUCCESS);
    assert_null(parties[1]);
    assert_int_equal(call_info(call).party_count, 1);
    world_settle(world);
    send_text(world, call, "as before");
    check_heard(&ears[0], "as before");
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    condis_call_release(call);
    world_end(world);
}

static void an_address_is_listened_to_once(void **state)
{
    struct world *world = begin(state, 1);
    struct ear ear = {0};
    struct condis_listener *second;
    struct condis_listen_options options = {.on_offer = ear_accept, .context = &ear};
    struct world_host *leaf = &world->leaves[0];
    world_listen(leaf, &options);
    assert_int_not_equal(condis_listen(leaf->af, &leaf->address, &options, &second),
                         CONDIS_SUCCESS);
    assert_null(second);
    expect_status(condis_listen_stop(leaf->listener), CONDIS_SUCCESS);
    world_listen(leaf, &options);
    struct condis_call_options call_options = {.to = leaf->address};
    struct condis_call *call;
    expect_status(condis_call_make(world->root.af, &call_options, &call, NULL), CONDIS_SUCCESS);
    /* A call outlives the SAP it came by. */
    expect_status(condis_listen_stop(leaf->listener), CONDIS_SUCCESS);
    world_settle(world);
    send_text(world, call, "later");
    check_heard(&ear, "later");
    condis_call_release(call);
    world_end(world);
}

static void an_offer_waits_until_it_is_accepted(void **state)
{
    struct world *world = begin(state, 1);
    struct ear ear = {0};
    struct condis_call_events events = ear_events(&ear);
    struct condis_call_options options = {.to = world->leaves[0].address};
    struct asked made = {0};
    struct condis_call *call;
    struct condis_call *taken;
    struct condis_call *none;
    world_listen(&world->leaves[0], NULL);
    expect_status(condis_offer_wait(world->leaves[0].listener, 0, &none), CONDIS_TIMEOUT);
    expect_status(condis_call_make_async(world->root.af, &options, &call, NULL, asked_done, &made),
                  CONDIS_PENDING);
    expect_status(condis_accept(world->leaves[0].listener, &events, 10000, &taken), CONDIS_SUCCESS);
    expect_status(asked_wait(world, &made), CONDIS_SUCCESS);
    send_text(world, call, "hello");
    check_heard(&ear, "hello");
    expect_status(condis_call_close(taken, NULL, 0), CONDIS_SUCCESS);
    expect_status(condis_call_closed_wait(call, 10000), CONDIS_SUCCESS);
    condis_call_release(call);
    condis_call_release(taken);
    world_end(world);
}

static void a_rejected_offer_gives_the_caller_a_failure(void **state)
{
    struct world *world = begin(state, 1);
    struct condis_call_options options = {.to = world->leaves[0].address};
    struct asked made = {0};
    struct condis_call *call;
    struct condis_call *offered;
    world_listen(&world->leaves[0], NULL);
    expect_status(condis_call_make_async(world->root.af, &options, &call, NULL, asked_done, &made),
                  CONDIS_PENDING);
    expect_status(condis_offer_wait(world->leaves[0].listener, 10000, &offered), CONDIS_SUCCESS);
    expect_status(condis_call_reject(offered, CONDIS_SUCCESS), (condis_status)0xC000000D);
    expect_status(condis_call_reject(offered, (condis_status)0xC000009A), CONDIS_SUCCESS);
    assert_int_not_equal(asked_wait(world, &made), CONDIS_SUCCESS);
    assert_int_equal(call_info(call).state, CONDIS_CALL_CLOSED);
    condis_call_release(call);
    world_end(world);
}

static void a_call_closed_while_it_is_being_made_ends(void **state)
{
    struct world *world = begin(state, 1);
    struct ear ear = {0};
    struct condis_call_options options = {.to = world->leaves[0].address, .multipoint = true};
    struct asked made = {0};
    struct asked closed = {0};
    struct condis_call *call;
    listen_all(world, &ear);
    expect_status(condis_call_make_async(world->root.af, &options, &call, NULL, asked_done, &made),
                  CONDIS_PENDING);
    expect_status(condis_call_close_async(call, NULL, 0, asked_done, &closed), CONDIS_PENDING);
    expect_status(asked_wait(world, &closed), CONDIS_SUCCESS);
    assert_int_equal(made.done_count, 1);
    assert_int_equal(call_info(call).state, CONDIS_CALL_CLOSED);
    condis_call_release(call);
    world_end(world);
}

static void a_drop_that_crosses_the_leafs_own_end_succeeds_once(void **state)
{
    struct world *world = begin(state, 3);
    struct ear ears[3] = {0};
    struct condis_party *parties[3];
    struct asked dropped = {0};
    struct asked closed = {0};
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 3, NULL, parties);
    world_settle(world);
    condis_status hangs = condis_call_close_async(ears[0].call, "leaf", 4, asked_done, &closed);
    condis_status drops = condis_party_drop_async(parties[0], "root", 4, asked_done, &dropped);
    world_settle(world);
    expect_status(drops == CONDIS_PENDING ? asked_wait(world, &dropped) : drops, CONDIS_SUCCESS);
    expect_status(hangs == CONDIS_PENDING ? asked_wait(world, &closed) : hangs, CONDIS_SUCCESS);
    assert_int_equal(party_info(parties[0]).state, CONDIS_PARTY_GONE);
    assert_int_equal(call_info(call).party_count, 2);
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    condis_call_release(call);
    world_end(world);
}

static void data_in_the_programs_hands_holds_its_sender_back(void **state)
{
    struct world *world = begin(state, 1);
    struct ear ear = {.keep = true};
    struct condis_call_options options = {.to = world->leaves[0].address};
    struct condis_call *call;
    struct asked sent = {0};
    struct condis_buffer parts[2] = {{"two ", 4}, {"parts", 5}};
    listen_all(world, &ear);
    expect_status(condis_call_make(world->root.af, &options, &call, NULL), CONDIS_SUCCESS);
    world_settle(world);
    expect_status(condis_send_async(call, parts, 2, asked_done, &sent), CONDIS_PENDING);
    world_settle(world);
    assert_int_equal(sent.done_count, 0);
    check_heard(&ear, "two parts");
    assert_int_equal(condis_data_bytes(ear.kept), 9);
    struct condis_span span = {0};
    size_t bytes = 0;
    while (condis_data_next(ear.kept, &span)) {
        assert_memory_equal(span.at, &"two parts"[bytes], span.bytes);
        bytes += span.bytes;
    }
    assert_int_equal(bytes, 9);
    condis_data_release(ear.kept);
    expect_status(asked_wait(world, &sent), CONDIS_SUCCESS);
    condis_call_release(call);
    world_end(world);
}

static void sends_beyond_the_limit_are_refused_until_one_is_back(void **state)
{
    struct world *world = begin(state, 1);
    struct ear ear = {.keep = true};
    struct condis_call_options options = {.to = world->leaves[0].address, .limits.sends_max = 1};
    struct condis_call *call;
    struct asked first = {0};
    struct condis_buffer buffer = {"x", 1};
    listen_all(world, &ear);
    expect_status(condis_call_make(world->root.af, &options, &call, NULL), CONDIS_SUCCESS);
    expect_status(condis_send_async(call, &buffer, 1, asked_done, &first), CONDIS_PENDING);
    world_settle(world);
    expect_status(condis_send_async(call, &buffer, 1, NULL, NULL), (condis_status)0xC000009A);
    condis_data_release(ear.kept);
    expect_status(asked_wait(world, &first), CONDIS_SUCCESS);
    send_text(world, call, "x");
    condis_call_release(call);
    world_end(world);
}

static void received_data_waits_in_order_until_it_is_asked_for(void **state)
{
    struct world *world = begin(state, 1);
    struct condis_call_options options = {.to = world->leaves[0].address};
    struct asked made = {0};
    struct asked sent[3] = {0};
    struct condis_call *call;
    struct condis_call *taken;
    char text[8];
    size_t bytes;
    world_listen(&world->leaves[0], NULL);
    expect_status(condis_call_make_async(world->root.af, &options, &call, NULL, asked_done, &made),
                  CONDIS_PENDING);
    expect_status(condis_accept(world->leaves[0].listener, NULL, 10000, &taken), CONDIS_SUCCESS);
    expect_status(asked_wait(world, &made), CONDIS_SUCCESS);
    for (size_t i = 0; i < 3; i++) {
        struct condis_buffer buffer = {&"abc"[i], 1};
        expect_status(condis_send_async(call, &buffer, 1, asked_done, &sent[i]), CONDIS_PENDING);
    }
    for (size_t i = 0; i < 3; i++) {
        expect_status(condis_receive_copy(taken, 10000, text, sizeof text, &bytes), CONDIS_SUCCESS);
        assert_int_equal(bytes, 1);
        assert_int_equal(text[0], "abc"[i]);
    }
    expect_status(condis_receive_copy(taken, 0, text, sizeof text, &bytes), CONDIS_TIMEOUT);
    expect_status(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    expect_status(condis_receive_copy(taken, 10000, text, sizeof text, &bytes),
                  (condis_status)0xC0010002);
    condis_call_release(call);
    condis_call_release(taken);
    world_end(world);
}

static void a_client_that_is_closed_ends_everything_it_has(void **state)
{
    struct world *world = begin(state, 3);
    struct ear ears[3] = {{.keep = true}, {.keep = true}, {0}};
    struct condis_party *parties[3];
    struct condis_buffer buffer = {"unread", 6};
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 3, NULL, parties);
    world_settle(world);
    expect_status(condis_send_async(call, &buffer, 1, NULL, NULL), CONDIS_PENDING);
    world_settle(world);
    world_end(world);
}

static void an_adapter_that_stops_ends_the_calls_on_it(void **state)
{
    struct world *world = begin(state, 2);
    struct ear ears[2] = {0};
    struct ear root = {0};
    struct condis_party *parties[2];
    struct condis_call_events events = ear_events(&root);
    struct condis_af_info info;
    listen_all(world, ears);
    struct condis_call *call = call_leaves(world, 2, &events, parties);
    world_settle(world);
    condis_adapter_stop(world->root.adapter);
    condis_af_info(world->root.af, &info);
    assert_false(info.open);
    assert_int_equal(call_info(call).state, CONDIS_CALL_CLOSED);
    for (size_t i = 0; i < 2; i++) {
        expect_status(condis_call_closed_wait(ears[i].call, 10000), CONDIS_SUCCESS);
        assert_int_equal(ears[i].closed_count, 1);
    }
    condis_call_release(call);
    struct condis_call_options options = {.to = world->leaves[0].address};
    expect_status(condis_call_make(world->root.af, &options, &call, NULL),
                  (condis_status)0xC0010002);
    world_end(world);
}

struct test {
    const char *name;
    CMUnitTestFunction run;
};

#define TEST(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }

static const struct test tests[] = {
    TEST(a_call_between_two_carries_data_both_ways),
    TEST(a_multipoint_call_copies_data_to_every_leaf),
    TEST(a_dropped_leaf_gets_the_close_data_and_the_others_stay),
    TEST(a_leaf_that_hangs_up_is_dropped_by_the_client),
    TEST(the_last_leaf_that_hangs_up_ends_the_call),
    TEST(the_last_party_is_closed_not_dropped),
    TEST(close_data_that_the_medium_cannot_carry_leaves_the_party_alive),
    TEST(a_call_that_nobody_takes_fails_and_leaves_nothing),
    TEST(a_party_that_cannot_be_added_leaves_the_call_as_it_was),
    TEST(an_address_is_listened_to_once),
    TEST(an_offer_waits_until_it_is_accepted),
    TEST(a_rejected_offer_gives_the_caller_a_failure),
    TEST(a_call_closed_while_it_is_being_made_ends),
    TEST(a_drop_that_crosses_the_leafs_own_end_succeeds_once),
    TEST(data_in_the_programs_hands_holds_its_sender_back),
    TEST(sends_beyond_the_limit_are_refused_until_one_is_back),
    TEST(received_data_waits_in_order_until_it_is_asked_for),
    TEST(a_client_that_is_closed_ends_everything_it_has),
    TEST(an_adapter_that_stops_ends_the_calls_on_it),
};

/* When the call manager answers what it is asked. */
static const struct condis_setting timings[] = {
    {"PendOperations", "1"},   /* pended, and completed as soon as the outcome is known */
    {"PendOperations", "0"},   /* at once where that is possible */
    {"CompleteEarly", "1"},    /* before the handler returns PENDING */
    {"PendMilliseconds", "3"}, /* pended for a while */
};

enum {
    TEST_COUNT = sizeof tests / sizeof *tests,
    TIMINGS = sizeof timings / sizeof *timings,
    MODES = 3,
    VARIANTS = WORLD_EDGE_COUNT * MODES * TIMINGS,
};

/* live|simulated ["*MCM*": only the tests that match [FIRST_SEED]] */
int main(int argc, char **argv)
{
    static const char *const edge_names[] = {"MCM", "stand-alone"};
    static const char *const mode_names[] = {"pending", "direct", "mixed"};
    static struct CMUnitTest rows[TEST_COUNT * VARIANTS];
    static struct variant variants[TEST_COUNT * VARIANTS];
    uint64_t first_seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
    for (size_t i = 0; i < TEST_COUNT * VARIANTS; i++) {
        const struct test *test = &tests[i / VARIANTS];
        struct variant *variant = &variants[i];
        size_t edge = i % WORLD_EDGE_COUNT;
        size_t mode = i / WORLD_EDGE_COUNT % MODES;
        variant->timing = timings[i / WORLD_EDGE_COUNT / MODES % TIMINGS];
        variant->options = (struct world_options){
            .clock = clock_argument(argc, argv),
            .seed = first_seed + i,
            .edge = (enum world_edge)edge,
            .completion = (enum condis_completion)mode,
        };
        snprintf(variant->name, sizeof variant->name, "%s [%s, %s, %s=%s]", test->name,
                 edge_names[edge], mode_names[mode], variant->timing.name, variant->timing.value);
        rows[i] = (struct CMUnitTest){variant->name, test->run, NULL, NULL, variant};
    }
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    return cmocka_run_group_tests_name("client/call", rows, NULL, NULL);
}
