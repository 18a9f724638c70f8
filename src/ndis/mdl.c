/* SPDX-License-Identifier: MIT */
#include "ndis/mdl.h"

#include "ndis/blockcache.h"
#include "ndis/enter.h"
#include "nt/fault.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define MDL_SECRET 0x4d444c2d6f757273ull
#define MDL_GONE   0x4d444c2d676f6e65ull

enum {
    MDL_ALIGNMENT = 16,
    MDL_HEAD_BYTES = 64,
    MDL_SIZE_MAX = 0x7ff8,
    MDL_BLOCK_BYTES = 512, /* MDLs of buffers up to 49 pages, and most retreats */
};
_Static_assert(sizeof(struct mdl_head) <= MDL_HEAD_BYTES, "the head fits in front of the MDL");
_Static_assert(offsetof(struct mdl_head, account) == 0, "an account leads to its MDL");

/* Small MDLs of all hosts. Type-stable, so that a second free of one is seen and not undefined;
 * holds memory only, so that no run depends on it. */
static struct block_cache mdl_cache;
static pthread_once_t mdl_cache_once = PTHREAD_ONCE_INIT;

static void mdl_carve(void *context, struct block *block)
{
    (void)context;
    PMDL mdl = (void *)((char *)block + MDL_HEAD_BYTES);
    *mdl = (MDL){0};
}

static void mdl_cache_begin(void)
{
    block_cache_init(&mdl_cache, &(struct block_cache_options){
                                     .block_bytes = MDL_BLOCK_BYTES,
                                     .head_bytes = MDL_HEAD_BYTES + sizeof(MDL),
                                     .carve = mdl_carve,
                                 });
}

static uint32_t current_processor(void)
{
    const struct exec_task *task = exec_current();
    return task ? task->processor : 0;
}

static void *mdl_memory_take(size_t bytes, bool *cached)
{
    *cached = bytes <= MDL_BLOCK_BYTES;
    if (!*cached)
        return malloc(bytes);
    pthread_once(&mdl_cache_once, mdl_cache_begin);
    return block_cache_take(&mdl_cache, current_processor());
}

static void *mdl_mark(const MDL *mdl, uint64_t secret)
{
    return (void *)(uintptr_t)((uintptr_t)mdl ^ secret);
}

static struct mdl_head *mdl_head(const MDL *mdl)
{
    return (struct mdl_head *)(void *)((char *)(uintptr_t)mdl - MDL_HEAD_BYTES);
}

