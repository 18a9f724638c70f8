/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "nt/signal_stack.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "rules/store.h"

enum { STACK_BYTES = 256 * 1024 }; /* a whole report is made and printed there */

static pthread_key_t stack_key;
static bool stack_key_there;
static _Atomic bool begun;
static _Thread_local bool entered;

static void leave_thread(void *stack)
{
    (void)sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    (void)munmap(stack, STACK_BYTES);
}

static void make_key(void)
{
    stack_key_there = pthread_key_create(&stack_key, leave_thread) == 0;
}

static void give_stack(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    stack_t now;
    (void)pthread_once(&once, make_key);
    if (!stack_key_there || sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE))
        return;
    void *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED)
        return;
    if (sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = STACK_BYTES}, NULL) != 0 ||
        pthread_setspecific(stack_key, stack) != 0)
        leave_thread(stack);
}

void signal_stack_enter_thread(void)
{
    if (entered || !atomic_load_explicit(&begun, memory_order_relaxed))
        return;
    entered = true;
    (void)stack_holds(0); /* learns where the thread's stack is while there is one to do it on */
    give_stack();
}

void signal_stacks_begin(void)
{
    atomic_store(&begun, true);
    signal_stack_enter_thread();
}
