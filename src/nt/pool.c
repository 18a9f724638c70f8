/* SPDX-License-Identifier: MIT */
/* Blocks of pool memory: their guards, their ends, and what a free is judged by. */
#include "nt/pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "nt/exec_inside.h"
#include "nt/pages.h"
#include "nt/sweep.h"
#include "nt/windows.h"
#include "rules/store.h"

#if defined(__SANITIZE_ADDRESS__)
#define POOL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_ASAN 1
#endif
#endif

/* Under AddressSanitizer bytes that nobody may touch are barred instead of filled and compared: it
 * stops at the touch itself. Its red zone begins behind a block; before it stands one of ours. */
#ifdef POOL_ASAN
#include <sanitizer/asan_interface.h>
#define GUARD_BYTES    0u
#define RED_ZONE_BYTES 64u
#define UNCHECKED      __attribute__((no_sanitize("address")))
#else
#define GUARD_BYTES 8u
#define UNCHECKED
#endif

#define MAGIC_ALIVE  0x70616c76u
#define MAGIC_CACHED 0x70636163u
#define MAGIC_FREED  0x70667264u
#define GUARD_FILL   0xfd
#define FREED_FILL   0xdf
#define FRONT        0xa5
#define IN_PAGES     0x01u /* page memory                                                    */
#define WHOLE        0x02u /* all of it is filled and checked when it is freed               */
#define PAGED        0x04u /* asked for as paged memory, and counted by its owner            */
#define FILL_MAX     64u   /* bytes of a freed block that are filled and checked             */
#define KEEP_MAX     4096u /* of larger blocks so much is kept                               */

/* Stands right before the block: 64 bytes, and the red zone. */
struct pool_header {
    struct nt_account account;
    uint32_t magic;
    uint8_t family;
    uint8_t flags;       /* IN_PAGES, WHOLE, PAGED                                           */
    uint8_t guard_bytes; /* how many fit behind the block                                    */
    uint8_t front;       /* FRONT, so that a write before the block is told from no block    */
    uint64_t self;       /* the header's own address, so that stray bytes are not taken for one   */
#ifdef POOL_ASAN
    unsigned char red_zone[RED_ZONE_BYTES];
#endif
};

_Static_assert(sizeof(struct pool_header) % 64 == 0, "keeps a block's alignment");

static struct pool_header *header_of(void *block)
{
    return (struct pool_header *)((char *)block - sizeof(struct pool_header));
}

static unsigned char *bytes_of(struct pool_header *header)
{
    return (unsigned char *)(header + 1);
}

#ifdef POOL_ASAN
/* Behind a block of page memory up to 15 bytes are left before the page that cannot be touched. */
static void guard_write(struct pool_header *header)
{
    size_t bytes = header->account.bytes;
    __asan_poison_memory_region(header->red_zone, RED_ZONE_BYTES);
    if (header->flags & IN_PAGES)
        __asan_poison_memory_region(bytes_of(header) + bytes, ((bytes + 15) & ~(size_t)15) - bytes);
}

static bool guard_broken(struct pool_header *header)
{
    (void)header;
    return false;
}
#else
static const unsigned char guard[GUARD_BYTES] = {[0 ... GUARD_BYTES - 1] = GUARD_FILL};

static void guard_write(struct pool_header *header)
{
    memcpy(bytes_of(header) + header->account.bytes, guard, header->guard_bytes);
}

static bool guard_broken(struct pool_header *header)
{
    return memcmp(bytes_of(header) + header->account.bytes, guard, header->guard_bytes) != 0;
}
#endif

static enum nt_pool_mode mode_here(void)
{
    return (enum nt_pool_mode)exec_current()->exec->world->pool;
}

/* Who allocated a block that is alive, as far as it is kept. */
static const struct stack *stack_of(const struct pool_header *header)
{
    return header->account.has_stack ? header->account.stack : NULL;
}

