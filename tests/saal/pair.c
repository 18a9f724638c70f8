/* SPDX-License-Identifier: MIT */
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

void pair_begin(struct pair *pair, uint64_t seed, const struct sscop_options *options)
{
    *pair = (struct pair){.random = seed * 2 + 1, .delay_ms = 1};
    struct sscop_options defaults;
    sscop_options_default(&defaults);
    pair->pool = saal_pool_create(1U << 28);
    assert_non_null(pair->pool);
    for (int i = 0; i < 2; i++) {
        pair->end[i].sscop = sscop_create(options ? options : &defaults, pair->pool);
        pair->end[i].wire = calloc(PAIR_WIRE_FRAMES_MAX, sizeof(struct pair_frame));
        assert_non_null(pair->end[i].sscop);
        assert_non_null(pair->end[i].wire);
    }
}

void pair_end(struct pair *pair)
{
    for (int i = 0; i < 2; i++) {
        struct pair_end *end = &pair->end[i];
        sscop_destroy(end->sscop);
        for (; end->wire_first != end->wire_next; end->wire_first++)
            saal_buffer_release(end->wire[end->wire_first % PAIR_WIRE_FRAMES_MAX].buffer);
        free(end->wire);
    }
    assert_int_equal(saal_pool_live_count(pair->pool), 0);
    saal_pool_destroy(pair->pool);
}

uint32_t pair_random(struct pair *pair, uint32_t below)
{
    pair->random = pair->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(pair->random >> 33) % below;
}

static void event_see(struct pair *pair, struct pair_end *end, const struct saal_event *event)
{
    switch (event->kind) {
    case SAAL_AA_DATA_INDICATION: {
        assert_int_equal(event->bytes, 4 + sscop_word_read(event->data) % 5);
        uint32_t number = sscop_word_read(event->data);
        assert_true(number >= end->expected); /* in order, and never twice */
        end->skipped += number - end->expected;
        end->expected = number + 1;
        end->delivered++;
        return;
    }
    case SAAL_MAA_ERROR_INDICATION:
        end->errors[(unsigned char)event->error]++;
        return;
    case SAAL_AA_RELEASE_INDICATION:
    case SAAL_AA_RELEASE_CONFIRM:
        end->released++;
        break;
    default:
        end->epochs++;
        break;
    }
    end->last_kind = event->kind;
    if (pair->leave_answers)
        return;
    if (event->kind == SAAL_AA_ESTABLISH_INDICATION)
        sscop_request(end->sscop, pair->now_ms, SSCOP_ESTABLISH_RESPONSE, NULL, 0);
    if (event->kind == SAAL_AA_RESYNC_INDICATION)
        sscop_request(end->sscop, pair->now_ms, SSCOP_RESYNC_RESPONSE, NULL, 0);
    if (event->kind == SAAL_AA_RECOVER_INDICATION)
        sscop_request(end->sscop, pair->now_ms, SSCOP_RECOVER_RESPONSE, NULL, 0);
}

static void wire_put(struct pair *pair, struct pair_end *to, struct saal_buffer *frame)
{
    assert_true(to->wire_next - to->wire_first < PAIR_WIRE_FRAMES_MAX);
    to->wire[to->wire_next++ % PAIR_WIRE_FRAMES_MAX] =
        (struct pair_frame){saal_buffer_hold(frame), pair->now_ms + pair->delay_ms};
    bool has_before = to->wire_next - to->wire_first >= 2;
    if (has_before && pair_random(pair, 1000) < pair->overtaken) {
        struct pair_frame *a = &to->wire[(to->wire_next - 1) % PAIR_WIRE_FRAMES_MAX];
        struct pair_frame *b = &to->wire[(to->wire_next - 2) % PAIR_WIRE_FRAMES_MAX];
        struct saal_buffer *swap = a->buffer;
        a->buffer = b->buffer;
        b->buffer = swap;
    }
}

static void end_take(struct pair *pair, int index)
{
    struct pair_end *end = &pair->end[index];
    struct pair_end *to = &pair->end[!index];
    struct saal_event event;
    while (sscop_take_event(end->sscop, &event)) {
        event_see(pair, end, &event);
        saal_buffer_release(event.buffer);
    }
    for (struct saal_buffer *frame; (frame = sscop_take_frame(end->sscop)) != NULL;) {
        if (!pair->cut && pair_random(pair, 1000) >= pair->lost)
            wire_put(pair, to, frame);
        if (!pair->cut && pair_random(pair, 1000) < pair->doubled)
            wire_put(pair, to, frame);
        saal_buffer_release(frame);
    }
}

static uint64_t next_ms(const struct pair *pair)
{
    uint64_t next = UINT64_MAX;
    for (int i = 0; i < 2; i++) {
        const struct pair_end *end = &pair->end[i];
        uint64_t at = sscop_deadline_ms(end->sscop);
        if (at < next)
            next = at;
        if (end->wire_first != end->wire_next) {
            at = end->wire[end->wire_first % PAIR_WIRE_FRAMES_MAX].at_ms;
            next = at < next ? at : next;
        }
    }
    return next;
}

void pair_run(struct pair *pair, uint64_t until_ms)
{
    for (;;) {
        end_take(pair, 0);
        end_take(pair, 1);
        uint64_t next = next_ms(pair);
        if (next > until_ms)
            break;
        pair->now_ms = next > pair->now_ms ? next : pair->now_ms;
        for (int i = 0; i < 2; i++) {
            struct pair_end *end = &pair->end[i];
            struct pair_frame *first = &end->wire[end->wire_first % PAIR_WIRE_FRAMES_MAX];
            if (end->wire_first != end->wire_next && first->at_ms <= pair->now_ms) {
                end->wire_first++;
                assert_int_equal(sscop_feed(end->sscop, pair->now_ms, first->buffer), SAAL_OK);
                saal_buffer_release(first->buffer);
            }
            assert_int_equal(sscop_expire(end->sscop, pair->now_ms), SAAL_OK);
        }
    }
    pair->now_ms = until_ms;
}

void pair_connect(struct pair *pair)
{
    assert_int_equal(
        sscop_request(pair->end[0].sscop, pair->now_ms, SSCOP_ESTABLISH_REQUEST, NULL, 0), SAAL_OK);
    pair_run(pair, pair->now_ms + 10);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sscop_state_of(pair->end[i].sscop), SSCOP_READY);
        pair->end[i].epochs = 0;
    }
}

enum saal_result pair_send(struct pair *pair, int from)
{
    struct pair_end *end = &pair->end[from];
    struct saal_buffer *sdu = saal_buffer_get(pair->pool, 8);
    assert_non_null(sdu);
    sscop_word_write(sdu->data, end->asked);
    sscop_word_write(sdu->data + 4, 0);
    sdu->bytes = 4 + end->asked % 5;
    enum saal_result result = sscop_send(end->sscop, pair->now_ms, sdu);
    if (result == SAAL_OK)
        end->asked++;
    else
        saal_buffer_release(sdu);
    return result;
}
