/* SPDX-License-Identifier: MIT */
/* What a connection does over its life: credit, timers, resynchronization, recovery, limits. */
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct sscop_options options_default(void)
{
    struct sscop_options options;
    sscop_options_default(&options);
    return options;
}

static void a_receiver_that_takes_nothing_stops_the_sender_at_the_window(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    sscop_hold_credit(pair.end[1].sscop, true);
    for (int i = 0; i < 500; i++)
        assert_int_equal(pair_send(&pair, 0), SAAL_OK);
    pair_run(&pair, pair.now_ms + 20000);
    assert_int_equal(pair.end[1].delivered, 128);
    assert_int_equal(pair.end[0].errors['W'], 1);
    assert_int_equal(sscop_backlog_count(pair.end[0].sscop), 500 - 128);
    assert_int_equal(sscop_state_of(pair.end[0].sscop), SSCOP_READY);
    sscop_hold_credit(pair.end[1].sscop, false);
    pair_run(&pair, pair.now_ms + 2000);
    assert_int_equal(pair.end[1].delivered, 500);
    assert_true(pair.end[0].errors['X'] >= 1);
    assert_int_equal(pair.end[1].epochs, 0);
    pair_end(&pair);
}

static void waiting_for_a_window_polls_once_not_once_for_each_sdu(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    uint64_t before = sscop_counters_of(pair.end[0].sscop)->frames_out;
    for (int i = 0; i < 10000; i++)
        assert_int_equal(pair_send(&pair, 0), SAAL_OK);
    uint32_t frame_count = 0;
    for (struct saal_buffer *frame; (frame = sscop_take_frame(pair.end[0].sscop)) != NULL;) {
        saal_buffer_release(frame);
        frame_count++;
    }
    assert_int_equal(frame_count, 128 + 128 / 25 + 1);
    assert_int_equal(sscop_counters_of(pair.end[0].sscop)->frames_out - before, frame_count);
    pair_run(&pair, pair.now_ms + 10000); /* those frames are lost, and made good */
    assert_int_equal(pair.end[1].delivered, 10000);
    pair_end(&pair);
}

static void a_silent_connection_lives_on_a_few_polls(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    pair_run(&pair, pair.now_ms + 24 * 3600 * 1000);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sscop_state_of(pair.end[i].sscop), SSCOP_READY);
        /* One POLL and one STAT each 15 s and a little. */
        assert_in_range(sscop_counters_of(pair.end[i].sscop)->frames_out, 11000, 11530);
    }
    pair_end(&pair);
}

static void a_connection_whose_peer_is_gone_ends(void **state)
{
    (void)state;
    for (int with_data = 0; with_data < 2; with_data++) {
        struct pair pair;
        pair_begin(&pair, 1, NULL);
        pair_connect(&pair);
        pair_run(&pair, pair.now_ms + 5000);
        pair.cut = true;
        if (with_data)
            pair_send(&pair, 0);
        uint64_t limit_ms = with_data ? 7000 : 15000 + 7000;
        pair_run(&pair, pair.now_ms + limit_ms);
        assert_int_equal(sscop_state_of(pair.end[0].sscop), SSCOP_IDLE);
        assert_int_equal(pair.end[0].errors['P'], 1);
        assert_int_equal(pair.end[0].released, 1);
        assert_int_equal(sscop_backlog_count(pair.end[0].sscop), 0);
        pair_end(&pair);
    }
}

static void an_unanswered_begin_is_tried_four_times(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair.cut = true;
    struct sscop *s = pair.end[0].sscop;
    assert_int_equal(sscop_request(s, 0, SSCOP_ESTABLISH_REQUEST, NULL, 0), SAAL_OK);
    pair_run(&pair, 3999);
    assert_int_equal(sscop_counters_of(s)->frames_out, 4);
    assert_int_equal(sscop_state_of(s), SSCOP_OUT_CONN);
    pair_run(&pair, 4000);
    assert_int_equal(sscop_state_of(s), SSCOP_IDLE);
    assert_int_equal(pair.end[0].errors['O'], 1);
    assert_int_equal(pair.end[0].last_kind, SAAL_AA_RELEASE_INDICATION);
    assert_int_equal(sscop_deadline_ms(s), UINT64_MAX);
    pair_end(&pair);
}

