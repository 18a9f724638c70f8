/* SPDX-License-Identifier: MIT */
#include "ndis/netbufferpool.h"

#include "ndis/handle.h"
#include "ndis/mdl.h"
#include "nt/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN(bytes, to) (((bytes) + (size_t)(to)-1) & ~((size_t)(to)-1))

/* ---- layout ------------------------------------------------------------------------------ */

/* Decides where the optional parts of a block stand. returns the block's size. */
static size_t pool_lay_out(struct netbuffer_pool *pool)
{
    size_t bytes = pool->is_list ? sizeof(struct nbl_block) : sizeof(struct nb_block);
    if (pool->is_list && pool->context_bytes > 0) {
        bytes = ALIGN(bytes, MEMORY_ALLOCATION_ALIGNMENT);
        pool->context_offset = (uint32_t)bytes;
        bytes += sizeof(NET_BUFFER_LIST_CONTEXT) + pool->context_bytes;
    }
    pool->part_offset = offsetof(struct nb_block, part);
    if (pool->is_list && pool->has_net_buffer) {
        bytes = ALIGN(bytes, _Alignof(struct nb_part));
        pool->part_offset = (uint32_t)bytes;
        bytes += sizeof(struct nb_part);
    }
    if (pool->data_bytes > 0) {
        bytes = ALIGN(bytes, MEMORY_ALLOCATION_ALIGNMENT);
        pool->mdl_offset = (uint32_t)bytes;
        bytes += mdl_footprint_bytes(pool->data_bytes);
        bytes = ALIGN(bytes, BLOCK_ALIGNMENT); /* data on cache lines of its own */
        pool->data_offset = (uint32_t)bytes;
        bytes += pool->data_bytes;
    }
    return bytes;
}

static void part_carve(struct netbuffer_pool *pool, char *block, enum nb_kind kind)
{
    struct nb_part *part = (void *)(block + pool->part_offset);
    *part = (struct nb_part){.pool = pool, .kind = (uint8_t)kind};
    part->nb.NdisPoolHandle = pool->handle;
    part->nb.NdisReserved[0] = netbuffer_mark(&part->nb, NB_SECRET);
}

static void pool_carve(void *context, struct block *block)
{
    struct netbuffer_pool *pool = context;
    if (pool->is_list) {
        struct nbl_block *b = (void *)block;
        *b = (struct nbl_block){.pool = pool};
        b->nbl.NdisPoolHandle = pool->handle;
        b->nbl.NdisReserved[0] = netbuffer_mark(&b->nbl, NBL_SECRET);
    }
    if (!pool->is_list || pool->has_net_buffer)
        part_carve(pool, (char *)block, pool->is_list ? NB_EMBEDDED : NB_SEPARATE);
    if (pool->data_bytes > 0)
        mdl_construct((char *)block + pool->mdl_offset, MDL_KIND_BLOCK,
                      (char *)block + pool->data_offset, pool->data_bytes);
}

/* ---- life -------------------------------------------------------------------------------- */

static void pool_destroy(struct netbuffer_pool *pool)
{
    if (!pool->disowned)
        nt_account_close(&pool->account);
    block_cache_fini(&pool->cache);
    free(pool);
}

/* A visitor of all pools (netbuffer_pools_visit) keeps a pool by the same lock. */
static void slot_set(struct host *host, struct pool_slot *slot, struct netbuffer_pool *pool)
{
    raw_lock(&host->pools_lock);
    slot->pool = pool;
    raw_unlock(&host->pools_lock);
}

/* Makes a pool with a live handle from its filled-in description, which is copied.
 * returns  NULL when memory is short */
