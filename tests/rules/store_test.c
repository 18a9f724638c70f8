/* SPDX-License-Identifier: MIT */
/* Kept stacks: the same pointer for the same path, on the thread's stack as on a fiber's. */
#include "nt/fiber.h"
#include "rules/store.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifdef __clang__
#define FAR __attribute__((noinline))
#else
#define FAR __attribute__((noipa)) /* not specialised for a caller either */
#endif

static struct stack_store *store;
static _Thread_local volatile unsigned frames_left; /* keeps calls from becoming jumps */

static FAR const struct stack *keep(void)
{
    const struct stack *stack = stack_keep(store, __builtin_return_address(0));
    frames_left++;
    return stack;
}

static FAR const struct stack *by_one(void)
{
    const struct stack *stack = keep();
    frames_left++;
    return stack;
}

static FAR const struct stack *by_another(void)
{
    const struct stack *stack = keep();
    frames_left--;
    return stack;
}

static FAR const struct stack *through(const struct stack *(*call)(void))
{
    const struct stack *stack = call();
    frames_left++;
    return stack;
}

/* One call site below, two above: the nearest frame alone does not tell them apart. */
static FAR const struct stack *first_way(void)
{
    const struct stack *stack = through(by_one);
    frames_left += 2;
    return stack;
}

static FAR const struct stack *second_way(void)
{
    const struct stack *stack = through(by_one);
    frames_left -= 2;
    return stack;
}

/* The same path with more of the stack in use above it. */
static FAR const struct stack *deeper(unsigned bytes)
{
    volatile char room[bytes];
    room[0] = 1;
    const struct stack *stack = first_way();
    frames_left += (unsigned)room[0];
    return stack;
}

static void one_path_is_kept_once(void **state)
{
    volatile unsigned rounds = 5;
    const struct stack *first = NULL;
    (void)state;
    for (unsigned i = 0; i < rounds; i++) {
        const struct stack *stack = by_one();
        assert_non_null(stack);
        assert_true(!first || stack == first);
        first = stack;
    }
}

static void what_is_kept_is_what_a_walk_finds(void **state)
{
    struct stack walked;
    (void)state;
    const struct stack *kept = stack_keep(store, __builtin_return_address(0));
    stack_take(&walked, __builtin_return_address(0));
    assert_true(kept->count > 0);
    assert_true(stack_same(kept, &walked, STACK_FRAMES_MAX));
    kept = first_way();
    assert_true(kept == first_way() || kept->count > 3);
    assert_int_not_equal(kept->count, 0);
}

static void paths_that_differ_far_up_are_told_apart(void **state)
{
    (void)state;
    const struct stack *one = first_way();
    const struct stack *other = second_way();
    assert_ptr_not_equal(one, other);
    assert_true(stack_same(one, other, 2));
    assert_ptr_not_equal(by_one(), by_another());
}

static void where_on_the_stack_a_path_runs_does_not_matter(void **state)
{
    (void)state;
    const struct stack *flat = deeper(16);
    const struct stack *deep = deeper(5000);
    assert_true(flat->count > 3);
    assert_true(stack_same(flat, deep, 4));
}

static struct fiber program;
static struct fiber other;
static const struct stack *on_fiber[2];

static void run_fiber(void *argument)
{
    volatile unsigned rounds = 2;
    (void)argument;
    for (unsigned i = 0; i < rounds; i++)
        on_fiber[i] = by_one();
    fiber_switch(&other, &program, true);
}

static void a_fibers_stack_is_not_read_beyond_its_end(void **state)
{
    struct fiber_pool pool = {0};
    (void)state;
    /* A long stack is known from that call site already: the fiber's is shorter. */
    const struct stack *here = by_one();
    fiber_adopt(&program);
    assert_true(fiber_create(&pool, &other, run_fiber, NULL));
    fiber_switch(&program, &other, false);
    fiber_destroy(&pool, &other);
    fiber_pool_end(&pool);
    assert_non_null(on_fiber[0]);
    assert_ptr_equal(on_fiber[0], on_fiber[1]);
    assert_ptr_not_equal(on_fiber[0], here);
    assert_ptr_equal(by_one() ? here : NULL, here);
}

static void *keep_often(void *argument)
{
    const struct stack **kept = argument;
    volatile unsigned rounds = 1000;
    *kept = NULL;
    for (unsigned i = 0; i < rounds; i++) {
        const struct stack *stack = by_another();
        if (!stack || (*kept && !stack_same(*kept, stack, STACK_FRAMES_MAX)))
            return NULL;
        *kept = stack;
    }
    return NULL;
}

static void threads_may_keep_at_the_same_time(void **state)
{
    pthread_t thread[4];
    const struct stack *kept[4];
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, keep_often, &kept[i]), 0);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_non_null(kept[i]);
        assert_true(stack_same(kept[i], kept[0], 3));
    }
}

static void without_a_store_nothing_is_kept(void **state)
{
    (void)state;
    assert_null(stack_keep(NULL, __builtin_return_address(0)));
}

static int begin(void **state)
{
    (void)state;
    store = stack_store_create();
    return store == NULL;
}

static int end(void **state)
{
    (void)state;
    stack_store_destroy(store);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_path_is_kept_once),
        cmocka_unit_test(what_is_kept_is_what_a_walk_finds),
        cmocka_unit_test(paths_that_differ_far_up_are_told_apart),
        cmocka_unit_test(where_on_the_stack_a_path_runs_does_not_matter),
        cmocka_unit_test(a_fibers_stack_is_not_read_beyond_its_end),
        cmocka_unit_test(threads_may_keep_at_the_same_time),
        cmocka_unit_test(without_a_store_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
