/* SPDX-License-Identifier: MIT */
#include "script/options.h"
#include "script/push.h"

#include <math.h>
#include <string.h>

#include <condis/control.h>
#include <jansson.h>

#include "ndis/show.h"
#include "ndis/world.h"

static const char *const clocks[] = {"live", "simulated", NULL};
static const char *const completions[] = {"pending", "direct", "mixed", NULL};

static const char *const pools[] = {"plain", "guards", "pages", NULL};
static const char *const policies[] = {"report", "stop", "debug", NULL};

uint64_t script_now_100ns(const struct script *script)
{
    return script->world ? condis_world_now_100ns(script->world) : script->ended_100ns;
}

uint64_t script_deadline(lua_State *L, int argument)
{
    struct script *script = script_of(L);
    lua_Number ms = luaL_optnumber(L, argument, (lua_Number)script->timeout_ms);
    if (!(ms >= 0 && ms <= 1e12))
        luaL_argerror(L, argument, "a time in milliseconds, 0 or more, is wanted");
    return script_now_100ns(script) + (uint64_t)llround(ms * (lua_Number)EXEC_MS);
}

/* n of Cn; 0: the rule is of no obligation. */
static uint16_t obligation_of(const char *rule)
{
    enum rule_id id = rule_by_name(rule);
    return id == RULE_NONE ? 0 : rule_info(id)->obligation;
}

/* Runs on the thread that broke the rule, so it only prints and remembers. */
static void on_violation(void *context, const struct condis_violation *violation)
{
    struct script *script = context;
    if (script->options->on_violation)
        script->options->on_violation(script->options->context, violation);
    pthread_mutex_lock(&script->report_mutex);
    if (!violation->expected) {
        fputs(violation->report, script->err);
        fflush(script->err);
    }
    char stack[24];
    snprintf(stack, sizeof stack, "%016llx", (unsigned long long)violation->stack);
    json_array_append_new(script->broken,
                          json_pack("{s:s, s:i, s:b, s:s, s:I, s:s}", "rule", violation->rule,
                                    "obligation", (int)obligation_of(violation->rule), "expected",
                                    violation->expected, "stack", stack, "step",
                                    (json_int_t)violation->step, "report", violation->report));
    pthread_mutex_unlock(&script->report_mutex);
}

static void on_print(void *context, const char *host, const char *line)
{
    struct script *script = context;
    size_t length = strlen(line);
    pthread_mutex_lock(&script->report_mutex);
    fprintf(script->err, "%s: %s%s", host, line, length && line[length - 1] == '\n' ? "" : "\n");
    pthread_mutex_unlock(&script->report_mutex);
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && !strcmp(text + length - end_length, end);
}

static void say_what_runs(const struct script *script)
{
    const struct condis_script_options *options = script->options;
    fprintf(script->out, "%s: %s, completion %s, seed %llu\n", options->path, clocks[script->clock],
            completions[script->completion], (unsigned long long)options->seed);
    fflush(script->out);
}

static bool answer_show(void *world, FILE *out, bool json)
{
    return condis_world_show(world, out, json);
}

void world_need(lua_State *L)
{
    struct script *script = script_of(L);
    if (script->world)
        return;
    const char *trace = script->options->trace_path;
    struct condis_error error = {{0}};
    struct condis_world_options options = {
        .clock = script->clock,
        .seed = script->options->seed,
        .policy = script->policy,
        .verifier = script->verifier,
        .pool = script->pool,
        .pending_ms = script->pending_ms,
        .replay = script->options->replay,
        .replay_arguments = script->options->replay_arguments,
        .stop_at = script->options->stop_at,
        .trace_path = trace,
        .trace_format = trace && (ends_in(trace, ".json") || ends_in(trace, ".jsonl"))
                            ? CONDIS_TRACE_JSON
                            : CONDIS_TRACE_TEXT,
        .schedule = script->options->schedule,
        .on_violation = on_violation,
        .on_print = on_print,
        .context = script,
    };
    say_what_runs(script);
    if (!condis_world_create(&options, &script->world, &error))
        script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s", error.text);
    ndis_world_set_faults(script->world, script->faults);
    const struct condis_control_options control = {
        .path = script->options->control_path,
        .answer = answer_show,
        .context = script->world,
    };
    if (control.path && !condis_control_open(&control, &script->control, &error))
        script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s", error.text);
}

