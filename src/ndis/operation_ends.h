/* SPDX-License-Identifier: MIT */
/* How each operation ends: declared here for the table, defined in the file of its noun. */
#ifndef CONDIS_NDIS_OPERATION_ENDS_H
#define CONDIS_NDIS_OPERATION_ENDS_H

#include "ndis/bind.h"
#include "ndis/oid.h"
#include "ndis/party.h"
#include "ndis/sap.h"

#define OPERATION_END(kind) operation_end_##kind

#define OPERATION(kind, noun, slot, asked, handler, finished, told, self_, level)                  \
    void OPERATION_END(kind)(struct host * host, struct operation * op, bool told_);
#include "ndis/operations.def"
#undef OPERATION

#endif
