/* SPDX-License-Identifier: MIT */
/* A VCI set is which VCIs of one port are in use; it hands out free ones, the one least recently
 * given back last. Of a trunk, each end hands out only its own half, so that two calls that cross
 * never choose the same VC. */
#ifndef CONDIS_SWITCH_VCI_H
#define CONDIS_SWITCH_VCI_H

#include <stdbool.h>
#include <stdint.h>

enum { VCI_FIRST = 32, VCI_LAST = 65535, VCI_NONE = 0 };

/* Which of them this end hands out; it accepts the peer's choice of any. */
enum vci_half {
    VCI_ALL,
    VCI_EVEN,
    VCI_ODD,
};

struct vci_set {
    uint64_t used[(VCI_LAST + 1) / 64];
    uint32_t used_count;
    uint32_t cursor;
    uint8_t half; /* enum vci_half */
};

void vci_set_init(struct vci_set *set, enum vci_half half);

/* Take a free VCI. returns it, or VCI_NONE when all are in use. */
uint16_t vci_take(struct vci_set *set);

/* Take this one. returns false when it is in use or no VCI for calls. */
bool vci_take_this(struct vci_set *set, uint16_t vci);

/* Give one back that is in use (asserted). */
void vci_give(struct vci_set *set, uint16_t vci);

#endif