/* A block that wants 64 bytes of alignment cannot end at a page as well. */
static struct pool_header *take_pages(size_t bytes)
{
    struct pool_header *header = pages_allocate(sizeof(*header), bytes);
    if (!header)
        return NULL;
#ifdef POOL_ASAN
    __asan_unpoison_memory_region(header, sizeof(*header) + ((bytes + 15) & ~(size_t)15));
#endif
    size_t fits = ((bytes + 15) & ~(size_t)15) - bytes;
    const size_t wanted = GUARD_BYTES;
    header->flags = IN_PAGES;
    header->guard_bytes = (uint8_t)(fits < wanted ? fits : wanted);
    return header;
}

static struct pool_header *take_memory(size_t bytes, bool aligned_64)
{
    size_t whole = sizeof(struct pool_header) + bytes + GUARD_BYTES;
    void *memory = NULL;
    if (mode_here() == NT_POOL_PAGES && !aligned_64 && (memory = take_pages(bytes)) != NULL)
        return memory;
    if (aligned_64)
        memory = posix_memalign(&memory, 64, whole) ? NULL : memory;
    else
        memory = malloc(whole);
    struct pool_header *header = memory;
    if (header) {
        header->flags = mode_here() == NT_POOL_PLAIN ? 0 : WHOLE;
        header->guard_bytes = GUARD_BYTES;
    }
    return header;
}

void *nt_pool_allocate(enum nt_pool_family family, size_t bytes, uint32_t tag, bool aligned_64,
                       bool zero, bool paged, const char *function, const void *caller)
{
    uint8_t irql = exec_current()->irql;
    if (irql > (paged ? APC_LEVEL : DISPATCH_LEVEL)) {
        nt_break(RULE_POOL_AT_HIGH_IRQL, function, "%s memory at IRQL %u",
                 paged ? "paged" : "non-paged", irql);
        return NULL;
    }
    if (bytes > SIZE_MAX / 2)
        return NULL;
    struct pool_header *header = take_memory(bytes, aligned_64);
    if (!header)
        return NULL;
    header->magic = MAGIC_ALIVE;
    header->family = (uint8_t)family;
    header->front = FRONT;
    header->self = (uint64_t)(uintptr_t)header;
    nt_account_open(&header->account, NT_POOL, bytes, tag, caller);
    if (paged && header->account.owner) {
        header->flags |= PAGED;
        atomic_fetch_add(&header->account.owner->paged_count, 1);
    }
    if (header->flags & IN_PAGES)
        pages_note(bytes_of(header), stack_of(header));
    if (zero)
        memset(bytes_of(header), 0, bytes);
    guard_write(header);
    return bytes_of(header);
}

/* ---- freed blocks ---- */

/* Of a freed block its account's link tells who allocated and who freed it; NULL: not kept. */
struct end_of_block {
    const struct stack *allocated;
    const struct stack *freed;
};

static struct end_of_block *end_of(struct pool_header *header)
{
    _Static_assert(sizeof(struct end_of_block) <= sizeof(header->account.link), "takes its place");
    return (struct end_of_block *)(void *)&header->account.link;
}

static size_t filled_bytes(const struct pool_header *header)
{
    size_t max = header->flags & WHOLE ? KEEP_MAX : FILL_MAX;
    return header->account.bytes < max ? header->account.bytes : max;
}

static UNCHECKED void give_back(struct pool_header *header)
{
#ifdef POOL_ASAN
    __asan_unpoison_memory_region(bytes_of(header), header->account.bytes);
#endif
    static const unsigned char filled[KEEP_MAX] = {[0 ... KEEP_MAX - 1] = FREED_FILL};
    if (memcmp(bytes_of(header), filled, filled_bytes(header)) != 0)
        nt_break_memory(RULE_POOL_USED_AFTER_FREE, "ExFreePoolWithTag", NULL,
                        end_of(header)->allocated, end_of(header)->freed,
                        "a block of %llu bytes was written after it was freed",
                        (unsigned long long)header->account.bytes);
    header->magic = 0;
    free(header);
}

