/* SPDX-License-Identifier: MIT */
/* Schedules: what is usual, what is planned, what is logged, and their text. */
#include "nt/schedule.h"
#include "harness.h"

#include <string.h>

#define ORDER_MAX 4096

/* Two threads with ten points each, whose order is what the schedule decides. */
struct story {
    struct exec_world *world;
    struct schedule schedule;
    struct schedule_log log;
    struct decision decisions[1024];
    struct schedule_seen seen[4096];
    uint32_t ids[16384];
    char order[ORDER_MAX];
    uint32_t order_count;
    bool hold;
    _Atomic uint32_t flag; /* what a poller waits for */
    uint32_t polls;
};

struct actor {
    struct story *story;
    char name;
};

static void step(struct actor *actor)
{
    struct story *story = actor->story;
    assert_true(story->order_count + 1 < ORDER_MAX);
    story->order[story->order_count++] = actor->name;
    exec_preempt("step");
}

static void ten_steps(void *context)
{
    for (int i = 0; i < 10; i++)
        step(context);
}

static void story_begin(struct story *story)
{
    memset(story, 0, sizeof *story);
    story->log.decisions = story->decisions;
    story->log.decision_max = sizeof story->decisions / sizeof story->decisions[0];
    schedule_begin(&story->schedule, &story->log);
}

/* Runs two threads to their end in a world of this schedule. */
static void story_run(struct story *story, void (*first)(void *), void (*second)(void *))
{
    struct actor actors[2] = {{story, 'a'}, {story, 'b'}};
    void (*const runs[2])(void *) = {first, second};
    struct exec_world_options options = {
        .kind = EXEC_SIMULATED, .strategy = &strategy_schedule, .strategy_self = &story->schedule};
    story->world = exec_world_create(&options);
    exec_hold(story->world, story->hold);
    struct exec *exec = exec_create(story->world, &(struct exec_options){.name = "host"});
    assert_non_null(exec_attach(exec, 0));
    struct exec_thread *threads[2];
    for (int i = 0; i < 2; i++)
        threads[i] = exec_thread_create(exec, runs[i], &actors[i]);
    assert_int_equal(exec_run_until_idle(story->world, EXEC_FOREVER), EXEC_IDLE);
    for (int i = 0; i < 2; i++)
        (void)exec_thread_release(threads[i]);
    assert_int_equal(exec_destroy(exec), 0);
    exec_world_destroy(story->world);
    schedule_end(&story->schedule);
}

static void the_usual_order_preempts_nobody(void **state)
{
    (void)state;
    struct story *story = malloc(sizeof *story);
    story_begin(story);
    story_run(story, ten_steps, ten_steps);
    assert_string_equal(story->order, "aaaaaaaaaabbbbbbbbbb");
    assert_int_equal(story->log.decision_count, 0);
    assert_true(story->log.point_count >= 10);
    free(story);
}

static void poll(void *context)
{
    struct story *story = ((struct actor *)context)->story;
    while (!atomic_load(&story->flag)) {
        story->polls++;
        exec_preempt("poll");
    }
    step(context);
}

static void raise_flag(void *context)
{
    step(context);
    atomic_store(&((struct actor *)context)->story->flag, 1);
}

/* Without that, a driver that spins on what another processor must do would hang every run. */
static void who_polls_gives_way_after_a_while(void **state)
{
    (void)state;
    const char *const strategies[] = {"usual", "pct:1", "pct:3", "random"};
    for (size_t i = 0; i < 4; i++) {
        struct story *story = malloc(sizeof *story);
        story_begin(story);
        assert_null(schedule_set_strategy(&story->schedule, strategies[i], 7));
        story_run(story, poll, raise_flag);
        assert_string_equal(story->order, "ba");
        assert_true(story->polls < 3000);
        free(story);
    }
}

static void a_log_replays_its_run(void **state)
{
    (void)state;
    const char *const strategies[] = {"random", "pct:3:20"};
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct story *one = malloc(sizeof *one);
        struct story *other = malloc(sizeof *other);
        story_begin(one);
        assert_null(schedule_set_strategy(&one->schedule, strategies[seed % 2], seed));
        story_run(one, ten_steps, ten_steps);
        story_begin(other);
        assert_true(schedule_plan(&other->schedule, one->decisions, one->log.decision_count));
        story_run(other, ten_steps, ten_steps);
        assert_string_equal(one->order, other->order);
        assert_int_equal(one->log.decision_count, other->log.decision_count);
        assert_int_equal(other->log.planned_met, one->log.decision_count);
        assert_int_equal(other->log.missed_count, 0);
        free(one);
        free(other);
    }
}

static void one_planned_decision_is_one_preemption(void **state)
{
    (void)state;
    struct story *seen = malloc(sizeof *seen);
    story_begin(seen);
    seen->log.seen = seen->seen;
    seen->log.seen_max = 4096;
    seen->log.ids = seen->ids;
    seen->log.id_max = 16384;
    story_run(seen, ten_steps, ten_steps);
    assert_int_equal(seen->log.seen_lost, 0);
    uint32_t met_count = 0;
    for (uint32_t i = 0; i < seen->log.seen_count; i++) {
        const struct schedule_seen *at = &seen->seen[i];
        if (at->kind != DECISION_PREEMPTS)
            continue;
        assert_int_equal(seen->ids[at->ids], at->task); /* the usual one goes on */
        struct decision plan = {.number = at->number,
                                .task = at->task,
                                .answer = seen->ids[at->ids + 1],
                                .kind = DECISION_PREEMPTS};
        struct story *story = malloc(sizeof *story);
        story_begin(story);
        assert_true(schedule_plan(&story->schedule, &plan, 1));
        story_run(story, ten_steps, ten_steps);
        assert_int_equal(story->log.decision_count, 1);
        assert_int_equal(story->decisions[0].kind, DECISION_PREEMPTS);
        met_count += strcmp(story->order, seen->order) != 0;
        free(story);
    }
    assert_true(met_count >= 9); /* b in the middle of a, at each of its points */
    free(seen);
}

