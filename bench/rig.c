/* SPDX-License-Identifier: MIT */
#include "rig_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct rig *rig_current;
CO_CALL_PARAMETERS rig_parameters = {.Flags = MULTIPOINT_VC};

void rig_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "bench: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}

static void must(bool ok, const struct condis_error *error)
{
    if (!ok)
        rig_fail("%s", error->text);
}

struct rig *rig_create(enum condis_completion completion, bool verifier)
{
    struct condis_error error;
    struct rig *rig = calloc(1, sizeof(*rig));
    if (!rig)
        rig_fail("out of memory");
    rig_current = rig;
    sem_init(&rig->finished, 0, 0);
    condis_driver_register("rig-mcm", (void *)(uintptr_t)rig_mcm_entry, true);
    condis_driver_register("rig-client", (void *)(uintptr_t)rig_client_entry, true);
    struct condis_world_options options = {.clock = CONDIS_LIVE, .verifier = verifier};
    must(condis_world_create(&options, &rig->world, &error), &error);
    must(condis_host_create(rig->world,
                            &(struct condis_host_options){
                                .name = "bench", .processor_count = 2, .completion = completion},
                            &rig->host, &error),
         &error);
    must(condis_driver_load(rig->host, "rig-mcm", NULL, 0, &rig->mcm, &error), &error);
    must(condis_driver_load(rig->host, "rig-client", NULL, 0, &rig->client, &error), &error);
    must(condis_adapter_start(rig->mcm, "rig0", NULL, 0, &rig->adapter, &error), &error);
    sem_wait(&rig->finished);
    return rig;
}

void rig_destroy(struct rig *rig)
{
    condis_world_run_until_idle(rig->world, 10000000);
    condis_host_destroy(rig->host);
    struct condis_tally tally = condis_world_tally(rig->world);
    condis_world_destroy(rig->world);
    if (tally.violations || tally.leaks)
        rig_fail("%llu rules broken, %llu leaks: the figures mean nothing",
                 (unsigned long long)tally.violations, (unsigned long long)tally.leaks);
    sem_destroy(&rig->finished);
    free(rig);
    rig_current = NULL;
}

static void start(struct rig_worker *worker, void (*work)(void *context), void *context)
{
    worker->work = work;
    worker->context = context;
    sem_post(&worker->go);
}

void rig_run(struct rig *rig, void (*work)(void *context), void *context)
{
    start(&rig->workers[0], work, context);
    sem_wait(&rig->finished);
}

void rig_run_two(struct rig *rig, void (*work)(void *context), void *first, void *second)
{
    start(&rig->workers[0], work, first);
    start(&rig->workers[1], work, second);
    sem_wait(&rig->finished);
    sem_wait(&rig->finished);
}

static void open_vc(void *context)
{
    rig_vc_open(context);
}

static void close_vc(void *context)
{
    rig_vc_close(context);
}

struct rig_vc *rig_vc_create(struct rig *rig)
{
    struct rig_vc *vc = calloc(1, sizeof(*vc));
    if (!vc)
        rig_fail("out of memory");
    vc->rig = rig;
    vc->edge = &rig_through_ndis;
    rig_run(rig, open_vc, vc);
    return vc;
}

void rig_vc_destroy(struct rig_vc *vc)
{
    vc->edge = &rig_through_ndis;
    rig_run(vc->rig, close_vc, vc);
    free(vc);
}
