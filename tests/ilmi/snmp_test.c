/* SPDX-License-Identifier: MIT */
/* The SNMP codec: known octets both ways, every cut and every changed octet, random messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ilmi/snmp.h"

/* Set, request 7: atmfNetPrefixStatus of port 0 and a 13-octet prefix becomes valid. */
static const uint8_t set_prefix[] = {
    0x30, 0x38, 0x02, 0x01, 0x00, 0x04, 0x04, 'I',  'L',  'M',  'I',  0xa3, 0x2d, 0x02, 0x01,
    0x07, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x22, 0x30, 0x20, 0x06, 0x1b, 0x2b, 0x06,
    0x01, 0x04, 0x01, 0x82, 0x61, 0x02, 0x07, 0x01, 0x01, 0x03, 0x00, 0x0d, 0x47, 0x00, 0x05,
    0x01, 0x7f, 0x61, 0x00, 0x00, 0x00, 0x12, 0x1a, 0x2b, 0x3c, 0x02, 0x01, 0x01};

static void known_octets_decode_and_encode(void **state)
{
    (void)state;
    static const uint32_t arcs[] = {1,    3, 6, 1, 4,   1,    353, 2, 7, 1,    1,    3,    0,   13,
                                    0x47, 0, 5, 1, 127, 0x61, 0,   0, 0, 0x12, 0x1a, 0x2b, 0x3c};
    struct snmp_message message;
    assert_true(snmp_decode(set_prefix, sizeof(set_prefix), &message));
    assert_int_equal(message.pdu, SNMP_SET);
    assert_int_equal(message.request_id, 7);
    assert_int_equal(message.binding_count, 1);
    assert_int_equal(message.bindings[0].name.arc_count, sizeof(arcs) / sizeof(arcs[0]));
    assert_memory_equal(message.bindings[0].name.arcs, arcs, sizeof(arcs));
    assert_int_equal(message.bindings[0].type, SNMP_INTEGER);
    assert_int_equal(message.bindings[0].number, 1);
    uint8_t octets[SNMP_MESSAGE_BYTES_MAX];
    assert_int_equal(snmp_encode(&message, octets), sizeof(set_prefix));
    assert_memory_equal(octets, set_prefix, sizeof(set_prefix));
}

static void no_part_of_a_message_is_a_message(void **state)
{
    (void)state;
    struct snmp_message message;
    for (size_t bytes = 0; bytes < sizeof(set_prefix); bytes++) {
        uint8_t *exact = malloc(bytes + 1);
        memcpy(exact, set_prefix, bytes);
        assert_false(snmp_decode(exact, bytes, &message));
        free(exact);
    }
    uint8_t longer[sizeof(set_prefix) + 1] = {0};
    memcpy(longer, set_prefix, sizeof(set_prefix));
    assert_false(snmp_decode(longer, sizeof(longer), &message));
}

static void any_changed_octet_is_refused_or_encodes_again(void **state)
{
    (void)state;
    uint8_t octets[sizeof(set_prefix)], again[SNMP_MESSAGE_BYTES_MAX];
    struct snmp_message message;
    unsigned refused = 0;
    for (size_t i = 0; i < sizeof(set_prefix); i++) {
        for (unsigned value = 0; value < 256; value++) {
            memcpy(octets, set_prefix, sizeof(octets));
            octets[i] = (uint8_t)value;
            if (!snmp_decode(octets, sizeof(octets), &message)) {
                refused++;
                continue;
            }
            assert_int_equal(snmp_encode(&message, again), sizeof(octets));
            assert_memory_equal(again, octets, sizeof(octets));
        }
    }
    assert_true(refused > 5000); /* the tags, lengths, version and community alone are 26 */
}

static uint32_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void random_name(uint64_t *random, struct snmp_name *name)
{
    name->arc_count = 2 + random_next(random) % 8;
    for (uint32_t i = 0; i < name->arc_count; i++)
        name->arcs[i] = random_next(random) >> random_next(random) % 31;
    name->arcs[0] %= 3;
    name->arcs[1] %= 40;
}

