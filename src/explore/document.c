/* SPDX-License-Identifier: MIT */
/* The end of an exploration as one JSON document. */
#include "explore/explore.h"

#include <jansson.h>

static json_t *finding_json(const struct explore *explore, const struct finding *finding)
{
    static const char *const shown[] = {[SHORT_UNKNOWN] = "nothing",
                                        [SHORT_CUT] = "nothing",
                                        [SHORT_MINIMAL] = "minimal",
                                        [SHORT_FEWEST] = "fewest"};
    json_t *replay = finding->command ? json_sprintf("%s%s%s", finding->command,
                                                     explore->replay_gap, explore->replay_tail)
                                      : json_null();
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:s, s:i, s:i, s:i, s:o}",
                     "title", finding->title, "key", finding->key, "run",
                     (json_int_t)finding->run + 1, "seed", (json_int_t)finding->seed, "runs",
                     (json_int_t)finding->run_count, "decisions_found", (int)finding->found_count,
                     "preemptions", (int)finding->preemptions, "switches", (int)finding->switches,
                     "answers", (int)finding->answers, "minimise_runs",
                     (int)finding->minimise_count, "shown", shown[finding->shortness], "replayed",
                     (int)finding->replayed_count, "faults_found", (int)finding->faults_found,
                     "faults", (int)finding->fault_count, "replay", replay);
}

void summary_json(struct explore *explore)
{
    const struct condis_explore_options *options = explore->options;
    const struct bounded *bounded = &explore->bounded;
    json_t *findings = json_array();
    for (uint32_t i = 0; i < explore->finding_count; i++)
        json_array_append_new(findings, finding_json(explore, &explore->findings[i]));
    json_t *document = json_pack(
        "{s:s, s:s, s:s, s:I, s:{s:i, s:i}, s:I, s:I, s:I, s:i, s:f, s:f, s:f, s:o}", "scenario",
        options->script.path, "verdict", explore->finding_count ? "failed" : "passed", "strategy",
        explore->strategy, "seed", (json_int_t)options->script.seed, "shard", "number",
        (int)options->shard, "of", (int)options->shard_count, "runs",
        (json_int_t)explore->run_count, "runs_failed", (json_int_t)explore->failed_count,
        "schedules", (json_int_t)explore->distinct.count, "processes", (int)explore->slot_count,
        "virtual_s", (double)explore->virtual_100ns / 1e7, "process_s",
        (double)explore->real_ns / 1e9, "processor_s", (double)explore->processor_ns / 1e9,
        "findings", findings);
    if (document && explore_faults(explore))
        json_object_set_new(document, "faulted",
                            json_pack("{s:s, s:I, s:I}", "mode", explore_faults(explore), "calls",
                                      (json_int_t)explore->fault_count, "runs_with",
                                      (json_int_t)explore->faulted_count));
    if (document && explore->is_bounded)
        json_object_set_new(
            document, "bounded",
            json_pack("{s:i, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I}", "preemptions",
                      (int)bounded->preemption_max, "switches", (int)bounded->switch_max, "answers",
                      (int)bounded->answer_max, "known", (json_int_t)bounded->count, "run",
                      (json_int_t)explore->committed, "no_room", (json_int_t)bounded->beyond,
                      "points_lost", (json_int_t)bounded->seen_lost, "other_switches",
                      (json_int_t)bounded->held_switches, "other_answers",
                      (json_int_t)bounded->held_answers));
    if (document && explore->is_pct)
        json_object_set_new(document, "pct",
                            json_pack("{s:i, s:i, s:I, s:f}", "depth", (int)explore->depth, "tasks",
                                      (int)explore->measured_tasks, "points",
                                      (json_int_t)explore->measured_points, "bound",
                                      explore_pct_bound(explore)));
    if (document) {
        json_dumpf(document, options->json, JSON_INDENT(2));
        fputc('\n', options->json);
        fflush(options->json);
    }
    json_decref(document);
}
