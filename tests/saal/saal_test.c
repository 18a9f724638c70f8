/* SPDX-License-Identifier: MIT */
/* SSCF-UNI over SSCOP: the table beside SIG §2.8, then what signalling sees of a link's life. */
#include "saal/saal.h"

#include "saal/sscop_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct saal_pool *pool;
static struct saal *end[2];
static uint64_t now_ms;
static bool cut;

/* What each end was told, one letter an event: E and e establish indication and confirm, R and r
 * release, D data, U unit data. MAA errors are left out. */
static char told[2][256];

static int link_begin(void **state)
{
    (void)state;
    struct sscop_options options;
    sscop_options_default(&options);
    pool = saal_pool_create(1U << 22);
    for (int i = 0; i < 2; i++) {
        end[i] = saal_create(&options, pool);
        told[i][0] = '\0';
    }
    now_ms = 0;
    cut = false;
    return !pool || !end[0] || !end[1];
}

static int link_end(void **state)
{
    (void)state;
    saal_destroy(end[0]);
    saal_destroy(end[1]);
    size_t live_count = saal_pool_live_count(pool);
    saal_pool_destroy(pool);
    return live_count != 0;
}

static void events_note(int index)
{
    static const char letters[SAAL_EVENT_KIND_COUNT] = {
        [SAAL_AAL_ESTABLISH_INDICATION] = 'E', [SAAL_AAL_ESTABLISH_CONFIRM] = 'e',
        [SAAL_AAL_RELEASE_INDICATION] = 'R',   [SAAL_AAL_RELEASE_CONFIRM] = 'r',
        [SAAL_AAL_DATA_INDICATION] = 'D',      [SAAL_AAL_UNITDATA_INDICATION] = 'U',
    };
    struct saal_event event;
    while (saal_take_event(end[index], &event)) {
        if (event.kind != SAAL_MAA_ERROR_INDICATION) {
            assert_int_not_equal(letters[event.kind], 0);
            size_t used = strlen(told[index]);
            assert_true(used + 1 < sizeof told[index]);
            told[index][used] = letters[event.kind];
            told[index][used + 1] = '\0';
        }
        saal_buffer_release(event.buffer);
    }
}

/* Frames to and fro without delay, until both are silent. */
static void link_settle(void)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < 2; i++) {
            events_note(i);
            for (struct saal_buffer *frame; (frame = saal_take_frame(end[i])) != NULL;) {
                if (!cut)
                    assert_int_equal(saal_feed(end[!i], now_ms, frame), SAAL_OK);
                saal_buffer_release(frame);
                moved = true;
            }
        }
    }
}

static void link_run(uint64_t until_ms)
{
    for (;;) {
        link_settle();
        uint64_t next = saal_deadline_ms(end[0]);
        if (saal_deadline_ms(end[1]) < next)
            next = saal_deadline_ms(end[1]);
        if (next > until_ms)
            break;
        now_ms = next;
        assert_int_equal(saal_expire(end[0], now_ms), SAAL_OK);
        assert_int_equal(saal_expire(end[1], now_ms), SAAL_OK);
    }
    now_ms = until_ms;
}

static void told_is(const char *first, const char *second)
{
    assert_string_equal(told[0], first);
    assert_string_equal(told[1], second);
    told[0][0] = told[1][0] = '\0';
}

static void link_establish(void)
{
    assert_int_equal(saal_establish(end[0], now_ms), SAAL_OK);
    link_settle();
    told_is("e", "E");
    assert_int_equal(saal_state(end[0]), SSCF_ESTABLISHED);
    assert_int_equal(saal_state(end[1]), SSCF_ESTABLISHED);
}

static void send(int from, const char *text)
{
    assert_int_equal(
        saal_send_octets(end[from], now_ms, (const uint8_t *)text, (uint32_t)strlen(text)),
        SAAL_OK);
}

static void every_event_is_decided_in_every_state_of_sscf(void **state)
{
    (void)state;
    for (unsigned number = SSCF_RELEASED; number < SSCF_STATE_COUNT; number++) {
        for (unsigned event = 0; event < SSCF_EVENT_COUNT; event++) {
            const struct sscf_row *row = &sscf_table[number][event];
            assert_int_not_equal(row->kind, SSCF_ROW_UNDECIDED);
            if (row->kind != SSCF_ROW_NEVER)
                assert_in_range(row->next, SSCF_RELEASED, SSCF_RESYNC);
            assert_non_null(sscf_event_names[event]);
        }
    }
}

