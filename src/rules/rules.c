/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "rules/trap.h"

static void lock(struct rules *rules)
{
    int error = pthread_mutex_lock(&rules->mutex);
    assert(error == 0);
    (void)error;
}

static void unlock(struct rules *rules)
{
    int error = pthread_mutex_unlock(&rules->mutex);
    assert(error == 0);
    (void)error;
}

static void assert_rule(enum rule_id id)
{
    assert(id > RULE_NONE);
    assert(id < RULE_ID_COUNT);
}

/* Recursive, so that a subscriber may ask for the counts while it is being told. */
bool rules_init(struct rules *rules)
{
    pthread_mutexattr_t attributes;
    bool made = false;

    memset(rules, 0, sizeof(*rules));
    if (pthread_mutexattr_init(&attributes) != 0)
        return false;
    if (pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE) == 0)
        made = pthread_mutex_init(&rules->mutex, &attributes) == 0;
    pthread_mutexattr_destroy(&attributes);
    return made;
}

void rules_fini(struct rules *rules)
{
    int error = pthread_mutex_destroy(&rules->mutex);
    assert(error == 0); /* somebody still reports */
    (void)error;
}

void rules_set_run(struct rules *rules, const struct rules_run *run)
{
    lock(rules);
    rules->seeded = run->seeded;
    rules->seed = run->seed;
    snprintf(rules->command, sizeof(rules->command), "%s", run->command ? run->command : "");
    snprintf(rules->arguments, sizeof(rules->arguments), "%s",
             run->arguments ? run->arguments : "");
    unlock(rules);
}

void rules_set_policy(struct rules *rules, enum rules_policy policy, rules_stopper *stop,
                      void *context)
{
    assert(policy != RULES_STOP || stop);
    lock(rules);
    rules->policy = policy;
    rules->stop = stop;
    rules->stop_context = context;
    unlock(rules);
}

bool rules_subscribe(struct rules *rules, rules_subscriber *tell, void *context)
{
    bool added = false;

    assert(tell);
    lock(rules);
    assert(!rules->telling);
    for (size_t i = 0; i < RULES_SUBSCRIBERS_MAX && !added; i++) {
        if (rules->subscriber[i].tell)
            continue;
        rules->subscriber[i].tell = tell;
        rules->subscriber[i].context = context;
        added = true;
    }
    unlock(rules);
    return added;
}

void rules_unsubscribe(struct rules *rules, rules_subscriber *tell, void *context)
{
    lock(rules);
    assert(!rules->telling);
    for (size_t i = 0; i < RULES_SUBSCRIBERS_MAX; i++) {
        if (rules->subscriber[i].tell != tell || rules->subscriber[i].context != context)
            continue;
        rules->subscriber[i].tell = NULL;
        rules->subscriber[i].context = NULL;
        break;
    }
    unlock(rules);
}

/* Locked. The command line that leads to this break again. */
static void write_replay(const struct rules *rules, struct rule_break *brk)
{
    const char *space = rules->arguments[0] ? " " : "";
    int length = 0;

    brk->replay[0] = '\0';
    if (!rules->command[0])
        return;
    if (brk->step)
        length = snprintf(brk->replay, sizeof(brk->replay), "%s --stop-at %" PRIu64 "%s%s",
                          rules->command, brk->step, space, rules->arguments);
    else
        length = snprintf(brk->replay, sizeof(brk->replay), "%s%s%s", rules->command, space,
                          rules->arguments);
    if (length < 0 || (size_t)length >= sizeof(brk->replay))
        brk->replay[0] = '\0'; /* half a command would replay something else */
}

/* Locked. The copy that everybody gets carries what only the sink knows. */
static void complete_break(struct rules *rules, struct rule_break *brk)
{
    brk->seeded = rules->seeded;
    brk->seed = rules->seed;
    write_replay(rules, brk);
    brk->expected = rules->expect_depth[brk->id] > 0;
}

