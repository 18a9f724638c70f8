/* SPDX-License-Identifier: MIT */
#include "rules/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const int driver_one, driver_two; /* owners are told apart by address */

/* A loop whose end the compiler does not know stays one place. */
static volatile int two_rounds = 2, three_rounds = 3;

static struct faults *start(const struct fault_options *options)
{
    struct faults *faults = faults_create(options);
    assert_non_null(faults);
    return faults;
}

/* One call of a driver; each place that calls this is a stack of its own. */
__attribute__((noinline)) static bool call_as(struct faults *faults, enum fault_point point,
                                              const char *driver, const void *owner)
{
    struct fault_caller caller = {.owner = owner, .driver = driver, .host = "here"};
    bool fails = faults_ask(faults, point, &caller);
    __asm__ volatile(""); /* this frame stays */
    return fails;
}

__attribute__((noinline)) static bool allocate(struct faults *faults)
{
    bool fails = call_as(faults, FAULT_ExAllocatePool2, "one", &driver_one);
    __asm__ volatile("");
    return fails;
}

/* Which of `count` calls from one place fail, as bits: the first is bit 0. */
__attribute__((noinline)) static uint64_t which_fail(struct faults *faults, volatile unsigned count)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < count; i++)
        bits |= (uint64_t)allocate(faults) << i;
    return bits;
}

static void what_if_lists_what_could_fail_and_fails_nothing(void **state)
{
    (void)state;
    struct faults *faults = start(&(struct fault_options){.mode = FAULTS_WHAT_IF});
    assert_int_equal(which_fail(faults, 3), 0);
    assert_false(call_as(faults, FAULT_NdisClMakeCall, "two", &driver_two));
    assert_int_equal(faults_asked_count(faults), 4);
    assert_int_equal(faults_failure_count(faults), 0);
    assert_int_equal(faults_stack_count(faults), 2);
    struct fault_stack first = faults_stack(faults, 0), second = faults_stack(faults, 1);
    assert_int_equal(first.point, FAULT_ExAllocatePool2);
    assert_string_equal(first.driver, "one");
    assert_int_equal(first.seen_count, 3);
    assert_int_equal(first.first_number, 1);
    assert_string_equal(second.driver, "two");
    assert_int_equal(second.first_number, 4);
    assert_true(first.id != second.id && first.id && second.id);
    faults_destroy(faults);
}

struct heard {
    uint64_t numbers[32];
    unsigned count;
    bool framed;
};

static void hear(void *context, const struct fault_stack *stack,
                 const struct fault_failure *failure)
{
    struct heard *heard = context;
    assert_string_equal(stack->driver, "one");
    assert_true(heard->count < 32);
    heard->numbers[heard->count++] = failure->number;
    heard->framed = heard->framed || stack->frames;
}

static void who_listens_hears_of_each_failure_by_its_number(void **state)
{
    (void)state;
    static const uint64_t wanted[] = {2, 5};
    for (int brief = 0; brief < 2; brief++) {
        struct heard heard = {.count = 0};
        struct fault_options options = {.mode = FAULTS_NTH,
                                        .numbers = wanted,
                                        .number_count = 2,
                                        .brief = brief,
                                        .hear = hear,
                                        .context = &heard};
        struct faults *faults = start(&options);
        assert_int_equal(which_fail(faults, 6), 0x12);
        assert_int_equal(heard.count, 2);
        assert_memory_equal(heard.numbers, wanted, sizeof wanted);
        assert_int_equal(heard.framed, !brief);
        faults_destroy(faults);
    }
}

static void random_fails_the_calls_that_their_numbers_fail_again(void **state)
{
    (void)state;
    struct heard heard = {.count = 0};
    struct fault_options options = {.mode = FAULTS_RANDOM,
                                    .percent = 30,
                                    .seed = 11,
                                    .brief = true,
                                    .hear = hear,
                                    .context = &heard};
    struct faults *faults = start(&options);
    uint64_t failed = which_fail(faults, 30);
    faults_destroy(faults);
    assert_true(heard.count > 1);
    options = (struct fault_options){
        .mode = FAULTS_NTH, .numbers = heard.numbers, .number_count = heard.count};
    faults = start(&options);
    assert_int_equal(which_fail(faults, 30), failed);
    faults_destroy(faults);
}

