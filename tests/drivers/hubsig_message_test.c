/* SPDX-License-Identifier: MIT */
/* Messages of the hub's signalling: what is written is read back, and nothing malformed is
 * taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "message.h"

static struct hubsig_message sample(enum hubsig_type type)
{
    static const uint8_t data[5] = {9, 8, 7, 6, 5};
    uint32_t parts = hubsig_type_parts(type);
    struct hubsig_message message = {.type = type, .from_ref = 0x01000007};
    assert_true(hubsig_name_set(&message.to, "leaf-1", 6));
    assert_true(hubsig_name_set(&message.from, "root.station", 12));
    if (parts & PART_OFFER) {
        message.multipoint = true;
        message.channel = 0x00010020;
        message.endpoint = 3;
        message.element_count = 1;
        memset(message.called, 0x49, sizeof(message.called));
        memset(message.calling, 0x47, sizeof(message.calling));
    } else {
        message.to_ref = 0x02000001;
    }
    if (parts & PART_FLOWS)
        for (uint32_t i = 0; i < 8; i++) {
            message.forward.field[i] = 0xf0000000u + i;
            message.backward.field[i] = 0x0b000000u + i;
        }
    if (parts & PART_STATUS)
        message.status = 0xC0010024u;
    if (parts & PART_DATA) {
        message.data = data;
        message.data_bytes = sizeof(data);
    }
    return message;
}

static uint8_t *encoded(const struct hubsig_message *message, size_t *bytes)
{
    *bytes = hubsig_message_bytes(message);
    uint8_t *out = malloc(*bytes); /* exactly as long, so that a sanitizer sees one byte too many */
    assert_non_null(out);
    hubsig_encode(message, out);
    return out;
}

static void every_message_is_read_back_as_it_was_written(void **state)
{
    (void)state;
    for (int type = 1; type < HUBSIG_TYPES; type++) {
        struct hubsig_message in = sample((enum hubsig_type)type), out;
        size_t bytes;
        uint8_t *wire = encoded(&in, &bytes);
        assert_null(hubsig_decode(wire, bytes, &out));
        assert_int_equal(in.data_bytes, out.data_bytes);
        if (in.data_bytes)
            assert_memory_equal(in.data, out.data, in.data_bytes);
        out.data = in.data; /* the rest is equal field by field */
        assert_int_equal(in.type, out.type);
        assert_true(hubsig_name_equal(&in.to, &out.to));
        assert_true(hubsig_name_equal(&in.from, &out.from));
        assert_int_equal(in.to_ref, out.to_ref);
        assert_int_equal(in.from_ref, out.from_ref);
        assert_int_equal(in.multipoint, out.multipoint);
        assert_int_equal(in.channel, out.channel);
        assert_int_equal(in.endpoint, out.endpoint);
        assert_int_equal(in.element_count, out.element_count);
        assert_memory_equal(in.called, out.called, sizeof(in.called));
        assert_memory_equal(in.calling, out.calling, sizeof(in.calling));
        assert_memory_equal(&in.forward, &out.forward, sizeof(in.forward));
        assert_memory_equal(&in.backward, &out.backward, sizeof(in.backward));
        assert_int_equal(in.status, out.status);
        free(wire);
    }
}

static void a_message_cut_short_anywhere_is_refused(void **state)
{
    (void)state;
    for (int type = 1; type < HUBSIG_TYPES; type++) {
        struct hubsig_message in = sample((enum hubsig_type)type), out;
        size_t bytes;
        uint8_t *wire = encoded(&in, &bytes);
        for (size_t kept = 0; kept < bytes; kept++) {
            uint8_t *part = malloc(kept ? kept : 1);
            assert_non_null(part);
            memcpy(part, wire, kept);
            assert_non_null(hubsig_decode(part, kept, &out));
            if (kept >= 8) { /* also with a length that claims to be right */
                part[4] = 0;
                part[5] = 0;
                part[6] = (uint8_t)(kept >> 8);
                part[7] = (uint8_t)kept;
                assert_non_null(hubsig_decode(part, kept, &out));
            }
            free(part);
        }
        free(wire);
    }
}

