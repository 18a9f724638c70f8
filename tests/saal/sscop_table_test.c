/* SPDX-License-Identifier: MIT */
/* Every cell of SIG §2.6, as it is seen from outside: what is reported, sent, told, and the state
 * that follows. Written from the reference, not from sscop.def. */
#include "saal/sscop_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* "+A" an MAA error; END0 and END1 by the S bit; REL0 and REL1 by the source; ">1" the next state;
 * "-" nothing; "refused" SAAL_WRONG_STATE; NULL cannot happen. */
struct sheet_row {
    enum sscop_event event;
    const char *cells[10];
};

#define REFUSED "refused"

static const struct sheet_row sheet[] = {
    {EV_REQ_ESTABLISH,
     {"BGN >2", REFUSED, REFUSED, "BGN >2", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED}},
    {EV_RSP_ESTABLISH,
     {REFUSED, REFUSED, "BGAK >10", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED}},
    {EV_REQ_RELEASE,
     {REFUSED, "END0 >4", "BGREJ >1", REFUSED, "END0 >4", "END0 >4", "END0 >4", "END0 >4",
      "END0 >4", "END0 >4"}},
    {EV_REQ_RESYNC,
     {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, "RS >5", "RS >5", "RS >5", "RS >5"}},
    {EV_RSP_RESYNC,
     {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, "RSAK >10", REFUSED, REFUSED, REFUSED, REFUSED}},
    {EV_RSP_RECOVER,
     {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, ">10", "ERAK >10", REFUSED}},
    {EV_REQ_DATA, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, "-", "-", "SD"}},
    {EV_BGN_NEW,
     {"EST.ind >3", "BGAK EST.conf >10", "REL0 EST.ind", "REL.conf EST.ind >3", "REL0 EST.ind >3",
      "REL0 EST.ind >3", "REL0 EST.ind >3", "REL0 EST.ind >3", "REL0 EST.ind >3",
      "REL0 EST.ind >3"}},
    {EV_BGN_DUP, {"EST.ind >3", "-", "-", "BGAK END0", "BGAK RS", "+B", "+B", "+B", "+B", "BGAK"}},
    {EV_BGAK, {"+C END1", "EST.conf >10", "+C", "-", "-", "+C", "+C", "+C", "+C", "-"}},
    {EV_BGREJ,
     {"+D", "REL0 >1", "+D REL1 >1", "REL.conf >1", "+D REL1 >1", "+D REL1 >1", "+D REL1 >1",
      "+D REL1 >1", "+D REL1 >1", "+D REL1 >1"}},
    {EV_END,
     {"ENDAK", "-", "ENDAK REL1 >1", "ENDAK REL.conf >1", "ENDAK REL1 >1", "ENDAK REL1 >1",
      "ENDAK REL1 >1", "ENDAK REL1 >1", "ENDAK REL1 >1", "ENDAK REL1 >1"}},
    {EV_ENDAK,
     {"-", "-", "+F REL1 >1", "REL.conf >1", "+F REL1 >1", "+F REL1 >1", "+F REL1 >1", "+F REL1 >1",
      "+F REL1 >1", "+F REL1 >1"}},
    {EV_RS_NEW,
     {"+J END1", "-", "+J", "-", "RSAK RESYNC.conf >10", "+J", "RESYNC.ind >6", "RESYNC.ind >6",
      "RESYNC.ind >6", "RESYNC.ind >6"}},
    {EV_RS_DUP, {"+J END1", "-", "+J", "-", "-", "-", "+J", "+J", "+J", "RSAK"}},
    {EV_RSAK, {"+K END1", "-", "+K", "-", "RESYNC.conf >10", "+K", "+K", "+K", "+K", "-"}},
    {EV_ER_NEW,
     {"+L END1", "-", "+L", "-", "-", "+L", "ERAK RECOVER.ind >8", "+L", "+L", "RECOVER.ind >9"}},
    {EV_ER_DUP, {"+L END1", "-", "+L", "-", "-", "+L", "+L", "ERAK", "-", "ERAK"}},
    {EV_ERAK, {"+M END1", "-", "+M", "-", "-", "+M", "RECOVER.ind >8", "-", "+M", "-"}},
    {EV_SD,
     {"+A END1", "-", "+A END1 REL1 >1", "-", "-", "+A END1 REL1 >1", "-", "-", "+A END1 REL1 >1",
      "DATA"}},
    {EV_POLL,
     {"+G END1", "-", "+G END1 REL1 >1", "-", "-", "+G END1 REL1 >1", "-", "-", "+G END1 REL1 >1",
      "STAT"}},
    {EV_STAT,
     {"+H END1", "-", "+H END1 REL1 >1", "-", "-", "+H END1 REL1 >1", "-", "+H END1 REL1 >1",
      "+H END1 REL1 >1", "-"}},
    {EV_USTAT,
     {"+I END1", "-", "+I END1 REL1 >1", "-", "-", "+I END1 REL1 >1", "-", "+I END1 REL1 >1",
      "+I END1 REL1 >1", "+T ER >7"}},
    {EV_CC_MORE, {NULL, "BGN", NULL, "END0", "RS", NULL, "ER", NULL, NULL, NULL}},
    {EV_CC_LAST,
     {NULL, "+O END1 REL1 >1", NULL, "+O REL.conf >1", "+O END1 REL1 >1", NULL, "+O END1 REL1 >1",
      NULL, NULL, NULL}},
    {EV_EXP_POLL, {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "POLL"}},
    {EV_EXP_KEEP_ALIVE, {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "POLL"}},
    {EV_EXP_NO_RESPONSE, {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "+P END1 REL1 >1"}},
    {EV_EXP_IDLE, {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "POLL"}},
    {EV_RECOVER, {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "ER >7"}},
    {EV_WIRE_LOST,
     {"-", "REL1 >1", "REL1 >1", "REL.conf >1", "REL1 >1", "REL1 >1", "REL1 >1", "REL1 >1",
      "REL1 >1", "REL1 >1"}},
};