static void crossing_begins_make_one_connection(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(sscop_request(pair.end[i].sscop, 0, SSCOP_ESTABLISH_REQUEST, NULL, 0),
                         SAAL_OK);
    pair_run(&pair, 500);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sscop_state_of(pair.end[i].sscop), SSCOP_READY);
        assert_int_equal(pair.end[i].last_kind, SAAL_AA_ESTABLISH_CONFIRM);
        assert_int_equal(pair.end[i].epochs, 1);
        assert_int_equal(pair_send(&pair, i), SAAL_OK);
    }
    pair_run(&pair, 1000);
    assert_int_equal(pair.end[0].delivered + pair.end[1].delivered, 2);
    pair_end(&pair);
}

static void a_peer_that_started_anew_with_the_same_sequence_connects(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    pair.cut = true;
    pair_run(&pair, 60000);
    assert_int_equal(sscop_state_of(pair.end[1].sscop), SSCOP_IDLE);
    pair.cut = false;
    pair.end[0].sscop->vt_sq = 0; /* as after a restart: N(SQ) = 1 again */
    pair_connect(&pair);
    pair_end(&pair);
}

static void resynchronization_drops_what_waited_and_goes_on(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    pair.cut = true;
    for (int i = 0; i < 10; i++)
        pair_send(&pair, 0);
    pair_run(&pair, pair.now_ms + 10);
    pair.cut = false;
    struct sscop *s = pair.end[0].sscop;
    assert_int_equal(sscop_request(s, pair.now_ms, SSCOP_RESYNC_REQUEST, NULL, 0), SAAL_OK);
    assert_int_equal(sscop_backlog_count(s), 0);
    assert_int_equal(pair_send(&pair, 0), SAAL_WRONG_STATE);
    pair_run(&pair, pair.now_ms + 100);
    assert_int_equal(pair.end[0].last_kind, SAAL_AA_RESYNC_CONFIRM);
    assert_int_equal(pair.end[1].last_kind, SAAL_AA_RESYNC_INDICATION);
    pair_send(&pair, 0);
    pair_send(&pair, 1);
    pair_run(&pair, pair.now_ms + 100);
    assert_int_equal(pair.end[1].delivered, 1);
    assert_int_equal(pair.end[1].skipped, 10);
    assert_int_equal(pair.end[0].delivered, 1);
    pair_end(&pair);
}

/* The sender at end 0 has SDU 0 lost and 1 to 9 held at end 1; then end 1 finds an error. */
static void gap_then_recovery(struct pair *pair, const struct sscop_options *options)
{
    pair_begin(pair, 1, options);
    pair_connect(pair);
    pair->cut = true;
    pair_send(pair, 0);
    pair_run(pair, pair->now_ms + 5);
    pair->cut = false;
    for (int i = 1; i < 10; i++)
        pair_send(pair, 0);
    struct saal_buffer *frame = NULL;
    for (struct saal_buffer *next; (next = sscop_take_frame(pair->end[0].sscop)) != NULL;) {
        assert_int_equal(sscop_feed(pair->end[1].sscop, pair->now_ms, next), SAAL_OK);
        saal_buffer_release(frame);
        frame = next;
    }
    assert_int_equal(pair->end[1].sscop->held_count, 9);
    assert_int_equal(sscop_feed(pair->end[1].sscop, pair->now_ms, frame), SAAL_OK);
    saal_buffer_release(frame);
    assert_int_equal(sscop_state_of(pair->end[1].sscop), SSCOP_OUT_RECOV);
    sscop_frames_clear(pair->end[0].sscop);
    pair_run(pair, pair->now_ms + 5000);
    assert_int_equal(pair->end[1].errors['Q'], 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pair->end[i].last_kind, SAAL_AA_RECOVER_INDICATION);
        assert_int_equal(sscop_state_of(pair->end[i].sscop), SSCOP_READY);
    }
}

