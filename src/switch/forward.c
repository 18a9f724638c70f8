/* SPDX-License-Identifier: MIT */
#include "switch/forward.h"

#include <assert.h>
#include <stdlib.h>

bool forward_reserve(struct forward_table *table, uint16_t vci)
{
    struct switch_tree ***page = &table->pages[vci / FORWARD_PAGE_ENTRIES];

    if (!*page)
        *page = calloc(FORWARD_PAGE_ENTRIES, sizeof **page);
    return *page != NULL;
}

void forward_set(struct forward_table *table, uint16_t vci, struct switch_tree *tree)
{
    struct switch_tree **page = table->pages[vci / FORWARD_PAGE_ENTRIES];

    assert(page || !tree);
    if (page)
        page[vci % FORWARD_PAGE_ENTRIES] = tree;
}

void forward_end(struct forward_table *table)
{
    for (int i = 0; i < FORWARD_PAGES; i++)
        free(table->pages[i]);
}
