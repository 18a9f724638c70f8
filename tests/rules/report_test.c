/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The text moves to the caller. */
static char *printed(const struct rule_break *brk)
{
    char *text = NULL;
    size_t text_bytes = 0;
    FILE *file = open_memstream(&text, &text_bytes);

    assert_non_null(file);
    rules_print(file, brk);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void fill(struct rule_break *brk)
{
    rule_break_begin(brk, RULE_CL_DROP_LAST_PARTY, "NdisClDropParty");
    rule_break_driver(brk, "client", "root");
    rule_break_object(brk, "party %u of vc %u", 1u, 3u);
    rule_break_detail(brk, "the call has %u party", 1u);
    rule_break_status(brk, 0xC0000001u, "NDIS_STATUS_FAILURE");
    brk->processor = 1;
    brk->irql = 2;
    brk->time_100ns = 120340000;
    rule_break_history(brk, 10000000, 0, NULL, "created");
    rule_break_history(brk, 10000005, 1, "loopback", "make call completed NDIS_STATUS_SUCCESS");
}

static void a_report_prints_rule_call_history_and_replay_in_that_order(void **state)
{
    struct rule_break brk;

    (void)state;
    fill(&brk);
    brk.seeded = true;
    brk.seed = 7;
    brk.step = 12;
    snprintf(brk.replay, sizeof(brk.replay), "condis run drop.lua --sim --seed 7 --stop-at 12");
    char *text = printed(&brk);
    assert_string_equal(text,
                        "rule broken: CL_DROP_LAST_PARTY (C84, violation)\n"
                        "  contract  the last party of a call is not dropped\n"
                        "  remedy    close the call with NdisClCloseCall and the last party's "
                        "handle\n"
                        "  source    Learn: NdisClDropParty, NDIS_STATUS_FAILURE\n"
                        "  call      NdisClDropParty on party 1 of vc 3 by client in root, "
                        "processor 1, DISPATCH_LEVEL, 12.0340000 s\n"
                        "  status    NDIS_STATUS_FAILURE\n"
                        "  seen      the call has 1 party\n"
                        "  history   1.0000000 s  created by NDIS, processor 0\n"
                        "            1.0000005 s  make call completed NDIS_STATUS_SUCCESS by "
                        "loopback, processor 1\n"
                        "  seed      7, step 12\n"
                        "  replay    condis run drop.lua --sim --seed 7 --stop-at 12\n");
    free(text);
}

static void a_report_with_little_in_it_prints_no_empty_lines(void **state)
{
    struct rule_break brk;

    (void)state;
    rule_break_begin(&brk, RULE_LOCK_RECURSIVE, "NdisAcquireSpinLock");
    brk.irql = 5;
    rule_break_status(&brk, 0x103, NULL);
    char *text = printed(&brk);
    assert_string_equal(text, "rule broken: LOCK_RECURSIVE (violation)\n"
                              "  contract  a spin lock is not acquired again by its holder\n"
                              "  remedy    split the function into an outer part that locks and "
                              "an inner part that does not\n"
                              "  source    SDV: SpinLockDoubleAcquire\n"
                              "  call      NdisAcquireSpinLock by NDIS, processor 0, IRQL 5, "
                              "0.0000000 s\n"
                              "  status    0x00000103\n");
    free(text);
}

static void an_expected_break_is_not_printed_by_the_printing_subscriber(void **state)
{
    struct rule_break brk;
    char *text = NULL;
    size_t text_bytes = 0;
    FILE *file = open_memstream(&text, &text_bytes);

    (void)state;
    assert_non_null(file);
    fill(&brk);
    brk.expected = true;
    rules_print_subscriber(file, &brk);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(text_bytes, 0);
    brk.expected = false;
    rules_print_subscriber(file, &brk);
    assert_int_equal(fclose(file), 0);
    assert_true(text_bytes > 0);
    free(text);
}

static void a_long_history_keeps_the_first_line_and_the_newest_ones(void **state)
{
    struct rule_break brk;
    char event[RULE_EVENT_BYTES];

    (void)state;
    rule_break_begin(&brk, RULE_PEND_ONCE, "NdisCmDropPartyComplete");
    for (unsigned i = 0; i < RULE_HISTORY_MAX + 3; i++) {
        snprintf(event, sizeof(event), "event %u", i);
        rule_break_history(&brk, i, 0, "driver", event);
    }
    assert_int_equal(brk.history_count, RULE_HISTORY_MAX);
    assert_int_equal(brk.history_lost_count, 3);
    assert_string_equal(brk.history[0].event, "event 0");
    assert_string_equal(brk.history[1].event, "event 4");
    snprintf(event, sizeof(event), "event %u", RULE_HISTORY_MAX + 2u);
    assert_string_equal(brk.history[RULE_HISTORY_MAX - 1].event, event);
    char *text = printed(&brk);
    assert_non_null(strstr(text, "(3 lines not kept)"));
    free(text);
}

static void a_text_from_a_driver_stays_on_one_line_and_is_cut_between_characters(void **state)
{
    struct rule_break brk;
    char name[RULE_NAME_BYTES + 8];

    (void)state;
    rule_break_begin(&brk, RULE_ARGUMENT_BAD, "NdisOpenAdapterEx");
    rule_break_detail(&brk, "two\nlines and a\ttab");
    assert_string_equal(brk.detail, "two lines and a tab");
    memset(name, 'a', sizeof(name));
    memcpy(name + RULE_NAME_BYTES - 2, "\xC3\xA9", 2); /* its second byte would be cut off */
    name[sizeof(name) - 1] = '\0';
    rule_break_driver(&brk, name, "\xC3\xA9");
    assert_int_equal(strlen(brk.driver), RULE_NAME_BYTES - 2);
    assert_string_equal(brk.host, "\xC3\xA9");
    memset(name, 'b', sizeof(name) - 1);
    rule_break_driver(&brk, name, NULL);
    assert_int_equal(strlen(brk.driver), RULE_NAME_BYTES - 1);
    assert_string_equal(brk.host, "");
}

/* Exported through the program's dynamic symbols, so that dladdr knows its name. */
void report_test_calls_from_here(struct rule_break *brk);
__attribute__((noinline)) void report_test_calls_from_here(struct rule_break *brk)
{
    rule_break_backtrace(brk);
    __asm__ volatile("" ::: "memory"); /* no tail call: this frame stays on the stack */
}

static void a_backtrace_names_callers_and_prints_no_pointer(void **state)
{
    struct rule_break brk;
    char pointer[32];

    (void)state;
    fill(&brk);
    report_test_calls_from_here(&brk);
    assert_true(brk.stack.count > 0);
    char *text = printed(&brk);
    assert_non_null(strstr(text, "tests/rules/report_test.c:"));
    assert_non_null(strstr(text, "  stack     report_test_calls_from_here at "));
    for (uint16_t i = 0; i < brk.stack.count; i++) {
        snprintf(pointer, sizeof(pointer), "%p", brk.stack.frame[i]);
        assert_null(strstr(text, pointer));
    }
    free(text);
}

static void the_summary_lists_each_broken_rule_or_says_that_there_is_none(void **state)
{
    struct rules *rules = malloc(sizeof(*rules));
    struct rule_break brk;
    char *text = NULL;
    size_t text_bytes = 0;

    (void)state;
    assert_non_null(rules);
    assert_true(rules_init(rules));
    FILE *file = open_memstream(&text, &text_bytes);
    assert_non_null(file);
    rules_print_summary(file, rules);
    fill(&brk);
    rules_report(rules, &brk);
    rules_report(rules, &brk);
    rules_print_summary(file, rules);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(text, "no rule was broken\n"
                              "     2  CL_DROP_LAST_PARTY (violation): the last party of a call "
                              "is not dropped\n");
    free(text);
    rules_fini(rules);
    free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_prints_rule_call_history_and_replay_in_that_order),
        cmocka_unit_test(a_report_with_little_in_it_prints_no_empty_lines),
        cmocka_unit_test(an_expected_break_is_not_printed_by_the_printing_subscriber),
        cmocka_unit_test(a_long_history_keeps_the_first_line_and_the_newest_ones),
        cmocka_unit_test(a_text_from_a_driver_stays_on_one_line_and_is_cut_between_characters),
        cmocka_unit_test(a_backtrace_names_callers_and_prints_no_pointer),
        cmocka_unit_test(the_summary_lists_each_broken_rule_or_says_that_there_is_none),
    };
    return cmocka_run_group_tests_name("rules/report", tests, NULL, NULL);
}
