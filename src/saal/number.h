/* SPDX-License-Identifier: MIT */
/* A number counts SDs or POLLs modulo 2^24; which of two comes first is a matter of distance.
 *
 * Windows stay far below 2^23, so a signed distance orders any two numbers of ours, or one of ours
 * and one of the peer's. Two of the peer's may be anywhere: each is compared with one of ours first
 * (SIG §2.2: arithmetic is relative, never a comparison of plain integers). */
#ifndef CONDIS_SAAL_NUMBER_H
#define CONDIS_SAAL_NUMBER_H

#include <stdint.h>

#define SSCOP_NUMBER_MAX 0xffffffU

/* The number that comes count after number; count may be negative as two's complement. */
static inline uint32_t number_add(uint32_t number, uint32_t count)
{
    return (number + count) & SSCOP_NUMBER_MAX;
}

/* How far number is behind (negative) or ahead (positive) of from: -2^23 to 2^23 - 1. */
static inline int32_t number_from(uint32_t number, uint32_t from)
{
    return (int32_t)((number - from) << 8) >> 8;
}

#endif
