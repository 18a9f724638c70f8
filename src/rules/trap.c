/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* REG_RIP */
#endif

#include "rules/trap.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

#include "rules/stack.h"
#include "rules/store.h"

#if defined(__SANITIZE_THREAD__)
#define TRAP_LATER 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TRAP_LATER 0
#endif
#endif
#if !defined(TRAP_LATER) && defined(__x86_64__)
#define TRAP_LATER 1
#endif

static bool trap_now(void)
{
    (void)raise(SIGTRAP);
    return false;
}

#if !TRAP_LATER

bool trap_raise(const void *address)
{
    (void)address;
    return trap_now();
}

void trap_lift(void)
{
}

void trap_lower(void)
{
}

void trap_forget(const void *stack, size_t stack_bytes)
{
    (void)stack;
    (void)stack_bytes;
}

#else

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNWATCHED __attribute__((no_sanitize("address")))
#endif
#endif
#ifndef UNWATCHED
#define UNWATCHED __attribute__((no_sanitize_address))
#endif

enum { TRAPS_MAX = 64 };

/* A return address that is replaced. An entry is of the thread on whose stack the slot lies; others
 * only see that it is taken. */
struct trap {
    _Atomic uintptr_t slot; /* where it stood; 0: the entry is free */
    uintptr_t address;
};

static struct trap traps[TRAPS_MAX];
static _Atomic unsigned trap_count;

/* What trap_return pushes, lowest address first; the slot itself is the last of them. */
struct landed {
    uint64_t rbx, rbp, r12, r13, r14, r15, rax, rdx;
};

/* Where the function that was called returns to instead of the driver: with its results and what it
 * keeps for its caller in the registers. A report's walk never meets it; a debugger that does finds
 * no caller. */
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden trap_return\n"
        ".globl trap_return\n"
        ".type trap_return,@function\n"
        "  nop\n" /* a return address is looked up by the byte before it */
        "trap_return:\n"
        "  pushq %rdx\n"
        "  pushq %rax\n"
        "  pushq %r15\n"
        "  pushq %r14\n"
        "  pushq %r13\n"
        "  pushq %r12\n"
        "  pushq %rbp\n"
        "  pushq %rbx\n"
        "  movq %rsp, %rdi\n"
        "  andq $-16, %rsp\n"
        "  call trap_arrive\n"
        "  ud2\n"
        ".size trap_return,.-trap_return\n");
void trap_return(void);
__attribute__((visibility("hidden"), used, noreturn)) void trap_arrive(const struct landed *from);

static UNWATCHED uintptr_t word_at(uintptr_t address)
{
    return *(const volatile uintptr_t *)address; // NOLINT(performance-no-int-to-ptr)
}

static UNWATCHED void set_word(uintptr_t address, uintptr_t word)
{
    *(volatile uintptr_t *)address = word; // NOLINT(performance-no-int-to-ptr)
}

static struct trap *find(uintptr_t slot)
{
    for (unsigned i = 0; i < TRAPS_MAX; i++)
        if (atomic_load_explicit(&traps[i].slot, memory_order_relaxed) == slot)
            return &traps[i];
    return NULL;
}

/* NULL: all are taken. */
static struct trap *claim(uintptr_t slot)
{
    for (unsigned i = 0; i < TRAPS_MAX; i++) {
        uintptr_t none = 0;
        if (atomic_compare_exchange_strong(&traps[i].slot, &none, slot)) {
            atomic_fetch_add(&trap_count, 1);
            return &traps[i];
        }
    }
    return NULL;
}

static void let_go(struct trap *trap)
{
    atomic_store(&trap->slot, 0);
    atomic_fetch_sub(&trap_count, 1);
}

/* ---- landing: the thread goes to the driver's frame by returning from a signal ------------- */

/* SIGURG, which debuggers let pass silently and whose default is to be ignored. */
#define LANDING_SIGNAL SIGURG

static _Thread_local struct {
    const struct landed *from; /* NULL: nobody lands */
    uintptr_t address;
    sigset_t mask;
} landing;

static struct sigaction before;
static pthread_mutex_t listen_mutex = PTHREAD_MUTEX_INITIALIZER;