static void a_mode_takes_its_value_behind_either_mark(void **state)
{
    (void)state;
    static const char *const texts[] = {"random=17", "random:17"};
    for (size_t i = 0; i < 2; i++) {
        struct fault_options options = {.mode = FAULTS_OFF};
        uint64_t *numbers;
        assert_null(fault_mode_parse(texts[i], &options, &numbers));
        assert_int_equal(options.mode, FAULTS_RANDOM);
        assert_int_equal(options.percent, 17);
        assert_null(numbers);
    }
}

static void off_counts_nothing(void **state)
{
    (void)state;
    struct faults *faults = start(&(struct fault_options){.mode = FAULTS_OFF});
    assert_false(allocate(faults));
    assert_int_equal(faults_asked_count(faults), 0);
    assert_int_equal(faults_stack_count(faults), 0);
    faults_destroy(faults);
}

static void systematic_fails_each_call_path_once(void **state)
{
    (void)state;
    struct faults *faults = start(&(struct fault_options){.mode = FAULTS_SYSTEMATIC});
    assert_int_equal(which_fail(faults, 8), 1);
    assert_true(allocate(faults));              /* another place */
    assert_int_equal(which_fail(faults, 2), 1); /* the same loop, called from another place */
    assert_int_equal(which_fail(faults, 2), 1);
    assert_int_equal(faults_stack_count(faults), 4);
    faults_destroy(faults);
}

static void one_place_that_reaches_two_functions_is_two_call_paths(void **state)
{
    (void)state;
    struct faults *faults = start(&(struct fault_options){.mode = FAULTS_SYSTEMATIC});
    enum fault_point points[] = {FAULT_NdisAllocateMdl, FAULT_IoAllocateMdl, FAULT_NdisAllocateMdl};
    bool failed[3] = {false};
    for (int i = 0; i < three_rounds; i++) /* not unrolled: one place */
        failed[i] = call_as(faults, points[i], "one", &driver_one);
    assert_true(failed[0] && failed[1]);
    assert_false(failed[2]);
    faults_destroy(faults);
}

static void systematic_leaves_out_what_has_failed_before(void **state)
{
    (void)state;
    uint64_t known[2] = {7};
    for (int round = 0; round < two_rounds; round++) {
        struct fault_options options = {.mode = FAULTS_SYSTEMATIC, .numbers = known};
        options.number_count = (size_t)round + 1;
        struct faults *faults = start(&options);
        assert_int_equal(which_fail(faults, 4), round == 0 ? 1 : 0);
        known[1] = faults_stack(faults, 0).id;
        faults_destroy(faults);
    }
}

static void a_planned_stack_fails_once_for_each_time_that_it_is_planned(void **state)
{
    (void)state;
    uint64_t ids[3] = {0};
    for (int round = 0; round < three_rounds;
         round++) { /* nothing planned, then once, then twice */
        struct fault_options options = {.mode = FAULTS_STACK, .numbers = ids};
        options.number_count = (size_t)round;
        struct faults *faults = start(&options);
        assert_int_equal(which_fail(faults, 5), round == 0 ? 0 : round == 1 ? 1 : 3);
        ids[0] = ids[1] = faults_stack(faults, 0).id;
        faults_destroy(faults);
    }
}

static void nth_fails_the_calls_that_are_named(void **state)
{
    (void)state;
    const uint64_t numbers[] = {2, 5};
    struct faults *faults =
        start(&(struct fault_options){.mode = FAULTS_NTH, .numbers = numbers, .number_count = 2});
    assert_int_equal(which_fail(faults, 8), 1u << 1 | 1u << 4);
    assert_int_equal(faults_failure(faults, 0).number, 2);
    assert_int_equal(faults_failure(faults, 1).number, 5);
    faults_destroy(faults);
}

static void from_fails_every_call_from_there_on(void **state)
{
    (void)state;
    const uint64_t number = 4;
    struct faults *faults =
        start(&(struct fault_options){.mode = FAULTS_FROM, .numbers = &number, .number_count = 1});
    assert_int_equal(which_fail(faults, 6), 7u << 3);
    faults_destroy(faults);
}

static uint64_t random_with(uint64_t seed, uint32_t percent)
{
    struct faults *faults =
        start(&(struct fault_options){.mode = FAULTS_RANDOM, .seed = seed, .percent = percent});
    uint64_t bits = which_fail(faults, 64);
    faults_destroy(faults);
    return bits;
}

static void random_depends_on_the_seed_and_on_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(random_with(11, 50), random_with(11, 50));
    assert_int_not_equal(random_with(11, 50), random_with(12, 50));
    assert_int_equal(random_with(11, 100), UINT64_MAX);
}

