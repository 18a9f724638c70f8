/* SPDX-License-Identifier: MIT */
/* What a person sees: one line that goes on, and at the end what was and what was not covered. */
#include "explore/explore.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define SECOND_NS   1000000000ull
#define REDRAW_NS   100000000ull
#define BAR_COLUMNS 24

static uint64_t used_ns(const struct explore *explore)
{
    return explore->used_ns + (process_now_ns() - explore->start_ns);
}

/* Of the runs of this process: what a checkpoint had took other time. */
static double runs_a_second(const struct explore *explore)
{
    double seconds = (double)used_ns(explore) / (double)SECOND_NS;
    return seconds > 0 ? (double)explore->run_count / seconds : 0;
}

/* How much of what was asked for is done: by runs, by time or by schedules that are known. */
static double share_done(const struct explore *explore, uint64_t *total)
{
    const struct condis_explore_options *options = explore->options;
    uint64_t seconds = options->seconds_max;
    *total = explore->is_bounded ? explore->bounded.count : explore_run_limit(explore);
    if (explore->is_bounded && options->run_max && options->run_max < *total)
        *total = options->run_max;
    double by_runs = *total ? (double)explore->committed / (double)*total : 0;
    double by_time = seconds ? (double)used_ns(explore) / (double)SECOND_NS / (double)seconds : 0;
    double share = by_runs > by_time ? by_runs : by_time;
    return share > 1 ? 1 : share;
}

static void print_line(struct explore *explore, double share, uint64_t total)
{
    fprintf(explore->out, "%3.0f %%  %" PRIu64, share * 100, explore->run_count);
    if (total)
        fprintf(explore->out, " of %" PRIu64, total);
    fprintf(explore->out, " runs, %.0f a second, %u finding%s", runs_a_second(explore),
            explore->finding_count, explore->finding_count == 1 ? "" : "s");
}

static void draw_bar(struct explore *explore, double share)
{
    char bar[BAR_COLUMNS + 1];
    int full = (int)(share * BAR_COLUMNS);
    for (int i = 0; i < BAR_COLUMNS; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_COLUMNS] = 0;
    fprintf(explore->out, "\r[%s] ", bar);
}

/* A terminal gets a bar, several times a second; anything else a line for each quarter. */
void progress_show(struct explore *explore, bool last)
{
    uint64_t total;
    uint64_t now = process_now_ns();
    double share = share_done(explore, &total);
    if (explore->options->live_screen) {
        if (!last && now - explore->shown_ns < REDRAW_NS)
            return;
        explore->shown_ns = now;
        draw_bar(explore, share);
        print_line(explore, share, total);
        fputs("\x1b[K", explore->out);
        explore->bar_open = true;
        if (last)
            progress_break(explore);
        fflush(explore->out);
        return;
    }
    uint32_t quarter = (uint32_t)(share * 4);
    if (quarter <= explore->shown_quarter || quarter == 4)
        return;
    explore->shown_quarter = quarter;
    print_line(explore, share, total);
    fputc('\n', explore->out);
    fflush(explore->out);
}

void progress_break(struct explore *explore)
{
    if (explore->bar_open)
        fputc('\n', explore->out);
    explore->bar_open = false;
}

/* ---- the end ---- */

double explore_pct_bound(const struct explore *explore)
{
    double tasks = explore->measured_tasks ? explore->measured_tasks : 1;
    double points = explore->measured_points ? (double)explore->measured_points : 1;
    return 1 / (tasks * pow(points, explore->depth - 1));
}

static void print_pct(const struct explore *explore)
{
    double bound = explore_pct_bound(explore);
    double all = 1 - pow(1 - bound, (double)explore->run_count);
    fprintf(explore->out,
            "PCT: a bug of depth %u among %u tasks and %" PRIu64 " points is found by a run with a "
            "probability of at least 1/(%u*%" PRIu64 "^%u) = %.3g; by these %" PRIu64
            " runs with %.3g\n",
            explore->depth, explore->measured_tasks, explore->measured_points,
            explore->measured_tasks, explore->measured_points, explore->depth - 1, bound,
            explore->run_count, all);
    if (explore->point_max > explore->measured_points ||
        explore->task_max > explore->measured_tasks)
        fprintf(explore->out,
                "PCT: other orders have up to %u tasks and %" PRIu64 " points, for which the bound "
                "is lower\n",
                explore->task_max, explore->point_max);
}