static void an_sd_that_is_held_already_brings_recovery_which_clears_buffers(void **state)
{
    (void)state;
    struct pair pair;
    gap_then_recovery(&pair, NULL);
    assert_int_equal(pair.end[1].delivered, 0);
    for (int i = 0; i < 300; i++)
        pair_send(&pair, 0);
    pair_run(&pair, pair.now_ms + 5000);
    assert_int_equal(pair.end[1].delivered, 300);
    pair_end(&pair);
}

static void recovery_that_keeps_buffers_delivers_what_was_held(void **state)
{
    (void)state;
    struct sscop_options options = options_default();
    options.clear_buffers = false;
    struct pair pair;
    gap_then_recovery(&pair, &options);
    assert_int_equal(pair.end[1].delivered, 9);
    assert_int_equal(pair.end[1].skipped, 1);
    for (int i = 0; i < 300; i++)
        pair_send(&pair, 0);
    pair_run(&pair, pair.now_ms + 5000);
    assert_int_equal(pair.end[1].delivered, 309);
    pair_end(&pair);
}

static void sdus_of_a_lost_connection_can_be_had_back(void **state)
{
    (void)state;
    struct sscop_options options = options_default();
    options.clear_buffers = false;
    struct pair pair;
    pair_begin(&pair, 1, &options);
    pair_connect(&pair);
    pair.cut = true;
    for (int i = 0; i < 200; i++)
        pair_send(&pair, 0);
    assert_null(sscop_retrieve(pair.end[0].sscop));
    pair_run(&pair, pair.now_ms + 10000);
    assert_int_equal(sscop_state_of(pair.end[0].sscop), SSCOP_IDLE);
    for (uint32_t i = 0; i < 200; i++) {
        struct saal_buffer *sdu = sscop_retrieve(pair.end[0].sscop);
        assert_non_null(sdu);
        assert_int_equal(sdu->bytes, 4 + i % 5);
        assert_int_equal(sscop_word_read(sdu->data), i);
        saal_buffer_release(sdu);
    }
    assert_null(sscop_retrieve(pair.end[0].sscop));
    pair.cut = false;
    pair_connect(&pair);
    pair_end(&pair);
}

static void a_list_with_many_gaps_is_split_and_all_gaps_are_filled(void **state)
{
    (void)state;
    struct sscop_options options = options_default();
    options.window_count = 1024;
    options.pd_count_max = 5000;
    struct pair pair;
    pair_begin(&pair, 1, &options);
    pair_connect(&pair);
    pair_run(&pair, pair.now_ms + 5000);
    for (int i = 0; i < 400; i++)
        pair_send(&pair, 0);
    uint32_t number = 0;
    for (struct saal_buffer *frame; (frame = sscop_take_frame(pair.end[0].sscop)) != NULL;) {
        if (number++ % 2 == 1)
            sscop_feed(pair.end[1].sscop, pair.now_ms, frame);
        saal_buffer_release(frame);
    }
    sscop_frames_clear(pair.end[1].sscop); /* the USTATs are lost too */
    pair.now_ms = sscop_deadline_ms(pair.end[0].sscop);
    assert_int_equal(sscop_expire(pair.end[0].sscop, pair.now_ms), SAAL_OK);
    struct saal_buffer *poll = sscop_take_frame(pair.end[0].sscop);
    assert_int_equal(sscop_feed(pair.end[1].sscop, pair.now_ms, poll), SAAL_OK);
    saal_buffer_release(poll);
    uint32_t stat_count = 0;
    uint32_t last_element = 0;
    for (struct saal_buffer *stat; (stat = sscop_take_frame(pair.end[1].sscop)) != NULL;) {
        struct sscop_pdu pdu;
        assert_int_equal(sscop_pdu_read(stat->data, stat->bytes, &pdu), SSCOP_PDU_GOOD);
        assert_int_equal(pdu.type, SSCOP_STAT);
        assert_true(pdu.list_count >= 3 && pdu.list_count <= 67);
        assert_int_equal(sscop_pdu_list_at(&pdu, 0), last_element);
        last_element = sscop_pdu_list_at(&pdu, pdu.list_count - 1);
        assert_int_equal(sscop_feed(pair.end[0].sscop, pair.now_ms, stat), SAAL_OK);
        saal_buffer_release(stat);
        stat_count++;
    }
    assert_int_equal(stat_count, 7); /* 401 elements, 66 new ones in each STAT */
    assert_int_equal(last_element, 400);
    assert_int_equal(sscop_counters_of(pair.end[0].sscop)->sds_again, 200);
    pair_run(&pair, pair.now_ms + 10);
    assert_int_equal(pair.end[1].delivered, 400);
    pair_end(&pair);
}

