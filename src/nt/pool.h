/* SPDX-License-Identifier: MIT */
/* Pool memory from the inside: blocks with an accounted header before them and a guard behind,
 * freed blocks kept for a while so that a second free or a late write is recognised. */
#ifndef CONDIS_NT_POOL_H
#define CONDIS_NT_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "nt/exec.h"
#include "nt/owner.h"

enum nt_pool_family {
    NT_POOL_EX = 1, /* ExAllocatePool..., freed with ExFreePool...                          */
    NT_POOL_NDIS,   /* NdisAllocateMemory..., freed with NdisFreeMemory...                  */
    NT_POOL_RTL,    /* strings that Rtl allocated, freed with RtlFree...                    */
};

/* How closely a world's pool memory is watched. */
enum nt_pool_mode {
    NT_POOL_PLAIN,  /* a guard behind each block; the beginning of a freed one is checked      */
    NT_POOL_GUARDS, /* all of a freed block is checked, and reports say who freed it           */
    NT_POOL_PAGES,  /* each block ends at a page that cannot be touched, nor can a freed one   */
};

/* Allocate `bytes` (0 is allowed), aligned to 16 or to 64 bytes.
 * zero      the content is zeros
 * paged     only below DISPATCH_LEVEL; else breaks POOL_AT_HIGH_IRQL
 * caller    return address in the driver, for its account
 * returns   the block, or NULL: no memory, or called at too high an IRQL (reported) */
void *nt_pool_allocate(enum nt_pool_family family, size_t bytes, uint32_t tag, bool aligned_64,
                       bool zero, bool paged, const char *function, const void *caller);

/* Free a block. NULL, foreign, freed, wrongly tagged or overrun ones break their rule; a block that
 * is sound and alive is freed even so. tag: 0 fits every block. */
void nt_pool_free(enum nt_pool_family family, void *block, uint32_t tag, const char *function);

/* Mark a live block as cached by a lookaside list, or as in use again.
 * caller   who uses it again; NULL when it is cached or goes away
 * Returns false when it is not a live (or not a cached) block, which is reported for `function`. */
bool nt_pool_cache(void *block, bool cached, const char *function, const void *caller);

/* The block that an NT_POOL account stands before. */
const void *nt_pool_block(const struct nt_account *account);

/* Whether some of these bytes lie in a live block that the running driver allocated as paged
 * memory. A driver without any is told at once; else its blocks are looked through. Any IRQL. */
bool nt_pool_is_paged(const void *at, size_t bytes);

/* Whether this lies in a live block of the running driver's. All of them are looked through. */
bool nt_pool_is_alive(const void *at);

/* Whether a block that begins here was freed and is still remembered: with guards as long as its
 * processor keeps it, with pages as long as they are closed. Never in NT_POOL_PLAIN.
 * allocated  set when true: who had allocated it; NULL: not kept */
bool nt_pool_freed(const void *block, const struct stack **allocated);

/* Give back what an owner leaked and was reported for. Nobody runs in the driver any more, and its
 * account is not used again. */
void nt_pool_end(struct nt_owner *owner);

/* Let go of the freed blocks that a processor still keeps. */
void nt_pool_forget(struct exec_cpu *cpu);

#endif
