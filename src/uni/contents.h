/* SPDX-License-Identifier: MIT */
/* Contents are the conditions that ie.def sets on the fields of an element; decoder, encoder and
 * the generator of the tests evaluate the same ones. */
#ifndef CONDIS_UNI_CONTENTS_H
#define CONDIS_UNI_CONTENTS_H

#include "uni/message.h"

/* SIG 4.3 */
static inline bool uni_aal_type_ok(uint8_t type)
{
    return type <= 3 || type == 5 || type == 0x10;
}

static inline uint32_t uni_aal_tags(uint8_t type)
{
    const uint32_t sizes = UNI_TAG(AAL_FORWARD_SDU) | UNI_TAG(AAL_BACKWARD_SDU) |
                           UNI_TAG(AAL_MODE) | UNI_TAG(AAL_SSCS);

    switch (type) {
    case 1:
        return UNI_TAG(AAL1_SUBTYPE) | UNI_TAG(AAL1_CBR_RATE) | UNI_TAG(AAL1_MULTIPLIER) |
               UNI_TAG(AAL1_CLOCK) | UNI_TAG(AAL1_FEC) | UNI_TAG(AAL1_BLOCK_SIZE) |
               UNI_TAG(AAL1_PARTIAL_FILL);
    case 3:
        return sizes | UNI_TAG(AAL_MID);
    case 5:
        return sizes;
    default:
        return 0;
    }
}

/* SIG 4.2: 26 octets of contents at most, so not all rates at once. */
static inline unsigned uni_traffic_bytes(uint32_t tags)
{
    const uint32_t options = UNI_TAG(BEST_EFFORT) | UNI_TAG(TRAFFIC_OPTIONS);

    return 4u * (unsigned)__builtin_popcount(tags & ~options) +
           (tags & UNI_TAG(BEST_EFFORT) ? 1u : 0u) + (tags & UNI_TAG(TRAFFIC_OPTIONS) ? 2u : 0u);
}

/* SIG 4.5: the transfer capabilities that a class may have; bit 31 stands for none. */
static inline bool uni_bearer_ok(uint8_t class, uint8_t has_transfer, uint8_t transfer)
{
    const uint32_t none = UINT32_C(1) << 31;
    uint32_t allowed;

    switch (class) {
    case 0x01:
        allowed = none | 1u << 0x07;
        break;
    case 0x03:
        allowed = none | 1u << 0x09 | 1u << 0x0B | 1u << 0x0C | 1u << 0x13;
        break;
    case 0x10:
        allowed = none | 1u << 0x00 | 1u << 0x01 | 1u << 0x02 | 1u << 0x04 | 1u << 0x05 |
                  1u << 0x06 | 1u << 0x07 | 1u << 0x08 | 1u << 0x09 | 1u << 0x0A | 1u << 0x0B |
                  1u << 0x0C | 1u << 0x13;
        break;
    case 0x18:
        allowed = none | 1u << 0x05 | 1u << 0x07 | 1u << 0x09 | 1u << 0x0A | 1u << 0x0B |
                  1u << 0x0C | 1u << 0x13;
        break;
    default:
        return false;
    }
    if (!has_transfer)
        return true;
    return transfer < 0x20 && (allowed >> transfer & 1u);
}

/* SIG 4.6 */
static inline bool uni_bhli_ok(uint8_t type, uint16_t info_bytes)
{
    return type != 3 || info_bytes == 7;
}

static inline bool uni_l3_has_octets(uint8_t protocol)
{
    return (protocol >= 0x06 && protocol <= 0x08) || protocol == 0x0B || protocol == 0x0C ||
           protocol == 0x10;
}

/* SIG 4.8: an AESA has exactly 20 octets, an E.164 number 1 to 15 digits of IA5. */
static inline bool uni_number_ok(uint8_t plan, struct uni_view digits)
{
    if (plan == 2)
        return digits.byte_count == 20;
    if (plan != 1)
        return digits.byte_count > 0;
    if (digits.byte_count < 1 || digits.byte_count > 15)
        return false;
    for (uint16_t i = 0; i < digits.byte_count; i++)
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return false;
    return true;
}

/* SIG 4.12: type, length, value, at most 20 octets for a session and 4 for a resource. */
static inline bool uni_generic_id_ok(struct uni_view identifiers)
{
    const uint8_t *at = identifiers.bytes;
    size_t left = identifiers.byte_count;

    while (left > 0) {
        if (left < 2 || (at[0] != 1 && at[0] != 2) || at[1] > (at[0] == 1 ? 20 : 4) ||
            left - 2 < at[1])
            return false;
        left -= 2u + at[1];
        at += 2 + at[1];
    }
    return true;
}

#endif
