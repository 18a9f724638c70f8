/* SPDX-License-Identifier: MIT */
/* A block is a piece of memory that bytes from the wire are read into; who keeps a frame keeps the
 * blocks under it, so that payload is never copied. A pool holds a bounded number of blocks for one
 * reader: when all are in use the reader stops, and so holds back its peer.
 *
 * One task at a time takes blocks from a pool (its reader); any thread gives one back, at any IRQL,
 * without a lock. The pool lives until its reader let go of it and every block came back. */
#ifndef CONDIS_LINK_BLOCK_H
#define CONDIS_LINK_BLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block_pool;

struct block {
    struct block *next; /* in the pool's free blocks */
    struct block_pool *pool;
    _Atomic uint32_t references;
    uint32_t room_bytes;
    uint8_t bytes[];
};

/* Makes a pool of at most block_count_max (1..) blocks of block_bytes (1..2^30) each.
 * wake     called once after block_pool_take returned NULL, when a block has come back: on the
 *          thread that gave it back, at its IRQL. It must not call the pool.
 * returns  the pool, moved to the caller, who ends it with block_pool_end; NULL: no memory */
struct block_pool *block_pool_create(uint32_t block_bytes, uint32_t block_count_max,
                                     void (*wake)(void *context), void *context);

/* Takes a block with one reference. Not to be called again while a wake is owed.
 * returns NULL, *wakes true: all are in use (or no memory, and some are): wake is called once;
 *         NULL, *wakes false: no memory, and nothing will come back */
struct block *block_pool_take(struct block_pool *pool, bool *wakes);

/* Lets go of the pool for its reader. returns whether a wake was owed and will now not be called;
 * false when one was owed: it is being called, and the reader waits for it before it goes. */
bool block_pool_end(struct block_pool *pool);

/* How many blocks are out of the pool at this moment. */
uint32_t block_pool_out_count(struct block_pool *pool);

/* Takes one more reference to a block. */
static inline void block_hold(struct block *block)
{
    (void)atomic_fetch_add_explicit(&block->references, 1, memory_order_relaxed);
}

/* Lets one reference go; the last one gives the block back. */
void block_release(struct block *block);

/* Says whether the caller's reference is the only one. */
static inline bool block_is_mine(struct block *block)
{
    return atomic_load_explicit(&block->references, memory_order_acquire) == 1;
}

#endif
