/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pthread_getattr_np */
#endif

#include "rules/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNWATCHED __attribute__((no_sanitize("address", "thread")))
#endif
#endif
#ifndef UNWATCHED
#define UNWATCHED __attribute__((no_sanitize_address, no_sanitize_thread))
#endif

enum {
    BUCKETS = 4096,
    SLOTS_MAX = STACK_FRAMES_MAX + 16, /* the runtime's own frames come first */
    TRIES_MAX = 16,                    /* places that one call site is known from */
};

/* Where on the stack a return address stood, from the frame of stack_keep. */
struct slot {
    uint32_t distance;
    uintptr_t address;
};

struct kept {
    struct stack stack; /* first: what is handed out */
    struct kept *next;
    const void *nearest;
    uint16_t slot_count; /* 0: its slots say nothing */
    struct slot slot[];
};

struct stack_store {
    _Atomic uint32_t count;
    _Atomic(struct kept *) bucket[BUCKETS];
};

struct stack_store *stack_store_create(void)
{
    stack_prepare();
    return calloc(1, sizeof(struct stack_store));
}

void stack_store_destroy(struct stack_store *store)
{
    for (unsigned i = 0; store && i < BUCKETS; i++) {
        struct kept *next;
        for (struct kept *kept = atomic_load(&store->bucket[i]); kept; kept = next) {
            next = kept->next;
            free(kept);
        }
    }
    free(store);
}

/* ---- how far a stack may be read ---- */

/* From the lowest byte to one past the highest; end 0: not known. */
struct bounds {
    uintptr_t start;
    uintptr_t end;
};

static _Thread_local struct bounds thread_bounds; /* of the thread's own stack, once asked */
static _Thread_local struct bounds fiber_bounds;  /* of the fiber that runs; end 0: none does */

void stack_runs_in(const void *stack, size_t stack_bytes)
{
    fiber_bounds = (struct bounds){(uintptr_t)stack, (uintptr_t)stack + stack_bytes};
}

static struct bounds ask_thread(void)
{
    struct bounds nothing = {1, 1}; /* nothing may be read */
    pthread_attr_t attributes;
    void *start;
    size_t bytes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return nothing;
    bool known = pthread_attr_getstack(&attributes, &start, &bytes) == 0;
    (void)pthread_attr_destroy(&attributes);
    return known ? (struct bounds){(uintptr_t)start, (uintptr_t)start + bytes} : nothing;
}

static struct bounds bounds_now(void)
{
    if (fiber_bounds.end)
        return fiber_bounds;
    if (!thread_bounds.end)
        thread_bounds = ask_thread();
    return thread_bounds;
}

static uintptr_t stack_end(void)
{
    return bounds_now().end;
}

bool stack_holds(uintptr_t address)
{
    struct bounds bounds = bounds_now();
    return address >= bounds.start && address < bounds.end;
}

bool stack_overran(uintptr_t address)
{
    enum { BELOW_BYTES = 64 * 1024 };
    struct bounds bounds = bounds_now();
    return bounds.start > BELOW_BYTES && address < bounds.start &&
           address >= bounds.start - BELOW_BYTES;
}

void stack_store_prepare(void)
{
    stack_prepare();
    if (!thread_bounds.end)
        thread_bounds = ask_thread();
}

/* ---- knowing a stack again ---- */

static UNWATCHED uintptr_t word_at(uintptr_t address)
{
    return *(const volatile uintptr_t *)address; // NOLINT(performance-no-int-to-ptr)
}

static UNWATCHED bool stands_again(const struct kept *kept, uintptr_t frame, uintptr_t end)
{
    if (!kept->slot_count ||
        frame + kept->slot[kept->slot_count - 1].distance + sizeof(uintptr_t) > end)
        return false;
    for (unsigned i = 0; i < kept->slot_count; i++)
        if (word_at(frame + kept->slot[i].distance) != kept->slot[i].address)
            return false;
    return true;
}

