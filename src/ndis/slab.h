/* SPDX-License-Identifier: MIT */
/* A slab holds all objects of one kind of one host: type-stable, indexed, never moved.
 *
 * Chunks double in size, so an index finds its object with two shifts and the first chunk is
 * small. Free objects wait in shards, one per processor number modulo SLAB_SHARD_COUNT, so that two
 * processors that create and release parties do not meet. A slot whose generation is used up is
 * retired: no old handle can ever mean a new object. */
#ifndef CONDIS_NDIS_SLAB_H
#define CONDIS_NDIS_SLAB_H

#include "ndis/object.h"
#include "nt/raw_lock.h"
#include "rules/stack.h"

#include <stddef.h>

enum {
    SLAB_FIRST_CHUNK_LOG2 = 3, /* most hosts have few adapters, and simulations make many hosts */
    SLAB_CHUNK_COUNT = 21,
    SLAB_SHARD_COUNT = 8,
    SLAB_BATCH = 32,
    SLAB_ALIGNMENT = 64, /* a line of the cache */
    SLAB_INDEX_MAX = (1 << 24) - 1,
};

struct slab_shard {
    _Alignas(64) struct raw_lock lock;
    uint32_t free_first; /* index + 1; 0 is none */
    uint32_t free_count;
};

struct slab {
    uint32_t object_bytes;
    uint8_t kind;
    struct slab_shard shards[SLAB_SHARD_COUNT];
    _Alignas(64) struct raw_lock lock; /* guards growth and the spare batches */
    _Atomic uint32_t carved;           /* objects that exist, dead or alive */
    uint32_t spare_first;              /* index + 1: objects given back by full shards */
    char *_Atomic chunks[SLAB_CHUNK_COUNT];
    void *memory[SLAB_CHUNK_COUNT]; /* what each chunk lies in; guarded by lock */
    _Atomic uint64_t retired_count;
    /* Who took an object last, beside it; NULL where none are kept. */
    const struct stack *_Atomic *_Atomic stacks[SLAB_CHUNK_COUNT];
};

/* Makes an empty slab. object_bytes: size of the kind's struct, which begins with struct object; a
 * large one gets whole lines of the cache. */
void slab_init(struct slab *slab, enum object_kind kind, size_t object_bytes);

/* Frees every chunk. No object may be used afterwards. */
void slab_fini(struct slab *slab);

/* Takes a free object. Its bytes behind struct object are as its last tenant left them; it is not
 * alive until slab_publish. Any IRQL, no lock of the caller's needed.
 * shard    the caller's processor number
 * returns  NULL when memory is short or the kind's 2^24 indexes are used up */
struct object *slab_take(struct slab *slab, uint32_t shard);

/* Remembers who makes an object, with the verifier: slab_take does, and whoever takes one that was
 * not given back. caller: a return address on this stack */
void slab_note_stack(struct slab *slab, const struct object *object, const void *caller);

/* Who made an object, with the verifier; NULL: not kept. */
const struct stack *slab_stack(const struct slab *slab, const struct object *object);

/* Makes a taken, initialised object alive: from here its handle resolves. */
static inline void slab_publish(struct object *object)
{
    uint32_t generation = object_generation(object) + 1;
    assert(generation <= OBJECT_GENERATION_MAX);
    atomic_store_explicit(&object->life, generation << 1 | 1, memory_order_release);
}

/* Ends a live object: its handle is dead from here. The memory keeps its contents until reuse. */
void slab_release(struct slab *slab, struct object *object);

/* Ends a live object without giving it back: the caller keeps it for its next life.
 * returns  false when its generations are used up: it has no next life */
static inline bool slab_kill(struct slab *slab, struct object *object)
{
    uint32_t generation = object_generation(object);
    assert(object_alive(object));
    atomic_store_explicit(&object->life, generation << 1, memory_order_release);
    if (generation < OBJECT_GENERATION_MAX)
        return true;
    atomic_fetch_add_explicit(&slab->retired_count, 1, memory_order_relaxed);
    return false;
}

/* Gives back an object that was taken but never published, or killed. */
void slab_untake(struct slab *slab, struct object *object);

/* The chunk of an index and the place in it: chunk k holds 2^(3+k) objects. */
static inline uint32_t slab_chunk_of(uint32_t index, uint32_t *offset)
{
    uint32_t biased = index + (1u << SLAB_FIRST_CHUNK_LOG2);
    uint32_t log2 = 31u - (uint32_t)__builtin_clz(biased);
    *offset = biased - (1u << log2);
    return log2 - SLAB_FIRST_CHUNK_LOG2;
}

/* The object at an index, dead or alive; NULL past the last one. */
static inline struct object *slab_at(const struct slab *slab, uint32_t index)
{
    if (index >= atomic_load_explicit(&slab->carved, memory_order_acquire))
        return NULL;
    uint32_t offset;
    uint32_t k = slab_chunk_of(index, &offset);
    char *chunk = atomic_load_explicit(&slab->chunks[k], memory_order_acquire);
    return (struct object *)(chunk + (size_t)offset * slab->object_bytes);
}

/* Bytes of memory that hold count objects of this kind. For the bench. */
size_t slab_bytes(const struct slab *slab);

#endif
