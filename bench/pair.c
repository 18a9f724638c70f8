/* SPDX-License-Identifier: MIT */
/* bench_pair EDGE PAIRS: nothing but PAIRS pairs of drop and add among 1,000 parties, five times,
 * and the best time of one. For comparing two builds: run in turns, or under a tool that counts
 * instructions, which tells more than a clock on a busy machine (README.md). */
#include "report.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTIES = 1000, TRIES = 5 };

/* What can be asked for. */
static const struct edge {
    const char *name;
    const struct rig_edge *edge;
    enum condis_completion completion;
    bool verifier;
} edges[] = {
    {"floor", &rig_floor, CONDIS_COMPLETE_PENDING, false},
    {"pending", &rig_through_ndis, CONDIS_COMPLETE_PENDING, false},
    {"direct", &rig_through_ndis, CONDIS_COMPLETE_DIRECT, false},
    {"verifier", &rig_through_ndis, CONDIS_COMPLETE_PENDING, true},
};

struct work {
    struct rig_vc *vc;
    const struct edge *edge;
    uint64_t pair_count;
    double best_ns;
};

static void measure(void *context)
{
    struct work *work = context;
    rig_fill(work->vc, work->edge->edge, PARTIES);
    work->vc->in_order = true;
    for (int try = 0; try < TRIES; try++) {
        double start_ns = report_now_ns();
        rig_pairs(work->vc, work->pair_count);
        double took_ns = (report_now_ns() - start_ns) / (double)work->pair_count;
        if (try == 0 || took_ns < work->best_ns)
            work->best_ns = took_ns;
    }
    rig_empty(work->vc);
}

static int usage(void)
{
    fprintf(stderr, "bench_pair: usage: bench_pair floor|pending|direct|verifier PAIRS\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct work work = {0};
    char *end = NULL;
    for (size_t i = 0; argc == 3 && i < sizeof(edges) / sizeof(edges[0]); i++)
        if (!strcmp(argv[1], edges[i].name))
            work.edge = &edges[i];
    if (work.edge)
        work.pair_count = strtoull(argv[2], &end, 10);
    if (!end || *end || !work.pair_count)
        return usage();
    struct rig *rig = rig_create(work.edge->completion, work.edge->verifier);
    work.vc = rig_vc_create(rig);
    rig_run(rig, measure, &work);
    rig_vc_destroy(work.vc);
    rig_destroy(rig);
    printf("%.1f\n", work.best_ns);
    return 0;
}
