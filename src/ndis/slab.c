/* SPDX-License-Identifier: MIT */
#include "ndis/slab.h"

#include "nt/exec.h"
#include "rules/store.h"

#include <stdlib.h>
#include <string.h>

static size_t chunk_bytes(const struct slab *slab, uint32_t chunk)
{
    return ((size_t)slab->object_bytes << SLAB_FIRST_CHUNK_LOG2) << chunk;
}

void slab_init(struct slab *slab, enum object_kind kind, size_t object_bytes)
{
    assert(object_bytes >= sizeof(struct object) && object_bytes % 8 == 0);
    memset(slab, 0, sizeof(*slab));
    slab->object_bytes = (uint32_t)object_bytes;
    /* What is locked by itself shares no line with its neighbour: two processors, two VCs. */
    if (object_bytes > 2 * SLAB_ALIGNMENT)
        slab->object_bytes = (uint32_t)(object_bytes + SLAB_ALIGNMENT - 1) & ~(SLAB_ALIGNMENT - 1u);
    slab->kind = (uint8_t)kind;
}

void slab_fini(struct slab *slab)
{
    for (uint32_t k = 0; k < SLAB_CHUNK_COUNT; k++) {
        free(slab->memory[k]);
        free((void *)(uintptr_t)atomic_load(&slab->stacks[k]));
    }
    memset(slab, 0, sizeof(*slab));
}

/* Begins at a line of the cache. Zeroed by calloc, so that pages which nobody uses are none. */
static char *new_chunk(struct slab *slab, uint32_t k)
{
    slab->memory[k] = calloc(1, chunk_bytes(slab, k) + SLAB_ALIGNMENT);
    uintptr_t begin = (uintptr_t)slab->memory[k];
    return begin ? (char *)((begin + SLAB_ALIGNMENT - 1) & ~(uintptr_t)(SLAB_ALIGNMENT - 1)) : NULL;
}

/* Makes up to SLAB_BATCH new objects of one chunk and links them. Caller holds slab->lock. */
static uint32_t carve(struct slab *slab, uint32_t *first)
{
    uint32_t carved = atomic_load_explicit(&slab->carved, memory_order_relaxed);
    uint32_t offset;
    uint32_t k = slab_chunk_of(carved, &offset);
    uint32_t left = (1u << SLAB_FIRST_CHUNK_LOG2 << k) - offset;
    uint32_t count = left < SLAB_BATCH ? left : SLAB_BATCH;
    *first = 0;
    if (count > SLAB_INDEX_MAX - carved)
        count = SLAB_INDEX_MAX - carved;
    if (count == 0 || k >= SLAB_CHUNK_COUNT)
        return 0;
    char *chunk = atomic_load_explicit(&slab->chunks[k], memory_order_relaxed);
    if (!chunk) {
        chunk = new_chunk(slab, k);
        if (!chunk)
            return 0;
        atomic_store_explicit(&slab->chunks[k], chunk, memory_order_release);
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t place = (size_t)(offset + i) * slab->object_bytes;
        struct object *object = (struct object *)(chunk + place);
        object->index = carved + i;
        object->kind = slab->kind;
        object->next_free = i + 1 < count ? carved + i + 2 : 0;
    }
    *first = carved + 1;
    atomic_store_explicit(&slab->carved, carved + count, memory_order_release);
    return count;
}

/* Fetches a batch for a shard: objects given back before, else new ones. Caller holds the shard. */
static void refill(struct slab *slab, struct slab_shard *shard)
{
    raw_lock(&slab->lock);
    if (slab->spare_first) {
        shard->free_first = slab->spare_first;
        struct object *last = slab_at(slab, slab->spare_first - 1);
        shard->free_count = 1;
        while (last->next_free && shard->free_count < SLAB_BATCH) {
            last = slab_at(slab, last->next_free - 1);
            shard->free_count++;
        }
        slab->spare_first = last->next_free;
        last->next_free = 0;
    } else {
        shard->free_count = carve(slab, &shard->free_first);
    }
    raw_unlock(&slab->lock);
}