static void pass_on(int number, siginfo_t *info, void *context)
{
    if (before.sa_flags & SA_SIGINFO)
        before.sa_sigaction(number, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
}

/* The results and the kept registers as they were, the driver's return address, its stack: then
 * SIGTRAP, which waits until this handler has returned there. */
static UNWATCHED void hear_landing(int number, siginfo_t *info, void *context)
{
    const struct landed *from = landing.from;
    ucontext_t *user = context;
    greg_t *to = user->uc_mcontext.gregs;
    if (!from) {
        pass_on(number, info, context);
        return;
    }
    landing.from = NULL;
    to[REG_RBX] = (greg_t)from->rbx;
    to[REG_RBP] = (greg_t)from->rbp;
    to[REG_R12] = (greg_t)from->r12;
    to[REG_R13] = (greg_t)from->r13;
    to[REG_R14] = (greg_t)from->r14;
    to[REG_R15] = (greg_t)from->r15;
    to[REG_RAX] = (greg_t)from->rax;
    to[REG_RDX] = (greg_t)from->rdx;
    to[REG_RSP] = (greg_t)(uintptr_t)(from + 1);
    to[REG_RIP] = (greg_t)landing.address;
    user->uc_sigmask = landing.mask;
    (void)sigdelset(&user->uc_sigmask, SIGTRAP);
    (void)raise(SIGTRAP);
}

UNWATCHED void trap_arrive(const struct landed *from)
{
    sigset_t ours;
    struct trap *trap = find((uintptr_t)(from + 1) - sizeof(uintptr_t));
    if (!trap)
        abort(); /* ours: nobody else knows trap_return */
    landing.from = from;
    landing.address = trap->address;
    let_go(trap);
    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, LANDING_SIGNAL);
    (void)pthread_sigmask(SIG_UNBLOCK, &ours, &landing.mask);
    (void)raise(LANDING_SIGNAL);
    abort(); /* ours: somebody took the handler away */
}

/* A host program may have listened anew since the last time. */
static bool listen_for_landings(void)
{
    struct sigaction action = {.sa_sigaction = hear_landing, .sa_flags = SA_SIGINFO};
    struct sigaction now;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaddset(&action.sa_mask, SIGTRAP);
    (void)pthread_mutex_lock(&listen_mutex);
    bool good = sigaction(LANDING_SIGNAL, NULL, &now) == 0;
    if (good && !((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == hear_landing)) {
        before = now;
        good = sigaction(LANDING_SIGNAL, &action, NULL) == 0;
    }
    (void)pthread_mutex_unlock(&listen_mutex);
    return good;
}

/* ---- setting ------------------------------------------------------------------------------- */

struct place {
    const void *address;
    uintptr_t slot; /* 0: not met */
};

static void look_at(void *context, const void *address, uintptr_t frame)
{
    struct place *place = context;
    if (address == place->address && !place->slot)
        place->slot = frame - sizeof(uintptr_t);
}

/* Where on the running stack a return address stands; 0: nowhere. */
static uintptr_t slot_of(const void *address)
{
    struct place place = {address, 0};
    struct stack stack;
    if (!address)
        return 0;
    stack_take_places(&stack, address, look_at, &place);
    trap_lift();
    bool there = stack_holds(place.slot) && word_at(place.slot) == (uintptr_t)address;
    trap_lower();
    return there ? place.slot : 0;
}

static bool is_blocked(void)
{
    sigset_t mask;
    return pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0 && sigismember(&mask, SIGTRAP) == 1;
}

bool trap_raise(const void *address)
{
    uintptr_t slot = is_blocked() ? 0 : slot_of(address);
    struct trap *trap = slot ? find(slot) : NULL;
    if (slot && !trap && listen_for_landings())
        trap = claim(slot);
    if (!trap)
        return trap_now();
    if (word_at(slot) != (uintptr_t)trap_return) {
        trap->address = word_at(slot);
        set_word(slot, (uintptr_t)trap_return);
    }
    return true;
}

/* Only what lies on this stack: the rest is other threads', or is gone. */
static void exchange(bool lift)
{
    for (unsigned i = 0; i < TRAPS_MAX; i++) {
        uintptr_t slot = atomic_load_explicit(&traps[i].slot, memory_order_relaxed);
        if (!slot || !stack_holds(slot))
            continue;
        uintptr_t from = lift ? (uintptr_t)trap_return : traps[i].address;
        uintptr_t to = lift ? traps[i].address : (uintptr_t)trap_return;
        if (word_at(slot) == from)
            set_word(slot, to);
    }
}

void trap_lift(void)
{
    if (atomic_load_explicit(&trap_count, memory_order_relaxed))
        exchange(true);
}

void trap_lower(void)
{
    if (atomic_load_explicit(&trap_count, memory_order_relaxed))
        exchange(false);
}

void trap_forget(const void *stack, size_t stack_bytes)
{
    for (unsigned i = 0; i < TRAPS_MAX; i++) {
        uintptr_t slot = atomic_load_explicit(&traps[i].slot, memory_order_relaxed);
        if (slot - (uintptr_t)stack < stack_bytes)
            let_go(&traps[i]);
    }
}

#endif
