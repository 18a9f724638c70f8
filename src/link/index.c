/* SPDX-License-Identifier: MIT */
#include "link/index.h"

#include <assert.h>
#include <stdlib.h>

#define BUCKETS_FIRST 16u

uint64_t index_hash(const void *data, size_t bytes)
{
    const unsigned char *at = data;
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, then mixed so that low bits depend on all */
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    hash ^= hash >> 32;
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static struct index_node **bucket_of(const struct index *index, uint64_t hash)
{
    return &index->buckets[hash & (index->bucket_count - 1)];
}

static bool index_grow(struct index *index)
{
    struct index old = *index;
    size_t count = old.bucket_count ? old.bucket_count * 2 : BUCKETS_FIRST;
    struct index_node **buckets = calloc(count, sizeof(struct index_node *));
    if (!buckets)
        return false;
    index->buckets = buckets;
    index->bucket_count = count;
    for (size_t i = 0; i < old.bucket_count; i++) {
        for (struct index_node *node = old.buckets[i], *next; node; node = next) {
            next = node->next;
            struct index_node **bucket = bucket_of(index, node->hash);
            node->next = *bucket;
            *bucket = node;
        }
    }
    free(old.buckets);
    return true;
}

bool index_insert(struct index *index, struct index_node *node, uint64_t hash)
{
    if (index->count >= index->bucket_count && !index_grow(index) && index->bucket_count == 0)
        return false;
    struct index_node **bucket = bucket_of(index, hash);
    node->hash = hash;
    node->next = *bucket;
    *bucket = node;
    index->count++;
    return true;
}

void index_remove(struct index *index, struct index_node *node)
{
    struct index_node **at = bucket_of(index, node->hash);
    while (*at && *at != node)
        at = &(*at)->next;
    assert(*at == node);
    *at = node->next;
    node->next = NULL;
    index->count--;
}

struct index_node *index_find(const struct index *index, uint64_t hash,
                              bool (*matches)(const struct index_node *node, const void *key),
                              const void *key)
{
    if (index->bucket_count == 0)
        return NULL;
    for (struct index_node *node = *bucket_of(index, hash); node; node = node->next)
        if (node->hash == hash && matches(node, key))
            return node;
    return NULL;
}

void index_end(struct index *index)
{
    assert(index->count == 0);
    free(index->buckets);
    *index = (struct index){0};
}