static void user_octets_go_with_begin_end_and_their_answers(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair.leave_answers = true;
    struct sscop *a = pair.end[0].sscop;
    struct sscop *b = pair.end[1].sscop;
    struct saal_event event;
    assert_int_equal(sscop_request(a, 0, SSCOP_ESTABLISH_REQUEST, (const uint8_t *)"hello", 5),
                     SAAL_OK);
    saal_buffer_release(sscop_take_frame(a)); /* lost; its copy carries them too */
    assert_int_equal(sscop_expire(a, 1000), SAAL_OK);
    struct saal_buffer *frame = sscop_take_frame(a);
    assert_int_equal(sscop_feed(b, 1000, frame), SAAL_OK);
    saal_buffer_release(frame);
    assert_true(sscop_take_event(b, &event));
    assert_int_equal(event.kind, SAAL_AA_ESTABLISH_INDICATION);
    assert_int_equal(event.bytes, 5);
    assert_memory_equal(event.data, "hello", 5);
    saal_buffer_release(event.buffer);
    assert_int_equal(sscop_request(b, 1000, SSCOP_ESTABLISH_RESPONSE, (const uint8_t *)"hi", 2),
                     SAAL_OK);
    frame = sscop_take_frame(b);
    assert_int_equal(sscop_feed(a, 1000, frame), SAAL_OK);
    saal_buffer_release(frame);
    assert_true(sscop_take_event(a, &event));
    assert_memory_equal(event.data, "hi", 2);
    saal_buffer_release(event.buffer);
    assert_int_equal(sscop_request(a, 1000, SSCOP_RELEASE_REQUEST, (const uint8_t *)"bye", 3),
                     SAAL_OK);
    frame = sscop_take_frame(a);
    assert_int_equal(sscop_feed(b, 1000, frame), SAAL_OK);
    saal_buffer_release(frame);
    assert_true(sscop_take_event(b, &event));
    assert_int_equal(event.kind, SAAL_AA_RELEASE_INDICATION);
    assert_int_equal(event.source, SAAL_SOURCE_USER);
    assert_memory_equal(event.data, "bye", 3);
    saal_buffer_release(event.buffer);
    pair_end(&pair);
}

static void feed_sd(struct pair *pair, struct sscop *s, uint32_t number)
{
    struct saal_buffer *frame = saal_buffer_get(pair->pool, 8);
    sscop_pdu_write(&(struct sscop_pdu){.type = SSCOP_SD, .n_s = number}, NULL, frame);
    assert_int_equal(sscop_feed(s, pair->now_ms, frame), SAAL_OK);
    saal_buffer_release(frame);
}

static void an_sd_outside_the_window_is_dropped(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    struct sscop *s = pair.end[1].sscop;
    sscop_frames_clear(s);
    feed_sd(&pair, s, SSCOP_NUMBER_MAX); /* before the first */
    assert_int_equal(sscop_counters_of(s)->repeated, 1);
    assert_null(sscop_take_frame(s));
    feed_sd(&pair, s, 128);
    assert_int_equal(sscop_counters_of(s)->beyond_window, 1);
    struct saal_buffer *frame = sscop_take_frame(s);
    struct sscop_pdu pdu;
    assert_int_equal(sscop_pdu_read(frame->data, frame->bytes, &pdu), SSCOP_PDU_GOOD);
    assert_int_equal(pdu.type, SSCOP_USTAT);
    assert_int_equal(sscop_pdu_list_at(&pdu, 0), 0);
    assert_int_equal(sscop_pdu_list_at(&pdu, 1), 128);
    saal_buffer_release(frame);
    feed_sd(&pair, s, 200);
    assert_null(sscop_take_frame(s)); /* told once */
    assert_int_equal(sscop_state_of(s), SSCOP_READY);
    pair_end(&pair);
}

