/* SPDX-License-Identifier: MIT */
/* bench [--smoke] [--json]: what NDIS costs, as ratios to the floor: the same handlers called
 * through plain function pointers, in the same run. Figures never gate anything. */
#include "apart.h"
#include "report.h"
#include "rig.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool smoke;
static struct apart *apart_of_floor;
static struct apart *apart_of_ndis;

/* Best of a few tries: the machine's other work only ever adds time. */
enum { TRIES = 5, SCALING_PARTIES = 1000 };

static double resident_bytes(void)
{
    unsigned long total_pages = 0;
    unsigned long resident_pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu %lu", &total_pages, &resident_pages) != 2)
        resident_pages = 0;
    if (file)
        fclose(file);
    return (double)resident_pages * (double)sysconf(_SC_PAGESIZE);
}

/* One measurement: a rig, a shape, and the time it took. */
struct shape {
    struct rig_vc **vcs;
    uint32_t vc_count;
    uint32_t parties_per_vc;
    const struct rig_edge *edge;
    enum rig_finish finish;
    bool in_order;
    uint64_t pair_count;
    double ns_per_pair;
    double bytes_per_party;
};

static void measure(void *context)
{
    struct shape *shape = context;
    double before = resident_bytes();
    for (uint32_t i = 0; i < shape->vc_count; i++)
        rig_fill(shape->vcs[i], shape->edge, shape->parties_per_vc);
    uint64_t party_count = (uint64_t)shape->vc_count * shape->parties_per_vc;
    shape->bytes_per_party = (resident_bytes() - before) / (double)party_count;
    if (!shape->vc_count)
        return;
    uint64_t pairs_per_vc = shape->pair_count / shape->vc_count;
    double best = 0;
    for (int try = 0; try < TRIES; try++) {
        double start = report_now_ns();
        for (uint32_t i = 0; i < shape->vc_count; i++) {
            shape->vcs[i]->in_order = shape->in_order;
            if (shape->finish == RIG_INLINE)
                rig_pairs(shape->vcs[i], pairs_per_vc);
            else
                rig_pipeline(shape->vcs[i], shape->finish, pairs_per_vc, 64);
        }
        double took = (report_now_ns() - start) / (double)(pairs_per_vc * shape->vc_count);
        if (try == 0 || took < best)
            best = took;
    }
    shape->ns_per_pair = best;
    for (uint32_t i = 0; i < shape->vc_count; i++)
        rig_empty(shape->vcs[i]);
}

static double pair_row(struct rig *rig, struct rig_vc **vcs, uint32_t vc_count, uint32_t parties,
                       enum rig_finish finish, bool in_order, const char *what)
{
    double ns[2];
    const struct rig_edge *edges[2] = {&rig_floor, &rig_through_ndis};
    for (int i = 0; i < 2; i++) {
        struct shape shape = {
            .vcs = vcs,
            .vc_count = vc_count,
            .parties_per_vc = parties,
            .edge = edges[i],
            .finish = finish,
            .in_order = in_order,
            .pair_count = smoke                  ? 2000
                          : finish == RIG_INLINE ? 1000000
                                                 : 300000,
        };
        rig_run(rig, measure, &shape);
        ns[i] = shape.ns_per_pair;
    }
    report_row(what, ns[0], ns[1], "ns/pair");
    return ns[1];
}

static void pairs_on_one_vc(struct rig *rig, struct rig_vc *vc)
{
    static const uint32_t counts[] = {1, 1000, 32767, 1000000};
    uint32_t count_max = smoke ? 1000 : 1000000;
    double at_1000 = 0;
    char what[80];
    for (unsigned i = 0; i < 4; i++) {
        if (counts[i] > count_max)
            break;
        snprintf(what, sizeof(what), "drop+add, inline, %u parties on one VC, in order", counts[i]);
        double ns = pair_row(rig, &vc, 1, counts[i], RIG_INLINE, true, what);
        snprintf(what, sizeof(what), "drop+add, inline, %u parties on one VC, random", counts[i]);
        double random_ns = pair_row(rig, &vc, 1, counts[i], RIG_INLINE, false, what);
        if (counts[i] == 1000)
            at_1000 = ns;
        if (counts[i] == 1000000)
            report_row("growth of NDIS to 1000000 parties, in order", at_1000, ns, "ns/pair");
        if (counts[i] == 1000000)
            report_row("the same, random", at_1000, random_ns, "ns/pair");
    }
    for (unsigned i = 1; i < 4 && counts[i] <= count_max; i += 2) {
        snprintf(what, sizeof(what), "drop+add, deferred on the same processor, %u parties",
                 counts[i]);
        pair_row(rig, &vc, 1, counts[i], RIG_SAME, true, what);
        snprintf(what, sizeof(what), "drop+add, deferred to another processor, %u parties",
                 counts[i]);
        pair_row(rig, &vc, 1, counts[i], RIG_OTHER, true, what);
    }
}

