/* SPDX-License-Identifier: MIT */
/* A net buffer list's context is a stack of space in front of it that drivers on its way take and
 * give back: the list's Context points at the newest structure, whose used space ends its bytes.
 *
 *   Context -> [ header | unused ...... Offset | used ..... Size ] -> Next */
#ifndef CONDIS_NDIS_NETBUFFERCONTEXT_H
#define CONDIS_NDIS_NETBUFFERCONTEXT_H

#include "ndis/netbufferpool.h"

/* Gives a new list its context of size used and back_fill unused bytes: the preallocated one when
 * that is large enough. No bytes asked and none preallocated: no context.
 * returns  false when memory is short */
bool nbl_context_begin(struct nbl_block *b, USHORT size, USHORT back_fill);

/* Takes the context of a list that is being freed away, with whatever was added to it.
 * returns  how many used bytes the driver had added and not freed (C121) */
unsigned nbl_context_end(struct nbl_block *b);

/* Frees the contexts that a driver left behind, at its host's end, when the lists are gone. */
void nbl_contexts_end(struct nt_owner *owner);

#endif
