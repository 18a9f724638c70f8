/* SPDX-License-Identifier: MIT */
#include "switch/things.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_THINGS = 256 };

void things_init(struct things *things, size_t thing_bytes)
{
    *things = (struct things){.thing_bytes = (thing_bytes + 15) & ~(size_t)15};
}

void things_end(struct things *things)
{
    assert(things->used_count == 0);
    for (size_t i = 0; i < things->chunk_count; i++)
        free(things->chunks[i]);
    free(things->chunks);
    *things = (struct things){0};
}

static int things_grow(struct things *things)
{
    size_t size = (things->chunk_count + 1) * sizeof *things->chunks;
    uint8_t **chunks = realloc(things->chunks, size);
    if (!chunks)
        return 0;
    things->chunks = chunks;
    uint8_t *chunk = calloc(CHUNK_THINGS, things->thing_bytes);
    if (!chunk)
        return 0;
    for (size_t i = CHUNK_THINGS; i-- > 0;) {
        struct thing *thing = (struct thing *)(void *)(chunk + i * things->thing_bytes);
        thing->name = UINT64_C(1) << 32 | (things->chunk_count * CHUNK_THINGS + i + 1);
        thing->next_free = things->free;
        things->free = thing;
    }
    things->chunks[things->chunk_count++] = chunk;
    things->bytes += CHUNK_THINGS * things->thing_bytes;
    return 1;
}

void *things_take(struct things *things)
{
    if (!things->free && !things_grow(things))
        return NULL;
    struct thing *thing = things->free;
    things->free = thing->next_free;
    thing->next_free = NULL;
    things->used_count++;
    memset(thing + 1, 0, things->thing_bytes - sizeof *thing);
    return thing;
}

void things_give(struct things *things, void *which)
{
    struct thing *thing = which;

    assert(things->used_count > 0);
    thing->name += UINT64_C(1) << 32;
    thing->next_free = things->free;
    things->free = thing;
    things->used_count--;
}

void *things_find(const struct things *things, uint64_t name)
{
    uint64_t index = (name & UINT32_MAX) - 1;

    if (name == 0 || index >= things->chunk_count * (uint64_t)CHUNK_THINGS)
        return NULL;
    uint8_t *at =
        things->chunks[index / CHUNK_THINGS] + (index % CHUNK_THINGS) * things->thing_bytes;
    struct thing *thing = (struct thing *)(void *)at;
    return thing->name == name ? thing : NULL;
}
