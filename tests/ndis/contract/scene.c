/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include "ndis/world.h"
#include "support/clock.h"

#include <sched.h>
#include <stdio.h>

/* ---- beginning --------------------------------------------------------------------------- */

/* Expected breaks are the tests' business; others are printed whole. */
static void hear(void *context, const struct condis_violation *violation)
{
    (void)context;
    if (!violation->expected)
        fprintf(stderr, "%s", violation->report);
}

static void register_actors(void)
{
    assert_true(condis_driver_register("actor-client", (void *)ActorClientEntry, false));
    assert_true(condis_driver_register("actor-mini", (void *)ActorMiniEntry, false));
    assert_true(condis_driver_register("actor-mcm", (void *)ActorMcmEntry, false));
    assert_true(condis_driver_register("actor-cm", (void *)ActorCallMgrEntry, false));
}

/* returns  NULL when its DriverEntry refused, which some tests want */
static struct condis_driver *load(struct scene *s, const char *name)
{
    struct condis_driver *driver = NULL;
    struct condis_error error;
    (void)condis_driver_load(s->host, name, NULL, 0, &driver, &error);
    return driver;
}

/* Host programs load drivers from outside of every host. */
static void step_out(struct scene *s)
{
    host_leave(&s->entry);
    s->entered = false;
}

static void step_in(struct scene *s)
{
    s->entered = host_enter(host_private(s->host), &s->entry);
    assert_true(s->entered);
}

void scene_load(struct scene *s)
{
    struct condis_error error;
    step_out(s);
    register_actors();
    s->miniport = load(s, s->kind.mcm ? "actor-mcm" : "actor-mini");
    if (!s->kind.mcm)
        s->call_manager = load(s, "actor-cm");
    s->client = load(s, "actor-client");
    s->loaded = true;
    if (s->miniport)
        (void)condis_adapter_start(s->miniport, "atm0", NULL, 0, &s->adapter, &error);
    step_in(s);
}

struct condis_driver *scene_load_one(struct scene *s, const char *name)
{
    step_out(s);
    struct condis_driver *driver = load(s, name);
    step_in(s);
    return driver;
}

void scene_reload_client(struct scene *s)
{
    s->client = scene_load_one(s, "actor-client");
}

void scene_remove(struct scene *s)
{
    step_out(s);
    condis_adapter_remove(s->adapter);
    s->adapter = NULL;
    step_in(s);
}

void scene_unload(struct scene *s, struct condis_driver **driver)
{
    step_out(s);
    if (*driver)
        condis_driver_unload(*driver);
    *driver = NULL;
    step_in(s);
}

struct scene *scene_create(const struct scene_kind *kind)
{
    struct scene *s = calloc(1, sizeof(*s));
    struct condis_error error;
    assert_non_null(s);
    s->kind = *kind;
    struct condis_world_options world = {
        .clock = kind->clock,
        .seed = kind->seed,
        .verifier = !kind->no_verifier,
        .pending_ms = kind->pending_ms ? kind->pending_ms : SCENE_PENDING_MS,
        .trace_path = kind->trace_path,
        .on_violation = hear,
        .context = s,
    };
    if (!condis_world_create(&world, &s->world, &error))
        fail_msg("%s", error.text);
    struct condis_host_options host = {
        .name = "stage", .processor_count = kind->processor_count, .completion = kind->completion};
    if (!condis_host_create(s->world, &host, &s->host, &error))
        fail_msg("%s", error.text);
    s->rules = &s->world->rules;
    step_in(s);
    ActorForget();
    return s;
}

void scene_open(struct scene *s)
{
    assert_non_null(s->adapter);
    assert_int_equal(Client.offered, 1);
    ActorForget();
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
    assert_int_equal(Client.af_opened, 1);
}

struct scene *scene_begin(const struct scene_kind *kind)
{
    struct scene *s = scene_create(kind);
    scene_load(s);
    scene_open(s);
    return s;
}

/* ---- ending ------------------------------------------------------------------------------ */

static void check_counts(void)
{
    assert_int_equal(Cm.af_count, 0);
    assert_int_equal(Cm.vc_count, 0);
    assert_int_equal(Mini.vc_count, 0);
    assert_true(IsListEmpty(&Cm.desk.pended));
    assert_true(IsListEmpty(&Mini.desk.pended));
    assert_true(IsListEmpty(&Client.desk.pended));
}