static struct netbuffer_pool *pool_create(const struct call *call,
                                          const struct netbuffer_pool *like, uint32_t tag,
                                          const void *caller)
{
    struct slab *slab = &call->host->slabs[like->is_list ? OBJECT_NBL_POOL : OBJECT_NB_POOL];
    void *memory = NULL;
    if (posix_memalign(&memory, BLOCK_ALIGNMENT, sizeof *like) != 0)
        return NULL;
    struct netbuffer_pool *pool = memory;
    *pool = *like;
    pool->host = call->host;
    struct pool_slot *slot = (struct pool_slot *)slab_take(slab, call->task->processor);
    if (!slot) {
        free(pool);
        return NULL;
    }
    size_t block_bytes = pool_lay_out(pool);
    /* A second free reads NdisReserved; the sanitizer bars what stands behind it. */
    size_t head = pool->is_list ? offsetof(struct nbl_block, nbl.ProtocolReserved)
                                : offsetof(struct nb_block, part.nb.ProtocolReserved);
    block_cache_init(&pool->cache, &(struct block_cache_options){
                                       .block_bytes = block_bytes,
                                       .head_bytes = head,
                                       .carve = pool_carve,
                                       .context = pool,
                                   });
    nt_account_open(&pool->account, NT_NBL_POOL, sizeof *pool, tag, caller);
    slot_set(call->host, slot, pool);
    pool->slot = slot;
    slab_publish(&slot->object);
    pool->handle = handle_of(call->host, &slot->object);
    object_mark(&slot->object, MARK_CREATED, 0);
    return pool;
}

/* Kills the handle. What is out keeps the memory; a dead slot remembers it for the host's end. */
static void pool_retire(struct netbuffer_pool *pool)
{
    struct pool_slot *slot = pool->slot;
    struct slab *slab = &pool->host->slabs[slot->object.kind];
    if (!pool->disowned)
        nt_account_close(&pool->account);
    pool->disowned = true;
    struct pool_slot *grave = (struct pool_slot *)slab_take(slab, slot->object.shard);
    pool->slot = grave; /* NULL: memory is short; then only its last block ends the pool */
    if (grave)
        slot_set(pool->host, grave, pool);
    object_mark(&slot->object, MARK_DEAD, 0);
    slot_set(pool->host, slot, NULL);
    slab_release(slab, &slot->object);
}

static void pool_bury(struct netbuffer_pool *pool)
{
    struct pool_slot *grave = pool->slot;
    if (grave) {
        slot_set(pool->host, grave, NULL);
        slab_untake(&pool->host->slabs[grave->object.kind], &grave->object);
    }
    pool_destroy(pool);
}

void netbuffer_pool_give(struct netbuffer_pool *pool, struct block *block, uint32_t processor)
{
    if (block_cache_give(&pool->cache, block, processor))
        pool_bury(pool);
}

uint64_t netbuffer_pool_out_count(struct netbuffer_pool *pool)
{
    return block_cache_out_count(&pool->cache);
}

struct netbuffer_pool *netbuffer_pool_of_account(const struct nt_account *account)
{
    return (void *)((char *)(uintptr_t)account - offsetof(struct netbuffer_pool, account));
}

struct netbuffer_pool *netbuffer_pool_resolve(const struct call *call, NDIS_HANDLE PoolHandle,
                                              enum object_kind kind)
{
    struct pool_slot *slot = (struct pool_slot *)call_resolve(call, PoolHandle, kind, "PoolHandle");
    return slot ? slot->pool : NULL;
}

