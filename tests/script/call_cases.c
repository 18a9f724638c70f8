/* SPDX-License-Identifier: MIT */
#include "call_cases.h"
#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct call_case {
    const char *name;
    const char *text; /* behind `local root, calls`: a root, and a leaf that listens at @leaf */
};

static const char prelude[] =
    "local root, calls = station 'root', station 'leaf' : listen '@leaf'\n";

static const struct call_case cases[] = {
    {"a_client_knows_its_adapter", "expect_equal((root:ready()), 'net0')\n"
                                   "expect_equal((root:ready 'net0'), 'net0')\n"},
    {"a_wait_that_nothing_ends_is_an_error_in_time",
     "expect(tostring(select(2, pcall(calls.accept, calls, 20))):find 'no call came in time')\n"
     "expect_equal(calls:waiting(), 0)\n"
     "expect(tostring(select(2, pcall(calls.waiting, calls, 1, 20))):find 'no call came in time')\n"
     "local taken = spawn(function() return calls:accept() end)\n"
     "local call, party = root:call('@leaf', {multipoint = true})\n"
     "local other = taken:join()\n"
     "expect(tostring(select(2, pcall(other.receive, other, 20))):find 'nothing came in time')\n"
     "expect(tostring(select(2, pcall(party.wait_gone, party, 20))):find 'did not leave')\n"
     "expect(tostring(select(2, pcall(other.wait_closed, other, 20))):find 'did not close')\n"},
    {"a_slow_receiver_holds_its_sender_back",
     "local taken = spawn(function() return calls:accept() end)\n"
     "local call = root:call('@leaf', {posts_max = 100})\n"
     "local other = taken:join()\n"
     "for i = 1, 40 do call:post(('%05d'):format(i) .. ('x'):rep(16000)) end\n"
     "local told = tostring(select(2, pcall(call.flush, call, 50)))\n"
     "expect(told:find 'did not reach every receiver', told)\n"
     "for i = 1, 40 do expect_equal(other:receive():sub(1, 5), ('%05d'):format(i)) end\n"
     "call:flush()\n"
     "expect_equal(call:info().sent_count, 40)\n"},
    {"the_end_of_a_scenario_ends_what_is_open",
     "local taken = spawn(function() return calls:accept() end)\n"
     "local call = root:call('@leaf', {multipoint = true, posts_max = 100})\n"
     "taken:join()\n"
     "for i = 1, 40 do call:post(('x'):rep(16000)) end\n"
     "root:call('@nobody', {}) -- raises\n"},
    {"an_adapter_stops_though_its_data_lies_in_an_inbox",
     "local there = host 'there'\n"
     "local adapter = there:load 'loopback' : adapter('net0', {Hub = 'hub', Station = 'there'})\n"
     "local offers = there:client():listen '@there'\n"
     "local taken = spawn(function() return offers:accept() end)\n"
     "local call = root:call('@there', {posts_max = 100})\n"
     "local other = taken:join()\n"
     "for i = 1, 40 do call:post(('%05d'):format(i) .. ('x'):rep(16000)) end\n"
     "expect_equal(other:receive():sub(1, 5), '00001')\n"
     "adapter:stop()\n"
     "call:wait_closed()\n"
     "expect_state(call, 'closed')\n"},
    {"a_call_ends_when_the_device_of_its_adapter_is_pulled_out",
     "local there = host 'there'\n"
     "local adapter = there:load 'loopback' : adapter('net0', {Hub = 'hub', Station = 'there'})\n"
     "local offers = there:client():listen '@there'\n"
     "local taken = spawn(function() return offers:accept() end)\n"
     "local call = root:call '@there'\n"
     "taken:join()\n"
     "adapter:remove()\n"
     "call:wait_closed()\n"
     "expect_state(call, 'closed')\n"},
    {"a_receive_ends_when_its_call_is_closed_beside_it",
     "local taken = spawn(function() return calls:accept() end)\n"
     "local call = root:call '@leaf'\n"
     "local other = taken:join()\n"
     "local waits = spawn(function() return call:receive() end)\n"
     "local there = spawn(function() return other:receive() end)\n"
     "sleep(0) -- both wait now\n"
     "call:close()\n"
     "expect_equal(waits:join(), nil)\n"
     "expect_equal(there:join(), nil)\n"},
    {"a_listener_that_stops_rejects_who_waits",
     "local made = spawn(function() return status_of(root.call, root, '@leaf') end)\n"
     "calls:offer():reject()\n"
     "local more = spawn(function() return status_of(root.call, root, '@leaf') end)\n"
     "expect_equal(calls:waiting(1), 1)\n"
     "calls:stop()\n"
     "expect(more:join() ~= 'NDIS_STATUS_SUCCESS', 'refused')\n"
     "expect_equal(made:join(), 'NDIS_STATUS_FAILURE')\n"},
    {"offers_beyond_the_backlog_are_rejected",
     "local few = station 'few' : listen('@few', {backlog = 1})\n"
     "local first = spawn(function() return status_of(root.call, root, '@few') end)\n"
     "few:waiting(1)\n"
     "expect(status_of(root.call, root, '@few') ~= 'NDIS_STATUS_SUCCESS', 'refused')\n"
     "few:accept()\n"
     "expect_equal(first:join(), 'NDIS_STATUS_SUCCESS')\n"},
    {"a_call_that_the_script_closes_is_closed_for_who_waits",
     "local taken = spawn(function() return calls:accept() end)\n"
     "local call = root:call '@leaf'\n"
     "taken:join()\n"
     "local waits = spawn(function() return call:wait_closed(5000) end)\n"
     "sleep(0)\n"
     "call:close()\n"
     "local began = now()\n"
     "expect_equal(waits:join(), 'NDIS_STATUS_SUCCESS')\n"
     "expect(not simulated() or now() - began < 4000, 'at once')\n"},
    {"a_party_that_goes_with_its_call_is_gone_for_who_waits",
     "local other = station 'other' : listen '@other'\n"
     "local taken = spawn(function() return calls:accept() end)\n"
     "local more = spawn(function() return other:accept() end)\n"
     "local call, party = root:call('@leaf', {multipoint = true})\n"
     "local second = call:add '@other'\n"
     "more:join()\n"
     "local waits = spawn(function() return second:wait_gone(5000) end)\n"
     "local first = spawn(function() return party:wait_gone(5000) end)\n"
     "sleep(0)\n"
     "local began = now()\n"
     "call:close()\n"
     "waits:join()\n"
     "first:join()\n"
     "expect(not simulated() or now() - began < 4000, 'at once')\n"},
    {"activities_wait_for_an_event",
     "local news, order = event(), {}\n"
     "local waits = {}\n"
     "for i = 1, 3 do waits[i] = spawn(function() news:wait(); order[#order + 1] = i end) end\n"
     "sleep(0)\n"
     "expect_equal(#order, 0)\n"
     "news:set()\n"
     "for i = 1, 3 do waits[i]:join() end\n"
     "expect_equal(table.concat(order), '123')\n"
     "news:wait() -- it stays set\n"
     "news:clear()\n"
     "expect(tostring(select(2, pcall(news.wait, news, 5))):find 'nobody set it')\n"},
    {"a_call_lists_its_parties", "local more = station 'more' : listen '@more'\n"
                                 "spawn(function() calls:accept():wait_closed() end)\n"
                                 "local call, first = root:call('@leaf', {multipoint = true})\n"
                                 "local added = spawn(call.add, call, '@more')\n"
                                 "local offer = more:offer()\n"
                                 "local all = call:parties()\n"
                                 "expect_equal(#all, 2)\n"
                                 "expect_equal(all[1], first)\n"
                                 "expect_state(all[2], 'adding')\n"
                                 "offer:reject()\n"
                                 "expect(not pcall(added.join, added))\n"
                                 "expect_equal(#call:parties(), 1)\n"
                                 "call:close()\n"
                                 "expect_equal(#call:parties(), 0)\n"},
    {"a_party_is_dropped_once", "local other = station 'other' : listen '@other'\n"
                                "spawn(function() calls:accept():wait_closed() end)\n"
                                "spawn(function() other:accept():wait_closed() end)\n"
                                "local call = root:call('@leaf', {multipoint = true})\n"
                                "local party = call:add '@other'\n"
                                "party:drop()\n"
                                "expect_status('INVALID_STATE', party.drop, party)\n"
                                "call:close()\n"
                                "expect_status('INVALID_STATE', call.close, call)\n"},
    {"parties_go_in_any_order_while_data_flows",
     "local heard = 0\n"
     "spawn(function()\n"
     "    for _ = 1, 60 do\n"
     "        local here = calls:accept()\n"
     "        spawn(function() for text in here:received() do heard = heard + #text end end)\n"
     "    end\n"
     "end)\n"
     "local parties = {}\n"
     "local call, first = root:call('@leaf', {multipoint = true})\n"
     "for i = 1, 59 do parties[i] = call:add '@leaf' end\n"
     "expect_equal(call:info().party_count, 60)\n"
     "local sends = spawn(function() for _ = 1, 50 do call:post 'data' end call:flush() end)\n"
     "local drops = {}\n"
     "while #parties > 0 do\n"
     "    local party = table.remove(parties, math.random(#parties))\n"
     "    drops[#drops + 1] = spawn(function() party:drop 'bye' end)\n"
     "end\n"
     "for _, drop in ipairs(drops) do drop:join() end\n"
     "sends:join()\n"
     "expect_equal(call:info().party_count, 1)\n"
     "expect_state(first, 'active')\n"
     "call:close()\n"
     "expect(heard >= 200, 'the first party heard all')\n"},
    {"what_a_closed_client_had_is_gone",
     "local taken = spawn(function() return calls:accept() end)\n"
     "local call = root:call '@leaf'\n"
     "local other = taken:join()\n"
     "root:close()\n"
     "expect(tostring(select(2, pcall(call.send, call, 'x'))):find 'its client was ended before')\n"
     "expect_equal(other:wait_closed(), 'NDIS_STATUS_SUCCESS')\n"},
    {"misuse_of_a_call_is_told",
     "local taken = spawn(function() return calls:accept() end)\n"
     "local call = root:call '@leaf'\n"
     "local function told(text, work, ...)\n"
     "    local ok, err = pcall(work, ...)\n"
     "    expect(not ok and tostring(err):find(text, 1, true), text)\n"
     "end\n"
     "told('the string is empty', call.send, call, '')\n"
     "told('a string is to be sent', call.send, call, 5)\n"
     "told('close data is to be a string', call.close, call, {})\n"
     "told('a call is wanted before the colon', call.close)\n"
     "told('an address is to be a string', call.add, call)\n"
     "told('no option is called', root.call, root, '@leaf', {mulitpoint = true})\n"
     "told('multipoint is to be true or false', root.call, root, '@leaf', {multipoint = 1})\n"},
};

static enum condis_clock clock_used;

static void run_case(void **state)
{
    static const char *const completions[] = {"pending", "direct", "mixed"};
    const struct call_case *self = *state;
    for (size_t i = 0; i < 3; i++) {
        char text[4096];
        int length = snprintf(text, sizeof text, "world{completion = '%s'} %s%s", completions[i],
                              prelude, self->text);
        assert_true(length > 0 && (size_t)length < sizeof text);
        struct scenario scenario = scenario_run(text, &clock_used, 1 + i);
        /* The one that ends in an error is there for what follows it. */
        const char *raises = strstr(self->text, "-- raises");
        enum condis_script_verdict wanted = raises ? CONDIS_SCRIPT_FAILED : CONDIS_SCRIPT_PASSED;
        if (scenario.verdict != wanted ||
            !strstr(scenario.out, "nothing leaked, no rule was broken"))
            fail_msg("%s, %s:\n%s%s", self->name, completions[i], scenario.out, scenario.err);
        scenario_free(&scenario);
    }
}

int call_cases_run(enum condis_clock clock)
{
    enum { CASE_COUNT = sizeof cases / sizeof cases[0] };
    struct CMUnitTest tests[CASE_COUNT];
    clock_used = clock;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = run_case, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
