/* SPDX-License-Identifier: MIT */
/* Traps: where the thread stands when SIGTRAP comes, and that nothing else is changed by it. The
 * runtime's part is played by functions that report; the driver's by those that call them. */
#include "nt/fiber.h"
#include "rules/stack.h"
#include "rules/store.h"
#include "rules/trap.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include <cmocka.h>

#ifdef __clang__
#define FAR __attribute__((noinline))
#else
#define FAR __attribute__((noipa)) /* not specialised for a caller either */
#endif

#if defined(__SANITIZE_THREAD__)
#define LATER false
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LATER false
#endif
#endif
#if !defined(LATER) && defined(__x86_64__)
#define LATER true
#elif !defined(LATER)
#define LATER false
#endif

enum { HEARD_MAX = 8 };

/* What the traps of one test saw, in their order. */
static struct heard {
    uintptr_t place[HEARD_MAX];
    volatile sig_atomic_t reported; /* how many reports had returned by then */
    volatile sig_atomic_t count;
} heard;
static volatile sig_atomic_t reported;

static void hear(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
#if defined(__x86_64__)
    const ucontext_t *user = context;
    heard.place[heard.count % HEARD_MAX] = (uintptr_t)user->uc_mcontext.gregs[16]; /* REG_RIP */
#else
    (void)context;
#endif
    heard.reported = reported;
    heard.count++;
}

static int set_up(void **state)
{
    struct sigaction action = {.sa_sigaction = hear, .sa_flags = SA_SIGINFO};
    (void)state;
    memset(&heard, 0, sizeof(heard));
    reported = 0;
    return sigaction(SIGTRAP, &action, NULL);
}

/* ---- the runtime ---- */

/* What a function returns in two registers. */
struct two {
    uint64_t first;
    uint64_t second;
};

static FAR struct two report(const void *caller, struct two result)
{
    assert_int_equal(trap_raise(caller), LATER);
    reported++;
    return result;
}

static FAR struct two call(struct two result)
{
    return report(__builtin_return_address(0), result);
}

static FAR uint64_t call_twice(void)
{
    const void *caller = __builtin_return_address(0);
    (void)report(caller, (struct two){0, 0});
    (void)report(caller, (struct two){0, 0});
    return 12;
}

/* ---- the driver ---- */

static FAR uint64_t drive(uint64_t a, uint64_t b)
{
    uint64_t kept[6] = {a + 1, a + 2, a + 3, a + 4, a + 5, a + 6}; /* in registers */
    struct two got = call((struct two){a, b});
    uint64_t sum = got.first * 3 + got.second;
    for (int i = 0; i < 6; i++)
        sum += kept[i];
    return sum;
}

static const uint64_t driven = 5 * 3 + 7 + 6 * 5 + 21;

static bool stood_in(unsigned nth, const void *function)
{
    uintptr_t place = heard.place[nth];
    return !LATER || (place > (uintptr_t)function && place < (uintptr_t)function + 400);
}

#define STOOD_IN(nth, function) stood_in((nth), (const void *)(uintptr_t)(function))

static void it_comes_where_the_call_returns(void **state)
{
    (void)state;
    assert_int_equal(drive(5, 7), driven);
    assert_int_equal(heard.count, 1);
    assert_true(STOOD_IN(0, drive));
    assert_int_equal(heard.reported, LATER ? 1 : 0);
    assert_int_equal(drive(5, 7), driven);
    assert_int_equal(heard.count, 2);
}

static FAR uint64_t drive_twice(void)
{
    return call_twice() + 1;
}

static void two_of_one_call_are_one(void **state)
{
    (void)state;
    assert_int_equal(drive_twice(), 13);
    assert_int_equal(heard.count, LATER ? 1 : 2);
    assert_true(STOOD_IN(0, drive_twice));
    assert_int_equal(heard.reported, LATER ? 2 : 1);
}

/* ---- one inside another ---- */

static FAR uint64_t call_back(uint64_t (*handler)(uint64_t a, uint64_t b))
{
    (void)report(__builtin_return_address(0), (struct two){0, 0});
    uint64_t result = handler(5, 7);
    reported++;
    return result;
}

static FAR uint64_t drive_outer(void)
{
    return call_back(drive) + 1;
}

static void each_comes_where_its_own_call_returns(void **state)
{
    (void)state;
    assert_int_equal(drive_outer(), driven + 1);
    assert_int_equal(heard.count, 2);
    assert_true(STOOD_IN(0, drive));
    assert_true(STOOD_IN(1, drive_outer));
}

/* ---- at once ---- */

static void it_comes_at_once_for_what_nobody_called(void **state)
{
    (void)state;
    assert_false(trap_raise(NULL));
    assert_int_equal(heard.count, 1);
    assert_false(trap_raise((const void *)(uintptr_t)drive));
    assert_int_equal(heard.count, 2);
}

