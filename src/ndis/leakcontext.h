/* SPDX-License-Identifier: MIT */
/* A leaked context is memory that a driver gave as its context of a party, SAP, AF or VC and did
 * not free when that ended (C109): the object it belonged to is found again by its address. */
#ifndef CONDIS_NDIS_LEAKCONTEXT_H
#define CONDIS_NDIS_LEAKCONTEXT_H

#include "ndis/host.h"

struct leak_context {
    const void *address; /* what the driver gave */
    struct object *object;
    enum rule_id rule; /* the one that asked to free it; RULE_NONE: no context */
};

/* The contexts of a host's ended objects, by address. */
struct leak_contexts {
    struct leak_context *list;
    size_t count;
};

/* Collects them. An object's slot tells of its last tenant only. Empty when memory is short. */
void leak_contexts_gather(struct leak_contexts *contexts, struct host *host);

/* Finds the first context that lies in a block; RULE_NONE when none does. */
struct leak_context leak_context_in(const struct leak_contexts *contexts, const void *block,
                                    uint64_t bytes);

void leak_contexts_free(struct leak_contexts *contexts);

#endif
