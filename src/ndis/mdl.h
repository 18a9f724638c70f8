/* SPDX-License-Identifier: MIT */
/* An MDL describes one buffer; here the pages are always present, so an MDL is its header plus page
 * numbers, and those that NDIS made carry a head in front that says how they were made.
 *
 * An MDL of ours is recognised by its Process word, which is derived from its address: a copy or
 * an MDL that a driver built in its own memory is "foreign", which is legal in a chain but not in
 * a call that frees. */
#ifndef CONDIS_NDIS_MDL_H
#define CONDIS_NDIS_MDL_H

#include "nt/owner.h"

#include <ndis.h>

/* How an MDL was made, hence how it must be freed. */
enum mdl_kind {
    MDL_KIND_FOREIGN, /* in a driver's own memory, or no MDL at all */
    MDL_KIND_FREED,   /* was ours; its memory may be reused at any moment */
    MDL_KIND_NDIS,    /* NdisAllocateMdl: NdisFreeMdl */
    MDL_KIND_IO,      /* IoAllocateMdl: IoFreeMdl */
    MDL_KIND_RETREAT, /* a retreat, with its data: freed by an advance with FreeMdl */
    MDL_KIND_BLOCK,   /* part of a net buffer's block: goes with the net buffer */
    MDL_KIND_CLONE,   /* of a clone: goes with the clone */
};

/* What stands in front of an MDL of ours. */
struct mdl_head {
    struct nt_account account;
    uint32_t page_count; /* room for page numbers */
    uint8_t kind;        /* enum mdl_kind */
    bool cached;         /* its memory belongs to the block cache, not to malloc */
};

/* Bytes that a head, an MDL and its page numbers need for a buffer of `bytes` at any address. */
size_t mdl_footprint_bytes(size_t bytes);

/* Makes an MDL, with its head, in memory of mdl_footprint_bytes(bytes), 16-aligned. Describes
 * non-paged memory, mapped; enters no account. */
PMDL mdl_construct(void *memory, enum mdl_kind kind, void *address, size_t bytes);

/* Allocates an MDL of a kind for a buffer, entered in the current driver's account.
 * caller   return address in the driver
 * returns  NULL when memory is short or the buffer wraps around. Any IRQL up to DISPATCH. */
PMDL mdl_create(enum mdl_kind kind, void *address, size_t bytes, const void *caller);

/* Allocates an MDL of kind MDL_KIND_RETREAT together with its buffer. As mdl_create. */
PMDL mdl_create_with_data(size_t bytes, const void *caller);

/* Allocates an MDL of kind MDL_KIND_IO without page numbers or mapping. As mdl_create. */
PMDL mdl_create_unbuilt(void *address, size_t bytes, const void *caller);

/* Frees an MDL that one of the three made. */
void mdl_destroy(PMDL mdl);

/* Frees the MDLs that a driver left behind: at its host's end, when nobody can hold one more. */
void mdls_end(struct nt_owner *owner);

/* Says how an MDL was made. Reads the MDL; its head only when it is ours. */
enum mdl_kind mdl_kind(const MDL *mdl);

/* Fills in page numbers and mapping; the MDL may be foreign, with room for them behind it. */
void mdl_build(PMDL mdl);

/* Pages that the described buffer touches, and page numbers that the MDL has room for. */
size_t mdl_page_count(const MDL *mdl);
uint32_t mdl_page_room(const MDL *mdl);

/* Where an MDL of a kind comes from, for reports: completes "the MDL came from ...". */
const char *mdl_kind_text(enum mdl_kind kind);

/* The address of the buffer's first byte. */
static inline char *mdl_address(const MDL *mdl)
{
    if (mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        return mdl->MappedSystemVa;
    return (char *)mdl->StartVa + mdl->ByteOffset;
}

#endif
