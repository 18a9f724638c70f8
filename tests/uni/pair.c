/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pair.h"

static struct uni_message elements;

static const uint8_t aesa[20] = {0x47, 0,    5,    0x80, 0xFF, 0xE1, 0, 0, 0, 0xF2,
                                 0x1A, 0x2B, 0x3C, 0,    0x20, 0xEA, 0, 1, 1, 0};

void pair_begin(struct pair *pair, enum uni_version version, bool trunk)
{
    memset(pair, 0, sizeof(*pair));
    for (int side = LEFT; side <= RIGHT; side++) {
        const struct uni_config config = {
            .side = trunk || side == RIGHT ? UNI_NETWORK : UNI_USER,
            .version = version,
            .peer_is_network = trunk,
            .location = side == RIGHT,
        };

        pair->uni[side] = uni_new(&config);
        assert_non_null(pair->uni[side]);
        assert_int_equal(uni_link(pair->uni[side], 0, UNI_LINK_ESTABLISHED), UNI_OK);
    }
    pair_pump(pair);
    pair_forget(pair);
}

void pair_end(struct pair *pair)
{
    uni_free(pair->uni[LEFT]);
    uni_free(pair->uni[RIGHT]);
}

static void note_frame(struct pair *pair, int side, const struct uni_frame *frame)
{
    struct uni_message m;
    struct pair_frame *const note = &pair->frames[side][pair->frame_count[side]++];

    assert_true(pair->frame_count[side] < PAIR_LOG);
    assert_int_equal(uni_decode(&m, frame->bytes, frame->byte_count), UNI_DECODE_OK);
    *note = (struct pair_frame){.type = m.type};
    if (m.has & UNI_HAS(CAUSE)) {
        note->cause = m.cause[0].value;
        note->cause2 = m.count[UNI_IE_CAUSE] > 1 ? m.cause[1].value : 0;
        note->diagnostic = m.cause[0].diagnostic.byte_count ? m.cause[0].diagnostic.bytes[0] : 0;
    }
    if (m.has & UNI_HAS(ENDPOINT_REF)) {
        note->has_endpoint = true;
        note->endpoint = m.endpoint_ref->id;
        note->endpoint_flag = m.endpoint_ref->flag;
    }
    note->has_data = m.has & UNI_HAS(USER_USER);
    note->call_state = m.has & UNI_HAS(CALL_STATE) ? m.call_state->state : 0xFF;
    note->endpoint_state = m.has & UNI_HAS(ENDPOINT_STATE) ? m.endpoint_state->state : 0xFF;
}

static void note_event(struct pair *pair, int side, const struct uni_event *event)
{
    struct pair_event *const note = &pair->events[side][pair->event_count[side]++];

    assert_true(pair->event_count[side] < PAIR_LOG);
    *note = (struct pair_event){.kind = event->kind,
                                .call = event->call,
                                .cookie = event->call_cookie,
                                .party = event->party,
                                .party_cookie = event->party_cookie,
                                .cause = event->cause};
    if (event->message && (event->message->has & UNI_HAS(USER_USER))) {
        note->data_bytes = (uint8_t)event->message->user_user->octets.byte_count;
        memcpy(note->data, event->message->user_user->octets.bytes, note->data_bytes);
    }
}

void pair_pump(struct pair *pair)
{
    bool moved = true;

    while (moved) {
        moved = false;
        for (int side = LEFT; side <= RIGHT; side++) {
            struct uni_frame frame;
            struct uni_event event;

            while (uni_take_frame(pair->uni[side], &frame)) {
                moved = true;
                note_frame(pair, side, &frame);
                if (!pair->lost[side])
                    assert_int_equal(
                        uni_feed(pair->uni[!side], pair->now_ms, frame.bytes, frame.byte_count),
                        UNI_OK);
            }
            while (uni_take_event(pair->uni[side], &event)) {
                moved = true;
                note_event(pair, side, &event);
            }
        }
    }
}

void pair_wait(struct pair *pair, uint64_t ms)
{
    const uint64_t until = pair->now_ms + ms;

    pair_pump(pair);
    for (;;) {
        const uint64_t left = uni_deadline(pair->uni[LEFT]);
        const uint64_t right = uni_deadline(pair->uni[RIGHT]);
        const uint64_t next = left < right ? left : right;

        pair->now_ms = next < until ? next : until;
        assert_int_equal(uni_advance(pair->uni[LEFT], pair->now_ms), UNI_OK);
        assert_int_equal(uni_advance(pair->uni[RIGHT], pair->now_ms), UNI_OK);
        pair_pump(pair);
        if (next >= until)
            return;
    }
}

const struct pair_event *pair_event(struct pair *pair, int side, enum uni_event_kind kind)
{
    const struct pair_event *const event = &pair->events[side][pair->event_read[side]++];

    if (pair->event_read[side] > pair->event_count[side])
        fail_msg("side %d has no event %d", side, kind);
    assert_int_equal(event->kind, kind);
    return event;
}

const struct pair_frame *pair_frame(struct pair *pair, int side, uint8_t type)
{
    const struct pair_frame *const frame = &pair->frames[side][pair->frame_read[side]++];

    if (pair->frame_read[side] > pair->frame_count[side])
        fail_msg("side %d sent no %s", side, uni_type_name(type));
    assert_string_equal(uni_type_name(frame->type), uni_type_name(type));
    return frame;
}

