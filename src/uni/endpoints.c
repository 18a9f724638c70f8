/* SPDX-License-Identifier: MIT */
#include "uni/endpoints.h"

#include <stdlib.h>

enum { FEW = 64, FEW_ENOUGH = 48, WORDS = 512, SUMMARY = 8 };

/* The first bit that is zero in `words`, from `from` on and around; -1: none. */
static int next_zero(const uint64_t *words, unsigned word_count, unsigned from)
{
    for (unsigned turn = 0; turn <= word_count; turn++) {
        const unsigned word = (from / 64 + turn) % word_count;
        uint64_t free = ~words[word];

        if (turn == 0)
            free &= ~UINT64_C(0) << (from % 64);
        if (free)
            return (int)(word * 64 + (unsigned)__builtin_ctzll(free));
    }
    return -1;
}

static bool spread(struct endpoints *endpoints)
{
    endpoints->words = calloc(WORDS + SUMMARY, sizeof(uint64_t));
    if (!endpoints->words)
        return false;
    endpoints->words[0] = endpoints->few;
    if (endpoints->few == UINT64_MAX)
        endpoints->words[WORDS] = 1;
    return true;
}

bool uni_endpoints_next(struct endpoints *endpoints, uint16_t *id)
{
    if (!endpoints->words) {
        if (__builtin_popcountll(endpoints->few) < FEW_ENOUGH || !spread(endpoints)) {
            const int found = next_zero(&endpoints->few, 1, endpoints->cursor % FEW);

            *id = (uint16_t)found;
            return found >= 0;
        }
    }
    const unsigned word = endpoints->cursor / 64;
    const uint64_t here = ~endpoints->words[word] & ~UINT64_C(0) << (endpoints->cursor % 64);

    if (here) {
        *id = (uint16_t)(word * 64 + (unsigned)__builtin_ctzll(here));
        return true;
    }
    const int other = next_zero(endpoints->words + WORDS, SUMMARY, (word + 1) % WORDS);

    if (other < 0)
        return false;
    *id = (uint16_t)((unsigned)other * 64 + (unsigned)__builtin_ctzll(~endpoints->words[other]));
    return true;
}

void uni_endpoints_take(struct endpoints *endpoints, uint16_t id)
{
    endpoints->cursor = (uint16_t)((id + 1) % (WORDS * 64));
    if (!endpoints->words) {
        endpoints->few |= UINT64_C(1) << id % 64;
        return;
    }
    endpoints->words[id / 64] |= UINT64_C(1) << id % 64;
    if (endpoints->words[id / 64] == UINT64_MAX)
        endpoints->words[WORDS + id / 64 / 64] |= UINT64_C(1) << id / 64 % 64;
}

void uni_endpoints_give(struct endpoints *endpoints, uint16_t id)
{
    if (!endpoints->words) {
        endpoints->few &= ~(UINT64_C(1) << id % 64);
        return;
    }
    endpoints->words[id / 64] &= ~(UINT64_C(1) << id % 64);
    endpoints->words[WORDS + id / 64 / 64] &= ~(UINT64_C(1) << id / 64 % 64);
}

void uni_endpoints_free(struct endpoints *endpoints)
{
    free(endpoints->words);
    *endpoints = (struct endpoints){0};
}
