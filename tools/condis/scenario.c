/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "scenario.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *take_clock(struct clock_choice *choice, enum condis_clock clock)
{
    if (choice->given && choice->clock != clock)
        return "it is either --live or --sim";
    *choice = (struct clock_choice){.clock = clock, .given = true};
    return NULL;
}

const char *scenario_take_live(void *clock, const char *value)
{
    (void)value;
    return take_clock(clock, CONDIS_LIVE);
}

const char *scenario_take_sim(void *clock, const char *value)
{
    (void)value;
    return take_clock(clock, CONDIS_SIMULATED);
}

static int check_file(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0 || (S_ISREG(facts.st_mode) && access(path, R_OK) != 0))
        return command_refuse("%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return command_refuse("%s: not a regular file", path);
    return EXIT_PASSED;
}

bool scenario_read(const struct command *self, void *settings, const char *const *arguments,
                   size_t argument_count, int *status)
{
    struct scenario *scenario = settings;
    if (!command_read(self, settings, arguments, argument_count, &scenario->rest, status))
        return false;
    if (scenario->rest.word_count == 0)
        return true;
    scenario->path = scenario->rest.words[0];
    *status = check_file(scenario->path);
    if (*status == EXIT_PASSED && !driver_dirs_find(&scenario->dirs))
        *status = command_refuse("no memory");
    return *status == EXIT_PASSED;
}

struct condis_script_options scenario_options(struct scenario *scenario)
{
    scenario->faults = failing_plan(&scenario->failing);
    struct condis_script_options options = {
        .path = scenario->path,
        .arguments = scenario->rest.after,
        .argument_count = scenario->rest.after_count,
        .clock = scenario->clock.given ? &scenario->clock.clock : NULL,
        .completion = scenario->completion_given ? &scenario->completion : NULL,
        .seed = scenario->seed,
        .driver_dirs = (const char *const *)scenario->dirs.paths,
        .driver_dir_count = scenario->dirs.count,
        .changes = scenario->changes.list,
        .change_count = scenario->changes.count,
        .faults = scenario->faults.mode ? &scenario->faults : NULL,
    };
    checks_apply(&scenario->checks, &options);
    return options;
}

void scenario_free(struct scenario *scenario)
{
    driver_dirs_free(&scenario->dirs);
    changes_free(&scenario->changes);
    failing_free(&scenario->failing);
    option_rest_free(&scenario->rest);
}