struct netbuffer_pool *netbuffer_pool_default(const struct call *call, enum object_kind kind)
{
    void **place =
        &call->host->slots[kind == OBJECT_NBL_POOL ? HOST_SLOT_NBL_POOL : HOST_SLOT_NB_POOL];
    struct netbuffer_pool *pool = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (pool)
        return pool;
    struct nt_owner *owner = call->task->owner;
    call->task->owner = NULL; /* the pool is NDIS's, whichever driver clones first */
    pool = pool_create(call, &(struct netbuffer_pool){.is_list = kind == OBJECT_NBL_POOL}, 0, NULL);
    call->task->owner = owner;
    if (!pool)
        return NULL;
    void *nobody = NULL;
    if (__atomic_compare_exchange_n(place, &nobody, pool, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return pool;
    pool_retire(pool); /* another processor was first */
    if (block_cache_close(&pool->cache) == 0)
        pool_bury(pool);
    return nobody;
}

/* ---- what is out ------------------------------------------------------------------------- */

struct out_count {
    struct netbuffer_pool *pool;
    unsigned by_state[NBL_STATE_FOREIGN];
    unsigned total;
    const struct stack *stack; /* of one that is out */
};

static bool out_count_block(void *context, struct block *block)
{
    struct out_count *count = context;
    if (count->pool->is_list) {
        struct nbl_block *b = (void *)block;
        uint32_t state = atomic_load_explicit(&b->state, memory_order_relaxed);
        count->by_state[state]++;
        if (state != NBL_STATE_FREE && !count->stack)
            count->stack = b->stack;
    } else {
        struct nb_block *b = (void *)block;
        bool out = atomic_load_explicit(&b->part.state, memory_order_relaxed) == NB_STATE_OUT;
        count->by_state[out ? NBL_STATE_OWNED : NBL_STATE_FREE]++;
        if (out && !count->stack)
            count->stack = b->stack;
    }
    return true;
}

const struct stack *netbuffer_pool_describe(struct netbuffer_pool *pool, char *text,
                                            size_t text_bytes)
{
    struct out_count count = {.pool = pool};
    block_cache_visit(&pool->cache, out_count_block, &count);
    for (int state = NBL_STATE_OWNED; state < NBL_STATE_FOREIGN; state++)
        count.total += count.by_state[state];
    int used = snprintf(text, text_bytes, "%u %s out", count.total,
                        pool->is_list ? "NET_BUFFER_LISTs" : "NET_BUFFERs");
    for (int state = NBL_STATE_OWNED; pool->is_list && state < NBL_STATE_FOREIGN; state++)
        if (count.by_state[state] && used > 0 && (size_t)used < text_bytes)
            used += snprintf(text + used, text_bytes - (size_t)used, "; %u %s",
                             count.by_state[state], nbl_state_text((enum nbl_state)state));
    return count.stack;
}

void netbuffer_pools_visit(struct host *host, bool (*visit)(void *context, struct block *block),
                           void *context)
{
    struct slab *slab = &host->slabs[OBJECT_NBL_POOL];
    struct pool_slot *slot;
    for (uint32_t i = 0; (slot = (struct pool_slot *)slab_at(slab, i)) != NULL; i++) {
        raw_lock(&host->pools_lock);
        if (slot->pool)
            block_cache_visit(&slot->pool->cache, visit, context);
        raw_unlock(&host->pools_lock);
    }
}

/* ---- the host's and the driver's end ------------------------------------------------------ */

static void pools_disown(struct slab *slab, const struct nt_owner *owner)
{
    struct pool_slot *slot;
    for (uint32_t i = 0; (slot = (struct pool_slot *)slab_at(slab, i)) != NULL; i++) {
        struct netbuffer_pool *pool = slot->pool;
        if (!pool || !object_alive(&slot->object) || pool->account.owner != owner)
            continue;
        pool_retire(pool);
        if (block_cache_close(&pool->cache) == 0)
            pool_bury(pool);
    }
}

void netbuffer_pools_disown(struct host *host, const struct nt_owner *owner)
{
    assert(owner); /* NDIS's own pools last as long as the host */
    pools_disown(&host->slabs[OBJECT_NBL_POOL], owner);
    pools_disown(&host->slabs[OBJECT_NB_POOL], owner);
}

static void pools_end(struct slab *slab)
{
    struct pool_slot *slot;
    for (uint32_t i = 0; (slot = (struct pool_slot *)slab_at(slab, i)) != NULL; i++) {
        struct netbuffer_pool *pool = slot->pool;
        if (!pool)
            continue;
        slot_set(pool->host, slot, NULL);
        pool_destroy(pool);
        if (object_alive(&slot->object))
            slab_release(slab, &slot->object);
    }
}

void netbuffer_pools_end(struct host *host)
{
    pools_end(&host->slabs[OBJECT_NBL_POOL]);
    pools_end(&host->slabs[OBJECT_NB_POOL]);
    host->slots[HOST_SLOT_NBL_POOL] = NULL;
    host->slots[HOST_SLOT_NB_POOL] = NULL;
}

/* ---- what drivers call ------------------------------------------------------------------- */

/* Checks the header that both parameter structures begin with. */
static bool parameters_ok(const struct call *call, const NDIS_OBJECT_HEADER *header, UCHAR revision,
                          USHORT bytes)
{
    if (!header) {
        call_breaks(call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "Parameters is NULL");
        return false;
    }
    if (header->Type == NDIS_OBJECT_TYPE_DEFAULT && header->Revision >= revision &&
        header->Size >= bytes)
        return true;
    call_breaks(call, RULE_ARGUMENT_HEADER, NULL, NDIS_STATUS_FAILURE,
                "Parameters has type 0x%02x, revision %u, size %u; expected 0x%02x, %u, %u",
                header->Type, header->Revision, header->Size, NDIS_OBJECT_TYPE_DEFAULT, revision,
                bytes);
    return false;
}

static bool list_parameters_ok(const struct call *call,
                               const NET_BUFFER_LIST_POOL_PARAMETERS *parameters)
{
    if (parameters->ContextSize % MEMORY_ALLOCATION_ALIGNMENT != 0) {
        call_breaks(call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "ContextSize %u is not a multiple of MEMORY_ALLOCATION_ALIGNMENT",
                    parameters->ContextSize);
        return false;
    }
    if (parameters->DataSize != 0 && !parameters->fAllocateNetBuffer) {
        call_breaks(call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "DataSize is %u, but fAllocateNetBuffer is FALSE", parameters->DataSize);
        return false;
    }
    return true;
}

/* Learn: NdisAllocateNetBufferListPool. */
NDIS_HANDLE NTAPI NdisAllocateNetBufferListPool(NDIS_HANDLE NdisHandle,
                                                PNET_BUFFER_LIST_POOL_PARAMETERS Parameters)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    (void)NdisHandle; /* optional; the calling driver is known */
    if (!parameters_ok(&call, Parameters ? &Parameters->Header : NULL,
                       NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                       NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1) ||
        !list_parameters_ok(&call, Parameters) || nt_fault(FAULT_NdisAllocateNetBufferListPool))
        return NULL;
    struct netbuffer_pool *pool =
        pool_create(&call,
                    &(struct netbuffer_pool){
                        .is_list = true,
                        .has_net_buffer = Parameters->fAllocateNetBuffer != FALSE,
                        .protocol_id = Parameters->ProtocolId & NDIS_PROTOCOL_ID_MASK,
                        .context_bytes = Parameters->ContextSize,
                        .data_bytes = Parameters->DataSize,
                    },
                    Parameters->PoolTag, __builtin_return_address(0));
    return pool ? pool->handle : NULL;
}

/* Learn: NdisAllocateNetBufferPool. */
NDIS_HANDLE NTAPI NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle,
                                            PNET_BUFFER_POOL_PARAMETERS Parameters)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    (void)NdisHandle;
    if (!parameters_ok(&call, Parameters ? &Parameters->Header : NULL,
                       NET_BUFFER_POOL_PARAMETERS_REVISION_1,
                       NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1) ||
        nt_fault(FAULT_NdisAllocateNetBufferPool))
        return NULL;
    struct netbuffer_pool *pool =
        pool_create(&call, &(struct netbuffer_pool){.data_bytes = Parameters->DataSize},
                    Parameters->PoolTag, __builtin_return_address(0));
    return pool ? pool->handle : NULL;
}

