/* SPDX-License-Identifier: MIT */
#include "nt/fiber.h"

#include "rules/store.h"
#include "rules/trap.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define FIBER_TSAN 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define FIBER_ASAN 1
#endif
#ifdef __SANITIZE_THREAD__
#define FIBER_TSAN 1
#endif

#ifdef FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#ifdef FIBER_TSAN
#include <sanitizer/tsan_interface.h>
#endif

#if defined(FIBER_ASAN) || defined(FIBER_TSAN)
#define STACK_BYTES_DEFAULT (1024u * 1024u) /* instrumented frames are several times larger */
#else
#define STACK_BYTES_DEFAULT (256u * 1024u)
#endif

/* The fiber that is being left: the one that arrives finishes the switch for it. One thread runs
 * one world's fibers, so a thread-local is no shared state. */
static _Thread_local struct fiber *fiber_left;

/* ---- switching stacks ---- */

#if defined(__x86_64__)

/* void fiber_swap(void **from_place, void *to_place): what the ABI says a callee keeps. */
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden fiber_swap\n"
        ".globl fiber_swap\n"
        ".type fiber_swap,@function\n"
        "fiber_swap:\n"
        "  pushq %rbp\n"
        "  pushq %rbx\n"
        "  pushq %r12\n"
        "  pushq %r13\n"
        "  pushq %r14\n"
        "  pushq %r15\n"
        "  subq $8, %rsp\n"
        "  stmxcsr (%rsp)\n"
        "  fnstcw 4(%rsp)\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  ldmxcsr (%rsp)\n"
        "  fldcw 4(%rsp)\n"
        "  addq $8, %rsp\n"
        "  popq %r15\n"
        "  popq %r14\n"
        "  popq %r13\n"
        "  popq %r12\n"
        "  popq %rbx\n"
        "  popq %rbp\n"
        "  ret\n"
        ".size fiber_swap,.-fiber_swap\n");
void fiber_swap(void **from_place, void *to_place);

static void *first_place(char *stack, size_t stack_bytes, void (*start)(void))
{
    uint64_t *top = (uint64_t *)(void *)(stack + stack_bytes);
    *--top =
        0; /* start has no caller: where a debugger's stack walk ends; keeps 16-byte alignment */
    *--top = (uint64_t)(uintptr_t)start;
    for (unsigned i = 0; i < 6; i++)
        *--top = 0;
    *--top = 0x0000037f00001f80u; /* the ABI's initial x87 and SSE control words */
    return top;
}

#elif defined(__aarch64__)

__asm__(".text\n"
        ".p2align 4\n"
        ".hidden fiber_swap\n"
        ".globl fiber_swap\n"
        ".type fiber_swap,%function\n"
        "fiber_swap:\n"
        "  sub sp, sp, #176\n"
        "  stp x19, x20, [sp, #0]\n"
        "  stp x21, x22, [sp, #16]\n"
        "  stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]\n"
        "  stp x27, x28, [sp, #64]\n"
        "  stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n"
        "  stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]\n"
        "  stp d14, d15, [sp, #144]\n"
        "  mov x9, sp\n"
        "  str x9, [x0]\n"
        "  mov sp, x1\n"
        "  ldp x19, x20, [sp, #0]\n"
        "  ldp x21, x22, [sp, #16]\n"
        "  ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]\n"
        "  ldp x27, x28, [sp, #64]\n"
        "  ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n"
        "  ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]\n"
        "  ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #176\n"
        "  ret\n"
        ".size fiber_swap,.-fiber_swap\n");
void fiber_swap(void **from_place, void *to_place);

static void *first_place(char *stack, size_t stack_bytes, void (*start)(void))
{
    uint64_t *place = (uint64_t *)(void *)(stack + stack_bytes - 176);
    for (unsigned i = 0; i < 22; i++)
        place[i] = 0;
    place[11] = (uint64_t)(uintptr_t)start;
    return place;
}

#else

#include <ucontext.h>

/* Slow but everywhere: the place is a ucontext_t of its own. */
static void fiber_swap(void **from_place, void *to_place)
{
    ucontext_t here;
    *from_place = &here; /* lies on the stack that is left, which stays as it is */
    int failed = swapcontext(&here, to_place);
    assert(!failed);
    (void)failed;
}

