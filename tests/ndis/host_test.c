/* SPDX-License-Identifier: MIT */
/* Worlds and hosts: their options, names, numbers and ends. */
#include "crew.h"

static struct condis_world *new_world(enum condis_clock clock)
{
    struct condis_world *world = NULL;
    struct condis_error error;
    struct condis_world_options options = {.clock = clock, .seed = 3};
    if (!condis_world_create(&options, &world, &error))
        fail_msg("%s", error.text);
    return world;
}

static bool add(struct condis_world *world, const struct condis_host_options *options)
{
    struct condis_host *host;
    struct condis_error error = {{0}};
    bool good = condis_host_create(world, options, &host, &error);
    assert_int_equal(good, host != NULL);
    assert_int_equal(good, error.text[0] == 0);
    return good;
}

static void a_thread_has_one_simulated_world_at_a_time(void **state)
{
    (void)state;
    struct condis_world *first = new_world(CONDIS_SIMULATED);
    struct condis_world *second;
    struct condis_error error;
    struct condis_world_options options = {.clock = CONDIS_SIMULATED};
    assert_false(condis_world_create(&options, &second, &error));
    assert_null(second);
    condis_world_destroy(first);
    assert_true(condis_world_create(&options, &second, &error));
    condis_world_destroy(second);
}

static void a_trace_that_cannot_be_written_is_named(void **state)
{
    (void)state;
    struct condis_world *world;
    struct condis_error error;
    struct condis_world_options options = {.clock = CONDIS_SIMULATED,
                                           .trace_path = "/no/such/folder/trace"};
    assert_false(condis_world_create(&options, &world, &error));
    assert_non_null(strstr(error.text, "/no/such/folder/trace"));
}

static void a_hosts_name_is_unique_short_and_not_empty(void **state)
{
    (void)state;
    struct condis_world *world = new_world(CONDIS_SIMULATED);
    assert_true(add(world, &(struct condis_host_options){.name = "a"}));
    assert_false(add(world, &(struct condis_host_options){.name = "a"}));
    assert_false(add(world, &(struct condis_host_options){.name = ""}));
    assert_false(add(world, &(struct condis_host_options){.name = NULL}));
    assert_false(add(
        world, &(struct condis_host_options){.name = "a name that is longer than 31 characters"}));
    assert_true(
        add(world, &(struct condis_host_options){.name = "thirty-one characters are right"}));
    condis_world_destroy(world);
}

static void a_host_has_one_to_sixty_four_processors(void **state)
{
    (void)state;
    struct condis_world *world = new_world(CONDIS_SIMULATED);
    assert_true(add(world, &(struct condis_host_options){.name = "few", .processor_count = 1}));
    assert_true(add(world, &(struct condis_host_options){.name = "many", .processor_count = 64}));
    assert_false(add(world, &(struct condis_host_options){.name = "over", .processor_count = 65}));
    condis_world_destroy(world);
}

static void a_host_is_asked_for_its_name_and_world(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_LIVE, CONDIS_COMPLETE_PENDING);
    assert_string_equal(condis_host_name(w.host), "crew");
    assert_ptr_equal(condis_host_world(w.host), w.world);
    crew_end(&w);
}

static void a_rule_that_does_not_exist_cannot_be_expected(void **state)
{
    (void)state;
    struct condis_world *world = new_world(CONDIS_SIMULATED);
    struct condis_error error;
    assert_false(condis_world_expect(world, "NO_SUCH_RULE", &error));
    assert_non_null(strstr(error.text, "NO_SUCH_RULE"));
    condis_world_destroy(world);
}

static void an_expectation_is_met_by_one_break_only(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew_expect(&w, "DRIVER_ENTRY_FAILED_REGISTERED");
    crew_expect(&w, "DRIVER_ENTRY_FAILED_REGISTERED");
    crew.entry_status = NDIS_STATUS_FAILURE;
    crew.forgets_deregistration = true;
    struct condis_driver *driver;
    const uint64_t met[] = {1, 2, 2};
    const uint64_t unmet[] = {1, 0, 0};
    const uint64_t broken[] = {0, 0, 1};
    for (int i = 0; i < 3; i++) {
        assert_false(condis_driver_load(w.host, "crew-client", NULL, 0, &driver, NULL));
        struct condis_tally tally = condis_world_tally(w.world);
        assert_int_equal(tally.expected_met, met[i]);
        assert_int_equal(tally.expected_unmet, unmet[i]);
        assert_int_equal(tally.violations, broken[i]);
    }
    crew_finish(&w);
}

static void a_world_ends_with_its_hosts_and_a_busy_stack(void **state)
{
    (void)state;
    for (int clock = CONDIS_LIVE; clock <= CONDIS_SIMULATED; clock++) {
        struct crew_world w = crew_begin((enum condis_clock)clock, CONDIS_COMPLETE_MIXED);
        crew.client_opens_af = true;
        crew_load(&w, "crew-mcm");
        crew_load(&w, "crew-client");
        w.host = NULL;
        crew_end(&w);
        assert_int_equal(crew_count("mini-unload"), 1);
        assert_int_equal(crew_count("client-unload"), 1);
    }
}

static void drivers_are_unloaded_and_loaded_again_beside_a_running_adapter(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_LIVE, CONDIS_COMPLETE_PENDING);
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    for (unsigned i = 1; i <= 3; i++) {
        struct condis_driver *client = crew_load(&w, "crew-client");
        assert_int_equal(crew_count("client-notify-1"), i);
        condis_driver_unload(client);
        assert_int_equal(crew_count("client-unbind"), i);
        assert_int_equal(crew_count("client-unload"), i);
    }
    crew_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_has_one_simulated_world_at_a_time),
        cmocka_unit_test(a_trace_that_cannot_be_written_is_named),
        cmocka_unit_test(a_hosts_name_is_unique_short_and_not_empty),
        cmocka_unit_test(a_host_has_one_to_sixty_four_processors),
        cmocka_unit_test(a_host_is_asked_for_its_name_and_world),
        cmocka_unit_test(a_rule_that_does_not_exist_cannot_be_expected),
        cmocka_unit_test(an_expectation_is_met_by_one_break_only),
        cmocka_unit_test(a_world_ends_with_its_hosts_and_a_busy_stack),
        cmocka_unit_test(drivers_are_unloaded_and_loaded_again_beside_a_running_adapter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