enum { SHEET_COUNT = sizeof sheet / sizeof sheet[0], OLD_SQ = 9, NEW_SQ = 77, WINDOW = 50 };

static struct saal_pool *pool;

static void feed(struct sscop *s, struct sscop_pdu pdu)
{
    static const uint32_t elements[2] = {0, 1};
    struct saal_buffer *frame = saal_buffer_get(pool, 64);
    assert_non_null(frame);
    pdu.n_mr = WINDOW;
    sscop_pdu_write(&pdu, elements, frame);
    assert_int_equal(sscop_feed(s, s->now_ms, frame), SAAL_OK);
    saal_buffer_release(frame);
}

static void drain(struct sscop *s)
{
    struct saal_event event;
    while (sscop_take_event(s, &event))
        saal_buffer_release(event.buffer);
    sscop_frames_clear(s);
}

static void request(struct sscop *s, enum sscop_request what)
{
    assert_int_equal(sscop_request(s, s->now_ms, what, NULL, 0), SAAL_OK);
}

/* An entity in a state, on a way that a connection would take. */
static struct sscop *entity_in(enum sscop_state state)
{
    struct sscop_options options;
    sscop_options_default(&options);
    struct sscop *s = sscop_create(&options, pool);
    assert_non_null(s);
    if (state == SSCOP_OUT_CONN || state == SSCOP_OUT_DISC)
        request(s, SSCOP_ESTABLISH_REQUEST);
    else if (state != SSCOP_IDLE)
        feed(s, (struct sscop_pdu){.type = SSCOP_BGN, .n_sq = OLD_SQ});
    if (state >= SSCOP_OUT_RESYNC)
        request(s, SSCOP_ESTABLISH_RESPONSE);
    if (state == SSCOP_OUT_DISC)
        request(s, SSCOP_RELEASE_REQUEST);
    if (state == SSCOP_OUT_RESYNC)
        request(s, SSCOP_RESYNC_REQUEST);
    if (state == SSCOP_IN_RESYNC)
        feed(s, (struct sscop_pdu){.type = SSCOP_RS, .n_sq = OLD_SQ + 1});
    if (state == SSCOP_OUT_RECOV || state == SSCOP_RECOV_RESP)
        feed(s, (struct sscop_pdu){.type = SSCOP_STAT, .n_ps = 5}); /* no such POLL was sent */
    if (state == SSCOP_RECOV_RESP)
        feed(s, (struct sscop_pdu){.type = SSCOP_ERAK});
    if (state == SSCOP_IN_RECOV)
        feed(s, (struct sscop_pdu){.type = SSCOP_ER, .n_sq = OLD_SQ + 1});
    assert_int_equal(sscop_state_of(s), state);
    s->vr_sq = OLD_SQ;
    s->vr_sq_known = true;
    drain(s);
    return s;
}

