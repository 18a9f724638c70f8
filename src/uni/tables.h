/* SPDX-License-Identifier: MIT */
/* Tables: what ie.def and message.def say, as data that decoder and checker index. */
#ifndef CONDIS_UNI_TABLES_H
#define CONDIS_UNI_TABLES_H

#include "uni/message.h"

enum {
    UNI_CODING_ITU = 1,
    UNI_CODING_ATMF = 2,
    UNI_CODING_BOTH = 3,
    UNI_CLASS_PLAIN = 0,
    UNI_CLASS_ACCESS = 1,
};

struct uni_ie_row {
    const char *title;
    uint16_t content_bytes_max;
    uint8_t id;
    uint8_t count_max;
    uint8_t coding;
    uint8_t access;
};

/* Messages by index, so that their tables are dense. */
enum uni_message_index {
#define MESSAGE(NAME, value, in_31, in_40, title) UNI_INDEX_##NAME,
#include "uni/message.def"
    UNI_INDEX_COUNT
};

struct uni_message_row {
    const char *title;
    bool in_version[2];
};

extern const struct uni_ie_row uni_ie_rows[UNI_IE_COUNT];
extern const uint16_t uni_ie_offset[UNI_IE_COUNT]; /* of its first instance in struct uni_message */
extern const uint8_t uni_ie_of_id[256];            /* enum uni_ie + 1, 0 for unknown */
extern const uint8_t uni_index_of_type[256];       /* enum uni_message_index + 1, 0 for unknown */
extern const struct uni_message_row uni_message_rows[UNI_INDEX_COUNT];
/* UNI_HAS sets by enum uni_version, enum uni_direction, enum uni_message_index. */
extern const uint64_t uni_allowed[2][2][UNI_INDEX_COUNT];
extern const uint64_t uni_mandatory[2][2][UNI_INDEX_COUNT];
extern const uint8_t uni_count_max[UNI_INDEX_COUNT][UNI_IE_COUNT];

#endif