void scene_end(struct scene *s)
{
    scene_settle(s);
    if (Client.af_opened > Client.af_closed) {
        plan_cm(ASK_CLOSE_AF, (struct plan){.how = AT_ONCE});
        AS_CLIENT((void)ClientCloseAf());
        scene_settle(s);
        assert_int_equal(Client.af_status, NDIS_STATUS_SUCCESS);
    }
    check_counts();
    scene_end_host(s);
    for (uint32_t i = 0; i < s->at_end_count; i++)
        assert_int_equal(rules_expect_end(s->rules, s->at_end[i]), 1);
    /* Warnings too: whatever is reported was expected. */
    assert_int_equal(rules_count(s->rules), s->expected_count + s->at_end_count);
    scene_end_world(s);
}

void scene_end_host(struct scene *s)
{
    step_out(s);
    condis_host_destroy(s->host);
    s->host = NULL;
}

void scene_end_world(struct scene *s)
{
    s->ended = true;
    condis_world_destroy(s->world);
    s->world = NULL;
}

void scene_abandon(struct scene *s)
{
    if (s->entered)
        host_leave(&s->entry);
    if (s->world)
        condis_world_destroy(s->world);
    free(s);
}

/* ---- directing --------------------------------------------------------------------------- */

static LONG in_flight(void)
{
    return InterlockedCompareExchange(&Cm.desk.in_flight, 0, 0) +
           InterlockedCompareExchange(&Mini.desk.in_flight, 0, 0) +
           InterlockedCompareExchange(&Client.desk.in_flight, 0, 0);
}

void scene_settle(struct scene *s)
{
    bool more;
    do {
        more = in_flight() != 0;
        assert_true(condis_world_run_until_idle(s->world, 60 * EXEC_SECOND));
        if (more)
            sched_yield();
    } while (more);
}

struct expectation expect_begin(struct scene *s, enum rule_id rule)
{
    scene_settle(s);
    struct expectation expectation = {rule, rules_count(s->rules)};
    rules_expect(s->rules, rule);
    return expectation;
}

void expect_end(struct scene *s, struct expectation expectation, uint64_t count)
{
    scene_settle(s);
    uint64_t seen = rules_expect_end(s->rules, expectation.rule);
    if (seen != count)
        fail_msg("%s was broken %d times, not %d", rule_info(expectation.rule)->name, (int)seen,
                 (int)count);
    assert_int_equal(rules_count(s->rules), expectation.all_before + count);
    s->expected_count += count;
}

void plan_cm(enum ask ask, struct plan plan)
{
    Cm.desk.plans[ask] = plan;
}

void plan_mini(enum ask ask, struct plan plan)
{
    Mini.desk.plans[ask] = plan;
}

void plan_client(enum ask ask, struct plan plan)
{
    Client.desk.plans[ask] = plan;
}

static void finish(struct desk *desk, NDIS_HANDLE driver, enum ask ask, NDIS_STATUS status)
{
    struct ticket *ticket;
    AS(driver, ticket = DeskNext(desk, ask));
    assert_non_null(ticket);
    AS(driver, DeskFinish(ticket, status));
}

void finish_cm(enum ask ask, NDIS_STATUS status)
{
    finish(&Cm.desk, Cm.driver, ask, status);
}

void finish_mini(enum ask ask, NDIS_STATUS status)
{
    finish(&Mini.desk, Mini.driver, ask, status);
}

void finish_client(enum ask ask, NDIS_STATUS status)
{
    finish(&Client.desk, Client.driver, ask, status);
}

uint32_t heard(const char *callback)
{
    uint32_t count = 0;
    assert_true(ActorNoteCount() <= NOTE_COUNT_MAX);
    for (uint32_t i = 0; i < ActorNoteCount(); i++)
        count += !strcmp(ActorNoteAt(i)->callback, callback);
    return count;
}

const struct note *last(const char *callback)
{
    for (uint32_t i = ActorNoteCount(); i-- > 0;)
        if (!strcmp(ActorNoteAt(i)->callback, callback))
            return ActorNoteAt(i);
    fail_msg("%s was never called", callback);
    return NULL;
}