static void timer_expire(struct sscop *s, enum sscop_event event)
{
    static const struct {
        enum sscop_event event;
        enum sscop_timer timer;
    } timers[] = {
        {EV_CC_MORE, TIMER_CC},    {EV_CC_LAST, TIMER_CC},
        {EV_EXP_POLL, TIMER_POLL}, {EV_EXP_KEEP_ALIVE, TIMER_KEEP_ALIVE},
        {EV_EXP_IDLE, TIMER_IDLE}, {EV_EXP_NO_RESPONSE, TIMER_NO_RESPONSE},
    };
    if (event == EV_CC_LAST)
        s->vt_cc = s->options.cc_count_max;
    if (event == EV_EXP_KEEP_ALIVE || event == EV_EXP_IDLE)
        sscop_timer_stop(s, TIMER_POLL);
    if (event == EV_EXP_IDLE)
        sscop_timer_stop(s, TIMER_NO_RESPONSE);
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
        if (timers[i].event == event)
            s->deadline_ms[timers[i].timer] = s->now_ms + 1;
    assert_int_equal(sscop_expire(s, s->now_ms + 1), SAAL_OK);
}

static enum saal_result event_cause(struct sscop *s, enum sscop_event event)
{
    static const uint8_t types[SSCOP_EVENT_COUNT] = {
        [EV_BGN_NEW] = SSCOP_BGN, [EV_BGN_DUP] = SSCOP_BGN, [EV_BGAK] = SSCOP_BGAK,
        [EV_BGREJ] = SSCOP_BGREJ, [EV_END] = SSCOP_END,     [EV_ENDAK] = SSCOP_ENDAK,
        [EV_RS_NEW] = SSCOP_RS,   [EV_RS_DUP] = SSCOP_RS,   [EV_RSAK] = SSCOP_RSAK,
        [EV_ER_NEW] = SSCOP_ER,   [EV_ER_DUP] = SSCOP_ER,   [EV_ERAK] = SSCOP_ERAK,
        [EV_SD] = SSCOP_SD,       [EV_POLL] = SSCOP_POLL,   [EV_STAT] = SSCOP_STAT,
        [EV_USTAT] = SSCOP_USTAT,
    };
    if (event <= EV_RSP_RECOVER)
        return sscop_request(s, s->now_ms, (enum sscop_request)event, NULL, 0);
    if (event == EV_REQ_DATA) {
        struct saal_buffer *sdu = saal_buffer_get(pool, 4);
        enum saal_result result = sscop_send(s, s->now_ms, sdu);
        if (result != SAAL_OK)
            saal_buffer_release(sdu);
        return result;
    }
    if (event == EV_RECOVER) {
        sscop_step(s, EV_RECOVER, &(struct sscop_input){.pdu = NULL});
        return SAAL_OK;
    }
    if (event == EV_WIRE_LOST)
        return sscop_wire_lost(s, s->now_ms);
    if (types[event] == 0) {
        timer_expire(s, event);
        return SAAL_OK;
    }
    bool is_dup = event == EV_BGN_DUP || event == EV_RS_DUP || event == EV_ER_DUP;
    bool is_new = event == EV_BGN_NEW || event == EV_RS_NEW || event == EV_ER_NEW;
    if (event == EV_STAT && s->state == SSCOP_READY)
        s->vt_ps = 1; /* the POLL that this one answers */
    feed(s, (struct sscop_pdu){
                .type = types[event],
                .n_sq = is_dup   ? OLD_SQ
                        : is_new ? NEW_SQ
                                 : 0,
                .from_sscop = event == EV_END,
                .n_ps = event == EV_POLL || event == EV_STAT ? 1 : 0,
                .list_count = event == EV_USTAT ? 2 : 0,
            });
    return SAAL_OK;
}

