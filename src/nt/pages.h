/* SPDX-License-Identifier: MIT */
/* Page memory is pool memory that the processor itself guards: every block ends right before a page
 * that cannot be touched, and the pages of a freed one cannot be touched either.
 *
 * Its address space is reserved once; a piece of it that was freed is used again only when
 * PAGES_QUARANTINE later ones of its size have been freed. A touch of a guarded page is told under
 * the world's rules with the block's story; then that page is opened, so that the run goes on or
 * ends as the world's policy says. Not under ThreadSanitizer. */
#ifndef CONDIS_NT_PAGES_H
#define CONDIS_NT_PAGES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/stack.h"

enum { PAGES_QUARANTINE = 1024 };

/* What is known of one block. */
struct pages_block {
    uint64_t bytes;
    const struct stack *allocated; /* NULL: not kept */
    const struct stack *freed;
    bool alive;
};

/* Prepare: reserve the address space and listen for SIGSEGV. Repeating it is harmless.
 * returns  false when this build or system has no page memory: use other memory */
bool pages_begin(void);

/* Allocate `head_bytes` and behind them `bytes`, which end at the guard but for what the alignment
 * of 16 costs.
 * returns  where the head begins; NULL: no memory, no address space, or too many mappings */
void *pages_allocate(size_t head_bytes, size_t bytes);

/* Say who allocated a live block; NULL: not known. */
void pages_note(const void *block, const struct stack *allocated);

/* Close the pages of a live block. freed: who does so; NULL: not known */
void pages_free(const void *block, const struct stack *freed);

/* Whether there is page memory: until then no block needs to be looked up. */
extern _Atomic bool pages_used_at_all;

/* Look up what holds an address. returns  false when it is no page memory. Any thread. */
bool pages_find(const void *address, struct pages_block *out);

/* Forget the stacks of every block: their world ends. */
void pages_forget_stacks(void);

#endif
