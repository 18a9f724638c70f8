/* SPDX-License-Identifier: MIT */
/* What is made to fail while a scenario runs: as the command line says, else as the scenario says
 * with faults{}; and what became of it. */
#include "script/options.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ndis/world.h"
#include "rules/fault.h"

/* ---- the plan of the command line ---- */

const char *condis_fault_mode_check(const char *mode)
{
    struct fault_options options = {0};
    uint64_t *numbers;
    const char *wrong = fault_mode_parse(mode, &options, &numbers);
    free(numbers);
    return wrong;
}

const char *condis_fault_word_check(const char *word)
{
    char *end;
    if (strlen(word) == 16 && (strtoull(word, &end, 16), !*end))
        return NULL; /* the id of a call path */
    const char *mark = strchr(word, '!');
    const char *name = mark ? mark + 1 : word;
    for (int point = FAULT_NONE + 1; point < FAULT_POINT_COUNT; point++) {
        if (mark && faults_matches(name, (enum fault_point)point, ""))
            return NULL;
        if (!mark && faults_matches(word, (enum fault_point)point, ""))
            return NULL;
    }
    return "no function, event or kind has this name: condis faults --list has them";
}

void condis_fault_points_print(FILE *file)
{
    faults_table_markdown(file);
}

static struct fault_words words(const char *const *list, size_t count)
{
    return (struct fault_words){list, count};
}

static void hear_failure(void *context, const struct fault_stack *stack,
                         const struct fault_failure *failure)
{
    const struct condis_fault_plan *plan = context;
    const struct fault_info *info = fault_info(stack->point);
    const struct condis_fault fault = {.number = failure->number,
                                       .driver = stack->driver,
                                       .function = info->name,
                                       .sees = info->sees,
                                       .frames = stack->frames};
    plan->on_fault(plan->context, &fault);
}

bool faults_begin(struct script *script)
{
    const struct condis_fault_plan *plan = script->options->faults;
    if (!plan)
        return true;
    struct fault_options options = {
        .seed = script->options->seed,
        .depth = plan->depth,
        .modules = words(plan->modules, plan->module_count),
        .functions = words(plan->functions, plan->function_count),
        .excluded = words(plan->excluded, plan->excluded_count),
        .brief = plan->brief,
        .hear = plan->on_fault ? hear_failure : NULL,
        .context = (void *)(uintptr_t)plan,
    };
    uint64_t *numbers;
    const char *wrong = fault_mode_parse(plan->mode, &options, &numbers);
    if (wrong) {
        char text[256];
        snprintf(text, sizeof text, "--faults %s: %s", plan->mode, wrong);
        script->error = strdup(text);
        script->unusable = true;
        return script->error != NULL;
    }
    script->faults = faults_create(&options);
    free(numbers);
    return script->faults != NULL;
}

bool faults_were_injected(const struct script *script)
{
    return script->faults && faults_failure_count(script->faults) > 0;
}

/* ---- faults{} ---- */

/* A field that is one string or a list of strings, as an array that the Lua stack keeps alive. */
static struct fault_words word_field(lua_State *L, const char *field)
{
    int type = lua_getfield(L, 1, field);
    if (type == LUA_TNIL)
        return (struct fault_words){0};
    if (type == LUA_TSTRING) {
        lua_createtable(L, 1, 0);
        lua_insert(L, -2);
        lua_seti(L, -2, 1);
    } else if (type != LUA_TTABLE) {
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "faults: %s is a name or a list of names",
                     field);
    }
    int list = lua_gettop(L);
    size_t count = (size_t)luaL_len(L, list);
    const char **array = lua_newuserdatauv(L, (count + 1) * sizeof *array, 0);
    for (size_t i = 0; i < count; i++) {
        if (lua_geti(L, list, (lua_Integer)i + 1) != LUA_TSTRING)
            script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "faults: %s is a name or a list of names",
                         field);
        array[i] = lua_tostring(L, -1);
        lua_pop(L, 1); /* the list keeps it */
    }
    return words(array, count);
}