static void word_add(char *line, size_t size, const char *word, int number)
{
    size_t used = strlen(line);
    int wrote = snprintf(line + used, size - used, used ? " %s" : "%s", word);
    assert_true(wrote > 0);
    used += (size_t)wrote;
    if (number >= 0)
        snprintf(line + used, size - used, "%d", number);
}

/* Errors, then frames, then signals, then the next state. */
static void outcome_print(struct sscop *s, enum sscop_state before, char *line, size_t size)
{
    static const char *const words[SAAL_EVENT_KIND_COUNT] = {
        [SAAL_AA_ESTABLISH_INDICATION] = "EST.ind", [SAAL_AA_ESTABLISH_CONFIRM] = "EST.conf",
        [SAAL_AA_RELEASE_INDICATION] = "REL",       [SAAL_AA_RELEASE_CONFIRM] = "REL.conf",
        [SAAL_AA_DATA_INDICATION] = "DATA",         [SAAL_AA_RESYNC_INDICATION] = "RESYNC.ind",
        [SAAL_AA_RESYNC_CONFIRM] = "RESYNC.conf",   [SAAL_AA_RECOVER_INDICATION] = "RECOVER.ind",
    };
    char signals[128] = "";
    line[0] = '\0';
    struct saal_event event;
    while (sscop_take_event(s, &event)) {
        char error[3] = {'+', event.error, '\0'};
        if (event.kind == SAAL_MAA_ERROR_INDICATION)
            word_add(line, size, error, -1);
        else
            word_add(signals, sizeof signals, words[event.kind],
                     event.kind == SAAL_AA_RELEASE_INDICATION ? event.source : -1);
        saal_buffer_release(event.buffer);
    }
    for (struct saal_buffer *frame; (frame = sscop_take_frame(s)) != NULL;) {
        struct sscop_pdu pdu;
        assert_int_equal(sscop_pdu_read(frame->data, frame->bytes, &pdu), SSCOP_PDU_GOOD);
        word_add(line, size, sscop_pdu_name(pdu.type), pdu.type == SSCOP_END ? pdu.from_sscop : -1);
        saal_buffer_release(frame);
    }
    if (signals[0])
        word_add(line, size, signals, -1);
    if (s->state != before)
        word_add(line, size, ">", s->state);
    if (!line[0])
        word_add(line, size, "-", -1);
}

static void every_cell_does_what_the_standard_says(void **state)
{
    (void)state;
    for (size_t row = 0; row < SHEET_COUNT; row++) {
        for (unsigned number = SSCOP_IDLE; number <= SSCOP_READY; number++) {
            const char *wanted = sheet[row].cells[number - 1];
            if (!wanted)
                continue;
            struct sscop *s = entity_in((enum sscop_state)number);
            char seen[256] = REFUSED;
            if (event_cause(s, sheet[row].event) == SAAL_OK)
                outcome_print(s, (enum sscop_state)number, seen, sizeof seen);
            if (strcmp(seen, wanted) != 0)
                fail_msg("%s in %s: seen \"%s\", wanted \"%s\"",
                         sscop_event_names[sheet[row].event],
                         sscop_state_name((enum sscop_state)number), seen, wanted);
            sscop_destroy(s);
        }
    }
}

