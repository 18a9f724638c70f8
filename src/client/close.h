/* SPDX-License-Identifier: MIT */
/* Closing is the machine that brings a call to its end in the order NDIS asks for, whoever wished
 * it: adds, QoS changes and sends under way are waited for (C66, C67, C92), parties are dropped
 * down to one (C84, C85), the call is closed (C69), and a party that left by itself is dropped at
 * any time (C88). It goes one step whenever something has changed; see close_next. */
#ifndef CONDIS_CLIENT_CLOSE_H
#define CONDIS_CLIENT_CLOSE_H

#include "client/client.h"

PROTOCOL_CL_CLOSE_CALL_COMPLETE close_completed;
PROTOCOL_CL_INCOMING_CLOSE_CALL close_incoming;

/* Takes every step that is possible now. The caller has a reference; holds no lock. */
void close_advance(struct condis_call *call);

/* Wishes the call closed in the background, without data. */
void close_wish(struct condis_call *call);

/* Wishes the call closed because its AF closes; an unanswered offer is rejected. */
void close_evict(struct condis_call *call);

/* The last party has left by itself: the call ends as by a remote close. The caller holds the lock.
 * Tell the program with close_tell afterwards, without the lock. */
void close_by_party_locked(struct condis_call *call, condis_status status);

/* A drop or the close was refused: the program that waits for its close will hear it, else it is
 * tried again without data, CLIENT_REFUSALS_MAX times. The caller holds the lock. */
void close_refused_locked(struct condis_call *call, condis_status status);

/* Tells the program of a close that it did not ask for, once. Holds no lock. */
void close_tell(struct condis_call *call);

/* Keeps a copy of the other end's close data; may keep nothing when there is no memory. */
PVOID close_copy(const void *data, UINT *bytes);

#endif
