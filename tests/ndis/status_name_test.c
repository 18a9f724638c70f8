/* SPDX-License-Identifier: MIT */
#include <condis/call.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *name;
    uint32_t number;
};

/* The table itself, so that no row can be forgotten here. */
static const struct row rows[] = {
#define STATUS(name, number) {#name, number},
#include "ndis/status_name.def"
#undef STATUS
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static void every_status_has_its_name_and_is_found_by_it(void **state)
{
    char whole[64];
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        condis_status number = (condis_status)rows[i].number;
        condis_status found = ~number;
        strcpy(whole, "NDIS_STATUS_");
        strcat(whole, rows[i].name);
        assert_string_equal(condis_status_name(number), whole);
        assert_true(condis_status_parse(whole, &found));
        assert_int_equal(found, number);
        found = ~number;
        assert_true(condis_status_parse(rows[i].name, &found));
        assert_int_equal(found, number);
    }
}

/* The search by number halves the table. */
static void the_table_ascends(void **state)
{
    (void)state;
    for (size_t i = 1; i < ROW_COUNT; i++)
        assert_true(rows[i - 1].number < rows[i].number);
}

static void a_status_without_a_name_is_written_as_a_number(void **state)
{
    condis_status found = 0;
    (void)state;
    const char *first = condis_status_name((condis_status)0xC0099999);
    const char *second = condis_status_name((condis_status)0x00012345);
    assert_string_equal(first, "0xC0099999");
    assert_string_equal(second, "0x00012345");
    assert_false(condis_status_parse("NO_SUCH_STATUS", &found));
    assert_false(condis_status_parse("", &found));
    assert_false(condis_status_parse("success", &found));
    assert_int_equal(found, 0);
}

static void the_constants_of_the_library_are_in_the_table(void **state)
{
    (void)state;
    assert_string_equal(condis_status_name(CONDIS_SUCCESS), "NDIS_STATUS_SUCCESS");
    assert_string_equal(condis_status_name(CONDIS_PENDING), "NDIS_STATUS_PENDING");
    assert_string_equal(condis_status_name(CONDIS_TIMEOUT), "NDIS_STATUS_TIMEOUT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_name_and_is_found_by_it),
        cmocka_unit_test(the_table_ascends),
        cmocka_unit_test(a_status_without_a_name_is_written_as_a_number),
        cmocka_unit_test(the_constants_of_the_library_are_in_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
