/* SPDX-License-Identifier: MIT */
#include "ndis/netbufferlist.h"
#include "rules/store.h"

#include "ndis/mdl.h"
#include "ndis/netbuffer.h"
#include "ndis/netbuffercontext.h"
#include "nt/fault.h"

#include <stdlib.h>

/* Makes a block's list as if nobody had used it before, but NDIS's own words. */
static void nbl_reset(struct nbl_block *b, enum nbl_kind kind, struct nt_owner *allocator)
{
    b->kind = (uint8_t)kind;
    b->context = NULL;
    b->context_used = 0;
    b->allocator = allocator;
    b->holder = allocator;
    b->vc = NULL;
    b->original = NULL;
    b->clone_flags = 0;
    netbuffer_clear(&b->nbl, sizeof b->nbl);
    b->nbl.NdisPoolHandle = b->pool->handle;
    b->nbl.NdisReserved[0] = netbuffer_mark(&b->nbl, NBL_SECRET);
    NET_BUFFER_LIST_INFO(&b->nbl, NetBufferListProtocolId) = (PVOID)(uintptr_t)b->pool->protocol_id;
}

struct nbl_block *nbl_take(const struct call *call, struct netbuffer_pool *pool, enum nbl_kind kind)
{
    struct nbl_block *b = (struct nbl_block *)block_cache_take(&pool->cache, call->task->processor);
    if (!b)
        return NULL;
    nbl_reset(b, kind, call->task->owner);
    b->stack = stack_keep(call->host->exec->world->stacks, __builtin_return_address(0));
    if (pool->has_net_buffer) {
        struct nb_part *part = nbl_block_part(b);
        atomic_store_explicit(&part->state, NB_STATE_OUT, memory_order_relaxed);
        if (pool->data_bytes > 0)
            nb_point_own_data(part, (char *)b);
        else
            nb_point(part, NULL, 0, 0);
        b->nbl.FirstNetBuffer = &part->nb;
    }
    return b;
}

/* Makes a taken list the caller's; cannot fail. */
PNET_BUFFER_LIST nbl_publish(struct nbl_block *b)
{
    nbl_note(b, NBL_STATE_OWNED);
    atomic_store_explicit(&b->state, NBL_STATE_OWNED, memory_order_release);
    return &b->nbl;
}

/* Gives a list that is in state FREE back to its pool. */
void nbl_give(const struct call *call, struct nbl_block *b)
{
    if (b->pool->has_net_buffer)
        atomic_store_explicit(&nbl_block_part(b)->state, NB_STATE_FREE, memory_order_relaxed);
    netbuffer_pool_give(b->pool, &b->block, call->task->processor);
}

static bool sizes_ok(const struct call *call, NDIS_HANDLE pool, USHORT size, USHORT back_fill)
{
    if (size % MEMORY_ALLOCATION_ALIGNMENT == 0 && back_fill % MEMORY_ALLOCATION_ALIGNMENT == 0 &&
        size + back_fill <= UINT16_MAX)
        return true;
    call_breaks(call, RULE_ARGUMENT_BAD, pool, NDIS_STATUS_FAILURE,
                "ContextSize %u and ContextBackFill %u are not multiples of "
                "MEMORY_ALLOCATION_ALIGNMENT whose sum fits in a USHORT",
                size, back_fill);
    return false;
}

/* What both allocation functions share. returns  NULL with nothing allocated */
static struct nbl_block *nbl_allocate(const struct call *call, struct netbuffer_pool *pool,
                                      USHORT size, USHORT back_fill)
{
    if (!sizes_ok(call, pool->handle, size, back_fill))
        return NULL;
    struct nbl_block *b = nbl_take(call, pool, NBL_PLAIN);
    if (!b)
        return NULL;
    if (nbl_context_begin(b, size, back_fill))
        return b;
    nbl_give(call, b);
    return NULL;
}

/* Learn: NdisAllocateNetBufferList. */
PNET_BUFFER_LIST NTAPI NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize,
                                                 USHORT ContextBackFill)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct netbuffer_pool *pool = netbuffer_pool_resolve(&call, PoolHandle, OBJECT_NBL_POOL);
    if (!pool || nt_fault(FAULT_NdisAllocateNetBufferList))
        return NULL;
    struct nbl_block *b = nbl_allocate(&call, pool, ContextSize, ContextBackFill);
    return b ? nbl_publish(b) : NULL;
}

