/* SPDX-License-Identifier: MIT */
/* Attaching makes the calling thread a task of the client's host, inside the client driver, for as
 * long as one library call lasts. It is the only part of the client that knows more than ndis.h. */
#ifndef CONDIS_CLIENT_ATTACH_H
#define CONDIS_CLIENT_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

struct condis_client;
struct condis_host;
struct exec;

/* Where a client lives. */
struct attach_place {
    struct condis_host *host;
    struct exec *exec;
    void *driver; /* NdisProtocolHandle */
};

/* One library call under way. Lives on its stack. */
struct attach {
    struct exec *before; /* the executive to go back to; NULL: none */
    void *owner;         /* the driver to go back to */
    bool attached;       /* the thread was no task */
};

/* Fills in host and exec of the running task; for DriverEntry. */
void attach_here(struct attach_place *place);

/* Begins a library call. A thread that is no task is made one; if there is no memory for that it
 * waits until there is.
 * returns false, with nothing to leave, in a callback of another host: a task of that host's
 *         executive cannot act here. */
bool attach_enter(const struct attach_place *place, struct attach *attach);
void attach_leave(const struct attach *attach);

/* Runs work(argument) inside the client: at once when this task may, else soon, on the host's own
 * processor at DISPATCH_LEVEL. Cannot fail: it waits for memory. */
void attach_run(const struct attach_place *place, void (*work)(void *argument), void *argument);

/* The host's place for a client: what condis_client_open hands to DriverEntry and back. */
void **attach_slot(struct condis_host *host);
struct condis_host *attach_host(void);

/* World time in 100 ns. */
uint64_t attach_now_100ns(const struct attach_place *place);

#endif