/* Pushes the mode as the command line writes it: the word, and the field of its name behind it. */
static const char *push_mode(lua_State *L)
{
    const char *mode = options_string(L, 1, "mode");
    if (!mode) {
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "faults: mode is missing");
        return "";
    }
    const char *field = strcmp(mode, "random") == 0 ? "percent" : mode;
    int type = lua_getfield(L, 1, field);
    if (type == LUA_TNIL)
        return lua_pushstring(L, mode);
    if (type != LUA_TTABLE)
        return lua_pushfstring(L, "%s=%s", mode, luaL_tolstring(L, -1, NULL));
    luaL_Buffer text;
    int list = lua_gettop(L);
    lua_Integer count = luaL_len(L, list);
    luaL_buffinit(L, &text);
    luaL_addstring(&text, mode);
    for (lua_Integer i = 1; i <= count; i++) {
        luaL_addchar(&text, i == 1 ? '=' : ',');
        lua_geti(L, list, i);
        luaL_tolstring(L, -1, NULL);
        lua_remove(L, -2);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    return lua_tostring(L, -1);
}

static struct faults *need_faults(lua_State *L, const struct fault_options *options)
{
    struct script *script = script_of(L);
    world_need(L);
    if (script->faults && !faults_configure(script->faults, options))
        luaL_error(L, "no memory");
    if (!script->faults)
        script->faults = faults_create(options);
    if (!script->faults)
        luaL_error(L, "no memory");
    ndis_world_set_faults(script->world, script->faults);
    return script->faults;
}

/* faults{mode, ...}: what fails from here on, unless the command line said it. */
static int lua_faults(lua_State *L)
{
    static const char *const known[] = {"mode",   "nth",       "from",    "percent", "stack",
                                        "module", "functions", "exclude", "depth",   NULL};
    options_check(L, 1, "faults", known);
    struct fault_options options = {.seed = script_of(L)->options->seed};
    uint64_t *numbers;
    const char *mode = push_mode(L);
    options.depth = options_number(L, 1, "depth", 0);
    options.modules = word_field(L, "module");
    options.functions = word_field(L, "functions");
    options.excluded = word_field(L, "exclude");
    const char *wrong = fault_mode_parse(mode, &options, &numbers);
    if (!wrong && options.depth > STACK_FRAMES_MAX)
        wrong = "depth is at most 24";
    if (wrong) {
        free(numbers);
        return script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "faults: mode '%s': %s", mode, wrong);
    }
    if (!script_of(L)->options->faults)
        (void)need_faults(L, &options);
    free(numbers);
    return 0;
}

static int lua_suspend(lua_State *L)
{
    if (script_of(L)->faults)
        faults_suspend(script_of(L)->faults);
    return 0;
}

static int lua_resume_faults(lua_State *L)
{
    if (script_of(L)->faults)
        faults_resume(script_of(L)->faults);
    return 0;
}

/* How many calls were made to fail so far. */
static int lua_failed_count(lua_State *L)
{
    struct faults *faults = script_of(L)->faults;
    lua_pushinteger(L, faults ? (lua_Integer)faults_failure_count(faults) : 0);
    return 1;
}

void faults_open(lua_State *L)
{
    lua_register(L, "faults", lua_faults);
    lua_register(L, "faults_suspend", lua_suspend);
    lua_register(L, "faults_resume", lua_resume_faults);
    lua_register(L, "faults_failed", lua_failed_count);
}

/* ---- what became of it ---- */

static json_t *json_id(uint64_t id)
{
    char text[17];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)id);
    return json_string(text);
}

static json_t *json_frames(const char *frames)
{
    json_t *list = json_array();
    for (const char *at = frames; at && *at;) {
        size_t length = strcspn(at, "\n");
        json_array_append_new(list, json_stringn(at, length));
        at += length + (at[length] == '\n');
    }
    return list;
}

static json_t *json_stack(const struct fault_stack *stack)
{
    const struct fault_info *info = fault_info(stack->point);
    return json_pack(
        "{s:o, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "id", json_id(stack->id), "driver",
        stack->driver, "function", info->name, "kind", fault_kind_name(info->kind), "sees",
        info->sees, "first", (json_int_t)stack->first_number, "seen", (json_int_t)stack->seen_count,
        "failed", (json_int_t)stack->failed_count, "frames", json_frames(stack->frames));
}

