/* SPDX-License-Identifier: MIT */
/* The codec: what is encoded is decoded again, whatever arrives is survived, and the octets are
 * those of SIG 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "generate.h"
#include "uni/message.h"
#include "uni/tables.h"

enum { ROUNDS = 200 };

/* A copy whose end is the end of its memory: sanitizers see one octet too far. */
static uint8_t *exact(const uint8_t *bytes, size_t byte_count)
{
    uint8_t *const copy = malloc(byte_count ? byte_count : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, byte_count);
    return copy;
}

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t count = 0;
    unsigned octet;
    int used;

    while (sscanf(hex, " %2x%n", &octet, &used) == 1) {
        out[count++] = (uint8_t)octet;
        hex += used;
    }
    return count;
}

static void decoding_what_was_encoded_gives_the_same_message(void **state)
{
    static struct uni_message sent, received;
    struct generator generator;
    uint8_t out[UNI_MESSAGE_BYTES_MAX];

    (void)state;
    generator_init(&generator, 1);
    for (unsigned index = 0; generator_type(index); index++)
        for (unsigned round = 0; round < ROUNDS; round++)
            for (unsigned variant = 0; variant < 4; variant++) {
                const enum uni_version version = variant & 1 ? UNI_40 : UNI_31;
                const enum uni_direction direction =
                    variant & 2 ? UNI_NETWORK_TO_USER : UNI_USER_TO_NETWORK;
                const uint8_t type = generator_type(index);

                if (!uni_type_known(type, version))
                    continue;
                generate_message(&generator, type, version, direction, &sent);
                const size_t size = uni_encode(&sent, out);

                assert_true(size >= UNI_HEADER_BYTES);
                assert_int_equal(uni_decode(&received, out, size), UNI_DECODE_OK);
                assert_int_equal(received.fault_count, 0);
                assert_false(received.length_wrong);
                assert_true(uni_message_equal(&sent, &received));
                assert_int_equal(uni_check(&received, version, direction).reaction, UNI_PROCESS);
                assert_true(uni_message_equal(&sent, &received));
            }
}

static void every_element_survives_in_any_message(void **state)
{
    static struct uni_message sent, received;
    static char text[8192];
    struct generator generator;
    uint8_t out[UNI_MESSAGE_BYTES_MAX];
    uint64_t seen = 0;

    (void)state;
    generator_init(&generator, 2);
    for (unsigned round = 0; round < 2000; round++) {
        generate_anything(&generator, &sent);
        seen |= sent.has;
        const size_t size = uni_encode(&sent, out);

        assert_true(size > 0);
        assert_int_equal(uni_decode(&received, out, size), UNI_DECODE_OK);
        assert_true(uni_message_equal(&sent, &received));
        assert_true(uni_print(&received, text, sizeof(text)) < sizeof(text));
    }
    assert_true(seen == (UINT64_C(1) << UNI_IE_COUNT) - 1);
}

static void a_message_cut_anywhere_is_survived_and_encodes_again(void **state)
{
    static struct uni_message message, again;
    struct generator generator;
    uint8_t out[UNI_MESSAGE_BYTES_MAX], second[UNI_MESSAGE_BYTES_MAX];

    (void)state;
    generator_init(&generator, 3);
    for (unsigned index = 0; generator_type(index); index++)
        for (unsigned round = 0; round < 3; round++) {
            generate_message(&generator, generator_type(index), UNI_40, UNI_USER_TO_NETWORK,
                             &message);
            const size_t size = uni_encode(&message, out);

            for (size_t cut = 0; cut < size; cut++) {
                uint8_t *const bytes = exact(out, cut);
                const enum uni_decode_result result = uni_decode(&message, bytes, cut);

                assert_int_equal(result, cut < 9 ? UNI_DECODE_SHORT : UNI_DECODE_OK);
                if (result == UNI_DECODE_OK) {
                    assert_true(message.length_wrong);
                    const size_t length = uni_encode(&message, second);

                    assert_int_not_equal(length, 0);
                    assert_int_equal(uni_decode(&again, second, length), UNI_DECODE_OK);
                    assert_true(uni_message_equal(&message, &again));
                    uni_check(&message, UNI_40, UNI_USER_TO_NETWORK);
                }
                free(bytes);
            }
        }
}