static void pairs_on_many_vcs(struct rig *rig)
{
    uint32_t vc_count = smoke ? 10 : 1000;
    struct rig_vc **vcs = calloc(vc_count, sizeof(*vcs));
    if (!vcs)
        abort();
    for (uint32_t i = 0; i < vc_count; i++)
        vcs[i] = rig_vc_create(rig);
    static const uint32_t totals[] = {1000, 32767, 1000000};
    char what[80];
    for (unsigned i = 0; i < (smoke ? 1u : 3u); i++) {
        snprintf(what, sizeof(what), "drop+add, inline, %u parties over %u VCs", totals[i],
                 vc_count);
        uint32_t each = totals[i] / vc_count;
        pair_row(rig, vcs, vc_count, each ? each : 1, RIG_INLINE, true, what);
    }
    for (uint32_t i = 0; i < vc_count; i++)
        rig_vc_destroy(vcs[i]);
    free(vcs);
}

/* What NDIS adds to the memory of a party: all that the process grew by, less what the drivers' own
 * structures take, which the floor shows. In a rig of its own: memory that was used before does not
 * grow the process. */
static void memory(void)
{
    double bytes[2];
    const struct rig_edge *edges[2] = {&rig_floor, &rig_through_ndis};
    for (int i = 0; i < 2; i++) {
        struct rig *rig = rig_create(CONDIS_COMPLETE_PENDING, false);
        struct rig_vc *vc = rig_vc_create(rig);
        struct shape shape = {.vcs = &vc,
                              .vc_count = 1,
                              .parties_per_vc = smoke ? 10000 : 1000000,
                              .edge = edges[i],
                              .in_order = true,
                              .pair_count = 1000};
        rig_run(rig, measure, &shape);
        bytes[i] = shape.bytes_per_party;
        rig_vc_destroy(vc);
        rig_destroy(rig);
        malloc_trim(0);
    }
    report_row("memory per party: the drivers' own, NDIS's", bytes[0], bytes[1] - bytes[0],
               "bytes");
}

static void run_pairs(void *context)
{
    struct shape *shape = context;
    for (int try = 0; try < TRIES; try++)
        rig_pairs(shape->vcs[0], shape->pair_count);
}

static void fill(void *context)
{
    struct shape *shape = context;
    rig_fill(shape->vcs[0], shape->edge, shape->parties_per_vc);
}

static void empty(void *context)
{
    struct shape *shape = context;
    rig_empty(shape->vcs[0]);
}

/* Parties to add and drop on two VCs, or on a VC and in a process of its own. */
struct two {
    struct rig *rig;
    struct shape shapes[2];
    struct apart *apart; /* NULL: the second VC is in this process */
};

static void run_both(struct two *two)
{
    if (!two->apart) {
        rig_run_two(two->rig, run_pairs, &two->shapes[0], &two->shapes[1]);
        return;
    }
    apart_start(two->apart);
    rig_run(two->rig, run_pairs, &two->shapes[0]);
    apart_wait(two->apart);
}

/* How much more two processors do that drive two VCs than one that drives one: the best time of
 * one against the best time of two, taken in turns. */
static double gain(struct two *two)
{
    double best_one = 0;
    double best_two = 0;
    for (int try = 0; try < TRIES; try++) {
        double start = report_now_ns();
        rig_run(two->rig, run_pairs, &two->shapes[0]);
        double one = report_now_ns() - start;
        start = report_now_ns();
        run_both(two);
        double both = report_now_ns() - start;
        if (try == 0 || one < best_one)
            best_one = one;
        if (try == 0 || both < best_two)
            best_two = both;
    }
    return 2 * best_one / best_two;
}

static double gain_of(struct rig *rig, struct rig_vc **vcs, const struct rig_edge *edge,
                      struct apart *apart)
{
    struct two two = {.rig = rig, .apart = apart};
    for (int i = 0; i < 2; i++) {
        two.shapes[i] = (struct shape){.vcs = &vcs[i],
                                       .edge = edge,
                                       .parties_per_vc = SCALING_PARTIES,
                                       .pair_count = smoke ? 2000 : 400000};
        vcs[i]->in_order = true;
        rig_run(rig, fill, &two.shapes[i]);
    }
    double times = gain(&two);
    rig_run(rig, empty, &two.shapes[0]);
    rig_run(rig, empty, &two.shapes[1]);
    return times;
}

