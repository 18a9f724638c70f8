/* SPDX-License-Identifier: MIT */
#include "uni/message.h"

#include <assert.h>
#include <string.h>

#include "uni/contents.h"
#include "uni/tables.h"

static inline uint8_t *write_u16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static inline uint8_t *write_u24(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 16);
    return write_u16(at + 1, value & 0xFFFF);
}

static inline uint8_t *write_u32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    return write_u24(at + 1, value & 0xFFFFFF);
}

/* One function for each element: where its contents end, or NULL when they are not good. */
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    static inline uint8_t *encode_##name(const struct uni_##name *ie, uint8_t *at)                 \
    {                                                                                              \
        (void)ie;
#define END_IE(name)                                                                               \
    return at;                                                                                     \
    }
#define OCTET(mask, value)                                                                         \
    {                                                                                              \
        unsigned octet = (value);
#define END_OCTET                                                                                  \
    *at++ = (uint8_t)octet;                                                                        \
    }
#define BITS(field, shift, width) octet |= (ie->field & ((1u << (width)) - 1)) << (shift);
#define EXT(field)                octet |= ie->field ? 0u : 0x80u;
#define U8(field)                 *at++ = ie->field;
#define U16(field)                at = write_u16(at, ie->field);
#define U24(field)                at = write_u24(at, ie->field);
#define U32(field)                at = write_u32(at, ie->field);
#define FLAG_U15(flag_, field)                                                                     \
    at = write_u16(at, (ie->flag_ ? 0x8000u : 0u) | (ie->field & 0x7FFFu));
#define WHEN(condition) if (condition) {
#define END_WHEN        }
#define VIEW(field, min, max)                                                                      \
    if (ie->field.byte_count < (min) + 0u || ie->field.byte_count > (max))                         \
        return NULL;                                                                               \
    if (ie->field.byte_count > 0)                                                                  \
        memcpy(at, ie->field.bytes, ie->field.byte_count);                                         \
    at += ie->field.byte_count;
#define TAGS(field)                                                                                \
    {                                                                                              \
        const uint32_t tags = ie->field;
#define END_TAGS }
#define TAG(TAG_, id, writing)                                                                     \
    if (tags & UNI_TAG(TAG_)) {                                                                    \
        *at++ = (id);                                                                              \
        writing                                                                                    \
    }
#define TAG0(TAG_, id, field)  TAG(TAG_, id, )
#define TAG8(TAG_, id, field)  TAG(TAG_, id, U8(field))
#define TAG16(TAG_, id, field) TAG(TAG_, id, U16(field))
#define TAG24(TAG_, id, field) TAG(TAG_, id, U24(field))
#define TAG32(TAG_, id, field) TAG(TAG_, id, U32(field))
#define CHECK(condition, repair)                                                                   \
    if (!(condition))                                                                              \
        return NULL;
#include "uni/ie.def"
#undef TAG

/* All instances of one element, headers included; NULL when one is not good. */
static inline uint8_t *encode_element(const struct uni_message *message, enum uni_ie ie,
                                      uint8_t *at)
{
    switch (ie) {
#define IE(NAME, name, id_, max, count_, coding, class_, title)                                    \
    case UNI_IE_##NAME:                                                                            \
        if (message->count[ie] > (count_))                                                         \
            return NULL;                                                                           \
        for (unsigned i = 0; i < message->count[ie]; i++) {                                        \
            uint8_t *const end = encode_##name(&message->name[i], at + 4);                         \
            const uint8_t head = message->name[i].head;                                            \
            if (!end || end - at > (max))                                                          \
                return NULL;                                                                       \
            at[0] = (id_);                                                                         \
            at[1] = head ? head : UNI_CODING_##coding == UNI_CODING_ATMF ? 0xE0 : 0x80;            \
            write_u16(at + 2, (unsigned)(end - at - 4));                                           \
            at = end;                                                                              \
        }                                                                                          \
        return at;
#include "uni/ie.def"
    case UNI_IE_COUNT:
        break;
    }
    assert(ie < UNI_IE_COUNT);
    return NULL;
}

/* Several BLLIs are a list only behind a repeat indicator (SIG 4.1). */
static bool repeats_ok(const struct uni_message *message)
{
    return !(message->has & UNI_HAS(BLLI)) || message->count[UNI_IE_BLLI] <= 1 ||
           (message->has & UNI_HAS(REPEAT));
}

size_t uni_encode(const struct uni_message *message, uint8_t *out)
{
    uint8_t *at = out + UNI_HEADER_BYTES;

    if (!repeats_ok(message))
        return 0;
    for (uint64_t left = message->has; left != 0; left &= left - 1) {
        at = encode_element(message, (enum uni_ie)__builtin_ctzll(left), at);
        if (!at)
            return 0;
    }
    out[0] = 0x09;
    out[1] = 3;
    write_u24(out + 2, (message->call_ref & 0x7FFFFF) | (message->call_ref_flag ? 0x800000u : 0u));
    out[5] = message->type;
    out[6] = message->head | UNI_HEAD;
    write_u16(out + 7, (unsigned)(at - out - UNI_HEADER_BYTES));
    return (size_t)(at - out);
}

void *uni_message_add(struct uni_message *message, enum uni_ie ie, void *array, size_t size,
                      size_t room)
{
    const uint64_t bit = UINT64_C(1) << ie;
    const size_t index = message->has & bit ? message->count[ie] : 0;

    if (index >= room)
        return NULL;
    message->has |= bit;
    message->count[ie] = (uint8_t)(index + 1);
    return memset((char *)array + index * size, 0, size);
}
