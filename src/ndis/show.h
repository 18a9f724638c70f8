/* SPDX-License-Identifier: MIT */
/* A show is a picture of what is inside the hosts of a world, in named states: adapters, bindings,
 * AFs, SAPs, VCs, parties, what is pended and by whom, net buffer lists that are out.
 *
 * It looks as a debugger does: nothing is locked but short lists of the executive, nobody is asked,
 * nothing changes, so it answers from any thread, also when a driver spins with a lock held, and a
 * simulated run goes as without it. What it shows of an object is of one life of it, and was true
 * at some moment while it looked. */
#ifndef CONDIS_NDIS_SHOW_H
#define CONDIS_NDIS_SHOW_H

#include <jansson.h>
#include <stdio.h>

struct condis_world;

/* Take a picture of every host of a world. returns NULL: no memory; else a new reference:
 * {"hosts": [{"host", "processors", "completion", "drivers": [...], "adapters": [...], ...}]} */
json_t *show_world(struct condis_world *world);

/* Print a picture in columns: each list of objects as a table, its history below each line. */
void show_print(const json_t *picture, FILE *out);

#endif
