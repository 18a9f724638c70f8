/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define LINE_BYTES_MAX 100

/* Text that stays whole in one line of a report and in one cell of a Markdown table. */
static void check_text(const char *name, const char *text)
{
    if (!text) {
        fail_msg("%s: a text is missing", name);
        return;
    }
    size_t length = strlen(text);
    if (length == 0 || length > LINE_BYTES_MAX)
        fail_msg("%s: a text of %zu characters: %s", name, length, text);
    if (strpbrk(text, "|\n\t"))
        fail_msg("%s: a text with a bar, tab or line end: %s", name, text);
}

static void every_rule_has_a_text_a_remedy_and_a_source(void **state)
{
    (void)state;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++) {
        const struct rule_info *rule = rule_info((enum rule_id)id);
        check_text(rule->name, rule->says);
        check_text(rule->name, rule->remedy);
        check_text(rule->name, rule->source);
        if (!rule->function || !rule->function[0] || strpbrk(rule->function, "|\n\t"))
            fail_msg("%s: no function", rule->name);
    }
}

static void every_source_names_a_page_or_an_sdv_rule(void **state)
{
    (void)state;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++) {
        const struct rule_info *rule = rule_info((enum rule_id)id);
        if (strncmp(rule->source, "Learn: ", 7) != 0 && strncmp(rule->source, "SDV: ", 5) != 0)
            fail_msg("%s: %s", rule->name, rule->source);
    }
}

static void every_rule_is_found_by_its_name_alone(void **state)
{
    char prefixed[96];

    (void)state;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++) {
        const char *name = rule_info((enum rule_id)id)->name;
        assert_int_equal(rule_by_name(name), id); /* so no name stands twice */
        snprintf(prefixed, sizeof(prefixed), "RULE_%s", name);
        assert_int_equal(rule_by_name(prefixed), id);
    }
    assert_int_equal(rule_by_name("PEND_ONCE"), RULE_PEND_ONCE);
    assert_int_equal(rule_by_name("PEND_TWICE"), RULE_NONE);
    assert_int_equal(rule_by_name(""), RULE_NONE);
}

static void every_obligation_has_a_rule(void **state)
{
    unsigned row_count[RULE_OBLIGATION_MAX + 1] = {0};

    (void)state;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++) {
        uint16_t obligation = rule_info((enum rule_id)id)->obligation;
        assert_in_range(obligation, 0, RULE_OBLIGATION_MAX);
        row_count[obligation]++;
    }
    for (unsigned n = 0; n <= RULE_OBLIGATION_MAX; n++)
        if (row_count[n] == 0)
            fail_msg("C%u has no row", n);
}

static void the_rows_stand_in_the_order_of_the_obligations(void **state)
{
    uint16_t before = 1;

    (void)state;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++) {
        const struct rule_info *rule = rule_info((enum rule_id)id);
        uint16_t place = rule->obligation ? rule->obligation : RULE_OBLIGATION_MAX + 1;
        if (place < before)
            fail_msg("%s (C%u) stands after C%u", rule->name, rule->obligation, before);
        before = place;
    }
}

static void microsofts_irql_rules_keep_their_names(void **state)
{
    static const char *const name[] = {
        "Irql_MCM_Function",
        "Irql_CallManager_Function",
        "Irql_Connection_Function",
        "Irql_MCO_Function",
        "Irql_Protocol_Driver_Function",
        "Irql_Miniport_Driver_Function",
        "Irql_Miscellaneous_Function",
        "Irql_NetBuffer_Function",
        "Irql_SendRcv_Function",
        "Irql_OID_Function",
        "Irql_StatusIndication_Function",
    };
    char source[64];

    (void)state;
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
        enum rule_id id = rule_by_name(name[i]);
        assert_int_not_equal(id, RULE_NONE);
        snprintf(source, sizeof(source), "SDV: %s", name[i]);
        assert_string_equal(rule_info(id)->source, source);
    }
}

static void the_markdown_table_has_one_row_for_each_rule_and_seven_cells_in_each(void **state)
{
    char *text = NULL;
    size_t text_bytes = 0;
    unsigned row_count = 0;

    (void)state;
    FILE *file = open_memstream(&text, &text_bytes);
    assert_non_null(file);
    rules_table_markdown(file);
    assert_int_equal(fclose(file), 0);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        unsigned bar_count = 0;
        for (char *c = line; *c; c++)
            bar_count += *c == '|';
        assert_int_equal(bar_count, 8);
        row_count++;
    }
    assert_int_equal(row_count, 2 + RULE_ID_COUNT - 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_has_a_text_a_remedy_and_a_source),
        cmocka_unit_test(every_source_names_a_page_or_an_sdv_rule),
        cmocka_unit_test(every_rule_is_found_by_its_name_alone),
        cmocka_unit_test(every_obligation_has_a_rule),
        cmocka_unit_test(the_rows_stand_in_the_order_of_the_obligations),
        cmocka_unit_test(microsofts_irql_rules_keep_their_names),
        cmocka_unit_test(the_markdown_table_has_one_row_for_each_rule_and_seven_cells_in_each),
    };
    return cmocka_run_group_tests_name("rules/table", tests, NULL, NULL);
}
