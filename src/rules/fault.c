/* SPDX-License-Identifier: MIT */
#include "rules/fault.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A copy of the options whose words and numbers are its own. */
struct plan {
    struct fault_options options;
    uint64_t *numbers;
    bool *used; /* FAULTS_STACK: this one has failed */
    char **words[3];
};

/* The injector. One lock: it is for runs that look for faults, not for speed. */
struct faults {
    pthread_mutex_t mutex;
    struct plan plan;
    uint64_t random;
    uint32_t suspended;
    uint64_t asked_count;
    struct fault_stack *stacks;
    size_t stack_count;
    size_t stack_room;
    struct fault_failure *failures;
    size_t failure_count;
    size_t failure_room;
    size_t answered_count; /* failures before this index have their answers */
};

/* ---- the plan ---- */

static void words_free(char **words, size_t count)
{
    for (size_t i = 0; words && i < count; i++)
        free(words[i]);
    free(words);
}

static void plan_fini(struct plan *plan)
{
    words_free(plan->words[0], plan->options.modules.count);
    words_free(plan->words[1], plan->options.functions.count);
    words_free(plan->words[2], plan->options.excluded.count);
    free(plan->numbers);
    free(plan->used);
}

/* Copies the words of one list; false: no memory, and what was copied is freed by plan_fini. */
static bool words_copy(struct fault_words *list, char ***out)
{
    const struct fault_words given = *list;
    list->count = 0;
    if (given.count == 0)
        return true;
    *out = calloc(given.count, sizeof(**out));
    if (!*out)
        return false;
    for (size_t i = 0; i < given.count; i++) {
        (*out)[i] = strdup(given.words[i]);
        list->count = i + 1;
        if (!(*out)[i])
            return false;
    }
    list->words = (const char *const *)*out;
    return true;
}

static bool plan_init(struct plan *plan, const struct fault_options *options)
{
    *plan = (struct plan){.options = *options};
    struct fault_options *own = &plan->options;
    bool copied = words_copy(&own->modules, &plan->words[0]) &&
                  words_copy(&own->functions, &plan->words[1]) &&
                  words_copy(&own->excluded, &plan->words[2]);
    if (copied && own->number_count) {
        plan->numbers = malloc(own->number_count * sizeof(*plan->numbers));
        plan->used = calloc(own->number_count, sizeof(*plan->used));
        copied = plan->numbers && plan->used;
        if (copied)
            memcpy(plan->numbers, own->numbers, own->number_count * sizeof(*plan->numbers));
    }
    own->numbers = plan->numbers;
    if (!own->percent)
        own->percent = FAULTS_PERCENT;
    if (!own->depth)
        own->depth = FAULTS_DEPTH;
    if (!copied)
        plan_fini(plan);
    return copied;
}

/* ---- life ---- */

struct faults *faults_create(const struct fault_options *options)
{
    struct faults *faults = calloc(1, sizeof(*faults));
    if (!faults)
        return NULL;
    if (!plan_init(&faults->plan, options))
        goto free_faults;
    if (pthread_mutex_init(&faults->mutex, NULL) != 0)
        goto end_plan;
    faults->random = options->seed;
    stack_prepare();
    return faults;
end_plan:
    plan_fini(&faults->plan);
free_faults:
    free(faults);
    return NULL;
}

void faults_destroy(struct faults *faults)
{
    if (!faults)
        return;
    pthread_mutex_destroy(&faults->mutex);
    plan_fini(&faults->plan);
    for (size_t i = 0; i < faults->stack_count; i++)
        free((void *)(uintptr_t)faults->stacks[i].frames);
    free(faults->stacks);
    free(faults->failures);
    free(faults);
}

bool faults_configure(struct faults *faults, const struct fault_options *options)
{
    struct plan plan;
    if (!plan_init(&plan, options))
        return false;
    pthread_mutex_lock(&faults->mutex);
    struct plan old = faults->plan;
    faults->plan = plan;
    faults->random = options->seed;
    pthread_mutex_unlock(&faults->mutex);
    plan_fini(&old);
    return true;
}

void faults_suspend(struct faults *faults)
{
    pthread_mutex_lock(&faults->mutex);
    faults->suspended++;
    pthread_mutex_unlock(&faults->mutex);
}

