/* SPDX-License-Identifier: MIT */
/* An index finds intrusive nodes by hash: chained buckets that grow with the count, so that a
 * lookup costs the same whatever the count. Nothing here locks. */
#ifndef CONDIS_LINK_INDEX_H
#define CONDIS_LINK_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_node {
    struct index_node *next;
    uint64_t hash;
};

struct index {
    struct index_node **buckets;
    size_t bucket_count; /* a power of two, or 0 before the first node */
    size_t count;
};

/* A hash of `bytes` bytes at `data`, the same in every run. */
uint64_t index_hash(const void *data, size_t bytes);

/* Puts in a node that is in no index. returns false, with nothing changed, when there is no memory
 * for the first buckets; a later growth that fails only makes chains longer. */
bool index_insert(struct index *index, struct index_node *node, uint64_t hash);

/* Takes out a node that is in the index. */
void index_remove(struct index *index, struct index_node *node);

/* returns the first node of this hash that `matches`, or NULL. */
struct index_node *index_find(const struct index *index, uint64_t hash,
                              bool (*matches)(const struct index_node *node, const void *key),
                              const void *key);

/* Frees the buckets of an index without nodes. */
void index_end(struct index *index);

#endif
