/* SPDX-License-Identifier: MIT */
/* SSCF-UNI reads each event that SSCOP queues, once, and turns it in place into what signalling is
 * told: there is one queue, and no order to get wrong. */
#include "saal/saal.h"

#include "saal/sscop_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct saal {
    struct sscop *sscop;
    uint8_t state;     /* enum sscf_state; saal_state_set is its only writer */
    uint32_t event_at; /* the first event of SSCOP that was not read yet */
};

struct saal *saal_create(const struct sscop_options *options, struct saal_pool *pool)
{
    struct saal *saal = calloc(1, sizeof *saal);
    if (!saal)
        return NULL;
    struct sscop_options own = *options;
    own.clear_buffers = true;
    saal->state = SSCF_RELEASED;
    saal->sscop = sscop_create(&own, pool);
    if (!saal->sscop) {
        free(saal);
        return NULL;
    }
    return saal;
}

void saal_destroy(struct saal *saal)
{
    if (!saal)
        return;
    sscop_destroy(saal->sscop);
    free(saal);
}

static void saal_state_set(struct saal *saal, uint8_t next)
{
    saal->state = next;
}

enum sscf_state saal_state(const struct saal *saal)
{
    return saal->state;
}

struct sscop *saal_sscop(struct saal *saal)
{
    return saal->sscop;
}

static const struct sscf_row *saal_row(const struct saal *saal, enum sscf_event event)
{
    const struct sscf_row *row = &sscf_table[saal->state][event];
    assert(row->kind != SSCF_ROW_UNDECIDED);
    assert(row->kind != SSCF_ROW_NEVER);
    return row;
}

/* The responses that SSCF makes. SSCOP is where its indication says, and tells nothing. */
static void respond(struct saal *saal, enum sscf_ask ask)
{
    static const uint8_t events[] = {
        [SSCF_ASK_ESTABLISH_RESPONSE] = EV_RSP_ESTABLISH,
        [SSCF_ASK_RESYNC_RESPONSE] = EV_RSP_RESYNC,
        [SSCF_ASK_RECOVER_RESPONSE] = EV_RSP_RECOVER,
    };
    if (ask == SSCF_ASK_NOTHING)
        return;
    enum saal_result result =
        sscop_step(saal->sscop, events[ask], &(struct sscop_input){.pdu = NULL});
    assert(result == SAAL_OK);
    sscop_check(saal->sscop);
}

static void event_read(struct saal *saal, struct saal_event *event)
{
    static const uint8_t signals[SAAL_EVENT_KIND_COUNT] = {
        [SAAL_AA_ESTABLISH_INDICATION] = SSCF_AA_ESTABLISH_INDICATION,
        [SAAL_AA_ESTABLISH_CONFIRM] = SSCF_AA_ESTABLISH_CONFIRM,
        [SAAL_AA_RELEASE_INDICATION] = SSCF_AA_RELEASE_INDICATION,
        [SAAL_AA_RELEASE_CONFIRM] = SSCF_AA_RELEASE_CONFIRM,
        [SAAL_AA_DATA_INDICATION] = SSCF_AA_DATA_INDICATION,
        [SAAL_AA_RESYNC_INDICATION] = SSCF_AA_RESYNC_INDICATION,
        [SAAL_AA_RESYNC_CONFIRM] = SSCF_AA_RESYNC_CONFIRM,
        [SAAL_AA_RECOVER_INDICATION] = SSCF_AA_RECOVER_INDICATION,
        [SAAL_AA_UNITDATA_INDICATION] = SSCF_AA_UNITDATA_INDICATION,
    };
    if (signals[event->kind] == 0)
        return; /* the management's, or the AAL's already */
    const struct sscf_row *row = saal_row(saal, signals[event->kind]);
    event->kind = row->tell;
    if (row->kind == SSCF_ROW_DISCARD) {
        saal_buffer_release(event->buffer);
        event->buffer = NULL;
    }
    saal_state_set(saal, row->next);
    respond(saal, row->ask);
}

static void events_read(struct saal *saal)
{
    struct sscop *s = saal->sscop;
    while (saal->event_at != s->event_next)
        event_read(saal, &s->events[saal->event_at++ & (s->event_count - 1)]);
}