/* Any change of a byte is refused, or gives another message that is within its bounds. */
static void a_changed_byte_never_leads_out_of_the_message(void **state)
{
    (void)state;
    for (int type = 1; type < HUBSIG_TYPES; type++) {
        struct hubsig_message in = sample((enum hubsig_type)type), out;
        size_t bytes;
        uint8_t *wire = encoded(&in, &bytes);
        for (size_t at = 0; at < bytes; at++) {
            uint8_t kept = wire[at];
            for (unsigned value = 0; value < 256; value++) {
                wire[at] = (uint8_t)value;
                if (hubsig_decode(wire, bytes, &out))
                    continue;
                assert_int_equal(hubsig_message_bytes(&out), bytes);
                if (out.data_bytes)
                    assert_true(out.data >= wire && out.data + out.data_bytes <= wire + bytes);
            }
            wire[at] = kept;
        }
        free(wire);
    }
}

static void assert_refused(struct hubsig_message message, size_t at, uint8_t value)
{
    struct hubsig_message out;
    size_t bytes;
    uint8_t *wire = encoded(&message, &bytes);
    assert_null(hubsig_decode(wire, bytes, &out));
    wire[at] = value;
    assert_non_null(hubsig_decode(wire, bytes, &out));
    free(wire);
}

static void each_field_with_a_bound_is_checked(void **state)
{
    (void)state;
    assert_refused(sample(HUBSIG_SETUP), 0, 'H');
    assert_refused(sample(HUBSIG_SETUP), 2, 2);
    assert_refused(sample(HUBSIG_SETUP), 3, 0);
    assert_refused(sample(HUBSIG_SETUP), 3, HUBSIG_TYPES);
    assert_refused(sample(HUBSIG_SETUP), 7, 0);
    assert_refused(sample(HUBSIG_SETUP), 8, 0);
    assert_refused(sample(HUBSIG_SETUP), 8, 13);
    assert_refused(sample(HUBSIG_SETUP), 9, '/');
    assert_refused(sample(HUBSIG_SETUP), 23, 1);
    assert_refused(sample(HUBSIG_SETUP), 40, 1); /* an offer that names a call */
    assert_refused(sample(HUBSIG_SETUP), 51, 2); /* an unknown flag            */
    assert_refused(sample(HUBSIG_ADD_PARTY), 51, 0);
    struct hubsig_message no_channel = sample(HUBSIG_SETUP);
    no_channel.channel = 0x20;
    assert_refused(no_channel, 55, 0);
    assert_refused(sample(HUBSIG_RELEASE), 52 + 3, 6); /* more data than there is */
    assert_refused(sample(HUBSIG_RELEASE), 52 + 3, 4); /* less: bytes left over   */
    struct hubsig_message no_call = sample(HUBSIG_CONNECT_ACK);
    no_call.to_ref = 1;
    assert_refused(no_call, 43, 0);
}

static void data_over_its_maximum_is_refused(void **state)
{
    (void)state;
    uint8_t *data = calloc(1, HUBSIG_CLOSE_BYTES_MAX + 1);
    assert_non_null(data);
    struct hubsig_message release = sample(HUBSIG_RELEASE), setup = sample(HUBSIG_SETUP), out;
    release.data = setup.data = data;
    const struct {
        struct hubsig_message *message;
        uint32_t bytes_max;
    } cases[] = {{&release, HUBSIG_CLOSE_BYTES_MAX}, {&setup, HUBSIG_ELEMENT_BYTES_MAX}};
    for (size_t i = 0; i < 2; i++)
        for (uint32_t over = 0; over < 2; over++) {
            size_t bytes;
            cases[i].message->data_bytes = cases[i].bytes_max + over;
            uint8_t *wire = encoded(cases[i].message, &bytes);
            assert_int_equal(hubsig_decode(wire, bytes, &out) != NULL, over);
            free(wire);
        }
    free(data);
}

static void a_name_is_1_to_12_plain_characters(void **state)
{
    (void)state;
    struct hubsig_name name;
    assert_true(hubsig_name_set(&name, "a", 1));
    assert_true(hubsig_name_set(&name, "Az09._-Az09.", 12));
    assert_false(hubsig_name_set(&name, "", 0));
    assert_false(hubsig_name_set(&name, "Az09._-Az09.x", 13));
    assert_false(hubsig_name_set(&name, "a b", 3));
    assert_false(hubsig_name_set(&name, "a\0b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_is_read_back_as_it_was_written),
        cmocka_unit_test(a_message_cut_short_anywhere_is_refused),
        cmocka_unit_test(a_changed_byte_never_leads_out_of_the_message),
        cmocka_unit_test(each_field_with_a_bound_is_checked),
        cmocka_unit_test(data_over_its_maximum_is_refused),
        cmocka_unit_test(a_name_is_1_to_12_plain_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
