/* SPDX-License-Identifier: MIT */
#include "saal/buffer.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

/* Whole sizes of a buffer, header included: most signalling messages fit the first two. */
static const uint32_t class_bytes[] = {128, 512, 4096 + 128, SAAL_BUFFER_BYTES_MAX + 128};
static const uint32_t slab_count[] = {64, 32, 8, 1};

enum { CLASS_COUNT = sizeof class_bytes / sizeof class_bytes[0] };

struct slab {
    struct slab *next;
    /* The buffers follow, aligned as malloc aligns. */
    _Alignas(max_align_t) uint8_t memory[];
};

struct saal_pool {
    struct saal_buffer *free_buffers[CLASS_COUNT];
    struct slab *slabs;
    size_t bytes;
    size_t bytes_max;
    size_t live_count;
    size_t growth_count;
};

struct saal_pool *saal_pool_create(size_t bytes_max)
{
    struct saal_pool *pool = calloc(1, sizeof *pool);
    if (pool)
        pool->bytes_max = bytes_max;
    return pool;
}

void saal_pool_destroy(struct saal_pool *pool)
{
    if (!pool)
        return;
    assert(pool->live_count == 0);
    while (pool->slabs) {
        struct slab *slab = pool->slabs;
        pool->slabs = slab->next;
        free(slab);
    }
    free(pool);
}

static bool pool_grow(struct saal_pool *pool, uint8_t size_class)
{
    size_t slab_bytes = (size_t)class_bytes[size_class] * slab_count[size_class];
    if (slab_bytes > pool->bytes_max - pool->bytes)
        return false;
    struct slab *slab = malloc(sizeof *slab + slab_bytes);
    if (!slab)
        return false;
    slab->next = pool->slabs;
    pool->slabs = slab;
    pool->bytes += slab_bytes;
    pool->growth_count++;
    for (uint32_t i = slab_count[size_class]; i-- > 0;) {
        void *at = slab->memory + (size_t)i * class_bytes[size_class];
        struct saal_buffer *buffer = at;
        buffer->pool = pool;
        buffer->size_class = size_class;
        buffer->reference_count = 0;
        buffer->capacity_bytes =
            class_bytes[size_class] - (uint32_t)sizeof *buffer - SAAL_BUFFER_TAIL_BYTES;
        buffer->next = pool->free_buffers[size_class];
        pool->free_buffers[size_class] = buffer;
    }
    return true;
}

struct saal_buffer *saal_buffer_get(struct saal_pool *pool, size_t capacity_bytes)
{
    if (capacity_bytes > SAAL_BUFFER_BYTES_MAX)
        return NULL;
    uint8_t size_class = 0;
    size_t whole_bytes = capacity_bytes + sizeof(struct saal_buffer) + SAAL_BUFFER_TAIL_BYTES;
    while (class_bytes[size_class] < whole_bytes)
        size_class++;
    if (!pool->free_buffers[size_class] && !pool_grow(pool, size_class))
        return NULL;
    struct saal_buffer *buffer = pool->free_buffers[size_class];
    pool->free_buffers[size_class] = buffer->next;
    pool->live_count++;
    buffer->next = NULL;
    buffer->reference_count = 1;
    buffer->bytes = 0;
    buffer->queued = 0;
    return buffer;
}

void saal_buffer_put(struct saal_buffer *buffer)
{
    struct saal_pool *pool = buffer->pool;
    assert(buffer->reference_count == 0);
    assert(!buffer->queued);
    buffer->next = pool->free_buffers[buffer->size_class];
    pool->free_buffers[buffer->size_class] = buffer;
    pool->live_count--;
}

size_t saal_pool_live_count(const struct saal_pool *pool)
{
    return pool->live_count;
}

size_t saal_pool_growth_count(const struct saal_pool *pool)
{
    return pool->growth_count;
}
