/* SPDX-License-Identifier: MIT */
/* A clone is a second net buffer list over the data of a first one, so that the same data can go
 * two ways. The data is not copied; the first list outlives the clone. */
#include "ndis/mdl.h"
#include "ndis/netbuffer.h"
#include "ndis/netbuffercontext.h"
#include "nt/fault.h"

/* Frees the MDLs that a clone's NET_BUFFER got, up to the first that is not a clone's. */
static void clone_free_mdls(PMDL mdl)
{
    while (mdl && mdl_kind(mdl) == MDL_KIND_CLONE) {
        PMDL next = mdl->Next;
        mdl_destroy(mdl);
        mdl = next;
    }
}

/* Gives `nb` MDLs of its own that describe the used data of `original`, and nothing before it.
 * returns  false, with none left, when memory is short */
static bool clone_mdls(struct nb_part *part, const NET_BUFFER *original)
{
    PMDL first = NULL;
    PMDL *end = &first;
    ULONG left = original->DataLength;
    ULONG skipped = original->CurrentMdlOffset;
    PMDL mdl = original->CurrentMdl;
    for (; mdl && (left > 0 || !first); mdl = mdl->Next, skipped = 0) {
        ULONG bytes = mdl->ByteCount > skipped ? mdl->ByteCount - skipped : 0;
        if (bytes > left)
            bytes = left;
        *end = mdl_create(MDL_KIND_CLONE, mdl_address(mdl) + skipped, bytes, NULL);
        if (!*end) {
            clone_free_mdls(first);
            return false;
        }
        end = &(*end)->Next;
        left -= bytes;
    }
    return nb_point(part, first, 0, original->DataLength - left);
}

/* Shares the MDLs of `original`, from the one where its used data begins. */
static bool clone_share(struct nb_part *part, const NET_BUFFER *original)
{
    return nb_point(part, original->CurrentMdl, original->CurrentMdlOffset, original->DataLength);
}

/* Frees what a clone consists of, but its list. Stops at what a driver put into the chain. */
static void clone_free_parts(struct nbl_block *b, uint32_t processor)
{
    PNET_BUFFER nb = b->nbl.FirstNetBuffer;
    while (nb) {
        struct nb_part *part = nb_part_of(nb);
        PNET_BUFFER next = nb->Next;
        bool embedded = part && b->pool->has_net_buffer && part == nbl_block_part(b);
        if (!part || (part->kind != NB_OF_CLONE && !embedded))
            return;
        if (!(b->clone_flags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS))
            clone_free_mdls(nb->MdlChain);
        if (!embedded) {
            atomic_store_explicit(&part->state, NB_STATE_FREE, memory_order_relaxed);
            nb_give(part, processor);
        }
        nb = next;
    }
}

/* Copies the chain of NET_BUFFERs.
 * returns  false when memory is short; what was made is linked */
static bool clone_parts(const struct call *call, struct nbl_block *b,
                        struct netbuffer_pool *nb_pool, const NET_BUFFER_LIST *original)
{
    struct nb_part *spare = b->pool->has_net_buffer ? nbl_block_part(b) : NULL;
    b->nbl.FirstNetBuffer = NULL;
    PNET_BUFFER *end = &b->nbl.FirstNetBuffer;
    for (const NET_BUFFER *nb = original->FirstNetBuffer; nb; nb = nb->Next) {
        struct nb_part *part = spare ? spare : nb_take(call, nb_pool, NB_OF_CLONE);
        spare = NULL;
        if (!part)
            return false;
        bool shared = b->clone_flags & NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS;
        bool made = shared ? clone_share(part, nb) : clone_mdls(part, nb);
        *end = &part->nb;
        end = &part->nb.Next;
        if (!made) {
            nb_point(part, NULL, 0, 0);
            if (shared)
                call_breaks(call, RULE_ARGUMENT_BAD, original->NdisPoolHandle, NDIS_STATUS_FAILURE,
                            "a NET_BUFFER's data lies beyond the end of its MdlChain");
            return false;
        }
        part->nb.ChecksumBias = nb->ChecksumBias;
    }
    return true;
}