static void every_event_is_decided_in_every_state(void **state)
{
    (void)state;
    assert_int_equal(SHEET_COUNT, SSCOP_EVENT_COUNT);
    for (unsigned event = 0; event < SSCOP_EVENT_COUNT; event++) {
        assert_int_equal(sheet[event].event, event);
        assert_non_null(sscop_event_names[event]);
        for (unsigned number = SSCOP_IDLE; number <= SSCOP_READY; number++) {
            const struct sscop_row *row = &sscop_table[number][event];
            assert_int_not_equal(row->kind, ROW_UNDECIDED);
            /* An event that numbers tell apart comes under its other name in Idle. */
            bool is_never =
                !sheet[event].cells[number - 1] || (event == EV_BGN_DUP && number == SSCOP_IDLE);
            assert_int_equal(row->kind == ROW_NEVER, is_never);
            if (row->kind == ROW_DO)
                assert_in_range(row->next, SSCOP_IDLE, SSCOP_READY);
            if (row->kind == ROW_DATA)
                assert_non_null(row->run);
        }
    }
}

static void unit_data_passes_in_every_state(void **state)
{
    (void)state;
    for (unsigned number = SSCOP_IDLE; number <= SSCOP_READY; number++) {
        struct sscop *s = entity_in((enum sscop_state)number);
        feed(s, (struct sscop_pdu){.type = SSCOP_UD});
        feed(s, (struct sscop_pdu){.type = SSCOP_MD});
        struct saal_event event;
        assert_true(sscop_take_event(s, &event));
        assert_int_equal(event.kind, SAAL_AA_UNITDATA_INDICATION);
        saal_buffer_release(event.buffer);
        assert_true(sscop_take_event(s, &event));
        assert_int_equal(event.kind, SAAL_MAA_UNITDATA_INDICATION);
        saal_buffer_release(event.buffer);
        struct saal_buffer *sdu = saal_buffer_get(pool, 3);
        memcpy(sdu->data, "abc", 3);
        sdu->bytes = 3;
        assert_int_equal(sscop_send_unit(s, s->now_ms, sdu, number % 2 == 0), SAAL_OK);
        struct saal_buffer *frame = sscop_take_frame(s);
        const uint8_t wanted[8] = {'a', 'b', 'c', 0, 0x40 | (number % 2 ? 13 : 14), 0, 0, 0};
        assert_int_equal(frame->bytes, 8);
        assert_memory_equal(frame->data, wanted, 8);
        saal_buffer_release(frame);
        assert_int_equal(sscop_state_of(s), number);
        sscop_destroy(s);
    }
}

static void frames_that_are_no_pdu_are_counted_and_change_nothing(void **state)
{
    (void)state;
    static const uint8_t octets[] = {0, 0, 0, 0, 0, 8, 0, 0, 1};
    for (unsigned number = SSCOP_IDLE; number <= SSCOP_READY; number++) {
        struct sscop *s = entity_in((enum sscop_state)number);
        for (size_t bytes = 0; bytes < sizeof octets; bytes++)
            assert_int_equal(sscop_feed_octets(s, s->now_ms, octets, bytes), SAAL_OK);
        assert_int_equal(sscop_counters_of(s)->malformed, sizeof octets);
        char seen[256];
        outcome_print(s, (enum sscop_state)number, seen, sizeof seen);
        assert_string_equal(seen, "+U +U +U +U +U +U +U +U +U");
        sscop_destroy(s);
    }
}

static int pool_begin(void **state)
{
    (void)state;
    pool = saal_pool_create(1U << 22);
    return pool == NULL;
}

static int pool_end(void **state)
{
    (void)state;
    size_t live_count = saal_pool_live_count(pool);
    saal_pool_destroy(pool);
    return live_count != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_is_decided_in_every_state),
        cmocka_unit_test(every_cell_does_what_the_standard_says),
        cmocka_unit_test(unit_data_passes_in_every_state),
        cmocka_unit_test(frames_that_are_no_pdu_are_counted_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, pool_begin, pool_end);
}
