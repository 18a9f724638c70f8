/* SPDX-License-Identifier: MIT */
/* What a scenario sees before there is a world: libraries, errors, expectations, files, output. */
#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static void passes(const char *text)
{
    scenario_expect(text, CONDIS_SCRIPT_PASSED, "");
}

static void fails(const char *text, const char *said)
{
    scenario_expect(text, CONDIS_SCRIPT_FAILED, said);
}

static void bad_lua_cannot_run_and_is_named_by_its_line(void **state)
{
    (void)state;
    scenario_expect("local x\nx = = 1\n", CONDIS_SCRIPT_UNUSABLE, "test.lua:2: unexpected symbol");
}

static void a_missing_script_cannot_run(void **state)
{
    (void)state;
    char *err;
    size_t bytes;
    FILE *file = open_memstream(&err, &bytes);
    struct condis_script_options options = {
        .path = "/nowhere/at/all.lua", .out = file, .err = file};
    assert_int_equal(condis_script_run(&options), CONDIS_SCRIPT_UNUSABLE);
    fclose(file);
    assert_non_null(strstr(err, "/nowhere/at/all.lua"));
    free(err);
}

static void an_error_is_one_line_with_the_lines_that_called(void **state)
{
    (void)state;
    enum condis_clock clock = CONDIS_SIMULATED;
    struct scenario scenario = scenario_run(
        "local function f()\n    local x = nil + 1\n    return x\nend\nlocal y = f()\n", &clock, 1);
    assert_int_equal(scenario.verdict, CONDIS_SCRIPT_FAILED);
    assert_non_null(strstr(scenario.err, "test.lua:2: attempt to perform arithmetic"));
    assert_non_null(strstr(scenario.err, "(called from"));
    assert_non_null(strstr(scenario.err, "test.lua:5)"));
    assert_ptr_equal(strchr(scenario.err, '\n'), scenario.err + strlen(scenario.err) - 1);
    scenario_free(&scenario);
}

static void an_expectation_names_the_line_of_its_caller(void **state)
{
    (void)state;
    fails("\nexpect(false, 'the sky')", "test.lua:2: the sky: did not come true");
    fails("\nexpect_equal(1, 2, 'two')", "test.lua:2: two: expected 2, got 1");
    fails("\nexpect_equal('a\\nb', 'c')", "test.lua:2: expected \"c\", got \"a\\nb\"");
    fails("\nexpect_status('FAILURE', function() end)",
          "test.lua:2: expected NDIS_STATUS_FAILURE, got NDIS_STATUS_SUCCESS");
    fails("status_name 'NO_SUCH_THING'", "no status is called 'NO_SUCH_THING'");
}

static void a_status_is_carried_by_the_error_and_read_back(void **state)
{
    (void)state;
    passes("local function refuse() fail('no', 'NDIS_STATUS_INVALID_DATA') end\n"
           "expect_status('INVALID_DATA', refuse)\n"
           "expect_equal(status_of(refuse), 'NDIS_STATUS_INVALID_DATA')\n"
           "local ok, err = pcall(refuse)\n"
           "expect_equal(ok, false)\n"
           "expect_equal(err.status, 'NDIS_STATUS_INVALID_DATA')\n"
           "expect(tostring(err):find('test.lua:1: no', 1, true))\n"
           "expect_equal(pcall(status_of, error, 'plain'), false)\n");
}

static void nothing_that_differs_from_run_to_run_is_there(void **state)
{
    (void)state;
    passes("for _, name in ipairs{'os', 'io', 'require', 'load', 'loadfile', 'dofile', 'debug',\n"
           "                      'package', 'collectgarbage'} do\n"
           "    expect_equal(_G[name], nil, name)\n"
           "end\n");
}

static void pairs_goes_in_the_order_of_the_keys(void **state)
{
    (void)state;
    passes("local seen = {}\n"
           "for key, value in pairs{b = 1, a = 2, [3] = 3, [1.5] = 4, [-1] = 5} do\n"
           "    seen[#seen + 1] = key .. '=' .. value\n"
           "end\n"
           "expect_equal(table.concat(seen, ' '), '-1=5 1.5=4 3=3 a=2 b=1')\n");
}

static void random_numbers_follow_the_seed(void **state)
{
    (void)state;
    static const char text[] = "print(math.random(1 << 40), seed)";
    struct scenario one = scenario_run(text, NULL, 7);
    struct scenario same = scenario_run(text, NULL, 7);
    struct scenario other = scenario_run(text, NULL, 8);
    assert_string_equal(one.out, same.out);
    assert_string_not_equal(one.out, other.out);
    scenario_free(&one);
    scenario_free(&same);
    scenario_free(&other);
}

