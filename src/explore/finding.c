/* SPDX-License-Identifier: MIT */
/* A finding is one way to fail, however many runs fail that way. */
#define _GNU_SOURCE
#include "explore/explore.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REPLAYS 3u

static struct finding *finding_of(struct explore *explore, const char *key)
{
    for (uint32_t i = 0; i < explore->finding_count; i++)
        if (!strcmp(explore->findings[i].key, key))
            return &explore->findings[i];
    return NULL;
}

static struct finding *finding_add(struct explore *explore, const struct result *result)
{
    if (explore->finding_count == explore->finding_room) {
        uint32_t room = explore->finding_room ? 2 * explore->finding_room : 16;
        struct finding *findings = realloc(explore->findings, room * sizeof *findings);
        if (!findings)
            return NULL;
        explore->findings = findings;
        explore->finding_room = room;
    }
    struct finding *finding = &explore->findings[explore->finding_count++];
    *finding = (struct finding){.run = result->number,
                                .seed = result->seed,
                                .run_count = 1,
                                .found_count = result->decision_count,
                                .by_seed = result->decisions == NULL,
                                .faults_found = result->fault_count,
                                .by_mode = result->faults == NULL};
    snprintf(finding->key, sizeof finding->key, "%s", result->key);
    snprintf(finding->title, sizeof finding->title, "%s", result->title);
    return finding;
}

void findings_free(struct explore *explore)
{
    for (uint32_t i = 0; i < explore->finding_count; i++) {
        free(explore->findings[i].command);
        free(explore->findings[i].report);
    }
    free(explore->findings);
    explore->findings = NULL;
    explore->finding_count = 0;
}

static void count_kinds(struct finding *finding, const struct recipe *recipe)
{
    uint32_t *const counts[] = {&finding->preemptions, &finding->switches, &finding->answers};
    finding->decision_count = recipe->decision_count;
    finding->fault_count = finding->by_mode ? finding->faults_found : recipe->fault_count;
    for (uint32_t i = 0; i < recipe->decision_count; i++)
        ++*counts[recipe->decisions[i].kind];
}

/* What the last replay made to fail, which knows files and lines. */
static void print_faults(FILE *file, const struct explore *explore, const struct finding *finding)
{
    const struct area *area = explore->probe.area;
    if (!explore_faults(explore))
        return;
    fprintf(file, "  faults    %u call%s that fail%s, of %u\n", finding->fault_count,
            finding->fault_count == 1 ? "" : "s", finding->fault_count == 1 ? "s" : "",
            finding->faults_found);
    for (uint32_t i = 0; i < area->fault_count && i < EXPLORE_FAULTS_MAX; i++) {
        const struct area_fault *fault = &area->faults[i];
        fprintf(file, "            call %" PRIu64 ": %s gets %s from %s%s%s\n", fault->number,
                fault->driver, fault->sees, fault->function,
                fault->place[0] ? ", called from " : "", fault->place);
    }
}

static void print_counts(FILE *file, const struct finding *finding)
{
    if (finding->by_seed) {
        fprintf(file, "  schedule  %u decisions, too many to shorten: the seed has them\n",
                finding->found_count);
        return;
    }
    fprintf(file,
            "  schedule  %u preemption%s, %u other switch%s, %u answer%s that %s not usual; of %u "
            "decisions, in %u runs\n",
            finding->preemptions, finding->preemptions == 1 ? "" : "s", finding->switches,
            finding->switches == 1 ? "" : "es", finding->answers, finding->answers == 1 ? "" : "s",
            finding->answers == 1 ? "is" : "are", finding->found_count, finding->minimise_count);
}

/* Which of "cannot be missed" and "no fewer do" was shown, and which the budget left open. */
static void print_shortness(FILE *file, const struct finding *finding, uint32_t budget)
{
    uint32_t left = (finding->by_seed ? 0 : finding->decision_count) +
                    (finding->by_mode ? 0 : finding->fault_count);
    const char *none = left ? "none of these can be missed" : "nothing unusual is needed";
    fputs("  minimal   ", file);
    switch (finding->shortness) {
    case SHORT_UNKNOWN:
        fputs("not shown: it did not fail in this way again\n", file);
        break;
    case SHORT_CUT:
        fprintf(file, "not shown: not each of these was tried without, in %u runs\n", budget);
        break;
    case SHORT_MINIMAL:
        fprintf(file, "%s; not every shorter list of preemptions was tried, in %u runs\n", none,
                budget);
        break;
    case SHORT_FEWEST:
        fprintf(file, "%s%s\n", none,
                finding->decision_count > 1 ? "; every shorter list of preemptions passes" : "");
        break;
    }
}