static void *first_place(char *stack, size_t stack_bytes, void (*start)(void))
{
    ucontext_t *context = (ucontext_t *)(void *)stack; /* the far end of the stack */
    int failed = getcontext(context);
    assert(!failed);
    (void)failed;
    context->uc_stack.ss_sp = stack + sizeof(*context);
    context->uc_stack.ss_size = stack_bytes - sizeof(*context);
    context->uc_link = NULL;
    makecontext(context, start, 0);
    return context;
}

#endif

/* Runs on the stack that was switched to. */
static void fiber_arrived(struct fiber *self)
{
#ifdef FIBER_ASAN
    const void *left_stack;
    size_t left_bytes;
    __sanitizer_finish_switch_fiber(self->sanitizer, &left_stack, &left_bytes);
    if (!fiber_left
             ->stack_bytes) { /* the thread's own stack: only the sanitizer knows its bounds */
        fiber_left->stack = (void *)(uintptr_t)left_stack;
        fiber_left->stack_bytes = left_bytes;
    }
#else
    (void)self;
#endif
}

static _Thread_local struct fiber *fiber_entering;

static void fiber_start(void)
{
    struct fiber *self = fiber_entering;
    fiber_arrived(self);
    self->entry(self->argument);
    abort(); /* ours: an entry returned, and there is nothing to return to */
}

void fiber_adopt(struct fiber *fiber)
{
    *fiber = (struct fiber){0};
#ifdef FIBER_TSAN
    fiber->racer = __tsan_get_current_fiber();
#endif
}

void fiber_switch(struct fiber *from, struct fiber *to, bool last)
{
    assert(from != to);
    fiber_left = from;
    fiber_entering = to;
#ifdef FIBER_ASAN
    __sanitizer_start_switch_fiber(last ? NULL : &from->sanitizer, to->stack, to->stack_bytes);
#else
    (void)last;
#endif
#ifdef FIBER_TSAN
    __tsan_switch_to_fiber(to->racer, 0);
#endif
    stack_runs_in(to->stack, to->stack_bytes);
    fiber_swap(&from->place, to->place);
    fiber_arrived(from);
}

/* ---- stacks ---- */

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static char *stack_map(size_t stack_bytes)
{
    size_t guard = page_bytes();
    char *base = mmap(NULL, guard + stack_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return NULL;
    if (mprotect(base, guard, PROT_NONE)) {
        (void)munmap(base, guard + stack_bytes);
        return NULL;
    }
    return base + guard;
}

static void stack_unmap(char *stack, size_t stack_bytes)
{
    size_t guard = page_bytes();
    (void)munmap(stack - guard, guard + stack_bytes);
}

/* Where a free stack names the next one: its highest word, on a page that was used already. */
static void **next_free(const struct fiber_pool *pool, char *stack)
{
    return (void **)(void *)(stack + pool->stack_bytes) - 1;
}

bool fiber_create(struct fiber_pool *pool, struct fiber *fiber, void (*entry)(void *argument),
                  void *argument)
{
    if (!pool->stack_bytes)
        pool->stack_bytes = STACK_BYTES_DEFAULT;
    char *stack = pool->free;
    if (stack)
        pool->free = *next_free(pool, stack);
    else
        stack = stack_map(pool->stack_bytes);
    if (!stack)
        return false;
    *fiber = (struct fiber){
        .stack = stack, .stack_bytes = pool->stack_bytes, .entry = entry, .argument = argument};
    fiber->place = first_place(stack, pool->stack_bytes, fiber_start);
#ifdef FIBER_ASAN
    __lsan_register_root_region(stack, pool->stack_bytes);
#endif
#ifdef FIBER_TSAN
    fiber->racer = __tsan_create_fiber(0);
#endif
    return true;
}

void fiber_destroy(struct fiber_pool *pool, struct fiber *fiber)
{
    assert(fiber->stack);
    trap_forget(fiber->stack, fiber->stack_bytes);
#ifdef FIBER_ASAN
    __asan_unpoison_memory_region(fiber->stack, fiber->stack_bytes);
    __lsan_unregister_root_region(fiber->stack, fiber->stack_bytes);
#endif
#ifdef FIBER_TSAN
    __tsan_destroy_fiber(fiber->racer);
#endif
    *next_free(pool, fiber->stack) = pool->free;
    pool->free = fiber->stack;
    fiber->stack = NULL;
}

void fiber_pool_end(struct fiber_pool *pool)
{
    while (pool->free) {
        char *stack = pool->free;
        pool->free = *next_free(pool, stack);
        stack_unmap(stack, pool->stack_bytes);
    }
}
