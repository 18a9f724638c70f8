/* SPDX-License-Identifier: MIT */
#include "ndis/schedule.h"
#include "ndis/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DECISIONS_MAX 1000000u

bool condis_schedule_create(const char *strategy, uint64_t seed, struct condis_schedule **out,
                            struct condis_error *error)
{
    *out = NULL;
    struct condis_schedule *schedule = calloc(1, sizeof(*schedule));
    if (!schedule)
        return error_say(error, "no memory for a schedule");
    schedule->log = &schedule->own_log;
    schedule->log->decisions = malloc(DECISIONS_MAX * sizeof(struct decision)); /* mostly unused */
    schedule->log->decision_max = DECISIONS_MAX;
    schedule_begin(&schedule->schedule, schedule->log);
    const char *wrong = schedule_set_strategy(&schedule->schedule, strategy, seed);
    if (!schedule->log->decisions)
        wrong = "no memory for its decisions";
    if (wrong) {
        condis_schedule_destroy(schedule);
        return error_say(error, "strategy '%s': %s", strategy, wrong);
    }
    *out = schedule;
    return true;
}

void condis_schedule_destroy(struct condis_schedule *schedule)
{
    if (!schedule)
        return;
    schedule_end(&schedule->schedule);
    free(schedule->own_log.decisions);
    free(schedule);
}

bool condis_schedule_read(struct condis_schedule *schedule, const char *path,
                          struct condis_error *error)
{
    struct decision *decisions;
    uint32_t count, line;
    FILE *file = fopen(path, "re");
    if (!file)
        return error_say(error, "schedule '%s': %s", path, strerror(errno));
    const char *wrong = schedule_read(file, &decisions, &count, &line);
    fclose(file);
    if (!wrong && !schedule_plan(&schedule->schedule, decisions, count))
        wrong = "no memory";
    free(decisions);
    if (wrong && line == 0)
        return error_say(error, "schedule '%s': %s", path, wrong);
    return !wrong || error_say(error, "schedule '%s', line %u: %s", path, line, wrong);
}

bool condis_schedule_write(const struct condis_schedule *schedule, const char *path,
                           struct condis_error *error)
{
    const struct schedule_log *log = schedule->log;
    if (log->decision_count > log->decision_max)
        return error_say(error,
                         "schedule '%s': the run decided %u times, more than %u; its seed "
                         "has it",
                         path, log->decision_count, log->decision_max);
    FILE *file = fopen(path, "we");
    if (!file)
        return error_say(error, "schedule '%s': %s", path, strerror(errno));
    schedule_print(file, log->decisions, log->decision_count, log);
    bool failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    return !failed || error_say(error, "schedule '%s': %s", path, strerror(errno));
}

uint64_t condis_schedule_missed(const struct condis_schedule *schedule)
{
    const struct schedule_log *log = schedule->log;
    return schedule->schedule.planned_count - log->planned_met;
}