static void octets_changed_at_random_are_survived(void **state)
{
    static struct uni_message message, again;
    struct generator generator;
    uint8_t out[UNI_MESSAGE_BYTES_MAX], second[UNI_MESSAGE_BYTES_MAX];

    (void)state;
    generator_init(&generator, 4);
    for (unsigned round = 0; round < 20000; round++) {
        generate_message(&generator, generator_type(round % UNI_INDEX_COUNT), UNI_40,
                         UNI_USER_TO_NETWORK, &message);
        const size_t size = uni_encode(&message, out);

        for (unsigned change = 0; change < 3; change++)
            out[9 + generator_below(&generator, (uint32_t)size - 8) - 1] =
                (uint8_t)generator_below(&generator, 256);
        out[0] = 9;
        assert_true(uni_decode(&message, out, size) == UNI_DECODE_OK);
        const size_t length = uni_encode(&message, second);

        assert_int_not_equal(length, 0);
        assert_int_equal(uni_decode(&again, second, length), UNI_DECODE_OK);
        assert_true(uni_message_equal(&message, &again));
        assert_int_equal(again.fault_count, 0);
    }
}

/* SIG 10.1 to 10.4, without pad and trailer. */
static const char add_party_octets[] = "09 03 00 00 12 80 80 00 29 70 80 00 15 82"
                                       "47 00 05 80 FF E1 00 00 00 F2 1A 2B 3C 00 20 EA 00 01 01 00"
                                       "54 80 00 03 00 00 01 7E 80 00 05 00 50 49 4E 47";

static void the_worked_octets_mean_what_the_reference_says(void **state)
{
    struct uni_message m;
    uint8_t bytes[128], out[UNI_MESSAGE_BYTES_MAX];
    size_t size = from_hex(add_party_octets, bytes);

    (void)state;
    assert_int_equal(size, 50);
    assert_int_equal(uni_decode(&m, bytes, size), UNI_DECODE_OK);
    assert_int_equal(m.type, UNI_ADD_PARTY);
    assert_int_equal(m.call_ref, 0x12);
    assert_int_equal(m.called_number->plan, 2);
    assert_int_equal(m.endpoint_ref->id, 1);
    assert_int_equal(m.endpoint_ref->flag, 0);
    assert_int_equal(m.user_user->octets.byte_count, 4);
    assert_memory_equal(m.user_user->octets.bytes, "PING", 4);
    assert_true(m.user_user->octets.bytes > bytes && m.user_user->octets.bytes < bytes + size);
    assert_int_equal(uni_check(&m, UNI_40, UNI_USER_TO_NETWORK).reaction, UNI_PROCESS);
    assert_int_equal(uni_encode(&m, out), size);
    assert_memory_equal(out, bytes, size);

    size = from_hex("09 03 80 00 12 81 80 00 10 54 80 00 03 00 80 01 7E 80 00 05 00 50 4F 4E 47",
                    bytes);
    assert_int_equal(uni_decode(&m, bytes, size), UNI_DECODE_OK);
    assert_int_equal(m.call_ref_flag, 1);
    assert_int_equal(m.endpoint_ref->flag, 1);
    assert_int_equal(uni_encode(&m, out), size);
    assert_memory_equal(out, bytes, size);

    size = from_hex("09 03 00 00 12 83 80 00 16 08 80 00 02 80 90 54 80 00 03 00 00 01"
                    "7E 80 00 05 00 42 59 45 21",
                    bytes);
    assert_int_equal(uni_decode(&m, bytes, size), UNI_DECODE_OK);
    assert_int_equal(m.cause->value, 16);
    assert_int_equal(uni_encode(&m, out), size);
    assert_memory_equal(out, bytes, size);
}