/* show(): what is inside every host, as `condis show --json` has it */
static int show(lua_State *L)
{
    world_need(L);
    json_t *picture = show_world(script_of(L)->world);
    if (!picture)
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "show: no memory");
    push_json(L, picture);
    json_decref(picture);
    return 1;
}

/* world{...}: how the scenario wants to be run, where the command line does not say. */
static int world(lua_State *L)
{
    static const char *const known[] = {"clock",    "completion", "timeout_ms", "on_violation",
                                        "verifier", "pending_ms", "pool",       NULL};
    struct script *script = script_of(L);
    if (script->world)
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS,
                            "world: there is a world already; say this before the first host");
    options_check(L, 1, "world", known);
    int clock = options_word(L, 1, "clock", clocks);
    int completion = options_word(L, 1, "completion", completions);
    if (clock >= 0 && !script->options->clock)
        script->clock = (enum condis_clock)clock;
    if (completion >= 0 && !script->options->completion)
        script->completion = (enum condis_completion)completion;
    script->timeout_ms = options_number(L, 1, "timeout_ms", script->timeout_ms);
    bool verifier = options_boolean(L, 1, "verifier", true);
    uint32_t pending_ms = options_number(L, 1, "pending_ms", 0);
    if (!script->options->verifier)
        script->verifier = verifier;
    int pool = options_word(L, 1, "pool", pools);
    if (pool >= 0 && !script->options->pool)
        script->pool = (enum condis_pool)(CONDIS_POOL_PLAIN + pool);
    if (!script->options->pending_ms)
        script->pending_ms = pending_ms;
    int policy = options_word(L, 1, "on_violation", policies);
    if (policy >= 0 && !script->options->policy)
        script->policy = (enum condis_violation_policy)policy;
    world_need(L);
    return 0;
}

/* schedule(how): whether what follows is explored or goes in its usual order */
static int schedule(lua_State *L)
{
    static const char *const words[] = {"explored", "usual", NULL};
    struct script *script = script_of(L);
    script->held = luaL_checkoption(L, 1, NULL, words) == 1;
    if (script->exec_world)
        exec_hold(script->exec_world, script->held);
    return 0;
}

static int now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)script_now_100ns(script_of(L)) / (lua_Number)EXEC_MS);
    return 1;
}

static int simulated(lua_State *L)
{
    lua_pushboolean(L, script_of(L)->clock == CONDIS_SIMULATED);
    return 1;
}

/* expect_begin(rule): the next break of this rule is wanted. For expect_rule. */
static int expect_begin(lua_State *L)
{
    struct script *script = script_of(L);
    struct condis_error error = {{0}};
    world_need(L);
    if (!condis_world_expect(script->world, luaL_checkstring(L, 1), &error))
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s", error.text);
    return 0;
}

static int expected_met(lua_State *L)
{
    struct script *script = script_of(L);
    world_need(L);
    lua_pushinteger(L, (lua_Integer)condis_world_tally(script->world).expected_met);
    return 1;
}

static int status_name(lua_State *L)
{
    condis_status status;
    const char *name = luaL_checkstring(L, 1);
    if (!condis_status_parse(name, &status))
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "no status is called '%s'", name);
    lua_pushstring(L, condis_status_name(status));
    return 1;
}

static int count_met(lua_State *L)
{
    script_of(L)->met_count++;
    return 0;
}

void world_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"world", world},
        {"schedule", schedule},
        {"now", now},
        {"show", show},
        {"simulated", simulated},
        {"status_name", status_name},
        {"condis_expect_begin", expect_begin},
        {"condis_expected_met", expected_met},
        {"condis_count_met", count_met},
        {NULL, NULL},
    };
    lua_pushglobaltable(L);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
    lua_pushinteger(L, (lua_Integer)script_of(L)->options->seed);
    lua_setglobal(L, "seed");
}
