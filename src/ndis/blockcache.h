/* SPDX-License-Identifier: MIT */
/* A block cache is the memory of one net buffer pool: blocks of one size that are never anything
 * else, handed out and taken back without allocation once the pool is warm.
 *
 * Free blocks wait in shards, one per processor number modulo BLOCK_SHARD_COUNT, so that two
 * processors do not meet. A shard that runs dry takes a batch from the depot; one that overflows
 * gives a batch back, so a processor that only allocates lives on what another one frees. The locks
 * are held for a few instructions, never across a preemption point, and change no IRQL. */
#ifndef CONDIS_NDIS_BLOCKCACHE_H
#define CONDIS_NDIS_BLOCKCACHE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLOCK_SHARD_COUNT = 8,
    BLOCK_BATCH_COUNT = 32,    /* blocks that move between a shard and the depot at once */
    BLOCK_SHARD_MAX = 128,     /* free blocks that a shard keeps */
    BLOCK_FIRST_BYTES = 8192,  /* what the cache grows by at first, then as much as there is, ... */
    BLOCK_CHUNK_BYTES = 65536, /* ... to this at most, when blocks are not larger than that */
    BLOCK_ALIGNMENT = 64,
};

/* The first bytes of every block. */
struct block {
    struct block *next;  /* while free: next in the shard or batch */
    struct block *batch; /* while first of a batch in the depot: next batch */
};

struct block_shard {
    _Alignas(BLOCK_ALIGNMENT) atomic_flag busy;
    bool closed;
    uint32_t free_count;
    struct block *free;
    int64_t out_count; /* taken minus given here; only the sum over all shards means something */
};

struct block_chunk;

struct block_cache {
    size_t block_bytes;
    size_t head_bytes; /* of a free block that may be read: the address sanitizer bars the rest */
    void (*carve)(void *context, struct block *block); /* fills the constant part of a new block */
    void *context;
    struct block_shard shards[BLOCK_SHARD_COUNT];
    _Alignas(BLOCK_ALIGNMENT) atomic_flag busy; /* guards the depot: the next three */
    struct block *batches;
    struct block_chunk *chunks;
    uint64_t block_count;
    _Atomic int64_t orphan_count; /* once closed: blocks still out */
};

struct block_cache_options {
    size_t block_bytes; /* the whole block; rounded up to BLOCK_ALIGNMENT */
    size_t head_bytes;  /* sizeof(struct block) .. block_bytes */
    void (*carve)(void *context, struct block *block);
    void *context;
};

/* Makes an empty cache that holds no memory yet. */
void block_cache_init(struct block_cache *cache, const struct block_cache_options *options);

/* Frees every block, out or not. Nobody may use one any more. */
void block_cache_fini(struct block_cache *cache);

/* Takes a free block; its bytes behind struct block are as its last user or carve left them.
 * shard    the caller's processor number
 * returns  NULL when memory is short. Any IRQL. */
struct block *block_cache_take(struct block_cache *cache, uint32_t shard);

/* Gives a block back.
 * returns  true when the cache is closed and this was the last block out: the caller, and nobody
 *          else, now owns the cache and ends it. Any IRQL. */
bool block_cache_give(struct block_cache *cache, struct block *block, uint32_t shard);

/* Says how many blocks are out. Exact when nobody takes or gives meanwhile. */
uint64_t block_cache_out_count(struct block_cache *cache);

/* Closes the cache: nothing may be taken any more, and block_cache_give tells of the last one.
 * returns  how many blocks are out; with 0 the caller ends the cache now. */
uint64_t block_cache_close(struct block_cache *cache);

/* Calls visit for every block there is, free or out, until it returns false. */
void block_cache_visit(struct block_cache *cache, bool (*visit)(void *context, struct block *block),
                       void *context);

#endif
