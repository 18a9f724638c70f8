/* SPDX-License-Identifier: MIT */
/* A wait list is where threads of the program stand until something about an object changes, and a
 * blocking request is the one of them that a completion ends. Everything is woken at each change
 * and looks again: the list is empty or short. */
#ifndef CONDIS_CLIENT_WAIT_H
#define CONDIS_CLIENT_WAIT_H

#include <ndis.h>

#include <condis/call.h>

struct wait_list {
    LIST_ENTRY waiters;
};

void wait_list_init(struct wait_list *list);

/* Wakes everybody. The caller holds the lock that guards the list. */
void wait_list_wake(struct wait_list *list);

/* Waits until ready(what) is true.
 * lock        guards the list and all that ready() reads; not held by the caller
 * ready       called with the lock held; must not call into NDIS
 * returns     CONDIS_SUCCESS with the lock HELD, so that the caller can take what became ready;
 *             else with the lock free: CONDIS_TIMEOUT; NDIS_STATUS_INVALID_STATE when the caller
 *             may not block; NDIS_STATUS_REQUEST_ABORTED when the world was stopped. */
condis_status wait_until(struct wait_list *list, NDIS_SPIN_LOCK *lock, bool (*ready)(void *what),
                         void *what, uint32_t timeout_ms);

/* A blocking request: give wait_request_done as `done` and the request as its context.
 * wait_request_end waits for it. It lives in memory of its own, shared with the completion, so that
 * neither can outlive the other's use of it. */
struct wait_request;

/* returns NULL, with *status the reason: the caller may not block here, or no memory. */
struct wait_request *wait_request_begin(condis_status *status);
void wait_request_done(void *context, condis_status status);

/* started  what the _async form returned; anything but CONDIS_PENDING is returned at once
 * returns  the request's final status; NDIS_STATUS_REQUEST_ABORTED when the world was stopped. */
condis_status wait_request_end(struct wait_request *request, condis_status started);

#endif
