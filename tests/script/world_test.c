/* SPDX-License-Identifier: MIT */
/* A scenario with a world: hosts, time, activities, and errors of what it loads. */
#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_seed_is_printed_before_the_world_begins(void **state)
{
    (void)state;
    scenario_expect("host 'one'", CONDIS_SCRIPT_PASSED,
                    "test.lua: simulated, completion pending, seed 1\n");
}

static void a_script_chooses_its_clock_unless_the_caller_does(void **state)
{
    (void)state;
    enum condis_clock live = CONDIS_LIVE;
    static const char text[] = "world{clock = 'simulated'}\nhost 'one'\nprint(simulated())\n";
    struct scenario asked = scenario_run(text, NULL, 1);
    struct scenario told = scenario_run(text, &live, 1);
    assert_non_null(strstr(asked.out, "true\n"));
    assert_non_null(strstr(told.out, "false\n"));
    scenario_free(&asked);
    scenario_free(&told);
}

static void virtual_time_passes_in_a_sleep(void **state)
{
    (void)state;
    scenario_expect("host 'one'\n"
                    "local began = now()\n"
                    "sleep(3600000)\n"
                    "expect(now() - began >= 3600000, 'an hour passed')\n"
                    "expect(now() - began < 3600001, 'no more than that')\n",
                    CONDIS_SCRIPT_PASSED, "2 expectations came true");
}

static void activities_go_on_in_the_order_of_their_times(void **state)
{
    (void)state;
    scenario_expect(
        "host 'one'\n"
        "local order = {}\n"
        "local function after(ms)\n"
        "    return spawn(function() sleep(ms); order[#order + 1] = ms; return ms end)\n"
        "end\n"
        "local three, one, two = after(30), after(10), after(20)\n"
        "expect_equal(three:join() + one:join() + two:join(), 60)\n"
        "expect_equal(table.concat(order, ' '), '10 20 30')\n",
        CONDIS_SCRIPT_PASSED, "2 expectations came true");
}

static void an_error_reaches_who_joins(void **state)
{
    (void)state;
    scenario_expect("host 'one'\n"
                    "local bad = spawn(function() sleep(1); error('inside', 0) end)\n"
                    "local ok, err = pcall(bad.join, bad)\n"
                    "expect_equal(ok, false)\n"
                    "expect_equal(err, 'inside')\n",
                    CONDIS_SCRIPT_PASSED, "2 expectations came true");
}

static void activities_that_wait_for_each_other_are_told(void **state)
{
    (void)state;
    scenario_expect("host 'one'\n"
                    "local self\n"
                    "self = spawn(function() self:join() end)\n"
                    "self:join()\n",
                    CONDIS_SCRIPT_FAILED, "the scenario waits for itself");
}

static void a_wait_where_none_can_be_is_refused(void **state)
{
    (void)state;
    scenario_expect("host 'one'\ncoroutine.wrap(function() sleep(1) end)()\n", CONDIS_SCRIPT_FAILED,
                    "test.lua:2: this may wait, and only the main chunk");
    scenario_expect("host 'one'\ntable.sort({1, 2}, function() sleep(1) end)\n",
                    CONDIS_SCRIPT_FAILED, "test.lua:2: this may wait, and cannot inside");
}

static void what_is_gone_says_so(void **state)
{
    (void)state;
    scenario_expect("local one, two = host 'one', host 'two'\n"
                    "one:stop()\n"
                    "one:load 'x'\n",
                    CONDIS_SCRIPT_FAILED, "test.lua:3: this host is gone");
}

static void a_driver_that_cannot_be_loaded_is_named(void **state)
{
    (void)state;
    scenario_expect("host 'one':load './no/such.so'", CONDIS_SCRIPT_UNUSABLE, "./no/such.so");
    scenario_expect("host 'one':load 'nosuch'", CONDIS_SCRIPT_UNUSABLE, "nosuch");
}

static void a_host_needs_a_name_of_its_own(void **state)
{
    (void)state;
    scenario_expect("host 'one'\nhost 'one'\n", CONDIS_SCRIPT_UNUSABLE, "test.lua:2: ");
}

static void a_client_without_a_call_manager_is_told_in_time(void **state)
{
    (void)state;
    scenario_expect("world{timeout_ms = 50}\n"
                    "local client = host 'one':client()\n"
                    "client:ready()\n",
                    CONDIS_SCRIPT_FAILED,
                    "test.lua:3: host 'one': no call manager offered an address family");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_is_printed_before_the_world_begins),
        cmocka_unit_test(a_script_chooses_its_clock_unless_the_caller_does),
        cmocka_unit_test(virtual_time_passes_in_a_sleep),
        cmocka_unit_test(activities_go_on_in_the_order_of_their_times),
        cmocka_unit_test(an_error_reaches_who_joins),
        cmocka_unit_test(activities_that_wait_for_each_other_are_told),
        cmocka_unit_test(a_wait_where_none_can_be_is_refused),
        cmocka_unit_test(what_is_gone_says_so),
        cmocka_unit_test(a_driver_that_cannot_be_loaded_is_named),
        cmocka_unit_test(a_host_needs_a_name_of_its_own),
        cmocka_unit_test(a_client_without_a_call_manager_is_told_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
