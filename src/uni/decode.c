/* SPDX-License-Identifier: MIT */
#include "uni/message.h"

#include <assert.h>
#include <string.h>

#include "uni/contents.h"
#include "uni/tables.h"

static inline uint16_t read_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t read_u24(const uint8_t *at)
{
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static inline uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | read_u24(at + 1);
}

/* One function for each element: true when its contents are good. */
#define NEED(bytes)                                                                                \
    if (end - at < (bytes))                                                                        \
        return false;
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    static inline bool decode_##name(struct uni_##name *ie, const uint8_t *at, const uint8_t *end) \
    {                                                                                              \
        memset(ie, 0, sizeof(*ie));
#define END_IE(name)                                                                               \
    return at == end;                                                                              \
    }
#define OCTET(mask, value)                                                                         \
    {                                                                                              \
        NEED(1)                                                                                    \
        const unsigned octet = *at++;                                                              \
        if ((octet & (mask)) != (value))                                                           \
            return false;
#define END_OCTET                 }
#define BITS(field, shift, width) ie->field = (uint8_t)(octet >> (shift) & ((1u << (width)) - 1));
#define EXT(field)                ie->field = !(octet & 0x80);
#define U8(field)                 NEED(1) ie->field = *at++;
#define U16(field)                                                                                 \
    NEED(2) ie->field = read_u16(at);                                                              \
    at += 2;
#define U24(field)                                                                                 \
    NEED(3) ie->field = read_u24(at);                                                              \
    at += 3;
#define U32(field)                                                                                 \
    NEED(4) ie->field = read_u32(at);                                                              \
    at += 4;
#define FLAG_U15(flag_, field)                                                                     \
    NEED(2)                                                                                        \
    ie->flag_ = at[0] >> 7;                                                                        \
    ie->field = read_u16(at) & 0x7FFF;                                                             \
    at += 2;
#define PEEK(field, mask, value) ie->field = at < end && (*at & (mask)) == (value);
#define WHEN(condition)          if (condition) {
#define END_WHEN                 }
#define VIEW(field, min, max)                                                                      \
    if (end - at < (min) || end - at > (max))                                                      \
        return false;                                                                              \
    ie->field = (struct uni_view){at, (uint16_t)(end - at)};                                       \
    at = end;
#define TAGS(field)                                                                                \
    {                                                                                              \
        uint32_t tags = 0;                                                                         \
        uint32_t *const all = &ie->field;                                                          \
        while (at < end)                                                                           \
            switch (*at++) {
#define END_TAGS                                                                                   \
    default:                                                                                       \
        return false;                                                                              \
        }                                                                                          \
        *all = tags;                                                                               \
        }
#define TAG(TAG_, id, reading)                                                                     \
    case id:                                                                                       \
        if (tags & UNI_TAG(TAG_))                                                                  \
            return false;                                                                          \
        tags |= UNI_TAG(TAG_);                                                                     \
        reading break;
#define TAG0(TAG_, id, field)  TAG(TAG_, id, )
#define TAG8(TAG_, id, field)  TAG(TAG_, id, U8(field))
#define TAG16(TAG_, id, field) TAG(TAG_, id, U16(field))
#define TAG24(TAG_, id, field) TAG(TAG_, id, U24(field))
#define TAG32(TAG_, id, field) TAG(TAG_, id, U32(field))
#define CHECK(condition, repair)                                                                   \
    if (!(condition))                                                                              \
        return false;
#include "uni/ie.def"
#undef NEED
#undef TAG

/* Decode the contents of an element into its next free instance. */
static bool decode_contents(struct uni_message *message, enum uni_ie ie, uint8_t head,
                            unsigned index, const uint8_t *at, const uint8_t *end)
{
    switch (ie) {
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    case UNI_IE_##NAME:                                                                            \
        if (!decode_##name(&message->name[index], at, end))                                        \
            return false;                                                                          \
        message->name[index].head = head | UNI_HEAD;                                               \
        return true;
#include "uni/ie.def"
    case UNI_IE_COUNT:
        break;
    }
    assert(ie < UNI_IE_COUNT);
    return false;
}

static void add_fault(struct uni_message *message, uint8_t kind, uint8_t id, uint8_t head,
                      enum uni_ie ie)
{
    const struct uni_fault fault = {kind, id, head, (uint8_t)ie};

    if (message->fault_count < UNI_FAULTS_MAX) {
        message->faults[message->fault_count++] = fault;
        return;
    }
    /* The list is full: a fault that asks for more than "proceed" still has to be heard. */
    if ((head & UNI_HEAD_FLAG) && (head & 7) != 1)
        message->faults[UNI_FAULTS_MAX - 1] = fault;
}

static bool coding_ok(const struct uni_ie_row *row, uint8_t head)
{
    static const uint8_t coding[4] = {[0] = UNI_CODING_ITU, [3] = UNI_CODING_ATMF};

    return row->coding & coding[head >> 5 & 3];
}

/* Where the walk over the elements stands: what repeat indicators and shifts change. */
struct walk {
    uint8_t last;      /* enum uni_ie of the element before, UNI_IE_COUNT at first */
    bool in_list;      /* a repeat indicator opened the list that `last` is in */
    bool locked;       /* a locking shift left codeset 0 */
    bool shifted_once; /* a non-locking shift concerns the next element */
};

enum { ID_LOCKING_SHIFT = 0x60, ID_NONLOCKING_SHIFT = 0x61 };

/* SIG 4.12: shifts are understood, other codesets are not supported; what they hold is unknown. */
static bool take_shift(struct walk *walk, uint8_t id, const uint8_t *at, size_t byte_count)
{
    if (id != ID_LOCKING_SHIFT && id != ID_NONLOCKING_SHIFT)
        return false;
    if (byte_count == 0)
        return true;
    const bool away = (*at & 7) != 0;

    if (id == ID_LOCKING_SHIFT)
        walk->locked = away;
    else
        walk->shifted_once = away;
    return true;
}

/* Only BLLI needs the repeat indicator; others repeat freely up to their number (SIG 4.1). */
static bool may_repeat(const struct walk *walk, enum uni_ie ie)
{
    return ie != UNI_IE_BLLI || (walk->in_list && walk->last == UNI_IE_BLLI);
}

/* In line at both of its calls: one of them knows that nothing is cut, and most time goes here. */
static inline __attribute__((always_inline)) void take_element(struct uni_message *message,
                                                               struct walk *walk, uint8_t id,
                                                               uint8_t head, const uint8_t *at,
                                                               size_t byte_count, bool cut)
{
    const unsigned known = uni_ie_of_id[id];

    if (__builtin_expect(known == 0 || walk->locked || walk->shifted_once, 0)) {
        if (!take_shift(walk, id, at, byte_count)) {
            walk->shifted_once = false;
            add_fault(message, UNI_FAULT_UNKNOWN, id, head, UNI_IE_COUNT);
        }
        return;
    }
    const enum uni_ie ie = (enum uni_ie)(known - 1);
    const struct uni_ie_row *const row = &uni_ie_rows[ie];
    const uint64_t bit = UINT64_C(1) << ie;
    const bool first = !(message->has & bit);
    const unsigned index = first ? 0 : message->count[ie];

    if (ie != walk->last)
        walk->in_list = walk->last == UNI_IE_REPEAT;
    const bool extra = !first && (index >= row->count_max || !may_repeat(walk, ie));

    walk->last = (uint8_t)ie;
    if (__builtin_expect(extra, 0))
        return;
    if (byte_count == 0 && !cut) {
        if (ie == UNI_IE_REPEAT)
            walk->last = UNI_IE_COUNT;
        return; /* counts as absent */
    }
    if (cut || byte_count > row->content_bytes_max || !coding_ok(row, head) ||
        !decode_contents(message, ie, head, index, at, at + byte_count)) {
        add_fault(message, UNI_FAULT_CONTENTS, id, head, ie);
        if (ie == UNI_IE_REPEAT)
            walk->last = UNI_IE_COUNT;
        return;
    }
    message->has |= bit;
    message->count[ie] = (uint8_t)(index + 1);
}

enum uni_decode_result uni_decode(struct uni_message *message, const uint8_t *bytes,
                                  size_t byte_count)
{
    struct walk walk = {.last = UNI_IE_COUNT};

    message->has = 0;
    message->fault_count = 0;
    if (byte_count < UNI_HEADER_BYTES)
        return UNI_DECODE_SHORT;
    if (bytes[0] != 0x09)
        return UNI_DECODE_PROTOCOL;
    if (bytes[1] != 3)
        return UNI_DECODE_REFERENCE;
    message->call_ref_flag = bytes[2] >> 7;
    message->call_ref = read_u24(bytes + 2) & 0x7FFFFF;
    message->type = bytes[5];
    message->head = bytes[6] | UNI_HEAD;

    const size_t length = read_u16(bytes + 7);
    const uint8_t *at = bytes + UNI_HEADER_BYTES;
    const uint8_t *end = bytes + byte_count;

    message->length_wrong = length != byte_count - UNI_HEADER_BYTES;
    if (length < byte_count - UNI_HEADER_BYTES)
        end = at + length;
    while (end - at >= 4) {
        const size_t size = read_u16(at + 2);
        const size_t left = (size_t)(end - at) - 4;

        if (__builtin_expect(size > left, 0)) {
            take_element(message, &walk, at[0], at[1], at + 4, left, true);
            at = end;
            break;
        }
        take_element(message, &walk, at[0], at[1], at + 4, size, false);
        at += 4 + size;
    }
    if (at < end)
        add_fault(message, UNI_FAULT_CONTENTS, at[0], end - at > 1 ? at[1] : UNI_HEAD,
                  uni_ie_of_id[at[0]] ? (enum uni_ie)(uni_ie_of_id[at[0]] - 1) : UNI_IE_COUNT);
    return UNI_DECODE_OK;
}
