/* SPDX-License-Identifier: MIT */
/* A leak is something that a driver left behind where its contract says it is gone: it is reported
 * under the rule of its kind, counted in the world's tally, and its handle is ended. */
#ifndef CONDIS_NDIS_LEAK_H
#define CONDIS_NDIS_LEAK_H

#include "ndis/binding.h"

/* Reports what a module allocated and did not free. Its image must still be mapped.
 * returns  how many objects */
uint64_t leak_report_module(struct host *host, struct module *module);

/* Ends every AF, SAP, VC, party and OID request that hangs on a binding, as client or as call
 * manager. returns  how many there were */
uint32_t leak_sweep_binding(struct binding *binding, const char *function);

/* The same for everything that hangs on an adapter. */
uint32_t leak_sweep_adapter(struct adapter *adapter, const char *function);

/* The same for whatever is alive in a host that ends. */
uint32_t leak_sweep_host(struct host *host);

/* Counts leaks in the world's tally. */
void leak_count(struct host *host, uint64_t count);

#endif
