/* SPDX-License-Identifier: MIT */
#include "ndis/blockcache.h"

#include <assert.h>
#include <sched.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define BLOCK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BLOCK_SANITIZED 1
#endif
#endif

#ifdef BLOCK_SANITIZED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes)   ((void)(address), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#endif

struct block_chunk {
    struct block_chunk *next;
    size_t block_count;
    char *blocks;
};

static void busy_enter(atomic_flag *busy)
{
    for (unsigned spins = 0; atomic_flag_test_and_set_explicit(busy, memory_order_acquire); spins++)
        if (spins % 64 == 63)
            sched_yield(); /* live: the holder lost its thread's time slice */
}

static void busy_leave(atomic_flag *busy)
{
    atomic_flag_clear_explicit(busy, memory_order_release);
}

/* A driver that touches a net buffer after it freed it is stopped by the address sanitizer. */
static void block_bar(const struct block_cache *cache, struct block *block)
{
    ASAN_POISON_MEMORY_REGION((char *)block + cache->head_bytes,
                              cache->block_bytes - cache->head_bytes);
}

static void block_unbar(const struct block_cache *cache, struct block *block)
{
    ASAN_UNPOISON_MEMORY_REGION((char *)block + cache->head_bytes,
                                cache->block_bytes - cache->head_bytes);
}

void block_cache_init(struct block_cache *cache, const struct block_cache_options *options)
{
    assert(options->head_bytes >= sizeof(struct block));
    assert(options->block_bytes >= options->head_bytes);
    size_t mask = BLOCK_ALIGNMENT - 1;
    *cache = (struct block_cache){
        .block_bytes = (options->block_bytes + mask) & ~mask,
        .head_bytes = (options->head_bytes + 7) & ~(size_t)7, /* the sanitizer's grain */
        .carve = options->carve,
        .context = options->context,
    };
    atomic_flag_clear(&cache->busy);
    for (size_t i = 0; i < BLOCK_SHARD_COUNT; i++)
        atomic_flag_clear(&cache->shards[i].busy);
}

void block_cache_fini(struct block_cache *cache)
{
    while (cache->chunks) {
        struct block_chunk *chunk = cache->chunks;
        cache->chunks = chunk->next;
        ASAN_UNPOISON_MEMORY_REGION(chunk->blocks, chunk->block_count * cache->block_bytes);
        free(chunk->blocks);
        free(chunk);
    }
}

/* Allocates a chunk, as large as all that are present: a simulation makes many small caches. Its
 * blocks, one chained list, are nobody's until the caller places them. */
static struct block_chunk *chunk_create(struct block_cache *cache, uint64_t present_count)
{
    size_t bytes = (size_t)present_count * cache->block_bytes;
    if (bytes < BLOCK_FIRST_BYTES)
        bytes = BLOCK_FIRST_BYTES;
    if (bytes > BLOCK_CHUNK_BYTES)
        bytes = BLOCK_CHUNK_BYTES;
    size_t count = bytes / cache->block_bytes;
    if (count == 0)
        count = 1;
    if (count > BLOCK_SHARD_MAX)
        count = BLOCK_SHARD_MAX; /* a shard can hold the whole chunk */
    struct block_chunk *chunk = malloc(sizeof *chunk);
    if (!chunk)
        return NULL;
    void *blocks = NULL;
    if (posix_memalign(&blocks, BLOCK_ALIGNMENT, count * cache->block_bytes) != 0) {
        free(chunk);
        return NULL;
    }
    *chunk = (struct block_chunk){.block_count = count, .blocks = blocks};
    for (size_t i = 0; i < count; i++) {
        struct block *block = (void *)(chunk->blocks + i * cache->block_bytes);
        cache->carve(cache->context, block); /* first: it may write over the whole block */
        *block = (struct block){NULL, NULL};
        if (i + 1 < count)
            block->next = (void *)(chunk->blocks + (i + 1) * cache->block_bytes);
        block_bar(cache, block);
    }
    return chunk;
}

/* Fetches free blocks for a dry shard: a batch of the depot, else a new chunk. */
static struct block *depot_fetch(struct block_cache *cache, uint32_t *count)
{
    busy_enter(&cache->busy);
    struct block *batch = cache->batches;
    if (batch)
        cache->batches = batch->batch;
    uint64_t present_count = cache->block_count;
    busy_leave(&cache->busy);
    if (batch) {
        *count = BLOCK_BATCH_COUNT;
        return batch;
    }
    struct block_chunk *chunk = chunk_create(cache, present_count);
    if (!chunk)
        return NULL;
    busy_enter(&cache->busy);
    chunk->next = cache->chunks;
    cache->chunks = chunk;
    cache->block_count += chunk->block_count;
    busy_leave(&cache->busy);
    *count = (uint32_t)chunk->block_count;
    return (void *)chunk->blocks;
}

