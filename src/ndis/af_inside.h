/* SPDX-License-Identifier: MIT */
/* What the files of the AF share: its lock, its machine, its end. */
#ifndef CONDIS_NDIS_AF_INSIDE_H
#define CONDIS_NDIS_AF_INSIDE_H

#include "ndis/af.h"

/* Locks the AF if the handle still names it.
 * returns  NULL after the rule was reported */
struct af *af_lock(const struct call *call, struct af *af, NDIS_HANDLE handle);
void af_unlock(struct af *af);

/* Moves the AF; the only writer of its state. Caller holds the lock. A forbidden event changes
 * nothing. */
const struct state_cell *af_step(struct af *af, enum af_event event);

/* Unlocks the AF and reports the rule of a forbidden cell. returns the cell's status. */
NDIS_STATUS af_refuse(const struct call *call, struct af *af, NDIS_HANDLE handle,
                      const struct state_cell *cell, enum af_event event);

/* Ends an AF whose closing is over, unless a VC, an OID request or a notification still hangs on
 * it. Caller holds the lock, which is released. */
void af_release_if_done(struct host *host, struct af *af);

#endif