/* Of a large block only the beginning is kept: whole pages behind it go back to the system. */
static void let_pages_go(struct pool_header *header)
{
    const uintptr_t page = 4096;
    uintptr_t start = ((uintptr_t)bytes_of(header) + KEEP_MAX + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)bytes_of(header) + header->account.bytes) & ~(page - 1);
    if (start < end)
        (void)madvise((void *)start, end - start, MADV_DONTNEED); // NOLINT
}

/* A processor's count of kept blocks by a hash of their address: most lookups find a zero. */
static _Atomic uint8_t *place_of(struct exec_cpu *cpu, const void *header)
{
    uint64_t mixed = (uint64_t)(uintptr_t)header * UINT64_C(0x9e3779b97f4a7c15);
    return &cpu->freed_places[mixed >> 32 & (EXEC_FREED_PLACES - 1)];
}

/* Without the verifier nobody looks them up. */
static void take_place(struct exec_cpu *cpu, const struct pool_header *header)
{
    if (header->flags & WHOLE)
        atomic_fetch_add_explicit(place_of(cpu, header), 1, memory_order_relaxed);
}

static void leave_place(struct exec_cpu *cpu, const struct pool_header *header)
{
    if (header->flags & WHOLE)
        atomic_fetch_sub_explicit(place_of(cpu, header), 1, memory_order_relaxed);
}

/* Keep the block in its processor's ring; the one that was there longest makes room. */
static void keep_freed(struct pool_header *header)
{
    memset(bytes_of(header), FREED_FILL, filled_bytes(header));
#ifdef POOL_ASAN
    __asan_poison_memory_region(bytes_of(header), header->account.bytes);
#endif
    if (header->account.bytes > KEEP_MAX)
        let_pages_go(header);
    struct exec_cpu *cpu = exec_current()->cpu;
    take_place(cpu, header);
    uint32_t place = atomic_fetch_add_explicit(&cpu->freed_next, 1, memory_order_relaxed);
    struct pool_header *oldest = atomic_exchange_explicit(&cpu->freed[place % EXEC_FREED_BLOCKS],
                                                          header, memory_order_acq_rel);
    if (!oldest)
        return;
    leave_place(cpu, oldest);
    give_back(oldest);
}

void nt_pool_forget(struct exec_cpu *cpu)
{
    for (uint32_t i = 0; i < EXEC_FREED_BLOCKS; i++) {
        struct pool_header *header = atomic_exchange(&cpu->freed[i], NULL);
        if (!header)
            continue;
        leave_place(cpu, header);
        give_back(header);
    }
}

/* A freed block of page memory cannot even be looked at. */
static bool is_closed(const void *block, const char *function)
{
    struct pages_block pages;
    if (!CONDIS_VERIFIER || !atomic_load_explicit(&pages_used_at_all, memory_order_acquire))
        return false;
    if (!pages_find(block, &pages) || pages.alive)
        return false;
    nt_break_memory(RULE_POOL_DOUBLE_FREE, function, NULL, pages.allocated, pages.freed,
                    "a block of %llu bytes", (unsigned long long)pages.bytes);
    return true;
}

/* A driver that writes before its block hits the end of the header first. Told, and put right. */
static UNCHECKED bool is_written_before(struct pool_header *header, const char *function)
{
    if (header->magic != MAGIC_ALIVE || header->front != FRONT || header->family == 0 ||
        header->family > NT_POOL_RTL)
        return false;
    header->self = (uint64_t)(uintptr_t)header;
    nt_break_memory(RULE_POOL_OVERRUN, function, NULL, stack_of(header), NULL,
                    "something was written before a block of %llu bytes",
                    (unsigned long long)header->account.bytes);
    return true;
}

