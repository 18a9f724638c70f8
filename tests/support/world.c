/* SPDX-License-Identifier: MIT */
#include "support/world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORLD_SECOND_100NS 10000000ull

/* Where the build put the drivers. */
static const char *const world_loopback = WORLD_DRIVERS "/loopback/loopback.so";
static const char *const world_hubmini = WORLD_DRIVERS "/hubmini/hubmini.so";
static const char *const world_hubcm = WORLD_DRIVERS "/hubcm/hubcm.so";

void expect_status_at(condis_status actual, condis_status expected, const char *what,
                      const char *file, int line)
{
    if (actual == expected)
        return;
    print_error("%s: %s, not %s\n", what, condis_status_name(actual), condis_status_name(expected));
    _fail(file, line);
}

static void world_check(bool ok, const struct condis_error *error)
{
    if (!ok)
        fail_msg("%s", error->text);
}

/* The adapter's own settings, then the call manager's. */
static size_t world_settings(const struct world *world, const struct world_host *host,
                             struct condis_setting settings[WORLD_SETTINGS_MAX])
{
    size_t count = 0;
    settings[count++] = (struct condis_setting){"Hub", "hub"};
    settings[count++] = (struct condis_setting){"Station", host->name};
    for (const struct condis_setting *at = world->options.settings; at && at->name; at++) {
        assert_true(count < WORLD_SETTINGS_MAX);
        settings[count++] = *at;
    }
    return count;
}

static void world_load(const struct world_host *host, const char *path,
                       const struct condis_setting *settings, size_t count,
                       struct condis_driver **driver)
{
    struct condis_error error = {""};
    world_check(condis_driver_load(host->host, path, settings, count, driver, &error), &error);
}

static void world_add_adapter(struct world *world, struct world_host *host)
{
    struct condis_setting settings[WORLD_SETTINGS_MAX];
    size_t count = world_settings(world, host, settings);
    struct condis_driver *miniport;
    struct condis_driver *call_manager;
    struct condis_error error = {""};
    bool mcm = world->options.edge == WORLD_MCM;
    world_load(host, mcm ? world_loopback : world_hubmini, settings, count, &miniport);
    if (!mcm)
        world_load(host, world_hubcm, settings, count, &call_manager);
    world_check(condis_adapter_start(miniport, "atm0", settings, count, &host->adapter, &error),
                &error);
}

static void world_add_host(struct world *world, struct world_host *host, const char *name)
{
    struct condis_error error = {""};
    char address[CONDIS_ADDRESS_TEXT_BYTES];
    snprintf(host->name, sizeof host->name, "%s", name);
    snprintf(address, sizeof address, "@%s", name);
    world_check(condis_address_parse(address, &host->address, &error), &error);
    struct condis_host_options options = {.name = name, .completion = world->options.completion};
    world_check(condis_host_create(world->world, &options, &host->host, &error), &error);
    world_check(condis_client_open(host->host, NULL, &host->client, &error), &error);
    world_add_adapter(world, host);
    expect_status(condis_af_wait(host->client, "atm0", 0, 10000, &host->af), CONDIS_SUCCESS);
}

/* A test that failed in its middle leaves its world behind, in a state that nobody knows, with
 * callbacks into a stack that is gone. One simulated world is all that a thread may have. */
static bool world_left_behind;

struct world *world_begin(const struct world_options *options)
{
    if (world_left_behind) {
        print_message("not run: an earlier test left its world behind\n");
        skip();
    }
    world_left_behind = true;
    struct world *world = calloc(1, sizeof *world);
    struct condis_error error = {""};
    assert_non_null(world);
    assert_true(options->leaf_count <= WORLD_LEAVES_MAX);
    world->options = *options;
    struct condis_world_options world_options = {
        .clock = options->clock,
        .seed = options->seed,
        .trace_path = options->trace_path,
    };
    world_check(condis_world_create(&world_options, &world->world, &error), &error);
    world_add_host(world, &world->root, "root");
    for (uint32_t i = 0; i < options->leaf_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "leaf%u", i);
        world_add_host(world, &world->leaves[i], name);
    }
    return world;
}

static void world_end_host(struct world_host *host)
{
    condis_client_close(host->client);
    condis_host_destroy(host->host);
}

void world_end(struct world *world)
{
    world_settle(world);
    for (uint32_t i = 0; i < world->options.leaf_count; i++)
        world_end_host(&world->leaves[i]);
    world_end_host(&world->root);
    struct condis_tally tally = condis_world_tally(world->world);
    condis_world_destroy(world->world);
    free(world);
    world_left_behind = false;
    assert_int_equal(tally.leaks, 0);
    assert_int_equal(tally.violations, 0);
    assert_int_equal(tally.expected_unmet, 0);
}

void world_listen(struct world_host *host, const struct condis_listen_options *options)
{
    expect_status(condis_listen(host->af, &host->address, options, &host->listener),
                  CONDIS_SUCCESS);
}

void world_expect_rule(struct world *world, const char *rule)
{
    struct condis_error error = {""};
    world_check(condis_world_expect(world->world, rule, &error), &error);
}

void world_settle(struct world *world)
{
    assert_true(condis_world_run_until_idle(world->world, 60 * WORLD_SECOND_100NS));
}

/* A live request ends on a thread of its own: this is how the test hears of it. */
static pthread_mutex_t asked_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked_changed = PTHREAD_COND_INITIALIZER;

void asked_done(void *context, condis_status status)
{
    struct asked *asked = context;
    pthread_mutex_lock(&asked_mutex);
    asked->status = status;
    asked->done_count++;
    pthread_cond_broadcast(&asked_changed);
    pthread_mutex_unlock(&asked_mutex);
}

condis_status asked_wait(struct world *world, struct asked *asked)
{
    if (world->options.clock == CONDIS_SIMULATED)
        world_settle(world);
    pthread_mutex_lock(&asked_mutex);
    while (world->options.clock == CONDIS_LIVE && asked->done_count == 0)
        pthread_cond_wait(&asked_changed, &asked_mutex);
    int done_count = asked->done_count;
    condis_status status = asked->status;
    pthread_mutex_unlock(&asked_mutex);
    assert_int_equal(done_count, 1);
    return status;
}