static size_t page_count(const void *address, size_t bytes)
{
    size_t offset = (uintptr_t)address & (PAGE_SIZE - 1);
    return (offset + bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

static uint64_t *mdl_pages(PMDL mdl)
{
    return (void *)(mdl + 1);
}

/* Our physical pages are the virtual ones. */
static void mdl_fill_pages(PMDL mdl)
{
    uintptr_t first = (uintptr_t)mdl->StartVa / PAGE_SIZE;
    size_t count = page_count((char *)mdl->StartVa + mdl->ByteOffset, mdl->ByteCount);
    for (size_t i = 0; i < count; i++)
        mdl_pages(mdl)[i] = first + i;
}

size_t mdl_footprint_bytes(size_t bytes)
{
    size_t pages = page_count((void *)(uintptr_t)(PAGE_SIZE - 1), bytes); /* the worst offset */
    size_t footprint = MDL_HEAD_BYTES + sizeof(MDL) + pages * sizeof(uint64_t);
    return (footprint + MDL_ALIGNMENT - 1) & ~(size_t)(MDL_ALIGNMENT - 1);
}

/* Fills head and header; no page numbers, not mapped. */
static PMDL mdl_construct_bare(void *memory, enum mdl_kind kind, void *address, size_t bytes)
{
    struct mdl_head *head = memory;
    *head = (struct mdl_head){.kind = (uint8_t)kind,
                              .page_count = (uint32_t)page_count(address, bytes)};
    PMDL mdl = (void *)((char *)memory + MDL_HEAD_BYTES);
    size_t size = sizeof(MDL) + head->page_count * sizeof(uint64_t);
    *mdl = (MDL){
        .Size = (CSHORT)(size < MDL_SIZE_MAX ? size : MDL_SIZE_MAX),
        .Process = mdl_mark(mdl, MDL_SECRET),
        .StartVa = (void *)((uintptr_t)address & ~(uintptr_t)(PAGE_SIZE - 1)),
        .ByteCount = (ULONG)bytes,
        .ByteOffset = (ULONG)((uintptr_t)address & (PAGE_SIZE - 1)),
    };
    return mdl;
}

static void mdl_build_nonpaged(PMDL mdl)
{
    mdl->MdlFlags = (CSHORT)(mdl->MdlFlags | MDL_SOURCE_IS_NONPAGED_POOL);
    mdl->MappedSystemVa = (char *)mdl->StartVa + mdl->ByteOffset;
    mdl_fill_pages(mdl);
}

PMDL mdl_construct(void *memory, enum mdl_kind kind, void *address, size_t bytes)
{
    assert(((uintptr_t)memory & (MDL_ALIGNMENT - 1)) == 0);
    PMDL mdl = mdl_construct_bare(memory, kind, address, bytes);
    mdl_build_nonpaged(mdl);
    return mdl;
}

static PMDL mdl_allocate(enum mdl_kind kind, void *address, size_t bytes, bool build,
                         const void *caller)
{
    if (bytes > UINT32_MAX - PAGE_SIZE || (uintptr_t)address + bytes < (uintptr_t)address)
        return NULL;
    bool cached;
    size_t footprint = mdl_footprint_bytes(bytes);
    void *memory = mdl_memory_take(footprint, &cached);
    if (!memory)
        return NULL;
    PMDL mdl = mdl_construct_bare(memory, kind, address, bytes);
    mdl_head(mdl)->cached = cached;
    if (build)
        mdl_build_nonpaged(mdl);
    nt_account_open(&mdl_head(mdl)->account, NT_MDL, footprint, 0, caller);
    return mdl;
}

PMDL mdl_create(enum mdl_kind kind, void *address, size_t bytes, const void *caller)
{
    return mdl_allocate(kind, address, bytes, true, caller);
}

PMDL mdl_create_unbuilt(void *address, size_t bytes, const void *caller)
{
    return mdl_allocate(MDL_KIND_IO, address, bytes, false, caller);
}

PMDL mdl_create_with_data(size_t bytes, const void *caller)
{
    if (bytes > UINT32_MAX - PAGE_SIZE)
        return NULL;
    bool cached;
    size_t footprint = mdl_footprint_bytes(bytes);
    char *memory = mdl_memory_take(footprint + bytes, &cached);
    if (!memory)
        return NULL;
    PMDL mdl = mdl_construct(memory, MDL_KIND_RETREAT, memory + footprint, bytes);
    mdl_head(mdl)->cached = cached;
    nt_account_open(&mdl_head(mdl)->account, NT_MDL, footprint + bytes, 0, caller);
    return mdl;
}

void mdl_destroy(PMDL mdl)
{
    struct mdl_head *head = mdl_head(mdl);
    assert(head->kind != MDL_KIND_BLOCK);
    nt_account_close(&head->account);
    mdl->Process = mdl_mark(mdl, MDL_GONE);
    if (head->cached)
        block_cache_give(&mdl_cache, (void *)head, current_processor());
    else
        free(head);
}

void mdls_end(struct nt_owner *owner)
{
    for (unsigned i = 0; i < NT_SHARDS; i++) {
        struct exec_link *head = &owner->shards[i].live[NT_MDL];
        struct exec_link *next;
        for (struct exec_link *link = head->next; link != head; link = next) {
            struct nt_account *account = EXEC_CONTAINER(link, struct nt_account, link);
            next = link->next;
            mdl_destroy((void *)((char *)account + MDL_HEAD_BYTES));
        }
    }
}

void mdl_build(PMDL mdl)
{
    mdl_build_nonpaged(mdl);
}

uint32_t mdl_page_room(const MDL *mdl)
{
    if (mdl_kind(mdl) != MDL_KIND_FOREIGN)
        return mdl_head(mdl)->page_count;
    return (uint32_t)(((size_t)(USHORT)mdl->Size - sizeof *mdl) / sizeof(uint64_t));
}

size_t mdl_page_count(const MDL *mdl)
{
    return page_count((char *)mdl->StartVa + mdl->ByteOffset, mdl->ByteCount);
}

enum mdl_kind mdl_kind(const MDL *mdl)
{
    if (!mdl)
        return MDL_KIND_FOREIGN;
    if (mdl->Process == mdl_mark(mdl, MDL_SECRET))
        return (enum mdl_kind)mdl_head(mdl)->kind;
    return mdl->Process == mdl_mark(mdl, MDL_GONE) ? MDL_KIND_FREED : MDL_KIND_FOREIGN;
}

/* Frees for NdisFreeMdl and IoFreeMdl, when the MDL is one of theirs. */
static void mdl_free_checked(const struct call *call, PMDL mdl, enum mdl_kind expected)
{
    enum mdl_kind kind = mdl_kind(mdl);
    if (!mdl)
        call_breaks(call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "Mdl is NULL");
    else if (kind == MDL_KIND_FREED)
        call_breaks(call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE, "the MDL was freed before");
    else if (kind == MDL_KIND_FOREIGN)
        call_breaks(call, RULE_MDL_BAD, NULL, NDIS_STATUS_FAILURE,
                    "the MDL was not allocated by NDIS or the I/O manager, or its header was "
                    "overwritten");
    else if (kind != expected)
        call_breaks(call, RULE_POOL_WRONG_FREE, NULL, NDIS_STATUS_FAILURE, "the MDL came from %s",
                    mdl_kind_text(kind));
    else
        mdl_destroy(mdl);
}

const char *mdl_kind_text(enum mdl_kind kind)
{
    static const char *const texts[] = {
        [MDL_KIND_FOREIGN] = "the driver's own memory",
        [MDL_KIND_FREED] = "memory that was freed",
        [MDL_KIND_NDIS] = "NdisAllocateMdl",
        [MDL_KIND_IO] = "IoAllocateMdl",
        [MDL_KIND_RETREAT] = "a retreat, and goes with an advance",
        [MDL_KIND_BLOCK] = "a net buffer pool, and goes with its NET_BUFFER",
        [MDL_KIND_CLONE] = "a clone, and goes with it",
    };
    return texts[kind];
}

/* Learn: NdisAllocateMdl. */
PMDL NTAPI NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    (void)NdisHandle; /* any handle of the driver's: it only tells Windows whom to account to */
    if (!VirtualAddress) {
        call_breaks(&call, RULE_ARGUMENT_NULL, NULL, NDIS_STATUS_FAILURE, "VirtualAddress is NULL");
        return NULL;
    }
    if (nt_fault(FAULT_NdisAllocateMdl))
        return NULL;
    return mdl_create(MDL_KIND_NDIS, VirtualAddress, Length, __builtin_return_address(0));
}

/* Learn: NdisFreeMdl. */
VOID NTAPI NdisFreeMdl(PMDL Mdl)
{
    struct call call = call_begin(__func__, RULE_Irql_NetBuffer_Function, LEVEL_UP_TO_DISPATCH);
    mdl_free_checked(&call, Mdl, MDL_KIND_NDIS);
}

/* Learn: IoFreeMdl. */
VOID NTAPI IoFreeMdl(PMDL Mdl)
{
    struct call call = call_begin(__func__, RULE_IRQL_TOO_HIGH, LEVEL_UP_TO_DISPATCH);
    mdl_free_checked(&call, Mdl, MDL_KIND_IO);
}

/* Learn: IoAllocateMdl. There are no IRPs here: one that is given cannot be the runtime's. */
PMDL NTAPI IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
                         BOOLEAN ChargeQuota, struct _IRP *Irp)
{
    struct call call = call_begin(__func__, RULE_IRQL_TOO_HIGH, LEVEL_UP_TO_DISPATCH);
    (void)ChargeQuota; /* nobody has a quota */
    if (Irp || SecondaryBuffer) {
        call_breaks(&call, RULE_ARGUMENT_BAD, NULL, NDIS_STATUS_FAILURE,
                    "%s, but NDIS gives no IRP to a CoNDIS driver",
                    Irp ? "Irp is not NULL" : "SecondaryBuffer is TRUE");
        return NULL;
    }
    if (nt_fault(FAULT_IoAllocateMdl))
        return NULL;
    return mdl_create_unbuilt(VirtualAddress, Length, __builtin_return_address(0));
}
