/* SPDX-License-Identifier: MIT */
#include "script/activity.h"
#include "script/clients.h"
#include "script/crash.h"

#include "rules/fault.h"

#include <condis/control.h>
#include <jansson.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

static bool script_begin(struct script *script, const struct condis_script_options *options)
{
    *script = (struct script){
        .options = options,
        .out = options->out ? options->out : stdout,
        .err = options->err ? options->err : stderr,
        .clock = options->clock ? *options->clock : CONDIS_LIVE,
        .completion = options->completion ? *options->completion : CONDIS_COMPLETE_PENDING,
        .policy = options->policy ? *options->policy : CONDIS_VIOLATION_REPORT,
        .verifier = options->verifier ? *options->verifier : true,
        .pool = options->pool ? *options->pool : CONDIS_POOL_DEFAULT,
        .pending_ms = options->pending_ms ? *options->pending_ms : 0,
        .timeout_ms = SCRIPT_TIMEOUT_MS,
        .ready_last = &script->ready,
        .tables = json_array(),
        .broken = json_array(),
        .change_used = calloc(options->change_count + 1, sizeof(bool)),
    };
    queue_init(&script->queue);
    pthread_mutex_init(&script->report_mutex, NULL);
    script->lua = luaL_newstate();
    if (script->lua)
        *(struct script **)lua_getextraspace(script->lua) = script;
    return script->lua && script->tables && script->broken && script->change_used &&
           faults_begin(script);
}

/* Neither os nor io: what a script sees comes from its arguments, its files and its world. */
static void open_libraries(lua_State *L)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},
        {LUA_STRLIBNAME, luaopen_string},
        {LUA_TABLIBNAME, luaopen_table},
        {LUA_MATHLIBNAME, luaopen_math},
        {LUA_COLIBNAME, luaopen_coroutine},
        {LUA_UTF8LIBNAME, luaopen_utf8},
        {NULL, NULL},
    };
    for (const luaL_Reg *library = libraries; library->func; library++) {
        luaL_requiref(L, library->name, library->func, 1);
        lua_pop(L, 1);
    }
}

static void push_arguments(lua_State *L, const struct condis_script_options *options)
{
    lua_createtable(L, (int)options->argument_count, 1);
    lua_pushstring(L, options->path);
    lua_seti(L, -2, 0);
    for (size_t i = 0; i < options->argument_count; i++) {
        lua_pushstring(L, options->arguments[i]);
        lua_seti(L, -2, (lua_Integer)i + 1);
    }
    lua_setglobal(L, "arg");
}

/* Fills the state and starts the main chunk; runs protected. */
static int open_all(lua_State *L)
{
    struct script *script = script_of(L);
    open_libraries(L);
    script_errors_open(L);
    world_open(L);
    faults_open(L);
    hosts_open(L);
    hubs_open(L);
    switches_open(L);
    clients_open(L);
    calls_open(L);
    parties_open(L);
    activity_open(L);
    digest_open(L);
    reader_open(L);
    output_open(L);
    push_arguments(L, script->options);
    if (!prelude_open(L))
        return lua_error(L);
    if (luaL_loadfilex(L, script->options->path, "t") != LUA_OK) {
        script->unusable = true;
        return lua_error(L);
    }
    activity_start(L, 0);
    return 0;
}

static void run(struct script *script)
{
    lua_State *L = script->lua;
    lua_pushcfunction(L, open_all);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        script_keep_error(script, L);
        return;
    }
    activity_run_all(script);
}

static void free_boxes(struct script *script)
{
    while (script->boxes) {
        struct box *box = script->boxes;
        script->boxes = box->next;
        if (box->kind == BOX_LISTENER)
            listener_clear((struct listener_box *)box);
        else if (box->kind == BOX_CALL)
            inbox_fini((struct call_box *)box);
        free(box);
    }
}

void script_handle_events(struct script *script)
{
    for (struct event *event = queue_take(&script->queue), *next; event; event = next) {
        next = event->next;
        event->handle(script, event);
    }
}

/* What was asked for, and is not there, is told even by a run that went well. */
static void check_trace(struct script *script)
{
    struct condis_error error;
    char text[sizeof error.text + 260];
    if (condis_world_trace_flush(script->world, &error) || script->error)
        return;
    snprintf(text, sizeof text, "%.255s: %s",
             script->options->trace_path ? script->options->trace_path : "trace", error.text);
    script->error = strdup(text);
    script->unusable = true;
}

/* Hosts first: nothing calls back after that, and what they leave behind is counted. */
static void script_end(struct script *script)
{
    hosts_stop_all(script);
    script_handle_events(script);
    op_free_all(script);
    condis_control_close(script->control);
    if (script->world) {
        script->ended_100ns = condis_world_now_100ns(script->world);
        script->tally = condis_world_tally(script->world);
        script->steps = condis_world_step(script->world);
        hubs_forget(script);
        links_forget(script);
        check_trace(script);
        condis_world_destroy(script->world);
    }
}

/* A run that does not come to the step that was asked for is not the run that was meant. */
static void check_stop(struct script *script)
{
    char text[128];
    if (script->error || script->options->stop_at <= script->steps)
        return;
    snprintf(text, sizeof text, "step %llu was not reached: the run ended at step %llu%s",
             (unsigned long long)script->options->stop_at, (unsigned long long)script->steps,
             script->clock == CONDIS_LIVE ? ", being live; use --sim" : "");
    script->error = strdup(text);
}

static enum condis_script_verdict judge(struct script *script)
{
    /* What was made to fail may fail: nothing else may. */
    if (faults_were_injected(script))
        return script->tally.violations > 0 || script->hung_count > 0 ? CONDIS_SCRIPT_FAILED
                                                                      : CONDIS_SCRIPT_PASSED;
    change_check_used(script);
    if (!script->error && atomic_load(&script->lost))
        script->error = strdup("memory was short: something that happened was not told");
    check_stop(script);
    if (script->error)
        return script->unusable ? CONDIS_SCRIPT_UNUSABLE : CONDIS_SCRIPT_FAILED;
    /* A leak is a violation; one that was expected is none. */
    if (script->tally.violations > 0 || script->tally.expected_unmet > 0)
        return CONDIS_SCRIPT_FAILED;
    return CONDIS_SCRIPT_PASSED;
}

static void tell_result(const struct script *script, struct condis_script_result *result)
{
    if (!result)
        return;
    *result = (struct condis_script_result){
        .ended_100ns = script->ended_100ns,
        .met_count = script->met_count,
        .hung_count = script->hung_count,
        .fault_count = script->faults ? faults_failure_count(script->faults) : 0,
        .tally = script->tally};
    if (script->error)
        snprintf(result->error, sizeof result->error, "%s", script->error);
}

enum condis_script_verdict condis_script_run(const struct condis_script_options *options)
{
    struct script *script = malloc(sizeof *script);
    enum condis_script_verdict verdict = CONDIS_SCRIPT_UNUSABLE;
    if (!script)
        return verdict;
    if (script_begin(script, options)) {
        if (options->tells_crash)
            crash_begin(script);
        if (!script->error)
            run(script);
        script_end(script);
        if (options->tells_crash)
            crash_end();
        verdict = judge(script);
        output_verdict(script, verdict);
        tell_result(script, options->result);
        free_boxes(script);
    }
    if (script->lua)
        lua_close(script->lua);
    json_decref(script->tables);
    json_decref(script->broken);
    queue_fini(&script->queue);
    pthread_mutex_destroy(&script->report_mutex);
    free(script->waiting);
    free(script->error);
    free(script->change_used);
    faults_destroy(script->faults);
    free(script);
    return verdict;
}
