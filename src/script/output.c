/* SPDX-License-Identifier: MIT */
#include "script/script.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void output_break(struct script *script)
{
    if (script->progress_open)
        fputc('\n', script->out);
    script->progress_open = false;
    fflush(script->out);
}

/* print(...): as Lua's, to where people read */
static int print(lua_State *L)
{
    struct script *script = script_of(L);
    output_break(script);
    for (int i = 1, count = lua_gettop(L); i <= count; i++) {
        size_t bytes;
        const char *text = luaL_tolstring(L, i, &bytes);
        if (i > 1)
            fputc('\t', script->out);
        fwrite(text, 1, bytes, script->out);
        lua_pop(L, 1);
    }
    fputc('\n', script->out);
    fflush(script->out);
    return 0;
}

/* progress(done, total [, label]): one line that is rewritten on a terminal; elsewhere a line for
 * each quarter */
static int progress(lua_State *L)
{
    struct script *script = script_of(L);
    lua_Number done = luaL_checknumber(L, 1);
    lua_Number total = luaL_checknumber(L, 2);
    const char *label = luaL_optstring(L, 3, "");
    double share = total > 0 ? done / total : 1;
    if (share < 0)
        share = 0;
    if (share > 1)
        share = 1;
    if (script->options->live_screen) {
        fprintf(script->out, "\r%3.0f %%  %s\x1b[K", share * 100, label);
        script->progress_open = true;
        if (share >= 1)
            output_break(script);
        fflush(script->out);
        return 0;
    }
    uint32_t step = (uint32_t)(share * 4);
    if (step != script->progress_step && step > 0) {
        fprintf(script->out, "%3.0f %%  %s\n", share * 100, label);
        fflush(script->out);
    }
    script->progress_step = step;
    return 0;
}

/* Writes the value on top of the stack as JSON, and pops it. */
static json_t *pop_json(lua_State *L)
{
    json_t *value;
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        value = json_null();
        break;
    case LUA_TBOOLEAN:
        value = json_boolean(lua_toboolean(L, -1));
        break;
    case LUA_TNUMBER:
        value = lua_isinteger(L, -1) ? json_integer(lua_tointeger(L, -1))
                                     : json_real(lua_tonumber(L, -1));
        break;
    default: {
        size_t bytes;
        const char *text = luaL_tolstring(L, -1, &bytes);
        value = json_stringn(text, bytes);
        lua_pop(L, 1);
    }
    }
    lua_pop(L, 1);
    return value ? value : json_string("not UTF-8");
}

/* condis_keep_table(title, columns, rows): for the JSON document; report{...} prints it too */
static int keep_table(lua_State *L)
{
    struct script *script = script_of(L);
    json_t *rows = json_array();
    lua_Integer row_count = luaL_len(L, 3);
    lua_Integer column_count = luaL_len(L, 2);
    for (lua_Integer row = 1; row <= row_count; row++) {
        json_t *fields = json_object();
        lua_geti(L, 3, row);
        for (lua_Integer column = 1; column <= column_count; column++) {
            lua_geti(L, 2, column);
            lua_geti(L, -2, column);
            json_t *value = pop_json(L);
            json_object_set_new(fields, lua_tostring(L, -1), value);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
        json_array_append_new(rows, fields);
    }
    json_array_append_new(script->tables,
                          json_pack("{s:s, s:o}", "title", luaL_checkstring(L, 1), "rows", rows));
    return 0;
}

void output_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"print", print},
        {"progress", progress},
        {"condis_keep_table", keep_table},
        {NULL, NULL},
    };
    lua_pushglobaltable(L);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}

static const char *const verdict_names[] = {
    [CONDIS_SCRIPT_PASSED] = "passed",
    [CONDIS_SCRIPT_FAILED] = "failed",
    [CONDIS_SCRIPT_UNUSABLE] = "unusable",
};

static void print_count(FILE *out, uint64_t count, const char *none, const char *one,
                        const char *many)
{
    if (count == 0)
        fputs(none, out);
    else
        fprintf(out, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

static void print_verdict(struct script *script, enum condis_script_verdict verdict)
{
    FILE *out = script->out;
    const struct condis_tally *tally = &script->tally;
    bool survived = faults_were_injected(script) && verdict == CONDIS_SCRIPT_PASSED;
    fprintf(out, "%s: ", survived ? "survived" : verdict_names[verdict]);
    if (script->hung_count > 0) {
        print_count(out, script->hung_count, "", "request did not end", "requests did not end");
        fputs(", ", out);
    }
    /* A leak is a violation too; here each is told once, and as none where it was expected. */
    uint64_t leaks = tally->leaks < tally->violations ? tally->leaks : tally->violations;
    uint64_t broken = tally->violations - leaks;
    print_count(out, leaks,
                tally->stopped ? "what it left when it stopped was not judged" : "nothing leaked",
                "leak", "leaks");
    fputs(", ", out);
    print_count(out, broken, "no rule was broken", "broken rule", "broken rules");
    if (tally->expected_met > 0) {
        fputs(", ", out);
        print_count(out, tally->expected_met, "", "rule broken on purpose",
                    "rules broken on purpose");
    }
    if (tally->expected_unmet > 0) {
        fputs(", ", out);
        print_count(out, tally->expected_unmet, "", "expected rule was not broken",
                    "expected rules were not broken");
    }
    fputs(", ", out);
    print_count(out, script->met_count, "nothing was expected", "expectation came true",
                "expectations came true");
    fputc('\n', out);
    fflush(out);
}

static void write_json(struct script *script, enum condis_script_verdict verdict)
{
    const struct condis_tally *tally = &script->tally;
    json_t *document = json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:f, s:I, s:{s:I, s:I, s:I, s:I, s:b}, s:O, s:O, s:s?}",
        "scenario", script->options->path, "verdict", verdict_names[verdict], "clock",
        script->clock == CONDIS_LIVE ? "live" : "simulated", "completion",
        script->completion == CONDIS_COMPLETE_PENDING  ? "pending"
        : script->completion == CONDIS_COMPLETE_DIRECT ? "direct"
                                                       : "mixed",
        "seed", (json_int_t)script->options->seed, "time_ms",
        (double)script->ended_100ns / (double)EXEC_MS, "expectations",
        (json_int_t)script->met_count, "tally", "violations", (json_int_t)tally->violations,
        "leaks", (json_int_t)tally->leaks, "expected_met", (json_int_t)tally->expected_met,
        "expected_unmet", (json_int_t)tally->expected_unmet, "stopped", tally->stopped, "broken",
        script->broken, "tables", script->tables, "error", script->error);
    json_t *faults = document ? faults_json(script) : NULL;
    if (faults)
        json_object_set_new(document, "faults", faults);
    if (document) {
        json_dumpf(document, script->options->json, JSON_INDENT(2));
        fputc('\n', script->options->json);
        fflush(script->options->json);
    }
    json_decref(document);
}

void output_verdict(struct script *script, enum condis_script_verdict verdict)
{
    output_break(script);
    if (script->error) {
        fprintf(script->err, "condis: %s\n", script->error);
        fflush(script->err);
    }
    faults_print(script);
    if (script->world)
        print_verdict(script, verdict);
    if (script->options->json)
        write_json(script, verdict);
}