static void sums_are_those_of_the_standard(void **state)
{
    (void)state;
    passes("expect_equal(sha256 '',\n"
           "    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')\n"
           "local abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'\n"
           "expect_equal(sha256 'abc', abc)\n"
           "expect_equal(sha256():add 'a':add 'bc':hex(), abc)\n");
}

static void a_file_is_read_in_parts(void **state)
{
    (void)state;
    passes("-- 0123456789\n"
           "local self = file(arg[0])\n"
           "expect_equal(self:read(3, 10), '0123456789')\n"
           "expect_equal(#self:read(0, 1 << 20), self:size())\n"
           "expect_equal(self:read(self:size()), '')\n"
           "expect_equal(self:sha256(3, 13), sha256 '0123456789')\n"
           "expect_equal(self:sha256(), sha256(self:read(0, self:size())))\n"
           "self:close()\n"
           "expect_equal(pcall(self.size, self), false)\n");
    scenario_expect("file '/nowhere/at/all'", CONDIS_SCRIPT_UNUSABLE,
                    "test.lua:1: /nowhere/at/all: No such file or directory");
}

static void misuse_is_told_with_what_was_wanted(void **state)
{
    (void)state;
    fails("local lab = hub 'lab'\nlab.delay(3)", "test.lua:2: a hub is wanted before the colon");
    fails("world{clck = 'live'}", "no option is called 'clck'; there are: clock, completion");
    fails("world{clock = 'lively'}", "clock is one of live, simulated, not 'lively'");
    fails("sleep(1)", "there is no host, so nothing can happen");
    fails("station('x', {hob = 'lab'})", "station: no option is called \"hob\"");
    fails("report{}", "report: wanted is report{title");
    fails("error({})", "an error that is a table value");
}

static void an_activity_that_fails_ends_the_scenario(void **state)
{
    (void)state;
    fails("spawn(function()\n    error('inside')\nend)", "test.lua:2: inside");
}

static void tables_are_printed_in_columns_and_kept_as_json(void **state)
{
    (void)state;
    struct scenario scenario = scenario_run("report{'T', columns = {'leaf', 'bytes'},\n"
                                            "       rows = {{'one', 5}, {'three', 1234}}}\n",
                                            NULL, 1);
    json_error_t error;
    json_t *document = json_loads(scenario.json, 0, &error);
    const char *leaf = NULL;
    const char *verdict = NULL;
    int bytes = 0;
    assert_non_null(strstr(scenario.out, "T\nleaf   bytes\none        5\nthree   1234\n"));
    assert_non_null(document);
    json_t *tables = json_object_get(document, "tables");
    json_t *row = json_array_get(json_object_get(json_array_get(tables, 0), "rows"), 1);
    assert_int_equal(json_unpack(row, "{s:s, s:i}", "leaf", &leaf, "bytes", &bytes), 0);
    assert_string_equal(leaf, "three");
    assert_int_equal(bytes, 1234);
    assert_int_equal(json_unpack(document, "{s:s}", "verdict", &verdict), 0);
    assert_string_equal(verdict, "passed");
    json_decref(document);
    scenario_free(&scenario);
}

static void progress_is_a_line_for_each_quarter_where_nobody_watches(void **state)
{
    (void)state;
    struct scenario scenario = scenario_run("for i = 0, 100 do progress(i, 100, 'x') end", NULL, 1);
    assert_string_equal(scenario.out, " 25 %  x\n 50 %  x\n 75 %  x\n100 %  x\n");
    scenario_free(&scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_lua_cannot_run_and_is_named_by_its_line),
        cmocka_unit_test(a_missing_script_cannot_run),
        cmocka_unit_test(an_error_is_one_line_with_the_lines_that_called),
        cmocka_unit_test(an_expectation_names_the_line_of_its_caller),
        cmocka_unit_test(a_status_is_carried_by_the_error_and_read_back),
        cmocka_unit_test(nothing_that_differs_from_run_to_run_is_there),
        cmocka_unit_test(pairs_goes_in_the_order_of_the_keys),
        cmocka_unit_test(random_numbers_follow_the_seed),
        cmocka_unit_test(sums_are_those_of_the_standard),
        cmocka_unit_test(a_file_is_read_in_parts),
        cmocka_unit_test(misuse_is_told_with_what_was_wanted),
        cmocka_unit_test(an_activity_that_fails_ends_the_scenario),
        cmocka_unit_test(tables_are_printed_in_columns_and_kept_as_json),
        cmocka_unit_test(progress_is_a_line_for_each_quarter_where_nobody_watches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
