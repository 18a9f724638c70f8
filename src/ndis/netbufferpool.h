/* SPDX-License-Identifier: MIT */
/* A net buffer pool is where a driver's NET_BUFFER_LISTs or NET_BUFFERs come from: a block cache
 * whose blocks hold everything that one allocation gives, plus the handle and the account.
 *
 * A block, with its optional parts in this order:
 *   struct nbl_block or nb_block | context | struct nb_part | MDL | data
 * A pool that is freed with blocks out loses its handle at once and its memory with the last block
 * (or with the host), so that whoever still holds a list reads a list. */
#ifndef CONDIS_NDIS_NETBUFFERPOOL_H
#define CONDIS_NDIS_NETBUFFERPOOL_H

#include "ndis/blockcache.h"
#include "ndis/enter.h"
#include "ndis/netbufferlist.h"
#include "nt/owner.h"

#include <string.h>

struct pool_slot;

struct netbuffer_pool {
    struct nt_account account; /* of the driver that made it; bytes counts the pool only */
    struct block_cache cache;
    struct host *host;
    struct pool_slot *slot;
    NDIS_HANDLE handle;
    bool is_list;           /* of NET_BUFFER_LISTs */
    bool has_net_buffer;    /* of lists that bring their NET_BUFFER */
    bool disowned;          /* its account is closed: the driver freed it, or went without */
    uint8_t protocol_id;    /* NDIS_PROTOCOL_ID_... of the lists */
    uint16_t context_bytes; /* of the preallocated context; 0: none */
    uint32_t data_bytes;
    uint32_t context_offset; /* in the block */
    uint32_t part_offset;
    uint32_t mdl_offset;
    uint32_t data_offset;
};

/* What a pool handle names: the tenant of slabs OBJECT_NBL_POOL and OBJECT_NB_POOL. */
struct pool_slot {
    struct object object;
    struct netbuffer_pool *pool; /* NULL: none. Set without being alive: a freed pool's remains */
};

/* One NET_BUFFER, alone in an nb_block or inside the block of its list. */
enum nb_kind {
    NB_SEPARATE, /* NdisAllocateNetBuffer, NdisAllocateNetBufferMdlAndData */
    NB_EMBEDDED, /* came with its list */
    NB_OF_CLONE, /* NdisAllocateCloneNetBufferList made it for its list */
};

enum nb_state {
    NB_STATE_FREE,
    NB_STATE_OUT,
};

struct nb_part {
    struct netbuffer_pool *pool;
    _Atomic uint8_t state;  /* enum nb_state */
    uint8_t kind;           /* enum nb_kind */
    uint16_t retreat_count; /* MDLs that retreats put in front of the chain */
    NET_BUFFER nb;
};

struct nb_block {
    struct block block;
    const struct stack *stack; /* who allocated it, with the verifier; NULL: not kept */
    struct nb_part part;
};

enum { NBL_MOVES_KEPT = 4 };

/* One NET_BUFFER_LIST. The states are in netbufferlist.h. */
struct nbl_block {
    struct block block;
    struct netbuffer_pool *pool;
    _Atomic uint32_t state; /* enum nbl_state */
    uint8_t kind;           /* enum nbl_kind */
    uint8_t reserved;
    uint16_t context_used;            /* bytes that the allocation itself took of the context */
    PNET_BUFFER_LIST_CONTEXT context; /* that came with the allocation, or NULL */
    struct nt_owner *allocator;
    struct nt_owner *holder;
    void *vc;                     /* that it is out on */
    PNET_BUFFER first_nb;         /* its chain when it went out */
    uint32_t nb_count;            /* likewise */
    _Atomic uint32_t clone_count; /* clones of it that live */
    PNET_BUFFER_LIST original;    /* of a clone */
    uint32_t clone_flags;
    const struct stack *stack;    /* who allocated it, with the verifier; NULL: not kept */
    _Atomic uint64_t since_100ns; /* when it went out; coarse */
    /* With the verifier: who moved it, and when; a ring, mark is enum nbl_state. */
    _Atomic uint32_t moves_written;
    _Atomic uint64_t moves[NBL_MOVES_KEPT];
    NET_BUFFER_LIST nbl;
};

/* The words by which a structure of ours is known: derived from its address, so that a copy of one
 * is foreign. */
#define NBL_SECRET 0x4e424c2d6f757273ull
#define NB_SECRET  0x4e42202d6f757273ull

static inline void *netbuffer_mark_at(uintptr_t address, uint64_t secret)
{
    return (void *)(uintptr_t)(address ^ secret);
}

