/* SPDX-License-Identifier: MIT */
#include "client/attach.h"

#include "ndis/host.h"

#include <assert.h>
#include <sched.h>
#include <stdlib.h>

void attach_here(struct attach_place *place)
{
    place->host = ndis_host_current();
    place->exec = ndis_host_exec(place->host);
}

/* Makes the thread a task. Only a thread of the program comes here, at no IRQL and with no lock, so
 * waiting for some hundred bytes keeps nobody else waiting. */
static void attach_thread(struct exec *exec)
{
    while (!exec_attach(exec, EXEC_ANY_PROCESSOR))
        sched_yield();
}

bool attach_enter(const struct attach_place *place, struct attach *attach)
{
    struct exec_task *task = exec_current();
    *attach = (struct attach){0};
    if (!task) {
        attach_thread(place->exec);
        attach->attached = true;
    } else if (task->exec != place->exec) {
        if (task->kind != EXEC_TASK_HOST || task->irql != EXEC_PASSIVE || task->owner)
            return false;
        attach->before = exec_switch(place->exec);
    }
    attach->owner = ndis_driver_enter(place->driver);
    return true;
}

void attach_leave(const struct attach *attach)
{
    ndis_driver_leave(attach->owner);
    if (attach->before)
        exec_switch(attach->before);
    if (attach->attached)
        exec_detach();
}

struct attach_item {
    struct exec_item item;
    const struct attach_place *place;
    void (*work)(void *argument);
    void *argument;
};

static void attach_item_run(struct exec_item *item)
{
    struct attach_item *self = EXEC_CONTAINER(item, struct attach_item, item);
    struct nt_owner *owner = ndis_driver_enter(self->place->driver);
    self->work(self->argument);
    ndis_driver_leave(owner);
    free(self);
}

void attach_run(const struct attach_place *place, void (*work)(void *argument), void *argument)
{
    struct attach attach;
    if (attach_enter(place, &attach)) {
        work(argument);
        attach_leave(&attach);
        return;
    }
    struct attach_item *self;
    while (!(self = malloc(sizeof *self)))
        sched_yield();
    *self = (struct attach_item){
        .item.run = attach_item_run, .place = place, .work = work, .argument = argument};
    exec_post(place->exec, EXEC_ANY_PROCESSOR, &self->item);
}

void **attach_slot(struct condis_host *host)
{
    return ndis_host_slot(host, HOST_SLOT_CLIENT);
}

struct condis_host *attach_host(void)
{
    return ndis_host_current();
}

uint64_t attach_now_100ns(const struct attach_place *place)
{
    return condis_world_now_100ns(condis_host_world(place->host));
}