/* Locked. */
static void count_break(struct rules *rules, const struct rule_break *brk)
{
    rules->count[brk->id]++;
    if (brk->expected)
        rules->expected_seen[brk->id]++;
    else
        rules->unexpected[brk->id]++;
    if (rules->kept_count < RULES_KEPT_MAX)
        rules->kept[rules->kept_count++] = *brk;
}

/* Locked. */
static void tell_subscribers(struct rules *rules, const struct rule_break *brk)
{
    assert(!rules->telling); /* a subscriber must not report */
    rules->telling = true;
    for (size_t i = 0; i < RULES_SUBSCRIBERS_MAX; i++)
        if (rules->subscriber[i].tell)
            rules->subscriber[i].tell(rules->subscriber[i].context, brk);
    rules->telling = false;
}

/* Where the runtime returns to the driver that broke the rule by calling it; NULL: it did not call
 * (its handler has returned, its memory was touched, it is gone), or left no frame behind. */
static const void *caller_of(const struct rule_break *brk)
{
    if (brk->handler || !brk->stack.count)
        return NULL;
    const void *address = brk->stack.frame[0];
    return !brk->code || stack_same_object(address, brk->code) ? address : NULL;
}

void rules_report(struct rules *rules, const struct rule_break *brk)
{
    struct rule_break told = *brk;
    rules_stopper *stop = NULL;
    bool debug = false;
    void *context;

    assert_rule(brk->id);
    lock(rules);
    complete_break(rules, &told);
    count_break(rules, &told);
    tell_subscribers(rules, &told);
    if (!told.expected && rule_info(told.id)->severity == SEVERITY_VIOLATION) {
        stop = rules->policy == RULES_STOP ? rules->stop : NULL;
        debug = rules->policy == RULES_DEBUG;
    }
    context = rules->stop_context;
    unlock(rules);
    if (stop)
        stop(context, &told);
    if (debug)
        (void)trap_raise(caller_of(brk));
}

void rules_expect(struct rules *rules, enum rule_id id)
{
    assert_rule(id);
    lock(rules);
    assert(rules->expect_depth[id] < UINT16_MAX);
    if (rules->expect_depth[id]++ == 0)
        rules->expected_seen[id] = 0;
    unlock(rules);
}

uint64_t rules_expect_end(struct rules *rules, enum rule_id id)
{
    uint64_t seen_count;

    assert_rule(id);
    lock(rules);
    assert(rules->expect_depth[id] > 0);
    rules->expect_depth[id]--;
    seen_count = rules->expected_seen[id];
    if (seen_count == 0)
        rules->unmet[id] = true;
    unlock(rules);
    return seen_count;
}

bool rules_expected_met(struct rules *rules, enum rule_id *missing)
{
    enum rule_id first = RULE_NONE;

    lock(rules);
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT && first == RULE_NONE; id++)
        if (rules->unmet[id] || (rules->expect_depth[id] > 0 && rules->expected_seen[id] == 0))
            first = (enum rule_id)id;
    unlock(rules);
    if (missing)
        *missing = first;
    return first == RULE_NONE;
}

uint64_t rules_count(struct rules *rules)
{
    uint64_t sum = 0;

    lock(rules);
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++)
        sum += rules->count[id];
    unlock(rules);
    return sum;
}

uint64_t rules_count_of(struct rules *rules, enum rule_id id)
{
    uint64_t count;

    assert_rule(id);
    lock(rules);
    count = rules->count[id];
    unlock(rules);
    return count;
}

uint64_t rules_unexpected_count(struct rules *rules)
{
    uint64_t sum = 0;

    lock(rules);
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++)
        if (rule_info((enum rule_id)id)->severity == SEVERITY_VIOLATION)
            sum += rules->unexpected[id];
    unlock(rules);
    return sum;
}

bool rules_kept(struct rules *rules, uint32_t index, struct rule_break *out)
{
    bool kept;

    lock(rules);
    kept = index < rules->kept_count;
    if (kept)
        *out = rules->kept[index];
    unlock(rules);
    return kept;
}
