/* SPDX-License-Identifier: MIT */
#include "uni/tables.h"

_Static_assert(UNI_IE_COUNT <= 64, "a set of elements is one 64-bit word");

const struct uni_ie_row uni_ie_rows[UNI_IE_COUNT] = {
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    [UNI_IE_##NAME] = {title, (max)-4, id, count, UNI_CODING_##coding, UNI_CLASS_##class_},
#include "uni/ie.def"
};

const uint16_t uni_ie_offset[UNI_IE_COUNT] = {
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    [UNI_IE_##NAME] = offsetof(struct uni_message, name),
#include "uni/ie.def"
};

const uint8_t uni_ie_of_id[256] = {
#define IE(NAME, name, id, max, count, coding, class_, title) [id] = UNI_IE_##NAME + 1,
#include "uni/ie.def"
};

const uint8_t uni_index_of_type[256] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [value] = UNI_INDEX_##NAME + 1,
#include "uni/message.def"
};

const uint8_t uni_count_max[UNI_INDEX_COUNT][UNI_IE_COUNT] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = {
#define USES(IE, u31, n31, u40, n40, count)       [UNI_IE_##IE] = count,
#define END_MESSAGE                                                                                \
    }                                                                                              \
    ,
#include "uni/message.def"
};

/* clang-format off */
enum { MAY_M = 1, MAY_O = 1, MAY_C = 1, MAY_X = 0, MUST_M = 1, MUST_O = 0, MUST_C = 0, MUST_X = 0 };

const struct uni_message_row uni_message_rows[UNI_INDEX_COUNT] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = {title, {in_31, in_40}},
#include "uni/message.def"
};

/* Each column of message.def as sets of elements; MAY_ and MUST_ make 0 or 1 of its letters. */
const uint64_t uni_allowed[2][2][UNI_INDEX_COUNT] = {
    [UNI_31][UNI_USER_TO_NETWORK] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MAY_##u31 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
    [UNI_31][UNI_NETWORK_TO_USER] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MAY_##n31 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
    [UNI_40][UNI_USER_TO_NETWORK] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MAY_##u40 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
    [UNI_40][UNI_NETWORK_TO_USER] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MAY_##n40 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
};

const uint64_t uni_mandatory[2][2][UNI_INDEX_COUNT] = {
    [UNI_31][UNI_USER_TO_NETWORK] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MUST_##u31 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
    [UNI_31][UNI_NETWORK_TO_USER] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MUST_##n31 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
    [UNI_40][UNI_USER_TO_NETWORK] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MUST_##u40 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
    [UNI_40][UNI_NETWORK_TO_USER] = {
#define MESSAGE(NAME, value, in_31, in_40, title) [UNI_INDEX_##NAME] = 0
#define END_MESSAGE                               ,
#define USES(IE, u31, n31, u40, n40, count)       | (MUST_##n40 ? UNI_HAS(IE) : 0)
#include "uni/message.def"
    },
};
