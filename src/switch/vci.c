/* SPDX-License-Identifier: MIT */
#include "switch/vci.h"

#include <assert.h>
#include <string.h>

void vci_set_init(struct vci_set *set, enum vci_half half)
{
    memset(set, 0, sizeof *set);
    set->half = (uint8_t)half;
    set->cursor = VCI_FIRST / 64;
    set->used[0] = (UINT64_C(1) << VCI_FIRST) - 1; /* never for calls */
    static_assert(VCI_FIRST < 64, "in the first word");
}

uint16_t vci_take(struct vci_set *set)
{
    static const uint64_t halves[] = {UINT64_MAX, UINT64_C(0x5555555555555555),
                                      UINT64_C(0xAAAAAAAAAAAAAAAA)};
    const uint32_t words = sizeof set->used / sizeof set->used[0];

    for (uint32_t i = 0; i <= words; i++) {
        uint32_t word = set->cursor / 64;
        uint64_t ahead = UINT64_MAX << (set->cursor % 64);
        uint64_t free_bits = ~set->used[word] & halves[set->half] & ahead;
        if (free_bits) {
            uint32_t bit = (uint32_t)__builtin_ctzll(free_bits);
            uint32_t vci = word * 64 + bit;
            set->used[word] |= UINT64_C(1) << bit;
            set->used_count++;
            set->cursor = (vci + 1) % (VCI_LAST + 1);
            return (uint16_t)vci;
        }
        set->cursor = (word + 1) % words * 64;
    }
    return VCI_NONE;
}

bool vci_take_this(struct vci_set *set, uint16_t vci)
{
    uint64_t bit = UINT64_C(1) << vci % 64;

    if (set->used[vci / 64] & bit)
        return false;
    set->used[vci / 64] |= bit;
    set->used_count++;
    return true;
}

void vci_give(struct vci_set *set, uint16_t vci)
{
    uint64_t bit = UINT64_C(1) << vci % 64;

    assert(vci >= VCI_FIRST);
    assert(set->used[vci / 64] & bit);
    set->used[vci / 64] &= ~bit;
    set->used_count--;
}
