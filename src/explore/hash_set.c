/* SPDX-License-Identifier: MIT */
#include "explore/explore.h"

#include <stdlib.h>

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t byte_count)
{
    const unsigned char *at = bytes;
    if (!hash)
        hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < byte_count; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    return hash;
}

/* Returns the place of a hash, or the empty one where it would go. */
static uint64_t *place_of(uint64_t *entries, size_t room, uint64_t hash)
{
    size_t at = (size_t)hash & (room - 1);
    while (entries[at] && entries[at] != hash)
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static bool grow(struct hash_set *set)
{
    size_t room = set->room ? 2 * set->room : 1024;
    uint64_t *entries = calloc(room, sizeof *entries);
    if (!entries)
        return false;
    for (size_t i = 0; i < set->room; i++)
        if (set->entries[i])
            *place_of(entries, room, set->entries[i]) = set->entries[i];
    free(set->entries);
    set->entries = entries;
    set->room = room;
    return true;
}

void hash_set_add(struct hash_set *set, uint64_t hash)
{
    if (2 * (set->count + 1) > set->room && !grow(set))
        return;
    uint64_t *place = place_of(set->entries, set->room, hash ? hash : 1);
    set->count += *place == 0;
    *place = hash ? hash : 1;
}

void hash_set_free(struct hash_set *set)
{
    free(set->entries);
    *set = (struct hash_set){.entries = NULL};
}
