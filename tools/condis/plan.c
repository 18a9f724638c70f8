/* SPDX-License-Identifier: MIT */
#include "plan.h"
#include "command.h"

/* A replay decides nothing by itself. */
bool plan_begin(struct plan *plan, uint64_t seed)
{
    struct condis_error error = {{0}};
    if (!plan->strategy && !plan->replay && !plan->record)
        return true;
    const char *strategy = plan->strategy ? plan->strategy : plan->replay ? "usual" : "random";
    if (!condis_schedule_create(strategy, seed, &plan->schedule, &error)) {
        command_refuse("%s", error.text);
        return false;
    }
    if (!plan->replay || condis_schedule_read(plan->schedule, plan->replay, &error))
        return true;
    command_refuse("%s", error.text);
    condis_schedule_destroy(plan->schedule);
    plan->schedule = NULL;
    return false;
}

int plan_end(struct plan *plan, int status)
{
    struct condis_error error = {{0}};
    if (!plan->schedule)
        return status;
    uint64_t missed = condis_schedule_missed(plan->schedule);
    if (plan->replay && missed && status != EXIT_USAGE)
        fprintf(stderr,
                "condis: %s: %llu of its decisions met no point: it was written for another "
                "scenario, driver, seed or completion\n",
                plan->replay, (unsigned long long)missed);
    if (plan->record && status != EXIT_USAGE &&
        !condis_schedule_write(plan->schedule, plan->record, &error))
        status = command_refuse("%s", error.text);
    condis_schedule_destroy(plan->schedule);
    plan->schedule = NULL;
    return status;
}