static void it_waits_for_the_end_of_a_handler_that_blocks_it(void **state)
{
    (void)state;
    sigset_t trap;
    sigset_t before;
    sigemptyset(&trap);
    sigaddset(&trap, SIGTRAP);
    pthread_sigmask(SIG_BLOCK, &trap, &before);
    assert_false(trap_raise(__builtin_return_address(0)));
    assert_int_equal(heard.count, 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(heard.count, 1);
}

/* ---- who walks the stack meanwhile ---- */

static struct stack early;
static struct stack late;
static const struct stack *kept_early;
static const struct stack *kept_late;
static struct stack_store *store;

/* Two walks from one place, before and after. */
static FAR uint64_t call_and_walk(void)
{
    const void *caller = __builtin_return_address(0);
    for (int i = 0; i < 2; i++) {
        stack_take(i ? &late : &early, caller);
        *(i ? &kept_late : &kept_early) = stack_keep(store, caller);
        if (i == 0)
            (void)report(caller, (struct two){0, 0});
    }
    return 3;
}

static FAR uint64_t drive_walk(void)
{
    return call_and_walk() + 1;
}

static void a_walk_meanwhile_sees_the_driver(void **state)
{
    (void)state;
    store = stack_store_create();
    assert_int_equal(drive_walk(), 4);
    assert_int_equal(heard.count, 1);
    assert_true(STOOD_IN(0, drive_walk));
    assert_true(early.count > 1);
    assert_true(late.count > 1);
    assert_true(stack_same(&late, &early, STACK_FRAMES_MAX));
    assert_true(stack_same(kept_late, kept_early, STACK_FRAMES_MAX));
    stack_store_destroy(store);
}

/* ---- other stacks ---- */

static struct fiber here;
static struct fiber there;
static uint64_t fiber_result;

static void run_in_fiber(void *argument)
{
    uint64_t (*driver)(uint64_t a, uint64_t b) = *(uint64_t(**)(uint64_t, uint64_t))argument;
    fiber_result = driver(5, 7);
    for (;;)
        fiber_switch(&there, &here, false);
}

/* Another stack runs between the report and the return. */
static FAR uint64_t call_and_leave(void)
{
    (void)report(__builtin_return_address(0), (struct two){0, 0});
    fiber_switch(&there, &here, false);
    return 3;
}

static FAR uint64_t drive_and_leave(uint64_t a, uint64_t b)
{
    return call_and_leave() + a + b;
}

static void begin_fiber(struct fiber_pool *pool, uint64_t (**driver)(uint64_t, uint64_t))
{
    fiber_adopt(&here);
    assert_true(fiber_create(pool, &there, run_in_fiber, driver));
    fiber_switch(&here, &there, false);
}

static void a_fiber_has_its_own(void **state)
{
    (void)state;
    struct fiber_pool pool = {0};
    uint64_t (*driver)(uint64_t, uint64_t) = drive_and_leave;
    begin_fiber(&pool, &driver);
    assert_int_equal(heard.count, LATER ? 0 : 1);
    assert_int_equal(drive(5, 7), driven); /* on the thread's own stack */
    assert_int_equal(heard.count, LATER ? 1 : 2);
    assert_true(STOOD_IN(0, drive));
    fiber_switch(&here, &there, false);
    assert_int_equal(fiber_result, 15);
    assert_int_equal(heard.count, 2);
    assert_true(STOOD_IN(1, drive_and_leave));
    fiber_destroy(&pool, &there);
    fiber_pool_end(&pool);
}

static void what_never_returns_is_forgotten(void **state)
{
    (void)state;
    uint64_t (*driver)(uint64_t, uint64_t) = drive_and_leave;
    for (int i = 0; i < 200; i++) { /* more than there is room for */
        struct fiber_pool pool = {0};
        begin_fiber(&pool, &driver);
        fiber_destroy(&pool, &there);
        fiber_pool_end(&pool);
    }
    struct stack stack;
    stack_take(&stack, NULL); /* reads no stack that is gone */
    assert_true(stack.count > 0);
    assert_int_equal(heard.count, LATER ? 0 : 200);
    assert_int_equal(drive(5, 7), driven);
    assert_int_equal(heard.count, LATER ? 1 : 201);
}

static void *run_in_thread(void *result)
{
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGTRAP);
    pthread_sigmask(SIG_BLOCK, &all, NULL); /* as threads of libraries do */
    *(uint64_t *)result = drive(5, 7);
    sigset_t now;
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    if (sigismember(&now, SIGURG) != 1)
        *(uint64_t *)result = 0; /* its mask is not as it was */
    return NULL;
}

static void a_thread_that_blocks_signals_is_served(void **state)
{
    (void)state;
    pthread_t thread;
    uint64_t result = 0;
    assert_int_equal(pthread_create(&thread, NULL, run_in_thread, &result), 0);
    pthread_join(thread, NULL);
    assert_int_equal(result, driven);
    assert_int_equal(heard.count, 1);
    assert_true(STOOD_IN(0, drive));
}

static volatile sig_atomic_t urgent_count;

static void hear_urgent(int number)
{
    (void)number;
    urgent_count++;
}

static void who_listens_to_the_same_signal_still_hears_it(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = hear_urgent};
    assert_int_equal(sigaction(SIGURG, &action, NULL), 0);
    assert_int_equal(drive(5, 7), driven);
    assert_int_equal(urgent_count, 0);
    raise(SIGURG);
    assert_int_equal(urgent_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_comes_where_the_call_returns, set_up),
        cmocka_unit_test_setup(two_of_one_call_are_one, set_up),
        cmocka_unit_test_setup(each_comes_where_its_own_call_returns, set_up),
        cmocka_unit_test_setup(it_comes_at_once_for_what_nobody_called, set_up),
        cmocka_unit_test_setup(it_waits_for_the_end_of_a_handler_that_blocks_it, set_up),
        cmocka_unit_test_setup(a_walk_meanwhile_sees_the_driver, set_up),
        cmocka_unit_test_setup(a_fiber_has_its_own, set_up),
        cmocka_unit_test_setup(what_never_returns_is_forgotten, set_up),
        cmocka_unit_test_setup(a_thread_that_blocks_signals_is_served, set_up),
        cmocka_unit_test_setup(who_listens_to_the_same_signal_still_hears_it, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
