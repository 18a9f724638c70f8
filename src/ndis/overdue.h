/* SPDX-License-Identifier: MIT */
/* Overdue is what is pended for longer than it may be: an OID request 12 s, a send 30 s, received
 * data 22 s (Learn: Driver Verifier, I/O time-outs of NDIS/WIFI verification), and, if the host
 * program says so, every other request.
 *
 * Nobody keeps a list: a pended thing carries the time at which it went out, and a sweep looks at
 * all things when the earliest that it knew of comes due. A simulated world sweeps when its time
 * passes such a moment; it sets no timer, so it is idle as without. A live host has one timer. */
#ifndef CONDIS_NDIS_OVERDUE_H
#define CONDIS_NDIS_OVERDUE_H

#include "ndis/host.h"

enum {
    OVERDUE_OID_S = 12,
    OVERDUE_SEND_S = 30,
    OVERDUE_RECEIVE_S = 22,
};

/* Begins to watch a world that has the verifier on. */
void overdue_begin_world(struct condis_world *world);

/* Begins and ends to watch one host. Nothing without the verifier. PASSIVE_LEVEL. */
void overdue_begin(struct host *host);
void overdue_end(struct host *host);

#endif
