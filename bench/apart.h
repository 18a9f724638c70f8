/* SPDX-License-Identifier: MIT */
/* An apart is a second process with a rig of its own, which works when it is told to: what two of
 * them reach together on two processors is what the machine gives to code that shares nothing. */
#ifndef CONDIS_BENCH_APART_H
#define CONDIS_BENCH_APART_H

#include "rig.h"

struct apart;

/* Makes the process, from one without threads. It calls `work`, which makes its rig and then works
 * as often as apart_told says. Ends the program with a message when it cannot. */
struct apart *apart_begin(const struct rig_edge *edge, void (*work)(struct apart *apart));

/* Has it work once, and waits until it has. */
void apart_start(struct apart *apart);
void apart_wait(struct apart *apart);

/* Ends the process. */
void apart_end(struct apart *apart);

/* Inside it: which way its pairs go; and, the work before being done, wait for the next.
 * returns  false: there is none, return */
const struct rig_edge *apart_edge(const struct apart *apart);
bool apart_told(struct apart *apart);

#endif