void faults_resume(struct faults *faults)
{
    pthread_mutex_lock(&faults->mutex);
    faults->suspended -= faults->suspended != 0;
    pthread_mutex_unlock(&faults->mutex);
}

/* ---- deciding; the lock is held ---- */

static bool any_matches(const struct fault_words *list, enum fault_point point, const char *driver)
{
    for (size_t i = 0; i < list->count; i++)
        if (faults_matches(list->words[i], point, driver))
            return true;
    return false;
}

static bool is_wanted(const struct fault_options *o, enum fault_point point, const char *driver)
{
    return o->mode != FAULTS_OFF &&
           (o->modules.count == 0 || any_matches(&o->modules, point, driver)) &&
           (o->functions.count == 0 || any_matches(&o->functions, point, driver)) &&
           !any_matches(&o->excluded, point, driver);
}

/* Two functions may be reached by tail calls from one place, so the point counts too. */
static uint64_t identify(const struct stack *stack, enum fault_point point, uint32_t depth)
{
    uint64_t id = stack_hash(stack, depth);
    for (const char *at = fault_info(point)->name; *at; at++)
        id = (id ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return id ? id : 1;
}

static bool is_excluded(const struct fault_options *o, uint64_t id)
{
    for (size_t i = 0; i < o->excluded.count; i++) {
        char *end;
        const char *word = o->excluded.words[i];
        if (strlen(word) == 16 && strtoull(word, &end, 16) == id && !*end)
            return true;
    }
    return false;
}

/* Makes room for one more; false: no memory, and the call is neither kept nor failed. */
static bool grow(void **items, size_t count, size_t *room, size_t item_bytes)
{
    if (count < *room)
        return true;
    size_t more = *room ? *room * 2 : 64;
    void *grown = realloc(*items, more * item_bytes);
    if (!grown)
        return false;
    *items = grown;
    *room = more;
    return true;
}

static void copy_name(char out[FAULT_NAME_BYTES], const char *name)
{
    size_t length = strnlen(name, FAULT_NAME_BYTES - 1);
    memcpy(out, name, length);
    out[length] = 0;
}

/* returns  the stack's record, made if it is new; NULL: no memory. A driver has some hundreds of
 * stacks at the most, so they are searched one by one. */
static struct fault_stack *find_stack(struct faults *faults, enum fault_point point,
                                      const struct fault_caller *caller, const void *nearest)
{
    struct stack stack;
    stack_take(&stack, nearest);
    uint64_t id = identify(&stack, point, faults->plan.options.depth);
    for (size_t i = 0; i < faults->stack_count; i++)
        if (faults->stacks[i].id == id)
            return &faults->stacks[i];
    void *stacks = faults->stacks;
    if (!grow(&stacks, faults->stack_count, &faults->stack_room, sizeof(*faults->stacks)))
        return NULL;
    faults->stacks = stacks;
    struct fault_stack *found = &faults->stacks[faults->stack_count++];
    *found = (struct fault_stack){
        .id = id, .point = point, .first_number = faults->asked_count + 1, .stack = stack};
    copy_name(found->driver, caller->driver);
    return found;
}

static bool is_number(const struct plan *plan, uint64_t number)
{
    for (size_t i = 0; i < plan->options.number_count; i++)
        if (plan->numbers[i] == number)
            return true;
    return false;
}

/* A stack in the plan fails once for each time that it stands there. */
static bool take_planned(struct plan *plan, uint64_t id)
{
    for (size_t i = 0; i < plan->options.number_count; i++) {
        if (plan->numbers[i] == id && !plan->used[i]) {
            plan->used[i] = true;
            return true;
        }
    }
    return false;
}

/* SplitMix64, which needs no warming up. */
static bool draw(uint64_t *random, uint32_t percent)
{
    uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % 100 < percent;
}

static bool decide(struct faults *faults, const struct fault_stack *stack)
{
    struct plan *plan = &faults->plan;
    uint64_t number = faults->asked_count;
    switch (plan->options.mode) {
    case FAULTS_SYSTEMATIC:
        return stack->seen_count == 1 && !is_number(plan, stack->id);
    case FAULTS_STACK:
        return take_planned(plan, stack->id);
    case FAULTS_NTH:
        return is_number(plan, number);
    case FAULTS_FROM:
        return plan->options.number_count && number >= plan->numbers[0];
    case FAULTS_RANDOM:
        return draw(&faults->random, plan->options.percent);
    case FAULTS_OFF:
    case FAULTS_WHAT_IF:
    case FAULT_MODE_COUNT:
        break;
    }
    return false;
}

static bool keep_failure(struct faults *faults, const struct fault_stack *stack,
                         const struct fault_caller *caller)
{
    void *failures = faults->failures;
    if (!grow(&failures, faults->failure_count, &faults->failure_room, sizeof(*faults->failures)))
        return false;
    faults->failures = failures;
    struct fault_failure *failure = &faults->failures[faults->failure_count++];
    *failure = (struct fault_failure){
        .number = faults->asked_count,
        .time_100ns = caller->time_100ns,
        .stack_index = (size_t)(stack - faults->stacks),
        .owner = caller->owner,
    };
    copy_name(failure->host, caller->host);
    return true;
}

static bool ask(struct faults *faults, enum fault_point point, struct fault_caller *caller,
                const void *nearest)
{
    const struct fault_options *o = &faults->plan.options;
    if (faults->suspended || !is_wanted(o, point, caller->driver))
        return false;
    struct fault_stack *stack = find_stack(faults, point, caller, nearest);
    if (!stack || is_excluded(o, stack->id))
        return false;
    caller->number = ++faults->asked_count;
    stack->seen_count++;
    bool fails = decide(faults, stack);
    if (!stack->frames && !o->brief && (fails || o->mode == FAULTS_WHAT_IF))
        stack->frames = fault_frames(&stack->stack, o->depth);
    if (!fails || !keep_failure(faults, stack, caller))
        return false;
    stack->failed_count++;
    if (o->hear)
        o->hear(o->context, stack, &faults->failures[faults->failure_count - 1]);
    return true;
}

bool faults_ask(struct faults *faults, enum fault_point point, struct fault_caller *caller)
{
    caller->number = 0;
    pthread_mutex_lock(&faults->mutex);
    bool fails = ask(faults, point, caller, __builtin_return_address(0));
    pthread_mutex_unlock(&faults->mutex);
    return fails;
}

void faults_answer(struct faults *faults, const void *owner, const char *function, uint32_t status)
{
    pthread_mutex_lock(&faults->mutex);
    for (size_t i = faults->answered_count; i < faults->failure_count; i++) {
        struct fault_failure *failure = &faults->failures[i];
        if (failure->owner != owner || failure->answer_function)
            continue;
        failure->answer_function = function;
        failure->answer = status;
    }
    while (faults->answered_count < faults->failure_count &&
           faults->failures[faults->answered_count].answer_function)
        faults->answered_count++;
    pthread_mutex_unlock(&faults->mutex);
}

/* ---- reading ---- */

uint64_t faults_asked_count(struct faults *faults)
{
    pthread_mutex_lock(&faults->mutex);
    uint64_t count = faults->asked_count;
    pthread_mutex_unlock(&faults->mutex);
    return count;
}

size_t faults_stack_count(struct faults *faults)
{
    pthread_mutex_lock(&faults->mutex);
    size_t count = faults->stack_count;
    pthread_mutex_unlock(&faults->mutex);
    return count;
}

size_t faults_failure_count(struct faults *faults)
{
    pthread_mutex_lock(&faults->mutex);
    size_t count = faults->failure_count;
    pthread_mutex_unlock(&faults->mutex);
    return count;
}

struct fault_stack faults_stack(struct faults *faults, size_t index)
{
    pthread_mutex_lock(&faults->mutex);
    assert(index < faults->stack_count);
    struct fault_stack stack = faults->stacks[index];
    pthread_mutex_unlock(&faults->mutex);
    return stack;
}

struct fault_failure faults_failure(struct faults *faults, size_t index)
{
    pthread_mutex_lock(&faults->mutex);
    assert(index < faults->failure_count);
    struct fault_failure failure = faults->failures[index];
    pthread_mutex_unlock(&faults->mutex);
    return failure;
}
