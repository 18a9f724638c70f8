/* SPDX-License-Identifier: MIT */
/* No cell of the table rule x broken driver x near miss is empty. */
#include "broken.h"

static const struct broken_row *const tables[] = {
#define TABLE(name) broken_##name,
#include "tables.def"
#undef TABLE
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static const struct broken_row *rows_of[RULE_ID_COUNT];
static uint32_t rows_count[RULE_ID_COUNT];

static int collect(void **state)
{
    (void)state;
    for (size_t i = 0; i < TABLES; i++)
        for (const struct broken_row *row = tables[i]; row->rule != RULE_NONE; row++) {
            rows_of[row->rule] = row;
            rows_count[row->rule]++;
        }
    return 0;
}

static void every_rule_has_one_row(void **state)
{
    (void)state;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++)
        if (rows_count[id] != 1)
            fail_msg("%s has %u rows in tests/broken", rule_info((enum rule_id)id)->name,
                     rows_count[id]);
}

/* A note has a reason and nothing else; every other rule a mistake and a near miss, in words and in
 * a driver. */
static void no_cell_is_empty(void **state)
{
    (void)state;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++) {
        const struct broken_row *row = rows_of[id];
        const struct rule_info *rule = rule_info((enum rule_id)id);
        const struct rule_example *example = rule_example((enum rule_id)id);
        bool note = rule->severity == SEVERITY_NOTE;
        bool words = note ? example->unseen && !example->mistake && !example->almost
                          : !example->unseen && example->mistake && example->almost;
        bool both = row->play || (row->mistake && row->almost);
        bool none = !row->play && !row->mistake && !row->almost;
        bool drivers = note ? none : both;
        if (!words || !drivers)
            fail_msg("%s: its %s not all there", rule->name, words ? "drivers are" : "words are");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_has_one_row),
        cmocka_unit_test(no_cell_is_empty),
    };
    return cmocka_run_group_tests_name("broken/table", tests, collect, NULL);
}
