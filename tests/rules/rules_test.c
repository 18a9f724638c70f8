/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct heard {
    struct rules *rules;
    unsigned count;
    unsigned expected_count;
    enum rule_id last;
    uint64_t sum_seen; /* rules_count as a subscriber sees it */
};

static void hear(void *context, const struct rule_break *brk)
{
    struct heard *heard = context;

    heard->count++;
    heard->expected_count += brk->expected;
    heard->last = brk->id;
    if (heard->rules)
        heard->sum_seen = rules_count(heard->rules);
}

static void report(struct rules *rules, enum rule_id id)
{
    struct rule_break brk;

    rule_break_begin(&brk, id, "NdisClDropParty");
    rules_report(rules, &brk);
}

static int begin(void **state)
{
    struct rules *rules = malloc(sizeof(*rules));

    if (!rules || !rules_init(rules))
        return -1;
    *state = rules;
    return 0;
}

static int end(void **state)
{
    rules_fini(*state);
    free(*state);
    return 0;
}

static void a_new_sink_has_counted_nothing(void **state)
{
    struct rules *rules = *state;
    struct rule_break kept;
    enum rule_id missing = RULE_PEND_ONCE;

    assert_int_equal(rules_count(rules), 0);
    assert_int_equal(rules_unexpected_count(rules), 0);
    assert_false(rules_kept(rules, 0, &kept));
    assert_true(rules_expected_met(rules, &missing));
    assert_int_equal(missing, RULE_NONE);
}

static void breaks_are_counted_by_rule(void **state)
{
    struct rules *rules = *state;

    report(rules, RULE_PEND_ONCE);
    report(rules, RULE_PEND_ONCE);
    report(rules, RULE_HANDLE_STALE);
    assert_int_equal(rules_count_of(rules, RULE_PEND_ONCE), 2);
    assert_int_equal(rules_count_of(rules, RULE_HANDLE_STALE), 1);
    assert_int_equal(rules_count_of(rules, RULE_PEND_FINAL), 0);
    assert_int_equal(rules_count(rules), 3);
    assert_int_equal(rules_unexpected_count(rules), 3);
}

static void a_warning_is_counted_but_fails_nothing(void **state)
{
    struct rules *rules = *state;

    report(rules, RULE_CM_CLOSE_COMPLETE_ACTIVE);
    assert_int_equal(rules_count(rules), 1);
    assert_int_equal(rules_unexpected_count(rules), 0);
}

static void an_expected_break_is_counted_but_not_unexpected(void **state)
{
    struct rules *rules = *state;

    rules_expect(rules, RULE_PEND_ONCE);
    report(rules, RULE_PEND_ONCE);
    report(rules, RULE_HANDLE_STALE);
    assert_true(rules_expected_met(rules, NULL));
    assert_int_equal(rules_expect_end(rules, RULE_PEND_ONCE), 1);
    assert_int_equal(rules_count(rules), 2);
    assert_int_equal(rules_unexpected_count(rules), 1);
    report(rules, RULE_PEND_ONCE);
    assert_int_equal(rules_unexpected_count(rules), 2);
    assert_true(rules_expected_met(rules, NULL));
}

static void an_expectation_without_its_break_is_named(void **state)
{
    struct rules *rules = *state;
    enum rule_id missing = RULE_NONE;

    rules_expect(rules, RULE_CL_DROP_LAST_PARTY);
    assert_false(rules_expected_met(rules, &missing));
    assert_int_equal(missing, RULE_CL_DROP_LAST_PARTY);
    assert_int_equal(rules_expect_end(rules, RULE_CL_DROP_LAST_PARTY), 0);
    report(rules, RULE_CL_DROP_LAST_PARTY); /* too late */
    assert_false(rules_expected_met(rules, &missing));
    assert_int_equal(missing, RULE_CL_DROP_LAST_PARTY);
}

static void expectations_of_one_rule_nest(void **state)
{
    struct rules *rules = *state;

    rules_expect(rules, RULE_PEND_ONCE);
    report(rules, RULE_PEND_ONCE);
    rules_expect(rules, RULE_PEND_ONCE);
    report(rules, RULE_PEND_ONCE);
    assert_int_equal(rules_expect_end(rules, RULE_PEND_ONCE), 2);
    report(rules, RULE_PEND_ONCE);
    assert_int_equal(rules_expect_end(rules, RULE_PEND_ONCE), 3);
    assert_int_equal(rules_unexpected_count(rules), 0);
    rules_expect(rules, RULE_PEND_ONCE); /* starts its own count */
    assert_int_equal(rules_expect_end(rules, RULE_PEND_ONCE), 0);
}

static void subscribers_hear_every_break_and_may_query(void **state)
{
    struct rules *rules = *state;
    struct heard asking = {.rules = rules};
    struct heard plain = {.rules = NULL};

    assert_true(rules_subscribe(rules, hear, &asking));
    assert_true(rules_subscribe(rules, hear, &plain));
    rules_expect(rules, RULE_PEND_ONCE);
    report(rules, RULE_PEND_ONCE);
    report(rules, RULE_HANDLE_STALE);
    assert_int_equal(asking.count, 2);
    assert_int_equal(asking.expected_count, 1);
    assert_int_equal(asking.last, RULE_HANDLE_STALE);
    assert_int_equal(asking.sum_seen, 2);
    rules_unsubscribe(rules, hear, &asking);
    report(rules, RULE_HANDLE_KIND);
    assert_int_equal(asking.count, 2);
    assert_int_equal(plain.count, 3);
}

