/* SPDX-License-Identifier: MIT */
/* The same seed replays the same run; another one explores another. */
#include "windows_harness.h"

#include <string.h>

#define STEPS_MAX 20000

struct record {
    uint64_t time;
    uint32_t task;
    uint32_t step;
};

struct run {
    struct record records[STEPS_MAX];
    uint32_t count;
    struct exec *exec;
    KSPIN_LOCK lock;
    uint64_t racy; /* guarded by nothing, on purpose */
    KEVENT event;
    KTIMER timer;
    KDPC dpc;
    volatile LONG ticks;
};

static struct run *current_run;

static void record(uint32_t step)
{
    struct run *run = current_run;
    assert_true(run->count < STEPS_MAX);
    run->records[run->count++] =
        (struct record){exec_now(run->exec->world), exec_current()->id, step};
}

static void race(void *context)
{
    struct run *run = context;
    for (uint32_t i = 0; i < 50; i++) {
        KIRQL old;
        uint64_t seen = run->racy;
        record(1);
        KeAcquireSpinLock(&run->lock, &old);
        record(2);
        KeReleaseSpinLock(&run->lock, old);
        run->racy = seen + 1;
        if (exec_choose(run->exec->world, 4, "pause"))
            NdisMSleep(exec_choose(run->exec->world, 100, "how long"));
        record(3);
    }
    (void)KeSetEvent(&run->event, 0, FALSE);
}

static VOID NTAPI tick(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                       PVOID SystemArgument2)
{
    struct run *run = DeferredContext;
    (void)Dpc;
    (void)SystemArgument1;
    (void)SystemArgument2;
    record(4);
    (void)InterlockedIncrement(&run->ticks);
}

static struct run *run_with(uint64_t seed)
{
    struct harness harness = {.kind = EXEC_SIMULATED, .seed = seed};
    struct run *run = calloc(1, sizeof(*run));
    assert_non_null(run);
    harness_begin(&harness);
    current_run = run;
    run->exec = harness.exec;
    KeInitializeEvent(&run->event, SynchronizationEvent, FALSE);
    KeInitializeTimer(&run->timer);
    KeInitializeDpc(&run->dpc, tick, run);
    (void)KeSetTimerEx(&run->timer, (LARGE_INTEGER){.QuadPart = -300}, 1, &run->dpc);
    struct exec_thread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = exec_thread_create(harness.exec, race, run);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(exec_thread_join(threads[i]), EXEC_WAIT_SIGNALLED);
        (void)exec_thread_release(threads[i]);
        record(5);
    }
    assert_true(KeCancelTimer(&run->timer));
    harness_idle(&harness);
    record((uint32_t)run->racy);
    harness_end(&harness);
    return run;
}

static bool same(const struct run *one, const struct run *other)
{
    return one->count == other->count &&
           !memcmp(one->records, other->records, one->count * sizeof(struct record));
}

static void the_same_seed_gives_the_same_trace(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        struct run *one = run_with(seed);
        struct run *other = run_with(seed);
        assert_true(one->count > 600);
        assert_true(same(one, other));
        free(one);
        free(other);
    }
}

static void twenty_seeds_give_different_traces_and_lose_different_updates(void **state)
{
    (void)state;
    struct run *first = run_with(100);
    uint32_t different_count = 0;
    uint32_t lost_count = 0;
    for (uint64_t seed = 101; seed < 120; seed++) {
        struct run *run = run_with(seed);
        different_count += !same(first, run);
        lost_count += run->racy < 200;
        free(run);
    }
    free(first);
    assert_int_equal(different_count, 19);
    assert_true(lost_count > 0); /* the race that the program has is found */
}

static uint32_t pick_last(void *self, const struct exec_point *point)
{
    uint32_t *asked_count = self;
    assert_non_null(point->what);
    assert_true(point->usual < point->count);
    (*asked_count)++;
    return point->count - 1;
}

static uint32_t choose_last(void *self, const struct exec_question *question)
{
    (void)self;
    assert_non_null(question->what);
    return question->count - 1;
}

static void note_done(void *context)
{
    bool *done = context;
    exec_preempt("here");
    *done = true;
}

static void another_strategy_takes_the_place_of_the_random_walk(void **state)
{
    (void)state;
    static const struct exec_strategy last = {"last", pick_last, choose_last};
    uint32_t asked_count = 0;
    bool done = false;
    struct exec_world_options world_options = {
        .kind = EXEC_SIMULATED, .strategy = &last, .strategy_self = &asked_count};
    struct exec_world *world = exec_world_create(&world_options);
    struct exec_options options = {.name = "host"};
    struct exec *exec = exec_create(world, &options);
    assert_non_null(exec_attach(exec, EXEC_ANY_PROCESSOR));
    assert_int_equal(exec_choose(world, 10, "a question"), 9);
    struct exec_thread *thread = exec_thread_create(exec, note_done, &done);
    assert_int_equal(exec_run_until_idle(world, EXEC_FOREVER), EXEC_IDLE);
    assert_true(done);
    assert_true(asked_count > 0);
    (void)exec_thread_release(thread);
    assert_int_equal(exec_destroy(exec), 0);
    exec_world_destroy(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_trace),
        cmocka_unit_test(twenty_seeds_give_different_traces_and_lose_different_updates),
        cmocka_unit_test(another_strategy_takes_the_place_of_the_random_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
