/* SPDX-License-Identifier: MIT */
#include "ndis/netbuffercontext.h"
#include "nt/fault.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT_SECRET 0x4354582d6f757273ull

/* What stands in front of a context that has memory of its own. */
struct context_head {
    struct nt_account account;
    void *mark;
    uint64_t reserved;
};

_Static_assert(offsetof(struct context_head, account) == 0, "an account leads to its context");
_Static_assert(sizeof(struct context_head) % MEMORY_ALLOCATION_ALIGNMENT == 0,
               "the context behind it is aligned");

static PNET_BUFFER_LIST_CONTEXT context_create(USHORT bytes, uint32_t tag, const void *caller)
{
    struct context_head *head = malloc(sizeof *head + sizeof(NET_BUFFER_LIST_CONTEXT) + bytes);
    if (!head)
        return NULL;
    PNET_BUFFER_LIST_CONTEXT context = (void *)(head + 1);
    *head = (struct context_head){.mark = netbuffer_mark(context, CONTEXT_SECRET)};
    memset(context, 0, sizeof *context);
    context->Size = bytes;
    context->Offset = bytes;
    nt_account_open(&head->account, NT_NBL, sizeof *head + sizeof *context + bytes, tag, caller);
    return context;
}

static struct context_head *context_head(PNET_BUFFER_LIST_CONTEXT context)
{
    return (struct context_head *)(void *)((char *)context - sizeof(struct context_head));
}

static void context_destroy(PNET_BUFFER_LIST_CONTEXT context)
{
    struct context_head *head = context_head(context);
    if (head->mark != netbuffer_mark(context, CONTEXT_SECRET))
        return; /* the driver wrote over the chain: what it points at is not ours to free */
    head->mark = NULL;
    nt_account_close(&head->account);
    free(head);
}

void nbl_contexts_end(struct nt_owner *owner)
{
    for (unsigned i = 0; i < NT_SHARDS; i++) {
        struct exec_link *head = &owner->shards[i].live[NT_NBL];
        struct exec_link *next;
        for (struct exec_link *link = head->next; link != head; link = next) {
            struct nt_account *account = EXEC_CONTAINER(link, struct nt_account, link);
            next = link->next;
            nt_account_close(account);
            free(account);
        }
    }
}

bool nbl_context_begin(struct nbl_block *b, USHORT size, USHORT back_fill)
{
    PNET_BUFFER_LIST_CONTEXT context = NULL;
    USHORT bytes = (USHORT)(size + back_fill);
    if (b->pool->context_bytes > 0 && bytes <= b->pool->context_bytes) {
        context = nbl_block_context(b);
        memset(context, 0, sizeof *context);
        context->Size = b->pool->context_bytes;
        context->Offset = context->Size;
    } else if (bytes > 0) {
        context = context_create(bytes, b->pool->account.tag, NULL);
        if (!context)
            return false;
    }
    if (context)
        context->Offset = (USHORT)(context->Offset - size);
    b->context = context;
    b->context_used = size;
    b->nbl.Context = context;
    return true;
}

/* The list's own context is the one that is part of its block. */
static bool context_is_inline(struct nbl_block *b, const NET_BUFFER_LIST_CONTEXT *context)
{
    return b->pool->context_bytes > 0 && context == nbl_block_context(b);
}

unsigned nbl_context_end(struct nbl_block *b)
{
    unsigned left = 0;
    PNET_BUFFER_LIST_CONTEXT context = b->nbl.Context;
    while (context && context != b->context) {
        PNET_BUFFER_LIST_CONTEXT next = context->Next;
        left += (unsigned)(context->Size - context->Offset);
        context_destroy(context);
        context = next;
    }
    if (b->context) {
        unsigned used = (unsigned)(b->context->Size - b->context->Offset);
        left += used > b->context_used ? used - b->context_used : 0;
        if (!context_is_inline(b, b->context))
            context_destroy(b->context);
    }
    b->context = NULL;
    b->nbl.Context = NULL;
    return left;
}

/* A list that is out may be given context by whoever holds it; a free one by nobody. */
static struct nbl_block *context_block(const struct call *call, PNET_BUFFER_LIST nbl)
{
    struct nbl_block *b = nbl_block_of(nbl);
    if (!b)
        call_breaks(call, RULE_NBL_NOT_FROM_POOL, NULL, NDIS_STATUS_FAILURE,
                    "NetBufferList is not from a pool");
    else if (atomic_load(&b->state) == NBL_STATE_FREE) {
        call_breaks(call, RULE_NBL_FREED_TWICE, nbl->NdisPoolHandle, NDIS_STATUS_FAILURE,
                    "the list was freed before");
        b = NULL;
    }
    return b;
}

/* Learn: NdisAllocateNetBufferListContext. */
NDIS_STATUS NTAPI NdisAllocateNetBufferListContext(PNET_BUFFER_LIST NetBufferList,
                                                   USHORT ContextSize, USHORT ContextBackFill,
                                                   ULONG PoolTag)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct nbl_block *b = context_block(&call, NetBufferList);
    if (!b)
        return NDIS_STATUS_FAILURE;
    if (ContextSize == 0 || ContextSize % MEMORY_ALLOCATION_ALIGNMENT ||
        ContextBackFill % MEMORY_ALLOCATION_ALIGNMENT || ContextSize + ContextBackFill > UINT16_MAX)
        return call_breaks(&call, RULE_ARGUMENT_BAD, NetBufferList->NdisPoolHandle,
                           NDIS_STATUS_FAILURE,
                           "ContextSize %u and ContextBackFill %u are not multiples of "
                           "MEMORY_ALLOCATION_ALIGNMENT whose sum fits in a USHORT",
                           ContextSize, ContextBackFill);
    PNET_BUFFER_LIST_CONTEXT context = NetBufferList->Context;
    if (!context || context->Offset < ContextSize) {
        if (nt_fault(FAULT_NdisAllocateNetBufferListContext))
            return nt_fault_status(FAULT_NdisAllocateNetBufferListContext);
        context = context_create((USHORT)(ContextSize + ContextBackFill), PoolTag,
                                 __builtin_return_address(0));
        if (!context)
            return NDIS_STATUS_RESOURCES;
        context->Next = NetBufferList->Context;
        NetBufferList->Context = context;
    }
    context->Offset = (USHORT)(context->Offset - ContextSize);
    return NDIS_STATUS_SUCCESS;
}

/* Learn: NdisFreeNetBufferListContext. */
VOID NTAPI NdisFreeNetBufferListContext(PNET_BUFFER_LIST NetBufferList, USHORT ContextSize)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    struct nbl_block *b = context_block(&call, NetBufferList);
    if (!b)
        return;
    PNET_BUFFER_LIST_CONTEXT context = NetBufferList->Context;
    unsigned used = context ? (unsigned)(context->Size - context->Offset) : 0;
    unsigned kept = context && context == b->context ? b->context_used : 0;
    if (ContextSize == 0 || ContextSize > used - kept) {
        call_breaks(&call, RULE_ARGUMENT_BAD, NetBufferList->NdisPoolHandle, NDIS_STATUS_FAILURE,
                    "ContextSize is %u; the newest context has %u bytes to free", ContextSize,
                    used - kept);
        return;
    }
    context->Offset = (USHORT)(context->Offset + ContextSize);
    if (context->Offset < context->Size || context == b->context)
        return;
    NetBufferList->Context = context->Next;
    context_destroy(context);
}