/* What two processes reach that share nothing is what the machine gives. */
static void scaling(struct rig *rig, struct rig_vc *vc)
{
    struct rig_vc *vcs[2] = {vc, rig_vc_create(rig)};
    double floor = gain_of(rig, vcs, &rig_floor, NULL);
    double ndis = gain_of(rig, vcs, &rig_through_ndis, NULL);
    report_row("two processors on two VCs", floor, ndis, "times one");
    floor = gain_of(rig, vcs, &rig_floor, apart_of_floor);
    ndis = gain_of(rig, vcs, &rig_through_ndis, apart_of_ndis);
    report_row("the same in two processes, which share nothing", floor, ndis, "times one");
    rig_vc_destroy(vcs[1]);
}

/* A process apart does here what run_pairs does in this one, each time that it is started. */
static void run_apart(struct apart *apart)
{
    struct rig *rig = rig_create(CONDIS_COMPLETE_PENDING, false);
    struct rig_vc *vc = rig_vc_create(rig);
    struct shape shape = {.vcs = &vc,
                          .edge = apart_edge(apart),
                          .parties_per_vc = SCALING_PARTIES,
                          .pair_count = smoke ? 2000 : 400000};
    vc->in_order = true;
    rig_run(rig, fill, &shape);
    while (apart_told(apart))
        rig_run(rig, run_pairs, &shape);
}

struct data_shape {
    struct rig_vc *vc;
    const struct rig_edge *edge;
    uint32_t chain_count;
    uint64_t count;
    double ns;
};

static void measure_data(void *context)
{
    struct data_shape *shape = context;
    for (int try = 0; try < TRIES; try++) {
        double start = report_now_ns();
        rig_data(shape->vc, shape->edge, shape->count, shape->chain_count);
        double took = (report_now_ns() - start) / (double)shape->count;
        if (try == 0 || took < shape->ns)
            shape->ns = took;
    }
}

static void data(struct rig *rig, struct rig_vc *vc)
{
    static const uint32_t chains[] = {1, 8, 32};
    char what[80];
    for (int i = 0; i < 3; i++) {
        double ns[2];
        const struct rig_edge *edges[2] = {&rig_floor, &rig_through_ndis};
        for (int e = 0; e < 2; e++) {
            struct data_shape shape = {vc, edges[e], chains[i], smoke ? 3200 : 1000000, 0};
            rig_run(rig, measure_data, &shape);
            ns[e] = shape.ns;
        }
        snprintf(what, sizeof(what), "send, sent, indicate, return: chains of %u lists", chains[i]);
        report_row(what, ns[0], ns[1], "ns/list");
    }
}

static void party_figures(enum condis_completion completion)
{
    struct rig *rig = rig_create(completion, false);
    struct rig_vc *vc = rig_vc_create(rig);
    pairs_on_one_vc(rig, vc);
    if (completion == CONDIS_COMPLETE_PENDING) {
        pairs_on_many_vcs(rig);
        scaling(rig, vc);
        data(rig, vc);
    }
    rig_vc_destroy(vc);
    rig_destroy(rig);
}

static double pairs_with(bool verifier, enum rig_finish finish)
{
    struct rig *rig = rig_create(CONDIS_COMPLETE_PENDING, verifier);
    struct rig_vc *vc = rig_vc_create(rig);
    struct shape shape = {
        .vcs = &vc,
        .vc_count = 1,
        .parties_per_vc = 1000,
        .edge = &rig_through_ndis,
        .finish = finish,
        .in_order = true,
        .pair_count = smoke ? 2000 : 500000,
    };
    rig_run(rig, measure, &shape);
    rig_vc_destroy(vc);
    rig_destroy(rig);
    return shape.ns_per_pair;
}

/* The floor is NDIS as it is without the verifier. */
static void verifier_figures(void)
{
    static const struct {
        enum rig_finish finish;
        const char *what;
    } rows[] = {
        {RIG_INLINE, "verifier: drop+add, inline, 1000 parties"},
        {RIG_SAME, "verifier: drop+add, deferred, 1000 parties"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double off = pairs_with(false, rows[i].finish);
        double on = pairs_with(true, rows[i].finish);
        report_row(rows[i].what, off, on, "ns/pair");
    }
}

int main(int argc, char **argv)
{
    smoke = report_begin("bench", "floor", "NDIS", argc, argv);
    /* Before this process has threads. */
    apart_of_floor = apart_begin(&rig_floor, run_apart);
    apart_of_ndis = apart_begin(&rig_through_ndis, run_apart);
    memory();
    report_title("completion: pending (the default)");
    party_figures(CONDIS_COMPLETE_PENDING);
    report_title("completion: direct");
    party_figures(CONDIS_COMPLETE_DIRECT);
    report_title("the verifier on; the floor is the same with it off");
    verifier_figures();
    apart_end(apart_of_floor);
    apart_end(apart_of_ndis);
    report_end();
    return 0;
}
