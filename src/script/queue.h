/* SPDX-License-Identifier: MIT */
/* A queue brings what happened on any processor to the one thread that runs the script. */
#ifndef CONDIS_SCRIPT_QUEUE_H
#define CONDIS_SCRIPT_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <condis/host.h>

#include "nt/exec.h"

struct script;

/* Something that happened. Lies inside what it is about; `handle` runs on the script's thread and
 * may free it. */
struct event {
    struct event *next;
    void (*handle)(struct script *script, struct event *event);
};

struct queue {
    pthread_mutex_t
        mutex; /* nothing is called with it held, so a simulated world never waits for it */
    struct event *first;
    struct event **last;
    struct exec_world *world; /* NULL until the world has a host: then nothing can happen either */
    struct exec_waitable ready;
};

void queue_init(struct queue *queue);
void queue_fini(struct queue *queue);

/* Puts an event that is not queued. Any thread, IRQL <= DISPATCH_LEVEL. In two steps for a caller
 * who holds a mutex: the first calls nobody, the second tells the script's thread. */
void queue_put(struct queue *queue, struct event *event);
void queue_append(struct queue *queue, struct event *event);
void queue_tell(struct queue *queue);

/* Takes everything, oldest first; NULL when there is nothing. */
struct event *queue_take(struct queue *queue);

/* Waits until something is queued; the world goes on meanwhile.
 * host          any host of the world
 * timeout_100ns of world time, EXEC_FOREVER for none
 * returns       false when the world has stopped: nothing will ever be queued again */
bool queue_wait(struct queue *queue, struct condis_host *host, uint64_t timeout_100ns);

#endif
