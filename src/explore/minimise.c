/* SPDX-License-Identifier: MIT */
/* Minimising deletes faults and decisions for as long as the run fails in the same way (delta
 * debugging: Zeller and Hildebrandt, 2002), and then looks for a shorter list elsewhere. What is
 * left is minimal in that no single one can be missed. */
#include "explore/explore.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- recipes ---- */

bool recipe_begin(struct recipe *recipe, uint32_t decision_room, uint32_t fault_room)
{
    *recipe = (struct recipe){
        .decisions = malloc(((size_t)decision_room + 1) * sizeof *recipe->decisions),
        .faults = malloc(((size_t)fault_room + 1) * sizeof *recipe->faults),
    };
    if (recipe->decisions && recipe->faults)
        return true;
    recipe_end(recipe);
    return false;
}

void recipe_end(struct recipe *recipe)
{
    free(recipe->decisions);
    free(recipe->faults);
    *recipe = (struct recipe){.decisions = NULL};
}

char *recipe_faults(const struct explore *explore, const struct finding *finding,
                    const struct recipe *recipe)
{
    char *text = NULL;
    size_t bytes;
    if (!explore_faults(explore))
        return NULL;
    if (finding->by_mode)
        return strdup(explore_faults(explore));
    if (recipe->fault_count == 0)
        return strdup("off");
    FILE *file = open_memstream(&text, &bytes);
    if (!file)
        return NULL;
    for (uint32_t i = 0; i < recipe->fault_count; i++)
        fprintf(file, "%s%" PRIu64, i ? "," : "nth=", recipe->faults[i]);
    fclose(file);
    return text;
}

bool fails_again(struct explore *explore, struct finding *finding, const struct recipe *recipe,
                 const char *replay)
{
    char *faults = recipe_faults(explore, finding, recipe);
    struct run run = {.number = finding->run,
                      .seed = finding->seed,
                      .strategy = finding->by_seed ? explore->strategy : "usual",
                      .plan = recipe->decisions,
                      .plan_count = recipe->decision_count,
                      .faults = faults};
    bool ran = (faults || !explore_faults(explore)) && state_note(explore, &explore->probe, &run) &&
               slot_run(&explore->probe, explore->options, &run, replay);
    free(faults);
    return ran && strcmp(explore->probe.area->key, finding->key) == 0;
}

/* The search under way. */
struct search {
    struct explore *explore;
    struct finding *finding;
    struct recipe *best;   /* the shortest that fails */
    struct recipe attempt; /* room for as many */
};

/* What of a recipe is dropped: faults, or decisions of one kind, or of any. */
enum { DROP_FAULTS = 100, DROP_DECISIONS };

/* The best becomes what the probe's run really decided, and what really failed in it: planned
 * decisions that no longer met a point, and calls that were not reached, fall away by themselves.
 * returns false: it cannot be had by lists; the usual strategy decides nothing of its own */
static bool take_probe(struct search *search)
{
    const struct area *area = search->explore->probe.area;
    const struct finding *finding = search->finding;
    if (!finding->by_seed && area->log.decision_count > search->attempt.decision_count)
        return false;
    if (!finding->by_mode && area->fault_count > search->attempt.fault_count)
        return false;
    struct recipe *best = search->best;
    best->decision_count = finding->by_seed ? 0 : area->log.decision_count;
    best->fault_count = finding->by_mode ? 0 : area->fault_count;
    memcpy(best->decisions, area->decisions, best->decision_count * sizeof *best->decisions);
    for (uint32_t i = 0; i < best->fault_count; i++)
        best->faults[i] = area->faults[i].number;
    return true;
}

static bool attempt(struct search *search)
{
    search->finding->minimise_count++;
    return fails_again(search->explore, search->finding, &search->attempt, NULL) &&
           take_probe(search);
}

static bool may_go_on(const struct search *search)
{
    return search->finding->minimise_count < search->explore->options->shorten_max &&
           !search->explore->stop;
}

static uint32_t length_of(const struct search *search, int what)
{
    return what == DROP_FAULTS ? search->best->fault_count : search->best->decision_count;
}

static bool is_of(const struct search *search, int what, uint32_t index)
{
    return what >= DROP_FAULTS || search->best->decisions[index].kind == what;
}

/* Tries without what is meant of [start, start + length).
 * returns whether it fails then too, and is shorter */
static bool attempt_without(struct search *search, int what, uint32_t start, uint32_t length)
{
    const struct recipe *best = search->best;
    struct recipe *attempted = &search->attempt;
    uint32_t before = length_of(search, what), kept = 0;
    attempted->decision_count = best->decision_count;
    attempted->fault_count = best->fault_count;
    memcpy(attempted->decisions, best->decisions, best->decision_count * sizeof *best->decisions);
    memcpy(attempted->faults, best->faults, best->fault_count * sizeof *best->faults);
    for (uint32_t i = 0; i < before; i++) {
        if (i >= start && i - start < length && is_of(search, what, i))
            continue;
        if (what == DROP_FAULTS)
            attempted->faults[kept++] = best->faults[i];
        else
            attempted->decisions[kept++] = best->decisions[i];
    }
    if (kept == before)
        return false;
    *(what == DROP_FAULTS ? &attempted->fault_count : &attempted->decision_count) = kept;
    /* It may come back in another form, as long as before. */
    return attempt(search) && length_of(search, what) < before;
}