static void pool_free(const struct call *call, NDIS_HANDLE handle, enum object_kind kind)
{
    struct netbuffer_pool *pool = netbuffer_pool_resolve(call, handle, kind);
    if (!pool)
        return;
    if (netbuffer_pool_out_count(pool) != 0) {
        char text[160];
        (void)netbuffer_pool_describe(pool, text, sizeof text);
        call_breaks(call, RULE_NBL_POOL_NOT_EMPTY, handle, NDIS_STATUS_FAILURE, "%s", text);
    }
    pool_retire(pool);
    if (block_cache_close(&pool->cache) == 0)
        pool_bury(pool);
}

/* Learn: NdisFreeNetBufferListPool. */
VOID NTAPI NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    pool_free(&call, PoolHandle, OBJECT_NBL_POOL);
}

/* Learn: NdisFreeNetBufferPool. */
VOID NTAPI NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    pool_free(&call, PoolHandle, OBJECT_NB_POOL);
}

/* Learn: NdisGetPoolFromNetBufferList. */
NDIS_HANDLE NTAPI NdisGetPoolFromNetBufferList(PNET_BUFFER_LIST NetBufferList)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (nbl_block_of(NetBufferList))
        return NetBufferList->NdisPoolHandle;
    call_breaks(&call, RULE_NBL_NOT_FROM_POOL, NULL, NDIS_STATUS_FAILURE,
                "NetBufferList is not from a pool");
    return NULL;
}

/* Learn: NdisGetPoolFromNetBuffer. */
NDIS_HANDLE NTAPI NdisGetPoolFromNetBuffer(PNET_BUFFER NetBuffer)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (nb_part_of(NetBuffer))
        return NetBuffer->NdisPoolHandle;
    call_breaks(&call, RULE_NBL_NOT_FROM_POOL, NULL, NDIS_STATUS_FAILURE,
                "NetBuffer is not from a pool");
    return NULL;
}