static void print_bounded(const struct explore *explore)
{
    const struct bounded *bounded = &explore->bounded;
    bool whole = explore->committed >= bounded->count && !bounded->beyond && !bounded->seen_lost;
    fprintf(explore->out,
            "bounded: %s with at most %u preemption%s, %u other switch%s and %u answer%s that are "
            "not usual%s:",
            whole ? "every schedule" : "not every schedule", bounded->preemption_max,
            bounded->preemption_max == 1 ? "" : "s", bounded->switch_max,
            bounded->switch_max == 1 ? "" : "es", bounded->answer_max,
            bounded->answer_max == 1 ? "" : "s",
            explore->options->shard_count > 1 ? ", of this shard" : "");
    for (uint32_t i = 0; i <= bounded->preemption_max; i++)
        fprintf(explore->out, "%s %" PRIu64 " with %u", i ? "," : "",
                bounded_count(bounded, i, (uint32_t)explore->committed), i);
    fputc('\n', explore->out);
    if (!whole)
        fprintf(explore->out,
                "bounded: %" PRIu64 " known schedules were not run, %" PRIu64
                " had no room, %" PRIu64 " points were not looked at\n",
                bounded->count - explore->committed, bounded->beyond, bounded->seen_lost);
    fprintf(explore->out,
            "bounded: left as usual: %" PRIu64 " times another task could have followed one that "
            "stopped, %" PRIu64 " other answers; what the scenario keeps usual; what follows a "
            "failure\n",
            bounded->held_switches, bounded->held_answers);
}

static void print_findings(const struct explore *explore)
{
    for (uint32_t i = 0; i < explore->finding_count; i++) {
        const struct finding *finding = &explore->findings[i];
        fprintf(explore->out, "finding %u, in %" PRIu64 " run%s: %s\n    %s%s%s\n", i + 1,
                finding->run_count, finding->run_count == 1 ? "" : "s", finding->title,
                finding->command, explore->replay_gap, explore->replay_tail);
    }
}

void summary_print(struct explore *explore)
{
    double seconds = (double)used_ns(explore) / (double)SECOND_NS;
    double real_s = (double)explore->real_ns / (double)SECOND_NS;
    double virtual_s = (double)explore->virtual_100ns / 1e7;
    progress_break(explore);
    fprintf(explore->out,
            "%" PRIu64 " runs in %.1f s, %zu different schedules; %.0f runs a second with %u "
            "processes; %.1f s of virtual time, %.0f times as fast as real time in each\n",
            explore->run_count, seconds, explore->distinct.count, runs_a_second(explore),
            explore->slot_count, virtual_s, real_s > 0 ? virtual_s / real_s : 0);
    if (explore_faults(explore))
        fprintf(explore->out,
                "faults %s: %" PRIu64 " calls were made to fail, in %" PRIu64 " runs\n",
                explore_faults(explore), explore->fault_count, explore->faulted_count);
    if (explore->is_bounded)
        print_bounded(explore);
    if (explore->is_pct)
        print_pct(explore);
    print_findings(explore);
    if (explore->finding_count > 0)
        fprintf(explore->out, "failed: %u finding%s, in %" PRIu64 " of %" PRIu64 " runs; see %s\n",
                explore->finding_count, explore->finding_count == 1 ? "" : "s",
                explore->failed_count, explore->run_count, explore->dir);
    else
        fprintf(explore->out, "passed: nothing was found%s\n",
                explore->was_stopped ? ", until a signal stopped it" : "");
    fflush(explore->out);
}