/* SIG §2.8, the rows that do something: state, event, asked, told, next. */
static void the_rows_of_sscf_are_those_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        uint8_t from;
        uint8_t event;
        uint8_t ask;
        uint8_t tell;
        uint8_t next;
    } rows[] = {
        {1, SSCF_AAL_ESTABLISH_REQUEST, SSCF_ASK_ESTABLISH_REQUEST, 0, 2},
        {3, SSCF_AAL_ESTABLISH_REQUEST, SSCF_ASK_ESTABLISH_REQUEST, 0, 2},
        {4, SSCF_AAL_ESTABLISH_REQUEST, SSCF_ASK_RESYNC_REQUEST, 0, 5},
        {1, SSCF_AAL_RELEASE_REQUEST, 0, SAAL_AAL_RELEASE_CONFIRM, 1},
        {2, SSCF_AAL_RELEASE_REQUEST, SSCF_ASK_RELEASE_REQUEST, 0, 3},
        {4, SSCF_AAL_RELEASE_REQUEST, SSCF_ASK_RELEASE_REQUEST, 0, 3},
        {5, SSCF_AAL_RELEASE_REQUEST, SSCF_ASK_RELEASE_REQUEST, 0, 3},
        {4, SSCF_AAL_DATA_REQUEST, SSCF_ASK_DATA_REQUEST, 0, 4},
        {1, SSCF_AA_ESTABLISH_INDICATION, SSCF_ASK_ESTABLISH_RESPONSE,
         SAAL_AAL_ESTABLISH_INDICATION, 4},
        {2, SSCF_AA_ESTABLISH_CONFIRM, 0, SAAL_AAL_ESTABLISH_CONFIRM, 4},
        {2, SSCF_AA_RELEASE_INDICATION, 0, SAAL_AAL_RELEASE_INDICATION, 1},
        {4, SSCF_AA_RELEASE_INDICATION, 0, SAAL_AAL_RELEASE_INDICATION, 1},
        {5, SSCF_AA_RELEASE_INDICATION, 0, SAAL_AAL_RELEASE_INDICATION, 1},
        {3, SSCF_AA_RELEASE_CONFIRM, 0, SAAL_AAL_RELEASE_CONFIRM, 1},
        {4, SSCF_AA_RECOVER_INDICATION, SSCF_ASK_RECOVER_RESPONSE, SAAL_AAL_ESTABLISH_INDICATION,
         4},
        {4, SSCF_AA_RESYNC_INDICATION, SSCF_ASK_RESYNC_RESPONSE, SAAL_AAL_ESTABLISH_INDICATION, 4},
        {5, SSCF_AA_RESYNC_CONFIRM, 0, SAAL_AAL_ESTABLISH_CONFIRM, 4},
        {4, SSCF_AA_DATA_INDICATION, 0, SAAL_AAL_DATA_INDICATION, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct sscf_row *row = &sscf_table[rows[i].from][rows[i].event];
        assert_int_equal(row->kind, SSCF_ROW_DO);
        assert_int_equal(row->ask, rows[i].ask);
        assert_int_equal(row->tell, rows[i].tell);
        assert_int_equal(row->next, rows[i].next);
    }
}

static void a_link_is_established_used_and_released(void **state)
{
    (void)state;
    assert_int_equal(saal_send_octets(end[0], 0, (const uint8_t *)"x", 1), SAAL_WRONG_STATE);
    link_establish();
    send(0, "SETUP");
    send(1, "CONNECT");
    link_settle();
    told_is("D", "D");
    assert_int_equal(saal_release(end[1], now_ms), SAAL_OK);
    link_settle();
    told_is("R", "r");
    assert_int_equal(saal_release(end[1], now_ms), SAAL_OK);
    link_settle();
    told_is("", "r");
    assert_int_equal(saal_deadline_ms(end[0]), UINT64_MAX);
}

static void both_ends_may_establish_at_once(void **state)
{
    (void)state;
    saal_establish(end[0], 0);
    saal_establish(end[1], 0);
    saal_establish(end[1], 0); /* once more changes nothing */
    link_settle();
    told_is("e", "e");
    send(0, "a");
    link_settle();
    told_is("", "D");
}

static void a_release_that_meets_an_establish_ends_in_a_link(void **state)
{
    (void)state;
    link_establish();
    saal_release(end[0], 0);
    saal_establish(end[0], 0);
    link_settle();
    told_is("e", "RE");
    send(0, "a");
    send(1, "b");
    link_settle();
    told_is("D", "D");
}

static void establishing_again_resynchronizes_and_loses_what_waited(void **state)
{
    (void)state;
    link_establish();
    cut = true;
    send(0, "lost");
    link_settle();
    cut = false;
    saal_establish(end[0], 0);
    assert_int_equal(saal_state(end[0]), SSCF_RESYNC);
    assert_int_equal(saal_send_octets(end[0], 0, (const uint8_t *)"x", 1), SAAL_WRONG_STATE);
    link_settle();
    told_is("e", "E");
    send(0, "kept");
    link_settle();
    told_is("", "D");
}