static void random_fails_six_calls_of_a_hundred_unless_told_otherwise(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (uint64_t seed = 0; seed < 400; seed++)
        failed += (unsigned)__builtin_popcountll(random_with(seed, 0));
    assert_in_range(failed, 400 * 64 * 5 / 100, 400 * 64 * 7 / 100);
}

static void what_is_suspended_is_not_counted(void **state)
{
    (void)state;
    const uint64_t number = 2;
    struct faults *faults =
        start(&(struct fault_options){.mode = FAULTS_NTH, .numbers = &number, .number_count = 1});
    assert_false(allocate(faults));
    faults_suspend(faults);
    faults_suspend(faults);
    assert_false(allocate(faults));
    faults_resume(faults);
    assert_false(allocate(faults)); /* they nest */
    faults_resume(faults);
    faults_resume(faults); /* one too many changes nothing */
    assert_true(allocate(faults));
    assert_int_equal(faults_asked_count(faults), 2);
    faults_destroy(faults);
}

/* Whether a call of NdisClMakeCall by driver "two" fails under these words. */
static bool fails_under(struct fault_words modules, struct fault_words functions,
                        struct fault_words excluded)
{
    const uint64_t first = 1;
    struct faults *faults = start(&(struct fault_options){.mode = FAULTS_FROM,
                                                          .numbers = &first,
                                                          .number_count = 1,
                                                          .modules = modules,
                                                          .functions = functions,
                                                          .excluded = excluded});
    bool fails = call_as(faults, FAULT_NdisClMakeCall, "two", &driver_two);
    faults_destroy(faults);
    return fails;
}

static struct fault_words one_word(const char *const *word)
{
    return (struct fault_words){word, 1};
}

static void words_choose_by_driver_by_function_and_by_kind(void **state)
{
    (void)state;
    static const char *const two = "two", *const other = "one", *const call = "NdisCl*",
                             *const kind = "request", *const memory = "memory",
                             *const both = "two!NdisClMakeCall",
                             *const wrong = "one!NdisClMakeCall";
    const struct fault_words all = {0};
    assert_true(fails_under(all, all, all));
    assert_true(fails_under(one_word(&two), all, all));
    assert_false(fails_under(one_word(&other), all, all));
    assert_true(fails_under(all, one_word(&call), all));
    assert_true(fails_under(all, one_word(&kind), all));
    assert_false(fails_under(all, one_word(&memory), all));
    assert_true(fails_under(one_word(&two), one_word(&both), one_word(&wrong)));
    assert_false(fails_under(all, all, one_word(&both)));
    assert_false(fails_under(all, all, one_word(&kind)));
}

static void a_star_stands_for_any_text(void **state)
{
    (void)state;
    enum fault_point point = FAULT_NdisMCmCreateVc;
    assert_true(faults_matches("*", point, "d"));
    assert_true(faults_matches("Ndis*Vc", point, "d"));
    assert_true(faults_matches("*C*C*c*", point, "d"));
    assert_true(faults_matches("d!*Cm*", point, "d"));
    assert_true(faults_matches("l*k!*", point, "loopback"));
    assert_false(faults_matches("Ndis", point, "d"));
    assert_false(faults_matches("*Vcs", point, "d"));
    assert_false(faults_matches("e!*", point, "d"));
    assert_false(faults_matches("", point, "d"));
}

static void a_stack_is_excluded_by_its_number(void **state)
{
    (void)state;
    char digits[17] = "0000000000000000";
    const char *word = digits;
    for (int round = 0; round < two_rounds; round++) {
        struct faults *faults =
            start(&(struct fault_options){.mode = FAULTS_SYSTEMATIC, .excluded = one_word(&word)});
        assert_int_equal(which_fail(faults, 2), round == 0 ? 1 : 0);
        assert_int_equal(faults_asked_count(faults), round == 0 ? 2 : 0);
        snprintf(digits, sizeof(digits), "%016llx", (unsigned long long)faults_stack(faults, 0).id);
        faults_destroy(faults);
    }
}

__attribute__((noinline)) static bool through(struct faults *faults)
{
    bool fails = allocate(faults);
    __asm__ volatile("");
    return fails;
}

static void the_depth_says_how_far_call_paths_are_told_apart(void **state)
{
    (void)state;
    for (uint32_t depth = 1; depth <= 8; depth++) {
        struct faults *faults =
            start(&(struct fault_options){.mode = FAULTS_SYSTEMATIC, .depth = depth});
        assert_true(through(faults));
        bool second = through(faults);
        /* call_as, allocate and through are the same three frames; their caller is the fourth. */
        assert_int_equal(second, depth >= 4);
        faults_destroy(faults);
    }
}

