/* SPDX-License-Identifier: MIT */
#include "script/queue.h"

#include "ndis/host.h"

#include <sched.h>

void queue_init(struct queue *queue)
{
    *queue = (struct queue){.last = &queue->first};
    pthread_mutex_init(&queue->mutex, NULL);
    exec_waitable_init(&queue->ready, EXEC_EVENT_SYNCHRONIZATION, 0);
}

void queue_fini(struct queue *queue)
{
    pthread_mutex_destroy(&queue->mutex);
}

void queue_append(struct queue *queue, struct event *event)
{
    event->next = NULL;
    pthread_mutex_lock(&queue->mutex);
    *queue->last = event;
    queue->last = &event->next;
    pthread_mutex_unlock(&queue->mutex);
}

/* The world is set before anything can call back. */
void queue_tell(struct queue *queue)
{
    if (queue->world)
        exec_signal_set(queue->world, &queue->ready);
}

void queue_put(struct queue *queue, struct event *event)
{
    queue_append(queue, event);
    queue_tell(queue);
}

struct event *queue_take(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    struct event *first = queue->first;
    queue->first = NULL;
    queue->last = &queue->first;
    pthread_mutex_unlock(&queue->mutex);
    return first;
}

/* The thread is a task for the length of the wait only, so that any host may go in between. */
bool queue_wait(struct queue *queue, struct condis_host *host, uint64_t timeout_100ns)
{
    struct exec *exec = ndis_host_exec(host);
    struct exec *before = NULL;
    bool attached = !exec_current();
    if (attached) {
        while (!exec_attach(exec, EXEC_ANY_PROCESSOR))
            sched_yield();
    } else {
        before = exec_switch(exec);
    }
    enum exec_wait_result result = exec_wait_one(&queue->ready, timeout_100ns, "the scenario");
    if (attached)
        exec_detach();
    else
        exec_switch(before);
    return result == EXEC_WAIT_SIGNALLED || result == EXEC_WAIT_TIMEOUT;
}