/* The pool must give lists with a NET_BUFFER and without data. */
static bool pool_takes_chain(const struct call *call, const struct netbuffer_pool *pool)
{
    if (pool->has_net_buffer && pool->data_bytes == 0)
        return true;
    call_breaks(call, RULE_ARGUMENT_BAD, pool->handle, NDIS_STATUS_FAILURE,
                "the pool needs fAllocateNetBuffer TRUE and DataSize 0; it has %s and %u",
                pool->has_net_buffer ? "TRUE" : "FALSE", pool->data_bytes);
    return false;
}

/* Learn: NdisAllocateNetBufferAndNetBufferList. */
PNET_BUFFER_LIST NTAPI NdisAllocateNetBufferAndNetBufferList(NDIS_HANDLE PoolHandle,
                                                             USHORT ContextSize,
                                                             USHORT ContextBackFill, PMDL MdlChain,
                                                             ULONG DataOffset, SIZE_T DataLength)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct netbuffer_pool *pool = netbuffer_pool_resolve(&call, PoolHandle, OBJECT_NBL_POOL);
    if (!pool || !pool_takes_chain(&call, pool) ||
        nt_fault(FAULT_NdisAllocateNetBufferAndNetBufferList))
        return NULL;
    struct nbl_block *b = nbl_allocate(&call, pool, ContextSize, ContextBackFill);
    if (!b)
        return NULL;
    if (nb_point(nbl_block_part(b), MdlChain, DataOffset, DataLength))
        return nbl_publish(b);
    call_breaks(&call, RULE_ARGUMENT_BAD, PoolHandle, NDIS_STATUS_FAILURE,
                "DataOffset %u plus DataLength %zu lie beyond the end of MdlChain", DataOffset,
                (size_t)DataLength);
    nbl_context_end(b);
    nbl_give(&call, b);
    return NULL;
}

/* ---- free -------------------------------------------------------------------------------- */

/* Reports why a list is not the caller's to free. */
static void nbl_free_refused(const struct call *call, const struct nbl_block *b)
{
    NDIS_HANDLE pool = b->nbl.NdisPoolHandle;
    enum nbl_state state = (enum nbl_state)atomic_load(&b->state);
    if (state == NBL_STATE_FREE)
        call_breaks(call, RULE_NBL_FREED_TWICE, pool, NDIS_STATUS_FAILURE,
                    "the list was freed before");
    else
        call_breaks(call, RULE_NBL_FREED_OUT, pool, NDIS_STATUS_FAILURE, "the list is %s%s%s",
                    nbl_state_text(state), b->holder ? ", held by " : "",
                    b->holder ? b->holder->name : "");
}

struct nbl_block *nbl_begin_free(const struct call *call, PNET_BUFFER_LIST nbl, enum nbl_kind kind)
{
    struct nbl_block *b = nbl_block_of(nbl);
    if (!b) {
        call_breaks(call, RULE_NBL_NOT_FROM_POOL, NULL, NDIS_STATUS_FAILURE,
                    nbl ? "the list is not from a pool" : "the list is NULL");
        return NULL;
    }
    uint32_t owned = NBL_STATE_OWNED;
    if (atomic_load(&b->state) == NBL_STATE_OWNED) {
        const struct nt_owner *caller = call->task->owner;
        uint32_t clones = atomic_load(&b->clone_count);
        if (b->kind != kind) {
            call_breaks(call, RULE_POOL_WRONG_FREE, nbl->NdisPoolHandle, NDIS_STATUS_FAILURE,
                        "the list %s a clone", b->kind == NBL_CLONE ? "is" : "is not");
            return NULL;
        }
        if (caller && b->allocator && caller != b->allocator) {
            call_breaks(call, RULE_NBL_FREED_OUT, nbl->NdisPoolHandle, NDIS_STATUS_FAILURE,
                        "the list is %s's", b->allocator->name);
            return NULL;
        }
        if (clones > 0) {
            call_breaks(call, RULE_NBL_FREED_OUT, nbl->NdisPoolHandle, NDIS_STATUS_FAILURE,
                        "%u clones of the list still use its data", clones);
            return NULL;
        }
    }
    if (atomic_compare_exchange_strong(&b->state, &owned, NBL_STATE_FREE))
        return b;
    nbl_free_refused(call, b);
    return NULL;
}

/* Learn: NdisFreeNetBufferList. */
VOID NTAPI NdisFreeNetBufferList(PNET_BUFFER_LIST NetBufferList)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct nbl_block *b = nbl_begin_free(&call, NetBufferList, NBL_PLAIN);
    if (!b)
        return;
    unsigned left = nbl_context_end(b);
    if (left > 0)
        call_breaks(&call, RULE_NBL_CONTEXT_LEFT, NetBufferList->NdisPoolHandle,
                    NDIS_STATUS_FAILURE, "%u bytes of context are still allocated", left);
    nbl_give(&call, b);
}