/* Puts fetched blocks into the shard, which the caller has locked. */
static void shard_refill(struct block_shard *shard, struct block *first, uint32_t count)
{
    struct block *last = first;
    while (last->next)
        last = last->next;
    last->next = shard->free;
    shard->free = first;
    shard->free_count += count;
}

struct block *block_cache_take(struct block_cache *cache, uint32_t shard_number)
{
    struct block_shard *shard = &cache->shards[shard_number % BLOCK_SHARD_COUNT];
    busy_enter(&shard->busy);
    if (!shard->free && !shard->closed) {
        busy_leave(&shard->busy); /* malloc may take long: nobody spins for it */
        uint32_t count = 0;
        struct block *fetched = depot_fetch(cache, &count);
        if (!fetched)
            return NULL;
        busy_enter(&shard->busy);
        shard_refill(shard, fetched, count);
    }
    if (shard->closed) { /* the pool was freed under the allocating call */
        busy_leave(&shard->busy);
        return NULL;
    }
    struct block *block = shard->free;
    shard->free = block->next;
    shard->free_count--;
    shard->out_count++;
    busy_leave(&shard->busy);
    block_unbar(cache, block);
    return block;
}

/* Splits a batch off an overfull shard, which the caller has locked. */
static struct block *shard_split(struct block_shard *shard)
{
    struct block *batch = shard->free;
    struct block *last = batch;
    for (unsigned i = 1; i < BLOCK_BATCH_COUNT; i++)
        last = last->next;
    shard->free = last->next;
    shard->free_count -= BLOCK_BATCH_COUNT;
    last->next = NULL;
    return batch;
}

bool block_cache_give(struct block_cache *cache, struct block *block, uint32_t shard_number)
{
    struct block_shard *shard = &cache->shards[shard_number % BLOCK_SHARD_COUNT];
    struct block *batch = NULL;
    block_bar(cache, block);
    busy_enter(&shard->busy);
    bool closed = shard->closed;
    block->next = shard->free;
    shard->free = block;
    shard->free_count++;
    shard->out_count--;
    if (shard->free_count > BLOCK_SHARD_MAX)
        batch = shard_split(shard);
    busy_leave(&shard->busy);
    if (batch) {
        busy_enter(&cache->busy);
        batch->batch = cache->batches;
        cache->batches = batch;
        busy_leave(&cache->busy);
    }
    return closed && atomic_fetch_sub(&cache->orphan_count, 1) == 1;
}

uint64_t block_cache_out_count(struct block_cache *cache)
{
    int64_t count = 0;
    for (size_t i = 0; i < BLOCK_SHARD_COUNT; i++) {
        busy_enter(&cache->shards[i].busy);
        count += cache->shards[i].out_count;
        busy_leave(&cache->shards[i].busy);
    }
    return count > 0 ? (uint64_t)count : 0;
}

uint64_t block_cache_close(struct block_cache *cache)
{
    int64_t count = 0;
    for (size_t i = 0; i < BLOCK_SHARD_COUNT; i++)
        busy_enter(&cache->shards[i].busy);
    for (size_t i = 0; i < BLOCK_SHARD_COUNT; i++) {
        assert(!cache->shards[i].closed);
        cache->shards[i].closed = true;
        count += cache->shards[i].out_count;
    }
    assert(count >= 0);
    atomic_store(&cache->orphan_count, count);
    for (size_t i = 0; i < BLOCK_SHARD_COUNT; i++)
        busy_leave(&cache->shards[i].busy);
    return (uint64_t)count;
}

void block_cache_visit(struct block_cache *cache, bool (*visit)(void *context, struct block *block),
                       void *context)
{
    busy_enter(&cache->busy);
    struct block_chunk *first = cache->chunks;
    busy_leave(&cache->busy);
    for (struct block_chunk *chunk = first; chunk; chunk = chunk->next)
        for (size_t i = 0; i < chunk->block_count; i++)
            if (!visit(context, (void *)(chunk->blocks + i * cache->block_bytes)))
                return;
}
