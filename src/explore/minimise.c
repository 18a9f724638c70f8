/* SPDX-License-Identifier: MIT */
/* Minimising deletes decisions for as long as the run fails in the same way (delta debugging:
 * Zeller and Hildebrandt, 2002), and then looks for a shorter list elsewhere. What is left is
 * minimal in that no single one can be missed. */
#include "explore/explore.h"

#include <stdlib.h>
#include <string.h>

#define RUNS_MAX   3000u
#define SEARCH_MAX 2000u

bool fails_again(struct explore *explore, struct finding *finding, const struct decision *decisions,
                 uint32_t count, const char *replay)
{
    struct run run = {.number = finding->run,
                      .seed = finding->seed,
                      .strategy = finding->by_seed ? explore->strategy : "usual",
                      .plan = decisions,
                      .plan_count = count};
    if (!state_note(explore, &explore->probe, &run) ||
        !slot_run(&explore->probe, explore->options, &run, replay))
        return false;
    return strcmp(explore->probe.area->key, finding->key) == 0;
}

/* The list under way. */
struct list {
    struct explore *explore;
    struct finding *finding;
    struct decision *decisions;
    struct decision *attempt; /* room for as many */
    uint32_t count;
};

/* Runs the attempt; when it fails too, what it really decided is the new list: planned decisions
 * that no longer met a point fall away by themselves. */
static bool attempt(struct list *list, uint32_t count)
{
    const struct schedule_log *log = &list->explore->probe.area->log;
    list->finding->minimise_count++;
    if (!fails_again(list->explore, list->finding, list->attempt, count, NULL))
        return false;
    if (log->decision_count > count)
        return false; /* cannot be: the usual strategy decides nothing */
    list->count = log->decision_count;
    memcpy(list->decisions, log->decisions, list->count * sizeof *list->decisions);
    return true;
}

static bool may_go_on(const struct list *list)
{
    return list->finding->minimise_count < RUNS_MAX && !list->explore->stop;
}

/* Tries without [start, start + length). */
static bool attempt_without(struct list *list, uint32_t start, uint32_t length)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (i < start || i >= start + length)
            list->attempt[count++] = list->decisions[i];
    return attempt(list, count);
}

/* Tries without any of one kind. */
static void attempt_without_kind(struct list *list, uint8_t kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->decisions[i].kind != kind)
            list->attempt[count++] = list->decisions[i];
    if (count < list->count)
        (void)attempt(list, count);
}

/* Drops pieces of this length; returns whether one could be. */
static bool drop_pieces(struct list *list, uint32_t length)
{
    bool dropped = false;
    uint32_t start = 0;
    while (start < list->count && may_go_on(list)) {
        uint32_t before = list->count;
        if (attempt_without(list, start, length)) {
            dropped = true;
            if (list->count >= before)
                start += length; /* it came back in another form */
        } else {
            start += length;
        }
    }
    return dropped;
}

/* Drops single decisions of one kind: what costs a reader most goes first. */
static bool drop_kind(struct list *list, uint8_t kind)
{
    bool dropped = false;
    for (uint32_t i = 0; i < list->count && may_go_on(list);) {
        uint32_t before = list->count;
        if (list->decisions[i].kind == kind && attempt_without(list, i, 1) && list->count < before)
            dropped = true;
        else
            i++;
    }
    return dropped;
}

/* ---- fewer than deleting leads to ---- */

/* Runs a node of the search; when it passes, what follows from it is added.
 * returns whether it fails like the finding */
static bool search_run(struct list *list, struct bounded *search, uint32_t node)
{
    struct explore *explore = list->explore;
    struct finding *finding = list->finding;
    struct result result = {.children = NULL};
    struct run run = {.number = finding->run,
                      .seed = finding->seed,
                      .strategy = "usual",
                      .plan = search->plan,
                      .observe = true};
    run.plan_count = bounded_plan(search, node, search->plan);
    finding->minimise_count++;
    if (!state_note(explore, &explore->probe, &run) ||
        !slot_run(&explore->probe, explore->options, &run, NULL))
        return false;
    const struct area *area = explore->probe.area;
    if (strcmp(area->key, finding->key) == 0)
        return true;
    if (area->outcome == OUTCOME_PASSED && bounded_children(search, node, &area->log, &result))
        (void)bounded_add(search, &result);
    free(result.children);
    return false;
}

/* A list that was found at random may come from another corner than the shortest one. Those with
 * fewer decisions, all of them preemptions, are tried in order, as far as the budget goes. */
static void search_fewer(struct list *list)
{
    struct bounded search;
    uint32_t preemptions = 0;
    char bounds[32];
    for (uint32_t i = 0; i < list->count; i++)
        preemptions += list->decisions[i].kind == DECISION_PREEMPTS;
    uint32_t most = list->count > preemptions ? preemptions : preemptions - (preemptions > 0);
    snprintf(bounds, sizeof bounds, "bounded:%u", most < 16 ? most : 16);
    if (list->count < 2 || bounded_begin(&search, bounds))
        return;
    uint32_t end = list->finding->minimise_count + SEARCH_MAX;
    for (uint32_t node = 0; node < search.count && list->finding->minimise_count < end; node++) {
        const struct schedule_log *log = &list->explore->probe.area->log;
        if (list->explore->stop || !search_run(list, &search, node))
            continue;
        if (log->decision_count < list->count) {
            list->count = log->decision_count;
            memcpy(list->decisions, log->decisions, list->count * sizeof *list->decisions);
        }
        break;
    }
    bounded_end(&search);
}

bool minimise(struct explore *explore, struct finding *finding, struct decision *decisions,
              uint32_t *count)
{
    struct list list = {explore, finding, decisions, NULL, *count};
    list.attempt = malloc((*count + 1) * sizeof *list.attempt);
    if (!list.attempt)
        return false;
    memcpy(list.attempt, decisions, *count * sizeof *decisions);
    bool again = attempt(&list, *count);
    if (again && list.count > 0) {
        static const uint8_t kinds[] = {DECISION_PREEMPTS, DECISION_SWITCHES, DECISION_ANSWERS};
        for (size_t i = 0; i < sizeof kinds; i++)
            attempt_without_kind(&list, kinds[i]);
        for (uint32_t length = list.count / 2; length > 1; length /= 2)
            (void)drop_pieces(&list, length);
        bool dropped = true;
        while (dropped && may_go_on(&list)) {
            dropped = false;
            for (size_t i = 0; i < sizeof kinds; i++)
                dropped = drop_kind(&list, kinds[i]) || dropped;
        }
        search_fewer(&list);
    }
    *count = list.count;
    free(list.attempt);
    return again;
}