/* Finds the pool to clone from; NULL after a report, or when memory is short. */
static struct netbuffer_pool *clone_pool(const struct call *call, NDIS_HANDLE handle,
                                         enum object_kind kind)
{
    if (!handle)
        return netbuffer_pool_default(call, kind);
    struct netbuffer_pool *pool = netbuffer_pool_resolve(call, handle, kind);
    if (!pool || pool->data_bytes == 0)
        return pool;
    call_breaks(call, RULE_ARGUMENT_BAD, handle, NDIS_STATUS_FAILURE,
                "the pool has DataSize %u; a clone has no data of its own", pool->data_bytes);
    return NULL;
}

/* Learn: NdisAllocateCloneNetBufferList. The driver itself sets ParentNetBufferList and counts
 * children (Learn: Relationships Between NET_BUFFER_LIST Generations); NDIS counts apart. */
PNET_BUFFER_LIST NTAPI NdisAllocateCloneNetBufferList(PNET_BUFFER_LIST OriginalNetBufferList,
                                                      NDIS_HANDLE NetBufferListPoolHandle,
                                                      NDIS_HANDLE NetBufferPoolHandle,
                                                      ULONG AllocateCloneFlags)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct nbl_block *original = nbl_block_of(OriginalNetBufferList);
    if (!original || atomic_load(&original->state) == NBL_STATE_FREE) {
        call_breaks(&call, original ? RULE_POOL_USED_AFTER_FREE : RULE_NBL_NOT_FROM_POOL, NULL,
                    NDIS_STATUS_FAILURE, "OriginalNetBufferList is %s",
                    original ? "freed" : "not from a pool");
        return NULL;
    }
    if (AllocateCloneFlags & ~(ULONG)NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS) {
        call_breaks(&call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "AllocateCloneFlags is 0x%x", AllocateCloneFlags);
        return NULL;
    }
    if (nt_fault(FAULT_NdisAllocateCloneNetBufferList))
        return NULL;
    struct netbuffer_pool *pool = clone_pool(&call, NetBufferListPoolHandle, OBJECT_NBL_POOL);
    struct netbuffer_pool *nb_pool =
        pool ? clone_pool(&call, NetBufferPoolHandle, OBJECT_NB_POOL) : NULL;
    if (!nb_pool)
        return NULL;
    struct nbl_block *b = nbl_take(&call, pool, NBL_CLONE);
    if (!b)
        return NULL;
    b->clone_flags = AllocateCloneFlags;
    if (!clone_parts(&call, b, nb_pool, OriginalNetBufferList)) {
        clone_free_parts(b, call.task->processor);
        nbl_give(&call, b);
        return NULL;
    }
    b->original = OriginalNetBufferList;
    atomic_fetch_add(&original->clone_count, 1);
    return nbl_publish(b);
}

/* Learn: NdisFreeCloneNetBufferList. */
VOID NTAPI NdisFreeCloneNetBufferList(PNET_BUFFER_LIST CloneNetBufferList, ULONG FreeCloneFlags)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct nbl_block *b = nbl_begin_free(&call, CloneNetBufferList, NBL_CLONE);
    if (!b)
        return;
    if (FreeCloneFlags != b->clone_flags)
        call_breaks(&call, RULE_ARGUMENT_BAD, CloneNetBufferList->NdisPoolHandle,
                    NDIS_STATUS_FAILURE,
                    "FreeCloneFlags is 0x%x; the clone was allocated with 0x%x", FreeCloneFlags,
                    b->clone_flags);
    unsigned left = nbl_context_end(b);
    if (left > 0)
        call_breaks(&call, RULE_NBL_CONTEXT_LEFT, CloneNetBufferList->NdisPoolHandle,
                    NDIS_STATUS_FAILURE, "%u bytes of context are still allocated", left);
    clone_free_parts(b, call.task->processor);
    struct nbl_block *original = nbl_block_of(b->original);
    if (original)
        atomic_fetch_sub(&original->clone_count, 1);
    b->original = NULL;
    nbl_give(&call, b);
}