/* ---- calls ------------------------------------------------------------------------------- */

void call_add(struct scene *s, uint32_t index)
{
    struct client_party *party = &s->party[index];
    LONG added = party->added;
    AS_CLIENT((void)ClientAddParty(&s->vc[0], party));
    scene_settle(s);
    assert_int_equal(party->added, added + 1);
    assert_int_equal(party->status, NDIS_STATUS_SUCCESS);
}

void call_begin_with(struct scene *s, uint32_t count)
{
    NDIS_STATUS status;
    AS_CLIENT(status = ClientCreateVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    AS_CLIENT((void)ClientMakeCall(&s->vc[0], &s->party[0]));
    scene_settle(s);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
    for (uint32_t i = 1; i < count; i++)
        call_add(s, i);
}

void call_drop(struct scene *s, uint32_t index)
{
    struct client_party *party = &s->party[index];
    LONG dropped = party->dropped;
    AS_CLIENT((void)ClientDropParty(party, NULL, 0));
    scene_settle(s);
    assert_int_equal(party->dropped, dropped + 1);
    assert_int_equal(party->status, NDIS_STATUS_SUCCESS);
}

void call_end_with(struct scene *s, uint32_t last_index)
{
    NDIS_STATUS status;
    LONG closed = s->party[last_index].closed;
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = AT_ONCE});
    AS_CLIENT((void)ClientCloseCall(&s->vc[0], &s->party[last_index], NULL, 0));
    scene_settle(s);
    assert_int_equal(s->vc[0].status, NDIS_STATUS_SUCCESS);
    assert_int_equal(s->party[last_index].closed, closed + 1);
    AS_CLIENT(status = ClientDeleteVc(&s->vc[0]));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
}

/* ---- running ----------------------------------------------------------------------------- */

struct scene_run {
    const struct scene_test *test;
    struct scene_kind kind;
    struct scene *scene;
};

static void run(void **state)
{
    struct scene_run *r = *state;
    r->scene = scene_begin(&r->kind);
    r->test->run(r->scene);
    if (!r->scene->ended)
        scene_end(r->scene);
}

static int clean_up(void **state)
{
    struct scene_run *r = *state;
    if (r->scene)
        scene_abandon(r->scene);
    return 0;
}

enum { SEEDS = 3, MODES = 3, EDGES = 2 };

int scene_main(const struct scene_test *tests, size_t count, int argc, char **argv)
{
    enum condis_clock clock = clock_argument(argc, argv);
    static const char *const modes[MODES] = {"pending", "direct", "mixed"};
    const char *more = getenv("SCENE_SEEDS"); /* how many, to look further by hand */
    size_t seeds = clock == CONDIS_LIVE ? 1 : more ? (size_t)atoi(more) : SEEDS;
    size_t total = count * MODES * EDGES * seeds;
    struct CMUnitTest *units = calloc(total, sizeof(*units));
    struct scene_run *runs = calloc(total, sizeof(*runs));
    char(*names)[200] = calloc(total, sizeof(*names));
    const char *only = getenv("SCENE_ONLY"); /* a part of a name: run what has it */
    size_t n = 0;
    for (size_t i = 0; i < total; i++) {
        size_t mode = i % MODES;
        bool mcm = i / MODES % EDGES == 0;
        uint64_t seed = i / MODES / EDGES % seeds + 1;
        const struct scene_test *test = &tests[i / MODES / EDGES / seeds];
        snprintf(names[n], sizeof(names[n]), "%s (%s, %s, %s %d)", test->sentence,
                 mcm ? "MCM" : "stand-alone", modes[mode], clock == CONDIS_LIVE ? "live" : "seed",
                 (int)seed);
        runs[n] = (struct scene_run){
            .test = test,
            .kind = {.clock = clock,
                     .seed = seed,
                     .mcm = mcm,
                     .completion = (enum condis_completion)mode},
        };
        units[n] = (struct CMUnitTest){names[n], run, NULL, clean_up, &runs[n]};
        if (!only || strstr(names[n], only))
            n++;
    }
    int status = _cmocka_run_group_tests("contract", units, n, NULL, NULL);
    free(names);
    free(runs);
    free(units);
    return status;
}
