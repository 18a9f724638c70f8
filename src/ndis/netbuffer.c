/* SPDX-License-Identifier: MIT */
#include "ndis/netbuffer.h"

#include "ndis/mdl.h"
#include "nt/fault.h"
#include "rules/store.h"

PMDL nb_seek(PMDL chain, SIZE_T *offset_bytes)
{
    SIZE_T offset = *offset_bytes;
    PMDL mdl = chain;
    while (mdl && offset >= mdl->ByteCount) {
        if (!mdl->Next && offset == mdl->ByteCount)
            break;
        offset -= mdl->ByteCount;
        mdl = mdl->Next;
    }
    *offset_bytes = offset;
    return mdl;
}

/* Zeroes what the driver sees, and puts back what NDIS knows it by. */
static void nb_reset(struct nb_part *part)
{
    part->retreat_count = 0;
    netbuffer_clear(&part->nb, sizeof part->nb);
    part->nb.NdisPoolHandle = part->pool->handle;
    part->nb.NdisReserved[0] = netbuffer_mark(&part->nb, NB_SECRET);
}

bool nb_point(struct nb_part *part, PMDL chain, ULONG offset_bytes, SIZE_T data_bytes)
{
    nb_reset(part);
    SIZE_T offset = offset_bytes;
    SIZE_T end = offset + data_bytes;
    PMDL current = nb_seek(chain, &offset);
    if (!chain)
        return end == 0;
    if (!current || data_bytes > UINT32_MAX || !nb_seek(chain, &end))
        return false;
    part->nb.MdlChain = chain;
    part->nb.CurrentMdl = current;
    part->nb.CurrentMdlOffset = (ULONG)offset;
    part->nb.DataOffset = offset_bytes;
    part->nb.DataLength = (ULONG)data_bytes;
    return true;
}

void nb_point_own_data(struct nb_part *part, char *block)
{
    struct netbuffer_pool *pool = part->pool;
    PMDL mdl = mdl_construct(block + pool->mdl_offset, MDL_KIND_BLOCK, block + pool->data_offset,
                             pool->data_bytes);
    nb_point(part, mdl, pool->data_bytes, 0);
}

struct nb_part *nb_take(const struct call *call, struct netbuffer_pool *pool, enum nb_kind kind)
{
    struct nb_block *b = (struct nb_block *)block_cache_take(&pool->cache, call->task->processor);
    if (!b)
        return NULL;
    b->stack = stack_keep(call->host->exec->world->stacks, __builtin_return_address(0));
    b->part.kind = (uint8_t)kind;
    nb_reset(&b->part);
    atomic_store_explicit(&b->part.state, NB_STATE_OUT, memory_order_relaxed);
    return &b->part;
}

void nb_give(struct nb_part *part, uint32_t processor)
{
    struct nb_block *b = (void *)((char *)part - offsetof(struct nb_block, part));
    netbuffer_pool_give(part->pool, &b->block, processor);
}

/* Learn: NdisAllocateNetBuffer. */
PNET_BUFFER NTAPI NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, PMDL MdlChain, ULONG DataOffset,
                                        SIZE_T DataLength)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct netbuffer_pool *pool = netbuffer_pool_resolve(&call, PoolHandle, OBJECT_NB_POOL);
    if (!pool)
        return NULL;
    if (pool->data_bytes > 0) {
        call_breaks(&call, RULE_ARGUMENT_BAD, PoolHandle, NDIS_STATUS_FAILURE,
                    "the pool has DataSize %u: call NdisAllocateNetBufferMdlAndData",
                    pool->data_bytes);
        return NULL;
    }
    struct nb_part *part =
        nt_fault(FAULT_NdisAllocateNetBuffer) ? NULL : nb_take(&call, pool, NB_SEPARATE);
    if (!part)
        return NULL;
    if (nb_point(part, MdlChain, DataOffset, DataLength))
        return &part->nb;
    call_breaks(&call, RULE_ARGUMENT_BAD, PoolHandle, NDIS_STATUS_FAILURE,
                "DataOffset %u plus DataLength %zu lie beyond the end of MdlChain", DataOffset,
                (size_t)DataLength);
    atomic_store_explicit(&part->state, NB_STATE_FREE, memory_order_relaxed);
    nb_give(part, call.task->processor);
    return NULL;
}

/* Learn: NdisAllocateNetBufferMdlAndData. */
PNET_BUFFER NTAPI NdisAllocateNetBufferMdlAndData(NDIS_HANDLE PoolHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct netbuffer_pool *pool = netbuffer_pool_resolve(&call, PoolHandle, OBJECT_NB_POOL);
    if (!pool)
        return NULL;
    if (pool->data_bytes == 0) {
        call_breaks(&call, RULE_ARGUMENT_BAD, PoolHandle, NDIS_STATUS_FAILURE,
                    "the pool has DataSize 0: call NdisAllocateNetBuffer");
        return NULL;
    }
    struct nb_part *part =
        nt_fault(FAULT_NdisAllocateNetBufferMdlAndData) ? NULL : nb_take(&call, pool, NB_SEPARATE);
    if (!part)
        return NULL;
    nb_point_own_data(part, (char *)part - offsetof(struct nb_block, part));
    return &part->nb;
}

/* Learn: NdisFreeNetBuffer. */
VOID NTAPI NdisFreeNetBuffer(PNET_BUFFER NetBuffer)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct nb_part *part = nb_part_of(NetBuffer);
    uint8_t out = NB_STATE_OUT;
    if (!part)
        call_breaks(&call, RULE_NBL_NOT_FROM_POOL, NULL, NDIS_STATUS_FAILURE,
                    "NetBuffer is not from a pool");
    else if (part->kind != NB_SEPARATE)
        call_breaks(&call, RULE_POOL_WRONG_FREE, NetBuffer->NdisPoolHandle, NDIS_STATUS_FAILURE,
                    "the NET_BUFFER came with its NET_BUFFER_LIST and goes with it");
    else if (!atomic_compare_exchange_strong(&part->state, &out, NB_STATE_FREE))
        call_breaks(&call, RULE_NBL_FREED_TWICE, NetBuffer->NdisPoolHandle, NDIS_STATUS_FAILURE,
                    "the NET_BUFFER was freed before");
    else
        nb_give(part, call.task->processor);
}

/* Learn: NdisQueryNetBufferPhysicalCount. The pieces that a scatter/gather list of the used data
 * would have, if no two neighbouring pages were neighbours in memory. */
ULONG NTAPI NdisQueryNetBufferPhysicalCount(PNET_BUFFER NetBuffer)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    if (!NetBuffer) {
        call_breaks(&call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "NetBuffer is NULL");
        return 0;
    }
    ULONG count = 0;
    ULONG left = NetBuffer->DataLength;
    ULONG skipped = NetBuffer->CurrentMdlOffset;
    for (PMDL mdl = NetBuffer->CurrentMdl; mdl && left > 0; mdl = mdl->Next, skipped = 0) {
        ULONG bytes = mdl->ByteCount - skipped;
        if (bytes > left)
            bytes = left;
        if (bytes > 0)
            count += ADDRESS_AND_SIZE_TO_SPAN_PAGES(mdl_address(mdl) + skipped, bytes);
        left -= bytes;
    }
    return count;
}
