/* SPDX-License-Identifier: MIT */
#include "generate.h"

#include <assert.h>

#include "uni/contents.h"
#include "uni/tables.h"

void generator_init(struct generator *generator, uint64_t seed)
{
    generator->seed = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    for (unsigned i = 0; i < sizeof(generator->octets); i++)
        generator->octets[i] = (uint8_t)('0' + i % 10);
}

uint32_t generator_below(struct generator *generator, uint32_t limit)
{
    uint64_t x = generator->seed;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    generator->seed = x;
    return (uint32_t)(x >> 32) % limit;
}

#define BELOW(limit) generator_below(generator, limit)

/* A number is 20 octets for an AESA, and at most 15 digits otherwise. */
static void uni_number_repair(uint8_t *plan, struct uni_view *digits)
{
    static const uint8_t aesa[20] = {0x47, 0,    5,    0x80, 0xFF, 0xE1, 0, 0, 0, 0xF2,
                                     0x1A, 0x2B, 0x3C, 0,    0x20, 0xEA, 0, 1, 1, 0};

    *plan = 2;
    *digits = (struct uni_view){aesa, sizeof(aesa)};
}

#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    static void generate_##name(struct generator *generator, struct uni_##name *ie)                \
    {                                                                                              \
        *ie = (struct uni_##name){0};                                                              \
        ie->head = (uint8_t)(UNI_HEAD | (UNI_CODING_##coding == UNI_CODING_ATMF ? 0x60 : 0) |      \
                             (BELOW(4) ? 0 : UNI_HEAD_FLAG | BELOW(8)));
#define END_IE(name)              }
#define BITS(field, shift, width) ie->field = (uint8_t)BELOW(1u << (width));
#define EXT(field)                ie->field = (uint8_t)BELOW(2);
#define U8(field)                 ie->field = (uint8_t)BELOW(256);
#define U16(field)                ie->field = (uint16_t)BELOW(65536);
#define U24(field)                ie->field = BELOW(1u << 24);
#define U32(field)                ie->field = BELOW(UINT32_MAX);
#define FLAG_U15(flag_, field)                                                                     \
    ie->flag_ = (uint8_t)BELOW(2);                                                                 \
    ie->field = (uint16_t)BELOW(32768);
#define PEEK(field, mask, value) ie->field = (uint8_t)BELOW(2);
#define WHEN(condition)          if (condition) {
#define END_WHEN                 }
#define VIEW(field, min, max)                                                                      \
    {                                                                                              \
        const uint32_t room = (max) > 200 ? 200 : (max);                                           \
        ie->field.byte_count = (uint16_t)((min) + BELOW(room - (min) + 1));                        \
        ie->field.bytes = generator->octets + BELOW(50);                                           \
    }
#define TAGS(field)                                                                                \
    {                                                                                              \
        const uint32_t chosen = BELOW(UINT32_MAX) & BELOW(UINT32_MAX);                             \
        uint32_t *const tags = &ie->field;
#define END_TAGS }
#define TAG0(TAG_, id, field)                                                                      \
    if (chosen & UNI_TAG(TAG_))                                                                    \
        *tags |= UNI_TAG(TAG_);
#define TAG8(TAG_, id, field)  TAG0(TAG_, id, field) ie->field = (uint8_t)BELOW(256);
#define TAG16(TAG_, id, field) TAG0(TAG_, id, field) ie->field = (uint16_t)BELOW(65536);
#define TAG24(TAG_, id, field) TAG0(TAG_, id, field) ie->field = BELOW(1u << 24);
#define TAG32(TAG_, id, field) TAG0(TAG_, id, field) ie->field = BELOW(UINT32_MAX);
#define CHECK(condition, repair)                                                                   \
    if (!(condition))                                                                              \
        (void)(repair), (void)0;
#define uni_number_repair(plan, digits) (uni_number_repair(plan, digits), 0)
#include "uni/ie.def"
#undef uni_number_repair

/* Values of tags that are not there are zero in a decoded message. */
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    static void settle_##name(struct uni_##name *ie)                                               \
    {                                                                                              \
        (void)ie;
#define END_IE(name) }
#define TAGS(field)                                                                                \
    {                                                                                              \
        const uint32_t tags = ie->field;
#define END_TAGS }
#define TAG8(TAG_, id, field)                                                                      \
    if (!(tags & UNI_TAG(TAG_)))                                                                   \
        ie->field = 0;
#define TAG16 TAG8
#define TAG24 TAG8
#define TAG32 TAG8
#include "uni/ie.def"

static void generate_element(struct generator *generator, struct uni_message *message,
                             enum uni_ie ie, unsigned count)
{
    switch (ie) {
#define IE(NAME, name, id, max, count_, coding, class_, title)                                     \
    case UNI_IE_##NAME:                                                                            \
        for (unsigned i = 0; i < count; i++) {                                                     \
            generate_##name(generator, &message->name[i]);                                         \
            settle_##name(&message->name[i]);                                                      \
        }                                                                                          \
        break;
#include "uni/ie.def"
    case UNI_IE_COUNT:
        break;
    }
    message->has |= UINT64_C(1) << ie;
    message->count[ie] = (uint8_t)count;
}

uint8_t generator_type(unsigned index)
{
    static const uint8_t types[] = {
#define MESSAGE(NAME, value, in_31, in_40, title) value,
#include "uni/message.def"
        0};

    return index < sizeof(types) ? types[index] : 0;
}

/* What the conditions of message.def ask for (check.c). */
static void settle_conditions(struct generator *generator, struct uni_message *message)
{
    if (message->type == UNI_SETUP) {
        if (!(message->has & UNI_HAS(EXTENDED_QOS)))
            generate_element(generator, message, UNI_IE_QOS, 1);
        if (message->bearer->multipoint)
            generate_element(generator, message, UNI_IE_ENDPOINT_REF, 1);
        message->endpoint_ref->flag = 0;
    }
    if (message->type == UNI_STATUS && (message->has & UNI_HAS(ENDPOINT_REF)))
        generate_element(generator, message, UNI_IE_ENDPOINT_STATE, 1);
    if (message->has & UNI_HAS(RESTART_CLASS)) {
        message->has &= ~UNI_HAS(CONNECTION);
        if (message->restart_class->class < 2)
            generate_element(generator, message, UNI_IE_CONNECTION, 1);
    }
    message->has &= ~UNI_HAS(REPEAT);
    if ((message->has & UNI_HAS(BLLI)) && message->count[UNI_IE_BLLI] > 1)
        generate_element(generator, message, UNI_IE_REPEAT, 1);
}

static void generate_header(struct generator *generator, uint8_t type, struct uni_message *message)
{
    uni_message_init(message, type, 1 + BELOW(UNI_CALL_REF_DUMMY - 1), (uint8_t)BELOW(2));
    message->head = (uint8_t)(UNI_HEAD | (BELOW(4) ? 0 : UNI_HEAD_FLAG | BELOW(4)));
}

void generate_message(struct generator *generator, uint8_t type, enum uni_version version,
                      enum uni_direction direction, struct uni_message *message)
{
    const unsigned index = uni_index_of_type[type] - 1u;
    const uint64_t mandatory = uni_mandatory[version][direction][index];

    assert(index < UNI_INDEX_COUNT);
    generate_header(generator, type, message);
    for (uint64_t left = uni_allowed[version][direction][index]; left != 0; left &= left - 1) {
        const unsigned ie = (unsigned)__builtin_ctzll(left);

        if ((mandatory >> ie & 1) || BELOW(2))
            generate_element(generator, message, (enum uni_ie)ie,
                             1 + BELOW(uni_count_max[index][ie]));
    }
    settle_conditions(generator, message);
}

void generate_anything(struct generator *generator, struct uni_message *message)
{
    generate_header(generator, (uint8_t)BELOW(256), message);
    for (unsigned ie = 0; ie < UNI_IE_COUNT; ie++)
        if (BELOW(2) && ie != UNI_IE_REPEAT)
            generate_element(generator, message, (enum uni_ie)ie,
                             1 + BELOW(uni_ie_rows[ie].count_max));
    if ((message->has & UNI_HAS(BLLI)) && message->count[UNI_IE_BLLI] > 1)
        generate_element(generator, message, UNI_IE_REPEAT, 1);
}
