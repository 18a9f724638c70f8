/* SPDX-License-Identifier: MIT */
/* A forward table finds a tree by the VCI of one port, in two steps. */
#ifndef CONDIS_SWITCH_FORWARD_H
#define CONDIS_SWITCH_FORWARD_H

#include <stdbool.h>
#include <stdint.h>

struct switch_tree;

enum { FORWARD_PAGES = 256, FORWARD_PAGE_ENTRIES = 256 };

struct forward_table {
    struct switch_tree **pages[FORWARD_PAGES];
};

/* Make sure that forward_set succeeds for this VCI. returns false without memory. */
bool forward_reserve(struct forward_table *table, uint16_t vci);

/* tree: borrowed until it is replaced; NULL: frames of the VCI go nowhere. */
void forward_set(struct forward_table *table, uint16_t vci, struct switch_tree *tree);

static inline struct switch_tree *forward_get(const struct forward_table *table, uint16_t vci)
{
    struct switch_tree **page = table->pages[vci / FORWARD_PAGE_ENTRIES];

    return page ? page[vci % FORWARD_PAGE_ENTRIES] : 0;
}

void forward_end(struct forward_table *table);

#endif