static const char *status_text(uint32_t status, char text[16])
{
    const char *name = condis_status_name((condis_status)status);
    if (!name)
        snprintf(text, 16, "0x%08x", (unsigned)status);
    return name ? name : text;
}

static json_t *json_failure(struct faults *faults, const struct fault_failure *failure)
{
    char text[16];
    struct fault_stack stack = faults_stack(faults, failure->stack_index);
    json_t *answer = failure->answer_function
                         ? json_pack("{s:s, s:s}", "function", failure->answer_function, "status",
                                     status_text(failure->answer, text))
                         : json_null();
    return json_pack("{s:I, s:o, s:s, s:s, s:s, s:f, s:o}", "number", (json_int_t)failure->number,
                     "id", json_id(stack.id), "driver", stack.driver, "function",
                     fault_info(stack.point)->name, "host", failure->host, "time_ms",
                     (double)failure->time_100ns / (double)EXEC_MS, "answer", answer);
}

json_t *faults_json(struct script *script)
{
    struct faults *faults = script->faults;
    if (!faults)
        return NULL;
    json_t *stacks = json_array(), *failures = json_array();
    for (size_t i = 0; i < faults_stack_count(faults); i++) {
        struct fault_stack stack = faults_stack(faults, i);
        json_array_append_new(stacks, json_stack(&stack));
    }
    for (size_t i = 0; i < faults_failure_count(faults); i++) {
        struct fault_failure failure = faults_failure(faults, i);
        json_array_append_new(failures, json_failure(faults, &failure));
    }
    return json_pack("{s:I, s:I, s:o, s:o}", "asked", (json_int_t)faults_asked_count(faults),
                     "hung", (json_int_t)script->hung_count, "stacks", stacks, "failures",
                     failures);
}

/* The first line of the frames, without its end. */
static int first_length(const char *frames)
{
    return frames ? (int)strcspn(frames, "\n") : 0;
}

static void print_failures(FILE *out, struct faults *faults, size_t count)
{
    fprintf(out, "call    driver      function                           the caller got"
                 "             then\n");
    for (size_t i = 0; i < count; i++) {
        char text[16];
        struct fault_failure failure = faults_failure(faults, i);
        struct fault_stack stack = faults_stack(faults, failure.stack_index);
        const struct fault_info *info = fault_info(stack.point);
        fprintf(out, "%-6llu  %-10s  %-33s  %-25s  ", (unsigned long long)failure.number,
                stack.driver, info->name, info->sees);
        if (failure.answer_function)
            fprintf(out, "%s: %s", failure.answer_function, status_text(failure.answer, text));
        else
            fputs("went on", out);
        fprintf(out, "\n        call path %016llx: %.*s\n", (unsigned long long)stack.id,
                first_length(stack.frames), stack.frames ? stack.frames : "");
    }
}

static void print_what_could(FILE *out, struct faults *faults, size_t count)
{
    fputs("call path         calls  driver      function                           from\n", out);
    for (size_t i = 0; i < count; i++) {
        struct fault_stack stack = faults_stack(faults, i);
        fprintf(out, "%016llx  %5llu  %-10s  %-33s  %.*s\n", (unsigned long long)stack.id,
                (unsigned long long)stack.seen_count, stack.driver, fault_info(stack.point)->name,
                first_length(stack.frames), stack.frames ? stack.frames : "");
    }
}

void faults_print(struct script *script)
{
    struct faults *faults = script->faults;
    if (!faults)
        return;
    size_t failed = faults_failure_count(faults), stacks = faults_stack_count(faults);
    fprintf(script->out, "%zu of %llu calls were made to fail, on %zu call paths\n", failed,
            (unsigned long long)faults_asked_count(faults), stacks);
    if (failed)
        print_failures(script->out, faults, failed);
    else
        print_what_could(script->out, faults, stacks);
    fflush(script->out);
}
