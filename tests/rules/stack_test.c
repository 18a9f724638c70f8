/* SPDX-License-Identifier: MIT */
/* Stacks: where they begin and end, and what makes two of them the same. This program is built
 * without frame pointers, and the whole runtime is in it. */
#include "nt/fiber.h"
#include "rules/rules.h"
#include "rules/stack.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#ifdef __clang__
#define FAR __attribute__((noinline))
#else
#define FAR __attribute__((noipa)) /* not specialised for a caller either */
#endif

/* A frame is kept apart: nothing of it may become a jump to what it calls. */
static volatile unsigned frames_left;

static FAR void take_here(struct stack *out)
{
    stack_take(out, NULL);
    frames_left++;
}

static FAR void take_by_one(struct stack *out)
{
    take_here(out);
    frames_left++;
}

static FAR void take_by_another(struct stack *out)
{
    take_here(out);
    frames_left--;
}

static FAR void take_deep(struct stack *out, unsigned depth)
{
    if (depth)
        take_deep(out, depth - 1);
    else
        take_here(out);
    frames_left++;
}

/* Whether a return address lies in a function: its code is less than 200 bytes behind its start. */
static bool is_in(const void *address, const void *function)
{
    return (const char *)address > (const char *)function &&
           (const char *)address < (const char *)function + 200;
}

#define IN(address, function) is_in(address, (const void *)(uintptr_t)(function))

static void a_stack_begins_with_who_asked(void **state)
{
    struct stack stack;
    (void)state;
    take_by_one(&stack);
    assert_true(stack.count >= 3);
    assert_true(IN(stack.frame[0], take_here));
    assert_true(IN(stack.frame[1], take_by_one));
}

static void a_deep_stack_keeps_its_nearest_frames(void **state)
{
    struct stack stack;
    (void)state;
    take_deep(&stack, 200);
    assert_int_equal(stack.count, STACK_FRAMES_MAX);
    assert_true(IN(stack.frame[0], take_here));
    for (unsigned i = 1; i < stack.count; i++)
        assert_true(IN(stack.frame[i], take_deep));
}

/* What the runtime calls in between. */
static void hear(void *context, const struct rule_break *brk)
{
    (void)brk;
    take_here(context);
    frames_left++;
}

static FAR void report(struct rules *rules, const struct rule_break *brk)
{
    rules_report(rules, brk);
    frames_left++;
}

static void take_through_the_runtime(struct stack *out)
{
    static struct rules rules;
    struct rule_break brk;
    assert_true(rules_init(&rules));
    assert_true(rules_subscribe(&rules, hear, out));
    rule_break_begin(&brk, RULE_PEND_ONCE, "a test");
    report(&rules, &brk);
    rules_fini(&rules);
}

static unsigned runtime_frames(const struct stack *stack)
{
    unsigned count = 0;
    for (unsigned i = 0; i < stack->count; i++)
        count += stack_in_runtime((const char *)stack->frame[i] - 1);
    return count;
}

static void frames_of_the_runtime_are_left_out_where_they_come_first(void **state)
{
    struct rule_break brk;
    (void)state;
    rule_break_begin(&brk, RULE_PEND_ONCE, "a test");
    rule_break_backtrace(&brk);
    assert_true(brk.stack.count > 0);
    assert_true(IN(brk.stack.frame[0], frames_of_the_runtime_are_left_out_where_they_come_first));
}

static void frames_of_the_runtime_stay_between_two_of_a_driver(void **state)
{
    struct stack stack;
    (void)state;
    take_through_the_runtime(&stack);
    assert_true(IN(stack.frame[0], take_here));
    assert_true(IN(stack.frame[1], hear));
    assert_true(runtime_frames(&stack) > 0);
}

static void the_runtime_is_told_from_its_callers(void **state)
{
    (void)state;
    assert_true(stack_in_runtime((const void *)(uintptr_t)rules_report));
    assert_true(stack_in_runtime((const void *)(uintptr_t)fiber_switch));
    assert_true(stack_in_runtime((const void *)(uintptr_t)stack_take));
    assert_false(stack_in_runtime((const void *)(uintptr_t)take_here));
    assert_false(stack_in_runtime((const void *)(uintptr_t)strlen));
    assert_false(stack_in_runtime(NULL));
}

static void a_hash_tells_callers_apart_as_far_as_it_looks(void **state)
{
    struct stack pair[2];
    struct stack other;
    volatile unsigned rounds = 2; /* one place calls twice: the loop is not unrolled */
    (void)state;
    for (unsigned i = 0; i < rounds; i++)
        take_by_one(&pair[i]);
    take_by_another(&other);
    assert_true(stack_hash(&pair[0], 1) == stack_hash(&other, 1));
    assert_true(stack_hash(&pair[0], 2) != stack_hash(&other, 2));
    assert_true(stack_hash(&pair[0], 8) == stack_hash(&pair[1], 8));
    assert_true(stack_same(&pair[0], &pair[1], STACK_FRAMES_MAX));
    assert_true(stack_same(&pair[0], &other, 1));
    assert_false(stack_same(&pair[0], &other, 2));
    assert_true(stack_hash(&pair[0], 0) == 0);
}

static void a_hash_passes_the_runtime_over(void **state)
{
    struct stack through;
    struct stack bare;
    (void)state;
    take_through_the_runtime(&through);
    bare.count = 0;
    for (unsigned i = 0; i < through.count; i++)
        if (!stack_in_runtime((const char *)through.frame[i] - 1))
            bare.frame[bare.count++] = through.frame[i];
    assert_true(bare.count < through.count);
    assert_true(stack_hash(&through, 3) == stack_hash(&bare, 3));
    assert_true(stack_hash(&through, 3) != stack_hash(&through, 2));
}

/* ---- fibers ---- */

static struct fiber program;
static struct fiber other;
static struct stack on_fiber;

static void run_fiber(void *argument)
{
    (void)argument;
    take_by_one(&on_fiber);
    fiber_switch(&other, &program, true);
}

static void a_stack_ends_at_the_bottom_of_a_fiber(void **state)
{
    struct fiber_pool pool = {0};
    (void)state;
    fiber_adopt(&program);
    assert_true(fiber_create(&pool, &other, run_fiber, NULL));
    fiber_switch(&program, &other, false);
    fiber_destroy(&pool, &other);
    fiber_pool_end(&pool);
    assert_in_range(on_fiber.count, 3, 5);
    assert_true(IN(on_fiber.frame[1], take_by_one));
    assert_true(IN(on_fiber.frame[2], run_fiber));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_begins_with_who_asked),
        cmocka_unit_test(a_deep_stack_keeps_its_nearest_frames),
        cmocka_unit_test(frames_of_the_runtime_are_left_out_where_they_come_first),
        cmocka_unit_test(frames_of_the_runtime_stay_between_two_of_a_driver),
        cmocka_unit_test(the_runtime_is_told_from_its_callers),
        cmocka_unit_test(a_hash_tells_callers_apart_as_far_as_it_looks),
        cmocka_unit_test(a_hash_passes_the_runtime_over),
        cmocka_unit_test(a_stack_ends_at_the_bottom_of_a_fiber),
    };
    stack_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