/* Say whether a block can be trusted to be in `magic`; else breaks the rule that fits. */
static UNCHECKED bool block_is(void *block, uint32_t magic, const char *function)
{
    if (!nt_not_null(block, function, "the memory"))
        return false;
    struct pool_header *header = header_of(block);
    if (is_closed(block, function))
        return false;
    if ((uintptr_t)block % 16 ||
        !(header->self == (uint64_t)(uintptr_t)header || is_written_before(header, function))) {
        nt_break(RULE_POOL_NOT_ALLOCATED, function, "the address is not one of a block");
        return false;
    }
    if (header->magic == magic)
        return true;
    bool freed = header->magic == MAGIC_FREED;
    if (freed || header->magic == MAGIC_CACHED)
        nt_break_memory(RULE_POOL_DOUBLE_FREE, function, NULL,
                        freed ? end_of(header)->allocated : stack_of(header),
                        freed ? end_of(header)->freed : NULL, "a block of %llu bytes",
                        (unsigned long long)header->account.bytes);
    else
        nt_break(RULE_POOL_NOT_ALLOCATED, function, "the address is not one of a block");
    return false;
}

static void tag_text(uint32_t tag, char text[5])
{
    for (unsigned i = 0; i < 4; i++) {
        char c = (char)(tag >> (8 * i));
        text[i] = c;
        if (c < ' ' || c > '~')
            text[i] = '.';
    }
    text[4] = 0;
}

static void judge_free(struct pool_header *header, enum nt_pool_family family, uint32_t tag,
                       const char *function)
{
    struct exec_task *task = exec_current();
    char given[5];
    char made[5];
    if (guard_broken(header))
        nt_break_memory(RULE_POOL_OVERRUN, function, NULL, stack_of(header), NULL,
                        "something was written behind a block of %llu bytes",
                        (unsigned long long)header->account.bytes);
    if (tag && header->account.tag && tag != header->account.tag) {
        tag_text(tag, given);
        tag_text(header->account.tag, made);
        nt_break_memory(RULE_POOL_WRONG_TAG, function, NULL, stack_of(header), NULL,
                        "tag '%s' given, allocated with '%s'", given, made);
    }
    if (header->family != family)
        nt_break_memory(RULE_POOL_WRONG_FREE, function, NULL, stack_of(header), NULL,
                        "allocated with %s",
                        header->family == NT_POOL_EX     ? "ExAllocatePool..."
                        : header->family == NT_POOL_NDIS ? "NdisAllocateMemory..."
                                                         : "an Rtl string function");
    if (header->account.owner && task->owner && header->account.owner != task->owner)
        nt_break(RULE_POOL_WRONG_OWNER, function, "allocated by %s", header->account.owner->name);
    if (task->irql > DISPATCH_LEVEL)
        nt_break(RULE_POOL_AT_HIGH_IRQL, function, "freed at IRQL %u", task->irql);
}

/* What is still in use inside the block is taken away, so that it cannot be reached through lists.
 * */
static void judge_use(const struct pool_header *header, void *block, const char *function)
{
    struct exec_swept swept = exec_sweep_memory(exec_current()->exec, block, header->account.bytes);
    if (swept.timer_count || swept.dpc_count)
        nt_break(RULE_POOL_FREED_IN_USE, function, "%u set timers and %u queued DPCs in the block",
                 swept.timer_count, swept.dpc_count);
    if (swept.waiter_count)
        nt_break(RULE_EVENT_FREED_WAITED, function, "%u waits for an object in the block",
                 swept.waiter_count);
}

void nt_pool_free(enum nt_pool_family family, void *block, uint32_t tag, const char *function)
{
    if (!block_is(block, MAGIC_ALIVE, function))
        return;
    struct pool_header *header = header_of(block);
    judge_free(header, family, tag, function);
    judge_use(header, block, function);
    header->magic = MAGIC_FREED;
    struct end_of_block end = {stack_of(header), NULL};
    if (mode_here() != NT_POOL_PLAIN)
        end.freed = stack_keep(exec_current()->exec->world->stacks, __builtin_return_address(0));
    if (header->flags & PAGED)
        atomic_fetch_sub(&header->account.owner->paged_count, 1);
    nt_account_close(&header->account);
    if (header->flags & IN_PAGES) {
        pages_free(block, end.freed);
        return;
    }
    *end_of(header) = end;
    keep_freed(header);
}