static _Atomic(struct kept *) *bucket_of(struct stack_store *store, const void *nearest)
{
    uint64_t word = (uint64_t)(uintptr_t)nearest * UINT64_C(0x9e3779b97f4a7c15);
    return &store->bucket[word >> 52];
}

/* ---- a new one ---- */

struct walk {
    const void *nearest;
    uintptr_t frame;
    bool exact; /* every return address stood right below its frame */
    uint16_t slot_count;
    struct slot slot[SLOTS_MAX];
};

static UNWATCHED void take_slot(void *context, const void *address, uintptr_t frame)
{
    struct walk *walk = context;
    uintptr_t place = frame - sizeof(uintptr_t);
    if (!walk->exact || place < walk->frame) /* stack_keep's own frame and what it called */
        return;
    walk->exact = walk->slot_count < SLOTS_MAX && place + sizeof(uintptr_t) <= stack_end() &&
                  word_at(place) == (uintptr_t)address;
    if (walk->exact)
        walk->slot[walk->slot_count++] =
            (struct slot){(uint32_t)(place - walk->frame), (uintptr_t)address};
}

static bool same_slots(const struct kept *kept, const struct walk *walk)
{
    if (kept->slot_count != walk->slot_count)
        return false;
    for (unsigned i = 0; i < walk->slot_count; i++)
        if (kept->slot[i].distance != walk->slot[i].distance ||
            kept->slot[i].address != walk->slot[i].address)
            return false;
    return true;
}

/* Finds a stack that is there already though its slots were not tried, or do not say enough. */
static const struct kept *find_equal(const struct kept *kept, const struct stack *stack,
                                     const struct walk *walk)
{
    while (kept && !(stack_same(&kept->stack, stack, STACK_FRAMES_MAX) &&
                     (!walk->exact || same_slots(kept, walk))))
        kept = kept->next;
    return kept;
}

static const struct stack *add(struct stack_store *store, const struct stack *stack,
                               struct walk *walk)
{
    if (!walk->exact)
        walk->slot_count = 0;
    _Atomic(struct kept *) *bucket = bucket_of(store, walk->nearest);
    const struct kept *equal = find_equal(atomic_load(bucket), stack, walk);
    if (equal)
        return &equal->stack;
    if (atomic_fetch_add(&store->count, 1) >= STACK_STORE_MAX)
        return NULL;
    struct kept *kept = malloc(sizeof(*kept) + walk->slot_count * sizeof(struct slot));
    if (!kept)
        return NULL;
    kept->stack = *stack;
    kept->nearest = walk->nearest;
    kept->slot_count = walk->slot_count;
    memcpy(kept->slot, walk->slot, walk->slot_count * sizeof(struct slot));
    kept->next = atomic_load(bucket);
    while (!atomic_compare_exchange_weak(bucket, &kept->next, kept))
        ;
    return &kept->stack;
}

static __attribute__((noinline)) const struct stack *
walk_and_add(struct stack_store *store, const void *nearest, uintptr_t frame)
{
    struct walk walk = {.nearest = nearest, .frame = frame, .exact = true};
    struct stack stack;
    stack_take_places(&stack, nearest, take_slot, &walk);
#if !defined(__x86_64__)
    walk.exact = false;
#endif
    /* What is beyond the stack's last frame need not stand again. */
    while (stack.count && walk.slot_count &&
           walk.slot[walk.slot_count - 1].address != (uintptr_t)stack.frame[stack.count - 1])
        walk.slot_count--;
    return add(store, &stack, &walk);
}

__attribute__((noinline)) const struct stack *stack_keep(struct stack_store *store,
                                                         const void *nearest)
{
    if (!store)
        return NULL;
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    uintptr_t end = stack_end();
    const struct kept *kept = atomic_load_explicit(bucket_of(store, nearest), memory_order_acquire);
    for (unsigned i = 0; kept && i < TRIES_MAX; kept = kept->next)
        if (kept->nearest == nearest) {
            if (stands_again(kept, frame, end))
                return &kept->stack;
            i++;
        }
    return walk_and_add(store, nearest, frame);
}