#define netbuffer_mark(structure, secret) netbuffer_mark_at((uintptr_t)(structure), (secret))

/* Zeroes a structure. Its size is hidden from the compiler, whose inline `rep stos` for one of this
 * size takes longer than the rest of an allocation. */
static inline void netbuffer_clear(void *structure, size_t bytes)
{
    __asm__("" : "+r"(bytes));
    memset(structure, 0, bytes);
}

/* The block of a list; NULL when the list is no list of ours. */
static inline struct nbl_block *nbl_block_of(const NET_BUFFER_LIST *nbl)
{
    if (!nbl || nbl->NdisReserved[0] != netbuffer_mark(nbl, NBL_SECRET))
        return NULL;
    return (void *)((char *)(uintptr_t)nbl - offsetof(struct nbl_block, nbl));
}

/* The part that a NET_BUFFER is in; NULL when it is none of ours. */
static inline struct nb_part *nb_part_of(const NET_BUFFER *nb)
{
    if (!nb || nb->NdisReserved[0] != netbuffer_mark(nb, NB_SECRET))
        return NULL;
    return (void *)((char *)(uintptr_t)nb - offsetof(struct nb_part, nb));
}

/* The preallocated parts of a list's block. Only when the pool has them. */
static inline PNET_BUFFER_LIST_CONTEXT nbl_block_context(struct nbl_block *b)
{
    return (void *)((char *)b + b->pool->context_offset);
}

static inline struct nb_part *nbl_block_part(struct nbl_block *b)
{
    return (void *)((char *)b + b->pool->part_offset);
}

/* Remembers that a list came into a state, by the running driver. Nothing without the verifier. */
void nbl_note(struct nbl_block *b, enum nbl_state state);

/* Takes a list of a pool, with its NET_BUFFER if the pool has them, without a context; it is in no
 * state until nbl_publish, which cannot fail. nbl_give takes back one that is in state FREE. */
struct nbl_block *nbl_take(const struct call *call, struct netbuffer_pool *pool,
                           enum nbl_kind kind);
PNET_BUFFER_LIST nbl_publish(struct nbl_block *b);
void nbl_give(const struct call *call, struct nbl_block *b);

/* Moves a list to state FREE, if the caller may free it with the function of that kind; reports
 * NBL_NOT_FROM_POOL, NBL_FREED_TWICE, NBL_FREED_OUT or POOL_WRONG_FREE (C121).
 * returns  NULL when the list must stay as it is */
struct nbl_block *nbl_begin_free(const struct call *call, PNET_BUFFER_LIST nbl, enum nbl_kind kind);

/* Finds the pool that a handle names, for a call; reports what is wrong with the handle.
 * kind     OBJECT_NBL_POOL or OBJECT_NB_POOL */
struct netbuffer_pool *netbuffer_pool_resolve(const struct call *call, NDIS_HANDLE PoolHandle,
                                              enum object_kind kind);

/* The host's own pool, for clones that name none: lists without NET_BUFFER, or NET_BUFFERs.
 * returns  NULL when memory is short */
struct netbuffer_pool *netbuffer_pool_default(const struct call *call, enum object_kind kind);

/* Gives a block back; ends the pool when it was freed before and this was its last block. */
void netbuffer_pool_give(struct netbuffer_pool *pool, struct block *block, uint32_t processor);

/* Says how many lists or buffers of the pool are out. */
uint64_t netbuffer_pool_out_count(struct netbuffer_pool *pool);

/* The pool that an account of kind NT_NBL_POOL belongs to, for a leak report. */
struct netbuffer_pool *netbuffer_pool_of_account(const struct nt_account *account);

/* Calls `visit` for each block of each pool of lists of a host, free ones too, until it returns
 * false; no pool ends meanwhile. Any thread; visit takes no lock that a pool's user may hold. */
void netbuffer_pools_visit(struct host *host, bool (*visit)(void *context, struct block *block),
                           void *context);

/* Writes who holds what is out, such as "3 out: 2 sent, 1 owned".
 * returns  the stack that allocated one that is out; NULL: none is, or not kept */
const struct stack *netbuffer_pool_describe(struct netbuffer_pool *pool, char *text,
                                            size_t text_bytes);

/* Takes the pools of a driver that is unloaded out of its account, after its leaks were reported:
 * their handles die, their memory stays until the host ends. */
void netbuffer_pools_disown(struct host *host, const struct nt_owner *owner);

/* Frees every pool of a host that ends. Nobody may use a net buffer any more. */
void netbuffer_pools_end(struct host *host);

#endif