/* Found by fuzzing: two numbers of a USTAT more than half the circle apart passed as in order. */
static void numbers_from_anywhere_on_the_circle_never_reach_outside_the_backlog(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    struct sscop *s = pair.end[0].sscop;
    uint32_t good_count = 0;
    for (uint32_t i = 0; i < 32 * 32 * 32; i++) {
        if (sscop_state_of(s) != SSCOP_READY) {
            pair_run(&pair, pair.now_ms + 3000); /* it recovers with the other end */
            assert_int_equal(sscop_state_of(s), SSCOP_READY);
        }
        while (sscop_backlog_count(s) < 140)
            pair_send(&pair, 0);
        sscop_frames_clear(s);
        uint32_t elements[2] = {number_add(s->vt_a, (i % 32) << 19),
                                number_add(s->vt_a, (i / 32 % 32) << 19)};
        elements[1] = number_add(elements[1], 5);
        struct sscop_pdu pdu = {
            .type = i % 3 ? SSCOP_USTAT : SSCOP_STAT,
            .list_count = 2,
            .n_ps = s->vt_ps,
            .n_mr = number_add(s->vt_s, 100),
            .n_r = number_add(s->vt_a, (i / 1024) << 19),
        };
        bool is_good = i < 1024 && i % 32 == 0 && i / 32 % 32 == 0;
        struct saal_buffer *frame = saal_buffer_get(pair.pool, 32);
        sscop_pdu_write(&pdu, elements, frame);
        assert_int_equal(sscop_feed(s, pair.now_ms, frame), SAAL_OK);
        saal_buffer_release(frame);
        assert_int_equal(sscop_state_of(s) == SSCOP_READY, is_good);
        good_count += is_good;
    }
    assert_int_equal(good_count, 1);
    pair_end(&pair);
}

static void limits_are_answered_and_change_nothing(void **state)
{
    (void)state;
    struct sscop_options options = options_default();
    options.backlog_count_max = 200;
    options.sdu_bytes_max = 100;
    struct pair pair;
    pair_begin(&pair, 1, &options);
    pair_connect(&pair);
    for (int i = 0; i < 200; i++)
        assert_int_equal(pair_send(&pair, 0), SAAL_OK);
    assert_int_equal(pair_send(&pair, 0), SAAL_FULL);
    struct saal_buffer *sdu = saal_buffer_get(pair.pool, 101);
    sdu->bytes = 101;
    assert_int_equal(sscop_send(pair.end[0].sscop, pair.now_ms, sdu), SAAL_TOO_LONG);
    assert_int_equal(sscop_send_unit(pair.end[0].sscop, pair.now_ms, sdu, false), SAAL_TOO_LONG);
    assert_int_equal(sdu->bytes, 101);
    saal_buffer_release(sdu);
    static const uint8_t uu[5000];
    assert_int_equal(
        sscop_request(pair.end[0].sscop, pair.now_ms, SSCOP_RELEASE_REQUEST, uu, sizeof uu),
        SAAL_TOO_LONG);
    pair_run(&pair, pair.now_ms + 2000);
    assert_int_equal(pair.end[1].delivered, 200);
    pair_end(&pair);
}

