/* SPDX-License-Identifier: MIT */
/* A random is one reproducible stream of numbers: xoshiro256** seeded through splitmix64
 * (Blackman and Vigna, public domain algorithms). */
#ifndef CONDIS_NT_RANDOM_H
#define CONDIS_NT_RANDOM_H

#include <stdint.h>

struct nt_random {
    uint64_t state[4];
};

static inline uint64_t nt_random_rotate(uint64_t value, unsigned bits)
{
    return (value << bits) | (value >> (64 - bits));
}

/* Start the stream of `seed`; every seed, zero too, gives a good one. */
static inline void nt_random_seed(struct nt_random *random, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15u;
        uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
        random->state[i] = mixed ^ (mixed >> 31);
    }
}

/* The next 64 bits. */
static inline uint64_t nt_random_next(struct nt_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = nt_random_rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = nt_random_rotate(s[3], 45);
    return result;
}

/* A number below `count` (count >= 1), by the high bits. */
static inline uint32_t nt_random_below(struct nt_random *random, uint32_t count)
{
    return (uint32_t)(((nt_random_next(random) >> 32) * count) >> 32);
}

#endif
