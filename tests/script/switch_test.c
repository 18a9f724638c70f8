/* SPDX-License-Identifier: MIT */
/* A scenario's switches and links. */
#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A root and a leaf that listens, at one switch. */
#define PAIR                                                                                       \
    "local s1 = switch 's1'\n"                                                                     \
    "local root = station('root', {switch = s1})\n"                                                \
    "local calls = station('leaf', {switch = 's1'}) : listen '@leaf'\n"                            \
    "local function connect()\n"                                                                   \
    "    local taken = spawn(function() return calls:accept() end)\n"                              \
    "    local call, party = root:call('@leaf', {multipoint = true})\n"                            \
    "    return call, taken:join(), party\n"                                                       \
    "end\n"

static void passes(const char *text)
{
    static const enum condis_clock clocks[] = {CONDIS_LIVE, CONDIS_SIMULATED};
    for (size_t i = 0; i < 2; i++) {
        struct scenario scenario = scenario_run(text, &clocks[i], 1);
        if (scenario.verdict != CONDIS_SCRIPT_PASSED)
            fail_msg("%s\n%s%s", text, scenario.out, scenario.err);
        scenario_free(&scenario);
    }
}

static void a_call_crosses_a_switch(void **state)
{
    (void)state;
    passes(PAIR "local call, there = connect()\n"
                "call:send 'hello'\n"
                "expect_equal(there:receive(), 'hello')\n"
                "local status = s1:status()\n"
                "expect_equal(#status.ports, 2)\n"
                "expect_equal(status.ports[1].peer, 'root')\n"
                "expect_equal(status.ports[1].signalling, true)\n"
                "expect_equal(status.calls[1].parties, 1)\n"
                "expect_equal(s1:link('leaf'):info().frames_out > 0, true)\n"
                "expect_equal(s1:link('leaf'):name(), 'sim:s1/leaf')\n"
                "expect_equal(s1:uni(), '4.0')\n"
                "expect_equal(s1:name(), 's1')\n"
                "call:close 'bye'\n"
                "expect_equal(select(2, there:wait_closed()), 'bye')\n");
}

static void each_port_has_its_version_of_the_uni(void **state)
{
    (void)state;
    passes(
        "local s1 = switch('s1', {uni = '3.1'})\n"
        "station('old', {switch = s1})\n"
        "local root = station('root', {switch = s1, settings = {Uni = 40}})\n"
        "local calls = station('leaf', {switch = s1, call_manager = 'atmuni'}) : listen '@leaf'\n"
        "expect_equal(s1:link('old'):uni(), '3.1')\n"
        "expect_equal(s1:link('root'):uni(), '4.0')\n"
        "local taken = spawn(function() return calls:accept() end)\n"
        "local call = root:call('@leaf', {multipoint = true})\n"
        "local there = taken:join()\n"
        "call:close 'lost on the way: 3.1 carries none'\n"
        "expect_equal(select(2, there:wait_closed()), nil)\n");
}

static void a_link_delays(void **state)
{
    (void)state;
    scenario_expect(PAIR "local call, there = connect()\n"
                         "s1:link('leaf'):delay(50)\n"
                         "local began = now()\n"
                         "call:post 'x'\n"
                         "there:receive()\n"
                         "expect(now() - began >= 50, 'late')\n"
                         "expect(now() - began < 51, 'not later')\n",
                    CONDIS_SCRIPT_PASSED, "2 expectations came true");
}

/* Each end of the call, and a trunk; in simulated time, T309 is what it is. */
static void a_cut_shorter_than_t309_loses_no_call(void **state)
{
    static const enum condis_clock simulated = CONDIS_SIMULATED;
    static const char *const edges[] = {"", ", driver = 'atmlink', call_manager = 'atmuni'"};

    (void)state;
    for (size_t edge = 0; edge < 2; edge++)
        for (int seed = 1; seed <= 10; seed++) {
            char text[2048];
            snprintf(text, sizeof text,
                     "local s1 = switch 's1'\n"
                     "local s2 = switch 's2'\n"
                     "local trunk = s1:trunk(s2)\n"
                     "s1:route('*', s2)\n"
                     "local root = station('root', {switch = s1%s})\n"
                     "local calls = station('leaf', {switch = s2%s})"
                     " : listen '@leaf'\n"
                     "local taken = spawn(function() return calls:accept() end)\n"
                     "local call = root:call('@leaf', {multipoint = true})\n"
                     "local there = taken:join()\n"
                     "for _, link in ipairs{s1:link('root'), trunk, s2:link('leaf')} do\n"
                     "    link:cut()\n"
                     "    sleep(9000)\n"
                     "    link:mend()\n"
                     "    sleep(3000)\n"
                     "    call:send 'still here'\n"
                     "    expect_equal(there:receive(), 'still here')\n"
                     "end\n"
                     "call:close 'bye'\n"
                     "expect_equal(select(2, there:wait_closed()), 'bye')\n",
                     edges[edge], edges[edge]);
            struct scenario scenario = scenario_run(text, &simulated, (uint64_t)seed);
            if (scenario.verdict != CONDIS_SCRIPT_PASSED)
                fail_msg("seed %d\n%s\n%s%s", seed, text, scenario.out, scenario.err);
            scenario_free(&scenario);
        }
}