static void events_that_nobody_takes_refuse_frames_and_lose_nothing(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    static const uint8_t no_pdu[3];
    struct sscop *s = pair.end[0].sscop;
    uint32_t taken_count = 0;
    uint32_t fed_count = 0;
    while (sscop_feed_octets(s, pair.now_ms, no_pdu, 3) == SAAL_OK)
        fed_count++;
    assert_in_range(fed_count, 128, 1024);
    assert_int_equal(sscop_counters_of(s)->dropped_full, 1);
    assert_int_equal(sscop_request(s, pair.now_ms, SSCOP_RELEASE_REQUEST, NULL, 0), SAAL_FULL);
    assert_int_equal(sscop_expire(s, pair.now_ms + 100000), SAAL_FULL);
    struct saal_event event;
    while (sscop_take_event(s, &event))
        taken_count += event.error == 'U';
    assert_int_equal(taken_count, fed_count);
    assert_int_equal(sscop_expire(s, pair.now_ms + 100000), SAAL_OK);
    assert_int_equal(sscop_state_of(s), SSCOP_IDLE);
    pair.now_ms += 100000;
    pair_end(&pair);
}

static void without_memory_pdus_are_lost_as_on_a_wire_and_made_good(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    struct saal_pool *small = saal_pool_create(0);
    struct saal_pool *usual = pair.end[1].sscop->pool;
    pair.end[1].sscop->pool = small;
    for (int i = 0; i < 60; i++)
        pair_send(&pair, 0);
    pair_run(&pair, pair.now_ms + 3000);
    assert_true(sscop_counters_of(pair.end[1].sscop)->dropped_no_frame > 0);
    assert_int_equal(pair.end[1].delivered, 60);
    assert_int_equal(sscop_backlog_count(pair.end[0].sscop), 60);
    pair.end[1].sscop->pool = usual;
    pair_run(&pair, pair.now_ms + 3000);
    assert_int_equal(sscop_backlog_count(pair.end[0].sscop), 0);
    assert_int_equal(pair.end[0].epochs, 0);
    pair_end(&pair);
    saal_pool_destroy(small);
}

static void bursts_of_ten_thousand_take_no_memory_after_the_first(void **state)
{
    (void)state;
    struct pair pair;
    pair_begin(&pair, 1, NULL);
    pair_connect(&pair);
    size_t growth_count = 0;
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 10000; i++)
            assert_int_equal(pair_send(&pair, 0), SAAL_OK);
        pair_run(&pair, pair.now_ms + 2000);
        assert_int_equal(sscop_backlog_count(pair.end[0].sscop), 0);
        if (round == 0)
            growth_count = saal_pool_growth_count(pair.pool);
        assert_int_equal(saal_pool_growth_count(pair.pool), growth_count);
    }
    assert_int_equal(pair.end[1].delivered, 40000);
    pair_end(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receiver_that_takes_nothing_stops_the_sender_at_the_window),
        cmocka_unit_test(waiting_for_a_window_polls_once_not_once_for_each_sdu),
        cmocka_unit_test(a_silent_connection_lives_on_a_few_polls),
        cmocka_unit_test(a_connection_whose_peer_is_gone_ends),
        cmocka_unit_test(an_unanswered_begin_is_tried_four_times),
        cmocka_unit_test(crossing_begins_make_one_connection),
        cmocka_unit_test(a_peer_that_started_anew_with_the_same_sequence_connects),
        cmocka_unit_test(resynchronization_drops_what_waited_and_goes_on),
        cmocka_unit_test(an_sd_that_is_held_already_brings_recovery_which_clears_buffers),
        cmocka_unit_test(recovery_that_keeps_buffers_delivers_what_was_held),
        cmocka_unit_test(sdus_of_a_lost_connection_can_be_had_back),
        cmocka_unit_test(a_list_with_many_gaps_is_split_and_all_gaps_are_filled),
        cmocka_unit_test(user_octets_go_with_begin_end_and_their_answers),
        cmocka_unit_test(an_sd_outside_the_window_is_dropped),
        cmocka_unit_test(numbers_from_anywhere_on_the_circle_never_reach_outside_the_backlog),
        cmocka_unit_test(limits_are_answered_and_change_nothing),
        cmocka_unit_test(events_that_nobody_takes_refuse_frames_and_lose_nothing),
        cmocka_unit_test(without_memory_pdus_are_lost_as_on_a_wire_and_made_good),
        cmocka_unit_test(bursts_of_ten_thousand_take_no_memory_after_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