bool nt_pool_cache(void *block, bool cached, const char *function, const void *caller)
{
    if (!block_is(block, cached ? MAGIC_ALIVE : MAGIC_CACHED, function))
        return false;
    header_of(block)->magic = cached ? MAGIC_CACHED : MAGIC_ALIVE;
    if (caller)
        nt_account_retake(&header_of(block)->account, caller);
    return true;
}

/* ---- looking into it, and its end ---- */

const void *nt_pool_block(const struct nt_account *account)
{
    return bytes_of(
        EXEC_CONTAINER((struct nt_account *)(uintptr_t)account, struct pool_header, account));
}

/* Whether a live block of these flags (0: of any) has some of the bytes. */
static bool shard_has(struct nt_shard *shard, const char *at, size_t bytes, uint8_t flags)
{
    struct exec_link *head = &shard->live[NT_POOL];
    bool found = false;
    raw_lock(&shard->lock);
    for (struct exec_link *link = head->next; link != head && !found; link = link->next) {
        struct nt_account *account = EXEC_CONTAINER(link, struct nt_account, link);
        const char *block = nt_pool_block(account);
        const struct pool_header *header = EXEC_CONTAINER(account, struct pool_header, account);
        found =
            (header->flags & flags) == flags && at < block + account->bytes && block < at + bytes;
    }
    raw_unlock(&shard->lock);
    return found;
}

static bool owner_has(struct nt_owner *owner, const void *at, size_t bytes, uint8_t flags)
{
    bool found = false;
    for (unsigned i = 0; owner && i < NT_SHARDS && !found; i++)
        found = shard_has(&owner->shards[i], at, bytes, flags);
    return found;
}

bool nt_pool_is_paged(const void *at, size_t bytes)
{
    struct nt_owner *owner = exec_current()->owner;
    return owner && atomic_load(&owner->paged_count) && owner_has(owner, at, bytes, PAGED);
}

bool nt_pool_is_alive(const void *at)
{
    return owner_has(exec_current()->owner, at, 1, 0);
}

bool nt_pool_freed(const void *block, const struct stack **allocated)
{
    const struct exec *exec = exec_current()->exec;
    const struct exec_inner *inner = EXEC_CONTAINER(exec, const struct exec_inner, head);
    const void *wanted = (const char *)block - sizeof(struct pool_header);
    struct pages_block pages;
    if (mode_here() == NT_POOL_PLAIN)
        return false;
    if (pages_find(block, &pages)) {
        *allocated = pages.allocated;
        return !pages.alive;
    }
    for (uint32_t number = 0; number < exec->processor_count; number++) {
        struct exec_cpu *cpu = &inner->cpus[number];
        bool maybe = atomic_load_explicit(place_of(cpu, wanted), memory_order_relaxed) != 0;
        for (uint32_t i = 0; maybe && i < EXEC_FREED_BLOCKS; i++) {
            void *freed = atomic_load_explicit(&cpu->freed[i], memory_order_relaxed);
            if (freed != wanted)
                continue;
            *allocated = end_of(freed)->allocated;
            return true;
        }
    }
    return false;
}

void nt_pool_end(struct nt_owner *owner)
{
    for (unsigned i = 0; i < NT_SHARDS; i++) {
        struct exec_link *head = &owner->shards[i].live[NT_POOL];
        struct exec_link *next;
        for (struct exec_link *link = head->next; link != head; link = next) {
            struct nt_account *account = EXEC_CONTAINER(link, struct nt_account, link);
            next = link->next;
            struct pool_header *header = EXEC_CONTAINER(account, struct pool_header, account);
            if (header->flags & IN_PAGES)
                pages_free(bytes_of(header), NULL);
            else
                free(header);
        }
    }
}