void pair_quiet(struct pair *pair)
{
    for (int side = LEFT; side <= RIGHT; side++) {
        assert_int_equal(pair->event_read[side], pair->event_count[side]);
        assert_int_equal(pair->frame_read[side], pair->frame_count[side]);
    }
    pair_forget(pair);
}

void pair_forget(struct pair *pair)
{
    for (int side = LEFT; side <= RIGHT; side++)
        pair->event_read[side] = pair->event_count[side] = pair->frame_read[side] =
            pair->frame_count[side] = 0;
}

static void add_called(void)
{
    struct uni_called_number *const number = UNI_ADD(&elements, CALLED_NUMBER, called_number);

    number->plan = 2;
    number->digits = (struct uni_view){aesa, sizeof(aesa)};
}

struct uni_message *pair_connection(void)
{
    struct uni_connection *connection;

    uni_message_init(&elements, 0, 0, 0);
    connection = UNI_ADD(&elements, CONNECTION, connection);
    connection->association = 1;
    connection->vci = 32;
    return &elements;
}

struct uni_message *pair_setup(bool multipoint, bool connection)
{
    uni_message_init(&elements, 0, 0, 0);
    if (connection)
        pair_connection();
    struct uni_traffic *const traffic = UNI_ADD(&elements, TRAFFIC, traffic);
    struct uni_bearer *const bearer = UNI_ADD(&elements, BEARER, bearer);

    traffic->tags = UNI_TAG(FWD_PCR01) | UNI_TAG(BWD_PCR01) | UNI_TAG(BEST_EFFORT);
    traffic->fwd_pcr01 = 1000;
    bearer->class = 0x10;
    bearer->multipoint = multipoint;
    add_called();
    UNI_ADD(&elements, QOS, qos);
    return &elements;
}

struct uni_message *pair_called(void)
{
    uni_message_init(&elements, 0, 0, 0);
    add_called();
    return &elements;
}

struct uni_message *pair_said(uint8_t cause, const char *data)
{
    uni_message_init(&elements, 0, 0, 0);
    if (cause != 0)
        UNI_ADD(&elements, CAUSE, cause)->value = cause & 0x7F;
    if (data)
        UNI_ADD(&elements, USER_USER, user_user)->octets =
            (struct uni_view){(const uint8_t *)data, (uint16_t)strlen(data)};
    return &elements;
}

void pair_call(struct pair *pair, bool multipoint, uint32_t call[2])
{
    assert_int_equal(
        uni_setup(pair->uni[LEFT], pair->now_ms, pair_setup(multipoint, true), 7, &call[LEFT]),
        UNI_OK);
    pair_pump(pair);
    const struct pair_event *const setup = &pair->events[RIGHT][pair->event_count[RIGHT] - 1];

    assert_int_equal(setup->kind, UNI_EVENT_SETUP);
    call[RIGHT] = setup->call;
    assert_int_equal(
        uni_request_call(pair->uni[RIGHT], pair->now_ms, call[RIGHT], UNI_REQUEST_CONNECT, NULL),
        UNI_OK);
    pair_pump(pair);
    if (uni_call_state(pair->uni[LEFT], call[LEFT]) == 8)
        assert_int_equal(uni_request_call(pair->uni[LEFT], pair->now_ms, call[LEFT],
                                          UNI_REQUEST_CONNECT_ACK, NULL),
                         UNI_OK);
    pair_pump(pair);
    assert_int_equal(uni_call_state(pair->uni[LEFT], call[LEFT]), 10);
    assert_int_equal(uni_call_state(pair->uni[RIGHT], call[RIGHT]), 10);
    pair_forget(pair);
}

uint16_t pair_add(struct pair *pair, const uint32_t call[2])
{
    uint16_t id;

    assert_int_equal(
        uni_add_party(pair->uni[LEFT], pair->now_ms, call[LEFT], pair_called(), 8, &id), UNI_OK);
    pair_pump(pair);
    assert_int_equal(uni_request_party(pair->uni[RIGHT], pair->now_ms, call[RIGHT], id,
                                       UNI_REQUEST_ADD_PARTY_ACK, NULL),
                     UNI_OK);
    pair_pump(pair);
    assert_int_equal(uni_party_state(pair->uni[LEFT], call[LEFT], id), 7);
    assert_int_equal(uni_party_state(pair->uni[RIGHT], call[RIGHT], id), 7);
    pair_forget(pair);
    return id;
}

void pair_inject(struct pair *pair, int side, uint8_t type, uint8_t reference_flag,
                 const char *octets)
{
    uint8_t bytes[512];
    size_t count = 9;
    unsigned octet;
    int used;

    while (sscanf(octets, " %2x%n", &octet, &used) == 1) {
        bytes[count++] = (uint8_t)octet;
        octets += used;
    }
    const uint8_t header[] = {
        9, 3, (uint8_t)(reference_flag << 7), 0, 1, type, 0x80, 0, (uint8_t)(count - 9)};

    memcpy(bytes, header, sizeof(header));
    assert_int_equal(uni_feed(pair->uni[!side], pair->now_ms, bytes, count), UNI_OK);
    pair_pump(pair);
}
