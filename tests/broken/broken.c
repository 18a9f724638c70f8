/* SPDX-License-Identifier: MIT */
/* Runs the rows of one table, live or simulated: each mistake breaks its rule and no other, each
 * near miss none. */
#include "broken.h"

#include "ndis/world.h"
#include "support/clock.h"

#include <stdio.h>

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif
#ifdef ASAN
enum { UNDER_ASAN = true };
/* Mistakes leak, and condis is what has to find it. The checker asks for this by name. */
int __lsan_is_turned_off(void); // NOLINT
int __lsan_is_turned_off(void)  // NOLINT
{
    return 1;
}
#else
enum { UNDER_ASAN = false };
#endif

/* A row's mistake, its near miss, and the mistake where nobody watches. */
enum side { IS_BROKEN, ALMOST_BROKEN, NOT_WATCHED, SIDES };

struct broken_run {
    const struct broken_row *row;
    struct scene_kind kind;
    enum side side;
    struct scene *scene;
    char name[160];
};

static struct scene *set(const struct broken_run *run)
{
    enum broken_stage stage = run->row->stage;
    if (run->side == ALMOST_BROKEN && run->row->almost_stage)
        stage = run->row->almost_stage;
    ActorHook = NULL;
    struct scene *s = scene_create(&run->kind);
    if (stage != STAGE_EMPTY)
        scene_load(s);
    if (stage != STAGE_EMPTY && stage != STAGE_LOADED)
        scene_open(s);
    return s;
}

/* Closes what the mistake left, as far as it can be. */
static void end_mistaken(struct scene *s, bool stopped)
{
    if (!stopped)
        scene_settle(s);
    if (!stopped && s->loaded && Client.af && Client.af_opened > Client.af_closed) {
        plan_cm(ASK_CLOSE_AF, (struct plan){.how = AT_ONCE});
        AS_CLIENT((void)ClientCloseAf());
        scene_settle(s);
    }
    scene_end_host(s);
}

static void play(const struct broken_row *row, struct scene *s, bool wrongly)
{
    if (row->play)
        row->play(s, row->wrong == wrongly);
    else if (wrongly)
        row->mistake(s);
    else
        row->almost(s);
}

static void run_mistake(struct broken_run *run)
{
    struct scene *s = run->scene;
    enum rule_id rule = run->row->rule;
    uint64_t count = run->side == NOT_WATCHED ? 0 : run->row->count ? run->row->count : 1;
    rules_expect(s->rules, rule);
    play(run->row, s, true);
    end_mistaken(s, run->row->stops);
    uint64_t seen = rules_expect_end(s->rules, rule);
    if (seen != count)
        fail_msg("%s was broken %d times, not %d", rule_info(rule)->name, (int)seen, (int)count);
    if (rules_count(s->rules) != seen)
        fail_msg("another rule than %s was broken", rule_info(rule)->name);
    scene_end_world(s);
}

static void run_almost(struct broken_run *run)
{
    struct scene *s = run->scene;
    play(run->row, s, false);
    if (s->loaded) {
        scene_end(s);
        return;
    }
    scene_end_host(s);
    assert_int_equal(rules_count(s->rules), 0);
    scene_end_world(s);
}

static void run(void **state)
{
    struct broken_run *r = *state;
    r->scene = set(r);
    if (r->side == ALMOST_BROKEN)
        run_almost(r);
    else
        run_mistake(r);
}

static int clean_up(void **state)
{
    struct broken_run *r = *state;
    ActorHook = NULL;
    if (r->scene)
        scene_abandon(r->scene);
    r->scene = NULL;
    return 0;
}

static bool plays(enum broken_edge edge, bool mcm)
{
    return edge == BOTH || (edge == STAND_ALONE) == !mcm;
}

/* Live in one mode; simulated with one seed for each mode. */
enum { WAYS_MAX = 3, EDGES = 2 };

static size_t add_row(struct broken_run *runs, const struct broken_row *row,
                      enum condis_clock clock)
{
    static const char *const modes[] = {"pending", "direct", "mixed"};
    static const char *const sides[SIDES] = {"is broken", "almost broken", "is not watched"};
    size_t n = 0;
    size_t ways = clock == CONDIS_LIVE ? 1 : WAYS_MAX;
    for (size_t i = 0; (row->mistake || row->play) && i < ways * EDGES * SIDES; i++) {
        size_t way = i / EDGES / SIDES;
        bool mcm = i / SIDES % EDGES == 0;
        enum side side = (enum side)(i % SIDES);
        if (!plays(row->edge, mcm) || (row->simulated_only && clock == CONDIS_LIVE) ||
            (row->not_under_asan && UNDER_ASAN) || (side == NOT_WATCHED && !row->verifier_only))
            continue;
        if (row->direct_only && way != CONDIS_COMPLETE_DIRECT && clock != CONDIS_LIVE)
            continue;
        struct broken_run *r = &runs[n++];
        r->row = row;
        r->side = side;
        r->kind = (struct scene_kind){.clock = clock,
                                      .seed = way + 1,
                                      .mcm = mcm,
                                      .no_verifier = side == NOT_WATCHED,
                                      .processor_count = row->processor_count,
                                      .completion = (enum condis_completion)way};
        snprintf(r->name, sizeof(r->name), "%s %s (%s, %s, %s)", rule_info(row->rule)->name,
                 sides[side], mcm ? "MCM" : "stand-alone", modes[way],
                 clock == CONDIS_LIVE ? "live" : "simulated");
    }
    for (size_t i = 0; i < n && row->direct_only; i++)
        runs[i].kind.completion = CONDIS_COMPLETE_DIRECT;
    return n;
}

static const struct {
    const char *name;
    const struct broken_row *rows;
} tables[] = {
#define TABLE(name) {#name, broken_##name},
#include "tables.def"
#undef TABLE
};

static const struct broken_row *table_argument(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        if (argc > 2 && strcmp(argv[2], tables[i].name) == 0)
            return tables[i].rows;
    fprintf(stderr, "%s: the second argument has to be a table of tables.def\n", argv[0]);
    exit(2);
}

/* broken_test live|simulated TABLE */
int main(int argc, char **argv)
{
    enum condis_clock clock = clock_argument(argc, argv);
    const struct broken_row *rows = table_argument(argc, argv);
    size_t count = 0, n = 0;
    while (rows[count].rule != RULE_NONE)
        count++;
    struct broken_run *runs = calloc(count * WAYS_MAX * EDGES * SIDES, sizeof(*runs));
    struct CMUnitTest *units = calloc(count * WAYS_MAX * EDGES * SIDES, sizeof(*units));
    const char *only = getenv("BROKEN_ONLY"); /* a part of a name: run what has it */
    for (size_t i = 0; i < count; i++) {
        if (rows[i].simulated_only && clock == CONDIS_LIVE)
            print_message("%s: in simulated worlds only: %s\n", rule_info(rows[i].rule)->name,
                          rows[i].simulated_only);
        n += add_row(runs + n, &rows[i], clock);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!only || strstr(runs[i].name, only))
            units[kept++] = (struct CMUnitTest){runs[i].name, run, NULL, clean_up, &runs[i]};
    int status = _cmocka_run_group_tests("broken", units, kept, NULL, NULL);
    free(units);
    free(runs);
    return status;
}
