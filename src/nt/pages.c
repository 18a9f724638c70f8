/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* REG_RIP */
#endif

#include "nt/pages.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "nt/break.h"
#include "nt/signal_stack.h"

#if defined(__SANITIZE_THREAD__)
#define PAGES_ON false
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PAGES_ON false
#endif
#endif
#ifndef PAGES_ON
#define PAGES_ON true
#endif

enum {
    PAGE_BYTES = 4096,
    SIZES = 17, /* pieces of up to 16 pages and the guard are used again */
};
#define ARENA_BYTES (UINT64_C(1) << 34)
#define ARENA_PAGES ((uint32_t)(ARENA_BYTES / PAGE_BYTES))

/* One piece of the address space: pages for a block, then its guard. */
struct piece {
    struct pages_block block;
    uint32_t first;      /* page in the arena */
    uint32_t page_count; /* without the guard */
    struct piece *next;  /* while freed: the one that was freed after it */
};

static pthread_mutex_t arena_mutex = PTHREAD_MUTEX_INITIALIZER;
static char *arena;
_Atomic bool pages_used_at_all;
static struct piece **piece_of; /* by page */
static uint32_t pages_used;
static struct {
    struct piece *oldest;
    struct piece *newest;
    uint32_t count;
} freed_pieces[SIZES];
static struct sigaction before;

static char *start_of(const struct piece *piece)
{
    return arena + (size_t)piece->first * PAGE_BYTES;
}

static char *guard_of(const struct piece *piece)
{
    return start_of(piece) + (size_t)piece->page_count * PAGE_BYTES;
}

static const char *bytes_of(const struct piece *piece)
{
    return guard_of(piece) - ((piece->block.bytes + 15) & ~UINT64_C(15));
}

static struct piece *find(const void *address)
{
    uintptr_t offset = (uintptr_t)address - (uintptr_t)arena;
    return arena && offset < ARENA_BYTES ? piece_of[offset / PAGE_BYTES] : NULL;
}

/* ---- a touch ----------------------------------------------------------------------------- */

static void tell_touch(const struct piece *piece, const char *address, const char *how,
                       const void *place)
{
    const struct pages_block *b = &piece->block;
    long long offset = address - bytes_of(piece);
    if (b->alive)
        nt_break_memory(RULE_POOL_OVERRUN, how, place, b->allocated, NULL,
                        "byte %lld of a block of %llu bytes", offset, (unsigned long long)b->bytes);
    else
        nt_break_memory(RULE_POOL_USED_AFTER_FREE, how, place, b->allocated, b->freed,
                        "byte %lld of a freed block of %llu bytes", offset,
                        (unsigned long long)b->bytes);
}

/* Whether the instruction wrote. */
static bool is_write(const void *context)
{
#if defined(__x86_64__)
    const ucontext_t *user = context;
    return (user->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#else
    (void)context;
    return false;
#endif
}

static void hear_fault(int signal, siginfo_t *info, void *context)
{
    const struct piece *piece = find(info->si_addr);
    if (!piece) { /* not ours: as if nobody had listened */
        (void)sigaction(signal, &before, NULL);
        return;
    }
    char *page = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE_BYTES - 1)); // NOLINT
    if (mprotect(page, PAGE_BYTES, PROT_READ | PROT_WRITE) != 0)
        (void)sigaction(signal, &before, NULL);
    tell_touch(piece, info->si_addr, is_write(context) ? "a write" : "a read",
               stack_place_of_signal(context));
}

/* ---- the arena --------------------------------------------------------------------------- */

static void *reserve(size_t bytes, int protection)
{
    void *space = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return space == MAP_FAILED ? NULL : space;
}

/* A host program may have listened anew since the last time. */
static bool listen_for_faults(void)
{
    struct sigaction action = {.sa_sigaction = hear_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigaction now;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaddset(&action.sa_mask, SIGTRAP); /* comes at the touch, not in its handler */
    if (sigaction(SIGSEGV, NULL, &now) != 0)
        return false;
    if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == hear_fault)
        return true;
    before = now;
    return sigaction(SIGSEGV, &action, NULL) == 0;
}