static void a_driver_s_next_answer_is_kept_with_its_failures(void **state)
{
    (void)state;
    const uint64_t first = 1;
    struct faults *faults =
        start(&(struct fault_options){.mode = FAULTS_FROM, .numbers = &first, .number_count = 1});
    assert_true(allocate(faults));
    assert_true(call_as(faults, FAULT_NdisClMakeCall, "two", &driver_two));
    faults_answer(faults, &driver_two, "ProtocolClMakeCall", 7);
    assert_null(faults_failure(faults, 0).answer_function);
    assert_string_equal(faults_failure(faults, 1).answer_function, "ProtocolClMakeCall");
    assert_int_equal(faults_failure(faults, 1).answer, 7);
    assert_string_equal(faults_failure(faults, 1).host, "here");
    faults_answer(faults, &driver_one, "DriverEntry", 8);
    faults_answer(faults, &driver_two, "later", 9);
    assert_int_equal(faults_failure(faults, 0).answer, 8);
    assert_int_equal(faults_failure(faults, 1).answer, 7);
    faults_destroy(faults);
}

static void another_plan_keeps_what_was_counted(void **state)
{
    (void)state;
    const uint64_t number = 3;
    struct faults *faults = start(&(struct fault_options){.mode = FAULTS_WHAT_IF});
    assert_int_equal(which_fail(faults, 2), 0);
    assert_true(faults_configure(
        faults,
        &(struct fault_options){.mode = FAULTS_NTH, .numbers = &number, .number_count = 1}));
    assert_int_equal(which_fail(faults, 2), 1);
    assert_int_equal(faults_asked_count(faults), 4);
    faults_destroy(faults);
}

static void every_point_has_its_texts_and_is_found_by_its_name(void **state)
{
    (void)state;
    for (int i = FAULT_NONE + 1; i < FAULT_POINT_COUNT; i++) {
        const struct fault_info *info = fault_info((enum fault_point)i);
        assert_int_equal(fault_by_name(info->name), i);
        assert_true(info->sees[0] && info->says[0] && !strpbrk(info->says, "|\n"));
        assert_true(!strncmp(info->source, "Learn: ", 7) ||
                    !strncmp(info->source, "condis/nic.h: ", 14));
    }
    assert_int_equal(fault_by_name("NdisFreeMemory"), FAULT_NONE);
    for (int mode = 0; mode < FAULT_MODE_COUNT; mode++)
        assert_int_equal(fault_mode_by_name(fault_mode_name((enum fault_mode)mode)), mode);
    assert_int_equal(fault_mode_by_name("sometimes"), FAULT_MODE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_if_lists_what_could_fail_and_fails_nothing),
        cmocka_unit_test(who_listens_hears_of_each_failure_by_its_number),
        cmocka_unit_test(random_fails_the_calls_that_their_numbers_fail_again),
        cmocka_unit_test(a_mode_takes_its_value_behind_either_mark),
        cmocka_unit_test(off_counts_nothing),
        cmocka_unit_test(systematic_fails_each_call_path_once),
        cmocka_unit_test(one_place_that_reaches_two_functions_is_two_call_paths),
        cmocka_unit_test(systematic_leaves_out_what_has_failed_before),
        cmocka_unit_test(a_planned_stack_fails_once_for_each_time_that_it_is_planned),
        cmocka_unit_test(nth_fails_the_calls_that_are_named),
        cmocka_unit_test(from_fails_every_call_from_there_on),
        cmocka_unit_test(random_depends_on_the_seed_and_on_nothing_else),
        cmocka_unit_test(random_fails_six_calls_of_a_hundred_unless_told_otherwise),
        cmocka_unit_test(what_is_suspended_is_not_counted),
        cmocka_unit_test(words_choose_by_driver_by_function_and_by_kind),
        cmocka_unit_test(a_star_stands_for_any_text),
        cmocka_unit_test(a_stack_is_excluded_by_its_number),
        cmocka_unit_test(the_depth_says_how_far_call_paths_are_told_apart),
        cmocka_unit_test(a_driver_s_next_answer_is_kept_with_its_failures),
        cmocka_unit_test(another_plan_keeps_what_was_counted),
        cmocka_unit_test(every_point_has_its_texts_and_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
