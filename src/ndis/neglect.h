/* SPDX-License-Identifier: MIT */
/* A neglect is why something is left where it should be gone: a request that nobody completed, an
 * answer that a driver owes. It is told instead of the leaks that follow from it. */
#ifndef CONDIS_NDIS_NEGLECT_H
#define CONDIS_NDIS_NEGLECT_H

#include "ndis/binding.h"

/* Reports every neglect among the AFs, SAPs, VCs, parties and OID requests that hang on a binding,
 * on an adapter (binding NULL), or in the host (both NULL), each once. What hangs on the same AF or
 * binding is excused from then on: its leak is not the fault of whoever made it.
 * by       only this driver's; NULL: everybody's
 * returns  how many were reported */
uint32_t neglect_report(struct host *host, struct binding *binding, const struct adapter *adapter,
                        const struct driver *by);

#endif
