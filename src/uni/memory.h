/* SPDX-License-Identifier: MIT */
/* Memory is what calls and parties live in: pools that never move an object and give its place to
 * the next one, and maps that find one by a number. */
#ifndef CONDIS_UNI_MEMORY_H
#define CONDIS_UNI_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of what is kept in pools and maps. */
struct uni_link_node {
    struct uni_link_node *next;
    uint32_t key;
    uint32_t index; /* of the object in its pool, for ever */
};

struct uni_pool {
    size_t object_bytes;
    uint32_t limit;
    uint32_t count; /* in use */
    uint32_t made;  /* that have ever been in use */
    uint32_t chunk_count;
    void **chunks;
    struct uni_link_node *free;
};

struct uni_map {
    struct uni_link_node **buckets;
    uint32_t size; /* a power of two */
    uint32_t count;
};

void uni_pool_init(struct uni_pool *pool, size_t object_bytes, uint32_t limit);
void uni_pool_free(struct uni_pool *pool);

/* An object as its last user left it, or zero; NULL without memory, or at the limit. */
void *uni_pool_take(struct uni_pool *pool);
void uni_pool_give(struct uni_pool *pool, struct uni_link_node *object);

/* The object with this index, in use or not; NULL when there has never been one. */
void *uni_pool_at(const struct uni_pool *pool, uint32_t index);

bool uni_map_init(struct uni_map *map);
void uni_map_free(struct uni_map *map);
void *uni_map_find(const struct uni_map *map, uint32_t key);

/* Put in an object whose key is set and not in the map. Grows when it can; never fails. */
void uni_map_put(struct uni_map *map, struct uni_link_node *object);
void uni_map_remove(struct uni_map *map, struct uni_link_node *object);

#endif