/* The report as it is kept: what, when, in which order, how to see it again, and what was told. */
static char *compose(const struct explore *explore, const struct finding *finding,
                     const struct recipe *recipe, const char *told)
{
    char *text = NULL;
    size_t bytes;
    uint32_t number = (uint32_t)(finding - explore->findings) + 1;
    FILE *file = open_memstream(&text, &bytes);
    if (!file)
        return NULL;
    fprintf(file, "finding %u: %s\n", number, finding->title);
    fprintf(file, "  found     in run %" PRIu64 ", seed %" PRIu64 "\n", finding->run + 1,
            finding->seed);
    print_faults(file, explore, finding);
    print_counts(file, finding);
    for (uint32_t i = 0; i < finding->decision_count; i++) {
        fputs("            ", file);
        schedule_describe(file, &recipe->decisions[i], &explore->probe.area->log);
        fputc('\n', file);
    }
    if (!finding->by_seed || !finding->by_mode)
        print_shortness(file, finding, explore->options->shorten_max);
    fprintf(file, "  replayed  %u of %u times it ended the same way%s\n", finding->replayed_count,
            REPLAYS,
            finding->replayed_count == REPLAYS
                ? ""
                : ": it depends on something that the seed does not decide");
    fprintf(file, "  replay    %s%s%s\n", finding->command ? finding->command : "(no memory)",
            explore->replay_gap, explore->replay_tail);
    fputs(told, file);
    fclose(file);
    return text;
}

static bool keep(struct explore *explore, struct finding *finding, const struct result *result,
                 const struct recipe *recipe)
{
    uint32_t number = (uint32_t)(finding - explore->findings) + 1;
    const struct schedule_log *log = &explore->probe.area->log;
    char *told = slot_text(&explore->probe);
    finding->report = compose(explore, finding, recipe, told ? told : "");
    free(told);
    if (!finding->report)
        return explore_refuse(explore, "no memory for a finding");
    if (!finding->by_seed && !state_write_schedule(explore, number, "found", result->decisions,
                                                   result->decision_count, log))
        return false;
    return state_write_text(explore, number, "report.txt", finding->report);
}

/* The screen gets the first broken rule; those that follow from it are in the file. */
static void tell(struct explore *explore, const struct finding *finding)
{
    static const char mark[] = "\nrule broken: ";
    uint32_t number = (uint32_t)(finding - explore->findings) + 1;
    const char *first = strstr(finding->report, mark);
    const char *second = first ? strstr(first + 1, mark) : NULL;
    progress_break(explore);
    if (second)
        fprintf(explore->out, "%.*s\n  and more, in %s/findings/%" PRIu32 "/report.txt\n",
                (int)(second - finding->report), finding->report, explore->dir, number);
    else
        fputs(finding->report, explore->out);
    fputc('\n', explore->out);
    fflush(explore->out);
}

/* Fills the recipe with the result's own lists, as far as it kept them. */
static bool recipe_of(struct recipe *recipe, const struct finding *finding,
                      const struct result *result)
{
    uint32_t decision_count = finding->by_seed ? 0 : result->decision_count;
    uint32_t fault_count = finding->by_mode ? 0 : result->fault_count;
    if (!recipe_begin(recipe, decision_count, fault_count))
        return false;
    recipe->decision_count = decision_count;
    recipe->fault_count = fault_count;
    if (decision_count)
        memcpy(recipe->decisions, result->decisions, decision_count * sizeof *recipe->decisions);
    if (fault_count)
        memcpy(recipe->faults, result->faults, fault_count * sizeof *recipe->faults);
    return true;
}

/* Writes the schedule that is left, and the command that has the finding again. */
static bool write_command(struct explore *explore, struct finding *finding,
                          const struct recipe *recipe)
{
    uint32_t number = explore->finding_count;
    char *path = finding->by_seed ? NULL : state_finding_path(explore, number, "schedule");
    char *faults = recipe_faults(explore, finding, recipe);
    finding->command = explore_command(explore, finding->seed, path, faults);
    free(faults);
    free(path);
    return finding->by_seed ||
           state_write_schedule(explore, number, "schedule", recipe->decisions,
                                recipe->decision_count, &explore->probe.area->log);
}

static bool finding_new(struct explore *explore, const struct result *result)
{
    struct finding *finding = finding_add(explore, result);
    struct recipe recipe;
    if (!finding || !recipe_of(&recipe, finding, result))
        return explore_refuse(explore, "no memory for a finding");
    progress_break(explore);
    if (!finding->by_seed || recipe.fault_count > 0)
        (void)minimise(explore, finding, &recipe);
    count_kinds(finding, &recipe);
    bool written = write_command(explore, finding, &recipe);
    for (uint32_t i = 0; i < REPLAYS && written; i++)
        finding->replayed_count += fails_again(explore, finding, &recipe, finding->command);
    written = written && keep(explore, finding, result, &recipe);
    recipe_end(&recipe);
    if (written)
        tell(explore, finding);
    return written;
}

bool finding_take(struct explore *explore, const struct result *result)
{
    struct finding *known = finding_of(explore, result->key);
    if (known) {
        known->run_count++;
        return true;
    }
    uint32_t most = explore->options->finding_max;
    if (most && explore->finding_count == most)
        return true;
    bool taken = finding_new(explore, result);
    if (most && explore->finding_count == most)
        explore->stop = true;
    return taken && state_save(explore);
}
