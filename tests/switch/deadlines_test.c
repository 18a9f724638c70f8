/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "switch/deadlines.h"

enum { THINGS = 300, ROUNDS = 20000 };

static struct deadline things[THINGS];

static uint64_t earliest(void)
{
    uint64_t due_ms = DEADLINE_NEVER;

    for (int i = 0; i < THINGS; i++)
        if (things[i].place && things[i].due_ms < due_ms)
            due_ms = things[i].due_ms;
    return due_ms;
}

static void the_first_is_the_earliest_whatever_was_set_and_taken_out(void **state)
{
    (void)state;
    struct deadlines deadlines;
    uint32_t random = 7;

    deadlines_init(&deadlines);
    assert_null(deadlines_first(&deadlines));
    assert_true(deadlines_reserve(&deadlines, THINGS));
    for (int i = 0; i < ROUNDS; i++) {
        random = random * 1103515245u + 12345u;
        struct deadline *thing = &things[(random >> 8) % THINGS];
        deadline_set(&deadlines, thing, random >> 28 < 4 ? DEADLINE_NEVER : random >> 20 & 0xFF);
        assert_int_equal(deadlines_due(&deadlines), earliest());
        assert_true(deadlines.count <= THINGS);
    }
    uint64_t before_ms = 0;
    while (deadlines_first(&deadlines)) {
        struct deadline *first = deadlines_first(&deadlines);
        assert_true(first->due_ms >= before_ms);
        before_ms = first->due_ms;
        deadline_set(&deadlines, first, DEADLINE_NEVER);
    }
    deadlines_end(&deadlines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_the_earliest_whatever_was_set_and_taken_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