static enum saal_result connection_request(struct saal *saal, uint64_t now_ms,
                                           enum sscf_event event)
{
    static const enum sscop_request requests[] = {
        [SSCF_ASK_ESTABLISH_REQUEST] = SSCOP_ESTABLISH_REQUEST,
        [SSCF_ASK_RELEASE_REQUEST] = SSCOP_RELEASE_REQUEST,
        [SSCF_ASK_RESYNC_REQUEST] = SSCOP_RESYNC_REQUEST,
    };
    const struct sscf_row *row = saal_row(saal, event);
    if (!sscop_events_fit(saal->sscop, EVENTS_PER_STEP))
        return SAAL_FULL;
    if (row->ask != SSCF_ASK_NOTHING) {
        enum saal_result result = sscop_request(saal->sscop, now_ms, requests[row->ask], NULL, 0);
        assert(result == SAAL_OK);
    }
    if (row->tell != SAAL_NO_EVENT)
        sscop_tell(saal->sscop, &(struct saal_event){.kind = row->tell});
    saal_state_set(saal, row->next);
    events_read(saal);
    return SAAL_OK;
}

enum saal_result saal_establish(struct saal *saal, uint64_t now_ms)
{
    return connection_request(saal, now_ms, SSCF_AAL_ESTABLISH_REQUEST);
}

enum saal_result saal_release(struct saal *saal, uint64_t now_ms)
{
    return connection_request(saal, now_ms, SSCF_AAL_RELEASE_REQUEST);
}

enum saal_result saal_send(struct saal *saal, uint64_t now_ms, struct saal_buffer *sdu)
{
    const struct sscf_row *row = saal_row(saal, SSCF_AAL_DATA_REQUEST);
    if (row->kind == SSCF_ROW_DISCARD)
        return SAAL_WRONG_STATE;
    return sscop_send(saal->sscop, now_ms, sdu);
}

enum saal_result saal_send_octets(struct saal *saal, uint64_t now_ms, const uint8_t *octets,
                                  uint32_t bytes)
{
    if (bytes > saal->sscop->options.sdu_bytes_max)
        return SAAL_TOO_LONG;
    struct saal_buffer *sdu = saal_buffer_get(saal->sscop->pool, bytes);
    if (!sdu)
        return SAAL_NO_MEMORY;
    if (bytes > 0)
        memcpy(sdu->data, octets, bytes);
    sdu->bytes = bytes;
    enum saal_result result = saal_send(saal, now_ms, sdu);
    if (result != SAAL_OK)
        saal_buffer_release(sdu);
    return result;
}

enum saal_result saal_send_unit(struct saal *saal, uint64_t now_ms, struct saal_buffer *sdu)
{
    saal_row(saal, SSCF_AAL_UNITDATA_REQUEST);
    return sscop_send_unit(saal->sscop, now_ms, sdu, false);
}

enum saal_result saal_feed(struct saal *saal, uint64_t now_ms, struct saal_buffer *frame)
{
    enum saal_result result = sscop_feed(saal->sscop, now_ms, frame);
    events_read(saal);
    return result;
}

enum saal_result saal_feed_octets(struct saal *saal, uint64_t now_ms, const uint8_t *octets,
                                  size_t bytes)
{
    enum saal_result result = sscop_feed_octets(saal->sscop, now_ms, octets, bytes);
    events_read(saal);
    return result;
}

enum saal_result saal_expire(struct saal *saal, uint64_t now_ms)
{
    enum saal_result result = sscop_expire(saal->sscop, now_ms);
    events_read(saal);
    return result;
}

enum saal_result saal_wire_lost(struct saal *saal, uint64_t now_ms)
{
    enum saal_result result = sscop_wire_lost(saal->sscop, now_ms);
    events_read(saal);
    return result;
}

uint64_t saal_deadline_ms(const struct saal *saal)
{
    return sscop_deadline_ms(saal->sscop);
}

bool saal_take_event(struct saal *saal, struct saal_event *event)
{
    while (sscop_take_event(saal->sscop, event))
        if (event->kind != SAAL_NO_EVENT)
            return true;
    return false;
}

struct saal_buffer *saal_take_frame(struct saal *saal)
{
    return sscop_take_frame(saal->sscop);
}
