/* SPDX-License-Identifier: MIT */
#include "uni/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { CHUNK_OBJECTS = 256, MAP_SIZE_MIN = 64 };

void uni_pool_init(struct uni_pool *pool, size_t object_bytes, uint32_t limit)
{
    *pool = (struct uni_pool){.object_bytes = object_bytes, .limit = limit};
}

void uni_pool_free(struct uni_pool *pool)
{
    for (uint32_t i = 0; i < pool->chunk_count; i++)
        free(pool->chunks[i]);
    free(pool->chunks);
}

void *uni_pool_at(const struct uni_pool *pool, uint32_t index)
{
    if (index >= pool->made)
        return NULL;
    return (char *)pool->chunks[index / CHUNK_OBJECTS] + index % CHUNK_OBJECTS * pool->object_bytes;
}

/* The list of chunks grows by doubling: it is full when its length is a power of two. */
static bool add_chunk(struct uni_pool *pool)
{
    const uint32_t count = pool->chunk_count;

    if ((count & (count - 1)) == 0) {
        void **const chunks = realloc(pool->chunks, (count ? count * 2 : 1) * sizeof(*chunks));
        if (!chunks)
            return false;
        pool->chunks = chunks;
    }
    void *const chunk = calloc(CHUNK_OBJECTS, pool->object_bytes);
    if (!chunk)
        return false;
    pool->chunks[pool->chunk_count++] = chunk;
    return true;
}

void *uni_pool_take(struct uni_pool *pool)
{
    struct uni_link_node *object = pool->free;

    if (pool->count >= pool->limit)
        return NULL;
    if (object) {
        pool->free = object->next;
    } else {
        if (pool->made == pool->chunk_count * CHUNK_OBJECTS && !add_chunk(pool))
            return NULL;
        const uint32_t index = pool->made++;

        object = uni_pool_at(pool, index);
        object->index = index;
    }
    pool->count++;
    return object;
}

void uni_pool_give(struct uni_pool *pool, struct uni_link_node *object)
{
    assert(pool->count > 0);
    object->next = pool->free;
    pool->free = object;
    pool->count--;
}

static uint32_t bucket_of(const struct uni_map *map, uint32_t key)
{
    return (key * UINT32_C(0x9E3779B1)) >> 7 & (map->size - 1);
}

bool uni_map_init(struct uni_map *map)
{
    *map = (struct uni_map){.size = MAP_SIZE_MIN};
    map->buckets = calloc(map->size, sizeof(struct uni_link_node *));
    return map->buckets != NULL;
}

void uni_map_free(struct uni_map *map)
{
    free(map->buckets);
}

void *uni_map_find(const struct uni_map *map, uint32_t key)
{
    struct uni_link_node *object = map->buckets[bucket_of(map, key)];

    while (object && object->key != key)
        object = object->next;
    return object;
}

/* Without memory the chains only get longer. */
static void grow(struct uni_map *map)
{
    struct uni_map larger = {.size = map->size * 2, .count = map->count};

    larger.buckets = calloc(larger.size, sizeof(struct uni_link_node *));
    if (!larger.buckets)
        return;
    for (uint32_t i = 0; i < map->size; i++)
        while (map->buckets[i]) {
            struct uni_link_node *const object = map->buckets[i];
            struct uni_link_node **const bucket = &larger.buckets[bucket_of(&larger, object->key)];

            map->buckets[i] = object->next;
            object->next = *bucket;
            *bucket = object;
        }
    free(map->buckets);
    *map = larger;
}

void uni_map_put(struct uni_map *map, struct uni_link_node *object)
{
    if (map->count >= map->size && map->size < UINT32_C(1) << 24)
        grow(map);
    struct uni_link_node **const bucket = &map->buckets[bucket_of(map, object->key)];

    object->next = *bucket;
    *bucket = object;
    map->count++;
}

void uni_map_remove(struct uni_map *map, struct uni_link_node *object)
{
    struct uni_link_node **at = &map->buckets[bucket_of(map, object->key)];

    while (*at != object) {
        assert(*at);
        at = &(*at)->next;
    }
    *at = object->next;
    map->count--;
}
