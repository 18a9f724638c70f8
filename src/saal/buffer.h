/* SPDX-License-Identifier: MIT */
/* A buffer holds one SDU, or the PDU made from it in place; it is counted, and returns to its pool.
 *
 * A pool and the engines that use it belong to one thread, or one lock, at a time. Memory is taken
 * from the C library only while a pool grows; what it has, it keeps until it is destroyed. */
#ifndef CONDIS_SAAL_BUFFER_H
#define CONDIS_SAAL_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct saal_pool;

/* What an SDU grows by when it becomes a PDU: up to 3 octets of padding and two words. */
#define SAAL_BUFFER_TAIL_BYTES 16

struct saal_buffer {
    struct saal_buffer *next; /* its pool's, or the engine's that sends it */
    struct saal_pool *pool;
    uint32_t reference_count;
    uint32_t bytes;          /* in data; the user of the buffer sets it */
    uint32_t capacity_bytes; /* SAAL_BUFFER_TAIL_BYTES more are behind these */
    uint8_t size_class;
    uint8_t queued; /* the engine's: it waits to be taken as a frame */
    uint8_t data[];
};

/* Make a pool.
 * bytes_max  memory that the pool may hold at most; the pool itself is not counted
 * returns    the pool, owned by the caller; NULL if there is no memory */
struct saal_pool *saal_pool_create(size_t bytes_max);

/* End a pool. Every buffer must have come back (asserted). */
void saal_pool_destroy(struct saal_pool *pool);

/* Get an empty buffer, constant time while the pool need not grow.
 * capacity_bytes  how many octets its user will write, without the tail
 * returns         a buffer with bytes = 0 and one reference, which moves to the caller; NULL at the
 *                 pool's limit, if there is no memory, or above SAAL_BUFFER_BYTES_MAX */
struct saal_buffer *saal_buffer_get(struct saal_pool *pool, size_t capacity_bytes);

#define SAAL_BUFFER_BYTES_MAX 65536

/* Give back to its pool a buffer without references; saal_buffer_release calls it. */
void saal_buffer_put(struct saal_buffer *buffer);

/* How many buffers are out of the pool. */
size_t saal_pool_live_count(const struct saal_pool *pool);

/* How often the pool asked the C library for memory: flat in the steady state. */
size_t saal_pool_growth_count(const struct saal_pool *pool);

/* Take one more reference. Returns the buffer. */
static inline struct saal_buffer *saal_buffer_hold(struct saal_buffer *buffer)
{
    buffer->reference_count++;
    return buffer;
}

/* Give up one reference; the last one returns the buffer to its pool. NULL is allowed. */
static inline void saal_buffer_release(struct saal_buffer *buffer)
{
    if (buffer && --buffer->reference_count == 0)
        saal_buffer_put(buffer);
}

#endif
