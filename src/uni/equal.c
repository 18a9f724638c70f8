/* SPDX-License-Identifier: MIT */
#include "uni/message.h"

#include <string.h>

static bool views_equal(struct uni_view a, struct uni_view b)
{
    return a.byte_count == b.byte_count &&
           (a.byte_count == 0 || memcmp(a.bytes, b.bytes, a.byte_count) == 0);
}

/* Every field counts: a decoder leaves those that were not there zero. */
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    static bool equal_##name(const struct uni_##name *ie, const struct uni_##name *other)          \
    {                                                                                              \
        if (ie->head != other->head)                                                               \
            return false;
#define END_IE(name)                                                                               \
    return true;                                                                                   \
    }
#define SAME(field)                                                                                \
    if (ie->field != other->field)                                                                 \
        return false;
#define BITS(field, shift, width) SAME(field)
#define EXT(field)                SAME(field)
#define U8(field)                 SAME(field)
#define U16(field)                SAME(field)
#define U24(field)                SAME(field)
#define U32(field)                SAME(field)
#define FLAG_U15(flag, field)     SAME(flag) SAME(field)
#define PEEK(field, mask, value)  SAME(field)
#define VIEW(field, min, max)                                                                      \
    if (!views_equal(ie->field, other->field))                                                     \
        return false;
#define TAGS(field)            SAME(field)
#define TAG8(TAG_, id, field)  SAME(field)
#define TAG16(TAG_, id, field) SAME(field)
#define TAG24(TAG_, id, field) SAME(field)
#define TAG32(TAG_, id, field) SAME(field)
#include "uni/ie.def"
#undef SAME

static bool elements_equal(const struct uni_message *a, const struct uni_message *b, enum uni_ie ie)
{
    if (a->count[ie] != b->count[ie])
        return false;
    switch (ie) {
#define IE(NAME, name, id, max, count_, coding, class_, title)                                     \
    case UNI_IE_##NAME:                                                                            \
        for (unsigned i = 0; i < a->count[ie]; i++)                                                \
            if (!equal_##name(&a->name[i], &b->name[i]))                                           \
                return false;                                                                      \
        return true;
#include "uni/ie.def"
    case UNI_IE_COUNT:
        break;
    }
    return false;
}

bool uni_message_equal(const struct uni_message *a, const struct uni_message *b)
{
    if (a->has != b->has || a->type != b->type || a->head != b->head ||
        a->call_ref != b->call_ref || a->call_ref_flag != b->call_ref_flag)
        return false;
    for (uint64_t left = a->has; left != 0; left &= left - 1)
        if (!elements_equal(a, b, (enum uni_ie)__builtin_ctzll(left)))
            return false;
    return true;
}
