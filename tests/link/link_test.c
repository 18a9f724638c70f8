/* SPDX-License-Identifier: MIT */
/* When a link tries to get up: over a wire of its own that refuses, in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "far.h"
#include "link/wire.h"

enum { TRIES_MAX = 512 };

/* A wire that is refused, or whose connection is lost at once. */
struct refusing {
    struct link *link;
    struct exec *exec;
    bool connects; /* before it is lost */
    unsigned try_count;
    uint64_t tries[TRIES_MAX]; /* when */
};

static void refuse(void *wire)
{
    struct refusing *refusing = wire;
    assert(refusing->try_count < TRIES_MAX);
    refusing->tries[refusing->try_count++] = exec_now(refusing->exec->world);
    if (refusing->connects)
        link_wire_up(refusing->link);
    link_wire_lost(refusing->link, "refused");
}

static ssize_t take_nothing(void *wire, const struct iovec *pieces, uint32_t count)
{
    (void)wire;
    (void)pieces;
    (void)count;
    return 0;
}

static void want(void *wire, bool wanted)
{
    (void)wire;
    (void)wanted;
}

static void drop(void *wire)
{
    (void)wire;
}

static void end(void *wire)
{
    link_wire_closed(((struct refusing *)wire)->link);
}

static const struct wire_ops ops = {0, refuse, take_nothing, want, drop, end};

static void try_for(struct refusing *refusing, uint64_t seconds)
{
    struct exec_world *world =
        exec_world_create(&(struct exec_world_options){.kind = EXEC_SIMULATED, .seed = 11});
    struct far far = {.closed = 0};
    assert_non_null(world);
    refusing->exec = exec_create(world, &(struct exec_options){.name = "a"});
    assert_non_null(refusing->exec);
    assert_non_null(exec_attach(refusing->exec, 0));
    struct link_options options = far_options(&far, refusing->exec);
    refusing->link = link_create(&options, true);
    assert_non_null(refusing->link);
    far.link = refusing->link;
    link_begin(refusing->link, &ops, refusing);
    (void)exec_run_until_idle(world, seconds * EXEC_SECOND);
    link_close(refusing->link);
    assert_int_equal(exec_run_until_idle(world, EXEC_FOREVER), EXEC_IDLE);
    assert_int_equal(far.closed, 1);
    exec_detach();
    exec_destroy(refusing->exec);
    exec_world_destroy(world);
}

static void assert_waits(const struct refusing *refusing)
{
    for (unsigned i = 1; i < refusing->try_count; i++) {
        uint64_t wait = refusing->tries[i] - refusing->tries[i - 1];
        uint64_t part = (refusing->tries[i - 1] - refusing->tries[0]) / 4;
        part = part < 100 * EXEC_MS ? 100 * EXEC_MS : part;
        part = part > 30 * EXEC_SECOND ? 30 * EXEC_SECOND : part;
        assert_true(wait >= part);
        assert_true(wait <= part + part / 8 + EXEC_MS);
    }
}

static void the_wait_before_a_try_is_a_quarter_of_the_time_without_a_connection(void **state)
{
    (void)state;
    static struct refusing refusing;
    refusing = (struct refusing){.connects = false};
    try_for(&refusing, 600);
    assert_waits(&refusing);
    assert_in_range(refusing.try_count, 30, 60);
    assert_true(refusing.tries[refusing.try_count - 1] >= 560 * EXEC_SECOND);
}

static void a_connection_that_does_not_hold_counts_as_none(void **state)
{
    (void)state;
    static struct refusing refusing;
    refusing = (struct refusing){.connects = true};
    try_for(&refusing, 600);
    assert_waits(&refusing);
    assert_in_range(refusing.try_count, 30, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wait_before_a_try_is_a_quarter_of_the_time_without_a_connection),
        cmocka_unit_test(a_connection_that_does_not_hold_counts_as_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
