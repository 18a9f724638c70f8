/* SPDX-License-Identifier: MIT */
/* A harness is one world with one exec of two processors, live or simulated, and its rules sink; a
 * test written once runs on both. The test's thread is a host-program task on processor 0. */
#ifndef CONDIS_TESTS_NT_HARNESS_H
#define CONDIS_TESTS_NT_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "nt/exec.h"
#include "nt/owner.h"
#include "rules/rules.h"

struct harness {
    enum exec_kind kind;
    uint64_t seed;
    uint64_t steps_max;
    uint32_t left_count; /* what harness_end expects exec_destroy to say */
    struct exec_world *world;
    struct exec *exec;
    struct rules rules;
    struct nt_owner owner;
};

/* Begin with the kind and seed that are set; ends the test on failure. */
static inline void harness_begin(struct harness *harness)
{
    assert_true(rules_init(&harness->rules));
    rules_set_run(&harness->rules, &(struct rules_run){.seeded = true, .seed = harness->seed});
    assert_true(rules_subscribe(&harness->rules, rules_print_subscriber, stderr));
    struct exec_world_options world = {.kind = harness->kind,
                                       .seed = harness->seed,
                                       .steps_max = harness->steps_max,
                                       .rules = &harness->rules};
    harness->world = exec_world_create(&world);
    assert_non_null(harness->world);
    struct exec_options exec = {.name = "host", .processor_count = 2};
    harness->exec = exec_create(harness->world, &exec);
    assert_non_null(harness->exec);
    assert_non_null(exec_attach(harness->exec, 0));
    nt_owner_init(&harness->owner, "driver", 0, NULL);
    exec_current()->owner = &harness->owner;
}

/* End it: nothing left behind, nothing leaked, no rule broken that the test did not expect. */
static inline void harness_end(struct harness *harness)
{
    assert_int_equal(exec_destroy(harness->exec), harness->left_count);
    exec_world_destroy(harness->world);
    assert_int_equal(nt_owner_count(&harness->owner, NT_KINDS, NULL), 0);
    assert_int_equal(rules_unexpected_count(&harness->rules), 0);
    assert_true(rules_expected_met(&harness->rules, NULL));
    rules_fini(&harness->rules);
}

static inline int harness_setup(void **state)
{
    struct harness *harness = calloc(1, sizeof(*harness));
    assert_non_null(harness);
    harness->kind = *state ? EXEC_SIMULATED : EXEC_LIVE;
    harness->seed = 1;
    harness_begin(harness);
    *state = harness;
    return 0;
}

static inline int harness_teardown(void **state)
{
    harness_end(*state);
    free(*state);
    return 0;
}

/* Run what is queued until nothing is. */
static inline void harness_idle(struct harness *harness)
{
    assert_int_equal(exec_run_until_idle(harness->world, 60 * EXEC_SECOND), EXEC_IDLE);
}

/* Rows of a cmocka table: a test on both executives, or on one. */
#define LIVE(test)                                                                                 \
    {                                                                                              \
#test " (live)", test, harness_setup, harness_teardown, NULL                               \
    }
#define SIMULATED(test)                                                                            \
    {                                                                                              \
#test " (simulated)", test, harness_setup, harness_teardown, "simulated"                   \
    }
#define BOTH(test) LIVE(test), SIMULATED(test)

#endif
