/* SPDX-License-Identifier: MIT */
/* Things are structs of one size with names that stay unique: a name found after its thing was
 * given back leads nowhere. Memory is kept for the next ones. */
#ifndef CONDIS_SWITCH_THINGS_H
#define CONDIS_SWITCH_THINGS_H

#include <stddef.h>
#include <stdint.h>

/* In front of each thing. */
struct thing {
    uint64_t name; /* generation << 32 | index + 1; changes when the thing is given back */
    struct thing *next_free;
};

struct things {
    uint8_t **chunks;
    size_t chunk_count;
    size_t thing_bytes;
    struct thing *free;
    size_t used_count;
    size_t bytes; /* of memory that it holds */
};

/* thing_bytes  of the struct, which begins with a struct thing */
void things_init(struct things *things, size_t thing_bytes);
void things_end(struct things *things);

/* returns a thing, zero but for its head; NULL without memory. */
void *things_take(struct things *things);
void things_give(struct things *things, void *which);

/* returns what has the name, or NULL. Name 0 is nobody's. */
void *things_find(const struct things *things, uint64_t name);

#endif