static void a_peer_that_started_anew_is_a_release_and_an_establish(void **state)
{
    (void)state;
    link_establish();
    struct sscop_options options;
    sscop_options_default(&options);
    options.first_sq = 40;
    saal_destroy(end[0]);
    end[0] = saal_create(&options, pool);
    saal_establish(end[0], 0);
    link_settle();
    told_is("e", "RE");
}

/* Its BGN looks like a copy of the first one; then the numbers do not fit, and both recover. */
static void a_peer_that_started_anew_with_the_same_number_is_found_out(void **state)
{
    (void)state;
    link_establish();
    for (int i = 0; i < 40; i++) {
        send(0, "before");
        send(1, "before");
    }
    link_settle();
    told[0][0] = told[1][0] = '\0';
    struct sscop_options options;
    sscop_options_default(&options);
    saal_destroy(end[0]);
    end[0] = saal_create(&options, pool);
    saal_establish(end[0], now_ms);
    link_run(now_ms + 3000);
    told_is("eE", "E");
    send(0, "a");
    send(1, "b");
    link_settle();
    told_is("D", "D");
}

static void recovery_is_an_establish_indication_at_both_ends(void **state)
{
    (void)state;
    link_establish();
    /* A STAT for a POLL that was never sent. */
    static const uint8_t stat[12] = {0, 0, 0, 99, 0, 0, 0, 50, 11, 0, 0, 0};
    assert_int_equal(saal_feed_octets(end[0], 0, stat, sizeof stat), SAAL_OK);
    assert_int_equal(saal_send_octets(end[0], 0, (const uint8_t *)"x", 1), SAAL_WRONG_STATE);
    link_settle();
    told_is("E", "E");
    send(0, "a");
    send(1, "b");
    link_settle();
    told_is("D", "D");
}

static void a_cut_link_is_released_at_both_ends_in_time(void **state)
{
    (void)state;
    link_establish();
    link_run(5000);
    cut = true;
    link_run(5000 + 15000 + 7000);
    told_is("R", "R");
    cut = false;
    link_establish();
}

static void a_link_that_nobody_answers_is_given_up_and_may_be_tried_again(void **state)
{
    (void)state;
    cut = true;
    saal_establish(end[0], 0);
    link_run(10000);
    told_is("R", "");
    saal_establish(end[0], now_ms);
    saal_release(end[0], now_ms);
    link_run(20000);
    told_is("r", "");
    cut = false;
    link_establish();
}

static void unit_data_needs_no_link(void **state)
{
    (void)state;
    struct saal_buffer *sdu = saal_buffer_get(pool, 2);
    memcpy(sdu->data, "hi", 2);
    sdu->bytes = 2;
    assert_int_equal(saal_send_unit(end[0], 0, sdu), SAAL_OK);
    link_settle();
    told_is("", "U");
}

static void sdus_arrive_with_their_octets(void **state)
{
    (void)state;
    link_establish();
    for (uint32_t bytes = 0; bytes <= 4096; bytes = bytes * 2 + 1) {
        struct saal_buffer *sdu = saal_buffer_get(pool, bytes);
        memset(sdu->data, (int)bytes & 0xff, bytes);
        sdu->bytes = bytes;
        assert_int_equal(saal_send(end[0], 0, sdu), SAAL_OK);
        struct saal_buffer *frame = saal_take_frame(end[0]);
        assert_int_equal(frame->bytes % 4, 0);
        assert_int_equal(saal_feed_octets(end[1], 0, frame->data, frame->bytes), SAAL_OK);
        saal_buffer_release(frame);
        struct saal_event event;
        assert_true(saal_take_event(end[1], &event));
        assert_int_equal(event.kind, SAAL_AAL_DATA_INDICATION);
        assert_int_equal(event.bytes, bytes);
        for (uint32_t i = 0; i < bytes; i++)
            assert_int_equal(event.data[i], bytes & 0xff);
        saal_buffer_release(event.buffer);
    }
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, link_begin, link_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_event_is_decided_in_every_state_of_sscf),
        TEST(the_rows_of_sscf_are_those_of_the_standard),
        TEST(a_link_is_established_used_and_released),
        TEST(both_ends_may_establish_at_once),
        TEST(a_release_that_meets_an_establish_ends_in_a_link),
        TEST(establishing_again_resynchronizes_and_loses_what_waited),
        TEST(a_peer_that_started_anew_is_a_release_and_an_establish),
        TEST(a_peer_that_started_anew_with_the_same_number_is_found_out),
        TEST(recovery_is_an_establish_indication_at_both_ends),
        TEST(a_cut_link_is_released_at_both_ends_in_time),
        TEST(a_link_that_nobody_answers_is_given_up_and_may_be_tried_again),
        TEST(unit_data_needs_no_link),
        TEST(sdus_arrive_with_their_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