static void one_subscriber_too_many_is_refused(void **state)
{
    struct rules *rules = *state;
    struct heard heard[RULES_SUBSCRIBERS_MAX + 1] = {{.count = 0}};

    for (size_t i = 0; i < RULES_SUBSCRIBERS_MAX; i++)
        assert_true(rules_subscribe(rules, hear, &heard[i]));
    assert_false(rules_subscribe(rules, hear, &heard[RULES_SUBSCRIBERS_MAX]));
    rules_unsubscribe(rules, hear, &heard[3]);
    assert_true(rules_subscribe(rules, hear, &heard[RULES_SUBSCRIBERS_MAX]));
    report(rules, RULE_PEND_ONCE);
    assert_int_equal(heard[RULES_SUBSCRIBERS_MAX].count, 1);
    assert_int_equal(heard[3].count, 0);
}

static void stop_follows_an_unexpected_violation_only(void **state)
{
    struct rules *rules = *state;
    struct heard stopped = {.rules = rules};

    rules_set_policy(rules, RULES_STOP, hear, &stopped);
    report(rules, RULE_CM_CLOSE_COMPLETE_ACTIVE); /* a warning */
    rules_expect(rules, RULE_PEND_ONCE);
    report(rules, RULE_PEND_ONCE);
    assert_int_equal(stopped.count, 0);
    report(rules, RULE_HANDLE_STALE);
    assert_int_equal(stopped.count, 1);
    assert_int_equal(stopped.last, RULE_HANDLE_STALE);
    rules_set_policy(rules, RULES_REPORT, NULL, NULL);
    report(rules, RULE_HANDLE_STALE);
    assert_int_equal(stopped.count, 1);
}

static void the_first_breaks_are_kept_with_seed_and_replay_line(void **state)
{
    struct rules *rules = *state;
    struct rule_break kept;

    rules_set_run(
        rules, &(struct rules_run){true, 4411, "condis run drop.lua --sim --seed 4411", "-- a.so"});
    report(rules, RULE_PEND_ONCE);
    for (unsigned i = 0; i < RULES_KEPT_MAX; i++)
        report(rules, RULE_HANDLE_STALE);
    assert_true(rules_kept(rules, 0, &kept));
    assert_int_equal(kept.id, RULE_PEND_ONCE);
    assert_true(kept.seeded);
    assert_int_equal(kept.seed, 4411);
    assert_string_equal(kept.replay, "condis run drop.lua --sim --seed 4411 -- a.so");
    assert_true(rules_kept(rules, RULES_KEPT_MAX - 1, &kept));
    assert_int_equal(kept.id, RULE_HANDLE_STALE);
    assert_false(rules_kept(rules, RULES_KEPT_MAX, &kept));
    assert_int_equal(rules_count(rules), RULES_KEPT_MAX + 1);
}

static void
a_replay_line_stops_at_the_step_before_the_arguments_and_is_whole_or_absent(void **state)
{
    struct rules *rules = *state;
    struct rule_break brk;
    char command[RULE_REPLAY_BYTES + 8];

    rules_set_run(rules, &(struct rules_run){true, 7, "condis run drop.lua", "-- a.so"});
    rule_break_begin(&brk, RULE_PEND_ONCE, "NdisCmDropPartyComplete");
    brk.step = 17;
    rules_report(rules, &brk);
    assert_true(rules_kept(rules, 0, &brk));
    assert_string_equal(brk.replay, "condis run drop.lua --stop-at 17 -- a.so");
    memset(command, 'x', sizeof(command) - 1);
    command[sizeof(command) - 1] = '\0';
    rules_set_run(rules, &(struct rules_run){true, 7, command, NULL});
    rules_report(rules, &brk);
    assert_true(rules_kept(rules, 1, &brk));
    assert_string_equal(brk.replay, "");
}

#define REPORTS_PER_THREAD 500
#define THREADS            4

static void *report_often(void *rules)
{
    for (unsigned i = 0; i < REPORTS_PER_THREAD; i++)
        report(rules, RULE_LOCK_NOT_OWNER);
    return NULL;
}

static void threads_may_report_at_the_same_time(void **state)
{
    struct rules *rules = *state;
    struct heard heard = {.rules = rules};
    pthread_t thread[THREADS];

    assert_true(rules_subscribe(rules, hear, &heard));
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, report_often, rules), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(rules_count_of(rules, RULE_LOCK_NOT_OWNER), THREADS * REPORTS_PER_THREAD);
    assert_int_equal(heard.count, THREADS * REPORTS_PER_THREAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_sink_has_counted_nothing, begin, end),
        cmocka_unit_test_setup_teardown(breaks_are_counted_by_rule, begin, end),
        cmocka_unit_test_setup_teardown(a_warning_is_counted_but_fails_nothing, begin, end),
        cmocka_unit_test_setup_teardown(an_expected_break_is_counted_but_not_unexpected, begin,
                                        end),
        cmocka_unit_test_setup_teardown(an_expectation_without_its_break_is_named, begin, end),
        cmocka_unit_test_setup_teardown(expectations_of_one_rule_nest, begin, end),
        cmocka_unit_test_setup_teardown(subscribers_hear_every_break_and_may_query, begin, end),
        cmocka_unit_test_setup_teardown(one_subscriber_too_many_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(stop_follows_an_unexpected_violation_only, begin, end),
        cmocka_unit_test_setup_teardown(the_first_breaks_are_kept_with_seed_and_replay_line, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            a_replay_line_stops_at_the_step_before_the_arguments_and_is_whole_or_absent, begin,
            end),
        cmocka_unit_test_setup_teardown(threads_may_report_at_the_same_time, begin, end),
    };
    return cmocka_run_group_tests_name("rules/rules", tests, NULL, NULL);
}