static void the_protocols_of_a_blli_have_the_known_octets(void **state)
{
    static const struct {
        const char *octets;
        uint8_t ipi_high, ipi_low, has_snap;
    } cases[] = {{"6B 66 80", 0x66, 0, 0},
                 {"6B 41 C0", 0x41, 1, 0},
                 {"6B 40 80 80 00 A0 3E 00 01", 0x40, 0, 1}};

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct uni_message m;
        uint8_t bytes[64], out[UNI_MESSAGE_BYTES_MAX];
        const size_t contents = from_hex(cases[i].octets, bytes + 13);
        const uint8_t head[] = {
            9, 3, 0, 0, 1, 5, 0x80, 0, (uint8_t)(contents + 4), 0x5F, 0x80, 0, (uint8_t)contents};

        memcpy(bytes, head, sizeof(head));
        assert_int_equal(uni_decode(&m, bytes, 13 + contents), UNI_DECODE_OK);
        assert_int_equal(m.fault_count, 0);
        assert_int_equal(m.blli->l3_protocol, 0x0B);
        assert_int_equal(m.blli->ipi_high, cases[i].ipi_high);
        assert_int_equal(m.blli->ipi_low, cases[i].ipi_low);
        assert_int_equal(m.blli->has_snap, cases[i].has_snap);
        if (cases[i].has_snap) {
            assert_int_equal(m.blli->snap_oui, 0x00A03E);
            assert_int_equal(m.blli->snap_pid, 1);
        }
        assert_int_equal(uni_encode(&m, out), 13 + contents);
        assert_memory_equal(out, bytes, 13 + contents);
    }
}

static void a_repeated_blli_counts_only_behind_a_repeat_indicator(void **state)
{
    struct uni_message m;
    uint8_t bytes[64];
    size_t size = from_hex("09 03 00 00 01 05 80 00 0A 5F 80 00 01 CC 5F 80 00 01 C9", bytes);

    (void)state;
    assert_int_equal(uni_decode(&m, bytes, size), UNI_DECODE_OK);
    assert_int_equal(m.count[UNI_IE_BLLI], 1);
    assert_int_equal(m.blli[0].l2_protocol, 0x0C);
    size =
        from_hex("09 03 00 00 01 05 80 00 0F 63 80 00 01 82 5F 80 00 01 CC 5F 80 00 01 C9", bytes);
    assert_int_equal(uni_decode(&m, bytes, size), UNI_DECODE_OK);
    assert_int_equal(m.count[UNI_IE_BLLI], 2);
    assert_int_equal(m.blli[1].l2_protocol, 0x09);
}

static void frames_that_are_not_ours_are_told_apart(void **state)
{
    struct uni_message m;
    const uint8_t pnni[] = {0xF0, 3, 0, 0, 1, 5, 0x80, 0, 0};
    const uint8_t reference[] = {9, 2, 0, 0, 1, 5, 0x80, 0, 0};

    (void)state;
    assert_int_equal(uni_decode(&m, pnni, sizeof(pnni)), UNI_DECODE_PROTOCOL);
    assert_int_equal(uni_decode(&m, reference, sizeof(reference)), UNI_DECODE_REFERENCE);
    assert_int_equal(uni_decode(&m, pnni, 8), UNI_DECODE_SHORT);
}

static void an_element_that_breaks_its_description_is_not_encoded(void **state)
{
    struct uni_message m;
    uint8_t out[UNI_MESSAGE_BYTES_MAX];
    static const uint8_t octets[200];

    (void)state;
    uni_message_init(&m, UNI_DROP_PARTY, 1, 0);
    UNI_ADD(&m, USER_USER, user_user)->octets = (struct uni_view){octets, 129};
    assert_int_equal(uni_encode(&m, out), 0);
    m.user_user->octets.byte_count = 128;
    assert_int_equal(uni_encode(&m, out), 9 + 4 + 129);
    assert_null(UNI_ADD(&m, USER_USER, user_user));
    m.count[UNI_IE_USER_USER] = 2;
    assert_int_equal(uni_encode(&m, out), 0);
    uni_message_init(&m, UNI_SETUP, 1, 0);
    UNI_ADD(&m, TRAFFIC, traffic)->tags = 0xFFFF;
    assert_int_equal(uni_encode(&m, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoding_what_was_encoded_gives_the_same_message),
        cmocka_unit_test(every_element_survives_in_any_message),
        cmocka_unit_test(a_message_cut_anywhere_is_survived_and_encodes_again),
        cmocka_unit_test(octets_changed_at_random_are_survived),
        cmocka_unit_test(the_worked_octets_mean_what_the_reference_says),
        cmocka_unit_test(the_protocols_of_a_blli_have_the_known_octets),
        cmocka_unit_test(a_repeated_blli_counts_only_behind_a_repeat_indicator),
        cmocka_unit_test(frames_that_are_not_ours_are_told_apart),
        cmocka_unit_test(an_element_that_breaks_its_description_is_not_encoded),
    };

    return cmocka_run_group_tests_name("uni/message", tests, NULL, NULL);
}
