/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* _dl_find_object, dladdr */
#endif

#include "rules/stack.h"

#include <dlfcn.h>
#include <string.h>
#include <ucontext.h>
#include <unwind.h>

#include "rules/trap.h"

/* The linker puts the code of the runtime between these: the first and the last of its archives
 * (src/meson.build). Compilers move unlikely code to a section of its own, so there are two ranges.
 * A program that links single archives of ours has no such marks. */
#define MARK __attribute__((weak, visibility("hidden")))
extern MARK void condis_code_begin(void);
extern MARK void condis_code_end(void);
extern MARK void condis_code_host(void);
extern MARK void condis_code_host_end(void);
extern MARK void condis_unlikely_begin(void);
extern MARK void condis_unlikely_end(void);

static bool between(const void *address, void (*begin)(void), void (*end)(void))
{
    return (uintptr_t)address >= (uintptr_t)begin && (uintptr_t)address < (uintptr_t)end;
}

bool stack_in_runtime(const void *address)
{
    return between(address, condis_code_begin, condis_code_end) ||
           between(address, condis_unlikely_begin, condis_unlikely_end);
}

/* ---- walking ---- */

/* Whether an address is code of libcondis that runs drivers, as a host program does. */
static bool in_host(const void *address)
{
    return between(address, condis_code_host, condis_code_host_end);
}

struct walk {
    struct stack *out;
    const void *nearest; /* not met yet; NULL: was met, or nothing is looked for */
    stack_hear *hear;
    void *context;
};

static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *argument)
{
    struct walk *walk = argument;
    struct stack *out = walk->out;
    const char *address = (const char *)(uintptr_t)_Unwind_GetIP(context);
    if (!address || (out->count && in_host(address - 1)))
        return _URC_END_OF_STACK;
    if (walk->hear)
        walk->hear(walk->context, address, (uintptr_t)_Unwind_GetCFA(context));
    if (walk->nearest && walk->nearest != address)
        return _URC_NO_REASON;
    walk->nearest = NULL;
    if (out->count == 0 && stack_in_runtime(address - 1))
        return _URC_NO_REASON;
    out->frame[out->count++] = (void *)(uintptr_t)address;
    return out->count == STACK_FRAMES_MAX ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void take_frames(struct walk *walk)
{
    trap_lift();
    (void)_Unwind_Backtrace(take_frame, walk);
    trap_lower();
}

__attribute__((noinline)) void stack_take(struct stack *out, const void *nearest)
{
    struct walk walk = {out, nearest ? nearest : __builtin_return_address(0), NULL, NULL};
    out->count = 0;
    take_frames(&walk);
    if (walk.nearest && nearest)
        stack_take(out, NULL);
}

__attribute__((noinline)) void stack_take_places(struct stack *out, const void *nearest,
                                                 stack_hear *hear, void *context)
{
    struct walk walk = {out, nearest, hear, context};
    out->count = 0;
    take_frames(&walk);
    if (walk.nearest)
        stack_take(out, NULL);
}

const void *stack_place_of_signal(const void *context)
{
    const ucontext_t *at = context;
#if defined(__x86_64__)
    return (const void *)(uintptr_t)at->uc_mcontext.gregs[REG_RIP]; // NOLINT: a register
#elif defined(__aarch64__)
    return (const void *)(uintptr_t)at->uc_mcontext.pc; // NOLINT: a register
#else
    (void)at;
    return NULL;
#endif
}

void stack_take_interrupted(struct stack *out, const void *instruction)
{
    stack_take(out, instruction);
    if (instruction && out->count && out->frame[0] == instruction)
        out->frame[0] = (char *)out->frame[0] + 1; /* is looked up by the byte before it */
}

void stack_prepare(void)
{
    struct stack stack;
    stack_take(&stack, NULL);
}

/* ---- comparing ---- */

/* Where the object file that holds an address begins; it is loaded anywhere, under any name. */
static uintptr_t object_of(const void *address)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
    struct dl_find_object found;
    if (_dl_find_object((void *)(uintptr_t)address, &found) == 0)
        return (uintptr_t)found.dlfo_map_start;
#else
    Dl_info found;
    if (dladdr(address, &found))
        return (uintptr_t)found.dli_fbase;
#endif
    return 0;
}

bool stack_same_object(const void *a, const void *b)
{
    uintptr_t object = object_of(a);
    return object && object == object_of(b);
}

static uint64_t offset_of(const void *address)
{
    uintptr_t object = object_of(address);
    return object ? (uintptr_t)address - object : 1;
}

/* FNV-1a over eight bytes at a time, and a last stir: offsets differ in few bits. */
static uint64_t stir(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

uint64_t stack_hash(const struct stack *stack, unsigned frame_count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    unsigned taken = 0;
    for (unsigned i = 0; i < stack->count && taken < frame_count; i++) {
        const char *call = (const char *)stack->frame[i] - 1;
        if (stack_in_runtime(call))
            continue;
        hash = stir(hash, offset_of(call));
        taken++;
    }
    return taken ? hash | 1 : 0;
}

bool stack_same(const struct stack *a, const struct stack *b, unsigned frame_count)
{
    unsigned a_count = a->count < frame_count ? a->count : frame_count;
    unsigned b_count = b->count < frame_count ? b->count : frame_count;
    return a_count == b_count &&
           (a_count == 0 || memcmp(a->frame, b->frame, a_count * sizeof(a->frame[0])) == 0);
}