/* Gives one batch of a full shard to whoever runs dry. Caller holds the shard. */
static void spill(struct slab *slab, struct slab_shard *shard)
{
    uint32_t first = shard->free_first;
    struct object *last = slab_at(slab, first - 1);
    for (uint32_t i = 1; i < SLAB_BATCH; i++)
        last = slab_at(slab, last->next_free - 1);
    shard->free_first = last->next_free;
    shard->free_count -= SLAB_BATCH;
    raw_lock(&slab->lock);
    last->next_free = slab->spare_first;
    slab->spare_first = first;
    raw_unlock(&slab->lock);
}

/* ---- who made what ---- */

static const struct stack *_Atomic *stack_place(const struct slab *slab, uint32_t index)
{
    uint32_t offset;
    uint32_t k = slab_chunk_of(index, &offset);
    const struct stack *_Atomic *stacks =
        atomic_load_explicit(&slab->stacks[k], memory_order_acquire);
    return stacks ? stacks + offset : NULL;
}

const struct stack *slab_stack(const struct slab *slab, const struct object *object)
{
    const struct stack *_Atomic *place = stack_place(slab, object->index);
    return place ? atomic_load_explicit(place, memory_order_relaxed) : NULL;
}

/* The first object of a chunk brings the room for all of them. */
static const struct stack *_Atomic *stack_room(struct slab *slab, uint32_t index)
{
    uint32_t offset;
    uint32_t k = slab_chunk_of(index, &offset);
    raw_lock(&slab->lock);
    if (!atomic_load_explicit(&slab->stacks[k], memory_order_relaxed)) {
        size_t count = (size_t)1 << (SLAB_FIRST_CHUNK_LOG2 + k);
        const struct stack *_Atomic *room = calloc(count, sizeof(*room));
        atomic_store_explicit(&slab->stacks[k], room, memory_order_release);
    }
    raw_unlock(&slab->lock);
    return stack_place(slab, index);
}

void slab_note_stack(struct slab *slab, const struct object *object, const void *caller)
{
    const struct exec_task *task = exec_current();
    struct stack_store *store = task && task->exec ? task->exec->world->stacks : NULL;
    if (!store)
        return;
    const struct stack *_Atomic *place = stack_place(slab, object->index);
    if (!place)
        place = stack_room(slab, object->index);
    if (place)
        atomic_store_explicit(place, stack_keep(store, caller), memory_order_relaxed);
}

struct object *slab_take(struct slab *slab, uint32_t shard_number)
{
    struct slab_shard *shard = &slab->shards[shard_number % SLAB_SHARD_COUNT];
    struct object *object = NULL;
    raw_lock(&shard->lock);
    if (!shard->free_first)
        refill(slab, shard);
    if (shard->free_first) {
        object = slab_at(slab, shard->free_first - 1);
        shard->free_first = object->next_free;
        shard->free_count--;
    }
    raw_unlock(&shard->lock);
    if (!object)
        return NULL;
    assert(!object_alive(object));
    object->shard = (uint8_t)(shard_number % SLAB_SHARD_COUNT);
    atomic_store_explicit(&object->marks_written, 0, memory_order_relaxed);
    slab_note_stack(slab, object, __builtin_return_address(0));
    return object;
}

void slab_untake(struct slab *slab, struct object *object)
{
    struct slab_shard *shard = &slab->shards[object->shard];
    assert(!object_alive(object));
    raw_lock(&shard->lock);
    object->next_free = shard->free_first;
    shard->free_first = object->index + 1;
    if (++shard->free_count >= 3 * SLAB_BATCH)
        spill(slab, shard);
    raw_unlock(&shard->lock);
}

void slab_release(struct slab *slab, struct object *object)
{
    if (slab_kill(slab, object))
        slab_untake(slab, object);
}

size_t slab_bytes(const struct slab *slab)
{
    size_t bytes = 0;
    for (uint32_t k = 0; k < SLAB_CHUNK_COUNT; k++)
        if (atomic_load(&slab->chunks[k]))
            bytes += chunk_bytes(slab, k);
    return bytes;
}
