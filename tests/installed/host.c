/* SPDX-License-Identifier: MIT */
/* A host program built from the installed headers: loads the driver named by its argument. */
#include <condis/host.h>
#include <condis/version.h>
#include <stdio.h>
#include <string.h>

static void note_line(void *context, const char *host, const char *line)
{
    if (!strcmp(host, "one") && strstr(line, "the installed driver is here"))
        *(bool *)context = true;
}

static bool load(struct condis_world *world, const char *path, struct condis_error *error)
{
    struct condis_host_options options = {.name = "one"};
    struct condis_host *host;
    struct condis_driver *driver;
    if (!condis_host_create(world, &options, &host, error))
        return false;
    bool loaded = condis_driver_load(host, path, NULL, 0, &driver, error);
    if (loaded)
        condis_driver_unload(driver);
    condis_host_destroy(host);
    return loaded;
}

int main(int argc, char **argv)
{
    bool spoke = false;
    struct condis_error error = {{0}};
    struct condis_world *world;
    struct condis_world_options options = {
        .clock = CONDIS_SIMULATED, .seed = 1, .on_print = note_line, .context = &spoke};
    if (argc != 2 || strcmp(condis_version(), CONDIS_VERSION) != 0)
        return 2;
    if (!condis_world_create(&options, &world, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    bool loaded = load(world, argv[1], &error);
    struct condis_tally tally = condis_world_tally(world);
    condis_world_destroy(world);
    if (!loaded)
        fprintf(stderr, "%s\n", error.text);
    return loaded && spoke && tally.violations == 0 ? 0 : 1;
}
