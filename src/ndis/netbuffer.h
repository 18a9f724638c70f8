/* SPDX-License-Identifier: MIT */
/* A net buffer (NET_BUFFER) is one packet: a range of used bytes in a chain of MDLs. Here are the
 * makings of one, for the functions that allocate lists and clones. */
#ifndef CONDIS_NDIS_NETBUFFER_H
#define CONDIS_NDIS_NETBUFFER_H

#include "ndis/netbufferpool.h"

/* Points a NET_BUFFER at `data_bytes` used bytes that begin `offset_bytes` into a chain, and makes
 * CurrentMdl agree. Everything else of it is zeroed but NDIS's own words.
 * returns  false, with an empty NET_BUFFER, when the chain is shorter than that */
bool nb_point(struct nb_part *part, PMDL chain, ULONG offset_bytes, SIZE_T data_bytes);

/* The same for a pool with data: the whole buffer is unused space in front of no data, so that a
 * retreat gets it without allocating. */
void nb_point_own_data(struct nb_part *part, char *block);

/* Takes a separate NET_BUFFER of a pool; it points at nothing. NULL when memory is short. */
struct nb_part *nb_take(const struct call *call, struct netbuffer_pool *pool, enum nb_kind kind);

/* Gives a separate NET_BUFFER back. */
void nb_give(struct nb_part *part, uint32_t processor);

/* Walks to the MDL that holds the byte `offset_bytes` into the chain; the end of a chain counts as
 * the end of its last MDL.
 * offset_bytes  on return the offset inside that MDL
 * returns       NULL when the chain is shorter */
PMDL nb_seek(PMDL chain, SIZE_T *offset_bytes);

#endif
