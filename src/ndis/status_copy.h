/* SPDX-License-Identifier: MIT */
/* A status copy is a status indication that waits while its binding is being told of an earlier
 * one: a protocol hears of them one at a time (API §3.1). */
#ifndef CONDIS_NDIS_STATUS_COPY_H
#define CONDIS_NDIS_STATUS_COPY_H

#include "ndis/binding.h"

struct status_copy {
    struct status_copy *next;
    NDIS_HANDLE vc_context;
    bool co; /* tell ProtocolCoStatusEx, not ProtocolStatusEx */
    NDIS_STATUS_INDICATION indication;
    _Alignas(16) unsigned char buffer[]; /* what StatusBuffer points at */
};

/* Frees what waits on a binding that ends. */
void status_copies_free(struct binding *binding);

#endif
