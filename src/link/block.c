/* SPDX-License-Identifier: MIT */
#include "link/block.h"

#include <assert.h>
#include <stdlib.h>

struct block_pool {
    uint32_t block_bytes;
    uint32_t block_count_max;
    void (*wake)(void *context);
    void *context;
    struct block *spare;          /* the reader's own                                        */
    uint32_t block_count;         /* the reader's: blocks that exist                         */
    _Atomic(struct block *) back; /* blocks that came back: a stack that is only emptied whole */
    _Atomic uint32_t references;  /* the reader and each block that is out                   */
    _Atomic bool wanted;          /* the reader found none                                   */
};

struct block_pool *block_pool_create(uint32_t block_bytes, uint32_t block_count_max,
                                     void (*wake)(void *context), void *context)
{
    assert(block_bytes > 0 && block_bytes <= 1u << 30);
    assert(block_count_max > 0);
    struct block_pool *pool = calloc(1, sizeof(*pool));
    if (!pool)
        return NULL;
    pool->block_bytes = block_bytes;
    pool->block_count_max = block_count_max;
    pool->wake = wake;
    pool->context = context;
    atomic_store(&pool->references, 1);
    return pool;
}

static void blocks_free(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

static void pool_release(struct block_pool *pool)
{
    if (atomic_fetch_sub_explicit(&pool->references, 1, memory_order_acq_rel) != 1)
        return;
    blocks_free(pool->spare);
    blocks_free(atomic_load(&pool->back));
    free(pool);
}

static struct block *pool_spare(struct block_pool *pool)
{
    if (!pool->spare)
        pool->spare = atomic_exchange_explicit(&pool->back, NULL, memory_order_acquire);
    struct block *block = pool->spare;
    if (block)
        pool->spare = block->next;
    return block;
}

static struct block *pool_grow(struct block_pool *pool)
{
    if (pool->block_count == pool->block_count_max)
        return NULL;
    struct block *block = malloc(sizeof(*block) + pool->block_bytes);
    if (!block)
        return NULL;
    block->pool = pool;
    block->room_bytes = pool->block_bytes;
    pool->block_count++;
    return block;
}

struct block *block_pool_take(struct block_pool *pool, bool *wakes)
{
    *wakes = false;
    struct block *block = pool_spare(pool);
    if (!block)
        block = pool_grow(pool);
    if (!block && pool->block_count > 0) {
        /* Look again after saying so: one that came back in between would wake nobody. */
        atomic_store(&pool->wanted, true);
        block = pool_spare(pool);
        *wakes = !block || !atomic_exchange(&pool->wanted, false);
        if (block && *wakes) { /* the one who gave it back is about to wake: wait for that */
            block->next = pool->spare;
            pool->spare = block;
            block = NULL;
        }
    }
    if (!block)
        return NULL;
    block->next = NULL;
    atomic_store_explicit(&block->references, 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&pool->references, 1, memory_order_relaxed);
    return block;
}

void block_release(struct block *block)
{
    if (atomic_fetch_sub_explicit(&block->references, 1, memory_order_acq_rel) != 1)
        return;
    struct block_pool *pool = block->pool;
    block->next = atomic_load_explicit(&pool->back, memory_order_relaxed);
    while (!atomic_compare_exchange_weak(&pool->back, &block->next, block))
        ;
    if (atomic_load(&pool->wanted) && atomic_exchange(&pool->wanted, false))
        pool->wake(pool->context);
    pool_release(pool);
}

bool block_pool_end(struct block_pool *pool)
{
    bool owed = atomic_exchange(&pool->wanted, false);
    pool_release(pool);
    return owed;
}

uint32_t block_pool_out_count(struct block_pool *pool)
{
    return atomic_load(&pool->references) - 1;
}