static void a_link_that_is_cut_ends_its_calls_in_time(void **state)
{
    (void)state;
    scenario_expect(PAIR "local call, there, party = connect()\n"
                         "local link = s1:link 'leaf'\n"
                         "local began = now()\n"
                         "link:cut()\n"
                         "sleep(1)\n"
                         "expect_equal(link:info().up, false)\n"
                         "expect(there:wait_closed(600000))\n"
                         "expect(call:wait_closed(600000))\n"
                         "expect(now() - began >= 10000, 'T309')\n"
                         "link:mend()\n"
                         "sleep(30000)\n"
                         "connect()\n",
                    CONDIS_SCRIPT_PASSED, "4 expectations came true");
}

static void a_partition_loses_nothing(void **state)
{
    (void)state;
    scenario_expect(PAIR "local call, there = connect()\n"
                         "local link = s1:link 'leaf'\n"
                         "link:partition()\n"
                         "call:post 'held'\n"
                         "expect(not pcall(there.receive, there, 1000), 'nothing came')\n"
                         "link:heal()\n"
                         "expect_equal(there:receive(0.5), 'held')\n"
                         "call:close()\n",
                    CONDIS_SCRIPT_PASSED, "2 expectations came true");
}

static void reads_may_end_anywhere(void **state)
{
    (void)state;
    scenario_expect(PAIR "s1:link('leaf'):split()\n"
                         "local call, there = connect()\n"
                         "for i = 1, 20 do\n"
                         "    call:post(('%03d'):format(i) .. ('x'):rep(i * 100))\n"
                         "end\n"
                         "for i = 1, 20 do\n"
                         "    local text = there:receive()\n"
                         "    expect_equal(#text, 3 + i * 100)\n"
                         "    expect_equal(text:sub(1, 3), ('%03d'):format(i))\n"
                         "end\n",
                    CONDIS_SCRIPT_PASSED, "40 expectations came true");
}

static void a_switch_ends_and_another_takes_its_place(void **state)
{
    (void)state;
    scenario_expect(PAIR "local call, there = connect()\n"
                         "s1:stop()\n"
                         "expect(call:wait_closed(600000))\n"
                         "expect(there:wait_closed(600000))\n"
                         "s1 = switch 's1'\n"
                         "for _, name in ipairs{'root', 'leaf'} do\n"
                         "    s1:plug(name)\n"
                         "end\n"
                         "sleep(60000)\n"
                         "connect()\n",
                    CONDIS_SCRIPT_PASSED, "2 expectations came true");
}

static void a_switch_releases_its_calls(void **state)
{
    (void)state;
    passes(PAIR "local call, there = connect()\n"
                "s1:release()\n"
                "expect(call:wait_closed())\n"
                "expect(there:wait_closed())\n");
}

static void limits_of_a_switch_are_kept(void **state)
{
    (void)state;
    passes("local s1 = switch('s1', {calls = 1})\n"
           "local root = station('root', {switch = s1})\n"
           "local calls = station('leaf', {switch = s1}) : listen '@leaf'\n"
           "spawn(function() calls:accept():wait_closed() end)\n"
           "local call = root:call '@leaf'\n"
           "expect_status('RESOURCES', root.call, root, '@leaf')\n"
           "call:close()\n");
}

static void misuse_of_a_switch_is_told(void **state)
{
    (void)state;
    passes("local s1, s2 = switch 's1', switch 's2'\n"
           "local function told(text, work, ...)\n"
           "    local ok, err = pcall(work, ...)\n"
           "    expect(not ok and tostring(err):find(text, 1, true), text)\n"
           "end\n"
           "local link = s1:plug 'a'\n"
           "told(\"switch 's1' has a link to 'a' already\", s1.plug, s1, 'a')\n"
           "told(\"switch 's1' has no link to 'b'\", s1.link, s1, 'b')\n"
           "told(\"switch 's1' has no link to 's2'\", s1.link, s1, s2)\n"
           "told('a trunk leads to another switch', s1.trunk, s1, s1)\n"
           "s1:trunk(s2)\n"
           "told(\"'s2' and 's1' have a trunk already\", s2.trunk, s2, s1)\n"
           "told('a prefix is @name', s1.route, s1, '@', 'a')\n"
           "told('a metric is a whole number', s1.route, s1, '*', s2, -1)\n"
           "told('a cause is a number', s1.release, s1, 200)\n"
           "told('uni is one of 3.1, 4.0', switch, 's3', {uni = '5'})\n"
           "told('no option is called', switch, 's3', {ports = 1})\n"
           "told(\"a host named 's1' exists already\", switch, 's1')\n"
           "told('the name of a station', s1.plug, s1, '')\n"
           "told('is longer than 63', s1.plug, s1, ('x'):rep(64))\n"
           "told('no switch is called', station, 'x', {switch = 's9'})\n"
           "told('a time in milliseconds', link.delay, link, -1)\n"
           "s1:stop()\n"
           "told('this switch is gone', s1.status, s1)\n"
           "told('its switch was ended before', link.cut, link)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_crosses_a_switch),
        cmocka_unit_test(each_port_has_its_version_of_the_uni),
        cmocka_unit_test(a_link_delays),
        cmocka_unit_test(a_cut_shorter_than_t309_loses_no_call),
        cmocka_unit_test(a_link_that_is_cut_ends_its_calls_in_time),
        cmocka_unit_test(a_partition_loses_nothing),
        cmocka_unit_test(reads_may_end_anywhere),
        cmocka_unit_test(a_switch_ends_and_another_takes_its_place),
        cmocka_unit_test(a_switch_releases_its_calls),
        cmocka_unit_test(limits_of_a_switch_are_kept),
        cmocka_unit_test(misuse_of_a_switch_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