/* Drops pieces of this length; returns whether one could be. */
static bool drop_pieces(struct search *search, int what, uint32_t length)
{
    bool dropped = false;
    uint32_t start = 0;
    while (start < length_of(search, what) && may_go_on(search)) {
        if (attempt_without(search, what, start, length))
            dropped = true;
        else
            start += length;
    }
    return dropped;
}

/* Drops halves, then halves of those, and so on; single ones are left. */
static void drop_halves(struct search *search, int what)
{
    for (uint32_t length = length_of(search, what) / 2; length > 1; length /= 2)
        (void)drop_pieces(search, what, length);
}

/* What costs a reader most goes first: calls that fail, then preemptions. */
static void drop_all(struct search *search)
{
    static const int order[] = {DROP_FAULTS, DECISION_PREEMPTS, DECISION_SWITCHES,
                                DECISION_ANSWERS};
    enum { ORDER_COUNT = sizeof order / sizeof order[0] };
    for (size_t i = 0; i < ORDER_COUNT; i++)
        (void)attempt_without(search, order[i], 0, UINT32_MAX);
    drop_halves(search, DROP_FAULTS);
    drop_halves(search, DROP_DECISIONS);
    for (bool dropped = true; dropped && may_go_on(search);) {
        dropped = false;
        for (size_t i = 0; i < ORDER_COUNT; i++)
            dropped = drop_pieces(search, order[i], 1) || dropped;
    }
    if (may_go_on(search)) /* the last round tried without each */
        search->finding->shortness = SHORT_MINIMAL;
}

/* ---- fewer than deleting leads to ---- */

/* Runs a node of the tree; when it passes, what follows from it is added.
 * returns whether it fails like the finding */
static bool tree_run(struct search *search, struct bounded *tree, uint32_t node, const char *faults)
{
    struct explore *explore = search->explore;
    struct finding *finding = search->finding;
    struct result result = {.children = NULL};
    struct run run = {.number = finding->run,
                      .seed = finding->seed,
                      .strategy = "usual",
                      .plan = tree->plan,
                      .faults = faults,
                      .observe = true};
    run.plan_count = bounded_plan(tree, node, tree->plan);
    finding->minimise_count++;
    if (!state_note(explore, &explore->probe, &run) ||
        !slot_run(&explore->probe, explore->options, &run, NULL))
        return false;
    const struct area *area = explore->probe.area;
    if (strcmp(area->key, finding->key) == 0)
        return true;
    if (area->outcome == OUTCOME_PASSED && bounded_children(tree, node, &area->log, &result))
        (void)bounded_add(tree, &result);
    free(result.children);
    return false;
}

/* The most preemptions that a list may have to be shorter than the best; it may have fewer. */
static uint32_t preemptions_below(const struct recipe *best)
{
    uint32_t preemptions = 0;
    for (uint32_t i = 0; i < best->decision_count; i++)
        preemptions += best->decisions[i].kind == DECISION_PREEMPTS;
    return best->decision_count > preemptions ? preemptions : preemptions - (preemptions > 0);
}

/* A list that was found at random may come from another corner than the shortest one. Those with
 * fewer decisions, all of them preemptions, are tried in order, as far as the budget goes.
 * returns whether no shorter one is left that was not tried */
static bool search_fewer(struct search *search)
{
    struct bounded tree;
    struct recipe *best = search->best;
    char bounds[32];
    uint32_t node = 0;
    bool found = false;
    if (best->decision_count < 2)
        return true; /* with one less it is the usual order, which was tried */
    snprintf(bounds, sizeof bounds, "bounded:%" PRIu32, preemptions_below(best));
    if (bounded_begin(&tree, bounds))
        return false;
    char *faults = recipe_faults(search->explore, search->finding, best);
    uint32_t end = search->finding->minimise_count + search->explore->options->shorten_max;
    while (!found && node < tree.count && search->finding->minimise_count < end &&
           !search->explore->stop)
        found = tree_run(search, &tree, node++, faults);
    bool all = found || (node == tree.count && !tree.beyond && !tree.seen_lost);
    if (found) {
        search->attempt.decision_count = best->decision_count - 1;
        search->attempt.fault_count = best->fault_count;
        all = take_probe(search);
    }
    free(faults);
    bounded_end(&tree);
    return all;
}

bool minimise(struct explore *explore, struct finding *finding, struct recipe *recipe)
{
    struct search search = {explore, finding, recipe, {NULL, 0, NULL, 0}};
    if (!recipe_begin(&search.attempt, recipe->decision_count, recipe->fault_count))
        return false;
    search.attempt.decision_count = recipe->decision_count;
    search.attempt.fault_count = recipe->fault_count;
    memcpy(search.attempt.decisions, recipe->decisions,
           recipe->decision_count * sizeof *recipe->decisions);
    memcpy(search.attempt.faults, recipe->faults, recipe->fault_count * sizeof *recipe->faults);
    bool again = attempt(&search);
    if (again) {
        finding->shortness = SHORT_CUT;
        drop_all(&search);
        if (search_fewer(&search) && finding->shortness == SHORT_MINIMAL)
            finding->shortness = SHORT_FEWEST;
    }
    recipe_end(&search.attempt);
    return again;
}