static void a_plan_that_does_not_fit_is_counted(void **state)
{
    (void)state;
    struct decision plans[2] = {{.number = 4000, .task = 1, .answer = 2},
                                {.number = 2, .task = 4, .answer = 77}};
    struct story *story = malloc(sizeof *story);
    story_begin(story);
    assert_true(schedule_plan(&story->schedule, plans, 2));
    story_run(story, ten_steps, ten_steps);
    assert_string_equal(story->order, "aaaaaaaaaabbbbbbbbbb");
    assert_int_equal(story->log.planned_met, 0);
    free(story);
}

static void nobody_is_asked_while_the_schedule_is_held(void **state)
{
    (void)state;
    struct story *story = malloc(sizeof *story);
    story_begin(story);
    story->hold = true;
    assert_null(schedule_set_strategy(&story->schedule, "random", 3));
    story_run(story, ten_steps, ten_steps);
    assert_string_equal(story->order, "aaaaaaaaaabbbbbbbbbb");
    assert_int_equal(story->log.point_count, 0);
    free(story);
}

/* a's last step before b's first, and b's fifth before a's sixth: two constraints. */
static void pct_keeps_its_promise(void **state)
{
    (void)state;
    uint32_t found_count = 0;
    uint32_t tasks = 0;
    uint64_t points = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct story *story = malloc(sizeof *story);
        story_begin(story);
        assert_null(schedule_set_strategy(&story->schedule, "pct:2:20", seed));
        story_run(story, ten_steps, ten_steps);
        /* b runs between a's fifth and a's sixth step, and only there at first */
        found_count += !strncmp(story->order, "aaaaab", 6);
        tasks = story->log.task_count;
        points = story->log.point_count;
        free(story);
    }
    assert_true(points <= 40);
    /* The bound is 400 / (tasks * 20); half of it cannot be missed by chance with these seeds. */
    assert_true(found_count * tasks * 20 >= 200);
}

static void wrong_strategies_are_refused(void **state)
{
    (void)state;
    struct story *story = malloc(sizeof *story);
    const char *const wrong[] = {"",
                                 "pc",
                                 "pct:",
                                 "pct:0",
                                 "pct:17",
                                 "pct:x",
                                 "pct:3x",
                                 "pct:3:",
                                 "pct:3:0",
                                 "pct:3:9:",
                                 "pct:3:99999999999",
                                 "randomly"};
    story_begin(story);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_non_null(schedule_set_strategy(&story->schedule, wrong[i], 1));
    assert_null(schedule_set_strategy(&story->schedule, "pct:16:1", 1));
    schedule_end(&story->schedule);
    free(story);
}

static const char *read_text(const char *text, struct decision **decisions, uint32_t *count,
                             uint32_t *line)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(file);
    const char *wrong = schedule_read(file, decisions, count, line);
    fclose(file);
    return wrong;
}

static void the_text_of_a_schedule_is_read_back(void **state)
{
    (void)state;
    struct decision given[3] = {
        {.number = 17, .task = 3, .answer = 5, .kind = DECISION_PREEMPTS, .what = "unlock"},
        {.number = 1ull << 40, .task = 4, .answer = 0, .kind = DECISION_SWITCHES},
        {.number = 9, .task = 0, .answer = 1, .kind = DECISION_ANSWERS, .what = "how"},
    };
    char *text;
    size_t bytes;
    FILE *file = open_memstream(&text, &bytes);
    schedule_print(file, given, 3, NULL);
    fclose(file);
    struct decision *read;
    uint32_t count, line;
    assert_null(read_text(text, &read, &count, &line));
    assert_int_equal(count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(read[i].number, given[i].number);
        assert_int_equal(read[i].task, given[i].task);
        assert_int_equal(read[i].answer, given[i].answer);
        assert_int_equal(read[i].kind, given[i].kind);
    }
    free(read);
    free(text);
}

static void a_wrong_line_is_named(void **state)
{
    (void)state;
    struct decision *read;
    uint32_t count, line;
    assert_non_null(read_text("condis schedule 2\n", &read, &count, &line));
    assert_int_equal(line, 1);
    assert_non_null(
        read_text("condis schedule 1\n\n# hm\ntask 3 at 4 gives way to\n", &read, &count, &line));
    assert_int_equal(line, 4);
    assert_null(read);
    assert_non_null(
        read_text("condis schedule 1\ntask 3 at 4 gives way to 5 6\n", &read, &count, &line));
    assert_null(read_text("condis schedule 1\n  # nothing\n\n", &read, &count, &line));
    assert_int_equal(count, 0);
    free(read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_order_preempts_nobody),
        cmocka_unit_test(who_polls_gives_way_after_a_while),
        cmocka_unit_test(a_log_replays_its_run),
        cmocka_unit_test(one_planned_decision_is_one_preemption),
        cmocka_unit_test(a_plan_that_does_not_fit_is_counted),
        cmocka_unit_test(nobody_is_asked_while_the_schedule_is_held),
        cmocka_unit_test(pct_keeps_its_promise),
        cmocka_unit_test(wrong_strategies_are_refused),
        cmocka_unit_test(the_text_of_a_schedule_is_read_back),
        cmocka_unit_test(a_wrong_line_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