static bool open_arena(void)
{
    if (sysconf(_SC_PAGESIZE) != PAGE_BYTES)
        return false;
    char *space = reserve(ARENA_BYTES, PROT_NONE);
    piece_of = reserve(ARENA_PAGES * sizeof(struct piece *), PROT_READ | PROT_WRITE);
    if (!space || !piece_of)
        return false;
    arena = space;
    atomic_store_explicit(&pages_used_at_all, true, memory_order_release);
    return true;
}

bool pages_begin(void)
{
    if (!PAGES_ON)
        return false;
    pthread_mutex_lock(&arena_mutex);
    bool good = (arena || open_arena()) && listen_for_faults();
    signal_stacks_begin();
    pthread_mutex_unlock(&arena_mutex);
    return good;
}

/* Locked. The one that was freed first, when enough were freed after it. */
static struct piece *take_freed(uint32_t page_count)
{
    if (page_count >= SIZES || freed_pieces[page_count].count <= PAGES_QUARANTINE)
        return NULL;
    struct piece *piece = freed_pieces[page_count].oldest;
    freed_pieces[page_count].oldest = piece->next;
    freed_pieces[page_count].count--;
    return piece;
}

/* Locked. */
static struct piece *take_new(uint32_t page_count)
{
    if (page_count + 1 > ARENA_PAGES - pages_used)
        return NULL;
    struct piece *piece = calloc(1, sizeof(*piece));
    if (!piece)
        return NULL;
    piece->first = pages_used;
    piece->page_count = page_count;
    for (uint32_t i = 0; i <= page_count; i++)
        piece_of[pages_used + i] = piece;
    pages_used += page_count + 1;
    return piece;
}

/* Locked. */
static void put_freed(struct piece *piece)
{
    uint32_t size = piece->page_count;
    piece->next = NULL;
    if (size >= SIZES)
        return; /* never again: large ones are few */
    if (freed_pieces[size].count++)
        freed_pieces[size].newest->next = piece;
    else
        freed_pieces[size].oldest = piece;
    freed_pieces[size].newest = piece;
}

void *pages_allocate(size_t head_bytes, size_t bytes)
{
    size_t whole = head_bytes + ((bytes + 15) & ~(size_t)15);
    if (whole > ARENA_BYTES / 4)
        return NULL;
    uint32_t page_count = (uint32_t)((whole + PAGE_BYTES - 1) / PAGE_BYTES);
    pthread_mutex_lock(&arena_mutex);
    struct piece *piece = take_freed(page_count);
    if (!piece)
        piece = take_new(page_count);
    pthread_mutex_unlock(&arena_mutex);
    if (!piece)
        return NULL;
    bool open =
        mprotect(start_of(piece), (size_t)page_count * PAGE_BYTES, PROT_READ | PROT_WRITE) == 0 &&
        mprotect(guard_of(piece), PAGE_BYTES, PROT_NONE) == 0;
    piece->block = (struct pages_block){bytes, NULL, NULL, open};
    if (!open) { /* too many mappings */
        pthread_mutex_lock(&arena_mutex);
        put_freed(piece);
        pthread_mutex_unlock(&arena_mutex);
        return NULL;
    }
    return guard_of(piece) - whole;
}

void pages_note(const void *block, const struct stack *allocated)
{
    struct piece *piece = find(block);
    if (piece)
        piece->block.allocated = allocated;
}

void pages_free(const void *block, const struct stack *freed)
{
    struct piece *piece = find(block);
    if (!piece)
        return;
    size_t bytes = (size_t)(piece->page_count + 1) * PAGE_BYTES;
    piece->block.freed = freed;
    piece->block.alive = false;
    (void)madvise(start_of(piece), bytes, MADV_DONTNEED);
    (void)mprotect(start_of(piece), bytes, PROT_NONE);
    pthread_mutex_lock(&arena_mutex);
    put_freed(piece);
    pthread_mutex_unlock(&arena_mutex);
}

bool pages_find(const void *address, struct pages_block *out)
{
    const struct piece *piece = find(address);
    if (piece)
        *out = piece->block;
    return piece != NULL;
}

void pages_forget_stacks(void)
{
    pthread_mutex_lock(&arena_mutex);
    for (uint32_t page = 0; arena && page < pages_used; page++)
        piece_of[page]->block.allocated = piece_of[page]->block.freed = NULL;
    pthread_mutex_unlock(&arena_mutex);
}
