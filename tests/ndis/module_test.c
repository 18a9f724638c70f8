/* SPDX-License-Identifier: MIT */
/* Loading: files and names, what goes wrong with them, and what a driver leaves behind. */
#include "crew.h"

/* The path of a driver built from image_driver.c. */
#define image(name) (IMAGE_FOLDER "/" name ".so")

static char printed[256];

static void hear_print(void *context, const char *host, const char *line)
{
    (void)context;
    size_t used = strlen(printed);
    snprintf(printed + used, sizeof(printed) - used, "%s: %s;", host, line);
}

static struct condis_host *add_host(struct condis_world *world, const char *name)
{
    struct condis_host_options options = {.name = name};
    struct condis_host *host = NULL;
    struct condis_error error;
    if (!condis_host_create(world, &options, &host, &error))
        fail_msg("%s", error.text);
    return host;
}

static void load(struct condis_host *host, const char *driver)
{
    struct condis_driver *loaded;
    struct condis_error error;
    if (!condis_driver_load(host, driver, NULL, 0, &loaded, &error))
        fail_msg("%s", error.text);
}

static void each_host_has_its_own_copy_of_a_drivers_globals(void **state)
{
    (void)state;
    struct condis_world *world;
    struct condis_error error;
    struct condis_world_options options = {
        .clock = CONDIS_SIMULATED, .seed = 1, .on_print = hear_print};
    printed[0] = 0;
    if (!condis_world_create(&options, &world, &error))
        fail_msg("%s", error.text);
    struct condis_host *one = add_host(world, "one");
    struct condis_host *two = add_host(world, "two");
    load(one, image("image_whole"));
    load(two, image("image_whole"));
    assert_string_equal(printed, "one: load 1;two: load 1;");
    assert_int_equal(condis_world_tally(world).violations, 0);
    condis_world_destroy(world);
}

/* Loads what cannot be loaded. returns  the one line that says why */
static const char *why_not(struct crew_world *w, const char *driver)
{
    static struct condis_error error;
    struct condis_driver *loaded;
    assert_false(condis_driver_load(w->host, driver, NULL, 0, &loaded, &error));
    assert_null(loaded);
    assert_null(strchr(error.text, '\n'));
    return error.text;
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    const char *text = why_not(&w, "./no/such/driver.so");
    assert_non_null(strstr(text, "./no/such/driver.so"));
    assert_non_null(strstr(text, "No such file"));
    assert_non_null(strstr(why_not(&w, "/"), "it is no file"));
    crew_end(&w);
}

static void a_file_that_is_no_driver_is_named(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    assert_non_null(strstr(why_not(&w, "/proc/self/cmdline"), "is no driver that can be loaded"));
    assert_non_null(strstr(why_not(&w, image("image_no_entry")), "has no DriverEntry"));
    crew_end(&w);
}

static void a_function_that_is_missing_is_named(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    assert_non_null(strstr(why_not(&w, image("image_needs")), "NdisLevitate"));
    crew_end(&w);
}

static void a_failed_entry_names_its_status(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    assert_non_null(strstr(why_not(&w, image("image_fails")), "0xC000009A"));
    crew_end(&w);
}

static void a_name_that_nobody_registered_is_refused(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    assert_non_null(strstr(why_not(&w, "nobody"), "'nobody'"));
    crew_end(&w);
}

static void a_linked_driver_with_globals_is_loaded_once_at_a_time(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    struct condis_driver *first = crew_load(&w, "crew-client");
    assert_non_null(strstr(why_not(&w, "crew-client"), "cannot be loaded twice"));
    condis_driver_unload(first);
    crew_load(&w, "crew-client");
    crew_end(&w);
}

static void a_name_is_registered_for_one_entry(void **state)
{
    (void)state;
    int one, other;
    assert_true(condis_driver_register("module-test", &one, false));
    assert_true(condis_driver_register("module-test", &one, false));
    assert_false(condis_driver_register("module-test", &other, false));
    assert_false(condis_driver_register("a/path", &one, false));
    assert_false(condis_driver_register("", &one, false));
}

static void a_failed_entry_that_stays_registered_breaks_a_rule(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.entry_status = NDIS_STATUS_FAILURE;
    why_not(&w, "crew-client"); /* it deregisters */
    crew.forgets_deregistration = true;
    crew_expect(&w, "DRIVER_ENTRY_FAILED_REGISTERED");
    why_not(&w, "crew-client");
    crew.entry_status = NDIS_STATUS_SUCCESS;
    crew_load(&w, "crew-client"); /* the name is free again */
    crew_end(&w);
}

static void what_a_driver_allocated_and_forgot_is_reported_at_its_unload(void **state)
{
    (void)state;
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    crew.entry_leaks = true;
    crew_load(&w, "crew-client");
    crew_expect(&w, "LEAK_MEMORY");
    struct condis_tally tally = crew_finish(&w);
    assert_int_equal(tally.violations, 0);
    assert_int_equal(tally.expected_met, 1);
    assert_int_equal(tally.leaks, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_host_has_its_own_copy_of_a_drivers_globals),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(a_file_that_is_no_driver_is_named),
        cmocka_unit_test(a_function_that_is_missing_is_named),
        cmocka_unit_test(a_failed_entry_names_its_status),
        cmocka_unit_test(a_name_that_nobody_registered_is_refused),
        cmocka_unit_test(a_linked_driver_with_globals_is_loaded_once_at_a_time),
        cmocka_unit_test(a_name_is_registered_for_one_entry),
        cmocka_unit_test(a_failed_entry_that_stays_registered_breaks_a_rule),
        cmocka_unit_test(what_a_driver_allocated_and_forgot_is_reported_at_its_unload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