static void random_binding(uint64_t *random, struct snmp_binding *binding)
{
    static const enum snmp_type types[] = {SNMP_INTEGER, SNMP_OCTETS, SNMP_NULL,  SNMP_ADDRESS,
                                           SNMP_COUNTER, SNMP_GAUGE,  SNMP_TICKS, SNMP_OPAQUE};
    static const uint8_t octets[200] = "octets";
    *binding = (struct snmp_binding){.type = types[random_next(random) % 8], .octets = octets};
    random_name(random, &binding->name);
    if (binding->type == SNMP_INTEGER)
        binding->number = (int32_t)(random_next(random) << 1) >> random_next(random) % 32;
    else if (binding->type == SNMP_ADDRESS)
        binding->octet_count = 4;
    else if (binding->type == SNMP_OCTETS || binding->type == SNMP_OPAQUE)
        binding->octet_count = random_next(random) % 150;
    else if (binding->type != SNMP_NULL)
        binding->number = (uint32_t)(random_next(random) << 1) >> random_next(random) % 32;
}

static void is_same(const struct snmp_message *a, const struct snmp_message *b)
{
    assert_int_equal(a->pdu, b->pdu);
    assert_int_equal(a->request_id, b->request_id);
    assert_int_equal(a->error_status, b->error_status);
    assert_int_equal(a->error_index, b->error_index);
    assert_int_equal(a->ticks, b->ticks);
    assert_int_equal(a->generic_trap, b->generic_trap);
    assert_int_equal(a->specific_trap, b->specific_trap);
    if (a->pdu == SNMP_TRAP)
        assert_int_equal(snmp_name_compare(&a->enterprise, &b->enterprise), 0);
    assert_int_equal(a->binding_count, b->binding_count);
    for (uint32_t i = 0; i < a->binding_count; i++) {
        const struct snmp_binding *x = &a->bindings[i], *y = &b->bindings[i];
        assert_int_equal(snmp_name_compare(&x->name, &y->name), 0);
        assert_int_equal(x->type, y->type);
        assert_int_equal(x->number, y->number);
        assert_int_equal(x->octet_count, y->octet_count);
        if (x->octet_count)
            assert_memory_equal(x->octets, y->octets, x->octet_count);
    }
}

static void decoding_what_was_encoded_gives_the_same_message(void **state)
{
    (void)state;
    uint64_t random = 42;
    unsigned fitted = 0;
    for (int round = 0; round < 20000; round++) {
        struct snmp_message message = {.pdu = (enum snmp_pdu)(SNMP_GET + round % 5)}, back;
        message.binding_count = random_next(&random) % (SNMP_BINDING_COUNT_MAX + 1);
        for (uint32_t i = 0; i < message.binding_count; i++)
            random_binding(&random, &message.bindings[i]);
        if (message.pdu == SNMP_TRAP) {
            random_name(&random, &message.enterprise);
            message.generic_trap = (int32_t)random_next(&random);
            message.ticks = random_next(&random) << 1;
        } else {
            message.request_id = (int32_t)(random_next(&random) << 1);
            message.error_status = (int32_t)random_next(&random) % 6;
            message.error_index = -(int32_t)(random_next(&random) % 300);
        }
        uint8_t octets[SNMP_MESSAGE_BYTES_MAX];
        size_t bytes = snmp_encode(&message, octets);
        if (bytes == 0)
            continue; /* longer than a frame may be */
        fitted++;
        assert_true(snmp_decode(octets, bytes, &back));
        is_same(&message, &back);
    }
    assert_true(fitted > 10000);
}

static void names_are_in_the_order_of_objects(void **state)
{
    (void)state;
    static const struct snmp_name names[] = {
        {2, {1, 3}}, {3, {1, 3, 6}}, {3, {1, 3, 7}}, {4, {1, 3, 7, 0}}, {2, {2, 0}}};
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++)
            assert_int_equal(snmp_name_compare(&names[i], &names[k]), (i > k) - (i < k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_octets_decode_and_encode),
        cmocka_unit_test(no_part_of_a_message_is_a_message),
        cmocka_unit_test(any_changed_octet_is_refused_or_encodes_again),
        cmocka_unit_test(decoding_what_was_encoded_gives_the_same_message),
        cmocka_unit_test(names_are_in_the_order_of_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
